"""Programs that tests start beside themselves, and talk to."""

import contextlib
import socket
import subprocess
import time

import psutil


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(condition, seconds=60):
    """Waits until a condition holds, and returns what it gave."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.2)
    return value


def reached(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def program(*command, **options):
    """A program that runs while the block does, with all that it starts."""
    started = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    try:
        yield started
    finally:
        family = [*psutil.Process(started.pid).children(recursive=True), started]
        for process in reversed(family):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        _, alive = psutil.wait_procs(family[:-1], timeout=5)
        for process in alive:
            process.kill()
        started.wait()
