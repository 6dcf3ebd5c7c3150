"""The witnesses and the counts of a whole plane, against those of its cells one by one."""

from __future__ import annotations

import numpy as np
import pytest

from conv import Geometry
from conv.ops import (
    input_counts,
    input_products,
    input_witness,
    input_witnesses,
    weight_counts,
    weight_products,
    weight_witness,
    weight_witnesses,
)

from ..cases import in_turn
from .grid import GRID, Case, tensors
from .oracle import convolution

CASES = [
    Case((2, 3, 6, 5), (2, 3, 3, 2), (1, 1), (1, 1), (1, 1), 1),
    Case((2, 3, 7, 6), (3, 3, 3, 3), (2, 2), (2, 2), (1, 1), 1),
    Case((2, 2, 9, 8), (2, 2, 3, 3), (1, 1), (2, 2), (2, 2), 1),
    Case((1, 4, 7, 8), (6, 2, 3, 2), (2, 3), (3, 0), (1, 2), 2),
    Case((2, 3, 5, 5), (6, 1, 2, 3), (3, 1), (0, 4), (2, 1), 3),
    Case((1, 2, 5, 6), (3, 2, 1, 2), (3, 4), (1, 2), (1, 1), 1),
    Case((1, 2, 3, 3), (2, 2, 3, 3), (1, 1), (5, 8), (1, 3), 1),
    Case((1, 4, 7, 8), (6, 2, 3, 2), (2, 3), (3, 0, 0, 2), (1, 2), 2),
    Case((2, 2, 5, 6), (2, 2, 3, 3), (1, 2), (0, 3, 5, 1), (2, 1), 1),
    *GRID[::83],
]
every_case = in_turn("case", CASES)


def layer(case, seed):
    """The layer's data, with zeros as a ReLU leaves them, and its geometry."""
    x, w, b, g = tensors(case, seed)
    rng = np.random.default_rng(seed)
    x, g = (tensor * (rng.random(tensor.shape) < 0.6) for tensor in (x, g))
    return (600 * x, w, b, 1e-3 * g), Geometry(x.shape, w.shape, **case.parameters)


def planes(case, seed):
    """The last plane of w and that of x: where it is, and the functions for it and for a cell."""
    (x, w, b, g), geometry = layer(case, seed)
    last_w, last_x = (len(w) - 1, w.shape[1] - 1), (len(x) - 1, x.shape[1] - 1)
    yield last_w, weight_witnesses, weight_witness, (x, w, b, g, geometry), "dw"
    yield last_x, input_witnesses, input_witness, (x, w, b, g, geometry), "dx"


@every_case
def test_a_plane_has_the_witness_of_every_cell(case):
    for plane, of_plane, of_cell, data, _ in planes(case, 31):
        found = of_plane(*data, *plane)
        for at in np.ndindex(found.value.shape):
            one = of_cell(*data, (*plane, *at))
            assert found.step == one.step
            # Both are within their bounds of the gradient, each with roundings of its own.
            assert abs(found.value[at] - one.value) <= 2 * one.error
            assert found.error[at] == pytest.approx(one.error, rel=1e-9, abs=0)
            assert (found.value[at] == 0) == (one.value == 0)
            near = {type(one)(one.value, 1.0, one.error * by).digits for by in (0.999999, 1.000001)}
            assert found.digits[at] in near


@every_case
def test_a_plane_is_the_gradient_within_its_error(case):
    for plane, of_plane, _, data, name in planes(case, 32):
        found = of_plane(*data, *plane)
        expected = convolution(*data[:4], **case.parameters)[name][plane]
        size = np.abs(expected).max()
        assert (np.abs(found.value - expected) <= found.error + 1e-14 * size).all()


@every_case
def test_the_products_of_every_cell_are_counted(case):
    (x, w, _, g), geometry = layer(case, 33)
    f, own, n, c = len(w) - 1, w.shape[1] - 1, len(x) - 1, x.shape[1] - 1
    for counts, terms, left, plane in (
        (weight_counts(x, g, geometry, f, own), weight_products, x, (f, own)),
        (input_counts(w, g, geometry, n, c), input_products, w, (n, c)),
    ):
        products, nonzero = counts
        for at in np.ndindex(products.shape):
            found = terms(left, g, geometry, (*plane, *at)).products
            assert (products[at], nonzero[at]) == (found.size, np.count_nonzero(found))


def test_a_wrong_gradient_is_told_from_the_witness():
    """The plane is worked out from the outputs: no gradient takes part that could be wrong."""
    case = CASES[0]
    (x, w, b, g), geometry = layer(case, 34)
    right = convolution(x, w, b, g, **case.parameters)
    for found, gradient in (
        (weight_witnesses(x, w, b, g, geometry, 1, 2), right["dw"][1, 2]),
        (input_witnesses(x, w, b, g, geometry, 1, 2), right["dx"][1, 2]),
    ):
        wrong = gradient[::-1, ::-1]
        assert (np.abs(found.value - wrong) > found.error).mean() > 0.5


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_has_no_digit(value):
    case = CASES[0]
    (x, w, b, g), geometry = layer(case, 35)
    x[1, 0, 2, 2] = value
    found = input_witnesses(x, w, b, g, geometry, 1, 2)
    met = found.error == np.inf
    assert met[2, 2]
    assert not found.digits[met].any()
