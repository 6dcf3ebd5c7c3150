"""One axis of a convolution: which cells meet along the rows, or along the columns.

A convolution meets rows and columns alike and apart, so all of its index maps are those of two
axes. Output cell i multiplies kernel cell m by cell i * stride + m * dilation of the padded input;
everything here follows from that. All numbers count cells, from 0.

Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
arXiv:1603.07285, sections 2 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Index = TypeVar("Index", int, Ints)


class Span(NamedTuple):
    """Rows or columns from `start` to before `stop`, every `step`-th of them."""

    start: int
    stop: int
    step: int = 1

    def slice(self) -> slice:
        """The same as a slice."""
        return slice(*self)

    def holds(self, cells: Ints) -> NDArray[np.bool_]:
        """Which of these rows or columns are in it."""
        steps, beside = np.divmod(cells - self.start, self.step)
        found: NDArray[np.bool_] = (beside == 0) & (steps >= 0) & (cells < self.stop)
        return found


Spans = tuple[Span, ...]
NOTHING = Span(0, 0)


@dataclass(frozen=True)
class Axis:
    """The rows or the columns of a convolution: of the input, of the kernel and of the output.

    `size` cells of the input, with `before` zeros before them and `after` zeros behind, and
    `kernel` cells, `dilation` apart, which move by `stride`. The numbers are taken as checked: the
    kernel fits into the padded input, and none is negative.

    The padded input holds the input and its zeros. The full grad_output is what dx is correlated
    from: the output's cells with stride - 1 zeros between them, what is left over behind, and
    K - 1 zeros on both sides.

    >>> axis = Axis(size=5, kernel=3, stride=2, before=1)
    >>> axis.padded, axis.output, axis.leftover
    (6, 2, 1)
    >>> axis.windows()
    (Span(start=0, stop=3, step=1), Span(start=2, stop=5, step=1))
    >>> axis.windows_on_input()
    (Span(start=0, stop=2, step=1), Span(start=1, stop=4, step=1))
    """

    size: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0

    # Sizes.

    @property
    def extent(self) -> int:
        """K = dilation * (kernel - 1) + 1, the cells that the kernel covers."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padded(self) -> int:
        """size + before + after, the cells of the padded input."""
        return self.size + self.before + self.after

    @property
    def output(self) -> int:
        """(padded - K) // stride + 1, the cells of the output."""
        return (self.padded - self.extent) // self.stride + 1

    @property
    def leftover(self) -> int:
        """r = (padded - K) mod stride, the last cells of the padded input, which no window
        reaches."""
        return (self.padded - self.extent) % self.stride

    @property
    def upsampled(self) -> int:
        """The output's cells with stride - 1 zeros between them."""
        return (self.output - 1) * self.stride + 1

    @property
    def full(self) -> int:
        """The cells of the full grad_output: a window of K cells for each of the padded input."""
        return self.padded + self.extent - 1

    @property
    def full_border(self) -> tuple[int, int]:
        """The zeros before and behind the upsampled output in the full grad_output."""
        return self.extent - 1, self.extent - 1 + self.leftover

    @property
    def full_before(self) -> int:
        """The zeros before the first output cell that the window of the input's first cell begins
        with; where it is negative, that many cells of the upsampled output lie before it."""
        return self.extent - 1 - self.before

    @property
    def inner(self) -> Span:
        """The input's cells in the padded input: what is left when the padding is cropped."""
        return Span(self.before, self.before + self.size)

    @property
    def fits(self) -> bool:
        """Whether the kernel fits into the padded input, as all the rest takes for granted."""
        return self.extent <= self.padded

    # One product.

    def met(self, output: Index, kernel: Index | int) -> Index:
        """The cells of the padded input that output cells multiply kernel cells by."""
        return output * self.stride + kernel * self.dilation

    def kernel_cell(self, output: Index, padded: Index | int) -> Index:
        """The kernel cells that output cells lay on cells of the padded input which they meet."""
        return (padded - output * self.stride) // self.dilation

    def padded_cell(self, cell: Index) -> Index:
        """The cells of the padded input that cells of the input are."""
        return cell + self.before

    def input_cell(self, padded: Index) -> Index:
        """The cells of the input that cells of the padded input are, below 0 or from `size` on in
        the padding."""
        return padded - self.before

    # By output cell.

    def window(self, output: int) -> Span:
        """The padded input under the window of an output cell."""
        start = output * self.stride
        return Span(start, start + self.extent, self.dilation)

    def windows(self) -> Spans:
        """For each output cell, the padded input under its window."""
        return tuple(map(self.window, range(self.output)))

    def windows_on_input(self) -> Spans:
        """For each output cell, the input under its window, without the padding."""
        return tuple(map(self._on_input, self.windows()))

    def spread_cells(self) -> Spans:
        """For each output cell, where it stands among the stride's zeros."""
        return tuple(_one(i * self.stride) for i in range(self.output))

    def full_cells(self) -> Spans:
        """For each output cell, where it stands in the full grad_output."""
        return tuple(_one(self.extent - 1 + i * self.stride) for i in range(self.output))

    # By kernel cell.

    def view(self, kernel: int, first: int = 0, end: int | None = None) -> Span:
        """The padded input that a kernel cell meets, in all output cells or in those from `first`
        to before `end`."""
        last = (self.output if end is None else end) - 1
        start = kernel * self.dilation
        return Span(start + first * self.stride, start + last * self.stride + 1, self.stride)

    def views(self) -> Spans:
        """For each kernel cell, the padded input that it meets."""
        return tuple(map(self.view, range(self.kernel)))

    def views_on_input(self) -> Spans:
        """For each kernel cell, the input that it meets, without the padding."""
        return tuple(map(self._on_input, self.views()))

    def spread_views(self) -> Spans:
        """For each kernel cell, all output cells among the stride's zeros."""
        return (Span(0, self.upsampled, self.stride),) * self.kernel

    # By cell of the padded input.

    def outputs_fed(self) -> Spans:
        """For each cell of the padded input, the output cells whose windows hold it."""
        fed: list[list[int]] = [[] for _ in range(self.padded)]
        for i, m in product(range(self.output), range(self.kernel)):
            fed[self.met(i, m)].append(i)
        return tuple(map(_span, fed))

    def outputs_of(self, padded: int) -> Ints:
        """The output cells whose windows hold a cell of the padded input, as an array."""
        return np.arange(*self.outputs_fed()[padded])

    def kernel_cells_met(self) -> Spans:
        """For each cell of the padded input, the kernel cells that it is multiplied by."""
        met: list[list[int]] = [[] for _ in range(self.padded)]
        for m, i in product(range(self.kernel), range(self.output)):
            met[self.met(i, m)].append(m)
        return tuple(map(_span, met))

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

    def full_window(self, padded: int) -> Span:
        """The full grad_output that a cell of the padded input's gradient is made of."""
        return Span(padded, padded + self.extent, self.dilation)

    def input_places(self) -> tuple[int, ...]:
        """For each cell of the padded input, which of the input's it is; -1 in the padding."""
        return (-1,) * self.before + tuple(range(self.size)) + (-1,) * self.after

    def input_cells(self) -> Spans:
        """For each cell of the padded input, the same cell of the input; none in the padding."""
        return tuple(NOTHING if p < 0 else _one(p) for p in self.input_places())

    def unread(self) -> Spans:
        """The runs of cells of the padded input that no window reads: those left over, and those
        that a stride or a dilation goes past."""
        fed = self.outputs_fed()
        free = [p for p in range(self.padded) if fed[p] == NOTHING]
        runs: list[Span] = []
        for p in free:
            start = runs.pop().start if runs and runs[-1].stop == p else p
            runs.append(Span(start, p + 1))
        return tuple(runs)

    # By cell of the input.

    def unread_on_input(self) -> Spans:
        """The runs of cells of the input that no window reads."""
        return tuple(cut for cut in map(self._on_input, self.unread()) if cut != NOTHING)

    def on_padded(self) -> Spans:
        """For each cell of the input, the same cell of the padded input."""
        return tuple(map(_one, range(*self.inner)))

    def full_windows(self) -> Spans:
        """For each cell of the input, its window of the full grad_output."""
        return tuple(map(self.full_window, range(*self.inner)))

    def of_input(self, padded: Spans) -> Spans:
        """What belongs to each cell of the input, by what belongs to the padded input's."""
        return padded[self.inner.slice()]

    def _on_input(self, span: Span) -> Span:
        """What of a span of the padded input is no padding, counted from the input's first cell."""
        start, stop = self.input_cell(span.start), self.input_cell(span.stop)
        start += _steps_in(start, span.step)
        stop -= _steps_in(self.size - stop, span.step)
        return Span(start, stop, span.step) if start < stop else NOTHING


def _one(cell: int) -> Span:
    return Span(cell, cell + 1)


def _span(cells: list[int]) -> Span:
    """A list of cells at even distances."""
    if not cells:
        return NOTHING
    return Span(cells[0], cells[-1] + 1, cells[1] - cells[0] if len(cells) > 1 else 1)


def _steps_in(outside: int, step: int) -> int:
    """How far to go from `outside` (< 0 where it is out of the array) to the first cell inside,
    in steps."""
    return 0 if outside >= 0 else -(outside // step) * step
