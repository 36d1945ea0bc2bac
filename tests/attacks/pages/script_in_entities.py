"""Spells a script's address in entities of HTML."""

TEXT = "[a](javascript&colon;alert(1)) [b](java&#x73;cript&#58;alert(2)) [c](&#1;javascript:alert(3)) [d](java&NewLine;script:alert(4)) [e](&amp;#106;avascript:alert(5))"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
