"""The page's address: read when it opens or the history moves, and written for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote_plus, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from conv.dashboard.mode import Mode
from conv.layer import DataSet
from conv.state.view import FIELDS, OF_STREAMLIT, PLACES, View
from conv.words import LANGUAGES

# What the stage changes; it writes the address itself where it has.
_OF_STAGE = tuple(name for name, field in FIELDS.items() if field.part in {"pick", "place"})


def read_query(query: str) -> dict[str, str]:
    """The parameters of a link's query, as `st.query_params` has those of the page's address."""
    asked = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    return {name: text for name, text in asked if name.lower() not in OF_STREAMLIT}


def is_history_navigation() -> bool:
    """Whether this run is the answer to the browser's back or forward button."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def link_of(view: View, data: DataSet, mode: Mode) -> dict[str, str]:
    """The link of a view and a mode; none for the page as this browser opens it."""
    link = _whole(view, data, mode)
    return {} if link == _bare() else link


def without_place(link: Mapping[str, str]) -> dict[str, str]:
    """What a link says besides the place."""
    rest = {name: text for name, text in link.items() if name not in PLACES}
    return {} if rest == _bare() else rest


def template_of(view: View, data: DataSet, mode: Mode) -> list[str]:
    """The link for the stage, which puts its own fields in: a query in which "i{6}" stands for i,
    which is left out where it is 6; and the query that stands for none."""
    whole = _whole(view, data, mode, _OF_STAGE)
    start = data.default.to_query()
    parts = (
        f"{name}{{{start[name]}}}" if name in _OF_STAGE else f"{name}={quote_plus(text)}"
        for name, text in whole.items()
    )
    return ["&".join(parts), urlencode(_bare())]


def _whole(view: View, data: DataSet, mode: Mode, always: tuple[str, ...] = ()) -> dict[str, str]:
    """The link with all that is not as the data open. Along a playlist it names the scene, for
    without a field it would open the playlist's own view."""
    link = view.to_query(data.default, always) | mode.to_query()
    if mode.playlist:
        link["scene"] = view.scene
    return link


def _bare() -> dict[str, str]:
    return {"lang": browser_language()}


def browser_language() -> str:
    """The language that a page opens in whose link names none."""
    locale = st.context.locale or ""
    return next((lang for lang in LANGUAGES if locale.startswith(lang)), LANGUAGES[0])
