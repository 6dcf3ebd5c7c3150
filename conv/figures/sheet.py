"""What a figure is asked to be: its size, its look and how much of the scene is on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from conv.ops import ConvError
from conv.scenes import Scene
from conv.words import Words

from .layout import Arrangement, arrange
from .palette import ThemeName

WIDTH, PANEL_WIDTH = 1080, 480  # pixels of a scene, and of one panel, where none are asked for
FONT_SIZE = 12.0  # pixels of the words for which the layout is made
_LEAST, _MOST, _STEP = 200.0, 2600.0, 1.06  # pixels that a layout can have, and those tried
SIDES = (100, 8000)
FONT_SIZES = (4, 60)


@dataclass(frozen=True)
class Sheet:
    """A figure `width` by `height` pixels; without a height, as high as what is on it. Words have
    `font_size` pixels; without one, as many as the height lets them have. `panel` is the one
    panel that is shown, if not the whole scene; `titles` are headings and panels' titles. Without
    a theme a picture is light, and a page as its reader's system is."""

    theme: ThemeName | None = None
    width: int | None = None
    height: int | None = None
    font_size: float | None = None
    transparent: bool = False
    titles: bool = True
    panel: str | None = None

    @property
    def wide(self) -> int:
        """The width in pixels."""
        return self.width or (PANEL_WIDTH if self.panel else WIDTH)

    def check(self) -> None:
        """Raises ConvError for a side or a size of words that is not possible."""
        for name, side in (("width", self.wide), ("height", self.height)):
            if side is not None and not SIDES[0] <= side <= SIDES[1]:
                raise ConvError("error.side", name=name, low=SIDES[0], high=SIDES[1], side=side)
        size = self.font_size
        if size is None:
            return
        if not FONT_SIZES[0] <= size <= FONT_SIZES[1]:
            raise ConvError("error.font", low=FONT_SIZES[0], high=FONT_SIZES[1], size=size)
        least = math.ceil(_LEAST * size / FONT_SIZE)
        if self.wide < least:
            raise ConvError("error.wide", least=least, size=size, width=self.wide)

    def to_arguments(self) -> list[str]:
        """The command line's options that ask for this sheet."""
        values = {
            "theme": self.theme,
            "width": self.width,
            "height": self.height,
            "font-size": self.font_size and f"{self.font_size:g}",
            "panel": self.panel,
        }
        given = [(f"--{name}", str(value)) for name, value in values.items() if value]
        flags = {"--transparent": self.transparent, "--no-title": not self.titles}
        return [*sum(given, ()), *(flag for flag, on in flags.items() if on)]


PLAIN = Sheet()


@dataclass(frozen=True)
class Fitted:
    """A scene laid out for a sheet: enlarged by `zoom`, it has `width` by `height` pixels."""

    arrangement: Arrangement
    zoom: float
    width: int
    height: int


def fit(scene: Scene, sheet: Sheet, say: Words) -> Fitted:
    """`scene` as large as the sheet lets it be; raises ConvError where it has no room."""
    sheet.check()
    if sheet.height and not sheet.font_size:
        return _largest(scene, sheet, sheet.height, say)
    zoom = sheet.font_size / FONT_SIZE if sheet.font_size else 1.0
    arrangement = arrange(scene, sheet.wide / zoom, say, titles=sheet.titles)
    least = math.ceil(arrangement.height * zoom - 1e-6)
    if sheet.height and least > sheet.height:
        raise ConvError(
            "error.high", least=least, width=sheet.wide, size=sheet.font_size, height=sheet.height
        )
    return Fitted(arrangement, zoom, sheet.wide, sheet.height or least)


def _largest(scene: Scene, sheet: Sheet, height: int, say: Words) -> Fitted:
    """The layout that can be enlarged most on a sheet of this height."""
    count = math.ceil(math.log(_MOST / _LEAST, _STEP))
    layouts = (
        arrange(scene, _LEAST * _STEP**k, say, titles=sheet.titles) for k in range(count + 1)
    )
    zoom, best = max(
        ((min(sheet.wide / one.width, height / one.height), one) for one in layouts),
        key=lambda found: found[0],
    )
    return Fitted(best, zoom, sheet.wide, height)
