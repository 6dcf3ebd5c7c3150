"""Numeric checks: central differences with their rounding errors, and how far two arrays are
apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from .errors import ConvError
from .functional import as_tensor, check_grad_output, conv2d
from .geometry import Geometry, IntOrPads, IntOrPair, Parameters, as_cell, listed, shown
from .textbook import Array

UNIT_ROUNDOFF = 2.0**-53
MOST_DIGITS = 15  # that a float64 always holds


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


@dataclass(frozen=True)
class Witness:
    """A numeric gradient and how far it can be trusted.

    The cell was moved by `step` up and down; |value - gradient| <= `error`, which is infinite
    where the value is not finite.
    """

    value: float
    step: float
    error: float

    @property
    def digits(self) -> int:
        """The most significant decimal digits, of 15, with error <= 10**-digits * |value|; none
        where there is an error and the value is 0."""
        if math.isinf(self.error):
            return 0
        size = abs(self.value)
        return max((d for d in range(MOST_DIGITS + 1) if self.error <= 10.0**-d * size), default=0)


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
    padding: IntOrPads = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> float:
    """The central difference of sum(out * grad_output) at one cell of x, w or b, in float64.

    `wrt` is "input", "weight" or "bias", `index` the cell. The loss is linear in each of them,
    so a large step costs no accuracy; `step` is the tensor's largest finite magnitude unless given.

    Raises ConvError where there is no such tensor or no such cell, and as `conv2d` does.
    """
    layer = input, weight, bias, grad_output, stride, padding, dilation, groups
    return _move(wrt, index, step, *layer).slope()


def numeric_gradient(
    wrt: str,
    index: Sequence[int],
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    grad_output: ArrayLike,
    *,
    step: float | None = None,
    stride: IntOrPair = 1,
    padding: IntOrPads = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Witness:
    """The number of `central_difference` with a bound on its error.

    The error is all rounding, for the loss is linear in the cell. The bound is no estimate: it
    holds for every order of summation, as long as nothing underflows. With u = 2**-53 and
    gamma(n) = n*u / (1 - n*u), each output is off by at most gamma(its products and the bias)
    times the sum of their magnitudes, above and below; that, times |grad_output|, over the
    distance, is the first part. The second is gamma(outputs + 3) times the sum of the magnitudes
    that the gradient is the sum of, for the differences, their products with grad_output, the sum
    and the division. Outputs that the cell is not in, or times 0, take no part: they cancel.

    Raises ConvError as `central_difference` does.

    Source: N. Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1.
    """
    layer = input, weight, bias, grad_output, stride, padding, dilation, groups
    move = _move(wrt, index, step, *layer)
    value, error = move.slope(), move.rounding()
    return Witness(value, move.step, error if math.isfinite(value + error) else math.inf)


def weight_witness(
    x: Array, w: Array, b: Array, grad_output: Array, geometry: Geometry, cell: Sequence[int]
) -> Witness:
    """The numeric gradient at a cell of w, by the filter that it is of and the channels that the
    filter sees; the other filters are in no product of it. Raises ConvError for no such cell."""
    f, *place = as_cell("cell", cell, "weight", geometry.weight_size)
    own, seen = slice(f, f + 1), geometry.channels_of(f)
    part = x[:, seen], w[own], b[own], grad_output[:, own]
    return numeric_gradient("weight", (0, *place), *part, **one_group(geometry))


def input_witness(
    x: Array, w: Array, b: Array, grad_output: Array, geometry: Geometry, cell: Sequence[int]
) -> Witness:
    """The numeric gradient at a cell of x, by the item that it is of and the filters that see it;
    the others are in no product of it. Raises ConvError for no such cell."""
    n, c, *place = as_cell("cell", cell, "input", geometry.input_size)
    own, seeing = slice(n, n + 1), geometry.filters_of(c)
    seen = geometry.channels_of(seeing.start)
    part = x[own, seen], w[seeing], b[seeing], grad_output[own, seeing]
    return numeric_gradient("input", (0, c - seen.start, *place), *part, **one_group(geometry))


def one_group(geometry: Geometry) -> Parameters:
    """The parameters for a group of the layer by itself."""
    return {**geometry.parameters, "groups": 1}


@dataclass(frozen=True)
class _Move:
    """One cell of one of a layer's tensors that goes `step` up and down, all in float64."""

    tensors: Mapping[str, Array]
    grad_output: Array
    geometry: Geometry
    wrt: str
    cell: tuple[int, ...]
    step: float

    @property
    def ends(self) -> tuple[float, float]:
        """The numbers that the cell goes to."""
        number = self.tensors[self.wrt][self.cell]
        above, below = float(number + self.step), float(number - self.step)
        if above == below:
            place = f"{self.wrt}{list(self.cell)}"
            raise ConvError("error.step_too_small", place=place, step=self.step)
        return above, below

    def slope(self) -> float:
        """The difference of the losses over the distance."""
        above, below = self.ends
        changes = self._out(self.tensors, above) - self._out(self.tensors, below)
        # Outputs that do not change cancel; the difference of two sums would keep their rounding.
        return float(np.sum(changes * self.grad_output) / (above - below))

    @np.errstate(over="ignore", invalid="ignore")
    def rounding(self) -> float:
        """The bound on the error of `slope`; see `numeric_gradient`."""
        above, below = self.ends
        factors = np.abs(self._factors())
        reached = factors != 0
        magnitudes = {name: np.abs(tensor) for name, tensor in self.tensors.items()}
        # Linear in the cell: half the sum of the sizes above and below.
        sizes = self._out(magnitudes, abs(above) / 2 + abs(below) / 2)[reached]
        weights = np.abs(self.grad_output[reached])
        summands = math.prod(self.geometry.weight_size[1:]) + 1
        outputs = gamma(summands) * 2 * np.sum(sizes * weights) / (above - below)
        others = gamma(len(weights) + 3) * np.sum(factors[reached] * weights)
        # For the second-order terms, and the rounding of this sum itself.
        return float((outputs + others) * (1 + 1e-6))

    def _out(self, tensors: Mapping[str, Array], number: float) -> Array:
        """The layer's output for these tensors, the cell at that number."""
        moved = tensors[self.wrt].copy()
        moved[self.cell] = number
        operands = {**tensors, self.wrt: moved}
        x, w, b = operands["input"], operands["weight"], operands.get("bias")
        return conv2d(x, w, b, **self.geometry.parameters)

    def _factors(self) -> Array:
        """What the cell is multiplied by in each output, exactly: the one product with a 1."""
        alone: dict[str, Array] = {
            name: np.zeros_like(tensor) if name in {self.wrt, "bias"} else tensor
            for name, tensor in self.tensors.items()
        }
        if self.wrt == "bias":
            alone["weight"] = np.zeros_like(alone["weight"])
        return self._out(alone, 1.0)


def _move(
    wrt: str,
    index: Sequence[int],
    step: float | None,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    grad_output: ArrayLike,
    stride: IntOrPair,
    padding: IntOrPads,
    dilation: IntOrPair,
    groups: int,
) -> _Move:
    """The checked arguments of `central_difference`."""
    tensors = {
        name: as_tensor(name, value, axes).astype(np.float64)
        for name, value, axes in (("input", input, 4), ("weight", weight, 4), ("bias", bias, 1))
        if value is not None
    }
    if not isinstance(wrt, str) or wrt not in tensors:
        raise ConvError("error.one_of", name="wrt", known=listed(tensors), value=shown(wrt))
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
    cell = as_cell("index", index, wrt, tensors[wrt].shape)
    return _Move(tensors, g, geometry, wrt, cell, as_step(step, tensors[wrt]))


def gamma(roundings: float) -> float:
    """The most that so many roundings in a row can change a number by, relative to it."""
    return roundings * UNIT_ROUNDOFF / (1 - roundings * UNIT_ROUNDOFF)


def as_step(step: object, tensor: Array) -> float:
    """The step that was asked for, or the largest finite magnitude of the tensor for None; raises
    ConvError."""
    if step is None:
        return float(np.abs(tensor[np.isfinite(tensor)]).max(initial=0)) or 1.0
    h = float(step) if isinstance(step, Real) else 0.0
    if not 0 < h < np.inf:
        raise ConvError("error.step", step=shown(step))
    return h
