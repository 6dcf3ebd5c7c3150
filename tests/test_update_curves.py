"""The curves of a training: losses, norms and paths, and the axes that they are drawn on."""

import math
from dataclasses import replace
from itertools import cycle, product

import numpy as np
import pytest

from conv.figures import scene_figure
from conv.figures.palette import RULES
from conv.figures.stage import stage_data
from conv.ops.training import LOSSES
from conv.ops.update import UPDATES
from conv.scenes import make_scene
from conv.scenes.curves import scale_of
from conv.state.view import choices
from conv.training_runs import TrainingRuns, make_training, make_training_runs
from tests.update_runs import COUNT, close, every_loss, every_view, training_in_loops, update_view
from tests.views import item_of, legal_view, scene_of, tensors
from tests.written import SAY, say

PACES = choices("pace")


@every_view
@every_loss
@pytest.mark.parametrize("pace", ["0.3", "1"])
def test_curves(name, loss, pace):
    scene = scene_of(update_view(name, loss=loss, pace=pace))
    runs = training_in_loops(name, loss, pace)
    curves = {one: item_of(scene, one) for one in ("loss", "norm", "path")}
    for one in curves.values():
        assert one.lines == UPDATES
    for k, rule in enumerate(UPDATES):
        ws, _, losses = runs[rule]
        close(curves["loss"].table.values[k], losses)
        close(curves["norm"].table.values[k], [math.hypot(*w.ravel()) for w in ws])
        for m, column in np.ndindex(ws[0].shape[2:]):
            path = curves["path"].table.values[m, column, k]
            close(path, [float(w[0, 0, m, column]) for w in ws])


def diverging(**more):
    return update_view("as it opens", loss="target", pace="3", **more)


def test_a_run_that_diverges_is_said_to():
    scene = scene_of(diverging())
    keys = {f"rule.{rule}" if rule == "momentum" else f"diverged.{rule}" for rule in UPDATES}
    assert {label.key for label, _ in item_of(scene, "norms").lines} == keys
    for name in ("loss", "norm", "path"):
        assert {label.key for label in item_of(scene, name).labels} == keys
    assert item_of(scene, "loss").scale.log
    assert "diverged" in say(item_of(scene, "loss").labels[0])
    for pace, loss in product(PACES[:3], LOSSES):
        calm = scene_of(update_view("as it opens", pace=pace, loss=loss))
        assert all(label.key.startswith("rule.") for label in item_of(calm, "loss").labels)


def broken_training(view, last):
    """A training whose notebook run is `last` from its 20th step on."""
    trained = make_training_runs(view, tensors(view)[0])
    own, ends = trained.training.runs["notebook"], ("losses", "norms", "largest_w", "largest_dw")
    broken = replace(own, **{name: broken_off(getattr(own, name), last) for name in ends})
    path = trained.paths["notebook"]
    broken_path = replace(path, w=broken_off(path.w, last), dw=broken_off(path.dw, last))
    training = replace(trained.training, runs={**trained.training.runs, "notebook": broken})
    return TrainingRuns(training, {**trained.paths, "notebook": broken_path})


def broken_off(values, last):
    values = values.copy()
    values[20:] = last
    return values


@pytest.mark.parametrize("last", [np.inf, -np.inf, np.nan, 1e305])
@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_is_left_out(last):
    view = update_view("as it opens", t=30)
    trained = broken_training(view, last)
    assert trained.training.diverged("notebook") == (not math.isfinite(last))
    scene = make_scene(view, *tensors(view), trained)
    calm = [run.losses for run in trained.training.runs.values()]
    finite = np.concatenate([calm[0][:20], *calm[1:]])
    scale = item_of(scene, "loss").scale
    assert scale.low < finite.min() < finite.max() < scale.high
    assert scale.high - scale.low < 1.5 * np.ptp(finite)
    figure = scene_figure(scene, SAY)
    drawn = next(trace for trace in figure.data if trace.name == "loss notebook")
    assert [y is None for y in drawn.y] == [not math.isfinite(v) for v in calm[0]]
    sent = stage_data(view, scene)
    for one in curves_sent(sent):
        assert all(np.isfinite(scale["range"]).all() for scale in one["scales"])


def curves_sent(sent):
    rows = [row for band in sent["bands"] for section in band for row in section["rows"]]
    return [one for row in rows for one in row if one["kind"] == "curves"]


def test_a_loss_of_0_is_drawn_level():
    view = update_view("as it opens")
    bundle, results = tensors(view)
    still = replace(bundle, grad_output=np.zeros_like(bundle.grad_output))
    scene = make_scene(view, still, results)
    curves = item_of(scene, "loss")
    assert not curves.values.any()
    assert curves.scale.low < 0 < curves.scale.high
    assert not curves.scale.log
    assert say(curves.caption) == "step 1: 0 → 0"
    assert not make_training(view, still).diverged("notebook")
    scene_figure(scene, SAY)


def test_a_training_that_begins_on_its_target_does_not_diverge_by_decay():
    view = update_view("as it opens", loss="target")
    training = make_training(view, tensors(view)[0])
    run = training.runs["notebook"]
    grown = replace(run, losses=np.linspace(0, training.at_zero, COUNT + 1))
    assert not replace(training, runs={"notebook": grown}).diverged("notebook")
    worse = replace(run, losses=np.linspace(0, 1.01 * training.at_zero, COUNT + 1))
    assert replace(training, runs={"notebook": worse}).diverged("notebook")


@pytest.mark.parametrize(
    ("values", "log"),
    [
        ([1, 100], False),
        ([1, 101], True),
        ([0, 1e9], False),
        ([-1, 1e9], False),
        ([1e-9, 1e9], True),
        ([5, 5], False),
        ([0, 0], False),
        ([1e-310, 0], False),
        ([-1e299, 1e299], False),
        ([3, 3 + 1e-15], False),
        ([1e-3, 0.5, np.nan], True),
    ],
)
def test_axes(values, log):
    scale = scale_of(np.array([values], float))
    assert scale.log == log
    finite = [value for value in values if math.isfinite(value)]
    ends = [math.log10(value) if log else value for value in (min(finite), max(finite))]
    assert scale.low < ends[0] <= ends[1] < scale.high
    assert 1 <= len(scale.ticks) <= 6
    for value, text in scale.ticks:
        assert scale.low <= (math.log10(value) if log else value) <= scale.high
        if not log:
            assert float(text.replace("−", "-")) == pytest.approx(value, rel=1e-3)
    assert len({text for _, text in scale.ticks}) == len(scale.ticks)


def test_axes_of_the_notebook_have_numbers_that_differ():
    for loss, pace in zip(cycle(LOSSES), PACES, strict=False):
        scene = scene_of(legal_view("notebook", scene="update", loss=loss, pace=pace))
        for name in ("loss", "norm", "path"):
            for scale in item_of(scene, name).scales:
                texts = [text for _, text in scale.ticks]
                assert 2 <= len(texts) == len(set(texts))


@every_loss
def test_figure_has_every_curve_and_the_step(loss):
    view = update_view("stride, two rows of kernel", loss=loss, rule="momentum", t=12, k=2)
    figure = scene_figure(scene_of(view), SAY)
    runs = training_in_loops("stride, two rows of kernel", loss)
    traces = {trace.name: trace for trace in figure.data}
    for rule in UPDATES:
        ws, _, losses = runs[rule]
        close(traces[f"loss {rule}"].y, losses)
        close(traces[f"norm {rule}"].y, [math.hypot(*w.ravel()) for w in ws])
        close(traces[f"path {rule}"].y, [float(w[0, 0, 1, 2]) for w in ws])
        assert list(traces[f"loss {rule}"].x) == list(range(COUNT + 1))
    lines = [traces[f"loss {rule}"].line for rule in UPDATES]
    assert len({line.dash for line in lines}) == len({line.color for line in lines}) == 4
    widths = {line.width: rule for line, rule in zip(lines, UPDATES, strict=True)}
    assert widths[max(widths)] == "momentum"
    marks = [shape for shape in figure.layout.shapes if shape.name == "step"]
    axis = figure.layout[traces["loss sgd"].xaxis.replace("x", "xaxis")]
    left, right = axis.domain
    places = [(left + (right - left) * step / COUNT) for step in (12, 13)]
    assert [marks[0].x0, marks[0].x1] == pytest.approx(places)
    assert {RULES[rule].color for rule in UPDATES} == {line.color for line in lines}
