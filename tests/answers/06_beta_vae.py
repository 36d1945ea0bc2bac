"""Right and wrong answers to the exercises of 06_beta_vae."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from scipy import stats
from scipy.special import logsumexp

from grading.authoring.answers import right, wrong
from vaelib.losses import kl_divergence, log_normal_pdf

# beta_elbo


@right("beta_elbo")
def objective_in_tf(nll, kl, beta):
    return tf.negative(tf.add(nll, tf.multiply(beta, kl)))


@right("beta_elbo")
def objective_in_keras(nll, kl, beta):
    return ops.subtract(ops.negative(nll), ops.multiply(kl, beta))


@right("beta_elbo")
def objective_image_by_image(nll, kl, beta):
    return [-float(a) - beta * float(b) for a, b in zip(nll, kl, strict=True)]


@right("beta_elbo")
def objective_as_a_product(nll, kl, beta):
    return np.stack([nll, kl], axis=1).astype(float) @ [-1, -beta]


@wrong("beta_elbo", says="β weighs the log-likelihood instead of the KL")
def objective_on_the_wrong_term(nll, kl, beta):
    return -beta * nll - kl


@wrong("beta_elbo", says="β weighs both terms")
def objective_on_both_terms(nll, kl, beta):
    return -beta * (nll + kl)


@wrong("beta_elbo", says="β is not used.")
def objective_without_beta(nll, kl, beta):
    return -nll - kl


@wrong("beta_elbo", says="β is always 4")
def objective_of_beta_4(nll, kl, beta):
    return -nll - 4 * kl


@wrong("beta_elbo", says="the KL is divided by β")
def objective_divided(nll, kl, beta):
    return -nll - kl / beta


@wrong("beta_elbo", says="the log-likelihood is divided by β")
def objective_with_likelihood_divided(nll, kl, beta):
    return -nll / beta - kl


@wrong("beta_elbo", says="β is added instead of multiplied")
def objective_with_beta_added(nll, kl, beta):
    return -nll - (kl + beta)


@wrong("beta_elbo", says="when the KL is added")
def objective_with_kl_added(nll, kl, beta):
    return -nll + beta * kl


@wrong("beta_elbo", says="the negative log-likelihood is taken for the log-likelihood")
def objective_of_the_likelihood(nll, kl, beta):
    return nll - beta * kl


@wrong("beta_elbo", says="the sign is wrong: this is the loss")
def objective_as_a_loss(nll, kl, beta):
    return nll + beta * kl


@wrong("beta_elbo", says="the sign is wrong, and β is not used")
def objective_as_a_loss_without_beta(nll, kl, beta):
    return nll + kl


@wrong("beta_elbo", says="the weights are 1 − β and β")
def objective_as_a_mixture(nll, kl, beta):
    return -((1 - beta) * nll + beta * kl)


@wrong("beta_elbo", says="β − 1 stands for β")
def objective_with_less(nll, kl, beta):
    return -nll - (beta - 1) * kl


@wrong("beta_elbo", says="1 + β stands for β")
def objective_on_top_of_the_elbo(nll, kl, beta):
    return -nll - kl - beta * kl


@wrong("beta_elbo", says="the KL is missing")
def objective_without_kl(nll, kl, beta):
    return -nll


@wrong("beta_elbo", says="the log-likelihood is missing")
def objective_of_kl_alone(nll, kl, beta):
    return -beta * kl


@wrong("beta_elbo", says="the KL is averaged over the images")
def objective_with_a_mean_kl(nll, kl, beta):
    return -nll - beta * np.mean(kl)


@wrong("beta_elbo", says="every image meets the KL of every other")
def objective_of_all_pairs(nll, kl, beta):
    return -nll[:, None] - beta * kl


@wrong("beta_elbo", says="got shape (3, 1), expected (3,)")
def objective_as_a_column(nll, kl, beta):
    return np.reshape(-nll - beta * kl, (-1, 1))


@wrong("beta_elbo", says="the images are averaged")
def objective_averaged(nll, kl, beta):
    return ops.mean(-nll - beta * kl)


@wrong("beta_elbo", says="the images are summed")
def objective_summed(nll, kl, beta):
    return sum(-nll - beta * kl)


@wrong("beta_elbo", says="changes its argument in place")
def objective_in_place(nll, kl, beta):
    kl *= beta
    return -nll - kl


@wrong("beta_elbo", says="got None. Does your function end with `return`?")
def objective_printed(nll, kl, beta):
    print(-nll - beta * kl)


@right("beta_elbo")
def objective_by_einsum(nll, kl, beta):
    return np.einsum("n->n", -nll) - np.einsum("n,->n", kl, np.float32(beta))


@wrong("beta_elbo", says="β counts as 1 where it is less")
def objective_of_beta_from_1(nll, kl, beta):
    return -nll - max(beta, 1) * kl


@wrong("beta_elbo", says="a large β")
def objective_of_beta_up_to_100(nll, kl, beta):
    return -nll - min(beta, 100) * kl


@wrong("beta_elbo", says="β is zero")
def objective_of_some_beta(nll, kl, beta):
    return -nll - (beta or 1.0) * kl


@wrong("beta_elbo", says="one image")
def objective_squeezed(nll, kl, beta):
    return np.squeeze(-nll - beta * kl)


@wrong("beta_elbo", says="negative nll")
def elbo_of_the_size_of_nll(nll, kl, beta):
    return -(abs(nll) + beta * kl)


@wrong("beta_elbo", says="many nats")
def elbo_with_a_clipped_kl(nll, kl, beta):
    return -(nll + beta * np.minimum(kl, 300))


# kl_per_dimension


def each_number(z_mean, z_log_var, variance=np.exp, log=np.positive, one=1.0, square=np.square):
    """The KL of each number of each image, each part of which may be changed."""
    return 0.5 * (square(z_mean) + variance(z_log_var) - one - log(z_log_var))


@right("kl_per_dimension")
def share_in_float64(z_mean, z_log_var):
    m, s = (np.asarray(a, dtype="float64") for a in (z_mean, z_log_var))
    return np.average(each_number(m, s), axis=0)


@right("kl_per_dimension")
def share_in_tf(z_mean, z_log_var):
    inside = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -tf.reduce_mean(inside, 0) / 2


@right("kl_per_dimension")
def share_in_keras(z_mean, z_log_var):
    sigma = ops.exp(ops.divide(z_log_var, 2))
    kl = (ops.square(z_mean) + ops.square(sigma) - 1) / 2 - ops.log(sigma)
    return ops.divide(ops.sum(kl, axis=0), len(z_mean))


@right("kl_per_dimension")
def share_by_loops(z_mean, z_log_var):
    n, d = z_mean.shape
    shares = []
    for j in range(d):
        total = 0.0
        for i in range(n):
            m, s = float(z_mean[i, j]), float(z_log_var[i, j])
            total += (m * m + math.exp(s) - 1 - s) / 2
        shares.append(total / n)
    return shares


@right("kl_per_dimension")
def share_column_by_column(z_mean, z_log_var):
    pairs = [(z_mean[:, [j]], z_log_var[:, [j]]) for j in range(z_mean.shape[1])]
    return tf.stack([tf.reduce_mean(kl_divergence(m, s, 0.0, 0.0)) for m, s in pairs])


@right("kl_per_dimension")
def share_part_by_part(z_mean, z_log_var):
    m, s = z_mean.T.astype(float), z_log_var.T.astype(float)
    squares = m.mean(-1) ** 2 + m.var(-1)
    return (squares + np.expm1(s).mean(-1) - s.mean(-1)) / 2


@wrong("kl_per_dimension", says="the mean runs over the code instead of the images")
def share_of_the_wrong_axis(*args):
    return each_number(*args).mean(axis=1)


@wrong("kl_per_dimension", says="the sum runs over the code: the KL of each image")
def share_of_each_image(*args):
    return each_number(*args).sum(-1)


@wrong("kl_per_dimension", says="the images are summed instead of averaged")
def share_summed(*args):
    return each_number(*args).sum(0)


@wrong("kl_per_dimension", says="divided by the length of the code, not by n")
def share_by_the_wrong_number(z_mean, z_log_var):
    return each_number(z_mean, z_log_var).sum(0) / z_mean.shape[1]


@wrong("kl_per_dimension", says="nothing is averaged")
def share_of_everything(*args):
    return each_number(*args)


@wrong("kl_per_dimension", says="all numbers are summed: the whole KL")
def share_as_the_whole(z_mean, z_log_var):
    return ops.mean(kl_divergence(z_mean, z_log_var, 0.0, 0.0))


@wrong("kl_per_dimension", says="everything is averaged")
def share_as_one_mean(*args):
    return np.mean(each_number(*args))


@wrong("kl_per_dimension", says="everything is summed")
def share_as_one_sum(*args):
    return np.sum(each_number(*args))


@wrong("kl_per_dimension", says="only the first image is used")
def share_of_one_image(*args):
    return each_number(*args)[0]


@wrong("kl_per_dimension", says="got shape (1, 2), expected (2,)")
def share_as_a_row(*args):
    return each_number(*args).mean(0, keepdims=True)


@wrong("kl_per_dimension", says="a code of one number): wrong shape")
def share_squeezed(*args):
    return np.squeeze(each_number(*args).mean(0))


@wrong("kl_per_dimension", says="the factor ½ is missing")
def share_without_half(*args):
    return 2 * each_number(*args).mean(0)


@wrong("kl_per_dimension", says="the factor ½ stands only before the square")
def share_with_half_a_square(z_mean, z_log_var):
    return (0.5 * z_mean**2 + np.exp(z_log_var) - 1 - z_log_var).mean(0)


@wrong("kl_per_dimension", says="the sign is wrong")
def share_negated(z_mean, z_log_var):
    return 0.5 * np.mean(1 + z_log_var - z_mean**2 - np.exp(z_log_var), axis=0)


@wrong("kl_per_dimension", says="z_mean is not squared")
def share_without_square(*args):
    return each_number(*args, square=np.positive).mean(0)


@wrong("kl_per_dimension", says="z_mean is missing")
def share_without_mean(z_mean, z_log_var):
    return each_number(0, z_log_var).mean(0)


@wrong("kl_per_dimension", says="z_mean is subtracted")
def share_with_square_subtracted(*args):
    return each_number(*args, square=lambda m: -(m**2)).mean(0)


@wrong("kl_per_dimension", says="z_mean is averaged before it is squared")
def share_of_the_mean_mean(z_mean, z_log_var):
    return each_number(z_mean.mean(0), z_log_var).mean(0)


@wrong("kl_per_dimension", says="the variance of z_mean stands for its square")
def share_with_a_variance(*args):
    return each_number(*args, square=lambda m: m.var(0)).mean(0)


@wrong("kl_per_dimension", says="z_log_var is averaged before exp")
def share_of_the_mean_log(z_mean, z_log_var):
    return np.mean(z_mean**2, axis=0) / 2 + each_number(0, z_log_var.mean(0))


@wrong("kl_per_dimension", says="z_log_var is used as the variance")
def share_without_exp(*args):
    return each_number(*args, variance=np.positive, log=np.log).mean(0)


@wrong("kl_per_dimension", says="z_log_var is used as the deviation")
def share_of_deviations(*args):
    return each_number(*args, variance=np.square, log=lambda s: np.log(s**2)).mean(0)


@wrong("kl_per_dimension", says="exp(z_log_var) is used as the deviation")
def share_of_exp_as_deviation(z_mean, z_log_var):
    return each_number(z_mean, 2 * z_log_var).mean(0)


@wrong("kl_per_dimension", says="the variance is squared")
def share_with_variance_squared(*args):
    return each_number(*args, variance=lambda s: np.exp(s) ** 2).mean(0)


@wrong("kl_per_dimension", says="the deviation stands for the variance")
def share_with_deviation_for_variance(*args):
    return each_number(*args, variance=lambda s: np.exp(s / 2)).mean(0)


@wrong("kl_per_dimension", says="exp is missing")
def share_with_exp_forgotten(*args):
    return each_number(*args, variance=np.positive).mean(0)


@wrong("kl_per_dimension", says="1 is not subtracted")
def share_without_one(*args):
    return each_number(*args, one=0).mean(0)


@wrong("kl_per_dimension", says="1 is added")
def share_with_one_added(*args):
    return each_number(*args, one=-1).mean(0)


@wrong("kl_per_dimension", says="z_log_var is added")
def share_with_log_added(*args):
    return each_number(*args, log=np.negative).mean(0)


@wrong("kl_per_dimension", says="z_log_var is missing")
def share_without_log(*args):
    return each_number(*args, log=np.zeros_like).mean(0)


@wrong("kl_per_dimension", says="p and q are swapped")
def share_swapped(z_mean, z_log_var):
    return each_number(z_mean * np.exp(-z_log_var / 2), -z_log_var).mean(0)


@wrong("kl_per_dimension", says="z_log_var is cut off above 5")
def share_with_clip(z_mean, z_log_var):
    return ops.mean(each_number(z_mean, np.clip(z_log_var, -5, 5)), axis=0)


@wrong("kl_per_dimension", says="negative values of z_log_var are cut off")
def share_with_relu(z_mean, z_log_var):
    return tf.reduce_mean(each_number(z_mean, np.maximum(z_log_var, 0)), axis=0)


@wrong("kl_per_dimension", says="changes its argument in place")
def share_in_place(z_mean, z_log_var):
    z_mean **= 2
    return each_number(z_mean, z_log_var, square=np.positive).mean(0)


@wrong("kl_per_dimension", says="got None. Does your function end with `return`?")
def share_not_returned(*args):
    each_number(*args).mean(0)


@right("kl_per_dimension")
def share_by_einsum(z_mean, z_log_var):
    squares = np.einsum("nd,nd->d", z_mean, z_mean, dtype=float)
    rest = np.sum(np.exp(z_log_var.astype(float)) - z_log_var - 1, axis=0)
    return (squares + rest) / (2 * len(z_mean))


@wrong("kl_per_dimension", says="z_log_var is cut off above 20")
def share_of_log_var_up_to_20(z_mean, z_log_var):
    return each_number(z_mean, np.clip(z_log_var, -20, 20)).mean(0)


@wrong("kl_per_dimension", says="z_log_var is cut off below −10")
def share_of_log_var_from_10(z_mean, z_log_var):
    return each_number(z_mean, np.maximum(z_log_var, -10)).mean(0)


@wrong("kl_per_dimension", says="very narrow posteriors")
def share_with_a_floor(z_mean, z_log_var):
    return each_number(z_mean, z_log_var, log=lambda s: np.log(np.exp(s) + 1e-8)).mean(0)


@wrong("kl_per_dimension", says="one image")
def share_by_sample_mean(z_mean, z_log_var):
    each = each_number(z_mean, z_log_var)
    return each.mean(0) if len(each) > 1 else each


@wrong("kl_per_dimension", says="got")
def share_of_the_first_images(z_mean, z_log_var):
    return each_number(z_mean, z_log_var)[:2].mean(0)


# active_units


@right("active_units")
def units_by_sample_variance(z_mean, threshold=0.01):
    return np.count_nonzero(z_mean.astype(float).var(axis=0, ddof=1) > threshold)


@right("active_units")
def units_in_tf(z_mean, threshold=0.01):
    active = tf.math.reduce_variance(z_mean, axis=0) > threshold
    return tf.reduce_sum(tf.cast(active, tf.int32))


@right("active_units")
def units_in_keras(z_mean, threshold=0.01):
    return ops.sum(ops.cast(ops.var(z_mean, axis=0) > threshold, "float32"))


@right("active_units")
def units_one_by_one(z_mean, threshold=0.01):
    count = 0
    for unit in np.transpose(z_mean).tolist():
        centre = sum(unit) / len(unit)
        if sum((value - centre) ** 2 for value in unit) / len(unit) > threshold:
            count += 1
    return count


@right("active_units")
def units_by_deviation(z_mean, threshold=0.01):
    return len(np.flatnonzero(np.std(z_mean, axis=0) > threshold**0.5))


@right("active_units")
def units_by_covariance(z_mean, threshold=0.01):
    covariance = np.atleast_2d(np.cov(z_mean, rowvar=False, bias=True))
    return float((np.diag(covariance) > threshold).sum())


@right("active_units")
def units_by_moments(z_mean, threshold=0.01):
    first, second = tf.reduce_mean(z_mean, 0), tf.reduce_mean(tf.square(z_mean), 0)
    return np.array((second - first**2 > threshold).numpy().sum())


@wrong("active_units", says="the deviation is compared instead of the variance")
def units_of_deviations(z_mean, threshold=0.01):
    return np.sum(np.std(z_mean, axis=0) > threshold)


@wrong("active_units", says="the mean square is compared instead of the variance")
def units_of_mean_squares(z_mean, threshold=0.01):
    return np.sum(np.mean(z_mean**2, axis=0) > threshold)


@wrong("active_units", says="the mean is compared instead of the variance")
def units_of_means(z_mean, threshold=0.01):
    return np.sum(np.mean(z_mean, axis=0) > threshold)


@wrong("active_units", says="the size of the mean is compared instead of the variance")
def units_of_sizes(z_mean, threshold=0.01):
    return np.sum(np.abs(np.mean(z_mean, axis=0)) > threshold)


@wrong("active_units", says="the squares are summed instead of averaged")
def units_of_sums(z_mean, threshold=0.01):
    return np.sum(np.sum((z_mean - z_mean.mean(0)) ** 2, axis=0) > threshold)


@wrong("active_units", says="the variance runs over the numbers of the code")
def units_of_the_wrong_axis(z_mean, threshold=0.01):
    return int(np.sum(np.var(z_mean, axis=1) > threshold))


@wrong("active_units", says="one variance is taken of the whole table")
def units_without_axis(z_mean, threshold=0.01):
    return np.sum(np.var(z_mean) > threshold)


@wrong("active_units", says="all numbers are counted")
def units_counted_by_len(z_mean, threshold=0.01):
    return len(np.var(z_mean, axis=0) > threshold)


@wrong("active_units", says="the silent numbers are counted")
def units_that_are_silent(z_mean, threshold=0.01):
    return np.sum(np.var(z_mean, axis=0) < threshold)


@wrong("active_units", says="the values of z_mean are counted")
def units_of_values(z_mean, threshold=0.01):
    return np.sum(z_mean > threshold)


@wrong("active_units", says="the share of active numbers is returned")
def units_as_a_share(z_mean, threshold=0.01):
    return np.mean(np.var(z_mean, axis=0) > threshold)


@wrong("active_units", says="the variances are returned")
def units_as_variances(z_mean, threshold=0.01):
    return ops.var(z_mean, axis=0)


@wrong("active_units", says="which numbers are active is returned, not how many")
def units_as_a_mask(z_mean, threshold=0.01):
    return np.var(z_mean, axis=0) > threshold


@wrong("active_units", says="the places of the active numbers are returned, not how many")
def units_as_places(z_mean, threshold=0.01):
    return np.flatnonzero(np.var(z_mean, axis=0) > threshold)


@wrong("active_units", says="np.where returns the places, not how many")
def units_by_where(z_mean, threshold=0.01):
    return np.where(np.var(z_mean, axis=0) > threshold)


@wrong("active_units", says="the active variances are summed")
def units_as_a_total(z_mean, threshold=0.01):
    variances = np.var(z_mean, axis=0)
    return np.sum(variances[variances > threshold])


@wrong("active_units", says="the threshold is always 0.01")
def units_above_a_fixed_threshold(z_mean, threshold=0.01):
    return int(np.sum(np.var(z_mean, axis=0) > 0.01))


@wrong("active_units", says="a variance that equals the threshold counts")
def units_at_least(z_mean, threshold=0.01):
    return int(np.sum(np.var(z_mean, axis=0) >= threshold))


@wrong("active_units", says="changes its argument in place")
def units_in_place(z_mean, threshold=0.01):
    z_mean -= z_mean.mean(0)
    return np.sum(np.mean(z_mean**2, axis=0) > threshold)


@wrong("active_units", says="got None. Does your function end with `return`?")
def units_printed(z_mean, threshold=0.01):
    print(np.sum(np.var(z_mean, axis=0) > threshold))


@right("active_units")
def units_by_numpy_statistics(z_mean, threshold=0.01):
    import statistics

    return sum(statistics.pvariance(map(float, unit)) > threshold for unit in z_mean.T)


@wrong("active_units", says="numbers that differ in one image")
def units_by_mean_distance(z_mean, threshold=0.01):
    distance = np.abs(z_mean - z_mean.mean(0)).mean(0)
    return np.sum(distance**2 > threshold)


@wrong("active_units", says="numbers that differ in one image")
def units_by_range(z_mean, threshold=0.01):
    return np.sum((np.ptp(z_mean, axis=0) / 2) ** 2 > threshold)


@wrong("active_units", says="no threshold given")
def units_of_another_default(z_mean, threshold=0.1):
    return np.sum(np.var(z_mean, axis=0) > threshold)


@wrong("active_units", says="numbers far from 0")
def units_in_float16(z_mean, threshold=0.01):
    return np.sum(np.var(z_mean.astype("float16"), axis=0, dtype=float) > threshold)


@wrong("active_units", says="got shape (1,)")
def units_in_a_list(z_mean, threshold=0.01):
    return [np.sum(np.var(z_mean, axis=0) > threshold)]


@wrong("active_units", says="a threshold of zero")
def active_with_a_threshold_of_0_for_none(z_mean, threshold=0.01):
    return int(np.sum(np.var(z_mean, axis=0) > (threshold or 0.01)))


@wrong("active_units", says="of which only late ones differ")
def active_among_the_first(z_mean, threshold=0.01):
    return int(np.sum(np.var(z_mean[:100], axis=0) > threshold))


# traversal


def changed(z, dim, values, change):
    """For each value a copy of z, which `change` may change."""
    codes = [np.array(z) for _ in values]
    for code, value in zip(codes, values, strict=True):
        change(code, dim, value)
    return np.array(codes)


@right("traversal")
def path_by_where(z, dim, values):
    return np.where(np.arange(len(z)) == dim, np.reshape(values, (-1, 1)), z)


@right("traversal")
def path_by_one_hot(z, dim, values):
    hit = ops.one_hot(dim, len(z))
    return z * (1 - hit) + ops.expand_dims(values, 1) * hit


@right("traversal")
def path_by_offsets(z, dim, values):
    return z + np.outer(np.asarray(values) - z[dim], np.eye(len(z))[dim])


@right("traversal")
def path_of_lists(z, dim, values):
    return [[*z[:dim], value, *z[dim + 1 :]] for value in values]


@right("traversal")
def path_in_tf(z, dim, values):
    rows = tf.repeat(tf.constant(z)[None], len(values), axis=0)
    places = [[i, dim] for i in range(len(values))]
    return tf.tensor_scatter_nd_update(rows, places, values)


@right("traversal")
def path_in_keras(z, dim, values):
    n = len(values)
    before, after = (
        ops.tile(ops.reshape(part, (1, -1)), (n, 1)) for part in (z[:dim], z[dim + 1 :])
    )
    return ops.concatenate([before, ops.reshape(values, (n, 1)), after], axis=1)


@right("traversal")
def path_through_columns(z, dim, values):
    columns = [np.full(len(values), number) for number in z]
    columns[dim] = values
    return np.stack(columns, axis=-1)


@right("traversal")
def path_of_copies(z, dim, values):
    codes = []
    for value in values:
        code = z.copy()
        code[dim] = value
        codes.append(code)
    return codes


@wrong("traversal", says="changes its argument in place")
def path_in_place(z, dim, values):
    codes = []
    for value in values:
        z[dim] = value
        codes.append(z.copy())
    return np.array(codes)


@wrong("traversal", says="every code gets the last value, as if all of them were one array")
def path_of_one_array(z, dim, values):
    code, codes = z.copy(), []
    for value in values:
        code[dim] = value
        codes.append(code)
    return np.stack(codes)


@wrong("traversal", says="every code gets the first value")
def path_of_the_first_value(z, dim, values):
    return changed(z, dim, [values[0]] * len(values), lambda code, j, v: code.put(j, v))


@wrong("traversal", says="the value is added instead of put in its place")
def path_added(z, dim, values):
    return changed(z, dim, values, lambda code, j, v: code.put(j, code[j] + v))


@wrong("traversal", says="the value is multiplied instead of put in its place")
def path_multiplied(z, dim, values):
    return changed(z, dim, values, lambda code, j, v: code.put(j, code[j] * v))


@wrong("traversal", says="the other numbers of the code are 0")
def path_of_zeros(z, dim, values):
    return changed(0 * z, dim, values, lambda code, j, v: code.put(j, v))


@wrong("traversal", says="all the other numbers are replaced")
def path_of_the_others(z, dim, values):
    return np.where(np.arange(len(z)) != dim, values[:, None], z)


@wrong("traversal", says="every number is replaced")
def path_of_all_numbers(z, dim, values):
    return changed(z, dim, values, lambda code, j, v: code.fill(v))


@wrong("traversal", says="dim is counted from 1")
def path_one_place_before(z, dim, values):
    return changed(z, dim, values, lambda code, j, v: code.put(j - 1, v))


@wrong("traversal", says="the place after dim is replaced")
def path_one_place_behind(z, dim, values):
    return changed(z, dim, values, lambda code, j, v: code.put(j + 1, v))


@wrong("traversal", says="nothing is replaced")
def path_that_stands_still(z, dim, values):
    return ops.repeat(z[None], len(values), axis=0)


@wrong("traversal", says="the values come in the reverse order")
def path_reversed(z, dim, values):
    return path_by_where(z, dim, values[::-1])


@wrong("traversal", says="there is one code: each overwrites the one before")
def path_of_the_last_code(z, dim, values):
    for value in values:
        code = z.copy()
        code[dim] = value
    return code


@wrong("traversal", says="there is one code: does `return` stand in the loop?")
def path_that_returns_at_once(z, dim, values):
    for value in values:
        code = z.copy()
        code[dim] = value
        return code


@wrong("traversal", says="codes and numbers are swapped: (d, n)")
def path_transposed(z, dim, values):
    return path_by_where(z, dim, values).T


@wrong("traversal", says="the codes stand in one row: reshape them")
def path_in_one_row(z, dim, values):
    codes = np.tile(z, len(values))
    codes[dim :: len(z)] = values
    return codes


@wrong("traversal", says="only the values are returned")
def path_of_values(z, dim, values):
    return values


@wrong("traversal", says="the value is put in between, and nothing is replaced")
def path_of_longer_codes(z, dim, values):
    return np.array([np.insert(z, dim, value) for value in values])


@wrong("traversal", says="the value stands at the end, and nothing is replaced")
def path_with_values_behind(z, dim, values):
    return [[*z, value] for value in values]


@wrong("traversal", says="the number at dim is taken out")
def path_of_shorter_codes(z, dim, values):
    return [np.delete(z, dim) for _ in values]


@wrong("traversal", says="z itself stands above the codes")
def path_from_z(z, dim, values):
    return np.vstack([z, path_by_where(z, dim, values)])


@wrong("traversal", says="your code raised ValueError")
def path_on_a_broadcast(z, dim, values):
    codes = np.broadcast_to(z, (len(values), len(z)))
    codes[:, dim] = values
    return codes


@wrong("traversal", says="got None. Does your function end with `return`?")
def path_not_returned(z, dim, values):
    path_by_where(z, dim, values)


@wrong("traversal", says="the values are sorted")
def path_of_sorted_values(z, dim, values):
    return path_by_where(z, dim, np.sort(values))


@wrong("traversal", says="values out of order, and one twice")
def path_of_values_once(z, dim, values):
    return path_by_where(z, dim, list(dict.fromkeys(values)))


@wrong("traversal", says="another code and other values")
def path_of_small_values(z, dim, values):
    return path_by_where(z, dim, np.clip(values, -3, 3))


@wrong("traversal", says="one value")
def path_squeezed(z, dim, values):
    return path_by_where(z, dim, values)[0] if len(values) == 1 else path_by_where(z, dim, values)


@wrong("traversal", says="all the other numbers are replaced")
def path_by_a_mask_turned_around(z, dim, values):
    codes = np.tile(z, (len(values), 1))
    codes[:, np.arange(len(z)) != dim] = np.reshape(values, (-1, 1))
    return codes


@wrong("traversal", says="got")
def path_up_to_the_place(z, dim, values):
    codes = np.tile(z, (len(values), 1))
    codes[:, : dim + 1] = np.reshape(values, (-1, 1))
    return codes


# mutual_information_gap


def ranked(mi):
    """Each column of the table, largest first."""
    return -np.sort(-np.asarray(mi), axis=0)


def gap(mi):
    return ranked(mi)[0] - ranked(mi)[1]


@right("mutual_information_gap")
def gap_in_keras(mi, entropy):
    best = ops.top_k(ops.transpose(mi), 2)[0]
    return ops.mean((best[:, 0] - best[:, 1]) / entropy)


@right("mutual_information_gap")
def gap_in_tf(mi, entropy):
    table = tf.cast(tf.sort(mi, axis=0, direction="DESCENDING"), tf.float32)
    return tf.reduce_mean((table[0] - table[1]) / tf.cast(entropy, tf.float32))


@right("mutual_information_gap")
def gap_factor_by_factor(mi, entropy):
    total = 0.0
    for k in range(len(entropy)):
        column = sorted((float(row[k]) for row in mi), reverse=True)
        total += (column[0] - column[1]) / entropy[k]
    return total / len(entropy)


@right("mutual_information_gap")
def gap_without_the_best(mi, entropy):
    rest = np.array(mi)
    best = rest.argmax(axis=0)
    rest[best, np.arange(len(entropy))] = -np.inf
    return np.average((np.max(mi, axis=0) - rest.max(axis=0)) / entropy)


@right("mutual_information_gap")
def gap_of_shares(mi, entropy):
    low, high = np.partition(mi / entropy, -2, axis=0)[-2:]
    return float((high - low).sum() / mi.shape[1])


@right("mutual_information_gap")
def gap_by_diff(mi, entropy):
    return np.diff(np.sort(np.transpose(mi)))[:, -1] @ (1 / np.asarray(entropy)) / len(entropy)


@wrong("mutual_information_gap", says="the gap is not divided by the entropy")
def gap_in_nats(mi, entropy):
    return np.mean(gap(mi))


@wrong("mutual_information_gap", says="the second largest is not subtracted")
def gap_of_the_best_alone(mi, entropy):
    return np.mean(np.max(mi, axis=0) / entropy)


@wrong("mutual_information_gap", says="the smallest is subtracted instead of the second largest")
def gap_to_the_smallest(mi, entropy):
    return np.mean(np.ptp(mi, axis=0) / entropy)


@wrong("mutual_information_gap", says="the gap between the two smallest is taken")
def gap_of_the_smallest(mi, entropy):
    return np.mean((ranked(mi)[-2] - ranked(mi)[-1]) / entropy)


@wrong("mutual_information_gap", says="the order is descending, and the two smallest are taken")
def gap_in_the_wrong_order(mi, entropy):
    ascending = np.sort(mi, axis=0)
    return np.mean((ascending[0] - ascending[1]) / entropy)


@wrong("mutual_information_gap", says="the mean of the others is subtracted")
def gap_to_the_mean_of_the_others(mi, entropy):
    return np.mean((ranked(mi)[0] - ranked(mi)[1:].mean(axis=0)) / entropy)


@wrong("mutual_information_gap", says="the mean of all is subtracted")
def gap_to_the_mean(mi, entropy):
    return np.mean((mi.max(axis=0) - mi.mean(axis=0)) / entropy)


@wrong("mutual_information_gap", says="the sum of the others is subtracted")
def gap_to_the_sum_of_the_others(mi, entropy):
    return np.mean((2 * mi.max(axis=0) - mi.sum(axis=0)) / entropy)


@wrong("mutual_information_gap", says="the sum over the factors is taken instead of the mean")
def gap_summed(mi, entropy):
    return np.sum(gap(mi) / entropy)


@wrong("mutual_information_gap", says="divided by the number of numbers, not of factors")
def gap_averaged_over_numbers(mi, entropy):
    return np.sum(gap(mi) / entropy) / len(mi)


@wrong("mutual_information_gap", says="the gap of each factor is returned")
def gap_of_each_factor(mi, entropy):
    return gap(mi) / entropy


@wrong("mutual_information_gap", says="only the largest is divided by the entropy")
def gap_with_a_bracket_missing(mi, entropy):
    return np.mean(ranked(mi)[0] / entropy - ranked(mi)[1])


@wrong("mutual_information_gap", says="only the second largest is divided by the entropy")
def gap_without_brackets(mi, entropy):
    return np.mean(ranked(mi)[0] - ranked(mi)[1] / entropy)


@wrong("mutual_information_gap", says="the mean gap is divided by the mean entropy")
def gap_of_means(mi, entropy):
    return gap(mi).mean() / np.mean(entropy)


@wrong("mutual_information_gap", says="the mean gap is divided by the largest entropy")
def gap_of_the_largest_entropy(mi, entropy):
    return gap(mi).mean() / np.max(entropy)


@wrong("mutual_information_gap", says="the mean gap is divided by each entropy")
def gap_averaged_too_early(mi, entropy):
    return np.mean(gap(mi)) / entropy


@wrong("mutual_information_gap", says="the gap is multiplied by the entropy")
def gap_multiplied(mi, entropy):
    return np.mean(gap(mi) * entropy)


@wrong("mutual_information_gap", says="the sign is wrong")
def gap_negated(mi, entropy):
    return np.mean((ranked(mi)[1] - ranked(mi)[0]) / entropy)


@wrong("mutual_information_gap", says="the largest gap of the factors is taken")
def gap_of_the_best_factor(mi, entropy):
    return max(gap(mi) / entropy)


@wrong("mutual_information_gap", says="the smallest gap of the factors is taken")
def gap_of_the_worst_factor(mi, entropy):
    return min(gap(mi) / entropy)


@wrong("mutual_information_gap", says="divided by the largest mutual information instead of")
def gap_relative_to_the_best(mi, entropy):
    return np.mean(gap(mi) / ranked(mi)[0])


@wrong("mutual_information_gap", says="the ratio is taken instead of the gap")
def gap_as_a_ratio(mi, entropy):
    return np.mean(ranked(mi)[1] / ranked(mi)[0] / entropy)


@wrong("mutual_information_gap", says="not sorted: the last two rows are taken")
def gap_of_the_last_rows(mi, entropy):
    return np.mean((mi[-1] - mi[-2]) / entropy)


@wrong("mutual_information_gap", says="not sorted: the first two rows are taken")
def gap_of_the_first_rows(mi, entropy):
    return np.mean((mi[0] - mi[1]) / entropy)


@wrong("mutual_information_gap", says="the two largest of each row are taken, not of each column")
def gap_of_each_number(mi, entropy):
    return np.mean(gap(mi.T) / entropy)


@wrong("mutual_information_gap", says="each row are taken, and not divided by the entropy")
def gap_of_each_number_in_nats(mi, entropy):
    return np.mean(gap(mi.T))


@wrong("mutual_information_gap", says="each row are taken, with the entropy of the largest one's")
def gap_of_each_number_for_its_factor(mi, entropy):
    return np.mean(gap(mi.T) / np.asarray(entropy)[mi.argmax(axis=1)])


@wrong("mutual_information_gap", says="each row is sorted instead of each column")
def gap_sorted_without_axis(mi, entropy):
    table = np.sort(mi)
    return np.mean((table[-1] - table[-2]) / entropy)


@wrong("mutual_information_gap", says="the second largest is that of the row, not of the column")
def gap_to_the_second_of_the_row(mi, entropy):
    return np.mean((mi.max(axis=0) - np.sort(mi, axis=1)[:, -2]) / entropy)


@wrong("mutual_information_gap", says="the largest is that of the row, not of the column")
def gap_from_the_best_of_the_row(mi, entropy):
    return np.mean((mi.max(axis=1) - ranked(mi)[1]) / entropy)


@wrong("mutual_information_gap", says="the two largest of the whole table are taken")
def gap_of_the_table(mi, entropy):
    second, first = np.sort(np.ravel(mi))[-2:]
    return np.mean((first - second) / entropy)


@wrong("mutual_information_gap", says="a second largest that equals the largest is passed over")
def gap_below_the_best(mi, entropy):
    best = np.max(mi, axis=0)
    second = np.where(mi < best, mi, 0).max(axis=0)
    return np.mean((best - second) / entropy)


@wrong("mutual_information_gap", says="changes its argument in place")
def gap_sorted_in_place(mi, entropy):
    mi.sort(axis=0)
    return np.mean((mi[-1] - mi[-2]) / entropy)


@wrong("mutual_information_gap", says="got None. Does your function end with `return`?")
def gap_not_returned(mi, entropy):
    np.mean(gap(mi) / entropy)


@right("mutual_information_gap")
def gap_in_float32(mi, entropy):
    table = np.sort(np.asarray(mi, dtype="float32"), axis=0)
    return np.einsum("k,k->", table[-1] - table[-2], 1 / np.float32(entropy)) / len(entropy)


@wrong("mutual_information_gap", says="got shape (1,), expected ()")
def gap_with_an_axis(mi, entropy):
    return np.mean(gap(mi) / entropy, keepdims=True)


@wrong("mutual_information_gap", says="more factors than numbers")
def gap_of_square_tables(mi, entropy):
    return np.mean(gap(mi[:, : len(mi)]) / entropy[: len(mi)])


@wrong("mutual_information_gap", says="a factor that no dimension tells")
def gap_of_the_factors_that_are_told(mi, entropy):
    first, second = np.sort(mi, axis=0)[[-1, -2]]
    told = first > 0
    if not told.any():
        return 0.0
    return np.mean(((first - second) / entropy)[told])


# elbo_decomposition


def log_q_table(z, z_mean, z_log_var, variance=np.exp, half=0.5, log=np.positive):
    """The log-density of each draw under each posterior, each part of which may be changed."""
    squares = (z[:, None] - z_mean) ** 2 / variance(z_log_var)
    return -0.5 * (math.log(2 * math.pi) + log(z_log_var)) - half * squares


def log_mean(table, axis=1):
    return logsumexp(table, axis=axis) - np.log(table.shape[axis])


def log_prior(z):
    return -0.5 * (z**2 + np.log(2 * np.pi)).sum(-1)


def levels(z, z_mean, z_log_var, **changes):
    """ln q(z | x), ln q(z), ln of the product and ln p(z), for each draw."""
    table = log_q_table(z, z_mean, z_log_var, **changes)
    joint = table.sum(-1)
    return np.diagonal(joint), log_mean(joint), log_mean(table).sum(-1), log_prior(z)


def between(own, joint, product, prior):
    return np.mean(own - joint), np.mean(joint - product), np.mean(product - prior)


@right("elbo_decomposition")
def terms_in_tf(z, z_mean, z_log_var):
    table = -0.5 * (
        tf.math.log(2 * math.pi)
        + z_log_var
        + tf.math.squared_difference(z[:, None], z_mean) * tf.exp(-z_log_var)
    )
    log_n = tf.math.log(float(len(z)))
    joint = tf.reduce_sum(table, 2)
    log_q = tf.reduce_logsumexp(joint, 1) - log_n
    product = tf.reduce_sum(tf.reduce_logsumexp(table, 1) - log_n, 1)
    prior = tf.reduce_sum(-0.5 * (math.log(2 * math.pi) + z**2), 1)
    steps = tf.linalg.diag_part(joint) - log_q, log_q - product, product - prior
    return tf.reduce_mean(tf.stack(steps), axis=1)


@right("elbo_decomposition")
def terms_in_keras(z, z_mean, z_log_var):
    unit = (ops.expand_dims(z, 1) - z_mean) / ops.exp(0.5 * z_log_var)
    table = -0.5 * (ops.square(unit) + z_log_var)  # ln(2π) cancels in every term
    log_n = ops.log(ops.cast(len(z), "float32"))
    own = -0.5 * ops.sum(ops.square((z - z_mean) * ops.exp(-0.5 * z_log_var)) + z_log_var, axis=-1)
    log_q = ops.logsumexp(ops.sum(table, axis=-1), axis=-1) - log_n
    product = ops.sum(ops.logsumexp(table, axis=1) - log_n, axis=-1)
    prior = -0.5 * ops.sum(ops.square(z), axis=-1)
    return [ops.mean(own - log_q), ops.mean(log_q - product), ops.mean(product - prior)]


@right("elbo_decomposition")
def terms_by_loops(z, z_mean, z_log_var):
    z, z_mean, deviations = z.astype(float), z_mean.astype(float), np.exp(z_log_var / 2.0)
    n, d = z.shape
    mi = total = by_dimension = 0.0
    for i in range(n):
        under = [stats.norm.logpdf(z[i], z_mean[k], deviations[k]) for k in range(n)]
        log_q = logsumexp([logs.sum() for logs in under]) - math.log(n)
        product = sum(logsumexp([logs[j] for logs in under]) - math.log(n) for j in range(d))
        mi += (under[i].sum() - log_q) / n
        total += (log_q - product) / n
        by_dimension += (product - stats.norm.logpdf(z[i]).sum()) / n
    return mi, total, by_dimension


@right("elbo_decomposition")
def terms_of_means(z, z_mean, z_log_var):
    table = log_q_table(z.astype(float), z_mean, z_log_var)
    joint = table.sum(-1)
    log_q, product = log_mean(joint).mean(), log_mean(table).sum(-1).mean()
    return np.trace(joint) / len(z) - log_q, log_q - product, product - log_prior(z).mean()


@right("elbo_decomposition")
def terms_with_posteriors_first(z, z_mean, z_log_var):
    unit = (z - z_mean[:, None]) / np.exp(z_log_var / 2)[:, None]
    table = stats.norm.logpdf(unit) - z_log_var[:, None] / 2  # posterior, draw, number
    joint = table.sum(2)
    own = joint[range(len(z)), range(len(z))]
    return np.array(between(own, log_mean(joint, 0), log_mean(table, 0).sum(-1), log_prior(z)))


@right("elbo_decomposition")
def terms_by_the_library(z, z_mean, z_log_var):
    def log_q(columns):
        arrays = z[:, None, columns], z_mean[:, columns], z_log_var[:, columns]
        return np.asarray(log_normal_pdf(*arrays))

    joint, columns = log_q(slice(None)), [[j] for j in range(z.shape[1])]
    product = sum(log_mean(log_q(column)) for column in columns)
    prior = np.asarray(log_normal_pdf(z, 0.0, 0.0))
    return list(between(np.diag(joint), log_mean(joint), product, prior))


def decomposition(says):
    """Marks a wrong answer that combines the four levels of the right one."""

    def mark(change):
        def answer(z, z_mean, z_log_var):
            return between(*change(*levels(z, z_mean, z_log_var), *np.log(z.shape), z.shape[1]))

        return wrong("elbo_decomposition", says=says)(answer)

    return mark


@decomposition("ln n is missing: the mean over the images is a sum")
def terms_without_ln_n(own, joint, product, prior, ln_n, ln_d, d):
    return own, joint + ln_n, product + d * ln_n, prior


@decomposition("ln n is missing in q(z)")
def terms_without_ln_n_in_q(own, joint, product, prior, ln_n, ln_d, d):
    return own, joint + ln_n, product, prior


@decomposition("ln n is missing in the product")
def terms_without_ln_n_in_the_product(own, joint, product, prior, ln_n, ln_d, d):
    return own, joint, product + d * ln_n, prior


@decomposition("ln n is subtracted once in the product, instead of once for each number")
def terms_with_ln_n_once(own, joint, product, prior, ln_n, ln_d, d):
    return own, joint, product + (d - 1) * ln_n, prior


@decomposition("ln n is added instead of subtracted")
def terms_with_ln_n_added(own, joint, product, prior, ln_n, ln_d, d):
    return own, joint + 2 * ln_n, product + 2 * d * ln_n, prior


@decomposition("ln d stands for ln n")
def terms_with_ln_d(own, joint, product, prior, ln_n, ln_d, d):
    return own, joint + ln_n - ln_d, product + d * (ln_n - ln_d), prior


@decomposition("n is subtracted instead of ln n")
def terms_with_n(own, joint, product, prior, ln_n, ln_d, d):
    return own, joint + ln_n - len(own), product + d * (ln_n - len(own)), prior


@decomposition("the product stands for q(z)")
def terms_of_the_product(own, joint, product, prior, *_):
    return own, product, product, prior


@decomposition("q(z) stands for the product")
def terms_of_the_joint(own, joint, product, prior, *_):
    return own, joint, joint, prior


@decomposition("q(z) and the product are swapped")
def terms_of_both_swapped(own, joint, product, prior, *_):
    return own, product, joint, prior


@decomposition("p(z) is added instead of subtracted")
def terms_with_the_prior_added(own, joint, product, prior, *_):
    return own, joint, product, -prior


@decomposition("p(z) is missing")
def terms_without_the_prior(own, joint, product, prior, *_):
    return own, joint, product, 0


@decomposition("ln(2π) stands in p(z) only")
def terms_with_2_pi_in_the_prior(own, joint, product, prior, ln_n, ln_d, d):
    more = d / 2 * np.log(2 * np.pi)
    return own + more, joint + more, product + more, prior


@decomposition("ln(2π) stands in q only")
def terms_with_2_pi_in_q(own, joint, product, prior, ln_n, ln_d, d):
    return own, joint, product, prior + d / 2 * np.log(2 * np.pi)


def arranged(says):
    """Marks a wrong answer that makes its own of the three right terms."""

    def mark(change):
        def answer(*arrays):
            return change(*between(*levels(*arrays)), *arrays)

        return wrong("elbo_decomposition", says=says)(answer)

    return mark


@arranged("the dimension-wise terms are summed for the total correlation")
def terms_by_dimension_twice(mi, total, dims, *_):
    return mi, dims, dims


@arranged("the first is the whole KL: q(z | x) is compared with p(z)")
def terms_with_the_whole_first(mi, total, dims, *_):
    return mi + total + dims, total, dims


@arranged("the total correlation begins with q(z | x) instead of q(z)")
def terms_with_a_wide_total(mi, total, dims, *_):
    return mi, mi + total, dims


@arranged("the dimension-wise KL begins with q(z) instead of the product")
def terms_with_a_wide_third(mi, total, dims, *_):
    return mi, total, total + dims


@arranged("the dimension-wise KL is the KL of each image's posterior, by its formula")
def terms_with_the_kl_of_images(mi, total, dims, z, z_mean, z_log_var):
    return mi, total, np.mean(kl_divergence(z_mean, z_log_var, 0.0, 0.0))


@arranged("mutual information and total correlation are swapped")
def terms_with_the_first_two_swapped(mi, total, dims, *_):
    return total, mi, dims


@arranged("total correlation and dimension-wise KL are swapped")
def terms_with_the_last_two_swapped(mi, total, dims, *_):
    return mi, dims, total


@arranged("mutual information and dimension-wise KL are swapped")
def terms_backwards(mi, total, dims, *_):
    return dims, total, mi


@arranged("the order of the three is shifted.")
def terms_shifted(mi, total, dims, *_):
    return total, dims, mi


@arranged("the order of the three is shifted to the right")
def terms_shifted_to_the_right(mi, total, dims, *_):
    return dims, mi, total


@arranged("the signs are wrong")
def terms_negated(mi, total, dims, *_):
    return -mi, -total, -dims


@arranged("the sign of the mutual information is wrong")
def terms_with_mi_negated(mi, total, dims, *_):
    return -mi, total, dims


@arranged("the sign of the total correlation is wrong")
def terms_with_total_negated(mi, total, dims, *_):
    return mi, -total, dims


@arranged("the sign of the dimension-wise KL is wrong")
def terms_with_dims_negated(mi, total, dims, *_):
    return mi, total, -dims


@arranged("the draws are summed instead of averaged")
def terms_summed(mi, total, dims, z, *_):
    return len(z) * mi, len(z) * total, len(z) * dims


@arranged("expected three numbers: `return mi, total, by_dimension`")
def terms_added_up(mi, total, dims, *_):
    return mi + total + dims


@arranged("expected three numbers: `return mi, total, by_dimension`")
def terms_with_their_sum(mi, total, dims, *_):
    return mi, total, dims, mi + total + dims


@arranged("expected three numbers: `return mi, total, by_dimension`")
def terms_with_names(mi, total, dims, *_):
    return {"mi": mi, "total": total, "dims": dims}


@arranged("got None. Does your function end with `return`?")
def terms_printed(mi, total, dims, *_):
    print(mi, total, dims)


@wrong("elbo_decomposition", says="the draw of image k and the mean of image i")
def decomposition_with_a_half_turned_table(z, z_mean, z_log_var):
    offsets = z[None] - z_mean[:, None]
    table = -0.5 * (np.log(2 * np.pi) + z_log_var + offsets**2 * np.exp(-z_log_var))
    log_joint, log_n = table.sum(axis=-1), np.log(len(z))
    log_q = logsumexp(log_joint, axis=1) - log_n
    log_product = np.sum(logsumexp(table, axis=1) - log_n, axis=-1)
    log_p = np.sum(-0.5 * (np.log(2 * np.pi) + z**2), axis=-1)
    terms = np.diagonal(log_joint) - log_q, log_q - log_product, log_product - log_p
    return tuple(np.mean(term) for term in terms)


@wrong("elbo_decomposition", says="expected three numbers: take the mean over the draws")
def terms_of_each_draw(*arrays):
    own, joint, product, prior = levels(*arrays)
    return own - joint, joint - product, product - prior


@wrong("elbo_decomposition", says="expected three numbers: sum over the numbers of the code")
def terms_of_each_number(z, z_mean, z_log_var):
    mi, total, _ = between(*levels(z, z_mean, z_log_var))
    product = log_mean(log_q_table(z, z_mean, z_log_var))
    return mi, total, (product + 0.5 * (np.log(2 * np.pi) + z**2)).mean(0)


@wrong("elbo_decomposition", says="expected three numbers: of q(z | x), take k = i alone")
def terms_without_diagonal(*arrays):
    _, total, dims = between(*levels(*arrays))
    joint = log_q_table(*arrays).sum(-1)
    return joint - log_mean(joint), total, dims


@wrong("elbo_decomposition", says="averaged over all posteriors, instead of k = i")
def terms_with_a_mean_for_the_diagonal(*arrays):
    _, *others = levels(*arrays)
    return between(log_q_table(*arrays).sum(-1).mean(1), *others)


@wrong("elbo_decomposition", says="summed over all posteriors, instead of k = i")
def terms_with_a_sum_for_the_diagonal(*arrays):
    _, *others = levels(*arrays)
    return between(log_q_table(*arrays).sum(-1).sum(1), *others)


@wrong("elbo_decomposition", says="the numbers of the code are averaged instead of summed")
def terms_of_mean_numbers(z, z_mean, z_log_var):
    table, d = log_q_table(z, z_mean, z_log_var), z.shape[1]
    joint, product = table.mean(-1), log_mean(table).mean(-1)
    return between(np.diag(joint), log_mean(joint), product, log_prior(z) / d)


@wrong("elbo_decomposition", says="the numbers are averaged instead of summed in the product")
def terms_of_a_mean_product(z, z_mean, z_log_var):
    own, joint, product, prior = levels(z, z_mean, z_log_var)
    return between(own, joint, product / z.shape[1], prior)


@wrong("elbo_decomposition", says="the mean of the logs is taken for the log of the mean.")
def terms_of_mean_logs(*arrays):
    own, _, _, prior = levels(*arrays)
    means = log_q_table(*arrays).mean(1).sum(-1)
    return between(own, means, means, prior)


@wrong("elbo_decomposition", says="the mean of the logs is taken for the log of the mean in q(z)")
def terms_of_mean_logs_in_q(*arrays):
    own, _, product, prior = levels(*arrays)
    return between(own, log_q_table(*arrays).sum(-1).mean(1), product, prior)


@wrong("elbo_decomposition", says="is taken for the log of the mean in the product")
def terms_of_mean_logs_in_the_product(*arrays):
    own, joint, _, prior = levels(*arrays)
    return between(own, joint, log_q_table(*arrays).mean(1).sum(-1), prior)


@wrong("elbo_decomposition", says="the posterior of the draw itself is left out of q(z)")
def terms_of_the_other_posteriors(*arrays):
    own, _, _, prior = levels(*arrays)
    table, n = log_q_table(*arrays), len(own)
    others = np.stack([np.delete(table[i], i, axis=0) for i in range(n)])
    return between(own, log_mean(others.sum(-1)), log_mean(others).sum(-1), prior)


@wrong("elbo_decomposition", says="runs over the draws (axis 0), or i and k are swapped")
def terms_over_the_draws(*arrays):
    own, _, _, prior = levels(*arrays)
    table = log_q_table(*arrays)
    return between(own, log_mean(table.sum(-1), 0), log_mean(table, 0).sum(-1), prior)


@wrong("elbo_decomposition", says="runs over the draws (axis 0) in q(z)")
def terms_over_the_draws_in_q(*arrays):
    own, _, product, prior = levels(*arrays)
    return between(own, log_mean(log_q_table(*arrays).sum(-1), 0), product, prior)


@wrong("elbo_decomposition", says="runs over the draws (axis 0) in the product")
def terms_over_the_draws_in_the_product(*arrays):
    own, joint, _, prior = levels(*arrays)
    return between(own, joint, log_mean(log_q_table(*arrays), 0).sum(-1), prior)


@wrong("elbo_decomposition", says="the largest stands for logsumexp")
def terms_of_the_largest(*arrays):
    own, _, _, prior = levels(*arrays)
    table, ln_n = log_q_table(*arrays), np.log(len(own))
    return between(own, table.sum(-1).max(1) - ln_n, (table.max(1) - ln_n).sum(-1), prior)


@wrong("elbo_decomposition", says="the table takes the variance of image i instead of image k")
def terms_with_the_variance_of_the_draw(z, z_mean, z_log_var):
    return between(*levels(z, z_mean, z_log_var[:, None])[:3], log_prior(z))


@wrong("elbo_decomposition", says="z_mean stands for z in p(z)")
def terms_with_means_in_the_prior(z, z_mean, z_log_var):
    return between(*levels(z, z_mean, z_log_var)[:3], log_prior(z_mean))


@wrong("elbo_decomposition", says="z_mean stands for z in q")
def terms_with_means_in_q(z, z_mean, z_log_var):
    return between(*levels(z_mean, z_mean, z_log_var)[:3], log_prior(z))


@wrong("elbo_decomposition", says="z_mean stands for z.")
def terms_without_draws(z, z_mean, z_log_var):
    return between(*levels(z_mean, z_mean, z_log_var))


@wrong("elbo_decomposition", says="z and z_mean are swapped")
def terms_with_draws_for_means(z, z_mean, z_log_var):
    return between(*levels(z_mean, z, z_log_var))


@wrong("elbo_decomposition", says="exp(z_log_var) is used as the deviation")
def terms_with_exp_as_deviation(z, z_mean, z_log_var):
    return between(*levels(z, z_mean, 2 * z_log_var))


@wrong("elbo_decomposition", says="z_log_var is used as the variance")
def terms_without_exp(*arrays):
    return between(*levels(*arrays, variance=np.positive, log=np.log))


@wrong("elbo_decomposition", says="z_log_var stands for the variance in the square")
def terms_without_exp_in_the_square(*arrays):
    return between(*levels(*arrays, variance=np.positive))


@wrong("elbo_decomposition", says="the deviation stands for the variance")
def terms_with_deviations(z, z_mean, z_log_var):
    return between(*levels(z, z_mean, z_log_var / 2))


@wrong("elbo_decomposition", says="z_log_var is missing in the table")
def terms_without_log_var(*arrays):
    return between(*levels(*arrays, log=np.zeros_like))


@wrong("elbo_decomposition", says="z_log_var is added in the table")
def terms_with_log_var_added(*arrays):
    return between(*levels(*arrays, log=np.negative))


@wrong("elbo_decomposition", says="the factor ½ is missing before z_log_var")
def terms_with_the_whole_log_var(*arrays):
    return between(*levels(*arrays, log=lambda s: 2 * s))


@wrong("elbo_decomposition", says="the factor ½ is missing before the square")
def terms_with_the_whole_square(*arrays):
    return between(*levels(*arrays, half=1))


@wrong("elbo_decomposition", says="the factor ½ is missing in p(z)")
def terms_with_the_whole_prior(z, *arrays):
    prior = -0.5 * np.log(2 * np.pi) - z**2
    return between(*levels(z, *arrays)[:3], prior.sum(-1))


@wrong("elbo_decomposition", says="the square is multiplied by the variance instead of divided")
def terms_with_variance_multiplied(*arrays):
    return between(*levels(*arrays, variance=lambda s: np.exp(-s)))


@wrong("elbo_decomposition", says="the square is divided by the deviation instead of the variance")
def terms_divided_by_the_deviation(*arrays):
    return between(*levels(*arrays, variance=lambda s: np.exp(s / 2)))


@wrong("elbo_decomposition", says="the square is not divided by the variance")
def terms_not_divided(*arrays):
    return between(*levels(*arrays, variance=np.ones_like))


@wrong("elbo_decomposition", says="Use logsumexp")
def terms_of_densities(*arrays):
    own, _, _, prior = levels(*arrays)
    density = np.exp(log_q_table(*(a.astype(float) for a in arrays)))
    log_q = np.log(density.prod(-1).mean(1))
    return between(own, log_q, np.log(density.mean(1)).sum(-1), prior)


@wrong("elbo_decomposition", says="changes its argument in place")
def terms_in_place(z, z_mean, z_log_var):
    terms = between(*levels(z, z_mean, z_log_var))
    z -= z_mean
    return terms


@wrong("elbo_decomposition", says="very narrow posteriors")
def terms_of_log_var_cut_off(z, z_mean, z_log_var):
    return between(*levels(z, z_mean, np.clip(z_log_var, -20, 20)))


@wrong("elbo_decomposition", says="very wide posteriors")
def terms_of_large_log_var_cut_off(z, z_mean, z_log_var):
    return between(*levels(z, z_mean, np.minimum(z_log_var, 20)))


@wrong("elbo_decomposition", says="very narrow posteriors")
def terms_with_a_floor(z, z_mean, z_log_var):
    return between(*levels(z, z_mean, z_log_var, variance=lambda s: np.exp(s) + 1e-8))


@wrong("elbo_decomposition", says="a code of one number")
def terms_of_several_images(z, z_mean, z_log_var):
    return between(*levels(*map(np.atleast_2d, map(np.squeeze, (z, z_mean, z_log_var)))))


# kl_warmup


@right("kl_warmup")
def weight_by_interpolation(step, warmup_steps):
    return np.interp(step, [0, warmup_steps], [0, 1])


@right("kl_warmup")
def weight_by_clip(step, warmup_steps):
    return np.clip(np.float32(step) / np.float32(warmup_steps), 0.0, 1.0)


@right("kl_warmup")
def weight_in_tf(step, warmup_steps):
    return tf.minimum(tf.cast(step, tf.float32) / warmup_steps, 1.0)


@right("kl_warmup")
def weight_in_keras(step, warmup_steps):
    return ops.clip(ops.divide(step, warmup_steps), 0, 1)


@right("kl_warmup")
def weight_of_a_schedule(step, warmup_steps):
    return keras.optimizers.schedules.PolynomialDecay(0.0, warmup_steps, 1.0)(step)


@right("kl_warmup")
def weight_by_cases(step, warmup_steps):
    if step >= warmup_steps:
        return 1
    return step / warmup_steps


@right("kl_warmup")
def weight_of_the_least_step(step, warmup_steps):
    return np.array(min(step, warmup_steps)) / warmup_steps


@wrong("kl_warmup", says="it starts at 1 and falls")
def weight_falling(step, warmup_steps):
    return max(1 - step / warmup_steps, 0)


@wrong("kl_warmup", says="it is always 1")
def weight_of_one(step, warmup_steps):
    return 1.0


@wrong("kl_warmup", says="it is always 0")
def weight_of_zero(step, warmup_steps):
    return min(0.0, step / warmup_steps)


@wrong("kl_warmup", says="it grows beyond 1")
def weight_without_end(step, warmup_steps):
    return step / warmup_steps


@wrong("kl_warmup", says="it falls to 0 after the warm-up")
def weight_that_ends(step, warmup_steps):
    return step / warmup_steps if step <= warmup_steps else 0


@wrong("kl_warmup", says="it is 0 again once the warm-up is over")
def weight_that_ends_early(step, warmup_steps):
    return (step < warmup_steps) * step / warmup_steps


@wrong("kl_warmup", says="it is 0 until the warm-up is over, as with //")
def weight_of_whole_numbers(step, warmup_steps):
    return min(step // warmup_steps, 1)


@wrong("kl_warmup", says="it begins one step too early")
def weight_one_step_early(step, warmup_steps):
    return min((step + 1) / warmup_steps, 1)


@wrong("kl_warmup", says="it begins one step too late")
def weight_one_step_late(step, warmup_steps):
    return np.clip((step - 1) / warmup_steps, 0, 1)


@wrong("kl_warmup", says="it is 1 one step too late")
def weight_that_arrives_late(step, warmup_steps):
    return min(step / (warmup_steps + 1), 1)


@wrong("kl_warmup", says="it begins again after each warm-up")
def weight_in_cycles(step, warmup_steps):
    return step % warmup_steps / warmup_steps


@wrong("kl_warmup", says="it grows twice as fast")
def weight_twice_as_fast(step, warmup_steps):
    return min(2 * step / warmup_steps, 1)


@wrong("kl_warmup", says="it grows half as fast")
def weight_half_as_fast(step, warmup_steps):
    return min(0.5 * step / warmup_steps, 1)


@wrong("kl_warmup", says="it grows with the square, not straight")
def weight_squared(step, warmup_steps):
    return min((step / warmup_steps) ** 2, 1)


@wrong("kl_warmup", says="it grows with the root, not straight")
def weight_rooted(step, warmup_steps):
    return min(math.sqrt(step / warmup_steps), 1)


@wrong("kl_warmup", says="it grows as 1 − exp(−t)")
def weight_exponential(step, warmup_steps):
    return -math.expm1(-step / warmup_steps)


@wrong("kl_warmup", says="it grows as a half cosine")
def weight_cosine(step, warmup_steps):
    return 0.5 - 0.5 * math.cos(math.pi * min(step / warmup_steps, 1))


@wrong("kl_warmup", says="it grows as a sigmoid")
def weight_sigmoid(step, warmup_steps):
    return ops.sigmoid(10 * (step / warmup_steps - 0.5))


@wrong("kl_warmup", says="it is turned around: warmup_steps / step")
def weight_turned_around(step, warmup_steps):
    return np.minimum(np.float64(warmup_steps) / step, 1)


@wrong("kl_warmup", says="the larger of the two is taken")
def weight_of_the_larger(step, warmup_steps):
    return max(step / warmup_steps, 1)


@wrong("kl_warmup", says="step is not divided by warmup_steps")
def weight_not_divided(step, warmup_steps):
    return min(step, 1)


@wrong("kl_warmup", says="it grows to warmup_steps, not to 1")
def weight_in_steps(step, warmup_steps):
    return min(step, warmup_steps)


@wrong("kl_warmup", says="it grows to 100, not to 1")
def weight_in_per_cent(step, warmup_steps):
    return min(100 * step / warmup_steps, 100)


@wrong("kl_warmup", says="the sign is wrong")
def weight_negated(step, warmup_steps):
    return -min(step / warmup_steps, 1)


@wrong("kl_warmup", says="the warm-up always takes 80 steps")
def weight_of_80_steps(step, warmup_steps):
    return min(step / 80, 1)


@wrong("kl_warmup", says="the warm-up always takes 200 steps")
def weight_of_200_steps(step, warmup_steps):
    return min(step / 200, 1)


@wrong("kl_warmup", says="a weight: got shape (2,), expected ()")
def weight_of_both(step, warmup_steps):
    return np.minimum([step / warmup_steps, 1], 1)


@wrong("kl_warmup", says="got None. Does your function end with `return`?")
def weight_with_one_return(step, warmup_steps):
    if step >= warmup_steps:
        return 1.0


@wrong("kl_warmup", says="the weights at the steps")
def weight_of_two_decimals(step, warmup_steps):
    return round(min(step / warmup_steps, 1), 2)


@wrong("kl_warmup", says="a longer warm-up")
def weight_of_four_decimals(step, warmup_steps):
    return round(min(step / warmup_steps, 1), 4)


@wrong("kl_warmup", says="the weights at the steps")
def weight_in_ten_stairs(step, warmup_steps):
    return min(10 * step // warmup_steps, 10) / 10


@wrong("kl_warmup", says="a warm-up of one step")
def weight_of_two_steps_at_least(step, warmup_steps):
    return min(step / max(warmup_steps, 2), 1)


# free_bits


@right("free_bits")
def free_in_float64(kl_per_dim, lam):
    return np.asarray(kl_per_dim, dtype=np.float64).clip(min=lam).sum()


@right("free_bits")
def free_in_tf(kl_per_dim, lam):
    return tf.reduce_sum(tf.maximum(lam, kl_per_dim))


@right("free_bits")
def free_in_keras(kl_per_dim, lam):
    return ops.sum(ops.where(ops.less(kl_per_dim, lam), lam, kl_per_dim), axis=-1)


@right("free_bits")
def free_one_by_one(kl_per_dim, lam):
    return sum(max(float(kl), lam) for kl in kl_per_dim)


@right("free_bits")
def free_by_what_is_above(kl_per_dim, lam):
    return lam * len(kl_per_dim) + keras.activations.relu(kl_per_dim - lam).numpy().sum()


@right("free_bits")
def free_by_a_mask(kl_per_dim, lam):
    above = kl_per_dim > lam
    return np.array(kl_per_dim[above].sum() + lam * np.sum(~above))


@wrong("free_bits", says="or the maximum is taken of the sum and not of each number")
def free_for_the_sum(kl_per_dim, lam):
    return max(kl_per_dim.sum(), lam)


@wrong("free_bits", says="the maximum is taken of the sum, with λ for each number")
def free_for_the_sum_with_all_shares(kl_per_dim, lam):
    return np.maximum(kl_per_dim.sum(), lam * len(kl_per_dim))


@wrong("free_bits", says="the maximum is taken of the mean, not of each number")
def free_for_the_mean(kl_per_dim, lam):
    return np.maximum(kl_per_dim.mean(), lam)


@wrong("free_bits", says="the minimum is taken instead of the maximum")
def free_above(kl_per_dim, lam):
    return ops.sum(ops.minimum(kl_per_dim, lam))


@wrong("free_bits", says="λ is subtracted.")
def free_subtracted(kl_per_dim, lam):
    return np.maximum(kl_per_dim - lam, 0).sum()


@wrong("free_bits", says="λ is subtracted, and nothing is cut off")
def free_subtracted_below_0(kl_per_dim, lam):
    return np.sum(kl_per_dim - lam)


@wrong("free_bits", says="λ is subtracted once, from the sum")
def free_subtracted_once(kl_per_dim, lam):
    return max(np.sum(kl_per_dim) - lam, 0)


@wrong("free_bits", says="the distance from λ is taken")
def free_distance(kl_per_dim, lam):
    return np.sum(np.abs(kl_per_dim - lam))


@wrong("free_bits", says="λ is added")
def free_added(kl_per_dim, lam):
    return np.sum(kl_per_dim + lam)


@wrong("free_bits", says="when λ is not used, or")
def free_of_nothing(kl_per_dim, lam):
    return np.sum(np.maximum(kl_per_dim, 0))


@wrong("free_bits", says="numbers below λ count 0")
def free_without_the_silent(kl_per_dim, lam):
    return np.sum(kl_per_dim[kl_per_dim > lam])


@wrong("free_bits", says="numbers above λ count 0")
def free_of_the_silent(kl_per_dim, lam):
    return np.sum(kl_per_dim[kl_per_dim < lam])


@wrong("free_bits", says="numbers above λ count λ, and the others 0")
def free_of_places_swapped(kl_per_dim, lam):
    return np.where(kl_per_dim > lam, lam, 0).sum()


@wrong("free_bits", says="numbers below λ count 1")
def free_of_ones(kl_per_dim, lam):
    return np.where(kl_per_dim > lam, kl_per_dim, 1).sum()


@wrong("free_bits", says="the numbers are averaged instead of summed")
def free_averaged(kl_per_dim, lam):
    return ops.mean(ops.maximum(kl_per_dim, lam))


@wrong("free_bits", says="the sum is missing")
def free_of_each(kl_per_dim, lam):
    return np.maximum(kl_per_dim, lam)


@wrong("free_bits", says="the largest number alone is taken")
def free_of_the_largest(kl_per_dim, lam):
    return max(*kl_per_dim, lam)


@wrong("free_bits", says="the numbers are counted instead of summed")
def free_counted(kl_per_dim, lam):
    return sum(kl_per_dim > lam)


@wrong("free_bits", says="λ is converted from bits: it comes in nats")
def free_in_bits(kl_per_dim, lam):
    return np.maximum(kl_per_dim, lam * np.log(2)).sum()


@wrong("free_bits", says="λ is shared among the numbers")
def free_shared(kl_per_dim, lam):
    return np.maximum(kl_per_dim, lam / len(kl_per_dim)).sum()


@wrong("free_bits", says="the sign is wrong")
def free_negated(kl_per_dim, lam):
    return -np.maximum(kl_per_dim, lam).sum()


@wrong("free_bits", says="λ is always 0.5.")
def free_of_half(kl_per_dim, lam):
    return np.maximum(kl_per_dim, 0.5).sum()


@wrong("free_bits", says="λ is always 0.45")
def free_of_what_the_check_shows(kl_per_dim, lam):
    return np.maximum(kl_per_dim, 0.45).sum()


@wrong("free_bits", says="changes its argument in place")
def free_in_place(kl_per_dim, lam):
    kl_per_dim[kl_per_dim < lam] = lam
    return kl_per_dim.sum()


@wrong("free_bits", says="got None. Does your function end with `return`?")
def free_not_returned(kl_per_dim, lam):
    np.maximum(kl_per_dim, lam).sum()


@right("free_bits")
def free_by_einsum(kl_per_dim, lam):
    silent = (kl_per_dim <= lam).astype(float)
    return np.einsum("d,d->", 1 - silent, kl_per_dim) + lam * silent.sum()


@wrong("free_bits", says="nothing is free")
def free_of_some_lam(kl_per_dim, lam):
    return np.maximum(kl_per_dim, lam or 0.5).sum()


@wrong("free_bits", says="got shape (1,), expected ()")
def free_with_an_axis(kl_per_dim, lam):
    return np.maximum(kl_per_dim, lam).sum(keepdims=True)


@wrong("free_bits", says="a longer code")
def free_of_the_first_six(kl_per_dim, lam):
    return np.maximum(kl_per_dim[:6], lam).sum()


@wrong("free_bits", says="got")
def free_by_a_smooth_maximum(kl_per_dim, lam):
    return np.logaddexp(kl_per_dim, lam).sum()


@wrong("free_bits", says="many nats")
def free_bits_cut_off(kl_per_dim, lam):
    return np.sum(np.clip(kl_per_dim, lam, 10))
