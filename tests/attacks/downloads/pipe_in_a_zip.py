"""Members of the zip say that they are a pipe and a device."""

import stat
import zipfile


def pack(archive, secret):
    for name, kind in (("pipe", stat.S_IFIFO), ("disk", stat.S_IFBLK)):
        info = zipfile.ZipInfo(f"Mal M_666_assignsubmission_file_/{name}.ipynb")
        info.create_system, info.external_attr = 3, (kind | 0o666) << 16
        archive.writestr(info, b"")


COMES_OUT = {}
