"""How long the methods take: what a page or a shell works out before it shows anything."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from .geometry import Geometry

# Measured on one core: a turn of a textbook method's loop in Python, and one of its products. The
# fast engine's products are those of matrices.
_TURN, _PRODUCT, _MASKED, _FAST = 4e-6, 1e-9, 3e-9, 6e-11  # seconds


def seconds(method: str, geometry: Geometry) -> float:
    """About how long a method takes: one of the output's, dw's or dx's; "gemm" is one pass.

    >>> small = Geometry((1, 1, 5, 5), (1, 1, 3, 3))
    >>> large = Geometry((1, 64, 56, 56), (64, 64, 3, 3), padding=1)
    >>> seconds("rot180", small) < 0.001 < 1 < seconds("rot180", large)
    True
    """
    return _SECONDS[method](geometry)


def elements(geometry: Geometry) -> int:
    """The elements of the padded input, the output and the weight together."""
    n, c, _, _ = geometry.input_size
    sizes = (n, c, *geometry.padded_size), geometry.output_size, geometry.weight_size
    return sum(math.prod(size) for size in sizes)


def products(geometry: Geometry) -> int:
    """The products that the output is the sum of, padding included."""
    return math.prod(geometry.output_size) * math.prod(geometry.weight_size[1:])


def _by_windows(geometry: Geometry) -> float:
    """A turn for each window and filter."""
    _, filters, oh, ow = geometry.output_size
    return _TURN * filters * oh * ow + _PRODUCT * products(geometry)


def _correlate(geometry: Geometry) -> float:
    """A turn for each kernel cell and filter, over top_diff with its stride's zeros."""
    filters, channels, kh, kw = geometry.weight_size
    view = geometry.input_size[0] * channels * math.prod(geometry.upsampled_size)
    return filters * kh * kw * (_TURN + _PRODUCT * view)


def _rot180(geometry: Geometry) -> float:
    """A turn for each cell and channel of the padded input."""
    n, c, _, _ = geometry.input_size
    seen = n * geometry.weight_size[0] // geometry.groups * math.prod(geometry.kernel)
    return c * math.prod(geometry.padded_size) * (_TURN + _MASKED * seen)


def _gemm(geometry: Geometry) -> float:
    return _FAST * products(geometry)


_SECONDS: Mapping[str, Callable[[Geometry], float]] = {
    "loops": _by_windows,
    "gemm": _gemm,
    "patches": _by_windows,
    "correlate": _correlate,
    "scatter": _by_windows,
    "rot180": _rot180,
}
