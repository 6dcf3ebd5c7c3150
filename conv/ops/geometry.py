"""The geometry of a convolution layer: which cell meets which, and no arithmetic on tensors."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Sequence
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


MOST_ELEMENTS = 2**31  # of a tensor, so that memory is not asked for which nobody has
_LONGEST_SHOWN = 200  # characters


def shown(value: object) -> str:
    """What was given, as a sentence may quote it."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of thousands of digits
        return type(value).__name__
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def listed(known: Iterable[str]) -> str:
    """The words that would do, quoted."""
    return ", ".join(map(repr, known))


def as_int(name: str, value: object, least: int) -> int:
    """`value` as an int from `least` to MOST_ELEMENTS; raises ConvError."""
    if isinstance(value, bool):
        raise ConvError("error.whole_number", name=name, value=shown(value))
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise ConvError("error.whole_number", name=name, value=shown(value)) from None
    if number < least:
        raise ConvError("error.least", name=name, least=least, number=shown(number))
    if number > MOST_ELEMENTS:
        raise ConvError("error.most", name=name, most=MOST_ELEMENTS, number=shown(number))
    return number


def as_number(name: str, value: object) -> float:
    """`value` as a finite float of at least 0; raises ConvError."""
    if not isinstance(value, bool) and isinstance(value, Real):
        number = _as_float(value)
        if 0 <= number < math.inf:
            return number
    raise ConvError("error.number", name=name, value=shown(value))


def _as_float(value: Real) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def as_one_of(name: str, value: object, known: Sequence[str]) -> str:
    """`value` as one of the words that are `known`; raises ConvError."""
    if isinstance(value, str) and value in known:
        return value
    raise ConvError("error.one_of", name=name, known=listed(known), value=shown(value))


def as_pair(name: str, value: object, least: int) -> Pair:
    """`value`, an int or a pair of ints >= `least`, as (rows, columns); raises ConvError."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        if len(value) != 2:
            raise ConvError("error.pair", name=name, value=shown(value))
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
        raise ConvError("error.cell", name=name, tensor=tensor, size=size, value=shown(value))
    return cast("Cell", cell)


def _as_size(name: str, value: Sequence[int], axes: str) -> Size4:
    try:
        sizes = () if isinstance(value, str | bytes) else tuple(value)
    except TypeError:
        sizes = ()
    if len(sizes) != 4:
        raise ConvError("error.four_sizes", name=name, axes=axes, value=shown(value))
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
        self._check_elements()

    def _check_channels(self) -> None:
        channels, filters = self.input_size[1], self.weight_size[0]
        if channels % self.groups or filters % self.groups:
            raise ConvError("error.groups", channels=channels, filters=filters, groups=self.groups)
        expected = self.weight_size[1] * self.groups
        if channels != expected:
            raise ConvError("error.channels", expected=expected, channels=channels)

    def _check_kernel_fits(self) -> None:
        for axis, key in enumerate(("error.covers_rows", "error.covers_columns")):
            extent, padded = self.extent[axis], self.padded_size[axis]
            if extent > padded:
                least = self.padding[axis] + -(-(extent - padded) // 2)
                raise ConvError(
                    key,
                    extent=extent,
                    kernel=self.kernel[axis],
                    dilation=self.dilation[axis],
                    padded=padded,
                    least=least,
                )

    def _check_elements(self) -> None:
        n, c, _, _ = self.input_size
        (uh, uw), (rh, rw), (eh, ew) = self.upsampled_size, self.leftover, self.extent
        sizes = {
            "error.weight_elements": self.weight_size,
            "error.padded_elements": (n, c, *self.padded_size),
            "error.full_elements": (
                *self.output_size[:2],
                uh + rh + 2 * eh - 2,
                uw + rw + 2 * ew - 2,
            ),
        }
        for key, size in sizes.items():
            if math.prod(size) > MOST_ELEMENTS:
                raise ConvError(key, size=size, most=MOST_ELEMENTS)

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

    def met(self, m: int, n: int) -> tuple[slice, slice]:
        """The rows and columns of the padded input that kernel cell (m, n) meets."""
        rows, columns = self.shifted_view(m, n)
        down, right = self.stride
        return slice(rows.start, rows.stop, down), slice(columns.start, columns.stop, right)

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
