"""The parts that NumPy code is put together from: geometry, methods, and what is on screen.

A variable that has the name of a panel holds that panel's numbers, when all steps are done.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from conv.ops.geometry import Geometry
from conv.spot import Spot

from .writing import arrays, tensor_lines

IMPORT = "import numpy as np"
_GEOMETRY = """
stride, padding, dilation = $stride, $padding, $dilation  # $rows_columns
(s0, s1), $padding_names, (d0, d1) = stride, padding, dilation
(H, W), (KH, KW) = $input, $kernel  # $sizes
e0, e1 = d0 * (KH - 1) + 1, d1 * (KW - 1) + 1  # $covers
HP, WP = $padded_size  # $padded
OH, OW = (HP - e0) // s0 + 1, (WP - e1) // s1 + 1
"""
LEFTOVER = "r0, r1 = (HP - e0) % s0, (WP - e1) % s1  # $left_over"

X_PAD = "x_pad = np.pad(x, [(0, 0), (0, 0), $borders])"
WINDOW = '''
def window(row, column):
    """$window"""
    return slice(row, row + e0, d0), slice(column, column + e1, d1)
'''
ZEROS = '''
def zeros_between(g):
    """$zeros_between"""
    spread = np.zeros((*g.shape[:-2], (OH - 1) * s0 + 1, (OW - 1) * s1 + 1))
    spread[..., ::s0, ::s1] = g
    return spread
'''
OUT = '''
def out(i, j):
    """$out"""
    rows, columns = window(i * s0, j * s1)
    return (x_pad[n][:, rows, columns] * w[f]).sum() + b[f]
'''
CELLS = "cells = list(np.ndindex(OH, OW))  # $cells"
PATCHES = '''
def by_patches(n, steps=None):
    """$by_patches"""
    total = np.zeros((KH, KW))
    for i, j in cells[:steps]:
        total += x_pad[n, c][window(i * s0, j * s1)] * top_diff[n, f, i, j]
    return total
'''
CORRELATE = '''
def correlate(a, g):
    """$correlate"""
    rows, columns = g.shape[-2:]
    total = np.zeros((KH, KW))
    for m, k in np.ndindex(KH, KW):
        view = a[..., m * d0 : m * d0 + rows, k * d1 : k * d1 + columns]
        total[m, k] = (view * g).sum()
    return total
'''
SCATTER = '''
def by_scatter(f, steps=None):
    """$by_scatter"""
    dx_pad = np.zeros((HP, WP))
    for i, j in cells[:steps]:
        dx_pad[window(i * s0, j * s1)] += w[f, c] * top_diff[n, f, i, j]
    return dx_pad
'''
FULL = '''
def full(g):
    """$full"""
    spread = np.zeros(((OH - 1) * s0 + 1, (OW - 1) * s1 + 1))
    spread[::s0, ::s1] = g
    return np.pad(spread, [(e0 - 1, e0 - 1 + r0), (e1 - 1, e1 - 1 + r1)])
'''
ROT180 = '''
def by_rot180(f):
    """$by_rot180"""
    g, rotated = full(top_diff[n, f]), w[f, c, ::-1, ::-1]
    dx_pad = np.zeros((HP, WP))
    for p, q in np.ndindex(HP, WP):
        dx_pad[p, q] = (g[window(p, q)] * rotated).sum()
    return dx_pad[p0 : p0 + H, p1 : p1 + W]
'''
OUTPUT = "output = np.array([[out(i, j) for j in range(OW)] for i in range(OH)])"
DW = "dw = sum(by_patches(item) for item in range(len(x)))"
DX = """\
dx_pad = sum(by_scatter(each) for each in range(len(w)))
dx = dx_pad[p0 : p0 + H, p1 : p1 + W]"""

OVERVIEW = f"""
# $on_screen
input_pad, kernel, grad_output = x_pad[n, c], w[f, c], top_diff[n, f]
patch = input_pad[window(i * s0, j * s1)]
kernel_rot180 = kernel[::-1, ::-1]
{OUTPUT}
{DW}
{DX}
print("$out_cell =", output[i, j])
print("$dw_cell =", dw[m, k])
print("$dx_cell =", dx[p, q])
"""
FORWARD = f"""
# $on_screen
input_pad, kernel = x_pad[n, c], w[f, c]
rows, columns = window(i * s0, j * s1)
patch = input_pad[rows, columns]
product = patch * kernel
channels = (x_pad[n][:, rows, columns] * w[f]).sum(axis=(1, 2))
{OUTPUT}
print("$out_cell =", output[i, j])
print("$channels_and_bias:", channels.sum(), "+", b[f])
"""
WEIGHT = """
# $on_screen
input_pad, grad_output = x_pad[n, c], top_diff[n, f]
grad_output_all = zeros_between(grad_output)
UH, UW = grad_output_all.shape
step_patches = input_pad[window(i * s0, j * s1)] * grad_output[i, j]
view = input_pad[m * d0 : m * d0 + UH, k * d1 : k * d1 + UW]
step_correlate = view * grad_output_all
"""
WEIGHT_END = f"""
difference = dw_patches - dw_correlate
dw_item = by_patches(n)
{DW}
print("$dw_cell =", dw[m, k])
print("$of_item:", dw_item[m, k])
"""
ONE_ITEM = """
dw_so_far = by_patches(n, i * OW + j + 1)  # $so_far
dw_patches = by_patches(n)
dw_correlate = correlate(input_pad, grad_output_all)
"""
ALL_ITEMS = """
dw_before = sum(by_patches(item) for item in range(n))  # $earlier_items
dw_so_far = dw_before + by_patches(n, i * OW + j + 1)  # $so_far
dw_patches = dw_before + by_patches(n)
dw_correlate = correlate(x_pad[:, c], zeros_between(top_diff[:, f]))
"""
INPUT = """
# $on_screen
kernel, grad_output = w[f, c], top_diff[n, f]
kernel_rot180 = kernel[::-1, ::-1]
grad_output_pad = full(grad_output)
step_scatter = kernel * grad_output[i, j]
step_rot180 = grad_output_pad[window(p + p0, q + p1)] * kernel_rot180
"""
INPUT_END = f"""
difference = dx_scatter[p0 : p0 + H, p1 : p1 + W] - dx_rot180
dx_filter = by_rot180(f)
{DX}
print("$dx_cell =", dx[p, q])
print("$of_filter:", dx_filter[p, q])
"""
ONE_FILTER = """
dx_so_far = by_scatter(f, i * OW + j + 1)  # $so_far
dx_scatter = by_scatter(f)  # $with_padding
dx_rot180 = by_rot180(f)
"""
ALL_FILTERS = """
dx_before = sum(by_scatter(each) for each in range(f))  # $earlier_filters
dx_so_far = dx_before + by_scatter(f, i * OW + j + 1)  # $so_far
dx_scatter = dx_before + by_scatter(f)  # $with_padding
dx_rot180 = sum(by_rot180(each) for each in range(len(w)))
"""


def head(
    spot: Spot, file_name: str, names: Sequence[str], places: Sequence[str], *more: str
) -> tuple[str, ...]:
    """The first parts: the tensors `names`, what is picked of them ("ij" is the window at (i, j)),
    and the geometry with `more` that follows from it."""
    view, geometry = spot.view, spot.geometry
    picked = [f"n, c, f = {view.n}, {view.c}, {view.f}  # $picked_ncf"]
    for letters in places:
        here = ", ".join(str(getattr(view, letter)) for letter in letters)
        picked.append(f"{', '.join(letters)} = {here}  # $picked_{letters}")
    tensors = arrays(spot.bundle, names)
    return (
        IMPORT,
        tensor_lines(tensors, file_name, "np.array({})", "{}"),
        "\n".join(picked),
        _one_group(spot, names) if geometry.groups > 1 else "",
        geometry_lines(geometry, *more),
    )


def geometry_lines(geometry: Geometry, *more: str) -> str:
    """The geometry in numbers, and `more` that follows from it."""
    given = {
        "stride": geometry.stride,
        "dilation": geometry.dilation,
        "input": geometry.input_size[2:],
        "kernel": geometry.kernel,
    }
    return "\n".join([Template(_GEOMETRY.strip()).safe_substitute(given), *more])


def _one_group(spot: Spot, names: Sequence[str]) -> str:
    """Takes the group on screen out of the tensors, and finds c and f in it."""
    view, geometry = spot.view, spot.geometry
    per_group = geometry.weight_size[0] // geometry.groups
    lines = [f"groups, g = {geometry.groups}, {view.f // per_group}  # $one_group"]
    for name in names:
        axis = ", axis=1" if name in {"x", "top_diff"} else ""
        lines.append(f"{name} = np.split({name}, groups{axis})[g]")
    lines.append(f"c, f = {spot.kernel_channel}, {view.f % per_group}  # $in_group")
    return "\n".join(lines)
