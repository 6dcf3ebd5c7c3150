"""Pointing at the stage: whatever belongs to a cell is shown."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.numbers import cell_texts, power_text
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars
from conv.words import words
from tests.dashboard.driving import opened
from tests.dashboard.on_page import TALL
from tests.dashboard.stage import (
    Truth,
    boxes_of,
    close,
    number_of,
    outlined,
    view_of,
)
from tests.meetings import PANELS, linked_spaces, meetings_of, role
from tests.views import WINDOWED, scene_of

SAY = words("en")
HOVERED = (
    "",
    "data=paper",
    "kernel=2x3&stride=2&padding=2",
    "dilation=2&groups=4&c=13&f=5",
    "data=sobel",
    "kernel=3x2&stride=2x1&padding=0x2x3x1",
)


def cell_of(shown, seed):
    """One of a panel's cells, drawn at random."""
    rng = random.Random(seed)
    return rng.randrange(shown["rows"]), rng.randrange(shown["columns"])


@pytest.mark.parametrize("link", HOVERED)
def test_pointing_at_any_cell_shows_what_belongs_to_it(open_in_browser, link):
    stage = opened(open_in_browser, link, height=TALL)
    # Half of the scenes for each layer, in turn: every scene is pointed at in two of them at least.
    turn = HOVERED.index(link) % 2
    for key, scene in list(enumerate(WINDOWED, 1))[turn::2]:
        stage.leave()
        stage.focus()
        stage.press(str(key))
        stage.wait(scene=scene, over="")
        look_at_every_panel(stage, view_of(link, scene))


def look_at_every_panel(stage, view):
    checked = Checked(view)
    opening = stage.read()
    checked.still(opening)
    checked.moving(opening, None, None)
    for name, shown in opening["panels"].items():
        cell = cell_of(shown, f"{view.scene} {name}")
        stage.point(name, cell)
        checked.moving(stage.read(checked.names), name, cell)


class Checked:
    """Holds what a stage shows against what its view holds."""

    def __init__(self, view):
        self.view, self.scene, self.truth = view, scene_of(view), Truth(view)
        self.meetings = meetings_of(view)
        self.panels = {item.name: item for item in self.scene.items() if isinstance(item, Panel)}
        self.bars = {item.name: item for item in self.scene.items() if isinstance(item, Bars)}
        self.names = [name for name in [*self.panels, *self.bars] if name in Truth.MOVING]

    def still(self, shown):
        """The panels that look alike everywhere, and what every panel says of itself."""
        assert set(shown["panels"]) == {*self.panels, *self.bars}
        for name, panel in shown["panels"].items():
            assert panel["role"] == "img"
            assert panel["label"] == f"{SAY(self.title(name))}: {panel['caption']}"
            if name not in Truth.MOVING:
                close(panel["values"], self.truth.still[name])
            if name not in self.bars:
                check_texts(panel)

    def title(self, name):
        return {**self.panels, **self.bars}[name].title.key

    def place_of(self, name, cell):
        """The space and the place that a panel's cell stands for."""
        if name is None or name in self.bars:
            return None, None
        kind, truth = PANELS[self.view.scene][name][0], self.meetings
        stands = {
            "patch": lambda: ("kernel", cell),
            "rot180": lambda: ("kernel", truth.turned(cell)),
            "input": lambda: ("input", cell),
            "dx_pad": lambda: ("input", self.without_padding(cell)),
            "upsampled": lambda: ("output", self.among_zeros(cell)),
            "spread": lambda: ("output", self.on_spread(cell)),
        }
        if kind == "input" and self.view.scene == "overview":
            return "input_pad", truth.shifted(cell, +1)
        space, place = stands.get(kind, lambda: (kind, cell))()
        return (space, place) if place else (None, None)

    def without_padding(self, cell):
        inside, place = self.meetings.sizes["input"], self.meetings.shifted(cell, -1)
        return place if all(0 <= place[a] < inside[a] for a in (0, 1)) else None

    def among_zeros(self, cell):
        found = [divmod(cell[a], self.meetings.stride[a]) for a in (0, 1)]
        return None if any(apart for _, apart in found) else tuple(place for place, _ in found)

    def on_spread(self, cell):
        places = np.ndindex(self.meetings.sizes["output"])
        return next((p for p in places if self.meetings.on_spread("output", p) == {cell}), None)

    def moving(self, shown, name, cell):
        """Everything that the cell that is pointed at may have changed."""
        space, place = self.place_of(name, cell)
        places = self.truth.rest()
        if space:
            places[space] = place
        for moved in self.names:
            panel = shown["panels"][moved]
            self.truth.check(moved, panel["values"], places)
            if moved in Truth.EXACT:
                check_waiting(panel)
            if moved not in self.bars:
                check_texts(panel)
        for outlined_name, panel in self.panels.items():
            self.check_outlines(shown["panels"][outlined_name], panel, space, places)
        self.check_words(shown, space, places)

    def check_outlines(self, shown, panel, space, places):
        kind, home = PANELS[self.view.scene][panel.name]
        seen = space if space in linked_spaces(kind, home) else home
        expected = self.meetings.cells(kind, seen, places[seen]) if seen else set()
        roles, cells = outlined(shown)
        assert cells == expected, panel.name
        assert roles == ([role(panel, kind, seen)] if expected else []), panel.name

    def check_words(self, shown, space, places):
        everywhere = {**self.scene.places, **places}
        text = self.scene.total_text.at(everywhere)
        assert shown["sum"] == SAY(text.key, **text.values)
        alt = self.scene.alt_text.at(everywhere)
        assert shown["label"] == SAY(alt.key, **alt.values)
        total = self.truth.total(places)
        assert number_of(shown["sum"]) == pytest.approx(total, rel=1e-5, abs=1e-9)
        for name, item in {**self.panels, **self.bars}.items():
            if getattr(item, "text_unmarked", None) and space not in {None, "output"}:
                continue
            caption = replace(item, places=everywhere).caption
            assert shown["panels"][name]["caption"] == SAY(caption.key, **caption.values), name


def check_waiting(shown):
    """That the cells without a number are hatched, and no others."""
    boxes = boxes_of(shown, shown["waiting"]) if shown["waiting"] else []
    hatched = {
        cell
        for top, bottom, left, right in boxes
        for cell in itertools.product(range(top, bottom), range(left, right))
    }
    assert hatched == {tuple(map(int, cell)) for cell in np.argwhere(np.isnan(shown["values"]))}


def check_texts(shown):
    """That the numbers written into a panel's cells are its numbers."""
    written = shown["numbers"]
    if not any(written):
        return
    texts = cell_texts(np.array(shown["values"]))
    assert written == ["" if text == "NaN" else text for row in texts.rows for text in row]
    assert shown["power"] == (power_text(texts.power) if texts.power else "")


def test_leaving_a_panel_brings_the_resting_place_back(open_in_browser):
    stage = opened(open_in_browser, "i=4&j=9")
    truth = Truth(view_of("i=4&j=9"))
    stage.point("output", (2, 3))
    close(stage.values("patch"), truth.patch(2, 3))
    stage.leave()
    stage.wait(at=(4, 9))
    close(stage.values("patch"), truth.patch(4, 9))
    expect(stage.find(".tip")).to_be_hidden()


def test_a_cell_that_is_pointed_at_tells_its_number(open_in_browser):
    stage = opened(open_in_browser, "data=paper")
    stage.point("input_pad", (0, 4))
    expect(stage.find(".tip")).to_have_text("row 0, column 4: 3")


@pytest.mark.parametrize("cell", [(0, 1), (1, 1)])
def test_a_cell_of_the_kernel_is_outlined_where_the_rotation_puts_it(open_in_browser, cell):
    stage = opened(open_in_browser)
    stage.point("kernel", cell)
    panels = stage.read()["panels"]
    letters = {
        name: np.reshape(panels[name]["letters"], (3, 3)) for name in ("kernel", "kernel_rot180")
    }
    (own,), (turned,) = (outlined(panels[name])[1] for name in letters)
    assert own == cell
    assert turned == (2 - cell[0], 2 - cell[1])
    assert (
        letters["kernel"][own]
        == letters["kernel_rot180"][turned]
        == "abcdefghi"[3 * cell[0] + cell[1]]
    )
