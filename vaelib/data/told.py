"""Where images come from, in words for people and as data for programs."""

import sys
from collections.abc import Mapping
from typing import Any

KIND = "vaelib.source"  # in the metadata of an output that tells a source


def tell_source(line: str, source: str) -> None:
    """Show a line; in a notebook its output carries the source in its metadata, too.

    Args:
        line: says what was loaded, and from where.
        source: of the data, such as "synthetic".
    """
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    if hasattr(shell, "kernel"):
        shell.display_pub.publish({"text/plain": line}, metadata={KIND: source})
    else:
        print(line)


def source_of(output: Mapping[str, Any]) -> str | None:
    """The source that an output of a notebook tells, or None for any other output.

    Args:
        output: an output of a cell, as nbformat has it.
    """
    source: str | None = output.get("metadata", {}).get(KIND)
    return source
