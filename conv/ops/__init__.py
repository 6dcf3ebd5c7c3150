"""The convolution layer: geometry, both methods of each gradient, the fast engine, the checks."""

from .check import (
    Difference,
    Witness,
    central_difference,
    difference,
    input_witness,
    numeric_gradient,
    weight_witness,
)
from .conv_layer import ConvLayer
from .errors import ConvError
from .functional import conv2d, conv2d_bias, conv2d_input, conv2d_weight
from .geometry import Geometry
from .planes import Witnesses, input_witnesses, weight_witnesses
from .products import CellProducts, input_counts, input_products, weight_counts, weight_products

__all__ = [
    "CellProducts",
    "ConvError",
    "ConvLayer",
    "Difference",
    "Geometry",
    "Witness",
    "Witnesses",
    "central_difference",
    "conv2d",
    "conv2d_bias",
    "conv2d_input",
    "conv2d_weight",
    "difference",
    "input_counts",
    "input_products",
    "input_witness",
    "input_witnesses",
    "numeric_gradient",
    "weight_counts",
    "weight_products",
    "weight_witness",
    "weight_witnesses",
]
