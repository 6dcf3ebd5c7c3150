"""plotly.js from this machine: the installed package's file, which a browser asks for once."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PLOTLY = distribution("plotly")
_FILE = Path(str(_PLOTLY.locate_file("plotly/package_data/plotly.min.js")))

# The page adds it to its own address. Another version has another one, so none is ever stale.
URL = f"plotly/plotly-{_PLOTLY.version}.min.js"

_TYPE = "text/javascript"
_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}


def _answer(request: Request) -> Response:
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return FileResponse(_FILE, headers=_HEADERS, media_type=_TYPE)
    headers = {**_HEADERS, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(_compressed(), headers=headers, media_type=_TYPE)


@cache
def _compressed() -> bytes:
    """The file, compressed once: Streamlit would compress it for every browser anew."""
    return gzip.compress(_FILE.read_bytes(), 6, mtime=0)


# With server.baseUrlPath, or behind a proxy, the page is not at the top.
ROUTE = Route(f"/{{base:path}}{URL}", _answer)


class Preload:
    """Middleware that tells the browser of plotly.js together with the page, so that it comes
    beside Streamlit's own scripts and not after them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the link to every page."""

        async def send_with_link(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("Content-Type", "").startswith("text/html"):
                    headers.append("Link", f"<{URL}>; rel=preload; as=script")
            await send(message)

        await self._app(scope, receive, send_with_link if scope["type"] == "http" else send)
