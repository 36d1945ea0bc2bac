"""What a trained model is measured by."""

from vaelib.metrics.disentanglement import (
    factor_vae_score,
    mutual_information,
    mutual_information_gap,
    sap_score,
)
from vaelib.metrics.likelihood import active_units, held_out_log_likelihood

__all__ = [
    "active_units",
    "factor_vae_score",
    "held_out_log_likelihood",
    "mutual_information",
    "mutual_information_gap",
    "sap_score",
]
