"""Prints a hundred megabytes, and writes as many to the standard streams; the answer is right."""

import os
import sys

COMES_OUT = {"double": 2}

for _ in range(100):
    print("x" * 10**6)
    sys.stderr.write("y" * 10**6)
    os.write(1, b"z" * 10**6)


def double(x):
    print("x" * 10**7)
    return x + x
