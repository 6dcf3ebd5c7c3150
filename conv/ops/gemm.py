"""The fast engine: every pass as a few large matrix products.

At stride 1 the input, flattened row by row, is copied once for each kernel column and shifted by
it (three copies for a 3x3 kernel, not nine): the stack. One product of all kernel rows with the
stack serves every item of a block; its KH parts, shifted by whole rows, add up to the output.
dx is the same correlation of grad_output with the rotated kernel, and dw the product of
grad_output, shifted by whole rows, with the stack.

Other strides take the way of im2col: its columns are few there, and the stack would hold cells
that no window reaches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .geometry import Geometry, Pair
from .im2col import blocks, input_im2col, output_im2col, weight_im2col
from .textbook import Array, rot180


def output_gemm(x: Array, weight: Array, bias: Array, geometry: Geometry) -> Array:
    """out (N, F, OH, OW)."""
    if geometry.stride != (1, 1):
        return output_im2col(x, weight, bias, geometry)
    return _correlate(x, _by_group(weight, geometry), bias, _forward(geometry))


def weight_gemm(x: Array, grad_output: Array, geometry: Geometry) -> Array:
    """dw (F, C/groups, KH, KW)."""
    if geometry.stride != (1, 1):
        return weight_im2col(x, grad_output, geometry)
    dw = _correlate_weight(x, grad_output, _forward(geometry)).reshape(geometry.weight_size)
    # The zeros around the shifted grad_output meet x: harmless unless a cell is not finite.
    return dw if np.isfinite(dw).all() else weight_im2col(x, grad_output, geometry)


def input_gemm(weight: Array, grad_output: Array, geometry: Geometry) -> Array:
    """dx (N, C, H, W)."""
    if geometry.stride != (1, 1):
        return input_im2col(weight, grad_output, geometry)
    kernels = rot180(_by_group(weight, geometry)).swapaxes(1, 2)
    dx = _correlate(grad_output, kernels, None, _full(geometry))
    # The zeros around grad_output meet the kernel: harmless unless that is not finite.
    return dx if np.isfinite(dx).all() else input_im2col(weight, grad_output, geometry)


def _by_group(weight: Array, geometry: Geometry) -> Array:
    """weight as (groups, F/groups, C/groups, KH, KW)."""
    return weight.reshape(geometry.groups, -1, *weight.shape[1:])


@dataclass(frozen=True)
class _Slide:
    """A correlation of stride 1 on flattened rows: `source` channels and size in, `target` out."""

    groups: int
    source: tuple[int, int, int]
    target: tuple[int, int, int]
    kernel: Pair
    dilation: Pair
    corner: Pair  # rows and columns of zeros above and left of the source; cropped where < 0
    pitch: int  # cells from one row to the next, in every flattened array
    inner: int  # kernel rows inside the stack, all or one; the others are shifts of the product

    @property
    def outer(self) -> int:
        """Kernel rows that are shifts of the product."""
        return self.kernel[0] // self.inner

    @property
    def halo(self) -> int:
        """Rows that a block of the product has beyond those of its target."""
        return (self.outer - 1) * self.dilation[0]

    @property
    def rows(self) -> Pair:
        """Rows of the stack and of the product for each group."""
        return self.inner * self.kernel[1] * self.source[0], self.outer * self.target[0]

    def blocks(self, items: int, itemsize: int) -> Iterator[tuple[slice, slice]]:
        """The items and the target's rows, block by block."""
        row_bytes = self.groups * sum(self.rows) * self.pitch * itemsize
        return blocks(items, self.target[1], row_bytes, self.halo)


def _forward(geometry: Geometry) -> _Slide:
    """x to out."""
    (_, c, *size), (_, f, *out_size) = geometry.input_size, geometry.output_size
    return _slide(geometry, (c, *size), (f, *out_size), geometry.origin)


def _full(geometry: Geometry) -> _Slide:
    """grad_output to dx: the full convolution, without the rows that only padding would get."""
    (_, c, *size), (_, f, *out_size) = geometry.input_size, geometry.output_size
    rows, columns = geometry.axes
    corner = rows.full_before, columns.full_before
    return _slide(geometry, (f, *out_size), (c, *size), corner)


def _slide(
    geometry: Geometry, source: tuple[int, ...], target: tuple[int, ...], corner: Pair
) -> _Slide:
    groups, (kh, kw) = geometry.groups, geometry.kernel
    a, b = source[0] // groups, target[0] // groups
    # The rows that either way moves through memory; a product's row is written, then read.
    inner = kh if kh * kw * a <= kw * a + 2 * kh * b else 1
    return _Slide(
        groups,
        (a, source[1], source[2]),
        (b, target[1], target[2]),
        geometry.kernel,
        geometry.dilation,
        corner,
        max(source[2], target[2]),
        inner,
    )


@np.errstate(over="ignore", invalid="ignore")
def _correlate(source: Array, kernels: Array, bias: Array | None, slide: _Slide) -> Array:
    """The target (N, B, HB, WB); kernels are (groups, B/groups, A/groups, KH, KW)."""
    groups, b, a, _, kw = kernels.shape
    matrix = kernels.reshape(groups, b, a, slide.outer, slide.inner, kw)
    matrix = matrix.transpose(0, 3, 1, 4, 5, 2).reshape(groups, slide.outer * b, -1)
    target = np.empty((len(source), groups, *slide.target), source.dtype)
    scratch = _Scratch(source, slide)
    for items, rows in slide.blocks(len(source), source.itemsize):
        stack, product = scratch.arrays(items, rows)
        _fill_stack(stack, scratch, source, items, rows, slide)
        np.matmul(matrix, stack, out=product)
        parts = _row_shifts(product, rows, slide)
        if bias is not None:
            parts.append(bias.reshape(groups, b, 1, 1, 1))
        _add(parts, target[items, :, :, rows].transpose(1, 2, 0, 3, 4))
    return target.reshape(len(source), groups * b, *slide.target[1:])


@np.errstate(over="ignore", invalid="ignore")
def _correlate_weight(source: Array, grad_target: Array, slide: _Slide) -> Array:
    """The kernels' gradient (groups, B/groups, A/groups, KH, KW)."""
    groups, (kh, kw), a, b = slide.groups, slide.kernel, slide.source[0], slide.target[0]
    columns, rows_out = slide.rows
    gradient = np.zeros((groups, rows_out, columns), source.dtype)
    grad = grad_target.reshape(len(source), groups, *slide.target)
    scratch = _Scratch(source, slide)
    for items, rows in slide.blocks(len(source), source.itemsize):
        stack, shifted = scratch.arrays(items, rows)
        _fill_stack(stack, scratch, source, items, rows, slide)
        shifted.fill(0)
        for part in _row_shifts(shifted, rows, slide):
            part[...] = grad[items, :, :, rows].transpose(1, 2, 0, 3, 4)
        gradient += np.matmul(shifted, stack.swapaxes(1, 2))
    by_cell = gradient.reshape(groups, slide.outer, b, slide.inner, kw, a)
    return by_cell.transpose(0, 2, 5, 1, 3, 4).reshape(groups, b, a, kh, kw)


class _Scratch:
    """Memory for one block, taken in one piece for all blocks of a call: several pieces would be
    handed back to the system and paged in again at every call."""

    def __init__(self, source: Array, slide: _Slide) -> None:
        self.slide = slide
        items, rows = next(slide.blocks(len(source), source.itemsize))
        self.memory = np.empty(sum(self._sizes(items, rows)), source.dtype)

    def _sizes(self, items: slice, rows: slice) -> tuple[int, int, int]:
        slide, n, r = self.slide, items.stop - items.start, rows.stop - rows.start
        cells = slide.groups * n * (r + slide.halo) * slide.pitch
        flat = slide.groups * slide.source[0] * n * self.flat_length(r)
        return cells * slide.rows[0], cells * slide.rows[1], flat

    def flat_length(self, rows: int) -> int:
        """The length of an item's flattened source rows, with room for the shifts to the sides."""
        (kh, kw), (dh, dw), slide = self.slide.kernel, self.slide.dilation, self.slide
        left = slide.corner[1]
        sides = max(left, 0) + max((kw - 1) * dw - left, 0)
        return (rows + (kh - 1) * dh) * slide.pitch + sides

    def arrays(self, items: slice, rows: slice) -> tuple[Array, Array]:
        """The stack and the product (groups, rows, cells) of a block."""
        groups, (stack_rows, product_rows) = self.slide.groups, self.slide.rows
        stack, product, _ = self._sizes(items, rows)
        return (
            self.memory[:stack].reshape(groups, stack_rows, -1),
            self.memory[stack : stack + product].reshape(groups, product_rows, -1),
        )

    def flat(self, items: slice, rows: slice) -> Array:
        """The source rows (groups, A/groups, N, length) of a block, zeros."""
        stack, product, flat = self._sizes(items, rows)
        memory = self.memory[stack + product : stack + product + flat]
        memory.fill(0)
        n = items.stop - items.start
        return memory.reshape(self.slide.groups, self.slide.source[0], n, -1)


def _fill_stack(
    stack: Array, scratch: _Scratch, source: Array, items: slice, rows: slice, slide: _Slide
) -> None:
    """Fills the stack (groups, inner*KW*A, cells) of a block."""
    (_, kw), (dh, dw), left, pitch = slide.kernel, slide.dilation, slide.corner[1], slide.pitch
    flat = _flat_source(scratch, source, items, rows, slide)
    groups, a, n, _ = flat.shape
    by_shift = stack.reshape(groups, slide.inner, kw, a, n, -1)
    by_cell = stack.reshape(groups, slide.inner, kw, a, n, -1, pitch)
    for m, k in np.ndindex(slide.inner, kw):
        start = max(left, 0) - left + m * dh * pitch + k * dw
        by_shift[:, m, k] = flat[..., start : start + by_shift.shape[-1]]
    for k in range(kw):
        # What a shift carries over from the row before or after is padding there.
        shift = k * dw - left
        if shift < 0:
            by_cell[:, :, k, ..., :-shift] = 0
        elif shift > 0:
            by_cell[:, :, k, ..., max(pitch - shift, 0) :] = 0


def _flat_source(
    scratch: _Scratch, source: Array, items: slice, rows: slice, slide: _Slide
) -> Array:
    """The source rows that the target's rows see, with zeros above and below, flattened."""
    (_, height, width), (top, left), pitch = slide.source, slide.corner, slide.pitch
    flat = scratch.flat(items, rows)
    groups, a, n, _ = flat.shape
    high = rows.stop - rows.start + (slide.kernel[0] - 1) * slide.dilation[0]
    first = rows.start - top
    low, last = max(first, 0), min(first + high, height)
    if low < last:
        start = max(left, 0)
        cells = flat[..., start : start + high * pitch].reshape(groups, a, n, high, pitch)
        seen = source[items, :, low:last].reshape(n, groups, a, last - low, width)
        cells[..., low - first : last - first, :width] = seen.transpose(1, 2, 0, 3, 4)
    return flat


def _row_shifts(product: Array, rows: slice, slide: _Slide) -> list[Array]:
    """The parts (groups, B/groups, N, rows, WB) of the product that meet in one target cell."""
    b, _, width = slide.target
    high, dh = rows.stop - rows.start, slide.dilation[0]
    cells = product.reshape(slide.groups, slide.outer, b, -1, high + slide.halo, slide.pitch)
    return [cells[:, m, :, :, m * dh : m * dh + high, :width] for m in range(slide.outer)]


def _add(parts: list[Array], target: Array) -> None:
    """Writes the sum of the parts into the target, which is written once and not read before."""
    first, *others = parts
    if not others:
        target[...] = first
        return
    np.add(first, others[0], out=target)
    for part in others[1:]:
        target += part
