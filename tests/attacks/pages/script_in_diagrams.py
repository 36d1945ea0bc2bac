"""Calls a script a diagram, which nbconvert takes as it is."""

TEXT = "```mermaid\n</pre><script>alert(1)</script><img src=x onerror=alert(2)>\nclick a call alert(3)\n```"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
