"""The forward pass: how one output cell comes about, channel by channel."""

from __future__ import annotations

import numpy as np

from conv.ops.textbook import pad

from .numbers import number
from .overview import output_sum
from .parts import (
    Spot,
    input_pad_panel,
    kernel_panel,
    letters,
    output_panel,
    patch_panel,
)
from .scene import Bars, Message, Operator, Panel, Scene, Section, message


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
                _product_panel(spot),
            ),
        ),
    )
    channels = Section(
        message("heading.channels"),
        ((_channel_bars(spot), Operator("Σ"), output_panel(spot)),),
    )
    alt = message("alt.forward", n=view.n, f=view.f, i=view.i, j=view.j)
    return Scene("forward", ((window,), (channels,)), output_sum(spot), alt)


def _product_panel(spot: Spot) -> Panel:
    values = spot.patch * spot.kernel
    caption = message("caption.product", total=number(float(values.sum())))
    return Panel(
        "product",
        message("panel.product"),
        caption,
        values,
        letters=letters(spot.geometry.kernel),
    )


def _channel_bars(spot: Spot) -> Bars:
    """Every input channel's share of the output cell, in the order of the input's channels."""
    view, bundle = spot.view, spot.bundle
    seen = spot.geometry.channels_of(view.f)
    x_pad = pad(bundle.x[view.n, seen], spot.geometry.padding)
    patches = x_pad[:, *spot.geometry.window(view.i, view.j)]
    shares = (patches * bundle.w[view.f]).sum(axis=(1, 2))
    bias = float(bundle.b[view.f])
    out = float(spot.results.out[view.n, view.f, view.i, view.j])
    return Bars(
        "channels",
        message("panel.channels"),
        _caption(seen, float(np.sum(shares))),
        tuple(str(c) for c in range(seen.start, seen.stop)),
        tuple(float(share) for share in shares),
        (message("word.bias"), message("word.total")),
        (bias, out),
        view.c - seen.start,
    )


def _caption(seen: slice, total: float) -> Message:
    if seen.stop - seen.start == 1:
        return message("caption.channel_one", c=seen.start)
    return message("caption.channels", first=seen.start, last=seen.stop - 1, total=number(total))
