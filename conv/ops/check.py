"""Numeric checks: central differences, and how far two arrays are apart."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from .errors import ConvError
from .functional import as_tensor, check_grad_output, conv2d
from .geometry import Geometry, IntOrPair, as_int
from .textbook import Array


@dataclass(frozen=True)
class Difference:
    """How far two arrays are apart: the largest absolute difference, and the largest relative
    one, |a - b| over the larger of |a| and |b|, cell by cell (0 where both are 0)."""

    absolute: float
    relative: float


def difference(a: Array, b: Array) -> Difference:
    """The Difference of two arrays of one shape."""
    a, b = np.atleast_1d(a, b)
    gap = np.abs(a - b)
    size = np.maximum(np.abs(a), np.abs(b))
    relative = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    return Difference(float(gap.max()), float(relative.max()))


def central_difference(
    wrt: str,
    index: Sequence[int],
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    grad_output: ArrayLike,
    *,
    step: float | None = None,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> float:
    """The central difference of sum(out * grad_output) at one cell of x, w or b, in float64.

    `wrt` is "input", "weight" or "bias", `index` the cell. The loss is linear in each of them,
    so a large step costs no accuracy; `step` is the tensor's largest finite magnitude unless given.

    Raises ConvError where there is no such tensor or no such cell, and as `conv2d` does.
    """
    tensors = {
        name: as_tensor(name, value, axes).astype(np.float64)
        for name, value, axes in (("input", input, 4), ("weight", weight, 4), ("bias", bias, 1))
        if value is not None
    }
    if not isinstance(wrt, str) or wrt not in tensors:
        known = ", ".join(map(repr, tensors))
        raise ConvError(f"wrt must be one of {known}, got {wrt!r}")
    g = as_tensor("grad_output", grad_output, 4)
    geometry = Geometry(
        tensors["input"].shape,
        tensors["weight"].shape,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
    check_grad_output(g, geometry)
    tensor = tensors[wrt]
    cell = _as_cell(wrt, index, tensor.shape)
    h = _as_step(step, tensor)

    def moved(by: float) -> tuple[float, Array]:
        other = tensor.copy()
        other[cell] += by
        arguments = {**tensors, wrt: other}
        operands = arguments["input"], arguments["weight"], arguments.get("bias")
        return float(other[cell]), conv2d(*operands, **geometry.parameters)

    (above, out_above), (below, out_below) = moved(h), moved(-h)
    if above == below:
        raise ConvError(f"step must be large enough to move {wrt}{list(cell)}, got {step}")
    # Cells that do not change cancel exactly; the difference of two sums would keep their rounding.
    return float(np.sum((out_above - out_below) * g) / (above - below))


def _as_cell(wrt: str, index: Sequence[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    try:
        cell = tuple(as_int("index", place, 0) for place in index)
    except (TypeError, ConvError):
        cell = ()
    if len(cell) != len(shape) or any(map(operator.ge, cell, shape)):
        raise ConvError(f"index must name a cell of {wrt} {shape}, got {index!r}")
    return cell


def _as_step(step: object, tensor: Array) -> float:
    if step is None:
        return float(np.abs(tensor[np.isfinite(tensor)]).max(initial=0)) or 1.0
    h = float(step) if isinstance(step, Real) else 0.0
    if not 0 < h < np.inf:
        raise ConvError(f"step must be > 0 and finite, got {step!r}")
    return h
