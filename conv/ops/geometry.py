"""The geometry of a convolution layer: which cell meets which, and no arithmetic on tensors."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any, TypedDict, TypeGuard, TypeVar, cast

from .axis import Axis
from .errors import ConvError

Pair = tuple[int, int]
IntOrPair = int | Sequence[int]
Size4 = tuple[int, int, int, int]
Pads = tuple[Pair, Pair]
"""The zeros ((above, below), (left, right))."""
Padding = Pair | tuple[int, int, int, int]
"""(rows, columns) where both sides are alike, or else (top, bottom, left, right)."""
IntOrPads = int | Sequence[int] | Sequence[Sequence[int]]
"""What a padding may be given as: one number, two, four, or two pairs."""


class Parameters(TypedDict):
    """A geometry's parameters, as the operators take them by name."""

    stride: Pair
    padding: Padding
    dilation: Pair
    groups: int


MOST_ELEMENTS = 2**31  # of a tensor, so that memory is not asked for which nobody has
_COVERS = (
    ("error.covers_rows", "error.covers_rows_uneven"),
    ("error.covers_columns", "error.covers_columns_uneven"),
)
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
    if _is_row(value):
        if len(value) != 2:
            raise ConvError("error.pair", name=name, value=shown(value))
        return as_int(name, value[0], least), as_int(name, value[1], least)
    number = as_int(name, value, least)
    return number, number


def as_padding(name: str, value: object) -> Padding:
    """`value` as a Padding: an int, (rows, columns), (top, bottom, left, right) or ((top, bottom),
    (left, right)), all ints >= 0; raises ConvError.

    >>> as_padding("padding", 1), as_padding("padding", [0, 0, 2, 2])
    ((1, 1), (0, 2))
    >>> as_padding("padding", ((0, 1), (2, 0)))
    (0, 1, 2, 0)
    """
    given: list[Any] = list(value) if _is_row(value) else [value, value]
    if len(given) == 2 and all(_is_row(side) and len(side) == 2 for side in given):
        given = [number for side in given for number in side]
    if len(given) not in (2, 4) or any(map(_is_row, given)):
        raise ConvError("error.padding", name=name, value=shown(value))
    checked = [as_int(name, number, 0) for number in given]
    if len(checked) == 2:
        return checked[0], checked[1]
    top, bottom, left, right = checked
    return (top, left) if (top, left) == (bottom, right) else (top, bottom, left, right)


def _is_row(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def pads_of(padding: Padding) -> Pads:
    """The zeros on every side.

    >>> pads_of((1, 2)), pads_of((0, 1, 2, 0))
    (((1, 1), (2, 2)), ((0, 1), (2, 0)))
    """
    if len(padding) == 2:
        rows, columns = padding
        return (rows, rows), (columns, columns)
    top, bottom, left, right = padding
    return (top, bottom), (left, right)


def axes_of(
    input_size: Size4, kernel: Pair, stride: Pair, padding: Padding, dilation: Pair
) -> tuple[Axis, Axis]:
    """The rows and the columns, whether the kernel fits or not.

    >>> [axis.output for axis in axes_of((1, 1, 5, 6), (3, 2), (2, 1), (0, 1, 0, 0), (1, 1))]
    [2, 5]
    """
    (_, _, h, w), (kh, kw) = input_size, kernel
    (sh, sw), (dh, dw), (down, across) = stride, dilation, pads_of(padding)
    return Axis(h, kh, sh, dh, *down), Axis(w, kw, sw, dw, *across)


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
    (F, C/groups, KH, KW). All pairs are (rows, columns), in cells; what rows and columns have
    alike is told by their two `axes`. Padding may differ before and after: `padding` is as many
    numbers as it takes, (rows, columns) or (top, bottom, left, right).

    Raises ConvError where the sizes do not fit one another.
    """

    input_size: Size4
    weight_size: Size4
    stride: Pair
    padding: Padding
    dilation: Pair
    groups: int

    def __init__(
        self,
        input_size: Sequence[int],
        weight_size: Sequence[int],
        *,
        stride: IntOrPair = 1,
        padding: IntOrPads = 0,
        dilation: IntOrPair = 1,
        groups: int = 1,
    ) -> None:
        checked = {
            "input_size": _as_size("input_size", input_size, "N, C, H, W"),
            "weight_size": _as_size("weight_size", weight_size, "F, C/groups, KH, KW"),
            "stride": as_pair("stride", stride, 1),
            "padding": as_padding("padding", padding),
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
        for axis, (key, uneven) in zip(self.axes, _COVERS, strict=True):
            missing = axis.extent - axis.padded
            if missing > 0:
                is_even = axis.before == axis.after
                raise ConvError(
                    key if is_even else uneven,
                    extent=axis.extent,
                    kernel=axis.kernel,
                    dilation=axis.dilation,
                    padded=axis.padded,
                    least=axis.before + -(-missing // 2) if is_even else axis.extent - axis.size,
                )

    def _check_elements(self) -> None:
        (n, c, _, _), (rows, columns) = self.input_size, self.axes
        sizes = {
            "error.weight_elements": self.weight_size,
            "error.padded_elements": (n, c, *self.padded_size),
            "error.full_elements": (n, self.weight_size[0], rows.full, columns.full),
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
    def pads(self) -> Pads:
        """((top, bottom), (left, right))."""
        return pads_of(self.padding)

    @property
    def is_uneven(self) -> bool:
        """Whether the padding before is another than that behind, of the rows or the columns."""
        return len(self.padding) == 4

    @cached_property
    def axes(self) -> tuple[Axis, Axis]:
        """The rows and the columns."""
        return axes_of(self.input_size, self.kernel, self.stride, self.padding, self.dilation)

    @property
    def kernel(self) -> Pair:
        """(KH, KW)."""
        return self.weight_size[2], self.weight_size[3]

    @property
    def origin(self) -> Pair:
        """The cell of the padded input that is the input's first."""
        rows, columns = self.axes
        return rows.before, columns.before

    @property
    def extent(self) -> Pair:
        """K = dilation * (kernel - 1) + 1, the rows and columns that the kernel covers."""
        rows, columns = self.axes
        return rows.extent, columns.extent

    @property
    def padded_size(self) -> Pair:
        """(H + before + after, W + before + after)."""
        rows, columns = self.axes
        return rows.padded, columns.padded

    @cached_property
    def output_size(self) -> Size4:
        """(N, F, OH, OW), with OH = (H + before + after - K) // stride + 1."""
        rows, columns = self.axes
        return self.input_size[0], self.weight_size[0], rows.output, columns.output

    @property
    def leftover(self) -> Pair:
        """r = (H + before + after - K) mod stride, the last rows and columns that no window
        reaches."""
        rows, columns = self.axes
        return rows.leftover, columns.leftover

    @property
    def upsampled_size(self) -> Pair:
        """The output's rows and columns with stride - 1 zeros between them."""
        rows, columns = self.axes
        return rows.upsampled, columns.upsampled

    def output_cells(self) -> Iterator[Pair]:
        """Every output cell (i, j), row by row."""
        _, _, oh, ow = self.output_size
        return ((i, j) for i in range(oh) for j in range(ow))

    def window(self, i: int, j: int) -> tuple[slice, slice]:
        """The rows and columns of the padded input under the window of output cell (i, j)."""
        rows, columns = self._windows
        return rows[i], columns[j]

    def full_window(self, p: int, q: int) -> tuple[slice, slice]:
        """The rows and columns of the full grad_output that cell (p, q) of dx_pad is made of."""
        rows, columns = self._full_windows
        return rows[p], columns[q]

    # Loops over cells ask for a window each.
    @cached_property
    def _windows(self) -> tuple[list[slice], list[slice]]:
        rows, columns = ([span.slice() for span in axis.windows()] for axis in self.axes)
        return rows, columns

    @cached_property
    def _full_windows(self) -> tuple[list[slice], list[slice]]:
        rows, columns = (
            [axis.full_window(cell).slice() for cell in range(axis.padded)] for axis in self.axes
        )
        return rows, columns

    def shifted_view(self, m: int, n: int) -> tuple[slice, slice]:
        """The rows and columns of the padded input from the first to the last that kernel cell
        (m, n) meets; it meets every stride-th of them."""
        rows, columns = self.met(m, n)
        return slice(rows.start, rows.stop), slice(columns.start, columns.stop)

    def met(self, m: int, n: int) -> tuple[slice, slice]:
        """The rows and columns of the padded input that kernel cell (m, n) meets."""
        rows, columns = self.axes
        return rows.view(m).slice(), columns.view(n).slice()

    @property
    def inner(self) -> tuple[slice, slice]:
        """The rows and columns of the padded input that are the input's."""
        rows, columns = self.axes
        return rows.inner.slice(), columns.inner.slice()

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
