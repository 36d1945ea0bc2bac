"""Nests quotes and lists thousands of times."""

TEXT = ">" * 5_000 + "\n\n" + "".join(" " * i + "- a\n" for i in range(150))


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
