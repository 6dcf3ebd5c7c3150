"""The Chromium that the tests drive, a dashboard to look at, and the probes that read pages."""

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
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PROBES = Path(__file__).parent / "probes"
# The first draws no window of its own, which takes a sixth less of the machine.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
# Without these, Chromium calls home at every start, which a closed network answers slowly.
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
START_SECONDS = 60
SERVER = {"STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none"}
PAINTED = "[data-stage][data-at]"
_WHEN = """([selector, value]) => {
    const stage = document.querySelector(selector);
    return stage !== null && Boolean((%s)(stage, value));
}"""


@cache
def probe(name):
    """An expression in JavaScript, of tests/probes: most are functions."""
    # A page is given an expression, and takes what begins with a comment for none.
    lines = (PROBES / f"{name}.js").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//"))


def chromium():
    """The path of a Chromium on this machine: the one that CHROMIUM names or, where it names none,
    one on the path or Playwright's own; None where there is none."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    found = next(filter(None, map(shutil.which, names)), None)
    if found or names != NAMES:
        return found
    # In a thread of its own, as this one may have a Playwright's loop already.
    with ThreadPoolExecutor(1) as thread:
        own = thread.submit(_playwrights_own).result()
    return own if Path(own).exists() else None


def _playwrights_own():
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def free_port():
    """A port of this machine on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def dashboard():
    """The address of a dashboard that runs as the README says."""
    with dashboard_process() as (address, _):
        yield address


@contextmanager
def dashboard_process(port=None):
    """The address of such a dashboard, and its process's number."""
    port = port or free_port()
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
            if not has_started(f"{address}/_stcore/health", process):
                log.seek(0)
                raise RuntimeError(f"the dashboard did not start:\n{log.read()}")
            yield address, process.pid
        finally:
            process.terminate()
            process.wait()


def has_started(url, process):
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
    of the stage's root and `value`, holds for it. The probe "fits" says that it is drawn for its
    column."""
    page.wait_for_function(_WHEN % condition, arg=[PAINTED, value], timeout=30_000)
