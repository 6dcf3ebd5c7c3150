"""Events drawn at random: the stage stays well and small."""

import logging
import os
import random
from contextlib import suppress

from playwright.sync_api import TimeoutError as TooLate

from conv.state.rooms import SCENES
from tests.dashboard.driving import answered, opened
from tests.dashboard.on_page import AWAY
from tests.dashboard.stage import (
    Truth,
    close,
    view_of,
)

LOG = logging.getLogger(__name__)
# How many minutes of random events are tried, at about so many a second.
MINUTES = float(os.environ.get("CONV_STAGE_MINUTES", "0.015"))
RATE = 20
WARM = 30
PARTS = 2
READINGS = 3  # what is on its way out when one is taken may be gone at the next
KEYS = [
    *("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "Enter", "Escape"),
    *(" ", "+", "-", "=", "?", *(str(key) for key, _ in enumerate(SCENES, 1))),
]


def test_whatever_is_done_the_stage_stays_well_and_small(open_in_browser):
    stage = opened(open_in_browser, "i=0&j=0", height=900)
    page, rng = stage.page, random.Random(0)
    session = page.context.new_cdp_session(page)
    do_anything(stage, rng, WARM)
    before = sizes_of_page(stage, session)
    # In parts, so that a page that grows all the time is told from one that breathes.
    count = round(MINUTES * 60 * RATE)
    found = [before]
    for _ in range(PARTS):
        do_anything(stage, rng, count // PARTS)
        found.append(sizes_of_page(stage, session))
    LOG.info("%d events: %s", count, found)
    for name, size in before.items():
        assert found[-1][name] <= 1.1 * size, (name, found)
    # It still shows what is so.
    view = view_of(page.url.partition("?")[2])
    shown = stage.read()
    places = tuple(map(int, shown["at"].split(",")))
    truth = Truth(view)
    for name in ("patch", "output", "grad_output", "dx"):
        expected = truth.patch(*places) if name == "patch" else truth.still[name]
        close(shown["panels"][name]["values"], expected)


def do_anything(stage, rng, count):
    page, mouse = stage.page, stage.page.mouse
    for _ in range(count):
        kind, frame = rng.random(), stage.root.bounding_box()
        x = frame["x"] + rng.random() * frame["width"]
        y = min(max(frame["y"], 70) + rng.random() * frame["height"], 890)
        if kind < 0.5:
            mouse.move(x, y)
        elif kind < 0.6:
            mouse.click(x, y)
        elif kind < 0.64:
            mouse.wheel(0, rng.choice((-300, 300)))
        elif kind < 0.67 and stage.find("[data-step]").count():
            # A scene without steps may be on its way.
            with suppress(TooLate):
                stage.find("[data-step]").fill(str(rng.randrange(196)), timeout=1000)
        elif kind < 0.7:
            thumbnails = stage.find(f"[data-strip={rng.choice('ncf')}] [data-pick]")
            if thumbnails.count():
                # A scene without strips may be on its way, too.
                with suppress(TooLate):
                    thumbnails.nth(rng.randrange(10)).click(timeout=1000)
        else:
            stage.focus()
            page.keyboard.press(rng.choice(KEYS))


def sizes_of_page(stage, session):
    """The page's memory, elements and listeners, in the same state at every call."""
    page = stage.page
    page.mouse.move(*AWAY)
    stage.focus()
    stage.press("1")
    stage.wait(scene="overview")
    if stage.find("[data-play]").get_attribute("data-play") == "on":
        stage.press(" ")
    # What comes before a pick is answered before it.
    for choice in (3, 4):
        stage.find(f"[data-strip=f] [data-pick='{choice}']").click()
        stage.root.and_(page.locator(f"[data-view$=',{choice}']")).wait_for()
    page.mouse.move(*AWAY)
    stage.focus()
    stage.press("Escape", "Home")
    stage.wait(at=(0, 0), over="", scene="overview")
    answered(page)
    readings = [sizes_now(page, session) for _ in range(READINGS)]
    return {name: min(reading[name] for reading in readings) for name in readings[0]}


def sizes_now(page, session):
    page.evaluate("() => new Promise((done) => requestIdleCallback(done, { timeout: 1000 }))")
    session.send("HeapProfiler.collectGarbage")
    counted = session.send("Memory.getDOMCounters")
    return {
        "memory": session.send("Runtime.getHeapUsage")["usedSize"],
        "nodes": counted["nodes"],
        "listeners": counted["jsEventListeners"],
    }
