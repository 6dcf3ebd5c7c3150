"""A Chromium of this machine, kept open: it draws figures, prints pages and films them."""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import sys
import threading
from base64 import b64decode
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from choreographer import Browser, Tab
from choreographer.browsers import Chromium as Program
from choreographer.errors import ChromeNotFoundError

from conv.ops import ConvError

from .canvas import Drawing, plain
from .stage.page import plotly_path

T = TypeVar("T")
_PATIENCE = 120  # seconds for one picture or frame, which takes a fraction of one
_GOODBYE = 3  # seconds for the answer to a browser's being closed
_DPI = 96  # pixels of CSS in an inch
_MOST_PIXELS = 40_000_000  # of a frame
_LACKING = files(__package__).joinpath("lacking.js").read_text(encoding="utf-8")


class Chromium:
    """A browser that is starting from the moment it is made. Its methods may be called from any
    thread and wait for it. They raise ConvError where it fails; it is `broken` from then on."""

    def __init__(self) -> None:
        self.broken = False
        # Choreographer answers in an event loop alone, which has a thread of its own for that.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._opened = self._submit(_open())
        atexit.register(self.close)

    def picture(self, drawing: Drawing, ending: str, scale: float) -> bytes:
        """The drawing as a file of png or svg, `scale` times as large as its layout."""
        sides = {side: drawing["layout"][side] for side in ("width", "height")}
        asked = {"format": ending, "scale": scale, **sides, "imageDataOnly": True}
        _, tab = self._wait(self._opened)
        arguments = f"{json.dumps(plain(drawing))}, {json.dumps(asked)}"
        made: str = self._do(_evaluate(tab, f"Plotly.toImage({arguments})"))
        return made.encode() if ending == "svg" else b64decode(made)

    def printed(self, page: str, width: int, height: int) -> bytes:
        """A page of HTML as a PDF of one sheet of this size. An SVG stands in it as it is: printed
        as a picture, Chromium forgets which glyphs are digits: none could be searched or copied."""
        browser, _ = self._wait(self._opened)
        return self._do(_print(browser, page, width, height))

    def lacking(self, signs: str) -> str:
        """Those of the signs that no font has which the browser finds: a picture would have boxes
        in their places, or nothing."""
        _, tab = self._wait(self._opened)
        found: str = self._do(_evaluate(tab, f"({_LACKING})({json.dumps(signs)})"))
        return found

    def film(
        self,
        page: Path,
        steps: Sequence[int],
        width: int,
        scale: float,
        read: Callable[[str], None],
    ) -> Generator[bytes]:
        """The page at every step as PNG, the next one drawn while the last one is in use. The page
        has an object `film`: `begin` takes the steps and gives the height that they all have, and
        `show` moves the page to a step. `read` hears before the first frame what is written on the
        page; what it raises ends the film, as closing the iterator does."""
        browser, _ = self._wait(self._opened)
        tab = self._do(_open_page(browser, page, width, scale))
        try:
            height = self._do(_evaluate(tab, f"film.begin({list(steps)})"))
            pixels = width * height * scale**2
            if pixels > _MOST_PIXELS:
                raise ConvError("error.frame", most=_MOST_PIXELS / 1e6, megapixels=pixels / 1e6)
            read(self._do(_evaluate(tab, "document.body.innerText")))
            self._do(_set_size(tab, width, height, scale))
            yield from self._shots(tab, steps)
        finally:
            with suppress(ConvError):
                self._do(tab.close())

    def close(self) -> None:
        """Ends the browser. Nothing may be asked of it afterwards."""
        atexit.unregister(self.close)
        if self._loop.is_closed():
            return
        with suppress(Exception):
            browser, _ = self._opened.result(_PATIENCE)
            self._submit(_close(browser)).result(_PATIENCE)
        self._submit(_cancel_all()).result(_PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _shots(self, tab: Tab, steps: Sequence[int]) -> Iterator[bytes]:
        ahead: Future[bytes] | None = None
        try:
            for step in steps:
                done = self._wait(ahead) if ahead else None
                ahead = self._submit(_shot(tab, step))
                if done:
                    yield done
            if ahead:
                yield self._wait(ahead)
        finally:
            # An answer that comes behind its tab's end would end the whole browser.
            if ahead:
                wait([ahead], _PATIENCE)

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._wait(self._submit(work))

    def _wait(self, work: Future[T]) -> T:
        try:
            return work.result(_PATIENCE)
        except ChromeNotFoundError:
            self.broken = True
            raise ConvError("error.no_chromium") from None
        except Exception as error:
            self.broken = True
            raise ConvError("error.not_drawn", reason=_reason(error)) from error


class _Program(Program):
    """The browser itself. Choreographer (1.4) starts it through a Python script that says "{bye}"
    when it has ended; where that comes in one read with the browser's last message, choreographer
    looks for the end of both until the pipe is closed, and logs that the bye is not JSON."""

    def get_cli(self) -> Sequence[str]:
        """The command that starts it with its pipes as 3 and 4, where it looks for them, and with
        a tab: choreographer looks two seconds for one, which chromium-headless-shell has not."""
        cli = super().get_cli()
        own = [*cli[cli.index(str(self.path)) :], "about:blank"]
        if sys.platform == "win32":
            return own
        return ["/bin/sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >&2', "sh", *own]


def _reason(error: Exception) -> str:
    """What went wrong, in a line. An error of several lines has them as one argument."""
    first = error.args[0] if error.args else ""
    text = str(first[0] if isinstance(first, tuple) else first).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _open() -> tuple[Browser, Tab]:
    """A browser, and the tab in which it draws."""
    # What it warns of is told by the error that follows.
    logging.getLogger("choreographer").setLevel(logging.ERROR)
    browser = Browser(browser_cls=_Program)
    await browser.open()
    tab = browser.get_tab() or await browser.create_tab()
    with TemporaryDirectory() as folder:
        page = Path(folder) / "drawing.html"
        page.write_text(f'<!doctype html><script src="{plotly_path().as_uri()}"></script>')
        await _load(tab, page)
    return browser, tab


async def _load(tab: Tab, page: Path) -> None:
    # Asked for before: a page may have loaded by the time that the next command is read.
    await _command(tab, "Page.enable")
    loaded = tab.subscribe_once("Page.loadEventFired")
    await _command(tab, "Page.navigate", {"url": page.as_uri()})
    await loaded


async def _close(browser: Browser) -> None:
    # A browser may be gone before it has answered, which would be waited for without an end.
    await asyncio.wait_for(browser.close(), _GOODBYE)


async def _print(browser: Browser, page: str, width: int, height: int) -> bytes:
    tab = await browser.create_tab("about:blank", window=True)
    try:
        frames = await _command(tab, "Page.getFrameTree")
        frame = frames["frameTree"]["frame"]["id"]
        await _command(tab, "Page.setDocumentContent", {"frameId": frame, "html": page})
        inches = {"paperWidth": width / _DPI, "paperHeight": height / _DPI}
        margins = dict.fromkeys(("marginTop", "marginBottom", "marginLeft", "marginRight"), 0)
        asked = {**inches, **margins, "printBackground": True, "pageRanges": "1"}
        printed = await _command(tab, "Page.printToPDF", asked)
    finally:
        await tab.close()
    return b64decode(printed["data"])


async def _open_page(browser: Browser, page: Path, width: int, scale: float) -> Tab:
    """A tab that has loaded the page for a window of this width, higher than any scene."""
    tab = await browser.create_tab("about:blank", window=True)
    await _set_size(tab, width, 8 * width, scale)
    await _load(tab, page)
    return tab


async def _set_size(tab: Tab, width: int, height: int, scale: float) -> None:
    size = {"width": width, "height": height}
    metrics = {**size, "deviceScaleFactor": scale, "mobile": False}
    await _command(tab, "Emulation.setDeviceMetricsOverride", metrics)


async def _shot(tab: Tab, step: int) -> bytes:
    await _evaluate(tab, f"film.show({step})")
    # The fastest of the ways to write PNG, of which every one keeps all pixels.
    asked = {"format": "png", "optimizeForSpeed": True}
    shot = await _command(tab, "Page.captureScreenshot", asked)
    return b64decode(shot["data"])


async def _evaluate(tab: Tab, expression: str) -> Any:  # noqa: ANN401
    asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    answer = await _command(tab, "Runtime.evaluate", asked)
    if "exceptionDetails" in answer:
        raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", "no stage"))
    return answer["result"].get("value")


async def _command(tab: Tab, name: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    answer: Any = await tab.send_command(name, parameters)
    if "error" in answer:
        raise RuntimeError(answer["error"]["message"])
    result: dict[str, Any] = answer["result"]
    return result
