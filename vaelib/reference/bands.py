"""What reference runs gave, and a sentence about a run beside them.

`bands.json` is written by experiments/reference.py: for each model and source of data the
ELBO, reconstruction and KL of every epoch, in nats per image, of several seeds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

SPREADS = 7.5  # standard deviations between six seeds: Student's t leaves them once in 1,000
NARROWEST = 0.02  # a band's half width is at least this share of the value: machines differ, too
COLLAPSED, EXPLODED = 0.2, 5.0  # KL below or above these multiples of the band

Edges = dict[str, tuple[np.ndarray, np.ndarray]]  # for each quantity, (n_epochs,) each


def band(name: str, source: str) -> Edges | None:
    """The tolerance around reference runs: their mean ± 7.5 standard deviations, or 2% if more.

    Args:
        name: a model of the course, such as "mlp_2".
        source: of the data, `Dataset.source`; VAELIB_DATA and Keras hold the same images.

    Returns:
        For each quantity that `fit` reports, the lower and the upper edge at each epoch, both
        numpy (n_epochs,) in nats per image; None if there are no runs of this model on this data.
    """
    found = runs(name, source)
    return None if found is None else {key: _edges(values) for key, values in found.items()}


def runs(name: str, source: str) -> dict[str, np.ndarray] | None:
    """The reference runs themselves, one with each seed.

    Args:
        name: a model of the course, such as "mlp_2".
        source: of the data, as for `band`.

    Returns:
        For each quantity that `fit` reports numpy (n_seeds, n_epochs), in nats per image; None if
        there are no runs of this model on this data.
    """
    found = _runs().get(f"{name}, {_kind(source)}")
    return None if found is None else {key: np.array(values) for key, values in found.items()}


def names() -> list[tuple[str, str]]:
    """The models that have a band: pairs of a name and "real" or "synthetic", the kind of data."""
    return [(name, kind) for name, kind in (key.split(", ") for key in _runs())]


def seeds(name: str, source: str) -> int:
    """How many reference runs there are.

    Args:
        name: the model, as for `band`.
        source: of the data, as for `band`.

    Returns:
        An int.

    Raises:
        KeyError: there are none.
    """
    return len(_runs()[f"{name}, {_kind(source)}"]["val_elbo"])


def verdict(history: Mapping[str, Sequence[float]], name: str, source: str) -> str:
    """A sentence that says whether a run is normal, and if not, what that usually means.

    Args:
        history: what `fit` wrote down, `History.history`.
        name: the model, as for `band`.
        source: of the data, as for `band`.

    Returns:
        A string.
    """
    edges = band(name, source)
    if edges is None:
        return f"There are no reference runs of {name} on this data, so nothing to compare with."
    known = len(edges["val_elbo"][0])
    left = _departures(history, edges)
    if not left:
        inside = (
            f"Your curves stay within the tolerance around {seeds(name, source)} reference runs"
        )
        if len(history["val_elbo"]) > known:
            return f"{inside} in the first {known} epochs, and those runs stopped there."
        return f"{inside}."
    last = min(len(history["val_elbo"]), known) - 1
    at_the_end = [key for epoch, key in left if epoch == last]
    epoch, key = (last, at_the_end[0]) if at_the_end else left[0]
    value, (low, high) = history[key][epoch], (edge[epoch] for edge in edges[key])
    images, name = ("test", key[4:]) if key.startswith("val_") else ("training", key)
    name = {"elbo": "ELBO", "kl": "KL"}.get(name, name)
    where = f"in epoch {epoch + 1} the {images} {name} is {value:.1f}, not {low:.1f} to {high:.1f}."
    if not at_the_end:
        return f"Your curves end within the tolerance, and left it for a while: {where}"
    return f"Your curves leave the tolerance: {where} {_meaning(history, edges, last)}"


def binarization_scores() -> dict[str, dict[str, float]]:
    """One model under three binarizations, as experiments/binarization.py measured it on MNIST.

    Returns:
        For "threshold", "static" and "dynamic" a dictionary: "elbo" and "nll" (the
        importance-sampled negative log-likelihood, k = 5,000) of the test images in nats per image,
        their standard errors "elbo_error" and "nll_error", and "active_units".
    """
    return _read("binarization.json")


def ablation() -> list[dict[str, Any]]:
    """Architecture and schedule, each of the tutorial and of the efficient model of notebook 04.

    Returns:
        For each of the four, as experiments/ablation.py measured it on MNIST, a dictionary:
        "architecture" and "schedule", "tutorial" or "efficient"; "elbo", the test ELBO under the
        threshold in nats per image; and "seconds" of processor time.
    """
    return _read("ablation.json")


def beta_sweep() -> dict[float, list[dict[str, Any]]]:
    """β-VAEs on small dSprites, as experiments/beta_sweep.py trained and scored them.

    Returns:
        For each β, a float, a list of runs with other seeds; a run is a dictionary of "rate" and
        "distortion" (KL and −log p(x | z)), the parts of the KL "mutual_information",
        "total_correlation" and "dimension_wise_kl" and, the largest first, "kl_per_dimension", all
        in nats per image, and of the scores "mig", "sap" and "factor_vae", from 0 to 1.
    """
    return {float(beta): runs for beta, runs in _read("beta_sweep.json").items()}


def _departures(history: Mapping[str, Sequence[float]], edges: Edges) -> list[tuple[int, str]]:
    """The pairs of epoch (from 0) and quantity that lie outside, in order of epochs."""
    return sorted(
        (epoch, key)
        for key, (low, high) in edges.items()
        for epoch, value in enumerate(history.get(key, ())[: len(low)])
        if not low[epoch] <= value <= high[epoch]
    )


def _meaning(history: Mapping[str, Sequence[float]], edges: Edges, epoch: int) -> str:
    """What usually stands behind curves outside the band."""
    (elbo, _, elbo_place), (_, nll_ratio, _), (kl, kl_ratio, kl_place) = (
        _compared(history[f"val_{key}"][epoch], [edge[epoch] for edge in edges[f"val_{key}"]])
        for key in ("elbo", "reconstruction", "kl")
    )
    if not np.isfinite(elbo + kl) or kl_ratio > EXPLODED:
        return (
            "A KL that explodes usually means a standard deviation that does: a learning rate too "
            "high, or exp(z_log_var) taken for the standard deviation."
        )
    if 0 < nll_ratio < 0.1:
        return (
            "Numbers that are far too small usually mean a mean taken for a sum: over the pixels, "
            "or over the latent dimensions."
        )
    if kl_ratio < COLLAPSED:
        return (
            "A KL near 0 means posterior collapse: codes do not depend on images. Usually the KL "
            "weighs too much, because the reconstruction is averaged over pixels instead of summed."
        )
    if kl_place > 0 and nll_ratio < 1:
        return (
            "Better reconstructions for a larger KL usually mean that the KL weighs too little: "
            "averaged over the latent dimensions, or divided by the batch."
        )
    if kl_place < 0 and nll_ratio > 1:
        return (
            "Worse reconstructions for a smaller KL usually mean that the KL weighs too much, or "
            "that training was too short."
        )
    if elbo_place < 0:
        return (
            "The ELBO is lower than it should be: fewer images or steps, another learning rate, or "
            "a mistake in the model."
        )
    if elbo_place > 0:
        return (
            "The ELBO is higher than it should be: more images or steps, a larger model, or test "
            "images among the training images."
        )
    return "The ELBO is normal, and reconstruction and KL share it in another way."


def _compared(value: float, edges: Sequence[float]) -> tuple[float, float, int]:
    """A value, its ratio to the middle of a band, and −1, 0 or 1: below, inside or above it."""
    low, high = edges
    return value, value / ((low + high) / 2), int(value > high) - int(value < low)


def _edges(values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper edge at each epoch, from (n_seeds, n_epochs)."""
    values = np.array(values)
    middle = values.mean(axis=0)
    half = np.maximum(SPREADS * values.std(axis=0, ddof=1), NARROWEST * np.abs(middle))
    # None of the three changes its sign, and however wide a band is, a collapsed KL leaves it.
    low = np.where(middle > 0, np.maximum(middle - half, COLLAPSED * middle), middle - half)
    high = np.where(middle < 0, np.minimum(middle + half, 0), middle + half)
    return low, high


def _kind(source: str) -> str:
    return "synthetic" if source == "synthetic" else "real"


def _runs() -> dict[str, Any]:
    return _read("bands.json")["runs"]


@cache
def _read(name: str) -> Any:
    return json.loads(
        resources.files("vaelib.reference").joinpath(name).read_text(encoding="utf-8")
    )
