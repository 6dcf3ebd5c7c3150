"""The scene "update": every number at every step, against the rules in plain loops."""

import math
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from conv.bundle import Lesson, learn
from conv.figures import scene_figure
from conv.figures.palette import RULES
from conv.figures.panel import color_range
from conv.figures.stage import stage_data
from conv.ops.training import LOSSES
from conv.ops.update import UPDATES
from conv.scenes import make_scene
from conv.scenes.numbers import number
from conv.scenes.scene import Card, Curves, scale_of
from conv.view import PACES, STEPS
from conv.words import words
from tests.ops.oracle import convolution
from tests.views import legal_view, tensors

SAY = words("en")
COUNT = 50
VIEWS = {
    "as it opens": {},
    "stride, two rows of kernel": {"kernel": (2, 3), "stride": (2, 1), "padding": (1, 0), "m": 1},
    "dilation, seeded": {"dilation": (2, 1), "padding": (1, 1), "top_diff": "normal", "seed": 5},
    "one cell": {"kernel": (1, 1), "padding": (0, 0)},
}
PANELS = ("dw", "step", "kernel", "kernel_new")
every_view = pytest.mark.parametrize("name", VIEWS)
every_loss = pytest.mark.parametrize("loss", LOSSES)
every_rule = pytest.mark.parametrize("rule", UPDATES)


def view_of(name, **more):
    return legal_view("paper", scene="update", **{**VIEWS[name], **more})


@cache
def scene_of(view):
    return make_scene(view, *tensors(view))


def item(scene, name):
    return next(one for one in scene.items() if getattr(one, "name", None) == name)


@cache
def lesson_in_loops(name, loss, pace="1"):
    """For each rule the lists of w (51), dw (50) and losses (51), from the definition."""
    view = view_of(name, loss=loss, pace=pace)
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
        # The settings have tests of their own: here the loss's alone are taken from the lesson.
        settings = learn(view, bundle).settings
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


@every_view
@every_loss
@every_rule
def test_panels_at_every_step(name, loss, rule):
    scene = scene_of(view_of(name, loss=loss, rule=rule))
    ws, dws, _ = lesson_in_loops(name, loss)[rule]
    shown = {panel: scene.panel(panel).table.values for panel in PANELS}
    for values in shown.values():
        assert values.shape == (1, COUNT, *ws[0].shape[2:])
    for t in range(COUNT):
        close(shown["kernel"][0, t], ws[t][0, 0])
        close(shown["dw"][0, t], dws[t][0, 0])
        close(shown["step"][0, t], ws[t + 1][0, 0] - ws[t][0, 0])
        close(shown["kernel_new"][0, t], ws[t + 1][0, 0])
        close(shown["kernel"][0, t] + shown["step"][0, t], shown["kernel_new"][0, t])


@every_view
@every_loss
@pytest.mark.parametrize("pace", ["0.3", "1"])
def test_curves(name, loss, pace):
    scene = scene_of(view_of(name, loss=loss, pace=pace))
    runs = lesson_in_loops(name, loss, pace)
    curves = {one: item(scene, one) for one in ("loss", "norm", "path")}
    for one in curves.values():
        assert one.lines == UPDATES
    for k, rule in enumerate(UPDATES):
        ws, _, losses = runs[rule]
        close(curves["loss"].table.values[k], losses)
        close(curves["norm"].table.values[k], [math.hypot(*w.ravel()) for w in ws])
        for m, column in np.ndindex(ws[0].shape[2:]):
            path = curves["path"].table.values[m, column, k]
            close(path, [float(w[0, 0, m, column]) for w in ws])


@pytest.mark.parametrize(
    "asked", [{}, {"groups": 4, "c": 13, "f": 5, "stride": (2, 2)}], ids=["whole", "groups"]
)
def test_panels_are_those_of_the_filter_and_channel(asked):
    view = legal_view("notebook", scene="update", rule="momentum", t=3, m=2, k=0, **asked)
    lesson = learn(view, tensors(view)[0])
    scene = make_scene(view, *tensors(view), lesson)
    channel = view.c % lesson.runs["sgd"].w.shape[2]
    run = lesson.runs["momentum"]
    np.testing.assert_array_equal(scene.panel("kernel").values, run.w[3, view.f, channel])
    np.testing.assert_array_equal(scene.panel("kernel_new").values, run.w[4, view.f, channel])
    np.testing.assert_array_equal(scene.panel("dw").values, run.dw[3, view.f, channel])
    for k, rule in enumerate(UPDATES):
        path = lesson.runs[rule].w[:, view.f, channel, 2, 0]
        np.testing.assert_array_equal(item(scene, "path").values[k], path)
    assert f"w[{view.f}, {channel}, 2, 0], step 4:" in told(item(scene, "path").caption)


def told(text):
    return SAY(text.key, **text.values)


@every_loss
@every_rule
def test_captions_at_every_step(loss, rule):
    view = view_of("stride, two rows of kernel", loss=loss, rule=rule)
    scene = scene_of(view)
    ws, _, losses = lesson_in_loops("stride, two rows of kernel", loss)[rule]
    for t, cell in product(range(COUNT), np.ndindex(2, 3)):
        places = {**scene.places, "training": (0, t), "kernel": cell}
        loss_told = told(replace(item(scene, "loss"), places=places).caption)
        assert near(loss_told, [t + 1, *losses[t : t + 2]])
        path = told(replace(item(scene, "path"), places=places).caption)
        assert path.startswith(f"w[0, 0, {cell[0]}, {cell[1]}], step {t + 1}: ")
        numbers = [float(ws[s][0, 0][cell]) for s in (t, t + 1)]
        assert near(path.split(", step ")[1], [t + 1, *numbers])
        assert told(replace(scene.panel("kernel"), places=places).caption) == (
            f"w[0, 0] before step {t + 1}"
        )


def near(text, expected):
    """Whether the numbers of a caption, step s: before → after, are these to four digits."""
    parts = text.replace("−", "-").replace(":", "").replace("step", "").replace("→", "").split()
    return [float(part) for part in parts] == pytest.approx(expected, rel=1e-3, abs=1e-9)


SUMS = {
    "notebook": "w[{a}] - lr * (dw[{a}] + reg * prev[{a}])",
    "sgd": "w[{a}] - lr * dw[{a}]",
    "momentum": "w[{a}] - lr * (dw[{a}] + momentum * v[{a}])",
    "weight_decay": "w[{a}] - lr * (dw[{a}] + reg * w[{a}])",
}


@every_loss
@every_rule
def test_the_sum_is_the_step_of_one_weight_in_numbers(loss, rule):
    name = "dilation, seeded"
    scene = scene_of(view_of(name, loss=loss, rule=rule))
    ws, _, _ = lesson_in_loops(name, loss)[rule]
    for t, (place, letter) in product(
        range(COUNT), zip(np.ndindex(3, 3), "abcdefghi", strict=True)
    ):
        total = scene.total_text.at({**scene.places, "training": (0, t), "kernel": place})
        text = told(total).replace("−", "-").replace("×", "*")
        heading, symbols, numbers, result = text.replace(": ", " = ").split(" = ")
        assert heading == f"Step {t + 1}"
        assert symbols == SUMS[rule].format(a=letter)
        new = float(ws[t + 1][0, 0][place])
        assert float(result) == pytest.approx(new, rel=1e-5, abs=1e-9)
        # The numbers that are written give the result, to the digits that they have.
        step = abs(new - float(ws[t][0, 0][place]))
        value = eval(numbers, {"__builtins__": {}})
        assert value == pytest.approx(new, rel=1e-4, abs=5e-3 * step + 1e-6)


def test_previous_weights_are_zeros_and_then_the_weights_themselves():
    scene = scene_of(view_of("as it opens", rule="notebook"))
    found = scene.total_text.values["prev"]
    w = scene.total_text.values["w"]
    for t, place in product(range(COUNT), np.ndindex(3, 3)):
        places = {**scene.places, "training": (0, t), "kernel": place}
        expected = "0" if t == 0 else number(float(w.table.at(places)[place]), 4)
        assert found.at(places) == expected


@every_view
@every_loss
def test_cards_say_what_the_alias_does(name, loss):
    scene = scene_of(view_of(name, loss=loss))
    runs = lesson_in_loops(name, loss)
    own = np.array(runs["notebook"][0])
    first, to_decay, to_momentum = (text for _, text in item(scene, "alias").lines)
    assert first == "2"
    for text, rule in ((to_decay, "weight_decay"), (to_momentum, "momentum")):
        gap = np.abs(own - np.array(runs[rule][0])).max()
        assert float(text.replace("−", "-")) == pytest.approx(gap, rel=6e-3)
    norms = item(scene, "norms")
    for (label, text), rule in zip(norms.lines, UPDATES, strict=True):
        assert label.key == f"rule.{rule}"
        assert float(text) == pytest.approx(math.hypot(*runs[rule][0][-1].ravel()), rel=6e-3)
    start = math.hypot(*own[0].ravel())
    assert float(norms.title.values["start"]) == pytest.approx(start, rel=6e-3)


def test_the_alias_is_said_in_a_sentence():
    scene = scene_of(view_of("as it opens"))
    notes = [told(section.note) for band in scene.bands for section in band]
    assert "prev_gradient_w = w" in notes[1]
    assert "weight decay, and momentum is never used" in notes[1]
    assert "lr = 0.01, reg = 0.75, momentum = 0.9; lr × reg is 0.0075" in notes[0]
    slow = scene_of(view_of("as it opens", pace="0.3")).bands[0][0].note
    assert "lr = 0.003, reg = 2.5, momentum = 0.9; lr × reg is 0.0075" in told(slow)
    seeded = scene_of(view_of("as it opens", loss="target", seed=7)).bands[0][0].note
    assert "with seed 7" in told(seeded)


@every_rule
def test_kernel_and_new_kernel_have_the_same_colours(rule):
    scene = scene_of(view_of("as it opens", rule=rule))
    panels = [scene.panel(name) for name in ("kernel", "kernel_new")]
    ws = np.array(lesson_in_loops("as it opens", "sum")[rule][0])
    for panel in panels:
        assert color_range(panel) == pytest.approx((-np.abs(ws).max(), np.abs(ws).max()))
    assert color_range(scene.panel("dw"))[1] == np.abs(scene.panel("dw").table.values).max()


def test_the_seed_makes_the_target_and_a_rule_no_other_training():
    view = view_of("as it opens", loss="target")
    lessons = [
        learn(one, tensors(one)[0])
        for one in (view, replace(view, rule="sgd", t=9), replace(view, seed=1))
    ]
    losses = [lesson.runs["sgd"].losses for lesson in lessons]
    np.testing.assert_array_equal(losses[0], losses[1])
    assert not np.isclose(losses[0], losses[2]).any()
    assert view.of_training() == replace(view, rule="sgd", t=9, m=0, k=0).of_training()
    paces = {replace(view, pace=pace, loss=loss).of_training() for pace in PACES for loss in LOSSES}
    assert len(paces) == len(PACES) * len(LOSSES)
    assert len({one.of_tensors() for one in paces}) == 1


def test_a_step_is_a_clock_and_a_kernel_cell_can_be_pinned():
    scene = scene_of(view_of("as it opens", t=7))
    assert scene.clocks == ("training",)
    assert scene.pins == ("kernel",)
    assert scene.sizes["training"] == (1, COUNT) == (1, len(STEPS))
    assert scene.places["training"] == (0, 7)
    for name in PANELS:
        panel = scene.panel(name)
        assert panel.cells.space == panel.home == "kernel"
        assert "".join("".join(row) for row in panel.letters) == "abcdefghi"
        assert [(mark.role, mark.box.top, mark.box.left) for mark in panel.marks] == [
            ("kernel", 1, 1)
        ]


def diverging(**more):
    return view_of("as it opens", loss="target", pace="3", **more)


def test_a_run_that_diverges_is_said_to():
    scene = scene_of(diverging())
    keys = {f"rule.{rule}" if rule == "momentum" else f"diverged.{rule}" for rule in UPDATES}
    assert {label.key for label, _ in item(scene, "norms").lines} == keys
    for name in ("loss", "norm", "path"):
        assert {label.key for label in item(scene, name).labels} == keys
    assert item(scene, "loss").scale.log
    assert "diverged" in told(item(scene, "loss").labels[0])
    for pace, loss in product(PACES[:3], LOSSES):
        calm = scene_of(view_of("as it opens", pace=pace, loss=loss))
        assert all(label.key.startswith("rule.") for label in item(calm, "loss").labels)


def broken_lesson(view, last):
    """A training whose notebook run is `last` from its 20th step on."""
    lesson = learn(view, tensors(view)[0])
    run = lesson.runs["notebook"]
    losses, w, dw = run.losses.copy(), run.w.copy(), run.dw.copy()
    losses[20:] = w[20:] = dw[20:] = last
    broken = replace(run, losses=losses, w=w, dw=dw)
    return replace(lesson, runs={**lesson.runs, "notebook": broken})


@pytest.mark.parametrize("last", [np.inf, -np.inf, np.nan, 1e305])
@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_is_left_out(last):
    view = view_of("as it opens", t=30)
    lesson = broken_lesson(view, last)
    assert lesson.diverged("notebook") == (not math.isfinite(last))
    scene = make_scene(view, *tensors(view), lesson)
    calm = [run.losses for run in lesson.runs.values()]
    finite = np.concatenate([calm[0][:20], *calm[1:]])
    scale = item(scene, "loss").scale
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
    view = view_of("as it opens")
    bundle, results = tensors(view)
    still = replace(bundle, grad_output=np.zeros_like(bundle.grad_output))
    scene = make_scene(view, still, results)
    curves = item(scene, "loss")
    assert not curves.values.any()
    assert curves.scale.low < 0 < curves.scale.high
    assert not curves.scale.log
    assert told(curves.caption) == "step 1: 0 → 0"
    assert not learn(view, still).diverged("notebook")
    scene_figure(scene, SAY)


def test_a_training_that_begins_on_its_target_does_not_diverge_by_decay():
    view = view_of("as it opens", loss="target")
    lesson = learn(view, tensors(view)[0])
    run = lesson.runs["notebook"]
    grown = replace(run, losses=np.linspace(0, lesson.at_zero, COUNT + 1))
    assert not replace(lesson, runs={"notebook": grown}).diverged("notebook")
    worse = replace(run, losses=np.linspace(0, 1.01 * lesson.at_zero, COUNT + 1))
    assert replace(lesson, runs={"notebook": worse}).diverged("notebook")
    assert isinstance(lesson, Lesson)


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
    for loss, pace in product(LOSSES, PACES):
        scene = scene_of(legal_view("notebook", scene="update", loss=loss, pace=pace))
        for name in ("loss", "norm", "path"):
            for scale in item(scene, name).scales:
                texts = [text for _, text in scale.ticks]
                assert 2 <= len(texts) == len(set(texts))


@every_loss
def test_figure_has_every_curve_and_the_step(loss):
    view = view_of("stride, two rows of kernel", loss=loss, rule="momentum", t=12, k=2)
    figure = scene_figure(scene_of(view), SAY)
    runs = lesson_in_loops("stride, two rows of kernel", loss)
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


def test_every_curve_and_card_has_words_in_both_languages():
    for lang, loss, pace in product(("en", "zh"), LOSSES, PACES):
        say = words(lang)
        scene = scene_of(view_of("as it opens", loss=loss, pace=pace))
        for one in scene.items():
            if isinstance(one, Curves):
                texts = [one.title, one.caption, *one.labels]
            elif isinstance(one, Card):
                texts = [one.title, *(label for label, _ in one.lines)]
            else:
                continue
            for text in texts:
                assert say(text.key, **text.values)
