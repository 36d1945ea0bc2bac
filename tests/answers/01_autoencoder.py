"""Right and wrong answers to the exercises of 01_autoencoder."""

import keras
import numpy as np
import scipy
import tensorflow as tf
from keras import layers, ops
from scipy import linalg

from grading.authoring.answers import right, wrong

# pca_reconstruction


@right("pca_reconstruction")
def pca_by_eigenvectors_in_float64(x, k):
    x = x.astype(np.float64)
    mean = np.mean(x, axis=0, keepdims=True)
    _, vectors = np.linalg.eigh(np.cov(x.T))
    basis = vectors[:, ::-1][:, :k]
    return (x - mean) @ basis @ basis.T + mean


@right("pca_reconstruction")
def pca_by_truncated_product_in_tf(x, k):
    mean = tf.reduce_mean(x, axis=0)
    s, u, v = tf.linalg.svd(x - mean)
    return u[:, :k] * s[:k] @ tf.transpose(v[:, :k]) + mean


@right("pca_reconstruction")
def pca_in_keras_ops_of_full_matrices(x, k):
    mean = ops.mean(x, axis=0)
    vt = ops.svd(ops.convert_to_tensor(x) - mean, full_matrices=True)[2]
    return ops.matmul(ops.matmul(x - mean, ops.transpose(vt[:k])), vt[:k]) + mean


@right("pca_reconstruction")
def pca_in_float32_by_the_gram_matrix_and_a_loop(x, k):
    mean = np.mean(x, axis=0)
    vectors = np.linalg.eigh((x - mean).T @ (x - mean)).eigenvectors
    rebuilt = []
    for row in x:
        row_hat = mean.copy()
        for i in range(1, k + 1):
            row_hat += ((row - mean) @ vectors[:, -i]) * vectors[:, -i]
        rebuilt.append(row_hat)
    return rebuilt


@right("pca_reconstruction")
def pca_from_scipy(x, k):
    mean = x.mean(axis=0)
    u, s, vt = linalg.svd(x - mean)
    return np.einsum("ij,j,jk->ik", u[:, :k], s[:k], vt[:k]) + mean


@wrong("pca_reconstruction", says="the mean is not taken away first")
def pca_not_centred(x, k):
    vt = np.linalg.svd(x, full_matrices=False)[2]
    return x @ vt[:k].T @ vt[:k]


@wrong("pca_reconstruction", says="the mean is not added back")
def pca_mean_not_added_back(x, k):
    x = x - x.mean(axis=0)
    vt = np.linalg.svd(x, full_matrices=False)[2]
    return x @ vt[:k].T @ vt[:k]


@wrong("pca_reconstruction", says="the k components with the least variation are kept")
def pca_smallest_kept(x, k):
    mean = x.mean(axis=0)
    vt = np.linalg.svd(x - mean, full_matrices=False)[2]
    return mean + (x - mean) @ vt[-k:].T @ vt[-k:]


@wrong("pca_reconstruction", says="the k components with the least variation are kept")
def pca_eigh_not_reversed(x, k):
    mean = x.mean(axis=0)
    if len(x) < x.shape[1]:  # with fewer points the smallest ones are zero, and the mean is left
        return mean + 0 * x
    basis = np.linalg.eigh(np.cov(x.T)).eigenvectors[:, :k]
    return mean + (x - mean) @ basis @ basis.T


@wrong("pca_reconstruction", says="your code raised ValueError")
def pca_columns_of_u(x, k):
    mean = x.mean(axis=0)
    u = np.linalg.svd(x - mean, full_matrices=False)[0]
    return mean + (x - mean) @ u[:, :k] @ u[:, :k].T


@wrong("pca_reconstruction", says="the directions are taken from U, not from V")
def pca_rows_of_u(x, k):
    mean = x.mean(axis=0)
    u = np.linalg.svd(x - mean, full_matrices=False)[0]
    return mean + (x - mean) @ u[:k].T @ u[:k]


@wrong("pca_reconstruction", says="the directions are columns of vt")
def pca_columns_of_vt(x, k):
    mean = x.mean(axis=0)
    vt = np.linalg.svd(x - mean, full_matrices=False)[2]
    return mean + (x - mean) @ vt[:, :k] @ vt[:, :k].T


@wrong("pca_reconstruction", says="got shape (5, 1), expected (5, 3)")
def pca_codes_returned(x, k):
    mean = x.mean(axis=0)
    return (x - mean) @ np.linalg.svd(x - mean, full_matrices=False)[2][:k].T


@wrong("pca_reconstruction", says="one mean is taken over all pixels")
def pca_one_mean(x, k):
    vt = np.linalg.svd(x - x.mean(), full_matrices=False)[2]
    return x.mean() + (x - x.mean()) @ vt[:k].T @ vt[:k]


@wrong("pca_reconstruction", says="the directions come from x, not from x minus its mean")
def pca_directions_of_the_raw_points(x, k):
    mean = x.mean(axis=0)
    vt = np.linalg.svd(x, full_matrices=False)[2]
    return mean + (x - mean) @ vt[:k].T @ vt[:k]


@wrong("pca_reconstruction", says="x is projected, not x minus its mean")
def pca_of_the_raw_points(x, k):
    mean = x.mean(axis=0)
    vt = np.linalg.svd(x - mean, full_matrices=False)[2]
    return mean + x @ vt[:k].T @ vt[:k]


@wrong("pca_reconstruction", says="changes its argument in place")
def pca_in_place(x, k):
    mean = x.mean(axis=0)
    x -= mean
    vt = np.linalg.svd(x, full_matrices=False)[2]
    return mean + x @ vt[:k].T @ vt[:k]


@right("pca_reconstruction")
def pca_by_complex_eigenvectors(x, k):
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eig(np.cov(x, rowvar=False))
    basis = vectors[:, np.argsort(-values.real)[:k]]
    return mean + (x - mean) @ basis @ np.linalg.pinv(basis)


def pca_of_directions(x, centre, directions):
    return centre + (x - centre) @ directions.T @ directions


def directions_of(x):
    return np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2]


FOUND = {}


@wrong("pca_reconstruction", says="one component too many is kept")
def pca_with_one_more(x, k):
    return pca_of_directions(x, x.mean(axis=0), directions_of(x)[: k + 1])


@wrong("pca_reconstruction", says="as if no component were kept")
def pca_with_one_less(x, k):
    return pca_of_directions(x, x.mean(axis=0), directions_of(x)[: k - 1])


@wrong("pca_reconstruction", says="the best direction is left out")
def pca_counted_from_one(x, k):
    return pca_of_directions(x, x.mean(axis=0), directions_of(x)[1 : k + 1])


@wrong("pca_reconstruction", says="your code raised")
def pca_of_one_index(x, k):
    return pca_of_directions(x, x.mean(axis=0), directions_of(x)[k])


@wrong("pca_reconstruction", says="hidden case: as many points as dimensions")
def pca_of_the_first_direction_alone(x, k):
    return pca_of_directions(x, x.mean(axis=0), directions_of(x)[:1])


@wrong("pca_reconstruction", says="the singular values are left out")
def pca_without_singular_values(x, k):
    mean = x.mean(axis=0)
    u, _, vt = np.linalg.svd(x - mean, full_matrices=False)
    return mean + u[:, :k] @ vt[:k]


@wrong("pca_reconstruction", says="the pixels are divided by their standard deviation first")
def pca_standardised(x, k):
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-8
    scaled = (x - mean) / deviation
    vt = np.linalg.svd(scaled, full_matrices=False)[2][:k]
    return mean + scaled @ vt.T @ vt * deviation


@wrong("pca_reconstruction", says="the mean of each image is taken away")
def pca_mean_of_each_row(x, k):
    mean = x.mean(axis=1, keepdims=True)
    vt = np.linalg.svd(x - mean, full_matrices=False)[2][:k]
    return mean + (x - mean) @ vt.T @ vt


@wrong("pca_reconstruction", says="hidden case: the same shape, other values")
def pca_of_the_first_points(x, k):
    vt = FOUND.setdefault((x.shape, k), directions_of(x)[:k])
    return pca_of_directions(x, x.mean(axis=0), vt)


@wrong("pca_reconstruction", says="hidden case: all components kept")
def pca_that_leaves_out_the_last(x, k):
    return pca_of_directions(x, x.mean(axis=0), directions_of(x)[: min(k, x.shape[1] - 1)])


# mse_per_image


@right("mse_per_image")
def mse_by_reshape_in_float64(x, x_hat):
    difference = x.astype(np.float64) - x_hat
    return (difference**2).reshape(len(x), -1).mean(axis=1)


@right("mse_per_image")
def mse_in_tf(x, x_hat):
    return tf.reduce_mean(tf.square(x - x_hat), axis=list(range(1, x.ndim)))


@right("mse_per_image")
def mse_in_a_loop(x, x_hat):
    return [float(ops.mean(ops.square(a - b))) for a, b in zip(x, x_hat, strict=True)]


@wrong("mse_per_image", says="the errors are averaged over the batch")
def mse_over_everything(x, x_hat):
    return np.mean((x - x_hat) ** 2)


@wrong("mse_per_image", says="pixels are summed instead of averaged")
def mse_summed(x, x_hat):
    return ((x - x_hat) ** 2).reshape(len(x), -1).sum(axis=1)


@wrong("mse_per_image", says="the square root is taken")
def mse_rooted(x, x_hat):
    return np.sqrt(mse_by_reshape_in_float64(x, x_hat))


@wrong("mse_per_image", says="the absolute value is taken instead of the square")
def mse_absolute(x, x_hat):
    return np.abs(x - x_hat).reshape(len(x), -1).mean(axis=1)


@wrong("mse_per_image", says="the difference is not squared")
def mse_not_squared(x, x_hat):
    return (x - x_hat).reshape(len(x), -1).mean(axis=1)


@wrong("mse_per_image", says="together of shape (2, 2, 1, 2)")
def mse_over_one_axis(x, x_hat):
    return np.mean((x - x_hat) ** 2, axis=1)


@wrong("mse_per_image", says="together of shape (2, 2, 1, 2)")
def mse_over_the_last_axis(x, x_hat):
    return np.mean((x - x_hat) ** 2, axis=-1)


@wrong("mse_per_image", says="AxisError")
def mse_with_fixed_axes(x, x_hat):
    return np.mean((x - x_hat) ** 2, axis=(1, 2, 3))


@wrong("mse_per_image", says="Does your function end with `return`?")
def mse_without_return(x, x_hat):
    mse_by_reshape_in_float64(x, x_hat)


@right("mse_per_image")
def mse_by_einsum(x, x_hat):
    flat = (np.asarray(x, "float64") - x_hat).reshape(len(x), -1)
    return np.einsum("ij,ij->i", flat, flat) / flat.shape[1]


@right("mse_per_image")
def mse_of_keras(x, x_hat):
    x, x_hat = (ops.reshape(a, (len(a), -1)) for a in (x, x_hat))
    return keras.losses.mean_squared_error(x, x_hat)


@wrong("mse_per_image", says="the squares are halved")
def mse_halved(x, x_hat):
    return 0.5 * mse_by_einsum(x, x_hat)


@wrong("mse_per_image", says="the sum is divided by 784")
def mse_of_784_pixels(x, x_hat):
    return mse_summed(x, x_hat) / 784


@wrong("mse_per_image", says="the mean is squared instead of the differences")
def mse_square_of_the_mean(x, x_hat):
    return mse_not_squared(x, x_hat) ** 2


@wrong("mse_per_image", says="an axis of length 1 is left over")
def mse_with_kept_axes(x, x_hat):
    return ((x - x_hat) ** 2).reshape(len(x), -1).mean(axis=1, keepdims=True)


@wrong("mse_per_image", says="the reconstructions are cut to [0, 1]")
def mse_of_clipped_reconstructions(x, x_hat):
    return mse_by_einsum(x, np.clip(x_hat, 0, 1))


@wrong("mse_per_image", says="hidden case: images without a channel")
def mse_over_flat_or_three_axes(x, x_hat):
    return np.mean((x - x_hat) ** 2, axis=1 if x.ndim == 2 else (1, 2, 3))


@wrong("mse_per_image", says="hidden case: a time axis, too")
def mse_over_three_axes_at_most(x, x_hat):
    return np.mean((x - x_hat) ** 2, axis=tuple(range(1, min(x.ndim, 4))))


@wrong("mse_per_image", says="hidden case: small errors")
def mse_plus_a_little(x, x_hat):
    return mse_by_einsum(x, x_hat) + 1e-6


# build_autoencoder


def dense_pair(
    latent_dim, widths=(256, 64), hidden="relu", code=None, pixels="sigmoid", first=None, last=None
):
    """The right answer, which the wrong ones change."""
    encoder = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            *(layers.Dense(units, activation=hidden) for units in widths),
            layers.Dense(latent_dim, activation=code),
            *([first] if first else []),
        ]
    )
    decoder = keras.Sequential(
        [
            keras.Input((latent_dim,)),
            *(layers.Dense(units, activation=hidden) for units in widths[::-1]),
            layers.Dense(784, activation=pixels),
            layers.Reshape((28, 28, 1)),
            *([last] if last else []),
        ]
    )
    return encoder, decoder


@right("build_autoencoder")
def one_hidden_layer_each(latent_dim):
    return dense_pair(latent_dim, widths=(250,))


@right("build_autoencoder")
def a_list_of_deep_tanh_networks(latent_dim):
    return list(dense_pair(latent_dim, widths=(200, 100, 50), hidden="tanh"))


@right("build_autoencoder")
def convolutions(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Conv2D(16, 3, strides=2, padding="same", activation="elu")(x)
    h = layers.Conv2D(32, 3, strides=2, padding="same", activation="elu")(h)
    encoder = keras.Model(x, layers.Dense(latent_dim, use_bias=False)(layers.Flatten()(h)))
    z = keras.Input((latent_dim,))
    h = layers.Dense(7 * 7 * 32, activation="relu")(z)
    h = layers.Reshape((7, 7, 32))(h)
    h = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(h)
    h = layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid")(h)
    return encoder, keras.Model(z, h)


@wrong("build_autoencoder", says="batch normalization do")
def with_batch_normalization(latent_dim):
    _, decoder = dense_pair(latent_dim, widths=(128,))
    x = keras.Input((28, 28, 1))
    h = layers.Dense(100, activation="gelu")(layers.BatchNormalization()(layers.Flatten()(x)))
    return keras.Model(x, layers.Dense(latent_dim)(h)), decoder


@wrong("build_autoencoder", says="computes something else while it is trained")
def with_dropout(latent_dim):
    return dense_pair(latent_dim, last=layers.Dropout(0.1))


@right("build_autoencoder")
def with_layer_normalization_and_clipped_pixels(latent_dim):
    encoder, _ = dense_pair(latent_dim, hidden="selu")
    z = keras.Input((latent_dim,))
    h = layers.LayerNormalization()(layers.Dense(200, activation="relu")(z))
    pixels = layers.Dense(784, activation="hard_sigmoid")(h)
    return encoder, keras.Model(z, layers.Reshape((28, 28, 1))(pixels))


@wrong("build_autoencoder", says="Leave the code without an activation")
def code_through_relu(latent_dim):
    return dense_pair(latent_dim, code="relu")


@wrong("build_autoencoder", says="codes stay between")
def code_through_tanh(latent_dim):
    return dense_pair(latent_dim, code="tanh")


@wrong("build_autoencoder", says="no code is below 0")
def code_through_a_sigmoid(latent_dim):
    return dense_pair(latent_dim, code="sigmoid")


@wrong("build_autoencoder", says="codes stay between")
def code_through_elu(latent_dim):
    return dense_pair(latent_dim, code="elu")


@wrong("build_autoencoder", says="codes stay between")
def code_normalized(latent_dim):
    return dense_pair(latent_dim, first=layers.UnitNormalization())


@wrong("build_autoencoder", says="they have to stay in [0, 1]")
def pixels_without_activation(latent_dim):
    return dense_pair(latent_dim, pixels=None)


@wrong("build_autoencoder", says="they have to stay in [0, 1]")
def pixels_through_relu(latent_dim):
    return dense_pair(latent_dim, pixels="relu")


@wrong("build_autoencoder", says="they have to stay in [0, 1]")
def pixels_through_tanh(latent_dim):
    return dense_pair(latent_dim, pixels="tanh")


@wrong("build_autoencoder", says="as softmax makes them")
def pixels_through_softmax(latent_dim):
    return dense_pair(latent_dim, pixels="softmax")


@wrong("build_autoencoder", says="the encoder is linear")
def linear_pair(latent_dim):
    return dense_pair(latent_dim, hidden=None)


@wrong("build_autoencoder", says="the encoder is linear")
def encoder_without_a_hidden_layer(latent_dim):
    return dense_pair(latent_dim, widths=())[0], dense_pair(latent_dim)[1]


@wrong("build_autoencoder", says="the decoder is linear")
def decoder_without_a_hidden_layer(latent_dim):
    return dense_pair(latent_dim)[0], dense_pair(latent_dim, widths=())[1]


@wrong("build_autoencoder", says="500,000 are the most")
def too_wide(latent_dim):
    return dense_pair(latent_dim, widths=(512, 128))


@wrong("build_autoencoder", says="Return the encoder first")
def the_other_order(latent_dim):
    return dense_pair(latent_dim)[::-1]


@wrong("build_autoencoder", says="expected two values")
def one_model(latent_dim):
    return keras.Sequential(dense_pair(latent_dim))


@wrong("build_autoencoder", says="got shape (5, 784)")
def flat_images(latent_dim):
    encoder, decoder = dense_pair(latent_dim)
    return encoder, keras.Sequential([decoder, layers.Flatten()])


@wrong("build_autoencoder", says="your code raised")
def encoder_for_flat_images(latent_dim):
    encoder = keras.Sequential(
        [keras.Input((784,)), layers.Dense(64, "relu"), layers.Dense(latent_dim)]
    )
    return encoder, dense_pair(latent_dim)[1]


@wrong("build_autoencoder", says="got shape (5, 2), expected (5, 3)")
def always_two_dimensions(latent_dim):
    return dense_pair(2)


SHARED = {}


@wrong("build_autoencoder", says="two calls return models that share their layers")
def shared_between_calls(latent_dim):
    return SHARED.setdefault(latent_dim, dense_pair(latent_dim))


@wrong("build_autoencoder", says="no influence on its output")
def with_a_layer_that_is_not_used(latent_dim):
    encoder, decoder = dense_pair(latent_dim)
    x = keras.Input((28, 28, 1))
    z = encoder(x)
    unused = layers.Dense(5)(z)
    return keras.Model(x, z + 0 * keras.ops.sum(unused, axis=1, keepdims=True)), decoder


@wrong("build_autoencoder", says="got None")
def nothing_is_returned(latent_dim):
    dense_pair(latent_dim)


# gaussian_sampler


def factor_of(codes, ddof=1):
    """A factor of the covariance, by the singular value decomposition."""
    _, s, vt = np.linalg.svd(codes - codes.mean(axis=0), full_matrices=False)
    return vt.T * s / np.sqrt(len(codes) - ddof)


@right("gaussian_sampler")
def by_svd(codes, n, seed):
    factor = factor_of(np.asarray(codes, dtype=float))
    eps = np.random.default_rng(seed).standard_normal((n, factor.shape[1]))
    return codes.mean(axis=0) + eps @ factor.T


@right("gaussian_sampler")
def by_numpy_s_own(codes, n, seed):
    mean, cov = codes.mean(axis=0), np.atleast_2d(np.cov(codes, rowvar=False))
    return np.random.default_rng(seed).multivariate_normal(mean, cov, n, check_valid="ignore")


@right("gaussian_sampler")
def in_tf_over_m(codes, n, seed):
    codes = tf.cast(codes, tf.float64)
    mean = tf.reduce_mean(codes, axis=0)
    cov = tf.matmul(codes - mean, codes - mean, transpose_a=True) / len(codes)
    values, vectors = tf.linalg.eigh(cov)
    factor = vectors * tf.sqrt(tf.maximum(values, 0))
    eps = tf.random.stateless_normal((n, codes.shape[1]), seed=[seed, 0], dtype=tf.float64)
    return mean + tf.matmul(eps, factor, transpose_b=True)


@right("gaussian_sampler")
def as_weighted_codes(codes, n, seed):
    centred = np.asarray(codes - codes.mean(axis=0), dtype=float)
    weights = np.random.RandomState(seed).normal(size=(n, len(codes)))
    return codes.mean(axis=0) + weights @ centred / np.sqrt(len(codes) - 1)


@wrong("gaussian_sampler", says="the covariance is singular")
def by_cholesky(codes, n, seed):
    cov = np.atleast_2d(np.cov(codes.T))
    try:
        factor = np.linalg.cholesky(cov)
    except np.linalg.LinAlgError:
        factor = np.full(cov.shape, np.nan)
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return codes.mean(axis=0) + eps @ factor.T


@wrong("gaussian_sampler", says="the samples lie beside it")
def with_jitter(codes, n, seed):
    cov = np.atleast_2d(np.cov(codes.T)) + 1e-3 * np.eye(codes.shape[1])
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return codes.mean(axis=0) + eps @ np.linalg.cholesky(cov).T


@wrong("gaussian_sampler", says="not every number is finite")
def root_of_negative_variances(codes, n, seed):
    centred = codes - codes.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / (len(codes) - 1) - 1e-6)
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    with np.errstate(invalid="ignore"):
        return codes.mean(axis=0) + eps @ (vectors * np.sqrt(values)).T


@wrong("gaussian_sampler", says="correlations are lost")
def without_correlations(codes, n, seed):
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return codes.mean(axis=0) + codes.std(axis=0) * eps


@wrong("gaussian_sampler", says="the factor of Cholesky is transposed")
def cholesky_transposed(codes, n, seed):
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return codes.mean(axis=0) + eps @ np.linalg.cholesky(np.cov(codes.T))


@wrong("gaussian_sampler", says="stand where their root belongs")
def covariance_for_the_factor(codes, n, seed):
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return codes.mean(axis=0) + eps @ np.cov(codes.T)


@wrong("gaussian_sampler", says="eigenvectors are left out or transposed")
def eigenvectors_transposed(codes, n, seed):
    values, vectors = np.linalg.eigh(np.cov(codes.T))
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return codes.mean(axis=0) + eps @ (vectors * np.sqrt(values))


@wrong("gaussian_sampler", says="stand where their root belongs")
def eigenvalues_without_root(codes, n, seed):
    values, vectors = np.linalg.eigh(np.cov(codes.T))
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return codes.mean(axis=0) + eps @ (vectors * values).T


@wrong("gaussian_sampler", says="ε is used as it is")
def standard_normal_around_the_mean(codes, n, seed):
    return codes.mean(axis=0) + np.random.default_rng(seed).normal(size=(n, codes.shape[1]))


@wrong("gaussian_sampler", says="the mean is not added")
def mean_not_added(codes, n, seed):
    return by_svd(codes, n, seed) - codes.mean(axis=0)


@wrong("gaussian_sampler", says="lie within one standard deviation")
def codes_again_and_again(codes, n, seed):
    return codes[np.random.default_rng(seed).integers(len(codes), size=n)]


@wrong("gaussian_sampler", says="lie within one standard deviation")
def uniform_noise(codes, n, seed):
    factor = factor_of(codes)
    eps = np.random.default_rng(seed).uniform(-(3**0.5), 3**0.5, (n, factor.shape[1]))
    return codes.mean(axis=0) + eps @ factor.T


@wrong("gaussian_sampler", says="all samples are alike")
def one_eps_for_all(codes, n, seed):
    return np.tile(by_svd(codes, 1, seed), (n, 1))


@wrong("gaussian_sampler", says="the same seed gives other samples")
def sampler_without_seed(codes, n, seed):
    return by_svd(codes, n, None)


@wrong("gaussian_sampler", says="another seed gives the same samples")
def sampler_with_a_fixed_seed(codes, n, seed):
    return by_svd(codes, n, 0)


@wrong("gaussian_sampler", says="got shape (400, 2)")
def as_many_as_there_are_codes(codes, n, seed):
    return by_svd(codes, len(codes), seed)


@wrong("gaussian_sampler", says="one dimension")
def not_for_one_dimension(codes, n, seed):
    values, vectors = np.linalg.eigh(np.cov(codes.T))
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return codes.mean(axis=0) + eps @ (vectors * np.sqrt(np.maximum(values, 0))).T


# latent_path


def codes_of(encoder, first, last):
    return encoder.predict(np.stack([first, last]), verbose=0)


def weights_of(n):
    return np.linspace(0, 1, n)[:, None]


@right("latent_path")
def one_point_after_the_other(encoder, decoder, first, last, n):
    start, end = encoder(first[None]), encoder(last[None])
    steps = [i / (n - 1) for i in range(n)]
    return [decoder((1 - t) * start + t * end)[0] for t in steps]


@right("latent_path")
def numpy_makes_the_line(encoder, decoder, first, last, n):
    start, end = codes_of(encoder, first, last)
    return decoder(np.linspace(start, end, n))


@right("latent_path")
def the_line_in_float64(encoder, decoder, first, last, n):
    start, end = np.asarray(codes_of(encoder, first, last), dtype=float)
    return np.asarray(decoder.predict(start + weights_of(n) * (end - start), verbose=0), float)


@right("latent_path")
def the_line_in_keras(encoder, decoder, first, last, n):
    start, end = keras.ops.split(encoder(keras.ops.stack([first, last])), 2)
    t = keras.ops.reshape(keras.ops.linspace(0.0, 1.0, n), (n, 1))
    return decoder(keras.ops.matmul(1 - t, start) + keras.ops.matmul(t, end))


@wrong("latent_path", says="the line joins the images; join their codes")
def line_of_images(encoder, decoder, first, last, n):
    t = np.linspace(0, 1, n).reshape(-1, 1, 1, 1)
    return decoder.predict(encoder.predict((1 - t) * first + t * last, verbose=0), verbose=0)


@wrong("latent_path", says="the decoded ends are mixed")
def mixed_reconstructions(encoder, decoder, first, last, n):
    start, end = decoder.predict(codes_of(encoder, first, last), verbose=0)
    t = np.linspace(0, 1, n).reshape(-1, 1, 1, 1)
    return (1 - t) * start + t * end


@wrong("latent_path", says="the two images are mixed pixel by pixel")
def a_cross_fade(encoder, decoder, first, last, n):
    t = np.linspace(0, 1, n).reshape(-1, 1, 1, 1)
    return (1 - t) * first + t * last


@wrong("latent_path", says="from the last image to the first")
def path_backwards(encoder, decoder, first, last, n):
    end, start = codes_of(encoder, first, last)
    return decoder.predict((1 - weights_of(n)) * start + weights_of(n) * end, verbose=0)


@wrong("latent_path", says="the last point is missing")
def path_without_its_end(encoder, decoder, first, last, n):
    start, end = codes_of(encoder, first, last)
    t = np.arange(n)[:, None] / n
    return decoder.predict((1 - t) * start + t * end, verbose=0)


@wrong("latent_path", says="both ends are missing")
def path_between_the_ends(encoder, decoder, first, last, n):
    start, end = codes_of(encoder, first, last)
    t = np.linspace(0, 1, n + 2)[1:-1, None]
    return decoder.predict((1 - t) * start + t * end, verbose=0)


@wrong("latent_path", says="got shape (7, 28, 28, 1), expected (5, 28, 28, 1)")
def path_of_n_and_two_ends(encoder, decoder, first, last, n):
    start, end = codes_of(encoder, first, last)
    t = np.linspace(0, 1, n + 2)[:, None]
    return decoder.predict((1 - t) * start + t * end, verbose=0)


@wrong("latent_path", says="got shape (5, 1), expected (5, 28, 28, 1)")
def path_of_codes(encoder, decoder, first, last, n):
    start, end = codes_of(encoder, first, last)
    return (1 - weights_of(n)) * start + weights_of(n) * end


@wrong("latent_path", says="your code raised")
def images_that_are_no_batch(encoder, decoder, first, last, n):
    start, end = encoder(first), encoder(last)
    return decoder((1 - weights_of(n)) * start + weights_of(n) * end)


@wrong("latent_path", says="hidden case: three latent dimensions")
def each_dimension_at_its_own_time(encoder, decoder, first, last, n):
    start, end = codes_of(encoder, first, last)
    t = weights_of(n) ** np.arange(1, len(start) + 1)
    return decoder.predict((1 - t) * start + t * end, verbose=0)


@wrong("latent_path", says="hidden case")
def path_on_a_sphere(encoder, decoder, first, last, n):
    start, end = codes_of(encoder, first, last)
    line = (1 - weights_of(n)) * start + weights_of(n) * end
    if len(start) > 1:
        lengths = (1 - weights_of(n)) * np.linalg.norm(start) + weights_of(n) * np.linalg.norm(end)
        line *= lengths / np.linalg.norm(line, axis=1, keepdims=True)
    return decoder.predict(line, verbose=0)


@wrong("latent_path", says="hidden case: three latent dimensions")
def path_as_while_training(encoder, decoder, first, last, n):
    start, end = np.asarray(encoder(np.stack([first, last]), training=True))
    return decoder.predict((1 - weights_of(n)) * start + weights_of(n) * end, verbose=0)


@wrong("latent_path", says="hidden case")
def path_of_at_most_seven_points(encoder, decoder, first, last, n):
    start, end = codes_of(encoder, first, last)
    t = weights_of(min(n, 7))
    return decoder.predict((1 - t) * start + t * end, verbose=0)


# roc_auc


@right("roc_auc")
def all_pairs(scores_normal, scores_anomalous):
    difference = scores_anomalous[:, None] - scores_normal
    return np.mean((np.sign(difference) + 1) / 2)


@right("roc_auc")
def by_ranks(scores_normal, scores_anomalous):
    m = len(scores_anomalous)
    ranks = scipy.stats.rankdata(np.concatenate([scores_anomalous, scores_normal]))[:m]
    return (ranks.sum() - m * (m + 1) / 2) / (m * len(scores_normal))


@right("roc_auc")
def by_the_curve(scores_normal, scores_anomalous):
    thresholds = np.unique(np.concatenate([scores_normal, scores_anomalous]))[::-1]
    false_alarms = [0, *(np.mean(scores_normal >= t) for t in thresholds)]
    caught = [0, *(np.mean(scores_anomalous >= t) for t in thresholds)]
    return np.trapezoid(caught, false_alarms)


@right("roc_auc")
def a_loop_over_pairs(scores_normal, scores_anomalous):
    won = 0.0
    for b in scores_anomalous:
        for a in scores_normal:
            won += 1.0 if b > a else 0.5 if a == b else 0.0
    return won / (len(scores_normal) * len(scores_anomalous))


@wrong("roc_auc", says="equal scores are lost")
def ties_lost(scores_normal, scores_anomalous):
    return np.mean(scores_anomalous[:, None] > scores_normal)


@wrong("roc_auc", says="equal scores are won")
def ties_won(scores_normal, scores_anomalous):
    return np.mean(scores_anomalous[:, None] >= scores_normal)


@wrong("roc_auc", says="normal and anomalous scores are exchanged")
def exchanged(scores_normal, scores_anomalous):
    return all_pairs(scores_anomalous, scores_normal)


@wrong("roc_auc", says="compared with the mean of the normal ones")
def against_the_mean(scores_normal, scores_anomalous):
    return np.mean(scores_anomalous > np.mean(scores_normal))


@wrong("roc_auc", says="not divided by the number of pairs")
def wins_counted(scores_normal, scores_anomalous):
    return all_pairs(scores_normal, scores_anomalous) * len(scores_normal) * len(scores_anomalous)


@wrong("roc_auc", says="equal scores are lost")
def curve_one_score_at_a_time(scores_normal, scores_anomalous):
    score = np.concatenate([scores_normal, scores_anomalous])
    anomalous = (np.arange(len(score)) >= len(scores_normal))[np.argsort(-score, kind="stable")]
    caught = np.cumsum(anomalous) / anomalous.sum()
    return np.trapezoid(caught, np.cumsum(~anomalous) / (~anomalous).sum())


@wrong("roc_auc", says="equal scores are won")
def ordinal_ranks(scores_normal, scores_anomalous):
    m = len(scores_anomalous)
    order = np.argsort(np.concatenate([scores_normal, scores_anomalous]), kind="stable")
    ranks = np.argsort(order)[-m:] + 1
    return (ranks.sum() - m * (m + 1) / 2) / (m * len(scores_normal))


@wrong("roc_auc", says="large scores that differ a little")
def scores_in_float32(scores_normal, scores_anomalous):
    return all_pairs(scores_normal.astype("float32"), scores_anomalous.astype("float32"))


@wrong("roc_auc", says="most of them negative")
def thresholds_from_zero(scores_normal, scores_anomalous):
    if np.min(scores_normal) < 0 and np.max(scores_normal) < 0:
        scores_normal = np.abs(scores_normal)
    return all_pairs(scores_normal, scores_anomalous)


@wrong("roc_auc", says="got shape")
def one_number_for_each_anomaly(scores_normal, scores_anomalous):
    return np.mean((np.sign(scores_anomalous[:, None] - scores_normal) + 1) / 2, axis=1)
