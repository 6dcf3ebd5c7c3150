"""What is refused, and in which words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from conv import ConvError, ConvLayer, Geometry, conv2d, conv2d_bias, conv2d_input, conv2d_weight
from conv.ops import central_difference
from conv.words import words

from ..cases import in_turn
from .grid import MIXED, tensors

X, W, B, G = tensors(MIXED, 3)
PARAMETERS = MIXED.parameters
GOOD = {
    conv2d: {"input": X, "weight": W, "bias": B, **PARAMETERS},
    conv2d_weight: {"input": X, "weight_size": W.shape, "grad_output": G, **PARAMETERS},
    conv2d_input: {"input_size": X.shape, "weight": W, "grad_output": G, **PARAMETERS},
    conv2d_bias: {"grad_output": G},
    central_difference: {
        "wrt": "input",
        "index": (0, 0, 0, 0),
        "input": X,
        "weight": W,
        "bias": B,
        "grad_output": G,
        **PARAMETERS,
    },
    Geometry: {"input_size": X.shape, "weight_size": W.shape, **PARAMETERS},
    ConvLayer: {"in_channel": 3, "out_channel": 2, "kernel_size": 3},
}
GEOMETRIC = (conv2d, conv2d_weight, conv2d_input, central_difference, Geometry)


def name_of(value):
    return value.__name__ if callable(value) else None


def refused(function, changes, message):
    with pytest.raises(ConvError, match=re.escape(message)) as refusal:
        function(**{**GOOD[function], **changes})
    assert re.search("[\u4e00-\u9fff]", refusal.value.sentence(words("zh")))


def takers(argument, among=tuple(GOOD)):
    return [function for function in among if argument in GOOD[function]]


@pytest.mark.parametrize("function", GOOD, ids=name_of)
def test_the_good_arguments_are_good(function):
    function(**GOOD[function])


TENSORS = {"input": X, "weight": W, "bias": B, "grad_output": G}
BAD_TENSORS = {
    "too few axes": lambda good: good[0],
    "too many axes": lambda good: good[None],
    "a number": lambda good: good.flat[0],
    "nothing in it": lambda good: good[:0],
    "complex": lambda good: good * 1j,
    "object": lambda good: good.astype(object),
    "too large whole numbers": lambda good: (good * 0).astype(int).astype(object) + 10**30,
    "words": lambda good: good.astype(str),
    "dates": lambda good: good.astype("datetime64[s]"),
    "float16": lambda good: good.astype(np.float16),
    "longdouble": lambda good: good.astype(np.longdouble),
    "ragged lists": lambda good: [good.tolist(), good.tolist()[0]],
}


def saying(argument, good, kind, bad):
    """What the refusal of a tensor says."""
    if kind == "ragged lists":
        return f"{argument} must be an array of numbers, got rows of unequal length"
    bad = np.asarray(bad)
    if bad.ndim != good.ndim or not bad.size:
        return f"{argument} must have {good.ndim} axes, none of them empty, got shape {bad.shape}"
    return f"{argument} must be of float32, float64 or whole numbers, got {bad.dtype}"


@in_turn("kind", BAD_TENSORS)
@pytest.mark.parametrize(
    ("function", "argument"),
    [(function, argument) for argument in TENSORS for function in takers(argument)],
    ids=name_of,
)
def test_no_such_tensor(function, argument, kind):
    if kind == "longdouble" and np.dtype(np.longdouble).itemsize == 8:
        return  # it is float64 on this platform
    good = TENSORS[argument]
    bad = BAD_TENSORS[kind](good)
    refused(function, {argument: bad}, saying(argument, good, kind, bad))


@pytest.mark.parametrize("axis", range(4))
@pytest.mark.parametrize("argument", ["input", "weight"])
def test_no_axis_is_empty(argument, axis):
    empty = np.delete(TENSORS[argument], slice(None), axis)
    refused(
        conv2d, {argument: empty}, f"{argument} must have 4 axes, none of them empty, got shape"
    )


PADDING_IS = (
    "padding must be one whole number, two (rows, columns), or four (top, bottom, left, right)"
)
NO_PADDING = (
    *((), (1,), (1, 1, 1), (1, 1, 1, 1, 1)),
    *(((0, 1),), ((0, 1), 2), (0, (1, 2)), ((0, 1), (2, 3, 4)), ((0, 1), (2, 3), (4, 5))),
    *((0, 1, 2, (3,)), (((0, 1), (2, 3)), ((0, 1), (2, 3))), ((), ())),
)
BAD_PARAMETERS = [
    ("stride", 0, "stride must be >= 1, got 0"),
    ("stride", -2, "stride must be >= 1, got -2"),
    ("stride", (1, 0), "stride must be >= 1, got 0"),
    ("stride", 1.0, "stride must be a whole number, got 1.0"),
    ("stride", (1, 2.5), "stride must be a whole number, got 2.5"),
    ("stride", True, "stride must be a whole number, got True"),
    ("stride", np.True_, "stride must be a whole number, got np.True_"),
    ("stride", None, "stride must be a whole number, got None"),
    ("stride", (1, 2, 3), "stride must be an int or a pair of ints, got (1, 2, 3)"),
    ("stride", [], "stride must be an int or a pair of ints, got []"),
    ("stride", [2], "stride must be an int or a pair of ints, got [2]"),
    ("stride", b"\1\1", "stride must be a whole number, got b'\\x01\\x01'"),
    ("padding", -1, "padding must be >= 0, got -1"),
    ("padding", (2, -3), "padding must be >= 0, got -3"),
    ("padding", "same", "padding must be a whole number, got 'same'"),
    ("padding", 0.5, "padding must be a whole number, got 0.5"),
    ("padding", False, "padding must be a whole number, got False"),
    *(("padding", wrong, f"{PADDING_IS}, got {wrong}") for wrong in NO_PADDING),
    ("padding", (0, 1, -2, 1), "padding must be >= 0, got -2"),
    ("padding", ((0, 1), (2, 0.5)), "padding must be a whole number, got 0.5"),
    ("padding", ((0, 1), (2, "1")), "padding must be a whole number, got '1'"),
    ("padding", ("01", "10"), "padding must be a whole number, got '01'"),
    ("padding", (0, 0, 0, 2**40), "padding must be <="),
    ("dilation", 0, "dilation must be >= 1, got 0"),
    ("dilation", (-1, 1), "dilation must be >= 1, got -1"),
    ("dilation", "2", "dilation must be a whole number, got '2'"),
    ("dilation", (1, True), "dilation must be a whole number, got True"),
    ("groups", 0, "groups must be >= 1, got 0"),
    ("groups", -2, "groups must be >= 1, got -2"),
    ("groups", 2.0, "groups must be a whole number, got 2.0"),
    ("groups", True, "groups must be a whole number, got True"),
    ("groups", (1, 1), "groups must be a whole number, got (1, 1)"),
    ("groups", 3, "groups must divide the 4 input channels and the 6 filters, got 3"),
    ("groups", 4, "groups must divide the 4 input channels and the 6 filters, got 4"),
    ("groups", 1, "weight expects 2 input channels, input has 4"),
]


@pytest.mark.parametrize("function", GEOMETRIC, ids=name_of)
@in_turn(("argument", "value", "message"), BAD_PARAMETERS)
def test_no_such_parameter(function, argument, value, message):
    refused(function, {argument: value}, message)


PLAIN = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
COVERED = [
    (
        {**PLAIN, "input_size": (1, 1, 2, 9), "weight_size": (1, 1, 3, 1)},
        "weight covers 3 rows (kernel 3, dilation 1), the padded input has 2; a padding of 1",
    ),
    (
        {**PLAIN, "input_size": (1, 1, 9, 3), "weight_size": (1, 1, 9, 3), "dilation": (1, 3)},
        "weight covers 7 columns (kernel 3, dilation 3), the padded input has 3; a padding of 2",
    ),
    (
        {**PLAIN, "input_size": (1, 1, 1, 1), "weight_size": (1, 1, 4, 4), "padding": (2, 1)},
        "weight covers 4 columns (kernel 4, dilation 1), the padded input has 3; a padding of 2",
    ),
    (
        {**PLAIN, "input_size": (1, 1, 1, 1), "weight_size": (1, 1, 4, 1), "padding": (2, 0, 0, 0)},
        "weight covers 4 rows (kernel 4, dilation 1), the padded input has 3; 3 or more rows of",
    ),
    (
        {**PLAIN, "input_size": (1, 1, 1, 1), "weight_size": (1, 1, 1, 4), "padding": (2, 0, 0, 1)},
        "weight covers 4 columns (kernel 4, dilation 1), the padded input has 2; 3 or more columns",
    ),
]


@pytest.mark.parametrize(("changes", "message"), COVERED)
def test_the_kernel_must_fit(changes, message):
    refused(Geometry, changes, message)
    sizes = {"input_size": "input", "weight_size": "weight"}
    arrays = {argument: np.ones(changes[size]) for size, argument in sizes.items()}
    parameters = {name: value for name, value in changes.items() if name not in sizes}
    refused(conv2d, {**parameters, **arrays, "bias": None}, message)


def test_the_padding_that_the_message_names_would_do():
    for size, padding, kernel, dilation in np.ndindex(4, 3, 5, 4):
        sizes = (1, 1, size + 1, 50), (1, 1, kernel + 1, 1)
        parameters = {"padding": (padding, 0), "dilation": dilation + 1}
        try:
            Geometry(*sizes, **parameters)
        except ConvError as error:
            least = int(re.search(r"a padding of (\d+) or more would do", str(error))[1])
            Geometry(*sizes, padding=(least, 0), dilation=dilation + 1)
            with pytest.raises(ConvError, match="padding of"):
                Geometry(*sizes, padding=(least - 1, 0), dilation=dilation + 1)


def test_the_uneven_padding_that_the_message_names_would_do():
    for size, before, kernel in np.ndindex(4, 3, 5):
        sizes = (1, 1, 50, size + 1), (1, 1, 1, kernel + 1)
        try:
            Geometry(*sizes, padding=(0, 0, before, before + 1))
        except ConvError as error:
            least = int(re.search(r"(\d+) or more columns of padding", str(error))[1])
            Geometry(*sizes, padding=(0, 0, least, 0))
            with pytest.raises(ConvError, match="columns of padding left and right together"):
                Geometry(*sizes, padding=(0, 0, 0, least - 1))


BAD_SIZES = [
    ((2, 4, 5), "must have four sizes"),
    ((2, 4, 5, 6, 1), "must have four sizes"),
    ((), "must have four sizes"),
    (7, "must have four sizes"),
    (None, "must have four sizes"),
    (b"\2\4\5\6", "must have four sizes"),
    ("2456", "must have four sizes"),
]


@in_turn(("value", "message"), BAD_SIZES)
@pytest.mark.parametrize(
    ("function", "argument", "axes"),
    [
        (conv2d_input, "input_size", "N, C, H, W"),
        (conv2d_weight, "weight_size", "F, C/groups, KH, KW"),
        (Geometry, "input_size", "N, C, H, W"),
        (Geometry, "weight_size", "F, C/groups, KH, KW"),
    ],
    ids=name_of,
)
def test_no_such_size(function, argument, axes, value, message):
    refused(function, {argument: value}, f"{argument} {message} ({axes}), got {value!r}")


@pytest.mark.parametrize(
    ("function", "changes", "message"),
    [
        (conv2d_input, {"input_size": (2, 4, 0, 6)}, "input_size (H) must be >= 1, got 0"),
        (conv2d_input, {"input_size": (2, 4, 5, -6)}, "input_size (W) must be >= 1, got -6"),
        (conv2d_input, {"input_size": (2.0, 4, 5, 6)}, "input_size (N) must be a whole number"),
        (conv2d_weight, {"weight_size": (6, 2, 3, 0)}, "weight_size (KW) must be >= 1, got 0"),
        (conv2d_weight, {"weight_size": (6, True, 3, 2)}, "weight_size (C/groups) must be a whole"),
        (conv2d, {"input": X[:, :2]}, "weight expects 4 input channels, input has 2"),
        (conv2d, {"weight": W[:, :1]}, "weight expects 2 input channels, input has 4"),
        (conv2d, {"weight": W[:5]}, "groups must divide the 4 input channels and the 5 filters"),
        (conv2d, {"bias": B[:5]}, "bias must have one number for each of the 6 filters, got 5"),
        (conv2d, {"bias": 1.0}, "bias must have 1 axes, none of them empty, got shape ()"),
        (
            conv2d_input,
            {"input_size": (2, 6, 5, 6)},
            "weight expects 4 input channels, input has 6",
        ),
        (conv2d, {"method": "scatter"}, "method must be one of 'gemm', 'loops', got 'scatter'"),
        (conv2d, {"method": None}, "method must be one of 'gemm', 'loops', got None"),
        (conv2d, {"method": ["gemm"]}, "method must be one of 'gemm', 'loops', got ['gemm']"),
        (
            conv2d_weight,
            {"method": "rot180"},
            "method must be one of 'gemm', 'patches', 'correlate', got 'rot180'",
        ),
        (
            conv2d_input,
            {"method": "GEMM"},
            "method must be one of 'gemm', 'scatter', 'rot180', got 'GEMM'",
        ),
    ],
    ids=name_of,
)
def test_what_does_not_fit(function, changes, message):
    refused(function, changes, message)


@pytest.mark.parametrize("function", takers("grad_output", GEOMETRIC), ids=name_of)
@pytest.mark.parametrize(
    "shape",
    [
        (1, *G.shape[1:]),
        (2, 3, *G.shape[2:]),
        (*G.shape[:2], 2, 4),
        (*G.shape[:3], 5),
        (1, 1, 1, 1),
    ],
)
def test_grad_output_has_the_output_s_shape(function, shape):
    message = f"grad_output must have the output's shape {G.shape}, got {shape}"
    refused(function, {"grad_output": np.ones(shape)}, message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"wrt": "x"}, "wrt must be one of 'input', 'weight', 'bias', got 'x'"),
        ({"wrt": ["input"]}, "wrt must be one of 'input', 'weight', 'bias', got ['input']"),
        ({"wrt": "bias", "bias": None}, "wrt must be one of 'input', 'weight', got 'bias'"),
        ({"index": (0, 0, 0)}, "index must name a cell of input (2, 4, 5, 6), got (0, 0, 0)"),
        ({"index": (0, 4, 0, 0)}, "index must name a cell of input (2, 4, 5, 6), got (0, 4, 0, 0)"),
        ({"index": (0, 0, -1, 0)}, "index must name a cell of input (2, 4, 5, 6), got (0, 0, -1"),
        ({"index": (0.0, 0, 0, 0)}, "index must name a cell of input (2, 4, 5, 6), got (0.0, 0"),
        ({"index": 0}, "index must name a cell of input (2, 4, 5, 6), got 0"),
        ({"wrt": "bias", "index": (6,)}, "index must name a cell of bias (6,), got (6,)"),
        ({"wrt": "bias", "index": (True,)}, "index must name a cell of bias (6,), got (True,)"),
        ({"step": 0}, "step must be > 0 and finite, got 0"),
        ({"step": -1e-3}, "step must be > 0 and finite, got -0.001"),
        ({"step": np.nan}, "step must be > 0 and finite, got nan"),
        ({"step": np.inf}, "step must be > 0 and finite, got inf"),
        ({"step": "1"}, "step must be > 0 and finite, got '1'"),
        ({"step": 1e-30}, "step must be large enough to move"),
    ],
)
def test_no_such_central_difference(changes, message):
    refused(central_difference, changes, message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"in_channel": 0}, "in_channel must be >= 1, got 0"),
        ({"in_channel": 1.0}, "in_channel must be a whole number, got 1.0"),
        ({"out_channel": -1}, "out_channel must be >= 1, got -1"),
        ({"kernel_size": 0}, "kernel_size must be >= 1, got 0"),
        ({"kernel_size": (3, 3, 3)}, "kernel_size must be an int or a pair of ints, got (3, 3, 3)"),
        ({"stride": 0}, "stride must be >= 1, got 0"),
        ({"pad": -1}, "pad must be >= 0, got -1"),
        ({"update": "adam"}, "update must be one of 'notebook', 'sgd', 'momentum', 'weight_decay'"),
        ({"update": None}, "got None"),
        ({"lr": "fast"}, "lr must be a number >= 0, got 'fast'"),
        ({"lr": -0.1}, "lr must be a number >= 0, got -0.1"),
        ({"lr": np.nan}, "lr must be a number >= 0, got nan"),
        ({"momentum": None}, "momentum must be a number >= 0, got None"),
        ({"momentum": -0.9}, "momentum must be a number >= 0, got -0.9"),
        ({"reg": np.inf}, "reg must be a number >= 0, got inf"),
        ({"reg": 1j}, "reg must be a number >= 0, got 1j"),
        ({"rng": "seed"}, "rng must be a seed or a Generator, got 'seed'"),
        ({"rng": -1}, "rng must be a seed or a Generator, got -1"),
    ],
)
def test_no_such_layer(changes, message):
    refused(ConvLayer, changes, message)


def test_a_layer_refuses_what_does_not_fit_and_stays_as_it_was():
    layer = ConvLayer(3, 2, 3, rng=0)
    with pytest.raises(ConvError, match="backward needs an input: call forward first"):
        layer.backward(np.ones((1, 2, 4, 4)))
    with pytest.raises(ConvError, match="weight expects 3 input channels, input has 2"):
        layer.forward(np.ones((1, 2, 4, 4)))
    with pytest.raises(ConvError, match="backward needs an input: call forward first"):
        layer.backward(np.ones((1, 2, 4, 4)))
    layer.forward(np.ones((1, 3, 4, 4)))
    w, b = layer.w.copy(), layer.b.copy()
    with pytest.raises(ConvError, match=re.escape("grad_output must have the output's shape")):
        layer.backward(np.ones((1, 2, 4, 3)))
    assert np.array_equal(layer.w, w)
    assert np.array_equal(layer.b, b)


def test_the_error_is_a_value_error():
    assert issubclass(ConvError, ValueError)


def test_what_cannot_become_an_array_is_refused():
    class Unwilling:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("a tensor that requires grad")

    with pytest.raises(ConvError, match="input must be an array of numbers, got a tensor that"):
        conv2d(Unwilling(), W)
