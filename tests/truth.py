"""What the panels of a view should show, by plain loops."""

import numpy as np

from tests.ops.oracle import convolution
from tests.pads import pads_of
from tests.views import tensors


class Truth:
    """What the panels of a view should show, by loops that know nothing of conv.ops."""

    def __init__(self, view):
        self.view = view
        self.bundle, _ = tensors(view)
        geometry = self.bundle.geometry
        self.pairs = {
            "stride": geometry.stride,
            "padding": geometry.padding,
            "dilation": geometry.dilation,
        }
        self.per_group = self.bundle.w.shape[1]
        filters_per_group = len(self.bundle.w) // view.groups
        self.group = view.f // filters_per_group
        self.filters = range(self.group * filters_per_group, (self.group + 1) * filters_per_group)
        self.kernel_channel = view.c - self.group * self.per_group

    def share(self, n, f):
        """What the four loops give for x[n, c], w[f, c] and grad_output[n, f] alone."""
        x = self.bundle.x[n, self.view.c][None, None]
        w = self.bundle.w[f, self.kernel_channel][None, None]
        g = self.bundle.grad_output[n, f][None, None]
        return convolution(x, w, np.zeros(1), g, **self.pairs, groups=1)

    def output(self):
        first = self.group * self.per_group
        x = self.bundle.x[self.view.n, first : first + self.per_group][None]
        w, b = self.bundle.w[self.view.f][None], self.bundle.b[self.view.f][None]
        g = self.bundle.grad_output[self.view.n, self.view.f][None, None]
        return convolution(x, w, b, g, **self.pairs, groups=1)["out"][0, 0]

    def x_pad(self):
        pads, x = pads_of(self.pairs["padding"]), self.bundle.x[self.view.n, self.view.c]
        (top, _), (left, _) = pads
        padded = np.zeros([size + sum(sides) for size, sides in zip(x.shape, pads, strict=True)])
        padded[top : top + x.shape[0], left : left + x.shape[1]] = x
        return padded

    def patch(self):
        (sh, sw), (dh, dw) = self.pairs["stride"], self.pairs["dilation"]
        padded, (kh, kw) = self.x_pad(), self.kernel().shape
        i, j = self.view.i, self.view.j
        return np.array(
            [[padded[i * sh + m * dh, j * sw + k * dw] for k in range(kw)] for m in range(kh)]
        )

    def kernel(self):
        return self.bundle.w[self.view.f, self.kernel_channel]

    def grad_output(self):
        return self.bundle.grad_output[self.view.n, self.view.f]

    def number(self):
        return self.grad_output()[self.view.i, self.view.j]
