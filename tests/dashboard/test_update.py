"""The scene "update" in the browser: steps, curves and what is pinned."""

import random
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.numbers import number
from conv.ops.update import UPDATES
from conv.training_runs import make_training_runs
from conv.words import words
from tests.browser import probe, wait
from tests.dashboard.driving import lean
from tests.dashboard.on_page import control
from tests.dashboard.stage import Stage, close, view_of
from tests.views import scene_of, tensors

SAY = words("en")
PANELS = ("dw", "step", "kernel", "kernel_new")
CURVES = ("loss", "norm", "path")
LINK = "scene=update&data=paper&rule=momentum"


class Training:
    """What a view's stage ought to show at any step and kernel cell."""

    def __init__(self, link):
        self.view = view_of(link, "update")
        self.scene = scene_of(self.view)
        self.trained = make_training_runs(self.view, tensors(self.view)[0])
        self.path = self.trained.paths[self.view.rule]

    def check(self, stage, step, cell=(1, 1)):
        shown = stage.read(list(PANELS))
        truth = {
            "dw": self.path.dw[step],
            "step": self.path.w[step + 1] - self.path.w[step],
            "kernel": self.path.w[step],
            "kernel_new": self.path.w[step + 1],
        }
        for name in PANELS:
            close(shown["panels"][name]["values"], truth[name])
        places = {**self.scene.places, "training": (0, step), "kernel": cell}
        total = self.scene.total_text.at(places)
        assert shown["sum"] == SAY(total.key, **total.values)
        alt = self.scene.alt_text.at(places)
        assert shown["label"] == SAY(alt.key, **alt.values)
        for name in CURVES:
            self.check_curves(stage, name, step, cell)

    def values(self, name, rule, cell):
        run = self.trained.training.runs[rule]
        if name == "path":
            return self.trained.paths[rule].w[(slice(None), *cell)]
        return run.losses if name == "loss" else run.norms

    def check_curves(self, stage, name, step, cell):
        shown = stage.page.evaluate(probe("read_curves"), name)
        values = [self.values(name, rule, cell) for rule in UPDATES]
        low, high = shown["range"]
        log = name != "path" and min(map(min, values)) > 0 and self.is_log(values)
        for k, (line, expected) in enumerate(zip(shown["lines"], values, strict=True)):
            drawn = np.log10(expected) if log else expected
            np.testing.assert_allclose(line["y"], drawn, rtol=1e-12, atol=1e-300)
            assert low < min(drawn) <= max(drawn) < high
            assert shown["values"][k] == number(float(expected[step + 1]), 4)
            x, y = shown["dots"][k]
            assert x == pytest.approx(shown["width"] * (step + 1) / 50, abs=0.01)
            height = shown["height"] * (high - drawn[step + 1]) / (high - low)
            assert y == pytest.approx(height, abs=0.01)
        assert [line["name"] for line in shown["lines"]] == list(UPDATES)
        assert len({line["dash"] for line in shown["lines"]}) == 4
        assert len({line["color"] for line in shown["lines"]}) == 4
        assert shown["chosen"] == [self.view.rule]
        x, width = shown["band"]
        side = shown["width"] / 50
        assert [x, width] == pytest.approx([step * side, side], abs=0.01)
        assert f"step {step + 1}: " in shown["caption"]
        told = "; ".join(map(": ".join, zip(shown["names"], shown["values"], strict=True)))
        assert shown["label"].endswith(f"{shown['caption']}; after step {step + 1}: {told}")

    @staticmethod
    def is_log(values):
        return max(map(max, values)) / 100 > min(map(min, values))


def link_of(page):
    """What the link says of the view."""
    said = dict(parse_qsl(urlsplit(page.url).query))
    return {name: value for name, value in said.items() if name != "hide"}


def opened(open_in_browser, link=LINK, **options):
    page = open_in_browser(lean(link), **{"height": 1700, **options})
    return Stage(page, scene="update")


@pytest.mark.parametrize(
    "link",
    [
        LINK,
        "scene=update&data=sobel&loss=target&pace=3&rule=weight_decay&kernel=2x3&f=1&t=49",
    ],
)
def test_slider_keys_and_play_move_panels_and_mark(open_in_browser, link):
    stage = opened(open_in_browser, link)
    training = Training(link)
    view = training.view
    cell = (view.m, view.k)
    training.check(stage, view.t, cell)
    stage.page.evaluate(probe("count_drawn"))
    slider = stage.find("[data-step]")
    assert slider.get_attribute("max") == "49"
    for step in random.Random(1).sample(range(50), 4):
        slider.fill(str(step))
        stage.wait(steps=str(step), at=(0, step))
        training.check(stage, step, cell)
    expect(stage.find(".step")).to_have_text(SAY("stage.step", step=step + 1, count=50))
    stage.focus()
    for key, step in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        stage.press(key)
        stage.wait(steps=str(step))
        training.check(stage, step, cell)
    stage.press("ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowDown")
    stage.wait(steps="0")
    stage.press("End")
    stage.wait(steps="49")
    training.check(stage, 49, cell)
    # The mark moves over figures that stay as they are.
    assert stage.page.evaluate("window.drawn") == 0


def test_play_goes_through_every_step_and_stops(open_in_browser):
    stage = opened(open_in_browser, f"{LINK}&t=44")
    stage.find("[data-speed]").select_option("8")
    stage.find("[data-play]").click()
    stage.wait(steps="49")
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "off")
    Training(LINK).check(stage, 49)


def test_the_stage_stays_where_it_is_drawn_first(open_in_browser):
    """Its scene's own controls, which stand above it, do not come after it."""
    stage = Stage(open_in_browser("data=paper"), scene="overview")
    stage.page.evaluate(probe("record_tops"))
    scenes = control(stage.page, "scene")
    scenes.get_by_text(SAY("scene.update"), exact=True).click()
    stage.wait(scene="update")
    expect(control(stage.page, "rule")).to_be_visible()
    top = stage.root.evaluate("(root) => root.getBoundingClientRect().top")
    assert stage.page.evaluate("window.tops[0]") == top


def test_a_kernel_cell_shows_its_path_and_a_click_keeps_it(open_in_browser):
    stage = opened(open_in_browser)
    training = Training(LINK)
    for panel, cell in (("kernel", (0, 2)), ("dw", (2, 1)), ("kernel_new", (2, 2))):
        stage.point(panel, cell)
        training.check(stage, 0, cell)
    stage.leave()
    training.check(stage, 0)
    stage.click("step", (0, 1))
    stage.page.wait_for_url("**m=0**")
    assert link_of(stage.page) == {**dict(parse_qsl(LINK)), "m": "0", "lang": "en"}
    expect(stage.find("[data-pin]")).to_contain_text("(0, 1) pinned")
    stage.leave_pointer()
    training.check(stage, 0, (0, 1))
    stage.focus()
    stage.press("ArrowRight")
    stage.wait(steps="1")
    training.check(stage, 1, (0, 1))


def test_a_curve_tells_every_rule_and_pins_its_step(open_in_browser):
    stage = opened(open_in_browser)
    training = Training(LINK)
    for name in CURVES:
        stage.point(name, (0, 20))
        training.check(stage, 20)
        tip = stage.find(".tip").text_content()
        assert tip.startswith("after step 21: ")
        for rule in UPDATES:
            value = number(float(training.values(name, rule, (1, 1))[21]), 4)
            assert f"{SAY(f'rule.{rule}')}: {value}" in tip
    stage.leave()
    stage.wait(steps="0")
    stage.click("norm", (0, 31))
    stage.page.wait_for_url("**t=31**")
    expect(stage.find("[data-pin]")).to_contain_text("step 32 pinned")
    stage.leave_pointer()
    training.check(stage, 31)
    # Again on the same lets go; the step stays.
    stage.click("norm", (0, 31))
    expect(stage.find("[data-pin]")).to_be_hidden()
    stage.leave_pointer()
    training.check(stage, 31)


def test_enter_pins_the_step(open_in_browser):
    stage = opened(open_in_browser)
    stage.focus()
    stage.press("ArrowRight", "ArrowRight", "Enter")
    stage.page.wait_for_url("**t=2**")
    expect(stage.find("[data-pin]")).to_contain_text("step 3 pinned")
    stage.press("Escape")
    expect(stage.find("[data-pin]")).to_be_hidden()
    stage.wait(steps="2")
    # What is pinned here is nothing that another scene could hold.
    stage.press("Enter", "1")
    stage.wait(scene="overview")
    expect(stage.find("[data-pin]")).to_be_hidden()


def test_five_opens_the_scene_and_its_step_outlives_others(open_in_browser):
    stage = Stage(open_in_browser("data=paper"))
    stage.focus()
    stage.press("5")
    stage.wait(scene="update", steps="0")
    stage.press("ArrowRight", "ArrowRight", "ArrowRight", "4")
    stage.wait(scene="dx")
    stage.press("5")
    stage.wait(scene="update", steps="3")
    training = Training("data=paper&scene=update")
    training.check(stage, 3)


def test_controls_change_the_curves_and_keep_the_step(open_in_browser):
    stage = opened(open_in_browser)
    stage.focus()
    stage.press("ArrowRight", "ArrowRight")
    for field, label, asked in (
        ("rule", "rule.sgd", "rule=sgd"),
        ("loss", "loss.target", "loss=target"),
        ("pace", "pace.0.3", "pace=0.3"),
    ):
        buttons = control(stage.page, field).locator("button")
        buttons.filter(has_text=SAY(label)).first.click()
        stage.page.wait_for_url(f"**{asked}**")
    link = "scene=update&data=paper&rule=sgd&loss=target&pace=0.3"
    title = stage.find('[data-panel="loss"] .title')
    expect(title).to_have_text(SAY("update.loss_target"))
    expect(stage.find(".section-note").first).to_contain_text("0.3 over the steepest curvature")
    Training(link).check(stage, 2)


def test_nothing_is_cut_off(open_in_browser):
    stage = opened(open_in_browser, "scene=update", height=900)
    for width in (1440, 800, 390, 320):
        stage.page.set_viewport_size({"width": width, "height": 900})
        wait(stage.page, probe("fits"))
        wide, right = stage.page.evaluate(probe("right_ends"))
        assert right <= wide + 0.5
