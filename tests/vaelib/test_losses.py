"""Losses against scipy and against exact values."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from vaelib import losses

rng = np.random.default_rng(0)
X = rng.random((4, 5, 5, 1)).astype("float32")
Y = rng.normal(size=X.shape).astype("float32")
LOG_VAR = rng.normal(size=X.shape).astype("float32")


def test_mse_per_image_averages_over_everything_but_the_batch():
    expected = ((X.astype(float) - Y) ** 2).reshape(4, -1).mean(1)
    np.testing.assert_allclose(losses.mse_per_image(X, Y), expected, rtol=1e-5)


def test_log_normal_pdf_is_scipys_summed_over_the_last_axis():
    expected = stats.norm.logpdf(X.astype(float), Y, np.exp(LOG_VAR / 2)).sum(-1)
    np.testing.assert_allclose(losses.log_normal_pdf(X, Y, LOG_VAR), expected, rtol=1e-4)


def test_kl_divergence_is_the_integral_of_its_definition():
    q, p = stats.norm(0.3, 1.4), stats.norm(-0.8, 0.7)
    exact = integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), -15, 15)[0]
    q_var, p_var = 1.4**2, 0.7**2
    got = losses.kl_divergence([0.3], [np.log(q_var)], [-0.8], [np.log(p_var)])
    np.testing.assert_allclose(got, exact, rtol=1e-5)


def test_kl_divergence_is_zero_only_for_equal_arguments():
    mean, log_var = Y.reshape(4, -1), LOG_VAR.reshape(4, -1)
    np.testing.assert_allclose(losses.kl_divergence(mean, log_var, mean, log_var), 0, atol=1e-6)
    assert np.all(np.asarray(losses.kl_divergence(mean, log_var, 0.0, 0.0)) > 0)


def test_the_parts_of_the_kl_add_up_and_belong_to_their_number():
    z_mean, z_log_var = rng.normal(size=(2, 7, 4))
    parts = np.asarray(losses.kl_per_dimension(z_mean, z_log_var))
    for j in range(4):
        one = losses.kl_divergence(z_mean[:, [j]], z_log_var[:, [j]], 0.0, 0.0)
        assert parts[j] == pytest.approx(np.mean(one), rel=1e-5)
    whole = np.mean(losses.kl_divergence(z_mean, z_log_var, 0.0, 0.0))
    assert parts.sum() == pytest.approx(whole, rel=1e-5)


def test_free_bits_raise_each_number_to_lam():
    assert float(losses.free_bits([2.0, 0.1, 0.3], 0.5)) == pytest.approx(3.0)


def test_bernoulli_nll_is_the_cross_entropy_of_scipy():
    p = special.expit(Y.astype(float))
    expected = -(special.xlogy(X, p) + special.xlog1py(1 - X, -p)).reshape(4, -1).sum(1)
    np.testing.assert_allclose(losses.bernoulli_nll(X, Y), expected, rtol=1e-5)


def test_bernoulli_nll_of_zero_logits_is_784_log_2_for_any_image():
    x = rng.random((3, 28, 28, 1)).astype("float32")
    nll = losses.bernoulli_nll(x, np.zeros_like(x))
    np.testing.assert_allclose(nll, 784 * np.log(2), rtol=1e-6)


def test_bernoulli_nll_is_exact_for_huge_logits():
    x = np.array([[1.0], [0], [1], [0]], dtype="float32")
    logits = np.array([[1000.0], [1000], [-1000], [-1000]], dtype="float32")
    assert np.asarray(losses.bernoulli_nll(x, logits)).tolist() == [0, 1000, 1000, 0]


@pytest.mark.parametrize("log_var", [LOG_VAR, np.float32(0.3), LOG_VAR[:, :1, :1]])
def test_gaussian_nll_sums_over_all_pixels_however_log_var_broadcasts(log_var):
    expected = -stats.norm.logpdf(X.astype(float), Y, np.exp(log_var / 2)).reshape(4, -1).sum(1)
    np.testing.assert_allclose(losses.gaussian_nll(X, Y, log_var), expected, rtol=1e-5)


def test_gaussian_nll_with_variance_one_half_is_the_squared_error_plus_a_constant():
    squares = ((X.astype(float) - Y) ** 2).reshape(4, -1).sum(1)
    expected = squares + 25 * np.log(np.pi) / 2
    np.testing.assert_allclose(losses.gaussian_nll(X, Y, np.log(0.5)), expected, rtol=1e-5)


def test_importance_weighted_bound_is_the_log_of_the_mean_weight():
    log_w = Y.reshape(4, -1)
    expected = np.log(np.exp(log_w.astype(float)).mean(0))
    np.testing.assert_allclose(losses.importance_weighted_bound(log_w), expected, atol=1e-6)


@pytest.mark.parametrize("shift", [-1000, 1000])
def test_importance_weighted_bound_survives_tiny_and_huge_weights(shift):
    log_w = np.array([[0.0], [np.log(3)]], dtype="float32") + np.float32(shift)
    got = losses.importance_weighted_bound(log_w)
    np.testing.assert_allclose(got, [shift + np.log(2)], rtol=1e-6)


def test_single_sample_elbo_is_on_average_the_closed_form():
    draws = np.random.default_rng(1).normal(size=(200_000, 2))
    mean, log_var = np.array([0.5, -1]), np.array([0.3, -0.8])
    z = mean + np.exp(log_var / 2) * draws
    x, logits = (np.tile(a[0].ravel(), (len(z), 1)) for a in (X, Y))
    one = np.ones((len(z), 1))
    got = np.asarray(losses.single_sample_elbo(x, logits, z, one * mean, one * log_var))
    exact = -losses.bernoulli_nll(x[:1], logits[:1]) - losses.kl_divergence(mean, log_var, 0, 0)
    assert got.shape == (len(z),)
    assert abs(got.mean() - float(exact[0])) < 5 * got.std() / len(z) ** 0.5


def test_single_sample_elbo_is_the_three_log_densities_of_scipy():
    z, mean, log_var = np.random.default_rng(2).normal(size=(3, 4, 6))
    log_q = stats.norm.logpdf(z, mean, np.exp(log_var / 2)).sum(-1)
    nll = -special.log_expit(np.where(X > 0.5, Y, -Y)).reshape(4, -1).sum(-1)
    expected = stats.norm.logpdf(z).sum(-1) - log_q - nll
    got = losses.single_sample_elbo(X > 0.5, Y, z, mean, log_var)
    np.testing.assert_allclose(got, expected, rtol=1e-4)


@pytest.mark.parametrize("k", [1, 2, 50])
def test_log_likelihood_is_exact_for_any_k_when_q_is_the_true_posterior(k):
    """p(x | z) = N(Wz, σ²I), where the columns of W are orthogonal: the posterior is diagonal."""
    W = np.array([[1, 1], [1, -1], [0, 0]]) * [1, 0.4]
    variance, x = 0.3, np.random.default_rng(3).normal(size=(4, 3))
    posterior = 1 / (1 + np.diag(W.T @ W) / variance)
    mean = posterior * (x @ W) / variance
    log_var = np.log(posterior) + 0 * mean
    z = mean + np.exp(log_var / 2) * np.random.default_rng(4).normal(size=(k, 4, 2))
    log_p = stats.norm.logpdf(x, z @ W.T, variance**0.5).sum(-1)
    exact = stats.multivariate_normal(np.zeros(3), W @ W.T + variance * np.eye(3)).logpdf(x)
    np.testing.assert_allclose(losses.log_likelihood(log_p, z, mean, log_var), exact, rtol=1e-5)


def test_log_likelihood_with_one_draw_is_the_single_sample_elbo():
    z, mean, log_var = np.random.default_rng(5).normal(size=(3, 4, 6))
    log_p = -losses.bernoulli_nll(X, Y)
    got = losses.log_likelihood(log_p[None], z[None], mean, log_var)
    expected = losses.single_sample_elbo(X, Y, z, mean, log_var)
    np.testing.assert_allclose(got, expected, rtol=1e-5)
