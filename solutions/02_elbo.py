# %% [markdown]
# # 02 · The ELBO: a bound you can check
#
# **You will learn** to *compute* Gaussian densities and KL divergences, to *estimate* them by drawing samples, to *score* an image under three likelihoods, to *verify* the evidence lower bound against an exact answer, and to *tighten* it with importance weights.
#
# **Before you start.** Work through `01_autoencoder`. You need the normal distribution, expectations, and logarithms. Matrices with determinants and traces appear in one exercise.
#
# **Time and points.** About 120 minutes, 17 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import data, plots
from vaelib.models import build_dense_decoder, build_dense_encoder
from vaelib.training import budget, set_seed

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops
from scipy import stats

# %%
SEED = 2
N_TRAIN = budget(cpu=10_000, gpu=60_000, smallest=512)  # images to learn from
EPOCHS = budget(cpu=6, gpu=30)  # how often each of them is seen
N_DRAWS = 20_000  # random codes in the first experiment
LATENT_DIM = 8

# %% [markdown]
# ## The question
#
# In `01_autoencoder` random codes gave junk, because nothing said how codes are spread. So now we say it first, before there is any image:
#
# 1. Draw a code $z$ from a distribution that we choose, the **prior** $p(z) = N(0, I)$.
# 2. Draw an image from a distribution that the decoder gives, the **likelihood** $p(x \mid z)$.
#
# This recipe can invent images. But how do we train it? A good recipe makes the training images *likely*. So we must be able to answer: **how likely is this image?**
#
# $$\log p(x) = \log \int p(x \mid z)\, p(z)\, dz$$
#
# That integral runs over all codes. This notebook is about how to get around it, and how to check that we did it right.

# %% [markdown]
# ## A model where every answer is known
#
# We begin with the simplest decoder: a straight one. Then the integral can be solved exactly, and every step of this notebook can be compared with the truth.
#
# $$p(z) = N(0, I) \qquad\qquad p(x \mid z) = N(W z + b,\ \sigma^2 I)$$
#
# The code has $d$ numbers and the image has $D$ pixels, so $W$ has shape $(D, d)$. (In `01_autoencoder` $d$ was the number of pixels. From here on it is the length of the code, as in most papers.) The best $W$, $b$ and $\sigma^2$ for our digits come from PCA. This is called **probabilistic PCA** (Tipping & Bishop 1999).

# %%
mnist = data.load_mnist()
x_train, x_test = mnist.x_train[:N_TRAIN], mnist.x_test[:2_000]


def fit_linear_model(x, d):
    """The W (D, d), b (D,) and log σ² that make the images x (n, D) most likely."""
    b = x.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(x.T))  # sorted upwards
    noise = variances[:-d].mean()  # what the d best directions leave over
    W = directions[:, -d:] * np.sqrt(variances[-d:] - noise)
    return W, b, np.log(noise)


W_784, b_784, log_var_784 = fit_linear_model(x_train.reshape(-1, 784), LATENT_DIM)
print("W", W_784.shape, "b", b_784.shape, f"σ = {np.exp(log_var_784 / 2):.3f}")

# %% alt="Two rows of twelve samples from the linear model: blurred digits Wz + b, and the same images under pixel noise."
generator = np.random.default_rng(SEED)
z = generator.normal(size=(12, LATENT_DIM))
decoded = z @ W_784.T + b_784
drawn = decoded + np.exp(log_var_784 / 2) * generator.normal(size=decoded.shape)
rows = {"Wz + b": decoded, "with noise": drawn}
plots.image_rows({name: images.reshape(-1, 28, 28, 1) for name, images in rows.items()})
plt.show()

# %% [markdown]
# Twelve random codes, decoded. On MNIST they are ghosts, not digits: a straight decoder cannot do better. But no code is out of place any more. And we can calculate with this model.

# %% [markdown]
# ## First attempt: average over many codes
#
# The integral is an average: draw many codes from the prior, compute $p(x \mid z)$ for each, and average. Let us try it on one test image. For this model the exact answer is known: $x$ is Gaussian with mean $b$ and covariance $W W^\top + \sigma^2 I$.

# %% [markdown] predict="brute_force"
# **Predict.** We average over 20,000 codes from the prior. Will the result be *close to* the exact log p(x), *far below* it, or *far above* it?
#
# *My prediction:* …

# %%
x_784 = x_test[0].ravel().astype(float)
variance_784 = np.exp(log_var_784)
cov_x = W_784 @ W_784.T + variance_784 * np.eye(784)
exact = stats.multivariate_normal(b_784, cov_x).logpdf(x_784)

z = generator.normal(size=(N_DRAWS, LATENT_DIM))
squares = ((x_784 - b_784 - z @ W_784.T) ** 2).sum(axis=1)
log_p_x_given_z = -0.5 * (784 * np.log(2 * np.pi * variance_784) + squares / variance_784)

# %% alt="The running Monte Carlo estimate of log p(x) climbs in steps from below −200 to about 210 nats and is still under the exact value after 20,000 draws."
n_draws = np.arange(1, N_DRAWS + 1)
# The log of the running mean. The densities themselves would be too large or too small to write.
log_average = np.logaddexp.accumulate(log_p_x_given_z) - np.log(n_draws)
curves = {"average over the draws so far": log_average, "exact": exact}
ax = plots.lines(n_draws, curves, xlabel="codes drawn", ylabel="log p(x), nats", marker="")
ax.set(xscale="log", ylim=(exact - 500, exact + 60))
plt.show()
share = np.exp(log_p_x_given_z - np.logaddexp.reduce(log_p_x_given_z))  # of each code
print(f"exact {exact:.1f}, after {N_DRAWS:,} draws {log_average[-1]:.1f}")
print(f"the two best codes make up {np.sort(share)[-2:].sum():.0%} of the average")

# %% [markdown]
# The curve climbs in jumps: each jump is one lucky code. On MNIST two codes out of 20,000 make up 96% of the average, and it is still 27 nats short at the end, a factor of $e^{27}$. And this code has only 8 numbers.
#
# Where are the good codes? Let us look at two of the eight numbers, and mark the ten best draws.

# %% alt="Codes from the prior fill a disc around 0 in two latent dimensions; the ten best of 20,000 lie close together to the left of its centre."
best = np.argsort(log_p_x_given_z)[-10:]
fig, ax = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
ax.plot(*z[:3_000, -2:].T, ".", color="lightgray", label="codes from the prior")
ax.plot(*z[best, -2:].T, "o", color="black", label="the ten best of 20,000")
ax.set(xlabel="seventh number of the code", ylabel="eighth number of the code", aspect="equal")
ax.legend()
plt.show()

# %% [markdown]
# The good codes lie together in one spot. A draw from the prior has to hit it in all eight numbers at once. That is a needle in a haystack.

# %% [markdown]
# ## First tool: the density of a Gaussian
#
# Next we need tools. We write variances as logarithms, `log_var`. A network may then output any number, and the variance $e^{\text{log var}}$ is always positive. For a vector with independent entries the log-densities add up:
#
# $$\log N(x;\ \mu,\ \sigma^2) = -\frac 1 2 \sum_{i=1}^{d} \left( \log 2\pi + \log \sigma_i^2 + \frac{(x_i - \mu_i)^2}{\sigma_i^2} \right)$$
#
# We use natural logarithms. The unit is then called the **nat**.

# %% [markdown]
# ### Exercise 1 · `log_normal_pdf` (1 point)
#
# Return the log-density of each point. Sum over the last axis, and keep all others. You may write it with numpy, `keras.ops` or `tf`, here and in all exercises.


# %% exercise="log_normal_pdf"
def log_normal_pdf(x, mean, log_var):
    """Log-density of a Gaussian with independent entries.

    Args:
        x: points, (…, d).
        mean: (…, d).
        log_var: logarithm of the variance, (…, d).

    Returns:
        (…,), in nats.
    """
    # BEGIN SOLUTION
    squares = (x - mean) ** 2 * ops.exp(-log_var)
    return -0.5 * ops.sum(np.log(2 * np.pi) + log_var + squares, axis=-1)
    # END SOLUTION


# %% [markdown]
# Try it: in one dimension, at the mean and with variance 1, the density is $1/\sqrt{2\pi}$. Its logarithm is −0.919.

# %%
zero = np.zeros((1, 1), dtype="float32")
log_normal_pdf(zero, zero, zero)


# %% check="log_normal_pdf" points=1

# %% alt="Three Gaussian densities around 0: the smaller the log-variance, the narrower and higher the curve."
x_axis = np.linspace(-4, 4, 200, dtype="float32")[:, None]
densities = {}
for log_var in (-2, 0, 1):
    log_density = log_normal_pdf(x_axis, 0 * x_axis, np.full_like(x_axis, log_var))
    densities[f"log_var = {log_var}"] = np.exp(log_density)
plots.lines(x_axis[:, 0], densities, xlabel="x", ylabel="density", marker="")
plt.show()

# %% [markdown]
# A density may be larger than 1, as the narrow one shows. Then its logarithm is positive. Keep that in mind when you see a log-likelihood above 0: it is no bug.

# %% [markdown]
# ## The idea: look where the answer is
#
# Trying codes from the prior failed, because few of them can have made this image. So we let someone point at the right codes: a second distribution $q(z)$, which may be different for each image. In a VAE the encoder gives it, and papers write $q(z \mid x)$. We draw from $q$ instead of the prior, and make up for it by a division:
#
# $$p(x) = \mathbb E_{p(z)}\big[p(x \mid z)\big] = \mathbb E_{q(z)}\left[\frac{p(x \mid z)\, p(z)}{q(z)}\right]$$
#
# Now take the logarithm. It stands outside the average, where it is hard to work with. What if we move it inside? That makes the value **smaller**, never larger. This is **Jensen's inequality**: the log of an average is at least the average of the logs. Here is why, for an average of two numbers.

# %% alt="The logarithm is concave: at the average of 0.5 and 5 the curve lies above the straight line between the two, so the log of the average exceeds the average of the logs."
axis = np.linspace(0.2, 6, 100)
ax = plots.lines(axis, {"log": np.log(axis)}, xlabel="number", ylabel="its logarithm", marker="")
pair = np.array([0.5, 5.0])
ax.plot(pair, np.log(pair), "o--", color="gray", label="between two numbers")
ax.plot(pair.mean(), np.log(pair.mean()), "k^", label="log of the average")
ax.plot(pair.mean(), np.log(pair).mean(), "kv", label="average of the logs")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# The logarithm bends down, so the straight line between two of its points lies below it. The gap is small if the numbers are nearly equal, and 0 if they are equal.
#
# What is left inside the average is the **ELBO**, the evidence lower bound:
#
# $$\log p(x) \;\ge\; \mathbb E_{q(z)}\left[\log \frac{p(x \mid z)\, p(z)}{q(z)}\right] = \underbrace{\mathbb E_{q(z)}\big[\log p(x \mid z)\big]}_{\text{reward}} - \underbrace{\mathrm{KL}\big(q(z)\,\|\,p(z)\big)}_{\text{price}}$$
#
# - The **reward** asks that codes from $q$ rebuild the image.
# - The **price** charges for how far $q$ is from the prior. It is called the KL divergence, and it is never negative.
#
# How much is lost? There is a distribution that knows which codes made this image: the **true posterior**, $p(z \mid x) = p(x \mid z)\, p(z) / p(x)$. What is lost is exactly the divergence from $q$ to it:
#
# $$\log p(x) \;=\; \text{ELBO} \;+\; \mathrm{KL}\big(q(z)\,\|\,p(z \mid x)\big)$$
#
# At the end of this notebook you will derive both lines yourself. First we build the two parts of the ELBO, one after the other. Then we check the equation with numbers.

# %% [markdown]
# ## The price: KL divergence
#
# The **KL divergence** from $q$ to $p$ is the average of $\log q - \log p$ over draws from $q$. It is 0 if the two are equal, and positive if not. For two Gaussians with independent entries it has a closed form:
#
# $$\mathrm{KL}(q \,\|\, p) = \frac 1 2 \sum_{i=1}^{d} \left( \frac{\sigma_{q,i}^2}{\sigma_{p,i}^2} - 1 - \log \frac{\sigma_{q,i}^2}{\sigma_{p,i}^2} + \frac{(\mu_{q,i} - \mu_{p,i})^2}{\sigma_{p,i}^2} \right)$$

# %% [markdown]
# ### Exercise 2 · `kl_divergence` (2 points)
#
# Return the divergence from q to p, summed over the last axis. Again all variances come as logarithms.


# %% exercise="kl_divergence"
def kl_divergence(q_mean, q_log_var, p_mean, p_log_var):
    """KL(q ‖ p) between two Gaussians with independent entries.

    Args:
        q_mean: (…, d).
        q_log_var: logarithm of q's variance, (…, d).
        p_mean: (…, d).
        p_log_var: logarithm of p's variance, (…, d).

    Returns:
        (…,), in nats.
    """
    # BEGIN SOLUTION
    log_ratio = q_log_var - p_log_var
    distance = (q_mean - p_mean) ** 2 * ops.exp(-p_log_var)
    return 0.5 * ops.sum(ops.exp(log_ratio) - 1 - log_ratio + distance, axis=-1)
    # END SOLUTION


# %% [markdown]
# Try it: two Gaussians with variance 1, whose means are 2 apart, have a divergence of ½ · 2² = 2.

# %%
kl_divergence(zero + 2, zero, zero, zero)


# %% check="kl_divergence" points=2

# %% [markdown]
# We look at one dimension, with $p = N(0, 1)$. First we move the mean of $q$, then we change its width.

# %% alt="Left, the KL divergence as a parabola in the mean of q; right, KL(q‖p) and KL(p‖q) against the log-variance of q, both 0 at 0 and steep on opposite sides."
steps = np.linspace(-3, 3, 61, dtype="float32")[:, None]
none = np.zeros_like(steps)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained", sharey=True)
moved = {"KL(q ‖ p)": kl_divergence(steps, none, none, none)}
plots.lines(
    steps[:, 0], moved, xlabel="mean of q, variance 1", ylabel="nats", marker="", ax=axes[0]
)
widened = {
    "KL(q ‖ p)": kl_divergence(none, steps, none, none),
    "KL(p ‖ q)": kl_divergence(none, none, none, steps),  # the two change places
}
plots.lines(steps[:, 0], widened, xlabel="log_var of q, mean 0", ylabel="", marker="", ax=axes[1])
axes[0].set_ylim(0, 6)
plt.show()

# %% [markdown]
# The price of moving grows with the square of the distance. Width is not symmetric: a $q$ that is too wide (right) costs more in KL(q ‖ p) than one that is too narrow (left). And KL(p ‖ q) is another curve: the order matters.

# %% [markdown]
# ## The same number by rolling dice
#
# A closed form is a luxury. For most distributions there is none. Then we use the definition: draw from $q$, and average $\log q - \log p$. This is a **Monte Carlo** estimate. A VAE trains with such estimates, and with a single draw for each image, so it is good to know how rough they are.
#
# $$\mathrm{KL}(q \,\|\, p) \approx \frac 1 n \sum_{j=1}^{n} \big( \log q(z_j) - \log p(z_j) \big) \qquad z_j = \mu + \sigma\, \varepsilon_j, \quad \varepsilon_j \sim N(0, I)$$

# %% [markdown]
# ### Exercise 3 · `kl_monte_carlo` (2 points)
#
# Estimate the divergence from q to $p = N(0, I)$ with n independent draws from q. Every draw needs its own ε for **every** dimension. You may call `log_normal_pdf`.


# %% exercise="kl_monte_carlo"
def kl_monte_carlo(q_mean, q_log_var, n, seed):
    """Estimate KL(q ‖ N(0, I)) as the mean of log q(z) − log p(z) over n draws from q.

    Args:
        q_mean: (d,).
        q_log_var: logarithm of q's variance, (d,).
        n: how many independent draws.
        seed: an int; the same seed gives the same draws.

    Returns:
        One number, in nats.
    """
    # BEGIN SOLUTION
    eps = np.random.default_rng(seed).normal(size=(n, len(q_mean)))
    z = q_mean + np.exp(q_log_var / 2) * eps  # (n, d)
    zeros = np.zeros_like(q_mean)
    return ops.mean(log_normal_pdf(z, q_mean, q_log_var) - log_normal_pdf(z, zeros, zeros))
    # END SOLUTION


# %% [markdown]
# Try it: for the mean (1, −1) and variance 1 the exact value is 1. With 100,000 draws you should get 1.00, give or take 0.01.

# %%
q_mean = np.array([1, -1], dtype="float32")
kl_monte_carlo(q_mean, 0 * q_mean, 100_000, seed=0)


# %% check="kl_monte_carlo" points=2

# %%
q_mean = np.array([1, -1, 0.5], dtype="float32")
q_log_var = np.array([0, -1, 0.5], dtype="float32")
exact_kl = float(kl_divergence(q_mean, q_log_var, 0 * q_mean, 0 * q_log_var))
n_draws = 4 ** np.arange(1, 8)
error = []
for n in n_draws:
    seeds = generator.integers(2**31, size=60)
    runs = [float(kl_monte_carlo(q_mean, q_log_var, int(n), int(seed))) for seed in seeds]
    error.append(np.sqrt(np.mean((np.array(runs) - exact_kl) ** 2)))

# %% alt="On logarithmic axes the error of the Monte Carlo estimate falls along a straight line, close to 1/√n, from 4 to 16,384 draws."
curves = {"error of the estimate": error, "1/√n": error[0] * np.sqrt(n_draws[0] / n_draws)}
ax = plots.lines(
    n_draws, curves, xlabel="draws n", ylabel="root mean square error, nats", dashed=["1/√n"]
)
ax.set(xscale="log", yscale="log")
plt.show()
print(
    f"exact {exact_kl:.3f} nats; error {error[0]:.3f} with {n_draws[0]} draws, {error[-1]:.4f} with {n_draws[-1]:,}"
)

# %% [markdown]
# The error follows $1/\sqrt n$: to halve it, you need four times as many draws. That is cheap at first and expensive later.

# %% [markdown]
# ## The reward: how likely is the image, given the code?
#
# Now the first part of the ELBO, $\log p(x \mid z)$. The decoder outputs one number for each pixel. What that number means is **our** choice, the likelihood. Two are common.
#
# **Bernoulli.** The number is a **logit** $\ell$, and the pixel is 1 with probability $\mathrm{sigmoid}(\ell) = 1/(1 + e^{-\ell})$. A grey pixel of 0.3 counts as 30% ink and 70% paper:
#
# $$-\log p(x \mid z) = -\sum_{i} \big( x_i \log \mathrm{sigmoid}(\ell_i) + (1 - x_i) \log(1 - \mathrm{sigmoid}(\ell_i)) \big)$$
#
# If you compute this as it stands, a logit of 1000 breaks it: the sigmoid rounds to 1, and $\log 0 = -\infty$. With $\mathrm{softplus}(\ell) = \log(1 + e^{\ell})$ the same sum is
#
# $$-\log p(x \mid z) = \sum_{i} \big( \mathrm{softplus}(\ell_i) - x_i\, \ell_i \big)$$
#
# which is safe for every logit if a library computes the softplus.

# %% [markdown]
# ### Exercise 4 · `bernoulli_nll` (2 points)
#
# Return the negative log-likelihood of each image: **sum** over the pixels, keep the batch. Images may have any shape after the first axis, so sum over **all** axes but the first. The result must be right for logits of ±1000, too.


# %% exercise="bernoulli_nll"
def bernoulli_nll(x, logits):
    """Negative log-likelihood of images under independent Bernoulli pixels.

    Args:
        x: images in [0, 1], (n, …).
        logits: the same shape; right for values of ±1000, too.

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    axes = tuple(range(1, len(x.shape)))  # all but the batch
    return ops.sum(ops.softplus(logits) - x * logits, axis=axes)
    # END SOLUTION


# %% [markdown]
# Try it: with all logits 0 every pixel is a coin. An image of 784 pixels then costs 784 · log 2 = 543.43 nats. And one pixel that is certain, and wrong, costs 1000.

# %%
print(bernoulli_nll(x_test[:2], np.zeros_like(x_test[:2])))
print(bernoulli_nll(np.zeros((1, 1), "float32"), np.full((1, 1), 1000, "float32")))


# %% check="bernoulli_nll" points=2

# %% [markdown]
# **Gaussian.** The number is the mean of the pixel, and the variance is a second number, which may be fixed or learned:
#
# $$-\log p(x \mid z) = \frac 1 2 \sum_{i} \left( \log 2\pi + \log \sigma_i^2 + \frac{(x_i - \mu_i)^2}{\sigma_i^2} \right)$$
#
# The squared error of `01_autoencoder` hides in it. With $\sigma^2 = \tfrac 1 2$ it is the sum of squares plus a constant.

# %% [markdown]
# ### Exercise 5 · `gaussian_nll` (2 points)
#
# Return the negative log-likelihood of each image: sum over the pixels, keep the batch. Images may have any shape after the first axis, so sum over **all** axes but the first.


# %% exercise="gaussian_nll"
def gaussian_nll(x, mean, log_var):
    """Negative log-likelihood of images under independent Gaussian pixels.

    Args:
        x: images, (n, …).
        mean: the same shape.
        log_var: logarithm of the variance, the same shape.

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    axes = tuple(range(1, len(x.shape)))  # all but the batch
    squares = (x - mean) ** 2 * ops.exp(-log_var)
    return 0.5 * ops.sum(np.log(2 * np.pi) + log_var + squares, axis=axes)
    # END SOLUTION


# %% [markdown]
# Try it: 784 pixels that are exactly right, with variance 1, cost 784 · ½ log 2π = 720.45 nats.

# %%
gaussian_nll(x_test[:2], x_test[:2], np.zeros_like(x_test[:2]))


# %% check="gaussian_nll" points=2

# %% [markdown]
# ### The same image, three scores
#
# Is a good reconstruction worth much? That depends on the likelihood. We train a small autoencoder with `binary_crossentropy`, which is the Bernoulli formula averaged over the pixels. (There is no KL beside it here, so the factor 784 changes nothing but the size of a step.) Then we score the same test images with three guesses: the reconstruction, the mean image (which needs no code at all), and the reconstruction of another image.

# %% alt="Four rows of digits: originals, their reconstructions, the mean image twelve times, and reconstructions of other images."
set_seed(SEED)
encoder, decoder = build_dense_encoder(16), build_dense_decoder(16)
autoencoder = keras.Sequential([encoder, decoder])
autoencoder.compile(keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
autoencoder.fit(x_train, x_train, batch_size=100, epochs=EPOCHS, verbose=0)
x_hat = autoencoder.predict(x_test, verbose=0)
mean_image = np.broadcast_to(x_train.mean(axis=0), x_hat.shape)
guesses = {
    "reconstruction": x_hat,
    "mean image": mean_image,
    "wrong image": np.roll(x_hat, 1, axis=0),
}
plots.image_rows({"original": x_test[:12]} | {name: guess[:12] for name, guess in guesses.items()})
plt.show()


# %% [markdown]
# The Bernoulli likelihood takes logits, so we turn pixels into logits. A VAE may **learn** the variance along with everything else. It then ends at the value that fits best, which is the mean squared error of the reconstructions. (Set the derivative of the Gaussian formula to zero.)


# %%
def logit(p):
    """The inverse of the sigmoid, for pixels kept off 0 and 1."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p) - np.log(1 - p)


x_hat_train = autoencoder.predict(x_train, verbose=0)
learned = np.log(np.mean((x_train - x_hat_train) ** 2))
likelihoods = {
    "Bernoulli": lambda guess: bernoulli_nll(x_test, logit(guess)),
    "Gaussian, σ = 1": lambda guess: gaussian_nll(x_test, guess, np.zeros_like(guess)),
    f"Gaussian, σ = {np.exp(learned / 2):.2f}": lambda guess: gaussian_nll(
        x_test, guess, np.full_like(guess, learned)
    ),
}

# %%
print(f"{'nats per image':<22}" + "".join(f"{name:>16}" for name in guesses))
for name, score in likelihoods.items():
    print(f"{name:<22}" + "".join(f"{np.mean(score(guess)):>16.1f}" for guess in guesses.values()))

# %% [markdown]
# Look along a row: how many nats is the reconstruction better than the mean image? On MNIST it is 100 under Bernoulli, 17 under a Gaussian with σ = 1, and nearly 800 under the Gaussian with the learned σ.
#
# That difference is all that this code can earn, and its price is the KL. If σ = 1 and the code costs more than 17 nats, it does not pay: drawing the mean image is better, or a coarser and cheaper code. So the choice of likelihood decides how much a VAE tells its decoder.
#
# Do not compare Bernoulli with a Gaussian. For black and white pixels one is a probability, and the other is a density. (Our pixels are grey. `04_cnn_vae` comes back to that.)

# %% [markdown]
# ## The whole equation, checked
#
# For the straight model everything has a closed form, even with a $q$ whose entries depend on each other. Let $q(z) = N(m, S)$ with a full covariance $S$. Then
#
# $$\mathbb E_q[\log p(x \mid z)] = -\frac 1 2 \left( D \log 2\pi + D \log \sigma^2 + \frac{\|x - W m - b\|^2 + \mathrm{tr}(W S W^\top)}{\sigma^2} \right)$$
#
# $$\mathrm{KL}(q \,\|\, p) = \frac 1 2 \left( \mathrm{tr}\, S + m^\top m - d - \log \det S \right)$$
#
# The trace in the first line is easy to forget. It is there because $q$ is not one code but a cloud of codes, and a wide cloud rebuilds worse than its centre.

# %% [markdown]
# ### Exercise 6 · `linear_gaussian_elbo` (3 points)
#
# Return the ELBO of one image: the first line minus the second.


# %% exercise="linear_gaussian_elbo"
def linear_gaussian_elbo(x, W, b, log_var_x, q_mean, q_cov):
    """The ELBO of one image where p(z) = N(0, I) and p(x | z) = N(Wz + b, σ²I).

    Args:
        x: one image, (D,).
        W: (D, d).
        b: (D,).
        log_var_x: log σ², one number.
        q_mean: the mean of q, (d,).
        q_cov: the covariance of q, (d, d), not diagonal in general.

    Returns:
        One number, in nats.
    """
    # BEGIN SOLUTION
    D, d = W.shape
    variance = np.exp(log_var_x)
    squares = np.sum((x - W @ q_mean - b) ** 2) + np.trace(W @ q_cov @ W.T)
    reconstruction = -0.5 * (D * np.log(2 * np.pi) + D * log_var_x + squares / variance)
    log_det = np.linalg.slogdet(q_cov).logabsdet
    kl = 0.5 * (np.trace(q_cov) + q_mean @ q_mean - d - log_det)
    return reconstruction - kl
    # END SOLUTION


# %% [markdown]
# Try it: one pixel, one code, $x = 1$, $W = 1$, $b = 0$, $\sigma^2 = 1$. The true posterior is $N(½, ½)$, so there the ELBO should be $\log N(1; 0, 2) = -1.5155$.

# %% compare
one, half = np.ones((1, 1), "float32"), np.full((1, 1), 0.5, "float32")
print(f"{linear_gaussian_elbo(one[0], one, 0 * one[0], 0.0, half[0], half):.4f}")


# %% check="linear_gaussian_elbo" points=3

# %% [markdown]
# ## Watch the gap close
#
# We take an image of three pixels and a code of two numbers, so that everything can be drawn. For the straight model the true posterior is $N(m, S)$ with
#
# $$S = \left(I + \frac{W^\top W}{\sigma^2}\right)^{-1} \qquad\qquad m = \frac{S\, W^\top (x - b)}{\sigma^2}$$
#
# $q$ starts as the prior and walks to the true posterior in a straight line.

# %% [markdown] predict="gap"
# **Predict.** When $q$ has gone half of the way, how much of the gap between ELBO and log p(x) is closed: *less* than half of it, *half*, or *more*?
#
# *My prediction:* …

# %%
W_3 = np.array([[1.6, 1.2], [0.9, 1.5], [0.4, -0.3]])  # three pixels, a code of two numbers
b_3, log_var_3 = np.zeros(3), np.log(0.6)
x_3 = np.array([2, 1.6, 0.5], dtype="float32")

variance_3 = np.exp(log_var_3)
true_cov = np.linalg.inv(np.eye(2) + W_3.T @ W_3 / variance_3)
true_mean = true_cov @ W_3.T @ (x_3 - b_3) / variance_3
log_p_x = stats.multivariate_normal(b_3, W_3 @ W_3.T + variance_3 * np.eye(3)).logpdf(x_3)


# %%
def q_on_the_way(t):
    """Mean and covariance of q: the prior for t = 0, the true posterior for t = 1."""
    return t * true_mean, (1 - t) * np.eye(2) + t * true_cov


def elbo_3(mean, cov):
    """The ELBO of the image of three pixels."""
    x, W, b, mean, cov = (np.asarray(a, dtype="float32") for a in (x_3, W_3, b_3, mean, cov))
    return float(linear_gaussian_elbo(x, W, b, float(log_var_3), mean, cov))


# %% alt="The ELBO rises from about −14 nats, where q is the prior, to the exact log p(x) of about −4, where q is the true posterior."
way = np.linspace(0, 1, 41)
curves = {"ELBO": [elbo_3(*q_on_the_way(t)) for t in way], "exact log p(x)": log_p_x}
xlabel = "q, from the prior (0) to the true posterior (1)"
plots.lines(way, curves, xlabel=xlabel, ylabel="nats", marker="")
plt.show()
print(f"log p(x) = {log_p_x:.4f}, ELBO at the true posterior = {elbo_3(true_mean, true_cov):.4f}")
gaps = [log_p_x - elbo_3(*q_on_the_way(t)) for t in (0, 0.5)]
print(f"gap at the prior {gaps[0]:.2f} nats, half of the way {gaps[1]:.2f} nats")

# %% [markdown]
# Half of the way closes two thirds of the gap, from 9.64 to 3.20 nats. At the end the ELBO is exactly log p(x).
#
# Is the gap really KL(q ‖ p(z | x)), as the equation says? We compute that divergence by itself. For full covariances, from $N(m_q, S_q)$ to $N(m, S)$, it is
#
# $$\mathrm{KL} = \frac 1 2 \left( \mathrm{tr}(S^{-1} S_q) + (m - m_q)^\top S^{-1} (m - m_q) - d + \log \frac{\det S}{\det S_q} \right)$$


# %%
def kl_to_true_posterior(mean, cov):
    """KL(N(mean, cov) ‖ p(z | x)) for the image of three pixels."""
    inverse, shift = np.linalg.inv(true_cov), true_mean - mean
    log_dets = np.linalg.slogdet(true_cov).logabsdet - np.linalg.slogdet(cov).logabsdet
    return 0.5 * (np.trace(inverse @ cov) + shift @ inverse @ shift - len(mean) + log_dets)


print(f"log p(x) = {log_p_x:.5f}")
for t in (0, 0.25, 0.5, 0.75, 1):
    elbo, kl = elbo_3(*q_on_the_way(t)), kl_to_true_posterior(*q_on_the_way(t))
    print(f"t = {t:<4}: ELBO {elbo:9.5f} + KL {abs(kl):.5f} = {elbo + kl:.5f}")

# %% [markdown]
# The sum is log p(x) every time, to five digits. The gap is how wrong $q$ still is about the code.
#
# Now the same walk seen from above. The true posterior can be computed on a grid with no formula: $p(x \mid z)\,p(z)$ at every point, divided by the sum.

# %%
axis = np.linspace(-2.2, 2.6, 120, dtype="float32")
z_grid = np.stack(np.meshgrid(axis, axis), axis=-1)  # (120, 120, 2)
log_prior = log_normal_pdf(z_grid, 0 * z_grid, 0 * z_grid)
x_hat = (z_grid @ W_3.T + b_3).astype("float32")  # (120, 120, 3)
log_likelihood = log_normal_pdf(x_3 + 0 * x_hat, x_hat, np.full_like(x_hat, log_var_3))
joint = np.exp(np.asarray(log_prior) + np.asarray(log_likelihood))
posterior = joint / joint.sum() / (axis[1] - axis[0]) ** 2

# %% alt="Five panels in which the circles of q shrink and tilt from the prior onto the ellipse of the true posterior, while the gap falls from 9.64 to 0 nats."
fig, axes = plt.subplots(1, 5, figsize=(14, 3.4), layout="constrained", sharey=True)
for ax, t in zip(axes, (0, 0.25, 0.5, 0.75, 1)):
    mean, cov = q_on_the_way(t)
    q = stats.multivariate_normal(mean, cov).pdf(z_grid)
    plots.density_contours(axis, {"true posterior": posterior, "q": q}, ax=ax)
    ax.set_title(f"gap {max(log_p_x - elbo_3(mean, cov), 0):.2f} nats")
    ax.label_outer()
plt.show()

# %% [markdown]
# Colour: the true posterior, from the grid. Lines: $q$. In the last panel they lie on each other, and the gap is 0. This is the picture to keep from this notebook.
#
# The true posterior is **tilted**: if the first number of the code is larger, the second tends to be smaller. But the encoder of a VAE outputs one variance for each number, so its $q$ has a diagonal covariance and cannot tilt. What does that cost?

# %% alt="The best q without correlation is a small upright circle inside the tilted ellipse of the true posterior, with a gap of 0.40 nats."
# The best upright q: 1 over the diagonal of the inverse covariance (Bishop 2006, section 10.1.2).
best_diagonal = np.diag(1 / np.diag(np.linalg.inv(true_cov)))
cost = log_p_x - elbo_3(true_mean, best_diagonal)
ax = plots.density_contours(
    axis,
    {
        "true posterior": posterior,
        "q": stats.multivariate_normal(true_mean, best_diagonal).pdf(z_grid),
    },
)
ax.set_title(f"the best upright q: gap {cost:.2f} nats")
plt.show()
print(
    "variances of q", np.diag(best_diagonal).round(2), "and the truth", np.diag(true_cov).round(2)
)

# %% [markdown]
# The upright $q$ is narrower along each axis than the truth: a variance of 0.15 and 0.14 instead of 0.32 and 0.30. It costs 0.40 nats here, and no training can win them back. This is one of two reasons for a gap in a VAE. The other is an encoder that does not find the best $q$.

# %% [markdown]
# ## Sum or mean? A factor of 784
#
# A loss function in Keras averages over the pixels. The ELBO **sums**: an image is 784 facts, not one. What happens if you average the reconstruction over pixels, and leave the KL as it is?
#
# $$\frac{1}{784}\,\mathbb E_q[\log p(x \mid z)] - \mathrm{KL} \;=\; \frac{1}{784} \Big( \mathbb E_q[\log p(x \mid z)] - 784\ \mathrm{KL} \Big)$$
#
# We go back to the test image of the first section and the straight model with 784 pixels, and let $q$ walk from the prior to the true posterior again. Then we rebuild the image from the best $q$ on that walk.

# %% [markdown] predict="mean_for_sum"
# **Predict.** What will the image look like that is rebuilt from the best $q$ of the *averaged* objective: the digit, a paler digit, or the mean of all digits?
#
# *My prediction:* …

# %%
eye = np.eye(LATENT_DIM)
posterior_cov = np.linalg.inv(eye + W_784.T @ W_784 / variance_784)
posterior_mean = posterior_cov @ W_784.T @ (x_784 - b_784) / variance_784
summed, averaged = [], []
for t in way:
    m, S = t * posterior_mean, (1 - t) * eye + t * posterior_cov
    kl = 0.5 * (np.trace(S) + m @ m - LATENT_DIM - np.linalg.slogdet(S).logabsdet)
    x, W, b, m, S = (np.asarray(a, dtype="float32") for a in (x_784, W_784, b_784, m, S))
    elbo = float(linear_gaussian_elbo(x, W, b, float(log_var_784), m, S))
    summed.append(elbo)
    averaged.append((elbo + kl) / 784 - kl)

# %% alt="Summed over pixels the curve rises up to the true posterior at 1; averaged over pixels it is highest at 0.075, close to the prior, and falls from there."
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
for ax, curve, title in zip(
    axes, (summed, averaged), ("summed over pixels", "averaged over pixels")
):
    plots.lines(way, {title: curve}, xlabel=xlabel, ylabel="nats", marker="", ax=ax)
    best = way[np.argmax(curve)]
    ax.axvline(best, color="gray", linestyle=":")
    ax.set_title(f"best at {best:.3g}")
plt.show()

# %% alt="A seven and three reconstructions: the summed objective gives a blurred seven, the averaged one gives nearly the mean image, which stands last."
best_averaged = way[np.argmax(averaged)]
rebuilt = [W_784 @ (t * posterior_mean) + b_784 for t in (1, best_averaged)]
images = np.stack([x_784, *rebuilt, b_784]).reshape(4, 28, 28, 1)
fig, ax = plt.subplots(figsize=(7, 2.2), layout="constrained")
plots.image_grid(images, n_columns=4, ax=ax)
ax.set_xticks([14, 42, 70, 98], ["original", "summed", "averaged", "mean image"])
plt.show()

# %% [markdown]
# Summed, the best $q$ is the true posterior, and the digit comes back. Averaged, the best $q$ hardly leaves the prior, and what comes back is nearly the mean image: the KL costs 784 times too much, so the code is not worth having. No error message appears. **Sum over the pixels, then average over the batch.**

# %% [markdown]
# ## A tighter bound
#
# If one draw from $q$ gives a bound, more draws give a better one. Give each draw $z_j$ its **weight** $w_j = p(x, z_j) / q(z_j)$. The **importance-weighted bound** (Burda et al. 2015) is the log of the mean weight:
#
# $$\log p(x) \;\ge\; \mathbb E \left[ \log \frac 1 k \sum_{j=1}^{k} w_j \right]$$
#
# For $k = 1$ it is the ELBO, estimated with one draw. For $k \to \infty$ it reaches $\log p(x)$. The weights of an image are tiny, as small as $e^{-1000}$, which a computer rounds to 0. So we only ever keep $\log w_j$, and use the **log-sum-exp** trick: take out the largest one first.
#
# $$\log \sum_j e^{a_j} = a_{\max} + \log \sum_j e^{a_j - a_{\max}}$$

# %% [markdown]
# ### Exercise 7 · `importance_weighted_bound` (2 points)
#
# Return the bound of each image. The draws lie along the **first** axis. Several libraries know the trick, too.


# %% exercise="importance_weighted_bound"
def importance_weighted_bound(log_w):
    """The importance-weighted bound, Burda et al. 2015, eq. 8.

    Args:
        log_w: log p(x, z) − log q(z) for k draws and n images, (k, n); may be near ±1000.

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    return ops.logsumexp(log_w, axis=0) - np.log(len(log_w))
    # END SOLUTION


# %% [markdown]
# Try it: weights 1 and 3 have the mean 2, so the bound is log 2 = 0.693.

# %%
importance_weighted_bound(np.log(np.array([[1], [3]], dtype="float32")))


# %% check="importance_weighted_bound" points=2

# %% [markdown]
# We go back to the image of three pixels, with a *bad* $q$: the prior itself. Then $w_j$ is just $p(x \mid z_j)$, and the bound is the average from our first attempt. We draw 1,000 batches of up to 256 codes.

# %% [markdown] predict="one_draw"
# **Predict.** Take *one* batch and use more and more of its draws. Will its bound rise with every step, or can it fall? Can it lie above log p(x)?
#
# *My prediction:* …

# %%
z = generator.normal(size=(256, 1_000, 2))
x_hat = (z @ W_3.T + b_3).astype("float32")  # (k, batches, 3)
log_w = np.asarray(log_normal_pdf(x_3 + 0 * x_hat, x_hat, np.full_like(x_hat, log_var_3)))
sizes = 2 ** np.arange(9)
bounds = np.array([importance_weighted_bound(log_w[:k]) for k in sizes])  # (sizes, batches)
for k, bound in zip(sizes, bounds):
    print(f"k = {k:>3}: bound {bound.mean():8.4f} on average")

# %% alt="The importance-weighted bound, averaged over 1,000 batches, rises from −14 nats with one draw to the exact log p(x) with 256; a single batch scatters around it."
curves = {
    "average of 1,000 batches": bounds.mean(axis=1),
    "one batch": bounds[:, 0],
    "exact log p(x)": log_p_x,
}
ax = plots.lines(sizes, curves, xlabel="draws k", ylabel="bound, nats")
ax.set_xscale("log", base=2)
plt.show()

# %% [markdown]
# On average the bound only rises, from about −14 nats with one draw to −4.11 with 256, which is the exact value to two digits. (It even came out a hair above: 1,000 batches are not all batches.) One batch may fall: a new draw with a small weight lowers the mean weight. It may also lie above log p(x): only the average is a bound.
#
# So even a bad $q$ gets there, if you pay with draws. It was cheap here, with two numbers in the code. With eight, 20,000 draws were not enough. A good $q$ needs few.

# %% [markdown] answer="derive_the_bound" points=3
# **Written answer (3 points).** Derive the ELBO twice, with a reason for every step. First with Jensen's inequality: begin with $\log p(x) = \log \mathbb E_{q(z)}\left[ p(x, z) / q(z) \right]$, where $p(x, z) = p(x \mid z)\, p(z) = p(z \mid x)\, p(x)$. Then with the KL identity: begin with the definition of $\mathrm{KL}(q(z)\,\|\,p(z \mid x))$. Say when the bound is tight.
#
# <!-- BEGIN SOLUTION -->
# **Jensen.** The logarithm is concave, so the logarithm of a mean is at least the mean of the logarithm:
#
# $$\log p(x) = \log \mathbb E_q\left[\frac{p(x, z)}{q(z)}\right] \ge \mathbb E_q\left[\log \frac{p(x \mid z)\, p(z)}{q(z)}\right] = \mathbb E_q[\log p(x \mid z)] - \mathrm{KL}(q(z)\,\|\,p(z))$$
#
# **KL identity.** By Bayes' rule $p(z \mid x) = p(x \mid z)\, p(z) / p(x)$, so
#
# $$\mathrm{KL}(q(z)\,\|\,p(z \mid x)) = \mathbb E_q\left[\log \frac{q(z)\, p(x)}{p(x \mid z)\, p(z)}\right] = \log p(x) - \mathbb E_q[\log p(x \mid z)] + \mathrm{KL}(q(z)\,\|\,p(z))$$
#
# The two last terms are minus the ELBO. Since the KL on the left is at least 0, the ELBO is at most $\log p(x)$.
#
# **Tight** if and only if $q(z) = p(z \mid x)$. Then the KL is 0; in Jensen's inequality the ratio $p(x, z)/q(z) = p(x)$ is a constant.
#
# *Rubric.* 1 point: Jensen, with the concave logarithm named and the ratio split into the two terms of the ELBO. 1 point: the identity, with Bayes' rule and log p(x) taken out of the expectation. 1 point: tight exactly when q is the true posterior, with a reason.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Recap
#
# You can now
#
# - **compute** log-densities and KL divergences of Gaussians, in nats, with variances kept as logarithms,
# - **estimate** a divergence by drawing, and say how the error shrinks: with one over the root of the number of draws,
# - **score** an image under a Bernoulli, a fixed and a learned Gaussian likelihood, and say what the choice does to the worth of a reconstruction,
# - **verify** log p(x) = ELBO + KL(q ‖ p(z | x)) to five digits, and say why a loss must sum over the pixels,
# - **tighten** the bound with importance weights, in logarithms.
#
# In `03_reparameterization` a network takes the place of the matrix $W$. Nothing is exact then, but the ELBO stays, and we train with it. One obstacle is left: a gradient through a dice roll.

# %% [markdown]
# ## Further reading
#
# - Kingma & Welling, *Auto-Encoding Variational Bayes*, 2013: the paper that introduced the VAE; its appendix B has the KL of exercise 2 for p = N(0, I).
# - Tipping & Bishop, *Probabilistic Principal Component Analysis*, 1999: the straight model of this notebook, with proofs.
# - Burda, Grosse & Salakhutdinov, *Importance Weighted Autoencoders*, 2015: why the bound with more draws is tighter.
# - Bishop, *Pattern Recognition and Machine Learning*, chapter 10, 2006: a patient introduction to variational inference, with the upright q of our picture.
