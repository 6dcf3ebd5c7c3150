"""The gradient of the weight by both methods, as results."""

from __future__ import annotations

from conv.ops import conv2d_weight
from conv.ops.geometry import Pair
from conv.ops.textbook import Array

from .numbers import number
from .parts import (
    Spot,
    cell_box,
    grad_output_panel,
    input_panel,
    letters,
    over,
    together,
    whole,
    window_mark,
)
from .scene import Box, Mark, Message, Operator, Panel, Scene, Section, message


def weight_gradient(spot: Spot) -> Scene:
    """The panels of dw: the patches method on the left, the correlation on the right, what both
    give below. Item n's share is shown by each method, then the sum over n."""
    view, results, kernel = spot.view, spot.results, spot.geometry.kernel
    cell = ((kernel[0] - 1) // 2, (kernel[1] - 1) // 2)
    by_patches, by_correlation = _item_share(spot, "patches"), _item_share(spot, "correlate")
    place = {"f": view.f, "c": spot.kernel_channel}
    below = together(
        _kernel_shaped(
            spot,
            "dw_item",
            _item_share(spot, "gemm"),
            message("caption.dw_item", n=view.n, **place),
        ),
        Operator("→", over("word.over_items", len(spot.bundle.x))),
        _kernel_shaped(
            spot,
            "dw",
            results.dw_gemm[view.f, spot.kernel_channel],
            message("caption.dw", **place),
        ),
        _kernel_shaped(
            spot, "difference", by_patches - by_correlation, message("caption.dw_difference")
        ),
        message("card.dw_differences", count=results.dw_patches.size),
        results.dw_patches,
        results.dw_correlate,
        results.dw_size,
    )
    methods = (_patches(spot, by_patches), _correlation(spot, by_correlation, cell))
    alt = message("alt.dw", f=view.f, c=view.c, n=view.n)
    return Scene("dw", (methods, (below,)), _sum(spot, by_correlation, cell), alt)


def _patches(spot: Spot, by_patches: Array) -> Section:
    """The patches method: a window, a number of top_diff, what they add, and the whole sum."""
    view, steps = spot.view, spot.grad_output.size
    return Section(
        message("heading.patches"),
        (
            (
                input_panel(
                    spot,
                    "input_pad",
                    message("caption.window_at", i=view.i, j=view.j),
                    window_mark(spot),
                ),
                Operator("×"),
                grad_output_panel(spot),
            ),
            (
                _kernel_shaped(
                    spot,
                    "step_patches",
                    spot.patch * spot.number,
                    message("caption.step_patches", i=view.i, j=view.j),
                ),
                Operator("+", message("word.windows", count=steps)),
                _kernel_shaped(
                    spot,
                    "dw_patches",
                    by_patches,
                    message("caption.dw_patches", count=steps),
                    Mark("kernel", whole(by_patches)),
                ),
            ),
        ),
        message("note.patches"),
    )


def _correlation(spot: Spot, by_correlation: Array, cell: Pair) -> Section:
    """The correlation: the shifted view of kernel cell `cell`, all of top_diff, their products,
    and the cells of dw."""
    step, steps = _products(spot, cell), spot.grad_output.size
    return Section(
        message("heading.correlate"),
        (
            (
                input_panel(
                    spot,
                    "input_view",
                    message("caption.input_view", m=cell[0], n=cell[1]),
                    _view_mark(spot, cell),
                ),
                Operator("⊙"),
                Panel(
                    "grad_output_all",
                    message("panel.grad_output"),
                    message("caption.grad_output_all", count=steps),
                    spot.grad_output,
                    large=True,
                    marks=(Mark("top_diff", whole(spot.grad_output)),),
                ),
            ),
            (
                Panel(
                    "step_correlate",
                    message("panel.step_correlate"),
                    message(
                        "caption.step_correlate",
                        letter=_letter(spot, cell),
                        count=steps,
                        nonzero=int((step != 0).sum()),
                    ),
                    step,
                ),
                Operator("Σ"),
                _kernel_shaped(
                    spot,
                    "dw_correlate",
                    by_correlation,
                    message("caption.dw_correlate", count=by_correlation.size),
                    Mark("kernel", cell_box(*cell)),
                ),
            ),
        ),
        message("note.correlate"),
    )


def _sum(spot: Spot, by_correlation: Array, cell: Pair) -> Message:
    view, patch = spot.view, spot.patch
    return message(
        "sum.dw",
        n=view.n,
        i=view.i,
        j=view.j,
        first=f"{number(float(patch[0, 0]))} × {number(spot.number)}",
        last=f"{number(float(patch[-1, -1]))} × {number(spot.number)}",
        last_letter=letters(spot.geometry.kernel)[-1][-1],
        letter=_letter(spot, cell),
        count=spot.grad_output.size,
        total=number(float(by_correlation[cell]), 6),
    )


def _letter(spot: Spot, cell: Pair) -> str:
    return letters(spot.geometry.kernel)[cell[0]][cell[1]]


def _item_share(spot: Spot, method: str) -> Array:
    """dw[f, c] of item n alone (KH, KW)."""
    geometry = spot.geometry
    share = conv2d_weight(
        spot.x[None, None],
        (1, 1, *geometry.kernel),
        spot.grad_output[None, None],
        stride=geometry.stride,
        padding=geometry.padding,
        dilation=geometry.dilation,
        method=method,
    )
    own: Array = share[0, 0]
    return own


def _view_mark(spot: Spot, cell: Pair) -> Mark:
    """The shifted view of kernel cell `cell`, on the padded input."""
    rows, columns = spot.geometry.shifted_view(*cell)
    box = Box(rows.start, rows.stop, columns.start, columns.stop)
    return Mark("window", box, spot.geometry.stride)


def _products(spot: Spot, cell: Pair) -> Array:
    """The shifted view times grad_output, cell by cell (OH, OW)."""
    (rows, columns), (sh, sw) = spot.geometry.shifted_view(*cell), spot.geometry.stride
    view: Array = spot.x_pad[rows, columns][::sh, ::sw]
    return view * spot.grad_output


def _kernel_shaped(spot: Spot, name: str, values: Array, caption: Message, *marks: Mark) -> Panel:
    return Panel(
        name,
        message(f"panel.{name}"),
        caption,
        values,
        marks=marks,
        letters=letters(spot.geometry.kernel),
    )
