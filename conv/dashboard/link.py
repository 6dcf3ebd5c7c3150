"""The page's view: read from the link or from the controls, kept in both.

Streamlit's own `bind="query-params"` writes a choice's label into the link, so that a link made
in one language would not open in the other; it drops what it cannot read without a word; and it
judges each control alone, where a view is legal only as a whole. So the view is bound as one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

import streamlit as st

from conv.bundle import sizes_of
from conv.view import LANGUAGES, Change, View, from_query, nearest

_STATE = "_page"
_NAMES = tuple(field.name for field in fields(View))


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
    if last is None or query != last.link:
        view, changes = from_query(query, sizes_of, _browser_language())
        page = Page(view, _link(view), "link", tuple(changes))
    else:
        page = _follow_controls(last)
    st.session_state[_STATE] = page
    for name in _NAMES:
        st.session_state[name] = getattr(page.view, name)
    if page.link != query:
        st.query_params.from_dict(page.link)
    return page


def _follow_controls(last: Page) -> Page:
    wish = _wish(last.view)
    if wish == last.view:
        return last
    sizes = sizes_of(wish.data)
    if wish.data != last.view.data:
        wish = replace(sizes.default, scene=wish.scene, lang=wish.lang)
    view, changes = nearest(wish, sizes)
    return Page(view, _link(view), "control", tuple(changes))


def _wish(last: View) -> View:
    """The view that the controls ask for; a control without a value leaves its field alone."""
    values = {name: st.session_state.get(name) for name in _NAMES}
    chosen = {
        name: value
        for name, value in values.items()
        if isinstance(value, type(getattr(last, name)))
    }
    return replace(last, **chosen)


def _link(view: View) -> dict[str, str]:
    return view.to_query(sizes_of(view.data).default)


def _browser_language() -> str:
    locale = st.context.locale or ""
    return next((lang for lang in LANGUAGES if locale.startswith(lang)), LANGUAGES[0])
