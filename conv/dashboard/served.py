"""Scripts and styles from this machine, at addresses of their own: a browser asks for each once."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conv.figures.stage import STYLE
from conv.figures.stage.modules import bundle

_PLOTLY = distribution("plotly")
# Streamlit begins to fade whatever a run has yet to draw again. Each element of the page is then a
# layer of its own for the browser, and a pick's answer is painted half as late again.
_NO_FADE = '[data-stale="true"] { opacity: 1 !important; transition: none !important; }'
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Served:
    """A file at an address that another content or version does not have, so that none is ever
    stale. The page adds the address to its own; the browser is told of it together with the page,
    as what `preload` says."""

    address: str
    media_type: str
    preload: str
    read: Callable[[], bytes]

    @cached_property
    def content(self) -> bytes:
        """The file."""
        return self.read()

    @cached_property
    def compressed(self) -> bytes:
        """The file, compressed once: Streamlit would compress it for every browser anew."""
        return gzip.compress(self.content, 6, mtime=0)

    @property
    def route(self) -> Route:
        """Where the server has it: with server.baseUrlPath, or behind a proxy, the page is not at
        the top."""
        return Route(f"/{{base:path}}{self.address}", self._answer)

    def _answer(self, request: Request) -> Response:
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return Response(self.content, headers=_FOR_GOOD, media_type=self.media_type)
        headers = {**_FOR_GOOD, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(self.compressed, headers=headers, media_type=self.media_type)


def _file(name: str) -> str:
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")


PLOTLY = Served(
    f"plotly/plotly-{_PLOTLY.version}.min.js",
    "text/javascript",
    "preload; as=script",
    lambda: Path(str(_PLOTLY.locate_file("plotly/package_data/plotly.min.js"))).read_bytes(),
)
_SCRIPT = bundle(_FOLDER / "components.js")
_CSS = "".join((STYLE, _NO_FADE, _file("to_copy.css"), _file("picture.css")))
_NAME = f"components/{sha256(f'{_SCRIPT}{_CSS}'.encode()).hexdigest()[:16]}"
COMPONENTS = Served(f"{_NAME}.js", "text/javascript", "modulepreload", _SCRIPT.encode)
# The script finds it beside itself, under the same name.
_STYLE = Served(f"{_NAME}.css", "text/css", "preload; as=style", _CSS.encode)
_ALL = (PLOTLY, COMPONENTS, _STYLE)
ROUTES = [one.route for one in _ALL]


def loader(failed: str = "") -> str:
    """What Streamlit is given for a component, and sends with each of its answers: code that calls
    the components' script from its own address, so that a browser asks for it once. Where it does
    not come, the component's place says the sentence that its data have under the name `failed`:
    the code is one for all readers, whatever their language."""
    script = f'import(new URL("{COMPONENTS.address}", document.baseURI))'
    said = "console.warn"
    if failed:
        sentence = f"JSON.parse(new TextDecoder().decode(it.data)).{failed}"
        said = f"() => {{ it.parentElement.textContent = {sentence}; }}"
    # Streamlit takes one line for the name of a file.
    return f"export default it =>\n{script}.then(m => m.default(it)).catch({said})"


class Preload:
    """Middleware that tells the browser of the files together with the page, so that they come
    beside Streamlit's own scripts and not after them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the links to every page."""

        async def send_with_links(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("Content-Type", "").startswith("text/html"):
                    links = (f"<{one.address}>; rel={one.preload}" for one in _ALL)
                    headers.append("Link", ", ".join(links))
            await send(message)

        await self._app(scope, receive, send_with_links if scope["type"] == "http" else send)
