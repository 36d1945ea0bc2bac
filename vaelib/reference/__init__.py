"""Runs to compare a run with, and what they measured."""

from vaelib.reference.bands import (
    ablation,
    band,
    beta_sweep,
    binarization_scores,
    names,
    runs,
    seeds,
    verdict,
)

__all__ = [
    "ablation",
    "band",
    "beta_sweep",
    "binarization_scores",
    "names",
    "runs",
    "seeds",
    "verdict",
]
