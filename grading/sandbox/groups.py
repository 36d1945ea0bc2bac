"""Control groups, version 2, where a part of their tree was given to this process.

There the kernel itself counts all memory of a student's processes, ends them together, and shares
processors out fairly. systemd gives such a part to `systemd-run --user --scope -p Delegate=yes`.
"""

import contextlib
import os
from pathlib import Path

from grading.sandbox.work import Limits

OWN = "grader"  # group of this process: only groups without groups in them have processes
WEIGHT = 50  # a student's share of the processors, where others have 100


class Group:
    """A control group for one student's process and its children.

    Args:
        folder: of the group that will hold it.
        limits: `Limits`.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.name = f"student-{os.getpid()}"
        # Files stay open, since the keeper's root directory becomes that of the jail.
        self.folder = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        mine = folder / self.name
        mine.mkdir()
        try:
            for file, value in (
                ("memory.max", limits.memory + limits.disk),
                ("memory.oom.group", 1),
                ("pids.max", limits.processes),
            ):
                (mine / file).write_text(str(value))
            for file, value in (("memory.swap.max", 0), ("cpu.weight", WEIGHT)):
                with contextlib.suppress(OSError):  # not every kernel has them
                    (mine / file).write_text(str(value))
            self.processes = os.open(mine / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
            self.events = os.open(mine / "memory.events", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            mine.rmdir()
            raise

    def join(self) -> None:
        """Puts this process into it."""
        os.write(self.processes, b"0")
        for file in (self.folder, self.processes, self.events):
            os.close(file)

    def ran_out(self) -> bool:
        """Whether it ended for its memory; removes it, since all its processes have ended."""
        events = dict(line.split() for line in os.pread(self.events, 4096, 0).decode().splitlines())
        with contextlib.suppress(OSError):
            os.rmdir(self.name, dir_fd=self.folder)
        return int(events.get("oom_kill", 0)) > 0


def settle(folder: Path | None = None) -> bool:
    """Prepares the tree for students' groups: once, in the process that starts all others.

    Args:
        folder: of this process's group, or None to ask the system.

    Returns:
        Whether students' processes will get groups.
    """
    folder = folder or _own()
    if folder is None or not _is_given(folder):
        return False
    try:
        (folder / OWN).mkdir(exist_ok=True)
        (folder / OWN / "cgroup.procs").write_text(str(os.getpid()))
        (folder / "cgroup.subtree_control").write_text("+memory +pids +cpu")
    except OSError:
        return False
    return True


def group(limits: Limits, folder: Path | None = None) -> Group | None:
    """A new group for a student's process, or None where `settle` found no tree for it.

    Args:
        limits: `Limits`.
        folder: of this process's group, or None to ask the system.
    """
    folder = folder or _own()
    if folder is None or folder.name != OWN:
        return None
    try:
        return Group(folder.parent, limits)
    except OSError:
        return None


def _own() -> Path | None:
    """The folder of this process's group in the tree of version 2."""
    try:
        groups = Path("/proc/self/cgroup").read_text()
        mounts = Path("/proc/self/mountinfo").read_text()
    except OSError:
        return None
    name = next((one[3:] for one in groups.splitlines() if one.startswith("0::")), None)
    tree = next((one.split() for one in mounts.splitlines() if " - cgroup2 " in one), None)
    if name is None or tree is None:
        return None
    root, place = tree[3], tree[4]
    inside = os.path.relpath(name, root)
    return None if inside.startswith("..") else Path(place, inside)


def _is_given(folder: Path) -> bool:
    """Whether systemd says that the group's processes may divide it, with what is needed."""
    try:
        names = set((folder / "cgroup.controllers").read_text().split())
        given = [name for name in os.listxattr(folder) if name.endswith(".delegate")]
    except OSError:
        return False
    return bool(given) and names >= {"memory", "pids", "cpu"} and os.access(folder, os.W_OK)
