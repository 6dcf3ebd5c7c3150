"""What a card says at every place, in the browser and in a figure."""

from dataclasses import replace

import numpy as np
import pytest

from conv.figures.stage import stage_data
from conv.words import LANGUAGES, words
from tests.node import run
from tests.views import GEOMETRIES, GROUPED, UNREAD, item_of, legal_view, name_of, scene_of

SPACES = {"dw": "kernel", "dx": "input"}
VIEWS = [
    legal_view(data, scene=scene, lang=lang, **asked)
    for scene in SPACES
    for data, lang, asked in (
        ("paper", "en", {}),
        ("paper", "zh", GEOMETRIES["all at once"]),
        ("paper", "en", UNREAD["stride beyond the kernel"]),
        ("notebook", "zh", GROUPED["groups"]),
    )
]
TEXTS = """({ decoded, textAt }, { entries, texts, stops }) => {
    const tables = entries.map(decoded);
    return stops.map((places) => texts.map((text) => textAt(text, places, tables)));
}"""


@pytest.mark.parametrize("view", VIEWS, ids=name_of)
def test_a_card_says_the_same_in_the_browser_and_in_a_figure(view):
    scene, say = scene_of(view), words(view.lang)
    card, space = item_of(scene, "terms"), SPACES[view.scene]
    data = stage_data(view, scene)
    (sent,) = (
        item
        for band in data["bands"]
        for section in band
        for row in section["rows"]
        for item in row
        if item.get("name") == "terms"
    )
    assert sent["space"] == space
    cells = list(np.ndindex(*scene.sizes[space]))
    given = {
        "entries": data["tables"],
        "texts": [sent["title"], *(text for line in sent["lines"] for text in line)],
        # The other spaces are elsewhere: the card does not hang on them.
        "stops": [{"output": [99, 99], space: cell} for cell in cells],
    }
    for cell, told in zip(cells, run("tables texts", TEXTS, given), strict=True):
        there = replace(card, places={space: cell})
        lines = [(say(label.key, **label.values), value) for label, value in there.lines]
        assert told == [
            say(there.title.key, **there.title.values),
            *(t for ln in lines for t in ln),
        ]


def test_there_are_cards_in_both_languages():
    assert {view.lang for view in VIEWS} == set(LANGUAGES)
