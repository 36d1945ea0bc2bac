"""What crosses between the grader and a student's process: frames of plain values, never pickle.

A frame is a length, a JSON tree and the bytes that the tree refers to. Numbers, strings, bytes,
arrays, tensors and containers of them cross as they are. Everything else crosses as whatever the
two ends agree on through `special`: a handle, or no more than the name of a type.
"""

import json
import math
import re
import struct
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

HEADER = struct.Struct("!II")  # bytes of the tree, bytes of the buffers
MOST_TREE = 8 << 20
MOST_BUFFERS = 256 << 20
MOST_NODES = 1_000_000  # of a tree: a byte of it can become a hundred in memory
DEEPEST = 40
MOST_BITS = 4_000  # of an integer
MOST_KEYS = 10_000  # of all sets and dicts of a frame: equal hashes make each one slow
LONGEST_TEXT = 2_000  # characters of what is told about a submission
NUMBERS = "biufc"  # kinds of numpy types that cross
NUMBER = re.compile(rf"[<>|=]?[{NUMBERS}]\d\d?")
CONTAINERS: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
SINGLETONS = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}


Special = Callable[[Any], Any]


class WireError(Exception):
    """A frame that is none, too large, or has in it what cannot be."""


def pack(value: Any, special: Special) -> bytes:
    """A frame.

    Args:
        value: what to send.
        special: called with what is no plain value; returns a dict of plain values with a key
            "is" that no plain value uses, or raises TypeError.

    Raises:
        WireError: it, or an integer in it, is too large, or it is nested too deeply.
    """
    buffers = bytearray()
    tree = json.dumps(_tree(value, buffers, special, 0)).encode()
    _demand_size(len(tree), len(buffers))
    _demand_few(tree)
    return b"".join([HEADER.pack(len(tree), len(buffers)), tree, buffers])


def sizes(header: bytes | bytearray) -> tuple[int, int]:
    """How many bytes of tree and of buffers follow a header.

    Raises:
        WireError: more than are allowed.
    """
    tree, buffers = HEADER.unpack(header)
    _demand_size(tree, buffers)
    return tree, buffers


def unpack(tree: bytes | bytearray, buffers: bytes | bytearray, special: Special) -> Any:
    """The value of a frame.

    Args:
        tree: bytes, the JSON.
        buffers: bytes.
        special: called with a dict that `special` of the other end made, its values unpacked.

    Raises:
        WireError: nonsense.
    """
    try:
        _demand_few(tree)
        room = {"bytes": len(buffers), "keys": MOST_KEYS}
        return _value(json.loads(tree), memoryview(buffers), room, special, 0)
    except Exception as error:
        raise WireError(f"nonsense: {type(error).__name__}") from error


def read(file: BinaryIO, special: Special) -> Any:
    """Reads one frame from a binary file, or returns None at its end."""
    header = file.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    tree, buffers = sizes(header)
    return unpack(file.read(tree), file.read(buffers), special)


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """A copy, with `change` of each thing that stands in its lists, tuples and dicts, in order."""
    if isinstance(value, list | tuple):
        return (list if isinstance(value, list) else tuple)([mapped(one, change) for one in value])
    if isinstance(value, dict):
        return {key: mapped(one, change) for key, one in value.items()}
    return change(value)


def leaves(value: Any) -> list[Any]:
    """All that stands in the lists, tuples and dicts of a value; both ends count it alike."""
    found: list[Any] = []
    mapped(value, found.append)
    return found


def crosses(dtype: Any) -> bool:
    """Whether arrays of this type of numpy's cross."""
    return bool(dtype.kind in NUMBERS and dtype.itemsize <= 16)


def plain(text: str) -> str:
    """A text that a student may have made, as one line that rules no terminal and is not endless.

    What no file can hold goes, too, such as half a character.
    """
    text = text[: LONGEST_TEXT + 1].encode("utf-8", errors="replace").decode()
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} …"


def _demand_size(tree: int, buffers: int) -> None:
    if tree > MOST_TREE or buffers > MOST_BUFFERS:
        raise WireError(f"a value of {(tree + buffers) / 2**20:,.0f} MiB is too large")


def _demand_few(tree: bytes | bytearray) -> None:
    """Counts values before any is made; commas and brackets in texts count, too."""
    if sum(map(tree.count, (b",", b"[", b"{"))) > MOST_NODES:
        raise WireError(f"a value of more than {MOST_NODES:,} parts is too large")


def _tree(value: Any, buffers: bytearray, special: Special, depth: int) -> Any:
    if depth > DEEPEST:
        raise WireError(f"a value nested more than {DEEPEST} times")

    def inner(one: Any) -> Any:
        return _tree(one, buffers, special, depth + 1)

    def other() -> Any:
        made = special(value)
        if isinstance(made, dict):
            return {key: inner(one) for key, one in made.items()}
        return inner(made)

    if value is None or isinstance(value, bool | str):
        return value if not isinstance(value, str) else str.__str__(value)
    if isinstance(value, np.ndarray | np.generic):
        if not crosses(value.dtype):
            return other()
        array = np.asarray(value).astype(value.dtype.newbyteorder("<"))
        scalar = isinstance(value, np.generic)
        tree = {"is": "array", "dtype": array.dtype.str, "scalar": scalar}
        return tree | {"shape": list(array.shape)} | _stored(array.tobytes(), buffers)
    if isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            raise WireError(f"an integer of {value.bit_length():,} bits is too large")
        return int(value) if abs(value) < 2**63 else {"is": "int", "hex": hex(value)}
    if isinstance(value, float):
        return float(value)
    if isinstance(value, complex):
        return {"is": "complex", "parts": [value.real, value.imag]}
    if isinstance(value, bytes | bytearray):
        return {"is": "bytes"} | _stored(bytes(value), buffers)
    for name, one in SINGLETONS.items():
        if value is one:
            return {"is": "singleton", "name": name}
    for name, kind in CONTAINERS.items():
        if isinstance(value, kind):
            return {"is": name, "items": [inner(one) for one in kind.__iter__(value)]}
    if isinstance(value, dict):
        return {"is": "dict", "items": [[inner(k), inner(v)] for k, v in dict.items(value)]}
    return other()


def _stored(content: bytes, buffers: bytearray) -> dict[str, int]:
    _demand_size(0, len(buffers) + len(content))
    buffers += content
    return {"start": len(buffers) - len(content), "size": len(content)}


def _value(
    tree: Any, buffers: memoryview, room: dict[str, int], special: Special, depth: int
) -> Any:
    """The value of a tree; `room` is how many bytes and keys the rest of it may still take."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")

    def inner(one: Any) -> Any:
        return _value(one, buffers, room, special, depth + 1)

    if tree is None or isinstance(tree, bool | str | int | float):
        return tree
    if isinstance(tree, list):
        return [inner(one) for one in tree]
    kind = tree["is"]
    if kind in CONTAINERS:
        if kind in ("set", "frozenset"):
            _take(room, "keys", len(tree["items"]))
        return CONTAINERS[kind](inner(one) for one in tree["items"])
    if kind == "dict":
        _take(room, "keys", len(tree["items"]))
        return {inner(k): inner(v) for k, v in tree["items"]}
    if kind == "singleton":
        return SINGLETONS[tree["name"]]
    if kind == "int":
        if len(tree["hex"]) > MOST_BITS / 4 + len("-0x"):
            raise ValueError("too long")
        return int(tree["hex"], 16)
    if kind == "complex":
        return complex(*tree["parts"])
    if kind in ("bytes", "array"):
        start, size = tree["start"], tree["size"]
        if not 0 <= start <= start + size <= len(buffers):
            raise ValueError("outside of the frame")
        _take(room, "bytes", size)  # the same bytes cannot be meant many times
        content = bytes(buffers[start : start + size])
        return content if kind == "bytes" else _array(tree, content)
    return special({key: inner(one) if key != "is" else one for key, one in tree.items()})


def _take(room: dict[str, int], kind: str, count: int) -> None:
    room[kind] -= count
    if room[kind] < 0:
        raise ValueError(f"too many {kind}")


def _array(tree: dict[str, Any], content: bytes) -> Any:
    if not NUMBER.fullmatch(tree["dtype"]):
        raise ValueError("no array of numbers")
    dtype, shape = np.dtype(tree["dtype"]), tree["shape"]
    if dtype.itemsize * math.prod(shape) != len(content):
        raise ValueError("another size")
    if math.prod(max(size, 1) for size in shape) > MOST_BUFFERS:  # as (0, 10**12)
        raise ValueError("too large")
    array = np.frombuffer(content, dtype).astype(dtype.newbyteorder("=")).reshape(shape)
    return array[()] if tree["scalar"] else array
