"""The controls: one for every field of the view that declares one, each with its legal values
alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from conv.dashboard.contents import show_contents
from conv.dashboard.data import file_of
from conv.dashboard.inline import png_url
from conv.dashboard.page import Page
from conv.dashboard.status import change_text
from conv.scenes import scene_type
from conv.sources import data_label
from conv.state.fields import Control, OneOf, Shape, Value
from conv.state.legal import options
from conv.state.rooms import DATA
from conv.state.view import FIELDS
from conv.words import Words, texts

_PICTURE_SIDE = 128  # pixels, for sharp cells at twice the width that is shown
Row = list[str]


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
    rows = _rows()
    at = next(k for k, row in enumerate(rows) if _is_of_place(row))
    below = [row for row in rows[at:] if not _is_of_place(row)]
    for room, inside in ((rooms.above, rows[:at]), (rooms.below, below)):
        with room:
            for row in inside:
                _row(row, page, say)


def place_controls(page: Page, rooms: Rooms, say: Words) -> None:
    """Draws the controls of the output cell in their room."""
    with rooms.cell:
        for row in filter(_is_of_place, _rows()):
            for name in row:
                if page.mode.shows(name):
                    _control(name, page, say)


def own_controls(page: Page, say: Words) -> None:
    """Draws the controls of the scene's own fields. Where the catalogue has a sentence on what is
    chosen, it stands beside the control."""
    names = [name for name in scene_type(page.view.scene).controls() if page.mode.shows(name)]
    about = [key for name in names if (key := _about(name, page)) in texts(page.view.lang)]
    if about:
        choose, beside = st.columns([2, 3], gap="medium")
        beside.markdown("  \n".join(map(say, about)))
    else:
        choose = st.container(horizontal=True)
    with choose:
        for name in names:
            _control(name, page, say)


def _about(name: str, page: Page) -> str:
    return f"about_{name}.{page.view.text(name)}"


def _rows() -> list[Row]:
    """The sidebar's rows: the fields that stand side by side in each, as they are declared."""
    placed = [
        (field.control.row, name)
        for name, field in FIELDS.items()
        if field.control and field.control.row is not None
    ]
    row_of = itemgetter(0)
    return [[name for _, name in row] for _, row in groupby(sorted(placed, key=row_of), row_of)]


def _is_of_place(row: Row) -> bool:
    return FIELDS[row[0]].part == "place"


def _row(row: Row, page: Page, say: Words) -> None:
    shown = [name for name in row if page.mode.shows(name)]
    # One block for a row, and none for one control: every run sends all of them.
    with st.container(horizontal=True) if len(shown) > 1 else nullcontext():
        for name in shown:
            _control(name, page, say)
    for name in shown:
        _say_too_much(page, name, say)
    pages = scene_type(page.view.scene).pages
    if "scene" in row and pages:
        show_contents(page.view, pages, say)


def _control(name: str, page: Page, say: Words) -> None:
    control = FIELDS[name].control
    assert control is not None  # noqa: S101 - those are asked for that have one
    _SHAPES[control.shape](name, control, page, say)


def _say_too_much(page: Page, name: str, say: Words) -> None:
    """Beneath a control, where it asked for more than may be worked out."""
    for change in page.changes:
        if change.field == name and change.work:
            st.markdown(f":small[:red[{change_text(change, say)}]]")


def _hint(name: str, control: Control, page: Page, say: Words) -> str | None:
    return say(f"help.{control.hint or name}") if control.hinted(page.view) else None


def _text(name: str, say: Words) -> Callable[[Any], str]:
    """How the values of a field are called: a choice's words are translated, its values are not."""
    kind = FIELDS[name].kind
    return (lambda value: say(f"{name}.{value}")) if isinstance(kind, OneOf) else kind.write


def _data(name: str, _: Control, page: Page, say: Words) -> None:
    """The data sets: the built-in ones, and the files that the page has shown."""
    legal = [*DATA, *page.files]
    st.selectbox(
        say(f"control.{name}"),
        legal,
        index=legal.index(page.view.data),
        format_func=lambda one: data_label(one, say, _file(one, page)),
        key=page.controls[name].key(name),
    )


def _file(name: str, page: Page) -> str:
    return page.data.file if name == page.view.data else file_of(name)


def _item(name: str, control: Control, page: Page, say: Words) -> None:
    """The batch item, with its name and picture where it has them."""
    view, data = page.view, page.data
    if not data.labels or data.pictures is None:
        _number(name, control, page, say)
        return
    labels = [say(f"picture.{label}") for label in data.labels]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choose(name, control, page, say, lambda n: f"{n} · {labels[int(n)]}")
        alt = say("picture.alt", n=view.n, label=labels[view.n])
        st.image(png_url(_png(data.pictures[view.n])), width=72, alt=alt)


def _png(picture: NDArray[np.uint8]) -> bytes:
    """The picture (H, W, 3), enlarged cell by cell."""
    file = BytesIO()
    size = (_PICTURE_SIDE, _PICTURE_SIDE)
    Image.fromarray(picture).resize(size, Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def _number(name: str, control: Control, page: Page, say: Words) -> None:
    legal = options(page.view, page.data.sizes, name)
    st.number_input(
        say(f"control.{name}"),
        min_value=int(legal[0]),  # type: ignore[arg-type] # a number's legal values are a range
        max_value=int(legal[-1]),  # type: ignore[arg-type]
        value=int(getattr(page.view, name)),
        step=1,
        key=page.controls[name].key(name),
        help=_hint(name, control, page, say),
        disabled=not control.used(page.view, page.data.sizes),
    )


def _segmented(name: str, _: Control, page: Page, say: Words) -> None:
    st.segmented_control(
        say(f"control.{name}"),
        options(page.view, page.data.sizes, name),
        format_func=_text(name, say),
        default=getattr(page.view, name),
        required=True,
        key=page.controls[name].key(name),
    )


def _select(name: str, control: Control, page: Page, say: Words) -> None:
    _choose(name, control, page, say, _text(name, say))


def _choose(
    name: str, control: Control, page: Page, say: Words, text: Callable[[Any], str]
) -> None:
    legal: Sequence[Value] = options(page.view, page.data.sizes, name)
    st.selectbox(
        say(f"control.{name}"),
        legal,
        index=legal.index(getattr(page.view, name)),
        format_func=text,
        key=page.controls[name].key(name),
        help=_hint(name, control, page, say),
    )


_SHAPES: Mapping[Shape, Callable[[str, Control, Page, Words], None]] = {
    "number": _number,
    "select": _select,
    "segmented": _segmented,
    "item": _item,
    "data": _data,
}
