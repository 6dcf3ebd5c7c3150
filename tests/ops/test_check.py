"""The central difference against the gradients, and against gradients that are wrong."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from conv import conv2d, conv2d_input, conv2d_weight
from conv.ops import central_difference, difference
from conv.ops.textbook import rot180

from .grid import GRID, Case, tensors
from .methods import METHODS, run
from .oracle import convolution, magnitudes

WRT = {"dx": "input", "dw": "weight", "db": "bias"}
SAMPLE = [
    *(Case((2, 3, 6, 5), (2, 3, 3, 2), (s, s), (p, p), (1, 1), 1) for s in (1, 2) for p in (0, 1)),
    Case((1, 4, 7, 8), (6, 2, 3, 2), (2, 3), (3, 0), (1, 2), 2),
    Case((2, 3, 5, 5), (6, 1, 2, 3), (3, 1), (0, 4), (2, 1), 3),
    *GRID[::97],
]


def some_cells(rng, shape, count=4):
    return [tuple(int(rng.integers(size)) for size in shape) for _ in range(count)]


@pytest.mark.parametrize("case", SAMPLE, ids=str)
@pytest.mark.parametrize(("result", "method"), [m for m in METHODS if m[0] in WRT])
def test_gradients(case, result, method):
    data = tensors(case, 9)
    rng = np.random.default_rng(10)
    gradient = run(result, method, *data, **case.parameters)
    size = magnitudes(*data, **case.parameters)[result]
    for cell in some_cells(rng, gradient.shape):
        number = central_difference(WRT[result], cell, *data, **case.parameters)
        assert number == pytest.approx(gradient[cell], rel=1e-10, abs=1e-13 * size[cell])


@pytest.mark.parametrize("scale", [1e-9, 1, 1e6])
@pytest.mark.parametrize("offset", [0, 300])
def test_every_cell_whatever_the_sizes(scale, offset):
    """The notebook's numbers: inputs of some hundreds, gradients of 1e-9."""
    case = SAMPLE[0]
    x, w, b, g = tensors(case, 11)
    data = x + offset, w, b, g * scale
    expected = convolution(*data, **case.parameters)
    size = magnitudes(*data, **case.parameters)
    for result, wrt in WRT.items():
        for cell in np.ndindex(expected[result].shape):
            number = central_difference(wrt, cell, *data, **case.parameters)
            bound = 1e-12 * size[result][cell]
            assert number == pytest.approx(expected[result][cell], rel=1e-9, abs=bound)


@pytest.mark.parametrize("step", [1e-3, 0.1, 8.0])
def test_the_step_changes_only_the_rounding(step):
    case = SAMPLE[4]
    data = tensors(case, 12)
    for result, wrt in WRT.items():
        expected = convolution(*data, **case.parameters)[result]
        for cell in some_cells(np.random.default_rng(13), expected.shape):
            number = central_difference(wrt, cell, *data, step=step, **case.parameters)
            assert number == pytest.approx(expected[cell], rel=1e-9, abs=1e-11)


def test_without_a_bias_and_for_zeros_whole_numbers_and_float32():
    case = SAMPLE[2]
    x, w, _, g = tensors(case, 14)
    x, g = np.round(9 * x).astype(int), np.round(9 * g).astype(np.float32)
    expected = convolution(x, w, np.zeros(2), g, **case.parameters)
    cell = (1, 2, 3, 4)
    for tensor in (x, np.zeros_like(x)):
        number = central_difference("input", cell, tensor, w, None, g, **case.parameters)
        assert number == pytest.approx(expected["dx"][cell], rel=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_passes_through(value):
    case = SAMPLE[0]
    x, w, b, g = tensors(case, 17)
    x[0, 0, 0, 0] = value
    with np.errstate(invalid="ignore"):
        assert np.isnan(central_difference("input", (1, 0, 3, 3), x, w, b, g, **case.parameters))


WRONG_DX = {
    "kernel not rotated": lambda x, w, g: conv2d_input(x.shape, rot180(w), g),
    "rows and columns exchanged": lambda x, w, g: conv2d_input(
        x.shape, w.swapaxes(2, 3), g.swapaxes(2, 3)
    ),
    "grad_output upside down": lambda x, w, g: conv2d_input(x.shape, w, g[:, :, ::-1]),
    "filters in the wrong order": lambda x, w, g: conv2d_input(x.shape, w[::-1], g),
}
WRONG_DW = {
    "operands exchanged": lambda x, w, g: rot180(conv2d_weight(x, w.shape, g)),
    "stride forgotten": lambda x, w, g: conv2d_weight(np.roll(x, 1, 2), w.shape, g),
    "one item too few": lambda x, w, g: conv2d_weight(x[:1], w.shape, g[:1]),
}


@pytest.mark.parametrize(
    ("wrt", "wrong"),
    [
        *(("input", fault) for fault in WRONG_DX.values()),
        *(("weight", fault) for fault in WRONG_DW.values()),
    ],
    ids=[*WRONG_DX, *WRONG_DW],
)
def test_wrong_gradients_are_caught(wrt, wrong):
    case = Case((2, 3, 5, 5), (2, 3, 3, 3), (1, 1), (0, 0), (1, 1), 1)
    x, w, b, g = tensors(case, 15)
    right = {"input": conv2d_input(x.shape, w, g), "weight": conv2d_weight(x, w.shape, g)}[wrt]
    gradient = wrong(x, w, g)
    assert gradient.shape == right.shape
    caught = 0
    for cell in np.ndindex(right.shape):
        number = central_difference(wrt, cell, x, w, b, g)
        assert number == pytest.approx(right[cell], rel=1e-11, abs=1e-13)
        caught += abs(number - gradient[cell]) > 1e-3
    assert caught > 0.75 * right.size


def test_the_mean_would_not_have_caught_the_kernel_that_is_not_rotated():
    case = Case((2, 3, 5, 5), (2, 3, 3, 3), (1, 1), (0, 0), (1, 1), 1)
    x, w, _, g = tensors(case, 15)
    right, wrong = conv2d_input(x.shape, w, g), WRONG_DX["kernel not rotated"](x, w, g)
    assert wrong.mean() == pytest.approx(right.mean(), rel=1e-10)
    assert difference(right, wrong).relative > 0.5


def test_the_loss_is_that_of_the_operators():
    """One cell moved by hand, the loss summed by hand."""
    case = SAMPLE[4]
    x, w, b, g = tensors(case, 16)
    for place, (wrt, tensor) in enumerate({"input": x, "weight": w, "bias": b}.items()):
        cell = tuple(size - 1 for size in tensor.shape)
        losses = []
        for by in (0.5, -0.5):
            moved = [x, w, b]
            moved[place] = tensor.copy()
            moved[place][cell] += by
            losses.append(np.sum(conv2d(*moved, **case.parameters) * g))
        number = central_difference(wrt, cell, x, w, b, g, **case.parameters)
        assert number == pytest.approx(losses[0] - losses[1], rel=1e-9, abs=1e-11)


@pytest.mark.parametrize(
    ("a", "b", "absolute", "relative"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0, 0),
        ([0.0, 0.0], [0.0, 0.0], 0, 0),
        ([1.0, 100.0], [1.5, 100.0], 0.5, 1 / 3),
        ([1.0, 0.0], [1.0, -1e-9], 1e-9, 1),
        ([-4.0, 100.0], [4.0, 110.0], 10, 2),
        ([1e-9, 5.0], [3e-9, 5.0], 2e-9, 2 / 3),
    ],
)
def test_difference(a, b, absolute, relative):
    for one, other in itertools.permutations((np.array(a), np.array(b))):
        found = difference(one, other)
        assert found.absolute == pytest.approx(absolute, rel=1e-15, abs=0)
        assert found.relative == pytest.approx(relative, rel=1e-15, abs=0)
