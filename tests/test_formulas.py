"""What formulas say of the padding: twice one number where both sides are alike, both if not."""

import re

import pytest

from conv import Geometry
from conv.dashboard.status import size_formula
from conv.lessons import WALK
from tests.copied import latex_sum
from tests.snippets.spots import spot_of
from tests.views import UNEVEN, legal_view, uneven_view

SIZES = (1, 1, 7, 6), (1, 1, 3, 2)
PARAMETERS = {"stride": (2, 3), "dilation": (2, 1)}
SAID = {
    (1, 2): (r"H + 2p_h - K_h", r"W + 2p_w - K_w", r"7 + 2 \cdot 1 - 5", r"6 + 2 \cdot 2 - 2"),
    (0, 3, 2, 2): (
        *(r"H + p_t + p_b - K_h", r"W + p_l + p_r - K_w"),
        *("7 + 0 + 3 - 5", "6 + 2 + 2 - 2"),
    ),
}


@pytest.mark.parametrize("padding", SAID, ids=str)
def test_the_output_s_size_in_symbols_and_numbers(padding):
    geometry = Geometry(*SIZES, padding=padding, **PARAMETERS)
    rows, columns = (size_formula(geometry, axis) for axis in (0, 1))
    of_rows, of_columns, numbers_of_rows, numbers_of_columns = SAID[padding]
    for formula, output, stride, *written in (
        (rows, geometry.output_size[2], 2, of_rows, numbers_of_rows),
        (columns, geometry.output_size[3], 3, of_columns, numbers_of_columns),
    ):
        above = re.findall(r"\\frac{(.*?)}{", formula)
        assert above[:2] == written
        # What the numbers come to is what stands in the last line.
        total = eval(above[1].replace(r"\cdot", "*"))
        assert above[2] == str(total)
        assert formula.endswith(rf"= {total // stride} + 1 = {output}\end{{aligned}}")


@pytest.mark.parametrize(
    ("section", "even", "uneven"),
    [
        ("forward", ("2p_h", "2p_w"), ("H + p_t + p_b - K_h", "W + p_l + p_r - K_w")),
        ("crop", ("p_h + p", "p_w + q"), ("p_t + p", "p_l + q")),
    ],
)
def test_the_notebook_s_formulas(section, even, uneven):
    asked = {"scene": "notebook", "section": section}
    for view, said, other in (
        (legal_view("paper", **asked), even, uneven),
        (uneven_view("paper", **asked, **UNEVEN["before alone"]), uneven, even),
    ):
        spot = spot_of(view)
        formula = latex_sum(spot)
        assert formula == WALK[section].formula_of(spot.geometry)
        assert all(part in formula for part in said)
        assert not any(part in formula for part in other)


def test_all_other_formulas_are_the_same_for_every_padding():
    geometry = Geometry(*SIZES, padding=(0, 3, 2, 2))
    others = [one for name, one in WALK.items() if name not in {"forward", "crop"}]
    assert all(one.formula_of(geometry) == one.formula for one in others)
    assert not any(re.search(r"p_[hw]", one.formula) for one in others)
