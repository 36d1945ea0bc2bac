"""Brings files that Python, nbgrader or the grader might read instead of their own."""

COMES_OUT = {"double": 0}

NAMES = ["sitecustomize.py", "json.py", "vaelib/__init__.py", "vaelib/checks.py", "numpy.py"]
NAMES += ["nbgrader_config.py", "gradebook.db", "jupyter_config.py", "classroom/gradebook.db"]
NAMES += [".ipython/profile_default/startup/00.py", "grading/judge.py", "solutions/01_toy.py"]


def hand_in(nb, folder):
    for name in NAMES:
        for place in (folder, folder.parent):
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("raise SystemExit('BREACH')\nopen('@CANARY@', 'w').write('owned')")
    for cell in nb["cells"]:
        if cell["id"] == "double":
            cell["source"] = "import vaelib\n\ndef double(x):\n    return 0"
    return nb
