"""What each method has at every step, what both differ by, the shares that they add up, and how far
their clocks say they are, against loops over windows."""

from dataclasses import replace
from functools import lru_cache
from itertools import product

import numpy as np
import pytest

from conv.figures.panel import color_range
from conv.ops import conv2d_input, conv2d_weight
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars
from conv.scenes.tables import Filling, Gap
from conv.state.legal import options
from tests.cases import in_turn
from tests.loops import Loops, close
from tests.pads import origin_of
from tests.views import (
    SCANNED,
    VIEWS,
    data_of,
    each_view,
    legal_view,
    scene_of,
    some_at_a_time,
    tensors,
)
from tests.written import check_live

GRADIENTS = [view for view in VIEWS if view.scene in {"dw", "dx"}]
some_views = some_at_a_time(GRADIENTS)
FIRST = {"dw": "dw_patches", "dx": "dx_scatter"}
SECOND = {"dw": "dw_correlate", "dx": "dx_rot180"}
CLOCKS = {"dw": ("output", "kernel"), "dx": ("output", "input")}
FIELD = {"dw": "n", "dx": "f"}


class Sums:
    """A view's gradient, window by window, for every item of dw or every filter of dx: each is a
    grid of the kernel's size or of the padded input's, beside one of its terms' magnitudes and one
    that counts them."""

    def __init__(self, view):
        self.view, self.loops, bundle = view, Loops(view), tensors(view)[0]
        filters, per_group = len(bundle.w) // view.groups, bundle.w.shape[1]
        group = view.c // per_group
        seeing = range(group * filters, (group + 1) * filters)
        self.choices = list(range(len(bundle.x)) if view.scene == "dw" else seeing)
        self.chosen = getattr(view, FIELD[view.scene])
        self.all = view.scan == "all" and len(self.choices) > 1
        self.x = bundle.x[:, view.c].tolist()
        self.w = bundle.w[:, view.c - group * per_group].tolist()
        self.g = bundle.grad_output.tolist()
        self.wanted = {places["output"] for places in self.loops.places()}
        self.after, self.top = {}, 0.0
        self.shares = {}
        for choice in self.choices:
            self.shares[choice] = self.share(choice)

    def size(self):
        kind = "kernel" if self.view.scene == "dw" else "input_pad"
        return self.loops.sizes()[kind]

    def grids(self):
        rows, columns = self.size()
        return [[[0.0] * columns for _ in range(rows)] for _ in range(3)]

    def share(self, choice):
        """What one item or filter gives in the end; what the view's has after the steps that are
        asked for goes into `after`, on top of the earlier ones', and its largest into `top`."""
        here, (total, size, count) = choice == self.chosen, self.grids()
        earlier = self.earlier() if here else None
        before = earlier[0].tolist() if here else None
        for i, j in self.loops.output_cells():
            for m, k in self.loops.kernel_cells():
                row, column = self.cell(i, j, m, k)
                term = self.term(choice, i, j, m, k)
                total[row][column] += term
                size[row][column] += abs(term)
                count[row][column] += 1
                if here:
                    self.top = max(self.top, abs(before[row][column] + total[row][column]))
            if here and (i, j) in self.wanted:
                self.after[i, j] = earlier + np.array([total, size, count])
        return np.array([total, size, count])

    def earlier(self):
        """What the parts of the scan before the view's have given, which is seen on dx beside the
        window."""
        grids = sum(self.shares.values() if self.all else [], np.array(self.grids()))
        if self.view.scene == "dx":
            self.top = np.abs(grids[0]).max()
        return grids

    def cell(self, i, j, m, k):
        """The cell of the gradient that a window and a kernel cell add to."""
        if self.view.scene == "dw":
            return m, k
        (sh, sw), (dh, dw) = self.view.stride, self.view.dilation
        return i * sh + m * dh, j * sw + k * dw

    def term(self, choice, i, j, m, k):
        if self.view.scene == "dx":
            return self.w[choice][m][k] * self.g[self.view.n][choice][i][j]
        (sh, sw), (ph, pw), (dh, dw) = (
            self.view.stride,
            origin_of(self.view.padding),
            self.view.dilation,
        )
        row, column = i * sh + m * dh - ph, j * sw + k * dw - pw
        inside = 0 <= row < self.loops.height and 0 <= column < self.loops.width
        number = self.g[choice][self.view.f][i][j]
        return self.x[choice][row][column] * number if inside else 0.0

    def scanned(self):
        return self.choices if self.all else [self.chosen]

    def is_last(self):
        return self.scanned()[-1] == self.chosen

    def of(self, choice):
        """An item's or a filter's share and its terms' magnitudes, without the padding."""
        return [self.inside(grid) for grid in self.shares[choice][:2]]

    def total(self):
        """The sum of the shares that are scanned, and of their terms' magnitudes."""
        return [sum(grids) for grids in zip(*map(self.of, self.scanned()), strict=True)]

    def inside(self, grid):
        if self.view.scene == "dw":
            return grid
        (ph, pw), (height, width) = origin_of(self.view.padding), self.loops.sizes()["input"]
        return grid[ph : ph + height, pw : pw + width]

    def is_read(self):
        """The cells that some window writes to."""
        return self.shares[self.chosen][2] > 0


@lru_cache(maxsize=4)
def sums(view):
    return Sums(view)


def moved(scene, name, places):
    return replace(scene.panel(name), places=places)


def finished(view, places):
    """The cells that the second method has finished up to a place."""
    space = CLOCKS[view.scene][1]
    size, last = Loops(view).sizes()[space], places[space]
    done = np.zeros(size, bool)
    for cell in np.ndindex(*size):
        done[cell] = True
        if cell == last:
            return done
    raise AssertionError(places)


@each_view
def test_every_partial_sum(view):
    scene, truth = scene_of(view), sums(view)
    whole, whole_size = truth.total()
    for places in truth.loops.places():
        first, second = (moved(scene, of[view.scene], places) for of in (FIRST, SECOND))
        total, size, count = truth.after[places["output"]]
        waits = truth.is_read() & (count == 0)
        check_filled(first, total, size, waits)
        check_filled(second, whole, whole_size, ~finished(view, places))


def check_filled(panel, total, size, waits):
    assert panel.size == total.shape
    np.testing.assert_array_equal(panel.waiting, waits)
    np.testing.assert_array_equal(np.isnan(panel.values), waits)
    close(panel.values[~waits], total[~waits], size[~waits])
    # The boxes of what waits, beside the panel's own.
    covered = np.zeros(panel.size, int)
    assert panel.hatched[: len(panel.hatches)] == panel.hatches
    for hatch in panel.hatched[len(panel.hatches) :]:
        assert hatch.kind == "waiting"
        covered[hatch.box.top : hatch.box.bottom, hatch.box.left : hatch.box.right] += 1
    np.testing.assert_array_equal(covered, waits)


@each_view
def test_nothing_waits_in_the_end_and_both_are_the_operator_s(view):
    scene, truth = scene_of(view), sums(view)
    last = truth.loops.last()
    expected, (_, size) = operator_of(truth), truth.total()
    values = moved(scene, SECOND[view.scene], last).values
    close(values, expected, size)
    first = moved(scene, FIRST[view.scene], last)
    assert not first.waiting.any()
    if truth.is_last():
        close(truth.inside(first.values), expected, size)
        gap = moved(scene, "difference", last)
        assert not gap.waiting.any()
        assert (np.abs(gap.values) <= 1e-12 * size).all()


def operator_of(truth):
    """The operator's gradient of the items or filters that are scanned."""
    view, bundle = truth.view, tensors(truth.view)[0]
    parameters, c = bundle.geometry.parameters, view.c % bundle.w.shape[1]
    if view.scene == "dw":
        n = truth.scanned()
        dw = conv2d_weight(bundle.x[n], bundle.w.shape, bundle.grad_output[n], **parameters)
        return dw[view.f, c]
    g = np.zeros_like(bundle.grad_output[view.n])
    g[truth.scanned()] = bundle.grad_output[view.n, truth.scanned()]
    return conv2d_input((1, *bundle.x.shape[1:]), bundle.w, g[None], **parameters)[0, view.c]


@each_view
def test_the_difference_is_that_of_the_numbers_shown(view):
    scene, truth = scene_of(view), sums(view)
    assert isinstance(scene.panel("difference").table, Gap)
    ph, pw = origin_of(view.padding) if view.scene == "dx" else (0, 0)
    for places in truth.loops.places():
        one, other, gap = (
            moved(scene, name, places).values
            for name in (FIRST[view.scene], SECOND[view.scene], "difference")
        )
        assert gap.shape == other.shape
        for row, column in np.ndindex(*gap.shape):
            number = one[row + ph, column + pw] - other[row, column]
            shown = gap[row, column]
            assert shown == number or (np.isnan(shown) and np.isnan(number))
        waits = moved(scene, "difference", places).waiting
        np.testing.assert_array_equal(waits, np.isnan(gap))


@each_view
def test_shares_add_up_to_the_cell_at_every_place(view):
    scene, truth = scene_of(view), sums(view)
    found = [item for item in scene.items() if isinstance(item, Bars)]
    assert len(found) == (len(truth.choices) > 1)
    for bars in found:
        field, space = FIELD[view.scene], CLOCKS[view.scene][1]
        assert (bars.name, bars.field) == ("shares", field)
        assert bars.labels == tuple(map(str, truth.choices))
        assert bars.labels[bars.chosen] == str(getattr(view, field))
        assert list(options(view, data_of(view.data).sizes, field)) == truth.choices
        for places in truth.loops.places():
            at, cell = replace(bars, places=places), places[space]
            own = [truth.of(choice) for choice in truth.choices]
            close(at.values, [total[cell] for total, _ in own], [size[cell] for _, size in own])
            whole = sum(size[cell] for _, size in own)
            (total,) = at.totals
            close(sum(at.values), total, whole)
            close(scene.panel(view.scene).values[cell], total, whole)
            item = scene.panel(f"{view.scene}_{'item' if field == 'n' else 'filter'}").values[cell]
            close(item, at.values[bars.chosen], own[bars.chosen][1][cell])


@each_view
def test_what_meets_in_a_share_is_shown_above_it(view):
    scene, truth, (bundle, _) = scene_of(view), sums(view), tensors(view)
    for bars in (item for item in scene.items() if isinstance(item, Bars)):
        met, numbers = bars.thumbnails
        for at, choice in enumerate(truth.choices):
            if view.scene == "dw":
                assert met.values[at].tolist() == truth.x[choice]
                assert numbers.values[at].tolist() == truth.g[choice][view.f]
            else:
                turned = [row[::-1] for row in truth.w[choice][::-1]]
                assert met.values[at].tolist() == turned
                assert numbers.values[at].tolist() == truth.g[view.n][choice]
        assert len(met.values) == len(numbers.values) == len(bars.labels)
        assert met.signed == (view.scene == "dx" or bool((bundle.x < 0).any()))
        assert numbers.signed


def met_in(loops):
    """How many numbers of top_diff meet in each input cell, for one filter."""
    (sh, sw), (ph, pw), (dh, dw) = (
        loops.view.stride,
        origin_of(loops.view.padding),
        loops.view.dilation,
    )
    found = np.zeros((loops.height, loops.width), int)
    for (i, j), (m, k) in product(loops.output_cells(), loops.kernel_cells()):
        row, column = i * sh + m * dh - ph, j * sw + k * dw - pw
        if 0 <= row < loops.height and 0 <= column < loops.width:
            found[row, column] += 1
    return found


@each_view
def test_clocks_tell_steps_and_multiplications(view):
    scene, truth = scene_of(view), sums(view)
    loops, scanned = truth.loops, truth.scanned()
    (left, right), _ = scene.bands
    assert scene.clocks == (left.clock.space, right.clock.space) == CLOCKS[view.scene]
    windows, cells = loops.output_cells(), len(loops.kernel_cells())
    steps = list(np.ndindex(*loops.sizes()[right.clock.space]))
    each = len(windows) if view.scene == "dw" else cells
    real = met_in(loops) if view.scene == "dx" else None
    keys = {"dw": ("patches", "correlate"), "dx": ("scatter", "rot180")}[view.scene]
    assert (left.clock.text.key, right.clock.text.key) == tuple(f"clock.{key}" for key in keys)
    for places in loops.places():
        step = scanned.index(truth.chosen) * len(windows) + windows.index(places["output"]) + 1
        check_live(left.clock.text, places, {"step": step, "done": step * cells})
        last = places[right.clock.space]
        step = steps.index(last) + 1
        expected = {"step": step, "done": step * each * len(scanned)}
        if real is not None:
            expected["real"] = sum(int(real[cell]) for cell in steps[:step]) * len(scanned)
        check_live(right.clock.text, places, expected)
    for clock, count, products in (
        (left.clock, len(windows) * len(scanned), cells),
        (right.clock, len(steps), each * len(scanned)),
    ):
        assert clock.text.values["count"] == count
        assert clock.text.values["total"] == count * products
    # Both methods end with all of their multiplications.
    ends = {
        name: clock.text.at(loops.last()).values
        for name, clock in (("left", left.clock), ("right", right.clock))
    }
    assert ends["right"]["done"] == str(ends["right"]["total"])
    assert (ends["left"]["done"] == str(ends["left"]["total"])) == truth.is_last()


@each_view
def test_a_scan_has_its_parts_and_its_switch(view):
    scene, truth = scene_of(view), sums(view)
    if truth.all:
        field, at = FIELD[view.scene], truth.choices.index(truth.chosen)
        found = scene.parts.field, scene.parts.choices, scene.parts.at
        assert found == (field, tuple(truth.choices), at)
    else:
        assert scene.parts is None
    if len(truth.choices) > 1:
        key = {"dw": "word.scan_items", "dx": "word.scan_filters"}[view.scene]
        assert scene.switch.key == key
        assert scene.switch.values == {"count": len(truth.choices)}
    else:
        assert scene.switch is None


@in_turn("other", [view for view in VIEWS if view not in GRADIENTS])
def test_other_scenes_have_one_clock_and_no_parts(other):
    scene = scene_of(other)
    sections = [section for band in scene.bands for section in band]
    assert scene.clocks == ("output",)
    assert scene.parts is scene.switch is None
    assert all(section.clock is None for section in sections)


@pytest.mark.parametrize("name", ["a filter between", "an item between"])
def test_a_part_goes_on_where_the_one_before_it_ends(name):
    data, asked = SCANNED[name]
    one = legal_view(data, scan="all", **asked)
    field, method, loops = FIELD[one.scene], FIRST[one.scene], Loops(one)
    there = replace(one, **{field: getattr(one, field) - 1})
    expected = moved(scene_of(there), method, loops.last()).values.copy()
    size, first = np.abs(expected), dict.fromkeys(loops.sizes(), (0, 0))
    step = loops.step_patches(0, 0) if one.scene == "dw" else loops.step_scatter(0, 0)
    for m, k in loops.kernel_cells():
        cell = (m, k) if one.scene == "dw" else (m * one.dilation[0], k * one.dilation[1])
        expected[cell] += step[m, k]
        size[cell] += abs(step[m, k])
    close(moved(scene_of(one), method, first).values, expected, size + np.abs(expected).max())


@each_view
def test_colours_reach_as_far_as_the_numbers_of_every_step(view):
    scene, truth = scene_of(view), sums(view)
    panels = [item for item in scene.items() if isinstance(item, Panel)]
    ends = {FIRST[view.scene]: truth.top, SECOND[view.scene]: np.abs(truth.total()[0]).max()}
    # A difference is seen in the size of what the methods have.
    ends["difference"] = max(ends.values())
    for panel in panels:
        low, high = color_range(panel)
        assert low == (-high if panel.signed else 0)
        if panel.name in ends:
            assert high == pytest.approx(ends[panel.name] or 1.0, rel=1e-9)
            assert isinstance(panel.table, Filling | Gap)
    for places in truth.loops.places():
        for panel in panels:
            if panel.name != "difference":
                low, high = color_range(panel)
                at = replace(panel, places=places)
                values = at.values[~at.waiting]
                assert (values >= low).all()
                assert (values <= high).all()
