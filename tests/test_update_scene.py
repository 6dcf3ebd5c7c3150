"""The scene "update": every number at every step, against the rules in plain loops."""

import math
import tracemalloc
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from conv.figures.panel import color_range
from conv.numbers import number
from conv.ops import conv2d_weight
from conv.ops.training import LOSSES
from conv.ops.update import UPDATES
from conv.results import Results, make_bundle
from conv.scenes import make_scene
from conv.scenes.curves import Curves
from conv.scenes.scene import Card
from conv.sources import open_tensors
from conv.state.view import STEPS, choices
from conv.training_runs import make_training, make_training_runs
from conv.words import words
from tests.update_runs import (
    COUNT,
    close,
    every_loss,
    every_rule,
    every_view,
    training_in_loops,
    update_view,
)
from tests.views import item_of, legal_view, packed, scene_of, tensors
from tests.written import say

PACES = choices("pace")

PANELS = ("dw", "step", "kernel", "kernel_new")


@every_view
@every_loss
@every_rule
def test_panels_at_every_step(name, loss, rule):
    scene = scene_of(update_view(name, loss=loss, rule=rule))
    ws, dws, _ = training_in_loops(name, loss)[rule]
    shown = {panel: scene.panel(panel).table.values for panel in PANELS}
    for values in shown.values():
        assert values.shape == (1, COUNT, *ws[0].shape[2:])
    for t in range(COUNT):
        close(shown["kernel"][0, t], ws[t][0, 0])
        close(shown["dw"][0, t], dws[t][0, 0])
        close(shown["step"][0, t], ws[t + 1][0, 0] - ws[t][0, 0])
        close(shown["kernel_new"][0, t], ws[t + 1][0, 0])
        close(shown["kernel"][0, t] + shown["step"][0, t], shown["kernel_new"][0, t])


@pytest.mark.parametrize(
    "asked", [{}, {"groups": 4, "c": 13, "f": 5, "stride": (2, 2)}], ids=["whole", "groups"]
)
def test_panels_are_those_of_the_filter_and_channel(asked):
    view = legal_view("notebook", scene="update", rule="momentum", t=3, m=2, k=0, **asked)
    trained = make_training_runs(view, tensors(view)[0])
    scene = make_scene(view, *tensors(view), trained)
    bundle, _ = tensors(view)
    channel = view.c % bundle.w.shape[1]
    path = trained.paths["momentum"]
    np.testing.assert_array_equal(path.w[0], bundle.w[view.f, channel])
    dw = conv2d_weight(bundle.x, bundle.w.shape, bundle.grad_output, **bundle.geometry.parameters)
    close(path.dw[3], dw[view.f, channel])
    np.testing.assert_array_equal(scene.panel("kernel").values, path.w[3])
    np.testing.assert_array_equal(scene.panel("kernel_new").values, path.w[4])
    np.testing.assert_array_equal(scene.panel("dw").values, path.dw[3])
    for k, rule in enumerate(UPDATES):
        shown = item_of(scene, "path").values[k]
        np.testing.assert_array_equal(shown, trained.paths[rule].w[:, 2, 0])
    assert f"w[{view.f}, {channel}, 2, 0], step 4:" in say(item_of(scene, "path").caption)


@every_loss
@every_rule
def test_captions_at_every_step(loss, rule):
    view = update_view("stride, two rows of kernel", loss=loss, rule=rule)
    scene = scene_of(view)
    ws, _, losses = training_in_loops("stride, two rows of kernel", loss)[rule]
    for t, cell in product(range(COUNT), np.ndindex(2, 3)):
        places = {**scene.places, "training": (0, t), "kernel": cell}
        loss_told = say(replace(item_of(scene, "loss"), places=places).caption)
        assert near(loss_told, [t + 1, *losses[t : t + 2]])
        path = say(replace(item_of(scene, "path"), places=places).caption)
        assert path.startswith(f"w[0, 0, {cell[0]}, {cell[1]}], step {t + 1}: ")
        numbers = [float(ws[s][0, 0][cell]) for s in (t, t + 1)]
        assert near(path.split(", step ")[1], [t + 1, *numbers])
        assert say(replace(scene.panel("kernel"), places=places).caption) == (
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
    scene = scene_of(update_view(name, loss=loss, rule=rule))
    ws, _, _ = training_in_loops(name, loss)[rule]
    for t, (place, letter) in product(
        range(COUNT), zip(np.ndindex(3, 3), "abcdefghi", strict=True)
    ):
        total = scene.total_text.at({**scene.places, "training": (0, t), "kernel": place})
        text = say(total).replace("−", "-").replace("×", "*")
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
    scene = scene_of(update_view("as it opens", rule="notebook"))
    found = scene.total_text.values["prev"]
    w = scene.total_text.values["w"]
    for t, place in product(range(COUNT), np.ndindex(3, 3)):
        places = {**scene.places, "training": (0, t), "kernel": place}
        expected = "0" if t == 0 else number(float(w.table.at(places)[place]), 4)
        assert found.at(places) == expected


@every_view
@every_loss
def test_cards_say_what_the_alias_does(name, loss):
    scene = scene_of(update_view(name, loss=loss))
    runs = training_in_loops(name, loss)
    own = np.array(runs["notebook"][0])
    first, to_decay, to_momentum = (text for _, text in item_of(scene, "alias").lines)
    assert first == "2"
    for text, rule in ((to_decay, "weight_decay"), (to_momentum, "momentum")):
        gap = np.abs(own - np.array(runs[rule][0])).max()
        assert float(text.replace("−", "-")) == pytest.approx(gap, rel=6e-3)
    norms = item_of(scene, "norms")
    for (label, text), rule in zip(norms.lines, UPDATES, strict=True):
        assert label.key == f"rule.{rule}"
        assert float(text) == pytest.approx(math.hypot(*runs[rule][0][-1].ravel()), rel=6e-3)
    start = math.hypot(*own[0].ravel())
    assert float(norms.title.values["start"]) == pytest.approx(start, rel=6e-3)


def test_the_alias_is_said_in_a_sentence():
    scene = scene_of(update_view("as it opens"))
    notes = [say(section.note) for band in scene.bands for section in band]
    assert "prev_gradient_w = w" in notes[1]
    assert "weight decay, and momentum is never used" in notes[1]
    assert "lr = 0.01, reg = 0.75, momentum = 0.9; lr × reg is 0.0075" in notes[0]
    slow = scene_of(update_view("as it opens", pace="0.3")).bands[0][0].note
    assert "lr = 0.003, reg = 2.5, momentum = 0.9; lr × reg is 0.0075" in say(slow)
    seeded = scene_of(update_view("as it opens", loss="target", seed=7)).bands[0][0].note
    assert "with seed 7" in say(seeded)


@every_rule
def test_kernel_and_new_kernel_have_the_same_colours(rule):
    scene = scene_of(update_view("as it opens", rule=rule))
    panels = [scene.panel(name) for name in ("kernel", "kernel_new")]
    ws = np.array(training_in_loops("as it opens", "sum")[rule][0])
    for panel in panels:
        assert color_range(panel) == pytest.approx((-np.abs(ws).max(), np.abs(ws).max()))
    assert color_range(scene.panel("dw"))[1] == np.abs(scene.panel("dw").table.values).max()


def test_the_seed_makes_the_target_and_a_rule_no_other_training():
    view = update_view("as it opens", loss="target")
    trainings = [
        make_training(one, tensors(one)[0])
        for one in (view, replace(view, rule="sgd", t=9), replace(view, seed=1))
    ]
    losses = [training.runs["sgd"].losses for training in trainings]
    np.testing.assert_array_equal(losses[0], losses[1])
    assert not np.isclose(losses[0], losses[2]).any()
    names = ("loss", "pace")
    assert view.only(*names) == replace(view, rule="sgd", t=9, m=0, k=0).only(*names)
    paces = {replace(view, pace=pace, loss=loss).only(*names) for pace in PACES for loss in LOSSES}
    assert len(paces) == len(PACES) * len(LOSSES)
    assert len({one.of_tensors() for one in paces}) == 1


def test_a_step_is_a_clock_and_a_kernel_cell_can_be_pinned():
    scene = scene_of(update_view("as it opens", t=7))
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


@every_loss
def test_the_scene_takes_a_few_times_the_weights_of_its_layer(loss):
    """On its way, and of them it keeps what it shows of one kernel."""
    size = {"x": (1, 64, 5, 5), "w": (64, 64, 3, 3)}
    data = open_tensors(packed(**{name: np.ones(shape) for name, shape in size.items()}))
    view = replace(data.default, scene="update", loss=loss, rule="momentum")
    bundle = make_bundle(view, data)
    results = Results(bundle)
    tracemalloc.start()
    scene = make_scene(view, bundle, results)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert scene.panel("kernel").table.values.shape == (1, COUNT, 3, 3)
    assert peak < 20 * bundle.w.nbytes
    assert kept < bundle.w.nbytes


def test_every_curve_and_card_has_words_in_both_languages():
    for lang, loss, pace in product(("en", "zh"), LOSSES, PACES):
        say = words(lang)
        scene = scene_of(update_view("as it opens", loss=loss, pace=pace))
        for one in scene.items():
            if isinstance(one, Curves):
                texts = [one.title, one.caption, *one.labels]
            elif isinstance(one, Card):
                texts = [one.title, *(label for label, _ in one.lines)]
            else:
                continue
            for text in texts:
                assert say(text.key, **text.values)
