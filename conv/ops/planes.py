"""The witnesses of a whole plane: a kernel, or a channel of an item of the input.

They are the central differences of `check`, by a few passes of the layer for all cells together.
Arguments are checked and of the geometry's sizes, as for `weight_witness` and `input_witness`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .axis import Axis, Ints
from .check import MOST_DIGITS, as_step, gamma, one_group
from .functional import conv2d
from .geometry import Geometry
from .textbook import Array, crop, pad

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Witnesses:
    """What `Witness` is of a cell, of every cell of a plane (rows, columns), with one step."""

    value: Array
    step: float
    error: Array

    @property
    def digits(self) -> Ints:
        """The digits of each cell, as `Witness` counts them."""
        digits, size = np.zeros(self.value.shape, np.intp), np.abs(self.value)
        for many in range(MOST_DIGITS + 1):
            digits[np.isfinite(self.error) & (self.error <= 10.0**-many * size)] = many
        return digits


@np.errstate(over="ignore", invalid="ignore")
def weight_witnesses(
    x: Array, w: Array, b: Array, grad_output: Array, geometry: Geometry, f: int, c: int
) -> Witnesses:
    """The witness of every cell of w[f, c], c counted in the filter's group: the layer has the
    filter once for each cell, moved in that cell alone."""
    x, kernel = x[:, geometry.channels_of(f)].astype(np.float64), w[f].astype(np.float64)
    step = as_step(None, kernel)
    above, below = kernel[c] + step, kernel[c] - step
    rows, columns = geometry.kernel
    cells = np.arange(rows * columns)

    def out(x: Array, kernel: Array, numbers: Array, bias: float) -> Array:
        filters = np.repeat(kernel[None], len(cells), axis=0)
        filters[cells, c, cells // columns, cells % columns] = numbers.ravel()
        return conv2d(x, filters, np.full(len(cells), bias), **one_group(geometry))

    bias = float(b[f])
    sums = _sums(
        out(x, kernel, above, bias) - out(x, kernel, below, bias),
        out(x, np.zeros_like(kernel), np.ones_like(above), 0.0),
        out(np.abs(x), np.abs(kernel), _between(above, below), abs(bias)),
        grad_output[:, f, None],
        axes=(0, 2, 3),
    )
    return _witnesses(sums.reshape(-1, rows, columns), above - below, step, geometry)


@np.errstate(over="ignore", invalid="ignore")
def input_witnesses(
    x: Array, w: Array, b: Array, grad_output: Array, geometry: Geometry, n: int, c: int
) -> Witnesses:
    """The witness of every cell of x[n, c]: cells that no window has two of move together, and an
    output tells of the one that it sees (Curtis, Powell and Reid, "On the estimation of sparse
    Jacobian matrices", 1974). What the other channels add to the outputs is worked out once."""
    seeing = geometry.filters_of(c)
    seen = geometry.channels_of(seeing.start)
    part, w, b = (one.astype(np.float64) for one in (x[None, n, seen], w[seeing], b[seeing]))
    step, own, parameters = as_step(None, part), c - seen.start, one_group(geometry)
    plane, others, top = part[0, own], part.copy(), grad_output[n, seeing]
    others[0, own] = 0
    above, below = plane + step, plane - step
    rest = conv2d(others, w, b, **parameters)[0]

    def out(moved: Mask, numbers: Array) -> Array:
        x = np.where(moved, numbers, plane)[None, None]
        sums: Array = rest + conv2d(x, w[:, own, None], **parameters)[0]
        return sums

    change = np.zeros(geometry.padded_size)
    for turn in np.ndindex(geometry.kernel):
        (down, rows), (right, columns) = map(_apart, turn, geometry.axes)
        moved = down[:, None] & right
        changes = out(moved, above) - out(moved, below)
        np.add.at(change, (rows[:, None], columns), np.sum(changes * top, axis=0))
    sizes = conv2d(np.abs(part), np.abs(w), np.abs(b), **parameters)[0]
    growth = _between(above, below) - np.abs(plane)
    weighted = _weighted(sizes, growth, np.abs(w[:, own]), np.abs(top), geometry)
    sums = crop(np.stack([change, *weighted]), geometry)
    return _witnesses(sums, above - below, step, geometry)


def _apart(turn: int, axis: Axis) -> tuple[Mask, Ints]:
    """Every KH-th (KW-th) row of those that a window may have together: which of the input's are
    of this turn, and for each output the one that its window has, counted with the padding."""
    turns = np.arange(axis.padded) // axis.dilation % axis.kernel
    starts = axis.met(np.arange(axis.output), 0)
    ahead = (turn - starts // axis.dilation) % axis.kernel
    return turns[axis.inner.slice()] == turn, starts + ahead * axis.dilation


def _weighted(
    sizes: Array, growth: Array, factors: Array, weights: Array, geometry: Geometry
) -> Array:
    """What the errors of a padded channel's witnesses are made of, as in `_sums`. `sizes` are the
    magnitudes of the outputs (F, OH, OW) where no cell moves, `growth` is that of each cell where
    it does, `factors` (F, KH, KW) are what it is multiplied by."""
    sums, growth = np.zeros((3, *geometry.padded_size)), pad(growth, geometry.pads)
    for m, k in np.ndindex(geometry.kernel):
        met, own = geometry.met(m, k), factors[:, m, k]
        others = np.tensordot(own, weights, 1)
        still = np.tensordot((own != 0).astype(float), sizes * weights, 1)
        sums[:, *met] += [
            still + growth[met] * others,
            others,
            np.full_like(others, np.count_nonzero(own)),
        ]
    return sums


def _between(above: Array, below: Array) -> Array:
    """Half of the sizes of both ends: the outputs are linear in the cell."""
    return np.abs(above) / 2 + np.abs(below) / 2


def _sums(
    changes: Array, factors: Array, sizes: Array, grad_output: Array, axes: tuple[int, ...]
) -> Array:
    """What the witness of a cell and its error are made of, of the outputs along these axes: the
    change of the loss, the magnitudes of the outputs and of the products that the cell is in,
    weighted, and how many outputs those are."""
    reached = factors != 0
    weights = np.abs(grad_output)
    return np.stack(
        [
            np.sum(changes * grad_output, axis=axes),
            np.sum(np.where(reached, sizes, 0) * weights, axis=axes),
            np.sum(np.abs(factors) * weights, axis=axes),
            np.sum(reached, axis=axes),
        ]
    )


def _witnesses(sums: Array, distance: Array, step: float, geometry: Geometry) -> Witnesses:
    """The witnesses of cells with these sums; see `numeric_gradient` for the bound."""
    change, sizes, others, reached = sums
    value = change / distance
    outputs = gamma(math.prod(geometry.weight_size[1:]) + 1) * 2 * sizes / distance
    error = (outputs + gamma(reached + 3) * others) * (1 + 1e-6)
    return Witnesses(value, step, np.where(np.isfinite(value + error), error, np.inf))
