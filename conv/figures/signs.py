"""The signs on a picture, for each of which the machine that draws it needs a font."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from conv.ops import ConvError

from .canvas import Drawing

if TYPE_CHECKING:  # it takes long to import, which the dashboard does not wait for
    from .chromium import Chromium

_CHINESE = "\u2e80"  # the first of the radicals, behind which punctuation and characters come
_MOST = 8  # signs that a sentence names


def written_on(drawing: Drawing) -> str:
    """What is written on a drawing, without what it says only where one points at it."""
    layout = drawing["layout"]
    texts = [annotation["text"] for annotation in layout["annotations"]]
    for trace in drawing["data"]:
        texts += trace.get("text", ())
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")):
            texts += axis.get("ticktext", ())
    return "".join(texts)


def check_signs(chromium: Chromium, text: str) -> None:
    """Raises ConvError where the machine that draws has no font for a sign of the text."""
    signs = [sign for sign in dict.fromkeys(text) if unicodedata.category(sign)[0] not in "CMZ"]
    lacking = chromium.lacking("".join(signs))
    if lacking:
        named = lacking if len(lacking) <= _MOST else f"{lacking[:_MOST]}…"
        raise ConvError("error.no_font", signs=named, packages=" ".join(_packages(lacking)))


def _packages(signs: str) -> list[str]:
    """Debian's, of the fonts that have them."""
    chinese = ["fonts-noto-cjk"] if max(signs) >= _CHINESE else []
    return [*chinese, "fonts-dejavu"] if min(signs) < _CHINESE else chinese
