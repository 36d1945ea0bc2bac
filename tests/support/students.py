"""A student's process to talk to, without a jail: the walls are tried elsewhere."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager

from grading.sandbox.requests import LookUp, RunCell
from grading.sandbox.session import Session

SERVE = """\
import importlib, pkgutil, socket, sys
import vaelib
from grading.sandbox import guard, student
for module in pkgutil.walk_packages(vaelib.__path__, "vaelib."):
    importlib.import_module(module.name)
guard.guard_library(sys.argv[2:])
student.serve(socket.socket(fileno=int(sys.argv[1])))
"""


@contextmanager
def student(folder, asked=(), seconds=300):
    """Starts a process that works in a folder, and gives the `Session` with it.

    Args:
        folder: a `Path`.
        asked: names of exercises, whose versions in the library are guarded.
        seconds: that one answer may take.
    """
    here, there = socket.socketpair()
    with there:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(there.fileno()), *asked],
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, "IPYTHONDIR": str(folder)},
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
