"""Answers with an object that runs a program wherever it is unpickled."""

import os

import numpy as np


class Program:
    def __reduce__(self):
        return os.system, ("touch @CANARY@",)


def double(x):
    return [Program(), np.array([Program()], dtype=object)]
