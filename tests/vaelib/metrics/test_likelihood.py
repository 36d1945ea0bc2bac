"""Measures of a trained VAE against exact answers."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from scipy import stats

from vaelib import metrics
from vaelib.models import VAE

ROOT = Path(__file__).resolve().parents[3]
rng = np.random.default_rng(0)
D, SIGMA = 2, 0.5
W = rng.normal(size=(D, 6)).astype("float32")  # from a code to an image of 3 × 2 pixels
B = rng.normal(size=6).astype("float32")
X = rng.normal(size=(5, 3, 2, 1)).astype("float32")


def linear_vae(error=0.0):
    """A linear-Gaussian model; its encoder gives the true mean plus an error, and the variances
    of the true posterior, whose covariance is diagonal here.
    """
    basis = W.copy()
    basis[1] -= basis[0] * (basis[0] @ basis[1]) / (basis[0] @ basis[0])  # orthogonal rows
    precision = 1 + (basis**2).sum(axis=1) / SIGMA**2
    x = keras.Input((3, 2, 1))
    flat = keras.layers.Flatten()(x)
    mean, log_var = keras.layers.Dense(D), keras.layers.Dense(D)
    encoder = keras.Model(x, [mean(flat), log_var(flat)])
    to_mean = basis.T / SIGMA**2 / precision
    mean.set_weights([to_mean, -B @ to_mean + error])
    log_var.set_weights([np.zeros((6, D)), -np.log(precision)])
    z = keras.Input((D,))
    pixels = keras.layers.Dense(6)
    decoder = keras.Model(z, keras.layers.Reshape((3, 2, 1))(pixels(z)))
    pixels.set_weights([basis, B])
    exact = stats.multivariate_normal(B, basis.T @ basis + SIGMA**2 * np.eye(6))
    return VAE(encoder, decoder, likelihood="gaussian", sigma=SIGMA), exact.logpdf(X.reshape(5, 6))


@pytest.mark.parametrize("k", [1, 3, 2_500])
def test_the_likelihood_is_exact_for_any_k_where_q_is_the_true_posterior(k):
    vae, exact = linear_vae()
    np.testing.assert_allclose(metrics.held_out_log_likelihood(vae, X, k), exact, rtol=1e-4)


def test_the_likelihood_tends_to_the_exact_one_where_q_is_not_right():
    vae, exact = linear_vae(error=0.3)
    few, many = (metrics.held_out_log_likelihood(vae, X, k) for k in (1, 20_000))
    np.testing.assert_allclose(many, exact, atol=0.08)
    assert np.abs(few - exact).max() > 0.3


def test_the_same_seed_gives_the_same_likelihood():
    vae, _ = linear_vae(error=0.3)
    first, again, other = (metrics.held_out_log_likelihood(vae, X, 5, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_no_draws_are_refused():
    with pytest.raises(ValueError, match="got 0"):
        metrics.held_out_log_likelihood(linear_vae()[0], X, 0)


MEMORY = """
import resource
import numpy as np
from vaelib import metrics
from vaelib.models import VAE, build_tutorial_vae
vae = VAE(*build_tutorial_vae(50))
metrics.held_out_log_likelihood(vae, np.zeros((2, 28, 28, 1), "float32"), k=5000)
metrics.held_out_log_likelihood(vae, np.zeros((3000, 28, 28, 1), "float32"), k=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2)
"""


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts memory in kilobytes")
def test_5000_draws_of_the_widest_model_fit_in_2_gb():
    run = subprocess.run(
        [sys.executable, "-c", MEMORY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert float(run.stdout) < 2


def test_units_count_as_active_where_their_mean_follows_the_image():
    z_mean = rng.normal(size=(4_000, 4)) * [1, 0.2, 0.05, 0] + [0, 0, 0, 5]
    assert metrics.active_units(z_mean) == 2
    assert metrics.active_units(z_mean, threshold=0.5) == 1
