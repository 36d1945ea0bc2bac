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
