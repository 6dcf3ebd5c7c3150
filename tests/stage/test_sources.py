"""The browser fills cells up and takes differences as Python does, number for number, whichever way
the steps go."""

import json
from dataclasses import replace

import numpy as np
import pytest

from conv.figures.stage.data import stage_data
from conv.scenes.panel import Panel
from conv.scenes.tables import Table
from tests.loops import Loops
from tests.node import run
from tests.views import GEOMETRIES, SCANNED, UNREAD, legal_view, name_of, scene_of

FILL = """({ decoded, sourceOf }, scenes) => scenes.map(([entries, panels, stops]) => {
    const tables = entries.map(decoded);
    const sources = panels.map((numbers) => sourceOf(numbers, tables));
    return stops.map((places) => sources.map((source) => {
        const { values, waiting } = source.at(places);
        return { values: Array.from(values), waiting: Array.from(waiting) };
    }));
})"""
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
    """What the browser has at every stop of every view."""
    scenes = [sent(view, scene_of(view)) for view in VIEWS]
    return dict(zip(VIEWS, run("tables sources", FILL, scenes), strict=True))


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
        for panel, found in zip(panels, seen, strict=True):
            at = replace(panel, places=places)
            waits = np.reshape(found["waiting"], at.size).astype(bool)
            values = np.where(waits, np.nan, np.reshape(found["values"], at.size))
            np.testing.assert_array_equal(values, at.values, panel.name)
            np.testing.assert_array_equal(waits, at.waiting, panel.name)
