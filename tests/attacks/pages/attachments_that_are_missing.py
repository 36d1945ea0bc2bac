"""Names attachments that nobody attached, in every way of writing them."""

TEXT = "![a](attachment:no.png) ![b](<attachment:no way.png>) ![c][n] ![d](attachment: x) ![](attachment:)\n\n[n]: attachment:none.png"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
