"""Frames in one palette, without dither: what is a cell or a line keeps its very colour."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .palette import HALO, ROLES, Theme

LAST = 255  # the entry for what is as it was in the frame before
_SHADES = 4  # of a letter, from its ink to the ground
_COMMON = 64  # colours that all other edges have to do with
_NEAR = 24  # of a letter's colours, to the line from its ink to the ground
_LINE = 16  # pixels in a row that have one colour in a line, and in no letter
_UNKNOWN = -1

Codes = NDArray[np.uint32]  # colours as whole numbers of which red is the lowest byte


class Palette:
    """The colours of the outlines and of letters on the ground, then those of most surfaces of
    some frames. Letters have few colours, as they are most of what changes from frame to frame.
    Pillow would look each colour up to six bits only, and white would come out grey."""

    def __init__(self, frames: Iterable[Image.Image], theme: Theme) -> None:
        self._ink, self._ground = _channels(_codes_of([theme.ink, theme.ground]))
        shades = np.linspace(self._ink, self._ground, _SHADES).round().astype(np.uint32)
        lines = _codes_of([HALO, *(outline.color for outline in ROLES.values())])
        surfaces = np.concatenate([_surfaces(_codes(frame)) for frame in frames])
        found, counts = np.unique(surfaces, return_counts=True)
        common = found[np.argsort(-counts, kind="stable")]
        colors = dict.fromkeys(np.concatenate([_joined(shades), lines, common]).tolist())
        self._colors = np.array([*colors][:LAST], np.uint32)
        self._entries = np.full(1 << 24, _UNKNOWN, np.int16)
        self._entries[self._colors] = np.arange(len(self._colors))

    def of(self, frame: Image.Image) -> Image.Image:
        """The frame, each pixel as the entry that is nearest to its colour."""
        codes = _codes(frame)
        entries = self._entries[codes]
        new = entries == _UNKNOWN
        if new.any():
            flat = np.unique(codes[new & _is_flat(codes)])
            self._learn(flat, len(self._colors))
            edges = np.setdiff1d(codes[new], flat)
            inked = self._is_inked(edges)
            self._learn(edges[inked], _SHADES)
            self._learn(edges[~inked], _COMMON)
            entries = self._entries[codes]
        made = Image.fromarray(entries.astype(np.uint8), "P")
        made.putpalette(_channels(self._colors).astype(np.uint8).tobytes())
        return made

    def _is_inked(self, codes: Codes) -> NDArray[np.bool_]:
        """Whether each colour is one of a letter's edge on the ground: between both, or nearly."""
        along = (self._ground - self._ink) / np.linalg.norm(self._ground - self._ink)
        away = _channels(codes) - self._ink
        inked: NDArray[np.bool_] = (
            np.linalg.norm(away - np.outer(away @ along, along), axis=-1) < _NEAR
        )
        return inked

    def _learn(self, codes: Codes, count: int) -> None:
        """Gives the colours the nearest of the first `count`."""
        away = _channels(codes)[:, None] - _channels(self._colors[:count])[None]
        self._entries[codes] = (away**2).sum(-1).argmin(-1)


def _surfaces(codes: Codes) -> Codes:
    """The colours of the pixels that lie within a surface, or along a line."""
    along_rows, along_columns = (_begins_line(c) for c in (codes, codes.T))
    return codes[_is_flat(codes) | along_rows | along_columns.T]


def _is_flat(codes: Codes) -> NDArray[np.bool_]:
    """Whether the pixel to the right, the one below and the one between have the same colour."""
    flat = np.zeros(codes.shape, np.bool_)
    here = codes[:-1, :-1]
    flat[:-1, :-1] = (here == codes[:-1, 1:]) & (here == codes[1:, :-1]) & (here == codes[1:, 1:])
    return flat


def _begins_line(codes: Codes) -> NDArray[np.bool_]:
    """Whether as many pixels to the right as make a line have the same colour."""
    begins = np.zeros(codes.shape, np.bool_)
    same = np.lib.stride_tricks.sliding_window_view(codes[:, 1:] == codes[:, :-1], _LINE - 1, 1)
    begins[:, : same.shape[1]] = same.all(-1)
    return begins


def _codes(frame: Image.Image) -> Codes:
    pixels = np.frombuffer(frame.tobytes("raw", "RGBX"), "<u4").reshape(frame.height, frame.width)
    codes: Codes = pixels & np.uint32(0xFFFFFF)
    return codes


def _codes_of(colors: Iterable[str]) -> Codes:
    return np.array(
        [int.from_bytes(bytes.fromhex(color[1:]), "little") for color in colors], np.uint32
    )


def _joined(channels: Codes) -> Codes:
    codes: Codes = (channels << np.array([0, 8, 16], np.uint32)).sum(-1, dtype=np.uint32)
    return codes


def _channels(codes: Codes) -> NDArray[np.int64]:
    channels: NDArray[np.int64] = codes.astype(np.int64)[:, None] >> np.array([0, 8, 16]) & 255
    return channels
