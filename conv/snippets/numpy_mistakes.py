"""A wrong gradient beside the right one in NumPy code, written as those write it who are wrong."""

from __future__ import annotations

from collections.abc import Mapping

from conv.ops.wrong_gradients import MISTAKE, Gradient
from conv.ops.wrong_gradients import right as right_of
from conv.spot import Spot
from conv.words import words

from .numpy_parts import (
    CORRELATE,
    IMPORT,
    LEFTOVER,
    WINDOW,
    X_PAD,
    ZEROS,
    head,
)
from .writing import arrays, cell_name, code, tensor_lines

_PAD = '''
def pad(a, rows, columns):
    """$pad"""
    return np.pad(a, [(0, 0)] * (a.ndim - 2) + [rows, columns])
'''
_CROP = '''
def crop(a, rows, columns):
    """$crop"""
    return a[rows : a.shape[0] - rows, columns : a.shape[1] - columns]
'''
_CROP_UNEVEN = '''
def crop(a, rows, columns):
    """$crop_uneven"""
    bottom, right = a.shape[0] - rows[1], a.shape[1] - columns[1]
    return a[rows[0] : max(bottom, 0), columns[0] : max(right, 0)]
'''
_FULL = '''
def full(g):
    """$full"""
    return pad(zeros_between(g), (e0 - 1, e0 - 1 + r0), (e1 - 1, e1 - 1 + r1))
'''
_FULL_CONVOLUTION = '''
def full_convolution(g, kernels, zeros=(e0 - 1, e1 - 1)):
    """$full_convolution"""
    g = pad(g, (zeros[0], zeros[0]), (zeros[1], zeros[1]))
    rows, columns = g.shape[1] - e0 + 1, g.shape[2] - e1 + 1
    dx_pad = np.zeros($size)
    for p, q in np.ndindex(dx_pad.shape):
        i, j = window(p, q)
        dx_pad[p, q] = (g[:, i, j] * kernels).sum()
    return dx_pad
'''
_DX_RIGHT = """
# $on_screen
kernel, grad_output = w[f, c], top_diff[n, f]
spread = pad(zeros_between(top_diff[n]), (0, r0), (0, r1))
rotated = w[:, c, ::-1, ::-1]
right = crop(full_convolution(spread, rotated), $crop_padding)
"""
_DW_RIGHT = """
# $on_screen
input_pad, grad_output = x_pad[n, c], top_diff[n, f]
right = correlate(x_pad[:, c], zeros_between(top_diff[:, f]))
"""
_DB_RIGHT = """
# $on_screen
grad_output = top_diff[n, f]
right = top_diff.sum(axis=(0, 2, 3))
"""
_WRONG: Mapping[str, str] = {
    "unrotated": """
wrong = crop(full_convolution(spread, w[:, c]), $crop_padding)
""",
    "unswapped": """
F, C = w.shape[:2]
kernels = w.reshape(C, F, KH, KW)[c]  # $not_transposed
wrong = crop(full_convolution(spread, kernels[:, ::-1, ::-1]), $crop_padding)
""",
    "dw_swapped": """
wrong = correlate(full(top_diff[:, f]), x_pad[:, c])
""",
    "zeros_forgotten": """
forgotten = pad(top_diff[n], (0, r0), (0, r1))
wrong = crop(full_convolution(forgotten, rotated), $crop_padding)
""",
    "leftover_forgotten": """
forgotten = zeros_between(top_diff[n])
wrong = crop(full_convolution(forgotten, rotated), $crop_padding)
""",
    "crop_wrong": """
wrong = crop(full_convolution(spread, rotated), $half)
""",
    "dilation_ignored": """
wrong = crop(full_convolution(spread, rotated, zeros=(KH - 1, KW - 1)), $crop_padding)
""",
    "db_averaged": """
wrong = top_diff.mean(axis=(0, 2, 3))
""",
    "batch_averaged": """
wrong = right / len(x)
""",
}
_CROPS = {"crop_padding": "p0, p1", "half": "(e0 - 1) // 2, (e1 - 1) // 2"}
_UNEVEN_CROPS = {
    "crop_padding": "(p0, a0), (p1, a1)",
    "half": "((e0 - 1) // 2,) * 2, ((e1 - 1) // 2,) * 2",
}
_COMPARED = """difference = wrong - right
print("$cell: $wrong", wrong[$at], "$right", right[$at])
"""
_SHAPES = """print("$wrong", wrong.shape, "$right", right.shape)
print("$cell =", right[$at])
"""


def mistake_code(spot: Spot, file_name: str) -> str:
    """The code of the scene "mistakes"."""
    name = spot.view.mistake
    mistake = MISTAKE[name]
    found, right = mistake.wrong(spot.given), right_of(mistake.tensor, spot.given)
    place, at = _cell(spot, mistake.tensor)
    shown = _COMPARED if found.shape == right.shape else _SHAPES
    made = f"# $mistake{_WRONG[name]}"
    return code(
        spot,
        *_right(spot, mistake.tensor, file_name),
        made + shown,
        mistake=words(spot.view.lang)(f"mistake.{name}"),
        # A wrong padding may leave less than no rows.
        size="(max(rows, 0), max(columns, 0))" if name == "dilation_ignored" else "(rows, columns)",
        cell=cell_name(mistake.tensor, place),
        at=at,
        **(_UNEVEN_CROPS if spot.geometry.is_uneven else _CROPS),
    )


def _right(spot: Spot, tensor: Gradient, file_name: str) -> tuple[str, ...]:
    """The parts that lead to the right gradient."""
    if tensor == "db":
        lines = tensor_lines(arrays(spot.bundle, ("top_diff",)), file_name, "np.array({})", "{}")
        return IMPORT, lines, f"n, f = {spot.view.n}, {spot.view.f}  # $picked_nf", _DB_RIGHT
    if tensor == "dw":
        extra = (_PAD, _FULL) if spot.view.mistake == "dw_swapped" else ()
        first = head(spot, file_name, ("x", "top_diff"), ("mk",), *((LEFTOVER,) if extra else ()))
        return (*first, ZEROS, CORRELATE, *extra, X_PAD, _DW_RIGHT)
    first = head(spot, file_name, ("w", "top_diff"), ("pq",), LEFTOVER)
    crop = _CROP_UNEVEN if spot.geometry.is_uneven else _CROP
    return (*first, _PAD, WINDOW, crop, ZEROS, _FULL_CONVOLUTION, _DX_RIGHT)


def _cell(spot: Spot, tensor: Gradient) -> tuple[tuple[int, ...], str]:
    """The view's cell of a gradient, and where the code finds it in its part of the gradient."""
    if tensor == "db":
        return (spot.view.f,), "f"
    return (spot.weight_cell, "m, k") if tensor == "dw" else (spot.input_cell, "p, q")
