"""A heatmap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from conv.ops.geometry import Pair
from conv.ops.textbook import Array
from conv.spot import Space

from .marks import Box, Cells, Hatch, Link, Mark
from .placed import Placed
from .tables import Filling, Gap, Mask, Table
from .texts import Message


@dataclass(frozen=True)
class Panel(Placed):
    """A heatmap: what it is called, its numbers (rows, columns), and what is outlined on it: what
    belongs to the place of its `home`, or of a space that is pointed at. `text_unmarked` takes the
    place of `text` where nothing is outlined. `compared` are numbers of other panels of which the
    colours are to be those of this one. A `wide` panel is one row of many cells."""

    name: str
    title: Message
    text: Message
    table: Table | Filling | Gap
    cells: Cells
    home: Space | None = None
    links: Mapping[Space, tuple[Link, ...]] = field(default_factory=dict)
    signed: bool = True
    large: bool = False
    hatches: tuple[Hatch, ...] = ()
    letters: tuple[tuple[str, ...], ...] = ()
    text_unmarked: Message | None = None
    compared: tuple[Table, ...] = ()
    wide: bool = False

    @property
    def size(self) -> Pair:
        """The panel's rows and columns."""
        rows, columns = self.table.size
        return rows, columns

    @property
    def values(self) -> Array:
        """The numbers at the panel's places, NaN where they wait."""
        return self.table.at(self.places)

    @property
    def waiting(self) -> Mask:
        """The cells that are not computed yet at the panel's places."""
        return self.table.waiting(self.places)

    @property
    def hatched(self) -> tuple[Hatch, ...]:
        """The panel's hatches, with those of the cells that wait."""
        runs = (
            Hatch("waiting", Box(row, row + 1, start, stop))
            for row, line in enumerate(self.waiting)
            for start, stop in _runs(line)
        )
        return (*self.hatches, *runs)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The outlines at the panel's places."""
        if self.home is None:
            return ()
        marks = [link.at(self.places[self.home]) for link in self.links.get(self.home, ())]
        return tuple(mark for mark in marks if mark is not None)

    @property
    def caption(self) -> Message:
        """The words below the title at the panel's places."""
        text = self.text if self.text_unmarked is None or self.marks else self.text_unmarked
        return text.at(self.places)


def _runs(line: Mask) -> Iterator[Pair]:
    """Where the True cells of a row begin and end."""
    edges = np.flatnonzero(np.diff(line.astype(int), prepend=0, append=0))
    return ((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
