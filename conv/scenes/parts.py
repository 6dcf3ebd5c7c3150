"""What several scenes show alike: the panels of the tensors, the windows on them, the letters."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conv.bundle import Bundle, Lesson, Results
from conv.lessons import Walked
from conv.ops.geometry import Geometry, Pair
from conv.ops.textbook import Array, pad, rot180
from conv.view import STEPS, View

from .links import AxisMap, Spans, cells, each, every, link
from .scene import (
    Along,
    Box,
    Cells,
    Filling,
    Gap,
    Hatch,
    HatchKind,
    Link,
    Mask,
    Message,
    Number,
    Panel,
    Places,
    Role,
    Section,
    Space,
    Span,
    Table,
    message,
)

_LETTERS = string.ascii_letters


@dataclass(frozen=True)
class Spot:
    """A view's place in a bundle: the arrays of its item, channel, filter and window; its
    training and its section of the notebook, where a scene shows them."""

    view: View
    bundle: Bundle
    results: Results
    lesson: Lesson | None = None
    walked: Walked | None = None

    @property
    def geometry(self) -> Geometry:
        """The bundle's geometry."""
        return self.bundle.geometry

    @property
    def kernel_channel(self) -> int:
        """Where the input channel stands in the filter's weight, which has its group's alone."""
        return self.view.c % self.geometry.weight_size[1]

    @property
    def sizes(self) -> dict[Space, Pair]:
        """The rows and columns of each space of a scene."""
        geometry = self.geometry
        return {
            "output": geometry.output_size[2:],
            "kernel": geometry.kernel,
            "input": geometry.input_size[2:],
            "input_pad": geometry.padded_size,
            "share": (1, geometry.weight_size[1]),
            "training": (1, len(STEPS)),
        }

    @property
    def places(self) -> Places:
        """Where a scene of this view is at: its window, its cells and its training step."""
        view, (ph, pw) = self.view, self.geometry.padding
        return {
            "output": (view.i, view.j),
            "kernel": (view.m, view.k),
            "input": (view.p, view.q),
            "input_pad": (view.p + ph, view.q + pw),
            "share": (0, self.kernel_channel),
            "training": (0, view.t),
        }

    @property
    def x(self) -> Array:
        """x[n, c] (H, W)."""
        x: Array = self.bundle.x[self.view.n, self.view.c]
        return x

    @cached_property
    def x_pad(self) -> Array:
        """x[n, c] with its padding (HP, WP)."""
        return pad(self.x, self.geometry.padding)

    @cached_property
    def patches(self) -> Array:
        """The padded input under every window (OH, OW, KH, KW)."""
        return windows(self.x_pad, self.geometry)

    @property
    def kernel(self) -> Array:
        """The kernel w[f, c] (KH, KW)."""
        kernel: Array = self.bundle.w[self.view.f, self.kernel_channel]
        return kernel

    @property
    def out(self) -> Array:
        """The output out[n, f] (OH, OW)."""
        out: Array = self.results.out[self.view.n, self.view.f]
        return out

    @property
    def grad_output(self) -> Array:
        """grad_output[n, f] (OH, OW)."""
        grad_output: Array = self.bundle.grad_output[self.view.n, self.view.f]
        return grad_output

    @property
    def input_is_signed(self) -> bool:
        """Whether the data set's input has numbers below 0."""
        return bool((self.bundle.x < 0).any())


def windows(x_pad: Array, geometry: Geometry) -> Array:
    """The windows of a padded input (..., HP, WP), which are views of it (..., OH, OW, KH, KW)."""
    (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
    every_window = sliding_window_view(x_pad, geometry.extent, axis=(-2, -1))
    return every_window[..., ::sh, ::sw, ::dh, ::dw]


def letters(kernel: Pair) -> tuple[tuple[str, ...], ...]:
    """A letter for every cell of a kernel, row by row."""
    rows, columns = kernel
    return tuple(tuple(_LETTERS[r * columns + c] for c in range(columns)) for r in range(rows))


def row(space: Space, count: int) -> Along:
    """The place's row, in a text."""
    return Along(space, 0, tuple(range(count)))


def column(space: Space, count: int) -> Along:
    """The place's column, in a text."""
    return Along(space, 1, tuple(range(count)))


def at_output(spot: Spot) -> dict[str, Along]:
    """The output cell as `i` and `j`, in a text."""
    rows, columns = spot.grad_output.shape
    return {"i": row("output", rows), "j": column("output", columns)}


@dataclass(frozen=True)
class Ground:
    """What the cells of a panel are, and which of them belong to a place of each space."""

    cells: Cells
    links: Mapping[Space, tuple[Link, ...]]


def padded_input_ground(geometry: Geometry) -> Ground:
    """For panels of the padded input's size."""
    rows, columns = geometry.padded_size
    return Ground(
        cells("input_pad", rows, columns),
        {
            "output": (link("window", geometry, AxisMap.window),),
            "kernel": (link("window", geometry, AxisMap.view),),
            "input_pad": (link("window", geometry, lambda axis: each(axis.padded)),),
        },
    )


def input_ground(geometry: Geometry, space: Space = "input") -> Ground:
    """For panels of the input's size, whose cells are places of "input" or of "input_pad"."""
    _, _, rows, columns = geometry.input_size
    ph, pw = geometry.padding if space == "input_pad" else (0, 0)
    return Ground(
        Cells(space, tuple(range(ph, ph + rows)), tuple(range(pw, pw + columns))),
        {
            "output": (link("window", geometry, AxisMap.window_on_input),),
            "kernel": (link("window", geometry, AxisMap.view_on_input),),
            "input_pad": (link("window", geometry, AxisMap.input_cell),),
            "input": (link("output", geometry, lambda axis: each(axis.size)),),
        },
    )


def output_ground(geometry: Geometry, role: Role) -> Ground:
    """For panels of the output's size, outlined as `role`."""
    _, _, rows, columns = geometry.output_size
    return Ground(
        cells("output", rows, columns),
        {
            "output": (link(role, geometry, lambda axis: each(axis.output)),),
            "kernel": (link(role, geometry, lambda axis: every(axis.kernel, axis.output)),),
            "input_pad": (link(role, geometry, AxisMap.outputs_fed),),
            "input": (link(role, geometry, lambda axis: axis.of_input(axis.outputs_fed())),),
        },
    )


def kernel_ground(geometry: Geometry, *, framed: bool = False) -> Ground:
    """For panels of the kernel's size; the whole kernel belongs to an output cell if `framed`."""

    def met_on_input(axis: AxisMap) -> Spans:
        return axis.of_input(axis.kernel_cells_met())

    frame: dict[Space, tuple[Link, ...]] = {"output": (_whole("kernel", geometry),)}
    return Ground(
        cells("kernel", *geometry.kernel),
        {
            **(frame if framed else {}),
            "kernel": (link("kernel", geometry, lambda axis: each(axis.kernel)),),
            "input_pad": (link("kernel", geometry, AxisMap.kernel_cells_met),),
            "input": (link("kernel", geometry, met_on_input),),
        },
    )


def patch_ground(geometry: Geometry) -> Ground:
    """For the patch, whose cells are those of the kernel that lies on it."""
    return Ground(
        cells("kernel", *geometry.kernel),
        {
            "output": (_whole("window", geometry),),
            "kernel": (link("window", geometry, lambda axis: each(axis.kernel)),),
        },
    )


def rot180_ground(geometry: Geometry, *, framed: bool = False) -> Ground:
    """For panels of the rotated kernel's size: each cell is that of its twin in the kernel."""
    kernel = kernel_ground(geometry, framed=framed)
    rows, columns = kernel.cells.rows, kernel.cells.columns
    links = {
        space: tuple(_rotated(one, geometry.kernel) for one in linked)
        for space, linked in kernel.links.items()
    }
    return Ground(Cells("kernel", rows[::-1], columns[::-1]), links)


def _whole(role: Role, geometry: Geometry) -> Link:
    return link(role, geometry, lambda axis: every(axis.output, axis.kernel))


def _rotated(one: Link, kernel: Pair) -> Link:
    """The link's cells where a rotation by 180 degrees puts them."""

    def turned(spans: Spans, size: int) -> Spans:
        return tuple(Span(size - stop, size - start, step) for start, stop, step in spans)

    return Link(one.role, turned(one.rows, kernel[0]), turned(one.columns, kernel[1]))


def input_hatches(spot: Spot) -> tuple[Hatch, ...]:
    """The padding's border and the cells that no window reads, on the padded input."""
    rows, columns = (AxisMap.of(spot.geometry, axis).unread() for axis in (0, 1))
    return border("padding", spot.geometry) + _unread(rows, columns, spot.geometry.padded_size)


def unread_on_padded(spot: Spot) -> tuple[Hatch, ...]:
    """The cells that no window reads, where they stand in the padded input, without its padding."""
    ph, pw = spot.geometry.padding
    boxes = (hatch.box for hatch in unread_on_input(spot))
    moved = (Box(b.top + ph, b.bottom + ph, b.left + pw, b.right + pw) for b in boxes)
    return hatches("leftover", *moved)


def unread_on_input(spot: Spot) -> tuple[Hatch, ...]:
    """The cells that no window reads, on the input without its padding."""
    rows, columns = (AxisMap.of(spot.geometry, axis).unread_on_input() for axis in (0, 1))
    height, width = spot.x.shape
    return _unread(rows, columns, (height, width))


def border(kind: HatchKind, geometry: Geometry) -> tuple[Hatch, ...]:
    """The padding round the input."""
    return frame(kind, geometry.padded_size, geometry.padding)


def frame(kind: HatchKind, size: Pair, width: Pair) -> tuple[Hatch, ...]:
    """The outer rows and columns, so many on each side, of cells of `size`."""
    (height, across), (rows, columns) = size, width
    return hatches(
        kind,
        Box(0, rows, 0, across),
        Box(height - rows, height, 0, across),
        Box(rows, height - rows, 0, columns),
        Box(rows, height - rows, across - columns, across),
    )


def hatches(kind: HatchKind, *boxes: Box) -> tuple[Hatch, ...]:
    """The boxes that are not empty, hatched."""
    return tuple(Hatch(kind, box) for box in boxes if not box.is_empty())


def real_cells(real: Mask) -> Cells:
    """The cells of top_diff among zeros, which are no places."""
    lines = (np.any(real, axis=1), np.any(real, axis=0))
    rows, columns = (
        tuple(int(k) for k in np.where(line, np.cumsum(line) - 1, -1)) for line in lines
    )
    return Cells("output", rows, columns)


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


def panel(
    spot: Spot,
    name: str,
    text: Message,
    table: Table | Filling | Gap,
    ground: Ground,
    *,
    title: str = "",
    home: Space | None = None,
) -> Panel:
    """A panel of the catalogue's name for it, or for `title`, at the spot's places."""
    return Panel(
        name,
        message(f"panel.{title or name}"),
        text,
        table,
        ground.cells,
        spot.places,
        home,
        ground.links,
    )


def input_panel(spot: Spot, name: str, text: Message, home: Space) -> Panel:
    """The padded input x[n, c]."""
    ground = padded_input_ground(spot.geometry)
    return replace(
        panel(spot, name, text, Table(spot.x_pad), ground, title="input_pad", home=home),
        signed=spot.input_is_signed,
        large=True,
        hatches=input_hatches(spot),
    )


def input_pad_panel(spot: Spot) -> Panel:
    """The padded input with the window."""
    ph, pw = spot.geometry.padding
    key = "caption.input_pad" if ph or pw else "caption.input"
    text = message(key, n=spot.view.n, c=spot.view.c, ph=ph, pw=pw)
    return input_panel(spot, "input_pad", text, "output")


def patch_panel(spot: Spot) -> Panel:
    """The patch under the window."""
    rows, columns = (AxisMap.of(spot.geometry, axis).window() for axis in (0, 1))
    text = message(
        "caption.patch" if spot.kernel.size > 1 else "caption.patch_one",
        top=Along("output", 0, tuple(span.start for span in rows)),
        bottom=Along("output", 0, tuple(span.stop - 1 for span in rows)),
        left=Along("output", 1, tuple(span.start for span in columns)),
        right=Along("output", 1, tuple(span.stop - 1 for span in columns)),
    )
    table, ground = Table(spot.patches, "output"), patch_ground(spot.geometry)
    return replace(
        panel(spot, "patch", text, table, ground, home="output"), signed=spot.input_is_signed
    )


def kernel_panel(spot: Spot) -> Panel:
    """The kernel w[f, c], its cells lettered."""
    text = message("caption.kernel", f=spot.view.f, c=spot.kernel_channel)
    ground = kernel_ground(spot.geometry, framed=True)
    return replace(
        panel(spot, "kernel", text, Table(spot.kernel), ground, home="output"),
        letters=letters(spot.geometry.kernel),
    )


def kernel_rot180_panel(spot: Spot) -> Panel:
    """The kernel rotated by 180 degrees: the letters move with their cells."""
    text = message("caption.kernel_rot180", last=letters(spot.geometry.kernel)[-1][-1])
    ground = rot180_ground(spot.geometry, framed=True)
    return replace(
        panel(
            spot,
            "kernel_rot180",
            text if spot.kernel.size > 1 else message("caption.kernel_rot180_one"),
            Table(rot180(spot.kernel)),
            ground,
            home="output",
        ),
        letters=rotated_letters(spot.geometry.kernel),
    )


def rotated_letters(kernel: Pair) -> tuple[tuple[str, ...], ...]:
    """The letters of a kernel's cells where the rotation puts them."""
    return tuple(tuple(reversed(line)) for line in reversed(letters(kernel)))


def output_panel(spot: Spot) -> Panel:
    """The output out[n, f]."""
    view, value = spot.view, Number(Table(spot.out, "output"))
    text = message("caption.output", n=view.n, f=view.f, **at_output(spot), value=value)
    ground = output_ground(spot.geometry, "output")
    return replace(panel(spot, "output", text, Table(spot.out), ground, home="output"), large=True)


def grad_output_panel(spot: Spot) -> Panel:
    """top_diff, grad_output[n, f], with the view's cell."""
    view, g = spot.view, spot.grad_output
    value = Number(Table(g, "output"))
    text = message("caption.grad_output", n=view.n, f=view.f, **at_output(spot), value=value)
    ground = output_ground(spot.geometry, "top_diff")
    return replace(panel(spot, "grad_output", text, Table(g), ground, home="output"), large=True)


def over(key: str, count: int) -> Message | None:
    """The words below a sum's sign; none where there is one term."""
    return message(key, count=count) if count > 1 else None


def legend(
    bands: tuple[tuple[Section, ...], ...], spot: Spot
) -> tuple[tuple[HatchKind, Message], ...]:
    """What the hatches that these bands show mean."""
    rows = [row for band in bands for section in band for row in section.rows]
    panels = [item for row in rows for item in row if isinstance(item, Panel)]
    kinds = {hatch.kind for one in panels for hatch in one.hatches}
    first: Places = dict.fromkeys(spot.sizes, (0, 0))
    if any(one.table.waiting(first).any() for one in panels):
        kinds.add("waiting")
    # Rows left over may all lie in the padding, of which there is no dx.
    unread = "legend.leftover_dx" if unread_on_input(spot) else "legend.leftover"
    keys: dict[HatchKind, str] = {
        "padding": "legend.padding",
        "leftover": unread,
        "inserted": "legend.inserted",
        "cropped": "legend.cropped",
        "stretched": "legend.stretched",
        "waiting": "legend.waiting",
    }
    return tuple((kind, message(key)) for kind, key in keys.items() if kind in kinds)
