# %% [markdown]
# # 02 · The ELBO: a bound on an intractable likelihood
#
# ![Two maps of a plane with a spiral: left a band between the arms is shaded, right two dark regions with sharp edges lie at the ends of the spiral.](pictures/02_elbo.png)
#
# *What you will have made: two maps of what an approximate posterior loses, in nats, for every observation in the plane. On the left the loss comes from the shape that we allow, on the right from the network that we trained.*
#
# **You will learn** to *draw* a latent variable model whole, from its prior to its posterior; to *derive* the evidence lower bound in two ways; to *compute* its two terms, for Gaussian and for Bernoulli pixels; to *solve* a linear model exactly and check the bound against it; and to *measure* what keeps a bound from being tight: a family with one mode, a family without correlations, and one encoder for all images.
#
# **Before you start.** Work through `01_autoencoder`. You need the normal distribution, expectations, Bayes' rule, logarithms, and matrices with inverses, traces and determinants.
#
# **Time and points.** About 150 minutes, 18 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import data, plots
from vaelib.models import build_autoencoder
from vaelib.training import budget, set_seed

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from scipy import stats

# %%
SEED = 2
N_TRAIN = budget(cpu=10_000, gpu=60_000, smallest=512)  # images to learn from
EPOCHS = budget(cpu=6, gpu=30)  # how often each of them is seen
N_POINTS = budget(cpu=10_000, gpu=10_000, smallest=500)  # points of the plane, for an encoder
ENCODER_EPOCHS = budget(cpu=30, gpu=30)
N_SAMPLES = 20_000  # latent codes in the first Monte Carlo estimate
LATENT_DIM = 8

# %% [markdown]
# ## The question
#
# Notebook 01 ended with an autoencoder and three guesses at how its latent codes are distributed, because nothing in its objective says so. So we make the distribution of the codes part of the model, and say how an image comes about *before* we look at any image:
#
# 1. sample a latent code $z$ from the **prior** $p(z) = N(0, I)$;
# 2. sample an image from the **likelihood** $p(x \mid z)$, a distribution whose parameters a decoder computes from $z$.
#
# This is a **latent variable model**. Sampling from it is easy by construction. Training it is not. We want parameters under which the training images are probable, and the probability of an image is a sum over all the codes that could have produced it:
#
# $$p(x) = \int p(x \mid z)\, p(z)\, dz$$
#
# This is the **marginal likelihood** of $x$; it is also called the **evidence**. An integral that we can neither solve nor compute numerically at an affordable cost is called **intractable**, and for a neural decoder this one is. The notebook first looks at a model small enough that we can compute everything, then sees why that ends with two or three latent dimensions, and then derives the bound on $\log p(x)$ that variational autoencoders maximise instead.
#
# The numbers that the text quotes come from MNIST, with the settings for a processor. With a GPU, or without the data set, yours will differ.

# %% [markdown]
# ## A tool: the density of a Gaussian
#
# Nearly everything below is made of Gaussian densities. Their variances are kept as logarithms, called `log_var`, because a network may then output any number while the variance $e^{\text{log var}}$ stays positive. For a vector with independent entries the log-densities of the entries add up:
#
# $$\log N(x;\ \mu,\ \sigma^2) = -\frac 1 2 \sum_{i=1}^{d} \left( \log 2\pi + \log \sigma_i^2 + \frac{(x_i - \mu_i)^2}{\sigma_i^2} \right)$$
#
# All logarithms are natural, and their unit is the **nat**.

# %% [markdown]
# ### Exercise 1 · `log_normal_pdf` (1 point)
#
# A warm-up. Return the log-density of each point: sum over the last axis, and keep all others.
#
# In this and all exercises: use numpy, `keras.ops` or `tf` as you like, leave the arguments as they are, and work on new arrays. A check that passes says what it tried. When your work is graded, hidden checks also try your function on other shapes and on extreme values, within what its docstring says.


# %% exercise="log_normal_pdf"
def log_normal_pdf(x, mean, log_var):
    """Log-density of a Gaussian with a diagonal covariance.

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
# Try it: in one dimension, at the mean and with variance 1, the density is $1/\sqrt{2\pi}$, and its logarithm is −0.919. With a variance of $e^{-4}$ the density there is larger than 1, and the logarithm should be 1.081. So a log-likelihood above 0 is no bug.

# %%
zero = np.zeros((1, 1), dtype="float32")
print(log_normal_pdf(zero, zero, zero), log_normal_pdf(zero, zero, zero - 4))


# %% check="log_normal_pdf" points=1

# %% [markdown]
# ## A model that we can draw whole
#
# Let the latent code be a single number, and let an "image" be a point in the plane, that is, two pixels. The decoder is a fixed nonlinear function: as $z$ grows, it runs along a spiral. The likelihood adds Gaussian noise of standard deviation 0.3:
#
# $$z \sim N(0, 1), \qquad x \mid z \sim N\big(f(z),\ 0.3^2 I\big), \qquad f(z) = (1.5 + 0.2 z) \begin{pmatrix} \sin 1.7 z \\ -\cos 1.7 z \end{pmatrix}$$
#
# Since $z$ is one number, every integral over it can be computed as a sum over a fine grid, which is called **quadrature**: $\int g(z)\, dz \approx \sum_k g(z_k)\, \Delta z$.

# %%
NOISE = 2 * np.log(0.3)  # the log-variance of both pixels
z_grid = np.linspace(-4.5, 4.5, 451, dtype="float32")
dz = z_grid[1] - z_grid[0]


def decode(z):
    """The spiral: latent codes (…,) to points (…, 2)."""
    radius = 1.5 + 0.2 * z
    return np.stack([radius * np.sin(1.7 * z), -radius * np.cos(1.7 * z)], axis=-1)


# %% [markdown]
# Everything that we want to know follows from the joint density $p(x, z) = p(x \mid z)\, p(z)$, which is the product of two Gaussian densities:


# %%
def log_joint(x, z):
    """log p(x, z) = log p(x | z) + log p(z) of points (…, 2) and codes (…,)."""
    mean = decode(z)
    noise = np.full_like(mean, NOISE)
    log_prior = -0.5 * (np.log(2 * np.pi) + z**2)
    return np.asarray(log_normal_pdf(x + 0 * mean, mean, noise)) + log_prior


# %% [markdown]
# Its sum over the grid is the evidence. To *sample* from the model we follow its two steps instead, first a code from the prior, then a point given the code. This is called **ancestral sampling**.


# %%
def log_evidence(log_p):
    """log p(x) by quadrature, from log p(x, z) on the grid, (…, 451)."""
    return np.log(np.sum(np.exp(log_p), axis=-1) * dz)


def sample_model(n, generator):
    """Samples of the model: codes (n,) and points (n, 2)."""
    z = generator.normal(size=n)
    noise = np.exp(NOISE / 2) * generator.normal(size=(n, 2))
    return z, (decode(z) + noise).astype("float32")


# %% [markdown]
# Here are 1,500 samples, and two observations that we are going to explain: $x_A = (0.3, -1.5)$ and $x_B = (0, 1.5)$.

# %% alt="A cloud of points along a spiral, coloured by the code that produced them, from dark at z = −2 on the inner arm to bright at z = 2 on the outer arm; A lies on the curve at the bottom, B between the two arms at the top."
observed = {"A": np.array([0.3, -1.5], "float32"), "B": np.array([0, 1.5], "float32")}
z, x = sample_model(1_500, np.random.default_rng(SEED))
fig, ax = plt.subplots(figsize=(5.6, 4.6), layout="constrained")
dots = ax.scatter(*x.T, c=z, cmap="cividis", s=6, vmin=-2.5, vmax=2.5)
ax.plot(*decode(z_grid[np.abs(z_grid) < 2.6]).T, color="black", linewidth=1)
label = {"fontsize": 12, "bbox": {"fc": "white", "ec": "none", "pad": 1, "alpha": 0.8}}
for code in (-2, -1, 0, 1, 2):
    away = 1.3 if code > 0 else 0.65  # labels outside the outer arm, and inside the inner one
    ax.text(
        *(away * decode(np.array(code))),
        f"z = {code}".replace("-", "−"),
        ha="center",
        va="center",
        **label,
    )
for name, (x_1, x_2) in observed.items():
    ax.plot(x_1, x_2, "o", color="red", markeredgecolor="white", markersize=9)
    ax.text(x_1 + 0.14, x_2 - 0.05, f"$x_{name}$", **label)
fig.colorbar(dots, label="$z$", extend="both")
ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
plt.show()

# %% [markdown]
# The curve is $f(z)$. Most samples lie at the bottom, where $z$ is near 0 and the prior is large. $x_A$ lies there, on the curve; $x_B$ lies halfway between two arms.

# %% [markdown] predict="two_modes"
# **Predict.** Which latent codes could have produced $x_A$, and which $x_B$? Sketch the **true posterior** $p(z \mid x) = p(x, z) / p(x)$ of each as a curve over $z$.
#
# *My prediction:* …

# %%
axis = np.linspace(-2.8, 2.8, 85, dtype="float32")
plane = np.stack(np.meshgrid(axis, axis), axis=-1)  # (85, 85, 2)
evidence = np.exp(log_evidence(log_joint(plane[..., None, :], z_grid)))
joint = {name: np.exp(log_joint(x, z_grid)) for name, x in observed.items()}
prior = np.exp(-(z_grid**2) / 2) / np.sqrt(2 * np.pi)
blue, tan = plt.get_cmap("cividis")([0.1, 0.7])

# %% alt="Four panels: the bell curve of the prior; the plane with a spiral ridge of density and the points A and B; the joint densities over z, one tall peak for A and two small peaks for B; and the posteriors, one peak for A near 0 and two for B near −1.8 and 1.8."
fig, axes = plt.subplots(2, 2, figsize=(8, 6.4), layout="constrained")
axes[0, 0].fill_between(z_grid, prior, color="0.8")
levels = evidence.max() * np.linspace(0.03, 1, 12)
axes[0, 1].contourf(axis, axis, evidence, levels, cmap="Blues")
axes[0, 1].plot(*decode(z_grid[np.abs(z_grid) < 2.6]).T, color="black", linewidth=1)
for (name, x), colour in zip(observed.items(), (blue, tan)):
    axes[0, 1].plot(*x, "o", color=colour, markeredgecolor="white", markersize=9)
    axes[0, 1].text(
        x[0], x[1] + 0.3, f"$x_{name}$", fontsize=13, bbox=dict(fc="white", ec="none", pad=1)
    )
    label = f"$x_{name}$: area {joint[name].sum() * dz:.3f}"
    axes[1, 0].fill_between(z_grid, joint[name], color=colour, alpha=0.8, label=label)
    posterior = joint[name] / joint[name].sum() / dz
    axes[1, 1].plot(z_grid, posterior, color=colour, label=f"$x_{name}$")
axes[0, 1].set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", title="evidence $p(x)$, and $f(z)$")
axes[0, 0].set(xlabel="$z$", title="prior $p(z)$", xlim=(-3, 3))
axes[1, 0].set(xlabel="$z$", title="joint density $p(x, z)$, $x$ observed", xlim=(-3, 3))
axes[1, 1].set(xlabel="$z$", title="true posterior $p(z \\mid x)$", xlim=(-3, 3))
for ax in axes[1]:
    ax.legend(frameon=False)
plt.show()

# %% [markdown]
# Read the panels in order. The prior says where codes lie before anything is observed. Each code is decoded to a place on the curve and blurred by the noise, and summing over all codes gives $p(x)$, the shaded density: dark where the prior has much mass, and pale at the ends of the spiral. Once $x$ is observed, $p(x, z)$ is a function of $z$ alone, and **the area under it is the evidence**: 0.202 for $x_A$ and 0.038 for $x_B$. Divided by its area it becomes the true posterior. Only codes near 0.1 could have produced $x_A$. $x_B$ could have come from either arm, so its posterior has two modes, near −1.8 and 1.8, and almost nothing between them.

# %% [markdown]
# ## Why not always like this?
#
# We used 451 grid points. With the same spacing in each of $d$ latent dimensions the grid has $451^d$ points, which for $d = 2$ is 203,401, and for $d = 8$ already $10^{21}$. So quadrature gives out after two or three dimensions.
#
# A grid also wastes points on empty space. The evidence is an expectation under the prior, $p(x) = \mathbb E_{p(z)}[p(x \mid z)]$, so we could sample codes from the prior and average $p(x \mid z)$. This is a **Monte Carlo estimate**, and its error falls like $1/\sqrt n$ with $n$ samples in any number of dimensions. What stands before the $1/\sqrt n$ is another matter. To find out we need a model with more latent dimensions whose evidence is known exactly. There is one: a *linear* decoder,
#
# $$p(z) = N(0, I), \qquad p(x \mid z) = N(W z + b,\ \sigma^2 I).$$
#
# From here on $d$ is the dimension of the code and $D$ the number of pixels, so $W$ has shape $(D, d)$. As a sum of Gaussians $x$ is Gaussian, with mean $b$ and covariance $W W^\top + \sigma^2 I$. The $W$, $b$ and $\sigma^2$ with the largest likelihood follow from PCA, which is why the model is called **probabilistic PCA** (Tipping & Bishop, 1999).

# %%
mnist = data.load_mnist()
x_train, x_test = mnist.x_train[:N_TRAIN], mnist.x_test[:2_000]


def fit_linear_model(x, d):
    """The W (D, d), b (D,) and log σ² with the largest likelihood for the images x (n, D)."""
    b = x.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(x.T))  # sorted upwards
    noise = variances[:-d].mean()  # what the d best directions leave over
    W = directions[:, -d:] * np.sqrt(variances[-d:] - noise)
    return W, b, np.log(noise)


W_784, b_784, log_var_784 = fit_linear_model(x_train.reshape(-1, 784), LATENT_DIM)
variance_784 = np.exp(log_var_784)
print("W", W_784.shape, "b", b_784.shape, f"σ = {np.sqrt(variance_784):.3f}")

# %% alt="Two rows of twelve samples from the linear model: blurred shapes, some of them like digits, and the same under pixel noise."
generator = np.random.default_rng(SEED)
z = generator.normal(size=(12, LATENT_DIM))
means = z @ W_784.T + b_784
samples = means + np.sqrt(variance_784) * generator.normal(size=means.shape)
rows = {"Wz + b": means, "with noise": samples}
plots.image_rows({name: images.reshape(-1, 28, 28, 1) for name, images in rows.items()})
plt.show()

# %% [markdown]
# Twelve samples from the prior, decoded. The upper row is blurred, and several images are halfway between two digits. The samples of the *model* are in the lower row: the noise belongs to them, because it is all that the model has for the detail that eight dimensions leave out. A linear decoder of this size cannot do better. But every sample of the prior is now a legitimate code, and $\log p(x)$ can be computed exactly.

# %% [markdown] predict="brute_force"
# **Predict.** We estimate the evidence of one test image from 20,000 samples of the prior. Will the estimate of $\log p(x)$ be *close to* the exact value, *far below* it, or *far above* it?
#
# *My prediction:* …

# %%
x_784 = x_test[0].ravel().astype(float)
cov_x = W_784 @ W_784.T + variance_784 * np.eye(784)
exact = stats.multivariate_normal(b_784, cov_x).logpdf(x_784)

z = generator.normal(size=(N_SAMPLES, LATENT_DIM))
squares = ((x_784 - b_784 - z @ W_784.T) ** 2).sum(axis=1)
log_p_x_given_z = -0.5 * (784 * np.log(2 * np.pi * variance_784) + squares / variance_784)

# %% alt="The running Monte Carlo estimate of log p(x) climbs in steps and is still below the dashed exact value after 20,000 samples."
n_samples = np.arange(1, N_SAMPLES + 1)
# The log of the running mean. The densities themselves would be too large or too small to write.
log_average = np.logaddexp.accumulate(log_p_x_given_z) - np.log(n_samples)
curves = {"average over the samples so far": log_average, "exact": exact}
ax = plots.lines(n_samples, curves, xlabel="samples", ylabel="log p(x), nats", marker="")
ax.set(xscale="log", ylim=(exact - 500, exact + 60))
plt.show()
share = np.exp(log_p_x_given_z - np.logaddexp.reduce(log_p_x_given_z))  # of each code
print(f"exact {exact:.1f}, after {N_SAMPLES:,} samples {log_average[-1]:.1f}")
print(f"the two best codes make up {np.sort(share)[-2:].sum():.0%} of the average")

# %% [markdown]
# The curve climbs in steps, and each step is one lucky code. In our run two codes out of 20,000 make up 96% of the average, and it still lies 27 nats below the exact value, which is a factor of $e^{27}$, about 500 billion. From the last step on, at about 540 samples, the curve looks converged, and nothing in it warns us. An estimator that fails usually looks calm. This one is unbiased for $p(x)$, but almost all of its mean comes from samples that we never see. Where are the codes that matter? We draw the two latent dimensions that the images depend on most, and mark the ten best samples.

# %% alt="Samples of the prior fill a disc around 0 in two latent dimensions; the ten best of 20,000 lie close together to the left of its centre."
best = np.argsort(log_p_x_given_z)[-10:]
fig, ax = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
ax.plot(*z[:3_000, -2:].T, ".", color="lightgray", label="samples of the prior")
ax.plot(*z[best, -2:].T, "o", color="black", label="the ten best of 20,000")
ax.set(xlabel="$z_7$", ylabel="$z_8$", aspect="equal", xlim=(-4.2, 4.2), ylim=(-4.2, 5.4))
ax.legend(frameon=False, loc="upper right")
plt.show()

# %% [markdown]
# They lie together in one corner of the prior, around the place where the true posterior of this image has its mass. A sample of the prior has to land there in all eight dimensions at once.

# %% [markdown]
# ## The bound, derived twice
#
# So we should sample where the posterior is. We cannot compute the posterior, since we would need $p(x)$ for it, but we can choose a density $q(z)$ from a set in which all densities are easy to handle, such as all Gaussians with a diagonal covariance. Such a set is a **variational family**, its member $q$ an **approximate posterior**, and the way to the best member starts from the evidence itself. Let $q$ be positive wherever $p(x, z)$ is. Then
#
# $$\begin{aligned} \log p(x) &= \log \int p(x, z)\, dz && \text{sum rule} \\ &= \log\, \mathbb E_{q(z)}\!\left[\frac{p(x, z)}{q(z)}\right] && \text{multiply and divide by } q(z) \\ &\ge \mathbb E_{q(z)}\!\left[\log \frac{p(x, z)}{q(z)}\right] =: \mathrm{ELBO}(q) && \text{Jensen: } \log \text{ is concave} \end{aligned}$$
#
# **Jensen's inequality** says that the logarithm of an average is at least the average of the logarithms. For two numbers it can be seen:

# %% alt="The curve of the logarithm, and below it the straight line between two of its points: at the average of 0.5 and 5 the curve lies about half a unit above the line."
axis_log = np.linspace(0.2, 6, 100)
ax = plots.lines(axis_log, {"log u": np.log(axis_log)}, xlabel="u", ylabel="log u", marker="")
pair = np.array([0.5, 5.0])
ax.plot(pair, np.log(pair), "o--", color="gray")
ax.plot(pair.mean(), np.log(pair.mean()), "k^", label="log of the average")
ax.plot(pair.mean(), np.log(pair).mean(), "kv", label="average of the logs")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# Between any two of its points a concave curve lies above the straight line. The two values agree only if the numbers are equal, so the bound is tight only if $p(x, z) / q(z)$ is the same for all $z$. The last line of the derivation is the **evidence lower bound**, or **ELBO**.
#
# **How loose is it?** Jensen tells us that there is a gap, but not how large it is. To find out we need one definition. The **Kullback–Leibler divergence** (KL) from $q$ to $p$ is
#
# $$\mathrm{KL}(q \,\|\, p) = \mathbb E_{q(z)}\!\left[\log \frac{q(z)}{p(z)}\right],$$
#
# and Jensen gives its most important property, this time for the convex function $-\log$:
#
# $$\begin{aligned} \mathrm{KL}(q\,\|\,p) &= \mathbb E_{q}\!\left[-\log \frac{p(z)}{q(z)}\right] && \text{definition} \\ &\ge -\log\, \mathbb E_{q}\!\left[\frac{p(z)}{q(z)}\right] && \text{Jensen: } -\log \text{ is convex} \\ &= -\log \int_{q > 0} p(z)\, dz \;\ge\; -\log 1 = 0 && p \text{ integrates to at most 1 where } q > 0 \end{aligned}$$
#
# It is 0 exactly if $q = p$, since Jensen's inequality is an equality only where $p / q$ is constant. Now write $p(x, z) = p(z \mid x)\, p(x)$ inside the ELBO:
#
# $$\begin{aligned} \mathrm{ELBO}(q) &= \mathbb E_{q}\!\left[\log \frac{p(z\mid x)\,p(x)}{q(z)}\right] && \text{product rule} \\ &= \log p(x) - \mathbb E_{q}\!\left[\log \frac{q(z)}{p(z \mid x)}\right] && p(x) \text{ does not depend on } z \\ &= \log p(x) - \mathrm{KL}\big(q(z)\,\|\,p(z\mid x)\big) && \text{definition} \end{aligned}$$
#
# The gap is a KL divergence. It vanishes exactly when $q$ is the true posterior, so *maximising the ELBO over $q$ is inference*, and maximising it over the parameters of the decoder is learning. A variational autoencoder does both at once.
#
# If we write $p(x, z) = p(x \mid z)\, p(z)$ instead, the same ELBO splits into two terms that can be *computed*, because neither contains $p(x)$ or the true posterior:
#
# $$\mathrm{ELBO}(q) = \underbrace{\mathbb E_{q(z)}\big[\log p(x \mid z)\big]}_{\text{reconstruction term}} - \underbrace{\mathrm{KL}\big(q(z)\,\|\,p(z)\big)}_{\text{KL term}}$$
#
# The **reconstruction term** asks that codes sampled from $q$ explain the image. The **KL term** asks that $q$ stay close to the prior; read as coding, it is the number of nats that it takes to say which code, for somebody who knows only the prior, and is called the **rate**.
#
# Two divergences have now appeared, and they must not be confused. The one from $q$ to the *posterior* is the gap: we want it to be 0, and cannot compute it. The one from $q$ to the *prior* is a term of the ELBO: we can compute it, and where it is 0 the code says nothing about the image.

# %% [markdown]
# ## One posterior, two best Gaussians
#
# What does maximising the ELBO do when the family does not contain the true posterior? In our model with one latent dimension we can try it: the family is the Gaussians $N(m, s^2)$, of which we try 21,350 on a fine grid of $m$ and $s$, and the observation is $x_B$, whose posterior has two modes. For comparison we also minimise the divergence in the other order, $\mathrm{KL}(p(z \mid x)\,\|\,q)$. That one cannot be computed without the true posterior.

# %% [markdown] predict="which_gaussian"
# **Predict.** Where will the Gaussian with the largest ELBO lie: on the larger mode, between the modes, or over both? And the one with the smallest $\mathrm{KL}(p(z \mid x)\,\|\,q)$?
#
# *My prediction:* …


# %%
def log_q_on_grid(mean, log_std):
    """log N(z; mean, std²) at every grid point, for means and log-stds (n,): (n, 451)."""
    standardised = (z_grid - mean[:, None]) * np.exp(-log_std[:, None])
    return -0.5 * (np.log(2 * np.pi) + standardised**2) - log_std[:, None]


grid_of_q = np.meshgrid(np.arange(-3.5, 3.5, 0.02), np.arange(-3, 0.01, 0.05), indexing="ij")
means, log_stds = (a.ravel().astype("float32") for a in grid_of_q)
log_q = log_q_on_grid(means, log_stds)  # (21,350, 451): our variational family
q = np.exp(log_q) * dz
negative_entropy = np.sum(q * log_q, axis=1)


def best_elbo(log_p):
    """The largest ELBO in the family, and the index of its q, for log p(x, z), (n, 451)."""
    elbo, index = [], []
    for part in np.array_split(log_p, len(log_p) // 500 + 1):  # as memory allows
        elbos = q @ part.T - negative_entropy[:, None]
        elbo.append(elbos.max(axis=0))
        index.append(elbos.argmax(axis=0))
    return np.concatenate(elbo), np.concatenate(index)


# %%
log_p = log_joint(observed["B"], z_grid).astype("float32")
log_p_x_B = log_evidence(log_p)
posterior = np.exp(log_p - log_p_x_B)
elbo, index = best_elbo(log_p[None])
seeking = means[index], log_stds[index]
mean = np.sum(posterior * z_grid) * dz
std = np.sqrt(np.sum(posterior * (z_grid - mean) ** 2) * dz)
covering = np.array([mean]), np.log([std])

# %% alt="The posterior of B with two narrow peaks. The Gaussian with the largest ELBO covers the left peak alone; the one with the smallest reverse divergence is a low, wide hill over both peaks and the empty space between them."
fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
ax.fill_between(z_grid, posterior, color="0.85", label="true posterior $p(z \\mid x_B)$")
for name, given, style in (
    ("smallest KL(q ‖ posterior), largest ELBO", seeking, {"color": blue}),
    ("smallest KL(p ‖ q)", covering, {"color": "black", "linestyle": "--"}),
):
    log_q_here = log_q_on_grid(*given)[0]
    gap = np.sum(np.exp(log_q_here) * (log_q_here - (log_p - log_p_x_B))) * dz
    ax.plot(z_grid, np.exp(log_q_here), label=name, **style)
    print(
        f"{name}: N({given[0][0]:.2f}, {np.exp(given[1][0]):.2f}²), gap to log p(x) {gap:.2f} nats"
    )
ax.set(xlabel="$z$", ylabel="density", xlim=(-4, 4.4), ylim=(0, 4))
ax.legend(frameon=False, loc="upper right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()
print(f"share of the posterior to the left of 0: {np.sum(posterior[z_grid < 0]) * dz:.3f}")

# %% [markdown]
# $\mathrm{KL}(q\,\|\,p)$ averages $\log q - \log p$ over *samples of $q$*, so it punishes $q$ for every place where $q$ has mass and the posterior has none. The best $q$ therefore takes one mode and leaves the other out. This is called **mode-seeking**. $\mathrm{KL}(p\,\|\,q)$ averages over samples of the posterior, so it punishes $q$ for having *too little* mass anywhere the posterior has some. Minimising it means maximising $\mathbb E_{p(z \mid x)}[\log q(z)]$, which is a maximum-likelihood fit to samples of the posterior, and therefore the best Gaussian has the posterior's own mean and variance. It stretches over both modes and over the empty space between them: it is **mass-covering**, and its ELBO lies 22 nats below $\log p(x)$.
#
# The mode-seeking $q$ loses 0.57 nats, and we can say where they come from. It is nearly equal to the posterior within the left mode, which holds a share of 0.564 of the posterior, so there $q \approx p(z \mid x) / 0.564$, and the gap is $\mathbb E_q[\log q - \log p(z \mid x)] \approx -\log 0.564 = 0.573$. So leaving out a mode can be cheap in nats, even though $q$ then contains no trace of the second explanation. For a fixed decoder a variational autoencoder inherits this behaviour, because it maximises the ELBO. Its decoder is trained by the same ELBO, though, and is rewarded for true posteriors that the family can match.

# %% [markdown]
# ## The KL term in closed form
#
# For the spiral a grid did everything. For images we need each term of the ELBO as a formula or as an estimate, and the next sections collect them. # The KL term comes first. For two Gaussians with diagonal covariances, $q$ with means $\mu_i$ and variances $\sigma_i^2$ and $p$ with $m_i$ and $s_i^2$, every dimension contributes by itself, so it is enough to derive one dimension. Two expectations are all that is needed:
#
# $$\mathbb E_q\big[(z - \mu)^2\big] = \sigma^2, \qquad \mathbb E_q\big[(z - m)^2\big] = \mathbb E_q\big[(z - \mu)^2\big] + 2 (\mu - m)\, \mathbb E_q[z - \mu] + (\mu - m)^2 = \sigma^2 + (\mu - m)^2 .$$
#
# The first is the definition of the variance. In the second we wrote $z - m = (z - \mu) + (\mu - m)$, and the middle term vanishes because $\mathbb E_q[z] = \mu$. For $m = 0$ it says $\mathbb E_q[z^2] = \mu^2 + \sigma^2$. Now
#
# $$\begin{aligned} \mathrm{KL}(q\,\|\,p) &= \mathbb E_q[\log q(z)] - \mathbb E_q[\log p(z)] && \text{definition} \\ &= -\tfrac 1 2 \Big( \log 2\pi\sigma^2 + \tfrac{\mathbb E_q[(z - \mu)^2]}{\sigma^2} \Big) + \tfrac 1 2 \Big( \log 2\pi s^2 + \tfrac{\mathbb E_q[(z - m)^2]}{s^2} \Big) && \text{the two log-densities} \\ &= -\tfrac 1 2 \big( \log \sigma^2 + 1 \big) + \tfrac 1 2 \Big( \log s^2 + \tfrac{\sigma^2 + (\mu - m)^2}{s^2} \Big) && \text{the two expectations} \\ &= \tfrac 1 2 \Big( \tfrac{\sigma^2}{s^2} - 1 - \log \tfrac{\sigma^2}{s^2} + \tfrac{(\mu - m)^2}{s^2} \Big) && \text{collect} \end{aligned}$$

# %% [markdown]
# ### Exercise 2 · `kl_divergence` (1 point)
#
# A warm-up. Return the divergence from $q$ to $p$, summed over the last axis. All variances come as logarithms.


# %% exercise="kl_divergence"
def kl_divergence(q_mean, q_log_var, p_mean, p_log_var):
    """KL(q ‖ p) between two Gaussians with diagonal covariances.

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
# Try it: two Gaussians with variance 1 whose means are 2 apart have a divergence of 2.

# %%
kl_divergence(zero + 2, zero, zero, zero)


# %% check="kl_divergence" points=1

# %% alt="Left, the KL divergence as a parabola in the mean of q; right, KL(q‖p) and KL(p‖q) against the log-variance of q, both 0 at 0; the first is steep on the right, the second on the left."
steps = np.linspace(-3, 3, 61, dtype="float32")[:, None]
none = np.zeros_like(steps)
fig, axes = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained", sharey=True)
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
# Here $p = N(0, 1)$. The divergence grows with the square of the distance between the means. In the variance it is not symmetric: $\mathrm{KL}(q\,\|\,p)$ punishes a $q$ that is too wide more than one that is too narrow, and $\mathrm{KL}(p\,\|\,q)$ does the opposite. This is the picture of the two Gaussians once more: a $q$ that is too wide has mass where $p$ has little, and $\mathrm{KL}(q\,\|\,p)$ is the divergence that punishes this.

# %% [markdown]
# ## The same number from samples
#
# For most pairs of distributions there is no closed form. The definition is an expectation under $q$, though, so we can always sample from $q$ and average:
#
# $$\mathrm{KL}(q \,\|\, p) \approx \frac 1 n \sum_{j=1}^{n} \big( \log q(z_j) - \log p(z_j) \big), \qquad z_j \sim q$$
#
# A VAE estimates its reconstruction term in this way, usually from a single sample for each image, so it is worth knowing how noisy such estimates are.

# %% [markdown]
# ### Exercise 3 · `kl_monte_carlo` (2 points)
#
# Estimate the divergence from $q$ to $p = N(0, I)$ from `n` independent samples of $q$. You may call `log_normal_pdf`.


# %% exercise="kl_monte_carlo"
def kl_monte_carlo(q_mean, q_log_var, n, seed):
    """Estimate KL(q ‖ N(0, I)) as the mean of log q(z) − log p(z) over n samples of q.

    Args:
        q_mean: (d,).
        q_log_var: logarithm of q's variance, (d,).
        n: how many independent samples.
        seed: an int; the same seed gives the same samples.

    Returns:
        One number, in nats.
    """
    # BEGIN SOLUTION
    eps = np.random.default_rng(seed).normal(size=(n, len(q_mean)))
    z = q_mean + np.exp(q_log_var / 2) * eps  # (n, d)
    zeros = np.zeros_like(q_mean)
    return ops.mean(log_normal_pdf(z, q_mean, q_log_var) - log_normal_pdf(z, zeros, zeros))
    # END SOLUTION


# %% [markdown] hints="kl_monte_carlo"
# 1. In notebook 01 you sampled $z = m + A\,\varepsilon$ with $\varepsilon \sim N(0, I)$. Which $A$ has $A A^\top = \mathrm{diag}(\sigma^2)$? Every sample needs its own ε for every dimension, so what shape has all the noise together?
# 2. `np.random.default_rng(seed).normal(size=(n, d))` is the noise. The standard deviation is the square root of the variance, so it is the exponential of half of `q_log_var`.
# 3. With `z` of shape (n, d), `log_normal_pdf(z, q_mean, q_log_var)` gives n log-densities. The prior has the mean 0 and the log-variance 0 in every dimension. Average the n differences.

# %% [markdown]
# Try it: for the mean (1, −1) and variance 1 the exact value is 1. With 100,000 samples you should get 1.00, give or take 0.01.

# %%
q_mean = np.array([1, -1], dtype="float32")
kl_monte_carlo(q_mean, 0 * q_mean, 100_000, seed=0)


# %% check="kl_monte_carlo" points=2

# %%
q_mean = np.array([1, -1, 0.5], dtype="float32")
q_log_var = np.array([0, -1, 0.5], dtype="float32")
exact_kl = float(kl_divergence(q_mean, q_log_var, 0 * q_mean, 0 * q_log_var))
n_samples = 4 ** np.arange(1, 8)
error = []
for n in n_samples:
    seeds = generator.integers(2**31, size=60)
    runs = [float(kl_monte_carlo(q_mean, q_log_var, int(n), int(seed))) for seed in seeds]
    error.append(np.sqrt(np.mean((np.array(runs) - exact_kl) ** 2)))

# %% alt="On logarithmic axes the error of the Monte Carlo estimate falls along a straight line with the slope of 1/√n, from 4 to 16,384 samples."
curves = {
    "error of the estimate": error,
    "proportional to 1/√n": error[0] * np.sqrt(n_samples[0] / n_samples),
}
ylabel = "root mean square error, nats"
ax = plots.lines(n_samples, curves, xlabel="samples n", ylabel=ylabel, dashed=[*curves][1:])
ax.set(xscale="log", yscale="log")
plt.show()
print(f"exact {exact_kl:.3f} nats; error with {n_samples[0]} samples {error[0]:.3f}")
print(f"error with {n_samples[-1]:,} samples {error[-1]:.4f}")

# %% [markdown]
# The error falls like $1/\sqrt n$, so half the error needs four times as many samples. With four samples it is 0.78 nats, more than half of the divergence itself, which is 1.38. In training this is tolerable, because the noise averages out over many images and many steps.

# %% [markdown]
# ## The reconstruction term: choose a likelihood
#
# The other term contains $\log p(x \mid z)$. The decoder outputs one number for each pixel, and what that number means is a modelling choice. Two choices are common.
#
# **Bernoulli.** The number is a **logit** $\ell$, and the pixel is 1 with probability $\mathrm{sigmoid}(\ell) = 1/(1 + e^{-\ell})$:
#
# $$-\log p(x \mid z) = -\sum_{i} \big( x_i \log \mathrm{sigmoid}(\ell_i) + (1 - x_i) \log(1 - \mathrm{sigmoid}(\ell_i)) \big)$$
#
# Under this model every pixel is 0 or 1. Grey pixels are usually put into the same formula, as if a pixel of 0.3 were a 1 in 30% of all cases; notebook 04 asks what that does.

# %% [markdown]
# ### Exercise 4 · `bernoulli_nll` (2 points)
#
# Return the negative log-likelihood of each image, summed over all axes but the first. Computed as it stands, the formula fails at a logit of 1000, because there the sigmoid rounds to 1 and the second logarithm is that of 0. The true value is finite, so first rewrite the formula until nothing in it can overflow or round to 0. Clipping probabilities or logits would give a wrong value.


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


# %% [markdown] hints="bernoulli_nll"
# 1. Write both logarithms with $\mathrm{softplus}(\ell) = \log(1 + e^{\ell})$, which libraries compute safely for every $\ell$. What is $\log \mathrm{sigmoid}(\ell)$, and what is $1 - \mathrm{sigmoid}(\ell)$?
# 2. $\log \mathrm{sigmoid}(\ell) = -\mathrm{softplus}(-\ell)$ and $\log(1 - \mathrm{sigmoid}(\ell)) = -\mathrm{softplus}(\ell)$, and moreover $\mathrm{softplus}(-\ell) = \mathrm{softplus}(\ell) - \ell$.
# 3. Put the three together: each pixel costs $\mathrm{softplus}(\ell) - x\,\ell$. `ops.softplus` exists, and `tuple(range(1, len(x.shape)))` are all axes but the first.

# %% [markdown]
# Try it: with all logits 0 every pixel is a fair coin, so an image of 784 pixels costs 784 · log 2 = 543.43 nats. And a single pixel that is certain, and wrong, costs 1000.

# %%
print(bernoulli_nll(x_test[:2], np.zeros_like(x_test[:2])))
print(bernoulli_nll(np.zeros((1, 1), "float32"), np.full((1, 1), 1000, "float32")))


# %% check="bernoulli_nll" points=2

# %% [markdown]
# **Gaussian.** The number is the mean of the pixel, and the variance is another parameter. This is `log_normal_pdf` with all pixels of an image in one long vector, and with the sign changed:


# %%
def gaussian_nll(x, mean, log_var):
    """Negative log-likelihood of images (n, …) under independent Gaussian pixels: (n,) in nats."""
    x, mean, log_var = (np.reshape(a, (len(x), -1)) for a in (x, mean, log_var))
    return -log_normal_pdf(x, mean, log_var)


# %% [markdown]
# The squared error of notebook 01 is inside it: with $\sigma^2 = \tfrac 1 2$ the Gaussian negative log-likelihood is the sum of squared errors plus a constant. Any other $\sigma$ weights the squared errors differently against the KL term. It should not be left to chance, and it need not be, because the likelihood itself says which $\sigma$ fits. Let $N$ be the number of all pixels of all images, and $E$ the sum of all squared errors $(x_i - \hat x_i)^2$. With one variance $v = \sigma^2$ for all,
#
# $$\begin{aligned} -\log p &= \tfrac N 2 \log 2\pi v + \tfrac{E}{2 v} && \text{sum of the Gaussian log-densities} \\ \frac{\partial}{\partial v} \big( -\log p \big) &= \frac{N}{2 v} - \frac{E}{2 v^2} && \text{derivative; at the best } v \text{ it is } 0 \\ \sigma &= \;? && \text{your part} \end{aligned}$$

# %% [markdown]
# ### Exercise 5 · `optimal_sigma` (1 point)
#
# Finish the derivation, and return the standard deviation with the largest likelihood: **one** number for all pixels of all images.


# %% exercise="optimal_sigma"
def optimal_sigma(x, x_hat):
    """The standard deviation of Gaussian pixels with the largest likelihood, Rybkin et al. 2021.

    Args:
        x: images, (n, …).
        x_hat: their reconstructions, the same shape.

    Returns:
        A number: one standard deviation for all pixels of all images.
    """
    # BEGIN SOLUTION
    return ops.sqrt(ops.mean(ops.square(x - x_hat)))
    # END SOLUTION


# %% [markdown]
# Try it: two pixels that are off by 0.1 and by 0.7 should give 0.5. And in the curve of the negative log-likelihood over $\sigma$ your value should stand at the lowest point.

# %% alt="The negative log-likelihood per pixel against σ: it falls steeply, has its lowest point at the dotted line at 0.5, and rises slowly."
off = np.array([[0.1], [0.7]], dtype="float32")
sigma = float(optimal_sigma(0 * off, off))
sigmas = np.linspace(0.15, 2, 200, dtype="float32")
log_vars = [np.full_like(off, 2 * np.log(s)) for s in sigmas]
nll = [np.mean(gaussian_nll(0 * off, off, log_var)) for log_var in log_vars]
ax = plots.lines(
    sigmas, {"two pixels": nll}, xlabel="σ", ylabel="−log p, nats per pixel", marker=""
)
ax.axvline(sigma, color="gray", linestyle=":", label="optimal_sigma")
ax.set(xlim=(0, 2), ylim=(0, 4))
ax.legend(frameon=False)
plt.show()
print(f"{sigma:.3f}")


# %% check="optimal_sigma" points=1

# %% [markdown]
# ### What a latent code is worth
#
# By how many nats does a reconstruction beat an answer that uses no code at all, such as the mean image? This difference is what the code is worth, and the KL term says what it costs. We train a small autoencoder and score its reconstructions of test images and the mean image under four likelihoods.

# %% [markdown] predict="worth"
# **Predict.** Under which Gaussian likelihood is a code worth more: with $\sigma = 1$, or with a learned $\sigma$? Make a guess in nats per image.
#
# *My prediction:* …

# %% alt="Three rows of twelve images: test digits, their reconstructions, which are a little blurred, and the same grey mean image twelve times."
set_seed(SEED)
autoencoder = keras.Sequential(build_autoencoder(16))
autoencoder.compile(keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
autoencoder.fit(x_train, x_train, batch_size=100, epochs=EPOCHS, verbose=0)
# For each answer: test images, and training images to fit σ.
answers = {
    "reconstruction": [autoencoder.predict(x, verbose=0) for x in (x_test, x_train)],
    "mean image": [np.broadcast_to(x_train.mean(axis=0), x.shape) for x in (x_test, x_train)],
}
rows = {"original": x_test[:12]} | {name: test[:12] for name, (test, _) in answers.items()}
plots.image_rows(rows)
plt.show()


# %%
def logit(p):
    """The inverse of the sigmoid, for pixels kept off 0 and 1."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p) - np.log(1 - p)


sigma = {name: float(optimal_sigma(x_train, fit)) for name, (_, fit) in answers.items()}
learned = sigma["reconstruction"]


def mean_nll(name, sigma):
    """Nats per test image under Gaussian pixels."""
    x_hat = answers[name][0]
    return np.mean(gaussian_nll(x_test, x_hat, np.full_like(x_hat, 2 * np.log(sigma))))


of_bernoulli = {
    n: np.mean(bernoulli_nll(x_test, logit(x_hat))) for n, (x_hat, _) in answers.items()
}
scores = {
    "Bernoulli": of_bernoulli,
    "Gaussian, σ = 1": {name: mean_nll(name, 1) for name in answers},
    f"Gaussian, σ = {learned:.3f} for both": {name: mean_nll(name, learned) for name in answers},
    "Gaussian, σ fitted to each": {name: mean_nll(name, sigma[name]) for name in answers},
}

# %%
print(f"{'−log p, nats per image':<32}{'reconstruction':>16}{'mean image':>12}{'worth':>8}")
for name, score in scores.items():
    with_code, without = score.values()
    print(f"{name:<32}{with_code:>16.0f}{without:>12.0f}{without - with_code:>8.0f}")
print("fitted:", ", ".join(f"{name} σ = {value:.3f}" for name, value in sigma.items()))

# %% [markdown]
# In our run the code is worth 99 nats under the Bernoulli likelihood, and 17 under a Gaussian with $\sigma = 1$. Under the latter a code that costs more than 17 nats does not pay, and the best a VAE can do is to encode little. (This is the worth of *this* autoencoder's exact code. A VAE samples its code, which makes it worth less.) With the $\sigma$ that fits the reconstructions the difference is 786 nats, but this comparison is not fair: a model without a code would learn its own $\sigma$, 0.260 instead of 0.145, and would no longer be punished for claiming a precision that it does not have. With $\sigma$ fitted on both sides the code is worth 416 nats.
#
# So the likelihood decides how much a VAE will encode, and learning $\sigma$ lets the data decide. Do not compare the values of −log p in the first row with those below: a probability and a density have different units. In the worth, a difference, the unit cancels; but our pixels are grey, and for grey pixels the Bernoulli formula is no likelihood of what we see, so its 99 nats stand for other, black and white, data. Notebook 04 comes back to this.

# %% [markdown]
# ## A linear model, solved exactly
#
# Before we train a network with the ELBO, we want to see the bound agree with an exact answer in more than one latent dimension. For the linear model we can have everything: ELBO, true posterior and evidence. Let $q(z) = N(m, S)$ with a full covariance $S$. For the reconstruction term we need the expected squared error:
#
# $$\begin{aligned} \mathbb E_q \lVert x - b - W z \rVert^2 &= \lVert x - b - W m \rVert^2 + \mathbb E_q \lVert W (z - m) \rVert^2 && W z = W m + W (z - m), \text{ and } \mathbb E_q[z - m] = 0 \\ &= \lVert x - b - W m \rVert^2 + \mathrm{tr}\, \mathbb E_q\big[W (z - m)(z - m)^\top W^\top\big] && \lVert u \rVert^2 = \mathrm{tr}(u u^\top) \\ &= \lVert x - b - W m \rVert^2 + \mathrm{tr}(W S W^\top) && \text{definition of the covariance} \end{aligned}$$
#
# The trace is easy to forget. It is there because $q$ is no single code but a distribution over codes, and reconstructions from its samples are on average farther from $x$ than the one from its mean. The same two steps give the expectations inside the KL term:
#
# $$\mathbb E_q[\log p(z)] = -\tfrac 1 2 \big( d \log 2\pi + m^\top m + \mathrm{tr}\, S \big), \qquad \mathbb E_q[\log q(z)] = -\tfrac 1 2 \big( d \log 2\pi + \log \det S + d \big).$$

# %% [markdown]
# ### Exercise 6 · `linear_gaussian_elbo` (2 points)
#
# Return the ELBO of one image. Write down the reconstruction term and the KL term from the three expectations, with all their constants, since the value is going to be compared with $\log p(x)$.


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


# %% [markdown] hints="linear_gaussian_elbo"
# 1. $\log p(x \mid z)$ is the log-density of $D$ independent pixels with one variance: $D$ times $\log 2\pi$, $D$ times $\log \sigma^2$, and the squared error over $\sigma^2$, all times $-\tfrac 1 2$. Only the squared error depends on $z$. And $\mathrm{KL} = \mathbb E_q[\log q(z)] - \mathbb E_q[\log p(z)]$.
# 2. In the KL term the two $d \log 2\pi$ cancel, and what remains is $\tfrac 1 2$ of a trace, a square, $-d$ and minus the log-determinant.
# 3. A determinant of many small or large numbers leaves the range of floating point. `np.linalg.slogdet(q_cov)` gives its sign and its logarithm directly.

# %% [markdown]
# Try it: one pixel, one latent dimension, $x = 1$, $W = 1$, $b = 0$, $\sigma^2 = 1$. At $q = N(½, ½)$ the ELBO should be $\log N(1;\ 0,\ 2) = -1.5155$.

# %% compare
one, half = np.ones((1, 1), "float32"), np.full((1, 1), 0.5, "float32")
print(f"{linear_gaussian_elbo(one[0], one, 0 * one[0], 0.0, half[0], half):.4f}")


# %% check="linear_gaussian_elbo" points=2

# %% [markdown]
# For the true posterior we use Bayes' rule and a trick that is worth knowing. As a function of $z$ the posterior is proportional to $p(x, z)$, so $\log p(z \mid x) = \log p(x \mid z) + \log p(z) + \text{const}$. Both are quadratic in $z$, so there are a symmetric matrix $A$ and a vector $h$ with
#
# $$\begin{aligned} \log p(z \mid x) &= -\tfrac 1 2\, z^\top A z + h^\top z + \text{const} && \text{collect the terms with } z \\ &= -\tfrac 1 2\, (z - m)^\top A\, (z - m) + \text{const} \quad \text{with } A m = h && \text{complete the square} \end{aligned}$$
#
# The last line is the log-density of a Gaussian with mean $m = A^{-1} h$ and covariance $A^{-1}$. The matrix $A$ is called its **precision**.

# %% [markdown]
# ### Exercise 7 · `linear_gaussian_posterior` (3 points)
#
# A problem. Find $A$ and $h$ for the linear model, and return the mean and the full covariance of $p(z \mid x)$. There may be more latent dimensions than pixels.


# %% exercise="linear_gaussian_posterior"
def linear_gaussian_posterior(x, W, b, log_var_x):
    """The true posterior of one image where p(z) = N(0, I) and p(x | z) = N(Wz + b, σ²I).

    Args:
        x: one image, (D,).
        W: (D, d).
        b: (D,).
        log_var_x: log σ², one number.

    Returns:
        mean: (d,).
        cov: the full covariance, (d, d).
    """
    # BEGIN SOLUTION
    variance = np.exp(log_var_x)
    precision = np.eye(W.shape[1]) + W.T @ W / variance
    cov = np.linalg.inv(precision)
    return cov @ W.T @ (x - b) / variance, cov
    # END SOLUTION


# %% [markdown] hints="linear_gaussian_posterior"
# 1. Up to a constant $\log p(x \mid z)$ is $-\tfrac{1}{2\sigma^2} \lVert x - b - W z \rVert^2$, and $\log p(z)$ is $-\tfrac 1 2 z^\top z$. Expand the first square.
# 2. The square has a part without $z$, a part linear in $z$, which is $-2\,(x - b)^\top W z$, and a part quadratic in $z$, which is $z^\top W^\top W z$. Which of them goes into $A$, which into $h$?
# 3. $A = I + W^\top W / \sigma^2$, with $I$ of shape (d, d), and $h = W^\top (x - b) / \sigma^2$. The covariance is the inverse of $A$, and the mean is the covariance times $h$.

# %% [markdown]
# Try it on the model of one pixel from above: the posterior should have the mean ½ and the variance ½.

# %%
linear_gaussian_posterior(one[0], one, 0 * one[0], 0.0)


# %% check="linear_gaussian_posterior" points=3

# %% [markdown]
# ## Watch the gap close
#
# We take an image of three pixels and two latent dimensions, so that everything can be drawn. $q$ starts as the prior ($t = 0$), and its mean and covariance move in a straight line to those of the true posterior ($t = 1$).

# %% [markdown] predict="gap"
# **Predict.** When $q$ has gone half of the way, how much of the gap between ELBO and $\log p(x)$ is closed: *less* than half of it, *half*, or *more*?
#
# *My prediction:* …

# %%
W_3 = np.array([[1.6, 1.2], [0.9, 1.5], [0.4, -0.3]])  # three pixels, two latent dimensions
b_3, log_var_3 = np.zeros(3), np.log(0.6)
x_3 = np.array([2, 1.6, 0.5])
true_mean, true_cov = map(np.asarray, linear_gaussian_posterior(x_3, W_3, b_3, log_var_3))
cov_3 = W_3 @ W_3.T + np.exp(log_var_3) * np.eye(3)
log_p_x = stats.multivariate_normal(b_3, cov_3).logpdf(x_3)


def q_at(t):
    """Mean and covariance of q: the prior for t = 0, the true posterior for t = 1."""
    return t * true_mean, (1 - t) * np.eye(2) + t * true_cov


def elbo_3(mean, cov):
    """The ELBO of the image of three pixels."""
    return float(linear_gaussian_elbo(x_3, W_3, b_3, log_var_3, mean, cov))


# %% [markdown]
# According to the second derivation the gap is $\mathrm{KL}(q\,\|\,p(z \mid x))$. We compute that divergence independently, from the formula for two Gaussians with full covariances (Bishop, 2006), here from $N(m, S)$ to $N(\mu, \Sigma)$,
#
# $$\mathrm{KL} = \frac 1 2 \left( \mathrm{tr}(\Sigma^{-1} S) + (\mu - m)^\top \Sigma^{-1} (\mu - m) - d + \log \frac{\det \Sigma}{\det S} \right),$$
#
# and check that the two add up to $\log p(x)$. We print the two terms of the ELBO, too.


# %%
def kl_to_true_posterior(mean, cov):
    """KL(N(mean, cov) ‖ p(z | x)) for the image of three pixels."""
    inverse, shift = np.linalg.inv(true_cov), true_mean - mean
    log_dets = np.linalg.slogdet(true_cov).logabsdet - np.linalg.slogdet(cov).logabsdet
    return 0.5 * (np.trace(inverse @ cov) + shift @ inverse @ shift - len(mean) + log_dets)


print(f"log p(x) = {log_p_x:.5f}")
for t in (0, 0.25, 0.5, 0.75, 1):
    mean, cov = q_at(t)
    elbo, gap = elbo_3(mean, cov), abs(kl_to_true_posterior(mean, cov))
    to_prior = 0.5 * (np.trace(cov) + mean @ mean - 2 - np.linalg.slogdet(cov).logabsdet)
    terms = f"reconstruction {elbo + to_prior:7.2f} − KL {abs(to_prior):.2f}"
    print(f"t = {t:<4}: {terms} = ELBO {elbo:9.5f}; + gap {gap:.5f} = {elbo + gap:.5f}")

# %% [markdown]
# ELBO and gap add up to $\log p(x)$ every time, to five decimals. Look at the terms of the ELBO, too: at the end the code costs 1.3 nats, and has improved the reconstruction term by 11. Going half of the way closes two thirds of the gap, from 9.64 to 3.20 nats. The reason is in the formula: the part that comes from the mean falls with the *square* of the distance that is left, so half of the way removes three quarters of it. Now three of these moments as a picture. The true posterior is computed without any formula for it, by quadrature on a grid in the plane: $p(x \mid z)\, p(z)$ at every point, divided by the sum.

# %%
plane_axis = np.linspace(-2.2, 2.6, 120, dtype="float32")
z_plane = np.stack(np.meshgrid(plane_axis, plane_axis), axis=-1)  # (120, 120, 2)
log_prior = log_normal_pdf(z_plane, 0 * z_plane, 0 * z_plane)
x_hat = (z_plane @ W_3.T + b_3).astype("float32")  # (120, 120, 3)
log_likelihood = log_normal_pdf(x_3 + 0 * x_hat, x_hat, np.full_like(x_hat, log_var_3))
joint_3 = np.exp(np.asarray(log_prior) + np.asarray(log_likelihood))
posterior_3 = joint_3 / joint_3.sum() / (plane_axis[1] - plane_axis[0]) ** 2

# %% alt="Three panels from t = 0 to t = 1 in which the circles of q shrink and tilt from the prior onto the ellipse of the true posterior, while the gap falls from 9.64 to 0 nats."
fig, axes = plt.subplots(1, 3, figsize=(8, 3), layout="constrained", sharey=True)
for ax, t in zip(axes, (0, 0.5, 1)):
    mean, cov = q_at(t)
    density = stats.multivariate_normal(mean, cov).pdf(z_plane)
    plots.density_contours(plane_axis, {"true posterior": posterior_3, "q": density}, ax=ax)
    gap = max(log_p_x - elbo_3(mean, cov), 0)
    ax.set_title(f"t = {t}, gap {gap:.2f} nats", fontsize=11)
    ax.label_outer()
plt.show()

# %% [markdown]
# The filled contours are the true posterior, the lines are $q$. At $t = 1$ they coincide, and the gap is 0. Notice that the true posterior is **tilted**: where $z_1$ is larger, $z_2$ tends to be smaller, because both make the first two pixels brighter and can replace each other.

# %% [markdown]
# ## The variational family: what a diagonal costs
#
# The encoder of a VAE usually outputs one mean and one variance for each latent dimension, so its variational family is the Gaussians with a *diagonal* covariance. This independence between dimensions is the **mean-field** assumption. A member of the family cannot tilt. Which member has the largest ELBO, and what does it lose?

# %% [markdown]
# ### Exercise 8 · `best_diagonal` (2 points)
#
# A problem. The true posterior is a Gaussian with a given mean and a full covariance. Return the mean and the variances of the Gaussian with a diagonal covariance whose ELBO is largest. The obvious candidate, which takes its variances from the diagonal of the covariance, is not the answer.


# %% exercise="best_diagonal"
def best_diagonal(mean, cov):
    """The diagonal Gaussian with the largest ELBO where the true posterior is N(mean, cov).

    Args:
        mean: (d,).
        cov: the full covariance, (d, d), positive definite.

    Returns:
        q_mean: (d,).
        q_var: the variances, (d,).
    """
    # BEGIN SOLUTION
    return mean, 1 / np.diag(np.linalg.inv(cov))
    # END SOLUTION


# %% [markdown] hints="best_diagonal"
# 1. $\log p(x)$ does not depend on $q$, so the largest ELBO is the smallest gap, and the gap is the KL divergence between two full Gaussians, whose formula stands above. Put a diagonal matrix $S$ with entries $v_i$ into it. Which of its four terms contain the mean, which the $v_i$?
# 2. $\mathrm{tr}(\Sigma^{-1} S) = \sum_i (\Sigma^{-1})_{ii}\, v_i$ and $\log \det S = \sum_i \log v_i$, so each $v_i$ can be optimised by itself.
# 3. The derivative with respect to $v_i$ is $\tfrac 1 2 \big( (\Sigma^{-1})_{ii} - 1 / v_i \big)$. Set it to 0. `np.linalg.inv` and `np.diag` do the rest.

# %% [markdown]
# Try it: for two latent dimensions with variance 1 and covariance 0.6, both variances should come out as 0.64.

# %%
best_diagonal(np.zeros(2), np.array([[1, 0.6], [0.6, 1]]))


# %% check="best_diagonal" points=2

# %% alt="The tilted ellipses of the true posterior twice: on the left under the small circles of the best diagonal q, on the right under larger circles with the same marginal variances, which stick out of the ellipse on two sides."
q_mean, q_var = map(np.asarray, best_diagonal(true_mean, true_cov))
fig, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained", sharey=True)
for ax, (name, variances) in zip(
    axes, {"largest ELBO": q_var, "same marginals": np.diag(true_cov)}.items()
):
    density = stats.multivariate_normal(q_mean, np.diag(variances)).pdf(z_plane)
    plots.density_contours(plane_axis, {"true posterior": posterior_3, "q": density}, ax=ax)
    gap = log_p_x - elbo_3(q_mean, np.diag(variances))
    ax.set_title(f"{name}: gap {gap:.2f} nats")
    ax.label_outer()
    print(f"{name}: variances {variances.round(2)}")
plt.show()

# %% [markdown]
# The $q$ with the same marginal variances is as wide as the posterior along each axis, but it sticks out of the tilted ellipse, and $\mathrm{KL}(q\,\|\,p)$ punishes mass where the posterior has little. The best $q$ is narrower, with variances of 0.15 and 0.14 instead of 0.32 and 0.30, and has the smaller gap, 0.40 nats against 0.82. It is a compromise: along the ellipse it is much narrower than the posterior, and across it still a little wider. For each single coordinate it reports **too small a variance**, namely that of one dimension *while the other is held fixed*. This overconfidence is what mean-field inference, with its independent dimensions, is known for.

# %% [markdown]
# ## Two gaps: the family, and the encoder
#
# So far we have searched for the best $q$ of one observation. A separate search for each of 60,000 images would have to be repeated whenever the decoder changes, which takes far too long. The **encoder** of a VAE is a network that reads $x$ and outputs the parameters of $q$, which is then written $q_\phi(z \mid x)$, with $\phi$ for the weights. Its training is expensive, but afterwards inference costs one pass through the network for any image, new ones included: inference is **amortized**. The price is that the encoder need not hit the best member of the family. For an observation $x$ we can now split what the ELBO loses:
#
# $$\log p(x) - \mathrm{ELBO}(q_\phi) = \underbrace{\log p(x) - \max_{q \,\in\, \text{family}} \mathrm{ELBO}(q)}_{\text{approximation gap}} + \underbrace{\max_{q \,\in\, \text{family}} \mathrm{ELBO}(q) - \mathrm{ELBO}(q_\phi)}_{\text{amortization gap}}$$
#
# The **approximation gap** is the fault of the family, and no training of the encoder can remove it; the **amortization gap** is the fault of the encoder. Together they are the **variational gap** (Cremer et al., 2018, who call it the inference gap).
#
# For the spiral we can measure both, because the evidence and the best Gaussian are known for every point of the plane. We train an encoder with two hidden layers on 10,000 samples of the model, by gradient ascent on the ELBO. With one latent dimension the expectation under $q$ is a sum over a grid that does not depend on $\phi$, so its gradient is ordinary backpropagation. (Keras hands a loss whatever stands in the place of the targets; here it is $\log p(x, z)$ on the grid.) With many dimensions there is no such grid, and notebook 03 is about that.


# %%
def loss_on_grid(log_p, outputs):
    """−ELBO of log p(x, z) on the grid, (n, 451), for what the encoder gives, (n, 2)."""
    mean, log_std = 3.5 * outputs[:, :1], -1.5 + 1.5 * outputs[:, 1:]  # q stays on the grid
    standardised = (z_grid - mean) * ops.exp(-log_std)
    log_q = -0.5 * (np.log(2 * np.pi) + standardised**2) - log_std
    return -ops.sum(ops.exp(log_q) * (log_p - log_q), axis=-1) * dz


# %%
set_seed(SEED)
_, points = sample_model(N_POINTS, np.random.default_rng(SEED))
hidden = [layers.Dense(64, activation="tanh") for _ in range(2)]
encoder = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2, activation="tanh")])
encoder.compile(keras.optimizers.Adam(3e-3), loss=loss_on_grid)
log_p = log_joint(points[:, None], z_grid).astype("float32")
history = encoder.fit(points, log_p, batch_size=100, epochs=ENCODER_EPOCHS, verbose=0)


# %%
def two_gaps(x):
    """Log-evidence, approximation gap and amortization gap of points (n, 2), each (n,)."""
    log_p = log_joint(x[:, None], z_grid).astype("float32")
    elbo = -np.asarray(loss_on_grid(log_p, encoder(x)))
    best = best_elbo(log_p)[0]
    return log_evidence(log_p), log_evidence(log_p) - best, best - elbo


_, new_points = sample_model(2_000, np.random.default_rng(SEED + 1))
log_p_of_points, approximation, amortization = two_gaps(new_points)
print(f"mean of 2,000 new points: log p(x) {log_p_of_points.mean():.3f}")
print(f"approximation gap {approximation.mean():.3f}, amortization gap {amortization.mean():.3f}")
large = amortization > 1
share = amortization[large].sum() / amortization.sum()
print(f"amortization gap over 1 nat: {large.mean():.1%} of the points, {share:.0%} of its sum")

# %% [markdown] predict="two_gaps"
# **Predict.** Where in the plane will the approximation gap be large? And the amortization gap? Think of the points for which the best $q$ lies on one arm, while for their neighbours it lies on the other.
#
# *My prediction:* …

# %% alt="Two maps of the plane with the spiral. Left: the approximation gap is near 0 but for a dark band that runs between the two arms. Right: the amortization gap is near 0 along most of the spiral, and dark in sharply bounded regions at its ends."
maps = two_gaps(plane.reshape(-1, 2))
likely = maps[0] > -6  # elsewhere hardly any point lies
fig, axes = plt.subplots(1, 2, figsize=(8, 3.7), layout="constrained", sharey=True)
for ax, gap, title in zip(axes, maps[1:], ("approximation gap", "amortization gap")):
    gap = np.where(likely, gap, np.nan).reshape(len(axis), -1)
    image = ax.pcolormesh(axis, axis, gap, cmap="Blues", vmin=0, vmax=1)
    ax.plot(*decode(z_grid[np.abs(z_grid) < 2.6]).T, color="0.3", linewidth=1)
    ax.set(xlabel="$x_1$", aspect="equal", title=title)
axes[0].set_ylabel("$x_2$")
fig.colorbar(image, ax=axes, label="nats", extend="max")
plt.show()

# %% [markdown]
# Left, the approximation gap: it is close to 0 along the spiral and rises to 0.69 nats on a band halfway between the arms. There both arms explain the point equally well, a Gaussian can take only one of two equal modes, and $-\log \tfrac 1 2 = 0.69$ is what that costs. Right, the amortization gap: it is small along most of the spiral, but there are two regions with sharp edges, at the upper left and to the right of the centre, where it is over 1 nat. Both lie at the ends of the spiral. When a point crosses the band, the best $q$ jumps from one arm to the other. A network computes a continuous function, and ours has put its steep change near the line $x_1 = 0$ instead of along the band. Left of that line its $q$ lies on the inner arm even for points on the outer one, and right of it the other way round. (The streak below the centre shows that its training has not settled everywhere.)
#
# On average over new points the amortization gap is 0.39 nats and the approximation gap only 0.03. Nearly all of it comes from a few points: 5.4% have a gap over 1 nat, and they carry 91% of the sum. Points at the ends of the spiral are rare, and there is another reason why training leaves them: for each of them either arm is a local optimum of the ELBO. To get from one to the other, $q$ would have to cross the empty middle, where the ELBO is far lower, so no gradient points there. The mode that $q$ found first keeps it. Cremer et al. found the same ranking in VAEs of images: the encoder often costs more than the family.

# %% [markdown]
# ## Sum over pixels, not the mean
#
# A practical trap, since library losses average over everything. The ELBO **sums** over the pixels. If you average the reconstruction term over $D$ pixels and leave the KL term as it is, you maximise
#
# $$\frac 1 D\, \mathbb E_q[\log p(x \mid z)] - \mathrm{KL} .$$
#
# For Gaussian pixels, dividing the squared error by $2 \sigma^2 D$ instead of $2 \sigma^2$ is the same as multiplying the variance of the pixels by $D$. (The constants do not depend on $q$.) So the best $q$ of the wrong objective is the true posterior of another model, whose pixels are 784 times as noisy, and you have already written the function that computes it.

# %% [markdown] predict="mean_for_sum"
# **Predict.** What will the test image of the first Monte Carlo estimate look like when it is reconstructed from that $q$: a blurred 7, a pale 7, or the mean of all digits?
#
# *My prediction:* …

# %% alt="A seven and three images: reconstructed with the sum it is a blurred seven, with the mean over pixels nearly the mean image, which stands last."
z_sum, _ = map(np.asarray, linear_gaussian_posterior(x_784, W_784, b_784, log_var_784))
z_mean, _ = linear_gaussian_posterior(x_784, W_784, b_784, log_var_784 + np.log(784))
reconstructed = [W_784 @ np.asarray(z) + b_784 for z in (z_sum, z_mean)]
images = np.stack([x_784, *reconstructed, b_784]).reshape(4, 28, 28, 1)
fig, ax = plt.subplots(figsize=(7, 2.1), layout="constrained")
plots.image_grid(images, n_columns=4, ax=ax)
ax.set_xticks([14, 42, 70, 98], ["original", "sum over pixels", "mean over pixels", "mean image"])
ax.tick_params(length=0)
plt.show()
print(
    f"norm of the latent mean: sum {np.linalg.norm(z_sum):.2f}, mean {np.linalg.norm(z_mean):.2f}"
)

# %% [markdown]
# With the sum we see a blurred 7, which is all that a linear decoder of eight dimensions can do. With the mean over pixels the code has shrunk towards the prior's mean and what is left is close to the mean image. The KL term is weighted 784 times too heavily, so encoding does not pay. No error message appears. **Sum over the pixels, then average over the batch.**

# %% [markdown]
# ## A tighter bound
#
# Inside the ELBO each logarithm sees one sample of $q$ only. With $k$ samples one can do better. Give each sample the **importance weight** $w_j = p(x, z_j) / q(z_j)$. Its expectation is $p(x)$, so the average of several is an estimate of the evidence, and Jensen's inequality gives the **importance-weighted bound** (Burda et al., 2016):
#
# $$\log p(x) = \log\, \mathbb E\Big[ \frac 1 k \sum_{j=1}^{k} w_j \Big] \;\ge\; \mathbb E \Big[ \log \frac 1 k \sum_{j=1}^{k} w_j \Big], \qquad z_1, \dots, z_k \sim q \text{ independently}$$
#
# For $k = 1$ it is the ELBO. As $k$ grows the average fluctuates less, so the inequality loses less, and for $k \to \infty$ the bound reaches $\log p(x)$.

# %% [markdown]
# ### Exercise 9 · `importance_weighted_bound` (2 points)
#
# Return the estimate of the bound for each image from one set of $k$ samples, which lie along the **first** axis. For an image the weights are as small as $e^{-1000}$ or as large as $e^{1000}$, and neither fits into a floating-point number. You only get their logarithms.


# %% exercise="importance_weighted_bound"
def importance_weighted_bound(log_w):
    """The importance-weighted bound, Burda et al. 2016, eq. 8.

    Args:
        log_w: log p(x, z) − log q(z) for k samples and n images, (k, n); may be near ±1000.

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    return ops.logsumexp(log_w, axis=0) - np.log(len(log_w))
    # END SOLUTION


# %% [markdown] hints="importance_weighted_bound"
# 1. Multiply all weights of one image by the same number $e^{-c}$. What happens to the logarithm of their mean? Choose a $c$ for which no exponential overflows, and at least one does not round to 0.
# 2. With $c$ the largest logarithm of that image, the largest term of the sum becomes 1: $\log \sum_j e^{a_j} = c + \log \sum_j e^{a_j - c}$. Each image needs its own $c$.
# 3. Libraries have this sum under the name `logsumexp`, with an `axis`. The mean is the sum divided by $k$, so subtract $\log k$.

# %% [markdown]
# Try it: weights 1 and 3 have the mean 2, so the result should be log 2 = 0.693.

# %%
importance_weighted_bound(np.log(np.array([[1], [3]], dtype="float32")))


# %% check="importance_weighted_bound" points=2

# %% [markdown]
# We return to the two Gaussians for $x_B$: the mode-seeking one with its gap of 0.57 nats, and the mass-covering one with its gap of more than 21. For each we compute the bound with up to 1,024 samples, averaged over 2,000 repetitions.

# %% [markdown] predict="which_q"
# **Predict.** Which of the two has the tighter bound with $k = 64$? Will the mode-seeking one come closer to $\log p(x_B)$ as $k$ grows?
#
# *My prediction:* …

# %%
sizes = 2 ** np.arange(11)
bounds = {}
for name, (mean, log_std) in {"mode-seeking q": seeking, "mass-covering q": covering}.items():
    eps = generator.normal(size=(1_024, 2_000))
    z = mean + np.exp(log_std) * eps
    log_q_of_z = -0.5 * (np.log(2 * np.pi) + eps**2) - log_std
    log_w = (log_joint(observed["B"], z) - log_q_of_z).astype("float32")
    bounds[name] = np.array([np.mean(importance_weighted_bound(log_w[:k])) for k in sizes])

# %% alt="Bound against the number of samples: the mode-seeking q stays on a level half a nat below the dashed exact value; the mass-covering q starts far below, crosses it at 16 samples, and approaches the exact value."
curves = bounds | {"exact log p(x)": log_p_x_B}
ax = plots.lines(sizes, curves, xlabel="samples k", ylabel="bound, nats")
ax.set_xscale("log", base=2)
ax.set_ylim(log_p_x_B - 6, log_p_x_B + 0.5)
plt.show()
for k in (1, 8, 16, 64, 1_024):
    row = [f"{name} {bound[sizes == k][0]:7.2f}" for name, bound in bounds.items()]
    print(f"k = {k:>5}: " + ", ".join(row))
print(f"exact {log_p_x_B:.2f}")

# %% [markdown]
# The mass-covering $q$ starts more than 21 nats down, overtakes the other one at 16 samples, and has practically closed the gap with 1,024. The mode-seeking $q$ does not move at all. In theory its bound reaches $\log p(x)$, too, but only samples in the other mode can close the gap, and that mode lies more than 25 of its standard deviations away, so none was ever drawn. Many samples repair a $q$ that is too wide. They cannot repair one that has forgotten a mode, and the weights do not even show it: they are all nearly equal. This is worth remembering when a log-likelihood in a paper was estimated with importance sampling from a VAE's encoder.

# %% [markdown] answer="derive_the_bound" points=2
# **Written answer (2 points).** Here are two proofs of statements that are false in general. In each exactly one step is wrong. For each, name the step, say why it is wrong, and repair the statement so that it holds.
#
# **Proof 1.** *If a training step changes the decoder from $\theta$ to $\theta'$ and raises the ELBO of an image while $q$ stays the same, then the image has become more probable.*
#
# - (a) For every decoder $\log p_\theta(x) = \mathrm{ELBO}_\theta(q) + \mathrm{KL}\big(q(z)\,\|\,p_\theta(z \mid x)\big)$, as we derived.
# - (b) Since $q$ is the same before and after the step, so is the KL divergence.
# - (c) Subtracting (a) for $\theta$ from (a) for $\theta'$ gives $\log p_{\theta'}(x) - \log p_\theta(x)$ $= \mathrm{ELBO}_{\theta'}(q) - \mathrm{ELBO}_\theta(q)$ $> 0$.
#
# **Proof 2.** *No bound is needed: $\log p(x)$ can be estimated without bias from $k$ samples of $q$.*
#
# - (a) The weights $w_j = p(x, z_j) / q(z_j)$ have the expectation $\int q(z)\, \frac{p(x, z)}{q(z)}\, dz = p(x)$.
# - (b) So their mean $\hat p = \frac 1 k \sum_j w_j$ has the expectation $p(x)$.
# - (c) So $\log \hat p$ has the expectation $\log p(x)$.
#
# <!-- BEGIN SOLUTION -->
# **Proof 1** fails at (b). The true posterior $p_\theta(z \mid x)$ depends on the decoder, so the divergence changes although $q$ does not. The ELBO can rise because the step has moved the true posterior towards $q$, and $\log p(x)$ can fall meanwhile. *Repair:* the statement holds if $q$ is the true posterior under $\theta$, because then the divergence is 0 before the step and cannot become smaller (this is how the EM algorithm works); or in general: $\log p(x)$ rises at least by the rise of the ELBO minus the gap before the step.
#
# **Proof 2** fails at (c). Expectation and logarithm may not be exchanged; since the logarithm is concave, $\mathbb E[\log \hat p] \le \log \mathbb E[\hat p] = \log p(x)$ by Jensen. *Repair:* $\hat p$ is an unbiased estimate of $p(x)$, and $\log \hat p$ is on average a lower bound on $\log p(x)$, the importance-weighted bound, which becomes tight as the variance of $\hat p$ goes to 0. In the last figure the bound with one sample of the mass-covering q lies more than 21 nats too low on average.
#
# *Rubric.* For each proof ½ point for the right step with its reason (1: the true posterior moves with the decoder; 2: Jensen, or that the logarithm of an expectation is not the expectation of the logarithm), and ½ point for a repaired statement that is true. "The ELBO is only a lower bound", without a condition under which the statement holds, is no repair.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Recap
#
# You can now
#
# - **say** what makes a marginal likelihood intractable, and draw prior, joint density, evidence and true posterior where it is not,
# - **derive** the ELBO with Jensen's inequality and as $\log p(x)$ minus a KL divergence, and split it into reconstruction term and KL term,
# - **compute** the KL term in closed form and from samples, and the reconstruction term for Bernoulli and for Gaussian pixels with the σ that fits,
# - **solve** a linear model by completing the square, and verify $\log p(x) = \mathrm{ELBO} + \mathrm{KL}$ to five decimals,
# - **name and measure** what is lost: the approximation gap of a family that cannot tilt or has one mode, and the amortization gap of an encoder that has to serve all images,
# - **tighten** the bound with importance weights, and say when they cannot help.
#
# In `03_reparameterization` decoder and encoder become networks for images. The sum over a grid is then impossible, and the expectation under $q_\phi$ has to be estimated from samples. How does a gradient with respect to $\phi$ get through a sample? That is the one piece that is still missing.

# %% [markdown]
# ## Further reading
#
# - Kingma & Welling, *Auto-Encoding Variational Bayes*, ICLR 2014: the paper that introduced the VAE; its appendix B has the KL of exercise 2 for p = N(0, I).
# - Blei, Kucukelbir & McAuliffe, *Variational Inference: A Review for Statisticians*, Journal of the American Statistical Association 2017: families, mean field, and what the KL divergence seeks.
# - Bishop, *Pattern Recognition and Machine Learning*, 2006: section 2.3 completes squares, chapter 10 has mean-field inference and the two orders of the KL divergence.
# - Tipping & Bishop, *Probabilistic Principal Component Analysis*, Journal of the Royal Statistical Society B 1999: the linear model of this notebook, with proofs.
# - Cremer, Li & Duvenaud, *Inference Suboptimality in Variational Autoencoders*, ICML 2018: the two gaps, measured in real models.
# - Burda, Grosse & Salakhutdinov, *Importance Weighted Autoencoders*, ICLR 2016: the tighter bound, and training with it.
# - Rybkin, Daniilidis & Levine, *Simple and Effective VAE Training with Calibrated Decoders*, ICML 2021: the σ of exercise 5 at work.
