"""Fills every place that it can write to, with large files and with many empty ones."""

import os
import tempfile

SAYS = "no more than agreed"

written, made = 0, 0
for folder in (tempfile.gettempdir(), "/dev/shm", "/", "/usr", "@HOME@", "/var/tmp", "/run"):
    try:
        for i in range(10):
            with open(f"{folder}/large{i}", "wb", buffering=0) as file:
                for _ in range(100):
                    written += file.write(bytes(10 << 20))
    except OSError:
        pass
try:
    for _ in range(30_000):
        open(f"{os.getcwd()}/empty{made}", "w").close()
        made += 1
except OSError:
    pass


def double(x):
    assert written > 0
    assert made > 0
    much = written > 600 << 20 or made >= int("@FILES@")
    raise RuntimeError(f"BREACH {written} {made}" if much else "no more than agreed")
