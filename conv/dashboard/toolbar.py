"""The line above the stage: what is shown, and what can be had of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import streamlit as st

from conv.dashboard.copying import copy_view
from conv.dashboard.dialogs import TOOLBAR, close, open_, open_dialog
from conv.dashboard.drawing import Drawing
from conv.dashboard.exporting import export_view, let_go
from conv.dashboard.shown import drawing_of, page_as_it_is
from conv.dashboard.tensors import exchange_tensors
from conv.dashboard.told import ask_for
from conv.words import Words

_DIALOGS: Mapping[str, tuple[str, Literal["small", "large"], Callable[[Drawing, Words], None]]] = {
    "copy": (":material/content_copy:", "large", copy_view),
    "export": (":material/download:", "large", export_view),
    "tensors": (":material/dataset:", "small", exchange_tensors),
}
_SENTENCE = 500  # pixels, beside which the buttons have room in a window 1440 pixels wide
_DRAWING = "_dialog_drawing"


@st.fragment
def show_toolbar(about: str, say: Words, *, is_formula: bool) -> None:
    """What is said `about` the page that is shown, and a button for each dialog. It is run by
    itself when one is opened or closed, and the dialog as long as it is open, so that neither asks
    for the rest of the page. It is kept for the session, so that it has no tensors."""
    page = page_as_it_is(TOOLBAR)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        # A formula has no sentence's length.
        st.markdown(about, width="stretch" if is_formula else _SENTENCE)
        with st.container(horizontal=True, width="content", gap="xsmall", key="toolbar"):
            name = open_dialog(page.view)
            _keep_drawing(drawing_of(page) if name else None)
            if name != "export":
                let_go()
            _buttons(name, say)


def _buttons(opened: str | None, say: Words) -> None:
    for name, (icon, width, _) in _DIALOGS.items():
        label = say(f"toolbar.{name}")
        st.button(label, icon=icon, key=f"toolbar_{name}", on_click=open_, args=(name,))
        if name == opened:
            st.dialog(label, width=width, on_dismiss=close)(_fill)(name, say)
    label, icon = say("toolbar.present"), ":material/slideshow:"
    st.button(label, icon=icon, key="toolbar_present", on_click=ask_for, args=("present", 1))


def _keep_drawing(drawing: Drawing | None) -> None:
    """Keeps the drawing of the dialog that is open, with all that is worked out for it."""
    if drawing:
        st.session_state[_DRAWING] = drawing
    else:
        st.session_state.pop(_DRAWING, None)


def _fill(name: str, say: Words) -> None:
    """What a dialog has; nothing where it is closed by now."""
    drawing: Drawing | None = st.session_state.get(_DRAWING)
    if drawing:
        _, _, content = _DIALOGS[name]
        content(drawing, say)
