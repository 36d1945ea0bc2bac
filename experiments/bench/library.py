"""The library: its import, the images that it makes, and its training loop."""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

import keras

from experiments import tutorial
from experiments.clock import CHILDREN, processor_seconds, stopwatch
from experiments.measurements import Figure, of_runs
from vaelib import data
from vaelib.data.synthetic.clothes import synthetic_clothes
from vaelib.data.synthetic.creatures import synthetic_creatures
from vaelib.data.synthetic.digits import synthetic_digits
from vaelib.models import VAE, build_tutorial_vae

IMPORTS = 9  # runs of each side
RUNS = 3  # of what makes images
N_IMAGES, N_CREATURES = 60_000, 2_000
N_FIT, FITS = 6_000, 21  # images in an epoch, and epochs of each side


def seconds_to_import(module):
    """Processor seconds of a fresh Python that imports one module."""
    before = processor_seconds(CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True, capture_output=True)
    return processor_seconds(CHILDREN) - before


def imports():
    """`import vaelib` against `import keras`, alternating."""
    times = {"keras": [], "vaelib": []}
    for _ in range(IMPORTS):
        for module, measured in times.items():
            measured.append(seconds_to_import(module))
    keras_median = statistics.median(times["keras"])
    return [
        figure
        for module, measured in times.items()
        for figure in (
            of_runs(f"`import {module}`", "processor time", measured, "s"),
            Figure(
                f"`import {module}`",
                "ratio of medians",
                statistics.median(measured) / keras_median,
                runs=IMPORTS,
            ),
        )
    ]


def times(name, work, runs=RUNS):
    """Wall and processor seconds of several runs."""
    walls, processors = [], []
    for _ in range(runs):
        with stopwatch() as seconds:
            work()
        walls.append(seconds[0])
        processors.append(seconds[1])
    return [
        of_runs(name, "processor time", processors, "s"),
        of_runs(name, "wall time", walls, "s"),
    ]


def synthetic_images():
    """How long the synthetic digits and clothes take."""
    return [
        *times(f"{N_IMAGES:,} digits", lambda: synthetic_digits(N_IMAGES, seed=0)),
        *times(f"{N_IMAGES:,} clothes", lambda: synthetic_clothes(N_IMAGES, seed=0)),
    ]


def creatures():
    """How long creatures take: made, and read from pokemon.zip where there is one."""
    found = times(
        f"{N_CREATURES:,} synthetic creatures of 64 px",
        lambda: synthetic_creatures(N_CREATURES, 64, seed=0),
    )
    path = Path(os.environ.get("VAELIB_DATA", ""), "pokemon.zip")
    if path.is_file():
        folder = tempfile.TemporaryDirectory()
        with folder as cache, patch.dict(os.environ, XDG_CACHE_HOME=cache):
            for which, runs in (("the first time", 1), ("from its cache", RUNS)):
                name = f"`load_creatures(64)` of a zip, {which}"
                found += times(name, lambda: data.load_creatures(64, path), runs)
    return found


def sprites():
    """How long all sprites take."""
    return times(f"{len(data.small_dsprites().images):,} sprites", data.small_dsprites)


def fit():
    """An epoch of `VAE.fit` against one of the tutorial's loop: same model, same batches."""
    batches = tutorial.batches(synthetic_digits(N_FIT, seed=0).images, seed=0)
    encoder, decoder = build_tutorial_vae(tutorial.LATENT_DIM)
    step, _ = tutorial.make_steps(encoder, decoder, keras.optimizers.Adam(1e-4))
    vae = VAE(*build_tutorial_vae(tutorial.LATENT_DIM))
    vae.compile(keras.optimizers.Adam(1e-4))

    def loop():
        for x in batches:
            step(x)

    sides = {"loop": loop, "`VAE.fit`": lambda: vae.fit(batches, verbose=0)}
    measured = {side: [] for side in sides}
    for run in range(FITS + 1):
        for side in sorted(sides, reverse=run % 2 == 0):  # each side goes first in turn
            with stopwatch() as seconds:
                sides[side]()
            measured[side] += [seconds] if run else []  # the first epoch compiles
    figures = []
    for name, runs in measured.items():
        walls, processors = zip(*runs, strict=True)
        figures += [
            of_runs(name, "processor time", processors, "s"),
            of_runs(name, "wall time", walls, "s"),
        ]
    theirs, ours = (zip(*measured[side], strict=True) for side in sides)
    for quantity, fast, slow in zip(("wall", "processor"), ours, theirs, strict=True):
        ratios = [a / b for a, b in zip(fast, slow, strict=True)]
        figures.append(of_runs("`VAE.fit` / loop, in turn", f"ratio of {quantity} times", ratios))
    return figures
