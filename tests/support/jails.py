"""Fresh Pythons that enter a jail, run some code there, and tell what came of it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grading.sandbox import calls, groups, jail, keeper, memory, root, seccomp, work

NOBODY = 65534
LIMITS = {"memory": 1 << 30, "disk": 8 << 20, "processes": 32, "seconds": 60}

# The child enters a jail and runs the code; what it calls `answer` comes back.
DRIVER = """
import errno, json, os, signal, socket, sys, time
sys.path.insert(0, sys.argv[1])
from grading.sandbox import calls, jail, root, seccomp, work
settings = json.loads(sys.argv[2])
here, there = socket.socketpair()
alive, held = os.pipe()  # the end that is held is open until every process inside is dead
said, report = os.pipe()
keeper = os.fork()
if keeper == 0:
    here.close()
    os.close(alive)
    os.close(said)
    try:
        places = [one for one in root.places() if not one.endswith("vaelib")]
        places += settings["readable"]
        jail.enter(places, jail.Limits(**settings["limits"]), there, settings["hidden"], report)
        space = {"jail": jail, "calls": calls, "seccomp": seccomp, "answer": None}
        exec(sys.argv[3], space)
        told = {"answer": space["answer"]}
    except BaseException as error:
        told = {"error": f"{type(error).__name__}: {error}"}
    there.sendall(json.dumps(told).encode() + b"\\n")
    time.sleep(1000)
there.close()
os.close(held)
os.close(report)
told = here.makefile().readline()
exec(sys.argv[4])  # how it ends
here.close()
os.read(alive, 1)
os.waitpid(keeper, 0)
print(json.dumps({"answer": None, "how": os.read(said, 100).decode()} | json.loads(told or "{}")))
"""


@dataclass(frozen=True)
class Outcome:
    """What came of code in a jail: what it called `answer`, or its error; and how it ended."""

    answer: object
    how: str
    error: str


@contextmanager
def copied_modules():
    """A copy of what a jail needs, which every user can read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "grading" / "sandbox").mkdir(mode=0o755, parents=True)
    for module in (calls, groups, jail, keeper, memory, root, seccomp, work):
        shutil.copy(module.__file__, folder / "grading" / "sandbox")
    yield folder
    shutil.rmtree(folder)


def ordinary():
    """The start of a command that runs Python as an ordinary user, or None."""
    change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if os.geteuid() or not shutil.which("setpriv"):
        return None
    for python in (sys.executable, "/usr/bin/python3"):
        code = "import os, sys; sys.exit(not os.access(sys.executable, os.X_OK))"
        done = subprocess.run([*change, python, "-c", code], capture_output=True)
        if done.returncode == 0:
            return [*change, python]
    return None


def outcome(command, library, code, end="", limits=None, before="", readable=(), hidden=()):
    """Runs code in a jail of a fresh Python; `end` is done outside before the jail ends."""
    settings = {"limits": LIMITS | (limits or {}), "readable": [*readable], "hidden": [*hidden]}
    code, end = textwrap.dedent(code), textwrap.dedent(end)
    done = subprocess.run(
        [*command, "-c", before + DRIVER, library, json.dumps(settings), code, end],
        capture_output=True,
        text=True,
        timeout=120,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return Outcome(said["answer"], said["how"], said.get("error", ""))
