"""The overview: one window of the forward pass, and what comes back through it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from conv.numbers import number
from conv.ops import difference, input_witness, weight_witness
from conv.ops.agreement import NUMERIC_TOLERANCE, agree
from conv.ops.textbook import Array
from conv.snippets import latex, with_numpy, with_torch
from conv.spot import Spot
from conv.state.rooms import SCENES

from . import formulas
from .grounds import input_ground
from .hatches import legend, unread_on_input
from .panel import Panel
from .panels import (
    at_output,
    grad_output_panel,
    input_pad_panel,
    kernel_panel,
    kernel_rot180_panel,
    kernel_shaped,
    output_panel,
    over,
    panel,
    patch_panel,
)
from .registry import SceneType
from .scene import Card, Operator, Scene, Section
from .tables import Table
from .texts import Along, Message, Number, Products, message


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
                dw_panel(spot),
                Operator(""),
                dx_panel(spot),
                Operator(""),
                _agreement(spot),
            ),
        ),
    )
    alt = message("alt.overview", n=view.n, c=view.c, f=view.f, **at_output(spot.geometry))
    total = output_sum(spot)
    bands = ((forward,), (backward,))
    return Scene(bands, total, alt, spot.sizes, spot.places, legend=legend(bands, spot.geometry))


def output_sum(spot: Spot) -> Message:
    """The chosen output cell as a sum: the chosen channel's products, the other channels, b."""
    view = spot.view
    shares = (spot.patches * spot.kernel).sum(axis=(2, 3))
    bias = float(spot.bundle.b[view.f])
    others = spot.bundle.w.shape[1] - 1
    split: dict[str, int | Number] = {
        "c": view.c,
        "share": Number(Table(shares, "output"), 6),
        "others": others,
        "rest": Number(Table(spot.out - bias - shares, "output"), 6),
    }
    return message(
        "sum.output" if others else "sum.output_one",
        n=view.n,
        f=view.f,
        **at_output(spot.geometry),
        products=Products(Table(spot.patches, "output"), Table(spot.kernel)),
        bias=number(bias),
        total=Number(Table(spot.out, "output"), 6),
        **(split if others else {}),
    )


def dw_panel(spot: Spot) -> Panel:
    """dw[f, c], the sum over all items."""
    view = spot.view
    values = Table(spot.results.dw_gemm[view.f, spot.kernel_channel])
    text = message("caption.dw", f=view.f, c=spot.kernel_channel)
    return kernel_shaped(spot.geometry, "dw", text, values)


def dx_panel(spot: Spot) -> Panel:
    """dx[n, c], with the input cells under the window."""
    view, values = spot.view, Table(spot.results.dx_gemm[spot.view.n, spot.view.c])
    where: dict[str, int | Along] = {"n": view.n, "c": view.c, **at_output(spot.geometry)}
    ground = input_ground(spot.geometry, "input_pad")
    return replace(
        panel("dx", message("caption.dx_window", **where), values, ground, home="output"),
        large=True,
        hatches=unread_on_input(spot.geometry),
        text_unmarked=message("caption.dx_padding", **where),
    )


def _agreement(spot: Spot) -> Card:
    """Both pairs of methods, and a central difference at the largest cell of each gradient."""
    results, view, bundle = spot.results, spot.view, spot.bundle
    dw, dx = results.dw_patches, results.dx_scatter
    w_cell = _largest(dw, (view.f, spot.kernel_channel))
    x_cell = _largest(dx, (view.n, view.c))
    layer = bundle.x, bundle.w, bundle.b, bundle.grad_output, spot.geometry
    w_numeric = np.array(weight_witness(*layer, w_cell).value)
    x_numeric = np.array(input_witness(*layer, x_cell).value)
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


SCENES.add(
    SceneType(
        name="overview",
        position=1,
        build=overview,
        works_out=("gemm", "patches", "correlate", "scatter", "rot180"),
        formulas=(formulas.OUT, formulas.DW),
        numpy=with_numpy.overview,
        torch=with_torch.overview,
        latex=latex.output,
    )
)
