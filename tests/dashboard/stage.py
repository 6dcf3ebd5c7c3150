"""The stage as a test sees it: where its cells are, what it shows, what it ought to show."""

import json
import re
from dataclasses import replace
from functools import cached_property
from itertools import product
from urllib.parse import parse_qsl

import numpy as np
from playwright.sync_api import expect

from conv.ops import conv2d, conv2d_input, conv2d_weight
from conv.ops.textbook import rot180
from conv.results import make_bundle
from conv.sources import load, sizes_of
from conv.state.legal import from_query
from tests.browser import PAINTED, probe
from tests.dashboard.on_page import AWAY, OPEN, says

STAGE = "[data-stage]"
NUMBER = re.compile(r"-?[\d.]+")


class Stage:
    """A page's stage, driven by its mouse and keys."""

    def __init__(self, page, **wanted):
        self.page = page
        page.wait_for_selector(PAINTED, timeout=OPEN)
        # The stage moves where a control above it takes the place of its skeleton.
        page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=OPEN)
        self.wait(**wanted)

    @property
    def root(self):
        return self.page.locator(STAGE)

    def find(self, selector):
        return self.root.locator(selector)

    def wait(self, **wanted):
        """Waits until the stage says these of what it has painted last."""
        says(self.page, **wanted)

    @property
    def at(self):
        row, column = self.root.get_attribute("data-at").split(",")
        return int(row), int(column)

    def middle(self, panel, cell):
        """Where in the window the middle of a panel's cell is."""
        return self.page.evaluate(probe("middle_of_cell"), [panel, list(cell)])

    def move(self, panel, cell):
        self.page.mouse.move(*self.middle(panel, cell))

    def point(self, panel, cell):
        """Points at a cell and waits until everything shows it."""
        self.move(panel, cell)
        self.wait(over=panel, at=cell)

    def click(self, panel, cell):
        self.page.mouse.click(*self.middle(panel, cell))

    def leave(self):
        self.page.mouse.move(*AWAY)
        self.wait(over="")

    def leave_pointer(self):
        """Takes the pointer away from a stage that may hold something still."""
        self.page.mouse.move(*AWAY)
        expect(self.find(".tip")).to_be_hidden()

    def focus(self):
        self.root.focus()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def read(self, names=None):
        """What is shown; the numbers of the panels of these names alone."""
        shown = json.loads(self.page.evaluate(probe("read_stage"), names))
        for panel in shown["panels"].values():
            # A cell that waits has no number in the browser, which is None and then NaN.
            if panel["values"] is not None:
                panel["values"] = np.array(panel["values"], float)
        return shown

    def values(self, panel):
        return self.read([panel])["panels"][panel]["values"]


def view_of(link, scene="overview"):
    """The view that a link asks for."""
    view, changes = from_query(dict(parse_qsl(link)), sizes_of)
    assert not changes
    return replace(view, scene=scene)


def boxes_of(shown, path):
    """The cells (top, bottom, left, right) that each box of a path goes round."""
    side = shown["width"] / shown["columns"]
    assert side == shown["height"] / shown["rows"]
    boxes = []
    for part in path.split("Z")[:-1]:
        x0, y0, x1, y1, again = map(float, NUMBER.findall(part))
        assert again == x0
        ends = [y0 / side, y1 / side, x0 / side, x1 / side]
        boxes.append(tuple(round(end) for end in ends))
        # A box round one cell of many is a little smaller than the cell.
        assert np.abs(np.subtract(ends, boxes[-1])).max() * side < 1.6
    return boxes


def outlined(shown):
    """The roles of a panel's outlines, and the cells outlined: one by one where they are."""
    roles, cells = [], set()
    single = [path for role, path in shown["marks"] if role is None]
    for role, path in shown["marks"]:
        if role is None:
            continue
        roles.append(role)
        (top, bottom, left, right), *others = boxes_of(shown, path)
        assert not others
        cells |= set(product(range(top, bottom), range(left, right)))
    # Each outline has a light one below it; what is left are the cells one by one.
    inner = [path for path in single if path.count("Z") > 1 or path not in whole(shown)]
    if inner:
        found = {cell for path in inner for cell in boxes_of(shown, path)}
        assert {(row, column) for row, _, column, _ in found} <= cells
        cells = {(row, column) for row, _, column, _ in found}
    return roles, cells


def whole(shown):
    return {path for role, path in shown["marks"] if role is not None}


class Truth:
    """What a view's panels hold at any place, by the operators and by slicing alone."""

    def __init__(self, view, bundle=None):
        self.view, self.bundle = view, bundle or make_bundle(view, load(view.data))
        self.geometry = geometry = self.bundle.geometry
        self.channel = view.c % geometry.weight_size[1]
        first = view.c - self.channel
        own = self.bundle.x[view.n, first : first + geometry.weight_size[1]]
        self.padded = np.pad(own, [(0, 0), *geometry.pads])
        self.w, self.b = self.bundle.w[view.f], float(self.bundle.b[view.f])
        self.kernel, self.g = self.w[self.channel], self.bundle.grad_output[view.n, view.f]

    @cached_property
    def out(self):
        one = slice(self.view.n, self.view.n + 1)
        bundle = self.bundle
        return conv2d(bundle.x[one], bundle.w, bundle.b, **self.geometry.parameters)[0, self.view.f]

    def under(self, i, j):
        """Every channel's numbers under a window."""
        rows, columns = self.geometry.window(i, j)
        return self.padded[:, rows, columns]

    def patch(self, i, j):
        return self.under(i, j)[self.channel]

    def product(self, i, j):
        return self.patch(i, j) * self.kernel

    def step_patches(self, i, j):
        return self.patch(i, j) * self.g[i, j]

    def step_scatter(self, i, j):
        return self.kernel * self.g[i, j]

    def channels(self, i, j):
        shares = (self.under(i, j) * self.w).sum(axis=(1, 2))
        return np.array([[*shares, self.b, self.out[i, j]]])

    def step_correlate(self, m, k):
        rows, columns = self.geometry.shifted_view(m, k)
        return self.padded[self.channel, rows, columns] * self.upsampled

    @property
    def upsampled(self):
        """top_diff with the stride's zeros between its cells."""
        (eh, ew), (uh, uw) = self.geometry.extent, self.geometry.upsampled_size
        return self.spread[eh - 1 : eh - 1 + uh, ew - 1 : ew - 1 + uw]

    def dw_patches(self, i, j):
        """dw of the item after the windows up to (i, j)."""
        columns = self.g.shape[1]
        done = [divmod(step, columns) for step in range(i * columns + j + 1)]
        return np.sum([self.step_patches(*place) for place in done], axis=0)

    def dw_correlate(self, m, k):
        return finished(self.dw(slice(self.view.n, self.view.n + 1)), m, k)

    def dx_scatter(self, i, j):
        """dx with its padding after the windows up to (i, j)."""
        found, columns = np.full(self.geometry.padded_size, np.nan), self.g.shape[1]
        found[self.unread] = 0
        for step in range(i * columns + j + 1):
            place = divmod(step, columns)
            window = found[self.geometry.window(*place)]
            window[...] = np.nan_to_num(window) + self.step_scatter(*place)
        return found

    @cached_property
    def unread(self):
        """The cells of the padded input that no window reads."""
        read = np.zeros(self.geometry.padded_size, bool)
        for place in self.geometry.output_cells():
            read[self.geometry.window(*place)] = True
        return ~read

    def dx_rot180(self, p, q):
        return finished(self.dx(one_filter=True), p, q)

    def check(self, name, shown, places, part=np.s_[:, :]):
        """That one of the panels that move, or a part of it, shows its numbers."""
        expected = self.moving(name, places)[part]
        if name not in self.EXACT:
            close(shown, expected)
            return
        # Rounding is measured by the magnitudes that may have cancelled.
        size = np.abs(self.padded).max() if self.view.scene == "dw" else np.abs(self.kernel).max()
        close_to_the_digit(shown, expected, size * np.abs(self.bundle.grad_output).sum())

    def difference(self, first, second):
        if self.view.scene == "dw":
            return self.dw_patches(*first) - self.dw_correlate(*second)
        (top, left), (rows, columns) = self.geometry.origin, self.bundle.x.shape[2:]
        scattered = self.dx_scatter(*first)[top : top + rows, left : left + columns]
        return scattered - self.dx_rot180(*second)

    def shares(self, row, column):
        """What each item adds to a cell of dw, or each filter to a cell of dx, and the sum."""
        if self.view.scene == "dw":
            items = range(len(self.bundle.x))
            found = [self.dw(slice(n, n + 1))[row, column] for n in items]
        else:
            filters = self.geometry.filters_of(self.view.c)
            found = [self.of_filter(f)[row, column] for f in range(filters.start, filters.stop)]
        return np.array([[*found, sum(found)]])

    def step_rot180(self, p, q):
        (dh, dw), (top, left), (eh, ew) = (
            self.geometry.dilation,
            self.geometry.origin,
            self.geometry.extent,
        )
        window = self.spread[p + top : p + top + eh : dh, q + left : q + left + ew : dw]
        return window * rot180(self.kernel)

    @cached_property
    def spread(self):
        """top_diff with the stride's zeros between its cells and the border round them."""
        (hp, wp), (eh, ew), (sh, sw) = (
            self.geometry.padded_size,
            self.geometry.extent,
            self.geometry.stride,
        )
        spread = np.zeros((hp + eh - 1, wp + ew - 1))
        rows, columns = self.g.shape
        spread[eh - 1 : eh - 1 + rows * sh : sh, ew - 1 : ew - 1 + columns * sw : sw] = self.g
        return spread

    def dw(self, items):
        x, w, g = self.bundle.x[items], self.bundle.w, self.bundle.grad_output[items]
        dw = conv2d_weight(x, w.shape, g, **self.geometry.parameters)
        return dw[self.view.f, self.channel]

    def of_filter(self, f):
        """dx of the item through one filter."""
        return Truth(replace(self.view, f=f), self.bundle).dx(one_filter=True)

    def dx(self, *, one_filter):
        item = slice(self.view.n, self.view.n + 1)
        g = self.bundle.grad_output[item]
        if one_filter:
            g = np.where(np.arange(g.shape[1])[:, None, None] == self.view.f, g, 0.0)
        size = (1, *self.bundle.x.shape[1:])
        return conv2d_input(size, self.bundle.w, g, **self.geometry.parameters)[0, self.view.c]

    @cached_property
    def still(self):
        """The panels whose numbers are the same everywhere, but for differences of methods."""
        item = slice(self.view.n, self.view.n + 1)
        padded = self.padded[self.channel]
        found = {
            "input_pad": padded,
            "input_view": padded,
            "kernel": self.kernel,
            "kernel_rot180": self.kernel[::-1, ::-1],
            "output": self.out,
            "grad_output": self.g,
            "grad_output_all": self.upsampled,
            "grad_output_pad": self.spread,
            "dw": self.dw(slice(None)),
            "dx": self.dx(one_filter=False),
        }
        found["dw_item"], found["dx_filter"] = self.dw(item), self.dx(one_filter=True)
        return found

    # The panels whose numbers hang on the place of a space.
    MOVING = {  # noqa: RUF012 - never changed
        "patch": "output",
        "product": "output",
        "channels": "output",
        "step_patches": "output",
        "step_correlate": "kernel",
        "step_scatter": "output",
        "step_rot180": "input",
        "dw_patches": "output",
        "dw_correlate": "kernel",
        "dx_scatter": "output",
        "dx_rot180": "input",
        "difference": None,
        "shares": None,
    }
    # Those that are the numbers of a method, to the last digit.
    EXACT = frozenset({"dw_patches", "dw_correlate", "dx_scatter", "dx_rot180", "difference"})

    def moving(self, name, places):
        """The numbers of one of the panels that move."""
        right = "kernel" if self.view.scene == "dw" else "input"
        if name == "difference":
            return self.difference(places["output"], places[right])
        if name == "shares":
            return self.shares(*places[right])
        return getattr(self, name)(*places[self.MOVING[name]])

    def rest(self, output=None):
        """The place of each space where nothing is pointed at."""
        view, (top, left) = self.view, self.geometry.origin
        return {
            "output": output or (view.i, view.j),
            "kernel": (view.m, view.k),
            "input": (view.p, view.q),
            "input_pad": (view.p + top, view.q + left),
        }

    def total(self, places):
        """The number that ends the sum at these places."""
        if self.view.scene == "dw":
            return self.step_correlate(*places["kernel"]).sum()
        if self.view.scene == "dx":
            return self.step_rot180(*places["input"]).sum()
        return self.out[places["output"]]


def close(shown, expected):
    """That numbers are those expected, as float32 has them."""
    shown, expected = np.asarray(shown), np.asarray(expected)
    assert shown.shape == expected.shape, (shown.shape, expected.shape)
    np.testing.assert_array_equal(shown, np.float32(shown))
    finest = 1e-12 * np.abs(expected).max(initial=0)
    np.testing.assert_allclose(shown, np.float32(expected), rtol=1e-6, atol=finest)


def close_to_the_digit(shown, expected, size):
    """That numbers are those expected as float64 has them, and wait where those do."""
    shown, expected = np.asarray(shown, float), np.asarray(expected)
    assert shown.shape == expected.shape, (shown.shape, expected.shape)
    np.testing.assert_allclose(shown, expected, rtol=1e-9, atol=1e-12 * size, equal_nan=True)


def finished(values, row, column):
    """The cells up to (row, column), row by row; the others wait."""
    found = np.array(values, float)
    found.ravel()[row * found.shape[1] + column + 1 :] = np.nan
    return found


def number_of(text):
    """The number that ends a text."""
    return float(text.split()[-1].replace("−", "-"))
