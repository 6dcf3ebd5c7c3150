"""Which cells belong together: the index maps of a geometry, one axis at a time.

Everything that a convolution links is a product of rows and columns, so each map is two lists
of spans, one for the rows and one for the columns (Dumoulin and Visin, arXiv:1603.07285).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Literal

from conv.ops.geometry import Geometry
from conv.spot import Space

from .marks import Cells, Link, Role
from .tables import Span

Axis = Literal[0, 1]
Spans = tuple[Span, ...]
NOTHING = Span(0, 0)


@dataclass(frozen=True)
class AxisMap:
    """The spans of one axis of a geometry: 0 for the rows, 1 for the columns."""

    size: int
    padding: int
    kernel: int
    stride: int
    dilation: int
    extent: int
    output: int

    @classmethod
    def of(cls, geometry: Geometry, axis: Axis) -> AxisMap:
        """The map of one axis of `geometry`."""
        return cls(
            geometry.input_size[2 + axis],
            geometry.padding[axis],
            geometry.kernel[axis],
            geometry.stride[axis],
            geometry.dilation[axis],
            geometry.extent[axis],
            geometry.output_size[2 + axis],
        )

    @property
    def padded(self) -> int:
        """Cells of the padded input."""
        return self.size + 2 * self.padding

    def window(self) -> Spans:
        """For each output cell, the padded input under its window."""
        starts = (i * self.stride for i in range(self.output))
        return tuple(Span(start, start + self.extent, self.dilation) for start in starts)

    def window_on_input(self) -> Spans:
        """For each output cell, the input under its window, without the padding."""
        return tuple(self._on_input(span) for span in self.window())

    def view(self) -> Spans:
        """For each kernel cell, the padded input that it meets."""
        reach = (self.output - 1) * self.stride + 1
        starts = (m * self.dilation for m in range(self.kernel))
        return tuple(Span(start, start + reach, self.stride) for start in starts)

    def view_on_input(self) -> Spans:
        """For each kernel cell, the input that it meets, without the padding."""
        return tuple(self._on_input(span) for span in self.view())

    def outputs_fed(self) -> Spans:
        """For each cell of the padded input, the output cells whose windows hold it."""
        fed: list[list[int]] = [[] for _ in range(self.padded)]
        for i, m in product(range(self.output), range(self.kernel)):
            fed[self._met(i, m)].append(i)
        return tuple(map(_span, fed))

    def kernel_cells_met(self) -> Spans:
        """For each cell of the padded input, the kernel cells that it is multiplied by."""
        met: list[list[int]] = [[] for _ in range(self.padded)]
        for m, i in product(range(self.kernel), range(self.output)):
            met[self._met(i, m)].append(m)
        return tuple(map(_span, met))

    def input_cell(self) -> Spans:
        """For each cell of the padded input, the same cell of the input; none in the padding."""
        cells = range(-self.padding, self.size + self.padding)
        return tuple(Span(p, p + 1) if 0 <= p < self.size else NOTHING for p in cells)

    def unread(self) -> Spans:
        """The runs of rows of the padded input that no window reads: those left over, and those
        that a stride or a dilation goes past."""
        fed = self.outputs_fed()
        free = [p for p in range(self.padded) if fed[p] == NOTHING]
        runs: list[Span] = []
        for p in free:
            start = runs.pop().start if runs and runs[-1].stop == p else p
            runs.append(Span(start, p + 1))
        return tuple(runs)

    def unread_on_input(self) -> Spans:
        """The runs of rows of the input that no window reads."""
        cut = (self._on_input(span) for span in self.unread())
        return tuple(span for span in cut if span != NOTHING)

    def on_padded(self) -> Spans:
        """For each cell of the input, the same cell of the padded input."""
        return tuple(Span(p + self.padding, p + self.padding + 1) for p in range(self.size))

    def spread_cell(self) -> Spans:
        """For each output cell, where it stands among the stride's zeros."""
        return tuple(Span(i * self.stride, i * self.stride + 1) for i in range(self.output))

    def spread_cells(self) -> Spans:
        """For each kernel cell, all output cells among the stride's zeros."""
        return (Span(0, (self.output - 1) * self.stride + 1, self.stride),) * self.kernel

    def spread_fed(self) -> Spans:
        """For each cell of the padded input, the output cells that it feeds, among the zeros."""
        return tuple(
            NOTHING
            if fed == NOTHING
            else Span(
                fed.start * self.stride, (fed.stop - 1) * self.stride + 1, fed.step * self.stride
            )
            for fed in self.outputs_fed()
        )

    def full_window(self) -> Spans:
        """For each cell of the input, its window of the fully padded top_diff."""
        starts = range(self.padding, self.padding + self.size)
        return tuple(Span(start, start + self.extent, self.dilation) for start in starts)

    def full_cell(self) -> Spans:
        """For each output cell, where it stands in the fully padded top_diff."""
        places = (self.extent - 1 + i * self.stride for i in range(self.output))
        return tuple(Span(place, place + 1) for place in places)

    def of_input(self, padded: Spans) -> Spans:
        """What belongs to each cell of the input, by what belongs to the padded input's."""
        return padded[self.padding : self.padding + self.size]

    def _met(self, i: int, m: int) -> int:
        """The cell of the padded input that output cell `i` multiplies kernel cell `m` by."""
        return i * self.stride + m * self.dilation

    def _on_input(self, span: Span) -> Span:
        """What of a span of the padded input is no padding, counted from the input's first cell."""
        start, stop = span.start - self.padding, span.stop - self.padding
        start += _steps_in(start, span.step)
        stop -= _steps_in(self.size - stop, span.step)
        return Span(start, stop, span.step) if start < stop else NOTHING


def link(role: Role, geometry: Geometry, spans: Callable[[AxisMap], Spans]) -> Link:
    """The link that `spans` gives for the rows and for the columns of a geometry."""
    return Link(role, spans(AxisMap.of(geometry, 0)), spans(AxisMap.of(geometry, 1)))


def each(count: int) -> Spans:
    """For each of `count` cells, itself."""
    return tuple(Span(k, k + 1) for k in range(count))


def every(count: int, size: int) -> Spans:
    """For each of `count` cells, all of `size` cells."""
    return (Span(0, size),) * count


def cells(space: Space, rows: int, columns: int) -> Cells:
    """The cells of a panel that has those of `space`."""
    return Cells(space, tuple(range(rows)), tuple(range(columns)))


def _span(cells: list[int]) -> Span:
    """A list of cells at even distances."""
    if not cells:
        return NOTHING
    return Span(cells[0], cells[-1] + 1, cells[1] - cells[0] if len(cells) > 1 else 1)


def _steps_in(outside: int, step: int) -> int:
    """How far to go from `outside` (< 0 where it is out of the array) to the first cell inside,
    in steps."""
    return 0 if outside >= 0 else -(outside // step) * step
