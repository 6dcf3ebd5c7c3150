"""Trainings of the worked example, restated in plain loops."""

import math
from functools import cache

import numpy as np
import pytest

from conv.ops.training import LOSSES
from conv.ops.update import UPDATES
from conv.training_runs import make_training
from tests.ops.oracle import convolution
from tests.views import legal_view, tensors

COUNT = 50
VIEWS = {
    "as it opens": {},
    "stride, two rows of kernel": {"kernel": (2, 3), "stride": (2, 1), "padding": (1, 0), "m": 1},
    "dilation, seeded": {"dilation": (2, 1), "padding": (1, 1), "top_diff": "normal", "seed": 5},
    "one cell": {"kernel": (1, 1), "padding": (0, 0)},
}
every_view = pytest.mark.parametrize("name", VIEWS)
every_loss = pytest.mark.parametrize("loss", LOSSES)
every_rule = pytest.mark.parametrize("rule", UPDATES)


def update_view(name, **more):
    return legal_view("paper", scene="update", **{**VIEWS[name], **more})


@cache
def training_in_loops(name, loss, pace="1"):
    """For each rule the lists of w (51), dw (50) and losses (51), from the definition."""
    view = update_view(name, loss=loss, pace=pace)
    bundle, _ = tensors(view)
    geometry = bundle.geometry
    pairs = {key: getattr(geometry, key) for key in ("stride", "padding", "dilation", "groups")}
    x, g = bundle.x, bundle.grad_output
    size = math.sqrt(sum(v * v for v in bundle.w.flat) / bundle.w.size)
    drawn = np.random.default_rng((view.seed, 2)).standard_normal(bundle.w.shape)
    target = convolution(x, bundle.w + size * drawn, bundle.b, g, **pairs)["out"]

    def loss_at(w, b):
        out = convolution(x, w, b, g, **pairs)["out"]
        top = g if loss == "sum" else out - target
        found = convolution(x, w, b, top, **pairs)
        cells = zip(out.flat, g.flat, target.flat, strict=True)
        value = sum(o * t if loss == "sum" else (o - wanted) ** 2 / 2 for o, t, wanted in cells)
        return value, found["dw"], found["db"]

    lr, reg = 0.01 * float(pace), 0.75 / float(pace)
    if loss == "target":
        # The settings have tests of their own: here the loss's alone are taken from the training.
        settings = make_training(view, bundle).settings
        lr, reg = settings.lr, settings.reg
        assert lr * reg == pytest.approx(0.0075, rel=1e-12)
    return {rule: run_in_loops(rule, bundle.w, bundle.b, loss_at, lr, reg) for rule in UPDATES}


def run_in_loops(rule, w, b, loss_at, lr, reg, momentum=0.9):
    ws, dws, losses = [], [], []
    velocity_w, velocity_b = np.zeros(w.shape), np.zeros(b.shape)
    for t in range(COUNT + 1):
        value, dw, db = loss_at(w, b)
        ws.append(w)
        losses.append(value)
        if t == COUNT:
            break
        dws.append(dw)
        velocity_w, velocity_b = momentum * velocity_w + dw, momentum * velocity_b + db
        if rule == "notebook":
            # prev_gradient_w is zeros in the first step, and then w as it stands; b has no decay.
            w, b = w - lr * (dw + reg * (w if t else 0 * w)), b - lr * db
        elif rule == "sgd":
            w, b = w - lr * dw, b - lr * db
        elif rule == "momentum":
            w, b = w - lr * velocity_w, b - lr * velocity_b
        else:
            w, b = w - lr * (dw + reg * w), b - lr * (db + reg * b)
    return ws, dws, losses


def close(actual, expected):
    expected = np.asarray(expected)
    np.testing.assert_allclose(actual, expected, rtol=1e-8, atol=1e-10 * np.abs(expected).max())
