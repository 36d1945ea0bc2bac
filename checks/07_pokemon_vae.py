"""The checks of 07_pokemon_vae, a function for each exercise."""

import io
import math
import pathlib
import tempfile

import numpy as np
from PIL import Image

from vaelib.checks import call, check_close, check_pair, check_shape, check_true
from vaelib.data.synthetic.creatures import synthetic_creatures


def check_load_image(load_image):
    """a wide picture, partly transparent: colours, padding, float32; bytes of no picture"""
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
    kind = np.asarray(call(name, load_image, stored(wide), 24)).dtype
    check_true(name, kind == np.float32, f"the numbers are {kind}: float32 is promised.")

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
            # Of a file that is not there, Python's own error names the path, too.
            kinds = (ValueError, OSError) if case == "a file that is not there" else ValueError
            if told in text:
                problem = "what is raised is no ValueError."
                check_true(name, isinstance(raised, kinds), problem, case=case)
            return text
        return None

    text = complaint(b"text", "image bytes")
    check_true(name, text is not None, "nothing was raised for bytes that are no picture.")
    problem = "bytes that are no picture: the error does not say `image bytes`."
    check_true(name, "image bytes" in text, problem)
    # BEGIN HIDDEN TESTS
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
    case = "a square of one pixel"
    got = colours(Image.new("RGB", (9, 9), (255, 51, 0)), 1, [(0, 0)], case)
    check_close(name, got, [red], atol=0.03, case=case)
    case = "a picture that is mostly clear"
    got = colours(Image.new("RGBA", (9, 9), (102, 102, 102, 51)), 16, middle, case)
    mistakes = {
        "alpha is ignored where it is not 0: mix the picture with white": [[0.4] * 3],
        "all that is a little clear becomes white: mix the picture with white": [white],
        "the shares of white and of the picture are exchanged": [[0.52] * 3],
        "the picture is mixed with black": [[0.08] * 3],
    }
    check_close(name, got, [[0.88] * 3], atol=0.04, mistakes=mistakes, case=case)
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
    got = colours(tall, 24, [(12, 12), (6, 12), (12, 2), (12, 21)], case)
    mistakes = {
        "the picture is stretched: pad it with white": [red, blue, red, red],
        "the picture is cropped to a square: pad it instead": [red] * 4,
        "the padding is black": [red, blue, [0, 0, 0], [0, 0, 0]],
        "the picture stands at the left: put it in the middle": [white, white, red, white],
        "the picture stands at the right: put it in the middle": [red, blue, white, red],
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


def check_latent_kl(latent_kl):
    """two images, three latent dimensions, means and log-variances of both signs"""
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
            "the KL between pictures is still added, and the other one is averaged": [
                1.62345,
                4.80436,
            ],
            "it is averaged over the latent dimensions instead of summed": [0.89029, 0.14649],
            "it is averaged over the latent dimensions, and ½ is missing": [1.78057, 0.29299],
            "it is averaged over everything": 0.51839,
            "the images are summed": 3.11034,
            "the images are averaged": 1.55517,
            "the sum over the latent dimensions is missing": [
                [0.1357, 0.53516, 2.0],
                [0.18394, 0.10561, 0.14993],
            ],
            "it is summed over the images instead of the latent dimensions": [
                0.31964,
                0.64077,
                2.14993,
            ],
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
    for n, d, spread, lowest, highest, case in (
        (9, 11, 1, -3, 1, "more latent dimensions"),
        (1, 40, 1, -3, 1, "one image"),
        (6, 1, 1, -3, 1, "one latent dimension"),
        (3, 6, 30, -3, 1, "means far away"),
        (4, 6, 0, -3, 1, "posteriors at the prior's mean"),
        (9, 4, 1, -30, -15, "very narrow posteriors"),
        (9, 4, 1, 15, 30, "very wide posteriors"),
    ):
        z_mean = (spread * rng.normal(size=(n, d))).astype("float32")
        z_log_var = rng.uniform(lowest, highest, size=(n, d)).astype("float32")
        x, x_hat = rng.uniform(0.1, 1, size=(2, n, 5, 7, 3)).astype("float32")
        terms = [
            [(math.exp(v) + m * m - 1 - v) / 2 for m, v in zip(*row, strict=True)]
            for row in zip(z_mean.tolist(), z_log_var.tolist(), strict=True)
        ]
        expected = np.array([sum(row) for row in terms])
        got = call(name, latent_kl, x, x_hat, z_mean, z_log_var, case=case)
        pictures = (x * np.log(x / x_hat)).sum(axis=(1, 2, 3))
        mistakes = {
            "this is still the KL between pictures": pictures,
            "the KL between pictures is still added": expected + pictures,
            "the sum over the latent dimensions is missing": terms,
            "the factor ½ is missing": 2 * expected,
        }
        for limit in (10, 20):
            cut = np.clip(z_log_var.astype(float), -limit, limit)
            mistakes[f"log-variances are cut off at ±{limit}"] = (
                np.sum(np.exp(cut) + z_mean.astype(float) ** 2 - 1 - cut, axis=1) / 2
            )
        check_close(name, got, expected, rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)
    case = "black pictures"
    black = np.zeros_like(x)
    got = call(name, latent_kl, black, black, z_mean, z_log_var, case=case)
    check_close(name, got, expected, rtol=1e-4, case=case)
    # END HIDDEN TESTS


def check_posterior_std(posterior_std):
    """six raw values from −10 to 2, 0 among them"""
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
            "an ELU gives negative deviations": [
                [-0.95021, -0.39347, 0],
                [0.8, 2, -0.99995],
            ],
            "the root of raw is taken, which is NaN below 0": [
                [np.nan, np.nan, 0],
                [0.89443, 1.41421, np.nan],
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
    rng = np.random.default_rng(2)
    for raw, case in (
        (rng.normal(size=(6, 9)), "more images and latent dimensions"),
        (rng.uniform(-30, -15, size=(5, 3)), "very narrow posteriors"),
        (rng.uniform(15, 30, size=(5, 3)), "very wide posteriors"),
        (rng.uniform(3, 9, size=(1, 5)), "one image"),
        (rng.uniform(-9, -3, size=(4, 1)), "one latent dimension"),
        (np.zeros((2, 2)), "the prior's deviation"),
    ):
        raw = raw.astype("float32")
        exact = raw.astype(float)
        expected = [[math.sqrt(math.exp(value)) for value in row] for row in exact]
        got = call(name, posterior_std, raw, case=case)
        mistakes = {
            "ReLU is still there": np.maximum(exact, 0),
            "this is the variance": np.exp(exact),
        }
        for limit in (10, 20):
            cut = np.exp(np.clip(exact, -limit, limit) / 2)
            mistakes[f"raw is cut off at ±{limit}: it may be any number"] = cut
        for little in (1e-5, 1e-6, 1e-7, 1e-8):
            more = np.sqrt(np.exp(exact) + little), np.exp(exact / 2) + little
            mistakes[f"{little:g} is added to the variance"] = more[0]
            mistakes[f"{little:g} is added to the standard deviation"] = more[1]
        check_close(name, got, expected, rtol=1e-4, atol=0, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_sample_code(sample_code):
    """mean and deviation of 6,000 codes, independent noise, a repeated and another seed"""
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
    eps = (z - [2, -1]) / [1.64872, 0.36788]
    shared = abs(np.corrcoef(eps.T)[0, 1]) > 0.2
    check_true(name, not shared, "the latent dimensions share their noise.")
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
    case = "more latent dimensions"
    got = call(name, sample_code, *np.zeros((2, 3000, 5), dtype="float32"), 3, case=case)
    check_shape(name, got, (3000, 5), case=case)
    # Six standard errors of 3,000 draws; so are the bands around the deviations below.
    linked = np.abs(np.corrcoef(np.asarray(got).T) - np.eye(5)).max() > 0.11
    check_true(name, not linked, "latent dimensions share their noise.", case=case)

    zeros = np.zeros_like(z_mean)
    for log_vars, case in (
        ([-30, -24], "very narrow posteriors"),
        ([24, 30], "very wide posteriors"),
    ):
        z_log_var = zeros + np.array(log_vars, dtype="float32")
        got = call(name, sample_code, zeros, z_log_var, 3, case=case)
        check_shape(name, got, zeros.shape, case=case)
        wide = np.asarray(got, dtype=float) / [math.exp(v / 2) for v in log_vars]
        cut = "log-variances are cut off at"
        mistakes = {
            f"{cut} ±{limit}": [math.exp((np.clip(v, -limit, limit) - v) / 2) for v in log_vars]
            for limit in (10, 20)
        }
        what = "the deviations of 6,000 draws"
        options = {"rtol": 0.055, "what": what, "mistakes": mistakes, "case": case}
        check_close(name, wide.std(axis=0), [1, 1], **options)

    rng = np.random.default_rng(0)
    for n, d, case in (
        (9, 4, "means far from 0"),
        (1, 6, "one image"),
        (7, 1, "one latent dimension"),
    ):
        z_mean = rng.uniform(-100, 100, size=(n, d)).astype("float32")
        narrow = np.full((n, d), -30, dtype="float32")
        got = call(name, sample_code, z_mean, narrow, 3, case=case)
        check_close(name, got, z_mean, rtol=1e-5, atol=1e-5, case=case)

    # Keras takes the last of them for 1, which is none of the others.
    drawn = []
    for seed in (0, 3, 2**16, 2**16 + 3, 2**30, 2**30 + 1, 2**31 - 1):
        case = "large seeds" if seed > 3 else "seed 0"
        got = call(name, sample_code, zeros[:50], zeros[:50], seed, case=case)
        check_shape(name, got, (50, 2), case=case)
        differs = not any(np.allclose(other, got) for other in drawn)
        check_true(name, differs, "two seeds give the same draws.", case=case)
        drawn.append(np.asarray(got))
    zeros = np.zeros((5, 3), dtype="float32")
    for first, second in ((0, 1), (7, 1007)):
        case = f"the seeds {first} and {second}"
        got = [
            np.asarray(call(name, sample_code, zeros, zeros, seed, case=case))
            for seed in (first, second)
        ]
        problem = "two seeds give the same draws."
        check_true(name, not np.allclose(*got), problem, case=case)
    # END HIDDEN TESTS


def check_vae_loss(vae_loss):
    """three images, four latent dimensions"""
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
    for n, d, lowest, highest, largest, case in (
        (64, 100, -50, 300, 3, "a larger batch"),
        (1, 6, -50, 300, 3, "one image"),
        (5, 1, -50, 300, 3, "one latent dimension"),
        (8, 20, -50, 300, 0.1, "codes that hardly say anything"),
        (8, 20, -50, 300, 90, "the same shapes, larger KLs"),
        (9, 12, -50, 2e5, 2e4, "very many nats"),
        (9, 12, -2e4, -1e4, 30, "densities far above 1"),
    ):
        nll = rng.uniform(lowest, highest, size=n).astype("float32")
        kl = rng.uniform(0, largest, size=(n, d)).astype("float32")
        pairs = zip(nll.tolist(), kl.tolist(), strict=True)
        expected = sum(a + sum(b) for a, b in pairs) / n
        got = call(name, vae_loss, nll, kl, case=case)
        mistakes = {
            "the KL is still averaged over the code": nll.mean() + kl.mean(),
            "the KL is still divided by the batch": nll.mean() + kl.sum(1).mean() / n,
            "the KL is summed over the batch": nll.mean() + kl.sum(),
            "the images are summed": nll.sum() + kl.sum(),
            "the KL is missing": nll.mean(),
            "the mean over the images is missing": nll + kl.sum(axis=1),
        }
        check_close(name, got, expected, rtol=3e-5, atol=1e-4, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_reconstruction_score(reconstruction_score):
    """two images of 1 × 2 pixels in colour"""
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
    for shape, error, case in (
        ((11, 5, 9, 3), 1, "larger images"),
        ((11, 5, 9, 3), 0.001, "nearly perfect reconstructions"),
        ((11, 5, 9, 3), 30, "reconstructions far outside [0, 1]"),
        ((1, 3, 7, 3), 1, "one image"),
        ((4, 1, 1, 3), 1, "images of one pixel"),
    ):
        x = rng.uniform(size=shape).astype("float32")
        # The errors of each image have a size of their own.
        sizes = np.linspace(1, 2, len(x))[:, None, None, None]
        x_hat = (x + error * sizes * rng.uniform(-1, 1, size=shape)).astype("float32")
        differences = (x.astype(float) - x_hat).reshape(len(x), -1)
        expected = np.array([sum(d * d for d in row) / len(row) for row in differences])
        got = call(name, reconstruction_score, x, x_hat, case=case)
        cut = np.clip(x_hat.astype(float), 0, 1)
        mistakes = {
            "the root is taken": expected**0.5,
            "the pixels are summed": expected * differences.shape[1],
            "this is the mean absolute error": np.abs(differences).mean(axis=1),
            "reconstructions are cut off at 0 and 1": ((x - cut) ** 2).mean(axis=(1, 2, 3)),
        }
        if len(x) > 1:
            mistakes["the images are averaged"] = expected.mean()
        check_close(name, got, expected, rtol=1e-4, atol=1e-9, mistakes=mistakes, case=case)
    case = "a perfect reconstruction"
    got = call(name, reconstruction_score, x, x.copy(), case=case)
    check_close(name, got, np.zeros(len(x)), case=case)
    # END HIDDEN TESTS


def check_augment(augment):
    """300 images: a flip for each, brightness for each, seeds, range"""
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
    again = "the same seed gives other images. Use it for every draw."
    check_true(name, np.allclose(got, changed(x, 1, 0.0), atol=1e-4), again)
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
    check_true(name, np.allclose(got, changed(grey, 1, 0.3), atol=1e-4), again)
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

    rng = np.random.default_rng(1)
    problem = "with brightness 0, an image is neither itself nor its mirror image."
    for shape, case in (
        ((40, 9, 5, 3), "other shapes"),
        ((40, 9, 5, 3), "the same shape, other images"),
        ((1, 9, 5, 3), "one image"),
        ((6, 7, 1, 3), "images as narrow as a pixel"),
    ):
        images = rng.uniform(0, 1, size=shape).astype("float32")
        backwards = images[:, :, list(range(shape[2]))[::-1]]
        got = changed(images, 4, 0.0, case=case)
        fits = equal(got, images) | equal(got, backwards)
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

    case = "a brightness above 1"
    got = changed(np.full_like(x, 0.2), 2, 1.5, case=case)
    problem = "the pixels do not lie in [0, 1]. Cut them off at 0, too."
    check_true(name, got.min() >= 0 and got.max() <= 1, problem, case=case)
    problem = "a factor below 0 does not give black: cut the product off at 0."
    black = (got == 0).all(axis=every).mean()  # one sixth, within six standard errors
    check_true(name, 0.04 < black < 0.3, problem, case=case)

    # Keras takes the last of them for 1, which is none of the others.
    large = []
    for seed in (0, 3, 2**16, 2**16 + 3, 2**30, 2**31 - 1):
        case = "large seeds" if seed > 3 else "seed 0"
        got = changed(x, seed, 0.2, case=case)
        differs = not any(np.allclose(other, got, atol=1e-4) for other in large)
        check_true(name, differs, "two seeds give the same images.", case=case)
        large.append(got)

    case = "seeds"
    first = changed(x, 1, 0.2, case=case)
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

    case = "one image with many seeds"
    image = rng.uniform(0.2, 0.6, size=(1, 2, 3, 3)).astype("float32")
    kept = [equal(changed(image, seed, 0.0, case=case), image)[0] for seed in range(0, 4000, 100)]
    # Of 40 fair draws all are the same once in 10¹¹ times.
    check_true(name, not all(kept), "a single image is never flipped.", case=case)
    check_true(name, any(kept), "a single image is always flipped.", case=case)

    case = "flips and brightness together"
    (itself, factor), (turned, mirror_factor) = (apart(first / y) for y in (x, mirrored))
    problem = "an image is neither itself nor its mirror image, brighter or darker."
    check_true(name, (itself | turned).all(), problem, case=case)
    # Independent draws are correlated by more than 0.4 once in 10¹¹ times; shared ones by 0.87.
    linked = abs(np.corrcoef(turned, np.where(itself, factor, mirror_factor))[0, 1]) > 0.4
    problem = "flips and brightness use the same draws. Take both from one generator in turn."
    check_true(name, not linked, problem, case=case)
    # END HIDDEN TESTS


def check_nearest_neighbours(nearest_neighbours):
    """three images against four, k = 2, one of them a copy"""
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
            "a distance is NaN. (What you take a root of can be just below 0 "
            "for a copy, since numbers are rounded: cut it off at 0.)"
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
            "it is the angle that counts, not the distance": [[3, 1], [1, 3], [1, 3]],
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
        (7, 40, (5, 9, 3), 11, "more pictures"),
        (7, 40, (5, 9, 3), 11, "the same shapes, other pictures"),
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
        of_root_mean = "this is the root of the mean, not of the sum"
        mistakes = {
            "the root is missing": right**2,
            of_root_mean: right / train[0].size ** 0.5,
            "they are not sorted with the indices": [
                [d for _, d in sorted((i, d) for d, i in row)][:k] for row in expected
            ],
        }
        if k == 1:
            mistakes[flat] = right[:, 0]
        options = {"what": "the distances", "rtol": 3e-5, "atol": 3e-5, "case": case}
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
    case = "pictures that are twice in train"
    train = np.tile(rng.uniform(size=(6, 2, 4, 3)).astype("float32"), (2, 1, 1, 1))
    got = call(name, nearest_neighbours, train[:3], train, 5, case=case)
    indices, distances = check_pair(name, got, case=case)
    check_numbers(distances, case)
    check_shape(name, indices, (3, 5), what="the indices", case=case)
    indices = array(indices)
    problem = "the same place comes twice. Equal pictures are two neighbours."
    check_true(name, all(len(set(row)) == 5 for row in indices.tolist()), problem, case=case)
    pairs = np.sort(indices[:, :2], axis=1)
    right = [[0, 6], [1, 7], [2, 8]]
    check_close(name, pairs, right, what="the two nearest, sorted", case=case)
    # END HIDDEN TESTS


def check_type_direction(type_direction):
    """seven creatures, four types, some creatures with two of them"""
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
            "the mean over the latent dimensions is taken, too": 0.16667,
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
            "true and false are taken for the places 1 and 0": [-0.28571, -0.57143],
        },
    )
    # BEGIN HIDDEN TESTS
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
    for n, d, n_types, a, b, case in (
        (50, 300, 3, 0, 2, "many latent dimensions"),
        (50, 300, 3, 0, 2, "the same shapes, other codes and types"),
        (9, 1, 5, 4, 1, "one latent dimension"),
    ):
        codes = rng.normal(3, 1, size=(n, d)).astype("float32")
        types = rng.random((n, n_types)) < 0.5
        types[0] = True
        means = [
            np.mean([c for c, its in zip(codes.astype(float), types, strict=True) if its[kind]], 0)
            for kind in (a, b)
        ]
        got = call(name, type_direction, codes, types, a, b, case=case)
        mistakes = {
            "this is the way from b to a": means[0] - means[1],
            "the mean of a is not subtracted": means[1],
        }
        check_close(
            name, got, means[1] - means[0], rtol=1e-4, atol=3e-5, mistakes=mistakes, case=case
        )
    case = "all creatures have both types"
    got = call(name, type_direction, codes, np.ones((9, 2), dtype=bool), 0, 1, case=case)
    check_close(name, got, [0], atol=1e-5, case=case)
    case = "one creature of each type"
    codes = np.array([[1, 2, 3], [5, 5, 5], [9, 4, -1]], dtype="float32")
    got = call(name, type_direction, codes, np.eye(3, dtype=bool), 2, 0, case=case)
    check_close(
        name, got, [-8, -2, 4], mistakes={"this is the way from b to a": [8, 2, -4]}, case=case
    )
    # END HIDDEN TESTS
