"""What long runs left in the library's data and in the explorers' pages, read again."""

import json
import re

from experiments.measurements import ROOT, Figure, of_runs
from vaelib import reference

TERMS = {"elbo": "ELBO", "reconstruction": "reconstruction", "kl": "KL"}
SCORES = {
    "rate": ("rate", "nats"),
    "distortion": ("distortion", "nats"),
    "mig": ("MIG", ""),
    "sap": ("SAP", ""),
    "factor_vae": ("FactorVAE score", ""),
}
OFF = r"off by ([\d.]+)% .* on average, and by ([\d.]+)% in the worst"


def bands():
    """The edges of the reference bands, test images, after the first and the last epoch."""
    figures = []
    for name, kind in reference.names():
        band, runs = reference.band(name, kind), reference.seeds(name, kind)
        for epoch in (1, len(band["elbo"][0])):
            row = f"`{name}`, {kind} data, epoch {epoch}"
            for key, quantity in TERMS.items():
                low, high = (float(edge[epoch - 1]) for edge in band[f"val_{key}"])
                middle = (low + high) / 2
                figures.append(Figure(row, quantity, middle, "nats", (low, high), runs))
    return figures


def sweep():
    """The β-VAEs of notebook 06."""
    return [
        of_runs(f"β = {beta:g}", quantity, [run[key] for run in runs], unit)
        for beta, runs in reference.beta_sweep().items()
        for key, (quantity, unit) in SCORES.items()
    ]


def binarizations():
    """The model of notebook 04 under three binarizations."""
    figures = []
    for mode, scores in reference.binarization_scores().items():
        figures += [
            Figure(mode, "test ELBO", scores["elbo"], "nats"),
            Figure(mode, "its standard error", scores["elbo_error"], "nats"),
            Figure(mode, "negative log-likelihood", scores["nll"], "nats"),
            Figure(mode, "standard error of that", scores["nll_error"], "nats"),
            Figure(mode, "active units of 24", scores["active_units"]),
        ]
    return figures


def explorers():
    """The pages of docs/explorers: their size, and what they say of their own error."""
    figures = []
    for path in sorted(ROOT.glob("docs/explorers/*.html")):
        note = json.loads(re.search(r'"note": ("[^"]*")', path.read_text("utf-8"))[1])
        mean, worst = (float(share) for share in re.search(OFF, note).groups())
        figures += [
            Figure(path.stem, "size", round(path.stat().st_size / 1000), "kB"),
            Figure(path.stem, "mean error", mean, "% of full black"),
            Figure(path.stem, "largest mean error of a place", worst, "% of full black"),
        ]
    return figures
