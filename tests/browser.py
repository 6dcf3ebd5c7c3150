"""The Chromium that the tests drive."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Without these, Chromium calls home at every start, which a closed network answers slowly.
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def chromium():
    """The path of a Chromium on this machine: the one in CHROMIUM, one on the path or
    Playwright's own; None where there is none."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if named:
        return named
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None
