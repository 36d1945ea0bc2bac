"""What a mark is decided by: checks, release, both packages, and versions of what they use."""

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grading.sandbox.library import package_folder

OURS = ("vaelib", "grading")
THEIRS = ("tensorflow", "keras", "numpy", "scipy")
LENGTH = 12  # characters of a hash that people are shown


def decided_by(checks: dict[str, str], stamp: str, files: dict[str, bytes]) -> dict[str, str]:
    """All that decides the marks of an assignment here and now.

    Args:
        checks: dict from exercise to the text of its check, hidden part included.
        stamp: what names the notebook that students got; see `grading.notebook.stamp`.
        files: dict from name to bytes of what comes with the notebook.

    Returns:
        A dict from what it is to its hash or version: 'checks', 'release', and those of `tools`.
    """
    parts = [part for name, data in sorted(files.items()) for part in (name.encode(), data)]
    return {
        "checks": digest([json.dumps(checks, sort_keys=True).encode()]),
        "release": digest([stamp.encode(), *parts]),
        **tools(),
    }


def tools() -> dict[str, str]:
    """Hashes of both packages, and versions of Python and of the packages they compute with."""
    ours = {name: _hash(package_folder(name)) for name in OURS}
    return ours | {"python": platform.python_version()} | {name: _version(name) for name in THEIRS}


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Names of what is not the same in two such dicts."""
    return [name for name in {**other, **one} if one.get(name) != other.get(name)]


def named(decided_by: dict[str, str], names: Iterable[str]) -> str:
    """Some of what decides, in words, such as 'numpy 2.3.1 and vaelib 0f3a5c81d2e4'."""
    words = [f"{name} {decided_by.get(name, 'unknown')[:LENGTH]}" for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def digest(parts: Iterable[bytes]) -> str:
    """One SHA-256 over several texts, which says where each ends."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def _hash(root: Path) -> str:
    """Hash of every file of a package, its data included, and of their names."""
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    own = [path for path in paths if "__pycache__" not in path.split("/")]
    return digest(part for path in own for part in (path.encode(), (root / path).read_bytes()))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
