"""A member of the zip is a symbolic link to a secret."""

import stat
import zipfile


def pack(archive, secret):
    info = zipfile.ZipInfo("Mal M_666_assignsubmission_file_/01_toy.ipynb")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, str(secret))


COMES_OUT = {}
