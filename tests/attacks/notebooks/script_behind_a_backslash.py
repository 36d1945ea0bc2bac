"""Writes a link whose backslash Markdown takes away, so that a script is left; the code is right."""

COMES_OUT = {}

TEXT = r"""
[a](javascript\:alert(1)) [b](JavaScript\\:alert(1)) [c](vbscript\:alert(1)) [d][ref]

[ref]: javascript\:alert(1)
"""


def hand_in(nb, folder):
    for cell in nb["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] += TEXT
    return nb
