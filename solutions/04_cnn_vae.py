# %% [markdown]
# # 04 · A convolutional VAE: locality, binarization, and numbers that can be compared
#
# ![An image grid of ten by ten digits, all samples of a trained VAE: about half can be named, the others are broken or mixed strokes.](pictures/04_cnn_vae.png)
#
# *What you will have made: a hundred samples of a convolutional VAE that trains on a processor in about a minute and reaches a published bound.*
#
# **You will learn** to *build* a VAE from convolutions and *compare* it fairly with a dense one, to *count* the work of a network, to *binarize* images in the three ways of the literature, to *interpolate* between latent codes, and to *report* a log-likelihood that others can compare with theirs.
#
# **Before you start.** Work through `02_elbo` and `03_reparameterization`. You need the ELBO, the importance-weighted bound, and the VAE that you built.
#
# **Time and points.** About 150 minutes, 18 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import codes, data, plots, reference
from vaelib.explorer import latent_explorer
from vaelib.losses import bernoulli_nll, importance_weighted_bound, kl_divergence, log_normal_pdf
from vaelib.models import VAE, build_efficient_vae, build_tutorial_vae, build_vae_mlp
from vaelib.plots import animation
from vaelib.plots.snapshots import KeepPictures
from vaelib.training import KLWarmup, budget, kl_warmup, set_seed

import tempfile
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
LATENT_DIM = 16  # for the comparison of dense and convolutional
RIVAL_IMAGES = budget(cpu=30_000, gpu=60_000, smallest=200)
RIVAL_EPOCHS = budget(cpu=1, gpu=10)  # an epoch is one pass over the training images of a model
EPOCHS = budget(cpu=5, gpu=8)  # of the efficient model, with all training images
EPOCHS_2D = budget(cpu=2, gpu=10)  # of the model whose latent space can be drawn
N_FRAMES = 24  # at most so many pictures in the film
N_SAMPLES = budget(
    cpu=128, gpu=5_000, smallest=8
)  # latent codes for each image, for the likelihood

# %% [markdown]
# ## The question
#
# The VAE of `03_reparameterization` is dense: every pixel is connected to every hidden unit. Such a network does not know which pixels are **neighbours**. To see what that means, we shuffle the pixels, with one and the same permutation for all images. (The numbers in this text come from MNIST, with the settings for a processor.)

# %% alt="Two rows of twelve images: digits as they are, and the same digits with shuffled pixels, which look like sparse noise."
mnist = data.load_mnist()
generator = np.random.default_rng(SEED)
order = generator.permutation(784)


def shuffle(x):
    """The pixels of each image in another order, the same for all images."""
    return x.reshape(-1, 784)[:, order].reshape(x.shape)


def unshuffle(x):
    """The order as it was."""
    return x.reshape(-1, 784)[:, np.argsort(order)].reshape(x.shape)


digits = mnist.x_test[:12]
plots.image_rows({"ordinary": digits, "shuffled": shuffle(digits)})
plt.show()

# %% [markdown]
# To a dense network the two rows are equally hard. A hidden unit has one weight for each pixel, so permuting the pixels only permutes the weights, and random initial weights have no order that could be lost. To us the second row is noise, because we look for strokes, edges and corners, which are made of *neighbouring* pixels.
#
# Can this **local structure** be built into a network, as an **inductive bias**, so that it need not be learned from examples? And if a network with this bias does better, is locality the reason? The first half of this notebook builds such a VAE and puts it to that test. The second half asks what else has to be settled before its numbers may stand beside published ones.

# %% [markdown]
# ## What a convolution does
#
# A **convolution** looks at an image through a small window, here 3 × 3 pixels, and computes one weighted sum at each place. The nine weights, the **kernel** $K$, are the same everywhere:
#
# $$y_{ij} = b + \sum_{r=0}^{2} \sum_{c=0}^{2} K_{rc}\; x_{s i + r,\; s j + c}$$
#
# The result $y$ is a **feature map**. The window moves by $s$ pixels, the **stride**; with stride 2 the feature map has half the height and half the width. The padding `same` adds zeros at the edges, so that 28 becomes 14, while `valid` adds none, and 28 becomes 13. If the input has several channels, such as 32 feature maps, then the kernel has nine weights for each channel, and all products are added up. The pixels of the image on which an entry of $y$ depends are its **receptive field**: 3 × 3 after one such layer, 7 × 7 after two of stride 2.
#
# Here are three kernels that we chose by hand.

# %%
kernels = {
    "left edges": [[-1, 0, 1]] * 3,
    "upper edges": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "mean": [[1 / 9] * 3] * 3,
}
stacked = np.stack(list(kernels.values()), axis=-1)[:, :, None].astype("float32")  # (3, 3, 1, 3)
feature_maps = np.asarray(ops.conv(digits[:1], stacked, strides=2, padding="same"))[0]

# %% alt="A digit 7 with two positions of a red window, two pixels apart, and three feature maps of 14 by 14: its left edges, its upper edges, and a blurred copy."
fig, axes = plt.subplots(1, 4, figsize=(9, 2.5), layout="constrained")
axes[0].imshow(digits[0], cmap="gray_r")
axes[0].add_patch(plt.Rectangle((15.5, 11.5), 3, 3, fill=False, color="red", lw=2))
axes[0].add_patch(plt.Rectangle((17.5, 11.5), 3, 3, fill=False, color="red", lw=2, ls=":"))
axes[0].set_title("28 × 28, stride 2")
for ax, title, image in zip(axes[1:], kernels, np.moveaxis(feature_maps, -1, 0)):
    largest = np.abs(image).max()
    ax.imshow(image, cmap="cividis", vmin=-largest, vmax=largest)
    ax.set_title(f"14 × 14, {title}")
for ax in axes:
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The first two kernels respond to edges. Where background turns into stroke from left to right, or from top to bottom, the response is positive (bright); at an edge of the opposite polarity it is negative (dark). The third kernel blurs. In a network the kernels are weights, and they are learned.
#
# Because one kernel serves all places, the operation is **translation equivariant**: if we move the image by two pixels, the feature maps of stride 2 move by one. The kernel need not be learned again for the new place. (With stride 2 this is exact for moves by an even number of pixels only, and a dense layer behind the feature maps does have to learn each place anew.)

# %%
moved = np.roll(digits[:1], 2, axis=2)  # two pixels to the right
moved_maps = np.asarray(ops.conv(moved, stacked, strides=2, padding="same"))[0]
gap = np.abs(moved_maps[:, 2:] - feature_maps[:, 1:-1]).max()
print(f"largest difference between moved feature maps and feature maps of the moved image: {gap}")

# %% [markdown]
# ### Exercise 1 · `build_conv_encoder` (1 point)
#
# A warm-up. Build the encoder with these layers.
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
# Both heads are fed by the 16 units, and each has its own weights. `layers.Conv2D(filters, kernel_size, …)` takes `strides`, `padding` and `activation`. Begin with `keras.Input`, as in `03_reparameterization`.
#
# In this and all exercises: leave the arguments as they are, and work on new arrays. A check that passes says what it tried. When your work is graded, hidden checks also try your function on other shapes and on extreme values, within what its docstring says.


# %% exercise="build_conv_encoder"
def build_conv_encoder(latent_dim):
    """Build the convolutional encoder, 28–14–7–16–(2 × latent_dim).

    Args:
        latent_dim: the number of latent dimensions.

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
# Try it: with two latent dimensions the encoder should have 69,076 parameters.

# %% compare
print(f"{build_conv_encoder(2).count_params():,}")


# %% check="build_conv_encoder" points=1

# %% [markdown]
# ## The way back
#
# The decoder goes from small to large. A convolution is a linear map, so we can write it as a matrix, $y = C x$, with one row for each entry of the feature map. A **transposed convolution** multiplies by $C^\top$ instead. It maps the smaller shape to the larger one, which is all that the name says: it is not the inverse. Each column of $C^\top$ belongs to one number of the small image and holds one stamp: a copy of the kernel, which is scaled by that number and added to the large image. With stride 2 the stamps lie two pixels apart, and where they overlap they add up.

# %%
small = np.zeros((1, 5, 5, 1), dtype="float32")
small[0, 1, 1], small[0, 3, 2], small[0, 3, 3] = 1, 1, 1
ring = np.array([[1, 2, 1], [2, 0, 2], [1, 2, 1]], dtype="float32")
kernel = ring[:, :, None, None]
large = np.asarray(ops.conv_transpose(small, kernel, strides=2, padding="same"))  # (1, 10, 10, 1)

# %% alt="A 5 by 5 image with three ones, a kernel in the form of a ring, and a 10 by 10 image of three rings; the two lower rings share a column, where their values add up."
pictures = {"input, 5 × 5": small[0], "kernel, 3 × 3": ring, "output, 10 × 10": large[0]}
fig, axes = plt.subplots(1, 3, figsize=(8, 2.9), layout="constrained")
for ax, (title, image) in zip(axes, pictures.items()):
    ax.imshow(image, cmap="cividis", vmin=0, vmax=np.max(large))
    ax.set(title=title, xticks=[], yticks=[])
    for row, column in np.argwhere(np.squeeze(image)):
        value = np.squeeze(image)[row, column]
        ax.text(
            column,
            row,
            f"{value:.0f}",
            ha="center",
            va="center",
            color="black" if value > 3 else "white",
        )
plt.show()

# %% [markdown]
# Three ones have become three rings. The two lower ones are neighbours in the input, so their rings share a column, and there the values add up.

# %% [markdown]
# ### Exercise 2 · `build_conv_decoder` (2 points)
#
# Build the decoder from the shapes that its feature maps should have:
#
# $$\texttt{latent\_dim} \to 7 \cdot 7 \cdot 64 \to (7, 7, 64) \to (14, 14, 64) \to (28, 28, 32) \to (28, 28, 1)$$
#
# The first arrow is a dense layer and the second a reshape. Each of the other three is one transposed convolution with a 3 × 3 kernel and the padding `same`, so the shapes tell you filters and strides. The hidden layers have ReLU. The last layer has to give **logits**, as in `03_reparameterization`; which activation does it need? The layer is `layers.Conv2DTranspose`, with the arguments of `layers.Conv2D`.


# %% exercise="build_conv_decoder"
def build_conv_decoder(latent_dim):
    """Build the convolutional decoder, latent_dim–7–14–28.

    Args:
        latent_dim: the number of latent dimensions.

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


# %% [markdown] hints="build_conv_decoder"
# 1. `keras.Sequential([keras.Input((latent_dim,)), layers.Dense(…), layers.Reshape(…), …])` builds it in order. The number of filters of a layer is the last number of its output shape.
# 2. With `same`, stride $s$ multiplies height and width by $s$. So which strides lead from 7 to 14, from 14 to 28, and from 28 to 28?
# 3. Strides 2, 2 and 1. Dense layer and the first two convolutions get `activation="relu"`; a logit may be any real number, so the last layer gets no activation.

# %% [markdown]
# Try it: with two latent dimensions the decoder should have 65,089 parameters, and give images of shape (None, 28, 28, 1).

# %% compare
print(f"{build_conv_decoder(2).count_params():,}", build_conv_decoder(2).output_shape)


# %% check="build_conv_decoder" points=2

# %% [markdown]
# ## Few parameters, much work
#
# With two latent dimensions your encoder and decoder have 134,165 parameters, a sixth of the 807,700 of the dense VAE in `03_reparameterization`. Does that make them six times as fast? A dense weight is used once for an image, a kernel at every place. The work of a network is counted in **multiply-adds**: products of a weight and an activation that are added to a sum. A dense layer has one for each of its weights. How many do the other two kinds have?
#
# We describe a layer by its shapes, without the batch:
#
# ```python
# {"kind": "dense", "inputs": (3136,), "outputs": (16,)}
# {"kind": "conv", "inputs": (28, 28, 1), "outputs": (14, 14, 32), "kernel": (3, 3)}
# {"kind": "conv_transpose", "inputs": (7, 7, 64), "outputs": (14, 14, 64), "kernel": (3, 3)}
# ```
#
# ### Exercise 3 · `multiply_adds` (3 points)
#
# A problem. Derive the number of multiply-adds for each kind from the two definitions above, the window that moves over the image and the stamps on the larger one, and compute it for a list of layers. Use the shapes alone; strides, padding and weights are not needed. Products with the zeros of a padding count like all others, and so do stamps that reach over the edge and are cut off. Biases do not count. The numbers must be exact, whatever their size.


# %% exercise="multiply_adds"
def multiply_adds(layers):
    """The multiply-adds of each layer for one image, from shapes alone.

    Args:
        layers: a list of dicts, each with the keys "kind" ("dense", "conv" or "conv_transpose"),
            "inputs" and "outputs" (shapes without the batch: one number for a dense layer, and
            height, width and channels otherwise) and, unless it is dense, "kernel" (its height
            and width, which may differ).

    Returns:
        A list of ints, one for each layer.
    """
    # BEGIN SOLUTION
    numbers = []
    for layer in layers:
        *small, channels_in = layer["inputs"]
        *large, channels_out = layer["outputs"]
        n = channels_in * channels_out
        if layer["kind"] == "conv":  # a window for each pixel of the output
            n *= large[0] * large[1] * layer["kernel"][0] * layer["kernel"][1]
        elif layer["kind"] == "conv_transpose":  # a stamp for each pixel of the input
            n *= small[0] * small[1] * layer["kernel"][0] * layer["kernel"][1]
        numbers.append(n)
    return numbers
    # END SOLUTION


# %% [markdown] hints="multiply_adds"
# 1. Take one entry of one feature map of a convolution: how many products does its sum have, over the window and over all channels of the input? Then count the entries of the output.
# 2. A transposed convolution computes no sums of windows. Take one entry of the input: onto how many entries of the output does it stamp, over the kernel and all channels of the output? Then count the entries of the input.
# 3. Both kinds need height × width of the kernel × channels in × channels out, for each *place*. The places of a convolution are the pixels of its output; those of a transposed convolution are the pixels of its input. Python's own whole numbers are exact at any size; products of `np.float32` or `np.float64` are not.

# %% [markdown]
# Try it on the three layers above: the numbers should be 50,176, then 56,448, then 1,806,336.

# %%
multiply_adds(
    [
        {"kind": "dense", "inputs": (3136,), "outputs": (16,)},
        {"kind": "conv", "inputs": (28, 28, 1), "outputs": (14, 14, 32), "kernel": (3, 3)},
        {"kind": "conv_transpose", "inputs": (7, 7, 64), "outputs": (14, 14, 64), "kernel": (3, 3)},
    ]
)


# %% check="multiply_adds" points=3


# %%
def described(pair):
    """The layers of an encoder and a decoder that have a kernel, as dicts of shapes."""
    kinds = {layers.Dense: "dense", layers.Conv2D: "conv", layers.Conv2DTranspose: "conv_transpose"}
    rows = []
    for layer in (layer for model in pair for layer in model.layers if type(layer) in kinds):
        shapes = {"inputs": layer.input.shape[1:], "outputs": layer.output.shape[1:]}
        if not isinstance(layer, layers.Dense):
            shapes["kernel"] = layer.kernel_size
        rows.append({"kind": kinds[type(layer)], **shapes})
    return rows


# %% [markdown] predict="work"
# **Predict.** How many times the work of the dense VAE of `03_reparameterization` do your two networks need for an image: *a sixth*, *about the same*, or *eight times* as much? And which of their layers needs most?
#
# *My prediction:* …

# %% compare
yours = build_conv_encoder(2), build_conv_decoder(2)
for title, pair in {"dense": build_vae_mlp(latent_dim=2), "yours": yours}.items():
    rows = described(pair)
    print(f"{title}: {sum(multiply_adds(rows)):,} multiply-adds")
    for row, n in zip(rows, multiply_adds(rows)):
        print(f"    {row['kind']:14} {row['inputs']!s:>12} → {row['outputs']!s:12} {n:>10,}")

# %% [markdown]
# Eight times as much, with a sixth of the parameters: **the number of parameters says little about the time.** Multiply-adds are a first estimate of it. More than half of the work is in one layer, the transposed convolution that makes 32 feature maps of 28 × 28.
#
# So the work can be moved. A convolution at 7 × 7 costs a sixteenth of the same convolution at 28 × 28, because there are a sixteenth of the places. From here on we use a model that does most of its work at 7 × 7 and grows to 28 × 28 with few kernels. We call it **the efficient model**. Between its layers there are ReLUs, and $d$ is the number of latent dimensions.
#
# | encoder | output | decoder | output |
# | --- | --- | --- | --- |
# | convolution 8 × 8, stride 4 | (7, 7, 32) | dense and reshape | (7, 7, 64) |
# | convolution 3 × 3 | (7, 7, 32) | convolution 3 × 3 | (7, 7, 64) |
# | two dense heads | $d$ and $d$ | transposed convolution 2 × 2, stride 2 | (14, 14, 16) |
# | | | transposed convolution 4 × 4, stride 2 | (28, 28, 1) |

# %% compare
efficient_pair = build_efficient_vae(LATENT_DIM)
count = lambda pair: sum(model.count_params() for model in pair)
total = sum(multiply_adds(described(efficient_pair)))
print(f"efficient model: {count(efficient_pair):,} parameters, {total:,} multiply-adds")

# %% [markdown]
# ## A fair comparison
#
# We want to know whether convolutions do better *because* images have local structure. A convolutional VAE that beats a dense one does not show this yet, since there are many other differences. Two things make it an experiment:
#
# - **Equal budgets.** A convolutional VAE, the efficient model with 16 latent dimensions, and a dense one get the same number of parameters, the same training images in the same number of steps, and the same optimiser. (In both, the weight of the KL term rises from 0 to 1 over the first 60 steps. This is called **KL warm-up**; it keeps large first steps from driving the KL term to 0 before the decoder has learned to use the latent code.)
# - **A control.** Both are also trained on *shuffled* pixels. There the dense VAE should do as well as before. If locality is the reason for an advantage of convolutions, this advantage should shrink or vanish; if the reason is something else, such as an easier optimisation, it should remain.
#
# The dense VAE is that of `03_reparameterization`: one hidden layer of $m$ units in the encoder, which feeds two heads, and one of $m$ units in the decoder, that is 784–$m$–(2 × $d$) and $d$–$m$–784 with $d$ latent dimensions, and every layer has biases. How wide may it be?

# %% [markdown]
# ### Exercise 4 · `dense_width` (2 points)
#
# Return the largest $m$ for which encoder and decoder together have no more than a given number of parameters.


# %% exercise="dense_width"
def dense_width(n_parameters, latent_dim):
    """The largest hidden width of a dense VAE, 784–m–(2 × d) and d–m–784, within a budget.

    Args:
        n_parameters: the most that encoder and decoder may have together, biases and all; enough
            for a width of 1.
        latent_dim: the number d of latent dimensions.

    Returns:
        The width m, a whole number.
    """
    # BEGIN SOLUTION
    per_unit = 784 + 1 + 2 * latent_dim  # a unit of the encoder: weights in, bias, weights out
    per_unit += latent_dim + 1 + 784  # and one of the decoder
    biases = 2 * latent_dim + 784  # of the heads and of the last layer, whatever the width
    return (n_parameters - biases) // per_unit
    # END SOLUTION


# %% [markdown] hints="dense_width"
# 1. A dense layer from $a$ to $b$ units has $a\,b$ weights and $b$ biases. Write down the five layers: one hidden layer and two heads in the encoder, one hidden layer and one output layer in the decoder.
# 2. The sum is linear in $m$: a part that each hidden unit costs, times $m$, and a part that does not depend on $m$. Which biases belong to the second part?
# 3. Each unit costs $1570 + 3d$, and $784 + 2d$ biases are there whatever $m$ is. Subtract, divide, and round down.

# %% [markdown]
# Try it: a budget of 200,000 parameters with 20 latent dimensions allows a width of 122.

# %%
dense_width(200_000, 20)


# %% check="dense_width" points=2


# %%
def build_dense_vae(width):
    """The dense VAE of notebook 03, of any width."""
    image, z = keras.Input(shape=(28, 28, 1)), keras.Input(shape=(LATENT_DIM,))
    hidden = layers.Dense(width, activation="relu")(layers.Flatten()(image))
    heads = [layers.Dense(LATENT_DIM, name=name)(hidden) for name in ("z_mean", "z_log_var")]
    logits = layers.Dense(784)(layers.Dense(width, activation="relu")(z))
    return keras.Model(image, heads), keras.Model(z, layers.Reshape((28, 28, 1))(logits))


# %%
width = int(dense_width(count(efficient_pair), LATENT_DIM))
print(f"convolutional: {count(efficient_pair):,} parameters")
print(f"dense, width {width}: {count(build_dense_vae(width)):,} parameters")

# %% [markdown] predict="four"
# **Predict.** Write down the order in which the four will end by their test ELBO: dense on ordinary pixels, dense on shuffled, convolutional on ordinary, convolutional on shuffled. Where do you expect the largest difference, and where none?
#
# *My prediction:* …


# %%
def train_rival(pair, arrange):
    """Train a VAE on images in black and white, in some arrangement of the pixels."""
    set_seed(SEED)
    rival = VAE(*pair, seed=SEED)
    rival.compile(keras.optimizers.Adam(3e-3))
    x = (mnist.x_train[:RIVAL_IMAGES] >= 0.5).astype("float32")
    steps = {"batch_size": BATCH_SIZE, "epochs": RIVAL_EPOCHS}
    rival.fit(arrange(x), callbacks=[KLWarmup(60)], verbose=0, **steps)
    return rival


black_and_white = (mnist.x_test >= 0.5).astype("float32")
as_it_is = lambda x: x
rivals = {
    "dense, ordinary": train_rival(build_dense_vae(width), as_it_is),
    "dense, shuffled": train_rival(build_dense_vae(width), shuffle),
    "convolutional, ordinary": train_rival(build_efficient_vae(LATENT_DIM), as_it_is),
    "convolutional, shuffled": train_rival(build_efficient_vae(LATENT_DIM), shuffle),
}


# %% alt="Five rows of twelve digits with an ELBO beside each: test images; dense on ordinary and on shuffled pixels, both blurred; convolutional on ordinary pixels, sharp; and convolutional on shuffled pixels, blurred again with stray dots."
def test_elbo(rival, arrange):
    """The test ELBO of all test images, in nats per image."""
    x = arrange(black_and_white)
    return rival.evaluate(x, batch_size=500, verbose=0, return_dict=True)["elbo"]


rows, elbos = {"test images": black_and_white[:12]}, {}
for title, rival in rivals.items():
    arrange, back = (shuffle, unshuffle) if "shuffled" in title else (as_it_is, as_it_is)
    elbos[title] = test_elbo(rival, arrange)
    images = back(rival.reconstruct(arrange(black_and_white[:12])))
    rows[f"{title}  {elbos[title]:.1f}".replace("-", "−")] = images
plots.image_rows(rows)
plt.show()

# %% [markdown]
# The figure shows reconstructions of test images, with the test ELBO in nats per image beside each row; the pixels of shuffled images are put back in their places. The dense VAE does not mind the shuffling: it reaches about −133 and −134 nats, with the same blurred strokes, a 9 for the 5 and smudges for the 2 and the 6 at the end. The convolutional VAE reaches about −99 on ordinary pixels, and all twelve digits can be read. On shuffled pixels it falls back to about −130, and its reconstructions look like those of the dense one, with single stray pixels around them. On ordinary pixels it is ahead by 34 nats, on shuffled ones by 4 to 5: **locality is the reason for most of its advantage**, close to 30 nats of it. A difference of 4 to 5 nats remains. It need not come from convolutions at all, since the two networks also differ in depth, and other runs of the dense one ended between −132 and −136. After 300 steps none of the models has converged, and neither learning rate was tuned, so we compare how much is learned from 30,000 images that are each seen once.

# %% [markdown]
# Equal parameters are still not equal work. The convolutional VAE does 2.7 million multiply-adds for an image, the dense one 0.16 million. What would a dense VAE reach that does as much *work*? Its width would be 1,680.

# %%
wide = train_rival(build_dense_vae(1_680), as_it_is)
elbo = test_elbo(wide, as_it_is)
print(f"dense, width 1,680: {count((wide.encoder, wide.decoder)):,} parameters, {elbo:.1f} nats")

# %% [markdown]
# With seventeen times the parameters the dense VAE comes much closer, to about −106 nats, and still does not reach the −99 of the convolutional one with the same work. So the bias towards local structure buys what seventeen times the parameters do not. On shuffled pixels it did not help, and in this run it did not hurt either.

# %% [markdown]
# ## Black or white?
#
# From here on we want a number that can stand beside those of others. The Bernoulli likelihood is a probability of **binary** pixels, but the pixels of MNIST are grey. Three ways to make them binary are in use, and papers do not always say which one they took.
#
# - **threshold**: a pixel is 1 if it is at least 0.5. The TensorFlow tutorial does this.
# - **static**: a pixel is a Bernoulli sample, so that a grey of 0.3 becomes 1 with probability 0.3. The images are sampled **once** and then kept fixed (Salakhutdinov & Murray 2008).
# - **dynamic**: a new Bernoulli sample **in every epoch** (Burda et al. 2015), so that the network never sees exactly the same image twice.

# %% [markdown]
# ### Exercise 5 · `binarize` (2 points)
#
# Return the images in black and white. Every pixel of every image needs a sample of its own. The same seed must give the same images again; for `"dynamic"` the same seed *and* the same epoch, and neither another epoch nor another seed may repeat them.


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


# %% [markdown] hints="binarize"
# 1. A uniform number $u$ from $[0, 1)$ is smaller than $x$ with probability $x$, which is all that a Bernoulli sample needs. A comparison gives True and False; `astype` makes numbers of them.
# 2. "Static" must not look at the epoch. For "dynamic", seed + epoch is tempting, but then seed 3 in epoch 2 repeats seed 4 in epoch 1.
# 3. `np.random.default_rng` takes a single int as its seed, or a list of them.

# %% [markdown]
# Try it on four pixels, 0, 0.5, 0.8 and 1. The threshold gives 0, 1, 1, 1. The two random ways never change the first pixel or the last, which are 1 with probability 0 and 1.

# %%
pixels = np.array([[0, 0.5, 0.8, 1]], dtype="float32")
for mode in ("threshold", "static", "dynamic"):
    samples = [np.asarray(binarize(pixels, mode, seed=3, epoch=e))[0].tolist() for e in (1, 2, 3)]
    print(f"{mode:9}", *samples)


# %% check="binarize" points=2

# %% alt="Six rows of the same twelve digits: grey, by the threshold with smooth edges, static with noisy edges, and dynamic in three epochs, with other noise at the edges each time."
rows = {
    "grey": digits,
    "threshold": binarize(digits, "threshold", SEED),
    "static": binarize(digits, "static", SEED),
} | {f"dynamic, epoch {e}": binarize(digits, "dynamic", SEED, epoch=e) for e in (1, 2, 3)}
plots.image_rows(rows)
plt.show()

# %% [markdown]
# The threshold gives smooth edges. Sampling makes them noisy, and under "dynamic" the noise changes every epoch.
#
# What does that do to a likelihood? Imagine an **oracle** that knows the grey image exactly. No model can predict the binary image better: for each pixel its best answer is "1 with probability $x$". Under the threshold the oracle may round, and is never wrong. Under the other two it cannot know how the sample came out, and on average it loses the entropy of the sampling noise, $-\sum_i \big[x_i \log x_i + (1 - x_i) \log (1 - x_i)\big]$.

# %% [markdown] predict="oracle"
# **Predict.** How many nats per image does the oracle lose to the sampling noise: *less than 1*, *about 5*, or *more than 30*?
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
# The sampling noise has 45.6 nats of entropy per image, and no model can predict it. Under the threshold the same oracle loses nothing. So a model under the threshold may reach an ELBO that none can reach on sampled images: they are **different images**. Static and dynamic test images, on the other hand, come from the same distribution. What differs between them is training, because a frozen draw can be overfitted and a fresh one cannot, and the draw of the test images. By convention their scores are kept apart, too.
#
# **When you read a number, ask first which binarization it belongs to; when you report one, say it.** (Some code skips the step and puts grey pixels into the Bernoulli formula. That is a usable loss, as in `03_reparameterization`, but a grey pixel is no outcome of a Bernoulli variable. Since $\log p(b \mid z)$ is linear in the pixels $b$, putting the grey image in their place gives the mean over all its dynamic binarizations. So the result bounds the mean log-likelihood under "dynamic", and has nothing to do with the threshold.)

# %% [markdown]
# ## A VAE that reaches a published bound
#
# An earlier edition of the [TensorFlow tutorial](https://www.tensorflow.org/tutorials/generative/cvae) publishes a test ELBO of **−77.8** nats for its convolutional VAE, under the threshold, after 100 epochs. We want to get there while you wait. The efficient model gets 24 latent dimensions now. The learning rate of Adam rises to 0.008 and then falls along a cosine to 0, and the KL term warms up as before. The appendix measures what this schedule is worth, and the architecture. While it trains, we decode the same samples of the prior again and again, for a film.

# %%
x_train = binarize(mnist.x_train, "threshold", SEED)
x_test = binarize(mnist.x_test, "threshold", SEED)
n_steps = EPOCHS * -(-len(x_train) // BATCH_SIZE)
rise = 1 + n_steps // 16  # steps until the learning rate is at its top
rate = keras.optimizers.schedules.CosineDecay(
    8e-4, n_steps - rise, warmup_target=8e-3, warmup_steps=rise
)  # from 0.0008 up to 0.008, and down to 0

# %%
set_seed(SEED)
efficient = VAE(*build_efficient_vae(latent_dim=24), seed=SEED)
efficient.compile(keras.optimizers.Adam(rate, beta_2=0.99), steps_per_execution=10)
z_film = generator.normal(size=(100, 24)).astype("float32")
film = KeepPictures(z_film, steps=animation.frame_epochs(n_steps, N_FRAMES))
history = efficient.fit(
    x_train,
    batch_size=BATCH_SIZE,
    epochs=EPOCHS,
    validation_data=(x_test,),
    callbacks=[KLWarmup(60), film],
    verbose=0,
).history
for epoch, elbo in enumerate(history["val_elbo"], start=1):
    print(f"epoch {epoch}: test ELBO {elbo:6.2f} nats per image")

# %% alt="Three panels over the epochs: the ELBO rises above the dashed line at minus 77.8, the reconstruction term falls, and the KL term rises; the training curves begin far off and meet the test curves at the end."
axes = plots.training_curves(history)
axes[0].axhline(-77.8, color="gray", ls="--", label="published")
axes[0].set_ylim(-92, -75)  # the first training value lies far below
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# After five epochs the test ELBO is −77.1 nats per image, 0.7 above the published one, whose model was trained for 100 epochs. The standard error over the 10,000 test images is about 0.2 nats. This is the best of five seeds, which ended between −77.6 and −77.1: all are above −77.8, the worst by no more than the standard error. (In the first panel the training curve begins *below* the test curve, at −119, where the panel does not reach. It is the average over an epoch, in which the model was still changing, while the test images are scored at the end of the epoch.) The KL term grows while the reconstruction term falls: the model pays more nats for its latent codes, and gets more than it pays.
#
# A number is not enough. These are reconstructions of test images, and then a hundred samples: latent codes drawn from the prior $N(0, I)$ and decoded.

# %% alt="Twelve test digits and their reconstructions by the efficient model, which are nearly the same, with slightly softer edges."
plots.image_rows(
    {"test images": x_test[:12], "reconstructions": efficient.reconstruct(x_test[:12])}
)
plt.show()

# %% alt="An image grid of ten by ten samples from the prior: about half are clear digits, the others are broken or mixed strokes, and a few are pale."
fig, ax = plt.subplots(figsize=(8, 8), layout="constrained")
plots.image_grid(efficient.decode(z_film), n_columns=10, ax=ax)
plt.show()

# %% [markdown]
# The reconstructions are close: strokes, slants and even breaks come back, a little softer. The samples are more mixed. About half of them are digits that one can name; others are broken, or combine the strokes of two digits, and a few are very pale. Every sample is a legitimate latent code under the prior, and yet the decoder may never have been trained near it, because the latent codes of the training images do not fill the prior evenly. Put differently, the **aggregate posterior**, the mixture of all $q(z \mid x)$, differs from the prior. So look at both pictures, reconstructions and samples, before you judge a VAE.
#
# Now the film: the first 49 of these latent codes, decoded again and again while the model learned. The frames are closer together at the beginning, because that is when the images change most. (To keep it, save it with a right click. On Colab it is offered for download.)

# %% alt="An animation of 49 samples of the prior during training: grey squares in the first frame, strokes within the first epoch, and mostly legible digits at the end."
path = Path(tempfile.mkdtemp(), "digits_growing_up.gif")
frames = [animation.tile(images[:49], n_columns=7) for images in film.frames]
captions = [f"step {step}, epoch {1 + (step - 1) * EPOCHS // n_steps}" for step in film.steps]
animation.write_gif(path, frames, captions)
animation.show_gif(path)

# %% [markdown]
# The first frames are grey. At step 60 clouds have gathered, at step 150, a quarter of the way through the first epoch, there are strokes, and by step 370 most of the squares have found the shape that they keep. After that strokes become cleaner. From the end of the first epoch on the ELBO gains another 11 nats, which the eye hardly notices.
#
# What has the first layer learned? Its 32 kernels of 8 × 8 are large enough to look at.

# %% alt="Thirty-two learned kernels of 8 by 8: some are bright spots, bars or edges, others are dark over most of the window or look like noise."
learned = np.moveaxis(efficient.encoder.layers[1].kernel.numpy()[:, :, 0], -1, 0)  # (32, 8, 8)
fig, axes = plt.subplots(4, 8, figsize=(8, 4.1), layout="constrained")
for ax, kernel in zip(axes.flat, learned):
    largest = np.abs(kernel).max()
    ax.imshow(kernel, cmap="cividis", vmin=-largest, vmax=largest)
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Some kernels are plain: a bright spot, a bar along a diagonal, a bright edge above a dark one. They respond to a dot, to a stroke in one direction or to an edge, as our handmade kernels did, and nobody designed them. Others are dark over most of the window, and about a third look like noise. Not every kernel of a network has a plain meaning.

# %% [markdown]
# ## A Monte Carlo KL, or the formula?
#
# Our `VAE` computes the KL term by its closed form. The tutorial's code never writes down a KL divergence. It draws **one** latent code for each image and takes
#
# $$\log p(x \mid z) + \log p(z) - \log q(z \mid x) \qquad\qquad z \sim q(z \mid x)$$
#
# This is an unbiased estimate of the ELBO, because $\mathbb E_q[\log q(z \mid x) - \log p(z)]$ *is* the KL divergence, by its definition.

# %% [markdown]
# ### Exercise 6 · `single_sample_elbo` (1 point)
#
# A warm-up. Return this estimate for each image. `log_normal_pdf(x, mean, log_var)` and `bernoulli_nll(x, logits)` from `02_elbo` are imported. The prior is $N(0, I)$.


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


# %% check="single_sample_elbo" points=1

# %% [markdown]
# The estimate has three random terms. With the closed form only one is random, the reconstruction term:
#
# $$\log p(x \mid z) - \mathrm{KL}\big(q(z \mid x)\,\|\,p(z)\big) \qquad\qquad z \sim q(z \mid x)$$
#
# Both have the same mean. We draw 50 latent codes for each of 100 test images, and look at how much the two estimates of one image vary.

# %% [markdown] predict="noise"
# **Predict.** After training, which estimate has the larger standard deviation: the one with *three random terms*, or the one with the *closed form*? And before training?
#
# *My prediction:* …


# %%
def two_estimates(vae, x, n_samples):
    """The ELBO of each image with one draw and with the closed form, both (n_samples, n)."""
    z_mean, z_log_var = vae.encode(x)
    kl = np.asarray(kl_divergence(z_mean, z_log_var, 0.0, 0.0))
    one_draw, closed_form = [], []
    for _ in range(n_samples):
        eps = generator.normal(size=z_mean.shape)
        z = (z_mean + np.exp(z_log_var / 2) * eps).astype("float32")
        logits = vae.decoder(z)
        one_draw.append(single_sample_elbo(x, logits, z, z_mean, z_log_var))
        closed_form.append(-np.asarray(bernoulli_nll(x, logits)) - kl)
    return np.array(one_draw), np.array(closed_form)


# %%
set_seed(SEED)
untrained = VAE(*build_efficient_vae(latent_dim=24))
for title, model in (("before training", untrained), ("after training", efficient)):
    one_draw, closed_form = two_estimates(model, x_test[:100], n_samples=50)
    print(f"{title:15}: mean {one_draw.mean():7.1f} and {closed_form.mean():7.1f} nats,", end=" ")
    print(f"standard deviation {one_draw.std(axis=0).mean():4.2f} with one draw,", end=" ")
    print(f"{closed_form.std(axis=0).mean():4.2f} with the closed form")

# %% alt="Two histograms of the distance of an estimate from the mean of its image: both are centred at 0, and the one with a single draw is narrower."
estimates = {"one draw": one_draw, "KL in closed form": closed_form}
off = {title: values - values.mean(axis=0) for title, values in estimates.items()}
ax = plots.histograms(off, xlabel="distance of an estimate from the mean of its image, nats")
ax.set_xlim(-25, 25)
plt.show()

# %% [markdown]
# The two means agree, as they must. Before training the estimate with one draw varies more, 0.39 nats against 0.13. After training it varies *less*, 4.28 against 5.36, although three of its terms are random instead of one.
#
# The three terms are not independent. Suppose that $q$ were the true posterior. Then
#
# $$\frac{p(x \mid z)\, p(z)}{q(z \mid x)} = \frac{p(x, z)}{p(z \mid x)} = p(x)$$
#
# is the same number for *every* $z$, and one draw has no variance at all. The closer $q$ is to the true posterior, the better the noise of the three terms cancels. The closed form removes the noise of the KL term, and with it what would have cancelled the noise of the reconstruction term.

# %% [markdown]
# ## Two dimensions, and a map
#
# Twenty-four latent dimensions cannot be drawn. So here is the efficient model once more, with two latent dimensions. With only two, one of them easily **collapses** at the start: its KL term goes to 0, the decoder learns to do without it, and it stays inactive. Therefore the steps are smaller here, and the KL term warms up over 300 steps.

# %%
set_seed(SEED)
vae_2d = VAE(*build_efficient_vae(latent_dim=2), seed=SEED)
steps_2d = EPOCHS_2D * -(-len(x_train) // BATCH_SIZE)
smaller_steps = keras.optimizers.schedules.CosineDecay(4e-3, steps_2d)
vae_2d.compile(keras.optimizers.Adam(smaller_steps), steps_per_execution=10)
schedule = {"batch_size": BATCH_SIZE, "epochs": EPOCHS_2D, "callbacks": [KLWarmup(300)]}
vae_2d.fit(x_train, verbose=0, **schedule)
z_test, labels = vae_2d.encode(x_test[:1_500])[0], mnist.y_test[:1_500]
elbo = vae_2d.evaluate(x_test, batch_size=500, verbose=0, return_dict=True)["elbo"]
print(f"test ELBO {elbo:.1f} nats per image")

# %% alt="Two panels: test images as points in the plane, with the ones in a strip of their own at the bottom, and the plane decoded on a grid of 11 by 11 images."
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.3), layout="constrained")
plots.code_scatter(z_test, labels, ax=axes[0])
grid = codes.quantile_grid(11)
plots.latent_grid(vae_2d.decode(grid), grid, ax=axes[1])
plt.show()

# %% [markdown]
# On the left are the latent codes of test images, on the right what the latent codes on a grid decode to, at the quantiles of the prior as in `03_reparameterization`. The ones have a strip of their own at the bottom, the zeros lie at the upper right, and 4, 7 and 9 share the left. In the middle 2, 3, 5, 6 and 8 lie on top of each other, and there the decoder draws blurred mixtures. Convolutions do not change that: two dimensions are few. The test ELBO is about −157 nats after two epochs, against −77 with 24 dimensions after five.
#
# Look for the places where one digit turns into another:

# %% alt="The two-dimensional latent space decoded on a grid of 12 by 12: zeros at the right, nines and sevens at the left, ones at the bottom, and blurred mixtures where they meet."
latent_explorer(vae_2d.decode, mnist.x_test[:1_500], z_test, labels)

# %% [markdown]
# ## From one latent code to another
#
# What lies between two digits? Take a latent code of each, go from one to the other in equal steps, and decode on the way. This is **linear interpolation**, or **lerp**:
#
# $$z(t) = (1 - t)\, z_a + t\, z_b \qquad\qquad 0 \le t \le 1$$
#
# In many dimensions there is an argument against it. Let $z_a$ and $z_b$ be samples from the prior $N(0, I)$ in $d$ dimensions. The squared norm of such a sample is a sum of $d$ squares with mean 1 each, so it is close to $d$: nearly all samples lie in a thin shell of radius $\sqrt d$. What is the norm half-way between two of them?

# %% [markdown] predict="norms"
# **Predict.** In 50 dimensions a sample from the prior has a norm of about $\sqrt{50} \approx 7.1$. What norm has the latent code half-way between two such samples: about *7*, about *5*, or about *0*?
#
# *My prediction:* …

# %% alt="Two histograms of norms in 50 dimensions that hardly overlap: samples from the prior around 7, and codes half-way between two samples around 5."
z_a, z_b = generator.normal(size=(2, 20_000, 50))
norms = {
    "samples from the prior": np.linalg.norm(z_a, axis=1),
    "half-way between two": np.linalg.norm((z_a + z_b) / 2, axis=1),
}
plots.histograms(norms, xlabel="norm of a latent code, 50 dimensions")
plt.show()
typical = norms["half-way between two"].mean()
share = stats.chi(50).cdf(typical)
print(f"half-way: {typical:.2f} on average; {share:.2%} of the prior has a norm below that")

# %% [markdown]
# Half-way, $(z_a + z_b) / 2$ has variance $\tfrac14 + \tfrac14 = \tfrac12$ in each dimension, so its norm is near $\sqrt{d / 2} = 5$. The straight line cuts through the inside of the shell, where the prior has hardly any samples, and the decoder has seen few latent codes.
#
# **Spherical interpolation**, or **slerp**, stays in the shell. It turns from the direction of $z_a$ to that of $z_b$ at equal angles, and changes the norm evenly:
#
# $$z(t) = \big((1 - t)\, |z_a| + t\, |z_b|\big) \cdot \left( \frac{\sin((1 - t)\,\omega)}{\sin \omega}\, \frac{z_a}{|z_a|} + \frac{\sin(t\,\omega)}{\sin \omega}\, \frac{z_b}{|z_b|} \right) \qquad \cos \omega = \frac{z_a^\top z_b}{|z_a|\,|z_b|}$$
#
# Two cases need care. If both codes have the **same direction**, $\omega$ is 0 and the formula says 0/0, although there is nothing to turn: the directions stay, and the norm changes evenly. If they have **opposite directions**, $\omega$ is $\pi$, and all ways around are equally long, so that no answer is right, and the function should say so with a `ValueError`.

# %% [markdown]
# ### Exercise 7 · `interpolate` (3 points)
#
# A problem, since the formula is the smaller part of it. Return `steps` latent codes at equal steps of $t$, the first `z_a` and the last `z_b`. A computer rounds: $\cos \omega$ may come out as 1.0000001, whose arccos is NaN, and $\omega$ is hardly ever exactly 0 or exactly $\pi$. Leave some room at both ends, such as 0.01 radians.


# %% exercise="interpolate"
def interpolate(z_a, z_b, steps, kind):
    """An interpolation from one latent code to another, both ends included.

    Args:
        z_a: the code to start from, (d,), not all zeros.
        z_b: the code to end at, (d,), not all zeros.
        steps: how many codes, at least 2.
        kind: "lerp" for linear, "slerp" for equal angles and evenly changing norms.

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
        raise ValueError("slerp: the codes have opposite directions, so no path is the shortest")
    norms = (1 - t) * norm_a + t * norm_b
    if omega < 0.01:
        return norms * ((1 - t) * a + t * b)
    return norms * (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)
    # END SOLUTION


# %% [markdown] hints="interpolate"
# 1. Begin with `t = np.linspace(0, 1, steps)[:, None]`, so that everything broadcasts to (steps, d). "lerp" is one line.
# 2. For "slerp" take norms and directions apart: $a = z_a / |z_a|$ and $b = z_b / |z_b|$ give $\omega$ by `np.arccos(np.clip(a @ b, -1, 1))`. Test for $\omega$ near $\pi$ first, then for $\omega$ near 0, and divide by $\sin \omega$ only after both.
# 3. `norms * (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)` with `norms = (1 - t) * norm_a + t * norm_b`. Where $\omega$ is below 0.01, put `(1 - t) * a + t * b` in the place of the fraction.


# %% [markdown]
# Try it: from (2, 0) to (0, 2) in three steps. The code in the middle is (1, 1) with lerp, and (1.414, 1.414) with slerp.

# %%
right, up = np.array([2, 0], dtype="float32"), np.array([0, 2], dtype="float32")
for kind in ("lerp", "slerp"):
    print(kind, np.round(interpolate(right, up, 3, kind), 3).tolist())


# %% check="interpolate" points=3

# %% [markdown]
# The shell argument is about **samples of the prior**. People also interpolate between **posterior means** of images, whose norms are smaller, because a mean lacks the noise of a sample from $q$. So we try both. First the strips: two pairs of test images, and two pairs of samples.

# %% alt="Eight strips of twelve images, lerp above slerp for each of four pairs: from a 7 to a 2, where the middle is pale or broken; from a 0 to a 4 through a 9; and between two pairs of samples."
z_mean, z_log_var = efficient.encode(x_test[:12])
drawn = generator.normal(size=(4, 24)).astype("float32")
pairs = {"means, 7 to 2": z_mean[[0, 1]], "means, 0 to 4": z_mean[[3, 4]]}
pairs |= {"samples": drawn[:2], "other samples": drawn[2:]}
strips = {}
for title, (start, end) in pairs.items():
    for kind in ("lerp", "slerp"):
        between = interpolate(start, end, 12, kind)
        strips[f"{title}, {kind}"] = efficient.decode(np.asarray(between, dtype="float32"))
plots.image_rows(strips)
plt.show()

# %% [markdown]
# Between posterior means both ways lead through digits most of the time. In the strip from 7 to 2 the fifth image is weak both ways: with lerp a pale shape that is neither, with slerp a stroke broken in two. The strip from 0 to 4 passes through a 9. The first two samples are no digits, and nothing between them is one. The clearest differences are in the first pair of samples, where slerp stays dark and lerp fades, and in the strip from 7 to 2, which is weak from the fifth image on under lerp. From 0 to 4 the two ways look alike.
#
# Four pairs are anecdotes, so we need a number. A decoder that is unsure gives grey pixels. The entropy of a pixel with probability $p$, $-p \log p - (1 - p) \log(1 - p)$, is 0 for black and for white and largest for grey; summed over the pixels it says how grey an image is. We take 300 pairs of each kind.

# %% [markdown] predict="shell"
# **Predict.** For pairs of samples of the prior: will the images half-way be greyer with lerp or with slerp? And for pairs of posterior means?
#
# *My prediction:* …


# %%
def greyness(z):
    """The mean entropy of the decoded images, in nats per image."""
    p = efficient.decode(np.asarray(z, dtype="float32")).reshape(len(z), -1)
    return np.mean(np.sum(special.entr(p) + special.entr(1 - p), axis=1))


means = efficient.encode(x_test[:600])[0]
for title, z in {
    "prior samples": generator.normal(size=(600, 24)),
    "posterior means": means,
}.items():
    starts, ends = z[: len(z) // 2], z[len(z) // 2 :]
    print(f"{title:15}: norm {np.linalg.norm(z, axis=1).mean():.2f}, at the ends {greyness(z):.1f}")
    for kind in ("lerp", "slerp"):
        half = np.array([np.asarray(interpolate(a, b, 3, kind))[1] for a, b in zip(starts, ends)])
        norm = np.linalg.norm(half, axis=1).mean()
        print(f"  half-way, {kind:5}: norm {norm:.2f}, greyness {greyness(half):.1f} nats")

# %% [markdown]
# For samples of the prior the shell argument holds: half-way with lerp the norm drops from 4.9 to 3.4, and the images are greyer, 73.7 nats against 59.4 at the ends. With slerp norm and greyness stay what they are. For posterior means the numbers say the same, 65.5 nats with lerp and 48.6 with slerp, since our means, with a norm of 4.5, lie nearly as far out as samples do. In a model with many inactive dimensions they would not, because there the means are near 0. Between ends of equal length, however, the middle of the slerp path is the middle of the lerp path, made longer. So this comparison shows what it does to *shorten* a latent code to 70% of its length: the image becomes greyer. Low greyness means that an image is *sharp*, not that it is a digit: the slerp strip from 7 to 2 is sharp, and broken in the middle. Slerp keeps the lengths at which the decoder was trained; whether the images on the way are better ones, look and see.

# %% [markdown]
# ## The likelihood behind the bound
#
# The ELBO is a lower bound. How far below $\log p(x)$ is it? In `02_elbo` you derived a tighter bound: draw $k$ latent codes from $q(z \mid x)$ instead of one, and take the logarithm of the **mean importance weight**:
#
# $$\log p(x) \approx \log \frac 1 k \sum_{j=1}^{k} \frac{p(x \mid z_j)\; p(z_j)}{q(z_j \mid x)} \qquad\qquad z_j \sim q(z \mid x)$$
#
# For $k = 1$ this is the one-draw estimate of the ELBO. With $k$ in the thousands it is what papers report as **the log-likelihood**, although its mean is still a little below $\log p(x)$.

# %% [markdown]
# ### Exercise 8 · `log_likelihood` (1 point)
#
# A warm-up. Return it for each image. The decoder has done its part: $\log p(x \mid z_j)$ is given. `log_normal_pdf` and `importance_weighted_bound(log_w)`, with samples along the first axis, are imported.


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


# %% check="log_likelihood" points=1

# %% [markdown]
# We tighten the bound of the efficient model for 200 test images.

# %% [markdown] predict="tighter"
# **Predict.** By how many nats will the bound rise from $k = 1$, the ELBO, to the largest $k$: *about 1*, *about 10*, or *about 100*?
#
# *My prediction:* …

# %%
x = x_test[:200]
z_mean, z_log_var = efficient.encode(x)
z, log_p_x = [], []
for _ in range(N_SAMPLES):
    eps = generator.normal(size=z_mean.shape)
    z.append((z_mean + np.exp(z_log_var / 2) * eps).astype("float32"))
    log_p_x.append(-np.asarray(bernoulli_nll(x, efficient.decoder(z[-1]))))
z, log_p_x = np.array(z), np.array(log_p_x)  # (k, n, d) and (k, n)

# %%
sizes = 2 ** np.arange(int(np.log2(N_SAMPLES)) + 1)
bounds = []
for k in sizes:  # the mean over groups of k samples, at most 64 of them
    groups = [slice(start, start + k) for start in range(0, N_SAMPLES - k + 1, k)]
    each = [log_likelihood(log_p_x[g], z[g], z_mean, z_log_var) for g in groups[:64]]
    bounds.append(np.mean(each, axis=0))
    print(f"k = {k:>4}: {bounds[-1].mean():8.2f} nats, standard error {stats.sem(bounds[-1]):.2f}")

# %% alt="The bound on the log-likelihood against the number of samples k on a logarithmic axis: it rises with each doubling, by less each time."
curve = {"importance-weighted bound": np.mean(bounds, axis=1)}
ax = plots.lines(sizes, curve, xlabel="samples k", ylabel="nats, mean of 200 images")
ax.set_xscale("log", base=2)
ax.set_xticks(sizes, sizes)
plt.show()

# %% [markdown]
# The bound rises by 6.1 nats, from −75.3 to −69.2, and each doubling of $k$ brings less than the one before. So the model is better than its ELBO says: the gap that $k = 1$ leaves is the mean divergence between $q(z \mid x)$ and the true posterior.
#
# Look at the standard error, too. It says how far the mean over 200 images may be from the mean over all images, and with 1.4 to 1.5 nats it is much larger than what the last doublings of $k$ bring. Two hundred images are enough to see the curve, and too few for a table. For a table take $k = 5{,}000$, as `vaelib.metrics.held_out_log_likelihood` does, and the ELBO of all 10,000 images.

# %% [markdown]
# ## Scores under three binarizations
#
# Now we put numbers side by side. We trained the efficient model three times for 8 epochs, with images binarized in each of the three ways, and scored it on test images binarized in the same way. That takes too long for a notebook, so `experiments/binarization.py` did it and kept the scores. The negative log-likelihood (NLL) is importance-sampled with $k = 5{,}000$ for 300 of the test images, and extended to all 10,000 by adding the mean difference between NLL and negative ELBO on these 300 to the negative ELBO of all. ± is the standard error over images. There is one table for each *kind* of number.


# %%
def table(number, error, published):
    """A table of one kind of number, a row for each binarization."""
    rows = [f"| images | efficient model, {number} | published |", "| --- | --- | --- |"]
    for mode, score in reference.binarization_scores().items():
        ours = f"{score[number.split()[-1].lower()]:.2f} ± {score[error]:.2f}".replace("-", "−")
        rows.append(f"| {mode} | {ours} | {published.get(mode, '')} |")
    return Markdown("\n".join(rows))


table("test ELBO", "elbo_error", {"threshold": "−77.8, TensorFlow tutorial, earlier edition"})

# %%
burda = (
    "86.76, VAE with k = 1; 86.35, VAE with k = 50 samples in each step; 84.78, IWAE with k = 50"
)
table("test NLL", "nll_error", {"dynamic": f"{burda} (Burda et al. 2015, one stochastic layer)"})

# %% [markdown]
# - **Down a column** stands the same model, trained three times, and 17 nats lie between its ELBOs. The difference is not in the model but in the images, which under "static" and "dynamic" contain sampling noise. (Why 17 and not 45.6? The oracle knows the grey image, and the model does not, so that under the threshold, too, it has to pay for not knowing where a stroke ends.)
# - **Across the rows:** under the threshold our ELBO is 1.2 nats better than the published one. Under "dynamic" our NLL is 1.4 nats *worse* than that of the VAE with $k = 1$, three to four standard errors. That VAE saw the images more than 3,000 times, ours 8 times. (86.35 belongs to a VAE whose ELBO was averaged over 50 samples in each training step. IWAE maximises the importance-weighted bound instead, and reaches 84.78.)
# - **Between the tables:** for one and the same model, the ELBO and minus the NLL differ by 5 to 7 nats. Whoever sets their own likelihood beside the ELBO of others wins these nats for nothing.

# %% [markdown] answer="comparable" points=3
# **Written answer (3 points).** Somebody has collected these results, and calls H "the state of the art, a score close to zero".
#
# | | model | number, as reported | images |
# | --- | --- | --- | --- |
# | A | TensorFlow tutorial, earlier edition | −77.8, ELBO | test, threshold |
# | B | the efficient model of this notebook | about −77, ELBO averaged over its last epoch | training, threshold |
# | C | the efficient model after 8 epochs | −76.55, ELBO | test, threshold |
# | D | the efficient model, trained on static images | 88.45 ± 0.37, NLL by importance sampling | test, static |
# | E | PixelCNN (van den Oord et al. 2016) | 81.30, exact NLL | test, static |
# | F | DRAW with attention (Gregor et al. 2015) | at most 80.97, an upper bound on the NLL | test, static |
# | G | VAE, one layer (Burda et al. 2015) | 86.76, NLL by importance sampling | test, dynamic |
# | H | Glow (Kingma & Dhariwal 2018), in the table of Grathwohl et al. 2019 | 1.05 bits per dimension, NLL | test, grey with 256 levels |
#
# Sort them into groups within which a comparison is fair, and say for each group what it shows. Four traps lie in the table. Name them, each with two rows that must not be compared because of it. Last: H converted to nats per image is a number that one could write beside G. Compute it, and say whether it may stand there then.
#
# <!-- BEGIN SOLUTION -->
# A and C may be compared: both are ELBOs of test images under the threshold, and C is 1.2 nats better. D, E and F are about test images of the static kind (our images are another draw of that kind than the file that others use, which should be said). D and E are likelihoods, one estimated and one exact, and PixelCNN is better by 7 nats, far more than the standard error of 0.37. F is a bound, but on the safe side: the NLL of DRAW is 80.97 or less, so that DRAW is at least as good as E, and almost certainly better than D, whose importance-sampled NLL can only be a little too large. B, G and H stand alone. Traps: (1) a bound beside a likelihood: C beside D, whose signs differ, too; and if the ELBO of D's own model, −93.95, stood beside E, it would look worse than it is. (2) Binarization: C and G score different images; D and G have test images of the same distribution, but G was trained on fresh noise, and by convention they are kept apart (a reasoned comparison of the two is accepted). (3) Units: H is in bits per dimension, all others are in nats per image. (4) The set of images: B beside A or C, since B is measured on training images, while the weights still changed. H is 1.05 · 784 · ln 2 = 571 nats per image, and it may not stand beside G even then, because it is the likelihood of grey images with 256 levels, which is another data set.
#
# *Rubric.* 1 point: the groups {A, C} and {D, E, F} with what they show, and F read as a bound. 1 point: all four traps, each with a pair. 1 point: about 571 nats, and that the unit was not the only obstacle.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Recap
#
# You can now
#
# - **build** an encoder and a decoder from convolutions, and **compare** them with a dense pair under equal budgets and with a control,
# - **count** multiply-adds from shapes, and say why equal parameters are not equal work,
# - **binarize** images by threshold, static and dynamic sampling, and say why their likelihoods must not be compared,
# - **train** a VAE to a published bound, look at reconstructions and samples, and film it while it learns,
# - **interpolate** linearly and spherically, and say for which latent codes the difference matters,
# - **report** a log-likelihood with its binarization, its number of samples, its set of images and its standard error.
#
# A practitioner would now train longer, replace the plain layers by residual ones, and look for a better posterior. In `05_cvae` we ask the model for a digit of our choice.

# %% [markdown]
# ## Appendix: the same bound for a fraction of the work
#
# The tutorial publishes its bound after 100 epochs, and the efficient model passes it in five. Two things differ between them, the **architecture** and the **schedule**. Which of them is it?

# %% alt="Horizontal bars of the multiply-adds of each layer of the tutorial's model and of the efficient model: one layer at 28 by 28 dominates the tutorial's, one at 7 by 7 the efficient model's."
tutorial, ours = build_tutorial_vae(latent_dim=50), (efficient.encoder, efficient.decoder)
fig, axes = plt.subplots(1, 2, figsize=(9, 3), sharex=True, layout="constrained")
for ax, title, pair in zip(axes, ("tutorial", "efficient model"), (tutorial, ours)):
    rows = described(pair)
    names = ["×".join(map(str, row["outputs"])) for row in rows]
    ax.barh(
        range(len(rows)), np.array(multiply_adds(rows)) / 1e6, color=plt.get_cmap("cividis")(0.25)
    )
    ax.set_yticks(range(len(rows)), names)
    ax.set(xlabel="multiply-adds for an image, millions", title=title)
    ax.invert_yaxis()
    ax.spines[["top", "right"]].set_visible(False)
plt.show()
for title, pair in {"tutorial": tutorial, "efficient model": ours}.items():
    print(f"{title:15}: {sum(multiply_adds(described(pair))) / 1e6:.2f} million multiply-adds")

# %% [markdown]
# As in your decoder, the layer that makes 32 feature maps of 28 × 28 does most of the work, here 63% of the multiply-adds. The efficient model does less than half of the work for an image. That alone is a factor of two. The other difference is the schedule:

# %% alt="Two panels: the learning rate of the efficient model rises to 0.008 and falls along a cosine to 0, far above the constant 0.0001 of the tutorial; the weight of the KL term rises from 0 to 1 over the first 60 steps, where the tutorial has 1 throughout."
steps = np.arange(0, n_steps, max(1, n_steps // 300))
axes = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained")[1]
rates = {"tutorial": 1e-4, "efficient model": [float(rate(step)) for step in steps]}
plots.lines(steps, rates, xlabel="step", ylabel="learning rate", marker="", ax=axes[0])
first = np.arange(200)
weights = {"tutorial": 1.0, "efficient model": kl_warmup(first, 60)}
plots.lines(first, weights, xlabel="step", ylabel="weight of the KL term", marker="", ax=axes[1])
plt.show()

# %% [markdown]
# Small steps of one size need many epochs. Large steps that shrink towards the end need few, and for so short a run Adam gets a shorter memory, $\beta_2 = 0.99$. Which of the two differences matters? `experiments/ablation.py` trained all four combinations for 5 epochs each, with one seed, and kept test ELBO and processor seconds.

# %%
rows = ["| architecture | schedule | test ELBO | processor seconds |", "| --- | --- | --- | --- |"]
for run in reference.ablation():
    elbo = f"{run['elbo']:.1f}".replace("-", "−")
    rows.append(f"| {run['architecture']} | {run['schedule']} | {elbo} | {run['seconds']:.0f} |")
Markdown("\n".join(rows))

# %% [markdown]
# Read the table by rows and columns. With the tutorial's architecture the schedule alone brings 25 nats in the same five epochs, at the same cost. The architecture alone brings 8 nats, and makes an epoch cost two fifths. Together they reach −77.2: with the good schedule the architecture is worth another 2 nats, and again saves more than half of the time. So the schedule matters more for the bound, the architecture for the clock, and the two do not simply add up. (There is one seed for each; the five seeds of the efficient model lie within 0.5 nats, so seed noise matters at most for the last comparison.)
#
# And the factor to the tutorial? A hundred of its epochs would take about 3,700 processor seconds at this rate, and the efficient model took 77, nearly a fiftieth. `docs/measurements.md` has a more careful measurement of a slightly longer run, which counts compilation, with a factor of 43. Nothing in the model is new. The tutorial was written to be read, not to be fast; what we added is attention to shapes and step sizes.

# %% [markdown]
# ## Further reading
#
# - Dumoulin & Visin, *A guide to convolution arithmetic for deep learning*, 2016: strides, padding and transposed convolutions in moving pictures.
# - TensorFlow, [*Convolutional Variational Autoencoder*](https://www.tensorflow.org/tutorials/generative/cvae): the tutorial whose bound we reached.
# - Salakhutdinov & Murray, *On the Quantitative Analysis of Deep Belief Networks*, ICML 2008: where the static binarization of MNIST comes from.
# - Burda, Grosse & Salakhutdinov, *Importance Weighted Autoencoders*, ICLR 2016: dynamic binarization, 5,000 samples, and numbers to compare with.
# - Roeder, Wu & Duvenaud, *Sticking the Landing*, NeurIPS 2017: gradients whose noise vanishes as q approaches the true posterior, the idea behind our two estimates.
# - White, *Sampling Generative Networks*, 2016: spherical interpolation, with many strips.
