"""Has a folder whose name is somebody else's but for a space, which nbgrader does not see."""

STUDENT = "zoe "
FAILS = "cannot be a student's id"


def hand_in(nb, folder):
    for cell in nb["cells"]:
        if cell["id"] == "double":
            cell["source"] = "def double(x):\n    return 0"
    return nb
