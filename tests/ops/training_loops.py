"""Training runs restated in plain loops, from the definitions alone."""

from __future__ import annotations

import numpy as np

from .oracle import convolution


def loss_and_gradients(loss, x, w, b, g, target, parameters):
    """The loss, dw and db."""
    out = convolution(x, w, b, g, **parameters)["out"]
    top = g if loss == "sum" else out - target
    gradients = convolution(x, w, b, top, **parameters)
    cells = zip(out.ravel().tolist(), g.ravel().tolist(), target.ravel().tolist(), strict=True)
    if loss == "sum":
        value = sum(o * t for o, t, _ in cells)
    else:
        value = sum((o - wanted) ** 2 for o, _, wanted in cells) / 2
    return value, gradients["dw"], gradients["db"]


def run_in_loops(rule, w, b, loss_at, settings, steps):
    """Losses, w, dw and b of a run, each before every step and, but for dw, behind the last one.
    `loss_at` gives the loss, dw and db for w and b."""
    losses, ws, dws, bs = [], [], [], []
    velocity_w, velocity_b = np.zeros(w.shape), np.zeros(b.shape)
    lr, reg = settings.lr, settings.reg
    for step in range(steps + 1):
        value, dw, db = loss_at(w, b)
        losses.append(value)
        ws.append(w)
        bs.append(b)
        if step == steps:
            break
        dws.append(dw)
        velocity_w = settings.momentum * velocity_w + dw
        velocity_b = settings.momentum * velocity_b + db
        if rule == "notebook":
            # `prev_gradient_w = w` binds w itself: nothing at the first step, w at every other.
            w, b = w - lr * (dw + reg * (w if step else 0 * w)), b - lr * db
        elif rule == "sgd":
            w, b = w - lr * dw, b - lr * db
        elif rule == "momentum":
            w, b = w - lr * velocity_w, b - lr * velocity_b
        else:
            w, b = w - lr * (dw + reg * w), b - lr * (db + reg * b)
    return losses, ws, dws, bs
