"""Playlists: views in the order in which a lecture shows them, each with its title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qsl

from conv.ops import ConvError
from conv.state.legal import from_query
from conv.state.rooms import SCENES
from conv.state.sizes import Sizes
from conv.state.view import FIELDS, OF_STREAMLIT, OF_THE_PAGE, View, choices
from conv.words import LANGUAGES, words

FILE_VARIABLE = "CONV_PLAYLIST"  # of the environment: the path of a dashboard's own playlist
_MOST_VIEWS, _MOST_BYTES = 200, 200_000
_NO_VIEW = frozenset({*OF_THE_PAGE, *OF_STREAMLIT, "lang"})
_COMMENT, _BETWEEN = "#", "|"


@dataclass(frozen=True)
class Entry:
    """A view of a playlist: its title, and the fields of its link; it is shown in the page's
    language."""

    title: str
    link: Mapping[str, str]

    def view(self, sizes_of: Callable[[str], Sizes], lang: str) -> View:
        """The view in a language, or the legal one nearest to it."""
        return from_query(self.link, sizes_of, lang)[0]


@dataclass(frozen=True)
class Playlist:
    """The name in the link, the title, and the views: at least one."""

    name: str
    title: str
    entries: tuple[Entry, ...]


def bundled() -> list[str]:
    """The names of the playlists that need no file: those of the text files here, and the scenes
    that are read page by page."""
    written = {file.name.split(".")[0] for file in files("conv").joinpath("playlists").iterdir()}
    return [*sorted(written), *(name for name, scene in SCENES.items() if scene.pages)]


def bundled_playlist(name: str, lang: str, sizes_of: Callable[[str], Sizes]) -> Playlist:
    """One of those that are `bundled`, in a language; raises KeyError for another name."""
    if name not in bundled() or lang not in LANGUAGES:
        raise KeyError(name)
    if name in SCENES:
        return _of_pages(name, lang)
    text = files("conv").joinpath("playlists", f"{name}.{lang}.txt").read_text(encoding="utf-8")
    return parse_playlist(text, name, sizes_of)


def _of_pages(name: str, lang: str) -> Playlist:
    """Every page of a scene, in their order."""
    say, pages = words(lang), SCENES[name].pages
    if pages is None:
        raise KeyError(name)
    entries = (
        Entry(say(f"{pages.field}.{page}"), {"scene": name, pages.field: page})
        for page in choices(pages.field)
    )
    return Playlist(name, say(pages.title), tuple(entries))


def read_playlist(path: Path, sizes_of: Callable[[str], Sizes]) -> Playlist:
    """The playlist in a text file; raises ConvError for one that cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ConvError("error.playlist_unreadable", path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise ConvError("error.playlist_text", path=path) from error
    if len(data) > _MOST_BYTES:
        raise ConvError("error.playlist_bytes", path=path, most=_MOST_BYTES)
    return parse_playlist(text, path.stem, sizes_of)


def parse_playlist(text: str, name: str, sizes_of: Callable[[str], Sizes]) -> Playlist:
    """The playlist that a text writes down: a line each view, "title | link", where the link is one
    of the page's, whole or from its question mark on. Empty lines and those from # on are left
    out, but for the first comment, which is the playlist's title.

    Raises ConvError for the first line that is none, with its number and what would do.
    """
    title, entries = "", list[Entry]()
    for number, line in enumerate(text.splitlines(), 1):
        written = line.strip()
        if written.startswith(_COMMENT):
            title = title or written.lstrip(_COMMENT).strip()
        elif written:
            entries.append(_entry(written, number, sizes_of))
    if not 1 <= len(entries) <= _MOST_VIEWS:
        raise ConvError("error.playlist_views", most=_MOST_VIEWS, count=len(entries))
    return Playlist(name, title or name, tuple(entries))


def _entry(line: str, number: int, sizes_of: Callable[[str], Sizes]) -> Entry:
    title, between, link = (part.strip() for part in line.rpartition(_BETWEEN))
    if not (between and title):
        raise ConvError("error.playlist_line", number=number, line=line[:60])
    if not any(sign in link for sign in ("?", "=", "://")):
        raise ConvError("error.playlist_link", number=number)
    query = link.rpartition("?")[2]
    asked = dict(parse_qsl("" if "://" in query else query, keep_blank_values=True))
    known = {field: text for field, text in asked.items() if field not in _NO_VIEW}
    for field in known:
        if field not in FIELDS:
            raise ConvError("error.playlist_field", number=number, field=field)
    _, changes = from_query(known, sizes_of)
    if changes:
        wrong = changes[0]
        raise ConvError(
            "error.playlist_value",
            number=number,
            field=wrong.field,
            asked=wrong.asked,
            given=wrong.given,
        )
    return Entry(title, {"scene": SCENES.first, **known})
