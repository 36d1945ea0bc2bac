"""Measures what docs/measurements.md states, and prints it as Markdown. Run with `make bench`.

Ratios compare runs that alternate in this one process; times are medians.
"""

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat

from grading.execute import execute
from vaelib.drawn_clothes import draw_clothes
from vaelib.drawn_digits import draw_digits

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = 9  # runs of each side
N_DRAWN = 60_000


def processor_seconds(who):
    """Seconds of processor time, of this process or of its children that have ended."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def stopwatch(who):
    """Gives a list that holds wall and processor seconds when the block is over."""
    seconds = []
    wall, processor = time.perf_counter(), processor_seconds(who)
    yield seconds
    seconds += [time.perf_counter() - wall, processor_seconds(who) - processor]


def machine():
    """One line about where this ran."""
    names = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    import keras
    import tensorflow as tf

    return (
        f"{os.cpu_count()} cores ({names[0].split(': ')[1]}), Python {platform.python_version()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    )


def seconds_to_import(module):
    """Processor seconds of a fresh Python that imports one module."""
    before = processor_seconds(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True, capture_output=True)
    return processor_seconds(resource.RUSAGE_CHILDREN) - before


def bench_import():
    """`import vaelib` against `import keras`, alternating."""
    times = {"keras": [], "vaelib": []}
    for _ in range(IMPORTS):
        for module, measured in times.items():
            measured.append(seconds_to_import(module))
    keras, vaelib = (statistics.median(measured) for measured in times.values())
    print("| import | processor seconds, median | ratio |\n| --- | --- | --- |")
    print(f"| `import keras` | {keras:.2f} | 1 |")
    print(f"| `import vaelib` | {vaelib:.2f} | {vaelib / keras:.3f} |\n")


def bench_drawing():
    """How long the drawn data sets take, in this process alone."""
    print(f"| drawn, {N_DRAWN:,} images | seconds | processor seconds | images a second |")
    print("| --- | --- | --- | --- |")
    for name, draw in (("digits", draw_digits), ("clothes", draw_clothes)):
        with stopwatch(resource.RUSAGE_SELF) as seconds:
            draw(N_DRAWN, seed=0)
        wall, processor = seconds
        print(f"| {name} | {wall:.1f} | {processor:.1f} | {N_DRAWN / wall:,.0f} |")
    print()


def bench_notebooks():
    """Every solution notebook from top to bottom, on real data if there is any, and on drawn."""
    print("| solution notebook | data | seconds | processor seconds |\n| --- | --- | --- | --- |")
    real = os.environ.get("VAELIB_DATA")
    for path in sorted(ROOT.glob("solutions/*/*.ipynb")):
        for data in ("real", "drawn") if real else ("drawn",):
            if data == "drawn":
                os.environ.pop("VAELIB_DATA", None)
            nb = nbformat.read(path, as_version=4)
            folder = tempfile.TemporaryDirectory()
            with folder as name, stopwatch(resource.RUSAGE_CHILDREN) as seconds:
                execute(nb, name, {cell.id: 0 for cell in nb.cells})
            wall, processor = seconds
            print(f"| {path.stem} | {data} | {wall:.0f} | {processor:.0f} |", flush=True)
            if real:
                os.environ["VAELIB_DATA"] = real
    print()


if __name__ == "__main__":
    print(f"Machine: {machine()}\n")
    bench_import()
    bench_drawing()
    bench_notebooks()
