"""The Chromium that the tests drive, and a dashboard for it to look at."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Without these, Chromium calls home at every start, which a closed network answers slowly.
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
START_SECONDS = 60
SERVER = {"STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none"}
STAGE = "[data-stage][data-at]"
_WHEN = """([selector, value]) => {
    const stage = document.querySelector(selector);
    return stage !== null && Boolean((%s)(stage, value));
}"""
# Panels have a size once they are drawn; the stage has the width of the column that it is in, and
# has been painted for it.
FITS = """(stage) => {
    const frame = stage.getBoundingClientRect();
    const column = stage.closest("[data-testid=stVerticalBlock]").getBoundingClientRect();
    const cells = [...stage.querySelectorAll("[data-cells]")];
    const painted = Number(stage.dataset.width) === stage.clientWidth;
    return painted && Math.abs(frame.width - column.width) < 1 && cells.length > 0
        && cells.every((node) => {
            const box = node.getBoundingClientRect();
            return box.width > 0 && box.left > frame.left - 1 && box.right < frame.right + 1;
        });
}"""


def chromium():
    """The path of a Chromium on this machine: the one in CHROMIUM, one on the path or
    Playwright's own; None where there is none."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if named:
        return named
    # In a thread of its own, as this one may have a Playwright's loop already.
    with ThreadPoolExecutor(1) as thread:
        own = thread.submit(_playwrights_own).result()
    return own if Path(own).exists() else None


def _playwrights_own():
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


@contextmanager
def dashboard():
    """The address of a dashboard that runs as the README says."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env={**os.environ, **SERVER, "BROWSER_PATH": chromium()},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            if not _answers(f"{address}/_stcore/health", process):
                log.seek(0)
                raise RuntimeError(f"the dashboard did not start:\n{log.read()}")
            yield address
        finally:
            process.terminate()
            process.wait()


def _answers(url, process):
    """Whether the server answers before it ends or the time is up."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                return False
    return False


def wait(page, condition, value=None):
    """Waits until the page has a stage that is painted and `condition`, a function in JavaScript
    of the stage's root and `value`, holds for it. FITS says that it is drawn for its column."""
    page.wait_for_function(_WHEN % condition, arg=[STAGE, value], timeout=30_000)
