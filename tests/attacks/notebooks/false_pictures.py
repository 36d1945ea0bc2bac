"""Brings pictures that are none: scripts, broken base64, and attributes of a page; all is right."""

import base64

COMES_OUT = {}

EVIL = "<script>alert(1)</script>"
PICTURES = [
    base64.b64encode(EVIL.encode()).decode(),
    'x" onerror="alert(1)',
    "iVBORw0KGgo" + '=" onerror="alert(1)',
    "%%%%",
    "A",
    base64.b64encode(b"\x89PNG\r\n\x1a\n" + EVIL.encode()).decode() + "\n" + EVIL,
    ["iVBOR", {"a": 1}, None],
    10**6,
]


def hand_in(nb, folder):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "display_data", "data": {mime: text}, "metadata": {mime: evil}}
                for text in PICTURES
                for mime in ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
                for evil in [{"width": '1" onload="alert(1)'}]
            ]
    return nb
