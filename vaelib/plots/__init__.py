"""Arrays in, `Axes` out. Nothing here calls ``plt.show()`` or a model."""

from vaelib.plots.curves import density_contours, histograms, lines, training_curves
from vaelib.plots.images import (
    autoencoder_diagram,
    code_scatter,
    image_grid,
    image_rows,
    label_colours,
    latent_grid,
)

__all__ = [
    "autoencoder_diagram",
    "code_scatter",
    "density_contours",
    "histograms",
    "image_grid",
    "image_rows",
    "label_colours",
    "latent_grid",
    "lines",
    "training_curves",
]
