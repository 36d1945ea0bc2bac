"""Looks for the grader's environment in this process and in its memory."""

import ctypes
import os
import subprocess

SAYS = "found nothing in 1"

seen = [name for name in os.environ if "SECRET" in name]
seen += [t for t in subprocess.run(["env"], capture_output=True).stdout.split() if b"SECRET" in t]
wanted = b"".join([b"GRADER", b"_SECRET", b"="])
stacks = 0
with open("/proc/self/maps") as maps:
    for line in maps:
        if "[stack]" in line:  # at its end is what the process was started with
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            found = ctypes.string_at(start, end - start)
            seen += [found[i : i + 60] for i in [found.find(wanted)] if i >= 0]
            stacks += 1


def double(x):
    raise RuntimeError(f"BREACH {seen}" if seen else f"found nothing in {stacks}")
