"""What is done with an encoder and a decoder: a training step, samples, reconstructions."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import ArrayLike

from vaelib.losses import negative_elbo
from vaelib.types import Tensor


def train_step(
    encoder: keras.Model, decoder: keras.Model, optimizer: Any, x: Tensor, eps: Tensor
) -> Tensor:
    """One step of training on minus the ELBO, with the reparameterized sample that eps gives.

    Args:
        encoder: a model from images to z_mean and z_log_var; its weights are changed.
        decoder: a model from codes to logits, in the shape of the images; likewise.
        optimizer: of Keras.
        x: images in [0, 1], (n, …).
        eps: noise from N(0, I), one row for each image, (n, latent_dim).

    Returns:
        The loss before the step, a scalar tensor: nats per image, averaged over the batch.
    """
    weights = encoder.trainable_weights + decoder.trainable_weights
    with tf.GradientTape() as tape:
        z_mean, z_log_var = encoder(x)
        logits = decoder(z_mean + ops.exp(0.5 * z_log_var) * eps)
        loss = ops.mean(negative_elbo(x, logits, z_mean, z_log_var))
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    return loss


def sample_images(decoder: keras.Model, n: int, latent_dim: int, seed: int) -> np.ndarray:
    """Images of codes that are sampled from the prior N(0, I).

    Args:
        decoder: a model from codes (n, latent_dim) to logits.
        n: how many images.
        latent_dim: the dimension of the latent space.
        seed: an int; the same seed gives the same images.

    Returns:
        numpy (n, …): the probability of each pixel.
    """
    z = np.random.default_rng(seed).normal(size=(n, latent_dim)).astype("float32")
    return ops.convert_to_numpy(ops.sigmoid(decoder(z)))


def reconstruct(encoder: keras.Model, decoder: keras.Model, x: ArrayLike) -> np.ndarray:
    """Images, encoded and decoded from the mean of the posterior.

    Args:
        encoder: a model from images to z_mean and z_log_var.
        decoder: a model from codes to logits, in the shape of the images.
        x: images in [0, 1], (n, …).

    Returns:
        numpy, the same shape: the probability of each pixel.
    """
    z_mean, _ = encoder(x)
    return ops.convert_to_numpy(ops.sigmoid(decoder(z_mean)))
