"""A running dashboard and a Chromium to look at it with."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import FLAGS, STAGE, chromium, dashboard

DOWNLOADS = (".csv", ".bin", ".pdf", ".gif", ".html")


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


@pytest.fixture(scope="session")
def contexts(browser):
    """A context for each language of the browser. What a page stores, the sidebar's being open for
    one, ends with its test."""
    return {locale: browser.new_context(locale=locale) for locale in ("en-US", "zh-CN")}


@pytest.fixture(scope="session")
def windows(contexts):
    """A page for each language, for one test after the other: where the browser has just shown the
    same, a page opens in a third of the time."""
    return {locale: context.new_page() for locale, context in contexts.items()}


@pytest.fixture
def open_in_browser(contexts, windows, server):
    """Opens a link of the dashboard in a window and waits until its stage is painted. At the
    end, nothing must have been said in the console and nothing asked for from anywhere else."""
    pages, faults = [], []
    listeners = {
        "pageerror": lambda error: faults.append(str(error)),
        "console": lambda said: said.type == "error" and faults.append(told(said)),
        "request": lambda request: foreign(request.url),
    }

    def open_page(link="", *, width=1440, height=900, scheme="light", locale="en-US", wait=True):
        page = windows[locale]
        if page in pages:
            page = contexts[locale].new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="no-preference")
        for event, listener in listeners.items():
            page.on(event, listener)
        page.goto(f"{server}/?{link}")
        if wait:
            page.wait_for_selector(STAGE, timeout=60_000)
        return page

    def told(said):
        return f"{said.text} ({said.location['url']})"

    def foreign(url):
        # Streamlit serves media until the next run, which may come before the browser asks; what
        # a click downloads is made for the click.
        own = url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))
        media = url.startswith(f"{server}/media/") and not url.endswith(DOWNLOADS)
        if not own or media:
            faults.append(f"asked for {url}")

    yield open_page
    for page in pages:
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        if page in windows.values():
            hand_on(page, listeners)
        else:
            page.close()
    assert faults == []


def hand_on(page, listeners):
    """Leaves nothing of a test in a page that another takes over."""
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    page.mouse.move(0, 0)
    page.goto("about:blank")
