"""Numbers that are looked up by the place, or come about step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from conv.ops.axis import Span
from conv.ops.geometry import Pair
from conv.ops.textbook import Array
from conv.spot import Places, Space

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Numbers that are looked up: values[row, column] belong to that place of `space`; without
    a space, `values` are the same everywhere."""

    values: Array
    space: Space | None = None

    def at(self, places: Places) -> Array:
        """The numbers at these places."""
        found: Array = self.values if self.space is None else self.values[places[self.space]]
        return found

    def waiting(self, places: Places) -> Mask:
        """No cell: all of these numbers are there from the first step."""
        return np.zeros(self.at(places).shape, bool)

    @property
    def size(self) -> tuple[int, ...]:
        """The rows and columns that are shown at a time."""
        return self.values.shape if self.space is None else self.values.shape[2:]

    @property
    def numbers(self) -> Array:
        """All the numbers that may be shown."""
        return self.values


@dataclass(frozen=True)
class Filling:
    """Numbers that come about step by step. The steps are the places of `space`, row by row: each
    writes values[row, column] into the cells (of `size`) where the place's rows and columns meet;
    `transposed`, the place's column says which rows, and its row which columns.
    A cell that no step has written yet has its number of `start`; it waits where that is NaN, or
    where there is none."""

    values: Array
    space: Space
    rows: tuple[Span, ...]
    columns: tuple[Span, ...]
    size: Pair
    start: Array | None = None
    transposed: bool = False

    def at(self, places: Places) -> Array:
        """The numbers after the step at these places, NaN where they wait."""
        found = np.full(self.size, np.nan) if self.start is None else self.start.copy()
        last, across = places[self.space], self.values.shape[1]
        for row, column in product(range(last[0] + 1), range(across)):
            if (row, column) > last:
                break
            down, right = (column, row) if self.transposed else (row, column)
            cells = self.rows[down].slice(), self.columns[right].slice()
            found[cells] = self.values[row, column]
        return found

    def waiting(self, places: Places) -> Mask:
        """The cells that no step up to these places has written."""
        written = replace(self, values=np.zeros_like(self.values)).at(places)
        return np.isnan(written)

    @property
    def numbers(self) -> Array:
        """All the numbers that may be shown."""
        return self.values if self.start is None else np.append(self.values, self.start)


@dataclass(frozen=True)
class Gap:
    """What two fillings differ by, first - second, where neither waits; the cells of the second
    are those of the first from `origin` on."""

    first: Filling
    second: Filling
    origin: Pair = (0, 0)

    def at(self, places: Places) -> Array:
        """The differences at these places, NaN where they wait."""
        found: Array = self.first.at(places)[self._part] - self.second.at(places)
        return found

    def waiting(self, places: Places) -> Mask:
        """The cells for which one of the two waits."""
        return self.first.waiting(places)[self._part] | self.second.waiting(places)

    @property
    def size(self) -> Pair:
        """The rows and columns that are shown."""
        return self.second.size

    @property
    def numbers(self) -> Array:
        """What the differences are measured by: the numbers of both."""
        return np.append(self.first.numbers, self.second.numbers)

    @property
    def _part(self) -> tuple[slice, slice]:
        (top, left), (rows, columns) = self.origin, self.second.size
        return slice(top, top + rows), slice(left, left + columns)
