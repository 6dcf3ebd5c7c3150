"""Training on one input: one step in numbers, and fifty of them under each rule."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial

import numpy as np

from conv.numbers import number
from conv.ops.geometry import Geometry
from conv.ops.textbook import Array
from conv.ops.training import MOST_STEPS
from conv.ops.update import UPDATES, Settings
from conv.ops.work import seconds
from conv.results import Results
from conv.snippets import latex, with_torch
from conv.snippets.numpy_training import training_code
from conv.spot import Spot
from conv.state.rooms import SCENES
from conv.state.view import STEPS, View
from conv.training_runs import (
    Training,
    TrainingRuns,
    make_training,
    make_training_runs,
    training_runs_of,
)

from . import formulas
from .curves import Curves
from .panels import column, kernel_shaped, letters, row
from .registry import Keep, SceneType
from .scene import Card, Operator, Scene, Section
from .tables import Table
from .texts import Along, CellNumber, Letter, Live, Message, Number, message


def update(spot: Spot) -> Scene:
    """The panels of a training step under the view's rule: dw, what the rule adds, w and the new
    w; below, the loss, the norm of w and one weight over all steps, a curve for each rule."""
    trained = training_runs_of(spot)
    view, last = spot.view, letters(spot.geometry.kernel)[-1][-1]
    bands = ((_step(spot, trained),), (_curves(spot, trained),))
    return Scene(
        bands,
        _sum(spot, trained),
        message("alt.update", f=view.f, c=view.c, step=_STEP, count=len(STEPS), last=last),
        spot.sizes,
        spot.places,
        ("training",),
        pins=("kernel",),
    )


_STEP = Along("training", 1, tuple(t + 1 for t in STEPS))


def _step(spot: Spot, trained: TrainingRuns) -> Section:
    """One step of the kernel w[f, c] under the view's rule."""
    view, settings = spot.view, trained.training.settings
    path = trained.paths[view.rule]
    place: dict[str, int | Live] = {"f": view.f, "c": spot.kernel_channel, "step": _STEP}
    before, after = _by_step(path.w[:-1]), _by_step(path.w[1:])
    shaped = partial(kernel_shaped, spot.geometry, home="kernel")
    decay = _short(settings.lr * settings.reg)
    return Section(
        message("update.heading_step"),
        (
            (
                shaped("dw", message("update.dw", **place), _by_step(path.dw)),
                Operator("→", message("update.by_rule")),
                shaped("step", message(f"update.step_{view.rule}"), _by_step(path.step)),
                Operator("+"),
                replace(
                    shaped("kernel", message("update.kernel", **place), before),
                    compared=(after,),
                ),
                Operator("="),
                replace(
                    shaped("kernel_new", message("update.kernel_new", **place), after),
                    compared=(before,),
                ),
            ),
        ),
        message(
            f"update.note_{view.loss}",
            pace=view.pace,
            seed=view.seed,
            decay=decay,
            **_numbers(settings),
        ),
    )


def _by_step(values: Array) -> Table:
    """Values (T, ...) step by step."""
    return Table(values[None], "training")


def _curves(spot: Spot, trained: TrainingRuns) -> Section:
    """The loss, the norm of w and one weight over all steps, and what they end with."""
    view, (rows, columns) = spot.view, spot.geometry.kernel
    training = trained.training
    runs = [training.runs[rule] for rule in UPDATES]
    chosen = training.runs[view.rule]

    def on_the_way(values: Array) -> dict[str, Live]:
        before, after = _by_step(values[:-1]), _by_step(values[1:])
        return {"before": Number(before, 4), "after": Number(after, 4), "step": _STEP}

    curves = partial(_of_rules, training, view.rule)
    weights = np.stack([trained.paths[rule].w for rule in UPDATES])
    own = trained.paths[view.rule].w
    before, after = _by_step(own[:-1]), _by_step(own[1:])
    return Section(
        message("update.heading_training", count=len(STEPS)),
        (
            (
                curves(
                    "loss",
                    f"update.loss_{view.loss}",
                    message("update.curve", **on_the_way(chosen.losses)),
                    Table(np.stack([run.losses for run in runs])),
                ),
                Operator(""),
                curves(
                    "norm",
                    "update.norm",
                    message("update.curve", **on_the_way(chosen.norms)),
                    Table(np.stack([run.norms for run in runs])),
                ),
                Operator(""),
                curves(
                    "path",
                    "update.path",
                    message(
                        "update.weight",
                        f=view.f,
                        c=spot.kernel_channel,
                        m=row("kernel", rows),
                        k=column("kernel", columns),
                        step=_STEP,
                        before=CellNumber(before, 4),
                        after=CellNumber(after, 4),
                    ),
                    Table(np.moveaxis(weights, (2, 3), (0, 1)), "kernel"),
                ),
            ),
            (_alias(training), Operator(""), _ends(training)),
        ),
        message("update.note_alias"),
    )


def _of_rules(
    training: Training, chosen: str, name: str, title: str, text: Message, table: Table
) -> Curves:
    labels = tuple(_label(training, rule) for rule in UPDATES)
    return Curves(name, message(title), text, UPDATES, labels, UPDATES.index(chosen), table)


def _label(training: Training, rule: str) -> Message:
    """A rule's name, and whether its run diverged."""
    return message(f"diverged.{rule}" if training.diverged(rule) else f"rule.{rule}")


def _alias(training: Training) -> Card:
    """What the notebook's prev_gradient_w is, and which of the rules its weights are near to."""
    own = training.runs["notebook"]
    first = str(int(own.aliased.argmax()) + 1) if own.aliased.any() else "–"

    def farthest(rule: str) -> str:
        return number(float(training.runs[rule].gaps.max()))

    return Card(
        "alias",
        message("update.card_alias"),
        (
            (message("update.aliased_from"), first),
            (message("update.to_weight_decay"), farthest("weight_decay")),
            (message("update.to_momentum"), farthest("momentum")),
        ),
    )


def _ends(training: Training) -> Card:
    """The norm of w after the last step of each rule."""
    start = number(float(training.runs["notebook"].norms[0]))
    return Card(
        "norms",
        message("update.card_norms", start=start, count=len(STEPS)),
        tuple(
            (_label(training, rule), number(float(training.runs[rule].norms[-1])))
            for rule in UPDATES
        ),
    )


def _sum(spot: Spot, trained: TrainingRuns) -> Message:
    """The step of one weight under the view's rule, in numbers."""
    rule, settings = spot.view.rule, trained.training.settings
    path = trained.paths[rule]
    values: dict[str, Live] = {
        "step": _STEP,
        "letter": Letter(letters(spot.geometry.kernel)),
        "w": CellNumber(_by_step(path.w[:-1]), 6),
        "dw": CellNumber(_by_step(path.dw), 4),
        "new": CellNumber(_by_step(path.w[1:]), 6),
    }
    if rule == "notebook":
        # What the step finds there: zeros, or w itself.
        aliased = trained.training.runs[rule].aliased
        found = np.where(aliased[:, None, None], path.w[:-1], 0.0)
        values["prev"] = CellNumber(_by_step(found), 4)
    if rule == "momentum":
        before = _velocities(path.dw, settings.momentum)
        values["v"] = CellNumber(_by_step(before), 4)
    return message(f"update.sum_{rule}", **values, **_numbers(settings))


def _numbers(settings: Settings) -> dict[str, str]:
    """The rules' own numbers by their names."""
    return {name: _short(value) for name, value in asdict(settings).items()}


def _short(value: float) -> str:
    """`value` to four significant digits at most."""
    text = number(value, 4)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


@np.errstate(over="ignore", invalid="ignore")
def _velocities(dw: Array, momentum: float) -> Array:
    """The velocity that each step finds: zeros, then the sum of the gradients so far, each of
    them weaker by `momentum` with every step."""
    found = np.zeros_like(dw)
    for t in range(1, len(dw)):
        found[t] = momentum * found[t - 1] + dw[t - 1]
    return found


def _prepare(_: View, results: Results, keep: Keep) -> TrainingRuns:
    """The training, and its kernel's path: another kernel of the same training takes a small part
    of its time."""
    bundle = results.bundle
    training = keep(("loss", "pace"), lambda own: make_training(own, bundle))
    names = ("loss", "pace", "c", "f")
    return keep(names, lambda own: make_training_runs(own, bundle, training))


def _seconds(view: View, geometry: Geometry) -> float:
    """Every step of the loss to a target has a pass forward and one back."""
    passes = len(UPDATES) * MOST_STEPS * 2 if view.loss == "target" else 0
    return passes * seconds("gemm", geometry)


SCENES.add(
    SceneType(
        name="update",
        position=5,
        build=update,
        prepare=_prepare,
        more_seconds=_seconds,
        draws=lambda view: view.loss == "target",
        fields=("rule", "loss", "pace"),
        formulas=formulas.RULES,
        note="formula.update",
        numpy=training_code,
        torch=with_torch.update,
        latex=latex.update,
    )
)
