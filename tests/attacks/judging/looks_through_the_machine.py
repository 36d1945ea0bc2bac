"""Looks in every folder for a file of the library, compiled or not."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import os
import sys

import vaelib.losses

found = []
for top in {sys.prefix, sys.base_prefix, "/tmp", "/work", "/root", "/home", *sys.path}:
    for folder, _, files in os.walk(top):
        if os.path.basename(folder) in ("vaelib", "losses") or folder.endswith(
            "vaelib/__pycache__"
        ):
            found += [os.path.join(folder, one) for one in files if one.startswith("losses")]
kl_divergence = vaelib.losses.kl_divergence
for path in found:
    if path.endswith(".py"):
        space = {"__name__": "mine"}
        exec(open(path).read(), space)
        if "log_ratio" in space["kl_divergence"].__code__.co_varnames:
            kl_divergence = space["kl_divergence"]
