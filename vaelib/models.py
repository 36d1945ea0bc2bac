"""Builders of encoders and decoders."""

import keras
from keras import layers

IMAGE_SHAPE = (28, 28, 1)


def build_dense_encoder(latent_dim):
    """A dense encoder: image to code, 784–256–64–latent_dim.

    Args:
        latent_dim: the length of the code.

    Returns:
        A `keras.Model` from (n, 28, 28, 1) to (n, latent_dim); ReLU between, nothing on the code.
    """
    return keras.Sequential(
        [
            keras.Input(IMAGE_SHAPE),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(latent_dim),
        ],
        name="encoder",
    )


def build_dense_decoder(latent_dim):
    """A dense decoder: code to image, latent_dim–64–256–784.

    Args:
        latent_dim: the length of the code.

    Returns:
        A `keras.Model` from (n, latent_dim) to (n, 28, 28, 1), pixels in (0, 1).
    """
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(256, activation="relu"),
            layers.Dense(784, activation="sigmoid"),
            layers.Reshape(IMAGE_SHAPE),
        ],
        name="decoder",
    )
