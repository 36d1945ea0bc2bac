"""In an unpacked download, a pipe and a socket are called like notebooks, and nobody writes."""

import os
import socket

COMES_OUT = {}


def lay(folder, secret):
    mine = folder / "Mal M_666_assignsubmission_file_"
    mine.mkdir()
    os.mkfifo(mine / "01_toy.ipynb")
    here = os.open(mine, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(f"/proc/self/fd/{here}/other.ipynb")
    os.close(here)
