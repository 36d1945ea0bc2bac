"""A student's process to talk to, without a jail: the walls are tried elsewhere."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from grading.sandbox import library
from grading.sandbox.requests import LookUp, RunCell
from grading.sandbox.session import Session

SERVE = """\
import importlib, pkgutil, socket, sys
import vaelib
from grading.sandbox import student
for module in pkgutil.walk_packages(vaelib.__path__, "vaelib."):
    importlib.import_module(module.name)
student.serve(socket.socket(fileno=int(sys.argv[1])))
"""


@contextmanager
def student(folder, asked=(), seconds=300):
    """Starts a process that works in a folder, and gives the `Session` with it.

    Args:
        folder: a `Path`.
        asked: names of exercises, which the library lacks.
        seconds: that one answer may take.
    """
    here, there = socket.socketpair()
    lacking = folder / "library"
    library.build(asked, lacking)
    paths = [str(lacking), str(Path(__file__).resolve().parents[2])]
    with there:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(there.fileno())],
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, "IPYTHONDIR": str(folder), "PYTHONPATH": os.pathsep.join(paths)},
        )
    session = Session(here, seconds)
    try:
        session.hello()
        yield session
    finally:
        here.close()  # which ends it
        process.wait(60)


def defined(session, source, name):
    """Runs a cell in the student's process, and returns the stand-in for what it defined."""
    session.value(RunCell(source))
    (found,) = session.value(LookUp(name))
    return found
