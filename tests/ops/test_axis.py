"""One axis of a convolution: every index map, against loops over every product."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
import pytest

from conv import Geometry
from conv.ops.axis import Axis, Span

from ..cases import each_of
from .grid import AXES, UNEVEN_AXES

PLAIN = [(*axis[:3], (axis[3], axis[3]), axis[4]) for axis in AXES[::7]]
CASES = [*PLAIN, *UNEVEN_AXES[::3]]


@dataclass(frozen=True)
class Loops:
    """What belongs together on an axis, by its cells one after the other."""

    size: int
    kernel: int
    stride: int
    pads: tuple[int, int]
    dilation: int

    @cached_property
    def products(self):
        """Output cell, kernel cell and cell of the padded input of every product."""
        padded, found, i = (
            ["before"] * self.pads[0] + ["x"] * self.size + ["after"] * self.pads[1],
            [],
            0,
        )
        while i * self.stride + (self.kernel - 1) * self.dilation < len(padded):
            found += [(i, m, i * self.stride + m * self.dilation) for m in range(self.kernel)]
            i += 1
        return found

    @property
    def padded(self):
        return list(range(sum(self.pads) + self.size))

    @property
    def on_padded(self):
        return [self.pads[0] + p for p in range(self.size)]

    def met(self, by, of):
        """What each cell of one kind meets of another; 0 outputs, 1 the kernel, 2 padded input."""
        count = {0: self.outputs, 1: self.kernel, 2: len(self.padded)}[by]
        return [sorted({p[of] for p in self.products if p[by] == cell}) for cell in range(count)]

    @property
    def outputs(self):
        return self.products[-1][0] + 1

    def on_input(self, rows):
        place = {padded: p for p, padded in enumerate(self.on_padded)}
        return [[place[cell] for cell in row if cell in place] for row in rows]

    def spread(self, rows):
        return [[cell * self.stride for cell in row] for row in rows]


def cells(spans):
    """The cells of spans, whose last one ends the span."""
    for span in spans:
        assert span == (0, 0, 1) or 0 <= span.start < span.stop
        assert (span.stop - 1 - span.start) % span.step == 0
    return [list(range(*span)) for span in spans]


@pytest.fixture(scope="module", params=[CASES[start::8] for start in range(8)], ids=range(8))
def some_axes(request):
    return [(Axis(s, k, t, d, *p), Loops(s, k, t, p, d)) for s, k, t, p, d in request.param]


each_axis = each_of("some_axes", "pair")


@each_axis
def test_sizes(pair):
    axis, loops = pair
    read = {cell for _, _, cell in loops.products}
    assert axis.padded == len(loops.padded)
    assert axis.output == loops.outputs
    assert axis.extent == max(loops.met(0, 2)[0]) + 1
    assert axis.leftover == len(loops.padded) - 1 - max(read)
    assert axis.upsampled == (loops.outputs - 1) * loops.stride + 1
    assert list(range(*axis.inner)) == loops.on_padded
    assert [axis.padded_cell(p) for p in range(axis.size)] == loops.on_padded
    assert [axis.input_cell(r) for r in loops.on_padded] == list(range(axis.size))


@each_axis
def test_what_an_output_cell_meets(pair):
    axis, loops = pair
    assert cells(axis.windows()) == loops.met(0, 2)
    assert cells(axis.windows_on_input()) == loops.on_input(loops.met(0, 2))
    assert cells(axis.spread_cells()) == loops.spread([[i] for i in range(loops.outputs)])
    for i, m, p in loops.products:
        assert axis.met(i, m) == p
        assert axis.kernel_cell(i, p) == m
    i, m, p = np.array(loops.products).T
    assert axis.met(i, m).tolist() == p.tolist()


@each_axis
def test_what_a_kernel_cell_meets(pair):
    axis, loops = pair
    assert cells(axis.views()) == loops.met(1, 2)
    assert cells(axis.views_on_input()) == loops.on_input(loops.met(1, 2))
    assert cells(axis.spread_views()) == loops.spread(loops.met(1, 0))
    for m, first in np.ndindex(loops.kernel, loops.outputs):
        some = loops.met(1, 2)[m][first : first + 2]
        assert cells([axis.view(m, first, first + len(some))]) == [some]


@each_axis
def test_what_a_cell_of_the_input_meets(pair):
    axis, loops = pair
    fed = loops.met(2, 0)
    assert cells(axis.outputs_fed()) == fed
    assert [axis.outputs_of(p).tolist() for p in loops.padded] == fed
    assert cells(axis.kernel_cells_met()) == loops.met(2, 1)
    assert cells(axis.spread_fed()) == loops.spread(fed)
    assert cells(axis.of_input(axis.outputs_fed())) == [fed[p] for p in loops.on_padded]
    own = loops.on_input([[p] for p in loops.padded])
    assert cells(axis.input_cells()) == own
    assert [[p] if p >= 0 else [] for p in axis.input_places()] == own
    assert cells(axis.on_padded()) == [[p] for p in loops.on_padded]


@each_axis
def test_what_no_window_reads(pair):
    axis, loops = pair
    unread = [p for p, fed in enumerate(loops.met(2, 0)) if not fed]
    runs = axis.unread()
    assert list(chain(*cells(runs))) == unread
    assert all(one.stop < two.start for one, two in pairwise(runs))
    own = [p for p, padded in enumerate(loops.on_padded) if padded in unread]
    assert list(chain(*cells(axis.unread_on_input()))) == own


@each_axis
def test_the_full_grad_output(pair):
    """Correlated with the kernel backwards, it gives each cell of dx_pad its products."""
    axis, loops = pair
    before, behind = axis.full_border
    assert axis.full == before + axis.upsampled + behind
    stands = {place: i for i, (place,) in enumerate(cells(axis.full_cells()))}
    windows = cells([axis.full_window(p) for p in loops.padded])
    assert windows[-1][-1] == axis.full - 1
    for p, window in enumerate(windows):
        met = [
            (stands[cell], loops.kernel - 1 - at, p)
            for at, cell in enumerate(window)
            if cell in stands
        ]
        assert sorted(met) == [one for one in loops.products if one[2] == p]
    assert cells(axis.full_windows()) == [windows[p] for p in loops.on_padded]
    assert axis.full_before == before - windows[loops.pads[0]][0]


def test_a_span_holds_its_cells_and_no_others():
    for span in (Span(2, 9, 3), Span(0, 4), Span(-3, 2, 2), Span(0, 0)):
        found = span.holds(np.arange(-6, 12))
        assert np.flatnonzero(found).tolist() == [6 + cell for cell in range(*span)]


def test_a_geometry_has_two():
    geometry = Geometry(
        (1, 1, 5, 7), (1, 1, 2, 3), stride=(2, 1), padding=(0, 1, 2, 3), dilation=(1, 2)
    )
    assert geometry.axes == (Axis(5, 2, 2, 1, 0, 1), Axis(7, 3, 1, 2, 2, 3))
    assert geometry.padding == (0, 1, 2, 3)
    assert geometry.pads == ((0, 1), (2, 3))
    assert geometry.origin == (0, 2)


def test_a_padding_is_two_numbers_where_two_say_it():
    for padding in (1, (1, 1), [1, 1, 1, 1], ((1, 1), [1, 1])):
        assert Geometry((1, 1, 3, 3), (1, 1, 1, 1), padding=padding).padding == (1, 1)
    for sides in ((1, 1, 0, 2), (0, 2, 1, 1), (1, 0, 1, 0)):
        assert Geometry((1, 1, 3, 3), (1, 1, 1, 1), padding=sides).padding == sides
    geometry = Geometry((1, 1, 3, 3), (1, 1, 1, 1), padding=((2, 2), (0, 0)))
    assert geometry.padding == (2, 0)
    assert geometry == Geometry((1, 1, 3, 3), (1, 1, 1, 1), **geometry.parameters)
