"""The tensors that a view looks at, and what the operators make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from conv.layer import DataSet
from conv.ops import conv2d, conv2d_input, conv2d_weight
from conv.ops.agreement import input_magnitudes, weight_magnitudes
from conv.ops.geometry import Geometry
from conv.ops.textbook import Array
from conv.state.view import View


@dataclass(frozen=True)
class Bundle:
    """The tensors under a view's geometry. `seeded_weight` says that a seeded normal has taken
    the place of the file's weight, which has another size."""

    x: Array
    w: Array
    b: Array
    grad_output: Array
    geometry: Geometry
    top_diff: str
    seeded_weight: bool


@dataclass(frozen=True, eq=False)
class Results:
    """Both passes of a bundle, each gradient by each of its methods, and for each of its cells the
    sum of the magnitudes of its products: worked out when they are asked for, and kept."""

    bundle: Bundle

    @cached_property
    def out(self) -> Array:
        """The output (N, F, OH, OW)."""
        made = self.bundle
        return conv2d(made.x, made.w, made.b, **made.geometry.parameters)

    @cached_property
    def dw_patches(self) -> Array:
        """dw (F, C/groups, KH, KW) by patches."""
        return self._dw("patches")

    @cached_property
    def dw_correlate(self) -> Array:
        """dw by correlation."""
        return self._dw("correlate")

    @cached_property
    def dw_gemm(self) -> Array:
        """dw by the fast engine."""
        return self._dw("gemm")

    @cached_property
    def dx_scatter(self) -> Array:
        """dx (N, C, H, W) by scatter."""
        return self._dx("scatter")

    @cached_property
    def dx_rot180(self) -> Array:
        """dx by the rot180 convolution."""
        return self._dx("rot180")

    @cached_property
    def dx_gemm(self) -> Array:
        """dx by the fast engine."""
        return self._dx("gemm")

    @cached_property
    def dw_size(self) -> Array:
        """For each cell of dw the sum of the magnitudes of its products."""
        made = self.bundle
        return weight_magnitudes(made.x, made.grad_output, made.geometry)

    @cached_property
    def dx_size(self) -> Array:
        """For each cell of dx the sum of the magnitudes of its products."""
        made = self.bundle
        return input_magnitudes(made.w, made.grad_output, made.geometry)

    @property
    def worked_out(self) -> Mapping[str, Array]:
        """What has been asked for so far."""
        return {name: value for name, value in vars(self).items() if name != "bundle"}

    def _dw(self, method: str) -> Array:
        x, w, g, geometry = self._operands
        return conv2d_weight(x, w.shape, g, **geometry.parameters, method=method)

    def _dx(self, method: str) -> Array:
        x, w, g, geometry = self._operands
        return conv2d_input(x.shape, w, g, **geometry.parameters, method=method)

    @property
    def _operands(self) -> tuple[Array, Array, Array, Geometry]:
        made = self.bundle
        return made.x, made.w, made.grad_output, made.geometry


def make_bundle(view: View, data: DataSet) -> Bundle:
    """The tensors of a legal view."""
    sizes = data.sizes
    geometry = sizes.geometry(view)
    seeded = not sizes.weight_fits(view)
    w = _seeded_weight(geometry, view.seed) if seeded else data.w
    grad_output = _grad_output(view, data, w, geometry)
    return Bundle(data.x, w, data.b, grad_output, geometry, view.top_diff, seeded)


def _seeded_weight(geometry: Geometry, seed: int) -> Array:
    """A normal of variance 1/fan-in, so that the output is of the input's size whatever the
    kernel (LeCun et al., "Efficient BackProp", 1998)."""
    fan_in = int(np.prod(geometry.weight_size[1:]))
    rng = np.random.default_rng((seed, 0))
    weight: Array = rng.standard_normal(geometry.weight_size) / np.sqrt(fan_in)
    return weight


def _grad_output(view: View, data: DataSet, w: Array, geometry: Geometry) -> Array:
    """The numbers of the view's top_diff."""
    if view.top_diff == "output":
        return conv2d(data.x, w, data.b, **geometry.parameters)
    if view.top_diff == "ones":
        return np.ones(geometry.output_size)
    if view.top_diff == "normal":
        return np.random.default_rng((view.seed, 1)).standard_normal(geometry.output_size)
    assert data.grad_output is not None  # noqa: S101 - a legal view asks for it where it is
    return data.grad_output
