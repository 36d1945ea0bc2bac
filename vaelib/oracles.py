"""Forward passes in numpy float64, which checks compare a student's models with."""

import numpy as np


def identity(h):
    """No activation."""
    return h


def relu(h):
    """max(h, 0)."""
    return np.maximum(h, 0)


def sigmoid(h):
    """1 / (1 + exp(−h))."""
    return 1 / (1 + np.exp(-h))


def random_weights(shapes, seed):
    """Weights that keep the size of what flows through them.

    Args:
        shapes: one tuple for each array; a kernel's rows are its inputs.
        seed: an int.

    Returns:
        A list of float64 arrays: standard normal, over the square root of the first axis.
    """
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes]


def dense_forward(x, weights, *, hidden, last):
    """A stack of dense layers.

    Args:
        x: (n, …), flattened first.
        weights: kernel, bias, kernel, bias, …
        hidden: the activation of every layer but the last.
        last: the activation of the last layer.

    Returns:
        float64 (n, units of the last layer).
    """
    h = np.reshape(x, (len(x), -1)).astype(np.float64)
    for i in range(0, len(weights), 2):
        h = h @ weights[i] + weights[i + 1]
        h = last(h) if i == len(weights) - 2 else hidden(h)
    return h
