"""Hands in ten megabytes of statements in one cell, which take a gigabyte once they are parsed."""

COMES_OUT = {}


def hand_in(nb, folder):
    new = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    nb["cells"].append({**new, "id": "large", "source": "a;" * (5 << 20)})
    return nb
