"""Raises an error whose text no file can hold, and which rules the terminal it is shown on."""


def double(x):
    raise ValueError(
        "\ud800 \x1b[2J\x1b]0;owned\x07\0 \u202e <script>alert(1)</script>" + "x" * 10**7
    )
