"""Has a link to the whole machine for a folder."""

FAILS = ""  # nothing was handed in


def hand_in(nb, folder):
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.symlink_to("/")
