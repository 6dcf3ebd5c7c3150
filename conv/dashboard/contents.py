"""The table of contents of a scene that is read page by page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from conv.dashboard.served import loader
from conv.dashboard.told import ask_for
from conv.state.rooms import Pages
from conv.state.view import View, choices
from conv.words import Words

_FOLDER = Path(__file__).parent
_STYLE = _FOLDER.joinpath("contents.css").read_text(encoding="utf-8")
_KEY = "contents"


def show_contents(view: View, pages: Pages, say: Words) -> None:
    """A link for each page, with the rest of the view."""
    entries = [
        {"name": name, "marked": name in pages.marked, "title": say(f"{pages.field}.{name}")}
        for name in choices(pages.field)
    ]
    contents = st.components.v2.component("contents", css=_STYLE, js=loader())
    data = {
        "scene": view.scene,
        "field": pages.field,
        "entries": entries,
        "at": getattr(view, pages.field),
        "label": say("walk.contents"),
    }
    contents(key=_KEY, data=data, on_pick_change=partial(_take_pick, pages.field))


def _take_pick(field: str) -> None:
    picked = st.session_state[_KEY].pick
    if picked in choices(field):
        ask_for(field, picked)
