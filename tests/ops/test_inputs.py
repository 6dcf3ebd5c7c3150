"""What may be handed in: layouts, types and what is not finite; and that nothing is written to."""

from __future__ import annotations

import numpy as np
import pytest

from conv import ConvLayer, Geometry, conv2d, conv2d_bias, conv2d_input, conv2d_weight
from conv.ops import central_difference

from ..cases import in_turn, naming
from .grid import MIXED, Case, tensors
from .methods import METHODS, run
from .oracle import assert_cells, convolution, magnitudes

X, W, B, G = tensors(MIXED, 3)
PARAMETERS = MIXED.parameters
every_method = in_turn(("result", "method"), METHODS)


def check(data, *, among=METHODS, dtype=np.float64, **tolerances):
    """Compares what the methods make of `data` with the oracle on the same numbers."""
    plain = [np.array(tensor, np.float64, order="C") for tensor in data]
    expected, size = convolution(*plain, **PARAMETERS), magnitudes(*plain, **PARAMETERS)
    for result, method in among:
        with naming(f"{result} by {method}"):
            actual = run(result, method, *data, **PARAMETERS)
            assert actual.dtype == dtype
            assert actual.dtype.isnative
            assert_cells(actual, expected[result], size[result], **tolerances)


def reversed_memory(tensor):
    every = (slice(None, None, -1),) * tensor.ndim
    return np.ascontiguousarray(tensor[every])[every]


def every_other(tensor):
    wide = np.full([2 * size for size in tensor.shape], np.nan)
    every = (slice(None, None, 2),) * tensor.ndim
    wide[every] = tensor
    return wide[every]


def misaligned(tensor):
    buffer = np.zeros(tensor.nbytes + 1, np.uint8)[1:]
    view = np.ndarray(tensor.shape, tensor.dtype, buffer)
    view[...] = tensor
    return view


LAYOUTS = {
    "fortran": np.asfortranarray,
    "negative strides": reversed_memory,
    "every other cell": every_other,
    "channels last": lambda t: (
        np.moveaxis(np.moveaxis(t, 1, -1).copy(), -1, 1) if t.ndim > 1 else t
    ),
    "one cell repeated": lambda t: np.broadcast_to(t[..., :1], t.shape),
    "misaligned": misaligned,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_in_memory(layout):
    data = [LAYOUTS[layout](tensor) for tensor in (X, W, B, G)]
    assert layout == "one cell repeated" or all(map(np.array_equal, data, (X, W, B, G)))
    check(data)


@pytest.mark.parametrize("order", ["<", ">"])
def test_byte_orders(order):
    data = [tensor.astype(f"{order}f8") for tensor in (X, W, B, G)]
    check(data)
    data = [tensor.astype(f"{order}f4") for tensor in (X, W, B, G)]
    check(data, dtype=np.float32, relative=0, rounding=1e-6)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "uint32", "int64", ">i4"])
def test_whole_numbers_are_taken_as_float64(dtype):
    low, high = (0, 2) if dtype == "bool" else (-128, 128) if "u" not in dtype else (0, 256)
    rng = np.random.default_rng(8)
    data = [rng.integers(low, high, tensor.shape).astype(dtype) for tensor in (X, W, B, G)]
    check(data, relative=0, rounding=0)


@every_method
def test_lists(result, method):
    data = [tensor.tolist() for tensor in (X, W, B, G)]
    actual = {
        "out": lambda: conv2d(*data[:3], **PARAMETERS, method=method),
        "dw": lambda: conv2d_weight(data[0], list(W.shape), data[3], **PARAMETERS, method=method),
        "dx": lambda: conv2d_input(list(X.shape), data[1], data[3], **PARAMETERS, method=method),
        "db": lambda: conv2d_bias(data[3]),
    }[result]()
    assert np.array_equal(actual, run(result, method, X, W, B, G, **PARAMETERS))


@in_turn("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("operand", range(4))
@pytest.mark.parametrize("where", [0, slice(None)], ids=["one cell", "all cells"])
def test_nan_and_infinity_pass_through(where, operand, value):
    data = [tensor.copy() for tensor in (X, W, B, G)]
    data[operand].flat[where] = value
    with np.errstate(all="ignore"):
        check(data)


def test_sizes_and_parameters_may_be_numpy_s():
    sizes = np.array(X.shape), np.array(W.shape)
    geometry = Geometry(*sizes, stride=np.int64(2), padding=(np.uint8(1), 0), groups=np.int8(2))
    assert geometry == Geometry(X.shape, W.shape, stride=2, padding=(1, 0), groups=2)
    numbers = (*geometry.input_size, *geometry.stride, *geometry.padding, geometry.groups)
    assert {type(number) for number in numbers} == {int}
    assert {type(number) for number in geometry.output_size} == {int}
    assert hash(geometry) == hash(Geometry(X.shape, W.shape, stride=2, padding=(1, 0), groups=2))


OPERANDS = {"out": (0, 1, 2), "dw": (0, 3), "dx": (1, 3)}


@pytest.mark.parametrize("result", OPERANDS)
def test_float32_stays_and_any_float64_makes_float64(result):
    singles = [tensor.astype(np.float32) for tensor in (X, W, B, G)]
    own = [names for names in METHODS if names[0] == result]
    check(singles, among=own, dtype=np.float32, relative=0, rounding=1e-6)
    for operand in OPERANDS[result]:
        for wider in (np.float64, np.int8):
            data = list(singles)
            data[operand] = np.round(data[operand] * 100).astype(wider)
            check(data, among=own)


def test_without_a_bias_it_is_zero():
    for method in ("gemm", "loops"):
        with_zeros = conv2d(X, W, np.zeros(6), **PARAMETERS, method=method)
        assert np.array_equal(conv2d(X, W, **PARAMETERS, method=method), with_zeros)
        single = conv2d(X.astype(np.float32), W.astype(np.float32), **PARAMETERS, method=method)
        assert single.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("padding", [0, 1])
@every_method
def test_inputs_are_never_written_to_nor_handed_back(result, method, padding, dtype):
    case = Case((2, 2, 4, 5), (2, 2, 1, 1), (1, 1), (padding, padding), (1, 1), 1)
    data = [(100 * tensor).astype(dtype) for tensor in tensors(case, 4)]
    before = [tensor.tobytes() for tensor in data]
    for tensor in data:
        tensor.flags.writeable = False
    actual = run(result, method, *data, **case.parameters)
    assert [tensor.tobytes() for tensor in data] == before
    assert actual.flags.writeable
    assert not any(np.shares_memory(actual, tensor) for tensor in data)
    actual[...] = 0
    assert [tensor.tobytes() for tensor in data] == before


@every_method
def test_calls_do_not_share_their_results(result, method):
    first = run(result, method, X, W, B, G, **PARAMETERS)
    kept = first.copy()
    second = run(result, method, X + 1, W + 1, B, G + 1, **PARAMETERS)
    assert not np.shares_memory(first, second)
    assert np.array_equal(first, kept)


def test_the_check_and_the_layer_write_to_no_input():
    data = [tensor.copy() for tensor in (X, W, B, G)]
    for tensor in data:
        tensor.flags.writeable = False
    for wrt, index in (("input", (0, 1, 2, 3)), ("weight", (5, 1, 2, 1)), ("bias", (5,))):
        central_difference(wrt, index, *data, **PARAMETERS)
    layer = ConvLayer(4, 6, (3, 2), stride=(2, 1), pad=(1, 0), rng=0)
    out, _, _ = layer.forward(data[0])
    residual = np.ones_like(out)
    residual.flags.writeable = False
    layer.backward(residual)
    assert all(map(np.array_equal, data, (X, W, B, G)))
    assert np.all(residual == 1)
