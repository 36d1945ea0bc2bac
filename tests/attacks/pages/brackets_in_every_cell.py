"""Opens formulas without an end in many cells that are short."""

TEXT = r"\\[ " * 4_900


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    nb["cells"] += [{"cell_type": "markdown", "metadata": {}, "source": TEXT}] * 100
    return nb
