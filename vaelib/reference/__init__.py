"""Runs to compare a run with, and what they measured."""

from vaelib.reference.bands import (
    band,
    beta_sweep,
    binarization_scores,
    names,
    runs,
    seeds,
    verdict,
)

__all__ = ["band", "beta_sweep", "binarization_scores", "names", "runs", "seeds", "verdict"]
