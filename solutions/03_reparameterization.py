# %% [markdown]
# # 03 · Reparameterization: backpropagating through a sample, and the first VAE
#
# ![A plane of latent codes, decoded on a grid of 20 by 20 at the quantiles of the prior: digits that turn into one another, some of them blurred.](pictures/03_reparameterization.png)
#
# *What you will have made: 400 latent codes at the quantiles of the prior, decoded by a variational autoencoder whose networks, loss and training step you will have written.*
#
# **You will learn** to *differentiate* an expectation with respect to the distribution that it is taken under, to *compare* two estimators of that gradient, to *write* a training step of a variational autoencoder, to *sample* and *reconstruct* with it, to *judge* its latent space beside that of an autoencoder, and to *recognise* a loss that is weighted wrongly.
#
# **Before you start.** Work through `02_elbo`. You need the ELBO with its two terms, the KL divergence between Gaussians, the chain rule, and a first acquaintance with Keras models.
#
# **Time and points.** About 130 minutes, 17 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import codes, data, plots, reference
from vaelib.explorer import latent_explorer
from vaelib.losses import bernoulli_nll, negative_elbo
from vaelib.models import VAE
from vaelib.plots.diagrams import model_diagram
from vaelib.plots.graphs import computation_graph
from vaelib.training import budget, set_seed

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from matplotlib.collections import EllipseCollection

# %%
SEED = 3
N_SAMPLES = 100_000  # for the estimates of a gradient in one dimension,
N_WIDE = 10_000  # and in up to 256 dimensions
BATCH_SIZE = 128
EPOCHS = budget(cpu=6, gpu=20)  # of the models with a two-dimensional latent space, on all images
N_SMALL = 20_000  # images for the models with ten latent dimensions,
LARGE_BATCH, LARGE_STEP = 500, 3e-3  # with larger batches and larger steps
SMALL_EPOCHS = budget(cpu=8, gpu=20)

# %% [markdown]
# ## The question
#
# In `02_elbo` the decoder was linear or its latent space had a single dimension, so that we could compute everything and check the ELBO against it. From now on both maps are networks. The **encoder**, with parameters $\phi$, maps an image $x$ to the mean and the log-variance of its approximate posterior $q_\phi(z\mid x)$. The **decoder**, with parameters $\theta$, maps a latent code $z$ to the logits of all pixels, that is, to $p_\theta(x\mid z)$. The evidence $\log p_\theta(x)$ is intractable, so we maximise its lower bound over both sets of parameters by gradient ascent:
#
# $$\mathrm{ELBO}_{\theta,\phi}(x) = \mathbb E_{q_\phi(z\mid x)}\big[\log p_\theta(x\mid z)\big] - \mathrm{KL}\big(q_\phi(z\mid x)\,\|\,p(z)\big).$$
#
# The KL term is a closed-form function of mean and log-variance, so its gradient is ordinary backpropagation. The reconstruction term is an expectation, and we can only estimate it from samples. Can we estimate its gradient from samples, too?
#
# For the decoder the answer is yes, because $\theta$ stands inside the expectation alone:
#
# $$\begin{aligned} \nabla_\theta\, \mathbb E_{q_\phi(z\mid x)}\big[\log p_\theta(x\mid z)\big] &= \nabla_\theta \int q_\phi(z\mid x)\, \log p_\theta(x\mid z)\, dz && \text{definition} \\ &= \int q_\phi(z\mid x)\, \nabla_\theta \log p_\theta(x\mid z)\, dz && q_\phi \text{ does not depend on } \theta \\ &= \mathbb E_{q_\phi(z\mid x)}\big[\nabla_\theta \log p_\theta(x\mid z)\big]. && \text{definition} \end{aligned}$$
#
# (Derivative and integral may be exchanged for the functions that we use, which are continuous, and smooth almost everywhere.) The result is again an expectation under $q_\phi$: sample $z$, backpropagate through the decoder, average.
#
# For the encoder it is the other way round. Write $f(z)$ for $\log p_\theta(x\mid z)$, in which $\phi$ does not occur:
#
# $$\nabla_\phi\, \mathbb E_{q_\phi(z\mid x)}\big[f(z)\big] = \nabla_\phi \int q_\phi(z\mid x)\, f(z)\, dz = \int f(z)\, \nabla_\phi\, q_\phi(z\mid x)\, dz .$$
#
# Now the derivative falls on the density. What is left is not an expectation, because $\nabla_\phi q_\phi$ is not a density: it takes negative values, and integrates to 0. Moving $\nabla_\phi$ under the expectation all the same would give $\mathbb E_{q_\phi}[\nabla_\phi f(z)] = 0$, because $f$ does not contain $\phi$. That is wrong, since changing $\phi$ changes which $z$ we see. How do we differentiate through a sample?

# %% [markdown]
# ## A model problem with a known answer
#
# We leave images aside for a while. Let $z$ have one dimension, $q = N(\mu, \sigma^2)$, and $f(z) = z^2$. The parameters are $\mu$ and the **log-variance** $\lambda = \log \sigma^2$, so that $\sigma = e^{\lambda/2}$. An encoder outputs $\lambda$ instead of $\sigma$ because any real number is a valid log-variance, while a standard deviation has to be positive. We keep this parameterisation throughout.
#
# Since $\mathbb E[z^2] = \mu^2 + \sigma^2 = \mu^2 + e^\lambda$, we know the gradient: $2\mu$ with respect to $\mu$, and $e^\lambda$ with respect to $\lambda$. With $\mu = 0.5$ and $\lambda = 0$ both are 1. `tf.GradientTape` should find them: it records the operations of a computation and differentiates them by the chain rule.

# %% [markdown] predict="numpy_sample"
# **Predict.** We sample $z$ from $N(\mu, e^\lambda)$ with numpy, and ask the tape for the derivative of the average of $z^2$ with respect to $\mu$. What will it return: *about 1*, *0*, or *neither*?
#
# *My prediction:* …

# %%
mean, log_var = tf.Variable(0.5), tf.Variable(0.0)
generator = np.random.default_rng(SEED)
with tf.GradientTape() as tape:
    std = np.exp(log_var.numpy() / 2)
    z = tf.constant(generator.normal(mean.numpy(), std, size=N_SAMPLES).astype("float32"))
    loss = tf.reduce_mean(z**2)
print(
    f"the average of z² is {loss:.2f}, its derivatives are {tape.gradient(loss, [mean, log_var])}"
)

# %% [markdown]
# The average is right, $0.25 + 1$. The gradient is `None`, which is not the same as 0: in the computation graph there is no path from the loss back to $\mu$ or $\lambda$. numpy took two numbers and returned others, and how these would change with $\mu$ is not part of the graph.
#
# Inside a larger model such a gap is easily overlooked. Run eagerly, a VAE that samples its codes with numpy trains without an error message, since the KL term still reaches the encoder, but the encoder learns nothing from the reconstruction term.

# %% [markdown]
# ## Reparameterization
#
# The way out is to sample first, from a distribution *without parameters*, and to compute $z$ from that sample. If $\varepsilon \sim N(0, 1)$, then $\mu + \sigma\varepsilon$ is Gaussian with mean $\mu$ and variance $\sigma^2$: it is the affine map of `01_autoencoder`, in one dimension. So
#
# $$\begin{aligned} \nabla_\phi\, \mathbb E_{z\sim N(\mu, \sigma^2)}\big[f(z)\big] &= \nabla_\phi\, \mathbb E_{\varepsilon\sim N(0, 1)}\big[f(\mu + \sigma\varepsilon)\big] && \mu + \sigma\varepsilon \text{ is distributed as } z \\ &= \mathbb E_{\varepsilon\sim N(0, 1)}\big[\nabla_\phi f(\mu + \sigma\varepsilon)\big] && N(0, 1) \text{ does not depend on } \phi \end{aligned}$$
#
# with $\phi = (\mu, \lambda)$. The second line is the step that was allowed for the decoder and forbidden for the encoder: now $\phi$ stands inside the expectation alone, and the right side can be estimated from samples of $\varepsilon$. This is the **reparameterization trick** (Kingma & Welling 2013; Rezende et al. 2014). It asks for two things: $f$ must be differentiable, and $z$ must be a differentiable function of the parameters and of noise that does not depend on them. A Gaussian has such a function. A category has none, since a small change of its probabilities changes no sample at all, or makes it jump.

# %% alt="Two computation graphs. On the left μ and λ lead to a stochastic node z and on to f(z), and the gradient stops at z. On the right ε is the stochastic node, z is computed from μ, λ and ε, and the gradient passes through z to μ and λ."
fig, axes = plt.subplots(1, 2, figsize=(8, 3.3), layout="constrained")
parameters, rest = {"μ": (0, 1), "λ": (0, 0)}, {"z": (1.4, 0.5), "f(z)": (2.8, 0.5)}
edges = [("μ", "z"), ("λ", "z"), ("z", "f(z)")]
backwards = {("μ", "z"): False, ("λ", "z"): False, ("z", "f(z)"): True}
computation_graph(parameters | rest, edges, sampled=["z"], gradients=backwards, ax=axes[0])
axes[0].set(title="z is sampled", ylim=(-0.5, 2.1))
nodes = parameters | {"ε": (1.4, 1.6)} | rest
backwards = dict.fromkeys(edges, True)
computation_graph(nodes, [*edges, ("ε", "z")], sampled=["ε"], gradients=backwards, ax=axes[1])
axes[1].set(title="z = μ + exp(λ/2) · ε", ylim=(-0.5, 2.1))
plt.show()

# %% [markdown]
# Shaded circles are **stochastic nodes**, boxes are computed or given; solid arrows lead forward, dashed ones are gradients on their way back. On the left the stochastic node stands between the parameters and $f$, and the gradient ends there. On the right the randomness has moved to an input, which needs no gradient, and the way from $f$ through $z$ to $\mu$ and $\lambda$ consists of a sum, a product and an exponential.

# %% [markdown]
# ### Exercise 1 · `reparameterize` (1 point)
#
# A warm-up. Compute the latent codes from means, **log-variances** and noise.
#
# In this and all exercises: leave the arguments as they are, and work on new arrays. A check that passes says what it tried. When your work is graded, hidden checks also try your function on other shapes and on extreme values, within what its docstring says.


# %% exercise="reparameterize"
def reparameterize(z_mean, z_log_var, eps):
    """The latent code that a sample of noise gives.

    Args:
        z_mean: (n, d).
        z_log_var: logarithm of the variance, (n, d).
        eps: noise from N(0, I), (n, d).

    Returns:
        z, (n, d).
    """
    # BEGIN SOLUTION
    return z_mean + ops.exp(0.5 * z_log_var) * eps
    # END SOLUTION


# %% [markdown]
# Try it: mean 1, variance 4 and noise 0.5 should give the code 2.

# %%
one = np.ones((1, 1), dtype="float32")
reparameterize(one, np.log(4 * one), 0.5 * one)


# %% check="reparameterize" points=1

# %% [markdown]
# What does it change that the noise is sampled first? We let the standard deviation grow from 0 to 2 at $\mu = 1$, and estimate $\mathbb E[z^2] = 1 + \sigma^2$ from 40 samples at each $\sigma$: once with the same 40 samples of $\varepsilon$ for all $\sigma$, once with fresh ones for each.

# %% alt="Four panels against σ. With fixed noise the codes lie on a fan of straight lines and the estimate of E[z²] is a smooth curve close to the exact one; with fresh noise the codes are a cloud of points and the estimate is a jagged curve around the exact one."
sigmas = np.linspace(0.02, 2, 60, dtype="float32")[:, None]
fixed = generator.normal(size=(1, 40)).astype("float32") + 0 * sigmas
fresh = generator.normal(size=(60, 40)).astype("float32")
fig, axes = plt.subplots(2, 2, figsize=(8, 5), sharex=True, sharey="row", layout="constrained")
for (above, below), noise, style in zip(axes.T, (fixed, fresh), ("-", "."), strict=True):
    z = np.asarray(reparameterize(np.ones_like(noise), 2 * np.log(sigmas + 0 * noise), noise))
    colour = plt.get_cmap("cividis")(0.2)
    above.plot(sigmas, z, style, color=colour, linewidth=0.7, markersize=2, alpha=0.6)
    below.plot(sigmas, np.mean(z**2, axis=1), color=colour, label="40 samples")
    below.plot(sigmas, 1 + sigmas**2, "--", color="0.4", label="exact")
    below.set_xlabel("standard deviation σ")
axes[0, 0].set(title="fixed noise", ylabel="latent code z")
axes[0, 1].set(title="fresh noise for each σ")
axes[1, 0].set(ylabel="estimate of E[z²]")
axes[1, 0].legend(frameon=False)
plt.show()

# %% [markdown]
# In the upper left panel each sample of $\varepsilon$ traces a line: $z$ is a smooth function of $\sigma$ once $\varepsilon$ is fixed. The average of their squares below is smooth, too, so it has a derivative. It is not the exact curve, because 40 samples have an error, but neighbouring points share this error, so that its slope is about as accurate as its height. With fresh noise each point has an error of its own, the curve is jagged, and the slope between neighbouring points has an error that grows without bound as they move closer. Within one step of training the noise is fixed in just this sense: $\varepsilon$ is a number like any other, and the tape differentiates with $\varepsilon$ held constant.

# %%
eps = generator.normal(size=(N_SAMPLES, 1)).astype("float32")
with tf.GradientTape() as tape:
    z = mean + tf.exp(0.5 * log_var) * eps
    loss = tf.reduce_mean(z**2)
print("derivatives for μ and λ:", [f"{g:.3f}" for g in tape.gradient(loss, [mean, log_var])])

# %% [markdown]
# Both are close to the exact value, 1. You may meet code that calls `tf.random.normal` with a mean and a standard deviation, and trains all the same. It samples standard normal noise and computes $\mu + \sigma\varepsilon$ inside, with operations that are part of the graph, so it is the same trick behind one call.

# %% [markdown]
# ## The score-function estimator
#
# There is another way, which is older and needs no reparameterization. We return to the integral at which we got stuck, and turn it into an expectation under $q_\phi$ by multiplying and dividing by the density:
#
# $$\begin{aligned} \nabla_\phi\, \mathbb E_{q_\phi}\big[f(z)\big] &= \int f(z)\, \nabla_\phi\, q_\phi(z)\, dz && \text{as above} \\ &= \int f(z)\, q_\phi(z)\, \nabla_\phi \log q_\phi(z)\, dz && \text{since } \nabla \log q = \nabla q / q \\ &= \mathbb E_{q_\phi}\big[f(z)\, \nabla_\phi \log q_\phi(z)\big]. && \text{definition} \end{aligned}$$
#
# The factor $\nabla_\phi \log q_\phi$ is called the **score**, and averaging the product over samples is the **score-function estimator**, which reinforcement learning knows as REINFORCE. It does not differentiate $f$ at all: a change of $\phi$ makes some samples more probable and others less, and these changes are weighted by the values of $f$. So $f$ may be a black box, and $z$ may be a category. What does this generality cost? We build both estimators and compare.

# %% [markdown]
# ### Exercise 2 · `score_function_gradient` (2 points)
#
# Derive the score of a Gaussian in one dimension. With $\lambda = \log\sigma^2$ its log-density is
#
# $$\log q(z) = -\frac{\lambda}{2} - \frac{(z - \mu)^2}{2}\, e^{-\lambda} + \text{const}.$$
#
# Take its derivatives with respect to $\mu$ and with respect to $\lambda$, on paper. Return the estimator's value **for each sample**, without averaging, since we want to see how these values scatter.


# %% exercise="score_function_gradient"
def score_function_gradient(f_z, z, mean, log_var):
    """The score-function estimator of the gradient of E[f(z)], for each sample.

    Args:
        f_z: f at each sample, (n,).
        z: samples from N(mean, exp(log_var)), (n,).
        mean: a number.
        log_var: logarithm of the variance, a number.

    Returns:
        The gradients for mean and for log_var, both (n,).
    """
    # BEGIN SOLUTION
    eps = (z - mean) * np.exp(-0.5 * log_var)
    return f_z * eps * np.exp(-0.5 * log_var), f_z * (eps**2 - 1) / 2
    # END SOLUTION


# %% [markdown] hints="score_function_gradient"
# 1. Only terms that contain the parameter matter: for $\mu$ the quadratic one, for $\lambda$ both. The factor $f(z)$ contains neither.
# 2. For $\mu$ the chain rule brings down a factor $-2$ from the square, which cancels $-\tfrac12$. For $\lambda$ the derivative of $e^{-\lambda}$ is $-e^{-\lambda}$.
# 3. The two scores are $(z - \mu)\, e^{-\lambda}$ and $\tfrac12 \big((z - \mu)^2 e^{-\lambda} - 1\big)$. Multiply each by `f_z`.

# %% [markdown]
# Try it: with mean 0 and variance 1, a sample at 2 with $f = 1$ should give 2 for the mean and 1.5 for the log-variance.

# %%
score_function_gradient(np.ones(1), 2 * np.ones(1), 0.0, 0.0)


# %% check="score_function_gradient" points=2

# %% [markdown]
# ### Exercise 3 · `pathwise_gradient` (1 point)
#
# The reparameterized estimator is also called **pathwise**, because it follows the path from $\mu$ and $\lambda$ to $z = \mu + e^{\lambda/2}\varepsilon$ and on to $f$. Write down by hand what the tape did above: the derivative of $f(z)$ with respect to both parameters, for each sample. The derivative $f'(z)$ is given.


# %% exercise="pathwise_gradient"
def pathwise_gradient(df_dz, eps, log_var):
    """The reparameterized estimator of the gradient of E[f(z)], for each sample.

    Args:
        df_dz: the derivative of f at each sample z = mean + exp(log_var / 2) · eps, (n,).
        eps: noise from N(0, 1), (n,).
        log_var: logarithm of the variance, a number.

    Returns:
        The gradients for mean and for log_var, both (n,).
    """
    # BEGIN SOLUTION
    return df_dz, df_dz * eps * np.exp(0.5 * log_var) / 2
    # END SOLUTION


# %% [markdown]
# Try it: where $f$ has the derivative 3, noise 2 with variance 1 should give 3 for the mean and 3 for the log-variance.

# %%
pathwise_gradient(3 * np.ones(1), 2 * np.ones(1), 0.0)


# %% check="pathwise_gradient" points=1

# %% [markdown]
# ## Both are unbiased. How noisy are they?
#
# We take $\mu = 0.5$, $\lambda = 0$ and 100,000 samples, and look at the derivative with respect to $\mu$: first for $f(z) = z^2$, where it is $2\mu = 1$, then for $f(z) = \cos z$. There $\mathbb E[\cos z] = e^{-\sigma^2/2}\cos\mu$, so that it is $-e^{-1/2} \sin 0.5 = -0.291$.

# %%
eps = generator.normal(size=N_SAMPLES)
z = 0.5 + eps
gradients = {}
for text, f, df_dz in (("z²", z**2, 2 * z), ("cos z", np.cos(z), -np.sin(z))):
    score = np.asarray(score_function_gradient(f, z, 0.5, 0.0)[0])
    pathwise = np.asarray(pathwise_gradient(df_dz, eps, 0.0)[0])
    gradients[text] = {"score function": score, "pathwise": pathwise}
    for name, values in gradients[text].items():
        print(f"{text:>5}, {name:14}: mean {values.mean():6.3f}, σ {values.std():5.2f}")

# %% [markdown]
# The means agree with the exact values, as they should: both estimators are **unbiased**. Training averages over a batch, so let us look at averages of 100 samples each.

# %% alt="Histograms of the estimated derivative from 100 samples: for z² both are bells around the dashed exact value 1, and the score function's is twice as wide; for cos z the two bells have nearly the same width."
fig, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for ax, (text, samples), exact in zip(axes, gradients.items(), (1, -0.291), strict=True):
    averages = {name: values.reshape(-1, 100).mean(axis=1) for name, values in samples.items()}
    plots.histograms(averages, xlabel=f"derivative for μ from 100 samples, f(z) = {text}", ax=ax)
    ax.axvline(exact, color="black", linestyle="--", label="exact")
    ax.locator_params(axis="x", nbins=5)
axes[0].legend(frameon=False, loc="upper right", fontsize=8)
axes[1].get_legend().remove()
plt.show()

# %% [markdown]
# For $z^2$ the values of the score-function estimator have a standard deviation of 4.3 and the pathwise ones of 2.0. The error of an average falls as $1/\sqrt n$, so for the same precision the score function needs more than four times as many samples.
#
# It is not a law that the pathwise estimator wins. For $\cos z$ the score function is even a little better, 0.56 against 0.61. The noise of the score-function estimator grows with the size of $f$, that of the pathwise one with the size of $f'$, and which is larger depends on $f$.

# %% [markdown]
# ## A control variate
#
# The score-function estimator has a weakness that can be removed. Add a constant to $f$.

# %% [markdown] predict="constant"
# **Predict.** We use $f(z) = z^2 + 1000$. The derivative of its expectation is still 1. What happens to the standard deviation of the score-function estimator, which was about 4: *nothing*, *it grows a little*, *it grows more than a hundredfold*?
#
# *My prediction:* …

# %%
shifted = np.asarray(score_function_gradient(z**2 + 1000, z, 0.5, 0.0)[0])
print(f"mean {shifted.mean():.1f}, σ {shifted.std():.0f}")

# %% [markdown]
# The standard deviation is about a thousand, so that even the mean of 100,000 samples has an error of about 3. The constant carries no information, but it is multiplied by the score, which is positive for some samples and negative for others. Subtracting a constant $b$ from $f$ does no harm, because the score has expectation 0,
#
# $$\mathbb E_q\big[\nabla_\phi \log q_\phi(z)\big] = \int q_\phi\, \frac{\nabla_\phi\, q_\phi}{q_\phi}\, dz = \nabla_\phi \int q_\phi(z)\, dz = \nabla_\phi\, 1 = 0,$$
#
# and so $\mathbb E[(f - b)\,\nabla\log q] = \mathbb E[f\,\nabla\log q]$. Such a $b$ is called a **baseline**. It is a special case of a **control variate**: a quantity whose expectation is known, here 0 for $b$ times the score, which we subtract to cancel noise. A value near the mean of $f$ is a good choice of $b$. But if we take the mean of *all* samples, then $b$ depends on each $z_i$, the argument above breaks down, and the estimator is slightly biased. The **leave-one-out baseline** of a sample avoids this: it is the mean of $f$ over all *other* samples, so it does not depend on $z_i$, and since the samples are independent, the expectation of $b_i$ times the score of $z_i$ is the product of the two expectations, of which the second is 0.

# %% [markdown]
# ### Exercise 4 · `leave_one_out_baseline` (2 points)
#
# Compute the leave-one-out baseline of every sample. For our 100,000 samples an $n \times n$ matrix would take 80 GB, and a loop that averages the others for each sample would take minutes, so find a way whose time and memory grow as $n$.


# %% exercise="leave_one_out_baseline"
def leave_one_out_baseline(f_z):
    """The mean of f over all other samples.

    Args:
        f_z: f at each sample, (n,) with n at least 2.

    Returns:
        b, (n,). The estimator then uses f_z − b in place of f_z.
    """
    # BEGIN SOLUTION
    return (np.sum(f_z) - f_z) / (len(f_z) - 1)
    # END SOLUTION


# %% [markdown] hints="leave_one_out_baseline"
# 1. How does the sum over all *other* samples differ from the sum over all samples?
# 2. One sum over the whole array is enough: subtracting the array from that number gives all $n$ sums at once.
# 3. How many values does each of these sums have? Divide by that number.

# %% [markdown]
# Try it: for the values 1, 2 and 6 the baselines should be 4, 3.5 and 1.5.

# %%
leave_one_out_baseline(np.array([1.0, 2.0, 6.0]))


# %% check="leave_one_out_baseline" points=2

# %%
for text, f in (("z²", z**2), ("z² + 1000", z**2 + 1000)):
    centred = f - np.asarray(leave_one_out_baseline(f))
    with_baseline = np.asarray(score_function_gradient(centred, z, 0.5, 0.0)[0])
    print(f"{text:>9}: mean {with_baseline.mean():.3f}, σ {with_baseline.std():.2f}")

# %% [markdown]
# The constant has no effect any more, and for $z^2$ itself the standard deviation falls from 4.3 to 3.5. Is the score-function estimator good enough, then? The latent space of a VAE does not have one dimension but ten or fifty.

# %% [markdown]
# ## More dimensions
#
# Let $z$ have $d$ independent dimensions with $\sigma = 1$. The first mean is 0.5, all others are 0. We watch one number, the derivative with respect to the **first** mean, for two functions:
#
# $$f_{\text{separable}}(z) = \sum_j z_j^2 \qquad\qquad f_{\text{coupled}}(z) = \Big(\sum_j z_j\Big)^2$$
#
# In the first each dimension contributes by itself; in the second every dimension interacts with every other. The expectation is $\mu_1^2 + d$ for both, and so the exact derivative is $2\mu_1 = 1$ for both and for every $d$.

# %% [markdown] predict="dimensions"
# **Predict.** From $d = 1$ to $d = 256$, by which factor does the standard deviation grow? Separable: pathwise …, score function with baseline …. Coupled: pathwise …, score function with baseline ….
#
# *My prediction:* …


# %%
def deviations(d, coupled):
    """Standard deviations of three estimators of the derivative for the first mean."""
    eps = generator.normal(size=(N_WIDE, d))
    z = eps + 0.5 * (np.arange(d) == 0)
    f_z = z.sum(axis=1) ** 2 if coupled else (z**2).sum(axis=1)
    df_dz = 2 * z.sum(axis=1) if coupled else 2 * z[:, 0]  # for the first dimension
    centred = f_z - np.asarray(leave_one_out_baseline(f_z))
    return (
        np.std(score_function_gradient(f_z, z[:, 0], 0.5, 0.0)[0]),
        np.std(score_function_gradient(centred, z[:, 0], 0.5, 0.0)[0]),
        np.std(pathwise_gradient(df_dz, eps[:, 0], 0.0)[0]),
    )


# %% alt="Standard deviation against the latent dimension on logarithmic axes. Left, separable: pathwise stays flat at 2, the score function rises to 257 and with a baseline to 23. Right, coupled: pathwise rises to 32, both score-function curves to several hundred."
dimensions = 2 ** np.arange(9)
names = "score function", "score function, baseline", "pathwise"
fig, axes = plt.subplots(1, 2, figsize=(8.5, 3.6), sharey=True, layout="constrained")
for ax, coupled, title in zip(axes, (False, True), ("separable f", "coupled f"), strict=True):
    found = np.array([deviations(d, coupled) for d in dimensions])
    curves = dict(zip(names, found.T, strict=True))
    plots.lines(dimensions, curves, xlabel="latent dimension d", ylabel="standard deviation", ax=ax)
    ax.set_xscale("log", base=2)
    ax.set(yscale="log", title=title)
    for name, values in curves.items():
        print(f"{title:11}, {name:24}: {values[0]:5.2f} at d = 1, {values[-1]:6.1f} at d = 256")
axes[1].get_legend().remove()
plt.show()

# %% [markdown]
# For the separable function the pathwise estimator has the same standard deviation for every $d$, 2.0. For the coupled one it grows as $\sqrt d$, to 32, so independence of the dimension is not a law. The score function grows faster in both cases: as $d$ without a baseline, and with one as $\sqrt d$ for the separable and again as $d$ for the coupled function. At $d = 256$ the pathwise estimator is better by a factor of about ten in both panels, even with the baseline, and that is a factor of a hundred in samples.

# %% [markdown] answer="why_noisier" points=2
# **Written answer (2 points).** What does each of the two estimators know about $f$? Use this to explain why the *other* dimensions disturb the score-function estimator of the derivative for the first mean even where $f$ is separable. Then say what changes for the coupled function, and why the pathwise estimator is still ahead there.
#
# <!-- BEGIN SOLUTION -->
# The score-function estimator knows the value of $f$ at each sample and nothing else. The value is a sum to which all dimensions contribute, and the whole sum is multiplied by the score of the first. The contributions of the $d - 1$ others are independent of $z_1$, so on average their product with the score is 0, but in each sample it is not, and this noise grows with $d$. A baseline removes the mean of the contributions and leaves their scatter.
#
# The pathwise estimator knows the derivative $\partial f/\partial z_1$ at each sample. If $f$ is separable, the terms of the other dimensions drop out of it and add neither signal nor noise. If $f$ is coupled, the derivative contains the other dimensions, here $2\sum_j z_j$, so it becomes noisy as well. But it is a sum of $d$ independent terms with a scatter of order $\sqrt d$, whereas the value of $f$ is the square of that sum, whose scatter is of order $d$.
#
# *Rubric.* 1 point: the score function uses only the value of $f$, in which all dimensions stand, while the pathwise estimator uses the derivative with respect to $z_1$, from which the separable terms drop out. 1 point: for the coupled function the other dimensions stand in the derivative as well, so that "independent of the dimension" is no general law; with a reason why the value scatters more than the derivative (order $d$ against $\sqrt d$, or the values read off the figure).
# <!-- END SOLUTION -->

# %% [markdown]
# ## The first VAE: two networks and a loss
#
# With the pathwise estimator one sample for each image is usual, and it will turn out to be enough. The loss is minus the ELBO of that sample,
#
# $$\mathcal L(x) = -\log p_\theta(x\mid z) + \mathrm{KL}\big(q_\phi(z\mid x)\,\|\,N(0, I)\big), \qquad z = \mu_\phi(x) + \sigma_\phi(x)\, \varepsilon ,$$
#
# and both terms were exercises of `02_elbo`. `vaelib.losses` has them, and their sum as `negative_elbo(x, logits, z_mean, z_log_var)`: `bernoulli_nll(x, logits)` plus `kl_divergence(z_mean, z_log_var, 0, 0)`, the prior having mean 0 and log-variance 0. Both terms are *sums*, over pixels and over latent dimensions, and there is one value for each image, of shape (n,). Only over the batch do we average. Further down we will see what happens if one averages elsewhere.

# %% [markdown]
# ### Exercise 5 · `build_vae_mlp` (2 points)
#
# Build the two networks from dense layers.
#
# - The **encoder** flattens images (n, 28, 28, 1), has a hidden layer of 512 units with ReLU, and ends in two **heads**, separate dense layers of `latent_dim` units that are both fed by the 512: one for `z_mean`, one for `z_log_var`. Which activations, if any, suit a mean, and which a log-variance?
# - The **decoder** goes from codes (n, `latent_dim`) over 512 units with ReLU to 784 logits, reshaped to (n, 28, 28, 1).
#
# An encoder with two outputs is no `keras.Sequential`. In Keras's functional style one starts from an input such as `x = keras.Input((28, 28, 1))` and calls each layer on the result of the one before: `h = layers.Flatten()(x)`. The first parentheses make the layer, the second ones use it. At the end, `keras.Model(x, [a, b])` is a model with two outputs.


# %% exercise="build_vae_mlp"
def build_vae_mlp(latent_dim=2):
    """The encoder and the decoder of a dense VAE.

    Args:
        latent_dim: the dimension of the latent space.

    Returns:
        encoder: a `keras.Model` from (n, 28, 28, 1) to z_mean and z_log_var, both (n, latent_dim).
        decoder: a `keras.Model` from (n, latent_dim) to logits (n, 28, 28, 1).
    """
    # BEGIN SOLUTION
    x = keras.Input((28, 28, 1))
    h = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    z_mean = layers.Dense(latent_dim, name="z_mean")(h)
    z_log_var = layers.Dense(latent_dim, name="z_log_var")(h)
    encoder = keras.Model(x, [z_mean, z_log_var], name="encoder")

    z = keras.Input((latent_dim,))
    h = layers.Dense(512, activation="relu")(z)
    logits = layers.Reshape((28, 28, 1))(layers.Dense(784)(h))
    return encoder, keras.Model(z, logits, name="decoder")
    # END SOLUTION


# %% [markdown] hints="build_vae_mlp"
# 1. A mean can be any real number, and so can the logarithm of a variance, and so can a logit. What does an activation such as ReLU do to that?
# 2. The hidden layer is made and called once, and both heads are called on its output `h`. With one layer for both outputs, mean and log-variance would share their weights.
#
#    ```python
#    mean_head, log_var_head = layers.Dense(latent_dim), layers.Dense(latent_dim)
#    ```
# 3. No activation on the two heads and on the logits. The decoder begins with `keras.Input((latent_dim,))` and ends with a dense layer of $784 = 28 \cdot 28$ units and `layers.Reshape((28, 28, 1))`. Return encoder and decoder, in this order.

# %% [markdown]
# Try it: with a 2-dimensional latent space encoder and decoder should have 807,700 parameters together.

# %%
encoder, decoder = build_vae_mlp(latent_dim=2)
encoder.count_params() + decoder.count_params()


# %% check="build_vae_mlp" points=2

# %% alt="A diagram of the encoder: the image is flattened, goes through a dense layer of 512 units with ReLU, and ends in two linear heads for z_mean and z_log_var."
model_diagram(encoder)
plt.show()

# %% [markdown]
# The diagram shows the two heads side by side over one hidden layer: each image gets a Gaussian of its own, with its own mean and its own variances. One network computes them for every image, also for images never seen, where one could search for them image by image. This is what `02_elbo` called amortized inference.

# %% [markdown]
# ### Exercise 6 · `train_step` (3 points)
#
# A problem. Write one step of training, from a batch of images to new weights in **both** networks. The noise comes as an argument, so that a step can be repeated exactly. You decide what has to happen while the tape records, which weights the optimizer has to change, and where to average: the loss is `negative_elbo`, averaged over the batch.
#
# We will compile your function, so write it with `tf`, `keras.ops` and the networks themselves; numpy would stop the gradient. You may call your `reparameterize`. Of a Keras model, `model.trainable_weights` is the list of its weights, and an optimizer has the method `apply_gradients`, which takes pairs of a gradient and a weight.


# %% exercise="train_step"
def train_step(encoder, decoder, optimizer, x, eps):
    """One step of training on minus the ELBO; it changes the weights of both networks.

    Args:
        encoder: a Keras model from images to z_mean and z_log_var.
        decoder: a Keras model from latent codes to logits, in the shape of the images.
        optimizer: of Keras, such as `keras.optimizers.Adam(1e-3)`.
        x: images in [0, 1], (n, …).
        eps: noise from N(0, I), (n, latent_dim).

    Returns:
        The loss before the step, a scalar tensor: minus the ELBO, averaged over the batch.
    """
    # BEGIN SOLUTION
    weights = encoder.trainable_weights + decoder.trainable_weights
    with tf.GradientTape() as recorder:
        z_mean, z_log_var = encoder(x)
        logits = decoder(reparameterize(z_mean, z_log_var, eps))
        loss = ops.mean(negative_elbo(x, logits, z_mean, z_log_var))
    optimizer.apply_gradients(zip(recorder.gradient(loss, weights), weights))
    return loss
    # END SOLUTION


# %% [markdown] hints="train_step"
# 1. All that leads from the weights to the loss has to stand inside `with tf.GradientTape() as tape:`: encode, reparameterize, decode, compute the loss. What comes afterwards, gradients and their use, stands outside.
# 2. Lists can be added: `weights = encoder.trainable_weights + decoder.trainable_weights`. The call `tape.gradient(loss, weights)` then gives a list of gradients in the same order.
# 3. The loss is `ops.mean(negative_elbo(x, logits, z_mean, z_log_var))`; after the `with` block comes `optimizer.apply_gradients(zip(gradients, weights))`, and the function returns the loss.

# %% [markdown]
# Try it on one batch of 20 digits. Six steps with the same images and the same noise should lower the loss at every step, from about 543 to below 500.

# %%
mnist = data.load_mnist()
x_train, x_test = mnist.x_train, mnist.x_test
batch, adam = tf.constant(x_train[:20]), keras.optimizers.Adam(1e-3)
[round(float(train_step(encoder, decoder, adam, batch, tf.ones((20, 2)))), 1) for _ in range(6)]


# %% check="train_step" points=3

# %% [markdown]
# Now all parts meet, and you wrote them: reparameterization, networks, training step. Each step gets fresh noise, one row for each image. `tf.function` compiles the step, which computes the same in less time.

# %%
set_seed(SEED)
encoder, decoder = build_vae_mlp(latent_dim=2)
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(encoder.trainable_weights + decoder.trainable_weights)  # before it is compiled
compiled_step = tf.function(train_step, autograph=False)

# %% alt="The loss falls steeply from the dotted line at 543 nats per image to about 220 within 50 steps, and slowly to about 200 after 200."
losses = []
for start in range(0, min(len(x_train), 20_000), 100):
    x = tf.constant(x_train[start : start + 100])
    eps = tf.constant(generator.normal(size=(len(x), 2)), dtype="float32")
    losses.append(float(compiled_step(encoder, decoder, optimizer, x, eps)))
style = {"xlabel": "step", "ylabel": "loss, nats per image", "marker": ""}
ax = plots.lines(np.arange(len(losses)), {"loss": losses}, **style)
ax.axhline(784 * np.log(2), color="gray", linestyle=":")
ax.get_legend().remove()
plt.show()
print(f"first step {losses[0]:.0f}, last ten steps {np.mean(losses[-10:]):.0f} nats per image")

# %% [markdown]
# The loss starts at the dotted line, $784 \log 2 = 543$ nats, where every pixel is black with probability ½. After 200 steps it is at 200, and it has only begun. For comparison: a decoder that gives the mean image for every code, and so needs no code at all, has a loss of about 206 nats. Your first VAE trains; the rest of the notebook trains the same model for longer.

# %% [markdown]
# ### Exercise 7 · `Sampling` (1 point)
#
# A warm-up. Keras's `fit` calls a model with images alone, so a model that is to be trained by `fit` has to sample its noise by itself. That is the task of a **sampling layer**. It must sample anew at each call, also after TensorFlow has compiled it, and the whole sequence should repeat when the layer starts from the same seed. A `keras.random.SeedGenerator`, made in `__init__`, provides such a sequence; it is handed over as `seed=` to the functions of `keras.random`.
#
# Complete `call`. Every dimension of every code needs noise of its own, and gradients must reach both inputs.


# %% exercise="Sampling"
class Sampling(layers.Layer):
    """Samples a latent code from N(z_mean, exp(z_log_var)), anew at each call."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs):
        """Sample.

        Args:
            inputs: the pair z_mean, z_log_var, both (n, latent_dim).

        Returns:
            z, (n, latent_dim).
        """
        # BEGIN SOLUTION
        z_mean, z_log_var = inputs
        eps = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * eps
        # END SOLUTION


# %% [markdown]
# Try it: five codes with mean 10 and variance 1 should be near 10, all different, and different again the second time.

# %%
sampling = Sampling(seed=SEED)
for _ in range(2):
    print(np.ravel(sampling([tf.fill((5, 1), 10.0), tf.zeros((5, 1))])))


# %% check="Sampling" points=1

# %% [markdown]
# ## Training with `fit`
#
# `vaelib.models.VAE` puts encoder, sampling layer and decoder into one Keras model with the loss of your `train_step`. Its `fit` logs the ELBO and its two terms after each epoch, for training and for test images. We train it for six epochs, which takes half a minute on two cores.

# %%
set_seed(SEED)
vae = VAE(*build_vae_mlp(latent_dim=2))
vae.compile(keras.optimizers.Adam(1e-3))
settings = {"batch_size": BATCH_SIZE, "epochs": EPOCHS, "verbose": 0}
history = vae.fit(x_train, validation_data=(x_test,), **settings).history
encoder, decoder = vae.encoder, vae.decoder

# %% alt="ELBO, reconstruction term and KL term against the epoch: train and test curves rise, fall and rise, and the test curve runs among six thin grey reference runs."
others = reference.runs("mlp_2", mnist.source)
others = {key: of_key[:, :EPOCHS] for key, of_key in others.items() if key.startswith("val_")}
plots.training_curves(history, runs=others)
plt.show()
print(f"test ELBO {history['val_elbo'][-1]:.1f}, KL {history['val_kl'][-1]:.1f} nats per image")
print(reference.verdict(history, "mlp_2", mnist.source))

# %% [markdown]
# Each thin grey line is the test curve of one **reference run**: the same model, trained before with one of six other seeds. Between your test curve and these lines nothing but the seed should differ, so it should end among them. (In the first epoch ours lags a little behind all six; six runs do not span everything that a seed can do.) The sentence below the figure makes this precise with a **tolerance**: at each epoch, the mean of the six runs and 7.5 of their standard deviations to either side, but at least 2% of the mean. It is wide on purpose, since with only six runs their standard deviation is itself uncertain. A run within the tolerance is not proven right; one outside it deserves a look.
#
# Read the curves together. (A training value is the average over its epoch, while a test value is measured at its end, which is why test is ahead of train at first.) The reconstruction term falls, because codes say more and more about their images; what they say costs rate, and so the KL term of the test images has risen by the end. (The KL term of the training images starts high, because its first value averages over the first, erratic steps.) The test ELBO ends at −160.0, with a KL of 5.4 nats: two dimensions can say only so much about a digit.

# %% [markdown]
# ## Samples and reconstructions
#
# A VAE offers two ways to get images, which you write now for any pair of networks.
#
# A **sample** comes from the generative model alone: a code from the prior $N(0, I)$, decoded. What the decoder returns are logits; the sigmoid turns them into the probabilities of the pixels, the mean of $p_\theta(x\mid z)$. We show these probabilities. Sampling black and white pixels from them would be the literal reading of the model, but the pixels are independent given $z$, so this would only add grain.
#
# A **reconstruction** goes through the encoder. We decode the *mean* of $q_\phi(z\mid x)$, not a sample from it, since that code has the highest density under $q_\phi$, and since the result should depend on nothing but the image. (The reconstruction term that `fit` reports belongs to samples, so what we show is slightly better than what it measures.)

# %% [markdown]
# ### Exercise 8 · `sample_images` (2 points)
#
# A problem. Sample `n` images from the prior, as probabilities of pixels. The same seed must give the same images, another seed others, and every image needs a code of its own.


# %% exercise="sample_images"
def sample_images(decoder, n, latent_dim, seed):
    """Sample images from the prior of a VAE.

    Args:
        decoder: a Keras model from latent codes to logits.
        n: how many images.
        latent_dim: the dimension of the latent space.
        seed: an int; the same seed gives the same images.

    Returns:
        Images (n, …): the probability of each pixel, in [0, 1].
    """
    # BEGIN SOLUTION
    z = np.random.default_rng(seed).normal(size=(n, latent_dim)).astype("float32")
    return ops.convert_to_numpy(ops.sigmoid(decoder(z)))
    # END SOLUTION


# %% [markdown] hints="sample_images"
# 1. Two steps: codes of shape `(n, latent_dim)` from $N(0, I)$, then from codes to images. No encoder is involved.
# 2. `np.random.default_rng(seed)` is a generator that starts anew at each call, so that the result depends on the seed alone.
# 3. Its method `normal(size=(n, latent_dim))` samples the codes. The decoder gives logits, and `ops.sigmoid` makes probabilities of them.

# %% [markdown]
# Try it: three images of shape (28, 28, 1), and pixels between 0 and 1.

# %%
images = np.asarray(sample_images(decoder, 3, 2, seed=SEED))
print(images.shape, images.min(), images.max())


# %% check="sample_images" points=2

# %% [markdown]
# ### Exercise 9 · `reconstruct` (1 point)
#
# A warm-up. Reconstruct images, as probabilities of pixels, in the way that was described above.


# %% exercise="reconstruct"
def reconstruct(encoder, decoder, x):
    """Encode images, and decode the means of their posteriors.

    Args:
        encoder: a Keras model from images to z_mean and z_log_var.
        decoder: a Keras model from latent codes to logits, in the shape of the images.
        x: images in [0, 1], (n, …).

    Returns:
        Reconstructions, (n, …): the probability of each pixel, in [0, 1].
    """
    # BEGIN SOLUTION
    z_mean, _ = encoder(x)
    return ops.convert_to_numpy(ops.sigmoid(decoder(z_mean)))
    # END SOLUTION


# %% [markdown]
# Try it: two calls on the same image should agree to the last digit, so that the difference is 0.

# %%
first, second = (np.asarray(reconstruct(encoder, decoder, x_test[:1])) for _ in range(2))
print(np.abs(first - second).max())


# %% check="reconstruct" points=1

# %% alt="Three rows of twelve: test digits; their reconstructions, in which 7, 1, 0 and a 9 can be read and the others are blurred; and samples from the prior, among them a clear 0, 9 and 1 and several blurred shapes between 3, 8 and 9."
plots.image_rows(
    {
        "test images": x_test[:12],
        "reconstructions": np.asarray(reconstruct(encoder, decoder, x_test[:12])),
        "samples": np.asarray(sample_images(decoder, 12, 2, seed=SEED)),
    }
)
plt.show()

# %% [markdown]
# With two latent dimensions much is lost. The 7, the 1s, the 0s and the second 9 come back; the first 4 has become a 9, and the 2, the 5 and the 6 are blurred shapes between digits. The samples look like the reconstructions: some are definite digits, such as the 0 and the 1, and others are the same blurred shapes. That samples and reconstructions are alike is not guaranteed, as `01_autoencoder` has shown, and we will see below what it depends on.

# %% [markdown]
# ## The latent space, with its uncertainty
#
# An autoencoder gives each image a point. A VAE gives it a Gaussian $q_\phi(z\mid x)$, and in two dimensions we can draw it: an ellipse around `z_mean` whose half axes are the two standard deviations. Dashed circles mark the prior, which has 39% of its mass within radius 1 and 86% within radius 2.

# %% [markdown] predict="ellipses"
# **Predict.** The prior has standard deviation 1 in each direction. How large will the ellipses of 200 test images be: *about as large as the inner circle*, *about half of it*, or *about a tenth*? And will they overlap?
#
# *My prediction:* …


# %%
def prior_circles(ax, radii=(1, 2, 3)):
    """The prior N(0, I) as dashed circles."""
    for radius in radii:
        circle = plt.Circle((0, 0), radius, fill=False, linestyle="--", color="0.3", zorder=3)
        ax.add_patch(circle)
    ax.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")


n_points = 4_000
z_test, z_log_var = vae.encode(x_test[:n_points])
labels = mnist.y_test[:n_points]
z_std = np.exp(0.5 * z_log_var)

# %% alt="Two hundred ellipses, coloured by digit, with the prior's circles of radius 1, 2 and 3: tiny ones crowd around the origin, wider ones lie at the rim, those of the ones reach beyond radius 3, and some places within radius 2 are empty."
fig, ax = plt.subplots(figsize=(7, 6.2), layout="constrained")
colours = np.array(plots.label_colours(10))[labels[:200]]
widths, heights = 2 * z_std[:200].T
style = {"units": "xy", "facecolors": colours, "alpha": 0.6, "edgecolors": colours}
places = {"offsets": z_test[:200], "offset_transform": ax.transData}
ax.add_collection(EllipseCollection(widths, heights, np.zeros(200), **places, **style))
prior_circles(ax)
reach = 0.4 + np.abs(z_test[:200]).max()
ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
handles = [plt.Line2D([], [], color=c, marker="o", ls="") for c in plots.label_colours(10)]
ax.legend(handles, range(10), title="label", frameon=False, bbox_to_anchor=(1.2, 0.8))
plt.show()
print(f"median standard deviation {np.median(z_std):.3f}")
inside = np.mean(np.linalg.norm(z_test, axis=1) < 2)
print(f"share of test images with z_mean within radius 2: {inside:.2f}, of the prior 0.86")

# %% [markdown]
# The median standard deviation is 0.10, a tenth of the prior's. Two forces shape the plane. The reconstruction term pushes images that look different apart and makes their ellipses small, so that a sample from one does not decode to the other; the KL term pulls every ellipse towards the origin and makes it large. Around the origin, where most images crowd, the ellipses are tiny and stand close to one another; at the rim there is room, and they are wide. Where different digits overlap, as 4 and 9 below the middle, the decoder has to hedge.
#
# The average of all these Gaussians is the **aggregate posterior** $q(z) = \mathbb E_{x}[q_\phi(z\mid x)]$. The KL term pulls it towards the prior, but they are not equal: some of the 1s, 4s, 7s and 9s and a few 0s reach beyond radius 3, only 71% of the means lie within radius 2 instead of 86%, and some places inside that circle, such as the upper right, are nearly empty. A sample from the prior can fall there.

# %% [markdown]
# Since the prior is known, we know where to look for images before any training. A grid whose lines stand at the quantiles of the Gaussian covers it in steps of equal probability, so that area in the next picture is proportional to prior probability.

# %% alt="A plane of latent codes, decoded on a grid of 20 by 20 at the quantiles of the prior: digits that turn into one another, some of them blurred."
z = codes.quantile_grid(20)
plots.latent_grid(vae.decode(z), z)
plt.show()

# %% [markdown]
# This is nearly everything that this VAE samples from its prior: a digit that takes up much room here is sampled often. Compare it with the plane of `01_autoencoder`, where we had to look for the codes first, and where much of the plane lay far from every code.
#
# Now walk through it. Move over the plane with the pointer, a finger or the arrow keys, and the picture follows. Each point is a test image. A click holds a place. Set **A** there, set **B** at another place, and interpolate. (The page needs no server: `explorer.save("my_digits.html")` keeps it as a file. Where it cannot run, such as on GitHub, you see some of its pictures.)

# %% alt="A still of the latent explorer: a 13 × 13 image grid of decoded latent codes, in which digits turn into one another."
explorer = latent_explorer(vae.decode, x_test[:n_points], z_test, labels)
explorer

# %% [markdown]
# ## Autoencoder and VAE, like for like
#
# What did the noise and the KL term change? The fair comparison is an autoencoder with the *same* networks, trained on the same images for as many steps with the same reconstruction term: no noise, no KL term. It is a VAE whose $q_\phi$ has shrunk to a point and pays nothing for it.


# %%
def train_autoencoder(latent_dim, x, batch_size, epochs, step):
    """The networks of the VAE without noise and without KL; encoder (mean only) and decoder."""
    set_seed(SEED)
    encoder, decoder = build_vae_mlp(latent_dim)
    encoder = keras.Model(encoder.input, encoder.outputs[0])
    autoencoder = keras.Sequential([encoder, decoder])
    autoencoder.compile(keras.optimizers.Adam(step), loss=bernoulli_nll)
    autoencoder.fit(x, x, batch_size=batch_size, epochs=epochs, verbose=0)
    return encoder, decoder


autoencoder_2 = train_autoencoder(2, x_train, BATCH_SIZE, EPOCHS, 1e-3)

# %% [markdown] predict="ae_vae"
# **Predict.** We sample codes from $N(0, I)$ and decode them with both decoders. Whose samples will be sharper? Whose will be more varied?
#
# *My prediction:* …

# %% alt="Two scatter plots of latent codes with the prior's circles. The autoencoder's codes reach to 40 and the circles are a spot where their arms meet; the VAE's codes lie in a cloud about as wide as the circle of radius 3."
z_ae = autoencoder_2[0].predict(x_test[:n_points], verbose=0)
fig, axes = plt.subplots(1, 2, figsize=(8.5, 4.2), layout="constrained")
for ax, z, title in zip(axes, (z_ae, z_test), ("autoencoder", "VAE"), strict=True):
    style = {"c": np.array(plots.label_colours(10))[labels], "s": 2, "linewidths": 0}
    ax.scatter(*z.T, **style)
    prior_circles(ax)
    reach = 1.05 * np.abs(z).max()
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), title=title)
plt.show()
for name, z in (("autoencoder", z_ae), ("VAE", z_test)):
    print(f"{name:11}: largest distance from 0 {np.linalg.norm(z, axis=1).max():.1f}")

# %% [markdown]
# Nothing in the autoencoder's loss fixes the scale of its codes. They spread over tens of units, since codes that lie far apart are easier for the decoder to tell apart, and the prior's circles are a spot at the knot where the arms of the cloud meet. The VAE's codes are about as wide as the circles, and a few reach beyond the outer one.
#
# For samples we need the judge of `01_autoencoder`: a small classifier, and the share of images to which it assigns some digit with a probability over 90%. Beside it stands the share of the three most frequent digits, 0.33 for real images, as a check on variety.


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
    classifier.fit(x_train[:10_000], mnist.y_train[:10_000], batch_size=100, epochs=6, verbose=0)
    return classifier


classifier = train_classifier()


def shares(images):
    """The share of confident images, and that of the three most frequent digits."""
    p = classifier.predict(np.asarray(images), verbose=0)
    counts = np.sort(np.bincount(p.argmax(axis=1), minlength=10))
    confident = np.mean(p.max(axis=1) > 0.9)
    return f"confident {confident:.2f}, three digits {counts[-3:].sum() / len(p):.2f}"


# %% [markdown]
# In `01_autoencoder` two dimensions turned out to be a special case, where it hardly mattered from which distribution we sampled. So we repeat the comparison with ten latent dimensions, on 20,000 images and with larger steps. `train_vae` will be used in the next sections, too.


# %%
def train_vae(**options):
    """A VAE with ten latent dimensions, and what `fit` logged."""
    set_seed(SEED)
    vae = VAE(*build_vae_mlp(latent_dim=10), **options)
    vae.compile(keras.optimizers.Adam(LARGE_STEP))
    settings = {"batch_size": LARGE_BATCH, "epochs": SMALL_EPOCHS, "verbose": 0}
    return vae, vae.fit(x_train[:N_SMALL], validation_data=(x_test,), **settings).history


vae_10, history_10 = train_vae()
few = x_train[:N_SMALL]
autoencoder_10 = train_autoencoder(10, few, LARGE_BATCH, SMALL_EPOCHS, LARGE_STEP)

# %%
samples = {}
print(f"{'real test images':<34}", shares(x_test[:n_points]))
for d, ae, model in ((2, autoencoder_2, vae), (10, autoencoder_10, vae_10)):
    samples[f"autoencoder, {d}"] = sample_images(ae[1], 1_000, d, SEED)
    samples[f"VAE, {d}"] = sample_images(model.decoder, 1_000, d, SEED)
    z = ae[0].predict(x_train[:N_SMALL], verbose=0)
    factor = np.linalg.cholesky(np.cov(z.T))  # as in 01: a Gaussian fitted to the codes
    fitted = z.mean(axis=0) + generator.normal(size=(1_000, d)) @ factor.T
    samples[f"autoencoder, {d}, fitted"] = ops.sigmoid(ae[1](fitted.astype("float32")))
    print(f"{f'reconstructions, VAE, {d}':<34}", shares(model.reconstruct(x_test[:n_points])))
for name, images in samples.items():
    print(f"{'samples, ' + name:<34}", shares(images))

# %% alt="Six rows of samples: with 2 dimensions the autoencoder gives mostly 0, 3 and 8 from the prior, and the VAE more kinds, some blurred; with 10 the autoencoder gives pale smears from the prior, the VAE digits with flaws, and the autoencoder with a fitted Gaussian bold digits, some tangled."
plots.image_rows({name: np.asarray(images)[:14] for name, images in samples.items()})
plt.show()

# %% [markdown]
# With two dimensions the judge prefers the *autoencoder's* samples from the prior, 0.59 against 0.32. But the prior covers only a spot of its cloud of codes, where few kinds of digits live: three digits make up 0.82 of its samples, and the row shows 0, 3 and 8 again and again. The VAE's samples are more varied, and the judge is less often confident about them. Its reconstructions are hardly better, 0.39, so it is not the sampling that limits this VAE. Nor are two dimensions alone the limit: codes drawn from a Gaussian that is fitted to the autoencoder's cloud do better on both counts, 0.44 and 0.59. In a plane this small the noise of $q$ costs the VAE resolution.
#
# With ten dimensions the picture changes. The autoencoder's samples from the prior are smears, and 0.02 of them are confident: around the origin there are hardly any codes. Of the VAE's samples 0.38 are confident, and most of the row can be read, or nearly so. Still, that is half of what its reconstructions reach, 0.79. The likely reason is that the aggregate posterior is not the prior, as the ellipses showed for two dimensions. And fitting a Gaussian to the *autoencoder's* codes, the two-stage model of `01_autoencoder`, gives 0.47, more than the VAE, with strokes that are bolder and at times tangled. (Ghosh et al. 2020 report similar results on larger data sets.)
#
# So what has the VAE gained? Not sharpness. It has a latent space whose distribution is known *before* training, so that there is no second stage; codes with an uncertainty; and an objective that bounds the evidence, so that two such models can be compared by a number that no classifier has to judge.

# %% [markdown]
# ## A loss that is weighted wrongly
#
# We look at a mistake that is easily made, because it raises no error: **averaging** where one must sum.
#
# $$\text{wrong loss} = \frac{1}{784} \big(-\log p(x\mid z)\big) + \frac{1}{\text{batch}} \cdot \frac{1}{d}\, \mathrm{KL}$$
#
# The reconstruction term is averaged over the pixels. The KL term is averaged over the $d$ latent dimensions and then divided by the batch size a second time, as happens if one averages what has been averaged already. Multiplying by 784 does not move the minimum:
#
# $$784 \cdot \text{wrong loss} = -\log p(x\mid z) + \beta\, \mathrm{KL} \qquad\qquad \beta = \frac{784}{d \cdot \text{batch}}$$
#
# So the wrong loss is that of a VAE whose KL term has a coefficient $\beta$ that depends on the *batch size*. `VAE(…, beta=…)` trains with that coefficient. (Such a $\beta$ need not be a mistake: the $\beta$-VAE of notebook 06 chooses it on purpose.)

# %% compare
for batch_size in (16, 78, 128, 500):
    print(f"d = 10, batch {batch_size:>3}: β = {784 / (10 * batch_size):.3f}")

# %% [markdown]
# With a batch of 78 images the coefficient is 1 by coincidence, and nobody would notice. We take batches of 500, where it is 0.157.

# %% [markdown] predict="wrong_weight"
# **Predict.** With $\beta = 0.157$ the KL term weighs little. Compared with the right loss, will *reconstructions* be better or worse? Will *samples from the prior* be better or worse?
#
# *My prediction:* …

# %%
wrong_beta = 784 / (10 * LARGE_BATCH)
vae_wrong, history_wrong = train_vae(beta=wrong_beta)
models = {"β = 1": (vae_10, history_10), f"β = {wrong_beta:.3f}": (vae_wrong, history_wrong)}

# %% alt="Five rows: test digits, reconstructions and samples for β = 1 and β = 0.157. With the small β reconstructions are a little sharper, and many samples are fragments."
rows = {"test images": x_test[:14]}
for name, (model, _) in models.items():
    x_hat = reconstruct(model.encoder, model.decoder, x_test[:14])
    rows[f"reconstructions, {name}"] = np.asarray(x_hat)
for name, (model, _) in models.items():
    rows[f"samples, {name}"] = np.asarray(sample_images(model.decoder, 14, 10, SEED))
plots.image_rows(rows)
plt.show()

# %%
for name, (model, logged) in models.items():
    elbo, nll, kl = (logged[f"val_{key}"][-1] for key in ("elbo", "reconstruction", "kl"))
    print(f"{name:9}: ELBO {elbo:7.1f} = −{nll:.1f} − {kl:.1f} nats")
    print("samples  :", shares(sample_images(model.decoder, 1_000, 10, SEED)))
    print(reference.verdict(logged, "mlp_10_digits", mnist.source), end="\n\n")

# %% [markdown]
# The reconstruction term is better with the wrong loss, 97.7 against 103.6 nats, though the eye finds little difference. The samples are somewhat worse, with more fragments in the row: 0.30 are confident instead of 0.38. Since the KL term weighs little, the approximate posteriors move away from the prior, to a KL of 34 nats instead of 18, and a sample from the prior more often falls between them. It is the numbers that tell: the ELBO is 10 nats lower although the reconstruction term is *better*, and the KL is nearly twice that of the reference runs, which used the right loss. The sentence about the tolerance points to it.
#
# Good reconstructions and bad samples alone do not show this mistake: our correct VAE, too, reconstructs better than it samples. So compare the two terms with those of a run that you trust. **Sum over pixels and over latent dimensions, then average over the batch.**

# %% [markdown]
# ## The likelihood is a choice, too
#
# Some VAEs are trained with the squared error in place of the Bernoulli term. As `02_elbo` showed, this is a Gaussian likelihood with variance ½, up to a constant, so it assumes that every pixel may be off by 0.7, on a scale from 0 to 1. The alternative is to let the data choose the variance, by maximum likelihood, as with your `optimal_sigma` (Rybkin et al. 2021 call the model σ-VAE).

# %%
choices = {"Bernoulli": (vae_10, history_10)}
for name, sigma in (("Gaussian, σ² = ½", 0.5**0.5), ("Gaussian, best σ", "optimal")):
    choices[name] = train_vae(likelihood="gaussian", sigma=sigma)
for name, (_, logged) in choices.items():
    print(f"{name:16}: KL {logged['val_kl'][-1]:.1f} nats")

# %% alt="Reconstructions and samples under three likelihoods: Bernoulli, a Gaussian with variance ½, whose reconstructions are the most blurred, and a Gaussian with the best σ, whose samples are faint or broken with grey specks around them."
rows = {"test images": x_test[:14]}
z = generator.normal(size=(14, 10))
for name, (model, _) in choices.items():
    rows[f"reconstructions, {name}"] = np.clip(model.reconstruct(x_test[:14]), 0, 1)
    rows[f"samples, {name}"] = np.clip(model.decode(z), 0, 1)
plots.image_rows(rows)
plt.show()

# %% [markdown]
# Nothing was changed but the likelihood, and yet the rate differs by a factor of three. With $\sigma^2 = \tfrac12$ an error in a pixel costs little, so it does not pay to encode details: the rate is 9.8 nats, and the reconstructions are the palest and most blurred. With the best $\sigma$ errors cost more, and the model spends 30.6 nats. Its reconstructions are a little sharper than those of the squared error, though its 5 has become a 9, and many of its samples are faint or broken, as with the small $\beta$ above, and for the same reason: a smaller variance weights the reconstruction term more, and so the KL term less. The rate of the Bernoulli model lies between the two. Its ELBO cannot be compared with those of the other two, since log-probabilities of black and white pixels and log-densities of grey ones are different quantities.

# %% [markdown]
# ## Save and load
#
# A trained VAE is a Keras model: `vae.save("vae.keras")` writes networks, weights and likelihood to one file, and `keras.models.load_model("vae.keras")` brings them back.

# %%
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "vae.keras"
    vae.save(path)
    loaded = keras.models.load_model(path)
    print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
z = codes.quantile_grid(3)
print("largest difference:", np.abs(vae.decode(z) - loaded.decode(z)).max())

# %% [markdown]
# ## Recap
#
# You can now
#
# - **differentiate** an expectation with respect to its own distribution: sample $\varepsilon$ from a distribution without parameters, compute $z = \mu + \sigma\varepsilon$, and move the gradient inside,
# - **compare** the pathwise and the score-function estimator, with a control variate, and say when the pathwise one depends on the dimension and when it does not,
# - **write** the training step of a VAE, **sample** from its prior, and **reconstruct** with it,
# - **judge** a latent space by its posteriors, its aggregate posterior and the samples of its prior, beside an autoencoder of the same size,
# - **recognise** a loss that is weighted wrongly by its two terms and its ELBO beside reference runs.
#
# A practitioner would next ask for networks that suit images, and for numbers that can be compared with published ones. Both are the subject of `04_cnn_vae`.

# %% [markdown]
# ## Further reading
#
# - Kingma & Welling, *Auto-Encoding Variational Bayes*, 2013: the trick stands in its section 2.4, and the VAE of this notebook is that of its section 3.
# - Rezende, Mohamed & Wierstra, *Stochastic Backpropagation and Approximate Inference in Deep Generative Models*, ICML 2014: the same idea, found at the same time.
# - Mohamed, Rosca, Figurnov & Mnih, *Monte Carlo Gradient Estimation in Machine Learning*, JMLR 2020: a survey of both estimators, with conditions and more experiments like ours.
# - Schulman, Heess, Weber & Abbeel, *Gradient Estimation Using Stochastic Computation Graphs*, NeurIPS 2015: graphs with stochastic nodes in any place.
# - Kool, van Hoof & Welling, *Buy 4 REINFORCE Samples, Get a Baseline for Free!*, 2019: the leave-one-out baseline.
# - Hoffman & Johnson, *ELBO surgery: yet another way to carve up the variational evidence lower bound*, 2016: the aggregate posterior and its distance from the prior.
# - Ghosh, Sajjadi, Vergari, Black & Schölkopf, *From Variational to Deterministic Autoencoders*, ICLR 2020: autoencoders with a density fitted to their codes, beside VAEs.
# - Rybkin, Daniilidis & Levine, *Simple and Effective VAE Training with Calibrated Decoders*, ICML 2021: why the squared error needs its σ.
