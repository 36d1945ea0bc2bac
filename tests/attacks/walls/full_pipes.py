"""Fills pipes in many processes."""

import os
import time

ENDS = "memory"

for _ in range(28):
    if os.fork() == 0:
        try:
            while True:
                end = os.pipe()[1]
                os.set_blocking(end, False)
                try:
                    while True:
                        os.write(end, bytes(1 << 16))
                except BlockingIOError:
                    pass
        except OSError:
            time.sleep(1000)
time.sleep(20)
