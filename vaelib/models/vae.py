"""The variational autoencoder as a Keras model."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from vaelib.losses import (
    bernoulli_nll,
    free_bits,
    gaussian_nll,
    kl_divergence,
    kl_per_dimension,
)
from vaelib.models.sampling import Sampling
from vaelib.types import Tensor

LAG = 0.9  # how much of its old value the optimal variance keeps at each step
BATCH = 1024  # images or codes that go through a network at once


@keras.saving.register_keras_serializable("vaelib")
class VAE(keras.Model):
    """A variational autoencoder, trained by ``compile(optimizer)`` and ``fit(images)``.

    It reports `elbo`, `reconstruction` (−log p(x | z)) and `kl`, in nats per image. ELBO =
    −reconstruction − kl, whatever beta is; the loss is reconstruction + beta · kl, averaged
    over the batch. Labels that come with the images are not looked at.

    A call gives a dictionary: "x_hat" are the images, "decoded" what the decoder gave, "z_mean"
    and "z_log_var" the posterior, "kl" its divergence from the prior, (n,) in nats.

    Args:
        encoder: a model from images (n, height, width, channels) to z_mean and z_log_var, both
            (n, latent_dim).
        decoder: a model from codes (n, latent_dim) to logits of the pixels, or, with the Gaussian
            likelihood, to their means.
        likelihood: "bernoulli" or "gaussian".
        sigma: the standard deviation of Gaussian pixels: a positive number; "scalar", one number
            that is trained; or "optimal", the root mean square error of the batch (Rybkin et al.
            2021, σ-VAE), whose running mean is used outside training.
        beta: the weight of the KL term, not negative. It is a variable, so that a callback can
            change it: ``vae.beta.assign(0.5)``.
        free_bits: if positive, the loss counts for each latent dimension at least this many nats of
            KL, as `vaelib.losses.free_bits`; what is reported stays the KL itself.
        seed: an int that fixes the sampling of codes.
        kwargs: those of `keras.Model`.

    Raises:
        ValueError: an unknown likelihood, or a sigma, a beta or free bits that cannot be.
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        likelihood: str = "bernoulli",
        sigma: float | str = 1.0,
        beta: float = 1.0,
        free_bits: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check(likelihood, sigma, beta, free_bits)
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = likelihood
        self.sigma = sigma
        self.free_bits = free_bits
        self.sampling = Sampling(seed, name="sampling")
        self.beta = _number(self, "beta", beta)
        if isinstance(sigma, str):
            self.log_var = _number(self, "log_var", 0.0, trainable=sigma == "scalar")
        else:
            self.log_var = 2 * math.log(sigma)
        self.mean_over_batch = _MeanOverBatch(name="mean_over_batch")
        self.elbo_tracker = keras.metrics.Mean(name="elbo")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction")
        self.kl_tracker = keras.metrics.Mean(name="kl")
        self.built = encoder.built and decoder.built  # so that weights can be loaded at once

    def call(self, x: Tensor) -> dict[str, Tensor]:
        """Encode, sample a code for each image, decode."""
        z_mean, z_log_var = self.encoder(x)
        decoded = self.decoder(self.sampling((z_mean, z_log_var)))
        kl = kl_divergence(z_mean, z_log_var, 0.0, 0.0)
        return self._outputs(decoded, kl, z_mean=z_mean, z_log_var=z_log_var)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Reconstruction + beta · KL, averaged over the batch, in nats per image."""
        nll = self.negative_log_likelihood(x, y_pred["decoded"], training=training)
        kl = y_pred["kl"]
        self.elbo_tracker.update_state(-nll - kl, sample_weight)
        self.reconstruction_tracker.update_state(nll, sample_weight)
        self.kl_tracker.update_state(kl, sample_weight)
        loss = nll + self.beta * (self._free_kl(y_pred) if self.free_bits else kl)
        return self.mean_over_batch(loss, loss, sample_weight)

    def negative_log_likelihood(self, x: Tensor, decoded: Tensor, training: bool = False) -> Tensor:
        """−log p(x | z), in nats.

        Args:
            x: images, (n, height, width, channels).
            decoded: what the decoder gave for their codes, the same shape.
            training: whether the optimal standard deviation is that of these images, or that of the
                running mean.

        Returns:
            (n,).
        """
        if self.likelihood == "bernoulli":
            return bernoulli_nll(x, decoded)
        log_var = self.log_var
        if self.sigma == "optimal" and training:
            log_var = ops.log(ops.mean(ops.square(x - decoded)) + keras.config.epsilon())
            self.log_var.assign(LAG * self.log_var + (1 - LAG) * ops.stop_gradient(log_var))
        return gaussian_nll(x, decoded, log_var)

    def encode(self, x: ArrayLike) -> tuple[np.ndarray, ...]:
        """The approximate posteriors of images.

        Args:
            x: (n, height, width, channels).

        Returns:
            z_mean and z_log_var, both numpy (n, latent_dim).
        """
        return in_parts(self.encoder, x)

    def decode(self, z: ArrayLike) -> np.ndarray:
        """The images of codes.

        Args:
            z: (n, latent_dim).

        Returns:
            numpy (n, height, width, channels): the mean of p(x | z), without pixel noise.
        """
        return in_parts(lambda part: [self._images(self.decoder(part))], z)[0]

    def reconstruct(self, x: ArrayLike) -> np.ndarray:
        """Images, encoded and decoded from the mean of the posterior.

        Args:
            x: (n, height, width, channels).

        Returns:
            numpy, the same shape.
        """
        return self.decode(self.encode(x)[0])

    def get_config(self) -> dict[str, Any]:
        """What `from_config` needs."""
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "likelihood": self.likelihood,
            "sigma": self.sigma,
            "beta": float(ops.convert_to_numpy(self.beta)),
            "free_bits": self.free_bits,
            "seed": self.sampling.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> VAE:
        """The model of a `get_config`, without its weights."""
        parts = {
            key: keras.saving.deserialize_keras_object(config.pop(key))
            for key in ("encoder", "decoder")
        }
        return cls(**parts, **config)

    def _outputs(self, decoded: Tensor, kl: Tensor, **posterior: Tensor) -> dict[str, Tensor]:
        """What a call gives."""
        return {"x_hat": self._images(decoded), "decoded": decoded, "kl": kl, **posterior}

    def _free_kl(self, y_pred: dict[str, Tensor]) -> Tensor:
        """The KL of the batch, of which some nats are free; one number for all images."""
        return free_bits(kl_per_dimension(y_pred["z_mean"], y_pred["z_log_var"]), self.free_bits)

    def _images(self, decoded: Tensor) -> Tensor:
        return ops.sigmoid(decoded) if self.likelihood == "bernoulli" else decoded


def in_parts(
    network: Callable[..., Sequence[Tensor]], *arrays: ArrayLike
) -> tuple[np.ndarray, ...]:
    """The outputs of a network for many images, in parts that fit in memory.

    The network is called eagerly, so that nothing is traced anew for another shape.

    Args:
        network: a function of as many arrays as there are, which returns a sequence of outputs.
        arrays: its arguments, all of one length n.

    Returns:
        Its outputs, each numpy (n, …).
    """
    cuts = [np.split(a, range(BATCH, len(a), BATCH)) for a in map(np.asarray, arrays)]
    outputs = [map(ops.convert_to_numpy, network(*part)) for part in zip(*cuts, strict=True)]
    return tuple(np.concatenate(parts) for parts in zip(*outputs, strict=True))


class _MeanOverBatch(keras.losses.Loss):
    """The mean of a loss per image, with Keras's care for weights and for several replicas."""

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return y_pred


def _number(model: keras.Model, name: str, value: float, trainable: bool = False) -> Tensor:
    """A scalar weight, which replicas average when each of them assigns its own."""
    start = keras.initializers.Constant(value)
    return model.add_weight((), start, trainable=trainable, aggregation="mean", name=name)


def _check(likelihood: str, sigma: float | str, beta: float, free_bits: float) -> None:
    if likelihood not in ("bernoulli", "gaussian"):
        raise ValueError(f'VAE: likelihood must be "bernoulli" or "gaussian", got {likelihood!r}')
    if sigma not in ("scalar", "optimal") and (isinstance(sigma, str) or not sigma > 0):
        raise ValueError(
            f'VAE: sigma must be a positive number, "scalar" or "optimal", got {sigma!r}'
        )
    if not beta >= 0:
        raise ValueError(f"VAE: beta must not be negative, got {beta!r}")
    if not free_bits >= 0:
        raise ValueError(f"VAE: free_bits must not be negative, got {free_bits!r}")
