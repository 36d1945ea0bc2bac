"""Raises an error whose type has an odd name, an odd text and an odd ancestry."""


def fail(self):
    raise SystemExit


Odd = type("<script>\n\x1b[2J" * 1000, (UnicodeDecodeError,), {"__str__": fail, "__init__": fail})


def double(x):
    raise Odd.__new__(Odd)
