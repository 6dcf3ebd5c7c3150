"""The page's view: read from the link or from the controls, kept in both.

Streamlit's own `bind="query-params"` writes a choice's label into the link, so that a link made
in one language would not open in the other; it drops what it cannot read without a word; and it
judges each control alone, where a view is legal only as a whole. So the view is bound as one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from conv.bundle import DataSet
from conv.dashboard.data import load
from conv.ops import ConvError
from conv.view import (
    CHOICES,
    LANGUAGES,
    Change,
    Sizes,
    Value,
    View,
    from_query,
    nearest,
    options,
)

_STATE, _SET = "_page", "_set_in_this_run"
_NAMES = tuple(field.name for field in fields(View))
_WITHOUT_CONTROL = tuple("mkpqt")  # picked on the stage, where it is seen that they have moved
# The scene that has the control of a field which no other scene has.
_SCENE_OF = {"rule": "update", "loss": "update", "pace": "update", "mistake": "mistakes"}


@dataclass(frozen=True)
class Page:
    """What the page showed last: its view, the data of it, the link that says it, and what had to
    be changed. The data stay here when the server lets go of an opened file."""

    view: View
    data: DataSet
    link: dict[str, str]
    cause: Literal["link", "control"]
    changes: tuple[Change, ...] = ()


def current_page() -> Page:
    """The page as the link or the controls ask for it. Call it before the controls are made: it
    sets their values, so that every one of them starts from a legal view."""
    query = {name: value for name, value in st.query_params.items() if name in _NAMES}
    last: Page | None = st.session_state.get(_STATE)
    if last is None or is_history_navigation():
        page = _follow_link(query)
        must_write = bool(page.changes)
    else:
        # The browser's link may lag behind its controls: a click can come before the answer to
        # the last one. So between two visits of the link, the controls alone count.
        page = _follow_controls(last)
        must_write = page.link != last.link
    # Before the page is kept: a run that is cut off between the two writes the link next time.
    if must_write:
        st.query_params.from_dict(page.link)
    st.session_state[_STATE] = page
    must_set = frozenset(name for name in _NAMES if _must_set(name, page, last))
    for name in must_set:
        st.session_state[name] = getattr(page.view, name)
    st.session_state[_SET] = must_set
    return page


def start_of(field: str, view: View) -> Value | None:
    """What a control of the view's field starts from where the browser makes it; None where the
    session's state was set in this run, which tells the control.

    A control that Streamlit is not told a start of has its own first one, and the state is told
    to it in one run alone: where that is cut off, or another follows before the browser has drawn
    it, the page would fall back to first values (streamlit/streamlit #4247)."""
    return None if field in st.session_state[_SET] else getattr(view, field)


def is_history_navigation() -> bool:
    """Whether this run is the answer to the browser's back or forward button."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _must_set(name: str, page: Page, last: Page | None) -> bool:
    """Whether the control needs to be told its value: it has another one, its labels are in
    another language now, it has other options, or it comes with the scene. A control that is told
    what it has forgets a click made meanwhile."""
    if last is None or page.view.lang != last.view.lang:
        return True
    if _SCENE_OF.get(name, last.view.scene) != last.view.scene:
        return True
    if st.session_state.get(name) != getattr(page.view, name):
        return True
    before = options(last.view, last.data.sizes, name)
    return before != options(page.view, page.data.sizes, name)


def _follow_link(query: dict[str, str]) -> Page:
    loaded = {}

    def sizes_of(name: str) -> Sizes:
        loaded[name] = load(name)
        return loaded[name].sizes

    view, changes = from_query(query, sizes_of, _browser_language())
    data = loaded[view.data]
    return Page(view, data, _link(view, data), "link", tuple(changes))


def _follow_controls(last: Page) -> Page:
    wish = _wish(last.view)
    if wish == last.view:
        return last
    data = last.data
    if wish.data != last.view.data:
        try:
            data = load(wish.data)
        except ConvError:
            wish = replace(wish, data=last.view.data)
        else:
            wish = wish.on_other_data(data.default)
    view, changes = nearest(wish, data.sizes)
    told = tuple(change for change in changes if change.field not in _WITHOUT_CONTROL)
    return Page(view, data, _link(view, data), "control", told)


def _wish(last: View) -> View:
    """The view that the controls ask for. What a control cannot have, such as a label of the
    language before, leaves its field alone; so does a control that its scene alone has, for once it
    has gone, Streamlit has the value again that was set before it came."""
    chosen = {
        name: value
        for name in _NAMES
        if _SCENE_OF.get(name, last.scene) == last.scene
        and isinstance(value := st.session_state.get(name), type(getattr(last, name)))
        and (name == "data" or value in CHOICES.get(name, (value,)))
    }
    return replace(last, **chosen)


def _link(view: View, data: DataSet) -> dict[str, str]:
    """The view's link; none for the page as this browser opens it."""
    link = view.to_query(data.default)
    return {} if link == {"lang": _browser_language()} else link


def _browser_language() -> str:
    locale = st.context.locale or ""
    return next((lang for lang in LANGUAGES if locale.startswith(lang)), LANGUAGES[0])
