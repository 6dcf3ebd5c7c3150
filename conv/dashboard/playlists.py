"""The playlists that a page can show: the bundled ones, and the file that the server was given."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import streamlit as st

from conv.ops import ConvError
from conv.playlist import FILE_VARIABLE, Playlist, bundled, bundled_playlist, read_playlist
from conv.sources import sizes_of
from conv.state.rooms import Pages
from conv.state.view import choices
from conv.words import Words


def playlist(name: str, lang: str) -> Playlist | None:
    """The playlist called `name`, in a language where it is a bundled one; None where there is
    none, or its file cannot be read."""
    given = os.environ.get(FILE_VARIABLE)
    if given and Path(given).stem == name:
        found = _given((given, _changed(given)))
        return found if isinstance(found, Playlist) else None
    return _bundled(name, lang) if name in bundled() else None


def pages_as_playlist(pages: Pages, say: Words) -> dict[str, Any]:
    """The pages of a scene, through which the stage goes as through the views of a playlist."""
    names = choices(pages.field)
    return {
        "title": say(pages.title),
        "titles": [say(f"{pages.field}.{name}") for name in names],
        "field": pages.field,
        "choices": names,
    }


def fault_of_file() -> ConvError | None:
    """Why the file that the server was given is no playlist; None where there is nothing to say."""
    given = os.environ.get(FILE_VARIABLE)
    found = _given((given, _changed(given))) if given else None
    return found if isinstance(found, ConvError) else None


@st.cache_resource(show_spinner=False)
def _bundled(name: str, lang: str) -> Playlist:
    return bundled_playlist(name, lang, sizes_of)


@st.cache_resource(max_entries=4, show_spinner=False)
def _given(file: tuple[str, int]) -> Playlist | ConvError:
    """The playlist in a file that was changed last at that time, or why it is none."""
    path, _ = file
    try:
        return read_playlist(Path(path), sizes_of)
    except ConvError as error:
        return error


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0
