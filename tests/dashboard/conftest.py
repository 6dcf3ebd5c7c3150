"""A running dashboard and a Chromium to look at it with."""

import pytest
from playwright.sync_api import expect, sync_playwright

from conv.figures.stage import stage_page
from tests.browser import FLAGS, chromium, dashboard
from tests.dashboard.on_page import WAIT
from tests.dashboard.stage import Stage
from tests.dashboard.windows import SIZE, Window

# A page of the dashboard needs a quarter of it; without it garbage is kept for a long time.
HEAP = "--js-flags=--max-old-space-size=384"
# A host of a class's network, whose pages are given no clipboard as this machine's own are.
HOST = "--host-resolver-rules=MAP class.example 127.0.0.1"
expect.set_options(timeout=WAIT)
DOWNLOADS = (".csv", ".bin", ".pdf", ".gif", ".html")


@pytest.fixture(scope="session")
def server():
    with dashboard() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, HEAP, HOST])
        yield chrome
        chrome.close()


@pytest.fixture(scope="session")
def contexts(browser):
    """A context for each language of the browser."""
    return {locale: browser.new_context(locale=locale) for locale in ("en-US", "zh-CN")}


@pytest.fixture(scope="session")
def windows(contexts, server):
    """A window for each language, for one test after the other."""
    return {locale: Window(context, server) for locale, context in contexts.items()}


@pytest.fixture
def open_in_browser(contexts, windows, server):
    """Opens a link of the dashboard in the test's window, or in one `beside` it, and waits until
    its stage is painted. A `fresh` page is loaded anew, and nothing of it is handed on. At the end,
    nothing must have been said in the console and nothing asked for from anywhere else."""
    faults = []
    listeners = listeners_for(server, faults)
    kept, others = {}, []

    def open_page(link="", *, scheme="light", locale="en-US", fresh=False, beside=False, **size):
        if beside:
            others.append(window := Window(contexts[locale], server))
        else:
            window = windows[locale]
        if window in kept:
            window.rest(kept=kept[window])
        else:
            for event, listener in listeners.items():
                window.page.on(event, listener)
        kept[window] = kept.get(window, True) and not fresh
        return window.open(link, scheme=scheme, fresh=fresh, **{**SIZE, **size})

    yield open_page
    for window in others:
        window.page.close()
    for window in set(kept) - set(others):
        for event, listener in listeners.items():
            window.page.remove_listener(event, listener)
        window.hand_on(kept=kept[window])
    assert faults == []


@pytest.fixture(scope="session")
def offline(browser):
    """A page without a network, for one file after the other."""
    with browser.new_context(offline=True) as context:
        yield context.new_page()


@pytest.fixture
def load_file(offline):
    """Opens a page from a file. At the end, it must have asked for nothing but itself and what lies
    beside it, and have said nothing in the console."""
    folders, faults = [], []

    def open_page(file, *, scheme="light", width=1280, height=900):
        if not folders:
            folders.append(file.parent)
            listeners.update(listeners_for(file.parent.as_uri(), faults))
            for event, listener in listeners.items():
                offline.on(event, listener)
        offline.emulate_media(color_scheme=scheme)
        offline.set_viewport_size({"width": width, "height": height})
        offline.goto(file.as_uri())
        return offline

    listeners = {}
    yield open_page
    for event, listener in listeners.items():
        offline.remove_listener(event, listener)
    assert faults == []


@pytest.fixture
def open_file(load_file):
    """The stage of a page from a file."""
    return lambda file, **options: Stage(load_file(file, **options))


@pytest.fixture(scope="session")
def scene_file(tmp_path_factory):
    """The file of every page that holds a scene: under one name the browser keeps what it has
    compiled, which takes three quarters of the time."""
    return tmp_path_factory.mktemp("page") / "scene.html"


@pytest.fixture
def open_scene(open_file, scene_file):
    """Writes a page of its own for a scene's data and opens it."""

    def open_page(data, title="A scene", **options):
        scene_file.write_text(stage_page(data, title), encoding="utf-8")
        return open_file(scene_file, **options)

    return open_page


def listeners_for(server, faults):
    """What listens to a page of this server, or this folder, and lists its faults."""

    def told(said):
        if said.type == "error":
            faults.append(f"{said.text} ({said.location['url']})")

    def asked(request):
        # Streamlit serves media until the next run, which may come before the browser asks; what
        # a click downloads is made for the click.
        url = request.url
        own = url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))
        media = url.startswith(f"{server}/media/") and not url.endswith(DOWNLOADS)
        if not own or media:
            faults.append(f"asked for {url}")

    def failed(error):
        faults.append(str(error))

    return {"pageerror": failed, "console": told, "request": asked}
