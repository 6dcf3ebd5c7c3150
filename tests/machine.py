"""What the tests need of the machine: a Chromium, and a font that has Chinese."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.browser import chromium

BROWSER = "chromium-headless-shell"
FONT = ("fonts-noto-cjk", "fontconfig")  # the second tells which fonts there are


def install_missing() -> None:
    """Installs it: as root on Debian by its packages; elsewhere Chromium by Playwright. Where that
    is not possible, a sentence says what to install."""
    named = os.environ.get("CHROMIUM")
    if named and chromium() is None:
        sys.exit(f"CHROMIUM is {named}, which is no program: name another, or unset it.")
    missing = [BROWSER] if chromium() is None else []
    if not has_chinese():
        missing += FONT
    if missing and is_root_on_debian():
        apt_get("update")
        apt_get("install", "-y", "--no-install-recommends", *missing)
    if chromium() is None:
        own = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(own, check=False)
    if chromium() is None:
        sys.exit(
            "The tests need a Chromium: install Chromium or Google Chrome (on Debian, as root: "
            f"apt-get install {BROWSER}), or name one in CHROMIUM. --quick needs none."
        )
    if not has_chinese():
        print(
            "No font of this machine has Chinese: the tests of Chinese pages look at boxes. "
            f"Install one (on Debian, as root: apt-get install {' '.join(FONT)})."
        )


def has_chinese() -> bool:
    """Whether a font has Chinese; also where nothing tells."""
    if not shutil.which("fc-list"):
        return not Path("/etc/debian_version").exists()
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(fonts.stdout.strip())


def is_root_on_debian() -> bool:
    """Whether packages of Debian can be installed here."""
    has_packages = Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None
    return has_packages and os.geteuid() == 0


def apt_get(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", *arguments]
    subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
