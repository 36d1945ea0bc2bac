"""How much of a machine's memory students' processes use, and how much they may."""

import os
from collections.abc import Iterable

from grading.sandbox.work import Limits

# The kernel keeps memory for each process, thread and open file that is no process's own, such as
# lists of mappings, stacks, and what waits in sockets and pipes: so much at most.
PROCESS, THREAD, FILE = 14 << 20, 32 << 10, 256 << 10
MOST_OPEN_FILES = 256  # of a process; TensorFlow and IPython have less than 20
COUNTED = ("RssAnon", "RssShmem", "VmSwap", "VmPTE")
WORKER = 1 << 30  # bytes that a worker and its fork server use


def used(processes: Iterable[str]) -> int:
    """Bytes of memory that some processes use; what they share is counted for each of them.

    To count it once takes some milliseconds for each process, and many processes at work could
    hold that up for seconds. Pages of files are not counted: the system can read them again.

    Args:
        processes: their folders in /proc; one that ends meanwhile counts for nothing.
    """
    return sum(_used_by(one) for one in processes)


def too_little(workers: int, limits: Limits) -> str:
    """Says that so many workers may use more memory than this machine has, or ''."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    needed = workers * (limits.memory + limits.disk + WORKER)
    if needed <= machine:
        return ""
    return (
        f"{workers} workers may use {needed / 2**30:.0f} GiB of memory, and this machine has "
        f"{machine / 2**30:.0f} GiB. Should it run out, submissions are judged again, one at a "
        "time. Fewer --workers or less --memory keep it from that."
    )


def _used_by(process: str) -> int:
    try:
        if size := _size(process):
            return size
        # Its first thread has ended, though others may go on with all its memory.
        threads = (f"{process}/task/{one}" for one in os.listdir(f"{process}/task"))
        return next(filter(None, map(_size, threads)), 0)
    except (OSError, ValueError):
        return 0


def _size(folder: str) -> int:
    """Bytes that a process uses, or 0 for a thread that has ended and has no memory."""
    text = _read(f"{folder}/status")
    if "\nRssAnon:" not in text:
        return 0
    sizes = _sizes(text)
    threads = int(text.partition("\nThreads:")[2].split(maxsplit=1)[0])
    kept = PROCESS + threads * THREAD + _open_files(folder) * FILE
    return sum(sizes.get(name, 0) for name in COUNTED) + kept


def _open_files(folder: str) -> int:
    """How many files are open; Linux says it as the size of a folder since 6.2."""
    try:
        return os.stat(f"{folder}/fd").st_size or len(os.listdir(f"{folder}/fd"))
    except PermissionError:
        return MOST_OPEN_FILES


def _read(path: str) -> str:
    with open(path) as file:
        return file.read()


def _sizes(text: str) -> dict[str, int]:
    """Bytes by name, from lines such as "VmRSS:  1234 kB"."""
    lines = (line.split() for line in text.splitlines() if line.endswith(" kB"))
    return {words[0].rstrip(":"): int(words[1]) << 10 for words in lines}
