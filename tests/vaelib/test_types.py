"""What help says about each public function: types, and every argument in words."""

import importlib
import inspect
import pkgutil
import re

import pytest

import vaelib

MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(vaelib.__path__, "vaelib.")
]
CLASSES = [
    found
    for module in MODULES
    for name, found in vars(module).items()
    if inspect.isclass(found) and found.__module__ == module.__name__ and name[0] != "_"
]


def functions_of(space):
    """The public functions of a module, or the public methods of a class with its `__init__`."""
    own = getattr(space, "__module__", space.__name__)
    for name, found in vars(space).items():
        function = getattr(found, "__func__", found)  # of a class method
        public = name == "__init__" or not name.startswith("_")
        if public and inspect.isfunction(function) and function.__module__ == own:
            yield f"{own}.{function.__qualname__}", function


FUNCTIONS = dict(pair for space in (*MODULES, *CLASSES) for pair in functions_of(space))


def arguments(function):
    parameters = inspect.signature(function).parameters.values()
    return [parameter for parameter in parameters if parameter.name not in ("self", "cls")]


def overrides(name):
    """Whether a method does what Keras asks of its name, and Keras says what its arguments are."""
    parents = {f"{c.__module__}.{c.__qualname__}": c.__mro__[1:] for c in CLASSES}
    of_class, _, method = name.rpartition(".")
    return method != "__init__" and any(
        hasattr(parent, method) and not parent.__module__.startswith("vaelib")
        for parent in parents.get(of_class, ())
    )


def explained(name, function):
    """The names of arguments that its docstring explains."""
    text = inspect.getdoc(function) or ""
    module = inspect.getmodule(function)
    if function.__name__ == "__init__":  # the class explains it, and its attributes if it is plain
        text = f"{text}\n{inspect.getdoc(vars(module)[function.__qualname__.split('.')[0]])}"
    sections = re.findall(r"^(?:Args|Attributes):\n((?:    .*\n?)+)", text, re.MULTILINE)
    names = set(re.findall(r"^    (\w+):", "".join(sections), re.MULTILINE))
    if ".synthetic." in name:  # where one sentence says for a whole module what a canvas c is
        names |= {word for word in re.findall(r"\w+", module.__doc__) if len(word) <= 2}
    return names


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_and_every_result_has_a_type(name):
    function = FUNCTIONS[name]
    empty = inspect.Parameter.empty
    assert not [argument.name for argument in arguments(function) if argument.annotation is empty]
    assert inspect.signature(function).return_annotation is not empty


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_is_explained(name):
    function = FUNCTIONS[name]
    assert inspect.getdoc(function)
    if not overrides(name):
        wanted = {argument.name for argument in arguments(function)}
        assert not wanted - explained(name, function)


def test_help_shows_the_names_of_types_and_not_what_they_stand_for():
    assert str(inspect.signature(vaelib.codes.traversal)) == (
        "(z: 'ArrayLike', dim: 'int', values: 'ArrayLike') -> 'np.ndarray'"
    )


def test_the_walk_finds_functions_methods_and_what_makes_an_object():
    assert {
        "vaelib.losses.kl_divergence",
        "vaelib.checks.demands.check_close",
        "vaelib.models.vae.VAE.__init__",
        "vaelib.models.vae.VAE.from_config",
        "vaelib.data.synthetic.shapes.convex",
    } <= set(FUNCTIONS)
