"""What a scene is: data that says what is shown, in which order, with which cells outlined, and
what of it changes from place to place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Generic, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from conv.lessons.running import Line
from conv.ops.geometry import Pair
from conv.ops.textbook import Array

from .numbers import number, power_text, products

Role = Literal["window", "output", "kernel", "top_diff"]
HatchKind = Literal["padding", "leftover", "inserted", "cropped", "stretched", "waiting"]
Space = Literal[
    "output",
    "kernel",
    "input",
    "input_pad",
    "share",
    "filter",
    "training",
    "array",
    "number",
    "probability",
]
Mask = NDArray[np.bool_]
_TICKS = 4  # numbers of an axis, and one more at most
_EDGE = 0.06  # of an axis beyond the values at both ends
_MOST = 1e300  # of a value that has room on an axis
Choice = TypeVar("Choice", "str", "Message")
Places = Mapping[Space, Pair]
"""Where each space of a scene is at: the row and the column of one of its cells."""


class Span(NamedTuple):
    """Rows or columns from `start` to before `stop`, every `step`-th of them."""

    start: int
    stop: int
    step: int = 1

    def slice(self) -> slice:
        """The same as a slice."""
        return slice(*self)


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

    def waiting(self, places: Places) -> Mask:  # noqa: ARG002 - one signature for all
        """No cell: all of these numbers are there from the first step."""
        return np.zeros(self.size, bool)

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


@dataclass(frozen=True)
class Along:
    """A whole number in a text, one for each row (axis 0) or column (axis 1) of `space`."""

    space: Space
    axis: Literal[0, 1]
    numbers: tuple[int, ...]

    def at(self, places: Places) -> str:
        """The number at these places."""
        return str(self.numbers[places[self.space][self.axis]])


@dataclass(frozen=True)
class Number:
    """A number in a text, to so many significant digits."""

    table: Table
    digits: int = 3

    def at(self, places: Places) -> str:
        """The number at these places."""
        return number(float(self.table.at(places)), self.digits)


@dataclass(frozen=True)
class CellNumber:
    """A number in a text, to so many significant digits: that of the cell of a table's numbers
    which the kernel's place is."""

    table: Table
    digits: int = 3

    def at(self, places: Places) -> str:
        """The number at these places."""
        return number(float(self.table.at(places)[places["kernel"]]), self.digits)


@dataclass(frozen=True)
class Letter:
    """The letter of a kernel's cell in a text."""

    letters: tuple[tuple[str, ...], ...]

    def at(self, places: Places) -> str:
        """The letter of the kernel's place."""
        row, column = places["kernel"]
        return self.letters[row][column]


@dataclass(frozen=True)
class Products:
    """The sum of a * b in a text, written out."""

    a: Table
    b: Table

    def at(self, places: Places) -> str:
        """The products at these places."""
        return products(np.atleast_1d(self.a.at(places)), np.atleast_1d(self.b.at(places)))


@dataclass(frozen=True)
class Largest:
    """A number in a text: the largest magnitude of what two fillings differ by so far."""

    gap: Gap

    def at(self, places: Places) -> str:
        """The number at these places."""
        known = self.gap.at(places)[~self.gap.waiting(places)]
        return number(float(np.abs(known).max(initial=0.0)))


@dataclass(frozen=True)
class OneOf(Generic[Choice]):
    """One of a few texts, or of a few messages, for each place of a table: its number among
    `choices`, from 0, is the table's."""

    choices: tuple[Choice, ...]
    table: Table

    def at(self, places: Places) -> Choice:
        """The one of these places."""
        return self.choices[int(self.table.at(places))]


Live = Along | Number | CellNumber | Letter | Products | Largest | OneOf[str]


@dataclass(frozen=True)
class Message:
    """Words to be looked up in the catalogue: a key and the values that go into its text, some
    of which hang on the place."""

    key: str
    values: Mapping[str, str | int | Live] = field(default_factory=dict)

    def at(self, places: Places) -> Message:
        """The message at these places."""
        return Message(
            self.key,
            {
                name: value if isinstance(value, str | int) else value.at(places)
                for name, value in self.values.items()
            },
        )


def message(key: str, **values: str | int | Live) -> Message:
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
class Link:
    """Which cells of a panel belong to each place of a space: those where the place's rows and
    columns meet; `transposed`, the place's column says which rows, and its row which columns."""

    role: Role
    rows: tuple[Span, ...]
    columns: tuple[Span, ...]
    transposed: bool = False

    def at(self, place: Pair) -> Mark | None:
        """The outline that belongs to `place`; None where no cell does."""
        down, right = place[::-1] if self.transposed else place
        rows, columns = self.rows[down], self.columns[right]
        box = Box(rows.start, rows.stop, columns.start, columns.stop)
        return None if box.is_empty() else Mark(self.role, box, (rows.step, columns.step))


@dataclass(frozen=True)
class Cells:
    """What the cells of a panel are: cell (r, c) is place (rows[r], columns[c]) of `space`, or
    none where one of them is -1. `transposed`, it is (rows[c], columns[r])."""

    space: Space
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    transposed: bool = False


@dataclass(frozen=True)
class Hatch:
    """Cells that are no data like others: padding, rows and columns that no window reads, zeros put
    in between, what is cropped, copies of a number, or what waits to be computed."""

    kind: HatchKind
    box: Box


@dataclass(frozen=True)
class Panel:
    """A heatmap: what it is called, its numbers (rows, columns), and what is outlined on it: what
    belongs to the place of its `home`, or of a space that is pointed at. `text_unmarked` takes the
    place of `text` where nothing is outlined. `compared` are numbers of other panels of which the
    colours are to be those of this one. A `wide` panel is one row of many cells."""

    name: str
    title: Message
    text: Message
    table: Table | Filling | Gap
    cells: Cells
    places: Places
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


@dataclass(frozen=True)
class Thumbnails:
    """A small picture for each bar, of `values` (bars, rows, columns)."""

    title: Message
    values: Array
    signed: bool = True


@dataclass(frozen=True)
class Bars:
    """A bar for each value, and the totals that they lead to: `table` has the values (bars),
    `totals_table` the totals; the values and the other totals add up to the last of them. A bar
    stands for a choice of the view's `field`, which `labels` name; what meets in it, one above the
    other, is in `thumbnails`."""

    name: str
    title: Message
    text: Message
    labels: tuple[str, ...]
    table: Table
    total_labels: tuple[Message, ...]
    totals_table: Table
    chosen: int
    places: Places
    field: str
    thumbnails: tuple[Thumbnails, ...] = ()

    @property
    def caption(self) -> Message:
        """The words below the title at the panel's places."""
        return self.text.at(self.places)

    @property
    def values(self) -> tuple[float, ...]:
        """The bars at the panel's places."""
        return tuple(float(value) for value in self.table.at(self.places))

    @property
    def totals(self) -> tuple[float, ...]:
        """The totals at the panel's places."""
        return tuple(float(value) for value in self.totals_table.at(self.places))


@dataclass(frozen=True)
class Scale:
    """The upward axis of curves, from `low` to `high`, which are exponents of ten where it is
    logarithmic; `ticks` are the values at which it has lines, and how they are written."""

    log: bool
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Curves:
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
    places: Places
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
    # The least of 1, 2 and 5 times a power of ten with which there are few ticks.
    unit = 10.0 ** math.floor(math.log10(size / _TICKS))
    every = next(k * unit for k in (1, 2, 5, 10) if size / (k * unit) <= _TICKS)
    ticks = [k * every for k in range(math.ceil(low / every), math.floor(high / every) + 1)]
    first, last = (
        math.floor(math.log10(one) + 1e-9) for one in (max(every, *map(abs, ticks)), every)
    )
    digits = first - last + 1
    return Scale(
        log=False, low=low, high=high, ticks=tuple((tick, number(tick, digits)) for tick in ticks)
    )


@dataclass(frozen=True)
class Operator:
    """The sign between two panels, and a word or two below it."""

    sign: str
    caption: Message | None = None


@dataclass(frozen=True)
class Card:
    """A few lines of text with a number each, and a sentence above them. `title_text` and
    `line_texts` may have values that hang on the place of `space`, and on no other's."""

    name: str
    title_text: Message
    line_texts: tuple[tuple[Message | OneOf[Message], str | Live], ...]
    text: Message | None = None
    space: Space | None = None
    places: Places = field(default_factory=dict)

    @property
    def title(self) -> Message:
        """The title at the card's places."""
        return self.title_text.at(self.places)

    @property
    def lines(self) -> tuple[tuple[Message, str], ...]:
        """The lines at the card's places."""
        return tuple(
            (label.at(self.places), value if isinstance(value, str) else value.at(self.places))
            for label, value in self.line_texts
        )


Item = Panel | Bars | Curves | Operator | Card


@dataclass(frozen=True)
class Clock:
    """The steps of a method: the places of `space`, row by row; a name for them, and words on how
    far they are."""

    space: Space
    name: Message
    text: Message


@dataclass(frozen=True)
class Section:
    """Rows of items under one heading, if any, read from left to right; a method has a clock."""

    heading: Message | None
    rows: tuple[tuple[Item, ...], ...]
    note: Message | None = None
    clock: Clock | None = None


@dataclass(frozen=True)
class Parts:
    """A scan that goes on over all `choices` of the view's `field`; it is in part `at` of them."""

    field: str
    choices: tuple[int, ...]
    at: int


@dataclass(frozen=True)
class Listing:
    """Code beside the panels: what it is called and what it is about, each in a few words, and its
    lines, which name the panels that they are about. `remarks` say what else holds for them."""

    title: Message
    text: Message
    lines: tuple[Line, ...]
    remarks: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Scene:
    """Bands of sections from top to bottom; the sections of a band stand side by side.
    `total_text` is the sum in numbers, `alt_text` the scene in words; `sizes` are the rows and
    columns of each space, `places` where it is at. `clocks` are the spaces whose places are the
    scene's steps, if it has any, the first of them in `parts` where its scan does not end with the
    scene; `switch` is the name of such a scan where there can be one. `pins` are the spaces that
    are no clock's, and whose places a click picks. `legend` says what the hatches mean,
    `listing` is the code that the scene is about."""

    name: str
    bands: tuple[tuple[Section, ...], ...]
    total_text: Message
    alt_text: Message
    sizes: Mapping[Space, Pair]
    places: Places
    clocks: tuple[Space, ...] = ("output",)
    parts: Parts | None = None
    switch: Message | None = None
    legend: tuple[tuple[HatchKind, Message], ...] = ()
    pins: tuple[Space, ...] = ()
    listing: Listing | None = None

    @property
    def total(self) -> Message:
        """The sum in numbers at the scene's places."""
        return self.total_text.at(self.places)

    @property
    def alt(self) -> Message:
        """The scene in words at the scene's places."""
        return self.alt_text.at(self.places)

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
