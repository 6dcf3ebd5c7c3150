"""Which dialog is open. A button is pressed in one run alone, which another may cut off or follow
at once: so that a dialog stays open until it is closed, it is kept in the session."""

from __future__ import annotations

import streamlit as st

from conv.dashboard.link import is_history_navigation

_OPEN, _COUNT = "_dialog", "_dialogs_opened"


def open_(name: str) -> None:
    """Opens a dialog, from the next run on."""
    st.session_state[_OPEN] = name
    st.session_state[_COUNT] = opening() + 1


def close() -> None:
    """Closes it."""
    st.session_state.pop(_OPEN, None)


def open_dialog() -> str | None:
    """The dialog that is open; going back in the browser closes it."""
    if is_history_navigation():
        close()
    name: str | None = st.session_state.get(_OPEN)
    return name


def opening() -> int:
    """How many dialogs have been opened so far."""
    count: int = st.session_state.get(_COUNT, 0)
    return count
