"""The efficient model of notebook 04, trained to its end."""

import keras

from experiments.clock import processor_seconds
from experiments.measurements import of_runs
from vaelib import data
from vaelib.models import VAE, build_efficient_vae
from vaelib.training import KLWarmup, set_seed

LATENT_DIM, BATCH = 24, 100
STEPS = 3_150  # 5.25 passes over all images
LEARNING_RATE, KL_WARMUP = 8e-3, 60  # at its top; steps until the KL has its full weight
SEEDS = range(100, 106)


def schedule(vae, n_steps, *, jit_compile):
    """Compiles a VAE for so many steps, and returns the callback that belongs to its `fit`."""
    rise = 1 + n_steps // 16
    rate = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 10, n_steps - rise, warmup_target=LEARNING_RATE, warmup_steps=rise
    )
    adam = keras.optimizers.Adam(rate, beta_2=0.99)
    vae.compile(adam, jit_compile=jit_compile, steps_per_execution=10)
    return KLWarmup(KL_WARMUP)


def compiled(n_steps, seed):
    """The untrained model, and the callback that belongs to its `fit` of so many steps."""
    set_seed(seed)
    vae = VAE(*build_efficient_vae(LATENT_DIM))
    return vae, schedule(vae, n_steps, jit_compile=True)


def train(x_train, x_test, seed):
    """Trains pass by pass; yields the test ELBO and the processor seconds of each."""
    vae, warmup = compiled(STEPS, seed)
    a_pass = len(x_train) // BATCH
    for done in range(0, STEPS, a_pass):
        steps = min(a_pass, STEPS - done)
        start = processor_seconds()
        vae.fit(x_train, batch_size=BATCH, steps_per_epoch=steps, callbacks=[warmup], verbose=0)
        spent = processor_seconds() - start
        yield vae.evaluate(x_test, batch_size=500, verbose=0, return_dict=True)["elbo"], spent


def measure():
    """Trains with each seed: test ELBOs under the threshold, and processor seconds, as figures."""
    mnist = data.load_mnist()
    x_train, x_test = (data.binarize(x, "threshold", 0) for x in (mnist.x_train, mnist.x_test))
    elbos, costs = [], []
    for seed in SEEDS:
        passes = list(train(x_train, x_test, seed))
        elbos.append(passes[-1][0])
        costs.append(sum(seconds for _, seconds in passes))
    name = f"efficient model, all {STEPS:,} steps"
    return [of_runs(name, "test ELBO", elbos, "nats"), of_runs(name, "processor time", costs, "s")]
