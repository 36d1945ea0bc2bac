"""Builders of encoders and decoders, and the `VAE` and `Sampling` that join them."""

import keras
from keras import layers

from vaelib.sampling import Sampling as Sampling
from vaelib.vae import VAE as VAE

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


def build_vae_mlp(latent_dim=2):
    """A dense VAE, 784–512–(2 × latent_dim) and latent_dim–512–784: 807,700 parameters at 2.

    Args:
        latent_dim: the length of the code.

    Returns:
        encoder, from (n, 28, 28, 1) to z_mean and z_log_var, both (n, latent_dim); and decoder,
        from (n, latent_dim) to logits (n, 28, 28, 1).
    """
    x = keras.Input(IMAGE_SHAPE)
    h = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    encoder = keras.Model(x, _heads(h, latent_dim), name="encoder")
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


def build_conv_encoder(latent_dim=2):
    """A convolutional encoder, 69,076 parameters at latent_dim 2.

    Args:
        latent_dim: the length of the code.

    Returns:
        A `keras.Model` from (n, 28, 28, 1) to z_mean and z_log_var, both (n, latent_dim).
    """
    x = keras.Input(IMAGE_SHAPE)
    h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    h = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(h)
    h = layers.Dense(16, activation="relu")(layers.Flatten()(h))
    return keras.Model(x, _heads(h, latent_dim), name="encoder")


def build_conv_decoder(latent_dim=2):
    """A convolutional decoder, 65,089 parameters at latent_dim 2.

    Args:
        latent_dim: the length of the code.

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


def build_tutorial_vae(latent_dim=50):
    """The convolutional VAE of TensorFlow's tutorial (tensorflow.org/tutorials/generative/cvae).

    Its encoder pads nothing, and one dense layer gives mean and log-variance together.

    Args:
        latent_dim: the length of the code.

    Returns:
        encoder and decoder, as of `build_vae_mlp`.
    """
    x = keras.Input(IMAGE_SHAPE)
    h = layers.Conv2D(32, 3, strides=2, activation="relu")(x)
    h = layers.Conv2D(64, 3, strides=2, activation="relu")(h)
    encoder = keras.Model(x, _heads(layers.Flatten()(h), latent_dim), name="encoder")
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


def build_patch_vae(latent_dim=24):
    """A convolutional VAE that does its work at 7 × 7: the efficient model of notebook 04.

    Its first convolution looks at 49 patches that overlap. The last bias begins at the logit of the
    mean pixel of MNIST, 0.13, so that training need not find it.

    Args:
        latent_dim: the length of the code.

    Returns:
        encoder and decoder, as of `build_vae_mlp`.
    """
    x = keras.Input(IMAGE_SHAPE)
    h = layers.Conv2D(32, 8, strides=4, padding="same", activation="relu")(x)
    h = layers.Conv2D(32, 3, padding="same", activation="relu")(h)
    encoder = keras.Model(x, _heads(layers.Flatten()(h), latent_dim), name="encoder")
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


def _heads(h, latent_dim):
    """Two dense layers without activation: the mean, and the logarithm of the variance."""
    return [layers.Dense(latent_dim, name=name)(h) for name in ("z_mean", "z_log_var")]
