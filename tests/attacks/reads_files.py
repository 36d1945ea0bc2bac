"""Looks for keys, solutions, the gradebook and the work of others, by name and by walking."""

import os

SAYS = "found nothing"

seen, walked = [], []
for path in (
    "@KEY@",
    "@SOLUTION@",
    "@CHECKS@",
    "@GRADEBOOK@",
    "@NEIGHBOUR@",
    "@COURSE@",
    "@HOME@",
    "/etc/passwd",
):
    try:
        seen.append(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read())
    except OSError:
        pass
for folder, folders, files in os.walk("/"):
    walked.append(folder)
    folders[:] = [name for name in folders if name not in ("proc", "sys", "usr", "lib", "include")]
    for name in files:
        if name in ("id_rsa", "gradebook.db", "nbgrader_config.py") or "01_toy." in name:
            seen.append(os.path.join(folder, name))


def double(x):
    assert len(walked) > 5
    raise RuntimeError(f"BREACH {seen}" if seen else "found nothing")
