"""Takes all memory in one process."""


def double(x):
    kept = []
    while True:
        kept.append(bytearray(b"x") * (50 << 20))
