"""Spells a script's address in percents and letters of both sizes."""

TEXT = "[a](JaVaScRiPt:alert(1)) [b](javascript%3Aalert(2)) [c](%6Aavascript:alert(3)) [d](VBScript:alert(4)) [e](jAvAsCrIpT&Tab;:alert(5))"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
