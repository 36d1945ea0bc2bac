"""Takes all memory in many processes, each of which takes little."""

import os
import time

SAYS = "of memory"


def double(x):
    for _ in range(40):
        if os.fork() == 0:
            kept = [b"x" * (10 << 20) for _ in range(20)]
            time.sleep(1000 + len(kept))
    time.sleep(1000)
