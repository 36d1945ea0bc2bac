"""Grading with real services: a Dask cluster, a PostgreSQL server, formgrader in a browser."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from grading.classroom import gradebook
from grading.classroom.assignment import load_assignment
from tests.support.browsers import chromium, needs_chromium
from tests.support.classes import TOY, answered, course, grade, submit, with_source
from tests.support.programs import free_port, program, reached, wait_for

pytestmark = pytest.mark.jail

STUDENTS = 9
SLOW = "import time\n\n\ntime.sleep(1)\n"
PROGRAMS = shutil.which("postgres") or next(
    iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))), None
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A small class, graded with one local worker; each notebook takes a second."""
    folder = tmp_path_factory.mktemp("class")
    name, solved, released = course(folder, "01_toy", TOY)
    for i in range(STUDENTS):
        names = [one for one, wanted in (("double", i % 2), ("square", i % 3)) if wanted]
        mine = answered(solved, released, names)
        if names:
            mine = with_source(mine, names[0], SLOW + _source(mine, names[0]))
        submit(folder, f"student{i}", name, mine)
    run_ = grade(folder, name)
    assert run_.status == 0, run_.err
    return folder, marks(folder)


def _source(nb, cell_id):
    return next(cell.source for cell in nb.cells if cell.id == cell_id)


def marks(folder, db_url=None):
    task = load_assignment("01_toy", folder, db_url)
    return {name: mine.points for name, mine in gradebook.marks("01_toy", task.config).items()}


def again(graded, tmp_path):
    """The same class in a new folder, not yet graded."""
    folder = tmp_path / "class"
    shutil.copytree(graded[0], folder, ignore=shutil.ignore_patterns("autograded", "*.db"))
    shutil.rmtree(folder / "classroom" / "verdicts")
    shutil.rmtree(folder / "classroom" / "reports")
    return folder


def test_the_marks_are_what_was_answered(graded):
    _, given = graded
    assert {name: list(scores.values()) for name, scores in given.items()} == {
        f"student{i}": [2.0 * (i % 2 > 0), 3.0 * (i % 3 > 0), 0.0] for i in range(STUDENTS)
    }


@pytest.mark.cluster
def test_a_dask_cluster_gives_the_same_gradebook_though_a_worker_is_killed(graded, tmp_path):
    folder, port = again(graded, tmp_path), free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = (sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1")
    options = ("--port", str(port), "--no-dashboard")
    worker = (sys.executable, "-m", "dask", "worker", address, "--nthreads", "1", "--no-dashboard")
    with program(*scheduler, *options, cwd=tmp_path):
        wait_for(lambda: reached(port))
        with program(*worker, cwd=tmp_path) as first, program(*worker, cwd=tmp_path):
            command = [sys.executable, "-m", "grading", "run", "01_toy"]
            grading = subprocess.Popen(
                [*command, "--scheduler", address],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            verdicts = folder / "classroom" / "verdicts" / "01_toy"
            wait_for(lambda: list(verdicts.glob("*.json")) or grading.poll() is not None, 300)
            nanny = psutil.Process(first.pid)
            for process in [*nanny.children(recursive=True), nanny]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            out, _ = grading.communicate(timeout=600)
    assert grading.returncode == 0, out
    assert marks(folder) == graded[1]


@pytest.mark.server
@pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL's programs are not on this machine")
def test_a_postgresql_server_gets_the_same_gradebook(graded, tmp_path):
    folder, port = again(graded, tmp_path), free_port()
    data = Path("/tmp", f"vae-postgres-{os.getpid()}")  # a socket's path must be short
    data.mkdir(mode=0o700)
    user = {}
    if os.geteuid() == 0:  # initdb refuses to run as root
        shutil.chown(data, "postgres")
        user = {"user": "postgres"}
    bin_ = Path(PROGRAMS).parent
    place = {"cwd": data, **user}
    try:
        subprocess.run(
            [bin_ / "initdb", "-D", data / "db", "-U", "grader", "-A", "trust", "-N"],
            check=True,
            capture_output=True,
            **place,
        )
        options = ("-D", data / "db", "-p", str(port), "-k", str(data), "-h", "127.0.0.1")
        with program(bin_ / "postgres", *options, **place):
            wait_for(lambda: reached(port))
            url = f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
            done = grade(folder, "01_toy", "--db-url", url)
            assert done.status == 0, done.out + done.err
            assert marks(folder, url) == graded[1]
            assert not (folder / "classroom" / "gradebook.db").exists()
    finally:
        shutil.rmtree(data, ignore_errors=True)


@needs_chromium
def test_a_written_answer_is_graded_in_formgrader(tmp_path):
    from playwright.sync_api import expect

    name, solved, released = course(tmp_path, "01_toy", TOY)
    submit(tmp_path, "zoe", name, answered(solved, released))
    assert grade(tmp_path, name).of["zoe"]["scores"]["why"] is None
    port = free_port()
    server = (sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root")
    options = (f"--port={port}", "--IdentityProvider.token=secret", "--ServerApp.root_dir=.")
    with program(*server, *options, cwd=tmp_path), chromium() as browser:
        wait_for(lambda: reached(port))
        page = browser.new_page()
        address = f"http://127.0.0.1:{port}/formgrader/gradebook"
        page.goto(f"{address}?token=secret")
        page.goto(f"{address}/{name}/{name}")
        expect(page.locator("tbody")).to_contain_text("5 / 7")
        page.locator("tbody a", has_text="Submission").first.click()
        score = page.locator("input.score#why.needs_manual_grade")  # once the page has its grades
        score.fill("1.5")
        with page.expect_response(lambda one: "/api/grade/" in one.url) as saved:
            score.blur()
        assert saved.value.ok
        page.goto(f"{address}/{name}/{name}")
        expect(page.locator("tbody")).to_contain_text("6.5 / 7")
    assert marks(tmp_path)["zoe"] == {"check_double": 2, "check_square": 3, "why": 1.5}


def test_a_run_that_was_interrupted_goes_on_and_loses_nothing(graded, tmp_path):
    folder = again(graded, tmp_path)
    started = subprocess.Popen(
        [sys.executable, "-m", "grading", "run", "01_toy", "--workers", "1"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Where the tests run in a shell's background, interrupts are ignored, and so below them.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    verdicts = folder / "classroom" / "verdicts" / "01_toy"
    wait_for(lambda: len(list(verdicts.glob("*.json"))) >= 2, 300)
    family = psutil.Process(started.pid).children(recursive=True)
    os.killpg(started.pid, signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "run it again to go on" in err
    assert "Traceback" not in err
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    kept = {path.name: path.stat().st_mtime_ns for path in verdicts.glob("*.json")}
    assert 2 <= len(kept) < STUDENTS
    done = grade(folder, "01_toy")
    assert done.status == 0
    assert marks(folder) == graded[1]
