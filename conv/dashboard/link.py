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

from conv.bundle import DataSet, Note
from conv.dashboard import mode as modes
from conv.dashboard.data import listed, load
from conv.dashboard.mode import Mode, read_mode
from conv.dashboard.playlists import playlist
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
_LINKED = (*_NAMES, *modes.NAMES)
# Picked on the stage or in the contents, where it is seen that they have moved.
_WITHOUT_CONTROL = (*"mkpqt", "section")
_SWITCHED = ("present", "at")  # of the mode, on the stage
# The scene that has the control of a field which no other scene has.
_SCENE_OF = {"rule": "update", "loss": "update", "pace": "update", "mistake": "mistakes"}


@dataclass(frozen=True)
class Page:
    """What the page showed last: its view, the data of it, the mode, the link that says both, and
    what had to be changed. The data stay here when the server lets go of an opened file. `files`
    are the opened ones that it has shown, `notes` how data were read that it has just opened;
    `unknown` are the link's parameters that nothing here is called.
    """

    view: View
    data: DataSet
    mode: Mode
    link: dict[str, str]
    cause: Literal["link", "control"]
    changes: tuple[Change, ...] = ()
    files: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    unknown: tuple[str, ...] = ()


def current_page() -> Page:
    """The page as the link or the controls ask for it. Call it before the controls are made: it
    sets their values, so that every one of them starts from a legal view."""
    query = st.query_params.to_dict()
    last: Page | None = st.session_state.get(_STATE)
    if last is None or is_history_navigation():
        page = _follow_link(query)
        must_write = bool(page.changes or page.unknown)
    else:
        # The browser's link may lag behind its controls: a click can come before the answer to
        # the last one. So between two visits of the link, the controls alone count.
        page = _follow_controls(last)
        must_write = page.link != last.link
    page = _with_files(page, last)
    # Before the page is kept: a run that is cut off between the two writes the link next time.
    if must_write:
        st.query_params.from_dict(page.link)
    st.session_state[_STATE] = page
    must_set = frozenset(name for name in _NAMES if _must_set(name, page, last))
    for name in must_set:
        st.session_state[name] = getattr(page.view, name)
    st.session_state[_SET] = must_set
    for name in _SWITCHED:
        st.session_state[name] = int(getattr(page.mode, name))
    return page


def _with_files(page: Page, last: Page | None) -> Page:
    """The page with the files that its visitor may come back to, and what there is to say of data
    that it has opened."""
    before = last.view.data if last else None
    notes = page.notes if last and page.view == last.view else ()
    if page.view.data != before:
        notes = page.data.notes
    return replace(page, files=listed(page.view.data, last.files if last else ()), notes=notes)


def last_page() -> Page | None:
    """The page as it was shown last."""
    last: Page | None = st.session_state.get(_STATE)
    return last


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
    if name == "data":
        return last.files != page.files
    before = options(last.view, last.data.sizes, name)
    return before != options(page.view, page.data.sizes, name)


def view_at(mode: Mode, at: int, lang: str) -> View | None:
    """The view of the mode's playlist at a place, in a language; None where there is none."""
    found = playlist(mode.playlist, lang) if mode.playlist else None
    if not found or not 1 <= at <= len(found.entries):
        return None
    return found.entries[at - 1].view(lambda name: load(name).sizes, lang)


def _follow_link(query: dict[str, str]) -> Page:
    loaded = {}

    def length_of(name: str) -> int:
        found = playlist(name, LANGUAGES[0])
        return len(found.entries) if found else 0

    def sizes_of(name: str) -> Sizes:
        loaded[name] = load(name)
        return loaded[name].sizes

    embed = bool(st.context.is_embedded)
    mode, left_out = read_mode(query, length_of, embed=embed)
    fields = {name: value for name, value in query.items() if name in _NAMES}
    if mode.playlist and not fields.keys() - {"lang"}:
        shown = playlist(mode.playlist, LANGUAGES[0])
        assert shown is not None  # noqa: S101 - the mode has those alone that there are
        fields = {**shown.entries[mode.at - 1].link, **fields}
    view, changes = from_query(fields, sizes_of, _browser_language())
    data = loaded[view.data]
    unknown = tuple(name for name in query if name not in _LINKED)
    link = _link(view, data, mode)
    return Page(view, data, mode, link, "link", (*left_out, *changes), unknown=unknown)


def _follow_controls(last: Page) -> Page:
    mode = _mode(last.mode)
    opens = mode.at != last.mode.at
    wish = _wish(last.view, every=opens)
    if (wish, mode) == (last.view, last.mode):
        return last
    data = last.data
    if wish.data != last.view.data:
        try:
            data = load(wish.data)
        except ConvError:
            wish = replace(wish, data=last.view.data)
        else:
            # A view of the playlist is whole, and on other data too what it is.
            wish = wish if opens else wish.on_other_data(data.default)
    before = last.view if wish.data == last.view.data else None
    view, changes = nearest(wish, data.sizes, before)
    told = tuple(change for change in changes if change.field not in _WITHOUT_CONTROL)
    return Page(view, data, mode, _link(view, data, mode), "control", told)


def _mode(last: Mode) -> Mode:
    """The mode as the stage has switched it."""
    present, at = (st.session_state.get(name) for name in _SWITCHED)
    found = playlist(last.playlist, LANGUAGES[0]) if last.playlist else None
    if not (found and isinstance(at, int) and 1 <= at <= len(found.entries)):
        at = last.at
    return replace(last, present=bool(present), at=at)


def _wish(last: View, *, every: bool) -> View:
    """The view that the controls ask for. What a control cannot have, such as a label of the
    language before, leaves its field alone; so does a control that its scene alone has, for once it
    has gone, Streamlit has the value again that was set before it came. `every` field counts where
    a view of the playlist was opened."""
    chosen = {
        name: value
        for name in _NAMES
        if (every or _SCENE_OF.get(name, last.scene) == last.scene)
        and isinstance(value := st.session_state.get(name), type(getattr(last, name)))
        and (name == "data" or value in CHOICES.get(name, (value,)))
    }
    return replace(last, **chosen)


def _link(view: View, data: DataSet, mode: Mode) -> dict[str, str]:
    """The link of a view and a mode; none for the page as this browser opens it. Along a playlist
    it names the scene, for without a field it would open the playlist's own view."""
    link = view.to_query(data.default) | mode.to_query()
    if mode.playlist:
        link["scene"] = view.scene
    return {} if link == {"lang": _browser_language()} else link


def _browser_language() -> str:
    locale = st.context.locale or ""
    return next((lang for lang in LANGUAGES if locale.startswith(lang)), LANGUAGES[0])
