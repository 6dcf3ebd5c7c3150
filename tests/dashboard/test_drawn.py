"""What the stage draws: its numbers, in its colours, whichever way they are drawn."""

import json
import re
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from conv.figures.palette import ROLES, THEMES, color_at
from conv.ops import conv2d
from conv.sources import load
from conv.state.rooms import SCENES
from conv.words import words
from tests.browser import probe, wait
from tests.dashboard.driving import sidebar
from tests.dashboard.on_page import (
    TALL,
    control,
    drawn_on,
    panel,
    says,
    shows,
    stage,
    step_up,
    thumbnail,
)
from tests.dashboard.stage import Stage
from tests.views import scene_of

SAY = words("en")
CURVES = ("loss", "norm", "path")


def pixels(page):
    """The page as it is drawn, (height, width, 3)."""
    with Image.open(BytesIO(page.screenshot())) as drawn:
        return np.asarray(drawn.convert("RGB")).astype(int)


def test_stage_says_what_it_is(open_in_browser):
    page = open_in_browser("n=3")
    expect(stage(page)).to_have_attribute(
        "aria-label", re.compile("^Heatmaps .* item 3,.* row 6, column 6;")
    )
    expect(stage(page)).to_have_attribute("data-scene", "overview")
    expect(stage(page)).to_have_attribute("data-at", "6,6")
    expect(stage(page)).to_have_attribute("data-view", "3,7,10")
    for name, shown in (("kernel", "w[10, 7]"), ("input_pad", "x[3, 7], padding 1, 1 hatched")):
        expect(panel(page, name)).to_have_attribute("role", "img")
        expect(panel(page, name)).to_have_attribute(
            "aria-label", f"{SAY(f'panel.{name}')}: {shown}"
        )


# What a quiz asks is drawn anew for every visitor.
@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene != "quiz"])
def test_cells_on_the_page_are_the_numbers_of_the_layer(open_in_browser, scene):
    page = open_in_browser(f"scene={scene}&n=3&c=5&f=2&i=4&j=9")
    says(page, view="3,5,2")
    drawn = drawn_on(page)
    data = load("notebook")
    meant = scene_of(replace(data.default, scene=scene, n=3, c=5, f=2, i=4, j=9))
    assert len(drawn) >= 3
    for name, z in drawn.items():
        values = meant.panel(name).values.astype(np.float32)
        np.testing.assert_array_equal(np.float32(z), values, err_msg=name)
    if scene == "overview":
        np.testing.assert_array_equal(np.float32(drawn["kernel"]), data.w[2, 5].astype("f4"))
        rotated = np.rot90(data.w[2, 5], 2).astype("f4")
        np.testing.assert_array_equal(np.float32(drawn["kernel_rot180"]), rotated)
        top_diff = data.grad_output[3, 2].astype("f4")
        np.testing.assert_array_equal(np.float32(drawn["grad_output"]), top_diff)


def test_panels_stay_mounted_when_the_view_moves(open_in_browser):
    """By the sidebar's controls and by the thumbnails: the figures are the same nodes, and none
    is made anew in them."""
    page = open_in_browser(fresh=True)
    page.evaluate(probe("count_made"))
    page.evaluate(probe("keep_panels"))

    def moved(n, c, f):
        says(page, view=f"{n},{c},{f}")
        shows(page, f"x[{n}, {c}]")
        shows(page, f"w[{f}, {c}]")
        assert page.evaluate(probe("panels_are_kept"))

    step_up(page, "c").click()
    moved(1, 8, 10)
    step_up(page, "f").click()
    moved(1, 8, 11)
    sidebar(page, "n").click()
    page.get_by_role("option", name=re.compile("^2 · ")).click()
    moved(2, 8, 11)
    for field, place in (("n", (5, 8, 11)), ("c", (5, 3, 11)), ("f", (5, 3, 4))):
        thumbnail(page, field, dict(zip("ncf", place, strict=True))[field]).click()
        moved(*place)
    page.wait_for_url(re.compile(r"\?n=5&c=3&f=4&lang=en$"))
    expect(sidebar(page, "c")).to_have_value("3")
    drawn = drawn_on(page)
    kernel = load("notebook").w[4, 3].astype(np.float32)
    np.testing.assert_array_equal(np.float32(drawn["kernel"]), kernel)
    control(page, "scene").get_by_text(SAY("scene.dw"), exact=True).click()
    shows(page, SAY("panel.dw_patches"))
    assert page.evaluate("window.made") > 7  # so that it would have been seen


@pytest.mark.parametrize(
    ("link", "panels"),
    [
        ("scene=forward", 6),
        ("scene=dw&i=2&m=1&k=1", 12),
        ("scene=dx&p=4&q=5", 12),
        ("scene=update&data=paper", 7),
    ],
)
def test_what_is_drawn_the_quick_way_is_what_plotly_draws(open_in_browser, link, panels):
    """Within the two of 255 shades by which Plotly's colours may round otherwise; cells that are
    not computed yet, bars and curves are among them."""
    page = open_in_browser(link, height=TALL)
    stage = Stage(page)
    if "update" not in link:
        page.locator("[data-strip=c] [data-pick='20']").click()
        stage.wait(view=(1, 20, 10))
    stage.focus()
    row, column = stage.at
    stage.press("ArrowRight", "ArrowRight")
    stage.wait(at=(row, column + 2))
    if "update" in link:
        stage.point("kernel", (0, 0))
    boxes = page.evaluate(probe("boxes_of_panels"))
    quick = pixels(page)
    page.evaluate(probe("draw_by_restyle"), True)
    other = pixels(page)
    page.evaluate(probe("draw_by_restyle"), False)
    slow = pixels(page)
    assert len(boxes) == panels
    for name, (left, top, right, bottom) in boxes.items():
        part = np.s_[top:bottom, left:right]
        apart = (np.abs(quick[part] - slow[part]) > 2).any(-1).mean()
        # The edge of a curve may lie a part of a pixel aside.
        assert apart <= (0.01 if name in CURVES else 0), name
        assert (np.abs(quick[part] - other[part]) > 2).any(-1).mean() > 0.02, name


def test_thumbnails_are_the_pictures_and_the_numbers(open_in_browser):
    page = open_in_browser()
    wait(page, "(stage) => [...stage.querySelectorAll('[data-pick] img')].every((one) => one.src)")
    drawn = page.evaluate(probe("thumbnails"))
    rgb = {
        field: np.array([np.reshape(one["data"], one["shape"])[..., :3] for one in pictures])
        for field, pictures in json.loads(drawn).items()
    }
    data = load("notebook")
    np.testing.assert_array_equal(rgb["n"], data.pictures)
    channels = data.x[1] / np.abs(data.x[1]).max(axis=(1, 2), keepdims=True)
    shades = [color_at(THEMES["light"].unsigned, share) for share in channels.flat]
    assert np.abs(rgb["c"] - np.reshape(shades, rgb["c"].shape)).max() <= 2
    one, geometry = slice(1, 2), data.sizes.geometry(data.default)
    out = conv2d(data.x[one], data.w, data.b, **geometry.parameters, method="loops")[0]
    filters = (out / np.abs(out).max(axis=(1, 2), keepdims=True) + 1) / 2
    shades = [color_at(THEMES["light"].signed, share) for share in filters.flat]
    assert np.abs(rgb["f"] - np.reshape(shades, rgb["f"].shape)).max() <= 4


@pytest.mark.parametrize("link", ["dilation=2&padding=2", "scene=dw", "scene=dx&stride=2"])
def test_outlines_keep_their_lines_wherever_the_pointer_goes(open_in_browser, link):
    """Their nodes serve another outline at another place."""
    stage = Stage(open_in_browser(link, height=TALL))
    panels = stage.read([])["panels"]
    names = [name for name, panel in panels.items() if panel["marks"]]
    assert len(names) > 3
    for name in (*names, *reversed(names)):
        stage.move(name, (0, 1))
        stage.wait(over=name)
        drawn = stage.page.evaluate(probe("outlines"))
        assert drawn
        for role, color, dash in drawn:
            if role is None:
                assert dash is None, name
            else:
                solid = ROLES[role].dash == "solid"
                assert (color, dash) == (ROLES[role].color, None if solid else ROLES[role].dash)


def test_nothing_fades_while_a_pick_is_answered(open_in_browser):
    """Each fade would be a layer of its own, which makes the answer a third slower."""
    page = open_in_browser(fresh=True)
    page.evaluate(probe("count_fades"))
    for channel in (20, 9):
        page.locator(f"[data-strip=c] [data-pick='{channel}']").click()
        says(page, view=f"1,{channel},10")
    assert page.evaluate("() => window.stale") > 10
    assert page.evaluate("() => window.faded") == 0
