"""Right and wrong answers to the exercises of 03_reparameterization."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from grading.authoring.answers import right, wrong

# reparameterize


@right("reparameterize")
def reparameterize_in_numpy(z_mean, z_log_var, eps):
    return np.asarray(z_mean) + np.sqrt(np.exp(z_log_var)) * eps


@right("reparameterize")
def reparameterize_in_tf(z_mean, z_log_var, eps):
    return tf.math.add(z_mean, tf.exp(z_log_var / 2) * eps)


@right("reparameterize")
def reparameterize_in_float64(z_mean, z_log_var, eps):
    z_mean, z_log_var, eps = (np.asarray(a, dtype=np.float64) for a in (z_mean, z_log_var, eps))
    return eps * np.exp(z_log_var) ** 0.5 + z_mean


@wrong("reparameterize", says="the variance is used as the standard deviation")
def variance_for_deviation(z_mean, z_log_var, eps):
    return z_mean + np.exp(z_log_var) * eps


@wrong("reparameterize", says="the factor ½ is applied twice")
def half_applied_twice(z_mean, z_log_var, eps):
    return z_mean + np.sqrt(np.exp(0.5 * z_log_var)) * eps


@wrong("reparameterize", says="eps is not used")
def eps_not_used(z_mean, z_log_var, eps):
    return z_mean + np.exp(0.5 * z_log_var)


@wrong("reparameterize", says="z is its mean")
def the_mean_alone(z_mean, z_log_var, eps):
    return z_mean


@wrong("reparameterize", says="z_log_var is used as the standard deviation")
def log_var_for_deviation(z_mean, z_log_var, eps):
    return z_mean + z_log_var * eps


@wrong("reparameterize", says="exp(z_log_var) / 2 stands for exp(z_log_var / 2)")
def half_of_the_variance(z_mean, z_log_var, eps):
    return z_mean + np.exp(z_log_var) / 2 * eps


@wrong("reparameterize", says="half of z_log_var is used as the standard deviation")
def exp_forgotten(z_mean, z_log_var, eps):
    return z_mean + 0.5 * z_log_var * eps


@wrong("reparameterize", says="eps is not multiplied by the standard deviation")
def no_deviation(z_mean, z_log_var, eps):
    return z_mean + eps


@wrong("reparameterize", says="z_mean is not added")
def no_mean(z_mean, z_log_var, eps):
    return np.exp(0.5 * z_log_var) * eps


@wrong("reparameterize", says="eps is divided by the standard deviation")
def divided_by_deviation(z_mean, z_log_var, eps):
    return z_mean + eps * np.exp(-0.5 * z_log_var)


@wrong("reparameterize", says="eps is subtracted")
def eps_subtracted(z_mean, z_log_var, eps):
    return z_mean - eps * np.exp(0.5 * z_log_var)


@wrong("reparameterize", says="expected [[ 1.10653")
def own_eps(z_mean, z_log_var, eps):
    return z_mean + np.exp(0.5 * z_log_var) * np.random.default_rng(0).normal(size=z_mean.shape)


@right("reparameterize")
def reparameterize_row_by_row(z_mean, z_log_var, eps):
    rows = zip(z_mean, z_log_var, eps, strict=True)
    return [m + np.diag(np.sqrt(np.exp(s.astype(float)))) @ e for m, s, e in rows]


@right("reparameterize")
def reparameterize_by_einsum(z_mean, z_log_var, eps):
    return z_mean + ops.einsum("nd,nd->nd", ops.power(ops.exp(z_log_var), 0.5), eps)


@wrong("reparameterize", says="very narrow posteriors")
def log_var_cut_off(z_mean, z_log_var, eps):
    return z_mean + np.exp(0.5 * np.clip(z_log_var, -20, 20)) * eps


@wrong("reparameterize", says="very wide posteriors")
def large_log_var_cut_off(z_mean, z_log_var, eps):
    return z_mean + np.exp(0.5 * np.minimum(z_log_var, 20)) * eps


@wrong("reparameterize", says="very narrow posteriors")
def variance_with_a_floor(z_mean, z_log_var, eps):
    return z_mean + np.sqrt(np.exp(z_log_var) + 1e-8) * eps


@wrong("reparameterize", says="very narrow posteriors")
def deviation_with_a_floor(z_mean, z_log_var, eps):
    return z_mean + (np.exp(z_log_var / 2) + keras.config.epsilon()) * eps


@wrong("reparameterize", says="expected [[ 1.10653")
def one_eps_for_all(z_mean, z_log_var, eps):
    return z_mean + np.exp(0.5 * z_log_var) * eps[:1]


# score_function_gradient


def score(f_z, z, mean, log_var):
    """The right answer, which the wrong ones change."""
    variance = np.exp(log_var)
    return f_z * (z - mean) / variance, f_z * ((z - mean) ** 2 / variance - 1) / 2


@right("score_function_gradient")
def score_in_tf(f_z, z, mean, log_var):
    precision = tf.exp(tf.constant(-log_var, tf.float32))
    f_z, away = tf.cast(f_z, tf.float32), tf.cast(z, tf.float32) - mean
    return f_z * away * precision, f_z * (away**2 * precision - 1) / 2


@right("score_function_gradient")
def score_by_the_tape(f_z, z, mean, log_var):
    f_z, z = (tf.convert_to_tensor(a, tf.float64) for a in (f_z, z))
    mean, log_var = (tf.fill(z.shape, tf.constant(a, tf.float64)) for a in (mean, log_var))
    with tf.GradientTape() as tape:
        tape.watch((mean, log_var))
        log_q = -log_var / 2 - (z - mean) ** 2 / (2 * tf.exp(log_var))
    for_mean, for_log_var = tape.gradient(log_q, (mean, log_var))
    return [f_z * for_mean, f_z * for_log_var]


@right("score_function_gradient")
def score_stacked(f_z, z, mean, log_var):
    return np.stack(score(f_z, z, mean, log_var))


@wrong("score_function_gradient", says="the sign of the score is wrong")
def sign_of_the_score(f_z, z, mean, log_var):
    return score(-f_z, z, mean, log_var)


@wrong("score_function_gradient", says="gradient for the variance instead of its logarithm")
def score_for_the_variance(f_z, z, mean, log_var):
    for_mean, for_log_var = score(f_z, z, mean, log_var)
    return for_mean, for_log_var / np.exp(log_var)


@wrong("score_function_gradient", says="gradient for the logarithm of the standard deviation")
def score_for_log_std(f_z, z, mean, log_var):
    for_mean, for_log_std = score(f_z, z, mean, log_var)
    return for_mean, for_log_std * 2


@wrong("score_function_gradient", says="divided by σ instead of σ²")
def score_divided_by_the_deviation(f_z, z, mean, log_var):
    return f_z * (z - mean) / np.exp(log_var / 2), score(f_z, z, mean, log_var)[1]


@wrong("score_function_gradient", says="the distance is not divided by σ²")
def score_not_divided(f_z, z, mean, log_var):
    return f_z * (z - mean), score(f_z, z, mean, log_var)[1]


@wrong("score_function_gradient", says="the distance is divided by σ⁴")
def score_divided_twice(f_z, z, mean, log_var):
    return f_z * (z - mean) / np.exp(2 * log_var), score(f_z, z, mean, log_var)[1]


@wrong("score_function_gradient", says="the squared distance is divided by σ⁴")
def score_squared_distance_divided_twice(f_z, z, mean, log_var):
    away = z - mean
    return score(f_z, z, mean, log_var)[0], f_z * (away**2 / np.exp(2 * log_var) - 1) / 2


@wrong("score_function_gradient", says="the squared distance is divided by σ instead of σ²")
def score_squared_distance_divided_by_the_deviation(f_z, z, mean, log_var):
    away = z - mean
    return score(f_z, z, mean, log_var)[0], f_z * (away**2 / np.exp(log_var / 2) - 1) / 2


@wrong("score_function_gradient", says="the term −½ is missing")
def score_without_minus_one(f_z, z, mean, log_var):
    for_mean, for_log_var = score(f_z, z, mean, log_var)
    return for_mean, for_log_var + f_z / 2


@wrong("score_function_gradient", says="the sign of the term ½ is wrong")
def score_with_plus_one(f_z, z, mean, log_var):
    for_mean, for_log_var = score(f_z, z, mean, log_var)
    return for_mean, for_log_var + f_z


@wrong("score_function_gradient", says="the term −½ is −1")
def score_half_of_the_square(f_z, z, mean, log_var):
    away = (z - mean) / np.exp(log_var / 2)
    return score(f_z, z, mean, log_var)[0], f_z * (0.5 * away**2 - 1)


@wrong("score_function_gradient", says="the distance is not squared")
def score_not_squared(f_z, z, mean, log_var):
    away = (z - mean) / np.exp(log_var / 2)
    return score(f_z, z, mean, log_var)[0], f_z * (away - 1) / 2


@wrong("score_function_gradient", says="the factor f(z) is missing")
def score_without_f(f_z, z, mean, log_var):
    return score(np.ones_like(f_z), z, mean, log_var)


@wrong("score_function_gradient", says="log q instead of its derivative")
def log_density_for_score(f_z, z, mean, log_var):
    log_q = -log_var / 2 - (z - mean) ** 2 / (2 * np.exp(log_var))
    return f_z * log_q, score(f_z, z, mean, log_var)[1]


@wrong("score_function_gradient", says="log_var is used as the variance")
def score_log_var_for_variance(f_z, z, mean, log_var):
    away = z - mean
    return f_z * away / log_var, f_z * (away**2 / log_var - 1) / 2


@wrong("score_function_gradient", says="the mean is not subtracted")
def score_not_centred(f_z, z, mean, log_var):
    return score(f_z, z, 0.0, log_var)


@wrong("score_function_gradient", says="the two gradients are in the wrong order")
def score_in_the_wrong_order(f_z, z, mean, log_var):
    return score(f_z, z, mean, log_var)[::-1]


@wrong("score_function_gradient", says="a factor ½ is left over")
def score_with_the_half_kept(f_z, z, mean, log_var):
    for_mean, for_log_var = score(f_z, z, mean, log_var)
    return for_mean / 2, for_log_var


@wrong("score_function_gradient", says="the factor ½ on the squared distance is missing")
def score_without_the_half(f_z, z, mean, log_var):
    away = (z - mean) / np.exp(log_var / 2)
    return score(f_z, z, mean, log_var)[0], f_z * (away**2 - 0.5)


@wrong("score_function_gradient", says="the sign of the squared distance is wrong")
def score_with_the_sign_of_the_square(f_z, z, mean, log_var):
    away = (z - mean) / np.exp(log_var / 2)
    return score(f_z, z, mean, log_var)[0], f_z * (-1 - away**2) / 2


@wrong("score_function_gradient", says="the samples are summed")
def score_summed(f_z, z, mean, log_var):
    return tuple(g.sum() for g in score(f_z, z, mean, log_var))


@wrong("score_function_gradient", says="your code raised")
def score_in_float32_alone(f_z, z, mean, log_var):
    precision = tf.exp(tf.constant(-log_var, tf.float32))
    away = tf.constant(z) - mean
    return f_z * away * precision, f_z * (away**2 * precision - 1) / 2


@wrong("score_function_gradient", says="the samples are averaged")
def score_averaged(f_z, z, mean, log_var):
    return tuple(g.mean() for g in score(f_z, z, mean, log_var))


@wrong("score_function_gradient", says="expected two values")
def score_for_the_mean_alone(f_z, z, mean, log_var):
    return score(f_z, z, mean, log_var)[0]


@right("score_function_gradient")
def score_sample_by_sample(f_z, z, mean, log_var):
    variance = np.exp(log_var)
    for_mean = [f * (one - mean) / variance for f, one in zip(f_z, z, strict=True)]
    for_log_var = [
        f * ((one - mean) ** 2 / variance - 1) / 2 for f, one in zip(f_z, z, strict=True)
    ]
    return for_mean, for_log_var


@wrong("score_function_gradient", says="a very narrow q")
def score_with_a_floor(f_z, z, mean, log_var):
    variance = np.exp(log_var) + 1e-8
    return f_z * (z - mean) / variance, f_z * ((z - mean) ** 2 / variance - 1) / 2


@wrong("score_function_gradient", says="a very narrow q")
def score_cut_off(f_z, z, mean, log_var):
    return score(f_z, z, mean, max(log_var, -16))


@wrong("score_function_gradient", says="got")
def score_with_a_baseline(f_z, z, mean, log_var):
    return score(f_z - np.mean(f_z), z, mean, log_var)


@wrong("score_function_gradient", says="got shape (3, 1)")
def score_as_columns(f_z, z, mean, log_var):
    return tuple(g[:, None] for g in score(f_z, z, mean, log_var))


# pathwise_gradient


@right("pathwise_gradient")
def pathwise_in_tf(df_dz, eps, log_var):
    df_dz, eps = (tf.convert_to_tensor(a, tf.float64) for a in (df_dz, eps))
    return df_dz, df_dz * eps * tf.exp(tf.constant(log_var / 2, tf.float64)) / 2


@right("pathwise_gradient")
def pathwise_in_ops(df_dz, eps, log_var):
    std = ops.exp(ops.convert_to_tensor(log_var / 2, "float32"))
    df_dz, eps = (ops.convert_to_tensor(a, "float32") for a in (df_dz, eps))
    return [df_dz * ops.ones_like(eps), 0.5 * std * eps * df_dz]


@right("pathwise_gradient")
def pathwise_sample_by_sample(df_dz, eps, log_var):
    std = np.exp(log_var / 2)
    return [float(d) for d in df_dz], [d * e * std / 2 for d, e in zip(df_dz, eps, strict=True)]


@wrong("pathwise_gradient", says="the factor eps is missing")
def pathwise_without_eps(df_dz, eps, log_var):
    return df_dz, df_dz * np.exp(log_var / 2) / 2


@wrong("pathwise_gradient", says="gradient for the standard deviation")
def pathwise_without_the_deviation(df_dz, eps, log_var):
    return df_dz, df_dz * eps


@wrong("pathwise_gradient", says="gradient for the logarithm of the standard deviation")
def pathwise_for_log_std(df_dz, eps, log_var):
    return df_dz, df_dz * eps * np.exp(log_var / 2)


@wrong("pathwise_gradient", says="the variance stands where the standard deviation belongs")
def pathwise_with_the_variance(df_dz, eps, log_var):
    return df_dz, df_dz * eps * np.exp(log_var) / 2


@wrong("pathwise_gradient", says="log_var is used as the standard deviation")
def pathwise_with_log_var(df_dz, eps, log_var):
    return df_dz, df_dz * eps * log_var / 2


@wrong("pathwise_gradient", says="the factor eps is there")
def pathwise_eps_on_the_mean(df_dz, eps, log_var):
    return df_dz * eps, df_dz * eps * np.exp(log_var / 2) / 2


@wrong("pathwise_gradient", says="the standard deviation is there")
def pathwise_deviation_on_the_mean(df_dz, eps, log_var):
    return df_dz * np.exp(log_var / 2), df_dz * eps * np.exp(log_var / 2) / 2


@wrong("pathwise_gradient", says="eps is squared")
def pathwise_eps_squared(df_dz, eps, log_var):
    return df_dz, df_dz * eps**2 * np.exp(log_var / 2) / 2


@wrong("pathwise_gradient", says="divided by the standard deviation")
def pathwise_divided_by_the_deviation(df_dz, eps, log_var):
    return df_dz, df_dz * eps / np.exp(log_var / 2) / 2


@wrong("pathwise_gradient", says="the two gradients are in the wrong order")
def pathwise_in_the_wrong_order(df_dz, eps, log_var):
    return df_dz * eps * np.exp(log_var / 2) / 2, df_dz


@wrong("pathwise_gradient", says="without that of f")
def pathwise_of_z_alone(df_dz, eps, log_var):
    return np.ones_like(eps), eps * np.exp(log_var / 2) / 2


@wrong("pathwise_gradient", says="the samples are summed")
def pathwise_summed(df_dz, eps, log_var):
    return np.sum(df_dz), np.sum(df_dz * eps * np.exp(log_var / 2) / 2)


@wrong("pathwise_gradient", says="the samples are averaged")
def pathwise_averaged(df_dz, eps, log_var):
    return np.mean(df_dz), np.mean(df_dz * eps * np.exp(log_var / 2) / 2)


@right("pathwise_gradient")
def pathwise_by_the_tape(df_dz, eps, log_var):
    df_dz, eps = (tf.convert_to_tensor(a, tf.float64) for a in (df_dz, eps))
    of_each = tf.fill(tf.shape(eps), tf.constant(log_var, tf.float64))
    mean = tf.zeros_like(eps)
    with tf.GradientTape() as tape:
        tape.watch((mean, of_each))
        z = mean + tf.exp(of_each / 2) * eps
    return tape.gradient(z, (mean, of_each), output_gradients=df_dz)


@wrong("pathwise_gradient", says="a very narrow q")
def pathwise_cut_off(df_dz, eps, log_var):
    return df_dz, df_dz * eps * np.exp(max(log_var, -16) / 2) / 2


@wrong("pathwise_gradient", says="a very narrow q")
def pathwise_with_a_floor(df_dz, eps, log_var):
    return df_dz, df_dz * eps * np.sqrt(np.exp(log_var) + 1e-8) / 2


@wrong("pathwise_gradient", says="got")
def pathwise_with_size_of_the_slope(df_dz, eps, log_var):
    return np.abs(df_dz), np.abs(df_dz) * eps * np.exp(log_var / 2) / 2


@wrong("pathwise_gradient", says="one sample")
def pathwise_of_several_samples(df_dz, eps, log_var):
    return np.squeeze(df_dz), np.squeeze(df_dz * eps) * np.exp(log_var / 2) / 2


# leave_one_out_baseline


@right("leave_one_out_baseline")
def baseline_in_tf(f_z):
    f_z = tf.convert_to_tensor(f_z, tf.float64)
    return (tf.reduce_sum(f_z) - f_z) / (f_z.shape[0] - 1)


@right("leave_one_out_baseline")
def baseline_by_deleting(f_z):
    return [np.mean(np.delete(f_z, i)) for i in range(len(f_z))]


@right("leave_one_out_baseline")
def baseline_by_a_matrix(f_z):
    n = len(f_z)
    return (np.ones((n, n)) - np.eye(n)) @ f_z / (n - 1)


@right("leave_one_out_baseline")
def baseline_from_the_mean(f_z):
    n = len(f_z)
    return ops.mean(f_z) * n / (n - 1) - f_z / (n - 1)


@wrong("leave_one_out_baseline", says="the plain mean, with the sample itself in it")
def the_plain_mean(f_z):
    return np.full_like(f_z, np.mean(f_z))


@wrong("leave_one_out_baseline", says="as one number")
def the_plain_mean_as_one_number(f_z):
    return np.mean(f_z)


@wrong("leave_one_out_baseline", says="the sum of the others is divided by n")
def divided_by_n(f_z):
    return (np.sum(f_z) - f_z) / len(f_z)


@wrong("leave_one_out_baseline", says="the sum of the others is not divided")
def the_sum_of_the_others(f_z):
    return np.sum(f_z) - f_z


@wrong("leave_one_out_baseline", says="the sum of all samples is divided by n − 1")
def nothing_left_out(f_z):
    return np.full_like(f_z, np.sum(f_z) / (len(f_z) - 1))


@wrong("leave_one_out_baseline", says="the baseline is subtracted from f already")
def subtracted_already(f_z):
    return f_z - (np.sum(f_z) - f_z) / (len(f_z) - 1)


@wrong("leave_one_out_baseline", says="b − f")
def subtracted_the_wrong_way_round(f_z):
    return (np.sum(f_z) - f_z) / (len(f_z) - 1) - f_z


@wrong("leave_one_out_baseline", says="only the samples before this one")
def running_mean(f_z):
    before = np.cumsum(f_z) - f_z
    return before / np.maximum(np.arange(len(f_z)), 1)


@wrong("leave_one_out_baseline", says="the median of the others")
def median_of_the_others(f_z):
    return np.array([np.median(np.delete(f_z, i)) for i in range(len(f_z))])


@wrong("leave_one_out_baseline", says="samples of equal value are left out, too")
def masked_by_value(f_z):
    return np.array([f_z[f_z != v].mean() for v in f_z])


@right("leave_one_out_baseline")
def baseline_by_masks(f_z):
    n = len(f_z)
    others = np.arange(n) != np.arange(n)[:, None]
    return np.mean(np.broadcast_to(f_z, (n, n)), axis=1, where=others, dtype=float)


@right("leave_one_out_baseline")
def baseline_from_both_sides(f_z):
    f_z = np.asarray(f_z, dtype=float)
    before = np.cumsum(f_z) - f_z
    behind = np.cumsum(f_z[::-1])[::-1] - f_z
    return (before + behind) / (len(f_z) - 1)


@wrong("leave_one_out_baseline", says="got")
def the_last_draw_left_out(f_z):
    return np.full_like(f_z, f_z[:-1].mean())


@wrong("leave_one_out_baseline", says="got")
def the_largest_left_out(f_z):
    return np.full_like(f_z, np.delete(f_z, np.argmax(f_z)).mean())


@wrong("leave_one_out_baseline", says="an axis of length 1 is left over")
def baseline_as_a_row(f_z):
    return (np.sum(f_z, keepdims=True) - f_z)[None] / (len(f_z) - 1)


@wrong("leave_one_out_baseline", says="the baseline is subtracted")
def baseline_of_a_centred_f(f_z):
    f_z = f_z - np.mean(f_z)
    return f_z - (np.sum(f_z) - f_z) / (len(f_z) - 1)


# Sampling


class Rolls(layers.Layer):
    """What all answers share: the constructor that the notebook gives."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def eps(self, like):
        return keras.random.normal(ops.shape(like), seed=self.seed_generator)


@right("Sampling")
class SamplingInTf(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(z_log_var / 2) * self.eps(z_mean)


@right("Sampling")
class SamplingWithMeanAndDeviationInTheDraw(Rolls):
    def call(self, inputs):
        mean, std = inputs[0], ops.sqrt(ops.exp(inputs[1]))
        return keras.random.normal(ops.shape(mean), seed=self.seed_generator) * std + mean


@right("Sampling")
class SamplingWithStatelessDraws(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        seed = tf.cast(self.seed_generator.next(), tf.int32)
        eps = tf.random.stateless_normal(tf.shape(z_mean), seed=seed)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


@right("Sampling")
class SamplingWithATrainingArgument(Rolls):
    def call(self, inputs, training=None):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * z_log_var) * self.eps(z_mean)


@wrong("Sampling", says="one eps is used for the whole batch")
class OneEpsForTheBatch(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * z_log_var) * self.eps(z_mean[:1])


@wrong("Sampling", says="one eps is used for all dimensions of a code")
class OneEpsForTheCode(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * z_log_var) * self.eps(z_mean[:, :1])


@wrong("Sampling", says="the second call gives the same codes")
class EpsKeptFromTheFirstCall(Rolls):
    kept = None

    def call(self, inputs):
        z_mean, z_log_var = inputs
        if self.kept is None:
            self.kept = self.eps(z_mean)
        return z_mean + ops.exp(0.5 * z_log_var) * self.kept


@wrong("Sampling", says="the second call gives the same codes")
class EpsFixedAtBuildTime(Rolls):
    def build(self, input_shape):
        self.fixed = keras.random.normal(input_shape[0], seed=7)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * z_log_var) * self.fixed


@wrong("Sampling", says="the same seed gives other codes")
class SeedNotUsed(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * z_log_var) * keras.random.normal(ops.shape(z_mean))


@wrong("Sampling", says="with `seed=self.seed_generator` and no fixed number")
class NumberForASeed(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * z_log_var) * keras.random.normal(ops.shape(z_mean), seed=1)


@wrong("Sampling", says="your code calls `reparameterize`, which is not implemented yet")
class WithAnUnfinishedHelper(Rolls):
    def call(self, inputs):
        def reparameterize(z_mean, z_log_var, eps):
            raise NotImplementedError("your answer goes here")

        return reparameterize(*inputs, self.eps(inputs[0]))


@wrong("Sampling", says="Replace the line `raise NotImplementedError` by your code")
class Unfinished(Rolls):
    def call(self, inputs):
        raise NotImplementedError("your answer goes here")


@wrong("Sampling", says="Is numpy used, here or in `reparameterize`?")
class WithAHelperInNumpy(Rolls):
    def call(self, inputs):
        return reparameterize_in_numpy(*inputs, self.eps(inputs[0]))


@wrong("Sampling", says="no gradient reaches z_mean")
class GradientStopped(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return ops.stop_gradient(z_mean + ops.exp(0.5 * z_log_var) * self.eps(z_mean))


@wrong("Sampling", says="no gradient reaches z_log_var")
class GradientOfTheDeviationStopped(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.stop_gradient(ops.exp(0.5 * z_log_var)) * self.eps(z_mean)


@wrong("Sampling", says="the variance is used as the standard deviation")
class SamplingWithTheVariance(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(z_log_var) * self.eps(z_mean)


@wrong("Sampling", says="the factor ½ is applied twice")
class SamplingWithTheFourthRoot(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.sqrt(ops.exp(0.5 * z_log_var)) * self.eps(z_mean)


@wrong("Sampling", says="z_mean is returned without any noise")
class NothingDrawn(Rolls):
    def call(self, inputs):
        return inputs[0]


@wrong("Sampling", says="z_mean is returned without any noise")
class DrawnInTrainingAlone(Rolls):
    def call(self, inputs, training=False):
        z_mean, z_log_var = inputs
        if not training:
            return z_mean
        return z_mean + ops.exp(0.5 * z_log_var) * self.eps(z_mean)


@wrong("Sampling", says="z_mean is not added")
class MeanForgotten(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return ops.exp(0.5 * z_log_var) * self.eps(z_mean)


@wrong("Sampling", says="eps is not multiplied by the standard deviation")
class DeviationForgotten(Rolls):
    def call(self, inputs):
        return inputs[0] + self.eps(inputs[0])


@wrong("Sampling", says="standard deviation")
class UniformEps(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = keras.random.uniform(ops.shape(z_mean), -1, 1, seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


@wrong("Sampling", says="share of eps between −1 and 1")
class UniformEpsOfTheRightDeviation(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        edge = 3**0.5
        eps = keras.random.uniform(ops.shape(z_mean), -edge, edge, seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


@wrong("Sampling", says="got shape (4000, 6)")
class MeanAndLogVarTogether(Rolls):
    def call(self, inputs):
        both = ops.concatenate(inputs, axis=-1)
        return both + self.eps(both)


@wrong("Sampling", says="very narrow posteriors")
class SamplingWithLogVarCutOff(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * ops.clip(z_log_var, -10, 10)) * self.eps(z_mean)


@wrong("Sampling", says="very wide posteriors")
class SamplingWithLargeLogVarCutOff(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * ops.minimum(z_log_var, 20)) * self.eps(z_mean)


@wrong("Sampling", says="very narrow posteriors")
class SamplingWithAFloor(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.sqrt(ops.exp(z_log_var) + 1e-6) * self.eps(z_mean)


@wrong("Sampling", says="gradient for z_log_var")
class SamplingInFloat16(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = (ops.cast(a, "float16") for a in inputs)
        eps = ops.cast(self.eps(z_mean), "float16")
        return ops.cast(z_mean + ops.exp(0.5 * z_log_var) * eps, "float32")


@wrong("Sampling", says="the seed 0, and the largest seed")
class SeedZeroForNone(layers.Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed or None)

    call = SamplingInTf.call
    eps = Rolls.eps


@wrong("Sampling", says="at the first call or at a later one")
class SeededOnceAlone(Rolls):
    first = True

    def call(self, inputs):
        z_mean, z_log_var = inputs
        seed = self.seed_generator if self.first else None
        self.first = False
        eps = keras.random.normal(ops.shape(z_mean), seed=seed)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


@wrong("Sampling", says="while it is trained")
class DrawnInInferenceAlone(Rolls):
    def call(self, inputs, training=False):
        z_mean, z_log_var = inputs
        eps = 0.0 if training else self.eps(z_mean)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


@wrong("Sampling", says="wrong shape")
class SamplingSqueezed(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return ops.squeeze(z_mean + ops.exp(0.5 * z_log_var) * self.eps(z_mean))


@wrong("Sampling", says="some dimensions of the codes are alike")
class HalfOfTheRollsMirrored(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        n = len(z_mean)
        half = self.eps(z_mean[: (n + 1) // 2])
        eps = ops.concatenate([half, -half])[:n]
        return z_mean + ops.exp(0.5 * z_log_var) * eps


@wrong("Sampling", says="your code raised")
class EpsOfTheFirstShape(Rolls):
    shape = None

    def call(self, inputs):
        z_mean, z_log_var = inputs
        self.shape = self.shape or tuple(z_mean.shape)
        eps = keras.random.normal(self.shape, seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


# build_vae_mlp


def networks(latent_dim, head=None, hidden="relu", last=None, shared=False, units=512):
    """An encoder and a decoder with one thing changed."""
    x = keras.Input((28, 28, 1))
    h = layers.Dense(units, activation=hidden)(layers.Flatten()(x))
    z_mean = layers.Dense(latent_dim, activation=head)(h)
    z_log_var = z_mean if shared else layers.Dense(latent_dim, activation=head)(h)
    z = keras.Input((latent_dim,))
    h = layers.Dense(units, activation=hidden)(z)
    logits = layers.Reshape((28, 28, 1))(layers.Dense(784, activation=last)(h))
    return keras.Model(x, [z_mean, z_log_var]), keras.Model(z, logits)


@right("build_vae_mlp")
def with_the_heads_made_in_another_order(latent_dim=2):
    x = keras.Input((28, 28, 1))
    h = layers.Activation("relu")(layers.Dense(512)(layers.Reshape((784,))(x)))
    z_log_var = layers.Dense(latent_dim)(h)
    z_mean = layers.Dense(latent_dim)(h)
    return keras.Model(x, (z_mean, z_log_var)), networks(latent_dim)[1]


@right("build_vae_mlp")
def with_a_sequential_decoder(latent_dim=2):
    decoder = keras.Sequential(
        [
            layers.Input((latent_dim,)),
            layers.Dense(512),
            layers.ReLU(),
            layers.Dense(784, activation="linear"),
            layers.Reshape((28, 28, 1)),
        ]
    )
    return networks(latent_dim)[0], decoder


@right("build_vae_mlp")
def as_a_list(latent_dim=2):
    return list(networks(latent_dim, head="linear"))


@wrong("build_vae_mlp", says="a ReLU stands on a head")
def relu_on_the_heads(latent_dim=2):
    return networks(latent_dim, head="relu")


@wrong("build_vae_mlp", says="a ReLU stands on a head")
def relu_on_the_log_variance(latent_dim=2):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    heads = [layers.Dense(latent_dim)(h), layers.Dense(latent_dim, activation="relu")(h)]
    return keras.Model(x, heads), networks(latent_dim)[1]


@wrong("build_vae_mlp", says="a softplus stands on a head")
def softplus_on_the_heads(latent_dim=2):
    return networks(latent_dim, head="softplus")


@wrong("build_vae_mlp", says="one head gives both outputs")
def one_head_for_both(latent_dim=2):
    return networks(latent_dim, shared=True)


@wrong("build_vae_mlp", says="stands for the two heads")
def one_wide_head(latent_dim=2):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    both = layers.Dense(2 * latent_dim)(h)
    outputs = [both[:, :latent_dim], both[:, latent_dim:]]
    return keras.Model(x, outputs), networks(latent_dim)[1]


@wrong("build_vae_mlp", says="a sigmoid stands on the logits")
def sigmoid_on_the_logits(latent_dim=2):
    return networks(latent_dim, last="sigmoid")


@wrong("build_vae_mlp", says="the hidden layer has no activation")
def no_activation(latent_dim=2):
    return networks(latent_dim, hidden=None)


@wrong("build_vae_mlp", says="the weights have shapes")
def too_few_units(latent_dim=2):
    return networks(latent_dim, units=256)


@wrong("build_vae_mlp", says="the weights have the wrong shapes")
def latent_size_fixed(latent_dim=2):
    return networks(2)


@wrong("build_vae_mlp", says="encoder and decoder are in the wrong order")
def decoder_first(latent_dim=2):
    return networks(latent_dim)[::-1]


@wrong("build_vae_mlp", says="got shape (5, 784)")
def not_reshaped(latent_dim=2):
    encoder, decoder = networks(latent_dim)
    return encoder, keras.Model(decoder.inputs, decoder.layers[-2].output)


@wrong("build_vae_mlp", says="both outputs are the same tensor")
def the_same_output_twice(latent_dim=2):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    z_mean, z_log_var = layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)
    encoder = keras.Model(x, [z_mean, 0 * z_log_var + z_mean])
    return encoder, networks(latent_dim)[1]


@wrong("build_vae_mlp", says="z_log_var is computed from z_mean")
def log_variance_from_the_mean(latent_dim=2):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    z_mean = layers.Dense(latent_dim)(h)
    return keras.Model(x, [z_mean, layers.Dense(latent_dim)(z_mean)]), networks(latent_dim)[1]


@wrong("build_vae_mlp", says="exp is applied to a head")
def exp_on_the_log_variance(latent_dim=2):
    return networks(latent_dim, head="exponential")


@wrong("build_vae_mlp", says="it is not built. Begin it with `keras.Input(…)`")
def decoder_without_an_input(latent_dim=2):
    decoder = keras.Sequential(
        [
            layers.Dense(512, activation="relu"),
            layers.Dense(784),
            layers.Reshape((28, 28, 1)),
        ]
    )
    return networks(latent_dim)[0], decoder


class Unbuilt(keras.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.hidden, self.logits = layers.Dense(512, activation="relu"), layers.Dense(units)

    def call(self, z):
        return ops.reshape(self.logits(self.hidden(z)), (-1, 28, 28, 1))


@wrong("build_vae_mlp", says="it is not built. Begin it with `keras.Input(…)`")
def decoder_as_an_unbuilt_subclass(latent_dim=2):
    return networks(latent_dim)[0], Unbuilt(784)


@wrong("build_vae_mlp", says="the encoder's output: got a list of 3")
def encoder_with_three_outputs(latent_dim=2):
    encoder, decoder = networks(latent_dim)
    z_mean, z_log_var = encoder.outputs
    return keras.Model(encoder.inputs, [z_mean, z_log_var, z_mean + z_log_var]), decoder


@wrong("build_vae_mlp", says="the encoder's output: got something of type dict, expected a list")
def encoder_with_a_dictionary(latent_dim=2):
    encoder, decoder = networks(latent_dim)
    outputs = dict(zip(("z_mean", "z_log_var"), encoder.outputs, strict=True))
    return keras.Model(encoder.inputs, outputs), decoder


@wrong("build_vae_mlp", says="the encoder's output: got something of type EagerTensor")
def encoder_with_one_output(latent_dim=2):
    encoder, decoder = networks(latent_dim)
    together = layers.Concatenate()(encoder.outputs)
    return keras.Model(encoder.inputs, together), decoder


@wrong("build_vae_mlp", says="expected two values")
def one_model(latent_dim=2):
    return networks(latent_dim)[0]


@right("build_vae_mlp")
def with_a_reshape_and_own_names(latent_dim=2):
    x = keras.Input((28, 28, 1), name="image")
    h = layers.ReLU()(layers.Dense(512, name="hidden")(ops.reshape(x, (-1, 784))))
    heads = [layers.Dense(latent_dim, name=name)(h) for name in ("mean", "log_var")]
    z = keras.Input((latent_dim,), name="code")
    logits = layers.Dense(784)(layers.Dense(512, "relu")(z))
    return keras.Model(x, heads), keras.Model(z, ops.reshape(logits, (-1, 28, 28, 1)))


@right("build_vae_mlp")
def with_a_shared_trunk_model(latent_dim=2):
    x, image = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
    trunk = keras.Model(x, layers.Dense(512)(layers.Flatten()(x)))
    h = ops.maximum(trunk(image), 0.0)
    heads = [layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)]
    return keras.Model(image, heads), networks(latent_dim)[1]


@wrong("build_vae_mlp", says="a leaky ReLU stands where a ReLU is meant")
def leaky_relu(latent_dim=2):
    return networks(latent_dim, hidden="leaky_relu")


@wrong("build_vae_mlp", says="LeakyReLU stands where a ReLU is meant")
def leaky_relu_as_a_layer(latent_dim=2):
    return networks(latent_dim, hidden=layers.LeakyReLU())


@wrong("build_vae_mlp", says="ELU stands where a ReLU is meant")
def elu(latent_dim=2):
    return networks(latent_dim, hidden="elu")


@wrong("build_vae_mlp", says="GELU stands where a ReLU is meant")
def gelu(latent_dim=2):
    return networks(latent_dim, hidden="gelu")


@wrong("build_vae_mlp", says="tanh stands where a ReLU is meant")
def tanh(latent_dim=2):
    return networks(latent_dim, hidden="tanh")


@wrong("build_vae_mlp", says="z_mean")
def relu_up_to_6(latent_dim=2):
    return networks(latent_dim, hidden="relu6")


@wrong("build_vae_mlp", says="logits: got")
def sigmoid_in_the_decoder(latent_dim=2):
    return networks(latent_dim)[0], networks(latent_dim, hidden="sigmoid")[1]


@wrong("build_vae_mlp", says="the encoder wants flat images")
def flat_images_wanted(latent_dim=2):
    x = keras.Input((784,))
    h = layers.Dense(512, activation="relu")(x)
    heads = [layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)]
    return keras.Model(x, heads), networks(latent_dim)[1]


@wrong("build_vae_mlp", says="the encoder gives z_log_var first")
def log_variance_first(latent_dim=2):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    heads = [layers.Dense(latent_dim, name=name)(h) for name in ("z_log_var", "z_mean")]
    return keras.Model(x, heads), networks(latent_dim)[1]


@wrong("build_vae_mlp", says="z_mean: got")
def dropout_in_the_encoder(latent_dim=2):
    x = keras.Input((28, 28, 1))
    h = layers.Dropout(0.2, seed=1)(layers.Dense(512, activation="relu")(layers.Flatten()(x)))
    heads = [layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)]
    return keras.Model(x, heads), networks(latent_dim)[1]


@wrong("build_vae_mlp", says="your code raised")
def batches_of_five(latent_dim=2):
    z = keras.Input((latent_dim,))
    h = layers.Dense(784)(layers.Dense(512, activation="relu")(z))
    return networks(latent_dim)[0], keras.Model(z, ops.reshape(h, (5, 28, 28, -1)))


@wrong("build_vae_mlp", says="z_log_var")
def log_variance_cut_off(latent_dim=2):
    encoder, decoder = networks(latent_dim)
    z_mean, z_log_var = encoder.outputs
    return keras.Model(encoder.inputs, [z_mean, ops.clip(z_log_var, -10, 10)]), decoder


@wrong("build_vae_mlp", says="logits: got")
def gelu_in_the_decoder(latent_dim=2):
    return networks(latent_dim)[0], networks(latent_dim, hidden="gelu")[1]


@wrong("build_vae_mlp", says="logits: got")
def relu_up_to_6_in_the_decoder(latent_dim=2):
    return networks(latent_dim)[0], networks(latent_dim, hidden="relu6")[1]


@wrong("build_vae_mlp", says="z_log_var: got")
def log_variance_cut_off_at_20(latent_dim=2):
    encoder, decoder = networks(latent_dim)
    z_mean, z_log_var = encoder.outputs
    return keras.Model(encoder.inputs, [z_mean, ops.clip(z_log_var, -20, 20)]), decoder


@wrong("build_vae_mlp", says="logits: got")
def logits_cut_off(latent_dim=2):
    encoder, decoder = networks(latent_dim)
    return encoder, keras.Model(decoder.input, ops.clip(decoder.output, -20, 20))


# train_step


def loss_of(encoder, decoder, x, eps, scale=0.5, kl_weight=1.0):
    """The right loss for each image, which wrong answers change."""
    z_mean, z_log_var = encoder(x)
    logits = decoder(z_mean + ops.exp(scale * z_log_var) * eps)
    axes = tuple(range(1, len(x.shape)))
    nll = ops.sum(ops.softplus(logits) - x * logits, axis=axes)
    kl = 0.5 * ops.sum(ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)
    return nll + kl_weight * kl


def stepped(encoder, decoder, optimizer, loss_function, weights=None):
    """One step on any loss."""
    weights = weights or encoder.trainable_weights + decoder.trainable_weights
    with tf.GradientTape() as tape:
        loss = loss_function()
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    return loss


@right("train_step")
def step_with_apply(encoder, decoder, optimizer, x, eps):
    weights = [*decoder.trainable_variables, *encoder.trainable_variables]
    with tf.GradientTape() as tape:
        z_mean, z_log_var = encoder(x, training=True)
        logits = decoder(z_mean + tf.exp(z_log_var / 2) * eps, training=True)
        nll = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.cast(x, "float32"), logits=logits)
        nll = tf.reduce_sum(tf.reshape(nll, (len(x), -1)), axis=1)
        kl = tf.reduce_sum(tf.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=1) / 2
        loss = tf.reduce_mean(nll) + tf.reduce_mean(kl)
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


@right("train_step")
def step_with_two_gradients(encoder, decoder, optimizer, x, eps):
    with tf.GradientTape(persistent=True) as tape:
        loss = ops.mean(loss_of(encoder, decoder, x, eps))
    of_encoder = tape.gradient(loss, encoder.trainable_weights)
    of_decoder = tape.gradient(loss, decoder.trainable_weights)
    optimizer.apply_gradients(
        zip(
            of_encoder + of_decoder,
            encoder.trainable_weights + decoder.trainable_weights,
            strict=True,
        )
    )
    return loss


@right("train_step")
def step_that_minimises_minus_the_elbo(encoder, decoder, optimizer, x, eps):
    x, eps = tf.convert_to_tensor(x, "float32"), tf.convert_to_tensor(eps, "float32")
    weights = encoder.trainable_weights + decoder.trainable_weights
    with tf.GradientTape() as tape:
        elbo = -loss_of(encoder, decoder, x, eps)
        loss = -tf.reduce_sum(elbo) / tf.cast(tf.shape(x)[0], "float32")
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)]
    optimizer.apply_gradients(list(zip(gradients, weights, strict=True)))
    return tf.identity(loss)


@wrong("train_step", says="the loss is summed over the batch")
def step_on_the_sum(encoder, decoder, optimizer, x, eps):
    return stepped(encoder, decoder, optimizer, lambda: ops.sum(loss_of(encoder, decoder, x, eps)))


@wrong("train_step", says="the gradient is that of the sum over the batch")
def step_without_an_average(encoder, decoder, optimizer, x, eps):
    loss = stepped(encoder, decoder, optimizer, lambda: loss_of(encoder, decoder, x, eps))
    return ops.mean(loss)


@wrong("train_step", says="got shape (5,)")
def step_that_returns_one_loss_for_each_image(encoder, decoder, optimizer, x, eps):
    return stepped(encoder, decoder, optimizer, lambda: loss_of(encoder, decoder, x, eps))


@wrong("train_step", says="the noise is not used")
def step_without_noise(encoder, decoder, optimizer, x, eps):
    return stepped(
        encoder, decoder, optimizer, lambda: ops.mean(loss_of(encoder, decoder, x, 0 * eps))
    )


@wrong("train_step", says="the KL term is missing")
def step_without_kl(encoder, decoder, optimizer, x, eps):
    return stepped(
        encoder,
        decoder,
        optimizer,
        lambda: ops.mean(loss_of(encoder, decoder, x, eps, kl_weight=0.0)),
    )


@wrong("train_step", says="the noise is multiplied by the variance")
def step_with_the_variance(encoder, decoder, optimizer, x, eps):
    return stepped(
        encoder, decoder, optimizer, lambda: ops.mean(loss_of(encoder, decoder, x, eps, scale=1.0))
    )


@wrong("train_step", says="the sign is wrong")
def step_on_the_elbo(encoder, decoder, optimizer, x, eps):
    return stepped(
        encoder, decoder, optimizer, lambda: -ops.mean(loss_of(encoder, decoder, x, eps))
    )


@wrong("train_step", says="the loss is also averaged over the pixels")
def step_averaged_over_pixels(encoder, decoder, optimizer, x, eps):
    pixels = x[0].size if hasattr(x[0], "size") else tf.size(x[0])
    return stepped(
        encoder, decoder, optimizer, lambda: ops.mean(loss_of(encoder, decoder, x, eps)) / pixels
    )


@wrong("train_step", says="the weights of the encoder have not changed")
def step_of_the_decoder(encoder, decoder, optimizer, x, eps):
    return stepped(
        encoder,
        decoder,
        optimizer,
        lambda: ops.mean(loss_of(encoder, decoder, x, eps)),
        decoder.trainable_weights,
    )


@wrong("train_step", says="the weights of the decoder have not changed")
def step_of_the_encoder(encoder, decoder, optimizer, x, eps):
    return stepped(
        encoder,
        decoder,
        optimizer,
        lambda: ops.mean(loss_of(encoder, decoder, x, eps)),
        encoder.trainable_weights,
    )


@wrong("train_step", says="no weight has changed")
def step_that_applies_nothing(encoder, decoder, optimizer, x, eps):
    return ops.mean(loss_of(encoder, decoder, x, eps))


@wrong("train_step", says="the weights move up the gradient")
def step_upwards(encoder, decoder, optimizer, x, eps):
    return -stepped(
        encoder, decoder, optimizer, lambda: -ops.mean(loss_of(encoder, decoder, x, eps))
    )


@wrong("train_step", says="the gradient is that of the loss without KL term")
def step_whose_kl_stands_outside_of_the_tape(encoder, decoder, optimizer, x, eps):
    loss = ops.mean(loss_of(encoder, decoder, x, eps))
    stepped(
        encoder,
        decoder,
        optimizer,
        lambda: ops.mean(loss_of(encoder, decoder, x, eps, kl_weight=0.0)),
    )
    return loss


@wrong("train_step", says="loss: got")
def step_that_tells_the_loss_afterwards(encoder, decoder, optimizer, x, eps):
    stepped(encoder, decoder, optimizer, lambda: ops.mean(loss_of(encoder, decoder, x, eps)))
    return ops.mean(loss_of(encoder, decoder, x, eps))


@wrong("train_step", says="how far each weight moved under SGD(0.1)")
def step_with_an_optimizer_of_its_own(encoder, decoder, optimizer, x, eps):
    own = keras.optimizers.SGD(0.01)
    return stepped(encoder, decoder, own, lambda: ops.mean(loss_of(encoder, decoder, x, eps)))


@wrong("train_step", says="Adam in place of plain gradient descent")
def step_by_hand_without_the_optimizer(encoder, decoder, optimizer, x, eps):
    weights = encoder.trainable_weights + decoder.trainable_weights
    with tf.GradientTape() as tape:
        loss = ops.mean(loss_of(encoder, decoder, x, eps))
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        weight.assign(weight - optimizer.learning_rate * gradient)
    return loss


@wrong("train_step", says="the weights that lead to z_log_var have not changed")
def step_that_stops_the_log_variance(encoder, decoder, optimizer, x, eps):
    def loss():
        z_mean, z_log_var = encoder(x)
        z_log_var = ops.stop_gradient(z_log_var)
        logits = decoder(z_mean + ops.exp(0.5 * z_log_var) * eps)
        axes = tuple(range(1, len(x.shape)))
        nll = ops.sum(ops.softplus(logits) - x * logits, axis=axes)
        kl = 0.5 * ops.sum(ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)
        return ops.mean(nll + kl)

    weights = encoder.trainable_weights[:2] + decoder.trainable_weights
    return stepped(encoder, decoder, optimizer, loss, weights)


@wrong("train_step", says="compiled by `tf.function` it raised")
def step_that_needs_numbers(encoder, decoder, optimizer, x, eps):
    loss = stepped(encoder, decoder, optimizer, lambda: ops.mean(loss_of(encoder, decoder, x, eps)))
    return float(loss)


@wrong("train_step", says="loss: got")
def step_with_fresh_noise(encoder, decoder, optimizer, x, eps):
    noise = np.random.default_rng(5).normal(size=eps.shape).astype("float32")
    return stepped(
        encoder, decoder, optimizer, lambda: ops.mean(loss_of(encoder, decoder, x, noise))
    )


@wrong("train_step", says="the weights of the encoder have not changed")
def step_in_numpy(encoder, decoder, optimizer, x, eps):
    weights = encoder.trainable_weights + decoder.trainable_weights
    with tf.GradientTape() as tape:
        z_mean, z_log_var = (np.asarray(a) for a in encoder(x))
        logits = decoder(z_mean + np.exp(z_log_var / 2) * eps)
        nll = ops.sum(ops.softplus(logits) - x * logits, axis=(1, 2, 3))
        kl = 0.5 * np.sum(np.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)
        loss = ops.mean(nll + kl)
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    return loss


# sample_images


def decoded(decoder, z):
    return ops.sigmoid(decoder(ops.convert_to_tensor(z, "float32")))


@right("sample_images")
def sampled_by_keras(decoder, n, latent_dim, seed):
    return decoded(decoder, keras.random.normal((n, latent_dim), seed=seed))


@right("sample_images")
def sampled_by_tf_without_state(decoder, n, latent_dim, seed):
    z = tf.random.stateless_normal((n, latent_dim), seed=(seed, 7))
    return tf.nn.sigmoid(decoder(z)).numpy()


@right("sample_images")
def sampled_and_predicted_in_float64(decoder, n, latent_dim, seed):
    z = np.random.default_rng(seed).standard_normal((n, latent_dim))
    logits = decoder.predict(z, verbose=0).astype("float64")
    return 1 / (1 + np.exp(-logits))


@right("sample_images")
def sampled_one_after_the_other(decoder, n, latent_dim, seed):
    rng = np.random.RandomState(seed)
    z = np.stack([rng.randn(latent_dim) for _ in range(n)])
    return list(np.asarray(decoded(decoder, z)))


@wrong("sample_images", says="outside of [0, 1]")
def samples_as_logits(decoder, n, latent_dim, seed):
    return decoder(np.random.default_rng(seed).normal(size=(n, latent_dim)))


@wrong("sample_images", says="every pixel is 0 or 1")
def samples_of_pixels(decoder, n, latent_dim, seed):
    rng = np.random.default_rng(seed)
    p = np.asarray(decoded(decoder, rng.normal(size=(n, latent_dim))))
    return (rng.random(p.shape) < p).astype("float32")


@wrong("sample_images", says="every pixel is 0 or 1")
def samples_rounded(decoder, n, latent_dim, seed):
    return np.round(decoded(decoder, np.random.default_rng(seed).normal(size=(n, latent_dim))))


@wrong("sample_images", says="all images are alike")
def one_code_for_all_images(decoder, n, latent_dim, seed):
    z = np.random.default_rng(seed).normal(size=(1, latent_dim))
    return decoded(decoder, np.repeat(z, n, axis=0))


@wrong("sample_images", says="all dimensions of a code are alike")
def one_number_for_all_dimensions(decoder, n, latent_dim, seed):
    z = np.random.default_rng(seed).normal(size=(n, 1))
    return decoded(decoder, np.repeat(z, latent_dim, axis=1))


@wrong("sample_images", says="the same seed gives other images")
def samples_without_a_seed(decoder, n, latent_dim, seed):
    return decoded(decoder, np.random.default_rng().normal(size=(n, latent_dim)))


@wrong("sample_images", says="another seed gives the same images")
def samples_with_a_fixed_seed(decoder, n, latent_dim, seed):
    return decoded(decoder, np.random.default_rng(0).normal(size=(n, latent_dim)))


@wrong("sample_images", says="the codes are uniform between 0 and 1")
def samples_from_a_box(decoder, n, latent_dim, seed):
    return decoded(decoder, np.random.default_rng(seed).random((n, latent_dim)))


@wrong("sample_images", says="the codes are uniform between −3 and 3")
def samples_from_a_larger_box(decoder, n, latent_dim, seed):
    return decoded(decoder, np.random.default_rng(seed).uniform(-3, 3, (n, latent_dim)))


@wrong("sample_images", says="the codes are uniform, with standard deviation 1")
def samples_from_a_box_of_the_right_variance(decoder, n, latent_dim, seed):
    z = np.random.default_rng(seed).uniform(-(3**0.5), 3**0.5, (n, latent_dim))
    return decoded(decoder, z)


@wrong("sample_images", says="the sigmoid were applied twice")
def samples_through_two_sigmoids(decoder, n, latent_dim, seed):
    return ops.sigmoid(decoded(decoder, np.random.default_rng(seed).normal(size=(n, latent_dim))))


@wrong("sample_images", says="standard deviation of the codes")
def samples_that_are_too_narrow(decoder, n, latent_dim, seed):
    return decoded(decoder, 0.7 * np.random.default_rng(seed).normal(size=(n, latent_dim)))


@wrong("sample_images", says="one flat image")
def samples_squeezed(decoder, n, latent_dim, seed):
    z = np.random.default_rng(seed).normal(size=(n, latent_dim))
    return np.squeeze(decoded(decoder, z)) if n == 1 else decoded(decoder, z)


# reconstruct


@right("reconstruct")
def reconstruction_in_numpy(encoder, decoder, x):
    z_mean = np.asarray(encoder(x)[0])
    return 1 / (1 + np.exp(-np.asarray(decoder(z_mean), dtype=np.float64)))


@right("reconstruct")
def reconstruction_by_predict(encoder, decoder, x):
    z_mean, _ = encoder.predict(x, verbose=0)
    return tf.sigmoid(decoder.predict(z_mean, verbose=0))


@right("reconstruct")
def reconstruction_image_by_image(encoder, decoder, x):
    found = [decoder(encoder(x[i : i + 1])[0])[0] for i in range(len(x))]
    return [np.asarray(keras.activations.sigmoid(logits)) for logits in found]


@wrong("reconstruct", says="logits, not probabilities")
def reconstruction_as_logits(encoder, decoder, x):
    return decoder(encoder(x)[0])


@wrong("reconstruct", says="Decode the mean of the posterior")
def reconstruction_of_a_sample(encoder, decoder, x):
    z_mean, z_log_var = encoder(x)
    eps = np.random.default_rng().normal(size=z_mean.shape).astype("float32")
    return ops.sigmoid(decoder(z_mean + ops.exp(0.5 * z_log_var) * eps))


@wrong("reconstruct", says="got")
def reconstruction_of_a_sample_with_a_fixed_seed(encoder, decoder, x):
    z_mean, z_log_var = encoder(x)
    eps = np.random.default_rng(0).normal(size=z_mean.shape).astype("float32")
    return ops.sigmoid(decoder(z_mean + ops.exp(0.5 * z_log_var) * eps))


@wrong("reconstruct", says="z_log_var is decoded in place of z_mean")
def reconstruction_of_the_log_variance(encoder, decoder, x):
    return ops.sigmoid(decoder(encoder(x)[1]))


@wrong("reconstruct", says="the code is z_mean plus the standard deviation")
def reconstruction_one_standard_deviation_off(encoder, decoder, x):
    z_mean, z_log_var = encoder(x)
    return ops.sigmoid(decoder(z_mean + ops.exp(0.5 * z_log_var)))


@wrong("reconstruct", says="the sigmoid is applied twice")
def reconstruction_through_two_sigmoids(encoder, decoder, x):
    return ops.sigmoid(ops.sigmoid(decoder(encoder(x)[0])))


@wrong("reconstruct", says="rounded to 0 and 1")
def reconstruction_in_black_and_white(encoder, decoder, x):
    return np.round(ops.sigmoid(decoder(encoder(x)[0])))


@wrong("reconstruct", says="these are the images themselves")
def the_images_themselves(encoder, decoder, x):
    return x


@wrong("reconstruct", says="your code raised")
def reconstruction_of_both_outputs(encoder, decoder, x):
    return ops.sigmoid(decoder(encoder(x)))


@wrong("reconstruct", says="got shape (4, 6)")
def reconstruction_flattened(encoder, decoder, x):
    logits = decoder(encoder(x)[0])
    return ops.reshape(ops.sigmoid(logits), (len(x), -1))
