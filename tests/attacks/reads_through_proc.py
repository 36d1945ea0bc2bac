"""Looks for secrets through /proc: other roots, environments, open files and mounts."""

import contextlib
import glob
import os

SAYS = "found nothing"

seen = []
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/task/*/environ"):
    with contextlib.suppress(OSError):
        seen += [text for text in open(path, "rb").read().split(b"\0") if b"GRADER_SECRET" in text]
for root in glob.glob("/proc/[0-9]*/root") + glob.glob("/proc/[0-9]*/cwd"):
    for up in ("", "/..", "/../..", "/../../.."):
        with contextlib.suppress(OSError):
            seen.append(open(root + up + "@KEY@").read())
for number in range(100):
    with contextlib.suppress(OSError):
        seen.append(open(f"/proc/self/fd/{number}/../..@KEY@").read())
others = [one for one in os.listdir("/proc") if one.isdigit() and int(one) != os.getpid()]


def double(x):
    raise RuntimeError(f"BREACH {seen} {others}" if seen or others else "found nothing")
