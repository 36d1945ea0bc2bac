"""The checks of 04_cnn_vae, a function for each exercise."""

from contextlib import suppress

import numpy as np
from scipy import special, stats

from vaelib.checks import call, check_close, check_pair, check_shape, check_true, check_weights
from vaelib.checks.oracles import conv2d, conv2d_transpose, identity, random_weights, relu, sigmoid
from vaelib.losses import importance_weighted_bound


def check_build_conv_encoder(build_conv_encoder):
    """latent_dim 2: all weights, outputs under known weights, training, a second model"""
    name = "build_conv_encoder"
    x = 4 * np.random.default_rng(0).normal(size=(4, 28, 28, 1)).astype("float32")

    def forward(
        w, *, hidden=(relu, relu, relu), heads=(identity, identity), first="same", pool=None
    ):
        """z_mean and z_log_var of x, stacked, in numpy."""
        h = x
        for i in range(2):
            padding = first if i == 0 else "same"
            h = conv2d(h, w[2 * i], w[2 * i + 1], strides=1 if pool else 2, padding=padding)
            h = hidden[i](h)
            if pool:
                n, side, _, filters = h.shape
                h = pool(h.reshape(n, side // 2, 2, side // 2, 2, filters), axis=(2, 4))
        h = hidden[2](h.reshape(len(h), -1) @ w[4] + w[5])
        return np.stack([heads[0](h @ w[6] + w[7]), heads[1](h @ w[8] + w[9])])

    def check_case(d, case=None):
        encoder, other = (call(name, build_conv_encoder, d, case=case) for _ in range(2))
        known = getattr(encoder, "built", False) and hasattr(encoder, "inputs")
        what = "the encoder's output"
        plain = check_pair(name, call(name, encoder, x, case=case), what=what, case=case)
        problem = "Keras does not know its shapes. Begin with `keras.Input(…)`, not with a class."
        check_true(name, known, problem, case=case)
        swapped = getattr(encoder, "output_names", None) == ["z_log_var", "z_mean"]
        check_true(
            name, not swapped, "z_log_var is returned first. Return z_mean first.", case=case
        )
        trunk = [(3, 3, 1, 32), (32,), (3, 3, 32, 64), (64,), (3136, 16), (16,)]
        head = [(16, d), (d,)]
        shapes = [*trunk, *head, *head]
        flat = lambda size: [*trunk[:4], (size, 16), (16,), *head, *head]
        check_weights(
            name,
            encoder,
            shapes,
            mistakes={
                "the padding is `valid` instead of `same`": flat(6 * 6 * 64),
                "the stride of 2 is missing in one convolution": flat(14 * 14 * 64),
                "the stride of 2 is missing in both convolutions": flat(28 * 28 * 64),
                "the image is not flattened before the dense layer": flat(64),
                "the filters are in the wrong order": [
                    *[(3, 3, 1, 64), (64,), (3, 3, 64, 32), (32,), (1568, 16), (16,), *head, *head]
                ],
                "the second convolution is missing": [
                    *[(3, 3, 1, 32), (32,), (14 * 14 * 32, 16), (16,), *head, *head]
                ],
                "the dense layer of 16 is missing": [*trunk[:4], *[(3136, d), (d,)] * 2],
                "one head gives both outputs": [*trunk, *head],
                "one layer of 2 · latent_dim units stands for the two heads": [
                    *[*trunk, (16, 2 * d), (2 * d,)]
                ],
                "z_log_var is computed from z_mean instead of the 16 units": [
                    *[*trunk, *head, (d, d), (d,)]
                ],
                "the biases are missing": shapes[::2],
                "the latent size is always 2": [*trunk, *[(16, 2), (2,)] * 2],
            },
            case=case,
        )
        learning = call(name, lambda x: encoder(x, training=True), x, case=case)
        learning = check_pair(name, learning, what=what, case=case)
        for one, two in zip(plain, learning):
            check_shape(name, one, (4, d), what="z_mean or z_log_var", case=case)
            problem = "it does something else while it is trained, as Dropout does."
            check_true(name, np.allclose(one, two, rtol=3e-3, atol=3e-3), problem, case=case)
        call(name, other, x, case=case)
        weights, before = random_weights(shapes, seed=d), other.get_weights()
        for i, factor in ((4, 4), (6, 1 / 4), (8, 1 / 4)):  # so that some of the 16 are large
            weights[i] *= factor
        encoder.set_weights(weights)
        alone = all(np.array_equal(a, b) for a, b in zip(before, other.get_weights()))
        problem = "two calls return models that share their layers. Make new layers in each call."
        check_true(name, alone, problem, case=case)

        on_a_head = {"a ReLU": relu, "a tanh": np.tanh, "an exp": np.exp}
        on_a_head |= {"a softplus": lambda h: np.logaddexp(0, h), "a sigmoid": sigmoid}
        mistakes = {
            f"{what} stands on {heads}": forward(weights, heads=pair)
            for what, function in on_a_head.items()
            for heads, pair in {
                "both heads": (function, function),
                "one of the heads": (identity, function),
                "one of the two heads": (function, identity),
            }.items()
        }
        for i, layer in enumerate(("first convolution", "second convolution", "dense layer of 16")):
            hidden = [identity if i == j else relu for j in range(3)]
            mistakes[f"the {layer} has no activation"] = forward(weights, hidden=hidden)
        mistakes |= {
            "no layer has an activation": forward(weights, hidden=[identity] * 3),
            "the convolutions have no activation": forward(
                weights, hidden=(identity, identity, relu)
            ),
            "the padding of the first convolution is `valid`": forward(weights, first="valid"),
            "max pooling stands for the strides": forward(weights, pool=np.max),
            "average pooling stands for the strides": forward(weights, pool=np.mean),
        }
        expected = forward(weights)
        got = np.stack([np.asarray(h, dtype=float) for h in call(name, encoder, x, case=case)])
        close = lambda a, b: np.isclose(a, b, rtol=3e-3, atol=3e-3)
        # The heads may be made in either order: what is returned first is z_mean.
        turned = any(close(got[::-1], a).all() for a in (expected, *mistakes.values()))
        if turned or close(got[::-1], expected).sum() > close(got, expected).sum():
            got = got[::-1]
        check_close(
            name,
            got,
            expected,
            rtol=3e-3,
            atol=3e-3,
            mistakes=mistakes,
            what="z_mean and z_log_var, stacked, under known weights",
            case=case,
        )

    check_case(2)
    # BEGIN HIDDEN TESTS
    check_case(1, "a code of one number")
    check_case(20, "a longer code")
    # END HIDDEN TESTS


def check_build_conv_decoder(build_conv_decoder):
    """latent_dim 2: all weights, logits under known weights, training, a second model"""
    name = "build_conv_decoder"

    def forward(
        z, w, *, hidden=(relu, relu, relu), last=identity, strides=(2, 2, 1), repeated=False
    ):
        """The logits of z in numpy."""
        h = hidden[0](z @ w[0] + w[1]).reshape(-1, 7, 7, 64)
        for i, activation in enumerate((*hidden[1:], last), start=1):
            stride = strides[i - 1]
            if repeated and stride == 2:
                h, stride = h.repeat(2, axis=1).repeat(2, axis=2), 1
            h = activation(conv2d_transpose(h, w[2 * i], w[2 * i + 1], strides=stride))
        return h

    def check_case(d, case=None):
        z = 2 * np.random.default_rng(d).normal(size=(4, d)).astype("float32")
        decoder, other = (call(name, build_conv_decoder, d, case=case) for _ in range(2))
        known = getattr(decoder, "built", False) and hasattr(decoder, "inputs")
        fixed = d != 2 and getattr(decoder, "input_shape", None) == (None, 2)
        check_true(name, not fixed, "the latent size is always 2.", case=case)
        plain = call(name, decoder, z, case=case)
        problem = "Keras does not know its shapes. Begin with `keras.Input(…)`, not with a class."
        check_true(name, known, problem, case=case)
        start = [(d, 3136), (3136,)]
        middle, last = [(3, 3, 64, 64), (64,), (3, 3, 32, 64), (32,)], [(3, 3, 1, 32), (1,)]
        shapes = [*start, *middle, *last]
        check_weights(
            name,
            decoder,
            shapes,
            mistakes={
                "the filters are in the wrong order": [
                    *[*start, (3, 3, 32, 64), (32,), (3, 3, 64, 32), (64,), (3, 3, 1, 64), (1,)]
                ],
                "Conv2D stands where Conv2DTranspose belongs": [
                    *[*start, (3, 3, 64, 64), (64,), (3, 3, 64, 32), (32,), (3, 3, 32, 1), (1,)]
                ],
                "the dense layer has 7 · 7 · 32 units": [
                    *[(d, 1568), (1568,), (3, 3, 64, 32), (64,), *middle[2:], *last]
                ],
                "Conv2D stands at the end instead of Conv2DTranspose": [
                    *[*start, *middle, (3, 3, 32, 1), (1,)]
                ],
                "the shape before the convolutions is (64, 7, 7)": [
                    *[*start, (3, 3, 64, 7), (64,), *middle[2:], *last]
                ],
                "a dense layer of 16 comes first": [*[(d, 16), (16,), (16, 3136)], *shapes[1:]],
                "the transposed convolution of 64 is missing": [*start, *middle[2:], *last],
                "the transposed convolution of 32 is missing": [
                    *[*start, *middle[:2], (3, 3, 1, 64), (1,)]
                ],
                "the last transposed convolution is missing": [*start, *middle],
                "the biases are missing": shapes[::2],
            },
            case=case,
        )
        sides = {
            "the last convolution has a stride of 2, too": (56,),
            "a stride of 2 is missing": (7, 14),
            "the padding is `valid` instead of `same`": (29, 30, 31, 33),
            "the image is flat": (784,),
        }
        for problem, wrong in sides.items():
            side = np.shape(plain)[1] if np.ndim(plain) > 1 else None
            check_true(name, side not in wrong, f"wrong shape: {problem}.", case=case)
        check_shape(name, plain, (4, 28, 28, 1), what="logits", case=case)
        learning = call(name, lambda z: decoder(z, training=True), z, case=case)
        problem = "it does something else while it is trained, as Dropout does."
        same = np.allclose(plain, learning, rtol=3e-3, atol=3e-3)
        check_true(name, same, problem, case=case)
        call(name, other, z, case=case)
        weights, before = random_weights(shapes, seed=d), other.get_weights()
        for i, factor in ((0, 4), (6, 1 / 20)):  # large numbers inside, logits near 1
            weights[i] *= factor
        decoder.set_weights(weights)
        alone = all(np.array_equal(a, b) for a, b in zip(before, other.get_weights()))
        problem = "two calls return models that share their layers. Make new layers in each call."
        check_true(name, alone, problem, case=case)

        lone = lambda i: [identity if i == j else relu for j in range(3)]
        check_close(
            name,
            call(name, decoder, z, case=case),
            forward(z, weights),
            rtol=3e-3,
            atol=3e-3,
            what="logits under known weights",
            mistakes={
                "a sigmoid stands on the logits": forward(z, weights, last=sigmoid),
                "a ReLU stands on the logits": forward(z, weights, last=relu),
                "a tanh stands on the logits": forward(z, weights, last=np.tanh),
                "the dense layer has no activation": forward(z, weights, hidden=lone(0)),
                "the convolution of 64 has no activation": forward(z, weights, hidden=lone(1)),
                "the convolution of 32 has no activation": forward(z, weights, hidden=lone(2)),
                "the convolutions have no activation": forward(
                    z, weights, hidden=(relu, identity, identity)
                ),
                "no layer has an activation": forward(z, weights, hidden=[identity] * 3),
                "UpSampling2D stands for the strides": forward(z, weights, repeated=True),
                "the strides are 1, 2, 2 instead of 2, 2, 1": forward(
                    z, weights, strides=(1, 2, 2)
                ),
                "the strides are 2, 1, 2 instead of 2, 2, 1": forward(
                    z, weights, strides=(2, 1, 2)
                ),
            },
            case=case,
        )

    check_case(2)
    # BEGIN HIDDEN TESTS
    check_case(1, "a code of one number")
    check_case(20, "a longer code")
    # END HIDDEN TESTS


def check_binarize(binarize):
    """threshold at 0.5; static and dynamic: means of 7 greys, independence, seeds, epochs"""
    name = "binarize"

    def draw(x, mode, seed, *epoch, case=None):
        """The answer's images as an array, once they are found to be zeros and ones."""
        got = call(name, binarize, x, mode, seed, *epoch, case=case)
        check_shape(name, got, x.shape, what=mode, case=case)
        got = np.asarray(got)
        problem = f"{mode}: the pixels are True and False. Return the numbers 0 and 1."
        check_true(name, got.dtype.kind != "b", problem, case=case)
        problem = f"{mode}: there are values other than 0 and 1."
        check_true(name, np.all((got == 0) | (got == 1)), problem, case=case)
        return got.astype(float)

    def check_threshold(x, case=None):
        x = np.array(x, dtype="float32")
        mistakes = {
            "a pixel of exactly 0.5 becomes 0": x > 0.5,
            "black and white are swapped": x < 0.5,
            "the threshold is the mean of the images": x >= x.mean(),
            "every pixel that is not white becomes 1": x > 0,
        }
        one, two = (draw(x, "threshold", *s, case=case) for s in ((0, 0), (3, 7)))
        problem = "threshold: another seed and epoch give another result. Throw no dice here."
        check_true(name, np.array_equal(one, two), problem, case=case)
        check_close(name, one, x >= 0.5, mistakes=mistakes, what="threshold", case=case)

    def check_draws(mode, shape, seed=123, case=None):
        """A right answer fails any of this in fewer than 1 run of 10 million."""
        grey = np.full(shape, 0.4, dtype="float32")  # 20 images or more, 100 pixels or more each
        one, again = (draw(grey, mode, seed, 1, case=case) for _ in range(2))
        flat = one.reshape(shape[0], -1)
        same = lambda a, b: bool(np.array_equal(a, b))  # for different draws below 1e-20
        problem = f"{mode}: all pixels of one grey come out alike. Each needs dice of its own."
        check_true(name, np.ptp(one) > 0, problem, case=case)
        alone = f"{mode}: one draw serves all {{}}. Draw for every pixel of every image."
        inside = np.ptp(flat, axis=1).any()
        check_true(name, inside, alone.format("pixels of an image"), case=case)
        check_true(name, not same(flat[0], flat[1]), alone.format("images"), case=case)
        lines = one.reshape(shape[0], shape[1], -1)
        by_row = np.ptp(lines, axis=2).any() and np.ptp(lines, axis=1).any()
        check_true(name, by_row, alone.format("pixels of a row or a column"), case=case)
        by_channel = shape[-1] == 1 or np.ptp(one, axis=-1).any()
        check_true(name, by_channel, alone.format("channels"), case=case)
        problem = f"{mode}: the same seed and epoch give another draw. Use the seed."
        check_true(name, same(one, again), problem, case=case)
        problem = f"{mode}: another seed gives the same draw. Use the seed."
        other = draw(grey, mode, seed + 1, 1, case=case)
        check_true(name, not same(one, other), problem, case=case)
        next_epoch = draw(grey, mode, seed, 2, case=case)
        if mode == "static":
            problem = "static: the draw changes with the epoch. It is made once, for good."
            check_true(name, same(one, next_epoch), problem, case=case)
            default = draw(grey, mode, seed, case=case)
            check_true(name, same(one, default), problem, case=case)
        else:
            problem = "dynamic: the next epoch gives the same draw. Use the epoch, too."
            check_true(name, not same(one, next_epoch), problem, case=case)
            problem = "dynamic: the next epoch has the same dice, shifted. Draw all of them anew."
            a, b = one.ravel(), next_epoch.ravel()
            for shift in (*range(9), flat.shape[1]):  # fresh dice agree in 52%, ± 1.1%
                agree = max(
                    np.mean(a[shift:] == b[: b.size - shift]),
                    np.mean(b[shift:] == a[: a.size - shift]),
                )
                check_true(name, agree < 0.62, problem, case=case)

    def check_means(mode, case=None):
        # The means of 20,000 draws leave ±0.022 in fewer than 1 run of 100 million.
        greys = np.array([0, 0.1, 0.3, 0.45, 0.7, 0.9, 1], dtype="float32")
        wrong = {
            "a pixel becomes 1 with probability 1 − x": 1 - greys,
            "the grey of a pixel is not looked at": np.full(7, 0.5),
            "the threshold is used instead of dice": greys >= 0.5,
            "the dice are drawn from a Gaussian instead of evenly": [
                *[0.5, 0.53983, 0.61791, 0.67364, 0.75804, 0.81594, 0.84134]
            ],
        }
        many = draw(np.tile(greys, (20_000, 1)), mode, 5, case=case).mean(axis=0)
        what = f"{mode}: the mean of 20,000 draws of 7 greys"
        check_close(name, many, greys, rtol=0, atol=0.022, mistakes=wrong, what=what, case=case)

    check_threshold([[0, 0.5, 0.49], [0.51, 0.2, 1]])
    for mode in ("static", "dynamic"):
        check_draws(mode, (20, 10, 10, 1))
        check_draws(mode, (20, 10, 10, 1), seed=0)
        check_means(mode)
    # BEGIN HIDDEN TESTS
    check_threshold(np.linspace(0, 1, 21), "a single row of pixels")
    check_threshold(np.full((2, 3, 3, 1), 0.5), "every pixel is 0.5")
    for mode in ("static", "dynamic"):
        case = f"{mode}, colour images that are not square"
        check_draws(mode, (24, 8, 12, 3), case=case)
        x = np.array([[0.1, 0.6], [0.35, 0.9]], dtype="float32")
        # The mean of 400 draws leaves ±0.15 in fewer than 1 run of 10 million.
        seeds = np.random.default_rng(0).choice(10_000, size=400, replace=False)
        case = f"{mode}, the mean over seeds"
        got = np.mean([draw(x, mode, int(seed), case=case) for seed in seeds], axis=0)
        check_close(name, got, x, rtol=0, atol=0.15, case=case)
    case = "dynamic, the mean over epochs"
    got = np.mean([draw(x, "dynamic", 9, epoch, case=case) for epoch in range(400)], axis=0)
    check_close(name, got, x, rtol=0, atol=0.15, case=case)
    # END HIDDEN TESTS


def check_single_sample_elbo(single_sample_elbo):
    """two images of three pixels, two latent dimensions, nothing standard"""
    name = "single_sample_elbo"
    x = np.array([[1, 0, 0.5], [0.2, 1, 0]], dtype="float32")
    logits = np.array([[0.4, 0.9, 0.2], [0.5, 0.7, 0.1]], dtype="float32")
    z = np.array([[1.2, -0.4], [0.3, 0.9]], dtype="float32")
    z_mean = np.array([[0.5, -1], [-0.2, 0.4]], dtype="float32")
    z_log_var = np.array([[0.6, 0.3], [0.5, 0.9]], dtype="float32")
    check_close(
        name,
        call(name, single_sample_elbo, x, logits, z, z_mean, z_log_var),
        [-2.534502, -1.645022],
        mistakes={
            "log q(z | x) and log p(z) are swapped": [-2.370114, -2.398297],
            "2π stands in log p(z) only": [-4.372379, -3.482899],
            "2π stands in log q(z | x) only": [-0.696625, 0.192855],
            "log p(z) is missing": [0.103375, 0.642855],
            "log q(z | x) is missing": [-5.090185, -4.309537],
            "log q(z | x) is added": [-7.645868, -6.974051],
            "the negative log-likelihood is added": [2.370114, 2.398297],
            "log p(x | z) is missing": [-0.082194, 0.376638],
            "the sign is wrong": [2.534502, 1.645022],
            "the KL is computed by its formula, which does not look at z": [-3.213297, -2.475822],
            "the densities are taken at z_mean instead of z": [-2.627308, -1.42166],
            "log q(z | x) is taken for N(0, I), too": [-2.452308, -2.02166],
            "z_log_var is used as the variance": [-3.101374, -2.482025],
            "exp(z_log_var) is used as the deviation": [-2.179729, -1.005012],
            "the pixels are averaged instead of summed": [-0.89963, -0.297249],
            "the numbers of the code are averaged instead of summed": [-2.493405, -1.833341],
            "logits are taken for probabilities": [-4.21736, -0.778545],
            "the variance of the prior is taken for e instead of 1": [-3.028805, -2.360568],
            "exp(z_log_var) is given where z_log_var belongs": [-1.580037, -0.382777],
            "z_log_var / 2 is given where z_log_var belongs": [-2.69088, -1.944606],
            "images and logits are swapped": [-2.56268, -1.62791],
            "the images are averaged, too": -2.089762,
        },
    )

    # BEGIN HIDDEN TESTS
    def parts(x, logits, z, z_mean, z_log_var):
        """log p(x | z), log p(z) and log q(z | x), in scipy."""
        x, logits, z, z_mean, z_log_var = (
            np.asarray(a, dtype=float) for a in (x, logits, z, z_mean, z_log_var)
        )
        each = x * special.log_expit(logits) + (1 - x) * special.log_expit(-logits)
        log_q = stats.norm.logpdf(z, z_mean, np.exp(z_log_var / 2)).sum(-1)
        return each.reshape(len(x), -1).sum(-1), stats.norm.logpdf(z).sum(-1), log_q

    rng = np.random.default_rng(0)
    for shape, d, case in (
        ((5, 28, 28, 1), 50, "whole images, a longer code"),
        ((3, 4), 1, "flat images, a code of one number"),
        ((4, 4, 4, 3), 4, "colour images, as many images as numbers in the code"),
        ((1, 6), 3, "one image"),
    ):
        x, logits = rng.random(shape).astype("float32"), rng.random(shape).astype("float32")
        z, z_mean = rng.normal(size=(2, shape[0], d)).astype("float32")
        z_log_var = rng.uniform(0.2, 1.5, size=(shape[0], d)).astype("float32")
        log_x, log_p, log_q = parts(x, logits, z, z_mean, z_log_var)
        half = d / 2 * np.log(2 * np.pi)
        mistakes = {
            "log q(z | x) and log p(z) are swapped": log_x + log_q - log_p,
            "2π stands in log p(z) only": log_x + log_p - log_q - half,
            "2π stands in log q(z | x) only": log_x + log_p - log_q + half,
            "log p(z) is missing": log_x - log_q,
            "log q(z | x) is missing": log_x + log_p,
            "log q(z | x) is added": log_x + log_p + log_q,
            "the negative log-likelihood is added": -log_x + log_p - log_q,
            "the sign is wrong": -(log_x + log_p - log_q),
        }
        got = call(name, single_sample_elbo, x, logits, z, z_mean, z_log_var, case=case)
        check_close(
            name, got, log_x + log_p - log_q, rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case
        )

    case = "logits of ±1000"
    x = np.array([[1], [0], [1], [0]], dtype="float32")
    logits = np.array([[1000], [1000], [-1000], [-1000]], dtype="float32")
    zeros = np.zeros((4, 2), dtype="float32")
    got = call(name, single_sample_elbo, x, logits, zeros, zeros, zeros, case=case)
    check_shape(name, got, (4,), case=case)
    problem = "not every value is finite: the logarithm of 0 is taken, or exp overflows."
    check_true(name, np.isfinite(np.asarray(got, dtype=float)).all(), problem, case=case)
    clipped = np.asarray(got, dtype=float)[1] > -900
    check_true(name, not clipped, "probabilities or logits are clipped.", case=case)
    check_close(name, got, [0, -1000, -1000, 0], case=case)

    case = "a narrow posterior"
    z_mean = rng.normal(size=(6, 3)).astype("float32")
    z = (z_mean + np.exp(-3) * rng.normal(size=(6, 3))).astype("float32")
    z_log_var = np.full((6, 3), -6, dtype="float32")
    x, logits = rng.random((2, 6, 4)).astype("float32")
    log_x, log_p, log_q = parts(x, logits, z, z_mean, z_log_var)
    got = call(name, single_sample_elbo, x, logits, z, z_mean, z_log_var, case=case)
    check_close(name, got, log_x + log_p - log_q, rtol=1e-4, atol=1e-4, case=case)

    case = "the closed form, on average"
    # The draws are fixed, so this is not random. The band is six standard errors wide.
    n = 4_000
    z_mean, z_log_var = np.array([0.8, -1.1]), np.array([0.4, -0.9])
    z = z_mean + np.exp(z_log_var / 2) * rng.normal(size=(n, 2))
    x, logits = (np.tile(a, (n, 1)) for a in ([[1, 0.2, 0]], [[0.7, -1, 0.3]]))
    z_mean, z_log_var = (np.tile(a, (n, 1)) for a in (z_mean, z_log_var))
    arrays = [a.astype("float32") for a in (x, logits, z, z_mean, z_log_var)]
    log_x, log_p, log_q = parts(*arrays)
    kl = 0.5 * np.sum(np.exp(z_log_var[0]) + z_mean[0] ** 2 - 1 - z_log_var[0])
    got = call(name, single_sample_elbo, *arrays, case=case)
    check_shape(name, got, (n,), case=case)
    band = 6 * np.std(log_p - log_q) / np.sqrt(n)
    mistakes = {"log q(z | x) and log p(z) are swapped": log_x[0] + kl}
    check_close(name, np.mean(got), log_x[0] - kl, rtol=0, atol=band, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_frame_epochs(frame_epochs):
    """15 epochs shown in 7 frames: first, last, order and no repetition"""
    name = "frame_epochs"

    def check_case(n_epochs, n_frames, case=None):
        i = np.arange(n_frames)
        exact = n_epochs * (i / (n_frames - 1)) ** 2  # no halves among them, so round is round
        whole = np.round(exact)
        right = np.unique(np.maximum(whole, 1))
        got = call(name, frame_epochs, n_epochs, n_frames, case=case)
        problem = "got a set, which has no order. Return a list: `sorted(…)` makes one."
        check_true(name, not isinstance(got, set | frozenset), problem, case=case)
        check_close(
            name,
            got,
            right,
            mistakes={
                "it starts at 0": np.unique(whole),
                "values are repeated": np.maximum(whole, 1),
                "it starts at 0, and values are repeated": whole,
                "0 is left out, and no 1 is put in its place": np.unique(whole[whole > 0]),
                "the last epoch is missing": right[:-1],
                "the last epoch is missing, since i is divided by n_frames": np.unique(
                    np.maximum(np.round(n_epochs * (i / n_frames) ** 2), 1)
                ),
                "epochs count from 0": right - 1,
                "numbers are cut off instead of rounded": np.unique(
                    np.maximum(np.floor(exact + 1e-9), 1)
                ),
                "numbers are cut off instead of rounded, and it starts at 0": np.unique(
                    np.floor(exact + 1e-9)
                ),
                "numbers are rounded up": np.unique(np.maximum(np.ceil(exact - 1e-9), 1)),
                "the frames are equally far apart": np.unique(
                    np.maximum(np.round(n_epochs * i / (n_frames - 1)), 1)
                ),
                "the frames are dense at the end": np.unique(
                    np.maximum(np.round(n_epochs * (i / (n_frames - 1)) ** 0.5), 1)
                ),
                "the values are not sorted": right[::-1],
                "the values are not rounded": np.unique(np.maximum(exact, 1)),
                "1 is added to every number": np.unique(whole + 1),
                "1 is added, instead of put in the place of 0": np.unique(
                    1 + np.round((n_epochs - 1) * (i / max(n_frames - 1, 1)) ** 2)
                ),
                "i counts from 1": np.unique(
                    np.maximum(np.round(n_epochs * ((i + 1) / n_frames) ** 2), 1)
                ),
                "the parentheses around n_frames − 1 are missing": np.unique(
                    np.maximum(np.round(n_epochs * (i / n_frames - 1) ** 2), 1)
                ),
            },
            case=case,
        )

    check_case(15, 7)
    # BEGIN HIDDEN TESTS
    check_case(100, 24, "many epochs")
    check_case(100, 5, "the second frame is not epoch 1")
    check_case(9, 50, "more frames than epochs")
    check_case(30, 2, "two frames")
    check_case(1, 8, "one epoch")
    # END HIDDEN TESTS


def check_interpolate(interpolate):
    """lerp and slerp over 60°: ends and between; equal codes; opposite directions"""
    name = "interpolate"
    z_a, z_b = np.array([[1.5, 0], [0.4, 0.6928203]], dtype="float32")  # 60° apart

    def codes(z_a, z_b, steps, kind, case=None):
        """The answer's codes as an array, once shape and ends are found to be right."""
        got = call(name, interpolate, z_a, z_b, steps, kind, case=case)
        length = None
        with suppress(TypeError, ValueError):  # check_shape says what came instead
            array = np.asarray(got, dtype=float)
            length = len(array) if array.shape[1:] == z_a.shape else None
        hints = {steps + 1: "one code too many", steps - 1: "one code too few"}
        hints |= {steps - 2: "the two ends are missing"}
        problem = f"{kind}: {hints.get(length)}. Return {'steps' if case else steps} codes."
        check_true(name, length not in hints, problem, case=case)
        check_shape(name, got, (steps, *z_a.shape), what=kind, case=case)
        got = np.asarray(got, dtype=float)
        problem = f"{kind}: not every value is finite. Is sin ω 0, or cos ω above 1?"
        check_true(name, np.isfinite(got).all(), problem, case=case)
        ends = got[[0, -1]]
        swapped = np.allclose(ends, [z_b, z_a], atol=1e-5)
        swapped = swapped and not np.allclose(ends, [z_a, z_b], rtol=1e-3, atol=1e-3)
        check_true(name, not swapped, f"{kind}: it goes from z_b to z_a.", case=case)
        norms = np.linalg.norm([z_a, z_b], axis=1)
        for place, end in ((0, z_a), (-1, z_b)):
            what = f"{kind}, the {'last' if place else 'first'} code"
            unit = end / norms[place]
            mistakes = {
                "the directions are not multiplied by the norms": unit,
                "the code is multiplied by the norm, though it is no direction": unit
                * norms[place] ** 2,
                "the two norms are swapped": unit * norms[-1 - place],
                "the sum is not divided by sin ω": end
                * np.sin(np.arccos(np.clip(z_a @ z_b / norms.prod(), -1, 1))),
            }
            if kind != "slerp":
                mistakes = {"t ends before 1": z_a + (steps - 1) / steps * (z_b - z_a)}
            near = {"atol": 1e-5, "mistakes": mistakes}
            check_close(name, got[place], end, **near, what=what, case=case)
        return got

    check_close(
        name,
        codes(z_a, z_b, 4, "lerp")[1],
        [1.133333, 0.23094],
        what="lerp, the second of four codes",
        mistakes={"lerp does what slerp should do": [1.190277, 0.433226]},
    )
    check_close(
        name,
        codes(z_a, z_b, 4, "slerp")[1],
        [1.190277, 0.433226],
        rtol=1e-4,
        what="slerp, the second of four codes",
        mistakes={
            "slerp does what lerp should do": [1.133333, 0.23094],
            "the codes are not divided by their norms, so the norm does not change evenly": [
                *[1.271313, 0.273616]
            ],
            "the norm changes evenly in its logarithm": [1.14308, 0.416047],
            "the straight way is pushed out to the norm, so the angles are not equal": [
                *[1.241161, 0.252912]
            ],
            "the straight way between the directions is pushed out to the norm": [
                *[1.196887, 0.414614]
            ],
            "ω is the arccos of the product of the codes, not of their directions": [
                *[1.158472, 0.417121]
            ],
            "ω is the arccos of the product of the codes, which are not divided by their norms": [
                *[1.238787, 0.263445]
            ],
            "ω is in degrees": [-4.993307, -3.285554],
            "ω is taken for cos ω": [1.083618, 0.379584],
        },
    )
    same = codes(z_b, z_b, 5, "slerp")
    what = "slerp between equal codes"
    check_close(name, same, np.tile(z_b, (5, 1)), atol=1e-5, what=what)

    def check_opposite(z_a, z_b, case=None):
        found = "something was returned"
        try:
            interpolate(z_a.copy(), z_b.copy(), 5, "slerp")
        except ValueError:
            return
        except (Exception, SystemExit) as error:
            found = f"{type(error).__name__} was raised"
        problem = f"slerp between opposite directions: {found}. Raise a ValueError."
        check_true(name, False, problem, case=case)

    check_opposite(z_a, -z_a)
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)

    def way(z_a, z_b, steps, kind):
        """The codes in float64: slerp by turning z_a in the plane of the two."""
        a, b = np.asarray(z_a, dtype=float), np.asarray(z_b, dtype=float)
        t = np.linspace(0, 1, steps)[:, None]
        if kind == "lerp":
            return a + t * (b - a)
        norms = np.linalg.norm(a) + t * (np.linalg.norm(b) - np.linalg.norm(a))
        first = a / np.linalg.norm(a)
        across = b - (b @ first) * first
        omega = np.arctan2(np.linalg.norm(across), b @ first)
        return norms * (
            np.cos(t * omega) * first + np.sin(t * omega) * across / np.linalg.norm(across)
        )

    def check_case(z_a, z_b, steps, case):
        z_a, z_b = (np.array(z, dtype="float32") for z in (z_a, z_b))
        expected = {kind: way(z_a, z_b, steps, kind) for kind in ("lerp", "slerp")}
        for kind, other in (("lerp", "slerp"), ("slerp", "lerp")):
            got = codes(z_a, z_b, steps, kind, case=case)
            swapped = {f"{kind} does what {other} should do": expected[other]}
            near = {"rtol": 1e-3, "atol": 1e-4}
            check_close(name, got, expected[kind], **near, mistakes=swapped, what=kind, case=case)
        return got

    check_case(*rng.normal(size=(2, 50)), 9, "many numbers, other norms")
    check_case(*rng.normal(size=(2, 3)), 2, "the ends alone")
    for degrees in (10, 30, 170, 176):
        angle = np.radians(degrees)
        check_case([1, 0, 0], [np.cos(angle), np.sin(angle), 0], 7, f"{degrees} degrees")
    check_case(*(30 * rng.normal(size=(2, 4))), 6, "large norms")
    case = "ends of the same norm"
    z_a, z_b = rng.normal(size=(2, 10))
    z_b *= np.linalg.norm(z_a) / np.linalg.norm(z_b)
    norms = np.linalg.norm(check_case(z_a, z_b, 11, case), axis=1)
    check_close(name, norms, np.full(11, norms[0]), rtol=1e-4, what="the norm", case=case)

    for i in range(20):
        z = rng.normal(size=(1, 2, 7, 50)[i % 4]).astype("float32")
        for other, case in (
            (z, "equal codes"),
            (2.5 * z, "the same direction, other norms"),
            (z + np.float32(1e-4) * z[::-1], "codes that are nearly equal"),
        ):
            for kind in ("slerp", "lerp"):
                got = codes(z, other, 4, kind, case=case)
                expected = way(z, other, 4, "lerp")
                check_close(name, got, expected, rtol=1e-3, atol=1e-4, what=kind, case=case)
        check_opposite(z, -z, case="opposite codes")
        check_opposite(z, -3 * z, case="opposite directions, other norms")
    case = "opposite codes"
    z = rng.normal(size=5).astype("float32")
    got = codes(z, -z, 5, "lerp", case=case)
    check_close(name, got, way(z, -z, 5, "lerp"), atol=1e-5, what="lerp", case=case)
    # END HIDDEN TESTS


def check_log_likelihood(log_likelihood):
    """three samples for two images, and log p(x | z) near −1000"""
    name = "log_likelihood"
    log_p_x = np.array([[-3.2, -1.5], [-2.1, -2.4], [-4, -0.9]], dtype="float32")
    z = np.array(
        [[[1.2, -0.4], [0.3, 0.9]], [[0.1, -1.3], [-0.8, 0.5]], [[0.7, 0.6], [0.2, -0.6]]],
        dtype="float32",
    )
    z_mean = np.array([[0.5, -1], [-0.2, 0.4]], dtype="float32")
    z_log_var = np.array([[0.6, 0.3], [0.5, 0.9]], dtype="float32")
    check_close(
        name,
        call(name, log_likelihood, log_p_x, z, z_mean, z_log_var),
        [-2.840267, -0.822278],
        mistakes={
            "the prior is missing": [-0.265875, 1.308738],
            "log q(z | x) is missing": [-5.429877, -3.565199],
            "log p(z) and log q(z | x) are swapped": [-2.611817, -1.995818],
            "log p(x | z) alone is averaged, without weights": [-2.804923, -1.426536],
            "log k is missing": [-1.741654, 0.276334],
            "the mean of the logarithms is taken": [-2.90691, -1.101782],
            "the logarithms are summed": [-8.720729, -3.305347],
            "log n is subtracted instead of log k": [-2.434802, -0.416813],
            "the largest weight alone is taken": [-2.422758, -0.148193],
            "the mean runs over the images instead of the draws": [-1.707243, -2.209481, -0.78606],
            "the images are averaged, too": -1.831273,
            "the logarithm at the end is missing": [0.05841, 0.439429],
            "the sign is wrong": [2.840267, 0.822278],
            "2π stands in log p(z) only": [-4.678144, -2.660155],
            "2π stands in log q(z | x) only": [-1.00239, 1.015599],
            "z_log_var is used as the variance": [-1.95383, -1.523675],
            "the numbers of the code are averaged instead of summed": [-2.851414, -1.128655],
            "the KL is used instead of the densities of the draws": [-3.565912, -1.880698],
            "the variance of the prior is taken for e instead of 1": [-3.378286, -1.638666],
            "log q(z | x) is added": [-7.926683, -6.304161],
            "log p(x | z) is subtracted": [4.063888, 2.220874],
            "exp(z_log_var) is given where z_log_var belongs": [-1.916682, 0.376264],
        },
    )
    tiny = call(name, log_likelihood, log_p_x - np.float32(1000), z, z_mean, z_log_var)
    check_close(
        name,
        tiny,
        [-1002.840267, -1000.822278],
        rtol=1e-6,
        what="log p(x | z) near −1000",
        mistakes={"the weights are computed, which rounds them to 0": [-np.inf, -np.inf]},
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)

    def densities(z, z_mean, z_log_var):
        z, z_mean, z_log_var = (a.astype(float) for a in (z, z_mean, z_log_var))
        log_q = stats.norm.logpdf(z, z_mean, np.exp(z_log_var / 2)).sum(-1)
        return stats.norm.logpdf(z).sum(-1), log_q

    for k, n, d, case in (
        (40, 6, 50, "more draws, a longer code"),
        (1, 5, 3, "one draw"),
        (4, 4, 4, "as many draws as images as numbers in the code"),
        (7, 1, 1, "one image, a code of one number"),
    ):
        z_mean = rng.normal(size=(n, d)).astype("float32")
        z_log_var = rng.uniform(-1, 1, size=(n, d)).astype("float32")
        z = (z_mean + np.exp(z_log_var / 2) * rng.normal(size=(k, n, d))).astype("float32")
        log_p_x = rng.normal(-80, 3, size=(k, n)).astype("float32")
        log_p, log_q = densities(z, z_mean, z_log_var)
        log_w = log_p_x + log_p - log_q
        expected = special.logsumexp(log_w, axis=0) - np.log(k)
        mistakes = {
            "the prior is missing": special.logsumexp(log_p_x - log_q, axis=0) - np.log(k),
            "log q(z | x) is missing": special.logsumexp(log_p_x + log_p, axis=0) - np.log(k),
            "log p(z) and log q(z | x) are swapped": (
                special.logsumexp(log_p_x + log_q - log_p, axis=0) - np.log(k)
            ),
            "log k is missing": special.logsumexp(log_w, axis=0),
            "the mean of the logarithms is taken": log_w.mean(0),
            "the largest weight alone is taken": log_w.max(0),
            "the images are averaged, too": expected.mean(),
        }
        got = call(name, log_likelihood, log_p_x, z, z_mean, z_log_var, case=case)
        check_close(name, got, expected, rtol=1e-5, atol=2e-4, mistakes=mistakes, case=case)
        bound = importance_weighted_bound(log_w.astype("float32"))
        check_close(name, got, bound, rtol=1e-5, atol=1e-3, case=case)

    # p(x | z) = N(Wz, σ²I) with orthogonal columns in W: the true posterior is diagonal.
    W, variance = np.array([[1, 0.4], [1, -0.4], [0, 0]]), 0.3
    x = rng.normal(size=(4, 3))
    posterior = 1 / (1 + np.diag(W.T @ W) / variance)
    z_mean, z_log_var = posterior * (x @ W) / variance, np.log(posterior) + np.zeros((4, 2))
    exact = stats.multivariate_normal(np.zeros(3), W @ W.T + variance * np.eye(3)).logpdf(x)
    for k in (1, 3, 20):
        case = f"exact where q is the true posterior, {k} draws"
        z = z_mean + np.exp(z_log_var / 2) * rng.normal(size=(k, 4, 2))
        log_p_x = stats.norm.logpdf(x, z @ W.T, variance**0.5).sum(-1)
        arrays = [a.astype("float32") for a in (log_p_x, z, z_mean, z_log_var)]
        got = call(name, log_likelihood, *arrays, case=case)
        mistakes = {"log k is missing": exact + np.log(k)}
        check_close(name, got, exact, rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    case = "images and draws that lie 1,000 nats apart"
    z_mean, z_log_var = np.zeros((2, 3, 2), dtype="float32")
    z = rng.normal(size=(4, 3, 2)).astype("float32")  # q is the prior: the two densities cancel
    log_p_x = -1000 * np.array([[0, 1, 2], [1, 0, 3], [2, 2, 2], [1, 4, 3]], dtype="float32")
    right = special.logsumexp(log_p_x, axis=0) - np.log(4)
    far = np.where(right < -900, -np.inf, right)
    mistakes = {"the largest weight of all images is taken out, not each image's own": far}
    got = call(name, log_likelihood, log_p_x, z, z_mean, z_log_var, case=case)
    check_close(name, got, right, rtol=1e-6, atol=1e-3, mistakes=mistakes, case=case)

    for sign, case in ((-1, "tiny weights"), (1, "huge weights")):
        overflow = np.full(4, sign * np.inf)
        wrong = {"the weights are computed, which overflows or rounds to 0": overflow}
        shifted = [arrays[0] + np.float32(sign * 1000), *arrays[1:]]
        got = call(name, log_likelihood, *shifted, case=case)
        check_shape(name, got, (4,), case=case)
        check_close(name, got, exact + sign * 1000, rtol=1e-6, atol=1e-3, mistakes=wrong, case=case)
    # END HIDDEN TESTS
