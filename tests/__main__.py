"""Installs what the tests need where it is missing, a Chromium included, and runs them.

python -m tests [pytest's arguments]
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", str(ROOT / "tests" / "requirements.txt")], check=True)
    from tests.browser import chromium  # noqa: PLC0415 - it needs what was just installed

    if chromium() is None:
        install_chromium()
    # The browser's tests mostly wait, so two at a time take half as long.
    pytest = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal"]
    return subprocess.run([*pytest, *sys.argv[1:]], cwd=ROOT, check=False).returncode


def install_chromium() -> None:
    """Debian's package where there is one, Playwright's own build elsewhere."""
    if Path("/etc/debian_version").exists() and shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            done = subprocess.run(
                [*sudo, "apt-get", *command],
                check=False,
                env=environment,
                stdout=subprocess.DEVNULL,
            )
        if done.returncode == 0 and shutil.which("chromium"):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    sys.exit(main())
