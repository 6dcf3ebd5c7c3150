"""The gradient of the input by both methods, as results."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conv.ops import conv2d_input
from conv.ops.geometry import Pair
from conv.ops.textbook import Array, full_padding, insert_zeros, rot180

from .numbers import number, products
from .parts import (
    Spot,
    cell_box,
    grad_output_panel,
    kernel_panel,
    kernel_rot180_panel,
    leftover_on_input,
    letters,
    over,
    together,
    window_on_input,
)
from .scene import Box, Hatch, Mark, Message, Operator, Panel, Scene, Section, message


def input_gradient(spot: Spot) -> Scene:
    """The panels of dx: the scatter on the left, the rot180 convolution on the right, what both
    give below. Filter f's share is shown by each method, then the sum over f."""
    view, results = spot.view, spot.results
    cell = _input_cell(spot)
    by_scatter, by_rot180 = _filter_share(spot, "scatter"), _filter_share(spot, "rot180")
    filters = spot.geometry.filters_of(view.c)
    below = together(
        _input_shaped(
            spot,
            "dx_filter",
            _filter_share(spot, "gemm"),
            message("caption.dx_filter", n=view.n, c=view.c, f=view.f),
        ),
        Operator("→", over("word.over_filters", filters.stop - filters.start)),
        _input_shaped(
            spot,
            "dx",
            results.dx_gemm[view.n, view.c],
            message("caption.dx", n=view.n, c=view.c),
        ),
        _input_shaped(spot, "difference", by_scatter - by_rot180, message("caption.dx_difference")),
        message("card.dx_differences", count=results.dx_scatter.size),
        results.dx_scatter,
        results.dx_rot180,
        results.dx_size,
    )
    window, rotated = _rotated(spot, by_rot180, cell)
    total = message(
        "sum.dx",
        n=view.n,
        c=view.c,
        f=view.f,
        p=cell[0],
        q=cell[1],
        products=products(window, rot180(spot.kernel)),
        total=number(float(by_rot180[cell]), 6),
    )
    alt = message("alt.dx", n=view.n, c=view.c, f=view.f)
    return Scene("dx", ((_scatter(spot, by_scatter), rotated), (below,)), total, alt)


def _scatter(spot: Spot, by_scatter: Array) -> Section:
    """The scatter: the kernel, a number of top_diff, what they send back, and the whole sum."""
    view, geometry = spot.view, spot.geometry
    return Section(
        message("heading.scatter"),
        (
            (kernel_panel(spot), Operator("×"), grad_output_panel(spot)),
            (
                Panel(
                    "step_scatter",
                    message("panel.step_scatter"),
                    message("caption.step_scatter", i=view.i, j=view.j),
                    spot.kernel * spot.number,
                    letters=letters(geometry.kernel),
                ),
                Operator("+", message("word.windows", count=spot.grad_output.size)),
                _input_shaped(
                    spot,
                    "dx_scatter",
                    by_scatter,
                    message("caption.dx_scatter", n=view.n, c=view.c, f=view.f),
                    *window_on_input(spot),
                ),
            ),
        ),
        message("note.scatter"),
    )


def _rotated(spot: Spot, by_rot180: Array, cell: Pair) -> tuple[Array, Section]:
    """The window of the padded top_diff that gives `cell`; the rot180 convolution: the rotated
    kernel, that window, their products, and the cells of dx."""
    view = spot.view
    spread, mark, hatches = _padded_grad_output(spot, cell)
    window = spread[_slices(mark)]
    step = window * rot180(spot.kernel)
    section = Section(
        message("heading.rot180"),
        (
            (
                kernel_rot180_panel(spot),
                Operator("⊙"),
                Panel(
                    "grad_output_pad",
                    message("panel.grad_output_pad"),
                    message("caption.grad_output_pad", p=cell[0], q=cell[1]),
                    spread,
                    large=True,
                    marks=(mark,),
                    hatches=hatches,
                ),
            ),
            (
                Panel(
                    "step_rot180",
                    message("panel.step_rot180"),
                    message("caption.step_rot180", total=number(float(step.sum()))),
                    step,
                    letters=kernel_rot180_panel(spot).letters,
                ),
                Operator("Σ"),
                _input_shaped(
                    spot,
                    "dx_rot180",
                    by_rot180,
                    message("caption.dx_rot180", n=view.n, c=view.c, f=view.f),
                    Mark("output", cell_box(*cell)),
                ),
            ),
        ),
        message("note.rot180"),
    )
    return window, section


def _filter_share(spot: Spot, method: str) -> Array:
    """What filter f alone sends back to x[n, c] (H, W)."""
    geometry = spot.geometry
    share = conv2d_input(
        (1, 1, *spot.x.shape),
        spot.kernel[None, None],
        spot.grad_output[None, None],
        stride=geometry.stride,
        padding=geometry.padding,
        dilation=geometry.dilation,
        method=method,
    )
    own: Array = share[0, 0]
    return own


def _input_cell(spot: Spot) -> Pair:
    """The input cell under the middle of the window, or the nearest one to it."""
    starts = (spot.view.i * spot.geometry.stride[0], spot.view.j * spot.geometry.stride[1])
    middles = [
        start + (kernel - 1) // 2 * dilation - padding
        for start, kernel, dilation, padding in zip(
            starts,
            spot.geometry.kernel,
            spot.geometry.dilation,
            spot.geometry.padding,
            strict=True,
        )
    ]
    row, column = (
        min(max(middle, 0), size - 1) for middle, size in zip(middles, spot.x.shape, strict=True)
    )
    return row, column


def _padded_grad_output(spot: Spot, cell: Pair) -> tuple[Array, Mark, tuple[Hatch, ...]]:
    """grad_output[n, f] as rot180 sees it, the window that gives `cell`, and its zeros."""
    geometry = spot.geometry
    spread, is_cell = insert_zeros(spot.grad_output[None, None], geometry)
    padded, real = full_padding(spread, geometry)[0, 0], full_padding(is_cell, geometry)
    top, left = cell[0] + geometry.padding[0], cell[1] + geometry.padding[1]
    box = Box(top, top + geometry.extent[0], left, left + geometry.extent[1])
    return padded, Mark("window", box, geometry.dilation), _zero_hatches(real)


def _zero_hatches(real: NDArray[np.bool_]) -> tuple[Hatch, ...]:
    """The border round the cells as padding, the rows and columns between them as inserted."""
    rows, columns = np.flatnonzero(real.any(axis=1)), np.flatnonzero(real.any(axis=0))
    (height, width), (top, bottom) = real.shape, (int(rows[0]), int(rows[-1]) + 1)
    left, right = int(columns[0]), int(columns[-1]) + 1
    border = (
        Box(0, top, 0, width),
        Box(bottom, height, 0, width),
        Box(top, bottom, 0, left),
        Box(top, bottom, right, width),
    )
    between = [
        Box(int(row), int(row) + 1, left, right)
        for row in np.setdiff1d(np.arange(top, bottom), rows)
    ] + [
        Box(top, bottom, int(column), int(column) + 1)
        for column in np.setdiff1d(np.arange(left, right), columns)
    ]
    return tuple(Hatch("padding", box) for box in border if not box.is_empty()) + tuple(
        Hatch("inserted", box) for box in between
    )


def _slices(mark: Mark) -> tuple[slice, slice]:
    box, (rows, columns) = mark.box, mark.step
    return slice(box.top, box.bottom, rows), slice(box.left, box.right, columns)


def _input_shaped(spot: Spot, name: str, values: Array, caption: Message, *marks: Mark) -> Panel:
    return Panel(
        name,
        message(f"panel.{name}"),
        caption,
        values,
        large=True,
        marks=marks,
        hatches=leftover_on_input(spot),
    )
