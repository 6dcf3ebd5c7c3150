"""The notebook on the page: its contents, and the section's formula."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from conv.dashboard.page import Page
from conv.dashboard.served import loader
from conv.dashboard.told import ask_for
from conv.lessons import WALK
from conv.state.view import SECTIONS
from conv.words import Words

_FOLDER = Path(__file__).parent
_STYLE = _FOLDER.joinpath("contents.css").read_text(encoding="utf-8")
_KEY = "contents"


def show_contents(page: Page, say: Words) -> None:
    """The table of contents: a link for each section, with the rest of the view."""
    entries = [
        {
            "section": name,
            "corrects": bool(WALK[name].corrects),
            "title": say(f"section.{name}"),
        }
        for name in SECTIONS
    ]
    contents = st.components.v2.component("contents", css=_STYLE, js=loader())
    data = {"entries": entries, "at": page.view.section, "label": say("walk.contents")}
    contents(key=_KEY, data=data, on_pick_change=_take_pick)


def _take_pick() -> None:
    picked = st.session_state[_KEY].pick
    if picked in SECTIONS:
        ask_for("section", picked)


def formula_line(section: str) -> str:
    """The formula of a section in a line of Markdown, which may be broken."""
    return rf"$\displaystyle {WALK[section].formula}$"
