"""A filter of system calls, for a jailed process: what no student's answer needs is refused.

Without it a process could still use memory that no limit counts, reach the host over sockets that
belong to no network namespace, read the keys of whoever grades, or make namespaces of its own. It
is a list of what is allowed: a call that some later kernel adds is refused, too, as if this kernel
did not have it, so that libraries do without.
"""

import ctypes
import errno
import os
import struct

from grading.sandbox.calls import ALLOWED, ARCHITECTURES

NEW_NAMESPACES = 0x7E020000  # among the flags of clone
SHARED, NAMELESS, HUGE = 0x01, 0x20, 0x40000  # among those of mmap
UNIX, IPV4, IPV6, NETLINK = 1, 2, 10, 16  # families that belong to the network namespace
STREAM, TYPES = 1, 0xF
PROTOCOLS = (0, 6, 17)  # the family's own, TCP and UDP
# Of a terminal, if there is one; waiting bytes, blocking and closing; network devices.
IOCTLS = (0x5401, 0x802C542A, 0x5413, 0x540F, 0x541B, 0x5421, 0x5450, 0x5451, 0x8912, 0x8933)
FCNTLS = (0, 1, 2, 3, 4, 5, 1030, 1032, 1034)  # no locks of ranges, which take endless memory
PRCTLS = (3, 15, 16, 21, 23, 39, 0x53564D41)  # names, and questions about itself

LOAD, AND, RETURN = 0x20, 0x54, 0x06
JUMP_EQUAL, JUMP_ANY = 0x15, 0x45
KILL, ERROR, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in what a filter sees
SET_SECCOMP, FILTER = 22, 2

Line = tuple[int, int, int, int]  # a code, where to go on if true or false, and a number

libc = ctypes.CDLL(None, use_errno=True)


def refuse_calls(addresses: bool = True) -> None:
    """Refuses them to this process and all that it starts; it must have given up new privileges.

    Args:
        addresses: False to refuse sockets with internet addresses as well.

    Raises:
        OSError: the system has no such filter, or its processor is not known here.
    """
    machine = os.uname().machine
    if machine not in ARCHITECTURES:
        raise OSError(f"the system calls of {machine} are not known")
    lines = program(*ARCHITECTURES[machine], addresses)
    content = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in lines))
    header = struct.pack("@HP", len(lines), ctypes.addressof(content))
    if libc.prctl(SET_SECCOMP, FILTER, header, 0, 0) < 0:
        raise OSError(os.strerror(ctypes.get_errno()))


def program(architecture: int, column: int, addresses: bool = True) -> list[Line]:
    """The filter. A number that is not listed, such as one of x32, is none of this kernel's."""
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    conditions = CONDITIONS if addresses else CONDITIONS | {"socket": WITHOUT_ADDRESSES}
    for name, numbers in ALLOWED.items():
        number = numbers[column]
        if number is not None:
            lines += _if(number, conditions.get(name, [_ALLOW]))
    return [*lines, _error(errno.ENOSYS)]


def _if(value: int, block: list[Line]) -> list[Line]:
    """Lines for one value of what was loaded last; the last of them has to return."""
    return [(JUMP_EQUAL, 0, len(block), value), *block]


def _load(argument: int, high: bool = False) -> Line:
    """Half of an argument of the call."""
    return LOAD, 0, 0, FIRST_ARGUMENT + 8 * argument + 4 * high


def _error(number: int) -> Line:
    return RETURN, 0, 0, ERROR | number


def _only(argument: int, values: tuple[int, ...], otherwise: int) -> list[Line]:
    """Allows a few values of an argument."""
    allowed = [line for value in values for line in _if(value, [_ALLOW])]
    return [_load(argument), *allowed, _error(otherwise)]


def _without(argument: int, flags: int) -> list[Line]:
    """Allows an argument without any of some flags."""
    return [_load(argument), (JUMP_ANY, 0, 1, flags), _error(errno.EPERM), _ALLOW]


_ALLOW: Line = (RETURN, 0, 0, ALLOW)
# Only streams: nothing that others send to a datagram socket counts for whoever has it open.
_STREAM = [_load(1), (AND, 0, 0, TYPES), *_if(STREAM, [_ALLOW]), _error(errno.EAFNOSUPPORT)]
CONDITIONS = {
    "clone": _without(0, NEW_NAMESPACES),
    "mmap": [
        *_without(3, HUGE)[:-1],
        (AND, 0, 0, SHARED | NAMELESS),  # memory that `RLIMIT_DATA` does not count
        *_if(SHARED | NAMELESS, [_error(errno.EPERM)]),
        _ALLOW,
    ],
    "prlimit64": [  # limits may be read; who lowers them could die as if killed from outside
        *[_load(2), *_if(0, [_load(2, high=True), *_if(0, [_ALLOW]), _error(errno.EPERM)])],
        _error(errno.EPERM),
    ],
    "prctl": _only(0, PRCTLS, errno.EPERM),
    "ioctl": _only(1, IOCTLS, errno.ENOTTY),
    "fcntl": _only(1, FCNTLS, errno.EINVAL),
    "socketpair": [_load(0), *_if(UNIX, _STREAM), _error(errno.EAFNOSUPPORT)],
    "socket": [
        _load(0),
        *_if(UNIX, _STREAM),
        *_if(IPV4, _only(2, PROTOCOLS, errno.EPROTONOSUPPORT)),
        *_if(IPV6, _only(2, PROTOCOLS, errno.EPROTONOSUPPORT)),
        *_if(NETLINK, _only(2, (0,), errno.EPROTONOSUPPORT)),
        _error(errno.EAFNOSUPPORT),
    ],
}
WITHOUT_ADDRESSES = [
    _load(0),
    *_if(UNIX, _STREAM),
    *_if(NETLINK, _only(2, (0,), errno.EPROTONOSUPPORT)),
    _error(errno.EAFNOSUPPORT),
]
