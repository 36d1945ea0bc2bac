"""Writes a script's address between angle brackets."""

TEXT = '<javascript:alert(1)> <JAVASCRIPT:alert(2)> <https://x.invalid/" onmouseover="alert(3)> <data:text/html,<script>alert(4)</script>>'


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
