"""A process that imports TensorFlow once, and forks from itself one jailed process per request.

It never sees a test, a solution or a submission. It must not compute anything with TensorFlow: a
process that is forked after that hangs.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import random
import shutil
import signal
import socket
import sys
import tempfile
from typing import Any, NoReturn

import numpy as np

import vaelib
from grading.sandbox import jail, root, student, wire
from grading.sandbox.work import Limits, with_threads

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
    "USER": "student",
    "NBGRADER_EXECUTION": "autograde",
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "MPLBACKEND": "agg",
}


def main() -> None:
    """Serves a socket until its other end is closed.

    Its arguments are the socket's number, the folder of the library, and the folder that has the
    copy of it that was imported here. That folder is removed in the end, however the worker ended.
    """
    number, original, folder = sys.argv[1:4]
    _import_library()
    places = root.places()
    instead = {original: vaelib.__path__[0]}
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    jail.end_with_parent(False)  # from here on the socket tells, and the folder is removed
    control = socket.socket(fileno=int(number))
    control.send(b"ready")
    while True:
        message, files, _, _ = socket.recv_fds(control, 1 << 16, 2)
        if not message:
            shutil.rmtree(folder, ignore_errors=True)
            return
        if os.fork() == 0:
            control.close()
            line = socket.socket(fileno=files[0])
            _become_student(json.loads(message), line, files[1], places, instead)
        for file in files:
            os.close(file)


def serve(connection: socket.socket) -> NoReturn:
    """Becomes the student's side of the wall, in a process that was jailed by somebody else.

    Args:
        connection: a socket.
    """
    os.environ.clear()
    _import_library()
    _serve(connection)


def _import_library() -> None:
    for module in pkgutil.walk_packages(vaelib.__path__, "vaelib."):
        importlib.import_module(module.name)


def _become_student(
    request: dict[str, Any],
    connection: socket.socket,
    report: int,
    places: list[str],
    instead: dict[str, str],
) -> NoReturn:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for file in map(int, os.listdir("/proc/self/fd")):
            if file > 2 and file not in (connection.fileno(), report):
                with contextlib.suppress(OSError):
                    os.close(file)
        limits = with_threads(Limits(**request["limits"]))
        if request["isolated"]:
            hidden = root.courses(request["course"])
            jail.enter(places, limits, connection, hidden, report, instead)
            os.environ.clear()
        else:
            jail.stay_outside(limits, connection, report)
    except BaseException as error:
        _fail(connection, error)
    _serve(connection)


def _serve(connection: socket.socket) -> NoReturn:
    try:
        os.environ.update(ENVIRONMENT | {"HOME": os.getcwd()})
        tempfile.tempdir = None
        random.seed()
        np.random.seed()  # noqa: NPY002 - what a student's code may use, too
        sys.path.insert(0, "")
        student.serve(connection)
    except BaseException as error:
        _fail(connection, error)
    os._exit(0)


def _fail(connection: socket.socket, error: BaseException) -> NoReturn:
    text = f"{type(error).__name__}: {error}"
    connection.sendall(wire.pack({"failed": text}, student.refuse))
    os._exit(0)
