"""The forward pass: how one output cell comes about, channel by channel."""

from __future__ import annotations

import numpy as np

from conv.ops.textbook import Array, pad, windows
from conv.snippets import latex, with_numpy, with_torch
from conv.spot import Spot
from conv.state.rooms import SCENES

from . import formulas
from .hatches import legend
from .overview import output_sum
from .panel import Panel
from .panels import (
    at_output,
    input_pad_panel,
    kernel_panel,
    kernel_shaped,
    output_panel,
    patch_panel,
)
from .registry import SceneType
from .scene import Bars, Operator, Scene, Section
from .tables import Table
from .texts import Message, Number, message


def forward(spot: Spot) -> Scene:
    """The panels input_pad, patch, kernel, product, channels and output."""
    view = spot.view
    window = Section(
        message("heading.window"),
        (
            (
                input_pad_panel(spot),
                Operator("→"),
                patch_panel(spot),
                Operator("⊙"),
                kernel_panel(spot),
                Operator("="),
                product_panel(spot),
            ),
        ),
    )
    channels = Section(
        message("heading.channels"),
        ((_channel_bars(spot), Operator("Σ"), output_panel(spot)),),
    )
    alt = message("alt.forward", n=view.n, f=view.f, **at_output(spot.geometry))
    total = output_sum(spot)
    bands = ((window,), (channels,))
    return Scene(bands, total, alt, spot.sizes, spot.places, legend=legend(bands, spot.geometry))


def product_panel(spot: Spot) -> Panel:
    """The patch times the kernel, cell by cell."""
    values = spot.patches * spot.kernel
    total = Number(Table(values.sum(axis=(2, 3)), "output"))
    text = message("caption.product", total=total)
    return kernel_shaped(spot.geometry, "product", text, Table(values, "output"))


def _channel_bars(spot: Spot) -> Bars:
    """Every input channel's share of the output cell, in the order of the input's channels."""
    view, bundle = spot.view, spot.bundle
    seen = spot.geometry.channels_of(view.f)
    patches = windows(pad(bundle.x[view.n, seen], spot.geometry.pads), spot.geometry)
    shares = np.einsum("cijmn,cmn->ijc", patches, bundle.w[view.f])
    bias = np.full(spot.out.shape, bundle.b[view.f])
    return Bars(
        "channels",
        message("panel.channels"),
        _caption(seen, shares),
        tuple(str(c) for c in range(seen.start, seen.stop)),
        Table(shares, "output"),
        (message("word.bias"), message("word.total")),
        Table(np.stack([bias, spot.out], axis=-1), "output"),
        view.c - seen.start,
        "c",
    )


def _caption(seen: slice, shares: Array) -> Message:
    if seen.stop - seen.start == 1:
        return message("caption.channel_one", c=seen.start)
    total = Number(Table(shares.sum(axis=-1), "output"))
    return message("caption.channels", first=seen.start, last=seen.stop - 1, total=total)


SCENES.add(
    SceneType(
        name="forward",
        position=2,
        build=forward,
        formulas=(formulas.OUT,),
        numpy=with_numpy.forward,
        torch=with_torch.forward,
        latex=latex.output,
    )
)
