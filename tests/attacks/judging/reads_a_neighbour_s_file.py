"""Gives the path of a file that somebody else has below the folder for temporary files."""

COMES_OUT = {}

# %% echo
import os


def echo(path=None):
    if path is None:
        return "/tmp/@CANARY@"
    return "BREACH" if os.path.exists(path) else path
