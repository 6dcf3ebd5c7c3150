"""The gradient of the weight by both methods, as results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from conv.ops import conv2d_weight
from conv.ops.textbook import Array

from .parts import (
    Ground,
    Spot,
    at_output,
    column,
    grad_output_panel,
    input_panel,
    kernel_ground,
    letters,
    output_ground,
    over,
    panel,
    row,
    together,
)
from .scene import (
    Letter,
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


def weight_gradient(spot: Spot) -> Scene:
    """The panels of dw: the patches method on the left, the correlation on the right, what both
    give below. Item n's share is shown by each method, then the sum over n."""
    view, results = spot.view, spot.results
    by_patches, by_correlation = _item_share(spot, "patches"), _item_share(spot, "correlate")
    place = {"f": view.f, "c": spot.kernel_channel}
    item = message("caption.dw_item", n=view.n, **place)
    below = together(
        _kernel_shaped(spot, "dw_item", item, Table(_item_share(spot, "gemm"))),
        Operator("→", over("word.over_items", len(spot.bundle.x))),
        _kernel_shaped(
            spot,
            "dw",
            message("caption.dw", **place),
            Table(results.dw_gemm[view.f, spot.kernel_channel]),
        ),
        _kernel_shaped(
            spot, "difference", message("caption.dw_difference"), Table(by_patches - by_correlation)
        ),
        message("card.dw_differences", count=results.dw_patches.size),
        results.dw_patches,
        results.dw_correlate,
        results.dw_size,
    )
    methods = (_patches(spot, by_patches), _correlation(spot, by_correlation))
    alt = message("alt.dw", f=view.f, c=view.c, n=view.n)
    total = _sum(spot, by_correlation)
    return Scene("dw", (methods, (below,)), total, alt, spot.sizes, spot.places, spot.under)


def _patches(spot: Spot, by_patches: Array) -> Section:
    """The patches method: a window, a number of top_diff, what they add, and the whole sum."""
    steps, where = spot.grad_output.size, at_output(spot)
    added = Table(spot.patches * spot.grad_output[..., None, None], "output")
    return Section(
        message("heading.patches"),
        (
            (
                input_panel(spot, "input_pad", message("caption.window_at", **where), "output"),
                Operator("×"),
                grad_output_panel(spot),
            ),
            (
                _kernel_shaped(
                    spot, "step_patches", message("caption.step_patches", **where), added
                ),
                Operator("+", message("word.windows", count=steps)),
                _kernel_shaped(
                    spot,
                    "dw_patches",
                    message("caption.dw_patches", count=steps),
                    Table(by_patches),
                    home="output",
                ),
            ),
        ),
        message("note.patches"),
    )


def _correlation(spot: Spot, by_correlation: Array) -> Section:
    """The correlation: the shifted view of a kernel cell, all of top_diff, their products, and
    the cells of dw."""
    (rows, columns), steps = spot.geometry.kernel, spot.grad_output.size
    seen, products = output_ground(spot.geometry, "top_diff"), _products(spot)
    shift = {"m": row("kernel", rows), "n": column("kernel", columns)}
    text = message(
        "caption.step_correlate",
        letter=Letter(letters(spot.geometry.kernel)),
        count=steps,
        nonzero=Number(Table((products != 0).sum(axis=(2, 3)).astype(float), "kernel")),
    )
    return Section(
        message("heading.correlate"),
        (
            (
                input_panel(spot, "input_view", message("caption.input_view", **shift), "kernel"),
                Operator("⊙"),
                replace(
                    panel(
                        spot,
                        "grad_output_all",
                        message("caption.grad_output_all", count=steps),
                        Table(spot.grad_output),
                        seen,
                        title="grad_output",
                        home="kernel",
                    ),
                    large=True,
                ),
            ),
            (
                panel(
                    spot, "step_correlate", text, Table(products, "kernel"), _products_ground(seen)
                ),
                Operator("Σ"),
                _kernel_shaped(
                    spot,
                    "dw_correlate",
                    message("caption.dw_correlate", count=by_correlation.size),
                    Table(by_correlation),
                    home="kernel",
                ),
            ),
        ),
        message("note.correlate"),
    )


def _sum(spot: Spot, by_correlation: Array) -> Message:
    view, number = spot.view, Table(spot.grad_output, "output")
    return message(
        "sum.dw",
        n=view.n,
        **at_output(spot),
        first=Products(Table(spot.patches[..., 0, 0], "output"), number),
        last=Products(Table(spot.patches[..., -1, -1], "output"), number),
        last_letter=letters(spot.geometry.kernel)[-1][-1],
        letter=Letter(letters(spot.geometry.kernel)),
        count=spot.grad_output.size,
        total=Number(Table(by_correlation, "kernel"), 6),
    )


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


def _products(spot: Spot) -> Array:
    """The shifted view of every kernel cell times grad_output, cell by cell (KH, KW, OH, OW)."""
    products: Array = np.moveaxis(spot.patches, (2, 3), (0, 1)) * spot.grad_output
    return products


def _products_ground(seen: Ground) -> Ground:
    """The ground of top_diff, without the outline of all of it."""
    return Ground(seen.cells, {space: seen.links[space] for space in ("output", "input_pad")})


def _kernel_shaped(
    spot: Spot, name: str, text: Message, values: Table, home: Space | None = None
) -> Panel:
    ground = kernel_ground(spot.geometry, framed=home == "output")
    return replace(
        panel(spot, name, text, values, ground, home=home), letters=letters(spot.geometry.kernel)
    )
