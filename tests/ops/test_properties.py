"""What holds for every legal geometry, on geometries that Hypothesis draws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conv import conv2d, conv2d_bias, conv2d_input, conv2d_weight
from conv.ops.textbook import rot180

from .grid import case, uniform
from .methods import METHODS, run
from .oracle import assert_cells, convolution, magnitudes
from .strategies import channels, enough, layers, one_axis, seeds

OUT = [method for result, method in METHODS if result == "out"]
DW = [method for result, method in METHODS if result == "dw"]
DX = [method for result, method in METHODS if result == "dx"]

single = st.just((1, 1, 1, 1))
ungrouped = channels().map(lambda drawn: (*drawn[:3], 1))


def every_method(result):
    return pytest.mark.parametrize(("result", "method"), [m for m in METHODS if m[0] in result])


@every_method({"out", "dw", "dx", "db"})
@enough
@given(layer=layers())
def test_each_method_is_the_definition(result, method, layer):
    drawn, *data = layer
    actual = run(result, method, *data, **drawn.parameters)
    expected = convolution(*data, **drawn.parameters)[result]
    assert_cells(actual, expected, magnitudes(*data, **drawn.parameters)[result])


@enough
@given(layer=layers())
def test_the_methods_agree_with_one_another(layer):
    drawn, *data = layer
    size = magnitudes(*data, **drawn.parameters)
    for result in ("out", "dw", "dx"):
        names = [method for name, method in METHODS if name == result]
        numbers = [run(result, method, *data, **drawn.parameters) for method in names]
        for one, other in itertools.combinations(numbers, 2):
            assert_cells(one, other, size[result])


@enough
@given(layer=layers(), method=st.tuples(*map(st.sampled_from, (OUT, DW, DX))))
def test_the_gradients_are_the_adjoint_of_the_forward(layer, method):
    drawn, x, w, b, g = layer
    out, dw, dx = (
        run(result, name, x, w, 0 * b, g, **drawn.parameters)
        for result, name in zip(("out", "dw", "dx"), method, strict=True)
    )
    forward = np.sum(out * g)
    size = np.sum(magnitudes(x, w, 0 * b, g, **drawn.parameters)["out"] * np.abs(g))
    assert np.sum(x * dx) == pytest.approx(forward, rel=0, abs=1e-14 * size)
    assert np.sum(w * dw) == pytest.approx(forward, rel=0, abs=1e-14 * size)
    with_bias = np.sum(conv2d(x, w, b, **drawn.parameters) * g)
    size += np.sum(np.abs(b)) * np.sum(np.abs(g))
    assert with_bias - forward == pytest.approx(np.sum(b * conv2d_bias(g)), rel=0, abs=1e-14 * size)


@every_method({"out", "dw", "dx"})
@enough
@given(layer=layers(), seed=seeds, factor=st.sampled_from([-3.0, 0.1, 1e6]))
def test_linear_in_each_operand(result, method, layer, seed, factor):
    drawn, *data = layer
    data[2] = 0 * data[2]
    rng = np.random.default_rng(seed)
    operands = {"out": (0, 1), "dw": (0, 3), "dx": (1, 3)}[result]
    for operand in operands:
        first, second, mixed = list(data), list(data), list(data)
        second[operand] = uniform(rng, data[operand].shape)
        mixed[operand] = factor * first[operand] + second[operand]
        one, other, together = (
            run(result, method, *tensors, **drawn.parameters) for tensors in (first, second, mixed)
        )
        size = abs(factor) * magnitudes(*first, **drawn.parameters)[result]
        size = size + magnitudes(*second, **drawn.parameters)[result]
        assert_cells(together, factor * one + other, size)


@every_method({"out", "dw", "dx"})
@enough
@given(layer=layers(), power=st.integers(-300, 300))
def test_a_power_of_two_scales_without_rounding(result, method, layer, power):
    """No number of a size between 1e-90 and 1e90 is clipped, shifted or taken for zero."""
    drawn, x, w, b, g = layer
    plain = run(result, method, x, w, b, g, **drawn.parameters)
    scale = 2.0**power
    scaled = run(result, method, x * scale, w * scale, b * scale**2, g * scale, **drawn.parameters)
    size = magnitudes(x, w, b, g, **drawn.parameters)[result]
    assert_cells(scaled / scale**2, plain, size)


@pytest.mark.parametrize("method", OUT)
@enough
@given(layer=layers(), axis=st.sampled_from([2, 3]))
def test_shifting_the_input_by_the_stride_shifts_the_output(method, layer, axis):
    drawn, x, w, b, _ = layer
    stride, padding = drawn.stride[axis - 2], drawn.padding[axis - 2]
    assume(x.shape[axis] > stride)
    shifted = np.delete(x, range(stride), axis)
    least = drawn.dilation[axis - 2] * (w.shape[axis] - 1) + 1
    assume(shifted.shape[axis] + 2 * padding >= least)
    before = conv2d(x, w, b, **drawn.parameters, method=method)
    after = conv2d(shifted, w, b, **drawn.parameters, method=method)
    inside = -(-padding // stride)
    assume(inside < after.shape[axis])
    after, before = (np.moveaxis(out, axis, 0) for out in (after, before))
    assert len(before) == len(after) + 1
    assert_cells(after[inside:], before[1 + inside :], len(b) * w.size)


@pytest.mark.parametrize("method", DX)
@enough
@given(layer=layers(), axis=st.sampled_from([2, 3]))
def test_shifting_grad_output_shifts_dx_by_the_stride(method, layer, axis):
    drawn, x, w, _, g = layer
    stride = drawn.stride[axis - 2]
    assume(g.shape[axis] > 1)
    assume(x.shape[axis] > stride)
    np.moveaxis(g, axis, 0)[-1] = 0
    before = conv2d_input(x.shape, w, g, **drawn.parameters, method=method)
    after = conv2d_input(x.shape, w, np.roll(g, 1, axis), **drawn.parameters, method=method)
    after, before = (np.moveaxis(dx, axis, 0) for dx in (after, before))
    assert_cells(after[stride:], before[:-stride], w.size)


@pytest.mark.parametrize("method", DW)
@enough
@given(layer=layers(), axis=st.sampled_from([2, 3]))
def test_shifting_input_and_grad_output_together_keeps_dw(method, layer, axis):
    drawn, x, w, _, g = layer
    stride = drawn.stride[axis - 2]
    assume(g.shape[axis] > 1)
    assume(x.shape[axis] > stride)
    np.moveaxis(g, axis, 0)[-1] = 0
    np.moveaxis(x, axis, 0)[-stride:] = 0
    before = conv2d_weight(x, w.shape, g, **drawn.parameters, method=method)
    moved = np.roll(x, stride, axis), w.shape, np.roll(g, 1, axis)
    assert_cells(conv2d_weight(*moved, **drawn.parameters, method=method), before, g.size)


@every_method({"out", "dw", "dx"})
@enough
@given(layer=layers())
def test_exchanging_rows_and_columns(result, method, layer):
    drawn, *data = layer
    plain = run(result, method, *data, **drawn.parameters)
    turned = [tensor.swapaxes(-1, -2) if tensor.ndim == 4 else tensor for tensor in data]
    parameters = {
        name: value[::-1] if isinstance(value, tuple) else value
        for name, value in drawn.parameters.items()
    }
    exchanged = run(result, method, *turned, **parameters).swapaxes(-1, -2)
    assert_cells(exchanged, plain, magnitudes(*data, **drawn.parameters)[result])


@every_method({"out", "dw", "dx"})
@enough
@given(layer=layers())
def test_rotating_everything_rotates_the_result(result, method, layer):
    drawn, x, w, b, g = layer
    covered = [
        slice(None, (cells - 1) * s + d * (k - 1) + 1 - 2 * p)
        for cells, s, d, k, p in zip(
            g.shape[2:], drawn.stride, drawn.dilation, w.shape[2:], drawn.padding, strict=True
        )
    ]
    assume(all(part.stop >= 1 for part in covered))
    x = x[..., *covered]
    plain = run(result, method, x, w, b, g, **drawn.parameters)
    turned = run(result, method, rot180(x), rot180(w), b, rot180(g), **drawn.parameters)
    size = magnitudes(x, w, b, g, **drawn.parameters)[result]
    assert_cells(rot180(turned), plain, size)


@enough
@given(layer=layers())
def test_rotating_twice_is_nothing(layer):
    _, _, w, *_ = layer
    assert rot180(w)[0, 0].tolist() == [row[::-1] for row in w[0, 0].tolist()[::-1]]
    assert np.array_equal(rot180(rot180(w)), w)


@every_method({"out", "dw", "dx"})
@enough
@given(axis=one_axis(), channel=channels(), seed=seeds)
def test_an_int_means_the_same_as_a_pair(result, method, axis, channel, seed):
    drawn = case(axis, axis, channel)
    rng = np.random.default_rng(seed)
    x, w, g = (uniform(rng, s) for s in (drawn.input_size, drawn.weight_size, drawn.output_size))
    b = uniform(rng, len(w))
    pairs = run(result, method, x, w, b, g, **drawn.parameters)
    _, _, stride, padding, dilation = axis
    parameters = {"stride": stride, "padding": padding, "dilation": dilation}
    ints = run(result, method, x, w, b, g, **parameters, groups=drawn.groups)
    assert np.array_equal(ints, pairs)
    lists = {name: [value, value] for name, value in parameters.items()}
    assert np.array_equal(run(result, method, x, w, b, g, **lists, groups=drawn.groups), pairs)


def reached(drawn):
    """Which cells (H, W) of the input any window meets."""
    met = np.zeros(drawn.input_size[2:], bool)
    (oh, ow), (kh, kw) = drawn.output_size[2:], drawn.weight_size[2:]
    for i, j, m, k in itertools.product(range(oh), range(ow), range(kh), range(kw)):
        row = i * drawn.stride[0] + m * drawn.dilation[0] - drawn.padding[0]
        column = j * drawn.stride[1] + k * drawn.dilation[1] - drawn.padding[1]
        if 0 <= row < met.shape[0] and 0 <= column < met.shape[1]:
            met[row, column] = True
    return met


@enough
@given(layer=layers())
def test_cells_that_no_window_meets(layer):
    drawn, x, w, b, g = layer
    met = reached(drawn)
    assume(not met.all())
    for method in DX:
        dx = conv2d_input(x.shape, w, g, **drawn.parameters, method=method)
        assert np.all(dx[..., ~met] == 0)
        assert np.all(dx[..., met] != 0)
    other = np.where(met, x, x + 1)
    for method in OUT:
        outs = (conv2d(cells, w, b, **drawn.parameters, method=method) for cells in (x, other))
        assert np.array_equal(*outs)
    for method in DW:
        gradients = (
            conv2d_weight(cells, w.shape, g, **drawn.parameters, method=method)
            for cells in (x, other)
        )
        assert np.array_equal(*gradients)


@every_method({"out", "dw", "dx", "db"})
@enough
@given(layer=layers(channels=channels().map(lambda drawn: (3, *drawn[1:]))))
def test_permuting_the_batch(result, method, layer):
    drawn, x, w, b, g = layer
    order = [2, 0, 1]
    plain = run(result, method, x, w, b, g, **drawn.parameters)
    permuted = run(result, method, x[order], w, b, g[order], **drawn.parameters)
    expected = plain[order] if result in {"out", "dx"} else plain
    assert_cells(permuted, expected, magnitudes(x, w, b, g, **drawn.parameters)[result])


@every_method({"out", "dw", "dx", "db"})
@enough
@given(layer=layers(channels=ungrouped), data=st.data())
def test_permuting_channels_and_filters(result, method, layer, data):
    drawn, x, w, b, g = layer
    c_order = data.draw(st.permutations(range(x.shape[1])))
    f_order = data.draw(st.permutations(range(len(w))))
    plain = run(result, method, x, w, b, g, **drawn.parameters)
    moved = x[:, c_order], w[f_order][:, c_order], b[f_order], g[:, f_order]
    permuted = run(result, method, *moved, **drawn.parameters)
    expected = {
        "out": lambda: plain[:, f_order],
        "dw": lambda: plain[f_order][:, c_order],
        "dx": lambda: plain[:, c_order],
        "db": lambda: plain[f_order],
    }[result]()
    size = magnitudes(*moved, **drawn.parameters)[result]
    assert_cells(permuted, expected, size)


@every_method({"out", "dw", "dx", "db"})
@enough
@given(layer=layers(channels=channels().filter(lambda drawn: drawn[3] > 1)))
def test_groups_are_convolutions_side_by_side(result, method, layer):
    drawn, x, w, b, g = layer
    together = run(result, method, x, w, b, g, **drawn.parameters)
    size = magnitudes(x, w, b, g, **drawn.parameters)[result]
    parts = zip(
        np.split(x, drawn.groups, 1),
        np.split(w, drawn.groups),
        np.split(b, drawn.groups),
        np.split(g, drawn.groups, 1),
        strict=True,
    )
    parameters = {**drawn.parameters, "groups": 1}
    apart = [run(result, method, *part, **parameters) for part in parts]
    axis = 1 if result in {"out", "dx"} else 0
    assert_cells(together, np.concatenate(apart, axis), size)


def axes_of(kernel):
    """Axes with a kernel of one size, not dilated, no padding."""
    return st.tuples(st.integers(kernel, 7), st.just(kernel), st.just(1), st.just(0), st.just(1))


@enough
@given(layer=layers(rows=axes_of(1), columns=axes_of(1), channels=ungrouped))
def test_a_1x1_kernel_is_a_matrix_product(layer):
    _, x, w, b, g = layer
    matrix = w[:, :, 0, 0]
    expected = {
        "out": np.moveaxis(np.moveaxis(x, 1, 3) @ matrix.T + b, 3, 1),
        "dw": sum(g[n].reshape(len(w), -1) @ x[n].reshape(x.shape[1], -1).T for n in range(len(x)))[
            :, :, None, None
        ],
        "dx": np.moveaxis(np.moveaxis(g, 1, 3) @ matrix, 3, 1),
    }
    size = magnitudes(x, w, b, g, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1)
    for result, method in METHODS:
        if result in expected:
            assert_cells(run(result, method, x, w, b, g), expected[result], size[result])


whole = st.integers(1, 7).map(lambda size: (size, size, 1, 0, 1))


@enough
@given(layer=layers(rows=whole, columns=whole, channels=ungrouped))
def test_a_kernel_as_large_as_the_input_is_one_dot_product(layer):
    _, x, w, b, g = layer
    expected = {
        "out": (x.reshape(len(x), -1) @ w.reshape(len(w), -1).T + b)[:, :, None, None],
        "dw": (g[:, :, 0, 0].T @ x.reshape(len(x), -1)).reshape(w.shape),
        "dx": (g[:, :, 0, 0] @ w.reshape(len(w), -1)).reshape(x.shape),
    }
    size = magnitudes(x, w, b, g, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1)
    for result, method in METHODS:
        if result in expected:
            assert_cells(run(result, method, x, w, b, g), expected[result], size[result])


# No products that overflow: whether those cancel to NaN depends on the order of the sum.
SPECIAL = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-150, 1e150)


@every_method({"out", "dw", "dx", "db"})
@enough
@given(layer=layers(), data=st.data())
def test_nan_and_infinity_are_where_the_definition_has_them(result, method, layer, data):
    drawn, *tensors = layer
    for tensor in tensors:
        for value in data.draw(st.lists(st.sampled_from(SPECIAL), max_size=2)):
            tensor.flat[data.draw(st.integers(0, tensor.size - 1))] = value
    with np.errstate(all="ignore"):
        actual = run(result, method, *tensors, **drawn.parameters)
    expected = convolution(*tensors, **drawn.parameters)[result]
    assert_cells(actual, expected, magnitudes(*tensors, **drawn.parameters)[result])
