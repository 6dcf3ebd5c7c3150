"""The comparison of the methods with one another and with central differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from conv import Geometry
from conv.ops import agreement

from .grid import GRID, Case, tensors

CASE = Case((2, 4, 5, 6), (6, 2, 3, 2), (2, 1), (1, 0), (1, 2), 2)
GEOMETRY = Geometry(CASE.input_size, CASE.weight_size, **CASE.parameters)
PAIRS = [
    ("output", "loops", "gemm"),
    ("dw", "patches", "correlate"),
    ("dw", "patches", "gemm"),
    ("dw", "correlate", "gemm"),
    ("dx", "scatter", "rot180"),
    ("dx", "scatter", "gemm"),
    ("dx", "rot180", "gemm"),
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


@pytest.mark.parametrize("case", [CASE, *GRID[::200]], ids=str)
def test_the_methods_agree(case):
    geometry = Geometry(case.input_size, case.weight_size, **case.parameters)
    found = agreement.compare_methods(*tensors(case, 18), geometry)
    assert [(one.tensor, one.first, one.second) for one in found] == PAIRS
    sizes = {"output": case.output_size, "dw": case.weight_size, "dx": case.input_size}
    for one in found:
        assert one.agree
        assert one.cells == math.prod(sizes[one.tensor])


@pytest.mark.parametrize(("tensor", "first", "second"), PAIRS)
def test_one_wrong_cell_is_told(monkeypatch, tensor, first, second):
    name = OPERATORS[tensor]
    wrong = off_in_one_cell(getattr(agreement, name), 1e-6, first)
    monkeypatch.setattr(agreement, name, wrong)
    found = agreement.compare_methods(*tensors(CASE, 18), GEOMETRY)
    told = {(one.tensor, one.first, one.second) for one in found if not one.agree}
    assert told == {pair for pair in PAIRS if pair[0] == tensor and first in pair[1:]}
    (one,) = (
        one for one in found if (one.tensor, one.first, one.second) == (tensor, first, second)
    )
    assert one.difference.relative == pytest.approx(1e-6, rel=1e-3)


@pytest.mark.parametrize("case", [CASE, *GRID[::200]], ids=str)
def test_the_gradients_agree_with_central_differences(case):
    geometry = Geometry(case.input_size, case.weight_size, **case.parameters)
    found = agreement.compare_numeric(*tensors(case, 19), geometry, 5)
    assert [one.tensor for one in found] == ["dw", "db", "dx"]
    sizes = {"dw": case.weight_size, "db": case.weight_size[:1], "dx": case.input_size}
    for one in found:
        assert one.agree
        assert one.cells == min(5, math.prod(sizes[one.tensor]))


@pytest.mark.parametrize("tensor", ["dw", "db", "dx"])
def test_one_wrong_cell_is_told_by_central_differences(monkeypatch, tensor):
    name = OPERATORS[tensor]
    wrong = off_in_one_cell(getattr(agreement, name), 1e-3, "gemm")
    monkeypatch.setattr(agreement, name, wrong)
    found = agreement.compare_numeric(*tensors(CASE, 19), GEOMETRY, 1000)
    assert [one.tensor for one in found if not one.agree] == [tensor]
