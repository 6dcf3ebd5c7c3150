"""What several scenes show alike: the panels of the tensors, the windows on them, the letters."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conv.bundle import Bundle, Results
from conv.ops import difference
from conv.ops.agreement import agree
from conv.ops.geometry import Geometry, Pair
from conv.ops.textbook import Array, pad, rot180
from conv.view import View

from .links import AxisMap, Spans, cells, each, every, link
from .numbers import number
from .scene import (
    Along,
    Box,
    Card,
    Cells,
    Hatch,
    HatchKind,
    Link,
    Message,
    Number,
    Operator,
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
    """A view's place in a bundle: the arrays of its item, channel, filter and window."""

    view: View
    bundle: Bundle
    results: Results

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
            "channel": (1, geometry.weight_size[1]),
        }

    @cached_property
    def places(self) -> Places:
        """Where a scene of this view is at: its window, the middle of its kernel, and the input
        cell under that, or the nearest one to it."""
        geometry, (rows, columns) = self.geometry, self.under
        p, q = rows[self.view.i], columns[self.view.j]
        kh, kw = geometry.kernel
        ph, pw = geometry.padding
        return {
            "output": (self.view.i, self.view.j),
            "kernel": ((kh - 1) // 2, (kw - 1) // 2),
            "input": (p, q),
            "input_pad": (p + ph, q + pw),
            "channel": (0, self.kernel_channel),
        }

    @property
    def under(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """For each row and each column of the output, that of the input under the middle of its
        windows, or the nearest one."""
        rows, columns = (AxisMap.of(self.geometry, axis).middle_on_input() for axis in (0, 1))
        return rows, columns

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
    """The padding's border and the rows and columns left over, on the padded input."""
    (hp, wp), (ph, pw) = spot.geometry.padded_size, spot.geometry.padding
    rh, rw = spot.geometry.leftover
    return _hatches(
        ("padding", Box(0, ph, 0, wp)),
        ("padding", Box(hp - ph, hp, 0, wp)),
        ("padding", Box(ph, hp - ph, 0, pw)),
        ("padding", Box(ph, hp - ph, wp - pw, wp)),
        ("leftover", Box(hp - rh, hp, 0, wp)),
        ("leftover", Box(0, hp - rh, wp - rw, wp)),
    )


def leftover_on_input(spot: Spot) -> tuple[Hatch, ...]:
    """The rows and columns left over, on the input without its padding."""
    (ph, pw), (rh, rw), (h, w) = spot.geometry.padding, spot.geometry.leftover, spot.x.shape
    rows, columns = max(rh - ph, 0), max(rw - pw, 0)
    return _hatches(
        ("leftover", Box(h - rows, h, 0, w)), ("leftover", Box(0, h - rows, w - columns, w))
    )


def panel(
    spot: Spot,
    name: str,
    text: Message,
    table: Table,
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


def difference_lines(a: Array, b: Array, size: Array) -> tuple[tuple[Message, str], ...]:
    """The largest absolute and relative differences of two arrays, and whether they agree, for a
    card; `size` is the sum of the magnitudes of each cell's products."""
    gap = difference(a, b)
    return (
        (message("line.absolute"), number(gap.absolute)),
        (message("line.relative"), number(gap.relative)),
        (message("line.agree"), "✓" if agree(a, b, size) else "✗"),
    )


def together(
    share: Panel, sign: Operator, total: Panel, gap: Panel, title: Message, *methods: Array
) -> Section:
    """What both methods of a gradient give: the share shown above, the total, the difference of
    the methods, and a card on all cells; `methods` are both results and the cells' sizes."""
    seen = replace(gap, least_range=float(np.abs(share.values).max()))
    card = Card("differences", title, difference_lines(*methods))
    items = (share, sign, total, Operator(""), seen, Operator(""), card)
    return Section(message("heading.together"), (items,))


def _hatches(*areas: tuple[HatchKind, Box]) -> tuple[Hatch, ...]:
    return tuple(Hatch(kind, box) for kind, box in areas if not box.is_empty())
