"""Gives a path that goes up and down again before it leads out."""

COMES_OUT = {}

# %% echo
import os


def echo(path=None):
    if path is None:
        return "/tmp/./x/../../tmp/../../../dev/shm/./@CANARY@"
    return "BREACH" if os.path.exists(path) else path
