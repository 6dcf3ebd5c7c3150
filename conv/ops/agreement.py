"""Whether the methods agree: every pair of them, and central differences as a third witness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .check import Difference, central_difference, difference
from .functional import conv2d, conv2d_bias, conv2d_input, conv2d_weight
from .geometry import Geometry
from .textbook import Array

METHOD_TOLERANCE = 1e-12
NUMERIC_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Comparison:
    """Two ways to the same tensor ("output", "dw", "db" or "dx"), over so many of its cells.

    They agree where every cell differs by less than a tolerance times the sum of the magnitudes
    of the cell's products: a cell whose products cancel may well be off by more than a share of
    itself (N. Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1).
    """

    tensor: str
    first: str
    second: str
    cells: int
    difference: Difference
    agree: bool


def compare_methods(
    x: Array, w: Array, b: Array, grad_output: Array, geometry: Geometry
) -> list[Comparison]:
    """Each method of the output and of both gradients against each other one."""
    g, options = grad_output, geometry.parameters
    size_x, size_w = geometry.input_size, geometry.weight_size
    runs = {
        "output": {m: conv2d(x, w, b, **options, method=m) for m in ("loops", "gemm")},
        "dw": {
            m: conv2d_weight(x, size_w, g, **options, method=m)
            for m in ("patches", "correlate", "gemm")
        },
        "dx": {
            m: conv2d_input(size_x, w, g, **options, method=m)
            for m in ("scatter", "rot180", "gemm")
        },
    }
    sizes = magnitudes(x, w, b, g, geometry)
    return [
        _compare(tensor, first, second, methods, sizes[tensor])
        for tensor, methods in runs.items()
        for k, first in enumerate(methods)
        for second in list(methods)[k + 1 :]
    ]


def compare_numeric(
    x: Array, w: Array, b: Array, grad_output: Array, geometry: Geometry, cells: int, seed: int = 0
) -> list[Comparison]:
    """dw, db and dx against central differences, at `cells` cells of each drawn with `seed`, or
    at all of them where there are fewer."""
    g, options = grad_output, geometry.parameters
    sizes = magnitudes(x, w, b, g, geometry)
    gradients = {
        "dw": ("weight", conv2d_weight(x, w.shape, g, **options)),
        "db": ("bias", conv2d_bias(g)),
        "dx": ("input", conv2d_input(x.shape, w, g, **options)),
    }
    rng = np.random.default_rng(seed)
    found = []
    for tensor, (wrt, gradient) in gradients.items():
        flat = rng.permutation(gradient.size)[:cells]
        places = [tuple(int(k) for k in np.unravel_index(at, gradient.shape)) for at in flat]
        exact = np.array([gradient[place] for place in places])
        numeric = np.array(
            [central_difference(wrt, place, x, w, b, g, **options) for place in places]
        )
        size = np.array([sizes[tensor][place] for place in places])
        found.append(
            Comparison(
                tensor,
                "gemm",
                "central",
                len(places),
                difference(exact, numeric),
                agree(exact, numeric, size, NUMERIC_TOLERANCE),
            )
        )
    return found


def agree(a: Array, b: Array, size: Array, tolerance: float = METHOD_TOLERANCE) -> bool:
    """Whether every cell of a and b differs by at most `tolerance` times its `size`, the sum of
    the magnitudes of its products. NaN agrees with nothing."""
    return bool((np.abs(a - b) <= tolerance * size).all())


def _compare(
    tensor: str, first: str, second: str, methods: dict[str, Array], size: Array
) -> Comparison:
    a, b = methods[first], methods[second]
    return Comparison(tensor, first, second, a.size, difference(a, b), agree(a, b, size))


def magnitudes(
    x: Array, w: Array, b: Array, grad_output: Array, geometry: Geometry
) -> dict[str, Array]:
    """For each cell of each tensor, the sum of the magnitudes of its products."""
    x, w, b, g = (np.abs(array) for array in (x, w, b, grad_output))
    return {
        "output": conv2d(x, w, b, **geometry.parameters),
        "dw": conv2d_weight(x, w.shape, g, **geometry.parameters),
        "db": conv2d_bias(g),
        "dx": conv2d_input(x.shape, w, g, **geometry.parameters),
    }
