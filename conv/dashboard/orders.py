"""What can be ordered of a drawing."""

from __future__ import annotations

from dataclasses import replace

from conv.dashboard.drawing import Drawing
from conv.figures.files import Order
from conv.figures.sheet import PLAIN, Sheet
from conv.state.rooms import DATA


def order_of(
    drawing: Drawing, sheet: Sheet = PLAIN, scale: float | None = None, lang: str | None = None
) -> Order:
    """A file of the drawing, in the view's language or another."""
    view = replace(drawing.view, lang=lang or drawing.view.lang)
    return Order(view, drawing.data.default, sheet, scale)


def is_own(drawing: Drawing) -> bool:
    """Whether the drawing's data come from a file that a visitor has opened."""
    return drawing.view.data not in DATA
