# %% [markdown]
# # 07 · Pokémon VAE: real, few, colourful
#
# **You will learn** to *read* pictures of every kind, to *hunt* five bugs that real VAE notebooks have, to *train* a small model on few colour pictures, to *tell* whether it learns by heart, and to *walk* from one creature to another.
#
# **Before you start.** Work through `03_reparameterization`, `05_cvae` and `06_beta_vae`. You need the ELBO, the Gaussian likelihood and the conditional VAE.
#
# **Time and points.** About 150 minutes, 17 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib.plots import animation
from vaelib import codes, data, plots
from vaelib.models.creatures import build_creature_cvae, build_creature_vae, build_homework_vae
from vaelib.explorer import latent_explorer
from vaelib.losses import kl_per_dimension, optimal_sigma
from vaelib.models import CVAE, VAE
from vaelib.training import budget, set_seed

import io
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from PIL import Image, ImageOps

# %%
SEED = 3
PATH = None  # a folder or a zip of your own pictures, best with one sub-folder for each type
TYPE_A, TYPE_B = "fire", "water"  # two types among those of the pictures
SIZE = budget(cpu=64, gpu=128, smallest=64)  # px along a side
LATENT_DIM = 32
LATENT_DIM_TYPES, BETA_TYPES = 4, 20.0  # of the conditional model, which must listen to the types
BETA = 5.0
BATCH_SIZE = 32
ADAM = {"learning_rate": 2e-3, "global_clipnorm": 1.0}  # no step follows a gradient too far
STEPS = budget(cpu=600, gpu=20_000, smallest=2)  # batches that train the main model
STEPS_TYPES = budget(cpu=360, gpu=10_000, smallest=2)  # and the conditional one
N_FEW = 60  # creatures of the models that are to learn by heart
ROUNDS = budget(cpu=4, gpu=20, smallest=1)  # of ten epochs, with so few
EPOCHS_MOMENT = budget(cpu=5, gpu=10)
N_FRAMES = 7  # of the film, at most
TYPES_SHOWN = ("grass", "electric", "ghost")

# %% [markdown]
# ## The question
#
# So far there were 60,000 grey images, all of one size, all well behaved. Now there are few pictures, and they have colours. This notebook grew from a piece of homework that goes around in many forms: *train a VAE on pictures of Pokémon, and invent new ones.* It is hard, and much of the code that was published for it is wrong. That is why it comes last: **you** can see what is wrong.
#
# If you have such pictures, put `pokemon.zip` into the folder of `VAELIB_DATA`, or name a folder in `PATH`, with a sub-folder for each type. A file's name is the creature's name: two files of the same name in two sub-folders are one creature with two types. Have at least 150 pictures, and put types of yours into `TYPE_A`, `TYPE_B` and `TYPES_SHOWN`. If all your pictures stand in one folder, those in warm colours and those in cold ones count as two types. If you have no pictures, we draw creatures for you, of the same 18 types. Each type has its own colours, and its own mix of body, eyes and limbs. (What you see here was drawn.)

# %%
creatures = data.load_creatures(SIZE, PATH)
if len(creatures.type_names) < 2:  # all stand in one folder
    creatures = data.warm_and_cold(creatures)
x_train, x_test = creatures.x_train, creatures.x_test
generator = np.random.default_rng(SEED)
if len(x_train) < 100:
    print("These are few. Models will learn them by heart, so try to find at least 150 pictures.")
wanted = [name for name in (TYPE_A, TYPE_B, *TYPES_SHOWN) if name in creatures.type_names]
if len(wanted) < 5:  # these pictures have other types
    wanted += [name for name in creatures.type_names if name not in wanted][: 5 - len(wanted)]
    print(f"Of the types we take {', '.join(wanted)}.")
TYPE_A, TYPE_B, *TYPES_SHOWN = wanted
rows = {
    title: x_train[its][:8]
    for title, its in zip(creatures.type_names, creatures.types_train.T)
    if its.sum() >= 8
} or {"creatures": x_train[:8]}
titles, half = list(rows), (len(rows) + 1) // 2
fig, axes = plt.subplots(1, 2, figsize=(11, 0.6 * half + 0.1), layout="constrained")
for ax, part in zip(axes, (titles[:half], titles[half:] or titles[:1])):
    plots.image_rows({title: rows[title] for title in part}, ax=ax)
plt.show()

# %% [markdown]
# A creature may have **two** types. Then it belongs to two of these rows. (Each shows only the first eight.)
#
# The split into training and test pictures is made by creature: all pictures of one creature stand on the same side. Otherwise the test would ask for what was learned.

# %% [markdown]
# ## Every kind of file
#
# Real pictures come in all sizes. Some are grey, some have a palette, some are clear around the creature. Three things go wrong again and again:
#
# - A wide picture is **stretched** to a square, and all creatures get fat.
# - What is **clear** (alpha 0) turns black, since the hidden colour there is often black.
# - A **broken file** stops the whole run, and the message does not say which file it was.

# %% [markdown]
# ### Exercise 1 · `load_image` (2 points)
#
# Read one picture, in three steps:
#
# 1. Open it with `Image.open`, which takes a path or, for bytes, `io.BytesIO(source)`. Its `convert("RGBA")` turns nearly every kind into red, green, blue and alpha. If anything fails here, raise a `ValueError` whose text has the path in it, or the words `image bytes`.
# 2. Put it on white. `Image.new("RGBA", picture.size, "white")` is a white sheet, and `white.alpha_composite(picture)` lays a picture onto it. That changes `white` itself and returns nothing, so go on with `white`.
# 3. Make it a square that is **padded** with white: `ImageOps.pad` keeps the shape. It wants the size as a pair, and pads with black unless you name another colour. Return red, green and blue, without alpha, as float32 in [0, 1].


# %% exercise="load_image"
def load_image(source, size):
    """A picture in the middle of a white square, its shape kept.

    Args:
        source: a path (a str or a `pathlib.Path`), or the bytes of a file.
        size: px along a side.

    Returns:
        float32 (size, size, 3), RGB in [0, 1].

    Raises:
        ValueError: no picture, or a broken one; the text names the path, or says "image bytes".
    """
    # BEGIN SOLUTION
    in_memory = isinstance(source, bytes)
    try:
        with Image.open(io.BytesIO(source) if in_memory else source) as opened:
            picture = opened.convert("RGBA")
    except Exception as error:
        name = "image bytes" if in_memory else source
        raise ValueError(f"{name} is no picture that can be read: {error}") from error
    sheet = Image.new("RGBA", picture.size, "white")
    sheet.alpha_composite(picture)
    square = ImageOps.pad(sheet.convert("RGB"), (size, size), color="white")
    return np.asarray(square, dtype="float32") / 255
    # END SOLUTION


# %% check="load_image" points=2

# %% [markdown]
# Try it: a wide picture, clear on the left and orange on the right. It should become a square: white on the left, orange on the right, and white stripes above and below.

# %%
wide = Image.new("RGBA", (60, 30), (0, 0, 0, 0))
wide.paste((240, 140, 30, 255), (30, 0, 60, 30))
file = io.BytesIO()
wide.save(file, "PNG")
fig, ax = plt.subplots(figsize=(1.8, 1.8), layout="constrained")
ax.imshow(load_image(file.getvalue(), 32))
ax.set(xticks=[], yticks=[])
plt.show()


# %% [markdown]
# `load_creatures` reads its pictures in this way, and reports files that are none by name. It also knows two rare kinds that our recipe gets wrong: grey pictures with 16 bits, which `convert` turns white, and photos that a camera stored lying on their side.

# %% [markdown]
# ## The homework, as it is often handed in
#
# Pictures of 128 × 128 pixels, and a code of 1,000 numbers. Here is that model. Let us count before we train.

# %%
set_seed(SEED)
encoder, decoder = build_homework_vae()
for half in (encoder, decoder):
    shapes = [tuple(w.shape) for w in half.trainable_weights if len(w.shape) == 2]
    print(f"{half.name}: {half.count_params():,} parameters, dense layers {shapes}")
total = encoder.count_params() + decoder.count_params()
print(f"together {total:,}: {total // len(x_train):,} for each of {len(x_train):,} pictures")

# %% [markdown]
# Nearly all parameters sit in three dense layers, from 16,384 numbers to 1,000 and back. With so many parameters for each picture, it could learn every picture by heart. A step of training takes long, too, for a code that is far too large. We will train a smaller one.
#
# But size is not the worst of it. The code around this model has **five bugs**. None of them stops the program. The loss falls, a number in the log looks fine, and the pictures are bad.
#
# ## The bug hunt
#
# Each of the five was seen in code that people published. We wrote the functions anew, so that each shows its bug alone. You will see what the bug **does**, find it, repair it, and see it gone. In each exercise write the **whole** function, correctly.

# %% [markdown]
# ### Bug 1 · A KL between pictures
#
# The loss of a published VAE for colour pictures (CIFAR-10; the file that we read names no author) adds Keras's `kullback_leibler_divergence(x, x_reco)`: a KL between the **picture** and its **reconstruction**. Something called KL is in the loss, so all seems well. Let us move the posteriors away from the prior, and watch it.


# %%
def faulty_kl(x, x_hat, z_mean, z_log_var):
    x, x_hat = ops.clip(x, 1e-7, 1.0), ops.clip(x_hat, 1e-7, 1.0)
    return ops.sum(x * ops.log(x / x_hat), axis=(1, 2, 3))


few = x_train[:8]
rebuilt = 0.9 * few + 0.05
for size in (0.0, 3.0, 30.0):
    z_mean = np.full((8, 32), size, dtype="float32")
    kl = faulty_kl(few, rebuilt, z_mean, np.zeros_like(z_mean))
    print(f"means at {size:>2g}: KL {float(kl[0]):.1f} nats")

# %% [markdown]
# A posterior with all its means at 30 lies far away from $N(0, I)$. The "KL" does not notice. So nothing holds the codes near the prior, and a code that you **draw** from the prior means nothing to the decoder.

# %% [markdown]
# ### Exercise 2 · `latent_kl` (1 point)
#
# Return the KL that belongs there: of each posterior from $N(0, I)$, as in `02_elbo`. The pictures still come in, but are not needed.


# %% exercise="latent_kl"
def latent_kl(x, x_hat, z_mean, z_log_var):
    """The KL of the loss, one number for each image.

    Args:
        x: images, (n, height, width, 3).
        x_hat: their reconstructions, the same shape.
        z_mean: means of the posteriors, (n, d).
        z_log_var: logarithms of their variances, (n, d).

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1 - z_log_var, axis=-1)
    # END SOLUTION


# %% check="latent_kl" points=1

# %%
for size in (0.0, 3.0, 30.0):
    z_mean = np.full((8, 32), size, dtype="float32")
    kl = latent_kl(few, rebuilt, z_mean, np.zeros_like(z_mean))
    print(f"means at {size:>2g}: KL {float(kl[0]):.1f} nats")

# %% [markdown]
# Now far away is expensive: 32 numbers at 30 cost $32 \cdot 30^2 / 2$ nats.

# %% [markdown]
# ### Bug 2 · A deviation that dies
#
# The layer that gives the deviation, or the logarithm of the variance, has `activation="relu"`. It was found and repaired in a collection of examples, for instance (shekkizh/TensorflowProjects on GitHub, pull request 1). A search for `z_log_var = Dense(latent_dim, activation='relu')` in public code finds many more. We take the homework's encoder, put ReLU behind it, and count.


# %%
def faulty_std(raw):
    return ops.relu(raw)


large = few.repeat(128 // SIZE, axis=1).repeat(128 // SIZE, axis=2)
raw = 20 * np.asarray(encoder(large)[1])  # 20: as after some training
std = np.asarray(faulty_std(raw))
print(f"{np.mean(std == 0):.0%} of the deviations are exactly 0")
fig, ax = plt.subplots(figsize=(5, 2.4), layout="constrained")
plots.histograms({"relu": std.ravel()}, xlabel="posterior deviation", ax=ax)
plt.show()

# %% [markdown]
# Half of the deviations are 0. A posterior without any width is a point: no noise, and the KL is infinite. And it stays so. Below 0 the slope of ReLU is 0, so such an image cannot wake its number up any more. A number that is 0 for all images hardly ever comes back.

# %% [markdown]
# ### Exercise 3 · `posterior_std` (1 point)
#
# The last layer of the encoder gives any real number. Let it mean the **logarithm of the variance**, as everywhere in this course, and return the deviation.


# %% exercise="posterior_std"
def posterior_std(raw):
    """The deviations of the posteriors.

    Args:
        raw: the logarithms of their variances, any numbers, (n, d).

    Returns:
        (n, d), positive.
    """
    # BEGIN SOLUTION
    return ops.exp(0.5 * raw)
    # END SOLUTION


# %% check="posterior_std" points=1

# %%
std = np.asarray(posterior_std(raw))
print(f"{np.mean(std == 0):.0%} of the deviations are exactly 0, the smallest is {std.min():.3f}")
fig, ax = plt.subplots(figsize=(5, 2.4), layout="constrained")
plots.histograms({"repaired": std.ravel()}, xlabel="posterior deviation", ax=ax)
plt.show()

# %% [markdown]
# ### Bug 3 · Noise that is switched off
#
# Instead of drawing noise, the code adds a layer `GaussianNoise`. A Pokémon VAE whose weights are called `pokevae.h5` does it, and once it was even proposed for Keras's own example (keras-team/keras-io on GitHub, pull request 789). But that layer is meant against overfitting: it works during `fit`, and at no other time.


# %%
def faulty_sample(z_mean, z_log_var, seed):
    noise = layers.GaussianNoise(1.0, seed=seed)
    return z_mean + posterior_std(z_log_var) * noise(ops.zeros_like(z_mean))


def draw_and_plot(sample, title):
    z_mean = np.tile(np.array([1.0, -0.5], dtype="float32"), (400, 1))
    z_log_var = np.tile(np.array([-0.5, -2.0], dtype="float32"), (400, 1))
    z = np.asarray(sample(z_mean, z_log_var, SEED))
    ax = plt.figure(figsize=(3.2, 2.8), layout="constrained").add_subplot()
    ax.plot(*z.T, ".", ms=4, alpha=0.5)
    ax.set(title=title, xlim=(-2, 4), ylim=(-2, 1), xlabel="$z_1$", ylabel="$z_2$")
    plt.show()


# %%
draw_and_plot(faulty_sample, "400 draws, faulty")

# %% [markdown]
# 400 draws from one posterior, and all are the same point. So whatever is measured with this function outside `fit` (the ELBO of test pictures, several versions of one creature) is measured without any noise, and comes out too good.

# %% [markdown]
# ### Exercise 4 · `sample_code` (1 point)
#
# Draw a code for each image, whether the model trains or not.


# %% exercise="sample_code"
def sample_code(z_mean, z_log_var, seed):
    """One draw from each posterior.

    Args:
        z_mean: (n, d).
        z_log_var: logarithms of the variances, (n, d).
        seed: an int; the same seed gives the same draws, another one gives others.

    Returns:
        (n, d).
    """
    # BEGIN SOLUTION
    eps = keras.random.normal(ops.shape(z_mean), seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * eps
    # END SOLUTION


# %% check="sample_code" points=1

# %%
draw_and_plot(sample_code, "400 draws, repaired")

# %% [markdown]
# ### Bug 4 · A KL that weighs nothing
#
# An old official example of Keras sums the reconstruction over all pixels, and writes `K.mean(…, axis=-1)` for the KL (keras-team/keras, `examples/variational_autoencoder_deconv.py`, commit 6df68b5; reported in pull request 4538). There the code had two numbers, so the KL was only halved. But the same line also stands in models with long codes (maxhodak/keras-molecules, issue 59). With 1,000 numbers, and one more division by the batch, this is left:


# %%
def faulty_loss(nll, kl):
    return ops.mean(nll) + ops.mean(kl) / len(nll)


nll, kl = np.full(64, 500.0), np.full((64, 1000), 0.3)
without = float(faulty_loss(nll, 0 * kl))
share = float(faulty_loss(nll, kl)) - without
print(f"each image has a KL of {kl[0].sum():.0f} nats; the loss counts {share:.4f}")
print(f"that is a β of 1 / {kl[0].sum() / share:,.0f}")

# %% [markdown]
# The reconstruction is summed over pixels, but the KL is averaged over the 1,000 numbers of the code, and then divided by the 64 images of the batch once more. It weighs 64,000 times too little. (You know β from `06_beta_vae`.) What does that do? We train a small model for a moment with this β. Then each number of the codes of all pictures should look like a draw from $N(0, 1)$, and the mean KL should be small, since every nat of it costs a nat.


# %%
def train_for_a_moment(beta):
    set_seed(SEED)
    vae = VAE(*build_creature_vae(SIZE, LATENT_DIM), likelihood="gaussian", sigma=0.3, beta=beta)
    vae.compile(keras.optimizers.Adam(**ADAM))
    vae.fit(x_train[:250], batch_size=BATCH_SIZE, epochs=EPOCHS_MOMENT, verbose=0)
    return vae


# %%
def plot_codes(vae, title):
    x = x_train[:250]
    z = np.asarray(sample_code(*vae.encode(x), SEED))
    kl = np.mean(latent_kl(x, x, *vae.encode(x)))
    ax = plt.figure(figsize=(5, 2.4), layout="constrained").add_subplot()
    values = {"codes of pictures": z.ravel(), "prior": generator.normal(size=z.size)}
    plots.histograms(values, xlabel="numbers of the codes", ax=ax)
    ax.set_title(f"{title}: mean KL {kl:.0f} nats")
    plt.show()


# %%
plot_codes(train_for_a_moment(beta=1 / 64_000), "KL divided by 64,000")

# %% [markdown]
# With drawn creatures the mean KL is about 80 nats. Many numbers of the codes lie beyond −2 and 2, in heaps of their own, where the prior has hardly anything. A code that you draw from the prior looks different, so the decoder has never seen the like.

# %% [markdown]
# ### Exercise 5 · `vae_loss` (1 point)
#
# Return the loss of the batch: the mean over the images of what each of them costs.


# %% exercise="vae_loss"
def vae_loss(nll, kl):
    """The loss of a VAE, averaged over the batch: minus the ELBO.

    Args:
        nll: −log p(x | z) of each image, summed over its pixels, (n,), in nats.
        kl: the KL of each number of its code, (n, d), in nats.

    Returns:
        A number, in nats per image.
    """
    # BEGIN SOLUTION
    return ops.mean(nll + ops.sum(kl, axis=-1))
    # END SOLUTION


# %% check="vae_loss" points=1

# %%
share = float(vae_loss(nll, kl)) - float(vae_loss(nll, 0 * kl))
print(f"each image has a KL of {kl[0].sum():.0f} nats; the loss counts {share:.4g}")
plot_codes(train_for_a_moment(beta=share / kl[0].sum()), "With your loss")

# %% [markdown]
# With drawn creatures and the full weight the mean KL is about 30 nats. The codes now lie where the prior lies, hardly any beyond −3 and 3, though they do not fill it evenly yet: this was a short training.

# %% [markdown]
# ### Bug 5 · The accuracy of a picture
#
# `compile(…, metrics=["accuracy"])` stands in many published autoencoders; one for Fashion-MNIST even plots it (abhiroop700758658/NN_ICP_8, `prog_2.py`). For pictures in colour Keras then reports the share of pixels whose **strongest channel** is the same in both pictures.


# %%
def faulty_score(x, x_hat):
    return ops.mean(keras.metrics.categorical_accuracy(x, x_hat), axis=(1, 2))


def compare(score, picture):
    noise = generator.normal(0, 0.01, size=picture.shape)
    close = np.clip(picture + noise, 0, 1).astype("float32")
    tries = {"original": picture, "nearly perfect": close, "a white sheet": np.ones_like(picture)}
    axes = plt.figure(figsize=(5.4, 2.1), layout="constrained").subplots(1, 3)
    for ax, (title, x_hat) in zip(axes, tries.items()):
        value = float(score(picture[None], x_hat[None])[0])
        plots.image_grid(x_hat[None], 1, ax=ax)
        ax.set_title(f"{title}\nscore {value:.4f}", fontsize=9)
    plt.show()


# %%
compare(faulty_score, x_train[4])

# %% [markdown]
# The white sheet gets a higher score than a copy whose errors nobody sees. Where all channels are equal, the first one counts as the strongest, so the sheet is right wherever the original is white. The copy is not: its three channels are nearly 1, and after any small error the "strongest" one is chance. The number in the log rises while a model learns white paper, and says nothing about creatures.

# %% [markdown]
# ### Exercise 6 · `reconstruction_score` (1 point)
#
# Return the mean squared error of each image. Lower is better.


# %% exercise="reconstruction_score"
def reconstruction_score(x, x_hat):
    """How far reconstructions are from their images.

    Args:
        x: images, (n, height, width, 3).
        x_hat: their reconstructions, the same shape.

    Returns:
        (n,), the mean squared error of each image.
    """
    # BEGIN SOLUTION
    return ops.mean(ops.square(x - x_hat), axis=(1, 2, 3))
    # END SOLUTION


# %% check="reconstruction_score" points=1

# %%
compare(reconstruction_score, x_train[4])

# %% [markdown]
# Now the order is right.

# %% [markdown]
# ### Written question · Five bugs (2 points)
#
# Choose **two** of the five bugs. For each, say in two or three sentences: why does the program run and the loss fall all the same, and by which figure or number would you have noticed it?

# %% [markdown] answer="five_bugs" points=2
# <!-- BEGIN SOLUTION -->
# **A good answer** says for each of the two bugs why nothing stops, and names a measurement that shows it. For instance:
#
# 1. *KL between pictures.* It is zero for perfect reconstructions, so it falls with them like a second reconstruction loss. The code is not held by anything. Noticed by: the KL of the posteriors from N(0, I), or a histogram of codes beside the prior, or random codes that decode to junk while reconstructions are fine.
# 2. *ReLU on the deviation.* Numbers with deviation 0 are a plain autoencoder, which reconstructs better than a VAE. With a small constant in the logarithm the KL is large but finite. Noticed by: a histogram of the deviations, or the share of zeros.
# 3. *Noise that is off at inference.* Training is right. Only what is measured afterwards is wrong, and it looks better than it is. Noticed by: drawing twice from one posterior; the draws are equal.
# 4. *A KL that weighs nothing.* The reconstruction improves faster without the KL, so the loss falls faster. Noticed by: printing the KL in nats per image, or the codes beside the prior, or random codes that decode to junk.
# 5. *Accuracy of a picture.* It is only reported, and training does not use it. It even rises, since large white areas are soon right. Noticed by: scoring a white sheet, or a nearly perfect copy.
#
# **Rubric.** For each of two bugs ½ point for why it goes unnoticed (what the faulty term rewards, or that it is only reported), and ½ point for a figure or number that would have shown it. "I would look at the pictures" counts only with what one would see in them.
# <!-- END SOLUTION -->

# %% [markdown]
# ## A small model, and how exact it should be
#
# Now we train something that fits: 64 × 64 pixels, a code of 32 numbers. Pixels in colour are no coins, so the decoder gives the **mean** of a Gaussian for each of them:
#
# $$-\log p(x \mid z) = \sum_{\text{pixels}} \Big[ \tfrac 1 2 \ln(2 \pi \sigma^2) + \frac{(x - \hat x)^2}{2 \sigma^2} \Big]$$
#
# The deviation σ says how exact the reconstruction must be. It decides how the two terms of the ELBO are weighed: a squared error counts $1 / (2 \sigma^2)$. With σ = 1 nearly any picture is good enough. With σ = 0.001 every pixel is worth a fight, and the KL counts for nothing. Published code often takes what the library's mean squared error happens to give.
#
# There is a best value. Notebook 02 derived it: for given errors, σ² is their mean square. (Rybkin et al. 2021 call the result σ-VAE.) Where every number is off by 0.1, `optimal_sigma` is 0.1, and the formula above, over all σ, should have its lowest point there.

# %%
sigmas = np.geomspace(0.02, 1, 200)
off = np.full(few.shape, 0.1, dtype="float32")
best = float(optimal_sigma(few, few + off))
nll = 0.5 * np.log(2 * np.pi * sigmas**2) + np.mean(off**2) / (2 * sigmas**2)
fig, ax = plt.subplots(figsize=(5, 2.6), layout="constrained")
ax.semilogx(sigmas, nll)
ax.axvline(best, color="0.5", ls=":", label=f"optimal_sigma = {best:.2f}")
ax.set(xlabel="σ", ylabel="−log p(x | z), nats per number", ylim=(-1.5, 3))
ax.legend(frameon=False)
plt.show()


# %% [markdown]
# `VAE(…, sigma="optimal")` does this in every batch: it **learns** the deviation. Nobody has to choose it.

# %% [markdown]
# ## More pictures than there are
#
# A mirrored creature is a creature, and so is one in slightly other light. If we change every picture a little in every epoch, the model never sees quite the same picture twice. This is **augmentation**.

# %% [markdown]
# ### Exercise 7 · `augment` (2 points)
#
# For **each** image on its own:
#
# 1. Flip it from left to right, with probability ½.
# 2. Multiply it by one number, drawn evenly from $1 - b$ to $1 + b$, where $b$ is `brightness`.
#
# Then cut everything off at 0 and 1. Use the seed, so that the same seed gives the same pictures. (`np.random.default_rng(seed)` makes a generator; `np.where` and `np.clip` help.)


# %% exercise="augment"
def augment(x, seed, brightness=0.1):
    """Each image flipped from left to right or not, and a little brighter or darker.

    Args:
        x: images, (n, height, width, 3) in [0, 1].
        seed: an int; the same seed gives the same result.
        brightness: how far the factor may be from 1.

    Returns:
        (n, height, width, 3) in [0, 1].
    """
    # BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    flipped = rng.random((len(x), 1, 1, 1)) < 0.5
    factor = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    x = np.where(flipped, x[:, :, ::-1], x)
    return np.clip(x * factor, 0, 1).astype("float32")
    # END SOLUTION


# %% check="augment" points=2

# %% [markdown]
# Try it: the same eight creatures, three times. The brightness is large here, so that you can see it.

# %%
rows = {f"seed {seed}": augment(few, seed, brightness=0.3) for seed in (1, 2, 3)}
plots.image_rows({"real": few} | rows)
plt.show()


# %% [markdown]
# ## Train it
#
# A code of 32 numbers, a learned deviation, flips, free bits so that no number falls silent at the start (`06_beta_vae`), and β = 5. The brightness stays as it is (`brightness=0`): it would turn white paper into grey paper, and the model would spend its code on the paper. An augmentation must change only what may change. Why β = 5? A picture has 12,288 numbers, so the likelihood is strong: with β = 1 posteriors become very narrow. Then reconstructions are a little sharper, but between the codes of 1,800 creatures there is much emptiness, and more of what the prior draws is mist. (Try `BETA = 1.0`.) You know this trade from `06_beta_vae`.
#
# The training takes less than a minute on two cores. Meanwhile we keep a gallery: after some epochs, 18 invented creatures. How a code for an invented creature is drawn deserves a closer look.

# %% [markdown] predict="prior"
# **Predict.** We draw codes in two ways: from the prior $N(0, I)$, and from a Gaussian with the mean and the covariance of the **codes of 600 training pictures**. If the codes of all pictures together were spread like the prior, the two would be the same. Will the pictures be the same here? If not, which are better?
#
# *My prediction:* …

# %% [markdown]
# A code is drawn from a posterior. So the covariance of codes is that of the means, plus the mean variance of the posteriors. And noise times the Cholesky factor of a covariance has that covariance.


# %%
def fitted_codes(z_mean, z_log_var, eps):
    """Codes from the Gaussian with the mean and the covariance of a model's codes."""
    covariance = np.cov(z_mean.T) + np.diag(np.exp(z_log_var).mean(axis=0))
    return (z_mean.mean(axis=0) + eps @ np.linalg.cholesky(covariance).T).astype("float32")


def epochs_of(steps):
    return max(1, int(steps // np.ceil(len(x_train) / BATCH_SIZE)))


# %%
eps = generator.normal(size=(18, LATENT_DIM))
n_epochs = epochs_of(STEPS)
kept, frames = animation.frame_epochs(n_epochs, N_FRAMES), []
set_seed(SEED)
options = {"likelihood": "gaussian", "sigma": "optimal", "beta": BETA, "free_bits": 0.5}
vae = VAE(*build_creature_vae(SIZE, LATENT_DIM), seed=SEED, **options)
vae.compile(keras.optimizers.Adam(**ADAM))
for epoch in range(1, n_epochs + 1):
    x = np.asarray(augment(x_train, epoch, brightness=0))
    vae.fit(x, batch_size=BATCH_SIZE, verbose=0)
    if epoch in kept:
        z = fitted_codes(*vae.encode(x_train[:600]), eps)
        frames.append(animation.tile(vae.decode(z), 6))
sigma = float(optimal_sigma(x_train[:600], vae.reconstruct(x_train[:600])))
scores = vae.evaluate(x_test, verbose=0, return_dict=True)
print(f"{vae.count_params():,} parameters, learned deviation {sigma:.3f}")
print(f"test pictures: KL {scores['kl']:.0f} nats")

# %%
pictures = {"from the prior": vae.decode(eps), "from the fitted Gaussian": vae.decode(z)}
fig, axes = plt.subplots(1, 2, figsize=(10.5, 2.9), layout="constrained")
for ax, (title, images) in zip(axes, pictures.items()):
    plots.image_grid(images, 6, ax=ax)
    ax.set_title(title)
plt.show()

# %% [markdown]
# They are not the same. From the prior come pale mixtures, where several bodies shine through each other. From the fitted Gaussian come purer colours. Some bodies are clearer, too, and others are torn.
#
# So the codes of all pictures together are **not** spread like the prior. The KL pulls them there, but the likelihood of 12,288 numbers pulls harder, and they gather where they like. The prior then has places that no picture uses, and the decoder has learned nothing there. To **fit a density to the codes afterwards** is a usual way out (Ghosh et al. 2020), as long as one says so.

# %% [markdown]
# ## Real, rebuilt, invented
#
# The three rows that every report on such a model should show: real test pictures, how the model rebuilds them, and creatures that nobody has seen.

# %%
some = generator.choice(len(x_test), 12, replace=len(x_test) < 12)
invented = vae.decode(
    fitted_codes(*vae.encode(x_train[:600]), generator.normal(size=(12, LATENT_DIM)))
)
real = x_test[some]
plots.image_rows({"real": real, "rebuilt": vae.reconstruct(real), "invented": invented})
plt.show()

# %% [markdown]
# Most rebuilt creatures keep their body and their colours. Fine things fade: stripes, faces, what a second type adds, and now and then a rare colour. Some invented ones have a body that you can name, others are mist. Where the model is not sure, it draws the mean of all that could be there: that is what a squared error asks for.
#
# Real artwork varies far more than our drawings, and there is less of it. With 720 pictures of Pokémon, this minute of training gives clouds that have a shape and a little orange and blue. Patience alone does not help. We once trained 20,000 steps at 128 × 128 with them, as on a GPU. The training pictures came back with their shapes and colours (a squared error of 0.021 after 1,000 steps, of 0.008 at the end). Test pictures and invented ones stayed clouds, and the error on test pictures even rose, from 0.029 to 0.036. The model had learned its pictures by heart. The next section is about that.

# %% [markdown]
# And the gallery growing up:

# %%
path = Path(tempfile.mkdtemp(), "creatures_growing_up.gif")  # in a new folder for temporary files
animation.write_gif(path, frames, [f"epoch {epoch}" for epoch in kept], seconds_per_frame=0.8)
animation.show_gif(path)

# %% [markdown]
# First come grey shadows. Then bodies, and one colour against another: brown and blue. Red, green and pink are the last to come. A VAE learns first what changes most pixels.

# %% [markdown]
# ## Did it only learn by heart?
#
# With few pictures there is a suspicion: the "invented" creatures may be copies of training pictures. Whoever shows invented pictures should show beside each the most similar **training** pictures.

# %% [markdown]
# ### Exercise 8 · `nearest_neighbours` (2 points)
#
# For each generated picture find the `k` training pictures with the smallest Euclidean distance, nearest first: the root of the sum of squared differences over all pixels and channels. Return two arrays: which pictures they are, and how far away.


# %% exercise="nearest_neighbours"
def nearest_neighbours(generated, train, k):
    """The training pictures that are most similar to each generated one.

    Args:
        generated: (n, height, width, 3).
        train: (m, height, width, 3).
        k: how many neighbours, at most m.

    Returns:
        indices: places in train, integers (n, k), the nearest first.
        distances: their Euclidean distances, (n, k).
    """
    # BEGIN SOLUTION
    a, b = (np.reshape(x, (len(x), -1)).astype("float64") for x in (generated, train))
    distances = np.stack([np.sqrt(np.sum((b - row) ** 2, axis=-1)) for row in a])
    indices = np.argsort(distances, axis=-1)[:, :k]
    return indices, np.take_along_axis(distances, indices, axis=-1)
    # END SOLUTION


# %% check="nearest_neighbours" points=2

# %% [markdown]
# Try it: training picture 5, once as it is and once a little darker. The first has itself as its nearest neighbour, at distance 0. That is how you would catch a copy.

# %%
tries = np.stack([x_train[5], 0.95 * x_train[5]])
indices, distances = nearest_neighbours(tries, x_train[:100], k=3)
print(np.asarray(indices))
print(np.round(distances, 2))


# %% [markdown]
# Now the invented creatures, and under each its three nearest training pictures.

# %%
indices, distances = nearest_neighbours(invented, x_train, k=3)
rows = {"invented": invented}
rows |= {f"nearest {j + 1}": x_train[np.asarray(indices)[:, j]] for j in range(3)}
plots.image_rows(rows)
plt.show()
# %%
of_test = np.asarray(nearest_neighbours(x_test[:30], x_train, k=1)[1])
rebuilt = vae.reconstruct(x_test[:30])
of_rebuilt = np.asarray(nearest_neighbours(rebuilt, x_train, k=1)[1])
print("distance to the nearest training picture: median and smallest")
for title, values in (
    ("invented", np.asarray(distances)[:, 0]),
    ("rebuilt test", of_rebuilt),
    ("real test", of_test),
):
    print(f"  {title + ' pictures:':<24} {np.median(values):5.1f} {values.min():5.1f}")

# %% [markdown]
# How to read the three lines: a **copier** would invent pictures at a distance near 0, or, since decoders blur, near that of rebuilt pictures. With drawn creatures the invented ones are at about 14.5 from their nearest training picture, nearly twice as far as real, unseen creatures (about 8). So no picture is a copy. (Real artwork differs more: real test pictures lay at 24, clouds at 20, rebuilt or invented. So look where the real ones are before you judge.)
#
# Two cautions. Creatures of one type resemble each other, so even a new one has near neighbours: that is why the line of real test pictures stands there. And a large distance does not prove that something is **new**. Mist is far from every drawn creature, too, so look at the figure as well: a few columns come close to one of their neighbours in body and colour. Others have a broad grey creature as neighbour that looks quite different: a squared distance likes what is large and dull.

# %% [markdown]
# There is a second test. A model that learns by heart rebuilds **training** pictures much better than test pictures. Let us provoke that: 60 creatures and many epochs, once without augmentation and once with it.

# %% [markdown] predict="gap"
# **Predict.** Draw the error on training and on test pictures over the epochs, without augmentation. What do the two curves do? And with augmentation?
#
# *My prediction:* …


# %%
def train_few(augmented):
    """Errors on training and test pictures, after every ten epochs."""
    set_seed(SEED)
    networks, x = build_creature_vae(SIZE, LATENT_DIM), x_train[:N_FEW]
    small = VAE(*networks, likelihood="gaussian", sigma="optimal", free_bits=0.5, seed=SEED)
    small.compile(keras.optimizers.Adam(**ADAM))
    errors = []
    for r in range(ROUNDS):
        seeds = range(10 * r, 10 * r + 10)
        ten = [augment(x, seed, brightness=0) if augmented else x for seed in seeds]
        small.fit(np.concatenate(ten), batch_size=20, shuffle=False, verbose=0)
        pair = [reconstruction_score(y, small.reconstruct(y)) for y in (x, x_test[:100])]
        errors.append([float(np.mean(each)) for each in pair])
    return np.array(errors).T


# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True, layout="constrained")
epochs = 10 * np.arange(1, ROUNDS + 1)
for ax, augmented in zip(axes, (False, True)):
    on_train, on_test = train_few(augmented)
    ax.plot(epochs, on_train, label="training pictures")
    ax.plot(epochs, on_test, "--", label="test pictures")
    title = "with augmentation" if augmented else "without"
    ax.set(title=title, xlabel="epoch")
    print(f"{title}: {on_train[-1]:.4f} on training pictures, {on_test[-1]:.4f} on test pictures")
axes[0].set(ylabel="mean squared error", ylim=(0, None))
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# With drawn creatures and without augmentation the errors end at about 0.0115 on training and 0.017 on test pictures, and the curves move apart: the model begins to learn its 60 pictures by heart. With flips they end at about 0.013 and 0.016. The model is **worse** on what it has seen and **better** on what it has not, and that is what we want.

# %% [markdown]
# ### Written question · Is it memorising? (2 points)
#
# Look at the neighbours of the **main** model, at the three lines of distances, and at the two curves. Answer in four to eight sentences:
#
# 1. Does the main model copy training pictures? Say which number or picture convinces you, and what you would expect to see if it did.
# 2. What does the gap between training and test error tell, that neighbours do not? And what did augmentation change?

# %% [markdown] answer="memorising" points=2
# <!-- BEGIN SOLUTION -->
# **A good answer.** The main model does not copy. Its invented creatures are farther from every training picture than real, unseen creatures are, and in the figure they share a body and a colour with their neighbours, but differ in more than blur. A copier would have distances near those of rebuilt pictures, with a neighbour that shows the very same creature with the same ears, pattern and sign, and a smallest distance near 0 for exact copies.
#
# Neighbours look at what comes **out** when codes are drawn. The gap looks at the **encoder and decoder** on pictures that they have seen or not: the small model rebuilds the 60 pictures of its training much better than test pictures, so it has learned something about these very pictures, even if no random code would ever give one of them. Flips make the gap smaller and the test error lower, since the model meets more pictures and can no longer lean on which way a creature looks.
#
# **Rubric.**
#
# - 1 point: a judgement of the main model that rests on a number (distances compared with those of real test pictures) or on named pictures, and says what copies would look like. Half a point for "they look different" without a comparison.
# - 1 point: the gap is about pictures that went in, and neighbours about pictures that came out (or: a model can rebuild by heart without producing copies from random codes), and augmentation made the gap smaller. Half a point for one of the two.
# <!-- END SOLUTION -->

# %% [markdown]
# ## From one creature to another
#
# A **morph**: the codes of two real creatures, and the way between them (`interpolate` of `04_cnn_vae`).

# %%
z_test = vae.encode(x_test)[0]
pairs = generator.choice(len(x_test), (4, 2), replace=len(x_test) < 8)
morphs = [vae.decode(codes.interpolate(z_test[a], z_test[b], 10, "slerp")) for a, b in pairs]
ends = [(x_test[[a]], x_test[[b]]) for a, b in pairs]
sheet = np.concatenate([np.concatenate([a, way, b]) for (a, b), way in zip(ends, morphs)])
plots.image_grid(sheet, 12)
plt.show()

# %% [markdown]
# On the far left and right stand the real pictures, between them what the decoder makes of the way. Colours change smoothly. Bodies that resemble each other do, too. Where they differ much, a mist of both stands in the middle: there is no half bee, half bear in the data.
#
# Now you. Choose a creature to start from. The sliders turn the 12 of its 32 numbers that bring most nats. Or choose a second creature, and walk. (The page walks straight, the strips above with slerp.)

# %%
kl = np.asarray(kl_per_dimension(*vae.encode(x_train[:600])))
its_type = creatures.types_test.argmax(axis=1)
latent_explorer(vae.decode, x_test, z_test, its_type, kl=kl, names=creatures.type_names)

# %% [markdown]
# No number stands for one thing, such as "wings" or "red". Most tint the whole creature, and some change its body, too. `06_beta_vae` told you why: nothing in the ELBO asks for more.

# %% [markdown]
# ## A direction for a type
#
# Nobody told this model about types. Yet it has to know something of them: the creatures of one type resemble each other. The mean code of type b minus the mean code of type a is a **direction** in the code: from a to b.

# %% [markdown]
# ### Exercise 9 · `type_direction` (2 points)
#
# A creature may have two types. Every creature that **has** a type counts for its mean, also if it has another one, and even if it has both a and b. Then it counts in both means.


# %% exercise="type_direction"
def type_direction(codes, types, a, b):
    """The way from type a to type b: the mean code of b minus the mean code of a.

    A creature counts for every type that it has, so one that has both counts in both means.

    Args:
        codes: (n, d).
        types: bool (n, n_types).
        a: the type to start from, a column of types.
        b: the type to end at.

    Returns:
        (d,).
    """
    # BEGIN SOLUTION
    return codes[types[:, b]].mean(axis=0) - codes[types[:, a]].mean(axis=0)
    # END SOLUTION


# %% check="type_direction" points=2

# %%
a, b = (creatures.type_names.index(title) for title in (TYPE_A, TYPE_B))
z_train = vae.encode(x_train)[0]
direction = np.asarray(type_direction(z_train, creatures.types_train, a, b))
its = np.flatnonzero(creatures.types_train[:, a] & ~creatures.types_train[:, b])[:4]
steps = np.linspace(0, 1.5, 7, dtype="float32")
ways = [vae.decode(z_train[i] + steps[:, None] * direction) for i in its]
sheet = np.concatenate([np.concatenate([x_train[[i]], way]) for i, way in zip(its, ways)])
ax = plots.image_grid(sheet, 8)
ax.set_title(f"real, then from {TYPE_A} towards {TYPE_B}", fontsize=10)
plt.show()

# %% [markdown]
# With drawn creatures orange turns blue, and yellow turns green. Most bodies stay. Flames on heads go, and tips of tails stay pale. Nobody told the model which numbers hold the colour. Two means and a difference found it.

# %% [markdown]
# ## Invented, by type
#
# With the conditional VAE of `05_cvae` you can **ask** for a type. The only difference: a label was one of ten, but a creature may have two types. So the networks are told 18 numbers, with a one for **each** type that it has. The training takes about half a minute.

# %%
types_train = creatures.types_train.astype("float32")
n_types = types_train.shape[1]
set_seed(SEED)
options = options | {"beta": BETA_TYPES}
cvae = CVAE(*build_creature_cvae(n_types, SIZE, LATENT_DIM_TYPES), seed=SEED, **options)
cvae.compile(keras.optimizers.Adam(**ADAM))
for epoch in range(epochs_of(STEPS_TYPES)):
    x = np.asarray(augment(x_train, epoch, brightness=0))
    cvae.fit((x, types_train), batch_size=BATCH_SIZE, verbose=0)
z = fitted_codes(
    *cvae.encode(x_train[:600], types_train[:600]), generator.normal(size=(8, LATENT_DIM_TYPES))
)
wanted = {title: [title] for title in (TYPE_A, TYPE_B, *TYPES_SHOWN)}
wanted[f"{TYPE_A} + {TYPE_B}"] = [TYPE_A, TYPE_B]
rows = {}
for title, its in wanted.items():
    told = np.isin(creatures.type_names, its).astype("float32")
    rows[title] = cvae.decode(z, np.tile(told, (8, 1)))
plots.image_rows(rows)
plt.show()

# %% [markdown]
# A column has one code, a row one type. With drawn creatures the column decides about the body, and the row pulls at the colour: water towards blue, grass towards green, fire and electric towards red and yellow. It is a pull and no command, since the four numbers of the code still know about colours. The last row was asked for two types at once; it looks more like fire than like water. (With real artwork a run as short as this one shows nothing of the types.)

# %% [markdown]
# ## With a GPU
#
# On a machine with a GPU the settings at the top choose pictures of 128 × 128 and much longer runs by themselves. Numbers and pictures will differ from those in the text, which belong to the short runs on a processor: distances, for instance, are twice as large, since there are four times as many pixels.

# %% [markdown]
# ## Recap
#
# You can now
#
# - **read** pictures of every kind, without stretching them and without losing one in silence,
# - **hunt** bugs that no error message shows, by looking at what they do,
# - **train** a small model with a learned deviation on few colour pictures,
# - **tell** whether it learns by heart, from neighbours and from a gap,
# - **walk** from one creature to another, along a morph or towards a type.
#
# This was the last notebook. You can derive the ELBO, train a VAE, measure it, and see when somebody else's is wrong.

# %% [markdown]
# ## Further reading
#
# - Rybkin, Daniilidis, Levine, *Simple and Effective VAE Training with Calibrated Decoders*, 2021: the learned deviation.
# - Ghosh et al., *From Variational to Deterministic Autoencoders*, 2020: fitting a density to the codes afterwards.
# - Dai and Wipf, *Diagnosing and Enhancing VAE Models*, 2019: why the codes do not look like the prior.
# - Larsen et al., *Autoencoding beyond Pixels using a Learned Similarity Metric*, 2016: directions for attributes, and what to use in place of a squared error.
