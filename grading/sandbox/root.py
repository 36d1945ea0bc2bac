"""The file system that is seen inside a jail, and the places in it."""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

# Programs, shared libraries, and data that Python's libraries look for; no whole /usr or /opt,
# where courses may lie.
SYSTEM = (
    *("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec"),
    *("/usr/include", "/usr/local/bin", "/usr/local/lib"),
    *("/usr/share/fonts", "/usr/share/fontconfig", "/usr/share/zoneinfo", "/usr/share/terminfo"),
    *("/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime"),
)
DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")  # /dev/zero would be shared memory
PROCESSORS = "/sys/devices/system/cpu"  # TensorFlow looks how many there are
HOME = "/student"
WRITABLE = (HOME, "/tmp", "/dev/shm")
MOST_FILES = 20_000  # in all places where it can write, since an empty file takes memory, too

RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
DETACH = 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, READ_ONLY, NO_SUID = 442, -100, 0x8000, 1, 2

libc = ctypes.CDLL(None, use_errno=True)


class JailError(Exception):
    """Why there is no jail on this machine."""


def places() -> list[str]:
    """What students' code reads besides the system's files: Python, its packages, the library."""
    prefixes = dict.fromkeys((sys.prefix, sys.base_prefix))
    parts = ("bin", "lib", "lib64", "pyvenv.cfg")
    packages = [one for one in sys.path if Path(one).name in ("site-packages", "dist-packages")]
    spec = find_spec("vaelib")
    library = list(spec.submodule_search_locations or ()) if spec else []
    return [f"{prefix}/{part}" for prefix in prefixes for part in parts] + packages + library


def courses(*roots: str) -> list[str]:
    """Folders of which nothing but such places may be seen: a course, and that of this code."""
    own = Path(__file__).resolve().parents[2]
    installed = own.name in ("site-packages", "dist-packages")
    found = [*roots, *([] if installed else [str(own)])]
    return [*dict.fromkeys(path for root in found if root for path in _names(root))]


def build(
    readable: Iterable[str],
    hidden: Iterable[str],
    disk: int,
    uid: int,
    instead: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Makes a root directory in memory, with what may be read, folders to work in, and no more.

    Of a place that may be read and one that is hidden the deeper one decides.

    Args:
        readable: folders and files.
        hidden: folders.
        disk: bytes that can be written.
        uid: who may write them.
        instead: from folders to those that are shown in their place.

    Raises:
        JailError: the system refuses a part of it, or a hidden file can be seen.
    """
    there = [os.path.abspath(one) for one in readable if os.path.exists(one)]
    linked = {one: os.readlink(one) for one in there if os.path.islink(one)}  # such as /lib
    shown = {name: os.path.realpath(one) for one in there for name in _names(one)}
    shown |= {name: other for one, other in instead.items() for name in _names(one)}
    _move_old_root_aside()
    _make_writable(disk, uid)
    veils = []
    for path in sorted({*shown, *hidden}, key=lambda one: (one.count("/"), one)):
        if path in hidden and os.path.isdir("/new" + path) and path not in ("/", *WRITABLE):
            _mount("tmpfs", "/new" + path, "tmpfs", NOSUID | NODEV, "mode=755,size=1m")
            veils.append(path)
        if path in linked:
            _link(linked[path], path)
        elif path in shown:
            _show(shown[path], path)
    os.makedirs("/new/proc", exist_ok=True)
    _mount("proc", "/new/proc", "proc", NOSUID | NODEV | NOEXEC | RDONLY)
    _demand(libc.umount2(b"/old", DETACH), "leaving the old root")
    os.chdir("/new")
    _pivot_root(".", ".")
    _demand(libc.umount2(b".", DETACH), "leaving the middle root")
    for path in ("/", *veils):
        _set_read_only(path, recursive=False)
    os.chdir(HOME)
    for folder in hidden:
        demand_hidden(folder, {*shown})


def _names(path: str) -> tuple[str, str]:
    """A folder as it is called, and as it is called without links."""
    return os.path.abspath(path), os.path.realpath(path)


def _move_old_root_aside() -> None:
    """To /old, so that what is under /tmp can be shown, too; the new root will be /new."""
    _mount("none", "/", None, RECURSIVE | PRIVATE)
    middle = "/tmp"
    _mount("tmpfs", middle, "tmpfs", NOSUID | NODEV, "mode=755,size=1m")
    new, old = f"{middle}/new", f"{middle}/old"
    for path in (new, old):
        os.mkdir(path)
    _mount(new, new, None, BIND)
    _pivot_root(middle, old)
    os.chdir("/")


def _make_writable(disk: int, uid: int) -> None:
    """Lays out the folders to work in, which share one file system in memory."""
    os.mkdir("/store")
    options = f"mode=755,size={disk},nr_inodes={MOST_FILES}"
    _mount("tmpfs", "/store", "tmpfs", NOSUID | NODEV, options)
    for path in WRITABLE:
        folder = f"/store/{os.path.basename(path)}"
        os.mkdir(folder, 0o700)
        os.chown(folder, uid, -1)
        os.makedirs("/new" + path, exist_ok=True)
        _mount(folder, "/new" + path, None, BIND)


def _show(source: str, path: str) -> None:
    """Shows a file or a folder of the old root in the new one, read-only."""
    source, target = "/old" + source, "/new" + path
    if os.path.lexists(target):  # since a folder around it is shown
        if os.path.islink(target):
            return
    elif os.path.isdir(source):
        os.makedirs(target)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    _mount(source, target, None, BIND | RECURSIVE)
    _set_read_only(target, recursive=True)


def _link(target: str, path: str) -> None:
    """Makes a link that the old root has, too; what it leads to is shown by itself."""
    os.makedirs(os.path.dirname("/new" + path), exist_ok=True)
    if not os.path.lexists("/new" + path):
        os.symlink(target, "/new" + path)


def demand_hidden(folder: str, shown: set[str]) -> None:
    """Looks for a file that a student could see, which the other walls do not guard.

    Args:
        folder: that must not be seen.
        shown: places in it that may be.

    Raises:
        JailError: there is one.
    """
    for here, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if f"{here}/{one}" not in shown]
        for one in files:
            path = os.path.join(here, one)
            if path not in shown:
                raise JailError(
                    f"{path} can be seen inside, and so could the rest of the course. Move the "
                    "course to a folder of its own, such as one in your home"
                )


def _set_read_only(path: str, recursive: bool) -> None:
    attributes = struct.pack("QQQQ", READ_ONLY | NO_SUID, 0, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    done = libc.syscall(MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, attributes, len(attributes))
    _demand(done, f"making {path} read-only")


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
