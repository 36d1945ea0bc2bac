"""Runs to compare a run with, and what they measured."""

from vaelib.reference.bands import band, beta_sweep, binarization_scores, names, seeds, verdict

__all__ = ["band", "beta_sweep", "binarization_scores", "names", "seeds", "verdict"]
