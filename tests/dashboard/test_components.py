"""The scripts of the page's components, called as Streamlit calls them: again with whatever
changes, while the end of an earlier call may come when a later one has begun."""

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from conv import dashboard
from conv.figures.files import Order
from conv.figures.in_browser import picture_in_browser
from conv.figures.stage import SCRIPT, stage_data
from conv.figures.stage.modules import bundle
from conv.figures.stage.page import PLOTLY_FILE, plotly_path
from conv.sources import load
from conv.words import LANGUAGES
from tests.browser import probe
from tests.dashboard.on_page import says
from tests.dashboard.page import open_page
from tests.node import run
from tests.views import scene_of

PICTURE = Path(dashboard.__file__).with_name("picture.js")
VIEW = load("paper").default
# Which calls are still told of: the first has ended behind the second.
TICKS = """async (exports) => {
    const parentElement = {}, told = [];
    const call = (name) => {
        const setTriggerValue = () => told.push(name);
        return exports.default({ data: { every: 1 }, parentElement, setTriggerValue });
    };
    const [first, second] = ["first", "second"].map(call);
    first();
    await new Promise((done) => setTimeout(done, 20));
    second();
    return [...new Set(told)];
}"""
PAGE = """<!doctype html>
<meta charset="utf-8">
<main></main>
<script src="{plotly}"></script>
<script type="module">{script}
window.component = {name};
</script>
"""


def scene_data(**changes):
    view = replace(VIEW, **changes)
    return stage_data(view, scene_of(view))


def picture_data(ending):
    made = json.dumps(picture_in_browser(scene_of(VIEW), Order(VIEW, VIEW), ending))
    address = f"data:application/json;base64,{b64encode(made.encode()).decode()}"
    texts = {"file": "a", "download": "b", "failed": "{reason}", "too_large": "c", "not_sent": "d"}
    return {"address": address, "clear": False, **texts}


BESIDE = """(data) => {
    const parentElement = document.body.appendChild(document.createElement("main"));
    window.component({ data, parentElement });
}"""


@pytest.fixture
def open_component(load_file, tmp_path):
    """A page with the script of a component, and an element to give it."""

    def open_it(name, script):
        (tmp_path / PLOTLY_FILE).symlink_to(plotly_path())
        file = tmp_path / "component.html"
        file.write_text(PAGE.format(plotly=PLOTLY_FILE, script=script, name=name), "utf-8")
        return load_file(file)

    return open_it


def test_the_end_of_an_earlier_call_leaves_the_stage_to_the_later_one(open_component):
    page = open_component("stage", SCRIPT)
    # A change of the look alone calls with the same data.
    first, second = scene_data(), scene_data(scene="dw")
    for calls in ([first, second], [second, second]):
        page.evaluate(probe("end_first_call"), calls)
        says(page, scene="dw", at=(1, 1))
        expect(page.locator("[data-stage] [data-panel]")).not_to_have_count(0)


@pytest.mark.parametrize("change", [{}, {"scene": "another"}], ids=["fitted anew", "drawn anew"])
def test_a_stage_that_goes_while_it_is_drawn_leaves_no_fault(open_component, change):
    """Whatever Plotly begins, it has done a few microtasks later."""
    page, data = open_component("stage", SCRIPT), scene_data()
    for wait in range(6):
        page.evaluate(probe("call_component"), data)
        says(page, scene="overview", at=(1, 1))
        page.evaluate(probe("end_while_drawn"), [{**data, **change}, wait])
        expect(page.locator("[data-stage]")).to_have_count(0)


def test_of_two_stages_one_answers_a_key(open_component):
    """The first where nothing has the focus, and that which has it."""
    page, data = open_component("stage", SCRIPT), scene_data()
    for _ in range(2):
        page.evaluate(BESIDE, data)
    first, second = (page.locator("[data-stage]").nth(k) for k in range(2))
    for one in (first, second):
        expect(one).to_have_attribute("data-at", "1,1")
    page.keyboard.press("ArrowRight")
    expect(first).to_have_attribute("data-at", "1,2")
    expect(second).to_have_attribute("data-at", "1,1")
    second.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_have_attribute("data-at", "2,1")
    page.keyboard.press("?")
    expect(second.locator("[data-keys]")).to_be_visible()
    expect(first.locator("[data-keys]")).to_be_hidden()
    expect(first).to_have_attribute("data-at", "1,2")


def test_the_end_of_an_earlier_call_leaves_the_picture_to_the_later_one(open_component):
    page = open_component("picture", bundle(PICTURE))
    first, second = picture_data("png"), picture_data("svg")
    for calls in ([first, second], [second, second]):
        page.evaluate(probe("end_first_call"), calls)
        expect(page.locator("[data-picture=ready] img")).to_be_visible()


def test_the_end_of_an_earlier_call_leaves_the_clock_to_the_later_one():
    assert run("../../dashboard/tick", TICKS) == ["second"]


@pytest.mark.parametrize("scene", ["dw", "notebook"])
def test_a_component_is_one_for_all_readers(scene):
    """Streamlit has one of a name for the whole server."""
    english, chinese = ([*_components(scene=scene, lang=lang)] for lang in LANGUAGES)
    assert english == chinese
    assert {name for name, *_ in english} >= {"stage", "place"}


def _components(**link):
    for one in open_page(**link).get("bidi_component"):
        yield one.proto.component_name, one.proto.js_content, one.proto.css_content
