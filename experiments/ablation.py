"""Which difference matters, architecture or schedule? For the appendix of notebook 04.

    python -m experiments.ablation

Trains all four combinations of the tutorial's model and of the efficient one, in 3,000 steps of 100
images, and writes vaelib/reference/ablation.json. The tutorial's schedule is Adam at 1e-4.
"""

import json
from pathlib import Path

import keras

from experiments import efficient
from experiments.clock import stopwatch
from vaelib import data
from vaelib.models import VAE, build_efficient_vae, build_tutorial_vae
from vaelib.training import set_seed

FILE = Path(__file__).resolve().parent.parent / "vaelib" / "reference" / "ablation.json"
SEED, EPOCHS = 0, 5  # passes over all 60,000 images
N_STEPS = EPOCHS * 600
ARCHITECTURES = {
    "tutorial": lambda: build_tutorial_vae(50),
    "efficient": lambda: build_efficient_vae(efficient.LATENT_DIM),
}


def train(architecture, schedule, x_train, x_test):
    """The row of one combination."""
    set_seed(SEED)
    vae, callbacks = VAE(*ARCHITECTURES[architecture]()), []
    if schedule == "efficient":
        callbacks = [efficient.schedule(vae, N_STEPS, jit_compile=False)]
    else:
        vae.compile(keras.optimizers.Adam(1e-4), steps_per_execution=10)
    with stopwatch() as seconds:
        vae.fit(
            x_train,
            batch_size=efficient.BATCH,
            epochs=EPOCHS,
            callbacks=callbacks,
            verbose=0,
        )
    elbo = vae.evaluate(x_test, batch_size=500, verbose=0, return_dict=True)["elbo"]
    names = {"architecture": architecture, "schedule": schedule}
    return {**names, "elbo": round(elbo, 2), "seconds": round(seconds[1], 1)}


def main():
    """Trains, prints and writes."""
    mnist = data.load_mnist()
    x_train, x_test = (data.binarize(x, "threshold", 0) for x in (mnist.x_train, mnist.x_test))
    rows = []
    for architecture in ARCHITECTURES:
        for schedule in ("tutorial", "efficient"):
            rows.append(train(architecture, schedule, x_train, x_test))
            print(rows[-1], flush=True)
    FILE.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
