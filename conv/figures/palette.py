"""Colours: one a role, and the scales of the cells as explicit lists.

Named scales are not used: plotly.py and plotly.js read "RdBu" in opposite directions. The signed
scales are F. Crameri's vik and berlin, the one-sided ones vik's and berlin's upper halves
("Scientific colour maps", doi:10.5281/zenodo.1243862), with the page's ground at zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Scale = tuple[tuple[float, str], ...]
ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Outline:
    """How a role's outline is drawn: they differ in dash and width too, never by colour alone."""

    color: str
    dash: str
    width: float


ROLES: Mapping[str, Outline] = {
    "window": Outline("#d97706", "solid", 3),
    "output": Outline("#0b6bb8", "solid", 2.2),
    "kernel": Outline("#0f8a5f", "6px,2px", 3),
    "top_diff": Outline("#a23b8f", "3px,1.5px", 2.6),
}
HALO = "#ffffff"
# The curves of the update rules. Each stands out from both looks' grounds by 3 to 1 at least, and a
# dashed one drawn over the solid one lets it through: two of the rules run together.
RULES: Mapping[str, Outline] = {
    "notebook": Outline("#d1495b", "solid", 1.6),
    "sgd": Outline("#0d8a8a", "2px,3px", 1.6),
    "momentum": Outline("#7c5cd6", "9px,4px", 1.6),
    "weight_decay": Outline("#8a7a1f", "10px,3px,2px,3px", 1.6),
}
LOGARITHMS: Mapping[str, Outline] = {
    "e": Outline("#d1495b", "solid", 1.6),
    "two": Outline("#0d8a8a", "2px,3px", 1.6),
    "ten": Outline("#7c5cd6", "9px,4px", 1.6),
}
CURVES: Mapping[str, Outline] = {**RULES, **LOGARITHMS}
CHOSEN = 2.2  # times the width of the others


@dataclass(frozen=True)
class Theme:
    """The colours of a figure in one look of the page."""

    ground: str
    ink: str
    muted: str
    rule: str
    box: str
    signed: Scale
    unsigned: Scale
    neutral_bar: str

    @property
    def bars(self) -> tuple[str, str]:
        """The colours of bars below zero and above, as cells have them."""
        return self.signed[2][1], self.signed[-3][1]


def _even(*colors: str) -> Scale:
    return tuple((k / (len(colors) - 1), color) for k, color in enumerate(colors))


_VIK = ("#001261", "#033e7d", "#1e6f9d", "#71a8c4", "#c9dde7")
_VIK_UP = ("#eacebd", "#d39774", "#be6533", "#8b2706", "#590008")
_BERLIN = ("#9eb0ff", "#5aa3da", "#2d7597", "#1a4256", "#11191e")
_BERLIN_UP = ("#280d01", "#501803", "#8a3f2a", "#c4756a", "#ffadad")

THEMES: Mapping[ThemeName, Theme] = {
    "light": Theme(
        ground="#ffffff",
        ink="#1f2937",
        muted="#5f6b7a",
        rule="#c9ced6",
        box="#f4f6f8",
        signed=_even(*_VIK, "#f7f7f5", *_VIK_UP),
        unsigned=_even("#f7f7f5", *_VIK_UP),
        neutral_bar="#8a94a3",
    ),
    "dark": Theme(
        ground="#0e1117",
        ink="#e8eaed",
        muted="#a3adba",
        rule="#4a5361",
        box="#1b2029",
        signed=_even(*_BERLIN, "#0e1117", *_BERLIN_UP),
        unsigned=_even("#0e1117", *_BERLIN_UP),
        neutral_bar="#7d8796",
    ),
}


def color_at(scale: Scale, fraction: float) -> tuple[float, float, float]:
    """The scale's colour at `fraction` of its range, as red, green and blue in 0..255."""
    fraction = min(max(fraction, 0.0), 1.0)
    for (start, low), (stop, high) in pairwise(scale):
        if fraction <= stop:
            share = (fraction - start) / (stop - start)
            red, green, blue = (
                a + share * (b - a) for a, b in zip(_rgb(low), _rgb(high), strict=True)
            )
            return red, green, blue
    raise AssertionError(fraction)


def readable_on(color: tuple[float, float, float]) -> str:
    """Black or white, whichever stands out more (WCAG 2.2, relative luminance)."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in color)
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if luminance > 0.179 else "#ffffff"


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
