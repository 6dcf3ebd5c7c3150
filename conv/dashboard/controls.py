"""The sidebar: a control for every field of the view, each with its legal values alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from conv.dashboard.data import file_of
from conv.dashboard.inline import png_url
from conv.dashboard.notebook import show_contents
from conv.dashboard.page import Page
from conv.dashboard.status import change_text
from conv.sources import data_label
from conv.state.view import DATA, Value, options, pair_text
from conv.words import Words

_PAIRS = ("kernel", "stride", "padding", "dilation")
_ABOVE = (("scene",), ("data",), ("n",), ("c", "f"))
_BELOW = (_PAIRS[:2], _PAIRS[2:], ("top_diff",), ("groups", "seed"), ("lang",))
_PICTURE_SIDE = 128  # pixels, for sharp cells at twice the width that is shown


@dataclass(frozen=True)
class Rooms:
    """The places of the sidebar's controls: those of the output cell have one of their own, which
    is written into whenever the stage tells of another place; and what is above and below it."""

    above: DeltaGenerator
    cell: DeltaGenerator
    below: DeltaGenerator


def make_rooms(page: Page, say: Words) -> Rooms | None:
    """The sidebar's heading and its rooms; None where the mode has no sidebar. An empty sidebar has
    no width: the stage would be fitted to the room that it takes later."""
    if not page.mode.shows("sidebar"):
        return None
    with st.sidebar:
        st.header(say("page.title"))
        return Rooms(st.container(), st.container(horizontal=True), st.container())


def show_controls(page: Page, rooms: Rooms, say: Words) -> None:
    """Draws the controls in their rooms, but for those of the place."""
    view, sizes = page.view, page.data.sizes
    to_target = view.scene == "update" and view.loss == "target"
    seed_used = view.top_diff == "normal" or not sizes.weight_fits(view) or to_target
    controls: Mapping[str, Callable[[], None]] = {
        "scene": lambda: _choice("scene", page, say, segmented=True),
        "data": lambda: _data(page, say),
        "n": lambda: _item(page, say),
        "c": lambda: _number("c", page, say),
        "f": lambda: _number("f", page, say, hint=view.groups > 1),
        **{name: partial(_pair, name, page, say) for name in _PAIRS},
        "top_diff": lambda: _choice("top_diff", page, say, hint=True),
        "groups": lambda: _select("groups", page, say),
        "seed": lambda: _number("seed", page, say, hint=True, disabled=not seed_used),
        "lang": lambda: _choice("lang", page, say, segmented=True),
    }
    for room, rows in ((rooms.above, _ABOVE), (rooms.below, _BELOW)):
        with room:
            for row in rows:
                shown = [name for name in row if page.mode.shows(name)]
                # One block for a row, and none for one control: every run sends all of them.
                with st.container(horizontal=True) if len(shown) > 1 else nullcontext():
                    for name in shown:
                        controls[name]()
                for name in shown:
                    _say_too_much(page, name, say)
                if row == ("scene",) and view.scene == "notebook":
                    show_contents(page, say)


def place_controls(page: Page, rooms: Rooms, say: Words) -> None:
    """Draws the controls of the output cell in their room."""
    with rooms.cell:
        for name in "ij":
            if page.mode.shows(name):
                _number(name, page, say)


def _say_too_much(page: Page, name: str, say: Words) -> None:
    """Beneath a control, where it asked for more than may be worked out."""
    for change in page.changes:
        if change.field == name and change.work:
            st.markdown(f":small[:red[{change_text(change, say)}]]")


def training_controls(page: Page, say: Words) -> None:
    """Draws the controls of the scene "update", as those of the sidebar are."""
    with st.container(horizontal=True):
        for field in ("rule", "loss", "pace"):
            if page.mode.shows(field):
                _choice(field, page, say, segmented=True)


def mistake_control(page: Page, say: Words) -> None:
    """Draws the control of the scene "mistakes", as those of the sidebar are."""
    _choice("mistake", page, say)


def _data(page: Page, say: Words) -> None:
    """The data sets: the built-in ones, and the files that the page has shown."""
    legal = [*DATA, *page.files]
    st.selectbox(
        say("control.data"),
        legal,
        index=legal.index(page.view.data),
        format_func=lambda name: data_label(name, say, _file(name, page)),
        key=page.controls["data"].key("data"),
    )


def _file(name: str, page: Page) -> str:
    return page.data.file if name == page.view.data else file_of(name)


def _item(page: Page, say: Words) -> None:
    """The batch item, with its name and picture where it has them."""
    view, data = page.view, page.data
    if not data.labels or data.pictures is None:
        _number("n", page, say)
        return
    labels = [say(f"picture.{name}") for name in data.labels]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _select("n", page, say, text=lambda n: f"{n} · {labels[int(n)]}")
        alt = say("picture.alt", n=view.n, label=labels[view.n])
        st.image(png_url(_png(data.pictures[view.n])), width=72, alt=alt)


def _png(picture: NDArray[np.uint8]) -> bytes:
    """The picture (H, W, 3), enlarged cell by cell."""
    file = BytesIO()
    size = (_PICTURE_SIDE, _PICTURE_SIDE)
    Image.fromarray(picture).resize(size, Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def _number(
    field: str, page: Page, say: Words, *, hint: bool = False, disabled: bool = False
) -> None:
    legal = options(page.view, page.data.sizes, field)
    st.number_input(
        say(f"control.{field}"),
        min_value=int(legal[0]),  # type: ignore[arg-type] # these fields' options are ranges
        max_value=int(legal[-1]),  # type: ignore[arg-type]
        value=int(getattr(page.view, field)),
        step=1,
        key=page.controls[field].key(field),
        help=say(f"help.{field}") if hint else None,
        disabled=disabled,
    )


def _pair(field: str, page: Page, say: Words) -> None:
    _select(field, page, say, text=pair_text, hint="pair")


def _choice(
    field: str, page: Page, say: Words, *, segmented: bool = False, hint: bool = False
) -> None:
    """A choice between words; its label is translated, its value is not."""
    text = partial(_word, field, say)
    if not segmented:
        _select(field, page, say, text=text, hint=field if hint else "")
        return
    st.segmented_control(
        say(f"control.{field}"),
        options(page.view, page.data.sizes, field),
        format_func=text,
        default=getattr(page.view, field),
        required=True,
        key=page.controls[field].key(field),
    )


def _word(field: str, say: Words, value: Value) -> str:
    return say(f"{field}.{value}")


def _select(
    field: str, page: Page, say: Words, *, text: Callable[[Any], str] = str, hint: str = ""
) -> None:
    legal = options(page.view, page.data.sizes, field)
    st.selectbox(
        say(f"control.{field}"),
        legal,
        index=legal.index(getattr(page.view, field)),
        format_func=text,
        key=page.controls[field].key(field),
        help=say(f"help.{hint}") if hint else None,
    )
