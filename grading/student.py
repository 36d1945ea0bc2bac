"""The student's side: runs the cells of a notebook, and then calls what they defined, when asked.

It runs inside the jail and knows no test and no expected value. Whatever a student's code does to
this process, all that leaves it are values, and they are judged elsewhere.
"""

import builtins
import functools
import sys
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grading import wire

QUIET = Config({"HistoryManager": {"enabled": False}})
LONGEST_TEXT = 2_000  # characters of an exception's message
LONGEST_REPR = 200


class Desk:
    """What a student's process keeps for the grader: the notebook's names, objects and tapes."""

    def __init__(self, shell):
        self.shell = shell
        self.objects = []
        self.tapes = []

    def answer(self, request):
        """Does what a request says, and returns {"value": …} or {"raised": …}."""
        try:
            return getattr(self, "do_" + request.pop("do"))(**request)
        except BaseException as error:
            return {"raised": _described(error)}

    def do_cell(self, source):
        """Runs one cell as Jupyter does; the value is what went wrong, or None."""
        result = self.shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        return {"value": None} if error is None else {"raised": _described(error)}

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
        arrays = [(i, a, a.copy()) for i, a in enumerate(args) if isinstance(a, np.ndarray)]
        reply = {}
        if taped:
            tensors = [a for a in tf.nest.flatten([args, kwargs]) if tf.is_tensor(a)]
            with tf.GradientTape(persistent=True) as tape:
                tape.watch([tensor for tensor in tensors if tensor.dtype.is_floating])
                value = target(*args, **kwargs)
            self.tapes.append((tape, tensors, value))
            reply["tape"] = len(self.tapes) - 1
        else:
            value = target(*args, **kwargs)
        same = [np.array_equal(a, before, equal_nan=True) for _, a, before in arrays]
        changed = [[i, a] for (i, a, _), equal in zip(arrays, same, strict=True) if not equal]
        return reply | {"value": value, "changed": changed}

    def do_gradient(self, tape, upstream):
        """Gradients of a taped call's outputs, weighted by `upstream`; None where none passes."""
        tape, inputs, value = self.tapes[tape]
        return {"value": tape.gradient(value, inputs, output_gradients=upstream)}

    def do_compile(self, target, args, kwargs):
        """A function without arguments that runs the call as a compiled graph."""
        graph = tf.function(lambda: target(*args, **kwargs), autograph=False)
        return {"value": graph.get_concrete_function()}

    def special(self, value):
        """How an object crosses that is no plain value (see `wire.pack`)."""
        if tf.is_tensor(value) or isinstance(value, keras.Variable):
            array = np.asarray(value)
            kept = array.dtype.kind in wire.NUMBERS and array.dtype.itemsize <= 16
            array = array if kept else array.astype("float32")
            return {"is": "tensor", "array": array}
        if isinstance(value, keras.KerasTensor):
            return {"is": "symbolic", "shape": list(value.shape)}
        if isinstance(value, Sequence):  # as a range
            return list(value)
        if callable(value):
            self.objects.append(value)
            return {
                "is": "handle",
                "id": len(self.objects) - 1,
                "name": _name(value),
                "type": _name(type(value)),
                "repr": _repr(value),
                "layer": isinstance(value, keras.layers.Layer),
                "class": isinstance(value, type),
            }
        if hasattr(value, "__array__") and not isinstance(value, np.ndarray | np.generic):
            array = np.asarray(value)  # another library's array
            if array.dtype.kind in wire.NUMBERS and array.dtype.itemsize <= 16:
                return array
        return {"is": "foreign", "type": _name(type(value)), "repr": _repr(value)}

    def unspecial(self, tree):
        """What the grader sends that is no plain value."""
        if tree["is"] == "handle":
            return self.objects[tree["id"]]
        if tree["is"] == "tensor":
            return tf.constant(tree["array"])
        if tree["is"] == "path":
            self.do_file(tree["name"], tree["content"])
            return tree["name"] if tree["text"] else Path(tree["name"])
        model = keras.models.model_from_json(tree["config"])
        model.set_weights(tree["weights"])
        return model


def serve(connection):
    """Answers requests until the grader hangs up.

    Args:
        connection: a socket.
    """
    shell = InteractiveShell.instance(config=QUIET)
    shell.user_ns["__name__"] = "__main__"
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

    @functools.wraps(function)  # Keras looks at the arguments of `__init__`
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
        "text": text[:LONGEST_TEXT],
        "stub": stub,
    }


def _name(value):
    name = getattr(value, "__name__", "")
    return name[:60] if isinstance(name, str) else ""


def _repr(value):
    try:
        return repr(value)[:LONGEST_REPR]
    except BaseException:
        return object.__repr__(value)
