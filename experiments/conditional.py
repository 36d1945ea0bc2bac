"""Trains the conditional VAE of notebook 05 and its unconditional twin with several seeds.

It scores on MNIST the test ELBO of both, and which share of sampled digits a small classifier
recognises as the digit asked for.
"""

import keras
import numpy as np
from keras import layers

from experiments.measurements import Figure, of_runs
from vaelib import data
from vaelib.models import CVAE, build_cvae
from vaelib.training import KLWarmup, set_seed

SEEDS, STEPS, BATCH, SAMPLES = (5, 6, 7), 800, 50, 10_000


def train(x, y, seed, callbacks=()):
    """The conditional VAE of notebook 05, trained as there."""
    set_seed(seed)
    vae = CVAE(*build_cvae(latent_dim=2), seed=seed)
    vae.compile(keras.optimizers.Adam(2e-3))
    vae.fit((x, y), batch_size=BATCH, steps_per_epoch=STEPS, callbacks=list(callbacks), verbose=0)
    return vae


def train_judge(x, y, seed):
    """The classifier of notebook 05."""
    set_seed(seed)
    judge = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    judge.compile("adam", loss=loss, metrics=["accuracy"])
    judge.fit(x, y, batch_size=256, epochs=4, verbose=0)
    return judge


def scores(mnist, seed):
    """Test ELBO with and without labels, in nats, and the shares in % of samples and of real images
    that the classifier recognises.
    """
    x, x_test = (data.binarize(part, "threshold", seed) for part in (mnist.x_train, mnist.x_test))
    y, y_test = (labels.astype("int32") for labels in (mnist.y_train, mnist.y_test))
    judge = train_judge(x, y, seed)
    conditional = train(x, y, seed)
    unconditional = train(x, 0 * y, seed, [KLWarmup(300)])
    elbos = [
        vae.evaluate((x_test, labels), verbose=0, return_dict=True)["elbo"]
        for vae, labels in ((conditional, y_test), (unconditional, 0 * y_test))
    ]
    asked = np.arange(SAMPLES) % 10
    z = np.random.default_rng(seed).normal(size=(SAMPLES, 2)).astype("float32")
    named = judge.predict(conditional.decode(z, asked), verbose=0).argmax(axis=1)
    real = judge.evaluate(x_test, y_test, verbose=0, return_dict=True)["accuracy"]
    return *elbos, 100 * float(np.mean(named == asked)), 100 * real


def measure():
    """The scores of each seed, and of all, as figures."""
    mnist = data.load_mnist()
    rows = [scores(mnist, seed) for seed in SEEDS]
    rows = [(elbo, other, elbo - other, *shares) for elbo, other, *shares in rows]
    columns = (
        ("conditional, test ELBO", "nats"),
        ("unconditional, test ELBO", "nats"),
        ("gained", "nats"),
        ("samples recognised", "%"),
        ("real images recognised", "%"),
    )
    figures = [
        Figure(f"seed {seed}", quantity, value, unit)
        for seed, row in zip(SEEDS, rows, strict=True)
        for (quantity, unit), value in zip(columns, row, strict=True)
    ]
    return figures + [
        of_runs("all", quantity, column, unit)
        for (quantity, unit), column in zip(columns, zip(*rows, strict=True), strict=True)
    ]
