"""The page that is shown: that of the last run of all of it, at the place that was told since."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from conv.dashboard.drawing import Drawing
from conv.dashboard.page import Page, current_page, last_page
from conv.dashboard.quiz import current_quiz
from conv.dashboard.told import all_was_asked_for, asked_for, said_by, told_since
from conv.dashboard.worked_out import results_of
from conv.scenes import scene_type

_SHOWN = "_shown"


def keep_shown(page: Page) -> None:
    """Says that the page is shown. The session has no more of it than the page, for the tensors of
    its drawing would stay in memory."""
    st.session_state[_SHOWN] = page


def shown_page() -> Page | None:
    """The page that is shown, if there is one."""
    page: Page | None = st.session_state.get(_SHOWN)
    return page


def drawing_of(page: Page) -> Drawing:
    """The drawing of a page. Raises ConvError."""
    view = page.view
    results = results_of(view, page.data)
    drawing = Drawing(view, page.data, results.bundle, results)
    if scene_type(view.scene).asks:
        return replace(drawing, asked=current_quiz(drawing.spot))
    return drawing


def page_followed() -> Page:
    """For what hangs on the place: the page once the stage has told of another place, or a control
    has; where that could not be shown, the one that is. Whatever else was asked for is for all of
    the page."""
    shown = _page_of_this_run()
    if not _runs_alone():
        return shown
    last = last_page()
    page = current_page(alone=True)
    if last is None or not _is_of(page, last) or all_was_asked_for():
        st.rerun()
    if not _is_of(page, shown):
        page = replace(shown, turn=page.turn, moves=page.moves, controls=page.controls)
    keep_shown(page)
    return page


def page_as_it_is(part: str) -> Page:
    """For a part that hangs on no place: the page that is shown. What else the reader has asked
    for, and nothing has heard, is for all of the page: Streamlit has one message for what is told
    at once, and may take all of it for this part."""
    if _runs_alone() and (all_was_asked_for(but=part) or _is_unheard()):
        st.rerun()
    return _page_of_this_run()


def _is_unheard() -> bool:
    """Whether the stage, a control or a button has asked for anything since the last page."""
    last = last_page()
    told = told_since(last.turn if last else 0)
    return bool(told or asked_for() or (last and said_by(last.controls, last.view, told)))


def _page_of_this_run() -> Page:
    page: Page = st.session_state[_SHOWN]
    return page


def _is_of(page: Page, other: Page) -> bool:
    """Whether two pages differ in their places alone."""
    return (page.view.of_scene(), page.mode) == (other.view.of_scene(), other.mode)


def _runs_alone() -> bool:
    """Whether a part of the page is run by itself."""
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)
