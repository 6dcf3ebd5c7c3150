"""What the two methods of a gradient give together, and how far each of them is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conv.numbers import number
from conv.ops import difference
from conv.ops.agreement import agree
from conv.ops.geometry import Pair
from conv.ops.textbook import Array
from conv.spot import Space
from conv.state.view import View

from .panel import Panel
from .scene import Bars, Card, Clock, Item, Operator, Parts, Section, Thumbnails
from .tables import Table
from .texts import Live, Message, Number, message


def parts_of(view: View, field: str, choices: range) -> Parts | None:
    """The items or filters that a scan goes on over; None where it goes over the one."""
    if view.scan == "one" or len(choices) == 1:
        return None
    return Parts(field, tuple(choices), choices.index(getattr(view, field)))


def clock(
    key: str, space: Space, size: Pair, products: int, parts: Parts | None = None, **more: Array
) -> Clock:
    """The clock of a method whose steps are the places of `space`, with `products` each; `more`
    are whole numbers of each place."""
    steps = np.arange(1, size[0] * size[1] + 1).reshape(size)
    count, before = steps.size, 0
    if parts is not None:
        before, count = parts.at * count, len(parts.choices) * count

    def told(numbers: NDArray[np.int_] | Array) -> Number:
        return Number(Table(numbers.astype(float), space), 9)

    return Clock(
        space,
        message(f"{key}_steps"),
        message(
            key,
            step=told(steps + before),
            count=count,
            done=told((steps + before) * products),
            total=count * products,
            **{name: told(numbers) for name, numbers in more.items()},
        ),
    )


def how_far(clock: Clock) -> dict[str, str | int | Live]:
    """The step that a clock is at and how many there are, for a text."""
    return {name: clock.text.values[name] for name in ("step", "count")}


def share_bars(
    field: str,
    text: Message,
    choices: range,
    chosen: int,
    shares: Array,
    space: Space,
    thumbnails: tuple[Thumbnails, ...],
) -> Bars:
    """What each item or filter adds to a cell of `space`: `shares` (rows, columns, choices)."""
    return Bars(
        "shares",
        message(f"panel.shares_{field}"),
        text,
        tuple(map(str, choices)),
        Table(shares, space),
        (message("word.total"),),
        Table(shares.sum(axis=-1, keepdims=True), space),
        choices.index(chosen),
        field,
        thumbnails,
    )


def together(
    share: Panel,
    sign: Operator,
    total: Panel,
    gap: Panel,
    whole: Card,
    bars: Bars | None,
    terms: Card,
) -> Section:
    """The share that both methods give, the total, the difference of what they have so far and of
    the whole tensor; below, every share of one cell, and where the cell comes from."""
    first = (share, sign, total, Operator(""), gap, Operator(""), whole)
    second: tuple[Item, ...] = (terms,) if bars is None else (bars, Operator(""), terms)
    return Section(message("heading.together"), (first, second))


def differences(title: Message, a: Array, b: Array, size: Array) -> Card:
    """The largest absolute and relative differences of two arrays, and whether they agree; `size`
    is the sum of the magnitudes of each cell's products."""
    gap = difference(a, b)
    return Card(
        "differences",
        title,
        (
            (message("line.absolute"), number(gap.absolute)),
            (message("line.relative"), number(gap.relative)),
            (message("line.agree"), "✓" if agree(a, b, size) else "✗"),
        ),
    )
