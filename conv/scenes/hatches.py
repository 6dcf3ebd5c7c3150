"""Cells that are no data like others, hatched, and what the hatches mean."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from conv.ops.axis import Spans
from conv.ops.geometry import Geometry, Pads, Pair
from conv.spot import Places

from .marks import Box, Hatch, HatchKind
from .panel import Panel
from .scene import Section
from .tables import Mask
from .texts import Message, message


def input_hatches(geometry: Geometry) -> tuple[Hatch, ...]:
    """The padding's border and the cells that no window reads, on the padded input."""
    rows, columns = (axis.unread() for axis in geometry.axes)
    return border("padding", geometry) + _unread(rows, columns, geometry.padded_size)


def unread_on_padded(geometry: Geometry) -> tuple[Hatch, ...]:
    """The cells that no window reads, where they stand in the padded input, without its padding."""
    top, left = geometry.origin
    boxes = (hatch.box for hatch in unread_on_input(geometry))
    moved = (Box(b.top + top, b.bottom + top, b.left + left, b.right + left) for b in boxes)
    return hatches("leftover", *moved)


def unread_on_input(geometry: Geometry) -> tuple[Hatch, ...]:
    """The cells that no window reads, on the input without its padding."""
    rows, columns = (axis.unread_on_input() for axis in geometry.axes)
    _, _, height, width = geometry.input_size
    return _unread(rows, columns, (height, width))


def border(kind: HatchKind, geometry: Geometry) -> tuple[Hatch, ...]:
    """The padding round the input."""
    return frame(kind, geometry.padded_size, geometry.pads)


def frame(kind: HatchKind, size: Pair, pads: Pads) -> tuple[Hatch, ...]:
    """The outer rows and columns, so many on each side, of cells of `size`."""
    (height, width), ((top, below), (left, right)) = size, pads
    bottom = height - below
    return hatches(
        kind,
        Box(0, top, 0, width),
        Box(bottom, height, 0, width),
        Box(top, bottom, 0, left),
        Box(top, bottom, width - right, width),
    )


def hatches(kind: HatchKind, *boxes: Box) -> tuple[Hatch, ...]:
    """The boxes that are not empty, hatched."""
    return tuple(Hatch(kind, box) for box in boxes if not box.is_empty())


def inserted_hatches(real: Mask) -> tuple[Hatch, ...]:
    """The stride's zeros between the cells of top_diff."""
    rows, columns = np.flatnonzero(real.any(axis=1)), np.flatnonzero(real.any(axis=0))
    (top, bottom), (left, right) = ((int(k[0]), int(k[-1]) + 1) for k in (rows, columns))
    down = [Box(k, k + 1, left, right) for k in range(top, bottom) if k not in rows]
    across = [
        Box(row, row + 1, k, k + 1)
        for row in map(int, rows)
        for k in range(left, right)
        if k not in columns
    ]
    return hatches("inserted", *down, *across)


def _unread(rows: Spans, columns: Spans, size: Pair) -> tuple[Hatch, ...]:
    height, width = size
    across = [Box(span.start, span.stop, 0, width) for span in rows]
    # Beside the rows that are hatched as a whole: no cell is hatched twice.
    edges = [0, *(edge for span in rows for edge in span[:2]), height]
    down = [
        Box(top, bottom, span.start, span.stop)
        for top, bottom in zip(edges[::2], edges[1::2], strict=True)
        for span in columns
    ]
    return hatches("leftover", *across, *down)


def legend(
    bands: tuple[tuple[Section, ...], ...], geometry: Geometry
) -> tuple[tuple[HatchKind, Message], ...]:
    """What the hatches that these bands show mean."""
    rows = [row for band in bands for section in band for row in section.rows]
    panels = [item for row in rows for item in row if isinstance(item, Panel)]
    kinds = {hatch.kind for one in panels for hatch in one.hatches}
    first: Places = defaultdict(lambda: (0, 0))
    if any(one.table.waiting(first).any() for one in panels):
        kinds.add("waiting")
    # Rows left over may all lie in the padding, of which there is no dx.
    unread = "legend.leftover_dx" if unread_on_input(geometry) else "legend.leftover"
    keys: dict[HatchKind, str] = {
        "padding": "legend.padding",
        "leftover": unread,
        "inserted": "legend.inserted",
        "cropped": "legend.cropped",
        "stretched": "legend.stretched",
        "waiting": "legend.waiting",
    }
    return tuple((kind, message(key)) for kind, key in keys.items() if kind in kinds)
