"""The layer against the notebook's class, restated in plain loops, and against PyTorch's SGD."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conv import ConvLayer

from .grid import uniform
from .oracle import assert_cells, convolution
from .training import LR, MOMENTUM, REG, SIZE, STEPS, TORCH_RULES, training_data

STRIDE, PAD = SIZE["stride"], SIZE["pad"]
PARAMETERS = {"stride": (STRIDE, STRIDE), "padding": (PAD, PAD), "dilation": (1, 1), "groups": 1}
# Ten steps carry the rounding of ten; what is compared is of the size of 1.
ROUNDING = {"relative": 1e-12, "rounding": 1e-14}


def layer_with(w, b, update, **changes):
    settings = {"lr": LR, "momentum": MOMENTUM, "reg": REG, **SIZE, **changes}
    layer = ConvLayer(**settings, update=update, rng=0)
    layer.w[...], layer.b[...] = w, b
    return layer


def trained(update, **changes):
    """out, dx, w and b of every step of the training data."""
    w, b, inputs, wanted = training_data()
    layer = layer_with(w, b, update, **changes)
    history = []
    for x, goal in zip(inputs, wanted, strict=True):
        out, _, _ = layer.forward(x)
        dx = layer.backward(out - goal)
        history.append({"out": out, "dx": dx, "w": layer.w.copy(), "b": layer.b.copy()})
    return history


def notebook(reg=REG, regularised_from=2):
    """The same of the notebook's class: `previous` is a zero array at the first step and the
    weights themselves, so their value of that moment, at every later one."""
    w, b, inputs, wanted = training_data()
    history = []
    for step, (x, goal) in enumerate(zip(inputs, wanted, strict=True), 1):
        out = convolution(x, w, b, goal, **PARAMETERS)["out"]
        gradients = convolution(x, w, b, out - goal, **PARAMETERS)
        previous = w if step >= regularised_from else np.zeros(w.shape)
        w = w - LR * gradients["dw"] - LR * reg * previous
        b = b - LR * gradients["db"]
        history.append({"out": out, "dx": gradients["dx"], "w": w, "b": b})
    return history


def assert_same_steps(actual, expected, **tolerances):
    assert len(actual) == len(expected) == STEPS
    for step, (mine, theirs) in enumerate(zip(actual, expected, strict=True), 1):
        for name, cells in theirs.items():
            try:
                assert_cells(mine[name], cells, 1, **{**ROUNDING, **tolerances})
            except AssertionError as error:
                pytest.fail(f"step {step}, {name}: {error}")


def test_the_notebook_s_numbers_over_ten_steps():
    assert_same_steps(trained("notebook"), notebook())


def test_the_default_rule_is_the_notebook_s():
    w, b, inputs, wanted = training_data()
    layer = ConvLayer(2, 3, 3, LR, STRIDE, PAD)
    layer.w[...], layer.b[...] = w, b
    for x, goal in zip(inputs, wanted, strict=True):
        layer.backward(layer.forward(x)[0] - goal)
    last = notebook()[-1]
    assert_cells(layer.w, last["w"], 1, **ROUNDING)
    assert_cells(layer.b, last["b"], 1, **ROUNDING)


def test_the_signature_and_its_defaults_are_the_notebook_s():
    layer = ConvLayer(2, 3, 5)
    assert (layer.lr, layer.stride, layer.pad) == (0.01, (1, 1), (1, 1))
    assert (layer.momentum, layer.reg, layer.layer_name) == (0.9, 0.75, "Conv")
    layer = ConvLayer(2, 3, 5, 1e-5, 2, 0, 0.5, 0.25, "conv2")
    assert (layer.lr, layer.stride, layer.pad) == (1e-5, (2, 2), (0, 0))
    assert (layer.momentum, layer.reg, layer.layer_name) == (0.5, 0.25, "conv2")
    assert (layer.w.shape, layer.b.shape) == ((3, 2, 5, 5), (3,))
    assert np.array_equal(layer.prev_gradient_w, np.zeros((3, 2, 5, 5)))


def test_the_notebook_s_rule_is_told_from_its_neighbours():
    """The comparison fails for a rule that regularises from the first step, or never."""
    for neighbour in (notebook(regularised_from=1), notebook(reg=0), notebook(regularised_from=3)):
        with pytest.raises(pytest.fail.Exception, match=r"step \d, w"):
            assert_same_steps(trained("notebook"), neighbour)


def test_the_notebook_s_previous_gradient_is_the_weight_itself():
    w, b, inputs, _ = training_data()
    layer = layer_with(w, b, "notebook")
    own_w, own_b = layer.w, layer.b
    assert layer.prev_gradient_w is not layer.w
    for x in inputs[:3]:
        out, given_w, given_b = layer.forward(x)
        assert given_w is own_w
        assert given_b is own_b
        assert out is layer.out
        layer.backward(out)
        assert layer.w is own_w
        assert layer.b is own_b
        assert layer.prev_gradient_w is layer.w


@pytest.mark.parametrize("rule", ["notebook", "sgd", "weight_decay"])
def test_momentum_is_used_by_no_other_rule(rule):
    for mine, theirs in zip(trained(rule), trained(rule, momentum=0.1), strict=True):
        assert np.array_equal(mine["w"], theirs["w"])
        assert np.array_equal(mine["b"], theirs["b"])


@pytest.mark.parametrize("rule", ["sgd", "momentum"])
def test_reg_is_used_by_no_other_rule(rule):
    assert np.array_equal(trained(rule)[-1]["w"], trained(rule, reg=0.1)[-1]["w"])


@pytest.mark.parametrize(
    ("rule", "changes"),
    [("notebook", {"reg": 0.1}), ("momentum", {"momentum": 0.1}), ("weight_decay", {"reg": 0.1})],
)
def test_the_parameter_of_a_rule_is_used(rule, changes):
    assert np.all(trained(rule)[-1]["w"] != trained(rule, **changes)[-1]["w"])


@pytest.mark.parametrize("rule", TORCH_RULES)
def test_the_other_rules_are_pytorch_s(rule):
    with np.load(Path(__file__).parent / "fixtures" / "torch_sgd.npz") as stored:
        ws, bs = stored[f"{rule}_w"], stored[f"{rule}_b"]
    expected = [{"w": w, "b": b} for w, b in zip(ws, bs, strict=True)]
    assert_same_steps(trained(rule), expected)


@pytest.mark.parametrize("rule", TORCH_RULES)
def test_the_other_rules_against_pytorch_itself(rule):
    pytest.importorskip("torch")
    from .make_torch_fixtures import trained_by_torch  # noqa: PLC0415 - it imports torch

    expected = [{"w": w, "b": b} for w, b in zip(*trained_by_torch(rule), strict=True)]
    assert_same_steps(trained(rule), expected)


def test_the_four_rules_differ():
    rules = ("notebook", *TORCH_RULES)
    last = {rule: trained(rule)[-1]["w"] for rule in rules}
    for one in rules:
        for other in rules:
            assert one == other or np.all(last[one] != last[other])


@pytest.mark.parametrize("rule", ["notebook", *TORCH_RULES])
def test_dx_is_that_of_the_weights_before_the_step(rule):
    w, b, inputs, wanted = training_data()
    layer = layer_with(w, b, rule, lr=0.5)
    layer.forward(inputs[0])
    dx = layer.backward(wanted[0])
    expected = convolution(inputs[0], w, b, wanted[0], **PARAMETERS)["dx"]
    assert_cells(dx, expected, 1, **ROUNDING)
    assert np.all(layer.w != w)


@pytest.mark.parametrize(
    ("kernel", "stride", "pad"),
    [(3, 1, 0), ((2, 4), (3, 1), (0, 2)), (1, 4, 3), ((5, 1), 2, (4, 0)), (3, 2, (0, 1, 2, 0))],
)
def test_other_geometries(kernel, stride, pad):
    layer = ConvLayer(2, 3, kernel, lr=1.0, stride=stride, pad=pad, rng=1, update="sgd")
    w, b = layer.w.copy(), layer.b.copy()
    rng = np.random.default_rng(2)
    x = uniform(rng, (2, 2, 7, 6))
    out, _, _ = layer.forward(x)
    g = uniform(rng, out.shape)
    dx = layer.backward(g)
    pairs = {"stride": stride, "padding": pad}
    pairs = {name: (n, n) if isinstance(n, int) else n for name, n in pairs.items()}
    expected = convolution(x, w, b, g, **pairs, dilation=(1, 1), groups=1)
    actual = {"out": out, "dx": dx, "dw": w - layer.w, "db": b - layer.b}
    for name, cells in actual.items():
        assert_cells(cells, expected[name], 10)


def test_seeds_and_generators():
    one, same, other = (ConvLayer(2, 3, 3, rng=seed) for seed in (7, 7, 8))
    assert np.array_equal(one.w, same.w)
    assert np.array_equal(one.b, same.b)
    assert np.all(one.w != other.w)
    assert np.all(one.b != other.b)
    by_generator = ConvLayer(2, 3, 3, rng=np.random.default_rng(7))
    assert np.array_equal(one.w, by_generator.w)
    generator = np.random.default_rng(7)
    first, second = (ConvLayer(2, 3, 3, rng=generator) for _ in range(2))
    assert np.all(first.w != second.w)
    assert np.all(ConvLayer(2, 3, 3).w != ConvLayer(2, 3, 3).w)


def test_layers_do_not_touch_numpy_s_global_state():
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the state itself is the subject
    ConvLayer(2, 3, 3, rng=0)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_the_first_weights_are_standard_normals():
    w = ConvLayer(40, 50, 5, rng=0).w
    assert w.dtype == np.float64
    shares = [np.mean(w <= at) for at in (-2, -1, 0, 1, 2)]
    assert shares == pytest.approx([0.02275, 0.15866, 0.5, 0.84134, 0.97725], abs=0.008)
