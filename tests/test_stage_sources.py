"""The browser fills cells up and takes differences as Python does, number for number, whichever way
the steps go."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from conv.figures.stage.data import stage_data
from conv.scenes.scene import Panel, Table
from tests.browser import FLAGS, chromium
from tests.test_steps import Loops
from tests.views import GEOMETRIES, SCANNED, UNREAD, legal_view, name_of, scene_of

FOLDER = Path(__file__).parents[1] / "conv" / "figures" / "stage"
FILL = """([entries, panels, stops]) => {
    const tables = entries.map(decoded);
    const sources = panels.map((numbers) => sourceOf(numbers, tables));
    const seen = (places) => sources.map((source) => {
        const { values, waiting } = source.at(places);
        // JSON has no NaN: it would be a null, as what waits is.
        return Array.from(values, (value, cell) => (waiting[cell] ? null : String(value)));
    });
    return JSON.stringify(stops.map(seen));
}"""
VIEWS = [
    legal_view("paper", scene=scene, **geometry)
    for geometry in (*GEOMETRIES.values(), *UNREAD.values())
    for scene in ("dw", "dx")
] + [legal_view(data, scan="all", **asked) for data, asked in SCANNED.values() if data != "sobel"]


def filling(scene):
    """The panels whose numbers come about step by step."""
    panels = [item for item in scene.items() if isinstance(item, Panel)]
    return [panel for panel in panels if not isinstance(panel.table, Table)]


def stops(view):
    """Places forwards, backwards and as they come."""
    loops = Loops(view)
    drawn = [{**places, "share": (0, 0)} for places in loops.places(8)]
    in_order = sorted(drawn, key=lambda places: places["output"])
    return [*drawn, *in_order, *reversed(in_order)]


@pytest.fixture(scope="module")
def filled():
    """What the browser has at every stop of every view. Playwright runs once a thread, and in this
    one the browser of other tests may be open."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(fill, [(view, scene_of(view)) for view in VIEWS]).result()


def fill(scenes):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        for name in ("numbers", "tables", "sources"):
            page.add_script_tag(path=FOLDER / f"{name}.js")
        try:
            return {
                view: json.loads(page.evaluate(FILL, sent(view, scene))) for view, scene in scenes
            }
        finally:
            browser.close()


def sent(view, scene):
    data = json.loads(json.dumps(stage_data(view, scene)))
    items = [item for band in data["bands"] for s in band for row in s["rows"] for item in row]
    by_name = {item["name"]: item["numbers"] for item in items if item["kind"] == "panel"}
    numbers = [by_name[panel.name] for panel in filling(scene)]
    return [data["tables"], numbers, stops(view)]


@pytest.mark.parametrize("view", VIEWS, ids=name_of)
def test_the_browser_has_the_numbers_of_every_step(view, filled):
    panels = filling(scene_of(view))
    assert len(panels) == 3
    for places, seen in zip(stops(view), filled[view], strict=True):
        for panel, values in zip(panels, seen, strict=True):
            at = replace(panel, places=places)
            found = np.array([np.nan if value is None else float(value) for value in values])
            waits = np.reshape([value is None for value in values], at.size)
            np.testing.assert_array_equal(found.reshape(at.size), at.values, panel.name)
            np.testing.assert_array_equal(waits, at.waiting, panel.name)
