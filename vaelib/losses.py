"""Densities, divergences and bounds, in nats, one value for each image.

Each sums over pixels or latent dimensions and leaves the batch alone; the caller averages.
Arguments may be numpy arrays or tensors of any type; results are tensors of Keras's float type.

Over 300 lines, since each function is short and one module for all formulas is easily searched.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops
from scipy.special import logsumexp

from vaelib.types import Tensor

LOG_2_PI = math.log(2 * math.pi)
PAIRS_AT_ONCE = 500_000  # pairs of images, 4 MB for each array of them


def mse_per_image(x: Tensor, x_hat: Tensor) -> Tensor:
    """Mean squared error of each reconstruction.

    Args:
        x: images, (n, …).
        x_hat: their reconstructions, the same shape.

    Returns:
        (n,), in squared units of a pixel.
    """
    x, x_hat = _floats(x, x_hat)
    return ops.mean(ops.square(x - x_hat), axis=_all_but_the_batch(x))


def log_normal_pdf(x: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """Log-density of a Gaussian with a diagonal covariance.

    Args:
        x: points, (…, d).
        mean: (…, d), or what broadcasts to it.
        log_var: logarithm of the variance, likewise.

    Returns:
        (…,), in nats.
    """
    x, mean, log_var = _floats(x, mean, log_var)
    squares = ops.square(x - mean) * ops.exp(-log_var)
    return -0.5 * ops.sum(LOG_2_PI + log_var + squares, axis=-1)


def kl_divergence(q_mean: Tensor, q_log_var: Tensor, p_mean: Tensor, p_log_var: Tensor) -> Tensor:
    """KL(q ‖ p) between two Gaussians with diagonal covariances.

    With p = N(0, I) this is Kingma & Welling 2013, appendix B.

    Args:
        q_mean: (…, d).
        q_log_var: logarithm of q's variance, (…, d).
        p_mean: (…, d), or what broadcasts to it.
        p_log_var: logarithm of p's variance, likewise.

    Returns:
        (…,), in nats.
    """
    q_mean, q_log_var, p_mean, p_log_var = _floats(q_mean, q_log_var, p_mean, p_log_var)
    log_ratio = q_log_var - p_log_var  # of the variances
    distance = ops.square(q_mean - p_mean) * ops.exp(-p_log_var)
    return 0.5 * ops.sum(ops.exp(log_ratio) - 1.0 - log_ratio + distance, axis=-1)


def kl_per_dimension(z_mean: Tensor, z_log_var: Tensor) -> Tensor:
    """What each latent dimension adds to the mean of KL(q ‖ N(0, I)).

    Args:
        z_mean: (n, d).
        z_log_var: logarithm of the variance, (n, d).

    Returns:
        (d,), in nats, averaged over the n images. The sum is the mean KL.
    """
    z_mean, z_log_var = (ops.expand_dims(a, axis=-1) for a in _floats(z_mean, z_log_var))
    return ops.mean(kl_divergence(z_mean, z_log_var, 0.0, 0.0), axis=0)


def free_bits(kl_per_dim: Tensor, lam: float) -> Tensor:
    """A KL penalty under which each latent dimension has lam nats for free.

    Kingma et al. 2016 (inverse autoregressive flow), appendix C.8.

    Args:
        kl_per_dim: as of `kl_per_dimension`, (d,).
        lam: the nats that are free in each latent dimension.

    Returns:
        A scalar, in nats: the sum of max(lam, KL_j).
    """
    (kl_per_dim,) = _floats(kl_per_dim)
    return ops.sum(ops.maximum(kl_per_dim, lam))


def kl_full_covariance(
    mean: Tensor, scale_tril: Tensor, prior_mean: Tensor, prior_scale_tril: Tensor
) -> Tensor:
    """KL(q ‖ p) between two Gaussians with full covariances, each Σ = L·Lᵀ.

    KL = ½ · (‖Lₚ⁻¹·L_q‖² + ‖Lₚ⁻¹·(μ_q − μₚ)‖² − d) + Σ ln diag(Lₚ) − Σ ln diag(L_q), with the
    Frobenius norm: the general closed form (Bishop 2006, exercise 2.13) in terms of L.

    Args:
        mean: of q, (…, d).
        scale_tril: L of q, lower triangular with a positive diagonal, (…, d, d).
        prior_mean: of p, (…, d), or what broadcasts to it.
        prior_scale_tril: L of p, likewise.

    Returns:
        (…,), in nats.
    """
    mean, q_tril, prior_mean, p_tril = _floats(mean, scale_tril, prior_mean, prior_scale_tril)
    offset = ops.expand_dims(mean - prior_mean, axis=-1)  # (…, d, 1)
    both = ops.concatenate([q_tril + ops.zeros_like(offset), offset], axis=-1)  # (…, d, d + 1)
    whitened = ops.solve_triangular(p_tril + ops.zeros_like(q_tril), both, lower=True)
    squares = ops.sum(ops.square(whitened), axis=(-2, -1))
    log_dets = [ops.sum(ops.log(ops.diagonal(t, axis1=-2, axis2=-1)), -1) for t in (p_tril, q_tril)]
    return 0.5 * (squares - mean.shape[-1]) + log_dets[0] - log_dets[1]


def bernoulli_nll(x: Tensor, logits: Tensor) -> Tensor:
    """Negative log-likelihood of images under independent Bernoulli pixels.

    Finite for every finite logit: −log p = softplus(logits) − x·logits.

    Args:
        x: images in [0, 1], (n, …).
        logits: log(p / (1 − p)) of each pixel, the same shape.

    Returns:
        (n,), in nats.
    """
    x, logits = _floats(x, logits)
    return ops.sum(ops.softplus(logits) - x * logits, axis=_all_but_the_batch(x))


def gaussian_nll(x: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """Negative log-likelihood of images under independent Gaussian pixels.

    Args:
        x: images, (n, …).
        mean: the same shape.
        log_var: logarithm of the variance, the same shape or what broadcasts to it.

    Returns:
        (n,), in nats.
    """
    x, mean, log_var = _floats(x, mean, log_var)
    squares = ops.square(x - mean) * ops.exp(-log_var)
    return 0.5 * ops.sum(LOG_2_PI + log_var + squares, axis=_all_but_the_batch(x))


def optimal_sigma(x: Tensor, x_hat: Tensor) -> Tensor:
    """The standard deviation of Gaussian pixels with the largest likelihood, Rybkin et al. 2021.

    Args:
        x: images, (n, …).
        x_hat: their reconstructions, the same shape.

    Returns:
        A scalar: one standard deviation for all pixels of all images.
    """
    x, x_hat = _floats(x, x_hat)
    return ops.sqrt(ops.mean(ops.square(x - x_hat)))


def negative_elbo(x: Tensor, logits: Tensor, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
    """Minus the ELBO under Bernoulli pixels and the prior N(0, I), Kingma & Welling 2013, eq. 10.

    Args:
        x: images in [0, 1], (n, …).
        logits: what the decoder gave for one draw of each code, the same shape.
        z_mean: (n, d).
        z_log_var: logarithm of the variance, (n, d).

    Returns:
        (n,), in nats: reconstruction + KL.
    """
    return bernoulli_nll(x, logits) + kl_divergence(z_mean, z_log_var, 0.0, 0.0)


def importance_weighted_bound(log_w: Tensor) -> Tensor:
    """The importance-weighted bound on log p(x), Burda et al. 2015, eq. 8.

    Args:
        log_w: log p(x, z) − log q(z | x) for k draws of z and n images, (k, n).

    Returns:
        (n,), in nats: log of the mean weight. For k = 1 it is the one-sample ELBO.
    """
    (log_w,) = _floats(log_w)
    return ops.logsumexp(log_w, axis=0) - math.log(log_w.shape[0])


def single_sample_elbo(
    x: Tensor, logits: Tensor, z: Tensor, z_mean: Tensor, z_log_var: Tensor
) -> Tensor:
    """The ELBO estimated with one draw, log p(x | z) + log p(z) − log q(z | x).

    Kingma & Welling 2013, eq. 6 with L = 1; pixels are Bernoulli and p(z) = N(0, I).

    Args:
        x: images in [0, 1], (n, …).
        logits: of the pixels, decoded from z, the same shape.
        z: one draw from each posterior, (n, d).
        z_mean: (n, d).
        z_log_var: logarithm of the posterior's variance, (n, d).

    Returns:
        (n,), in nats.
    """
    log_w = log_normal_pdf(z, 0.0, 0.0) - log_normal_pdf(z, z_mean, z_log_var)
    return log_w - bernoulli_nll(x, logits)


def log_likelihood(log_p_x_given_z: Tensor, z: Tensor, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
    """Importance-sampled log p(x), Burda et al. 2015, eq. 8, with p(z) = N(0, I).

    A lower bound on average, which rises to log p(x) as k grows.

    Args:
        log_p_x_given_z: for k draws and n images, (k, n), in nats.
        z: the draws, from the posteriors, (k, n, d).
        z_mean: (n, d).
        z_log_var: logarithm of the posterior's variance, (n, d).

    Returns:
        (n,), in nats.
    """
    (log_p_x_given_z,) = _floats(log_p_x_given_z)
    log_ratio = log_normal_pdf(z, 0.0, 0.0) - log_normal_pdf(z, z_mean, z_log_var)
    return importance_weighted_bound(log_p_x_given_z + log_ratio)


def _floats(*values: Tensor) -> list[Tensor]:
    return [ops.convert_to_tensor(value, dtype=keras.config.floatx()) for value in values]


def _all_but_the_batch(x: Tensor) -> tuple[int, ...]:
    return tuple(range(1, len(x.shape)))


def elbo_decomposition(z: Tensor, z_mean: Tensor, z_log_var: Tensor) -> tuple[float, float, float]:
    """Index-code mutual information, total correlation and dimension-wise KL.

    The aggregate posterior is that of the whole set, q(z) = 1/n · Σⱼ q(z | xⱼ). The three terms add
    up to log q(z | x) − log p(z), averaged over the draws, which estimates the mean KL.

    Args:
        z: one draw from each posterior, (n, d).
        z_mean: (n, d).
        z_log_var: logarithm of the posteriors' variances, (n, d).

    Returns:
        mutual information, total correlation, dimension-wise KL: floats, in nats. They are averages
        over draws, so each may come out a little below 0.
    """
    return _terms(z, z_mean, z_log_var, math.log(len(z)))


def minibatch_decomposition(
    z: Tensor, z_mean: Tensor, z_log_var: Tensor, n_total: int
) -> tuple[float, float, float]:
    """The same three from a minibatch, Chen et al. 2018, eq. 5: minibatch-weighted sampling.

    In place of q(z) stands 1/(N·M) · Σⱼ q(z | xⱼ), with M images in the batch and N in the set.
    Its logarithm is biased, and too small: by ln N where the batch is the whole set. So the mutual
    information is overestimated, by as much, and so is the total correlation, by d − 1 times as
    much, while the dimension-wise KL is underestimated, by d times as much.

    Args:
        z: one draw from each posterior of the batch, (m, d).
        z_mean: (m, d).
        z_log_var: logarithm of the posteriors' variances, (m, d).
        n_total: images in the whole set, N.

    Returns:
        As `elbo_decomposition`.
    """
    return _terms(z, z_mean, z_log_var, math.log(n_total) + math.log(len(z)))


def _terms(
    z: Tensor, z_mean: Tensor, z_log_var: Tensor, log_weight: float
) -> tuple[float, float, float]:
    """The three, where a sum over posteriors is divided by exp(log_weight)."""
    z, z_mean, z_log_var = (np.asarray(a, dtype=np.float64) for a in (z, z_mean, z_log_var))
    joint, product = np.zeros((2, len(z)))  # log q(z), and that of the product of all q(z_j)
    for part in np.array_split(np.arange(len(z)), -(-(len(z) ** 2) // PAIRS_AT_ONCE)):
        log_q: Any = 0.0  # of these draws under every posterior, (len(part), n)
        for j in range(z.shape[1]):
            log_q_j = _log_normal(z[part, j, None], z_mean[:, j], z_log_var[:, j])
            product[part] += logsumexp(log_q_j, axis=1) - log_weight
            log_q += log_q_j
        joint[part] = logsumexp(log_q, axis=1) - log_weight
    own = _log_normal(z, z_mean, z_log_var).sum(axis=-1)
    prior = _log_normal(z, 0.0, 0.0).sum(axis=-1)
    terms = [float(term.mean()) for term in (own - joint, joint - product, product - prior)]
    return terms[0], terms[1], terms[2]


def _log_normal(z: np.ndarray, mean: Tensor, log_var: Tensor) -> np.ndarray:
    """The log-density in each latent dimension."""
    return -0.5 * (math.log(2 * math.pi) + log_var + (z - mean) ** 2 * np.exp(-log_var))
