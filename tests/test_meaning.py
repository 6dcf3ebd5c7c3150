"""What a figure says, read back from its traces, shapes and annotations."""

import re
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
import pytest

from conv.figures import Sheet, scene_figure
from conv.figures.palette import ROLES, THEMES
from conv.scenes.marks import Box
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card
from tests.cases import in_turn
from tests.views import GEOMETRIES, WINDOWED, legal_view, name_of, scene_of
from tests.written import SAY, say

ASYMMETRIC = {
    "plain": {"i": 0, "j": 2},
    "kernel 2x3, padding 1x0": {**GEOMETRIES["rectangular kernel"], "i": 2, "j": 1},
    "dilation": GEOMETRIES["dilation"],
    "rows and columns left over": {"stride": (4, 3), "padding": (1, 2), "i": 0, "j": 1},
    "all at once": GEOMETRIES["all at once"],
}
VIEWS = [
    legal_view("paper", scene=scene, **geometry)
    for geometry in ASYMMETRIC.values()
    for scene in ("overview", "forward", "dw", "dx")
] + [legal_view("notebook", scene=scene, i=3, j=9) for scene in WINDOWED]
WIDTHS = (320, 700, 1080)
# Cells that have room for a letter or a number, and not for both.
VIEWS.append(legal_view("paper", scene="overview", kernel=(5, 4), padding=(2, 1), top_diff="ones"))
TEXT_HEIGHT = 1.2  # of the font's size: no less than what the browser needs


@pytest.fixture(scope="module", params=VIEWS, ids=name_of)
def view(request):
    """All tests of a view run one after the other, on the same figures."""
    return request.param


class Drawn:
    """A figure, its places turned into pixels and cells."""

    def __init__(self, view, width=1080):
        self.scene = scene_of(view)
        self.figure = scene_figure(self.scene, SAY, Sheet(width=width))
        self.items = [i for i in self.scene.items() if isinstance(i, Panel | Bars | Card)]
        self.panels = [item for item in self.items if isinstance(item, Panel)]
        self.traces = {trace.name: trace for trace in self.figure.data}

    def axes(self, name):
        trace = self.traces[name]
        return [
            self.figure.layout[f"{axis[0]}axis{axis[1:]}"] for axis in (trace.xaxis, trace.yaxis)
        ]

    def rect(self, name):
        """Left, top, width and height in pixels."""
        (x, y), layout = self.axes(name), self.figure.layout
        left, right = (edge * layout.width for edge in x.domain)
        bottom, top = ((1 - edge) * layout.height for edge in y.domain)
        return left, top, right - left, bottom - top

    def cell(self, panel):
        return self.rect(panel.name)[2] / panel.values.shape[1]

    def boxes(self, panel, path):
        """The rectangles of a path on the paper: top, bottom, left, right in whole-cell edges."""
        number = r"(-?\d+\.\d+)"
        corners = re.compile(rf"M{number},{number}L{number},{number}L{number},{number}L")
        found = []
        for x0, y0, x1, _, _, y1 in corners.findall(path):
            x, y = self.axes(panel.name)
            edges = [on_axis(axis, float(at)) for axis, at in ((y, y0), (y, y1), (x, x0), (x, x1))]
            found.append([edge + 0.5 for edge in edges])
        return np.array(found)

    @cached_property
    def annotations(self):
        """(left, top, annotation), in pixels, in the order in which they are drawn."""
        layout = self.figure.layout
        return [(a.x * layout.width, (1 - a.y) * layout.height, a) for a in layout.annotations]

    def above(self, item):
        """The two texts that stand nearest above a panel's left edge, and where the last ends."""
        left, top, *_ = self.rect(item.name)
        left -= 44 if isinstance(item, Bars) else 16 if item.large else 0
        column = sorted(
            (
                (y, a)
                for x, y, a in self.annotations
                if abs(x - left) < 1 and y < top and a.xanchor == "left"
            ),
            key=lambda pair: pair[0],
        )
        (_, title), (y, caption) = column[-2:]
        end = y + (caption.text.count("<br>") + 1) * caption.font.size * TEXT_HEIGHT
        assert title.name == "title"
        assert end <= top < end + 20, item.name
        return read(title), read(caption)

    def power(self, panel):
        """The power of ten that stands below a panel's right edge, 0 where none does."""
        left, top, width, height = self.rect(panel.name)
        found = [
            a.text
            for x, y, a in self.annotations
            if a.name == "power"
            and abs(x - left - width) < 1
            and 0 < y - top - height < 30
            and a.xanchor == "right"
        ]
        assert len(found) <= 1
        return power_of(found[0]) if found else 0


@lru_cache(maxsize=8)
def draw(view, width=1080):
    """The figure of a view, kept for the next tests of the same."""
    return Drawn(view, width)


def read(annotation):
    return re.sub(r"</?b>", "", annotation.text.replace("<br>", " "))


def on_axis(axis, paper):
    (start, stop), (low, high) = axis.domain, axis.range
    return low + (paper - start) / (stop - start) * (high - low)


def power_of(text):
    (power,) = re.findall(r"^×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$", text)
    return int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def cells_of(panel):
    return list(np.ndindex(*panel.values.shape))


def test_each_cell_bears_its_own_number(view):
    drawn = draw(view)
    bearing = [panel for panel in drawn.panels if f"{panel.name} numbers" in drawn.traces]
    for panel in bearing:
        texts, values = drawn.traces[f"{panel.name} numbers"], panel.values
        places = [(round(y), round(x)) for y, x in zip(texts.y, texts.x, strict=True)]
        assert sorted(places) == cells_of(panel)
        assert (texts.xaxis, texts.yaxis) == (
            drawn.traces[panel.name].xaxis,
            drawn.traces[panel.name].yaxis,
        )
        factor = 10.0 ** drawn.power(panel)
        assert [text == "" for text in texts.text] == [panel.waiting[at] for at in places]
        top = np.abs(values[~panel.waiting]).max()
        for (row, column), text in zip(places, texts.text, strict=True):
            if panel.waiting[row, column]:
                continue
            shown, value = float(text.replace("−", "-")) * factor, values[row, column]
            written = values[~panel.waiting]
            slack = 0 if (written == written.round()).all() else 0.0051 * top
            assert abs(shown - value) <= slack, (panel.name, row, column, text, value)
            assert np.sign(shown) == np.sign(value)
    roomy = {p.name for p in drawn.panels if drawn.cell(p) >= 36 and not has_roundings(p)}
    assert roomy <= {panel.name for panel in bearing}


def has_roundings(panel):
    """Whether a difference has roundings beside its numbers: each cell has its own exponent then,
    for which there must be more room."""
    sizes = np.abs(panel.values[~panel.waiting])
    return (
        panel.name == "difference" and ((sizes > 0) & (sizes < 1e-12 * sizes.max(initial=0))).any()
    )


def test_numbers_and_letters_fit_their_cells(view):
    for width in WIDTHS:
        drawn = draw(view, width)
        for panel in drawn.panels:
            cell, numbers = drawn.cell(panel), drawn.traces.get(f"{panel.name} numbers")
            letters = drawn.traces.get(f"{panel.name} letters")
            assert not (letters and cell < 10)
            if numbers:
                assert numbers.textfont.size >= 7.5
                assert numbers.textfont.size * 0.5 * max(map(len, numbers.text)) <= cell
                assert set(numbers.textfont.color) <= {"#000000", "#ffffff"}
            if numbers and letters:
                # A line for each, and a bit of room above, below and between.
                assert numbers.textfont.size + letters.textfont.size + 8 <= cell


def test_each_cell_bears_its_own_letter(view):
    drawn = draw(view)
    for panel in drawn.panels:
        trace = drawn.traces.get(f"{panel.name} letters")
        assert bool(panel.letters) == bool(trace)
        if trace:
            at = {
                (round(y), round(x)): t
                for y, x, t in zip(trace.y, trace.x, trace.text, strict=True)
            }
            expected = {(r, c): panel.letters[r][c] for r, c in cells_of(panel)}
            assert at == expected


def test_outlines_stand_round_their_cells(view):
    drawn = draw(view)
    shapes = [shape for shape in drawn.figure.layout.shapes if shape.name.split()[0] in ROLES]
    assert shapes
    for panel in drawn.panels:
        for mark in panel.marks:
            box, shape = mark.box, shapes.pop(0)
            assert shape.name == mark.role
            assert (shape.xref, shape.yref) == ("paper", "paper")
            edges = [[box.top, box.bottom, box.left, box.right]]
            np.testing.assert_allclose(drawn.boxes(panel, shape.path), edges, atol=0.01)
            if mark.step != (1, 1):
                shape = shapes.pop(0)
                assert shape.name == f"{mark.role} cells"
                cells = [
                    (row, row + 1, column, column + 1)
                    for row in range(box.top, box.bottom, mark.step[0])
                    for column in range(box.left, box.right, mark.step[1])
                ]
                inside = (np.array([1, -1, 1, -1]) * (drawn.boxes(panel, shape.path) - cells)).min()
                assert 0 < inside < 0.3
                np.testing.assert_allclose(drawn.boxes(panel, shape.path), cells, atol=0.3)
    assert not shapes


def test_hatches_fill_their_cells(view):
    drawn = draw(view)
    found = {}
    panels = {drawn.traces[panel.name].xaxis for panel in drawn.panels}
    for trace in drawn.figure.data:
        if trace.type == "scatter" and trace.fill and trace.xaxis in panels:
            runs = np.array(trace.x, float), np.array(trace.y, float)
            starts = [0, *(np.flatnonzero(np.isnan(runs[0])) + 1)]
            for start in starts[:-1]:
                x, y = (run[start : start + 5] for run in runs)
                assert (x[0], y[0]) == (x[-1], y[-1])
                box = Box(*(round(e + 0.5) for e in (y.min(), y.max(), x.min(), x.max())))
                assert x.min() == box.left - 0.5
                assert y.min() == box.top - 0.5
                assert len(set(zip(x, y, strict=True))) == 4
                found.setdefault((trace.xaxis, trace.yaxis, trace.name), []).append(box)
    expected = {}
    for panel in drawn.panels:
        for hatch in panel.hatched:
            axes = drawn.traces[panel.name]
            expected.setdefault((axes.xaxis, axes.yaxis, hatch.kind), []).append(hatch.box)
    assert found == expected


@in_turn("width", WIDTHS)
def test_each_panel_has_its_own_words_above_it(view, width):
    drawn = draw(view, width)
    for item in drawn.items:
        if not isinstance(item, Card):
            title, caption = drawn.above(item)
            assert title == say(item.title)
            assert caption == say(item.caption)
    titles = [read(a) for _, _, a in drawn.annotations if a.name == "title"]
    assert titles == [say(item.title) for item in drawn.items]


def test_each_line_of_a_card_has_its_number_beside_it(view):
    drawn = draw(view)
    cards = [item for item in drawn.items if isinstance(item, Card)]
    assert bool(cards) == (view.scene != "forward")
    for card in cards:
        before = -1.0
        for label, value in card.lines:
            ((left, y, _),) = (a for a in drawn.annotations if read(a[2]) == say(label))
            right, _, beside = min(
                (
                    a
                    for a in drawn.annotations
                    if abs(a[1] - y) < 1 and a[0] > left and a[2].name == "mono"
                ),
                key=lambda a: a[0],
            )
            assert (beside.text, beside.xanchor) == (value, "right")
            assert right - left < 300
            assert y > before
            before = y


@pytest.mark.parametrize(
    "asked", [{"i": 3, "j": 9}, {"groups": 4, "c": 13, "f": 5}], ids=["32 channels", "8 channels"]
)
def test_bars_show_sign_and_choice(asked):
    view = legal_view("notebook", scene="forward", **asked)
    drawn = draw(view)
    (bars,) = (item for item in drawn.items if isinstance(item, Bars))
    trace, (axis, _) = drawn.traces["channels"], drawn.axes("channels")
    (frame,) = (shape for shape in drawn.figure.layout.shapes if shape.name == "chosen bar")
    assert frame.line.color == ROLES["window"].color
    x0, x1 = (float(corner) for corner in re.findall(r"[ML](\S+?),", frame.path)[:2])
    middle = on_axis(axis, (x0 + x1) / 2)
    chosen = [k for k, at in enumerate(trace.x) if abs(at - middle) < 0.01]
    assert [trace.customdata[k][0] for k in chosen] == [str(view.c)]
    by_sign = {True: set(), False: set()}
    for value, color in zip(bars.values, trace.marker.color, strict=False):
        by_sign[value < 0].add(color)
    # A bar below zero has a colour that cells have below zero, and one above zero likewise.
    for below, colors in by_sign.items():
        assert len(colors) == 1
        assert colors <= {color for at, color in THEMES["light"].signed if (at < 0.5) == below}
    assert trace.marker.color[-1] == ROLES["output"].color
    assert trace.marker.color[-2] not in {*by_sign[True], *by_sign[False], trace.marker.color[-1]}
    names = dict(zip(trace.x, (row[0] for row in trace.customdata), strict=True))
    assert len(names) == len(bars.values) + 2
    told = [text.removeprefix("<br>") for text in axis.ticktext]
    assert all(names[at] == text for at, text in zip(axis.tickvals, told, strict=True))
    assert {str(bars.labels[0]), "bias", "total"} <= set(told)


def test_a_difference_is_seen_in_the_size_of_its_parts(view):
    drawn, firsts = draw(view), {"dw": "dw_patches", "dx": "dx_scatter"}
    assert ("difference" in drawn.traces) == (view.scene in firsts)
    if view.scene not in firsts:
        return
    first = firsts[view.scene]
    part, largest = drawn.scene.panel(first), 0.0
    for cell in product(*map(range, drawn.scene.sizes["output"])):
        values = replace(part, places={**part.places, "output": cell}).values
        largest = max(largest, np.nanmax(np.abs(values)))
    for name in (first, "difference"):
        assert drawn.traces[name].zmax == pytest.approx(largest)


FORWARD = legal_view("notebook", scene="forward", i=3, j=9)


@pytest.mark.parametrize("view", [VIEWS[4], VIEWS[6], VIEWS[7], FORWARD], ids=name_of)
def test_a_narrow_page_breaks_rows_and_loses_nothing(view):
    drawn = {width: draw(view, width) for width in (360, 700, 1080, 1600)}
    for one in drawn.values():
        for item in one.items:
            if not isinstance(item, Card):
                _, _, width, height = one.rect(item.name)
                assert max(width, height) > 100
                assert item.name in one.traces
    heights = [one.figure.layout.height for one in drawn.values()]
    assert heights[0] > max(heights[1:3])
    rows = {
        width: len({round(one.rect(p.name)[1] + one.rect(p.name)[3] / 2) for p in one.panels})
        for width, one in drawn.items()
    }
    assert rows[360] > rows[1600]
    first = drawn[360].panels[0].name
    assert drawn[1600].rect(first)[2] > drawn[360].rect(first)[2]
