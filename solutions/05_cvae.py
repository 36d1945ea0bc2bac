# %% [markdown]
# # 05 · A VAE that takes orders: draw me an eight
#
# **You will learn** to *tell* two networks which digit you want, to *count* what the label is worth in nats, to *keep* a style while the digit changes, to *measure* how often you get what you asked for, and to *place* each class with a prior of its own.
#
# **Before you start.** Work through `03_reparameterization` and `04_cnn_vae`. You need the ELBO, the KL between Gaussians, and the convolutional VAE.
#
# **Time and points.** About 140 minutes, 17 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import codes, data, plots
from vaelib.plots import widgets
from vaelib.explorer import latent_explorer
from vaelib.losses import kl_divergence
from vaelib.models import CVAE, ClassPriorVAE, build_conv_decoder, build_full_covariance_vae
from vaelib.training import KLWarmup, budget, set_seed

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %%
SEED = 5
BATCH_SIZE = 50
STEPS = budget(cpu=800, gpu=1_200, smallest=5)  # batches in an epoch of the convolutional models
EPOCHS = budget(cpu=1, gpu=20)
BATCH_SIZE_DENSE = 100
STEPS_DENSE = budget(cpu=300, gpu=600, smallest=4)  # of the dense ones
EPOCHS_DENSE = budget(cpu=3, gpu=20)
STEPS_FIRST = budget(cpu=300, gpu=300, smallest=2)
N_JUDGED = budget(cpu=2_000, gpu=10_000, smallest=100)  # drawn digits that the judge looks at

# %% [markdown]
# ## The question
#
# Your VAE draws digits. Ask it for an **eight**, and it cannot help you: you draw a code, and see what comes. You could search the map for eights. But there is a better way. We have the labels, so let us use them.
#
# Here is what we want a model of: not "images", but "images **of this class**". One row for each class.

# %%
mnist = data.load_mnist()
x_train = data.binarize(mnist.x_train, "threshold", SEED)
x_test = data.binarize(mnist.x_test, "threshold", SEED)
y_train, y_test = mnist.y_train.astype("int32"), mnist.y_test.astype("int32")
generator = np.random.default_rng(SEED)
rows = {f"y = {c}": x_test[y_test == c][:14] for c in range(10) if np.sum(y_test == c) > 13}
plots.image_rows(rows)
plt.show()

# %% [markdown]
# Look along a row: the class stays, and the **style** changes, such as slant, width and loops. Look down a column: everything changes. We want a model with two inputs. The label $y$ says which row. The code $z$ says everything else.

# %% [markdown]
# ## The ELBO with a condition
#
# We want $p(x \mid y)$ to be high: the probability of an image, given its label. Everything from `02_elbo` stays true if we put "given $y$" into each term:
#
# $$\log p(x \mid y) \;\ge\; \mathbb{E}_{q(z \mid x, y)}\big[\log p(x \mid z, y)\big] - \mathrm{KL}\big(q(z \mid x, y) \,\|\, p(z \mid y)\big)$$
#
# Two networks are told the label. The **decoder** gives $p(x \mid z, y)$: it draws the class you ask for. The **encoder** gives $q(z \mid x, y)$: it need not find out which class it sees, because it knows. For the prior we **choose** $p(z \mid y) = N(0, I)$, the same for every class. So we can draw a code first, and then ask for any digit.
#
# This is the **conditional VAE**, or CVAE (Sohn et al. 2015). In code only one thing is new: how does a network take in a label?

# %% [markdown]
# ## A label is a list of ten numbers
#
# As one number, the label would say that 8 is twice as much of something as 4. That is nonsense. So a label becomes ten numbers, nine zeros and a one: **one-hot**. Then the network has weights of their own for each class.

# %% compare
print(np.asarray(ops.one_hot([4, 8], 10)).astype(int))

# %% [markdown]
# The decoder begins with a code, a list of numbers. So we write the ten numbers behind it.

# %% [markdown]
# ### Exercise 1 · `condition_code` (1 point)
#
# Return each code with its label, one-hot, **behind** it. Write it with functions of `ops`, and mind the `axis`: each code is followed by its own label, while the default puts the labels below the codes, where they do not fit. In numpy it would pass here, but in exercise 3 you will want it inside a model, where only `ops` works.


# %% exercise="condition_code"
def condition_code(z, y, n_classes):
    """Codes with their labels, one-hot, behind them.

    Args:
        z: codes, (n, d).
        y: labels, whole numbers from 0 to n_classes − 1, (n,).
        n_classes: how many classes there are.

    Returns:
        (n, d + n_classes).
    """
    # BEGIN SOLUTION
    return ops.concatenate([z, ops.one_hot(y, n_classes)], axis=-1)
    # END SOLUTION


# %% [markdown]
# Try it: the code (0.5, −1) of class 2 of 3 becomes 0.5, −1, 0, 0, 1.

# %%
print(np.asarray(condition_code(np.array([[0.5, -1]], dtype="float32"), np.array([2]), 3)))


# %% check="condition_code" points=1

# %% [markdown]
# ## A label as a picture
#
# The encoder begins with an image, and a convolution looks at small windows of it. Ten numbers have no place in an image. So we make an image of them: a dense layer turns the label into a **plane** of 28 × 28, and the plane becomes a second channel. The network learns ten planes, one for each class, and what to do with them.

# %% [markdown]
# ### Exercise 2 · `build_label_plane` (2 points)
#
# Build this model. Begin with `keras.Input((n_classes,))`.
#
# | layer | output | activation |
# | --- | --- | --- |
# | input: labels, one-hot | `n_classes` | |
# | dense | `size` · `size` | none |
# | reshape | (`size`, `size`, 1) | |


# %% exercise="build_label_plane"
def build_label_plane(n_classes, size):
    """Build the network that makes a plane of a label.

    Args:
        n_classes: how many classes there are.
        size: height and width of the plane.

    Returns:
        A `keras.Model` from one-hot labels (n, n_classes) to (n, size, size, 1).
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((n_classes,)),
            layers.Dense(size * size),
            layers.Reshape((size, size, 1)),
        ],
        name="label_plane",
    )
    # END SOLUTION


# %% [markdown]
# Try it: for 10 classes and a plane of 28 × 28 it should have 10 · 784 + 784 = 8,624 parameters.

# %% compare
print(f"{build_label_plane(10, 28).count_params():,}")


# %% check="build_label_plane" points=2

# %% [markdown]
# Before any training the planes are noise. But they are ten different ones, and that is all the encoder needs: it can see which class it is told.

# %%
planes = np.asarray(build_label_plane(10, 28)(np.eye(10, dtype="float32")))
lowest, highest = planes.min(), planes.max()
planes = np.pad((planes - lowest) / (highest - lowest), [(0, 0), (2, 2), (2, 2), (0, 0)])
plots.image_rows({"0 to 9": planes})
plt.show()

# %% [markdown]
# ### Exercise 3 · `build_cvae` (3 points)
#
# Build both networks. They are those of `04_cnn_vae`, told the label.
#
# **The encoder** has two inputs, in this order: the image, and its label as a whole number.
#
# | layer | output | activation |
# | --- | --- | --- |
# | input `x` | (28, 28, 1) | |
# | input `y` | () | |
# | `build_label_plane(10, 28)` of the one-hot label, as a **second channel** behind the image | (28, 28, 2) | |
# | convolution, 3 × 3, stride 2, `same` | (14, 14, 32) | ReLU |
# | convolution, 3 × 3, stride 2, `same` | (7, 7, 64) | ReLU |
# | flatten, dense | 16 | ReLU |
# | dense, the heads `z_mean` and `z_log_var` | `latent_dim` | none |
#
# **The decoder** has two inputs, too: the code, and the label as a whole number. Behind the code comes the label, one-hot, and these `latent_dim` + 10 numbers go into the decoder of `04_cnn_vae`. It is imported: `build_conv_decoder(latent_dim + 10)` is a model that you can call like a layer.
#
# - `keras.Input((), dtype="int32")` is an input of one whole number for each image.
# - `ops.one_hot(y, 10)` works on inputs, and so do your two functions, if they are written with `ops`. If Keras says that a KerasTensor is symbolic, there is numpy in one of them.
# - `layers.Concatenate()([a, b])` puts channels behind each other. (`ops.concatenate([a, b])` needs `axis=-1` for that.)
# - `keras.Model([x, y], [z_mean, z_log_var])` is a model with two inputs and two outputs.


# %% exercise="build_cvae"
def build_cvae(latent_dim):
    """Build the two networks of a conditional VAE for ten classes.

    Args:
        latent_dim: the length of the code.

    Returns:
        encoder, a `keras.Model` from images (n, 28, 28, 1) and labels (n,) to z_mean and z_log_var,
        both (n, latent_dim); and decoder, a `keras.Model` from codes (n, latent_dim) and labels
        (n,) to logits (n, 28, 28, 1).
    """
    # BEGIN SOLUTION
    x, y = keras.Input((28, 28, 1)), keras.Input((), dtype="int32")
    plane = layers.Reshape((28, 28, 1))(layers.Dense(28 * 28)(ops.one_hot(y, 10)))
    h = layers.Concatenate()([x, plane])
    h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(h)
    h = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(h)
    h = layers.Dense(16, activation="relu")(layers.Flatten()(h))
    z_mean = layers.Dense(latent_dim, name="z_mean")(h)
    z_log_var = layers.Dense(latent_dim, name="z_log_var")(h)
    encoder = keras.Model([x, y], [z_mean, z_log_var], name="encoder")

    z, y = keras.Input((latent_dim,)), keras.Input((), dtype="int32")
    logits = build_conv_decoder(latent_dim + 10)(layers.Concatenate()([z, ops.one_hot(y, 10)]))
    return encoder, keras.Model([z, y], logits, name="decoder")
    # END SOLUTION


# %% [markdown]
# Try it: for a code of 2 numbers both together should have 174,437 parameters.

# %% compare
count = lambda models: sum(model.count_params() for model in models)
print(f"{count(build_cvae(2)):,}")


# %% check="build_cvae" points=3

# %% [markdown]
# ## What is a label worth?
#
# Now train it, with a code of two numbers. (Half a minute on two cores, and as much again for the one after it.) And beside it a **blind** one: the same networks, as many parameters, the same images, but the label that it is told is always 0. So it is a VAE without a condition, of exactly the same size.
#
# How much can a label help? There is a limit. The label is one of ten, so to write it down takes at most ln 10 = 2.3 nats. And if a model knows $p(x \mid y)$, it knows $p(x)$, too, since $p(x) = \sum_y p(y)\, p(x \mid y)$. One term of the sum cannot be more than all:
#
# $$\log p(x) \;\ge\; \log p(x \mid y) + \log p(y)$$
#
# With $p(y) = 1/10$, a model that is told the label is at most 2.3 nats better than the **best** model that is not.

# %% [markdown] predict="worth"
# **Predict.** Our two models have codes of two numbers and train for the same short time. By how many nats will the test ELBO of the one that is told be better: *less than 2.3*, *about 2.3*, or *more than 10*?
#
# *My prediction:* …


# %%
def train(vae, y_train, y_test, **settings):
    """Fit a model to images and labels; return its ELBO of 2,000 test images, in nats."""
    vae.compile(keras.optimizers.Adam(2e-3))
    vae.fit((x_train, y_train), verbose=0, **settings)
    scores = vae.evaluate((x_test[:2_000], y_test[:2_000]), verbose=0, return_dict=True)
    print(
        f"test ELBO {scores['elbo']:.1f} nats: "
        f"log-likelihood {-scores['reconstruction']:.1f}, KL {scores['kl']:.1f}"
    )
    return scores["elbo"]


# %%
conv = {"batch_size": BATCH_SIZE, "steps_per_epoch": STEPS, "epochs": EPOCHS}
set_seed(SEED)
cvae = CVAE(*build_cvae(latent_dim=2), seed=SEED)
elbo_told = train(cvae, y_train, y_test, **conv)

# %% [markdown]
# The blind one likes to fall silent at the start, as in `04_cnn_vae`. So its KL warms up. We give it that help, so that the comparison is fair to it.

# %%
set_seed(SEED)
blind = CVAE(*build_cvae(latent_dim=2), seed=SEED)
elbo_blind = train(blind, 0 * y_train, 0 * y_test, **conv, callbacks=[KLWarmup(300)])
print(f"nats gained by the label: {elbo_told - elbo_blind:.1f}")

# %% [markdown]
# On MNIST, on a processor, the label brings about 27 nats, nearly all of them in the reconstruction: far more than 2.3. Did we break the limit? No. It speaks of the **best** model that is not told. Ours is not the best: it has two numbers for everything, and little time. Blind, they must hold class **and** style, and ten classes crowd one plane. Told, each class has a whole plane for its style.
#
# And the limit gives us something. Roll a die for $y$, then draw $x$: that is a model that nobody has to tell anything. Its bound is that of `cvae` minus 2.3 nats, about −135 nats, and the blind one has about −160.

# %% [markdown]
# ## Ten maps instead of one
#
# In `03_reparameterization` one map showed all digits. Now there is a map for each class. The same 81 codes are decoded ten times, each time under another label.

# %%
grid = codes.quantile_grid(9)
fig, axes = plt.subplots(2, 5, figsize=(12.5, 5.3), layout="constrained")
for digit, ax in enumerate(axes.flat):
    plots.image_grid(cvae.decode(grid, np.full(len(grid), digit)), 9, ax=ax)
plt.show()

# %% [markdown]
# A picture to keep: ten digits, and everything that two numbers know about writing them. Compare the same corner of different maps. On MNIST every digit gets narrower from left to right, and leans to the right from the bottom to the top. Nobody asked for that: the decoder has one set of weights for all classes, so it is cheap to use a number for the same thing everywhere.

# %% [markdown]
# ### Exercise 4 · `class_style_grid` (2 points)
#
# Put it side by side: **row** = class, **column** = code. Each code is decoded under every class. `decoder([z, y])` takes codes (m, d) and labels (m,) and gives **logits**; you return pixels. You may call it once for each class, or once for all.
#
# One thing about Keras: what goes into a model together must be of one kind, both numpy or both tensors. `z` is numpy here, so make the labels with numpy, too.


# %% exercise="class_style_grid"
def class_style_grid(decoder, z, n_classes):
    """The same codes under every label.

    Args:
        decoder: a model from [codes (m, d), labels (m,)] to logits (m, height, width, channels).
        z: codes, (n, d).
        n_classes: how many classes there are.

    Returns:
        (n_classes, n, height, width, channels), pixels in (0, 1): the first axis is the class, the
        second the code.
    """
    # BEGIN SOLUTION
    rows = [decoder([z, np.full(len(z), label)]) for label in range(n_classes)]
    return ops.sigmoid(ops.stack(rows))
    # END SOLUTION


# %% [markdown]
# Try it on three codes: the result should have the shape (10, 3, 28, 28, 1), and values between 0 and 1.

# %%
pixels = np.asarray(class_style_grid(cvae.decoder, np.zeros((3, 2), dtype="float32"), 10))
print(pixels.shape, f"{pixels.min():.2f} to {pixels.max():.2f}")


# %% check="class_style_grid" points=2

# %%
styles = generator.normal(size=(12, 2)).astype("float32")
pixels = np.asarray(class_style_grid(cvae.decoder, styles, 10))
plots.image_rows({f"draw a {digit}": row for digit, row in enumerate(pixels)})
plt.show()

# %% [markdown]
# Down a column it is one hand that writes. On MNIST, where the 1 leans, the 7 and the 9 lean, too, and where the 0 is wide, the 8 is wide.

# %% [markdown]
# ## What if this seven were a three?
#
# Take a real image. Encode it **with its own label**: the code is its style. Then decode the code with another label. Nothing is drawn at random: take $z$ = `z_mean`.

# %% [markdown]
# ### Exercise 5 · `swap_label` (2 points)
#
# Return the images under their new labels. Encode once, with the labels that the images have. The encoder gives two things: `z_mean, _ = …`.
#
# Mind the kinds, as in exercise 4: `z_mean` comes out of the encoder as a tensor, and the labels are numpy. So hand over `ops.convert_to_tensor(y_new)`.


# %% exercise="swap_label"
def swap_label(encoder, decoder, x, y, y_new):
    """Images in their own style, as another class.

    Args:
        encoder: a model from [images, labels] to z_mean and z_log_var, both (n, d).
        decoder: a model from [codes, labels] to logits (n, height, width, channels).
        x: images, (n, height, width, channels).
        y: their labels, (n,).
        y_new: the labels that they should get, (n,).

    Returns:
        (n, height, width, channels), pixels in (0, 1).
    """
    # BEGIN SOLUTION
    z_mean, _ = encoder([x, y])
    return ops.sigmoid(decoder([z_mean, ops.convert_to_tensor(y_new)]))
    # END SOLUTION


# %% [markdown]
# Try it: if the new label is the old one, you get the reconstruction.

# %%
x, y = x_test[:3], y_test[:3]
same = np.asarray(swap_label(cvae.encoder, cvae.decoder, x, y, y))
print(np.abs(same - cvae.reconstruct(x, y)).max() < 1e-4)


# %% check="swap_label" points=2

# %%
style = cvae.encode(x_test[:200], y_test[:200])[0][:, 0]
chosen = np.argsort(style)[np.linspace(0, 199, 10).astype(int)]  # by the first number of the code
x, y = x_test[chosen], y_test[chosen]
rows = {"real": x}
for digit in (2, 3, 5, 8):
    rows[f"as a {digit}"] = swap_label(cvae.encoder, cvae.decoder, x, y, np.full(len(x), digit))
plots.image_rows(rows)
plt.show()

# %% [markdown]
# The images are sorted by the first number of their code. On MNIST the slanted 4 becomes a slanted 2 and a slanted 8, and the narrow 7 on the right a narrow 3. The very wide 0 on the left has a code where hardly any 2 lies, and becomes a smudge. So the style goes over, as far as the code knows it. What two numbers do not hold is lost: the bold 8 gives no bold 2.

# %% [markdown]
# ## Where are the codes?
#
# In `03_reparameterization` we coloured the codes of test images by their labels, and saw that classes keep together: the ones apart, the zeros apart, others in a common heap. Here are the codes of both models.

# %% [markdown] predict="clouds"
# **Predict.** In the model that is told the label, will the codes lie *class by class, as far as there is room*, or *all over each other*?
#
# *My prediction:* …

# %%
n = 2_000
fig, axes = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
for ax, title, (z_mean, _) in (
    (axes[0], "blind", blind.encode(x_test[:n], 0 * y_test[:n])),
    (axes[1], "told the label", cvae.encode(x_test[:n], y_test[:n])),
):
    plots.code_scatter(z_mean, y_test[:n], ax=ax)
    ax.set_title(title)
plt.show()

# %% [markdown]
# ### Written question · Why there are no clouds (2 points)
#
# On the right the classes lie all over each other. Explain in three to six sentences:
#
# 1. Why does the model on the left put many classes in different places, and the one on the right not?
# 2. Which term of the ELBO would become worse, if the code held the class a second time?

# %% [markdown] answer="why_no_clusters" points=2
# <!-- BEGIN SOLUTION -->
# **A good answer.** The decoder must know the class to draw it. In the blind model the code is the only thing that the decoder gets, so the class has to stand in the code, and different classes get different places. In the conditional model the decoder is told the class, so a code that says it again improves no reconstruction. But it would cost: for every class alone the codes would fill only a part of the prior, so the posteriors lie farther from N(0, I), and the KL grows by the information that the code has about the class. Training minimises the sum, so the class is left out, and the two numbers are free for the style, whose values are much the same in all classes.
#
# **Rubric.**
#
# - 1 point: the decoder (or both networks) gets the label, so the code need not hold the class; in the blind model the code is the only way to say it.
# - 1 point: it is the **KL** that would become worse, without any gain in the reconstruction.
#
# Half a point for the second part if the answer says only "the ELBO" or "it would be a waste", without the KL. No point for "the labels are one-hot" or for describing the picture.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Did I get what I asked for?
#
# We look at digits and think: yes, an eight. To count, we need a **judge**: a small classifier, trained on the training images. It names the digit that it sees. We ask the model for many digits, draw a code from the prior for each, and count how often the judge names what we asked for.

# %%
set_seed(SEED)
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
judge.fit(x_train, y_train, batch_size=256, epochs=4, verbose=0)
accuracy = judge.evaluate(x_test, y_test, verbose=0, return_dict=True)["accuracy"]
print(f"the judge is right about {accuracy:.1%} of the real test images")

# %% [markdown] predict="judge"
# **Predict.** What share of the drawn digits will the judge recognise as the digit we asked for: *about half*, *about 90%*, or *more than 95%*? Can it be more than its share of real images?
#
# *My prediction:* …


# %%
def recognised(decode):
    """Which drawn digits the judge names as asked for, as labels and as True or False."""
    asked = np.arange(N_JUDGED) % 10
    images = decode(generator.normal(size=(N_JUDGED, 2)).astype("float32"), asked)
    named = judge.predict(images, verbose=0).argmax(axis=1)
    return asked, named == asked, images


asked, right, images = recognised(cvae.decode)
error = np.sqrt(right.mean() * (1 - right.mean()) / N_JUDGED)
print(f"recognised: {right.mean():.1%}, standard error {error:.1%}")
for digit in range(10):
    print(f"{digit}: {right[asked == digit].mean():.0%}", end="   ")

# %%
missed = np.flatnonzero(~right)[:12]
named = judge.predict(images[missed], verbose=0).argmax(axis=1)
ax = plots.image_rows({"missed": images[missed]})
labels = [f"{a} → {b}" for a, b in zip(asked[missed], named)]
ax.set_xticks(28 * np.arange(len(missed)) + 14, labels)
plt.show()

# %% [markdown]
# On MNIST, on a processor, the judge recognises about 98% of the drawn digits, though only 96% of the real ones. The strip shows some that it missed, and below each "asked for → named". Most are ones: codes from a side of the prior where hardly any real 1 lies make a smudge of it. (So the code is not quite free of the class. Real ones are narrow, and keep to one side.)
#
# How can drawn digits be easier than real ones? They are typical: the decoder draws an average of what people write, without their slips. (And they are grey, where the judge learned black and white. That does not seem to disturb it.) So beware of this number. A model that draws one perfect eight, the same every time, would get 100%. The share says that you get **what you asked for**. It does not say that you get **all of it**. That is what the ELBO is for: it counts every test image.

# %% [markdown]
# ## Turn the knobs
#
# Choose a digit, and turn the two numbers of the code. (Where sliders do not run, you see a still picture: each row is one number turned from −2 to 2, while the other is 0.)

# %%
turns = np.linspace(-2, 2, 11)
first = np.stack([turns, 0 * turns], axis=1)
strips = {"z₁": cvae.decode(first, [8] * 11), "z₂": cvae.decode(first[:, ::-1], [8] * 11)}
widgets.sliders(
    lambda digit, z1, z2: cvae.decode(np.array([[z1, z2]]), [digit])[0],
    plots.image_rows(strips),
    digit=range(10),
    z1=turns,
    z2=turns,
)

# %% [markdown]
# And all ten maps in one: the points are test images at their codes, and the buttons switch the class. Find a style that you like, click to hold it, and then press one digit after the other.

# %%
z_test = cvae.encode(x_test[:400], y_test[:400])[0]
latent_explorer(cvae.decode, mnist.x_test[:400], z_test, y_test[:400], conditional=True)

# %% [markdown]
# The points of all digits lie mixed: the place says little about the class any more. The label says it already, so the two numbers are free for the style.

# %% [markdown]
# ## A second way: a place for each class
#
# Until now we told the networks. We can tell the **prior** instead. Each class $y$ gets a prior of its own, a round cloud around a mean $\mu_y$:
#
# $$p(z \mid y) = N(\mu_y, I)$$
#
# It is the same bound, with another choice of the prior, and with networks that are told nothing:
#
# $$\log p(x \mid y) \;\ge\; \mathbb{E}_{q(z \mid x)}\big[\log p(x \mid z)\big] - \mathrm{KL}\big(q(z \mid x) \,\|\, p(z \mid y)\big)$$
#
# The ten means are weights of the model: they are learned. During training the KL pulls the codes of each class to the mean of their class. To draw an eight, draw a code near $\mu_8$.
#
# So the two ways are opposites. In the first, the code knows next to nothing about the class. In the second, the class **is** a place.

# %% [markdown]
# ### Exercise 6 · `kl_to_class_prior` (2 points)
#
# The KL of a diagonal posterior from the prior of its image's class. The general closed form of `02_elbo` is imported: `kl_divergence(q_mean, q_log_var, p_mean, p_log_var)`. The last one is a **log**-variance. Label $y_i$ says which row of `class_means` belongs to image $i$.


# %% exercise="kl_to_class_prior"
def kl_to_class_prior(z_mean, z_log_var, y, class_means):
    """KL(q(z | x) ‖ N(μ_y, I)) for a diagonal Gaussian q.

    Args:
        z_mean: (n, d).
        z_log_var: logarithm of the variance of q, (n, d).
        y: labels, (n,).
        class_means: the means of the priors, (n_classes, d).

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    prior_mean = ops.take(class_means, y, axis=0)  # (n, d)
    return kl_divergence(z_mean, z_log_var, prior_mean, 0.0)
    # END SOLUTION


# %% [markdown]
# Try it: a posterior of variance 1 whose mean lies 3 away from that of its class has a KL of 3²/2 = 4.5 nats.

# %%
means = np.array([[0, 0], [3, 0]], dtype="float32")
print(np.asarray(kl_to_class_prior(means[:1], 0 * means[:1], np.array([1]), means)))


# %% check="kl_to_class_prior" points=2

# %% [markdown]
# ## Clouds that stand aslant
#
# Our posteriors had one variance for each number of the code. Their clouds stand upright, or lie flat, but never aslant. Between two places a cloud should be able to stretch along the way from one to the other. With a **full covariance** $\Sigma$ it can.
#
# A network cannot just give a matrix, though, since not every matrix is a covariance. So it gives a lower triangular matrix $L$ with a positive diagonal. Then $\Sigma = L\, L^\top$ is always a covariance. And a draw is
#
# $$z = \mu + L\, \varepsilon \qquad\qquad \varepsilon \sim N(0, I)$$
#
# That is the reparameterization of `03_reparameterization`, with $L$ where the deviation stood. Three matrices, each with 600 draws:

# %%
trils = {
    "diagonal": [[1.6, 0], [0, 0.6]],
    "rising": [[1.4, 0], [1.0, 0.5]],
    "falling": [[0.8, 0], [-1.2, 0.4]],
}
eps = generator.normal(size=(600, 2))
fig, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained", sharex=True, sharey=True)
for ax, (title, tril) in zip(axes, trils.items()):
    ax.scatter(*(tril @ eps.T), s=5, color="0.35", linewidths=0)  # L ε, each column a draw
    ax.set(title=f"{title}: L = {tril}", aspect="equal", xlabel="$z_1$")
axes[0].set_ylabel("$z_2$")
plt.show()

# %% [markdown]
# The number below the diagonal tilts the cloud, and makes it taller: the variance of $z_2$ is the sum of the squares of the second row. (TensorFlow Probability calls this distribution `MultivariateNormalTriL`. That library needs an older Keras, and we need only one formula, so we write it.)
#
# The KL between two such Gaussians, $q = N(\mu_q, \Sigma_q)$ and $p = N(\mu_p, \Sigma_p)$ in $d$ dimensions:
#
# $$\mathrm{KL} = \frac 1 2 \Big[ \mathrm{tr}\big(\Sigma_p^{-1} \Sigma_q\big) + (\mu_p - \mu_q)^\top \Sigma_p^{-1} (\mu_p - \mu_q) - d + \ln \det \Sigma_p - \ln \det \Sigma_q \Big]$$
#
# Three parts are old friends: how wide, how far, and the volumes. (The $d$ makes it 0 where $q$ is $p$.) And a triangular matrix makes the volume easy. The determinant of $L$ is the product of its diagonal, and $\Sigma$ has two factors $L$, so
#
# $$\ln \det \Sigma = 2 \sum_j \ln L_{jj}$$

# %% [markdown]
# ### Exercise 7 · `kl_full_covariance` (3 points)
#
# Return the KL of each image. Useful: `ops.swapaxes(L, -1, -2)` transposes each matrix, `a @ b` multiplies them, `ops.linalg.inv(a)` inverts each, and `ops.diagonal(a, axis1=-2, axis2=-1)` gives each diagonal. The trace is the sum of the diagonal. In numpy the names are the same. Sum the logarithms of the diagonals: that is safer than a determinant, which is rounded to 0 in a hundred dimensions.
#
# For the distance, `d[..., None]` makes a column (n, d, 1) of each row of (n, d).


# %% exercise="kl_full_covariance"
def kl_full_covariance(mean, scale_tril, prior_mean, prior_scale_tril):
    """KL(q ‖ p) between two Gaussians with full covariances, each Σ = L·Lᵀ.

    Args:
        mean: of q, (n, d).
        scale_tril: L of q, lower triangular with a positive diagonal, (n, d, d).
        prior_mean: of p, (n, d).
        prior_scale_tril: L of p, likewise, (n, d, d).

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    sigma_q = scale_tril @ ops.swapaxes(scale_tril, -1, -2)
    sigma_p = prior_scale_tril @ ops.swapaxes(prior_scale_tril, -1, -2)
    inverse = ops.linalg.inv(sigma_p)
    trace = ops.sum(ops.diagonal(inverse @ sigma_q, axis1=-2, axis2=-1), axis=-1)
    way = ops.expand_dims(prior_mean - mean, -1)  # (n, d, 1)
    distance = ops.sum(way * (inverse @ way), axis=(-2, -1))
    log_diagonals = [
        ops.sum(ops.log(ops.diagonal(tril, axis1=-2, axis2=-1)), axis=-1)
        for tril in (prior_scale_tril, scale_tril)
    ]
    log_dets = 2 * (log_diagonals[0] - log_diagonals[1])
    return 0.5 * (trace + distance - mean.shape[-1] + log_dets)
    # END SOLUTION


# %% [markdown]
# Try it: the posterior with $L = \begin{pmatrix} 2 & 0 \\ 0 & 2 \end{pmatrix}$ at the mean of the prior $N(0, I)$. The trace is 8, so the KL is (8 − 2 − ln 16) / 2 = 1.614 nats.

# %%
zero, eye = np.zeros((1, 2), dtype="float32"), np.eye(2, dtype="float32")[None]
print(np.asarray(kl_full_covariance(zero, 2 * eye, zero, eye)))


# %% check="kl_full_covariance" points=3

# %% [markdown]
# ## Ten places in one plane
#
# `ClassPriorVAE` is the VAE with a learned mean for each class and a full covariance. It uses the formula of exercise 7. The networks are dense and small, and give $\mu$ and $L$.
#
# Two things about the training. The means begin on a circle, far from each other, so that no class stands in the way of another. And for the first 300 steps they stay there, and the KL weighs **ten times** as much as it should. That sends each class to its place, before the decoder gets used to a muddle. Afterwards the means are learned, too, and the weight is 1 again, so what we train in the end is the ELBO. Each model prints a line after either part. (What such a weight does is the theme of `06_beta_vae`.)


# %%
def train_places(y_train, y_test, radius, first_beta):
    """A VAE with a place for each class, on a circle at first; also its test ELBO, in nats."""
    set_seed(SEED)
    vae = ClassPriorVAE(*build_full_covariance_vae(latent_dim=2), seed=SEED)
    angles = 2 * np.pi * np.arange(10) / 10
    vae.class_means.assign(radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    vae.class_means.trainable = False
    vae.beta.assign(first_beta)
    train(vae, y_train, y_test, batch_size=BATCH_SIZE_DENSE, steps_per_epoch=STEPS_FIRST)
    vae.class_means.trainable = True
    vae.beta.assign(1.0)
    dense = {"batch_size": BATCH_SIZE_DENSE, "steps_per_epoch": STEPS_DENSE}
    return vae, train(vae, y_train, y_test, **dense, epochs=EPOCHS_DENSE)


places, elbo_places = train_places(y_train, y_test, radius=6, first_beta=10.0)

# %% [markdown]
# What would the same networks do with **one** prior for all images? We train them once more, for as many steps, and say that every label is 0. Then all classes share one round cloud. It needs no push, so it gets none: its mean begins at 0, and the KL weighs 1 from the start.

# %%
one_place, elbo_one_place = train_places(0 * y_train, 0 * y_test, radius=0, first_beta=1.0)
print(f"nats gained by a prior for each class: {elbo_places - elbo_one_place:.1f}")

# %%
mu = np.asarray(places.class_means)
z_mean, scale_tril = places.encode(x_test[:2_000])
ax = plots.code_scatter(z_mean, y_test[:2_000])
ax.scatter(*mu.T, s=120, marker="x", color="red", linewidths=2, zorder=5)
for digit in range(10):
    ax.add_patch(plt.Circle(mu[digit], 1, fill=False, color="red", lw=0.8))
    outwards = mu[digit] * (1 + 0.9 / np.linalg.norm(mu[digit]))
    ax.text(*outwards, digit, color="red", fontsize=13, weight="bold", ha="center", va="center")
circle = np.stack([np.cos(np.linspace(0, 2 * np.pi, 40)), np.sin(np.linspace(0, 2 * np.pi, 40))])
for i in range(0, len(z_mean), 80):
    ax.plot(*(z_mean[i][:, None] + scale_tril[i] @ circle), color="black", lw=1)
ax.set_aspect("equal")
plt.show()

# %% [markdown]
# Each red cross is the mean of a class, and its circle is one deviation of its prior. The black digits stand at the medians of the codes, as before. The black ellipses are some posteriors, one deviation wide: many stand aslant.
#
# On MNIST 0, 1, 6 and 7 have places of their own. 4 and 5 lie almost on each other. And many codes lie on the inner side of their cross: where the encoder is not sure, it chooses a place between.
#
# Go round the middle: 0, 1, 2, and so on up to 9. That is the order in which **we** put them on the circle. Training moved them, but nobody overtook anybody. So do not read likeness from this map: 4 looks like 9, and lies beside 5.
#
# Is the KL that Keras reports the one of your formula? We compute it for test images.

# %%
x, y = x_test[:2_000], y_test[:2_000]
prior_trils = np.broadcast_to(np.eye(2, dtype="float32"), scale_tril.shape)
by_hand = np.mean(kl_full_covariance(z_mean, scale_tril, mu[y], prior_trils))
reported = places.evaluate((x, y), verbose=0, return_dict=True)["kl"]
print(f"by your formula {by_hand:.3f} nats, reported {reported:.3f} nats")

# %% [markdown]
# Now draw an eight: codes around $\mu_8$. The sheet stands at the quantiles of its prior, 15 × 15 codes, so each square stands for the same share of what this prior draws. And the same for the nine.

# %%
fig, axes = plt.subplots(1, 2, figsize=(12.5, 6.2), layout="constrained")
for ax, digit in zip(axes, (8, 9)):
    around = codes.quantile_grid(15, mean=mu[digit])
    plots.latent_grid(places.decode(around), around, ax=ax)
    ax.set_title(f"quantiles of the prior of {digit}")
plt.show()

# %% [markdown]
# On MNIST there are eights and nines in the middle, and other digits towards the edges: sevens and nines beside the eight, zeros above the nine. Those are the neighbours on the map. Nobody tells this decoder that an eight is wanted. It sees a place, and the priors overlap.

# %% [markdown] predict="second"
# **Predict.** The judge again. It recognised about 98% of what the first way drew. Now: *about 95%*, *about 75%* or *about 50%*? Look at the map: which two digits will be worst?
#
# *My prediction:* …

# %%
asked, right, _ = recognised(lambda z, y: places.decode(z + mu[y]))
print(f"recognised: {right.mean():.1%}")
for digit in range(10):
    print(f"{digit}: {right[asked == digit].mean():.0%}", end="   ")

# %% [markdown]
# All in one place:

# %%
print("                            without label     with label      gain")
for title, without, told in (
    ("first way, convolutional ", elbo_blind, elbo_told),
    ("second way, dense        ", elbo_one_place, elbo_places),
):
    print(f"{title} {without:10.1f} nats {told:11.1f} nats {told - without:5.1f} nats")

# %% [markdown]
# On MNIST the judge recognises about 76%. The worst are 4 and 5, which lie on each other. And in nats a prior for each class gains nothing: about −1 here, and 0.6 with another seed. Telling both networks gained about 27. In the first way each class has a plane of its own. In the second all ten classes still share one plane, and the prior only says where to look. (Compare along a row. The two rows have different networks.)
#
# **When would you want the second way?** When you want a **map**: places for classes, and ways from one to another. And for an image without a label: encode it, and see which mean is near. Nobody has to tell the encoder anything.

# %%
distances = np.linalg.norm(z_mean[:, None] - mu, axis=-1)  # (n, 10)
print(f"the nearest mean names {np.mean(distances.argmin(axis=1) == y):.1%} of test images")

# %% [markdown]
# By chance it would be 10%. It is no match for the judge, which need not squeeze an image through two numbers.

# %% [markdown]
# ## Recap
#
# You can now
#
# - **tell** two networks a label: as a plane beside the image, and as ten numbers behind the code,
# - **count** what the label is worth in nats, and say why it can be more than ln 10,
# - **keep** a style while the digit changes, because the code does not hold the class,
# - **measure** how often you get what you asked for, and say what that share hides,
# - **place** each class with a prior of its own, and compute a KL between full covariances.
#
# In `06_beta_vae` you will turn one knob, the weight of the KL, and see what the numbers of a code stand for.

# %% [markdown]
# ## Further reading
#
# - Sohn, Lee & Yan, *Learning Structured Output Representation using Deep Conditional Generative Models*, 2015: the conditional VAE.
# - Kingma et al., *Semi-Supervised Learning with Deep Generative Models*, 2014: what to do when only a few images have labels.
# - Dilokthanakul et al., *Deep Unsupervised Clustering with Gaussian Mixture Variational Autoencoders*, 2016: a place for each class, when nobody knows the classes.
# - Bishop, *Pattern Recognition and Machine Learning*, 2006, chapter 2.3: the Gaussian with a full covariance.
