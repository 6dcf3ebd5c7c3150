"""The central difference against the gradients, and against gradients that are wrong."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from conv import ConvError, Geometry, conv2d, conv2d_input, conv2d_weight
from conv.ops import (
    Witness,
    central_difference,
    difference,
    input_witness,
    numeric_gradient,
    weight_witness,
)
from conv.ops.textbook import rot180

from ..cases import in_turn
from ..pads import origin_of
from .grid import GRID, UNEVEN, Case, tensors
from .methods import METHODS, run
from .oracle import convolution, magnitudes

WRT = {"dx": "input", "dw": "weight", "db": "bias"}
SAMPLE = [
    *(Case((2, 3, 6, 5), (2, 3, 3, 2), (s, s), (p, p), (1, 1), 1) for s in (1, 2) for p in (0, 1)),
    Case((1, 4, 7, 8), (6, 2, 3, 2), (2, 3), (3, 0), (1, 2), 2),
    Case((2, 3, 5, 5), (6, 1, 2, 3), (3, 1), (0, 4), (2, 1), 3),
    *GRID[::97],
    *UNEVEN[::61],
]


def some_cells(rng, shape, count=4):
    return [tuple(int(rng.integers(size)) for size in shape) for _ in range(count)]


@pytest.mark.parametrize("case", SAMPLE, ids=str)
@in_turn(("result", "method"), [m for m in METHODS if m[0] in WRT])
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


def meetings(case, f, i, j):
    """The weight's cell and the input's channel, row and column of every product of an output."""
    per_group = case.weight_size[1]
    first = f // (case.weight_size[0] // case.groups) * per_group
    for c, m, k in itertools.product(*map(range, case.weight_size[1:])):
        p = i * case.stride[0] + m * case.dilation[0] - origin_of(case.padding)[0]
        q = j * case.stride[1] + k * case.dilation[1] - origin_of(case.padding)[1]
        if 0 <= p < case.input_size[2] and 0 <= q < case.input_size[3]:
            yield (f, c, m, k), (first + c, p, q)


def exact(case, wrt, cell, x, w, b, g, step):
    """The gradient at a cell and the bound on the error of its numeric one, as fractions: the
    formulas of N. Higham, section 3.1, output by output."""
    tensor = {"input": x, "weight": w, "bias": b}[wrt]
    above, below = (Fraction(float(tensor[cell] + by)) for by in (step, -step))
    gradient, outputs, others, count = Fraction(0), Fraction(0), Fraction(0), 0
    for n, f, i, j in np.ndindex(g.shape):
        factor = Fraction(int(wrt == "bias" and cell == (f,)))
        sizes = [abs(Fraction(b[f])) * 2]
        if factor:
            sizes = [abs(above) + abs(below)]
        for w_cell, place in meetings(case, f, i, j):
            left, right = Fraction(x[(n, *place)]), Fraction(w[w_cell])
            if wrt == "weight" and w_cell == cell:
                factor = left
                sizes.append(abs(left) * (abs(above) + abs(below)))
            elif wrt == "input" and (n, *place) == cell:
                factor = right
                sizes.append(abs(right) * (abs(above) + abs(below)))
            else:
                sizes.append(2 * abs(left * right))
        top = Fraction(g[n, f, i, j])
        if factor:
            gradient += factor * top
            outputs += sum(sizes) * abs(top)
            others += abs(factor * top)
            count += 1
    roundings = math.prod(case.weight_size[1:]) + 1
    return gradient, gamma(roundings) * outputs / (above - below) + gamma(count + 3) * others


def gamma(n):
    return Fraction(n, 2**53 - n)


SCALES = {
    "even": (1, 0, 1, 1),
    "the notebook's": (600, 300, 0.1, 1e-9),
    "large weights": (1e-3, 0, 1e8, 1e5),
    "far from zero": (1, 1e7, 1, 1),
    "uneven": (1, 0, None, 1),
}


def scaled(case, seed, scales):
    x, w, b, g = tensors(case, seed)
    x_size, x_offset, w_size, g_size = SCALES[scales]
    if w_size is None:
        w_size = 10.0 ** np.random.default_rng(seed).integers(-9, 9, w.shape)
    return x * x_size + x_offset, w * w_size, b, g * g_size


SHARES = (None, 1e-4, 1e5)  # of the largest number that is moved, in turn for the scales


@pytest.mark.parametrize("case", SAMPLE, ids=str)
@in_turn(("turn", "scales"), enumerate(SCALES))
def test_a_witness_knows_its_error(case, turn, scales):
    """The bound is that of the formulas; the gradient is within it, and the digits are right."""
    data = scaled(case, 18, scales)
    share = SHARES[(SAMPLE.index(case) + turn) % len(SHARES)]
    rng = np.random.default_rng(19)
    for wrt, tensor in zip(("input", "weight", "bias"), data, strict=False):
        largest = float(np.abs(tensor).max())
        step = None if share is None else share * largest
        for cell in some_cells(rng, tensor.shape, 2):
            found = numeric_gradient(wrt, cell, *data, step=step, **case.parameters)
            number = central_difference(wrt, cell, *data, step=step, **case.parameters)
            assert (found.value, found.step) == (number, largest if step is None else step)
            gradient, bound = exact(case, wrt, cell, *data, found.step)
            assert bound <= Fraction(found.error) <= bound * (1 + Fraction(2, 10**6))
            off = abs(Fraction(found.value) - gradient)
            assert off <= Fraction(found.error)
            assert found.digits == 0 or off <= abs(Fraction(found.value)) / 10**found.digits


def test_nine_digits_or_more_where_little_cancels():
    case = Case((4, 16, 8, 8), (3, 16, 3, 3), (1, 1), (1, 1), (1, 1), 1)
    x, w, b, g = tensors(case, 20)
    g = np.abs(g)
    rng = np.random.default_rng(21)
    for wrt, layer, shape in (
        ("weight", (np.abs(x), w, b, g), w.shape),
        ("input", (x, np.abs(w), b, g), x.shape),
    ):
        for cell in some_cells(rng, shape, 20):
            assert numeric_gradient(wrt, cell, *layer, **case.parameters).digits >= 9


@pytest.mark.parametrize("case", [SAMPLE[4], SAMPLE[5]], ids=str)
def test_the_part_that_a_cell_depends_on_is_enough(case):
    data = scaled(case, 22, "the notebook's")
    x, w, *_ = data
    geometry = Geometry(x.shape, w.shape, **case.parameters)
    for wrt, tensor, witness in (("weight", w, weight_witness), ("input", x, input_witness)):
        for cell in some_cells(np.random.default_rng(23), tensor.shape, 20):
            found = witness(*data, geometry, cell)
            gradient, _ = exact(case, wrt, cell, *data, found.step)
            assert abs(Fraction(found.value) - gradient) <= Fraction(found.error)
            own = tensor[cell[0]] if wrt == "weight" else tensor[cell[0], seen(case, cell[1])]
            assert found.step == np.abs(own).max()


def seen(case, channel):
    """The channels of a channel's group."""
    first = channel // case.weight_size[1] * case.weight_size[1]
    return slice(first, first + case.weight_size[1])


def test_what_a_cell_does_not_depend_on_is_left_out():
    case = SAMPLE[4]
    x, w, b, g = tensors(case, 24)
    geometry = Geometry(x.shape, w.shape, **case.parameters)
    others = w.copy(), b.copy(), g.copy()
    others[0][np.arange(6) != 4] = np.nan
    others[1][np.arange(6) != 4] = np.nan
    others[2][:, np.arange(6) != 4] = np.nan
    only = x.copy()
    only[:, :2] = np.nan
    cell = (4, 1, 2, 1)
    found = weight_witness(only, *others, geometry, cell)
    assert found == weight_witness(x, w, b, g, geometry, cell)
    assert found.digits > 9
    others = w.copy(), b.copy(), g.copy()
    for tensor in others[:2]:
        tensor[:3] = np.nan
    others[2][:, :3] = np.nan
    cell = (0, 3, 4, 5)
    found = input_witness(only, *others, geometry, cell)
    assert found == input_witness(x, w, b, g, geometry, cell)
    assert found.digits > 9


def test_a_cell_that_no_window_reaches_has_gradient_zero_exactly():
    case = Case((1, 1, 4, 4), (2, 1, 1, 1), (3, 3), (0, 0), (1, 1), 1)
    data = tensors(case, 25)
    found = numeric_gradient("input", (0, 0, 2, 3), *data, **case.parameters)
    assert (found.value, found.error, found.digits) == (0, 0, 15)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("place", range(4))
def test_what_is_not_finite_has_no_digit(value, place):
    case = SAMPLE[1]
    data = tensors(case, 26)
    data[place].flat[0] = value
    with np.errstate(invalid="ignore"):
        found = numeric_gradient("weight", (0, 1, 2, 1), *data, **case.parameters)
    assert not math.isfinite(found.value)
    assert (found.error, found.digits) == (math.inf, 0)


def test_a_witness_without_a_bias_and_for_whole_numbers_and_float32():
    case = SAMPLE[2]
    x, w, b, g = tensors(case, 27)
    x, g = np.round(9 * x).astype(int), np.round(9 * g).astype(np.float32)
    cell = (1, 2, 2, 1)
    found = numeric_gradient("weight", cell, x, w, None, g, **case.parameters)
    gradient, _ = exact(case, "weight", cell, x.astype(float), w, 0 * b, g.astype(float), 1)
    assert abs(Fraction(found.value) - gradient) <= Fraction(found.error)
    assert found.digits > 9


@pytest.mark.parametrize(
    ("value", "error", "digits"),
    [
        (1.0, 1e-9, 9),
        (1.0, 1.1e-9, 8),
        (-2.0, 1e-9, 9),
        (-2.0, 3e-9, 8),
        (3e-200, 2e-210, 10),
        (1.0, 1.0, 0),
        (1.0, 7.0, 0),
        (1.0, 0.11, 0),
        (1.0, 0.09, 1),
        (1.0, 1e-15, 15),
        (1.0, 1e-17, 15),
        (1.0, 0.0, 15),
        (0.0, 0.0, 15),
        (0.0, 1e-300, 0),
        (0.0, math.inf, 0),
        (math.inf, math.inf, 0),
        (math.nan, math.inf, 0),
        (math.nan, math.nan, 0),
    ],
)
def test_digits(value, error, digits):
    assert Witness(value, 1.0, error).digits == digits


@pytest.mark.parametrize("cell", [(6, 0, 0, 0), (0, 4, 0, 0), (0, 0, 0, -1), (0, 0, 0), 1, "cell"])
def test_a_witness_of_a_cell_that_is_not_there(cell):
    case = SAMPLE[4]
    x, w, b, g = tensors(case, 28)
    geometry = Geometry(x.shape, w.shape, **case.parameters)
    for tensor, witness in (("weight", weight_witness), ("input", input_witness)):
        with pytest.raises(ConvError, match=f"cell must name a cell of {tensor} "):
            witness(x, w, b, g, geometry, cell)
    with pytest.raises(ConvError, match="index must name a cell of weight "):
        numeric_gradient("weight", cell, x, w, b, g, **case.parameters)


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
