"""How much memory processes take."""

import contextlib

import psutil


def memory_of(processes):
    """Bytes that processes have now; pages that they share count once, as /proc says (PSS).

    Args:
        processes: of psutil; those that have ended count nothing.
    """
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total
