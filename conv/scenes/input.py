"""The gradient of the input by both methods, step by step."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conv.ops import conv2d_input
from conv.ops.axis import NOTHING, Axis
from conv.ops.check import one_group
from conv.ops.geometry import Geometry
from conv.ops.textbook import Array, crop, full_padding, insert_zeros, rot180
from conv.snippets import latex, with_numpy, with_torch
from conv.spot import Space, Spot
from conv.state.rooms import SCENES

from . import formulas
from .grounds import (
    Ground,
    input_ground,
    kernel_ground,
    padded_input_ground,
    real_cells,
    rot180_ground,
)
from .hatches import (
    border,
    frame,
    hatches,
    inserted_hatches,
    legend,
    unread_on_input,
    unread_on_padded,
)
from .index_maps import each, link
from .marks import Box, Cells, Hatch
from .panel import Panel
from .panels import (
    at_output,
    column,
    grad_output_panel,
    kernel_panel,
    kernel_rot180_panel,
    letters,
    over,
    panel,
    rotated_letters,
    row,
)
from .products import input_products_card
from .registry import SceneType
from .scene import Bars, Operator, Parts, Scene, Section, Thumbnails
from .tables import Filling, Gap, Mask, Table
from .texts import Along, Largest, Message, Number, Products, message
from .together import clock, differences, how_far, parts_of, share_bars, together


def input_gradient(spot: Spot) -> Scene:
    """The panels of dx: the scatter on the left, whose step is an output cell; the rot180
    convolution on the right, whose step is an input cell; below, what both give. The steps go over
    filter f, or over all filters that see the channel where the view's scan is of all."""
    view, results, geometry = spot.view, spot.results, spot.geometry
    seeing = geometry.filters_of(view.c)
    filters = range(seeing.start, seeing.stop)
    parts = parts_of(view, "f", filters)
    shares = _shares(spot, seeing)
    earlier = shares[: parts.at].sum(axis=0) if parts and parts.at else None
    by_scatter = _scatter_filling(spot, earlier)
    by_rot180 = _rot180_filling(spot, filters if parts else range(view.f, view.f + 1))
    gap = Gap(by_scatter, by_rot180, geometry.origin)
    own = crop(shares[filters.index(view.f)], geometry)
    share = message("caption.dx_filter", n=view.n, c=view.c, f=view.f)
    below = together(
        _input_shaped(spot.geometry, "dx_filter", share, Table(own)),
        Operator("→", over("word.over_filters", len(filters))),
        _input_shaped(
            spot.geometry,
            "dx",
            message("caption.dx", n=view.n, c=view.c),
            Table(results.dx_gemm[view.n, view.c]),
        ),
        _input_shaped(
            spot.geometry,
            "difference",
            message("caption.dx_difference", largest=Largest(gap)),
            gap,
        ),
        differences(
            message("card.dx_differences", count=math.prod(spot.geometry.input_size)),
            results.dx_scatter,
            results.dx_rot180,
            results.dx_size,
        ),
        _bars(spot, filters, crop(shares, geometry)) if len(filters) > 1 else None,
        input_products_card(spot),
    )
    windows = _full_windows(geometry, _full_grad_output(spot.grad_output, geometry)[0])
    methods = (_scatter(spot, by_scatter, parts), _rotated(spot, by_rot180, windows, parts))
    bands = (methods, (below,))
    return Scene(
        bands,
        _sum(spot, windows),
        message("alt.dx", n=view.n, c=view.c, f=view.f),
        spot.sizes,
        spot.places,
        ("output", "input"),
        parts,
        message("word.scan_filters", count=len(filters)) if len(filters) > 1 else None,
        legend(bands, spot.geometry),
    )


def _scatter_filling(spot: Spot, earlier: Array | None) -> Filling:
    """dx_pad so far by scatter after every window, on top of the earlier filters' shares."""
    geometry = spot.geometry
    so_far = np.zeros(geometry.padded_size) if earlier is None else earlier.copy()
    after = np.empty_like(spot.patches)
    for i, j in geometry.output_cells():
        window = so_far[geometry.window(i, j)]
        window += spot.kernel * spot.grad_output[i, j]
        after[i, j] = window
    into = link("window", geometry, Axis.windows)
    start = _unread_are_zero(geometry) if earlier is None else earlier
    return Filling(after, "output", into.rows, into.columns, geometry.padded_size, start)


def _unread_are_zero(geometry: Geometry) -> Array:
    """dx_pad before the first window: 0 where none will write, NaN where the cells wait."""
    rows, columns = ([fed != NOTHING for fed in axis.outputs_fed()] for axis in geometry.axes)
    return np.where(np.outer(rows, columns), np.nan, 0.0)


def _rot180_filling(spot: Spot, filters: range) -> Filling:
    """dx by rot180, one cell finished after the other, of the sum over these filters."""
    geometry, view = spot.geometry, spot.view
    seeing = slice(filters.start, filters.stop)
    total = conv2d_input(
        (1, 1, *spot.x.shape),
        spot.bundle.w[seeing, spot.kernel_channel][:, None],
        spot.bundle.grad_output[view.n, seeing][None],
        **one_group(geometry),
        method="rot180",
    )[0, 0]
    rows, columns = total.shape
    return Filling(total[..., None, None], "input", each(rows), each(columns), (rows, columns))


def _shares(spot: Spot, seeing: slice) -> Array:
    """What each of the filters sends back to the padded x[n, c] (filters, HP, WP)."""
    geometry = spot.geometry
    kernels = spot.bundle.w[seeing, spot.kernel_channel][:, None]
    shares: Array = conv2d_input(
        (1, len(kernels), *geometry.padded_size),
        kernels,
        spot.bundle.grad_output[spot.view.n, seeing][None],
        stride=geometry.stride,
        dilation=geometry.dilation,
        groups=len(kernels),
    )[0]
    return shares


def _scatter(spot: Spot, by_scatter: Filling, parts: Parts | None) -> Section:
    """The scatter: the kernel, a number of top_diff, what they send back, and the sum so far."""
    view, geometry, (rows, columns) = spot.view, spot.geometry, spot.grad_output.shape
    sent = Table(spot.kernel * spot.grad_output[..., None, None], "output")
    told = clock("clock.scatter", "output", (rows, columns), spot.kernel.size, parts)
    cropped = any(geometry.padding)
    key = "caption.dx_scatter_cropped" if cropped else "caption.dx_scatter"
    return Section(
        message("heading.scatter"),
        (
            (kernel_panel(spot), Operator("×"), grad_output_panel(spot)),
            (
                replace(
                    panel(
                        "step_scatter",
                        message("caption.step_scatter", **at_output(spot.geometry)),
                        sent,
                        kernel_ground(geometry),
                    ),
                    letters=letters(geometry.kernel),
                ),
                Operator("+"),
                replace(
                    panel(
                        "dx_scatter",
                        message(key, n=view.n, c=view.c, **how_far(told)),
                        by_scatter,
                        _dx_pad_ground(geometry),
                        home="output",
                    ),
                    large=True,
                    hatches=border("cropped", geometry) + unread_on_padded(geometry),
                ),
            ),
        ),
        message("note.scatter"),
        told,
    )


def _rotated(spot: Spot, by_rot180: Filling, windows: Array, parts: Parts | None) -> Section:
    """The rot180 convolution: the rotated kernel, an input cell's window of the padded top_diff,
    their products, and the cells of dx that are finished."""
    view, geometry = spot.view, spot.geometry
    spread, real = _full_grad_output(spot.grad_output, geometry)
    steps = windows * rot180(spot.kernel)
    text = message("caption.step_rot180", total=Number(Table(steps.sum(axis=(2, 3)), "input")))
    filters = len(parts.choices) if parts else 1
    met = _full_windows(geometry, real.astype(float)).sum(axis=(2, 3)) * filters
    told = clock(
        "clock.rot180",
        "input",
        by_rot180.size,
        spot.kernel.size * filters,
        real=np.cumsum(met).reshape(met.shape),
    )
    return Section(
        message("heading.rot180"),
        (
            (
                kernel_rot180_panel(spot),
                Operator("⊙"),
                replace(
                    panel(
                        "grad_output_pad",
                        message("caption.grad_output_pad", **_at_input(spot.geometry)),
                        Table(spread),
                        _full_ground(geometry, real),
                        home="input",
                    ),
                    large=True,
                    hatches=_zero_hatches(geometry, real),
                ),
            ),
            (
                replace(
                    panel("step_rot180", text, Table(steps, "input"), rot180_ground(geometry)),
                    letters=rotated_letters(geometry.kernel),
                ),
                Operator("Σ", over("word.over_filters", filters)),
                _input_shaped(
                    spot.geometry,
                    "dx_rot180",
                    message("caption.dx_rot180", n=view.n, c=view.c, **how_far(told)),
                    by_rot180,
                    home="input",
                ),
            ),
        ),
        message("note.rot180"),
        told,
    )


def _sum(spot: Spot, windows: Array) -> Message:
    view, kernel = spot.view, spot.kernel
    number = Table(spot.grad_output, "output")
    return message(
        "sum.dx" if spot.kernel.size > 1 else "sum.dx_one",
        n=view.n,
        c=view.c,
        f=view.f,
        **at_output(spot.geometry),
        first=Products(Table(kernel[:1, :1]), number),
        last=Products(Table(kernel[-1:, -1:]), number),
        first_letter=letters(spot.geometry.kernel)[0][0],
        last_letter=letters(spot.geometry.kernel)[-1][-1],
        **_at_input(spot.geometry),
        products=Products(Table(windows, "input"), Table(rot180(kernel))),
        total=Number(Table((windows * rot180(kernel)).sum(axis=(2, 3)), "input"), 6),
    )


def _at_input(geometry: Geometry) -> dict[str, Along]:
    """The input cell as `p` and `q`, in a text."""
    _, _, rows, columns = geometry.input_size
    return {"p": row("input", rows), "q": column("input", columns)}


def _full_grad_output(grad_output: Array, geometry: Geometry) -> tuple[Array, Mask]:
    """grad_output (OH, OW) as rot180 sees it, and which of its cells are top_diff's own."""
    spread, is_cell = insert_zeros(grad_output[None, None], geometry)
    return full_padding(spread, geometry)[0, 0], full_padding(is_cell, geometry)


def _full_windows(geometry: Geometry, spread: Array) -> Array:
    """The window of every input cell (H, W, KH, KW), views of `spread`."""
    dh, dw = geometry.dilation
    every_window = sliding_window_view(spread, geometry.extent)
    return every_window[*geometry.inner, ::dh, ::dw]


def _full_ground(geometry: Geometry, real: Mask) -> Ground:
    """For the padded top_diff: its own cells are places of the output, the zeros are none."""
    return Ground(
        real_cells(real),
        {
            "output": (link("top_diff", geometry, Axis.full_cells),),
            "input": (link("window", geometry, Axis.full_windows),),
        },
    )


def _dx_pad_ground(geometry: Geometry) -> Ground:
    """For dx with its padding: what is cropped is no place of the input."""
    rows, columns = geometry.axes
    links = padded_input_ground(geometry).links
    return Ground(
        Cells("input", rows.input_places(), columns.input_places()),
        {
            "output": links["output"],
            "input": (link("output", geometry, Axis.on_padded),),
        },
    )


def _zero_hatches(geometry: Geometry, real: Mask) -> tuple[Hatch, ...]:
    """The zeros round the cells as padding and those between them as inserted; what the windows
    of the padding alone cover as cropped."""
    ((top, below), (left, after)), (height, width) = geometry.pads, real.shape
    bottom, right, cells = height - below, width - after, np.argwhere(real)
    # What is cropped is hatched as that alone: one hatch over another could be read as a third.
    first = np.maximum(cells.min(axis=0), (top, left))
    last = np.minimum(cells.max(axis=0) + 1, (bottom, right))
    (up, start), (down, end) = (tuple(map(int, edge)) for edge in (first, last))
    zeros = hatches(
        "padding",
        Box(top, up, left, right),
        Box(down, bottom, left, right),
        Box(up, down, left, start),
        Box(up, down, end, right),
    )
    inside = (_clipped(hatch, Box(top, bottom, left, right)) for hatch in inserted_hatches(real))
    return (
        frame("cropped", (height, width), geometry.pads)
        + zeros
        + tuple(hatch for hatch in inside if not hatch.box.is_empty())
    )


def _clipped(hatch: Hatch, to: Box) -> Hatch:
    box = hatch.box
    top, left = max(box.top, to.top), max(box.left, to.left)
    return Hatch(hatch.kind, Box(top, min(box.bottom, to.bottom), left, min(box.right, to.right)))


def _bars(spot: Spot, filters: range, shares: Array) -> Bars:
    """What each filter adds to a cell of dx, over the kernel and the top_diff that meet in it."""
    view, bundle, seeing = spot.view, spot.bundle, slice(filters.start, filters.stop)
    by_cell = np.moveaxis(shares, 0, -1)
    text = message(
        "caption.shares_f",
        n=view.n,
        c=view.c,
        kc=spot.kernel_channel,
        f=view.f,
        **_at_input(spot.geometry),
        total=Number(Table(by_cell.sum(axis=-1), "input")),
    )
    met = (
        Thumbnails(
            message("thumbnails.w", c=spot.kernel_channel),
            rot180(bundle.w[seeing, spot.kernel_channel]),
        ),
        Thumbnails(
            message("thumbnails.grad_output_filters", n=view.n), bundle.grad_output[view.n, seeing]
        ),
    )
    return share_bars("f", text, filters, view.f, by_cell, "input", met)


def _input_shaped(
    geometry: Geometry,
    name: str,
    text: Message,
    values: Table | Filling | Gap,
    home: Space | None = None,
) -> Panel:
    return replace(
        panel(name, text, values, input_ground(geometry), home=home),
        large=True,
        hatches=unread_on_input(geometry),
    )


SCENES.add(
    SceneType(
        name="dx",
        position=4,
        build=input_gradient,
        works_out=("gemm", "scatter", "rot180"),
        fields=("scan",),
        formulas=(formulas.DX,),
        note="formula.dx",
        products="dx",
        numpy=with_numpy.input_,
        torch=with_torch.input_,
        latex=latex.input_,
    )
)
