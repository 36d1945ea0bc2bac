"""What a container runs: it puts up the walls that need no rights, and becomes the student's side.

Whatever the program that runs containers made of its options, the limits of the control group are
read here, since some only warn where they cannot set them.
"""

import json
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

from grading.sandbox import jail, root
from grading.sandbox.work import Limits

DOOR = "/run/grader"  # the socket on which the grader waits
INSIDE = "inside"
GROUPS = Path("/sys/fs/cgroup")
ENDLESS = -1


def demand_limits(limits: Limits, groups: Path = GROUPS) -> None:
    """Demands that the control group limits memory and processes.

    Args:
        limits: `Limits`.
        groups: where control groups are seen, of version 1 or 2.

    Raises:
        JailError: it does not.
    """
    for most, files in {
        limits.memory + limits.disk: ("memory.max", "memory/memory.limit_in_bytes"),
        limits.processes: ("pids.max", "pids/pids.max"),
    }.items():
        there = [groups / one for one in files if (groups / one).exists()]
        said = there[0].read_text().strip() if there else "nothing"
        if not said.isdecimal() or int(said) > most:
            raise root.JailError(
                f"the container's control group says {said} in {files[0]}, and {most} was asked "
                "for. Grade as root, or let the system delegate control groups to you"
            )


def main() -> None:
    """Serves the grader; the argument is a JSON object of limits and of folders."""
    request = json.loads(sys.argv[1])
    limits = Limits(**request["limits"])
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(DOOR)
    try:
        demand_limits(limits)
        for folder in request["hidden"]:
            root.demand_hidden(folder, set(request["shown"]))
        # Who is killed was killed from outside, so no limit of processor time may do that.
        # A container has a loopback address, in a network of its own that nobody else is in.
        jail.settle(replace(limits, seconds=ENDLESS), addresses=False)
    except Exception as error:
        connection.sendall(str(error).encode())
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    for file in range(3):
        os.dup2(nowhere, file)
    os.close(nowhere)
    connection.sendall(INSIDE.encode())

    from grading.sandbox import zygote  # only now, within walls: it imports TensorFlow

    zygote.serve(connection)


if __name__ == "__main__":
    main()
