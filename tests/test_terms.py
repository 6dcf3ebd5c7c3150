"""Where a number comes from: the card of a cell, its table and the file that is downloaded."""

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest

from conv.dashboard.terms import columns_of, csv_text
from conv.scenes import Spot
from conv.scenes.scene import Card
from conv.scenes.terms import terms_of
from tests.ops.oracle import convolution, magnitudes
from tests.views import SMALL_VIEWS, name_of, scene_of, tensors

VIEWS = [
    replace(view, scene=scene)
    for view in SMALL_VIEWS
    if view.data == "paper" and view.scene == "overview"
    for scene in ("dw", "dx")
]
of_views = pytest.mark.parametrize("view", VIEWS, ids=name_of)


def truth_of(view):
    """The view's cell, the sum of its magnitudes, and its product terms, by plain loops."""
    bundle = tensors(view)[0]
    parameters = bundle.geometry.parameters
    arrays = bundle.x, bundle.w, bundle.b, bundle.grad_output
    cell = (
        (view.f, view.c, view.m, view.k) if view.scene == "dw" else (view.n, view.c, view.p, view.q)
    )
    value = convolution(*arrays, **parameters)[view.scene][cell]
    return value, magnitudes(*arrays, **parameters)[view.scene][cell]


def card_of(view):
    (card,) = (i for i in scene_of(view).items() if isinstance(i, Card) and i.name == "terms")
    return {label.key.split(".")[1]: text.replace("−", "-") for label, text in card.lines}


@of_views
def test_the_card_gives_the_cell_three_times(view):
    value, size = truth_of(view)
    said = card_of(view)
    methods = ("by_patches", "by_correlate") if view.scene == "dw" else ("by_scatter", "by_rot180")
    near = {"rel": 1e-8, "abs": 1e-12 * max(size, 1)}
    assert [float(said[name]) for name in methods] == pytest.approx([value, value], **near)
    assert float(said["witness"]) == pytest.approx(value, rel=1e-8, abs=1e-9 * max(size, 1))
    if value:
        digits = int(said["digits"])
        assert 6 <= digits <= 15
        off = abs(float(said["witness"]) - value) / abs(value)
        assert off == 0 or -math.log10(off) >= min(digits, 8)
    else:
        assert float(said["within"]) <= 1e-9 * max(size, 1)


@of_views
def test_the_table_adds_up_in_both_orders_and_so_does_the_file(view):
    value, size = truth_of(view)
    terms = terms_of(Spot(view, *tensors(view)))
    columns = columns_of(view.scene, terms)
    rows = list(csv.DictReader(io.StringIO(csv_text(columns))))
    assert len(rows) == terms.products.size
    assert {len(values) for values in columns.values()} == {len(rows)}
    if not rows:
        assert value == 0
        return
    left = "x" if view.scene == "dw" else "w"
    for row in rows:
        assert float(row["product"]) == float(row[left]) * float(row["top_diff"])
    assert math.fsum(float(row["product"]) for row in rows) == pytest.approx(
        value, abs=1e-12 * size
    )
    for order, running in (("order_first", "sum_first"), ("order_second", "sum_second")):
        in_order = sorted(rows, key=lambda row: int(row[order]))
        assert [int(row[order]) for row in in_order] == list(range(1, len(rows) + 1))
        sums = np.cumsum([float(row["product"]) for row in in_order])
        assert [float(row[running]) for row in in_order] == pytest.approx(sums, abs=1e-12 * size)
        assert float(in_order[-1][running]) == pytest.approx(value, abs=1e-12 * size)
