"""Answers that break one promise each: what is made of a docstring, and that it is wrong there."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from grading.authoring import breaking, promises


def pixels(x, logits):
    """Sums.

    Args:
        x: images in [0, 1], (n, …).
        logits: the same shape; right for values of
            ±1000, too.

    Returns:
        (n,), in nats.
    """
    terms = np.asarray(x) * np.asarray(logits)
    return terms.reshape(len(terms), -1).sum(axis=1)


def density(x, log_var):
    """A density.

    Args:
        x: points, (…, d).
        log_var: logarithm of the variance of N(0, σ²), (…, d).

    Returns:
        (…,), in nats.
    """
    return np.sum(x**2 * np.exp(-log_var) + log_var, axis=-1)


def draws(n, y, seed, scale=2.0):
    """Draws.

    Args:
        n: how many.
        y: labels, (m,).
        seed: an int; the same seed gives the same draws.
        scale: of the draws.

    Returns:
        float32 (n, m).
    """
    rng = np.random.default_rng(seed)
    return (scale * rng.normal(size=(n, len(y))) + y).astype("float32")


def build(latent_dim):
    """Builds.

    Args:
        latent_dim: the length of the code.

    Returns:
        A Keras model from (n, 3) to z_mean and z_log_var, both (n, latent_dim).
    """
    inputs = keras.Input((3,))
    heads = [keras.layers.Dense(latent_dim, name=name)(inputs) for name in ("mean", "log_var")]
    return keras.Model(inputs, heads)


def weighted(kl, beta):
    """Weighs.

    Args:
        kl: of each image, (n,), in nats.
        beta: a number.

    Returns:
        (n,), in nats.
    """
    return beta * kl


class Layer:
    """Has no answers of this kind."""


def broken(function):
    return dict(breaking.broken(function))


def test_a_docstring_is_read_by_argument():
    mine = promises.promised(pixels)
    assert mine.args == {
        "x": "images in [0, 1], (n, …).",
        "logits": "the same shape; right for values of ±1000, too. (n, …)",
    }
    assert mine.returns == "(n,), in nats."


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("images, (n, …); not changed.", "(n, …)"),
        ("drawn from N(0, I), (n, d).", "(n, d)"),
        ("f at each draw, (n,) with n at least 2.", "(n,)"),
        ("a number, 0 to 1 (at most)", ""),
    ],
)
def test_the_first_shape_of_a_text_is_found(text, shape):
    assert promises.shape_of(text) == shape


def test_each_kind_that_a_docstring_names_has_an_answer():
    assert list(broken(pixels)) == [
        *(f"fails where x has {number} axes" for number in (2, 3, 4)),
        "cuts logits off at ±16",
        "cuts logits off at ±700",
        "computes in float16",
        "drops axes of length 1",
        "averages over the batch",
        "remembers its result by the shape of its input",
        "fails when it is called again with the same",
        "changes its arguments",
    ]
    assert list(broken(density)) == [
        *(f"fails where x has {number} axes" for number in (1, 2, 3)),
        "cuts log_var off at −10",
        "cuts log_var off at 10",
        "adds 1e-06 to the variance of log_var",
        "computes in float16",
        "drops axes of length 1",
        "remembers its result by the shape of its input",
        "fails when it is called again with the same",
        "changes its arguments",
    ]
    assert list(broken(draws)) == [
        "computes in float16",
        "drops axes of length 1",
        "averages over the batch",
        "takes seed 0 for no seed",
        "fails for seeds from 65536",
        "fails where all labels are equal",
        "remembers its result by the shape of its input",
        "fails when it is called again with the same",
        "gives float64 where float32 is promised",
        "changes its arguments",
        "never looks at scale",
        "takes scale 0 for none",
    ]
    assert list(broken(build)) == [
        "cuts outputs off at ±5",
        "drops outputs out while it is trained",
        "gives the outputs in the other order",
        "builds one model and gives it again",
        "never looks at another latent_dim",
    ]
    assert broken(Layer) == {}


X = np.linspace(0, 1, 6, dtype="float32").reshape(2, 3)
LOGITS = np.array([[1.3, -2, 3], [0.5, 0.1, -4]], dtype="float32")
Y = np.array([0, 2, 1])

# For each answer, arguments for which it is right, and others for which it is wrong.
DIFFERS = [
    (pixels, "fails where x has 3 axes", (X, LOGITS), (X[..., None], LOGITS[..., None])),
    (pixels, "cuts logits off at ±16", (X, LOGITS), (X, 20 + LOGITS)),
    (pixels, "cuts logits off at ±700", (X, 20 + LOGITS), (X, 900 + LOGITS)),
    (pixels, "computes in float16", (X.round(), LOGITS.round()), (X, LOGITS)),
    (pixels, "drops axes of length 1", (X, LOGITS), (X[:1], LOGITS[:1])),
    (pixels, "averages over the batch", (X[[1, 1]], LOGITS[[1, 1]]), (X, LOGITS)),
    (density, "fails where x has 1 axes", (X, LOGITS), (X[0], LOGITS[0])),
    (density, "cuts log_var off at −10", (X, LOGITS), (X, LOGITS - 20)),
    (density, "cuts log_var off at 10", (X, LOGITS), (X, LOGITS + 20)),
    (density, "adds 1e-06 to the variance of log_var", (X, LOGITS + 5), (X, LOGITS - 12)),
    (draws, "takes seed 0 for no seed", (4, Y, 1), (4, Y, 0)),
    (draws, "fails for seeds from 65536", (4, Y, 2**16 - 1), (4, Y, 2**16)),
    (draws, "fails where all labels are equal", (4, Y, 1), (4, Y * 0, 1)),
    (draws, "never looks at scale", (4, Y, 1, 2.0), (4, Y, 1, 3.0)),
    (draws, "takes scale 0 for none", (4, Y, 1, 3.0), (4, Y, 1, 0)),
    (weighted, "cuts kl off at 50", (X, 3), (60 * X, 3)),
]


@pytest.mark.parametrize(("function", "text", "alike", "differs"), DIFFERS)
def test_an_answer_is_wrong_in_one_thing_alone(function, text, alike, differs):
    answer = broken(function)[text]
    assert answer.__name__ == function.__name__
    np.testing.assert_allclose(answer(*alike), function(*alike), rtol=1e-5)
    assert not _same(answer, function, differs)


def _same(answer, function, args):
    try:
        got, right = answer(*args), function(*args)
    except ValueError:
        return False
    return np.shape(got) == np.shape(right) and np.allclose(got, right, rtol=1e-5)


def test_tensors_are_changed_as_arrays_are_also_in_a_graph():
    answer = promises.promised(tf.add)
    changes = [breaking._clip(-2, 2), breaking._half]
    for change in changes:
        for value in (tf.constant(LOGITS), LOGITS):
            np.testing.assert_array_equal(change(value), change(LOGITS))
        compiled = tf.function(change, autograph=False)
        np.testing.assert_array_equal(compiled(tf.constant(LOGITS)), change(LOGITS))
    assert answer.args == {}


def test_what_was_seen_before_is_remembered():
    answer = broken(pixels)["remembers its result by the shape of its input"]
    first = answer(X, LOGITS)
    np.testing.assert_array_equal(answer(X + 1, LOGITS), first)
    np.testing.assert_array_equal(answer(X[:1], LOGITS[:1]), first[:1])
    again = broken(pixels)["fails when it is called again with the same"]
    again(X, LOGITS)
    again(X + 1, LOGITS)
    with pytest.raises(ValueError, match="second"):
        again(X.copy(), LOGITS.copy())


def test_another_type_is_given_and_arguments_are_changed():
    assert broken(draws)["gives float64 where float32 is promised"](4, Y, 1).dtype == "float64"
    x = X.copy()
    np.testing.assert_array_equal(
        broken(pixels)["changes its arguments"](x, LOGITS.copy()), pixels(X, LOGITS)
    )
    assert not np.array_equal(x, X)


def test_models_are_right_but_for_one_thing():
    x = np.ones((2, 3), "float32")
    clipped = broken(build)["cuts outputs off at ±5"](4)
    clipped.set_weights([100 * w for w in clipped.get_weights()])
    assert [out.shape for out in clipped(x)] == [(2, 4), (2, 4)]
    assert max(np.abs(out).max() for out in clipped(x)) == 5
    dropping = broken(build)["drops outputs out while it is trained"](4)
    assert np.all(np.asarray(dropping(x)[0]))
    assert not np.all(np.asarray(dropping(np.ones((50, 3), "float32"), training=True)[0]))
    reverse = broken(build)["gives the outputs in the other order"]
    assert [out.name.split("/")[0] for out in reverse(4).outputs] != [
        out.name.split("/")[0] for out in build(4).outputs
    ]
    once = broken(build)["builds one model and gives it again"]
    assert once(4) is once(4)
    assert once(5) is not once(4)
    fixed = broken(build)["never looks at another latent_dim"]
    assert [fixed(n).output[0].shape for n in (4, 7)] == [(None, 4), (None, 4)]


def test_sizes_have_to_tell_their_axes_in_one_call():
    calls = []
    noting = promises.sizes(density, calls)
    np.testing.assert_array_equal(noting(X, LOGITS), density(X, LOGITS))
    assert calls == [{"d": 3}]
    assert promises.coincide(calls) == ""
    calls = []
    noting = promises.sizes(draws, calls)
    noting(4, Y, 1)
    assert calls == [{"n": 4, "m": 3}]
    assert promises.coincide(calls) == "in no call do all sizes differ by 2 or more: n = 4, m = 3"
    noting(5, Y, 1)
    assert promises.coincide(calls) == ""
    assert promises.sizes(Layer, []) is Layer
