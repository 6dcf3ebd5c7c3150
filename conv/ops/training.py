"""A layer that learns on one input, step by step, under each of the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ConvError
from .functional import as_tensor, conv2d, conv2d_bias, conv2d_weight
from .geometry import Geometry, as_int, as_one_of, shown
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
    """What T steps under one rule do to all weights, float64, before the first step and after each:
    the losses, the norms of w (the root of its sum of squares), the largest magnitude in w, and
    in `gaps` the largest finite difference of a weight from the notebook's (all T+1). Of each
    step, the largest magnitude in the gradient that it takes, and `aliased`, whether it finds in
    prev_gradient_w the array w itself (T). A run that diverges holds infinities and NaN."""

    rule: str
    losses: Array
    norms: Array
    largest_w: Array
    gaps: Array
    largest_dw: Array
    aliased: NDArray[np.bool_]


@dataclass(frozen=True)
class KernelPath:
    """One kernel under one rule, float64: w (T+1, KH, KW) before the first step and after each;
    dw (T, KH, KW), the gradient that each step takes."""

    w: Array
    dw: Array

    @property
    def step(self) -> Array:
        """What each step adds to w (T, KH, KW)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.diff(self.w, axis=0)


@np.errstate(over="ignore", invalid="ignore")
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
) -> dict[str, Run]:
    """A run of 1 to MOST_STEPS steps from w and b under each of UPDATES.

    The loss is one of LOSSES:

    - "sum": sum(out * grad_output). It is linear, so dw and db are the same at every step.
    - "target": half the sum of (out - target)^2, for a target of the output's shape.

    The runs go side by side, each with the weights of its step alone.

    Raises ConvError for tensors of other shapes than the geometry's, an unknown loss, other
    numbers of steps, and "target" without a target.
    """
    task, steps = _task(x, w, b, grad_output, geometry, loss, target), _steps(steps)
    loss_at = task.loss_at()
    runs = {rule: _empty_run(rule, steps) for rule in UPDATES}
    learners = {rule: _Learner(rule, task.w.copy(), task.b.copy(), settings) for rule in UPDATES}
    for t in range(steps + 1):
        for rule, run in runs.items():
            _look(run, t, learners[rule].w, learners["notebook"].w)
        for rule, run in runs.items():
            learner = learners[rule]
            run.losses[t], dw, db = loss_at(learner.w, learner.b)
            if t < steps:
                run.largest_dw[t], run.aliased[t] = _largest(dw), learner.finds_w
                learner.step(dw, db)
    return runs


@np.errstate(over="ignore", invalid="ignore")
def train_kernel(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    grad_output: ArrayLike,
    geometry: Geometry,
    loss: str,
    settings: Settings,
    steps: int,
    kernel: tuple[int, int],
    target: ArrayLike | None = None,
) -> dict[str, KernelPath]:
    """The path of the kernel w[f, c] in each of the runs that `train` makes of the same, but for
    the rounding of another order of sums: no filter's gradient hangs on another filter, so that
    its own are run alone, which takes a small part of the time.

    Raises ConvError as `train` does, and for a kernel that w does not have.
    """
    task, steps = _task(x, w, b, grad_output, geometry, loss, target), _steps(steps)
    if not all(0 <= k < count for k, count in zip(kernel, task.w.shape[:2], strict=True)):
        raise ConvError("error.kernel", size=task.w.shape[:2], kernel=shown(kernel))
    f, c = kernel
    # The rules' weights of the filter stand in one array, as the filters of one layer.
    task = task.of_filter(f, len(UPDATES))
    loss_at, w, b = task.loss_at(), task.w.copy(), task.b.copy()
    learners = [
        _Learner(rule, w[k : k + 1], b[k : k + 1], settings) for k, rule in enumerate(UPDATES)
    ]
    size = geometry.kernel
    paths = [KernelPath(np.empty((steps + 1, *size)), np.empty((steps, *size))) for _ in UPDATES]
    for t in range(steps):
        _, dw, db = loss_at(w, b)
        for k, path in enumerate(paths):
            path.w[t], path.dw[t] = w[k, c], dw[k, c]
            learners[k].step(dw[k : k + 1], db[k : k + 1])
    for k, path in enumerate(paths):
        path.w[steps] = w[k, c]
    return dict(zip(UPDATES, paths, strict=True))


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


@dataclass(frozen=True)
class _Task:
    """What is learned: from w and b, by a loss of LOSSES, whose grad_output or target is `goal`."""

    x: Array
    w: Array
    b: Array
    goal: Array
    geometry: Geometry
    loss: str

    def of_filter(self, f: int, times: int) -> _Task:
        """A layer of this filter alone, so many times."""
        x, rows = self.x[:, self.geometry.channels_of(f)], [f] * times
        size = (times, *self.geometry.weight_size[1:])
        geometry = replace(self.geometry, input_size=x.shape, weight_size=size, groups=1)
        return _Task(x, self.w[rows], self.b[rows], self.goal[:, rows], geometry, self.loss)

    def loss_at(self) -> Loss:
        """The loss as a function of w and b."""
        of = _sum_loss if self.loss == "sum" else _target_loss
        return of(self.x, self.goal, self.geometry)


def _task(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    grad_output: ArrayLike,
    geometry: Geometry,
    loss: str,
    target: ArrayLike | None,
) -> _Task:
    """What is learned, in float64; raises ConvError where it does not fit the geometry."""
    x = _of_size("x", x, geometry.input_size)
    w = _of_size("w", w, geometry.weight_size)
    b = _of_size("b", b, geometry.weight_size[:1])
    if as_one_of("loss", loss, LOSSES) == "sum":
        goal = _of_size("grad_output", grad_output, geometry.output_size)
    elif target is None:
        raise ConvError("error.no_target")
    else:
        goal = _of_size("target", target, geometry.output_size)
    return _Task(x, w, b, goal, geometry, loss)


def _steps(steps: int) -> int:
    if as_int("steps", steps, 1) > MOST_STEPS:
        raise ConvError("error.most", name="steps", most=MOST_STEPS, number=steps)
    return steps


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


class _Learner:
    """w and b, which are written to, under a rule; and what the rule remembers of them."""

    def __init__(self, rule: str, w: Array, b: Array, settings: Settings) -> None:
        self.w, self.b = w, b
        self._rule, self._numbers = rule, astuple(settings)
        self._previous_w, self._previous_b = np.zeros_like(w), np.zeros_like(b)

    @property
    def finds_w(self) -> bool:
        """Whether the next step finds in prev_gradient_w the array w itself."""
        return self._previous_w is self.w

    def step(self, dw: Array, db: Array) -> None:
        """One step by these gradients."""
        rule, numbers = self._rule, self._numbers
        step, self._previous_w = step_of(rule, "w", self.w, dw, self._previous_w, *numbers)
        self.w -= step
        step, self._previous_b = step_of(rule, "b", self.b, db, self._previous_b, *numbers)
        self.b -= step


def _empty_run(rule: str, steps: int) -> Run:
    losses, norms, largest_w, gaps = np.empty((4, steps + 1))
    return Run(rule, losses, norms, largest_w, gaps, np.empty(steps), np.empty(steps, bool))


def _look(run: Run, t: int, w: Array, notebook: Array) -> None:
    """Writes down what a run shows of w after step t, beside the notebook's."""
    run.norms[t], run.largest_w[t] = np.sqrt(np.sum(w**2)), _largest(w)
    gaps = np.abs(notebook - w)
    run.gaps[t] = gaps[np.isfinite(gaps)].max(initial=0.0)


def _largest(values: Array) -> float:
    """The largest magnitude; NaN where there is one."""
    return float(max(values.max(), -values.min()))
