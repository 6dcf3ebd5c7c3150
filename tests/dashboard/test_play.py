"""Play, in the browser alone."""

from playwright.sync_api import expect

from conv.sources import load
from conv.words import words
from tests.browser import probe
from tests.dashboard.driving import answered, expect_link, opened, sidebar, steps_of
from tests.dashboard.stage import (
    Stage,
    Truth,
    close,
    view_of,
)

SAY = words("en")


def test_play_shows_every_step_in_order(open_in_browser):
    link = "stride=2&padding=2&i=0&j=0"
    stage = opened(open_in_browser, link)
    rows, columns = stage.read()["panels"]["output"]["rows"], 8
    places = [(i, j) for i in range(rows) for j in range(columns)]
    steps = steps_of(places, columns, rows * columns)
    expect(stage.find(".step")).to_have_text(steps[0])
    stage.find("[data-speed]").select_option("30")
    stage.page.evaluate(probe("record_steps"))
    play = stage.find("[data-play]")
    expect(play).to_have_attribute("aria-label", SAY("stage.play"))
    play.click()
    stage.wait(at=places[-1])
    expect(play).to_have_attribute("data-play", "off")
    assert stage.page.evaluate("window.recorded") == steps[1:]
    close(stage.values("patch"), Truth(view_of(link)).patch(*places[-1]))
    # At the end it starts anew; in between, Space holds it and lets it go on.
    stage.page.evaluate(probe("record_steps"))
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
    stage.page.evaluate(probe("record_steps"))
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


def test_moving_is_the_browsers_own_affair(open_in_browser):
    """Nothing is sent for a key, the slider, play or the pointer; a click sends."""
    stage = opened(open_in_browser, fresh=True)
    page, sent = stage.page, []

    def note(frame):
        sent.append(frame)

    with page.expect_websocket() as opening:
        page.reload()
    opening.value.on("framesent", note)
    received = []
    opening.value.on("framereceived", lambda frame: received.append(frame))  # noqa: PLW0108 - it takes no builtin
    stage = Stage(page)
    # The server has answered all that the page asks for when it opens.
    answered(page)
    sent.clear()
    stage.focus()
    stage.press("ArrowRight", "ArrowDown", "End", "Home")
    stage.wait(at=(0, 0))
    stage.find("[data-step]").fill("22")
    stage.wait(at=(1, 8))
    # Where they rest the server is told, once for all of them.
    expect_link(page, i=1, j=8)
    expect(sidebar(page, "j")).to_have_value("8")
    answered(page)
    assert len(sent) <= 2
    sent.clear()
    stage.find("[data-speed]").select_option("30")
    stage.find("[data-play]").click()
    page.wait_for_function("Number(document.querySelector('[data-step]').value) > 40")
    assert sent == []
    stage.find("[data-play]").click()
    stage.focus()
    stage.press("End")
    expect(sidebar(page, "i")).to_have_value("13")
    answered(page)
    sent.clear()
    stage.point("output", (2, 2))
    stage.point("kernel", (2, 2))
    stage.leave()
    assert sent == []
    received.clear()
    stage.click("output", (5, 8))
    expect(sidebar(page, "i")).to_have_value("5")
    answered(page)
    assert len(sent) == 1
    assert 500 < sum(map(len, received)) <= 2000


def test_enter_stops_play_and_pins(open_in_browser):
    stage = opened(open_in_browser)
    stage.focus()
    stage.press("Home", " ")
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "on")
    stage.press("Enter")
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "off")
    expect(stage.find("[data-pin]")).to_be_visible()


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
