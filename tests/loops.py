"""What stands at any place of a view, by loops over lists that know nothing of conv.ops."""

import random
from itertools import product

import numpy as np

from tests.pads import origin_of, pads_of
from tests.views import name_of, tensors

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


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
        (sh, sw), (ph, pw), (dh, dw) = (
            self.view.stride,
            origin_of(self.view.padding),
            self.view.dilation,
        )
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
        (sh, sw), (ph, pw), (dh, dw) = (
            self.view.stride,
            origin_of(self.view.padding),
            self.view.dilation,
        )
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
        above_and_below, beside = map(sum, pads_of(self.view.padding))
        return {
            "output": (self.oh, self.ow),
            "kernel": (self.kh, self.kw),
            "input": (self.height, self.width),
            "input_pad": (self.height + above_and_below, self.width + beside),
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
