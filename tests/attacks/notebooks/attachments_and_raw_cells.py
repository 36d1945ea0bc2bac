"""Brings attachments that are scripts, and raw cells that are pages; the code is right."""

COMES_OUT = {}

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def hand_in(nb, folder):
    for cell in nb["cells"]:
        if cell["cell_type"] == "markdown":
            cell["attachments"] = {
                "a.svg": {"image/svg+xml": EVIL},
                "b.png": {"image/png": 'x" onerror="alert(1)', "text/html": EVIL},
            }
            cell["source"] += "\n\n![a](attachment:a.svg) ![b](attachment:b.png)"
    for kind in ("text/html", "text/markdown", "", None):
        raw = {"cell_type": "raw", "metadata": {"raw_mimetype": kind, "format": kind}}
        nb["cells"].append({**raw, "source": EVIL, "id": f"raw-{kind}"})
    return nb
