"""Has pictures from another place, which its owner would hear of."""

TEXT = "![a](http://x.invalid/1.png) ![b][p] ![](//x.invalid/3.png) [![c](https://x.invalid/4.png)](https://x.invalid)\n\n[p]: http://x.invalid/2.png"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
