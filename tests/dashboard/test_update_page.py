"""The scene "update" on the page: its controls and its links."""

from dataclasses import replace

import numpy as np
import pytest

from conv.ops.update import UPDATES
from conv.results import make_bundle
from conv.sources import load
from conv.state.view import choices
from conv.training_runs import make_training, make_training_runs
from conv.words import words
from tests.dashboard.page import (
    control,
    items,
    link,
    numbers_of,
    open_page,
    panel,
    said,
    stage,
    tell,
    value,
)

PACES = choices("pace")

ASKED = {"scene": "update", "rule": "sgd", "loss": "target", "pace": "0.3", "t": "7", "lang": "en"}
SAY = words("en")
FIELDS = ("rule", "loss", "pace")


def training_runs_of(page):
    view = page.session_state["_shown"].view
    return make_training_runs(view, make_bundle(view, load(view.data)))


def curves(page, name):
    """The curves that the browser is sent (rows x columns of places, lines, steps)."""
    sent, one = stage(page), items(page)[name]
    numbers = numbers_of(sent["tables"][one["table"]])
    return numbers.reshape(-1, len(one["lines"]), one["steps"] + 1)


def has_controls(page):
    return {widget.key.rpartition("-")[0] for widget in page.button_group} >= set(FIELDS)


def test_link_restores_the_training():
    page = open_page(**ASKED)
    assert not page.exception
    assert not page.warning
    assert link(page) == ASKED
    assert [value(page, field) for field in FIELDS] == ["sgd", "target", "0.3"]
    assert said(page)["at"][-1] == 7
    path = training_runs_of(page).paths["sgd"]
    np.testing.assert_array_equal(panel(page, "kernel"), np.float32(path.w[7]))
    np.testing.assert_array_equal(panel(page, "kernel_new"), np.float32(path.w[8]))
    np.testing.assert_array_equal(panel(page, "dw"), np.float32(path.dw[7]))


def test_curves_are_sent_with_all_digits():
    page = open_page(scene="update", data="paper", loss="target", pace="3")
    trained = training_runs_of(page)
    runs = trained.training.runs
    for k, rule in enumerate(UPDATES):
        np.testing.assert_array_equal(curves(page, "loss")[0, k], runs[rule].losses)
        np.testing.assert_array_equal(curves(page, "norm")[0, k], runs[rule].norms)
        paths = curves(page, "path")[:, k]
        np.testing.assert_array_equal(paths.T, trained.paths[rule].w.reshape(51, 9))
    labels = [line["label"] for line in items(page)["loss"]["lines"]]
    assert labels == ["Notebook: diverged", "SGD: diverged", "Momentum", "Weight decay: diverged"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_controls_offer_every_choice_in_words(lang):
    page = open_page(scene="update", lang=lang)
    say = words(lang)
    assert control(page, "rule").options == [say(f"rule.{rule}") for rule in UPDATES]
    assert control(page, "pace").options == [say(f"pace.{pace}") for pace in PACES]
    assert control(page, "rule").label == say("control.rule")
    assert not page.warning


def test_controls_write_the_link_and_the_scene():
    page = open_page(scene="update", data="paper")
    control(page, "rule").set_value("weight_decay").run()
    assert link(page) == {"scene": "update", "data": "paper", "rule": "weight_decay", "lang": "en"}
    assert items(page)["loss"]["chosen"] == 3
    assert items(page)["step"]["caption"]["text"] == SAY("update.step_weight_decay")
    before = curves(page, "loss")
    control(page, "loss").set_value("target").run()
    assert items(page)["loss"]["title"] == SAY("update.loss_target")
    assert (curves(page, "loss") > 0).all()
    assert before.min() < 0
    control(page, "pace").set_value("0.1").run()
    assert link(page)["pace"] == "0.1"
    run = training_runs_of(page).training.runs["weight_decay"]
    np.testing.assert_array_equal(curves(page, "loss")[0, 3], run.losses)
    assert not page.exception


def test_controls_are_there_in_this_scene_alone_and_keep_what_they_had():
    page = open_page(scene="forward", data="paper", rule="momentum", pace="3", t="5")
    assert not has_controls(page)
    assert link(page)["rule"] == "momentum"
    control(page, "scene").set_value("update").run()
    assert has_controls(page)
    assert (control(page, "rule").value, control(page, "pace").value) == ("momentum", "3")
    control(page, "rule").set_value("sgd").run()
    control(page, "scene").set_value("dw").run()
    assert link(page)["rule"] == "sgd"
    assert not has_controls(page)
    control(page, "scene").set_value("update").run()
    assert control(page, "rule").value == "sgd"
    assert said(page)["at"][-1] == 5
    assert not page.exception
    assert not page.info


def test_another_language_keeps_the_choices():
    page = open_page(**ASKED)
    control(page, "lang").set_value("zh").run()
    assert link(page) == {**ASKED, "lang": "zh"}
    assert items(page)["loss"]["lines"][2]["label"] == words("zh")("rule.momentum")
    assert not page.exception


def test_nonsense_in_a_link_is_named():
    page = open_page(scene="update", t="99", rule="adam", pace="7")
    said = page.warning[0].value
    for field, asked in (("t", "99"), ("rule", "adam"), ("pace", "7")):
        assert f"{SAY(f'control.{field}')}: `{asked}`" in said
    assert link(page) == {"scene": "update", "t": "49", "lang": "en"}


def test_seed_counts_where_it_makes_the_target():
    page = open_page(scene="update", data="paper")
    assert control(page, "seed").disabled
    control(page, "loss").set_value("target").run()
    assert not control(page, "seed").disabled
    before = curves(page, "loss")
    control(page, "seed").set_value(3).run()
    assert not np.isclose(before, curves(page, "loss")).any()
    control(page, "scene").set_value("overview").run()
    assert control(page, "seed").disabled


def test_page_shows_the_rules_in_symbols():
    page = open_page(scene="update", data="paper")
    text = "".join(latex.value for latex in page.latex)
    for rule in UPDATES:
        assert rule.replace("_", r"\_") in text
    assert any(SAY("formula.update") in caption.value for caption in page.caption)


def test_training_is_worked_out_once_for_all_its_steps_rules_and_kernels(monkeypatch):
    link = {"scene": "update", "data": "sobel", "seed": "77", "loss": "target", "kernel": "2"}
    page = open_page(**link)
    calls = []

    def count(view, bundle):
        calls.append(view)
        return make_training(view, bundle)

    monkeypatch.setattr("conv.scenes.update.make_training", count)
    for name, chosen in (("t", 9), ("m", 0), ("rule", "momentum"), ("lang", "zh"), ("f", 1)):
        if name in "tm":
            tell(page, **{name: chosen})
        else:
            control(page, name).set_value(chosen).run()
        assert getattr(page.session_state["_shown"].view, name) == chosen
    assert calls == []
    control(page, "pace").set_value("3").run()
    assert [replace(view, pace="3") for view in calls] == calls
    assert len(calls) == 1
    path = training_runs_of(page).paths["momentum"]
    np.testing.assert_array_equal(panel(page, "kernel"), np.float32(path.w[9]))
