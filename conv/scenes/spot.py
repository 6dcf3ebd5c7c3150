"""A view's place in its tensors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from numpy.lib.stride_tricks import sliding_window_view

from conv.lessons import Walked
from conv.ops.geometry import Geometry, Pair
from conv.ops.textbook import Array, pad
from conv.results import Bundle, Results
from conv.state.view import STEPS, View
from conv.training_runs import TrainingRuns

from .tables import Places, Space


@dataclass(frozen=True)
class Spot:
    """A view's place in a bundle: the arrays of its item, channel, filter and window; its
    training and its section of the notebook, where a scene shows them."""

    view: View
    bundle: Bundle
    results: Results
    trained: TrainingRuns | None = None
    walked: Walked | None = None

    @property
    def geometry(self) -> Geometry:
        """The bundle's geometry."""
        return self.bundle.geometry

    @property
    def kernel_channel(self) -> int:
        """Where the input channel stands in the filter's weight, which has its group's alone."""
        return self.view.c % self.geometry.weight_size[1]

    @property
    def sizes(self) -> dict[Space, Pair]:
        """The rows and columns of each space of a scene."""
        geometry = self.geometry
        return {
            "output": geometry.output_size[2:],
            "kernel": geometry.kernel,
            "input": geometry.input_size[2:],
            "input_pad": geometry.padded_size,
            "share": (1, geometry.weight_size[1]),
            "training": (1, len(STEPS)),
        }

    @property
    def places(self) -> Places:
        """Where a scene of this view is at: its window, its cells and its training step."""
        view, (ph, pw) = self.view, self.geometry.padding
        return {
            "output": (view.i, view.j),
            "kernel": (view.m, view.k),
            "input": (view.p, view.q),
            "input_pad": (view.p + ph, view.q + pw),
            "share": (0, self.kernel_channel),
            "training": (0, view.t),
        }

    @property
    def x(self) -> Array:
        """x[n, c] (H, W)."""
        x: Array = self.bundle.x[self.view.n, self.view.c]
        return x

    @cached_property
    def x_pad(self) -> Array:
        """x[n, c] with its padding (HP, WP)."""
        return pad(self.x, self.geometry.padding)

    @cached_property
    def patches(self) -> Array:
        """The padded input under every window (OH, OW, KH, KW)."""
        return windows(self.x_pad, self.geometry)

    @property
    def kernel(self) -> Array:
        """The kernel w[f, c] (KH, KW)."""
        kernel: Array = self.bundle.w[self.view.f, self.kernel_channel]
        return kernel

    @property
    def out(self) -> Array:
        """The output out[n, f] (OH, OW)."""
        out: Array = self.results.out[self.view.n, self.view.f]
        return out

    @property
    def grad_output(self) -> Array:
        """grad_output[n, f] (OH, OW)."""
        grad_output: Array = self.bundle.grad_output[self.view.n, self.view.f]
        return grad_output

    @property
    def input_is_signed(self) -> bool:
        """Whether the data set's input has numbers below 0."""
        return bool((self.bundle.x < 0).any())


def windows(x_pad: Array, geometry: Geometry) -> Array:
    """The windows of a padded input (..., HP, WP), which are views of it (..., OH, OW, KH, KW)."""
    (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
    every_window = sliding_window_view(x_pad, geometry.extent, axis=(-2, -1))
    return every_window[..., ::sh, ::sw, ::dh, ::dw]
