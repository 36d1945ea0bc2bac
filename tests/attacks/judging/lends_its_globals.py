"""Finds the function among the names of another function of the library."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import vaelib.losses

names = vaelib.losses.negative_elbo.__globals__
held = names["kl_divergence"]
cells = [cell.cell_contents for cell in getattr(held, "__closure__", None) or ()]
kl_divergence = next((c for c in cells if getattr(c, "__name__", "") == "kl_divergence"), held)
