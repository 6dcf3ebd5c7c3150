"""The stage in a page of its own: one file, which needs nothing else."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.figures.film import steps_of
from conv.figures.stage import stage_data
from conv.layer import DataSet
from conv.results import Bundle, Results, make_bundle
from conv.scenes import make_scene
from conv.scenes.strips import make_strips
from conv.sources import load
from conv.state.view import View
from conv.training_runs import make_training_runs
from conv.words import words
from tests.dashboard.stage import NUMBER, Truth, close, number_of, outlined, view_of
from tests.views import WINDOWED, tensors

SAY = words("en")
CROP = re.compile(r"rows (\d+)–(\d+), columns (\d+)–(\d+) of (\d+) × (\d+) shown$")
EVIL = "</script><script>window.hit = 1</script><!-- & <b>{n}</b> \\u003c &amp; </title>"


def data_of(view, data_set=None, bundle=None):
    data_set = data_set or load(view.data)
    bundle = bundle or make_bundle(view, data_set)
    results = Results(bundle)
    scene = make_scene(view, bundle, results)
    return stage_data(view, scene, make_strips(view, data_set, bundle, results))


@pytest.mark.parametrize("scene", WINDOWED)
def test_a_scene_lives_in_one_file(open_scene, scene):
    view = view_of("data=paper&stride=2&padding=2&i=2&j=3", scene)
    stage, truth = open_scene(data_of(view)), Truth(view)
    shown = stage.read()
    for name, panel in shown["panels"].items():
        if name in truth.still:
            close(panel["values"], truth.still[name])
    moving = [name for name in shown["panels"] if Truth.MOVING.get(name) == "output"]
    panel = "output" if scene in {"overview", "forward"} else "grad_output"
    for cell in ((0, 0), (3, 1), (1, 3)):
        stage.point(panel, cell)
        for name in moving:
            truth.check(name, stage.values(name), truth.rest(cell))
    stage.leave()
    stage.focus()
    stage.press("ArrowLeft")
    stage.wait(at=(2, 2))
    stage.press("Enter")
    expect(stage.find("[data-pin]")).to_contain_text(SAY("stage.pinned", i=2, j=2))
    stage.find("[data-speed]").select_option("30")
    stage.press("Escape")
    stage.find("[data-play]").click()
    stage.wait(at=(3, 3))
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "off")
    for name in moving:
        truth.check(name, stage.values(name), truth.rest((3, 3)))
    last = {"dw": "dw[0, 0, 2, 2]", "dx": "dx[0, 0, 4, 4]"}.get(scene)
    if last:
        expect(stage.find("[data-card=terms] .title")).to_have_text(f"Where {last} comes from")
        assert not stage.find("[data-card=terms] dd").filter(has_text="NaN").count()


def test_what_would_need_a_server_does_no_harm(open_scene):
    view = view_of("")
    stage = open_scene(data_of(view))
    assert stage.find("[data-strip]").count() == 0
    assert stage.find("[data-keys]").text_content().find(words("en")("stage.key_scenes")) == -1
    stage.focus()
    stage.press("2", "4", "ArrowRight")
    stage.wait(at=(6, 7), scene="overview", view=(1, 7, 10))
    stage.click("output", (2, 2))
    stage.wait(at=(2, 2), over="output")
    close(stage.values("patch"), Truth(view).patch(2, 2))


@pytest.mark.parametrize(("first", "other"), [("light", "dark"), ("dark", "light")])
def test_it_has_the_look_of_the_system_and_follows_it(open_scene, first, other):
    stage = open_scene(data_of(view_of("data=paper&lang=zh")), scheme=first)
    assert stage.page.locator("html").get_attribute("lang") == "zh"
    for scheme in (first, other, first):
        stage.page.emulate_media(color_scheme=scheme)
        stage.wait(look=scheme)


def test_no_text_is_taken_for_a_script_or_a_tag(open_scene):
    data = data_of(view_of("data=paper"))
    data["total"] = {"text": EVIL}
    data["label"] = {"text": EVIL}
    section = data["bands"][0][0]
    section["heading"] = EVIL
    panel = next(item for item in section["rows"][0] if item["kind"] == "panel")
    panel["title"], panel["caption"] = EVIL, {"text": EVIL}
    stage = open_scene(data, EVIL)
    assert stage.page.evaluate("window.hit") is None
    assert stage.page.title() == EVIL
    assert stage.find("[data-sum]").text_content() == EVIL
    assert stage.find(".heading").first.text_content() == EVIL
    assert stage.find("[data-panel] .title").first.text_content() == EVIL
    assert stage.root.get_attribute("aria-label") == EVIL
    stage.point("output", (0, 1))
    close(stage.values("patch"), Truth(view_of("data=paper")).patch(0, 1))


def large_layer(**asked):
    """A layer whose input is larger than what is shown of it at once."""
    rng = np.random.default_rng(3)
    view = View(data="paper", n=0, c=1, f=1, padding=(1, 1), top_diff="normal", **asked)
    x, w = rng.standard_normal((1, 2, 100, 90)), rng.standard_normal((2, 2, 3, 3))
    data_set = DataSet(x, w, rng.standard_normal(2), None, view)
    geometry = data_set.sizes.geometry(view)
    g = rng.standard_normal(geometry.output_size)
    return view, data_set, Bundle(x, w, data_set.b, g, geometry, "normal", seeded_weight=False)


@pytest.fixture(scope="module")
def large():
    return large_layer(i=50, j=40)


def crop_of(shown):
    """The part of a panel that its caption tells of."""
    top, bottom, left, right, rows, columns = map(int, CROP.search(shown["caption"]).groups())
    assert (bottom - top + 1, right - left + 1) == (shown["rows"], shown["columns"])
    return (slice(top, bottom + 1), slice(left, right + 1)), (rows, columns)


@pytest.mark.parametrize("scene", WINDOWED)
def test_of_a_large_input_the_part_round_the_window_is_shown(open_scene, large, scene):
    view, data_set, bundle = large
    view = replace(view, scene=scene)
    stage, truth = open_scene(data_of(view, data_set, bundle)), Truth(view, bundle)
    stage.focus()
    moves = [("", (50, 40)), ("End", (99, 89)), ("ArrowUp", (98, 89)), ("Home", (0, 0))]
    for key, place in moves:
        if key:
            stage.press(key)
            stage.wait(at=place)
        shown = stage.read()
        for name, panel in shown["panels"].items():
            if Truth.MOVING.get(name) == "output":
                whole = panel["rows"] < 64
                part = np.s_[:, :] if whole else crop_of(panel)[0]
                truth.check(name, panel["values"], truth.rest(place), part)
            elif name in truth.still and max(truth.still[name].shape) > 64:
                part, sizes = crop_of(panel)
                assert sizes == truth.still[name].shape
                assert max(panel["rows"], panel["columns"]) == 64
                close(panel["values"], truth.still[name][part])
        for name in {"input_pad", "output", "grad_output"} & set(shown["panels"]):
            rows, columns = (one.start for one in crop_of(shown["panels"][name])[0])
            side = 3 if name == "input_pad" else 1
            window = [range(start, start + side) for start in place]
            expected = set(product(*window))
            _, cells = outlined(shown["panels"][name])
            assert {(row + rows, column + columns) for row, column in cells} == expected
        if scene in {"overview", "forward"}:
            assert number_of(shown["sum"]) == pytest.approx(truth.out[place], rel=1e-5)
    # A cell of the part is the cell that the caption says it is.
    panel = "output" if scene in {"overview", "forward"} else "grad_output"
    stage.press("End")
    stage.wait(at=(99, 89))
    stage.move(panel, (10, 20))
    stage.wait(over=panel, at=(99 - 63 + 10, 89 - 63 + 20))
    for name, shown in stage.read()["panels"].items():
        if Truth.MOVING.get(name) == "output":
            part = np.s_[:, :] if shown["rows"] < 64 else crop_of(shown)[0]
            truth.check(name, shown["values"], truth.rest((46, 46)), part)


@pytest.mark.parametrize(("scene", "panel"), [("overview", "kernel"), ("dw", "dw_correlate")])
def test_no_outline_leaves_the_part_that_is_shown(open_scene, large, scene, panel):
    view, data_set, bundle = large
    stage = open_scene(data_of(replace(view, scene=scene), data_set, bundle))
    stage.point(panel, (0, 2))
    for name, shown in stage.read()["panels"].items():
        rows, columns = shown["rows"], shown["columns"]
        for row, column in outlined(shown)[1]:
            assert 0 <= row < rows, name
            assert 0 <= column < columns, name


def test_an_outline_that_begins_before_the_part_keeps_its_stride(open_scene):
    view, data_set, bundle = large_layer(i=25, j=20, stride=(2, 2))
    stage = open_scene(data_of(view, data_set, bundle))
    for cell in ((0, 1), (1, 0)):
        stage.point("kernel", cell)
        shown = stage.read()["panels"]["input_pad"]
        part, _ = crop_of(shown)
        met = [
            [at - side.start for at in range(side.start, side.stop) if (at - start) % 2 == 0]
            for side, start in zip(part, cell, strict=True)
        ]
        assert cells_one_by_one(shown) == set(product(*met))


def cells_one_by_one(shown):
    """The cells that a panel's outline goes round one by one, by the middles of the boxes."""
    side = shown["width"] / shown["columns"]
    (path,) = (path for role, path in shown["marks"] if role is None and path.count("Z") > 1)
    boxes = [list(map(float, NUMBER.findall(box))) for box in path.split("Z")[:-1]]
    return {
        (int((top + bottom) / 2 // side), int((left + right) / 2 // side))
        for left, top, right, bottom, _ in boxes
    }


def test_a_training_lives_in_one_file(open_scene):
    view = view_of("data=paper&loss=target&rule=sgd&t=3", "update")
    paths = make_training_runs(view, make_bundle(view, load("paper"))).paths
    stage = open_scene(data_of(view))
    for key, step in (("", 3), ("End", 49), ("Home", 0), ("ArrowRight", 1)):
        if key:
            stage.focus()
            stage.press(key)
        stage.wait(steps=str(step))
        close(stage.values("kernel_new"), paths["sgd"].w[step + 1])
    stage.click("kernel", (2, 0))
    stage.wait(over="kernel", at=(2, 0))
    shown = stage.read(["path"])["panels"]["path"]["values"]
    np.testing.assert_array_equal(shown[0], paths["notebook"].w[:, 2, 0])
    expect(stage.find("[data-pin]")).to_contain_text(SAY("stage.pinned", i=2, j=0))


# Of the dx of (4, 4) strides, the cells of dx are more than all windows.
@pytest.mark.parametrize(
    ("scene", "link", "steps"),
    [
        ("dw", "n=4&scan=all", (4 * 196, 5 * 196 - 1)),
        ("dx", "f=2&scan=all&stride=4", None),
    ],
)
def test_a_scan_stays_in_the_part_that_the_file_has(open_scene, scene, link, steps):
    view = view_of(link, scene)
    shown = make_scene(view, *tensors(view.of_tensors()))
    first, last = steps or (steps_of(shown).start, steps_of(shown).stop - 1)
    stage = open_scene(data_of(view))
    slider = stage.find(".foot [data-step]")
    rows, columns = shown.sizes["output"]
    for key, step, at in (("End", last, (rows - 1, columns - 1)), ("Home", first, (0, 0))):
        stage.focus()
        stage.press(key)
        stage.wait(at=at)
        expect(slider).to_have_value(str(step))
    slider.fill(str(last - 1))
    stage.find("[data-speed]").select_option("30")
    stage.find(".foot [data-play]").click()
    expect(slider).to_have_value(str(last))
    expect(stage.find(".foot [data-play]")).to_have_attribute("data-play", "off")
