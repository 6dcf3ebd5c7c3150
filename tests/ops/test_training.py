"""Runs of training steps against the rules in plain form, on gradients from plain loops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conv import ConvError, ConvLayer, Geometry
from conv.ops.training import LOSSES, MOST_STEPS, curvature, default_settings, train
from conv.ops.update import UPDATES, Settings

from ..cases import in_turn
from .grid import case, tensors, uniform
from .oracle import assert_cells, convolution
from .training import LR, MOMENTUM, REG, SIZE, TORCH_RULES, training_data

STEPS = 6
SETTINGS = Settings(lr=0.03, momentum=0.8, reg=0.4)

# Rows and columns as (size, kernel, stride, padding, dilation); N, C, F, groups.
CASES = {
    "plain": case((5, 3, 1, 0, 1), (4, 2, 1, 0, 1), (2, 2, 3, 1)),
    "padding": case((4, 3, 1, 1, 1), (3, 2, 1, 2, 1), (1, 3, 2, 1)),
    "stride": case((6, 2, 2, 0, 1), (7, 3, 3, 1, 1), (2, 1, 3, 1)),
    "dilation": case((6, 2, 1, 1, 3), (5, 3, 1, 0, 2), (2, 2, 2, 1)),
    "groups": case((4, 2, 1, 0, 1), (5, 3, 1, 1, 1), (2, 4, 6, 2)),
    "depthwise": case((5, 3, 2, 2, 2), (6, 2, 3, 1, 2), (1, 3, 3, 3)),
}
every_case = pytest.mark.parametrize("name", CASES)
every_rule = in_turn("rule", UPDATES)
every_loss = pytest.mark.parametrize("loss", LOSSES)


def setting_of(name):
    """x, w, b, grad_output, the geometry and a target of a case."""
    drawn = CASES[name]
    seed = list(CASES).index(name)
    geometry = Geometry(drawn.input_size, drawn.weight_size, **drawn.parameters)
    target = uniform(np.random.default_rng((seed, 1)), drawn.output_size)
    return *tensors(drawn, seed), geometry, target


def train_case(name, loss, *, settings=SETTINGS, steps=STEPS, **changes):
    *data, geometry, target = setting_of(name)
    return train(*data, geometry, loss, settings, steps, **{"target": target, **changes})


def loss_and_gradients(loss, x, w, b, g, target, parameters):
    """The loss, dw and db in loops."""
    out = convolution(x, w, b, g, **parameters)["out"]
    top = g if loss == "sum" else out - target
    gradients = convolution(x, w, b, top, **parameters)
    cells = zip(out.ravel().tolist(), g.ravel().tolist(), target.ravel().tolist(), strict=True)
    if loss == "sum":
        value = sum(o * t for o, t, _ in cells)
    else:
        value = sum((o - wanted) ** 2 for o, _, wanted in cells) / 2
    return value, gradients["dw"], gradients["db"]


def next_parameters(rule, step, w, b, dw, db, velocity):
    """w and b after a step; `velocity` is that of momentum, as a pair, for w and b."""
    lr, reg = SETTINGS.lr, SETTINGS.reg
    if rule == "notebook":
        # `prev_gradient_w = w` binds w itself: nothing at the first step, w at every other.
        return w - lr * dw - (lr * reg * w if step > 1 else 0), b - lr * db
    if rule == "weight_decay":
        return (1 - lr * reg) * w - lr * dw, (1 - lr * reg) * b - lr * db
    if rule == "momentum":
        for v, d in zip(velocity, (dw, db), strict=True):
            v[...] = SETTINGS.momentum * v + d
        return w - lr * velocity[0], b - lr * velocity[1]
    return w - lr * dw, b - lr * db


def restated(name, loss, rule):
    """losses, w, dw and b of a run, as lists."""
    x, w, b, g, geometry, target = setting_of(name)
    velocity = np.zeros(w.shape), np.zeros(b.shape)
    losses, ws, dws, bs = [], [w], [], [b]
    for step in range(1, STEPS + 2):
        value, dw, db = loss_and_gradients(loss, x, w, b, g, target, geometry.parameters)
        losses.append(value)
        if step <= STEPS:
            w, b = next_parameters(rule, step, w, b, dw, db, velocity)
            ws.append(w)
            dws.append(dw)
            bs.append(b)
    return losses, ws, dws, bs


@every_case
@every_loss
@every_rule
def test_a_run_is_its_rule_step_by_step(rule, loss, name):
    run = train_case(name, loss)[rule]
    losses, w, dw, b = map(np.array, restated(name, loss, rule))
    assert run.rule == rule
    # Six steps carry the rounding of six; what is compared is of the size of 1 to 100.
    assert_cells(run.losses, losses, 100)
    assert_cells(run.w, w, 10)
    assert_cells(run.dw, dw, 100)
    assert_cells(run.b, b, 10)
    assert_cells(run.step, w[1:] - w[:-1], 10)
    norms = [sum(number**2 for number in weights.ravel().tolist()) ** 0.5 for weights in w]
    assert_cells(run.norms, np.array(norms), 10)


@every_rule
def test_a_run_is_the_layer_s(rule):
    """The layer itself, trained on the same: it has stride and padding, and the same bits."""
    w, b, inputs, wanted = training_data()
    layer = ConvLayer(**SIZE, lr=LR, momentum=MOMENTUM, reg=REG, update=rule, rng=0)
    layer.w[...], layer.b[...] = w, b
    geometry = Geometry(inputs[0].shape, w.shape, stride=SIZE["stride"], padding=SIZE["pad"])
    settings = Settings(LR, MOMENTUM, REG)
    run = train(inputs[0], w, b, wanted[0], geometry, "target", settings, 9, wanted[0])[rule]
    for t in range(10):
        assert np.array_equal(run.w[t], layer.w)
        assert np.array_equal(run.b[t], layer.b)
        if t < 9:
            assert run.aliased[t] == (layer.prev_gradient_w is layer.w)
        layer.backward(layer.forward(inputs[0])[0] - wanted[0])


@pytest.mark.parametrize("rule", TORCH_RULES)
def test_single_steps_are_pytorch_s(rule):
    """The stored run has another input at each step, so each of its steps is a run of one; that
    of momentum remembers, so it is the first alone."""
    first_w, first_b, inputs, wanted = training_data()
    with np.load(Path(__file__).parent / "fixtures" / "torch_sgd.npz") as stored:
        ws, bs = [first_w, *stored[f"{rule}_w"]], [first_b, *stored[f"{rule}_b"]]
    geometry = Geometry(inputs[0].shape, first_w.shape, stride=SIZE["stride"], padding=SIZE["pad"])
    settings = Settings(LR, MOMENTUM, REG)
    for t in range(1 if rule == "momentum" else len(inputs)):
        goal = wanted[t]
        run = train(inputs[t], ws[t], bs[t], goal, geometry, "target", settings, 1, goal)[rule]
        assert_cells(run.w[1], ws[t + 1], 10)
        assert_cells(run.b[1], bs[t + 1], 10)


def trained_by_torch(name, loss, rule):
    """w and b before the first step and after each, and the gradients and losses, by autograd."""
    import torch  # noqa: PLC0415 - the tests do without it

    x, w, b, g, geometry, target = setting_of(name)
    x, w, b, g, target = map(torch.tensor, (x, w, b, g, target))
    parameters = w.requires_grad_(), b.requires_grad_()
    numbers = {"momentum": SETTINGS.momentum, "weight_decay": SETTINGS.reg}
    keywords = {key: numbers[key] for key in TORCH_RULES[rule]}
    optimizer = torch.optim.SGD(parameters, lr=SETTINGS.lr, **keywords)
    history = {"w": [], "b": [], "dw": [], "losses": []}
    for _ in range(STEPS + 1):
        optimizer.zero_grad()
        out = torch.nn.functional.conv2d(x, w, b, **geometry.parameters)
        value = (out * g).sum() if loss == "sum" else 0.5 * ((out - target) ** 2).sum()
        value.backward()
        for key, number in (("w", w), ("b", b), ("dw", w.grad), ("losses", value)):
            history[key].append(number.detach().numpy().copy())
        optimizer.step()
    return {key: np.array(numbers) for key, numbers in history.items()}


@every_case
@every_loss
@pytest.mark.parametrize("rule", TORCH_RULES)
def test_a_run_is_pytorch_s_own(rule, loss, name):
    pytest.importorskip("torch")
    run, theirs = train_case(name, loss)[rule], trained_by_torch(name, loss, rule)
    assert_cells(run.losses, theirs["losses"], 100)
    assert_cells(run.w, theirs["w"], 10)
    assert_cells(run.dw, theirs["dw"][:-1], 100)
    assert_cells(run.b, theirs["b"], 10)


@every_case
@every_loss
def test_the_notebook_s_first_step_is_sgd_s(loss, name):
    runs = train_case(name, loss)
    assert_cells(runs["notebook"].w[1], runs["sgd"].w[1], 1)
    assert_cells(runs["notebook"].b[1], runs["sgd"].b[1], 1)
    assert np.all(runs["notebook"].w[1] != runs["weight_decay"].w[1])


@every_case
@every_loss
def test_from_its_second_step_on_the_notebook_decays_w_and_not_b(loss, name):
    *data, geometry, target = setting_of(name)
    run = train_case(name, loss)["notebook"]
    for t in range(1, STEPS):
        data[1], data[2] = run.w[t], run.b[t]
        ones = train(*data, geometry, loss, SETTINGS, 1, target)
        assert_cells(run.w[t + 1], ones["weight_decay"].w[1], 10)
        assert_cells(run.b[t + 1], ones["sgd"].b[1], 10)
        assert np.all(run.w[t + 1] != ones["sgd"].w[1])
        assert np.all(run.b[t + 1] != ones["weight_decay"].b[1])


def test_the_notebook_alone_finds_w_in_its_previous_gradient():
    for rule, run in train_case("plain", "target").items():
        assert run.aliased.tolist() == [False] + [rule == "notebook"] * (STEPS - 1)


@every_loss
def test_each_rule_uses_its_own_settings_alone(loss):
    plain = train_case("groups", loss)
    used = {
        "lr": set(UPDATES),
        "momentum": {"momentum"},
        "reg": {"notebook", "weight_decay"},
    }
    for name, rules in used.items():
        numbers = {"lr": 0.03, "momentum": 0.8, "reg": 0.4, name: 0.05}
        other = train_case("groups", loss, settings=Settings(**numbers))
        for rule in UPDATES:
            same = np.array_equal(plain[rule].w, other[rule].w)
            assert same == (rule not in rules), (name, rule)
            if rule in rules:
                assert np.all(plain[rule].w[-1] != other[rule].w[-1])


@every_case
def test_the_gradient_of_the_sum_is_the_same_at_every_step(name):
    for run in train_case(name, "sum").values():
        for dw in run.dw:
            assert np.array_equal(dw, run.dw[0])
    for run in train_case(name, "target").values():
        for before, after in zip(run.dw[:-1], run.dw[1:], strict=True):
            assert np.all(before != after)


def test_a_run_is_of_the_rules_asked_for_in_their_order():
    everything = train_case("groups", "target")
    assert tuple(everything) == UPDATES
    some = train_case("groups", "target", rules=("momentum", "notebook"))
    assert list(some) == ["momentum", "notebook"]
    for rule, run in some.items():
        assert np.array_equal(run.w, everything[rule].w)
        assert np.array_equal(run.losses, everything[rule].losses)


@every_loss
def test_the_arguments_stay_as_they_were(loss):
    *data, geometry, target = setting_of("groups")
    copies = [array.copy() for array in (*data, target)]
    for array in (*data, target):
        array.setflags(write=False)
    train(*data, geometry, loss, SETTINGS, STEPS, target)
    for array, copy in zip((*data, target), copies, strict=True):
        assert np.array_equal(array, copy)


def test_float32_and_lists_are_taken_as_float64():
    *data, geometry, target = setting_of("stride")
    x, w, b, g, target = (array.astype(np.float32) for array in (*data, target))
    run = train(x, w, b.tolist(), g, geometry, "target", SETTINGS, STEPS, target)["momentum"]
    doubles = (array.astype(np.float64) for array in (x, w, b, g))
    other = train(*doubles, geometry, "target", SETTINGS, STEPS, target)["momentum"]
    for mine, theirs in ((run.w, other.w), (run.losses, other.losses), (run.dw, other.dw)):
        assert mine.dtype == np.float64
        assert np.array_equal(mine, theirs)


@every_rule
def test_a_run_that_diverges_ends_in_infinities_and_nan(rule):
    run = train_case("groups", "target", settings=Settings(1e12, 0.9, 0.75), steps=50)[rule]
    assert np.isfinite(run.losses[0])
    assert not np.isfinite(run.losses[-1])
    assert np.isnan(run.w[-1]).all()
    assert np.isfinite(run.norms[1])
    assert np.isnan(run.norms[-1])
    assert np.isnan(run.step[-1]).all()
    overflown = train_case("plain", "sum", settings=Settings(1e308, 0.9, 1e308), steps=3)[rule]
    assert not np.isfinite(overflown.norms[-1])
    assert not np.isfinite(overflown.step[-1]).all()


# The curvature and the default settings.


def second_derivatives(x, geometry):
    """For each group, the matrix of second derivatives of the loss "target" in the weights and
    the bias of its first filter: the products of the outputs of their unit vectors, in loops."""
    f, per_group, kh, kw = geometry.weight_size
    zeros = np.zeros(geometry.output_size)
    matrices = []
    for first in range(0, f, f // geometry.groups):
        outputs = []
        for cell in range(per_group * kh * kw + 1):
            w, b = np.zeros(geometry.weight_size), np.zeros(f)
            if cell < per_group * kh * kw:
                w[first].flat[cell] = 1
            else:
                b[first] = 1
            out = convolution(x, w, b, zeros, **geometry.parameters)["out"]
            outputs.append(out[:, first].ravel())
        matrices.append(np.array(outputs) @ np.array(outputs).T)
    return matrices


@pytest.mark.parametrize("leading", [0, -1])
@every_case
def test_the_curvature_is_the_largest_eigenvalue(name, leading):
    x, *_, geometry, _ = setting_of(name)
    x[:, leading] *= 3
    largest = max(np.linalg.eigvalsh(m)[-1] for m in second_derivatives(x, geometry))
    # From below, and slowly where the next eigenvalue is close.
    assert curvature(x, geometry) == pytest.approx(largest, rel=1e-4, abs=0)
    assert curvature(x, geometry) <= (1 + 1e-12) * largest


@every_case
def test_the_curvature_with_a_leading_direction_is_sharp(name):
    x, *_, geometry, _ = setting_of(name)
    x = x**2
    largest = max(np.linalg.eigvalsh(m)[-1] for m in second_derivatives(x, geometry))
    assert curvature(x, geometry) == pytest.approx(largest, rel=1e-8, abs=0)


def test_the_curvature_of_an_input_of_zeros_is_that_of_the_bias():
    geometry = Geometry((3, 2, 4, 5), (2, 2, 2, 2))
    assert curvature(np.zeros((3, 2, 4, 5)), geometry) == pytest.approx(3 * 3 * 4, rel=1e-12)


@every_case
def test_the_curvature_parts_rates_that_converge_from_rates_that_do_not(name):
    x, *_, geometry, _ = setting_of(name)
    for factor, falls in ((1.9, True), (2.1, False)):
        settings = Settings(factor / curvature(x, geometry))
        losses = train_case(name, "target", settings=settings, steps=50)["sgd"].losses
        assert (losses[-1] < losses[0]) == falls
        assert (losses[-1] < losses[-2]) == falls


@every_case
def test_under_the_default_settings_the_loss_falls_at_every_step(name):
    *data, geometry, target = setting_of(name)
    settings = default_settings("target", data[0], geometry)
    losses = train(*data, geometry, "target", settings, 10, target)["sgd"].losses
    assert np.all(np.diff(losses) < 0)


@every_case
def test_the_default_settings(name):
    x, *_, geometry, _ = setting_of(name)
    assert default_settings("sum", x, geometry) == Settings(0.01, 0.9, 0.75)
    settings = default_settings("target", x, geometry)
    assert settings.lr * curvature(x, geometry) == pytest.approx(1, rel=1e-12)
    assert settings.lr * settings.reg == pytest.approx(0.0075, rel=1e-12)
    assert settings.momentum == 0.9


# What is refused.


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "mean"}, "loss must be one of 'sum', 'target', got 'mean'"),
        ({"loss": None}, "got None"),
        ({"rules": ("sgd", "adam")}, "rules must be one of 'notebook', 'sgd', .*, got 'adam'"),
        ({"rules": (1,)}, "got 1"),
        ({"steps": 0}, "steps must be >= 1, got 0"),
        ({"steps": 51}, "steps must be <= 50, got 51"),
        ({"steps": 2.0}, "steps must be a whole number, got 2.0"),
        ({"target": None}, "target must be given for the loss 'target', got None"),
        ({"target": np.ones((2, 3, 3, 4))}, r"target must have .* \(2, 3, 3, 3\), got \(2, 3, 3,"),
        ({"target": np.ones(3)}, "target must have 4 axes"),
        ({"loss": "sum", "grad_output": np.ones((2, 3, 4, 3))}, "grad_output must have .* shape"),
        ({"x": np.ones((2, 2, 5, 5))}, r"x must have the geometry's shape \(2, 2, 5, 4\), got"),
        ({"w": np.ones((3, 2, 2, 3))}, r"w must have the geometry's shape \(3, 2, 3, 2\), got"),
        ({"b": np.ones(1)}, r"b must have the geometry's shape \(3,\), got \(1,\)"),
        ({"b": "text"}, "b must"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    x, w, b, g, geometry, target = setting_of("plain")
    arguments = {"x": x, "w": w, "b": b, "grad_output": g, "geometry": geometry, "loss": "target"}
    arguments |= {"settings": SETTINGS, "steps": STEPS, "target": target}
    train(**arguments)
    with pytest.raises(ConvError, match=message):
        train(**{**arguments, **changes})


@pytest.mark.parametrize("steps", [1, MOST_STEPS])
def test_the_fewest_and_the_most_steps(steps):
    run = train_case("plain", "target", steps=steps)["sgd"]
    assert (len(run.losses), len(run.w), len(run.b)) == (steps + 1,) * 3
    assert (len(run.dw), len(run.step), len(run.aliased)) == (steps,) * 3


@pytest.mark.parametrize("cell", [np.nan, np.inf, -np.inf, 1e80, 1e200])
def test_an_input_that_has_no_curvature_is_refused(cell):
    x, *_, geometry, _ = setting_of("plain")
    x[1, 0, 2, 1] = cell
    with pytest.raises(ConvError, match="x must be finite"):
        default_settings("target", x, geometry)


def test_settings_of_what_does_not_fit_are_refused():
    x, *_, geometry, _ = setting_of("plain")
    with pytest.raises(ConvError, match="loss must be one of"):
        default_settings("mean", x, geometry)
    with pytest.raises(ConvError, match="x must have the geometry's shape"):
        default_settings("target", x[:1], geometry)
