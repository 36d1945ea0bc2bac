"""The checks of 05_cvae, a function for each exercise."""

import keras
import numpy as np

from vaelib.checks import call, check_close, check_pair, check_shape, check_true, check_weights
from vaelib.checks.oracles import conv2d, conv2d_transpose, identity, random_weights, relu, sigmoid


def check_condition_code(condition_code):
    """four codes of two dimensions, six classes, three of which do not occur"""
    name = "condition_code"

    def check_case(z, y, n_classes, expected, case=None):
        """Mistakes are built from the right answer, whose parts stand in known columns."""
        kinds = (z, "float32"), (y, "int32"), (expected, float)
        z, y, right = (np.array(a, dtype=kind) for a, kind in kinds)
        d = z.shape[1]
        code, label = right[:, :d], right[:, d:]
        none, column = 0 * label[:, :1], y[:, None]
        there = label[:, label.any(0)]
        moved = np.pad(there, [(0, 0), (0, n_classes - there.shape[1])])
        check_close(
            name,
            call(name, condition_code, z, y, n_classes, case=case),
            right,
            atol=1e-8,
            mistakes={
                "the label stands behind the code as one number": np.c_[code, y],
                "the label stands in front of the code": np.c_[label, code],
                "the label stands in front of the code, as one number": np.c_[y, code],
                "classes are counted from 1": np.c_[code, np.roll(label, -1, axis=1)],
                "classes are counted from 1, and class 0 gets no one": (
                    np.c_[code, label[:, 1:], none]
                ),
                "classes are counted from 1, and the last class gets no one": (
                    np.c_[code, none, label[:, :-1]]
                ),
                "each label is counted one up, and the last class becomes the first": (
                    np.c_[code, np.roll(label, 1, axis=1)]
                ),
                "classes are counted backwards": np.c_[code, label[:, ::-1]],
                "the labels are sorted, and the codes are not": np.c_[code, label[np.argsort(y)]],
                "the labels are in the reverse order": np.c_[code, label[::-1]],
                "every code gets the label of the first": np.c_[code, 0 * label + label[0]],
                "every row is the mean of all": 0 * right + right.mean(axis=0),
                "the code is missing": label,
                "the label is missing": code,
                "zeros and ones of the label are swapped": np.c_[code, 1 - label],
                "the label itself stands where the one should stand": np.c_[code, label * column],
                "the labels are all zeros": np.c_[code, 0 * label],
                "the code is cut to whole numbers": np.c_[np.trunc(code), label],
                "only the classes that occur get a column": np.c_[code, there],
                "only the classes that occur are counted": np.c_[code, moved],
                "classes above the highest label get no column": (
                    np.c_[code, label[:, : y.max() + 1]]
                ),
                "there are always ten classes": (
                    np.c_[code, np.pad(label, [(0, 0), (0, 10 - n_classes)])]
                ),
                "rows and columns are swapped": right.T,
            },
            case=case,
        )

    check_case(
        [[0.5, -1], [2, 0.3], [-0.7, 1.1], [0.2, 4]],
        [5, 0, 2, 0],
        6,
        [
            [0.5, -1, 0, 0, 0, 0, 0, 1],
            [2, 0.3, 1, 0, 0, 0, 0, 0],
            [-0.7, 1.1, 0, 0, 1, 0, 0, 0],
            [0.2, 4, 1, 0, 0, 0, 0, 0],
        ],
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(11)
    for n, d, n_classes, scale, labels, case in (
        (4, 2, 6, 1, [5, 1, 0, 3], "the same shape, other values"),
        (30, 2, 10, 1, np.arange(30) * 7 % 10, "ten classes, more codes"),
        (1, 3, 10, 1, [9], "one code"),
        (5, 3, 8, 1, [6] * 5, "all labels equal"),
        (5, 3, 8, 1, [0] * 5, "all labels 0"),
        (7, 20, 2, 1, [1, 0, 0, 1, 0, 1, 1], "two classes, more latent dimensions"),
        (6, 1, 3, 1, [2, 0, 1, 1, 2, 0], "one latent dimension"),
        (6, 4, 9, [1e-4, 0.01, 1, 1e4], [8, 3, 0, 3, 7, 1], "very small and very large codes"),
    ):
        z, y = (scale * rng.normal(size=(n, d))).astype("float32"), np.array(labels)
        expected = np.zeros((n, d + n_classes))
        expected[:, :d] = z
        for i in range(n):
            expected[i, d + y[i]] = 1
        check_case(z, y, n_classes, expected, case)
    # END HIDDEN TESTS


def check_build_label_plane(build_label_plane):
    """ten classes, 28 × 28: weights, shape, planes under known weights, training, a second model"""
    name = "build_label_plane"

    def check_case(n_classes, size, case=None):
        model, other = (call(name, build_label_plane, n_classes, size, case=case) for _ in range(2))
        y = np.arange(n_classes + 3) * 2 % n_classes  # some classes twice
        y[:n_classes] = np.arange(n_classes)[::-1]
        labels = np.eye(n_classes, dtype="float32")[y]
        inputs = [tuple(one.shape[1:]) for one in getattr(model, "inputs", None) or []]
        problem = "the model has two inputs. It gets nothing but the label."
        check_true(name, len(inputs) < 2, problem, case=case)
        problem = "the model takes labels as whole numbers. They come one-hot, `n_classes` numbers."
        check_true(name, inputs not in ([()], [(1,)]), problem, case=case)
        shapes = [(n_classes, size**2), (size**2,)]
        if hasattr(model, "get_weights") and getattr(model, "built", False):
            problem = "the plane has no weights. A dense layer must make it."
            check_true(name, model.get_weights(), problem, case=case)
        check_weights(
            name,
            model,
            shapes,
            mistakes={
                "the bias is missing": shapes[:1],
                "the dense layer has `size` units instead of `size` · `size`": [
                    *[(n_classes, size), (size,)]
                ],
                "the dense layer has 2 · `size` units instead of `size` · `size`": [
                    *[(n_classes, 2 * size), (2 * size,)]
                ],
                "a convolution stands behind the plane": [*shapes, (3, 3, 1, 1), (1,)],
                "the plane is always 28 × 28": [(n_classes, 784), (784,)],
                "the classes are always ten": [(10, size**2), (size**2,)],
                "`n_classes` and `size` are swapped": [(size, n_classes**2), (n_classes**2,)],
                "two dense layers make the plane": [*shapes, (size**2, size**2), (size**2,)],
            },
            case=case,
        )
        known = hasattr(model, "inputs")
        problem = "Keras does not know its shapes. Begin with `keras.Input(…)`, not with a class."
        check_true(name, known, problem, case=case)
        plain = call(name, model, labels, case=case)
        for after, problem in (
            ((size**2,), "the plane is flat. Reshape it."),
            ((size**2, 1), "the plane is flat. Reshape it to (size, size, 1)."),
            ((size, size), "the plane has no channel. Reshape it to (size, size, 1)."),
            ((1, size, size), "the channel stands in front of the plane. It comes last."),
        ):
            check_true(name, np.shape(plain) != (len(y), *after), problem, case=case)
        check_shape(name, plain, (len(y), size, size, 1), what="the planes", case=case)
        call(name, other, labels, case=case)
        weights, before = random_weights(shapes, seed=size), other.get_weights()
        weights[0] *= 50  # so that a plane that is cut off shows
        model.set_weights(weights)
        alone = all(np.array_equal(a, b) for a, b in zip(before, other.get_weights()))
        problem = "two calls return models that share their layers. Make new layers in each call."
        check_true(name, alone, problem, case=case)
        planes = (weights[0] + weights[1]).reshape(n_classes, size, size, 1)[y]
        close = {"rtol": 3e-3, "atol": 3e-3}  # some GPUs round factors to three digits
        got = call(name, model, labels, case=case)
        check_shape(name, got, planes.shape, what="the planes", case=case)
        learning = call(name, lambda labels: model(labels, training=True), labels, case=case)
        check_shape(name, learning, planes.shape, what="the planes", case=case)
        problem = "it does something else while it is trained, as Dropout does."
        check_true(name, np.allclose(got, learning, **close), problem, case=case)
        softmax = lambda h: np.exp(h - h.max()) / np.exp(h - h.max()).sum((1, 2, 3), keepdims=True)
        activations = {"a ReLU": relu, "a sigmoid": sigmoid, "a tanh": np.tanh}
        activations["a leaky ReLU"] = lambda h: np.where(h < 0, 0.2 * h, h)  # Keras's own slope
        activations["a softplus"] = lambda h: np.logaddexp(0, h)
        activations |= {"an ELU": lambda h: np.where(h < 0, np.expm1(h), h), "a softmax": softmax}
        mistakes = {f"{one} stands on the plane": f(planes) for one, f in activations.items()}
        mistakes["rows and columns of the plane are swapped"] = planes.swapaxes(1, 2)
        values = np.asarray(got, dtype=float)
        if not any(np.allclose(values, one, **close) for one in (planes, *mistakes.values())):
            steps, span = np.diff(values.ravel()[np.argsort(planes, axis=None)]), np.ptp(values)
            problem = "something changes each value of the plane. No activation stands on it."
            check_true(name, steps.min() < -0.02 * span or span == 0, problem, case=case)
        what = "the planes of all classes under known weights"
        check_close(name, got, planes, **close, mistakes=mistakes, what=what, case=case)
        one = call(name, model, labels[:1], case=case)
        what = "the plane of a single label"
        check_close(name, one, planes[:1], **close, what=what, case=case)

    check_case(10, 28)
    # BEGIN HIDDEN TESTS
    check_case(3, 5, "three classes, a small plane")
    check_case(18, 64, "eighteen classes, a large plane")
    # END HIDDEN TESTS


def check_build_cvae(build_cvae):
    """latent_dim 2: inputs, weights, outputs under known weights, training, a second model"""
    name = "build_cvae"
    rng = np.random.default_rng(0)
    x = 4 * rng.normal(size=(12, 28, 28, 1)).astype("float32")
    y = np.array([3, 1, 4, 1, 9, 0, 5, 2, 6, 8, 7, 1])
    one_hot = np.eye(10)[y]
    counted = {
        "classes are counted from 1": np.eye(11)[y + 1][:, :10],
        "classes are counted from 1, so class 0 has no one": np.eye(11)[y - 1][:, :10],
        "the label is the same for every image": 0 * one_hot + one_hot[0],
        "the label is not used: it is always 0": 0 * one_hot + np.eye(10)[0],
        "no label arrives": 0 * one_hot,
    }

    def units(w, *, plane=identity, hidden=(relu,) * 3, first=0, one_hot=one_hot):
        """The 16 units between convolutions and heads, of x under y, in numpy."""
        picture = plane(one_hot @ w[0] + w[1]).reshape(-1, 28, 28, 1)
        a, b = (picture, x) if first else (x, picture)  # the kernel's parts for each channel
        of_a = conv2d(a, w[2][:, :, :1], w[3], strides=2)
        h = hidden[0](of_a + conv2d(b, w[2][:, :, 1:], 0 * w[3], strides=2))
        h = hidden[1](conv2d(h, w[4], w[5], strides=2))
        return hidden[2](h.reshape(len(h), -1) @ w[6] + w[7])

    def encode(w, *, heads=(identity,) * 2, **changes):
        """z_mean and z_log_var of x under y, stacked."""
        h = units(w, **changes)
        return np.stack([heads[0](h @ w[8] + w[9]), heads[1](h @ w[10] + w[11])])

    def decode(z, w, *, label_first=False, last=identity, one_hot=one_hot):
        """Logits of z under y, in numpy."""
        a, b = (one_hot, z) if label_first else (z, one_hot)  # the kernel's rows for each
        size = a.shape[1]
        h = relu(a @ w[0][:size] + b @ w[0][size:] + w[1]).reshape(-1, 7, 7, 64)
        for i, strides in ((2, 2), (4, 2)):
            h = relu(conv2d_transpose(h, w[i], w[i + 1], strides=strides))
        return last(conv2d_transpose(h, w[6], w[7]))

    def check_inputs(model, what, first, case):
        """Two inputs, the label second; what Keras does not know it cannot count or draw."""
        known = getattr(model, "built", False) and getattr(model, "inputs", None)
        problem = f"Keras does not know the shapes of the {what}. Begin with `keras.Input(…)`."
        check_true(name, known, problem, case=case)
        ranks = [len(one.shape) for one in model.inputs]
        label = "encoder" if what == "encoder" else "decoder"
        problem = f"the {label} does not get the label: it has one input."
        check_true(name, len(ranks) != 1, problem, case=case)
        wanted = f"`keras.Model([{first}, y], …)`"
        problem = f"the {what} has {len(ranks)} inputs, expected two: {wanted}."
        check_true(name, len(ranks) == 2, problem, case=case)
        shapes = [tuple(one.shape[1:]) for one in model.inputs]
        problem = f"the inputs of the {what} are swapped. The label comes second: {wanted}."
        check_true(name, shapes[0] != () or shapes[1] == (), problem, case=case)
        problem = f"the {what} takes labels that are one-hot already. Take them as whole numbers."
        check_true(name, shapes[1] != (10,), problem, case=case)
        problem = f"the label of the {what} needs the shape (): `keras.Input((), dtype=…)`."
        check_true(name, shapes[1] == (), problem, case=case)

    def check_case(d, case=None):
        pairs = [
            check_pair(name, call(name, build_cvae, d, case=case), case=case) for _ in range(2)
        ]
        (encoder, decoder), (other_encoder, other_decoder) = pairs
        plane, conv = [(10, 784), (784,)], [(3, 3, 2, 32), (32,), (3, 3, 32, 64), (64,)]
        rest = [(3136, 16), (16,), (16, d), (d,), (16, d), (d,)]
        shapes = [*plane, *conv, *rest]
        start = lambda n: [(n, 3136), (3136,)]
        middle = [(3, 3, 64, 64), (64,), (3, 3, 32, 64), (32,), (3, 3, 1, 32), (1,)]
        decoder_shapes = [*start(d + 10), *middle]
        behind = lambda flat: [*plane, *conv, (flat, 16), *rest[1:]]
        check_weights(
            name,
            encoder,
            shapes,
            mistakes={
                "the encoder does not use the label": [(3, 3, 1, 32), *conv[1:], *rest],
                "the first convolution sees one channel: the plane takes the place of the image, "
                "is added to it, or is joined along another axis than the last": [
                    *[*plane, (3, 3, 1, 32), *conv[1:], *rest]
                ],
                "the bias of the plane is missing, as it is in an `Embedding`": [
                    *[*plane[:1], *conv, *rest]
                ],
                "the plane is put below or beside the image instead of behind it": [
                    *[*plane, (3, 3, 1, 32), *conv[1:], (6272, 16), *rest[1:]]
                ],
                "the label is put behind the 16 units, too": [
                    *[*plane, *conv, *rest[:2], *[(26, d), (d,)] * 2]
                ],
                "the decoder is returned first": decoder_shapes,
                "the padding is `valid` instead of `same`": behind(2304),
                "the stride of 2 is missing in one convolution": behind(12544),
                "the stride of 2 is missing in both convolutions": behind(50176),
                "z_log_var is computed from z_mean instead of the 16 units": [
                    *[*plane, *conv, *rest[:4], (d, d), (d,)]
                ],
                "one layer of 2 · latent_dim units stands for the two heads": [
                    *[*plane, *conv, *rest[:2], (16, 2 * d), (2 * d,)]
                ],
                "the label is put behind the 16 units instead of made a plane": [
                    *[(3, 3, 1, 32), *conv[1:], *rest[:2], *[(26, d), (d,)] * 2]
                ],
                "the label is put behind the flattened image instead of made a plane": [
                    *[(3, 3, 1, 32), *conv[1:], (3146, 16), *rest[1:]]
                ],
                "the label is ten planes instead of one": [(3, 3, 11, 32), *conv[1:], *rest],
                "the label is one number, which fills a plane": [*conv, *rest],
                "the filters are in the wrong order": [
                    *[*plane, (3, 3, 2, 64), (64,), (3, 3, 64, 32), (32,), (1568, 16), *rest[1:]]
                ],
                "the biases are missing": shapes[::2],
                "the dense layer of 16 is missing": [*plane, *conv, *[(3136, d), (d,)] * 2],
                "one head gives both outputs": [*plane, *conv, *rest[:4]],
                "the latent size is always 2": [*plane, *conv, *rest[:2], *[(16, 2), (2,)] * 2],
            },
            case=case,
        )
        check_weights(
            name,
            decoder,
            decoder_shapes,
            mistakes={
                "the decoder does not use the label": [*start(d), *middle],
                "the code is left out of the decoder": [*start(10), *middle],
                "the label goes into the decoder as one number": [*start(d + 1), *middle],
                "a plane of the label goes into the decoder": [*plane, *start(d + 784), *middle],
                "the latent size is always 2": [*start(12), *middle],
            },
            case=case,
        )
        check_inputs(encoder, "encoder", "x", case)
        check_inputs(decoder, "decoder", "z", case)
        names = ["log" in str(one) for one in getattr(encoder, "output_names", None) or []]
        swapped = names == [True, False]
        problem = "z_log_var is returned first. Return z_mean first."
        check_true(name, not swapped, problem, case=case)

        call(name, other_encoder, [x, y], case=case)
        befores = [model.get_weights() for model in (other_encoder, other_decoder)]
        weights, decoder_weights = random_weights(shapes, d), random_weights(decoder_shapes, d)
        # Planes that are seen; outputs so large that it shows where they are cut off.
        for i, factor in ((0, 8), (6, 4), (8, 4), (10, 4)):
            weights[i] *= factor
        for i, factor in ((0, 4), (6, 10)):
            decoder_weights[i] *= factor
        encoder.set_weights(weights)
        decoder.set_weights(decoder_weights)
        afters = [model.get_weights() for model in (other_encoder, other_decoder)]
        alone = all(np.array_equal(a, b) for two in zip(befores, afters) for a, b in zip(*two))
        problem = "two calls return models that share their layers. Make new layers in each call."
        check_true(name, alone, problem, case=case)
        check_encoder(encoder, d, weights, case)
        check_decoder(decoder, d, decoder_weights, case)

    leaky = lambda slope: lambda h: np.where(h < 0, slope * h, h)
    activations = {"a ReLU": relu, "a tanh": np.tanh, "a sigmoid": sigmoid}
    activations |= {"an ELU": lambda h: np.where(h < 0, np.expm1(h), h)}
    activations |= {f"a leaky ReLU of slope {slope}": leaky(slope) for slope in (0.2, 0.3, 0.01)}
    on_outputs = activations | {"an exp": np.exp, "a softplus": lambda h: np.logaddexp(0, h)}
    changed_by_training = "does something else while it is trained, as Dropout does."

    def cut_off(got, right):
        """Each output as it is between a lower and an upper limit; where the lower is 0, a ReLU."""
        limits = [(np.min(one), np.max(one)) for one in got]
        if not np.isfinite(limits).all() or any(low == 0 for low, _ in limits):
            return {}
        cut = [np.clip(one, *pair) for one, pair in zip(right, limits)]
        return {"large values are cut off": np.stack(cut)}

    def check_encoder(encoder, d, weights, case):
        """Both heads under known weights; they may be made in either order."""
        right, what = encode(weights), "the encoder's output"
        close = {"rtol": 3e-3, "atol": 5e-3 * np.std(right)}  # some GPUs round factors
        out = check_pair(name, call(name, encoder, [x, y], case=case), what=what, case=case)
        learning = call(name, lambda pair: encoder(pair, training=True), [x, y], case=case)
        learning = check_pair(name, learning, what=what, case=case)
        for one in (*out, *learning):
            check_shape(name, one, (len(x), d), what="z_mean or z_log_var", case=case)
        got = np.array([np.asarray(h, dtype=float) for h in out])
        same = all(np.allclose(a, b, **close) for a, b in zip(got, learning))
        check_true(name, same, f"the encoder {changed_by_training}", case=case)
        mistakes = {}
        if not any(np.allclose(one, right, **close) for one in (got, got[::-1])):
            mistakes = {
                f"{what} stands on {heads}": encode(weights, heads=pair)
                for what, f in on_outputs.items()
                for heads, pair in {
                    "both heads": (f, f),
                    "one of the heads": (identity, f),
                    "one of the two heads": (f, identity),
                }.items()
            }
            for what, f in activations.items():
                mistakes[f"{what} stands on the plane"] = encode(weights, plane=f)
            others = {f"{what} stands in place of": f for what, f in list(activations.items())[1:]}
            for text, f in ({"no activation stands behind": identity} | others).items():
                of = " the ReLU of" if f is not identity else ""
                for where, changed in {
                    "the first convolution": (f, relu, relu),
                    "the second convolution": (relu, f, relu),
                    "the dense layer of 16": (relu, relu, f),
                    "the convolutions": (f, f, relu),
                    "all three layers": (f, f, f),
                }.items():
                    mistakes[f"{text}{of} {where}"] = encode(weights, hidden=changed)
            mistakes["the plane stands in front of the image"] = encode(weights, first=1)
            for text, labels in counted.items():
                mistakes[text] = encode(weights, one_hot=labels)
        count = lambda got: sum(np.isclose(got, right, **close).ravel())
        turned = any(np.allclose(got[::-1], one, **close) for one in (right, *mistakes.values()))
        order = -1 if turned or count(got[::-1]) > count(got) else 1
        mistakes |= cut_off(got[::order], right)
        what = "z_mean and z_log_var, stacked, under known weights"
        check_close(name, got[::order], right, **close, mistakes=mistakes, what=what, case=case)
        pair = call(name, encoder, [x[:1], y[:1]], case=case)
        pair = check_pair(name, pair, what="the encoder's output for one image", case=case)
        for one in pair:
            check_shape(name, one, (1, d), what="z_mean or z_log_var of one image", case=case)
        pair = np.array([np.asarray(one, dtype=float) for one in pair[::order]])
        what = "z_mean and z_log_var of one image"
        check_close(name, pair, right[:, :1], **close, what=what, case=case)

    def check_decoder(decoder, d, weights, case):
        """Logits of codes under known weights."""
        z = rng.normal(size=(len(y), d)).astype("float32")
        right = decode(z, weights)
        close = {"rtol": 3e-3, "atol": 5e-3 * np.std(right)}  # some GPUs round factors
        logits = call(name, decoder, [z, y], case=case)
        check_shape(name, logits, right.shape, what="logits", case=case)
        learning = call(name, lambda pair: decoder(pair, training=True), [z, y], case=case)
        check_shape(name, learning, right.shape, what="logits", case=case)
        same = np.allclose(logits, learning, **close)
        check_true(name, same, f"the decoder {changed_by_training}", case=case)
        mistakes = {}
        if not np.allclose(logits, right, **close):
            mistakes = {
                f"{what} stands on the logits": decode(z, weights, last=f)
                for what, f in on_outputs.items()
            }
            mistakes["the label stands in front of the code"] = decode(z, weights, label_first=True)
            for text, labels in counted.items():
                mistakes[text] = decode(z, weights, one_hot=labels)
            mistakes |= {text: cut[0] for text, cut in cut_off([logits], [right]).items()}
        what = "logits under known weights"
        check_close(name, logits, right, **close, mistakes=mistakes, what=what, case=case)
        one = call(name, decoder, [z[:1], y[:1]], case=case)
        what = "logits of one code"
        check_close(name, one, right[:1], **close, what=what, case=case)

    check_case(2)
    # BEGIN HIDDEN TESTS
    check_case(1, "one latent dimension")
    check_case(8, "more latent dimensions")
    # END HIDDEN TESTS


def check_class_style_grid(class_style_grid):
    """seven classes, three codes, a decoder of known logits"""
    name = "class_style_grid"

    def decoder_of(of_code, of_label, shape, far=0, dropout=0.0):
        """Its logits are known: what the code, less `far`, adds, and what the label adds."""
        code, label = keras.Input(of_code.shape[:1]), keras.Input((), dtype="int32")
        near = keras.layers.Rescaling(1.0, offset=-far)(code)
        dense = keras.layers.Dense(of_code.shape[1], use_bias=False)
        table = keras.layers.Embedding(*of_label.shape)
        # Joined before they are added: as in a real decoder, each code needs a label of its own.
        parts = keras.layers.Concatenate()([dense(near), table(label)])
        parts = keras.layers.Dropout(dropout)(parts)  # which is off outside of training
        parts = keras.layers.Reshape((2, *shape))(parts)
        decoder = keras.Model([code, label], keras.ops.sum(parts, axis=1))
        dense.set_weights([of_code])
        table.set_weights([of_label])
        return decoder

    def as_numbers(got):
        """An array, or None where `check_close` will say what came."""
        try:
            return np.asarray(got, dtype=float)
        except (TypeError, ValueError):
            return None

    def check_codes(case):
        """Under a decoder that does not look at the label a row shows its codes."""
        z = np.random.default_rng(0).normal(size=(4, 2)).astype("float32")
        decoder = decoder_of(np.eye(2), np.zeros((12, 2)), (1, 2, 1))
        got = as_numbers(call(name, class_style_grid, decoder, z, 3, case=case))
        if got is None or got.shape != (3, 4, 1, 2, 1):
            return
        problem = "each row has codes of its own. Use the codes z, the same in every row."
        check_true(name, np.allclose(got, got[:1], atol=2e-3), problem, case=case)
        flat = "all pixels are equal. Use a sigmoid for each pixel, not a softmax over them."
        check_true(name, np.ptp(got) > 0, flat, case=case)
        ranks = lambda a: np.argsort(np.ravel(a)).tolist()
        problem = "the codes of a row are not z, in the order in which they came."
        check_true(name, ranks(got[0]) == ranks(z), problem, case=case)

    def check_case(n, d, n_classes, shape, *, far=0, of_labels=1, draws=1, case=None):
        """A decoder, with other codes in each draw."""
        rng = np.random.default_rng(n + d)
        size = int(np.prod(shape))
        of_code = rng.normal(size=(d, size)) / d**0.5
        of_label = of_labels * rng.normal(size=(12, size))
        decoder = decoder_of(of_code, of_label, shape, far, 0.5 if case else 0.0)
        for _ in range(draws):
            z = (far + rng.normal(size=(n, d))).astype("float32")
            codes = (z.astype(float) - far) @ of_code
            known = (codes + of_label[:, None]).reshape(12, n, *shape)  # more than are asked for
            middle = sigmoid(codes.mean(axis=0) + of_label).reshape(12, 1, *shape)
            plain, middle = known[:n_classes], middle[:n_classes]
            check_pixels(decoder, z, n_classes, known, plain, 0 * plain + middle, case)

    def check_pixels(decoder, z, n_classes, known, plain, middle, case):
        right = sigmoid(plain)
        labels, columns = np.arange(n_classes), np.arange(len(z))
        turns = np.resize(labels, (n_classes, len(z)))
        shape = right.shape[2:]
        got = call(name, class_style_grid, decoder, z, n_classes, case=case)
        mistakes = {
            "logits are returned instead of pixels": plain,
            "the logits are cut off at 0 and 1": np.clip(plain, 0, 1),
            "an exp is taken instead of a sigmoid": np.exp(plain),
            "a tanh is taken instead of a sigmoid": np.tanh(plain),
            "the sign of the logits is wrong": 1 - right,
            "classes and codes are swapped": right.swapaxes(0, 1),
            "classes and codes are swapped, and logits are returned": plain.swapaxes(0, 1),
            "the rows are cut from images that stand code by code": (
                right.swapaxes(0, 1).reshape(right.shape)
            ),
            "classes and codes are not two axes": right.reshape(-1, *shape),
            "classes and codes are not two axes, and logits are returned": (
                plain.reshape(-1, *shape)
            ),
            "labels and codes take turns together, so not every pair occurs": right[turns, columns],
            "every row has the label 0": 0 * right + right[:1],
            "every row has the code of its class": (
                0 * right + right[labels, labels % len(z)][:, None]
            ),
            "only the first code is used": 0 * right + right[:, :1],
            "the mean of the codes is used for all": middle,
            "each class gets one image, that of the first code": right[:, 0],
            "every row is the mean of all classes": 0 * right + right.mean(axis=0),
            "the classes are in the reverse order": right[::-1],
            "the codes are in the reverse order": right[:, ::-1],
            "classes are counted from 1": sigmoid(known[1 : n_classes + 1]),
            "there are always ten classes": sigmoid(known[:10]),
            "the channel axis is missing": right[..., 0],
            "the pixels are rounded to 0 and 1": np.round(right),
            "the sigmoid is applied twice": sigmoid(right),
        }
        values, close = as_numbers(got), {"rtol": 2e-3, "atol": 2e-3}  # some GPUs round factors
        named = [a for a in (right, *mistakes.values()) if np.shape(values) == a.shape]
        if not any(np.allclose(values, a, **close) for a in named):
            check_codes(case)
        check_close(name, got, right, **close, mistakes=mistakes, case=case)

    check_case(3, 5, 7, (9, 11, 1))
    # BEGIN HIDDEN TESTS
    check_case(3, 5, 7, (9, 11, 1), draws=2, case="the same decoder, other codes")
    check_case(7, 2, 10, (28, 28, 1), case="ten classes, whole images")
    check_case(1, 1, 1, (4, 7, 3), case="one code, one class, images in colour")
    check_case(4, 2, 8, (6, 10, 1), far=200, of_labels=60, case="codes and logits far from 0")
    # END HIDDEN TESTS


def check_swap_label(swap_label):
    """three images, a model with known weights, and whether z_log_var matters"""
    name = "swap_label"

    def model(first, parts, finish, dropout, contrast=1.0):
        """Each part is known: a kernel for the first input, plus a row for each label."""
        one, label = keras.Input(first), keras.Input((), dtype="int32")
        wide = keras.layers.Rescaling(1 / contrast, offset=-0.5 / contrast)(one)
        flat, outputs, layers = keras.layers.Flatten()(wide), [], []
        flat = keras.layers.Dropout(dropout)(flat)  # which is off outside of training
        for kernel, rows in parts:
            dense = keras.layers.Dense(kernel.shape[1], use_bias=False)
            table = keras.layers.Embedding(*rows.shape)
            outputs.append(dense(flat) + table(label))
            layers += [(dense, kernel), (table, rows)]
        known = keras.Model([one, label], finish(outputs))
        for layer, weights in layers:
            layer.set_weights([weights])
        return known

    def check_case(shape, d, pairs, *, n_classes=10, contrast=1.0, of_labels=1, case=None):
        """Encoder and decoder; for each pair of old and new labels other images."""
        rng = np.random.default_rng(d)
        size = int(np.prod(shape))
        part = lambda a, b: (rng.normal(size=(a, b)) / a**0.5, rng.normal(size=(n_classes, b)))
        mean, log_var, other, logits = part(size, d), part(size, d), part(size, d), part(d, size)
        logits = logits[0], of_labels * logits[1]
        dropout = 0.5 if case else 0.0
        decoder = model((d,), [logits], lambda out: keras.layers.Reshape(shape)(out[0]), dropout)
        both = (log_var,) if case else (log_var, other)
        encoders = [model(shape, [mean, second], list, dropout, contrast) for second in both]
        for labels in pairs:
            y, y_new = (np.array(one, dtype="int32") for one in labels)
            x = (0.5 + contrast * (rng.random((len(y), *shape)) - 0.5)).astype("float32")
            check_images(encoders, decoder, x, y, y_new, mean, log_var, logits, contrast, case)

    def check_images(encoders, decoder, x, y, y_new, mean, log_var, logits, contrast, case):
        n, shape, i = len(x), x.shape[1:], np.arange(len(x))
        flat = lambda x: (x.astype(float).reshape(n, -1) - 0.5) / contrast

        def images_of(codes, table=logits[1]):
            """Logits of codes (…, d), under every label unless a row of the table is given."""
            codes = codes - 0.5
            return (codes @ logits[0] + table).reshape(*codes.shape[:-1], *shape)

        def by_labels(part):
            """Logits under each pair of labels: one for the encoder, one for the decoder."""
            codes = flat(x) @ part[0] + part[1][:, None]  # (label, image, d)
            return np.stack([images_of(codes, row) for row in logits[1]], axis=1)

        plain = by_labels(mean)
        images = sigmoid(plain)
        right = images[y, y_new, i]
        again = flat(right) @ mean[0] + mean[1][y_new]
        mistakes = {
            "logits are returned instead of pixels": plain[y, y_new, i],
            "the logits are cut off at 0 and 1": np.clip(plain[y, y_new, i], 0, 1),
            "an exp is taken instead of a sigmoid": np.exp(plain[y, y_new, i]),
            "a tanh is taken instead of a sigmoid": np.tanh(plain[y, y_new, i]),
            "the sign of the logits is wrong": 1 - right,
            "the images are encoded with the new labels": images[y_new, y_new, i],
            "the codes are decoded with the old labels": images[y, y, i],
            "old and new labels are swapped": images[y_new, y, i],
            "z_log_var is taken for the code": sigmoid(by_labels(log_var)[y, y_new, i]),
            "the new images are encoded and decoded once more": (
                sigmoid(images_of(again, logits[1][y_new]))
            ),
            "every image gets the same code, the mean of all": (
                sigmoid(plain[y, y_new[:, None], i].mean(axis=1))
            ),
            "every image gets the code of the first": images[y[0], y_new, 0],
            "the code is always 0": sigmoid(images_of(0 * again, logits[1][y_new])),
            "every image gets the first of the new labels": images[y, y_new[0], i],
            "the new labels are in the reverse order": images[y, y_new[::-1], i],
            "every image is the mean of all": 0 * right + right.mean(axis=0),
            "the images come back unchanged": x,
            "the channel axis is missing": right[..., 0],
            "the pixels are rounded to 0 and 1": np.round(right),
            "the sigmoid is applied twice": sigmoid(right),
        }
        got = [
            call(name, swap_label, encoder, decoder, x, y, y_new, case=case) for encoder in encoders
        ]
        one, two = got[0], got[-1]
        close = {"rtol": 2e-3, "atol": 2e-3}  # some GPUs round factors
        if len(got) == 2 and np.shape(one) == np.shape(two) == x.shape:
            of_log_var = mistakes["z_log_var is taken for the code"]
            others = np.asarray(two), of_log_var
            steady = any(np.allclose(one, a, **close, equal_nan=True) for a in others)
            problem = "the images depend on chance or on z_log_var: z is drawn. Take z_mean."
            check_true(name, steady, problem, case=case)
        check_close(name, one, right, **close, mistakes=mistakes, case=case)

    check_case((9, 7, 1), 5, [([4, 0, 7], [1, 9, 4])])
    # BEGIN HIDDEN TESTS
    several = [([6, 1, 2], [3, 8, 5]), ([0, 9, 5], [7, 2, 0])]
    check_case((9, 7, 1), 5, several, case="the same models, other images")
    whole = [([3, 9, 2, 7, 4], [8, 9, 0, 5, 6])]
    check_case((28, 28, 1), 8, whole, case="whole images, one of which keeps its label")
    check_case((4, 6, 3), 1, [([2], [1])], n_classes=3, case="one image in colour")
    turned, alike = [([6, 0, 3, 8], [1, 6, 5, 0])], [([3] * 4, [8] * 4)]
    check_case((6, 8, 1), 2, turned, contrast=0.002, case="images of little contrast")
    check_case((6, 8, 1), 2, alike, of_labels=200, case="all labels equal, logits far from 0")
    # END HIDDEN TESTS


def check_kl_to_class_prior(kl_to_class_prior):
    """four images, six class means, three of which are used, labels out of order"""
    name = "kl_to_class_prior"
    z_mean = np.array([[0.4, -1.1], [1.3, 0.2], [-0.6, 0.9], [2.1, -0.4]], dtype="float32")
    z_log_var = np.array([[-0.5, 0.9], [0.3, -1.2], [-0.8, 0.4], [1.1, -0.3]], dtype="float32")
    class_means = np.array(
        [[1, 0.5], [-2, 0.7], [0.3, -1.4], [0.8, 2], [-0.9, -0.6], [1.6, -1.7]], dtype="float32"
    )
    y = np.array([4, 1, 0, 4], dtype="int32")
    got = call(name, kl_to_class_prior, z_mean, z_log_var, y, class_means)
    check_close(
        name,
        got,
        [1.30307, 5.84553, 1.53058, 4.99249],
        rtol=1e-3,
        atol=1e-3,
        mistakes={
            "the prior N(0, I) is used, which has no class": [1.01807, 1.14053, 0.75558, 2.75749],
            "the mean of all class means is used": [0.88543, 0.99622, 0.92294, 2.45652],
            "classes are counted from 1": [5.21807, 0.36553, 5.97058, 4.19749],
            "the class after the right one is used": [1.23307, 2.05553, 1.17058, 1.44249],
            "image i gets the mean of class i": [1.79307, 5.84553, 3.22058, 4.19749],
            "the mean of the first image's class is used for all": [
                1.30307,
                3.01553,
                1.34058,
                4.99249,
            ],
            "the mean of class 0 is used for all": [1.79307, 0.36553, 1.53058, 1.48249],
            "the labels are sorted": [1.79307, 5.84553, 1.34058, 4.99249],
            "z_mean is not used": [0.91807, 2.52053, 0.79558, 1.05749],
            "the factor ½ is missing": [2.60613, 11.69105, 3.06115, 9.98498],
            "the factor ½ stands only before the distance": [1.63613, 6.12105, 1.70115, 5.46498],
            "the means are added instead of subtracted": [1.90307, 0.92553, 1.23058, 1.69249],
            "the distance is not squared": [1.23307, 2.17553, 1.17058, 2.07249],
            "the distance is divided by the variance of q": [1.77706, 4.7243, 3.07289, 1.99741],
            "only the distance counts, and z_log_var is not used": [0.97, 5.57, 1.36, 4.52],
            "the distance is missing": [0.33307, 0.27553, 0.17058, 0.47249],
            "the term −1 is missing": [2.30307, 6.84553, 2.53058, 5.99249],
            "the variance is missing": [-0.23, 5.02, 0.56, 3.12],
            "the logarithm of the variance is missing": [1.50307, 5.39553, 1.33058, 5.39249],
            "the logarithm of the variance is added": [1.70307, 4.94553, 1.13058, 5.79249],
            "z_log_var is used as the variance": [-0.03, 4.57, 0.36, 3.52],
            "z_log_var has the wrong sign": [1.19765, 6.15047, 1.60793, 4.76136],
            "exp(z_log_var) is given where z_log_var belongs": [
                5.20404,
                6.34865,
                2.39565,
                12.78103,
            ],
            "exp(z_log_var) is used as the standard deviation": [
                2.77876,
                6.42642,
                1.97372,
                7.50691,
            ],
            "the standard deviation stands for the variance": [0.94356, 5.87532, 1.50586, 4.41698],
            "half of z_log_var stands for z_log_var": [1.04356, 5.65032, 1.40586, 4.61698],
            "prior and posterior are swapped": [1.67164, 5.02924, 3.15025, 1.76628],
            "the variance of the prior is taken for e instead of 1": [
                0.72083,
                2.80278,
                1.05737,
                1.95167,
            ],
            "the sign is wrong": [-1.30307, -5.84553, -1.53058, -4.99249],
            "the KLs to all classes are averaged": [2.46057, 2.57136, 2.49808, 4.03166],
            "the KLs to all classes are summed": [14.7634, 15.42816, 14.98846, 24.18995],
            "the smallest KL of all classes is taken": [0.38307, 0.36553, 1.17058, 1.44249],
            "the KLs to all classes are returned": [
                [1.79307, 4.83307, 0.38307, 5.21807, 1.30307, 1.23307],
                [0.36553, 5.84553, 2.05553, 2.02053, 3.01553, 2.12553],
                [1.53058, 1.17058, 3.22058, 1.75558, 1.34058, 5.97058],
                [1.48249, 9.48249, 2.59249, 4.19749, 4.99249, 1.44249],
            ],
            "the latent dimensions are averaged instead of summed": [
                0.65153,
                2.92276,
                0.76529,
                2.49625,
            ],
            "the latent dimensions are not summed": [
                [0.89827, 0.4048],
                [5.46993, 0.3756],
                [1.40466, 0.12591],
                [4.95208, 0.04041],
            ],
            "the sum runs over the images instead of the latent dimensions": [12.72494, 0.94672],
            "every image gets the mean of all KLs": [3.41792] * 4,
            "the images are averaged, too": 3.41792,
            "the images are summed, too": 13.67166,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(12)
    for n, d, n_classes, far, log_vars, labels, case in (
        (4, 2, 6, 1, (-1, 1), [2, 5, 5, 3], "the same shapes, other values"),
        (40, 100, 10, 1, (-1, 1), np.arange(40) * 7 % 10, "ten classes, many latent dimensions"),
        (1, 1, 3, 1, (-1, 1), [2], "one image, one latent dimension"),
        (5, 3, 8, 1, (-1, 1), [6] * 5, "all labels equal"),
        (12, 3, 6, 30, (-1, 1), np.arange(12) * 5 % 6, "class means that lie far away"),
        (7, 3, 5, 1, (-30, -12), [0, 3, 4, 1, 3, 0, 2], "very narrow posteriors"),
        (7, 3, 5, 1, (12, 30), [2, 0, 3, 1, 4, 4, 2], "very wide posteriors"),
    ):
        drawn = rng.normal(size=(n, d)), rng.uniform(*log_vars, size=(n, d))
        means = far * rng.normal(size=(n_classes, d))
        z_mean, z_log_var, class_means = (a.astype("float32") for a in (*drawn, means))
        y = np.array(labels, dtype="int32")
        m, s, c = (a.astype(float) for a in (z_mean, z_log_var, class_means))

        def kl(s, to=c[y], m=m):
            return 0.5 * (np.exp(s) + (m - to) ** 2 - 1 - s).sum(axis=-1)

        cuts = {
            f"z_log_var is cut off {at} away from 0": np.clip(s, -at, at)
            for at in (5, 8, 10, 15, 20)
        }
        floors = {f"{low:g} is added to the variance": low for low in (1e-5, 1e-6, 1e-7, 1e-8)}
        right, got = (
            kl(s),
            call(name, kl_to_class_prior, z_mean, z_log_var, y, class_means, case=case),
        )
        mistakes = {text: kl(cut) for text, cut in cuts.items()}
        mistakes |= {text: kl(np.log(np.exp(s) + low)) for text, low in floors.items()}
        mistakes["the class after the right one is used"] = kl(s, to=c[(y + 1) % n_classes])
        mistakes["the smallest KL of all classes is taken"] = kl(s[:, None], c, m[:, None]).min(1)
        check_close(name, got, right, rtol=1e-3, atol=1e-3, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_kl_full_covariance(kl_full_covariance):
    """four pairs of Gaussians in two dimensions with full covariances"""
    name = "kl_full_covariance"
    mean = np.array([[0.5, -1], [1.2, 0.3], [-0.4, 0.8], [-1.5, 0.1]], dtype="float32")
    prior_mean = np.array([[1, 0.2], [-0.6, 0.9], [0.7, -0.5], [-0.3, 1.6]], dtype="float32")
    tril = np.array(
        [
            [[1.4, 0], [0.6, 0.7]],
            [[0.8, 0], [-0.5, 1.3]],
            [[1.1, 0], [0.9, 1.6]],
            [[0.4, 0], [-0.8, 0.5]],
        ],
        dtype="float32",
    )
    prior_tril = np.array(
        [
            [[0.9, 0], [-0.4, 1.2]],
            [[1.5, 0], [0.7, 1.7]],
            [[1.3, 0], [0.5, 0.6]],
            [[0.7, 0], [1.2, 2.1]],
        ],
        dtype="float32",
    )
    got = call(name, kl_full_covariance, mean, tril, prior_mean, prior_tril)
    check_close(
        name,
        got,
        [1.85252, 1.54219, 6.89727, 2.94116],
        rtol=3e-3,  # some GPUs round factors to three digits
        atol=3e-3,
        mistakes={
            "the logarithm of the determinant counts once: that of L instead of Σ": [
                1.80394,
                1.09376,
                7.30416,
                1.94381,
            ],
            "the factor 2 stands twice on the logarithms of the determinants": [
                1.94969,
                2.43907,
                6.08349,
                4.93586,
            ],
            "the logarithms of the determinants are swapped": [
                1.65819,
                -0.25155,
                8.52482,
                -1.04824,
            ],
            "the logarithms of the determinants are missing": [1.75536, 0.64532, 7.71104, 0.94646],
            "the logarithm of det Σp is missing": [1.77556, 0.6061, 7.14573, 2.5559],
            "the logarithm of det Σq is missing": [1.83232, 1.58141, 7.46258, 1.33172],
            "the logarithms of the determinants are added": [1.81212, 1.62064, 8.0279, -0.27772],
            "the determinants stand without a logarithm": [1.85836, 3.35577, 6.46644, 2.00691],
            "the diagonal of Σ is taken for that of L": [1.50422, 2.45773, 6.33594, 3.94866],
            "det Σ is taken for the product of the diagonal of Σ": [
                1.62979,
                1.55152,
                7.02349,
                2.44756,
            ],
            "Σ = Lᵀ·L is taken instead of L·Lᵀ": [1.90585, 1.56316, 5.91288, 2.76419],
            "Σ = Lᵀ·L is taken for q": [1.84481, 1.60429, 5.69757, 3.766],
            "Σ = Lᵀ·L is taken for p": [2.00616, 1.51453, 7.18655, 2.30365],
            "L is taken for Σ": [0.96803, 1.43157, 2.68157, 1.2317],
            "L is taken for Σ, but not in the determinants": [1.01661, 1.88001, 2.27469, 2.22905],
            "L of p is inverted instead of Σp": [1.54577, 2.06981, 3.47469, 2.28109],
            "L² is taken for Σ, without the transpose": [1.34755, 1.29979, 5.92143, 1.51138],
            "each element of L is squared": [1.09035, 1.15446, 5.09878, 2.31105],
            "p and q are swapped": [2.26404, 4.12208, 2.0898, 55.79655],
            "Σp is not inverted": [1.30581, 6.59487, 1.48842, 11.8144],
            "Σp is not inverted in the trace": [1.12522, 4.55423, 5.36162, 4.87293],
            "Σp is not inverted in the distance": [2.03312, 3.58284, 3.02408, 9.88263],
            "Σq is inverted instead of Σp": [1.1524, 3.50967, 0.63154, 36.9147],
            "Σq is inverted instead of Σp in the trace": [2.25978, 4.38178, 3.49852, 26.37053],
            "Σq is inverted instead of Σp in the distance": [2.05111, 3.07624, 3.86099, 36.35658],
            "each element of Σp is divided into 1 instead of the matrix being inverted": [
                -2.82301,
                -0.31019,
                2.37282,
                4.65763,
            ],
            "the covariance of the prior is taken for the identity": [
                1.2702,
                2.05078,
                2.17469,
                2.97944,
            ],
            "the distance of the means is not weighed with the inverse of Σp": [
                1.84087,
                2.26344,
                3.86568,
                3.28158,
            ],
            "the inverse of Σp stands twice in the distance": [2.04142, 1.12063, 16.97462, 4.99715],
            "the distance of the means is missing": [0.99587, 0.46344, 2.41568, 1.43658],
            "the means are added instead of subtracted": [2.39093, 0.68988, 2.48964, 7.33942],
            "the prior's mean is taken for 0": [1.36024, 0.79513, 3.72666, 4.54163],
            "the trace is missing": [-0.04618, 0.97563, 2.66782, 2.49928],
            "the whole matrix is summed instead of its diagonal": [
                3.15396,
                1.16073,
                6.32199,
                2.26764,
            ],
            "the matrices are multiplied element by element": [1.59326, 1.4776, 7.95496, 2.81677],
            "the trace is the product of two traces": [2.85681, 2.09254, 11.32495, 4.03961],
            "d is not subtracted": [2.85252, 2.54219, 7.89727, 3.94116],
            "d is added": [3.85252, 3.54219, 8.89727, 4.94116],
            "1 is subtracted instead of d": [2.35252, 2.04219, 7.39727, 3.44116],
            "the number of images is subtracted instead of d": [0.85252, 0.54219, 5.89727, 1.94116],
            "the factor ½ is missing": [3.70504, 3.08439, 13.79454, 5.88232],
            "the factor ½ stands only before the trace": [1.80634, 2.51782, 9.56509, 5.44044],
            "only the diagonals of L are used": [1.1315, 1.11377, 4.80498, 2.9108],
            "the sign is wrong": [-1.85252, -1.54219, -6.89727, -2.94116],
            "every image gets the mean of all KLs": [3.30829] * 4,
            "the images are averaged, too": 3.30829,
            "the images are summed, too": 13.23314,
            "the trace is summed over the images, too: its sum has no axis": [
                7.09042,
                8.11223,
                9.80442,
                9.63588,
            ],
            "the logarithms are summed over the images, too: their sum has no axis": [
                3.93032,
                2.82028,
                9.88601,
                3.12142,
            ],
            "the logarithms of the determinants are taken with base 10": [
                1.79756,
                1.03483,
                7.35763,
                1.81274,
            ],
            "the distance counts twice": [2.70918, 2.62095, 11.37886, 4.44574],
            "the distance is not squared: its root is taken": [1.65034, 1.19786, 3.91261, 2.30392],
            "L of p stands for its inverse in the distance": [1.86592, 4.13724, 3.46458, 12.32343],
            "the diagonal of L is summed without a logarithm": [1.75536, 1.74532, 6.91104, 2.84646],
            "the transpose of L of p is solved in the distance": [
                1.99587,
                1.45693,
                6.17324,
                1.81163,
            ],
            "the inverse of L of p stands in the distance for that of Σp": [
                1.84587,
                1.79756,
                4.74773,
                2.26617,
            ],
        },
    )
    # BEGIN HIDDEN TESTS

    def kl(m, lq, pm, lp, of_q=0.0, of_p=0.0, of_inverse=0.0):
        """In float64; a mistake may add something to the diagonals."""
        (_, d), way = m.shape, (pm - m)[..., None]
        q, p = (a @ np.swapaxes(a, 1, 2) for a in (lq, lp))
        q, p = q + of_q * np.eye(d), p + of_p * np.eye(d)
        scaled = np.linalg.solve(p + of_inverse * np.eye(d), np.concatenate([q, way], axis=-1))
        traces = np.trace(scaled, axis1=1, axis2=2)
        far = (way * scaled[..., -1:]).sum((1, 2))
        log_dets = np.linalg.slogdet(p)[1] - np.linalg.slogdet(q)[1]
        return 0.5 * (traces + far - d + log_dets)

    def logs(lower, small=0.0):
        return np.log(np.diagonal(lower, axis1=1, axis2=2) + small).sum(-1)

    def check_arrays(*arrays, case):
        arrays = [a.astype("float32") for a in arrays]
        exact, mistakes = [a.astype(float) for a in arrays], {}
        right, got = kl(*exact), call(name, kl_full_covariance, *arrays, case=case)
        check_shape(name, got, right.shape, case=case)
        if not np.allclose(np.asarray(got, dtype=float), right, rtol=3e-3, atol=3e-3):
            for small in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
                added = f"{small:g} is added to the diagonal of"
                mistakes[f"{added} Σp"] = kl(*exact, of_p=small)
                mistakes[f"{added} Σp before it is inverted"] = kl(*exact, of_inverse=small)
                mistakes[f"{added} both covariances"] = kl(*exact, of_q=small, of_p=small)
                floors = [logs(exact[i], small) - logs(exact[i]) for i in (1, 3)]
                mistakes[f"{added} L in the logarithms"] = right + floors[1] - floors[0]
        check_close(name, got, right, rtol=3e-3, atol=3e-3, mistakes=mistakes, case=case)

    far_apart = [1e-4, 1e4]  # of the first image and of the second
    for seed, (n, d, scale, prior_scale, away, case) in enumerate(
        (
            (4, 2, 1, 1, 0, "the same shapes, other values"),
            (20, 5, 1, 1, 0, "more dimensions"),
            (1, 1, 1, 1, 0, "one image, one dimension"),
            (6, 3, 0.05, 1, 0, "narrow posteriors"),
            (7, 2, 1, 20, 0, "a wide prior"),
            (7, 2, 1, 1, 200, "means far from 0, close to each other"),
            (2, 100, far_apart, far_apart, 0, "a hundred dimensions, very narrow and very wide"),
            (6, 3, 1e-9, 1, 0, "very narrow posteriors"),
            (6, 3, 1e-4, 1e-4, 0, "very narrow posteriors and priors"),
        )
    ):
        rng = np.random.default_rng(seed)
        lower = np.tril(rng.normal(size=(2, n, d, d)), -1) / max(1, d - 1) ** 0.5
        trils = lower + np.eye(d) * rng.uniform(0.5, 1.5, size=(2, n, 1, d))
        of_q, of_p = (np.reshape(one, (-1, 1, 1)) for one in (scale, prior_scale))
        means = away + of_p[..., 0] * rng.normal(size=(2, n, d))
        check_arrays(means[0], of_q * trils[0], means[1], of_p * trils[1], case=case)

    case = "diagonal matrices, where the formula of 02 holds"
    rng = np.random.default_rng(8)
    mean, log_var = rng.normal(size=(2, 7, 3))
    tril = np.exp(log_var / 2)[..., None] * np.eye(3)
    check_arrays(mean, tril, 0 * mean, np.eye(3) + 0 * tril, case=case)
    arrays = [a.astype("float32") for a in (mean, tril, mean, tril)]
    case = "q is p"
    got = call(name, kl_full_covariance, *arrays, case=case)
    check_shape(name, got, (7,), case=case)
    problem = "the KL of a Gaussian from itself is not 0."
    check_true(name, np.allclose(np.asarray(got, dtype=float), 0, atol=3e-3), problem, case=case)
    # END HIDDEN TESTS
