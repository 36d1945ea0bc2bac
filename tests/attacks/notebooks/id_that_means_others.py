"""Has a folder whose name means everybody, to nbgrader."""

STUDENT = "[az]*"
FAILS = "cannot be a student's id"


def hand_in(nb, folder):
    return nb
