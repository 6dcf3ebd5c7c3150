"""The products of a cell, one by one, against plain loops in the order of both methods."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from conv import ConvError, Geometry
from conv.ops import input_products, weight_products

from ..pads import origin_of
from .grid import GRID, UNEVEN, Case, tensors
from .methods import METHODS, run
from .oracle import assert_cells, convolution, magnitudes

CASES = [
    Case((2, 2, 4, 5), (3, 2, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    Case((3, 1, 6, 5), (2, 1, 2, 3), (2, 2), (0, 0), (1, 1), 1),
    Case((2, 2, 8, 7), (2, 2, 3, 2), (3, 2), (0, 1), (1, 1), 1),
    Case((2, 1, 3, 4), (2, 1, 2, 2), (1, 2), (4, 3), (1, 1), 1),
    Case((1, 2, 7, 6), (2, 2, 3, 2), (2, 1), (1, 2), (2, 3), 1),
    Case((2, 4, 5, 4), (6, 2, 2, 3), (2, 1), (1, 2), (1, 2), 2),
    Case((2, 3, 4, 5), (6, 1, 3, 2), (1, 3), (0, 5), (1, 1), 3),
    Case((2, 3, 4, 5), (2, 3, 1, 1), (2, 3), (0, 0), (1, 1), 1),
    Case((1, 2, 3, 3), (3, 2, 1, 4), (1, 1), (2, 3), (3, 1), 1),
    *GRID[::151],
    *UNEVEN[::73],
]
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def geometry_of(case):
    return Geometry(case.input_size, case.weight_size, **case.parameters)


def cells(size):
    return itertools.product(*map(range, size))


def weight_rows(case, x, g, cell):
    """n, i, j, row, column, p, q, left, top and step of every product, as patches takes them,
    and (n, i, j) of every one as correlation does."""
    f, c, m, k = cell
    items, filters, oh, ow = case.output_size
    channel = f // (filters // case.groups) * case.weight_size[1] + c
    rows = []
    step = 0
    for i in range(oh):
        for j in range(ow):
            step += 1
            for n in range(items):
                row = i * case.stride[0] + m * case.dilation[0]
                column = j * case.stride[1] + k * case.dilation[1]
                p, q = row - origin_of(case.padding)[0], column - origin_of(case.padding)[1]
                inside = 0 <= p < case.input_size[2] and 0 <= q < case.input_size[3]
                left = x[n, channel, p, q] if inside else 0.0
                rows.append((n, i, j, row, column, p, q, not inside, left, g[n, f, i, j], step))
    second = [(n, i, j) for n in range(items) for i in range(oh) for j in range(ow)]
    return rows, second


def input_rows(case, w, g, cell):
    """f, i, j, m, k, left, top and step of every product, as scatter takes them, and (f, i, j)
    of every one as rot180 does: the window of the padded top_diff, row by row, filter by filter."""
    n, c, p, q = cell
    _, filters, oh, ow = case.output_size
    _, per_group, kh, kw = case.weight_size
    group = c // per_group
    seeing = [f for f in range(filters) if f // (filters // case.groups) == group]
    rows = []
    step = 0
    for i in range(oh):
        for j in range(ow):
            step += 1
            for f in seeing:
                for m, k in itertools.product(range(kh), range(kw)):
                    row = i * case.stride[0] + m * case.dilation[0] - origin_of(case.padding)[0]
                    column = j * case.stride[1] + k * case.dilation[1] - origin_of(case.padding)[1]
                    if (row, column) == (p, q):
                        left = w[f, c - group * per_group, m, k]
                        rows.append((f, i, j, m, k, left, g[n, f, i, j], step))
    second = []
    for f in seeing:
        for a in range(kh):
            for b in range(kw):
                row = p + origin_of(case.padding)[0] + (a - kh + 1) * case.dilation[0]
                column = q + origin_of(case.padding)[1] + (b - kw + 1) * case.dilation[1]
                i, row_zeros = divmod(row, case.stride[0])
                j, column_zeros = divmod(column, case.stride[1])
                if not row_zeros and not column_zeros and 0 <= i < oh and 0 <= j < ow:
                    second.append((f, i, j))
    return rows, second


def running(products):
    sums, total = [], None
    for product in products:
        total = product if total is None else total + product
        sums.append(total)
    return sums


def check(terms, expected, second, names, step_second):
    """Every number of the terms against the rows of the loops."""
    *indices, left, top, step = zip(*expected, strict=True) if expected else [()] * (len(names) + 3)
    assert list(terms.indices) == names
    for name, values in zip(names, indices, strict=True):
        assert terms.indices[name].dtype.kind == "i"
        assert terms.indices[name].tolist() == list(values), name
    assert terms.left.tolist() == list(left)
    assert terms.grad_output.tolist() == list(top)
    products = [a * b for a, b in zip(left, top, strict=True)]
    assert terms.products.tolist() == products
    assert terms.step_first.tolist() == list(step)
    assert terms.step_second.tolist() == [step_second] * len(products)
    keys = list(zip(*indices[:3], strict=True))
    assert sorted(keys) == sorted(second)
    assert terms.order.tolist() == [second.index(key) for key in keys]
    assert terms.running_first.tolist() == running(products)
    assert terms.running_second.tolist() == running([products[keys.index(key)] for key in second])


@every_case
def test_every_product_of_every_cell_of_dw(case):
    x, _, _, g = tensors(case, 21)
    geometry = geometry_of(case)
    names = ["n", "i", "j", "row", "column", "p", "q"]
    for cell in cells(case.weight_size):
        terms = weight_products(x, g, geometry, cell)
        rows, second = weight_rows(case, x, g, cell)
        assert terms.is_padding.tolist() == [row[7] for row in rows]
        rows = [row[:7] + row[8:] for row in rows]
        step = list(np.ndindex(*case.weight_size[2:])).index(cell[2:]) + 1
        check(terms, rows, second, names, step)


@every_case
def test_every_product_of_every_cell_of_dx(case):
    _, w, _, g = tensors(case, 22)
    geometry = geometry_of(case)
    for cell in cells(case.input_size):
        terms = input_products(w, g, geometry, cell)
        rows, second = input_rows(case, w, g, cell)
        step = list(np.ndindex(*case.input_size[2:])).index(cell[2:]) + 1
        check(terms, rows, second, ["f", "i", "j", "m", "k"], step)
        assert terms.is_padding.tolist() == [False] * len(rows)


def last(sums):
    return sums[-1] if len(sums) else 0.0


@every_case
@pytest.mark.parametrize("result", ["dw", "dx"])
def test_the_products_add_up_to_the_cell(case, result):
    data = x, w, _, g = tensors(case, 23)
    geometry = geometry_of(case)
    if result == "dw":
        terms = [weight_products(x, g, geometry, cell) for cell in cells(w.shape)]
    else:
        terms = [input_products(w, g, geometry, cell) for cell in cells(x.shape)]
    expected = convolution(*data, **case.parameters)[result]
    size = magnitudes(*data, **case.parameters)[result]
    for name in ("running_first", "running_second"):
        sums = np.array([last(getattr(cell, name)) for cell in terms]).reshape(expected.shape)
        assert_cells(sums, expected, size)
        for method in (m for r, m in METHODS if r == result):
            assert_cells(sums, run(result, method, *data, **case.parameters), size)


@every_case
def test_after_a_step_of_the_first_method_the_later_output_cells_are_missing(case):
    x, w, b, g = tensors(case, 24)
    geometry = geometry_of(case)
    oh, ow = g.shape[2:]
    for steps in {1, oh * ow // 2, oh * ow - 1} - {0}:
        until = g.copy()
        until.reshape(*g.shape[:2], -1)[:, :, steps:] = 0
        expected = convolution(x, w, b, until, **case.parameters)
        size = magnitudes(x, w, b, g, **case.parameters)
        for result, products_of, left in (("dw", weight_products, x), ("dx", input_products, w)):
            found = np.zeros_like(expected[result])
            for cell in cells(found.shape):
                terms = products_of(left, g, geometry, cell)
                found[cell] = terms.products[terms.step_first <= steps].sum()
            assert_cells(found, expected[result], size[result])


def test_a_row_left_over_has_no_product():
    case = Case((1, 1, 4, 4), (2, 1, 1, 1), (3, 3), (0, 0), (1, 1), 1)
    _, w, _, g = tensors(case, 25)
    terms = input_products(w, g, geometry_of(case), (0, 0, 2, 3))
    arrays = [*terms.indices.values(), terms.left, terms.products, terms.order, terms.step_first]
    arrays += [terms.step_second, terms.running_first, terms.running_second, terms.is_padding]
    assert [array.shape for array in arrays] == [(0,)] * len(arrays)
    assert terms.products.sum() == 0


def test_float32_stays():
    case = CASES[0]
    x, w, _, g = (tensor.astype(np.float32) for tensor in tensors(case, 26))
    for terms in (
        weight_products(x, g, geometry_of(case), (2, 1, 0, 2)),
        input_products(w, g, geometry_of(case), (1, 1, 3, 2)),
    ):
        for array in (terms.left, terms.products, terms.running_first, terms.running_second):
            assert array.dtype == np.float32


def test_a_padding_zero_is_a_number():
    case = CASES[0]
    x, _, _, g = tensors(case, 27)
    g[1, 2, 0, 0], g[0, 2, 0, 1], g[0, 2, 0, 3] = np.inf, -1e308, -1e308
    x[:, 1] = 1e308
    terms = weight_products(x, g, geometry_of(case), (2, 1, 0, 0))
    expected = [n == 1 and i == j == 0 for i, j, n in np.ndindex(4, 5, 2)]
    assert np.isnan(terms.products).tolist() == expected
    assert np.isnan(terms.running_first).tolist() == [False] + [True] * 39


def test_sums_that_overflow():
    case = Case((1, 1, 1, 3), (1, 1, 1, 1), (1, 1), (0, 0), (1, 1), 1)
    x, g = np.array([[[[1e200, 1e200, -1e300]]]]), np.array([[[[1e108, 1e108, 1e300]]]])
    terms = weight_products(x, g, geometry_of(case), (0, 0, 0, 0))
    assert terms.products.tolist() == [1e308, 1e308, -np.inf]
    assert str(terms.running_first.tolist()) == "[1e+308, inf, nan]"


@pytest.mark.parametrize(
    "cell", [(0, 0, 0), (3, 0, 0, 0), (0, 2, 0, 0), (0, 0, -1, 0), (0, 0, 0, 9), 5, "cell", None]
)
def test_a_cell_that_is_not_there(cell):
    case = CASES[0]
    x, w, _, g = tensors(case, 28)
    with pytest.raises(ConvError, match=r"cell must name a cell of dw \(3, 2, 3, 3\), got "):
        weight_products(x, g, geometry_of(case), cell)
    with pytest.raises(ConvError, match=r"cell must name a cell of dx \(2, 2, 4, 5\), got "):
        input_products(w, g, geometry_of(case), cell)
