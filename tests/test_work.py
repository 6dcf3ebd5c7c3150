"""How much a view may ask for: what its scene works out, in its own geometry."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from conv import ConvError
from conv.cli import main
from conv.results import Results, make_bundle
from conv.scenes import make_scene
from conv.sources import load, open_tensors
from conv.state.legal import from_query, nearest
from conv.state.rooms import DATA, SCENES
from conv.state.sizes import MOST_SECONDS, Sizes
from conv.state.view import View
from conv.training_runs import make_training_runs
from tests.views import legal_view, packed

METHODS = {
    "dw_patches": "patches",
    "dw_correlate": "correlate",
    "dx_scatter": "scatter",
    "dx_rot180": "rot180",
}
# Layers of well-known networks (He et al. 2015, Simonyan and Zisserman 2014, Sandler et al. 2018,
# Krizhevsky 2014), as (channels, side, filters, kernel, stride, padding, groups).
LAYERS = {
    "ResNet-50, first": (3, 224, 64, 7, 2, 3, 1),
    "ResNet-50, 3x3 at 56": (64, 56, 64, 3, 1, 1, 1),
    "ResNet-50, 1x1 at 7": (2048, 7, 512, 1, 1, 0, 1),
    "ResNet-50, 3x3 at 7": (512, 7, 512, 3, 1, 1, 1),
    "VGG-16, second": (64, 224, 64, 3, 1, 1, 1),
    "VGG-16, last": (512, 14, 512, 3, 1, 1, 1),
    "MobileNetV2, depthwise": (144, 56, 144, 3, 2, 1, 144),
    "MobileNetV2, last": (320, 7, 1280, 1, 1, 0, 1),
    "AlexNet, second": (64, 27, 192, 5, 1, 2, 1),
}


def sizes_of(channels, side, filters, kernel, stride, padding, groups, scene="forward"):
    default = View(
        scene=scene,
        data="own-0",
        kernel=(kernel, kernel),
        stride=(stride, stride),
        padding=(padding, padding),
        groups=groups,
        top_diff="output",
    )
    weight = (filters, channels // groups, kernel, kernel)
    return Sizes((1, channels, side, side), weight, None, groups, default)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_layers_of_well_known_networks_open(layer):
    sizes = sizes_of(*layer)
    assert nearest(sizes.default, sizes) == (sizes.default, [])


@pytest.mark.parametrize("data", DATA)
def test_whatever_the_built_in_data_are_asked_for_is_light_enough(data):
    sizes = load(data).sizes
    for scene, kernel, padding in product(SCENES, (1, 3, 7), (3, 8)):
        wish = replace(
            sizes.default,
            scene=scene,
            kernel=(kernel, kernel),
            padding=(padding, padding),
            loss="target",
            top_diff="output",
        )
        assert nearest(wish, sizes)[0].padding == (padding, padding)


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene != "notebook"])
def test_a_scene_works_out_what_is_said_of_it_and_no_more(scene):
    """The notebook's code is its own, whatever it works out."""
    view = legal_view("paper", scene=scene)
    bundle = make_bundle(view, load("paper"))
    results = Results(bundle)
    if scene == "quiz":
        return
    make_scene(
        view, bundle, results, make_training_runs(view, bundle) if scene == "update" else None
    )
    textbook = {METHODS[name] for name in results.worked_out if name in METHODS}
    assert textbook == set(SCENES[scene].works_out) - {"gemm"}
    if scene in {"update", "forward"}:
        assert set(results.worked_out) <= {"out"}


def test_results_are_worked_out_once():
    results = Results(make_bundle(load("paper").default, load("paper")))
    assert results.worked_out == {}
    first = results.dx_rot180
    assert results.dx_rot180 is first
    assert list(results.worked_out) == ["dx_rot180"]


HEAVY = sizes_of(64, 112, 64, 3, 1, 1, 1)


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"scene": "dx"}, "scene"), ({"scene": "overview", "c": 9}, "scene")],
)
def test_what_asks_for_too_much_keeps_what_was_there(asked, field):
    view, changes = nearest(replace(HEAVY.default, **asked), HEAVY)
    assert view == replace(HEAVY.default, **{k: v for k, v in asked.items() if k != field})
    (change,) = changes
    assert (change.field, change.given) == (field, "forward")
    assert change.work == pytest.approx(HEAVY.work(replace(HEAVY.default, **asked)))
    assert change.work > 1


def test_a_control_goes_back_to_what_it_was_before_and_a_link_to_what_the_data_open_with():
    sizes = sizes_of(64, 56, 64, 3, 1, 0, 1, scene="dx")
    before = replace(sizes.default, stride=(2, 2))
    wish = replace(before, stride=(1, 1), padding=(8, 8), kernel=(5, 5))
    assert sizes.work(wish) > 1
    view, changes = nearest(wish, sizes, before)
    assert view == before
    assert {change.field for change in changes} == {"stride", "padding", "kernel"}
    assert all(change.work == sizes.work(wish) for change in changes)
    view, changes = from_query({"padding": "8", "kernel": "5", "c": "9"}, lambda _: sizes)
    assert view == replace(sizes.default, c=9, lang="en")
    assert {change.field: change.work > 1 for change in changes} == {
        "padding": True,
        "kernel": True,
    }


def test_a_file_opens_in_the_scene_that_it_is_light_enough_for():
    channels, side = 64, 80
    arrays = {"x": (1, channels, side, side), "w": (channels, channels, 3, 3)}
    made = {name: np.ones(size, "f4") for name, size in arrays.items()}
    opened = open_tensors(packed(**made, padding=1))
    assert opened.default.scene == "forward"
    assert opened.sizes.work(replace(opened.default, scene="overview")) > 1
    with pytest.raises(ConvError, match=r"are 1\.\d times what may be worked out"):
        open_tensors(packed(x=np.ones((10, 16, 256, 230), "u1"), w=np.ones((1, 16, 1, 1))))


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            ["dx"],
            "the scene dx asks for {:.1f} times what may be worked out of this layer; forward",
        ),
        (["forward", "--kernel", "7", "--padding", "8"], "kernel 7 asks for {:.1f} times"),
    ],
)
def test_the_shell_says_what_asks_for_too_much(command, sentence, tmp_path, monkeypatch, capsys):
    path = tmp_path / "layer.npz"
    path.write_bytes(packed(x=np.ones((1, 8, 20, 20)), w=np.ones((8, 8, 3, 3))))
    sizes = open_tensors(path).sizes
    default = replace(sizes.default, scene="forward")
    monkeypatch.setattr("conv.state.sizes.MOST_ELEMENTS", 2**40)
    monkeypatch.setattr("conv.state.sizes.MOST_SECONDS", MOST_SECONDS * sizes.work(default) * 1.2)
    scene, *options = command
    output = str(tmp_path / "a.html")
    assert main(["figure", scene, *options, "--data", str(path), "-o", output]) == 2
    asked = {"kernel": (7, 7), "padding": (8, 8)} if options else {}
    work = sizes.work(replace(default, scene=scene, **asked))
    assert sentence.format(math.ceil(work * 10) / 10) in capsys.readouterr().err
