"""The grid of geometries that the stored PyTorch results cover, and the data of each.

Every axis (size, kernel, stride, padding, dilation) of AXES stands twice as the rows and twice as
the columns of a geometry, paired with an axis drawn from the same list; those with padding 0, and
with padding and dilation 1, are paired with themselves too. The channels go round CHANNELS.

UNEVEN has other padding before than after: every axis of UNEVEN_AXES once as the rows and once as
the columns.

The data are uniform on [-1, 1): the same bits on every platform, which normals, drawn through
logarithms, are not.
"""

from __future__ import annotations

import itertools
import zlib
from dataclasses import dataclass

import numpy as np

from ..pads import pads_of

# N, C, F, groups: single, plain, grouped and depthwise, with one filter a channel and with more.
CHANNELS = (
    (1, 1, 1, 1),
    (1, 2, 3, 1),
    (1, 2, 2, 2),
    (2, 1, 1, 1),
    (1, 3, 1, 1),
    (1, 2, 4, 2),
    (1, 1, 3, 1),
    (2, 2, 1, 1),
    (1, 3, 3, 3),
    (1, 4, 2, 2),
    (2, 1, 2, 1),
)


@dataclass(frozen=True)
class Case:
    """Sizes and parameters of one convolution: plain numbers, nothing computed."""

    input_size: tuple[int, int, int, int]
    weight_size: tuple[int, int, int, int]
    stride: tuple[int, int]
    padding: tuple[int, ...]
    dilation: tuple[int, int]
    groups: int

    @property
    def parameters(self):
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    @property
    def output_size(self):
        sides = (
            (size + sum(p) - d * (k - 1) - 1) // s + 1
            for size, k, s, p, d in zip(
                self.input_size[2:],
                self.weight_size[2:],
                self.stride,
                pads_of(self.padding),
                self.dilation,
                strict=True,
            )
        )
        return (self.input_size[0], self.weight_size[0], *sides)

    @property
    def result_sizes(self):
        return {
            "out": self.output_size,
            "dw": self.weight_size,
            "dx": self.input_size,
            "db": self.weight_size[:1],
        }


def axes():
    """Every (size, kernel, stride, padding, dilation) of the grid."""
    for size in (1, 2, 3, 4, 5, 6, 7):
        for kernel, dilation in ((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (4, 1)):
            extent = dilation * (kernel - 1) + 1
            for padding in sorted({0, 1, extent // 2, extent - 1, extent, extent + 1}):
                for stride in (1, 2, 3, 4):
                    if extent <= size + 2 * padding <= 12:
                        yield size, kernel, stride, padding, dilation


AXES = tuple(axes())


def case(rows, columns, channels):
    """The case of one axis as rows, one as columns, and one entry of CHANNELS. An axis has one
    padding, or two where that before is another than that behind."""
    (n, c, f, groups), (h, kh, sh, ph, dh), (w, kw, sw, pw, dw) = channels, rows, columns
    padding = ph, pw
    if isinstance(ph, tuple) or isinstance(pw, tuple):
        padding = tuple(np.ravel([np.broadcast_to(p, 2) for p in padding]).tolist())
    return Case((n, c, h, w), (f, c // groups, kh, kw), (sh, sw), padding, (dh, dw), groups)


def shuffled(word, axes=AXES):
    """Axes in an order that follows from the word alone."""
    return sorted(axes, key=lambda axis: zlib.crc32(f"{word} {axis}".encode()))


def grid():
    square = [axis for axis in AXES if axis[3] == 0 or axis[3:] == (1, 1)]
    pairs = (
        *zip(AXES, shuffled("first"), strict=True),
        *zip(AXES, shuffled("second"), strict=True),
        *zip(square, square, strict=True),
    )
    channels = itertools.cycle(CHANNELS)
    return tuple(case(*pair, next(channels)) for pair in dict.fromkeys(pairs))


def uneven_axes():
    """Axes with a padding of 0, within and beyond K - 1, and another one behind than before."""
    for size, (kernel, dilation) in itertools.product(
        (1, 2, 5, 6), ((1, 1), (2, 1), (2, 3), (3, 1), (3, 2))
    ):
        extent = dilation * (kernel - 1) + 1
        paddings = sorted({0, 1, extent // 2, extent - 1, extent + 1})
        for before, after in itertools.permutations(paddings, 2):
            for stride in (1, 2, 3):
                if extent <= size + before + after <= 11:
                    yield size, kernel, stride, (before, after), dilation


UNEVEN_AXES = tuple(uneven_axes())
GRID = grid()
UNEVEN = tuple(
    case(*pair, channels)
    for pair, channels in zip(
        zip(UNEVEN_AXES, shuffled("uneven", UNEVEN_AXES), strict=True), itertools.cycle(CHANNELS)
    )
)
# Everything at once: items, groups, a stride, a padding, a dilation, a rectangular kernel.
MIXED = Case((2, 4, 5, 6), (6, 2, 3, 2), (2, 1), (1, 0), (1, 2), 2)


def uniform(rng, size):
    """Numbers on [-1, 1), exact in binary, of one shape."""
    return 2 * rng.random(size) - 1


def tensors(case, seed):
    """x, w, b and grad_output of a case, from the seed."""
    rng = np.random.default_rng(seed)
    sizes = (case.input_size, case.weight_size, case.weight_size[:1], case.output_size)
    return tuple(uniform(rng, size) for size in sizes)


def checksum(case, seed):
    """A CRC of the case and its data."""
    crc = zlib.crc32(repr(case).encode())
    for tensor in tensors(case, seed):
        crc = zlib.crc32(tensor.tobytes(), crc)
    return crc
