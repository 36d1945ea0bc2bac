"""The course site: what is on it and what is not, and its pages in a real browser."""

import re
import subprocess
import sys
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.browsers import chromium, needs_chromium

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "course").glob("*/*.ipynb"))
EXPLORERS = sorted(path.name for path in (ROOT / "docs" / "explorers").glob("*.html"))
PAGES = [
    *("index.html", "explorers.html", "instructors.html", "architecture.html"),
    *("measurements.html", "changelog.html"),
    *(path.relative_to(ROOT).with_suffix(".html").as_posix() for path in NOTEBOOKS),
]
LONG = 30  # letters of a line that nobody writes twice by chance


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site. A warning of Sphinx is an error."""
    folder = tmp_path_factory.mktemp("site")
    quiet = ["--quiet", "--fail-on-warning", "--keep-going", "--doctree-dir", folder / "doctrees"]
    command = [sys.executable, "-m", "sphinx", *quiet, ROOT / "docs", folder / "site"]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder / "site"


class Page(HTMLParser):
    """What a page links to, what others can link to in it, and its text.

    Args:
        path: of the HTML file.
    """

    def __init__(self, path):
        super().__init__()
        self.links, self.names, self.text = [], set(), ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.names.add(given.get("id"))
        self.links += [given[name] for name in ("href", "src") if given.get(name)]

    def handle_data(self, data):
        self.text += data


def test_every_notebook_has_a_page_from_which_it_can_be_downloaded(site):
    assert len(NOTEBOOKS) == 7
    for notebook in NOTEBOOKS:
        page = site / notebook.relative_to(ROOT).with_suffix(".html")
        (link,) = {link for link in Page(page).links if link.startswith("../../_sources")}
        assert (page.parent / link).read_bytes() == notebook.read_bytes()


def test_links_pictures_and_scripts_are_there(site):
    pages = {site / name: Page(site / name) for name in PAGES}
    assert set(pages) <= set(site.rglob("*.html"))
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "data"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path.name}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].names, f"{path.name}: {link}"


def test_the_readme_leads_to_pages_and_else_to_the_repository(site):
    links = Page(site / "index.html").links
    for name in (*PAGES[-7:], "instructors.html", "architecture.html", "measurements.html"):
        assert name in links
    for name in ("solutions", "CONTRIBUTING.md", "LICENSE"):
        assert any(re.fullmatch(rf"https://github\.com/.*/blob/main/{name}", one) for one in links)


def test_every_explorer_is_shown_and_belongs_to_a_notebook(site):
    assert EXPLORERS
    shown = re.findall(r'<iframe [^>]*src="([^"]*)"', (site / "explorers.html").read_text("utf-8"))
    assert shown == EXPLORERS
    links = Page(site / "explorers.html").links
    for name in EXPLORERS:
        stem = name.removesuffix(".html")
        assert links.count(name) == 2  # in its frame, and alone
        assert f"course/{stem}/{stem}.html" in links


def test_no_solution_and_no_hidden_test_is_on_the_site(site):
    """Whatever students do not get in their notebooks stands in no file of the site."""
    released = "\n".join(path.read_text(encoding="utf-8") for path in NOTEBOOKS)
    secret = set()
    for source in [path for kind in ("solutions", "checks") for path in (ROOT / kind).glob("*.py")]:
        kept = re.findall(
            r"BEGIN (SOLUTION|HIDDEN TESTS)(.*?)END \1", source.read_text("utf-8"), re.DOTALL
        )
        lines = {line.strip(" #") for _, text in kept for line in text.splitlines()}
        secret |= {line for line in lines if len(line) >= LONG and _plain(line) not in released}
    assert len(secret) > 500
    for path in site.rglob("*"):
        if path.suffix == ".html":
            text = Page(path).text
        elif path.suffix in (".ipynb", ".js", ".txt", ".md"):
            text = path.read_text(encoding="utf-8")
        else:
            continue
        found = [line for line in secret if line in text or _plain(line) in text]
        assert not found, f"{path.name}: {found}"


def _plain(line):
    """A line as it stands in a notebook's JSON."""
    return line.replace("\\", "\\\\").replace('"', '\\"')


# in a browser


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing about it."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def tab(browser, address):
    """A page in the browser; at the end it complained of nothing and asked no other host."""
    noise = []

    def pass_on(route):
        if route.request.url.startswith(address):
            route.continue_()
        else:
            noise.append(route.request.url)
            route.abort()

    with browser.new_context(base_url=address, color_scheme="light") as context:
        context.route("**/*", pass_on)
        page = context.new_page()
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("console", lambda said: noise.append(said.text) if said.type == "error" else None)
        yield page
    assert noise == []


@needs_chromium
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_and_asks_no_other_host(tab, name):
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto(name)
    assert tab.locator("article h1").count() == 1
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    broken = "[...document.images].filter(one => !one.complete || !one.naturalWidth).length"
    assert tab.evaluate(broken) == 0


@needs_chromium
@pytest.mark.parametrize("name", PAGES[-7:])
def test_every_formula_is_drawn(tab, name):
    tab.goto(name)
    sizes = tab.evaluate(
        "[...document.querySelectorAll('article math')].map(one => one.getBoundingClientRect())"
    )
    assert sizes
    assert all(size["width"] > 2 and size["height"] > 2 for size in sizes)
    assert tab.locator("merror").count() == 0
    text = tab.evaluate(
        """() => {
            const article = document.querySelector("article").cloneNode(true);
            article.querySelectorAll("pre, code").forEach(one => one.remove());
            return article.textContent;
        }"""
    )
    assert not re.search(r"[$\\]", text)


@needs_chromium
def test_a_page_can_be_light_and_dark(tab):
    from playwright.sync_api import expect

    tab.goto("index.html")
    for name, colour in (("Dark", "rgb(18, 18, 18)"), ("Light", "rgb(255, 255, 255)")):
        tab.get_by_role("button", name="Color mode").click()
        tab.get_by_role("button", name=name, exact=True).click()
        expect(tab.locator("body")).to_have_css("background-color", colour)


@needs_chromium
@pytest.mark.parametrize("name", EXPLORERS)
def test_an_explorer_answers_in_its_frame(tab, name):
    tab.goto("explorers.html")
    holder = tab.locator(f'iframe[src="{name}"]')
    holder.scroll_into_view_if_needed()
    frame = holder.content_frame
    frame.locator("body[data-ready]").wait_for()
    picture = frame.locator("#picture")
    before = picture.evaluate("one => one.toDataURL()")
    slider = frame.get_by_role("slider").first
    for key in ("End", "Home"):
        slider.press(key)
        picture.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        after = picture.evaluate("one => one.toDataURL()")
        assert after != before
        before = after
