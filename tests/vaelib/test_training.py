"""Seeds and budgets."""

import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from vaelib.models import VAE
from vaelib.training import KLWarmup, budget, kl_warmup, set_seed


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


def test_kl_warmup_rises_evenly_to_one_and_stays_there():
    assert [kl_warmup(step, 4) for step in (0, 1, 3, 4, 5, 1000)] == [0, 0.25, 0.75, 1, 1, 1]
    assert [kl_warmup(step, 1) for step in (0, 1, 2)] == [0, 1, 1]
    assert kl_warmup(np.array([[0, 2], [10, 50]]), 10).tolist() == [[0, 0.2], [1, 1]]


@pytest.mark.parametrize("steps", [0, -3])
def test_a_warmup_of_less_than_a_step_is_refused(steps):
    with pytest.raises(ValueError, match=f"at least 1, got {steps}"):
        kl_warmup(0, steps)
    with pytest.raises(ValueError, match=f"at least 1, got {steps}"):
        KLWarmup(steps)


class Betas(keras.callbacks.Callback):
    """Keeps the beta of each step."""

    def on_train_begin(self, logs=None):
        """Forget those of an earlier fit."""
        self.seen = []

    def on_train_batch_begin(self, batch, logs=None):
        """Keep this one."""
        self.seen.append(round(float(self.model.beta), 6))


def small_vae(beta):
    """A VAE of images of four pixels, compiled, and eight of them."""
    x = keras.Input((2, 2, 1))
    h = keras.layers.Flatten()(x)
    encoder = keras.Model(x, [keras.layers.Dense(1)(h), keras.layers.Dense(1)(h)])
    decoder = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(4), keras.layers.Reshape((2, 2, 1))]
    )
    vae = VAE(encoder, decoder, beta=beta, seed=0)
    vae.compile(keras.optimizers.SGD(0.0))
    return vae, np.ones((8, 2, 2, 1), "float32")


def betas_of_fit(vae, x, warmup, epochs=1):
    """The beta of each step of a fit with batches of 2."""
    betas = Betas()
    vae.fit(x, batch_size=2, epochs=epochs, callbacks=[warmup, betas], verbose=0)
    return betas.seen


@pytest.mark.training
def test_beta_warms_up_to_the_models_own():
    vae, x = small_vae(beta=4.0)
    assert betas_of_fit(vae, x, KLWarmup(5), epochs=2) == [0, 0.8, 1.6, 2.4, 3.2, 4, 4, 4]
    assert float(vae.beta) == 4


@pytest.mark.training
def test_after_a_fit_shorter_than_the_warmup_beta_is_the_models_own_again():
    vae, x = small_vae(beta=0.5)
    assert betas_of_fit(vae, x, KLWarmup(10)) == [0, 0.05, 0.1, 0.15]
    assert float(vae.beta) == 0.5


@pytest.mark.training
@pytest.mark.parametrize("same", [True, False])
def test_a_second_fit_goes_on_with_the_warmup_and_compile_starts_a_new_one(same):
    vae, x = small_vae(beta=1.0)
    first = KLWarmup(6)
    betas_of_fit(vae, x, first)
    second = first if same else KLWarmup(6)
    assert betas_of_fit(vae, x, second, epochs=2) == [0.666667, 0.833333, 1, 1, 1, 1, 1, 1]
    vae.compile(keras.optimizers.SGD(0.0))
    assert betas_of_fit(vae, x, second) == [0, 0.166667, 0.333333, 0.5]


@pytest.mark.training
def test_the_loss_of_a_step_uses_its_beta():
    vae, x = small_vae(beta=1.0)
    vae.encoder.layers[-1].bias.assign([2.0])  # the last of two heads: z_log_var
    logs = vae.fit(x, batch_size=8, callbacks=[KLWarmup(2)], epochs=2, shuffle=False, verbose=0)
    history = {key: np.array(values) for key, values in logs.history.items()}
    np.testing.assert_allclose(
        history["loss"] - history["reconstruction"], [0, 0.5 * history["kl"][1]], rtol=1e-5
    )
    assert history["kl"][1] > 1


def run(code):
    """What a fresh Python prints for this code: output, errors and seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout, done.stderr, time.perf_counter() - start


@pytest.mark.process
def test_importing_vaelib_and_computing_prints_nothing_on_stderr():
    """nbgrader takes the marks of a cell that writes to stderr."""
    code = "import vaelib, tensorflow as tf, keras; print(float(keras.ops.sum(tf.ones((3, 3)))))"
    assert run(code)[:2] == ("9.0\n", "")


@pytest.mark.process
def test_errors_are_seen_again_after_the_import():
    code = "import vaelib, os, sys; print('here', file=sys.stderr); os.write(2, b'and here')"
    assert run(code)[1] == "here\nand here"
