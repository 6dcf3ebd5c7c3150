"""Frames in one palette, without dither: what is a cell or a line keeps its very colour."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .palette import HALO, ROLES

LAST = 255  # the entry for what is as it was in the frame before
_UNKNOWN = -1


class Palette:
    """The outlines' colours, and those that most pixels of some frames have. Pillow would look
    each color up to six bits only, and white would come out grey."""

    def __init__(self, frames: Iterable[Image.Image]) -> None:
        codes, counts = np.unique(
            np.concatenate([_codes(frame).ravel() for frame in frames]), return_counts=True
        )
        lines = [int(color[1:], 16) for color in (HALO, *(o.color for o in ROLES.values()))]
        common = [code for code in codes[np.argsort(-counts, kind="stable")] if code not in lines]
        self._colors = np.array([*lines, *common][:LAST], np.uint32)
        self._entries = np.full(1 << 24, _UNKNOWN, np.int16)
        self._entries[self._colors] = np.arange(len(self._colors))

    def of(self, frame: Image.Image) -> Image.Image:
        """The frame, each pixel as the entry that is nearest to its colour."""
        codes = _codes(frame)
        entries = self._entries[codes]
        unknown = np.unique(codes[entries == _UNKNOWN])
        if unknown.size:
            away = _channels(unknown)[:, None] - _channels(self._colors)[None]
            self._entries[unknown] = (away**2).sum(-1).argmin(-1)
            entries = self._entries[codes]
        made = Image.fromarray(entries.astype(np.uint8), "P")
        made.putpalette(_channels(self._colors).astype(np.uint8).tobytes())
        return made


def _codes(frame: Image.Image) -> NDArray[np.uint32]:
    """The frame's colours as whole numbers, red before green before blue (H, W)."""
    red, green, blue = np.moveaxis(np.asarray(frame, np.uint32), -1, 0)
    codes: NDArray[np.uint32] = (red << 16) | (green << 8) | blue
    return codes


def _channels(codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    return np.stack([codes >> 16, (codes >> 8) & 255, codes & 255], -1).astype(np.int64)
