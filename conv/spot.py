"""A view's place in its tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from conv.ops.conditions import Tensors
from conv.ops.geometry import Geometry, Pair
from conv.ops.textbook import Array, pad, windows
from conv.results import Bundle, Results
from conv.state.view import STEPS, View

Space = str
"""Of what a place is a place: "output", "kernel", "input", or whatever a scene has cells of."""
Places = Mapping[Space, Pair]
"""Where each space of a scene is at: the row and the column of one of its cells."""
Cell = tuple[int, int, int, int]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Spot:
    """A view's place in a bundle: the arrays of its item, channel, filter and window. `prepared` is
    what its scene has had worked out before, such as a training, if anything."""

    view: View
    bundle: Bundle
    results: Results
    prepared: object = None

    def found(self, made: type[Made]) -> Made | None:
        """What was prepared, where it is of this type."""
        return self.prepared if isinstance(self.prepared, made) else None

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
        view, (rows, columns) = self.view, self.geometry.axes
        return {
            **view.places(),
            "input_pad": (rows.padded_cell(view.p), columns.padded_cell(view.q)),
            "share": (0, self.kernel_channel),
        }

    @property
    def weight_cell(self) -> Cell:
        """The view's cell of dw."""
        view = self.view
        return view.f, self.kernel_channel, view.m, view.k

    @property
    def input_cell(self) -> Cell:
        """The view's cell of dx."""
        view = self.view
        return view.n, view.c, view.p, view.q

    @property
    def given(self) -> Tensors:
        """What the backward pass is given."""
        bundle = self.bundle
        return Tensors(bundle.x, bundle.w, bundle.grad_output, bundle.geometry)

    @property
    def x(self) -> Array:
        """x[n, c] (H, W)."""
        x: Array = self.bundle.x[self.view.n, self.view.c]
        return x

    @cached_property
    def x_pad(self) -> Array:
        """x[n, c] with its padding (HP, WP)."""
        return pad(self.x, self.geometry.pads)

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
