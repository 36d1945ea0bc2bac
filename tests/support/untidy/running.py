"""What code writes and does on its way, and what is wrong with it: only IPython can tell."""

from tests.support.classes import behind, with_source
from tests.support.untidy.case import DOUBLE, STEP, running


@running()
def warnings_and_log_lines_go_to_stderr(nb, released):
    text = "import logging, sys, warnings\n\n\ndef double(x):\n"
    text += "    warnings.warn('careful', DeprecationWarning)\n    logging.error('a line')\n"
    text += "    print('progress', file=sys.stderr)\n    return 2 * x"
    return with_source(nb, "double", text)


@running()
def it_prints_a_lot(nb, released):
    text = "def double(x):\n    print('a long line ' * 1000)\n    return 2 * x\n\n\n"
    nb = with_source(nb, "double", text + "for i in range(10_000):\n    print(i)")
    return behind(nb, "double", "print('x' * 10_000_000)")


@running()
def it_uses_magics(nb, released):
    magics = "%load_ext autoreload\n%autoreload 2\nA = 1"
    more = ("!ls", "%matplotlib inline", "files = !ls", "%%time\nB = 1", "%timeit -n1 -r1 A")
    nb = behind(nb, "square", magics, *more)
    return with_source(nb, "square", "%%time\ndef square(x):\n    return A * B * x * x")


@running()
def it_asks_for_help(nb, released):
    nb = behind(nb, "double", "double?", "?print", "double??", "help(double)", "%pdoc double")
    return with_source(nb, "double", DOUBLE + "\n\n\ndouble?")


@running()
def it_awaits_at_top_level(nb, released):
    return behind(nb, "double", "import asyncio\nawait asyncio.sleep(0)\nTWO = 2")


@running()
def it_waits_for_input(nb, released):
    return behind(nb, "double", "name = input('Who are you? ')\nprint(name)")


@running()
def it_shows_figures(nb, released):
    text = "%matplotlib widget\nimport matplotlib.pyplot as plt"
    show = "plt.ion()\nplt.plot([1, 2])\nplt.show()\nplt.figure()\nplt.pause(0.1)"
    return behind(nb, "double", text, show, "plt.switch_backend('TkAgg')")


@running()
def it_chooses_a_backend(nb, released):
    return behind(nb, "double", "import matplotlib\nmatplotlib.use('agg')")


@running()
def it_quits(nb, released):
    return behind(nb, "double", "exit()", "quit()", "import sys\nsys.exit()", "exit", "sys.exit(1)")


@running()
def it_raises_in_a_cell_of_its_own(nb, released):
    return behind(nb, "double", "1 / 0", "raise KeyboardInterrupt", "assert False, 'not yet'")


@running()
def it_has_a_syntax_error_in_a_cell_of_its_own(nb, released):
    return behind(nb, "double", "def helper(:\n    pass", "  x = 1\n y = 2")


@running()
def it_goes_to_another_folder(nb, released):
    text = "import os\nos.makedirs('mine', exist_ok=True)\nos.chdir('mine')"
    return behind(nb, "double", text, "os.chdir('/tmp')", "%cd ..")


@running()
def it_seeds(nb, released):
    text = "import random\nimport numpy as np\nimport keras\nnp.random.seed(0)\nrandom.seed(0)"
    return behind(nb, "double", text, "keras.utils.set_random_seed(1)")


@running()
def it_makes_warnings_errors(nb, released):
    text = "import warnings\nimport numpy as np\nwarnings.simplefilter('error')"
    return behind(nb, "double", text, "np.seterr(all='raise')")


@running()
def it_deletes_names(nb, released):
    return behind(nb, "check_double", "del double")


@running()
def it_takes_stdout_for_itself(nb, released):
    return behind(nb, "double", "import io, sys\nsys.stdout = io.StringIO()", "print(1)")


@running()
def it_shadows_builtins_in_its_own_cells(nb, released):
    return behind(nb, "double", "list = [1, 2]\nsum = 3\nmax = min = 0\ntype = 1")


@running()
def it_starts_a_thread(nb, released):
    text = "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()"
    return behind(nb, "double", text)


@running()
def it_uses_tensorflow_in_between(nb, released):
    text = "import tensorflow as tf\ntf.print(tf.constant(1.0) + 1)\ntf.random.set_seed(3)"
    return behind(nb, "double", text)


@running()
def it_reads_a_file_that_is_not_there(nb, released):
    return behind(nb, "double", "open('/content/drive/data.csv').read()")


@running()
def a_helper_s_name_is_used_twice(nb, released):
    text = "def f(x):\n    return 2 * x\n\n\ndef double(x):\n    return f(x)"
    nb = with_source(nb, "double", text)
    text = "def f(x, y):\n    return x * y\n\n\ndef square(x):\n    return f(x, x)"
    return with_source(nb, "square", text)


@running()
def a_variable_is_set_anew_below(nb, released):
    nb = with_source(nb, "double", "n = 2\n\n\ndef double(x):\n    return n * x")
    return behind(nb, "check_double", "n = 3")


@running()
def names_are_reset_at_the_end(nb, released):
    return behind(nb, "why", "%reset -f", "import builtins\ndel builtins.print")


@running()
def a_package_is_not_there(nb, released):
    text = "import seaborn_that_is_not_here\nfrom google.colab import drive\nimport sys\nTWO = 2"
    cell = next(cell for cell in nb.cells if cell.source == "import sys")
    nb = with_source(nb, cell.id, text)
    return with_source(nb, "double", "print(1 / 0)\n\n\ndef double(x):\n    return TWO * x")


@running()
def magics_and_input_stand_above_what_counts(nb, released):
    text = "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n!ls\n"
    text += "name = input()\nimport matplotlib\nmatplotlib.use('TkAgg')\nTWO = 2"
    nb = behind(nb, "predict_sum", text)
    return with_source(nb, "double", "def double(x):\n    return TWO * x")


@running(points=(0, 3), says={"double": "nothing of this name"})
def a_syntax_error_in_one_exercise(nb, released):
    return with_source(nb, "double", "def double(x:\n    return x + x")


@running(points=(0, 3), says={"double": "ZeroDivisionError"})
def a_run_time_error_in_one_exercise(nb, released):
    return with_source(nb, "double", "def double(x):\n    return x / 0")


@running(points=(2, 0), says={"square": f"did not end within {STEP} s"})
def an_endless_loop_in_one_exercise(nb, released):
    return with_source(nb, "square", "def square(x):\n    while True:\n        pass")


@running()
def an_endless_loop_in_a_cell_of_its_own(nb, released):
    return behind(nb, "double", "while True:\n    pass")


@running(
    "left as it was: the cell `double` defines `doubel`, but no `double`",
    points=(0, 3),
    says={"double": "nothing of this name is defined"},
)
def an_exercise_is_renamed(nb, released):
    return with_source(nb, "double", "def doubel(x):\n    return x + x")


@running(points=(0, 3), says={"double": "nothing of this name is defined"})
def an_exercise_is_emptied(nb, released):
    return with_source(nb, "double", "")


@running(points=(0, 3))
def an_exercise_is_wrong(nb, released):
    return with_source(nb, "double", "def double(x):\n    return x + 2")
