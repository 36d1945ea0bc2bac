"""The callback that keeps pictures of how a VAE grows up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike


class KeepPictures(keras.callbacks.Callback):
    """Decodes one fixed set of codes during training, and keeps the images.

    It does so after each epoch, or after some steps. ``.epochs`` are the epochs that were kept, or
    ``.steps`` the steps, ints from 1; ``.frames`` the images of z after each of them, numpy
    (n, height, width, channels); ``.reconstructions`` those of x, if x was given. Each call of
    `fit` starts them anew. Training is not changed: nothing is drawn at random.

    Args:
        z: codes, (n, latent_dim).
        epochs: which epochs to keep, as of `vaelib.plots.animation.frame_epochs`; None for all.
        x: images (m, height, width, channels) to be reconstructed each time; None for none.
        steps: after which steps of a `fit` to keep pictures instead, over all of its epochs. Where
            Keras runs several steps at once, the next step that it stops at counts. None for
            epochs.

    Raises:
        ValueError: z has another shape, an epoch or a step is below 1, or both are given.
    """

    seen: int  # the last step of which it was told

    def __init__(
        self,
        z: ArrayLike,
        epochs: Collection[int] | None = None,
        x: ArrayLike | None = None,
        steps: Collection[int] | None = None,
    ) -> None:
        super().__init__()
        if np.ndim(z) != 2:
            raise ValueError(f"KeepPictures: z must be (n, latent_dim), got {np.shape(z)}")
        if epochs is not None and steps is not None:
            raise ValueError("KeepPictures: give epochs or steps, not both")
        for name, wanted in (("epochs", epochs), ("steps", steps)):
            if wanted is not None and min(wanted, default=1) < 1:
                raise ValueError(f"KeepPictures: {name} count from 1, got {min(wanted)}")
        self.z = z
        self.x = x
        self.wanted = epochs
        self.wanted_steps = steps
        self._forget()

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forget the pictures of an earlier `fit`."""
        self._forget()
        self.start = self._steps_done()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the pictures of this step, if one is due."""
        if self.wanted_steps is not None:
            step = self._steps_done() - self.start
            if any(self.seen < wanted <= step for wanted in self.wanted_steps):
                self.steps.append(step)
                self._keep()
            self.seen = step

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the pictures of this epoch, which Keras counts from 0."""
        if self.wanted_steps is None and (self.wanted is None or epoch + 1 in self.wanted):
            self.epochs.append(epoch + 1)
            self._keep()

    def _forget(self) -> None:
        self.epochs: list[int] = []
        self.steps: list[int] = []
        self.seen = 0
        self.frames: list[np.ndarray] = []
        self.reconstructions: list[np.ndarray] = []

    def _keep(self) -> None:
        self.frames.append(self.model.decode(self.z))
        if self.x is not None:
            self.reconstructions.append(self.model.reconstruct(self.x))

    def _steps_done(self) -> int:
        return int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))
