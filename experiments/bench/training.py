"""Models trained to their end: notebook 04's efficient one beside the tutorial's."""

import statistics

from experiments import efficient, tutorial
from experiments.measurements import Figure
from vaelib import data


def race():
    """Notebook 04's efficient model to its end, in turn with thirds of an epoch of the tutorial."""
    mnist = data.load_mnist()
    x_train, x_test = (data.binarize(x, "threshold", 0) for x in (mnist.x_train, mnist.x_test))
    part = slice(None, len(x_train) // 3)
    slow = tutorial.train(x_train[part], x_test[:1_000], tutorial.EPOCHS, seed=0)
    pairs = [(ours, next(slow)) for ours in efficient.train(x_train, x_test, seed=0)]
    ours, theirs = zip(*pairs, strict=True)
    elbo, cost = ours[-1][0], sum(seconds for _, seconds in ours)
    epoch = 3 * statistics.median(seconds for _, seconds in theirs)
    whole = tutorial.EPOCHS * epoch
    thirds = f"tutorial, an epoch: three times the median of {len(theirs)} thirds"
    name = f"efficient model, all {efficient.STEPS:,} steps"
    return [
        Figure(thirds, "processor time", epoch, "s", runs=len(theirs)),
        Figure(f"tutorial, {tutorial.EPOCHS} such epochs", "processor time", whole, "s"),
        Figure(name, "processor time", cost, "s"),
        Figure(name, "test ELBO", elbo, "nats"),
        Figure("tutorial / efficient model", "ratio of processor times", whole / cost),
    ]
