"""What the docstring of an exercise promises: shapes, sizes, and the words about each argument.

Whatever it names has to be tried; `grading.authoring.breaking` makes answers that break it.
"""

import functools
import inspect
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

APART = 2  # sizes that differ by less take each other's place unnoticed, as n and n − 1 do

Value = Any
Change = Callable[[Value], Value]


@dataclass
class Promised:
    """A solution and what its docstring says.

    Attributes:
        function: the solution.
        args: the text about each argument.
        returns: the text about what comes back.
    """

    function: Callable[..., Any]
    args: dict[str, str]
    returns: str

    def changed(self, changes: dict[str, Change]) -> Callable[..., Any]:
        """The solution, some of whose arguments are changed on their way."""

        def answer(given: dict[str, Value]) -> Value:
            told = {name: changes.get(name, _same)(value) for name, value in given.items()}
            return self.function(**told)

        return self.wrapped(answer)

    def wrapped(self, answer: Callable[[dict[str, Value]], Value]) -> Callable[..., Any]:
        """A function with the solution's name and arguments, which come as a dict."""
        signature = inspect.signature(self.function)

        @functools.wraps(self.function)
        def wrapper(*args: Value, **kwargs: Value) -> Value:
            return answer(dict(signature.bind(*args, **kwargs).arguments))

        return wrapper


def promised(function: Callable[..., Any]) -> Promised:
    """Reads a solution's docstring.

    Args:
        function: with the sections Args and Returns, as every exercise has them.
    """
    sections = re.split(r"^(Args|Returns|Raises):\n", inspect.getdoc(function) or "", flags=re.M)
    found = dict(zip(sections[1::2], sections[2::2], strict=True))
    entries = re.findall(r"^    (\w+): (.*(?:\n {5,}.*)*)", found.get("Args", ""), re.M)
    texts = {name: " ".join(text.split()) for name, text in entries}
    of_function = inspect.signature(function).parameters
    args = {name: text for name, text in texts.items() if name in of_function}
    for name, text in args.items():  # "the same shape", as that of the one before
        if "the same shape" in text:
            args[name] = f"{text} {shape_of(next(map(str, args.values())))}"
    return Promised(function, args, " ".join(found.get("Returns", "").split()))


def shape_of(text: str) -> str:
    """The first shape that a text names, such as "(n, d)", or ''."""
    found = re.search(r"(?<!\w)\((?:\w+|…),[^()]*\)", text)
    return found[0] if found else ""


def sizes(function: Callable[..., Any], calls: list[dict[str, int]]) -> Callable[..., Any]:
    """The solution, which notes the sizes of all that it is called with.

    Args:
        function: the solution; of a class no calls are noted.
        calls: where to add, for each call, a dict from the names of its sizes to them.
    """
    if inspect.isclass(function):
        return function
    mine = promised(function)

    def answer(given: dict[str, Value]) -> Value:
        found: dict[str, int] = {}
        for name, value in given.items():
            text = mine.args.get(name, "")
            if "how many" in text and isinstance(value, int):
                found[name] = value
            elif shape := getattr(value, "shape", None):
                found |= _sizes(shape_of(text), tuple(shape))
        calls.append(found)
        return mine.function(**given)

    return mine.wrapped(answer)


def coincide(calls: list[dict[str, int]]) -> str:
    """Says that no call has sizes of which each tells its axis, or ''.

    Args:
        calls: as `sizes` notes them.
    """
    most = max((len(call) for call in calls), default=0)
    for call in calls:
        pairs = itertools.combinations(call.values(), 2)
        if len(call) == most and all(abs(a - b) >= APART for a, b in pairs):
            return ""
    if most == 0:
        return ""
    tried = "; ".join(sorted({", ".join(f"{k} = {v}" for k, v in c.items()) for c in calls}))
    return f"in no call do all sizes differ by {APART} or more: {tried}"


def _sizes(documented: str, shape: tuple[int, ...]) -> dict[str, int]:
    tokens = documented.strip("()").replace(" ", "").rstrip(",").split(",")
    if "…" in tokens:
        before, after = tokens[: tokens.index("…")], tokens[tokens.index("…") + 1 :]
        ends = shape[len(shape) - len(after) :] if after else ()
        pairs = [*zip(before, shape, strict=False), *zip(after, ends, strict=False)]
    elif len(tokens) == len(shape):
        pairs = list(zip(tokens, shape, strict=True))
    else:
        pairs = []
    return {token: int(size) for token, size in pairs if token}


def _same(value: Value) -> Value:
    return value
