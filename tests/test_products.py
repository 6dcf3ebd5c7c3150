"""Where a number comes from: the card of a cell, its table and the file that is downloaded."""

import csv
import io
import json
import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from conv.dashboard.data import opened
from conv.dashboard.products import columns_of, csv_text
from conv.results import Results, make_bundle
from conv.scenes import make_scene
from conv.scenes.products import products_of
from conv.sources import open_tensors
from conv.spot import Spot
from conv.words import words
from tests.dashboard.page import open_page
from tests.ops.oracle import convolution, magnitudes
from tests.pads import origin_of
from tests.views import (
    SMALL_VIEWS,
    UNREAD,
    item_of,
    legal_view,
    name_of,
    packed,
    scene_of,
    tensors,
)

VIEWS = [
    replace(view, scene=scene)
    for view in SMALL_VIEWS
    if view.data == "paper" and view.scene == "overview"
    for scene in ("dw", "dx")
]
of_views = pytest.mark.parametrize("view", VIEWS, ids=name_of)


def plane_of(view):
    """The view's dw[f, c] or dx[n, c], and the sums of its cells' magnitudes, by plain loops."""
    bundle = tensors(view)[0]
    parameters = bundle.geometry.parameters
    arrays = bundle.x, bundle.w, bundle.b, bundle.grad_output
    at = (view.f, view.c) if view.scene == "dw" else (view.n, view.c)
    return (find(*arrays, **parameters)[view.scene][at] for find in (convolution, magnitudes))


def truth_of(view):
    """The view's cell and the sum of its magnitudes, by plain loops."""
    cell = (view.m, view.k) if view.scene == "dw" else (view.p, view.q)
    return (plane[cell] for plane in plane_of(view))


def lines_of(card):
    """A card's lines, by their keys."""
    return {label.key.split(".")[1]: text.replace("−", "-") for label, text in card.lines}


def card_at(view, cell):
    """What the card of the view's scene says of a cell: its title's values and its lines."""
    card = item_of(scene_of(view), "terms")
    card = replace(card, places={"kernel" if view.scene == "dw" else "input": cell})
    return {name: int(at) for name, at in card.title.values.items()}, lines_of(card)


def own_products(view, cell):
    """The products that a cell is the sum of, of a layer of one filter and one channel."""
    bundle, found = tensors(view)[0], []
    (sh, sw), (ph, pw), (dh, dw) = view.stride, origin_of(view.padding), view.dilation
    (x,), (w,) = bundle.x[0].tolist(), bundle.w[0].tolist()
    tops = bundle.grad_output[0, 0]
    for (i, j), (m, k) in product(np.ndindex(tops.shape), np.ndindex(view.kernel)):
        p, q = i * sh + m * dh - ph, j * sw + k * dw - pw
        if view.scene == "dw" and (m, k) == cell:
            inside = 0 <= p < len(x) and 0 <= q < len(x[0])
            found.append((x[p][q] if inside else 0) * tops[i, j])
        elif view.scene == "dx" and (p, q) == cell:
            found.append(w[m][k] * tops[i, j])
    return found


@of_views
def test_the_card_gives_every_cell_three_times(view):
    values, sizes = plane_of(view)
    for cell, value in np.ndenumerate(values):
        title, said = card_at(view, cell)
        names = "fcmk" if view.scene == "dw" else "ncpq"
        assert title == dict(zip(names, (0, 0, *cell), strict=True))
        products = own_products(view, cell)
        assert said["products"] == f"{len(products)}, {np.count_nonzero(products)}"
        check(view.scene, said, value, sizes[cell])


def test_a_cell_without_a_product_says_so():
    view = legal_view("paper", scene="dx", **UNREAD["stride beyond the kernel"])
    _, said = card_at(view, (0, 1))
    nothing = dict.fromkeys(("by_scatter", "by_rot180", "witness", "within"), "0")
    assert said == {"products": "0, 0", **nothing}


def check(scene, said, value, size):
    """That the lines of a card are right for a cell of this value and sum of magnitudes."""
    methods = ("by_patches", "by_correlate") if scene == "dw" else ("by_scatter", "by_rot180")
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


def test_products_that_cancel_have_their_rounding_and_no_digits():
    top = np.array([[[[1.0, -1.0]]]])
    layer = {"x": np.ones((1, 1, 1, 2)), "w": np.ones((1, 1, 1, 1)), "b": np.zeros(1)}
    data = open_tensors(packed(**layer, grad_output=top))
    view = replace(data.default, scene="dw")
    bundle = make_bundle(view, data)
    said = lines_of(item_of(make_scene(view, bundle, Results(bundle)), "terms"))
    assert 0 < float(said.pop("within")) < 1e-14
    sums = dict.fromkeys(("by_patches", "by_correlate", "witness"), "0")
    assert said == {"products": "2, 2", **sums}


@of_views
def test_the_table_adds_up_in_both_orders_and_so_does_the_file(view):
    value, size = truth_of(view)
    terms = products_of(Spot(view, *tensors(view)), view.scene)
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


@pytest.mark.parametrize("rows", [13, 60], ids=["some", "more than a table shows"])
def test_the_table_on_the_page_has_the_first_rows_in_few_bytes(rows):
    """Whole numbers narrower than the platform's, and none of them another."""
    rng = np.random.default_rng(rows)
    layer = {"x": rng.normal(size=(1, 1, rows, 60)), "w": rng.normal(size=(1, 1, 2, 3))}
    data = open_tensors(packed(**layer))
    opened().keep(data.default.data, data)
    view = replace(data.default, scene="dw")
    bundle = make_bundle(view, data)
    columns = columns_of("dw", products_of(Spot(view, bundle, Results(bundle)), "dw"))
    page = open_page(data=view.data, scene="dw")
    page.session_state["terms_drawer"] = True
    page.run()
    (table,) = page.dataframe
    whole, shown = (rows - 1) * 58, min((rows - 1) * 58, 2000)
    assert table.value.shape == (shown, len(columns))
    widths = json.loads(table.proto.columns)
    for values, name in zip(columns.values(), table.value, strict=True):
        found = table.value[name]
        assert found.tolist() == values[:shown].tolist()
        assert values.dtype.kind != "i" or found.dtype.itemsize <= 2
        # Streamlit keeps the width of the first cell's numbers for those of all others.
        assert ("width" in widths.get(name, ())) == (values.dtype.kind == "f")
    told = "".join(one.value for one in page.markdown)
    assert (words("en")("products.first", count=2000) in told) == (whole > shown)
