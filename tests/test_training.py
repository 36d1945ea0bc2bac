"""Seeds and budgets."""

import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from vaelib.training import budget, set_seed


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    def kernel(seed):
        set_seed(seed)
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).get_weights()[0]

    assert np.array_equal(kernel(1), kernel(1))
    assert not np.array_equal(kernel(1), kernel(2))


def test_budget_on_a_processor_is_the_processors(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind: [])
    assert budget(cpu=3, gpu=40) == 3


def test_budget_where_there_is_a_gpu_is_the_gpus(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind: [f"{kind}:0"])
    assert budget(cpu=3, gpu=40) == 40


@pytest.mark.parametrize("execution", ["autograde", "validate"])
def test_budget_under_nbgrader_is_the_smallest(monkeypatch, execution):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    assert budget(cpu=3, gpu=40) == 1
    assert budget(cpu=10_000, gpu=60_000, smallest=512) == 512


def test_budget_refuses_a_size_below_one():
    with pytest.raises(ValueError, match="cpu=0"):
        budget(cpu=0, gpu=1)


def run(code):
    """What a fresh Python prints for this code: output, errors and seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout, done.stderr, time.perf_counter() - start


def test_importing_vaelib_and_computing_prints_nothing_on_stderr():
    """nbgrader takes the marks of a cell that writes to stderr."""
    code = "import vaelib, tensorflow as tf, keras; print(float(keras.ops.sum(tf.ones((3, 3)))))"
    assert run(code)[:2] == ("9.0\n", "")


def test_errors_are_seen_again_after_the_import():
    code = "import vaelib, os, sys; print('here', file=sys.stderr); os.write(2, b'and here')"
    assert run(code)[1] == "here\nand here"
