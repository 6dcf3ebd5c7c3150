"""The gradient of the weight by both methods, step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from conv.ops import conv2d_weight
from conv.ops.axis import Axis
from conv.ops.check import one_group
from conv.ops.geometry import Geometry
from conv.ops.textbook import Array, insert_zeros
from conv.snippets import latex, with_numpy, with_torch
from conv.spot import Space, Spot
from conv.state.rooms import SCENES

from . import formulas
from .grounds import Ground, real_cells
from .hatches import inserted_hatches, legend
from .index_maps import each, every, link
from .marks import Link
from .panels import (
    at_output,
    column,
    grad_output_panel,
    input_panel,
    kernel_shaped,
    letters,
    over,
    panel,
    row,
)
from .products import weight_products_card
from .registry import SceneType
from .scene import Bars, Operator, Parts, Scene, Section, Thumbnails
from .tables import Filling, Gap, Table
from .texts import Largest, Letter, Message, Number, Products, message
from .together import clock, differences, how_far, parts_of, share_bars, together


def weight_gradient(spot: Spot) -> Scene:
    """The panels of dw: the patches method on the left, whose step is an output cell; the
    correlation on the right, whose step is a kernel cell; below, what both give. The steps go over
    item n, or over all items where the view's scan is of all."""
    view, results = spot.view, spot.results
    items = range(len(spot.bundle.x))
    parts = parts_of(view, "n", items)
    shares = np.stack([_item_share(spot, n, "gemm") for n in items])
    by_patches = _patches_filling(spot, shares[: parts.at] if parts else ())
    by_correlation = _correlation_filling(spot, items if parts else (view.n,))
    gap = Gap(by_patches, by_correlation)
    place = {"f": view.f, "c": spot.kernel_channel}
    share = message("caption.dw_item", n=view.n, **place)
    below = together(
        kernel_shaped(spot.geometry, "dw_item", share, Table(_item_share(spot, view.n, "gemm"))),
        Operator("→", over("word.over_items", len(items))),
        kernel_shaped(
            spot.geometry,
            "dw",
            message("caption.dw", **place),
            Table(results.dw_gemm[view.f, spot.kernel_channel]),
        ),
        kernel_shaped(
            spot.geometry, "difference", message("caption.dw_difference", largest=Largest(gap)), gap
        ),
        differences(
            message("card.dw_differences", count=math.prod(spot.geometry.weight_size)),
            results.dw_patches,
            results.dw_correlate,
            results.dw_size,
        ),
        _bars(spot, items, shares) if len(items) > 1 else None,
        weight_products_card(spot),
    )
    left, right = _patches(spot, by_patches, parts), _correlation(spot, by_correlation, parts)
    bands = ((left, right), (below,))
    return Scene(
        bands,
        _sum(spot),
        message("alt.dw", f=view.f, c=view.c, n=view.n),
        spot.sizes,
        spot.places,
        ("output", "kernel"),
        parts,
        message("word.scan_items", count=len(items)) if len(items) > 1 else None,
        legend(bands, spot.geometry),
    )


def _patches_filling(spot: Spot, earlier: Sequence[Array] | Array) -> Filling:
    """dw so far by patches after every window, on top of the earlier items' shares."""
    steps = (spot.patches * spot.grad_output[..., None, None]).reshape(-1, *spot.kernel.shape)
    start = np.zeros(spot.kernel.shape)
    for share in earlier:
        start = start + share
    steps[0] += start
    whole = link("kernel", spot.geometry, lambda axis: every(axis.output, axis.kernel))
    so_far = np.cumsum(steps, axis=0).reshape(spot.patches.shape)
    return Filling(so_far, "output", whole.rows, whole.columns, spot.geometry.kernel)


def _correlation_filling(spot: Spot, items: Sequence[int]) -> Filling:
    """dw by correlation, one cell finished after the other, of the sum over these items."""
    total = sum((_item_share(spot, n, "correlate") for n in items), np.zeros(spot.kernel.shape))
    rows, columns = spot.geometry.kernel
    return Filling(
        total[..., None, None], "kernel", each(rows), each(columns), spot.geometry.kernel
    )


def _patches(spot: Spot, by_patches: Filling, parts: Parts | None) -> Section:
    """The patches method: a window, a number of top_diff, what they add, and the sum so far."""
    where, size = at_output(spot.geometry), spot.grad_output.shape
    added = Table(spot.patches * spot.grad_output[..., None, None], "output")
    told = clock("clock.patches", "output", (size[0], size[1]), spot.kernel.size, parts)
    return Section(
        message("heading.patches"),
        (
            (
                input_panel(spot, "input_pad", message("caption.window_at", **where), "output"),
                Operator("×"),
                grad_output_panel(spot),
            ),
            (
                kernel_shaped(
                    spot.geometry, "step_patches", message("caption.step_patches", **where), added
                ),
                Operator("+"),
                kernel_shaped(
                    spot.geometry,
                    "dw_patches",
                    message("caption.so_far_windows", **how_far(told)),
                    by_patches,
                    home="output",
                ),
            ),
        ),
        message("note.patches"),
        told,
    )


def _correlation(spot: Spot, by_correlation: Filling, parts: Parts | None) -> Section:
    """The correlation: the shifted view of a kernel cell, all of top_diff, their products, and
    the cells of dw that are finished."""
    (rows, columns), steps = spot.geometry.kernel, spot.grad_output.size
    products, real = _products(spot)
    spread, _ = insert_zeros(spot.grad_output[None, None], spot.geometry)
    shift = {"m": row("kernel", rows), "n": column("kernel", columns)}
    text = message(
        "caption.step_correlate",
        letter=Letter(letters(spot.geometry.kernel)),
        count=steps,
        nonzero=Number(Table((products != 0).sum(axis=(2, 3)).astype(float), "kernel")),
    )
    each_cell = steps * (len(parts.choices) if parts else 1)
    told = clock("clock.correlate", "kernel", spot.geometry.kernel, each_cell)
    return Section(
        message("heading.correlate"),
        (
            (
                input_panel(spot, "input_view", message("caption.input_view", **shift), "kernel"),
                Operator("⊙"),
                replace(
                    panel(
                        "grad_output_all",
                        message("caption.grad_output_all", count=steps),
                        Table(spread[0, 0]),
                        _spread_ground(spot.geometry, real, framed=True),
                        title="grad_output",
                        home="kernel",
                    ),
                    large=True,
                    hatches=inserted_hatches(real),
                ),
            ),
            (
                replace(
                    panel(
                        "step_correlate",
                        text,
                        Table(products, "kernel"),
                        _spread_ground(spot.geometry, real, framed=False),
                    ),
                    hatches=inserted_hatches(real),
                ),
                Operator("Σ", over("word.over_items", len(parts.choices)) if parts else None),
                kernel_shaped(
                    spot.geometry,
                    "dw_correlate",
                    message("caption.finished", **how_far(told)),
                    by_correlation,
                    home="kernel",
                ),
            ),
        ),
        message("note.correlate"),
        told,
    )


def _sum(spot: Spot) -> Message:
    view, number = spot.view, Table(spot.grad_output, "output")
    return message(
        "sum.dw" if spot.kernel.size > 1 else "sum.dw_one",
        n=view.n,
        **at_output(spot.geometry),
        first=Products(Table(spot.patches[..., 0, 0], "output"), number),
        last=Products(Table(spot.patches[..., -1, -1], "output"), number),
        last_letter=letters(spot.geometry.kernel)[-1][-1],
        letter=Letter(letters(spot.geometry.kernel)),
        count=spot.grad_output.size,
        total=Number(Table(_item_share(spot, view.n, "correlate"), "kernel"), 6),
    )


def _item_share(spot: Spot, n: int, method: str) -> Array:
    """dw[f, c] of item n alone (KH, KW)."""
    geometry, view, bundle = spot.geometry, spot.view, spot.bundle
    share = conv2d_weight(
        bundle.x[n, view.c][None, None],
        (1, 1, *geometry.kernel),
        bundle.grad_output[n, view.f][None, None],
        **one_group(geometry),
        method=method,
    )
    own: Array = share[0, 0]
    return own


def _products(spot: Spot) -> tuple[Array, NDArray[np.bool_]]:
    """The shifted view of every kernel cell times grad_output with the stride's zeros, cell by
    cell (KH, KW, UH, UW), and which cells are products."""
    products = np.moveaxis(spot.patches, (2, 3), (0, 1)) * spot.grad_output
    return insert_zeros(products, spot.geometry)


def _spread_ground(geometry: Geometry, real: NDArray[np.bool_], *, framed: bool) -> Ground:
    """For top_diff with the stride's zeros; all of it belongs to a kernel cell if `framed`."""
    links: dict[Space, tuple[Link, ...]] = {
        "output": (link("top_diff", geometry, Axis.spread_cells),),
        "input_pad": (link("top_diff", geometry, Axis.spread_fed),),
    }
    if framed:
        links["kernel"] = (link("top_diff", geometry, Axis.spread_views),)
    return Ground(real_cells(real), links)


def _bars(spot: Spot, items: range, shares: Array) -> Bars:
    """What each item adds to a cell of dw, over the input and the top_diff that meet in it."""
    view, bundle = spot.view, spot.bundle
    by_cell = np.moveaxis(shares, 0, -1)
    rows, columns = spot.geometry.kernel
    text = message(
        "caption.shares_n",
        f=view.f,
        c=spot.kernel_channel,
        xc=view.c,
        m=row("kernel", rows),
        k=column("kernel", columns),
        total=Number(Table(by_cell.sum(axis=-1), "kernel")),
    )
    met = (
        Thumbnails(
            message("thumbnails.x", c=view.c), bundle.x[:, view.c], signed=spot.input_is_signed
        ),
        Thumbnails(
            message("thumbnails.grad_output_items", f=view.f), bundle.grad_output[:, view.f]
        ),
    )
    return share_bars("n", text, items, view.n, by_cell, "kernel", met)


SCENES.add(
    SceneType(
        name="dw",
        position=3,
        build=weight_gradient,
        works_out=("gemm", "patches", "correlate"),
        fields=("scan",),
        formulas=(formulas.DW,),
        products="dw",
        numpy=with_numpy.weight,
        torch=with_torch.weight,
        latex=latex.weight,
    )
)
