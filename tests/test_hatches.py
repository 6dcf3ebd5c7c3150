"""Which cells of every panel are hatched, and what the legend says of them, against loops over
windows."""

from dataclasses import replace
from itertools import product

import numpy as np

from tests.loops import Loops
from tests.pads import origin_of
from tests.views import (
    VIEWS,
    any_views,
    each_view,
    panels_of,
    scene_of,
    some_at_a_time,
    tensors,
)
from tests.written import say

KINDS = ("padding", "leftover", "inserted", "cropped", "waiting")
PADDED = {"input_pad", "input_view"}
OF_INPUT_SIZE = {"dx", "dx_filter", "dx_rot180"}
AMONG_ZEROS = {"grad_output_all", "step_correlate"}


some_views = some_at_a_time([*VIEWS, *any_views(24)])


class Cells:
    """What the cells of a view are, by loops over every product."""

    def __init__(self, view):
        self.view, loops = view, Loops(view)
        self.sizes = loops.sizes()
        (self.sh, self.sw), (self.ph, self.pw), (self.dh, self.dw) = (
            view.stride,
            origin_of(view.padding),
            view.dilation,
        )
        self.reach = (view.kernel[0] - 1) * self.dh, (view.kernel[1] - 1) * self.dw
        self.outputs, self.kernel = loops.output_cells(), loops.kernel_cells()
        self.inputs = list(product(range(loops.height), range(loops.width)))

    def read(self):
        """The cells of the padded input that some window reads."""
        found = np.zeros(self.sizes["input_pad"], bool)
        for i, j in self.outputs:
            for m, k in self.kernel:
                found[i * self.sh + m * self.dh, j * self.sw + k * self.dw] = True
        return found

    def inner(self):
        """The cells of the padded input that are the input's."""
        found = np.zeros(self.sizes["input_pad"], bool)
        for p, q in self.inputs:
            found[p + self.ph, q + self.pw] = True
        return found

    def unread_input(self):
        """The cells of the input that no window reads."""
        read, found = self.read(), np.zeros(self.sizes["input"], bool)
        for p, q in self.inputs:
            found[p, q] = not read[p + self.ph, q + self.pw]
        return found

    def among_zeros(self, size, top, left):
        """Where the cells of top_diff stand from (top, left) on, and all between them."""
        real, within = np.zeros((2, *size), bool)
        places = [(top + i * self.sh, left + j * self.sw) for i, j in self.outputs]
        for place in places:
            real[place] = True
        (first, start), (last, end) = places[0], places[-1]
        within[first : last + 1, start : end + 1] = True
        return real, within

    def met_by_input(self, size):
        """What the windows of the input's cells cover in the padded top_diff, from the cell that
        meets the last cell of the kernel to the one that meets the first."""
        found = np.zeros(size, bool)
        for p, q in self.inputs:
            top, left = p + self.ph, q + self.pw
            found[top : top + self.reach[0] + 1, left : left + self.reach[1] + 1] = True
        return found

    def hatched(self, panel):
        """The cells of each kind on a panel; of the others, none."""
        name, size = panel.name, panel.size
        if name in PADDED:
            return {"padding": ~self.inner(), "leftover": ~self.read()}
        if name in OF_INPUT_SIZE or (name == "difference" and self.view.scene == "dx"):
            return {"leftover": self.unread_input()}
        if name == "dx_scatter":
            return {"cropped": ~self.inner(), "leftover": self.inner() & ~self.read()}
        if name in AMONG_ZEROS:
            real, within = self.among_zeros(size, 0, 0)
            assert within.all()
            return {"inserted": ~real}
        if name == "grad_output_pad":
            (real, within), met = self.among_zeros(size, *self.reach), self.met_by_input(size)
            return {
                "cropped": ~met,
                "inserted": met & within & ~real,
                "padding": met & ~within,
            }
        return {}


def counted(panel, kind):
    """How often each cell is hatched with a kind; the boxes are in the panel and not empty."""
    rows, columns = panel.size
    found = np.zeros((rows, columns), int)
    for box in (hatch.box for hatch in panel.hatches if hatch.kind == kind):
        assert 0 <= box.top < box.bottom <= rows, panel.name
        assert 0 <= box.left < box.right <= columns, panel.name
        found[box.top : box.bottom, box.left : box.right] += 1
    return found


@each_view
def test_hatches_are_on_their_cells(view):
    cells = Cells(view)
    for panel in panels_of(scene_of(view)).values():
        expected, total = cells.hatched(panel), np.zeros(panel.size, int)
        for kind in KINDS:
            found = counted(panel, kind)
            np.testing.assert_array_equal(
                found, expected.get(kind, np.zeros(panel.size, bool)), f"{panel.name} {kind}"
            )
            total += found
        assert {hatch.kind for hatch in panel.hatches} <= set(KINDS) - {"waiting"}
        # Of the padding, what no window reads is both.
        both = expected["padding"] & expected["leftover"] if panel.name in PADDED else False
        np.testing.assert_array_equal(total > 1, both & np.ones(panel.size, bool), panel.name)


@each_view
def test_the_legend_names_what_is_hatched_and_nothing_else(view):
    scene, cells = scene_of(view), Cells(view)
    last = {space: (rows - 1, columns - 1) for space, (rows, columns) in scene.sizes.items()}
    shown = {hatch.kind for panel in panels_of(scene).values() for hatch in panel.hatches}
    for panel in panels_of(scene).values():
        # What waits at one step or another waits at the first, and nothing does in the end.
        first = replace(panel, places=dict.fromkeys(scene.sizes, (0, 0)))
        shown |= {hatch.kind for hatch in first.hatched}
        if view.scan == "one":
            assert replace(panel, places=last).hatched == panel.hatches
    keys = {kind: text.key for kind, text in scene.legend}
    assert len(keys) == len(scene.legend)
    assert set(keys) == shown
    unread = bool(cells.unread_input().any())
    says = [text for _, text in scene.legend if "dx = 0 here" in say(text)]
    assert len(says) == unread
    if "leftover" in keys:
        assert keys.pop("leftover") == ("legend.leftover_dx" if unread else "legend.leftover")
    assert keys == {kind: f"legend.{kind}" for kind in keys}


@each_view
def test_dx_is_0_where_no_window_reads(view):
    unread, (_, results), scene = Cells(view).unread_input(), tensors(view), scene_of(view)
    for dx in (results.dx_gemm, results.dx_scatter, results.dx_rot180):
        assert not dx[view.n, view.c][unread].any()
    if view.scene != "dx":
        return
    (ph, pw), (rows, columns) = origin_of(view.padding), unread.shape
    for places in Loops(view).places(2):
        panels = {n: replace(panel, places=places) for n, panel in panels_of(scene).items()}
        scattered = panels["dx_scatter"].values[ph : ph + rows, pw : pw + columns]
        assert (scattered[unread] == 0).all()
        for name in ("dx", "dx_filter"):
            assert not panels[name].values[unread].any()
        for name in ("dx_rot180", "difference"):
            values, waiting = panels[name].values, panels[name].waiting
            assert not values[unread & ~waiting].any()
