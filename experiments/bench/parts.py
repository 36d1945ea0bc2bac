"""The parts of the bench: what the page says about each, and what measures it.

A part's function takes nothing and returns a list of `experiments.measurements.Figure`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from experiments import conditional, efficient, grading_class, large_class
from experiments.bench import course, kept, library, training
from experiments.measurements import Figure


@dataclass(frozen=True)
class Part:
    """A topic of the page.

    Args:
        title: its heading.
        text: what is measured and what is allowed, in a sentence or a few.
        measure: gives its figures.
    """

    title: str
    text: str
    measure: Callable[[], list[Figure]]


PARTS = {
    "notebooks": Part(
        "Solution notebooks, from top to bottom",
        "Every cell of each solution, as the build executes it. 01 and 02 may take 120 s each, "
        "the others 180 s, on two cores.",
        course.notebooks,
    ),
    "import": Part(
        "Importing the library",
        "Fresh processes, `import keras` and `import vaelib` in turn. `import vaelib` imports "
        "Keras and TensorFlow with their start-up messages kept off the screen, and no module of "
        "its own. The ratio may be 1.1.",
        library.imports,
    ),
    "drawing": Part(
        "Synthetic digits and clothes",
        "One process makes the images. 30 s are allowed for each kind.",
        library.synthetic_images,
    ),
    "creatures": Part(
        "Creatures",
        "One process makes synthetic creatures, for which 20 s are allowed, and reads the pictures "
        "of `pokemon.zip` from a zip and from its cache, for which 1 s is allowed. The rows of the "
        "zip need `VAELIB_DATA`.",
        library.creatures,
    ),
    "sprites": Part(
        "Small dSprites",
        "One process makes all images of `small_dsprites`.",
        library.sprites,
    ),
    "fit": Part(
        "`VAE.fit` beside a hand-written loop",
        "The tutorial's model and the same `tf.data` batches of 6,000 images, an epoch of each in "
        "turn, each side first every other time: `VAE.fit` on one side, the tutorial's "
        "`tf.function` in a Python loop on the other. The first epoch, which compiles, does not "
        "count. The median ratio may be 1.05.",
        library.fit,
    ),
    "efficient": Part(
        "To the tutorial's −77.8",
        "An earlier edition of the "
        "[TensorFlow tutorial](https://www.tensorflow.org/tutorials/generative/cvae) publishes a "
        "test ELBO of −77.8 nats for its convolutional VAE with 50 latent dimensions, after 100 "
        "epochs, on MNIST under the threshold. `experiments/tutorial.py` trains that model as the "
        "tutorial does, and `experiments/efficient.py` the efficient model of notebook 04, for "
        "3,150 steps of 100 images, which are 5.25 passes. Both train in turn in one process: a "
        "pass of ours, a third of an epoch of the tutorial, and so on. Ours is counted from the "
        "first step to the last, with compiling; theirs is extrapolated from the thirds. "
        "Evaluations are counted on neither side. The ELBO is of all 10,000 test images, with one "
        "sample each.",
        training.race,
    ),
    "seeds": Part(
        "The efficient model with other seeds",
        "The same model trained to its end with six other seeds, on MNIST under the threshold. "
        "The tutorial publishes −77.8.",
        efficient.measure,
    ),
    "conditional": Part(
        "What a label is worth",
        "The conditional VAE of notebook 05 and its unconditional twin, trained as the notebook "
        "does on a processor (40,000 images of MNIST each, two latent dimensions), and a small "
        "classifier. ELBOs are of all 10,000 test images; the share is of 10,000 samples, of which "
        "95% must be recognised as the digit asked for. A share can hide much: with seed 6 one of "
        "the two latent dimensions is nearly inactive, so the samples vary less and all are "
        "recognised.",
        conditional.measure,
    ),
    "bands": Part(
        "Reference bands",
        "`vaelib/reference/bands.json` holds the runs of `python -m experiments.reference`, six "
        "seeds for each model, by epoch; the date and the machine are those of this table. A band "
        "is their mean and 7.5 standard deviations to each side, but at least 2% of the mean, and "
        "a KL's lower edge is at least a fifth of the mean, so that a collapsed run leaves every "
        "band. Here are the middles of the bands of the test images (the first 2,000 of them for "
        "`tutorial_`, `conv_2_` and `patch_`) with their edges in brackets, after the first and "
        "the last epoch, in nats per image. The number behind `tutorial_`, `conv_2_` and `patch_` "
        "is that of the steps: of an epoch in the first two, of the whole schedule in the third. "
        "Where there is no band, `vaelib.reference.verdict` says so.",
        kept.bands,
    ),
    "binarizations": Part(
        "Three binarizations",
        "`python -m experiments.binarization` trained the efficient model for 8 passes under each, "
        "with one seed, and scored it on the test images of MNIST binarized once in the same way; "
        "the date and the machine are those of this table. The ELBO is of all 10,000. The negative "
        "log-likelihood is importance-sampled with k = 5,000 for 300 of them, and extended to all "
        "by what these 300 gain over their ELBO. Standard errors are over images. Published under "
        "the threshold: ELBO −77.8 (the tutorial). Published under dynamic binarization: negative "
        "log-likelihood 86.76 when trained with k = 1, and 86.35 with k = 50, for the VAE with one "
        "stochastic layer of Burda et al. 2015, table 1, evaluated with k = 5,000.",
        kept.binarizations,
    ),
    "sweep": Part(
        "The sweep over β",
        "`python -m experiments.beta_sweep` trained the dense model of notebook 06 for 12 epochs "
        "on all sprites, with three seeds for each β; the date and the machine are those of this "
        "table. Rate and distortion are per image. The scores are those of `vaelib.metrics`, over "
        "all images.",
        kept.sweep,
    ),
    "explorers": Part(
        "The latent explorer",
        "The build writes the pages of `docs/explorers`, which say of themselves how far a blended "
        "picture is from the decoder's own: the mean distance over pixels, half-way between "
        "decoded codes, where blending is worst, on average and in the worst of the places tried. "
        "A page may have 1.5 MB.",
        kept.explorers,
    ),
    "checks": Part(
        "Checks",
        "The kill matrix tries every check on right answers, which must pass, and on wrong ones, "
        "which must be refused with the right message. No fault is allowed.",
        course.checks,
    ),
    "attacks": Part(
        "Attacks",
        "A class hands in those on notebooks and most of those in code, and a test judges each; "
        "those on walls, downloads and pages have tests of their own. All must pass. Where there "
        "is Podman or Docker, those in code are tried in containers, too.",
        course.attacks,
    ),
    "grading": Part(
        "Grading a class, here and under stock nbgrader",
        "The same submissions of `03_reparameterization`, each with another answer left open, "
        "under `nbgrader autograde`, one after the other, and `vae-grade run` with two workers, in "
        "groups that alternate between the two; it stops if a single score differs. `vae-grade` "
        "skips training, since nothing that is graded depends on it. Ratios of at least 4 and, at "
        "full length, 10 are demanded. Memory is that of all processes; pages that they share "
        "count once.",
        grading_class.measure,
    ),
    "large": Part(
        "A large class",
        "Toy submissions, graded by `vae-grade run` with two workers; halves are those of what "
        "follows the first 50. The second half may take 1.15 times the first, and recording 0.08 "
        "processor seconds a submission. Memory is that of all processes; pages that they share "
        "count once.",
        large_class.measure,
    ),
    "site": Part(
        "The site",
        "`make site` once its environment is installed. No page asks another host for anything.",
        course.site,
    ),
    "tests": Part(
        "Tests",
        "`make test-fast` may take two minutes on two cores. `make test` runs every test and all "
        "cells of the solution notebooks, and `make test-colab` the notebooks with Colab's "
        "versions.",
        course.tests,
    ),
    "lines": Part(
        "Lines of text",
        "The Python files in each folder. In `vaelib` and `grading` a file of more than 300 lines "
        "has to say why.",
        course.lines,
    ),
}
