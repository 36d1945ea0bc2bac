"""Takes memory as stacks of threads, in many processes."""

import os
import threading
import time

ENDS = "memory"


def sink(depth):
    if depth:
        return sink(depth - 1)
    return time.sleep(1000)


threading.stack_size(200 << 20)
for _ in range(8):
    if os.fork() == 0:
        threading.Thread(
            target=lambda: memoryview(bytearray(100 << 20)).tobytes() and sink(400)
        ).start()
        kept = bytearray(os.urandom(1 << 20)) * 100
        time.sleep(1000)
time.sleep(20)
