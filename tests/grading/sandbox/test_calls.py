"""The numbers of system calls, compared with the kernel's headers where they are installed."""

import re
import struct
from pathlib import Path

import pytest

from grading.sandbox import calls, seccomp

HEADERS = {  # of linux-libc-dev; on other machines the first lies in another folder
    "x86_64": ("x86_64-linux-gnu/asm/unistd_64.h", "asm/unistd_64.h"),
    "aarch64": ("asm-generic/unistd.h",),
}


def numbers(text):
    """Dict from name to number; a name may stand for another one."""
    plain = dict(re.findall(r"^#define\s+__NR(?:3264)?_(\w+)\s+(\d+)\b", text, re.MULTILINE))
    named = re.findall(r"^#define\s+__NR_(\w+)\s+__NR3264_(\w+)", text, re.MULTILINE)
    meant = {name: plain[other] for name, other in named if other in plain}
    return {name: int(number) for name, number in (plain | meant).items()}


@pytest.mark.parametrize("machine", sorted(calls.ARCHITECTURES))
def test_numbers_are_those_of_the_kernels_headers(machine):
    paths = [Path("/usr/include", one) for one in HEADERS[machine]]
    path = next((one for one in paths if one.is_file()), None)
    if path is None:
        pytest.skip(f"no headers of {machine} here: apt-get install linux-libc-dev")
    known = numbers(path.read_text("utf-8"))
    column = calls.ARCHITECTURES[machine][1]
    mine = {name: one[column] for name, one in calls.ALLOWED.items()}
    newer = {name for name, number in mine.items() if number and number > max(known.values())}
    assert {n: known.get(n) for n in mine if n not in newer} == {
        n: one for n, one in mine.items() if n not in newer
    }


def test_every_call_has_its_own_number():
    for _, column in calls.ARCHITECTURES.values():
        found = [one[column] for one in calls.ALLOWED.values() if one[column] is not None]
        assert len(found) == len(set(found)) > 120


def run(lines, machine, name, *arguments):
    """What the filter decides, computed here: its action, and the error's number."""
    architecture, column = calls.ARCHITECTURES[machine]
    number = calls.ALLOWED[name][column] if isinstance(name, str) else name
    arguments = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments)
    value = at = 0
    while True:
        code, true, false, k = lines[at]
        at += 1
        if code == seccomp.RETURN:
            return k & 0xFFFF0000, k & 0xFFFF
        if code == seccomp.LOAD:
            (value,) = struct.unpack_from("=I", data, k)
        elif code == seccomp.AND:
            value &= k
        else:
            jumps = value == k if code == seccomp.JUMP_EQUAL else bool(value & k)
            at += true if jumps else false


@pytest.mark.parametrize("machine", sorted(calls.ARCHITECTURES))
def test_the_filter_decides_by_number_and_arguments_on_both_processors(machine):
    lines = seccomp.program(*calls.ARCHITECTURES[machine])
    assert len(lines) < 4096  # the kernel takes no more
    assert all(max(line[1:3]) < 256 for line in lines)
    allowed, refused = (seccomp.ALLOW, 0), seccomp.ERROR
    for name, one in calls.ALLOWED.items():
        if name not in seccomp.CONDITIONS and one[calls.ARCHITECTURES[machine][1]] is not None:
            assert run(lines, machine, name) == allowed
    for number in (0x40000000, 468, 600, 0xFFFFFFFF):
        assert run(lines, machine, number) == (refused, 38)
    assert run(lines, machine, "clone", 0x3D0F00) == allowed  # a thread
    assert run(lines, machine, "clone", 0x10000011) == (refused, 1)
    assert run(lines, machine, "mmap", 0, 1, 3, 0x22) == allowed
    assert run(lines, machine, "mmap", 0, 1, 3, 0x01) == allowed  # of a file
    assert run(lines, machine, "mmap", 0, 1, 3, 0x21) == (refused, 1)
    assert run(lines, machine, "mmap", 0, 1, 3, 0x23) == (refused, 1)
    assert run(lines, machine, "mmap", 0, 1, 3, 0x40022) == (refused, 1)
    assert run(lines, machine, "prlimit64", 0, 0, 0, 1) == allowed
    assert run(lines, machine, "prlimit64", 0, 0, 1, 0) == (refused, 1)
    assert run(lines, machine, "prlimit64", 0, 0, 1 << 32, 0) == (refused, 1)
    assert run(lines, machine, "prctl", 15) == allowed
    assert run(lines, machine, "prctl", 1) == (refused, 1)
    assert run(lines, machine, "ioctl", 0, 0x5412) == (refused, 25)
    assert run(lines, machine, "socketpair", 1, 0x80001) == allowed
    assert run(lines, machine, "socketpair", 1, 2) == (refused, 97)
    assert run(lines, machine, "socket", 2, 1, 6) == allowed
    assert run(lines, machine, "socket", 2, 1, 132) == (refused, 93)
    assert run(lines, machine, "socket", 16, 3, 0) == allowed
    assert run(lines, machine, "socket", 16, 3, 9) == (refused, 93)
    assert run(lines, machine, "socket", 40, 1, 0) == (refused, 97)


@pytest.mark.parametrize("machine", sorted(calls.ARCHITECTURES))
def test_the_filter_ends_whoever_calls_as_another_processor(machine):
    lines = seccomp.program(*calls.ARCHITECTURES[machine])
    other = next(one for one in calls.ARCHITECTURES if one != machine)
    assert run(lines, other, "read") == (seccomp.KILL, 0)
