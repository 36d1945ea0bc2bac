"""Mounts, makes namespaces of its own, changes its root, and becomes somebody else."""

import ctypes
import os

SAYS = "nothing was possible"

libc = ctypes.CDLL(None, use_errno=True)
done = []
for what, result in {
    "unshare": libc.unshare(0x10000000),
    "mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, b""),
    "remount": libc.mount(b"none", b"/", None, 32 | 4096, b""),
    "bind": libc.mount(b"/usr", b"/tmp", None, 4096, None),
    "umount": libc.umount2(b"/proc", 2),
    "umount work": libc.umount2(os.getcwd().encode(), 2),
    "chroot": libc.chroot(b"/tmp"),
    "setuid": libc.setuid(0),
    "setns": libc.setns(os.open("/proc/self/ns/net", 0), 0),
    "hostname": libc.sethostname(b"owned", 5),
    "clone": libc.syscall(56, 0x10000011, 0, 0, 0, 0) if os.uname().machine == "x86_64" else -1,
    "keys": libc.syscall(250, 0, -3, 0) if os.uname().machine == "x86_64" else -1,
    "open_tree": libc.syscall(428, -100, b"/", 1),
    "io_uring": libc.syscall(425, 1, ctypes.create_string_buffer(200)),
}.items():
    if result >= 0:
        done.append(what)


def double(x):
    raise RuntimeError(f"BREACH {done}" if done else "nothing was possible")
