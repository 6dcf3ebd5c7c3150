"""The numbers and texts of every place that a scene can move to, against plain loops."""

import random
from dataclasses import fields, replace
from functools import lru_cache
from itertools import product

import numpy as np
import pytest

from conv.scenes.scene import (
    Along,
    Bars,
    Filling,
    Gap,
    Letter,
    Number,
    Panel,
    Products,
    Scene,
    Section,
    Table,
)
from tests.views import VIEWS, name_of, scene_of, tensors

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LIVE = Along | Letter | Number | Products
of_views = pytest.mark.parametrize("view", VIEWS, ids=name_of)
# The panels whose numbers change from place to place, and the space that they hang on.
STEPS = {
    "patch": "output",
    "product": "output",
    "step_patches": "output",
    "step_correlate": "kernel",
    "step_scatter": "output",
    "step_rot180": "input",
}
# The panels that fill up, and the space whose places are their steps.
FILLINGS = {
    "dw_patches": "output",
    "dw_correlate": "kernel",
    "dx_scatter": "output",
    "dx_rot180": "input",
}


def of_scene(name):
    views = [view for view in VIEWS if view.scene == name]
    return pytest.mark.parametrize("view", views, ids=name_of)


@lru_cache(maxsize=4)
def made(view):
    return scene_of(view)


class Loops:
    """What stands at any place of a view, by loops over lists."""

    def __init__(self, view):
        self.view, bundle = view, tensors(view)[0]
        filters, per_group, self.kh, self.kw = bundle.w.shape
        first = view.f // (filters // view.groups) * per_group
        self.channels, self.channel = range(first, first + per_group), view.c - first
        self.x = bundle.x[view.n, first : first + per_group].tolist()
        self.w, self.b = bundle.w[view.f].tolist(), float(bundle.b[view.f])
        self.g = bundle.grad_output[view.n, view.f].tolist()
        (self.height, self.width), (self.oh, self.ow) = bundle.x.shape[2:], np.shape(self.g)

    def at(self, channel, i, j, m, k):
        """The padded input that output cell (i, j) and kernel cell (m, k) meet at."""
        (sh, sw), (ph, pw), (dh, dw) = self.view.stride, self.view.padding, self.view.dilation
        row, column = i * sh + m * dh - ph, j * sw + k * dw - pw
        inside = 0 <= row < self.height and 0 <= column < self.width
        return self.x[channel][row][column] if inside else 0.0

    def output_cells(self):
        return list(product(range(self.oh), range(self.ow)))

    def kernel_cells(self):
        return list(product(range(self.kh), range(self.kw)))

    def kernel_shaped(self, number):
        return np.array([[number(m, k) for k in range(self.kw)] for m in range(self.kh)])

    def patch(self, i, j):
        return self.kernel_shaped(lambda m, k: self.at(self.channel, i, j, m, k))

    def product(self, i, j):
        own = self.w[self.channel]
        return self.kernel_shaped(lambda m, k: self.at(self.channel, i, j, m, k) * own[m][k])

    def step_patches(self, i, j):
        return self.kernel_shaped(lambda m, k: self.at(self.channel, i, j, m, k) * self.g[i][j])

    def step_scatter(self, i, j):
        return self.kernel_shaped(lambda m, k: self.w[self.channel][m][k] * self.g[i][j])

    def step_correlate(self, m, k):
        """The products of a kernel cell, with the stride's zeros between them."""
        (sh, sw), found = self.view.stride, {}
        for i, j in self.output_cells():
            found[i * sh, j * sw] = self.at(self.channel, i, j, m, k) * self.g[i][j]
        rows, columns = (self.oh - 1) * sh + 1, (self.ow - 1) * sw + 1
        return np.array([[found.get((r, c), 0.0) for c in range(columns)] for r in range(rows)])

    def top_diff_at(self, p, q, m, k):
        """The top_diff whose window has kernel cell (m, k) on input cell (p, q); 0 for none."""
        (sh, sw), (ph, pw), (dh, dw) = self.view.stride, self.view.padding, self.view.dilation
        i, apart = divmod(p + ph - m * dh, sh)
        j, beside = divmod(q + pw - k * dw, sw)
        hit = apart == beside == 0 and 0 <= i < self.oh and 0 <= j < self.ow
        return self.g[i][j] if hit else 0.0

    def full_window(self, p, q):
        last, end = self.kh - 1, self.kw - 1
        return self.kernel_shaped(lambda r, c: self.top_diff_at(p, q, last - r, end - c))

    def turned(self):
        return self.kernel_shaped(lambda r, c: self.w[self.channel][self.kh - 1 - r][-1 - c])

    def step_rot180(self, p, q):
        return self.full_window(p, q) * self.turned()

    def share_of(self, channel, i, j):
        """A channel's share of an output cell, and the sum of its products' magnitudes."""
        terms = [
            self.at(channel, i, j, m, k) * self.w[channel][m][k] for m, k in self.kernel_cells()
        ]
        return sum(terms), sum(map(abs, terms))

    def shares(self, i, j):
        """Every channel's share of an output cell, and the size of each."""
        found = [self.share_of(channel, i, j) for channel in range(len(self.channels))]
        return [share for share, _ in found], [size for _, size in found]

    def sizes(self):
        ph, pw = self.view.padding
        return {
            "output": (self.oh, self.ow),
            "kernel": (self.kh, self.kw),
            "input": (self.height, self.width),
            "input_pad": (self.height + 2 * ph, self.width + 2 * pw),
            "share": (1, len(self.channels)),
        }

    def last(self):
        """The last place of every space."""
        return {space: (rows - 1, columns - 1) for space, (rows, columns) in self.sizes().items()}

    def places(self, count=12):
        """Places of a scene: the first and the last of every space, the last of one method beside
        the first of the other, then some drawn at random."""
        sizes, rng = self.sizes(), random.Random(name_of(self.view))
        first, last = dict.fromkeys(sizes, (0, 0)), self.last()
        yield from (first, last, {**first, "output": last["output"]})
        yield {**last, "output": (0, 0)}
        for _ in range(count):
            yield {
                space: (rng.randrange(rows), rng.randrange(columns))
                for space, (rows, columns) in sizes.items()
            }


def close(actual, expected, size):
    assert np.shape(actual) == np.shape(expected)
    assert (np.abs(np.subtract(actual, expected)) <= 1e-12 * np.asarray(size)).all()


@of_views
def test_every_step_is_what_the_loops_give(view):
    loops, panels = Loops(view), [item for item in made(view).items() if isinstance(item, Panel)]
    for panel in panels:
        if panel.name == "difference":
            assert isinstance(panel.table, Gap)
            continue
        expected = Filling if panel.name in FILLINGS else Table
        assert isinstance(panel.table, expected), panel.name
        assert panel.table.space == (STEPS | FILLINGS).get(panel.name), panel.name
    for places in loops.places():
        for panel in panels:
            if panel.name in STEPS:
                expected = getattr(loops, panel.name)(*places[STEPS[panel.name]])
                moved = replace(panel, places=places)
                close(moved.values, expected, np.abs(expected))
                assert moved.waiting.shape == panel.size
                assert not moved.waiting.any()


@of_scene("forward")
def test_bars_add_up_everywhere(view):
    loops, scene = Loops(view), made(view)
    (bars,) = (item for item in scene.items() if isinstance(item, Bars))
    assert bars.labels == tuple(map(str, loops.channels))
    for places in loops.places():
        moved, (i, j) = replace(bars, places=places), places["output"]
        shares, sizes = loops.shares(i, j)
        close(moved.values, shares, sizes)
        bias, total = moved.totals
        assert bias == loops.b
        whole = sum(sizes) + abs(loops.b)
        close(total, sum(shares) + loops.b, whole)
        close(sum(moved.values) + bias, total, whole)
        own = replace(scene.panel("product"), places=places).values
        close(own.sum(), moved.values[moved.chosen], sizes[loops.channel])
        close(scene.panel("output").values[i, j], total, whole)


def ends(scene, loops, *names):
    """The numbers of these panels after the last step; those of one item or filter alone where
    the scan goes on over others."""
    last = loops.last()
    alone = [name for name in names if loops.view.scan == "one" or name not in FILLINGS]
    return [replace(scene.panel(name), places=last).values for name in alone]


@of_scene("dw")
def test_steps_add_up_to_dw(view):
    scene, loops = made(view), Loops(view)
    steps, cells = scene.panel("step_patches"), scene.panel("step_correlate")
    size = np.abs(steps.table.values).sum(axis=(0, 1))
    summed = np.zeros((loops.kh, loops.kw))
    for cell in loops.output_cells():
        summed += steps.table.at({"output": cell})
    for values in ends(scene, loops, "dw_patches", "dw_item"):
        close(values, summed, size)
    for cell in loops.kernel_cells():
        own = cells.table.at({"kernel": cell})
        for values in ends(scene, loops, "dw_correlate", "dw_item"):
            close(values[cell], own.sum(), np.abs(own).sum())


@of_scene("dx")
def test_steps_add_up_to_dx(view):
    scene, loops = made(view), Loops(view)
    (sh, sw), (ph, pw), (dh, dw) = view.stride, view.padding, view.dilation
    shape = loops.height + 2 * ph, loops.width + 2 * pw
    summed, size = np.zeros(shape), np.zeros(shape)
    steps = scene.panel("step_scatter").table
    for i, j in loops.output_cells():
        sent = steps.at({"output": (i, j)})
        for m, k in loops.kernel_cells():
            cell = i * sh + m * dh, j * sw + k * dw
            summed[cell] += sent[m, k]
            size[cell] += abs(sent[m, k])
    inside = slice(ph, ph + loops.height), slice(pw, pw + loops.width)
    for values in ends(scene, loops, "dx_scatter"):
        close(values, summed, size)
    for values in ends(scene, loops, "dx_filter"):
        close(values, summed[inside], size[inside])
    cells, own = scene.panel("step_rot180").table, np.zeros((loops.height, loops.width))
    for cell in np.ndindex(own.shape):
        own[cell] = cells.at({"input": cell}).sum()
    for values in ends(scene, loops, "dx_rot180", "dx_filter"):
        close(own, values, size[inside])


@of_views
def test_a_scene_that_moves_is_the_scene_made_there(view):
    here, loops = made(view), Loops(view)
    *_, drawn, other = loops.places()
    far = {
        "output": (loops.oh - 1 - view.i, loops.ow - 1 - view.j),
        "kernel": (loops.kh - 1 - view.m, loops.kw - 1 - view.k),
        "input": (loops.height - 1 - view.p, loops.width - 1 - view.q),
    }
    for places in (far, drawn) if view.data == "sobel" else (far, drawn, other):
        (i, j), (m, k), (p, q) = (places[space] for space in ("output", "kernel", "input"))
        there = scene_of(replace(view, i=i, j=j, m=m, k=k, p=p, q=q))
        assert there.places == {
            **{space: places[space] for space in far},
            "input_pad": (p + view.padding[0], q + view.padding[1]),
            "share": here.places["share"],
            "training": (0, view.t),
        }
        assert here.total_text.at(there.places) == there.total
        assert here.alt_text.at(there.places) == there.alt
        assert unmoved(here) == unmoved(there)
        assert clocks(here, there.places) == clocks(there, there.places)
        for one, other in zip(here.items(), there.items(), strict=True):
            if isinstance(one, Panel | Bars):
                moved = replace(one, places=there.places)
                np.testing.assert_array_equal(moved.values, other.values)
                assert moved.caption == other.caption, one.name
                assert unmoved(one) == unmoved(other), one.name
            if isinstance(one, Panel):
                assert moved.marks == other.marks, one.name
                assert moved.hatched == other.hatched, one.name
            elif isinstance(one, Bars):
                assert moved.totals == other.totals
                for row, same in zip(one.thumbnails, other.thumbnails, strict=True):
                    assert (row.title, row.signed) == (same.title, same.signed)
                    np.testing.assert_array_equal(row.values, same.values)
            elif getattr(one, "name", "") != "terms":  # which is of the cell that was picked
                assert one == other


def clocks(scene, places):
    """What the clocks of a scene's sections say at a place."""
    sections = [section for band in scene.bands for section in band]
    return [s.clock and (s.clock.space, s.clock.text.at(places)) for s in sections]


def unmoved(thing):
    """What of a scene, a section, a panel or bars is the same in every place."""
    moving = {"table", "totals_table", "places", "bands", "rows", "clock", "thumbnails"}
    moving |= {"text", "text_unmarked", "alt_text", "total_text"}
    if isinstance(thing, Scene):
        sections = [section for band in thing.bands for section in band]
    else:
        sections = []
    own = [getattr(thing, field.name) for field in fields(thing) if field.name not in moving]
    return own, [unmoved(section) for section in sections if isinstance(section, Section)]


def read(text, digits=3):
    """The number that a text gives, and how far it may be from the one that was written."""
    plain = text.replace("−", "-")
    value, (mantissa, _, power) = float(plain), plain.partition("e")
    if "." not in mantissa and not power:
        # Whole numbers are written whole; others have a point until their digits are used up.
        return value, 0.5 if abs(value) >= 10 ** (digits - 1) else 0.0
    unit = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    return value, unit / 2


def told(text, expected, size=0.0, digits=3):
    """Whether a text gives a number, which may be off by the rounding of terms of this size."""
    value, slack = read(text, digits)
    return abs(value - expected) <= slack * (1 + 1e-9) + 1e-12 * max(size, abs(expected))


def check_live(message, places, expected):
    """That the live values of a message at a place are these: a text, a whole number, or a number
    with its size and how many digits it has."""
    live = {name for name, value in message.values.items() if isinstance(value, LIVE)}
    assert live == set(expected), message.key
    for name, said in message.at(places).values.items():
        if isinstance(expected.get(name), tuple):
            assert told(said, *expected[name]), (message.key, name, places)
        elif name in expected:
            assert said == str(expected[name]), (message.key, name, places)


def check_products(said, a, b):
    """That a text writes the products of a and b out, the first nine of them; gives their sum and
    how far that may be from the sum of all of a * b, in which the others are not rounded."""
    a, b = (np.asarray(factors, float).ravel() for factors in (a, b))
    terms = said.split(" + ")
    assert (len(terms) == 10 and terms.pop() == "…") == (a.size > 9)
    assert len(terms) == min(a.size, 9)
    value, slack = float((a[9:] * b[9:]).sum()), 0.0
    for term, one, other in zip(terms, a, b, strict=False):
        left, right = term.split(" × ")
        assert told(left, one)
        assert told(right, other)
        (x, dx), (y, dy) = read(left), read(right)
        value += x * y
        slack += abs(x) * dy + abs(y) * dx + dx * dy
    return value, slack


def size_of(values):
    return float(np.abs(values).sum())


def check_captions(scene, places, expected):
    """That the panels' captions at a place have these live values, and the others none."""
    for item in scene.items():
        if isinstance(item, Panel | Bars):
            check_live(item.text, places, expected.get(item.name, {}))


def parts_before(scene):
    return scene.parts.at if scene.parts else 0


def patch_captions(loops, i, j):
    (sh, sw), (dh, dw) = loops.view.stride, loops.view.dilation
    return {
        "patch": {
            "top": i * sh,
            "bottom": i * sh + (loops.kh - 1) * dh,
            "left": j * sw,
            "right": j * sw + (loops.kw - 1) * dw,
        }
    }


def output_of(loops, i, j):
    """An output cell, the sum of its products' magnitudes, its channel's share and the rest."""
    shares, sizes = loops.shares(i, j)
    share, size = shares[loops.channel], sum(sizes) + abs(loops.b)
    rest = sum(shares[: loops.channel]) + sum(shares[loops.channel + 1 :])
    return share + rest + loops.b, size, share, rest


def check_output_sum(scene, loops, places):
    i, j = places["output"]
    total, size, share, rest = output_of(loops, i, j)
    said, own = scene.total_text.at(places).values, loops.w[loops.channel]
    value, slack = check_products(said["products"], loops.patch(i, j), own)
    expected = {"i": i, "j": j, "products": said["products"], "total": (total, size, 6)}
    many = len(loops.channels) > 1
    if many:
        expected |= {"share": (share, size, 6), "rest": (rest, size, 6)}
        assert said["others"] == len(loops.channels) - 1
    check_live(scene.total_text, places, expected)
    assert told(said["bias"], loops.b)
    # The text itself adds up, to the digits that it has.
    near = 1e-9 * size
    total, dtotal = read(said["total"], 6)
    bias, dbias = read(said["bias"])
    if not many:
        assert scene.total_text.key == "sum.output_one"
        assert abs(value + bias - total) <= slack + dbias + dtotal + near
        return
    (share, dshare), (rest, drest) = (read(said[name], 6) for name in ("share", "rest"))
    assert abs(value - share) <= slack + dshare + near
    assert abs(share + rest + bias - total) <= dshare + drest + dbias + dtotal + near


@of_scene("overview")
def test_overview_says_its_numbers_everywhere(view):
    scene, loops = made(view), Loops(view)
    dx = scene.panel("dx")
    for places in loops.places():
        i, j = places["output"]
        total, size, _, _ = output_of(loops, i, j)
        at = {"i": i, "j": j}
        expected = {
            "output": at | {"value": (total, size)},
            "grad_output": at | {"value": (loops.g[i][j],)},
            "dx": at,
        }
        check_captions(scene, places, expected | patch_captions(loops, i, j))
        check_output_sum(scene, loops, places)
        (sh, sw), (ph, pw), (dh, dw) = view.stride, view.padding, view.dilation
        sends = any(
            0 <= i * sh + m * dh - ph < loops.height and 0 <= j * sw + k * dw - pw < loops.width
            for m, k in loops.kernel_cells()
        )
        caption = replace(dx, places=places).caption
        assert caption.key == ("caption.dx_window" if sends else "caption.dx_padding")
        check_live(dx.text_unmarked, places, at)


@of_scene("forward")
def test_forward_says_its_numbers_everywhere(view):
    scene, loops = made(view), Loops(view)
    for places in loops.places():
        i, j = places["output"]
        total, size, share, _ = output_of(loops, i, j)
        expected = {
            "output": {"i": i, "j": j, "value": (total, size)},
            "product": {"total": (share, size)},
        }
        if len(loops.channels) > 1:
            expected["channels"] = {"total": (total - loops.b, size)}
        check_captions(scene, places, expected | patch_captions(loops, i, j))
        check_output_sum(scene, loops, places)


@of_scene("dw")
def test_dw_says_its_numbers_everywhere(view):
    scene, loops = made(view), Loops(view)
    for places in loops.places():
        (i, j), (m, k) = places["output"], places["kernel"]
        at, met, patch = {"i": i, "j": j}, loops.step_correlate(m, k), loops.patch(i, j)
        number, letter = loops.g[i][j], LETTERS[m * loops.kw + k]
        nonzero = sum(value != 0 for value in met.flat)
        expected = {
            "input_pad": at,
            "grad_output": at | {"value": (number,)},
            "step_patches": at,
            "dw_patches": {
                "step": parts_before(scene) * loops.oh * loops.ow + i * loops.ow + j + 1
            },
            "input_view": {"m": m, "n": k},
            "step_correlate": {"letter": letter, "nonzero": nonzero},
            "dw_correlate": {"step": m * loops.kw + k + 1},
        }
        for bars in (item for item in scene.items() if isinstance(item, Bars)):
            shares = bars.table.at(places)
            expected["shares"] = {"m": m, "k": k, "total": (shares.sum(), size_of(shares))}
        check_captions(scene, places, expected)
        one = loops.kh * loops.kw == 1
        assert scene.total_text.at(places).key == ("sum.dw_one" if one else "sum.dw")
        said = scene.total_text.at(places).values
        check_products(said["first"], patch[0, 0], number)
        check_products(said["last"], patch[-1, -1], number)
        assert said["last_letter"] == LETTERS[loops.kh * loops.kw - 1]
        total = float(met.sum()), size_of(met), 6
        same = {name: said[name] for name in ("first", "last")}
        check_live(scene.total_text, places, at | same | {"letter": letter, "total": total})


@of_scene("dx")
def test_dx_says_its_numbers_everywhere(view):
    scene, loops = made(view), Loops(view)
    for places in loops.places():
        (i, j), (p, q) = places["output"], places["input"]
        at, cell, terms = {"i": i, "j": j}, {"p": p, "q": q}, loops.step_rot180(p, q)
        total, size = float(terms.sum()), size_of(terms)
        expected = {
            "grad_output": at | {"value": (loops.g[i][j],)},
            "step_scatter": at,
            "dx_scatter": {
                "step": parts_before(scene) * loops.oh * loops.ow + i * loops.ow + j + 1
            },
            "grad_output_pad": cell,
            "step_rot180": {"total": (total, size)},
            "dx_rot180": {"step": p * loops.width + q + 1},
        }
        for bars in (item for item in scene.items() if isinstance(item, Bars)):
            shares = bars.table.at(places)
            expected["shares"] = cell | {"total": (shares.sum(), size_of(shares))}
        check_captions(scene, places, expected)
        one = loops.kh * loops.kw == 1
        assert scene.total_text.at(places).key == ("sum.dx_one" if one else "sum.dx")
        said, kernel = scene.total_text.at(places).values, loops.w[loops.channel]
        check_products(said["first"], kernel[0][0], loops.g[i][j])
        check_products(said["last"], kernel[-1][-1], loops.g[i][j])
        assert (said["first_letter"], said["last_letter"]) == (
            "a",
            LETTERS[loops.kh * loops.kw - 1],
        )
        value, slack = check_products(said["products"], loops.full_window(p, q), loops.turned())
        same = {name: said[name] for name in ("first", "last", "products")}
        check_live(scene.total_text, places, at | cell | same | {"total": (total, size, 6)})
        written, dwritten = read(said["total"], 6)
        assert abs(value - written) <= slack + dwritten + 1e-9 * size
