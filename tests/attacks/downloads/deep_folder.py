"""In an unpacked download, folders are nested two thousand times."""

import os

COMES_OUT = {}


def lay(folder, secret):
    here = os.getcwd()
    os.chdir(folder)
    try:
        for name in ["Mal M_666_assignsubmission_file_", *["deep"] * 2_000]:
            os.mkdir(name)
            os.chdir(name)
        with open("01_toy.ipynb", "wb") as file:
            file.write(b"mine")
    finally:
        os.chdir(here)
