"""Builders of encoders and decoders."""

from __future__ import annotations

import math

import keras
from keras import layers, ops

from vaelib.models.conditional import ScaleTril
from vaelib.types import Tensor

IMAGE_SHAPE = (28, 28, 1)


def build_dense_encoder(latent_dim: int) -> keras.Model:
    """A dense encoder: image to code, 784–256–64–latent_dim.

    Args:
        latent_dim: latent dimensions.

    Returns:
        A `keras.Model` from (n, 28, 28, 1) to (n, latent_dim); ReLU between, nothing on the code.
    """
    hidden = [layers.Dense(units, activation="relu") for units in (256, 64)]
    parts = [keras.Input(IMAGE_SHAPE), layers.Flatten(), *hidden, layers.Dense(latent_dim)]
    return keras.Sequential(parts, name="encoder")


def build_dense_decoder(latent_dim: int) -> keras.Model:
    """A dense decoder: code to image, latent_dim–64–256–784.

    Args:
        latent_dim: latent dimensions.

    Returns:
        A `keras.Model` from (n, latent_dim) to (n, 28, 28, 1), pixels in (0, 1).
    """
    hidden = [layers.Dense(units, activation="relu") for units in (64, 256)]
    pixels = [layers.Dense(784, activation="sigmoid"), layers.Reshape(IMAGE_SHAPE)]
    return keras.Sequential([keras.Input((latent_dim,)), *hidden, *pixels], name="decoder")


def build_autoencoder(latent_dim: int) -> tuple[keras.Model, keras.Model]:
    """A dense autoencoder, 784–256–64–latent_dim and back: 439,728 parameters at 32.

    Args:
        latent_dim: latent dimensions.

    Returns:
        encoder, from (n, 28, 28, 1) to (n, latent_dim); and decoder, from (n, latent_dim) to
        (n, 28, 28, 1), pixels in (0, 1).
    """
    return build_dense_encoder(latent_dim), build_dense_decoder(latent_dim)


def build_vae_mlp(latent_dim: int = 2) -> tuple[keras.Model, keras.Model]:
    """A dense VAE, 784–512–(2 × latent_dim) and latent_dim–512–784: 807,700 parameters at 2.

    Args:
        latent_dim: latent dimensions.

    Returns:
        encoder, from (n, 28, 28, 1) to z_mean and z_log_var, both (n, latent_dim); and decoder,
        from (n, latent_dim) to logits (n, 28, 28, 1).
    """
    x = keras.Input(IMAGE_SHAPE)
    h = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    encoder = keras.Model(x, heads(h, latent_dim), name="encoder")
    decoder = keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(784),
            layers.Reshape(IMAGE_SHAPE),
        ],
        name="decoder",
    )
    return encoder, decoder


def build_conv_encoder(latent_dim: int = 2) -> keras.Model:
    """A convolutional encoder, 69,076 parameters at latent_dim 2.

    Args:
        latent_dim: latent dimensions.

    Returns:
        A `keras.Model` from (n, 28, 28, 1) to z_mean and z_log_var, both (n, latent_dim).
    """
    x = keras.Input(IMAGE_SHAPE)
    return keras.Model(x, heads(_conv_trunk(x), latent_dim), name="encoder")


def build_conv_decoder(latent_dim: int = 2) -> keras.Model:
    """A convolutional decoder, 65,089 parameters at latent_dim 2.

    Args:
        latent_dim: latent dimensions.

    Returns:
        A `keras.Model` from (n, latent_dim) to logits (n, 28, 28, 1).
    """
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(7 * 7 * 64, activation="relu"),
            layers.Reshape((7, 7, 64)),
            layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 3, padding="same"),
        ],
        name="decoder",
    )


def build_tutorial_vae(latent_dim: int = 50) -> tuple[keras.Model, keras.Model]:
    """The convolutional VAE of TensorFlow's tutorial (tensorflow.org/tutorials/generative/cvae).

    Its encoder pads nothing, and one dense layer gives mean and log-variance together.

    Args:
        latent_dim: latent dimensions.

    Returns:
        encoder and decoder, as of `build_vae_mlp`.
    """
    x = keras.Input(IMAGE_SHAPE)
    h = layers.Conv2D(32, 3, strides=2, activation="relu")(x)
    h = layers.Conv2D(64, 3, strides=2, activation="relu")(h)
    encoder = keras.Model(x, heads(layers.Flatten()(h), latent_dim), name="encoder")
    decoder = keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(7 * 7 * 32, activation="relu"),
            layers.Reshape((7, 7, 32)),
            layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 3, padding="same"),
        ],
        name="decoder",
    )
    return encoder, decoder


def build_efficient_vae(latent_dim: int = 24) -> tuple[keras.Model, keras.Model]:
    """A convolutional VAE that does its work at 7 × 7: the efficient model of notebook 04.

    Its first convolution looks at 49 patches that overlap. The last bias begins at the logit of the
    mean pixel of MNIST, 0.13, so that training need not find it.

    Args:
        latent_dim: latent dimensions.

    Returns:
        encoder and decoder, as of `build_vae_mlp`.
    """
    x = keras.Input(IMAGE_SHAPE)
    h = layers.Conv2D(32, 8, strides=4, padding="same", activation="relu")(x)
    h = layers.Conv2D(32, 3, padding="same", activation="relu")(h)
    encoder = keras.Model(x, heads(layers.Flatten()(h), latent_dim), name="encoder")
    decoder = keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(7 * 7 * 64, activation="relu"),
            layers.Reshape((7, 7, 64)),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.Conv2DTranspose(16, 2, strides=2, activation="relu"),
            layers.Conv2DTranspose(
                1, 4, strides=2, padding="same", bias_initializer=keras.initializers.Constant(-1.9)
            ),
        ],
        name="decoder",
    )
    return encoder, decoder


def build_sprite_vae(latent_dim: int = 6) -> tuple[keras.Model, keras.Model]:
    """A dense VAE for sprites of 32 × 32, 1024–512–256–(2 × latent_dim) and back.

    Args:
        latent_dim: latent dimensions.

    Returns:
        encoder, from (n, 32, 32, 1) to z_mean and z_log_var, both (n, latent_dim); and decoder,
        from (n, latent_dim) to logits (n, 32, 32, 1).
    """
    shape = (32, 32, 1)
    x = keras.Input(shape)
    h = _dense(layers.Flatten()(x), 512, 256)
    encoder = keras.Model(x, heads(h, latent_dim), name="encoder")
    return encoder, _dense_decoder(latent_dim, shape, 256, 512)


def build_cvae(latent_dim: int = 2, n_classes: int = 10) -> tuple[keras.Model, keras.Model]:
    """The convolutional VAE of 134,165 parameters, conditioned on the label: 174,437 at 2.

    A dense layer makes a plane of 28 × 28 of the label, which the encoder gets as a second channel.
    The decoder gets the label, one-hot, behind the code.

    Args:
        latent_dim: latent dimensions.
        n_classes: labels are whole numbers below it.

    Returns:
        encoder, from images (n, 28, 28, 1) and labels (n,) to z_mean and z_log_var, both
        (n, latent_dim); and decoder, from codes (n, latent_dim) and labels to logits.
    """
    x, y = keras.Input(IMAGE_SHAPE), keras.Input((), dtype="int32")
    plane = layers.Dense(28 * 28)(ops.one_hot(y, n_classes))
    plane = layers.Reshape(IMAGE_SHAPE)(plane)
    h = _conv_trunk(layers.Concatenate()([x, plane]))
    encoder = keras.Model([x, y], heads(h, latent_dim), name="encoder")

    return encoder, _conditioned(build_conv_decoder(latent_dim + n_classes), latent_dim, n_classes)


def build_cvae_mlp(latent_dim: int = 2, n_classes: int = 10) -> tuple[keras.Model, keras.Model]:
    """A small dense VAE, conditioned on the label.

    794–256–16–(2 × latent_dim) and (latent_dim + 10)–16–256–784.

    Args:
        latent_dim: latent dimensions.
        n_classes: labels are whole numbers below it.

    Returns:
        encoder and decoder, as of `build_cvae`.
    """
    x, y = keras.Input(IMAGE_SHAPE), keras.Input((), dtype="int32")
    h = layers.Concatenate()([layers.Flatten()(x), ops.one_hot(y, n_classes)])
    encoder = keras.Model([x, y], heads(_dense(h, 256, 16), latent_dim), name="encoder")
    decoder = _dense_decoder(latent_dim + n_classes, IMAGE_SHAPE, 16, 256)
    return encoder, _conditioned(decoder, latent_dim, n_classes)


def build_full_covariance_vae(latent_dim: int = 2) -> tuple[keras.Model, keras.Model]:
    """A dense VAE whose posterior has a full covariance, for `ClassPriorVAE`: 784–256–128 and back.

    Args:
        latent_dim: latent dimensions.

    Returns:
        encoder, from (n, 28, 28, 1) to z_mean (n, latent_dim) and the lower triangular L of the
        covariance L·Lᵀ, (n, latent_dim, latent_dim); and decoder, as of `build_vae_mlp`.
    """
    x = keras.Input(IMAGE_SHAPE)
    h = _dense(layers.Flatten()(x), 256, 128)
    z_mean = layers.Dense(latent_dim, name="z_mean")(h)
    numbers = layers.Dense(latent_dim * (latent_dim + 1) // 2)(h)
    scale_tril = ScaleTril(latent_dim, name="scale_tril")(numbers)
    encoder = keras.Model(x, [z_mean, scale_tril], name="encoder")
    return encoder, _dense_decoder(latent_dim, IMAGE_SHAPE, 128, 256)


def _conditioned(decoder: keras.Model, latent_dim: int, n_classes: int) -> keras.Model:
    """A decoder of longer codes becomes one of codes and labels: one-hot, they stand behind."""
    z, y = keras.Input((latent_dim,)), keras.Input((), dtype="int32")
    code = layers.Concatenate()([z, ops.one_hot(y, n_classes)])
    return keras.Model([z, y], decoder(code), name="decoder")


def _dense(h: Tensor, *units: int) -> Tensor:
    """Dense layers with ReLU."""
    for n in units:
        h = layers.Dense(n, activation="relu")(h)
    return h


def _dense_decoder(latent_dim: int, shape: tuple[int, ...], *units: int) -> keras.Model:
    """Dense layers with ReLU from a code to logits of this shape."""
    z = keras.Input((latent_dim,))
    logits = layers.Dense(math.prod(shape))(_dense(z, *units))
    return keras.Model(z, layers.Reshape(shape)(logits), name="decoder")


def _conv_trunk(x: Tensor) -> Tensor:
    """The layers of `build_conv_encoder` up to the 16 that feed the heads."""
    h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    h = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(h)
    return layers.Dense(16, activation="relu")(layers.Flatten()(h))


def heads(h: Tensor, latent_dim: int) -> list[Tensor]:
    """The end of an encoder: two dense layers without activation.

    Args:
        h: (n, units), what the layers before gave.
        latent_dim: latent dimensions.

    Returns:
        z_mean and z_log_var, both (n, latent_dim).
    """
    return [layers.Dense(latent_dim, name=name)(h) for name in ("z_mean", "z_log_var")]
