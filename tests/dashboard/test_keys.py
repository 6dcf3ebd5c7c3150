"""The stage's keys, and what has the focus."""

import re

from playwright.sync_api import expect

from conv.state.rooms import SCENES
from conv.words import words
from tests.dashboard.driving import answered, expect_link, opened, set_field, sidebar
from tests.dashboard.on_page import SCROLLED, control
from tests.dashboard.stage import (
    Truth,
    close,
    view_of,
)

SAY = words("en")
RING = "(root) => getComputedStyle(root).boxShadow"


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
    expect_untouched(stage)


def test_keys_need_no_click(open_in_browser):
    stage = opened(open_in_browser, width=1440, height=600)
    page = stage.page
    stage.press("ArrowRight")
    stage.wait(at=(6, 7))
    page.mouse.click(1400, 300)
    stage.press("ArrowRight")
    stage.wait(at=(6, 8))
    # What was clicked in the sidebar has the focus without a ring.
    control(page, "scene").get_by_text(SAY("scene.forward"), exact=True).click()
    stage.wait(scene="forward")
    stage.press("ArrowLeft")
    stage.wait(at=(6, 7))
    play = stage.find("[data-play]")
    stage.press("Space")
    expect(play).to_have_attribute("data-play", "on")
    stage.press("Space")
    expect(play).to_have_attribute("data-play", "off")
    stage.press("Home", "3")
    stage.wait(scene="dw", at=(0, 0))


def test_a_control_that_was_reached_by_keys_keeps_those_that_it_uses(open_in_browser):
    stage = opened(open_in_browser, width=1440, height=600)
    page = stage.page
    set_field(page, "c", 12)
    stage.wait(view=(1, 12, 10), at=(6, 6), scene="overview")
    sidebar(page, "j").focus()
    stage.press("ArrowLeft", "End", "Enter")
    control(page, "lang").locator("button").last.focus()
    stage.press("Shift+Tab", "Tab", "ArrowLeft", "ArrowDown")
    page.get_by_test_id("stMain").focus()
    stage.press("End")
    page.wait_for_function(f"{SCROLLED} > 100")
    stage.press("Enter")
    expect_untouched(stage)


def test_another_scene_is_shown_from_its_top_and_a_pick_where_it_is(open_in_browser):
    stage = opened(open_in_browser, "scene=dx", width=1100, height=500)
    page = stage.page
    scroll = "() => document.querySelector('[data-testid=stMain]').scrollTo(0, 200)"
    page.evaluate(scroll)
    stage.press("Home", "Enter")
    expect_link(page, i=0, j=0)
    answered(page)
    assert page.evaluate(SCROLLED) == 200
    sidebar(page, "stride").click()
    page.get_by_role("option", name="2", exact=True).click()
    expect_link(page, stride=2)
    # By as much as a notice above has moved the panels, the browser goes along.
    assert page.evaluate(SCROLLED) >= 200
    control(page, "scene").get_by_text(SAY("scene.notebook"), exact=True).click()
    stage.wait(scene="notebook")
    assert page.evaluate(SCROLLED) == 0
    for at in ("2", "3"):
        page.evaluate(scroll)
        stage.press("n")
        stage.wait(listed=at)
        assert page.evaluate(SCROLLED) == 0


def expect_untouched(stage):
    """That no key has moved or pinned the window, or asked the server for a scene: whatever it is
    asked for comes before the answer to the pick that is made here."""
    expect(stage.find("[data-pin]")).to_be_hidden()
    stage.find("[data-strip=f] [data-pick='3']").click()
    expect(stage.root).to_have_attribute("data-view", re.compile(",3$"))
    stage.wait(at=(6, 6), scene="overview")
    expect_link(stage.page, f=3, scene=None)


def test_keys_ring_the_stage_and_a_click_does_not(open_in_browser):
    stage = opened(open_in_browser)
    assert stage.root.evaluate(RING) == "none"
    stage.click("output", (3, 3))
    expect(stage.root).to_be_focused()
    assert stage.root.evaluate(RING) == "none"
    # A browser takes what was clicked for reached by keys at the next one.
    stage.press("ArrowRight")
    stage.wait(at=(3, 4), over="")
    assert stage.root.evaluate(RING) == "none"
    stage.press("Shift+Tab", "Tab")
    expect(stage.root).to_be_focused()
    assert stage.root.evaluate(RING) != "none"
    stage.root.blur()
    assert stage.root.evaluate(RING) == "none"


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


def test_speed_outlives_a_scene_and_digits_in_its_list_choose_no_scene(open_in_browser):
    stage = opened(open_in_browser)
    stage.find("[data-speed]").focus()
    stage.press("3")
    stage.find("[data-speed]").select_option("15")
    stage.focus()
    stage.press("2")
    stage.wait(scene="forward")
    expect(stage.find("[data-speed]")).to_have_value("15")
