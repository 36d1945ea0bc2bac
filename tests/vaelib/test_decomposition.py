"""The three parts of the KL, against a double loop and where they are known."""

import numpy as np
import pytest
from scipy import stats

from vaelib import losses
from vaelib.losses import elbo_decomposition, kl_divergence, minibatch_decomposition

rng = np.random.default_rng(0)
N, D = 60, 3
Z_MEAN, Z_LOG_VAR = rng.normal(size=(N, D)), rng.normal(size=(N, D)) - 1
Z = Z_MEAN + np.exp(Z_LOG_VAR / 2) * rng.normal(size=(N, D))


def looped(z, z_mean, z_log_var, weight):
    """Sums of densities over pairs of images, one by one; `weight` multiplies each sum."""
    mutual, total, dimensions = [], [], []
    for i in range(len(z)):
        joint, each = 0.0, np.zeros(z.shape[1])
        for j in range(len(z)):
            density = stats.norm.pdf(z[i], z_mean[j], np.exp(z_log_var[j] / 2))
            joint += weight * np.prod(density)
            each += weight * density
        own = stats.norm.logpdf(z[i], z_mean[i], np.exp(z_log_var[i] / 2)).sum()
        mutual.append(own - np.log(joint))
        total.append(np.log(joint) - np.log(each).sum())
        dimensions.append(np.log(each).sum() - stats.norm.logpdf(z[i]).sum())
    return [np.mean(term) for term in (mutual, total, dimensions)]


def test_each_part_agrees_with_a_double_loop():
    expected = looped(Z, Z_MEAN, Z_LOG_VAR, 1 / N)
    np.testing.assert_allclose(elbo_decomposition(Z, Z_MEAN, Z_LOG_VAR), expected, rtol=1e-12)


def test_the_minibatch_estimate_agrees_with_its_formula():
    expected = looped(Z, Z_MEAN, Z_LOG_VAR, 1 / (N * 50_000))
    got = minibatch_decomposition(Z, Z_MEAN, Z_LOG_VAR, 50_000)
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_for_a_batch_that_is_the_whole_set_the_bias_is_what_the_docstring_says():
    exact = np.array(elbo_decomposition(Z, Z_MEAN, Z_LOG_VAR))
    bias = minibatch_decomposition(Z, Z_MEAN, Z_LOG_VAR, N) - exact
    np.testing.assert_allclose(bias, np.log(N) * np.array([1, D - 1, -D]))


def test_chunks_do_not_change_anything(monkeypatch):
    whole = elbo_decomposition(Z, Z_MEAN, Z_LOG_VAR)
    monkeypatch.setattr(losses, "PAIRS_AT_ONCE", 7 * N)
    np.testing.assert_allclose(elbo_decomposition(Z, Z_MEAN, Z_LOG_VAR), whole, rtol=1e-12)


def test_equal_posteriors_know_nothing_about_the_image_and_are_independent():
    mutual, total, dimensions = elbo_decomposition(Z, np.full((N, D), 0.3), np.full((N, D), -0.5))
    assert mutual == pytest.approx(0, abs=1e-12)
    assert total == pytest.approx(0, abs=1e-12)
    own = stats.norm.logpdf(Z, 0.3, np.exp(-0.25)) - stats.norm.logpdf(Z)
    assert dimensions == pytest.approx(own.sum(axis=-1).mean())


def test_posteriors_far_apart_tell_which_image_it_was():
    far = 1000 * np.arange(N)[:, None] * np.ones(D)
    assert elbo_decomposition(far, far, Z_LOG_VAR)[0] == pytest.approx(np.log(N))


def test_the_parts_add_up_to_the_kl_on_average():
    """Many draws of each posterior; the band is six standard errors wide."""
    totals = []
    for _ in range(400):
        z = Z_MEAN + np.exp(Z_LOG_VAR / 2) * rng.normal(size=(N, D))
        totals.append(sum(elbo_decomposition(z, Z_MEAN, Z_LOG_VAR)))
    kl = np.mean(kl_divergence(Z_MEAN, Z_LOG_VAR, 0.0, 0.0))
    assert np.mean(totals) == pytest.approx(kl, abs=6 * stats.sem(totals))
