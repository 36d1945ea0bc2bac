"""Writes scripts into code, comments and errors; the code is right but for one exercise."""

COMES_OUT = {"double": 0}

EVIL = "</script></pre><script>alert(1)</script><img src=x onerror=alert(1)>"


def hand_in(nb, folder):
    for cell in nb["cells"]:
        if cell["id"] == "double":
            code = f"'''{EVIL}'''  # {EVIL}\n\ndef double(x):\n    raise AssertionError({EVIL!r})"
            cell["source"] = code
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"name": EVIL, "tags": [EVIL], "class": EVIL}
    nb["metadata"] |= {"title": EVIL, "authors": [{"name": EVIL}], "lang": EVIL}
    nb["metadata"]["language_info"] = {"name": EVIL, "pygments_lexer": EVIL}
    return nb
