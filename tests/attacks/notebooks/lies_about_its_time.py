"""Says when it was handed in with what is no time; all is right."""

COMES_OUT = {}


def hand_in(nb, folder):
    (folder / "timestamp.txt").write_bytes(b"\xff\x00 9999999999-99-99 <script> 1e999 " * 10**5)
    return nb
