"""Training on the tensors of a view, under each rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from conv.ops import conv2d
from conv.ops.textbook import Array
from conv.ops.training import MOST_STEPS, KernelPath, Run, default_settings, train, train_kernel
from conv.ops.update import Settings
from conv.results import Bundle
from conv.spot import Spot
from conv.state.view import View


@dataclass(frozen=True)
class Training:
    """A run of MOST_STEPS steps from a bundle's weights under each of UPDATES. `at_zero` is the
    loss of a layer whose weights and bias are 0, which both losses have."""

    runs: Mapping[str, Run]
    settings: Settings
    loss: str
    at_zero: float

    def diverged(self, rule: str) -> bool:
        """Whether a run left the finite numbers, or came out worse than it began and than zeros:
        the loss "sum" has no least value, so that it falls for ever and none is worse."""
        run = self.runs[rule]
        if not (np.isfinite(run.losses).all() and np.isfinite(run.largest_w).all()):
            return True
        return self.loss == "target" and run.losses[-1] > max(run.losses[0], self.at_zero)


@dataclass(frozen=True)
class TrainingRuns:
    """A training, and under each of its rules the path of one kernel."""

    training: Training
    paths: Mapping[str, KernelPath]


def make_training(view: View, bundle: Bundle) -> Training:
    """The training that a view asks for by its loss, pace and seed, on all items and filters."""
    x, w, b, geometry = bundle.x, bundle.w, bundle.b, bundle.geometry
    own, pace = default_settings(view.loss, x, geometry), float(view.pace)
    # lr * reg, the share of w that a step's decay takes, is the same at every pace.
    settings = Settings(own.lr * pace, own.momentum, own.reg / pace)
    target = _target(view, bundle)
    runs = train(x, w, b, bundle.grad_output, geometry, view.loss, settings, MOST_STEPS, target)
    at_zero = 0.0 if target is None else float(np.sum(target**2) / 2)
    return Training(runs, settings, view.loss, at_zero)


def make_training_runs(
    view: View, bundle: Bundle, training: Training | None = None
) -> TrainingRuns:
    """The training that a view asks for, and the paths of its kernel; `training` spares the
    first, which all kernels share."""
    known = training or make_training(view, bundle)
    kernel = (view.f, view.c % bundle.w.shape[1])
    tensors = (bundle.x, bundle.w, bundle.b, bundle.grad_output, bundle.geometry)
    target = _target(view, bundle)
    paths = train_kernel(*tensors, view.loss, known.settings, MOST_STEPS, kernel, target)
    return TrainingRuns(known, paths)


def _target(view: View, bundle: Bundle) -> Array | None:
    """The output of the same layer with other weights: w and a normal of w's root mean square.
    None for a loss without a target."""
    if view.loss != "target":
        return None
    w = bundle.w
    size = np.sqrt(np.mean(w**2))
    other = w + size * np.random.default_rng((view.seed, 2)).standard_normal(w.shape)
    return conv2d(bundle.x, other, bundle.b, **bundle.geometry.parameters)


def training_runs_of(spot: Spot) -> TrainingRuns:
    """The training of a spot's view, prepared or worked out now."""
    return spot.found(TrainingRuns) or make_training_runs(spot.view, spot.bundle)
