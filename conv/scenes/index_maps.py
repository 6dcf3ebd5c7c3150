"""Which cells of a panel belong together: the index maps of both axes, as links.

Everything that a convolution links is a product of rows and columns, so each link is two lists
of spans, one for the rows and one for the columns.
"""

from __future__ import annotations

from collections.abc import Callable

from conv.ops.axis import Axis, Span, Spans
from conv.ops.geometry import Geometry
from conv.spot import Space

from .marks import Cells, Link, Role


def link(role: Role, geometry: Geometry, spans: Callable[[Axis], Spans]) -> Link:
    """The link that `spans` gives for the rows and for the columns of a geometry."""
    rows, columns = geometry.axes
    return Link(role, spans(rows), spans(columns))


def each(count: int) -> Spans:
    """For each of `count` cells, itself."""
    return tuple(Span(k, k + 1) for k in range(count))


def every(count: int, size: int) -> Spans:
    """For each of `count` cells, all of `size` cells."""
    return (Span(0, size),) * count


def cells(space: Space, rows: int, columns: int) -> Cells:
    """The cells of a panel that has those of `space`."""
    return Cells(space, tuple(range(rows)), tuple(range(columns)))
