"""What a scene is: data that says what is shown, in which order, with which cells outlined, and
what of it changes from place to place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from conv.lessons.running import Line
from conv.ops.geometry import Pair
from conv.ops.textbook import Array
from conv.spot import Places, Space

from .curves import Curves
from .marks import HatchKind
from .panel import Panel
from .placed import Placed
from .tables import Table
from .texts import Live, Message, OneOf


@dataclass(frozen=True)
class Thumbnails:
    """A small picture for each bar, of `values` (bars, rows, columns)."""

    title: Message
    values: Array
    signed: bool = True


@dataclass(frozen=True)
class Bars(Placed):
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
class Operator:
    """The sign between two panels, and a word or two below it."""

    sign: str
    caption: Message | None = None


@dataclass(frozen=True)
class Card(Placed):
    """A few lines of text with a number each, and a sentence above them. `title_text` and
    `line_texts` may have values that hang on the place of `space`, and on no other's."""

    name: str
    title_text: Message
    line_texts: tuple[tuple[Message | OneOf[Message], str | Live], ...]
    text: Message | None = None
    space: Space | None = None

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
    `listing` is the code that the scene is about. `name` is the scene's own, `title` the words for
    it, `about` its geometry and which of the tensors it is of: what is shown round it where it
    stands alone."""

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
    name: str = ""
    title: Message | None = None
    about: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        """Puts every item where the scene is."""
        bands = tuple(tuple(self._placed(one) for one in band) for band in self.bands)
        object.__setattr__(self, "bands", bands)

    def _placed(self, section: Section) -> Section:
        rows = tuple(
            tuple(
                replace(one, places=self.places) if isinstance(one, Placed) else one for one in row
            )
            for row in section.rows
        )
        return replace(section, rows=rows)

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
