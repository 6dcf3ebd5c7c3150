"""Strips of thumbnails: the items, channels and filters that a view may pick, each in small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conv.layer import DataSet
from conv.ops.textbook import Array
from conv.results import Bundle, Results
from conv.state.legal import options
from conv.state.view import View

from .texts import Message, message


@dataclass(frozen=True)
class Strip:
    """What `field` of the view may be: choice k shows values[k] (rows, columns), or the picture
    pictures[k] (rows, columns, 3); `names[k]` are words for it, or there are none."""

    field: str
    title: Message
    choices: tuple[int, ...]
    chosen: int
    values: Array
    signed: bool = True
    pictures: NDArray[np.uint8] | None = None
    names: tuple[Message, ...] = ()


def make_strips(view: View, data: DataSet, bundle: Bundle, results: Results) -> tuple[Strip, ...]:
    """The strips of a legal view: its batch items, the item's input channels, and the outputs of
    the filters that see the view's channel; none where there is one choice alone."""
    made = (
        Strip(
            "n",
            message("strip.n"),
            _choices(view, data, "n"),
            view.n,
            bundle.x[:, view.c],
            signed=bool((bundle.x < 0).any()),
            pictures=data.pictures,
            names=tuple(message(f"picture.{name}") for name in data.labels),
        ),
        Strip(
            "c",
            message("strip.c", n=view.n),
            _choices(view, data, "c"),
            view.c,
            bundle.x[view.n],
            signed=bool((bundle.x < 0).any()),
        ),
        Strip(
            "f",
            message("strip.f", n=view.n),
            _choices(view, data, "f"),
            view.f,
            results.out[view.n, _choices(view, data, "f")],
        ),
    )
    return tuple(strip for strip in made if len(strip.choices) > 1)


def _choices(view: View, data: DataSet, field: str) -> tuple[int, ...]:
    legal: Sequence[object] = options(view, data.sizes, field)
    return tuple(int(str(value)) for value in legal)
