"""The fields of a view: how a value is written and read, which are legal, what hangs on it, and how
it is asked for in the link, in the shell, in the sidebar and on the stage. A view declares each
of them once."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from conv.ops.geometry import Padding, Pair, pads_of

if TYPE_CHECKING:
    from .sizes import Sizes
    from .view import View

Value = int | str | Pair | Padding
Part = Literal["look", "data", "geometry", "pick", "place"]
"""What a field is of: how something is looked at ("look"), which numbers the tensors have ("data"),
the layer's geometry, the slice of the tensors that is shown ("pick"), or a cell in it ("place")."""
Shape = Literal["number", "select", "segmented", "item", "data"]
Legal = Callable[["View", "Sizes"], Sequence[Value]]
T = TypeVar("T", int, str, Pair, Padding)
_WHOLE = re.compile(r"\s*[+-]?\d+\s*")
_SEPARATOR = re.compile(r"[x×,*]")


@dataclass(frozen=True)
class Whole:
    """A whole number from `least` on."""

    least: int = 0

    def write(self, value: Value) -> str:
        """As a link has it."""
        return str(value)

    def read(self, text: str) -> Value:
        """The value that a text means, or the nearest to it; raises ValueError."""
        return _nearest_whole(text)

    def is_exact(self, text: str) -> bool:
        """Whether a text that could be read says a value, so that none was rounded."""
        return bool(_WHOLE.fullmatch(text))

    def nearest(self, value: Value, legal: Sequence[Value]) -> Value:
        """The legal value nearest to one that may not be."""
        return min(legal, key=lambda one: abs(cast("int", one) - cast("int", value)))


@dataclass(frozen=True)
class Sides:
    """A whole number for rows and one for columns, each one of `each`: 3, or 3x5."""

    each: range

    def write(self, value: Value) -> str:
        """As a link has it."""
        return pair_text(cast("Padding", value))

    def read(self, text: str) -> Value:
        """The value that a text means, or the nearest to it; raises ValueError."""
        return parse_pair(text)

    def is_exact(self, text: str) -> bool:
        """Whether a text that could be read says a value, so that none was rounded."""
        return all(_WHOLE.fullmatch(part) for part in _SEPARATOR.split(text))

    def nearest(self, value: Value, legal: Sequence[Value]) -> Value:
        """The legal value nearest to one that may not be."""
        a, b = cast("Pair", value)
        pairs = cast("Sequence[Pair]", legal)
        return min(pairs, key=lambda one: abs(one[0] - a) + abs(one[1] - b))


@dataclass(frozen=True)
class Pads(Sides):
    """A padding: one or two numbers, or four where it differs before and after: 1, 0x2, or 0x1x2x2
    for the top, the bottom, the left and the right. Each is one of `each`."""

    def read(self, text: str) -> Value:
        """The value that a text means, or the nearest to it; raises ValueError."""
        return parse_padding(text)

    def nearest(self, value: Value, legal: Sequence[Value]) -> Value:
        """The legal value nearest to one that may not be."""
        asked = [number for pair in pads_of(cast("Padding", value)) for number in pair]

        def distance(one: Value) -> int:
            known = (number for pair in pads_of(cast("Padding", one)) for number in pair)
            return sum(abs(a - b) for a, b in zip(asked, known, strict=True))

        return min(legal, key=distance)


@dataclass(frozen=True)
class OneOf:
    """One of a few names. `known` are all of them, in no matter which view; others may be legal
    too if it is `open`, as those of opened files are."""

    known: Collection[str]
    open: bool = False

    def write(self, value: Value) -> str:
        """As a link has it."""
        return str(value)

    def read(self, text: str) -> Value:
        """The value that a text means; raises ValueError."""
        if not self.open and text not in self.known:
            raise ValueError(text)
        return text

    def is_exact(self, text: str) -> bool:
        """Whether a text that could be read says a value, as every one does."""
        return self.read(text) == text

    def nearest(self, value: Value, legal: Sequence[Value]) -> Value:
        """The value if it is legal, or the first that is."""
        return value if value in legal else legal[0]


Kind = Whole | Sides | OneOf


def _never(_: View) -> bool:
    return False


def _always(*_: object) -> bool:
    return True


@dataclass(frozen=True)
class Control:
    """How a field is asked for on the page: by which widget, and in which `row` of the sidebar,
    where fields of one row stand side by side; without a row, above the stage of the scenes whose
    own field it is. It has a hint in the views that are `hinted`, of the catalogue's name `hint` if
    not of its own, and can be set where its value is `used`."""

    shape: Shape
    row: int | None = None
    hinted: Callable[[View], bool] = _never
    hint: str = ""
    used: Callable[[View, Sizes], bool] = _always


@dataclass(frozen=True)
class Field:
    """What is known of a field of the view, besides its name and its first value.

    `legal` are its values while the rest of a legal view stays as it is; without them, all that the
    kind knows. `mark` stands before it in a file's name. `of` is the space of a scene and the axis
    of its place that it is: the row (0) or the column. A view that asks for too much work gives way
    in the fields by which it `weighs`. The stage tells the server of those that are `told`, besides
    picks and places; an .npz says by its link those that are `linked`, besides picks and places.
    """

    kind: Kind
    part: Part
    legal: Legal | None = None
    mark: str = ""
    of: tuple[str, Literal[0, 1]] | None = None
    control: Control | None = None
    weighs: bool = False
    told: bool = False
    linked: bool = False

    def values(self, view: View, sizes: Sizes) -> Sequence[Value]:
        """The legal values while the rest of a legal view stays as it is."""
        if self.legal:
            return self.legal(view, sizes)
        return tuple(self.kind.known) if isinstance(self.kind, OneOf) else ()


def declared(first: T, field: Field) -> T:
    """A field of the dataclass View, with its first value."""
    made: T = dataclasses.field(default=first, metadata={"field": field})
    return made


def field_of(one: dataclasses.Field[object]) -> Field:
    """What was declared of a field of the dataclass View."""
    found: Field = one.metadata["field"]
    return found


def pair_text(numbers: Padding) -> str:
    """(3, 3) as "3", (3, 5) as "3x5", (0, 1, 2, 2) as "0x1x2x2"."""
    shown = numbers[:1] if len(set(numbers)) == 1 else numbers
    return "x".join(map(str, shown))


def parse_pair(text: str, number: Callable[[str], int] | None = None) -> Pair:
    """The pair that a text means: 3 is (3, 3); 3x5, 3,5 and 3×5 are (3, 5); raises ValueError."""
    parts = [(number or _nearest_whole)(part) for part in _SEPARATOR.split(text)]
    if len(parts) > 2:
        raise ValueError(text)
    return parts[0], parts[-1]


def parse_padding(text: str, number: Callable[[str], int] | None = None) -> Padding:
    """The padding that a text means: that of a pair, or 0x1x2x2 is (0, 1, 2, 2), which are the top,
    the bottom, the left and the right; raises ValueError."""
    parts = [(number or _nearest_whole)(part) for part in _SEPARATOR.split(text)]
    if len(parts) != 4:
        return parse_pair(text, number)
    top, bottom, left, right = parts
    return (top, left) if (top, left) == (bottom, right) else (top, bottom, left, right)


def _nearest_whole(text: str) -> int:
    """The whole number that a text means, or the nearest to it."""
    try:
        return int(text) if _WHOLE.fullmatch(text) else round(float(text))
    except OverflowError as error:
        raise ValueError(text) from error
