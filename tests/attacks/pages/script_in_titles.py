"""Breaks out of the title of a link, of a picture's text and of a table."""

TEXT = '[a](https://x.invalid "t" onclick="alert(1)") ![x" onerror="alert(2)](https://x.invalid/p.png)\n\n| a |\n| :-" onclick="alert(3) |\n| b |'


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
