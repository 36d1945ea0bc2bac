"""A jail for a process that was just forked: what Linux offers to every process, by itself.

Namespaces, Landlock, a filter of system calls (see `grading.sandbox.seccomp`), and limits.

Inside there is a file system with nothing in it but Python, the course's library and an empty
folder to work in; no network, not even its own address; no other process. It needs no helper
program and no root. With root the process becomes a user that exists nowhere else.
"""

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from grading.sandbox import groups, root, seccomp
from grading.sandbox.keeper import PDEATHSIG, PRIORITY, keep
from grading.sandbox.memory import MOST_OPEN_FILES
from grading.sandbox.root import JailError
from grading.sandbox.work import Limits

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
APART = NEWNS | NEWUTS | NEWIPC | NEWPID | NEWNET | NEWCGROUP
CAPBSET_DROP, NO_NEW_PRIVS = 24, 38
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_READ = 0b1101  # execute, read a file, read a folder
LANDLOCK_FILE = 0b1000_0000_0000_0111 | 1 << 14  # what makes sense for a file
INSIDE = "inside"
# Bytes of addresses besides memory: libraries, and for each thread a stack and an arena that are
# mostly empty. Their tables do take memory.
LIBRARIES, THREAD = 2 << 30, 80 << 20
FIRST_UID = 1_900_000_000  # of the users that root's jails become, one for each process

libc = ctypes.CDLL(None, use_errno=True)


def enter(
    readable: Iterable[str],
    limits: Limits,
    connection: socket.socket,
    hidden: Iterable[str] = (),
    report: int | None = None,
    instead: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Jails this process, which must have one thread and have been forked for this.

    The process that called stays outside as a keeper: it ends with the one inside, and ends it,
    with all that it started, when the other end of `connection` is closed, when it uses too much
    memory, or when this process dies.

    Args:
        readable: folders and files that can be read inside, besides the system's.
        limits: `Limits`.
        connection: a socket, open inside; no other file than it and /dev/null should be.
        hidden: folders of which nothing else may be seen, wherever they lie.
        report: a file that is not open inside, where the keeper writes how it ended.
        instead: from folders to those that are shown in their place.

    Raises:
        JailError: the system refuses a part of it, or a hidden file can be seen.
    """
    is_root = os.geteuid() == 0
    uid, gid = os.getuid(), os.getgid()
    outside = os.stat("/")
    group = groups.group(limits)
    _unshare(APART if is_root else APART | NEWUSER)
    if not is_root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    stranger = FIRST_UID + os.getpid()
    with contextlib.suppress(OSError):  # only root may, and only some kernels share by session
        Path("/proc/self/autogroup").write_text(str(PRIORITY))
    inside = os.fork()
    if inside:

        def members() -> list[str]:
            """The keeper's root becomes that of the jail, whose /proc has nobody else in it."""
            if os.path.samestat(os.stat("/"), outside):
                return []
            with contextlib.suppress(FileNotFoundError):  # on the way from one root to the other
                return [f"/proc/{name}" for name in os.listdir("/proc") if name.isdigit()]
            return []

        keep(
            inside,
            connection,
            report,
            limits,
            members,
            lambda: os.kill(inside, signal.SIGKILL),
            group.ran_out if group else lambda: False,
        )
    _forget(report)
    os.setsid()  # the keeper, in another session, gets its own share of the processors
    if group:
        group.join()
    os.umask(0o022)
    # Should the machine's memory run out, the system ends this process before any other.
    Path("/proc/self/oom_score_adj").write_text("1000")
    shown = [*root.SYSTEM, *root.DEVICES, root.PROCESSORS, *readable]
    root.build(shown, list(hidden), limits.disk, stranger if is_root else uid, instead)
    for capability in range(64):  # while it may still do that
        libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    if is_root:
        os.setgroups([])
        os.setresgid(stranger, stranger, stranger)
        os.setresuid(stranger, stranger, stranger)
    _drop_rights()
    settle(limits)


def settle(limits: Limits, addresses: bool = True) -> None:
    """Puts up the walls that need no rights: Landlock, limits, and the filter of system calls.

    Args:
        limits: `Limits`.
        addresses: False to refuse sockets with internet addresses as well.

    Raises:
        JailError: the system refuses one of them.
    """
    _landlock()
    _limit(limits)
    try:
        seccomp.refuse_calls(addresses)
    except OSError as error:
        raise JailError(f"a filter of system calls is refused: {error}") from error


def stay_outside(limits: Limits, connection: socket.socket, report: int | None = None) -> None:
    """Only limits and a folder of its own, for machines without a jail; see `enter`."""
    import psutil

    folder = tempfile.mkdtemp(prefix="student-")
    inside = os.fork()
    if inside:

        def members() -> list[str]:
            with contextlib.suppress(psutil.Error):
                children = psutil.Process(inside).children(recursive=True)
                return [f"/proc/{pid}" for pid in (inside, *(one.pid for one in children))]
            return []

        def end() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(inside, signal.SIGKILL)
            shutil.rmtree(folder, ignore_errors=True)

        keep(inside, connection, report, limits, members, end)
    _forget(report)
    os.setsid()
    os.chdir(folder)
    _limit(limits)


def end_with_parent(does: bool = True) -> None:
    """Has the system end this process when the one that started it ends, in whatever way."""
    libc.prctl(PDEATHSIG, signal.SIGKILL if does else 0, 0, 0, 0)


def missing(course: str = "") -> str:
    """What keeps this machine from having a jail that hides a course, in words, or ''.

    Args:
        course: folder of the course, or '' to look only for the jail.
    """
    if sys.platform != "linux":
        return f"{sys.platform} has no Linux namespaces"
    command = [sys.executable, "-m", "grading.sandbox.jail", course]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    if tried.stdout == INSIDE:
        return ""
    return tried.stdout or "the process died on its way into the jail"


def _forget(report: int | None) -> None:
    if report is not None:
        os.close(report)


def _drop_rights() -> None:
    """No capability is left, none can come back, and the keeper's death ends this process."""
    header, none = struct.pack("Ii", 0x20080522, 0), bytes(24)
    _demand(libc.capset(header, none), "dropping capabilities")
    _demand(libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    _demand(libc.prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0), "following its keeper")


def _landlock() -> None:
    """A second wall, where the kernel has it: nothing is ever mounted or written but here."""
    version = libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 0:
        return
    handled = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    ruleset = struct.pack("QQQ", handled, 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    number = libc.syscall(LANDLOCK_CREATE, ruleset, ctypes.c_size_t(size), 0)
    _demand(number, "a Landlock ruleset")
    for path, rights in (
        ("/", LANDLOCK_READ),
        *((path, handled) for path in root.WRITABLE),
        *((path, LANDLOCK_FILE & handled) for path in root.DEVICES),
    ):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", rights, place)
        _demand(libc.syscall(LANDLOCK_ADD, number, 1, rule, 0), f"a Landlock rule for {path}")
        os.close(place)
    _demand(libc.syscall(LANDLOCK_RESTRICT, number, 0), "entering Landlock")
    os.close(number)


def _limit(limits: Limits) -> None:
    for name, value in {
        "RLIMIT_DATA": limits.memory,
        "RLIMIT_AS": limits.memory + LIBRARIES + THREAD * limits.processes,
        "RLIMIT_FSIZE": limits.disk,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_CPU": limits.seconds,
        "RLIMIT_NOFILE": MOST_OPEN_FILES,
        "RLIMIT_SIGPENDING": MOST_OPEN_FILES,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_CORE": 0,
    }.items():
        resource.setrlimit(getattr(resource, name), (value, value))


def _unshare(flags: int) -> None:
    _demand(libc.unshare(flags), "new namespaces")


def _demand(done: int, what: str) -> None:
    if done < 0:
        raise JailError(f"{what} is refused: {os.strerror(ctypes.get_errno())}")


def main() -> None:
    """Tries to enter a jail, and prints INSIDE or why it is not possible."""
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        here.close()
        try:
            enter(root.places(), Limits(), there, root.courses(*sys.argv[1:]))
            words = INSIDE
        except Exception as error:
            words = str(error)
        there.sendall(words.encode())
        os._exit(0)
    there.close()
    said = b""
    while part := here.recv(1000):
        said += part
    os.waitpid(child, 0)
    print(said.decode(), end="")


if __name__ == "__main__":
    main()
