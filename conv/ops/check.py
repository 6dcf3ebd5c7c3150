"""Numeric checks: central differences, and how far two arrays are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .errors import ConvError
from .functional import conv2d
from .geometry import IntOrPair
from .textbook import Array


@dataclass(frozen=True)
class Difference:
    """How far two arrays are apart: the largest absolute difference, and the largest relative
    one, |a - b| over the larger of |a| and |b|, cell by cell (0 where both are 0)."""

    absolute: float
    relative: float


def difference(a: Array, b: Array) -> Difference:
    """The Difference of two arrays of one shape."""
    gap = np.abs(a - b)
    size = np.maximum(np.abs(a), np.abs(b))
    relative = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    return Difference(float(gap.max()), float(relative.max()))


def central_difference(
    wrt: str,
    index: tuple[int, ...],
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
    so a large step costs no accuracy; `step` is the tensor's largest magnitude unless given.

    Raises ConvError where there is no such tensor or no such cell.
    """
    tensors = {"input": input, "weight": weight, "bias": bias}
    if wrt not in tensors or tensors[wrt] is None:
        known = ", ".join(repr(name) for name, value in tensors.items() if value is not None)
        raise ConvError(f"wrt must be one of {known}, got {wrt!r}")
    tensor = np.asarray(tensors[wrt], np.float64)
    if len(index) != tensor.ndim or any(
        not 0 <= place < size for place, size in zip(index, tensor.shape, strict=False)
    ):
        raise ConvError(f"index must name a cell of {wrt} {tensor.shape}, got {index}")
    h = float(np.abs(tensor).max() or 1.0) if step is None else step
    if not h > 0:
        raise ConvError(f"step must be > 0, got {step}")

    def moved(by: float) -> tuple[float, Array]:
        cell = tensor.copy()
        cell[index] += by
        arguments = {**tensors, wrt: cell}
        out = conv2d(
            arguments["input"],  # type: ignore[arg-type]
            arguments["weight"],  # type: ignore[arg-type]
            arguments["bias"],
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
        )
        return float(cell[index]), out

    (above, out_above), (below, out_below) = moved(h), moved(-h)
    # Cells that do not change cancel exactly; the difference of two sums would keep their rounding.
    return float(np.sum((out_above - out_below) * np.asarray(grad_output)) / (above - below))
