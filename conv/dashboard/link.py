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

from conv.bundle import sizes_of
from conv.view import CHOICES, LANGUAGES, Change, View, from_query, nearest, options

_STATE = "_page"
_NAMES = tuple(field.name for field in fields(View))
_WITHOUT_CONTROL = tuple("mkpqt")  # picked on the stage, where it is seen that they have moved
_OF_A_SCENE = ("rule", "loss", "pace")


@dataclass(frozen=True)
class Page:
    """What the page showed last: its view, the link that says it, and what had to be changed."""

    view: View
    link: dict[str, str]
    cause: Literal["link", "control"]
    changes: tuple[Change, ...] = ()


def current_page() -> Page:
    """The page as the link or the controls ask for it. Call it before the controls are made: it
    sets their values, so that every one of them starts from a legal view."""
    query = {name: value for name, value in st.query_params.items() if name in _NAMES}
    last: Page | None = st.session_state.get(_STATE)
    if last is None or _is_history_navigation():
        view, changes = from_query(query, sizes_of, _browser_language())
        page = Page(view, _link(view), "link", tuple(changes))
        must_write = bool(changes)
    else:
        # The browser's link may lag behind its controls: a click can come before the answer to
        # the last one. So between two visits of the link, the controls alone count.
        page = _follow_controls(last)
        must_write = page.link != last.link
    # Before the page is kept: a run that is cut off between the two writes the link next time.
    if must_write:
        st.query_params.from_dict(page.link)
    st.session_state[_STATE] = page
    for name in _NAMES:
        if _must_set(name, page.view, None if last is None else last.view):
            st.session_state[name] = getattr(page.view, name)
    return page


def _is_history_navigation() -> bool:
    """Whether this run is the answer to the browser's back or forward button."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _must_set(name: str, view: View, last: View | None) -> bool:
    """Whether the control needs to be told its value: it has another one, its labels are in
    another language now, it will be made anew for other options, or it comes or goes with the
    scene, after which Streamlit has the value again that was set before the control was there. A
    control that is told what it has forgets a click made meanwhile."""
    if last is None or view.lang != last.lang:
        return True
    if name in _OF_A_SCENE and view.scene != last.scene:
        return True
    if st.session_state.get(name) != getattr(view, name):
        return True
    before = options(last, sizes_of(last.data), name)
    return before != options(view, sizes_of(view.data), name)


def _follow_controls(last: Page) -> Page:
    wish = _wish(last.view)
    if wish == last.view:
        return last
    sizes = sizes_of(wish.data)
    if wish.data != last.view.data:
        wish = replace(sizes.default, scene=wish.scene, mistake=wish.mistake, lang=wish.lang)
    view, changes = nearest(wish, sizes)
    told = tuple(change for change in changes if change.field not in _WITHOUT_CONTROL)
    return Page(view, _link(view), "control", told)


def _wish(last: View) -> View:
    """The view that the controls ask for. What a control cannot have, such as a label of the
    language before, leaves its field alone."""
    chosen = {
        name: value
        for name in _NAMES
        if isinstance(value := st.session_state.get(name), type(getattr(last, name)))
        and value in CHOICES.get(name, (value,))
    }
    return replace(last, **chosen)


def _link(view: View) -> dict[str, str]:
    """The view's link; none for the page as this browser opens it."""
    link = view.to_query(sizes_of(view.data).default)
    return {} if link == {"lang": _browser_language()} else link


def _browser_language() -> str:
    locale = st.context.locale or ""
    return next((lang for lang in LANGUAGES if locale.startswith(lang)), LANGUAGES[0])
