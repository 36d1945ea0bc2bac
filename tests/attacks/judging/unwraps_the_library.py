"""Takes the library's function out of what guards it."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import vaelib.losses

kl_divergence = getattr(vaelib.losses.kl_divergence, "__wrapped__", vaelib.losses.kl_divergence)
