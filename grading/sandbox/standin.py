"""The grader's side: stand-ins for what a student defined, which ask the student's process.

A check that was written for people runs on them unchanged: it calls a function, a Keras model or a
layer, looks at attributes, and takes gradients with a tape. Only values come back.
"""

import builtins
import select
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

import keras
import numpy as np
import tensorflow as tf

from grading.sandbox import wire

TICK = 0.1  # s between two looks at the clock and at the memory


class StudentGoneError(BaseException):
    """Why a student's process gives no more answers; no `except Exception` of a check hides it."""


class Session:
    """A conversation with one student's process.

    Args:
        connection: a socket.
        seconds: that one answer may take.
        watch: called every `TICK` while something is on its way, however many small pieces that
            has; returns why the process must end, or ''.

    `gone` says why there are no more answers, as the end of a sentence that begins "your code".
    """

    def __init__(self, connection, seconds, watch=lambda: ""):
        self.connection = connection
        self.seconds = seconds
        self.watch = watch
        self.gone = ""
        self.next_look = 0
        self.standins = WeakValueDictionary()  # by number, so that one object has one stand-in

    def ask(self, do, **request):
        """Sends a request and returns the reply, a dict.

        Raises:
            StudentGoneError: no answer came, or one that is none.
        """
        if self.gone:
            raise StudentGoneError(self.gone)
        try:
            frame = wire.pack({"do": do, **request}, self._special)
            return self._exchange(frame)
        except wire.WireError as error:
            self._leave(f"gave back what cannot be read: {error}")
        except OSError:
            self._leave("ended its own process")

    def hello(self):
        """Waits until the process is ready.

        Raises:
            StudentGoneError: it is not.
        """
        try:
            reply = self._exchange(b"")
        except (wire.WireError, OSError):
            self._leave("could not be started")
        if "failed" in reply:
            self._leave(f"could not be started: {reply['failed']}")

    def value(self, do, **request):
        """The value of the reply, or the exception that was raised in the student's process."""
        reply = self.ask(do, **request)
        if "raised" in reply:
            raise raised(reply["raised"])
        return reply["value"]

    def _leave(self, reason):
        self.gone = reason
        self.connection.close()
        raise StudentGoneError(reason)

    def _exchange(self, frame):
        deadline = time.monotonic() + self.seconds
        self.connection.setblocking(False)
        self._move(memoryview(frame), deadline, self._send)
        header = self._read(wire.HEADER.size, deadline)
        tree, buffers = (self._read(size, deadline) for size in wire.sizes(header))
        reply = wire.unpack(tree, buffers, self._unspecial)
        if not isinstance(reply, dict):
            raise wire.WireError("nonsense")
        return reply

    def _read(self, size, deadline):
        content = bytearray(size)
        self._move(memoryview(content), deadline, self._receive)
        return content

    def _send(self, view):
        return self.connection.send(view)

    def _receive(self, view):
        size = self.connection.recv_into(view)
        if size == 0:
            raise OSError
        return size

    def _move(self, view, deadline, step):
        """Sends or receives all of `view`; looks at the clock and at the memory meanwhile."""
        sending = step == self._send
        ends = ([], [self.connection]) if sending else ([self.connection], [])
        while view:
            try:
                view = view[step(view) :]
            except BlockingIOError:
                select.select(*ends, [], TICK)
            if (now := time.monotonic()) > deadline:
                self._leave(f"did not end within {self.seconds:g} s")
            if now > self.next_look:
                if reason := self.watch():
                    self._leave(reason)
                self.next_look = time.monotonic() + TICK

    def _special(self, value):
        if isinstance(value, Standin):
            return {"is": "handle", "id": value._id}
        if isinstance(value, _File):
            content = Path(value.path).read_bytes() if Path(value.path).is_file() else None
            text = isinstance(value.path, str)
            return {"is": "path", "name": str(value.path), "content": content, "text": text}
        if _is_tensor(value):
            return {"is": "tensor", "array": np.asarray(value)}
        if isinstance(value, keras.Model):
            return {"is": "model", "config": value.to_json(), "weights": value.get_weights()}
        raise TypeError(f"a check cannot hand over a {type(value).__name__}")

    def _unspecial(self, tree):
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
        standin = self.standins.get(number)
        if standin is None:
            kind = CallableStandin if tree["callable"] else Standin
            standin = type(str(tree["type"]), (kind,), {})(self, tree)
            self.standins[number] = standin
        standin._repr = str(tree["repr"])
        return standin


class Standin:
    """An object of the student's, as a check sees it: something with attributes."""

    def __init__(self, session, tree):
        self._session = session
        self._id = int(tree["id"])
        self._seems = type if tree["class"] else _keras_class(tree["keras"]) or type(self)
        if tree["name"]:
            self.__name__ = str(tree["name"])

    @property
    def __class__(self):
        """So that `isinstance(layer, keras.layers.Layer)` says what the student made."""
        return self._seems

    def __repr__(self):
        """As the student's object shows itself."""
        return self._repr

    def __getattr__(self, name):
        """An attribute of the student's object."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._session.value("attribute", target=self, name=name)


class CallableStandin(Standin):
    """A function, class, layer or model of the student's."""

    def __call__(self, *args, **kwargs):
        """What the student's object returns, or the exception that it raises."""
        leaves = wire.leaves([args, kwargs])
        arrays = [leaf for leaf in leaves if isinstance(leaf, np.ndarray)]
        tensors = [leaf for leaf in leaves if _is_tensor(leaf)]
        args, kwargs = wire.mapped([args, kwargs], _sent)
        sent = {"target": self, "args": args, "kwargs": kwargs}
        if not tf.executing_eagerly():
            compiled, dtypes = self._session.value("compile", **sent)
            return tf.py_function(compiled, [], dtypes) if dtypes else None
        reply = self._session.ask("call", **sent, taped=bool(tensors))
        if "raised" in reply:
            raise raised(reply["raised"])
        for i, after in reply["changed"]:  # what the student's code did to its arguments
            arrays[i].shape = after.shape
            arrays[i][...] = after
        if tensors:
            return self._differentiable(reply["value"], reply["tape"], tensors)
        return reply["value"]

    def _differentiable(self, value, tape, inputs):
        """The value, with the student's gradients behind each tensor in it."""
        outputs = [leaf for leaf in wire.leaves(value) if _has_gradient(leaf)]
        if not outputs:
            return value

        @tf.custom_gradient
        def known(*_):
            def gradient(*upstream):
                return self._session.value("gradient", tape=tape, upstream=upstream)

            return outputs, gradient

        followed = iter(known(*inputs))
        return wire.mapped(value, lambda leaf: next(followed) if _has_gradient(leaf) else leaf)


@dataclass(frozen=True)
class _File:
    """A path, as str or `Path`, whose file goes along."""

    path: object


def _sent(value):
    """An argument as it is handed over: a file that the check has written goes with its path."""
    if isinstance(value, str | Path):
        written = Path(tempfile.gettempdir()) in Path(value).parents and Path(value).is_file()
        return _File(value) if written or isinstance(value, Path) else value
    return value


def _is_tensor(value):
    return isinstance(value, tf.Tensor | tf.Variable)  # `tf.is_tensor` takes 20 times as long


def _has_gradient(value):
    return _is_tensor(value) and value.dtype.is_floating


def _keras_class(name):
    """The class of Keras of this name, if it is a kind of layer; a model is one, too."""
    kind = getattr(keras.layers, str(name), None) or getattr(keras, str(name), None)
    return kind if isinstance(kind, type) and issubclass(kind, keras.layers.Layer) else None


def raised(tree):
    """An exception like the one in the student's process.

    Its type has the same name and the same builtin type above it, and its text is the same; `stub`
    is the function whose body was still missing, if it is a NotImplementedError.
    """
    base = getattr(builtins, str(tree["builtin"]), Exception)
    if not (isinstance(base, type) and issubclass(base, Exception | SystemExit)):
        base = Exception
    if issubclass(base, BaseExceptionGroup | StopIteration):  # no text makes one; one ends a loop
        base = Exception
    text = str(tree["text"])
    parts = {"__init__": lambda self, text: None, "__str__": lambda self: text}
    error = type(str(tree["type"]), (base,), parts)(text)
    error.stub = str(tree["stub"])
    return error
