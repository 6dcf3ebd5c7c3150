"""The sidebar: a control for every field of the view, each with its legal values alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from conv.bundle import DataSet
from conv.dashboard.data import file_of
from conv.dashboard.inline import png_url
from conv.dashboard.link import Page, start_of
from conv.dashboard.notebook import show_contents
from conv.dashboard.status import change_text
from conv.sources import data_label
from conv.view import DATA, Sizes, Value, View, options, pair_text
from conv.words import Words

_PAIRS = ("kernel", "stride", "padding", "dilation")
_ROWS = (
    ("scene",),
    ("data",),
    ("n",),
    ("c", "f"),
    ("i", "j"),
    _PAIRS[:2],
    _PAIRS[2:],
    ("top_diff",),
    ("groups", "seed"),
    ("lang",),
)
_PICTURE_SIDE = 128  # pixels, for sharp cells at twice the width that is shown


def sidebar(page: Page, say: Words) -> None:
    """Draws the controls that the mode shows, under what the sidebar has already. Their values are
    in the session's state under the fields' names."""
    view, data, sizes = page.view, page.data, page.data.sizes
    to_target = view.scene == "update" and view.loss == "target"
    seed_used = view.top_diff == "normal" or not sizes.weight_fits(view) or to_target
    controls: Mapping[str, Callable[[], None]] = {
        "scene": lambda: _choice("scene", view, sizes, say, segmented=True),
        "data": lambda: _data(page, say),
        "n": lambda: _item(view, data, say),
        "c": lambda: _number("c", view, sizes, say),
        "f": lambda: _number("f", view, sizes, say, hint=view.groups > 1),
        "i": lambda: _number("i", view, sizes, say),
        "j": lambda: _number("j", view, sizes, say),
        **{name: partial(_pair, name, view, sizes, say) for name in _PAIRS},
        "top_diff": lambda: _choice("top_diff", view, sizes, say, hint=True),
        "groups": lambda: _select("groups", view, sizes, say),
        "seed": lambda: _number("seed", view, sizes, say, hint=True, disabled=not seed_used),
        "lang": lambda: _choice("lang", view, sizes, say, segmented=True),
    }
    with st.sidebar:
        for row in _ROWS:
            shown = [name for name in row if page.mode.shows(name)]
            places = st.columns(len(shown)) if len(shown) > 1 else [st.container()]
            for name, place in zip(shown, places, strict=False):
                with place:
                    controls[name]()
                    _say_too_much(page, name, say)
            if row == ("scene",) and view.scene == "notebook":
                show_contents(page, say)


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
                _choice(field, page.view, page.data.sizes, say, segmented=True)


def mistake_control(view: View, sizes: Sizes, say: Words) -> None:
    """Draws the control of the scene "mistakes", as those of the sidebar are."""
    _choice("mistake", view, sizes, say)


def _data(page: Page, say: Words) -> None:
    """The data sets: the built-in ones, and the files that the page has shown."""
    legal, start = [*DATA, *page.files], start_of("data", page.view)
    st.selectbox(
        say("control.data"),
        legal,
        index=0 if start is None else legal.index(str(start)),
        format_func=lambda name: data_label(name, say, _file(name, page)),
        key="data",
    )


def _file(name: str, page: Page) -> str:
    return page.data.file if name == page.view.data else file_of(name)


def _item(view: View, data: DataSet, say: Words) -> None:
    """The batch item, with its name and picture where it has them."""
    if not data.labels or data.pictures is None:
        _number("n", view, data.sizes, say)
        return
    labels = [say(f"picture.{name}") for name in data.labels]
    choose, show = st.columns([3, 2], vertical_alignment="bottom")
    with choose:
        _select("n", view, data.sizes, say, text=lambda n: f"{n} · {labels[int(n)]}")
    with show:
        alt = say("picture.alt", n=view.n, label=labels[view.n])
        st.image(png_url(_png(data.pictures[view.n])), width=72, alt=alt)


def _png(picture: NDArray[np.uint8]) -> bytes:
    """The picture (H, W, 3), enlarged cell by cell."""
    file = BytesIO()
    size = (_PICTURE_SIDE, _PICTURE_SIDE)
    Image.fromarray(picture).resize(size, Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def _number(
    field: str, view: View, sizes: Sizes, say: Words, *, hint: bool = False, disabled: bool = False
) -> None:
    legal, start = options(view, sizes, field), start_of(field, view)
    st.number_input(
        say(f"control.{field}"),
        min_value=int(legal[0]),  # type: ignore[arg-type] # these fields' options are ranges
        max_value=int(legal[-1]),  # type: ignore[arg-type]
        value="min" if start is None else int(start),  # type: ignore[arg-type]
        step=1,
        key=field,
        help=say(f"help.{field}") if hint else None,
        disabled=disabled,
    )


def _pair(field: str, view: View, sizes: Sizes, say: Words) -> None:
    _select(field, view, sizes, say, text=pair_text, hint="pair")


def _choice(
    field: str,
    view: View,
    sizes: Sizes,
    say: Words,
    *,
    segmented: bool = False,
    hint: bool = False,
) -> None:
    """A choice between words; its label is translated, its value is not."""
    text = partial(_word, field, say)
    if not segmented:
        _select(field, view, sizes, say, text=text, hint=field if hint else "")
        return
    st.segmented_control(
        say(f"control.{field}"),
        options(view, sizes, field),
        format_func=text,
        default=start_of(field, view),
        required=True,
        key=field,
    )


def _word(field: str, say: Words, value: Value) -> str:
    return say(f"{field}.{value}")


def _select(
    field: str,
    view: View,
    sizes: Sizes,
    say: Words,
    *,
    text: Callable[[Any], str] = str,
    hint: str = "",
) -> None:
    legal, start = options(view, sizes, field), start_of(field, view)
    st.selectbox(
        say(f"control.{field}"),
        legal,
        index=0 if start is None else legal.index(start),
        format_func=text,
        key=field,
        help=say(f"help.{hint}") if hint else None,
    )
