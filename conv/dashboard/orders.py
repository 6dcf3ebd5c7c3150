"""What can be ordered of a drawing: its link, and the commands that make its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conv.dashboard.drawing import Drawing
from conv.figures.files import Order
from conv.figures.sheet import PLAIN, Sheet
from conv.view import DATA, View


def order_of(
    drawing: Drawing, sheet: Sheet = PLAIN, scale: float | None = None, lang: str | None = None
) -> Order:
    """A file of the drawing, in the view's language or another."""
    view = replace(drawing.view, lang=lang or drawing.view.lang)
    return Order(view, drawing.data.default, sheet, scale)


def is_own(drawing: Drawing) -> bool:
    """Whether the drawing's data come from a file that a visitor has opened."""
    return drawing.view.data not in DATA


def command_of(
    drawing: Drawing, order: Order, verb: str, ending: str, more: Sequence[str] = ()
) -> str:
    """The command that makes the file. Of a visitor's own data, it takes the file that the page
    gives of the drawing's tensors, which opens at the same place of the first scene."""
    if not is_own(drawing):
        return order.command(verb, ending, more)
    opened = View().on_other_data(drawing.view)
    command = replace(order, default=opened).command(verb, ending, more)
    return command.replace(f"--data {drawing.view.data} ", f"--data {drawing.tensors_name} ", 1)
