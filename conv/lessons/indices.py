"""Indices as code writes them, in the numbers of one geometry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from conv.ops.geometry import Geometry, Pair
from conv.results import Bundle
from conv.state.view import View


@dataclass(frozen=True)
class Followed:
    """What code is written for: the cells of a view that it follows, in a layer of one group.

    Of a layer with groups, that is the group of the view's filter: its filters and channels are a
    layer of their own, in which `f` and `c` count from its first ones.
    """

    view: View
    geometry: Geometry
    first_filter: int
    first_channel: int

    @classmethod
    def of(cls, view: View, bundle: Bundle) -> Followed:
        """The cells of `view` in its tensors."""
        whole = bundle.geometry
        items, _, height, width = whole.input_size
        filters = whole.filters_of(view.c)
        channels = whole.channels_of(view.f)
        one = Geometry(
            (items, channels.stop - channels.start, height, width),
            (filters.stop - filters.start, *whole.weight_size[1:]),
            stride=whole.stride,
            padding=whole.padding,
            dilation=whole.dilation,
        )
        return cls(view, one, filters.start, channels.start)

    @property
    def n(self) -> int:
        """The batch item."""
        return self.view.n

    @property
    def c(self) -> int:
        """The input channel, in the group."""
        return self.view.c - self.first_channel

    @property
    def f(self) -> int:
        """The filter, in the group."""
        return self.view.f - self.first_filter

    @property
    def at(self) -> Pair:
        """The output cell (i, j)."""
        return self.view.i, self.view.j

    @cached_property
    def groups(self) -> str:
        """Code that leaves the followed group of a layer with groups; "" for a layer without."""
        if self.view.groups == 1:
            return ""
        filters, channels = self.geometry.weight_size[:2]
        fs = f"{self.first_filter}:{self.first_filter + filters}"
        cs = f"{self.first_channel}:{self.first_channel + channels}"
        return f"x, w, b = x[:, {cs}], w[{fs}], b[{fs}]\ngrad_output = grad_output[:, {fs}]\n"

    @property
    def pad(self) -> str:
        """The call that pads x."""
        rows, columns = self.geometry.pads
        return f"np.pad(x, ((0, 0), (0, 0), {rows}, {columns}))"

    def window(self, i: str | int = "i", j: str | int = "j") -> str:
        """The rows and columns of the padded input under the window (i, j)."""
        rows, columns = self.geometry.axes
        down = span(i, rows.stride, rows.extent, rows.dilation)
        return f"{down}, {span(j, columns.stride, columns.extent, columns.dilation)}"

    def shifted(self, m: str | int = "m", k: str | int = "k") -> str:
        """The rows and columns of the padded input that the kernel cell (m, k) meets."""
        rows, columns = self.geometry.axes
        down = span(m, rows.dilation, rows.upsampled, rows.stride)
        return f"{down}, {span(k, columns.dilation, columns.upsampled, columns.stride)}"

    def full(self, p: str | int = "p", q: str | int = "q") -> str:
        """The rows and columns of the padded top_diff that the input cell (p, q) is made of."""
        rows, columns = self.geometry.axes
        down = span(p, 1, rows.extent, rows.dilation, rows.before)
        return f"{down}, {span(q, 1, columns.extent, columns.dilation, columns.before)}"

    @property
    def crop(self) -> str:
        """The rows and columns of the padded input that are the input's."""
        rows, columns = (axis.inner for axis in self.geometry.axes)
        return f"{rows.start}:{rows.stop}, {columns.start}:{columns.stop}"

    def corner(self, place: Pair, size: Pair) -> str:
        """Three rows and columns round `place`, as far as there are so many."""
        return ", ".join(_around(at, count) for at, count in zip(place, size, strict=True))


def span(first: str | int, by: int, extent: int, step: int = 1, offset: int = 0) -> str:
    """The slice of `extent` cells from `by` times `first` on, every `step`-th of them.

    >>> span("i", 2, 3), span(6, 2, 3), span("m", 1, 5, 2, 1)
    ('2*i:2*i+3', '12:15', 'm+1:m+6:2')
    """
    every = f":{step}" if step > 1 and extent > 1 else ""
    if isinstance(first, int):
        start = first * by + offset
        return f"{start}:{start + extent}{every}"
    start_text = f"{by}*{first}" if by > 1 else first
    begins = f"{start_text}+{offset}" if offset else start_text
    return f"{begins}:{start_text}+{offset + extent}{every}"


def _around(at: int, count: int) -> str:
    start = max(0, min(at - 1, count - 3))
    return f"{start}:{min(start + 3, count)}"
