"""Readers of the options' values."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable

from conv.layer import DataSet
from conv.ops.geometry import Padding, Pair
from conv.sources import read_data
from conv.state.fields import parse_padding, parse_pair
from conv.words import Words


def read_and_tell(text: str, say: Words) -> DataSet:
    """The data set that a command names; how a file was read is said on stderr. Raises
    ConvError."""
    data = read_data(text)
    for note in data.notes:
        print(note.sentence(say), file=sys.stderr)
    return data


def pair(say: Words) -> Callable[[str], Pair]:
    """A reader of pairs of whole numbers."""

    def read(text: str) -> Pair:
        try:
            return parse_pair(text, int)
        except ValueError:
            raise argparse.ArgumentTypeError(say("cli.not_a_pair", text=text)) from None

    return read


def padding(say: Words) -> Callable[[str], Padding]:
    """A reader of one, two or four whole numbers."""

    def read(text: str) -> Padding:
        try:
            return parse_padding(text, int)
        except ValueError:
            raise argparse.ArgumentTypeError(say("cli.not_a_padding", text=text)) from None

    return read


def whole(say: Words, least: int, most: int = 999_999_999) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text[:20]) <= most:
            return int(text)
        sentence = say("cli.not_a_count", text=text, least=least, most=most)
        raise argparse.ArgumentTypeError(sentence)

    return read


def decimal(say: Words) -> Callable[[str], float]:
    """A reader of numbers above 0."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(say("cli.not_a_number", text=text))
        return value

    return read
