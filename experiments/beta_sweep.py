"""Trains and scores the β-VAEs of notebook 06, three seeds for each β.

    python -m experiments.beta_sweep [beta …]

The images are small dSprites. Every score is over all of them; codes are posterior means. It writes
vaelib/reference/beta_sweep.json, where what it has of other β stays as it is.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

from vaelib import metrics
from vaelib.data import small_dsprites
from vaelib.data.sprites import FACTORS
from vaelib.losses import elbo_decomposition, kl_per_dimension
from vaelib.models import VAE, build_sprite_vae
from vaelib.training import set_seed

FILE = Path(__file__).resolve().parent.parent / "vaelib" / "reference" / "beta_sweep.json"
BETAS, SEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0), (0, 1, 2)
EPOCHS, BATCH, LATENT_DIM = 12, 256, 6


def train(x, beta, seed):
    """The model of notebook 06, trained as there."""
    set_seed(seed)
    vae = VAE(*build_sprite_vae(LATENT_DIM), beta=beta, seed=seed)
    vae.compile(keras.optimizers.Adam(2e-3))
    vae.fit(x, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return vae


def score(vae, sprites, seed):
    """What the notebook draws: rate, distortion, the KL in parts, and the three scores."""
    classes, values = sprites.latents_classes, sprites.latents_values
    losses = vae.evaluate(sprites.images, batch_size=BATCH, verbose=0, return_dict=True)
    z_mean, z_log_var = vae.encode(sprites.images)
    eps = np.random.default_rng(seed).normal(size=z_mean.shape)
    terms = elbo_decomposition(z_mean + np.exp(z_log_var / 2) * eps, z_mean, z_log_var)
    numbers = {
        "distortion": losses["reconstruction"],
        "rate": losses["kl"],
        "mutual_information": terms[0],
        "total_correlation": terms[1],
        "dimension_wise_kl": terms[2],
        "mig": metrics.mutual_information_gap(z_mean, classes),
        "sap": metrics.sap_score(z_mean, values, categorical=(FACTORS.index("shape"),)),
        "factor_vae": metrics.factor_vae_score(z_mean, classes, seed=seed),
    }
    kl = np.sort(np.asarray(kl_per_dimension(z_mean, z_log_var)))[::-1]
    numbers = {name: round(float(number), 4) for name, number in numbers.items()}
    return numbers | {"kl_per_dimension": [round(float(number), 3) for number in kl]}


def main(betas):
    """Trains, scores, prints and writes."""
    sprites = small_dsprites()
    for beta in betas:
        runs = [score(train(sprites.images, beta, seed), sprites, seed) for seed in SEEDS]
        print(beta, *runs, sep="\n", flush=True)
        known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
        known[str(beta)] = runs
        table = {key: known[key] for key in sorted(known, key=float)}
        FILE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([float(beta) for beta in sys.argv[1:]] or BETAS)
