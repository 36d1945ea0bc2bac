"""A process that imports TensorFlow once, and forks from itself one jailed process per request.

It never sees a test, a solution or a submission. It must not compute anything with TensorFlow: a
process that is forked after that hangs.
"""

import gc
import importlib
import json
import os
import pkgutil
import random
import signal
import socket
import sys
import tempfile
from typing import Any, NoReturn

import numpy as np

import vaelib
from grading.sandbox import guard, jail, student, wire
from grading.sandbox.work import Limits

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
    """Serves the socket whose number is the first argument, until its other end is closed."""
    for module in pkgutil.walk_packages(vaelib.__path__, "vaelib."):
        importlib.import_module(module.name)
    places = [sys.prefix, sys.base_prefix, *vaelib.__path__]
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    control = socket.socket(fileno=int(sys.argv[1]))
    control.send(b"ready")
    while True:
        message, files, _, _ = socket.recv_fds(control, 1 << 16, 1)
        if not message:
            return
        child = os.fork()
        if child == 0:
            control.close()
            _become_student(json.loads(message), socket.socket(fileno=files[0]), places)
        os.close(files[0])
        control.send(str(child).encode())


def _become_student(
    request: dict[str, Any], connection: socket.socket, places: list[str]
) -> NoReturn:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.closerange(3, connection.fileno())
        os.closerange(connection.fileno() + 1, 4096)
        limits = Limits(**request["limits"])
        if request["isolated"]:
            jail.enter(places, limits, connection)
            os.environ.clear()
        else:
            jail.stay_outside(limits, connection)
        os.environ.update(ENVIRONMENT | {"HOME": os.getcwd()})
        tempfile.tempdir = None
        random.seed()
        np.random.seed()  # noqa: NPY002 - what a student's code may use, too
        sys.path.insert(0, "")
        guard.guard_library(request["asked"])
        student.serve(connection)
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
        connection.sendall(wire.pack({"failed": text}, student.refuse))
    os._exit(0)
