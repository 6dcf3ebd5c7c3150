"""The patches as the columns of a matrix: every pass one product a block, for every geometry.

Each product holds cells that meet and no others, so a NaN or an infinity goes where the textbook
methods send it. The columns hold KH * KW / stride^2 times the input; `blocks` bounds them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .geometry import Geometry
from .textbook import Array, crop

# Scratch of one block: it stays in the caches, and large inputs take no more of it than small ones.
BLOCK_BYTES = 2 << 20


def blocks(items: int, rows: int, row_bytes: int, halo: int = 0) -> Iterator[tuple[slice, slice]]:
    """The batch items and their rows in parts of about BLOCK_BYTES, at `row_bytes` a row; the part
    of an item needs `halo` rows more. An item is cut only where it does not fit as a whole."""
    fit = max(1, BLOCK_BYTES // row_bytes)
    at_once = max(1, min(items, fit // (rows + halo)))
    step = rows if fit >= rows + halo else max(fit - halo, halo, 1)
    for i in range(0, items, at_once):
        for r in range(0, rows, step):
            yield slice(i, min(items, i + at_once)), slice(r, min(rows, r + step))


@np.errstate(over="ignore", invalid="ignore")
def output_im2col(x: Array, weight: Array, bias: Array, geometry: Geometry) -> Array:
    """out (N, F, OH, OW)."""
    f = len(weight)
    out = np.empty(geometry.output_size, x.dtype)
    x_pad = _padded(x, geometry)
    kernels = weight.reshape(geometry.groups, f // geometry.groups, -1)
    for items, rows in _column_blocks(x, geometry):
        target = out[items, :, rows]
        products = np.matmul(kernels, _columns(x_pad[items], rows, geometry))
        np.add(products.reshape(target.shape), bias[:, None, None], out=target)
    return out


@np.errstate(over="ignore", invalid="ignore")
def weight_im2col(x: Array, grad_output: Array, geometry: Geometry) -> Array:
    """dw (F, C/groups, KH, KW)."""
    f, groups = geometry.weight_size[0], geometry.groups
    dw = np.zeros(
        (groups, f // groups, geometry.weight_size[1] * np.prod(geometry.kernel)), x.dtype
    )
    x_pad = _padded(x, geometry)
    for items, rows in _column_blocks(x, geometry):
        g = _flat(grad_output[items, :, rows], groups)
        columns = _columns(x_pad[items], rows, geometry)
        dw += np.matmul(g, columns.swapaxes(2, 3)).sum(axis=0)
    return dw.reshape(geometry.weight_size)


@np.errstate(over="ignore", invalid="ignore")
def input_im2col(weight: Array, grad_output: Array, geometry: Geometry) -> Array:
    """dx (N, C, H, W)."""
    n, c, _, _ = geometry.input_size
    f, (kh, kw) = len(weight), geometry.kernel
    kernels = weight.reshape(geometry.groups, f // geometry.groups, -1).swapaxes(1, 2)
    dx_pad = np.zeros((n, c, *geometry.padded_size), weight.dtype)
    for items, rows in _column_blocks(grad_output, geometry):
        g = grad_output[items, :, rows]
        columns = np.matmul(kernels, _flat(g, geometry.groups))
        columns = columns.reshape(len(g), c, kh, kw, *g.shape[2:])
        for m, k, cells in _met(rows, geometry):
            dx_pad[items, :, *cells] += columns[:, :, m, k]
    return crop(dx_pad, geometry)


def _column_blocks(like: Array, geometry: Geometry) -> Iterator[tuple[slice, slice]]:
    (n, c, _, _), (_, _, oh, ow) = geometry.input_size, geometry.output_size
    kh, kw = geometry.kernel
    return blocks(n, oh, c * kh * kw * ow * like.itemsize)


def _columns(x_pad: Array, rows: slice, geometry: Geometry) -> Array:
    """The patches of these output rows as columns (N, groups, C/groups*KH*KW, rows*OW)."""
    n, c, _, _ = x_pad.shape
    (kh, kw), ow = geometry.kernel, geometry.output_size[3]
    columns = np.empty((n, c, kh, kw, rows.stop - rows.start, ow), x_pad.dtype)
    for m, k, cells in _met(rows, geometry):
        columns[:, :, m, k] = x_pad[:, :, *cells]
    return columns.reshape(n, geometry.groups, c // geometry.groups * kh * kw, -1)


def _met(rows: slice, geometry: Geometry) -> Iterator[tuple[int, int, tuple[slice, slice]]]:
    """Every kernel cell (m, k), with the cells of the padded input that it meets in these output
    rows."""
    down, across = geometry.axes
    columns = [span.slice() for span in across.views()]
    for m in range(down.kernel):
        met = down.view(m, rows.start, rows.stop).slice()
        for k, beside in enumerate(columns):
            yield m, k, (met, beside)


def _flat(grad_output: Array, groups: int) -> Array:
    """grad_output (N, F, rows, OW) as (N, groups, F/groups, rows*OW)."""
    n, f, rows, ow = grad_output.shape
    return grad_output.reshape(n, groups, f // groups, rows * ow)


def _padded(x: Array, geometry: Geometry) -> Array:
    """pad(x); np.pad takes longer than zeros and one assignment."""
    x_pad = np.zeros((*x.shape[:2], *geometry.padded_size), x.dtype)
    x_pad[:, :, *geometry.inner] = x
    return x_pad
