"""Calls a block of code something that ends its element."""

TEXT = '```x"><script>alert(1)</script>\na\n```\n\n~~~html" onclick=alert(2)\n<script>alert(3)</script>\n~~~'


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
