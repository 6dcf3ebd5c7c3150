"""The stage on the page. A scene goes to the browser once; a small component of its own says what
else there is to know of it, such as the place, and brings what the stage tells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from conv.dashboard.drawing import Drawing
from conv.dashboard.link import template_of
from conv.dashboard.page import Page
from conv.dashboard.playlists import pages_as_playlist, playlist
from conv.dashboard.served import PLOTLY, loader
from conv.dashboard.told import PLACE, STAGE
from conv.dashboard.worked_out import prepared_of, sent_of
from conv.figures.stage import stage_data
from conv.layer import DataSet
from conv.lessons import Line
from conv.scenes import scene_type
from conv.state.view import PLACES, View, choices
from conv.words import words

_SENT = "_sent"
Parts = tuple[object, ...]


@dataclass(frozen=True)
class Sent:
    """The scene that the browser has: its name, what it is of, and the view at whose place it was
    made; the lines of its listing."""

    of: str
    view: View
    parts: Parts
    lines: Sequence[Line] = ()


def show_stage(scene: tuple[Sent, bytes]) -> None:
    """The scene of the page, drawn and moved in the browser."""
    sent, content = scene
    st.session_state[_SENT] = sent
    stage = st.components.v2.component(STAGE, js=loader("no_script"), isolate_styles=False)
    stage(key=STAGE, data=content, on_pick_change=_heard)


def say_place(page: Page) -> None:
    """What the stage is to know of the scene that it has. What it tells is in the session's state
    before the next run."""
    sent: Sent = st.session_state[_SENT]
    view, mode = page.view, page.mode
    said = {
        "of": sent.of,
        "turn": page.turn,
        "frame": page.frame,
        "moves": page.moves,
        "at": [getattr(view, name) for name in PLACES],
        "page": _name_of(page),
        "mode": _mode_of(page),
        "link": template_of(view, page.data, mode),
        "lines": _other_lines(sent, view, page.data),
    }
    said = {name: value for name, value in said.items() if value}
    place = st.components.v2.component(PLACE, js=loader(), isolate_styles=False)
    content = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    place(key=PLACE, data=content, on_place_change=_heard)


def _heard() -> None:
    """Streamlit keeps those states alone that have a callback."""


def scene_for(page: Page, drawing: Drawing) -> tuple[Sent, bytes]:
    """The scene for the browser. It is made for the place at which it was seen first, so that it
    stays the same, and is not sent again, wherever the reader goes in it. Raises ConvError."""
    view = drawing.view
    strips = tuple(one for one in drawing.strips if page.mode.shows(one.field))
    parts: Parts = (
        view.of_scene(),
        tuple(one.field for one in strips) if page.mode.shows("strips") else (),
        page.mode.shows("scan"),
        str(_playlist_of(page)),
        drawing.asked,
    )
    last: Sent | None = st.session_state.get(_SENT)
    view = last.view if last and last.parts == parts else view

    def make() -> tuple[Sent, bytes]:
        scene = replace(drawing, view=view).scene
        data = stage_data(view, scene, strips if page.mode.shows("strips") else ())
        if not page.mode.shows("scan"):
            data["switch"] = None
        data |= {"plotly": PLOTLY.address, "playlist": _playlist_of(page)}
        data["no_script"] = words(view.lang)("page.no_script")
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        of = sha256(body).hexdigest()[:16]
        lines = scene.listing.lines if scene.listing else ()
        return Sent(of, view, parts, lines), b'{"id":"%s",%s' % (of.encode(), body[1:])

    return sent_of((view, parts), make)


def _other_lines(sent: Sent, view: View, data: DataSet) -> dict[int, dict[str, str]]:
    """The lines of the scene's code that are others at this place than where it was made."""
    if not sent.lines or view == sent.view:
        return {}
    lines = scene_type(view.scene).lines(prepared_of(view, data))
    return {
        k: {"code": line.code, "printed": line.printed}
        for k, (line, other) in enumerate(zip(lines, sent.lines, strict=True))
        if line != other
    }


def _name_of(page: Page) -> str:
    """What a reader takes for a page, to be read from its top: a scene, a page of one, a view of a
    playlist. Of one name are all places and geometries of it."""
    view, mode = page.view, page.mode
    pages = scene_type(view.scene).pages
    own = getattr(view, pages.field) if pages else ""
    return f"{view.scene} {own} {mode.at if mode.playlist else ''}".strip()


def _playlist_of(page: Page) -> dict[str, Any] | None:
    """The playlist of the page, or the pages of its scene."""
    mode, view = page.mode, page.view
    found = playlist(mode.playlist, view.lang) if mode.playlist else None
    if found:
        return {"title": found.title, "titles": [entry.title for entry in found.entries]}
    pages = scene_type(view.scene).pages
    return pages_as_playlist(pages, words(view.lang)) if pages else None


def _mode_of(page: Page) -> dict[str, Any]:
    """How the page is shown."""
    mode, view = page.mode, page.view
    at, pages = (mode.at if mode.playlist else 0), scene_type(view.scene).pages
    if pages and not mode.playlist:
        at = choices(pages.field).index(getattr(view, pages.field)) + 1
    whole = {**page.link, "lang": view.lang} if mode.embed else {}
    for name in ("present", "hide"):
        whole.pop(name, None)
    full = f"?{urlencode(whole)}" if mode.embed else None
    told = {"present": mode.present, "embed": mode.embed, "at": at, "full": full}
    return {name: value for name, value in told.items() if value}
