"""The geometry of a convolution layer: which cell meets which, and no arithmetic on tensors."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TypedDict, TypeVar, cast

from .errors import ConvError

Pair = tuple[int, int]
IntOrPair = int | Sequence[int]
Size4 = tuple[int, int, int, int]


class Parameters(TypedDict):
    """A geometry's parameters, as the operators take them by name."""

    stride: Pair
    padding: Pair
    dilation: Pair
    groups: int


def as_int(name: str, value: object, least: int) -> int:
    """`value` as an int of at least `least`; raises ConvError."""
    if isinstance(value, bool):
        raise ConvError(f"{name} must be a whole number, got {value!r}")
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise ConvError(f"{name} must be a whole number, got {value!r}") from None
    if number < least:
        raise ConvError(f"{name} must be >= {least}, got {number}")
    return number


def as_number(name: str, value: object) -> float:
    """`value` as a finite float of at least 0; raises ConvError."""
    if not isinstance(value, bool) and isinstance(value, Real):
        number = float(value)
        if 0 <= number < math.inf:
            return number
    raise ConvError(f"{name} must be a number >= 0, got {value!r}")


def as_one_of(name: str, value: object, known: Sequence[str]) -> str:
    """`value` as one of the words that are `known`; raises ConvError."""
    if isinstance(value, str) and value in known:
        return value
    raise ConvError(f"{name} must be one of {', '.join(map(repr, known))}, got {value!r}")


def as_pair(name: str, value: object, least: int) -> Pair:
    """`value`, an int or a pair of ints >= `least`, as (rows, columns); raises ConvError."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        if len(value) != 2:
            raise ConvError(f"{name} must be an int or a pair of ints, got {value!r}")
        return as_int(name, value[0], least), as_int(name, value[1], least)
    number = as_int(name, value, least)
    return number, number


Cell = TypeVar("Cell", bound=tuple[int, ...])


def as_cell(name: str, value: Sequence[int], tensor: str, size: Cell) -> Cell:
    """`value` as a cell, of as many places, of a tensor of this size; raises ConvError."""
    try:
        cell = tuple(as_int(name, place, 0) for place in value)
    except (TypeError, ConvError):
        cell = ()
    if len(cell) != len(size) or any(map(operator.ge, cell, size)):
        raise ConvError(f"{name} must name a cell of {tensor} {size}, got {value!r}")
    return cast("Cell", cell)


def _as_size(name: str, value: Sequence[int], axes: str) -> Size4:
    try:
        sizes = () if isinstance(value, str | bytes) else tuple(value)
    except TypeError:
        sizes = ()
    if len(sizes) != 4:
        raise ConvError(f"{name} must have four sizes ({axes}), got {value!r}")
    n, c, h, w = (
        as_int(f"{name} ({axis})", size, 1)
        for axis, size in zip(axes.split(", "), sizes, strict=True)
    )
    return n, c, h, w


@dataclass(frozen=True, init=False)
class Geometry:
    """Sizes and parameters of one convolution, checked, with everything that follows from them.

    Notation and sizes follow `torch.nn.functional.conv2d`: input (N, C, H, W), weight
    (F, C/groups, KH, KW). All pairs are (rows, columns), in cells.

    Raises ConvError where the sizes do not fit one another.

    Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, sections 2 and 4.
    """

    input_size: Size4
    weight_size: Size4
    stride: Pair
    padding: Pair
    dilation: Pair
    groups: int

    def __init__(
        self,
        input_size: Sequence[int],
        weight_size: Sequence[int],
        *,
        stride: IntOrPair = 1,
        padding: IntOrPair = 0,
        dilation: IntOrPair = 1,
        groups: int = 1,
    ) -> None:
        checked = {
            "input_size": _as_size("input_size", input_size, "N, C, H, W"),
            "weight_size": _as_size("weight_size", weight_size, "F, C/groups, KH, KW"),
            "stride": as_pair("stride", stride, 1),
            "padding": as_pair("padding", padding, 0),
            "dilation": as_pair("dilation", dilation, 1),
            "groups": as_int("groups", groups, 1),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        self._check_channels()
        self._check_kernel_fits()

    def _check_channels(self) -> None:
        channels, filters = self.input_size[1], self.weight_size[0]
        if channels % self.groups or filters % self.groups:
            raise ConvError(
                f"groups must divide the {channels} input channels and the {filters} filters, "
                f"got {self.groups}"
            )
        expected = self.weight_size[1] * self.groups
        if channels != expected:
            raise ConvError(f"weight expects {expected} input channels, input has {channels}")

    def _check_kernel_fits(self) -> None:
        for axis, name in enumerate(("rows", "columns")):
            extent, padded = self.extent[axis], self.padded_size[axis]
            if extent > padded:
                least = self.padding[axis] + -(-(extent - padded) // 2)
                raise ConvError(
                    f"weight covers {extent} {name} (kernel {self.weight_size[2 + axis]}, dilation "
                    f"{self.dilation[axis]}), the padded input has {padded}; a padding of "
                    f"{least} or more would do"
                )

    @property
    def parameters(self) -> Parameters:
        """stride, padding, dilation and groups by name."""
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    @property
    def kernel(self) -> Pair:
        """(KH, KW)."""
        return self.weight_size[2], self.weight_size[3]

    @property
    def extent(self) -> Pair:
        """K = dilation * (kernel - 1) + 1, the rows and columns that the kernel covers."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return dh * (kh - 1) + 1, dw * (kw - 1) + 1

    @property
    def padded_size(self) -> Pair:
        """(H + 2*padding, W + 2*padding)."""
        (_, _, h, w), (ph, pw) = self.input_size, self.padding
        return h + 2 * ph, w + 2 * pw

    @property
    def output_size(self) -> Size4:
        """(N, F, OH, OW), with OH = (H + 2*padding - K) // stride + 1."""
        (hp, wp), (eh, ew), (sh, sw) = self.padded_size, self.extent, self.stride
        n, f = self.input_size[0], self.weight_size[0]
        return n, f, (hp - eh) // sh + 1, (wp - ew) // sw + 1

    @property
    def leftover(self) -> Pair:
        """r = (H + 2*padding - K) mod stride, the last rows and columns that no window reaches."""
        (hp, wp), (eh, ew), (sh, sw) = self.padded_size, self.extent, self.stride
        return (hp - eh) % sh, (wp - ew) % sw

    @property
    def upsampled_size(self) -> Pair:
        """The output's rows and columns with stride - 1 zeros between them."""
        (_, _, oh, ow), (sh, sw) = self.output_size, self.stride
        return (oh - 1) * sh + 1, (ow - 1) * sw + 1

    def output_cells(self) -> Iterator[Pair]:
        """Every output cell (i, j), row by row."""
        _, _, oh, ow = self.output_size
        return ((i, j) for i in range(oh) for j in range(ow))

    def window(self, i: int, j: int) -> tuple[slice, slice]:
        """The rows and columns of the padded input under the window of output cell (i, j)."""
        (sh, sw), (dh, dw), (eh, ew) = self.stride, self.dilation, self.extent
        return slice(i * sh, i * sh + eh, dh), slice(j * sw, j * sw + ew, dw)

    def shifted_view(self, m: int, n: int) -> tuple[slice, slice]:
        """The rows and columns of the padded input from the first to the last that kernel cell
        (m, n) meets; it meets every stride-th of them."""
        (dh, dw), (uh, uw) = self.dilation, self.upsampled_size
        return slice(m * dh, m * dh + uh), slice(n * dw, n * dw + uw)

    def channels_of(self, f: int) -> slice:
        """The input channels that filter f sees."""
        per_group = self.weight_size[1]
        first = f // (self.weight_size[0] // self.groups) * per_group
        return slice(first, first + per_group)

    def filters_of(self, c: int) -> slice:
        """The filters that see input channel c."""
        per_group = self.weight_size[0] // self.groups
        first = c // self.weight_size[1] * per_group
        return slice(first, first + per_group)
