"""Writes the words around hidden tests into a text and a cell of its own."""

TEXT = "### BEGIN HIDDEN TESTS\nnothing\n"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    nb["cells"].append(
        {
            "cell_type": "code",
            "metadata": {},
            "id": "mine",
            "source": f"# {TEXT}",
            "outputs": [],
            "execution_count": None,
        }
    )
    return nb
