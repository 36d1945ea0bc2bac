"""Starts threads without end."""

import threading
import time

SAYS = "can't start new thread"


def double(x):
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
