"""The command `vae-grade`.

Processes that grade and that clean import this file, too, as Python has it. So it imports the rest
only when it is called: they begin seconds sooner.
"""

import sys


def main() -> int:
    """Runs the command; see `grading.cli.main`."""
    from grading import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
