"""The overview: one window of the forward pass, and what comes back through it."""

from __future__ import annotations

import numpy as np

from conv.ops import central_difference, difference
from conv.ops.agreement import NUMERIC_TOLERANCE, agree
from conv.ops.textbook import Array

from .numbers import number, products
from .parts import (
    Spot,
    grad_output_panel,
    input_pad_panel,
    kernel_panel,
    kernel_rot180_panel,
    leftover_on_input,
    letters,
    output_panel,
    over,
    patch_panel,
    window_on_input,
)
from .scene import Card, Message, Operator, Panel, Scene, Section, message


def overview(spot: Spot) -> Scene:
    """The panels input_pad, patch, kernel, kernel_rot180, output, grad_output, dw and dx."""
    view = spot.view
    channels = over("word.over_channels", spot.bundle.w.shape[1])
    forward = Section(
        message("heading.forward"),
        (
            (
                input_pad_panel(spot),
                Operator("→"),
                patch_panel(spot),
                Operator("⊙"),
                kernel_panel(spot),
                Operator("Σ", channels),
                output_panel(spot),
                Operator(""),
                kernel_rot180_panel(spot),
            ),
        ),
    )
    backward = Section(
        message("heading.backward"),
        (
            (
                grad_output_panel(spot),
                Operator("→"),
                _dw_panel(spot),
                Operator(""),
                _dx_panel(spot),
                Operator(""),
                _agreement(spot),
            ),
        ),
    )
    alt = message("alt.overview", n=view.n, c=view.c, f=view.f, i=view.i, j=view.j)
    return Scene("overview", ((forward,), (backward,)), output_sum(spot), alt)


def output_sum(spot: Spot) -> Message:
    """The chosen output cell as a sum: the chosen channel's products, the other channels, b."""
    view = spot.view
    share = float(np.sum(spot.patch * spot.kernel))
    total = float(spot.results.out[view.n, view.f, view.i, view.j])
    bias = float(spot.bundle.b[view.f])
    others = spot.bundle.w.shape[1] - 1
    return message(
        "sum.output" if others else "sum.output_one",
        n=view.n,
        c=view.c,
        f=view.f,
        i=view.i,
        j=view.j,
        products=products(spot.patch, spot.kernel),
        share=number(share, 6),
        others=others,
        rest=number(total - bias - share, 6),
        bias=number(bias),
        total=number(total, 6),
    )


def _dw_panel(spot: Spot) -> Panel:
    view = spot.view
    values = spot.results.dw_gemm[view.f, spot.kernel_channel]
    caption = message("caption.dw", f=view.f, c=spot.kernel_channel)
    return Panel("dw", message("panel.dw"), caption, values, letters=letters(spot.geometry.kernel))


def _dx_panel(spot: Spot) -> Panel:
    view, marks = spot.view, window_on_input(spot)
    key = "caption.dx_window" if marks else "caption.dx_padding"
    return Panel(
        "dx",
        message("panel.dx"),
        message(key, n=view.n, c=view.c, i=view.i, j=view.j),
        spot.results.dx_gemm[view.n, view.c],
        large=True,
        marks=marks,
        hatches=leftover_on_input(spot),
    )


def _agreement(spot: Spot) -> Card:
    """Both pairs of methods, and a central difference at the largest cell of each gradient."""
    results, view = spot.results, spot.view
    dw, dx = results.dw_patches, results.dx_scatter
    w_cell = _largest(dw, (view.f, spot.kernel_channel))
    x_cell = _largest(dx, (view.n, view.c))
    w_numeric, x_numeric = _numeric(spot, "weight", w_cell), _numeric(spot, "input", x_cell)
    w_gap, x_gap = difference(dw, results.dw_correlate), difference(dx, results.dx_rot180)
    lines = (
        (message("line.dw_methods"), number(w_gap.absolute)),
        (message("line.dw_numeric"), number(difference(dw[w_cell], w_numeric).relative)),
        (message("line.dx_methods"), number(x_gap.absolute)),
        (message("line.dx_numeric"), number(difference(dx[x_cell], x_numeric).relative)),
    )
    all_agree = (
        agree(dw, results.dw_correlate, results.dw_size)
        and agree(dx, results.dx_rot180, results.dx_size)
        and agree(dw[w_cell], w_numeric, results.dw_size[w_cell], NUMERIC_TOLERANCE)
        and agree(dx[x_cell], x_numeric, results.dx_size[x_cell], NUMERIC_TOLERANCE)
    )
    return Card("agreement", message("card.agreement" if all_agree else "card.disagreement"), lines)


def _largest(values: Array, leading: tuple[int, int]) -> tuple[int, ...]:
    part = np.abs(values[leading])
    return (*leading, *(int(k) for k in np.unravel_index(int(part.argmax()), part.shape)))


def _numeric(spot: Spot, wrt: str, cell: tuple[int, ...]) -> Array:
    bundle = spot.bundle
    numeric = central_difference(
        wrt, cell, bundle.x, bundle.w, bundle.b, bundle.grad_output, **spot.geometry.parameters
    )
    return np.array(numeric)
