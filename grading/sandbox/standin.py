"""The grader's side: stand-ins for what a student defined, which ask the student's process.

A check that was written for people runs on them unchanged: it calls a function, a Keras model or a
layer, looks at attributes, and takes gradients with a tape. Only values come back.
"""

import builtins
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import keras
import tensorflow as tf

from grading.sandbox import wire
from grading.sandbox.requests import Call, Compile, GetAttribute, Gradient, Raised, Reply, Request
from vaelib.checks.causes import Causes
from vaelib.checks.lent import ArgumentChanged


class Asks(Protocol):
    """What a stand-in needs of a `Session`."""

    def ask(self, request: Request) -> Reply:
        """Sends a request and returns the reply."""

    def value(self, request: Request) -> Any:
        """The value of the reply, or the exception that was raised in the student's process."""


class Standin:
    """An object of the student's, as a check sees it: something with attributes."""

    _repr: str

    def __init__(self, session: Asks, tree: dict[str, Any]) -> None:
        self._session = session
        self._tree = tree
        self._id = int(tree["id"])
        self._seems: type = type if tree["class"] else _keras_class(tree["keras"]) or type(self)
        if tree["name"]:
            self.__name__ = str(tree["name"])

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """So that `isinstance(layer, keras.layers.Layer)` says what the student made."""
        return self._seems

    def __repr__(self) -> str:
        """As the student's object shows itself."""
        return self._repr

    def __getattr__(self, name: str) -> Any:
        """An attribute of the student's object."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._session.value(GetAttribute(self, name))


class CallableStandin(Standin):
    """A function, class, layer or model of the student's."""

    _weights = False  # whether models that are handed over get the weights that a call leaves

    def taking_weights(self) -> "CallableStandin":
        """The same, but a call changes the weights of the models that it is given.

        Only `vaelib.checks.call_training` asks for it. They are what the student's process says,
        like what a call returns, so a check has to compare them with the right ones.
        """
        same = standin(self._session, self._tree)
        same._repr, same._weights = self._repr, True  # type: ignore[attr-defined]
        return same  # type: ignore[return-value]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the student's object returns, or the exception that it raises.

        Nothing that a check hands over is ever changed by a call, but weights that it asked for.

        Raises:
            ArgumentChanged: the student's object changed an argument.
        """
        tensors = [leaf for leaf in wire.leaves([args, kwargs]) if is_tensor(leaf)]
        args, kwargs = wire.mapped([args, kwargs], _sent)
        if not tf.executing_eagerly():
            compiled, dtypes = self._session.value(Compile(self, args, kwargs))
            return tf.py_function(compiled, [], dtypes) if dtypes else None
        taped = bool(tensors) and not self._weights
        reply = self._session.ask(Call(self, args, kwargs, taped, self._weights))
        if "raised" in reply:
            raise raised(reply["raised"])
        if reply.get("changed"):  # what it would be now is not taken over: it may be a lie
            raise ArgumentChanged("the answer changed one of its arguments in place")
        if self._weights:
            for model, weights in zip(_models([args, kwargs]), reply["weights"], strict=True):
                model.set_weights(weights)
        if taped:
            return self._differentiable(reply["value"], reply["tape"], tensors)
        return reply["value"]

    def _differentiable(self, value: Any, tape: int, inputs: list[Any]) -> Any:
        """The value, with the student's gradients behind each tensor in it."""
        outputs = [leaf for leaf in wire.leaves(value) if _has_gradient(leaf)]
        if not outputs:
            return value

        @tf.custom_gradient
        def known(*_: Any) -> Any:
            def gradient(*upstream: Any) -> Any:
                return self._session.value(Gradient(tape, upstream))

            return outputs, gradient

        followed = iter(known(*inputs))
        return wire.mapped(value, lambda leaf: next(followed) if _has_gradient(leaf) else leaf)


def standin(session: Asks, tree: dict[str, Any]) -> Standin:
    """A stand-in for an object of the student's, which the tree of a handle describes."""
    kind = CallableStandin if tree["callable"] else Standin
    made: Standin = type(str(tree["type"]), (kind,), {})(session, tree)
    return made


@dataclass(frozen=True)
class File:
    """A path, and the bytes of the file that goes along with it, or None."""

    path: str | Path
    content: bytes | None


def _sent(value: Any) -> Any:
    """An argument as it is handed over: a file that the check has written goes with its path.

    Only files below the folder for temporary files go along; while a check runs, that is one of its
    own. Where a path leads is looked at, not how it is spelled: a student may have made it.
    """
    if not isinstance(value, str | Path):
        return value
    try:
        place = Path(value).resolve()
        written = Path(tempfile.gettempdir()).resolve() in place.parents and place.is_file()
        content = place.read_bytes() if written else None
    except (OSError, ValueError):  # a text that is no path
        content = None
    return File(value, content) if content is not None or isinstance(value, Path) else value


def is_tensor(value: Any) -> bool:
    """Whether this is a tensor or a variable of TensorFlow's."""
    return isinstance(value, tf.Tensor | tf.Variable)  # `tf.is_tensor` takes 20 times as long


def _models(value: Any) -> list[Any]:
    """The models of a check's own among what it hands over, in the order of `wire.leaves`."""
    found = (leaf for leaf in wire.leaves(value) if isinstance(leaf, keras.Model))
    return [leaf for leaf in found if not issubclass(type(leaf), Standin)]


def _has_gradient(value: Any) -> bool:
    return bool(is_tensor(value) and value.dtype.is_floating)


def _keras_class(name: Any) -> type | None:
    """The class of Keras of this name, if it is a kind of layer; a model is one, too."""
    kind = getattr(keras.layers, str(name), None) or getattr(keras, str(name), None)
    return kind if isinstance(kind, type) and issubclass(kind, keras.layers.Layer) else None


def raised(tree: Raised) -> Exception | SystemExit:
    """An exception like the one in the student's process.

    Its type has the same name and the same builtin type above it, and its text is the same; what
    it came from stands in its `causes`.
    """
    base = getattr(builtins, str(tree["builtin"]), Exception)
    if not (isinstance(base, type) and issubclass(base, Exception | SystemExit)):
        base = Exception
    if issubclass(base, BaseExceptionGroup | StopIteration):  # no text makes one; one ends a loop
        base = Exception
    text = str(tree["text"])
    parts = {
        "__init__": lambda self, text: None,
        "__str__": lambda self: text,
        "causes": Causes(_identifier(tree["stub"]), _identifier(tree["missing"])),
    }
    error: Exception | SystemExit = type(str(tree["type"]), (base,), parts)(text)
    return error


def _identifier(name: Any) -> str:
    """A name, or "" for what a student may have put in its place, such as a hidden number."""
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= 60 else ""
