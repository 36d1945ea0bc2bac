"""The checks of 04_cnn_vae, a function for each exercise."""

import itertools
from contextlib import suppress

import numpy as np
from scipy import special, stats

from vaelib.checks import call, check_close, check_pair, check_shape, check_true, check_weights
from vaelib.checks.oracles import (
    INSTEAD_OF_RELU,
    conv2d,
    conv2d_transpose,
    identity,
    random_weights,
    relu,
    sigmoid,
)


def check_build_conv_encoder(build_conv_encoder):
    """latent_dim 2: all weights, outputs under known weights, one image, training, two models"""
    name = "build_conv_encoder"
    x = np.random.default_rng(0).normal(size=(5, 28, 28, 1)) * [
        [[[1]]],
        [[[3]]],
        [[[5]]],
        [[[7]]],
        [[[9]]],
    ]
    x = x.astype("float32")

    def trunk(w, *, x=x, hidden=(relu, relu, relu), first="same", pads=None, pool=None):
        """The 16 units that feed the heads, in numpy."""
        h = x
        for i in range(2):
            padding = first if i == 0 else "same"
            if pads:
                h, padding = np.pad(h, [(0, 0), pads, pads, (0, 0)]), "valid"
            h = conv2d(h, w[2 * i], w[2 * i + 1], strides=1 if pool else 2, padding=padding)
            h = hidden[i](h)
            if pool:
                n, side, _, filters = h.shape
                h = pool(h.reshape(n, side // 2, 2, side // 2, 2, filters), axis=(2, 4))
        return hidden[2](h.reshape(len(h), -1) @ w[4] + w[5])

    def heads(w, h, first=identity, second=identity):
        """z_mean and z_log_var, stacked."""
        return np.stack([first(h @ w[6] + w[7]), second(h @ w[8] + w[9])])

    def check_case(d, case=None):
        encoder, other = (call(name, build_conv_encoder, d, case=case) for _ in range(2))
        known = getattr(encoder, "built", False) and hasattr(encoder, "inputs")
        flat_images = known and getattr(encoder, "input_shape", None) == (None, 784)
        problem = (
            "it wants flat images of 784 pixels. They are (28, 28, 1): say so in `keras.Input`."
        )
        check_true(name, not flat_images, problem, case=case)
        what = "the encoder's output"
        plain = check_pair(name, call(name, encoder, x, case=case), what=what, case=case)
        problem = "Keras does not know its shapes. Begin with `keras.Input(…)`, not with a class."
        check_true(name, known, problem, case=case)
        names = [str(one).lower() for one in getattr(encoder, "output_names", None) or []]
        variances = ["log_var" in one or "logvar" in one for one in names]
        problem = "z_log_var is returned first. Return z_mean first."
        check_true(name, variances != [True, False], problem, case=case)
        trunk_shapes = [(3, 3, 1, 32), (32,), (3, 3, 32, 64), (64,), (3136, 16), (16,)]
        head = [(16, d), (d,)]
        shapes = [*trunk_shapes, *head, *head]
        flat = lambda size: [*trunk_shapes[:4], (size, 16), (16,), *head, *head]
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
                "the dense layer of 16 is missing": [*trunk_shapes[:4], *[(3136, d), (d,)] * 2],
                "each head has a dense layer of 16 of its own, and they should share one": [
                    *[*trunk_shapes, *trunk_shapes[4:], *head, *head]
                ],
                "one head gives both outputs": [*trunk_shapes, *head],
                "one layer of 2 · latent_dim units stands for the two heads": [
                    *[*trunk_shapes, (16, 2 * d), (2 * d,)]
                ],
                "z_log_var is computed from z_mean instead of the 16 units": [
                    *[*trunk_shapes, *head, (d, d), (d,)]
                ],
                "the kernels are 4 × 4 instead of 3 × 3": [
                    *[(4, 4, 1, 32), (32,), (4, 4, 32, 64), *shapes[3:]]
                ],
                "the kernels are 5 × 5 instead of 3 × 3": [
                    *[(5, 5, 1, 32), (32,), (5, 5, 32, 64), *shapes[3:]]
                ],
                "BatchNormalization stands behind the first convolution": [
                    *[*shapes[:2], *[(32,)] * 4, *shapes[2:]]
                ],
                "BatchNormalization stands behind both convolutions": [
                    *[*shapes[:2], *[(32,)] * 4, *shapes[2:4], *[(64,)] * 4, *shapes[4:]]
                ],
                "the biases are missing": shapes[::2],
                "the latent size is always 2": [*trunk_shapes, *[(16, 2), (2,)] * 2],
            },
            case=case,
        )
        learning = call(name, lambda x: encoder(x, training=True), x, case=case)
        learning = check_pair(name, learning, what=what, case=case)
        for one, two in zip(plain, learning):
            check_shape(name, one, (5, d), what="z_mean or z_log_var", case=case)
            problem = "it does something else while it is trained, as Dropout does."
            check_true(name, np.allclose(one, two, rtol=3e-3, atol=3e-3), problem, case=case)
        call(name, other, x, case=case)
        weights, before = random_weights(shapes, seed=d), other.get_weights()
        for i, factor in ((4, 4), (6, 3), (8, 3)):  # some of the 16 are large, and so are outputs
            weights[i] *= factor
        right = trunk(weights)
        for i in (6, 8):  # outputs of both signs
            weights[i + 1] -= np.mean(right @ weights[i], axis=0)
        encoder.set_weights(weights)
        alone = all(np.array_equal(a, b) for a, b in zip(before, other.get_weights()))
        problem = "two calls return models that share their layers. Make new layers in each call."
        check_true(name, alone, problem, case=case)

        on_a_head = {"a ReLU": relu, "a tanh": np.tanh, "an exp": np.exp}
        on_a_head |= {"a softplus": lambda h: np.logaddexp(0, h), "a sigmoid": sigmoid}
        mistakes = {
            f"{what} stands on {where}": heads(weights, right, *pair)
            for what, function in on_a_head.items()
            for where, pair in {
                "both heads": (function, function),
                "one of the heads": (identity, function),
                "one of the two heads": (function, identity),
            }.items()
        }
        if not case:
            wrong = {
                f"every hidden layer has {activation} instead of a ReLU": {"hidden": [function] * 3}
                for activation, function in INSTEAD_OF_RELU.items()
            }
            layers = ("first convolution", "second convolution", "dense layer of 16")
            for i, layer in enumerate(layers):
                hidden = [identity if i == j else relu for j in range(3)]
                wrong[f"the {layer} has no activation"] = {"hidden": hidden}
            wrong |= {
                "no layer has an activation": {"hidden": [identity] * 3},
                "the convolutions have no activation": {"hidden": (identity, identity, relu)},
                "the dense layer of 16 has a tanh": {"hidden": (relu, relu, np.tanh)},
                "the padding of the first convolution is `valid`": {"first": "valid"},
                "zeros are added at the left and at the top: `same` adds them on the other sides": {
                    "pads": (1, 0)
                },
                "max pooling stands for the strides": {"pool": np.max},
                "average pooling stands for the strides": {"pool": np.mean},
                "the pixels are divided by 255": {"x": x / 255},
            }
            mistakes |= {text: heads(weights, trunk(weights, **how)) for text, how in wrong.items()}
        expected = heads(weights, right)
        near = {"rtol": 3e-3, "atol": 0.06}  # some GPUs round factors to three digits
        stacked = lambda pair: np.stack([np.asarray(h, dtype=float) for h in pair])
        got = stacked(call(name, encoder, x, case=case))
        one = check_pair(name, call(name, encoder, x[3:4], case=case), what=what, case=case)
        # The heads may be made in either order: what is returned first is z_mean.
        close = lambda a, b: np.isclose(a, b, **near)
        known = [expected, *mistakes.values()]
        as_they_are = any(close(got, a).all() for a in known)
        turned = any(close(got[::-1], a).all() for a in known)
        nearer = close(got[::-1], expected).sum() > close(got, expected).sum()
        if not as_they_are and (turned or nearer):
            got, one = got[::-1], one[::-1]
        what = "z_mean and z_log_var, stacked, under known weights"
        check_close(name, got, expected, **near, mistakes=mistakes, what=what, case=case)
        for part in one:
            check_shape(name, part, (1, d), what="z_mean or z_log_var of one image", case=case)
        what = "z_mean and z_log_var of one image, stacked, under known weights"
        check_close(name, stacked(one), expected[:, 3:4], **near, what=what, case=case)

    check_case(2)
    # BEGIN HIDDEN TESTS
    check_case(1, "one latent dimension")
    check_case(20, "many latent dimensions")
    # END HIDDEN TESTS


def check_build_conv_decoder(build_conv_decoder):
    """latent_dim 2: all weights, logits under known weights, one code, training, two models"""
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
        z = 2 * np.random.default_rng(d).normal(size=(5, d)).astype("float32")
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
                "BatchNormalization stands behind two of the convolutions": [
                    *[*start, *middle[:2], *[(64,)] * 4, *middle[2:], *[(32,)] * 4, *last]
                ],
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
        shape = np.shape(plain)
        for problem, wrong in sides.items():
            side = shape[1] if len(shape) > 1 else None
            check_true(name, side not in wrong, f"wrong shape: {problem}.", case=case)
        problem = "wrong shape: the channel axis is missing. Return (n, 28, 28, 1)."
        check_true(name, shape != (5, 28, 28), problem, case=case)
        check_shape(name, plain, (5, 28, 28, 1), what="logits", case=case)
        learning = call(name, lambda z: decoder(z, training=True), z, case=case)
        problem = "it does something else while it is trained, as Dropout does."
        same = np.allclose(plain, learning, rtol=3e-3, atol=3e-3)
        check_true(name, same, problem, case=case)
        call(name, other, z, case=case)
        weights, before = random_weights(shapes, seed=d), other.get_weights()
        weights[0] *= 4  # large numbers inside, and logits up to about ±20
        right = forward(z, weights)
        weights[7] -= np.mean(right)  # as many positive as negative logits
        right -= np.mean(right)
        decoder.set_weights(weights)
        alone = all(np.array_equal(a, b) for a, b in zip(before, other.get_weights()))
        problem = "two calls return models that share their layers. Make new layers in each call."
        check_true(name, alone, problem, case=case)

        mistakes = {
            "a sigmoid stands on the logits": sigmoid(right),
            "a ReLU stands on the logits": relu(right),
            "a tanh stands on the logits": np.tanh(right),
            "a softplus stands on the logits": np.logaddexp(0, right),
        }
        if not case:
            wrong = {
                f"every hidden layer has {activation} instead of a ReLU": {"hidden": [function] * 3}
                for activation, function in INSTEAD_OF_RELU.items()
            }
            lone = lambda i: {"hidden": [identity if i == j else relu for j in range(3)]}
            wrong |= {
                "the dense layer has no activation": lone(0),
                "the convolution of 64 has no activation": lone(1),
                "the convolution of 32 has no activation": lone(2),
                "the convolutions have no activation": {"hidden": (relu, identity, identity)},
                "no layer has an activation": {"hidden": [identity] * 3},
                "UpSampling2D stands for the strides": {"repeated": True},
                "the strides are 1, 2, 2 instead of 2, 2, 1": {"strides": (1, 2, 2)},
                "the strides are 2, 1, 2 instead of 2, 2, 1": {"strides": (2, 1, 2)},
            }
            mistakes |= {text: forward(z, weights, **how) for text, how in wrong.items()}
        near = {"rtol": 3e-3, "atol": 0.04}  # some GPUs round factors to three digits
        got = call(name, decoder, z, case=case)
        what = "logits under known weights"
        check_close(name, got, right, **near, mistakes=mistakes, what=what, case=case)
        got = call(name, decoder, z[3:4], case=case)
        what = "logits of one code under known weights"
        check_close(name, got, right[3:4], **near, what=what, case=case)

    check_case(2)
    # BEGIN HIDDEN TESTS
    check_case(1, "one latent dimension")
    check_case(20, "many latent dimensions")
    # END HIDDEN TESTS


def check_dense_width(dense_width):
    """six budgets, one met exactly and one missed by a single parameter"""
    name = "dense_width"

    def needed(m, d):
        """The parameters of the dense VAE, counted array by array."""
        encoder = [(784, m), (m,), *[(m, d), (d,)] * 2]
        decoder = [(d, m), (m,), (m, 784), (784,)]
        return sum(int(np.prod(shape)) for shape in encoder + decoder)

    def widths(budgets, cost=needed):
        """The largest widths whose costs, linear functions of them, are at most the budgets."""
        return [int((n - cost(0, d)) // (cost(1, d) - cost(0, d))) for n, d in budgets]

    def check_cases(budgets, case=None):
        right = widths(budgets)
        one_less = [(n - 1, d) for n, d in budgets]
        wrong = {
            "the width is rounded up, so that the budget is exceeded": [
                m + 1 for m in widths(one_less)
            ],
            "it is not rounded": [(n - needed(0, d)) / (1570 + 3 * d) for n, d in budgets],
            "all biases are forgotten": widths(budgets, lambda m, d: (1568 + 3 * d) * m),
            "the biases of the heads and of the last layer are forgotten": [
                n // (1570 + 3 * d) for n, d in budgets
            ],
            "one head is counted instead of two": widths(
                budgets, lambda m, d: needed(m, d) - m * d - d
            ),
            "only the encoder is counted": widths(budgets, lambda m, d: (785 + 2 * d) * m + 2 * d),
            "only the decoder is counted": widths(budgets, lambda m, d: (d + 785) * m + 784),
            "the number of latent dimensions is always 2": widths(
                budgets, lambda m, d: needed(m, 2)
            ),
            "the number of parameters is returned instead of the width": [
                needed(m, d) for m, (_, d) in zip(right, budgets)
            ],
        }
        got = []
        for n, d in budgets:
            one = call(name, dense_width, n, d, case=case)
            check_shape(name, one, (), what="the width", case=case)
            got.append(float(np.asarray(one)))
        mistakes = {} if case else wrong
        what = "the widths of all budgets" if case else "the widths for six budgets"
        check_close(name, got, right, rtol=0, atol=1e-6, mistakes=mistakes, what=what, case=case)

    budgets = [(200_000, 20), (needed(31, 5), 5), (needed(31, 5) - 1, 5), (5_000_000, 300)]
    check_cases([*budgets, (64_001, 3), (99_999, 50)])
    # BEGIN HIDDEN TESTS
    check_cases([(needed(1, 1), 1)], "a width of 1")
    check_cases([(needed(2, 9) - 1, 9)], "one parameter too few for a width of 2")
    check_cases([(needed(700, 2), 2)], "met exactly")
    check_cases([(needed(700, 2) - 1, 2)], "missed by one parameter")
    check_cases([(4_000_000_003, 64)], "billions of parameters")
    check_cases([(10_000_000, 784)], "as many latent dimensions as pixels")
    # END HIDDEN TESTS


def check_multiply_adds(multiply_adds):
    """a dense layer, two convolutions and two transposed ones, with sizes that all differ"""
    name = "multiply_adds"

    def layer(kind, inputs, outputs, *kernel):
        one = {"kind": kind, "inputs": inputs, "outputs": outputs}
        return one | ({"kernel": kernel} if kernel else {})

    def check_case(rows, right, wrong=None, case=None):
        got = call(name, multiply_adds, [layer(*row) for row in rows], case=case)
        problem = "one number came back for all layers. Return a list, one number for each."
        alone = np.ndim(got) == 0 if isinstance(got, int | float | np.number) else False
        check_true(name, not alone, problem, case=case)
        check_close(name, got, right, rtol=0, atol=0.4, mistakes=wrong, case=case)
        problem = "the numbers are right, but they are not of type int. Whole numbers are exact."
        whole = all(np.asarray(n).dtype.kind in "iu" for n in list(got))
        check_true(name, whole, problem, case=case)
        exact = [int(n) for n in list(got)] == right
        problem = "a large number is rounded. Python's own ints are exact, floats are not."
        check_true(name, exact, problem, case=case)

    rows = [
        ("dense", (7,), (11,)),
        ("conv", (9, 12, 2), (3, 4, 5), 4, 6),
        ("conv", (8, 10, 3), (6, 8, 7), 3, 3),
        ("conv_transpose", (3, 4, 5), (9, 12, 2), 4, 6),
        ("conv_transpose", (6, 5, 4), (6, 5, 3), 5, 2),
    ]
    # Dense, then places times the kernel's area times channels in times channels out.
    area, places = [1, 24, 9, 24, 10], [1, 12, 48, 12, 30]
    into, out = [7, 2, 3, 5, 4], [11, 5, 7, 2, 3]
    turned = [1, 108, 80, 108, 30]  # the places on the other side
    of = lambda *factors: [int(n) for n in np.prod(factors, axis=0)]
    right = of(places, area, into, out)
    only = lambda chosen, other: [
        b if i in chosen else a for i, (a, b) in enumerate(zip(right, other))
    ]
    check_case(
        rows,
        right,
        {
            "a transposed convolution is counted by the pixels of its output": only(
                (3, 4), of(turned, area, into, out)
            ),
            "a convolution is counted by the pixels of its input": only(
                (1, 2), of(turned, area, into, out)
            ),
            "convolutions are counted by the pixels of their input, transposed ones by those of "
            "their output": of(turned, area, into, out),
            "every kernel is used once, which counts the weights": of(area, into, out),
            "the channels of the input are forgotten": only((1, 2, 3, 4), of(places, area, out)),
            "the channels of the output are forgotten": only((1, 2, 3, 4), of(places, area, into)),
            "the size of the kernel is forgotten": of(places, into, out),
            "a kernel is taken for square": of(places, [1, 16, 9, 16, 25], into, out),
            "convolutions are counted as if they were dense": of(
                into, out, [1, 108, 80, 12, 30], [1, 12, 48, 108, 30]
            ),
            "the biases are counted, too": [
                n + extra for n, extra in zip(right, [11, 60, 336, 216, 90])
            ],
            "products and sums are counted apart, so everything twice": of(right, [2] * 5),
            "running sums are returned": [int(n) for n in np.cumsum(right)],
            "the shares are returned instead of the numbers": [n / sum(right) for n in right],
        },
    )
    # BEGIN HIDDEN TESTS
    check_case([], [], case="no layer")
    check_case([("dense", (1,), (9,))], [9], case="one dense layer")
    case = "a convolution of 1 × 1"
    check_case([("conv", (5, 8, 3), (5, 8, 11), 1, 1)], [5 * 8 * 33], case=case)
    case = "stride 1, where both sides have as many pixels"
    rows = [("conv", (6, 6, 4), (6, 6, 9), 3, 3), ("conv_transpose", (6, 6, 4), (6, 6, 9), 3, 3)]
    check_case(rows, [36 * 9 * 36] * 2, case=case)
    case = "a kernel that is larger than the image"
    check_case([("conv_transpose", (1, 1, 64), (7, 9, 3), 7, 9)], [64 * 63 * 3], case=case)
    case = "lists in place of tuples"
    rows = [("conv_transpose", [2, 3, 4], [10, 6, 5], 8, 3), ("dense", [4], [6])]
    check_case(rows, [6 * 24 * 20, 24], case=case)
    case = "a transposed convolution of one channel"
    check_case([("conv_transpose", (14, 13, 32), (28, 39, 1), 3, 5)], [182 * 15 * 32], case=case)
    case = "more than 2⁵³ multiply-adds"
    big = ("conv", (65_535, 65_535, 255), (65_535, 65_535, 255), 33, 31)
    check_case([big], [65_535**2 * 255**2 * 33 * 31], case=case)
    case = "an order of its own"
    rows = [("conv_transpose", (2, 5, 3), (4, 10, 7), 3, 3), ("dense", (8,), (3,))]
    check_case([*rows, ("conv", (4, 10, 7), (2, 5, 3), 3, 3)], [1890, 24, 1890], case=case)
    # END HIDDEN TESTS


def check_binarize(binarize):
    """threshold at 0.5; static and dynamic: means of 7 greys, independence, seeds, epochs; type"""
    name = "binarize"

    def draw(x, mode, seed, *epoch, case=None, steady=True):
        """The answer's images as an array, once they are found to be zeros and ones."""
        got = call(name, binarize, x, mode, seed, *epoch, case=case, steady=steady)
        check_shape(name, got, x.shape, what=mode, case=case)
        got = np.asarray(got)
        problem = f"{mode}: the pixels are True and False. Return the numbers 0 and 1."
        check_true(name, got.dtype.kind != "b", problem, case=case)
        problem = f"{mode}: there are values other than 0 and 1."
        check_true(name, np.all((got == 0) | (got == 1)), problem, case=case)
        problem = (
            f"{mode}: the pixels are 0 and 1, as they should be, but their type is not float32."
        )
        check_true(name, got.dtype == np.float32, problem, case=case)
        return got.astype(float)

    def check_threshold(x, right, mistakes, case=None):
        x = np.array(x, dtype="float32")
        one, two = (draw(x, "threshold", *s, case=case) for s in ((0, 0), (3, 7)))
        problem = "threshold: another seed and epoch give another result. Draw nothing here."
        check_true(name, np.array_equal(one, two), problem, case=case)
        check_close(name, one, right, mistakes=mistakes, what="threshold", case=case)

    def check_draws(mode, shape, seed=123, case=None):
        """A right answer fails any of this in fewer than 1 run of 10 million."""
        grey = np.full(shape, 0.4, dtype="float32")  # 20 images or more, 100 pixels or more each
        one, again = (draw(grey, mode, seed, 1, case=case) for _ in range(2))
        flat = one.reshape(shape[0], -1)
        same = lambda a, b: bool(np.array_equal(a, b))  # for different draws below 1e-20
        problem = f"{mode}: all pixels of one grey come out alike. Each needs a draw of its own."
        check_true(name, np.ptp(one) > 0, problem, case=case)
        alone = f"{mode}: one draw serves all {{}}. Draw for every pixel of every image."
        inside = np.ptp(flat, axis=1).any()
        check_true(name, inside, alone.format("pixels of an image"), case=case)
        distinct = len(np.unique(flat, axis=0))
        check_true(name, distinct > 1, alone.format("images"), case=case)
        problem = f"{mode}: some images have the same draw. Draw for every pixel of every image."
        check_true(name, distinct == len(flat), problem, case=case)
        for axis, size in enumerate(shape[1:], start=1):
            axes = "channels" if axis == 3 else "pixels of a row or a column"
            varied = size == 1 or np.ptp(one, axis=axis).any()
            check_true(name, varied, alone.format(axes), case=case)
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
            problem = "dynamic: the next epoch has the same draws, shifted. Draw all of them anew."
            a, b = one.ravel(), next_epoch.ravel()
            for shift in (*range(9), flat.shape[1]):  # fresh draws agree in 52%, ± 1.1%
                agree = [
                    np.mean(a[shift:] == b[: b.size - shift]),
                    np.mean(b[shift:] == a[: a.size - shift]),
                ]
                check_true(name, max(agree) < 0.62, problem, case=case)
            problem = "dynamic: the next epoch has the same draws, turned around. Draw them anew."
            check_true(name, np.mean(a == b) > 0.42, problem, case=case)

    def check_means(mode, case=None):
        # The means of 20,000 draws leave ±0.022 in fewer than 1 run of 100 million.
        greys = np.array([0, 0.1, 0.3, 0.45, 0.7, 0.9, 1], dtype="float32")
        wrong = {
            "a pixel becomes 1 with probability 1 − x": [1, 0.9, 0.7, 0.55, 0.3, 0.1, 0],
            "the grey of a pixel is not looked at": [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
            "the threshold is used instead of a draw": [0, 0, 0, 0, 1, 1, 1],
            "the probability is x²": [0, 0.01, 0.09, 0.2025, 0.49, 0.81, 1],
            "the probability is √x": [0, 0.31623, 0.54772, 0.67082, 0.83666, 0.94868, 1],
            "normal instead of uniform numbers are drawn": [
                *[0.5, 0.53983, 0.61791, 0.67364, 0.75804, 0.81594, 0.84134]
            ],
        }
        many = draw(np.tile(greys, (20_000, 1)), mode, 5, case=case)
        what = f"{mode}: the mean of 20,000 draws of 7 greys"
        near = {"rtol": 0, "atol": 0.022, "mistakes": wrong}
        check_close(name, many.mean(axis=0), greys, **near, what=what, case=case)
        kept = not many[:4_000, 0].any() and many[:4_000, 6].all()
        problem = f"{mode}: a pixel of 0 has to stay 0, and one of 1 has to stay 1."
        check_true(name, kept, problem, case=case)

    check_threshold(
        [[0, 0.5, 0.49], [0.51, 0.2, 1]],
        [[0, 1, 0], [1, 0, 1]],
        {
            "a pixel of exactly 0.5 becomes 0": [[0, 0, 0], [1, 0, 1]],
            "black and white are swapped": [[1, 0, 1], [0, 1, 0]],
            "the threshold is the mean of the images": [[0, 1, 1], [1, 0, 1]],
            "every pixel that is not white becomes 1": [[0, 1, 1], [1, 1, 1]],
        },
    )
    for mode in ("static", "dynamic"):
        check_draws(mode, (20, 10, 10, 1))
        check_draws(mode, (20, 10, 10, 1), seed=0)
        check_means(mode)
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for x, case in (
        (np.linspace(0, 1, 21), "a single row of pixels"),
        (np.full((2, 3, 3, 1), 0.5), "every pixel is 0.5"),
        (np.full((2, 3, 3, 1), 0.499), "the same shape, other values"),
        (0.9 * rng.random((7, 30)), "flat images"),
        (0.9 * rng.random((7, 12, 9)), "images without a channel axis"),
        (rng.random((1, 12, 9, 3)), "one image"),
    ):
        check_threshold(x, x >= 0.5, {"a pixel of exactly 0.5 becomes 0": x > 0.5}, case=case)
    for mode in ("static", "dynamic"):
        for shape, case in (
            ((24, 8, 12, 3), f"{mode}, colour images that are not square"),
            ((24, 9, 14), f"{mode}, images without a channel axis"),
            ((24, 120), f"{mode}, flat images"),
        ):
            check_draws(mode, shape, case=case)
        # The mean of 3,000 draws leaves ±0.05 in fewer than 1 run of 100 million.
        for shape, case in (
            ((3_000,), f"{mode}, a single row of pixels"),
            ((1, 50, 60, 1), f"{mode}, one image"),
        ):
            for grey in (0.3, 0.75):
                got = draw(np.full(shape, grey, dtype="float32"), mode, 11, 1, case=case).mean()
                swapped = {"a pixel becomes 1 with probability 1 − x": 1 - grey}
                near = {"rtol": 0, "atol": 0.05, "mistakes": swapped}
                check_close(name, got, grey, **near, what="the mean", case=case)
        case = f"{mode}, the largest seeds"
        grey = np.full((20, 100), 0.4, dtype="float32")
        seeds = (12, 65_535, 65_536, 2**31 - 1)  # keras.random takes the last one for 1
        pairs = itertools.combinations([draw(grey, mode, seed, case=case) for seed in seeds], 2)
        problem = f"{mode}: another seed gives the same draw. Use the whole seed."
        check_true(name, not any(np.array_equal(*pair) for pair in pairs), problem, case=case)
        x = np.array([[0.1, 0.6], [0.35, 0.9]], dtype="float32")
        # The mean of 100 draws leaves ±0.28 in fewer than 1 run of 10 million.
        seeds = np.random.default_rng(0).choice(10_000, size=100, replace=False)
        case = f"{mode}, the mean over seeds"
        drawn = [draw(x, mode, int(seed), case=case, steady=False) for seed in seeds]
        check_close(name, np.mean(drawn, axis=0), x, rtol=0, atol=0.28, case=case)
    case = "dynamic, many epochs"
    epochs = [(), (1,), (2,), (3,), (50,), (51,), (300,)]
    pairs = itertools.combinations([draw(grey, "dynamic", 9, *e, case=case) for e in epochs], 2)
    problem = "dynamic: two epochs have the same draw. Use the whole epoch."
    check_true(name, not any(np.array_equal(*pair) for pair in pairs), problem, case=case)
    case = "dynamic, the mean over epochs"
    drawn = [draw(x, "dynamic", 9, epoch, case=case, steady=False) for epoch in range(100)]
    check_close(name, np.mean(drawn, axis=0), x, rtol=0, atol=0.28, case=case)
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
            "exp(z_log_var) is used as the standard deviation": [-2.179729, -1.005012],
            "z_log_var itself stands in log q(z | x) instead of half of it": [-2.084502, -0.945022],
            "a quarter of z_log_var stands in log q(z | x) instead of half of it": [
                *[-2.759502, -1.995022]
            ],
            "z_log_var is left out of log q(z | x), but for the distance": [-2.984502, -2.345022],
            "the pixels are averaged instead of summed": [-0.89963, -0.297249],
            "the latent dimensions are averaged instead of summed": [-2.493405, -1.833341],
            "logits are taken for probabilities": [-4.21736, -0.778545],
            "the variance of the prior is taken for e instead of 1": [-3.028805, -2.360568],
            "exp(z_log_var) is given where z_log_var belongs": [-1.580037, -0.382777],
            "z_log_var / 2 is given where z_log_var belongs": [-2.69088, -1.944606],
            "images and logits are swapped": [-2.56268, -1.62791],
            "the images are averaged, too": -2.089762,
            "every image gets the mean of all": [-2.089762, -2.089762],
            "the images are summed, too": -4.179524,
            "the pixels of all images are summed": [-4.556162, -4.09733],
            "the latent dimensions are not summed": [
                *[[-2.737849, -2.248961], [-1.740843, -1.925838]]
            ],
            "the pixels are not summed": [
                *[[-0.595209, -1.323348, -0.780333], [-0.497439, -0.026549, -0.367759]]
            ],
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

    def check_case(x, logits, z, z_mean, z_log_var, case):
        arrays = [a.astype("float32") for a in (x, logits, z, z_mean, z_log_var)]
        log_x, log_p, log_q = parts(*arrays)
        right = log_x + log_p - log_q
        half = z.shape[-1] / 2 * np.log(2 * np.pi)
        sizes = arrays[4].astype(float).sum(-1) / 2
        mistakes = {
            "log q(z | x) and log p(z) are swapped": log_x + log_q - log_p,
            "2π stands in log p(z) only": right - half,
            "2π stands in log q(z | x) only": right + half,
            "log p(z) is missing": log_x - log_q,
            "log q(z | x) is missing": log_x + log_p,
            "log q(z | x) is added": log_x + log_p + log_q,
            "the negative log-likelihood is added": -log_x + log_p - log_q,
            "the sign is wrong": -right,
            "the pixels are averaged instead of summed": log_x / x[0].size + log_p - log_q,
            "z_log_var itself stands in log q(z | x) instead of half of it": right + sizes,
        }
        got = call(name, single_sample_elbo, *arrays, case=case)
        check_close(name, got, right, rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    rng = np.random.default_rng(0)
    for shape, d, case in (
        ((2, 3), 2, "the same shape, other values"),
        ((5, 28, 28, 1), 50, "whole images, many latent dimensions"),
        ((3, 7), 1, "flat images, one latent dimension"),
        ((3, 7, 5), 9, "images without a channel axis"),
        ((4, 4, 4, 3), 4, "colour images, as many images as latent dimensions"),
        ((1, 6), 3, "one image"),
    ):
        x, logits = rng.random((2, *shape))
        z, z_mean = rng.normal(size=(2, shape[0], d))
        z_log_var = rng.uniform(0.2, 1.5, size=(shape[0], d))
        check_case(x, logits, z, z_mean, z_log_var, case)

    x, logits = np.round(rng.random((6, 4))), rng.normal(size=(6, 4))
    for low, high, case in (
        (-9, -7, "narrow posteriors, a hundred latent dimensions"),
        (-30, -12, "very narrow posteriors"),
        (12, 30, "very wide posteriors"),
    ):
        z_mean = rng.normal(size=(6, 100))
        z_log_var = rng.uniform(low, high, size=(6, 100))
        z = z_mean + np.minimum(np.exp(z_log_var / 2), 3) * rng.normal(size=(6, 100))
        check_case(x, logits, z, z_mean, z_log_var, case)

    zeros = np.zeros((4, 2), dtype="float32")
    x = np.array([[1], [0], [1], [0]], dtype="float32")
    signs = np.array([[1], [1], [-1], [-1]], dtype="float32")
    for size in (50, 1000):
        case = f"logits of ±{size}"
        got = call(name, single_sample_elbo, x, size * signs, zeros, zeros, zeros, case=case)
        check_shape(name, got, (4,), case=case)
        problem = "not every value is finite: the logarithm of 0 is taken, or exp overflows."
        check_true(name, np.isfinite(np.asarray(got, dtype=float)).all(), problem, case=case)
        clipped = np.asarray(got, dtype=float)[1] > -0.9 * size
        check_true(name, not clipped, "probabilities or logits are clipped.", case=case)
        check_close(name, got, [0, -size, -size, 0], case=case)
    # END HIDDEN TESTS


def check_interpolate(interpolate):
    """lerp and slerp over 60°: ends and between; equal codes; opposite directions"""
    name = "interpolate"
    z_a, z_b = np.array([[1.5, 0], [0.4, 0.6928203]], dtype="float32")  # 60° apart

    def codes(z_a, z_b, steps, kind, first=None, last=None, case=None):
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
        size = min(1, *np.abs([z_a, z_b]).max(axis=1))
        swapped = np.allclose(ends, [z_b, z_a], atol=1e-5 * size)
        swapped = swapped and not np.allclose(ends, [z_a, z_b], rtol=1e-3, atol=1e-3 * size)
        check_true(name, not swapped, f"{kind}: it goes from z_b to z_a.", case=case)
        for place, end, mistakes in ((0, z_a, first), (-1, z_b, last)):
            what = f"{kind}, the {'last' if place else 'first'} code"
            near = {"atol": 1e-5 * size, "mistakes": mistakes}
            check_close(name, got[place], end, **near, what=what, case=case)
        return got

    check_close(
        name,
        codes(z_a, z_b, 4, "lerp", last={"t ends before 1": [0.675, 0.519615]})[1],
        [1.133333, 0.23094],
        what="lerp, the second of four codes",
        mistakes={"lerp does what slerp should do": [1.190277, 0.433226]},
    )
    first = {
        "the directions are not multiplied by the norms": [1, 0],
        "the code is multiplied by the norm, though it is no direction": [2.25, 0],
        "the two norms are swapped": [0.8, 0],
        "the sum is not divided by sin ω": [1.299038, 0],
    }
    last = {"the norm stays that of z_a": [0.75, 1.299038]}
    check_close(
        name,
        codes(z_a, z_b, 4, "slerp", first, last)[1],
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
        size = min(1, *np.linalg.norm([z_a, z_b], axis=1))
        for kind, other in (("lerp", "slerp"), ("slerp", "lerp")):
            got = codes(z_a, z_b, steps, kind, case=case)
            mistakes = {f"{kind} does what {other} should do": expected[other]}
            near = {"rtol": 1e-3, "atol": 1e-4 * size, "mistakes": mistakes}
            check_close(name, got, expected[kind], **near, what=kind, case=case)
        return got

    check_case([0.3, 2], [-1.1, 0.4], 4, "the same shape, other values")
    check_case(*rng.normal(size=(2, 50)), 9, "many latent dimensions, other norms")
    check_case(*rng.normal(size=(2, 9)), 3, "three codes")
    check_case(*rng.normal(size=(2, 5)), 2, "the ends alone")
    for degrees in (10, 30, 90, 170, 176):
        angle = np.radians(degrees)
        check_case([1, 0, 0], [np.cos(angle), np.sin(angle), 0], 7, f"{degrees} degrees")
    check_case(*(30 * rng.normal(size=(2, 4))), 6, "large norms")
    check_case(*(1e-3 * rng.normal(size=(2, 4))), 6, "small norms")
    a, b = rng.normal(size=(2, 4))
    check_case(0.01 * a, 100 * b, 6, "very different norms")
    case = "ends of the same norm"
    z_a, z_b = rng.normal(size=(2, 10))
    z_b *= np.linalg.norm(z_a) / np.linalg.norm(z_b)
    norms = np.linalg.norm(check_case(z_a, z_b, 12, case), axis=1)
    check_close(name, norms, np.full(12, norms[0]), rtol=1e-4, what="the norm", case=case)

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
            "log k is added instead of subtracted": [-0.643042, 1.374947],
            "the mean of the logarithms is taken": [-2.90691, -1.101782],
            "the logarithms are summed": [-8.720729, -3.305347],
            "log n is subtracted instead of log k": [-2.434802, -0.416813],
            "the largest weight alone is taken": [-2.422758, -0.148193],
            "the mean runs over the images instead of the draws": [-1.707243, -2.209481, -0.78606],
            "the images are averaged, too": -1.831273,
            "every image gets the mean of all": [-1.831273, -1.831273],
            "the images are summed, too": -3.662545,
            "the mean runs over draws and images": -1.390625,
            "the draws are not averaged": [
                *[[-3.282194, -1.123362], [-2.422758, -2.033792], [-3.015776, -0.148193]]
            ],
            "log q(z | x) is taken at z_mean instead of z": [-3.142, -1.027322],
            "exp(z_log_var) is used as the standard deviation": [-2.490837, -0.232033],
            "z_log_var / 2 is given where z_log_var belongs": [-2.994366, -1.071266],
            "the logarithm at the end is missing": [0.05841, 0.439429],
            "the sign is wrong": [2.840267, 0.822278],
            "2π stands in log p(z) only": [-4.678144, -2.660155],
            "2π stands in log q(z | x) only": [-1.00239, 1.015599],
            "z_log_var is used as the variance": [-1.95383, -1.523675],
            "z_log_var itself stands in log q(z | x) instead of half of it": [-2.390267, -0.122278],
            "a quarter of z_log_var stands in log q(z | x) instead of half of it": [
                *[-3.065267, -1.172278]
            ],
            "z_log_var is left out of log q(z | x), but for the distance": [-3.290267, -1.522278],
            "the latent dimensions are averaged instead of summed": [-2.851414, -1.128655],
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

    def check_case(log_p_x, z, z_mean, z_log_var, case, mistakes=None):
        arrays = [a.astype("float32") for a in (log_p_x, z, z_mean, z_log_var)]
        log_p_x, z, z_mean, z_log_var = (a.astype(float) for a in arrays)
        log_p = stats.norm.logpdf(z).sum(-1)
        log_q = stats.norm.logpdf(z, z_mean, np.exp(z_log_var / 2)).sum(-1)
        bound = lambda log_w: special.logsumexp(log_w, axis=0) - np.log(len(z))
        log_w = log_p_x + log_p - log_q
        right = bound(log_w)
        mistakes = {
            "the prior is missing": bound(log_p_x - log_q),
            "log q(z | x) is missing": bound(log_p_x + log_p),
            "log p(z) and log q(z | x) are swapped": bound(log_p_x + log_q - log_p),
            "log k is missing": right + np.log(len(z)),
            "the mean of the logarithms is taken": log_w.mean(0),
            "the largest weight alone is taken": log_w.max(0),
            "z_log_var itself stands in log q(z | x) instead of half of it": (
                right + z_log_var.sum(-1) / 2
            ),
            **(mistakes or {}),
        }
        got = call(name, log_likelihood, *arrays, case=case)
        check_close(name, got, right, rtol=1e-5, atol=3e-4, mistakes=mistakes, case=case)

    for k, n, d, case in (
        (3, 2, 2, "the same shape, other values"),
        (40, 6, 50, "more draws, many latent dimensions"),
        (1, 5, 3, "one draw"),
        (4, 4, 4, "as many draws as images as latent dimensions"),
        (7, 1, 1, "one image, one latent dimension"),
        (3, 1, 5, "one image"),
    ):
        z_mean = rng.normal(size=(n, d))
        z_log_var = rng.uniform(-1, 1, size=(n, d))
        z = z_mean + np.exp(z_log_var / 2) * rng.normal(size=(k, n, d))
        check_case(rng.normal(-80, 3, size=(k, n)), z, z_mean, z_log_var, case)

    case = "images and draws that lie 1,000 nats apart"
    z_mean, z_log_var = np.zeros((2, 3, 2))
    z = rng.normal(size=(4, 3, 2))  # q is the prior: the two densities cancel
    log_p_x = -1000 * np.array([[0, 1, 2], [1, 0, 3], [2, 2, 2], [1, 4, 3]])
    right = special.logsumexp(log_p_x, axis=0) - np.log(4)
    far = np.where(right < -900, -np.inf, right)
    mistakes = {"the largest weight of all images is taken out, not each image's own": far}
    check_case(log_p_x, z, z_mean, z_log_var, case, mistakes)

    for low, high, case in (
        (-9, -7, "narrow posteriors, a hundred latent dimensions"),
        (-30, -12, "very narrow posteriors"),
        (12, 30, "very wide posteriors"),
    ):
        z_mean = rng.normal(size=(6, 100))
        z_log_var = rng.uniform(low, high, size=(6, 100))
        z = z_mean + np.minimum(np.exp(z_log_var / 2), 3) * rng.normal(size=(4, 6, 100))
        check_case(rng.normal(-80, 3, size=(4, 6)), z, z_mean, z_log_var, case)

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
    for sign, case in ((-1, "tiny weights"), (1, "huge weights")):
        overflow = np.full(4, sign * np.inf)
        wrong = {"the weights are computed, which overflows or rounds to 0": overflow}
        shifted = [arrays[0] + np.float32(sign * 1000), *arrays[1:]]
        got = call(name, log_likelihood, *shifted, case=case)
        check_shape(name, got, (4,), case=case)
        check_close(name, got, exact + sign * 1000, rtol=1e-6, atol=1e-3, mistakes=wrong, case=case)
    # END HIDDEN TESTS
