"""Times the stage in a browser beside the floor: a page with one slider and one small chart.

Run from the top of the repository, on a machine that does nothing else:

    python -m tests.benchmarks.bench_stage [--only moves play picks opening bytes]

Every time is taken inside the page and ends when the change is painted: at the message that follows
the animation frame after the last change. An answer counts neither before the stage says that it
has painted (`data-at`, `data-view`) nor before that message. It starts at the event's own time,
which is that of the press or the move, not of its handling.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

from conv.state.rooms import SCENES
from conv.words import words
from tests.benchmarks.bench_ops import cpu_model
from tests.browser import FLAGS, ROOT, chromium, dashboard, has_started
from tests.dashboard.on_page import control

FLOOR = Path(__file__).with_name("floor.py")
SIZES = {"14x14": "notebook", "64x64": "sobel"}
MOVES = 80
WARM = 5  # moves that are not counted
WITHOUT_STEPS = ("mistakes", "quiz")
PLAY_SPEED = 30  # steps a second
PLAY_STEPS = 196
PAIRS = 9
REST = 400  # milliseconds in which a page comes to rest
WINDOW = {"width": 1440, "height": 900}
CHART = ".js-plotly-plot .main-svg"

PROBE = Path(__file__).with_name("stage_probe.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Line:
    """One line of the table: what was measured, the floor's own, and the most that each may be;
    `least` is the least that the median may be."""

    name: str
    values: list[float]
    aims: dict[str, float]
    floor: list[float] | None = None
    note: str = ""

    def __str__(self):
        if not self.values:
            return f"{self.name:40}{'no answer':>18}{'':19}{'':36}NO  {self.note}"
        of = {"median": statistics.median(self.values), "p95": percentile(self.values)}
        line = f"{self.name:40}{of['median']:9.1f}{of['p95']:9.1f}"
        if self.floor:
            floor = statistics.median(self.floor)
            of["ratio"] = of["median"] / floor
            line += f"{floor:9.1f}{of['ratio']:8.2f}  "
        else:
            line += f"{'-':>9}{'-':>8}  "
        aim = ", ".join(f"{name} {most:g}" for name, most in self.aims.items())
        kept = all(
            of["median"] >= aim if name == "least" else of.get(name, aim + 1) <= aim
            for name, aim in self.aims.items()
        )
        verdict = ("ok" if kept else "NO") if self.aims else ""
        return f"{line}{aim:36}{verdict:2}  {self.note}".rstrip()


def percentile(values, share=0.95):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Bench:
    """A browser, the dashboard's address and the floor's."""

    def __init__(self, chrome, address, floor, rounds):
        self.chrome, self.address, self.floor, self.rounds = chrome, address, floor, rounds

    @contextmanager
    def page(self, link=None):
        """A page in a browser context of its own: the stage's of a link, or else the floor's."""
        context = self.chrome.new_context(viewport=WINDOW, locale="en-US")
        context.add_init_script(PROBE)
        page = context.new_page()
        page.received = 0
        page.on("websocket", lambda socket: socket.on("framereceived", partial(_count, page)))
        page.goto(self.floor if link is None else f"{self.address}/?{urlencode(link)}")
        page.wait_for_selector(CHART if link is None else "[data-stage][data-at]", timeout=60_000)
        page.wait_for_timeout(2 * REST)
        yield page
        context.close()


def _count(page, frame):
    page.received += len(frame.encode() if isinstance(frame, str) else frame)


def ask(page, act, arm, *arguments, limit=5000):
    """What the page says of the time from `act` to its answer; None where there is none."""
    told = ", ".join(map(json.dumps, (*arguments, limit)))
    page.evaluate(f"() => probe.{arm}({told})")
    act()
    return page.evaluate("() => probe.answer()")


def moves(bench):
    """The pointer's moves over the panels."""
    for size, data in SIZES.items():
        aims = {"median": 16.7, "p95": 33} if size == "14x14" else {"median": 25}
        for scene in SCENES:
            with bench.page({"data": data, "scene": scene}) as page:
                told = [move(page) for _ in range(MOVES + WARM)][WARM:]
            good = [answer for _, answer in told if answer]
            silent = sorted({panel for panel, answer in told if not answer})
            note = f"from the listener {typical(good, 'heard')}" if good else ""
            note += (
                f"; {len(told) - len(good)} without answer: {' '.join(silent)}" if silent else ""
            )
            yield Line(f"move, {scene} {size}, ms", times(good), aims, note=note)


def move(page):
    """The panel of a random cell, and what the page says of the pointer's move there."""
    cell = page.evaluate("() => probe.cell()")
    if cell is None:
        return "no cell in sight", None
    act = partial(page.mouse.move, cell["x"], cell["y"])
    answer = ask(page, act, "armStage", "pointermove", "data-at", {}, limit=1000)
    page.wait_for_timeout(random.uniform(30, 80))  # so that moves fall anywhere in a frame
    return cell["panel"], answer


def play(bench):
    """A scan of every step, as fast as the transport goes."""
    for scene in SCENES:
        if scene in WITHOUT_STEPS:
            continue
        start = dict.fromkeys("ijmkpqt", 0)
        with bench.page({"scene": scene, **start}) as page:
            page.locator("[data-speed]").select_option(str(PLAY_SPEED))
            page.wait_for_timeout(REST)
            page.evaluate(f"() => probe.play({PLAY_STEPS}, 2000)")
            page.locator("[data-play]").click()
            told = page.evaluate("() => probe.answer()")
        rate = (told["steps"] - 1) / told["seconds"] if told["seconds"] else 0
        note = f"{told['steps']} steps seen"
        yield Line(f"play, {scene}, steps/s", [rate], {"least": 0.9 * PLAY_SPEED}, note=note)
        long = sum(gap > 100 for gap in told["gaps"])
        note = f"{long} frames over 100 ms"
        yield Line(
            f"play, {scene}, longest frame, ms", [max(told["gaps"], default=0)], {}, note=note
        )


def picks(bench):
    """Another n, c, f and i, and in between the floor's slider."""
    floor, asked = [], {}
    with bench.page({}) as page, bench.page() as chart:
        slider = chart.locator("[data-testid=stSlider] input")
        slider.focus()
        for _ in range(bench.rounds + 1):
            for name, pick in PICKS.items():
                press = partial(chart.keyboard.press, "ArrowRight")
                title = str(int(slider.input_value()) + 1)
                floor.append(ask(chart, press, "armFloor", "keydown", title))
                chart.wait_for_timeout(REST)
                asked.setdefault(name, []).append(pick(page))
                page.wait_for_timeout(REST)
    # The first turn warms up.
    floor = times(floor[len(PICKS) :])
    for name, answers in asked.items():
        good = [answer for answer in answers[1:] if answer]
        silent = len(answers) - 1 - len(good)
        note = f"{silent} without answer" if silent else ""
        yield Line(f"{name}, ms", times(good), {"ratio": 1.5}, floor, note)


def by_strip(field):
    """Picks another tensor by its thumbnail."""

    def pick(page):
        view = picked_on(page)
        thumbnails = page.locator(f'[data-strip="{field}"] [data-pick]')
        count = thumbnails.count()
        if not count:
            return None
        # Never the last, so that the stepper can go on from here.
        place = (int(view[field]) + 2) % max(1, count - 1)
        view[field] = thumbnails.nth(place).get_attribute("data-pick")
        return to_view(page, thumbnails.nth(place), view)

    return pick


def by_stepper(field):
    """Picks the next tensor by the sidebar's stepper."""

    def pick(page):
        view = picked_on(page)
        view[field] = str(int(view[field]) + 1)
        return to_view(page, stepper(page, field), view)

    return pick


def picked_on(page):
    said = page.locator("[data-stage]").get_attribute("data-view") or "0,0,0"
    return dict(zip("ncf", said.split(","), strict=True))


def to_view(page, button, view):
    wanted = {"view": ",".join(view.values())}
    return ask(page, press(button), "armStage", "pointerdown", "data-view", wanted)


def step_window(page):
    """Moves the window by the sidebar's stepper."""
    row, column = map(int, page.locator("[data-stage]").get_attribute("data-at").split(","))
    down = row < 13
    wanted = {"at": f"{row + (1 if down else -1)},{column}"}
    button = press(stepper(page, "i", up=down))
    return ask(page, button, "armStage", "pointerdown", "data-at", wanted)


def stepper(page, field, *, up=True):
    side = "Up" if up else "Down"
    return control(page, field).get_by_test_id(f"stNumberInputStep{side}")


def press(button):
    """A click, with its target already in sight so that no search for it is timed."""
    button.scroll_into_view_if_needed()
    return partial(button.click, timeout=5000)


PICKS = {
    "another n, thumbnail": by_strip("n"),
    "another c, thumbnail": by_strip("c"),
    "another f, thumbnail": by_strip("f"),
    "another c, sidebar": by_stepper("c"),
    "another f, sidebar": by_stepper("f"),
    "another i, sidebar": step_window,
}


def opening(bench):
    """A fresh browser context's way to the first picture, and to the floor's, in turns."""
    stage, floor = [], []
    for turn in range(PAIRS + 1):
        for own in (True, False) if turn % 2 else (False, True):
            with bench.page({} if own else None) as page:
                opened = page.evaluate("() => probe.opened")
            (stage if own else floor).append(opened["stage" if own else "chart"])
    # The first turn fills the server's caches.
    stage, floor = stage[1:], floor[1:]
    by_pair = statistics.median(ours / theirs for ours, theirs in zip(stage, floor, strict=True))
    yield Line("opening, ms", stage, {"ratio": 1.2}, floor, f"by pair {by_pair:.2f}")


def received(bench):
    """What the browser is sent for another scene and for another channel of it; for another place,
    told by a key and by a click; and for runs of the page that change nothing of the scene."""
    say = words("en")
    with bench.page({"scene": [*SCENES][-1], "c": 0}) as page:
        for scene in SCENES:
            tab = control(page, "scene").get_by_text(say(f"scene.{scene}"), exact=True)
            wanted = {"scene": scene}
            act = partial(ask, page, press(tab), "armStage", "pointerdown", "data-at", wanted)
            yield sent(page, f"sent for scene {scene}, kB", act)
            yield sent(page, f"sent for a channel of {scene}, kB", partial(by_stepper("c"), page))
            if scene not in WITHOUT_STEPS:
                yield told(page, f"sent for a step of {scene}, kB", partial(step_on, page), 2)
                yield told(page, f"sent for a click in {scene}, kB", partial(click_cell, page), 2)
            yield told(page, f"sent for another run of {scene}, kB", partial(present, page), 8)
            present(page)
            page.wait_for_timeout(REST)
            for name in ("copy", "export", "tensors"):
                open_it = page.locator(f".st-key-toolbar_{name} button").click
                yield told(page, f"sent for the dialog {name} of {scene}, kB", open_it, 8)
                page.keyboard.press("Escape")
                page.wait_for_timeout(REST)


def sent(page, name, act):
    before = page.received
    answer = act()
    kilobytes = [(page.received - before + answer["fetched"]) / 1000] if answer else []
    page.wait_for_timeout(REST)
    note = f"painted after {answer['end'] - answer['start']:.0f} ms" if answer else ""
    return Line(name, kilobytes, {"median": 300}, note=note)


def told(page, name, act, most):
    before = page.received
    act()
    page.wait_for_timeout(2 * REST)
    return Line(name, [(page.received - before) / 1000], {"median": most})


def step_on(page):
    page.locator("[data-stage]").focus()
    page.keyboard.press("ArrowRight")


def click_cell(page):
    panels = (
        page.locator(f"[data-panel={name}] [data-cells]") for name in ("output", "grad_output")
    )
    found = next((panel for panel in panels if panel.count()), page.locator("[data-cells]"))
    found.first.click(position={"x": 4, "y": 4})
    page.keyboard.press("Escape")


def present(page):
    """Fills the window with the stage, or leaves that."""
    page.locator("[data-stage]").focus()
    page.keyboard.press("f")


def times(answers):
    return [answer["end"] - answer["start"] for answer in answers if answer]


def typical(answers, start):
    return f"{statistics.median(answer['end'] - answer[start] for answer in answers):.1f}"


KINDS = {"moves": moves, "play": play, "picks": picks, "opening": opening, "bytes": received}


@contextmanager
def floor_page():
    """The address of the floor."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", FLOOR, *options],
        cwd=ROOT,
        env={**os.environ, "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        if not has_started(f"{address}/_stcore/health", process):
            raise RuntimeError("the floor did not start")
        yield address
    finally:
        process.terminate()
        process.wait()


def machine(browser=""):
    packages = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "plotly"))
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return "\n".join(
        [
            f"CPU {cpu_model()}, {os.cpu_count()} cores, load {load} at the start",
            ", ".join(filter(None, [browser, packages])),
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--rounds", type=int, default=15, help="picks of each kind")
    parser.add_argument("--address", help="a dashboard that runs already")
    asked = parser.parse_args()
    ours = nullcontext(asked.address) if asked.address else dashboard()
    with ours as address, floor_page() as floor, sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        head = f"{'measure':40}{'median':>9}{'p95':>9}{'floor':>9}{'ratio':>8}  {'at most':36}ok"
        browser = f"Chromium {chrome.version} without a GPU"
        sys.stdout.write(f"{machine(browser)}\n\n{head}\n")
        bench = Bench(chrome, address, floor, asked.rounds)
        for kind in asked.only:
            for line in KINDS[kind](bench):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
        chrome.close()


if __name__ == "__main__":
    main()
