"""Everything that hostile students tried, handed in by one class and graded in one run.

An attack is a file of tests/attacks: code for the cell of an exercise, or, in its folder notebooks,
what somebody does to the notebook and to the folder that is handed in. Its constants say what must
come out of it.
"""

import ast
import hashlib
import json
import os
import re
import secrets
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import psutil
import pytest

from grading import notebook
from grading.classroom.assignment import load_assignment
from grading.classroom.pool import Pool
from grading.classroom.record import feedback
from grading.classroom.run import run
from grading.course import course_config
from grading.sandbox import container, jail
from grading.sandbox.work import CONTAINER, OWN, PASSED, Verdict
from grading.submission import MOST_BYTES
from tests.support.classes import (
    TOY,
    TOY_CHECKS,
    Graded,
    answered,
    course,
    grade,
    submit,
    with_source,
)

pytestmark = pytest.mark.jail

ATTACKS = Path(__file__).resolve().parents[2] / "attacks"
CELLS = {path.stem: path for path in ATTACKS.glob("*.py")}
NOTEBOOKS = {path.stem: path for path in ATTACKS.glob("notebooks/*.py")}
# What a container has to withstand by itself: the judge, who withstands the rest, is the same.
# `make test-containers` hands in all.
ON_THE_JAIL = {
    *("changes_its_control_group", "closes_everything", "crashes", "disk_bomb", "exits"),
    *("fork_bomb", "hidden_memory", "imports_the_grader", "joins_the_host", "kills"),
    *("kills_its_group", "leaves_its_root", "leaves_start_up_files", "makes_devices"),
    *("memory_bomb", "memory_bomb_of_many", "never_answers", "output_bomb"),
    *("reaches_the_runtime", "reads_environment", "reads_files", "reads_hidden_tests"),
    *("reads_other_containers", "reads_proxies", "reads_through_proc", "rewrites_the_gradebook"),
    *("sends_descriptors", "sends_packets", "thread_bomb", "traces", "waits_for_the_end"),
    "writes_to_the_system",
}
FULL = {"double": 2, "square": 3, "kl_divergence": 4}
HONEST = ("aaron", "zoe")  # the first and the last to be graded
SECONDS = 45  # for a notebook, and a fifth of them for a step

KL = """\
# %% [markdown]
# ### Exercise 3 · `kl_divergence` (4 points)

# %% exercise="kl_divergence"
def kl_divergence(q_mean, q_log_var, p_mean, p_log_var):
    # BEGIN SOLUTION
    ratio = q_log_var - p_log_var
    distance = (q_mean - p_mean) ** 2 / 2.718281828459045**p_log_var
    return 0.5 * (2.718281828459045**ratio - 1 - ratio + distance).sum(axis=-1)
    # END SOLUTION


# %% check="kl_divergence" points=4

"""
IMPORTS = "import numpy as np\n\nfrom vaelib.checks import call, check_close\n\n\n"
KL_CHECK = '''

def check_kl_divergence(kl_divergence):
    """two pairs of Gaussians in three dimensions that differ in their means alone"""
    zeros = np.zeros((2, 3))
    got = call("kl_divergence", kl_divergence, zeros + 2, zeros, zeros, zeros)
    check_close("kl_divergence", got, [6, 6])
    # BEGIN HIDDEN TESTS
    got = call("kl_divergence", kl_divergence, zeros + 4, zeros, zeros, zeros)
    check_close("kl_divergence", got, [24, 24], case="@HIDDEN@")
    # END HIDDEN TESTS
'''


@dataclass
class Case:
    """What was graded, what came of it, and what was noticed around it."""

    folder: Path
    run: Graded
    jail: str
    secret: str
    hidden: str
    before: dict
    after: dict
    received: list
    left: list
    students: dict = field(default_factory=dict)

    @property
    def classroom(self):
        """Where nbgrader keeps things."""
        return self.folder / "classroom"

    def made(self):
        """All that grading wrote."""
        for place in self.classroom.iterdir():
            if place.name != "submitted":
                yield from (place, *place.rglob("*"))


@pytest.fixture(scope="module", params=[OWN, CONTAINER])
def case(request, tmp_path_factory):
    lacking = container.missing() if request.param == CONTAINER else ""
    if lacking:
        pytest.skip(f"this machine runs no containers, so nothing is proven of them: {lacking}")
    base = tmp_path_factory.mktemp("attacks")
    folder, home, scratch = base / "course", base / "home", base / "scratch"
    secret, hidden = secrets.token_hex(16), secrets.token_hex(16)
    text = TOY.replace("7 points", "11 points").replace(
        "# %% [markdown] answer", f"{KL}# %% [markdown] answer"
    )
    checks = IMPORTS + TOY_CHECKS + KL_CHECK.replace("@HIDDEN@", hidden)
    name, solved, released = course(folder, "01_toy", text, checks)
    right = answered(solved, released)
    (home / ".ssh").mkdir(parents=True)
    scratch.mkdir()
    key = home / ".ssh" / "id_rsa"
    key.write_text(f"-----BEGIN KEY-----\n{secret}\n")
    (home / ".keras").mkdir()  # Keras writes it when it is imported
    config = {"floatx": "float32", "epsilon": 1e-07, "backend": "tensorflow"}
    config["image_data_format"] = "channels_last"
    (home / ".keras" / "keras.json").write_text(json.dumps(config))
    canary = base / "canary.txt"
    canary.write_text("untouched")
    with closing(Listeners(base)) as listeners, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("TMPDIR", str(scratch))
        patch.setenv("GRADER_SECRET", secret)
        patch.setenv("HTTPS_PROXY", f"http://grader:{secret}@127.0.0.1:9")
        patch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        neighbour = [submit(folder, student, name, right) for student in HONEST][1]
        known = {
            "KEY": key,
            "CANARY": canary,
            "COURSE": folder,
            "HOME": home,
            "NEIGHBOUR": neighbour,
            "SOLUTION": folder / "solutions" / name / f"{name}.ipynb",
            "CHECKS": folder / "checks" / f"{name}.py",
            "GRADEBOOK": folder / "classroom" / "gradebook.db",
            # A container counts files as memory; see test_container.py.
            "FILES": 30_000 if request.param == OWN else 1_000_000,
            **listeners.known,
        }
        every = request.param == OWN or request.config.getoption("all_in_containers")
        attacks = {*CELLS, *NOTEBOOKS} if every else ON_THE_JAIL
        students = _hand_in(folder, name, right, known, attacks)
        before = _seen(base, folder)
        older = {(one.pid, one.create_time()) for one in psutil.process_iter()}
        options = ("--workers", "2", "--timeout", str(SECONDS), "--memory", "2")
        options += ("--jail", request.param)
        run = grade(folder, name, *options)
        left = _left(older, str(home))
        time.sleep(0.5)  # for whoever waits for the end of grading
        after = _seen(base, folder)
        received = listeners.received
    yield Case(folder, run, request.param, secret, hidden, before, after, received, left, students)
    # pytest's own way to remove it stops at folders that are nested a thousand times
    subprocess.run(["rm", "-rf", base], check=True)


def _hand_in(folder, name, right, known, attacks):
    """Lays out the submissions of some attacks; returns the student of each."""
    students = {}
    for attack, path in _only(CELLS, attacks):
        text = _filled(path, known)
        cell = _constants(path).get("CELL", "double")
        submit(folder, attack, name, with_source(right, cell, text))
        students[attack] = attack
    for attack, path in _only(NOTEBOOKS, attacks):
        space = {}
        exec(compile(_filled(path, known), path.name, "exec"), space)
        students[attack] = student = space.get("STUDENT", attack)
        place = folder / "classroom" / "submitted" / student / name
        place.mkdir(parents=True)
        made = space["hand_in"](json.loads(json.dumps(right)), place)
        if made is not None:
            content = made if isinstance(made, bytes) else json.dumps(made).encode()
            if not any(place.glob("01_toy*")):
                (place / f"{name}.ipynb").write_bytes(content)
    return students


def _only(paths, names):
    return [(name, path) for name, path in paths.items() if name in names]


def _filled(path, known):
    text = path.read_text("utf-8")
    for word, value in known.items():
        text = text.replace(f"@{word}@", str(value))
    return text


def _constants(path):
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").isupper()
        if node.targets[0].id in ("CELL", "COMES_OUT", "SAYS", "FAILS", "STUDENT")
    }


def _seen(base, folder):
    """Dict from every file that grading must leave as it is to a hash of it."""
    places = [base / "home", base / "canary.txt", base / "scratch"]
    places += [folder / part for part in ("solutions", "checks", "course", "nbgrader_config.py")]
    submitted = folder / "classroom" / "submitted"
    files = [path for place in places for path in (place, *place.rglob("*"))]
    files += [p for one in submitted.iterdir() if not one.is_symlink() for p in one.glob("*/*")]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.is_symlink() and path.is_file() and path.stat().st_size <= MOST_BYTES
    }


def _left(older, home):
    """New processes that belong to the run, or to a jail without a keeper, and do not end."""
    ours = []
    for one in psutil.process_iter():
        try:
            if (one.pid, one.create_time()) in older:
                continue
            jailed = one.uids().real >= jail.FIRST_UID and not _is_kept(one, home)
            if jailed or one.environ().get("HOME") == home:
                ours.append(one)
        except psutil.Error:
            continue
    return psutil.wait_procs(ours, timeout=10)[1]


def _is_kept(process, home):
    """Whether it belongs to another run that is still at work on this machine."""
    keepers = [p for p in process.parents() if "grading.sandbox.zygote" in p.cmdline()]
    return any(p.environ().get("HOME") != home for p in keepers)


class Listeners:
    """Sockets of every kind on this machine, and what they received until they are closed."""

    def __init__(self, base):
        self.received = []
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_STREAM)]
        self.sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.sockets += [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(2)]
        path, abstract = base / "socket", secrets.token_hex(8)
        addresses = (("0.0.0.0", 0), ("0.0.0.0", 0), str(path), f"\0{abstract}")
        for one, address in zip(self.sockets, addresses, strict=True):
            one.bind(address)
            one.settimeout(0.2)
            if one.type == socket.SOCK_STREAM:
                one.listen()
        tcp, udp = (one.getsockname()[1] for one in self.sockets[:2])
        path.chmod(0o777)
        self.known = {"TCP": tcp, "UDP": udp, "SOCKET": path, "ABSTRACT": abstract}
        self.known["ADDRESS"] = _address()
        self.open = True
        self.threads = [threading.Thread(target=self._listen, args=[s]) for s in self.sockets]
        for thread in self.threads:
            thread.start()

    def close(self):
        """Stops listening."""
        self.open = False
        for thread in self.threads:
            thread.join()
        for one in self.sockets:
            one.close()

    def _listen(self, one):
        while self.open:
            try:
                if one.type == socket.SOCK_STREAM:
                    line, _ = one.accept()
                    line.close()
                    self.received.append(str(one.getsockname()))
                else:
                    self.received.append(one.recv(1000))
            except TimeoutError:
                continue


def _address():
    """Of this machine in its network, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(("192.0.2.1", 9))  # sends nothing
            return line.getsockname()[0]
        except OSError:
            return "127.0.0.2"


def test_the_listeners_would_hear_an_attack(tmp_path):
    with closing(Listeners(tmp_path)) as listeners:
        known = listeners.known
        socket.create_connection(("127.0.0.1", known["TCP"]), 5).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(b"x", ("127.0.0.1", known["UDP"]))
        for address in (str(known["SOCKET"]), f"\0{known['ABSTRACT']}"):
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(address)
        end = time.monotonic() + 5
        while len(listeners.received) < 4 and time.monotonic() < end:
            time.sleep(0.05)
    assert len(listeners.received) == 4


@pytest.mark.parametrize(
    "attack", ["reads_environment", "reads_through_proc", "rewrites_the_gradebook", "hidden_memory"]
)
def test_an_attack_would_succeed_without_walls(attack, tmp_path):
    """So that what is proven below is proven by the walls, and not by a mistake in the attack."""
    key, book = tmp_path / "key", tmp_path / "gradebook.db"
    key.write_text("secret")
    with sqlite3.connect(book) as made:
        made.execute("create table grade (manual_score, auto_score)")
    made.close()
    code = _filled(CELLS[attack], {"KEY": key, "GRADEBOOK": book, "COURSE": tmp_path})
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n\ndouble(3)"],
        env={**os.environ, "GRADER_SECRET": "secret"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "RuntimeError: BREACH" in done.stderr


@pytest.mark.parametrize("student", HONEST)
def test_honest_students_get_full_marks_among_attackers(case, student):
    mine = case.run.of[student]
    assert _marks(mine) == FULL, mine
    assert (mine["failure"], mine["repairs"], mine["troubles"]) == ("", [], [])


@pytest.mark.parametrize("attack", sorted(CELLS))
def test_code_earns_what_honest_work_would(case, attack):
    said = _constants(CELLS[attack])
    cell = said.get("CELL", "double")
    mine = case.run.of[attack]
    assert _marks(mine) == FULL | said.get("COMES_OUT", {cell: 0}), mine
    assert said.get("SAYS", "") in mine["verdicts"][cell]["message"]


@pytest.mark.parametrize("attack", sorted(NOTEBOOKS))
def test_a_notebook_earns_what_honest_work_would(case, attack):
    said = _constants(NOTEBOOKS[attack])
    mine = case.run.of.get(case.students[attack])
    if said.get("FAILS") == "":
        assert mine is None or mine["failure"]
    elif "FAILS" in said:
        assert said["FAILS"] in mine["failure"]
        assert mine["scores"] == {}
    else:
        assert _marks(mine) == FULL | said["COMES_OUT"], mine


def _marks(mine):
    assert not mine["failure"], mine["failure"]
    return {name: mine["scores"][f"check_{name}"] for name in FULL}


def test_the_class_is_graded_to_the_end(case):
    assert "Traceback" not in case.run.err
    assert not [one for one in case.run.of.values() if "the grader failed" in one["failure"]]
    assert "the grader's own process died" not in case.run.out
    mine = _only(NOTEBOOKS, case.students)
    absent = {case.students[name] for name, path in mine if _constants(path).get("FAILS") == ""}
    assert set(case.run.of) | absent == {*case.students.values(), *HONEST} | absent


def test_every_result_says_which_jail_it_came_from(case):
    assert {one["jail"] for one in case.run.report["submissions"]} == {case.jail}


def test_no_attack_says_that_it_succeeded(case):
    told = [case.run.out, case.run.err, json.dumps(case.run.report)]
    told += [path.read_text("utf-8") for path in case.classroom.glob("verdicts/*/*")]
    assert not [
        text[max(0, i - 200) : i + 300] for text in told for i in [text.find("BREACH")] if i >= 0
    ]


def test_no_secret_is_told(case):
    places = [p for p in case.made() if p.is_file()]
    assert len(places) > len(case.students)
    for path in places:
        assert case.secret.encode() not in path.read_bytes(), path
    for text in (case.run.out, case.run.err):
        assert case.secret not in text


def test_what_is_hidden_in_a_check_stays_with_the_grader(case):
    for path in case.classroom.glob("autograded/*/*/*.ipynb"):
        for cell in notebook.read(path).cells:
            assert case.hidden not in json.dumps(cell) or cell.id == "check_kl_divergence", path


def test_no_file_is_changed(case):
    assert case.after == case.before
    assert Path(next(p for p in case.after if p.endswith("canary.txt"))).read_text() == "untouched"


def test_nothing_is_sent(case):
    assert case.received == []


def test_no_process_is_left(case):
    assert case.left == []


def test_no_line_of_the_table_is_forged(case):
    lines = case.run.out.splitlines()
    assert sum(line.startswith("zoe  ") for line in lines) == 1
    assert not [line for line in lines if line.startswith("NO GRADE for aaron")]


def test_no_terminal_is_ruled(case):
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", case.run.out)


def test_recorded_notebooks_hold_no_page_of_an_attacker(case):
    paths = list(case.classroom.glob("autograded/*/*/*.ipynb"))
    assert len(paths) > len(case.students) / 2
    released = notebook.read(case.folder / "course" / "01_toy" / "01_toy.ipynb")
    folded = {cell.id: _beyond_grading(cell) for cell in released.cells}
    for path in paths:
        nb = notebook.read(path)
        assert not {"widgets", "title", "authors"} & set(nb.metadata)
        for cell in nb.cells:
            assert cell.cell_type in ("code", "markdown")
            assert not cell.get("attachments")
            assert _beyond_grading(cell) == folded.get(cell.id, {}), path
            if cell.cell_type == "markdown" and not _from_course(cell.source):
                assert not re.search(r"<[A-Za-z/!?]", cell.source), path
                assert not re.search(r"(?i)(javascript|vbscript|data):\S", cell.source), path
            for output in cell.get("outputs", []):
                assert output.output_type in ("stream", "error", "display_data"), path
                kinds = set(output.get("data", {}))
                assert kinds <= {"text/plain", "image/png", "image/jpeg"}, path
                assert not output.get("metadata"), path


def _beyond_grading(cell):
    known = ("nbgrader", "deletable", "editable")
    return {key: value for key, value in cell.metadata.items() if key not in known}


def _from_course(source):
    return source.startswith("Why?\n\n<!--") and source.count("<") == 2


class Page(HTMLParser):
    """The tags of a page, and whatever in it would be run."""

    ADDRESSES = ("href", "src", "xlink:href", "action", "formaction", "data", "srcdoc", "poster")
    RUN = ("script", "iframe", "object", "embed", "svg", "math", "base", "form", "meta", "link")

    def __init__(self, path):
        super().__init__()
        self.run, self.text = [], ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        """Keeps what would be run or fetched."""
        if tag in (*self.RUN, "style"):
            self.run.append(tag)
        for name, value in attributes:
            plain = re.sub(r"[\x00-\x20]", "", value or "").lower()
            picture = plain.startswith(("data:image/png", "data:image/jpeg"))
            if name.startswith("on") or (
                name in self.ADDRESSES
                and plain.startswith(("javascript:", "vbscript:", "data:"))
                and not picture
            ):
                self.run.append(f"{tag} {name}={value}")

    def handle_data(self, data):
        """Keeps what people read."""
        self.text += data


PAGES = [name for name in NOTEBOOKS if re.search("script|picture|attach", name)]
PAGES += ["raises_odd_text", "strange_metadata", "copies_cells"]


@pytest.fixture(scope="module")
def pages(case):
    """The feedback of an honest student and of those who might put something into theirs."""
    config = course_config(case.folder)
    made = case.classroom / "feedback"
    found = {}
    for student in ("zoe", *PAGES):
        feedback("01_toy", student, config)
        found[student] = Page(made / student / "01_toy" / "01_toy.html")
    return found


@pytest.mark.parametrize("student", PAGES)
def test_no_page_runs_what_a_student_wrote(pages, student):
    own = pages["zoe"].run
    assert "script" in own  # nbgrader's own
    assert pages[student].run == own


def test_the_text_of_a_script_is_shown(pages):
    assert "alert(1)" in pages["script_in_markdown"].text


def test_no_formula_of_a_student_makes_links(pages):
    text = pages["script_in_markdown"].text
    assert "href" in text
    assert not re.search(r"\\(href|unicode|class|cssId|style|data|require)\b", text)


def test_no_page_tells_a_secret(case, pages):
    for page in case.classroom.glob("feedback/*/*/*.html"):
        assert case.secret not in page.read_text("utf-8")
        assert "HIDDEN TESTS" not in page.read_text("utf-8")


def test_every_attack_says_in_a_sentence_what_it_tries():
    attacks = list(ATTACKS.rglob("*.py"))
    for path in attacks:
        assert re.match(r'"""[^\n]+\.\"""\n', path.read_text("utf-8")), path.name
    text = (ATTACKS.parent.parent / "README.md").read_text("utf-8")
    assert f"{len(attacks)} attacks are tried" in text


class FragilePool(Executor):
    """Breaks, with all that it was given, as soon as it comes to the work of one student."""

    def __init__(self):
        self.given = []
        self.broken = False

    def submit(self, function, work, decided_by):
        """Takes work, and does it a little later."""
        if self.broken:
            raise BrokenProcessPool
        future = Future()
        self.given.append((future, work))
        threading.Timer(0.1, self._do).start()
        return future

    def _do(self):
        given, self.given = self.given, []
        self.broken |= any("deadly" in cell.source for _, work in given for cell in work.cells)
        for future, work in given:
            if self.broken:
                future.set_exception(BrokenProcessPool())
            else:
                verdicts = {name: Verdict(PASSED) for name in work.checks}
                future.set_result((verdicts, [], 0.0))


def test_nobody_else_pays_for_who_kills_the_grader(tmp_path):
    name, solved, released = course(tmp_path, "01_toy", TOY)
    right = answered(solved, released)
    for student in ("ada", "bob", "cleo", "dan", "eve"):
        submit(tmp_path, student, name, right)
    submit(tmp_path, "charly", name, with_source(right, "double", "deadly = 1"))
    pool = Pool(FragilePool, lambda: 2, None)
    results = run(load_assignment(name, tmp_path), pool, {})
    failures = {one.student: one.failure for one in results if one.failure}
    assert failures == {"charly": "the grader's own process died over it"}
    assert len(results) == 6
