"""Settings that all tests share, and which of them need a browser."""

import json
import os
from pathlib import Path

# Before numpy is imported: the threads of two workers, and of the dashboards that they start, wait
# for one another on two cores, and a product of matrices takes many times as long.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

# The first draw of a text builds a table of all signs; the same draws every time.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

OPEN_BROWSERS = {"browser", "drawing", "server"}


def pytest_addoption(parser):
    parser.addoption("--list-failed", help="a file for the tests that failed")


def pytest_configure(config):
    listed, is_worker = config.getoption("list_failed"), hasattr(config, "workerinput")
    if listed and not is_worker:
        config.pluginmanager.register(FailedList(Path(listed)))


def pytest_collection_modifyitems(items):
    """Marks what needs a browser, and has it come first: it takes longest, so that workers which
    end with short tests end together."""
    for item in items:
        if OPEN_BROWSERS & {*item.fixturenames}:
            item.add_marker("browser")
    items.sort(key=lambda item: "browser" not in item.keywords)


class FailedList:
    """Writes a file of the tests that failed, and whether each needs a browser."""

    def __init__(self, file):
        self.file, self.failed = file, {}

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed[report.nodeid] = "browser" in report.keywords

    def pytest_sessionfinish(self):
        self.file.write_text(json.dumps(self.failed), encoding="utf-8")


@pytest.fixture(scope="session")
def drawing():
    """The Chromium that draws pictures and films, which is the tests' own."""
    from conv.figures.chromium import Chromium  # noqa: PLC0415 - most tests need none of it
    from tests.browser import chromium  # noqa: PLC0415

    os.environ.setdefault("BROWSER_PATH", chromium())
    browser = Chromium()
    browser._opened.result(60)
    yield browser
    browser.close()
