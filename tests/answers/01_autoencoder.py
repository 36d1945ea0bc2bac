"""Right and wrong answers to the exercises of 01_autoencoder."""

import keras
import numpy as np
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


# build_dense_encoder


def encoder(latent_dim, hidden=(256, 64), activation="relu", last=None, **dense):
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            *[layers.Dense(units, activation=activation, **dense) for units in hidden],
            layers.Dense(latent_dim, activation=last, **dense),
        ]
    )


@right("build_dense_encoder")
def functional_encoder(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Reshape((784,))(x)
    h = layers.ReLU()(layers.Dense(256)(h))
    h = ops.relu(layers.Dense(64)(h))
    return keras.Model(x, layers.Dense(latent_dim, activation="linear")(h))


@right("build_dense_encoder")
def encoder_built_by_its_first_image(latent_dim):
    dense = [layers.Dense(256, activation=keras.activations.relu), layers.Dense(64, "relu")]
    return keras.Sequential([layers.Flatten(), *dense, layers.Dense(latent_dim)])


@right("build_dense_encoder")
def encoder_of_nested_models(latent_dim):
    body = keras.Sequential([layers.Flatten(), layers.Dense(256, "relu"), layers.Dense(64, "relu")])
    return keras.Sequential([keras.Input((28, 28, 1)), body, layers.Dense(latent_dim)])


@wrong("build_dense_encoder", says="the code goes through a ReLU")
def encoder_relu_code(latent_dim):
    return encoder(latent_dim, last="relu")


@wrong("build_dense_encoder", says="the code goes through a tanh")
def encoder_tanh_code(latent_dim):
    return encoder(latent_dim, last="tanh")


@wrong("build_dense_encoder", says="the code goes through a sigmoid")
def encoder_sigmoid_code(latent_dim):
    return encoder(latent_dim, last="sigmoid")


@wrong("build_dense_encoder", says="the latent dimension is always 2")
def encoder_fixed_length(latent_dim):
    return encoder(2)


@wrong("build_dense_encoder", says="the hidden layers have no activation")
def encoder_linear(latent_dim):
    return encoder(latent_dim, activation=None)


@wrong("build_dense_encoder", says="the dense layer of 64 has no activation")
def encoder_64_linear(latent_dim):
    dense = [layers.Dense(256, "relu"), layers.Dense(64), layers.Dense(latent_dim)]
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), *dense])


@wrong("build_dense_encoder", says="the image is not flattened first")
def encoder_without_flatten(latent_dim):
    dense = [layers.Dense(256, "relu"), layers.Dense(64, "relu"), layers.Dense(latent_dim)]
    return keras.Sequential([keras.Input((28, 28, 1)), *dense])


@wrong("build_dense_encoder", says="the dense layer of 64 is missing")
def encoder_without_64(latent_dim):
    return encoder(latent_dim, hidden=(256,))


@wrong("build_dense_encoder", says="the two hidden layers are in the wrong order")
def encoder_wrong_order(latent_dim):
    return encoder(latent_dim, hidden=(64, 256))


@wrong("build_dense_encoder", says="the biases are missing")
def encoder_without_biases(latent_dim):
    return encoder(latent_dim, use_bias=False)


@wrong("build_dense_encoder", says="got None. Does your function end with `return`?")
def encoder_not_returned(latent_dim):
    encoder(latent_dim)


@wrong("build_dense_encoder", says="as Dropout does")
def encoder_with_dropout(latent_dim):
    dense = [layers.Dense(256, "relu"), layers.Dropout(0.5), layers.Dense(64, "relu")]
    last = layers.Dense(latent_dim)
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), *dense, last])


SHARED = [layers.Flatten(), layers.Dense(256, "relu"), layers.Dense(64, "relu")]


@wrong("build_dense_encoder", says="share their layers")
def encoder_of_shared_layers(latent_dim):
    return keras.Sequential([keras.Input((28, 28, 1)), *SHARED, layers.Dense(latent_dim)])


@wrong("build_dense_encoder", says="a ReLU that is cut off at 6")
def encoder_relu6(latent_dim):
    return encoder(latent_dim, activation="relu6")


@wrong("build_dense_encoder", says="the layers are created in another order")
def encoder_out_of_order(latent_dim):
    last = layers.Dense(latent_dim)
    last.build((None, 64))
    hidden = [layers.Dense(256, "relu"), layers.Dense(64, "relu")]

    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.last, self.flatten, self.hidden = last, layers.Flatten(), hidden

        def call(self, x):
            x = self.flatten(x)
            for layer in self.hidden:
                x = layer(x)
            return self.last(x)

    return Encoder()


class PlainEncoder(keras.Model):
    def __init__(self, latent_dim):
        super().__init__()
        self.flatten = layers.Flatten()
        self.one, self.two = layers.Dense(256, "relu"), layers.Dense(64, "relu")
        self.three = layers.Dense(latent_dim)

    def call(self, x):
        return self.three(self.two(self.one(self.flatten(x))))


@right("build_dense_encoder")
def encoder_of_a_class_of_its_own(latent_dim):
    return PlainEncoder(latent_dim)


@wrong("build_dense_encoder", says="the model takes flat images")
def encoder_of_flat_images(latent_dim):
    dense = [layers.Dense(256, "relu"), layers.Dense(64, "relu"), layers.Dense(latent_dim)]
    return keras.Sequential([keras.Input((784,)), *dense])


@wrong("build_dense_encoder", says="the hidden layers have a leaky ReLU")
def encoder_leaky(latent_dim):
    return encoder(latent_dim, activation="leaky_relu")


@wrong("build_dense_encoder", says="the hidden layers have a LeakyReLU")
def encoder_with_layers_of_leaky_relu(latent_dim):
    return encoder(latent_dim, activation=layers.LeakyReLU())


@wrong("build_dense_encoder", says="a slightly leaky ReLU")
def encoder_hardly_leaky(latent_dim):
    return encoder(latent_dim, activation=layers.LeakyReLU(0.01))


@wrong("build_dense_encoder", says="the hidden layers have an ELU")
def encoder_elu(latent_dim):
    return encoder(latent_dim, activation="elu")


@wrong("build_dense_encoder", says="the hidden layers have a GELU")
def encoder_gelu(latent_dim):
    return encoder(latent_dim, activation="gelu")


@wrong("build_dense_encoder", says="the hidden layers have a SiLU")
def encoder_silu(latent_dim):
    return encoder(latent_dim, activation="swish")


@wrong("build_dense_encoder", says="the hidden layers have a tanh")
def encoder_tanh(latent_dim):
    return encoder(latent_dim, activation="tanh")


@wrong("build_dense_encoder", says="the hidden layers have a sigmoid")
def encoder_sigmoid(latent_dim):
    return encoder(latent_dim, activation="sigmoid")


@wrong("build_dense_encoder", says="the hidden layers have a softplus")
def encoder_softplus(latent_dim):
    return encoder(latent_dim, activation="softplus")


@wrong("build_dense_encoder", says="the code goes through a softmax")
def encoder_softmax_code(latent_dim):
    return encoder(latent_dim, last="softmax")


@wrong("build_dense_encoder", says="the code goes through a leaky ReLU")
def encoder_leaky_code(latent_dim):
    return encoder(latent_dim, last="leaky_relu")


@wrong("build_dense_encoder", says="the code is cut off at ±5")
def encoder_clipped_code(latent_dim):
    return encoder(latent_dim, last=lambda h: ops.clip(h, -5, 5))


@wrong("build_dense_encoder", says="the image is divided by 255")
def encoder_of_bytes(latent_dim):
    parts = [layers.Rescaling(1 / 255), encoder(latent_dim)]
    return keras.Sequential([keras.Input((28, 28, 1)), *parts])


@wrong("build_dense_encoder", says="as Dropout does")
def encoder_with_noise(latent_dim):
    parts = [layers.GaussianNoise(0.1), encoder(latent_dim)]
    return keras.Sequential([keras.Input((28, 28, 1)), *parts])


@wrong("build_dense_encoder", says="hidden case: a hundred latent dimensions")
def encoder_of_at_most_64(latent_dim):
    return encoder(min(latent_dim, 64))


@wrong("build_dense_encoder", says="hidden case: a hundred latent dimensions, one image")
def encoder_that_squeezes(latent_dim):
    x = keras.Input((28, 28, 1))
    z = encoder(latent_dim)(x)
    return SqueezedModel(x, z)


class SqueezedModel(keras.Model):
    def call(self, *args, **kwargs):
        z = super().call(*args, **kwargs)
        return z[0] if z.shape[0] == 1 and z.shape[1] != 2 else z


# build_dense_decoder


def decoder(latent_dim, hidden=(64, 256), activation="relu", last="sigmoid", shape=(28, 28, 1)):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            *[layers.Dense(units, activation=activation) for units in hidden],
            layers.Dense(784, activation=last),
            layers.Reshape(shape),
        ]
    )


@right("build_dense_decoder")
def functional_decoder(latent_dim):
    z = keras.Input(shape=(latent_dim,), name="z")
    h = layers.Dense(64, activation=tf.nn.relu)(z)
    h = layers.Activation("relu")(layers.Dense(256)(h))
    h = ops.sigmoid(layers.Dense(28 * 28)(h))
    return keras.Model(z, ops.reshape(h, (-1, 28, 28, 1)))


@right("build_dense_decoder")
def decoder_built_by_its_first_code(latent_dim):
    dense = [layers.Dense(64, "relu"), layers.Dense(256, "relu"), layers.Dense(784, "sigmoid")]
    return keras.Sequential([*dense, layers.Reshape((28, 28, 1))])


@wrong("build_dense_decoder", says="the sigmoid at the end is missing")
def decoder_without_sigmoid(latent_dim):
    return decoder(latent_dim, last=None)


@wrong("build_dense_decoder", says="the image goes through a ReLU")
def decoder_relu_image(latent_dim):
    return decoder(latent_dim, last="relu")


@wrong("build_dense_decoder", says="the image goes through a tanh")
def decoder_tanh_image(latent_dim):
    return decoder(latent_dim, last="tanh")


@wrong("build_dense_decoder", says="the hidden layers have no activation")
def decoder_linear(latent_dim):
    return decoder(latent_dim, activation=None)


@wrong("build_dense_decoder", says="the dense layer of 64 has no activation")
def decoder_64_linear(latent_dim):
    dense = [layers.Dense(64), layers.Dense(256, "relu"), layers.Dense(784, "sigmoid")]
    return keras.Sequential([keras.Input((latent_dim,)), *dense, layers.Reshape((28, 28, 1))])


@wrong("build_dense_decoder", says="got shape (1, 784), expected (1, 28, 28, 1)")
def decoder_flat_images(latent_dim):
    return decoder(latent_dim, shape=(784,))


@wrong("build_dense_decoder", says="got shape (1, 28, 28), expected (1, 28, 28, 1)")
def decoder_without_channel(latent_dim):
    return decoder(latent_dim, shape=(28, 28))


@wrong("build_dense_decoder", says="the latent dimension is always 2")
def decoder_fixed_length(latent_dim):
    return decoder(2)


@wrong("build_dense_decoder", says="the two hidden layers are in the wrong order")
def decoder_wrong_order(latent_dim):
    return decoder(latent_dim, hidden=(256, 64))


@wrong("build_dense_decoder", says="as Dropout does")
def decoder_with_dropout(latent_dim):
    dense = [layers.Dense(64, "relu"), layers.Dropout(0.5), layers.Dense(256, "relu")]
    last = [layers.Dense(784, "sigmoid"), layers.Reshape((28, 28, 1))]
    return keras.Sequential([keras.Input((latent_dim,)), *dense, *last])


@wrong("build_dense_decoder", says="one layer is used twice")
def decoder_shared_layer(latent_dim):
    z = keras.Input((latent_dim,))
    shared = layers.Dense(64, activation="relu")
    h = shared(layers.Dense(64, activation="relu")(z))
    h = layers.Dense(256, activation="relu")(shared(h))
    return keras.Model(z, layers.Reshape((28, 28, 1))(layers.Dense(784, "sigmoid")(h)))


class PlainDecoder(keras.Model):
    def __init__(self, latent_dim):
        super().__init__()
        self.one, self.two = layers.Dense(64, "relu"), layers.Dense(256, "relu")
        self.three = layers.Dense(784)

    def call(self, z):
        return ops.reshape(ops.sigmoid(self.three(self.two(self.one(z)))), (-1, 28, 28, 1))


@right("build_dense_decoder")
def decoder_of_a_class_of_its_own(latent_dim):
    return PlainDecoder(latent_dim)


@wrong("build_dense_decoder", says="the image goes through a hard sigmoid")
def decoder_hard_sigmoid(latent_dim):
    return decoder(latent_dim, last="hard_sigmoid")


@wrong("build_dense_decoder", says="the sigmoid is taken twice")
def decoder_two_sigmoids(latent_dim):
    return keras.Sequential([decoder(latent_dim), layers.Activation("sigmoid")])


@wrong("build_dense_decoder", says="the image is cut to [0, 1], with no sigmoid")
def decoder_clipped(latent_dim):
    return decoder(latent_dim, last=lambda h: ops.clip(h, 0, 1))


@wrong("build_dense_decoder", says="the logits are cut off at ±5")
def decoder_of_clipped_logits(latent_dim):
    return decoder(latent_dim, last=lambda h: ops.sigmoid(ops.clip(h, -5, 5)))


@wrong("build_dense_decoder", says="rows and columns of the image are swapped")
def decoder_transposed(latent_dim):
    return keras.Sequential([decoder(latent_dim), layers.Permute((2, 1, 3))])


@wrong("build_dense_decoder", says="the hidden layers have a leaky ReLU")
def decoder_leaky(latent_dim):
    return decoder(latent_dim, activation="leaky_relu")


@wrong("build_dense_decoder", says="the hidden layers have a LeakyReLU")
def decoder_with_layers_of_leaky_relu(latent_dim):
    return decoder(latent_dim, activation=layers.LeakyReLU())


@wrong("build_dense_decoder", says="a slightly leaky ReLU")
def decoder_hardly_leaky(latent_dim):
    return decoder(latent_dim, activation=layers.LeakyReLU(0.01))


@wrong("build_dense_decoder", says="the hidden layers have an ELU")
def decoder_elu(latent_dim):
    return decoder(latent_dim, activation="elu")


@wrong("build_dense_decoder", says="the hidden layers have a GELU")
def decoder_gelu(latent_dim):
    return decoder(latent_dim, activation="gelu")


@wrong("build_dense_decoder", says="the hidden layers have a SiLU")
def decoder_silu(latent_dim):
    return decoder(latent_dim, activation="silu")


@wrong("build_dense_decoder", says="the hidden layers have a tanh")
def decoder_tanh(latent_dim):
    return decoder(latent_dim, activation="tanh")


@wrong("build_dense_decoder", says="the hidden layers have a ReLU that is cut off at 6")
def decoder_relu6(latent_dim):
    return decoder(latent_dim, activation="relu6")


SHARED_OUT = [layers.Dense(256, "relu"), layers.Dense(784, "sigmoid"), layers.Reshape((28, 28, 1))]


@wrong("build_dense_decoder", says="share their layers")
def decoder_of_shared_layers(latent_dim):
    return keras.Sequential([keras.Input((latent_dim,)), layers.Dense(64, "relu"), *SHARED_OUT])


# add_noise


@right("add_noise")
def noise_in_keras(x, sigma, seed):
    eps = keras.random.normal(ops.shape(x), seed=seed)
    return ops.clip(x + sigma * eps, 0.0, 1.0)


@right("add_noise")
def noise_with_the_old_generator_in_float64(x, sigma, seed):
    np.random.seed(seed)  # noqa: NPY002 - students write it
    return np.minimum(np.maximum(x + np.random.normal(0, sigma, x.shape), 0), 1)  # noqa: NPY002


@right("add_noise")
def noise_in_tf(x, sigma, seed):
    noise = tf.random.stateless_normal(tf.shape(x), seed=(seed, 0), stddev=sigma)
    return tf.clip_by_value(x + noise, 0, 1)


def noisy(x, eps):
    return np.clip(x + eps, 0, 1)


@wrong("add_noise", says="all images get the same noise")
def noise_shared(x, sigma, seed):
    return noisy(x, sigma * np.random.default_rng(seed).normal(size=x.shape[1:]))


@wrong("add_noise", says="leaves [0, 1]")
def noise_not_clipped(x, sigma, seed):
    return x + sigma * np.random.default_rng(seed).normal(size=x.shape)


@wrong("add_noise", says="sigma is used as the variance")
def noise_of_variance_sigma(x, sigma, seed):
    return noisy(x, np.random.default_rng(seed).normal(0, sigma**0.5, size=x.shape))


@wrong("add_noise", says="sigma is squared")
def noise_of_squared_sigma(x, sigma, seed):
    return noisy(x, np.random.default_rng(seed).normal(0, sigma**2, size=x.shape))


@wrong("add_noise", says="changes its argument in place")
def noise_in_place(x, sigma, seed):
    x += sigma * np.random.default_rng(seed).normal(size=x.shape).astype(x.dtype)
    return np.clip(x, 0, 1)


@wrong("add_noise", says="uniform between −sigma and sigma")
def noise_uniform(x, sigma, seed):
    return noisy(x, np.random.default_rng(seed).uniform(-sigma, sigma, size=x.shape))


@wrong("add_noise", says="the noise lies between 0 and sigma")
def noise_uniform_and_positive(x, sigma, seed):
    return noisy(x, sigma * np.random.default_rng(seed).random(size=x.shape))


@wrong("add_noise", says="the noise is uniform, with standard deviation sigma")
def noise_uniform_of_the_right_deviation(x, sigma, seed):
    width = sigma * 3**0.5
    return noisy(x, np.random.default_rng(seed).uniform(-width, width, size=x.shape))


@wrong("add_noise", says="the noise is never negative")
def noise_positive(x, sigma, seed):
    return noisy(x, sigma * np.abs(np.random.default_rng(seed).normal(size=x.shape)))


@wrong("add_noise", says="the same seed gives other noise")
def noise_without_seed(x, sigma, seed):
    return noisy(x, sigma * np.random.default_rng().normal(size=x.shape))


@wrong("add_noise", says="another seed gives the same noise")
def noise_with_a_fixed_seed(x, sigma, seed):
    return noisy(x, sigma * np.random.default_rng(0).normal(size=x.shape))


@wrong("add_noise", says="the noise repeats")
def noise_one_number_per_row(x, sigma, seed):
    shape = x.shape[:2] + (1,) * (x.ndim - 2)
    return noisy(x, sigma * np.random.default_rng(seed).normal(size=shape))


@wrong("add_noise", says="the noise is returned without the image")
def noise_alone(x, sigma, seed):
    return np.clip(sigma * np.random.default_rng(seed).normal(size=x.shape), 0, 1)


@wrong("add_noise", says="the noise is multiplied by the image")
def noise_times_image(x, sigma, seed):
    return noisy(x, x * sigma * np.random.default_rng(seed).normal(size=x.shape))


@wrong("add_noise", says="hidden case: seeds")
def noise_where_seed_zero_counts_as_none(x, sigma, seed):
    return noisy(x, sigma * np.random.default_rng(seed or None).normal(size=x.shape))


@wrong("add_noise", says="but NaN")
def noise_of_nan(x, sigma, seed):
    with np.errstate(invalid="ignore"):
        return np.sqrt(-np.ones_like(x))


@wrong("add_noise", says="every pixel of an image gets the same noise")
def noise_one_number_per_image(x, sigma, seed):
    shape = (len(x),) + (1,) * (x.ndim - 1)
    return noisy(x, sigma * np.random.default_rng(seed).normal(size=shape))


@right("add_noise")
def noise_in_a_loop_over_images(x, sigma, seed):
    rng = np.random.default_rng(seed)
    return [np.clip(image + rng.normal(0, sigma, image.shape), 0, 1) for image in x]


@right("add_noise")
def noise_of_the_oldest_generator_in_float32(x, sigma, seed):
    eps = np.random.RandomState(seed).standard_normal(x.shape).astype("float32")
    return tf.minimum(tf.maximum(x + np.float32(sigma) * eps, 0.0), 1.0)


@right("add_noise")
def noise_of_a_seed_generator(x, sigma, seed):
    generator = keras.random.SeedGenerator(seed)
    return ops.clip(x + keras.random.normal(x.shape, stddev=sigma, seed=generator), 0, 1)


@wrong("add_noise", says="hidden case: two channels")
def noise_shared_by_channels(x, sigma, seed):
    shape = (*x.shape[:-1], 1) if x.ndim == 4 else x.shape
    return noisy(x, sigma * np.random.default_rng(seed).normal(size=shape))


@wrong("add_noise", says="cut off at two standard deviations")
def noise_truncated(x, sigma, seed):
    return noisy(x, keras.random.truncated_normal(x.shape, stddev=sigma, seed=seed).numpy())


@wrong("add_noise", says="cut to [0, 1] before it is added")
def noise_cut_first(x, sigma, seed):
    eps = np.clip(np.random.default_rng(seed).normal(0, sigma, size=x.shape), 0, 1)
    return noisy(x, eps)


@wrong("add_noise", says="another seed gives the same noise")
def noise_of_a_few_seeds(x, sigma, seed):
    return noisy(x, sigma * np.random.default_rng(seed % 1000).normal(size=x.shape))


@wrong("add_noise", says="another seed gives the same noise")
def noise_of_seeds_from_one(x, sigma, seed):
    return noisy(x, sigma * np.random.default_rng(max(seed, 1)).normal(size=x.shape))


@wrong("add_noise", says="got shape (80, 784), expected (80, 28, 28, 1)")
def noise_on_flat_images(x, sigma, seed):
    flat = x.reshape(len(x), -1)
    return noisy(flat, sigma * np.random.default_rng(seed).normal(size=flat.shape))


@wrong("add_noise", says="hidden case: no noise")
def noise_never_below_a_tenth_of_a_grey_level(x, sigma, seed):
    eps = np.random.default_rng(seed).normal(size=x.shape)
    return noisy(x, max(sigma, 1e-4) * eps)


# denoising_pairs


def add_noise(x, sigma, seed):
    return noisy(x, sigma * np.random.default_rng(seed).normal(size=x.shape)).astype("float32")


@right("denoising_pairs")
def pairs_as_a_list(x, sigma, seed):
    return [add_noise(x, sigma, seed), x.copy()]


@right("denoising_pairs")
def pairs_in_keras(x, sigma, seed):
    return noise_in_keras(x, sigma, seed), ops.convert_to_tensor(x)


@right("denoising_pairs")
def pairs_as_one_array(x, sigma, seed):
    return np.array([add_noise(x, sigma, seed), x])


def stub(x, sigma, seed):
    raise NotImplementedError("your answer goes here")


@wrong("denoising_pairs", says="your code calls `stub`, which is not implemented yet")
def pairs_of_a_stub(x, sigma, seed):
    return stub(x, sigma, seed), x


@wrong("denoising_pairs", says="the target is not the clean image x")
def pairs_noisy_twice(x, sigma, seed):
    return add_noise(x, sigma, seed), add_noise(x, sigma, seed)


@wrong("denoising_pairs", says="the target is not the clean image x")
def pairs_with_two_noises(x, sigma, seed):
    return add_noise(x, sigma, seed), add_noise(x, sigma, seed + 1)


@wrong("denoising_pairs", says="input and target are swapped")
def pairs_swapped(x, sigma, seed):
    return x, add_noise(x, sigma, seed)


@wrong("denoising_pairs", says="the input is clean")
def pairs_without_noise(x, sigma, seed):
    return x, x


@wrong("denoising_pairs", says="expected two values")
def pairs_of_one(x, sigma, seed):
    return add_noise(x, sigma, seed)


@wrong("denoising_pairs", says="sigma is not handed on")
def pairs_with_fixed_sigma(x, sigma, seed):
    return add_noise(x, 0.3, seed), x


@wrong("denoising_pairs", says="the seed is not handed on")
def pairs_with_fixed_seed(x, sigma, seed):
    return add_noise(x, sigma, 0), x


@wrong("denoising_pairs", says="the target is not the clean image but the noise")
def pairs_of_image_and_noise(x, sigma, seed):
    noisy_x = add_noise(x, sigma, seed)
    return noisy_x, noisy_x - x


@wrong("denoising_pairs", says="sigma is squared")
def pairs_of_squared_sigma(x, sigma, seed):
    return add_noise(x, sigma**2, seed), x


@wrong("denoising_pairs", says="the input leaves [0, 1]")
def pairs_not_cut(x, sigma, seed):
    return x + sigma * np.random.default_rng(seed).normal(size=x.shape), x


@wrong("denoising_pairs", says="hidden case: seeds")
def pairs_where_seed_zero_counts_as_none(x, sigma, seed):
    return add_noise(x, sigma, seed or None), x


@wrong("denoising_pairs", says="hidden case: flat images")
def pairs_of_four_axes(x, sigma, seed):
    _, _, _, _ = x.shape
    return add_noise(x, sigma, seed), x


@wrong("denoising_pairs", says="hidden case: one image")
def pairs_squeezed(x, sigma, seed):
    return np.squeeze(add_noise(x, sigma, seed)) if len(x) == 1 else add_noise(x, sigma, seed), x


@wrong("denoising_pairs", says="hidden case: no noise, other images")
def pairs_of_the_first_images(x, sigma, seed):
    key = x.shape, sigma, seed
    return PAIRS.setdefault(key, (add_noise(x, sigma, seed), x.copy()))


PAIRS = {}
