"""What a trained VAE is measured by: held-out likelihood and active units."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from vaelib.losses import log_normal_pdf
from vaelib.models.vae import VAE

CODES_AT_ONCE = 2_000  # decoded together: about 300 MB for the widest model of the course


def held_out_log_likelihood(vae: VAE, x: np.ndarray, k: int = 5_000, seed: int = 0) -> np.ndarray:
    """Importance-sampled log p(x) of images, Burda et al. 2015, eq. 8, with k draws from q.

    A lower bound on average, which rises to log p(x) as k grows. Draws are made in chunks, so
    memory depends neither on k nor on the number of images.

    Args:
        vae: a `VAE`.
        x: images, (n, height, width, channels), binarized as those it was trained on.
        k: draws for each image.
        seed: an int that fixes the draws.

    Returns:
        numpy (n,), in nats.

    Raises:
        ValueError: k is below 1.
    """
    if k < 1:
        raise ValueError(f"held_out_log_likelihood: k must be at least 1, got {k}")
    draws = keras.random.SeedGenerator(seed)
    z_mean, z_log_var = vae.encode(x)
    at_once = max(1, CODES_AT_ONCE // k)
    bounds = [
        _bound(
            vae, x[i : i + at_once], z_mean[i : i + at_once], z_log_var[i : i + at_once], k, draws
        )
        for i in range(0, len(x), at_once)
    ]
    return np.concatenate(bounds)


def active_units(z_mean: ArrayLike, threshold: float = 0.01) -> int:
    """How many latent dimensions depend on the image: Burda et al. 2015, section 5.2.

    Args:
        z_mean: means of the posteriors of many images, (n, latent_dim).
        threshold: a unit is active if its mean has a variance above this over the images.

    Returns:
        An int.
    """
    return int(np.sum(np.var(np.asarray(z_mean), axis=0) > threshold))


def _bound(
    vae: VAE,
    x: np.ndarray,
    z_mean: np.ndarray,
    z_log_var: np.ndarray,
    k: int,
    draws: keras.random.SeedGenerator,
) -> np.ndarray:
    """log of the mean weight of k draws for a few images, (n,)."""
    total = np.full(len(x), -np.inf)
    for start in range(0, k, CODES_AT_ONCE):
        n_draws = min(CODES_AT_ONCE, k - start)
        eps = keras.random.normal((n_draws, *z_mean.shape), seed=draws)
        z = z_mean + np.exp(0.5 * z_log_var) * eps  # (n_draws, n, latent_dim)
        decoded = vae.decoder(ops.reshape(z, (-1, z.shape[-1])))
        repeated = ops.tile(x, (n_draws, *[1] * (x.ndim - 1)))
        log_p_x = -vae.negative_log_likelihood(repeated, decoded)
        log_w = ops.reshape(log_p_x, (n_draws, -1)) + log_normal_pdf(z, 0.0, 0.0)
        log_w = ops.convert_to_numpy(log_w - log_normal_pdf(z, z_mean, z_log_var))
        total = np.logaddexp(total, np.logaddexp.reduce(log_w.astype(np.float64), axis=0))
    return total - np.log(k)
