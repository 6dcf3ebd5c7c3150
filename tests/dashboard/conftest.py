"""A running dashboard and a Chromium to look at it with."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import FLAGS, STAGE, chromium, dashboard


@pytest.fixture(scope="session")
def server():
    with dashboard() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield chrome
        chrome.close()


@pytest.fixture
def open_in_browser(browser, server):
    """Opens a link of the dashboard in a window and waits until its stage is painted. At the
    end, nothing must have been said in the console and nothing asked for from anywhere else."""
    contexts, faults = [], []

    def open_page(link="", *, width=1440, height=900, scheme="light", locale="en-US", wait=True):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=locale,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: foreign(request.url))
        page.goto(f"{server}/?{link}")
        if wait:
            page.wait_for_selector(STAGE, timeout=60_000)
        return page

    def foreign(url):
        if not url.startswith((server, server.replace("http", "ws"), "data:", "blob:")):
            faults.append(f"asked for {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
