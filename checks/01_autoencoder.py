"""The checks of 01_autoencoder, a function for each exercise."""

from itertools import combinations

import numpy as np
from scipy import special

from vaelib.checks import call, check_close, check_pair, check_shape, check_true, check_weights
from vaelib.checks.oracles import dense_forward, identity, random_weights, relu, sigmoid


def check_pca_reconstruction(pca_reconstruction):
    """shape and mean squared error of five points in 3-D, one component kept"""
    points = np.array([[1, 2, 0], [2, 4, 1], [3, 5, 3], [4, 9, 2], [5, 10, 6]], dtype="float32")
    x_hat = call("pca_reconstruction", pca_reconstruction, points, 1)
    check_shape("pca_reconstruction", x_hat, (5, 3))
    check_close(
        "pca_reconstruction",
        np.mean((np.asarray(x_hat) - points) ** 2),
        0.384307,
        what="mean squared error on five points, k = 1",
        rtol=1e-4,
        mistakes={
            "the mean is not taken away first": 0.483393,
            "the mean is not added back": 17.304307,
            "the directions are taken from U, not from V": 5.053604,
            "the directions are columns of vt instead of rows": 4.443716,
            "one mean is taken over all pixels": 2.504625,
            "the mean of each image is taken away, not the mean of each pixel": 0.165539,
            "the directions come from x, not from x minus its mean": 0.463113,
            "x is projected, not x minus its mean": 16.828592,
            "the k components with the least variation are kept": 5.141946,
            "one component too many is kept": 0.00472,
            "the best direction is left out; the indices start at 0": 4.76708,
            "every image comes back as the mean, as if no component were kept": 5.146667,
            "the singular values are left out of the product": 4.086407,
            "the pixels are divided by their standard deviation first": 0.415943,
        },
    )

    # BEGIN HIDDEN TESTS
    def check_case(case, n, d, k, seed=0):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 5 * rng.normal(size=d)
        if "never changes" in case:
            x[:, -1] = 2.5
        x = x.astype("float32")
        mean, x_64 = x.mean(axis=0, dtype=float), x.astype(float)
        centred = x_64 - mean
        # Another route than the SVD: eigenvectors of the covariance, which eigh sorts upwards.
        best = np.linalg.eigh(centred.T @ centred)[1][:, ::-1]

        def kept(part):
            return centred @ best[:, part] @ best[:, part].T

        of_raw = np.linalg.svd(x_64, full_matrices=False)[2][:k]
        mistakes = {
            "the mean is not taken away first": x_64 @ of_raw.T @ of_raw,
            "the mean is not added back": kept(slice(k)),
            "x is projected, not x minus its mean": mean + x_64 @ best[:, :k] @ best[:, :k].T,
            "the directions come from x, not from x minus its mean": (
                mean + centred @ of_raw.T @ of_raw
            ),
            "one component too many is kept": mean + kept(slice(k + 1)),
            "one component is missing": mean + kept(slice(k - 1)),
            "the component of index k alone is kept": mean + kept(slice(k, k + 1)),
        }
        got = call("pca_reconstruction", pca_reconstruction, x, k, case=case)
        expected = mean + kept(slice(k))
        check_close("pca_reconstruction", got, expected, atol=1e-3, mistakes=mistakes, case=case)

    check_case("as many points as dimensions", n=6, d=6, k=2)
    check_case("more points than dimensions", n=40, d=7, k=3)
    check_case("fewer points than dimensions", n=5, d=30, k=3)
    check_case("the same shape, other values", n=5, d=30, k=3, seed=1)
    check_case("all components kept", n=9, d=4, k=4)
    check_case("a pixel that never changes", n=20, d=5, k=2)
    # END HIDDEN TESTS


def check_mse_per_image(mse_per_image):
    """two images of known errors, flat and with height, width and channels"""
    x = np.array([[0, 0.5, 1, 1], [0.2, 0.4, 0.6, 0.8]], dtype="float32")
    x_hat = np.array([[0, 0.5, 0.6, 0.8], [0.7, 0.4, 0.6, 0.2]], dtype="float32")
    for shape in ((2, 4), (2, 2, 1, 2)):
        check_close(
            "mse_per_image",
            call("mse_per_image", mse_per_image, x.reshape(shape), x_hat.reshape(shape)),
            [0.05, 0.1525],
            what=f"two images, together of shape {shape}",
            mistakes={
                "the errors are averaged over the batch": 0.10125,
                "the errors are averaged over the batch, too": [0.10125, 0.10125],
                "pixels are summed instead of averaged": [0.2, 0.61],
                "the sum is divided by 784, whatever the number of pixels": [0.000255, 0.000778],
                "the squares are halved": [0.025, 0.07625],
                "the square root is taken": [0.223607, 0.390512],
                "the absolute value is taken instead of the square": [0.15, 0.275],
                "the difference is not squared": [0.15, 0.025],
                "the mean is squared instead of the differences": [0.0225, 0.000625],
            },
        )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)

    def check_case(case, shape, scale=1.0):
        x = rng.random(shape).astype("float32")
        x_hat = (x + scale * rng.normal(size=shape)).astype("float32")
        difference = (x.astype(float) - x_hat).reshape(len(x), -1)
        expected = (difference**2).mean(axis=1)
        clipped = np.square(x - np.clip(x_hat, 0, 1)).reshape(len(x), -1).mean(axis=1)
        mistakes = {
            "the errors are averaged over the batch, too": np.full(len(x), expected.mean()),
            "pixels are summed instead of averaged": (difference**2).sum(axis=1),
            "the square root is taken": np.sqrt(expected),
            "the absolute value is taken instead of the square": abs(difference).mean(axis=1),
            "the difference is not squared": difference.mean(axis=1),
            "the reconstructions are cut to [0, 1]": clipped,
        }
        if len(x) > 1:
            mistakes["the errors are averaged over the batch"] = expected.mean()
        got = call("mse_per_image", mse_per_image, x, x_hat, case=case)
        check_close(
            "mse_per_image", got, expected, rtol=1e-3, atol=2e-7, mistakes=mistakes, case=case
        )

    check_case("flat images", (5, 8))
    check_case("the same shape, other values", (5, 8))
    check_case("images without a channel", (6, 4, 9))
    check_case("two channels", (3, 5, 7, 2))
    check_case("a time axis, too", (4, 2, 3, 6, 8))
    check_case("one image", (1, 5, 7, 1))
    check_case("small errors", (6, 9), scale=0.01)
    check_case("images of one pixel", (4, 1))
    # END HIDDEN TESTS


def check_build_dense_encoder(build_dense_encoder):
    """shapes of all weights, and the code of a grey image under known weights"""
    grey = np.full((1, 28, 28, 1), 0.5, dtype="float32")
    encoder = call("build_dense_encoder", build_dense_encoder, 2)
    flat = getattr(encoder, "input_shape", None) == (None, 784)
    problem = "the model takes flat images. It has to take images of shape (28, 28, 1)."
    check_true("build_dense_encoder", not flat, problem)
    call("build_dense_encoder", encoder, grey)
    shapes = [(784, 256), (256,), (256, 64), (64,), (64, 2), (2,)]
    check_weights(
        "build_dense_encoder",
        encoder,
        shapes,
        mistakes={
            "the image is not flattened first": [(1, 256), *shapes[1:]],
            "the dense layer of 64 is missing": [(784, 256), (256,), (256, 2), (2,)],
            "the dense layer of 256 is missing": [(784, 64), (64,), *shapes[4:]],
            "the dense layer of latent_dim units is missing": shapes[:4],
            "the two hidden layers are in the wrong order": [
                *[(784, 64), (64,), (64, 256), (256,), (256, 2), (2,)]
            ],
            "the biases are missing": shapes[::2],
        },
    )

    # Known weights give a known code: every weight 0.01, some of them negative.
    weights = [np.full(shape, 0.01) for shape in shapes]
    weights[0][:, :96] *= -1
    weights[2][:, :16] *= -1
    weights[4][:, 0] *= -1
    encoder.set_weights(weights)
    check_close(
        "build_dense_encoder",
        call("build_dense_encoder", encoder, grey),
        [[-3.01304, 3.03304]],
        rtol=3e-3,  # a GPU may round the products
        what="the code of a grey image under known weights",
        mistakes={
            "the code goes through a ReLU": [[0, 3.03304]],
            "the code goes through a leaky ReLU": [[-0.602608, 3.03304]],
            "the code goes through a tanh": [[-0.995182, 0.99537]],
            "the code goes through a sigmoid": [[0.04684, 0.954045]],
            "the code goes through a softmax": [[0.002362, 0.997638]],
            "the hidden layers have no activation": [[-0.807408, 0.827408]],
            "the dense layer of 64 has no activation": [[-2.00856, 2.02856]],
            "the dense layer of 256 has no activation": [[-1.211312, 1.231312]],
            "the hidden layers have a leaky ReLU instead of a ReLU": [[-2.475821, 2.495821]],
            "the hidden layers have a slightly leaky ReLU instead of a ReLU": [
                [-2.985038, 3.005038]
            ],
            "the hidden layers have a LeakyReLU instead of a ReLU": [[-2.225229, 2.245229]],
            "the hidden layers have an ELU instead of a ReLU": [[-2.402244, 2.422244]],
            "the hidden layers have a SiLU (swish) instead of a ReLU": [[-2.910744, 2.930744]],
            "the hidden layers have a softplus instead of a ReLU": [[-3.038248, 3.058248]],
            "the hidden layers have a tanh instead of a ReLU": [[-0.175014, 0.195014]],
            "the hidden layers have a sigmoid instead of a ReLU": [[-0.416609, 0.436609]],
            "the hidden layers have a ReLU that is cut off at 6": [[-2.87, 2.89]],
            "the image is divided by 255": [[-0.014286, 0.034286]],
        },
    )
    # BEGIN HIDDEN TESTS
    name = "build_dense_encoder"

    def check_case(case, n, d):
        # Weights so large that the code leaves the range of any activation or clip.
        x = np.random.default_rng(d).random((n, 28, 28, 1)).astype("float32")
        shapes = [(784, 256), (256,), (256, 64), (64,), (64, d), (d,)]
        encoder, other = (call(name, build_dense_encoder, d, case=case) for _ in range(2))
        call(name, other, x, case=case, steady=False)
        first = call(name, encoder, x, case=case, steady=False)
        learning = call(name, lambda x: encoder(x, training=True), x, case=case, steady=False)
        mistakes = {"the latent dimension is always 2": [*shapes[:-2], (64, 2), (2,)]}
        check_weights(name, encoder, shapes, mistakes=mistakes, case=case)
        problem = "it does something else while it is trained, as Dropout does."
        check_true(name, np.allclose(first, learning, atol=1e-4), problem, case=case)
        weights, before = [3 * w for w in random_weights(shapes, seed=d)], other.get_weights()
        encoder.set_weights(weights)
        alone = all(np.array_equal(a, b) for a, b in zip(before, other.get_weights()))
        problem = "two calls return models that share their layers. Make new layers in each call."
        check_true(name, alone, problem, case=case)

        def code(hidden=relu, last=identity):
            return dense_forward(x, weights, hidden=hidden, last=last)

        got = call(name, encoder, x, case=case)
        mistakes = {
            "the code goes through a ReLU": code(last=relu),
            "the code goes through a tanh": code(last=np.tanh),
            "the code goes through a sigmoid": code(last=sigmoid),
            "the code is cut off at ±5": code(last=lambda h: np.clip(h, -5, 5)),
            "the hidden layers have no activation": code(identity),
            "the hidden layers have a GELU instead of a ReLU": code(lambda h: h * special.ndtr(h)),
            "the hidden layers have a leaky ReLU instead of a ReLU": code(
                lambda h: np.maximum(h, 0.01 * h)
            ),
        }
        check_close(name, got, code(), rtol=3e-3, atol=1e-2, mistakes=mistakes, case=case)

    check_case("one latent dimension", n=3, d=1)
    check_case("a hundred latent dimensions, one image", n=1, d=100)
    # END HIDDEN TESTS


def check_build_dense_decoder(build_dense_decoder):
    """shapes of all weights, and two pixels of an image under known weights"""
    z = np.array([[0.5, 1.0]], dtype="float32")
    decoder = call("build_dense_decoder", build_dense_decoder, 2)
    check_shape("build_dense_decoder", call("build_dense_decoder", decoder, z), (1, 28, 28, 1))
    shapes = [(2, 64), (64,), (64, 256), (256,), (256, 784), (784,)]
    check_weights(
        "build_dense_decoder",
        decoder,
        shapes,
        mistakes={
            "the two hidden layers are in the wrong order": [
                *[(2, 256), (256,), (256, 64), (64,), (64, 784), (784,)]
            ],
            "one layer is used twice": [
                *[(2, 64), (64,), (64, 64), (64,), (64, 256), (256,), (256, 784), (784,)]
            ],
            "the dense layer of 64 is missing": [(2, 256), *shapes[3:]],
            "the dense layer of 256 is missing": [*shapes[:2], (64, 784), (784,)],
            "the biases are missing": shapes[::2],
        },
    )

    # Known weights give a known image: its upper half is dark, its lower half is bright.
    weights = [np.full(shape, 0.1) for shape in shapes]
    weights[0][:, :16] *= -1
    weights[2][:, :64] *= -1
    weights[4] *= 0.1
    weights[4][:, :392] *= -1
    decoder.set_weights(weights)
    check_close(
        "build_dense_decoder",
        np.ravel(call("build_dense_decoder", decoder, z))[[0, -1]],
        [0.083478, 0.930604],
        rtol=3e-3,  # a GPU may round the products
        what="the first and the last pixel under known weights",
        mistakes={
            "the sigmoid at the end is missing": [-2.396, 2.596],
            "the image goes through a ReLU": [0, 2.596],
            "the image goes through a tanh": [-0.983545, 0.98894],
            "the image goes through a hard sigmoid": [0.100667, 0.932667],
            "the sigmoid is taken twice": [0.520857, 0.717198],
            "the image is cut to [0, 1], with no sigmoid": [0, 1],
            "the image goes through a softmax": [0.000017, 0.002534],
            "the hidden layers have no activation": [0.16944, 0.856878],
            "the dense layer of 64 has no activation": [0.096007, 0.920004],
            "the dense layer of 256 has no activation": [0.155513, 0.868983],
            "the hidden layers have a leaky ReLU instead of a ReLU": [0.097393, 0.918828],
            "the hidden layers have a slightly leaky ReLU instead of a ReLU": [0.084136, 0.930048],
            "the hidden layers have a LeakyReLU instead of a ReLU": [0.104956, 0.912402],
            "the hidden layers have an ELU instead of a ReLU": [0.137465, 0.884577],
            "the hidden layers have a GELU instead of a ReLU": [0.275405, 0.762669],
            "the hidden layers have a SiLU (swish) instead of a ReLU": [0.325578, 0.716721],
            "the hidden layers have a tanh instead of a ReLU": [0.266624, 0.770621],
            "the hidden layers have a sigmoid instead of a ReLU": [0.143201, 0.879633],
        },
    )
    # BEGIN HIDDEN TESTS
    name = "build_dense_decoder"

    def check_case(case, n, d):
        z = 5 * np.random.default_rng(d).normal(size=(n, d)).astype("float32")
        shapes = [(d, 64), (64,), (64, 256), (256,), (256, 784), (784,)]
        decoder, other = (call(name, build_dense_decoder, d, case=case) for _ in range(2))
        fixed = getattr(decoder, "input_shape", None) == (None, 2)
        check_true(name, not fixed, "the latent dimension is always 2.", case=case)
        call(name, other, z, case=case, steady=False)
        first = call(name, decoder, z, case=case, steady=False)
        check_weights(name, decoder, shapes, case=case)
        check_shape(name, first, (n, 28, 28, 1), case=case)
        learning = call(name, lambda z: decoder(z, training=True), z, case=case, steady=False)
        problem = "it does something else while it is trained, as Dropout does."
        check_true(name, np.allclose(first, learning, atol=1e-4), problem, case=case)
        weights, before = random_weights(shapes, seed=d), other.get_weights()
        decoder.set_weights(weights)
        alone = all(np.array_equal(a, b) for a, b in zip(before, other.get_weights()))
        problem = "two calls return models that share their layers. Make new layers in each call."
        check_true(name, alone, problem, case=case)

        def image(hidden=relu, last=sigmoid):
            return dense_forward(z, weights, hidden=hidden, last=last).reshape(n, 28, 28, 1)

        got = call(name, decoder, z, case=case)
        mistakes = {
            "the sigmoid at the end is missing": image(last=identity),
            "the image goes through a ReLU": image(last=relu),
            "the image goes through a tanh": image(last=np.tanh),
            "the logits are cut off at ±5": image(last=lambda h: sigmoid(np.clip(h, -5, 5))),
            "rows and columns of the image are swapped": image().transpose(0, 2, 1, 3),
            "the hidden layers have no activation": image(identity),
            "the hidden layers have a ReLU that is cut off at 6": image(lambda h: np.clip(h, 0, 6)),
            "the hidden layers have a leaky ReLU instead of a ReLU": image(
                lambda h: np.maximum(h, 0.01 * h)
            ),
        }
        check_close(name, got, image(), rtol=0, atol=3e-3, mistakes=mistakes, case=case)

    check_case("one latent dimension", n=3, d=1)
    check_case("a hundred latent dimensions, one image", n=1, d=100)
    # END HIDDEN TESTS


def check_add_noise(add_noise):
    """range, a repeated seed, fresh noise for every pixel, its mean and standard deviation"""
    x = np.full((80, 28, 28, 1), 0.4, dtype="float32")
    loud = call("add_noise", add_noise, x, 0.5, 3)
    check_shape("add_noise", loud, x.shape)
    check_true("add_noise", np.all(np.isfinite(loud)), "some values are no numbers, but NaN.")
    in_range = np.min(loud) >= 0 and np.max(loud) <= 1
    check_true("add_noise", in_range, "the result leaves [0, 1]. Cut it to that range.")
    again = call("add_noise", add_noise, x, 0.5, 3)
    check_true("add_noise", np.array_equal(loud, again), "the same seed gives other noise.")

    noise = np.asarray(call("add_noise", add_noise, x, 0.01, 3)) - x
    check_true("add_noise", noise.any(), "there is no noise at all.")
    check_true("add_noise", noise.mean() > -0.2, "the noise is returned without the image.")
    same = np.allclose(noise[0], noise[1])
    check_true("add_noise", not same, "all images get the same noise. Draw some for each image.")
    constant = noise[0].std() < 1e-6
    check_true("add_noise", not constant, "every pixel of an image gets the same noise.")
    drawn = noise[noise != 0]
    repeated = len(np.unique(drawn)) < 0.9 * drawn.size
    check_true(
        "add_noise", not repeated, "the noise repeats. Draw it for every pixel of every image."
    )

    # 62,720 draws: a right answer leaves the bands of 3% and 2% in fewer than 1 run of a million.
    what = "mean of the noise, in standard deviations"
    wrong = {
        "the noise is never negative": 1.324,
        "the noise lies between 0 and sigma": 3**0.5,
        "the noise is cut to [0, 1] before it is added": 0.683,
    }
    check_close("add_noise", noise.mean() / noise.std(), 0, atol=0.03, what=what, mistakes=wrong)
    check_close(
        "add_noise",
        noise.std(),
        0.01,
        rtol=0.02,
        what="standard deviation of the noise for sigma = 0.01",
        mistakes={
            "sigma is used as the variance": 0.1,
            "sigma is squared": 0.0001,
            "the noise is multiplied by the image": 0.004,
            "the noise is uniform between −sigma and sigma": 0.01 / 3**0.5,
            "the noise is cut off at two standard deviations": 0.0088,
        },
    )
    # BEGIN HIDDEN TESTS
    name = "add_noise"
    rng = np.random.default_rng(0)

    case = "seeds: 0, the largest, and between"
    few = np.full((6, 28, 28, 1), 0.5, dtype="float32")
    seeds = (0, 1, 1000, 2**16, 2**31 - 3, 2**31 - 1)
    results = [np.asarray(call(name, add_noise, few, 0.1, seed, case=case)) for seed in seeds]
    pairs = combinations(results[:-1], 2)  # to Keras the last seed is 1, modulo 2**31 − 2
    ignored = any(np.array_equal(one, other) for one, other in pairs)
    check_true(name, not ignored, "another seed gives the same noise.", case=case)

    for case in ("no noise", "no noise, other images"):
        x = rng.random((5, 7, 9, 2)).astype("float32")
        got = call(name, add_noise, x, 0.0, 5, case=case)
        check_close(name, got, x, what="images for sigma = 0", case=case)

    for case, shape in {
        "flat images": (300, 50),
        "images without a channel": (40, 20, 18),
        "two channels": (3, 60, 40, 2),
        "five axes": (6, 3, 25, 16, 2),
        "one image": (1, 110, 130, 1),
        "images of one pixel": (13_000, 1),
    }.items():
        x = np.full(shape, 0.5, dtype="float32")
        noisy = call(name, add_noise, x, 0.02, 7, case=case)
        check_shape(name, noisy, shape, case=case)
        noise = np.asarray(noisy) - x
        repeated = len(np.unique(noise)) < 0.9 * noise.size
        problem = "the noise repeats. Draw it for every pixel of every image."
        check_true(name, not repeated, problem, case=case)
        # For Gaussian noise 68.3% lie within one sigma, give or take 0.4%; for uniform noise 57.7%.
        what, within = "share of the noise within one sigma", np.mean(np.abs(noise) < 0.02)
        wrong = {"the noise is uniform, with standard deviation sigma": 0.5774}
        check_close(name, within, 0.6827, atol=0.03, what=what, mistakes=wrong, case=case)

    case = "black and white images"
    x = np.repeat([[0.0], [1.0]], 40_000, axis=1).astype("float32")
    noisy = call(name, add_noise, x, 0.1, 8, case=case)
    # Half of the noise is cut off: the mean moves by sigma / √(2π), give or take 0.0003.
    expected = [0.1 / np.sqrt(2 * np.pi), 1 - 0.1 / np.sqrt(2 * np.pi)]
    check_close(name, np.mean(noisy, axis=1), expected, atol=0.0018, what="mean", case=case)
    # END HIDDEN TESTS


def check_denoising_pairs(denoising_pairs):
    """six images: shapes, a clean target, an input that is not clean"""
    name = "denoising_pairs"
    x = np.random.default_rng(0).random((6, 8, 8, 1)).astype("float32")
    first, second = check_pair(name, call(name, denoising_pairs, x, 0.3, 1))
    check_shape(name, first, x.shape, what="the input")
    check_shape(name, second, x.shape, what="the target")
    clean = [np.allclose(first, x), np.allclose(second, x)]
    check_true(name, clean != [True, False], "input and target are swapped.")
    is_noise = np.allclose(np.abs(np.subtract(first, x)), np.abs(second), atol=1e-5)
    problem = "the target is not the clean image but the noise."
    check_true(name, not is_noise or any(clean), problem)
    check_true(name, clean[1] or clean[0], "the target is not the clean image x.")
    check_true(name, clean != [True, True], "the input is clean. It must be the noisy image.")
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(1)

    def pair(case, x, sigma, seed):
        got = check_pair(name, call(name, denoising_pairs, x, sigma, seed, case=case), case=case)
        check_shape(name, got[0], x.shape, what="the input", case=case)
        check_shape(name, got[1], x.shape, what="the target", case=case)
        problem = "the target is not the clean image x."
        check_true(name, np.allclose(got[1], x), problem, case=case)
        return np.asarray(got[0])

    case = "seeds: 0, the largest, and between"
    seeds = (0, 1, 1000, 2**16, 2**31 - 3, 2**31 - 1)
    results = [pair(case, x, 0.3, seed) for seed in seeds]
    pairs = combinations(results[:-1], 2)  # to Keras the last seed is 1, modulo 2**31 − 2
    ignored = any(np.array_equal(one, other) for one, other in pairs)
    check_true(name, not ignored, "the seed is not handed on to the noise.", case=case)

    for case in ("no noise", "no noise, other images"):
        x = rng.random((6, 8, 8, 1)).astype("float32")
        quiet = pair(case, x, 0.0, 1)
        check_true(name, np.allclose(quiet, x), "sigma is not handed on to the noise.", case=case)

    for case, shape in {
        "flat images": (30, 90),
        "images without a channel": (20, 12, 14),
        "two channels, five axes": (4, 3, 15, 20, 2),
        "one image": (1, 50, 60, 1),
    }.items():
        x = np.full(shape, 0.5, dtype="float32")
        deviation = [np.std(pair(case, x, sigma, 1) - x) for sigma in (0.01, 0.05)]
        # More than 2,000 draws: a right answer stays within 10%.
        what = "standard deviation of the noise in the input, for sigma = 0.01 and 0.05"
        wrong = {
            "sigma is used as the variance": [0.1, 0.05**0.5],
            "sigma is squared": [0.0001, 0.0025],
        }
        check_close(name, deviation, [0.01, 0.05], rtol=0.1, what=what, mistakes=wrong, case=case)

    case = "strong noise"
    loud = pair(case, np.full((5, 12, 14, 1), 0.5, dtype="float32"), 2.0, 1)
    in_range = loud.min() >= 0 and loud.max() <= 1
    check_true(name, in_range, "the input leaves [0, 1]: it is cut as in `add_noise`.", case=case)
    # END HIDDEN TESTS
