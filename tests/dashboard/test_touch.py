"""A finger on the stage."""

from playwright.sync_api import expect

from conv.words import words
from tests.dashboard.driving import expect_link, opened, swipe_up, touching
from tests.dashboard.on_page import SCROLLED
from tests.dashboard.stage import (
    Truth,
    close,
    view_of,
)

SAY = words("en")


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
        for cell, middle in zip(path[1:], middles[1:], strict=True):
            touch("touchMove", *middle)
            stage.wait(at=cell, over="output")
            close(stage.values("patch"), truth.patch(*cell))
        touch("touchEnd")
        # The window stays where the finger left it; nothing is pinned, and nothing scrolled.
        stage.wait(at=path[-1], over="")
        expect(stage.find("[data-pin]")).to_be_hidden()
        assert stage.page.evaluate(SCROLLED) == scrolled


def test_a_swipe_scrolls_and_moves_nothing(open_in_browser):
    """From the cells of a panel, and from a slider, which a finger that comes down moves."""
    stage = opened(open_in_browser, "scene=dx", width=390, height=844)
    page = stage.page
    slider = stage.find("[data-clock=output] input")
    cell = stage.find("[data-panel=grad_output] [data-cells]")
    with touching(page) as touch:
        for place, start in ((slider, "6,6"), (cell, "6,6")):
            place.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
            box, scrolled = place.bounding_box(), page.evaluate(SCROLLED)
            swipe_up(touch, box["x"] + 20, box["y"] + box["height"] / 2)
            page.wait_for_function(f"{SCROLLED} > {scrolled + 100}")
            stage.wait(at=start, over="")
            assert slider.input_value() == "90"
    expect(stage.find("[data-pin]")).to_be_hidden()
