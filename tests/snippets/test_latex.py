"""What a written sum comes to is the number behind it, to its last written digit."""

import re
from fractions import Fraction

import numpy as np
import pytest

from conv.ops import input_products, weight_products
from conv.ops.training import LOSSES
from conv.ops.update import UPDATES
from conv.scenes import make_scene
from conv.spot import Spot
from conv.training_runs import make_training_runs
from tests.copied import latex_sum

from ..views import GROUPED, VIEWS, legal_view, name_of
from .spots import WRONG, grouped, spot_of

NUMBER = r"-?\d+(?:\.\d+)?(?: \\times 10\^\{-?\d+\})?"
SMALL = [view for view in VIEWS if view.data == "paper"]


def latex_of(spot):
    trained = make_training_runs(spot.view, spot.bundle) if spot.view.scene == "update" else None
    spot = Spot(spot.view, spot.bundle, spot.results, trained)
    return latex_sum(spot), trained


def value(text):
    """The number that a text is."""
    assert re.fullmatch(NUMBER, text), text
    return Fraction(re.sub(r" \\times 10\^\{(-?\d+)\}", r"e\1", text))


def last_digit(text):
    """Half a unit of a number's last written digit; 0 for a whole number, which is exact."""
    mantissa, _, power = re.sub(r" \\times 10\^\{(-?\d+)\}", r"e\1", text).partition("e")
    decimals = len(mantissa.partition(".")[2])
    if not decimals and not power:
        return Fraction(1, 2)
    return Fraction(10) ** (int(power or 0) - decimals) / 2


def comes_to(text):
    """What an expression of sums, products and brackets comes to."""
    text = re.sub(NUMBER, lambda found: f"Fraction('{value(found[0])}')", text)
    text = text.replace(r"\cdot", "*")
    assert re.fullmatch(r"[-+*() ]*", re.sub(r"Fraction\('[-\d/]+'\)", "", text)), text
    return eval(text, {"Fraction": Fraction})


def unbraced(text):
    return re.sub(r"\\underbrace\{(.*)\}_\{\\text\{[^{}]*\}\}", r"\1", text)


def assert_holds(latex, number):
    """The sum is the number, both as far as the total is written."""
    assert_balanced(latex)
    _, middle, total = latex.split(" = ")
    assert abs(value(total) - Fraction(number)) <= last_digit(total) * Fraction("1.000001")
    assert abs(comes_to(unbraced(middle)) - value(total)) <= last_digit(total)


def assert_balanced(latex):
    depth = 0
    for sign in latex:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert "e-" not in latex
    assert not re.search(r"[−×∞]", latex)


def number_of(spot):
    view, results = spot.view, spot.results
    return {
        "dw": results.dw_gemm[view.f, spot.kernel_channel, view.m, view.k],
        "dx": results.dx_gemm[view.n, view.c, view.p, view.q],
    }.get(view.scene, results.out[view.n, view.f, view.i, view.j])


@pytest.mark.parametrize("view", SMALL, ids=name_of)
def test_small_sums_hold(view):
    spot = spot_of(view)
    latex, _ = latex_of(spot)
    if "cdots" in latex:
        assert view.scene == "dw"
        assert_balanced(latex)
    elif latex.count("=") == 1:
        assert latex == rf"\text{{dx}}_{{0,0,{view.p},{view.q}}} = 0"
    else:
        assert_holds(latex, number_of(spot))


def test_the_sum_as_a_pencil_writes_it():
    latex, _ = latex_of(spot_of(legal_view("paper", scene="dx", p=0, q=2)))
    assert latex == (r"\text{dx}_{0,0,0,2} = (-1) \cdot 1 + 0 \cdot 0 + 1 \cdot (-1) = -2")


@pytest.mark.parametrize("scene", ["forward", "dw", "dx"])
@pytest.mark.parametrize("asked", [{}, {**GROUPED["groups"]}])
def test_of_many_products_the_ends_and_the_count_are_written(scene, asked):
    spot = spot_of(legal_view("notebook", scene=scene, **asked))
    latex, _ = latex_of(spot)
    assert_balanced(latex)
    bundle, view = spot.bundle, spot.view
    if scene == "forward":
        products = spot.geometry.weight_size[1] * 9
        nonzero = None
    else:
        cells = {
            "dw": (view.f, spot.kernel_channel, view.m, view.k),
            "dx": (view.n, view.c, view.p, view.q),
        }
        make, tensor = {"dw": (weight_products, bundle.x), "dx": (input_products, bundle.w)}[scene]
        terms = make(tensor, bundle.grad_output, spot.geometry, cells[scene])
        products, nonzero = len(terms.products), np.count_nonzero(terms.products)
    count = re.search(r"\\text\{(\d+) products(?:, (\d+) not 0)?\}", latex)
    assert int(count[1]) == products
    assert nonzero is None or int(count[2] or count[1]) == nonzero
    total = latex.rpartition(" = ")[2]
    assert abs(value(total) - Fraction(number_of(spot))) <= last_digit(total)
    if "cdots" not in latex:
        assert_holds(latex, number_of(spot))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rule", UPDATES)
def test_a_step_holds(rule, loss):
    for t in (0, 1, 4):
        spot = grouped(scene="update", rule=rule, loss=loss, t=t)
        latex, trained = latex_of(spot)
        view = spot.view
        new = trained.paths[rule].w[t + 1, view.m, view.k]
        assert latex.startswith(f"w^{{({t + 1})}}_{{4,0,2,0}} = ")
        assert_holds(latex, new)


@pytest.mark.parametrize("view", WRONG, ids=name_of)
def test_both_numbers_of_a_mistake(view):
    spot = spot_of(view)
    latex, _ = latex_of(spot)
    assert_balanced(latex)
    wrong, right = latex.split(r", \qquad ")
    assert r"^{\text{wrong}}" in wrong
    panels = {
        item.name: item
        for item in make_scene(view, spot.bundle, spot.results).items()
        if hasattr(item, "table")
    }
    tensor = right[6:8]
    at = {"dx": (view.p, view.q), "dw": (view.m, view.k), "db": (0, view.f)}[tensor]
    for text, name in ((wrong, "wrong"), (right, "right")):
        if r"\mathbb{R}" in text:
            assert "difference" not in panels
            continue
        number = text.rpartition(" = ")[2]
        shown = Fraction(panels[name].values[at])
        assert abs(value(number) - shown) <= last_digit(number) * Fraction("1.000001")


def test_the_quiz_has_none():
    spot = spot_of(legal_view("paper", scene="quiz"))
    assert latex_sum(spot) == ""
