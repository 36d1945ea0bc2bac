# %% [markdown]
# # 01 · Autoencoders: a latent space, and what it takes to sample from it
#
# ![A plane of latent codes, decoded on a grid of 14 by 14: digits that turn into their neighbours, on an orange ground where no training image has its code.](pictures/01_autoencoder.png)
#
# *What you will have made: 196 points of a plane, each decoded into an image by a network that has seen handwritten digits and no label. On an orange ground stand those that lie far from the code of every training image.*
#
# **You will learn** to *compress* images with PCA and with a neural network, to *measure* what is lost, to *read* a latent space and walk through it, to *use* it for denoising and for anomaly detection, and to *sample* from it in three ways.
#
# **Before you start.** You need Python, numpy arrays, covariance matrices, and a first course on linear algebra: orthonormal vectors, eigenvectors, the singular value decomposition; and, from probability, expectation and the normal distribution. You should have seen a Keras model once. No earlier notebook is needed.
#
# **Time and points.** About 150 minutes, 15 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import data, plots
from vaelib.training import budget, set_seed

from math import ceil

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from scipy.cluster.vq import kmeans2
from scipy.spatial.distance import cdist

# %%
SEED = 1
N_TRAIN = budget(cpu=10_000, gpu=60_000, smallest=512)  # images to learn from
EPOCHS = budget(cpu=20, gpu=50)  # how often each of them is seen
LINEAR_EPOCHS = budget(cpu=60, gpu=60)  # for the linear autoencoder, which is small
BATCH_SIZE = 100
STEP_SIZE = 0.003  # of the first step; later ones are smaller
SIGMA = 0.4  # standard deviation of the noise that a denoiser is trained with

# %% [markdown]
# ## The question
#
# An image of 28 × 28 pixels is a point in a space of 784 dimensions. Almost every point of that space is grey noise; the images of handwritten digits are a vanishingly small part of it. They are not scattered about, either: tilt a 7 a little, or make its stroke a little thicker, and it is still a 7, so from every digit we can move in a few directions and stay among the digits. This picture of the data, a curved surface of few dimensions inside a space of many, is the **manifold hypothesis**.
#
# If it is true, then a digit can be described by its place on the surface, which takes far fewer than 784 numbers. We call this short description a **latent code** $z$ ("latent" since nobody observes it), and the space in which it lives the **latent space**. This notebook asks two questions about it. How short can the code be, and how do we find it? And once we have a latent space, can we **generate** new digits by sampling a code from it? The second question turns out to be the harder one.
#
# The numbers that the text quotes come from MNIST, with the settings for a processor: 10,000 training images, each seen twenty times, from a file that is sorted 0, 1, …, 9, 0, 1, … Keras downloads the same images in another order, so your 10,000 are different ones; with a GPU the settings are larger, and without the data set the notebook draws digits of its own. Above all, from Exercise 3 on everything is made by networks that *you* design. Your plane of codes may be mirrored, with other neighbours, and your numbers will be near ours and not equal. So read what the text says of a figure as a description of ours, and look for the same in yours.

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
two_ones = (
    ones[len(ones) // 20],
    ones[-len(ones) // 20],
)  # in each direction one in twenty leans more
t = np.linspace(0, 1, 9).reshape(-1, 1, 1, 1)
plots.image_rows({"pixel space": (1 - t) * two_ones[0] + t * two_ones[1]})
plt.show()

# %% [markdown]
# A hand could turn one of these strokes into the other through strokes that lean less and less, all of them ones. The straight line does something else: it fades one stroke out and the other in, and in the middle we see an X. So a path that stays among the digits cannot be straight, and this is what a linear method has to pay for: a flat subspace that contains the digits contains X's like this one, too, so it spends dimensions on images that nobody writes. We will come back to these two ones when we have a latent space.

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
# and the left side does not depend on the directions. So the directions with the smallest reconstruction error are those along which the codes vary most, and *least squared error* and *most variance* are the same request.
#
# **Principal component analysis** answers it with the singular value decomposition of all centred images, stacked as the rows of a matrix: $X - \mu = U S V^\top$, with orthonormal rows $v_1^\top, v_2^\top, \dots$ of $V^\top$ and singular values $s_1 \ge s_2 \ge \dots$ Along any unit vector $w$ the squared codes of all images sum to
#
# $$\lVert (X - \mu)\, w \rVert^2 = \lVert S V^\top w \rVert^2 = \sum_i s_i^2\, (v_i^\top w)^2 ,$$
#
# because $U$ keeps lengths. The numbers $(v_i^\top w)^2$ are weights: they are not negative, and sum to at most 1. For $k$ orthonormal directions together the weights on all $s_i^2$ sum to at most $k$, and those on one $s_i^2$ to at most 1, because $v_i$ has length 1. So the best that can be done is to put weight 1 on each of the $k$ largest $s_i^2$, which is what $v_1, \dots, v_k$ do. Therefore $V_k$ is the transpose of the first $k$ rows of $V^\top$.

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
# With two components every image is a blend of the same blurred patterns: some become slanted strokes, most something like a 0, an 8 or a 9. With 16 most digits can be read, though a grey veil remains where the patterns do not cancel. With 128, a sixth of 784, all can be read, and only a faint speckle in the background gives the reconstructions away. (These are images that the components were computed from; further down we test on others.)

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
# A mean error of 0.026 is as much as if every pixel were off by $\sqrt{0.026} \approx 0.16$; in truth most are nearly right, since they are background, and those along the strokes are far worse. The easiest images are ones with the usual slant, which are alike and have few dark pixels to get wrong. The hardest are bold digits, and wide ones whose strokes reach where few others do.

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
# - at least one hidden layer with a nonlinear activation in each network: without any, the codes would be linear in the image and the reconstructions could not follow a curved surface;
# - at most 500,000 trainable parameters in both together with `latent_dim=32`;
# - weights that all have an influence on the output, since others are never learned;
# - results that depend neither on chance nor on the other images of the batch, so no dropout and no batch normalization;
# - new weights at each call.
#
# No check can tell whether your design is a *good* one, but the notebook will: further down your networks are trained, and with 32 dimensions they should reach a smaller error on test images than PCA, which reaches 0.0175. Ours reach 0.0118. If you have time, build two designs of about the same size, such as a narrow and deep one and a wide and shallow one, guess which will have the smaller error, and let the notebook decide.


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

# %% [markdown]
# ## A sanity check: an autoencoder without activations
#
# Before we trust a network, let us give training a task that we understand. Take away all activations, so that the autoencoder is one dense layer down to $k$ units and one dense layer up. It starts from random weights and follows the gradient, and nothing tells it about singular vectors.

# %% [markdown] predict="linear"
# **Predict.** A linear autoencoder with an 8-dimensional code is trained on 2,000 images, and its error is measured on the same 2,000. Will it end *above*, *at* or *below* the error of PCA with $k = 8$? And will its codes be those of PCA?
#
# *My prediction:* …


# %%
def train(model, inputs, targets, epochs=EPOCHS, step_size=STEP_SIZE, loss="mse"):
    """Fit a model with steps that shrink along a cosine; return what Keras recorded."""
    n_steps = epochs * ceil(len(inputs) / BATCH_SIZE)
    schedule = keras.optimizers.schedules.CosineDecay(step_size, n_steps)
    model.compile(keras.optimizers.Adam(schedule), loss=loss)
    return model.fit(inputs, targets, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)


set_seed(SEED)
k = 8
linear = keras.Sequential([keras.Input((784,)), layers.Dense(k), layers.Dense(784)])
history = train(linear, flat, flat, epochs=LINEAR_EPOCHS, step_size=0.01)

# %% alt="The training error of the linear autoencoder falls within about twenty epochs to the dashed level of PCA and stays on it."
pca_error = np.mean(mse_per_image(flat, pca_reconstruction(flat, k)))
linear_error = np.mean(mse_per_image(flat, linear.predict(flat, verbose=0)))
epochs = np.arange(1, LINEAR_EPOCHS + 1)
curves = {"linear autoencoder": history.history["loss"], "PCA": pca_error}
plots.lines(epochs, curves, xlabel="epoch", ylabel="mean squared error", marker="")
plt.show()
print(f"PCA {pca_error:.5f}   linear autoencoder {linear_error:.5f}, after training")

# %% [markdown]
# It falls to the error of PCA and stays there. It cannot go lower: whatever the network learns, its reconstructions lie in a $k$-dimensional affine subspace, and among those PCA is the best (Eckart & Young, 1936). That gradient descent gets there is less obvious; the loss has saddle points, but every minimum is a global one (Baldi & Hornik, 1989). Only the *reconstructions* agree: the codes of the network need not be those of PCA, but may be any invertible linear map of them plus a constant. The agreement tells us that data, loss and optimiser do what we think they do.

# %% [markdown]
# ## Nonlinear autoencoders
#
# Now we train your networks twice, with a 2-dimensional latent space, since two dimensions can be drawn, and with a 32-dimensional one. From here on all errors are measured on **test images**, which took no part in training; for a fair comparison PCA takes its mean and directions from the training images, too.


# %%
def train_autoencoder(latent_dim):
    """Train on `x_train`; return encoder and decoder."""
    set_seed(SEED)
    pair = build_autoencoder(latent_dim)
    train(keras.Sequential(pair), x_train, x_train)
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

# %% alt="A seven, a trapezoid called encoder that narrows, two numbers, a trapezoid called decoder that widens, and a blurred seven."
seven = x_test[y_test == 7][:1]
z_seven = encoder_2.predict(seven, verbose=0)
plots.autoencoder_diagram(seven[0], z_seven[0], decoder_2.predict(z_seven, verbose=0)[0])
plt.show()

# %% [markdown]
# Two numbers are all that the decoder gets to know of this 7, and it comes back as something between a 7 and a 9: what distinguishes them did not fit into two numbers. Here are twelve test images, reconstructed in four ways.

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
# The autoencoder has the smaller error both times: 0.0425 against 0.0545 with two dimensions, and 0.0118 against 0.0175 with 32. (Twenty epochs on 10,000 images are few. Once we trained the same networks for 50 epochs on all 60,000 images, and they reached 0.0353 and 0.0048.) With 32 dimensions nearly every digit can be recognised; the 9 of the eighth column has lost its tail, and the 5 is smudged. With two the 1s and the 0s are definite digits, but the 2 has become a 3, the 4s and the 5 are 9s of different strength, and the 9 in the tenth column is a 7. The other 9 and the 6 are grey mixtures.
#
# Why grey, and not one of the two? Suppose that $n$ different images $x_1, \dots, x_n$ have the same code, or codes so close that the decoder cannot change between them. The decoder has to answer all of them with one image $c$. With their mean $m$, the squared error of this answer is
#
# $$\frac1n \sum_i \lVert x_i - c \rVert^2 = \frac1n \sum_i \lVert x_i - m \rVert^2 + \lVert m - c \rVert^2 ,$$
#
# since in $\lVert (x_i - m) + (m - c) \rVert^2$ the mixed terms sum to $2\,(m - c)^\top \sum_i (x_i - m) = 0$. The first part does not depend on $c$, so the best answer is $c = m$. *A squared error makes averages*, and an average of a 4 and a 9 is a grey mixture of both.
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
for k in (4, 8):
    error_of[k] = np.mean(mse_per_image(x_test, reconstruct(*train_autoencoder(k), x_test)))
# Pythagoras once more: what k components leave is the whole square minus the squares that they keep.
centred = x_test.reshape(-1, 784) - mean_train
kept = np.cumsum(np.mean((centred @ components_train) ** 2, axis=0))
pca_errors = (np.mean(np.sum(centred**2, axis=1)) - kept) / 784  # for k = 1, 2, …, 784

# %% alt="Test error against the dimension of the code: the curve of PCA falls smoothly, and the points of the autoencoder at 2, 4, 8 and 32 lie well below it."
fig, ax = plt.subplots(figsize=(6, 3.8), layout="constrained")
shades = plt.get_cmap("cividis")([0.75, 0.1])
ax.plot(np.arange(1, 785), pca_errors, color=shades[0], label="PCA")
ax.plot(*zip(*sorted(error_of.items())), "o", color=shades[1], label="autoencoder")
ax.set(xlabel="dimension of the code", ylabel="mean squared error on test images")
ax.set(xscale="log", xlim=(1, 784), ylim=(0, None))
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False)
plt.show()
for k, e in sorted(error_of.items()):
    needed = 1 + np.sum(pca_errors > e)
    print(f"autoencoder with {k:>2} dimensions: {e:.4f}; PCA needs {needed} components for that")

# %% [markdown]
# To match the autoencoder with 2, 4 and 8 dimensions PCA needs 6, 12 and 24 components, three times as many each time; to match it with 32, it needs 51. There the advantage is smaller, and the longer run says why: the network with 32 dimensions is the one that our short training leaves farthest from what it could do. So how short can the code be? The error falls smoothly, with no elbow that would settle the question, and it is for us to say which error we accept. With two dimensions we accept a lot, and can look at everything.

# %% [markdown]
# ## Reading a latent space
#
# A code with two entries is a point in the plane, so we can draw where the encoder puts every test image. No network has seen the labels.

# %% alt="The plane of the two latent coordinates with 2,000 test images drawn as their labels, the crowd near the origin enlarged on the right: the ones lie far off, 0, 2 and 6 have regions of their own, 4 and 9 share one, and 3, 5 and 8 crowd together."
z_test = encoder_2.predict(x_test, verbose=0)
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4.8), layout="constrained")
for ax in (left, right):
    plots.code_scatter(z_test[:2_000], y_test[:2_000], ax=ax)
low, high = np.percentile(z_test[y_test != 1], [20, 97], axis=0)
right.set(xlim=(low[0], high[0]), ylim=(low[1] - 2, high[1]))
right.set_title("enlarged", fontsize=10)
left.indicate_inset_zoom(right, edgecolor="black")
plt.show()

# %% [markdown]
# Each numeral is one test image, drawn as its label; the grey frame is enlarged on the right. The ones lie far off by themselves. The 7s are spread out, and around the crowd the 6s, the 0s and the 2s have regions of their own, while 4 and 9 share one and 3, 5 and 8 another.
#
# The encoder is continuous, so images that are nearly equal get codes that are nearly equal. The decoder can only change so fast, so images that differ much cannot share a place without an error. Neither forces all images of one digit into one region, and no network has seen a label; that they mostly lie together is an observation about digits. What looks alike in pixels shares a place, whatever its label, such as 4 and 9. Notice the shape of the whole, too. The density differs from place to place, there are gaps, and nothing in the loss says how far the codes reach or where they should lie.
#
# Now back to straight lines. What lies between two images, if we take the straight line between their *codes* and decode it?

# %% [markdown]
# ### Exercise 4 · `latent_path` (2 points)
#
# Walk through a latent space: from the code of one image to that of another, in equal steps on a straight line, and decode every point. Both ends belong to the path. The networks work on batches, and one image is not yet a batch.


# %% exercise="latent_path"
def latent_path(encoder, decoder, first, last, n):
    """Decode the straight line between the codes of two images.

    Args:
        encoder: a Keras model from images (m, 28, 28, 1) to codes (m, latent_dim).
        decoder: a Keras model from codes (m, latent_dim) to images (m, 28, 28, 1).
        first: the image at whose code the path begins, (28, 28, 1).
        last: the image at whose code it ends, (28, 28, 1).
        n: how many equally spaced points, at least 2, both ends included.

    Returns:
        The decoded points, (n, 28, 28, 1).
    """
    # BEGIN SOLUTION
    start, end = np.asarray(encoder(np.stack([first, last])))
    t = np.linspace(0, 1, n)[:, None]
    return np.asarray(decoder((1 - t) * start + t * end))
    # END SOLUTION


# %% [markdown] hints="latent_path"
# 1. Which of the three happens in which space? Encode two images, walk between two codes, decode $n$ codes.
# 2. `np.stack([first, last])` is a batch of two images. What are the weights of both codes at the start, in the middle and at the end?
# 3. A point of the line is $(1 - t)\, z_{\text{first}} + t\, z_{\text{last}}$; with $t$ of shape $(n, 1)$ all points are computed at once.

# %% [markdown]
# Try it: a path of five points has this shape, and its first image should be the reconstruction of the first one, up to rounding.

# %%
path = latent_path(encoder_32, decoder_32, *two_ones, 5)
print(path.shape)
print(np.max(np.abs(path[0] - reconstruct(encoder_32, decoder_32, two_ones[0][None])[0])))


# %% check="latent_path" points=2

# %% [markdown]
# Here are the two ones from the beginning, and a 3 and a 5, each pair joined in pixel space and in both latent spaces. For the paths in 32 dimensions we print how far each code lies from the nearest code of a training image.


# %%
def distance_to_nearest(points, codes):
    """The distance of each point (n, d) to the nearest of some codes (m, d)."""
    return cdist(points, codes).min(axis=1)


# %% alt="Six rows of nine images: two ones of different slant, and a 3 and a 5, each joined by a cross-fade of pixels that shows both at once, and by decoded lines between their codes in 2 and in 32 dimensions."
codes_2, codes_32 = (e.predict(x_train, verbose=0) for e in (encoder_2, encoder_32))
three_five = x_test[y_test == 3][2], x_test[y_test == 5][2]
rows, distances = {}, {}
for name, ends in {"ones": two_ones, "3 to 5": three_five}.items():
    rows[f"{name}, pixel space"] = (1 - t) * ends[0] + t * ends[1]
    rows[f"{name}, 2 dimensions"] = latent_path(encoder_2, decoder_2, *ends, 9)
    rows[f"{name}, 32 dimensions"] = latent_path(encoder_32, decoder_32, *ends, 9)
    start, end = encoder_32.predict(np.stack(ends), verbose=0)
    line = (1 - t[:, :, 0, 0]) * start + t[:, :, 0, 0] * end
    distances[name] = distance_to_nearest(line, codes_32)
plots.image_rows(rows)
plt.show()
distance_32 = distance_to_nearest(encoder_32.predict(x_test, verbose=0), codes_32)
for (name, values), digits in zip(distances.items(), ((1,), (3, 5))):
    print(f"{name:<7} distance to the nearest training code", *(f"{d:4.1f}" for d in values))
    usual = np.median(distance_32[np.isin(y_test, digits)])
    print(f"        half of the test images of {digits} have one within {usual:.1f}")

# %% [markdown]
# In pixel space one image fades out while the other fades in. With two latent dimensions the one turns as a hand would turn it: the ones form one long region of the plane, and the line stays inside. The 3 and the 5, however, come back as nearly the same grey 8, because two dimensions do not tell them apart. With 32 dimensions it is the other way round. From 3 to 5 the bar and the bowl are drawn in one piece; only the stem is ambiguous for two images, and then stands on the left. On the path of the ones the stroke shrinks to a short one in the middle, which nobody writes. The distances say why. Half of the ones in the test set have a training code within 2.7, but in the middle of the path the nearest is 5.9 away: the line has left the region of the ones. For 3s and 5s a distance of 8 is nothing unusual. Where a line leaves the codes, nothing has taught the decoder what to draw.

# %% [markdown]
# ## The whole plane
#
# In two dimensions we can look at every code at once. We lay a grid over the plane and decode every point of it. The grid lines stand at percentiles of the codes, so that they are close where the codes are dense; distances in the picture are therefore not those of the scatter plot. Some grid points lie where there is no code. We call a grid point *lonely* if its nearest training code is farther away than that of 99% of the test images, and draw it on an orange ground.


# %% alt="The plane of latent codes decoded on a grid of 14 by 14 images, in which digits turn into their neighbours, with grey mixtures where several kinds meet, and an orange ground where there is no code."
columns = np.percentile(z_test[:, 0], np.linspace(1, 99, 14))
rows = np.percentile(z_test[:, 1], np.linspace(99, 1, 14))  # from the top down
grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
usual_2 = np.percentile(distance_to_nearest(z_test, codes_2), 99)
lonely = distance_to_nearest(grid, codes_2) > usual_2

fig, ax = plt.subplots(figsize=(8, 8), layout="constrained")
white_to_orange = np.where(lonely[:, None], [1, 0.75, 0.45], 1).reshape(-1, 1, 1, 3)
decoded = (1 - decoder_2.predict(grid, verbose=0)) * white_to_orange
plots.image_grid(decoded, n_columns=14, ax=ax)
plt.show()
print(f"{np.sum(lonely)} of {len(grid)} grid points are lonely")

# %% [markdown]
# Most neighbours look alike, and along many rows one digit turns into the next through shapes that belong to both: in the second row a 7 becomes a 9, the 9 a 6, and the 6 a 0. In the middle, where 3, 5, 8 and 9 meet, the decoder answers with grey averages. The orange ground shows how it extrapolates where it was never trained: with the same few shapes again and again, bold 0s at the top, and at the lower right broken strokes that belong to no digit. But loneliness is no verdict. The lonely 7s at the left edge are good ones, and the scribbles in the last column, above the 2s, stand on white: codes lie there, of 0s and 2s, and between them the decoder draws a tangle of both.

# %% [markdown]
# ## A use: removing noise
#
# The bottleneck keeps what varies between digits and has no room for the rest, and independent noise in every pixel is part of the rest. A **denoising autoencoder** is trained on exactly that: its input is a noisy image, its target the clean one. Copying the input would leave the noise in, so it has to know what digits look like. The noisy image is $\tilde x = \min(\max(x + \sigma\,\varepsilon, 0), 1)$ with an independent $\varepsilon \sim N(0, 1)$ for every pixel of every image.


# %%
def add_noise(x, sigma, seed):
    """Noisy copies of images, clipped to [0, 1], with other noise for every pixel."""
    eps = np.random.default_rng(seed).normal(size=x.shape)
    return np.clip(x + sigma * eps, 0, 1).astype("float32")


# %% alt="Three rows of twelve digits: with heavy noise, as the denoiser gives them, smooth and mostly right, and the clean originals."
set_seed(SEED)
denoiser = keras.Sequential(build_autoencoder(32))
train(denoiser, add_noise(x_train, SIGMA, SEED), x_train, epochs=ceil(EPOCHS / 2))

x_noisy = add_noise(x_test, SIGMA, SEED + 1)
x_denoised = denoiser.predict(x_noisy, verbose=0)
plots.image_rows({"noisy": x_noisy[:12], "denoised": x_denoised[:12], "clean": x_test[:12]})
plt.show()

# %% [markdown]
# The best answer to a noisy image is once more an average: that of all clean images that could lie behind it. Where these agree, the stroke is sharp; where they do not, as in the 6 at the end and the 9 of the eighth column, it is grey. (The noise was sampled once, so that every epoch shows the same noisy images. Fresh noise in every epoch would be better, and costs more time.)
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

# %% [markdown]
# Below a standard deviation of about 0.24 the denoiser does harm: at $\sigma = 0$ its error is 0.043. Why? The bottleneck is one suspect. Brightness is another: at $\sigma = 0.4$ clipping leaves an average of 0.84 on a full stroke and of 0.16 on the background, so a clean image, black on white, is unlike anything that this network was trained on. The two can be told apart. We give it images without noise, but with those two levels of grey:

# %%
grey = np.float32(0.16 + 0.68 * x_test)
for name, inputs in {"clean": x_test, "grey": grey}.items():
    outputs = denoiser.predict(inputs, verbose=0)
    print(f"{name} images: error {np.mean(mse_per_image(x_test, outputs)):.4f}")

# %% [markdown]
# The error falls to 0.022, so brightness explains half of the 0.043. In the other half are the bottleneck, which costs the autoencoder above 0.012, a training that was only half as long, and whatever the noise has taught this network to smooth away. At the noise that it was trained with (dotted line) its error is 0.025, where doing nothing costs 0.080.

# %% [markdown]
# ## Another use: what does not belong?
#
# The 32-dimensional autoencoder has seen only digits, so its decoder has learned to draw digits. Show it a shoe, and the reconstruction error should be large. Used like this the error is an **anomaly score**.

# %% alt="Twelve pictures of clothing and below them their reconstructions, which are blurred shapes with strokes like those of digits."
clothes = data.load_fashion_mnist().x_test[: len(x_test)]
x_hat_clothes = reconstruct(encoder_32, decoder_32, clothes)
plots.image_rows({"clothing": clothes[:12], "reconstruction": x_hat_clothes[:12]})
plt.show()

# %% [markdown]
# It does not answer with digits. The decoder patches strokes together into something of the shape of the clothing, and only the trousers come back as 0s of a kind. The errors are large all the same:

# %% alt="Histograms of the mean squared error: digits form a narrow peak near 0.015, clothing a wide hill with its middle near 0.07, and they overlap a little."
score_digits = mse_per_image(x_test, x_hat_32)
score_clothes = mse_per_image(clothes, x_hat_clothes)
plots.histograms({"digits": score_digits, "clothes": score_clothes}, xlabel="mean squared error")
plt.show()

# %% [markdown]
# The two histograms overlap only a little. Above which error should we raise an alarm? Any threshold is a compromise between clothes that are missed and digits that raise a false alarm. The **ROC curve** shows all compromises at once: as the threshold falls from the largest score to the smallest, it plots the share of clothes that are caught against the share of digits that raise a false alarm.
#
# The **area under the curve** sums it up in one number: 1 if every piece of clothing has a larger score than every digit, and 0.5 for scores that know nothing.

# %% [markdown]
# ### Exercise 5 · `roc_auc` (2 points)
#
# A problem. Compute this area exactly. You could draw the curve and add up the rectangles below it, but there is a shorter way if you first find out what the area *means*. Scores may be equal: where digits and clothes have the same score, the threshold passes all of them at once, and the curve rises along a straight line.


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
# 1. When the threshold falls past one digit, the curve takes a step to the right. How wide is the strip that this adds to the area, and how high? What is the sum over all digits?
# 2. The strip is $1/n$ wide, and as high as the share of anomalous scores above this digit's. So the area is the share of all pairs, one normal and one anomalous score, in which the anomalous one is larger. `scores_anomalous[:, None]` has shape (m, 1) and compares with (n,) to (m, n), all pairs at once; 25 million of them still fit into memory.
# 3. A pair of equal scores counts ½. Without pairs: sort the normal scores; `np.searchsorted` tells for each anomalous score how many normal ones are smaller (`side="left"`), and how many are smaller or equal (`side="right"`). The mean of the two counts the ties half.

# %% [markdown]
# Draw the curve by hand first, for normal scores 1, 2 and 3 and anomalous scores 2 and 4. The area should be 0.75.

# %%
roc_auc(np.array([1, 2, 3]), np.array([2, 4]))


# %% check="roc_auc" points=2

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
for (name, both), colour in zip(scores.items(), plt.get_cmap("cividis")([0, 0.5, 0.85])):
    ax.plot(*roc_curve(*both), color=colour, label=f"{name}, area {roc_auc(*both):.3f}")
ax.plot([0, 1], [0, 1], color="gray", linestyle=":", label="chance, area 0.500")
ax.set(xlabel="share of digits that raise an alarm", ylabel="share of clothes caught")
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False, loc="lower right")
plt.show()

# %% [markdown]
# The area is the probability that a random piece of clothing has a larger score than a random digit. The autoencoder reaches 0.992, so in 99 of a hundred random pairs the clothing has the larger error, although the network never saw a piece of clothing. But the mean pixel alone, without training, reaches 0.90 and PCA 0.96, so most of the task was easy. Try the simple scores before you praise a network.
#
# And what about an anomaly that is *simpler* than a digit?

# %%
empty = np.zeros((1, 28, 28, 1), dtype="float32")
error_of_empty = mse_per_image(empty, reconstruct(encoder_32, decoder_32, empty))[0]
smaller = np.sum(score_digits < error_of_empty)
print(
    f"error of an empty image {error_of_empty:.4f}; {smaller} of {len(x_test):,} digits have less"
)

# %% [markdown]
# An empty image goes unnoticed. There is so little of it that hardly anything can be wrong.

# %% [markdown]
# ## Can we sample from it?
#
# A decoder maps codes to digits, so the second question seems to have a simple answer: sample a code, decode it, and have a new digit. But *sample from which distribution*? Training has left us with a cloud of codes and no distribution. There are three obvious ways to choose one:
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
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    train(classifier, x_train, y_train, epochs=8, loss="sparse_categorical_crossentropy")
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
# The classifier names 97% of the test images correctly and is confident about 0.94 of them. The reconstructions say how much of that a decoder can deliver: 0.91 with 32 dimensions, but only 0.72 with two, whose images are blurred. On uniform noise it is rarely confident, 0.04, but noise is an easy case, as nothing in it resembles a stroke.
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
# The other two samplers take a few lines. The mixture groups the codes with **k-means**, which places 60 centres among the codes and assigns each code to the nearest one; `minit="++"` starts with centres that are far from each other. Then it calls your sampler for each group, for a number of samples proportional to the size of the group.


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
for k, decoder, codes in ((2, decoder_2, codes_2), (32, decoder_32, codes_32)):
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
boxed = box_sampler(codes_2, 1_000, SEED)
outside = distance_to_nearest(boxed, codes_2) > usual_2
for name, some in {"lonely": boxed[outside], "other": boxed[~outside]}.items():
    share = share_confident(decoder_2.predict(some, verbose=0))
    print(f"box, 2 dimensions: {len(some)} {name} samples, confident {share:.2f}")

# %% alt="Six rows of samples: with 2 dimensions all three samplers give mostly legible digits; with 32 the box gives fragments, one Gaussian crossed strokes, and the mixture digits with some flaws."
order = [f"{name}, {k}" for k in (2, 32) for name in samplers]
plots.image_rows({name: samples[name] for name in order})
plt.show()

# %% [markdown]
# The second number of each line is the share of the three most frequent digits, which among real images is 0.32; with 1,000 samples all shares are uncertain by about 0.015. In two dimensions all three samplers do well by the classifier's confidence, because nearly every point of the plane decodes to strokes that resemble a digit. The box even beats the reconstructions, 0.85 against 0.72. It covers the outskirts of the plane, where the decoder draws dark, definite strokes, and half of its samples are lonely; the classifier is as confident about those as about the others. But three digits make up 0.81 of its samples: a high share of confident samples does not mean a varied set of samples. The most varied samples are those of the mixture.
#
# In 32 dimensions the box gives fragments, and yet the classifier is confident about nearly half of them. This is the weakness of the judge, so read its numbers beside the pictures. One Gaussian with the right mean and covariance scores no better, though its strokes hold together more often. The mixture does: 0.89 of its samples are confident, nearly as many as of the reconstructions, three digits make up 0.35 of them, close to real images, and most images in its row are clean digits. So the choice matters far more in 32 dimensions, where the scores reach from 0.47 to 0.89, and the box falls from the first place to a shared last one.
#
# A warning about both numbers. A sampler that only ever returned codes of *training images* would do even better on them, and it would invent nothing. With more and smaller groups the mixture comes closer and closer to that.

# %% [markdown] answer="why_random_codes_fail" points=3
# **Written answer (3 points).** A fellow student looks at the rows of 32 dimensions and says: "The decoder was not trained well. It saw only 10,000 images, and a longer training halves its error." Another says: "The decoder is fine; the samples lie where no image has its code." Which numbers above speak for one of them? Then describe one further experiment (not another run of the table) whose result would differ between the two explanations, and say what each of them predicts. Last, somebody proposes a penalty in the training objective that makes the mean of all codes 0 and their covariance the identity, so that codes can be sampled from $N(0, I)$. Why is that not enough, and what would a better term have to compare?
#
# <!-- BEGIN SOLUTION -->
# With 32 dimensions the decoder reconstructs test images with the smaller error (0.0118 against 0.0425), and the classifier is confident about 0.91 of its reconstructions, so on codes of images it works, better than the one with two dimensions. The mixture uses the same decoder and only other codes, and is confident far more often than the box. Both speak for the second student. An experiment: walk from a sample of the Gaussian to its nearest training code, and decode along the way. If the decoder is at fault, the images at the end are bad as well; if the samples are, the end of the path is as good as the reconstructions. Another: train the decoder alone for longer, with all codes as they are; the first student predicts that samples gain as much as reconstructions, the second that they gain much less, because no training image pulls at the places where they lie. As to the penalty: an affine map makes the mean of any codes 0 and their covariance the identity, if that is invertible. The last dense layer of the encoder can contain this map and the first one of the decoder its inverse, so the penalty becomes 0 at no cost, nothing else changes, and samples from $N(0, I)$ are those of "one Gaussian" above. Mean and covariance do not say where the groups are. A term has to compare the *whole* distribution of the codes with $N(0, I)$, or it has to make every code cover a region instead of a point and limit how much the codes may tell. Then codes that reconstruction would keep apart have to come together, and that costs some reconstruction error.
#
# *Rubric.* 1 point: a number that holds the decoder fixed or shows that it works on codes of images (reconstruction error, confident reconstructions, mixture against box). 1 point: an experiment with a prediction for each of the two explanations, and these differ. 1 point: two moments do not determine a distribution (the Gaussian sampler above has the right ones and fails, or a linear layer reaches them at no cost), and the whole distribution has to be compared.
# <!-- END SOLUTION -->

# %% [markdown]
# Write your answer before you go on, because two such experiments follow. The first measures how far samples lie from the nearest training code. The second takes the samples of one Gaussian and moves each along a straight line to its nearest training code, and as a control just as far in a random direction.

# %% alt="Outlines of four histograms of the distance to the nearest training code in 32 dimensions: test images and the mixture on the left, one Gaussian to the right of them, and the box far to the right."
distances = {"test images": distance_32}
for name, sampler in samplers.items():
    distances[name] = distance_to_nearest(sampler(codes_32, 1_000, SEED), codes_32)
fig, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
bins = np.linspace(0, max(values.max() for values in distances.values()), 60)
colours = dict(zip(distances, ("black", "#e76300", "#832db6", "#3f90da")))
styles = dict(zip(distances, ("-", "-.", "--", "-")))
for name, values in distances.items():
    look = {"color": colours[name], "linestyle": styles[name], "linewidth": 1.5}
    ax.hist(values, bins, density=True, histtype="step", label=name, **look)
ax.set(xlabel="distance to the nearest training code, 32 dimensions", yticks=[])
ax.spines[["top", "right", "left"]].set_visible(False)
ax.legend(frameon=False)
plt.show()
distance_2 = distance_to_nearest(z_test, codes_2)
limit_2, limit_32 = np.percentile(distance_2, 90), np.percentile(distance_32, 90)
print("farther from a training code than 90% of the test images:")
for name, values in distances.items():
    if name != "test images":
        values_2 = distance_to_nearest(samplers[name](codes_2, 1_000, SEED), codes_2)
        shares = f"{np.mean(values_2 > limit_2):.2f} in 2 dimensions"
        print(f"  {name:<13} {shares}, {np.mean(values > limit_32):.2f} in 32")
for name, values in distances.items():
    print(f"{name:<13} half of them within {np.median(values):4.1f} in 32 dimensions")

# %% alt="Five rows of twelve images: decoded samples of one Gaussian at the top, crossed strokes; and on the way to the nearest training code, digits that become clearer from row to row."
start = gaussian_sampler(codes_32, 1_000, SEED)
end = codes_32[cdist(start, codes_32).argmin(axis=1)]
direction = np.random.default_rng(SEED).normal(size=start.shape)
direction *= (
    np.linalg.norm(end - start, axis=1)[:, None] / np.linalg.norm(direction, axis=1)[:, None]
)
rows = {}
for way in (0, 0.25, 0.5, 0.75, 1):
    images = decoder_32.predict(start + way * (end - start), verbose=0)
    control = decoder_32.predict(start + way * direction, verbose=0)
    rows[f"{way:.0%} of the way"] = images[:12]
    shares = f"{share_confident(images):.2f}, in a random direction {share_confident(control):.2f}"
    print(f"{way:4.0%} of the way to the nearest code: confident {shares}")
plots.image_rows(rows)
plt.show()

# %% [markdown]
# The evidence favours the second student. By definition one in ten test images lies farther from the training codes than our limit. Of the samples of one Gaussian 0.88 do, of the box all, and of the mixture 0.15, hardly more than of real images. And on the way from a sample to its nearest code the *same decoder* draws better from row to row: the classifier is confident about 0.49, 0.61, 0.76 and 0.87 of the images, and at the end about 0.89, nearly the 0.91 of the reconstructions. It is this end that decides, because a badly trained decoder would end low. A step of the same length in a random direction changes nothing. Distance is not the whole story, though: the box lies more than twice as far out as the Gaussian, and scores the same.
#
# Nor does the mixture merely repeat training images. Half of its samples have a training code within 7.7, half of the test images one within 6.9, so its samples keep at least the distance that new images have.
#
# Why does one Gaussian miss the codes with 0.88 of its samples in 32 dimensions, and with 0.41 in two? The reason is volume. Suppose that the codes form ten groups, each a ball of radius 1, and that all of them lie within a ball of radius 2. In the plane the large disc has $2^2 = 4$ times the area of a group, so ten groups could cover it. In 32 dimensions the large ball has $2^{32}$ times the volume of a group, over four billion, and ten groups fill less than one part in four hundred million of it. A mean and a covariance, or a smallest and a largest value, describe the large ball, and say nothing about where in it the groups are. So nearly all of such samples fall between the groups, where the decoder was never asked for anything.
#
# What the mixture did has a name: a **two-stage model**. First an autoencoder is trained, then a density is fitted to its codes. This works, and large image generators are built that way. But the second stage has to model a cloud that the first stage left in whatever shape it happened to take, and in practice the first stage is made to help: that of Stable Diffusion is trained with a weak term on the distribution of its codes. The other possibility is to make the distribution of codes part of the objective from the beginning, so that its shape is one that we chose. It costs some reconstruction error and buys samples. That is the variational autoencoder, and the next notebook derives its objective.

# %% [markdown]
# ## Recap
#
# You can now
#
# - **compress** images with PCA, which is the best linear method, and with an autoencoder, which follows a curved surface and needs fewer dimensions for the same error,
# - **measure** the loss with one number per image, and judge it beside a baseline,
# - **read** a latent space: clusters, gaps, and paths along which images change, and say where a path leaves the codes,
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
