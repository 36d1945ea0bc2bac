"""Measures what docs/measurements.md states, and prints it as Markdown. Run with `make bench`.

Ratios compare runs that alternate in this one process; times are medians. All takes hours;
`python -m experiments.bench notebooks attacks` measures two parts.
"""

import argparse
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import keras
import nbformat
import tensorflow as tf

from experiments import conditional, efficient, grading_class, tutorial
from grading.authoring.execute import execute
from vaelib import data, reference
from vaelib.data.synthetic.clothes import synthetic_clothes
from vaelib.data.synthetic.creatures import synthetic_creatures
from vaelib.data.synthetic.digits import synthetic_digits
from vaelib.models import VAE, build_tutorial_vae

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = 9  # runs of each side
N_SYNTHETIC = 60_000
N_FIT, FITS = 6_000, 21  # images in an epoch, and epochs of each side


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
    theirs, ours = (statistics.median(measured) for measured in times.values())
    print("| import | processor seconds, median | ratio |\n| --- | --- | --- |")
    print(f"| `import keras` | {theirs:.2f} | 1 |")
    print(f"| `import vaelib` | {ours:.2f} | {ours / theirs:.3f} |\n")


def bench_drawing():
    """How long the drawn data sets take, in this process alone."""
    print(f"| synthetic, {N_SYNTHETIC:,} images | seconds | processor seconds | images a second |")
    print("| --- | --- | --- | --- |")
    for name, draw in (("digits", synthetic_digits), ("clothes", synthetic_clothes)):
        with stopwatch(resource.RUSAGE_SELF) as seconds:
            draw(N_SYNTHETIC, seed=0)
        wall, processor = seconds
        print(f"| {name} | {wall:.1f} | {processor:.1f} | {N_SYNTHETIC / wall:,.0f} |")
    print()


def bench_notebooks():
    """Every solution notebook from top to bottom, on real data if there is any, and on drawn."""
    print("| solution notebook | data | seconds | processor seconds |\n| --- | --- | --- | --- |")
    real = os.environ.get("VAELIB_DATA")
    for path in sorted(ROOT.glob("solutions/*/*.ipynb")):
        for kind in ("real", "synthetic") if real else ("synthetic",):
            if kind == "synthetic":
                os.environ.pop("VAELIB_DATA", None)
            nb = nbformat.read(path, as_version=4)
            folder = tempfile.TemporaryDirectory()
            with folder as name, stopwatch(resource.RUSAGE_CHILDREN) as seconds:
                execute(nb, name, {cell.id: 0 for cell in nb.cells})
            wall, processor = seconds
            print(f"| {path.stem} | {kind} | {wall:.0f} | {processor:.0f} |", flush=True)
            if real:
                os.environ["VAELIB_DATA"] = real
    print()


def bench_creatures():
    """How long creatures take: drawn, and read from pokemon.zip where there is one."""
    with stopwatch(resource.RUSAGE_SELF) as seconds:
        synthetic_creatures(2_000, 64, seed=0)
    print(f"2,000 creatures of 64 px: {seconds[0]:.1f} s, {seconds[1]:.1f} processor s")
    path = Path(os.environ.get("VAELIB_DATA", ""), "pokemon.zip")
    if path.is_file():
        with tempfile.TemporaryDirectory() as cache:
            os.environ["XDG_CACHE_HOME"] = cache
            for which in ("first", "second"):
                with stopwatch(resource.RUSAGE_SELF) as seconds:
                    data.load_creatures(64, path)
                print(f"load_creatures(64), {which} time: {seconds[0]:.2f} s")
            del os.environ["XDG_CACHE_HOME"]
    print()


def bench_sprites():
    """How long all sprites take."""
    with stopwatch(resource.RUSAGE_SELF) as seconds:
        n = len(data.small_dsprites().images)
    print(f"Small dSprites, {n:,} images: {seconds[0]:.1f} s, {seconds[1]:.1f} processor s\n")


def bench_sweep():
    """The stored β-VAEs of notebook 06: smallest and largest of the seeds."""
    keys = ("rate", "distortion", "mig", "sap", "factor_vae")
    print(f"| β | seeds | {' | '.join(keys)} |\n| --- | --- {'| --- ' * len(keys)}|")
    for beta, runs in reference.beta_sweep().items():
        columns = [[run[key] for run in runs] for key in keys]
        spans = [f"{min(column):.2f} to {max(column):.2f}" for column in columns]
        print(f"| {beta:g} | {len(runs)} | {' | '.join(spans)} |")
    print()


def bench_bands():
    """The edges of the reference bands, test images, after the first and the last epoch."""
    print("| model | data | runs | epoch | ELBO | reconstruction | KL |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, kind in reference.names():
        band = reference.band(name, kind)
        runs = reference.seeds(name, kind)
        for epoch in (1, len(band["elbo"][0])):
            edges = [
                " to ".join(f"{edge[epoch - 1]:.1f}" for edge in band[f"val_{key}"])
                for key in ("elbo", "reconstruction", "kl")
            ]
            print(f"| {name} | {kind} | {runs} | {epoch} | {' | '.join(edges)} |")
    print()


def bench_fit():
    """An epoch of `VAE.fit` against one of the tutorial's loop: same model, same batches."""
    batches = tutorial.batches(synthetic_digits(N_FIT, seed=0).images, seed=0)
    encoder, decoder = build_tutorial_vae(tutorial.LATENT_DIM)
    step, _ = tutorial.make_steps(encoder, decoder, keras.optimizers.Adam(1e-4))
    vae = VAE(*build_tutorial_vae(tutorial.LATENT_DIM))
    vae.compile(keras.optimizers.Adam(1e-4))

    def loop():
        for x in batches:
            step(x)

    sides = {"loop": loop, "VAE.fit": lambda: vae.fit(batches, verbose=0)}
    times = {"loop": [], "VAE.fit": []}
    for run in range(FITS + 1):
        for side in sorted(sides, reverse=run % 2 == 0):  # each side goes first in turn
            with stopwatch(resource.RUSAGE_SELF) as seconds:
                sides[side]()
            times[side] += [seconds] if run else []  # the first epoch compiles
    print(f"| an epoch of {N_FIT:,} images, {FITS} of each | seconds | processor seconds |")
    print("| --- | --- | --- |")
    for side, measured in times.items():
        wall, processor = (statistics.median(column) for column in zip(*measured, strict=True))
        print(f"| {side}, median | {wall:.2f} | {processor:.2f} |")
    pairs = zip(times["loop"], times["VAE.fit"], strict=True)
    ratios = [(fit[0] / loop[0], fit[1] / loop[1]) for loop, fit in pairs]
    wall, processor = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"| median ratio of two in turn | {wall:.3f} | {processor:.3f} |\n")


def bench_efficient():
    """Notebook 04's efficient model to its end, in turn with thirds of an epoch of the tutorial."""
    mnist = data.load_mnist()
    x_train, x_test = (data.binarize(x, "threshold", 0) for x in (mnist.x_train, mnist.x_test))
    part = slice(None, len(x_train) // 3)
    slow = tutorial.train(x_train[part], x_test[:1_000], tutorial.EPOCHS, seed=0)
    pairs = [(ours, next(slow)) for ours in efficient.train(x_train, x_test, seed=0)]
    ours, theirs = zip(*pairs, strict=True)
    elbo, cost = ours[-1][0], sum(seconds for _, seconds in ours)
    epoch = 3 * statistics.median(seconds for _, seconds in theirs)
    whole = tutorial.EPOCHS * epoch
    print(f"| {mnist.source} | processor seconds | test ELBO |\n| --- | --- | --- |")
    print(f"| tutorial, an epoch: three times the median of {len(theirs)} thirds | {epoch:.1f} | |")
    print(f"| tutorial, {tutorial.EPOCHS} such epochs | {whole:.0f} | |")
    print(f"| efficient model, all {efficient.STEPS:,} steps | {cost:.1f} | {elbo:.2f} |")
    print(f"| ratio | {whole / cost:.1f} | |\n")


def bench_explorers():
    """The pages of docs/explorers: their size, and what they say of themselves."""
    print("| explorer | kB | it says |\n| --- | --- | --- |")
    for path in sorted(ROOT.glob("docs/explorers/*.html")):
        note = re.search(r'"note": ("[^"]*")', path.read_text("utf-8"))[1]
        print(f"| {path.stem} | {path.stat().st_size / 1000:.0f} | {json.loads(note)} |")
    print()


def bench_checks():
    """Every check on its right and wrong answers: the last line of the kill matrix."""
    print(_last_line("grading.authoring.kill_matrix") + "\n")


def bench_attacks():
    """Every attack, graded in one class and judged by its test: pytest's last line."""
    attacks = ROOT / "tests" / "attacks"
    code, other = (len(list(attacks.glob(files))) for files in ("*.py", "notebooks/*.py"))
    print(f"{code} attacks in code, {other} on notebook or folder.")
    print(_last_line("pytest", "-q", f"{ROOT}/tests/test_attacks.py") + "\n")


def _last_line(module, *arguments):
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1]


PARTS = {
    "import": bench_import,
    "drawing": bench_drawing,
    "creatures": bench_creatures,
    "sprites": bench_sprites,
    "bands": bench_bands,
    "sweep": bench_sweep,
    "fit": bench_fit,
    "explorers": bench_explorers,
    "checks": bench_checks,
    "attacks": bench_attacks,
    "efficient": bench_efficient,
    "conditional": conditional.main,
    "grading": grading_class.main,
    "notebooks": bench_notebooks,
}


def main():
    """Measures the parts that the command line names, or all."""
    parser = argparse.ArgumentParser(prog="python -m experiments.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}")
    parts = parser.parse_args().parts
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    print(f"Machine: {machine()}\n", flush=True)
    for part in parts or PARTS:
        PARTS[part]()


if __name__ == "__main__":
    main()
