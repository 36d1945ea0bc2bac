"""Answers with a function, a class, a module or a generator."""

import sys


def double(x):
    return {3: double, 4: type}.get(x, sys)
