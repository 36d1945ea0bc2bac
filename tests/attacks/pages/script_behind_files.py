"""Writes a folder before a script's address that nbconvert takes away."""

TEXT = (
    "[a](files/javascript:alert(1)) [b](/files/javascript:alert(2)) ![c](files/javascript:alert(3))"
)


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
