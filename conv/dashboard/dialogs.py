"""Which dialog is open. A button is pressed in one run alone, which another may cut off or follow
at once: so that a dialog stays open until it is closed, it is kept in the session."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from conv.dashboard.page import last_page
from conv.dashboard.told import ask_for_all
from conv.state.view import View

TOOLBAR = "toolbar"  # the part of the page that has their buttons
_OPEN, _OVER, _COUNT = "_dialog", "_dialog_over", "_dialogs_opened"


def open_(name: str) -> None:
    """Opens a dialog, from the next run on."""
    close()
    ask_for_all(TOOLBAR)
    st.session_state[_OPEN] = name
    st.session_state[_COUNT] = opening() + 1


def close() -> None:
    """Closes it."""
    st.session_state.pop(_OPEN, None)
    st.session_state.pop(_OVER, None)


def open_dialog(view: View) -> str | None:
    """The dialog that is open over a view. Going back in the browser closes it, and so does what
    only the controls do, which it covers: the word that it is closed may have been cut off."""
    page = last_page()
    over = (replace(view.of_tensors(), scene=view.scene), page and page.went)
    name: str | None = st.session_state.get(_OPEN)
    if name and st.session_state.setdefault(_OVER, over) != over:
        close()
    return st.session_state.get(_OPEN)


def opening() -> int:
    """How many dialogs have been opened so far."""
    count: int = st.session_state.get(_COUNT, 0)
    return count
