"""The line above the stage: what is shown, and what can be had of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import streamlit as st

from conv.dashboard.copying import copy_view
from conv.dashboard.dialogs import close, open_, open_dialog
from conv.dashboard.drawing import Drawing
from conv.dashboard.exporting import export_view, let_go
from conv.dashboard.tensors import exchange_tensors
from conv.dashboard.told import ask_for
from conv.words import Words

_DIALOGS: Mapping[str, tuple[str, Literal["small", "large"], Callable[[Drawing, Words], None]]] = {
    "copy": (":material/content_copy:", "large", copy_view),
    "export": (":material/download:", "large", export_view),
    "tensors": (":material/dataset:", "small", exchange_tensors),
}
_SENTENCE = 500  # pixels, beside which the buttons have room in a window 1440 pixels wide


def show_toolbar(drawing: Drawing, about: str, say: Words) -> None:
    """The sentence `about` the drawing, and a button for each dialog. A dialog is run by itself as
    long as it is open, so that the page pays for none that is closed."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        # A formula has no sentence's length.
        st.markdown(about, width="stretch" if drawing.view.scene == "notebook" else _SENTENCE)
        with st.container(horizontal=True, width="content", gap="xsmall", key="toolbar"):
            _buttons(drawing, say)


def _buttons(drawing: Drawing, say: Words) -> None:
    if open_dialog(drawing.view) != "export":
        let_go()
    for name, (icon, width, content) in _DIALOGS.items():
        label = say(f"toolbar.{name}")
        st.button(label, icon=icon, key=f"toolbar_{name}", on_click=open_, args=(name,))
        if open_dialog(drawing.view) == name:
            st.dialog(label, width=width, on_dismiss=close)(content)(drawing, say)
    label, icon = say("toolbar.present"), ":material/slideshow:"
    st.button(label, icon=icon, key="toolbar_present", on_click=ask_for, args=("present", 1))
