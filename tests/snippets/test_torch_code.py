"""The PyTorch code runs and finds the page's numbers, with PyTorch and with plain loops."""

import importlib.util
import re
import sys

import numpy as np
import pytest

from conv.ops.training import LOSSES
from conv.ops.update import UPDATES
from conv.spot import Spot
from conv.state.view import View, choices
from tests.copied import torch_code

from ..views import UNEVEN, VIEWS, legal_view, name_of, uneven_view
from . import stand_in
from .spots import GROUPS, UNEVEN_GROUPS, WRONG, grouped, run_code, spot_of, write_file

MISTAKES = choices("mistake")

HAS_TORCH = importlib.util.find_spec("torch") is not None


@pytest.fixture(params=["loops", "torch"] if HAS_TORCH else ["loops"])
def torch(request, monkeypatch):
    if request.param == "loops":
        for name, module in stand_in.modules().items():
            monkeypatch.setitem(sys.modules, name, module)


def checked(spot, folder, capsys):
    """The cells that the code holds against the page, when it has run."""
    code = torch_code(spot, write_file(spot.bundle, folder))
    run_code(code)
    names = re.findall(r'^check\("([^"]+)"', code, re.MULTILINE)
    printed = capsys.readouterr().out
    assert all(f"{name} = " in printed for name in names)
    return names


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("view", [v for v in VIEWS if v.data == "paper"], ids=name_of)
def test_autograd_finds_the_pages_numbers(view, tmp_path, capsys):
    names = checked(spot_of(view), tmp_path, capsys)
    out = f"out[{view.n}, {view.f}, {view.i}, {view.j}]"
    dw, dx = f"[{view.f}, 0, {view.m}, {view.k}]", f"[{view.n}, 0, {view.p}, {view.q}]"
    assert (
        names
        == {
            "overview": [out, f"dw{dw}", f"dx{dx}"],
            "forward": [out],
            "dw": [f"dw{dw}", f"dw_item{dw}"],
            "dx": [f"dx{dx}", f"dx_filter{dx}"],
        }[view.scene]
    )


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("scene", ["overview", "forward", "dw", "dx"])
def test_groups(scene, tmp_path, capsys):
    for drawn in (GROUPS, UNEVEN_GROUPS):
        assert checked(grouped(drawn, scene=scene), tmp_path, capsys)


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_shown_beside_the_right_number(mistake, tmp_path, capsys):
    views = [view for view in WRONG if view.mistake == mistake and view.data == "paper"]
    for spot in (*map(spot_of, views), grouped(scene="mistakes", mistake=mistake)):
        assert len(checked(spot, tmp_path, capsys)) == 1


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rule", UPDATES)
def test_training(rule, loss, tmp_path, capsys):
    update = {"scene": "update", "rule": rule, "loss": loss}
    paper = spot_of(legal_view("paper", t=9, pace="3", **update))
    uneven = grouped(UNEVEN_GROUPS, t=1, seed=3, **update)
    for spot in (paper, grouped(t=1, seed=3, **update), uneven):
        assert len(checked(spot, tmp_path, capsys)) == 4


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("scene", ["overview", "forward", "dw", "dx", "update", "mistakes"])
def test_other_numbers_are_refused(scene, tmp_path):
    """The code of one page, on another one's file."""
    spot = grouped(UNEVEN_GROUPS, scene=scene)
    code = torch_code(spot, write_file(spot.bundle, tmp_path))
    other = {name: 1.001 * getattr(spot.bundle, name) for name in ("x", "w", "b", "grad_output")}
    np.savez(tmp_path / "layer $x.npz", **other)
    with pytest.raises(AssertionError, match=r"(?i)equal|close"):
        run_code(code)


def test_what_conv2d_cannot_pad_is_padded_before():
    code = torch_code(spot_of(uneven_view("paper", **UNEVEN["before alone"])), "layer.npz")
    assert "from torch.nn.functional import conv2d, pad\n" in code
    assert "pads = (3, 0, 2, 0)  # left, right, top, bottom\n" in code
    assert '"padding": (0, 0)' in code
    assert "pad" not in torch_code(spot_of(legal_view("paper")), "").replace('"padding"', "")


def test_the_quiz_has_none():
    assert torch_code(Spot(View(scene="quiz"), spot_of(legal_view("paper")).bundle, None), "") == ""
