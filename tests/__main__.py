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
    # Other plugins of this Python could warn, and a warning is an error here.
    plugins = ["-p", "xdist", "-p", "hypothesispytest"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    # The browser's tests mostly wait, so two at a time take half as long.
    pytest = [sys.executable, "-m", "pytest", *plugins, "-n", "2", "--dist", "worksteal"]
    command = [*pytest, *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode


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
