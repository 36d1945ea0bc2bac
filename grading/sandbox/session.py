"""The grader's side of a conversation with one student's process."""

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from weakref import WeakValueDictionary

import keras
import numpy as np
import tensorflow as tf

from grading.sandbox import requests, wire
from grading.sandbox.requests import Reply, Request
from grading.sandbox.standin import File, Standin, is_tensor, raised, standin
from vaelib.checks.finding import Finding
from vaelib.checks.messages import ending

TICK = 0.1  # s between two looks at the clock and at the memory
ENDED = Finding("", "process ended")


class StudentGoneError(BaseException):
    """Why a student's process gives no more answers; no `except Exception` of a check hides it.

    Args:
        finding: a `Finding` of no exercise.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(ending(finding))
        self.finding = finding


class Session:
    """A conversation with one student's process.

    Args:
        connection: a socket.
        seconds: that one answer may take.
        watch: called every `TICK` while something is on its way, however many small pieces that
            has; returns why the process must end, or None.

    `gone` says why there are no more answers: a `Finding` of no exercise, or None.
    """

    def __init__(
        self,
        connection: socket.socket,
        seconds: float,
        watch: Callable[[], Finding | None] = lambda: None,
    ) -> None:
        self.connection = connection
        self.seconds = seconds
        self.watch = watch
        self.gone: Finding | None = None
        self.next_look = 0.0
        # By number, so that one object has one stand-in.
        self.standins: WeakValueDictionary[int, Standin] = WeakValueDictionary()

    def ask(self, request: Request) -> Reply:
        """Sends a request and returns the reply.

        Raises:
            StudentGoneError: no answer came, or one that is none.
        """
        if self.gone:
            raise StudentGoneError(self.gone)
        with self._leaving():
            return self._exchange(wire.pack(requests.to_tree(request), _special))

    def hello(self) -> None:
        """Waits until the process is ready.

        Raises:
            RuntimeError: it could not be started.
        """
        try:
            with self._leaving():
                reply = self._exchange(b"")
        except StudentGoneError as error:
            raise RuntimeError(f"a student's process could not be started: {error}") from None
        if "failed" in reply:
            self.connection.close()
            raise RuntimeError(f"a student's process could not be started: {reply['failed']}")

    def value(self, request: Request) -> Any:
        """The value of the reply, or the exception that was raised in the student's process."""
        reply = self.ask(request)
        if "raised" in reply:
            raise raised(reply["raised"])
        return reply["value"]

    def leave(self, finding: Finding) -> NoReturn:
        """Hangs up.

        Raises:
            StudentGoneError: always.
        """
        self.gone = finding
        self.connection.close()
        raise StudentGoneError(finding)

    @contextmanager
    def _leaving(self) -> Iterator[None]:
        """Hangs up when no answer comes, or one that is none."""
        try:
            yield
        except wire.WireError as error:
            self.leave(Finding("", "nonsense", text=str(error)))
        except OSError:
            self.leave(ENDED)

    def _exchange(self, frame: bytes) -> Reply:
        deadline = time.monotonic() + self.seconds
        self.connection.setblocking(False)
        self._move(memoryview(frame), deadline, sending=True)
        header = self._read(wire.HEADER.size, deadline)
        tree, buffers = (self._read(size, deadline) for size in wire.sizes(header))
        reply: Reply = wire.unpack(tree, buffers, self._unspecial)
        if not isinstance(reply, dict):
            raise wire.WireError("nonsense")
        return reply

    def _read(self, size: int, deadline: float) -> bytearray:
        content = bytearray(size)
        self._move(memoryview(content), deadline, sending=False)
        return content

    def _receive(self, view: memoryview) -> int:
        size = self.connection.recv_into(view)
        if size == 0:
            raise OSError
        return size

    def _move(self, view: memoryview, deadline: float, *, sending: bool) -> None:
        """Sends or receives all of `view`; looks at the clock and at the memory meanwhile."""
        ends = ([], [self.connection]) if sending else ([self.connection], [])
        step = self.connection.send if sending else self._receive
        while view:
            try:
                view = view[step(view) :]
            except BlockingIOError:
                select.select(*ends, [], TICK)
            if (now := time.monotonic()) > deadline:
                self.leave(Finding("", "step too long", text=f"{self.seconds:g} s"))
            if now > self.next_look:
                if finding := self.watch():
                    self.leave(finding)
                self.next_look = time.monotonic() + TICK

    def _unspecial(self, tree: dict[str, Any]) -> Any:
        kind = tree["is"]
        if kind == "tensor":
            return tf.constant(tree["array"])
        if kind == "tensor of":  # a type that numpy does not have
            return tf.cast(tree["array"], str(tree["dtype"]))
        if kind == "slices":
            return tf.IndexedSlices(*tree["parts"])
        if kind == "objects":
            array = np.empty(len(tree["items"]), dtype=object)
            for i, one in enumerate(tree["items"]):
                array[i] = one
            return array.reshape(tree["shape"])
        number = int(tree["id"])
        found = self.standins.get(number)
        if found is None:
            found = self.standins[number] = standin(self, tree)
        found._repr = str(tree["repr"])
        return found


def _special(value: Any) -> dict[str, Any]:
    if isinstance(value, Standin):
        return {"is": "handle", "id": value._id}
    if isinstance(value, File):
        text = isinstance(value.path, str)
        return {"is": "path", "name": str(value.path), "content": value.content, "text": text}
    if is_tensor(value):
        return {"is": "tensor", "array": np.asarray(value)}
    with tf.init_scope():  # a variable has its numbers outside of a graph alone
        if isinstance(value, keras.Model):
            return {"is": "model", "config": value.to_json(), "weights": value.get_weights()}
        if isinstance(value, keras.optimizers.Optimizer):
            return {"is": "optimizer", "config": keras.optimizers.serialize(value)}
    raise TypeError(f"a check cannot hand over a {type(value).__name__}")
