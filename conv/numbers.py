"""How numbers are written: three significant digits, one power of ten a panel, never a false 0."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
MINUS = "−"
_PLAIN = (1e-3, 1e6)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class CellTexts:
    """The numbers of a panel's cells, all to be multiplied by 10**power."""

    rows: tuple[tuple[str, ...], ...]
    power: int


def number(value: float, digits: int = 3) -> str:
    """`value` to so many significant digits: 228, 0.488, 1.64e−09, 0 for 0 alone."""
    value = float(value)
    if not math.isfinite(value):
        return _special(value)
    if value == 0:
        return "0"
    if value.is_integer() and abs(value) < _PLAIN[1]:
        return _minus(f"{value:.0f}")
    if _PLAIN[0] <= abs(value) < _PLAIN[1]:
        # The exponent after rounding: 9.996 is 10.0.
        decimals = max(0, digits - 1 - int(f"{value:.{digits - 1}e}".split("e")[1]))
        return _minus(f"{value:.{decimals}f}")
    return _minus(f"{value:.{digits - 1}e}")


def cell_texts(values: Array) -> CellTexts:
    """The numbers of a panel with one power of ten for all of them; where a cell would read as
    0 without being 0, each cell has an exponent of its own."""
    finite = [abs(float(v)) for v in values.flat if math.isfinite(v) and v != 0]
    whole = all(v.is_integer() and v < 1e5 for v in finite)
    top = _exponent(max(finite)) if finite else 0
    power = 0 if whole or -2 < top < 4 else top
    decimals = 0 if whole else max(0, 2 - (top - power))
    lost = any(round(Decimal(v).scaleb(-power), decimals) == 0 for v in finite)

    def text(value: float) -> str:
        if not math.isfinite(value):
            return _special(value)
        if value == 0:
            return "0"
        if lost:
            return _minus(f"{value:.2e}")
        return _minus(f"{Decimal(value).scaleb(-power):.{decimals}f}")

    rows = tuple(tuple(text(float(value)) for value in row) for row in values)
    return CellTexts(rows, 0 if lost else power)


def power_text(power: int) -> str:
    """×10⁻⁴ for -4."""
    return f"×10{str(power).translate(_SUPERSCRIPTS)}"


def products(a: Array, b: Array, most: int = 9) -> str:
    """The sum of a * b written out, 228 × 0.488 + 232 × −1.05, the first `most` products of it."""
    pairs = list(zip(a.flat, b.flat, strict=True))
    terms = [f"{number(float(x))} × {number(float(y))}" for x, y in pairs[:most]]
    return " + ".join([*terms, "…"] if len(pairs) > most else terms)


def _exponent(value: float) -> int:
    return Decimal(abs(value)).adjusted()


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "∞" if value > 0 else f"{MINUS}∞"


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
