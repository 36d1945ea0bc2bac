import sys

import pytest

from grading.sandbox.work import CONTAINER
from tests.support.jails import copied_modules, ordinary, outcome


def pytest_collection_modifyitems(config, items):
    """Leaves out what is said of attackers that are not handed in to containers."""
    if config.getoption("all_in_containers"):
        return
    left_out = [one for one in items if _is_left_out(one)]
    items[:] = [one for one in items if one not in left_out]
    config.hook.pytest_deselected(items=left_out)


def _is_left_out(item):
    chosen = getattr(getattr(item, "module", None), "ON_THE_JAIL", None)
    said = item.callspec.params if chosen and hasattr(item, "callspec") else {}
    if said.get("case") != CONTAINER:
        return False
    return "pages" in item.fixturenames or ("attack" in said and said["attack"] not in chosen)


@pytest.fixture(scope="session")
def library():
    """A copy of what a jail needs, which every user can read."""
    with copied_modules() as folder:
        yield folder


@pytest.fixture(params=["this user", "an ordinary user"])
def jailed(request, library):
    """Runs code in a jail, as two users, and says what came of it; see `outcome`."""
    command = [sys.executable] if request.param == "this user" else ordinary()
    if command is None:
        pytest.skip("needs root, setpriv, and a Python that others can read")
    return lambda code, **settings: outcome(command, library, code, **settings)


@pytest.fixture
def inside(jailed):
    """Runs code in a jail and returns its answer."""

    def run(code, end="", **settings):
        came = jailed(code, end=end, **settings)
        assert not came.error, came.error
        return came.answer

    return run
