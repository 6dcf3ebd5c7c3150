"""The definition of a convolution in plain loops, and how tests compare with it.

Only the cells of pad(x), w and grad_output are multiplied, so this is also the contract for NaN and
infinity: a padding zero is a number (0 * inf is NaN), the zeros that a method may put between or
around the cells of grad_output are none.
"""

from __future__ import annotations

import itertools

import numpy as np

from ..pads import origin_of


def convolution(x, w, b, g, *, stride, padding, dilation, groups):
    """out, dw, dx and db as a dict of float64 arrays, straight from the definition."""
    x, w, b, g = (np.asarray(tensor, np.float64) for tensor in (x, w, b, g))
    (n_all, _, height, width), (f_all, per_group, kh, kw) = x.shape, w.shape
    out, dw, dx, db = (np.zeros(tensor.shape).tolist() for tensor in (g, w, x, b))
    (oh, ow), (top, left) = g.shape[2:], origin_of(padding)
    x, w, b, g = x.tolist(), w.tolist(), b.tolist(), g.tolist()
    for n, f, i, j in itertools.product(range(n_all), range(f_all), range(oh), range(ow)):
        sent = g[n][f][i][j]
        out[n][f][i][j] += b[f]
        db[f] += sent
        for c, m, k in itertools.product(range(per_group), range(kh), range(kw)):
            channel = f // (f_all // groups) * per_group + c
            row = i * stride[0] + m * dilation[0] - top
            column = j * stride[1] + k * dilation[1] - left
            inside = 0 <= row < height and 0 <= column < width
            number = x[n][channel][row][column] if inside else 0.0
            out[n][f][i][j] += number * w[f][c][m][k]
            dw[f][c][m][k] += number * sent
            if inside:
                dx[n][channel][row][column] += w[f][c][m][k] * sent
    return {"out": np.array(out), "dw": np.array(dw), "dx": np.array(dx), "db": np.array(db)}


def magnitudes(x, w, b, g, **parameters):
    """For every cell of out, dw, dx and db, the sum of the magnitudes of its terms."""
    return convolution(*(np.abs(tensor) for tensor in (x, w, b, g)), **parameters)


def differing(actual, expected, magnitude, *, relative=1e-12, rounding=4e-15):
    """The cells where `actual` is not `expected`, as sentences with both numbers.

    A cell agrees within `relative` of its expected value or, where its terms cancel, within
    `rounding` of the sum of their magnitudes: no order of summation can promise more. NaN agrees
    with NaN alone and an infinity with itself alone. Shapes must be equal.
    """
    actual = np.asarray(actual)
    if actual.shape != expected.shape:
        return [f"shape {actual.shape}, expected {expected.shape}"]
    with np.errstate(invalid="ignore", over="ignore"):
        bound = np.maximum(relative * np.abs(expected), rounding * magnitude)
        near = np.abs(actual.astype(np.float64) - expected) <= bound
    both_nan = np.isnan(actual) & np.isnan(expected)
    finite = np.isfinite(actual) & np.isfinite(expected)
    agrees = both_nan | (actual == expected) | (finite & near)
    return [
        f"cell {tuple(map(int, cell))}: {actual[tuple(cell)]!r}, expected {expected[tuple(cell)]!r}"
        for cell in np.argwhere(~agrees)
    ]


def assert_cells(actual, expected, magnitude, **tolerances):
    """Fails with the cells where the two differ."""
    __tracebackhide__ = True
    cells = differing(actual, expected, magnitude, **tolerances)
    assert not cells, f"{len(cells)} of {expected.size} cells differ; " + "; ".join(cells[:4])
