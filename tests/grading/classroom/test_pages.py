"""Pages of hostile notebooks, opened in a real browser with a click on every link.

An attack is a file of tests/attacks/pages: what somebody writes into a notebook. Its page must ask
for what an honest student's page asks for, and for nothing else.
"""

import contextlib
import json
import re
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Error as PlaywrightError

from grading import cli
from grading.classroom import pages
from grading.classroom.prepare import ODD_ID, _cleaned
from grading.classroom.record import Recorder, register
from grading.course import course_config
from tests.support.browsers import chromium, needs_chromium
from tests.support.classes import TOY, answered, course
from tests.support.programs import free_port, program, reached, wait_for

pytestmark = pytest.mark.process

ATTACKS = Path(__file__).resolve().parents[2] / "attacks" / "pages"
NAMES = [path.stem for path in sorted(ATTACKS.glob("*.py"))]
NAME = "01_toy"
HONEST = "zoe & o'neil"
MARKED = "https://example.org/vae?a=1&b=2"
TEXT = f"""Since $a<b$ and `<div>` is **not** &lt;b&gt;, see <{MARKED}> or [this]({MARKED}).

| a | b |
| :-: | --- |
| $x_1$ | 1 |

- [x] done

```html
<p class="x">text</p>
```
"""
MESSAGES = {"check_double": "double: <b>wrong</b>", "check_square": ""}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A course whose gradebook holds every attacker and one honest student."""
    folder = tmp_path_factory.mktemp("pages")
    _, solved, released = course(folder, NAME, TOY)
    right = answered(solved, released)
    config = course_config(folder)
    register(NAME, config)
    with contextlib.closing(Recorder(NAME, config)) as recorder:
        for student in (HONEST, *NAMES):
            cleaned = _cleaned(handed_in(right, student), released)
            recorder.record(student, cleaned.nb, MESSAGES, ["<i>noticed</i>"], "")
    return folder, config


def handed_in(right, student):
    nb = json.loads(json.dumps(right))
    if student == HONEST:
        next(cell for cell in nb["cells"] if cell["id"] == "why")["source"] = TEXT
        return json.dumps(nb).encode()
    space = {}
    exec((ATTACKS / f"{student}.py").read_text("utf-8"), space)
    return json.dumps(space["hand_in"](nb)).encode()


@pytest.fixture(scope="module")
def feedback(recorded):
    """Folder of the feedback, and why pages could not be made."""
    folder, config = recorded
    return folder / "classroom" / "feedback", pages.make(NAME, [HONEST, *NAMES], config)


def page_of(feedback, student):
    return (feedback[0] / student / NAME / f"{NAME}.html").read_text("utf-8")


class Visit:
    """What a page does when somebody opens it, moves over all of it and clicks on every link."""

    def __init__(self, browser, address, links="a[href]", body=None):
        self.address, self.body = address, body
        self.asked, self.dialogs, self.followed = set(), [], set()
        self.clicking = False
        context = browser.new_context()
        context.route("**/*", self._route)
        page = context.new_page()
        page.on("dialog", self._dialog)
        page.goto(address, wait_until="load")
        self.text = page.inner_text("body")
        self.html = page.content()
        page.evaluate(
            """() => { for (const one of document.querySelectorAll('body *'))
              for (const kind of ['mouseover', 'focus', 'toggle', 'animationstart', 'error'])
                one.dispatchEvent(new Event(kind)); }"""
        )
        self.clicking = True
        found = page.query_selector_all(links)
        self.links = [one.get_attribute("href") for one in found]
        self.stayed = False
        with contextlib.suppress(PlaywrightError):  # raised where a click leads away
            for one in [*found[:60], *found[60::2000]]:
                one.evaluate("one => one.click()")
                page.wait_for_timeout(20)
            page.wait_for_timeout(200)
            self.stayed = re.split("[?#]", page.url)[0] == address
        context.close()

    def _route(self, route):
        asked = route.request.url
        if self.clicking:
            self.followed.add(asked)
            route.fulfill(status=204)  # so that the page stays, and its other links are tried
            return
        self.asked.add(re.sub(r"/[0-9a-f]{32}|\?.*", "", asked))
        if asked == self.address and self.body:
            route.fulfill(body=self.body, content_type="text/html")
        elif asked.startswith("http://127.0.0.1"):
            route.continue_()
        else:
            route.abort()

    def _dialog(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()


def harmless(mine, honest):
    assert mine.stayed
    assert mine.dialogs == []
    assert mine.asked == honest.asked
    bad = [one for one in mine.links if not re.match(r"(?i)https?://|mailto:|#", one)]
    assert bad == []
    assert not [one for one in mine.followed if not one.startswith(("http://x.", "https://"))]


@pytest.fixture(scope="module")
def read(feedback):
    """A visit to the feedback page of each student."""
    with chromium() as browser:
        return {
            student: Visit(browser, "http://page.invalid/", body=page_of(feedback, student))
            for student in (HONEST, *NAMES)
        }


@needs_chromium
@pytest.mark.parametrize("attack", NAMES)
def test_a_feedback_page_runs_and_loads_nothing_of_a_student(read, attack):
    harmless(read[attack], read[HONEST])


@pytest.fixture(scope="module")
def formgraded(recorded):
    """A visit to formgrader's page of each student."""
    folder, config = recorded
    with contextlib.closing(Gradebook(config.CourseDirectory.db_url, "vae")) as gradebook:
        ids = {one.student.id: one.id for one in gradebook.notebook_submissions(NAME, NAME)}
    port = free_port()
    server = (sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root")
    options = (f"--port={port}", "--IdentityProvider.token=", "--ServerApp.root_dir=.")
    with program(*server, *options, cwd=folder), chromium() as browser:
        wait_for(lambda: reached(port))
        address = f"http://127.0.0.1:{port}/formgrader/submissions"
        return {
            student: Visit(browser, f"{address}/{one}/", "#notebook a[href]")
            for student, one in ids.items()
        }


@needs_chromium
@pytest.mark.parametrize("attack", NAMES)
def test_a_page_of_formgrader_runs_and_loads_nothing_of_a_student(formgraded, attack):
    harmless(formgraded[attack], formgraded[HONEST])


@needs_chromium
def test_what_an_honest_student_wrote_is_read_as_it_was_typed(read, formgraded):
    for page in (read[HONEST], formgraded[HONEST]):
        text = page.text.replace("\u2060", "")
        for part in ("$a< b$", "<div>", "is not <b>,", '<p class="x">text</p>', "$x_1$", "done"):
            assert part in text
        assert page.links.count(MARKED) == 2
        assert page.html.count('type="checkbox"') == 1
        assert "text-align: center" in page.html.replace("text-align:center", "text-align: center")


@needs_chromium
def test_pictures_from_elsewhere_become_text_with_the_address(read):
    text = read["pictures_from_elsewhere"].text
    assert "http://x.invalid/1.png" in text
    assert "//x.invalid/3.png" in text


@needs_chromium
def test_no_heading_of_a_student_takes_the_place_of_a_score(formgraded):
    assert '<h1 id="why"' not in formgraded["script_in_headings"].html


def test_every_page_is_made_and_has_a_policy(feedback):
    assert feedback[1] == {}
    for student in (HONEST, *NAMES):
        text = page_of(feedback, student)
        assert text.count("Content-Security-Policy") == 1
        assert "default-src 'none'" in text.partition("<title>")[0]


def test_words_around_hidden_tests_stay_in_a_students_cell_and_hide_what_is_hidden(feedback):
    text = page_of(feedback, "marks_of_hidden_tests")
    assert "### BEGIN HIDDEN TESTS" in text
    assert "double(4)" not in text.replace("</span>", "").replace('<span class="n">', "")


def test_who_has_no_page_is_named_and_gets_one_that_says_so(
    recorded, feedback, capsys, monkeypatch
):
    folder, _ = recorded
    path = folder / "classroom" / "autograded" / NAMES[0] / NAME / f"{NAME}.ipynb"
    page = feedback[0] / NAMES[0] / NAME / f"{NAME}.html"
    before, old = path.read_text("utf-8"), page.read_text("utf-8")
    path.chmod(0o644)
    path.write_text("no notebook", "utf-8")
    given = {student: {"why": 1.0} for student in NAMES[:2]}
    monkeypatch.setattr(cli, "points", lambda task, results: given)
    try:
        assert cli.main(["feedback", NAME, "--course-dir", str(folder)]) == 1
    finally:
        path.write_text(before, "utf-8")
    out = capsys.readouterr().out
    assert "1 pages in" in out
    assert f"no page could be made for {NAMES[0]}" in out
    assert "could not be made" in page.read_text("utf-8")
    assert "Content-Security-Policy" in page.read_text("utf-8")
    assert page.read_text("utf-8") != old


def test_an_id_that_is_markup_is_no_students():
    for bad in ("<img src=x onerror=alert(1)>", 'a" onclick="x', "a\\x3cscript"):
        assert ODD_ID.search(bad)
    for good in ("Łukasz Żółć", "O'Brien, Ana (2)", "Smith & Co", "学生"):
        assert not ODD_ID.search(good)


def test_every_attack_on_pages_says_in_a_sentence_what_it_tries():
    assert len(NAMES) >= 20
    for name in NAMES:
        assert re.match(r'"""[^\n]+\.\"""\n', (ATTACKS / f"{name}.py").read_text("utf-8")), name
