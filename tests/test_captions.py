"""What the words of a scene say, and what is marked on its panels, against plain loops."""

import string
from dataclasses import replace

import numpy as np
import pytest

from conv.numbers import number, products
from conv.scenes import make_scene
from conv.scenes.marks import Box
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card
from conv.words import texts, words
from tests.cases import in_turn
from tests.pads import origin_of, pads_of
from tests.truth import Truth
from tests.views import (
    UNEVEN,
    WINDOWED,
    altered,
    legal_view,
    of_scene,
    scene_of,
    tensors,
    uneven_view,
)
from tests.written import say

LETTERS = string.ascii_letters
PLACES = [
    ("paper", {"i": 0, "j": 2, "m": 2, "k": 0, "p": 1, "q": 3}),
    ("paper", {"stride": (3, 1), "padding": (1, 3), "i": 1, "j": 6, "p": 4, "top_diff": "output"}),
    (
        "paper",
        {"kernel": (2, 3), "stride": (1, 2), "padding": (1, 2), "i": 4, "j": 2, "m": 0, "k": 2},
    ),
    (
        "paper",
        {"stride": (2, 3), "padding": (2, 4), "dilation": (2, 1), "i": 2, "j": 0, "p": 0, "q": 4},
    ),
    ("paper", {"kernel": (4, 4), "padding": (2, 1), "i": 1, "j": 3, "top_diff": "normal"}),
    ("paper", {"stride": (4, 3), "padding": (1, 0), "i": 1, "j": 0, "top_diff": "normal"}),
    # A small sum, so that the bias is seen in three digits of it.
    ("notebook", {"n": 9, "groups": 4, "c": 13, "f": 6, "stride": (3, 4), "i": 4, "j": 1}),
]
VIEWS = [legal_view(data, scene=scene, **asked) for scene in WINDOWED for data, asked in PLACES]
VIEWS += [
    uneven_view("paper", scene=scene, **asked) for scene in WINDOWED for asked in UNEVEN.values()
]
OVERVIEWS = [view for view in VIEWS if view.scene == "overview"]


class Said(Truth):
    """What a view should say, by loops."""

    def __init__(self, view):
        super().__init__(view)
        self.scene = scene_of(view)
        self.kernel_size = kh, kw = self.kernel().shape
        self.at = f"{view.i}, {view.j}"
        self.x_at, self.w_at = f"{view.n}, {view.c}", f"{view.f}, {self.kernel_channel}"
        self.out_at, self.from_filter = f"{view.n}, {view.f}", f"x[{view.n}, {view.c}]"
        self.last = LETTERS[kh * kw - 1]
        self.letter = LETTERS[view.m * kw + view.k]
        self.count = self.grad_output().size
        # A clock's steps are counted, not worked out.
        cells = [list(np.ndindex(*size)) for size in (self.grad_output().shape, (kh, kw))]
        cells.append(list(np.ndindex(*self.bundle.x.shape[2:])))
        places = (view.i, view.j), (view.m, view.k), (view.p, view.q)
        self.window_of, self.kernel_of, self.input_of = (
            f"{of.index(place) + 1} of {len(of)}" for of, place in zip(cells, places, strict=True)
        )

    def starts(self, axis, index):
        """The padded row or column that each kernel row or column meets."""
        dilation, stride = self.pairs["dilation"][axis], self.pairs["stride"][axis]
        return [index * stride + k * dilation for k in range(self.kernel_size[axis])]

    def window(self):
        """What meets the rotated kernel: top_diff where some window's cell is on the input cell."""
        met, (ph, pw) = np.zeros(self.kernel_size), origin_of(self.pairs["padding"])
        for i, j in np.ndindex(*self.grad_output().shape):
            for m, row in enumerate(self.starts(0, i)):
                for k, column in enumerate(self.starts(1, j)):
                    if (row - ph, column - pw) == (self.view.p, self.view.q):
                        met[-1 - m, -1 - k] = self.grad_output()[i, j]
        return met

    def met(self):
        """The products of the kernel cell with every window."""
        padded, product = self.x_pad(), np.zeros(self.grad_output().shape)
        for i, j in np.ndindex(*product.shape):
            place = self.starts(0, i)[self.view.m], self.starts(1, j)[self.view.k]
            product[i, j] = padded[place] * self.grad_output()[i, j]
        return product

    def read(self):
        """The cells of the padded input that some window reads."""
        seen = np.zeros(self.x_pad().shape, bool)
        for i, j in np.ndindex(*self.grad_output().shape):
            for row in self.starts(0, i):
                seen[row, self.starts(1, j)] = True
        return seen

    def spread(self, products):
        """Products with the stride's zeros between them."""
        (sh, sw), (oh, ow) = self.pairs["stride"], products.shape
        found = np.zeros(((oh - 1) * sh + 1, (ow - 1) * sw + 1))
        for i, j in np.ndindex(oh, ow):
            found[i * sh, j * sw] = products[i, j]
        return found

    def shares(self):
        """What each item adds to the kernel cell of dw, or each filter to the input cell of dx."""
        view, (ph, pw) = self.view, origin_of(self.pairs["padding"])
        x, g = self.bundle.x[:, view.c], self.bundle.grad_output
        x_pad = np.pad(x, ((0, 0), *pads_of(self.pairs["padding"])))
        by_item, by_filter = np.zeros(len(x)), np.zeros(len(self.filters))
        for i, j in np.ndindex(*self.grad_output().shape):
            rows, columns = self.starts(0, i), self.starts(1, j)
            by_item += x_pad[:, rows[view.m], columns[view.k]] * g[:, view.f, i, j]
            for m, k in np.ndindex(*self.kernel_size):
                if (rows[m] - ph, columns[k] - pw) == (view.p, view.q):
                    w = self.bundle.w[self.filters, self.kernel_channel, m, k]
                    by_filter += w * g[view.n, self.filters, i, j]
        return by_item if view.scene == "dw" else by_filter

    def shared(self):
        """The captions of the panels that several scenes have."""
        rows, columns = self.starts(0, self.view.i), self.starts(1, self.view.j)
        value, g = number(self.output()[self.view.i, self.view.j]), number(self.number())
        four, (ph, *_, pw) = self.pairs["padding"], self.pairs["padding"]
        padding = f"padding {ph}, {pw} hatched" if any(four) else "no padding"
        if len(four) == 4:
            sides = ("above", "below", "left", "right")
            each = [f"{count} {side}" for count, side in zip(four, sides, strict=True)]
            padding = f"padding {', '.join(each)} hatched"
        return {
            "input_pad": f"x[{self.x_at}], {padding}",
            "patch": f"rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}",
            "kernel": f"w[{self.w_at}]",
            "kernel_rot180": f"a … {self.last}, backwards",
            "output": f"out[{self.out_at}], cell ({self.at}) = {value}",
            "grad_output": f"grad_output[{self.out_at}], ({self.at}) = {g}",
            "difference": f"{'patches' if self.view.scene == 'dw' else 'scatter'} − "
            f"{'correlation' if self.view.scene == 'dw' else 'rot180'} so far, "
            f"at most {self.largest_gap()}",
        }

    def largest_gap(self):
        """Of the cells that are shown, which others hold to the methods' partial sums."""
        shown = [one for one in self.scene.items() if getattr(one, "name", "") == "difference"]
        known = [abs(gap) for one in shown for gap in one.values.ravel() if not np.isnan(gap)]
        return number(max(known, default=0.0))

    def check(self, own, total, alt):
        expected = self.shared() | own
        for item in self.scene.items():
            if isinstance(item, Panel | Bars):
                assert say(item.caption) == expected[item.name], item.name
        assert say(self.scene.total) == total
        assert say(self.scene.alt) == alt

    def output_sum(self):
        view, share = self.view, float((self.patch() * self.kernel()).sum())
        total, bias = float(self.output()[view.i, view.j]), self.bundle.b[view.f]
        said, name = products(self.patch(), self.kernel()), f"out[{self.out_at}, {self.at}]"
        if self.per_group == 1:
            return f"{name} = {said} + {number(bias)} = {number(total, 6)}"
        return (
            f"{name}: channel {view.c}: {said} = {number(share, 6)}; other channels "
            f"({self.per_group - 1}): {number(total - bias - share, 6)}; bias: {number(bias)}; "
            f"sum {number(total, 6)}"
        )


@of_scene("overview", VIEWS)
def test_overview_says(view):
    said, onto = Said(view), scene_of(view).panel("dx").marks
    meets = "sends to the frame" if onto else "meets padding alone"
    own = {"dw": f"dw[{said.w_at}], sum over n", "dx": f"dx[{said.x_at}], ({said.at}) {meets}"}
    alt = (
        "Heatmaps of one window of the convolution: padded input, patch, kernel and output of item "
        f"{view.n}, channel {view.c}, filter {view.f} at row {view.i}, column {view.j}; below them "
        "top_diff, dw and dx."
    )
    said.check(own, said.output_sum(), alt)


@of_scene("forward", VIEWS)
def test_forward_says(view):
    said = Said(view)
    total = float(said.output()[view.i, view.j] - said.bundle.b[view.f])
    first = said.group * said.per_group
    own = {
        "product": f"patch × kernel, sum {number((said.patch() * said.kernel()).sum())}",
        "channels": f"channels {first} to {first + said.per_group - 1}, sum {number(total)}"
        if said.per_group > 1
        else f"channel {view.c} alone",
    }
    alt = (
        "Heatmaps of patch, kernel and their products, and bars for every input channel's share of "
        f"output cell ({said.at}) of filter {view.f}, item {view.n}."
    )
    said.check(own, said.output_sum(), alt)


@of_scene("dw", VIEWS)
def test_dw_says(view):
    said = Said(view)
    g, patch, met = number(said.number()), said.patch(), said.met()
    own = {
        "input_pad": f"the window at ({said.at})",
        "step_patches": f"patch × top_diff ({said.at})",
        "dw_patches": f"after window {said.window_of}",
        "input_view": f"the view shifted to ({view.m}, {view.k})",
        "grad_output_all": f"all {said.count} cells",
        "step_correlate": f"cell {said.letter}: {said.count} products, "
        f"{sum(v != 0 for v in met.flat)} not 0",
        "dw_correlate": f"{said.kernel_of} cells finished",
        "dw_item": f"dw[{said.w_at}], item {view.n} alone",
        "dw": f"dw[{said.w_at}], sum over n",
        "shares": f"dw[{said.w_at}, {view.m}, {view.k}] = {number(said.shares().sum())}: "
        f"x[:, {view.c}] meets top_diff[:, {view.f}], item by item",
    }
    total = (
        f"Window ({said.at}) adds dw[a] += {number(patch[0, 0])} × {g}, …, dw[{said.last}] += "
        f"{number(patch[-1, -1])} × {g}. Cell {said.letter} by correlation: {said.count} products, "
        f"sum {number(met.sum(), 6)}"
    )
    alt = (
        f"Heatmaps of dw for filter {view.f} and channel {view.c}, item {view.n}, by the sum of "
        "patches on the left and by correlation on the right, with their difference below."
    )
    said.check(own, total, alt)
    m, k = view.m, view.k
    (mark,) = said.scene.panel("dw_correlate").marks
    assert mark.box == Box(m, m + 1, k, k + 1)
    np.testing.assert_allclose(
        said.scene.panel("step_correlate").values, said.spread(met), atol=1e-12
    )


@of_scene("dx", VIEWS)
def test_dx_says(view):
    said = Said(view)
    p, q, window, turned = view.p, view.q, said.window(), said.kernel()[::-1, ::-1]
    total = number((window * turned).sum(), 6)
    to, c = f"to x[{said.x_at}]", said.kernel_channel
    own = {
        "step_scatter": f"kernel × top_diff ({said.at})",
        "dx_scatter": f"{'with the padding' if any(view.padding) else to}, after window "
        f"{said.window_of}",
        "grad_output_pad": f"the window that gives ({p}, {q})",
        "step_rot180": f"window × rotated kernel, sum {number((window * turned).sum())}",
        "dx_rot180": f"{to}, {said.input_of} cells finished",
        "dx_filter": f"{to}, from filter {view.f} alone",
        "dx": f"dx[{said.x_at}], sum over f",
        "shares": f"dx[{said.x_at}, {p}, {q}] = {number(said.shares().sum())}: w[:, {c}] meets "
        f"top_diff[{view.n}, :], filter by filter. Forward, filter {view.f} reads the row "
        f"w[{view.f}, :]; backward, channel {view.c} reads the column w[:, {c}]: in and out have "
        "changed places.",
    }
    alt = (
        f"Heatmaps of dx for item {view.n} and channel {view.c} through filter {view.f}, "
        "by scatter on the left and by the rot180 convolution on the right, with their "
        "difference below."
    )
    sends = f"What filter {view.f} sends to x[{said.x_at}, {p}, {q}]"
    w, g = said.kernel(), number(said.number())
    adds = (
        f"Window ({said.at}) adds dx[a] += {number(w[0, 0])} × {g}, …, dx[{said.last}] += "
        f"{number(w[-1, -1])} × {g}"
    )
    said.check(own, f"{adds}. {sends}: {products(window, turned)} = {total}", alt)
    (mark,) = said.scene.panel("dx_rot180").marks
    assert mark.box == Box(p, p + 1, q, q + 1)
    np.testing.assert_allclose(said.scene.panel("step_rot180").values, window * turned, atol=1e-12)


def test_sums_to_follow_with_a_pencil():
    """Worked by hand: the window at (0, 2) is rows 0 to 2 and columns 2 to 4 of the 5x5 input."""
    totals = {
        "overview": "out[0, 0, 0, 2] = 2 × 1 + 1 × 0 + 3 × −1 + 1 × 2 + 2 × 1 + 0 × 0 + 0 × 0 "
        "+ 4 × −2 + 1 × 3 + 1 = −1",
        "dw": "Window (0, 2) adds dw[a] += 2 × −1, …, dw[i] += 1 × −1. "
        "Cell e by correlation: 9 products, sum 12",
        "dx": "Window (0, 2) adds dx[a] += 1 × −1, …, dx[i] += 3 × −1. "
        "What filter 0 sends to x[0, 0, 1, 3]: 0 × 3 + 0 × −2 + 0 × 0 + 0 × 0 + −1 × 1 "
        "+ 0 × 2 + 1 × −1 + 0 × 0 + 0 × 1 = −2",
    }
    at = {"i": 0, "j": 2, "m": 1, "k": 1, "p": 1, "q": 3}
    for scene, total in totals.items():
        assert say(scene_of(legal_view("paper", scene=scene, **at)).total) == total


@of_scene("overview", VIEWS)
def test_marks_and_hatches_stand_on_their_cells(view):
    said, (i, j), (ph, pw) = Said(view), (view.i, view.j), origin_of(view.padding)
    for name in ("output", "grad_output"):
        (mark,) = said.scene.panel(name).marks
        assert mark.box == Box(i, i + 1, j, j + 1)
    border = np.ones(said.x_pad().shape, bool)
    h, w = said.bundle.x.shape[2:]
    border[ph : ph + h, pw : pw + w] = False
    left_over = ~said.read()
    inner = left_over[ph : ph + h, pw : pw + w]
    for name, expected in (
        ("input_pad", {"padding": border, "leftover": left_over}),
        ("dx", {"padding": np.zeros_like(inner), "leftover": inner}),
    ):
        for kind, mask in expected.items():
            np.testing.assert_array_equal(hatched(said.scene.panel(name), kind), mask, name)


@of_scene("dx", VIEWS)
def test_zeros_of_the_padded_top_diff_are_told_apart(view):
    panel, said = scene_of(view).panel("grad_output_pad"), Said(view)
    between, (oh, ow) = np.zeros(panel.values.shape, bool), said.grad_output().shape
    top, left = (said.starts(axis, 0)[-1] for axis in (0, 1))
    sh, sw = view.stride
    inner = slice(top, top + (oh - 1) * sh + 1), slice(left, left + (ow - 1) * sw + 1)
    border = ~between
    border[inner], between[inner] = False, True
    between[top::sh, left::sw][:oh, :ow] = False
    # What the windows of the input's cells cover; the others are cropped.
    (ph, pw), (h, w), covered = (
        origin_of(view.padding),
        said.bundle.x.shape[2:],
        np.zeros_like(border),
    )
    covered[ph : ph + h + top, pw : pw + w + left] = True
    border, between = border & covered, between & covered
    np.testing.assert_array_equal(hatched(panel, "cropped"), ~covered)
    np.testing.assert_array_equal(hatched(panel, "padding"), border)
    np.testing.assert_array_equal(hatched(panel, "inserted"), between)


def hatched(panel, kind):
    mask = np.zeros(panel.values.shape, bool)
    for box in (hatch.box for hatch in panel.hatches if hatch.kind == kind):
        mask[box.top : box.bottom, box.left : box.right] = True
    return mask


def card_of(view, **factors):
    """The numbers of a scene's card where some results are made wrong by a factor."""
    bundle, results = tensors(view)
    wrong = altered(results, **{k: getattr(results, k) * by for k, by in factors.items()})
    items = make_scene(view, bundle, wrong).items()
    (card,) = (item for item in items if isinstance(item, Card) and item.name != "terms")
    lines = {label.key.split(".")[1]: value.replace("−", "-") for label, value in card.lines}
    return {name: float(text) for name, text in lines.items() if text not in "✓✗"}


def test_cards_measure_how_far_the_methods_are_apart():
    view = OVERVIEWS[-1]
    right, results = card_of(view), tensors(view)[1]
    assert all(0 <= value < 1e-9 for value in right.values())
    for name in ("dw_numeric", "dx_numeric"):
        assert any(card_of(view)[name] > 0 for view in OVERVIEWS)
    for name, wrong in (("dw", "dw_patches"), ("dx", "dx_scatter")):
        far = 1e-6 * np.abs(getattr(results, wrong)).max(), 1e-6
        off = card_of(view, **{wrong: 1 + 1e-6})
        assert (off[f"{name}_methods"], off[f"{name}_numeric"]) == pytest.approx(far, rel=0.006)
        off = card_of(replace(view, scene=name), **{wrong: 1 + 1e-6})
        assert (off["absolute"], off["relative"]) == pytest.approx(far, rel=0.006)


# Chinese names the filter and the item before the cell and what stands in it.
OTHER_ORDER = {"alt.forward"}


@in_turn("key", [key for key in texts("en") if not key.startswith(("error.", "reading."))])
def test_both_languages_fill_in_the_values_in_one_order(key):
    orders = [
        [name for _, name, _, _ in string.Formatter().parse(texts(lang)[key]) if name]
        for lang in ("en", "zh")
    ]
    assert (orders[0] == orders[1]) == (key not in OTHER_ORDER) or len(orders[0]) < 2
    assert sorted(orders[0]) == sorted(orders[1])


def test_rows_come_before_columns_in_both_languages():
    box = {"top": 1, "bottom": 3, "left": 4, "right": 6}
    assert words("zh")("caption.patch", **box) == "行 1–3，列 4–6"
    assert words("zh")("caption.patch_one", **box) == "行 1，列 4"
    assert words("zh")("hover.cell") == "第 %{y} 行，第 %{x} 列"
    assert words("en")("hover.cell") == "row %{y}, column %{x}"
    assert "第 5 行第 8 列" in words("zh")("alt.overview", n=1, c=2, f=3, i=5, j=8)
