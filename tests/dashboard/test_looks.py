"""The stage's look and its language, while it is open."""

import re

import pytest
from playwright.sync_api import expect

from conv.figures.palette import THEMES
from conv.numbers import number
from conv.words import words
from tests.browser import probe, wait
from tests.dashboard.driving import opened
from tests.dashboard.on_page import control
from tests.dashboard.stage import (
    Truth,
    close,
    view_of,
)
from tests.views import scene_of


def look(name):
    """The look of a page with signed and unsigned panels, as the probe takes it."""
    theme = THEMES[name]
    red, green, blue = bytes.fromhex(theme.ink[1:])
    ink = f"rgb({red}, {green}, {blue})"
    return {"name": name, "ink": ink, "scales": [theme.signed, theme.unsigned]}


@pytest.mark.parametrize(("first", "other"), [("dark", "light")])
def test_the_stage_follows_the_look_of_the_page(open_in_browser, first, other):
    """When it opens, and while it is open."""
    stage = opened(open_in_browser, scheme=first)
    for name in (first, other, first):
        stage.page.emulate_media(color_scheme=name)
        wait(stage.page, probe("look_is"), look(name))
    stage.point("output", (2, 3))
    close(stage.values("patch"), Truth(view_of("")).patch(2, 3))


def test_the_stage_speaks_both_languages(open_in_browser):
    stage = opened(open_in_browser, "data=paper&lang=zh")
    page = stage.page
    for lang, label in (("zh", None), ("en", "English"), ("zh", "中文")):
        say = words(lang)
        if label:
            control(page, "lang").get_by_text(label, exact=True).click()
        panel = stage.find("[data-panel=output]")
        heading = say("stage.bar", label=say("panel.output"), value="out")
        expect(panel).to_have_attribute("aria-label", re.compile(f"^{heading}"))
        expect(stage.root).to_have_attribute("aria-roledescription", say("stage.role"))
        scene = scene_of(view_of("data=paper"))
        expect(stage.root).to_have_attribute("aria-label", say(scene.alt.key, **scene.alt.values))
        expect(stage.find("[data-step]")).to_have_attribute("aria-label", say("stage.slider"))
        expect(stage.find("[data-speed]")).to_have_attribute("aria-label", say("stage.speed"))
        expect(stage.find("[data-play]")).to_have_attribute("aria-label", say("stage.play"))
        stage.focus()
        stage.press("?")
        expect(stage.find("[data-keys]")).to_contain_text(say("stage.key_arrows"))
        stage.press("Escape")
        stage.point("output", (0, 0))
        text = scene.total_text.at({**scene.places, "output": (0, 0)})
        expect(stage.find("[data-sum]")).to_have_text(say(text.key, **text.values))
        expect(stage.find("[data-sum]")).to_have_attribute("aria-live", "polite")
        value = number(Truth(view_of("data=paper")).out[0, 0])
        expect(stage.find(".tip")).to_have_text(say("stage.cell", row=0, column=0, value=value))
        stage.leave()
