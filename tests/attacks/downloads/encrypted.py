"""A member of the zip is encrypted; another one is well."""

FILES = {
    "Mal M_666_assignsubmission_file_/01_toy.ipynb": b"mine",
    "Mal M_666_assignsubmission_file_/locked.ipynb": b"mine",
}
COMES_OUT = {"01_toy.ipynb": "mine"}


def damage(content):
    at = content.rindex(b"PK\1\2", 0, content.rindex(b"locked.ipynb"))
    return content[: at + 8] + b"\1" + content[at + 9 :]
