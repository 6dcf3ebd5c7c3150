"""The sidebar: a control for every field of the view, each with its legal values alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from conv.bundle import DataSet
from conv.dashboard.inline import png_url
from conv.dashboard.link import start_of
from conv.tensors import data_label
from conv.view import Sizes, Value, View, options, pair_text
from conv.words import Words

_PICTURE_SIDE = 128  # pixels, for sharp cells at twice the width that is shown


def sidebar(view: View, data: DataSet, say: Words) -> None:
    """Draws the controls, under what the sidebar has already. Their values are in the session's
    state under the fields' names."""
    sizes = data.sizes
    with st.sidebar:
        _choice("scene", view, sizes, say, segmented=True)
        _choice("data", view, sizes, say)
        _item(view, data, say)
        left, right = st.columns(2)
        with left:
            _number("c", view, sizes, say)
        with right:
            _number("f", view, sizes, say, hint=view.groups > 1)
        left, right = st.columns(2)
        with left:
            _number("i", view, sizes, say)
        with right:
            _number("j", view, sizes, say)
        for pair in (("kernel", "stride"), ("padding", "dilation")):
            for column, field in zip(st.columns(2), pair, strict=True):
                with column:
                    _pair(field, view, sizes, say)
        _choice("top_diff", view, sizes, say, hint=True)
        left, right = st.columns(2)
        with left:
            _select("groups", view, sizes, say)
        with right:
            to_target = view.scene == "update" and view.loss == "target"
            seed_used = view.top_diff == "normal" or not sizes.weight_fits(view) or to_target
            _number("seed", view, sizes, say, hint=True, disabled=not seed_used)
        _choice("lang", view, sizes, say, segmented=True)


def training_controls(view: View, sizes: Sizes, say: Words) -> None:
    """Draws the controls of the scene "update", as those of the sidebar are."""
    with st.container(horizontal=True):
        for field in ("rule", "loss", "pace"):
            _choice(field, view, sizes, say, segmented=True)


def mistake_control(view: View, sizes: Sizes, say: Words) -> None:
    """Draws the control of the scene "mistakes", as those of the sidebar are."""
    _choice("mistake", view, sizes, say)


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
    return data_label(str(value), say) if field == "data" else say(f"{field}.{value}")


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
