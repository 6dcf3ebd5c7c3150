"""A picture that a reader's own browser draws, with the plotly.js of the page."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from conv.scenes import Scene
from conv.words import words

from .canvas import plain
from .figure import scene_drawing
from .files import Order, drawing_scale, pixels_of
from .origin import PNG_HEADER, png_texts, svg_about, svg_head


def picture_in_browser(scene: Scene, order: Order, ending: str) -> dict[str, Any]:
    """What a browser needs to make the file that `picture_file` makes of "png" or "svg"; for
    another of PICTURES, to show what it looks like. Raises ConvError.

    `figure` is for Plotly; `width` and `height` are its layout's pixels, which the file has `scale`
    times. A PNG gets `texts` (base64) behind its first `texts_at` bytes. Of an
    SVG, `head` and the viewBox take the place of the root's tag, with `about` behind.
    """
    drawing = scene_drawing(scene, words(order.view.lang), order.sheet)
    origin = order.origin(scene, order.command("figure", ending))
    return {
        "figure": plain(drawing),
        "format": "png" if ending == "png" else "svg",
        "width": drawing["layout"]["width"],
        "height": drawing["layout"]["height"],
        "scale": drawing_scale(drawing, order, ending),
        "texts": b64encode(png_texts(origin)).decode(),
        "texts_at": PNG_HEADER,
        "head": svg_head(pixels_of(drawing, order.sheet)),
        "about": svg_about(origin),
        "alt": origin.about,
    }
