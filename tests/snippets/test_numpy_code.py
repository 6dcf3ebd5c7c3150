"""The NumPy code runs, and what it computes is what the panels show."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from conv import snippets
from conv.ops.training import LOSSES
from conv.ops.update import UPDATES
from conv.ops.wrong_gradients import MISTAKES as ALL
from conv.ops.wrong_gradients import Tensors, right
from conv.scenes import make_scene
from conv.scenes.scene import Bars
from conv.scenes.tables import Filling, Gap
from conv.spot import Spot
from conv.state.view import View
from conv.training_runs import make_training_runs
from conv.words import LANGUAGES, texts
from tests.copied import numpy_code

from ..ops.oracle import assert_cells, convolution, magnitudes
from ..ops.strategies import layers, seeds
from ..views import legal_view, name_of
from .spots import (
    UNEVEN_GROUPS,
    WINDOWED,
    WRONG,
    bundle_of,
    grouped,
    last_of,
    run_code,
    spot_of,
    write_file,
)

# Panels whose numbers are sums: these agree but for rounding, all others bit for bit.
SUMS = {
    "overview": ("output", "dw", "dx"),
    "forward": ("output",),
    "dw": ("dw_patches", "dw_correlate", "dw_item", "dw", "difference"),
    "dx": ("dx_scatter", "dx_rot180", "dx_filter", "dx", "difference"),
}
COPIES = {
    "overview": ("input_pad", "patch", "kernel", "kernel_rot180", "grad_output"),
    "forward": ("input_pad", "patch", "kernel", "product"),
    "dw": ("input_pad", "grad_output", "step_patches", "grad_output_all", "step_correlate"),
    "dx": (
        *("kernel", "grad_output", "step_scatter", "kernel_rot180", "grad_output_pad"),
        "step_rot180",
    ),
}


def run_of(spot, folder):
    return run_code(numpy_code(spot, write_file(spot.bundle, folder)))


def complete(panel, scene):
    """A panel's numbers when all steps are done; where nothing was ever written, 0."""
    places = panel.places
    if isinstance(panel.table, Filling | Gap):
        places = {space: (rows - 1, columns - 1) for space, (rows, columns) in scene.sizes.items()}
    return panel.table.at(places)


def near(found, expected, size):
    """Whether all cells agree within the rounding of sums of this size."""
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13 * size)


def size_of(spot, name):
    if name == "output":
        return np.abs(spot.results.out).max() + np.abs(spot.bundle.x).max()
    scale = spot.results.dw_size if spot.view.scene == "dw" or name == "dw" else None
    return (spot.results.dx_size if scale is None else scale).max()


@pytest.mark.parametrize("view", WINDOWED, ids=name_of)
def test_variables_hold_what_the_panels_show(view, tmp_path, capsys):
    spot = spot_of(view)
    scene = make_scene(view, spot.bundle, spot.results)
    found = run_of(spot, tmp_path)
    for name in COPIES[view.scene]:
        assert np.array_equal(found[name], complete(scene.panel(name), scene)), name
    for name in SUMS[view.scene]:
        near(found[name], complete(scene.panel(name), scene), size_of(spot, name))
    if view.scene in {"dw", "dx"}:
        method = {"dw": "dw_patches", "dx": "dx_scatter"}[view.scene]
        so_far = np.nan_to_num(scene.panel(method).values)
        near(found[f"{view.scene}_so_far"], so_far, size_of(spot, view.scene))
    printed = capsys.readouterr().out
    assert f"[{view.n}, {view.f}, {view.i}, {view.j}]" in printed or view.scene in {"dw", "dx"}
    assert printed.count("=") + printed.count(":") >= 2


def test_channels_are_the_bars(tmp_path):
    spot = spot_of(legal_view("notebook", scene="forward", groups=4, c=13, f=5))
    scene = make_scene(spot.view, spot.bundle, spot.results)
    bars = next(item for item in scene.items() if isinstance(item, Bars))
    near(run_of(spot, tmp_path)["channels"], np.array(bars.values), np.abs(bars.values).max())


@pytest.mark.parametrize("view", WRONG, ids=name_of)
def test_a_mistake_is_made_beside_the_right_gradient(view, tmp_path):
    spot = spot_of(view)
    scene = make_scene(view, spot.bundle, spot.results)
    found = run_of(spot, tmp_path)
    panels = {item.name: item for item in scene.items() if hasattr(item, "table")}
    for name in panels.keys() & {"kernel", "grad_output", "input_pad"}:
        assert np.array_equal(found[name], panels[name].values), name
    for name in panels.keys() & {"wrong", "right", "difference"}:
        shown = panels[name].values
        expected = shown[0] if view.mistake == "db_averaged" else shown
        near(found[name], expected, np.abs(panels["right"].values).max())
    assert ("difference" in found) == ("difference" in panels)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rule", UPDATES)
def test_training_is_that_of_the_page(rule, loss, tmp_path):
    for spot in (
        spot_of(legal_view("paper", scene="update", rule=rule, loss=loss, t=49, pace="0.3")),
        grouped(scene="update", rule=rule, loss=loss, t=2, seed=3),
        grouped(UNEVEN_GROUPS, scene="update", rule=rule, loss=loss, t=2, seed=3),
    ):
        trained = make_training_runs(spot.view, spot.bundle)
        scene = make_scene(spot.view, spot.bundle, spot.results, trained)
        found = run_of(Spot(spot.view, spot.bundle, spot.results, trained), tmp_path)
        run = trained.training.runs[rule]
        for name in ("kernel", "dw", "step", "kernel_new"):
            size = 1e3 * (run.largest_dw if name == "dw" else run.largest_w).max()
            near(found[name], scene.panel(name).values, size)
        losses = run.losses[: spot.view.t + 2]
        near(np.array(found["losses"]), losses, 1e3 * np.abs(losses).max())


@settings(max_examples=30)
@given(layer=layers(), seed=seeds)
def test_every_legal_geometry_against_plain_loops(tmp_path_factory, layer, seed):
    drawn, *_ = layer
    bundle = bundle_of(drawn, seed)
    data = bundle.x, bundle.w, bundle.b, bundle.grad_output
    expected = convolution(*data, **drawn.parameters)
    size = magnitudes(*data, **drawn.parameters)
    file = write_file(bundle, tmp_path_factory.getbasetemp())
    # Of the last item, channel and filter, a scan over all has all sums complete.
    of_scene = {
        "overview": {"output": "out", "dw": "dw", "dx": "dx"},
        "dw": dict.fromkeys(("dw", "dw_patches", "dw_correlate"), "dw"),
        "dx": dict.fromkeys(("dx", "dx_rot180"), "dx"),
    }
    for scene, variables in of_scene.items():
        spot = last_of(bundle, scene=scene, scan="all")
        found = run_code(numpy_code(spot, file))
        view = spot.view
        places = {"out": (view.n, view.f), "dw": (view.f, -1), "dx": (view.n, view.c)}
        for name, tensor in variables.items():
            at = places[tensor]
            assert_cells(found[name], expected[tensor][at], size[tensor][at], rounding=1e-14)


@settings(max_examples=25)
@given(layer=layers(), seed=seeds)
def test_every_mistake_on_every_legal_geometry(tmp_path_factory, layer, seed):
    bundle = bundle_of(layer[0], seed)
    file = write_file(bundle, tmp_path_factory.getbasetemp())
    tensors = Tensors(bundle.x, bundle.w, bundle.grad_output, bundle.geometry)
    for mistake in ALL:
        spot = last_of(bundle, scene="mistakes", mistake=mistake.name)
        found = run_code(numpy_code(spot, file))
        at = {
            "dx": (spot.view.n, spot.view.c),
            "dw": (spot.view.f, -1),
            "db": slice(None),
        }[mistake.tensor]
        near(found["wrong"], mistake.wrong(tensors)[at], 100.0)
        near(found["right"], right(mistake.tensor, tensors)[at], 100.0)


def test_small_tensors_stand_in_the_code_with_all_digits():
    spot = spot_of(legal_view("paper", scene="overview", top_diff="normal", seed=4))
    code = numpy_code(spot, "unread.npz")
    assert "unread" not in code
    found = run_code(code)
    for name, array in (("x", spot.bundle.x), ("top_diff", spot.bundle.grad_output)):
        assert np.array_equal(found[name], array)


def test_large_tensors_and_numbers_without_a_literal_are_read():
    assert 'np.load("a \\"b\\".npz")' in numpy_code(spot_of(legal_view("sobel")), 'a "b".npz')
    spot = spot_of(legal_view("paper"))
    x = spot.bundle.x.copy()
    x[0, 0, 0, 0] = np.inf
    bundle = type(spot.bundle)(**{**vars(spot.bundle), "x": x})
    assert "np.load" in numpy_code(Spot(spot.view, bundle, None), "a.npz")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_code_is_short_and_its_comments_are_the_readers(lang):
    for scene in ("overview", "forward", "dw", "dx", "update", "mistakes"):
        # The notebook's training takes a while.
        data = "paper" if scene == "update" else "notebook"
        code = numpy_code(spot_of(legal_view(data, scene=scene, lang=lang)), "layer.npz")
        lines = [line for line in code.splitlines() if line]
        assert len(lines) <= 65
        assert max(map(len, lines)) <= 100
        assert "$" not in code
        assert bool(re.search("[一-鿿]", code)) == (lang == "zh")


def test_the_quiz_has_none():
    assert numpy_code(Spot(View(scene="quiz"), spot_of(legal_view("paper")).bundle, None), "") == ""


def test_every_comment_is_used():
    folder = Path(snippets.__file__).parent
    sources = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    keys = {key.split(".")[1] for key in texts("en") if key.startswith("snippet.")}
    used = set(re.findall(r"\$(\w+)", sources)) | set(re.findall(r'"snippet\.(\w+)"', sources))
    picked = {key for key in keys if key.startswith("picked_")}
    assert keys - picked <= used
    assert picked <= {"picked_nf", "picked_fc", "picked_gfc", "picked_ncf"} | {
        f"picked_{letters}" for letters in ("ij", "mk", "pq")
    }
