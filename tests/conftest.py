"""Every test runs without real data and without a network."""

import os
import sys
import tempfile
from pathlib import Path

# Set here, before anything is imported, so that kernels and commands that tests start inherit it.
for setting in ("VAELIB_DATA", "VAE_CHECKS"):
    os.environ.pop(setting, None)
KERAS_HOME = tempfile.TemporaryDirectory(prefix="keras-")  # empty, and removed at the end
os.environ["KERAS_HOME"] = KERAS_HOME.name
os.environ["XDG_CACHE_HOME"] = KERAS_HOME.name  # where vaelib keeps pictures
for scheme in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
    os.environ[scheme] = "http://127.0.0.1:9"  # the discard port: nothing listens there
for name in ("no_proxy", "NO_PROXY"):
    os.environ[name] = "127.0.0.1,localhost"

import vaelib  # noqa: E402, F401 - before Keras: it keeps TensorFlow's messages off the screen
from grading.course import environment  # noqa: E402

# Commands that tests start elsewhere find this course and, as under `vae-grade`, alembic.
os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
os.environ.update(environment())


def pytest_addoption(parser):
    """Adds what chooses attackers; see tests/grading/sandbox/test_attacks.py."""
    text = "hand in every attacker to containers, and not only those on the jail"
    parser.addoption("--all-in-containers", action="store_true", help=text)


# Files that take minutes come first, so that no process is left with one of them at the end.
LONGEST = ("test_run", "test_lab", "test_attacks", "test_standin", "test_services", "test_scale")


def pytest_collection_modifyitems(items):
    """Puts the longest files first; the tests of a file stay together, in order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


collect_ignore = ["colab"]  # `make test-colab` runs it, in an environment of its own
if sys.platform != "linux":  # a class is graded, and the site is built, on Linux
    collect_ignore += ["grading/classroom", "grading/sandbox", "grading/submission"]
    collect_ignore += ["test_lab.py", "test_site.py"]
