"""What several scenes show alike: the panels of the tensors, the windows on them, the letters."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace

import numpy as np

from conv.bundle import Bundle, Results
from conv.ops import difference
from conv.ops.agreement import agree
from conv.ops.geometry import Geometry, Pair
from conv.ops.textbook import Array, pad, rot180
from conv.view import View

from .numbers import number
from .scene import (
    Box,
    Card,
    Hatch,
    HatchKind,
    Mark,
    Message,
    Operator,
    Panel,
    Role,
    Section,
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
    def x(self) -> Array:
        """x[n, c] (H, W)."""
        x: Array = self.bundle.x[self.view.n, self.view.c]
        return x

    @property
    def x_pad(self) -> Array:
        """x[n, c] with its padding (HP, WP)."""
        return pad(self.x, self.geometry.padding)

    @property
    def patch(self) -> Array:
        """The padded input under the window (KH, KW)."""
        return self.x_pad[self.geometry.window(self.view.i, self.view.j)]

    @property
    def kernel(self) -> Array:
        """The kernel w[f, c] (KH, KW)."""
        kernel: Array = self.bundle.w[self.view.f, self.kernel_channel]
        return kernel

    @property
    def grad_output(self) -> Array:
        """grad_output[n, f] (OH, OW)."""
        grad_output: Array = self.bundle.grad_output[self.view.n, self.view.f]
        return grad_output

    @property
    def number(self) -> float:
        """grad_output[n, f, i, j]."""
        return float(self.grad_output[self.view.i, self.view.j])


def letters(kernel: Pair) -> tuple[tuple[str, ...], ...]:
    """A letter for every cell of a kernel, row by row."""
    rows, columns = kernel
    return tuple(tuple(_LETTERS[r * columns + c] for c in range(columns)) for r in range(rows))


def cell_box(row: int, column: int) -> Box:
    """The one cell."""
    return Box(row, row + 1, column, column + 1)


def window_mark(spot: Spot) -> Mark:
    """The window of the view's output cell, on the padded input."""
    rows, columns = spot.geometry.window(spot.view.i, spot.view.j)
    box = Box(rows.start, rows.stop, columns.start, columns.stop)
    return Mark("window", box, spot.geometry.dilation)


def window_on_input(spot: Spot) -> tuple[Mark, ...]:
    """The window on the input without its padding: none where it lies in the padding."""
    (top, left), mark = spot.geometry.padding, window_mark(spot)
    box = Box(
        mark.box.top - top, mark.box.bottom - top, mark.box.left - left, mark.box.right - left
    )
    (dh, dw), (rows, columns) = mark.step, spot.x.shape
    inside = Box(
        box.top + _steps_in(box.top, dh),
        box.bottom - _steps_in(rows - box.bottom, dh),
        box.left + _steps_in(box.left, dw),
        box.right - _steps_in(columns - box.right, dw),
    )
    return () if inside.is_empty() else (Mark("window", inside, mark.step),)


def output_mark(spot: Spot, role: Role = "output") -> Mark:
    """The view's cell, on the output or on grad_output."""
    return Mark(role, cell_box(spot.view.i, spot.view.j))


def whole(values: Array) -> Box:
    """All cells."""
    return Box(0, values.shape[0], 0, values.shape[1])


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


def input_panel(spot: Spot, name: str, caption: Message, *marks: Mark) -> Panel:
    """The padded input x[n, c]."""
    return Panel(
        name,
        message("panel.input_pad"),
        caption,
        spot.x_pad,
        signed=bool((spot.bundle.x < 0).any()),
        large=True,
        marks=marks,
        hatches=input_hatches(spot),
    )


def input_pad_panel(spot: Spot) -> Panel:
    """The padded input with the window."""
    ph, pw = spot.geometry.padding
    key = "caption.input_pad" if ph or pw else "caption.input"
    caption = message(key, n=spot.view.n, c=spot.view.c, ph=ph, pw=pw)
    return input_panel(spot, "input_pad", caption, window_mark(spot))


def patch_panel(spot: Spot) -> Panel:
    """The patch under the window."""
    rows, columns = spot.geometry.window(spot.view.i, spot.view.j)
    caption = message(
        "caption.patch" if spot.patch.size > 1 else "caption.patch_one",
        top=rows.start,
        bottom=rows.stop - 1,
        left=columns.start,
        right=columns.stop - 1,
    )
    return Panel(
        "patch",
        message("panel.patch"),
        caption,
        spot.patch,
        signed=bool((spot.bundle.x < 0).any()),
        marks=(Mark("window", whole(spot.patch)),),
    )


def kernel_panel(spot: Spot) -> Panel:
    """The kernel w[f, c], its cells lettered."""
    caption = message("caption.kernel", f=spot.view.f, c=spot.kernel_channel)
    return Panel(
        "kernel",
        message("panel.kernel"),
        caption,
        spot.kernel,
        marks=(Mark("kernel", whole(spot.kernel)),),
        letters=letters(spot.geometry.kernel),
    )


def kernel_rot180_panel(spot: Spot) -> Panel:
    """The kernel rotated by 180 degrees: the letters move with their cells."""
    marks = letters(spot.geometry.kernel)
    caption = message("caption.kernel_rot180", last=marks[-1][-1])
    return Panel(
        "kernel_rot180",
        message("panel.kernel_rot180"),
        caption if len(marks) * len(marks[0]) > 1 else message("caption.kernel_rot180_one"),
        rot180(spot.kernel),
        marks=(Mark("kernel", whole(spot.kernel)),),
        letters=tuple(tuple(reversed(row)) for row in reversed(marks)),
    )


def output_panel(spot: Spot) -> Panel:
    """The output out[n, f]."""
    view = spot.view
    out = spot.results.out[view.n, view.f]
    caption = message(
        "caption.output", n=view.n, f=view.f, i=view.i, j=view.j, value=number(out[view.i, view.j])
    )
    marks = (output_mark(spot),)
    return Panel("output", message("panel.output"), caption, out, large=True, marks=marks)


def grad_output_panel(spot: Spot) -> Panel:
    """top_diff, grad_output[n, f], with the view's cell."""
    view, g = spot.view, spot.grad_output
    caption = message(
        "caption.grad_output", n=view.n, f=view.f, i=view.i, j=view.j, value=number(spot.number)
    )
    marks = (output_mark(spot, "top_diff"),)
    return Panel("grad_output", message("panel.grad_output"), caption, g, large=True, marks=marks)


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
    row = (share, sign, total, Operator(""), seen, Operator(""), card)
    return Section(message("heading.together"), (row,))


def _hatches(*areas: tuple[HatchKind, Box]) -> tuple[Hatch, ...]:
    return tuple(Hatch(kind, box) for kind, box in areas if not box.is_empty())


def _steps_in(outside: int, step: int) -> int:
    """How far to go from `outside` (< 0 where it is out of the array) to the first cell inside,
    in steps."""
    return 0 if outside >= 0 else -(outside // step) * step
