# %% [markdown]
# # 04 · A convolutional VAE: neighbours, a film, and honest numbers
#
# **You will learn** to *build* a VAE from convolutions, to *choose* what black and white mean, to *film* a model while it learns, to *walk* from one code to another, and to *report* a number that others can compare with.
#
# **Before you start.** Work through `02_elbo` and `03_reparameterization`. You need the ELBO, its importance-weighted cousin, and the VAE that you built.
#
# **Time and points.** About 150 minutes, 16 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib.plots import animation
from vaelib import codes, data, plots, reference
from vaelib.plots.diagrams import model_diagram
from vaelib.explorer import latent_explorer
from vaelib.losses import bernoulli_nll, importance_weighted_bound, kl_divergence, log_normal_pdf
from vaelib.models import VAE, build_patch_vae, build_tutorial_vae, build_vae_mlp
from vaelib.plots.snapshots import KeepPictures
from vaelib.training import KLWarmup, budget, kl_warmup, set_seed

import tempfile
import time
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown
from keras import layers, ops
from scipy import special, stats

# %%
SEED = 4
BATCH_SIZE = 100
STEPS = budget(cpu=100, gpu=600, smallest=5)  # batches in an epoch
EPOCHS = budget(cpu=4, gpu=100)  # of the tutorial's model
BATCH_SIZE_2D = 25  # for the model whose code can be drawn
STEPS_2D = budget(cpu=400, gpu=600, smallest=20)
EPOCHS_2D = budget(cpu=2, gpu=20)
STEPS_FAST = budget(cpu=150, gpu=150, smallest=10)  # for the model that is better and cheaper
EPOCHS_FAST = budget(cpu=8, gpu=21)
N_FRAMES = 24  # at most so many pictures in the film
N_DRAWS = budget(cpu=128, gpu=5_000, smallest=8)  # codes for each image, for the honest number

# %% [markdown]
# ## The question
#
# Your VAE of `03_reparameterization` is dense: every pixel is connected to every hidden unit. Such a network does not know that pixels have **neighbours**. To see what that means, we shuffle the pixels, in the same way in every image.

# %%
mnist = data.load_mnist()
generator = np.random.default_rng(SEED)
shuffled_places = generator.permutation(784)
digits = mnist.x_test[:12]
shuffled = digits.reshape(-1, 784)[:, shuffled_places].reshape(digits.shape)
plots.image_rows({"as they are": digits, "shuffled": shuffled})
plt.show()

# %% [markdown]
# For a dense network the two rows are equally easy. It has one weight for each pixel, wherever the pixel stands. For us the second row is noise, since we look at strokes, edges and corners: at pixels **that lie together**.
#
# Can a network get this from us as a gift, instead of learning it from thousands of images? And what else is needed until our numbers can be put beside published ones? Those are the two halves of this notebook.

# %% [markdown]
# ## What a convolution does
#
# A **convolution** looks at the image through a small window, 3 × 3 pixels. At each place it computes one weighted sum. The nine weights, the **kernel** $K$, are the same at every place:
#
# $$y_{ij} = b + \sum_{r=0}^{2} \sum_{c=0}^{2} K_{rc}\; x_{s i + r,\; s j + c}$$
#
# The window moves $s$ pixels at a time, the **stride**. With stride 2 the result has half the height and half the width. With padding `same` zeros are put at the edges, so that 28 becomes 14. With `valid` there are none, and 28 becomes 13.
#
# If the input is a stack of pictures, such as the 32 that the layer before gave, the kernel has nine weights for each of them, and all products are added up.
#
# Three kernels that we made up:

# %%
kernels = {
    "left edges": [[-1, 0, 1]] * 3,
    "upper edges": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "mean": [[1 / 9] * 3] * 3,
}
stacked = np.stack(list(kernels.values()), axis=-1)[:, :, None].astype("float32")  # (3, 3, 1, 3)
filtered = np.asarray(ops.conv(digits[:1], stacked, strides=2, padding="same"))[0]  # (14, 14, 3)

# %%
fig, axes = plt.subplots(1, 4, figsize=(12, 3.2), layout="constrained")
axes[0].imshow(digits[0], cmap="gray_r")
axes[0].add_patch(plt.Rectangle((15.5, 11.5), 3, 3, fill=False, color="red", lw=2))
axes[0].add_patch(plt.Rectangle((17.5, 11.5), 3, 3, fill=False, color="red", lw=2, ls=":"))
axes[0].set_title("28 × 28, the window moves")
for ax, title, image in zip(axes[1:], kernels, np.moveaxis(filtered, -1, 0)):
    largest = np.abs(image).max()
    ax.imshow(image, cmap="cividis", vmin=-largest, vmax=largest)
    ax.set_title(f"14 × 14, {title}")
for ax in axes:
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The first two kernels ask one question everywhere: is there an edge here? Bright is yes, dark is the opposite edge. The third one blurs. An edge that moves to the right by two pixels moves by one pixel in the result, and nothing has to be learned again. In a network nobody makes up the kernels. They are weights, and they are learned.
#
# It is also cheap. A layer of 32 such kernels has few weights. How many would a dense layer with the same input and the same outputs have?

# %% compare
print(f"32 kernels of 3 × 3:       {3 * 3 * 1 * 32 + 32:>9,} weights")
print(f"dense, 784 to 14 · 14 · 32: {784 * 14 * 14 * 32 + 14 * 14 * 32:>8,} weights")

# %% [markdown]
# ### Exercise 1 · `build_conv_encoder` (3 points)
#
# Build the encoder with these layers.
#
# | layer | output | activation |
# | --- | --- | --- |
# | input | (28, 28, 1) | |
# | convolution, 3 × 3, stride 2, `same` | (14, 14, 32) | ReLU |
# | convolution, 3 × 3, stride 2, `same` | (7, 7, 64) | ReLU |
# | flatten | 3136 | |
# | dense | 16 | ReLU |
# | dense, the head `z_mean` | `latent_dim` | none |
# | dense, the head `z_log_var` | `latent_dim` | none |
#
# Both heads are fed by the 16, and each has its own weights. `layers.Conv2D(filters, kernel_size, …)` takes `strides`, `padding` and `activation`. Begin with `keras.Input`, as in `03_reparameterization`: then Keras knows every shape, and we can draw the model later.


# %% exercise="build_conv_encoder"
def build_conv_encoder(latent_dim):
    """Build the convolutional encoder, 28–14–7–16–(2 × latent_dim).

    Args:
        latent_dim: the length of the code.

    Returns:
        A `keras.Model` from (n, 28, 28, 1) to z_mean and z_log_var, both (n, latent_dim).
    """
    # BEGIN SOLUTION
    x = keras.Input((28, 28, 1))
    h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    h = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(h)
    h = layers.Dense(16, activation="relu")(layers.Flatten()(h))
    z_mean = layers.Dense(latent_dim, name="z_mean")(h)
    z_log_var = layers.Dense(latent_dim, name="z_log_var")(h)
    return keras.Model(x, [z_mean, z_log_var], name="encoder")
    # END SOLUTION


# %% [markdown]
# Try it: for a code of 2 numbers the encoder should have 69,076 parameters.

# %% compare
print(f"{build_conv_encoder(2).count_params():,}")


# %% check="build_conv_encoder" points=3

# %% [markdown]
# ## The way back
#
# The decoder must go from small to large. A **transposed convolution** turns the picture around: each number of the small image lays the kernel, times itself, onto the large one. With stride 2 the places lie two pixels apart. Where kernels overlap, they add up.

# %%
small = np.zeros((1, 5, 5, 1), dtype="float32")
small[0, 1, 1], small[0, 3, 2], small[0, 3, 3] = 1, 1, 1
ring = np.array([[1, 2, 1], [2, 0, 2], [1, 2, 1]], dtype="float32")
large = ops.conv_transpose(
    small, ring[:, :, None, None], strides=2, padding="same"
)  # (1, 10, 10, 1)
pictures = {"5 × 5": small[0], "the kernel": ring, "10 × 10": large[0]}
fig, axes = plt.subplots(1, 3, figsize=(9, 3.2), layout="constrained")
for ax, (title, image) in zip(axes, pictures.items()):
    ax.imshow(image, cmap="cividis", vmin=0, vmax=np.max(large))
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Three numbers became three rings. The lower two are neighbours, so their rings overlap, and add up in one column.

# %% [markdown]
# ### Exercise 2 · `build_conv_decoder` (3 points)
#
# Build the decoder with these layers.
#
# | layer | output | activation |
# | --- | --- | --- |
# | input | `latent_dim` | |
# | dense | 7 · 7 · 64 | ReLU |
# | reshape | (7, 7, 64) | |
# | transposed convolution, 3 × 3, stride 2, `same` | (14, 14, 64) | ReLU |
# | transposed convolution, 3 × 3, stride 2, `same` | (28, 28, 32) | ReLU |
# | transposed convolution, 3 × 3, stride 1, `same` | (28, 28, 1) | none |
#
# The last layer gives **logits**, as in `03_reparameterization`. The layer is `layers.Conv2DTranspose`, with the same arguments as `layers.Conv2D`. Begin with `keras.Input` again.


# %% exercise="build_conv_decoder"
def build_conv_decoder(latent_dim):
    """Build the convolutional decoder, latent_dim–7–14–28.

    Args:
        latent_dim: the length of the code.

    Returns:
        A `keras.Model` from (n, latent_dim) to logits (n, 28, 28, 1).
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(7 * 7 * 64, activation="relu"),
            layers.Reshape((7, 7, 64)),
            layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 3, padding="same"),
        ],
        name="decoder",
    )
    # END SOLUTION


# %% [markdown]
# Try it: for a code of 2 numbers the decoder should have 65,089 parameters, and give images of shape (None, 28, 28, 1).

# %% compare
print(f"{build_conv_decoder(2).count_params():,}", build_conv_decoder(2).output_shape)


# %% check="build_conv_decoder" points=3

# %%
model_diagram(build_conv_decoder(latent_dim=2))
plt.show()

# %% [markdown]
# Read it from top to bottom: a code becomes 64 small pictures of 7 × 7, and they grow twice. How large is the whole thing, beside the dense VAE?

# %% compare
count = lambda models: sum(model.count_params() for model in models)
print(f"dense         {count(build_vae_mlp(latent_dim=2)):>7,} parameters")
print(f"convolutional {count((build_conv_encoder(2), build_conv_decoder(2))):>7,} parameters")

# %% [markdown]
# A sixth of the parameters. Few parameters do not mean little work, though: each kernel is used at hundreds of places. We come back to that at the end.

# %% [markdown]
# ## Black or white?
#
# The Bernoulli likelihood says how probable it is that a pixel is **black or white**. But the pixels of MNIST are grey. Three ways to make them black or white are in use, and papers do not always say which one they took.
#
# - **threshold**: a pixel is 1 if it is at least 0.5. The TensorFlow tutorial does this.
# - **static**: a grey of 0.3 becomes 1 with probability 0.3. The dice are rolled **once**, and then the set of images is kept for good (Salakhutdinov & Murray 2008).
# - **dynamic**: the same dice, rolled **anew in every epoch** (Burda et al. 2015). So the network never sees exactly the same image twice.

# %% [markdown]
# ### Exercise 3 · `binarize` (2 points)
#
# Return the images in black and white. Every pixel of every image gets dice of its own. The same seed must give the same images again; for `"dynamic"` the same seed **and** the same epoch.
#
# `np.random.default_rng` takes one int as its seed, or a list of them.


# %% exercise="binarize"
def binarize(x, mode, seed, epoch=0):
    """Black and white pixels, in one of three ways.

    Args:
        x: images in [0, 1], any shape.
        mode: "threshold" makes a pixel 1 where it is at least 0.5. "static" makes it 1 with
            probability x, one draw for good. "dynamic" draws anew for every epoch.
        seed: an int; the same seed and epoch give the same draw.
        epoch: an int; only "dynamic" looks at it.

    Returns:
        Zeros and ones as float32, the shape of x.
    """
    # BEGIN SOLUTION
    if mode == "threshold":
        return (x >= 0.5).astype("float32")
    rng = np.random.default_rng([seed, epoch] if mode == "dynamic" else seed)
    return (rng.random(x.shape) < x).astype("float32")
    # END SOLUTION


# %% [markdown]
# Try it on four pixels, 0, 0.5, 0.8 and 1. The threshold gives 0, 1, 1, 1. Where dice are rolled, the first pixel and the last never change: they are 1 with probability 0 and 1.

# %%
pixels = np.array([[0, 0.5, 0.8, 1]], dtype="float32")
for mode in ("threshold", "static", "dynamic"):
    draws = [np.asarray(binarize(pixels, mode, seed=3, epoch=e))[0].tolist() for e in (1, 2, 3)]
    print(f"{mode:9}", *draws)


# %% check="binarize" points=2

# %%
rows = {
    "grey": digits,
    "threshold": binarize(digits, "threshold", SEED),
    "static": binarize(digits, "static", SEED),
} | {f"dynamic, epoch {e}": binarize(digits, "dynamic", SEED, epoch=e) for e in (1, 2, 3)}
plots.image_rows(rows)
plt.show()

# %% [markdown]
# The threshold draws smooth edges. With dice the edges are frayed, and under "dynamic" they fray differently in every epoch.
#
# What does that do to the ELBO? Imagine an **oracle** that knows the grey image exactly. Nobody can predict black and white better. For each pixel it says: 1 with probability $x$. Under the threshold it may round, and is never wrong. Under the other two it cannot know how the dice fell.

# %% [markdown] predict="oracle"
# **Predict.** How many nats per image does the oracle lose to the dice: *less than 1*, *about 5*, or *more than 30*?
#
# *My prediction:* …

# %%
grey = mnist.x_test
as_logits = special.logit(np.clip(grey, 1e-6, 1 - 1e-6)).astype("float32")
for mode in ("threshold", "static", "dynamic"):
    logits = 1e3 * (2 * binarize(grey, mode, SEED) - 1) if mode == "threshold" else as_logits
    nll = np.asarray(bernoulli_nll(binarize(grey, mode, SEED), logits))
    print(f"{mode:9}: {nll.mean():5.1f} nats per image, standard error {stats.sem(nll):.2f}")

# %% [markdown]
# On MNIST the dice cost 45.6 nats, and no model can win them back. Under the threshold the same oracle pays nothing. So an ELBO of −100 under one binarization says nothing about an ELBO of −100 under another: they score **different images**.
#
# **When you read a number, ask first: which binarization?** When you report one, say it.
#
# (Some code skips the step and puts grey pixels into the Bernoulli formula. That is a usable loss, as in `03_reparameterization`. But grey pixels are neither black nor white, so the result is the log-probability of nothing, and can be compared with none of the three.)

# %% [markdown]
# ## The tutorial's model
#
# Now we train a model that many people have trained: the convolutional VAE of an earlier edition of the [TensorFlow tutorial](https://www.tensorflow.org/tutorials/generative/cvae). It is a sister of yours, with a code of 50 numbers, no dense layer of 16, an encoder that pads with nothing, and a decoder that begins with 32 small pictures. It uses Adam with a learning rate of 0.0001, batches of 100, and the threshold.
#
# One more thing is different. Its code never writes down a KL divergence. It draws **one** code for each image and takes
#
# $$\log p(x \mid z) + \log p(z) - \log q(z \mid x) \qquad\qquad z \sim q(z \mid x)$$
#
# On average that is the ELBO: the average of $\log q(z \mid x) - \log p(z)$ over draws from $q$ **is** the KL.

# %% [markdown]
# ### Exercise 4 · `single_sample_elbo` (2 points)
#
# Return this estimate for each image. `log_normal_pdf(x, mean, log_var)` and `bernoulli_nll(x, logits)` from `02_elbo` are imported. Remember which of them has a minus inside. The prior is $N(0, I)$, with mean 0 and log-variance 0.


# %% exercise="single_sample_elbo"
def single_sample_elbo(x, logits, z, z_mean, z_log_var):
    """The ELBO estimated with one draw, Kingma & Welling 2013, eq. 6.

    Args:
        x: images in [0, 1], (n, …).
        logits: of the pixels, decoded from z, the same shape.
        z: one draw from q(z | x) for each image, (n, d).
        z_mean: (n, d).
        z_log_var: logarithm of the variance of q, (n, d).

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    log_p_z = log_normal_pdf(z, 0.0, 0.0)
    log_q_z = log_normal_pdf(z, z_mean, z_log_var)
    return -bernoulli_nll(x, logits) + log_p_z - log_q_z
    # END SOLUTION


# %% [markdown]
# Try it: if $q$ is the prior itself, the two densities cancel, whatever $z$ is. With all logits 0 an image of 784 pixels is left with −784 · log 2 = −543.43.

# %%
code = np.full((1, 2), 0.7, dtype="float32")
print(np.asarray(single_sample_elbo(digits[:1], 0 * digits[:1], code, 0 * code, 0 * code)))


# %% check="single_sample_elbo" points=2

# %% [markdown]
# ## A film of the training
#
# `KeepPictures` decodes the same codes after each epoch. These pictures become a film, a GIF. A model changes much in its first epochs, and little later. So the frames should be **dense at first**: frame $i$ of $m$, counted from 0, shows epoch
#
# $$\mathrm{round}\left( n \cdot \left( \frac{i}{m - 1} \right)^2 \right)$$
#
# where $n$ is the number of epochs. The last frame is the last epoch. The formula begins at 0, but the first picture is taken after epoch 1. So put 1 in the place of 0. At first the formula may give a number twice, and nobody wants to see a frame twice.

# %% [markdown]
# ### Exercise 5 · `frame_epochs` (1 point)
#
# Return the epochs in ascending order, each of them once.


# %% exercise="frame_epochs"
def frame_epochs(n_epochs, n_frames):
    """The epochs that become frames of a film, dense at first.

    Args:
        n_epochs: how many epochs there are, at least 1.
        n_frames: how many frames there may be, at least 2.

    Returns:
        The distinct values of round(n_epochs · (i / (n_frames − 1))²), in ascending order, a list
        of ints. The first is 1, the last n_epochs.
    """
    # BEGIN SOLUTION
    epochs = {round(n_epochs * i**2 / (n_frames - 1) ** 2) for i in range(n_frames)}
    return sorted({max(1, epoch) for epoch in epochs})
    # END SOLUTION


# %% [markdown]
# Try it: for 10 epochs and at most 6 frames you should get [1, 2, 4, 6, 10].

# %% compare
print(frame_epochs(10, 6), frame_epochs(100, 12))


# %% check="frame_epochs" points=1

# %% [markdown]
# Now train. An epoch is usually one pass over all 60,000 images. On a processor we stop more often to look: after every 100 batches, which are 10,000 images. We print the seconds and the test ELBO of each epoch, on the first 2,000 test images to save time, and keep the pictures of 49 codes, drawn from the prior once.
#
# (Our `VAE` has the KL as a formula, as in `03_reparameterization`. What your estimate of exercise 4 would change is the next question.)


# %%
class PrintEpoch(keras.callbacks.Callback):
    """Prints and keeps the seconds since the start, and prints the test ELBO."""

    def on_train_begin(self, logs=None):
        """Start the clock."""
        self.start, self.seconds = time.perf_counter(), []

    def on_epoch_end(self, epoch, logs=None):
        """Read it."""
        self.seconds.append(time.perf_counter() - self.start)
        elbo = logs["val_elbo"]
        print(f"epoch {epoch + 1:>3}: {self.seconds[-1]:6.1f} s, test ELBO {elbo:7.1f} nats")


# %%
x_train = binarize(mnist.x_train, "threshold", SEED)
x_test = binarize(mnist.x_test, "threshold", SEED)

set_seed(SEED)
vae = VAE(*build_tutorial_vae(latent_dim=50), seed=SEED)
vae.compile(keras.optimizers.Adam(1e-4))
film = KeepPictures(generator.normal(size=(49, 50)), epochs=frame_epochs(EPOCHS, N_FRAMES))
clock = PrintEpoch()
history = vae.fit(
    x_train,
    batch_size=BATCH_SIZE,
    steps_per_epoch=STEPS,
    epochs=EPOCHS,
    validation_data=(x_test[:2_000],),
    callbacks=[film, clock],
    verbose=0,
).history

# %%
name = f"tutorial_{STEPS}"
plots.training_curves(history, band=reference.band(name, mnist.source))
plt.show()
print(reference.verdict(history, name, mnist.source))


# %%
def show_film(film, name):
    """Write the pictures to a GIF in a new folder for temporary files, and show it."""
    path = Path(tempfile.mkdtemp(), name)
    frames = [animation.tile(images, n_columns=7) for images in film.frames]
    animation.write_gif(path, frames, [f"epoch {epoch}" for epoch in film.epochs])
    return animation.show_gif(path)


show_film(film, "digits_growing_up.gif")

# %% [markdown]
# It moves, but on a processor there is hardly anything to read yet. Each square is always the same code. First all of them are grey, then clouds gather. They wait for more training. (To keep a film, save it with a right click. On Colab it is offered for download.)
#
# On MNIST our run on a processor ended at about −193 nats, and it was still rising. It had seen 40,000 images. The tutorial shows its model 150 times as many. It publishes a test ELBO of **−77.8**. Keep that number in mind.

# %% [markdown]
# ## One draw, or a formula?
#
# The tutorial's estimate has three random terms. Ours has one, the reconstruction, and a formula for the KL:
#
# $$\log p(x \mid z) - \mathrm{KL}\big(q(z \mid x)\,\|\,p(z)\big) \qquad\qquad z \sim q(z \mid x)$$
#
# Both have the same mean. We draw 50 codes for each of 100 test images, and look at how far the two estimates scatter around their mean.

# %% [markdown] predict="noise"
# **Predict.** Which one scatters more: the *one draw* with its three random terms, or the one with the *formula*? Or are they *alike*?
#
# *My prediction:* …


# %%
def two_estimates(vae, x, n_draws):
    """The ELBO of each image by one draw and with the KL as a formula, both (n_draws, n)."""
    z_mean, z_log_var = vae.encode(x)
    kl = np.asarray(kl_divergence(z_mean, z_log_var, 0.0, 0.0))
    one_draw, with_formula = [], []
    for _ in range(n_draws):
        eps = generator.normal(size=z_mean.shape)
        z = (z_mean + np.exp(z_log_var / 2) * eps).astype("float32")
        logits = vae.decoder(z)
        one_draw.append(single_sample_elbo(x, logits, z, z_mean, z_log_var))
        with_formula.append(-np.asarray(bernoulli_nll(x, logits)) - kl)
    return np.array(one_draw), np.array(with_formula)


# %%
set_seed(SEED)
untrained = VAE(*build_tutorial_vae(latent_dim=50))
for title, model in (("before training", untrained), ("after training", vae)):
    one_draw, with_formula = two_estimates(model, x_test[:100], n_draws=50)
    print(f"{title:15}: mean {one_draw.mean():7.1f} and {with_formula.mean():7.1f} nats,", end=" ")
    print(f"deviation {one_draw.std(axis=0).mean():4.1f} by one draw,", end=" ")
    print(f"{with_formula.std(axis=0).mean():4.1f} with the formula")

# %%
estimates = {"one draw": one_draw, "KL as a formula": with_formula}
off = {title: values - values.mean(axis=0) for title, values in estimates.items()}
off = {title: values[np.abs(values) < 30] for title, values in off.items()}  # without outliers
plots.histograms(off, xlabel="distance of an estimate from the mean of its image, nats")
plt.show()

# %% [markdown]
# On MNIST the two means agree, as they must. Before the training one draw scatters a little more. After it, one draw scatters **less**: 6.1 nats against 7.5, though three of its terms are random instead of one.
#
# The three terms are not independent. Suppose that $q$ were the true posterior. Then $p(x \mid z)\, p(z) / q(z \mid x)$ is $p(x)$, the same number for **every** $z$, and one draw would not scatter at all. The better $q$ is, the more the three terms balance each other. The formula takes the dice out of the KL, and with them what balanced those in the reconstruction.

# %% [markdown]
# ## The same bound for a fortieth of the work
#
# The tutorial's model needs 100 epochs for its −77.8. Where does all that work go? We count **multiply-adds**, the products that are added up, for one image. A kernel of a convolution is used once for each pixel of its output. The kernel of a transposed convolution is laid down once for each pixel of its input.


# %%
def multiply_adds(model):
    """For each layer with a kernel: what it gives, and its multiply-adds for one image."""
    work = {}
    for layer in model.layers:
        if isinstance(layer, keras.Model):  # a model in the model
            for title, n in multiply_adds(layer).items():
                work[title] = work.get(title, 0) + n
        if not hasattr(layer, "kernel"):
            continue
        places = 1  # a dense kernel is used once
        if isinstance(layer, layers.Conv2D):
            places = np.prod(layer.output.shape[1:3])
        elif isinstance(layer, layers.Conv2DTranspose):
            places = np.prod(layer.input.shape[1:3])
        size = "×".join(map(str, layer.output.shape[1:]))
        title = f"{type(layer).__name__} {size}"
        work[title] = work.get(title, 0) + int(places * np.prod(layer.kernel.shape))
    return work


# %% [markdown] predict="where"
# **Predict.** Eight layers of the tutorial's model have a kernel: two convolutions, two heads (drawn as one bar), a dense layer, three transposed convolutions. Which one takes the most multiply-adds, and what share of all?
#
# *My prediction:* …

# %%
work = {f"encoder: {title}": n for title, n in multiply_adds(vae.encoder).items()}
work |= {f"decoder: {title}": n for title, n in multiply_adds(vae.decoder).items()}
fig, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
ax.barh(list(work), np.array(list(work.values())) / 1e6, color=plt.get_cmap("cividis")(0.25))
ax.set(xlabel="multiply-adds for one image, millions")
ax.invert_yaxis()
ax.spines[["top", "right"]].set_visible(False)
plt.show()
total, largest = sum(work.values()), max(work, key=work.get)
print(f"{total / 1e6:.2f} million in all, {work[largest] / total:.0%} in {largest}")

# %% [markdown]
# One layer takes 63% of everything: the transposed convolution that makes 32 pictures of 28 × 28. Now compare whole models.

# %% compare
models = {
    "dense": build_vae_mlp(latent_dim=2),
    "yours": (build_conv_encoder(2), build_conv_decoder(2)),
    "tutorial": build_tutorial_vae(latent_dim=50),
}
for title, pair in models.items():
    products = sum(sum(multiply_adds(model).values()) for model in pair) / 1e6
    print(f"{title:8}: {count(pair):>7,} parameters, {products:.2f} million multiply-adds")

# %% [markdown]
# The convolutions of yours have a sixth of the parameters of the dense VAE, and eight times its work. **Parameters are memory, multiply-adds are time.**
#
# Three ideas save most of it.
#
# - **Work where it is small.** A convolution at 7 × 7 costs a sixteenth of the same convolution at 28 × 28. So do the thinking at 7 × 7, with many kernels, and grow to 28 × 28 with few.
# - **A patch stem.** The encoder begins with one convolution of 8 × 8 with stride 4: it looks at 49 patches, which overlap, and is at 7 × 7 at once.
# - **A schedule.** The tutorial takes small steps of the same size, for a long time. Larger steps that shrink towards the end need a fraction of the epochs. Large steps at the beginning can drive the KL to 0 for good, so its weight starts at 0 and grows: **KL warm-up**.

# %%
patch = build_patch_vae(latent_dim=24)
for model in patch:
    model_diagram(model)
    plt.show()

# %% [markdown]
# The decoder has one convolution that thinks, with 64 kernels, and two cheap layers for the growing. The code has 24 numbers instead of 50: that is enough here. And the last bias does not begin at 0, but at −1.9, the logit of the mean pixel.

# %%
work_7x7 = sum(sum(multiply_adds(model).values()) for model in patch)
print(f"tutorial: {total / 1e6:.2f} million multiply-adds")
print(f"7 × 7:    {work_7x7 / 1e6:.2f} million multiply-adds, {work_7x7 / total:.0%}")

# %% [markdown]
# Half the work for an image: that is a factor of two, and we want forty. The rest must come from the schedule. Here it is for our run, beside the tutorial's.

# %%
n_steps = STEPS_FAST * EPOCHS_FAST
rise = 1 + n_steps // 16  # steps until the learning rate is at its top
rate = keras.optimizers.schedules.CosineDecay(
    8e-4, n_steps - rise, warmup_target=8e-3, warmup_steps=rise
)  # from 0.0008 up to 0.008, and down to 0
steps = np.arange(0, n_steps, 10)
axes = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained")[1]
rates = [float(rate(step)) for step in steps]
plots.lines(
    steps,
    {"tutorial": 1e-4, "ours": rates},
    xlabel="step",
    ylabel="learning rate",
    marker="",
    ax=axes[0],
)
plots.lines(
    steps,
    {"tutorial": 1.0, "ours": kl_warmup(steps, 60)},
    xlabel="step",
    ylabel="weight of the KL",
    marker="",
    ax=axes[1],
)
plt.show()

# %% [markdown]
# Two more words to Keras, which only save time: `jit_compile` makes one program of a whole step, and `steps_per_execution` hands over ten steps at once. And `beta_2` is the memory of Adam. A short training should not remember its first steps for long. It takes about a minute on two cores.

# %%
set_seed(SEED)
best = VAE(*build_patch_vae(latent_dim=24), seed=SEED)
best.compile(keras.optimizers.Adam(rate, beta_2=0.99), jit_compile=True, steps_per_execution=10)
film_fast = KeepPictures(
    generator.normal(size=(49, 24)), epochs=frame_epochs(EPOCHS_FAST, N_FRAMES)
)
clock_fast = PrintEpoch()
history_fast = best.fit(
    x_train,
    batch_size=BATCH_SIZE,
    steps_per_epoch=STEPS_FAST,
    epochs=EPOCHS_FAST,
    validation_data=(x_test[:2_000],),
    callbacks=[KLWarmup(60), film_fast, clock_fast],
    verbose=0,
).history

# %%
name = f"patch_{n_steps}"
plots.training_curves(history_fast, band=reference.band(name, mnist.source))
plt.show()
print(reference.verdict(history_fast, name, mnist.source))

# %% [markdown]
# Both runs in one picture, with the seconds that they took on this machine.

# %%
fig, ax = plt.subplots(figsize=(6, 3.8), layout="constrained")
ax.plot(clock.seconds, history["val_elbo"], "o-", color="0.6", label="tutorial")
ax.plot(clock_fast.seconds, history_fast["val_elbo"], "o-", color="black", label="7 × 7")
ax.axhline(-77.8, color="black", ls="--", label="published, after 100 passes")
ax.set(xlabel="seconds since the start", ylabel="test ELBO, nats per image")
ax.set(xlim=(0, None), ylim=(-280, -70))
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False)
plt.show()

# %%
show_film(film_fast, "digits_growing_up_fast.gif")

# %% [markdown]
# The film to keep. The same prior, again 49 codes that stay what they are, and digits after the first epoch.
#
# On MNIST, on a processor, the tutorial's model ended at about −193 nats, and ours at about −81, after two passes over the images. It has not reached −77.8 yet: this run was cut short for your patience. Trained for 5.25 passes, as it is on a GPU, six runs with other seeds ended between −77.5 and −76.8. (An epoch on a slow processor takes less than half a minute, so try it: `EPOCHS_FAST = 21`.)
#
# And the work? The tutorial needs 100 passes. On our machine they cost 43 times the processor time of those 5.25 passes; `docs/measurements.md` says how that was measured. Nothing in the model is new. The tutorial was written to be read, not to be fast, and that is fine. But **think before you wait**.

# %% [markdown]
# ## Two numbers, and a map
#
# Fifty numbers cannot be drawn. So here is your own model of exercises 1 and 2, with a code of 2. We want to see something after a few epochs, so we change three things. The learning rate is 0.001, ten times the tutorial's. The batches are smaller, 25 images, so the same images make four times as many steps. And with only two numbers, the KL of one easily drops to 0 at the start, or of both. Such a number tells the decoder nothing any more. So the KL warms up for 400 steps.

# %%
set_seed(SEED)
vae_2d = VAE(build_conv_encoder(2), build_conv_decoder(2), seed=SEED)
vae_2d.compile(keras.optimizers.Adam(1e-3))
history_2d = vae_2d.fit(
    x_train,
    batch_size=BATCH_SIZE_2D,
    steps_per_epoch=STEPS_2D,
    epochs=EPOCHS_2D,
    validation_data=(x_test[:2_000],),
    callbacks=[KLWarmup(400), PrintEpoch()],
    verbose=0,
).history
name = f"conv_2_{STEPS_2D}"
print(reference.verdict(history_2d, name, mnist.source))

# %%
z_test, labels = vae_2d.encode(x_test[:1_500])[0], mnist.y_test[:1_500]
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.3), layout="constrained")
plots.code_scatter(z_test, labels, ax=axes[0])
grid = codes.quantile_grid(11)
plots.latent_grid(vae_2d.decode(grid), grid, ax=axes[1])
plt.show()

# %% [markdown]
# On the left the codes of test images, on the right what the codes decode to, at the quantiles of the prior as in `03_reparameterization`. On MNIST the ones lie at the top, the zeros at the bottom left, and 4, 7 and 9 share the right. In the middle 2, 3, 5, 6 and 8 share one place, and there the sheet shows blurred mixtures. Convolutions do not change that: two numbers are few.
#
# On a processor the test ELBO is about −164 after 20,000 images, with two numbers. The tutorial's model, with fifty, had about −193 after 40,000. More and larger steps are worth much. But there is luck in it: six runs with other seeds had −187 to −168 there. (A band is wider than its runs: the next run may fall beside them.)
#
# Look for the places where a digit turns into another one:

# %%
latent_explorer(vae_2d.decode, mnist.x_test[:1_500], z_test, labels)

# %% [markdown]
# Move from the ones to the zeros. On the way stand pictures that are neither. A code there could come from several digits, and the decoder draws a mixture of them.

# %% [markdown]
# ## From one code to another
#
# What lies between a 3 and an 8? Take the code of each, walk from one to the other, and decode on the way. The straight way is called **lerp**, linear interpolation:
#
# $$z(t) = (1 - t)\, z_a + t\, z_b \qquad\qquad 0 \le t \le 1$$
#
# Is the straight way a good one? In 50 dimensions we look at the **norms** of codes, their distance from 0. We draw pairs from the prior, and take the code half-way between.

# %% [markdown] predict="norms"
# **Predict.** A code of 50 numbers from $N(0, I)$ has a norm of about $\sqrt{50} \approx 7.1$. What norm has the code half-way between two such codes: about *7*, about *5*, or about *0*?
#
# *My prediction:* …

# %%
z_a, z_b = generator.normal(size=(2, 20_000, 50))
norms = {
    "drawn from the prior": np.linalg.norm(z_a, axis=1),
    "half-way between two": np.linalg.norm((z_a + z_b) / 2, axis=1),
}
plots.histograms(norms, xlabel="norm of a code of 50 numbers")
plt.show()
typical = norms["half-way between two"].mean()
share = stats.chi(50).cdf(typical)
print(f"half-way: {typical:.2f} on average; {share:.2%} of the prior has a norm below that")

# %% [markdown]
# In many dimensions nearly all draws have nearly the same norm: they lie in a thin shell. The straight way between two of them cuts through the inside of the shell, where hardly any code is drawn. The decoder has seen little of that place.
#
# **Slerp**, spherical interpolation, stays in the shell. It turns from the direction of $z_a$ to the direction of $z_b$ at equal angles, and changes the norm evenly:
#
# $$z(t) = \big((1 - t)\, |z_a| + t\, |z_b|\big) \cdot \left( \frac{\sin((1 - t)\,\omega)}{\sin \omega}\, \frac{z_a}{|z_a|} + \frac{\sin(t\,\omega)}{\sin \omega}\, \frac{z_b}{|z_b|} \right) \qquad \cos \omega = \frac{z_a^\top z_b}{|z_a|\,|z_b|}$$
#
# Two cases need care. If both codes have the **same direction**, $\omega$ is 0, and the formula says 0/0. There is nothing to turn: the answer is the straight way. If they have **opposite directions**, $\omega$ is $\pi$, and every way around is equally long. There is no answer, so say so with an error.

# %% [markdown]
# ### Exercise 6 · `interpolate` (3 points)
#
# Return `steps` codes on the way, at equal steps of $t$. The first is `z_a`, the last is `z_b`.
#
# A computer rounds: $\cos \omega$ may come out as 1.0000001, and its arccos is NaN. `np.clip` helps. And $\omega$ is hardly ever exactly 0 or exactly $\pi$: leave some room, such as 0.01.


# %% exercise="interpolate"
def interpolate(z_a, z_b, steps, kind):
    """Codes on the way from one code to another, both ends included.

    Args:
        z_a: the code to start from, (d,), not all zeros.
        z_b: the code to end at, (d,), not all zeros.
        steps: how many codes, at least 2.
        kind: "lerp" for the straight way, "slerp" for equal angles and evenly changing norms.

    Returns:
        (steps, d), the first z_a and the last z_b.

    Raises:
        ValueError: kind is "slerp" and the codes have opposite directions.
    """
    # BEGIN SOLUTION
    t = np.linspace(0, 1, steps)[:, None]  # (steps, 1)
    if kind == "lerp":
        return (1 - t) * z_a + t * z_b
    norm_a, norm_b = np.linalg.norm(z_a), np.linalg.norm(z_b)
    a, b = z_a / norm_a, z_b / norm_b
    omega = np.arccos(np.clip(a @ b, -1, 1))
    if omega > np.pi - 0.01:
        raise ValueError("slerp: the codes have opposite directions, so no way is the shortest")
    norms = (1 - t) * norm_a + t * norm_b
    if omega < 0.01:
        return norms * ((1 - t) * a + t * b)
    return norms * (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)
    # END SOLUTION


# %% [markdown]
# Try it: from (2, 0) to (0, 2) in three steps. The code in the middle is (1, 1) with lerp, and (1.414, 1.414) with slerp.

# %%
right, up = np.array([2, 0], dtype="float32"), np.array([0, 2], dtype="float32")
for kind in ("lerp", "slerp"):
    print(kind, np.round(interpolate(right, up, 3, kind), 3).tolist())


# %% check="interpolate" points=3

# %% [markdown]
# First on the map of the two-dimensional model, from the middle of all zeros to the middle of all sevens.

# %%
start, end = (z_test[labels == digit].mean(axis=0) for digit in (0, 7))
fig, ax = plt.subplots(figsize=(5, 4.2), layout="constrained")
plots.code_scatter(z_test[:800], labels[:800], ax=ax)
strips = {}
for kind, marker in (("lerp", "o"), ("slerp", "s")):
    way = np.asarray(interpolate(start, end, 12, kind), dtype="float32")
    ax.plot(*way.T, marker=marker, color="black", mfc="white", label=kind, zorder=5)
    strips[kind] = vae_2d.decode(way)
ax.legend()
plots.image_rows(strips)
plt.show()

# %% [markdown]
# The two ways pass different neighbours. On MNIST the straight one leads through the crowded middle, and the round one below it. Both are fine here: in two dimensions there is no thin shell, and the middle is where most codes are. (The middle of all sevens decodes to a 9. Sevens share their place with nines, and the mean of many codes need not be the code of a good seven.)
#
# Now with more numbers in the code. We walk from one test image to another, and between two draws from the prior.

# %%
z_mean, z_log_var = best.encode(x_test[:12])
drawn = generator.normal(size=(2, z_mean.shape[1])).astype("float32")
pairs = {"images": z_mean[[0, 1]], "other images": z_mean[[3, 4]], "two draws": drawn}
strips = {}
for title, (start, end) in pairs.items():
    for kind in ("lerp", "slerp"):
        way = interpolate(start, end, 12, kind)
        strips[f"{title}, {kind}"] = best.decode(np.asarray(way, dtype="float32"))
plots.image_rows(strips)
plt.show()

# %% [markdown]
# On MNIST the strokes bend and move, and a 0 becomes a 4 through shapes that could be written. It is not always so smooth: half-way from the 7 to the 2 the strokes are thin and pale, both ways. The two ways look much alike here. The decoder is smooth, and 24 numbers are not many. The more numbers a code has, the more the shell matters.
#
# And the two draws from the prior are no clear digits, at either end. Some of the film's squares were none, either. The decoder was trained with codes of images, and the prior has room between them.

# %% [markdown]
# ## Honest numbers
#
# The ELBO is a bound. How far is it below log p(x)? In `02_elbo` you built a bound that can be pulled tight: draw $k$ codes from $q(z \mid x)$ instead of one, and take the log of the **mean weight**:
#
# $$\log p(x) \approx \log \frac 1 k \sum_{j=1}^{k} \frac{p(x \mid z_j)\; p(z_j)}{q(z_j \mid x)} \qquad\qquad z_j \sim q(z \mid x)$$
#
# With $k$ in the thousands this is what papers report as **the log-likelihood**. On average it is still below log p(x), by a little.

# %% [markdown]
# ### Exercise 7 · `log_likelihood` (2 points)
#
# Return it for each image. The decoder has done its part: $\log p(x \mid z_j)$ is given. `log_normal_pdf` and `importance_weighted_bound(log_w)`, with draws along the first axis, are imported.


# %% exercise="log_likelihood"
def log_likelihood(log_p_x_given_z, z, z_mean, z_log_var):
    """Importance-sampled log p(x) with k draws from q, Burda et al. 2015, eq. 8; p(z) = N(0, I).

    Args:
        log_p_x_given_z: for each draw and each image, (k, n), in nats; may be near −1000.
        z: the draws from q(z | x), (k, n, d).
        z_mean: (n, d).
        z_log_var: logarithm of the variance of q, (n, d).

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    log_p_z = log_normal_pdf(z, 0.0, 0.0)  # (k, n)
    log_q_z = log_normal_pdf(z, z_mean, z_log_var)  # (k, n)
    return importance_weighted_bound(log_p_x_given_z + log_p_z - log_q_z)
    # END SOLUTION


# %% [markdown]
# Try it: if $q$ is the prior and $p(x \mid z)$ is 1 for one draw and 3 for the other, the mean weight is 2, and the result log 2 = 0.693.

# %%
log_p = np.log(np.array([[1], [3]], dtype="float32"))
code = np.full((2, 1, 4), 0.3, dtype="float32")
print(np.asarray(log_likelihood(log_p, code, 0 * code[0], 0 * code[0])))


# %% check="log_likelihood" points=2

# %% [markdown]
# We pull the bound tight for 200 test images.

# %% [markdown] predict="tighter"
# **Predict.** By how many nats will the bound rise from $k = 1$, the ELBO, to the largest $k$: *about 1*, *about 10*, or *about 100*?
#
# *My prediction:* …

# %%
x = x_test[:200]
z_mean, z_log_var = best.encode(x)
z, log_p_x = [], []
for _ in range(N_DRAWS):
    eps = generator.normal(size=z_mean.shape)
    z.append((z_mean + np.exp(z_log_var / 2) * eps).astype("float32"))
    log_p_x.append(-np.asarray(bernoulli_nll(x, best.decoder(z[-1]))))
z, log_p_x = np.array(z), np.array(log_p_x)  # (k, n, d) and (k, n)

# %%
sizes = 2 ** np.arange(int(np.log2(N_DRAWS)) + 1)
bounds = []
for k in sizes:  # the mean over groups of k draws, at most 64 of them
    groups = [slice(start, start + k) for start in range(0, N_DRAWS - k + 1, k)]
    each = [log_likelihood(log_p_x[g], z[g], z_mean, z_log_var) for g in groups[:64]]
    bounds.append(np.mean(each, axis=0))
    print(f"k = {k:>4}: {bounds[-1].mean():8.2f} nats, standard error {stats.sem(bounds[-1]):.2f}")

# %%
curve = {"bound": np.mean(bounds, axis=1)}
ax = plots.lines(sizes, curve, xlabel="draws k", ylabel="nats, mean of 200 images")
ax.set_xscale("log", base=2)
plt.show()

# %% [markdown]
# On MNIST the bound rises by 6.3 nats, from about −79 to about −72.6, and each doubling of $k$ brings less than the one before. So this model is better than its ELBO says.
#
# Look at the standard error, too. It says how far the mean over 200 images may be from the mean over all images, and it is much larger than what the last doublings of $k$ bring. So 200 images are enough to see the curve, and too few for a table. For a table take $k = 5{,}000$, as `vaelib.metrics.held_out_log_likelihood` does, and the ELBO of all 10,000 images.

# %% [markdown]
# ## One table
#
# Now we can put numbers side by side. We trained the 7 × 7 model three times for 8 passes, with images that were made black and white in each of the three ways, and scored it on test images made in the same way. That takes too long for a notebook, so `experiments/binarization.py` did it and kept the results. For 300 of them the likelihood is importance-sampled with $k = 5{,}000$, and we look at how far it lies above their ELBO. That difference hardly varies from image to image. So its mean is added to the ELBO of all 10,000. ± is the standard error.
#
# Each row has **one** binarization and **one** kind of number. Only what stands in the same row may be compared.

# %%
scores = reference.binarization_scores()
published = {
    ("threshold", "elbo"): "−77.8 (TensorFlow tutorial, an earlier edition: 100 epochs)",
    ("dynamic", "nll"): "86.76 (trained with k = 1), 86.35 (k = 50): Burda et al. 2015, one layer",
}
rows = ["| images | number | ours | published |", "| --- | --- | --- | --- |"]
for mode, score in scores.items():
    for key, title in {"elbo": "test ELBO", "nll": "test negative log-likelihood"}.items():
        ours = f"{score[key]:.2f} ± {score[key + '_error']:.2f}".replace("-", "−")
        rows.append(f"| {mode} | {title} | {ours} | {published.get((mode, key), '')} |")
Markdown("\n".join(rows))

# %% [markdown]
# - **Down the column:** the same model, and 17 nats between the ELBOs. The difference is not in the model but in the images: somebody rolled dice. (Why 17 and not the 45.6 of the oracle? The oracle knows the grey image, and the model does not. So under the threshold, too, the model pays for not knowing where a stroke ends.)
# - **Across:** under the threshold our ELBO is 1.2 nats better than the published one. Under "dynamic" our negative log-likelihood is 1.4 nats **worse** than the published one for $k = 1$, three to four standard errors. That model saw the images more than 3,000 times, ours 8 times.
# - **ELBO or likelihood:** the same model, and 5 to 7 nats between the two. Whoever sets their own likelihood beside somebody else's ELBO wins these nats for nothing.

# %% [markdown]
# ## Recap
#
# You can now
#
# - **build** an encoder and a decoder from convolutions, and say why a sixth of the parameters is not a sixth of the work,
# - **choose** between threshold, static and dynamic binarization, and say why their numbers must not be compared,
# - **film** a model while it learns, from one fixed set of codes,
# - **walk** from one code to another, straight or along the shell,
# - **report** a log-likelihood with its binarization, its number of draws and its standard error.
#
# In `05_cvae` you will tell the model which digit you want.

# %% [markdown]
# ## Further reading
#
# - Dumoulin & Visin, *A guide to convolution arithmetic for deep learning*, 2016: strides, padding and transposed convolutions in moving pictures.
# - TensorFlow, [*Convolutional Variational Autoencoder*](https://www.tensorflow.org/tutorials/generative/cvae): the tutorial whose model we trained.
# - Salakhutdinov & Murray, *On the Quantitative Analysis of Deep Belief Networks*, 2008: where the static binarization of MNIST comes from.
# - Burda, Grosse & Salakhutdinov, *Importance Weighted Autoencoders*, 2015: dynamic binarization, 5,000 draws, and numbers to compare with.
# - White, *Sampling Generative Networks*, 2016: why to walk along the shell, with many strips.
