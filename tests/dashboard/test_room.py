"""Nothing is cut off, on any screen."""

import pytest
from playwright.sync_api import expect

from conv.state.rooms import SCENES
from conv.words import words
from tests.browser import probe, wait
from tests.dashboard.on_page import WAIT, says, stage

SAY = words("en")
MAIN_FITS = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    return main.scrollWidth <= main.clientWidth + 1;
}"""


def assert_nothing_is_cut_off(page):
    wait(page, probe("fits"))
    assert stage(page).evaluate(probe("cut_off")) == ""
    # What is round the stage takes its new width by and by.
    page.wait_for_function(MAIN_FITS, timeout=WAIT)


def every_scene(page, scenes):
    """Shows one scene after the other."""
    for scene in scenes:
        stage(page).focus()
        page.keyboard.press(str(1 + [*SCENES].index(scene)))
        says(page, scene=scene)
        yield scene


@pytest.mark.parametrize(
    ("link", "widths", "scenes"),
    [
        ("", (1440, 390), SCENES),
        ("data=paper&lang=zh", (1920,), [*SCENES][::2]),
        ("data=sobel&lang=en", (1100,), [*SCENES][1::4]),
    ],
)
def test_nothing_is_cut_off_however_wide_the_window_is(open_in_browser, link, widths, scenes):
    page = open_in_browser(link)
    for _ in every_scene(page, scenes):
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            assert_nothing_is_cut_off(page)
        assert "{" not in stage(page).text_content()


def test_nothing_is_cut_off_on_a_phone(open_in_browser):
    page = open_in_browser("scene=forward", width=390, height=844, fresh=True)
    assert_nothing_is_cut_off(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_text(SAY("control.dilation"), exact=True)).to_be_visible()
