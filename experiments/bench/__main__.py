"""Measures what docs/measurements.md states, and writes the data and the page. See `make bench`.

Ratios compare runs that alternate in one process, and times are medians. All parts take hours;
`python -m experiments.bench import sprites` measures two of them, and `--page` none. Set
VAELIB_DATA for the figures on real data.
"""

import argparse
import sys

import vaelib  # noqa: F401 - before Keras: it keeps TensorFlow's messages off the screen
from experiments import measurements
from experiments.bench.parts import PARTS
from experiments.clock import machine


def main(arguments=None):
    """Measures the parts that the command line names, or all, and states each once it is done."""
    parser = argparse.ArgumentParser(prog="python -m experiments.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}")
    parser.add_argument("--page", action="store_true", help="write the page from the data alone")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.parts if name not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    if given.page and given.parts:
        parser.error("--page measures no part")
    if not given.page:
        for name in given.parts or PARTS:
            measure(name)
    text = measurements.page(measurements.load(), PARTS)
    measurements.PAGE.write_text(text, encoding="utf-8")


def measure(name):
    """Measures one part, puts its figures into the data, and prints their table."""
    print(f"{PARTS[name].title} …", file=sys.stderr, flush=True)
    here = machine()
    new = measurements.recorded(PARTS[name].measure(), name, here)
    measurements.save(measurements.replaced(measurements.load(), new), PARTS)
    print(measurements.table(new, {here: "this"}), flush=True)


if __name__ == "__main__":
    main()
