"""How the page is shown: alone for a lecture, along a playlist, with parts hidden, in a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conv.state.legal import Change
from conv.state.view import FIELDS

PARTS = ("sidebar", "toolbar", "strips", "formulas", "terms")
HIDEABLE = (*PARTS, *FIELDS)
_YES, _NO = {"1", "true", "yes"}, {"0", "false", "no"}


@dataclass(frozen=True)
class Mode:
    """`present` fills the window with the stage. `playlist` is the name of one, and `at` its view
    that is shown, from 1. `hide` names parts of the page and fields of the view that are not
    drawn. `embed` is for the frame of another page: it has the stage alone."""

    present: bool = False
    playlist: str | None = None
    at: int = 1
    hide: tuple[str, ...] = ()
    embed: bool = False

    def shows(self, name: str) -> bool:
        """Whether a part of the page, or the control of a field, is drawn."""
        return name not in self.hide and not (self.embed and name in PARTS)

    def to_query(self) -> dict[str, str]:
        """The link's parameters. Streamlit keeps those of a frame by itself."""
        query = {"present": "1"} if self.present else {}
        if self.playlist is not None:
            query |= {"playlist": self.playlist, "at": str(self.at)}
        return query | ({"hide": ",".join(self.hide)} if self.hide else {})


def read_mode(
    query: Mapping[str, str], length_of: Callable[[str], int], *, embed: bool
) -> tuple[Mode, list[Change]]:
    """The mode that a link asks for, and what of it is left out, or given otherwise; `length_of`
    says how many views a playlist has: none where there is no such playlist."""
    changes = list[Change]()
    present = query.get("present", "0").lower()
    if present not in _YES | _NO:
        changes.append(Change("present", query["present"], ""))
    playlist, at = query.get("playlist"), 1
    if playlist is not None:
        length = length_of(playlist)
        at = _place(query.get("at", "1"), length)
        if not length:
            changes.append(Change("playlist", playlist, ""))
            playlist = None
        elif query.get("at", "1") != str(at):
            changes.append(Change("at", query["at"], str(at)))
    asked = [name.strip() for name in query.get("hide", "").split(",") if name.strip()]
    unknown = [name for name in asked if name not in HIDEABLE]
    if unknown:
        changes.append(Change("hide", ", ".join(unknown), ""))
    hide = tuple(name for name in HIDEABLE if name in asked)
    return Mode(present in _YES, playlist, at, hide, embed), changes


def _place(text: str, count: int) -> int:
    """The view from 1 to `count` that a text means, or the first."""
    place = int(text[:9]) if text.isdecimal() else 1
    return max(min(place, count), 1)
