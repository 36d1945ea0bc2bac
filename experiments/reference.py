"""Trains the models that students train with several seeds, and writes vaelib/reference/bands.json.

    python -m experiments.reference [model …]

Without a name it trains all, on real data if VAELIB_DATA names a folder with it, else on drawn.
The runs of other models and of the other kind of data stay in the file as they are.
"""

import json
import sys
from pathlib import Path

import keras

from experiments import efficient
from vaelib import data
from vaelib.models import (
    VAE,
    build_conv_decoder,
    build_conv_encoder,
    build_tutorial_vae,
    build_vae_mlp,
)
from vaelib.training import KLWarmup, set_seed

FILE = Path(__file__).resolve().parent.parent / "vaelib" / "reference" / "bands.json"
SEEDS = range(100, 106)
KEYS = ("elbo", "reconstruction", "kl", "val_elbo", "val_reconstruction", "val_kl")


def dense(latent_dim, images, n_train, epochs, batch_size, step):
    """A dense VAE as notebook 03 trains it."""
    vae = VAE(*build_vae_mlp(latent_dim))
    vae.compile(keras.optimizers.Adam(step))
    return vae.fit(
        images.x_train[:n_train],
        validation_data=(images.x_test,),
        epochs=epochs,
        batch_size=batch_size,
        verbose=0,
    )


def convolutional(vae, images, steps, epochs, callbacks=(), batch_size=100):
    """A compiled VAE as notebook 04 trains it, on images in black and white."""
    x_train, x_test = (data.binarize(x, "threshold", 0) for x in (images.x_train, images.x_test))
    return vae.fit(
        x_train,
        validation_data=(x_test[:2_000],),
        steps_per_epoch=steps,
        epochs=epochs,
        batch_size=batch_size,
        callbacks=list(callbacks),
        verbose=0,
    )


def with_adam(pair, step):
    """A compiled VAE of an encoder and a decoder."""
    vae = VAE(*pair)
    vae.compile(keras.optimizers.Adam(step))
    return vae


def patch(images, seed, epochs):
    """The efficient model, in epochs of 150 steps."""
    vae, warmup = efficient.compiled(150 * epochs, seed)
    return convolutional(vae, images, 150, epochs, [warmup])


def long(images, cpu, gpu):
    """Epochs as many as a notebook takes on a GPU; drawn data is for machines without any."""
    return cpu if images.source == "synthetic" else gpu


DIGITS, CLOTHES = data.load_mnist, data.load_fashion_mnist
MODELS = {
    "mlp_2": (DIGITS, lambda m, seed: dense(2, m, 60_000, long(m, 6, 20), 128, 1e-3)),
    "mlp_10_digits": (DIGITS, lambda m, seed: dense(10, m, 20_000, 8, 500, 3e-3)),
    "mlp_10_clothes": (CLOTHES, lambda m, seed: dense(10, m, 20_000, 8, 500, 3e-3)),
    "tutorial_100": (
        DIGITS,
        lambda m, seed: convolutional(with_adam(build_tutorial_vae(50), 1e-4), m, 100, 8),
    ),
    "conv_2_400": (
        DIGITS,
        lambda m, seed: convolutional(
            with_adam((build_conv_encoder(2), build_conv_decoder(2)), 1e-3),
            m,
            400,
            4,
            [KLWarmup(400)],
            batch_size=25,
        ),
    ),
    "patch_1200": (DIGITS, lambda m, seed: patch(m, seed, 8)),
    "patch_3150": (DIGITS, lambda m, seed: patch(m, seed, 21)),
}


def main(names):
    """Trains each model with each seed, and writes the file after each model."""
    for name in names:
        load, train = MODELS[name]
        images = load()
        runs = []
        for seed in SEEDS:
            set_seed(seed)
            runs.append(train(images, seed).history)
            print(name, seed, f"test ELBO {runs[-1]['val_elbo'][-1]:.2f}", flush=True)
        known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"runs": {}}
        kind = "synthetic" if images.source == "synthetic" else "real"
        known["runs"][f"{name}, {kind}"] = {
            key: [[round(value, 2) for value in run[key]] for run in runs] for key in KEYS
        }
        FILE.write_text(json.dumps(known) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or MODELS)
