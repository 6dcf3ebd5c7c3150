"""The layer and its gradients as their definitions read, forward and backward side by side.

Shapes are those of `Geometry`; the arguments are checked and of one float dtype. The zeros of
pad(x) are numbers like others: 0 * inf is NaN there. The zeros that the second methods put
between and around the cells of grad_output belong to no product, so they take no part in a sum.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .geometry import Geometry, Pads

Array = NDArray[np.floating]
Scalar = TypeVar("Scalar", bound=np.generic)


def pad(x: Array, pads: Pads) -> Array:
    """x (..., H, W) with rows of zeros above and below, and columns left and right."""
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [*pads])


def windows(x_pad: Array, geometry: Geometry) -> Array:
    """The windows of a padded input (..., HP, WP), which are views of it (..., OH, OW, KH, KW)."""
    (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
    every_window = sliding_window_view(x_pad, geometry.extent, axis=(-2, -1))
    return every_window[..., ::sh, ::sw, ::dh, ::dw]


def insert_zeros(grad_output: Array, geometry: Geometry) -> tuple[Array, NDArray[np.bool_]]:
    """grad_output (N, F, OH, OW) with stride - 1 zeros between its cells, and which are cells."""
    n, f, _, _ = grad_output.shape
    (sh, sw), size = geometry.stride, geometry.upsampled_size
    spread = np.zeros((n, f, *size), grad_output.dtype)
    spread[:, :, ::sh, ::sw] = grad_output
    is_cell = np.zeros(size, bool)
    is_cell[::sh, ::sw] = True
    return spread, is_cell


def full_padding(spread: NDArray[Scalar], geometry: Geometry) -> NDArray[Scalar]:
    """`spread` (..., UH, UW) with the rows and columns left over appended, then K - 1 all round."""
    borders = [axis.full_border for axis in geometry.axes]
    return np.pad(spread, [(0, 0)] * (spread.ndim - 2) + borders)


def rot180(weight: Array) -> Array:
    """The kernels (..., KH, KW) rotated by 180 degrees: both axes reversed."""
    return weight[..., ::-1, ::-1]


def output_loops(x: Array, weight: Array, bias: Array, geometry: Geometry) -> Array:
    """out[n, f, i, j] = b[f] + sum of patch(n, i, j) * w[f]. Source: the notebook, 2.1."""
    x_pad = pad(x, geometry.pads)
    out = np.zeros(geometry.output_size, x.dtype)
    for i, j in geometry.output_cells():
        patch = x_pad[:, :, *geometry.window(i, j)]
        for f in range(len(weight)):
            products = patch[:, geometry.channels_of(f)] * weight[f]
            out[:, f, i, j] = products.sum(axis=(1, 2, 3)) + bias[f]
    return out


def weight_patches(x: Array, grad_output: Array, geometry: Geometry) -> Array:
    """dw[f] += patch(n, i, j) * grad_output[n, f, i, j]. Source: the notebook, 3.1, method 1."""
    x_pad = pad(x, geometry.pads)
    dw = np.zeros(geometry.weight_size, x.dtype)
    for i, j in geometry.output_cells():
        patch = x_pad[:, :, *geometry.window(i, j)]
        for f in range(len(dw)):
            number = grad_output[:, f, i, j][:, None, None, None]
            dw[f] += (patch[:, geometry.channels_of(f)] * number).sum(axis=0)
    return dw


def weight_correlate(x: Array, grad_output: Array, geometry: Geometry) -> Array:
    """dw[f, c, m, n] in one go: pad(x), shifted by dilation * (m, n), times all of grad_output
    with its stride's zeros. Source: the notebook, 3.1, method 2."""
    x_pad = pad(x, geometry.pads)
    spread, is_cell = insert_zeros(grad_output, geometry)
    dw = np.zeros(geometry.weight_size, x.dtype)
    for m, n in np.ndindex(*geometry.kernel):
        view = x_pad[:, :, *geometry.shifted_view(m, n)]
        for f in range(len(dw)):
            products = view[:, geometry.channels_of(f)] * spread[:, f : f + 1]
            dw[f, :, m, n] = products.sum(axis=(0, 2, 3), where=is_cell)
    return dw


def input_scatter(weight: Array, grad_output: Array, geometry: Geometry) -> Array:
    """Adds w * grad_output[n, :, i, j] into the window of dx_pad. Source: the notebook, 3.2,
    method 1."""
    n, c, _, _ = geometry.input_size
    dx_pad = np.zeros((n, c, *geometry.padded_size), weight.dtype)
    for i, j in geometry.output_cells():
        window = dx_pad[:, :, *geometry.window(i, j)]
        for f in range(len(weight)):
            number = grad_output[:, f, i, j][:, None, None, None]
            window[:, geometry.channels_of(f)] += weight[f] * number
    return crop(dx_pad, geometry)


def input_rot180(weight: Array, grad_output: Array, geometry: Geometry) -> Array:
    """The full convolution: grad_output with its zeros, correlated with the rotated kernel whose
    in and out channels are swapped. Sampling the window every `dilation` cells is the same as
    dilating the kernel. Source: the notebook, 3.2, method 2."""
    spread, is_cell = insert_zeros(grad_output, geometry)
    spread, is_cell = full_padding(spread, geometry), full_padding(is_cell, geometry)
    rotated = rot180(weight)
    n, c, _, _ = geometry.input_size
    dx_pad = np.zeros((n, c, *geometry.padded_size), weight.dtype)
    for p, q in np.ndindex(*geometry.padded_size):
        window = geometry.full_window(p, q)
        for channel in range(c):
            filters = geometry.filters_of(channel)
            kernel = rotated[filters, channel % weight.shape[1]]
            products = spread[:, filters, *window] * kernel
            dx_pad[:, channel, p, q] = products.sum(axis=(1, 2, 3), where=is_cell[window])
    return crop(dx_pad, geometry)


def crop(dx_pad: Array, geometry: Geometry) -> Array:
    """dx_pad (..., HP, WP) without its padding."""
    return dx_pad[..., *geometry.inner].copy()
