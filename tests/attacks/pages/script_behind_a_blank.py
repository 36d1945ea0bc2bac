"""Puts a blank that HTML does not know before and behind the colon of a script's address."""

TEXT = "".join(
    f"[a{n}]({b}javascript:{b}alert({n})) [b{n}](javascript:{b}alert({n}))\n\n"
    for n, b in enumerate("\xa0\u2003\u2028\u3000\u205f\ufeff\u180e")
)


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
