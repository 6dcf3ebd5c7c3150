"""What the cells of panels are, and which of them belong to a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from conv.ops.axis import Axis, Span, Spans
from conv.ops.geometry import Geometry, Pair
from conv.spot import Space

from .index_maps import cells, each, every, link
from .marks import Cells, Link, Role
from .tables import Mask


@dataclass(frozen=True)
class Ground:
    """What the cells of a panel are, and which of them belong to a place of each space."""

    cells: Cells
    links: Mapping[Space, tuple[Link, ...]]


def padded_input_ground(geometry: Geometry) -> Ground:
    """For panels of the padded input's size."""
    rows, columns = geometry.padded_size
    return Ground(
        cells("input_pad", rows, columns),
        {
            "output": (link("window", geometry, Axis.windows),),
            "kernel": (link("window", geometry, Axis.views),),
            "input_pad": (link("window", geometry, lambda axis: each(axis.padded)),),
        },
    )


def input_ground(geometry: Geometry, space: Space = "input") -> Ground:
    """For panels of the input's size, whose cells are places of "input" or of "input_pad"."""
    rows, columns = (
        tuple(range(*axis.inner)) if space == "input_pad" else tuple(range(axis.size))
        for axis in geometry.axes
    )
    return Ground(
        Cells(space, rows, columns),
        {
            "output": (link("window", geometry, Axis.windows_on_input),),
            "kernel": (link("window", geometry, Axis.views_on_input),),
            "input_pad": (link("window", geometry, Axis.input_cells),),
            "input": (link("output", geometry, lambda axis: each(axis.size)),),
        },
    )


def output_ground(geometry: Geometry, role: Role) -> Ground:
    """For panels of the output's size, outlined as `role`."""
    _, _, rows, columns = geometry.output_size
    return Ground(
        cells("output", rows, columns),
        {
            "output": (link(role, geometry, lambda axis: each(axis.output)),),
            "kernel": (link(role, geometry, lambda axis: every(axis.kernel, axis.output)),),
            "input_pad": (link(role, geometry, Axis.outputs_fed),),
            "input": (link(role, geometry, lambda axis: axis.of_input(axis.outputs_fed())),),
        },
    )


def kernel_ground(geometry: Geometry, *, framed: bool = False) -> Ground:
    """For panels of the kernel's size; the whole kernel belongs to an output cell if `framed`."""

    def met_on_input(axis: Axis) -> Spans:
        return axis.of_input(axis.kernel_cells_met())

    frame: dict[Space, tuple[Link, ...]] = {"output": (_whole("kernel", geometry),)}
    return Ground(
        cells("kernel", *geometry.kernel),
        {
            **(frame if framed else {}),
            "kernel": (link("kernel", geometry, lambda axis: each(axis.kernel)),),
            "input_pad": (link("kernel", geometry, Axis.kernel_cells_met),),
            "input": (link("kernel", geometry, met_on_input),),
        },
    )


def patch_ground(geometry: Geometry) -> Ground:
    """For the patch, whose cells are those of the kernel that lies on it."""
    return Ground(
        cells("kernel", *geometry.kernel),
        {
            "output": (_whole("window", geometry),),
            "kernel": (link("window", geometry, lambda axis: each(axis.kernel)),),
        },
    )


def rot180_ground(geometry: Geometry, *, framed: bool = False) -> Ground:
    """For panels of the rotated kernel's size: each cell is that of its twin in the kernel."""
    kernel = kernel_ground(geometry, framed=framed)
    rows, columns = kernel.cells.rows, kernel.cells.columns
    links = {
        space: tuple(_rotated(one, geometry.kernel) for one in linked)
        for space, linked in kernel.links.items()
    }
    return Ground(Cells("kernel", rows[::-1], columns[::-1]), links)


def _whole(role: Role, geometry: Geometry) -> Link:
    return link(role, geometry, lambda axis: every(axis.output, axis.kernel))


def _rotated(one: Link, kernel: Pair) -> Link:
    """The link's cells where a rotation by 180 degrees puts them."""

    def turned(spans: Spans, size: int) -> Spans:
        return tuple(Span(size - stop, size - start, step) for start, stop, step in spans)

    return Link(one.role, turned(one.rows, kernel[0]), turned(one.columns, kernel[1]))


def real_cells(real: Mask) -> Cells:
    """The cells of top_diff among zeros, which are no places."""
    lines = (np.any(real, axis=1), np.any(real, axis=0))
    rows, columns = (
        tuple(int(k) for k in np.where(line, np.cumsum(line) - 1, -1)) for line in lines
    )
    return Cells("output", rows, columns)
