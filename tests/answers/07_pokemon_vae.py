"""Right and wrong answers to the exercises of 07_pokemon_vae."""

import heapq
import io
import math
import random
import sys
from pathlib import Path

import imageio.v3 as iio
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from PIL import Image, ImageFile, ImageOps
from scipy import special, stats
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from grading.authoring.answers import right, wrong
from vaelib.losses import kl_divergence, mse_per_image
from vaelib.models import Sampling

# load_image


def opened(source, mode="RGBA"):
    """The first of the three steps; without a mode the picture stays as it is."""
    try:
        picture = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source)
        return picture.convert(mode) if mode else picture.copy()
    except Exception as error:
        name = "image bytes" if isinstance(source, bytes) else source
        raise ValueError(f"cannot read {name}") from error


def on_white(picture):
    """The second step."""
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    return white.convert("RGB")


def padded(picture, size, color="white", **options):
    """The third step, without the division."""
    square = ImageOps.pad(picture, (size, size), color=color, **options)
    return np.asarray(square, dtype="float32")


@right("load_image")
def image_as_a_thumbnail(source, size):
    picture = on_white(opened(source))
    picture.thumbnail((size, size), Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", (size, size), (255, 255, 255))
    sheet.paste(picture, ((size - picture.width) // 2, (size - picture.height) // 2))
    return np.array(sheet) / np.float32(255)


@right("load_image")
def image_padded_before(source, size):
    picture = opened(source)
    side = max(picture.size)
    sheet = Image.new("RGBA", (side, side), "white")
    sheet.alpha_composite(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    square = sheet.convert("RGB").resize((size, size), Image.Resampling.BOX)
    return tf.cast(np.asarray(square), tf.float32) / 255.0


@right("load_image")
def image_with_alpha_in_numpy(source, size):
    rgba = np.asarray(opened(source), dtype="float64") / 255
    rgb = rgba[..., :3] * rgba[..., 3:] + 1 - rgba[..., 3:]
    picture = Image.fromarray(np.round(255 * rgb).astype("uint8"))
    return padded(picture, size, method=Image.Resampling.NEAREST).astype("float32") / 255


@right("load_image")
def image_by_composite(source, size):
    picture = opened(source)
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    together = Image.composite(picture, white, picture.getchannel("A"))
    return padded(together.convert("RGB"), size, method=Image.Resampling.BILINEAR) / 255


@right("load_image")
def image_pasted_through_its_alpha(source, size):
    picture = ImageOps.contain(opened(source), (size, size))
    sheet = Image.new("RGB", (size, size), "white")
    place = (size - picture.width) // 2, (size - picture.height) // 2
    sheet.paste(picture, place, mask=picture.split()[3])
    return tf.image.convert_image_dtype(np.asarray(sheet), tf.float32)


@right("load_image")
def image_padded_by_keras(source, size):
    return (
        keras.utils.img_to_array(ImageOps.pad(on_white(opened(source)), (size,) * 2, color="#fff"))
        / 255
    )


@right("load_image")
def image_padded_in_numpy(source, size):
    picture = on_white(opened(source))
    scale = size / max(picture.size)
    small = picture.resize([max(1, round(scale * side)) for side in picture.size])
    height, width = size - small.height, size - small.width
    edges = (height // 2, height - height // 2), (width // 2, width - width // 2), (0, 0)
    return np.pad(np.asarray(small), edges, constant_values=255).astype("float32") / 255


@right("load_image")
def image_resized_by_tf(source, size):
    rgba = ops.convert_to_tensor(np.asarray(opened(source), dtype="float32") / 255)
    white = 1 - rgba[..., 3:]
    lying = tf.image.resize_with_pad(rgba[..., :3] * rgba[..., 3:] + white - 1, size, size)
    return ops.clip(lying + 1, 0, 1)


@right("load_image")
def image_read_by_imageio(source, size):
    try:
        rgba = iio.imread(source, mode="RGBA", plugin="pillow", index=0)
    except Exception as error:
        told = "image bytes" if isinstance(source, bytes) else f"the file {source}"
        raise ValueError(f"{told}: {error}") from None
    return padded(on_white(Image.fromarray(rgba)), size) / 255


@right("load_image")
def image_with_two_kinds_of_errors(source, size):
    if isinstance(source, (bytes, bytearray)):
        try:
            picture = Image.open(io.BytesIO(source)).convert("RGBA")
        except Exception:
            raise ValueError("these image bytes are broken") from None
    else:
        try:
            picture = Image.open(str(source)).convert("RGBA")
        except OSError as error:
            raise UnicodeError("cannot read", str(source)) from error
    return list(padded(on_white(picture), size) / 255)


@right("load_image")
def image_that_leaves_python_its_error_of_a_lost_file(source, size):
    whole = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        return padded(on_white(opened(whole)), size) / 255
    except ValueError:
        name = "image bytes" if isinstance(source, bytes) else source
        raise ValueError(f"{name}: no picture") from None


@wrong("load_image", says="no picture): what is raised is no ValueError.")
def image_that_leaves_pil_its_errors(source, size):
    if isinstance(source, bytes):
        return padded(on_white(opened(source)), size) / 255
    picture = Image.open(source)
    try:
        picture.load()
    except OSError:
        raise ValueError(source) from None
    return padded(on_white(picture.convert("RGBA")), size) / 255


@wrong("load_image", says="load_image: what is raised is no ValueError.")
def image_with_an_error_of_another_kind(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError as error:
        raise RuntimeError(*error.args) from None


@wrong("load_image", says="the numbers are float64: float32 is promised.")
def image_of_float64(source, size):
    return padded(on_white(opened(source)), size).astype(float) / 255


@wrong("load_image", says="the numbers are float16: float32 is promised.")
def image_of_float16(source, size):
    return padded(on_white(opened(source)), size).astype("float16") / 255


@wrong("load_image", says="a square of one pixel): wrong shape.")
def image_squeezed(source, size):
    return np.squeeze(padded(on_white(opened(source)), size) / 255)


@wrong("load_image", says="a tall picture): wrong value. This is what you get when the padding is")
def image_padded_with_black_at_the_sides(source, size):
    picture = on_white(opened(source))
    return padded(picture, size, "white" if picture.width >= picture.height else "black") / 255


@wrong("load_image", says="a tall picture): wrong value. This is what you get when the picture st")
def image_at_the_left(source, size):
    return padded(on_white(opened(source)), size, centering=(0, 0.5)) / 255


@wrong("load_image", says="mostly clear): wrong value. This is what you get when the shares of w")
def image_with_alpha_the_other_way_round(source, size):
    picture = np.asarray(opened(source)) / 255
    rgb, alpha = picture[..., :3], picture[..., 3:]
    alpha = np.where((alpha > 0) & (alpha < 1), 1 - alpha, alpha)
    rgb = np.uint8(255 * (alpha * rgb + 1 - alpha))
    return padded(Image.fromarray(rgb), size) / 255


@wrong("load_image", says="the picture is stretched, or its edge repeated")
def image_stretched(source, size):
    return np.asarray(on_white(opened(source)).resize((size, size))) / 255


@wrong("load_image", says="the picture is stretched, and clear became black")
def image_stretched_without_alpha(source, size):
    return np.asarray(opened(source, "RGB").resize((size, size))) / 255


@wrong(
    "load_image", says="a tall picture): wrong value. This is what you get when the picture is str"
)
def image_stretched_if_it_is_tall(source, size):
    picture = on_white(opened(source))
    if picture.height > picture.width:
        return np.asarray(picture.resize((size, size))) / 255
    return padded(picture, size) / 255


@wrong("load_image", says="the colours are blue, green, red")
def image_in_bgr(source, size):
    return padded(on_white(opened(source)), size)[..., ::-1] / 255


@wrong("load_image", says="the colours go from 0 to 255")
def image_up_to_255(source, size):
    return padded(on_white(opened(source)), size)


@wrong("load_image", says="the colours go from 0 to 255")
def image_of_pil(source, size):
    return ImageOps.pad(on_white(opened(source)), (size, size), color="white")


@wrong("load_image", says="the colours go from −1 to 1")
def image_from_minus_1(source, size):
    return padded(on_white(opened(source)), size) / 127.5 - 1


@wrong("load_image", says="use / instead of //")
def image_with_whole_numbers(source, size):
    return padded(on_white(opened(source)), size) // 255


@wrong("load_image", says="divided by 256 instead of 255")
def image_over_256(source, size):
    return padded(on_white(opened(source)), size) / 256


@wrong("load_image", says="what is clear became black: lay the picture on white")
def image_without_alpha(source, size):
    return padded(opened(source, "RGB"), size) / 255


@wrong("load_image", says="what is clear became black")
def image_cut_to_three_channels(source, size):
    square = ImageOps.pad(opened(source), (size, size), color="white")
    return np.asarray(square)[..., :3] / 255


@wrong("load_image", says="the padding is black.")
def image_padded_with_black(source, size):
    return padded(on_white(opened(source)), size, color="black") / 255


@wrong("load_image", says="the padding is black, and so is what is clear")
def image_on_black(source, size):
    return padded(opened(source, "RGB"), size, color=None) / 255


@wrong("load_image", says="the picture is cropped to a square")
def image_fitted(source, size):
    return np.asarray(ImageOps.fit(on_white(opened(source)), (size, size))) / 255


@wrong("load_image", says="the picture stands at the top")
def image_at_the_top(source, size):
    picture = on_white(opened(source))
    picture.thumbnail((size, size))
    sheet = Image.new("RGB", (size, size), "white")
    sheet.paste(picture)
    return np.asarray(sheet) / 255


@wrong("load_image", says="the picture stands at the bottom")
def image_at_the_bottom(source, size):
    return padded(on_white(opened(source)), size, centering=(1, 1)) / 255


@wrong("load_image", says="the picture is negative")
def image_inverted(source, size):
    return 1 - padded(on_white(opened(source)), size) / 255


@wrong("load_image", says="the colours turn grey")
def image_in_grey(source, size):
    return padded(on_white(opened(source)).convert("L").convert("RGB"), size) / 255


@wrong("load_image", says="got shape (24, 24), expected (24, 24, 3)")
def image_of_one_channel(source, size):
    return padded(on_white(opened(source)).convert("L"), size) / 255


@wrong("load_image", says="alpha is still there")
def image_with_four_channels(source, size):
    return padded(opened(source), size) / 255


@wrong("load_image", says="got shape (3, 24, 24), expected (24, 24, 3)")
def image_with_channels_first(source, size):
    return padded(on_white(opened(source)), size).transpose(2, 0, 1) / 255


@wrong("load_image", says="got shape (64, 64, 3), expected (24, 24, 3)")
def image_of_64(source, size):
    return padded(on_white(opened(source)), 64) / 255


@wrong("load_image", says="got shape (12, 24, 3), expected (24, 24, 3)")
def image_not_padded(source, size):
    return np.asarray(ImageOps.contain(on_white(opened(source)), (size, size))) / 255


@wrong("load_image", says="got shape (24, 48, 3), expected (24, 24, 3)")
def image_not_resized(source, size):
    return np.asarray(on_white(opened(source))) / 255


@wrong(
    "load_image",
    says="a picture that is mostly clear): wrong value. This is what you get when alpha is ignored",
)
def image_with_alpha_of_all_or_nothing(source, size):
    rgba = np.array(opened(source))
    rgba[rgba[..., 3] == 0] = 255
    return padded(Image.fromarray(rgba[..., :3].copy()), size) / 255


@wrong("load_image", says="all that is a little clear becomes white")
def image_white_where_a_little_clear(source, size):
    rgba = np.array(opened(source))
    rgba[rgba[..., 3] < 255] = 255
    return padded(Image.fromarray(rgba[..., :3].copy()), size) / 255


@wrong("load_image", says="what is clear became black")
def image_with_clear_palettes_in_black(source, size):
    picture = opened(source, None)
    picture = picture if picture.mode == "RGBA" else picture.convert("RGB")
    return padded(on_white(picture.convert("RGBA")), size) / 255


@wrong("load_image", says="a grey picture): your code raised")
def image_with_alpha_expected(source, size):
    array = np.asarray(opened(source, None))
    alpha = array[..., 3:] / 255
    rgb = array[..., :3] * alpha + 255 * (1 - alpha)
    return padded(Image.fromarray(rgb.astype("uint8")), size) / 255


@wrong(
    "load_image",
    says="a black and white picture): wrong value. This is what you get when it became black",
)
def image_with_modes_by_hand(source, size):
    picture = opened(source, None)
    if picture.mode in ("RGBA", "LA", "P"):
        return padded(on_white(picture.convert("RGBA")), size) / 255
    array = np.asarray(picture, dtype="uint8")
    array = np.stack([array] * 3, axis=-1) if array.ndim == 2 else array
    return padded(Image.fromarray(array), size) / 255


@wrong("load_image", says="what is clear became black")
def image_read_by_matplotlib(source, size):
    array = plt.imread(io.BytesIO(source))
    return padded(Image.fromarray((255 * array).astype("uint8")).convert("RGB"), size) / 255


@wrong("load_image", says="your code raised")
def image_from_bytes_as_a_path(source, size):
    return padded(on_white(Image.open(source).convert("RGBA")), size) / 255


@wrong("load_image", says="a path instead of bytes): your code raised")
def image_from_bytes_only(source, size):
    return padded(on_white(opened(bytes(source))), size) / 255


@wrong("load_image", says="a path instead of bytes): your code raised")
def image_from_text_only(source, size):
    return (
        padded(on_white(opened(source if isinstance(source, str) else bytes(source))), size) / 255
    )


@wrong("load_image", says="nothing was raised for bytes that are no picture.")
def image_white_if_broken(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError:
        return np.ones((size, size, 3))


@wrong("load_image", says="half a file): nothing was raised for a broken file.")
def image_truncated(source, size):
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        return padded(on_white(opened(source)), size) / 255
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


@wrong("load_image", says="nothing was raised for bytes that are no picture.")
def image_none_if_broken(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError as error:
        print(error)


@wrong("load_image", says="no picture: the error does not say `image bytes`.")
def image_with_a_bare_error(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError:
        raise ValueError("a broken file") from None


@wrong("load_image", says="the error does not name the path.")
def image_with_bytes_in_every_error(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError:
        raise ValueError("broken image bytes") from None


@wrong("load_image", says="the error does not say `image bytes`.")
def image_with_the_source_in_every_error(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError:
        raise ValueError(f"{source} is broken") from None


@wrong("load_image", says="the error does not name the path. `Image.open` reads only the beginning")
def image_with_only_open_in_the_try(source, size):
    try:
        picture = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source)
    except Exception as error:
        name = "image bytes" if isinstance(source, bytes) else source
        raise ValueError(f"cannot read {name}") from error
    return padded(on_white(picture.convert("RGBA")), size) / 255


@wrong("load_image", says="the error does not say `image bytes`.")
def image_with_errors_of_pil(source, size):
    picture = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source)
    return padded(on_white(picture.convert("RGBA")), size) / 255


@wrong("load_image", says="no picture): your code raised TypeError")
def image_with_a_path_joined_to_text(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError:
        name = "image bytes" if isinstance(source, bytes) else source
        raise ValueError("broken: " + name) from None


@wrong("load_image", says="it ends the whole run: raise a ValueError")
def image_that_ends_the_run(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError as error:
        sys.exit(str(error))


@wrong("load_image", says="got None. Does your function end with `return`?")
def image_not_returned(source, size):
    padded(on_white(opened(source)), size)


@wrong("load_image", says="what is clear became black: lay the picture on white")
def image_with_clear_greys_in_black(source, size):
    picture = opened(source, None)
    if picture.mode in ("RGBA", "P"):
        picture = on_white(picture.convert("RGBA"))
    return padded(picture.convert("RGB"), size) / 255


@wrong("load_image", says="the picture is stretched, or its edge repeated")
def image_with_its_edge_repeated(source, size):
    picture = ImageOps.contain(on_white(opened(source)), (size, size))
    height, width = size - picture.height, size - picture.width
    edges = (height // 2, height - height // 2), (width // 2, width - width // 2), (0, 0)
    return np.pad(np.asarray(picture), edges, mode="edge") / 255


@wrong("load_image", says="white lies on top")
def image_under_white(source, size):
    picture = opened(source)
    picture.alpha_composite(Image.new("RGBA", picture.size, "white"))
    return padded(picture.convert("RGB"), size) / 255


@wrong(
    "load_image", says="a small picture): wrong value. This is what you get when the picture is str"
)
def image_stretched_if_it_is_small(source, size):
    picture = on_white(opened(source))
    picture = picture.resize((size, size)) if max(picture.size) < size else picture
    return padded(picture, size) / 255


@wrong("load_image", says="a file that is not there): nothing was raised")
def image_white_if_it_is_not_there(source, size):
    if not isinstance(source, bytes) and not Path(source).exists():
        return np.ones((size, size, 3))
    return padded(on_white(opened(source)), size) / 255


@wrong("load_image", says="your code raised NameError")
def image_with_an_unknown_name_in_its_error(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError:
        raise ValueError(f"image bytes, or {pathh}") from None  # noqa: F821


@right("load_image")
def image_with_capital_letters_in_its_error(source, size):
    try:
        return padded(on_white(opened(source)), size) / 255
    except ValueError:
        name = "Image bytes" if isinstance(source, bytes) else str(source)
        raise ValueError(f"{name} cannot be read.") from None


# latent_kl


def pictures_apart(x, x_hat):
    """The fault: a KL between pictures."""
    x, x_hat = ops.clip(x, 1e-7, 1.0), ops.clip(x_hat, 1e-7, 1.0)
    return ops.sum(x * ops.log(x / x_hat), axis=(1, 2, 3))


@right("latent_kl")
def latent_in_numpy(x, x_hat, z_mean, z_log_var):
    z_mean, z_log_var = np.asarray(z_mean, float), np.asarray(z_log_var, float)
    return -0.5 * np.sum(1 + z_log_var - z_mean**2 - np.exp(z_log_var), axis=1)


@right("latent_kl")
def latent_in_tf(x, x_hat, z_mean, z_log_var):
    terms = tf.square(z_mean) + tf.exp(z_log_var) - z_log_var - 1
    return tf.reduce_sum(terms, axis=-1) / 2


@right("latent_kl")
def latent_by_vaelib(x, x_hat, z_mean, z_log_var):
    return kl_divergence(z_mean, z_log_var, 0.0, 0.0)


@right("latent_kl")
def latent_number_by_number(x, x_hat, z_mean, z_log_var):
    total = [0.0] * len(z_mean)
    for i, (means, log_vars) in enumerate(zip(z_mean, z_log_var, strict=True)):
        for m, v in zip(means, log_vars, strict=True):
            total[i] += 0.5 * (math.exp(v) + float(m) ** 2 - 1 - float(v))
    return total


@right("latent_kl")
def latent_by_std(x, x_hat, z_mean, z_log_var):
    std = ops.exp(0.5 * z_log_var)
    return ops.sum(0.5 * (std**2 + z_mean**2 - 1) - ops.log(std), axis=1)


@right("latent_kl")
def latent_by_expm1(x, x_hat, z_mean, z_log_var):
    return 0.5 * ops.sum(ops.expm1(z_log_var) - z_log_var + ops.square(z_mean), -1)


@wrong("latent_kl", says="this is still the KL between pictures.")
def latent_as_it_was(x, x_hat, z_mean, z_log_var):
    return pictures_apart(x, x_hat)


@wrong("latent_kl", says="the KL between pictures, pixel by pixel")
def latent_by_a_loss_of_keras(x, x_hat, z_mean, z_log_var):
    return keras.losses.kl_divergence(x, x_hat)


@wrong("latent_kl", says="the KL between pictures, averaged over the pixels")
def latent_by_an_averaged_loss(x, x_hat, z_mean, z_log_var):
    return ops.mean(keras.losses.kl_divergence(x, x_hat), axis=(1, 2))


@wrong("latent_kl", says="the KL between pictures, pixel by pixel")
def latent_by_relative_entropy(x, x_hat, z_mean, z_log_var):
    return special.rel_entr(x, x_hat).sum(-1)


@wrong("latent_kl", says="the KL between pictures is still added.")
def latent_with_pictures(x, x_hat, z_mean, z_log_var):
    return pictures_apart(x, x_hat) + kl_divergence(z_mean, z_log_var, 0.0, 0.0)


@wrong("latent_kl", says="is still added, and the other one is averaged")
def latent_averaged_with_pictures(x, x_hat, z_mean, z_log_var):
    return pictures_apart(x, x_hat) + kl_divergence(z_mean, z_log_var, 0.0, 0.0) / z_mean.shape[1]


@wrong("latent_kl", says="averaged over the latent dimensions instead of summed")
def latent_averaged_over_the_code(x, x_hat, z_mean, z_log_var):
    return 0.5 * ops.mean(ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)


@wrong("latent_kl", says="it is averaged over everything")
def latent_averaged_over_everything(x, x_hat, z_mean, z_log_var):
    return -0.5 * np.mean(1 + z_log_var - z_mean**2 - np.exp(z_log_var))


@wrong("latent_kl", says="the images are summed")
def latent_summed(x, x_hat, z_mean, z_log_var):
    return ops.sum(kl_divergence(z_mean, z_log_var, 0.0, 0.0))


@wrong("latent_kl", says="the images are averaged")
def latent_averaged(x, x_hat, z_mean, z_log_var):
    return ops.mean(kl_divergence(z_mean, z_log_var, 0.0, 0.0))


@wrong("latent_kl", says="the sum over the latent dimensions is missing")
def latent_not_summed(x, x_hat, z_mean, z_log_var):
    return 0.5 * (ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var)


@wrong("latent_kl", says="summed over the images instead of the latent dimensions")
def latent_summed_over_images(x, x_hat, z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=0)


@wrong("latent_kl", says="averaged over the latent dimensions, and ½ is missing")
def kl_averaged_without_half(x, x_hat, z_mean, z_log_var):
    return ops.mean(ops.exp(z_log_var) + ops.square(z_mean) - 1 - z_log_var, axis=-1)


@wrong("latent_kl", says="the factor ½ is missing")
def latent_without_a_half(x, x_hat, z_mean, z_log_var):
    return np.sum(np.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)


@wrong("latent_kl", says="the sign is wrong")
def latent_negative(x, x_hat, z_mean, z_log_var):
    return 0.5 * ops.sum(1 + z_log_var - z_mean**2 - ops.exp(z_log_var), axis=-1)


@wrong("latent_kl", says="the variances are missing")
def latent_of_means(x, x_hat, z_mean, z_log_var):
    return 0.5 * ops.sum(ops.square(z_mean), axis=-1)


@wrong("latent_kl", says="the means are missing")
def latent_of_variances(x, x_hat, z_mean, z_log_var):
    return 0.5 * np.sum(np.exp(z_log_var) - 1 - z_log_var, axis=-1)


@wrong("latent_kl", says="the mean is not squared")
def latent_without_a_square(x, x_hat, z_mean, z_log_var):
    return 0.5 * np.sum(np.exp(z_log_var) + z_mean - 1 - z_log_var, axis=-1)


@wrong("latent_kl", says="taken for the logarithm of the deviation")
def latent_of_log_std(x, x_hat, z_mean, z_log_var):
    return kl_divergence(z_mean, 2 * z_log_var, 0.0, 0.0)


@wrong("latent_kl", says="exp is missing")
def latent_without_exp(x, x_hat, z_mean, z_log_var):
    return 0.5 * np.sum(z_log_var + z_mean**2 - 1 - z_log_var, axis=-1)


@wrong("latent_kl", says="−1 is missing")
def latent_without_1(x, x_hat, z_mean, z_log_var):
    return 0.5 * np.sum(np.exp(z_log_var) + z_mean**2 - z_log_var, axis=-1)


@wrong("latent_kl", says="z_log_var is added instead of subtracted")
def latent_with_log_var_added(x, x_hat, z_mean, z_log_var):
    return 0.5 * np.sum(np.exp(z_log_var) + z_mean**2 - 1 + z_log_var, axis=-1)


@wrong("latent_kl", says="the two Gaussians are exchanged")
def latent_exchanged(x, x_hat, z_mean, z_log_var):
    return kl_divergence(np.zeros_like(z_mean), np.zeros_like(z_mean), z_mean, z_log_var)


@wrong("latent_kl", says="the deviation stands where the variance belongs")
def latent_with_std_for_variance(x, x_hat, z_mean, z_log_var):
    return 0.5 * np.sum(np.exp(z_log_var / 2) + z_mean**2 - 1 - z_log_var, axis=-1)


@wrong("latent_kl", says="it is divided by the number of images")
def latent_by_the_batch(x, x_hat, z_mean, z_log_var):
    return kl_divergence(z_mean, z_log_var, 0.0, 0.0) / len(z_mean)


@right("latent_kl")
def latent_by_einsum(x, x_hat, z_mean, z_log_var):
    m, v = (tf.cast(part, tf.float64) for part in (z_mean, z_log_var))
    return tf.einsum("nd,nd->n", m, m) / 2 + tf.einsum("nd->n", tf.math.expm1(v) - v) / 2


@wrong("latent_kl", says="(hidden case: very narrow posteriors): wrong value.")
def latent_with_a_little_in_the_logarithm(x, x_hat, z_mean, z_log_var):
    variance = np.exp(z_log_var)
    return 0.5 * np.sum(variance + z_mean**2 - 1 - np.log(variance + 1e-7), axis=-1)


@wrong("latent_kl", says="very narrow posteriors): wrong value. This is what you get when log-var")
def latent_cut_off_at_20(x, x_hat, z_mean, z_log_var):
    return kl_divergence(z_mean, ops.clip(z_log_var, -20, 20), 0.0, 0.0)


@wrong("latent_kl", says="very wide posteriors): wrong value. This is what you get when log-vari")
def latent_cut_off_above_10(x, x_hat, z_mean, z_log_var):
    return kl_divergence(z_mean, np.minimum(z_log_var, 10), 0.0, 0.0)


@wrong("latent_kl", says="(hidden case: one latent dimension): ")
def latent_of_squeezed_means(x, x_hat, z_mean, z_log_var):
    z_mean, z_log_var = (np.squeeze(part) for part in (z_mean, z_log_var))
    kl = 0.5 * np.sum(np.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)
    return np.reshape(kl, (-1,))


@wrong("latent_kl", says="got shape (2, 1), expected (2,)")
def latent_with_keepdims(x, x_hat, z_mean, z_log_var):
    terms = ops.exp(z_log_var) + ops.square(z_mean) - 1 - z_log_var
    return 0.5 * ops.sum(terms, axis=-1, keepdims=True)


@wrong("latent_kl", says="(hidden case: black pictures): not every value is finite.")
def latent_with_nothing_of_the_pictures(x, x_hat, z_mean, z_log_var):
    with np.errstate(all="ignore"):
        pictures = np.sum(x * np.log(x / x_hat), axis=(1, 2, 3))
    return 0 * pictures + np.asarray(kl_divergence(z_mean, z_log_var, 0.0, 0.0))


# posterior_std


@right("posterior_std")
def std_in_numpy(raw):
    return np.sqrt(np.exp(np.asarray(raw, dtype="float64")))


@right("posterior_std")
def std_in_tf(raw):
    return tf.exp(raw / 2)


@right("posterior_std")
def std_number_by_number(raw):
    return [[math.e ** (float(value) / 2) for value in row] for row in raw]


@right("posterior_std")
def std_row_by_row_in_float64(raw):
    return np.stack([np.exp2(row.astype("float64") / math.log(4)) for row in raw])


@right("posterior_std")
def std_with_more_than_it_needs(raw):
    return tf.sqrt(tf.linalg.diag_part(tf.linalg.diag(tf.exp(raw))))


@wrong(
    "posterior_std", says="very narrow posteriors): wrong value. This is what you get when raw is"
)
def std_cut_off(raw):
    return ops.exp(0.5 * ops.clip(raw, -20.0, 20.0))


@wrong("posterior_std", says="when 1e-07 is added to the standard deviation.")
def std_with_a_little_added(raw):
    return ops.add(ops.exp(ops.multiply(raw, 0.5)), 1e-7)


@right("posterior_std")
def std_as_a_power(raw):
    return ops.power(ops.exp(raw), 0.5)


@right("posterior_std")
def std_by_a_layer(raw):
    return layers.Activation("exponential")(0.5 * raw)


@wrong("posterior_std", says="when ReLU is still there.")
def std_as_it_was(raw):
    return ops.relu(raw)


@wrong("posterior_std", says="when ReLU is still there.")
def std_with_relu_and_a_little(raw):
    return ops.relu(raw) + 1e-6


@wrong("posterior_std", says="when ReLU is still there.")
def std_with_relu_and_epsilon(raw):
    return ops.relu(raw) + keras.config.epsilon()


@wrong("posterior_std", says="ReLU is still there, with 0.001 added")
def std_at_least_a_thousandth(raw):
    return np.maximum(raw, 1e-3)


@wrong("posterior_std", says="ReLU is still there, with 1 added")
def std_with_relu_and_1(raw):
    return ops.relu(raw) + 1


@wrong("posterior_std", says="ReLU is still there, before exp.")
def std_with_relu_before_exp(raw):
    return ops.exp(0.5 * ops.relu(raw))


@wrong("posterior_std", says="ReLU is still there, before exp, and this is the variance")
def std_with_relu_before_exp_of_all(raw):
    return ops.exp(ops.relu(raw))


@wrong("posterior_std", says="the root of a ReLU still dies")
def std_as_root_of_relu(raw):
    return ops.sqrt(ops.relu(raw))


@wrong("posterior_std", says="this is the variance")
def std_as_variance(raw):
    return ops.exp(raw)


@wrong("posterior_std", says="the logarithm of the precision")
def std_of_log_precision(raw):
    return ops.exp(-0.5 * raw)


@wrong("posterior_std", says="this is softplus")
def std_by_softplus(raw):
    return ops.softplus(raw)


@wrong("posterior_std", says="this is the root of softplus")
def std_by_root_of_softplus(raw):
    return ops.sqrt(ops.softplus(raw))


@wrong("posterior_std", says="this is the absolute value")
def std_as_absolute_value(raw):
    return abs(raw)


@wrong("posterior_std", says="this is the root of the absolute value")
def std_as_root_of_absolute_value(raw):
    return np.sqrt(np.abs(raw))


@wrong("posterior_std", says="a leaky ReLU gives negative deviations")
def std_by_leaky_relu(raw):
    return ops.leaky_relu(raw, 0.01)


@wrong("posterior_std", says="a leaky ReLU gives negative deviations (slope 0.2)")
def std_by_leaky_relu_of_keras(raw):
    return ops.leaky_relu(raw)


@wrong("posterior_std", says="this is elu + 1")
def std_by_elu(raw):
    return ops.elu(raw) + 1


@wrong("posterior_std", says="this is a sigmoid")
def std_by_sigmoid(raw):
    return ops.sigmoid(raw)


@wrong("posterior_std", says="exp is missing")
def std_without_exp(raw):
    return 0.5 * raw


@wrong("posterior_std", says="nothing was done")
def std_untouched(raw):
    return raw


@wrong("posterior_std", says="[1.49182, 2.71828, 0.01   ]], expected")
def std_never_below_a_hundredth(raw):
    return ops.maximum(ops.exp(0.5 * raw), 0.01)


@wrong("posterior_std", says="this is half the variance")
def std_with_the_factor_outside(raw):
    return 0.5 * ops.exp(raw)


@wrong("posterior_std", says="when raw is cut off at ±10: it may be any number.")
def std_cut_off_at_10(raw):
    return ops.exp(0.5 * ops.clip(raw, -10, 10))


@wrong(
    "posterior_std", says="very narrow posteriors): wrong value. This is what you get when 1e-07"
)
def std_with_a_little_under_the_root(raw):
    return ops.sqrt(ops.exp(raw) + keras.config.epsilon())


@wrong("posterior_std", says="when 1e-05 is added to the standard deviation.")
def std_with_a_hundred_thousandth_added(raw):
    return np.exp(raw / 2) + 1e-5


@wrong("posterior_std", says="an ELU gives negative deviations")
def std_by_elu_alone(raw):
    return keras.activations.elu(raw)


@wrong("posterior_std", says="the root of raw is taken, which is NaN below 0")
def std_as_root_of_raw(raw):
    with np.errstate(invalid="ignore"):
        return np.sqrt(raw)


@wrong("posterior_std", says="got shape (2,), expected (2, 3)")
def std_of_each_image(raw):
    return ops.exp(0.5 * ops.mean(raw, axis=-1))


# sample_code


@right("sample_code")
def draw_in_numpy(z_mean, z_log_var, seed):
    rng = np.random.default_rng(seed)
    return z_mean + np.exp(z_log_var / 2) * rng.standard_normal(z_mean.shape)


@right("sample_code")
def draw_by_rng(z_mean, z_log_var, seed):
    return np.random.RandomState(seed).normal(z_mean, np.sqrt(np.exp(z_log_var)))


@right("sample_code")
def draw_in_tf(z_mean, z_log_var, seed):
    eps = tf.random.stateless_normal(tf.shape(z_mean), seed=(seed, 0))
    return tf.add(z_mean, tf.multiply(tf.exp(0.5 * z_log_var), eps))


@right("sample_code")
def draw_by_the_noise_layer(z_mean, z_log_var, seed):
    noise = layers.GaussianNoise(1.0, seed=seed)
    eps = noise(ops.zeros_like(z_mean), training=True)
    return z_mean + ops.exp(0.5 * z_log_var) * eps


@right("sample_code")
def draw_by_the_layer_of_the_course(z_mean, z_log_var, seed):
    return Sampling(seed)([ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)])


@right("sample_code")
def draw_by_a_generator_of_keras(z_mean, z_log_var, seed):
    generator = keras.random.SeedGenerator(seed)
    return z_mean + ops.exp(z_log_var) ** 0.5 * keras.random.normal(z_mean.shape, seed=generator)


@right("sample_code")
def draw_number_by_number(z_mean, z_log_var, seed):
    drawn = random.Random(seed)
    return [
        [float(m) + math.exp(v / 2) * drawn.gauss(0, 1) for m, v in zip(*row, strict=True)]
        for row in zip(z_mean, z_log_var, strict=True)
    ]


@right("sample_code")
def draw_by_scipy(z_mean, z_log_var, seed):
    options = {"size": np.shape(z_mean), "random_state": seed}
    return stats.norm.rvs(loc=z_mean, scale=np.exp(0.5 * z_log_var), **options)


@wrong("sample_code", says="one image): wrong shape.")  # scipy drops axes of length 1
def draw_by_scipy_without_a_size(z_mean, z_log_var, seed):
    return stats.norm.rvs(loc=z_mean, scale=np.exp(0.5 * z_log_var), random_state=seed)


@right("sample_code")
def draw_through_the_quantiles(z_mean, z_log_var, seed):
    u = np.random.default_rng(seed).uniform(1e-9, 1, size=np.shape(z_mean))
    return np.asarray(z_mean) + np.exp(z_log_var / 2) * special.ndtri(u)


@right("sample_code")
def draw_of_many_gaussians_in_float64(z_mean, z_log_var, seed):
    rng = np.random.default_rng(seed)
    rows = zip(np.float64(z_mean), np.exp(np.float64(z_log_var)), strict=True)
    return np.array([m + rng.normal(0, np.sqrt(v)) for m, v in rows])


@right("sample_code")
def draw_with_a_global_seed(z_mean, z_log_var, seed):
    tf.random.set_seed(seed)
    return tf.random.normal(z_mean.shape, z_mean, tf.exp(0.5 * z_log_var))


def noise_of(z_mean, seed):
    return np.random.default_rng(seed).normal(size=np.shape(z_mean))


@wrong("sample_code", says="the noise is off: all draws are the same")
def draw_as_it_was(z_mean, z_log_var, seed):
    noise = layers.GaussianNoise(1.0, seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * noise(ops.zeros_like(z_mean))


@wrong("sample_code", says="the noise is off: all draws are the same")
def draw_with_training_false(z_mean, z_log_var, seed):
    noise = layers.GaussianNoise(1.0, seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * noise(ops.zeros_like(z_mean), training=False)


@wrong("sample_code", says="the noise is off: all draws are the same")
def draw_of_the_mean(z_mean, z_log_var, seed):
    return z_mean


@wrong("sample_code", says="the noise is not scaled")
def draw_with_training_but_not_scaled(z_mean, z_log_var, seed):
    return layers.GaussianNoise(1.0, seed=seed)(z_mean, training=True)


@wrong("sample_code", says="the noise is off: all draws are the same")
def draw_of_noise_times_zero(z_mean, z_log_var, seed):
    noise = layers.GaussianDropout(0.5, seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * noise(ops.zeros_like(z_mean), training=True)


@wrong("sample_code", says="multiplied by the variance")
def draw_with_variance(z_mean, z_log_var, seed):
    return z_mean + np.exp(z_log_var) * noise_of(z_mean, seed)


@wrong("sample_code", says="the noise is multiplied by z_log_var")
def draw_with_log_var(z_mean, z_log_var, seed):
    return z_mean + z_log_var * noise_of(z_mean, seed)


@wrong("sample_code", says="exp is missing")
def draw_without_exp(z_mean, z_log_var, seed):
    return z_mean + 0.5 * z_log_var * noise_of(z_mean, seed)


@wrong("sample_code", says="the root of z_log_var is taken")
def draw_with_root(z_mean, z_log_var, seed):
    return z_mean + np.sqrt(z_log_var) * noise_of(z_mean, seed)


@wrong("sample_code", says="the noise is not scaled")
def draw_not_scaled(z_mean, z_log_var, seed):
    return z_mean + noise_of(z_mean, seed)


@wrong("sample_code", says="exp(−z_log_var / 2)")
def draw_with_the_wrong_sign(z_mean, z_log_var, seed):
    return z_mean + np.exp(-z_log_var / 2) * noise_of(z_mean, seed)


@wrong("sample_code", says="uniform between −1 and 1")
def draw_evenly(z_mean, z_log_var, seed):
    eps = keras.random.uniform(ops.shape(z_mean), -1, 1, seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * eps


@wrong("sample_code", says="the noise is never negative")
def draw_with_rand(z_mean, z_log_var, seed):
    eps = np.random.default_rng(seed).random(z_mean.shape)
    return z_mean + np.exp(0.5 * z_log_var) * eps


@wrong("sample_code", says="a truncated Gaussian")
def draw_truncated(z_mean, z_log_var, seed):
    eps = keras.random.truncated_normal(ops.shape(z_mean), seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * eps


@wrong("sample_code", says="the noise is divided by 10")
def draw_with_little_noise(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * 0.1 * noise_of(z_mean, seed)


@wrong("sample_code", says="the noise is not Gaussian")
def draw_of_coins(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * np.sign(noise_of(z_mean, seed))


@wrong("sample_code", says="the noise is not Gaussian")
def draw_of_laplace(z_mean, z_log_var, seed):
    eps = np.random.default_rng(seed).laplace(scale=0.5**0.5, size=z_mean.shape)
    return z_mean + np.exp(0.5 * z_log_var) * eps


@wrong("sample_code", says="z_mean is missing")
def draw_without_mean(z_mean, z_log_var, seed):
    return np.exp(0.5 * z_log_var) * noise_of(z_mean, seed)


@wrong("sample_code", says="z_mean is subtracted")
def draw_with_mean_subtracted(z_mean, z_log_var, seed):
    return np.exp(0.5 * z_log_var) * noise_of(z_mean, seed) - z_mean


@wrong("sample_code", says="the mean is multiplied by the deviation")
def draw_with_all_scaled(z_mean, z_log_var, seed):
    return np.exp(0.5 * z_log_var) * (z_mean + noise_of(z_mean, seed))


@wrong("sample_code", says="the latent dimensions share their noise")
def draw_with_one_number_for_each_image(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * noise_of(z_mean[:, :1], seed)


@wrong("sample_code", says="all images get the same.")
def draw_with_one_code_for_all(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * noise_of(z_mean[0], seed)


@wrong("sample_code", says="all images get the same.")
def draw_with_one_number_for_all(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * np.random.default_rng(seed).normal()


@wrong("sample_code", says="images share their noise")
def draw_repeated(z_mean, z_log_var, seed):
    eps = np.resize(noise_of(z_mean[: -(-len(z_mean) // 4)], seed), z_mean.shape)
    return z_mean + np.exp(0.5 * z_log_var) * eps


@wrong("sample_code", says="another seed gives the same draws")
def draw_with_a_fixed_seed(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * noise_of(z_mean, 0)


@wrong("sample_code", says="the same seed gives other draws")
def draw_without_seed(z_mean, z_log_var, seed):
    return z_mean + ops.exp(0.5 * z_log_var) * keras.random.normal(ops.shape(z_mean))


@wrong("sample_code", says="the same seed gives other draws")
def draw_with_a_seed_of_operations(z_mean, z_log_var, seed):
    return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(tf.shape(z_mean), seed=seed)


@wrong("sample_code", says="got shape (2,), expected (6000, 2)")
def draw_once(z_mean, z_log_var, seed):
    return z_mean[0] + np.exp(0.5 * z_log_var[0]) * noise_of(z_mean[0], seed)


@wrong("sample_code", says="got a tuple of 2, expected an array of shape (6000, 2)")
def draw_of_mean_and_std(z_mean, z_log_var, seed):
    return [z_mean], np.exp(0.5 * z_log_var)


@wrong("sample_code", says="there is no noise, or they share it")
def draw_without_noise(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var)


@wrong("sample_code", says="the noise is never negative")
def draw_with_positive_noise(z_mean, z_log_var, seed):
    noise = np.abs(np.random.default_rng(seed).normal(size=z_mean.shape))
    return z_mean + np.exp(0.5 * z_log_var) * noise


@wrong("sample_code", says="images share their noise")
def draw_in_chunks_of_one_seed(z_mean, z_log_var, seed):
    places = range(0, len(z_mean), 4096)
    noise = [np.random.default_rng(seed).normal(size=z_mean[i : i + 4096].shape) for i in places]
    return z_mean + np.exp(0.5 * z_log_var) * np.concatenate(noise)


@wrong("sample_code", says="(hidden case: very narrow posteriors): the deviations of 6,000 draws")
def draw_with_epsilon(z_mean, z_log_var, seed):
    return z_mean + (np.exp(0.5 * z_log_var) + 1e-7) * noise_of(z_mean, seed)


@wrong("sample_code", says="when log-variances are cut off at ±20.")
def draw_cut_off_at_20(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * np.clip(z_log_var, -20, 20)) * noise_of(z_mean, seed)


@wrong("sample_code", says="large seeds): two seeds give the same draws.")
def draw_with_a_seed_of_16_bits(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * noise_of(z_mean, seed % 2**16)


@wrong("sample_code", says="large seeds): two seeds give the same draws.")
def draw_with_a_seed_in_float32(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * noise_of(z_mean, int(np.float32(seed)))


@wrong("sample_code", says="seed 0): your code gives another result when it is called again")
def draw_with_seed_0_for_none(z_mean, z_log_var, seed):
    return z_mean + np.exp(0.5 * z_log_var) * noise_of(z_mean, seed or None)


@wrong("sample_code", says="more latent dimensions): latent dimensions share their noise.")
def draw_with_pairs_of_dimensions(z_mean, z_log_var, seed):
    eps = np.resize(noise_of(np.transpose(z_mean)[:2], seed), z_mean.T.shape).T
    return z_mean + np.exp(0.5 * z_log_var) * eps


@wrong("sample_code", says="got shape (6000,), expected (6000, 2)")
def draw_of_the_first_dimension(z_mean, z_log_var, seed):
    return (z_mean + np.exp(0.5 * z_log_var) * noise_of(z_mean, seed))[:, 0]


@wrong("sample_code", says="the seeds 0 and 1")
def draw_with_seed_0_as_1(z_mean, z_log_var, seed):
    eps = np.random.default_rng(seed or 1).normal(size=z_mean.shape)
    return z_mean + np.exp(z_log_var / 2) * eps


@wrong("sample_code", says="the seeds 7 and 1007")
def draw_with_few_seeds(z_mean, z_log_var, seed):
    eps = np.random.default_rng(seed % 1000).normal(size=z_mean.shape)
    return z_mean + np.exp(z_log_var / 2) * eps


# vae_loss


@right("vae_loss")
def loss_in_numpy(nll, kl):
    return float(np.mean(nll) + np.mean(np.sum(kl, axis=1)))


@right("vae_loss")
def loss_in_tf(nll, kl):
    return tf.reduce_mean(tf.reduce_sum(kl, axis=-1) + nll)


@right("vae_loss")
def loss_image_by_image(nll, kl):
    return sum(float(a) + sum(map(float, b)) for a, b in zip(nll, kl, strict=True)) / len(nll)


@right("vae_loss")
def loss_of_sums(nll, kl):
    return (ops.sum(nll) + ops.sum(kl)) / ops.shape(kl)[0]


@right("vae_loss")
def loss_from_averages(nll, kl):
    return np.average(np.asarray(nll, float)) + kl.shape[1] * np.mean(kl, dtype="float64")


@right("vae_loss")
def loss_with_ones(nll, kl):
    return ops.mean(nll) + ops.sum(ops.mean(kl, axis=0))


@wrong("vae_loss", says="nothing is repaired")
def loss_as_it_was(nll, kl):
    return ops.mean(nll) + ops.mean(kl) / len(nll)


@wrong("vae_loss", says="half is repaired: the KL is still averaged over the code")
def loss_with_an_averaged_kl(nll, kl):
    return ops.mean(nll) + ops.mean(kl)


@wrong("vae_loss", says="half is repaired: the KL is still averaged over the code")
def loss_with_an_averaged_code(nll, kl):
    return ops.mean(nll + ops.mean(kl, axis=-1))


@wrong("vae_loss", says="half is repaired: the KL is still divided by the batch")
def loss_divided_by_the_batch(nll, kl):
    return ops.mean(nll) + ops.mean(ops.sum(kl, axis=-1)) / len(nll)


@wrong("vae_loss", says="the KL is summed over the batch")
def loss_with_a_summed_kl(nll, kl):
    return ops.mean(nll) + ops.sum(kl)


@wrong("vae_loss", says="averaged over the code and summed over the batch")
def loss_averaged_the_wrong_way(nll, kl):
    return ops.mean(nll) + ops.sum(ops.mean(kl, axis=-1))


@wrong("vae_loss", says="the KL is averaged over the batch only")
def loss_for_each_number(nll, kl):
    return ops.mean(nll) + ops.mean(kl, axis=0)


@wrong("vae_loss", says="the KL counts half")
def loss_with_half_of_the_kl(nll, kl):
    return np.mean(nll + 0.5 * kl.sum(axis=1))


@wrong("vae_loss", says="the mean over the images is missing")
def loss_of_each_image(nll, kl):
    return nll + ops.sum(kl, axis=-1)


@wrong("vae_loss", says="the images are summed")
def loss_summed(nll, kl):
    return ops.sum(nll) + ops.sum(kl)


@wrong("vae_loss", says="the negative log-likelihood is summed over the batch.")
def loss_with_a_summed_likelihood(nll, kl):
    return ops.sum(nll) + ops.mean(ops.sum(kl, axis=-1))


@wrong("vae_loss", says="is summed over the batch, the KL averaged")
def loss_with_a_summed_likelihood_and_an_averaged_kl(nll, kl):
    return ops.sum(nll) + ops.mean(kl)


@wrong("vae_loss", says="is summed, and the KL is not repaired")
def loss_worse_than_it_was(nll, kl):
    return ops.sum(nll) + ops.mean(kl) / len(nll)


@wrong("vae_loss", says="is divided by the batch twice")
def loss_with_a_likelihood_divided(nll, kl):
    return ops.mean(nll) / len(nll) + ops.mean(ops.sum(kl, axis=-1))


@wrong("vae_loss", says="the KL is subtracted")
def loss_with_kl_subtracted(nll, kl):
    return ops.mean(nll - ops.sum(kl, axis=-1))


@wrong("vae_loss", says="the sign is wrong: this is the ELBO")
def loss_as_elbo(nll, kl):
    return -ops.mean(nll + ops.sum(kl, axis=-1))


@wrong("vae_loss", says="the KL is missing")
def loss_without_kl(nll, kl):
    return ops.mean(nll)


@wrong("vae_loss", says="the negative log-likelihood is missing")
def loss_of_kl(nll, kl):
    return ops.mean(ops.sum(kl, axis=-1))


@wrong("vae_loss", says="your code raised")
def loss_of_two_shapes(nll, kl):
    return ops.mean(nll + kl)


@wrong("vae_loss", says="codes that hardly say anything): wrong value")
def loss_with_free_bits(nll, kl):
    return np.mean(nll) + np.maximum(kl.mean(axis=0), 0.5).sum()


@right("vae_loss")
def loss_by_einsum(nll, kl):
    return tf.einsum("nd->", tf.cast(kl, tf.float64)) / len(kl) + np.float64(nll).mean()


@wrong("vae_loss", says="very many nats): ")
def loss_cut_off(nll, kl):
    return ops.mean(nll) + ops.mean(ops.minimum(ops.sum(kl, axis=-1), 1e5))


@wrong("vae_loss", says="densities far above 1): wrong value.")
def loss_of_large_likelihoods_at_0(nll, kl):
    return ops.mean(ops.maximum(nll, -100)) + ops.mean(ops.sum(kl, axis=-1))


@wrong("vae_loss", says="one latent dimension): ")
def loss_of_squeezed_kls(nll, kl):
    return ops.mean(nll) + ops.mean(ops.sum(ops.squeeze(kl), axis=-1))


@wrong("vae_loss", says="got shape (1,), expected ()")
def loss_with_keepdims(nll, kl):
    return ops.mean(nll + ops.sum(kl, axis=-1), keepdims=True)


@wrong("vae_loss", says="the mean over the images is missing")
def loss_without_a_mean(nll, kl):
    return nll + kl.sum(axis=1)


# reconstruction_score


@right("reconstruction_score")
def score_in_numpy(x, x_hat):
    return ((np.asarray(x, float) - x_hat) ** 2).reshape(len(x), -1).mean(axis=1)


@right("reconstruction_score")
def score_in_tf(x, x_hat):
    return tf.reduce_mean(tf.math.squared_difference(x, x_hat), axis=[1, 2, 3])


@right("reconstruction_score")
def score_by_vaelib(x, x_hat):
    return mse_per_image(x, x_hat)


@right("reconstruction_score")
def score_by_keras(x, x_hat):
    return ops.mean(keras.losses.mean_squared_error(x, x_hat), axis=(1, 2))


@right("reconstruction_score")
def score_of_flat_images(x, x_hat):
    flat = (ops.reshape(images, (len(x), -1)) for images in (x, x_hat))
    return keras.losses.mean_squared_error(*flat)


@right("reconstruction_score")
def score_image_by_image(x, x_hat):
    return [
        float(np.linalg.norm((a - b).ravel()) ** 2 / a.size) for a, b in zip(x, x_hat, strict=True)
    ]


@wrong("reconstruction_score", says="this is still an accuracy: which channel is the largest")
def score_as_it_was(x, x_hat):
    return ops.mean(keras.metrics.categorical_accuracy(x, x_hat), axis=(1, 2))


@wrong("reconstruction_score", says="still an accuracy, only turned around")
def score_of_mistakes(x, x_hat):
    return 1 - ops.mean(keras.metrics.categorical_accuracy(x, x_hat), axis=(1, 2))


@wrong("reconstruction_score", says="which numbers are equal")
def score_of_equal_numbers(x, x_hat):
    return np.mean(np.isclose(x, x_hat), axis=(1, 2, 3))


@wrong("reconstruction_score", says="on the same side of ½")
def score_by_binary_accuracy(x, x_hat):
    return ops.mean(ops.cast((x > 0.5) == (x_hat > 0.5), "float32"), axis=(1, 2, 3))


@wrong("reconstruction_score", says="closer than 0.1")
def score_of_close_numbers(x, x_hat):
    return np.mean(np.abs(x - x_hat) < 0.11, axis=(1, 2, 3))


@wrong("reconstruction_score", says="the root is taken")
def score_with_root(x, x_hat):
    return ops.sqrt(ops.mean(ops.square(x - x_hat), axis=(1, 2, 3)))


@wrong("reconstruction_score", says="the mean absolute error")
def score_absolute(x, x_hat):
    return ops.mean(abs(x - x_hat), axis=(1, 2, 3))


@wrong("reconstruction_score", says="the pixels are summed")
def score_summed(x, x_hat):
    return ops.sum(ops.square(x - x_hat), axis=(1, 2, 3))


@wrong("reconstruction_score", says="the images are averaged")
def score_averaged(x, x_hat):
    return ops.mean(ops.square(x - x_hat))


@wrong("reconstruction_score", says="the mean is taken over the channels only")
def score_of_each_pixel(x, x_hat):
    return keras.losses.mean_squared_error(x, x_hat)


@wrong("reconstruction_score", says="the mean is missing")
def score_without_a_mean(x, x_hat):
    return (x - x_hat) ** 2


@wrong("reconstruction_score", says="the sign is wrong")
def score_negative(x, x_hat):
    return -ops.mean(ops.square(x - x_hat), axis=(1, 2, 3))


@wrong("reconstruction_score", says="this is 1 − the error")
def score_as_goodness(x, x_hat):
    return 1 - ops.mean(ops.square(x - x_hat), axis=(1, 2, 3))


@wrong("reconstruction_score", says="the squared mean of the differences")
def score_squared_last(x, x_hat):
    return ops.square(ops.mean(x - x_hat, axis=(1, 2, 3)))


@wrong("reconstruction_score", says="the differences are not squared.")
def score_not_squared(x, x_hat):
    return ops.mean(x - x_hat, axis=(1, 2, 3))


@wrong("reconstruction_score", says="the differences are not squared (x_hat − x)")
def score_not_squared_from_x_hat(x, x_hat):
    return np.mean(x_hat - x, axis=(1, 2, 3))


@wrong("reconstruction_score", says="there is a factor ½")
def score_halved(x, x_hat):
    return 0.5 * ops.mean(ops.square(x - x_hat), axis=(1, 2, 3))


@wrong("reconstruction_score", says="decibels")
def score_in_decibels(x, x_hat):
    return -10 * np.log10(np.mean((x - x_hat) ** 2, axis=(1, 2, 3)))


@wrong("reconstruction_score", says="changes its argument in place")
def score_in_place(x, x_hat):
    x -= x_hat
    return ops.mean(ops.square(x), axis=(1, 2, 3))


@right("reconstruction_score")
def score_by_einsum(x, x_hat):
    d = tf.cast(x, tf.float64) - tf.cast(x_hat, tf.float64)
    return tf.einsum("nhwc,nhwc->n", d, d) / d[0].numpy().size


@right("reconstruction_score")
def score_by_variance_and_bias(x, x_hat):
    d = np.subtract(x, x_hat, dtype="float64")
    return d.var(axis=(1, 2, 3)) + d.mean(axis=(1, 2, 3)) ** 2


@wrong("reconstruction_score", says="one image): wrong shape.")
def score_squeezed(x, x_hat):
    return np.squeeze(np.mean((x - x_hat) ** 2, axis=(1, 2, 3)))


@wrong("reconstruction_score", says="when reconstructions are cut off at 0 and 1.")
def score_of_pictures_that_are_cut_off(x, x_hat):
    return ops.mean(ops.square(x - ops.clip(x_hat, 0, 1)), axis=(1, 2, 3))


@wrong("reconstruction_score", says="nearly perfect reconstructions): wrong value.")
def score_with_epsilon(x, x_hat):
    return ops.mean(ops.square(x - x_hat), axis=(1, 2, 3)) + 1e-7


@wrong("reconstruction_score", says="got shape (2, 1, 1, 1), expected (2,)")
def score_with_keepdims(x, x_hat):
    return np.mean((x - x_hat) ** 2, axis=(1, 2, 3), keepdims=True)


@wrong("reconstruction_score", says="an axis of length 1 is left over")
def score_in_a_column(x, x_hat):
    return np.mean((x - x_hat).reshape(len(x), -1) ** 2, axis=1, keepdims=True)


@wrong("reconstruction_score", says="the mean over the channels is missing")
def score_of_each_channel(x, x_hat):
    return np.mean((x - x_hat) ** 2, axis=(1, 2))


@wrong("reconstruction_score", says="reconstructions far outside [0, 1]): wrong value.")
def score_by_huber(x, x_hat):
    d = np.abs(x - x_hat)
    return np.where(d < 2, d**2, 4 * d - 4).mean(axis=(1, 2, 3))


# augment


def scaled(x, factor):
    """The last step."""
    return np.clip(x * factor, 0, 1)


def draws(x, seed, brightness):
    """Whether each image is flipped, and by what it is multiplied."""
    rng = np.random.default_rng(seed)
    shape = len(x), 1, 1, 1
    return rng.random(shape) < 0.5, rng.uniform(1 - brightness, 1 + brightness, shape)


@right("augment")
def pictures_one_by_one(x, seed, brightness=0.1):
    drawn, result = random.Random(seed), []
    for image in x:
        if drawn.random() < 0.5:
            image = np.fliplr(image)
        result.append(np.clip(image * drawn.uniform(1 - brightness, 1 + brightness), 0, 1))
    return np.array(result)


@right("augment")
def pictures_as_lists(x, seed, brightness=0.1):
    rng = np.random.RandomState(seed)
    return [
        np.clip(image[:, :: rng.choice([-1, 1])] * (1 + brightness * rng.uniform(-1, 1)), 0, 1)
        for image in x
    ]


@right("augment")
def pictures_in_keras(x, seed, brightness=0.1):
    shape = (ops.shape(x)[0], 1, 1, 1)
    flipped = keras.random.uniform(shape, seed=seed) < 0.5
    factor = keras.random.uniform(shape, 1 - brightness, 1 + brightness, seed=seed + 10_000)
    return ops.clip(ops.where(flipped, ops.flip(x, axis=2), x) * factor, 0, 1)


@right("augment")
def pictures_by_one_generator_of_keras(x, seed, brightness=0.1):
    generator = keras.random.SeedGenerator(seed)
    flipped = keras.random.binomial((len(x), 1, 1, 1), 1, 0.5, seed=generator)
    factor = keras.random.uniform((len(x), 1, 1, 1), 1 - brightness, 1 + brightness, seed=generator)
    return ops.clip((flipped * x[:, :, ::-1] + (1 - flipped) * x) * factor, 0, 1)


@right("augment")
def pictures_in_tf(x, seed, brightness=0.1):
    x = tf.image.stateless_random_flip_left_right(x, seed=(seed, 1))
    limits = {"minval": 1 - brightness, "maxval": 1 + brightness}
    factor = tf.random.stateless_uniform((len(x), 1, 1, 1), seed=(seed, 2), **limits)
    return tf.clip_by_value(x * factor, 0.0, 1.0)


@right("augment")
def pictures_with_a_copy(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    result = np.array(x, dtype="float64")
    factor = rng.uniform(1 - brightness, 1 + brightness, len(x))
    turned = rng.integers(2, size=len(x)).astype(bool)
    result[turned] = np.flip(result[turned], axis=-2)
    return np.clip(np.einsum("nhwc,n->nhwc", result, factor), 0, 1)


@right("augment")
def pictures_with_a_global_seed(x, seed, brightness=0.1):
    np.random.seed(seed)  # noqa: NPY002
    turned = np.random.rand(len(x)) > 0.5  # noqa: NPY002
    factor = 1 - brightness + 2 * brightness * np.random.rand(len(x))  # noqa: NPY002
    x = np.where(turned[:, None, None, None], np.flip(x, 2), x)
    return np.clip(x * factor[:, None, None, None], 0, 1)


@right("augment")
def pictures_flipped_by_a_layer(x, seed, brightness=0.1):
    x = layers.RandomFlip("horizontal", seed=seed)(x, training=True)
    return scaled(np.asarray(x), draws(x, seed, brightness)[1])


@wrong("augment", says="one draw flips all images or none")
def pictures_with_one_coin(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    factor = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    return scaled(x[:, :, ::-1] if rng.random() < 0.5 else x, factor)


@wrong("augment", says="one draw flips all images or none")
def pictures_with_one_coin_of_keras(x, seed, brightness=0.1):
    if keras.random.uniform((), seed=seed) < 0.5:
        x = x[:, :, ::-1]
    return scaled(x, draws(x, seed, brightness)[1])


@wrong("augment", says="no image is flipped")
def pictures_not_flipped(x, seed, brightness=0.1):
    return scaled(x, draws(x, seed, brightness)[1])


@wrong("augment", says="every image is flipped")
def pictures_all_flipped(x, seed, brightness=0.1):
    return scaled(x[:, :, ::-1], draws(x, seed, brightness)[1])


@wrong("augment", says="turned upside down")
def pictures_upside_down(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[:, ::-1], x), factor)


@wrong("augment", says="images are turned")
def pictures_flipped_both_ways(x, seed, brightness=0.1):
    x = layers.RandomFlip(seed=seed)(x, training=True)
    return scaled(np.asarray(x), draws(x, seed, brightness)[1])


@wrong("augment", says="images are turned around")
def pictures_turned_around(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[:, ::-1, ::-1], x), factor)


@wrong("augment", says="rows and columns of an image are exchanged")
def pictures_transposed(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x.transpose(0, 2, 1, 3), x), factor)


@wrong("augment", says="turned to the side")
def pictures_rotated(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, np.rot90(x, axes=(1, 2)), x), factor)


@wrong("augment", says="the colours are reversed: flip left and right.")
def pictures_with_colours_flipped(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[..., ::-1], x), factor)


@wrong("augment", says="the colours are reversed, too")
def pictures_with_colours_flipped_too(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[:, :, ::-1, ::-1], x), factor)


@wrong("augment", says="the order of the images is reversed")
def pictures_in_the_reverse_order(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[::-1], x), factor)


@wrong("augment", says="neither itself nor its mirror image")
def pictures_with_everything_flipped(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, np.flip(x), x), factor)


@wrong("augment", says="the pixels go from 0 to 255")
def pictures_up_to_255(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return np.clip(255 * np.where(turned, x[:, :, ::-1], x) * factor, 0, 255)


@wrong("augment", says="of 300 images are flipped; the probability should be ½")
def pictures_seldom_flipped(x, seed, brightness=0.1):
    _, factor = draws(x, seed, brightness)
    turned = np.random.default_rng(seed + 99).random((len(x), 1, 1, 1)) < 0.1
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="with brightness 0, an image is neither itself nor its mirror image")
def pictures_flipped_row_by_row(x, seed, brightness=0.1):
    _, factor = draws(x, seed, brightness)
    turned = np.random.default_rng(seed + 99).random((*x.shape[:2], 1, 1)) < 0.5
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="got shape (600, 2, 2, 3), expected (300, 2, 2, 3)")
def pictures_and_their_mirror_images(x, seed, brightness=0.1):
    x = np.concatenate([x, x[:, :, ::-1]])
    return scaled(x, draws(x, seed, brightness)[1])


@wrong("augment", says="brightness is ignored")
def pictures_of_unchanged_brightness(x, seed, brightness=0.1):
    return np.where(draws(x, seed, brightness)[0], x[:, :, ::-1], x)


@wrong("augment", says="brightness is ignored: multiply by a drawn number")
def pictures_of_unchanged_brightness_unless_grey(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    grey = np.ptp(x, axis=(1, 2, 3), keepdims=True) == 0
    return np.clip(np.where(turned, x[:, :, ::-1], x) * np.where(grey, factor, 1), 0, 1)


@wrong("augment", says="brightness is added: multiply")
def pictures_with_brightness_added(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return np.clip(np.where(turned, x[:, :, ::-1], x) + factor - 1, 0, 1)


@wrong("augment", says="brightness is added: multiply")
def pictures_by_adjust_brightness(x, seed, brightness=0.1):
    x = tf.image.stateless_random_flip_left_right(x, seed=(seed, 1))
    delta = tf.random.stateless_uniform((len(x), 1, 1, 1), (seed, 2), -brightness, brightness)
    return tf.clip_by_value(tf.image.adjust_brightness(x, delta), 0, 1)


@wrong("augment", says="all images get the same brightness")
def pictures_of_one_brightness(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor[0])


@wrong("augment", says="an image is not multiplied by one number")
def pictures_with_noise(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    turned = rng.random((len(x), 1, 1, 1)) < 0.5
    factor = rng.uniform(1 - brightness, 1 + brightness, x.shape)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="each channel gets its own number")
def pictures_in_coloured_light(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    turned = rng.random((len(x), 1, 1, 1)) < 0.5
    factor = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 3))
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="a factor lies outside 1 − b to 1 + b. Draw evenly")
def pictures_with_gaussian_brightness(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    turned = rng.random((len(x), 1, 1, 1)) < 0.5
    factor = rng.normal(1, brightness, (len(x), 1, 1, 1))
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="the factors are not drawn evenly")
def pictures_with_a_narrow_gaussian(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    turned = rng.random((len(x), 1, 1, 1)) < 0.5
    factor = 1 + np.clip(rng.normal(0, brightness / 2, (len(x), 1, 1, 1)), -brightness, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="the factors are not drawn evenly")
def pictures_of_two_brightnesses(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    turned = rng.random((len(x), 1, 1, 1)) < 0.5
    factor = 1 + brightness * rng.choice([-1, 1], (len(x), 1, 1, 1))
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="the factors are not drawn evenly")
def pictures_of_half_the_brightness(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness / 2)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="images only get brighter")
def pictures_only_brighter(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness / 2)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor + brightness / 2)


@wrong("augment", says="images only get darker")
def pictures_only_darker(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness / 2)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor - brightness / 2)


@wrong("augment", says="neither itself nor its mirror image")
def pictures_in_the_dark(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor - 1)


@wrong("augment", says="neither itself nor its mirror image")
def pictures_with_brightness_ignored(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, 0.1)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="brightness is not 0.1 where nobody says otherwise")
def pictures_with_another_default(x, seed, brightness=0.2):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="(hidden case: the usual brightness): your code raised TypeError")
def pictures_without_a_default(x, seed, brightness):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="the pixels do not lie in [0, 1]. Cut them off after")
def pictures_not_cut_off(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return np.where(turned, x[:, :, ::-1], x) * factor


@wrong("augment", says="the pixels do not lie in [0, 1]. Cut them off after")
def pictures_cut_off_too_early(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return np.clip(np.where(turned, x[:, :, ::-1], x), 0, 1) * factor


@wrong("augment", says="cut it off at 1, do not rescale")
def pictures_rescaled(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    x = np.where(turned, x[:, :, ::-1], x) * factor
    return x / max(1, x.max())


@wrong("augment", says="the same seed gives other images")
def pictures_without_seed(x, seed, brightness=0.1):
    turned, factor = draws(x, None, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="the same seed gives other images")
def pictures_with_a_seed_for_flips_only(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)[0], draws(x, None, brightness)[1]
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="the same seed gives other images")
def pictures_flipped_by_tf_with_state(x, seed, brightness=0.1):
    x = tf.image.random_flip_left_right(x, seed=seed)
    return scaled(x, draws(x, seed, brightness)[1])


@wrong("augment", says="another seed gives the same images: use it")
def pictures_with_a_fixed_seed(x, seed, brightness=0.1):
    turned, factor = draws(x, 42, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="another seed flips the same images")
def pictures_with_fixed_flips(x, seed, brightness=0.1):
    turned, factor = draws(x, 42, brightness)[0], draws(x, seed, brightness)[1]
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="another seed flips the same images")
def pictures_flipped_in_turn(x, seed, brightness=0.1):
    x = np.array(x)
    x[::2] = x[::2, :, ::-1]
    return scaled(x, draws(x, seed, brightness)[1])


@wrong("augment", says="flips and brightness use the same draws")
def pictures_with_one_draw_for_both(x, seed, brightness=0.1):
    drawn = np.random.default_rng(seed).random((len(x), 1, 1, 1))
    factor = 1 - brightness + 2 * brightness * drawn
    return scaled(np.where(drawn < 0.5, x[:, :, ::-1], x), factor)


@wrong("augment", says="flips and brightness use the same draws")
def pictures_with_the_same_seed_twice(x, seed, brightness=0.1):
    shape = (len(x), 1, 1, 1)
    turned = keras.random.uniform(shape, seed=seed) < 0.5
    factor = keras.random.uniform(shape, 1 - brightness, 1 + brightness, seed=seed)
    return ops.clip(ops.where(turned, ops.flip(x, axis=2), x) * factor, 0, 1)


@wrong("augment", says="changes its argument in place")
def pictures_in_place(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    x[turned.ravel()] = x[turned.ravel(), :, ::-1]
    return scaled(x, factor)


@wrong("augment", says="got None. Does your function end with `return`?")
def pictures_not_returned(x, seed, brightness=0.1):
    scaled(x, draws(x, seed, brightness)[1])


@right("augment")
def pictures_each_with_its_own_generator(x, seed, brightness=0.1):
    changed = []
    for i, image in enumerate(x):
        rng = np.random.default_rng(seed + i)
        image = np.flip(image, axis=1) if rng.random() > 0.5 else image
        changed.append(np.clip(rng.uniform(1 - brightness, 1 + brightness) * image, 0, 1))
    return np.stack(changed)


@wrong("augment", says="got None. Does your function end with `return`?")
def pictures_returned_at_times(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    if rng.random() > 0.5:
        return scaled(x[:, :, ::-1], rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1)))


@wrong("augment", says="cut off the product, not the number")
def pictures_with_the_factor_cut_off(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return np.where(turned, x[:, :, ::-1], x) * np.clip(factor, 0, 1)


@wrong("augment", says="some images keep their brightness")
def pictures_flipped_or_scaled(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return np.where(turned, x[:, :, ::-1], np.clip(x * factor, 0, 1))


@wrong("augment", says="bright images are rescaled: cut them off at 1")
def pictures_rescaled_one_by_one(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    product = np.where(turned, x[:, :, ::-1], x) * factor
    return product / np.maximum(product.max(axis=(1, 2, 3), keepdims=True), 1)


@wrong("augment", says="bright images are rescaled: cut them off at 1")
def pictures_rescaled_pixel_by_pixel(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    product = np.where(turned, x[:, :, ::-1], x) * factor
    return product / np.maximum(product.max(axis=-1, keepdims=True), 1)


@wrong("augment", says="images share their brightness")
def pictures_in_fours(x, seed, brightness=0.1):
    turned, factor = (
        np.repeat(drawn[::4], 4, axis=0)[: len(x)] for drawn in draws(x, seed, brightness)
    )
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="images share their draws of flips")
def pictures_flipped_in_pairs(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    turned = np.repeat(turned[::2], 2, axis=0)[: len(x)]
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="images share their draws of flips")
def pictures_flipped_alike_in_chunks(x, seed, brightness=0.1):
    _, factor = draws(x, seed, brightness)
    turned = np.random.default_rng(seed).random((32, 1, 1, 1)) < 0.5
    turned = np.tile(turned, (len(x) // 32 + 1, 1, 1, 1))[: len(x)]
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="every seed flips as many images")
def pictures_of_which_half_are_flipped(x, seed, brightness=0.1):
    _, factor = draws(x, seed, brightness)
    turned = np.random.default_rng(seed).permutation(len(x)) < len(x) // 2
    return scaled(np.where(turned[:, None, None, None], x[:, :, ::-1], x), factor)


@wrong("augment", says="the probability of a flip is not ½")
def pictures_of_which_a_third_is_flipped(x, seed, brightness=0.1):
    _, factor = draws(x, seed, brightness)
    turned = np.random.default_rng(seed + 50).integers(0, 3, (len(x), 1, 1, 1)) == 0
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@right("augment")
def pictures_in_two_steps_of_tf(x, seed, brightness=0.1):
    tf.random.set_seed(seed)
    n = tf.shape(x)[0]
    turned = tf.random.uniform((n,)) < 0.5
    x = tf.where(turned[:, None, None, None], tf.reverse(x, axis=[2]), x)
    factor = 1 + brightness * (2 * tf.random.uniform((n, 1, 1, 1)) - 1)
    return keras.activations.relu(x * factor, max_value=1.0)


@right("augment")
def pictures_by_scipy(x, seed, brightness=0.1):
    rng = np.random.default_rng(seed)
    turned = stats.bernoulli.rvs(0.5, size=len(x), random_state=rng)
    factor = stats.uniform.rvs(1 - brightness, 2 * brightness, size=len(x), random_state=rng)
    images = [f * (np.fliplr(i) if t else i) for i, t, f in zip(x, turned, factor, strict=True)]
    return np.maximum(np.minimum(np.float64(images), 1), 0)


@wrong("augment", says="seed 0): your code gives another result when it is called again")
def pictures_with_seed_0_for_none(x, seed, brightness=0.1):
    turned, factor = draws(x, seed or None, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="large seeds): two seeds give the same images.")
def pictures_with_a_seed_of_16_bits(x, seed, brightness=0.1):
    turned, factor = draws(x, seed % 2**16, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="one image): wrong shape.")
def pictures_squeezed(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return np.squeeze(scaled(np.where(turned, x[:, :, ::-1], x), factor))


@wrong("augment", says="a single image is never flipped.")
def pictures_by_an_order_that_one_image_has_not(x, seed, brightness=0.1):
    _, factor = draws(x, seed, brightness)
    turned = np.random.default_rng(seed).random((len(x), 1, 1, 1)) < 0.5
    return scaled(np.where(turned & (len(x) > 1), x[:, :, ::-1], x), factor)


@wrong("augment", says="other shapes): with brightness 0, an image is neither itself nor its mir")
def pictures_shifted(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, np.roll(x, 1, axis=2), x), factor)


@wrong("augment", says="the probability of a flip is not ½")
def pictures_of_which_40_percent_are_flipped(x, seed, brightness=0.1):
    _, factor = draws(x, seed, brightness)
    turned = np.random.default_rng(seed + 50).random((len(x), 1, 1, 1)) < 0.4
    return scaled(np.where(turned, x[:, :, ::-1], x), factor)


@wrong("augment", says="a brightness above 1): the pixels do not lie in [0, 1]. Cut them off at 0")
def pictures_cut_off_at_1_alone(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return np.minimum(np.where(turned, x[:, :, ::-1], x) * factor, 1)


@wrong("augment", says="a brightness above 1): a factor below 0 does not give black")
def pictures_without_a_sign(x, seed, brightness=0.1):
    turned, factor = draws(x, seed, brightness)
    return scaled(np.where(turned, x[:, :, ::-1], x), np.abs(factor))


# nearest_neighbours


def flat(x):
    return np.reshape(x, (len(x), -1)).astype("float64")


def distances_between(generated, train):
    return cdist(flat(generated), flat(train))


def nearest(distances, k):
    """The places of the k smallest, and those."""
    places = np.argsort(distances, axis=1)[:, :k]
    return places, np.take_along_axis(distances, places, axis=1)


@right("nearest_neighbours")
def neighbours_by_cdist(generated, train, k):
    return nearest(distances_between(generated, train), k)


@right("nearest_neighbours")
def neighbours_by_broadcasting(generated, train, k):
    apart = np.linalg.norm(generated[:, None] - train[None], axis=(2, 3)).astype("float32")
    return nearest(np.linalg.norm(apart, axis=-1), k)


@right("nearest_neighbours")
def neighbours_by_expansion(generated, train, k):
    a, b = (ops.reshape(ops.cast(x, "float32"), (len(x), -1)) for x in (generated, train))
    squares = ops.sum(a**2, axis=1, keepdims=True) + ops.sum(b**2, axis=1)
    squares = ops.maximum(squares - 2 * ops.matmul(a, ops.transpose(b)), 0)
    values, places = ops.top_k(-squares, k)
    return [places, ops.sqrt(-values)]


@right("nearest_neighbours")
def neighbours_by_expansion_in_numpy(generated, train, k):
    a, b = (x.reshape(len(x), -1) for x in (generated, train))
    squares = (a * a).sum(1)[:, None] - 2 * a @ b.T + (b * b).sum(1)[None]
    return nearest(np.sqrt(np.clip(squares, 0, None)), k)


@right("nearest_neighbours")
def neighbours_by_top_k_of_tf(generated, train, k):
    apart = tf.expand_dims(generated, 1) - tf.expand_dims(train, 0)
    values, places = tf.math.top_k(-tf.norm(tf.reshape(apart, (*apart.shape[:2], -1)), axis=-1), k)
    return places, -values


@right("nearest_neighbours")
def neighbours_by_argpartition(generated, train, k):
    distances = distances_between(generated, train)
    some = np.argpartition(distances, k - 1, axis=1)[:, :k]
    values = np.take_along_axis(distances, some, axis=1)
    order = np.argsort(values, axis=1)
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(values, order, axis=1)


@right("nearest_neighbours")
def neighbours_one_by_one(generated, train, k):
    rows = [
        sorted(
            (math.dist(np.ravel(g).tolist(), np.ravel(t).tolist()), i) for i, t in enumerate(train)
        )
        for g in generated
    ]
    return [[i for _, i in row[:k]] for row in rows], [[d for d, _ in row[:k]] for row in rows]


@wrong("nearest_neighbours", says="the farthest come first")
def neighbours_far_away(generated, train, k):
    places, values = nearest(-distances_between(generated, train), k)
    return places, -values


@wrong("nearest_neighbours", says="the farthest come first")
def neighbours_by_top_k(generated, train, k):
    values, places = ops.top_k(distances_between(generated, train), k)
    return places, values


@wrong("nearest_neighbours", says="the nearest come last")
def neighbours_backwards(generated, train, k):
    return [part[:, ::-1] for part in nearest(distances_between(generated, train), k)]


@wrong("nearest_neighbours", says="the nearest is left out")
def neighbours_from_the_second(generated, train, k):
    return [part[:, 1:] for part in nearest(distances_between(generated, train), k + 1)]


@wrong("nearest_neighbours", says="the neighbours are sorted by their places")
def neighbours_sorted_by_place(generated, train, k):
    places, values = nearest(distances_between(generated, train), k)
    return np.sort(places, axis=1), values


@wrong(
    "nearest_neighbours",
    says="they are the right ones, but not the nearest first",
)
def neighbours_by_argpartition_alone(generated, train, k):
    distances = distances_between(generated, train)
    places = (
        np.argpartition(distances, k, axis=1)[:, :k] if k < len(train) else nearest(distances, k)[0]
    )
    return places, np.take_along_axis(distances, places, axis=1)


@wrong("nearest_neighbours", says="the first k training pictures are taken")
def neighbours_of_every_kind(generated, train, k):
    distances = distances_between(generated, train)
    return np.tile(np.arange(k), (len(generated), 1)), distances[:, :k]


@wrong("nearest_neighbours", says="distances and indices are exchanged")
def neighbours_the_other_way_round(generated, train, k):
    return nearest(distances_between(generated, train), k)[::-1]


@wrong("nearest_neighbours", says="generated and train are exchanged")
def neighbours_of_training_pictures(generated, train, k):
    return nearest(distances_between(train, generated), k)


@wrong("nearest_neighbours", says="they count from 1")
def neighbours_counted_from_1(generated, train, k):
    places, values = nearest(distances_between(generated, train), k)
    return places + 1, values


@wrong("nearest_neighbours", says="neighbours stand down a column")
def neighbours_in_columns(generated, train, k):
    return [part.T for part in nearest(distances_between(generated, train), k)]


@wrong("nearest_neighbours", says="all training pictures are returned")
def neighbours_all_of_them(generated, train, k):
    return nearest(distances_between(generated, train), len(train))


@wrong("nearest_neighbours", says="or argsort is applied twice")
def neighbours_by_rank(generated, train, k):
    distances = distances_between(generated, train)
    return distances.argsort(1).argsort(1)[:, :k], np.sort(distances)[:, :k]


@wrong("nearest_neighbours", says="it is the scalar product that counts")
def neighbours_by_scalar_product(generated, train, k):
    products = flat(generated) @ flat(train).T
    return nearest(-products, k)


@wrong("nearest_neighbours", says="the indices: got shape (3, 2, 1, 3), expected (3, 2)")
def neighbours_not_flattened(generated, train, k):
    return nearest(np.stack([np.linalg.norm(train - g, axis=1) for g in generated]), k)


@wrong("nearest_neighbours", says="the indices are no integers")
def neighbours_in_one_array(generated, train, k):
    return np.stack(nearest(distances_between(generated, train), k))


@wrong("nearest_neighbours", says="the root is missing")
def neighbours_with_squares(generated, train, k):
    return nearest(distances_between(generated, train) ** 2, k)


@wrong("nearest_neighbours", says="this is the mean squared difference")
def neighbours_by_mean_square(generated, train, k):
    return nearest(cdist(flat(generated), flat(train)) ** 2 / train[0].size, k)


@wrong("nearest_neighbours", says="this is the root of the mean, not of the sum")
def neighbours_by_rms(generated, train, k):
    return nearest(cdist(flat(generated), flat(train)) / train[0].size ** 0.5, k)


@wrong("nearest_neighbours", says="these are sums of absolute differences")
def neighbours_by_city_blocks(generated, train, k):
    return nearest(cdist(flat(generated), flat(train), "cityblock"), k)


@wrong("nearest_neighbours", says="these are means of absolute differences")
def neighbours_by_mean_differences(generated, train, k):
    return nearest(cdist(flat(generated), flat(train), "cityblock") / train[0].size, k)


@wrong("nearest_neighbours", says="these are the largest absolute differences")
def neighbours_by_largest_differences(generated, train, k):
    places, _ = nearest(distances_between(generated, train), k)
    largest = cdist(flat(generated), flat(train), "chebyshev")
    return places, np.take_along_axis(largest, places, axis=1)


@wrong("nearest_neighbours", says="they are not sorted with the indices")
def neighbours_with_the_first_distances(generated, train, k):
    distances = distances_between(generated, train)
    return nearest(distances, k)[0], distances[:, :k]


@wrong("nearest_neighbours", says="these are the largest distances")
def neighbours_with_the_largest_distances(generated, train, k):
    distances = distances_between(generated, train)
    return nearest(distances, k)[0], -np.sort(-distances)[:, :k]


@wrong("nearest_neighbours", says="their sign is wrong")
def neighbours_with_negative_distances(generated, train, k):
    values, places = ops.top_k(-distances_between(generated, train), k)
    return places, values


@wrong("nearest_neighbours", says="they are those to all training pictures")
def neighbours_with_all_distances(generated, train, k):
    distances = distances_between(generated, train)
    return nearest(distances, k)[0], distances


@wrong("nearest_neighbours", says="can be just below 0 for a copy")
def neighbours_below_zero(generated, train, k):
    a, b = (x.reshape(len(x), -1) for x in (generated, train))
    squares = (a * a).sum(1)[:, None] - 2 * a @ b.T + (b * b).sum(1)[None]
    return nearest(np.sqrt(squares), k)


@wrong(
    "nearest_neighbours",
    says="one neighbour): the indices: wrong shape. This is what you get when an axis",
)
def neighbours_squeezed(generated, train, k):
    return [
        np.squeeze(part) if k == 1 else part for part in neighbours_by_cdist(generated, train, k)
    ]


@wrong("nearest_neighbours", says="the indices: got shape (3,), expected (3, 2)")
def neighbours_of_argmin(generated, train, k):
    distances = distances_between(generated, train)
    return distances.argmin(1), distances.min(1)


@wrong("nearest_neighbours", says="expected two values: `return a, b`")
def neighbours_without_distances(generated, train, k):
    return nearest(distances_between(generated, train), k)[0]


@wrong("nearest_neighbours", says="the farthest are taken, the last k of argsort")
def neighbours_at_the_end(generated, train, k):
    distances = cdist(flat(generated), flat(train))
    indices = np.argsort(distances, axis=1)[:, -k:]
    return indices, np.take_along_axis(distances, indices, axis=1)


@wrong("nearest_neighbours", says="copies are left out")
def neighbours_that_are_no_copies(generated, train, k):
    distances = cdist(flat(generated), flat(train))
    indices = np.argsort(np.where(distances == 0, np.inf, distances), axis=1)[:, :k]
    return indices, np.take_along_axis(distances, indices, axis=1)


@wrong("nearest_neighbours", says="the indices are no integers. Make them with `astype(int)`")
def neighbours_in_arrays_of_floats(generated, train, k):
    distances = cdist(flat(generated), flat(train))
    indices = np.argsort(distances, axis=1)[:, :k]
    return indices.astype(float), np.take_along_axis(distances, indices, axis=1)


@right("nearest_neighbours")
def neighbours_by_a_heap_in_float64(generated, train, k):
    found = [
        heapq.nsmallest(k, ((np.sqrt(np.sum((g - t) ** 2)), i) for i, t in enumerate(train)))
        for g, train in ((np.float64(g), train) for g in generated)
    ]
    return np.array([[i for _, i in f] for f in found]), np.array(
        [[d for d, _ in f] for f in found]
    )


@right("nearest_neighbours")
def neighbours_by_a_tree(generated, train, k):
    distances, indices = KDTree(flat(train)).query(flat(generated), k=range(1, k + 1))
    return indices, distances


@wrong("nearest_neighbours", says="more pictures): the distances: wrong value.")
def neighbours_by_float16(generated, train, k):
    apart = distances_between(generated.astype("float16"), train.astype("float16"))
    places = nearest(distances_between(generated, train), k)[0]
    return places, np.take_along_axis(apart, places, axis=1)


@wrong("nearest_neighbours", says="all of them): the indices: wrong shape.")
def neighbours_with_axes_of_1_dropped(generated, train, k):
    return [np.squeeze(part) for part in nearest(distances_between(generated, train), k)]


@wrong(
    "nearest_neighbours", says="one neighbour): the indices: wrong shape. This is what you get w"
)
def neighbours_by_a_tree_for_one(generated, train, k):
    distances, indices = KDTree(flat(train)).query(flat(generated), k=k)
    return indices, distances


@wrong("nearest_neighbours", says="the indices are no integers")
def neighbours_as_masks(generated, train, k):
    distances = distances_between(generated, train)
    places = nearest(distances, k)[0]
    return places.astype("float32"), np.take_along_axis(distances, places, axis=1)


@wrong("nearest_neighbours", says="it is the angle that counts, not the distance")
def neighbours_by_cosine(generated, train, k):
    with np.errstate(all="ignore"):
        angles = np.nan_to_num(cdist(flat(generated), flat(train), "cosine"), nan=1.0)
    places = np.argsort(angles, axis=1, kind="stable")[:, :k]
    return places, np.take_along_axis(distances_between(generated, train), places, axis=1)


@wrong("nearest_neighbours", says="the same place comes twice")
def neighbours_looked_up_by_distance(generated, train, k):
    flat = [np.asarray(a, dtype=float).reshape(len(a), -1) for a in (generated, train)]
    every = np.sqrt(((flat[0][:, None] - flat[1]) ** 2).sum(axis=2))
    distances = np.sort(every, axis=1)[:, :k]
    indices = [
        [list(row).index(d) for d in best] for row, best in zip(every, distances, strict=True)
    ]
    return np.array(indices), distances


# type_direction


def mean_of(codes, its):
    return codes[its].mean(axis=0)


@right("type_direction")
def direction_by_loops(codes, types, a, b):
    sums, counts = {a: 0.0, b: 0.0}, {a: 0, b: 0}
    for code, its in zip(codes.astype(float), types, strict=True):
        for kind in sums:
            if its[kind]:
                sums[kind] = sums[kind] + code
                counts[kind] += 1
    return sums[b] / counts[b] - sums[a] / counts[a]


@right("type_direction")
def direction_by_a_product(codes, types, a, b):
    weights = types / types.sum(axis=0).clip(1)
    means = weights.T @ codes
    return means[b] - means[a]


@right("type_direction")
def direction_by_weights(codes, types, a, b):
    return np.average(codes, axis=0, weights=types[:, b]) - np.average(codes, 0, types[:, a])


@right("type_direction")
def direction_in_keras(codes, types, a, b):
    def mean(kind):
        its = ops.expand_dims(ops.convert_to_tensor(types)[:, kind], -1)
        return ops.sum(ops.where(its, codes, 0.0), axis=0) / ops.sum(ops.cast(its, "float32"))

    return mean(b) - mean(a)


@right("type_direction")
def direction_in_tf(codes, types, a, b):
    means = [tf.reduce_mean(tf.boolean_mask(codes, types[:, kind]), axis=0) for kind in (a, b)]
    return means[1] - means[0]


@right("type_direction")
def direction_by_places(codes, types, a, b):
    means = [np.mean([codes[i] for i in np.flatnonzero(types[:, kind])], axis=0) for kind in (a, b)]
    return (means[1] - means[0]).tolist()


@right("type_direction")
def direction_by_masked_arrays(codes, types, a, b):
    def mean(kind):
        return np.nanmean(np.where(types[:, [kind]], codes, np.nan), axis=0)

    return mean(b) - mean(a)


@wrong("type_direction", says="this is the way from b to a")
def direction_backwards(codes, types, a, b):
    return mean_of(codes, types[:, a]) - mean_of(codes, types[:, b])


@wrong("type_direction", says="these are medians: take means")
def direction_of_medians(codes, types, a, b):
    return np.median(codes[types[:, b]], axis=0) - np.median(codes[types[:, a]], axis=0)


@wrong("type_direction", says="the creature that has both a and b is left out.")
def direction_without_those_of_both(codes, types, a, b):
    return mean_of(codes, types[:, b] & ~types[:, a]) - mean_of(codes, types[:, a] & ~types[:, b])


@wrong("type_direction", says="creatures with two types are left out")
def direction_of_pure_types(codes, types, a, b):
    pure = types.sum(1) == 1
    return mean_of(codes, types[:, b] & pure) - mean_of(codes, types[:, a] & pure)


@wrong("type_direction", says="left out of the mean of a")
def direction_with_both_for_b(codes, types, a, b):
    return mean_of(codes, types[:, b]) - mean_of(codes, types[:, a] & ~types[:, b])


@wrong("type_direction", says="left out of the mean of b")
def direction_with_both_for_a(codes, types, a, b):
    return mean_of(codes, types[:, b] & ~types[:, a]) - mean_of(codes, types[:, a])


@wrong("type_direction", says="only the first type of a creature counts")
def direction_by_argmax(codes, types, a, b):
    first = types.argmax(axis=1)
    return mean_of(codes, first == b) - mean_of(codes, first == a)


@wrong("type_direction", says="counts half for each")
def direction_with_halves(codes, types, a, b):
    weights = types / types.sum(axis=1, keepdims=True)
    means = [np.average(codes, axis=0, weights=weights[:, kind]) for kind in (a, b)]
    return means[1] - means[0]


@wrong("type_direction", says="taken for places of creatures")
def direction_between_two_creatures(codes, types, a, b):
    return codes[b] - codes[a]


@wrong("type_direction", says="the mean over the latent dimensions is taken, too")
def direction_of_one_number(codes, types, a, b):
    return codes[types[:, b]].mean() - codes[types[:, a]].mean()


@wrong("type_direction", says="the codes are summed, not averaged")
def direction_of_sums(codes, types, a, b):
    return codes[types[:, b]].sum(axis=0) - codes[types[:, a]].sum(axis=0)


@wrong("type_direction", says="divided by the number of all creatures")
def direction_of_all_counted(codes, types, a, b):
    return np.mean(codes * types[:, [b]], axis=0) - np.mean(codes * types[:, [a]], axis=0)


@wrong("type_direction", says="the mean of all creatures is subtracted")
def direction_from_the_mean_of_all(codes, types, a, b):
    return mean_of(codes, types[:, b]) - codes.mean(axis=0)


@wrong("type_direction", says="the mean of those without b is subtracted")
def direction_from_those_without_b(codes, types, a, b):
    return mean_of(codes, types[:, b]) - mean_of(codes, ~types[:, b])


@wrong("type_direction", says="the mean of those without a is subtracted")
def direction_from_those_without_a(codes, types, a, b):
    return mean_of(codes, types[:, b]) - mean_of(codes, ~types[:, a])


@wrong("type_direction", says="the mean of a is not subtracted")
def direction_to_b(codes, types, a, b):
    return mean_of(codes, types[:, b])


@wrong("type_direction", says="this is the middle between both means")
def direction_to_the_middle(codes, types, a, b):
    return 0.5 * (mean_of(codes, types[:, b]) + mean_of(codes, types[:, a]))


@wrong("type_direction", says="it is scaled to length 1")
def direction_of_length_1(codes, types, a, b):
    way = mean_of(codes, types[:, b]) - mean_of(codes, types[:, a])
    return way / np.linalg.norm(way)


@wrong("type_direction", says="your code raised IndexError")
def direction_by_rows(codes, types, a, b):
    return mean_of(codes, types[b]) - mean_of(codes, types[a])


@wrong("type_direction", says="got shape (1, 2), expected (2,)")
def direction_with_an_axis_too_many(codes, types, a, b):
    return codes[types[:, b]].mean(0, keepdims=True) - codes[types[:, a]].mean(0, keepdims=True)


@wrong("type_direction", says="only the last type of a creature counts")
def direction_by_the_last_type(codes, types, a, b):
    kind = np.array([np.flatnonzero(its)[-1] if its.any() else -1 for its in types])
    return codes[kind == b].mean(axis=0) - codes[kind == a].mean(axis=0)


@wrong("type_direction", says="both sums are divided by the number of a")
def direction_over_the_number_of_a(codes, types, a, b):
    return (codes[types[:, b]].sum(0) - codes[types[:, a]].sum(0)) / types[:, a].sum()


@wrong("type_direction", says="creatures of a and b are taken in pairs")
def direction_in_pairs(codes, types, a, b):
    pairs = zip(codes[types[:, a]], codes[types[:, b]], strict=False)
    return np.mean([second - first for first, second in pairs], axis=0)


@wrong("type_direction", says="there is a factor ½")
def direction_of_half_the_length(codes, types, a, b):
    return (codes[types[:, b]].mean(axis=0) - codes[types[:, a]].mean(axis=0)) / 2


@right("type_direction")
def direction_by_einsum_in_float64(codes, types, a, b):
    chosen = np.float64(types[:, [a, b]])
    from_a, to_b = np.einsum("nt,nd->td", chosen, codes) / chosen.sum(axis=0)[:, None]
    return to_b - from_a


@right("type_direction")
def direction_by_least_squares(codes, types, a, b):
    def mean(kind):
        column = np.float64(types[:, [kind]])
        return np.linalg.lstsq(column, column * codes, rcond=None)[0][0]

    return tf.convert_to_tensor(mean(b) - mean(a))


@wrong("type_direction", says="true and false are taken for the places 1 and 0")
def direction_by_truth_values_as_places(codes, types, a, b):
    its = types.astype(int)
    return codes[its[:, b]].mean(axis=0) - codes[its[:, a]].mean(axis=0)


@wrong(
    "type_direction", says="(hidden case: left and right, which are known exactly): wrong shape."
)
def direction_squeezed(codes, types, a, b):
    return np.squeeze(mean_of(codes, types[:, b]) - mean_of(codes, types[:, a]))


@wrong("type_direction", says="all creatures have both types): your code raised ValueError.")
def direction_between_types_that_differ(codes, types, a, b):
    if (types[:, a] == types[:, b]).all() and a != b:
        raise ValueError("the same creatures")
    return mean_of(codes, types[:, b]) - mean_of(codes, types[:, a])


@wrong("type_direction", says="one creature of each type): not every value is finite.")
def direction_over_one_less(codes, types, a, b):
    def mean(kind):
        its = codes[types[:, kind]]
        with np.errstate(all="ignore"):
            return its.mean(axis=0) if len(its) > 1 else its.sum(axis=0) / (len(its) - 1)

    return mean(b) - mean(a)
