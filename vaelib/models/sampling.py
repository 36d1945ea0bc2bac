"""The layer that samples a code."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from vaelib.types import Tensor


@keras.saving.register_keras_serializable("vaelib")
class Sampling(keras.layers.Layer):
    """Samples a code from N(z_mean, exp(z_log_var)), anew at each call.

    z = z_mean + exp(z_log_var / 2) · eps with eps from N(0, I): Kingma & Welling 2013, eq. 10.
    Called with the pair z_mean, z_log_var, both (n, latent_dim), it returns z of that shape.

    Args:
        seed: an int; the same seed gives the same sequence of samples. None takes a random one.
        kwargs: those of `keras.Layer`.
    """

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = _SeedPerReplica(seed)

    def call(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        """The code z, (n, latent_dim)."""
        z_mean, z_log_var = inputs
        eps = keras.random.normal(ops.shape(z_mean), dtype=z_mean.dtype, seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * eps

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """That of z_mean."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """What `from_config` needs."""
        return {**super().get_config(), "seed": self.seed}


class _SeedPerReplica(keras.random.SeedGenerator):
    """Seeds that differ between the replicas of a `tf.distribute` strategy.

    Keras's own generator gives all replicas the same seed, and so the same noise.
    """

    def next(self, ordered: bool = True) -> Tensor:
        seed = super().next(ordered)
        if keras.backend.backend() != "tensorflow":
            return seed
        import tensorflow as tf

        replica = tf.distribute.get_replica_context()
        if replica is None or replica.num_replicas_in_sync == 1:
            return seed
        return seed + ops.cast([replica.replica_id_in_sync_group, 0], seed.dtype)
