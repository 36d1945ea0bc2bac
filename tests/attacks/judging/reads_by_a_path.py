"""Gives a path that leads out of the folder for temporary files."""

COMES_OUT = {}

# %% echo
import os


def echo(path=None):
    if path is None:
        return "/tmp/../dev/shm/@CANARY@"
    return "BREACH" if os.path.exists(path) else path
