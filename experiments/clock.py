"""Seconds, and the machine that they were measured on."""

import os
import platform
import resource
import time
from contextlib import contextmanager
from pathlib import Path

import keras
import tensorflow as tf

SELF, CHILDREN = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


def processor_seconds(who=SELF):
    """Seconds of processor time, of this process or of its children that have ended."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def stopwatch(who=SELF):
    """Gives a list that holds wall and processor seconds when the block is over."""
    seconds = []
    wall, processor = time.perf_counter(), processor_seconds(who)
    yield seconds
    seconds += [time.perf_counter() - wall, processor_seconds(who) - processor]


def machine():
    """One line about where this runs."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    processor = next(line.split(": ")[1] for line in lines if "model name" in line)
    return (
        f"{os.cpu_count()} cores ({processor}), Python {platform.python_version()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    )
