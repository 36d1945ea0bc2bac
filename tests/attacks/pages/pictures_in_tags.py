"""Loads pictures through every attribute and style that can."""

TEXT = '<img src=http://x.invalid/1><img srcset="http://x.invalid/2 1x"><video poster=http://x.invalid/3></video><p style="background:url(http://x.invalid/4)">x</p><link rel=stylesheet href=http://x.invalid/5><input type=image src=http://x.invalid/6><body background=http://x.invalid/7><svg><image href=http://x.invalid/8 /></svg><style>@import "http://x.invalid/9"</style><audio src=http://x.invalid/10 autoplay></audio>'


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
