"""Builders of encoders and decoders for colour pictures of creatures."""

from __future__ import annotations

import keras
from keras import layers

from vaelib.models.builders import heads
from vaelib.types import Tensor

CHANNELS = 3
ACTIVATION = "leaky_relu"  # with ReLU some runs died, and the others took three times as long


def build_homework_vae(latent_dim: int = 1_000) -> tuple[keras.Model, keras.Model]:
    """A VAE as homework asks for it, for 128 × 128 px: 50 million parameters, hard to train.

    Four convolutions to 8 × 8 × 256, one dense layer to each half of the code, and all the way back
    to pixels in (0, 1).

    Args:
        latent_dim: latent dimensions.

    Returns:
        encoder, from (n, 128, 128, 3) to two outputs (n, latent_dim), which are meant to be the
        mean and the logarithm of the variance; and decoder, from (n, latent_dim) to images.
    """
    options = {"strides": 2, "padding": "same", "activation": "relu"}
    x = h = keras.Input((128, 128, CHANNELS))
    for filters in (32, 64, 128, 256):
        h = layers.Conv2D(filters, 4, **options)(h)
    encoder = keras.Model(x, heads(layers.Flatten()(h), latent_dim), name="encoder")
    z = keras.Input((latent_dim,))
    h = layers.Reshape((8, 8, 256))(layers.Dense(8 * 8 * 256, activation="relu")(z))
    for filters in (128, 64, 32):
        h = layers.Conv2DTranspose(filters, 4, **options)(h)
    options["activation"] = "sigmoid"
    x_hat = layers.Conv2DTranspose(CHANNELS, 4, **options)(h)
    return encoder, keras.Model(z, x_hat, name="decoder")


def build_creature_vae(size: int = 64, latent_dim: int = 32) -> tuple[keras.Model, keras.Model]:
    """A small convolutional VAE, made for the Gaussian likelihood.

    Its first convolution looks at patches of size / 8 × size / 8 px that overlap by half, so that
    the work is done at 16 × 16 and below, whatever the size is.

    Args:
        size: px along a side: 64 or 128.
        latent_dim: latent dimensions.

    Returns:
        encoder, from (n, size, size, 3) to z_mean and z_log_var, both (n, latent_dim); and decoder,
        from (n, latent_dim) to the means of the pixels, in (0, 1).
    """
    x = keras.Input((size, size, CHANNELS))
    encoder = keras.Model(x, heads(_trunk(x, size), latent_dim), name="encoder")
    return encoder, _decoder(latent_dim, size)


def build_creature_cvae(
    n_types: int, size: int = 64, latent_dim: int = 32
) -> tuple[keras.Model, keras.Model]:
    """`build_creature_vae`, where both networks are conditioned on the types.

    Args:
        n_types: how many types there are.
        size: px along a side: 64 or 128.
        latent_dim: latent dimensions.

    Returns:
        encoder, from images and types (n, n_types), zeros and ones, to z_mean and z_log_var; and
        decoder, from codes and types to the means of the pixels.
    """
    x, types = keras.Input((size, size, CHANNELS)), keras.Input((n_types,))
    h = layers.Concatenate()([_trunk(x, size), types])
    encoder = keras.Model([x, types], heads(h, latent_dim), name="encoder")
    z, types = keras.Input((latent_dim,)), keras.Input((n_types,))
    conditioned = layers.Concatenate()([z, types])
    decoded = _decoder(latent_dim + n_types, size)(conditioned)
    return encoder, keras.Model([z, types], decoded, name="decoder")


def _trunk(x: Tensor, size: int) -> Tensor:
    """256 features of each image."""
    options = {"padding": "same", "activation": ACTIVATION}
    h = layers.Conv2D(32, size // 8, strides=size // 16, **options)(x)
    h = layers.Conv2D(64, 3, strides=2, **options)(h)
    return layers.Dense(256, activation=ACTIVATION)(layers.Flatten()(h))


def _decoder(latent_dim: int, size: int) -> keras.Model:
    """From codes to pixels."""
    options = {"strides": 2, "padding": "same", "activation": ACTIVATION}
    z = keras.Input((latent_dim,))
    h = layers.Dense(256, activation=ACTIVATION)(z)
    h = layers.Dense(8 * 8 * 64, activation=ACTIVATION)(h)
    h = layers.Reshape((8, 8, 64))(h)
    for filters in (32, *[16] * (size // 64)):
        h = layers.Conv2DTranspose(filters, 4, **options)(h)
    options["activation"] = "sigmoid"
    return keras.Model(z, layers.Conv2DTranspose(CHANNELS, 4, **options)(h), name="decoder")
