"""A layer that learns on one input, step by step, under each of the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ConvError
from .functional import as_tensor, conv2d, conv2d_bias, conv2d_weight
from .geometry import Geometry, as_int, as_one_of
from .textbook import Array
from .update import UPDATES, Settings, step_of

LOSSES = ("sum", "target")
MOST_STEPS = 50
NOTEBOOK = Settings(lr=0.01, momentum=0.9, reg=0.75)

# The power iteration ends where a round adds less than this share, and after so many rounds. The
# second is for inputs without a leading direction; an estimate somewhat low does no harm, for
# 1 / curvature is stable up to one of half the truth.
CURVATURE_GAIN = 1e-9
CURVATURE_ROUNDS = 200

# (w, b) to the loss, dw and db.
Loss = Callable[[Array, Array], tuple[float, Array, Array]]


@dataclass(frozen=True)
class Run:
    """T steps under one rule, float64: the losses (T+1) and the parameters w (T+1, F, C/groups,
    KH, KW) and b (T+1, F), before the first step and after each; dw (T, F, C/groups, KH, KW), the
    gradient that each step takes; `aliased` (T), whether each step finds in prev_gradient_w the
    array w itself. A run that diverges holds infinities and NaN."""

    rule: str
    losses: Array
    w: Array
    dw: Array
    b: Array
    aliased: NDArray[np.bool_]

    @property
    def step(self) -> Array:
        """What each step adds to w (T, F, C/groups, KH, KW)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.diff(self.w, axis=0)

    @property
    def norms(self) -> Array:
        """The norm of all of w (T+1), the root of its sum of squares."""
        with np.errstate(over="ignore", invalid="ignore"):
            norms: Array = np.sqrt(np.sum(self.w**2, axis=(1, 2, 3, 4)))
        return norms


def train(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    grad_output: ArrayLike,
    geometry: Geometry,
    loss: str,
    settings: Settings,
    steps: int,
    target: ArrayLike | None = None,
    rules: Sequence[str] = UPDATES,
) -> dict[str, Run]:
    """A run of 1 to MOST_STEPS steps from w and b for each of `rules`, in their order.

    The loss is one of LOSSES:

    - "sum": sum(out * grad_output). It is linear, so dw and db are the same at every step.
    - "target": half the sum of (out - target)^2, for a target of the output's shape.

    Raises ConvError for tensors of other shapes than the geometry's, an unknown loss or rule,
    other numbers of steps, and "target" without a target.
    """
    x = _of_size("x", x, geometry.input_size)
    w = _of_size("w", w, geometry.weight_size)
    b = _of_size("b", b, geometry.weight_size[:1])
    if as_one_of("loss", loss, LOSSES) == "sum":
        g = _of_size("grad_output", grad_output, geometry.output_size)
        loss_at = _sum_loss(x, g, geometry)
    elif target is None:
        raise ConvError("error.no_target")
    else:
        wanted = _of_size("target", target, geometry.output_size)
        loss_at = _target_loss(x, wanted, geometry)
    if as_int("steps", steps, 1) > MOST_STEPS:
        raise ConvError("error.most", name="steps", most=MOST_STEPS, number=steps)
    names = [as_one_of("rules", rule, UPDATES) for rule in rules]
    return {rule: _run(rule, w, b, loss_at, settings, steps) for rule in names}


@np.errstate(over="ignore", invalid="ignore")
def curvature(x: ArrayLike, geometry: Geometry) -> float:
    """The largest eigenvalue of the second derivative of the loss "target" in a filter's weights
    and bias, from below. The filters of a group have the same; the largest group's is returned.

    sgd is stable at learning rates below 2 / curvature. Raises ConvError for an input of another
    size than the geometry's, or with cells that are not finite or too large to square.

    Source: power iteration with the Rayleigh quotient; J. Kuczynski and H. Wozniakowski,
    "Estimating the largest eigenvalue by the power and Lanczos algorithms with a random start",
    SIAM J. Matrix Anal. Appl. 13 (1992), bounds what it may fall short by.
    """
    x = _of_size("x", x, geometry.input_size)
    size, parameters = (geometry.groups, *geometry.weight_size[1:]), geometry.parameters
    rng = np.random.default_rng(0)
    w: Array = rng.standard_normal(size)
    b: Array = rng.standard_normal(geometry.groups)
    largest = np.zeros(geometry.groups)
    for _ in range(CURVATURE_ROUNDS):
        norm = np.sqrt(np.sum(w**2, axis=(1, 2, 3)) + b**2)
        out = conv2d(x, w / norm[:, None, None, None], b / norm, **parameters)
        before, largest = largest, np.sum(out**2, axis=(0, 2, 3))
        if np.all(largest - before <= CURVATURE_GAIN * largest):
            break
        w, b = conv2d_weight(x, size, out, **parameters), conv2d_bias(out)
    # The bias alone has a curvature of at least 1: zero comes of a norm that overflowed.
    if not 0 < largest.max() < np.inf:
        raise ConvError("error.squares")
    return float(largest.max())


def default_settings(loss: str, x: ArrayLike, geometry: Geometry) -> Settings:
    """The notebook's settings for "sum". For "target", the learning rate 1 / curvature, under
    which sgd's loss falls at every step, the notebook's momentum, and the decay that takes the
    same share of w in a step as the notebook's, lr * reg.

    Raises ConvError for an unknown loss, and as `curvature` does."""
    if as_one_of("loss", loss, LOSSES) == "sum":
        return NOTEBOOK
    steepest = curvature(x, geometry)
    reg = NOTEBOOK.lr * NOTEBOOK.reg * steepest
    return Settings(lr=1 / steepest, momentum=NOTEBOOK.momentum, reg=reg)


def _of_size(name: str, value: ArrayLike, size: Sequence[int]) -> Array:
    """`value` in float64; raises ConvError unless it is of this size."""
    array = as_tensor(name, value, len(size))
    if array.shape != tuple(size):
        raise ConvError("error.geometry_shape", name=name, size=tuple(size), shape=array.shape)
    return array.astype(np.float64, copy=False)


def _sum_loss(x: Array, grad_output: Array, geometry: Geometry) -> Loss:
    dw = conv2d_weight(x, geometry.weight_size, grad_output, **geometry.parameters)
    db = conv2d_bias(grad_output)

    def loss_at(w: Array, b: Array) -> tuple[float, Array, Array]:
        # The same products as those of out * grad_output, without the output.
        return float(np.sum(w * dw) + np.sum(b * db)), dw, db

    return loss_at


def _target_loss(x: Array, target: Array, geometry: Geometry) -> Loss:
    def loss_at(w: Array, b: Array) -> tuple[float, Array, Array]:
        gap = conv2d(x, w, b, **geometry.parameters) - target
        dw = conv2d_weight(x, geometry.weight_size, gap, **geometry.parameters)
        return float(np.sum(gap**2) / 2), dw, conv2d_bias(gap)

    return loss_at


@np.errstate(over="ignore", invalid="ignore")
def _run(rule: str, w: Array, b: Array, loss_at: Loss, settings: Settings, steps: int) -> Run:
    run = Run(
        rule,
        losses=np.empty(steps + 1),
        w=np.empty((steps + 1, *w.shape)),
        dw=np.empty((steps, *w.shape)),
        b=np.empty((steps + 1, *b.shape)),
        aliased=np.empty(steps, bool),
    )
    w, b, numbers = w.copy(), b.copy(), astuple(settings)
    previous_w, previous_b = np.zeros_like(w), np.zeros_like(b)
    for t in range(steps):
        run.losses[t], dw, db = loss_at(w, b)
        run.w[t], run.dw[t], run.b[t], run.aliased[t] = w, dw, b, previous_w is w
        step, previous_w = step_of(rule, "w", w, dw, previous_w, *numbers)
        w -= step
        step, previous_b = step_of(rule, "b", b, db, previous_b, *numbers)
        b -= step
    run.losses[steps], _, _ = loss_at(w, b)
    run.w[steps], run.b[steps] = w, b
    return run
