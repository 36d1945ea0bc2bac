"""A real browser, where a machine has one."""

import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
PATIENCE = 60_000  # ms, beside other work on a slow machine


def needs_chromium(test):
    """Marks a test that looks at pages in Chromium, and skips it where there is none."""
    absent = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is on this machine")
    return pytest.mark.browser(absent(test))


@contextmanager
def chromium():
    """Starts Chromium without a window, and gives Playwright's `Browser`."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
