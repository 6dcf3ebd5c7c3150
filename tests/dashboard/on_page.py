"""The page with its stage, as a test finds its parts."""

import json

from tests.browser import probe, wait

AWAY = (2, 2)  # a point of the window where no stage is
OPEN = 60_000  # milliseconds for a page to open
WAIT = 15_000  # for anything else
TALL = 2600  # pixels of height in which every scene is seen whole, so that nothing scrolls
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
SHOWS = "(stage, text) => stage.textContent.includes(text)"


def stage(page):
    return page.locator("[data-stage]")


def says(page, **wanted):
    """Waits until the stage says these of what it has painted last."""
    told = {
        name: value if isinstance(value, str) else ",".join(map(str, value))
        for name, value in wanted.items()
    }
    page.wait_for_function(probe("stage_says"), arg=told, timeout=WAIT)


def panel(page, name):
    return page.locator(f"[data-stage] [data-panel={name}]")


def drawn_on(page):
    """The numbers of each heatmap by its panel; None for a cell that waits."""
    return json.loads(stage(page).evaluate(probe("numbers_drawn")))


def shows(page, text):
    wait(page, SHOWS, text)


def control(page, field):
    """The control of a field, which the page makes anew under another key; Streamlit keeps the one
    before for a while, out of sight."""
    return page.locator(f'[class*="st-key-{field}-"]:visible')


def step_up(page, field):
    return control(page, field).get_by_test_id("stNumberInputStepUp")


def thumbnail(page, field, choice):
    return page.locator(f'[data-strip={field}] [data-pick="{choice}"]')
