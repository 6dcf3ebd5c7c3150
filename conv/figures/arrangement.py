"""How a scene is arranged: the measures that the stage and the figures both draw by.

Each number is in arrangement.json, which the stage's scripts import too, and stands there alone.
They are pixels, those of panels at scale 1, or shares. Colours are in palette.py. What one of the
drawings alone needs, such as the room that a page leaves between rows, stays where it is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conv.scenes.marks import HatchKind

_READ = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Sides:
    """The longer side of a panel, its row numbers included, by its kind, and the widths of what
    stands in a row with panels: a card, a sign, a gap. `ticks` is the room of row numbers."""

    wide: float
    large: float
    small: float
    card: float
    sign: float
    gap: float
    ticks: float


@dataclass(frozen=True)
class Scales:
    """How many times as large as at scale 1 the panels of a scene are."""

    least: float
    most: float


@dataclass(frozen=True)
class Sections:
    """How wide the sections of a band are at least where they stand side by side, and how far
    apart."""

    least: float
    gap: float


@dataclass(frozen=True)
class Reach:
    """How far the words above a panel reach over the sign, or the gap, behind it."""

    sign: float
    gap: float


@dataclass(frozen=True)
class Type:
    """Sizes of the words by what they are, from the scene's title down, and the fonts. `under` is
    below a sign, `power` below a panel; `tick` are the numbers of rows and columns, `axis` those of
    bars and curves."""

    scene: float
    heading: float
    title: float
    caption: float
    sum: float
    mark: float
    under: float
    power: float
    tick: float
    axis: float
    sans: str
    mono: str


@dataclass(frozen=True)
class Cells:
    """From which side on a cell has a line round it, a letter, a number, or both of these."""

    gaps: float
    letters: float
    numbers: float
    both: float


@dataclass(frozen=True)
class Numbers:
    """The numbers in cells: at `most` and `least` so large, they fill `across` of a cell's width,
    where a sign is `sign` times as wide as its type is high and the longest number has so many
    `signs` at least, and `up` of its height. Beside letters they are `below` of a cell lower."""

    most: float
    least: float
    across: float
    sign: float
    signs: int
    up: float
    below: float


@dataclass(frozen=True)
class Letters:
    """The letters in cells: at `most` so large, or this `share` of a cell; beside a number, their
    middle is `across` and `down` from the cell's corner."""

    most: float
    share: float
    across: float
    down: float


@dataclass(frozen=True)
class Ticks:
    """Which rows and columns of a panel have their number: of a side of up to so many cells every
    so many, the last of which goes for longer ones too. Of curves, every so many `steps`."""

    every: tuple[tuple[int, int], ...]
    steps: int

    def apart(self, cells: int) -> int:
        """How many cells lie between two numbers on a side of `cells`."""
        return next((every for most, every in self.every if cells <= most), self.every[-1][1])


@dataclass(frozen=True)
class BarSizes:
    """Bars: how wide they all are at `least` beside other items, how wide one is at `most`, the
    room left of them for their `axis`, how `high` they are, and pixels from label to label."""

    least: float
    most: float
    axis: float
    high: float
    label: float


@dataclass(frozen=True)
class CurveSizes:
    """Curves: how wide they are at `least` side by side, the room left of them for their `axis`,
    and behind them up to their `end`, how `high` they are. Below, each has a `line` with a `swatch`
    of it. `band` is how much the marked step is filled."""

    least: float
    axis: float
    end: float
    high: float
    line: float
    swatch: float
    band: float


@dataclass(frozen=True)
class CardSizes:
    """How high a line of a card is."""

    line: float


@dataclass(frozen=True)
class OutlineSizes:
    """How much wider than an outline its halo is, and how wide and how far inside a cell the
    outlines of single cells are."""

    halo: float
    single: float
    inset: float


@dataclass(frozen=True)
class Pattern:
    """A hatch: the stage's as a path, in a square of the hatches' size; the figures' as the shape
    of that look which Plotly has, and how much of a square is `filled` by it."""

    path: str
    shape: str
    filled: float
    opacity: float


@dataclass(frozen=True)
class Hatches:
    """The hatches by what they mean, in the order in which they are drawn."""

    size: float
    patterns: Mapping[HatchKind, Pattern]


@dataclass(frozen=True)
class Legend:
    """What the hatches mean, below a scene: a swatch so `wide` and `high` with so much room behind
    it, `before` its words, and the gap to the next one."""

    wide: float
    high: float
    before: float
    gap: float


SIDES = Sides(**_READ["sides"])
SCALES = Scales(**_READ["scales"])
SECTIONS = Sections(**_READ["sections"])
REACH = Reach(**_READ["reach"])
TYPE = Type(**_READ["type"])
CELLS = Cells(**_READ["cells"])
NUMBERS = Numbers(**_READ["numbers"])
LETTERS = Letters(**_READ["letters"])
TICKS = Ticks(
    tuple((most, every) for most, every in _READ["ticks"]["every"]), _READ["ticks"]["steps"]
)
BARS = BarSizes(**_READ["bars"])
CURVES = CurveSizes(**_READ["curves"])
CARDS = CardSizes(**_READ["cards"])
OUTLINES = OutlineSizes(**_READ["outlines"])
HATCHES = Hatches(
    _READ["hatches"]["size"],
    {kind: Pattern(**one) for kind, one in _READ["hatches"]["patterns"].items()},
)
LEGEND = Legend(**_READ["legend"])
