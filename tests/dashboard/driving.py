"""What tests do to the page's stage and its sidebar."""

import re
from contextlib import contextmanager

from playwright.sync_api import expect

from conv.words import words
from tests.dashboard.on_page import WAIT, control
from tests.dashboard.stage import Stage
from tests.dashboard.windows import LEAN

SAY = words("en")


def opened(open_in_browser, link="", **options):
    """The stage of a link, on a page that has little else."""
    return Stage(open_in_browser(lean(link), **options))


def lean(link):
    return f"{link}&{LEAN}" if link else LEAN


def steps_of(places, columns, count):
    return [SAY("stage.step", step=i * columns + j + 1, count=count) for i, j in places]


def own(stage, space):
    """The transport of a method's own steps."""
    return stage.find(f"[data-clock={space}]")


def sidebar(page, field):
    return control(page, field).locator("input")


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


def answered(page):
    """Waits until a run of the server has ended: one that is seen to have begun, as by its scene or
    by the link, for a click alone changes nothing of what this reads."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT)


@contextmanager
def touching(page):
    """Taps and drags of a finger."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})

    def touch(kind, *point):
        points = [{"x": point[0], "y": point[1]}] if point else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    try:
        yield touch
    finally:
        session.detach()


def swipe_up(touch, x, y, by=150):
    """A finger that goes straight up, in steps as a screen tells of them."""
    touch("touchStart", x, y)
    for step in range(10, by + 1, 10):
        touch("touchMove", x, y - step)
    touch("touchEnd")
