"""Has pictures whose address does something on the grader's own server."""

TEXT = "![a](/logout) ![b](../../../logout) ![c](?x=1) ![d](/formgrader/api/x) [e](/logout) [f](../logout) [g](//x.invalid) [h](?logout)"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
