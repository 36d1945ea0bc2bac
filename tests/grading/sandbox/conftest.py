import sys

import pytest

from tests.support.jails import copied_modules, ordinary, outcome


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
