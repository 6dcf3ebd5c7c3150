"""Curves over the steps of a training or over numbers, and their axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from conv.numbers import number, power_text
from conv.ops.textbook import Array
from conv.spot import Space

from .placed import Placed
from .tables import Table
from .texts import Message

_TICKS = 4  # numbers of an axis, and one more at most


_EDGE = 0.06  # of an axis beyond the values at both ends


_MOST = 1e300  # of a value that has room on an axis


@dataclass(frozen=True)
class Scale:
    """The upward axis of curves, from `low` to `high`, which are exponents of ten where it is
    logarithmic; `ticks` are the values at which it has lines, and how they are written."""

    log: bool
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Curves(Placed):
    """A curve for each of `lines`, named by `labels`, over the steps of a training or over numbers:
    `table` has the values before the first step and after each (lines, steps + 1), and `points`
    the numbers that they are the values at. The step that the place of `space` is, is marked, and
    the curve `chosen` stands out."""

    name: str
    title: Message
    text: Message
    lines: tuple[str, ...]
    labels: tuple[Message, ...]
    chosen: int
    table: Table
    space: Space = "training"
    points: tuple[str, ...] = ()

    @property
    def caption(self) -> Message:
        """The words below the title at the curves' places."""
        return self.text.at(self.places)

    @property
    def values(self) -> Array:
        """The curves at their places (lines, steps + 1)."""
        return self.table.at(self.places)

    @property
    def step(self) -> int:
        """The step that is marked, from 0."""
        return self.places[self.space][1]

    @property
    def scale(self) -> Scale:
        """The upward axis at the curves' places."""
        return scale_of(self.values)

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The upward axis at every place of the table."""
        values = self.table.values
        return tuple(scale_of(one) for one in values.reshape(-1, *values.shape[-2:]))


def scale_of(values: Array) -> Scale:
    """An axis that has room for all finite values: logarithmic where they are all above 0 and
    more than two decades apart."""
    finite = values[np.abs(values) < _MOST]
    low, high = float(finite.min(initial=np.inf)), float(finite.max(initial=-np.inf))
    if low > high:
        return Scale(log=False, low=0.0, high=1.0, ticks=())
    if low > 0 and high / 100 > low:
        return _log_scale(math.log10(low), math.log10(high))
    return _even_scale(low, high)


def _log_scale(low: float, high: float) -> Scale:
    edge, every = (high - low) * _EDGE, math.ceil((high - low) / _TICKS)
    decades = range(math.ceil(low), math.floor(high) + 1, every)
    ticks = tuple((10.0**k, power_text(k).removeprefix("×")) for k in decades)
    return Scale(log=True, low=low - edge, high=high + edge, ticks=ticks)


def _even_scale(low: float, high: float) -> Scale:
    largest = max(abs(low), abs(high))
    # A curve that is level but for its rounding is drawn level.
    size = high - low if high - low > 1e-9 * largest else largest
    size = size if size > 1 / _MOST else 1.0
    middle = (low + high) / 2
    low, high = (middle + side * (0.5 + _EDGE) * size for side in (-1, 1))
    return Scale(log=False, low=low, high=high, ticks=even_ticks(low, high, size))


def even_ticks(low: float, high: float, size: float) -> tuple[tuple[float, str], ...]:
    """The multiples of the least of 1, 2 and 5 times a power of ten with which there are few of
    them over `size`, those from `low` to `high`, and how they are written."""
    unit = 10.0 ** math.floor(math.log10(size / _TICKS))
    every = next(k * unit for k in (1, 2, 5, 10) if size / (k * unit) <= _TICKS)
    ticks = [k * every for k in range(math.ceil(low / every), math.floor(high / every) + 1)]
    first, last = (
        math.floor(math.log10(one) + 1e-9) for one in (max(every, *map(abs, ticks)), every)
    )
    digits = first - last + 1
    return tuple((tick, number(tick, digits)) for tick in ticks)
