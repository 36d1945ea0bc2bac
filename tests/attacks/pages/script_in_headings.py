"""Has a heading whose id is that of what formgrader is made with."""

TEXT = "# why\n\n# check_double\n\n# submission_id\n\n## <img src=x onerror=alert(1)>\n\n# statusmessage"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
