"""Clicks on the stage: what is pinned, and what the page and its link say of it."""

import pytest
from playwright.sync_api import expect

from conv.words import words
from tests.dashboard.driving import answered, expect_link, opened, sidebar
from tests.dashboard.stage import (
    Stage,
    Truth,
    close,
    outlined,
    view_of,
)
from tests.meetings import meetings_of

SAY = words("en")


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


def test_enter_on_a_bar_picks_its_channel_and_pins_nothing(open_in_browser):
    stage = opened(open_in_browser, "scene=forward")
    stage.focus()
    stage.point("channels", (0, 4))
    stage.press("Enter")
    stage.wait(view=(1, 4, 10))
    expect(stage.find("[data-pin]")).to_be_hidden()


def test_a_pin_outlives_a_scene(open_in_browser):
    stage = opened(open_in_browser)
    stage.click("output", (2, 3))
    stage.press("2")
    stage.wait(scene="forward", at=(2, 3))
    expect(stage.find("[data-pin]")).to_be_visible()


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
    answered(stage.page)
    stage.move("output", (8, 8))
    expect(stage.find(".tip")).to_contain_text("row 8, column 8")
    stage.wait(at=(5, 5), over="output")
    expect(stage.find("[data-pin]")).to_contain_text(SAY("stage.pinned", i=5, j=5))


def test_the_answer_to_a_pin_does_not_take_the_window_back(open_in_browser):
    stage = opened(open_in_browser)
    stage.click("output", (3, 4))
    stage.press("ArrowRight", "ArrowRight", "ArrowRight")
    expect_link(stage.page, i=3, j=7)
    expect(sidebar(stage.page, "j")).to_have_value("7")
    stage.leave_pointer()
    stage.press("ArrowDown")
    stage.wait(at=(4, 7), over="")
    expect_link(stage.page, i=4, j=7)
    # What moved has replaced the click's entry in the history.
    stage.page.go_back()
    stage.wait(at=(6, 6))


def test_letting_go_shows_the_place_that_was_pinned_last(open_in_browser):
    stage = opened(open_in_browser)
    stage.click("output", (3, 4))
    stage.wait(at=(3, 4))
    stage.click("output", (9, 9))
    stage.wait(at=(9, 9))
    expect_link(stage.page, i=9, j=9)
    stage.press("Escape")
    expect(stage.find("[data-pin]")).to_be_hidden()
    stage.leave()
    stage.wait(at=(9, 9), over="")


@pytest.mark.parametrize("link", ["stride=2", "dilation=2&padding=2", "kernel=4"])
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
    stage.page.reload()
    stage = Stage(stage.page)
    stage.wait(over="kernel", at=(0, 2))
    stage.press("Escape")
    expect(stage.find("[data-pin]")).to_be_hidden()
    assert stage.page.url == address
    stage.page.reload()
    stage = Stage(stage.page)
    expect(stage.find("[data-pin]")).to_be_hidden()


def test_a_click_on_a_bar_picks_its_channel(open_in_browser):
    stage = opened(open_in_browser, "scene=forward")
    stage.click("channels", (0, 5))
    stage.wait(view=(1, 5, 10))
    expect_link(stage.page, c=5)
    close(stage.values("patch"), Truth(view_of("c=5", "forward")).patch(6, 6))
    # Nothing is at the bars of the bias and of the total.
    stage.click("channels", (0, 33))
    stage.click("channels", (0, 34))
    picked = stage.find("[data-strip=c] [aria-checked=true]")
    expect(picked).to_have_attribute("data-pick", "5")
    stage.click("channels", (0, 30))
    expect(picked).to_have_attribute("data-pick", "30")
    stage.wait(view=(1, 30, 10))
