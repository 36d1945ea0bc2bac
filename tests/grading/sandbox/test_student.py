"""What a student's process gives the grader, and that it is what the process itself would see."""

import functools
import tempfile
import textwrap
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from grading.sandbox.requests import LookUp, RunCell, WriteFile
from tests.support.students import defined, student
from vaelib import losses
from vaelib.checks import call, call_training
from vaelib.checks.lent import ArgumentChanged, copied, same

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    with student(folder, asked=["kl_divergence", "Sampling", "elbo_decomposition"]) as session:
        source = "import keras, numpy as np, tensorflow as tf\nfrom keras import ops"
        session.value(RunCell(source))
        yield session


@pytest.fixture
def both(session):
    """Defines a thing here and in the student's process; gives it and the stand-in for it."""

    def define(name, source):
        source = textwrap.dedent(source)
        space = {"keras": keras, "np": np, "tf": tf, "ops": keras.ops}
        exec(source, space)
        return space[name], defined(session, source, name)

    return define


def message(function, *args):
    """What a check says to a call that fails."""
    with pytest.raises(AssertionError) as caught:
        call("it", function, *args)
    return str(caught.value)


# cells


@pytest.mark.parametrize(
    "source",
    [
        "import a_package_that_is_not_there\nhere = 1",
        "def f():\n    return 1 / 0\n\nf()\nhere = 1",
        "for i in range(3):\n    [1, 2][i]\nx = input()\nhere = 1",
        "%matplotlib inline\n!true\nhere = 1",
        "%nothing_of_this_name\nhere = 1",
        "from IPython.display import display\ndisplay(3)\n?len\nhere = 1",
    ],
)
def test_what_stands_behind_a_failing_statement_of_a_cell_counts(session, source):
    session.ask(RunCell("here = 0"))
    session.ask(RunCell(source))
    assert session.value(LookUp("here")) == [1]


def test_the_first_exception_of_a_cell_is_told_and_none_if_there_was_none(session):
    reply = session.ask(RunCell("1 / 0\n{}[3]\nhere = 2"))
    assert (reply["raised"]["type"], reply["raised"]["text"]) == (
        "ZeroDivisionError",
        "division by zero",
    )
    assert session.ask(RunCell("here = 3")) == {"value": None}
    assert session.ask(RunCell("here = ("))["raised"]["builtin"] == "SyntaxError"
    assert session.ask(RunCell("import sys\nsys.exit()\nhere = 4"))["raised"]
    assert session.value(LookUp("here")) == [3]
    assert session.value(LookUp("nowhere")) == []


# the library


KL = (np.ones((2, 3)), np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3)))


@pytest.mark.parametrize(
    "source",
    [
        "from vaelib.losses import kl_divergence as it",
        "from vaelib import losses\nit = lambda *args: losses.kl_divergence(*args)",
        "import vaelib.models.vae\nit = vaelib.models.vae.kl_divergence",
        "from vaelib.models import conditional\nit = lambda *a: conditional.kl_divergence(*a)",
        "import functools, vaelib.losses\nit = functools.partial(vaelib.losses.kl_divergence)",
        "import vaelib.losses\nit = tf.function(vaelib.losses.kl_divergence)",
        "import vaelib.losses\nit = lambda *args: list(map(vaelib.losses.kl_divergence, *args))",
    ],
)
def test_the_library_s_own_version_of_what_is_asked_refuses_to_be_called(session, source):
    said = message(defined(session, source, "it"), *KL)
    assert "RuntimeError" in said
    assert "vaelib.losses.kl_divergence is what this assignment asks you to write" in said
    assert said.endswith("While it is graded the library does not have it. Write it yourself")


def test_what_the_library_imports_from_another_of_its_modules_refuses_there_too(session):
    it = defined(session, "from vaelib.losses import elbo_decomposition as it", "it")
    said = message(it, *3 * [np.ones((2, 3))])
    assert "vaelib.losses.elbo_decomposition is what this assignment asks" in said


@pytest.mark.parametrize(
    "source",
    [
        "from vaelib.models import Sampling as It",
        "from vaelib.models import sampling\nIt = lambda seed: sampling.Sampling(seed=seed)",
        "from vaelib.models.vae import Sampling\nclass It(Sampling):\n    pass",
        "from vaelib.models import Sampling\nclass It(Sampling):\n"
        "    def __init__(self, seed):\n        super().__init__(seed)",
        "from vaelib.models import Sampling\nIt = lambda n: Sampling.from_config({'seed': n})",
    ],
)
def test_a_class_of_the_library_refuses_too(session, source):
    said = message(defined(session, source, "It"), 3)
    assert "vaelib.models.sampling.Sampling is what this assignment asks you to write" in said


@pytest.mark.parametrize(
    ("source", "args"),
    [
        ("from vaelib.losses import negative_elbo as it", 4),
        ("from vaelib.losses import kl_per_dimension as it", 2),
        ("from vaelib.losses import kl_full_covariance as it", 4),
        ("from vaelib.losses import minibatch_decomposition\n"
         "it = lambda *args: minibatch_decomposition(*args, 1)", 3),
        ("from vaelib.models import VAE, build_vae_mlp\nit = lambda x: VAE(*build_vae_mlp())", 1),
    ],
)  # fmt: skip
def test_what_contains_what_is_asked_refuses_with_the_same_sentence(session, source, args):
    said = message(defined(session, source, "it"), *args * [np.ones((2, 3))])
    held, asked = "which this assignment asks you to write", "is what this assignment asks"
    assert held in said or asked in said


@pytest.mark.parametrize(
    "line",
    [
        "getattr(vaelib.losses.kl_divergence, '__wrapped__', None)",
        "importlib.reload(vaelib.losses).kl_divergence",
        "vaelib.losses.negative_elbo.__globals__['kl_divergence']",
        "[f for f in gc.get_objects() if type(f) is F and f.__name__ == 'kl_divergence'"
        " and f.__module__ == 'vaelib.losses'][0]",  # Keras has one of this name, too
        "(sys.modules.pop('vaelib.losses'), __import__('vaelib.losses').losses)[1].kl_divergence",
    ],
)
def test_what_is_asked_cannot_be_got_at_behind_the_library_s_back(session, line):
    source = "import gc, importlib, sys\nimport vaelib.losses\nF = type(lambda: 0)\n"
    source += "def it(*args):\n"
    said = message(defined(session, f"{source}    return ({line})(*args)", "it"), *KL)
    assert "is what this assignment asks you to write" in said or "NoneType" in said


def test_the_source_of_what_is_asked_is_nowhere_in_the_copy(session):
    source = """
        import inspect, pathlib, vaelib.losses
        from vaelib.models import Sampling
        def it():
            folder = pathlib.Path(vaelib.__file__).parent
            texts = [path.read_text() for path in folder.rglob("*.py")]
            return [*texts, inspect.getsource(vaelib.losses), inspect.getsource(Sampling)]
        """
    texts = defined(session, textwrap.dedent(source), "it")()
    assert len(texts) > 50
    assert any("kl_divergence is what this assignment asks" in text for text in texts)
    for formula in ("log_ratio = q_log_var", "+ ops.exp(0.5 * z_log_var) * eps", "logsumexp(log_q"):
        assert not [text for text in texts if formula in text]


def test_what_is_not_asked_may_be_called(session):
    found = defined(session, "from vaelib.losses import mse_per_image", "mse_per_image")
    x = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(found(x, 0 * x), losses.mse_per_image(x, 0 * x))


# what is raised


def test_the_stub_of_the_exercise_itself_is_named(session):
    it = defined(session, "def it(x):\n    raise NotImplementedError", "it")
    assert message(it, 1) == (
        "it: not implemented yet. Replace the line `raise NotImplementedError` by your code."
    )


def test_another_stub_is_named(both):
    source = "def other(x):\n    raise NotImplementedError\ndef it(x):\n    return 2 * other(x)"
    here, across = both("it", source)
    assert message(across, 1) == "it: your code calls `other`, which is not implemented yet."
    assert message(here, 1) == message(across, 1)


def test_the_stub_of_a_layer_is_named(both):
    source = """
        class Its(keras.layers.Layer):
            def call(self, x):
                raise NotImplementedError
    """
    here, across = both("Its", source)
    said = "it: not implemented yet. Replace the line `raise NotImplementedError` by your code."
    assert message(across(), np.ones(2)) == message(here(), np.ones(2)) == said


RAISING = [
    "raise ValueError('two\\nlines')",
    "raise ValueError",
    "raise KeyError('the key')",
    "{}['the key']",
    "open('not there')",
    "raise OSError(2, 'No such file', 'x')",
    "b'\\xff'.decode()",
    "raise SystemExit(3)",
    "raise StopIteration",
    "raise ExceptionGroup('several', [ValueError('one')])",
    "raise AssertionError('one', 'two')",
    "raise type('OwnError', (LookupError,), {})('text')",
    "raise type('OwnError', (Exception,), {'__str__': lambda self: 'own text'})()",
    "raise tf.errors.InvalidArgumentError(None, None, 'text')",
    "ops.matmul(np.ones((2, 3)), np.ones((2, 3)))",
    "keras.layers.Dense(-1)",
    "compile('1 +', 'cell', 'exec')",
    "1 / 0",
    "x.nothing",
    "undefined",
    "raise ValueError('long ' * 1000)",
]


@pytest.mark.parametrize("line", RAISING)
def test_an_exception_keeps_its_type_its_builtin_type_and_its_text(both, line):
    here, across = both("it", f"def it(x):\n    {line}")
    expected, got = [], []
    for function, found in ((here, expected), (across, got)):
        try:
            function(np.ones(2))
        except (Exception, SystemExit) as error:
            kinds = [ValueError, KeyError, LookupError, OSError, SystemExit, ArithmeticError]
            alike = [isinstance(error, kind) for kind in kinds]
            found += [type(error).__name__, str(error)[:2000], alike]
    assert got == expected
    assert message(across, np.ones(2)) == message(here, np.ones(2))


def test_an_integer_that_is_too_large_is_an_error_and_the_conversation_goes_on(both):
    _, across = both("it", "def it(x):\n    return 2**x")
    assert across(100) == 2**100
    assert "an integer of 100,001 bits is too large" in message(across, 100_000)
    assert across(3) == 8


# arguments


CHANGING = {
    "a number": "x[0] = 7",
    "all of it": "x *= 2",
    "not a number": "x[1] = np.nan",
    "its shape": "x.shape = (2, 2)",
}


@pytest.mark.parametrize("line", CHANGING.values(), ids=CHANGING)
def test_what_is_changed_in_an_argument_shows(both, line):
    here, across = both("it", f"def it(x):\n    {line}\n    return 1")
    x = np.arange(4, dtype="float32")
    with pytest.raises(ArgumentChanged):
        across(x)
    np.testing.assert_array_equal(x, np.arange(4))
    expected = x.copy()
    exec(line, {"x": expected, "np": np})
    assert here(x) == 1
    np.testing.assert_array_equal(x, expected)
    for function in (here, across):
        assert "changes its argument in place" in message(function, np.arange(4, dtype="float32"))


def test_what_is_changed_inside_of_an_argument_shows(both):
    source = "def it(pair, b=None):\n    pair[1][...] = 5\n    b['c'] -= 1"
    here, across = both("it", source)
    one, two, three = np.zeros(2), np.zeros((2, 2)), np.zeros(1)
    with pytest.raises(ArgumentChanged):
        across((one, two), b={"c": three})
    assert (one.max(), two.max(), three[0]) == (0, 0, 0)
    here((one, two), b={"c": three})
    assert (one.max(), two.min(), three[0]) == (0, 5, -1)


@pytest.mark.parametrize(
    "line",
    [
        "x[0][0] = 7",
        "x.append(3)",
        "x.reverse()",
        "x[1]['a'].clear()",
        "x[1]['b'] = 1",
        "x[1].pop('a')",
        "x[2][0].fill(9)",
    ],
)
def test_a_list_or_a_dict_that_is_changed_shows_and_stays_the_check_s(both, line):
    for function in both("it", f"def it(x):\n    {line}"):
        given = [np.arange(2.0), {"a": [1, 2]}, (np.ones(1), "text")]
        before = copied(given)
        assert "changes its argument in place" in message(function, given)
        assert same(before, given)


def test_a_list_that_is_not_changed_is_no_change(both):
    for function in both("it", "def it(x):\n    x[0][0] = x[0][0]\n    return len(x)"):
        assert call("it", function, [np.array([np.nan, -0.0]), {"a": [float("nan"), None]}]) == 2


SENDS_BACK = """
    from grading.sandbox.student import Desk
    Desk._call = lambda desk, request: {
        "value": request.target(*request.args),
        "tape": 0,
        "changed": [(0, np.zeros(3))],
    }
    class It:
        def set_weights(self, arrays): pass
    it = It()
"""


def test_a_student_s_process_cannot_change_what_a_check_computes_with(tmp_path):
    with student(tmp_path) as session:
        source = "import numpy as np\n" + textwrap.dedent(SENDS_BACK)
        weights = [np.ones(3), np.ones(3)]
        with pytest.raises(ArgumentChanged):
            defined(session, source, "it").set_weights(weights)
        np.testing.assert_array_equal(weights, np.ones((2, 3)))


def test_an_argument_that_is_not_changed_stays_the_same_object(both):
    for function in both("it", "def it(x):\n    return x + 1"):
        x = np.array([np.nan, 1])
        call("it", function, x)


def test_arguments_arrive_as_they_are(session):
    it = defined(session, "def it(*a, **k):\n    return repr((a, k))", "it")
    given = [1, 0.5, "x", b"y", None, (2, [3]), {"a": {4}}, np.float32(1.5), True, ...]
    assert it(*given, key=np.arange(2)) == repr((tuple(given), {"key": np.arange(2)}))
    assert it(tf.ones(2)) == repr(((tf.ones(2),), {}))


def test_a_function_cannot_be_handed_over(session):
    it = defined(session, "def it(f):\n    return f(1)", "it")
    with pytest.raises(TypeError, match="a check cannot hand over a function"):
        it(lambda x: x)


def test_an_object_of_the_student_s_can_be_handed_back(session):
    source = "class Box:\n    pass\ndef it(b=None):\n    return b.x if b else [Box(), print]"
    it = defined(session, f"{source}\nBox.x = 3", "it")
    box, function = it()
    assert it(box) == 3
    assert it(b=box) == 3
    assert not callable(box)
    assert callable(function)


def test_a_path_crosses_with_its_file(session):
    source = """
        import pathlib
        def it(path):
            return type(path).__name__, str(path), pathlib.Path(path).read_bytes()
        """
    it = defined(session, textwrap.dedent(source), "it")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.bin")
        path.write_bytes(b"\x00\xff")
        content = it(str(path))
        assert content == ("str", str(path), b"\x00\xff")
        assert it(path)[1:] == content[1:]
        path.write_bytes(b"other")
        assert it(path)[2] == b"other"
    with pytest.raises(FileNotFoundError, match="no such place"):
        it(Path("no such place"))


def test_a_file_is_written_into_the_student_s_own_folder(session, tmp_path):
    source = """
        import pathlib
        def it(path):
            pathlib.Path(path).unlink()
            return pathlib.Path(path).exists()
        """
    it = defined(session, textwrap.dedent(source), "it")
    session.value(WriteFile("inputs/a.txt", b"text"))
    assert it("inputs/a.txt") is False


def test_a_model_of_the_check_crosses_with_its_weights(session):
    it = defined(session, "def it(model, x):\n    return model(x)", "it")
    x = np.ones((2, 3), "float32")
    first, second = keras.Input((3,)), keras.Input((3,))
    both = keras.layers.Dense(2)(keras.layers.Concatenate()([first, second]))
    for model, given in (
        (keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), x),
        (keras.Model([first, second], [both, first]), [x, 2 * x]),
    ):
        got, expected = it(model, given), model(given)
        for a, b in zip(*map(tf.nest.flatten, (got, expected)), strict=True):
            np.testing.assert_array_equal(a, b)


# values


VALUES = {
    "nothing": "None",
    "dots": "...",
    "a tuple": "(1, [2.5, 'x'], {'a': b'b'})",
    "an array": "np.arange(6, dtype='float16').reshape(2, 3)",
    "a bool of numpy": "np.True_",
    "a tensor": "tf.reshape(tf.range(6), (2, 3))",
    "a tensor of a narrow type": "tf.constant([1.5, 2], tf.bfloat16)",
    "text in a tensor": "tf.constant('text')",
    "a ragged tensor": "tf.ragged.constant([[1], [2, 3]])",
    "part of a tensor": "tf.IndexedSlices(tf.ones((1, 2)), tf.constant([1]), tf.constant([3, 2]))",
    "a variable": "tf.Variable([1.5, 2])",
    "a symbolic tensor": "keras.Input((3,))",
    "a range": "range(3)",
    "a deque": "__import__('collections').deque([1, 2])",
    "a generator": "(i for i in range(2))",
    "a view of a dict": "{1: 2}.keys()",
    "a fraction": "__import__('fractions').Fraction(1, 3)",
    "an array of objects": "np.array([np.ones(2), None], dtype=object)",
    "a square of objects": "np.array([[1, 2.5], [3, 4]], dtype=object)",
    "an array of texts": "np.array(['a', 'bc'])",
    "a date": "np.datetime64('2020-01-01')",
    "a picture": "__import__('PIL.Image').Image.new('RGB', (3, 2), (1, 2, 3))",
    "a function": "np.sum",
    "a class": "keras.layers.Dense",
    "a layer": "keras.layers.Dense(2, name='mine')",
    "a model": "keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)], name='mine')",
    "a dict like one of the wire's": "{'is': 'handle', 'id': 0}",
    "an object": "type('Box', (), {'__repr__': lambda self: 'Box()'})()",
}


@pytest.mark.parametrize("source", VALUES.values(), ids=VALUES)
def test_a_check_sees_a_value_as_in_the_student_s_own_process(both, source):
    here, across = both("it", f"def it(*args):\n    return {source}")
    expected, got = here(), across()
    for sees in (
        lambda value: [callable(value), isinstance(value, type), hasattr(value, "get_weights")],
        lambda value: [isinstance(value, kind) for kind in (tuple, dict, str, int, float)],
        lambda value: isinstance(value, keras.layers.Layer),
        lambda value: isinstance(value, keras.Model),
        lambda value: isinstance(value, keras.layers.Dense),
        numbers,
    ):
        assert sees(got) == sees(expected)


def numbers(value):
    """What a check takes for numbers, and that it is a tensor, or None."""
    try:
        array = np.asarray(value)
    except Exception:
        return None
    if array.dtype.kind not in "biufc":
        return None
    return array.dtype, array.tolist(), tf.is_tensor(value)


@pytest.mark.parametrize(
    "source",
    [
        "keras.Input((3,))",
        "(i for i in '')",
        "1 - 2j",
        "'text'",
        "np.array(['a'])",
        "{1, 2}",
        "[[], [1]]",
    ],
)
def test_a_message_describes_a_value_as_in_the_student_s_own_process(both, source):
    from vaelib.checks import check_close

    said = []
    for function in both("it", f"def it(*args):\n    return {source}"):
        with pytest.raises(AssertionError) as caught:
            check_close("it", function(), [1, 2])
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_one_object_has_one_stand_in(session):
    source = (
        "layer = keras.layers.Dense(2)\ndef it():\n    return [layer, layer, keras.layers.Dense(2)]"
    )
    it = defined(session, source, "it")
    one, two, three = it()
    assert one is two
    assert one is it()[0]
    assert one is not three
    assert len({one, two, three}) == 2


def test_attributes_are_the_student_s(both):
    here, across = both(
        "model", "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])"
    )
    for model in (here, across):
        assert [layer.units for layer in model.layers] == [3]
        assert model.count_params() == 9
        assert [w.shape for w in model.get_weights()] == [(2, 3), (3,)]
        assert model.inputs[0].shape == (None, 2)
        assert [tuple(w.shape) for w in model.trainable_variables] == [(2, 3), (3,)]
        assert model.built is True
        assert not hasattr(model, "nothing")
        with pytest.raises(AttributeError, match="'Sequential' object has no attribute 'nothing'"):
            model.nothing  # noqa: B018
        model.set_weights([np.ones((2, 3)), np.arange(3)])
        np.testing.assert_array_equal(model(np.ones((1, 2))), [[2, 3, 4]])
        np.testing.assert_array_equal(model.predict(np.ones((1, 2)), verbose=0), [[2, 3, 4]])


# gradients


FOLLOWED = {
    "one output": "return ops.sum(x ** 2 * y)",
    "an array of them": "return ops.matmul(x, ops.transpose(y))",
    "two outputs": "return x * y, ops.exp(x)",
    "a dict of outputs": "return {'b': x * 2, 'a': [y, None, 'text']}",
    "one of two inputs": "return ops.sum(x)",
    "a stopped input": "return ops.sum(x * ops.stop_gradient(y))",
    "all stopped": "return ops.stop_gradient(x + y)",
    "rows that are picked": "return tf.gather(x, [0, 0, 1]) * 2",
    "an input as it is": "return x",
    "whole numbers, too": "return ops.argmax(x), x * 3",
    "numpy": "return np.asarray(x) * 2",
}


@pytest.mark.parametrize("line", FOLLOWED.values(), ids=FOLLOWED)
def test_gradients_equal_those_in_the_student_s_own_process(both, line):
    found = []
    for function in both("it", f"def it(x, y):\n    {line}"):
        x, y = tf.reshape(tf.range(6.0), (2, 3)) / 7, tf.ones((2, 3)) / 3
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            value = function(x, y)
            parts = [v for v in tf.nest.flatten(value) if tf.is_tensor(v) and v.dtype.is_floating]
            total = sum(tf.reduce_sum(part * (i + 2)) for i, part in enumerate(parts))
        gradients = tape.gradient(total, [x, y]) if parts else []
        found.append(
            [None if g is None else tf.convert_to_tensor(g).numpy().tolist() for g in gradients]
        )
    assert found[1] == found[0]
    assert found[0] or "numpy" in line or "stop_gradient(x" in line or "np." in line


def test_a_gradient_passes_through_two_calls_and_what_lies_between(both):
    found = []
    for function in both("it", "def it(x, scale=None):\n    return ops.tanh(x) * scale[0]"):
        x = tf.constant([0.1, -0.4])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            first = function(x, scale=[tf.constant(2.0), 3])
            last = tf.reduce_sum(function(first**2, scale=[x]))
        found.append(
            [tape.gradient(last, x).numpy().tolist(), tape.gradient(first, x).numpy().tolist()]
        )
    np.testing.assert_allclose(found[1], found[0], rtol=1e-6)


def test_tensors_that_are_no_floats_can_be_handed_over_under_a_tape(both):
    for function in both("it", "def it(x, i):\n    return tf.gather(x, i)"):
        x, i = tf.constant([1.0, 2, 3]), tf.constant([2, 0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(function(x, i))
        assert tf.convert_to_tensor(tape.gradient(total, x)).numpy().tolist() == [1, 0, 1]


def test_a_call_can_be_compiled(both):
    source = """
        calls = []
        def it(x):
            calls.append(1)
            return tf.cast(x, "float64") + len(calls)
        def count():
            return len(calls)
        """
    for function in both("it", source):
        wrapped = functools.partial(function, np.ones(2))
        compiled = tf.function(wrapped, autograph=False).get_concrete_function()
        first, second = compiled(), compiled()
        assert first.dtype == tf.float64
        np.testing.assert_array_equal(first, [2, 2])
        np.testing.assert_array_equal(second, [2, 2])  # it is not run again, only its graph


# training


STEP = """
    def it(model, optimizer, x):
        with tf.GradientTape() as tape:
            loss = ops.mean(model(x) ** 2)
        weights = model.trainable_weights
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss
    """


def a_model():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])


@pytest.mark.parametrize("kind", [np.asarray, tf.constant])
def test_a_check_sees_the_weights_that_training_leaves(both, kind):
    here, across = both("it", STEP)
    x = kind(np.arange(12, dtype="float32").reshape(4, 3))
    first, second = a_model(), a_model()
    second.set_weights(first.get_weights())
    losses_here = [call_training("it", here, first, keras.optimizers.SGD(0.01), x) for _ in "12"]
    losses = [call_training("it", across, second, keras.optimizers.SGD(0.01), x) for _ in "12"]
    np.testing.assert_allclose(losses, losses_here, rtol=1e-6)
    assert losses[1] < losses[0]
    for got, expected in zip(second.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_a_training_step_is_compiled_in_the_student_s_process(both):
    here, across = both("it", STEP)
    x, model = tf.ones((2, 3)), a_model()
    expected = float(here(model, keras.optimizers.SGD(0.0), x))
    sgd = keras.optimizers.SGD(0.1)
    graph = tf.function(lambda: across(model, sgd, x), autograph=False)
    assert float(graph.get_concrete_function()()) == pytest.approx(expected)


def test_another_call_leaves_the_weights_of_a_check_s_model(session):
    it = defined(session, textwrap.dedent(STEP), "it")
    model, x = a_model(), np.ones((2, 3), "float32")
    before = model.get_weights()
    it(model, keras.optimizers.SGD(0.1), x)
    for got, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_a_training_step_that_is_a_stub_or_changes_its_images_is_told(session):
    model, x = a_model(), np.ones((2, 3), "float32")
    for body, says in (("raise NotImplementedError", "not implemented"), ("x[:] = 0", "argument")):
        it = defined(session, f"def it(model, x):\n    {body}", "it")
        with pytest.raises(AssertionError, match=says):
            call_training("it", it, model, x)


def test_weights_that_are_none_of_the_model_s_fail_the_answer(session):
    source = "def it(model):\n    type(model).get_weights = lambda self: [np.ones(5)]"
    it = defined(session, source, "it")
    with pytest.raises(AssertionError):
        call_training("it", it, a_model())
