"""The line above the stage: what is shown, and what can be had of it."""

from __future__ import annotations

import streamlit as st

from conv.dashboard.drawing import Drawing
from conv.dashboard.stage import give
from conv.dashboard.tensors import exchange_tensors
from conv.words import Words


def show_toolbar(drawing: Drawing, about: str, say: Words) -> None:
    """The sentence `about` the drawing, and a button for each dialog. A dialog is run by itself as
    long as it is open, so that the page pays for none that is closed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(about)
        if st.button(say("toolbar.copy"), icon=":material/content_copy:", key="toolbar_copy"):
            st.dialog(say("toolbar.copy"), width="large")(_copy)(drawing, say)
        if st.button(say("toolbar.export"), icon=":material/download:", key="toolbar_export"):
            st.dialog(say("toolbar.export"), width="large")(_export)(drawing, say)
        if st.button(say("toolbar.tensors"), icon=":material/dataset:", key="toolbar_tensors"):
            st.dialog(say("toolbar.tensors"))(exchange_tensors)(drawing, say)
        label, icon = say("toolbar.present"), ":material/slideshow:"
        st.button(label, icon=icon, key="toolbar_present", on_click=give, args=("present", 1))


def _copy(drawing: Drawing, say: Words) -> None:
    st.write(drawing.view)


def _export(drawing: Drawing, say: Words) -> None:
    st.write(drawing.view)
