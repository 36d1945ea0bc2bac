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
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from grading.sandbox import seccomp
from grading.sandbox.work import Limits

SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
PROCESSORS = "/sys/devices/system/cpu"  # TensorFlow looks how many there are
HOME = "/work"

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
APART = NEWNS | NEWUTS | NEWIPC | NEWPID | NEWNET | NEWCGROUP
RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
DETACH = 2
PDEATHSIG, CAPBSET_DROP, NO_NEW_PRIVS = 1, 24, 38
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, READ_ONLY, NO_SUID = 442, -100, 0x8000, 1, 2
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_READ = 0b1101  # execute, read a file, read a folder
LANDLOCK_FILE = 0b1000_0000_0000_0111 | 1 << 14  # what makes sense for a file
INSIDE = "inside"
MOST_FILES = 20_000  # in each place where it can write, since an empty file takes memory, too
FIRST_UID = 1_900_000_000  # of the users that root's jails become, one for each process

libc = ctypes.CDLL(None, use_errno=True)


class JailError(Exception):
    """Why there is no jail on this machine."""


def enter(
    readable: Iterable[str],
    limits: Limits,
    connection: socket.socket,
    instead: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Jails this process, which must have one thread and have been forked for this.

    The process that called stays outside as a keeper: it ends with the one inside, and ends it,
    with all that it started, when the other end of `connection` is closed or this process dies.

    Args:
        readable: folders and files that can be read inside, besides the system's.
        limits: `Limits`.
        connection: a socket, open inside; no other file than it and /dev/null should be.
        instead: from folders to those that are shown in their place, where they can be seen at all.

    Raises:
        JailError: the system refuses a part of it.
    """
    root = os.geteuid() == 0
    uid, gid = os.getuid(), os.getgid()
    _unshare(APART if root else APART | NEWUSER)
    if not root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    stranger = FIRST_UID + os.getpid()
    inside = os.fork()
    if inside:
        _keep(inside, connection, lambda: os.kill(inside, signal.SIGKILL))
    os.umask(0o022)
    # Should the machine's memory run out, the system ends this process before any other.
    Path("/proc/self/oom_score_adj").write_text("1000")
    shown = [*SYSTEM, *DEVICES, PROCESSORS, *readable]
    _build_root(shown, instead, limits.disk, stranger if root else uid)
    for capability in range(64):  # while it may still do that
        libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    if root:
        os.setgroups([])
        os.setresgid(stranger, stranger, stranger)
        os.setresuid(stranger, stranger, stranger)
    _drop_rights()
    _landlock()
    _limit(limits)
    try:
        seccomp.refuse_calls()
    except OSError as error:
        raise JailError(f"a filter of system calls is refused: {error}") from error


def stay_outside(limits: Limits, connection: socket.socket) -> None:
    """Only limits and a folder of its own, for machines without a jail; see `enter`."""
    folder = tempfile.mkdtemp(prefix="student-")
    inside = os.fork()
    if inside:

        def end() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(inside, signal.SIGKILL)
            shutil.rmtree(folder, ignore_errors=True)

        _keep(inside, connection, end)
    os.setsid()
    os.chdir(folder)
    _limit(limits)


def missing() -> str:
    """What keeps this machine from having a jail, in words, or ''."""
    if sys.platform != "linux":
        return f"{sys.platform} has no Linux namespaces"
    tried = subprocess.run(
        [sys.executable, "-m", "grading.sandbox.jail"], capture_output=True, text=True, check=False
    )
    if tried.stdout == INSIDE:
        return ""
    return tried.stdout or "the process died on its way into the jail"


def _keep(inside: int, connection: socket.socket, end: Callable[[], None]) -> NoReturn:
    """Waits outside for the end of the process inside, or for a hang-up; never returns.

    Inside a jail it is the first process of its namespace, so all the others end with it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    libc.prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    ended = os.pidfd_open(inside)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(connection, select.POLLRDHUP | select.POLLHUP)
    poll.poll()
    end()
    os.waitpid(inside, 0)
    os._exit(0)


def _build_root(readable: Iterable[str], instead: Mapping[str, str], disk: int, uid: int) -> None:
    """A root directory in memory, with what may be read, a folder to work in, and nothing else.

    The old root is first moved aside, to /old, so that what is under /tmp can be shown, too.
    """
    _mount("none", "/", None, RECURSIVE | PRIVATE)
    middle = "/tmp"
    _mount("tmpfs", middle, "tmpfs", NOSUID | NODEV, "mode=755,size=1m")
    new, old = f"{middle}/new", f"{middle}/old"
    for path in (new, old):
        os.mkdir(path)
    _mount(new, new, None, BIND)
    _pivot_root(middle, old)
    os.chdir("/")
    for path in (HOME, "/tmp", "/proc", "/dev/shm"):
        os.makedirs("/new" + path, exist_ok=True)
    owned = f"mode=700,size={disk},nr_inodes={MOST_FILES},uid={uid}"
    for path in (HOME, "/tmp", "/dev/shm"):
        _mount("tmpfs", "/new" + path, "tmpfs", NOSUID | NODEV, owned)
    for path in dict.fromkeys(os.path.normpath(one) for one in readable):
        if os.path.islink("/old" + path) and path in SYSTEM:  # /lib, where it is usr/lib
            os.symlink(os.readlink("/old" + path), "/new" + path)
        elif os.path.exists("/old" + path):
            _show(path)
    for path, other in instead.items():
        if os.path.isdir("/new" + path):
            _show(other, path)
    _mount("proc", "/new/proc", "proc", NOSUID | NODEV | NOEXEC | RDONLY)
    _demand(libc.umount2(b"/old", DETACH), "leaving the old root")
    os.chdir("/new")
    _pivot_root(".", ".")
    _demand(libc.umount2(b".", DETACH), "leaving the middle root")
    _set_read_only("/", recursive=False)
    os.chdir(HOME)


def _show(path: str, place: str = "") -> None:
    """Shows a file or a folder of the old root in the new one, read-only, or in another place."""
    source, target = "/old" + path, "/new" + (place or path)
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    _mount(source, target, None, BIND | RECURSIVE)
    _set_read_only(target, recursive=True)


def _set_read_only(path: str, recursive: bool) -> None:
    attributes = struct.pack("QQQQ", READ_ONLY | NO_SUID, 0, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    done = libc.syscall(MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, attributes, len(attributes))
    _demand(done, f"making {path} read-only")


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
        *((path, handled) for path in (HOME, "/tmp", "/dev/shm")),
        *((path, LANDLOCK_FILE & handled) for path in DEVICES),
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
        "RLIMIT_FSIZE": limits.disk,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_CPU": limits.seconds,
        "RLIMIT_NOFILE": 1024,
        "RLIMIT_CORE": 0,
    }.items():
        resource.setrlimit(getattr(resource, name), (value, value))


def _unshare(flags: int) -> None:
    _demand(libc.unshare(flags), "new namespaces")


def _pivot_root(new: str, old: str) -> None:
    number = PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise JailError(f"pivot_root is not known on {os.uname().machine}")
    _demand(libc.syscall(number, new.encode(), old.encode()), "a new root directory")


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    system = kind.encode() if kind else None
    done = libc.mount(source.encode(), target.encode(), system, flags, options.encode())
    _demand(done, f"mounting {target}")


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
            enter([], Limits(), there)
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
