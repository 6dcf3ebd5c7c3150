"""NaN and infinity at stride 1, where the fast engine puts zeros that belong to no product."""

import itertools

import numpy as np
import pytest

from .grid import Case, tensors
from .methods import run
from .oracle import assert_cells, convolution, magnitudes

DRAWS = 8  # cells of each operand
CASES = [
    Case((2, 4, 6, 5), (6, 2, 3, 2), (1, 1), padding, dilation, 2)
    for padding, dilation in [
        ((0, 0), (1, 1)),
        ((1, 2), (1, 1)),
        ((3, 0), (2, 3)),
        ((0, 2, 3, 1), (1, 1)),
    ]
]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"padding {case.padding}")
def test_what_is_not_finite_goes_where_it_is_multiplied_and_nowhere_else(case, value):
    rng, spread = np.random.default_rng(7), 0
    for _, operand, result in itertools.product(range(DRAWS), (0, 1, 3), ("out", "dw", "dx")):
        data = tensors(case, 3)
        data[operand].flat[rng.integers(data[operand].size)] = value
        with np.errstate(all="ignore"):
            actual = run(result, "gemm", *data, **case.parameters)
        expected = convolution(*data, **case.parameters)[result]
        assert_cells(actual, expected, magnitudes(*data, **case.parameters)[result])
        spread += not np.isfinite(expected).all()
    # Each result depends on two of the three; a cell may meet the padding alone.
    assert 5 * DRAWS <= spread <= 6 * DRAWS
