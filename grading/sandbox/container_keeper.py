"""The process outside of a container: it starts it, watches it, ends it, and tells how it ended.

The worker that started this process holds the other end of its input. When that is closed, by the
worker or by its death, the container ends.
"""

import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from grading.sandbox.keeper import BY_ITSELF, HUNG_UP, KILLED, MEMORY
from grading.sandbox.memory import used

SECONDS = 120  # that Podman or Docker has for an answer
TICK = 100  # ms between two looks at the memory; the control group looks always
NEARLY_ALL = 0.7  # of its limit: who used as much before it was killed was killed for it
GROUPS = Path("/sys/fs/cgroup")
LONGEST_REASON = 1000  # characters
SIGKILL = "137"  # as an exit status


class ContainerError(Exception):
    """Why there is no container."""


def answer(line: list[str], content: bytes = b"") -> str:
    """What a command line of Podman's or Docker's answers.

    Args:
        line: the program, a command, and its arguments.
        content: what it gets as its input.

    Raises:
        ContainerError: it failed, or took too long.
    """
    called = f"{Path(line[0]).name} {line[1]}"
    try:
        done = subprocess.run(
            line, input=content, capture_output=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise ContainerError(f"{called} did not end in {SECONDS} s") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").splitlines()
        said = next((one for one in reversed(lines) if one.strip()), "it gave no reason")
        raise ContainerError(f"{called} failed: {said}"[:LONGEST_REASON])
    return done.stdout.decode(errors="replace").strip()


def keep(program: str, name: str, limit: int, line: list[str]) -> str:
    """Starts a container, and waits until it ends or must end.

    Args:
        program: podman or docker.
        name: of the container.
        limit: bytes of memory of all of its processes.
        line: the command line that starts it.

    Returns:
        How it ended; see `grading.sandbox.keeper`.

    Raises:
        ContainerError: it did not start.
    """
    answer(line)
    first = int(answer([program, "inspect", "--format={{.State.Pid}}", name]))
    how, seen = _watched(first, limit)
    if how:
        return how
    if answer([program, "wait", name]) != SIGKILL:
        return BY_ITSELF
    # Not every Podman tells whose memory had run out, and the group is gone with its events.
    return MEMORY if seen > NEARLY_ALL * limit else KILLED


def _watched(first: int, limit: int) -> tuple[str, int]:
    """Waits for the end of a container.

    Returns:
        how: why it must end, or '' if it has ended.
        seen: the most bytes of memory that its control group used whenever it was looked at.
    """
    seen = 0
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
        ended, (meter, events) = os.pidfd_open(first), _memory(first)
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        poll.register(sys.stdin, select.POLLHUP)
        while not (happened := poll.poll(TICK)):
            with contextlib.suppress(OSError):
                seen = max(seen, int(meter.read_text()))
                # Others may go on where the system has ended the one that asked for too much.
                if seen > NEARLY_ALL * limit and "\noom_kill 0\n" not in events.read_text():
                    return MEMORY, seen
            if seen > limit and used(_members(first)) > limit:
                return MEMORY, seen
        if all(file != ended for file, _ in happened):
            return HUNG_UP, seen
    return "", seen


def _memory(first: int) -> tuple[Path, Path]:
    """Where the memory of a process's control group is told, of version 2 or 1, and its events."""
    told = [line.split(":", 2) for line in Path(f"/proc/{first}/cgroup").read_text().splitlines()]
    paths = {kind: path for _, kind, path in told}
    if "memory" in paths:
        group = Path(f"{GROUPS}/memory{paths['memory']}")
        return group / "memory.usage_in_bytes", group / "memory.oom_control"
    group = Path(f"{GROUPS}{paths.get('', '/')}")
    return group / "memory.current", group / "memory.events"


def _members(first: int) -> Iterator[str]:
    """The folders in /proc of all processes in a container, of which one is the first."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(first)
        for one in (process, *process.children(recursive=True)):
            yield f"/proc/{one.pid}"


def main() -> None:
    """Keeps one container; the arguments are those of `keep`."""
    program, name, limit, *line = sys.argv[1:]
    try:
        how = keep(program, name, int(limit), line)
    except ContainerError as error:
        how = str(error)
    with contextlib.suppress(BrokenPipeError):  # of a worker that has died
        os.write(1, how.encode())
    with contextlib.suppress(ContainerError):
        answer([program, "kill", name])  # at once; Podman's `rm` waits for ten seconds
    with contextlib.suppress(ContainerError):
        answer([program, "rm", "--force", name])


if __name__ == "__main__":
    main()
