"""Convolution both ways: a convolution layer, forward and backward, by more than one method."""

from .ops import ConvError, ConvLayer, Geometry, conv2d, conv2d_bias, conv2d_input, conv2d_weight

__all__ = [
    "ConvError",
    "ConvLayer",
    "Geometry",
    "conv2d",
    "conv2d_bias",
    "conv2d_input",
    "conv2d_weight",
]
