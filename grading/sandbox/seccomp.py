"""A filter of system calls, for a jailed process: what no student's answer needs is refused.

Without it a process could still use memory that no limit counts, reach the host over sockets that
belong to no network namespace, read the keys of whoever grades, or make namespaces of its own.
"""

import ctypes
import errno
import os
import struct

ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # and the column below

REFUSED = {
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "mount_setattr": (442, 442),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "open_tree_attr": (467, 467),
    "open_by_handle_at": (304, 265),
    "fanotify": (300, 262),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    # memory that counts for no process
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # keys, the kernel's log, and large parts of the kernel
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "syslog": (103, 116),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "userfaultfd": (323, 282),
    "io_uring_register": (427, 427),
    # a session of its own would get its own share of the processors
    "setsid": (112, 157),
}
CLONE, CLONE3, SOCKET, PRCTL = (56, 220), (435, 435), (41, 198), (157, 167)
NEW_NAMESPACES = 0x7E020000
FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6 and netlink belong to the network namespace
PDEATHSIG, SET_SECCOMP, FILTER = 1, 22, 2

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
KILL, ERROR, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in what a filter sees
FIRST_X32 = 0x40000000  # the same calls under other numbers

libc = ctypes.CDLL(None, use_errno=True)


def refuse_calls() -> None:
    """Refuses them to this process and all that it starts; it must have given up new privileges.

    Raises:
        OSError: the system has no such filter, or its processor is not known here.
    """
    machine = os.uname().machine
    if machine not in ARCHITECTURES:
        raise OSError(f"the system calls of {machine} are not known")
    program = _program(*ARCHITECTURES[machine])
    content = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(content))
    if libc.prctl(SET_SECCOMP, FILTER, header, 0, 0) < 0:
        raise OSError(os.strerror(ctypes.get_errno()))


def _program(architecture: int, column: int) -> bytes:
    """The filter: each line is a code, where to go on if true or false, and a number."""
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (JUMP_AT_LEAST, 0, 1, FIRST_X32),
        (RETURN, 0, 0, ERROR | errno.ENOSYS),
        (JUMP_EQUAL, 0, 1, CLONE3[column]),  # its flags cannot be seen; libc then uses clone
        (RETURN, 0, 0, ERROR | errno.ENOSYS),
    ]
    for numbers in REFUSED.values():
        lines += [
            (JUMP_EQUAL, 0, 1, numbers[column]),
            (RETURN, 0, 0, ERROR | errno.EPERM),
        ]
    lines += [
        (JUMP_EQUAL, 0, 4, CLONE[column]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (JUMP_ANY, 0, 1, NEW_NAMESPACES),
        (RETURN, 0, 0, ERROR | errno.EPERM),
        (RETURN, 0, 0, ALLOW),
        (JUMP_EQUAL, 0, 4, PRCTL[column]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (JUMP_EQUAL, 0, 1, PDEATHSIG),  # else it could outlive its keeper
        (RETURN, 0, 0, ERROR | errno.EPERM),
        (RETURN, 0, 0, ALLOW),
        (JUMP_EQUAL, 0, len(FAMILIES) + 2, SOCKET[column]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
    ]
    for i, family in enumerate(FAMILIES):
        lines.append((JUMP_EQUAL, len(FAMILIES) - i, 0, family))
    lines += [
        (RETURN, 0, 0, ERROR | errno.EAFNOSUPPORT),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
