"""Answers that break one promise of a docstring each, made from the solution.

Whatever a docstring names has to be tried, or an answer that is right but for this one thing gets
the points. A check that accepts an answer of this module lacks a case of that kind.
"""

import functools
import inspect
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import keras
import numpy as np
from keras import ops

from grading.authoring.promises import Change, Promised, Value, promised, shape_of

LIMIT = 10  # log-variances beyond it count as extreme, and so do heads of models beyond half of it
FLOOR = 1e-6  # that some add to a variance
NATS = 50  # a larger term counts as extreme
CLIPPED = 16  # where a logit ends whose probability is kept 1e-7 away from 0 and 1
OVERFLOW = 700  # exp of more is infinite, even in float64
LARGE = 2**16  # a seed that 16 bits do not hold
AXES = 3  # numbers of axes that a `…` is tried with


def broken(function: Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Answers that are wrong in one thing alone.

    Args:
        function: the solution; a class has no such answers.

    Yields:
        What is wrong, in words, and the answer.
    """
    if inspect.isclass(function):
        return
    mine = promised(function)
    kinds = _OF_BUILDERS if re.search(r"Keras model|keras\.Model", mine.returns) else _OF_FUNCTIONS
    for kind in kinds:
        yield from kind(mine)


def _is_float(value: Value) -> bool:
    if ops.is_tensor(value):
        return "float" in keras.backend.standardize_dtype(value.dtype)
    return isinstance(value, float | np.floating) or getattr(value, "dtype", None) in (
        *(np.dtype("float32"), np.dtype("float64")),
    )


def _library(value: Value) -> Any:
    """Numpy for its arrays and for numbers, and Keras for tensors, also of graphs."""
    return ops if ops.is_tensor(value) else np


def _clip(low: float, high: float) -> Change:
    return lambda value: _library(value).clip(value, low, high) if _is_float(value) else value


def _floor(value: Value) -> Value:
    return _library(value).logaddexp(value, np.log(FLOOR).astype("float32"))


def _half(value: Value) -> Value:
    if not _is_float(value) or np.ndim(value) == 0:
        return value
    if ops.is_tensor(value):
        return ops.cast(ops.cast(value, "float16"), value.dtype)
    with np.errstate(over="ignore"):
        return value.astype("float16").astype(value.dtype)


def _each(result: Value, change: Change) -> Value:
    """A result, or each of the results, changed."""
    return type(result)(map(change, result)) if type(result) in (tuple, list) else change(result)


def _through(mine: Promised, change: Change) -> Callable[..., Any]:
    """The solution, whose result, or each of its results, is changed."""
    return mine.wrapped(lambda given: _each(mine.function(**given), change))


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _axes(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Fails for one number of axes."""
    name = next((n for n, t in mine.args.items() if re.search(r"…|any shape", t)), None)
    if name is None:
        return
    least = 2 if shape_of(mine.args[name]).startswith("(n") else 1
    for number in range(least, least + AXES):

        def answer(given: dict[str, Value], number: int = number) -> Value:
            if np.ndim(given[name]) == number:
                _refuse("too many axes")
            return mine.function(**given)

        yield f"fails where {name} has {number} axes", mine.wrapped(answer)


def _extremes(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Cuts off what is large or small."""
    inf = np.inf
    for name, text in mine.args.items():
        if found := re.search(r"log_(var|std)|^raw$", name):
            limit = LIMIT / 2 if found[1] == "std" else LIMIT
            yield f"cuts {name} off at −{limit:g}", mine.changed({name: _clip(-limit, inf)})
            yield f"cuts {name} off at {limit:g}", mine.changed({name: _clip(-inf, limit)})
            yield f"adds {FLOOR:g} to the variance of {name}", mine.changed({name: _floor})
        if name == "logits":
            cut = mine.changed({name: _clip(-CLIPPED, CLIPPED)})
            yield f"cuts {name} off at ±{CLIPPED}", cut
        if "in nats" in text:
            yield f"cuts {name} off at {NATS}", mine.changed({name: _clip(-inf, NATS)})
        if found := re.search(r"[±−]\d{3,}", text):
            cut = mine.changed({name: _clip(-OVERFLOW, OVERFLOW)})
            yield f"cuts {name} off at ±{OVERFLOW}", cut


def _precision(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Computes with 16 bits."""
    if arrays := [name for name, text in mine.args.items() if shape_of(text)]:
        yield "computes in float16", mine.changed(dict.fromkeys(arrays, _half))


def _rows(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Drops an axis of length 1; gives the average over the batch for each of its members."""

    def squeezed(value: Value) -> Value:
        return _library(value).squeeze(value) if np.ndim(value) else value

    single = not any("at least 2" in text for text in mine.args.values())
    if single and shape_of(mine.returns):
        yield "drops axes of length 1", _through(mine, squeezed)
    if not re.search(r"\(n,", mine.returns):
        return

    def averaged(value: Value) -> Value:
        if np.ndim(value) == 0 or not _is_float(value):
            return value
        library = _library(value)
        mean = library.mean(value, axis=0, keepdims=True)
        return library.broadcast_to(mean, value.shape)

    yield "averages over the batch", _through(mine, averaged)


def _seeds(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Takes 0 for no seed; fails for a large one."""
    if "seed" not in mine.args:
        return
    others = itertools.count(LARGE)
    fresh = {"seed": lambda seed: seed if seed else next(others)}
    yield "takes seed 0 for no seed", mine.changed(fresh)
    small = {"seed": lambda seed: seed if seed < LARGE else _refuse("the seed is too large")}
    yield f"fails for seeds from {LARGE}", mine.changed(small)


def _labels(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Fails where all labels are equal."""

    def unequal(y: Value) -> Value:
        return _refuse("one class") if len(y) > 1 and len(np.unique(y)) == 1 else y

    texts = {name: text for name, text in mine.args.items() if shape_of(text)}
    labels = [name for name, text in texts.items() if "labels" in text and "model" not in text]
    if labels:
        yield "fails where all labels are equal", mine.changed(dict.fromkeys(labels, unequal))


def _memory(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Remembers, by shape or by value."""
    if not any(map(shape_of, mine.args.values())):
        return
    first: dict[Any, Value] = {}

    def remembered(given: dict[str, Value]) -> Value:
        key = tuple(_key(value, shape_only=True) for value in given.values())
        if key not in first:
            first[key] = mine.function(**given)
        return first[key]

    yield "remembers its result by the shape of its input", mine.wrapped(remembered)
    seen = set()

    def once(given: dict[str, Value]) -> Value:
        key = tuple(_key(value, shape_only=False) for value in given.values())
        if key in seen:
            _refuse("the second call")
        seen.add(key)
        return mine.function(**given)

    yield "fails when it is called again with the same", mine.wrapped(once)


def _key(value: Value, *, shape_only: bool) -> Any:
    if not hasattr(value, "shape"):
        return repr(value)
    shape = tuple(value.shape)
    whole = shape_only or not hasattr(value, "__array__")
    return shape if whole else (shape, np.asarray(value).tobytes())


def _types(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Gives another type than the one that is named."""
    found = re.search(r"float32|integers|\bints\b|\bbool\b", mine.returns)
    if not found:
        return
    kind = "float64" if found[0] == "float32" else "float32"

    def cast(value: Value) -> Value:
        if isinstance(value, int):
            return float(value)
        named = found[0] == "float32" or not _is_float(value)
        return np.asarray(value).astype(kind) if named else value

    yield f"gives {kind} where {found[0]} is promised", _through(mine, cast)


def _arguments(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Changes an array in place; never looks at an argument that has a default."""
    arrays = [name for name, text in mine.args.items() if shape_of(text)]

    def in_place(given: dict[str, Value]) -> Value:
        result = mine.function(**given)
        for name in arrays:
            if isinstance(given.get(name), np.ndarray) and given[name].size:
                given[name].flat[0] += 1
        return result

    if arrays:
        yield "changes its arguments", mine.wrapped(in_place)
    for name, parameter in inspect.signature(mine.function).parameters.items():
        if parameter.default is not parameter.empty:
            yield f"never looks at {name}", mine.changed({name: _always(parameter.default)})
        if parameter.default not in (parameter.empty, None, 0):
            yield f"takes {name} 0 for none", mine.changed({name: _or(parameter.default)})


def _always(default: Value) -> Change:
    return lambda _: default


def _or(default: Value) -> Change:
    return lambda value: value or default


def _builds(mine: Promised) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Builds a model that is right but for its heads, or once and for all."""

    def heads(change: Change) -> Change:
        return lambda model: _with_outputs(model, [change(output) for output in model.outputs])

    limit = LIMIT / 2
    yield (
        f"cuts outputs off at ±{limit:g}",
        _through(mine, heads(lambda h: ops.clip(h, -limit, limit))),
    )
    yield "drops outputs out while it is trained", _through(mine, heads(keras.layers.Dropout(0.5)))

    def reverse(model: Any) -> Any:
        return _with_outputs(model, model.outputs[::-1])

    if re.search(r"z_mean and z_log_var", mine.returns):
        yield "gives the outputs in the other order", _through(mine, reverse)
    yield "builds one model and gives it again", functools.cache(mine.function)
    name = next(iter(mine.args))
    first: list[Value] = []

    def the_first(value: Value) -> Value:
        first.append(value)
        return first[0]

    yield f"never looks at another {name}", mine.changed({name: the_first})


def _with_outputs(model: Any, outputs: list[Any]) -> Any:
    """A model over the same layers; one of what it takes or gives stands without a list."""
    ends = (end if len(end) > 1 else end[0] for end in (model.inputs, outputs))
    return keras.Model(*ends)


_OF_FUNCTIONS = (
    *(_axes, _extremes, _precision, _rows, _seeds),
    *(_labels, _memory, _types, _arguments),
)
_OF_BUILDERS = (_builds,)
