"""What the KL of the ELBO is made of, Chen et al. 2018, eq. 2."""

import math

import numpy as np
from scipy.special import logsumexp

PAIRS_AT_ONCE = 500_000  # pairs of images, 4 MB for each array of them


def elbo_decomposition(z, z_mean, z_log_var):
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


def minibatch_decomposition(z, z_mean, z_log_var, n_total):
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


def _terms(z, z_mean, z_log_var, log_weight):
    """The three, where a sum over posteriors is divided by exp(log_weight)."""
    z, z_mean, z_log_var = (np.asarray(a, dtype=np.float64) for a in (z, z_mean, z_log_var))
    joint, product = np.zeros((2, len(z)))  # log q(z), and that of the product of all q(z_j)
    for part in np.array_split(np.arange(len(z)), -(-(len(z) ** 2) // PAIRS_AT_ONCE)):
        log_q = 0.0  # of these draws under every posterior, (len(part), n)
        for j in range(z.shape[1]):
            log_q_j = _log_normal(z[part, j, None], z_mean[:, j], z_log_var[:, j])
            product[part] += logsumexp(log_q_j, axis=1) - log_weight
            log_q += log_q_j
        joint[part] = logsumexp(log_q, axis=1) - log_weight
    own = _log_normal(z, z_mean, z_log_var).sum(axis=-1)
    prior = _log_normal(z, 0.0, 0.0).sum(axis=-1)
    terms = (own - joint, joint - product, product - prior)
    return tuple(float(term.mean()) for term in terms)


def _log_normal(z, mean, log_var):
    """The log-density of each number."""
    return -0.5 * (math.log(2 * math.pi) + log_var + (z - mean) ** 2 * np.exp(-log_var))
