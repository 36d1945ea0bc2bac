# %% [markdown]
# # 01 · Autoencoders: a latent space, and what it takes to sample from it
#
# ![A plane of latent codes, decoded on a grid of 14 by 14: digits that turn into their neighbours, and pale ones where no test image has its code.](pictures/01_autoencoder.png)
#
# *What you will have made: 196 points of a plane, each decoded into an image by a network that has seen handwritten digits and no label. The pale ones lie where no test image has its code.*
#
# **You will learn** to *compress* images with PCA and with a neural network, to *measure* what is lost, to *read* a latent space, to *use* it for denoising and for anomaly detection, and to *sample* from it in three ways, which is harder than it looks.
#
# **Before you start.** You need Python, numpy arrays, covariance matrices, and a first course on linear algebra: orthonormal vectors, eigenvectors, the singular value decomposition. You should have seen a Keras model once. No earlier notebook is needed.
#
# **Time and points.** About 100 minutes, 15 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import data, plots
from vaelib.training import budget, set_seed

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from scipy.cluster.vq import kmeans2

# %%
SEED = 1
N_TRAIN = budget(cpu=10_000, gpu=60_000, smallest=512)  # images to learn from
EPOCHS = budget(cpu=10, gpu=50)  # how often each of them is seen
LINEAR_EPOCHS = budget(cpu=60, gpu=60)  # for the linear autoencoder, which is small
BATCH_SIZE = 100
SIGMA = 0.4  # standard deviation of the noise that a denoiser is trained with

# %% [markdown]
# ## The question
#
# An image of 28 × 28 pixels is a point in a space of 784 dimensions. Almost every point of that space is grey noise; the images of handwritten digits are a vanishingly small part of it. They are not scattered about, either: tilt a 7 a little, or make its stroke a little thicker, and it is still a 7, so from every digit we can move in a few directions and stay among the digits. This picture of the data, a curved surface of few dimensions inside a space of many, is the **manifold hypothesis**.
#
# If it is true, then a digit can be described by its place on the surface, which takes far fewer than 784 numbers. We call this short description a **latent code** $z$ ("latent" since nobody observes it), and the space in which it lives the **latent space**. This notebook asks two questions about it. How short can the code be, and how do we find it? And once we have a latent space, can we **generate** new digits by sampling a code from it? The second question turns out to be harder than it looks, and what is missing is what a *variational* autoencoder adds.
#
# The numbers that the text quotes come from MNIST, with the settings for a processor: 10,000 training images, each seen ten times. With a GPU the settings are larger, and without the data set the notebook draws digits of its own; then your numbers will differ.

# %%
mnist = data.load_mnist()
x_train, x_test = mnist.x_train[:N_TRAIN], mnist.x_test[:5_000]
y_train, y_test = mnist.y_train[:N_TRAIN], mnist.y_test[:5_000]
print("x_train", x_train.shape, x_train.dtype, "from", x_train.min(), "to", x_train.max())

# %% alt="Forty handwritten digits of the training set, dark strokes on a white background, in many widths and slants."
some = np.random.default_rng(SEED).permutation(len(x_train))[:40]
plots.image_grid(x_train[some], n_columns=20)
plt.show()

# %% [markdown]
# Each image is an array of shape (28, 28, 1), height, width and one channel. 0 is the background and 1 full intensity, which our figures draw in black. What lies between two of these points? Here are two ones that lean to different sides, and the straight line between them in the 784-dimensional space:


# %% alt="Nine images from a one that leans to the right to a one that leans to the left: in between both strokes cross as an X."
def slant(x):
    """How far the stroke of each image moves to the right for each pixel that it goes down."""
    image = x[..., 0] / x.sum(axis=(1, 2, 3))[:, None, None]
    down, right = np.mgrid[:28, :28]
    down = down - np.sum(image * down, axis=(1, 2), keepdims=True)
    right = right - np.sum(image * right, axis=(1, 2), keepdims=True)
    return np.sum(image * down * right, axis=(1, 2)) / np.sum(image * down**2, axis=(1, 2))


ones = x_test[y_test == 1]
ones = ones[np.argsort(slant(ones))]
pair = ones[len(ones) // 20], ones[-len(ones) // 20]  # in each direction one in twenty leans more
t = np.linspace(0, 1, 9).reshape(-1, 1, 1, 1)
plots.image_rows({"pixel space": (1 - t) * pair[0] + t * pair[1]})
plt.show()

# %% [markdown]
# A hand could turn one of these strokes into the other through strokes that lean less and less, all of them ones. The straight line does something else: it fades one stroke out and the other in, and in the middle we see an X. So the way that stays among the digits is not straight. The surface of digits is curved, and that is why a linear method will not be enough. We will come back to these two ones when we have a latent space.

# %% [markdown]
# ## The best linear baseline: PCA
#
# A linear method comes first all the same, because it has an exact solution and every network has to beat it. Choose $k$ orthonormal directions in the space of images, the columns of $V_k$ with shape $(d, k)$ and $d = 784$. An image $x$ is described by its coordinates along them, measured from the mean image $\mu$, and from these it is reconstructed:
#
# $$z = V_k^\top (x - \mu) \qquad\qquad \hat x = \mu + V_k\, z$$
#
# Which directions lose least? Since $\hat x - \mu$ is the orthogonal projection of $x - \mu$, Pythagoras splits the squared length of the centred image into two parts,
#
# $$\lVert x - \mu \rVert^2 = \lVert z \rVert^2 + \lVert x - \hat x \rVert^2 ,$$
#
# and the left side does not depend on the directions. So the directions with the smallest reconstruction error are those along which the codes vary most, and *least squared error* and *most variance* are the same request. **Principal component analysis** finds them with the singular value decomposition of all centred images, stacked as the rows of a matrix: in $X - \mu = U S V^\top$ the rows of $V^\top$ are orthonormal, and they are sorted by how much the images vary along them. So $V_k$ is the transpose of the first $k$ rows.

# %% [markdown]
# ### Exercise 1 · `pca_reconstruction` (1 point)
#
# A warm-up. Reconstruct every row of `x` from its first `k` principal components, with the mean and the directions of `x` itself. `np.linalg.svd(a, full_matrices=False)` returns `u, s, vt`.
#
# In this and all exercises: leave the arguments as they are, and work on new arrays. A check that passes says what it tried. When your work is graded, hidden checks also try your function on other shapes and on extreme values, within what its docstring says.


# %% exercise="pca_reconstruction"
def pca_reconstruction(x, k):
    """Reconstruct each row from its first k principal components.

    Args:
        x: flat images, (n, d), with n and d at least 2.
        k: how many components to keep.

    Returns:
        The reconstructions, (n, d).
    """
    # BEGIN SOLUTION
    mean = x.mean(axis=0)
    _, _, vt = np.linalg.svd(x - mean, full_matrices=False)
    directions = vt[:k]  # (k, d)
    z = (x - mean) @ directions.T  # (n, k)
    return mean + z @ directions
    # END SOLUTION


# %% [markdown]
# Try it on points that lie near a line in three dimensions. One component should reconstruct them well: the first row should come out near (1.11, 2.00, −0.08).

# %%
points = np.array([[1, 2, 0], [2, 4, 1], [3, 5, 3], [4, 9, 2], [5, 10, 6]], dtype="float32")
pca_reconstruction(points, 1)[0]


# %% check="pca_reconstruction" points=1

# %% alt="Four rows of the same twelve digits: originals, and PCA reconstructions with 2, 16 and 128 components, from a blurred ring to nearly perfect strokes."
flat = x_train[:2_000].reshape(-1, 784)
rows = {"original": x_train[:12]}
for k in (2, 16, 128):
    rows[f"k = {k}"] = np.reshape(pca_reconstruction(flat, k)[:12], (12, 28, 28, 1))
plots.image_rows(rows)
plt.show()

# %% [markdown]
# With two components every image is a blend of the same blurred patterns, so that nearly everything looks like a 0, an 8 or a 9. With 16 most digits can be read, though a grey veil remains where the patterns do not cancel. With 128, a sixth of 784, the reconstructions are hard to tell from the originals. (These are images that the components were computed from; further down we test on others.)

# %% [markdown]
# ## How much is lost?
#
# Looking is not enough, so we want a number. The **mean squared error** averages the squared differences over the pixels of one image. To measure, we keep one value *per image*, because then we can ask which images are hard; training then averages the values over a batch. All losses of this course will be written like that.

# %% [markdown]
# ### Exercise 2 · `mse_per_image` (1 point)
#
# A warm-up. Return the mean squared error of each image. Images may have any shape after the first axis, such as (n, 28, 28, 1) or, flat, (n, 784).


# %% exercise="mse_per_image"
def mse_per_image(x, x_hat):
    """Mean squared error of each reconstruction.

    Args:
        x: images, (n, …).
        x_hat: their reconstructions, the same shape.

    Returns:
        (n,), one error for each image.
    """
    # BEGIN SOLUTION
    axes = tuple(range(1, len(x.shape)))  # all but the batch
    return np.mean((x - x_hat) ** 2, axis=axes)
    # END SOLUTION


# %% [markdown]
# Try it: two images of one pixel each, wrong by 0.5 and by 1. The answer should be 0.25 and 1.

# %%
mse_per_image(np.zeros((2, 1, 1, 1)), np.array([0.5, 1.0]).reshape(2, 1, 1, 1))


# %% check="mse_per_image" points=1

# %% alt="Two rows of twelve images: the easiest for PCA with 16 components are slanted ones that look the same, the hardest are broad or bold digits of unusual form."
error = np.asarray(mse_per_image(flat, pca_reconstruction(flat, 16)))
order = np.argsort(error)
plots.image_rows(
    {
        "easiest": flat[order[:12]].reshape(-1, 28, 28, 1),
        "hardest": flat[order[-12:]].reshape(-1, 28, 28, 1),
    }
)
plt.show()
print(f"mean error {error.mean():.4f}, smallest {error.min():.4f}, largest {error.max():.4f}")

# %% [markdown]
# The easiest images are ones with the usual slant, which are alike and have few dark pixels to get wrong. The hardest are bold, broad or oddly formed digits, whose strokes lie where few other digits have any.

# %% [markdown]
# ## An autoencoder: two networks and a bottleneck
#
# PCA is linear in both directions. An **autoencoder** replaces both linear maps by networks, which can follow a curved surface:
#
# $$x \;\xrightarrow{\;\text{encoder } f_\phi\;}\; z \;\xrightarrow{\;\text{decoder } g_\theta\;}\; \hat x$$
#
# The **encoder** maps an image to its latent code, the **decoder** maps a code to an image, and both are trained together, without any label, to make the reconstruction error small. If the code were as long as the image, the networks could pass everything through and learn nothing. It is the narrow layer between them, the **bottleneck**, that forces them to find out what varies between digits and to leave out what does not.

# %% [markdown]
# ### Exercise 3 · `build_autoencoder` (3 points)
#
# Design the two networks yourself. The check does not compare your layers with ours; it tries how your networks behave. They need
#
# - an encoder from images (n, 28, 28, 1) to codes (n, `latent_dim`), and a decoder from codes to images of the same shape, for any `latent_dim`;
# - codes that can be any real numbers, positive or negative, because a bound on the code would be a bound on where the encoder can put an image;
# - pixels that are always between 0 and 1, whatever the code;
# - at least one hidden layer with a nonlinear activation in each network, since otherwise we would be back at PCA;
# - at most 500,000 trainable parameters in both together with `latent_dim=32`;
# - weights that all have an influence on the output, since others are never learned;
# - results that depend neither on chance nor on the other images of the batch, so no dropout and no batch normalization;
# - new weights at each call.
#
# Which activation does the last layer of each need? And how many parameters does a dense layer from 784 to $m$ units have? That layer decides how wide you can be.


# %% exercise="build_autoencoder"
def build_autoencoder(latent_dim):
    """Build an encoder and a decoder with nonlinear hidden layers.

    Args:
        latent_dim: the dimension of the latent space.

    Returns:
        encoder: a Keras model from images (n, 28, 28, 1) to codes (n, latent_dim), any numbers.
        decoder: a Keras model from codes (n, latent_dim) to images (n, 28, 28, 1) in [0, 1].
        Both compute the same while they are trained as otherwise.
    """
    # BEGIN SOLUTION
    encoder = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(latent_dim),
        ]
    )
    decoder = keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(256, activation="relu"),
            layers.Dense(784, activation="sigmoid"),
            layers.Reshape((28, 28, 1)),
        ]
    )
    return encoder, decoder
    # END SOLUTION


# %% [markdown] hints="build_autoencoder"
# 1. `keras.Sequential([keras.Input(shape), layers.Flatten(), …])` builds a model from its layers in order. The decoder ends with `layers.Reshape((28, 28, 1))`, after a layer of 784 units.
# 2. A dense layer from $a$ to $b$ units has $a\,b + b$ parameters. The first layer of the encoder and the last of the decoder touch all 784 pixels, so with $m$ hidden units each they cost about $2 \cdot 784\, m$; everything else is small.
# 3. No activation at all on the code: ReLU would cut off negative numbers and a sigmoid or tanh would bound it. A sigmoid on the 784 pixels, since it maps any number into (0, 1) and has a gradient everywhere. ReLU between them.

# %% [markdown]
# Try it: count the parameters, and look at two shapes.

# %%
encoder, decoder = build_autoencoder(32)
print(f"{encoder.count_params() + decoder.count_params():,} parameters")
print(encoder(x_train[:5]).shape, decoder(np.zeros((5, 32))).shape)


# %% check="build_autoencoder" points=3

# %% alt="Bars for the sizes of the layers 784, 256, 64, 2, 64, 256 and 784 on a linear axis, where the bar of the bottleneck is too thin to be seen."
names = ["x", "dense", "dense", "z", "dense", "dense", "x_hat"]
plots.layer_bars(names, [784, 256, 64, 2, 64, 256, 784])
plt.show()

# %% [markdown]
# These are the widths of the networks that the text reports on, for a two-dimensional latent space: encoder on the left, decoder on the right. The bars have their true proportions, so of the bottleneck only the number can be seen. With 32 latent dimensions our two networks have 439,728 parameters and reach a test error of 0.0158 below. Yours may do better.

# %% [markdown]
# ## A sanity check with a known answer
#
# Before we trust a network, let us give training a task that we understand. Take away all activations, so that the autoencoder is one dense layer down to $k$ units and one dense layer up. Nobody gives this network a singular value decomposition; it starts from random weights and follows the gradient.

# %% [markdown] predict="linear"
# **Predict.** A linear autoencoder with an 8-dimensional code is trained on 2,000 images, and its error is measured on the same 2,000. Will it end *above*, *at* or *below* the error of PCA with $k = 8$?
#
# *My prediction:* …

# %%
set_seed(SEED)
k = 8
linear = keras.Sequential([keras.Input((784,)), layers.Dense(k), layers.Dense(784)])
n_steps = LINEAR_EPOCHS * len(flat) // BATCH_SIZE
smaller_steps = keras.optimizers.schedules.CosineDecay(0.01, n_steps)
linear.compile(keras.optimizers.Adam(smaller_steps), loss="mse")
history = linear.fit(flat, flat, batch_size=BATCH_SIZE, epochs=LINEAR_EPOCHS, verbose=0)

# %% alt="The training error of the linear autoencoder falls within about twenty epochs to the dashed level of PCA and stays on it."
pca_error = np.mean(mse_per_image(flat, pca_reconstruction(flat, k)))
linear_error = np.mean(mse_per_image(flat, linear.predict(flat, verbose=0)))
epochs = np.arange(1, LINEAR_EPOCHS + 1)
curves = {"linear autoencoder": history.history["loss"], "PCA": pca_error}
plots.lines(epochs, curves, xlabel="epoch", ylabel="mean squared error", marker="")
plt.show()
print(f"PCA {pca_error:.5f}   linear autoencoder {linear_error:.5f}, after training")

# %% [markdown]
# It comes down to the error of PCA and stays there. It cannot go lower: whatever the network learns, its reconstructions lie in a $k$-dimensional affine subspace, and among those PCA is the best (Eckart & Young, 1936). That gradient descent gets there is less obvious; the loss has saddle points, but every minimum is a global one (Baldi & Hornik, 1989). Only the *reconstructions* agree: the codes of the network need not be the principal components, but can be any invertible linear mixture of them. The agreement tells us that data, loss and optimiser do what we think they do.

# %% [markdown]
# ## Nonlinear autoencoders
#
# Now we train your networks twice, with a 2-dimensional latent space, since two dimensions can be drawn, and with a 32-dimensional one. From here on all errors are measured on **test images**, which took no part in training; for a fair comparison PCA takes its mean and directions from the training images, too.


# %%
def train_autoencoder(latent_dim):
    """Train on `x_train`; return encoder and decoder."""
    set_seed(SEED)
    pair = build_autoencoder(latent_dim)
    autoencoder = keras.Sequential(pair)
    autoencoder.compile(keras.optimizers.Adam(1e-3), loss="mse")
    autoencoder.fit(x_train, x_train, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    return pair


encoder_2, decoder_2 = train_autoencoder(2)
encoder_32, decoder_32 = train_autoencoder(32)


# %%
mean_train = x_train.mean(axis=0).reshape(784)
centred = x_train.reshape(-1, 784) - mean_train
# The right singular vectors are the eigenvectors of this matrix, which is faster.
components_train = np.linalg.eigh(centred.T @ centred).eigenvectors[:, ::-1]  # the best come first


def pca_from_training(x, k):
    """Images reconstructed with the mean and the directions of the training images."""
    directions = components_train[:, :k]
    centred = x.reshape(-1, 784) - mean_train
    return (centred @ directions @ directions.T + mean_train).reshape(x.shape)


def reconstruct(encoder, decoder, x):
    """Images to codes and back."""
    return decoder.predict(encoder.predict(x, verbose=0), verbose=0)


# %%
x_hat_2 = reconstruct(encoder_2, decoder_2, x_test)
x_hat_32 = reconstruct(encoder_32, decoder_32, x_test)
for k, x_hat in ((2, x_hat_2), (32, x_hat_32)):
    pca_error = np.mean(mse_per_image(x_test, pca_from_training(x_test, k)))
    network_error = np.mean(mse_per_image(x_test, x_hat))
    print(f"{k:>2} dimensions: PCA {pca_error:.4f}, autoencoder {network_error:.4f}")

# %% alt="Five rows of twelve test digits: originals; PCA and autoencoder with 2 dimensions, the first a blur and the second mostly legible; and both with 32, which are close to the originals."
rows = {
    "original": x_test,
    "PCA, 2": pca_from_training(x_test, 2),
    "autoencoder, 2": x_hat_2,
    "PCA, 32": pca_from_training(x_test, 32),
    "autoencoder, 32": x_hat_32,
}
plots.image_rows({name: images[:12] for name, images in rows.items()})
plt.show()

# %% [markdown]
# The autoencoder has the smaller error both times: our run gave 0.045 against 0.055 with two dimensions, and 0.016 against 0.018 with 32. (Ten epochs on 10,000 images are few. With all 60,000 images and 50 epochs the same networks reach 0.036 with two dimensions and 0.005 with 32, where PCA stays at 0.054 and 0.017.) With two dimensions the 1s and the 0 are definite digits, and the first 9 of the right half has become a 7. Elsewhere the decoder hedges: the 4s, the 5 and a 9 come back as the same grey shape, because their codes share one place, and the squared error is smallest if the decoder answers with the *average* of all images whose codes lie there. Keep this in mind: a squared error makes averages, and averages are blurred.
#
# How short can the code be, then? For PCA we can compute the error for every $k$, and for the autoencoder we train a few more.

# %% [markdown] predict="short"
# **Predict.** How many components does PCA need to reach the test error of the autoencoder with *two* latent dimensions? And with *eight*?
#
# *My prediction:* … and …

# %%
error_of = {
    2: np.mean(mse_per_image(x_test, x_hat_2)),
    32: np.mean(mse_per_image(x_test, x_hat_32)),
}
for k in (4, 8, 16):
    error_of[k] = np.mean(mse_per_image(x_test, reconstruct(*train_autoencoder(k), x_test)))
components = np.arange(1, 41)
# Pythagoras once more: what k components leave is the whole square minus the squares that they keep.
centred = x_test.reshape(-1, 784) - mean_train
kept = np.cumsum(np.mean((centred @ components_train) ** 2, axis=0))
pca_errors = (np.mean(np.sum(centred**2, axis=1)) - kept[components - 1]) / 784

# %% alt="Test error against the dimension of the code: the curve of PCA falls from 0.06 to 0.015, and the points of the autoencoder lie below it, farthest at 4 and 8, and close to it at 32."
fig, ax = plt.subplots(figsize=(6, 3.8), layout="constrained")
shades = plt.get_cmap("cividis")([0.75, 0.1])
ax.plot(components, pca_errors, color=shades[0], label="PCA")
ax.plot(*zip(*sorted(error_of.items())), "o-", color=shades[1], label="autoencoder")
ax.set(xlabel="dimension of the code", ylabel="mean squared error on test images", ylim=(0, None))
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False)
plt.show()
for k, e in sorted(error_of.items()):
    needed = components[np.argmax(np.array(pca_errors) <= e)]
    print(f"autoencoder with {k:>2} dimensions: {e:.4f}; PCA needs {needed} components for that")

# %% [markdown]
# For the error of two, four and eight latent dimensions PCA needs 5, 10 and 19 components, more than twice as many each time. At 32 the advantage has nearly gone, which is a limit of our short training and not of autoencoders, as the longer run above shows. So how short can the code be? Neither curve has a step that would say "so many and no more": each further dimension gains less than the one before, and it is for us to say which error we accept. With two dimensions we accept a lot, and can look at everything.

# %% [markdown]
# ## Reading a latent space
#
# A code with two entries is a point in the plane, so we can draw where the encoder puts every test image. The colours are the labels, which no network has seen.

# %% alt="The plane of the two latent coordinates with 2,500 test images as points coloured by digit: the ones lie far off, 0, 6 and 7 form arms, and 3, 5 and 8 crowd near the origin."
z_test = encoder_2.predict(x_test, verbose=0)
plots.code_scatter(z_test[:2_500], y_test[:2_500])
plt.show()

# %% [markdown]
# Images of the same digit lie together although nobody asked for it. The decoder is continuous, so codes that are near decode to images that are alike, and the error can only be small if images that are alike have codes that are near. The ones lie far off by themselves, and 0, 6 and 7 have arms of their own. What looks alike in pixels shares a place, whatever its label: 4 and 9 lie on top of each other, and 2, 3, 5 and 8 crowd near the origin. Notice the shape of the whole, too. The density differs from place to place, there are gaps, and nothing in the loss says how far the codes reach or where they should lie.
#
# Now back to straight lines. In the 32-dimensional latent space we take the line between the *codes* of two images, and decode every point of it: for the two ones from the beginning, and for a 3 and a 5.

# %% alt="Four rows: the two ones and a 3 and a 5, each as a cross-fade of pixels, in which both are seen at once, and as the decoded line between their codes, which is one set of strokes; that of the ones shrinks to a short stroke in the middle."
rows = {}
three_five = x_test[y_test == 3][2], x_test[y_test == 5][2]
for name, (first, last) in {"ones": pair, "3 to 5": three_five}.items():
    ends = encoder_32.predict(np.stack([first, last]), verbose=0)
    line = (1 - t.reshape(-1, 1)) * ends[0] + t.reshape(-1, 1) * ends[1]
    rows[f"{name}, pixel space"] = (1 - t) * first + t * last
    rows[f"{name}, latent space"] = decoder_32.predict(line, verbose=0)
plots.image_rows(rows)
plt.show()

# %% [markdown]
# In pixel space one image fades out while the other fades in. In latent space there is one set of strokes all the way. From 3 to 5 the stem below the top bar moves from the right to the left while the bar grows, and only the middle frame belongs to neither digit: a straight line in the latent space has become a curved path near the surface of digits, a sign that the decoder has learned something of its shape. The path of the ones is not as good. The stroke does turn, but on the way it shrinks to a short, thick one, which nobody writes. The line leads through a region where no image has its code, and nothing has taught the decoder what to draw there.

# %% [markdown]
# ## The whole plane
#
# In two dimensions we can look at every code at once. We lay a grid over the plane and decode every point of it. The grid lines stand at percentiles of the codes, so that they are close where the codes are dense. A grid point may still lie where there is no code at all, as the lower left of the map shows; we draw those pale, which are farther from the nearest code than all but one in a hundred codes are from theirs.


# %%
def distance_to_nearest(points, codes):
    """Distance of each point (n, d) to the nearest of some codes (m, d) that is not itself."""
    squares = np.sum(points**2, axis=1)[:, None] + np.sum(codes**2, axis=1) - 2 * points @ codes.T
    return np.sqrt(np.where(squares > 1e-4, squares, np.inf).min(axis=1))


columns = np.percentile(z_test[:, 0], np.linspace(1, 99, 14))
rows = np.percentile(z_test[:, 1], np.linspace(99, 1, 14))  # from the top down
grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
usual = np.percentile(distance_to_nearest(z_test, z_test), 99)
lonely = distance_to_nearest(grid, z_test) > usual

# %% alt="The plane of latent codes decoded on a grid of 14 by 14 images, in which digits turn into their neighbours, with grey mixtures where several kinds meet, and pale images where there is no code."
fig, ax = plt.subplots(figsize=(8, 8), layout="constrained")
decoded = decoder_2.predict(grid, verbose=0) * np.where(lonely, 0.25, 1).reshape(-1, 1, 1, 1)
plots.image_grid(decoded, n_columns=14, ax=ax)
plt.show()
print(f"{np.sum(lonely)} of {len(grid)} grid points lie far from every code")

# %% [markdown]
# Most neighbours look alike, and along many rows one digit turns into the next through shapes that belong to both: in the upper rows a 4 or a 9 becomes a 6 and then a 0. In the middle, where 3, 5, 8 and 9 meet, the decoder answers with grey averages. The pale images show how it extrapolates where it was never trained: with the same few shapes, bold 2s above all, in long rows. Nothing in the objective asked for an orderly plane without gaps. The variational autoencoder of notebook 03 will draw the same picture, and its objective does ask.

# %% [markdown]
# ## A use: removing noise
#
# The bottleneck keeps what varies between digits and has no room for the rest, and independent noise in every pixel is part of the rest. A **denoising autoencoder** is trained on exactly that: its input is a noisy image, its target the clean one. Copying the input would leave the noise in, so it has to know what digits look like. The noisy image is $\tilde x = \min(\max(x + \sigma\,\varepsilon, 0), 1)$ with an independent $\varepsilon \sim N(0, 1)$ for every pixel of every image.

# %% [markdown]
# ### Exercise 4 · `add_noise` (1 point)
#
# A warm-up. Return noisy copies of the images, clipped to [0, 1]. The same seed must give the same noise. Leave `x` as it is.


# %% exercise="add_noise"
def add_noise(x, sigma, seed):
    """Add Gaussian noise to images and clip the result to [0, 1].

    Args:
        x: images in [0, 1], (n, …); not changed.
        sigma: standard deviation of the noise.
        seed: an int; the same seed gives the same noise.

    Returns:
        Noisy images in [0, 1], the same shape, with other noise for every pixel of every image.
    """
    # BEGIN SOLUTION
    eps = np.random.default_rng(seed).normal(size=x.shape)
    return np.clip(x + sigma * eps, 0, 1).astype("float32")
    # END SOLUTION


# %% [markdown]
# Try it: the noise on a grey image should have a standard deviation of about 0.1. Then the same seed twice should say `True`, and another seed `False`.

# %%
grey = np.full((50, 28, 28, 1), 0.5, dtype="float32")
print(np.std(add_noise(grey, 0.1, seed=0) - grey))
print(np.array_equal(add_noise(grey, 0.1, seed=0), add_noise(grey, 0.1, seed=0)))
print(np.array_equal(add_noise(grey, 0.1, seed=0), add_noise(grey, 0.1, seed=1)))


# %% check="add_noise" points=1

# %% alt="Three rows of twelve digits: with heavy noise, as the denoiser gives them, smooth and mostly right, and the clean originals."
set_seed(SEED)
denoiser = keras.Sequential(build_autoencoder(32))
denoiser.compile(keras.optimizers.Adam(1e-3), loss="mse")
x_noisy = add_noise(x_train, SIGMA, SEED)
denoiser.fit(x_noisy, x_train, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)

x_noisy = add_noise(x_test, SIGMA, SEED + 1)
x_denoised = denoiser.predict(x_noisy, verbose=0)
plots.image_rows({"noisy": x_noisy[:12], "denoised": x_denoised[:12], "clean": x_test[:12]})
plt.show()

# %% [markdown]
# The squared error is smallest at the *average* of all clean images that could lie behind the noisy one. Where these agree, the stroke is sharp; where they do not, as in the 9 of the eighth column and the last 6, the answer is grey. (The noise was sampled once, so that every epoch shows the same noisy images. Fresh noise in every epoch would be better, and costs more time.)
#
# Is it better than doing nothing? A number means something only beside another number, so we compare it with the **do-nothing baseline**, which returns the noisy image. The denoiser was trained at a single noise level, $\sigma = 0.4$; we try it at others, too.

# %% [markdown] predict="sigma_sweep"
# **Predict.** For which standard deviations of the noise will the denoiser be *worse* than doing nothing: for small ones, for large ones, or for none?
#
# *My prediction:* …

# %%
sigmas = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8]
error, baseline = [], []
for sigma in sigmas:
    x_noisy = add_noise(x_test, sigma, SEED + 1)
    error.append(np.mean(mse_per_image(x_test, denoiser.predict(x_noisy, verbose=0))))
    baseline.append(np.mean(mse_per_image(x_test, x_noisy)))

# %% alt="Mean squared error against the standard deviation of the noise: the denoiser is nearly flat up to its training noise of 0.4, the do-nothing baseline starts at zero and crosses it near 0.25."
curves = {"denoiser": error, "doing nothing": baseline}
ax = plots.lines(
    sigmas, curves, xlabel="standard deviation of the noise", ylabel="mean squared error"
)
ax.axvline(SIGMA, color="gray", linewidth=1, linestyle=":")
plt.show()
for sigma, e, b in zip(sigmas, error, baseline):
    print(f"sigma {sigma:<4}: denoiser {e:.4f}, doing nothing {b:.4f}")

# %% alt="Clean digits, and below them what the denoiser makes of them: the same digits with thicker strokes."
x_thick = denoiser.predict(x_test, verbose=0)
plots.image_rows({"clean": x_test[:12], "denoised": x_thick[:12]})
plt.show()
print(
    f"mean pixel of clean images {x_test.mean():.3f}, of denoised clean images {x_thick.mean():.3f}"
)

# %% [markdown]
# Below a standard deviation of about a quarter the denoiser does harm, and for two reasons. The bottleneck alone costs something: without any noise the autoencoder of 32 dimensions has an error of 0.016, which is more than doing nothing costs up to $\sigma \approx 0.17$. The rest of the 0.040 at $\sigma = 0$ comes from having seen only noisy inputs. In those, clipping has made the strokes paler, and the denoiser makes up for it even where there is nothing to make up for: its strokes are too thick, and the mean pixel of clean images rises from 0.12 to 0.19. At the noise that it was trained with (dotted line) its error is 0.025, and doing nothing costs 0.080.

# %% [markdown]
# ## Another use: what does not belong?
#
# The 32-dimensional autoencoder has seen only digits, so its decoder has learned to draw digits. Show it a shoe, and the reconstruction error should be large. Used like this the error is an **anomaly score**.

# %% alt="Twelve pictures of clothing and below them their reconstructions, which are blurred shapes with strokes like those of digits."
clothes = data.load_fashion_mnist().x_test[: len(x_test)]
x_hat_clothes = reconstruct(encoder_32, decoder_32, clothes)
plots.image_rows({"clothing": clothes[:12], "reconstruction": x_hat_clothes[:12]})
plt.show()

# %% alt="Histograms of the mean squared error: digits form a narrow peak near 0.015, clothing a wide hill with its middle near 0.07, and they overlap a little."
score_digits = mse_per_image(x_test, x_hat_32)
score_clothes = mse_per_image(clothes, x_hat_clothes)
plots.histograms({"digits": score_digits, "clothes": score_clothes}, xlabel="mean squared error")
plt.show()

# %% [markdown]
# The two histograms overlap only a little. Above which error should we raise an alarm? Any threshold is a compromise between clothes that are missed and digits that raise a false alarm. The **ROC curve** shows all compromises at once: as the threshold falls from the largest score to the smallest, it plots the share of clothes that are caught against the share of digits that raise a false alarm.
#
# The **area under the curve** sums it up in one number, and has a meaning of its own, which makes it easy to compute. Let the threshold fall past one digit with score $s$: the curve takes a step to the right of width $1/n_{\text{digits}}$, at a height that is the share of clothes with a score above $s$. So the area is the average of that height over all digits, and this is the probability that a random piece of clothing has a larger score than a random digit. Chance gives 0.5.

# %% [markdown]
# ### Exercise 5 · `roc_auc` (3 points)
#
# A problem. Compute the area exactly, from the scores alone and without a threshold. Scores may be equal: a pair of equal scores is half a win, as a coin would decide it. In our case there are 5,000 scores of each kind and 25 million pairs, which still fits into memory; if you like a challenge, find the way that needs no pairs.


# %% exercise="roc_auc"
def roc_auc(scores_normal, scores_anomalous):
    """The area under the ROC curve of an anomaly score; equal scores count half.

    Args:
        scores_normal: (n,), any finite numbers.
        scores_anomalous: (m,), any finite numbers; large ones are to raise the alarm.

    Returns:
        A number from 0 to 1.
    """
    # BEGIN SOLUTION
    ordered = np.sort(scores_normal)
    below = np.searchsorted(ordered, scores_anomalous, side="left")  # wins of each anomaly
    not_above = np.searchsorted(ordered, scores_anomalous, side="right")  # wins and ties
    return float(np.mean(below + not_above) / (2 * len(ordered)))
    # END SOLUTION


# %% [markdown] hints="roc_auc"
# 1. For every pair of one normal and one anomalous score count 1 if the anomalous one is larger, ½ if both are equal, and 0 otherwise. The area is the mean over all pairs.
# 2. Broadcasting makes all pairs: `scores_anomalous[:, None]` has shape (m, 1) and compares with (n,) to (m, n).
# 3. Without pairs: sort the normal scores; `np.searchsorted` tells for each anomalous score how many normal ones are smaller (`side="left"`), and how many are smaller or equal (`side="right"`). The mean of the two counts the ties half.

# %% [markdown]
# Try it by hand first: normal scores 1, 2 and 3, anomalous scores 2 and 4. Of six pairs four are won and one is a tie, so the area is 0.75.

# %%
roc_auc(np.array([1, 2, 3]), np.array([2, 4]))


# %% check="roc_auc" points=3

# %% [markdown] predict="simple_scores"
# **Predict.** The autoencoder is not the only score that we could use. Clothes cover more of the image than digits do, so the **mean pixel** of an image, which needs no training at all, is a score, too; and so is the error of PCA with 32 components. Which area will each of the three reach?
#
# *My prediction:* mean pixel …, PCA …, autoencoder …


# %%
def roc_curve(scores_normal, scores_anomalous):
    """Shares of false alarms and of anomalies caught, as the threshold falls."""
    score = np.concatenate([scores_normal, scores_anomalous])
    anomalous = np.arange(len(score)) >= len(scores_normal)
    anomalous = anomalous[np.argsort(-score)]  # from the largest score to the smallest
    return np.cumsum(~anomalous) / np.sum(~anomalous), np.cumsum(anomalous) / np.sum(anomalous)


scores = {
    "autoencoder, 32": (score_digits, score_clothes),
    "PCA, 32": tuple(mse_per_image(x, pca_from_training(x, 32)) for x in (x_test, clothes)),
    "mean pixel": tuple(x.mean(axis=(1, 2, 3)) for x in (x_test, clothes)),
}

# %% alt="Three ROC curves above the diagonal: the autoencoder closest to the upper left corner, PCA below it, and the mean pixel below both."
fig, ax = plt.subplots(figsize=(5.2, 4.2), layout="constrained")
for (name, pair), colour in zip(scores.items(), plt.get_cmap("cividis")([0, 0.5, 0.85])):
    ax.plot(*roc_curve(*pair), color=colour, label=f"{name}, area {roc_auc(*pair):.3f}")
ax.plot([0, 1], [0, 1], color="gray", linestyle=":", label="chance, area 0.500")
ax.set(xlabel="share of digits that raise an alarm", ylabel="share of clothes caught")
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False, loc="lower right")
plt.show()

# %% [markdown]
# The autoencoder reaches 0.985: of a hundred random pairs the piece of clothing has the larger error in 98 or 99, although the network never saw one. But chance is a low bar. The mean pixel alone reaches 0.90 and PCA 0.96, so most of the task was easy. Try the simple scores before you praise a network. The two are not independent, either: the more of an image is covered, the more there is to get wrong, and the pale sandal in the ninth column has a small error because there is so little of it. An anomaly that is *simpler* than a digit would go unnoticed; an empty image is one that you can try.

# %% [markdown]
# ## Can we sample from it?
#
# A decoder maps codes to digits, so the second question seems to have a simple answer: sample a code, decode it, and have a new digit. But *sample from which distribution*? Training has left us with a cloud of codes and no distribution. There are three obvious ways to make one:
#
# 1. a **box**: the uniform distribution between the smallest and the largest code in each dimension;
# 2. **one Gaussian** with the mean and the covariance of all codes;
# 3. a **mixture of Gaussians**: group the codes into clusters, and fit a Gaussian to each.
#
# To compare them we need a judge. We train a small classifier on the labels and ask how often it is *confident*, that is, gives one of the ten digits a probability over 90%. The share of confident images is a rough score with a known weakness, because a classifier that has seen nothing but digits can be confident about junk. So we will look at the samples, too.


# %%
def train_classifier():
    """A small convolutional network that names digits."""
    set_seed(SEED)
    classifier = keras.Sequential(
        [
            keras.Input(x_train.shape[1:]),
            layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(64, 7, activation="relu"),  # the whole 7 × 7 at once
            layers.Reshape((64,)),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ]
    )
    classifier.compile("adam", loss="sparse_categorical_crossentropy")
    classifier.fit(x_train, y_train, batch_size=BATCH_SIZE, epochs=6, verbose=0)
    return classifier


classifier = train_classifier()
guessed = classifier.predict(x_test, verbose=0).argmax(axis=1)
print(f"accuracy on test images {np.mean(guessed == y_test):.3f}")


# %%
def share_confident(images):
    """The share of images that the classifier names with a probability over 90%."""
    return np.mean(classifier.predict(images, verbose=0).max(axis=1) > 0.9)


noise = np.random.default_rng(SEED).uniform(size=(1_000, 28, 28, 1))
for name, images in {
    "real test images": x_test,
    "reconstructions, 2 dimensions": x_hat_2,
    "reconstructions, 32 dimensions": x_hat_32,
    "uniform noise": noise,
}.items():
    print(f"confident: {name:<30} {share_confident(images):.2f}")

# %% [markdown]
# Real images give a level to compare with, 0.89 in our run, and the reconstructions say how much of it a decoder can deliver: 0.85 with 32 dimensions, but only 0.52 with two, whose images are blurred.
#
# For the second and third sampler we need to sample from a Gaussian with a given mean and covariance, while numpy's generator gives us independent standard normal numbers. The bridge is an affine map: if $\varepsilon \sim N(0, I)$ and $z = m + A\,\varepsilon$, then
#
# $$\mathbb E[z] = m + A\,\mathbb E[\varepsilon] = m, \qquad \operatorname{Cov}[z] = \mathbb E\big[(z - m)(z - m)^\top\big] = A\,\mathbb E[\varepsilon\varepsilon^\top]\,A^\top = A A^\top .$$
#
# So it is enough to find *some* matrix $A$ with $A A^\top = C$. Keep the step $z = m + A\,\varepsilon$ in mind: notebook 03 rests on it.

# %% [markdown]
# ### Exercise 6 · `gaussian_sampler` (3 points)
#
# A problem. Fit a Gaussian to the codes and return new samples from it. The codes may lie in a plane or on a line inside their space, for instance when a dimension of the code is never used; then the covariance is singular, and the samples must lie there, too. Find the factor $A$ yourself, without numpy's `multivariate_normal`.


# %% exercise="gaussian_sampler"
def gaussian_sampler(codes, n, seed):
    """Sample from the Gaussian that has the mean and the covariance of some codes.

    Args:
        codes: (m, d), with m at least 2; their covariance may be singular.
        n: how many samples.
        seed: an int; the same seed gives the same samples.

    Returns:
        (n, d), independent samples.
    """
    # BEGIN SOLUTION
    mean = np.mean(codes, axis=0)
    centred = codes - mean
    covariance = centred.T @ centred / (len(codes) - 1)
    variances, directions = np.linalg.eigh(covariance)
    # Rounding can leave a variance that should be 0 a little below it.
    factor = directions * np.sqrt(np.maximum(variances, 0))
    eps = np.random.default_rng(seed).normal(size=(n, codes.shape[1]))
    return mean + eps @ factor.T
    # END SOLUTION


# %% [markdown] hints="gaussian_sampler"
# 1. `np.cov` expects one variable a row, so it wants the transposed codes, and for a single dimension it returns a number instead of a matrix. Computing $(Z - m)^\top (Z - m) / (m - 1)$ yourself avoids both surprises.
# 2. The Cholesky factor is the usual $A$, but `np.linalg.cholesky` refuses a singular matrix. A symmetric matrix also has the eigendecomposition $C = V \Lambda V^\top$ with $\Lambda$ diagonal and nonnegative. What is a square root of it?
# 3. $A = V \Lambda^{1/2}$, with eigenvalues that rounding has pushed below 0 set to 0. With samples as rows, $z = m + A\varepsilon$ becomes `mean + eps @ A.T`.

# %% [markdown]
# Try it on points along a line: new samples should lie on the same line, so that the second entry is always twice the first.

# %%
along_a_line = np.arange(5.0).reshape(-1, 1) * [1, 2]
gaussian_sampler(along_a_line, 3, seed=0)


# %% check="gaussian_sampler" points=3

# %% [markdown]
# The other two samplers take a few lines. The mixture groups the codes with **k-means**, which places 60 centres among the codes and assigns each code to the nearest one. Then it calls your sampler for each group, for a number of samples proportional to the size of the group.


# %%
def box_sampler(codes, n, seed):
    """Uniform between the smallest and the largest code in each dimension."""
    low, high = codes.min(axis=0), codes.max(axis=0)
    return np.random.default_rng(seed).uniform(low, high, (n, codes.shape[1]))


def mixture_sampler(codes, n, seed, n_clusters=60):
    """One Gaussian for each cluster of k-means."""
    _, cluster = kmeans2(codes, n_clusters, seed=seed, minit="++")
    sizes = np.bincount(cluster, minlength=n_clusters)
    sizes[sizes == 1] = 0  # one code has no covariance
    generator = np.random.default_rng(seed)
    wanted = generator.multinomial(n, sizes / sizes.sum())
    samples = [
        gaussian_sampler(codes[cluster == i], wanted[i], seed + i)
        for i in range(n_clusters)
        if wanted[i] > 0
    ]
    return generator.permutation(np.concatenate(samples))


# %% [markdown] predict="samplers"
# **Predict.** Rank the three samplers by the share of confident samples: once for the 2-dimensional latent space, and once for the 32-dimensional one. In which of the two does the choice matter more?
#
# *My prediction:* …


# %%
def share_of_three(labels):
    """The share of the three most frequent labels: large where there is little variety."""
    return np.sort(np.bincount(labels, minlength=10))[-3:].sum() / len(labels)


samplers = {"box": box_sampler, "one Gaussian": gaussian_sampler, "mixture": mixture_sampler}
samples = {}
for k, encoder, decoder in ((2, encoder_2, decoder_2), (32, encoder_32, decoder_32)):
    codes = encoder.predict(x_train, verbose=0)
    for name, sampler in samplers.items():
        images = decoder.predict(sampler(codes, 1_000, SEED), verbose=0)
        samples[f"{name}, {k}"] = images[:16]
        named = classifier.predict(images, verbose=0).argmax(axis=1)
        shares = (
            f"confident {share_confident(images):.2f}, three digits {share_of_three(named):.2f}"
        )
        print(f"{k:>2} dimensions, {name:<12}  {shares}")
shares = f"confident {share_confident(x_test):.2f}, three digits {share_of_three(y_test):.2f}"
print(f"{'real test images':<27}  {shares}")

# %% alt="Six rows of samples: with 2 dimensions all three samplers give mostly legible digits; with 32 the box gives fragments, one Gaussian crossed strokes, and the mixture digits with some flaws."
order = [f"{name}, {k}" for k in (2, 32) for name in samplers]
plots.image_rows({name: samples[name] for name in order})
plt.show()

# %% [markdown]
# The second number of each line is the share of the three most frequent digits, which among real images is 0.32. In two dimensions nearly every point of the plane decodes to something like a digit, so even the box does well. By the classifier's confidence it beats the reconstructions, 0.77 against 0.52, because most of the box lies *outside* the cloud of codes, where the decoder draws strong strokes; you saw them, pale, in the picture of the plane. But three digits make up 0.61 of its samples, twice as many as they should: a high share of confident samples does not mean a varied set of samples.
#
# In 32 dimensions the box gives fragments, and yet the classifier is confident about two fifths of them. This is the weakness of the judge, so read its numbers beside the pictures. One Gaussian with the right mean and covariance is no better. The mixture is: three quarters of its samples are confident, its digits are nearly as varied as real ones, and about half of the row are clean digits.
#
# A warning about both numbers. A sampler that only ever returned codes of *training images* would do even better on them, and it would invent nothing. With more and smaller groups the mixture comes closer and closer to that.

# %% [markdown] answer="why_random_codes_fail" points=3
# **Written answer (3 points).** A fellow student looks at the rows of 32 dimensions and says: "The decoder with 32 dimensions was not trained well." Another says: "The decoder is fine; the samples lie where no image has its code." Which numbers above speak for one of them? Then describe one further experiment (not another run of the table) whose result would differ between the two explanations, and say what each of them predicts. Last, what would the training objective have to contain so that samples from a *known* distribution can be decoded?
#
# <!-- BEGIN SOLUTION -->
# The decoder reconstructs test images with the smaller error (0.016 against 0.045), and the classifier is confident about 0.85 of its reconstructions, so on codes of images it works, better than the one with two dimensions. The mixture uses the same decoder and only other codes, and has about twice the share of the box. Both speak for the second student. An experiment: train the decoder alone for another ten epochs, with the encoder and so the codes as they are. If the first student is right, samples from the Gaussian become better; if the second is right, the reconstructions do, and the samples stay what they are, since no training image has its code where they lie. Another: compare how far samples, and codes of test images, lie from the nearest training code. The first student has no reason to expect a difference, the second expects that samples lie farther off. The objective only looks at codes of training images. It would have to say how all codes together are distributed, for instance by a term that keeps them close to a standard normal distribution.
#
# *Rubric.* 1 point: a number that holds the decoder fixed or shows that it works on codes of images (reconstruction error, confident reconstructions, mixture against box). 1 point: an experiment with a prediction for each of the two explanations. 1 point: a term or constraint on the distribution of codes during training; "train longer", "more data" or "fewer dimensions" alone earn nothing here.
# <!-- END SOLUTION -->

# %% [markdown]
# Write your answer before you go on: the next figure is one such experiment.

# %% alt="Histograms of the distance to the nearest training code in 32 dimensions: codes of test images and the mixture share one hill below 15, one Gaussian lies to the right of it around 13, and the box far to the right around 34."
codes = encoder_32.predict(x_train, verbose=0)
distances = {"test images": distance_to_nearest(encoder_32.predict(x_test, verbose=0), codes)}
for name, sampler in samplers.items():
    distances[name] = distance_to_nearest(sampler(codes, 1_000, SEED), codes)
ax = plots.histograms(distances, xlabel="distance to the nearest training code")
plt.show()
for name, values in distances.items():
    print(f"{name:<13} half of them within {np.median(values):.1f}")

# %% [markdown]
# The second student is right. Half of the test images have a training code within a distance of 8.0, and the mixture, whose samples are the best, stays about as close. For the Gaussian half of the samples lie farther off than 12.6, for the box than 34.3. Both sample from places where no image has its code, and there the decoder was never asked for anything. The Gaussian may have the right spread in every direction, but the codes form groups, and most of the volume of an ellipsoid in 32 dimensions lies between the groups and around them.
#
# What the mixture did has a name: a **two-stage model**. First an autoencoder is trained, then a density is fitted to its codes. This works, and large image generators are built that way, Stable Diffusion among them. But the second stage has to model a cloud that the first stage left in whatever shape it happened to take. The other possibility is to make the distribution of codes part of the objective from the beginning, so that its shape is one that we chose. That is the variational autoencoder, and the next notebook derives its objective.

# %% [markdown]
# ## Recap
#
# You can now
#
# - **compress** images with PCA, which is the best linear method, and with an autoencoder, which follows a curved surface and needs fewer dimensions for the same error,
# - **measure** the loss with one number per image, and judge it beside a baseline,
# - **read** a latent space: clusters, gaps, and paths along which images change,
# - **denoise** images and **detect anomalies**, and say what doing nothing or a simple score would have done,
# - **sample** codes from a box, a Gaussian and a mixture, and say why in 32 dimensions the first two decode to fragments, and why a high score of the box in two is no success.
#
# The next notebook, `02_elbo`, makes the distribution of the codes part of the model. It asks how probable an image is under such a model, and derives the bound that a variational autoencoder maximises.

# %% [markdown]
# ## Further reading
#
# - Hinton & Salakhutdinov, *Reducing the Dimensionality of Data with Neural Networks*, Science 2006: the paper that showed deep autoencoders beating PCA, on these digits.
# - Vincent et al., *Extracting and Composing Robust Features with Denoising Autoencoders*, ICML 2008: why learning to remove noise makes better codes.
# - Ghosh et al., *From Variational to Deterministic Autoencoders*, ICLR 2020: autoencoders whose codes get a density afterwards, compared with variational ones.
# - Goodfellow, Bengio & Courville, *Deep Learning*, chapter 14: autoencoders of many kinds in one place.
# - Baldi & Hornik, *Neural Networks and Principal Component Analysis*, Neural Networks 1989: why a linear autoencoder finds the subspace of PCA.
# - Eckart & Young, *The approximation of one matrix by another of lower rank*, Psychometrika 1936: the proof that no linear reconstruction of that rank beats PCA.
