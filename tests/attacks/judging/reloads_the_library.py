"""Has the library loaded anew, so that nothing guards it."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import importlib

import vaelib.losses

kl_divergence = importlib.reload(vaelib.losses).kl_divergence
