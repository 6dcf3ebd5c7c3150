"""The line above the stage: what is shown, and what can be had of it."""

from __future__ import annotations

import streamlit as st

from conv.dashboard.copying import copy_view
from conv.dashboard.drawing import Drawing
from conv.dashboard.exporting import export_view, let_go
from conv.dashboard.stage import give
from conv.dashboard.tensors import exchange_tensors
from conv.words import Words

_SENTENCE = 500  # pixels, beside which the buttons have room in a window 1440 pixels wide


def show_toolbar(drawing: Drawing, about: str, say: Words) -> None:
    """The sentence `about` the drawing, and a button for each dialog. A dialog is run by itself as
    long as it is open, so that the page pays for none that is closed."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        # A formula has no sentence's length.
        st.markdown(about, width="stretch" if drawing.view.scene == "notebook" else _SENTENCE)
        with st.container(horizontal=True, width="content", gap="xsmall"):
            _buttons(drawing, say)


def _buttons(drawing: Drawing, say: Words) -> None:
    if st.button(say("toolbar.copy"), icon=":material/content_copy:", key="toolbar_copy"):
        st.dialog(say("toolbar.copy"), width="large")(copy_view)(drawing, say)
    let_go()
    if st.button(say("toolbar.export"), icon=":material/download:", key="toolbar_export"):
        # The run that follows lets go of a file that is being made.
        export = st.dialog(say("toolbar.export"), width="large", on_dismiss="rerun")
        export(export_view)(drawing, say)
    if st.button(say("toolbar.tensors"), icon=":material/dataset:", key="toolbar_tensors"):
        st.dialog(say("toolbar.tensors"))(exchange_tensors)(drawing, say)
    label, icon = say("toolbar.present"), ":material/slideshow:"
    st.button(label, icon=icon, key="toolbar_present", on_click=give, args=("present", 1))
