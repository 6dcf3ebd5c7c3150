"""Measures the memory of the shell's commands and of the server, in megabytes of RSS, on Linux.

Run from the top of the repository:

    python -m tests.benchmarks.bench_memory [--only commands tab visitors] [--links K]

Of a command: the most that its Python process takes, without its browser's. Of the server: what it
takes above an idle one, when one tab has gone to K links, or K visitors to one link each, and the
most on the way. A visitor leaves when the stage is painted; the server keeps what it knows of him
for some minutes. Both are of the notebook's layer, and of a file with 128 filters of 128 channels
under a kernel of 7, which no command is to take more than 600 MB for.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from conv.state.rooms import SCENES
from conv.words import words
from tests.benchmarks.bench_ops import cpu_model
from tests.browser import FLAGS, PAINTED, ROOT, chromium, dashboard_process, probe

SIZES = {"x": (1, 128, 8, 8), "w": (128, 128, 3, 3)}
PATIENCE = 120_000  # milliseconds for a link
WINDOW = {"width": 1100, "height": 800}
# A process that was started from a large one counts that as its own peak in getrusage.
PEAK_AT_EXIT = """
import atexit, runpy, sys
from pathlib import Path
told, status = Path(sys.argv[1]), Path("/proc/self/status")
atexit.register(lambda: told.write_text(status.read_text()))
sys.argv = sys.argv[2:]
runpy.run_module("conv", run_name="__main__")
"""
FILMED = ("overview", "dw", "dx", "update")


def megabytes(status: str, field: str) -> float:
    """A field of a process's status."""
    line = next(line for line in status.splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) / 1024


def write_layer(folder: Path) -> Path:
    """A file of 0.6 MB that makes much of little."""
    rng, file = np.random.default_rng(0), folder / "large.npz"
    arrays = {name: rng.standard_normal(size).astype(np.float32) for name, size in SIZES.items()}
    np.savez_compressed(file, x=arrays["x"], w=arrays["w"] / 34)
    return file


# The shell's commands.


def commands(file: Path) -> Iterator[list[str]]:
    """The arguments of every command, of both layers."""
    for data in ([], ["--data", str(file), "--kernel", "7"]):
        for scene in SCENES:
            yield ["figure", scene, *data, "-o", "a.png"]
        for scene in FILMED:
            yield ["animate", scene, *data, "--to", "4", "-o", "a.gif"]
        yield ["check", *data]
        yield ["notebook", *data, "-o", "a.ipynb"]


def measure_commands(_: Browser, file: Path, __: int) -> Iterator[str]:
    for arguments in commands(file):
        told = " ".join(arguments[:-2] if "-o" in arguments else arguments)
        yield f"{told.replace(str(file), file.name):52}{peak_of(arguments, file.parent):8.0f}"


def peak_of(arguments: list[str], folder: Path) -> float:
    """The most that a command takes."""
    told = folder / "status.txt"
    subprocess.run(
        [sys.executable, "-c", PEAK_AT_EXIT, str(told), "conv", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return megabytes(told.read_text(), "VmHWM")


# The server.


class Server:
    """A dashboard that has just been started, and a file to open on it."""

    def __init__(self, address: str, pid: int, file: Path) -> None:
        self.address, self.file = address, file
        self.status = Path(f"/proc/{pid}/status")
        self.idle = self.memory("VmRSS")

    def memory(self, field: str) -> float:
        return megabytes(self.status.read_text(), field)

    def goes_to(self, page: Page, link: dict[str, str]) -> None:
        """Loads a link."""
        page.goto(f"{self.address}/?{urlencode(link)}")
        painted(page, link)

    def opens_file(self, page: Page) -> str:
        """Opens the file on the page that opens first; the name of its data in links."""
        self.goes_to(page, {"scene": "overview"})
        page.get_by_role("button", name=words("en")("toolbar.tensors")).click()
        page.locator("input[type=file]").set_input_files(self.file)
        page.wait_for_url("**data=**", timeout=PATIENCE)
        painted(page, {"scene": "overview"})
        return parse_qs(urlsplit(page.url).query)["data"][0]

    def growth(self, name: str) -> str:
        """A line of the table."""
        above = [self.memory(field) - self.idle for field in ("VmRSS", "VmHWM")]
        return f"{name:52}{above[0]:8.0f}{above[1]:8.0f}"


def painted(page: Page, link: dict[str, str]) -> None:
    """Waits until the stage has painted the link's scene and the server's run is over."""
    page.wait_for_selector(f"{PAINTED}[data-scene={link['scene']}]", timeout=PATIENCE)
    page.wait_for_selector("[data-test-script-state=notRunning]", timeout=PATIENCE)


def links(count: int, own: str) -> list[dict[str, str]]:
    """So many links, none twice: of the data `own`, trainings at kernel 7 and the other scenes in
    turns; between them scenes of the notebook's layer under other geometries."""
    made = []
    for k, scene in zip(range(count), cycle(SCENES), strict=False):
        of_own = {"data": own, "kernel": "7", "seed": str(k), "lang": "en"}
        of_notebook = {"kernel": str(1 + k % 5), "stride": str(1 + k // 5 % 3), "lang": "en"}
        made += [
            {"scene": "update", "loss": ("sum", "target")[k % 2], **of_own},
            {"scene": scene, "seed": str(k), **of_notebook},
            {"scene": scene, "top_diff": "normal", "padding": str(k % 4), **of_own},
            {"scene": scene, "top_diff": "normal", "seed": str(k + count), **of_notebook},
        ]
    return list(islice(made, count))


@contextmanager
def fresh_server(file: Path) -> Iterator[Server]:
    with dashboard_process() as (address, pid):
        yield Server(address, pid, file)


@contextmanager
def visitor(chrome: Browser) -> Iterator[Page]:
    with chrome.new_context(viewport=WINDOW, locale="en-US") as context:
        yield context.new_page()


def measure_tab(chrome: Browser, file: Path, count: int) -> Iterator[str]:
    with fresh_server(file) as server, visitor(chrome) as page:
        yield f"{'an idle server':52}{server.idle:8.0f}"
        own = server.opens_file(page)
        yield server.growth("a tab that has opened the file")
        for link in links(count, own):
            page.evaluate(probe("follow_link"), urlencode(link))
            painted(page, link)
        yield server.growth(f"a tab after {count} links")


def measure_visitors(chrome: Browser, file: Path, count: int) -> Iterator[str]:
    with fresh_server(file) as server:
        with visitor(chrome) as page:
            own = server.opens_file(page)
        for link in links(count, own):
            with visitor(chrome) as page:
                server.goes_to(page, link)
        yield server.growth(f"{count} visitors of one link each")


KINDS = {"commands": measure_commands, "tab": measure_tab, "visitors": measure_visitors}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--links", type=int, default=100, help="links of a tab, and visitors")
    asked = parser.parse_args()
    os.environ.setdefault("BROWSER_PATH", chromium())
    sys.stdout.write(
        f"CPU {cpu_model()}, {os.cpu_count()} cores\n\n{'what':52}{'MB':>8}{'most':>8}\n"
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        file = write_layer(Path(folder))
        for kind in asked.only:
            for line in KINDS[kind](chrome, file, asked.links):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
        chrome.close()


if __name__ == "__main__":
    main()
