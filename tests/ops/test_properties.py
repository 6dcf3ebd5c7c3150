"""What holds for every legal geometry, on geometries that Hypothesis draws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conv import conv2d, conv2d_bias, conv2d_input, conv2d_weight
from conv.ops.textbook import rot180

from ..cases import naming
from ..pads import origin_of, pads_of
from .grid import case, tensors, uniform
from .methods import METHODS, run
from .oracle import assert_cells, convolution, magnitudes
from .strategies import channels, enough, layers, one_axis, seeds

OUT = [method for result, method in METHODS if result == "out"]
DW = [method for result, method in METHODS if result == "dw"]
DX = [method for result, method in METHODS if result == "dx"]

single = st.just((1, 1, 1, 1))
ungrouped = channels().map(lambda drawn: (*drawn[:3], 1))


def every_method(*results):
    return [(result, method) for result, method in METHODS if result in results]


@enough
@given(layer=layers())
def test_each_method_is_the_definition(layer):
    drawn, *data = layer
    expected = convolution(*data, **drawn.parameters)
    size = magnitudes(*data, **drawn.parameters)
    for result, method in METHODS:
        with naming(f"{result} by {method}"):
            actual = run(result, method, *data, **drawn.parameters)
            assert_cells(actual, expected[result], size[result])


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


@enough
@given(layer=layers(), seed=seeds, factor=st.sampled_from([-3.0, 0.1, 1e6]))
def test_linear_in_each_operand(layer, seed, factor):
    drawn, *data = layer
    data[2] = 0 * data[2]
    rng = np.random.default_rng(seed)
    own_size = magnitudes(*data, **drawn.parameters)
    for operand, results in ((0, ("out", "dw")), (1, ("out", "dx")), (3, ("dw", "dx"))):
        second, mixed = list(data), list(data)
        second[operand] = uniform(rng, data[operand].shape)
        mixed[operand] = factor * data[operand] + second[operand]
        second_size = magnitudes(*second, **drawn.parameters)
        for result, method in every_method(*results):
            one, other, together = (
                run(result, method, *operands, **drawn.parameters)
                for operands in (data, second, mixed)
            )
            size = abs(factor) * own_size[result] + second_size[result]
            with naming(f"{result} by {method}, operand {operand}"):
                assert_cells(together, factor * one + other, size)


@enough
@given(layer=layers(), power=st.integers(-300, 300))
def test_a_power_of_two_scales_without_rounding(layer, power):
    """No number of a size between 1e-90 and 1e90 is clipped, shifted or taken for zero."""
    drawn, x, w, b, g = layer
    scale = 2.0**power
    scaled = x * scale, w * scale, b * scale**2, g * scale
    size = magnitudes(x, w, b, g, **drawn.parameters)
    for result, method in every_method("out", "dw", "dx"):
        plain = run(result, method, x, w, b, g, **drawn.parameters)
        found = run(result, method, *scaled, **drawn.parameters)
        with naming(f"{result} by {method}"):
            assert_cells(found / scale**2, plain, size[result])


@enough
@given(layer=layers(), axis=st.sampled_from([2, 3]))
def test_shifting_the_input_by_the_stride_shifts_the_output(layer, axis):
    drawn, x, w, b, _ = layer
    stride, (padding, behind) = drawn.stride[axis - 2], pads_of(drawn.padding)[axis - 2]
    assume(x.shape[axis] > stride)
    shifted = np.delete(x, range(stride), axis)
    least = drawn.dilation[axis - 2] * (w.shape[axis] - 1) + 1
    assume(shifted.shape[axis] + padding + behind >= least)
    inside = -(-padding // stride)
    for method in OUT:
        before = conv2d(x, w, b, **drawn.parameters, method=method)
        after = conv2d(shifted, w, b, **drawn.parameters, method=method)
        assume(inside < after.shape[axis])
        after, before = (np.moveaxis(out, axis, 0) for out in (after, before))
        with naming(method):
            assert len(before) == len(after) + 1
            assert_cells(after[inside:], before[1 + inside :], len(b) * w.size)


@enough
@given(layer=layers(), axis=st.sampled_from([2, 3]))
def test_shifting_grad_output_shifts_dx_by_the_stride(layer, axis):
    drawn, x, w, _, g = layer
    stride = drawn.stride[axis - 2]
    assume(g.shape[axis] > 1)
    assume(x.shape[axis] > stride)
    np.moveaxis(g, axis, 0)[-1] = 0
    rolled = np.roll(g, 1, axis)
    for method in DX:
        before = conv2d_input(x.shape, w, g, **drawn.parameters, method=method)
        after = conv2d_input(x.shape, w, rolled, **drawn.parameters, method=method)
        after, before = (np.moveaxis(dx, axis, 0) for dx in (after, before))
        with naming(method):
            assert_cells(after[stride:], before[:-stride], w.size)


@enough
@given(layer=layers(), axis=st.sampled_from([2, 3]))
def test_shifting_input_and_grad_output_together_keeps_dw(layer, axis):
    drawn, x, w, _, g = layer
    stride = drawn.stride[axis - 2]
    assume(g.shape[axis] > 1)
    assume(x.shape[axis] > stride)
    np.moveaxis(g, axis, 0)[-1] = 0
    np.moveaxis(x, axis, 0)[-stride:] = 0
    moved = np.roll(x, stride, axis), w.shape, np.roll(g, 1, axis)
    for method in DW:
        before = conv2d_weight(x, w.shape, g, **drawn.parameters, method=method)
        with naming(method):
            assert_cells(conv2d_weight(*moved, **drawn.parameters, method=method), before, g.size)


@enough
@given(layer=layers())
def test_exchanging_rows_and_columns(layer):
    drawn, *data = layer
    turned = [tensor.swapaxes(-1, -2) if tensor.ndim == 4 else tensor for tensor in data]
    parameters = {
        name: value[::-1] if isinstance(value, tuple) else value
        for name, value in drawn.parameters.items()
    }
    parameters["padding"] = pads_of(drawn.padding)[::-1]
    size = magnitudes(*data, **drawn.parameters)
    for result, method in every_method("out", "dw", "dx"):
        plain = run(result, method, *data, **drawn.parameters)
        exchanged = run(result, method, *turned, **parameters).swapaxes(-1, -2)
        with naming(f"{result} by {method}"):
            assert_cells(exchanged, plain, size[result])


@enough
@given(layer=layers())
def test_rotating_everything_rotates_the_result(layer):
    drawn, x, w, b, g = layer
    covered = [
        slice(None, (cells - 1) * s + d * (k - 1) + 1 - sum(pads))
        for cells, s, d, k, pads in zip(
            *(g.shape[2:], drawn.stride, drawn.dilation, w.shape[2:], pads_of(drawn.padding)),
            strict=True,
        )
    ]
    turned_pads = tuple(pads[::-1] for pads in pads_of(drawn.padding))
    assume(all(part.stop >= 1 for part in covered))
    x = x[..., *covered]
    size = magnitudes(x, w, b, g, **drawn.parameters)
    for result, method in every_method("out", "dw", "dx"):
        plain = run(result, method, x, w, b, g, **drawn.parameters)
        parameters = {**drawn.parameters, "padding": turned_pads}
        turned = run(result, method, rot180(x), rot180(w), b, rot180(g), **parameters)
        with naming(f"{result} by {method}"):
            assert_cells(rot180(turned), plain, size[result])


@enough
@given(layer=layers())
def test_rotating_twice_is_nothing(layer):
    _, _, w, *_ = layer
    assert rot180(w)[0, 0].tolist() == [row[::-1] for row in w[0, 0].tolist()[::-1]]
    assert np.array_equal(rot180(rot180(w)), w)


@enough
@given(axis=one_axis(is_even=True), channel=channels(), seed=seeds)
def test_an_int_means_the_same_as_a_pair(axis, channel, seed):
    drawn = case(axis, axis, channel)
    data = tensors(drawn, seed)
    _, _, stride, padding, dilation = axis
    ints = {"stride": stride, "padding": padding, "dilation": dilation}
    lists = {name: [value, value] for name, value in ints.items()}
    for result, method in every_method("out", "dw", "dx"):
        pairs = run(result, method, *data, **drawn.parameters)
        with naming(f"{result} by {method}"):
            for same in (ints, lists):
                found = run(result, method, *data, **same, groups=drawn.groups)
                assert np.array_equal(found, pairs)


@enough
@given(layer=layers())
def test_every_way_to_write_a_padding_is_the_same(layer):
    drawn, *data = layer
    pads = pads_of(drawn.padding)
    ways = pads, [*pads[0], *pads[1]], [list(side) for side in pads]
    for result in ("out", "dw", "dx"):
        plain = run(result, "gemm", *data, **drawn.parameters)
        with naming(result):
            for way in ways:
                parameters = {**drawn.parameters, "padding": way}
                assert np.array_equal(run(result, "gemm", *data, **parameters), plain)


@enough
@given(layer=layers())
def test_padding_is_zeros_put_there_before(layer):
    drawn, x, w, b, g = layer
    (top, bottom), (left, right) = pads_of(drawn.padding)
    x_pad = np.pad(x, [(0, 0), (0, 0), (top, bottom), (left, right)])
    bare = {**drawn.parameters, "padding": 0}
    size = magnitudes(x, w, b, g, **drawn.parameters)
    inner = (..., slice(top, top + x.shape[2]), slice(left, left + x.shape[3]))
    for result, method in every_method("out", "dw", "dx"):
        plain = run(result, method, x, w, b, g, **drawn.parameters)
        found = run(result, method, x_pad, w, b, g, **bare)
        with naming(f"{result} by {method}"):
            assert_cells(found[inner] if result == "dx" else found, plain, size[result])


def reached(drawn):
    """Which cells (H, W) of the input any window meets."""
    met = np.zeros(drawn.input_size[2:], bool)
    (oh, ow), (kh, kw) = drawn.output_size[2:], drawn.weight_size[2:]
    for i, j, m, k in itertools.product(range(oh), range(ow), range(kh), range(kw)):
        row = i * drawn.stride[0] + m * drawn.dilation[0] - origin_of(drawn.padding)[0]
        column = j * drawn.stride[1] + k * drawn.dilation[1] - origin_of(drawn.padding)[1]
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


@enough
@given(layer=layers(channels=channels().map(lambda drawn: (3, *drawn[1:]))))
def test_permuting_the_batch(layer):
    drawn, x, w, b, g = layer
    order = [2, 0, 1]
    size = magnitudes(x, w, b, g, **drawn.parameters)
    for result, method in METHODS:
        plain = run(result, method, x, w, b, g, **drawn.parameters)
        permuted = run(result, method, x[order], w, b, g[order], **drawn.parameters)
        if result in {"out", "dx"}:
            plain, moved_size = plain[order], size[result][order]
        else:
            moved_size = size[result]
        with naming(f"{result} by {method}"):
            assert_cells(permuted, plain, moved_size)


@enough
@given(layer=layers(channels=ungrouped), data=st.data())
def test_permuting_channels_and_filters(layer, data):
    drawn, x, w, b, g = layer
    c_order = data.draw(st.permutations(range(x.shape[1])))
    f_order = data.draw(st.permutations(range(len(w))))
    moved = x[:, c_order], w[f_order][:, c_order], b[f_order], g[:, f_order]
    size = magnitudes(*moved, **drawn.parameters)
    reorder = {
        "out": lambda plain: plain[:, f_order],
        "dw": lambda plain: plain[f_order][:, c_order],
        "dx": lambda plain: plain[:, c_order],
        "db": lambda plain: plain[f_order],
    }
    for result, method in METHODS:
        plain = run(result, method, x, w, b, g, **drawn.parameters)
        permuted = run(result, method, *moved, **drawn.parameters)
        with naming(f"{result} by {method}"):
            assert_cells(permuted, reorder[result](plain), size[result])


@enough
@given(layer=layers(channels=channels().filter(lambda drawn: drawn[3] > 1)))
def test_groups_are_convolutions_side_by_side(layer):
    drawn, x, w, b, g = layer
    size = magnitudes(x, w, b, g, **drawn.parameters)
    parts = list(
        zip(
            np.split(x, drawn.groups, 1),
            np.split(w, drawn.groups),
            np.split(b, drawn.groups),
            np.split(g, drawn.groups, 1),
            strict=True,
        )
    )
    parameters = {**drawn.parameters, "groups": 1}
    for result, method in METHODS:
        together = run(result, method, x, w, b, g, **drawn.parameters)
        apart = [run(result, method, *part, **parameters) for part in parts]
        axis = 1 if result in {"out", "dx"} else 0
        with naming(f"{result} by {method}"):
            assert_cells(together, np.concatenate(apart, axis), size[result])


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


@enough
@given(layer=layers(), data=st.data())
def test_nan_and_infinity_are_where_the_definition_has_them(layer, data):
    drawn, *arrays = layer
    for tensor in arrays:
        for value in data.draw(st.lists(st.sampled_from(SPECIAL), max_size=2)):
            tensor.flat[data.draw(st.integers(0, tensor.size - 1))] = value
    expected = convolution(*arrays, **drawn.parameters)
    size = magnitudes(*arrays, **drawn.parameters)
    for result, method in METHODS:
        with np.errstate(all="ignore"):
            actual = run(result, method, *arrays, **drawn.parameters)
        with naming(f"{result} by {method}"):
            assert_cells(actual, expected[result], size[result])
