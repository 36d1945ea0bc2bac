"""The student's side: runs the cells of a notebook, and then calls what they defined, when asked.

It runs inside the jail and knows no test and no expected value. Whatever a student's code does to
this process, all that leaves it are values, and they are judged elsewhere.
"""

import ast
import builtins
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import keras
import numpy as np
import tensorflow as tf
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grading.sandbox import requests, wire
from grading.sandbox.requests import Raised, Reply, Request
from vaelib.checks.causes import missing_name, stub_called
from vaelib.checks.lent import copied, same

QUIET = Config({"HistoryManager": {"enabled": False}})
LONGEST_REPR = 200


class Shell(InteractiveShell):
    """IPython where there is neither a window nor a terminal."""

    system = InteractiveShell.system_raw  # which needs no terminal

    def enable_gui(self, gui: Any = None) -> None:
        """Does nothing; `%matplotlib` asks for it."""


class Desk:
    """What a student's process keeps for the grader: the notebook's names, objects and tapes."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.objects: list[Any] = []
        self.numbers: dict[int, int] = {}  # from an object's id to its place in `objects`
        self.tapes: list[tuple[Any, list[Any], list[Any]]] = []

    def answer(self, request: Request) -> Reply:
        """Does what a request says; see `requests`."""
        try:
            match request:
                case requests.WriteFile(name, content):
                    return _written(name, content)
                case requests.RunCell(source):
                    return self._run_cell(source)
                case requests.LookUp(name):
                    space = self.shell.user_ns
                    return {"value": [space[name]] if name in space else []}
                case requests.GetAttribute(target, name):
                    return {"value": getattr(target, name)}
                case requests.Call():
                    return self._call(request)
                case requests.Gradient(tape, upstream):
                    return self._gradient(tape, upstream)
                case requests.Compile(target, args, kwargs):
                    return {"value": _compiled(target, args, kwargs)}
        except BaseException as error:
            return {"raised": _described(error)}

    def _run_cell(self, source: str) -> Reply:
        """Runs one cell as Jupyter does, and gives the first exception that it raised.

        What stands behind a statement that failed is run, too: if a package is not there, what
        the same cell imports and defines below counts all the same.
        """
        first = None
        while source.strip():
            result = self.shell.run_cell(source, store_history=True)
            first = first or result.error_before_exec or result.error_in_exec
            source = self._behind(source, result.error_in_exec)
        return {"value": None} if first is None else {"raised": _described(first)}

    def _behind(self, source: str, error: BaseException | None) -> str:
        """The lines of a cell behind the statement that raised an error."""
        trace = getattr(error, "__traceback__", None)
        while trace and trace.tb_frame.f_globals is not self.shell.user_ns:
            trace = trace.tb_next
        if trace is None or not isinstance(error, Exception):
            return ""
        plain: str = self.shell.transform_cell(source)
        ends = [node.end_lineno or 0 for node in ast.parse(plain).body]
        end = min((end for end in ends if end >= trace.tb_lineno), default=None)
        return "" if end is None else "\n".join(plain.split("\n")[end:])

    def _call(self, request: requests.Call) -> Reply:
        target, args, kwargs = request.target, request.args, request.kwargs
        before = copied([args, kwargs])
        reply: Reply = {}
        if request.taped:
            tensors = [leaf for leaf in wire.leaves([args, kwargs]) if tf.is_tensor(leaf)]
            with tf.GradientTape(persistent=True) as tape:
                tape.watch([tensor for tensor in tensors if tensor.dtype.is_floating])
                value = target(*args, **kwargs)
            outputs = [leaf for leaf in wire.leaves(value) if _has_gradient(leaf)]
            self.tapes.append((tape, tensors, outputs))
            reply["tape"] = len(self.tapes) - 1
        else:
            value = target(*args, **kwargs)
        reply["value"] = value
        reply["changed"] = not same(before, [args, kwargs])
        if request.weights:
            given = wire.leaves([args, kwargs])
            reply["weights"] = [m.get_weights() for m in given if isinstance(m, keras.Model)]
        return reply

    def _gradient(self, number: int, upstream: Any) -> Reply:
        tape, inputs, outputs = self.tapes[number]
        return {"value": tape.gradient(outputs, inputs, output_gradients=list(upstream))}

    def special(self, value: Any) -> Any:
        """How an object crosses that is no plain value (see `wire.pack`)."""
        if isinstance(value, tf.IndexedSlices):
            parts = [value.values, value.indices, value.dense_shape]
            crossing: Any = {"is": "slices", "parts": parts}
        elif tf.is_tensor(value) or isinstance(value, keras.Variable):
            crossing = _tensor(value)
        elif isinstance(value, Sequence):  # as a range
            crossing = list(value)
        elif isinstance(value, np.ndarray) and value.dtype == object:
            crossing = {"is": "objects", "shape": value.shape, "items": value.ravel().tolist()}
        elif not callable(value):
            crossing = _numbers(value)
        else:
            crossing = None
        return self._handle(value) if crossing is None else crossing

    def _handle(self, value: Any) -> dict[str, Any]:
        if id(value) not in self.numbers:
            self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        return {
            "is": "handle",
            "id": self.numbers[id(value)],
            "name": _name(value),
            "type": _name(type(value)),
            "repr": _repr(value),
            "keras": _keras_name(value),
            "class": isinstance(value, type),
            "callable": callable(value),
        }

    def unspecial(self, tree: dict[str, Any]) -> Any:
        """What the grader sends that is no plain value."""
        if tree["is"] == "handle":
            return self.objects[tree["id"]]
        if tree["is"] == "tensor":
            return tf.constant(tree["array"])
        if tree["is"] == "path":
            if tree["content"] is not None:
                _written(tree["name"], tree["content"])
            return tree["name"] if tree["text"] else Path(tree["name"])
        if tree["is"] == "optimizer":
            return keras.optimizers.deserialize(tree["config"])
        model = keras.models.model_from_json(tree["config"])
        model.set_weights(tree["weights"])
        return model


def serve(connection: socket.socket) -> None:
    """Answers requests until the grader hangs up.

    Args:
        connection: a socket.
    """
    shell = Shell.instance(config=QUIET)
    shell.user_ns["__name__"] = "__main__"
    desk = Desk(shell)
    file = connection.makefile("rb")
    connection.sendall(wire.pack({"value": None}, refuse))  # ready
    while (tree := wire.read(file, desk.unspecial)) is not None:
        reply = desk.answer(requests.from_tree(tree))
        try:
            frame = wire.pack(reply, desk.special)
        except BaseException as error:
            frame = wire.pack({"raised": _described(error)}, desk.special)
        connection.sendall(frame)


def refuse(value: Any) -> NoReturn:
    """The `special` of a message that has plain values only."""
    raise TypeError(f"{type(value).__name__} is no plain value")


def _written(name: str, content: bytes) -> Reply:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"value": None}


def _compiled(target: Any, args: Any, kwargs: Any) -> list[Any]:
    """A function without arguments that runs a call as a compiled graph, and its types."""
    graph = tf.function(lambda: target(*args, **kwargs), autograph=False)
    concrete = graph.get_concrete_function()
    dtypes = [leaf.dtype.name for leaf in concrete.outputs]
    return [concrete, dtypes if len(dtypes) != 1 else dtypes[0]]


def _described(error: BaseException) -> Raised:
    """An exception as plain values."""
    kind = type(error)
    known = (base.__name__ for base in kind.__mro__ if vars(builtins).get(base.__name__) is base)
    return {
        "type": _name(kind),
        "builtin": next(known, "Exception"),
        "text": _told(str, error)[: wire.LONGEST_TEXT],
        "stub": _told(stub_called, error),
        "missing": _told(missing_name, error),
    }


def _told(ask: Callable[[BaseException], str], error: BaseException) -> str:
    """What an exception of a student's tells, or "" if it raises another one when it is asked."""
    try:
        return ask(error)
    except BaseException:
        return ""


def _tensor(value: Any) -> dict[str, Any] | None:
    """How a tensor or a variable crosses, or None if its values are no numbers."""
    try:
        array = np.asarray(value)
    except Exception:  # ragged, or part of a graph
        return None
    if wire.crosses(array.dtype):
        return {"is": "tensor", "array": array}
    if array.dtype.kind == "V":  # bfloat16, which numpy does not have
        return {"is": "tensor of", "array": array.astype("float32"), "dtype": array.dtype.name}
    return None  # text


def _has_gradient(value: Any) -> bool:
    return bool(tf.is_tensor(value) and value.dtype.is_floating)


def _numbers(value: Any) -> np.ndarray | None:
    """The array that numpy makes of another library's object, or None if it makes none."""
    try:
        array = np.asarray(value)
    except Exception:
        return None
    return array if wire.crosses(array.dtype) else None


def _keras_name(value: Any) -> str:
    """The name of the nearest class of Keras that a layer or a model is one of, or ''."""
    for kind in type(value).__mro__ if isinstance(value, keras.layers.Layer) else ():
        if kind in (vars(keras.layers).get(kind.__name__), vars(keras).get(kind.__name__)):
            return kind.__name__
    return ""


def _name(value: Any) -> str:
    name = getattr(value, "__name__", "")
    return name[:60] if isinstance(name, str) else ""


def _repr(value: Any) -> str:
    try:
        return repr(value)[:LONGEST_REPR]
    except BaseException:
        return object.__repr__(value)
