"""The page: what it shows, and what it goes on to show when the reader asks for something.

Streamlit's own `bind="query-params"` writes a choice's label into the link, so that a link made
in one language would not open in the other; it drops what it cannot read without a word; and it
judges each control alone, where a view is legal only as a whole. So the view is bound as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import streamlit as st

from conv.dashboard.data import listed, load
from conv.dashboard.link import (
    browser_language,
    is_history_navigation,
    link_of,
    read_query,
    without_place,
)
from conv.dashboard.mode import Mode, read_mode
from conv.dashboard.playlists import playlist
from conv.dashboard.told import Control, Told, asked_for, made_for, said_by, take_asked, told_since
from conv.layer import DataSet, Note
from conv.ops import ConvError
from conv.state.fields import Value
from conv.state.legal import Change, from_query, nearest, options, with_values
from conv.state.sizes import Sizes
from conv.state.view import FIELDS, OF_THE_PAGE, PAIRS, PLACES, View
from conv.words import LANGUAGES

_STATE = "_page"
_NAMES = tuple(FIELDS)
_LINKED = (*_NAMES, *OF_THE_PAGE)
# Picked on the stage or in the contents, where it is seen that they have moved.
_WITHOUT_CONTROL = frozenset(name for name, field in FIELDS.items() if not field.control)


@dataclass(frozen=True)
class Page:
    """What the page shows: its view, the data of it, the mode, the link that says both, and what
    had to be changed. The data stay here when the server lets go of an opened file. `files` are the
    opened ones that it has shown, `notes` how data were read that it has just opened; `unknown` are
    the link's parameters that nothing here is called.

    `turn` is the last that was heard of the stage; `moves` counts how often the place was changed
    by anything else, which the stage then follows, and `went` how often the reader went back or
    forward in the browser's history. `written` is the link that Streamlit knows of:
    while it runs a part of the page alone, the stage has written another."""

    view: View
    data: DataSet
    mode: Mode
    link: dict[str, str]
    cause: Literal["link", "control"]
    changes: tuple[Change, ...] = ()
    files: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    unknown: tuple[str, ...] = ()
    controls: Mapping[str, Control] = field(default_factory=dict)
    turn: int = 0
    moves: int = 0
    went: int = 0
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def frame(self) -> str:
        """What a place is a place of: that of other data, of another geometry or of another view of
        the playlist is none of this one."""
        sides = (self.view.text(name) for name in PAIRS)
        return " ".join([self.view.data, *sides, str(self.mode.at)])


def current_page(*, alone: bool = False) -> Page:
    """The page as the link or the reader asks for it. Call it before the controls are made. Where
    what hangs on the place is run `alone`, the address is left to the stage: it has gone on since,
    and would be put back."""
    last = last_page()
    told = told_since(last.turn if last else 0)
    has_gone_back = any(one.back is not None for one in told)
    if last is None or (is_history_navigation() and not has_gone_back):
        page = _follow_link(st.query_params.to_dict(), last)
        must_write = bool(page.changes or page.unknown)
    else:
        # The browser's link may lag behind: a click can come before the answer to the last one. So
        # between two visits of the link, what the reader does alone counts.
        heard = _hear(last, told)
        said = said_by(last.controls, last.view, told)
        page = _ask(heard, _asked_by(said, heard.view) | asked_for())
        moved = any(getattr(page.view, name) != getattr(heard.view, name) for name in PLACES)
        page = replace(page, moves=page.moves + moved)
        # The place is the stage's to write, which has gone on since: an older one would be an entry
        # in the browser's history.
        must_write = without_place(page.link) != without_place(page.written)
    turn = max([last.turn if last else 0, *(one.turn for one in told)])
    page = _with_controls(_with_files(replace(page, turn=turn), last), last)
    # Before the page is kept: a run that is cut off between the two writes the link next time.
    if must_write and not alone:
        st.query_params.from_dict(page.link)
        page = replace(page, written=page.link)
    st.session_state[_STATE] = page
    take_asked()
    return page


def _asked_by(said: Mapping[str, tuple[Value, Value]], view: View) -> dict[str, Value]:
    """What controls ask for that say a value after another. A step of the place goes on from what
    is on the screen, where the stage has moved on meanwhile."""
    asked = {name: value for name, (value, _) in said.items()}
    for name, (value, before) in said.items():
        if name in PLACES and isinstance(value, int) and isinstance(before, int):
            by = value - before
            asked[name] = getattr(view, name) + by if abs(by) == 1 else value
    return asked


def last_page() -> Page | None:
    """The page as it was shown last."""
    last: Page | None = st.session_state.get(_STATE)
    return last


def _follow_link(query: dict[str, str], last: Page | None) -> Page:
    loaded = {}

    def length_of(name: str) -> int:
        found = playlist(name, LANGUAGES[0])
        return len(found.entries) if found else 0

    def sizes_of(name: str) -> Sizes:
        loaded[name] = load(name)
        return loaded[name].sizes

    embed = bool(st.context.is_embedded)
    mode, left_out = read_mode(query, length_of, embed=embed)
    asked = {name: value for name, value in query.items() if name in _NAMES}
    if mode.playlist and not asked.keys() - {"lang"}:
        shown = playlist(mode.playlist, LANGUAGES[0])
        assert shown is not None  # noqa: S101 - the mode has those alone that there are
        asked = {**shown.entries[mode.at - 1].link, **asked}
    view, changes = from_query(asked, sizes_of, browser_language())
    data = loaded[view.data]
    unknown = tuple(name for name in query if name not in _LINKED)
    link = link_of(view, data, mode)
    return Page(
        view,
        data,
        mode,
        link,
        "link",
        (*left_out, *changes),
        unknown=unknown,
        moves=last.moves + 1 if last else 0,
        went=last.went + 1 if last else 0,
        written=link,
    )


def _ask(page: Page, fields: Mapping[str, Value]) -> Page:
    """The page after other values of its view and its mode were asked for."""
    mode = _mode(page.mode, fields)
    opens = mode.at != page.mode.at
    start = view_at(mode, page.view.lang) if opens else None
    of_view = {name: value for name, value in fields.items() if name in _NAMES}
    wish = with_values(start or page.view, of_view)
    if (wish, mode) == (page.view, page.mode):
        return page
    data = page.data
    if wish.data != page.view.data:
        try:
            data = load(wish.data)
        except ConvError:
            wish = replace(wish, data=page.view.data)
        else:
            # A view of the playlist is whole, and on other data too what it is.
            wish = wish if opens else wish.on_other_data(data.default)
    before = page.view if wish.data == page.view.data else None
    view, changes = nearest(wish, data.sizes, before)
    link = link_of(view, data, mode)
    if view.of_scene() == page.view.of_scene() and mode == page.mode and not changes:
        # What was said of the rest still holds.
        return replace(page, view=view, link=link)
    told = tuple(change for change in changes if change.field not in _WITHOUT_CONTROL)
    return replace(
        page,
        view=view,
        data=data,
        mode=mode,
        link=link,
        cause="control",
        changes=told,
        notes=(),
        unknown=(),
    )


def _hear(page: Page, told: Sequence[Told]) -> Page:
    """The page after what the stage has told, one after the other: a place of what the page shows
    no more is none of this one. Where it could not be had, the stage is to follow."""
    for one in told:
        if one.back is not None:
            page = _follow_link(read_query(one.back), page)
        own = one.frame == page.frame
        fields = {name: value for name, value in one.fields.items() if own or name not in PLACES}
        heard = _ask(page, fields)
        refused = any(
            getattr(heard.view, name) != fields[name] for name in fields if name in PLACES
        )
        page = replace(heard, moves=heard.moves + refused)
    return page


def _mode(last: Mode, asked: Mapping[str, Value]) -> Mode:
    """The mode as the stage has switched it."""
    found = playlist(last.playlist, LANGUAGES[0]) if last.playlist else None
    at = asked.get("at")
    if not (found and isinstance(at, int) and 1 <= at <= len(found.entries)):
        at = last.at
    return replace(last, present=bool(asked.get("present", last.present)), at=at)


def view_at(mode: Mode, lang: str) -> View | None:
    """The view of the mode's playlist that it is at, in a language; None where there is none."""
    found = playlist(mode.playlist, lang) if mode.playlist else None
    if not found or not 1 <= mode.at <= len(found.entries):
        return None
    return found.entries[mode.at - 1].view(lambda name: load(name).sizes, lang)


def _with_files(page: Page, last: Page | None) -> Page:
    """The page with the files that its visitor may come back to, and what there is to say of data
    that it has opened."""
    before = last.view.data if last else None
    notes = page.data.notes if page.view.data != before else page.notes
    return replace(page, files=listed(page.view.data, last.files if last else ()), notes=notes)


def _with_controls(page: Page, last: Page | None) -> Page:
    """The page with its controls, made anew where the browser could not know what they say."""
    if last is None:
        return replace(page, controls={name: Control(getattr(page.view, name)) for name in _NAMES})
    others = {name for name in _NAMES if _has_other_choices(name, page, last)}
    return replace(page, controls=made_for(page.view, last.controls, others))


def _has_other_choices(name: str, page: Page, last: Page) -> bool:
    """Whether a control has others to choose from, or its words are in another language."""
    if page.view.lang != last.view.lang or (name == "data" and last.files != page.files):
        return True
    if page.view.of_scene() == last.view.of_scene():
        return False
    before = options(last.view, last.data.sizes, name)
    return before != options(page.view, page.data.sizes, name)
