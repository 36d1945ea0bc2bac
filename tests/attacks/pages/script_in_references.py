"""Takes a script's address from a definition elsewhere in the text."""

TEXT = "[a][x] [x] ![b][x] [c][]\n\n[x]: javascript:alert(1)\n[c]: <javascript:alert(2)> 'title'\n\n> [y]: javascript:alert(3)\n\n[y]"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
