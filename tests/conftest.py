"""Settings that all tests share."""

import os

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
