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


@wrong("reparameterize", says="the variance is used as the deviation")
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


@wrong("reparameterize", says="z_log_var is used as the deviation")
def log_var_for_deviation(z_mean, z_log_var, eps):
    return z_mean + z_log_var * eps


@wrong("reparameterize", says="exp(z_log_var) / 2 stands for exp(z_log_var / 2)")
def half_of_the_variance(z_mean, z_log_var, eps):
    return z_mean + np.exp(z_log_var) / 2 * eps


@wrong("reparameterize", says="half of z_log_var is used as the deviation")
def exp_forgotten(z_mean, z_log_var, eps):
    return z_mean + 0.5 * z_log_var * eps


@wrong("reparameterize", says="eps is not multiplied by the deviation")
def no_deviation(z_mean, z_log_var, eps):
    return z_mean + eps


@wrong("reparameterize", says="z_mean is not added")
def no_mean(z_mean, z_log_var, eps):
    return np.exp(0.5 * z_log_var) * eps


@wrong("reparameterize", says="eps is divided by the deviation")
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


def score(f_z, z, mean, log_std):
    """The right answer, which the wrong ones change."""
    std = np.exp(log_std)
    return f_z * (z - mean) / std**2, f_z * ((z - mean) ** 2 / std**2 - 1)


@right("score_function_gradient")
def score_in_tf(f_z, z, mean, log_std):
    precision = tf.exp(tf.constant(-2 * log_std, tf.float32))
    f_z, away = tf.cast(f_z, tf.float32), tf.cast(z, tf.float32) - mean
    return f_z * away * precision, f_z * (away**2 * precision - 1)


@right("score_function_gradient")
def score_by_the_tape(f_z, z, mean, log_std):
    f_z, z = (tf.convert_to_tensor(a, tf.float64) for a in (f_z, z))
    mean, log_std = (tf.fill(z.shape, tf.constant(a, tf.float64)) for a in (mean, log_std))
    with tf.GradientTape() as tape:
        tape.watch((mean, log_std))
        log_q = -log_std - (z - mean) ** 2 / (2 * tf.exp(2 * log_std))
    for_mean, for_log_std = tape.gradient(log_q, (mean, log_std))
    return [f_z * for_mean, f_z * for_log_std]


@right("score_function_gradient")
def score_stacked(f_z, z, mean, log_std):
    return np.stack(score(f_z, z, mean, log_std))


@wrong("score_function_gradient", says="the sign of the score is wrong")
def sign_of_the_score(f_z, z, mean, log_std):
    return score(-f_z, z, mean, log_std)


@wrong("score_function_gradient", says="gradient for the deviation instead of its logarithm")
def score_for_the_deviation(f_z, z, mean, log_std):
    for_mean, for_log_std = score(f_z, z, mean, log_std)
    return for_mean, for_log_std / np.exp(log_std)


@wrong("score_function_gradient", says="gradient for the logarithm of the variance")
def score_for_log_var(f_z, z, mean, log_std):
    for_mean, for_log_std = score(f_z, z, mean, log_std)
    return for_mean, for_log_std / 2


@wrong("score_function_gradient", says="divided by σ instead of σ²")
def score_divided_by_the_deviation(f_z, z, mean, log_std):
    return f_z * (z - mean) / np.exp(log_std), score(f_z, z, mean, log_std)[1]


@wrong("score_function_gradient", says="the distance is not divided by σ²")
def score_not_divided(f_z, z, mean, log_std):
    return f_z * (z - mean), score(f_z, z, mean, log_std)[1]


@wrong("score_function_gradient", says="the distance is divided by σ⁴")
def score_divided_twice(f_z, z, mean, log_std):
    return f_z * (z - mean) / np.exp(4 * log_std), score(f_z, z, mean, log_std)[1]


@wrong("score_function_gradient", says="the squared distance is divided by σ⁴")
def score_squared_distance_divided_twice(f_z, z, mean, log_std):
    away = z - mean
    return score(f_z, z, mean, log_std)[0], f_z * (away**2 / np.exp(4 * log_std) - 1)


@wrong("score_function_gradient", says="the squared distance is divided by σ instead of σ²")
def score_squared_distance_divided_by_the_deviation(f_z, z, mean, log_std):
    away = z - mean
    return score(f_z, z, mean, log_std)[0], f_z * (away**2 / np.exp(log_std) - 1)


@wrong("score_function_gradient", says="the term −1 is missing")
def score_without_minus_one(f_z, z, mean, log_std):
    for_mean, for_log_std = score(f_z, z, mean, log_std)
    return for_mean, for_log_std + f_z


@wrong("score_function_gradient", says="the sign of the term 1 is wrong")
def score_with_plus_one(f_z, z, mean, log_std):
    for_mean, for_log_std = score(f_z, z, mean, log_std)
    return for_mean, for_log_std + 2 * f_z


@wrong("score_function_gradient", says="the factor 2 is missing on the squared distance")
def score_half_of_the_square(f_z, z, mean, log_std):
    away = (z - mean) / np.exp(log_std)
    return score(f_z, z, mean, log_std)[0], f_z * (0.5 * away**2 - 1)


@wrong("score_function_gradient", says="the distance is not squared")
def score_not_squared(f_z, z, mean, log_std):
    away = (z - mean) / np.exp(log_std)
    return score(f_z, z, mean, log_std)[0], f_z * (away - 1)


@wrong("score_function_gradient", says="the factor f(z) is missing")
def score_without_f(f_z, z, mean, log_std):
    return score(np.ones_like(f_z), z, mean, log_std)


@wrong("score_function_gradient", says="log q instead of its derivative")
def log_density_for_score(f_z, z, mean, log_std):
    log_q = -log_std - (z - mean) ** 2 / (2 * np.exp(2 * log_std))
    return f_z * log_q, score(f_z, z, mean, log_std)[1]


@wrong("score_function_gradient", says="log_std is used as the deviation")
def score_log_std_for_deviation(f_z, z, mean, log_std):
    away = (z - mean) / log_std
    return f_z * away / log_std, f_z * (away**2 - 1)


@wrong("score_function_gradient", says="the mean is not subtracted")
def score_not_centred(f_z, z, mean, log_std):
    return score(f_z, z, 0.0, log_std)


@wrong("score_function_gradient", says="the two gradients are in the wrong order")
def score_in_the_wrong_order(f_z, z, mean, log_std):
    return score(f_z, z, mean, log_std)[::-1]


@wrong("score_function_gradient", says="a factor ½ is left over")
def score_with_the_half_kept(f_z, z, mean, log_std):
    for_mean, for_log_std = score(f_z, z, mean, log_std)
    return for_mean / 2, for_log_std


@wrong("score_function_gradient", says="the factor ½ on the squared distance is missing")
def score_without_the_half(f_z, z, mean, log_std):
    away = (z - mean) / np.exp(log_std)
    return score(f_z, z, mean, log_std)[0], f_z * (2 * away**2 - 1)


@wrong("score_function_gradient", says="the sign of the squared distance is wrong")
def score_with_the_sign_of_the_square(f_z, z, mean, log_std):
    away = (z - mean) / np.exp(log_std)
    return score(f_z, z, mean, log_std)[0], f_z * (-1 - away**2)


@wrong("score_function_gradient", says="the term −1 is −1/σ")
def score_with_the_term_of_the_deviation(f_z, z, mean, log_std):
    away = (z - mean) / np.exp(log_std)
    return score(f_z, z, mean, log_std)[0], f_z * (away**2 - np.exp(-log_std))


@wrong("score_function_gradient", says="the draws are summed")
def score_summed(f_z, z, mean, log_std):
    return tuple(g.sum() for g in score(f_z, z, mean, log_std))


@wrong("score_function_gradient", says="your code raised")
def score_in_float32_alone(f_z, z, mean, log_std):
    precision = tf.exp(tf.constant(-2 * log_std, tf.float32))
    away = tf.constant(z) - mean
    return f_z * away * precision, f_z * (away**2 * precision - 1)


@wrong("score_function_gradient", says="the draws are averaged")
def score_averaged(f_z, z, mean, log_std):
    return tuple(g.mean() for g in score(f_z, z, mean, log_std))


@wrong("score_function_gradient", says="expected two values")
def score_for_the_mean_alone(f_z, z, mean, log_std):
    return score(f_z, z, mean, log_std)[0]


@right("score_function_gradient")
def score_draw_by_draw(f_z, z, mean, log_std):
    variance = np.exp(2 * log_std)
    for_mean = [f * (one - mean) / variance for f, one in zip(f_z, z, strict=True)]
    for_log_std = [f * ((one - mean) ** 2 / variance - 1) for f, one in zip(f_z, z, strict=True)]
    return for_mean, for_log_std


@wrong("score_function_gradient", says="a very narrow q")
def score_with_a_floor(f_z, z, mean, log_std):
    variance = np.exp(2 * log_std) + 1e-8
    return f_z * (z - mean) / variance, f_z * ((z - mean) ** 2 / variance - 1)


@wrong("score_function_gradient", says="a very narrow q")
def score_cut_off(f_z, z, mean, log_std):
    return score(f_z, z, mean, max(log_std, -8))


@wrong("score_function_gradient", says="got")
def score_with_a_baseline(f_z, z, mean, log_std):
    return score(f_z - np.mean(f_z), z, mean, log_std)


@wrong("score_function_gradient", says="got shape (3, 1)")
def score_as_columns(f_z, z, mean, log_std):
    return tuple(g[:, None] for g in score(f_z, z, mean, log_std))


# pathwise_gradient


@right("pathwise_gradient")
def pathwise_in_tf(df_dz, eps, log_std):
    df_dz, eps = (tf.convert_to_tensor(a, tf.float64) for a in (df_dz, eps))
    return df_dz, df_dz * eps * tf.exp(tf.constant(log_std, tf.float64))


@right("pathwise_gradient")
def pathwise_in_ops(df_dz, eps, log_std):
    std = ops.exp(ops.convert_to_tensor(log_std, "float32"))
    df_dz, eps = (ops.convert_to_tensor(a, "float32") for a in (df_dz, eps))
    return [df_dz * ops.ones_like(eps), std * eps * df_dz]


@right("pathwise_gradient")
def pathwise_draw_by_draw(df_dz, eps, log_std):
    std = np.exp(log_std)
    return [float(d) for d in df_dz], [d * e * std for d, e in zip(df_dz, eps, strict=True)]


@wrong("pathwise_gradient", says="the factor eps is missing")
def pathwise_without_eps(df_dz, eps, log_std):
    return df_dz, df_dz * np.exp(log_std)


@wrong("pathwise_gradient", says="gradient for the deviation instead of its logarithm")
def pathwise_without_the_deviation(df_dz, eps, log_std):
    return df_dz, df_dz * eps


@wrong("pathwise_gradient", says="gradient for the logarithm of the variance")
def pathwise_for_log_var(df_dz, eps, log_std):
    return df_dz, df_dz * eps * np.exp(log_std) / 2


@wrong("pathwise_gradient", says="the variance is used as the deviation")
def pathwise_with_the_variance(df_dz, eps, log_std):
    return df_dz, df_dz * eps * np.exp(2 * log_std)


@wrong("pathwise_gradient", says="log_std is used as the deviation")
def pathwise_with_log_std(df_dz, eps, log_std):
    return df_dz, df_dz * eps * log_std


@wrong("pathwise_gradient", says="the factor eps is there")
def pathwise_eps_on_the_mean(df_dz, eps, log_std):
    return df_dz * eps, df_dz * eps * np.exp(log_std)


@wrong("pathwise_gradient", says="the deviation is there")
def pathwise_deviation_on_the_mean(df_dz, eps, log_std):
    return df_dz * np.exp(log_std), df_dz * eps * np.exp(log_std)


@wrong("pathwise_gradient", says="eps is squared")
def pathwise_eps_squared(df_dz, eps, log_std):
    return df_dz, df_dz * eps**2 * np.exp(log_std)


@wrong("pathwise_gradient", says="divided by the deviation")
def pathwise_divided_by_the_deviation(df_dz, eps, log_std):
    return df_dz, df_dz * eps / np.exp(log_std)


@wrong("pathwise_gradient", says="the two gradients are in the wrong order")
def pathwise_in_the_wrong_order(df_dz, eps, log_std):
    return df_dz * eps * np.exp(log_std), df_dz


@wrong("pathwise_gradient", says="without that of f")
def pathwise_of_z_alone(df_dz, eps, log_std):
    return np.ones_like(eps), eps * np.exp(log_std)


@wrong("pathwise_gradient", says="the draws are summed")
def pathwise_summed(df_dz, eps, log_std):
    return np.sum(df_dz), np.sum(df_dz * eps * np.exp(log_std))


@wrong("pathwise_gradient", says="the draws are averaged")
def pathwise_averaged(df_dz, eps, log_std):
    return np.mean(df_dz), np.mean(df_dz * eps * np.exp(log_std))


@right("pathwise_gradient")
def pathwise_by_the_tape(df_dz, eps, log_std):
    df_dz, eps = (tf.convert_to_tensor(a, tf.float64) for a in (df_dz, eps))
    of_each = tf.fill(tf.shape(eps), tf.constant(log_std, tf.float64))
    mean = tf.zeros_like(eps)
    with tf.GradientTape() as tape:
        tape.watch((mean, of_each))
        z = mean + tf.exp(of_each) * eps
    return tape.gradient(z, (mean, of_each), output_gradients=df_dz)


@wrong("pathwise_gradient", says="a very narrow q")
def pathwise_cut_off(df_dz, eps, log_std):
    return df_dz, df_dz * eps * np.exp(max(log_std, -8))


@wrong("pathwise_gradient", says="a very narrow q")
def pathwise_with_a_floor(df_dz, eps, log_std):
    return df_dz, df_dz * eps * np.sqrt(np.exp(2 * log_std) + 1e-8)


@wrong("pathwise_gradient", says="got")
def pathwise_with_size_of_the_slope(df_dz, eps, log_std):
    return np.abs(df_dz), np.abs(df_dz) * eps * np.exp(log_std)


@wrong("pathwise_gradient", says="one draw")
def pathwise_of_several_draws(df_dz, eps, log_std):
    return np.squeeze(df_dz), np.squeeze(df_dz * eps) * np.exp(log_std)


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


@wrong("leave_one_out_baseline", says="the plain mean, with the draw itself in it")
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


@wrong("leave_one_out_baseline", says="the sum of all draws is divided by n − 1")
def nothing_left_out(f_z):
    return np.full_like(f_z, np.sum(f_z) / (len(f_z) - 1))


@wrong("leave_one_out_baseline", says="the baseline is subtracted from f already")
def subtracted_already(f_z):
    return f_z - (np.sum(f_z) - f_z) / (len(f_z) - 1)


@wrong("leave_one_out_baseline", says="b − f")
def subtracted_the_wrong_way_round(f_z):
    return (np.sum(f_z) - f_z) / (len(f_z) - 1) - f_z


@wrong("leave_one_out_baseline", says="only the draws before this one")
def running_mean(f_z):
    before = np.cumsum(f_z) - f_z
    return before / np.maximum(np.arange(len(f_z)), 1)


@wrong("leave_one_out_baseline", says="the median of the others")
def median_of_the_others(f_z):
    return np.array([np.median(np.delete(f_z, i)) for i in range(len(f_z))])


@wrong("leave_one_out_baseline", says="draws of equal value are left out, too")
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


@wrong("Sampling", says="one eps is used for all numbers of a code")
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


@wrong("Sampling", says="the variance is used as the deviation")
class SamplingWithTheVariance(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(z_log_var) * self.eps(z_mean)


@wrong("Sampling", says="the factor ½ is applied twice")
class SamplingWithTheFourthRoot(Rolls):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.sqrt(ops.exp(0.5 * z_log_var)) * self.eps(z_mean)


@wrong("Sampling", says="z_mean is returned without any draw")
class NothingDrawn(Rolls):
    def call(self, inputs):
        return inputs[0]


@wrong("Sampling", says="z_mean is returned without any draw")
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


@wrong("Sampling", says="eps is not multiplied by the deviation")
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


@wrong("Sampling", says="some numbers of the codes are alike")
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


# negative_elbo


def parts(x, logits, z_mean, z_log_var):
    """Reconstruction of each pixel, and KL of each number of the code."""
    nll = np.logaddexp(0, logits) - x * logits
    return nll.reshape(len(x), -1), 0.5 * (np.exp(z_log_var) + z_mean**2 - 1 - z_log_var)


@right("negative_elbo")
def negative_elbo_in_two_steps(x, logits, z_mean, z_log_var):
    nll = ops.logaddexp(0.0, logits) - x * logits
    while len(nll.shape) > 1:
        nll = ops.sum(nll, axis=-1)
    variance = ops.exp(z_log_var)
    return nll + ops.sum(variance + ops.square(z_mean) - z_log_var - 1, axis=1) / 2


@right("negative_elbo")
def negative_elbo_in_tf(x, logits, z_mean, z_log_var):
    pixels = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
    nll = tf.reduce_sum(tf.reshape(pixels, (len(x), -1)), axis=1)
    kl = -0.5 * tf.reduce_sum(1 + z_log_var - z_mean**2 - tf.exp(z_log_var), axis=1)
    return nll + kl


@right("negative_elbo")
def negative_elbo_from_vaelib(x, logits, z_mean, z_log_var):
    from vaelib.losses import bernoulli_nll, kl_divergence

    zeros = ops.zeros_like(z_mean)
    return bernoulli_nll(x, logits) + kl_divergence(z_mean, z_log_var, zeros, zeros)


@right("negative_elbo")
def negative_elbo_with_keras_losses(x, logits, z_mean, z_log_var):
    x, logits = (ops.reshape(a, (len(a), -1)) for a in (x, logits))
    mean = keras.losses.binary_crossentropy(x, logits, from_logits=True)
    return x.shape[1] * mean + 0.5 * ops.sum(
        ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1
    )


@wrong("negative_elbo", says="Is numpy or `stop_gradient` used?")
def negative_elbo_in_numpy(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return nll.sum(axis=1) + kl.sum(axis=1)


@wrong("negative_elbo", says="expected a tensor, to train through it")
def negative_elbo_as_an_array(x, logits, z_mean, z_log_var):
    return np.asarray(negative_elbo_in_tf(x, logits, z_mean, z_log_var))


@wrong("negative_elbo", says="no gradient reaches logits")
def gradient_of_the_logits_stopped(x, logits, z_mean, z_log_var):
    return negative_elbo_in_tf(x, ops.stop_gradient(logits), z_mean, z_log_var)


@wrong("negative_elbo", says="no gradient reaches z_log_var")
def variance_in_numpy(x, logits, z_mean, z_log_var):
    variance = np.exp(z_log_var)
    kl = 0.5 * ops.sum(z_mean**2 + variance - 1 - np.log(variance), axis=-1)
    return negative_elbo_in_tf(x, logits, 0 * z_mean, 0 * z_mean) + kl


@wrong("negative_elbo", says="1 is handed over as the prior's log-variance")
def variance_of_the_prior_for_its_logarithm(x, logits, z_mean, z_log_var):
    from vaelib.losses import bernoulli_nll, kl_divergence

    return bernoulli_nll(x, logits) + kl_divergence(z_mean, z_log_var, 0.0, 1.0)


@wrong("negative_elbo", says="images and logits are swapped")
def images_and_logits_swapped(x, logits, z_mean, z_log_var):
    return negative_elbo_in_tf(logits, x, z_mean, z_log_var)


@wrong("negative_elbo", says="exp(z_log_var) is handed over as a log-variance")
def variance_for_log_variance(x, logits, z_mean, z_log_var):
    return negative_elbo_in_tf(x, logits, z_mean, ops.exp(z_log_var))


@wrong("negative_elbo", says="over the last axis alone: flatten the images")
def keras_loss_of_images(x, logits, z_mean, z_log_var):
    nll = keras.losses.binary_crossentropy(x, logits, from_logits=True)
    return nll + negative_elbo_in_tf(0 * x, 0 * x - 1000, z_mean, z_log_var)


@wrong("negative_elbo", says="the pixels are averaged instead of summed")
def keras_loss_of_flat_images(x, logits, z_mean, z_log_var):
    x, logits = (ops.reshape(a, (len(a), -1)) for a in (x, logits))
    nll = keras.losses.binary_crossentropy(x, logits, from_logits=True)
    return nll + negative_elbo_in_tf(0 * x, 0 * x - 1000, z_mean, z_log_var)


@wrong("negative_elbo", says="the KL term is subtracted")
def kl_subtracted(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return nll.sum(1) - kl.sum(1)


@wrong("negative_elbo", says="this is the ELBO, not minus the ELBO")
def the_elbo_itself(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return -nll.sum(1) - kl.sum(1)


@wrong("negative_elbo", says="the pixels are averaged instead of summed")
def pixels_averaged(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return nll.mean(1) + kl.sum(1)


@wrong("negative_elbo", says="the KL term is averaged over the numbers of the code")
def kl_averaged(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return nll.sum(1) + kl.mean(1)


@wrong("negative_elbo", says="averaged instead of summed")
def both_averaged(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return nll.mean(1) + kl.mean(1)


@wrong("negative_elbo", says="the KL term is missing")
def kl_forgotten(x, logits, z_mean, z_log_var):
    return parts(x, logits, z_mean, z_log_var)[0].sum(1)


@wrong("negative_elbo", says="not every value is finite")
def sigmoid_then_log(x, logits, z_mean, z_log_var):
    p = ops.sigmoid(ops.reshape(logits, (len(x), -1)))
    x = ops.reshape(x, p.shape)
    nll = -ops.sum(x * ops.log(p) + (1 - x) * ops.log(1 - p), axis=1)
    return nll + negative_elbo_in_tf(0 * x, 0 * x - 1000, z_mean, z_log_var)


@wrong("negative_elbo", says="the factor ½ of the KL term is missing")
def half_of_the_kl_missing(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return nll.sum(1) + 2 * kl.sum(1)


@wrong("negative_elbo", says="the logits go through a sigmoid first")
def sigmoid_of_the_logits(x, logits, z_mean, z_log_var):
    p = 1 / (1 + np.exp(-logits))
    nll, kl = parts(x, p, z_mean, z_log_var)
    return nll.sum(1) + kl.sum(1)


@wrong("negative_elbo", says="the reconstruction is the squared error")
def squared_error(x, logits, z_mean, z_log_var):
    error = (x - 1 / (1 + np.exp(-logits))) ** 2
    kl = parts(x, logits, z_mean, z_log_var)[1]
    return error.reshape(len(x), -1).sum(1) + kl.sum(1)


@wrong("negative_elbo", says="exp(z_log_var) is used as the deviation")
def log_of_the_deviation(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, 2 * z_log_var)
    return nll.sum(1) + kl.sum(1)


@wrong("negative_elbo", says="the sign of z_log_var in the KL term is wrong")
def sign_of_log_var(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return nll.sum(1) + (kl + z_log_var).sum(1)


@wrong("negative_elbo", says="z_mean is missing in the KL term")
def mean_forgotten_in_the_kl(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, 0 * z_mean, z_log_var)
    return nll.sum(1) + kl.sum(1)


@wrong("negative_elbo", says="the images are averaged, too")
def averaged_over_the_batch(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return (nll.sum(1) + kl.sum(1)).mean()


@wrong("negative_elbo", says="the images are summed, too")
def summed_over_the_batch(x, logits, z_mean, z_log_var):
    nll, kl = parts(x, logits, z_mean, z_log_var)
    return nll.sum() + kl.sum()


@right("negative_elbo")
def negative_elbo_image_by_image(x, logits, z_mean, z_log_var):
    losses = []
    for i in range(len(x)):
        nll = ops.sum(ops.softplus(logits[i]) - x[i] * logits[i])
        kl = ops.sum(ops.exp(z_log_var[i]) + ops.square(z_mean[i]) - 1 - z_log_var[i]) / 2
        losses.append(nll + kl)
    return ops.stack(losses)


@right("negative_elbo")
def negative_elbo_in_float64(x, logits, z_mean, z_log_var):
    x, logits, z_mean, z_log_var = (tf.cast(a, tf.float64) for a in (x, logits, z_mean, z_log_var))
    return negative_elbo_in_tf(x, logits, z_mean, z_log_var)


@right("negative_elbo")
def negative_elbo_by_einsum(x, logits, z_mean, z_log_var):
    x, logits = (ops.reshape(a, (a.shape[0], -1)) for a in (x, logits))
    nll = ops.sum(ops.relu(logits) + ops.log1p(ops.exp(-ops.abs(logits))), axis=1)
    squares = ops.einsum("nd,nd->n", z_mean, z_mean)
    variances = ops.sum(ops.exp(z_log_var) - z_log_var, axis=1)
    return nll - ops.einsum("np,np->n", x, logits) + 0.5 * (squares + variances - z_mean.shape[1])


@wrong("negative_elbo", says="very narrow posteriors")
def log_variances_cut_off(x, logits, z_mean, z_log_var):
    return negative_elbo_in_tf(x, logits, z_mean, ops.clip(z_log_var, -20, 20))


@wrong("negative_elbo", says="very wide posteriors")
def large_log_variances_cut_off(x, logits, z_mean, z_log_var):
    return negative_elbo_in_tf(x, logits, z_mean, ops.minimum(z_log_var, 20))


@wrong("negative_elbo", says="very narrow posteriors")
def log_of_the_variance_with_a_floor(x, logits, z_mean, z_log_var):
    variance = ops.exp(z_log_var)
    kl = 0.5 * ops.sum(variance + z_mean**2 - 1 - ops.log(variance + 1e-8), axis=-1)
    return negative_elbo_in_tf(x, logits, 0 * z_mean, 0 * z_mean) + kl


@wrong("negative_elbo", says="logits of ±1000")
def probabilities_cut_off(x, logits, z_mean, z_log_var):
    p = ops.clip(ops.sigmoid(logits), 1e-7, 1 - 1e-7)
    nll = -ops.sum(ops.reshape(x * ops.log(p) + (1 - x) * ops.log(1 - p), (len(x), -1)), axis=1)
    return nll + negative_elbo_in_tf(0 * x, 0 * x - 1000, z_mean, z_log_var)


@wrong("negative_elbo", says="logits of ±1000")
def large_logits_cut_off(x, logits, z_mean, z_log_var):
    return negative_elbo_in_tf(x, ops.clip(logits, -100, 100), z_mean, z_log_var)


@wrong("negative_elbo", says="images without a channel")
def images_with_a_channel_alone(x, logits, z_mean, z_log_var):
    nll = ops.sum(ops.softplus(logits) - x * logits, axis=(1, 2, 3))
    return nll + negative_elbo_in_tf(0 * x, 0 * x - 1000, z_mean, z_log_var)


@wrong("negative_elbo", says="gradient for z_log_var")
def gradient_of_the_variance_stopped(x, logits, z_mean, z_log_var):
    held = ops.stop_gradient(z_log_var)
    change = ops.exp(held) - ops.exp(z_log_var)
    change -= ops.stop_gradient(change)
    return negative_elbo_in_tf(x, logits, z_mean, z_log_var) + ops.sum(change, axis=1) / 2


@wrong("negative_elbo", says="one image")
def one_image_squeezed(x, logits, z_mean, z_log_var):
    return ops.squeeze(negative_elbo_in_tf(x, logits, z_mean, z_log_var))


@wrong("negative_elbo", says="an axis of length 1 is left over")
def negative_elbo_as_a_column(x, logits, z_mean, z_log_var):
    return negative_elbo_in_tf(x, logits, z_mean, z_log_var)[:, None]


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
