# %% [markdown]
# # 07 · Pokémon VAE: real, few, colourful
#
# **You will learn** to *read* pictures of every kind, to *hunt* five bugs that real VAE notebooks have, to *train* a small model on few colour pictures, to *tell* whether it learns by heart, and to *walk* from one creature to another.
#
# **Before you start.** Work through `03_reparameterization`, `05_cvae` and `06_beta_vae`. You need the ELBO, the Gaussian likelihood and the conditional VAE.
#
# **Time and points.** About 150 minutes, 18 points.

# %%
# vaelib comes first: it keeps TensorFlow from printing its own log.
from vaelib.plots import animation
from vaelib import codes, data, plots
from vaelib.models.creatures import build_creature_cvae, build_creature_vae, build_homework_vae
from vaelib.explorer import latent_explorer
from vaelib.losses import kl_per_dimension
from vaelib.models import CVAE, VAE
from vaelib.training import budget, set_seed

import io
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from PIL import Image, ImageOps

# %%
SEED = 3
PATH = None  # a folder or a zip of your own pictures, best with one sub-folder for each type
TYPE_A, TYPE_B = "fire", "water"  # two types among those of the pictures
SIZE = budget(cpu=64, gpu=128, smallest=64)  # px along a side
LATENT_DIM = 32
LATENT_DIM_TYPES, BETA_TYPES = 4, 20.0  # of the conditional model, which must listen to the types
BETA = 5.0
BATCH_SIZE = 32
ADAM = {"learning_rate": 2e-3, "global_clipnorm": 1.0}  # no step follows a gradient too far
STEPS = budget(cpu=600, gpu=20_000, smallest=2)  # batches that train the main model
STEPS_TYPES = budget(cpu=360, gpu=10_000, smallest=2)  # and the conditional one
N_FEW = 60  # creatures of the models that are to learn by heart
ROUNDS = budget(cpu=4, gpu=20, smallest=1)  # of ten epochs, with so few
EPOCHS_MOMENT = budget(cpu=5, gpu=10)
N_FRAMES = 8  # of the film, at most
TYPES_SHOWN = ("grass", "electric", "ghost")

# %% [markdown]
# ## The question
#
# So far there were 60,000 grey images, all of one size, all well behaved. Now there are few pictures, and they have colours. This notebook grew from a piece of homework that goes around in many forms: *train a VAE on pictures of Pokémon, and invent new ones.* It is hard, and much of the code that was published for it is wrong. That is why it comes last: **you** can see what is wrong.
#
# If you have such pictures, put `pokemon.zip` into the folder of `VAELIB_DATA`, or name a folder in `PATH`, with a sub-folder for each type. A file's name is the creature's name: two files of the same name in two sub-folders are one creature with two types. Have at least 150 pictures, and put types of yours into `TYPE_A`, `TYPE_B` and `TYPES_SHOWN`. If all your pictures stand in one folder, those in warm colours and those in cold ones count as two types. If you have no pictures, we draw creatures for you, of the same 18 types. Each type has its own colours, and its own mix of body, eyes and limbs. (What you see here was drawn.)

# %%
creatures = data.load_creatures(SIZE, PATH)
if len(creatures.type_names) < 2:  # all stand in one folder
    creatures = data.warm_and_cold(creatures)
x_train, x_test = creatures.x_train, creatures.x_test
generator = np.random.default_rng(SEED)
if len(x_train) < 100:
    print("These are few. Models will learn them by heart, so try to find at least 150 pictures.")
wanted = [name for name in (TYPE_A, TYPE_B, *TYPES_SHOWN) if name in creatures.type_names]
if len(wanted) < 5:  # these pictures have other types
    wanted += [name for name in creatures.type_names if name not in wanted][: 5 - len(wanted)]
    print(f"Of the types we take {', '.join(wanted)}.")
TYPE_A, TYPE_B, *TYPES_SHOWN = wanted
rows = {
    title: x_train[its][:8]
    for title, its in zip(creatures.type_names, creatures.types_train.T)
    if its.sum() >= 8
} or {"creatures": x_train[:8]}
titles, half = list(rows), (len(rows) + 1) // 2
fig, axes = plt.subplots(1, 2, figsize=(11, 0.6 * half + 0.1), layout="constrained")
for ax, part in zip(axes, (titles[:half], titles[half:] or titles[:1])):
    plots.image_rows({title: rows[title] for title in part}, ax=ax)
plt.show()

# %% [markdown]
# A creature may have **two** types. Then it belongs to two of these rows. (Each shows only the first eight.)
#
# The split into training and test pictures is made by creature: all pictures of one creature stand on the same side. Otherwise the test would ask for what was learned.

# %% [markdown]
# ## Every kind of file
#
# Real pictures come in all sizes. Some are grey, some have a palette, some are clear around the creature. Three things go wrong again and again:
#
# - A wide picture is **stretched** to a square, and all creatures get fat.
# - What is **clear** (alpha 0) turns black, since the hidden colour there is often black.
# - A **broken file** stops the whole run, and the message does not say which file it was.

# %% [markdown]
# ### Exercise 1 · `load_image` (2 points)
#
# Read one picture, in three steps:
#
# 1. Open it with `Image.open`, which takes a path or, for bytes, `io.BytesIO(source)`. Its `convert("RGBA")` turns nearly every kind into red, green, blue and alpha. If anything fails here, raise a `ValueError` whose text has the path in it, or the words `image bytes`.
# 2. Put it on white. `Image.new("RGBA", picture.size, "white")` is a white sheet, and `white.alpha_composite(picture)` lays a picture onto it. That changes `white` itself and returns nothing, so go on with `white`.
# 3. Make it a square that is **padded** with white: `ImageOps.pad(white.convert("RGB"), (size, size), color="white")` keeps the shape. Return RGB in [0, 1].


# %% exercise="load_image"
def load_image(source, size):
    """A picture in the middle of a white square, its shape kept.

    Args:
        source: a path (a str or a `pathlib.Path`), or the bytes of a file.
        size: px along a side.

    Returns:
        float32 (size, size, 3), RGB in [0, 1].

    Raises:
        ValueError: no picture, or a broken one; the text names the path, or says "image bytes".
    """
    # BEGIN SOLUTION
    in_memory = isinstance(source, bytes)
    try:
        with Image.open(io.BytesIO(source) if in_memory else source) as opened:
            picture = opened.convert("RGBA")
    except Exception as error:
        name = "image bytes" if in_memory else source
        raise ValueError(f"{name} is no picture that can be read: {error}") from error
    sheet = Image.new("RGBA", picture.size, "white")
    sheet.alpha_composite(picture)
    square = ImageOps.pad(sheet.convert("RGB"), (size, size), color="white")
    return np.asarray(square, dtype="float32") / 255
    # END SOLUTION


# %% check="load_image" points=2
def check_load_image():
    import io
    import numpy as np
    from PIL import Image
    from vaelib.checks import call, check_close, check_shape, check_true

    name = "load_image"

    def stored(picture, kind="PNG"):
        file = io.BytesIO()
        picture.save(file, kind)
        return file.getvalue()

    def colours(picture, size, places, case=None, kind="PNG"):
        got = call(name, load_image, stored(picture, kind), size, case=case)
        rgba = getattr(got, "shape", ()) == (size, size, 4)
        check_true(name, not rgba, 'alpha is still there: `convert("RGB")`.', case=case)
        check_shape(name, got, (size, size, 3), case=case)
        return np.asarray(got)[tuple(np.transpose(places))]

    # Left a third is clear over black, then red, then blue; twice as wide as high.
    wide = Image.new("RGBA", (48, 24), (0, 0, 0, 0))
    wide.paste((255, 51, 0, 255), (16, 0, 32, 24))
    wide.paste((0, 51, 204, 255), (32, 0, 48, 24))
    white, red, blue = [1, 1, 1], [1, 0.2, 0], [0, 0.2, 0.8]
    check_close(
        name,
        colours(wide, 24, [(12, 4), (12, 12), (12, 20), (2, 12), (21, 20)]),
        [white, red, blue, white, white],
        atol=0.03,
        what="the colours at five places (left, middle, right, above, below)",
        mistakes={
            "the picture is stretched, or its edge repeated: pad it with white": [
                white,
                red,
                blue,
                red,
                blue,
            ],
            "white lies on top: lay the picture on white, not white on the picture": [white] * 5,
            "the picture is stretched, and clear became black": [[0, 0, 0], red, blue, red, blue],
            "what is clear became black: lay the picture on white": [
                [0, 0, 0],
                red,
                blue,
                white,
                white,
            ],
            "the padding is black": [white, red, blue, [0, 0, 0], [0, 0, 0]],
            "the padding is black, and so is what is clear": [
                [0, 0, 0],
                red,
                blue,
                [0, 0, 0],
                [0, 0, 0],
            ],
            "the colours are blue, green, red: RGB is asked for": [
                white,
                [0, 0.2, 1],
                [0.8, 0.2, 0],
                white,
                white,
            ],
            "the colours go from 0 to 255: divide by 255": [
                [255, 255, 255],
                [255, 51, 0],
                [0, 51, 204],
                [255, 255, 255],
                [255, 255, 255],
            ],
            "the colours go from −1 to 1": [
                white,
                [1, -0.6, -1],
                [-1, -0.6, 0.6],
                white,
                white,
            ],
            "the picture is cropped to a square: pad it instead": [red, red, blue, red, blue],
            "the picture stands at the top: put it in the middle": [
                white,
                white,
                white,
                red,
                white,
            ],
            "the picture stands at the bottom: put it in the middle": [
                white,
                red,
                blue,
                white,
                blue,
            ],
            "the division by 255 leaves no fraction: use / instead of //": [
                white,
                [1, 0, 0],
                [0, 0, 0],
                white,
                white,
            ],
            "the colours turn grey": np.array([1, 0.416, 0.208, 1, 1])[:, None] * np.ones(3),
            "the picture is negative": [
                [0, 0, 0],
                [0, 0.8, 1],
                [1, 0.8, 0.2],
                [0, 0, 0],
                [0, 0, 0],
            ],
        },
    )
    corner = colours(wide, 24, [(0, 0)])
    less = {"the colours are divided by 256 instead of 255": [[0.99609] * 3]}
    check_close(name, corner, [white], atol=1e-3, what="a corner, which is white", mistakes=less)

    def complaint(source, told, case=None):
        """The text of what is raised, in small letters, or None."""
        try:
            load_image(source, 16)
        except NotImplementedError:
            call(name, load_image, source, 16, case=case)
        except SystemExit:
            check_true(name, False, "it ends the whole run: raise a ValueError.", case=case)
        except Exception as raised:
            text = str(raised).lower()
            own = isinstance(raised, AttributeError | NameError | TypeError)
            if own and told not in text:  # a mistake of its own, which `call` names
                call(name, load_image, source, 16, case=case)
            return text
        return None

    text = complaint(b"text", "image bytes")
    check_true(name, text is not None, "nothing was raised for bytes that are no picture.")
    problem = "bytes that are no picture: the error does not say `image bytes`."
    check_true(name, "image bytes" in text, problem)
    # BEGIN HIDDEN TESTS
    import pathlib
    import tempfile

    middle = [(8, 8)]
    grey = [0.2, 0.2, 0.2]
    for picture, expected, kind, case in (
        (Image.new("L", (9, 9), 51), grey, "PNG", "a grey picture"),
        (Image.new("LA", (9, 9), (51, 255)), grey, "PNG", "a grey picture with alpha"),
        (Image.new("1", (9, 9), 1), white, "PNG", "a black and white picture"),
        (
            wide.crop((16, 0, 32, 16)).convert("RGB").quantize(4),
            red,
            "PNG",
            "a picture with a palette",
        ),
        (Image.new("CMYK", (9, 9), (0, 0, 0, 204)), grey, "TIFF", "a picture for print, CMYK"),
        (Image.new("RGB", (300, 299), (255, 51, 0)), red, "PNG", "a large picture"),
    ):
        got = colours(picture, 16, middle, case, kind)
        black = {"it became black. `convert` reads every kind": [[0] * 3]}
        check_close(name, got, [expected], atol=0.04, mistakes=black, case=case)
    case = "a picture that is mostly clear"
    got = colours(Image.new("RGBA", (9, 9), (0, 0, 0, 51)), 16, middle, case)
    mistakes = {
        "alpha is ignored where it is not 0: mix the picture with white": [[0] * 3],
        "all that is a little clear becomes white: mix the picture with white": [white],
        "the shares of white and of the picture are exchanged": [[0.2] * 3],
        "white is added to the whole": [[0.2] * 3],
    }
    check_close(name, got, [[0.8] * 3], atol=0.04, mistakes=mistakes, case=case)
    case = "a grey picture that is clear"
    got = colours(Image.new("LA", (9, 9), (0, 0)), 16, middle, case)
    black = {"what is clear became black: lay the picture on white": [[0] * 3]}
    check_close(name, got, [white], atol=0.04, mistakes=black, case=case)
    case = "a picture with a clear colour in its palette"
    palette = wide.quantize(4)
    got = colours(palette, 24, [(12, 4), (12, 12)], case)
    black = {"what is clear became black: lay the picture on white": [[0, 0, 0], red]}
    check_close(name, got, [white, red], atol=0.04, mistakes=black, case=case)
    case = "a tall picture"
    tall = wide.rotate(90, expand=True)
    got = colours(tall, 24, [(12, 12), (4, 12), (12, 2), (12, 21)], case)
    mistakes = {
        "the picture is stretched: pad it with white": [red, blue, red, red],
        "the picture is stretched or cropped, and only wide ones are padded": [red] * 4,
        "the picture is cropped to a square: pad it instead": [red, red, red, red],
    }
    check_close(name, got, [red, blue, white, white], atol=0.03, mistakes=mistakes, case=case)

    case = "a small picture"
    got = colours(Image.new("RGB", (12, 4), (255, 51, 0)), 24, [(1, 12)], case)
    flat = {"the picture is stretched: pad it with white": [red]}
    check_close(name, got, [white], atol=0.03, mistakes=flat, case=case)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        good, broken = pathlib.Path(folder, "good.png"), pathlib.Path(folder, "broken.png")
        good.write_bytes(stored(Image.new("RGB", (9, 9), (255, 51, 0))))
        for path in (good, str(good)):
            case = "a path instead of bytes"
            got = call(name, load_image, path, 16, case=case)
            check_shape(name, got, (16, 16, 3), case=case)
            check_close(name, np.asarray(got)[8, 8], red, atol=0.03, case=case)
        noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
        whole = stored(Image.fromarray(noise))
        late = (
            " `Image.open` reads only the beginning: "
            "put `convert` into the `try`, too, and catch every `Exception`."
        )
        case = "a file that is not there"
        text = complaint(str(broken), "broken.png", case)
        check_true(name, text is not None, "nothing was raised.", case=case)
        for content, case, hint in (
            (b"text", "no picture", ""),
            (whole[: len(whole) // 2], "half a file", late),
        ):
            broken.write_bytes(content)
            for path in (str(broken), broken):
                text = complaint(path, "broken.png", case)
                raised = text is not None
                check_true(name, raised, "nothing was raised for a broken file.", case=case)
                problem = "the error does not name the path." + hint
                check_true(name, "broken.png" in text, problem, case=case)
            text = complaint(content, "image bytes", case)
            check_true(name, text is not None, "nothing was raised for broken bytes.", case=case)
            problem = "the error does not say `image bytes`." + hint
            check_true(name, "image bytes" in text, problem, case=case)
    # END HIDDEN TESTS


check_load_image()

# %% [markdown]
# Try it: a wide picture, clear on the left and orange on the right. It should become a square: white on the left, orange on the right, and white stripes above and below.

# %%
wide = Image.new("RGBA", (60, 30), (0, 0, 0, 0))
wide.paste((240, 140, 30, 255), (30, 0, 60, 30))
file = io.BytesIO()
wide.save(file, "PNG")
fig, ax = plt.subplots(figsize=(1.8, 1.8), layout="constrained")
ax.imshow(load_image(file.getvalue(), 32))
ax.set(xticks=[], yticks=[])
plt.show()


# %% [markdown]
# `load_creatures` reads its pictures in this way, and reports files that are none by name. It also knows two rare kinds that our recipe gets wrong: grey pictures with 16 bits, which `convert` turns white, and photos that a camera stored lying on their side.

# %% [markdown]
# ## The homework, as it is often handed in
#
# Pictures of 128 × 128 pixels, and a code of 1,000 numbers. Here is that model. Let us count before we train.

# %%
set_seed(SEED)
encoder, decoder = build_homework_vae()
for half in (encoder, decoder):
    shapes = [tuple(w.shape) for w in half.trainable_weights if len(w.shape) == 2]
    print(f"{half.name}: {half.count_params():,} parameters, dense layers {shapes}")
total = encoder.count_params() + decoder.count_params()
print(f"together {total:,}: {total // len(x_train):,} for each of {len(x_train):,} pictures")

# %% [markdown]
# Nearly all parameters sit in three dense layers, from 16,384 numbers to 1,000 and back. With so many parameters for each picture, it could learn every picture by heart. A step of training takes long, too, for a code that is far too large. We will train a smaller one.
#
# But size is not the worst of it. The code around this model has **five bugs**. None of them stops the program. The loss falls, a number in the log looks fine, and the pictures are bad.
#
# ## The bug hunt
#
# Each of the five was seen in code that people published. We wrote the functions anew, so that each shows its bug alone. You will see what the bug **does**, find it, repair it, and see it gone. In each exercise write the **whole** function, correctly.

# %% [markdown]
# ### Bug 1 · A KL between pictures
#
# The loss of a published VAE for colour pictures (CIFAR-10; the file that we read names no author) adds Keras's `kullback_leibler_divergence(x, x_reco)`: a KL between the **picture** and its **reconstruction**. Something called KL is in the loss, so all seems well. Let us move the posteriors away from the prior, and watch it.


# %%
def faulty_kl(x, x_hat, z_mean, z_log_var):
    x, x_hat = ops.clip(x, 1e-7, 1.0), ops.clip(x_hat, 1e-7, 1.0)
    return ops.sum(x * ops.log(x / x_hat), axis=(1, 2, 3))


few = x_train[:8]
rebuilt = 0.9 * few + 0.05
for size in (0.0, 3.0, 30.0):
    z_mean = np.full((8, 32), size, dtype="float32")
    kl = faulty_kl(few, rebuilt, z_mean, np.zeros_like(z_mean))
    print(f"means at {size:>2g}: KL {float(kl[0]):.1f} nats")

# %% [markdown]
# A posterior with all its means at 30 lies far away from $N(0, I)$. The "KL" does not notice. So nothing holds the codes near the prior, and a code that you **draw** from the prior means nothing to the decoder.

# %% [markdown]
# ### Exercise 2 · `latent_kl` (1 point)
#
# Return the KL that belongs there: of each posterior from $N(0, I)$, as in `02_elbo`. The pictures still come in, but are not needed.


# %% exercise="latent_kl"
def latent_kl(x, x_hat, z_mean, z_log_var):
    """The KL of the loss, one number for each image.

    Args:
        x: images, (n, height, width, 3).
        x_hat: their reconstructions, the same shape.
        z_mean: means of the posteriors, (n, d).
        z_log_var: logarithms of their variances, (n, d).

    Returns:
        (n,), in nats.
    """
    # BEGIN SOLUTION
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1 - z_log_var, axis=-1)
    # END SOLUTION


# %% check="latent_kl" points=1
def check_latent_kl():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "latent_kl"
    x = [0.2, 0.9, 0.5, 0.7, 0.2, 0.9, 0.5, 0.7]
    x_hat = [0.3, 0.8, 0.4, 0.6, 0.25, 0.5, 0.9, 0.1]
    x, x_hat = (
        np.array(v, dtype="float32").reshape(2, 2, 2, 1).repeat(3, axis=-1) for v in (x, x_hat)
    )
    z_mean = np.array([[0.5, -1, 2], [0, 0.25, -0.5]], dtype="float32")
    z_log_var = np.array([[0.2, -0.4, 0], [-1, 0.5, 0.3]], dtype="float32")
    check_close(
        name,
        call(name, latent_kl, x, x_hat, z_mean, z_log_var),
        [2.67086, 0.43948],
        rtol=1e-4,
        mistakes={
            "this is still the KL between pictures": [0.73317, 4.65787],
            "this is still the KL between pictures, pixel by pixel": [
                [[-0.24328, 0.31801], [0.33472, 0.32372]],
                [[-0.13389, 1.58702], [-0.88168, 4.08641]],
            ],
            "this is still the KL between pictures, averaged over the pixels": [0.18329, 1.16447],
            "the KL between pictures is still added": [3.40403, 5.09735],
            "the KL between pictures is still added, and the code is averaged": [1.62345, 4.80436],
            "it is averaged over the numbers of the code instead of summed": [0.89029, 0.14649],
            "it is averaged over the numbers of the code, and ½ is missing": [1.78057, 0.29299],
            "it is averaged over everything": 0.51839,
            "the images are summed": 3.11034,
            "the images are averaged": 1.55517,
            "the sum over the numbers of the code is missing": [
                [0.1357, 0.53516, 2.0],
                [0.18394, 0.10561, 0.14993],
            ],
            "it is summed over the images instead of the code": [0.31964, 0.64077, 2.14993],
            "the factor ½ is missing": [5.34172, 0.87896],
            "it is divided by the number of images": [1.33543, 0.21974],
            "the sign is wrong": [-2.67086, -0.43948],
            "the variances are missing": [2.625, 0.15625],
            "the means are missing": [0.04586, 0.28323],
            "the mean is not squared": [0.79586, 0.15823],
            "z_log_var is taken for the logarithm of the deviation": [2.79558, 1.19412],
            "exp is missing": [1.125, -1.34375],
            "−1 is missing": [4.17086, 1.93948],
            "z_log_var is added instead of subtracted": [2.47086, 0.23948],
            "the two Gaussians are exchanged": [2.90353, 0.54437],
            "the deviation stands where the variance belongs": [2.68695, 0.28245],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(1)
    for n, d, spread, case in (
        (5, 7, 1.0, "a longer code"),
        (1, 40, 1.0, "one image"),
        (3, 2, 30.0, "means far away"),
        (4, 3, 0.0, "posteriors at the prior's mean"),
    ):
        z_mean = (spread * rng.normal(size=(n, d))).astype("float32")
        z_log_var = rng.uniform(-3, 1, size=(n, d)).astype("float32")
        x, x_hat = rng.uniform(0.1, 1, size=(2, n, 4, 4, 3)).astype("float32")
        expected = [
            sum((np.exp(v) + m * m - 1 - v) / 2 for m, v in zip(a, b, strict=True))
            for a, b in zip(z_mean.astype(float), z_log_var.astype(float), strict=True)
        ]
        got = call(name, latent_kl, x, x_hat, z_mean, z_log_var, case=case)
        pictures = (x * np.log(x / x_hat)).sum(axis=(1, 2, 3))
        mistakes = {
            "this is still the KL between pictures": pictures,
            "the KL between pictures is still added": expected + pictures,
        }
        check_close(name, got, expected, rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


check_latent_kl()

# %%
for size in (0.0, 3.0, 30.0):
    z_mean = np.full((8, 32), size, dtype="float32")
    kl = latent_kl(few, rebuilt, z_mean, np.zeros_like(z_mean))
    print(f"means at {size:>2g}: KL {float(kl[0]):.1f} nats")

# %% [markdown]
# Now far away is expensive: 32 numbers at 30 cost $32 \cdot 30^2 / 2$ nats.

# %% [markdown]
# ### Bug 2 · A deviation that dies
#
# The layer that gives the deviation, or the logarithm of the variance, has `activation="relu"`. It was found and repaired in a collection of examples, for instance (shekkizh/TensorflowProjects on GitHub, pull request 1). A search for `z_log_var = Dense(latent_dim, activation='relu')` in public code finds many more. We take the homework's encoder, put ReLU behind it, and count.


# %%
def faulty_std(raw):
    return ops.relu(raw)


large = few.repeat(128 // SIZE, axis=1).repeat(128 // SIZE, axis=2)
raw = 20 * np.asarray(encoder(large)[1])  # 20: as after some training
std = np.asarray(faulty_std(raw))
print(f"{np.mean(std == 0):.0%} of the deviations are exactly 0")
fig, ax = plt.subplots(figsize=(5, 2.4), layout="constrained")
plots.histograms({"relu": std.ravel()}, xlabel="posterior deviation", ax=ax)
plt.show()

# %% [markdown]
# Half of the deviations are 0. A posterior without any width is a point: no noise, and the KL is infinite. And it stays so. Below 0 the slope of ReLU is 0, so such an image cannot wake its number up any more. A number that is 0 for all images hardly ever comes back.

# %% [markdown]
# ### Exercise 3 · `posterior_std` (1 point)
#
# The last layer of the encoder gives any real number. Let it mean the **logarithm of the variance**, as everywhere in this course, and return the deviation.


# %% exercise="posterior_std"
def posterior_std(raw):
    """The deviations of the posteriors.

    Args:
        raw: the logarithms of their variances, any numbers, (n, d).

    Returns:
        (n, d), positive.
    """
    # BEGIN SOLUTION
    return ops.exp(0.5 * raw)
    # END SOLUTION


# %% check="posterior_std" points=1
def check_posterior_std():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "posterior_std"
    raw = np.array([[-3, -0.5, 0], [0.8, 2, -10]], dtype="float32")
    got = call(name, posterior_std, raw)
    check_close(
        name,
        got,
        [[0.22313, 0.7788, 1.0], [1.49182, 2.71828, 0.00674]],
        rtol=2e-3,
        mistakes={
            "ReLU is still there": [[0, 0, 0], [0.8, 2, 0]],
            "ReLU is still there, with a little added": [[1e-6, 1e-6, 1e-6], [0.8, 2, 1e-6]],
            "ReLU is still there, with 0.001 added": [[0.001] * 3, [0.801, 2.001, 0.001]],
            "ReLU is still there, with 1 added": [[1, 1, 1], [1.8, 3, 1]],
            "ReLU is still there, before exp": [[1, 1, 1], [1.49182, 2.71828, 1]],
            "ReLU is still there, before exp, and this is the variance": [
                [1, 1, 1],
                [2.22554, 7.38906, 1],
            ],
            "the root of a ReLU still dies": [[0, 0, 0], [0.89443, 1.41421, 0]],
            "this is the variance": [[0.04979, 0.60653, 1], [2.22554, 7.38906, 4.54e-05]],
            "raw is taken for the logarithm of the precision": [
                [4.48169, 1.28403, 1],
                [0.67032, 0.36788, 148.41316],
            ],
            "this is softplus: raw is the logarithm of the variance": [
                [0.04859, 0.47408, 0.69315],
                [1.1711, 2.12693, 4.54e-05],
            ],
            "this is the root of softplus: raw is the logarithm of the variance": [
                [0.22043, 0.68853, 0.83255],
                [1.08217, 1.4584, 0.00674],
            ],
            "this is the absolute value": [[3, 0.5, 0], [0.8, 2, 10]],
            "this is the root of the absolute value": [
                [1.73205, 0.70711, 0],
                [0.89443, 1.41421, 3.16228],
            ],
            "a leaky ReLU gives negative deviations": [[-0.03, -0.005, 0], [0.8, 2, -0.1]],
            "a leaky ReLU gives negative deviations (slope 0.2)": [
                [-0.6, -0.1, 0],
                [0.8, 2, -2],
            ],
            "this is elu + 1: raw is the logarithm of the variance": [
                [0.04979, 0.60653, 1],
                [1.8, 3, 4.54e-05],
            ],
            "this is a sigmoid: raw is the logarithm of the variance": [
                [0.04743, 0.37754, 0.5],
                [0.68997, 0.8808, 4.54e-05],
            ],
            "this is half the variance": [[0.02489, 0.30327, 0.5], [1.11277, 3.69453, 2.27e-05]],
            "exp is missing": [[-1.5, -0.25, 0], [0.4, 1, -5]],
            "nothing was done": [[-3, -0.5, 0], [0.8, 2, -10]],
        },
    )
    # BEGIN HIDDEN TESTS
    import math

    rng = np.random.default_rng(2)
    for raw, case in (
        (rng.normal(size=(6, 9)), "other numbers"),
        (rng.uniform(-10, -6, size=(3, 4)), "narrow posteriors"),
        (rng.uniform(3, 9, size=(1, 5)), "wide posteriors"),
        (np.zeros((2, 2)), "the prior's deviation"),
    ):
        raw = raw.astype("float32")
        expected = [[math.sqrt(math.exp(value)) for value in row] for row in raw.tolist()]
        got = call(name, posterior_std, raw, case=case)
        dead = {"ReLU is still there": np.maximum(raw, 0)}
        # Who adds 1e-5 for safety, or cuts off below −10, is right, too.
        check_close(name, got, expected, rtol=1e-3, atol=2e-5, mistakes=dead, case=case)
    # END HIDDEN TESTS


check_posterior_std()

# %%
std = np.asarray(posterior_std(raw))
print(f"{np.mean(std == 0):.0%} of the deviations are exactly 0, the smallest is {std.min():.3f}")
fig, ax = plt.subplots(figsize=(5, 2.4), layout="constrained")
plots.histograms({"exp(raw / 2)": std.ravel()}, xlabel="posterior deviation", ax=ax)
plt.show()

# %% [markdown]
# ### Bug 3 · Noise that is switched off
#
# Instead of drawing noise, the code adds a layer `GaussianNoise`. A Pokémon VAE whose weights are called `pokevae.h5` does it, and once it was even proposed for Keras's own example (keras-team/keras-io on GitHub, pull request 789). But that layer is meant against overfitting: it works during `fit`, and at no other time.


# %%
def faulty_sample(z_mean, z_log_var, seed):
    noise = layers.GaussianNoise(1.0, seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * noise(ops.zeros_like(z_mean))


def draw_and_plot(sample, title):
    z_mean = np.tile(np.array([1.0, -0.5], dtype="float32"), (400, 1))
    z_log_var = np.tile(np.array([-0.5, -2.0], dtype="float32"), (400, 1))
    z = np.asarray(sample(z_mean, z_log_var, SEED))
    ax = plt.figure(figsize=(3.2, 2.8), layout="constrained").add_subplot()
    ax.plot(*z.T, ".", ms=4, alpha=0.5)
    ax.set(title=title, xlim=(-2, 4), ylim=(-2, 1), xlabel="$z_1$", ylabel="$z_2$")
    plt.show()


# %%
draw_and_plot(faulty_sample, "400 draws, faulty")

# %% [markdown]
# 400 draws from one posterior, and all are the same point. So whatever is measured with this function outside `fit` (the ELBO of test pictures, several versions of one creature) is measured without any noise, and comes out too good.

# %% [markdown]
# ### Exercise 4 · `sample_code` (1 point)
#
# Draw a code for each image, whether the model trains or not.


# %% exercise="sample_code"
def sample_code(z_mean, z_log_var, seed):
    """One draw from each posterior.

    Args:
        z_mean: (n, d).
        z_log_var: logarithms of the variances, (n, d).
        seed: an int; the same seed gives the same draws, another one gives others.

    Returns:
        (n, d).
    """
    # BEGIN SOLUTION
    eps = keras.random.normal(ops.shape(z_mean), seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * eps
    # END SOLUTION


# %% check="sample_code" points=1
def check_sample_code():
    import numpy as np
    from vaelib.checks import call, check_close, check_shape, check_true

    name = "sample_code"
    z_mean = np.tile(np.array([2, -1], dtype="float32"), (6000, 1))
    z_log_var = np.tile(np.array([1, -2], dtype="float32"), (6000, 1))

    def draws(seed):
        got = call(name, sample_code, z_mean, z_log_var, seed)
        check_shape(name, got, z_mean.shape)
        return np.asarray(got, dtype=float)

    z = draws(1)
    means, stds = z.mean(axis=0), z.std(axis=0)
    shifted = stds.max() < 1e-3 < np.abs(means - [2, -1]).max()
    problem = (
        "all images get the same. Either there is no noise, or they share it: "
        "draw n · d numbers, all from one generator."
    )
    check_true(name, not shifted, problem)
    one_side = stds.max() > 1e-3 and (z > [1.999, -1.001]).all()
    check_true(name, not one_side, "the noise is never negative: draw it from N(0, 1).")
    # A right answer leaves one of these four bands once in a hundred million seeds.
    check_close(
        name,
        stds,
        [1.64872, 0.36788],
        rtol=0.055,
        what="the deviations of 6,000 draws",
        mistakes={
            "the noise is off: all draws are the same": [0, 0],
            "the noise is multiplied by the variance": [2.71828, 0.13534],
            "the noise is multiplied by z_log_var": [1, 2],
            "the noise is not scaled": [1, 1],
            "the noise is multiplied by exp(−z_log_var / 2)": [0.60653, 2.71828],
            "the noise is uniform between −1 and 1": [0.95189, 0.2124],
            "the noise is divided by 10": [0.16487, 0.03679],
            "the noise is cut off at two deviations (a truncated Gaussian)": [1.45024, 0.3236],
            "exp is missing": [0.5, 1],
            "the root of z_log_var is taken": [1, np.nan],
        },
    )
    check_close(
        name,
        means,
        [2, -1],
        rtol=0,
        atol=[0.13, 0.03],
        what="the means of 6,000 draws",
        mistakes={
            "z_mean is missing": [0, 0],
            "z_mean is subtracted": [-2, 1],
            "the mean is multiplied by the deviation": [3.29744, -0.36788],
        },
    )
    eps = (z - [2, -1]) / np.exp([0.5, -1])
    shared = abs(np.corrcoef(eps.T)[0, 1]) > 0.2
    check_true(name, not shared, "the numbers of a code share their noise.")
    again, other = draws(1), draws(2)
    differs = not np.allclose(other, z)
    check_true(name, differs, "another seed gives the same draws: hand it on.")
    same = np.allclose(again, z, atol=1e-4)
    check_true(name, same, "the same seed gives other draws: hand it on.")
    # BEGIN HIDDEN TESTS
    case = "independent draws"
    # 3 for a Gaussian, 1.8 for even noise, 6 for Laplace's; off by 0.6 once in 10⁹ seeds.
    fourth = np.mean(eps**4)
    check_true(name, 2.4 < fourth < 3.8, "the noise is not Gaussian.", case=case)
    repeated = len(np.unique(eps[:, 0])) < 4500
    check_true(name, not repeated, "images share their noise.", case=case)
    case = "no width at all"
    z_mean = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    narrow = np.full((5, 3), -60, dtype="float32")
    got = call(name, sample_code, z_mean, narrow, 3, case=case)
    # Who cuts z_log_var off at −10 is right, too.
    check_close(name, got, z_mean, atol=0.05, case=case)
    # END HIDDEN TESTS


check_sample_code()

# %%
draw_and_plot(sample_code, "400 draws, repaired")

# %% [markdown]
# ### Bug 4 · A KL that weighs nothing
#
# An old official example of Keras sums the reconstruction over all pixels, and writes `K.mean(…, axis=-1)` for the KL (keras-team/keras, `examples/variational_autoencoder_deconv.py`, commit 6df68b5; reported in pull request 4538). There the code had two numbers, so the KL was only halved. But the same line also stands in models with long codes (maxhodak/keras-molecules, issue 59). With 1,000 numbers, and one more division by the batch, this is left:


# %%
def faulty_loss(nll, kl):
    return ops.mean(nll) + ops.mean(kl) / len(nll)


nll, kl = np.full(64, 500.0), np.full((64, 1000), 0.3)
without = float(faulty_loss(nll, 0 * kl))
share = float(faulty_loss(nll, kl)) - without
print(f"each image has a KL of {kl[0].sum():.0f} nats; the loss counts {share:.4f}")
print(f"that is a β of 1 / {kl[0].sum() / share:,.0f}")

# %% [markdown]
# The reconstruction is summed over pixels, but the KL is averaged over the 1,000 numbers of the code, and then divided by the 64 images of the batch once more. It weighs 64,000 times too little. (You know β from `06_beta_vae`.) What does that do? We train a small model for a moment with this β. Then each number of the codes of all pictures should look like a draw from $N(0, 1)$, and the mean KL should be small, since every nat of it costs a nat.


# %%
def train_for_a_moment(beta):
    set_seed(SEED)
    vae = VAE(*build_creature_vae(SIZE, LATENT_DIM), likelihood="gaussian", sigma=0.3, beta=beta)
    vae.compile(keras.optimizers.Adam(**ADAM))
    vae.fit(x_train[:250], batch_size=BATCH_SIZE, epochs=EPOCHS_MOMENT, verbose=0)
    return vae


# %%
def plot_codes(vae, title):
    x = x_train[:250]
    z = np.asarray(sample_code(*vae.encode(x), SEED))
    kl = np.mean(latent_kl(x, x, *vae.encode(x)))
    ax = plt.figure(figsize=(5, 2.4), layout="constrained").add_subplot()
    values = {"codes of pictures": z.ravel(), "prior": generator.normal(size=z.size)}
    plots.histograms(values, xlabel="numbers of the codes", ax=ax)
    ax.set_title(f"{title}: mean KL {kl:.0f} nats")
    plt.show()


# %%
plot_codes(train_for_a_moment(beta=1 / 64_000), "KL divided by 64,000")

# %% [markdown]
# With drawn creatures the mean KL is about 80 nats. Many numbers of the codes lie beyond −2 and 2, in heaps of their own, where the prior has hardly anything. A code that you draw from the prior looks different, so the decoder has never seen the like.

# %% [markdown]
# ### Exercise 5 · `vae_loss` (1 point)
#
# Return the loss of the batch: the mean over the images of what each of them costs.


# %% exercise="vae_loss"
def vae_loss(nll, kl):
    """The loss of a VAE, averaged over the batch: minus the ELBO.

    Args:
        nll: −log p(x | z) of each image, summed over its pixels, (n,), in nats.
        kl: the KL of each number of its code, (n, d), in nats.

    Returns:
        A number, in nats per image.
    """
    # BEGIN SOLUTION
    return ops.mean(nll + ops.sum(kl, axis=-1))
    # END SOLUTION


# %% check="vae_loss" points=1
def check_vae_loss():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "vae_loss"
    nll = np.array([40, -12.5, 31], dtype="float32")
    kl = np.array([[0.5, 2, 0.25, 1.5], [0, 0.75, 3, 1], [1.25, 0.1, 0.4, 2.25]], dtype="float32")
    check_close(
        name,
        call(name, vae_loss, nll, kl),
        23.83333,
        rtol=1e-4,
        mistakes={
            "nothing is repaired: the KL is averaged and divided by the batch": 19.86111,
            "half is repaired: the KL is still averaged over the code": 20.58333,
            "half is repaired: the KL is still divided by the batch": 20.94444,
            "the KL is summed over the batch": 32.5,
            "the KL is averaged over the code and summed over the batch": 22.75,
            "the KL is averaged over the batch only": [20.08333, 20.45, 20.71667, 21.08333],
            "the KL counts half": 21.66667,
            "the mean over the images is missing": [44.25, -7.75, 35],
            "the images are summed": 71.5,
            "the negative log-likelihood is summed over the batch": 62.83333,
            "the negative log-likelihood is summed over the batch, the KL averaged": 59.58333,
            "the negative log-likelihood is summed, and the KL is not repaired": 58.86111,
            "the negative log-likelihood is divided by the batch twice": 10.83333,
            "the KL is subtracted": 15.16667,
            "the sign is wrong: this is the ELBO": -23.83333,
            "the KL is missing": 19.5,
            "the negative log-likelihood is missing": 4.33333,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(4)
    for n, d, largest, case in (
        (64, 100, 3, "a larger batch"),
        (1, 6, 3, "one image"),
        (5, 1, 3, "a code of one"),
        (8, 20, 0.1, "codes that hardly say anything"),
    ):
        nll = rng.uniform(-50, 300, size=n).astype("float32")
        kl = rng.uniform(0, largest, size=(n, d)).astype("float32")
        pairs = zip(nll.tolist(), kl.tolist(), strict=True)
        expected = sum(a + sum(b) for a, b in pairs) / n
        got = call(name, vae_loss, nll, kl, case=case)
        mistakes = {
            "the KL is still averaged over the code": nll.mean() + kl.mean(),
            "the KL is still divided by the batch": nll.mean() + kl.sum(1).mean() / n,
            "the KL is summed over the batch": nll.mean() + kl.sum(),
        }
        check_close(name, got, expected, rtol=1e-4, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


check_vae_loss()

# %%
share = float(vae_loss(nll, kl)) - float(vae_loss(nll, 0 * kl))
print(f"each image has a KL of {kl[0].sum():.0f} nats; the loss counts {share:.4g}")
plot_codes(train_for_a_moment(beta=share / kl[0].sum()), "With your loss")

# %% [markdown]
# With drawn creatures and the full weight the mean KL is about 30 nats. The codes now lie where the prior lies, hardly any beyond −3 and 3, though they do not fill it evenly yet: this was a short training.

# %% [markdown]
# ### Bug 5 · The accuracy of a picture
#
# `compile(…, metrics=["accuracy"])` stands in many published autoencoders; one for Fashion-MNIST even plots it (abhiroop700758658/NN_ICP_8, `prog_2.py`). For pictures in colour Keras then reports the share of pixels whose **strongest channel** is the same in both pictures.


# %%
def faulty_score(x, x_hat):
    return ops.mean(keras.metrics.categorical_accuracy(x, x_hat), axis=(1, 2))


def compare(score, picture):
    noise = generator.normal(0, 0.01, size=picture.shape)
    close = np.clip(picture + noise, 0, 1).astype("float32")
    tries = {"original": picture, "nearly perfect": close, "a white sheet": np.ones_like(picture)}
    axes = plt.figure(figsize=(5.4, 2.1), layout="constrained").subplots(1, 3)
    for ax, (title, x_hat) in zip(axes, tries.items()):
        value = float(score(picture[None], x_hat[None])[0])
        plots.image_grid(x_hat[None], 1, ax=ax)
        ax.set_title(f"{title}\nscore {value:.4f}", fontsize=9)
    plt.show()


# %%
compare(faulty_score, x_train[4])

# %% [markdown]
# The white sheet gets a higher score than a copy whose errors nobody sees. Where all channels are equal, the first one counts as the strongest, so the sheet is right wherever the original is white. The copy is not: its three channels are nearly 1, and after any small error the "strongest" one is chance. The number in the log rises while a model learns white paper, and says nothing about creatures.

# %% [markdown]
# ### Exercise 6 · `reconstruction_score` (1 point)
#
# Return the mean squared error of each image. Lower is better.


# %% exercise="reconstruction_score"
def reconstruction_score(x, x_hat):
    """How far reconstructions are from their images.

    Args:
        x: images, (n, height, width, 3).
        x_hat: their reconstructions, the same shape.

    Returns:
        (n,), the mean squared error of each image.
    """
    # BEGIN SOLUTION
    return ops.mean(ops.square(x - x_hat), axis=(1, 2, 3))
    # END SOLUTION


# %% check="reconstruction_score" points=1
def check_reconstruction_score():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "reconstruction_score"
    x = [0.2, 0.9, 0.5, 1, 1, 1, 0.4, 0.4, 0.1, 0, 0.6, 0.3]
    x_hat = [0.3, 0.9, 0.2, 0.9, 1, 0.8, 0.4, 0.5, 0.3, 0.1, 0.2, 0.3]
    x, x_hat = (np.array(v, dtype="float32").reshape(2, 1, 2, 3) for v in (x, x_hat))
    check_close(
        name,
        call(name, reconstruction_score, x, x_hat),
        [0.025, 0.03667],
        rtol=1e-3,
        mistakes={
            "this is still an accuracy: which channel is the largest": [0.5, 0],
            "this is still an accuracy, only turned around": [0.5, 1],
            "this is an accuracy: which numbers are equal": [0.33333, 0.33333],
            "this is an accuracy: which numbers lie on the same side of ½": [1, 0.83333],
            "this is an accuracy: which numbers are closer than 0.1": [0.66667, 0.66667],
            "the root is taken": [0.15811, 0.19149],
            "this is the mean absolute error": [0.11667, 0.13333],
            "the pixels are summed": [0.15, 0.22],
            "the images are averaged": 0.03083,
            "the mean over the channels is missing": [[0.01, 0, 0.065], [0.005, 0.085, 0.02]],
            "the mean is taken over the channels only": [
                [[0.03333, 0.01667]],
                [[0.01667, 0.05667]],
            ],
            "the mean is missing": [
                [[[0.01, 0, 0.09], [0.01, 0, 0.04]]],
                [[[0, 0.01, 0.04], [0.01, 0.16, 0]]],
            ],
            "the sign is wrong": [-0.025, -0.03667],
            "this is 1 − the error": [0.975, 0.96333],
            "this is the squared mean of the differences": [0.00694, 0],
            "the differences are not squared": [0.08333, 0],
            "the differences are not squared (x_hat − x)": [-0.08333, 0],
            "there is a factor ½": [0.0125, 0.01833],
            "these are decibels (PSNR)": [16.0206, 14.35729],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(5)
    for shape, case in (((4, 6, 5, 3), "larger images"), ((1, 3, 3, 3), "one image")):
        x, x_hat = rng.uniform(size=(2, *shape)).astype("float32")
        differences = (x.astype(float) - x_hat).reshape(len(x), -1)
        expected = [sum(d * d for d in row) / len(row) for row in differences]
        got = call(name, reconstruction_score, x, x_hat, case=case)
        batch = {"the images are averaged": np.mean(expected)}
        check_close(name, got, expected, rtol=1e-4, mistakes=batch, case=case)
    case = "a perfect reconstruction"
    got = call(name, reconstruction_score, x, x.copy(), case=case)
    check_close(name, got, np.zeros(len(x)), case=case)
    # END HIDDEN TESTS


check_reconstruction_score()

# %%
compare(reconstruction_score, x_train[4])

# %% [markdown]
# Now the order is right.

# %% [markdown]
# ### Written question · Five bugs (2 points)
#
# Choose **two** of the five bugs. For each, say in two or three sentences: why does the program run and the loss fall all the same, and by which figure or number would you have noticed it?

# %% [markdown] answer="five_bugs" points=2
# <!-- BEGIN SOLUTION -->
# **A good answer** says for each of the two bugs why nothing stops, and names a measurement that shows it. For instance:
#
# 1. *KL between pictures.* It is zero for perfect reconstructions, so it falls with them like a second reconstruction loss. The code is not held by anything. Noticed by: the KL of the posteriors from N(0, I), or a histogram of codes beside the prior, or random codes that decode to junk while reconstructions are fine.
# 2. *ReLU on the deviation.* Numbers with deviation 0 are a plain autoencoder, which reconstructs better than a VAE. With a small constant in the logarithm the KL is large but finite. Noticed by: a histogram of the deviations, or the share of zeros.
# 3. *Noise that is off at inference.* Training is right. Only what is measured afterwards is wrong, and it looks better than it is. Noticed by: drawing twice from one posterior; the draws are equal.
# 4. *A KL that weighs nothing.* The reconstruction improves faster without the KL, so the loss falls faster. Noticed by: printing the KL in nats per image, or the codes beside the prior, or random codes that decode to junk.
# 5. *Accuracy of a picture.* It is only reported, and training does not use it. It even rises, since large white areas are soon right. Noticed by: scoring a white sheet, or a nearly perfect copy.
#
# **Rubric.** For each of two bugs ½ point for why it goes unnoticed (what the faulty term rewards, or that it is only reported), and ½ point for a figure or number that would have shown it. "I would look at the pictures" counts only with what one would see in them.
# <!-- END SOLUTION -->

# %% [markdown]
# ## A small model, and how exact it should be
#
# Now we train something that fits: 64 × 64 pixels, a code of 32 numbers. Pixels in colour are no coins, so the decoder gives the **mean** of a Gaussian for each of them:
#
# $$-\log p(x \mid z) = \sum_{\text{pixels}} \Big[ \tfrac 1 2 \ln(2 \pi \sigma^2) + \frac{(x - \hat x)^2}{2 \sigma^2} \Big]$$
#
# The deviation σ says how exact the reconstruction must be. It decides how the two terms of the ELBO are weighed: a squared error counts $1 / (2 \sigma^2)$. With σ = 1 nearly any picture is good enough. With σ = 0.001 every pixel is worth a fight, and the KL counts for nothing. Published code often takes what the library's mean squared error happens to give.
#
# There is a best value, and it is simple. For given errors the σ that makes the pictures most probable is found by setting the derivative to 0. It is the root of the mean squared error. (Rybkin et al. 2021 call the result σ-VAE.)

# %% [markdown]
# ### Exercise 7 · `optimal_sigma` (1 point)
#
# Return it: **one** number for the whole batch, over all images, pixels and channels.


# %% exercise="optimal_sigma"
def optimal_sigma(x, x_hat):
    """The deviation of Gaussian pixels that makes the images most probable, Rybkin et al. 2021.

    Args:
        x: images, (n, height, width, 3).
        x_hat: their reconstructions, the same shape.

    Returns:
        A number: one deviation for all pixels of all images.
    """
    # BEGIN SOLUTION
    return ops.sqrt(ops.mean(ops.square(x - x_hat)))
    # END SOLUTION


# %% check="optimal_sigma" points=1
def check_optimal_sigma():
    import numpy as np
    from vaelib.checks import call, check_close, check_shape, check_true

    name = "optimal_sigma"
    x = np.array([0.2, 0.9, 0.5, 0.7], dtype="float32").reshape(2, 2, 1, 1).repeat(3, axis=-1)
    errors = [0.1, -0.05, 0.1, 0.3, 0.15, -0.3, -0.2, 0.1, 0.2, 0.05, -0.025, 0.05]
    errors = np.array(errors, dtype="float32").reshape(x.shape)
    check_close(
        name,
        call(name, optimal_sigma, x, x + errors),
        0.16346,
        rtol=1e-3,
        mistakes={
            "this is the variance, not the deviation": 0.02672,
            "it is one deviation for each image": [0.19365, 0.12624],
            "it is one variance for each image": [0.0375, 0.01594],
            "it is one deviation for each channel": [0.18875, 0.09437, 0.18875],
            "it is one deviation for each pixel": [
                [[0.15811, 0.07906, 0.15811]],
                [[0.21506, 0.10753, 0.21506]],
            ],
            "the deviations of the images are averaged: take the mean before the root": 0.15995,
            "this is the mean absolute error": 0.13542,
            "this is the root of the mean absolute error": 0.36799,
            "this is the median error": 0.1,
            "this is the largest error": 0.3,
            "the errors are summed, not averaged": 0.56624,
            "the errors of an image are summed, not averaged": 0.40039,
            "this is the logarithm of the variance": -3.62239,
            "this is the logarithm of the deviation": -1.81119,
            "this is the deviation from the mean error, as np.std gives it": 0.15859,
            "the mean is taken before the square": 0.03958,
            "one is subtracted from the count": 0.17073,
            "this is the spread of the images, not of the errors": 0.2586,
            "this is the size of the images, not of the errors": 0.63048,
            "this is the precision, 1 / σ²": 37.4269,
            "there is a factor ½ under the root": 0.11558,
            "there is a factor 2 under the root": 0.23117,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(6)
    for shape, case in (((5, 4, 6, 3), "more images"), ((1, 8, 8, 3), "one image")):
        x, x_hat = rng.uniform(size=(2, *shape)).astype("float32")
        errors = (x.astype(float) - x_hat).ravel()
        expected = (sum(e * e for e in errors) / len(errors)) ** 0.5
        got = call(name, optimal_sigma, x, x_hat, case=case)
        check_close(name, got, expected, rtol=1e-4, case=case)
    case = "the most probable deviation"
    x_hat = x + rng.normal(0.02, 0.07, size=x.shape).astype("float32")
    got = call(name, optimal_sigma, x, x_hat, case=case)
    check_shape(name, got, (), case=case)
    sigma = float(np.asarray(got))
    mean_square = np.mean((x.astype(float) - x_hat) ** 2)
    nll = [np.log(s) + mean_square / (2 * s * s) for s in (0.99 * sigma, sigma, 1.01 * sigma)]
    problem = "another deviation makes these images more probable."
    check_true(name, nll[1] < min(nll[0], nll[2]), problem, case=case)
    # END HIDDEN TESTS


check_optimal_sigma()

# %% [markdown]
# Try it: where every number is off by 0.1, the deviation is 0.1. The formula above, over all σ, should have its lowest point there.

# %%
sigmas = np.geomspace(0.02, 1, 200)
off = np.full(few.shape, 0.1, dtype="float32")
best = float(optimal_sigma(few, few + off))
nll = 0.5 * np.log(2 * np.pi * sigmas**2) + np.mean(off**2) / (2 * sigmas**2)
fig, ax = plt.subplots(figsize=(5, 2.6), layout="constrained")
ax.semilogx(sigmas, nll)
ax.axvline(best, color="0.5", ls=":", label=f"optimal_sigma = {best:.2f}")
ax.set(xlabel="σ", ylabel="−log p(x | z), nats per number", ylim=(-1.5, 3))
ax.legend(frameon=False)
plt.show()


# %% [markdown]
# `VAE(…, sigma="optimal")` does this in every batch: it **learns** the deviation. Nobody has to choose it.

# %% [markdown]
# ## More pictures than there are
#
# A mirrored creature is a creature, and so is one in slightly other light. If we change every picture a little in every epoch, the model never sees quite the same picture twice. This is **augmentation**.

# %% [markdown]
# ### Exercise 8 · `augment` (2 points)
#
# For **each** image on its own:
#
# 1. Flip it from left to right, with probability ½.
# 2. Multiply it by one number, drawn evenly from $1 - b$ to $1 + b$, where $b$ is `brightness`.
#
# Then cut everything off at 0 and 1. Use the seed, so that the same seed gives the same pictures. (`np.random.default_rng(seed)` makes a generator; `np.where` and `np.clip` help.)


# %% exercise="augment"
def augment(x, seed, brightness=0.1):
    """Each image flipped from left to right or not, and a little brighter or darker.

    Args:
        x: images, (n, height, width, 3) in [0, 1].
        seed: an int; the same seed gives the same result.
        brightness: how far the factor may be from 1.

    Returns:
        (n, height, width, 3) in [0, 1].
    """
    # BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    flipped = rng.random((len(x), 1, 1, 1)) < 0.5
    factor = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    x = np.where(flipped, x[:, :, ::-1], x)
    return np.clip(x * factor, 0, 1).astype("float32")
    # END SOLUTION


# %% check="augment" points=2
def check_augment():
    import numpy as np
    from vaelib.checks import call, check_close, check_shape, check_true

    name = "augment"

    def pictures(top_left, top_right, bottom_left, bottom_right):
        """300 pictures of 2 × 2 pixels, from the colours of the pixels."""
        rows = (top_left, top_right), (bottom_left, bottom_right)
        return np.stack([np.stack(row, axis=1) for row in rows], axis=1)

    a, b, c, d = np.random.default_rng(0).uniform(0.2, 0.6, size=(4, 300, 3)).astype("float32")
    x, mirrored = pictures(a, b, c, d), pictures(b, a, d, c)

    def changed(x, seed, *brightness, case=None):
        """What comes back, as an array of the shape of `x`."""
        got = call(name, augment, x, seed, *brightness, case=case)
        check_shape(name, got, x.shape, case=case)
        return np.asarray(got, dtype=float)

    def equal(got, images):
        """Which of the pictures are equal, (n,)."""
        return np.isclose(got, images, atol=1e-4).all(axis=(1, 2, 3))

    got = changed(x, 1, 0.0)
    same, mirror = equal(got, x), equal(got, mirrored)
    for wrong, problem in (
        (pictures(c, d, a, b), "images are turned upside down: flip left and right."),
        (pictures(d, c, b, a), "images are turned around: flip left and right only."),
        (pictures(a, c, b, d), "rows and columns of an image are exchanged: flip left and right."),
        (pictures(b, d, a, c), "images are turned to the side: flip left and right."),
        (x[..., [2, 1, 0]], "the colours are reversed: flip left and right."),
        (mirrored[..., [2, 1, 0]], "the colours are reversed, too: flip left and right only."),
        (255 * x, "the pixels go from 0 to 255."),
        (x[list(range(299, -1, -1))], "the order of the images is reversed: flip each of them."),
    ):
        check_true(name, not equal(got, wrong).any(), problem)
    problem = "with brightness 0, an image is neither itself nor its mirror image."
    check_true(name, (same | mirror).all(), problem)
    if same.all() or mirror.all():
        others = [changed(x, seed, 0.0) for seed in range(2, 22)]
        kinds = {bool(equal(other, mirrored).all()) for other in others} | {bool(mirror.all())}
        problem = "one draw flips all images or none: draw for each image on its own."
        check_true(name, len(kinds) == 1, problem)
        check_true(name, mirror.all(), "no image is flipped.")
        check_true(name, False, "every image is flipped: draw for each image on its own.")
    # Of 300 fair draws fewer than 90 or more than 210 are flips once in 10¹¹ times.
    problem = f"{mirror.sum()} of 300 images are flipped; the probability should be ½."
    check_true(name, 90 <= mirror.sum() <= 210, problem)
    # Now brightness. A flip does not change a grey image.
    grey = np.full((300, 2, 2, 3), 0.6, dtype="float32")
    ignored = "brightness is ignored: multiply by a drawn number."
    check_true(name, not np.allclose(changed(grey, 1, 0.5), 0.6), ignored)
    grey[:, 1] = 0.4  # the lower half is darker, and keeps its ratio to the upper one
    got = changed(grey, 1, 0.3)
    check_true(name, not np.allclose(got, grey), ignored)
    added = np.allclose(got[:, 0] - got[:, 1], 0.2, atol=1e-4)
    check_true(name, not added, "brightness is added: multiply.")
    for_all = np.ptp(got[:, 0, 0, 0]) < 1e-3
    problem = "all images get the same brightness: draw one number for each image."
    check_true(name, not for_all, problem)
    problem = "the same seed gives other images. Use it for every draw."
    check_true(name, np.allclose(got, changed(grey, 1, 0.3), atol=1e-4), problem)
    problem = "another seed gives the same images: use it."
    check_true(name, not np.allclose(got, changed(grey, 2, 0.3)), problem)
    got = changed(np.ones_like(grey), 1, 0.5)
    problem = "the pixels do not lie in [0, 1]. Cut them off after the multiplication."
    check_true(name, got.min() >= 0 and got.max() <= 1, problem)
    # BEGIN HIDDEN TESTS
    every = (1, 2, 3)

    def apart(images):
        """Whether all numbers of an image are equal, (n,), and their mean, (n,)."""
        mean = images.mean(axis=every, keepdims=True)
        return np.isclose(images, mean, atol=2e-3).all(axis=every), mean.ravel()

    case = "other shapes"
    wide = np.random.default_rng(1).uniform(0.2, 0.6, size=(40, 3, 5, 3)).astype("float32")
    backwards = wide[:, :, [4, 3, 2, 1, 0]]
    for n in (40, 1):
        got = changed(wide[:n], 4, 0.0, case=case)
        fits = equal(got, wide[:n]) | equal(got, backwards[:n])
        problem = "with brightness 0, an image is neither itself nor its mirror image."
        check_true(name, fits.all(), problem, case=case)

    case = "brightness alone"
    # A flip changes nothing in these, and they are dark: no factor below 3 takes them above 1.
    dark = np.random.default_rng(2).uniform(0.1, 0.3, size=(300, 4, 2, 3)).astype("float32")
    symmetric = dark[:, :, [0, 1, 1, 0]]
    got = changed(symmetric, 5, 0.3, case=case)
    flat, factor = apart(got / symmetric)
    kept = equal(got, symmetric)
    check_true(name, not kept.all(), "brightness is ignored.", case=case)
    problem = "no image gets brighter: cut off the product, not the number."
    check_true(name, kept.mean() < 0.2 or factor.max() > 1.001, problem, case=case)
    problem = "some images keep their brightness: draw a number for every image."
    check_true(name, kept.mean() < 0.2, problem, case=case)
    added = np.isclose(np.ptp(got - symmetric, axis=every), 0, atol=1e-4)
    check_true(name, added.mean() < 0.2, "brightness is added: multiply.", case=case)
    by_channel = np.ptp(got / symmetric, axis=(1, 2)).max() < 2e-3 and not flat.all()
    problem = "each channel gets its own number: draw one for the whole image."
    check_true(name, not by_channel, problem, case=case)
    check_true(name, flat.all(), "an image is not multiplied by one number.", case=case)
    problem = "all images get the same brightness: draw one number for each image."
    check_true(name, np.ptp(factor) > 1e-3, problem, case=case)
    problem = "a factor lies outside 1 − b to 1 + b. Draw evenly between them."
    check_true(name, factor.min() > 0.6999 and factor.max() < 1.3001, problem, case=case)
    # The mean and the deviation of 300 even draws, with bands of six standard errors.
    sides = {
        "images only get brighter: begin at 1 − b": 1.15,
        "images only get darker: end at 1 + b": 0.85,
    }
    options = {"what": "the mean factor", "mistakes": sides, "case": case}
    check_close(name, factor.mean(), 1, rtol=0, atol=0.06, **options)
    spread = "the factors are not drawn evenly from 1 − b to 1 + b."
    check_true(name, 0.146 < factor.std() < 0.2, spread, case=case)
    edges = np.mean(np.abs(factor - 1) > 0.15)  # one half of even draws
    check_true(name, 0.32 < edges < 0.68, spread, case=case)
    shared = np.mean(np.diff(np.sort(factor)) < 1e-5)  # below 0.1 but once in 10⁹ times
    problem = "images share their brightness: draw for each image on its own."
    check_true(name, shared < 0.1, problem, case=case)
    _, other = apart(changed(symmetric, 6, 0.3, case=case) / symmetric)
    problem = "another seed gives the same brightness."
    check_true(name, not np.allclose(factor, other), problem, case=case)

    case = "the usual brightness"
    usual = changed(symmetric, 5, case=case) / symmetric
    usual = np.abs(usual.mean(axis=every) - 1)
    problem = "brightness is not 0.1 where nobody says otherwise."
    check_true(name, 0.08 < usual.max() < 0.1001, problem, case=case)

    case = "very bright and very dark images"
    extreme = np.ones((600, 2, 2, 3), dtype="float32")
    extreme[300:] = 0
    got = changed(extreme, 2, 0.5, case=case)
    problem = "the pixels do not lie in [0, 1]. Cut them off after the multiplication."
    check_true(name, got.min() >= 0 and got.max() <= 1, problem, case=case)
    check_true(name, (got[300:] == 0).all(), "black does not stay black.", case=case)
    cut = np.mean(got[:300] > 0.999)  # one half, the brighter ones
    problem = "white should stay white where it gets brighter: cut it off at 1, do not rescale."
    check_true(name, cut > 0.3, problem, case=case)
    check_true(name, cut < 0.7, "white is hardly ever darker.", case=case)
    case = "red images"
    got = changed(np.tile(np.float32([1, 0.4, 0.4]), (300, 2, 2, 1)), 2, 0.5, case=case)
    brighter = np.mean(got[:, 0, 0, 1] > 0.401)  # one half
    problem = "bright images are rescaled: cut them off at 1."
    check_true(name, brighter > 0.3, problem, case=case)

    case = "seeds"
    first, again = (changed(x, 1, 0.2, case=case) for _ in range(2))
    problem = "the same seed gives other images. Use it for every draw."
    check_true(name, np.allclose(first, again, atol=1e-4), problem, case=case)
    # The seeds lie far apart: who draws image i from seed + i is right, too.
    drawn = [changed(x, seed, 0.0, case=case) for seed in range(1, 8000, 1000)]
    flips = np.array([equal(got, mirrored) for got in drawn])
    problem = "another seed flips the same images."
    check_true(name, (flips[0] != flips[1]).any(), problem, case=case)
    # Each of the bands below is left by fair draws less than once in 10⁹ times.
    problem = "images share their draws of flips: draw for each image on its own."
    same_as = [np.mean(flips[:, lag:] == flips[:, :-lag]) for lag in (1, 2, 32, 64, 100, 128)]
    in_pairs = np.mean(flips[:, ::2] == flips[:, 1::2])
    check_true(name, max(*same_as, in_pairs) < 0.65, problem, case=case)
    number = flips.sum(axis=1)
    problem = "every seed flips as many images. Draw for each image on its own."
    check_true(name, np.ptp(number) > 0, problem, case=case)
    problem = "the probability of a flip is not ½."
    check_true(name, 0.43 < flips.mean() < 0.57, problem, case=case)

    case = "flips and brightness together"
    (itself, factor), (turned, mirror_factor) = (apart(first / y) for y in (x, mirrored))
    problem = "an image is neither itself nor its mirror image, brighter or darker."
    check_true(name, (itself | turned).all(), problem, case=case)
    # Independent draws are correlated by more than 0.4 once in 10¹¹ times; shared ones by 0.87.
    linked = abs(np.corrcoef(turned, np.where(itself, factor, mirror_factor))[0, 1]) > 0.4
    problem = "flips and brightness use the same draws. Take both from one generator in turn."
    check_true(name, not linked, problem, case=case)
    # END HIDDEN TESTS


check_augment()

# %% [markdown]
# Try it: the same eight creatures, three times. The brightness is large here, so that you can see it.

# %%
rows = {f"seed {seed}": augment(few, seed, brightness=0.3) for seed in (1, 2, 3)}
plots.image_rows({"real": few} | rows)
plt.show()


# %% [markdown]
# ## Train it
#
# A code of 32 numbers, a learned deviation, flips, free bits so that no number falls silent at the start (`06_beta_vae`), and β = 5. The brightness stays as it is (`brightness=0`): it would turn white paper into grey paper, and the model would spend its code on the paper. An augmentation must change only what may change. Why β = 5? A picture has 12,288 numbers, so the likelihood is strong: with β = 1 posteriors become very narrow. Then reconstructions are a little sharper, but between the codes of 1,800 creatures there is much emptiness, and more of what the prior draws is mist. (Try `BETA = 1.0`.) You know this trade from `06_beta_vae`.
#
# The training takes less than a minute on two cores. Meanwhile we keep a gallery: after some epochs, 18 invented creatures. How a code for an invented creature is drawn deserves a closer look.

# %% [markdown] predict="prior"
# **Predict.** We draw codes in two ways: from the prior $N(0, I)$, and from a Gaussian with the mean and the covariance of the **codes of 600 training pictures**. If the codes of all pictures together were spread like the prior, the two would be the same. Will the pictures be the same here? If not, which are better?
#
# *My prediction:* …

# %% [markdown]
# A code is drawn from a posterior. So the covariance of codes is that of the means, plus the mean variance of the posteriors. And noise times the Cholesky factor of a covariance has that covariance.


# %%
def fitted_codes(z_mean, z_log_var, eps):
    """Codes from the Gaussian with the mean and the covariance of a model's codes."""
    covariance = np.cov(z_mean.T) + np.diag(np.exp(z_log_var).mean(axis=0))
    return (z_mean.mean(axis=0) + eps @ np.linalg.cholesky(covariance).T).astype("float32")


def epochs_of(steps):
    return max(1, int(steps // np.ceil(len(x_train) / BATCH_SIZE)))


# %%
eps = generator.normal(size=(18, LATENT_DIM))
n_epochs = epochs_of(STEPS)
kept, frames = animation.frame_epochs(n_epochs, N_FRAMES), []
set_seed(SEED)
options = {"likelihood": "gaussian", "sigma": "optimal", "beta": BETA, "free_bits": 0.5}
vae = VAE(*build_creature_vae(SIZE, LATENT_DIM), seed=SEED, **options)
vae.compile(keras.optimizers.Adam(**ADAM))
for epoch in range(1, n_epochs + 1):
    x = np.asarray(augment(x_train, epoch, brightness=0))
    vae.fit(x, batch_size=BATCH_SIZE, verbose=0)
    if epoch in kept:
        z = fitted_codes(*vae.encode(x_train[:600]), eps)
        frames.append(animation.tile(vae.decode(z), 6))
sigma = float(optimal_sigma(x_train[:600], vae.reconstruct(x_train[:600])))
scores = vae.evaluate(x_test, verbose=0, return_dict=True)
print(f"{vae.count_params():,} parameters, learned deviation {sigma:.3f}")
print(f"test pictures: KL {scores['kl']:.0f} nats")

# %%
pictures = {"from the prior": vae.decode(eps), "from the fitted Gaussian": vae.decode(z)}
fig, axes = plt.subplots(1, 2, figsize=(10.5, 2.9), layout="constrained")
for ax, (title, images) in zip(axes, pictures.items()):
    plots.image_grid(images, 6, ax=ax)
    ax.set_title(title)
plt.show()

# %% [markdown]
# They are not the same. From the prior come pale mixtures, where several bodies shine through each other. From the fitted Gaussian come purer colours. Some bodies are clearer, too, and others are torn.
#
# So the codes of all pictures together are **not** spread like the prior. The KL pulls them there, but the likelihood of 12,288 numbers pulls harder, and they gather where they like. The prior then has places that no picture uses, and the decoder has learned nothing there. To **fit a density to the codes afterwards** is a usual way out (Ghosh et al. 2020), as long as one says so.

# %% [markdown]
# ## Real, rebuilt, invented
#
# The three rows that every report on such a model should show: real test pictures, how the model rebuilds them, and creatures that nobody has seen.

# %%
some = generator.choice(len(x_test), 12, replace=len(x_test) < 12)
invented = vae.decode(
    fitted_codes(*vae.encode(x_train[:600]), generator.normal(size=(12, LATENT_DIM)))
)
real = x_test[some]
plots.image_rows({"real": real, "rebuilt": vae.reconstruct(real), "invented": invented})
plt.show()

# %% [markdown]
# Most rebuilt creatures keep their body and their colours. Fine things fade: stripes, faces, what a second type adds, and now and then a rare colour. Some invented ones have a body that you can name, others are mist. Where the model is not sure, it draws the mean of all that could be there: that is what a squared error asks for.
#
# Real artwork varies far more than our drawings, and there is less of it. With 720 pictures of Pokémon, this minute of training gives clouds that have a shape and a little orange and blue. Patience alone does not help. We once trained 20,000 steps at 128 × 128 with them, as on a GPU. The training pictures came back with their shapes and colours (a squared error of 0.021 after 1,000 steps, of 0.008 at the end). Test pictures and invented ones stayed clouds, and the error on test pictures even rose, from 0.029 to 0.036. The model had learned its pictures by heart. The next section is about that.

# %% [markdown]
# And the gallery growing up:

# %%
path = Path(tempfile.mkdtemp(), "creatures_growing_up.gif")  # in a new folder for temporary files
animation.write_gif(path, frames, [f"epoch {epoch}" for epoch in kept], seconds_per_frame=0.8)
animation.show_gif(path)

# %% [markdown]
# First come grey shadows. Then bodies, and one colour against another: brown and blue. Red, green and pink are the last to come. A VAE learns first what changes most pixels.

# %% [markdown]
# ## Did it only learn by heart?
#
# With few pictures there is a suspicion: the "invented" creatures may be copies of training pictures. Whoever shows invented pictures should show beside each the most similar **training** pictures.

# %% [markdown]
# ### Exercise 9 · `nearest_neighbours` (2 points)
#
# For each generated picture find the `k` training pictures with the smallest Euclidean distance, nearest first: the root of the sum of squared differences over all pixels and channels. Return two arrays: which pictures they are, and how far away.


# %% exercise="nearest_neighbours"
def nearest_neighbours(generated, train, k):
    """The training pictures that are most similar to each generated one.

    Args:
        generated: (n, height, width, 3).
        train: (m, height, width, 3).
        k: how many neighbours, at most m.

    Returns:
        indices: places in train, integers (n, k), the nearest first.
        distances: their Euclidean distances, (n, k).
    """
    # BEGIN SOLUTION
    a, b = (np.reshape(x, (len(x), -1)).astype("float64") for x in (generated, train))
    distances = np.stack([np.sqrt(np.sum((b - row) ** 2, axis=-1)) for row in a])
    indices = np.argsort(distances, axis=-1)[:, :k]
    return indices, np.take_along_axis(distances, indices, axis=-1)
    # END SOLUTION


# %% check="nearest_neighbours" points=2
def check_nearest_neighbours():
    import numpy as np
    from vaelib.checks import call, check_close, check_pair, check_shape, check_true

    name = "nearest_neighbours"
    # Pictures of one pixel, so that a distance can be seen.
    train = np.array([[0, 0, 0], [3, 4, 0], [1, 0, 0], [6, 9, 0]], dtype="float32") / 10
    generated = np.array([[0, 1, 0], [3, 4, 0], [6, 6, 0]], dtype="float32") / 10
    train, generated = train.reshape(4, 1, 1, 3), generated.reshape(3, 1, 1, 3)

    def array(values):
        """As an array; an empty one, if it is none. Then `check_close` says so."""
        try:
            return np.asarray(values, dtype=float)
        except (TypeError, ValueError):
            return np.zeros(0)

    def check_numbers(distances, case=None):
        """Refuse NaN, with a hint."""
        problem = (
            "a distance is NaN. (If you take a root of a² + b² − 2ab: "
            "of a copy it can be just below 0, so cut it off at 0.)"
        )
        check_true(name, not np.isnan(array(distances)).any(), problem, case=case)

    got = call(name, nearest_neighbours, generated, train, 2)
    indices, distances = check_pair(name, got)
    check_numbers(distances)
    check_close(
        name,
        indices,
        [[0, 2], [1, 2], [3, 1]],
        rtol=1e-4,
        what="the indices",
        mistakes={
            "the farthest come first": [[3, 1], [3, 0], [0, 2]],
            "the nearest come last": [[2, 0], [2, 1], [1, 3]],
            "the nearest is left out": [[2, 1], [2, 0], [1, 2]],
            "the neighbours are sorted by their places": [[0, 2], [1, 2], [1, 3]],
            "the first k training pictures are taken": [[0, 1], [0, 1], [0, 1]],
            "distances and indices are exchanged": [[0.1, 0.14142], [0, 0.44721], [0.3, 0.36056]],
            "generated and train are exchanged": [[0, 1], [1, 2], [0, 1], [2, 1]],
            "they count from 1": [[1, 3], [2, 3], [4, 2]],
            "neighbours stand down a column: transpose": [[0, 1, 3], [2, 2, 1]],
            "all training pictures are returned, not the nearest k": [
                [0, 2, 1, 3],
                [1, 2, 0, 3],
                [3, 1, 2, 0],
            ],
            "the farthest are taken, the last k of argsort": [[1, 3], [0, 3], [2, 0]],
            "copies are left out, or argsort is applied twice": [[0, 2], [2, 0], [3, 1]],
            "it is the scalar product that counts, not the distance": [[3, 1]] * 3,
        },
    )
    apart = isinstance(got, tuple | list)
    how = "Make them with `astype(int)`." if apart else "Return two arrays, not one for both."
    problem = f"the indices are no integers. {how}"
    check_true(name, np.asarray(indices).dtype.kind in "iu", problem)
    check_close(
        name,
        distances,
        [[0.1, 0.14142], [0, 0.44721], [0.3, 0.36056]],
        rtol=1e-3,
        atol=1e-3,
        what="the distances",
        mistakes={
            "the root is missing": [[0.01, 0.02], [0, 0.2], [0.09, 0.13]],
            "this is the mean squared difference": [
                [0.00333, 0.00667],
                [0, 0.06667],
                [0.03, 0.04333],
            ],
            "this is the root of the mean, not of the sum": [
                [0.05774, 0.08165],
                [0, 0.2582],
                [0.17321, 0.20817],
            ],
            "these are sums of absolute differences": [[0.1, 0.2], [0, 0.6], [0.3, 0.5]],
            "these are means of absolute differences": [[0.0333, 0.0667], [0, 0.2], [0.1, 0.1667]],
            "these are the largest absolute differences": [[0.1, 0.1], [0, 0.4], [0.3, 0.3]],
            "they are not sorted with the indices": [[0.1, 0.42426], [0.5, 0], [0.84853, 0.36056]],
            "these are the largest distances": [
                [1, 0.42426],
                [0.5831, 0.5],
                [0.84853, 0.78102],
            ],
            "their sign is wrong": [[-0.1, -0.14142], [0, -0.44721], [-0.3, -0.36056]],
            "neighbours stand down a column: transpose": [
                [0.1, 0, 0.3],
                [0.14142, 0.44721, 0.36056],
            ],
            "they are those to all training pictures": [
                [0.1, 0.42426, 0.14142, 1],
                [0.5, 0, 0.44721, 0.5831],
                [0.84853, 0.36056, 0.78102, 0.3],
            ],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(7)
    for n, m, shape, k, case in (
        (7, 40, (4, 5, 3), 3, "more pictures"),
        (1, 6, (2, 2, 3), 6, "all of them"),
        (5, 9, (3, 3, 3), 1, "one neighbour"),
        (30, 8, (2, 3, 3), 2, "more generated than training pictures"),
    ):
        generated, train = (rng.uniform(size=(c, *shape)).astype("float32") for c in (n, m))
        expected = [
            sorted(
                (float(np.sqrt(((g.astype(float) - t) ** 2).sum())), i) for i, t in enumerate(train)
            )
            for g in generated
        ]
        got = call(name, nearest_neighbours, generated, train, k, case=case)
        indices, distances = check_pair(name, got, case=case)
        check_numbers(distances, case)
        right_indices = np.array([[i for _, i in row[:k]] for row in expected])
        right = np.array([[d for d, _ in row[:k]] for row in expected])
        farthest = [[i for _, i in row[::-1][:k]] for row in expected]
        mistakes = {"the farthest come first": farthest}
        flat = "an axis is missing: it is (n, k), also for k = 1"
        if k == 1:
            mistakes[flat] = right_indices[:, 0]
        if np.array_equal(np.sort(array(indices)), np.sort(right_indices)):
            mistakes["they are the right ones, but not the nearest first"] = array(indices)
        check_close(name, indices, right_indices, what="the indices", mistakes=mistakes, case=case)
        mistakes = {"the root is missing": right**2, flat: right[:, 0]}
        options = {"what": "the distances", "rtol": 1e-3, "atol": 1e-3, "case": case}
        check_close(name, distances, right, mistakes=mistakes, **options)
    case = "many neighbours"
    order = rng.permutation(1000)  # argpartition alone sorts some hundred numbers on some machines
    train = np.repeat(order / 1000, 12).astype("float32").reshape(1000, 2, 2, 3)
    got = call(name, nearest_neighbours, np.zeros_like(train[:1]), train, 400, case=case)
    indices, _ = check_pair(name, got, case=case)
    right = np.argsort(order)[None, :400]
    mistakes = {}
    if np.array_equal(np.sort(array(indices)), np.sort(right)):
        mistakes["they are the right ones, but not the nearest first"] = array(indices)
    check_close(name, indices, right, what="the indices", mistakes=mistakes, case=case)
    case = "exact copies"
    train = rng.uniform(size=(20, 8, 8, 3)).astype("float32")
    places = rng.permutation(20)
    got = call(name, nearest_neighbours, train[places], train, 20, case=case)
    indices, distances = check_pair(name, got, case=case)
    check_numbers(distances, case)
    for values, what in ((indices, "the indices"), (distances, "the distances")):
        check_shape(name, values, (20, 20), what=what, case=case)
    first, zeros = np.asarray(indices)[:, 0], np.zeros(20)
    check_close(name, first, places, what="the nearest", case=case)
    distances = np.asarray(distances)[:, 0]
    check_close(name, distances, zeros, atol=0.02, what="the distances of copies", case=case)
    # END HIDDEN TESTS


check_nearest_neighbours()

# %% [markdown]
# Try it: training picture 5, once as it is and once a little darker. The first has itself as its nearest neighbour, at distance 0. That is how you would catch a copy.

# %%
tries = np.stack([x_train[5], 0.95 * x_train[5]])
indices, distances = nearest_neighbours(tries, x_train[:100], k=3)
print(np.asarray(indices))
print(np.round(distances, 2))


# %% [markdown]
# Now the invented creatures, and under each its three nearest training pictures.

# %%
indices, distances = nearest_neighbours(invented, x_train, k=3)
rows = {"invented": invented}
rows |= {f"nearest {j + 1}": x_train[np.asarray(indices)[:, j]] for j in range(3)}
plots.image_rows(rows)
plt.show()
# %%
of_test = np.asarray(nearest_neighbours(x_test[:30], x_train, k=1)[1])
rebuilt = vae.reconstruct(x_test[:30])
of_rebuilt = np.asarray(nearest_neighbours(rebuilt, x_train, k=1)[1])
print("distance to the nearest training picture: median and smallest")
for title, values in (
    ("invented", np.asarray(distances)[:, 0]),
    ("rebuilt test", of_rebuilt),
    ("real test", of_test),
):
    print(f"  {title + ' pictures:':<24} {np.median(values):5.1f} {values.min():5.1f}")

# %% [markdown]
# How to read the three lines: a **copier** would invent pictures at a distance near 0, or, since decoders blur, near that of rebuilt pictures. With drawn creatures the invented ones are at about 14.5 from their nearest training picture, nearly twice as far as real, unseen creatures (about 8). So no picture is a copy. (Real artwork differs more: real test pictures lay at 24, clouds at 20, rebuilt or invented. So look where the real ones are before you judge.)
#
# Two cautions. Creatures of one type resemble each other, so even a new one has near neighbours: that is why the line of real test pictures stands there. And a large distance does not prove that something is **new**. Mist is far from every drawn creature, too, so look at the figure as well: a few columns come close to one of their neighbours in body and colour. Others have a broad grey creature as neighbour that looks quite different: a squared distance likes what is large and dull.

# %% [markdown]
# There is a second test. A model that learns by heart rebuilds **training** pictures much better than test pictures. Let us provoke that: 60 creatures and many epochs, once without augmentation and once with it.

# %% [markdown] predict="gap"
# **Predict.** Draw the error on training and on test pictures over the epochs, without augmentation. What do the two curves do? And with augmentation?
#
# *My prediction:* …


# %%
def train_few(augmented):
    """Errors on training and test pictures, after every ten epochs."""
    set_seed(SEED)
    networks, x = build_creature_vae(SIZE, LATENT_DIM), x_train[:N_FEW]
    small = VAE(*networks, likelihood="gaussian", sigma="optimal", free_bits=0.5, seed=SEED)
    small.compile(keras.optimizers.Adam(**ADAM))
    errors = []
    for r in range(ROUNDS):
        seeds = range(10 * r, 10 * r + 10)
        ten = [augment(x, seed, brightness=0) if augmented else x for seed in seeds]
        small.fit(np.concatenate(ten), batch_size=20, shuffle=False, verbose=0)
        pair = [reconstruction_score(y, small.reconstruct(y)) for y in (x, x_test[:100])]
        errors.append([float(np.mean(each)) for each in pair])
    return np.array(errors).T


# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True, layout="constrained")
epochs = 10 * np.arange(1, ROUNDS + 1)
for ax, augmented in zip(axes, (False, True)):
    on_train, on_test = train_few(augmented)
    ax.plot(epochs, on_train, label="training pictures")
    ax.plot(epochs, on_test, "--", label="test pictures")
    title = "with augmentation" if augmented else "without"
    ax.set(title=title, xlabel="epoch")
    print(f"{title}: {on_train[-1]:.4f} on training pictures, {on_test[-1]:.4f} on test pictures")
axes[0].set(ylabel="mean squared error", ylim=(0, None))
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# With drawn creatures and without augmentation the errors end at about 0.0115 on training and 0.017 on test pictures, and the curves move apart: the model begins to learn its 60 pictures by heart. With flips they end at about 0.013 and 0.016. The model is **worse** on what it has seen and **better** on what it has not, and that is what we want.

# %% [markdown]
# ### Written question · Is it memorising? (2 points)
#
# Look at the neighbours of the **main** model, at the three lines of distances, and at the two curves. Answer in four to eight sentences:
#
# 1. Does the main model copy training pictures? Say which number or picture convinces you, and what you would expect to see if it did.
# 2. What does the gap between training and test error tell, that neighbours do not? And what did augmentation change?

# %% [markdown] answer="memorising" points=2
# <!-- BEGIN SOLUTION -->
# **A good answer.** The main model does not copy. Its invented creatures are farther from every training picture than real, unseen creatures are, and in the figure they share a body and a colour with their neighbours, but differ in more than blur. A copier would have distances near those of rebuilt pictures, with a neighbour that shows the very same creature with the same ears, pattern and sign, and a smallest distance near 0 for exact copies.
#
# Neighbours look at what comes **out** when codes are drawn. The gap looks at the **encoder and decoder** on pictures that they have seen or not: the small model rebuilds the 60 pictures of its training much better than test pictures, so it has learned something about these very pictures, even if no random code would ever give one of them. Flips make the gap smaller and the test error lower, since the model meets more pictures and can no longer lean on which way a creature looks.
#
# **Rubric.**
#
# - 1 point: a judgement of the main model that rests on a number (distances compared with those of real test pictures) or on named pictures, and says what copies would look like. Half a point for "they look different" without a comparison.
# - 1 point: the gap is about pictures that went in, and neighbours about pictures that came out (or: a model can rebuild by heart without producing copies from random codes), and augmentation made the gap smaller. Half a point for one of the two.
# <!-- END SOLUTION -->

# %% [markdown]
# ## From one creature to another
#
# A **morph**: the codes of two real creatures, and the way between them (`interpolate` of `04_cnn_vae`).

# %%
z_test = vae.encode(x_test)[0]
pairs = generator.choice(len(x_test), (4, 2), replace=len(x_test) < 8)
morphs = [vae.decode(codes.interpolate(z_test[a], z_test[b], 10, "slerp")) for a, b in pairs]
ends = [(x_test[[a]], x_test[[b]]) for a, b in pairs]
sheet = np.concatenate([np.concatenate([a, way, b]) for (a, b), way in zip(ends, morphs)])
plots.image_grid(sheet, 12)
plt.show()

# %% [markdown]
# On the far left and right stand the real pictures, between them what the decoder makes of the way. Colours change smoothly. Bodies that resemble each other do, too. Where they differ much, a mist of both stands in the middle: there is no half bee, half bear in the data.
#
# Now you. Choose a creature to start from. The sliders turn the 12 of its 32 numbers that bring most nats. Or choose a second creature, and walk. (The page walks straight, the strips above with slerp.)

# %%
kl = np.asarray(kl_per_dimension(*vae.encode(x_train[:600])))
its_type = creatures.types_test.argmax(axis=1)
latent_explorer(vae.decode, x_test, z_test, its_type, kl=kl, names=creatures.type_names)

# %% [markdown]
# No number stands for one thing, such as "wings" or "red". Most tint the whole creature, and some change its body, too. `06_beta_vae` told you why: nothing in the ELBO asks for more.

# %% [markdown]
# ## A direction for a type
#
# Nobody told this model about types. Yet it has to know something of them: the creatures of one type resemble each other. The mean code of type b minus the mean code of type a is a **direction** in the code: from a to b.

# %% [markdown]
# ### Exercise 10 · `type_direction` (2 points)
#
# A creature may have two types. Every creature that **has** a type counts for its mean, also if it has another one, and even if it has both a and b. Then it counts in both means.


# %% exercise="type_direction"
def type_direction(codes, types, a, b):
    """The way from type a to type b: the mean code of b minus the mean code of a.

    A creature counts for every type that it has, so one that has both counts in both means.

    Args:
        codes: (n, d).
        types: bool (n, n_types).
        a: the type to start from, a column of types.
        b: the type to end at.

    Returns:
        (d,).
    """
    # BEGIN SOLUTION
    return codes[types[:, b]].mean(axis=0) - codes[types[:, a]].mean(axis=0)
    # END SOLUTION


# %% check="type_direction" points=2
def check_type_direction():
    import numpy as np
    from vaelib.checks import call, check_close

    name = "type_direction"
    codes = [[0, 1], [2, 5], [6, -1], [1, 1], [10, 2], [3, 9], [4, 7]]
    codes = np.array(codes, dtype="float32")
    types = np.zeros((7, 4), dtype=bool)
    types[[0, 1, 2, 6], 1] = types[[2, 3, 4], 2] = types[[3, 5], 0] = types[6, 3] = True
    check_close(
        name,
        call(name, type_direction, codes, types, 1, 2),
        [2.66667, -2.33333],
        rtol=1e-4,
        mistakes={
            "this is the way from b to a": [-2.66667, 2.33333],
            "these are medians: take means": [3, -2],
            "the creature that has both a and b is left out": [3.5, -2.83333],
            "creatures with two types are left out": [9, -1],
            "the creature that has both a and b is left out of the mean of a": [3.66667, -3.66667],
            "the creature that has both a and b is left out of the mean of b": [2.5, -1.5],
            "only the first type of a creature counts": [7, -1],
            "only the last type of a creature counts": [4.66667, -2.33333],
            "a creature with two types counts half for each": [4.41667, -2],
            "a and b are taken for places of creatures": [4, -6],
            "the mean over the numbers of the code is taken, too": 0.16667,
            "the codes are summed, not averaged": [5, -10],
            "the sums are divided by the number of all creatures": [0.71429, -1.42857],
            "both sums are divided by the number of a": [1.25, -2.5],
            "both sums are divided by the number of b": [1.66667, -3.33333],
            "creatures of a and b are taken in pairs": [3, -1],
            "there is a factor ½": [1.33333, -1.16667],
            "the mean of all creatures is subtracted, not that of a": [1.95238, -2.7619],
            "the mean of those without b is subtracted, not that of a": [3.41667, -4.83333],
            "the mean of those without a is subtracted, not that of a": [1, -3.33333],
            "the mean of a is not subtracted": [5.66667, 0.66667],
            "this is the middle between both means": [4.33333, 1.83333],
            "it is scaled to length 1": [0.75258, -0.6585],
        },
    )
    # BEGIN HIDDEN TESTS
    from vaelib.data.synthetic.creatures import synthetic_creatures

    # What is known of drawn creatures serves as their codes, so the direction is known, too.
    drawn = synthetic_creatures(36, 16, seed=1)
    known = np.stack([drawn.attributes[k] for k in ("facing", "plump", "smile", "raised")], 1)
    rng = np.random.default_rng(8)
    for a, b, case in (
        (1, 9, "types of drawn creatures"),
        (9, 1, "the way back"),
        (4, 4, "no way"),
    ):
        expected = [
            np.mean([c[j] for c, t in zip(known.tolist(), drawn.types, strict=True) if t[b]])
            - np.mean([c[j] for c, t in zip(known.tolist(), drawn.types, strict=True) if t[a]])
            for j in range(4)
        ]
        got = call(name, type_direction, known.astype("float32"), drawn.types, a, b, case=case)
        back = {"this is the way from b to a": -np.array(expected)}
        check_close(name, got, expected, rtol=1e-4, atol=1e-5, mistakes=back, case=case)
    case = "left and right, which are known exactly"
    sides = np.stack([known[:, 0] < 0, known[:, 0] > 0], axis=1)
    got = call(name, type_direction, known[:, :1].astype("float32"), sides, 0, 1, case=case)
    check_close(name, got, [2], case=case)
    case = "a long code"
    codes = rng.normal(size=(50, 300)).astype("float32")
    types = rng.random((50, 3)) < 0.5
    expected = codes[types[:, 2]].astype(float).mean(0) - codes[types[:, 0]].astype(float).mean(0)
    got = call(name, type_direction, codes, types, 0, 2, case=case)
    check_close(name, got, expected, rtol=1e-3, atol=1e-4, case=case)
    # END HIDDEN TESTS


check_type_direction()

# %%
a, b = (creatures.type_names.index(title) for title in (TYPE_A, TYPE_B))
z_train = vae.encode(x_train)[0]
direction = np.asarray(type_direction(z_train, creatures.types_train, a, b))
its = np.flatnonzero(creatures.types_train[:, a] & ~creatures.types_train[:, b])[:4]
steps = np.linspace(0, 1.5, 7, dtype="float32")
ways = [vae.decode(z_train[i] + steps[:, None] * direction) for i in its]
sheet = np.concatenate([np.concatenate([x_train[[i]], way]) for i, way in zip(its, ways)])
ax = plots.image_grid(sheet, 8)
ax.set_title(f"real, then from {TYPE_A} towards {TYPE_B}", fontsize=10)
plt.show()

# %% [markdown]
# With drawn creatures orange turns blue, and yellow turns green. Most bodies stay. Flames on heads go, and tips of tails stay pale. Nobody told the model which numbers hold the colour. Two means and a difference found it.

# %% [markdown]
# ## Invented, by type
#
# With the conditional VAE of `05_cvae` you can **ask** for a type. The only difference: a label was one of ten, but a creature may have two types. So the networks are told 18 numbers, with a one for **each** type that it has. The training takes about half a minute.

# %%
types_train = creatures.types_train.astype("float32")
n_types = types_train.shape[1]
set_seed(SEED)
options = options | {"beta": BETA_TYPES}
cvae = CVAE(*build_creature_cvae(n_types, SIZE, LATENT_DIM_TYPES), seed=SEED, **options)
cvae.compile(keras.optimizers.Adam(**ADAM))
for epoch in range(epochs_of(STEPS_TYPES)):
    x = np.asarray(augment(x_train, epoch, brightness=0))
    cvae.fit((x, types_train), batch_size=BATCH_SIZE, verbose=0)
z = fitted_codes(
    *cvae.encode(x_train[:600], types_train[:600]), generator.normal(size=(8, LATENT_DIM_TYPES))
)
wanted = {title: [title] for title in (TYPE_A, TYPE_B, *TYPES_SHOWN)}
wanted[f"{TYPE_A} + {TYPE_B}"] = [TYPE_A, TYPE_B]
rows = {}
for title, its in wanted.items():
    told = np.isin(creatures.type_names, its).astype("float32")
    rows[title] = cvae.decode(z, np.tile(told, (8, 1)))
plots.image_rows(rows)
plt.show()

# %% [markdown]
# A column has one code, a row one type. With drawn creatures the column decides about the body, and the row pulls at the colour: water towards blue, grass towards green, fire and electric towards red and yellow. It is a pull and no command, since the four numbers of the code still know about colours. The last row was asked for two types at once; it looks more like fire than like water. (With real artwork a run as short as this one shows nothing of the types.)

# %% [markdown]
# ## With a GPU
#
# On a machine with a GPU the settings at the top choose pictures of 128 × 128 and much longer runs by themselves. Numbers and pictures will differ from those in the text, which belong to the short runs on a processor: distances, for instance, are twice as large, since there are four times as many pixels.

# %% [markdown]
# ## Recap
#
# You can now
#
# - **read** pictures of every kind, without stretching them and without losing one in silence,
# - **hunt** bugs that no error message shows, by looking at what they do,
# - **train** a small model with a learned deviation on few colour pictures,
# - **tell** whether it learns by heart, from neighbours and from a gap,
# - **walk** from one creature to another, along a morph or towards a type.
#
# This was the last notebook. You can derive the ELBO, train a VAE, measure it, and see when somebody else's is wrong.

# %% [markdown]
# ## Further reading
#
# - Rybkin, Daniilidis, Levine, *Simple and Effective VAE Training with Calibrated Decoders*, 2021: the learned deviation.
# - Ghosh et al., *From Variational to Deterministic Autoencoders*, 2020: fitting a density to the codes afterwards.
# - Dai and Wipf, *Diagnosing and Enhancing VAE Models*, 2019: why the codes do not look like the prior.
# - Larsen et al., *Autoencoding beyond Pixels using a Learned Similarity Metric*, 2016: directions for attributes, and what to use in place of a squared error.
