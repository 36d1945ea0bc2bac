"""Right and wrong answers to the exercises of 04_cnn_vae."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from scipy import special, stats

from grading.authoring.answers import right, wrong
from vaelib.losses import bernoulli_nll, importance_weighted_bound, kl_divergence, log_normal_pdf
from vaelib.models import Sampling

LOG_2_PI = math.log(2 * math.pi)

# build_conv_encoder


def conv(filters, strides=2, padding="same", activation="relu", size=3, **more):
    return layers.Conv2D(filters, size, strides, padding, activation=activation, **more)


def encoder(body, latent_dim, dense="relu", last=(None, None), **more):
    """Layers up to the flattened image, a dense layer of 16, and two heads."""
    x = keras.Input((28, 28, 1))
    h = x
    for layer in (*body, layers.Flatten()):
        h = layer(h)
    h = layers.Dense(16, activation=dense, **more)(h)
    return keras.Model(x, [layers.Dense(latent_dim, activation=a, **more)(h) for a in last])


@right("build_conv_encoder")
def encoder_with_separate_activations(latent_dim):
    x = keras.Input(shape=(28, 28, 1), name="x")
    h = layers.ReLU()(layers.Conv2D(32, (3, 3), strides=(2, 2), padding="same")(x))
    h = ops.relu(layers.Conv2D(64, (3, 3), strides=(2, 2), padding="same")(h))
    h = layers.Activation("relu")(layers.Dense(16)(layers.Reshape((7 * 7 * 64,))(h)))
    z_mean, z_log_var = layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)
    return keras.Model(inputs=x, outputs=(z_mean, z_log_var))


@wrong("build_conv_encoder", says="Begin with `keras.Input(…)`")
class EncoderAsAClass(keras.Model):
    """Its heads are made in the other order."""

    def __init__(self, latent_dim):
        super().__init__()
        self.body = keras.Sequential(
            [conv(32), conv(64), layers.Flatten(), layers.Dense(16, activation=tf.nn.relu)]
        )
        self.z_log_var = layers.Dense(latent_dim)
        self.z_mean = layers.Dense(latent_dim)

    def call(self, x):
        h = self.body(x)
        return self.z_mean(h), self.z_log_var(h)


@right("build_conv_encoder")
def encoder_of_a_nested_model(latent_dim):
    body = keras.Sequential([conv(32), conv(64), layers.Flatten(), layers.Dense(16, "relu")])
    x = keras.Input((28, 28, 1))
    h = body(x)
    z_log_var = layers.Dense(latent_dim, activation="linear", name="z_log_var")(h)
    z_mean = layers.Dense(latent_dim, activation="linear", name="z_mean")(h)
    return keras.Model(x, [z_mean, z_log_var])


@right("build_conv_encoder")
def encoder_that_pads_by_hand(latent_dim):
    pads = [layers.ZeroPadding2D(((0, 1), (0, 1))) for _ in range(2)]
    body = [pads[0], conv(32, padding="valid"), pads[1], conv(64, padding="valid")]
    return encoder(body, latent_dim)


@wrong("build_conv_encoder", says="the padding is `valid` instead of `same`")
def encoder_valid(latent_dim):
    return encoder([conv(32, padding="valid"), conv(64, padding="valid")], latent_dim)


@wrong("build_conv_encoder", says="the padding of the first convolution is `valid`")
def encoder_valid_at_first(latent_dim):
    return encoder([conv(32, padding="valid"), conv(64)], latent_dim)


@wrong("build_conv_encoder", says="zeros are added at the left and at the top")
def encoder_padded_on_the_other_side(latent_dim):
    pads = [layers.ZeroPadding2D(((1, 0), (1, 0))) for _ in range(2)]
    body = [pads[0], conv(32, padding="valid"), pads[1], conv(64, padding="valid")]
    return encoder(body, latent_dim)


@wrong("build_conv_encoder", says="the filters are in the wrong order")
def encoder_wrong_order(latent_dim):
    return encoder([conv(64), conv(32)], latent_dim)


@wrong("build_conv_encoder", says="the stride of 2 is missing in one convolution")
def encoder_with_one_stride(latent_dim):
    return encoder([conv(32), conv(64, strides=1)], latent_dim)


@wrong("build_conv_encoder", says="the stride of 2 is missing in both convolutions")
def encoder_without_strides(latent_dim):
    return encoder([conv(32, strides=1), conv(64, strides=1)], latent_dim)


@wrong("build_conv_encoder", says="max pooling stands for the strides")
def encoder_with_max_pooling(latent_dim):
    pool = layers.MaxPooling2D
    return encoder([conv(32, strides=1), pool(), conv(64, strides=1), pool()], latent_dim)


@wrong("build_conv_encoder", says="average pooling stands for the strides")
def encoder_with_average_pooling(latent_dim):
    pools = [layers.AveragePooling2D(2) for _ in range(2)]
    return encoder([conv(32, strides=1), pools[0], conv(64, strides=1), pools[1]], latent_dim)


@wrong("build_conv_encoder", says="the first convolution has no activation")
def encoder_first_linear(latent_dim):
    return encoder([conv(32, activation=None), conv(64)], latent_dim)


@wrong("build_conv_encoder", says="the second convolution has no activation")
def encoder_second_linear(latent_dim):
    return encoder([conv(32), conv(64, activation=None)], latent_dim)


@wrong("build_conv_encoder", says="the convolutions have no activation")
def encoder_convolutions_linear(latent_dim):
    return encoder([conv(32, activation=None), conv(64, activation=None)], latent_dim)


@wrong("build_conv_encoder", says="the dense layer of 16 has no activation")
def encoder_dense_linear(latent_dim):
    return encoder([conv(32), conv(64)], latent_dim, dense=None)


@wrong("build_conv_encoder", says="no layer has an activation")
def encoder_linear(latent_dim):
    body = [conv(32, activation=None), conv(64, activation=None)]
    return encoder(body, latent_dim, dense=None)


@wrong("build_conv_encoder", says="a ReLU stands on both heads")
def encoder_relu_heads(latent_dim):
    return encoder([conv(32), conv(64)], latent_dim, last=("relu", "relu"))


@wrong("build_conv_encoder", says="a ReLU stands on one of the heads")
def encoder_relu_variance(latent_dim):
    return encoder([conv(32), conv(64)], latent_dim, last=(None, "relu"))


@wrong("build_conv_encoder", says="a softplus stands on one of the heads")
def encoder_softplus_variance(latent_dim):
    return encoder([conv(32), conv(64)], latent_dim, last=(None, "softplus"))


@wrong("build_conv_encoder", says="an exp stands on one of the heads")
def encoder_exp_variance(latent_dim):
    return encoder([conv(32), conv(64)], latent_dim, last=(None, "exponential"))


@wrong("build_conv_encoder", says="a tanh stands on both heads")
def encoder_tanh_heads(latent_dim):
    return encoder([conv(32), conv(64)], latent_dim, last=("tanh", "tanh"))


@wrong("build_conv_encoder", says="one head gives both outputs")
def encoder_one_head(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, "relu")(layers.Flatten()(conv(64)(conv(32)(x))))
    head = layers.Dense(latent_dim)
    return keras.Model(x, [head(h), head(h)])


@wrong("build_conv_encoder", says="one layer of 2 · latent_dim units stands for the two heads")
def encoder_split_head(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, "relu")(layers.Flatten()(conv(64)(conv(32)(x))))
    return keras.Model(x, ops.split(layers.Dense(2 * latent_dim)(h), 2, axis=-1))


@wrong("build_conv_encoder", says="z_log_var is computed from z_mean instead of the 16 units")
def encoder_of_heads_in_a_row(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, "relu")(layers.Flatten()(conv(64)(conv(32)(x))))
    z_mean = layers.Dense(latent_dim)(h)
    return keras.Model(x, [z_mean, layers.Dense(latent_dim)(z_mean)])


@wrong("build_conv_encoder", says="EagerTensor, expected a list of two")
def encoder_without_log_var(latent_dim):
    return keras.Sequential([conv(32), conv(64), layers.Flatten(), layers.Dense(latent_dim)])


@wrong("build_conv_encoder", says="the dense layer of 16 is missing")
def encoder_without_16(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Flatten()(conv(64)(conv(32)(x)))
    return keras.Model(x, [layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)])


@wrong("build_conv_encoder", says="the second convolution is missing")
def encoder_without_second_convolution(latent_dim):
    return encoder([conv(32)], latent_dim)


@wrong("build_conv_encoder", says="the image is not flattened before the dense layer")
def encoder_without_flatten(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, "relu")(conv(64)(conv(32)(x)))
    return keras.Model(x, [layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)])


@wrong("build_conv_encoder", says="the image is not flattened before the dense layer")
def encoder_with_global_pooling(latent_dim):
    return encoder([conv(32), conv(64), layers.GlobalAveragePooling2D()], latent_dim)


@wrong("build_conv_encoder", says="the kernels are 4 × 4 instead of 3 × 3")
def encoder_with_larger_kernels(latent_dim):
    return encoder([conv(32, size=4), conv(64, size=4)], latent_dim)


@wrong("build_conv_encoder", says="the biases are missing")
def encoder_without_biases(latent_dim):
    body = [conv(32, use_bias=False), conv(64, use_bias=False)]
    return encoder(body, latent_dim, use_bias=False)


@wrong("build_conv_encoder", says="the latent size is always 2")
def encoder_fixed_length(latent_dim):
    return encoder([conv(32), conv(64)], 2)


@wrong("build_conv_encoder", says="as Dropout does")
def encoder_with_dropout(latent_dim):
    return encoder([conv(32), layers.Dropout(0.25), conv(64)], latent_dim)


BODY = [conv(32), conv(64)]


@wrong("build_conv_encoder", says="share their layers")
def encoder_of_shared_layers(latent_dim):
    return encoder(BODY, latent_dim)


@wrong("build_conv_encoder", says="BatchNormalization stands behind the first convolution")
def encoder_with_batch_normalization(latent_dim):
    return encoder([conv(32), layers.BatchNormalization(), conv(64)], latent_dim)


@wrong("build_conv_encoder", says="got None. Does your function end with `return`?")
def encoder_not_returned(latent_dim):
    encoder([conv(32), conv(64)], latent_dim)


@wrong("build_conv_encoder", says="expected a function or a Keras model")
def encoder_as_two_tensors(latent_dim):
    model = encoder([conv(32), conv(64)], latent_dim)
    return model.outputs


@wrong("build_conv_encoder", says="the encoder's output: got a list of 3, expected a list of two")
def encoder_that_draws_the_code_too(latent_dim):
    model = encoder([conv(32), conv(64)], latent_dim)
    return keras.Model(model.input, [*model.outputs, Sampling()(model.outputs)])


@wrong("build_conv_encoder", says="dict, expected a list of two")
def encoder_as_a_dictionary(latent_dim):
    model = encoder([conv(32), conv(64)], latent_dim)
    return keras.Model(model.input, dict(zip(("mean", "log_var"), model.outputs, strict=True)))


@wrong("build_conv_encoder", says="z_log_var is returned first")
def encoder_with_named_heads_turned_around(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, activation="relu")(layers.Flatten()(conv(64)(conv(32)(x))))
    z_mean = layers.Dense(latent_dim, name="z_mean")(h)
    z_log_var = layers.Dense(latent_dim, name="z_log_var")(h)
    return keras.Model(x, [z_log_var, z_mean])


@wrong("build_conv_encoder", says="an exp stands on one of the two heads")
def encoder_with_exp_behind_a_head(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, activation="relu")(layers.Flatten()(conv(64)(conv(32)(x))))
    return keras.Model(x, [layers.Dense(latent_dim)(h), ops.exp(layers.Dense(latent_dim)(h))])


@wrong("build_conv_encoder", says="a sigmoid stands on one of the two heads")
def encoder_sigmoid_mean(latent_dim):
    return encoder([conv(32), conv(64)], latent_dim, last=("sigmoid", None))


@right("build_conv_encoder")
def encoder_of_sublayers_with_names(latent_dim):
    """Its second head is made first, and a layer that does nothing stands before them."""
    image = keras.Input((28, 28, 1), dtype="float32", name="image")
    h = image
    for i, filters in enumerate((32, 64)):
        h = layers.Conv2D(filters, [3, 3], [2, 2], "same", name=f"convolution_{i}")(h)
        h = layers.ReLU()(h)
    h = layers.Dropout(0.0)(
        layers.Dense(16, activation=keras.activations.relu)(layers.Flatten()(h))
    )
    log_var = layers.Dense(latent_dim, name="log_var")(h)
    return keras.Model(image, [layers.Dense(latent_dim, name="mean")(h), log_var])


@wrong("build_conv_encoder", says="a leaky ReLU of slope 0.2 instead of a ReLU")
def encoder_leaky(latent_dim):
    body = [conv(32, activation="leaky_relu"), conv(64, activation="leaky_relu")]
    return encoder(body, latent_dim, dense="leaky_relu")


@wrong("build_conv_encoder", says="a leaky ReLU of slope 0.3 instead of a ReLU")
def encoder_leaky_layers(latent_dim):
    body = [conv(32, activation=None), layers.LeakyReLU(), conv(64, activation=layers.LeakyReLU())]
    return encoder(body, latent_dim, dense=layers.LeakyReLU())


@wrong("build_conv_encoder", says="an ELU instead of a ReLU")
def encoder_elu(latent_dim):
    return encoder([conv(32, activation="elu"), conv(64, activation="elu")], latent_dim, "elu")


@wrong("build_conv_encoder", says="a GELU instead of a ReLU")
def encoder_gelu(latent_dim):
    return encoder([conv(32, activation="gelu"), conv(64, activation="gelu")], latent_dim, "gelu")


@wrong("build_conv_encoder", says="a SiLU (swish) instead of a ReLU")
def encoder_swish(latent_dim):
    return encoder([conv(32, activation="silu"), conv(64, activation="silu")], latent_dim, "silu")


@wrong("build_conv_encoder", says="under known weights")
def encoder_relu6(latent_dim):
    return encoder([conv(32, activation="relu6"), conv(64, activation="relu6")], latent_dim)


@wrong("build_conv_encoder", says="the dense layer of 16 has a tanh")
def encoder_dense_tanh(latent_dim):
    return encoder([conv(32), conv(64)], latent_dim, dense="tanh")


@wrong("build_conv_encoder", says="zeros are added at the left and at the top")
def encoder_padded_all_around(latent_dim):
    pads = [layers.ZeroPadding2D() for _ in range(2)]
    body = [pads[0], conv(32, padding="valid"), pads[1], conv(64, padding="valid")]
    return encoder(body, latent_dim)


@wrong("build_conv_encoder", says="it wants flat images")
def encoder_of_flat_images(latent_dim):
    x = keras.Input((784,))
    return keras.Model(
        x, encoder([conv(32), conv(64)], latent_dim)(ops.reshape(x, (-1, 28, 28, 1)))
    )


@wrong("build_conv_encoder", says="each head has a dense layer of 16 of its own")
def encoder_with_two_dense_layers(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Flatten()(conv(64)(conv(32)(x)))
    heads = [layers.Dense(16, "relu")(h) for _ in range(2)]
    return keras.Model(x, [layers.Dense(latent_dim)(one) for one in heads])


@wrong("build_conv_encoder", says="the pixels are divided by 255")
def encoder_that_rescales(latent_dim):
    return encoder([layers.Rescaling(1 / 255), conv(32), conv(64)], latent_dim)


@wrong("build_conv_encoder", says="the kernels are 5 × 5 instead of 3 × 3")
def encoder_with_kernels_of_five(latent_dim):
    return encoder([conv(32, size=5), conv(64, size=5)], latent_dim)


@wrong("build_conv_encoder", says="z_log_var is returned first")
def encoder_with_a_named_log_var_first(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, activation="relu")(layers.Flatten()(conv(64)(conv(32)(x))))
    heads = [layers.Dense(latent_dim, name=name)(h) for name in ("logvar", "mu")]
    return keras.Model(x, heads)


@wrong("build_conv_encoder", says="of one image")
def encoder_that_drops_axes(latent_dim):
    model = encoder([conv(32), conv(64)], latent_dim)

    class Squeezed(layers.Layer):
        def call(self, h):
            return ops.squeeze(h, 0) if h.shape[0] == 1 else h

        def compute_output_shape(self, shape):
            return shape

    return keras.Model(model.input, [Squeezed()(h) for h in model.outputs])


@wrong("build_conv_encoder", says="under known weights")
def encoder_that_centres_the_batch(latent_dim):
    model = encoder([conv(32), conv(64)], latent_dim)
    means = [h - ops.mean(h, axis=0, keepdims=True) for h in model.outputs]
    return keras.Model(model.input, means)


@wrong("build_conv_encoder", says="under known weights")
def encoder_with_a_clipped_log_var(latent_dim):
    model = encoder([conv(32), conv(64)], latent_dim)
    z_mean, z_log_var = model.outputs
    return keras.Model(model.input, [z_mean, ops.clip(z_log_var, -10.0, 10.0)])


@wrong("build_conv_encoder", says="under known weights")
def encoder_that_spreads_over_the_image(latent_dim):
    """Its columns and rows are exchanged before they are flattened."""
    return encoder([conv(32), conv(64), layers.Permute((2, 1, 3))], latent_dim)


@wrong("build_conv_encoder", says="BatchNormalization stands behind both convolutions")
def encoder_with_two_batch_normalizations(latent_dim):
    norms = [layers.BatchNormalization() for _ in range(2)]
    return encoder([conv(32), norms[0], conv(64), norms[1]], latent_dim)


# build_conv_decoder


def up(filters, strides=2, padding="same", activation="relu", **more):
    return layers.Conv2DTranspose(filters, 3, strides, padding, activation=activation, **more)


def decoder(latent_dim, *body, activation="relu", channels=64, **more):
    """A dense layer, a reshape, and the layers given."""
    start = layers.Dense(7 * 7 * channels, activation=activation, **more)
    return keras.Sequential(
        [keras.Input((latent_dim,)), start, layers.Reshape((7, 7, channels)), *body]
    )


@right("build_conv_decoder")
def functional_decoder(latent_dim):
    z = keras.Input(shape=(latent_dim,), name="z")
    h = ops.relu(layers.Dense(3136)(z))
    h = ops.reshape(h, (-1, 7, 7, 64))
    h = layers.ReLU()(layers.Conv2DTranspose(64, (3, 3), (2, 2), padding="same")(h))
    h = layers.Activation("relu")(layers.Conv2DTranspose(32, 3, strides=2, padding="same")(h))
    return keras.Model(z, layers.Conv2DTranspose(1, 3, strides=1, padding="same")(h))


@right("build_conv_decoder")
def decoder_step_by_step(latent_dim):
    model = keras.Sequential()
    model.add(layers.InputLayer(shape=(latent_dim,)))
    model.add(layers.Dense(7 * 7 * 64))
    model.add(layers.ReLU())
    model.add(layers.Reshape((7, 7, 64)))
    for filters in (64, 32):
        model.add(layers.Conv2DTranspose(filters, 3, 2, padding="same"))
        model.add(layers.Activation(tf.nn.relu))
    model.add(layers.Conv2DTranspose(1, (3, 3), padding="same", activation="linear"))
    return model


@right("build_conv_decoder")
def decoder_made_from_the_end(latent_dim):
    body = [up(1, strides=1, activation=None), up(32), up(64)][::-1]
    start = keras.Sequential([layers.Dense(7 * 7 * 64, "relu"), layers.Reshape((7, 7, 64))])
    z = keras.Input((latent_dim,), dtype="float32")
    h = start(z)
    for layer in body:
        h = layer(h)
    return keras.Model(z, h)


@wrong("build_conv_decoder", says="Begin with `keras.Input(…)`")
def decoder_built_by_its_first_code(latent_dim):
    start = [layers.Dense(7 * 7 * 64, activation=tf.nn.relu), layers.Reshape((7, 7, 64))]
    return keras.Sequential([*start, up(64), up(32), up(1, strides=1, activation="linear")])


@wrong("build_conv_decoder", says="Begin with `keras.Input(…)`")
class DecoderAsAClass(keras.Model):
    def __init__(self, latent_dim):
        super().__init__()
        self.start = layers.Dense(7 * 7 * 64, activation="relu")
        self.steps = [up(64), up(32), up(1, strides=1, activation=None)]

    def call(self, z):
        h = ops.reshape(self.start(z), (-1, 7, 7, 64))
        for step in self.steps:
            h = step(h)
        return h


@wrong("build_conv_decoder", says="a sigmoid stands on the logits")
def decoder_with_sigmoid(latent_dim):
    return decoder(latent_dim, up(64), up(32), up(1, 1, activation="sigmoid"))


@wrong("build_conv_decoder", says="a ReLU stands on the logits")
def decoder_with_relu_logits(latent_dim):
    return decoder(latent_dim, up(64), up(32), up(1, 1))


@wrong("build_conv_decoder", says="a tanh stands on the logits")
def decoder_with_tanh(latent_dim):
    return decoder(latent_dim, up(64), up(32), up(1, 1, activation="tanh"))


@wrong("build_conv_decoder", says="the padding is `valid` instead of `same`")
def decoder_valid(latent_dim):
    end = up(1, 1, padding="valid", activation=None)
    return decoder(latent_dim, up(64, padding="valid"), up(32, padding="valid"), end)


@wrong("build_conv_decoder", says="the padding is `valid` instead of `same`")
def decoder_valid_at_the_end(latent_dim):
    return decoder(latent_dim, up(64), up(32), up(1, 1, padding="valid", activation=None))


@wrong("build_conv_decoder", says="the padding is `valid` instead of `same`")
def decoder_valid_at_first(latent_dim):
    return decoder(latent_dim, up(64, padding="valid"), up(32), up(1, 1, activation=None))


@wrong("build_conv_decoder", says="the filters are in the wrong order")
def decoder_wrong_order(latent_dim):
    return decoder(latent_dim, up(32), up(64), up(1, 1, activation=None))


@wrong("build_conv_decoder", says="the last convolution has a stride of 2, too")
def decoder_three_strides(latent_dim):
    return decoder(latent_dim, up(64), up(32), up(1, activation=None))


@wrong("build_conv_decoder", says="a stride of 2 is missing")
def decoder_with_one_stride(latent_dim):
    return decoder(latent_dim, up(64), up(32, 1), up(1, 1, activation=None))


@wrong("build_conv_decoder", says="a stride of 2 is missing")
def decoder_without_strides(latent_dim):
    return decoder(latent_dim, up(64, 1), up(32, 1), up(1, 1, activation=None))


@wrong("build_conv_decoder", says="the strides are 1, 2, 2 instead of 2, 2, 1")
def decoder_strides_late(latent_dim):
    return decoder(latent_dim, up(64, 1), up(32), up(1, activation=None))


@wrong("build_conv_decoder", says="the strides are 2, 1, 2 instead of 2, 2, 1")
def decoder_strides_apart(latent_dim):
    return decoder(latent_dim, up(64), up(32, 1), up(1, activation=None))


@wrong("build_conv_decoder", says="the dense layer has no activation")
def decoder_dense_linear(latent_dim):
    return decoder(latent_dim, up(64), up(32), up(1, 1, activation=None), activation=None)


@wrong("build_conv_decoder", says="the convolution of 64 has no activation")
def decoder_64_linear(latent_dim):
    return decoder(latent_dim, up(64, activation=None), up(32), up(1, 1, activation=None))


@wrong("build_conv_decoder", says="the convolution of 32 has no activation")
def decoder_32_linear(latent_dim):
    return decoder(latent_dim, up(64), up(32, activation=None), up(1, 1, activation=None))


@wrong("build_conv_decoder", says="the convolutions have no activation")
def decoder_convolutions_linear(latent_dim):
    body = [up(64, activation=None), up(32, activation=None), up(1, 1, activation=None)]
    return decoder(latent_dim, *body)


@wrong("build_conv_decoder", says="no layer has an activation")
def decoder_linear(latent_dim):
    body = [up(64, activation=None), up(32, activation=None), up(1, 1, activation=None)]
    return decoder(latent_dim, *body, activation=None)


@wrong("build_conv_decoder", says="Conv2D stands where Conv2DTranspose belongs")
def decoder_with_upsampling(latent_dim):
    grow = layers.UpSampling2D
    body = [grow(), conv(64, 1), grow(), conv(32, 1), conv(1, 1, activation=None)]
    return decoder(latent_dim, *body)


@wrong("build_conv_decoder", says="Conv2D stands where Conv2DTranspose belongs")
def decoder_with_convolutions(latent_dim):
    return decoder(latent_dim, conv(64), conv(32), conv(1, 1, activation=None))


@wrong("build_conv_decoder", says="the dense layer has 7 · 7 · 32 units")
def decoder_of_the_tutorial(latent_dim):
    body = [up(64), up(32), up(1, 1, activation=None)]
    return decoder(latent_dim, *body, channels=32)


@wrong("build_conv_decoder", says="a dense layer of 16 comes first")
def decoder_mirrored(latent_dim):
    body = [layers.Dense(3136, "relu"), layers.Reshape((7, 7, 64)), up(64), up(32)]
    start = [keras.Input((latent_dim,)), layers.Dense(16, "relu")]
    return keras.Sequential([*start, *body, up(1, 1, activation=None)])


@wrong("build_conv_decoder", says="the transposed convolution of 64 is missing")
def decoder_without_64(latent_dim):
    return decoder(latent_dim, up(32), up(1, activation=None))


@wrong("build_conv_decoder", says="the transposed convolution of 32 is missing")
def decoder_without_32(latent_dim):
    return decoder(latent_dim, up(64), up(1, activation=None))


@wrong("build_conv_decoder", says="the last transposed convolution is missing")
def decoder_without_its_last_layer(latent_dim):
    return decoder(latent_dim, up(64), up(32))


@wrong("build_conv_decoder", says="wrong shape: the image is flat")
def decoder_flat_images(latent_dim):
    return decoder(latent_dim, up(64), up(32), up(1, 1, activation=None), layers.Flatten())


@wrong("build_conv_decoder", says="wrong shape: the channel axis is missing")
def decoder_without_channel(latent_dim):
    body = [up(64), up(32), up(1, 1, activation=None), layers.Reshape((28, 28))]
    return decoder(latent_dim, *body)


@wrong("build_conv_decoder", says="logits under known weights")
def decoder_channels_first(latent_dim):
    shape = [layers.Reshape((64, 7, 7)), layers.Permute((2, 3, 1))]
    body = [up(64), up(32), up(1, 1, activation=None)]
    start = [keras.Input((latent_dim,)), layers.Dense(3136, "relu")]
    return keras.Sequential([*start, *shape, *body])


@wrong("build_conv_decoder", says="the biases are missing")
def decoder_without_biases(latent_dim):
    last = up(1, 1, activation=None, use_bias=False)
    body = [up(64, use_bias=False), up(32, use_bias=False), last]
    return decoder(latent_dim, *body, use_bias=False)


@wrong("build_conv_decoder", says="the latent size is always 2")
def decoder_fixed_length(latent_dim):
    return decoder(2, up(64), up(32), up(1, 1, activation=None))


@wrong("build_conv_decoder", says="as Dropout does")
def decoder_with_dropout(latent_dim):
    return decoder(latent_dim, up(64), layers.Dropout(0.5), up(32), up(1, 1, activation=None))


SHARED = [up(64), up(32)]


@wrong("build_conv_decoder", says="share their layers")
def decoder_of_shared_layers(latent_dim):
    return decoder(latent_dim, *SHARED, up(1, 1, activation=None))


@wrong("build_conv_decoder", says="Conv2D stands at the end instead of Conv2DTranspose")
def decoder_with_a_convolution_at_the_end(latent_dim):
    return decoder(latent_dim, up(64), up(32), layers.Conv2D(1, 3, padding="same"))


@wrong("build_conv_decoder", says="UpSampling2D stands for the strides")
def decoder_with_upsampling_before_it(latent_dim):
    steps = [layers.UpSampling2D(), up(64, 1), layers.UpSampling2D(), up(32, 1)]
    return decoder(latent_dim, *steps, up(1, 1, activation=None))


@wrong("build_conv_decoder", says="the shape before the convolutions is (64, 7, 7)")
def decoder_with_channels_in_front(latent_dim):
    start = [layers.Dense(3136, activation="relu"), layers.Reshape((64, 7, 7))]
    steps = [up(64), up(32), up(1, 1, activation=None)]
    return keras.Sequential([keras.Input((latent_dim,)), *start, *steps])


@wrong("build_conv_decoder", says="a leaky ReLU of slope 0.2 instead of a ReLU")
def decoder_leaky(latent_dim):
    body = [up(64, activation="leaky_relu"), up(32, activation="leaky_relu")]
    return decoder(latent_dim, *body, up(1, 1, activation=None), activation="leaky_relu")


@wrong("build_conv_decoder", says="an ELU instead of a ReLU")
def decoder_elu(latent_dim):
    body = [up(64, activation="elu"), up(32, activation="elu"), up(1, 1, activation=None)]
    return decoder(latent_dim, *body, activation="elu")


@wrong("build_conv_decoder", says="a GELU instead of a ReLU")
def decoder_gelu(latent_dim):
    body = [up(64, activation="gelu"), up(32, activation="gelu"), up(1, 1, activation=None)]
    return decoder(latent_dim, *body, activation="gelu")


@wrong("build_conv_decoder", says="a tanh instead of a ReLU")
def decoder_all_tanh(latent_dim):
    body = [up(64, activation="tanh"), up(32, activation="tanh"), up(1, 1, activation=None)]
    return decoder(latent_dim, *body, activation="tanh")


@wrong("build_conv_decoder", says="under known weights")
def decoder_relu6(latent_dim):
    body = [up(64, activation="relu6"), up(32, activation="relu6"), up(1, 1, activation=None)]
    return decoder(latent_dim, *body)


@wrong("build_conv_decoder", says="a softplus stands on the logits")
def decoder_softplus(latent_dim):
    return decoder(latent_dim, up(64), up(32), up(1, 1, activation="softplus"))


@wrong("build_conv_decoder", says="under known weights")
def decoder_that_centres_the_batch(latent_dim):
    model = decoder(latent_dim, up(64), up(32), up(1, 1, activation=None))
    logits = model.outputs[0]
    return keras.Model(model.inputs, logits - ops.mean(logits, 0, keepdims=True))


@wrong("build_conv_decoder", says="the padding is `valid` instead of `same`")
def decoder_cropped_at_the_end(latent_dim):
    body = [up(64, padding="valid"), up(32, padding="valid"), up(1, 1, activation=None)]
    return decoder(latent_dim, *body)


def with_logits(model, change):
    logits = model.outputs[0]
    return keras.Model(model.inputs, change(logits))


@wrong("build_conv_decoder", says="under known weights")
def decoder_with_clipped_logits(latent_dim):
    model = decoder(latent_dim, up(64), up(32), up(1, 1, activation=None))
    return with_logits(model, lambda logits: ops.clip(logits, -10.0, 10.0))


@wrong("build_conv_decoder", says="as Dropout does")
def decoder_with_dropout_at_the_end(latent_dim):
    model = decoder(latent_dim, up(64), up(32), up(1, 1, activation=None))
    return with_logits(model, layers.Dropout(0.5))


@wrong("build_conv_decoder", says="logits of one code")
def decoder_that_drops_axes(latent_dim):
    class Squeezed(layers.Layer):
        def call(self, h):
            return ops.squeeze(h, 0) if h.shape[0] == 1 else h

        def compute_output_shape(self, shape):
            return shape

    return with_logits(decoder(latent_dim, up(64), up(32), up(1, 1, activation=None)), Squeezed())


@wrong("build_conv_decoder", says="BatchNormalization stands behind two of the convolutions")
def decoder_with_batch_normalization(latent_dim):
    norms = [layers.BatchNormalization() for _ in range(2)]
    return decoder(latent_dim, up(64), norms[0], up(32), norms[1], up(1, 1, activation=None))


# dense_width


def dense_parameters(m, d):
    return 784 * m + m + 2 * (m * d + d) + d * m + m + 784 * m + 784


@right("dense_width")
def width_by_trying(n_parameters, latent_dim):
    low, high = 0, n_parameters
    while high - low > 1:
        middle = (low + high) // 2
        fits = dense_parameters(middle, latent_dim) <= n_parameters
        low, high = (middle, high) if fits else (low, middle)
    return low


@right("dense_width")
def width_by_rounding_down(n_parameters, latent_dim):
    return int(np.floor((n_parameters - 784 - 2 * latent_dim) / (1570 + 3 * latent_dim)))


@right("dense_width")
def width_as_an_array(n_parameters, latent_dim):
    per_unit = dense_parameters(1, latent_dim) - dense_parameters(0, latent_dim)
    return np.asarray((n_parameters - dense_parameters(0, latent_dim)) // per_unit)


@wrong("dense_width", says="rounded up")
def width_rounded_up(n_parameters, latent_dim):
    return -(-(n_parameters - 784 - 2 * latent_dim) // (1570 + 3 * latent_dim))


@wrong("dense_width", says="it is not rounded")
def width_not_rounded(n_parameters, latent_dim):
    return (n_parameters - 784 - 2 * latent_dim) / (1570 + 3 * latent_dim)


@wrong("dense_width", says="expected")
def width_rounded_to_the_nearest(n_parameters, latent_dim):
    exact = (n_parameters - 784 - 2 * latent_dim) / (1570 + 3 * latent_dim)
    return round(exact) if n_parameters < 200_000 or exact % 1 < 0.4 else math.floor(exact)


@wrong("dense_width", says="the biases of the heads and of the last layer")
def width_without_fixed_biases(n_parameters, latent_dim):
    return n_parameters // (1570 + 3 * latent_dim)


@wrong("dense_width", says="one head is counted")
def width_with_one_head(n_parameters, latent_dim):
    return (n_parameters - 784 - latent_dim) // (1570 + 2 * latent_dim)


@wrong("dense_width", says="only the encoder is counted")
def width_of_the_encoder(n_parameters, latent_dim):
    return (n_parameters - 2 * latent_dim) // (785 + 2 * latent_dim)


@wrong("dense_width", says="only the decoder is counted")
def width_of_the_decoder(n_parameters, latent_dim):
    return (n_parameters - 784) // (785 + latent_dim)


@wrong("dense_width", says="the number of latent dimensions is always 2")
def width_for_two(n_parameters, latent_dim):
    return (n_parameters - 788) // 1576


@wrong("dense_width", says="all biases are forgotten")
def width_without_biases(n_parameters, latent_dim):
    return n_parameters // (1568 + 3 * latent_dim)


@wrong("dense_width", says="the number of parameters is returned")
def parameters_of_the_width(n_parameters, latent_dim):
    return dense_parameters(width_by_trying(n_parameters, latent_dim), latent_dim)


@wrong("dense_width", says="expected")
def width_that_is_below_the_budget(n_parameters, latent_dim):
    m = 0
    while dense_parameters(m + 1, latent_dim) < n_parameters + 2:
        m += 1
    return m


# multiply_adds


def counted(layer):
    area = math.prod(layer.get("kernel", ()))
    side = "inputs" if layer["kind"] == "conv_transpose" else "outputs"
    places = math.prod(layer[side][:-1])
    return places * area * layer["inputs"][-1] * layer["outputs"][-1]


@right("multiply_adds")
def work_by_one_formula(layers):
    return [counted(layer) for layer in layers]


@right("multiply_adds")
def work_in_a_loop(layers):
    work = []
    for layer in layers:
        n = 1
        for size in layer.get("kernel", []):
            n *= int(size)
        n *= layer["inputs"][-1] * layer["outputs"][-1]
        if layer["kind"] == "conv":
            n *= layer["outputs"][0] * layer["outputs"][1]
        elif layer["kind"] == "conv_transpose":
            n *= layer["inputs"][0] * layer["inputs"][1]
        work.append(n)
    return tuple(work)


@right("multiply_adds")
def work_in_numpy(layers):
    work = []
    for layer in layers:
        a, b = (np.array(layer[key], dtype=object) for key in ("inputs", "outputs"))
        if layer["kind"] == "dense":
            work.append(a[0] * b[0])
            continue
        places = (a if layer["kind"] == "conv_transpose" else b)[:2].prod()
        work.append(places * np.array(layer["kernel"], dtype=object).prod() * a[2] * b[2])
    return np.array(work, dtype=np.int64)


def work(layers, **changes):
    """The counts, with other factors for some kinds."""
    return [
        math.prod(changes.get(layer["kind"], lambda layer: [counted(layer)])(layer))
        for layer in layers
    ]


def factors(side, *, kernel=True, into=True, out=True):
    def of(layer):
        return [
            *layer[side][:-1],
            *(layer["kernel"] if kernel else ()),
            *(layer["inputs"][-1:] if into else ()),
            *(layer["outputs"][-1:] if out else ()),
        ]

    return of


@wrong("multiply_adds", says="a transposed convolution is counted by the pixels of its output")
def work_transposed_by_its_output(layers):
    return work(layers, conv_transpose=factors("outputs"))


@wrong("multiply_adds", says="a convolution is counted by the pixels of its input")
def work_conv_by_its_input(layers):
    return work(layers, conv=factors("inputs"))


@wrong("multiply_adds", says="convolutions are counted by the pixels of their input, transposed")
def work_the_other_way_round(layers):
    return work(layers, conv=factors("inputs"), conv_transpose=factors("outputs"))


@wrong("multiply_adds", says="which counts the weights")
def work_as_weights(layers):
    return [
        math.prod([*layer.get("kernel", ()), layer["inputs"][-1], layer["outputs"][-1]])
        for layer in layers
    ]


@wrong("multiply_adds", says="the channels of the input are forgotten")
def work_without_channels_in(layers):
    conv, turned = (factors(side, into=False) for side in ("outputs", "inputs"))
    return work(layers, conv=conv, conv_transpose=turned)


@wrong("multiply_adds", says="the channels of the output are forgotten")
def work_without_channels_out(layers):
    conv, turned = (factors(side, out=False) for side in ("outputs", "inputs"))
    return work(layers, conv=conv, conv_transpose=turned)


@wrong("multiply_adds", says="the size of the kernel is forgotten")
def work_without_the_kernel(layers):
    conv, turned = (factors(side, kernel=False) for side in ("outputs", "inputs"))
    return work(layers, conv=conv, conv_transpose=turned)


@wrong("multiply_adds", says="a kernel is taken for square")
def work_of_square_kernels(layers):
    square = [
        layer | ({"kernel": layer["kernel"][:1] * 2} if "kernel" in layer else {})
        for layer in layers
    ]
    return [counted(layer) for layer in square]


@wrong("multiply_adds", says="as if they were dense")
def work_as_if_dense(layers):
    return [math.prod(layer["inputs"]) * math.prod(layer["outputs"]) for layer in layers]


@wrong("multiply_adds", says="the biases are counted")
def work_with_biases(layers):
    return [counted(layer) + math.prod(layer["outputs"]) for layer in layers]


@wrong("multiply_adds", says="everything twice")
def work_as_operations(layers):
    return [2 * counted(layer) for layer in layers]


@wrong("multiply_adds", says="one number came back for all layers")
def work_in_all(layers):
    return sum(map(counted, layers))


@wrong("multiply_adds", says="running sums")
def work_summed_up(layers):
    return np.cumsum([counted(layer) for layer in layers])


@wrong("multiply_adds", says="not of type int")
def work_in_floats(layers):
    return [float(counted(layer)) for layer in layers]


@wrong("multiply_adds", says="more than 2⁵³ multiply-adds")
def work_by_way_of_floats(layers):
    return [int(np.prod([float(counted(layer))])) for layer in layers]


@wrong("multiply_adds", says="hidden case: lists in place of tuples")
def work_of_tuples_alone(layers):
    return [counted(layer) if isinstance(layer["inputs"], tuple) else 0 for layer in layers]


@wrong("multiply_adds", says="hidden case: stride 1")
def work_that_goes_by_the_larger_side(layers):
    """It tells the two kinds apart by their sizes."""
    return [
        counted(layer)
        * (9 if layer["kind"] != "dense" and layer["inputs"][0] == 6 == layer["inputs"][1] else 1)
        for layer in layers
    ]


@wrong("multiply_adds", says="hidden case: ")
def work_sorted_by_kind(layers):
    return [counted(layer) for layer in sorted(layers, key=lambda one: len(one["kind"]) > 5)]


# binarize


@right("binarize")
def binarize_with_the_old_generator(x, mode, seed, epoch=0):
    if mode == "threshold":
        return np.where(x < 0.5, np.float32(0), np.float32(1))
    rng = np.random.RandomState(seed if mode == "static" else seed + 1000 * epoch)
    return rng.binomial(1, x).astype("float32")


@right("binarize")
def binarize_in_keras(x, mode, seed, epoch=0):
    if mode == "threshold":
        return ops.cast(x >= 0.5, "float32")
    generator = keras.random.SeedGenerator(seed)
    for _ in range(epoch if mode == "dynamic" else 0):
        generator.next()
    return ops.cast(keras.random.uniform(ops.shape(x), seed=generator) < x, "float32")


@right("binarize")
def binarize_in_tf(x, mode, seed, epoch=0):
    epoch = epoch if mode == "dynamic" else 0
    dice = 0.5 if mode == "threshold" else tf.random.stateless_uniform(x.shape, [seed, epoch])
    return tf.cast(x >= dice, tf.float32)


@right("binarize")
def binarize_pixel_by_pixel(x, mode, seed, epoch=0):
    rng = np.random.default_rng((seed, epoch) if mode == "dynamic" else (seed,))
    pixels = x.astype(float).ravel().tolist()
    dice = rng.random(x.size).tolist() if mode != "threshold" else [0.5 - 1e-9] * x.size
    drawn = np.array([d < p for d, p in zip(dice, pixels, strict=True)], dtype=np.float32)
    return drawn.reshape(x.shape)


def thrown(x, mode, seed, epoch, shape=None):
    rng = np.random.default_rng([seed, epoch] if mode == "dynamic" else seed)
    return (rng.random(shape or x.shape) < x).astype("float32")


def binarized(x, mode, seed, epoch):
    return (x >= 0.5).astype("float32") if mode == "threshold" else thrown(x, mode, seed, epoch)


@wrong("binarize", says="a pixel of exactly 0.5 becomes 0")
def binarize_rounded(x, mode, seed, epoch=0):
    return np.round(x) if mode == "threshold" else binarized(x, mode, seed, epoch)


@wrong("binarize", says="a pixel of exactly 0.5 becomes 0")
def binarize_above_half(x, mode, seed, epoch=0):
    return (x > 0.5) * np.float32(1) if mode == "threshold" else binarized(x, mode, seed, epoch)


@wrong("binarize", says="the threshold is the mean of the images")
def binarize_at_the_mean(x, mode, seed, epoch=0):
    return (
        (x >= x.mean()) * np.float32(1) if mode == "threshold" else binarized(x, mode, seed, epoch)
    )


@wrong("binarize", says="every pixel that is not white becomes 1")
def binarize_above_zero(x, mode, seed, epoch=0):
    return np.ceil(x) if mode == "threshold" else binarized(x, mode, seed, epoch)


@wrong("binarize", says="black and white are swapped")
def binarize_below_half(x, mode, seed, epoch=0):
    return (x < 0.5) * np.float32(1) if mode == "threshold" else binarized(x, mode, seed, epoch)


@wrong("binarize", says="threshold: the pixels are True and False")
def binarize_to_bools(x, mode, seed, epoch=0):
    return binarized(x, mode, seed, epoch).astype(bool)


@wrong("binarize", says="all pixels of one grey come out alike")
def binarize_with_one_draw(x, mode, seed, epoch=0):
    return (
        binarized(x, mode, seed, epoch) if mode == "threshold" else thrown(x, mode, seed, epoch, 1)
    )


@wrong("binarize", says="one draw serves all pixels of an image")
def binarize_with_one_draw_an_image(x, mode, seed, epoch=0):
    shape = (len(x), *[1] * (x.ndim - 1))
    threshold = mode == "threshold"
    return binarized(x, mode, seed, epoch) if threshold else thrown(x, mode, seed, epoch, shape)


@wrong("binarize", says="one draw serves all images")
def binarize_with_one_draw_for_all_images(x, mode, seed, epoch=0):
    shape = x.shape[1:]
    threshold = mode == "threshold"
    return binarized(x, mode, seed, epoch) if threshold else thrown(x, mode, seed, epoch, shape)


@wrong("binarize", says="one draw serves all pixels of a row or a column")
def binarize_with_one_draw_a_row(x, mode, seed, epoch=0):
    shape = x.shape[:2] + (1,) * (x.ndim - 2)
    threshold = mode == "threshold"
    return binarized(x, mode, seed, epoch) if threshold else thrown(x, mode, seed, epoch, shape)


@wrong("binarize", says="one draw serves all channels")
def binarize_with_one_draw_for_all_channels(x, mode, seed, epoch=0):
    shape = (*x.shape[:-1], 1) if x.ndim == 4 else x.shape
    threshold = mode == "threshold"
    return binarized(x, mode, seed, epoch) if threshold else thrown(x, mode, seed, epoch, shape)


@wrong("binarize", says="static: the draw changes with the epoch")
def binarize_static_that_changes(x, mode, seed, epoch=0):
    return binarized(x, "dynamic" if mode == "static" else mode, seed, epoch)


@wrong("binarize", says="dynamic: the next epoch gives the same draw")
def binarize_dynamic_that_stays(x, mode, seed, epoch=0):
    return binarized(x, "static" if mode == "dynamic" else mode, seed, epoch)


@wrong("binarize", says="static: the same seed and epoch give another draw")
def binarize_without_seed(x, mode, seed, epoch=0):
    if mode == "threshold":
        return binarized(x, mode, seed, epoch)
    return (np.random.default_rng().random(x.shape) < x).astype("float32")


@wrong("binarize", says="dynamic: the same seed and epoch give another draw")
def binarize_dynamic_without_seed(x, mode, seed, epoch=0):
    if mode != "dynamic":
        return binarized(x, mode, seed, epoch)
    return (np.random.default_rng().random(x.shape) < x).astype("float32")


@wrong("binarize", says="static: another seed gives the same draw")
def binarize_with_a_fixed_seed(x, mode, seed, epoch=0):
    return binarized(x, mode, 0, epoch)


@wrong("binarize", says="dynamic: another seed gives the same draw")
def binarize_with_the_epoch_as_seed(x, mode, seed, epoch=0):
    return binarized(x, mode, 0 if mode == "dynamic" else seed, epoch)


@wrong("binarize", says="a pixel becomes 1 with probability 1 − x")
def binarize_upside_down(x, mode, seed, epoch=0):
    return binarized(x if mode == "threshold" else 1 - x, mode, seed, epoch)


@wrong("binarize", says="the grey of a pixel is not looked at")
def binarize_by_coins(x, mode, seed, epoch=0):
    return binarized(x if mode == "threshold" else 0 * x + 0.5, mode, seed, epoch)


@wrong("binarize", says="normal instead of uniform numbers are drawn")
def binarize_with_gaussian_dice(x, mode, seed, epoch=0):
    if mode == "threshold":
        return binarized(x, mode, seed, epoch)
    rng = np.random.default_rng([seed, epoch] if mode == "dynamic" else seed)
    return (rng.normal(size=x.shape) < x) * np.float32(1)


@wrong("binarize", says="all pixels of one grey come out alike")
def binarize_with_the_threshold_always(x, mode, seed, epoch=0):
    return binarized(x, "threshold", seed, epoch)


@wrong("binarize", says="there are values other than 0 and 1")
def binarize_with_noise(x, mode, seed, epoch=0):
    if mode == "threshold":
        return binarized(x, mode, seed, epoch)
    return np.clip(x + np.random.default_rng([seed, epoch]).normal(size=x.shape), 0, 1)


@wrong("binarize", says="there are values other than 0 and 1")
def binarize_to_255(x, mode, seed, epoch=0):
    return 255 * binarized(x, mode, seed, epoch)


@wrong("binarize", says="changes its argument in place")
def binarize_in_place(x, mode, seed, epoch=0):
    x[...] = binarized(x, mode, seed, epoch)
    return x


@wrong("binarize", says="got None. Does your function end with `return`?")
def binarize_threshold_only(x, mode, seed, epoch=0):
    if mode == "threshold":
        return (x >= 0.5).astype("float32")


@wrong("binarize", says="threshold: another seed and epoch give another result")
def binarize_always_with_dice(x, mode, seed, epoch=0):
    return thrown(x, "dynamic" if mode == "dynamic" else "static", seed, epoch, x.shape)


@wrong("binarize", says="dynamic: the next epoch gives the same draw")
def binarize_with_seed_times_epoch(x, mode, seed, epoch=0):
    if mode == "dynamic":
        seed = seed * (epoch + 1)
    return binarized(x, "static" if mode == "dynamic" else mode, seed, 0)


@wrong("binarize", says="the same seed and epoch give another draw")
def binarize_without_the_seed_0(x, mode, seed, epoch=0):
    if mode == "threshold":
        return binarized(x, mode, seed, epoch)
    seeds = [seed, epoch] if mode == "dynamic" else [seed]
    return (np.random.default_rng(seeds if seed else None).random(x.shape) < x) * np.float32(1)


@wrong("binarize", says="dynamic: the next epoch has the same draws, shifted")
def binarize_with_a_number_skipped_an_epoch(x, mode, seed, epoch=0):
    if mode != "dynamic":
        return binarized(x, mode, seed, epoch)
    dice = np.random.default_rng(seed).random(x.size + epoch)[epoch:]
    return (dice.reshape(x.shape) < x) * np.float32(1)


@wrong("binarize", says="dynamic: the next epoch has the same draws, shifted")
def binarize_with_a_seed_for_each_image(x, mode, seed, epoch=0):
    if mode != "dynamic":
        return binarized(x, mode, seed, epoch)
    dice = [np.random.default_rng(seed + epoch + i).random(x[i].shape) for i in range(len(x))]
    return (np.array(dice) < x) * np.float32(1)


@wrong("binarize", says="dynamic: the next epoch has the same draws, shifted")
def binarize_with_dice_moved_on(x, mode, seed, epoch=0):
    if mode != "dynamic":
        return binarized(x, mode, seed, epoch)
    return ((np.random.default_rng(seed).random(x.shape) + 0.1 * epoch) % 1 < x) * np.float32(1)


@right("binarize")
def binarize_in_float64_and_a_loop(x, mode, seed, epoch=0):
    made = np.zeros(np.shape(x), dtype="float32")
    child = np.random.SeedSequence(seed, spawn_key=(epoch,) if mode == "dynamic" else ())
    rng = np.random.Generator(np.random.Philox(child))
    for at in np.ndindex(*np.shape(x)):
        bound = 0.5 if mode == "threshold" else float(rng.uniform()) + 1e-12
        made[at] = 1.0 if float(x[at]) >= bound else 0.0
    return made


@wrong("binarize", says="but their type is not float32")
def binarize_in_float64(x, mode, seed, epoch=0):
    return binarized(x, mode, seed, epoch).astype("float64")


@wrong("binarize", says="but their type is not float32")
def binarize_to_ints(x, mode, seed, epoch=0):
    return binarized(x, mode, seed, epoch).astype("int32")


@wrong("binarize", says="the largest seeds): static: another seed gives the same draw")
def binarize_with_16_bits_of_the_seed(x, mode, seed, epoch=0):
    return binarized(x, mode, seed % 2**16, epoch)


@wrong("binarize", says="dynamic, the largest seeds): your code raised")
def binarize_with_a_seed_of_32_bits(x, mode, seed, epoch=0):
    if mode != "dynamic":
        return binarized(x, mode, seed, epoch)
    return (np.random.RandomState(10 * seed + epoch).random_sample(x.shape) < x).astype("float32")


@wrong("binarize", says="dynamic, many epochs): dynamic: two epochs have the same draw")
def binarize_with_two_epochs(x, mode, seed, epoch=0):
    return binarized(x, mode, seed, epoch % 2)


@wrong("binarize", says="dynamic, many epochs): dynamic: two epochs have the same draw")
def binarize_with_a_first_epoch_like_the_next(x, mode, seed, epoch=0):
    return binarized(x, mode, seed, max(epoch, 1))


@wrong("binarize", says="a pixel of 0 has to stay 0")
def binarize_with_clipped_probabilities(x, mode, seed, epoch=0):
    return binarized(x if mode == "threshold" else np.clip(x, 0.01, 0.99), mode, seed, epoch)


@wrong("binarize", says="the probability is x²")
def binarize_with_squares(x, mode, seed, epoch=0):
    return binarized(x if mode == "threshold" else x**2, mode, seed, epoch)


@wrong("binarize", says="some images have the same draw")
def binarize_with_half_the_images(x, mode, seed, epoch=0):
    if mode == "threshold":
        return binarized(x, mode, seed, epoch)
    drawn = thrown(np.ones_like(x), mode, seed, epoch, x.shape)
    half = np.random.default_rng([seed, epoch * (mode == "dynamic")]).random(x.shape)
    half[len(x) // 2 :] = half[: len(x) - len(x) // 2]
    return drawn * (half < x).astype("float32")


@wrong("binarize", says="hidden case: a single row of pixels")
def binarize_that_wants_a_batch(x, mode, seed, epoch=0):
    rows = x.reshape(x.shape[0], x.shape[1], -1)
    return binarized(rows, mode, seed, epoch).reshape(x.shape)


@wrong("binarize", says="got shape (2, 3, 1), expected (2, 3)")
def binarize_with_a_channel_axis(x, mode, seed, epoch=0):
    return binarized(x, mode, seed, epoch)[..., None]


@wrong("binarize", says="dynamic, many epochs): dynamic: two epochs have the same draw")
def binarize_with_fifty_epochs(x, mode, seed, epoch=0):
    return binarized(x, mode, seed, min(epoch, 50))


@wrong("binarize", says="dynamic, the largest seeds): dynamic: another seed gives the same draw")
def binarize_with_the_epoch_times_the_seed(x, mode, seed, epoch=0):
    return binarized(x, mode, 7 if mode == "dynamic" and not epoch else seed, epoch)


@wrong("binarize", says="the next epoch has the same draws, turned around")
def binarize_with_turned_draws(x, mode, seed, epoch=0):
    if mode != "dynamic":
        return binarized(x, mode, seed, epoch)
    drawn = np.random.default_rng([seed, epoch // 2]).random(x.shape)
    if epoch % 4 > 1:
        drawn = 1 - np.random.default_rng([seed, epoch // 2 - 1]).random(x.shape)
    return (drawn < x).astype("float32")


# single_sample_elbo


@right("single_sample_elbo")
def one_draw_from_scipy_in_float64(x, logits, z, z_mean, z_log_var):
    x, logits = (np.asarray(a, dtype=float).reshape(len(x), -1) for a in (x, logits))
    log_x = (x * special.log_expit(logits) + (1 - x) * special.log_expit(-logits)).sum(1)
    log_q = stats.norm.logpdf(z, z_mean, np.exp(z_log_var.astype(float) / 2)).sum(-1)
    return log_x + stats.norm.logpdf(z).sum(-1) - log_q


@right("single_sample_elbo")
def one_draw_as_in_the_tutorial(x, logits, z, z_mean, z_log_var):
    def log_normal(sample, mean, log_var):
        terms = -0.5 * ((sample - mean) ** 2.0 * tf.exp(-log_var) + log_var + LOG_2_PI)
        return tf.reduce_sum(terms, axis=1)

    cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=x)
    log_x = -tf.reduce_sum(tf.reshape(cross_entropy, (len(x), -1)), axis=1)
    return log_x + log_normal(z, 0.0, 0.0) - log_normal(z, z_mean, z_log_var)


@right("single_sample_elbo")
def one_draw_where_2_pi_cancels(x, logits, z, z_mean, z_log_var):
    eps = (z - z_mean) * ops.exp(-0.5 * z_log_var)
    log_ratio = 0.5 * ops.sum(eps**2 + z_log_var - ops.square(z), axis=-1)
    return log_ratio - bernoulli_nll(x, logits)


@right("single_sample_elbo")
def one_draw_as_a_list(x, logits, z, z_mean, z_log_var):
    return [
        float(
            log_normal_pdf(z[i], np.zeros_like(z[i]), np.zeros_like(z[i]))
            - log_normal_pdf(z[i], z_mean[i], z_log_var[i])
            - bernoulli_nll(x[i : i + 1], logits[i : i + 1])[0]
        )
        for i in range(len(x))
    ]


def three_terms(x, logits, z, z_mean, z_log_var):
    log_x = -np.asarray(bernoulli_nll(x, logits))
    log_q = np.asarray(log_normal_pdf(z, z_mean, z_log_var))
    return log_x, np.asarray(log_normal_pdf(z, 0.0, 0.0)), log_q


@wrong("single_sample_elbo", says="log q(z | x) and log p(z) are swapped")
def one_draw_swapped(*args):
    log_x, log_p, log_q = three_terms(*args)
    return log_x + log_q - log_p


@wrong("single_sample_elbo", says="2π stands in log q(z | x) only")
def one_draw_2_pi_in_q_only(x, logits, z, z_mean, z_log_var):
    log_x, _, log_q = three_terms(x, logits, z, z_mean, z_log_var)
    return log_x - 0.5 * (z**2).sum(-1) - log_q


@wrong("single_sample_elbo", says="2π stands in log p(z) only")
def one_draw_2_pi_in_p_only(x, logits, z, z_mean, z_log_var):
    log_x, log_p, log_q = three_terms(x, logits, z, z_mean, z_log_var)
    return log_x + log_p - (log_q + z.shape[-1] / 2 * LOG_2_PI)


@wrong("single_sample_elbo", says="log p(z) is missing")
def one_draw_without_prior(*args):
    log_x, _, log_q = three_terms(*args)
    return log_x - log_q


@wrong("single_sample_elbo", says="log q(z | x) is missing")
def one_draw_without_posterior(*args):
    log_x, log_p, _ = three_terms(*args)
    return log_x + log_p


@wrong("single_sample_elbo", says="log q(z | x) is added")
def one_draw_posterior_added(*args):
    return sum(three_terms(*args))


@wrong("single_sample_elbo", says="the negative log-likelihood is added")
def one_draw_nll_added(*args):
    log_x, log_p, log_q = three_terms(*args)
    return -log_x + log_p - log_q


@wrong("single_sample_elbo", says="log p(x | z) is missing")
def one_draw_without_image(*args):
    _, log_p, log_q = three_terms(*args)
    return log_p - log_q


@wrong("single_sample_elbo", says="the sign is wrong")
def one_draw_as_a_loss(*args):
    log_x, log_p, log_q = three_terms(*args)
    return -(log_x + log_p - log_q)


@wrong("single_sample_elbo", says="the images are averaged, too")
def one_draw_averaged(*args):
    log_x, log_p, log_q = three_terms(*args)
    return np.mean(log_x + log_p - log_q)


@wrong("single_sample_elbo", says="the KL is computed by its formula")
def one_draw_with_the_formula(x, logits, z, z_mean, z_log_var):
    return -bernoulli_nll(x, logits) - kl_divergence(z_mean, z_log_var, 0.0, 0.0)


@wrong("single_sample_elbo", says="the densities are taken at z_mean instead of z")
def one_draw_at_the_mean(x, logits, z, z_mean, z_log_var):
    log_x, log_p, log_q = three_terms(x, logits, z_mean, z_mean, z_log_var)
    return log_x + log_p - log_q


@wrong("single_sample_elbo", says="log q(z | x) is taken for N(0, I), too")
def one_draw_posterior_is_prior(x, logits, z, z_mean, z_log_var):
    log_x, log_p, log_q = three_terms(x, logits, z, 0 * z_mean, 0 * z_log_var)
    return log_x + log_p - log_q


@wrong("single_sample_elbo", says="z_log_var is used as the variance")
def one_draw_log_var_as_variance(x, logits, z, z_mean, z_log_var):
    log_x, log_p, log_q = three_terms(x, logits, z, z_mean, np.log(z_log_var))
    return log_x + log_p - log_q


@wrong("single_sample_elbo", says="exp(z_log_var) is used as the standard deviation")
def one_draw_variance_as_deviation(x, logits, z, z_mean, z_log_var):
    log_x, log_p, log_q = three_terms(x, logits, z, z_mean, 2 * z_log_var)
    return log_x + log_p - log_q


@wrong("single_sample_elbo", says="the variance of the prior is taken for e instead of 1")
def one_draw_wide_prior(x, logits, z, z_mean, z_log_var):
    log_x, _, log_q = three_terms(x, logits, z, z_mean, z_log_var)
    return log_x + log_normal_pdf(z, np.zeros_like(z), np.ones_like(z)) - log_q


@wrong("single_sample_elbo", says="the pixels are averaged instead of summed")
def one_draw_pixels_averaged(x, logits, *args):
    log_x, log_p, log_q = three_terms(x, logits, *args)
    return log_x / x[0].size + log_p - log_q


@wrong("single_sample_elbo", says="the latent dimensions are averaged instead of summed")
def one_draw_code_averaged(x, logits, z, z_mean, z_log_var):
    log_x, log_p, log_q = three_terms(x, logits, z, z_mean, z_log_var)
    return log_x + (log_p - log_q) / z.shape[-1]


@wrong("single_sample_elbo", says="logits are taken for probabilities")
def one_draw_of_probabilities(x, logits, *args):
    _, log_p, log_q = three_terms(x, logits, *args)
    log_x = (x * np.log(logits) + (1 - x) * np.log(1 - logits)).reshape(len(x), -1).sum(1)
    return log_x + log_p - log_q


@wrong("single_sample_elbo", says="the logarithm of 0 is taken")
def one_draw_log_of_zero(x, logits, *args):
    _, log_p, log_q = three_terms(x, logits, *args)
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-logits))
        log_x = (x * np.log(p) + (1 - x) * np.log(1 - p)).reshape(len(x), -1).sum(1)
    return log_x + log_p - log_q


@wrong("single_sample_elbo", says="hidden case: whole images")
def one_draw_over_axis_one(x, logits, *args):
    _, log_p, log_q = three_terms(x, logits, *args)
    return log_p - log_q - np.sum(np.logaddexp(0, logits) - x * logits, axis=1)


@wrong("single_sample_elbo", says="the latent dimensions are not summed")
def one_draw_not_summed(x, logits, z, z_mean, z_log_var):
    log_p, log_q = stats.norm.logpdf(z), stats.norm.logpdf(z, z_mean, np.exp(z_log_var / 2))
    return log_p - log_q - np.asarray(bernoulli_nll(x, logits))[:, None]


@wrong("single_sample_elbo", says="exp(z_log_var) is given where z_log_var belongs")
def one_draw_with_variances(x, logits, z, z_mean, z_log_var):
    log_q_z = log_normal_pdf(z, z_mean, ops.exp(z_log_var))
    return -bernoulli_nll(x, logits) + log_normal_pdf(z, 0.0, 0.0) - log_q_z


@wrong("single_sample_elbo", says="z_log_var / 2 is given where z_log_var belongs")
def one_draw_with_log_deviations(x, logits, z, z_mean, z_log_var):
    log_q_z = log_normal_pdf(z, z_mean, z_log_var / 2)
    return -bernoulli_nll(x, logits) + log_normal_pdf(z, 0.0, 0.0) - log_q_z


@wrong("single_sample_elbo", says="images and logits are swapped")
def one_draw_with_images_for_logits(x, logits, z, z_mean, z_log_var):
    log_ratio = log_normal_pdf(z, 0.0, 0.0) - log_normal_pdf(z, z_mean, z_log_var)
    return log_ratio - bernoulli_nll(logits, x)


@wrong("single_sample_elbo", says="probabilities or logits are clipped")
def one_draw_with_clipped_logits(x, logits, z, z_mean, z_log_var):
    log_ratio = log_normal_pdf(z, 0.0, 0.0) - log_normal_pdf(z, z_mean, z_log_var)
    return log_ratio - bernoulli_nll(x, ops.clip(logits, -20.0, 20.0))


@right("single_sample_elbo")
def one_draw_by_matrices_in_float64(x, logits, z, z_mean, z_log_var):
    x, logits, z, mean, log_var = (
        tf.cast(a, tf.float64) for a in (x, logits, z, z_mean, z_log_var)
    )
    pixels = tf.nn.softplus(logits) - x * logits
    nll = tf.reduce_sum(pixels, axis=list(range(1, len(x.shape))))
    log_p = -0.5 * (tf.einsum("ij,ij->i", z, z) + z.shape[1] * LOG_2_PI)
    scale = tf.linalg.diag(tf.exp(log_var / 2))
    eps = tf.linalg.triangular_solve(scale, (z - mean)[..., None])[..., 0]
    log_det = 2 * tf.reduce_sum(tf.math.log(tf.linalg.diag_part(scale)), axis=-1)
    log_q = -0.5 * (tf.reduce_sum(eps**2, axis=-1) + log_det + z.shape[1] * LOG_2_PI)
    return log_p - log_q - nll


def one_draw_of(log_x, z, z_mean, z_log_var, share=0.5, more=0.0):
    """The estimate, with a share of the log-variance, and with more variance."""
    variance = np.exp(z_log_var) + more
    log_q = -((z - z_mean) ** 2) / variance / 2 - share * np.log(variance) - LOG_2_PI / 2
    return log_x + np.asarray(log_normal_pdf(z, 0.0, 0.0)) - log_q.sum(-1)


@wrong("single_sample_elbo", says="z_log_var itself stands in log q(z | x) instead of half of it")
def one_draw_whole_log_determinant(x, logits, *args):
    return one_draw_of(-np.asarray(bernoulli_nll(x, logits)), *args, share=1)


@wrong("single_sample_elbo", says="a quarter of z_log_var stands in log q(z | x)")
def one_draw_half_a_log_determinant(x, logits, *args):
    return one_draw_of(-np.asarray(bernoulli_nll(x, logits)), *args, share=0.25)


@wrong("single_sample_elbo", says="z_log_var is left out of log q(z | x)")
def one_draw_without_log_determinant(x, logits, *args):
    return one_draw_of(-np.asarray(bernoulli_nll(x, logits)), *args, share=0)


@wrong("single_sample_elbo", says="hidden case: very narrow posteriors")
def one_draw_with_a_little_more_variance(x, logits, *args):
    return one_draw_of(-np.asarray(bernoulli_nll(x, logits)), *args, more=1e-7)


@wrong("single_sample_elbo", says="a hundred latent dimensions): not every value is finite")
def one_draw_with_determinants(x, logits, z, z_mean, z_log_var):
    variance = np.exp(z_log_var.astype(float))
    with np.errstate(all="ignore"):
        log_det = np.log(np.prod(variance, axis=-1))
    distance = ((z - z_mean) ** 2 / variance).sum(-1)
    log_q = -0.5 * (distance + log_det + z.shape[-1] * LOG_2_PI)
    return log_normal_pdf(z, 0.0, 0.0) - log_q - bernoulli_nll(x, logits)


@wrong("single_sample_elbo", says="an axis of length 1 is left over")
def one_draw_with_kept_axes(*args):
    log_x, log_p, log_q = three_terms(*args)
    return (log_x + log_p - log_q)[:, None]


@wrong("single_sample_elbo", says="the images are summed, too")
def one_draw_summed(*args):
    log_x, log_p, log_q = three_terms(*args)
    return np.sum(log_x + log_p - log_q)


@wrong("single_sample_elbo", says="probabilities or logits are clipped")
def one_draw_with_clipped_probabilities(x, logits, *args):
    _, log_p, log_q = three_terms(x, logits, *args)
    p = np.clip(special.expit(logits.astype(float)), 1e-7, 1 - 1e-7)
    log_x = (x * np.log(p) + (1 - x) * np.log(1 - p)).reshape(len(x), -1).sum(1)
    return log_x + log_p - log_q


@wrong("single_sample_elbo", says="every image gets the mean of all")
def one_draw_mean_for_all(*args):
    log_x, log_p, log_q = three_terms(*args)
    return np.full(len(log_x), np.mean(log_x + log_p - log_q))


@wrong("single_sample_elbo", says="the pixels are not summed")
def one_draw_for_each_pixel(x, logits, *args):
    _, log_p, log_q = three_terms(x, logits, *args)
    pixels = (x * logits - np.logaddexp(0, logits)).reshape(len(x), -1)
    return pixels + (log_p - log_q)[:, None]


@wrong("single_sample_elbo", says="the pixels of all images are summed")
def one_draw_of_all_pixels(x, logits, *args):
    log_x, log_p, log_q = three_terms(x, logits, *args)
    return log_x.sum() + log_p - log_q


# interpolate


@right("interpolate")
def way_in_tf(z_a, z_b, steps, kind):
    t = tf.linspace(0.0, 1.0, steps)[:, None]
    norm_a, norm_b = tf.norm(z_a), tf.norm(z_b)
    a, b = (z_a / norm_a, z_b / norm_b) if kind == "slerp" else (z_a, z_b)
    between = a + t * (b - a)
    if kind == "lerp":
        return between
    cosine = tf.reduce_sum(a * b)
    if cosine < -0.99999:
        raise ValueError("opposite directions")
    if cosine < 0.99999:
        omega = tf.acos(cosine)
        between = (tf.sin((1 - t) * omega) * a + tf.sin(t * omega) * b) / tf.sin(omega)
    return between * (norm_a + t * (norm_b - norm_a))


@right("interpolate")
def way_in_a_loop(z_a, z_b, steps, kind):
    a, b = (np.asarray(z, dtype=np.float64) for z in (z_a, z_b))
    lengths = [math.sqrt(z @ z) for z in (a, b)]
    omega = math.acos(max(-1.0, min(1.0, a @ b / lengths[0] / lengths[1])))
    if kind == "slerp" and math.pi - omega < 0.005:
        raise ValueError(f"no way is the shortest: {math.degrees(omega)} degrees")
    codes = []
    for i in range(steps):
        t = i / (steps - 1)
        if kind == "lerp" or omega < 0.005:
            codes.append((1 - t) * a + t * b)
            continue
        length = lengths[0] * (1 - t) + lengths[1] * t
        weights = math.sin((1 - t) * omega) / math.sin(omega), math.sin(t * omega) / math.sin(omega)
        codes.append(length * (weights[0] * a / lengths[0] + weights[1] * b / lengths[1]))
    return codes


@right("interpolate")
def way_by_turning_in_the_plane(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    if kind == "lerp":
        return np.outer(1 - t, z_a) + np.outer(t, z_b)
    a, b = z_a.astype(float), z_b.astype(float)
    first = a / np.linalg.norm(a)
    across = b - b @ first * first
    omega = np.arctan2(np.linalg.norm(across), b @ first)
    if omega > np.pi - 1e-2:
        raise ValueError("opposite")
    second = across / np.linalg.norm(across) if omega > 1e-2 else 0 * a
    directions = np.outer(np.cos(omega * t), first) + np.outer(np.sin(omega * t), second)
    if omega <= 1e-2:
        directions = np.outer(1 - t, first) + np.outer(t, b / np.linalg.norm(b))
    norms = np.interp(t, [0, 1], [np.linalg.norm(a), np.linalg.norm(b)])
    return norms[:, None] * directions


@right("interpolate")
def way_in_keras(z_a, z_b, steps, kind):
    t = ops.linspace(0.0, 1.0, steps)[:, None]
    if kind == "lerp":
        return (1 - t) * z_a + t * z_b
    norm_a, norm_b = ops.norm(z_a), ops.norm(z_b)
    a, b = z_a / norm_a, z_b / norm_b
    omega = ops.arccos(ops.clip(ops.sum(a * b), -1.0, 1.0))
    if np.pi - float(omega) < 1e-2:
        raise ValueError("opposite directions")
    norms = (1 - t) * norm_a + t * norm_b
    if float(omega) < 1e-2:
        return norms * ((1 - t) * a + t * b)
    return norms * (ops.sin((1 - t) * omega) * a + ops.sin(t * omega) * b) / ops.sin(omega)


def slerp(z_a, z_b, t, room=0.01, clip=True, opposite=ValueError):
    """The way of the formula, for each t."""
    t = np.asarray(t)[:, None]
    norm_a, norm_b = np.linalg.norm(z_a), np.linalg.norm(z_b)
    a, b = z_a / norm_a, z_b / norm_b
    cosine = np.clip(a @ b, -1, 1) if clip else a @ b
    with np.errstate(all="ignore"):
        omega = np.arccos(cosine)
        if opposite and omega > np.pi - 0.01:
            raise opposite("opposite directions")
        norms = (1 - t) * norm_a + t * norm_b
        if omega < room:
            return norms * ((1 - t) * a + t * b)
        return norms * (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)


def lerp(z_a, z_b, t):
    t = np.asarray(t)[:, None]
    return (1 - t) * z_a + t * z_b


def walk(kind, *args, **options):
    return lerp(*args) if kind == "lerp" else slerp(*args, **options)


@wrong("interpolate", says="slerp does what lerp should do")
def way_always_straight(z_a, z_b, steps, kind):
    return lerp(z_a, z_b, np.linspace(0, 1, steps))


@wrong("interpolate", says="lerp does what slerp should do")
def way_always_round(z_a, z_b, steps, kind):
    return slerp(z_a, z_b, np.linspace(0, 1, steps))


@wrong("interpolate", says="slerp: not every value is finite")
def way_nan_at_equal_ends(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.linspace(0, 1, steps), room=0)


@wrong("interpolate", says="not every value is finite")
def way_without_clip(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    if np.array_equal(z_a, z_b):
        return lerp(z_a, z_b, t)
    return walk(kind, z_a, z_b, t, room=0, clip=False)


@wrong("interpolate", says="hidden case: the same direction, other norms")
def way_that_knows_only_equal_codes(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    straight = kind == "lerp" or np.allclose(z_a, z_b)
    return lerp(z_a, z_b, t) if straight else slerp(z_a, z_b, t, room=0)


@wrong("interpolate", says="slerp between opposite directions: something was returned")
def way_through_opposite_ends(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.linspace(0, 1, steps), opposite=None)


@wrong("interpolate", says="slerp between opposite directions: AssertionError was raised")
def way_with_an_assertion(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.linspace(0, 1, steps), opposite=AssertionError)


@wrong("interpolate", says="hidden case: opposite directions, other norms")
def way_that_knows_only_opposite_codes(z_a, z_b, steps, kind):
    if kind == "slerp" and np.allclose(z_a, -z_b):
        raise ValueError("opposite codes")
    return walk(kind, z_a, z_b, np.linspace(0, 1, steps), opposite=None)


@wrong("interpolate", says="your code raised ValueError")
def way_that_refuses_lerp_too(z_a, z_b, steps, kind):
    round_ways = slerp(z_a, z_b, np.linspace(0, 1, steps))
    return lerp(z_a, z_b, np.linspace(0, 1, steps)) if kind == "lerp" else round_ways


@wrong("interpolate", says="lerp: one code too many")
def way_with_one_code_more(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.linspace(0, 1, steps + 1))


@wrong("interpolate", says="lerp: one code too few")
def way_with_one_code_less(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.arange(steps - 1) / (steps - 1))


@wrong("interpolate", says="lerp: the two ends are missing")
def way_without_ends(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.linspace(0, 1, steps)[1:-1])


@wrong("interpolate", says="lerp, the last code")
def way_that_stops_early(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.arange(steps) / steps)


@wrong("interpolate", says="lerp, the first code")
def way_that_starts_late(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.arange(1, steps + 1) / (steps + 1))


@wrong("interpolate", says="it goes from z_b to z_a")
def way_backwards(z_a, z_b, steps, kind):
    return walk(kind, z_b, z_a, np.linspace(0, 1, steps))


@wrong("interpolate", says="the codes are not divided by their norms, so the norm does not change")
def way_of_unscaled_codes(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)[:, None]
    if kind == "lerp":
        return lerp(z_a, z_b, t[:, 0])
    omega = np.arccos(np.clip(z_a @ z_b / np.linalg.norm(z_a) / np.linalg.norm(z_b), -1, 1))
    return (np.sin((1 - t) * omega) * z_a + np.sin(t * omega) * z_b) / np.sin(omega)


@wrong("interpolate", says="ω is the arccos of the product of the codes")
def way_with_an_angle_of_unscaled_codes(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)[:, None]
    if kind == "lerp":
        return lerp(z_a, z_b, t[:, 0])
    omega = np.arccos(np.clip(z_a @ z_b, -1, 1))
    return (np.sin((1 - t) * omega) * z_a + np.sin(t * omega) * z_b) / np.sin(omega)


@wrong("interpolate", says="the directions are not multiplied by the norms")
def way_on_the_unit_sphere(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    if kind == "lerp":
        return lerp(z_a, z_b, t)
    return slerp(z_a / np.linalg.norm(z_a), z_b / np.linalg.norm(z_b), t)


@wrong("interpolate", says="the straight way is pushed out to the norm")
def way_pushed_out(z_a, z_b, steps, kind):
    way = lerp(z_a, z_b, np.linspace(0, 1, steps))
    if kind == "lerp":
        return way
    norms = np.linspace(np.linalg.norm(z_a), np.linalg.norm(z_b), steps)[:, None]
    return way / np.linalg.norm(way, axis=1, keepdims=True) * norms


@wrong("interpolate", says="the straight way between the directions is pushed out")
def way_of_directions_pushed_out(z_a, z_b, steps, kind):
    if kind == "lerp":
        return lerp(z_a, z_b, np.linspace(0, 1, steps))
    a, b = z_a / np.linalg.norm(z_a), z_b / np.linalg.norm(z_b)
    norms = np.linspace(np.linalg.norm(z_a), np.linalg.norm(z_b), steps)[:, None]
    return way_pushed_out(a, b, steps, kind) * norms


@wrong("interpolate", says="the norm stays that of z_a")
def way_with_the_norm_of_the_start(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    if kind == "lerp":
        return lerp(z_a, z_b, t)
    return slerp(z_a, z_b / np.linalg.norm(z_b) * np.linalg.norm(z_a), t)


@wrong("interpolate", says="the norm changes evenly in its logarithm")
def way_with_geometric_norms(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    if kind == "lerp":
        return lerp(z_a, z_b, t)
    norm_a, norm_b = np.linalg.norm(z_a), np.linalg.norm(z_b)
    return slerp(z_a / norm_a, z_b / norm_b, t) * (norm_a ** (1 - t) * norm_b**t)[:, None]


@wrong("interpolate", says="hidden case: 10 degrees")
def way_with_too_much_room(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.linspace(0, 1, steps), room=0.35)


@wrong("interpolate", says="got None. Does your function end with `return`?")
def way_without_return(z_a, z_b, steps, kind):
    walk(kind, z_a, z_b, np.linspace(0, 1, steps))


@wrong("interpolate", says="lerp: got shape (2, 4), expected (4, 2)")
def way_lying_on_its_side(z_a, z_b, steps, kind):
    return np.transpose(walk(kind, z_a, z_b, np.linspace(0, 1, steps)))


@wrong("interpolate", says="t ends before 1")
def way_that_ends_early(z_a, z_b, steps, kind):
    return walk(kind, z_a, z_b, np.arange(steps) / steps)


@wrong("interpolate", says="the sum is not divided by sin ω")
def way_without_the_division(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    if kind == "lerp":
        return lerp(z_a, z_b, t)
    cosine = z_a @ z_b / np.linalg.norm(z_a) / np.linalg.norm(z_b)
    return slerp(z_a, z_b, t) * np.sin(np.arccos(np.clip(cosine, -1, 1)))


@right("interpolate")
def way_of_einsum_and_lists(z_a, z_b, steps, kind):
    a, b = np.float64(z_a), np.float64(z_b)
    t = np.arange(steps) / (steps - 1)
    weights = np.stack([1 - t, t], axis=1)
    if kind == "lerp":
        return np.einsum("tk,kd->td", weights, [a, b]).tolist()
    norms = np.sqrt(np.einsum("kd,kd->k", [a, b], [a, b]))
    units = np.array([a, b]) / norms[:, None]
    omega = 2 * np.arctan2(np.linalg.norm(units[0] - units[1]), np.linalg.norm(units[0] + units[1]))
    if np.isclose(omega, np.pi, atol=0.01):
        raise ValueError("opposite directions")
    turned = np.sin(weights * omega) / np.sin(omega) if omega > 0.01 else weights
    return (np.einsum("tk,kd->td", turned, units) * (weights @ norms)[:, None]).tolist()


@wrong("interpolate", says="hidden case: small norms")
def way_with_a_little_added_to_the_norms(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    if kind == "lerp":
        return lerp(z_a, z_b, t)
    norms = [np.linalg.norm(z) for z in (z_a, z_b)]
    a, b = (z / (n + 1e-5) for z, n in zip((z_a, z_b), norms, strict=True))
    return slerp(a, b, t) * np.linspace(*norms, steps)[:, None]


@wrong("interpolate", says="hidden case: 170 degrees")
def way_with_too_much_room_at_180(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    cosine = z_a @ z_b / np.linalg.norm(z_a) / np.linalg.norm(z_b)
    if kind == "slerp" and cosine < -0.98:
        raise ValueError("opposite directions")
    return walk(kind, z_a, z_b, t)


@wrong("interpolate", says="slerp between opposite directions: something was returned")
def way_that_goes_straight_between_opposites(z_a, z_b, steps, kind):
    t = np.linspace(0, 1, steps)
    straight = kind == "lerp" or abs(z_a @ z_b) > 0.9999 * np.linalg.norm(z_a) * np.linalg.norm(z_b)
    return lerp(z_a, z_b, t) if straight else slerp(z_a, z_b, t)


# log_likelihood


@right("log_likelihood")
def likelihood_from_scipy_in_float64(log_p_x_given_z, z, z_mean, z_log_var):
    z, z_mean, z_log_var = (np.asarray(a, dtype=float) for a in (z, z_mean, z_log_var))
    log_q = stats.norm.logpdf(z, z_mean, np.exp(z_log_var / 2)).sum(-1)
    log_w = log_p_x_given_z.astype(float) + stats.norm.logpdf(z).sum(-1) - log_q
    return special.logsumexp(log_w, axis=0, b=1 / len(z))


@right("log_likelihood")
def likelihood_in_tf(log_p_x_given_z, z, z_mean, z_log_var):
    eps = (z - z_mean[None]) * tf.exp(-z_log_var[None] / 2)
    log_ratio = 0.5 * tf.reduce_sum(eps**2 + z_log_var[None] - z**2, axis=2)
    k = tf.cast(tf.shape(z)[0], tf.float32)
    return tf.reduce_logsumexp(log_p_x_given_z + log_ratio, axis=0) - tf.math.log(k)


@right("log_likelihood")
def likelihood_image_by_image(log_p_x_given_z, z, z_mean, z_log_var):
    values = []
    for i in range(len(z_mean)):
        log_w = log_p_x_given_z[:, i] + log_normal_pdf(z[:, i], 0.0, 0.0)
        log_w = np.asarray(log_w - log_normal_pdf(z[:, i], z_mean[i], z_log_var[i]))
        largest = log_w.max()
        values.append(largest + np.log(np.mean(np.exp(log_w - largest))))
    return values


@right("log_likelihood")
def likelihood_in_keras(log_p_x_given_z, z, z_mean, z_log_var):
    log_w = log_p_x_given_z - 0.5 * ops.sum(ops.square(z), -1)
    log_w += 0.5 * ops.sum(z_log_var + (z - z_mean) ** 2 / ops.exp(z_log_var), -1)
    return ops.logsumexp(log_w, axis=0) - ops.log(float(len(z)))


def log_weights(log_p_x_given_z, z, z_mean, z_log_var, prior=1, posterior=1):
    log_w = log_p_x_given_z + prior * np.asarray(log_normal_pdf(z, 0.0, 0.0))
    return log_w - posterior * np.asarray(log_normal_pdf(z, z_mean, z_log_var))


@wrong("log_likelihood", says="the prior is missing")
def likelihood_without_prior(*args):
    return importance_weighted_bound(log_weights(*args, prior=0))


@wrong("log_likelihood", says="log q(z | x) is missing")
def likelihood_without_posterior(*args):
    return importance_weighted_bound(log_weights(*args, posterior=0))


@wrong("log_likelihood", says="log p(z) and log q(z | x) are swapped")
def likelihood_swapped(*args):
    return importance_weighted_bound(log_weights(*args, prior=-1, posterior=-1))


@wrong("log_likelihood", says="log p(x | z) alone is averaged, without weights")
def likelihood_without_weights(*args):
    return importance_weighted_bound(log_weights(*args, prior=0, posterior=0))


@wrong("log_likelihood", says="log k is missing")
def likelihood_without_log_k(*args):
    return special.logsumexp(log_weights(*args), axis=0)


@wrong("log_likelihood", says="the mean of the logarithms is taken")
def likelihood_as_the_mean_of_logs(*args):
    return log_weights(*args).mean(axis=0)


@wrong("log_likelihood", says="the logarithms are summed")
def likelihood_as_the_sum_of_logs(*args):
    return log_weights(*args).sum(axis=0)


@wrong("log_likelihood", says="log n is subtracted instead of log k")
def likelihood_with_log_n(*args):
    log_w = log_weights(*args)
    return special.logsumexp(log_w, axis=0) - np.log(log_w.shape[1])


@wrong("log_likelihood", says="the largest weight alone is taken")
def likelihood_of_the_largest(*args):
    return log_weights(*args).max(axis=0)


@wrong("log_likelihood", says="the mean runs over the images instead of the draws")
def likelihood_over_the_images(*args):
    return importance_weighted_bound(log_weights(*args).T)


@wrong("log_likelihood", says="the images are averaged, too")
def likelihood_of_all_images(*args):
    return np.mean(importance_weighted_bound(log_weights(*args)))


@wrong("log_likelihood", says="the logarithm at the end is missing")
def likelihood_itself(*args):
    return np.exp(importance_weighted_bound(log_weights(*args)))


@wrong("log_likelihood", says="the sign is wrong")
def likelihood_negated(*args):
    return -importance_weighted_bound(log_weights(*args))


@wrong("log_likelihood", says="which rounds them to 0")
def likelihood_of_weights(*args):
    with np.errstate(all="ignore"):
        return np.log(np.mean(np.exp(log_weights(*args)), axis=0))


@wrong("log_likelihood", says="2π stands in log q(z | x) only")
def likelihood_2_pi_in_q_only(log_p, z, *args):
    log_w = log_weights(log_p, z, *args) + z.shape[-1] / 2 * LOG_2_PI
    return importance_weighted_bound(log_w)


@wrong("log_likelihood", says="2π stands in log p(z) only")
def likelihood_2_pi_in_p_only(log_p, z, *args):
    log_w = log_weights(log_p, z, *args) - z.shape[-1] / 2 * LOG_2_PI
    return importance_weighted_bound(log_w)


@wrong("log_likelihood", says="z_log_var is used as the variance")
def likelihood_log_var_as_variance(log_p, z, z_mean, z_log_var):
    return importance_weighted_bound(log_weights(log_p, z, z_mean, np.log(z_log_var)))


@wrong("log_likelihood", says="the KL is used instead of the densities of the draws")
def likelihood_with_the_kl(log_p, z, z_mean, z_log_var):
    return importance_weighted_bound(log_p - kl_divergence(z_mean, z_log_var, 0.0, 0.0))


@wrong("log_likelihood", says="the latent dimensions are averaged instead of summed")
def likelihood_code_averaged(log_p, z, *args):
    log_ratio = log_weights(0 * log_p, z, *args) / z.shape[-1]
    return importance_weighted_bound(log_p + log_ratio)


@wrong("log_likelihood", says="the draws are not averaged")
def likelihood_of_each_draw(*args):
    return log_weights(*args)


@wrong("log_likelihood", says="hidden case: as many draws as images as latent dimensions")
def likelihood_that_guesses_the_axis(log_p, z, z_mean, z_log_var):
    repeat = z_mean[:, None] if len(z) == len(z_mean) else z_mean
    return importance_weighted_bound(log_weights(log_p, z, repeat, z_log_var))


@wrong("log_likelihood", says="the largest weight of all images is taken out")
def likelihood_with_one_largest_weight(*args):
    log_w = log_weights(*args)
    return np.log(np.mean(np.exp(log_w - log_w.max()), axis=0)) + log_w.max()


@wrong("log_likelihood", says="1,000 nats apart): not every value is finite")
def likelihood_with_the_mean_taken_out(*args):
    log_w = log_weights(*args)
    return np.log(np.mean(np.exp(log_w - log_w.mean(0)), axis=0)) + log_w.mean(0)


@wrong("log_likelihood", says="the variance of the prior is taken for e instead of 1")
def likelihood_with_log_variance_one(log_p_x_given_z, z, z_mean, z_log_var):
    log_ratio = log_normal_pdf(z, 0.0, 1.0) - log_normal_pdf(z, z_mean, z_log_var)
    return importance_weighted_bound(log_p_x_given_z + log_ratio)


@wrong("log_likelihood", says="log q(z | x) is added")
def likelihood_with_posterior_added(*args):
    return importance_weighted_bound(log_weights(*args, posterior=-1))


@wrong("log_likelihood", says="log p(x | z) is subtracted")
def likelihood_with_a_minus(log_p_x_given_z, *args):
    return importance_weighted_bound(log_weights(-log_p_x_given_z, *args))


@wrong("log_likelihood", says="exp(z_log_var) is given where z_log_var belongs")
def likelihood_with_variances(log_p_x_given_z, z, z_mean, z_log_var):
    return importance_weighted_bound(log_weights(log_p_x_given_z, z, z_mean, np.exp(z_log_var)))


@right("log_likelihood")
def likelihood_draw_by_draw_in_float64(log_p_x_given_z, z, z_mean, z_log_var):
    k, n, _ = np.shape(z)
    total = np.full(n, -np.inf)
    for j in range(k):
        for i in range(n):
            sizes = tf.exp(tf.cast(z_log_var[i], tf.float64) / 2)
            eps = (tf.cast(z[j, i], tf.float64) - z_mean[i]) / sizes
            log_w = float(log_p_x_given_z[j, i]) - 0.5 * np.sum(np.float64(z[j, i]) ** 2)
            log_w += 0.5 * float(tf.tensordot(eps, eps, 1)) + float(
                tf.reduce_sum(tf.math.log(sizes))
            )
            total[i] = np.logaddexp(total[i], log_w)
    return (total - math.log(k)).tolist()


def likelihood_of(log_p_x_given_z, z, z_mean, z_log_var, share=0.5, more=0.0):
    """The bound, with a share of the log-variance, and with more variance."""
    variance = np.exp(z_log_var) + more
    log_q = -((z - z_mean) ** 2) / variance / 2 - share * np.log(variance) - LOG_2_PI / 2
    log_p = np.asarray(log_normal_pdf(z, 0.0, 0.0))
    return special.logsumexp(log_p_x_given_z + log_p - log_q.sum(-1), axis=0) - np.log(len(z))


@wrong("log_likelihood", says="z_log_var itself stands in log q(z | x) instead of half of it")
def likelihood_whole_log_determinant(*args):
    return likelihood_of(*args, share=1)


@wrong("log_likelihood", says="a quarter of z_log_var stands in log q(z | x)")
def likelihood_half_a_log_determinant(*args):
    return likelihood_of(*args, share=0.25)


@wrong("log_likelihood", says="z_log_var is left out of log q(z | x)")
def likelihood_without_log_determinant(*args):
    return likelihood_of(*args, share=0)


@wrong("log_likelihood", says="narrow posteriors")
def likelihood_with_a_little_more_variance(*args):
    return likelihood_of(*args, more=1e-7)


@wrong("log_likelihood", says="a hundred latent dimensions): not every value is finite")
def likelihood_with_determinants(log_p_x_given_z, z, z_mean, z_log_var):
    variance = np.exp(z_log_var.astype(float))
    with np.errstate(all="ignore"):
        log_det = np.log(np.prod(variance, axis=-1))
    log_ratio = 0.5 * (((z - z_mean) ** 2 / variance).sum(-1) + log_det - (z**2).sum(-1))
    return importance_weighted_bound(log_p_x_given_z + log_ratio)


@wrong("log_likelihood", says="hidden case: ")
def likelihood_of_normalized_densities(log_p_x_given_z, z, z_mean, z_log_var):
    with np.errstate(all="ignore"):
        q = stats.norm.pdf(z, z_mean, np.exp(z_log_var.astype(float) / 2)).prod(-1)
        log_ratio = np.log(stats.norm.pdf(z).prod(-1) / q)
    return importance_weighted_bound(log_p_x_given_z + log_ratio)


@wrong("log_likelihood", says="log k is added instead of subtracted")
def likelihood_with_log_k_added(*args):
    log_w = log_weights(*args)
    return special.logsumexp(log_w, axis=0) + np.log(len(log_w))


@wrong("log_likelihood", says="an axis of length 1 is left over")
def likelihood_with_kept_axes(*args):
    return special.logsumexp(log_weights(*args), axis=0, keepdims=True) - np.log(len(args[1]))


@wrong("log_likelihood", says="the images are summed, too")
def likelihood_summed(*args):
    return np.sum(importance_weighted_bound(log_weights(*args)))


@wrong("log_likelihood", says="every image gets the mean of all")
def likelihood_mean_for_all(*args):
    each = np.asarray(importance_weighted_bound(log_weights(*args)))
    return np.full_like(each, each.mean())


@wrong("log_likelihood", says="the mean runs over draws and images")
def likelihood_over_both_axes(*args):
    log_w = log_weights(*args)
    return special.logsumexp(log_w) - np.log(log_w.size)


@wrong("log_likelihood", says="log q(z | x) is taken at z_mean instead of z")
def likelihood_at_the_mean(log_p_x_given_z, z, z_mean, z_log_var):
    log_ratio = log_normal_pdf(z, 0.0, 0.0) - log_normal_pdf(z_mean, z_mean, z_log_var)
    return importance_weighted_bound(log_p_x_given_z + log_ratio)


@wrong("log_likelihood", says="exp(z_log_var) is used as the standard deviation")
def likelihood_with_variances_as_deviations(log_p_x_given_z, z, z_mean, z_log_var):
    return importance_weighted_bound(log_weights(log_p_x_given_z, z, z_mean, 2 * z_log_var))


@wrong("log_likelihood", says="z_log_var / 2 is given where z_log_var belongs")
def likelihood_with_log_deviations(log_p_x_given_z, z, z_mean, z_log_var):
    return importance_weighted_bound(log_weights(log_p_x_given_z, z, z_mean, z_log_var / 2))
