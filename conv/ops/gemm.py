"""The fast engine: every pass as a few matrix products."""

from __future__ import annotations

import numpy as np

from .geometry import Geometry
from .textbook import Array, crop, pad


def output_gemm(x: Array, weight: Array, bias: Array, geometry: Geometry) -> Array:
    """out (N, F, OH, OW)."""
    (n, _, _, _), (_, f, oh, ow) = geometry.input_size, geometry.output_size
    columns = _columns(x, geometry)
    kernels = weight.reshape(geometry.groups, f // geometry.groups, -1)
    out: Array = np.matmul(kernels, columns).reshape(n, f, oh, ow)
    out += bias[:, None, None]
    return out


def weight_gemm(x: Array, grad_output: Array, geometry: Geometry) -> Array:
    """dw (F, C/groups, KH, KW)."""
    n, f, oh, ow = geometry.output_size
    g = grad_output.reshape(n, geometry.groups, f // geometry.groups, oh * ow)
    products = np.matmul(g, _columns(x, geometry).swapaxes(2, 3))
    dw: Array = products.sum(axis=0)
    return dw.reshape(geometry.weight_size)


def input_gemm(weight: Array, grad_output: Array, geometry: Geometry) -> Array:
    """dx (N, C, H, W)."""
    n, f, oh, ow = geometry.output_size
    c, (kh, kw) = geometry.input_size[1], geometry.kernel
    g = grad_output.reshape(n, geometry.groups, f // geometry.groups, oh * ow)
    kernels = weight.reshape(geometry.groups, f // geometry.groups, -1)
    columns = np.matmul(kernels.swapaxes(1, 2), g).reshape(n, c, kh, kw, oh, ow)
    dx_pad = np.zeros((n, c, *geometry.padded_size), weight.dtype)
    (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
    for m, k in np.ndindex(kh, kw):
        rows = slice(m * dh, m * dh + (oh - 1) * sh + 1, sh)
        cols = slice(k * dw, k * dw + (ow - 1) * sw + 1, sw)
        dx_pad[:, :, rows, cols] += columns[:, :, m, k]
    return crop(dx_pad, geometry)


def _columns(x: Array, geometry: Geometry) -> Array:
    """The patches as columns (N, groups, C/groups*KH*KW, OH*OW)."""
    n, c, _, _ = geometry.input_size
    _, _, oh, ow = geometry.output_size
    (kh, kw), (sh, sw), (dh, dw) = geometry.kernel, geometry.stride, geometry.dilation
    x_pad = pad(x, geometry.padding)
    columns = np.empty((n, c, kh, kw, oh, ow), x.dtype)
    for m, k in np.ndindex(kh, kw):
        rows = slice(m * dh, m * dh + (oh - 1) * sh + 1, sh)
        cols = slice(k * dw, k * dw + (ow - 1) * sw + 1, sw)
        columns[:, :, m, k] = x_pad[:, :, rows, cols]
    return columns.reshape(n, geometry.groups, -1, oh * ow)
