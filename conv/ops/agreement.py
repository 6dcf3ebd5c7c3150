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
    x: Array, w: Array, b: Array, grad_output: Array, geometry: Geometry, cells: int, seed: int = 0
) -> list[Comparison]:
    """Each method of the output and of both gradients against each other one; then each method
    of the gradients, and db, against central differences, at `cells` cells of each gradient drawn
    with `seed`, or at all of them where there are fewer."""
    methods = _all_methods(x, w, b, grad_output, geometry)
    sizes = magnitudes(x, w, b, grad_output, geometry)
    pairs = [
        _compare(tensor, first, second, runs, sizes[tensor])
        for tensor, runs in methods.items()
        for k, first in enumerate(runs)
        for second in list(runs)[k + 1 :]
    ]
    rng = np.random.default_rng(seed)
    for tensor, wrt in (("dw", "weight"), ("db", "bias"), ("dx", "input")):
        size = sizes[tensor]
        flat = rng.permutation(size.size)[:cells]
        places = np.unravel_index(flat, size.shape)
        numeric = np.array(
            [
                central_difference(
                    wrt, [int(k) for k in cell], x, w, b, grad_output, **geometry.parameters
                )
                for cell in zip(*places, strict=True)
            ]
        )
        pairs += [
            Comparison(
                tensor,
                method,
                "central",
                len(flat),
                difference(gradient[places], numeric),
                agree(gradient[places], numeric, size[places], NUMERIC_TOLERANCE),
            )
            for method, gradient in methods[tensor].items()
        ]
    return pairs


def _all_methods(
    x: Array, w: Array, b: Array, g: Array, geometry: Geometry
) -> dict[str, dict[str, Array]]:
    """Every tensor by each of its methods."""
    options = geometry.parameters
    return {
        "output": {m: conv2d(x, w, b, **options, method=m) for m in ("loops", "gemm")},
        "dw": {
            m: conv2d_weight(x, w.shape, g, **options, method=m)
            for m in ("patches", "correlate", "gemm")
        },
        "dx": {
            m: conv2d_input(x.shape, w, g, **options, method=m)
            for m in ("scatter", "rot180", "gemm")
        },
        "db": {"sum": conv2d_bias(g)},
    }


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
    return {
        "output": conv2d(np.abs(x), np.abs(w), np.abs(b), **geometry.parameters),
        "dw": weight_magnitudes(x, grad_output, geometry),
        "db": conv2d_bias(np.abs(grad_output)),
        "dx": input_magnitudes(w, grad_output, geometry),
    }


def weight_magnitudes(x: Array, grad_output: Array, geometry: Geometry) -> Array:
    """For each cell of dw, the sum of the magnitudes of its products."""
    return conv2d_weight(
        np.abs(x), geometry.weight_size, np.abs(grad_output), **geometry.parameters
    )


def input_magnitudes(w: Array, grad_output: Array, geometry: Geometry) -> Array:
    """For each cell of dx, the sum of the magnitudes of its products."""
    return conv2d_input(geometry.input_size, np.abs(w), np.abs(grad_output), **geometry.parameters)
