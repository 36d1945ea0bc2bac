"""How well latent dimensions stand for single factors: MIG, SAP and the FactorVAE score.

All three look at codes (n, d), usually posterior means, of images whose factors are known. Factors
that never change are left out.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike

BINS = 20  # Locatello et al. 2019, appendix C: codes are cut into 20 bins of equal width
INACTIVE = 0.01  # a latent dimension whose variance is below this is inactive


def mutual_information(codes: ArrayLike, classes: ArrayLike, n_bins: int = BINS) -> np.ndarray:
    """I(z_j; factor) for each latent dimension and each factor, from a histogram.

    Args:
        codes: (n, d).
        classes: the value of each factor, whole numbers, (n, n_factors).
        n_bins: bins of equal width between the smallest and the largest value of a dimension.

    Returns:
        numpy (d, n_factors), in nats.
    """
    codes, classes = _checked("mutual_information", codes, classes)
    bins = np.stack([_binned(code, n_bins) for code in codes.T], axis=1)
    return np.array(
        [[_entropy(a) + _entropy(b) - _entropy(a, b) for b in classes.T] for a in bins.T]
    )


def mutual_information_gap(codes: ArrayLike, classes: ArrayLike, n_bins: int = BINS) -> float:
    """MIG, Chen et al. 2018, eq. 6: the mean over factors of (largest − second largest) / H.

    The mutual information of each factor with the latent dimensions is sorted; the gap is divided
    by the entropy of the factor.

    Args:
        codes: (n, d), d at least 2.
        classes: the value of each factor, whole numbers, (n, n_factors).
        n_bins: as for `mutual_information`.

    Returns:
        A float, 0 to 1.

    Raises:
        ValueError: a single latent dimension, arrays that do not fit, or no factor that changes.
    """
    codes, classes = _checked("mutual_information_gap", codes, classes, at_least=2)
    information = np.sort(mutual_information(codes, classes, n_bins), axis=0)
    entropies = np.array([_entropy(factor) for factor in classes.T])
    return float(np.mean((information[-1] - information[-2]) / entropies))


def sap_score(codes: ArrayLike, values: ArrayLike, categorical: Collection[int] = ()) -> float:
    """SAP, Kumar et al. 2018, section 3: the lead of the best dimension in predicting a factor.

    A latent dimension predicts a factor that is a quantity by the squared correlation. It predicts
    a factor that is a category by thresholds, one fewer than there are categories, with the largest
    balanced accuracy. An inactive dimension (`INACTIVE`) predicts nothing: 0.

    Args:
        codes: (n, d), d at least 2.
        values: of each factor, (n, n_factors).
        categorical: the columns of `values` that are categories.

    Returns:
        A float, 0 to 1.

    Raises:
        ValueError: as for `mutual_information_gap`.
    """
    values = np.asarray(values)
    kept = [k for k in range(values.shape[-1]) if np.ptp(values[:, k]) > 0]
    codes, changing = _checked("sap_score", codes, values, at_least=2)
    scores = np.zeros((codes.shape[1], len(kept)))
    for j, code in enumerate(codes.T):
        if np.var(code) < INACTIVE:
            continue
        for place, (k, value) in enumerate(zip(kept, changing.T, strict=True)):
            predict = _balanced_accuracy if k in categorical else _squared_correlation
            scores[j, place] = predict(code, value)
    scores = np.sort(scores, axis=0)
    return float(np.mean(scores[-1] - scores[-2]))


def factor_vae_score(
    codes: ArrayLike, classes: ArrayLike, seed: int = 0, n_votes: int = 800, batch: int = 64
) -> float:
    """The FactorVAE score, Kim & Mnih 2018, section 4: a vote for the dimension that stays still.

    For each vote a factor is drawn and held at one value while the others vary over `batch` images.
    The latent dimension with the smallest variance, relative to its variance over all images, is
    the vote. A majority vote then says which factor a dimension stands for; its accuracy on as many
    new votes is the score. Inactive dimensions (`INACTIVE`) do not take part.

    Args:
        codes: (n, d).
        classes: the value of each factor, whole numbers, (n, n_factors).
        seed: an int that fixes the draws.
        n_votes: votes to learn from, and as many to be tested on.
        batch: images for each vote.

    Returns:
        A float, 0 to 1; 1 / n_factors is chance.

    Raises:
        ValueError: arrays that do not fit, or no factor that changes.
    """
    codes, classes = _checked("factor_vae_score", codes, classes)
    variances = codes.var(axis=0)
    active = variances >= INACTIVE
    n_factors = classes.shape[1]
    if not active.any():
        return 1 / n_factors
    scaled = codes[:, active] / np.sqrt(variances[active])
    rng = np.random.default_rng(seed)
    votes = np.zeros((2, active.sum(), n_factors))
    for part in votes:
        for _ in range(n_votes):
            k = rng.integers(n_factors)
            held = np.flatnonzero(classes[:, k] == classes[rng.integers(len(classes)), k])
            part[scaled[rng.choice(held, batch)].var(axis=0).argmin(), k] += 1
    learned, tested = votes
    return float(tested[np.arange(len(tested)), learned.argmax(axis=1)].sum() / n_votes)


def _checked(
    name: str, codes: ArrayLike, factors: ArrayLike, at_least: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Codes and the factors that change, as arrays that fit each other."""
    codes, factors = np.asarray(codes, dtype=float), np.asarray(factors)
    if codes.ndim != 2 or factors.ndim != 2 or len(codes) != len(factors):
        raise ValueError(
            f"{name}: codes must be (n, d) and factors (n, n_factors), got {codes.shape} and "
            f"{factors.shape}"
        )
    if codes.shape[1] < at_least:
        raise ValueError(f"{name}: there is no second best dimension beside a single one")
    factors = factors[:, np.ptp(factors, axis=0) > 0]
    if not factors.shape[1]:
        raise ValueError(f"{name}: no factor changes, so there is nothing to find in the codes")
    return codes, factors


def _binned(code: np.ndarray, n_bins: int) -> np.ndarray:
    """The bin of each value, from 0; a constant code has one."""
    edges = np.linspace(code.min(), code.max(), n_bins + 1)[1:-1]
    return np.digitize(code, edges) if np.ptp(code) > 0 else np.zeros(len(code), int)


def _entropy(*columns: np.ndarray) -> float:
    """Of the values that occur together, in nats."""
    counts = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)[1]
    share = counts / counts.sum()
    return float(-np.sum(share * np.log(share)))


def _squared_correlation(code: np.ndarray, value: np.ndarray) -> float:
    return np.corrcoef(code, value)[0, 1] ** 2


def _balanced_accuracy(code: np.ndarray, category: np.ndarray) -> float:
    """The largest mean of the classes' shares that thresholds get right, an interval a class."""
    names, category = np.unique(category, return_inverse=True)
    order = np.argsort(code, kind="stable")
    one_hot = np.eye(len(names))[category[order]]
    shares = one_hot.cumsum(axis=0) / one_hot.sum(axis=0)  # of each class, up to each code
    ends = np.flatnonzero(np.diff(code[order], append=np.inf))  # no cut between equal codes
    shares = np.vstack([np.zeros(len(names)), shares[ends]])
    best = {0: np.zeros(len(shares))}  # for a set of classes (bits): best sum up to each cut
    for chosen in range(1, 2 ** len(names)):
        best[chosen] = np.max(
            [
                np.maximum.accumulate(best[chosen - 2**c] - shares[:, c]) + shares[:, c]
                for c in range(len(names))
                if chosen & 2**c
            ],
            axis=0,
        )
    return best[2 ** len(names) - 1][-1] / len(names)
