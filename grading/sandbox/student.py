"""The student's side: runs the cells of a notebook, and then calls what they defined, when asked.

It runs inside the jail and knows no test and no expected value. Whatever a student's code does to
this process, all that leaves it are values, and they are judged elsewhere.
"""

import ast
import builtins
import functools
import inspect
import sys
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grading.sandbox import wire

QUIET = Config({"HistoryManager": {"enabled": False}})
LONGEST_REPR = 200


class Shell(InteractiveShell):
    """IPython where there is neither a window nor a terminal."""

    system = InteractiveShell.system_raw  # which needs no terminal

    def enable_gui(self, gui=None):
        """Does nothing; `%matplotlib` asks for it."""


class Desk:
    """What a student's process keeps for the grader: the notebook's names, objects and tapes."""

    def __init__(self, shell):
        self.shell = shell
        self.objects = []
        self.numbers = {}  # from the id of an object to its place in `objects`, where it stays
        self.tapes = []

    def answer(self, request):
        """Does what a request says, and returns {"value": …} or {"raised": …}."""
        try:
            return getattr(self, "do_" + request.pop("do"))(**request)
        except BaseException as error:
            return {"raised": _described(error)}

    def do_cell(self, source):
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

    def _behind(self, source, error):
        """The lines of a cell behind the statement that raised an error."""
        trace = getattr(error, "__traceback__", None)
        while trace and trace.tb_frame.f_globals is not self.shell.user_ns:
            trace = trace.tb_next
        if trace is None or not isinstance(error, Exception):
            return ""
        plain = self.shell.transform_cell(source)
        ends = [node.end_lineno for node in ast.parse(plain).body]
        end = min((end for end in ends if end >= trace.tb_lineno), default=None)
        return "" if end is None else "\n".join(plain.split("\n")[end:])

    def do_file(self, name, content):
        """Writes a file that the assignment comes with."""
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return {"value": None}

    def do_look_up(self, name):
        """The object that a name stands for at this moment, in a list; an empty one if none."""
        space = self.shell.user_ns
        return {"value": [space[name]] if name in space else []}

    def do_attribute(self, target, name):
        """An attribute of an object."""
        return {"value": getattr(target, name)}

    def do_call(self, target, args, kwargs, taped):
        """Calls an object; if `taped`, gradients for the tensors among the arguments can follow."""
        leaves = wire.leaves([args, kwargs])
        arrays = [leaf for leaf in leaves if isinstance(leaf, np.ndarray)]
        before = [(array.shape, array.tobytes()) for array in arrays]
        reply = {}
        if taped:
            tensors = [leaf for leaf in leaves if tf.is_tensor(leaf)]
            with tf.GradientTape(persistent=True) as tape:
                tape.watch([tensor for tensor in tensors if tensor.dtype.is_floating])
                value = target(*args, **kwargs)
            outputs = [leaf for leaf in wire.leaves(value) if _has_gradient(leaf)]
            self.tapes.append((tape, tensors, outputs))
            reply["tape"] = len(self.tapes) - 1
        else:
            value = target(*args, **kwargs)
        after = [(array.shape, array.tobytes()) for array in arrays]
        changed = [[i, array] for i, array in enumerate(arrays) if after[i] != before[i]]
        return reply | {"value": value, "changed": changed}

    def do_gradient(self, tape, upstream):
        """Gradients of a taped call's outputs, weighted by `upstream`; None where none passes."""
        tape, inputs, outputs = self.tapes[tape]
        return {"value": tape.gradient(outputs, inputs, output_gradients=list(upstream))}

    def do_compile(self, target, args, kwargs):
        """A function without arguments that runs the call as a compiled graph, and its types."""
        graph = tf.function(lambda: target(*args, **kwargs), autograph=False)
        concrete = graph.get_concrete_function()
        dtypes = [leaf.dtype.name for leaf in concrete.outputs]
        return {"value": [concrete, dtypes if len(dtypes) != 1 else dtypes[0]]}

    def special(self, value):
        """How an object crosses that is no plain value (see `wire.pack`)."""
        if isinstance(value, tf.IndexedSlices):
            parts = [value.values, value.indices, value.dense_shape]
            crossing = {"is": "slices", "parts": parts}
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

    def _handle(self, value):
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

    def unspecial(self, tree):
        """What the grader sends that is no plain value."""
        if tree["is"] == "handle":
            return self.objects[tree["id"]]
        if tree["is"] == "tensor":
            return tf.constant(tree["array"])
        if tree["is"] == "path":
            if tree["content"] is not None:
                self.do_file(tree["name"], tree["content"])
            return tree["name"] if tree["text"] else Path(tree["name"])
        model = keras.models.model_from_json(tree["config"])
        model.set_weights(tree["weights"])
        return model


def serve(connection, names=None):
    """Answers requests until the grader hangs up.

    Args:
        connection: a socket.
        names: dict of what the notebook begins with.
    """
    shell = Shell.instance(config=QUIET)
    shell.user_ns.update({"__name__": "__main__"} | (names or {}))
    desk = Desk(shell)
    file = connection.makefile("rb")
    connection.sendall(wire.pack({"value": None}, refuse))  # ready
    while (request := wire.read(file, desk.unspecial)) is not None:
        reply = desk.answer(request)
        try:
            frame = wire.pack(reply, desk.special)
        except BaseException as error:
            frame = wire.pack({"raised": _described(error)}, desk.special)
        connection.sendall(frame)


def refuse(value):
    """The `special` of a message that has plain values only."""
    raise TypeError(f"{type(value).__name__} is no plain value")


def guard_library(asked):
    """Makes the library's own version of what an assignment asks for refuse to be called.

    The library itself may still call it.

    Args:
        asked: names of exercises.
    """
    modules = {n: m for n, m in sys.modules.items() if n.split(".")[0] == "vaelib"}
    for name, module in modules.items():
        for exercise in asked:
            own = vars(module).get(exercise)
            if getattr(own, "__module__", None) == name:
                if isinstance(own, type):
                    own.__init__ = _guarded(own.__init__, exercise, name, modules)
                else:
                    for other in modules.values():  # also where it was imported from here
                        if vars(other).get(exercise) is own:
                            setattr(other, exercise, _guarded(own, exercise, name, modules))


def _guarded(function, exercise, module, modules):
    spaces = [vars(one) for one in modules.values()]

    @functools.wraps(function)
    def guarded(*args, **kwargs):
        caller = sys._getframe(1)
        while caller and str(caller.f_globals.get("__name__")).split(".")[0] == "keras":
            caller = caller.f_back
        if not caller or not any(caller.f_globals is space for space in spaces):
            raise RuntimeError(
                f"{module}.{exercise} is what this exercise asks you to write. "
                "While it is graded the library does not have it. Write it yourself"
            )
        return function(*args, **kwargs)

    guarded.__signature__ = inspect.signature(function)  # Keras looks at that of `__init__`
    return guarded


def _described(error):
    """An exception as plain values: its type, its nearest builtin type, its text."""
    kind = type(error)
    known = (base.__name__ for base in kind.__mro__ if vars(builtins).get(base.__name__) is base)
    stub = ""
    if isinstance(error, NotImplementedError):
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        stub = trace.tb_frame.f_code.co_name if trace else ""
    try:
        text = str(error)
    except BaseException:
        text = ""
    return {
        "type": _name(kind),
        "builtin": next(known, "Exception"),
        "text": text[: wire.LONGEST_TEXT],
        "stub": stub,
    }


def _tensor(value):
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


def _has_gradient(value):
    return tf.is_tensor(value) and value.dtype.is_floating


def _numbers(value):
    """The array that numpy makes of another library's object, or None if it makes none."""
    try:
        array = np.asarray(value)
    except Exception:
        return None
    return array if wire.crosses(array.dtype) else None


def _keras_name(value):
    """The name of the nearest class of Keras that a layer or a model is one of, or ''."""
    for kind in type(value).__mro__ if isinstance(value, keras.layers.Layer) else ():
        if kind in (vars(keras.layers).get(kind.__name__), vars(keras).get(kind.__name__)):
            return kind.__name__
    return ""


def _name(value):
    name = getattr(value, "__name__", "")
    return name[:60] if isinstance(name, str) else ""


def _repr(value):
    try:
        return repr(value)[:LONGEST_REPR]
    except BaseException:
        return object.__repr__(value)
