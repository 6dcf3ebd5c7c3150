"""The gallery of mistakes: its panels, its sentences and its ticks, against the operators and
against the mistakes in plain loops."""

from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest

from conv.figures.figure import scene_figure
from conv.figures.panel import color_range
from conv.figures.stage import stage_data
from conv.numbers import number
from conv.ops import Geometry
from conv.ops.wrong_gradients import agrees, right, same_mean
from conv.results import Bundle, Results
from conv.scenes import make_scene
from conv.scenes.scene import Card
from conv.state.rooms import DATA
from conv.state.view import View, choices
from conv.words import LANGUAGES, words
from tests.cases import in_turn, naming
from tests.mistake_spots import (
    GEOMETRIES,
    MISTAKE,
    SMALL,
    scene_at,
    shown_part,
    spot_at,
    spot_of,
    view_near,
)
from tests.ops.grid import Case
from tests.ops.mistaken import mistaken
from tests.ops.oracle import convolution, magnitudes
from tests.views import WIDE, item_of, name_of, panels_of, scene_of
from tests.written import SAY, say

MISTAKES = choices("mistake")

GROUNDS = [
    *(view_near(data, **asked) for data in SMALL for asked in GEOMETRIES.values()),
    *(view_near(data) for data in DATA if data not in SMALL),
    view_near("notebook", groups=8, c=31, f=14, stride=(2, 2)),
    view_near("notebook", groups=16, c=5, f=2),
]
every_mistake = in_turn("name", MISTAKES)


@pytest.fixture(scope="module", params=GROUNDS, ids=name_of)
def ground(request):
    """A view: all of its tests run one after the other, on the same scenes."""
    return request.param


def mistaken_spot(ground, name):
    return spot_at(replace(ground, mistake=name))


def lines_of(card):
    """A card's lines in English, by their words."""
    return {say(label): value for label, value in card.lines}


def pair_of(spot):
    """The wrong and the right gradient, and the sum of the magnitudes of each cell's products."""
    mistake, bundle = MISTAKE[spot.view.mistake], spot.bundle
    given = spot.given
    size = {"dw": spot.results.dw_size, "dx": spot.results.dx_size}.get(mistake.tensor)
    if size is None:
        size = np.abs(bundle.grad_output).sum(axis=(0, 2, 3))
    return mistake.wrong(given), right(mistake.tensor, given), size


def is_right(spot):
    wrong, expected, size = pair_of(spot)
    return wrong.shape == expected.shape and bool((np.abs(wrong - expected) <= 1e-12 * size).all())


@every_mistake
def test_wrong_right_and_difference_cell_by_cell(ground, name):
    spot = mistaken_spot(ground, name)
    tensor, found = MISTAKE[spot.view.mistake].tensor, panels_of(scene_at(spot))
    (wrong, expected, size) = (shown_part(spot, tensor, array) for array in pair_of(spot))
    np.testing.assert_allclose(found["right"].values, expected, rtol=0, atol=1e-12 * size.max())
    assert ("wrong" in found) == bool(wrong.size)
    if wrong.size:
        np.testing.assert_array_equal(found["wrong"].values, wrong)
        assert color_range(found["wrong"]) == color_range(found["right"])
        largest = max(np.abs(wrong).max(), np.abs(found["right"].values).max())
        assert color_range(found["wrong"])[1] == (largest or 1)
    assert ("difference" in found) == (wrong.shape == expected.shape)
    if "difference" in found:
        gap = wrong - found["right"].values
        cleaned = np.where(np.abs(gap) <= 1e-12 * size, 0, gap)
        np.testing.assert_array_equal(found["difference"].values, cleaned)
        if is_right(spot):
            assert not found["difference"].values.any()


def case_of(bundle):
    geometry = bundle.geometry
    return Case(
        geometry.input_size,
        geometry.weight_size,
        geometry.stride,
        geometry.padding,
        geometry.dilation,
        geometry.groups,
    )


@pytest.mark.parametrize("asked", GEOMETRIES.values(), ids=GEOMETRIES)
@every_mistake
def test_panels_against_plain_loops(asked, name):
    spot = spot_of("paper", mistake=name, **asked)
    bundle, mistake = spot.bundle, MISTAKE[spot.view.mistake]
    data = bundle.x, bundle.w, bundle.b, bundle.grad_output
    case, found = case_of(bundle), panels_of(scene_at(spot))
    wrong = shown_part(spot, mistake.tensor, mistaken(mistake.name, case, *data))
    sizes = magnitudes(*data, **case.parameters)[mistake.tensor]
    finest = 1e-12 * sizes.max()
    if wrong.size:
        np.testing.assert_allclose(found["wrong"].values, wrong, rtol=0, atol=finest)
    expected = convolution(*data, **case.parameters)[mistake.tensor]
    expected = shown_part(spot, mistake.tensor, expected)
    np.testing.assert_allclose(found["right"].values, expected, rtol=0, atol=finest)


@every_mistake
def test_a_wrong_shape_is_told_in_words(ground, name):
    spot = mistaken_spot(ground, name)
    (wrong, expected, _), scene = pair_of(spot), scene_at(spot)
    names = [item.name for item in scene.items() if isinstance(item, Card)]
    if wrong.shape == expected.shape:
        assert names == ["agreements", "controls"]
        return
    assert names == (["shapes"] if wrong.size else ["wrong"]) + ["agreements", "controls"]
    text = item_of(scene, names[0]).text
    sentence = say(text)
    for array in (wrong, expected):
        assert f"[{' '.join(map(str, array.shape))}]" in sentence
    for panel in ("wrong", "right") if wrong.size else ("right",):
        caption, size = scene.panel(panel).caption, scene.panel(panel).values.shape
        assert say(caption).endswith(f"{size[0]} × {size[1]}")


@every_mistake
def test_conditions_are_ticked_where_they_hold(ground, name):
    spot = mistaken_spot(ground, name)
    mistake, given = MISTAKE[spot.view.mistake], spot.given
    lines = lines_of(item_of(scene_at(spot), "agreements"))
    for agreement in mistake.agreements:
        if agreement.of_uneven and len(spot.geometry.padding) == 2:
            assert SAY(f"agreement.{agreement.name}") not in lines
            continue
        assert lines[SAY(f"agreement.{agreement.name}")] == "✗✓"[agreement.holds(given)]
    assert lines[SAY("mistakes.agrees")] == "✗✓"[is_right(spot)]


@every_mistake
def test_how_far_it_is_is_told_of_all_cells(ground, name):
    spot = mistaken_spot(ground, name)
    (wrong, expected, size), scene = pair_of(spot), scene_at(spot)
    lines = lines_of(item_of(scene, "agreements"))
    mean = number(float(wrong.mean()), 6) if wrong.size else "—"
    assert lines[SAY("mistakes.mean_found")] == mean
    assert float(lines[SAY("mistakes.mean_right")].replace("−", "-")) == pytest.approx(
        expected.mean(), rel=1e-5, abs=1e-14 * size.mean()
    )
    differing = SAY("mistakes.cells", count=expected.size)
    assert (differing in lines) == (wrong.shape == expected.shape)
    if wrong.shape == expected.shape:
        gap = np.abs(wrong - expected)
        assert lines[differing] == str(np.count_nonzero(gap > 1e-12 * size))
        largest = float(lines[SAY("line.absolute")].replace("−", "-"))
        assert largest == pytest.approx(gap.max(), rel=0.01, abs=1e-12 * size.max())


def hides(spot):
    """Whether a mistake has the right mean but other cells."""
    wrong, expected, size = pair_of(spot)
    return (
        wrong.shape == expected.shape
        and not is_right(spot)
        and abs(wrong.mean() - expected.mean()) <= 1e-12 * size.mean()
    )


@every_mistake
def test_means_are_said_to_agree_where_they_do_and_cells_do_not(ground, name):
    """As the operators predict it."""
    spot = mistaken_spot(ground, name)
    mistake, given = MISTAKE[name], spot.given
    text = item_of(scene_at(spot), "agreements").text
    assert (text is not None and text.key == "mistakes.same_means") == hides(spot)
    assert is_right(spot) == agrees(mistake, given)
    assert hides(spot) == (same_mean(mistake, given) and not agrees(mistake, given))


def test_every_mistake_is_seen_wrong_and_right_and_the_means_of_two_agree():
    spots = [mistaken_spot(view, name) for view in GROUNDS for name in MISTAKES]
    outcomes = {(spot.view.mistake, is_right(spot)) for spot in spots}
    assert outcomes >= {(name, False) for name in MISTAKES}
    # Every batch and every output here has more than one cell.
    always_wrong = {"db_averaged"}
    assert outcomes >= {(name, True) for name in MISTAKES if name not in always_wrong}
    assert {spot.view.mistake for spot in spots if hides(spot)} == {"unrotated", "dw_swapped"}


def test_bias_gradient_of_one_cell_is_right():
    spot = spot_of("paper", kernel=(5, 5), mistake="db_averaged")
    lines = lines_of(item_of(scene_at(spot), "agreements"))
    assert set(lines.values()) >= {"✓"}
    assert "✗" not in lines.values()
    assert not panels_of(scene_at(spot))["difference"].values.any()


def test_the_means_of_an_unrotated_kernel_agree_without_padding():
    spot = spot_of("notebook", padding=(0, 0), mistake="unrotated")
    lines = lines_of(item_of(scene_at(spot), "agreements"))
    assert lines[SAY("mistakes.mean_found")] == lines[SAY("mistakes.mean_right")]
    assert int(lines[SAY("mistakes.cells", count=spot.bundle.x.size)]) > 1000
    assert item_of(scene_at(spot), "agreements").text.key == "mistakes.same_means"
    padded = spot_of("notebook", mistake="unrotated")
    assert item_of(scene_at(padded), "agreements").text is None


def test_a_symmetric_kernel_hides_the_missing_rotation():
    spot = spot_of("paper", mistake="unrotated")
    w = spot.bundle.w + spot.bundle.w[..., ::-1, ::-1]
    bundle = replace(spot.bundle, w=w)
    scene = make_scene(spot.view, bundle, Results(bundle))
    lines = lines_of(item_of(scene, "agreements"))
    assert lines[SAY("agreement.symmetric_kernel")] == "✓"
    assert lines[SAY("agreement.one_kernel_cell")] == "✗"
    assert lines[SAY("mistakes.agrees")] == "✓"
    assert not scene.panel("difference").values.any()


# What the sentence beside the card asks for, and whether the mistake shows then.
ADVICE = [
    ("unrotated", "paper", {}, True),
    ("unrotated", "paper", {"kernel": (1, 1)}, False),
    ("unswapped", "notebook", {}, True),
    ("unswapped", "notebook", {"groups": 16, "f": 7}, False),
    ("dw_swapped", "paper", {"kernel": (3, 3)}, True),
    ("dw_swapped", "paper", {"kernel": (1, 1)}, False),
    *(("zeros_forgotten", data, {"stride": (2, 2)}, True) for data in DATA),
    *(("zeros_forgotten", data, {"stride": (1, 1)}, False) for data in DATA),
    ("leftover_forgotten", "notebook", {"stride": (2, 2)}, True),
    ("leftover_forgotten", "sobel", {"stride": (2, 2)}, True),
    ("leftover_forgotten", "paper", {"stride": (2, 2), "kernel": (2, 2)}, True),
    *(("leftover_forgotten", data, {"stride": (1, 1)}, False) for data in DATA),
    *(("crop_wrong", data, {"padding": (2, 2)}, True) for data in DATA),
    *(("crop_wrong", data, {"padding": (1, 1)}, False) for data in DATA),
    *(("dilation_ignored", data, {"dilation": (2, 2)}, True) for data in DATA),
    *(("dilation_ignored", data, {"dilation": (1, 1)}, False) for data in DATA),
    *(("db_averaged", data, {}, True) for data in DATA),
    ("db_averaged", "paper", {"kernel": (5, 5)}, False),
    ("db_averaged", "paper", {"kernel": (5, 5), "padding": (1, 1)}, True),
    ("batch_averaged", "notebook", {}, True),
    ("batch_averaged", "paper", {}, False),
    ("batch_averaged", "sobel", {}, False),
]


@pytest.mark.parametrize(("name", "data", "asked", "shows"), ADVICE, ids=str)
def test_the_controls_do_what_is_said_of_them(name, data, asked, shows):
    assert is_right(spot_of(data, mistake=name, **asked)) is not shows


def test_the_padding_that_crops_right_is_told_in_numbers():
    for kernel, half in (((5, 3), "2"), ((7, 3), "3x2")):
        spot = spot_of(WIDE.default.data, kernel=kernel, dilation=(1, 2), mistake="crop_wrong")
        assert f"every padding but {half}:" in say(item_of(scene_at(spot), "controls").text)


def test_what_the_stride_must_divide_is_told_for_both_sides():
    for padding, formula in (((1, 1), "H + 2p − K"), ((0, 1, 1, 1), "H + p + p′ − K")):
        spot = spot_of("paper", padding=padding, mistake="leftover_forgotten")
        assert f"does not divide {formula}" in say(item_of(scene_at(spot), "controls").text)


@every_mistake
def test_a_cell_is_outlined_where_it_is_the_same_cell(ground, name):
    """Every place that a result's cell is outlines that cell in each result that has it."""
    spot = mistaken_spot(ground, name)
    mistake, found = MISTAKE[spot.view.mistake], panels_of(scene_at(spot))
    space = {"dx": "input", "dw": "kernel", "db": "filter"}[mistake.tensor]
    results = [found[name] for name in ("wrong", "right", "difference") if name in found]
    rows, columns = scene_at(spot).sizes[space]
    for panel in results:
        height, width = panel.size
        assert panel.cells.space == space
        assert panel.cells.rows == tuple(k if k < rows else -1 for k in range(height))
        assert panel.cells.columns == tuple(k if k < columns else -1 for k in range(width))
        (link,) = panel.links[space]
        for place in [(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)]:
            mark = link.at(place)
            if place[0] < height and place[1] < width:
                box = mark.box
                assert (box.top, box.bottom) == (place[0], place[0] + 1)
                assert (box.left, box.right) == (place[1], place[1] + 1)
            else:
                assert mark is None


@every_mistake
def test_the_foot_tells_the_resting_cell(ground, name):
    spot = mistaken_spot(ground, name)
    scene, view = scene_at(spot), spot.view
    tensor = MISTAKE[view.mistake].tensor
    at = {"dx": (view.p, view.q), "dw": (view.m, view.k), "db": (0, view.f)}[tensor]
    values = scene.total.values
    expected = scene.panel("right").values[at]
    assert values["right"] == number(float(expected), 6)
    if "difference" in panels_of(scene):
        assert values["wrong"] == number(float(scene.panel("wrong").values[at]), 6)
        assert values["gap"] == number(float(scene.panel("difference").values[at]), 6)


# A figure takes a while: of the large data sets, what the small one has not.
DRAWN = [
    *(view_near("paper", **asked) for asked in GEOMETRIES.values()),
    *(view_near(data) for data in DATA if data != "paper"),
    view_near("notebook", groups=8, c=31, f=14, stride=(2, 2)),
]


@pytest.mark.parametrize("drawn", DRAWN, ids=name_of)
def test_scenes_have_no_steps_and_can_be_sent_and_drawn(drawn):
    for name, lang in zip(MISTAKES, cycle(LANGUAGES), strict=False):
        view = replace(drawn, mistake=name, lang=lang)
        scene = scene_of(view)
        with naming(name):
            assert scene.clocks == stage_data(view, scene)["clocks"] == ()
            assert scene_figure(scene, words(lang)).data


def test_a_view_opens_with_the_first_mistake():
    assert View().mistake == MISTAKES[0] == "unrotated"
    assert tuple(MISTAKE) == MISTAKES


def test_an_array_without_cells_is_told_in_words():
    spot = spot_of("paper", **GEOMETRIES["an array without rows"], mistake="zeros_forgotten")
    scene = scene_at(spot)
    assert "wrong" not in panels_of(scene)
    text = item_of(scene, "wrong").text
    assert say(text).startswith("dx comes out as [1 1 0 2], an array without")
    geometry = Geometry((1, 1, 3, 5), (1, 1, 1, 1), stride=(4, 1), padding=(3, 0))
    bundle = Bundle(
        np.ones((1, 1, 3, 5)),
        np.ones((1, 1, 1, 1)),
        np.zeros(1),
        np.ones(geometry.output_size),
        geometry,
        "ones",
        seeded_weight=False,
    )
    other = make_scene(replace(spot.view, f=0), bundle, Results(bundle))
    assert "wrong" not in panels_of(other)
