"""Has a page within the page, a form, a base and a refresh."""

TEXT = '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe><base href="http://x.invalid/"><meta http-equiv=refresh content="0;url=http://x.invalid/r"><form action=http://x.invalid/><button>go</button></form><object data=http://x.invalid/o></object><embed src=http://x.invalid/e>'


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
