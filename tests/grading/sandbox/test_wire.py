"""What crosses between the grader and a student's process, and what is refused."""

import collections
import io
import json
import math

import numpy as np
import pytest

from grading.sandbox import wire


def refuse(value):
    raise TypeError(f"{type(value).__name__} is no plain value")


def crossed(value, special=refuse, back=refuse):
    """The value as it comes out of a frame at the other end."""
    frame = io.BytesIO(wire.pack([value], special))
    (found,) = wire.read(frame, back)
    assert frame.read() == b""
    return found


def frame(tree, buffers=b"", special=refuse):
    """What comes out of a frame that somebody made by hand."""
    return wire.unpack(json.dumps(tree).encode(), buffers, special)


PLAIN = {
    "nothing": None,
    "bools": [True, False],
    "small ints": [0, -1, 2**63 - 1, -(2**63)],
    "big ints": [2**63, -(2**64) - 1, 10**300],
    "floats": [0.1, 1e-308, 5e-324, 1.7976931348623157e308, math.inf, -math.inf],
    "complex": [1 + 2j, complex(0.1, -math.inf)],
    "texts": ["", "ẑ and 🙂", "a\0b", "\ud800"],
    "bytes": [b"", bytes(range(256))],
    "singletons": [Ellipsis, NotImplemented],
    "empty containers": [[], (), {}, set(), frozenset()],
    "nested": {"a": [(1, {2: {"b": (None, [])}})], (1, 2): {3, "c"}, frozenset({4}): 0.5},
    "a dict like one of the wire's": {"is": "array", "dtype": "O", "items": [1]},
    "another one": [{"is": 1}, {"is": None}, {"is": "handle", "id": 0}],
}


@pytest.mark.parametrize("value", PLAIN.values(), ids=PLAIN)
def test_plain_values_come_back_equal_and_of_the_same_type(value):
    found = crossed(value)
    assert (found, repr(found)) == (value, repr(value))


def test_a_zero_keeps_its_sign_and_not_a_number_stays_what_it_is():
    found = crossed([-0.0, math.nan, np.float32(-0.0), np.array([math.nan, -0.0])])
    assert [math.copysign(1, one) for one in (found[0], found[2], found[3][1])] == [-1, -1, -1]
    assert all(math.isnan(one) for one in (found[1], found[3][0]))


TYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]
SHAPES = [(), (0,), (3, 0, 2), (5,), (2, 3, 4)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", TYPES)
def test_an_array_keeps_its_type_shape_and_values(dtype, shape):
    bits = np.random.default_rng(0).integers(0, 100, size=shape)
    array = np.asarray(bits).astype(dtype)
    found = crossed(array)
    assert type(found) is np.ndarray
    assert (found.dtype, found.shape) == (array.dtype, shape)
    np.testing.assert_array_equal(found, array)


def test_an_array_of_long_doubles_keeps_its_values():
    array = np.array([np.pi, np.inf], dtype=np.longdouble) / 3
    np.testing.assert_array_equal(crossed(array), array)


@pytest.mark.parametrize("dtype", TYPES)
def test_a_scalar_of_numpy_stays_one(dtype):
    value = np.dtype(dtype).type(7)
    found = crossed(value)
    assert type(found) is type(value)
    assert found == value


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24).reshape(4, 6)[::-2, 1::3],
        np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.broadcast_to(np.float32(1.5), (3, 2)),
        np.arange(6, dtype=">f4"),
        np.arange(6).view(type("Own", (np.ndarray,), {})),
        np.ma.array([1.0, 2.0], mask=False),
    ],
    ids=["strided", "transposed", "Fortran", "broadcast", "big-endian", "subclass", "masked"],
)
def test_an_array_of_any_layout_comes_back_as_an_ordinary_one(array):
    found = crossed(array)
    assert type(found) is np.ndarray
    assert found.dtype.isnative
    assert found.flags.writeable
    np.testing.assert_array_equal(found, array)


def test_many_arrays_in_one_frame_do_not_mix():
    value = {"a": np.arange(3), "b": [np.float16(1.5), b"xyz", np.ones((2, 2), bool)]}
    found = crossed(value)
    np.testing.assert_array_equal(found["a"], [0, 1, 2])
    assert found["b"][:2] == [np.float16(1.5), b"xyz"]
    np.testing.assert_array_equal(found["b"][2], [[True, True], [True, True]])


def test_subclasses_cross_as_what_they_are_below():
    pair = collections.namedtuple("pair", "a b")
    text = type("Text", (str,), {"__str__": lambda self: "a lie"})
    found = crossed([pair(1, 2), collections.OrderedDict(a=1), bytearray(b"x"), text("true")])
    assert found == [(1, 2), {"a": 1}, b"x", "true"]
    assert [type(one) for one in found] == [tuple, dict, bytes, str]


def test_everything_else_is_what_the_two_ends_agree_on():
    def special(value):
        return {"is": "range", "ends": (value.start, value.stop), "array": np.arange(2)}

    def back(tree):
        assert tree["is"] == "range"
        np.testing.assert_array_equal(tree["array"], [0, 1])
        return range(*tree["ends"])

    assert crossed({"r": [range(2, 5)]}, special, back) == {"r": [range(2, 5)]}


def test_what_becomes_a_plain_value_crosses_as_one():
    assert crossed(range(3), special=list) == [0, 1, 2]


@pytest.mark.parametrize(
    "value",
    [object(), range(3), np.array(["a"]), np.array([None]), np.datetime64("2020-01-01")],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_value_needs_an_agreement(value):
    with pytest.raises(TypeError, match="is no plain value"):
        wire.pack(value, refuse)


def test_what_is_nested_too_deeply_is_not_sent():
    value = []
    for _ in range(wire.DEEPEST + 1):
        value = [value]
    with pytest.raises(wire.WireError, match="nested more than 40 times"):
        wire.pack(value, refuse)
    endless = []
    endless.append(endless)
    with pytest.raises(wire.WireError, match="nested more than 40 times"):
        wire.pack(endless, refuse)


def test_what_is_too_large_is_not_sent(monkeypatch):
    monkeypatch.setattr(wire, "MOST_BUFFERS", 3 << 20)
    monkeypatch.setattr(wire, "MOST_TREE", 1 << 20)
    megabyte = bytes(1 << 20)
    crossed([megabyte, np.zeros(1 << 20, np.uint8)])
    with pytest.raises(wire.WireError, match="a value of 4 MiB is too large"):
        wire.pack([megabyte] * 4, refuse)
    with pytest.raises(wire.WireError, match="a value of 2 MiB is too large"):
        wire.pack("x" * (2 << 20), refuse)


def test_the_largest_integer_crosses_and_a_larger_one_is_not_sent():
    largest = 2**wire.MOST_BITS - 1
    assert crossed([largest, -largest]) == [largest, -largest]
    with pytest.raises(wire.WireError, match="an integer of 4,001 bits is too large"):
        wire.pack(largest + 1, refuse)


def test_a_header_that_promises_too_much_is_refused():
    assert wire.sizes(wire.HEADER.pack(10, 20)) == (10, 20)
    for sizes in ((wire.MOST_TREE + 1, 0), (0, wire.MOST_BUFFERS + 1)):
        with pytest.raises(wire.WireError, match="is too large"):
            wire.sizes(wire.HEADER.pack(*sizes))


def test_there_is_nothing_to_read_at_the_end():
    assert wire.read(io.BytesIO(b""), refuse) is None


def array(**changes):
    """The tree of an array of two numbers, changed."""
    tree = {"is": "array", "dtype": "<f4", "shape": [2], "scalar": False, "start": 0, "size": 8}
    return tree | changes


def nested(depth):
    return [nested(depth - 1)] if depth else 0


def test_a_frame_made_by_hand_can_be_read():
    np.testing.assert_array_equal(frame(array(), bytes(8)), [0, 0])


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"is": None},
        {"is": []},
        {"is": "unknown"},
        {"is": "list"},
        {"is": "list", "items": 3},
        {"is": "dict", "items": [[1, 2, 3]]},
        {"is": "dict", "items": [[[], 2]]},
        {"is": "set", "items": [{"is": "list", "items": []}]},
        {"is": "set", "items": list(range(wire.MOST_KEYS + 1))},
        {"is": "singleton", "name": "exit"},
        {"is": "int", "hex": "0x" + "f" * 2000},
        {"is": "int", "hex": "nine"},
        {"is": "int", "hex": 9},
        {"is": "complex", "parts": ["import os"]},
        {"is": "bytes", "start": -1, "size": 4},
        {"is": "bytes", "start": 4, "size": 8},
        {"is": "bytes", "start": 4, "size": -2},
        {"is": "bytes", "start": "0", "size": 8},
        {"is": "bytes", "start": 0.5, "size": 1},
        [{"is": "bytes", "start": 0, "size": 8}, {"is": "bytes", "start": 0, "size": 8}],
        array(dtype="O"),
        array(dtype="|O8"),
        array(dtype="<U2"),
        array(dtype="<M8[s]"),
        array(dtype="V8"),
        array(dtype="f4,f4"),
        array(dtype=[["a", "<f4"]]),
        array(dtype="(2,)f4"),
        array(dtype=None),
        array(shape=[3]),
        array(shape=[-1]),
        array(shape=[-1, -2]),
        array(shape=[0, 10**12], size=0),
        array(shape=["2"]),
        array(shape=2),
        array(shape=[2.0]),
        array(shape=[1] * 65 + [2]),
        array(size=4),
        nested(wire.DEEPEST + 2),
        nested(900),
    ],
    ids=lambda tree: json.dumps(tree)[:60],
)
def test_nonsense_is_a_wire_error_and_nothing_else(tree):
    with pytest.raises(wire.WireError, match="nonsense"):
        frame(tree, bytes(8), special=lambda tree: {}[tree["is"]])


@pytest.mark.parametrize("tree", [b"", b"{", b"\xff\xfe", b"nothing", b"[1] [2]", b"[" * 100_000])
def test_what_is_no_tree_is_a_wire_error_and_nothing_else(tree):
    with pytest.raises(wire.WireError, match="nonsense"):
        wire.unpack(tree, b"", refuse)


def test_random_bytes_are_a_wire_error_or_a_value():
    rng = np.random.default_rng(0)
    good = wire.pack([array(), {"a": (1, np.arange(5), b"xyz")}], refuse)
    for _ in range(3000):
        bad = bytearray(good)
        for place in rng.integers(wire.HEADER.size, len(good), size=3):
            bad[place] = rng.integers(256)
        try:
            wire.read(io.BytesIO(bad), lambda tree: tree)
        except wire.WireError as error:
            assert str(error).startswith("nonsense")  # noqa: PT017


def test_things_are_counted_alike_at_both_ends():
    value = [1, (2, {"b": 3, "a": [4, (), {}]}), {5, 6}, None]
    assert wire.leaves(value) == [1, 2, 3, 4, {5, 6}, None]
    assert wire.leaves(crossed(value)) == wire.leaves(value)
    assert wire.mapped([1, (2, {"b": 3})], str) == ["1", ("2", {"b": "3"})]


@pytest.mark.parametrize("part", [b"[]", b"{}", b"1", b'["x"]'])
def test_a_tree_of_too_many_parts_is_refused_before_it_is_made(part):
    tree = b"[" + b",".join([part] * wire.MOST_NODES) + b",1]"
    with pytest.raises(wire.WireError):
        wire.unpack(tree, b"", None)


def test_a_value_of_too_many_parts_is_not_sent():
    with pytest.raises(wire.WireError, match="more than 1,000,000 parts"):
        wire.pack([0] * (wire.MOST_NODES + 1), None)
