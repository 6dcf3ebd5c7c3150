"""Runs of training steps against the rules in plain form, on gradients from plain loops."""

from __future__ import annotations

import tracemalloc
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from conv import ConvError, ConvLayer, Geometry
from conv.ops.training import LOSSES, MOST_STEPS, train, train_kernel
from conv.ops.update import UPDATES, Settings

from ..cases import in_turn
from .grid import uniform
from .oracle import assert_cells
from .training import LR, MOMENTUM, REG, SIZE, TORCH_RULES, training_data
from .training_cases import SETTINGS, STEPS, every_case, setting_of, train_case
from .training_loops import loss_and_gradients, run_in_loops

every_rule = in_turn("rule", UPDATES)
every_loss = pytest.mark.parametrize("loss", LOSSES)


def kernels(w):
    """The places (f, c) of all kernels."""
    return list(np.ndindex(w.shape[:2]))


def walked(*given, settings=SETTINGS, steps=STEPS, target=None):
    """For each rule w (T+1, F, C/groups, KH, KW) and dw (T, ...) of a training of x, w, b,
    grad_output, the geometry and the loss, kernel by kernel."""
    size = given[1].shape
    paths = {
        kernel: train_kernel(*given, settings, steps, kernel, target)
        for kernel in kernels(given[1])
    }

    def whole(rule, name):
        by_kernel = np.stack([getattr(path[rule], name) for path in paths.values()], axis=1)
        return by_kernel.reshape(-1, *size)

    return {rule: (whole(rule, "w"), whole(rule, "dw")) for rule in UPDATES}


def walk_case(name, loss, **changes):
    *data, geometry, target = setting_of(name)
    return walked(*data, geometry, loss, **{"target": target, **changes})


@cache
def restated(name, loss, rule):
    """losses, w, dw and b of a run, whole, as lists."""
    x, w, b, g, geometry, target = setting_of(name)

    def loss_at(w, b):
        return loss_and_gradients(loss, x, w, b, g, target, geometry.parameters)

    return run_in_loops(rule, w, b, loss_at, SETTINGS, STEPS)


@every_case
@every_loss
@every_rule
def test_a_run_is_its_rule_step_by_step(rule, loss, name):
    run = train_case(name, loss)[rule]
    losses, w, dw, _ = map(np.array, restated(name, loss, rule))
    assert run.rule == rule
    # Six steps carry the rounding of six; what is compared is of the size of 1 to 100.
    assert_cells(run.losses, losses, 100)
    norms = [sum(number**2 for number in weights.ravel().tolist()) ** 0.5 for weights in w]
    assert_cells(run.norms, np.array(norms), 10)
    assert_cells(run.largest_w, np.array([np.abs(one).max() for one in w]), 10)
    assert_cells(run.largest_dw, np.array([np.abs(one).max() for one in dw]), 100)
    notebook = np.array(restated(name, loss, "notebook")[1])
    assert_cells(run.gaps, np.abs(w - notebook).max(axis=(1, 2, 3, 4)), 10)


@every_case
@every_loss
def test_every_kernel_goes_its_rule_s_way(loss, name):
    *data, geometry, target = setting_of(name)
    for f, c in kernels(data[1]):
        paths = train_kernel(*data, geometry, loss, SETTINGS, STEPS, (f, c), target)
        assert tuple(paths) == UPDATES
        for rule, path in paths.items():
            _, w, dw, _ = (np.array(values) for values in restated(name, loss, rule))
            assert_cells(path.w, w[:, f, c], 10)
            assert_cells(path.dw, dw[:, f, c], 100)
            assert_cells(path.step, w[1:, f, c] - w[:-1, f, c], 10)


def test_runs_are_those_of_the_layer_with_its_whole_history():
    """The layer itself, trained on the same under each rule: it has stride and padding. What a
    run keeps of all weights has the bits of the whole history; a kernel's path, which is run
    without the other filters, has its numbers."""
    w, b, inputs, wanted = training_data()
    x, goal = inputs[0], wanted[0]
    geometry = Geometry(x.shape, w.shape, stride=SIZE["stride"], padding=SIZE["pad"])
    histories, aliased, losses = {}, {}, {}
    for rule in UPDATES:
        layer = ConvLayer(**SIZE, lr=LR, momentum=MOMENTUM, reg=REG, update=rule, rng=0)
        layer.w[...], layer.b[...] = w, b
        histories[rule], aliased[rule], losses[rule] = [layer.w.copy()], [], []
        for _ in range(9):
            residual = layer.forward(x)[0] - goal
            losses[rule].append(np.sum(residual**2) / 2)
            aliased[rule].append(layer.prev_gradient_w is layer.w)
            layer.backward(residual)
            histories[rule].append(layer.w.copy())
        losses[rule].append(np.sum((layer.forward(x)[0] - goal) ** 2) / 2)
    settings = Settings(LR, MOMENTUM, REG)
    runs = train(x, w, b, goal, geometry, "target", settings, 9, goal)
    paths = walked(x, w, b, goal, geometry, "target", settings=settings, steps=9, target=goal)
    for rule, run in runs.items():
        history = np.array(histories[rule])
        assert np.array_equal(run.losses, losses[rule])
        assert np.array_equal(run.norms, [np.sqrt(np.sum(one**2)) for one in history])
        assert np.array_equal(run.largest_w, np.abs(history).max(axis=(1, 2, 3, 4)))
        gaps = np.abs(history - np.array(histories["notebook"]))
        assert np.array_equal(run.gaps, gaps.max(axis=(1, 2, 3, 4)))
        assert np.array_equal(run.aliased, aliased[rule])
        assert np.array_equal(paths[rule][0][0], w)
        assert_cells(paths[rule][0], history, 1, rounding=1e-14)


@every_loss
def test_a_training_takes_a_few_times_its_weights(loss):
    """Not every weight of every step of every rule, which is 404 times the weights."""
    rng = np.random.default_rng(3)
    geometry = Geometry((1, 64, 4, 4), (64, 64, 3, 3))
    x, w, b = (uniform(rng, size) for size in ((1, 64, 4, 4), (64, 64, 3, 3), (64,)))
    goal = uniform(rng, geometry.output_size)
    given = (x, w, b, goal, geometry, loss, Settings(1e-4), MOST_STEPS)
    for call in (lambda: train(*given, goal), lambda: train_kernel(*given, (3, 5), goal)):
        kept, peak = memory_of(call)
        assert peak < 20 * w.nbytes
        # All four runs are fifty steps of a kernel of nine weights, or of some numbers each.
        assert kept < 2 * 4 * 2 * 51 * 9 * 8


def memory_of(call):
    """The bytes that a call's result keeps, and the most that it takes on its way."""
    tracemalloc.start()
    result = call()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result
    return kept, peak


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
        given = (inputs[t], ws[t], bs[t], goal, geometry, "target")
        path, _ = walked(*given, settings=settings, steps=1, target=goal)[rule]
        assert_cells(path[1], ws[t + 1], 10)


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
    theirs = trained_by_torch(name, loss, rule)
    assert_cells(train_case(name, loss)[rule].losses, theirs["losses"], 100)
    w, dw = walk_case(name, loss)[rule]
    assert_cells(w, theirs["w"], 10)
    assert_cells(dw, theirs["dw"][:-1], 100)


@every_case
@every_loss
def test_the_notebook_s_first_step_is_sgd_s(loss, name):
    paths = walk_case(name, loss)
    first = {rule: w[1] for rule, (w, _) in paths.items()}
    assert_cells(first["notebook"], first["sgd"], 1)
    assert np.all(first["notebook"] != first["weight_decay"])


@every_case
@every_loss
def test_from_its_second_step_on_the_notebook_decays_w(loss, name):
    *data, geometry, target = setting_of(name)
    path, _ = walk_case(name, loss)["notebook"]
    _, _, _, b = restated(name, loss, "notebook")
    for t in range(1, STEPS):
        data[1], data[2] = path[t], b[t]
        ones = walked(*data, geometry, loss, steps=1, target=target)
        assert_cells(path[t + 1], ones["weight_decay"][0][1], 10)
        assert np.all(path[t + 1] != ones["sgd"][0][1])


def test_the_notebook_alone_finds_w_in_its_previous_gradient():
    for rule, run in train_case("plain", "target").items():
        assert run.aliased.tolist() == [False] + [rule == "notebook"] * (STEPS - 1)


@every_loss
def test_each_rule_uses_its_own_settings_alone(loss):
    plain = walk_case("groups", loss)
    used = {
        "lr": set(UPDATES),
        "momentum": {"momentum"},
        "reg": {"notebook", "weight_decay"},
    }
    for name, rules in used.items():
        numbers = {"lr": 0.03, "momentum": 0.8, "reg": 0.4, name: 0.05}
        other = walk_case("groups", loss, settings=Settings(**numbers))
        for rule in UPDATES:
            mine, theirs = plain[rule][0], other[rule][0]
            assert np.array_equal(mine, theirs) == (rule not in rules), (name, rule)
            if rule in rules:
                assert np.all(mine[-1] != theirs[-1])


@every_case
def test_the_gradient_of_the_sum_is_the_same_at_every_step(name):
    for _, dw in walk_case(name, "sum").values():
        for one in dw:
            assert np.array_equal(one, dw[0])
    for _, dw in walk_case(name, "target").values():
        for before, after in pairwise(dw):
            assert np.all(before != after)


@every_loss
def test_the_arguments_stay_as_they_were(loss):
    *data, geometry, target = setting_of("groups")
    copies = [array.copy() for array in (*data, target)]
    for array in (*data, target):
        array.setflags(write=False)
    train(*data, geometry, loss, SETTINGS, STEPS, target)
    train_kernel(*data, geometry, loss, SETTINGS, STEPS, (3, 1), target)
    for array, copy in zip((*data, target), copies, strict=True):
        assert np.array_equal(array, copy)


def test_float32_and_lists_are_taken_as_float64():
    *data, geometry, target = setting_of("stride")
    x, w, b, g, target = (array.astype(np.float32) for array in (*data, target))
    given = (g, geometry, "target", SETTINGS, STEPS)
    mine = train(x, w, b.tolist(), *given, target=target)["momentum"]
    mine_at = train_kernel(x, w, b.tolist(), *given, (1, 0), target)["momentum"]
    x, w, b, g, target = (array.astype(np.float64) for array in (x, w, b, g, target))
    theirs = train(x, w, b, *given, target=target)["momentum"]
    theirs_at = train_kernel(x, w, b, *given, (1, 0), target)["momentum"]
    for one, other in ((mine.losses, theirs.losses), (mine_at.w, theirs_at.w)):
        assert one.dtype == np.float64
        assert np.array_equal(one, other)


@every_rule
def test_a_run_that_diverges_ends_in_infinities_and_nan(rule):
    large = {"settings": Settings(1e12, 0.9, 0.75), "steps": 50}
    run, (w, _) = (made("groups", "target", **large)[rule] for made in (train_case, walk_case))
    assert np.isfinite(run.losses[0])
    assert not np.isfinite(run.losses[-1])
    assert np.isnan(w[-1]).all()
    assert np.isfinite([run.norms[1], run.largest_w[1]]).all()
    assert np.isnan([run.norms[-1], run.largest_w[-1], run.largest_dw[-1]]).all()
    assert np.isfinite(run.gaps).all()
    larger = {"settings": Settings(1e308, 0.9, 1e308), "steps": 3}
    run, (w, _) = (made("plain", "sum", **larger)[rule] for made in (train_case, walk_case))
    assert not np.isfinite(run.norms[-1])
    assert not np.isfinite(w[-1]).all()


# What is refused.


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "mean"}, "loss must be one of 'sum', 'target', got 'mean'"),
        ({"loss": None}, "got None"),
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
    for call, more in ((train, {}), (train_kernel, {"kernel": (2, 1)})):
        call(**arguments, **more)
        with pytest.raises(ConvError, match=message):
            call(**{**arguments, **more, **changes})


@pytest.mark.parametrize("kernel", [(3, 0), (0, 2), (-1, 0), (0, -1)])
def test_a_kernel_that_w_does_not_have_is_refused(kernel):
    *data, geometry, target = setting_of("plain")
    with pytest.raises(ConvError, match=r"kernel must be one of w's \(3, 2\), got"):
        train_kernel(*data, geometry, "target", SETTINGS, STEPS, kernel, target)


@pytest.mark.parametrize("steps", [1, MOST_STEPS])
def test_the_fewest_and_the_most_steps(steps):
    run = train_case("plain", "target", steps=steps)["sgd"]
    w, dw = walk_case("plain", "target", steps=steps)["sgd"]
    for values in (run.losses, run.norms, run.largest_w, run.gaps, w):
        assert len(values) == steps + 1
    assert (len(dw), len(run.largest_dw), len(run.aliased)) == (steps,) * 3
