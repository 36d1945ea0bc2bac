# %% [markdown]
# # 03 · Reparameterization: a gradient through a dice roll, and the first VAE
#
# **You will learn** to *move* randomness out of the way of a gradient, to *compare* two ways to estimate a gradient, to *build* a variational autoencoder, to *train* it and read its curves, and to *recognise* a loss that is weighted wrongly.
#
# **Before you start.** Work through `02_elbo`. You need the chain rule, and the ELBO with its two parts.
#
# **Time and points.** About 120 minutes, 16 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import codes, data, plots, reference
from vaelib.plots.snapshots import KeepPictures
from vaelib.plots.diagrams import model_diagram
from vaelib.explorer import latent_explorer
from vaelib.models import VAE
from vaelib.training import budget, set_seed

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

# %%
SEED = 3
N_DRAWS = 10_000  # draws for the estimates of a gradient
BATCH_SIZE = 128
EPOCHS = budget(cpu=6, gpu=20)  # of the VAE with two numbers in its code, on all images
N_SMALL = 20_000  # images for the later comparisons,
LARGE_BATCH, LARGE_STEP = 500, 3e-3  # with larger batches and larger steps
SMALL_EPOCHS = budget(cpu=8, gpu=20)
N_TEST = 2_000  # test images for those, to save time

# %% [markdown]
# ## The question
#
# In `02_elbo` the decoder was a matrix, and we had formulas for everything. From now on both parts are networks:
#
# - The **encoder** looks at an image and outputs `z_mean` and `z_log_var`. They describe $q(z \mid x)$.
# - The **decoder** looks at a code $z$ and outputs the logits of all pixels.
#
# There is no formula for $\log p(x)$ any more, so we train with gradients. What we want to raise is the ELBO:
#
# $$\text{ELBO} = \mathbb E_{q(z \mid x)}\big[\log p(x \mid z)\big] - \mathrm{KL}\big(q(z \mid x)\,\|\,p(z)\big)$$
#
# The second part is a formula in `z_mean` and `z_log_var`. The first part is an average over codes, and codes are **drawn**. Between the encoder and the decoder someone rolls dice. Can a gradient pass through a dice roll?

# %% [markdown]
# ## A small copy of the problem
#
# We forget images for a while. The code is one number, drawn from $N(\mu, \sigma^2)$, and the "decoder" is $f(z) = z^2$. We want the slope of the average $\mathbb E[f(z)]$ when $\mu$ changes.
#
# Here we know the answer: $\mathbb E[z^2] = \mu^2 + \sigma^2$, so the slope is $2\mu$. With $\mu = 0.5$ that is 1. TensorFlow should find it: `tf.GradientTape` records what is computed, and then walks back along the record.

# %% [markdown] predict="numpy_draw"
# **Predict.** numpy draws $z$ from $N(\mu, 1)$, and we ask the tape for the gradient of $z^2$ with respect to $\mu$. What will it return: *about 1*, *0*, or *nothing*?
#
# *My prediction:* …

# %%
mean = tf.Variable(0.5)
generator = np.random.default_rng(SEED)
with tf.GradientTape() as tape:
    z = tf.constant(generator.normal(mean.numpy(), 1.0, size=N_DRAWS).astype("float32"))
    loss = tf.reduce_mean(z**2)
print(f"the average of z² is {loss:.2f}, its gradient is {tape.gradient(loss, mean)}")

# %% [markdown]
# The average is right, 0.25 + 1. The gradient is `None`. That is not zero. It means: I found no path from the loss back to $\mu$. numpy took $\mu$ and handed back numbers, and how these would change with $\mu$ is not on the record.

# %% [markdown]
# ## Roll the dice first
#
# The way out is a small change of order. Roll standard dice **first**, with no parameter in them. Then stretch and shift the result:
#
# $$\varepsilon \sim N(0, I) \qquad\qquad z = \mu + \sigma\, \varepsilon$$
#
# This $z$ has the same distribution as before. But now it is *computed* from $\mu$ and $\sigma$, with a plus and a times, and $\varepsilon$ is just a number that comes along. This is the **reparameterization trick** (Kingma & Welling 2013).

# %% [markdown]
# ### Exercise 1 · `reparameterize` (1 point)
#
# Return the codes. The encoder gives the **logarithm of the variance**, so work out the deviation $\sigma$ first.


# %% exercise="reparameterize"
def reparameterize(z_mean, z_log_var, eps):
    """The code that a roll of the dice gives.

    Args:
        z_mean: (n, d).
        z_log_var: logarithm of the variance, (n, d).
        eps: drawn from N(0, I), (n, d).

    Returns:
        z, (n, d).
    """
    # BEGIN SOLUTION
    return z_mean + ops.exp(0.5 * z_log_var) * eps
    # END SOLUTION


# %% [markdown]
# Try it: mean 1, variance 4 and a roll of 0.5 give the code 1 + 2 · 0.5 = 2.

# %%
one = np.ones((1, 1), dtype="float32")
reparameterize(one, np.log(4 * one), 0.5 * one)


# %% check="reparameterize" points=1

# %% [markdown]
# Why does this help? We keep 40 rolls of the dice, and move $\mu$ and $\sigma$ slowly. Each line is one roll.

# %% alt="Forty smooth curves of z, one for each fixed noise ε, spread widely at μ = −2 and close in on the dashed mean as σ shrinks towards μ = 2."
eps = generator.normal(size=(1, 40)).astype("float32")
way = np.linspace(0, 1, 30, dtype="float32")[:, None]
means, log_vars = 4 * way - 2 + 0 * eps, 3 - 6 * way + 0 * eps  # (30, 40)
paths = np.asarray(reparameterize(means, log_vars, 0 * means + eps))
fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
ax.plot(way, paths, color=plt.get_cmap("cividis")(0.3), linewidth=0.7)
ax.plot(way, means[:, 0], "k--", label="μ")
ax.set(xlabel="way from μ = −2, log σ² = 3 to μ = 2, log σ² = −3", ylabel="z")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# Every roll runs along a smooth line. A smooth line has a slope at each point, and a slope is what the chain rule needs. Fresh rolls for each point would give a cloud of dots with no slope anywhere.
#
# Now the tape finds its way:

# %%
std = tf.Variable(1.0)
eps = generator.normal(size=N_DRAWS).astype("float32")
with tf.GradientTape() as tape:
    z = mean + std * eps
    loss = tf.reduce_mean(z**2)
print("gradients for μ and σ:", [f"{g:.3f}" for g in tape.gradient(loss, [mean, std])])

# %% [markdown]
# Both are close to the exact values. The mean of $z^2$ is $\mu^2 + \sigma^2$, so its slope in $\mu$ is $2\mu = 1$. Its slope in $\sigma$ is $2\sigma = 2$.
#
# You may meet code that calls `tf.random.normal` with a mean and a deviation, and it trains. How? TensorFlow rolls standard dice and does $\mu + \sigma\,\varepsilon$ *inside*, with recorded operations. So it is the same trick, hidden in a function. numpy does the same sum, but off the record.

# %%
with tf.GradientTape() as tape:
    z = tf.random.normal([N_DRAWS], mean, std, seed=SEED)
    loss = tf.reduce_mean(z**2)
print("gradients for μ and σ:", [f"{g:.3f}" for g in tape.gradient(loss, [mean, std])])

# %% [markdown]
# ## The other way: ask the density
#
# Is there another way? Yes, and it came first. It does not differentiate $f$ at all. It asks: which draws would become *more likely* if $\mu$ grew? And did these draws have a large $f$?
#
# $$\nabla\, \mathbb E_q[f(z)] = \int f(z)\, \nabla q(z)\, dz = \int f(z)\, q(z)\, \nabla \log q(z)\, dz = \mathbb E_q\big[f(z)\, \nabla \log q(z)\big]$$
#
# The middle step is the chain rule for the logarithm: $\nabla \log q = \nabla q / q$. The factor $\nabla \log q$ is called the **score**, and so this is the **score-function** estimate. (In reinforcement learning it is called REINFORCE.)
#
# It works where our trick does not: $f$ may be a black box, and $z$ may be a category. What does that freedom cost? We build both estimates, and compare.

# %% [markdown]
# ### Exercise 2 · `score_function_gradient` (2 points)
#
# For $q = N(\mu, \sigma^2)$ in one dimension:
#
# $$\log q(z) = -\log \sigma - \frac{(z - \mu)^2}{2\, \sigma^2} + \text{const}$$
#
# Work out its derivative with respect to $\mu$, and with respect to $\log \sigma$. (For the second one, write $1/\sigma^2 = e^{-2 \log \sigma}$ first.) Multiply each by $f(z)$. Return one value **for each draw**, do not average.


# %% exercise="score_function_gradient"
def score_function_gradient(f_z, z, mean, log_std):
    """The score-function estimate of the gradient of E[f(z)], for each draw.

    Args:
        f_z: f at each draw, (n,).
        z: draws from N(mean, exp(log_std)²), (n,).
        mean: a number.
        log_std: logarithm of the deviation, a number.

    Returns:
        The gradients for mean and for log_std, both (n,).
    """
    # BEGIN SOLUTION
    eps = (z - mean) * np.exp(-log_std)
    return f_z * eps * np.exp(-log_std), f_z * (eps**2 - 1)
    # END SOLUTION


# %% [markdown] hints="score_function_gradient"
# 1. Only the two terms that contain the parameter matter: for $\mu$ the quadratic one, for $\log \sigma$ both. The factor $f(z)$ does not depend on either.
# 2. The derivative with respect to $\mu$ is $(z - \mu)/\sigma^2$. For $\log \sigma$, write the quadratic term as $-\tfrac12 (z - \mu)^2 e^{-2 \log \sigma}$; the chain rule brings down a factor $-2$.
# 3. With $\varepsilon = (z - \mu)/\sigma$ the two scores are $\varepsilon/\sigma$ and $\varepsilon^2 - 1$. Multiply each by `f_z`, and remember that $1/\sigma$ is `np.exp(-log_std)`.

# %% [markdown]
# Try it: with mean 0 and deviation 1, a draw at 2 with f = 1 gives 2 for the mean and 3 for log_std.

# %%
score_function_gradient(np.ones(1), 2 * np.ones(1), 0.0, 0.0)


# %% check="score_function_gradient" points=2

# %% [markdown]
# ### Exercise 3 · `pathwise_gradient` (2 points)
#
# The reparameterized estimate is also called **pathwise**: it follows the path from $\mu$ and $\sigma$ to $z = \mu + \sigma\,\varepsilon$ and on to $f$. Write down what the tape computed for us, with the chain rule. $f'(z)$ is given. Return one value for each draw again, for $\mu$ and for $\log \sigma$.


# %% exercise="pathwise_gradient"
def pathwise_gradient(df_dz, eps, log_std):
    """The reparameterized estimate of the gradient of E[f(z)], for each draw.

    Args:
        df_dz: the derivative of f at each draw z = mean + exp(log_std) · eps, (n,).
        eps: the rolls of the dice, (n,).
        log_std: logarithm of the deviation, a number.

    Returns:
        The gradients for mean and for log_std, both (n,).
    """
    # BEGIN SOLUTION
    return df_dz, df_dz * eps * np.exp(log_std)
    # END SOLUTION


# %% [markdown] hints="pathwise_gradient"
# 1. The gradient of $f(z)$ with respect to a parameter is $f'(z)$ times the derivative of $z$ with respect to that parameter, since $\varepsilon$ depends on neither.
# 2. In $z = \mu + \sigma\,\varepsilon$ the derivative with respect to $\mu$ is 1, and the one with respect to $\sigma$ is $\varepsilon$. What do you get for $\log \sigma$, where $\sigma = e^{\log \sigma}$?
# 3. The derivative of $z$ with respect to $\log \sigma$ is $\sigma\,\varepsilon$, so the second array is `df_dz` times `eps` times $\sigma$.

# %% [markdown]
# Try it: where f has the slope 3, a roll of 2 with deviation 1 gives 3 for the mean and 6 for log_std.

# %%
pathwise_gradient(3 * np.ones(1), 2 * np.ones(1), 0.0)


# %% check="pathwise_gradient" points=2

# %% [markdown]
# ## Both are right. Are both useful?
#
# We draw 10,000 values with $\mu = 0.5$ and $\sigma = 1$, and look at the gradient for $\mu$ that each single draw gives. First for $f(z) = z^2$, then for $f(z) = \cos z$. The exact values are $2\mu = 1$ and $-\sin(\mu)\, e^{-1/2} = -0.291$.

# %%
eps = generator.normal(size=N_DRAWS)
z = 0.5 + eps
gradients = {}
for text, f, df_dz in (("z²", z**2, 2 * z), ("cos z", np.cos(z), -np.sin(z))):
    score = np.asarray(score_function_gradient(f, z, 0.5, 0.0)[0])
    pathwise = np.asarray(pathwise_gradient(df_dz, eps, 0.0)[0])
    gradients[text] = {"score function": score, "pathwise": pathwise}
    for way, values in gradients[text].items():
        print(f"{text:>5}, {way:14}: mean {values.mean():6.3f}, deviation {values.std():5.2f}")

# %% alt="Histograms of single-sample gradients: for z² the score function has a peak at 0 and long tails where the pathwise estimate is a bell; for cos z both lie between −1 and 1."
fig, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
for ax, (text, samples) in zip(axes, gradients.items()):
    clipped = {name: np.clip(values, -8, 12) for name, values in samples.items()}
    plots.histograms(clipped, xlabel=f"gradient for μ from one draw, f(z) = {text}", ax=ax)
plt.show()

# %% [markdown]
# For $z^2$ the deviation of the score function is 4.2, that of the pathwise estimate 2.0. Most draws of the score function say nearly 0, and a few say something huge. (Draws beyond the edge are heaped up at the edge.) The error of an average falls with $1/\sqrt n$. So for the same precision the score function needs more than four times as many draws.
#
# It is not a law: for $\cos z$ the score function is even a little better, 0.55 against 0.61. When $f$ stays small, its value may be easier to know than its slope.

# %% [markdown]
# ## A baseline
#
# The score function has a weakness that can be mended. Add a constant to $f$.

# %% [markdown] predict="constant"
# **Predict.** We use $f(z) = z^2 + 1000$. The slope of its average is still 1. What happens to the deviation of the score-function estimate, which was about 4: *nothing*, *it grows a little*, *it grows more than a hundredfold*?
#
# *My prediction:* …

# %%
shifted = np.asarray(score_function_gradient(z**2 + 1000, z, 0.5, 0.0)[0])
print(f"mean {shifted.mean():.1f}, deviation {shifted.std():.0f}")

# %% [markdown]
# The true gradient is still 1. But the deviation is above a thousand, so even the mean of 10,000 draws is off by 10 or so, a hundredth of the deviation. A constant carries no information, but it is multiplied by the score, which is positive for some draws and negative for others. So we should subtract a constant, near the average of $f$. But which? If we subtract the average of all draws, each draw is in its own average, and the estimate is off a little. The clean way leaves the draw itself out:
#
# $$b_i = \frac{1}{n - 1} \sum_{j \ne i} f(z_j)$$
#
# Then $b_i$ does not depend on $z_i$. The score has mean 0, since the density always integrates to 1: $\int \nabla q = \nabla \int q = 0$. So $b_i$ times the score of $z_i$ has mean 0, too: nothing is changed on average. The estimate is **unbiased**.

# %% [markdown]
# ### Exercise 4 · `leave_one_out_baseline` (2 points)
#
# Return for each draw the mean of f over all **other** draws. It will get 10,000 draws, so do without an $n \times n$ matrix.


# %% exercise="leave_one_out_baseline"
def leave_one_out_baseline(f_z):
    """The mean of f over all other draws.

    Args:
        f_z: f at each draw, (n,) with n at least 2.

    Returns:
        b, (n,). The estimate then uses f_z − b in place of f_z.
    """
    # BEGIN SOLUTION
    return (np.sum(f_z) - f_z) / (len(f_z) - 1)
    # END SOLUTION


# %% [markdown] hints="leave_one_out_baseline"
# 1. The sum of all *other* values is the sum of all values, minus the value itself.
# 2. One sum over the whole array is enough: subtracting the array from that number gives all $n$ sums at once.
# 3. How many values does each of these sums have? Divide by that number, `len(f_z) - 1`.

# %% [markdown]
# Try it: for the values 1, 2 and 6 the baselines are 4, 3.5 and 1.5.

# %%
leave_one_out_baseline(np.array([1.0, 2.0, 6.0]))


# %% check="leave_one_out_baseline" points=2

# %%
for text, f in (("z²", z**2), ("z² + 1000", z**2 + 1000)):
    centred = f - np.asarray(leave_one_out_baseline(f))
    with_baseline = np.asarray(score_function_gradient(centred, z, 0.5, 0.0)[0])
    print(f"{text:>9}: mean {with_baseline.mean():.3f}, deviation {with_baseline.std():.2f}")

# %% [markdown]
# The constant does no harm any more. So a baseline helps a lot. Does it save the score function? A VAE does not have one number in its code, but ten or fifty.

# %% [markdown]
# ## More dimensions
#
# Let $z$ have $d$ independent numbers, each with $\mu = 0.5$ and $\sigma = 1$, and let $f(z) = z_1^2 + \dots + z_d^2$. We watch one thing: the gradient for the **first** mean. Its exact value is 1, for every $d$.

# %% [markdown] predict="dimensions"
# **Predict.** From $d = 1$ to $d = 256$: by which factor does the deviation of each estimate grow? Pathwise: … Score function: … Score function with baseline: …
#
# *My prediction:* …

# %%
dimensions = 2 ** np.arange(9)
deviations = {"score function": [], "score function with baseline": [], "pathwise": []}
for d in dimensions:
    eps = generator.normal(size=(N_DRAWS, d))
    z = 0.5 + eps
    f_z = (z**2).sum(axis=1)
    centred = f_z - np.asarray(leave_one_out_baseline(f_z))
    estimates = (
        score_function_gradient(f_z, z[:, 0], 0.5, 0.0)[0],
        score_function_gradient(centred, z[:, 0], 0.5, 0.0)[0],
        pathwise_gradient(2 * z[:, 0], eps[:, 0], 0.0)[0],
    )
    for values, estimate in zip(deviations.values(), estimates):
        values.append(np.std(estimate))

# %% alt="On logarithmic axes the standard deviation of the score-function gradient grows with the latent dimension, more slowly with a baseline, and the pathwise one stays flat near 2."
ylabel = "deviation of one draw's gradient"
ax = plots.lines(dimensions, deviations, xlabel="numbers in the code, d", ylabel=ylabel)
ax.set_xscale("log", base=2)
ax.set_yscale("log")
plt.show()
for name, values in deviations.items():
    print(f"{name:28}: {values[0]:5.2f} at d = 1, {values[-1]:7.2f} at d = 256")

# %% [markdown]
# The pathwise estimate does not notice the other dimensions: 2.0 at both ends. The score function ends at 325, about 80 times where it began: in the end it doubles when $d$ doubles. The baseline helps, and still it grows, in the end with $\sqrt d$, to 28.

# %% [markdown]
# **Written answer (2 points).** Why is the score-function estimate so much noisier here? Say what each of the two estimates knows about $f$. Then say why the other dimensions disturb one of them and not the other.

# %% [markdown] answer="why_noisier" points=2
# <!-- BEGIN SOLUTION -->
# The score function only sees the value of $f$ at each draw. It does not know which number of the code was to blame for a high value. It multiplies the whole sum, to which all $d$ numbers contribute, by the score of one of them. The share of the $d - 1$ others has nothing to do with $z_1$: on average it cancels, but in each draw it is noise, and it grows with $d$. A baseline takes away the mean of that share, but not its scatter.
#
# The pathwise estimate knows the derivative $\partial f / \partial z_1$ at the draw. The other terms of the sum do not depend on $z_1$, so their derivative is 0, and they add nothing, neither signal nor noise.
#
# *Rubric.* 1 point: the score function uses only the value of f, the pathwise estimate its derivative (it needs f to be known and differentiable). 1 point: the terms of the other dimensions stay in the value of f as noise that is multiplied by the score, and drop out of the derivative.
# <!-- END SOLUTION -->

# %% [markdown]
# ## The parts of a VAE
#
# The reparameterized gradient makes the VAE possible: one draw for each image is enough to train. We need three parts: a layer that draws, a loss, and two networks.
#
# A layer in Keras is a class with a method `call`. Ours must roll new dice at each call, also when TensorFlow has compiled it. Keras has a `SeedGenerator` for that: it hands out a new seed each time, and the whole sequence repeats if you start it with the same seed. It is made in `__init__`, which we give you. You use it as `keras.random.normal(shape, seed=self.seed_generator)`.

# %% [markdown]
# ### Exercise 5 · `Sampling` (2 points)
#
# Complete `call`. It gets the pair `z_mean`, `z_log_var`, and returns a code of the same shape. Every number of every code needs its own roll. You may call `reparameterize`. Gradients must reach both inputs, so write `call` with `keras.ops` or `tf`, not with numpy.


# %% exercise="Sampling"
class Sampling(layers.Layer):
    """Draws a code from N(z_mean, exp(z_log_var)), anew at each call."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs):
        """Draw.

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


# %% [markdown] hints="Sampling"
# 1. `inputs` is a pair, so take it apart first. Then you need noise that is drawn anew for every image and every latent dimension: in the shape of `z_mean`.
# 2. `keras.random.normal(shape, seed=…)` draws it. Give it `self.seed_generator`, which moves on at each call, and `ops.shape(z_mean)`, since the batch size is not known when the model is built.
# 3. What remains is exercise 1, written with `ops` so that gradients can pass.

# %% [markdown]
# Try it: five codes with mean 10 and variance 1 should be near 10, all different, and different again the second time.

# %%
sampling = Sampling(seed=SEED)
for _ in range(2):
    print(np.ravel(sampling([tf.fill((5, 1), 10.0), tf.zeros((5, 1))])))


# %% check="Sampling" points=2

# %% [markdown]
# ### Exercise 6 · `negative_elbo` (2 points)
#
# A loss is something to make *small*, so we take minus the ELBO. With the draw $z$ already made and decoded into logits, it is
#
# $$\mathcal L = -\log p(x \mid z) + \mathrm{KL}\big(q(z \mid x)\,\|\,N(0, I)\big)$$
#
# Return one value for each image: **sum** over pixels, **sum** over the numbers of the code. Images may have any shape after the first axis, and logits may be ±1000.
#
# You may use `bernoulli_nll(x, logits)` and `kl_divergence(q_mean, q_log_var, p_mean, p_log_var)` of notebook 02: `from vaelib.losses import bernoulli_nll, kl_divergence`. The variance 1 has the logarithm 0. We will train through this function, so use `ops`, not numpy.


# %% exercise="negative_elbo"
def negative_elbo(x, logits, z_mean, z_log_var):
    """Minus the ELBO of each image under Bernoulli pixels and the prior N(0, I).

    Args:
        x: images in [0, 1], (n, …).
        logits: what the decoder gave for one draw of z, the same shape.
        z_mean: (n, d).
        z_log_var: logarithm of the variance, (n, d).

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    axes = tuple(range(1, len(x.shape)))  # all but the batch
    nll = ops.sum(ops.softplus(logits) - x * logits, axis=axes)
    kl = 0.5 * ops.sum(ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)
    return nll + kl
    # END SOLUTION


# %% [markdown] hints="negative_elbo"
# 1. Treat the two terms one after the other: each becomes an array of shape `(n,)`, and the loss is their sum.
# 2. For a Bernoulli pixel with logit $\ell$ the negative log-likelihood is $\log(1 + e^{\ell}) - x\,\ell$. `ops.softplus` computes the first part without overflow; sum over all axes but the first.
# 3. For the KL term, sum $\tfrac12\big(\sigma^2 + \mu^2 - 1 - \log \sigma^2\big)$ over the last axis, with $\sigma^2$ from `ops.exp(z_log_var)`. All axes but the first are `tuple(range(1, len(x.shape)))`.

# %% [markdown]
# Try it: with all zeros every pixel is a coin, and q is the prior. The loss is 784 · log 2 = 543.43, whatever the image.

# %%
zeros = np.zeros((2, 2), dtype="float32")
negative_elbo(np.ones((2, 28, 28, 1), "float32"), np.zeros((2, 28, 28, 1), "float32"), zeros, zeros)


# %% check="negative_elbo" points=2

# %% [markdown]
# ### Exercise 7 · `build_vae_mlp` (3 points)
#
# Build the two networks from dense layers.
#
# - **encoder**: from (n, 28, 28, 1), flattened, to 512 units with ReLU. Then two **separate** dense layers of `latent_dim` units, both fed by the 512: one for `z_mean`, one for `z_log_var`. No activation on them: a mean may be negative, and so may a logarithm.
# - **decoder**: from (n, latent_dim) to 512 units with ReLU, to 784 logits without activation, reshaped to (n, 28, 28, 1).
#
# The encoder has two outputs, so `keras.Sequential` will not do. Start from `x = keras.Input((28, 28, 1))`. Call each layer on the result of the one before: `h = layers.Flatten()(x)`, then `h = layers.Dense(512, activation="relu")(h)`. (The first parentheses make the layer, the second ones use it.) End with `keras.Model(x, [z_mean, z_log_var])`.


# %% exercise="build_vae_mlp"
def build_vae_mlp(latent_dim=2):
    """The encoder and the decoder of a dense VAE.

    Args:
        latent_dim: the length of the code.

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
# 1. In Keras's functional style a model is a path from `keras.Input(…)` to its outputs: `keras.Model(inputs, outputs)`. An encoder with two outputs takes a list of two.
# 2. The hidden layer is made once, and both heads are called on its output:
#
#    ```python
#    h = ...  # flatten, then 512 units
#    mean_head, log_var_head = layers.Dense(latent_dim), layers.Dense(latent_dim)
#    ```
# 3. The decoder begins with `keras.Input((latent_dim,))` and ends with a dense layer of $784 = 28 \cdot 28$ units without activation and `layers.Reshape((28, 28, 1))`. Return encoder and decoder, in this order.

# %% [markdown]
# Try it: with a code of 2 numbers encoder and decoder have 807,700 parameters together.

# %%
encoder, decoder = build_vae_mlp(latent_dim=2)
encoder.count_params() + decoder.count_params()


# %% check="build_vae_mlp" points=3

# %% alt="A diagram of the encoder: the image is flattened, goes through a dense layer of 512 units with ReLU, and ends in two linear heads for z_mean and z_log_var."
model_diagram(encoder)
plt.show()

# %% [markdown]
# The encoder ends in two heads. Each image gets its own Gaussian, with its own center and its own width.

# %% [markdown]
# ## Train by hand
#
# Now all parts meet, your parts. One step of training: encode a batch, draw a code for each image, decode, compute the loss, and let the tape find the gradients for all weights. Look for the place where the dice are rolled: it stands in the middle, and the gradient passes.

# %%
mnist = data.load_mnist()
x_train, x_test = mnist.x_train, mnist.x_test

set_seed(SEED)
encoder, decoder = build_vae_mlp(latent_dim=2)
sampling, optimizer = Sampling(seed=SEED), keras.optimizers.Adam(1e-3)
weights = encoder.trainable_weights + decoder.trainable_weights
optimizer.build(weights)  # its variables must be there before the step is compiled


@tf.function  # compile: the same steps, only faster
def train_step(x):
    with tf.GradientTape() as tape:
        z_mean, z_log_var = encoder(x)
        logits = decoder(sampling([z_mean, z_log_var]))
        loss = ops.mean(negative_elbo(x, logits, z_mean, z_log_var))
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss


# %% alt="The loss falls from 543 nats per image, the dotted line, to about 200 within 200 steps."
losses = [float(train_step(x_train[i : i + 100])) for i in range(0, min(len(x_train), 20_000), 100)]
ax = plots.lines(
    np.arange(len(losses)), {"loss": losses}, xlabel="step", ylabel="nats per image", marker=""
)
ax.axhline(784 * np.log(2), color="gray", linestyle=":")
plt.show()
print(f"first step {losses[0]:.0f}, last ten steps {np.mean(losses[-10:]):.0f} nats per image")

# %% [markdown]
# It starts near the dotted line, 784 · log 2 = 543 nats, where every pixel is a coin. On MNIST, after 200 steps 198 nats are left. That is your first VAE, and you built every part of it.

# %% [markdown]
# ## Train with `fit`
#
# `vaelib.models.VAE` is the same step as a Keras model: the same loss, the same sampling layer, averaged over the batch. So `fit` works, and it writes down ELBO, reconstruction and KL, for training and for test images. `KeepPictures` decodes the same 81 codes after each epoch, so that we can watch.
#
# These codes are drawn from the prior: their images are **samples** from the model. The training takes half a minute on two cores.

# %%
set_seed(SEED)
vae = VAE(*build_vae_mlp(latent_dim=2))
vae.compile(keras.optimizers.Adam(1e-3))
pictures = KeepPictures(generator.normal(size=(81, 2)), x=x_test[:81])
settings = {"batch_size": BATCH_SIZE, "epochs": EPOCHS, "callbacks": [pictures], "verbose": 0}
history = vae.fit(x_train, validation_data=(x_test,), **settings).history

# %% alt="ELBO, reconstruction and KL against the epoch, for training and test images, inside the grey band of reference runs."
plots.training_curves(history, band=reference.band("mlp_2", mnist.source))
plt.show()
print(f"test ELBO {history['val_elbo'][-1]:.1f}, KL {history['val_kl'][-1]:.1f} nats per image")
print(reference.verdict(history, "mlp_2", mnist.source))

# %% [markdown]
# **Am I normal?** The grey band is where runs with other seeds went. If your curve leaves it, the line below the plot says so, and what that usually means.
#
# Read the curves together. (A training value is the average over its epoch, a test value is measured at the end.) The reconstruction falls, since the codes tell more and more. After a restless start the KL rises: it is the price of telling, and it is paid in the same nats. The ELBO is minus their sum. On MNIST the test ELBO ends at about −160, with 5 to 6 nats of KL. Two numbers cannot tell much about a digit.

# %% [markdown]
# ## Watch it learn
#
# Above: samples from the prior after each epoch. Below: test images, rebuilt. Both always from the same codes and the same images.

# %% alt="Samples from the prior above and reconstructions below, after epochs 1, 2, 3 and 6: both become sharper, and more digits can be recognised."
shown = sorted({0, 1, 2, EPOCHS - 1} & set(range(EPOCHS)))
size = (3 * len(shown), 6.4)
fig, axes = plt.subplots(2, len(shown), figsize=size, layout="constrained", squeeze=False)
for column, i in zip(axes.T, shown):
    plots.image_grid(pictures.frames[i], n_columns=9, ax=column[0])
    plots.image_grid(pictures.reconstructions[i], n_columns=9, ax=column[1])
    column[0].set_title(f"epoch {pictures.epochs[i]}")
axes[0, 0].set_ylabel("samples")
axes[1, 0].set_ylabel("rebuilt")
plt.show()

# %% [markdown]
# Random codes give digits, though blurred ones: two numbers are few. In `01_autoencoder` we had to guess where to draw. Here the place was fixed before the training, by the prior. The KL term keeps the codes of all images near it, and the dice blur them, so that the gaps between them are filled.

# %% [markdown]
# ## The map of codes
#
# Each test image is a dot at its `z_mean`, coloured by its digit. Nobody told the VAE what the digits are.

# %% alt="A scatter plot of 4,000 test images at their z_mean, coloured by digit: zeros and ones lie apart at the edges, fours and nines overlap."
n_dots = 4_000
z_test, labels = vae.encode(x_test[:n_dots])[0], mnist.y_test[:n_dots]
plots.code_scatter(z_test, labels)
plt.show()

# %% [markdown]
# Compare it with the map of notebook 01. There the codes lay far out, thick here and thin there, and no rule said how far. Here they lie in one cloud around 0, about as large as the prior. It is not perfectly round: the ones stand at the rim.
#
# Since the prior is known, we know where to look: we walk through the plane in steps of equal probability, 30 along each axis. Those are the **quantiles** of the Gaussian. They are dense near 0, where most draws fall, and wide apart at the edge.

# %% alt="A 30 × 30 image grid of decoded latent codes, from sevens and nines at the lower left through threes and eights to zeros at the right."
z = codes.quantile_grid(30)
plots.latent_grid(vae.decode(z), z)
plt.show()

# %% [markdown]
# That is a picture to keep: nearly everything that this VAE draws from its prior. Each square stands for the same share of all samples, so what takes much room here is drawn often.
#
# Now walk through it. Move over the plane with the pointer, a finger or the arrow keys, and the picture follows. Each point is a test image. A click holds a place. Set **A** there, set **B** at another place, and walk from A to B. (The page needs no server: `explorer.save("my_digits.html")` keeps it as a file. Where it cannot run, such as on GitHub, you see some of its pictures.)

# %% alt="A still of the latent explorer: a 13 × 13 image grid of decoded latent codes, with ones at the top left, sevens at the lower left and zeros at the right."
explorer = latent_explorer(vae.decode, x_test[:n_dots], z_test, labels)
explorer

# %% [markdown]
# Walk from a one on the left to a zero on the right. On MNIST the way leads over an eight and a six: blurred, but nearly always a digit. On the map of `01_autoencoder` you would first have had to find out where the codes lie.

# %% [markdown]
# ## A loss that is weighted wrongly
#
# Two numbers are few. From here on the code has ten. And we look at a mistake that is common in published code, because it raises no error: **averaging** where one must sum.
#
# $$\text{wrong loss} = \frac{1}{784} \big(-\log p(x \mid z)\big) + \frac{1}{\text{batch}} \cdot \frac{1}{d}\, \mathrm{KL}$$
#
# The first term is averaged over the pixels. The second is averaged over the $d$ numbers of the code, and then divided by the batch a second time, which happens if one averages what has been averaged already. Multiply by 784, which does not move the minimum:
#
# $$784 \cdot \text{wrong loss} = -\log p(x \mid z) + \beta\ \mathrm{KL} \qquad\qquad \beta = \frac{784}{d \cdot \text{batch}}$$
#
# So the wrong loss is a VAE whose KL term has a weight $\beta$ that **depends on the batch size**. `VAE(…, beta=…)` trains with exactly that.

# %% compare
for batch_size in (16, 78, 128, 500):
    print(f"d = 10, batch {batch_size:>3}: β = {784 / (10 * batch_size):.3f}")

# %% [markdown]
# With a batch of 78 it is 1, by pure chance, and nobody would notice. With 128 it is 0.61, and hard to see. We take batches of 500, where $\beta$ is 0.157. Four models are trained below, in about a minute on two cores.

# %% [markdown] predict="wrong_weight"
# **Predict.** With $\beta = 0.157$ the KL is cheap. Compared with the right loss, will *reconstructions* be better or worse? Will *samples from the prior* be better or worse?
#
# *My prediction:* …


# %%
def train_vae_10(images, **options):
    """A VAE with ten numbers in its code, and what `fit` wrote down."""
    set_seed(SEED)
    vae = VAE(*build_vae_mlp(latent_dim=10), **options)
    vae.compile(keras.optimizers.Adam(LARGE_STEP))
    settings = {"batch_size": LARGE_BATCH, "epochs": SMALL_EPOCHS, "verbose": 0}
    x, x_test = images.x_train[:N_SMALL], images.x_test[:N_TEST]
    return vae, vae.fit(x, validation_data=(x_test,), **settings).history


fashion = data.load_fashion_mnist()
trained, histories = {}, {}
for title, images in (("digits", mnist), ("clothes", fashion)):
    for beta in (1.0, 784 / (10 * LARGE_BATCH)):
        trained[title, beta], histories[title, beta] = train_vae_10(images, beta=beta)
        print(f"{title}, β = {beta:.3f}: trained")

# %% alt="Test images, reconstructions and samples for β = 1 and β = 0.157: with the small β reconstructions are sharper, and samples are less like digits or clothes."
z = np.random.default_rng(SEED).normal(size=(14, 10))
for title, images in (("digits", mnist), ("clothes", fashion)):
    x = images.x_test[:14]
    models = {f"β = {beta:.3g}": model for (of, beta), model in trained.items() if of == title}
    rows = {"test images": x}
    rows |= {f"rebuilt, {text}": model.reconstruct(x) for text, model in models.items()}
    rows |= {f"samples, {text}": model.decode(z) for text, model in models.items()}
    plots.image_rows(rows)
    plt.show()

# %%
for (title, beta), values in histories.items():
    elbo, nll, kl = (values[f"val_{key}"][-1] for key in ("elbo", "reconstruction", "kl"))
    print(f"{title:8} β = {beta:.3f}: ELBO {elbo:7.1f} = −{nll:.1f} − {kl:.1f} nats")

# %% [markdown]
# The reconstructions are a little sharper, and the samples are clearly worse. The wrong loss charges little for codes far from the prior, so they spread: on MNIST the KL is 32 nats instead of 17. A draw from the prior then falls between them. And the ELBO is 9 nats lower, −130 instead of −122.
#
# If you see good reconstructions and bad samples, look at the weight of the KL first. **Sum over pixels and over the code, then average over the batch.**

# %%
for (title, beta), values in histories.items():
    source = {"digits": mnist.source, "clothes": fashion.source}[title]
    print(f"{title}, β = {beta:.3g}: {reference.verdict(values, f'mlp_10_{title}', source)}")

# %% [markdown]
# The reference runs used the right loss, so the wrong one can be seen without knowing the code that made it. Draw your curves beside somebody else's whenever you can.

# %% [markdown]
# ## Bernoulli or squared error?
#
# Some VAEs are trained with the squared error. In `02_elbo` you saw what that is: a Gaussian likelihood with variance ½, up to a constant. So the choice of the error is a choice of the **likelihood**, and a variance of ½ is a strange one for pixels between 0 and 1: it says that every pixel may be off by 0.7.
#
# A third way lets the data choose: the Gaussian with the variance that fits best, which is the mean squared error itself (Rybkin et al. 2021 call it σ-VAE). Two more models, half a minute.

# %%
choices = {"Bernoulli": (trained["digits", 1.0], histories["digits", 1.0])}
for text, sigma in (("squared error", 0.5**0.5), ("Gaussian, best σ", "optimal")):
    choices[text] = train_vae_10(mnist, likelihood="gaussian", sigma=sigma)
for text, (_, values) in choices.items():
    print(f"{text:16}: KL {values['val_kl'][-1]:.1f} nats")

# %% alt="Test digits, their reconstructions and samples under three likelihoods: Bernoulli, squared error and a Gaussian with the best σ, whose samples show fragments of strokes."
x = x_test[:14]
rows = {"test images": x}
rows |= {f"rebuilt, {text}": model.reconstruct(x) for text, (model, _) in choices.items()}
rows |= {f"samples, {text}": model.decode(z) for text, (model, _) in choices.items()}
plots.image_rows({text: np.clip(images, 0, 1) for text, images in rows.items()})
plt.show()

# %% [markdown]
# The KL shows what happens. With the squared error the code keeps 9 nats on MNIST, the fewest: a detail of the picture earns less than it costs, so the digits blur. With the best σ it keeps 29, the most, and rebuilds sharper than with the squared error. But look at its samples: they are broken, as with the small $\beta$ above. A smaller variance weighs the error more, and so the KL less. Nothing was changed but the likelihood. The ELBO of the Bernoulli model cannot be compared with the other two: its formula is one for black and white pixels, and theirs are logs of densities.

# %% [markdown]
# ## Save and load
#
# A trained VAE is a Keras model, so one line saves it and one line brings it back: both networks, the weights, and the likelihood.

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
# The same codes give the same images. To keep the file, save it somewhere else than in a temporary folder.

# %% [markdown]
# ## Recap
#
# You can now
#
# - **move** randomness out of the way of a gradient: roll $\varepsilon$ first, then compute $z = \mu + \sigma\,\varepsilon$,
# - **compare** the pathwise and the score-function estimate, and say why the second one suffers in many dimensions,
# - **build** a VAE from a sampling layer, a loss and two networks,
# - **train** it, and read reconstruction and KL as a trade of nats,
# - **recognise** a loss that is weighted wrongly, by good reconstructions with bad samples, and by curves outside the band.
#
# In `04_cnn_vae` the networks learn that pixels have neighbours. And we will measure with care: what a bound is worth that somebody publishes.

# %% [markdown]
# ## Further reading
#
# - Kingma & Welling, *Auto-Encoding Variational Bayes*, 2013: the trick of exercise 1 is its equation 10, and the VAE of this notebook its section 3.
# - Rezende, Mohamed & Wierstra, *Stochastic Backpropagation and Approximate Inference in Deep Generative Models*, 2014: the same idea, found at the same time, with a view from physics and Bayes.
# - Mohamed, Rosca, Figurnov & Mnih, *Monte Carlo Gradient Estimation in Machine Learning*, 2020: a survey of score-function and pathwise gradients, with more experiments like ours.
# - Kool, van Hoof & Welling, *Buy 4 REINFORCE Samples, Get a Baseline for Free!*, 2019: the leave-one-out baseline of exercise 4.
# - Rybkin, Daniilidis & Levine, *Simple and Effective VAE Training with Calibrated Decoders*, 2021: why the squared error needs its σ.
