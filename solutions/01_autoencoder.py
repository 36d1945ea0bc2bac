# %% [markdown]
# # 01 · Autoencoders: compress, rebuild, and why that cannot generate
#
# **You will learn** to *compress* images with PCA and with a neural network, to *measure* what is lost, to *look* at a two-dimensional code, to *remove* noise, to *spot* images that do not belong, and to *explain* why random codes give junk.
#
# **Before you start.** You need Python, numpy arrays, and the idea of a matrix product. You should have seen a Keras model once. No earlier notebook is needed.
#
# **Time and points.** About 90 minutes, 12 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import data, plots
from vaelib.training import budget, set_seed

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

# %%
SEED = 1
N_TRAIN = budget(cpu=10_000, gpu=60_000, smallest=512)  # images to learn from
EPOCHS = budget(cpu=10, gpu=50)  # how often each of them is seen
LINEAR_EPOCHS = budget(cpu=60, gpu=60)  # for the linear autoencoder, which is small
BATCH_SIZE = 100
SIGMA = 0.4  # noise, as a share of the range from black to white

# %% [markdown]
# ## The question
#
# A digit is 28 × 28 = 784 numbers. Most lists of 784 numbers are not digits: they are grey noise. So a digit must be describable with fewer numbers. How few? And if we had those few numbers, could we **invent** new digits by making the numbers up?
#
# This notebook answers both questions. The way in which the second one goes wrong is the reason that variational autoencoders exist.

# %%
mnist = data.load_mnist()
x_train, x_test = mnist.x_train[:N_TRAIN], mnist.x_test[:5_000]
y_test = mnist.y_test[:5_000]
print("x_train", x_train.shape, x_train.dtype, "from", x_train.min(), "to", x_train.max())

# %%
plots.image_grid(x_train[:60], n_columns=20)
plt.show()

# %% [markdown]
# Sixty training images. Each is an array of shape (28, 28, 1): height, width, and one channel of grey. 0 is paper, 1 is ink.

# %% [markdown]
# ## The best straight answer: PCA
#
# **Principal component analysis** keeps $k$ numbers for each image. It is the best we can do with straight lines, so it is the mark that a network has to beat.
#
# Write an image as a long vector $x$ with $d = 784$ entries. Take away the mean image $\mu$. Now look for $k$ directions, the columns of $V_k$ with shape $(d, k)$, in which the images vary most. The **code** is how far the image lies along each direction, and the reconstruction goes back:
#
# $$z = V_k^\top (x - \mu) \qquad\qquad \hat x = \mu + V_k\, z$$
#
# For all images at once, let them be the rows of $X$, with shape $(n, d)$. Each code is then a row of $Z$, with shape $(n, k)$:
#
# $$Z = (X - \mu)\, V_k \qquad\qquad \hat X = \mu + Z\, V_k^\top$$
#
# The directions come from the **singular value decomposition** of the centred images, $X - \mu = U S V^\top$. The first $k$ rows of $V^\top$ are the directions, best first. They have length 1 and stand at right angles to each other.

# %% [markdown]
# ### Exercise 1 · `pca_reconstruction` (2 points)
#
# Compress every row of `x` to `k` numbers with PCA, and rebuild it. The mean and the directions come from `x` itself.
#
# `np.linalg.svd(a, full_matrices=False)` returns `u, s, vt`. The rows of `vt` are the directions, sorted from the most variation to the least.
#
# In this and all exercises: leave the arguments as they are, and work on new arrays. A check that passes says what it tried. When your work is graded, hidden checks also try your function on other shapes and on extreme values, within what its docstring says.


# %% exercise="pca_reconstruction"
def pca_reconstruction(x, k):
    """Rebuild each row from its k principal components.

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
    code = (x - mean) @ directions.T  # (n, k)
    return mean + code @ directions
    # END SOLUTION


# %% [markdown]
# Try it on points that lie near a line in three dimensions. One component should rebuild them well: the first row should come out near (1.11, 2.00, −0.08).

# %%
points = np.array([[1, 2, 0], [2, 4, 1], [3, 5, 3], [4, 9, 2], [5, 10, 6]], dtype="float32")
pca_reconstruction(points, 1)[0]


# %% check="pca_reconstruction" points=2

# %%
flat = x_train[:2_000].reshape(-1, 784)
rows = {"original": x_train[:12]}
for k in (2, 16, 128):
    rows[f"k = {k}"] = np.reshape(pca_reconstruction(flat, k)[:12], (12, 28, 28, 1))
plots.image_rows(rows)
plt.show()

# %% [markdown]
# Two numbers give a smear with the right weight. With 16 you can read most digits, and 128 look nearly perfect. 128 is a sixth of 784.

# %% [markdown]
# ## How much is lost?
#
# Looking is not enough: we want one number for each image. The **mean squared error** averages over the pixels of an image. With $x_p$ for pixel $p$ and $d$ pixels:
#
# $$\text{mse}(x, \hat x) = \frac 1 d \sum_{p=1}^{d} (x_p - \hat x_p)^2$$
#
# We keep one value **for each image**, and do not average over the batch. Then we can ask which images are hard. Every loss in this course works like that.

# %% [markdown]
# ### Exercise 2 · `mse_per_image` (1 point)
#
# Return one mean squared error for each image. The images may have any shape after the first axis: (n, 28, 28, 1), or flat, (n, d). So average over **all** axes but the first.


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

# %%
error = np.asarray(mse_per_image(flat, pca_reconstruction(flat, 16)))
order = np.argsort(error)
plots.image_rows(
    {
        "easiest": flat[order[:12]].reshape(-1, 28, 28, 1),
        "hardest": flat[order[-12:]].reshape(-1, 28, 28, 1),
    }
)
plt.show()
print(f"mean error {error.mean():.4f}, easiest {error.min():.4f}, hardest {error.max():.4f}")

# %% [markdown]
# Ones that lean the usual way are easy. Broad digits are hard: their strokes lie where few other digits have any.

# %% [markdown]
# ## An autoencoder: two networks and a bottleneck
#
# PCA can only rotate and squash. A network can bend. An **autoencoder** is two networks:
#
# - the **encoder** turns an image `x` into a short code `z`,
# - the **decoder** turns the code `z` into an image `x_hat`.
#
# Both are trained together to make `x_hat` like `x`. Nobody tells them what the code should mean. The code is short, so they must find out what matters.
#
# $$x \;\xrightarrow{\text{encoder}}\; z \;\xrightarrow{\text{decoder}}\; \hat x$$
#
# These are the sizes that we will use. The heights are logarithmic: on an ordinary scale the bar of 2 could not be seen.

# %%
names = ["x", "dense", "dense", "z", "dense", "dense", "x_hat"]
plots.layer_bars(names, [784, 256, 64, 2, 64, 256, 784])
plt.show()

# %% [markdown]
# ### Exercise 3 · `build_dense_encoder` (2 points)
#
# Build the encoder as a Keras model, with these layers:
#
# | layer | output | activation |
# | --- | --- | --- |
# | input | (28, 28, 1) | |
# | flatten | 784 | |
# | dense | 256 | ReLU |
# | dense | 64 | ReLU |
# | dense | `latent_dim` | none |
#
# The code has **no activation**. A code must be free to be negative, or as large as it likes.
#
# A model is `keras.Sequential([keras.Input((28, 28, 1)), …])`, with the layers in the list. You need `layers.Flatten()` and `layers.Dense(units, activation=…)`.


# %% exercise="build_dense_encoder"
def build_dense_encoder(latent_dim):
    """Build the encoder, 784–256–64–latent_dim.

    Args:
        latent_dim: the length of the code.

    Returns:
        A Keras model from images (n, 28, 28, 1) to codes (n, latent_dim).
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(latent_dim),
        ]
    )
    # END SOLUTION


# %% [markdown]
# Try it: for a code of 2 numbers the encoder should have 217,538 parameters.

# %% compare
print(f"{build_dense_encoder(2).count_params():,}")


# %% check="build_dense_encoder" points=2

# %% [markdown]
# ### Exercise 4 · `build_dense_decoder` (2 points)
#
# Build the decoder: the same layers in the other order.
#
# | layer | output | activation |
# | --- | --- | --- |
# | input | `latent_dim` | |
# | dense | 64 | ReLU |
# | dense | 256 | ReLU |
# | dense | 784 | sigmoid |
# | reshape | (28, 28, 1) | |
#
# The sigmoid keeps every pixel between 0 and 1. The input is `keras.Input((latent_dim,))`, with a comma, since a shape is a tuple. The last layer is `layers.Reshape((28, 28, 1))`.


# %% exercise="build_dense_decoder"
def build_dense_decoder(latent_dim):
    """Build the decoder, latent_dim–64–256–784.

    Args:
        latent_dim: the length of the code.

    Returns:
        A Keras model from codes (n, latent_dim) to images (n, 28, 28, 1).
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(256, activation="relu"),
            layers.Dense(784, activation="sigmoid"),
            layers.Reshape((28, 28, 1)),
        ]
    )
    # END SOLUTION


# %% [markdown]
# Try it: for a code of 2 numbers the decoder should have 218,320 parameters, and its images the shape (None, 28, 28, 1).

# %% compare
print(f"{build_dense_decoder(2).count_params():,}", build_dense_decoder(2).output_shape)


# %% check="build_dense_decoder" points=2

# %% [markdown]
# ## Can a network without bends beat PCA?
#
# First take all bends out: one dense layer in, one dense layer out, no activation. Nobody gives this network the singular value decomposition. It starts from random numbers and follows the gradient, in steps that get smaller and smaller.

# %% [markdown] predict="linear"
# **Predict.** A linear autoencoder with a code of 8 numbers is trained on 2,000 images, and tested on the same 2,000. Will its error be *above*, *equal to* or *below* that of PCA with k = 8?
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

# %%
pca_error = np.mean(mse_per_image(flat, pca_reconstruction(flat, k)))
linear_error = np.mean(mse_per_image(flat, linear.predict(flat, verbose=0)))
epochs = np.arange(1, LINEAR_EPOCHS + 1)
curves = {"linear autoencoder": history.history["loss"], "PCA": pca_error}
plots.lines(epochs, curves, xlabel="epoch", ylabel="mean squared error", marker="")
plt.show()
print(f"PCA {pca_error:.5f}   linear autoencoder {linear_error:.5f}, after training")

# %% [markdown]
# It comes down to the PCA error and stops there. It cannot go below, ever: without bends a network can only do what PCA can do. Eckart and Young proved in 1936 that no straight code of length k rebuilds the centred images better. So PCA is a free test of our training.

# %% [markdown]
# ## Now with bends
#
# The ReLUs let the network follow a curved surface. We train two autoencoders with the layers from exercises 3 and 4: one with a code of 2 numbers, since 2 can be drawn, and one with 32.
#
# From here on errors are measured on **test images**, which nobody trained on.


# %%
def train_autoencoder(latent_dim):
    """Train on `x_train`; return encoder and decoder."""
    set_seed(SEED)
    encoder, decoder = build_dense_encoder(latent_dim), build_dense_decoder(latent_dim)
    autoencoder = keras.Sequential([encoder, decoder])
    autoencoder.compile(keras.optimizers.Adam(1e-3), loss="mse")
    autoencoder.fit(x_train, x_train, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    return encoder, decoder


encoder_2, decoder_2 = train_autoencoder(2)
encoder_32, decoder_32 = train_autoencoder(32)


# %% [markdown]
# For a fair match PCA must not look at the test images either. So its mean and its directions come from the training images. There are many of them, so we take a faster route to the same directions: they are the eigenvectors of $(X - \mu)^\top (X - \mu)$.


# %%
def pca_from_training(x, k):
    """Images rebuilt with the mean and the directions of the training images."""
    train, flat_x = x_train.reshape(-1, 784), x.reshape(-1, 784)
    mean = train.mean(axis=0)
    vectors = np.linalg.eigh((train - mean).T @ (train - mean)).eigenvectors
    directions = vectors[:, -k:]  # eigh sorts upwards, so the best come last
    return ((flat_x - mean) @ directions @ directions.T + mean).reshape(x.shape)


def rebuild(encoder, decoder, x):
    """Images to codes and back."""
    return decoder.predict(encoder.predict(x, verbose=0), verbose=0)


# %%
x_hat_2, x_hat_32 = rebuild(encoder_2, decoder_2, x_test), rebuild(encoder_32, decoder_32, x_test)
for k, x_hat in ((2, x_hat_2), (32, x_hat_32)):
    pca_error = np.mean(mse_per_image(x_test, pca_from_training(x_test, k)))
    network_error = np.mean(mse_per_image(x_test, x_hat))
    print(f"{k:>2} numbers: PCA {pca_error:.4f}, autoencoder {network_error:.4f}")

# %%
rows = {
    "original": x_test,
    "PCA, 2": pca_from_training(x_test, 2),
    "network, 2": x_hat_2,
    "PCA, 32": pca_from_training(x_test, 32),
    "network, 32": x_hat_32,
}
plots.image_rows({name: images[:12] for name, images in rows.items()})
plt.show()

# %% [markdown]
# The network wins both times: on MNIST our run gave 0.055 for PCA against 0.045 with 2 numbers, and 0.018 against 0.016 with 32. With 2 numbers PCA can only blend two blurred patterns. The network often draws a digit, though sometimes the wrong one.

# %% [markdown]
# ## A map of the digits
#
# A code of two numbers is a point in the plane. So we can draw where every test image went. The network never saw a label. The colours are ours.

# %%
z_test = encoder_2.predict(x_test, verbose=0)
plots.code_scatter(z_test[:2_500], y_test[:2_500])
plt.show()

# %% [markdown]
# Digits of one kind lie together, though nobody asked for it: both networks change smoothly, so neighbours stay neighbours. Some kinds have a place of their own, and 3, 5 and 8 share one. Now look at the shape of the cloud. It is thick here and thin there, it has gaps, and no rule says how far it reaches.

# %% [markdown]
# ## Inventing digits
#
# Now the second question. Throw away the encoder. Choose a code at random, decode it, and hope for a new digit. From which codes should we choose? The simplest answer is a box around all the codes we know.

# %% [markdown] predict="random_codes"
# **Predict.** We draw 20 random codes from the box around the codes of 2 numbers, and 20 from the box around the codes of 32 numbers. How many of each 20 will look like a digit?
#
# *My prediction:* … of 20 with 2 numbers, … of 20 with 32 numbers.


# %%
def decode_from_box(encoder, decoder, n=20):
    """Decode n codes drawn evenly from the box around the codes of the test images."""
    z = encoder.predict(x_test, verbose=0)
    draws = np.random.default_rng(SEED).uniform(z.min(axis=0), z.max(axis=0), (n, z.shape[1]))
    return draws, decoder.predict(draws, verbose=0)


z_random_2, x_random_2 = decode_from_box(encoder_2, decoder_2)
_, x_random_32 = decode_from_box(encoder_32, decoder_32)

# %%
ax = plots.code_scatter(z_test[:2_500], y_test[:2_500])
ax.plot(*z_random_2.T, "x", color="red", markersize=9, markeredgewidth=2)
plt.show()

# %%
plots.image_rows({"2 numbers": x_random_2, "32 numbers": x_random_32, "real": x_test[:20]})
plt.show()

# %% [markdown]
# With 2 numbers many pictures look like digits, and some stand between two. The decoder does well even a little outside the cloud. With 32 numbers hardly any picture is a digit. In 32 dimensions nearly every random point is extreme in some of its numbers, and no image ever had its code there.

# %% [markdown] answer="why_random_codes_fail" points=2
# **Written answer (2 points).** Why does decoding random codes give junk? Say what the training asked of the decoder, and what it never asked. Then name one thing that we would have to add to the training so that random codes work.
#
# <!-- BEGIN SOLUTION -->
# The loss only ever looks at codes that the encoder made from training images. There the decoder must be right. Everywhere else nothing was asked of it, so what it does there is arbitrary. The box is mostly such a place: the codes fill a thin, oddly shaped part of it, and the more numbers a code has, the smaller that part is. We would have to make the codes fill a region that we know and can draw from, for instance by asking that all codes together follow a standard normal distribution, and that nearby codes decode to alike images.
#
# *Rubric.* 1 point: the decoder is trained only where codes of training images lie, and the random code lies elsewhere (gaps, outside, or in a thin part of many dimensions). 1 point: a remedy that acts on the codes during training (a known distribution for codes, noise on codes, filling the gaps). No point for "train longer", "more data" or "a larger network" alone.
# <!-- END SOLUTION -->

# %% [markdown]
# ## A second use: removing noise
#
# A bottleneck forgets what it has no room for. Noise is what it should forget. So we change the task: the input is a **noisy** image, the target is the **clean** one. The network can no longer copy. It has to know what digits look like.
#
# For noise of strength $\sigma$, every pixel of every image gets its own draw $\varepsilon \sim N(0, 1)$, and we cut the result back into the range of a pixel:
#
# $$\tilde x = \min(\max(x + \sigma\,\varepsilon,\ 0),\ 1)$$

# %% [markdown]
# ### Exercise 5 · `add_noise` (2 points)
#
# Return noisy copies of the images. $\sigma$ is a standard deviation. The same seed must give the same noise. Leave `x` as it is.


# %% exercise="add_noise"
def add_noise(x, sigma, seed):
    """Add Gaussian noise to images and cut the result to [0, 1].

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


# %% check="add_noise" points=2

# %% [markdown]
# ### Exercise 6 · `denoising_pairs` (1 point)
#
# Return what the denoiser is trained on: first its input, then its target. You may call `add_noise`.


# %% exercise="denoising_pairs"
def denoising_pairs(x, sigma, seed):
    """Inputs and targets for a denoising autoencoder.

    Args:
        x: clean images, (n, …).
        sigma: standard deviation of the noise.
        seed: an int; the same seed gives the same noise.

    Returns:
        Two arrays with the shape of `x`: the input and the target.
    """
    # BEGIN SOLUTION
    return add_noise(x, sigma, seed), x
    # END SOLUTION


# %% [markdown]
# Try it: both shapes should be (3, 28, 28, 1).

# %%
first, second = denoising_pairs(x_train[:3], SIGMA, seed=0)
first.shape, second.shape


# %% check="denoising_pairs" points=1

# %%
set_seed(SEED)
denoiser = keras.Sequential([build_dense_encoder(32), build_dense_decoder(32)])
denoiser.compile(keras.optimizers.Adam(1e-3), loss="mse")
noisy, clean = denoising_pairs(x_train, SIGMA, SEED)
denoiser.fit(noisy, clean, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)

x_noisy, _ = denoising_pairs(x_test, SIGMA, SEED + 1)
x_denoised = denoiser.predict(x_noisy, verbose=0)
plots.image_rows({"noisy": x_noisy[:12], "denoised": x_denoised[:12], "clean": x_test[:12]})
plt.show()

# %% [markdown]
# The network was never told where the noise is. It paints the digit that it believes in, and where the noise hides the digit it sometimes believes in the wrong one.

# %% [markdown]
# ### Is it better than doing nothing?
#
# A number means something only beside another number. The **do-nothing baseline** hands the noisy image back. The denoiser was trained at one strength of noise. We try it at others, too.

# %% [markdown] predict="sigma_sweep"
# **Predict.** For which strengths of noise will the denoiser be *worse* than doing nothing: weak, strong, or none?
#
# *My prediction:* …

# %%
sigmas = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8]
error, baseline = [], []
for sigma in sigmas:
    x_noisy, x = denoising_pairs(x_test, sigma, SEED)
    error.append(np.mean(mse_per_image(x, denoiser.predict(x_noisy, verbose=0))))
    baseline.append(np.mean(mse_per_image(x, x_noisy)))

# %%
curves = {"denoiser": error, "doing nothing": baseline}
ax = plots.lines(sigmas, curves, xlabel="sigma of the noise", ylabel="mean squared error")
ax.axvline(SIGMA, color="gray", linewidth=1, linestyle=":")
plt.show()
for sigma, e, b in zip(sigmas, error, baseline):
    print(f"sigma {sigma:<4}: denoiser {e:.4f}, doing nothing {b:.4f}")
ink = denoiser.predict(x_test, verbose=0).mean()
print(f"mean ink of the clean images {x_test.mean():.3f}, after the denoiser {ink:.3f}")

# %% [markdown]
# Below a sigma of about a quarter the denoiser does harm. It has only ever seen foggy images. On clean paper it paints strokes that are too thick: on MNIST the mean ink comes out at 0.19 instead of 0.12. It is at its best at 0.4, the noise it was trained with (dotted line). There its error is 0.025, and doing nothing costs 0.080.

# %% [markdown]
# ## A third use: what does not belong?
#
# The autoencoder with 32 numbers has seen only digits. Show it a shoe. It can only answer with something that it can draw, so its error should be large. The error is an **anomaly score**.

# %% [markdown] predict="anomaly"
# **Predict.** One digit and one piece of clothing are drawn at random. How often does the clothing have the larger error? 50% would be a coin.
#
# *My prediction:* … %

# %%
clothes = data.load_fashion_mnist().x_test[: len(x_test)]
x_hat_clothes = rebuild(encoder_32, decoder_32, clothes)
plots.image_rows({"clothing": clothes[:12], "rebuilt": x_hat_clothes[:12]})
plt.show()

# %%
score_digits = mse_per_image(x_test, x_hat_32)
score_clothes = mse_per_image(clothes, x_hat_clothes)
plots.histograms({"digits": score_digits, "clothes": score_clothes}, xlabel="mean squared error")
plt.show()

# %% [markdown]
# They overlap only a little. Where should an alarm start? The **ROC curve** tries every threshold at once. It goes through all images from the largest error to the smallest, and plots how many clothes have been caught against how many digits have raised a false alarm. The **area** under it is the share asked for in the prediction.


# %%
def roc_curve(score_digits, score_clothes):
    """Shares of false alarms and of clothes caught, as the threshold falls."""
    score = np.concatenate([score_digits, score_clothes])
    is_clothing = np.arange(len(score)) >= len(score_digits)
    is_clothing = is_clothing[np.argsort(-score)]  # from the largest error to the smallest
    caught = np.cumsum(is_clothing) / np.sum(is_clothing)
    false_alarms = np.cumsum(~is_clothing) / np.sum(~is_clothing)
    return false_alarms, caught


# %%
false_alarms, caught = roc_curve(score_digits, score_clothes)
area = np.trapezoid(caught, false_alarms)
coin = "a coin, area 0.500"
plots.lines(
    false_alarms,
    {f"autoencoder, area {area:.3f}": caught, coin: false_alarms},
    xlabel="share of digits that raise an alarm",
    ylabel="share of clothes caught",
    marker="",
    dashed=[coin],
)
plt.show()

# %% [markdown]
# On MNIST against Fashion-MNIST the area came out at 0.99: out of 100 random pairs the clothing has the larger error in about 99. Nobody showed the network a single piece of clothing.
#
# But a coin is a weak opponent. Clothes have more ink than digits. So let us ask two simple scores as well: the **mean ink** of the image, which needs no training at all, and the error of PCA with 32 numbers.

# %% [markdown] predict="simple_scores"
# **Predict.** Which area will the mean ink alone reach? And PCA?
#
# *My prediction:* ink …, PCA …


# %%
def pca_error_32(x):
    """Error under the mean and the 32 directions of the training images."""
    return mse_per_image(x, pca_from_training(x, 32))


for name, score in {
    "mean ink": lambda x: x.mean(axis=(1, 2, 3)),
    "PCA, 32 numbers": pca_error_32,
    "autoencoder": lambda x: mse_per_image(x, rebuild(encoder_32, decoder_32, x)),
}.items():
    false_alarms, caught = roc_curve(score(x_test), score(clothes))
    print(f"{name:<16} area {np.trapezoid(caught, false_alarms):.3f}")

# %% [markdown]
# Always ask the simple scores first. On MNIST the ink alone reaches 0.90 and PCA 0.96. The autoencoder is better than both, but most of the work was easy.

# %% [markdown]
# ## A picture to keep
#
# Last, the whole plane. We walk through it on a grid of 22 × 22 codes, from one end of the cloud to the other, and decode each. The steps are small where the cloud is dense and large where it is thin: between two columns there are always equally many test images, and between two rows, too.

# %%
columns = np.percentile(z_test[:, 0], np.linspace(1, 99, 22))
rows = np.percentile(z_test[:, 1], np.linspace(99, 1, 22))  # from the top down
grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
fig, ax = plt.subplots(figsize=(9, 9), layout="constrained")
plots.image_grid(decoder_2.predict(grid, verbose=0), n_columns=22, ax=ax)
plt.show()

# %% [markdown]
# Digits turn into each other with no jump. Follow the top row: on MNIST a 9 becomes a 6, and then a 0. But in the middle, where many kinds meet, the pictures are grey mixtures. Nothing in the training asked for order there. A variational autoencoder will ask.

# %% [markdown]
# ## Recap
#
# You can now
#
# - **compress** images with PCA and with an autoencoder: a network that may bend keeps more with the same number of codes,
# - **measure** the loss with one number for each image, and set it beside a baseline,
# - **look** at a code of two numbers, and read clusters, arms and gaps in it,
# - **remove** noise by training from noisy to clean images,
# - **spot** images that do not belong, by their error, with a ROC curve,
# - **explain** why random codes give junk: the decoder was only ever trained where codes of real images lie.
#
# The next notebook, `02_elbo`, gives codes a distribution that we can draw from. It starts with the mathematics, and checks every step with numbers.

# %% [markdown]
# ## Further reading
#
# - Hinton & Salakhutdinov, *Reducing the Dimensionality of Data with Neural Networks*, Science 2006: the paper that showed deep autoencoders beating PCA, on these digits.
# - Vincent et al., *Extracting and Composing Robust Features with Denoising Autoencoders*, ICML 2008: why learning to remove noise makes better codes.
# - Goodfellow, Bengio & Courville, *Deep Learning*, chapter 14: autoencoders of many kinds in one place.
# - Eckart & Young, *The approximation of one matrix by another of lower rank*, Psychometrika 1936: the proof that PCA cannot be beaten by straight lines.
