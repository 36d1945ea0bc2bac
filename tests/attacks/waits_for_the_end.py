"""Leaves threads and processes that act once grading is over; the answer is right."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time

COMES_OUT = {"double": 2}


def act():
    while True:
        time.sleep(0.2)
        try:
            open("@CANARY@", "w").write("owned")
        except OSError:
            pass
        try:
            socket.create_connection(("127.0.0.1", int("@TCP@")), 1).send(b"owned")
        except OSError:
            pass


threading.Thread(target=act, daemon=True).start()
threading.Thread(target=act, daemon=False).start()
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # do not die with the parent
if os.fork() == 0:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    try:
        os.setsid()
    except OSError:
        os.setpgid(0, 0)
    if os.fork() == 0:
        act()
    os._exit(0)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], process_group=0)
subprocess.Popen(["nohup", "sleep", "3600"])


def double(x):
    return x + x
