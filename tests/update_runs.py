"""Trainings of the worked example, restated in plain loops."""

import math
from functools import cache

import numpy as np
import pytest

from conv.ops.training import LOSSES
from conv.ops.update import UPDATES, Settings
from conv.training_runs import make_training
from tests.ops.oracle import convolution
from tests.ops.training_loops import loss_and_gradients, run_in_loops
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
        return loss_and_gradients(loss, x, w, b, g, target, pairs)

    settings = Settings(0.01 * float(pace), reg=0.75 / float(pace))
    if loss == "target":
        # They have tests of their own: here the loss's alone are taken from the training.
        settings = make_training(view, bundle).settings
        assert settings.lr * settings.reg == pytest.approx(0.0075, rel=1e-12)
    runs = {
        rule: run_in_loops(rule, bundle.w, bundle.b, loss_at, settings, COUNT) for rule in UPDATES
    }
    return {rule: (ws, dws, losses) for rule, (losses, ws, dws, _) in runs.items()}


def close(actual, expected):
    expected = np.asarray(expected)
    np.testing.assert_allclose(actual, expected, rtol=1e-8, atol=1e-10 * np.abs(expected).max())
