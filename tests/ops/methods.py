"""Every method of the package by the name of its result."""

from __future__ import annotations

from conv import conv2d, conv2d_bias, conv2d_input, conv2d_weight

METHODS = (
    ("out", "gemm"),
    ("out", "loops"),
    ("dw", "gemm"),
    ("dw", "patches"),
    ("dw", "correlate"),
    ("dx", "gemm"),
    ("dx", "scatter"),
    ("dx", "rot180"),
    ("db", "sum"),
)


def run(result, method, x, w, b, g, **parameters):
    """out, dw, dx or db by one method, for the tensors of one convolution."""
    if result == "out":
        return conv2d(x, w, b, **parameters, method=method)
    if result == "dw":
        return conv2d_weight(x, w.shape, g, **parameters, method=method)
    if result == "dx":
        return conv2d_input(x.shape, w, g, **parameters, method=method)
    return conv2d_bias(g)
