"""The comparison of the methods with one another and with central differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from conv import Geometry
from conv.ops import agreement

from .grid import GRID, MIXED, UNEVEN, tensors

GEOMETRY = Geometry(MIXED.input_size, MIXED.weight_size, **MIXED.parameters)
PAIRS = [
    ("output", "loops", "gemm"),
    ("dw", "patches", "correlate"),
    ("dw", "patches", "gemm"),
    ("dw", "correlate", "gemm"),
    ("dx", "scatter", "rot180"),
    ("dx", "scatter", "gemm"),
    ("dx", "rot180", "gemm"),
]
NUMERIC = [
    *(("dw", method, "central") for method in ("patches", "correlate", "gemm")),
    ("db", "sum", "central"),
    *(("dx", method, "central") for method in ("scatter", "rot180", "gemm")),
]
OPERATORS = {"output": "conv2d", "dw": "conv2d_weight", "dx": "conv2d_input", "db": "conv2d_bias"}


def off_in_one_cell(operator, share, method):
    """The operator, wrong by a share of one cell's value when run by one method."""

    def wrong(*arguments, **options):
        result = operator(*arguments, **options)
        if options.get("method", "gemm") == method and not is_magnitude(arguments):
            result.flat[-1] *= 1 + share
        return result

    return wrong


def is_magnitude(arguments):
    arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    return all(np.all(array >= 0) for array in arrays)


def verdicts(found):
    return {(one.tensor, one.first, one.second): one.agree for one in found}


@pytest.mark.parametrize("case", [MIXED, *GRID[::200], *UNEVEN[::100]], ids=str)
def test_all_agree(case):
    geometry = Geometry(case.input_size, case.weight_size, **case.parameters)
    found = agreement.compare_methods(*tensors(case, 18), geometry, 5)
    assert list(verdicts(found)) == PAIRS + NUMERIC
    sizes = {
        "output": case.output_size,
        "dw": case.weight_size,
        "db": case.weight_size[:1],
        "dx": case.input_size,
    }
    for one in found:
        cells = math.prod(sizes[one.tensor])
        assert one.agree
        assert one.cells == (min(5, cells) if one.second == "central" else cells)


@pytest.mark.parametrize(
    ("tensor", "method"),
    [
        ("output", "loops"),
        ("output", "gemm"),
        *((tensor, method) for tensor, method, _ in NUMERIC if tensor != "db"),
    ],
)
def test_one_wrong_cell_is_told(monkeypatch, tensor, method):
    name = OPERATORS[tensor]
    monkeypatch.setattr(agreement, name, off_in_one_cell(getattr(agreement, name), 1e-3, method))
    found = agreement.compare_methods(*tensors(MIXED, 18), GEOMETRY, 1000)
    told = {key for key, agrees in verdicts(found).items() if not agrees}
    assert told == {key for key in PAIRS + NUMERIC if key[0] == tensor and method in key[1:]}
    pair = next(one for one in found if one.tensor == tensor and method in (one.first, one.second))
    assert pair.difference.relative == pytest.approx(1e-3, rel=1e-2)


def test_a_wrong_bias_gradient_is_told(monkeypatch):
    wrong = off_in_one_cell(agreement.conv2d_bias, 1e-3, "gemm")
    monkeypatch.setattr(agreement, "conv2d_bias", wrong)
    found = agreement.compare_methods(*tensors(MIXED, 18), GEOMETRY, 1000)
    assert [key for key, agrees in verdicts(found).items() if not agrees] == [NUMERIC[3]]
