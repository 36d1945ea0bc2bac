"""Trains and scores one model under each of three binarizations, for notebook 04.

    python -m experiments.binarization [mode …]

The model is the efficient one, trained for longer than in the notebook. An image that is drawn
anew ("dynamic") is drawn anew in every epoch of training. The test images are binarized as the
training images are, once. It writes vaelib/reference/binarization.json.
"""

import json
import math
import sys
from pathlib import Path

import keras
import numpy as np

from experiments import efficient
from vaelib import data
from vaelib.losses import bernoulli_nll
from vaelib.metrics import active_units, held_out_log_likelihood

FILE = Path(__file__).resolve().parent.parent / "vaelib" / "reference" / "binarization.json"
MODES = ("threshold", "static", "dynamic")
SEED, EPOCHS, BATCH = 0, 8, efficient.BATCH
K, SCORED = 5_000, 300  # draws for the likelihood, and test images that get them


class Binarized(keras.utils.PyDataset):
    """Batches in random order, of images that are binarized for each epoch."""

    def __init__(self, x, mode):
        super().__init__()
        self.x, self.mode, self.epoch = x, mode, 0
        self.on_epoch_end()

    def __len__(self):
        """How many batches an epoch has."""
        return len(self.x) // BATCH

    def __getitem__(self, i):
        """One batch."""
        return (self.binary[BATCH * i : BATCH * (i + 1)],)

    def on_epoch_end(self):
        """Draw and shuffle for the next epoch."""
        order = np.random.default_rng([SEED, self.epoch]).permutation(len(self.x))
        self.binary = data.binarize(self.x, self.mode, SEED, self.epoch)[order]
        self.epoch += 1


def train(x, mode):
    """A VAE trained under one binarization."""
    vae, warmup = efficient.compiled(EPOCHS * (len(x) // BATCH), SEED)
    vae.fit(Binarized(x, mode), epochs=EPOCHS, callbacks=[warmup], verbose=0)
    return vae


def score(vae, x):
    """Test ELBO and importance-sampled negative log-likelihood, with their standard errors.

    Every test image has an ELBO, and some have a likelihood, too. The likelihood of all is
    estimated as the mean ELBO of all plus the mean difference of those that have both.
    """
    parts = vae.predict(x, batch_size=500, verbose=0)
    elbo = -np.asarray(bernoulli_nll(x, parts["decoded"])).astype(float) - parts["kl"]
    some = np.random.default_rng(SEED).choice(len(x), SCORED, replace=False)
    gap = held_out_log_likelihood(vae, x[some], K, SEED) - elbo[some]
    covariance = np.cov(elbo[some], gap)
    variance = (elbo.var() + 2 * covariance[0, 1]) / len(x) + covariance[1, 1] / SCORED
    return {
        "elbo": round(float(elbo.mean()), 2),
        "elbo_error": round(float(elbo.std()) / math.sqrt(len(x)), 2),
        "nll": round(float(-elbo.mean() - gap.mean()), 2),
        "nll_error": round(math.sqrt(variance), 2),
        "active_units": active_units(parts["z_mean"]),
    }


def main(modes):
    """Trains, scores, prints and writes; what the file has of other modes stays as it is."""
    mnist = data.load_mnist()
    for mode in modes:
        vae = train(mnist.x_train, mode)
        scores = score(vae, data.binarize(mnist.x_test, mode, SEED + 1))
        print(mode, scores, flush=True)
        known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
        table = {one: (known | {mode: scores})[one] for one in MODES if one in known or one == mode}
        FILE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or MODES)
