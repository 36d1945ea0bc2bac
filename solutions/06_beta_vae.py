# %% [markdown]
# # 06 · β-VAE: turning one knob
#
# **You will learn** to *turn* the weight of the KL and read the plane of rate and distortion, to *see* what each number of a code does, to *score* how well numbers stand for factors, to *take apart* the KL into three terms, and to *wake up* a code that fell silent.
#
# **Before you start.** Work through `03_reparameterization` and `05_cvae`. You need the ELBO with its two terms, and the KL of a diagonal Gaussian from $N(0, I)$.
#
# **Time and points.** About 150 minutes, 16 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib import data, metrics, plots, reference
from vaelib.plots import widgets
from vaelib.explorer import latent_explorer
from vaelib.losses import kl_full_covariance
from vaelib.models import CVAE, VAE, build_cvae_mlp, build_sprite_vae
from vaelib.training import KLWarmup, budget, set_seed

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops
from scipy.special import logsumexp

# %%
SEED = 7
BETA, SEED_SPRITES = 4.0, 5  # of the model that you train: choose your own
EPOCHS = budget(cpu=12, gpu=12)  # as the stored models, so that yours may stand among them
EPOCHS_SHORT = budget(cpu=4, gpu=4)  # for the models that fall silent
EPOCHS_DIGITS = budget(cpu=2, gpu=2)  # of each conditional model

# %% [markdown]
# ## The question
#
# The images of this notebook are made by five knobs: shape, scale, rotation, place across, place down. They are **sprites**, small white figures on black (we draw them as ink on paper). `small_dsprites` draws all 14,400 settings of the knobs (some look alike), in the manner of a well-known data set, dSprites, at a quarter of its pixels.

# %%
sprites = data.small_dsprites()
generator = np.random.default_rng(SEED)
x, factors = sprites.images, sprites.latents_classes  # (n, 32, 32, 1) and (n, 6)
sizes = factors.max(axis=0) + 1  # values of each factor: colour, shape, scale, …
FACTORS = ["shape", "scale", "rotation", "place across", "place down"]
middle = sizes // 2
rows = {}
for k, title in enumerate(FACTORS, start=1):
    settings = np.tile(middle, (10, 1))
    settings[:, k] = np.linspace(0, sizes[k] - 1, 10).round()
    rows[title] = x[np.ravel_multi_index(settings.T, sizes)]
plots.image_rows(rows)
plt.show()

# %% [markdown]
# In each row one knob is turned, and the others stay in the middle. (There is a sixth factor, the colour, which is always white.) (Shape has three settings and scale four, so pictures repeat. With so few pixels a small ellipse is a box, and a heart a dome.) A person who sees these images would soon say: there are five things that change.
#
# A VAE gets the images and nothing else. Could it find the knobs **by itself**, so that each number of its code stands for one of them? Such a code is called **disentangled**. Then we could turn one number and know what happens.

# %% [markdown]
# ## One knob of our own
#
# The ELBO has two terms: the log-likelihood, and the KL with a minus. The **β-VAE** (Higgins et al. 2017) gives the KL a weight:
#
# $$\mathbb{E}_{q(z \mid x)}\big[\log p(x \mid z)\big] - \beta \; \mathrm{KL}\big(q(z \mid x) \,\|\, p(z)\big)$$
#
# With β = 1 it is the ELBO. With β = 4 a nat of KL must earn four nats of reconstruction, or it does not pay.

# %% [markdown]
# ### Exercise 1 · `beta_elbo` (1 point)
#
# Return it for each image. What comes in is the **negative** log-likelihood, and the KL.


# %% exercise="beta_elbo"
def beta_elbo(nll, kl, beta):
    """The objective of the β-VAE, Higgins et al. 2017, eq. 4, to be made large.

    Args:
        nll: negative log-likelihood of each image, (n,), in nats.
        kl: KL of each image, (n,), in nats.
        beta: the weight of the KL.

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    return -nll - beta * kl
    # END SOLUTION


# %% [markdown]
# Try it: an image with a negative log-likelihood of 40 nats and a KL of 7 nats has −47 under β = 1, and −68 under β = 4.

# %%
nll, kl = np.array([40.0], dtype="float32"), np.array([7.0], dtype="float32")
print(beta_elbo(nll, kl, 1.0), beta_elbo(nll, kl, 4.0))


# %% check="beta_elbo" points=1
def check_beta_elbo():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "beta_elbo"
    nll = np.array([40, 52.5, 31], dtype="float32")
    kl = np.array([7, 4.25, 9.5], dtype="float32")
    check_close(
        name,
        call(name, beta_elbo, nll, kl, 4.0),
        [-68, -69.5, -69],
        mistakes={
            "β weighs the log-likelihood instead of the KL": [-167, -214.25, -133.5],
            "β weighs both terms": [-188, -227, -162],
            "β is not used": [-47, -56.75, -40.5],
            "the KL is divided by β": [-41.75, -53.5625, -33.375],
            "the log-likelihood is divided by β": [-17, -17.375, -17.25],
            "β is added instead of multiplied": [-51, -60.75, -44.5],
            "the KL is added": [-12, -35.5, 7],
            "the negative log-likelihood is taken for the log-likelihood": [12, 35.5, -7],
            "the sign is wrong: this is the loss": [68, 69.5, 69],
            "the sign is wrong, and β is not used": [47, 56.75, 40.5],
            "the weights are 1 − β and β": [92, 140.5, 55],
            "β − 1 stands for β": [-61, -65.25, -59.5],
            "1 + β stands for β": [-75, -73.75, -78.5],
            "the KL is missing": [-40, -52.5, -31],
            "the log-likelihood is missing": [-28, -17, -38],
            "the KL is averaged over the images": [-67.66667, -80.16667, -58.66667],
            "every image meets the KL of every other": [
                [-68, -57, -78],
                [-80.5, -69.5, -90.5],
                [-59, -48, -69],
            ],
            "the images are averaged": -68.83333,
            "the images are summed": -206.5,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, beta, case in (
        (20, 1.0, "β is one: the ELBO"),
        (7, 0.25, "β below one"),
        (5, 0.0, "β is zero"),
        (1, 16.0, "one image"),
    ):
        nll, kl = rng.uniform(1, 90, size=(2, n)).astype("float32")
        pairs = list(zip(nll.tolist(), kl.tolist(), strict=True))
        got = call(name, beta_elbo, nll, kl, beta, case=case)
        right = [-(a + beta * b) for a, b in pairs]
        always = {"β is always 4": [-(a + 4 * b) for a, b in pairs]}
        check_close(name, got, right, mistakes=always, case=case)
    # END HIDDEN TESTS


check_beta_elbo()

# %% [markdown]
# ## Rate and distortion
#
# The two terms have names from the world of compression. The KL is the **rate**: how many nats about the image the code brings along. The negative log-likelihood is the **distortion**: what is still missing when the code is known. A good code has little of both, and the knob β chooses between them.
#
# Train one model with the β that you like: `BETA` in the settings. With `SEED_SPRITES` you change its start. It takes less than a minute.

# %%
set_seed(SEED_SPRITES)
vae = VAE(*build_sprite_vae(latent_dim=6), beta=BETA, seed=SEED_SPRITES)
vae.compile(keras.optimizers.Adam(2e-3))
history = vae.fit(x, batch_size=256, epochs=EPOCHS, verbose=0).history
scores = vae.evaluate(x, batch_size=256, verbose=0, return_dict=True)
rate, distortion = scores["kl"], scores["reconstruction"]
print(f"β = {BETA:g}: rate {rate:.1f} nats, distortion {distortion:.1f} nats")

# %% [markdown]
# One point is no picture. We trained the same model for six values of β, with three seeds each. That takes too long for a notebook, so `experiments/beta_sweep.py` did it and kept the numbers.

# %% [markdown] predict="plane"
# **Predict.** We draw the rate to the right, and the distortion upwards. Where will the models with a **large** β lie: *top left*, *bottom left*, *top right* or *bottom right*?
#
# *My prediction:* …

# %%
sweep = reference.beta_sweep()
betas = list(sweep)
colours = dict(zip(betas, plt.get_cmap("viridis")(np.linspace(0, 0.92, len(betas)))))
fig, ax = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
for beta, runs in sweep.items():
    points = np.array([(run["rate"], run["distortion"]) for run in runs])
    ax.scatter(*points.T, color=colours[beta], s=45, label=f"β = {beta:g}")
ax.plot(rate, distortion, "*", ms=17, mfc="none", mec="red", label=f"yours, β = {BETA:g}")
rates = np.linspace(0, ax.get_xlim()[1])
for elbo in (-40, -60, -80):
    ax.plot(rates, -elbo - rates, ":", color="0.7", lw=0.8, zorder=0)
    ax.annotate(f"ELBO −{-elbo}", (0.2, -elbo - 0.2), color="0.45", fontsize=8)
ax.set(xlabel="rate: KL, nats", ylabel="distortion: −log p(x | z), nats", xlim=(0, None))
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# The models lie on one curve. β = 16 stands at the top left, with a rate of 3.3 nats and a distortion of 71. β = 0.5 stands at the bottom right, with 16 and 24. The ELBO is best for β = 1, −40.0 on average, since that is what β = 1 asks for. But only just: β = 0.5 has −40.6, and the seeds differ by as much.
#
# The dotted lines join models of equal ELBO: rate + distortion is the same all along. Up and to the left a model forgets; down and to the right it copies. **β chooses a place on this curve.** Which place is best depends on what you want.
#
# What do the places look like? Some sprites, and what your model makes of them.

# %%
some = generator.choice(len(x), 12, replace=False)
plots.image_rows({"real": x[some], f"β = {BETA:g}": vae.reconstruct(x[some])})
plt.show()

# %% [markdown]
# With our settings place and size are kept, and shape and angle are blurred to a disc. The third picture has a pale second spot, where there is no sprite.

# %% [markdown]
# ## Which numbers does the code use?
#
# The code has six numbers. The KL of a diagonal Gaussian is a sum over them, so each has a share of its own:
#
# $$\mathrm{KL}_j = \frac 1 2 \big( \mu_j^2 + \sigma_j^2 - 1 - \ln \sigma_j^2 \big)$$
#
# Averaged over images, it says how many nats this number brings along.

# %% [markdown]
# ### Exercise 2 · `kl_per_dimension` (2 points)
#
# Return the mean over the images for each number. Together they are the KL that training reports.


# %% exercise="kl_per_dimension"
def kl_per_dimension(z_mean, z_log_var):
    """What each number of the code adds to the mean of KL(q ‖ N(0, I)).

    Args:
        z_mean: (n, d).
        z_log_var: logarithm of the variance of q, (n, d).

    Returns:
        (d,), in nats, averaged over the n images.
    """
    # BEGIN SOLUTION
    each = 0.5 * (ops.square(z_mean) + ops.exp(z_log_var) - 1 - z_log_var)  # (n, d)
    return ops.mean(each, axis=0)
    # END SOLUTION


# %% [markdown]
# Try it: two images, at 0 and at 2, with variance 1. The KLs are 0 and 2²/2 = 2, so their mean is 1.

# %%
print(np.asarray(kl_per_dimension(np.array([[0.0], [2.0]]), np.zeros((2, 1)))))


# %% check="kl_per_dimension" points=2
def check_kl_per_dimension():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "kl_per_dimension"
    z_mean = [[0.4, -1.1], [1.3, 0.2], [-0.6, 1.6]]
    z_log_var = [[0.5, 0.9], [0.3, 1.1], [0.8, 0.4]]
    arrays = [np.array(a, dtype="float32") for a in (z_mean, z_log_var)]
    check_close(
        name,
        call(name, kl_per_dimension, *arrays),
        [0.47235, 0.89427],
        mistakes={
            "the mean runs over the code instead of the images": [0.51958, 0.67101, 0.85934],
            "the sum runs over the code: the KL of each image": [1.03916, 1.34201, 1.71868],
            "the images are summed instead of averaged": [1.41706, 2.6828],
            "the sum is divided by the length of the code, not by n": [0.70853, 1.3414],
            "nothing is averaged": [[0.15436, 0.8848], [0.86993, 0.47208], [0.39277, 1.32591]],
            "all numbers are summed: the whole KL": 1.36662,
            "everything is averaged": 0.68331,
            "everything is summed": 4.09986,
            "only the first image is used": [0.15436, 0.8848],
            "the factor ½ is missing": [0.94471, 1.78853],
            "the factor ½ stands only before the square": [0.57637, 1.15353],
            "the sign is wrong": [-0.47235, -0.89427],
            "z_mean is not squared": [0.28735, 0.37593],
            "z_mean is missing": [0.10402, 0.25927],
            "z_mean is subtracted": [-0.26431, -0.37573],
            "z_mean is averaged before it is squared": [0.17124, 0.28649],
            "the variance of z_mean stands for its square": [0.40513, 0.86704],
            "z_log_var is averaged before exp": [0.45397, 0.84777],
            "z_log_var is used as the variance": [0.48838, 0.68939],
            "z_log_var is used as the deviation": [0.73842, 0.80711],
            "exp(z_log_var) is used as the deviation": [0.91724, 2.21837],
            "the variance is squared": [1.18391, 2.61837],
            "the deviation stands for the variance": [0.25795, 0.48883],
            "exp is missing": [-0.13167, 0.135],
            "1 is not subtracted": [0.97235, 1.39427],
            "1 is added": [1.47235, 1.89427],
            "z_log_var is added": [1.00569, 1.69427],
            "z_log_var is missing": [0.73902, 1.29427],
            "p and q are swapped": [0.31791, 0.50517],
        },
        rtol=1e-4,
        atol=1e-5,
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(1)
    for n, d, low, high, case in (
        (50, 10, -1, 1, "more images, a longer code"),
        (6, 6, -1, 1, "as many images as numbers"),
        (1, 4, -1, 1, "one image"),
        (30, 1, -1, 1, "a code of one number"),
        (30, 2, 6, 13, "large variances"),
        (30, 2, -9, -6, "small variances"),
        (8, 3, 0, 0, "every variance is that of the prior"),
    ):
        z_mean = rng.normal(size=(n, d)).astype("float32")
        z_log_var = rng.uniform(low, high, size=(n, d)).astype("float32")
        m, s = z_mean.astype(float), z_log_var.astype(float)
        each = (m**2 + np.expm1(s) - s) / 2
        got = call(name, kl_per_dimension, z_mean, z_log_var, case=case)
        cut = [(m**2 + np.expm1(c) - c) / 2 for c in (np.clip(s, -5, 5), np.maximum(s, 0))]
        mistakes = {"large or small values of z_log_var are cut off": cut[0].mean(0)}
        mistakes["negative values of z_log_var are cut off"] = cut[1].mean(0)
        near = {"rtol": 1e-4, "atol": 1e-5, "mistakes": mistakes}
        check_close(name, got, each.mean(0), **near, case=case)

    case = "silent numbers: every posterior is the prior"
    silent = np.zeros((5, 3), dtype="float32")
    got = call(name, kl_per_dimension, silent, silent, case=case)
    check_close(name, got, [0, 0, 0], atol=1e-5, case=case)
    # END HIDDEN TESTS


check_kl_per_dimension()

# %%
z_mean, z_log_var = vae.encode(x)
kl_each = np.asarray(kl_per_dimension(z_mean, z_log_var))
order = np.argsort(-kl_each)[:6]  # the number that brings most comes first
print(f"sum {kl_each.sum():.2f} nats, as training reports: {scores['kl']:.2f} nats")
fig, ax = plt.subplots(figsize=(5, 2.6), layout="constrained")
ax.bar([f"$z_{j + 1}$" for j in order], kl_each[order], color=plt.get_cmap("cividis")(0.25))
ax.set(ylabel="KL, nats")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# With our settings four numbers bring 1.4 to 2.2 nats each, and the other two bring nothing. Such a number is **silent**: for every image its posterior is the prior, so it says nothing. The KL pays for what a number says, and with a large β not everything is worth its price.
#
# To count the numbers that are **active**, one looks at how much `z_mean` changes from image to image (Burda et al. 2015).

# %% [markdown]
# ### Exercise 3 · `active_units` (1 point)
#
# Return how many numbers of the code have a `z_mean` whose **variance** over the images is above the threshold. (Divide by n or by n − 1, as you like.)


# %% exercise="active_units"
def active_units(z_mean, threshold=0.01):
    """How many numbers of the code are active, Burda et al. 2015, section 5.2.

    Args:
        z_mean: posterior means, (n, d).
        threshold: of the variance over the images.

    Returns:
        A whole number, 0 to d.
    """
    # BEGIN SOLUTION
    return int(np.sum(np.var(z_mean, axis=0) > threshold))
    # END SOLUTION


# %% [markdown]
# Try it: of these two numbers only the second changes, so 1 is active. Of your model, as many as have a bar.

# %%
print(active_units(np.array([[3.0, -1.0], [3.0, 1.0]])), active_units(z_mean))


# %% check="active_units" points=1
def check_active_units():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "active_units"
    centre = np.array([0, 0, 2, -2, 0, 0, 0, 0, 0, 3, -1, 0, 0, 0])
    size = [0.5, 0.05, 0.03, 0.003, 0.8, 0.05, 0.05, 0.003, 0.05, 0.03, 0.003, 0.3, 0.05, 0.003]
    signs = np.array([[1], [-1], [1], [1], [-1], [-1]])  # six images
    check_close(
        name,
        call(name, active_units, (centre + signs * size).astype("float32"), 0.01),
        3,
        mistakes={
            "the deviation is compared instead of the variance": 10,
            "the mean square is compared instead of the variance": 7,
            "the mean is compared instead of the variance": 2,
            "the size of the mean is compared instead of the variance": 4,
            "the squares are summed instead of averaged": 8,
            "the variance runs over the numbers of the code": 6,
            "one variance is taken of the whole table": 1,
            "all numbers are counted": 14,
            "the silent numbers are counted": 11,
            "the values of z_mean are counted": 36,
            "the share of active numbers is returned": 0.21429,
            "the variances are returned": np.square(size),
            "which numbers are active is returned, not how many": np.isin(range(14), [0, 4, 11]),
            "the places of the active numbers are returned, not how many": [0, 4, 11],
            "np.where returns the places, not how many": [[0, 4, 11]],
            "the active variances are summed": 0.98,
        },
        atol=1e-4,
    )
    # BEGIN HIDDEN TESTS

    def check_case(deviations, threshold, count, case, means=0.0, mistakes=None):
        """Numbers with exactly these deviations over ten images."""
        noise = np.resize([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0], (10, 1))
        z_mean = (means + noise * deviations).astype("float32")
        got = call(name, active_units, z_mean, threshold, case=case)
        check_close(name, got, count, mistakes=mistakes, case=case)

    always = {"the threshold is always 0.01": 4}
    check_case([0.9, 0.3, 0.15, 0.7, 0.05], 0.2, 2, "another threshold", mistakes=always)
    check_case([0.001, 0.002, 0.03], 0.01, 0, "all are silent", means=3)
    check_case([1.0] * 5, 0.01, 5, "all are active")
    check_case([0.4], 0.01, 1, "a code of one number", means=-7)
    equal = {"a variance that equals the threshold counts": 4}
    case = "a threshold of zero: numbers that never change are silent"
    check_case([1.0, 0.0, 0.5, 0.0], 0.0, 2, case, means=[0, 2, -0.5, 4], mistakes=equal)
    # END HIDDEN TESTS


check_active_units()

# %% [markdown]
# ## What does each number do?
#
# Take the code of one image. Replace one of its numbers by other values, decode, and look. This is a **traversal**.

# %% [markdown]
# ### Exercise 4 · `traversal` (1 point)
#
# Return the codes, one in each row: (n, d). Each has its own value at the place `dim`, and is z everywhere else. Leave `z` itself as it is.


# %% exercise="traversal"
def traversal(z, dim, values):
    """One code again and again, with another value at one place each time.

    Args:
        z: the code, (d,).
        dim: which number is replaced, counted from 0.
        values: what it is replaced by, (n,).

    Returns:
        (n, d).
    """
    # BEGIN SOLUTION
    way = np.repeat(np.asarray(z)[None], len(values), axis=0)
    way[:, dim] = values
    return way
    # END SOLUTION


# %% [markdown]
# Try it: the code (1, 2, 3) with −5 and 5 at place 1 becomes (1, −5, 3) and (1, 5, 3).

# %%
z, values = np.array([1, 2, 3], dtype="float32"), np.array([-5, 5], dtype="float32")
print(np.asarray(traversal(z, 1, values)))


# %% check="traversal" points=1
def check_traversal():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "traversal"
    z = np.array([0.3, -1.2, 0.8, 1.7], dtype="float32")
    values = np.array([-2, 2.5], dtype="float32")
    check_close(
        name,
        call(name, traversal, z, 1, values),
        [[0.3, -2, 0.8, 1.7], [0.3, 2.5, 0.8, 1.7]],
        mistakes={
            "the value is added instead of put in its place": [
                [0.3, -3.2, 0.8, 1.7],
                [0.3, 1.3, 0.8, 1.7],
            ],
            "the value is multiplied instead of put in its place": [
                [0.3, 2.4, 0.8, 1.7],
                [0.3, -3, 0.8, 1.7],
            ],
            "the other numbers of the code are 0": [[0, -2, 0, 0], [0, 2.5, 0, 0]],
            "all the other numbers are replaced": [[-2, -1.2, -2, -2], [2.5, -1.2, 2.5, 2.5]],
            "every number is replaced": [[-2, -2, -2, -2], [2.5, 2.5, 2.5, 2.5]],
            "dim is counted from 1": [[-2, -1.2, 0.8, 1.7], [2.5, -1.2, 0.8, 1.7]],
            "the place after dim is replaced": [[0.3, -1.2, -2, 1.7], [0.3, -1.2, 2.5, 1.7]],
            "nothing is replaced": [[0.3, -1.2, 0.8, 1.7], [0.3, -1.2, 0.8, 1.7]],
            "every code gets the last value, as if all of them were one array": [
                [0.3, 2.5, 0.8, 1.7],
                [0.3, 2.5, 0.8, 1.7],
            ],
            "every code gets the first value": [[0.3, -2, 0.8, 1.7], [0.3, -2, 0.8, 1.7]],
            "the values come in the reverse order": [[0.3, 2.5, 0.8, 1.7], [0.3, -2, 0.8, 1.7]],
            "there is one code: each overwrites the one before": [0.3, 2.5, 0.8, 1.7],
            "there is one code: does `return` stand in the loop?": [0.3, -2, 0.8, 1.7],
            "codes and numbers are swapped: (d, n)": [
                [0.3, 0.3],
                [-2, 2.5],
                [0.8, 0.8],
                [1.7, 1.7],
            ],
            "the codes stand in one row: reshape them": [0.3, -2, 0.8, 1.7, 0.3, 2.5, 0.8, 1.7],
            "only the values are returned": [-2, 2.5],
            "the value is put in between, and nothing is replaced": [
                [0.3, -2, -1.2, 0.8, 1.7],
                [0.3, 2.5, -1.2, 0.8, 1.7],
            ],
            "the value stands at the end, and nothing is replaced": [
                [0.3, -1.2, 0.8, 1.7, -2],
                [0.3, -1.2, 0.8, 1.7, 2.5],
            ],
            "the number at dim is taken out": [[0.3, 0.8, 1.7], [0.3, 0.8, 1.7]],
            "z itself stands above the codes": [
                [0.3, -1.2, 0.8, 1.7],
                [0.3, -2, 0.8, 1.7],
                [0.3, 2.5, 0.8, 1.7],
            ],
        },
    )
    # BEGIN HIDDEN TESTS
    for z, dim, values, case in (
        ([0.4, 1.5, -0.7, 2.2], 0, [-1, 3], "the first number"),
        ([0.4, 1.5, -0.7, 2.2], 3, [-1, 3], "the last number"),
        (np.arange(10) / 4, 5, np.linspace(-3, 3, 7), "a longer code"),
        ([0.7, 1.1, -0.2], 1, [4, 0, -4], "as many values as numbers"),
        ([0.7], 0, [1, 2, 3], "a code of one number"),
        ([0.7, -0.1, 0.2], 1, [4], "one value"),
    ):
        z, values = (np.array(a, dtype="float32") for a in (z, values))
        rows = [[v if j == dim else z[j] for j in range(len(z))] for v in values]
        swapped = {"codes and numbers are swapped: (d, n)": np.transpose(rows)}
        got = call(name, traversal, z, dim, values, case=case)
        check_close(name, got, rows, mistakes=swapped, case=case)
    # END HIDDEN TESTS


check_traversal()

# %%
start = np.ravel_multi_index([0, 2, 2, 2, 5, 5], sizes)  # a heart in the middle
values = np.linspace(-2, 2, 11).astype("float32")
rows = {
    f"$z_{j + 1}$, KL {kl_each[j]:.1f}": vae.decode(traversal(z_mean[start], j, values))
    for j in order
}
plots.image_rows(rows)
plt.show()

# %% [markdown]
# A picture to keep: what your model found out about its world, without a word from us. The rows are sorted by their KL. With our settings $z_2$ moves the sprite across. $z_4$ moves it down, and makes it smaller on the way. $z_3$ makes it larger. $z_1$ lets it fade away on the left: with **these** other numbers a small $z_1$ hardly occurs. So the numbers depend on each other, and we shall measure how much. The last two rows do not change: those numbers are silent. And nothing turns the heart into a square: shape and rotation are blurred away, since they change few pixels.
#
# Turn it yourself: choose a number of the code, and its value. (Where sliders do not run, you see two rows of the picture above.)

# %%
still = plots.image_rows({title: rows[title] for title in list(rows)[:2]})
widgets.sliders(
    lambda number, value: vae.decode(traversal(z_mean[start], number - 1, np.array([value])))[0],
    still,
    number=range(1, 7),
    value=values,
)

# %% [markdown]
# With this page you can also start from other sprites, and walk from one to another. The sliders stand in the order of their KL, and the bars show it.

# %%
few = np.random.default_rng(SEED).choice(len(x), 400, replace=False)
shapes, names = factors[few, 1], ["square", "ellipse", "heart"]
latent_explorer(vae.decode, x[few], np.asarray(z_mean)[few], shapes, kl=kl_each, names=names)

# %% [markdown]
# Walk from a small sprite to a large one: on the way it grows **and** moves. A walk turns all numbers at once, a slider turns one.

# %% [markdown]
# ## A score
#
# We look and say "this one is the place". Can we **count** how well numbers stand for factors? Here we can, since we know every factor of every image.
#
# We ask: if you know number $j$ of the code, how many nats do you know about factor $k$? That is their **mutual information**. We cut the range of a number into 20 pieces, count how often each piece meets each value of the factor, and get a table.

# %%
changing = factors[:, 1:]  # without the colour
mi = metrics.mutual_information(z_mean, changing)  # (numbers of the code, factors)
entropy = np.log(sizes[1:])  # in nats: every value of a factor is equally frequent
fig, ax = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
picture = ax.imshow(mi[order], cmap="cividis", vmin=0, aspect="auto")
ax.set_xticks(range(5), [title.replace(" ", "\n") for title in FACTORS])
ax.set_yticks(range(6), [f"$z_{j + 1}$" for j in order])
fig.colorbar(picture, ax=ax, label="mutual information, nats")
plt.show()

# %% [markdown]
# A column is a factor. If one number of the code stands for it, one cell of its column is bright, and all others are dark. (A silent number has a faint row: the 20 pieces stretch even its tiny spread.) The **mutual information gap**, MIG (Chen et al. 2018), says it in a number: the brightest cell of a column, minus the second brightest, divided by the entropy of the factor, which is the most it could be. Then the mean over the factors:
#
# $$\mathrm{MIG} = \frac 1 K \sum_{k=1}^{K} \frac{I_{\text{best}, k} - I_{\text{second}, k}}{H_k}$$
#
# ($I$ is the mutual information, $K$ the number of factors, $H_k$ the entropy of factor $k$.) It is 1 if each factor is told in full by one number and by no other. It is 0 if each is told twice, or not at all.

# %% [markdown]
# ### Exercise 5 · `mutual_information_gap` (2 points)
#
# Compute it from the table and the entropies. If two numbers share the largest value of a column, its gap is 0.


# %% exercise="mutual_information_gap"
def mutual_information_gap(mi, entropy):
    """MIG, Chen et al. 2018, eq. 6.

    Args:
        mi: mutual information of each number of the code with each factor, (d, n_factors), in nats.
        entropy: of each factor, (n_factors,), in nats.

    Returns:
        A number, 0 to 1.
    """
    # BEGIN SOLUTION
    ranked = np.sort(mi, axis=0)  # the largest stands last
    return np.mean((ranked[-1] - ranked[-2]) / entropy)
    # END SOLUTION


# %% [markdown]
# Try it: a code of two numbers for two factors of ln 2 nats each. If each number tells one factor, the MIG is 1. If both numbers tell the first factor and none the second, it is 0.

# %%
nat = np.log(2)
perfect, doubled = np.array([[nat, 0], [0, nat]]), np.array([[nat, 0], [nat, 0]])
print(mutual_information_gap(perfect, [nat, nat]), mutual_information_gap(doubled, [nat, nat]))


# %% check="mutual_information_gap" points=2
def check_mutual_information_gap():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "mutual_information_gap"
    mi = [[0.9, 0.1, 0.2, 0.35], [0.15, 0.65, 1.3, 0.1], [0.3, 0.4, 1.05, 0.75]]
    mi = np.array([*mi, [0.05, 0.25, 0.6, 0.5]])
    check_close(
        name,
        call(name, mutual_information_gap, mi, np.array([1.1, 0.7, 1.6, 1.3])),
        0.31279,
        mistakes={
            "the gap is not divided by the entropy": 0.3375,
            "the second largest is not subtracted": 0.78404,
            "the smallest is subtracted instead of the second largest": 0.68649,
            "the gap between the two smallest is taken": 0.18688,
            "the order is descending, and the two smallest are taken": -0.18688,
            "the mean of the others is subtracted": 0.49963,
            "the mean of all is subtracted": 0.37472,
            "the sum of the others is subtracted": -0.0692,
            "the sum over the factors is taken instead of the mean": 1.25116,
            "the gap of each factor is returned": [0.54545, 0.35714, 0.15625, 0.19231],
            "only the largest is divided by the entropy": 0.22154,
            "only the second largest is divided by the entropy": 0.42874,
            "the mean gap is divided by the mean entropy": 0.28723,
            "the mean gap is divided by the largest entropy": 0.21094,
            "the mean gap is divided by each entropy": [0.30682, 0.48214, 0.21094, 0.25962],
            "the gap is multiplied by the entropy": 0.39,
            "the sign is wrong": -0.31279,
            "the largest gap of the factors is taken": 0.54545,
            "the smallest gap of the factors is taken": 0.15625,
            "it is divided by the largest mutual information instead of the entropy": 0.39423,
            "the ratio is taken instead of the gap": 0.54994,
            "the table is not sorted: the last two rows are taken": -0.22878,
            "the table is not sorted: the first two rows are taken": -0.14977,
            "the two largest of each row are taken, not of each column": 0.42325,
            "the two largest of each row are taken, and not divided by the entropy": 0.4,
            "the two largest of each row are taken, with the entropy of the largest one's factor": 0.28906,
            "each row is sorted instead of each column: np.sort has `axis`": -0.23599,
            "the second largest is that of the row, not of the column": 0.25901,
            "the largest is that of the row, not of the column": 0.47702,
            "the two largest of the whole table are taken": 0.23324,
        },
        rtol=1e-4,
        atol=1e-5,
    )
    tie = np.array([[0.9, 0.2], [0.9, 0.5], [0.1, 0.8]])
    check_close(
        name,
        call(name, mutual_information_gap, tie, np.array([1.1, 0.7])),
        0.214286,
        what="two numbers share the largest value",
        mistakes={
            "a second largest that equals the largest is passed over": 0.577922,
            "the sum is divided by the number of numbers, not of factors": 0.142857,
        },
        rtol=1e-4,
        atol=1e-5,
    )
    # BEGIN HIDDEN TESTS

    def check_case(mi, entropy, case, right=None, mistakes=None):
        mi, entropy = np.array(mi, dtype=float), np.array(entropy, dtype=float)
        got = call(name, mutual_information_gap, mi, entropy, case=case)
        if right is None:
            gaps = []
            for column, h in zip(mi.T.tolist(), entropy.tolist(), strict=True):
                second, first = sorted(column)[-2:]
                gaps.append((first - second) / h)
            right = sum(gaps) / len(gaps)
            mistakes = {
                "the sum is divided by the number of numbers, not of factors": sum(gaps) / len(mi)
            }
        near = {"rtol": 1e-4, "atol": 1e-5, "mistakes": mistakes}
        check_close(name, got, right, **near, case=case)

    rng = np.random.default_rng(2)
    check_case(rng.random((6, 5)), rng.uniform(1, 2.5, size=5), "more numbers than factors")
    check_case(rng.random((2, 4)), rng.uniform(1, 2.5, size=4), "more factors than numbers")
    check_case(rng.random((5, 1)), [1.7], "one factor")
    logs = np.log([2, 3, 4])
    passed_over = {"a second largest that equals the largest is passed over": 1}
    check_case(np.diag(logs), logs, "a perfect code", 1)
    twice = np.vstack([np.diag(logs)] * 2)
    check_case(twice, logs, "every number stands twice", 0, passed_over)
    check_case(np.vstack([np.diag(logs), np.zeros((2, 3))]), logs, "silent numbers", 1)
    check_case(0 * twice, logs, "all numbers are silent", 0)
    # END HIDDEN TESTS


check_mutual_information_gap()

# %%
print(f"MIG of your model: {float(mutual_information_gap(mi, entropy)):.3f}")

# %% [markdown]
# Two more scores are in use, and each asks in another way.
#
# - **SAP** (Kumar et al. 2018): predict a factor from one number of the code alone. How much better is the best number than the second best?
# - **FactorVAE score** (Kim & Mnih 2018): hold one factor still and let the others vary. The number of the code that varies least, measured by its own spread, gives a vote for that factor. First 800 votes decide by majority which factor each number stands for. Then 800 new votes are counted: how many agree? By chance it is one in five.
#
# We wrote them from their papers, into `vaelib.metrics`, and tested them on codes whose scores are known.

# %% [markdown] predict="scores"
# **Predict.** As β grows from 0.5 to 16, will the scores *rise*, *fall*, or *rise and fall again*?
#
# *My prediction:* …

# %%
SHAPE = 1  # the column of the one factor that is a category
mine = {
    "mig": mutual_information_gap(mi, entropy),
    "sap": metrics.sap_score(z_mean, sprites.latents_values, categorical=(SHAPE,)),
    "factor_vae": metrics.factor_vae_score(z_mean, factors),
}
fig, axes = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
for ax, (key, score), title in zip(axes, mine.items(), ("MIG", "SAP", "FactorVAE score")):
    for beta, runs in sweep.items():
        ax.plot([beta] * 3, [run[key] for run in runs], "o", color=colours[beta])
    means = [np.mean([run[key] for run in runs]) for runs in sweep.values()]
    ax.plot(betas, means, color="0.6", lw=1, zorder=0)
    ax.plot(BETA, score, "*", ms=14, mfc="none", mec="red")
    ax.set_xscale("log", base=2)
    ax.set(title=title, xlabel="β", ylim=(0, None), xticks=betas)
    ax.set_xticklabels([f"{beta:g}" for beta in betas])
plt.show()

# %% [markdown]
# MIG and SAP are highest at β = 4, on average. They are low at β = 1 and 2, and fall again for larger β. The FactorVAE score is as high at β = 0.5 as at 4. Three scores, three opinions, since each asks another question. And none comes near 1: no model found a number for the shape, or for the rotation. (None could find all of the rotation: a square looks the same after a quarter turn, so an image tells less than the knob did.)
#
# Look at the three points of one β, too. They are the same model with another seed, and their scores often differ more than the means of two β do. So **one run proves nothing**: a paper that shows one seed may show luck (Locatello et al. 2019 trained more than 12,000 models to say so).

# %% [markdown]
# ## What the KL is made of
#
# Why should a larger weight on the KL disentangle anything? Let us look into the KL. Put the posteriors of **all** images together, and you get the cloud of all codes, the **aggregate posterior**:
#
# $$q(z) = \frac 1 n \sum_{i=1}^{n} q(z \mid x_i)$$
#
# With it, the mean KL splits into three terms (Chen et al. 2018):
#
# $$\frac 1 n \sum_i \mathrm{KL}\big(q(z \mid x_i) \,\|\, p(z)\big) = \underbrace{\mathbb{E}\Big[\ln \frac{q(z \mid x)}{q(z)}\Big]}_{\text{mutual information}} + \underbrace{\mathbb{E}\Big[\ln \frac{q(z)}{\prod_j q(z_j)}\Big]}_{\text{total correlation}} + \underbrace{\mathbb{E}\Big[\sum_j \ln \frac{q(z_j)}{p(z_j)}\Big]}_{\text{dimension-wise KL}}$$
#
# Check it: the three logarithms add up, since what stands below in one stands above in the next.
#
# - The **mutual information** of image and code: how well a code says which image it came from. We want this one.
# - The **total correlation**: how far the numbers of the code depend on each other. If they are independent, it is 0.
# - The **dimension-wise KL**: how far the cloud of each single number is from $N(0, 1)$.
#
# β weighs all three. The middle one is what we want to be rid of, if each number should stand for something of its own.

# %% [markdown]
# ### Exercise 6 · `elbo_decomposition` (4 points)
#
# Estimate the three from one draw $z_i$ for each image. First you need a table: the log-density of each draw under each posterior, for each number of the code,
#
# $$T_{ikj} = \ln q(z_{ij} \mid x_k) = -\frac 1 2 \Big( \ln 2\pi + \ln \sigma_{kj}^2 + \frac{(z_{ij} - \mu_{kj})^2}{\sigma_{kj}^2} \Big) \qquad\qquad \text{shape } (n, n, d)$$
#
# `z[:, None]` has the shape (n, 1, d), so that broadcasting makes the table. From it you get
#
# - $\ln q(z_i \mid x_i)$: the posterior is a product over $j$, so sum over $j$ and take $k = i$,
# - $\ln q(z_i)$: sum over $j$ **first**, then take the log of the mean over $k$,
# - $\ln \prod_j q(z_{ij})$: take the log of the mean over $k$ for **each** $j$, then sum over $j$.
#
# And $\ln p(z_i)$ is the same density with mean 0 and variance 1, summed over $j$. $\mathbb{E}$ is the mean over the draws. Use numpy here.
#
# The log of a mean of exponentials is `logsumexp(…, axis=1) - np.log(n)`; `logsumexp` from scipy is imported. Stay with logarithms all the way: in a long code every density is rounded to 0. Then take the mean over the draws.


# %% exercise="elbo_decomposition"
def elbo_decomposition(z, z_mean, z_log_var):
    """The three terms of the mean KL, Chen et al. 2018, eq. 2, with q(z) over these n images.

    Args:
        z: one draw from each posterior, (n, d).
        z_mean: (n, d).
        z_log_var: logarithm of the variances of the posteriors, (n, d).

    Returns:
        mutual information, total correlation and dimension-wise KL, in this order: three numbers,
        in nats.
    """
    # BEGIN SOLUTION
    offsets = z[:, None] - z_mean  # (n, n, d)
    table = -0.5 * (np.log(2 * np.pi) + z_log_var + offsets**2 * np.exp(-z_log_var))
    log_joint = np.sum(table, axis=-1)  # (n, n): log q(z_i | x_k)
    log_q_given_x = np.diagonal(log_joint)  # (n,)
    log_q = logsumexp(log_joint, axis=1) - np.log(len(z))
    log_product = np.sum(logsumexp(table, axis=1) - np.log(len(z)), axis=-1)
    log_p = np.sum(-0.5 * (np.log(2 * np.pi) + z**2), axis=-1)
    terms = log_q_given_x - log_q, log_q - log_product, log_product - log_p
    return tuple(np.mean(term) for term in terms)
    # END SOLUTION


# %% [markdown]
# Try it: two images whose codes lie far apart, at (−9, 0) and (9, 0) with variance 1. The code says which of two images it was: ln 2 = 0.693 nats of mutual information. The total correlation is 0, since only one number changes. The third one is large, 39.807, since the cloud lies far from $N(0, I)$.

# %%
far = np.array([[-9, 0], [9, 0]], dtype="float32")
print(np.round(elbo_decomposition(far, far, 0 * far), 3))


# %% check="elbo_decomposition" points=4
def check_elbo_decomposition():
    from contextlib import suppress

    import numpy as np
    from vaelib.checks import call, check_close, check_true

    name = "elbo_decomposition"

    def three(arrays, case=None):
        """What the answer returns for these arrays, once it is found to be three numbers."""
        got = call(name, elbo_decomposition, *arrays, case=case)
        problem = "got None. Does your function end with `return`?"
        check_true(name, got is not None, problem, case=case)
        parts = []
        if not isinstance(got, str | dict):
            with suppress(TypeError, ValueError, NotImplementedError):  # not to be taken apart
                parts = [np.asarray(part) for part in got]
        right = len(parts) == 3 and all(part.dtype.kind in "biufc" for part in parts)
        problem = "expected three numbers: `return mi, total, by_dimension`."
        check_true(name, right, problem, case=case)
        n, d = arrays[0].shape
        for part in parts:
            hints = {(d,): "sum over the numbers of the code", (n,): "take the mean over the draws"}
            hints[n, n] = "of q(z | x), take k = i alone"
            hint = hints.get(part.shape, "a term is an array")
            check_true(name, part.size == 1, f"expected three numbers: {hint}.", case=case)
        return np.array([part.reshape(()) for part in parts])

    z = [[2.9, 0.8], [-2.2, -2.4], [0.4, 1.9], [0.3, -1.2]]
    z_mean = [[2.1, 1.4], [-0.8, -1.9], [1.5, 0.6], [-1.3, -0.4]]
    z_log_var = [[0.2, 1.1], [0.9, 0.1], [0.3, 0.7], [1.4, 0.4]]
    check_close(
        name,
        three([np.array(a, dtype="float32") for a in (z, z_mean, z_log_var)]),
        [0.71878, 0.21005, 0.99458],
        mistakes={
            "ln n is missing: the mean over the images is a sum": [-0.66752, -1.17625, 3.76717],
            "ln n is missing in q(z)": [-0.66752, 1.59634, 0.99458],
            "ln n is missing in the product": [0.71878, -2.56254, 3.76717],
            "ln n is subtracted once in the product, instead of once for each number": [
                0.71878,
                -1.17625,
                2.38087,
            ],
            "ln n is added instead of subtracted": [-2.05381, -2.56254, 6.53975],
            "ln d stands for ln n": [0.02563, -0.4831, 2.38087],
            "n is subtracted instead of ln n": [3.33248, 2.82375, -4.23283],
            "the product stands for q(z)": [0.92882, 0, 0.99458],
            "q(z) stands for the product": [0.71878, 0, 1.20462],
            "q(z) and the product are swapped": [0.92882, -0.21005, 1.20462],
            "the dimension-wise terms are summed for the total correlation": [
                0.71878,
                0.99458,
                0.99458,
            ],
            "the first is the whole KL: q(z | x) is compared with p(z)": [1.9234, 0.21005, 0.99458],
            "the total correlation begins with q(z | x) instead of q(z)": [
                0.71878,
                0.92882,
                0.99458,
            ],
            "the dimension-wise KL begins with q(z) instead of the product": [
                0.71878,
                0.21005,
                1.20462,
            ],
            "the dimension-wise KL is the KL of each image's posterior, by its formula": [
                0.71878,
                0.21005,
                2.33512,
            ],
            "mutual information and total correlation are swapped": [0.21005, 0.71878, 0.99458],
            "total correlation and dimension-wise KL are swapped": [0.71878, 0.99458, 0.21005],
            "mutual information and dimension-wise KL are swapped": [0.99458, 0.21005, 0.71878],
            "the order of the three is shifted": [0.21005, 0.99458, 0.71878],
            "the order of the three is shifted to the right": [0.99458, 0.71878, 0.21005],
            "the signs are wrong": [-0.71878, -0.21005, -0.99458],
            "the sign of the mutual information is wrong": [-0.71878, 0.21005, 0.99458],
            "the sign of the total correlation is wrong": [0.71878, -0.21005, 0.99458],
            "the sign of the dimension-wise KL is wrong": [0.71878, 0.21005, -0.99458],
            "the draws are summed instead of averaged": [2.8751, 0.84018, 3.97831],
            "the numbers of the code are averaged instead of summed": [0.55934, -0.09493, 0.49729],
            "the numbers are averaged instead of summed in the product": [
                0.71878,
                -1.77098,
                2.9756,
            ],
            "ln(2π) stands in p(z) only": [0.71878, 0.21005, 2.83245],
            "ln(2π) stands in q only": [0.71878, 0.21005, -0.8433],
            "the mean of the logs is taken for the log of the mean": [2.24597, 0, -0.32258],
            "the mean of the logs is taken for the log of the mean in q(z)": [
                2.24597,
                -1.31715,
                0.99458,
            ],
            "the mean of the logs is taken for the log of the mean in the product": [
                0.71878,
                1.5272,
                -0.32258,
            ],
            "q(z | x) is averaged over all posteriors, instead of k = i": [
                -1.5272,
                0.21005,
                0.99458,
            ],
            "q(z | x) is summed over all posteriors, instead of k = i": [
                -17.36481,
                0.21005,
                0.99458,
            ],
            "the posterior of the draw itself is left out of q(z)": [1.30555, 0.22938, 0.38847],
            "logsumexp runs over the draws (axis 0), or i and k are swapped in the table": [
                0.71078,
                0.16844,
                1.04417,
            ],
            "logsumexp runs over the draws (axis 0) in q(z)": [0.71078, 0.21804, 0.99458],
            "logsumexp runs over the draws (axis 0) in the product": [0.71878, 0.16045, 1.04417],
            "the table takes the draw of image k and the mean of image i": [
                0.78609,
                0.14164,
                0.99566,
            ],
            "the table takes the variance of image i instead of image k": [
                0.77627,
                0.18626,
                0.96087,
            ],
            "z_mean stands for z in p(z)": [0.71878, 0.21005, -0.23917],
            "z_mean stands for z in q": [0.87714, 0.27864, 1.32547],
            "z_mean stands for z": [0.87714, 0.27864, 0.09172],
            "z and z_mean are swapped": [0.78609, 0.14164, -0.23809],
            "exp(z_log_var) is used as the deviation": [0.59528, 0.16376, 0.7695],
            "z_log_var is used as the variance": [1.19371, -0.03543, 0.45813],
            "z_log_var stands for the variance in the square": [1.22487, -0.08936, -0.91441],
            "the deviation stands for the variance": [0.74811, 0.22279, 1.04135],
            "z_log_var is missing in the table": [0.74564, 0.15703, 1.65822],
            "z_log_var is added in the table": [0.74821, 0.06902, 2.38117],
            "the factor ½ is missing before z_log_var": [0.67098, 0.22983, 0.38508],
            "the factor ½ is missing before the square": [0.88451, 0.19456, 0.28648],
            "the square is multiplied by the variance instead of divided": [
                -0.07853,
                0.11019,
                -0.46704,
            ],
            "the square is divided by the deviation instead of the variance": [
                0.7261,
                0.23623,
                0.73117,
            ],
            "the square is not divided by the variance": [0.6643, 0.23252, 0.42067],
            "p(z) is added instead of subtracted": [0.71878, 0.21005, -8.91868],
            "p(z) is missing": [0.71878, 0.21005, -3.96205],
            "the factor ½ is missing in p(z)": [0.71878, 0.21005, 4.11333],
            "the largest stands for logsumexp": [1.27067, 1.26401, -0.61128],
        },
        rtol=1e-3,
        atol=1e-4,
    )
    # BEGIN HIDDEN TESTS

    def by_loops(z, z_mean, z_log_var):
        """The three in float64, with a loop over draws and one over posteriors."""
        n, d = z.shape
        sums = np.zeros(3)
        for i in range(n):
            under = np.zeros((n, d))  # draw i under posterior k, number by number
            for k in range(n):
                deviation = np.exp(z_log_var[k] / 2)
                unit = (z[i] - z_mean[k]) / deviation
                under[k] = -(unit**2) / 2 - np.log(deviation)  # without ln √2π, which cancels
            log_of_mean = [
                np.logaddexp.reduce(a, axis=0) - np.log(n) for a in (under.sum(1), under)
            ]
            levels = [under[i].sum(), log_of_mean[0], log_of_mean[1].sum(), -np.sum(z[i] ** 2) / 2]
            sums -= np.diff(levels)
        return sums / n

    def check_case(arrays, case, atol=1e-4):
        arrays = [np.array(a, dtype="float32") for a in arrays]
        got = three(arrays, case)
        problem = "not every value is finite: a density was rounded to 0. Use logsumexp."
        check_true(name, np.isfinite(got).all(), problem, case=case)
        right = by_loops(*(a.astype(float) for a in arrays))
        check_close(name, got, right, rtol=1e-3, atol=atol, case=case)
        return got

    def drawn(n, d, seed, spread=1.0, low=-1.0, high=1.0):
        rng = np.random.default_rng(seed)
        z_mean = spread * rng.normal(size=(n, d))
        z_log_var = rng.uniform(low, high, size=(n, d))
        return z_mean + np.exp(z_log_var / 2) * rng.normal(size=(n, d)), z_mean, z_log_var

    check_case(drawn(30, 5, seed=2), "more images, a longer code")
    check_case(drawn(6, 6, seed=3, spread=3.0), "as many images as numbers")
    check_case(drawn(2, 3, seed=9), "as many numbers as terms")
    check_case(drawn(5, 600, seed=10), "a very long code", atol=1e-2)

    case = "a code of one number: no total correlation"
    got = check_case(drawn(8, 1, seed=4), case)
    check_close(name, got[1], 0, atol=1e-4, case=case)

    case = "one image: no mutual information"
    got = check_case(drawn(1, 3, seed=5), case)
    check_close(name, got[0], 0, atol=1e-4, case=case)

    case = "equal posteriors: no mutual information and no total correlation"
    z, z_mean, z_log_var = drawn(12, 3, seed=6)
    got = check_case([z, 0 * z_mean + z_mean[0], 0 * z_log_var + z_log_var[0]], case)
    check_close(name, got[:2], [0, 0], atol=1e-4, case=case)

    case = "posteriors far apart: a mutual information of ln n"
    got = check_case(drawn(9, 4, seed=7, spread=50.0), case, atol=1e-2)
    check_close(name, got[0], np.log(9), atol=1e-2, case=case)

    case = "two numbers that say the same"
    rng = np.random.default_rng(8)
    one, eps = 4 * rng.normal(size=(20, 1)), rng.normal(size=(20, 2))
    z_mean = np.repeat(one, 2, axis=1)
    check_case([z_mean + 0.3 * eps, z_mean, np.full((20, 2), 2 * np.log(0.3))], case, atol=2e-3)
    # END HIDDEN TESTS


check_elbo_decomposition()

# %%
some = generator.choice(len(x), min(1_000, len(x)), replace=False)
eps = generator.normal(size=z_mean[some].shape)
z = (z_mean[some] + np.exp(z_log_var[some] / 2) * eps).astype("float32")
terms = elbo_decomposition(z, z_mean[some], z_log_var[some])
for title, term in zip(("mutual information", "total correlation", "dimension-wise KL"), terms):
    print(f"{title:18} {term:6.2f} nats")
print(f"{'together':18} {sum(terms):6.2f} nats, and the KL is {kl_each.sum():.2f} nats")

# %% [markdown]
# (The sum may differ from the KL a little, since it is computed with draws. And here $q(z)$ holds 1,000 images. That makes the mutual information too small, since it cannot be more than ln 1,000 = 6.9 nats, and the total correlation too large. For the stored models it holds all 14,400, so the bars tell more.)

# %%
fig, ax = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
names = {"mutual_information": 0.2, "total_correlation": 0.85, "dimension_wise_kl": 0.5}
base = np.zeros(len(betas))
for key, shade in names.items():
    heights = [np.mean([run[key] for run in runs]) for runs in sweep.values()]
    colour = plt.get_cmap("cividis")(shade)
    ax.bar(range(len(betas)), heights, bottom=base, color=colour, label=key.replace("_", " "))
    base += heights
ax.set_xticks(range(len(betas)), [f"{beta:g}" for beta in betas])
ax.set(xlabel="β", ylabel="KL, nats, mean of three seeds")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# From β = 0.5 to 4 the mutual information falls from 8.7 to 6.1 nats, and the total correlation from 6.9 to 1.0: to a seventh. At β = 16 hardly any total correlation is left, 0.08 nats, and the mutual information is down to 3.3. So a larger β first takes away what the numbers say twice, and then what they say at all.
#
# But why do the scores fall after β = 4, when the total correlation goes to 0? Numbers that do not depend on each other can still be mixtures of the factors. The last experiment of this notebook shows it.
#
# To fight the total correlation **alone**, and leave the information in peace, is the idea of the β-TCVAE and of the FactorVAE. They need the total correlation at every step of the training, from one batch. The FactorVAE trains a classifier for it. The β-TCVAE estimates $q(z)$ from the batch. That estimate is biased; `minibatch_decomposition` in `vaelib.losses` says by how much.

# %% [markdown]
# ## When a code falls silent
#
# Too much weight, and something worse happens. We train with β = 24, and look at the KL of each number.


# %%
def train_sprites(warmup_steps=1, **options):
    """A model with β = 24; returns it and the KL of each of its numbers, largest first."""
    set_seed(SEED)
    vae = VAE(*build_sprite_vae(latent_dim=6), beta=24.0, seed=SEED, **options)
    vae.compile(keras.optimizers.Adam(2e-3))
    warmup = KLWarmup(warmup_steps)
    vae.fit(x, batch_size=256, epochs=EPOCHS_SHORT, callbacks=[warmup], verbose=0)
    return vae, np.sort(np.asarray(kl_per_dimension(*vae.encode(x))))[::-1]


silent, kl_silent = train_sprites()
print(np.round(kl_silent, 2))

# %% [markdown] predict="collapsed"
# **Predict.** All numbers are silent. What does such a model draw, whatever code it gets?
#
# *My prediction:* …

# %%
plots.image_rows({"real": x[some[:10]], "rebuilt": silent.reconstruct(x[some[:10]])})
plt.show()

# %% [markdown]
# The mean of all sprites, for every code. This is **posterior collapse**. At the start of the training the code is noise, and the decoder cannot use it. So the quickest way to a better loss is to be rid of the KL: make every posterior the prior. Then the decoder learns to live without the code, and a code that speaks up pays KL at once and earns little.
#
# A model can stay there for long, or for good. Ours woke up when we trained it three times as long, with two numbers. But nobody tells you beforehand how long it takes.
#
# It also happens with β = 1, when the decoder is so strong that it can do without the code. There are two well-known cures.
#
# **Warm-up:** the weight of the KL begins at 0 and grows. So the code learns to speak while it is free, and the price comes later. You have used it since `04_cnn_vae`.

# %% [markdown]
# ### Exercise 7 · `kl_warmup` (1 point)
#
# Return the weight of the KL at a step: it grows from 0 in a straight line, is 1 after `warmup_steps` steps, and stays 1.


# %% exercise="kl_warmup"
def kl_warmup(step, warmup_steps):
    """The weight of the KL while it warms up, Sønderby et al. 2016, section 2.3.

    Args:
        step: how many steps of training were done, a number from 0.
        warmup_steps: after how many steps the weight is 1, at least 1.

    Returns:
        A number, 0 to 1.
    """
    # BEGIN SOLUTION
    return min(step / warmup_steps, 1.0)
    # END SOLUTION


# %% [markdown]
# Try it: with 200 steps, the weight is 0 at step 0, 0.25 at step 50, and 1 at step 200 and ever after.

# %%
print([float(kl_warmup(step, 200)) for step in (0, 50, 200, 5_000)])


# %% check="kl_warmup" points=1
def check_kl_warmup():
    import numpy as np
    from vaelib.checks import call, check_close, check_shape

    name = "kl_warmup"

    def weights(steps, warmup_steps, case=None):
        """The answer's weights at these steps, once each is found to be a number."""
        got = [call(name, kl_warmup, step, warmup_steps, case=case) for step in steps]
        for weight in got:
            check_shape(name, weight, (), what="a weight", case=case)
        return np.array([np.asarray(weight, dtype=float) for weight in got])

    check_close(
        name,
        weights([0, 1, 20, 79, 80, 200], 80),
        [0, 0.0125, 0.25, 0.9875, 1, 1],
        mistakes={
            "it starts at 1 and falls": [1, 0.9875, 0.75, 0.0125, 0, 0],
            "it is always 1": [1, 1, 1, 1, 1, 1],
            "it is always 0": [0, 0, 0, 0, 0, 0],
            "it grows beyond 1": [0, 0.0125, 0.25, 0.9875, 1, 2.5],
            "it falls to 0 after the warm-up": [0, 0.0125, 0.25, 0.9875, 1, 0],
            "it is 0 again once the warm-up is over": [0, 0.0125, 0.25, 0.9875, 0, 0],
            "it is 0 until the warm-up is over, as with //": [0, 0, 0, 0, 1, 1],
            "it begins one step too early": [0.0125, 0.025, 0.2625, 1, 1, 1],
            "it begins one step too late": [0, 0, 0.2375, 0.975, 0.9875, 1],
            "it is 1 one step too late": [0, 0.01235, 0.24691, 0.97531, 0.98765, 1],
            "it begins again after each warm-up": [0, 0.0125, 0.25, 0.9875, 0, 0.5],
            "it grows twice as fast": [0, 0.025, 0.5, 1, 1, 1],
            "it grows half as fast": [0, 0.00625, 0.125, 0.49375, 0.5, 1],
            "it grows with the square, not straight": [0, 0.00016, 0.0625, 0.97516, 1, 1],
            "it grows with the root, not straight": [0, 0.1118, 0.5, 0.99373, 1, 1],
            "it grows as 1 − exp(−t)": [0, 0.01242, 0.2212, 0.62749, 0.63212, 0.91792],
            "it grows as a half cosine, not straight": [0, 0.00039, 0.14645, 0.99961, 1, 1],
            "it grows as a sigmoid": [0.00669, 0.00758, 0.07586, 0.99242, 0.99331, 1],
            "it is turned around: warmup_steps / step": [1, 1, 1, 1, 1, 0.4],
            "the larger of the two is taken": [1, 1, 1, 1, 1, 2.5],
            "step is not divided by warmup_steps": [0, 1, 1, 1, 1, 1],
            "it grows to warmup_steps, not to 1": [0, 1, 20, 79, 80, 80],
            "the warm-up always takes 200 steps": [0, 0.005, 0.1, 0.395, 0.4, 1],
            "it grows to 100, not to 1": [0, 1.25, 25, 98.75, 100, 100],
            "the sign is wrong": [0, -0.0125, -0.25, -0.9875, -1, -1],
        },
        rtol=1e-4,
        atol=1e-5,
        what="the weights at the steps 0, 1, 20, 79, 80, 200 of 80",
    )
    # BEGIN HIDDEN TESTS
    for steps, warmup_steps, right, case in (
        ([0, 1, 2, 10], 1, [0, 1, 1, 1], "a warm-up of one step"),
        ([0, 333, 999, 1000, 10**6], 1000, [0, 0.333, 0.999, 1, 1], "a longer warm-up"),
    ):
        got = weights(steps, warmup_steps, case)
        always = {"the warm-up always takes 80 steps": np.clip(np.divide(steps, 80), 0, 1)}
        check_close(name, got, right, rtol=1e-4, atol=1e-5, mistakes=always, case=case)
    # END HIDDEN TESTS


check_kl_warmup()

# %% [markdown]
# **Free bits** (Kingma et al. 2016): each number of the code gets λ nats of KL **for nothing**. In the loss stands, for the mean KL of each number,
#
# $$\sum_j \max(\lambda, \mathrm{KL}_j)$$
#
# Below λ, the maximum is λ, whatever the KL is. Its slope is 0: being more silent earns nothing. So no number has a reason to fall silent.

# %% [markdown]
# ### Exercise 8 · `free_bits` (2 points)
#
# Return the sum. The maximum is taken for **each number** of the code. (λ comes in nats, though the name says bits.)


# %% exercise="free_bits"
def free_bits(kl_per_dim, lam):
    """The KL of the loss when lam nats of each number are free, Kingma et al. 2016, app. C.8.

    Args:
        kl_per_dim: the mean KL of each number of the code, (d,), in nats.
        lam: the nats that are free, for each number.

    Returns:
        A number, in nats.
    """
    # BEGIN SOLUTION
    return ops.sum(ops.maximum(kl_per_dim, lam))
    # END SOLUTION


# %% [markdown]
# Try it: KLs of 2, 0.1 and 0.3 nats, with 0.5 free for each, are 2 + 0.5 + 0.5 = 3.

# %%
print(float(free_bits(np.array([2.0, 0.1, 0.3]), 0.5)))


# %% check="free_bits" points=2
def check_free_bits():
    import numpy as np
    from vaelib.checks import call, check_close, check_true

    name = "free_bits"
    kl = np.array([0.95, 0.05, 0.2, 0.1, 0.5], dtype="float32")
    check_close(
        name,
        call(name, free_bits, kl, 0.45),
        2.8,
        mistakes={
            "the maximum is taken of the sum, not of each number": 1.8,
            "the maximum is taken of the sum, with λ for each number": 2.25,
            "the maximum is taken of the mean, not of each number": 0.45,
            "the minimum is taken instead of the maximum": 1.25,
            "λ is subtracted": 0.55,
            "λ is subtracted, and nothing is cut off": -0.45,
            "λ is subtracted once, from the sum": 1.35,
            "the distance from λ is taken": 1.55,
            "λ is added": 4.05,
            "λ is not used": 1.8,
            "numbers below λ count 0": 1.45,
            "numbers above λ count 0": 0.35,
            "numbers above λ count λ, and the others 0": 0.9,
            "numbers below λ count 1": 4.45,
            "the numbers are averaged instead of summed": 0.56,
            "the sum is missing": [0.95, 0.45, 0.45, 0.45, 0.5],
            "the largest number alone is taken": 0.95,
            "the numbers are counted instead of summed": 2,
            "λ is converted from bits: it comes in nats": 2.38575,
            "λ is always 0.5": 2.95,
            "λ is shared among the numbers": 1.84,
            "the sign is wrong": -2.8,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(3)
    for kl, lam, case in (
        (rng.uniform(0, 2, size=20), 1.0, "a longer code"),
        ([0.4], 0.9, "a code of one number"),
        ([0.01, 0.02, 0.0], 0.25, "all numbers are silent"),
        ([3, 1, 2], 0.0, "nothing is free"),
        ([3, 1, 2], 1.0, "a number at its limit"),
    ):
        kl = np.array(kl, dtype="float32")
        got = call(name, free_bits, kl, lam, case=case)
        right = sum(lam if k < lam else k for k in kl.tolist())
        always = {"λ is always 0.45": sum(max(k, 0.45) for k in kl.tolist())}
        check_close(name, got, right, mistakes=always, case=case)

    case = "slopes"
    for kl, expected in (([1.4, 0.05, 0.6, 0.2], [1, 0, 1, 0]), ([0.1, 0.25, 0.05], [0, 0, 0])):
        slopes = []
        for step in 0.02 * np.eye(len(kl)):
            ends = [(kl + sign * step).astype("float32") for sign in (-1, 1)]
            low, high = (call(name, free_bits, end, 0.3, case=case) for end in ends)
            slopes.append((np.asarray(high, dtype=float) - np.asarray(low, dtype=float)) / 0.04)
        problem = "the slope is not 0 below λ and 1 above it."
        same = np.shape(slopes) == np.shape(expected)
        same = same and np.allclose(slopes, expected, atol=1e-3)
        check_true(name, same, problem, case=case)
    # END HIDDEN TESTS


check_free_bits()

# %% [markdown]
# Now both cures, with nothing else changed: the same seed, the same β, the same number of steps.

# %%
warm, kl_warm = train_sprites(warmup_steps=112)  # half of the training
free, kl_free = train_sprites(free_bits=0.5)
fig, axes = plt.subplots(1, 3, figsize=(10, 2.8), layout="constrained", sharey=True)
cures = {"neither": kl_silent, "warm-up": kl_warm, "0.5 nats free": kl_free}
for ax, (title, kl) in zip(axes, cures.items()):
    ax.bar(range(1, 7), kl, color=plt.get_cmap("cividis")(0.25))
    ax.axhline(0.5, color="0.6", ls=":", lw=1)
    ax.set(title=f"{title}: {kl.sum():.2f} nats", xlabel="number of the code, by KL")
axes[0].set_ylabel("KL, nats")
plt.show()

# %%
few = x[some[:10]]
rows = {"real": few, "neither": silent.reconstruct(few)}
plots.image_rows(rows | {"warm-up": warm.reconstruct(few), "free": free.reconstruct(few)})
plt.show()

# %% [markdown]
# Without a cure all six numbers are silent. With the warm-up two of them speak, with about 0.8 nats each, a third one whispers, and the sprites are back at their places. With free bits all six speak, each with about half a nat: what is free is used, and spread over six numbers none needs much more. So the two cures differ. The warm-up lets the model choose which numbers speak. Free bits keep every number awake, whether it has something to say or not.

# %% [markdown]
# ## Turn the knob of a model that takes orders
#
# Back to digits, and to the conditional VAE of `05_cvae`: both networks are told the label, and the code has two numbers for the style. To save time the networks are dense here, and small. We train them with β = 1, 7 and 10, in about half a minute.

# %% [markdown] predict="digits"
# **Predict.** Two numbers hold the style. With β = 10, will *both* be active, *one*, or *none*?
#
# *My prediction:* …

# %%
mnist = data.load_mnist()
digits = data.binarize(mnist.x_train, "threshold", SEED)
labels = mnist.y_train.astype("int32")
some_digits, some_labels = digits[:2_000], labels[:2_000]
conditional = {}
for beta in (1.0, 7.0, 10.0):
    set_seed(SEED)
    cvae = CVAE(*build_cvae_mlp(latent_dim=2), beta=beta, seed=SEED)
    cvae.compile(keras.optimizers.Adam(2e-3))
    cvae.fit((digits, labels), batch_size=100, epochs=EPOCHS_DIGITS, verbose=0)
    kl = np.asarray(kl_per_dimension(*cvae.encode(some_digits, some_labels)))
    conditional[beta] = cvae, kl
    print(f"β = {beta:>2g}: KL of the two numbers {kl[0]:.2f} and {kl[1]:.2f} nats")

# %%
fig, axes = plt.subplots(3, 2, figsize=(10, 4.1), layout="constrained")
for row, (beta, (cvae, kl)) in zip(axes, conditional.items()):
    for ax, j in zip(row, np.argsort(-kl)):
        style = traversal(np.zeros(2, dtype="float32"), j, np.linspace(-2, 2, 11, dtype="float32"))
        pictures = [cvae.decode(style, np.full(11, digit)) for digit in (2, 8)]
        plots.image_grid(np.concatenate(pictures), 11, ax=ax)
        ax.set_title(f"β = {beta:g}, $z_{j + 1}$ from −2 to 2, KL {kl[j]:.2f} nats", fontsize=10)
plt.show()

# %% [markdown]
# On MNIST, with β = 1 both numbers are active, with 2.4 and 2.1 nats: they hold slant and width. With β = 7 both still speak, with less. With β = 10 the second one has a KL of 0.00: from −2 to 2 its row does not change. What it could say is not worth ten times its price. (This depends on the start, too. With `SEED = 6` a number falls silent at β = 7 already.)

# %% [markdown]
# ## The same code, seen from another side
#
# One more experiment, and it is the strangest of this notebook. Take the code of your model, and **rotate** it by 45°: mix its two busiest numbers. And put a layer before the decoder that rotates back.
#
# The prior $N(0, I)$ is round, so it looks the same from every side. What changes?

# %% [markdown] predict="rotated"
# **Predict.** What will the rotation change: the mean *KL* of the posteriors (as Gaussians with a full covariance), the *reconstructions*, the *MIG*?
#
# *My prediction:* …

# %%
rotation = np.eye(6, dtype="float32")
a, b = order[:2]
# In rows and columns a and b it is the 2 × 2 rotation by 45°.
rotation[[a, a, b, b], [a, b, a, b]] = np.array([1, -1, 1, 1]) / np.sqrt(2)
z_rotated = z_mean @ rotation.T
back = vae.decode(z_rotated[some[:100]] @ rotation)
print(f"images: largest difference {np.abs(back - vae.decode(z_mean[some[:100]])).max():.6f}")

# %% [markdown]
# The posteriors rotate, too. They had an $L$ with the deviations on its diagonal (`05_cvae`). Now it is $R\,L$, and their covariance $R L L^\top R^\top$ is full. So we take the KL for full covariances. It asks for a triangular factor of that covariance, and Cholesky finds it.

# %%
identity = np.broadcast_to(np.eye(6, dtype="float32"), (len(some), 6, 6))
tril = np.exp(z_log_var[some] / 2)[..., None] * identity
covariance = rotation @ tril**2 @ rotation.T  # L is diagonal here, so L·Lᵀ is its square
tril_rotated = np.linalg.cholesky(covariance)
kl_before = kl_full_covariance(z_mean[some], tril, 0 * z_mean[some], identity)
kl_after = kl_full_covariance(z_rotated[some], tril_rotated, 0 * z_mean[some], identity)
print(f"mean KL: {np.mean(kl_before):.3f} nats, rotated {np.mean(kl_after):.3f} nats")
mi_rotated = metrics.mutual_information(z_rotated, changing)
gaps = [float(mutual_information_gap(table, entropy)) for table in (mi, mi_rotated)]
print(f"MIG: {gaps[0]:.3f}, rotated {gaps[1]:.3f}")

# %% [markdown]
# The images and the KL are the same. The MIG fell, with our settings, from about 0.16 to 0.05. (It can also go the other way. With `SEED_SPRITES = 3` the model puts the two places aslant, and the rotation **raises** the MIG from 0.107 to 0.247.)
#
# So the images cannot tell which of the two codes is "right": with full covariances both have the same ELBO, to the last digit. (With diagonal posteriors the rotated one pays more, unless its deviations are equal, and β multiplies that. It is the only term of the **objective** that prefers some axes to others.)

# %% [markdown]
# ### Written question · Why disentangling needs an assumption (2 points)
#
# Locatello et al. (2019) prove: from images alone, without any further assumption, a disentangled code cannot be told from an entangled one. Explain in four to eight sentences:
#
# 1. Why does the rotation show it? Say what stays the same, and what changes.
# 2. And yet the β-VAE finds the place of a sprite. Name **one** assumption that it makes, or one that you could add, and say how it helps.

# %% [markdown] answer="why_an_assumption" points=2
# <!-- BEGIN SOLUTION -->
# **A good answer.** Rotate the code and let the decoder rotate back. The prior N(0, I) is the same after a rotation, and each image gets the same probability under every code as before, so p(x) is exactly the same. But each number of the new code is a mixture of two old ones: if one code is disentangled, the other is not. Whatever looks only at p(x) — any number of images, any amount of training — cannot prefer one to the other, and there is one such code for every rotation. So what chooses between them must come from outside the images.
#
# The β-VAE has an assumption of that kind: the posterior is **diagonal**. A rotated code needs full covariances; forced to be diagonal it pays more KL, and β makes that expensive, so the axes along which the posteriors are narrow or wide are preferred. Other good answers: a few images whose factors are known (a little supervision); pairs of images of which we know that only one factor changed, such as neighbouring frames of a film; a prior that is not round, or one for each class as in 05_cvae; an architecture that fits one factor, such as a convolution for the place.
#
# **Rubric.**
#
# - 1 point: the rotated code explains the images equally well (the same prior, the same p(x) or the same ELBO with full covariances), and yet its numbers are mixtures. Half a point if only one half is said.
# - 1 point: a real assumption, with how it helps. "A larger β" alone gets half a point, if it is said what β makes expensive; "more data" or "longer training" gets none, since they change nothing.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Recap
#
# You can now
#
# - **turn** the weight of the KL, and read the plane of rate and distortion,
# - **see** what each number of a code does, with a traversal, sorted by KL,
# - **score** how well numbers stand for factors, and distrust a single seed,
# - **take apart** the KL into mutual information, total correlation and dimension-wise KL,
# - **wake up** a code that fell silent, with warm-up or with free bits.
#
# In `07_pokemon_vae` you will train on few, real and colourful images, and hunt bugs.

# %% [markdown]
# ## Further reading
#
# - Higgins et al., *β-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework*, 2017: the knob.
# - Alemi et al., *Fixing a Broken ELBO*, 2018: why rate and distortion say more than their sum.
# - Chen et al., *Isolating Sources of Disentanglement in Variational Autoencoders*, 2018: the three terms and the MIG.
# - Locatello et al., *Challenging Common Assumptions in the Unsupervised Learning of Disentangled Representations*, 2019: the proof of the written question, and what 12,000 models say.
# - Matthey et al., *dSprites*, 2017: the sprites at full size.
