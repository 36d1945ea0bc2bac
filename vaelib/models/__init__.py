"""The variational autoencoders of the course, as Keras models, and builders of their networks."""

from vaelib.models.builders import (
    build_autoencoder,
    build_conv_decoder,
    build_conv_encoder,
    build_cvae,
    build_cvae_mlp,
    build_dense_decoder,
    build_dense_encoder,
    build_efficient_vae,
    build_full_covariance_vae,
    build_sprite_vae,
    build_tutorial_vae,
    build_vae_mlp,
)
from vaelib.models.conditional import CVAE, ClassPriorVAE, ScaleTril
from vaelib.models.pairs import reconstruct, sample_images, train_step
from vaelib.models.sampling import Sampling
from vaelib.models.vae import VAE

__all__ = [
    "CVAE",
    "VAE",
    "ClassPriorVAE",
    "Sampling",
    "ScaleTril",
    "build_autoencoder",
    "build_conv_decoder",
    "build_conv_encoder",
    "build_cvae",
    "build_cvae_mlp",
    "build_dense_decoder",
    "build_dense_encoder",
    "build_efficient_vae",
    "build_full_covariance_vae",
    "build_sprite_vae",
    "build_tutorial_vae",
    "build_vae_mlp",
    "reconstruct",
    "sample_images",
    "train_step",
]
