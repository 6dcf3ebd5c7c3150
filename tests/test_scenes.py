"""Every number of every panel, against plain loops over the definition."""

from dataclasses import fields, replace

import numpy as np
import pytest

from conv.scenes import make_scene
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card, Clock, Operator, Section, Thumbnails
from conv.scenes.texts import Message
from conv.words import words
from tests.loops import Loops
from tests.pads import origin_of
from tests.truth import Truth
from tests.views import (
    SMALL_VIEWS,
    VIEWS,
    altered,
    each_view,
    legal_view,
    of_scene,
    scene_of,
    some_at_a_time,
    tensors,
)

PANELS = {
    "overview": "input_pad patch kernel kernel_rot180 output grad_output dw dx",
    "forward": "input_pad patch kernel product channels output",
    "dw": "input_pad grad_output step_patches dw_patches input_view grad_output_all "
    "step_correlate dw_correlate dw_item dw difference",
    "dx": "kernel grad_output step_scatter dx_scatter kernel_rot180 grad_output_pad "
    "step_rot180 dx_rot180 dx_filter dx difference",
}


some_views = some_at_a_time(VIEWS, 24)
PARTS = Panel | Bars | Card | Operator | Section | Clock | Thumbnails


def close(actual, expected):
    size = np.abs(expected).max() or 1.0
    np.testing.assert_allclose(actual, expected, rtol=1e-11, atol=1e-13 * size)


@each_view
def test_panels_have_their_names_and_their_words(view):
    scene = scene_of(view)
    shown = [item.name for item in scene.items() if isinstance(item, Panel | Bars)]
    w, geometry = tensors(view)[0].w, tensors(view)[0].geometry
    several = {"dw": geometry.input_size[0] > 1, "dx": len(w) // view.groups > 1}
    shares = ["shares"] if several.get(view.scene) else []
    assert sorted(shown) == sorted([*PANELS[view.scene].split(), *shares])
    for lang in ("en", "zh"):
        for text in messages(scene):
            assert words(lang)(text.key, **text.values)


def messages(thing):
    """Every Message in a scene, wherever it stands."""
    if isinstance(thing, Message):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from messages(part)
    elif isinstance(thing, PARTS) or hasattr(thing, "bands"):
        for field in fields(thing):
            yield from messages(getattr(thing, field.name))


@of_scene("overview", SMALL_VIEWS)
def test_overview(view):
    scene, truth = scene_of(view), Truth(view)
    n, f = view.n, view.f
    close(scene.panel("input_pad").values, truth.x_pad())
    close(scene.panel("patch").values, truth.patch())
    close(scene.panel("kernel").values, truth.kernel())
    rows, columns = truth.kernel().shape
    turned = [[truth.kernel()[-1 - r, -1 - c] for c in range(columns)] for r in range(rows)]
    close(scene.panel("kernel_rot180").values, np.array(turned))
    close(scene.panel("output").values, truth.output())
    close(scene.panel("grad_output").values, truth.grad_output())
    items = range(len(truth.bundle.x))
    close(scene.panel("dw").values, sum(truth.share(k, f)["dw"] for k in items)[0, 0])
    close(scene.panel("dx").values, sum(truth.share(n, k)["dx"] for k in truth.filters)[0, 0])


@of_scene("overview", SMALL_VIEWS)
def test_letters_turn_with_their_cells(view):
    scene = scene_of(view)
    kernel, turned = scene.panel("kernel"), scene.panel("kernel_rot180")
    by_letter = dict(zip(sum(kernel.letters, ()), kernel.values.flat, strict=True))
    assert len(by_letter) == kernel.values.size
    for letter, value in zip(sum(turned.letters, ()), turned.values.flat, strict=True):
        assert by_letter[letter] == value


@of_scene("dx", SMALL_VIEWS)
def test_the_products_of_dx_have_the_letters_of_the_turned_kernel(view):
    scene = scene_of(view)
    turned = tuple(row[::-1] for row in reversed(scene.panel("kernel").letters))
    assert scene.panel("step_rot180").letters == turned
    assert scene.panel("kernel_rot180").letters == turned


@of_scene("forward", SMALL_VIEWS)
def test_forward(view):
    scene, truth = scene_of(view), Truth(view)
    product = np.array(
        [a * b for a, b in zip(truth.patch().flat, truth.kernel().flat, strict=True)]
    ).reshape(truth.kernel().shape)
    close(scene.panel("product").values, product)
    bars = next(item for item in scene.items() if isinstance(item, Bars))
    assert len(bars.values) == truth.per_group
    assert bars.labels[bars.chosen] == str(view.c)
    assert bars.values[bars.chosen] == pytest.approx(product.sum(), rel=1e-9, abs=1e-12)
    bias, total = bars.totals
    assert bias == truth.bundle.b[view.f]
    assert sum(bars.values) + bias == pytest.approx(total, rel=1e-9, abs=1e-9)
    assert total == pytest.approx(truth.output()[view.i, view.j], rel=1e-9, abs=1e-9)


def at_the_end(scene, name):
    """A panel's numbers after the last step of both methods."""
    last = {space: (rows - 1, columns - 1) for space, (rows, columns) in scene.sizes.items()}
    return replace(scene.panel(name), places=last).values


@of_scene("dw", SMALL_VIEWS)
def test_dw(view):
    scene, truth = scene_of(view), Truth(view)
    own = truth.share(view.n, view.f)["dw"][0, 0]
    for name in ("dw_patches", "dw_correlate", "dw_item"):
        close(at_the_end(scene, name), own)
    np.testing.assert_array_equal(
        at_the_end(scene, "difference"),
        at_the_end(scene, "dw_patches") - at_the_end(scene, "dw_correlate"),
    )
    items = range(len(truth.bundle.x))
    close(scene.panel("dw").values, sum(truth.share(k, view.f)["dw"] for k in items)[0, 0])
    close(scene.panel("step_patches").values, truth.patch() * truth.number())
    box = scene.panel("dw_correlate").marks[0].box
    assert (box.top, box.left) == (view.m, view.k)
    among_zeros = scene.panel("step_correlate").values
    step = among_zeros[:: view.stride[0], :: view.stride[1]]
    assert step.shape == truth.grad_output().shape
    assert np.count_nonzero(step) == np.count_nonzero(among_zeros)
    assert step.sum() == pytest.approx(own[box.top, box.left], rel=1e-9, abs=1e-12)
    viewed = scene.panel("input_view").marks[0]
    seen = scene.panel("input_view").values[
        viewed.box.top : viewed.box.bottom : viewed.step[0],
        viewed.box.left : viewed.box.right : viewed.step[1],
    ]
    close(step, seen * truth.grad_output())


@of_scene("dx", SMALL_VIEWS)
def test_dx(view):
    scene, truth = scene_of(view), Truth(view)
    own = truth.share(view.n, view.f)["dx"][0, 0]
    (ph, pw), (height, width) = origin_of(view.padding), own.shape
    scattered = at_the_end(scene, "dx_scatter")
    assert scattered.shape == Loops(view).sizes()["input_pad"]
    scattered, rotated = scattered[ph:, pw:][:height, :width], at_the_end(scene, "dx_rot180")
    for values in (scattered, rotated, scene.panel("dx_filter").values):
        close(values, own)
    np.testing.assert_array_equal(at_the_end(scene, "difference"), scattered - rotated)
    total = sum(truth.share(view.n, k)["dx"] for k in truth.filters)[0, 0]
    close(scene.panel("dx").values, total)
    close(scene.panel("step_scatter").values, truth.kernel() * truth.number())
    box = scene.panel("dx_rot180").marks[0].box
    assert (box.top, box.left) == (view.p, view.q)
    assert scene.panel("step_rot180").values.sum() == pytest.approx(
        own[box.top, box.left], rel=1e-9, abs=1e-12
    )


@of_scene("dx", SMALL_VIEWS)
def test_padded_top_diff_holds_every_cell_once_and_hatches_the_rest(view):
    panel, truth = scene_of(view).panel("grad_output_pad"), Truth(view)
    (sh, sw), (dh, dw), (kh, kw) = view.stride, view.dilation, view.kernel
    real, cropped = np.zeros((2, *panel.values.shape), bool)
    for hatch in panel.hatches:
        seen = cropped if hatch.kind == "cropped" else real
        seen[hatch.box.top : hatch.box.bottom, hatch.box.left : hatch.box.right] = True
    zeros, real = real, ~real
    cells = real & ~cropped
    # Of what is cropped, the cells of top_diff are seen as the rest is: by their number.
    own = np.zeros_like(real)
    rows, columns = truth.grad_output().shape
    own[(kh - 1) * dh :: sh, (kw - 1) * dw :: sw][:rows, :columns] = True
    np.testing.assert_array_equal(panel.values[own], truth.grad_output().ravel())
    assert not panel.values[~own].any()
    np.testing.assert_array_equal(cells, own & ~cropped)
    assert not (zeros & own).any()


@of_scene("overview", SMALL_VIEWS)
def test_window_touches_the_patch_and_no_padding_of_dx(view):
    scene, truth = scene_of(view), Truth(view)
    mark, panel = scene.panel("input_pad").marks[0], scene.panel("input_pad")
    box, (dh, dw) = mark.box, mark.step
    touched = panel.values[box.top : box.bottom : dh, box.left : box.right : dw]
    close(touched, truth.patch())
    reached = np.zeros(scene.panel("dx").values.shape, bool)
    for other in scene.panel("dx").marks:
        own = other.box
        reached[own.top : own.bottom : dh, own.left : own.right : dw] = True
        assert min(own.top, own.left) >= 0
        assert own.bottom <= reached.shape[0]
        assert own.right <= reached.shape[1]
    (sh, sw), (ph, pw) = truth.pairs["stride"], origin_of(truth.pairs["padding"])
    expected = np.zeros_like(reached)
    for m, k in np.ndindex(*truth.kernel().shape):
        row, column = view.i * sh + m * dh - ph, view.j * sw + k * dw - pw
        if 0 <= row < reached.shape[0] and 0 <= column < reached.shape[1]:
            expected[row, column] = True
    np.testing.assert_array_equal(reached, expected)


def test_rows_left_over_are_hatched_and_have_no_gradient():
    view = legal_view("paper", stride=(4, 3), padding=(1, 0), scene="overview")
    panel = scene_of(view).panel("dx")
    left_over = [hatch for hatch in panel.hatches if hatch.kind == "leftover"]
    assert left_over
    for hatch in left_over:
        box = hatch.box
        assert not panel.values[box.top : box.bottom, box.left : box.right].any()


def test_differences_are_told_as_text():
    view = legal_view("notebook", scene="dw")
    scene = scene_of(view)
    _, results = tensors(view)
    card = next(item for item in scene.items() if isinstance(item, Card))
    gap = np.abs(results.dw_patches - results.dw_correlate)
    size = np.maximum(np.abs(results.dw_patches), np.abs(results.dw_correlate))
    shown = gap[size > 0] / size[size > 0]
    *texts, verdict = (text for _, text in card.lines)
    told = [float(text.replace("−", "-")) for text in texts]
    assert verdict == "✓"
    assert told == pytest.approx([gap.max(), shown.max()], rel=0.01)


def test_the_sum_is_written_in_numbers():
    view = legal_view("paper", scene="overview")
    total = scene_of(view).total
    assert words("en")(total.key, **total.values) == (
        "out[0, 0, 1, 1] = 3 × 1 + 1 × 0 + 2 × −1 + 1 × 2 + 0 × 1 + 4 × 0 + 2 × 0 + 3 × −2 "
        "+ 0 × 3 + 1 = −2"
    )


def test_no_scene_has_a_panel_that_it_does_not_name():
    with pytest.raises(KeyError):
        scene_of(legal_view("paper", scene="forward")).panel("dx")


@pytest.mark.parametrize(
    ("scene", "wrong", "card"),
    [
        ("dw", "dw_correlate", "differences"),
        ("dx", "dx_rot180", "differences"),
        ("overview", "dw_correlate", "agreement"),
        ("overview", "dx_scatter", "agreement"),
    ],
)
def test_a_wrong_method_is_not_said_to_agree(scene, wrong, card):
    view = legal_view("paper", scene=scene)
    bundle, results = tensors(view)
    broken = altered(results, **{wrong: getattr(results, wrong) + 1e-9})
    shown = next(
        item for item in make_scene(view, bundle, broken).items() if isinstance(item, Card)
    )
    assert shown.name == card
    if scene == "overview":
        assert shown.title.key == "card.disagreement"
    else:
        assert shown.lines[-1][1] == "✗"


def test_window_in_the_padding_alone_sends_nothing_to_the_input():
    panel = scene_of(legal_view("paper", padding=(5, 5), i=0, j=0)).panel("dx")
    assert panel.marks == ()
    assert panel.caption.key == "caption.dx_padding"
