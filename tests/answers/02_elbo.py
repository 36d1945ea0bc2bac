"""Right and wrong answers to the exercises of 02_elbo."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from scipy import special, stats

from grading.authoring.answers import right, wrong

LOG_2_PI = math.log(2 * math.pi)

# log_normal_pdf


@right("log_normal_pdf")
def density_from_scipy(x, mean, log_var):
    return stats.norm.logpdf(x.astype(float), mean, np.exp(log_var / 2)).sum(axis=-1)


@right("log_normal_pdf")
def density_in_tf(x, mean, log_var):
    standardised = (x - mean) / tf.exp(log_var / 2)
    constant = x.shape[-1] * tf.constant(LOG_2_PI, tf.float32)
    squares = tf.reduce_sum(standardised**2, -1)
    return -(constant + tf.reduce_sum(log_var, -1) + squares) / 2


@right("log_normal_pdf")
def density_by_einsum_in_float64(x, mean, log_var):
    difference = np.asarray(x, np.float64) - mean
    squares = np.einsum("...i,...i,...i->...", difference, difference, np.exp(-log_var))
    return -0.5 * (squares + log_var.sum(-1) + x.shape[-1] * LOG_2_PI)


def log_density(x, mean, log_var):
    return -0.5 * (LOG_2_PI + log_var + (x - mean) ** 2 / np.exp(log_var))


@wrong("log_normal_pdf", says="the term log 2π is missing")
def density_without_constant(x, mean, log_var):
    return np.sum(log_density(x, mean, log_var) + LOG_2_PI / 2, axis=-1)


@wrong("log_normal_pdf", says="log_var is used as the variance")
def density_log_var_as_variance(x, mean, log_var):
    return np.sum(log_density(x, mean, np.log(log_var)), axis=-1)


@wrong("log_normal_pdf", says="exp(log_var) is used as the standard deviation")
def density_variance_as_deviation(x, mean, log_var):
    return stats.norm.logpdf(x, mean, np.exp(log_var)).sum(axis=-1)


@wrong("log_normal_pdf", says="the dimensions are averaged instead of summed")
def density_averaged(x, mean, log_var):
    return np.mean(log_density(x, mean, log_var), axis=-1)


@wrong("log_normal_pdf", says="the factor ½ on log_var is missing")
def density_without_half(x, mean, log_var):
    return np.sum(log_density(x, mean, log_var) - log_var / 2, axis=-1)


@wrong("log_normal_pdf", says="the term log 2π is counted once, not in each dimension")
def density_with_one_constant(x, mean, log_var):
    each = log_var + (x - mean) ** 2 / np.exp(log_var)
    return -0.5 * (LOG_2_PI + np.sum(each, axis=-1))


@wrong("log_normal_pdf", says="the squared distance is not divided by the variance")
def density_distance_not_divided(x, mean, log_var):
    return -0.5 * np.sum(LOG_2_PI + log_var + (x - mean) ** 2, axis=-1)


@wrong("log_normal_pdf", says="the squared distance is divided by σ instead of σ²")
def density_distance_over_deviation(x, mean, log_var):
    squares = (x - mean) ** 2 / np.exp(log_var / 2)
    return -0.5 * np.sum(LOG_2_PI + log_var + squares, axis=-1)


@wrong("log_normal_pdf", says="the factor ½ on the squared distance is missing")
def density_without_half_on_the_distance(x, mean, log_var):
    squares = (x - mean) ** 2 / np.exp(log_var)
    return -np.sum(0.5 * (LOG_2_PI + log_var) + squares, axis=-1)


@wrong("log_normal_pdf", says="a density or a product is computed before its logarithm")
def density_as_the_log_of_a_product(x, mean, log_var):
    with np.errstate(divide="ignore"):
        return np.log(np.prod(stats.norm.pdf(x, mean, np.exp(log_var / 2)), axis=-1))


@wrong("log_normal_pdf", says="the logarithm is not taken")
def density_without_logarithm(x, mean, log_var):
    return np.exp(np.sum(log_density(x, mean, log_var), axis=-1))


@wrong("log_normal_pdf", says="the sign is wrong")
def density_negated(x, mean, log_var):
    return -np.sum(log_density(x, mean, log_var), axis=-1)


@wrong("log_normal_pdf", says="got shape (2, 3), expected (2,)")
def density_not_summed(x, mean, log_var):
    return log_density(x, mean, log_var)


@wrong("log_normal_pdf", says="summed over the batch, too")
def density_summed_over_everything(x, mean, log_var):
    return ops.sum(log_density(x, mean, log_var))


@wrong("log_normal_pdf", says="hidden case: a single point")
def density_over_axis_one(x, mean, log_var):
    return np.sum(log_density(x, mean, log_var), axis=1)


@right("log_normal_pdf")
def density_of_covariance_matrices(x, mean, log_var):
    values = np.zeros(x.shape[:-1])
    for i in np.ndindex(values.shape):
        cov = np.diag(np.exp(log_var[i].astype(float)))
        values[i] = stats.multivariate_normal(mean[i], cov).logpdf(x[i])
    return values


@right("log_normal_pdf")
def density_in_keras_ops(x, mean, log_var):
    x, mean, log_var = (ops.convert_to_tensor(a) for a in (x, mean, log_var))
    z = ops.divide(ops.subtract(x, mean), ops.sqrt(ops.exp(log_var)))
    each = ops.square(z) / 2 + ops.log(ops.sqrt(2 * np.pi * ops.exp(log_var)))
    return -ops.sum(each, axis=-1)


@wrong("log_normal_pdf", says="the factor ½ is missing")
def density_without_any_half(x, mean, log_var):
    return 2 * np.sum(log_density(x, mean, log_var), axis=-1)


@wrong("log_normal_pdf", says="the squared distance is multiplied by the variance")
def density_times_variance(x, mean, log_var):
    return -0.5 * np.sum(LOG_2_PI + log_var + (x - mean) ** 2 * np.exp(log_var), axis=-1)


@wrong("log_normal_pdf", says="the distance is not squared")
def density_not_squared(x, mean, log_var):
    return -0.5 * np.sum(LOG_2_PI + log_var + (x - mean) / np.exp(log_var), axis=-1)


@wrong("log_normal_pdf", says="an axis of length 1 is left over")
def density_with_kept_axis(x, mean, log_var):
    return np.sum(log_density(x, mean, log_var), axis=-1, keepdims=True)


@wrong("log_normal_pdf", says="all axes but the first are summed")
def density_over_all_but_the_first(x, mean, log_var):
    axes = tuple(range(1, x.ndim)) or 0
    return np.sum(log_density(x, mean, log_var), axis=axes)


@wrong("log_normal_pdf", says="a density or a product is computed before its logarithm")
def density_of_a_product_of_variances(x, mean, log_var):
    variance = np.exp(log_var.astype(float))
    squares = ((x - mean) ** 2 / variance).sum(axis=-1)
    with np.errstate(all="ignore"):
        log_det = np.log(np.prod(variance, axis=-1))
    return -0.5 * (x.shape[-1] * LOG_2_PI + log_det + squares)


@wrong("log_normal_pdf", says="hidden case: points far from the mean")
def density_of_a_floor(x, mean, log_var):
    return np.sum(np.log(stats.norm.pdf(x, mean, np.exp(log_var / 2)) + 1e-300), axis=-1)


# kl_divergence


@right("kl_divergence")
def kl_in_tf(q_mean, q_log_var, p_mean, p_log_var):
    ratio = tf.exp(q_log_var) / tf.exp(p_log_var)
    squares = tf.square(q_mean - p_mean) / tf.exp(p_log_var)
    return tf.reduce_sum(ratio + squares - 1 - tf.math.log(ratio), axis=-1) / 2


@right("kl_divergence")
def kl_with_deviations_in_float64(q_mean, q_log_var, p_mean, p_log_var):
    s_q, s_p = np.exp(q_log_var.astype(float) / 2), np.exp(p_log_var.astype(float) / 2)
    each = np.log(s_p / s_q) + (s_q**2 + (q_mean - p_mean) ** 2) / (2 * s_p**2) - 0.5
    return each.sum(axis=-1)


@right("kl_divergence")
def kl_as_cross_entropy_minus_entropy(q_mean, q_log_var, p_mean, p_log_var):
    squares = ops.exp(q_log_var) + ops.square(ops.subtract(q_mean, p_mean))
    cross = 0.5 * ops.sum(LOG_2_PI + p_log_var + squares * ops.exp(-p_log_var), axis=-1)
    return cross - 0.5 * ops.sum(LOG_2_PI + q_log_var + 1, axis=-1)


def kl_each(q_mean, q_var, p_mean, p_var):
    return 0.5 * (q_var / p_var - 1 - np.log(q_var / p_var) + (q_mean - p_mean) ** 2 / p_var)


def kl_sum(q_mean, q_log_var, p_mean, p_log_var):
    return kl_each(q_mean, np.exp(q_log_var), p_mean, np.exp(p_log_var)).sum(axis=-1)


@wrong("kl_divergence", says="q and p are swapped")
def kl_swapped(q_mean, q_log_var, p_mean, p_log_var):
    return kl_sum(p_mean, p_log_var, q_mean, q_log_var)


@wrong("kl_divergence", says="the factor ½ is missing")
def kl_without_half(*args):
    return 2 * kl_sum(*args)


@wrong("kl_divergence", says="the factor ½ is applied twice")
def kl_half_twice(*args):
    return kl_sum(*args) / 2


@wrong("kl_divergence", says="the dimensions are averaged instead of summed")
def kl_averaged(q_mean, *args):
    return kl_sum(q_mean, *args) / q_mean.shape[-1]


@wrong("kl_divergence", says="the sign is wrong")
def kl_negated(*args):
    return -kl_sum(*args)


@wrong("kl_divergence", says="log_var is used as the variance")
def kl_log_var_as_variance(q_mean, q_log_var, p_mean, p_log_var):
    return kl_each(q_mean, q_log_var, p_mean, p_log_var).sum(axis=-1)


@wrong("kl_divergence", says="exp(log_var) is used as the standard deviation")
def kl_variance_as_deviation(q_mean, q_log_var, p_mean, p_log_var):
    return kl_sum(q_mean, 2 * q_log_var, p_mean, 2 * p_log_var)


@wrong("kl_divergence", says="p is taken for N(0, I)")
def kl_to_the_standard_prior(q_mean, q_log_var, p_mean, p_log_var):
    return kl_sum(q_mean, q_log_var, 0 * p_mean, 0 * p_log_var)


@wrong("kl_divergence", says="the squared distance is not divided by p's variance")
def kl_distance_not_divided(q_mean, q_log_var, p_mean, p_log_var):
    same_mean = kl_sum(q_mean, q_log_var, q_mean, p_log_var)
    return same_mean + 0.5 * ((q_mean - p_mean) ** 2).sum(axis=-1)


@wrong("kl_divergence", says="the squared distance is divided by q's variance")
def kl_distance_over_q(q_mean, q_log_var, p_mean, p_log_var):
    same_mean = kl_sum(q_mean, q_log_var, q_mean, p_log_var)
    return same_mean + 0.5 * ((q_mean - p_mean) ** 2 / np.exp(q_log_var)).sum(axis=-1)


@wrong("kl_divergence", says="the squared distance is missing")
def kl_without_distance(q_mean, q_log_var, p_mean, p_log_var):
    return kl_sum(q_mean, q_log_var, q_mean, p_log_var)


@wrong("kl_divergence", says="the sign of the logarithm is wrong")
def kl_logarithm_upside_down(q_mean, q_log_var, p_mean, p_log_var):
    return kl_sum(q_mean, q_log_var, p_mean, p_log_var) + (q_log_var - p_log_var).sum(axis=-1)


@wrong("kl_divergence", says="the term −1 is missing")
def kl_without_minus_one(q_mean, *args):
    return kl_sum(q_mean, *args) + q_mean.shape[-1] / 2


@wrong("kl_divergence", says="averaged over the batch, too")
def kl_of_the_whole_batch(*args):
    return np.mean(kl_sum(*args))


@right("kl_divergence")
def kl_as_a_list(*args):
    return kl_with_deviations_in_float64(*args).tolist()


@right("kl_divergence")
def kl_in_a_loop_over_pairs(q_mean, q_log_var, p_mean, p_log_var):
    values = np.zeros(q_mean.shape[:-1])
    for i in np.ndindex(*q_mean.shape[:-1]):
        for j in range(q_mean.shape[-1]):
            q, p = float(q_log_var[i][j]), float(p_log_var[i][j])
            distance = float(q_mean[i][j]) - float(p_mean[i][j])
            values[i] += (math.exp(q - p) - 1 - (q - p) + distance**2 / math.exp(p)) / 2
    return tf.constant(values)


@right("kl_divergence")
def kl_by_einsum(q_mean, q_log_var, p_mean, p_log_var):
    inverse = np.exp(-p_log_var)
    shift = q_mean - p_mean
    squares = np.einsum("...i,...i,...i->...", shift, inverse, shift)
    trace = np.einsum("...i,...i->...", np.exp(q_log_var), inverse)
    return 0.5 * (trace + squares - q_mean.shape[-1] + (p_log_var - q_log_var).sum(-1))


@wrong("kl_divergence", says="p's mean is taken for 0")
def kl_around_zero(q_mean, q_log_var, p_mean, p_log_var):
    return kl_sum(q_mean, q_log_var, 0 * p_mean, p_log_var)


@wrong("kl_divergence", says="p's variance is taken for 1")
def kl_to_variance_one(q_mean, q_log_var, p_mean, p_log_var):
    return kl_sum(q_mean, q_log_var, p_mean, 0 * p_log_var)


@wrong("kl_divergence", says="the logarithm is halved")
def kl_with_log_deviations(q_mean, q_log_var, p_mean, p_log_var):
    return kl_sum(q_mean, q_log_var, p_mean, p_log_var) + (q_log_var - p_log_var).sum(-1) / 4


@wrong("kl_divergence", says="the factor ½ on the squared distance is missing")
def kl_half_on_the_first_part(q_mean, q_log_var, p_mean, p_log_var):
    distance = (q_mean - p_mean) ** 2 / np.exp(p_log_var)
    return kl_sum(q_mean, q_log_var, p_mean, p_log_var) + 0.5 * distance.sum(-1)


@wrong("kl_divergence", says="the term −1 is counted once")
def kl_one_minus_one(q_mean, *args):
    return kl_sum(q_mean, *args) + (q_mean.shape[-1] - 1) / 2


@wrong("kl_divergence", says="all axes but the first are summed")
def kl_over_all_but_the_first(q_mean, q_log_var, p_mean, p_log_var):
    each = kl_each(q_mean, np.exp(q_log_var), p_mean, np.exp(p_log_var))
    return each.sum(axis=tuple(range(1, each.ndim)) or 0)


@wrong("kl_divergence", says="a product of variances is computed before its logarithm")
def kl_of_products(q_mean, q_log_var, p_mean, p_log_var):
    q_var, p_var = np.exp(q_log_var.astype(float)), np.exp(p_log_var.astype(float))
    each = q_var / p_var - 1 + (q_mean - p_mean) ** 2 / p_var
    with np.errstate(all="ignore"):
        log_ratio = np.log(np.prod(q_var, axis=-1) / np.prod(p_var, axis=-1))
    return 0.5 * (each.sum(axis=-1) - log_ratio)


# kl_monte_carlo


@right("kl_monte_carlo")
def draws_in_keras(q_mean, q_log_var, n, seed):
    eps = keras.random.normal((n, *q_mean.shape), seed=seed)
    z = q_mean + ops.exp(0.5 * q_log_var) * eps
    return ops.sum(ops.square(z) - ops.square(eps) - q_log_var) / (2 * n)


@right("kl_monte_carlo")
def draws_from_scipy_in_a_loop(q_mean, q_log_var, n, seed):
    rng = np.random.default_rng(seed)
    deviation = np.exp(q_log_var.astype(float) / 2)
    total = 0.0
    for _ in range(n):
        z = rng.normal(q_mean, deviation)
        squares = (z**2 - (z - q_mean) ** 2 / deviation**2).sum()
        total += squares / 2 - np.log(deviation).sum()
    return total / n


@right("kl_monte_carlo")
def draws_in_tf(q_mean, q_log_var, n, seed):
    eps = tf.random.stateless_normal((n, len(q_mean)), seed=[seed, 7])
    z = q_mean + tf.exp(q_log_var / 2) * eps
    log_q = -0.5 * tf.reduce_sum(q_log_var + eps**2, axis=1)
    return tf.reduce_mean(log_q + 0.5 * tf.reduce_sum(z**2, axis=1))


@right("kl_monte_carlo")
def draws_from_a_generator_of_tf(q_mean, q_log_var, n, seed):
    eps = tf.random.Generator.from_seed(seed).normal((n, len(q_mean)))
    z = q_mean + tf.exp(q_log_var / 2) * eps
    each = tf.reduce_sum(z**2 - eps**2 - q_log_var, axis=1) / 2
    return tf.reduce_mean(each)


@right("kl_monte_carlo")
def draws_of_densities_in_float32(q_mean, q_log_var, n, seed):
    eps = np.random.default_rng(seed).standard_normal((n, len(q_mean)), dtype="float32")
    z = q_mean + np.exp(q_log_var / 2) * eps
    zeros = np.zeros_like(z)
    log_q = density_in_keras_ops(z, q_mean + zeros, q_log_var + zeros)
    return float(ops.mean(log_q - density_in_keras_ops(z, zeros, zeros)))


@right("kl_monte_carlo")
def draws_of_a_covariance_matrix(q_mean, q_log_var, n, seed):
    cov = np.diag(np.exp(q_log_var.astype(float)))
    q = stats.multivariate_normal(q_mean, cov)
    z = q.rvs(size=n, random_state=seed).reshape(n, len(q_mean))
    p = stats.multivariate_normal(np.zeros(len(q_mean)))
    return np.mean(q.logpdf(z) - p.logpdf(z))


def log_ratio(z, q_mean, q_log_var):
    """The terms of log q(z) − log p(z), dimension by dimension."""
    return log_density(z, q_mean, q_log_var) - log_density(z, 0, np.zeros_like(q_log_var))


def drawn(q_mean, q_log_var, n, seed, shape=None):
    eps = np.random.default_rng(seed).normal(size=shape or (n, len(q_mean)))
    return q_mean + np.exp(q_log_var / 2) * eps


@wrong("kl_monte_carlo", says="z is sampled from p instead of q")
def draws_from_p(q_mean, q_log_var, n, seed):
    z = np.random.default_rng(seed).normal(size=(n, len(q_mean)))
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="one eps is used for all dimensions")
def draws_one_eps(q_mean, q_log_var, n, seed):
    z = drawn(q_mean, q_log_var, n, seed, shape=(n, 1))
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="the ratio of the densities is upside down")
def draws_upside_down(q_mean, q_log_var, n, seed):
    return -log_ratio(drawn(q_mean, q_log_var, n, seed), q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="the dimensions are averaged instead of summed")
def draws_averaged_over_dimensions(q_mean, q_log_var, n, seed):
    return log_ratio(drawn(q_mean, q_log_var, n, seed), q_mean, q_log_var).mean()


@wrong("kl_monte_carlo", says="the samples are summed instead of averaged")
def draws_summed(q_mean, q_log_var, n, seed):
    return log_ratio(drawn(q_mean, q_log_var, n, seed), q_mean, q_log_var).sum()


@wrong("kl_monte_carlo", says="one sample is used n times")
def draws_one_draw(q_mean, q_log_var, n, seed):
    z = drawn(q_mean, q_log_var, n, seed, shape=(1, len(q_mean)))
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="every seed gives the same value")
def draws_with_a_fixed_seed(q_mean, q_log_var, n, seed):
    return log_ratio(drawn(q_mean, q_log_var, n, 0), q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="every seed gives the same value")
def draws_not_drawn_at_all(q_mean, q_log_var, n, seed):
    return kl_sum(q_mean, q_log_var, 0 * q_mean, 0 * q_log_var)


@wrong("kl_monte_carlo", says="the number of samples is fixed")
def draws_of_a_fixed_number(q_mean, q_log_var, n, seed):
    return log_ratio(drawn(q_mean, q_log_var, 50, seed), q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="the variance of p is taken for e instead of 1")
def draws_with_a_wide_p(q_mean, q_log_var, n, seed):
    z = drawn(q_mean, q_log_var, n, seed)
    ratio = log_density(z, q_mean, q_log_var) - log_density(z, 0, np.ones_like(q_log_var))
    return ratio.sum(1).mean()


@wrong("kl_monte_carlo", says="the variance is used as the standard deviation")
def draws_variance_as_deviation(q_mean, q_log_var, n, seed):
    z = drawn(q_mean, 2 * q_log_var, n, seed)
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="the same seed gives other samples")
def draws_without_seed(q_mean, q_log_var, n, seed):
    return log_ratio(drawn(q_mean, q_log_var, n, None), q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="hidden case: one sample")
def draws_divided_by_n_minus_one(q_mean, q_log_var, n, seed):
    terms = log_ratio(drawn(q_mean, q_log_var, n, seed), q_mean, q_log_var).sum(1)
    return terms.sum() / (n - 1)


@wrong("kl_monte_carlo", says="the estimate is not finite")
def draws_with_the_root_of_log_var(q_mean, q_log_var, n, seed):
    with np.errstate(invalid="ignore"):
        z = q_mean + np.sqrt(q_log_var) * np.random.default_rng(seed).normal(size=(n, len(q_mean)))
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="got shape (50,), expected ()")
def draws_not_averaged(q_mean, q_log_var, n, seed):
    return log_ratio(drawn(q_mean, q_log_var, n, seed), q_mean, q_log_var).sum(1)


@wrong("kl_monte_carlo", says="the factor ½ is missing")
def draws_without_half(*args):
    return 2 * draws_in_keras(*args)


@wrong("kl_monte_carlo", says="log_var is used as the standard deviation")
def draws_log_var_as_deviation(q_mean, q_log_var, n, seed):
    z = q_mean + q_log_var * np.random.default_rng(seed).normal(size=(n, len(q_mean)))
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="eps is not multiplied by the standard deviation")
def draws_of_variance_one(q_mean, q_log_var, n, seed):
    z = drawn(q_mean, 0 * q_log_var, n, seed)
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="q_mean is not added to the samples")
def draws_around_zero(q_mean, q_log_var, n, seed):
    z = drawn(0 * q_mean, q_log_var, n, seed)
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="log q(z) is missing")
def draws_of_log_p_alone(q_mean, q_log_var, n, seed):
    z = drawn(q_mean, q_log_var, n, seed)
    return -log_density(z, 0, np.zeros_like(q_log_var)).sum(1).mean()


@wrong("kl_monte_carlo", says="the samples are not independent of each other")
def draws_in_pairs(q_mean, q_log_var, n, seed):
    eps = np.random.default_rng(seed).normal(size=((n + 1) // 2, len(q_mean)))
    z = q_mean + np.exp(q_log_var / 2) * np.concatenate([eps, -eps])[:n]
    return log_ratio(z, q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="one sample too many is taken")
def draws_of_one_more(q_mean, q_log_var, n, seed):
    return log_ratio(drawn(q_mean, q_log_var, n + 1, seed), q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="another seed gives the same samples")
def draws_of_a_thousand_seeds(q_mean, q_log_var, n, seed):
    return log_ratio(drawn(q_mean, q_log_var, n, seed % 1000), q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="hidden case: one dimension")
def draws_of_two_dimensions_at_least(q_mean, q_log_var, n, seed):
    if len(q_mean) == 1:
        q_mean, q_log_var = np.repeat(q_mean, 2), np.repeat(q_log_var, 2)
    return log_ratio(drawn(q_mean, q_log_var, n, seed), q_mean, q_log_var).sum(1).mean()


@wrong("kl_monte_carlo", says="no estimate is below 0")
def estimate_that_is_never_negative(q_mean, q_log_var, n, seed):
    std = np.exp(np.asarray(q_log_var, dtype=float) / 2)
    eps = np.random.default_rng(seed).normal(size=(n, len(std)))
    z = q_mean + std * eps
    ratio = np.sum(z**2 - eps**2, axis=1) / 2 - np.sum(np.log(std))
    return max(ratio.mean(), 0)


# bernoulli_nll


@right("bernoulli_nll")
def bernoulli_in_tf(x, logits):
    each = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
    return tf.reduce_sum(tf.reshape(each, (len(x), -1)), axis=1)


@right("bernoulli_nll")
def bernoulli_from_scipy_in_float64(x, logits):
    l = logits.astype(np.float64)  # noqa: E741 - what the formula calls it
    each = -(x * special.log_expit(l) + (1 - x) * special.log_expit(-l))
    return each.reshape(len(x), -1).sum(-1)


@right("bernoulli_nll")
def bernoulli_with_logaddexp(x, logits):
    each = np.logaddexp(0, logits) - x * logits
    return each.sum(axis=tuple(range(1, each.ndim)))


def bernoulli_each(x, logits):
    return (np.logaddexp(0, logits) - x * logits).reshape(len(x), -1)


def cross_entropy(x, p):
    return -(x * np.log(p) + (1 - x) * np.log(1 - p)).reshape(len(x), -1).sum(1)


@wrong("bernoulli_nll", says="the pixels are averaged instead of summed")
def bernoulli_averaged(x, logits):
    return bernoulli_each(x, logits).mean(1)


@wrong("bernoulli_nll", says="logits are taken for probabilities")
def bernoulli_of_probabilities(x, logits):
    return cross_entropy(x, logits)


@wrong("bernoulli_nll", says="the logarithm of 0 is taken")
def bernoulli_log_of_zero(x, logits):
    with np.errstate(all="ignore"):
        return cross_entropy(x, 1 / (1 + np.exp(-logits)))


@wrong("bernoulli_nll", says="or exp overflows")
def bernoulli_softplus_written_out(x, logits):
    with np.errstate(all="ignore"):
        each = np.log(1 + np.exp(logits)) - x * logits
    return each.reshape(len(x), -1).sum(1)


@wrong("bernoulli_nll", says="the probability is cut off before the logarithm")
def bernoulli_clipped(x, logits):
    return cross_entropy(x, np.clip(special.expit(logits), 1e-7, 1 - 1e-7))


@wrong("bernoulli_nll", says="the probability is cut off before the logarithm")
def bernoulli_of_keras_probabilities(x, logits):
    loss = keras.losses.binary_crossentropy(x[..., None], ops.sigmoid(logits)[..., None])
    return ops.sum(ops.reshape(loss, (len(x), -1)), axis=1)


@wrong("bernoulli_nll", says="the images are averaged, too")
def bernoulli_over_the_batch(x, logits):
    return bernoulli_each(x, logits).sum(1).mean()


@wrong("bernoulli_nll", says="the images are summed, too")
def bernoulli_summed_over_the_batch(x, logits):
    return ops.sum(bernoulli_each(x, logits))


@wrong("bernoulli_nll", says="the sign is wrong")
def bernoulli_negated(x, logits):
    return -bernoulli_each(x, logits).sum(1)


@wrong("bernoulli_nll", says="x and logits are swapped")
def bernoulli_swapped(x, logits):
    return bernoulli_each(logits, x).sum(1)


@wrong("bernoulli_nll", says="the part for dark pixels, 1 − x, is missing")
def bernoulli_of_bright_pixels(x, logits):
    return -(x * special.log_expit(logits)).reshape(len(x), -1).sum(1)


@wrong("bernoulli_nll", says="together of shape (2, 2, 1, 2)")
def bernoulli_over_the_last_axis(x, logits):
    return (np.logaddexp(0, logits) - x * logits).sum(axis=-1)


@wrong("bernoulli_nll", says="together of shape (2, 2, 1, 2)")
def bernoulli_over_one_axis(x, logits):
    return (np.logaddexp(0, logits) - x * logits).sum(axis=1)


@right("bernoulli_nll")
def bernoulli_in_a_loop(x, logits):
    return [
        sum(float(max(b, 0) - a * b + math.log1p(math.exp(-abs(b)))) for a, b in pixels)
        for pixels in (
            zip(a.ravel(), b.ravel(), strict=True) for a, b in zip(x, logits, strict=True)
        )
    ]


@right("bernoulli_nll")
def bernoulli_of_a_keras_loss(x, logits):
    x, logits = (ops.reshape(a, (len(a), -1)) for a in (x, logits))
    mean = keras.losses.binary_crossentropy(x, logits, from_logits=True)
    return mean * x.shape[1]


@wrong("bernoulli_nll", says="the mean of the pixels is multiplied by 784")
def bernoulli_times_784(x, logits):
    return 784 * bernoulli_each(x, logits).mean(1)


@wrong("bernoulli_nll", says="the sigmoid is taken twice")
def bernoulli_of_two_sigmoids(x, logits):
    return bernoulli_each(x, special.expit(logits)).sum(1)


@wrong("bernoulli_nll", says="black and white are swapped, or the sign of the logits")
def bernoulli_of_negative_logits(x, logits):
    return bernoulli_each(x, -logits).sum(1)


@wrong("bernoulli_nll", says="grey pixels are rounded to 0 or 1")
def bernoulli_of_rounded_pixels(x, logits):
    return bernoulli_each((x > 0.5).astype("float32"), logits).sum(1)


@wrong("bernoulli_nll", says="an axis of length 1 is left over")
def bernoulli_with_kept_axis(x, logits):
    return bernoulli_each(x, logits).sum(1, keepdims=True)


@wrong("bernoulli_nll", says="the probability is cut off before the logarithm, or the logit is")
def bernoulli_of_clipped_logits(x, logits):
    return bernoulli_each(x, np.clip(logits, -50, 50)).sum(1)


@wrong("bernoulli_nll", says="hidden case: images without a channel")
def bernoulli_over_flat_or_three_axes(x, logits):
    each = np.logaddexp(0, logits) - x * logits
    return each.sum(axis=1 if x.ndim == 2 else (1, 2, 3))


@wrong("bernoulli_nll", says="hidden case: five axes")
def bernoulli_over_three_axes_at_most(x, logits):
    each = np.logaddexp(0, logits) - x * logits
    return each.sum(axis=tuple(range(1, min(x.ndim, 4))))


# optimal_sigma


@right("optimal_sigma")
def sigma_in_numpy(x, x_hat):
    return np.sqrt(np.mean((np.asarray(x, float) - x_hat) ** 2))


@right("optimal_sigma")
def sigma_in_tf(x, x_hat):
    return tf.sqrt(tf.reduce_mean(tf.math.squared_difference(x, x_hat)))


@right("optimal_sigma")
def sigma_by_the_norm(x, x_hat):
    return float(np.linalg.norm(np.ravel(x - x_hat)) / math.sqrt(x.size))


@right("optimal_sigma")
def sigma_from_the_images(x, x_hat):
    return ops.sqrt(ops.mean([ops.mean(ops.square(a - b)) for a, b in zip(x, x_hat, strict=True)]))


@right("optimal_sigma")
def sigma_number_by_number(x, x_hat):
    squares = [
        (float(a) - float(b)) ** 2 for a, b in zip(np.ravel(x), np.ravel(x_hat), strict=True)
    ]
    return math.fsum(squares) ** 0.5 / len(squares) ** 0.5


@right("optimal_sigma")
def sigma_of_the_logarithm(x, x_hat):
    return ops.exp(0.5 * ops.log(ops.mean((x - x_hat) ** 2)))


@wrong("optimal_sigma", says="this is the variance, not the standard deviation")
def sigma_squared(x, x_hat):
    return ops.mean(ops.square(x - x_hat))


@wrong("optimal_sigma", says="one standard deviation for each image")
def sigma_of_each_image(x, x_hat):
    return ops.sqrt(ops.mean(ops.square(x - x_hat), axis=tuple(range(1, x.ndim))))


@wrong("optimal_sigma", says="one variance for each image")
def sigma_squared_of_each_image(x, x_hat):
    return ops.mean(ops.square(x - x_hat), axis=tuple(range(1, x.ndim)))


@wrong("optimal_sigma", says="got shape (6,), expected ()")
def sigma_of_each_channel(x, x_hat):
    return ops.sqrt(ops.mean(ops.square(x - x_hat), axis=tuple(range(x.ndim - 1))))


@wrong("optimal_sigma", says="got shape (6,), expected ()")
def sigma_of_each_pixel(x, x_hat):
    return ops.sqrt(ops.mean(ops.square(x - x_hat), axis=0))


@wrong("optimal_sigma", says="the standard deviations of the images are averaged")
def sigma_averaged(x, x_hat):
    return ops.mean(ops.sqrt(ops.mean(ops.square(x - x_hat), axis=tuple(range(1, x.ndim)))))


@wrong("optimal_sigma", says="this is the mean absolute error")
def sigma_absolute(x, x_hat):
    return ops.mean(abs(x - x_hat))


@wrong("optimal_sigma", says="the mean absolute error")
def sigma_with_the_root_first(x, x_hat):
    return ops.mean(ops.sqrt(ops.square(x - x_hat)))


@wrong("optimal_sigma", says="this is the root of the mean absolute error")
def sigma_as_root_of_absolute(x, x_hat):
    return ops.sqrt(ops.mean(abs(x - x_hat)))


@wrong("optimal_sigma", says="this is the median error")
def sigma_as_median(x, x_hat):
    return np.median(np.abs(x - x_hat))


@wrong("optimal_sigma", says="this is the largest error")
def sigma_as_maximum(x, x_hat):
    return np.max(np.abs(x - x_hat))


@wrong("optimal_sigma", says="the errors are summed, not averaged")
def sigma_of_the_sum(x, x_hat):
    return ops.sqrt(ops.sum(ops.square(x - x_hat)))


@wrong("optimal_sigma", says="the errors of an image are summed, not averaged")
def sigma_of_summed_images(x, x_hat):
    return ops.sqrt(ops.mean(ops.sum(ops.square(x - x_hat), axis=tuple(range(1, x.ndim)))))


@wrong("optimal_sigma", says="the logarithm of the variance")
def sigma_as_log_var(x, x_hat):
    return ops.log(ops.mean(ops.square(x - x_hat)))


@wrong("optimal_sigma", says="the logarithm of the standard deviation")
def sigma_as_log(x, x_hat):
    return 0.5 * ops.log(ops.mean(ops.square(x - x_hat)))


@wrong("optimal_sigma", says="as np.std does")
def sigma_by_np_std(x, x_hat):
    return np.std(x - x_hat)


@wrong("optimal_sigma", says="one is subtracted from the count")
def sigma_with_n_minus_1(x, x_hat):
    return np.sqrt(np.sum((x - x_hat) ** 2) / (x.size - 1))


@wrong("optimal_sigma", says="the spread of the images, not of the errors")
def sigma_of_images(x, x_hat):
    return np.std(x)


@wrong("optimal_sigma", says="the size of the images, not of the errors")
def sigma_of_the_size(x, x_hat):
    return np.sqrt(np.mean(x**2))


@wrong("optimal_sigma", says="this is the precision")
def sigma_as_precision(x, x_hat):
    return 1 / ops.mean(ops.square(x - x_hat))


@wrong("optimal_sigma", says="a factor ½ under the root")
def sigma_halved(x, x_hat):
    return ops.sqrt(0.5 * ops.mean(ops.square(x - x_hat)))


@wrong("optimal_sigma", says="the mean is taken before the square")
def sigma_with_a_bracket_misplaced(x, x_hat):
    return np.sqrt(np.mean(x - x_hat) ** 2)


@right("optimal_sigma")
def sigma_by_einsum_in_float64(x, x_hat):
    d = tf.reshape(tf.cast(x, tf.float64) - tf.cast(x_hat, tf.float64), -1)
    return tf.sqrt(tf.einsum("i,i->", d, d) / tf.cast(tf.size(d), tf.float64))


@right("optimal_sigma")
def sigma_by_scipy(x, x_hat):
    return stats.norm.fit((np.float64(x) - x_hat).ravel(), floc=0)[1]


@wrong("optimal_sigma", says="very small errors): wrong value. This is what you get when 1e-08 is")
def sigma_with_a_little(x, x_hat):
    return ops.sqrt(ops.mean(ops.square(x - x_hat)) + 1e-8)


@wrong("optimal_sigma", says="very small errors): wrong value.")
def sigma_not_below_a_hundredth(x, x_hat):
    return ops.maximum(ops.sqrt(ops.mean(ops.square(x - x_hat))), 0.01)


@wrong("optimal_sigma", says="very large errors): wrong value.")
def sigma_not_above_10(x, x_hat):
    return np.minimum(np.sqrt(np.mean((x - x_hat) ** 2)), 10)


@wrong("optimal_sigma", says="when reconstructions are cut off at 0 and 1")
def sigma_of_pictures_that_are_cut_off(x, x_hat):
    return np.sqrt(np.mean((x - np.clip(x_hat, 0, 1)) ** 2))


@wrong("optimal_sigma", says="got shape (1, 1), expected ()")
def sigma_with_keepdims(x, x_hat):
    return np.sqrt(np.mean((x - x_hat) ** 2, keepdims=True))


# linear_gaussian_elbo


def log_p_x(x, W, b, log_var_x):
    cov = W @ W.T + np.exp(log_var_x) * np.eye(len(x))
    return stats.multivariate_normal(b, cov).logpdf(x)


@right("linear_gaussian_elbo")
def elbo_as_evidence_minus_kl(x, W, b, log_var_x, q_mean, q_cov):
    x, W, b, q_mean, q_cov = (a.astype(float) for a in (x, W, b, q_mean, q_cov))
    precision = np.eye(W.shape[1]) + W.T @ W / np.exp(log_var_x)
    shift = np.linalg.solve(precision, W.T @ (x - b)) / np.exp(log_var_x) - q_mean
    log_dets = -np.linalg.slogdet(precision)[1] - np.linalg.slogdet(q_cov)[1]
    kl = 0.5 * (np.trace(precision @ q_cov) + shift @ precision @ shift - len(shift) + log_dets)
    return log_p_x(x, W, b, log_var_x) - kl


@right("linear_gaussian_elbo")
def elbo_in_tf(x, W, b, log_var_x, q_mean, q_cov):
    D, d = W.shape
    error = x - tf.linalg.matvec(W, q_mean) - b
    squares = tf.reduce_sum(error**2) + tf.reduce_sum((W @ q_cov) * W)
    reconstruction = D * (LOG_2_PI + log_var_x) + squares * tf.exp(-float(log_var_x))
    kl = tf.linalg.trace(q_cov) + tf.reduce_sum(q_mean**2) - d - tf.linalg.logdet(q_cov)
    return -0.5 * (reconstruction + kl)


@right("linear_gaussian_elbo")
def elbo_in_keras_ops_with_cholesky(x, W, b, log_var_x, q_mean, q_cov):
    root = ops.cholesky(q_cov)
    spread = ops.sum(ops.square(ops.matmul(W, root)))
    squares = ops.sum(ops.square(x - ops.matmul(W, q_mean) - b)) + spread
    reconstruction = len(x) * (LOG_2_PI + log_var_x) + squares / np.exp(log_var_x)
    log_det = 2 * ops.sum(ops.log(ops.diagonal(root)))
    kl = ops.sum(ops.square(root)) + ops.sum(ops.square(q_mean)) - len(q_mean) - log_det
    return -(reconstruction + kl) / 2


def elbo(x, W, b, log_var_x, q_mean, q_cov, trace=1, kl=1):
    D, d = W.shape
    squares = np.sum((x - W @ q_mean - b) ** 2) + trace * np.trace(W @ q_cov @ W.T)
    reconstruction = D * (LOG_2_PI + log_var_x) + squares / np.exp(log_var_x)
    price = np.trace(q_cov) + q_mean @ q_mean - d - np.linalg.slogdet(q_cov)[1]
    return -0.5 * (reconstruction + kl * price)


@wrong("linear_gaussian_elbo", says="the KL is added instead of taken away")
def elbo_kl_added(*args):
    return elbo(*args, kl=-1)


@wrong("linear_gaussian_elbo", says="the KL is missing")
def elbo_without_kl(*args):
    return elbo(*args, kl=0)


@wrong("linear_gaussian_elbo", says="the trace term of the reconstruction is missing")
def elbo_without_trace(*args):
    return elbo(*args, trace=0)


@wrong("linear_gaussian_elbo", says="only the diagonal of q_cov is used")
def elbo_of_the_diagonal(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, log_var_x, q_mean, np.diag(np.diag(q_cov)))


@wrong("linear_gaussian_elbo", says="b is missing")
def elbo_without_b(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, 0 * b, log_var_x, q_mean, q_cov)


@wrong("linear_gaussian_elbo", says="log_var_x is used as the variance")
def elbo_log_var_as_variance(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, np.log(log_var_x), q_mean, q_cov)


@wrong("linear_gaussian_elbo", says="exp(log_var_x) is used as the standard deviation")
def elbo_variance_as_deviation(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, 2 * log_var_x, q_mean, q_cov)


@wrong("linear_gaussian_elbo", says="the sign is wrong")
def elbo_negated(*args):
    return -elbo(*args)


@wrong("linear_gaussian_elbo", says="the KL uses only the diagonal of q_cov")
def elbo_with_diagonal_kl(x, W, b, log_var_x, q_mean, q_cov):
    diagonal = np.diag(np.diag(q_cov))
    log_dets = np.linalg.slogdet(diagonal)[1] - np.linalg.slogdet(q_cov)[1]
    return elbo(x, W, b, log_var_x, q_mean, q_cov) + log_dets / 2


@wrong("linear_gaussian_elbo", says="the norm of the error is not squared")
def elbo_norm_not_squared(x, W, b, log_var_x, q_mean, q_cov):
    norm = np.linalg.norm(x - W @ q_mean - b)
    return elbo(x, W, b, log_var_x, q_mean, q_cov) + (norm**2 - norm) / (2 * np.exp(log_var_x))


@wrong("linear_gaussian_elbo", says="log_var_x is counted once, not for each pixel")
def elbo_one_log_var(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, log_var_x, q_mean, q_cov) + (len(x) - 1) * log_var_x / 2


@wrong("linear_gaussian_elbo", says="the trace is not divided by σ²")
def elbo_trace_not_divided(x, W, b, log_var_x, q_mean, q_cov):
    trace = np.trace(W @ q_cov @ W.T) / 2
    return elbo(x, W, b, log_var_x, q_mean, q_cov, trace=0) - trace


def log_det(q_cov):
    return np.linalg.slogdet(q_cov)[1]


@wrong("linear_gaussian_elbo", says="the log-determinant is missing")
def elbo_without_log_det(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, log_var_x, q_mean, q_cov) - log_det(q_cov) / 2


@wrong("linear_gaussian_elbo", says="the sign of the log-determinant is wrong")
def elbo_log_det_added(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, log_var_x, q_mean, q_cov) - log_det(q_cov)


@wrong("linear_gaussian_elbo", says="the term −d of the KL is missing")
def elbo_without_d(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, log_var_x, q_mean, q_cov) - len(q_mean) / 2


@wrong("linear_gaussian_elbo", says="D is taken away in the KL instead of d")
def elbo_with_pixels_for_dimensions(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, log_var_x, q_mean, q_cov) + (len(x) - len(q_mean)) / 2


@wrong("linear_gaussian_elbo", says="log 2π is counted once, not for each pixel")
def elbo_one_constant(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, log_var_x, q_mean, q_cov) + (len(x) - 1) * LOG_2_PI / 2


@wrong("linear_gaussian_elbo", says="log p(x) is returned")
def elbo_exact_evidence(x, W, b, log_var_x, q_mean, q_cov):
    return log_p_x(x, W, b, log_var_x)


@wrong("linear_gaussian_elbo", says="only half of the log-determinant is taken")
def elbo_of_half_a_log_det(x, W, b, log_var_x, q_mean, q_cov):
    half = np.log(np.diag(np.linalg.cholesky(q_cov))).sum()
    return elbo(x, W, b, log_var_x, q_mean, q_cov) - half / 2


@wrong("linear_gaussian_elbo", says="the factor ½ of the KL is missing")
def elbo_without_half_of_the_kl(*args):
    return elbo(*args, kl=2)


@wrong("linear_gaussian_elbo", says="both factors ½ are missing")
def elbo_without_halves(*args):
    return 2 * elbo(*args)


@wrong("linear_gaussian_elbo", says="the squared mean is missing in the KL")
def elbo_without_squared_mean(x, W, b, log_var_x, q_mean, q_cov):
    return elbo(x, W, b, log_var_x, q_mean, q_cov) + q_mean @ q_mean / 2


@wrong("linear_gaussian_elbo", says="the errors are divided by log_var_x")
def elbo_over_log_var(x, W, b, log_var_x, q_mean, q_cov):
    D = len(x)
    squares = elbo(x, W, b, 0.0, q_mean, q_cov, kl=0) + 0.5 * D * LOG_2_PI
    price = elbo(x, W, b, 0.0, q_mean, q_cov, kl=0) - elbo(x, W, b, 0.0, q_mean, q_cov)
    with np.errstate(divide="ignore"):
        return -0.5 * D * (LOG_2_PI + log_var_x) + squares / np.float64(log_var_x) - price


@wrong("linear_gaussian_elbo", says="a determinant is computed before its logarithm")
def elbo_of_a_determinant(x, W, b, log_var_x, q_mean, q_cov):
    with np.errstate(all="ignore"):
        wrong_log_det = np.log(np.linalg.det(q_cov.astype(float)))
    return elbo(x, W, b, log_var_x, q_mean, q_cov) + (wrong_log_det - log_det(q_cov)) / 2


@wrong("linear_gaussian_elbo", says="hidden case: fewer pixels than latent dimensions")
def elbo_of_tall_matrices(x, W, b, log_var_x, q_mean, q_cov):
    D = max(W.shape)
    return elbo(x, W, b, log_var_x, q_mean, q_cov) + (len(x) - D) * LOG_2_PI / 2


# linear_gaussian_posterior


@right("linear_gaussian_posterior")
def posterior_of_the_joint_gaussian(x, W, b, log_var_x):
    cov_x = W @ W.T + np.exp(log_var_x) * np.eye(len(x))
    gain = np.linalg.solve(cov_x, W.astype(float)).T
    return gain @ (x - b), np.eye(W.shape[1]) - gain @ W


@right("linear_gaussian_posterior")
def posterior_in_keras_ops(x, W, b, log_var_x):
    weight = math.exp(-log_var_x)
    W = ops.convert_to_tensor(W.astype("float64"))
    cov = ops.inv(ops.eye(W.shape[1], dtype="float64") + ops.matmul(ops.transpose(W), W) * weight)
    return ops.matmul(cov, ops.matmul(ops.transpose(W), (x - b).astype("float64"))) * weight, cov


@right("linear_gaussian_posterior")
def posterior_in_tf_with_float32(x, W, b, log_var_x):
    scaled = W / np.float32(math.exp(log_var_x / 2))
    precision = tf.eye(W.shape[1]) + tf.matmul(scaled, scaled, transpose_a=True)
    h = tf.linalg.matvec(scaled, (x - b) / np.float32(math.exp(log_var_x / 2)), transpose_a=True)
    return [tf.linalg.solve(precision, h[:, None])[:, 0], tf.linalg.inv(precision)]


@right("linear_gaussian_posterior")
def posterior_pixel_by_pixel(x, W, b, log_var_x):
    d = W.shape[1]
    mean, cov = np.zeros(d), np.eye(d)  # the prior, corrected by one pixel after the other
    for pixel, w, offset in zip(x, W.astype(float), b, strict=True):
        gain = cov @ w / (w @ cov @ w + np.exp(log_var_x))
        mean = mean + gain * (pixel - offset - w @ mean)
        cov = cov - np.outer(gain, w @ cov)
    return mean, cov


@right("linear_gaussian_posterior")
def posterior_by_singular_values(x, W, b, log_var_x):
    u, s, vt = np.linalg.svd(W.astype(float), full_matrices=True)
    values = np.zeros(W.shape[1])
    values[: len(s)] = s
    variances = 1 / (1 + values**2 * np.exp(-log_var_x))
    along = np.zeros(W.shape[1])
    along[: len(s)] = s * (u.T @ (x - b))[: len(s)]
    return vt.T @ (variances * along) * np.exp(-log_var_x), vt.T @ np.diag(variances) @ vt


def of_precision(precision, W, x, b, variance):
    cov = np.linalg.inv(precision)
    return cov @ W.T @ (x - b) / variance, cov


@wrong("linear_gaussian_posterior", says="the prior is left out")
def posterior_without_prior(x, W, b, log_var_x):
    variance = np.exp(log_var_x)
    return of_precision(W.T @ W / variance, W, x, b, variance)


@wrong("linear_gaussian_posterior", says="the precision is returned and not its inverse")
def posterior_precision(x, W, b, log_var_x):
    mean, cov = posterior_pixel_by_pixel(x, W, b, log_var_x)
    return mean, np.linalg.inv(cov)


@wrong("linear_gaussian_posterior", says="log_var_x is used as the variance")
def posterior_log_var_as_variance(x, W, b, log_var_x):
    return posterior_pixel_by_pixel(x, W, b, np.log(log_var_x))


@wrong("linear_gaussian_posterior", says="exp(log_var_x) is used as the standard deviation")
def posterior_variance_as_deviation(x, W, b, log_var_x):
    return posterior_pixel_by_pixel(x, W, b, 2 * log_var_x)


@wrong("linear_gaussian_posterior", says="the square is divided by σ instead of σ²")
def posterior_divided_by_deviation(x, W, b, log_var_x):
    return posterior_pixel_by_pixel(x, W, b, log_var_x / 2)


@wrong("linear_gaussian_posterior", says="the square is not divided by σ²")
def posterior_of_variance_one(x, W, b, log_var_x):
    return posterior_pixel_by_pixel(x, W, b, 0.0)


@wrong("linear_gaussian_posterior", says="the off-diagonal entries are lost")
def posterior_of_a_diagonal(x, W, b, log_var_x):
    mean, cov = posterior_pixel_by_pixel(x, W, b, log_var_x)
    return mean, np.diag(np.diag(cov))


@wrong("linear_gaussian_posterior", says="the off-diagonal entries are lost before the inverse")
def posterior_of_a_diagonal_precision(x, W, b, log_var_x):
    variance = np.exp(log_var_x)
    precision = np.diag(1 + (W**2).sum(axis=0) / variance)
    return of_precision(precision, W, x, b, variance)


@wrong("linear_gaussian_posterior", says="got shape (2,), expected (2, 2)")
def posterior_variances(x, W, b, log_var_x):
    mean, cov = posterior_pixel_by_pixel(x, W, b, log_var_x)
    return mean, np.diag(cov)


@wrong("linear_gaussian_posterior", says="b is not subtracted")
def posterior_without_b(x, W, b, log_var_x):
    return posterior_pixel_by_pixel(x, W, 0 * b, log_var_x)


@wrong("linear_gaussian_posterior", says="the mean is not divided by σ²")
def posterior_mean_not_divided(x, W, b, log_var_x):
    mean, cov = posterior_pixel_by_pixel(x, W, b, log_var_x)
    return mean * np.exp(log_var_x), cov


@wrong("linear_gaussian_posterior", says="h is returned and not the mean")
def posterior_h(x, W, b, log_var_x):
    _, cov = posterior_pixel_by_pixel(x, W, b, log_var_x)
    return W.T @ (x - b) / np.exp(log_var_x), cov


@wrong("linear_gaussian_posterior", says="the code is the one of least squares, without a prior")
def posterior_mean_by_least_squares(x, W, b, log_var_x):
    _, cov = posterior_pixel_by_pixel(x, W, b, log_var_x)
    return np.linalg.lstsq(W, x - b, rcond=None)[0], cov


@wrong("linear_gaussian_posterior", says="hidden case: more latent dimensions than pixels")
def posterior_by_the_inverse_of_w(x, W, b, log_var_x):
    variance = np.exp(log_var_x)
    square = W.astype(float).T @ W
    back = np.linalg.inv(square)  # of no use where W has more columns than rows
    cov = back @ np.linalg.inv(back + np.eye(len(back)) / variance)
    return cov @ W.T @ (x - b) / variance, cov


@wrong("linear_gaussian_posterior", says="got shape (2,), expected (2, 2)")
def posterior_in_the_other_order(x, W, b, log_var_x):
    return posterior_pixel_by_pixel(x, W, b, log_var_x)[::-1]


@wrong("linear_gaussian_posterior", says="expected two values")
def posterior_covariance_alone(x, W, b, log_var_x):
    return np.trace(posterior_pixel_by_pixel(x, W, b, log_var_x)[1])


# best_diagonal


@right("best_diagonal")
def diagonal_by_the_other_dimensions(mean, cov):
    cov, variances = cov.astype(float), []
    for i in range(len(cov)):
        rest = [j for j in range(len(cov)) if j != i]
        known = np.linalg.solve(cov[np.ix_(rest, rest)], cov[rest, i])
        variances.append(cov[i, i] - cov[i, rest] @ known)
    return mean, variances


@right("best_diagonal")
def diagonal_in_tf(mean, cov):
    inverse = tf.linalg.inv(tf.cast(cov, tf.float64))
    return [tf.constant(mean), 1 / tf.linalg.diag_part(inverse)]


@right("best_diagonal")
def diagonal_in_keras_ops(mean, cov):
    return mean + 0, ops.reciprocal(ops.diagonal(ops.inv(ops.convert_to_tensor(cov))))


@right("best_diagonal")
def diagonal_by_determinants(mean, cov):
    cov = cov.astype(float)
    minors = [np.linalg.slogdet(np.delete(np.delete(cov, i, 0), i, 1))[1] for i in range(len(cov))]
    return mean, np.exp(np.linalg.slogdet(cov)[1] - np.array(minors))


@right("best_diagonal")
def diagonal_by_a_cholesky_factor(mean, cov):
    inverse_root = np.linalg.inv(np.linalg.cholesky(cov.astype(float)))
    return mean, 1 / np.sum(inverse_root**2, axis=0)


@wrong("best_diagonal", says="the variances are those of the marginals")
def diagonal_of_the_marginals(mean, cov):
    return mean, np.diag(cov)


@wrong("best_diagonal", says="the precisions are returned and not the variances")
def diagonal_of_the_precision(mean, cov):
    return mean, np.diag(np.linalg.inv(cov))


@wrong("best_diagonal", says="each variance is one over a variance of the posterior")
def diagonal_upside_down(mean, cov):
    return mean, 1 / np.diag(cov)


@wrong("best_diagonal", says="the standard deviations are returned")
def diagonal_deviations(mean, cov):
    return mean, np.diag(np.linalg.inv(cov)) ** -0.5


@wrong("best_diagonal", says="the logarithms of the variances are returned")
def diagonal_log_variances(mean, cov):
    return mean, -np.log(np.diag(np.linalg.inv(cov)))


@wrong("best_diagonal", says="the eigenvalues are returned, which belong to tilted axes")
def diagonal_of_eigenvalues(mean, cov):
    return mean, np.linalg.eigvalsh(cov)


@wrong("best_diagonal", says="each dimension is conditioned on the earlier ones alone")
def diagonal_of_a_cholesky_factor(mean, cov):
    return mean, np.diag(np.linalg.cholesky(cov)) ** 2


@wrong("best_diagonal", says="got shape (3, 3), expected (3,)")
def diagonal_as_a_matrix(mean, cov):
    return mean, np.diag(1 / np.diag(np.linalg.inv(cov)))


@wrong("best_diagonal", says="the factor ½ is left on one side")
def diagonal_with_a_half(mean, cov):
    return mean, 0.5 / np.diag(np.linalg.inv(cov))


@wrong("best_diagonal", says="it is taken for 0")
def diagonal_around_zero(mean, cov):
    return 0 * mean, 1 / np.diag(np.linalg.inv(cov))


@wrong("best_diagonal", says="expected two values")
def diagonal_without_mean(mean, cov):
    return float(np.trace(cov))


@wrong("best_diagonal", says="hidden case: a very narrow posterior")
def diagonal_with_a_floor(mean, cov):
    return mean, 1 / np.diag(np.linalg.inv(cov + 1e-6 * np.eye(len(cov))))


@wrong("best_diagonal", says="hidden case")
def diagonal_of_two_neighbours(mean, cov):
    d, variances = len(cov), []
    for i in range(d):  # right for up to three dimensions
        near = [j for j in range(d) if 0 < abs(i - j) <= 2]
        known = np.linalg.solve(cov[np.ix_(near, near)], cov[near, i])
        variances.append(cov[i, i] - cov[i, near] @ known)
    return mean, np.array(variances)


# importance_weighted_bound


@right("importance_weighted_bound")
def bound_by_hand_in_float64(log_w):
    largest = log_w.max(axis=0).astype(float)
    return largest + np.log(np.mean(np.exp(log_w - largest), axis=0))


@right("importance_weighted_bound")
def bound_in_tf(log_w):
    return tf.reduce_logsumexp(log_w, axis=0) - tf.math.log(float(log_w.shape[0]))


@right("importance_weighted_bound")
def bound_from_scipy_with_weights(log_w):
    return special.logsumexp(log_w, axis=0, b=1 / len(log_w))


@wrong("importance_weighted_bound", says="log k is missing")
def bound_without_log_k(log_w):
    return special.logsumexp(log_w, axis=0)


@wrong("importance_weighted_bound", says="the logarithms are averaged")
def bound_mean_of_logs(log_w):
    return np.mean(log_w, axis=0)


@wrong("importance_weighted_bound", says="log n is subtracted instead of log k")
def bound_with_log_n(log_w):
    return special.logsumexp(log_w, axis=0) - np.log(log_w.shape[1])


@wrong("importance_weighted_bound", says="k is subtracted instead of log k")
def bound_with_k(log_w):
    return special.logsumexp(log_w, axis=0) - len(log_w)


@wrong("importance_weighted_bound", says="which rounds them to 0")
def bound_that_overflows(log_w):
    with np.errstate(all="ignore"):
        return np.log(np.mean(np.exp(log_w), axis=0))


@wrong("importance_weighted_bound", says="which rounds them to 0")
def bound_in_keras_that_overflows(log_w):
    return ops.log(ops.mean(ops.exp(log_w), axis=0))


@wrong("importance_weighted_bound", says="the largest weight alone is taken")
def bound_of_the_largest(log_w):
    return np.max(log_w, axis=0)


@wrong("importance_weighted_bound", says="hidden case: huge weights")
def bound_shifted_by_the_smallest(log_w):
    smallest = log_w.min()
    with np.errstate(all="ignore"):
        inside = np.exp(log_w - min(smallest, 0))
        return min(smallest, 0) + np.log(np.mean(inside, axis=0))


@wrong("importance_weighted_bound", says="the same shift is taken for all images")
def bound_with_one_shift_for_all_images(log_w):
    with np.errstate(divide="ignore"):
        return log_w.max() + np.log(np.mean(np.exp(log_w - log_w.max()), axis=0))


@wrong("importance_weighted_bound", says="hidden case: one sample far above the others")
def bound_shifted_by_the_mean(log_w):
    shift = log_w.mean(axis=0)
    with np.errstate(over="ignore"):
        return shift + np.log(np.mean(np.exp(log_w - shift), axis=0))


@wrong("importance_weighted_bound", says="changes its argument in place")
def bound_in_place(log_w):
    largest = log_w.max(axis=0)
    log_w -= largest
    return largest + np.log(np.mean(np.exp(log_w), axis=0))


@wrong("importance_weighted_bound", says="log(k − 1) is subtracted instead of log k")
def bound_with_k_minus_one(log_w):
    return special.logsumexp(log_w, axis=0) - np.log(len(log_w) - 1)


@wrong("importance_weighted_bound", says="the mean runs over the images")
def bound_over_images(log_w):
    return special.logsumexp(log_w, axis=1) - np.log(log_w.shape[1])


@wrong("importance_weighted_bound", says="the logarithm at the end is missing")
def bound_without_logarithm(log_w):
    return np.mean(np.exp(log_w), axis=0)


@wrong("importance_weighted_bound", says="the images are averaged, too")
def bound_over_the_batch(log_w):
    return np.mean(bound_by_hand_in_float64(log_w))


@wrong("importance_weighted_bound", says="the logarithms are summed")
def bound_sum_of_logs(log_w):
    return np.sum(log_w, axis=0)


@right("importance_weighted_bound")
def bound_in_a_loop(log_w):
    k, n = log_w.shape
    values = []
    for i in range(n):
        total = -np.inf
        for j in range(k):
            total = np.logaddexp(total, float(log_w[j, i]))
        values.append(total - math.log(k))
    return values


@right("importance_weighted_bound")
def bound_of_keras_in_float64(log_w):
    log_w = ops.cast(log_w, "float64")
    largest = ops.max(log_w, axis=0, keepdims=True)
    weights = ops.exp(log_w - largest)
    return ops.squeeze(largest, axis=0) + ops.log(ops.mean(weights, axis=0))


@wrong("importance_weighted_bound", says="log k is added instead of taken away")
def bound_plus_log_k(log_w):
    return special.logsumexp(log_w, axis=0) + np.log(len(log_w))


@wrong("importance_weighted_bound", says="the largest logarithm is not added back")
def bound_of_relative_weights(log_w):
    return bound_by_hand_in_float64(log_w) - log_w.max(axis=0)


@wrong("importance_weighted_bound", says="the mean weight runs over the images, too")
def bound_of_everything(log_w):
    everything = special.logsumexp(log_w) - np.log(log_w.size)
    return everything


@wrong("importance_weighted_bound", says="an axis of length 1 is left over")
def bound_with_kept_axis(log_w):
    return special.logsumexp(log_w, axis=0, keepdims=True) - np.log(len(log_w))


@wrong("importance_weighted_bound", says="hidden case: many samples")
def bound_of_a_thousand_draws(log_w):
    return bound_by_hand_in_float64(log_w[:1000])
