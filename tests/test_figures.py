"""Figures by what they mean: traces, numbers, texts and places."""

import numpy as np
import pytest

from conv.figures import Sheet, scene_figure
from conv.figures.layout import arrange, wrap
from conv.figures.palette import ROLES, THEMES, color_at, readable_on
from conv.figures.sheet import fit
from conv.numbers import cell_texts
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars
from conv.words import words
from tests.cases import in_turn
from tests.views import (
    SMALL_VIEWS,
    VIEWS,
    each_view,
    legal_view,
    name_of,
    panels_of,
    scene_of,
    some_at_a_time,
)

SAY = words("en")
# Every third is of another scene each time.
some_views = some_at_a_time([view for view in VIEWS if view.data != "sobel"][::3], 16)
WIDTHS = [200, 260, 350, 620, 900, 1080, 1600]


def heatmaps_of(figure):
    return {trace.name: trace for trace in figure.data if trace.type == "heatmap"}


@pytest.fixture(scope="module", params=SMALL_VIEWS[::3], ids=name_of)
def drawn(request):
    """A scene and its heatmaps."""
    scene = scene_of(request.param)
    return scene, heatmaps_of(scene_figure(scene, SAY))


def test_each_panel_is_a_heatmap_of_its_numbers(drawn):
    scene, heatmaps = drawn
    assert heatmaps.keys() == panels_of(scene).keys()
    for name, panel in panels_of(scene).items():
        np.testing.assert_array_equal(heatmaps[name].z, panel.values)
        np.testing.assert_array_equal(np.isnan(heatmaps[name].z.astype(float)), panel.waiting)
        assert heatmaps[name].meta == name
        assert not heatmaps[name].showscale


def test_scales_are_explicit_and_signed_ones_are_symmetric(drawn):
    scene, heatmaps = drawn
    for name, trace in heatmaps.items():
        panel = panels_of(scene)[name]
        assert all(color.startswith("#") for _, color in trace.colorscale)
        assert trace.zmin == (-trace.zmax if panel.signed else 0)
        values = panel.values[~panel.waiting]
        assert values.size or name == "difference"
        assert trace.zmax >= np.abs(values).max(initial=0)
        assert panel.signed or values.min() >= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_zero_is_the_ground_of_the_page(theme):
    look = THEMES[theme]
    ground = {"light": "#f7f7f5", "dark": "#0e1117"}[theme]
    middle = {color for stop, color in look.signed if stop == 0.5}
    assert middle == {ground}
    assert look.unsigned[0] == (0.0, ground)
    assert readable_on(color_at(look.signed, 0.5)) == {"light": "#000000", "dark": "#ffffff"}[theme]


def contrast_with_black(color):
    """WCAG 2.2's contrast ratio of a colour, three numbers in 0..255, and black."""
    red, green, blue = (
        c / 3294.6 if c <= 10.31 else ((c + 14.025) / 269.025) ** 2.4 for c in color
    )
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) / 0.05


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", ["signed", "unsigned"])
def test_ink_is_black_or_white_whichever_stands_out_more(theme, scale):
    shades = [color_at(getattr(THEMES[theme], scale), k / 255) for k in range(256)]
    inks = [readable_on(shade) for shade in shades]
    assert set(inks) == {"#000000", "#ffffff"}
    for shade, ink in zip(shades, inks, strict=True):
        black = contrast_with_black(shade)
        white = 21 / black
        assert (black if ink == "#000000" else white) >= 0.99 * max(black, white)


@pytest.mark.parametrize("size", [(700, 480), (1600, 300), (300, 1600)])
def test_a_sheet_holds_what_is_on_it(size):
    width, height = size
    fitted = fit(scene_of(legal_view("paper", scene="dx")), Sheet(None, width, height), SAY)
    sides = fitted.arrangement.width, fitted.arrangement.height
    (across, down) = (fitted.zoom * side for side in sides)
    assert across <= width + 1e-6
    assert down <= height + 1e-6
    # As large as it goes, but for the steps between the layouts that are tried.
    assert max(across / width, down / height) == pytest.approx(1)


@in_turn("width", WIDTHS)
@each_view
def test_cells_are_square_and_nothing_overlaps_or_leaves_the_figure(view, width):
    scene = scene_of(view)
    plan = arrange(scene, width, SAY)
    for placed in plan.placed:
        rect = placed.rect
        assert rect.x >= 0
        assert rect.y >= 0
        assert rect.x + rect.width <= width + 0.01
        assert rect.y + rect.height <= plan.height
        if isinstance(placed.item, Panel):
            rows, columns = placed.item.values.shape
            assert rect.width / columns == pytest.approx(rect.height / rows)
    for k, one in enumerate(plan.placed):
        for other in plan.placed[k + 1 :]:
            a, b = one.rect, other.rect
            apart = (
                a.x + a.width <= b.x
                or b.x + b.width <= a.x
                or a.y + a.height <= b.y
                or b.y + b.height <= a.y
            )
            assert apart, (one.item.name, other.item.name)


def test_axes_stand_where_the_plan_says():
    scene = scene_of(legal_view("paper", kernel=(2, 3)))
    figure, plan = scene_figure(scene, SAY, Sheet(width=900)), arrange(scene, 900, SAY)
    for trace in heatmaps_of(figure).values():
        rect = next(p.rect for p in plan.placed if p.item.name == trace.name)
        x, y = (figure.layout[f"{axis[0]}axis{axis[1:]}"] for axis in (trace.xaxis, trace.yaxis))
        assert np.diff(x.domain)[0] * 900 == pytest.approx(rect.width)
        assert np.diff(y.domain)[0] * figure.layout.height == pytest.approx(rect.height)
        assert y.range[0] > y.range[1]
        assert list(x.range) == [-0.5, trace.z.shape[1] - 0.5]


def test_numbers_are_shown_while_they_fit():
    scene = scene_of(legal_view("notebook"))
    drawn = {trace.name: trace for trace in scene_figure(scene, SAY, Sheet(width=1080)).data}
    numbers = cell_texts(scene.panel("patch").values).rows
    assert drawn["patch numbers"].text == sum(numbers, ())
    assert "output numbers" not in drawn
    assert drawn["output"].customdata[0][0]


def test_the_power_of_ten_is_named_below_its_panel():
    scene = scene_of(legal_view("notebook"))
    figure, plan = scene_figure(scene, SAY), arrange(scene, 1080, SAY)
    (kernel,) = (placed.rect for placed in plan.placed if placed.item.name == "kernel")
    powers = [a for a in figure.layout.annotations if a.name == "power"]
    assert [a.text for a in powers] == ["×10⁻²", "×10⁻²"]
    assert powers[0].x * 1080 == pytest.approx(kernel.x + kernel.width)
    below = (1 - powers[0].y) * figure.layout.height - kernel.y - kernel.height
    assert 0 < below < 10


def test_a_scene_has_its_title_what_it_is_of_and_what_its_hatches_mean():
    scene = scene_of(legal_view("paper", scene="dx", kernel=(3, 2), stride=(2, 3), padding=(3, 5)))
    figure = scene_figure(scene, SAY)
    from_top = sorted(figure.layout.annotations, key=lambda one: -one.y)
    assert (from_top[0].text, from_top[0].name) == ("<b>dx</b>", "scene")
    assert from_top[1].text == (
        "kernel 3 × 2, stride 2x3, padding 3x5, dilation 1, groups 1 · Worked example, 5×5 · "
        "item 0, channel 0, filter 0"
    )
    legend = [SAY(text.key, **text.values) for _, text in scene.legend]
    kinds = [kind for kind, _ in scene.legend]
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert [text for text in texts if text in legend] == legend
    axes = {trace.xaxis for trace in figure.data if trace.type == "heatmap"}
    hatched = [trace for trace in figure.data if trace.type == "scatter" and trace.fill]
    assert [trace.name for trace in hatched if trace.xaxis not in axes] == kinds
    shapes = {trace.name: trace.fillpattern.shape for trace in hatched}
    assert len(set(shapes.values())) == len(shapes) > 3


def test_without_titles_the_legend_stays_and_a_panel_has_its_own_alone():
    scene = scene_of(legal_view("paper", scene="dx", stride=(2, 2), padding=(1, 1)))
    said = {kind: SAY(text.key) for kind, text in scene.legend}
    untitled = scene_figure(scene, SAY, Sheet(titles=False)).layout.annotations
    alone = scene_figure(scene, SAY, Sheet(panel="grad_output_pad")).layout.annotations
    own = {hatch.kind for hatch in scene.panel("grad_output_pad").hatched}
    assert 0 < len(own) < len(said)
    for found, kinds in ((untitled, said), (alone, own)):
        texts = [one.text for one in found if one.text in said.values()]
        assert texts == [text for kind, text in said.items() if kind in kinds]
        assert "scene" not in {one.name for one in found}
        assert not any("dilation 1, groups 1" in one.text for one in found)


def test_windows_are_outlined_with_a_halo_in_their_own_colour_and_dash():
    figure = scene_figure(scene_of(legal_view("paper")), SAY)
    names = [shape.name for shape in figure.layout.shapes]
    assert {"window", "output", "kernel", "top_diff", "halo"} <= set(names)
    for before, shape in zip(figure.layout.shapes, figure.layout.shapes[1:], strict=False):
        if shape.name in ROLES:
            assert shape.line.color == ROLES[shape.name].color
            assert shape.line.dash == ROLES[shape.name].dash
            assert (before.name, before.path) == ("halo", shape.path)
    looks = {(outline.dash, outline.width) for outline in ROLES.values()}
    assert len(looks) == len(ROLES)


def test_dilated_window_outlines_each_cell_that_it_touches():
    view = legal_view("paper", dilation=(2, 2), scene="overview")
    figure = scene_figure(scene_of(view), SAY)
    cells = [shape for shape in figure.layout.shapes if shape.name == "window cells"]
    assert cells
    assert all(shape.path.count("M") == 9 for shape in cells)


def test_padding_and_rows_left_over_are_hatched_differently():
    view = legal_view("paper", stride=(4, 3), padding=(1, 0))
    figure = scene_figure(scene_of(view), SAY)
    filled = [trace for trace in figure.data if trace.type == "scatter" and trace.fill]
    hatched = {trace.name: trace.fillpattern.shape for trace in filled}
    assert hatched.keys() == {"padding", "leftover"}
    assert hatched["padding"] != hatched["leftover"]


def test_cells_that_wait_bear_no_number_and_say_so():
    at = {"i": 0, "j": 1, "m": 0, "k": 1, "p": 0, "q": 2}
    scene = scene_of(legal_view("paper", scene="dx", **at))
    drawn = {trace.name: trace for trace in scene_figure(scene, SAY, Sheet(width=1080)).data}
    for name in ("dx_scatter", "dx_rot180", "difference"):
        panel = scene.panel(name)
        assert panel.waiting.any()
        assert not panel.waiting.all()
        words_of = np.array(drawn[name].customdata)
        assert set(words_of[panel.waiting]) == {"not computed yet"}
        assert "not computed yet" not in words_of[~panel.waiting]
        texts = np.array(drawn[f"{name} numbers"].text).reshape(panel.size)
        np.testing.assert_array_equal(texts == "", panel.waiting)


def test_bars_show_every_channel_the_bias_and_the_total():
    scene = scene_of(legal_view("notebook", scene="forward"))
    bars = next(item for item in scene.items() if isinstance(item, Bars))
    trace = next(trace for trace in scene_figure(scene, SAY).data if trace.type == "bar")
    assert list(trace.y) == [*bars.values, *bars.totals]
    assert len(trace.y) == 34
    assert [row[0] for row in trace.customdata][-2:] == ["bias", "total"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_languages_and_looks(lang, theme):
    scene = scene_of(legal_view("paper", scene="dx"))
    figure = scene_figure(scene, words(lang), Sheet(theme=theme))
    texts = " ".join(annotation.text for annotation in figure.layout.annotations)
    assert words(lang)("heading.rot180") in texts
    assert figure.layout.font.color == THEMES[theme].ink
    assert figure.layout.paper_bgcolor == THEMES[theme].ground


@pytest.mark.parametrize(
    "text", ["a long line of words to break", "很长的一行中文字需要在这里换行", ""]
)
def test_wrap_loses_nothing(text):
    lines = wrap(text, 60, 12)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= 12 for line in lines)


def test_same_view_makes_the_same_figure():
    scene = scene_of(legal_view("paper", scene="dw"))
    assert scene_figure(scene, SAY).to_json() == scene_figure(scene, SAY).to_json()
