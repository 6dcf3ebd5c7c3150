"""The stage on the page: the scene goes to the browser, what is picked there comes back."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from conv.dashboard import plotly_js
from conv.dashboard.link import Page, is_history_navigation, last_page, view_at
from conv.dashboard.playlists import playlist, walk_as_playlist
from conv.figures.stage import SCRIPT, STYLE, stage_data
from conv.scenes import Scene
from conv.scenes.strips import Strip
from conv.view import CHOICES, Value
from conv.words import words

_KEY = "stage"
_TURN, _UNSEEN, _SEEN_AT = "_turn", "_unseen_picks", "_picks_seen_at"
_ON_THE_WAY = 0.3  # seconds
# Streamlit begins to fade whatever a run has yet to draw again. Each element of the page is then a
# layer of its own for the browser, and a pick's answer is painted half as late again.
_NO_FADE = '[data-stale="true"] { opacity: 1 !important; transition: none !important; }'
_NUMBERS = (*"ncfijmkpqt", "turn", "present", "at")
_WORDS = ("scene", "scan", "section")


def show_stage(page: Page, scene: Scene, strips: tuple[Strip, ...]) -> None:
    """The scene of the page's view, drawn and moved in the browser. What is picked there is in the
    controls' state before the next run."""
    css = STYLE + _NO_FADE
    stage = st.components.v2.component("stage", css=css, js=SCRIPT, isolate_styles=False)
    turn = st.session_state.get(_TURN, 0)
    shown = tuple(strip for strip in strips if page.mode.shows(strip.field))
    data = stage_data(page.view, scene, shown if page.mode.shows("strips") else ())
    if not page.mode.shows("scan"):
        data["switch"] = None
    data |= {"plotly": plotly_js.URL, "turn": turn, "mode": _mode_of(page), "page": _name_of(page)}
    stage(key=_KEY, data=data, on_pick_change=_take_pick)


def _name_of(page: Page) -> str:
    """What a reader takes for a page, to be read from its top: a scene, a section of the notebook,
    a view of a playlist. Of one name are all places and geometries of it."""
    view, mode = page.view, page.mode
    section = view.section if view.scene == "notebook" else ""
    return f"{view.scene} {section} {mode.at if mode.playlist else ''}"


def _mode_of(page: Page) -> dict[str, Any]:
    """What the browser needs to know of how the page is shown."""
    mode, view = page.mode, page.view
    found = playlist(mode.playlist, view.lang) if mode.playlist else None
    told = found and {
        "title": found.title,
        "titles": [entry.title for entry in found.entries],
        "at": mode.at,
    }
    if view.scene == "notebook" and not mode.playlist:
        told = walk_as_playlist(view.section, words(view.lang))
    whole = {**page.link, "lang": view.lang} if mode.embed else {}
    for name in ("present", "hide"):
        whole.pop(name, None)
    full = f"?{urlencode(whole)}" if mode.embed else None
    return {"present": mode.present, "embed": mode.embed, "playlist": told or None, "full": full}


def _take_pick() -> None:
    """Gives the controls what the browser picked; the view makes it legal."""
    pick = readable_pick(st.session_state[_KEY].pick)
    # Counted by the browser, which so knows to which of its picks a scene is the answer.
    st.session_state[_TURN] = pick.pop("turn", 0)
    page, at = last_page(), pick.get("at")
    if page and isinstance(at, int) and (opened := view_at(page.mode, at, page.view.lang)):
        pick = {**asdict(opened), **pick}
    for name, value in pick.items():
        give(name, value)


def give(name: str, value: Value) -> None:
    """Gives a control another value than the browser did."""
    unseen = st.session_state.setdefault(_UNSEEN, {})
    earlier, _ = unseen.get(name, (frozenset(), None))
    unseen[name] = (earlier | {st.session_state.get(name)}, value)
    st.session_state[name] = value
    st.session_state[_SEEN_AT] = None


def keep_picks() -> None:
    """Gives the controls again what they may not have been told: a run that is cut off ends before
    them, and a browser that is busy draws them late; its next words then have their old values.
    Call it before the view is read, and `picks_are_told` behind the controls."""
    unseen = st.session_state.get(_UNSEEN, {})
    seen_at = st.session_state.get(_SEEN_AT)
    late = seen_at is not None and time.monotonic() > seen_at
    if is_history_navigation() or (late and not _another_is_set(unseen)):
        unseen = {}
    for name, (earlier, value) in list(unseen.items()):
        if st.session_state.get(name) in earlier:
            st.session_state[name] = value
        elif seen_at is not None:
            unseen.pop(name)
    st.session_state[_UNSEEN] = unseen


def _another_is_set(unseen: dict[str, Any]) -> bool:
    """Whether the browser tells of another control than those: it tells of one click at a time, so
    that old values of theirs are none."""
    page = last_page()
    shown = asdict(page.view) if page else {}
    return any(
        st.session_state.get(name, value) != value
        for name, value in shown.items()
        if name not in unseen
    )


def picks_are_told() -> None:
    """Says that the controls are on their way to the browser with what was picked."""
    if st.session_state.get(_UNSEEN) and st.session_state.get(_SEEN_AT) is None:
        st.session_state[_SEEN_AT] = time.monotonic() + _ON_THE_WAY


def readable_pick(picked: object) -> dict[str, Value]:
    """What of a message from the browser names a field and a value of its type."""
    if not isinstance(picked, dict):
        return {}
    pick: dict[str, Value] = {
        name: value
        for name in _NUMBERS
        if isinstance(value := picked.get(name), int) and not isinstance(value, bool)
    }
    return pick | {name: picked[name] for name in _WORDS if picked.get(name) in CHOICES[name]}
