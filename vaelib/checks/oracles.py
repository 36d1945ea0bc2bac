"""Forward passes in numpy float64, which checks compare a student's models with."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike


def identity(h: np.ndarray) -> np.ndarray:
    """No activation.

    Args:
        h: numpy, any shape.
    """
    return h


def relu(h: np.ndarray) -> np.ndarray:
    """max(h, 0).

    Args:
        h: numpy, any shape.
    """
    return np.maximum(h, 0)


def sigmoid(h: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(−h)).

    Args:
        h: numpy, any shape.
    """
    return 1 / (1 + np.exp(-h))


def _leaky(slope: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda h: np.maximum(h, slope * h)


def _logistic(h: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -h))  # no warning for large −h, as it would stand in a notebook


# What may stand in a layer in place of a ReLU, in words, and what it computes.
INSTEAD_OF_RELU: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    **{f"a leaky ReLU of slope {slope}": _leaky(slope) for slope in (0.01, 0.2, 0.3)},
    "an ELU": lambda h: np.where(h > 0, h, np.expm1(np.minimum(h, 0))),
    "a GELU": lambda h: h / 2 * (1 + np.vectorize(math.erf)(h / math.sqrt(2))),
    "a SiLU (swish)": lambda h: h * _logistic(h),
    "a softplus": lambda h: np.logaddexp(0, h),
    "a tanh": np.tanh,
    "a sigmoid": _logistic,
}


def random_weights(shapes: Sequence[Sequence[int]], seed: int) -> list[np.ndarray]:
    """Weights that keep the size of what flows through them.

    Args:
        shapes: one tuple for each array; a dense kernel's rows are its inputs.
        seed: an int.

    Returns:
        A list of float64 arrays: standard normal, over the square root of the first axis, or, in
        the kernel of a convolution, of all axes but the last.
    """
    rng = np.random.default_rng(seed)
    fans = [math.prod(shape[:-1]) if len(shape) > 2 else shape[0] for shape in shapes]
    return [rng.normal(size=shape) / fan**0.5 for shape, fan in zip(shapes, fans, strict=True)]


def dense_forward(
    x: ArrayLike,
    weights: Sequence[np.ndarray],
    *,
    hidden: Callable[[np.ndarray], np.ndarray],
    last: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """A stack of dense layers.

    Args:
        x: (n, …), flattened first.
        weights: kernel, bias, kernel, bias, …
        hidden: the activation of every layer but the last.
        last: the activation of the last layer.

    Returns:
        float64 (n, units of the last layer).
    """
    x = np.asarray(x)
    h = np.reshape(x, (len(x), -1)).astype(np.float64)
    for i in range(0, len(weights), 2):
        h = h @ weights[i] + weights[i + 1]
        h = last(h) if i == len(weights) - 2 else hidden(h)
    return h


def conv2d(
    x: ArrayLike,
    kernel: np.ndarray,
    bias: np.ndarray,
    *,
    strides: int = 1,
    padding: str = "same",
) -> np.ndarray:
    """A convolution, as `keras.layers.Conv2D` computes it.

    Padding "same" gives ceil(size / strides) pixels; where the zeros around the image cannot be
    shared out evenly, the odd one goes to the right and to the bottom.

    Args:
        x: (n, height, width, channels).
        kernel: (k, k, channels, filters).
        bias: (filters,).
        strides: an int.
        padding: "same" or "valid".

    Returns:
        float64 (n, new height, new width, filters), without activation.
    """
    x = np.asarray(x, dtype=np.float64)
    k = len(kernel)
    if padding == "same":
        missing = [max((-(-size // strides) - 1) * strides + k - size, 0) for size in x.shape[1:3]]
        x = np.pad(x, [(0, 0), *[(m // 2, m - m // 2) for m in missing], (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(1, 2))
    windows = windows[:, ::strides, ::strides]  # (n, new height, new width, channels, k, k)
    return np.tensordot(windows, kernel, axes=([4, 5, 3], [0, 1, 2])) + bias


def conv2d_transpose(
    x: ArrayLike, kernel: np.ndarray, bias: np.ndarray, *, strides: int = 1
) -> np.ndarray:
    """A transposed convolution with padding "same", as `keras.layers.Conv2DTranspose` computes it.

    Every pixel of `x` lays its kernel, times its value, onto the larger image; overlaps add up.

    Args:
        x: (n, height, width, channels).
        kernel: (k, k, filters, channels).
        bias: (filters,).
        strides: an int.

    Returns:
        float64 (n, height · strides, width · strides, filters), without activation.
    """
    x = np.asarray(x, dtype=np.float64)
    (n, height, width, _), (k, _, filters, _) = x.shape, kernel.shape
    larger = max(k, strides)  # where strides leave gaps, they stay 0
    canvas = np.zeros((n, (height - 1) * strides + larger, (width - 1) * strides + larger, filters))
    for row, column in np.ndindex(k, k):
        rows = slice(row, row + (height - 1) * strides + 1, strides)
        columns = slice(column, column + (width - 1) * strides + 1, strides)
        canvas[:, rows, columns] += x @ kernel[row, column].T
    start = max(k - strides, 0) // 2
    rows, columns = (slice(start, start + size * strides) for size in (height, width))
    return canvas[:, rows, columns] + bias
