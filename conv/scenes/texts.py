"""Words with values in them, some of which hang on the place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

import numpy as np

from conv.numbers import number, products
from conv.spot import Places, Space

from .tables import Gap, Table

Choice = TypeVar("Choice", "str", "Message")


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
