"""The stage on the page: what it shows where it is pointed at, and what keys and touches do."""

import itertools
import logging
import os
import random
import re
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.bundle import load
from conv.scenes.numbers import cell_texts, number, power_text
from conv.scenes.scene import Bars, Panel
from conv.view import SCENES
from conv.words import words
from tests.dashboard.stage import (
    AWAY,
    STAGE,
    WAIT,
    Stage,
    Truth,
    boxes_of,
    close,
    number_of,
    outlined,
    view_of,
)
from tests.test_links import PANELS, linked_spaces, meetings_of, role
from tests.views import WINDOWED, scene_of

SAY = words("en")
LOG = logging.getLogger(__name__)
TALL = 2600  # pixels in which every scene is seen whole, so that nothing scrolls
# Links, and how many cells of each panel are pointed at.
HOVERED = {
    "": 6,
    "data=paper": 4,
    "kernel=2x3&stride=2&padding=2": 3,
    "dilation=2": 2,
    "groups=4&c=13&f=5": 2,
    "data=sobel": 2,
}


def cells_of(shown, count, seed):
    """Some of a panel's cells, drawn at random."""
    every = [(row, column) for row in range(shown["rows"]) for column in range(shown["columns"])]
    return random.Random(seed).sample(every, min(count, len(every)))


@pytest.mark.parametrize(("link", "count"), HOVERED.items(), ids=list(HOVERED))
def test_pointing_at_any_cell_shows_what_belongs_to_it(open_in_browser, link, count):
    stage = Stage(open_in_browser(link, height=TALL, wait=False))
    for key, scene in enumerate(WINDOWED, 1):
        stage.leave()
        stage.focus()
        stage.press(str(key))
        stage.wait(scene=scene, over="")
        look_at_every_panel(stage, view_of(link, scene), count)


def look_at_every_panel(stage, view, count):
    checked = Checked(view)
    opening = stage.read()
    checked.still(opening)
    checked.moving(opening, None, None)
    for name, shown in opening["panels"].items():
        for cell in cells_of(shown, count, f"{view.scene} {name}"):
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


# What the stage says of each step, one after the other, from now on.
RECORD = """() => {
    const step = document.querySelector("[data-stage] .step");
    window.recorded = [];
    new MutationObserver((records) => {
        for (const { addedNodes } of records) {
            for (const { data } of addedNodes) {
                if (data !== window.recorded.at(-1)) window.recorded.push(data);
            }
        }
    }).observe(step, { childList: true });
}"""
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
RING = "(root) => getComputedStyle(root).boxShadow"


def opened(open_in_browser, link="", **options):
    return Stage(open_in_browser(link, wait=False, **options))


def steps_of(places, columns, count):
    return [SAY("stage.step", step=i * columns + j + 1, count=count) for i, j in places]


def sidebar(page, field):
    return page.locator(f".st-key-{field} input")


def set_field(page, field, value):
    sidebar(page, field).fill(str(value))
    sidebar(page, field).press("Enter")


def expect_link(page, **fields):
    """Waits for a link that says these of the view; None is for what it must not say."""
    for name, value in fields.items():
        if value is not None:
            page.wait_for_url(re.compile(rf"[?&]{name}={value}(&|$)"), timeout=WAIT)
        else:
            expect(page).not_to_have_url(re.compile(rf"[?&]{name}="))


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


@pytest.mark.parametrize("cell", [(0, 1), (2, 2), (1, 1)])
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


def test_keys_move_the_window(open_in_browser):
    stage = opened(open_in_browser)
    truth = Truth(view_of(""))
    stage.focus()
    for key, place in (
        ("ArrowRight", (6, 7)),
        ("ArrowDown", (7, 7)),
        ("ArrowLeft", (7, 6)),
        ("ArrowUp", (6, 6)),
        ("End", (13, 13)),
        ("Home", (0, 0)),
    ):
        stage.press(key)
        stage.wait(at=place, over="")
        close(stage.values("patch"), truth.patch(*place))
    # There is nothing beyond the edge.
    stage.press("ArrowLeft", "ArrowUp", "ArrowRight")
    stage.wait(at=(0, 1))
    stage.press("End", "ArrowRight", "ArrowDown", "ArrowUp")
    stage.wait(at=(12, 13))


def test_keys_set_the_speed_and_list_the_keys(open_in_browser):
    stage = opened(open_in_browser)
    speed, keys = stage.find("[data-speed]"), stage.find("[data-keys]")
    stage.focus()
    for key, rate in (("+", "8"), ("=", "15"), ("-", "8"), ("+", "15"), ("+", "30"), ("+", "30")):
        stage.press(key)
        expect(speed).to_have_value(rate)
    stage.press(*"-" * 9)
    expect(speed).to_have_value("0.5")
    expect(keys).to_be_hidden()
    stage.press("?")
    expect(keys).to_be_visible()
    expect(keys).not_to_contain_text(SAY("stage.name_second"))
    for name in ("arrows", "ends", "space", "speed", "scenes", "pin", "escape", "help"):
        expect(keys).to_contain_text(SAY(f"stage.name_{name}", scenes=len(SCENES)))
        expect(keys).to_contain_text(SAY(f"stage.key_{name}"))
    stage.press("?")
    expect(keys).to_be_hidden()
    stage.press("?")
    expect(keys).to_be_visible()
    stage.press("Escape")
    expect(keys).to_be_hidden()


def test_keys_with_a_modifier_are_left_alone(open_in_browser):
    stage = opened(open_in_browser)
    stage.focus()
    for modifier in ("Control", "Alt", "Meta"):
        for key in ("ArrowDown", "End", "2", "Enter"):
            stage.press(f"{modifier}+{key}")
    stage.press("ArrowRight")
    stage.wait(at=(6, 7), scene="overview")
    expect(stage.find("[data-pin]")).to_be_hidden()


def test_keys_elsewhere_do_nothing_to_the_stage(open_in_browser):
    stage = opened(open_in_browser, height=600)
    page = stage.page
    set_field(page, "c", 12)
    stage.wait(view=(1, 12, 10), at=(6, 6), scene="overview")
    page.mouse.click(1400, 300)
    page.keyboard.press("End")
    page.wait_for_function(f"{SCROLLED} > 100")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    stage.focus()
    stage.press("ArrowRight")
    stage.wait(at=(6, 7), scene="overview")
    expect(stage.find("[data-pin]")).to_be_hidden()


def test_focus_shows(open_in_browser):
    stage = opened(open_in_browser)
    assert stage.root.evaluate(RING) == "none"
    stage.focus()
    assert stage.root.evaluate(RING) != "none"
    stage.root.blur()
    assert stage.root.evaluate(RING) == "none"
    stage.click("output", (3, 3))
    expect(stage.root).to_be_focused()
    assert stage.root.evaluate(RING) != "none"


def test_play_shows_every_step_in_order(open_in_browser):
    link = "stride=2&padding=2&i=0&j=0"
    stage = opened(open_in_browser, link)
    rows, columns = stage.read()["panels"]["output"]["rows"], 8
    places = [(i, j) for i in range(rows) for j in range(columns)]
    steps = steps_of(places, columns, rows * columns)
    expect(stage.find(".step")).to_have_text(steps[0])
    stage.find("[data-speed]").select_option("30")
    stage.page.evaluate(RECORD)
    play = stage.find("[data-play]")
    expect(play).to_have_attribute("aria-label", SAY("stage.play"))
    play.click()
    stage.wait(at=places[-1])
    expect(play).to_have_attribute("data-play", "off")
    assert stage.page.evaluate("window.recorded") == steps[1:]
    close(stage.values("patch"), Truth(view_of(link)).patch(*places[-1]))
    # At the end it starts anew; in between, Space holds it and lets it go on.
    stage.page.evaluate(RECORD)
    stage.focus()
    stage.press(" ")
    expect(play).to_have_attribute("data-play", "on")
    expect(play).to_have_attribute("aria-label", SAY("stage.pause"))
    stage.page.wait_for_function("window.recorded.length > 5")
    stage.press(" ")
    expect(play).to_have_attribute("data-play", "off")
    seen = stage.page.evaluate("window.recorded")
    assert seen == steps[: len(seen)]
    stage.press("Enter")
    # The link does not say what the data open with.
    first = load("notebook").default
    place = dict(zip("ij", places[len(seen) - 1], strict=True))
    said = {name: None if at == getattr(first, name) else at for name, at in place.items()}
    expect_link(stage.page, **said)


def test_play_does_not_follow_the_pointer(open_in_browser):
    stage = opened(open_in_browser, "i=0&j=0")
    stage.find("[data-speed]").select_option("8")
    stage.focus()
    stage.page.evaluate(RECORD)
    stage.press(" ")
    for column in range(8):
        stage.move("input_pad", (3, column))
        # At once: the next step would hide it.
        assert stage.find(".tip").is_hidden()
    stage.page.wait_for_function("window.recorded.length > 2")
    stage.wait(over="")
    # A click ends it and pins.
    stage.click("output", (9, 9))
    stage.wait(over="output", at=(9, 9))
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "off")
    expect(stage.find("[data-pin]")).to_be_visible()
    expect_link(stage.page, i=9, j=9)


def test_slider_steps(open_in_browser):
    stage = opened(open_in_browser)
    slider = stage.find("[data-step]")
    assert slider.get_attribute("max") == "195"
    expect(slider).to_have_value("90")
    slider.press("ArrowRight")
    stage.wait(at=(6, 7))
    slider.fill("100")
    stage.wait(at=(7, 2))
    close(stage.values("patch"), Truth(view_of("")).patch(7, 2))
    stage.press("Home")
    stage.wait(at=(0, 0))
    expect(stage.find(".step")).to_have_text(SAY("stage.step", step=1, count=196))


def test_moving_is_the_browsers_own_affair(open_in_browser):
    """Nothing is sent for a key, the slider, play or the pointer; a click sends."""
    stage = opened(open_in_browser)
    page, sent = stage.page, []

    def note(frame):
        sent.append(frame)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    page.reload()
    stage = Stage(page)
    # The server has answered all that the page asks for when it opens.
    page.wait_for_load_state("networkidle")
    sent.clear()
    stage.focus()
    stage.press("ArrowRight", "ArrowDown", "End", "Home")
    stage.wait(at=(0, 0))
    stage.find("[data-step]").fill("20")
    stage.wait(at=(1, 6))
    stage.find("[data-speed]").select_option("30")
    stage.find("[data-play]").click()
    page.wait_for_function("Number(document.querySelector('[data-step]').value) > 30")
    stage.find("[data-play]").click()
    stage.point("output", (2, 2))
    stage.point("kernel", (2, 2))
    stage.leave()
    assert sent == []
    stage.click("output", (5, 8))
    expect_link(page, i=5, j=8)
    assert sent


def test_a_click_pins_and_another_lets_go(open_in_browser):
    stage = opened(open_in_browser)
    page, pin = stage.page, stage.find("[data-pin]")
    expect(pin).to_be_hidden()
    for let_go in (
        lambda: stage.press("Escape"),
        lambda: stage.click("output", (3, 4)),
        pin.click,
    ):
        stage.click("output", (3, 4))
        stage.wait(over="output", at=(3, 4))
        expect(pin).to_contain_text(SAY("stage.pinned", i=3, j=4))
        expect_link(page, i=3, j=4)
        expect(sidebar(page, "i")).to_have_value("3")
        expect(sidebar(page, "j")).to_have_value("4")
        # It holds still: the pointer tells of a cell, and nothing moves.
        stage.move("input_pad", (9, 9))
        expect(stage.find(".tip")).to_contain_text("row 9, column 9")
        stage.wait(over="output", at=(3, 4))
        let_go()
        expect(pin).to_be_hidden()
        stage.leave()
        stage.wait(at=(3, 4), over="")
        stage.point("output", (8, 8))
        stage.leave()
    expect_link(page, i=3, j=4)


def test_enter_pins_the_window(open_in_browser):
    stage = opened(open_in_browser)
    stage.focus()
    stage.press("ArrowDown", "ArrowDown", "ArrowRight")
    stage.wait(at=(8, 7))
    stage.press("Enter")
    expect(stage.find("[data-pin]")).to_contain_text(SAY("stage.pinned", i=8, j=7))
    expect_link(stage.page, i=8, j=7)
    stage.move("output", (1, 1))
    expect(stage.find(".tip")).to_contain_text("row 1, column 1")
    stage.wait(at=(8, 7), over="")
    stage.press("Escape")
    expect(stage.find("[data-pin]")).to_be_hidden()


def test_enter_stops_play_and_pins(open_in_browser):
    stage = opened(open_in_browser)
    stage.focus()
    stage.press("Home", " ")
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "on")
    stage.press("Enter")
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "off")
    expect(stage.find("[data-pin]")).to_be_visible()


def test_enter_on_a_bar_picks_its_channel_and_pins_nothing(open_in_browser):
    stage = opened(open_in_browser, "scene=forward")
    stage.focus()
    stage.point("channels", (0, 4))
    stage.press("Enter")
    stage.wait(view=(1, 4, 10))
    expect(stage.find("[data-pin]")).to_be_hidden()


def test_speed_outlives_a_scene_and_digits_in_its_list_choose_no_scene(open_in_browser):
    stage = opened(open_in_browser)
    stage.find("[data-speed]").focus()
    stage.press("3")
    stage.find("[data-speed]").select_option("15")
    stage.focus()
    stage.press("2")
    stage.wait(scene="forward")
    expect(stage.find("[data-speed]")).to_have_value("15")


def test_a_pin_outlives_a_scene(open_in_browser):
    stage = opened(open_in_browser)
    stage.click("output", (2, 3))
    stage.press("2")
    stage.wait(scene="forward", at=(2, 3))
    expect(stage.find("[data-pin]")).to_be_visible()


def test_the_chosen_thumbnail_is_in_sight_on_a_phone(open_in_browser):
    stage = opened(open_in_browser, "c=31&f=15", width=390, height=844)
    for field in "cf":
        strip = stage.find(f"[data-strip={field}]")
        expect(strip.locator("[aria-checked=true]")).to_be_in_viewport(ratio=0.9)


def test_back_goes_back_to_where_the_window_was(open_in_browser):
    stage = opened(open_in_browser)
    for place in ((3, 4), (9, 2)):
        stage.click("output", place)
        stage.wait(at=place)
        expect_link(stage.page, i=place[0], j=place[1])
    stage.leave_pointer()
    stage.page.go_back()
    stage.wait(at=(3, 4), over="")
    expect(sidebar(stage.page, "i")).to_have_value("3")
    stage.page.go_back()
    stage.wait(at=(6, 6), over="")
    expect(stage.find("[data-pin]")).to_be_hidden()
    close(stage.values("patch"), Truth(view_of("")).patch(6, 6))


def test_a_pin_outlives_the_answer_to_an_earlier_one(open_in_browser):
    stage = opened(open_in_browser)
    for place in ((3, 4), (9, 2), (1, 12), (5, 5)):
        stage.click("output", place)
    expect_link(stage.page, i=5, j=5)
    expect(sidebar(stage.page, "i")).to_have_value("5")
    stage.page.wait_for_load_state("networkidle")
    stage.move("output", (8, 8))
    expect(stage.find(".tip")).to_contain_text("row 8, column 8")
    stage.wait(at=(5, 5), over="output")
    expect(stage.find("[data-pin]")).to_contain_text(SAY("stage.pinned", i=5, j=5))


def test_the_answer_to_a_pin_does_not_take_the_window_back(open_in_browser):
    stage = opened(open_in_browser)
    stage.click("output", (3, 4))
    stage.press("ArrowRight", "ArrowRight")
    expect_link(stage.page, i=3, j=4)
    expect(sidebar(stage.page, "j")).to_have_value("4")
    stage.leave_pointer()
    stage.press("ArrowDown")
    stage.wait(at=(4, 6), over="")


def test_letting_go_shows_the_place_that_was_pinned_last(open_in_browser):
    stage = opened(open_in_browser)
    stage.click("output", (3, 4))
    stage.wait(at=(3, 4))
    stage.click("output", (9, 9))
    stage.wait(at=(9, 9))
    expect_link(stage.page, i=9, j=9)
    stage.press("Escape")
    expect(stage.find("[data-pin]")).to_be_hidden()
    stage.wait(at=(9, 9))


@pytest.mark.parametrize("link", ["", "stride=2", "dilation=2&padding=2", "kernel=4"])
def test_a_click_on_the_input_pins_the_middle_window_that_holds_the_cell(open_in_browser, link):
    stage = opened(open_in_browser, link)
    meetings = meetings_of(view_of(link))
    for cell in ((5, 7), (1, 10)):
        fed = sorted(meetings.cells("output", "input_pad", cell))
        middle = [
            sorted({place[axis] for place in fed})[(len({place[axis] for place in fed}) - 1) // 2]
            for axis in (0, 1)
        ]
        stage.click("input_pad", cell)
        stage.wait(over="input_pad", at=cell)
        expect(stage.find("[data-pin]")).to_contain_text(
            SAY("stage.pinned", i=middle[0], j=middle[1])
        )
        expect(sidebar(stage.page, "i")).to_have_value(str(middle[0]))
        expect(sidebar(stage.page, "j")).to_have_value(str(middle[1]))
        panels = stage.read()["panels"]
        close(panels["patch"]["values"], Truth(view_of(link)).patch(*middle))
        assert outlined(panels["output"])[1] == set(fed)


def test_a_click_on_the_kernel_holds_the_outlines_alone(open_in_browser):
    stage = opened(open_in_browser, "scene=dx")
    address = stage.page.url
    stage.click("kernel", (0, 2))
    stage.wait(over="kernel", at=(0, 2))
    expect(stage.find("[data-pin]")).to_be_visible()
    stage.move("kernel", (2, 0))
    expect(stage.find(".tip")).to_contain_text("row 2, column 0")
    stage.wait(over="kernel", at=(0, 2))
    stage.press("Escape")
    expect(stage.find("[data-pin]")).to_be_hidden()
    assert stage.page.url == address


def test_a_click_on_a_bar_picks_its_channel(open_in_browser):
    stage = opened(open_in_browser, "scene=forward")
    stage.click("channels", (0, 5))
    stage.wait(view=(1, 5, 10))
    expect_link(stage.page, c=5)
    close(stage.values("patch"), Truth(view_of("c=5", "forward")).patch(6, 6))
    # Nothing is at the bars of the bias and of the total.
    stage.click("channels", (0, 33))
    stage.click("channels", (0, 34))
    stage.click("channels", (0, 30))
    stage.wait(view=(1, 30, 10))


@pytest.mark.parametrize(
    ("field", "view", "choice", "after"),
    [
        ("n", (3, 7, 10), 3, (4, 7, 10)),
        ("c", (1, 31, 10), 31, (1, 0, 10)),
        ("f", (1, 7, 0), 0, (1, 7, 1)),
    ],
)
def test_thumbnails_pick(open_in_browser, field, view, choice, after):
    stage = opened(open_in_browser)
    stage.focus()
    stage.press("ArrowRight")
    stage.wait(at=(6, 7))
    strip = stage.find(f"[data-strip={field}]")
    picked = strip.locator(f'[data-pick="{choice}"]')
    picked.click()
    stage.wait(view=view)
    expect(picked).to_have_attribute("aria-checked", "true")
    expect(strip.locator("[aria-checked=true]")).to_have_count(1)
    expect_link(stage.page, **{field: choice})
    expect(sidebar(stage.page, field)).to_have_value(re.compile(rf"^{choice}\b"))
    # The window stays where it was moved to.
    stage.leave()
    stage.wait(at=(6, 7))
    truth = Truth(view_of("n={}&c={}&f={}".format(*view)))
    shown = stage.read()["panels"]
    close(shown["patch"]["values"], truth.patch(6, 7))
    close(shown["output"]["values"], truth.out)
    # A key goes on to the next one, round the end.
    stage.press("ArrowRight")
    stage.wait(view=after, at=(6, 7))
    expect(strip.locator("[aria-checked=true]")).to_be_focused()
    stage.press("ArrowLeft")
    stage.wait(view=view, at=(6, 7))


def test_the_stage_follows_the_sidebar(open_in_browser):
    stage = opened(open_in_browser)
    page = stage.page
    stage.focus()
    stage.press("ArrowRight")
    stage.wait(at=(6, 7))
    set_field(page, "i", 2)
    stage.wait(at=(2, 6))
    set_field(page, "j", 11)
    stage.wait(at=(2, 11))
    close(stage.values("patch"), Truth(view_of("")).patch(2, 11))
    page.locator(".st-key-scene").get_by_text(SAY("scene.dw"), exact=True).click()
    stage.wait(scene="dw", at=(2, 11))
    close(stage.values("step_patches"), Truth(view_of("", "dw")).step_patches(2, 11))
    sidebar(page, "stride").click()
    page.get_by_role("option", name="2", exact=True).click()
    stage.page.wait_for_function(
        "document.querySelector('[data-panel=grad_output] [data-cells]').dataset.rows === '7'"
    )
    stage.wait(at=(2, 6))
    truth = Truth(view_of("stride=2", "dw"))
    close(stage.values("step_patches"), truth.step_patches(2, 6))


@contextmanager
def touching(page):
    """Taps and drags of a finger."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})

    def touch(kind, *point):
        points = [{"x": point[0], "y": point[1]}] if point else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    yield touch
    session.detach()


def test_a_tap_pins(open_in_browser):
    stage = opened(open_in_browser, width=390, height=844)
    with touching(stage.page) as touch:
        touch("touchStart", *stage.middle("output", (4, 11)))
        touch("touchEnd")
        stage.wait(at=(4, 11), over="output")
        expect(stage.find("[data-pin]")).to_contain_text(SAY("stage.pinned", i=4, j=11))
        expect_link(stage.page, i=4, j=11)
        touch("touchStart", *stage.middle("output", (4, 11)))
        touch("touchEnd")
        expect(stage.find("[data-pin]")).to_be_hidden()


def test_a_drag_scans(open_in_browser):
    stage = opened(open_in_browser, width=390, height=844)
    truth = Truth(view_of(""))
    with touching(stage.page) as touch:
        path = [(2, 2), (2, 5), (4, 6), (9, 6)]
        middles = [stage.middle("output", cell) for cell in path]
        scrolled = stage.page.evaluate(SCROLLED)
        touch("touchStart", *middles[0])
        stage.wait(at=path[0], over="output")
        for cell, middle in zip(path[1:], middles[1:], strict=True):
            touch("touchMove", *middle)
            stage.wait(at=cell, over="output")
            close(stage.values("patch"), truth.patch(*cell))
        touch("touchEnd")
        # The window stays where the finger left it; nothing is pinned, and nothing scrolled.
        stage.wait(at=path[-1], over="")
        expect(stage.find("[data-pin]")).to_be_hidden()
        assert stage.page.evaluate(SCROLLED) == scrolled


def test_the_look_changes_while_the_stage_is_open(open_in_browser):
    stage = opened(open_in_browser, scheme="light")
    colors = """(root) => [
        getComputedStyle(root).color,
        root.querySelector("[data-panel=kernel] .js-plotly-plot").data[0].colorscale,
    ]"""
    light = stage.root.evaluate(colors)
    stage.page.emulate_media(color_scheme="dark")
    stage.wait(look="dark")
    dark = stage.root.evaluate(colors)
    assert dark[0] != light[0]
    assert dark[1] != light[1]
    stage.point("output", (2, 3))
    close(stage.values("patch"), Truth(view_of("")).patch(2, 3))
    stage.page.emulate_media(color_scheme="light")
    stage.wait(look="light")
    assert stage.root.evaluate(colors) == light


def test_play_holds_still_where_motion_is_not_wanted(open_in_browser):
    stage = opened(open_in_browser)
    stage.page.emulate_media(reduced_motion="reduce")
    stage.focus()
    stage.press(" ")
    expect(stage.root).to_contain_text(SAY("stage.still"))
    stage.find("[data-play]").click()
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "off")
    stage.focus()
    stage.press("ArrowRight")
    stage.wait(at=(6, 7))
    stage.find("[data-step]").press("ArrowRight")
    stage.wait(at=(6, 8))
    stage.press("Escape")
    expect(stage.root).not_to_contain_text(SAY("stage.still"))


def test_the_stage_speaks_both_languages(open_in_browser):
    stage = opened(open_in_browser, "data=paper&lang=zh")
    page = stage.page
    for lang, label in (("zh", None), ("en", "English"), ("zh", "中文")):
        say = words(lang)
        if label:
            page.locator(".st-key-lang").get_by_text(label, exact=True).click()
        panel = stage.find("[data-panel=output]")
        heading = say("stage.bar", label=say("panel.output"), value="out")
        expect(panel).to_have_attribute("aria-label", re.compile(f"^{heading}"))
        expect(stage.root).to_have_attribute("aria-roledescription", say("stage.role"))
        scene = scene_of(view_of("data=paper"))
        expect(stage.root).to_have_attribute("aria-label", say(scene.alt.key, **scene.alt.values))
        expect(stage.find("[data-step]")).to_have_attribute("aria-label", say("stage.slider"))
        expect(stage.find("[data-speed]")).to_have_attribute("aria-label", say("stage.speed"))
        expect(stage.find("[data-play]")).to_have_attribute("aria-label", say("stage.play"))
        stage.focus()
        stage.press("?")
        expect(stage.find("[data-keys]")).to_contain_text(say("stage.key_arrows"))
        stage.press("Escape")
        stage.point("output", (0, 0))
        text = scene.total_text.at({**scene.places, "output": (0, 0)})
        expect(stage.find("[data-sum]")).to_have_text(say(text.key, **text.values))
        expect(stage.find("[data-sum]")).to_have_attribute("aria-live", "polite")
        value = number(Truth(view_of("data=paper")).out[0, 0])
        expect(stage.find(".tip")).to_have_text(say("stage.cell", row=0, column=0, value=value))
        stage.leave()


@pytest.fixture
def open_anyhow(browser, server):
    """Opens a page of which no silence is asked, with routes set before."""
    contexts = []

    def open_page(link="", **routes):
        contexts.append(browser.new_context(viewport={"width": 1440, "height": 900}))
        page = contexts[-1].new_page()
        for pattern, answer in routes.items():
            page.route(f"**/*{pattern}*", answer)
        page.goto(f"{server}/?lang=en&{link}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_a_sentence_says_that_plotly_did_not_come(open_anyhow):
    page = open_anyhow(plotly=lambda route: route.abort())
    failed = page.locator(f"{STAGE} [data-failed]")
    reason = SAY("stage.no_plotly")
    expect(failed).to_have_text(SAY("stage.failed", reason=reason), timeout=60_000)
    # The controls work, and the stage is drawn as soon as it can be.
    page.unroute("**/*plotly*")
    page.locator(".st-key-scene").get_by_text(SAY("scene.dx"), exact=True).click()
    expect_link(page, scene="dx")
    stage = Stage(page, scene="dx")
    expect(failed).to_have_count(0)
    close(stage.values("step_scatter"), Truth(view_of("", "dx")).step_scatter(6, 6))


def test_a_sentence_says_that_a_scene_could_not_be_drawn(open_anyhow):
    page = open_anyhow()
    stage = Stage(page)
    page.evaluate(
        """() => {
            const newPlot = Plotly.newPlot;
            Plotly.newPlot = () => { throw new Error("a broken heatmap"); };
            window.mend = () => { Plotly.newPlot = newPlot; };
        }"""
    )
    stage.focus()
    stage.press("2")
    failed = stage.find("[data-failed]")
    expect(failed).to_have_text(SAY("stage.failed", reason="a broken heatmap"))
    expect_link(page, scene="forward")
    stage.press("ArrowRight", "Enter", "?")
    set_field(page, "c", 3)
    expect_link(page, c=3)
    expect(failed).to_be_visible()
    page.evaluate("window.mend()")
    set_field(page, "c", 4)
    stage.wait(view=(1, 4, 10), scene="forward")
    expect(failed).to_have_count(0)
    stage.point("output", (2, 2))
    close(stage.values("patch"), Truth(view_of("c=4", "forward")).patch(2, 2))


# How many minutes of random events are tried, at about so many a second.
MINUTES = float(os.environ.get("CONV_STAGE_MINUTES", "0.05"))
RATE = 20
WARM = 150
READINGS = 5  # what is on its way out when one is taken may be gone at the next
KEYS = [
    *("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "Enter", "Escape"),
    *(" ", "+", "-", "=", "?", *(str(key) for key, _ in enumerate(SCENES, 1))),
]


def test_whatever_is_done_the_stage_stays_well_and_small(open_in_browser):
    stage = opened(open_in_browser, "i=0&j=0")
    page, rng = stage.page, random.Random(0)
    session = page.context.new_cdp_session(page)
    do_anything(stage, rng, WARM)
    before = sizes_of_page(stage, session)
    # Three parts, so that a page that grows all the time is told from one that breathes.
    count = round(MINUTES * 60 * RATE)
    found = [before]
    for _ in range(3):
        do_anything(stage, rng, count // 3)
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
            stage.find("[data-step]").fill(str(rng.randrange(196)))
        elif kind < 0.7:
            strip = rng.choice("ncf")
            stage.find(f"[data-strip={strip}] [data-pick]").nth(rng.randrange(10)).click()
        else:
            stage.focus()
            page.keyboard.press(rng.choice(KEYS))


def sizes_of_page(stage, session):
    """The page's memory, elements and listeners, in the same state at every call."""
    page = stage.page
    page.mouse.move(*AWAY)
    stage.focus()
    if stage.find("[data-play]").get_attribute("data-play") == "on":
        stage.press(" ")
    stage.press("1")
    stage.wait(scene="overview")
    stage.press("Escape", "Home")
    stage.wait(at=(0, 0), over="", scene="overview")
    page.wait_for_load_state("networkidle")
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
