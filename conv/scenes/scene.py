"""What a scene is: data that says what is shown, in which order, with which cells outlined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from conv.ops.textbook import Array

Role = Literal["window", "output", "kernel", "top_diff"]
HatchKind = Literal["padding", "leftover", "inserted"]


@dataclass(frozen=True)
class Message:
    """Words to be looked up in the catalogue: a key and the values that go into its text."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


def message(key: str, **values: str | int) -> Message:
    """A Message."""
    return Message(key, values)


@dataclass(frozen=True)
class Box:
    """Cells from row `top` to before `bottom`, from column `left` to before `right`."""

    top: int
    bottom: int
    left: int
    right: int

    def is_empty(self) -> bool:
        """Whether no cell is inside."""
        return self.top >= self.bottom or self.left >= self.right


@dataclass(frozen=True)
class Mark:
    """An outline round a box, in the colour of its role; `step` is the distance of the cells
    that take part (the dilation), which are outlined one by one where it is not (1, 1)."""

    role: Role
    box: Box
    step: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Hatch:
    """Cells that are no data: padding, rows left over, or zeros put in between."""

    kind: HatchKind
    box: Box


@dataclass(frozen=True)
class Panel:
    """A heatmap: `values` (rows, columns), what it is called and what is outlined on it. Its
    colours span at least `least_range`, so that a difference is seen in the size of its parts."""

    name: str
    title: Message
    caption: Message
    values: Array
    signed: bool = True
    large: bool = False
    marks: tuple[Mark, ...] = ()
    hatches: tuple[Hatch, ...] = ()
    letters: tuple[tuple[str, ...], ...] = ()
    least_range: float = 0.0


@dataclass(frozen=True)
class Bars:
    """A bar for each of `values`, which add up to the last of `totals`."""

    name: str
    title: Message
    caption: Message
    labels: tuple[str, ...]
    values: tuple[float, ...]
    total_labels: tuple[Message, ...]
    totals: tuple[float, ...]
    chosen: int


@dataclass(frozen=True)
class Operator:
    """The sign between two panels, and a word or two below it."""

    sign: str
    caption: Message | None = None


@dataclass(frozen=True)
class Card:
    """A few lines of text with a number each."""

    name: str
    title: Message
    lines: tuple[tuple[Message, str], ...]


Item = Panel | Bars | Operator | Card


@dataclass(frozen=True)
class Section:
    """Rows of items under one heading, read from left to right."""

    heading: Message
    rows: tuple[tuple[Item, ...], ...]
    note: Message | None = None


@dataclass(frozen=True)
class Scene:
    """Bands of sections from top to bottom; the sections of a band stand side by side. `total`
    is the sum in numbers, `alt` the scene in words."""

    name: str
    bands: tuple[tuple[Section, ...], ...]
    total: Message
    alt: Message

    def items(self) -> Iterator[Item]:
        """Every item in reading order."""
        for band in self.bands:
            for section in band:
                for row in section.rows:
                    yield from row

    def panel(self, name: str) -> Panel:
        """The panel of that name; raises KeyError."""
        for item in self.items():
            if isinstance(item, Panel) and item.name == name:
                return item
        raise KeyError(name)
