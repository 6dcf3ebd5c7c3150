"""The tensors of a view and what is made of them, against the files and plain loops."""

import json
from functools import cached_property

import numpy as np
import pytest

from conv.ops.geometry import Geometry
from conv.results import Results, make_bundle
from conv.sources import load
from conv.sources.builtin import DATA_PIC
from conv.state.view import View
from tests.ops.oracle import assert_cells, convolution, magnitudes
from tests.views import GEOMETRIES, legal_view


def bundle_of(data, **asked):
    return make_bundle(legal_view(data, **asked), load(data))


def parameters(view):
    return {name: getattr(view, name) for name in ("stride", "padding", "dilation", "groups")}


def test_top_diff_of_the_file():
    file = np.load(DATA_PIC / "residual_7_maxpooling[10 16 14 14].npy")
    np.testing.assert_array_equal(bundle_of("notebook").grad_output, file)
    np.testing.assert_array_equal(
        bundle_of("paper").grad_output[0, 0], [[1, 0, -1], [2, 1, 0], [0, 3, -2]]
    )


@pytest.mark.parametrize(
    "geometry", [{}, GEOMETRIES["rectangular kernel"], GEOMETRIES["dilation"]], ids=str
)
def test_top_diff_of_the_output_is_the_output_with_its_bias(geometry):
    view = legal_view("paper", **{**geometry, "top_diff": "output"})
    bundle = make_bundle(view, load("paper"))
    g = np.zeros_like(bundle.grad_output)
    expected = convolution(bundle.x, bundle.w, bundle.b, g, **parameters(view))["out"]
    size = magnitudes(bundle.x, bundle.w, bundle.b, g, **parameters(view))["out"]
    assert bundle.b.all()
    assert_cells(bundle.grad_output, expected, size)
    assert bundle.top_diff == "output"


def test_top_diff_of_ones():
    g = bundle_of("paper", top_diff="ones", stride=(1, 2)).grad_output
    assert g.tolist() == [[[[1, 1]] * 3]]


def test_top_diff_of_the_seeded_normal_is_no_copy_of_the_weight():
    asked = {"kernel": (5, 5), "padding": (2, 2), "top_diff": "normal"}
    one, same, other = (bundle_of("notebook", **asked, seed=seed) for seed in (3, 3, 4))
    assert one.seeded_weight
    np.testing.assert_array_equal(one.grad_output, same.grad_output)
    np.testing.assert_array_equal(one.w, same.w)
    for a, b in ((one.grad_output, other.grad_output), (one.w, other.w), (one.grad_output, one.w)):
        count = min(a.size, b.size)
        assert abs(np.corrcoef(a.flat[:count], b.flat[:count])[0, 1]) < 0.05
    assert one.grad_output.mean() == pytest.approx(0, abs=0.03)
    assert one.grad_output.var() == pytest.approx(1, rel=0.03)


@pytest.mark.parametrize(
    ("asked", "shape"),
    [
        ({"kernel": (5, 5), "padding": (2, 2)}, (16, 32, 5, 5)),
        ({"kernel": (2, 7)}, (16, 32, 2, 7)),
        ({"groups": 4, "c": 13, "f": 5}, (16, 8, 3, 3)),
    ],
    ids=str,
)
def test_seeded_weight_keeps_the_size_of_the_input(asked, shape):
    bundle = bundle_of("notebook", **asked)
    assert bundle.seeded_weight
    assert bundle.w.shape == shape
    assert bundle.w.mean() == pytest.approx(0, abs=0.05 * bundle.w.std())
    assert bundle.w.var() == pytest.approx(1 / np.prod(shape[1:]), rel=0.1)


def test_the_weight_of_the_file_stays_where_it_fits():
    bundle = bundle_of("notebook", stride=(2, 1), dilation=(1, 2))
    assert not bundle.seeded_weight
    np.testing.assert_array_equal(bundle.w, np.load(DATA_PIC / "weight[16-32-3-3].npy"))
    assert bundle.geometry == Geometry(
        (10, 32, 14, 14), (16, 32, 3, 3), stride=(2, 1), padding=(1, 1), dilation=(1, 2)
    )


def test_sobel_pair():
    data = load("sobel")
    across = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    down = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    assert data.w.tolist() == [[across], [down]]
    assert data.b.tolist() == [0, 0]
    np.testing.assert_array_equal(data.x[0, 0], np.load(DATA_PIC / "photo_gray[64-64].npy"))
    assert (data.grad_output, data.default.top_diff) == (None, "output")


def test_paper_tensors_are_whole_and_turn_into_no_other():
    data = load("paper")
    for tensor in (data.x[0, 0], data.w[0, 0], data.grad_output[0, 0]):
        assert (tensor == tensor.round()).all()
        turns = [np.rot90(t, k) for t in (tensor, tensor.T) for k in range(4)]
        assert not any((tensor == turn).all() for turn in turns[1:])
        for lines in (tensor, tensor.T):
            assert len({tuple(line) for line in lines}) == len(lines)
    assert data.b.tolist() == [1]
    assert data.x.shape[2:] == (5, 5)


def test_views_that_the_data_sets_open_with():
    shared = {"scene": "overview", "kernel": (3, 3), "stride": (1, 1), "dilation": (1, 1)}
    shared |= {"m": 1, "k": 1, "scan": "one", "groups": 1, "seed": 0, "lang": "en"}
    opens = {
        "notebook": {"n": 1, "c": 7, "f": 10, "i": 6, "j": 6, "p": 6, "q": 6, "padding": (1, 1)},
        "paper": {"n": 0, "c": 0, "f": 0, "i": 1, "j": 1, "p": 2, "q": 2, "padding": (0, 0)},
        "sobel": {"n": 0, "c": 0, "f": 0, "i": 20, "j": 30, "p": 20, "q": 30, "padding": (1, 1)},
    }
    for name, own in opens.items():
        top_diff = "output" if name == "sobel" else "file"
        assert load(name).default == View(data=name, top_diff=top_diff, **shared, **own)


def test_each_item_has_its_picture_and_its_label():
    data = load("notebook")
    classes = json.loads((DATA_PIC / "classes.json").read_text(encoding="utf-8"))
    assert list(data.labels) == classes
    assert len(data.x) == len(data.labels) == len(data.pictures) == len(set(data.labels))
    np.testing.assert_array_equal(data.pictures, np.load(DATA_PIC / "crops[10-32-32-3].npy"))
    assert load("paper").labels == ()
    for array in (data.x, data.w, data.b, data.grad_output, data.pictures):
        assert not array.flags.writeable


@pytest.mark.parametrize(
    "asked",
    [{}, {"padding": (1, 2), "stride": (4, 3)}, GEOMETRIES["all at once"]],
    ids=["as it opens", "left over", "all at once"],
)
def test_results_are_what_the_definition_gives(asked):
    view = legal_view("paper", **asked)
    bundle = make_bundle(view, load("paper"))
    operands = bundle.x, bundle.w, bundle.b, bundle.grad_output
    expected = convolution(*operands, **parameters(view))
    size = magnitudes(*operands, **parameters(view))
    results = Results(bundle)
    names = [name for name, kind in vars(Results).items() if isinstance(kind, cached_property)]
    assert len(names) == 9
    for name in names:
        tensor, _, method = name.partition("_")
        truth = size[tensor] if method == "size" else expected[tensor]
        assert_cells(getattr(results, name), truth, size[tensor])
