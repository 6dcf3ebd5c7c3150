"""What the page says where the stage cannot be drawn."""

import re

import pytest
from playwright.sync_api import expect

from conv.words import words
from tests.browser import probe
from tests.dashboard.driving import expect_link, set_field
from tests.dashboard.on_page import control
from tests.dashboard.stage import (
    STAGE,
    Stage,
    Truth,
    close,
    view_of,
)

SAY = words("en")


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


def test_a_sentence_says_that_plotly_or_a_picture_did_not_come(open_anyhow):
    page = open_anyhow(plotly=lambda route: route.abort())
    failed = page.locator(f"{STAGE} [data-failed]")
    reason = SAY("stage.no_plotly")
    expect(failed).to_have_text(SAY("stage.failed", reason=reason), timeout=60_000)
    # The controls work, and the stage is drawn as soon as it can be.
    page.unroute("**/*plotly*")
    control(page, "scene").get_by_text(SAY("scene.dx"), exact=True).click()
    expect_link(page, scene="dx")
    stage = Stage(page, scene="dx")
    expect(failed).to_have_count(0)
    close(stage.values("step_scatter"), Truth(view_of("", "dx")).step_scatter(6, 6))
    say_that_a_picture_was_not_sent(page)


def say_that_a_picture_was_not_sent(page):
    page.route("**/lent/*", lambda route: route.abort())
    page.get_by_role("button", name=SAY("toolbar.export"), exact=True).click()
    dialog = page.get_by_role("dialog")
    fault = dialog.locator("[data-picture=failed] .fault")
    expect(fault).to_have_text(SAY("export.not_drawn", reason=SAY("export.not_sent")))
    page.unroute("**/lent/*")
    dialog.get_by_text("SVG", exact=True).click()
    with page.expect_response("**/lent/*") as answer:
        expect(dialog.locator('[data-picture=ready] a[download$=".svg"]')).to_be_visible()
    # It is of the reader's own tensors, perhaps: nobody else finds it.
    sent = answer.value
    assert {"private", "immutable"} <= set(sent.headers["cache-control"].split(", "))
    assert re.search("/lent/[0-9a-f]{64}$", sent.url)
    assert page.request.get(sent.url).json()["figure"]["layout"]
    assert page.request.get(sent.url[:-1]).status == 404


def test_a_sentence_says_that_a_scene_could_not_be_drawn(open_anyhow):
    page = open_anyhow()
    stage = Stage(page)
    page.evaluate(probe("break_plotly"))
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
