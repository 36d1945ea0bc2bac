"""Trains the conditional VAE of notebook 05 and its blind twin with several seeds, on MNIST.

    python -m experiments.conditional

It prints for each seed the test ELBO of both, and which share of drawn digits a small classifier
recognises as the digit asked for.
"""

import statistics

import keras
import numpy as np
from keras import layers

from vaelib import data
from vaelib.models import CVAE, build_cvae
from vaelib.training import KLWarmup, set_seed

SEEDS, STEPS, BATCH, DRAWN = (5, 6, 7), 800, 50, 10_000


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


def measure(mnist, seed):
    """Test ELBO told and blind, in nats, the share recognised, and the judge's share of real."""
    x, x_test = (data.binarize(part, "threshold", seed) for part in (mnist.x_train, mnist.x_test))
    y, y_test = (labels.astype("int32") for labels in (mnist.y_train, mnist.y_test))
    judge = train_judge(x, y, seed)
    told = train(x, y, seed)
    blind = train(x, 0 * y, seed, [KLWarmup(300)])
    elbos = [
        vae.evaluate((x_test, labels), verbose=0, return_dict=True)["elbo"]
        for vae, labels in ((told, y_test), (blind, 0 * y_test))
    ]
    asked = np.arange(DRAWN) % 10
    z = np.random.default_rng(seed).normal(size=(DRAWN, 2)).astype("float32")
    named = judge.predict(told.decode(z, asked), verbose=0).argmax(axis=1)
    real = judge.evaluate(x_test, y_test, verbose=0, return_dict=True)["accuracy"]
    return *elbos, float(np.mean(named == asked)), real


def main():
    """Prints a table of all seeds, and their means."""
    mnist = data.load_mnist()
    print("| seed | told | blind | nats gained | recognised | real images recognised |")
    print("| --- | --- | --- | --- | --- | --- |")
    rows = [(seed, measure(mnist, seed)) for seed in SEEDS]
    means = [statistics.mean(column) for column in zip(*(row for _, row in rows), strict=True)]
    for seed, (told, blind, share, real) in [*rows, ("mean", means)]:
        gain = told - blind
        print(f"| {seed} | {told:.1f} | {blind:.1f} | {gain:.1f} | {share:.1%} | {real:.1%} |")
    print()


if __name__ == "__main__":
    main()
