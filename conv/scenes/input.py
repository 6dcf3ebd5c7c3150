"""The gradient of the input by both methods, as results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from conv.ops import conv2d_input
from conv.ops.textbook import Array, full_padding, insert_zeros, rot180

from .links import AxisMap, link
from .parts import (
    Ground,
    Spot,
    at_output,
    column,
    grad_output_panel,
    input_ground,
    kernel_ground,
    kernel_panel,
    kernel_rot180_panel,
    leftover_on_input,
    letters,
    over,
    panel,
    rot180_ground,
    rotated_letters,
    row,
    together,
)
from .scene import (
    Along,
    Box,
    Cells,
    Hatch,
    Message,
    Number,
    Operator,
    Panel,
    Products,
    Scene,
    Section,
    Space,
    Table,
    message,
)


def input_gradient(spot: Spot) -> Scene:
    """The panels of dx: the scatter on the left, the rot180 convolution on the right, what both
    give below. Filter f's share is shown by each method, then the sum over f."""
    view, results = spot.view, spot.results
    by_scatter, by_rot180 = _filter_share(spot, "scatter"), _filter_share(spot, "rot180")
    filters = spot.geometry.filters_of(view.c)
    share = message("caption.dx_filter", n=view.n, c=view.c, f=view.f)
    below = together(
        _input_shaped(spot, "dx_filter", share, _filter_share(spot, "gemm")),
        Operator("→", over("word.over_filters", filters.stop - filters.start)),
        _input_shaped(
            spot,
            "dx",
            message("caption.dx", n=view.n, c=view.c),
            results.dx_gemm[view.n, view.c],
        ),
        _input_shaped(spot, "difference", message("caption.dx_difference"), by_scatter - by_rot180),
        message("card.dx_differences", count=results.dx_scatter.size),
        results.dx_scatter,
        results.dx_rot180,
        results.dx_size,
    )
    spread, real = _full_grad_output(spot)
    windows = _full_windows(spot, spread)
    total = message(
        "sum.dx",
        n=view.n,
        c=view.c,
        f=view.f,
        **_at_input(spot),
        products=Products(Table(windows, "input"), Table(rot180(spot.kernel))),
        total=Number(Table(by_rot180, "input"), 6),
    )
    alt = message("alt.dx", n=view.n, c=view.c, f=view.f)
    methods = (_scatter(spot, by_scatter), _rotated(spot, by_rot180, spread, real, windows))
    return Scene("dx", (methods, (below,)), total, alt, spot.sizes, spot.places, spot.under)


def _scatter(spot: Spot, by_scatter: Array) -> Section:
    """The scatter: the kernel, a number of top_diff, what they send back, and the whole sum."""
    view, geometry = spot.view, spot.geometry
    sent = Table(spot.kernel * spot.grad_output[..., None, None], "output")
    text = message("caption.step_scatter", **at_output(spot))
    return Section(
        message("heading.scatter"),
        (
            (kernel_panel(spot), Operator("×"), grad_output_panel(spot)),
            (
                replace(
                    panel(spot, "step_scatter", text, sent, kernel_ground(geometry)),
                    letters=letters(geometry.kernel),
                ),
                Operator("+", message("word.windows", count=spot.grad_output.size)),
                _input_shaped(
                    spot,
                    "dx_scatter",
                    message("caption.dx_scatter", n=view.n, c=view.c, f=view.f),
                    by_scatter,
                    home="output",
                ),
            ),
        ),
        message("note.scatter"),
    )


def _rotated(
    spot: Spot, by_rot180: Array, spread: Array, real: NDArray[np.bool_], windows: Array
) -> Section:
    """The rot180 convolution: the rotated kernel, an input cell's window of the padded top_diff
    `spread`, their products, and the cells of dx."""
    view, geometry = spot.view, spot.geometry
    steps = windows * rot180(spot.kernel)
    text = message("caption.step_rot180", total=Number(Table(steps.sum(axis=(2, 3)), "input")))
    return Section(
        message("heading.rot180"),
        (
            (
                kernel_rot180_panel(spot),
                Operator("⊙"),
                replace(
                    panel(
                        spot,
                        "grad_output_pad",
                        message("caption.grad_output_pad", **_at_input(spot)),
                        Table(spread),
                        _full_ground(spot, real),
                        home="input",
                    ),
                    large=True,
                    hatches=_zero_hatches(real),
                ),
            ),
            (
                replace(
                    panel(
                        spot, "step_rot180", text, Table(steps, "input"), rot180_ground(geometry)
                    ),
                    letters=rotated_letters(geometry.kernel),
                ),
                Operator("Σ"),
                _input_shaped(
                    spot,
                    "dx_rot180",
                    message("caption.dx_rot180", n=view.n, c=view.c, f=view.f),
                    by_rot180,
                    home="input",
                ),
            ),
        ),
        message("note.rot180"),
    )


def _at_input(spot: Spot) -> dict[str, Along]:
    """The input cell as `p` and `q`, in a text."""
    rows, columns = spot.x.shape
    return {"p": row("input", rows), "q": column("input", columns)}


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


def _full_grad_output(spot: Spot) -> tuple[Array, NDArray[np.bool_]]:
    """grad_output[n, f] as rot180 sees it, and which of its cells are top_diff's own."""
    spread, is_cell = insert_zeros(spot.grad_output[None, None], spot.geometry)
    padded = full_padding(spread, spot.geometry)[0, 0]
    return padded, full_padding(is_cell, spot.geometry)


def _full_windows(spot: Spot, spread: Array) -> Array:
    """The window of every input cell (H, W, KH, KW), views of `spread`."""
    (dh, dw), (ph, pw), (h, w) = spot.geometry.dilation, spot.geometry.padding, spot.x.shape
    every_window = sliding_window_view(spread, spot.geometry.extent)
    return every_window[ph : ph + h, pw : pw + w, ::dh, ::dw]


def _full_ground(spot: Spot, real: NDArray[np.bool_]) -> Ground:
    """For the padded top_diff: its own cells are places of the output, the zeros are none."""
    return Ground(
        Cells("output", _places(real, across=1), _places(real, across=0)),
        {
            "output": (link("top_diff", spot.geometry, AxisMap.full_cell),),
            "input": (link("window", spot.geometry, AxisMap.full_window),),
        },
    )


def _places(real: NDArray[np.bool_], across: int) -> tuple[int, ...]:
    """The number of each row (across axis 1) or column with real cells among its like, -1 for
    the others."""
    lines = np.any(real, axis=across)
    return tuple(int(k) for k in np.where(lines, np.cumsum(lines) - 1, -1))


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
        Box(int(line), int(line) + 1, left, right)
        for line in np.setdiff1d(np.arange(top, bottom), rows)
    ] + [
        Box(top, bottom, int(line), int(line) + 1)
        for line in np.setdiff1d(np.arange(left, right), columns)
    ]
    return tuple(Hatch("padding", box) for box in border if not box.is_empty()) + tuple(
        Hatch("inserted", box) for box in between
    )


def _input_shaped(
    spot: Spot, name: str, text: Message, values: Array, home: Space | None = None
) -> Panel:
    return replace(
        panel(spot, name, text, Table(values), input_ground(spot.geometry), home=home),
        large=True,
        hatches=leftover_on_input(spot),
    )
