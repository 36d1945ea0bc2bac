"""Asks Python for the function's source, and runs it."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import inspect

import vaelib.losses

plain = inspect.unwrap(vaelib.losses.kl_divergence)
space = dict(vars(vaelib.losses))
exec(
    compile("from __future__ import annotations\n" + inspect.getsource(plain), "mine", "exec"),
    space,
)
kl_divergence = space["kl_divergence"]
