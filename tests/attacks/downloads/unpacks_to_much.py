"""A tenth of a megabyte that unpacks to more than a notebook may have."""

import zipfile

COMES_OUT = {"small.ipynb": "mine"}


def pack(archive, secret):
    info = zipfile.ZipInfo("Mal M_666_assignsubmission_file_/01_toy.ipynb")
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w") as file:
        for _ in range(101):
            file.write(bytes(1 << 20))
    archive.writestr("Mal M_666_assignsubmission_file_/small.ipynb", b"mine")
