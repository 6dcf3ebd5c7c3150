"""What the cells and bars of the stage bear: where it stands, and in which colours."""

import json

import numpy as np
import pytest

from conv.figures.palette import THEMES, color_at, readable_on
from conv.figures.stage import stage_data
from tests.browser import probe
from tests.dashboard.stage import Stage, Truth, view_of
from tests.views import scene_of

BARS = "document.querySelector('[data-panel=channels] .plot').data[0].marker.color"


def shown(open_scene, view, look):
    """The stage of a view in a page of its own, in a look."""
    stage = open_scene(stage_data(view, scene_of(view)), scheme=look)
    stage.wait(look=look)
    return stage


@pytest.mark.parametrize("look", ["light", "dark"])
def test_letters_and_numbers_stand_in_their_cells_and_stand_out(open_scene, look):
    view = view_of("data=paper&kernel=2x3&padding=1x0&i=2&j=1")
    scene, borne = scene_of(view), {"letters": 0, "numbers": 0}
    for name, panel in json.loads(
        shown(open_scene, view, look).page.evaluate(probe("cell_texts"))
    ).items():
        values = np.array(panel["z"], float)
        theme = THEMES[look]
        scale = theme.signed if scene.panel(name).signed else theme.unsigned
        shares = (values - panel["zmin"]) / (panel["zmax"] - panel["zmin"])
        inks = [readable_on(color_at(scale, share)) for share in shares.flat]
        for layer in borne:
            texts = panel[layer]
            assert len(texts) in {0, values.size}, name
            borne[layer] += bool(texts)
            # Row by row.
            places = [(y // panel["cell"], x // panel["cell"]) for _, x, y, _ in texts]
            assert places == list(np.ndindex(values.shape))[: len(texts)], (name, layer)
            assert [ink for *_, ink in texts] == inks[: len(texts)], (name, layer)
    assert min(borne.values()) >= 2


@pytest.mark.parametrize("look", ["light", "dark"])
def test_bars_have_the_colours_of_cells_of_their_sign(open_scene, look):
    view = view_of("data=notebook&i=4&j=9", "forward")
    shares = Truth(view).channels(4, 9)[0, :-2]
    assert (shares < 0).any()
    assert (shares > 0).any()
    stage = shown(open_scene, view, look)
    sides = [
        {color for at, color in THEMES[look].signed if (at < 0.5) == below}
        for below in (False, True)
    ]
    colors = stage.page.evaluate(BARS)
    for share, color in zip(shares, colors, strict=False):
        assert color in sides[int(share < 0)]


def test_a_click_on_a_bar_of_a_group_picks_its_channel(open_in_browser):
    link = "scene=forward&groups=4&c=13&f=5"
    stage = Stage(open_in_browser(link), view=(1, 13, 5))
    stage.click("channels", (0, 2))
    stage.wait(view=(1, 10, 5))
