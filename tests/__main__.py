"""Installs what the tests need where it is missing, a Chromium included, and runs them.

    python -m tests [--quick] [--once] [PATH or any other argument of pytest]

--quick runs those that need no browser. A test that needs one and fails is tried once more, alone,
when the others are done, and named at the end; with --once it is not, nor where many have failed.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# How pytest ends where tests have failed, and nothing else has gone wrong; and where it found none.
FAILED, NONE = 1, 5
MOST_AGAIN = 10  # more have not failed by chance, and would take long, one after the other


def main(arguments: list[str]) -> int:
    if {"-h", "--help"} & {*arguments}:
        print(__doc__)
        return 0
    own = {"--quick", "--once"} & {*arguments}
    asked = [argument for argument in arguments if argument not in own]
    install_packages()
    if "--quick" in own:
        return run(["-m", "not browser", *asked])
    from tests.machine import install_missing  # noqa: PLC0415 - it needs what was just installed

    install_missing()
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "failed"
        ended = run([f"--list-failed={listed}", *asked])
        failed = json.loads(listed.read_text("utf-8")) if listed.exists() else {}
    again = [test for test, needs_browser in failed.items() if needs_browser]
    if "--once" in own or ended != FAILED or not 0 < len(again) <= MOST_AGAIN:
        return ended
    ended_again = try_again(again)
    return ended_again if len(again) == len(failed) else ended


def install_packages() -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "-r", str(ROOT / "tests" / "requirements.txt")]
    if subprocess.run(command, check=False).returncode:
        sys.exit("The packages in tests/requirements.txt could not be installed: pip says why.")


def run(arguments: list[str], workers: int = 2) -> int:
    """How pytest ends."""
    ended = pytest(["-n", str(workers), "--dist", "worksteal", *arguments])
    if ended == NONE:
        # Workers do not tell what was not found.
        return pytest(["--collect-only", "-q", *arguments])
    return ended


def pytest(arguments: list[str]) -> int:
    # Other plugins of this Python could warn, and a warning is an error here.
    plugins = ["-p", "xdist", "-p", "hypothesispytest"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", *plugins, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # pytest is interrupted too, and says what it has found.
            continue


def try_again(failed: list[str]) -> int:
    """Runs tests of the browser once more, one after the other, and names them."""
    ended = run(failed, workers=0)
    outcome = "passed then: each is a fault to mend" if ended == 0 else "did not all pass then"
    print("\nThese tests of the browser failed, and were tried once more, alone:")
    print(*(f"  {test}" for test in failed), sep="\n")
    print(f"They {outcome}.")
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
