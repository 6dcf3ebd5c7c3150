"""Where a number comes from: the products that one cell of a gradient is the sum of, and how
many they are for every cell of a plane.

The order of a method's products is that of its loops in `textbook`. The arguments are checked and
of one float dtype, and of the geometry's sizes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .axis import Ints
from .geometry import Geometry, as_cell
from .textbook import Array, crop, pad


@dataclass(frozen=True)
class CellProducts:
    """The products that a cell of a gradient is the sum of, a row each, in the order of the first
    method: patches for dw, scatter for dx. All arrays are (products,).

    `indices` says by name where a row's numbers stand. For dw: n, i, j of grad_output; row, column
    of the padded input, and p, q of the input, outside of it where `is_padding`. For dx: f, i, j
    of grad_output; m, k of the kernel. `left` is the number of pad(x) for dw, of w for dx.

    `order` is each row's place, from 0, in the order of the second method: correlation for dw,
    rot180 for dx. `step_first` and `step_second` are the steps, from 1, in which a method adds it.
    """

    indices: Mapping[str, Ints]
    is_padding: NDArray[np.bool_]
    left: Array
    grad_output: Array
    order: Ints
    step_first: Ints
    step_second: Ints

    @property
    def products(self) -> Array:
        """left * grad_output."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.left * self.grad_output

    @property
    def running_first(self) -> Array:
        """The sum of the first row, of the first two, and so on."""
        return _running(self.products)

    @property
    def running_second(self) -> Array:
        """The same in the order of the second method; row r is in it from place order[r] on."""
        return _running(self.products[np.argsort(self.order)])


def weight_products(
    x: Array, grad_output: Array, geometry: Geometry, cell: Sequence[int]
) -> CellProducts:
    """The products of pad(x) and grad_output that dw[f, c, m, k] is the sum of, `cell` being
    (f, c, m, k) with c counted in the filter's group. One for every n, i, j: those with a padding
    zero count too.

    x (N, C, H, W), grad_output (N, F, OH, OW). Patches take the items of an output cell in turn,
    correlation the output cells of an item, and all of them in one step.

    Raises ConvError where dw has no such cell. Source: the notebook, section 3.1.
    """
    f, c, m, k = as_cell("cell", cell, "dw", geometry.weight_size)
    items, _, oh, ow = geometry.output_size
    i, j, n = _rows(np.arange(oh), np.arange(ow), np.arange(items))
    down, across = geometry.axes
    row, column = down.met(i, m), across.met(j, k)
    x_pad = pad(x[:, geometry.channels_of(f).start + c], geometry.pads)
    return CellProducts(
        indices={
            "n": n,
            "i": i,
            "j": j,
            "row": row,
            "column": column,
            "p": down.input_cell(row),
            "q": across.input_cell(column),
        },
        is_padding=~(down.inner.holds(row) & across.inner.holds(column)),
        left=x_pad[n, row, column],
        grad_output=grad_output[n, f, i, j],
        order=_places(cells=oh * ow, inner=items),
        step_first=i * ow + j + 1,
        step_second=np.full_like(n, m * geometry.kernel[1] + k + 1),
    )


def input_products(
    weight: Array, grad_output: Array, geometry: Geometry, cell: Sequence[int]
) -> CellProducts:
    """The products of w and grad_output that dx[n, c, p, q] is the sum of, `cell` being
    (n, c, p, q). One for every filter that sees the channel and every kernel cell that some window
    lays on the input cell: none at all where no window reaches it.

    weight (F, C/groups, KH, KW), grad_output (N, F, OH, OW). Scatter takes the filters of an
    output cell in turn, rot180 the output cells of a filter, and all of them in one step.

    Raises ConvError where dx has no such cell. Source: the notebook, section 3.2.
    """
    n, c, p, q = as_cell("cell", cell, "dx", geometry.input_size)
    filters = geometry.filters_of(c)
    down, across = geometry.axes
    row, column = down.padded_cell(p), across.padded_cell(q)
    rows, columns = down.outputs_of(row), across.outputs_of(column)
    i, j, f = _rows(rows, columns, np.arange(filters.start, filters.stop))
    m, k = down.kernel_cell(i, row), across.kernel_cell(j, column)
    return CellProducts(
        indices={"f": f, "i": i, "j": j, "m": m, "k": k},
        is_padding=np.zeros(f.shape, bool),
        left=weight[f, c % geometry.weight_size[1], m, k],
        grad_output=grad_output[n, f, i, j],
        order=_places(cells=len(rows) * len(columns), inner=filters.stop - filters.start),
        step_first=i * geometry.output_size[3] + j + 1,
        step_second=np.full_like(f, p * geometry.input_size[3] + q + 1),
    )


def weight_counts(
    x: Array, grad_output: Array, geometry: Geometry, f: int, c: int
) -> tuple[Ints, Ints]:
    """How many products each cell of dw[f, c] is the sum of, and how many of them are not 0, c
    counted in the filter's group. Two arrays (KH, KW)."""
    items, _, oh, ow = geometry.output_size
    x_pad = pad(x[:, geometry.channels_of(f).start + c], geometry.pads)
    nonzero = np.zeros(geometry.kernel, np.intp)
    for m, k in np.ndindex(geometry.kernel):
        nonzero[m, k] = np.count_nonzero(x_pad[:, *geometry.met(m, k)] * grad_output[:, f])
    return np.full_like(nonzero, items * oh * ow), nonzero


def input_counts(
    weight: Array, grad_output: Array, geometry: Geometry, n: int, c: int
) -> tuple[Ints, Ints]:
    """How many products each cell of dx[n, c] is the sum of, and how many of them are not 0. Two
    arrays (H, W)."""
    filters, counts = geometry.filters_of(c), np.zeros((2, *geometry.padded_size))
    kernels = weight[filters, c % geometry.weight_size[1]]
    for m, k in np.ndindex(geometry.kernel):
        sent = kernels[:, m, k, None, None] * grad_output[n, filters]
        counts[:, *geometry.met(m, k)] += [
            np.full(sent.shape[1:], len(kernels)),
            np.count_nonzero(sent, axis=0),
        ]
    products, nonzero = crop(counts, geometry).astype(np.intp)
    return products, nonzero


def _rows(i: Ints, j: Ints, inner: Ints) -> list[Ints]:
    """Every i, every j and every item or filter, the last running fastest."""
    return [axis.ravel() for axis in np.meshgrid(i, j, inner, indexing="ij")]


def _places(cells: int, inner: int) -> Ints:
    """The places of the rows where the items or filters run slowest."""
    return np.add.outer(np.arange(cells), np.arange(inner) * cells).ravel()


def _running(products: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.cumsum(products)
