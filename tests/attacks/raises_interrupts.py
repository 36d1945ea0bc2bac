"""Raises what stops programs, and what ends loops early."""

SAYS = "StopIteration"


def double(x):
    raise {3: StopIteration, 4: KeyboardInterrupt}.get(x, GeneratorExit)("done")
