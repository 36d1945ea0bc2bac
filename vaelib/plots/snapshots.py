"""The callback that keeps pictures of how a VAE grows up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike


class KeepPictures(keras.callbacks.Callback):
    """Decodes one fixed set of codes after each epoch, and keeps the images.

    ``.epochs`` are the epochs that were kept, ints from 1; ``.frames`` the images of z after each
    of them, numpy (n, height, width, channels); ``.reconstructions`` those of x, if x was given.
    Each call of `fit` starts them anew. Training is not changed: nothing is drawn at random.

    Args:
        z: codes, (n, latent_dim).
        epochs: which epochs to keep, as of `vaelib.plots.animation.frame_epochs`; None for all.
        x: images (m, height, width, channels) to be reconstructed each time; None for none.

    Raises:
        ValueError: z has another shape, or an epoch is below 1.
    """

    def __init__(
        self, z: ArrayLike, epochs: Collection[int] | None = None, x: ArrayLike | None = None
    ) -> None:
        super().__init__()
        if np.ndim(z) != 2:
            raise ValueError(f"KeepPictures: z must be (n, latent_dim), got {np.shape(z)}")
        if epochs is not None and min(epochs, default=1) < 1:
            raise ValueError(f"KeepPictures: epochs count from 1, got {min(epochs)}")
        self.z = z
        self.x = x
        self.wanted = epochs
        self.on_train_begin()

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forget the pictures of an earlier `fit`."""
        self.epochs: list[int] = []
        self.frames: list[np.ndarray] = []
        self.reconstructions: list[np.ndarray] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the pictures of this epoch, which Keras counts from 0."""
        if self.wanted is None or epoch + 1 in self.wanted:
            self.epochs.append(epoch + 1)
            self.frames.append(self.model.decode(self.z))
            if self.x is not None:
                self.reconstructions.append(self.model.reconstruct(self.x))
