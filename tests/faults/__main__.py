"""Puts the faults in one by one and runs the test file that is to find each, until it fails.

python -m tests.faults [NAME...] [--kind KIND] [--jobs N] [--clean]

Ends with 1 where a fault was missed, or where a test file says nothing of it.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.faults.catalogue import ROOT, Fault, faults, kinds

PYTEST = ["-m", "pytest", "-p", "xdist", "-p", "hypothesispytest", "-p", "no:cacheprovider"]
UNTIL_IT_FAILS = ["-x", "-q", "--tb=no", "-rf"]
ENVIRONMENT = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
FAILED = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)
LONGEST = 900  # seconds
PASSED, SOME_FAILED = 0, 1  # pytest's exit codes


@dataclass(frozen=True)
class Outcome:
    """What became of a run of one test file: "passed", "failed" or "broken", where it says
    nothing of the code; `told` is the first test that failed, or what is broken."""

    state: str
    told: str
    seconds: float


@dataclass(frozen=True)
class Row:
    """A line of the report, and whether it is as it should be."""

    word: str
    name: str
    seconds: float
    told: str
    good: bool

    def __str__(self) -> str:
        return f"{self.word:<7} {self.name:<34} {self.seconds:6.1f}  {self.told}"


class Copies:
    """Copies of the checkout, each for one run at a time: a run that is interrupted leaves no
    fault in the checkout itself."""

    def __init__(self, folders) -> None:
        self._free = SimpleQueue()
        for folder in folders:
            copy_checkout(folder)
            self._free.put(folder)

    @contextmanager
    def one(self):
        folder = self._free.get()
        try:
            yield folder
        finally:
            self._free.put(folder)


def copy_checkout(folder: Path) -> None:
    """Copies what git tracks or could track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


@contextmanager
def with_fault(folder: Path, fault):
    """The copy with the fault in it; afterwards the file is as it was, its time too, so that no
    compiled file is taken for that of another source."""
    path = folder / fault.file
    source, stat = path.read_bytes(), path.stat()
    path.write_bytes(fault.put_into(source.decode()).encode())
    try:
        yield
    finally:
        path.write_bytes(source)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def run_tests(folder: Path, test_file: str) -> Outcome:
    """Runs a test file in a copy, until it fails."""
    start = time.monotonic()
    run = subprocess.Popen(
        [sys.executable, *PYTEST, *UNTIL_IT_FAILS, test_file],
        cwd=folder,
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = run.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        # With the server and the browsers that it has started.
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        return Outcome("broken", f"no end after {LONGEST} seconds", time.monotonic() - start)
    seconds = time.monotonic() - start
    if run.returncode == PASSED:
        return Outcome("passed", "", seconds)
    failed = FAILED.search(said)
    if run.returncode == SOME_FAILED and failed:
        return Outcome("failed", failed[1], seconds)
    *_, last = ["", *said.strip().splitlines()]
    return Outcome("broken", f"exit {run.returncode}: {last}", seconds)


def try_fault(copies: Copies, fault) -> Row:
    with copies.one() as folder, with_fault(folder, fault):
        outcome = run_tests(folder, fault.found_by)
    words = {"failed": "found", "passed": "MISSED", "broken": "ERROR"}
    told = outcome.told or fault.found_by
    good = outcome.state == "failed"
    return Row(words[outcome.state], fault.name, outcome.seconds, told, good)


def try_clean(copies: Copies, test_file: str) -> Row:
    """Whether a test file passes without a fault."""
    with copies.one() as folder:
        outcome = run_tests(folder, test_file)
    words = {"passed": "passes", "failed": "FAILS", "broken": "ERROR"}
    good = outcome.state == "passed"
    return Row(words[outcome.state], test_file, outcome.seconds, outcome.told, good)


def asked_for(arguments=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("names", nargs="*", metavar="NAME", help="these faults alone")
    parser.add_argument("--kind", choices=kinds(), help="the faults of this kind alone")
    parser.add_argument("--jobs", type=positive, default=1, metavar="N", help="so many at a time")
    parser.add_argument("--clean", action="store_true", help="run their test files without a fault")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - {fault.name for fault in faults()}
    if unknown:
        parser.error(f"there is no fault {', '.join(sorted(unknown))}")
    if not wanted_of(options):
        parser.error("no fault of that name is of that kind")
    return options


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def wanted_of(options: argparse.Namespace) -> list[Fault]:
    return [
        fault
        for fault in faults()
        if fault.name in (options.names or {fault.name}) and options.kind in {None, fault.kind}
    ]


def main() -> int:
    options = asked_for()
    wanted = wanted_of(options)
    with ExitStack() as stack:
        folders = [stack.enter_context(TemporaryDirectory()) for _ in range(options.jobs)]
        copies = Copies(map(Path, folders))
        pool = stack.enter_context(ThreadPoolExecutor(options.jobs))
        if options.clean:
            files = dict.fromkeys(fault.found_by for fault in wanted)
            rows = pool.map(lambda file: try_clean(copies, file), files)
        else:
            rows = pool.map(lambda fault: try_fault(copies, fault), wanted)
        done = []
        for row in rows:
            done.append(row)
            sys.stdout.write(f"{row}\n")
            sys.stdout.flush()
    good, seconds = sum(row.good for row in done), sum(row.seconds for row in done)
    what = "pass" if options.clean else "found"
    sys.stdout.write(f"{good} of {len(done)} {what}, {seconds:.0f} s\n")
    return 0 if good == len(done) else 1


if __name__ == "__main__":
    sys.exit(main())
