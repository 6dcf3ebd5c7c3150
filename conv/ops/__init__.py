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
from .errors import ConvError
from .functional import conv2d, conv2d_bias, conv2d_input, conv2d_weight
from .geometry import Geometry
from .layer import ConvLayer
from .planes import Witnesses, input_witnesses, weight_witnesses
from .terms import Terms, input_counts, input_terms, weight_counts, weight_terms

__all__ = [
    "ConvError",
    "ConvLayer",
    "Difference",
    "Geometry",
    "Terms",
    "Witness",
    "Witnesses",
    "central_difference",
    "conv2d",
    "conv2d_bias",
    "conv2d_input",
    "conv2d_weight",
    "difference",
    "input_counts",
    "input_terms",
    "input_witness",
    "input_witnesses",
    "numeric_gradient",
    "weight_counts",
    "weight_terms",
    "weight_witness",
    "weight_witnesses",
]
