"""The stored tensors of data_pic: what they are, and that the gradient among them is one."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

from conv import conv2d

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data_pic"
README = (DATA / "README.md").read_text(encoding="utf-8")

ARRAYS = {
    "data_3_relu1[10-32-14-14].npy": ((10, 32, 14, 14), np.float64),
    "residual_7_maxpooling[10 16 14 14].npy": ((10, 16, 14, 14), np.float64),
    "weight[16-32-3-3].npy": ((16, 32, 3, 3), np.float64),
    "bias[16].npy": ((16,), np.float64),
    "crops[10-32-32-3].npy": ((10, 32, 32, 3), np.float64),
    "photo_gray[64-64].npy": ((64, 64), np.uint8),
}
REST = {
    "mean_picture": (3, 32, 32),
    "conv1_weight": (32, 3, 5, 5),
    "conv1_bias": (32,),
    "linear1_weight": (100, 576),
    "linear1_bias": (100,),
    "linear2_weight": (10, 100),
    "linear2_bias": (10,),
}


@pytest.fixture(scope="module")
def rest():
    with np.load(DATA / "rest_of_network.npz") as archive:
        return dict(archive)


@pytest.fixture(scope="module")
def layer():
    """The layer's input, output, and the stored gradient at its output."""
    x = np.load(DATA / "data_3_relu1[10-32-14-14].npy")
    weight, bias = np.load(DATA / "weight[16-32-3-3].npy"), np.load(DATA / "bias[16].npy")
    residual = np.load(DATA / "residual_7_maxpooling[10 16 14 14].npy")
    return x, conv2d(x, weight, bias, padding=1), residual


def max_pool(x):
    """3x3 windows, stride 2, window by window; the row and the column left over are dropped."""
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - 3) // 2 + 1, (width - 3) // 2 + 1))
    for i, j in np.ndindex(out.shape[2:]):
        out[:, :, i, j] = x[:, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3].max(axis=(2, 3))
    return out


def probabilities(out, rest):
    """The softmax (10, 10) that the rest of the network makes of the layer's output."""
    flat = max_pool(out).clip(min=0).reshape(len(out), 576)
    hidden = (flat @ rest["linear1_weight"].T + rest["linear1_bias"]).clip(min=0)
    logits = hidden @ rest["linear2_weight"].T + rest["linear2_bias"]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def mean_loss(out, rest):
    """The cross-entropy, item n being of class n."""
    return -np.log(np.diag(probabilities(out, rest))).mean()


def central_difference(out, rest, cell, step=1e-3):
    above, below = out.copy(), out.copy()
    above[cell] += step
    below[cell] -= step
    return (mean_loss(above, rest) - mean_loss(below, rest)) / (2 * step)


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_has_its_shape_and_dtype(name):
    array = np.load(DATA / name)
    assert (array.shape, array.dtype) == ARRAYS[name]
    assert np.isfinite(array).all()


def test_the_rest_of_the_network_has_its_shapes(rest):
    assert {name: array.shape for name, array in rest.items()} == REST
    assert all(array.dtype == np.float64 for array in rest.values())


def test_the_notebooks_lines_find_their_files(monkeypatch):
    monkeypatch.chdir(ROOT)
    in_data = np.load("./data_pic/data_3_relu1[10-32-14-14].npy")
    residual = np.load("./data_pic/residual_7_maxpooling[10 16 14 14].npy")
    assert in_data.shape == (10, 32, 14, 14)
    assert residual.shape == (10, 16, 14, 14)


def test_there_is_one_crop_of_each_class():
    classes = json.loads((DATA / "classes.json").read_text(encoding="utf-8"))
    assert len(set(classes)) == 10
    assert all(re.fullmatch("[a-z]+", name) for name in classes)


def test_the_layers_input_is_what_the_first_layer_makes_of_the_crops(layer, rest):
    crops = np.load(DATA / "crops[10-32-32-3].npy").transpose(0, 3, 1, 2)
    out = conv2d(crops - rest["mean_picture"], rest["conv1_weight"], rest["conv1_bias"], padding=1)
    np.testing.assert_allclose(max_pool(out).clip(min=0), layer[0], rtol=0, atol=1e-9)


def test_the_network_knows_the_crops_and_readme_states_its_loss(layer, rest):
    _, out, _ = layer
    assert (probabilities(out, rest).argmax(axis=1) == np.arange(10)).all()
    assert f"loss {mean_loss(out, rest):.4f}" in README


def test_every_channel_and_every_item_has_something_to_show(layer):
    x, _, residual = layer
    assert (x >= 0).all()
    assert (x.max(axis=(0, 2, 3)) > 0).all()
    assert (np.abs(residual).max(axis=(1, 2, 3)) > 1e-7).all()
    assert (np.abs(residual).max(axis=(0, 2, 3)) > 1e-7).all()


@pytest.mark.parametrize("kind", ["not zero", "zero"])
def test_the_stored_gradient_is_the_central_difference_of_the_loss(kind, layer, rest):
    _, out, residual = layer
    cells = np.argwhere((residual != 0) == (kind == "not zero"))
    picked = np.random.default_rng(0).choice(cells, {"not zero": 10, "zero": 4}[kind])
    for cell in map(tuple, picked):
        measured = central_difference(out, rest, cell)
        assert measured == pytest.approx(residual[cell], rel=1e-5, abs=1e-12), cell


def test_the_row_and_the_column_left_over_get_no_gradient(layer):
    _, _, residual = layer
    assert not residual[:, :, 13].any()
    assert not residual[:, :, :, 13].any()
    assert residual[:, :, 12].any()
    assert residual[:, :, :, 12].any()


def test_the_builds_max_pool_drops_what_is_left_over():
    for package in ("PIL", "skimage", "tqdm"):
        pytest.importorskip(package)
    spec = importlib.util.spec_from_file_location("build", DATA / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    x = np.random.default_rng(0).standard_normal((2, 3, 14, 30))
    x[:, :, -1], x[:, :, :, -1] = 100, 100
    out = build.max_pool(x)
    assert out.shape == (2, 3, 6, 14)
    np.testing.assert_array_equal(out, max_pool(x))
    dx = build.max_pool_input(x, np.ones_like(out))
    assert dx.sum() == out.size
    assert not dx[:, :, -1].any()
    assert not dx[:, :, :, -1].any()


def test_readme_names_every_file():
    named = set(re.findall(r"^\| `([^`]+)` \|", README, flags=re.MULTILINE))
    there = {path.name for path in DATA.iterdir() if path.is_file()}
    assert named == there - {"README.md"}
