"""A latent space to explore in a browser."""

from vaelib.explorer.page import Explorer, latent_explorer, page_of

__all__ = ["Explorer", "latent_explorer", "page_of"]
