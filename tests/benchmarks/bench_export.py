"""Times files of the notebook's layer, each beside the least that its tools take for it.

Run from the top of the repository, on a machine that does nothing else:

    python -m tests.benchmarks.bench_export [--repeats K]

A warm PNG, its scene at hand, beside Kaleido's own function for the same figure; the command, from
its start to its end, beside a script that writes a figure of one cell; the film of all steps
beside as many screenshots of its page by Playwright. The ratio is the median of the pairs'.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import kaleido
from playwright.sync_api import sync_playwright

from conv.figures import scene_figure
from conv.figures.chromium import Chromium
from conv.figures.files import Order, page_file, picture_file
from conv.figures.film import WIDTH, Reel, film_file, steps_of
from conv.results import Results, make_bundle
from conv.scenes import Scene, make_scene
from conv.sources import load
from conv.state.rooms import SCENES
from conv.words import words
from tests.benchmarks.bench_ops import Call, cpu_model, seconds
from tests.browser import FLAGS, chromium

ROOT = Path(__file__).parents[2]
DATA = load("notebook")
FILMED = ("overview", "forward", "dw", "dx")
LEAST = """
import plotly.graph_objects as go
go.Figure(go.Heatmap(z=[[1]])).write_image("least.png")
"""


def scene_and_order(name: str) -> tuple[Scene, Order]:
    view = replace(DATA.default, scene=name)
    bundle = make_bundle(view, DATA)
    return make_scene(view, bundle, Results(bundle)), Order(view, DATA.default)


def line(name: str, ours: Call, theirs: Call, repeats: int, note: str = "") -> str:
    """The medians of both, and of the ratios of pairs that were timed one after the other."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(repeats)]
    columns = [statistics.median(times) for times in zip(*pairs, strict=True)]
    most = max(our for our, _ in pairs)
    ratio = statistics.median(our / their for our, their in pairs)
    return f"{name:24}{columns[0]:9.3f}{most:9.3f}{columns[1]:9.3f}{ratio:8.2f}  {note}"


def warm_pictures(browser: Chromium, repeats: int) -> list[str]:
    kaleido.start_sync_server(n=1, mathjax=False)
    try:
        lines = []
        for name in SCENES:
            scene, order = scene_and_order(name)
            figure = scene_figure(scene, words("en"))
            opts = {"format": "png", "scale": 2, "width": figure.layout.width}
            opts["height"] = figure.layout.height

            def ours(scene: Scene = scene, order: Order = order) -> bytes:
                return picture_file(browser, scene, order, "png")

            def theirs(figure: object = figure, opts: dict[str, object] = opts) -> bytes:
                return kaleido.calc_fig_sync(figure, opts=opts)

            ours(), theirs()
            lines.append(line(f"png {name}", ours, theirs, repeats))
        return lines
    finally:
        kaleido.stop_sync_server()


def cold_command(repeats: int) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:

        def python(*arguments: str) -> None:
            subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, check=True)

        def ours() -> None:
            python("-m", "conv", "figure", "dx", "-o", "a.png")

        def theirs() -> None:
            python("-c", LEAST)

        ours(), theirs()
        return line("figure dx -o a.png", ours, theirs, repeats)


def films(browser: Chromium, repeats: int) -> list[str]:
    lines = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        window = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name in FILMED:
            scene, order = scene_and_order(name)
            steps, files = len(steps_of(scene)), []
            file = Path(folder) / "a.html"
            file.write_text(page_file(scene, order), encoding="utf-8")
            page = window.new_page(viewport={"width": WIDTH, "height": 900})
            page.goto(file.as_uri())
            page.wait_for_selector("[data-at]")

            def ours(scene: Scene = scene, order: Order = order, files: list = files) -> None:
                files.append(film_file(browser, scene, order, Reel(), "gif", lambda *_: None))

            def theirs(page=page, steps: int = steps) -> None:
                for _ in range(steps):
                    page.screenshot(full_page=True)

            timed = line(f"gif {name}", ours, theirs, repeats)
            lines.append(f"{timed}{steps} steps, {len(files[0]) / 1e6:.2f} MB")
            page.close()
        window.close()
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7, help="pairs of a line; films get one")
    repeats = parser.parse_args().repeats
    os.environ.setdefault("BROWSER_PATH", chromium())
    tools = ", ".join(f"{name} {version(name)}" for name in ("plotly", "kaleido", "pillow"))
    out = [f"CPU {cpu_model()}, {os.cpu_count()} cores; {tools}", ""]
    out.append(f"{'what':24}{'seconds':>9}{'most':>9}{'least':>9}{'ratio':>8}")
    with closing(Chromium()) as browser:
        out += warm_pictures(browser, repeats)
        out.append(cold_command(repeats))
        out += films(browser, 1)
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
