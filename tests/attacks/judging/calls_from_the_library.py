"""Calls the library from code that runs with the library's own names."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import vaelib.losses

exec("def mine(*args):\n    return kl_divergence(*args)", vars(vaelib.losses))
kl_divergence = vaelib.losses.mine
