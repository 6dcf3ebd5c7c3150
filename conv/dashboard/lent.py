"""What is made for one answer and is too large for it: the browser fetches it from an address."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conv.dashboard.kept import Kept, bytes_of

_MOST = 48 << 20  # bytes, for all visitors: what nobody has come for the longest goes first
# Nobody but the one who was given the address is to keep it.
_FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}


@dataclass(frozen=True)
class Lent:
    """A file. One that is `zipped` was compressed with gzip."""

    content: bytes
    media_type: str
    zipped: bool = False


@st.cache_resource(show_spinner=False)
def _kept() -> Kept[str, Lent]:
    return Kept(_MOST, bytes_of)


def lend(file: Lent) -> str:
    """The address of a file, which nobody can guess who does not have the file. Streamlit's own
    files are gone where the next run comes before the browser has asked for them."""
    name = sha256(file.content).hexdigest()
    _kept().keep(name, file)
    return f"lent/{name}"


def lend_json(data: object) -> str:
    """The address of data as JSON."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return lend(Lent(gzip.compress(text, 6, mtime=0), "application/json", zipped=True))


def lent(address: str) -> Lent | None:
    """The file at an address; None where it is not kept any more."""
    return _kept().find(address.removeprefix("lent/"))


def _answer(request: Request) -> Response:
    file = lent(request.path_params["name"])
    if file is None:
        return Response(status_code=404)
    encoding = {"Content-Encoding": "gzip"} if file.zipped else {}
    return Response(file.content, headers=_FOR_GOOD | encoding, media_type=file.media_type)


# With server.baseUrlPath, or behind a proxy, the page is not at the top.
ROUTE = Route("/{base:path}lent/{name}", _answer)
