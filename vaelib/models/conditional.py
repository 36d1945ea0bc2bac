"""VAEs with labels: both networks conditioned on them, or a prior for each class."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import ArrayLike

from vaelib.losses import kl_divergence, kl_full_covariance
from vaelib.models.vae import VAE, in_parts
from vaelib.types import Tensor


class _Labelled(VAE):
    """What is common: fitted to a pair of images and labels; the likelihood is of the images."""

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Reconstruction + beta · KL, averaged over the batch, in nats per image."""
        return super().compute_loss(x[0], y, y_pred, sample_weight, training)


@keras.saving.register_keras_serializable("vaelib")
class CVAE(_Labelled):
    """A conditional VAE: both networks are conditioned on the label, and the prior is N(0, I).

    Sohn et al. 2015. Trained by ``compile(optimizer)`` and ``fit((images, labels))``; what it
    reports is what `VAE` reports, and its ELBO bounds log p(x | y).

    Args:
        encoder: a model from images (n, height, width, channels) and labels (n,) to z_mean and
            z_log_var, both (n, latent_dim).
        decoder: a model from codes (n, latent_dim) and labels (n,) to what `VAE` expects.
        kwargs: those of `VAE`.
    """

    def call(self, inputs: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        """Encode, sample a code for each image, decode."""
        x, y = inputs
        z_mean, z_log_var = self.encoder([x, y])
        decoded = self.decoder([self.sampling((z_mean, z_log_var)), y])
        kl = kl_divergence(z_mean, z_log_var, 0.0, 0.0)
        return self._outputs(decoded, kl, z_mean=z_mean, z_log_var=z_log_var)

    def encode(self, x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """The approximate posteriors of images.

        Args:
            x: (n, height, width, channels).
            y: their labels, (n,).

        Returns:
            z_mean and z_log_var, both numpy (n, latent_dim).
        """
        return in_parts(lambda *pair: self.encoder(pair), x, y)

    def decode(self, z: ArrayLike, y: ArrayLike) -> np.ndarray:  # type: ignore[override]
        """The images of latent codes.

        Args:
            z: (n, latent_dim).
            y: the labels that the images are conditioned on, (n,).

        Returns:
            numpy (n, height, width, channels): the mean of p(x | z, y), without pixel noise.
        """
        return in_parts(lambda *pair: [self._images(self.decoder(pair))], z, y)[0]

    def reconstruct(self, x: ArrayLike, y: ArrayLike, y_new: ArrayLike | None = None) -> np.ndarray:  # type: ignore[override]
        """Images, encoded under their labels and decoded from the mean of the posterior.

        Args:
            x: (n, height, width, channels).
            y: their labels, (n,).
            y_new: the labels to decode them under, (n,); None for their own.

        Returns:
            numpy, the shape of x.
        """
        return self.decode(self.encode(x, y)[0], y if y_new is None else y_new)


@keras.saving.register_keras_serializable("vaelib")
class ClassPriorVAE(_Labelled):
    """A VAE whose prior is N(μ_y, I) with a mean μ_y for each class, which is learned.

    The networks are unconditional. The posterior is a Gaussian with a full covariance L·Lᵀ.
    A code is sampled as z = z_mean + L·eps.

    Args:
        encoder: a model from images to z_mean, (n, latent_dim), and L, (n, latent_dim,
            latent_dim), lower triangular with a positive diagonal, as `ScaleTril` makes it.
        decoder: as of `VAE`.
        n_classes: labels are whole numbers below it.
        kwargs: those of `VAE`, but no free bits.

    Raises:
        ValueError: free bits, or what `VAE` refuses.
    """

    def __init__(
        self, encoder: keras.Model, decoder: keras.Model, n_classes: int = 10, **kwargs: Any
    ) -> None:
        super().__init__(encoder, decoder, **kwargs)
        if self.free_bits:
            raise ValueError(
                "ClassPriorVAE: its KL has no part for each latent dimension, so no free_bits"
            )
        self.n_classes = n_classes
        latent_dim = decoder.input_shape[-1]
        start = keras.initializers.RandomNormal(seed=self.sampling.seed)
        self.class_means = self.add_weight((n_classes, latent_dim), start, name="class_means")

    def call(self, inputs: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        """Encode, sample a code for each image, decode."""
        x, y = inputs
        z_mean, scale_tril = self.encoder(x)
        eps = self.sampling((ops.zeros_like(z_mean), ops.zeros_like(z_mean)))
        z = z_mean + ops.squeeze(ops.matmul(scale_tril, ops.expand_dims(eps, -1)), -1)
        prior_mean = ops.take(self.class_means, ops.cast(y, "int32"), axis=0)
        kl = kl_full_covariance(z_mean, scale_tril, prior_mean, ops.eye(z_mean.shape[-1]))
        return self._outputs(self.decoder(z), kl, z_mean=z_mean, scale_tril=scale_tril)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` needs."""
        return {**super().get_config(), "n_classes": self.n_classes}


@keras.saving.register_keras_serializable("vaelib")
class ScaleTril(layers.Layer):
    """Lower triangular matrices from d·(d + 1)/2 numbers, row by row; softplus on the diagonal.

    Args:
        d: rows and columns.
        kwargs: those of `keras.Layer`.
    """

    def __init__(self, d: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.d = d

    def call(self, numbers: Tensor) -> Tensor:
        """The matrices, (n, d, d), of numbers (n, d·(d + 1)/2)."""
        rows, columns = np.tril_indices(self.d)
        places = np.zeros((len(rows), self.d * self.d), "float32")
        places[np.arange(len(rows)), rows * self.d + columns] = 1
        matrices = ops.reshape(ops.matmul(numbers, places), (-1, self.d, self.d))
        diagonal = ops.eye(self.d)
        return (
            matrices * (1 - diagonal) + (ops.softplus(matrices) + keras.config.epsilon()) * diagonal
        )

    def get_config(self) -> dict[str, Any]:
        """What `from_config` needs."""
        return {**super().get_config(), "d": self.d}
