"""Right answers that are written in other ways: only what crosses to the grader can tell."""

from tests.support.classes import with_source
from tests.support.untidy.case import DOUBLE, running


@running()
def an_answer_is_a_class(nb, released):
    text = "class Doubling:\n    def __call__(self, x):\n        return 2 * x\n\n\n"
    return with_source(nb, "double", text + "double = Doubling()")


@running()
def an_answer_is_a_lambda(nb, released):
    return with_source(nb, "double", "double = lambda x: 2 * x")


@running()
def an_answer_has_decorators(nb, released):
    text = "import functools\n\n\n@functools.lru_cache\n@functools.wraps(abs)\n"
    return with_source(nb, "double", text + DOUBLE)


@running()
def an_answer_is_a_partial_function(nb, released):
    text = "import functools, operator\n\ndouble = functools.partial(operator.mul, 2)"
    return with_source(nb, "double", text)


@running()
def an_answer_is_defined_under_a_condition(nb, released):
    return with_source(nb, "double", "if True:\n    def double(x):\n        return x + x")


@running()
def an_answer_has_types_and_defaults(nb, released):
    return with_source(
        nb, "double", "def double(x: float, *, n: int = 2) -> float:\n    return n * x"
    )


@running()
def an_answer_recurs(nb, released):
    text = "def square(x, n=None):\n    n = x if n is None else n\n"
    text += "    return 0 if n == 0 else x + square(x, n - 1)"
    return with_source(nb, "square", text)


@running()
def answers_are_numpy_scalars(nb, released):
    nb = with_source(
        nb, "double", "import numpy as np\n\n\ndef double(x):\n    return np.int64(2 * x)"
    )
    return with_source(nb, "square", "def square(x):\n    return np.float32(x * x)")


@running()
def answers_are_floats_and_tensors(nb, released):
    nb = with_source(nb, "double", "def double(x):\n    return 2.0 * x")
    text = "import tensorflow as tf\n\n\ndef square(x):\n    return tf.constant(x * x)"
    return with_source(nb, "square", text)


@running()
def the_stub_s_last_line_is_left(nb, released):
    return with_source(nb, "double", DOUBLE + '\n    raise NotImplementedError("your answer")')
