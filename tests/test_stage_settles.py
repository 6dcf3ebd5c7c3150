"""What the server says of a place counts for the stage, unless the stage knows better."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from conv.figures.stage.page import _PARTS
from tests.browser import FLAGS, chromium

FOLDER = Path(__file__).parents[1] / "conv" / "figures" / "stage"
SETTLE = """([before, answer]) => {
    const data = ([place, turn]) => ({
        places: { output: place, share: [0, 0] },
        sizes: { output: [14, 14] },
        clocks: ["output"],
        turn,
    });
    const stage = Object.assign(Object.create(Stage.prototype), { turn: 0, sent: null });
    stage.settle(data(before.told), true);
    if (before.picked) {
        const place = before.picked;
        stage.places = { ...stage.places, output: place };
        stage.sent = { space: "output", place };
        stage.held = { place };
        stage.turn += 1;
    }
    stage.settle(data(answer), true);
    return [stage.places.output, stage.held !== null];
}"""
HOME, PICKED, OTHER = [3, 4], [9, 2], [1, 1]
CASES = {
    "its own pick comes back": ({"told": [HOME, 0], "picked": PICKED}, [PICKED, 1], (PICKED, True)),
    "an answer to what was before the pick": (
        {"told": [HOME, 0], "picked": PICKED},
        [OTHER, 0],
        (PICKED, True),
    ),
    "another place than the pick": (
        {"told": [HOME, 0], "picked": PICKED},
        [OTHER, 1],
        (OTHER, False),
    ),
    "back to the place before, of which no other answer came between": (
        {"told": [HOME, 0], "picked": PICKED},
        [HOME, 1],
        (HOME, False),
    ),
    "another place without a pick": ({"told": [HOME, 0]}, [OTHER, 0], (OTHER, False)),
    "the same place without a pick": ({"told": [HOME, 0]}, [HOME, 0], (HOME, False)),
}


@pytest.fixture(scope="module")
def settled():
    """Where the stage is after each case. Playwright runs once a thread, and in this one the
    browser of other tests may be open."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(settle_all).result()


def settle_all():
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = chrome.new_page()
        for part in _PARTS:
            if part != "mount":
                page.add_script_tag(path=FOLDER / f"{part}.js")
        found = {
            name: page.evaluate(SETTLE, [before, answer])
            for name, (before, answer, _) in CASES.items()
        }
        chrome.close()
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_place_is_the_server_s_unless_the_stage_knows_better(settled, name):
    place, held = CASES[name][2]
    assert settled[name] == [place, held]
