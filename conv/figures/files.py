"""A view's files: pictures, and the stage as a page of its own."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from PIL import Image

from conv.ops import ConvError
from conv.scenes import Scene
from conv.scenes.alone import panel_alone
from conv.state.view import View
from conv.words import words

from .canvas import Drawing
from .figure import scene_drawing
from .layout import heading_of
from .origin import PNG_SIGNATURE, Origin, png_with, svg_with
from .sheet import PLAIN, Sheet
from .signs import check_signs, written_on
from .stage import stage_data, stage_page
from .stage.page import PLOTLY_FILE, plotly_path

if TYPE_CHECKING:  # it takes long to import, which the dashboard does not wait for
    from .chromium import Chromium

PICTURES = ("png", "svg", "pdf", "webp")
SCALE = 2.0  # pixels of a png or webp for one of the sheet
SCALES = (0.1, 10)


@dataclass(frozen=True)
class Order:
    """A file that is asked for: of which view, of data that open with `default`, on which sheet,
    and with how many pixels for one of the sheet's, if not as many as are usual. `data_file` is
    the name of the file that data of one's own were read from, where that is known."""

    view: View
    default: View
    sheet: Sheet = PLAIN
    scale: float | None = None
    data_file: str = ""

    @property
    def link(self) -> str:
        """The link that opens the view, for any address of the dashboard."""
        return "?" + urlencode(self.view.to_query(self.default))

    def check(self, scene: Scene) -> None:
        """Raises ConvError for a sheet or a scale that is not possible, or a panel that the scene
        does not have."""
        self.sheet.check()
        panel_alone(scene, self.sheet.panel)
        if self.scale is not None and not SCALES[0] <= self.scale <= SCALES[1]:
            low, high = SCALES
            raise ConvError("error.scale", low=low, high=high, scale=self.scale)

    def command(
        self, verb: str, ending: str, more: Sequence[str] = (), name: str | None = None
    ) -> str:
        """The command that makes the file, which has the view's name if no other."""
        scale = [] if self.scale is None else ["--scale", f"{self.scale:g}"]
        view, sheet = (
            self.view.to_arguments(self.default, self.data_file),
            self.sheet.to_arguments(),
        )
        file = f"{name or self.view.file_name()}.{ending}"
        parts = ["python", "-m", "conv", verb, *view, *sheet, *scale, *more, "-o", file]
        return shlex.join(parts)

    def origin(self, scene: Scene, command: str) -> Origin:
        """Where the file comes from."""
        say = words(self.view.lang)
        title = f"{say(f'scene.{scene.name}')} · {say('page.title')}"
        return Origin(title, say(scene.alt.key, **scene.alt.values), self.link, command)


def picture_file(chromium: Chromium, scene: Scene, order: Order, ending: str) -> bytes:
    """The order's scene as a file of one of PICTURES; raises ConvError."""
    order.check(scene)
    say = words(order.view.lang)
    drawing = scene_drawing(scene, say, order.sheet)
    # Of an SVG too: the reader's machine draws its letters, where their sizes on this one put them.
    check_signs(chromium, written_on(drawing))
    scale = drawing_scale(drawing, order, ending)
    origin = order.origin(scene, order.command("figure", ending))
    if ending in {"svg", "pdf"}:
        size = pixels_of(drawing, order.sheet)
        svg = svg_with(chromium.picture(drawing, "svg", scale).decode(), size, origin)
        return svg.encode() if ending == "svg" else _pdf(chromium, svg, size, origin.title)
    png = chromium.picture(drawing, "png", scale)
    if not png.startswith(PNG_SIGNATURE):
        # Of a canvas that is too large, Chromium makes no picture at all.
        width, height = (round(drawing["layout"][side] * scale) for side in ("width", "height"))
        raise ConvError("error.picture_size", width=width, height=height)
    return png_with(png, origin) if ending == "png" else _webp(png, origin)


def drawing_scale(drawing: Drawing, order: Order, ending: str) -> float:
    """How many times as large as its layout it is drawn for a file of one of PICTURES."""
    zoom: float = order.sheet.wide / drawing["layout"]["width"]
    # A little more, so that rounding takes no pixel away.
    return zoom if ending in {"pdf", "svg"} else zoom * (order.scale or SCALE) * (1 + 1e-9)


def pixels_of(drawing: Drawing, sheet: Sheet) -> tuple[int, int]:
    """The width and the height of a sheet's drawing in the sheet's pixels."""
    zoom = sheet.wide / drawing["layout"]["width"]
    return sheet.wide, round(drawing["layout"]["height"] * zoom)


def _pdf(chromium: Chromium, svg: str, size: tuple[int, int], title: str) -> bytes:
    style = "<style>body { margin: 0 } svg { display: block }</style>"
    page = f"<!doctype html><title>{escape(title)}</title>{style}{svg}"
    return chromium.printed(page, *size)


def _webp(png: bytes, origin: Origin) -> bytes:
    file = BytesIO()
    with Image.open(BytesIO(png)) as picture:
        picture.save(file, "WEBP", lossless=True, xmp=origin.xmp.encode())
    return file.getvalue()


def page_file(scene: Scene, order: Order, plotlyjs: str = "inline") -> str:
    """The order's scene as the live stage in a page of its own; raises ConvError."""
    view, sheet = order.view, order.sheet
    order.check(scene)
    more = [] if plotlyjs == "inline" else ["--plotlyjs", plotlyjs]
    origin = order.origin(scene, order.command("figure", "html", more))
    shown = panel_alone(scene, sheet.panel)
    # A section of the notebook has its title above its code.
    heading = None if shown.listing else heading_of(shown, words(view.lang))
    data = stage_data(view, shown)
    return stage_page(
        data, origin.title, sheet=sheet, origin=origin, plotlyjs=plotlyjs, heading=heading
    )


def write_plotly(folder: Path) -> None:
    """Puts plotly.js beside pages that look for it there; raises ConvError where it cannot."""
    write_whole(folder / PLOTLY_FILE, plotly_path().read_bytes())


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all; raises ConvError where it cannot."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ConvError("error.write", path=path, reason=error.strerror or error) from None
