"""Thumbnails and the sidebar: another item, channel or filter."""

import re

import pytest
from playwright.sync_api import expect

from conv.words import words
from tests.dashboard.driving import expect_link, opened, set_field, sidebar
from tests.dashboard.on_page import control
from tests.dashboard.stage import (
    Truth,
    close,
    view_of,
)

SAY = words("en")


def test_the_chosen_thumbnail_is_in_sight_on_a_phone(open_in_browser):
    stage = opened(open_in_browser, "c=31&f=15", width=390, height=844)
    for field in "cf":
        strip = stage.find(f"[data-strip={field}]")
        expect(strip.locator("[aria-checked=true]")).to_be_in_viewport(ratio=0.9)


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
    # The control is another once the stage has told of its place: not before is it typed into.
    expect(sidebar(page, "j")).to_have_value("7")
    set_field(page, "i", 2)
    stage.wait(at=(2, 7))
    set_field(page, "j", 11)
    stage.wait(at=(2, 11))
    close(stage.values("patch"), Truth(view_of("")).patch(2, 11))
    control(page, "scene").get_by_text(SAY("scene.dw"), exact=True).click()
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
