"""The convolution layer: geometry, both methods of each gradient, the fast engine, the checks."""

from .check import Difference, central_difference, difference
from .errors import ConvError
from .functional import conv2d, conv2d_bias, conv2d_input, conv2d_weight
from .geometry import Geometry
from .layer import ConvLayer

__all__ = [
    "ConvError",
    "ConvLayer",
    "Difference",
    "Geometry",
    "central_difference",
    "conv2d",
    "conv2d_bias",
    "conv2d_input",
    "conv2d_weight",
    "difference",
]
