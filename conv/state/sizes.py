"""What a data set has to offer to a view."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv.ops.axis import Axis
from conv.ops.geometry import Geometry, Size4, as_int, as_pair, axes_of
from conv.ops.work import elements, seconds

from .rooms import SCENES

if TYPE_CHECKING:
    from .view import View

MOST_SECONDS = 4.0  # on one core, before a view is seen
MOST_ELEMENTS = 2**23  # of its padded input, output and weight


@dataclass(frozen=True)
class Sizes:
    """What a data set has to offer: its tensors' sizes and the view that it opens with."""

    input_size: Size4
    weight_size: Size4
    grad_output_size: Size4 | None
    groups: int
    default: View

    def geometry(self, view: View) -> Geometry:
        """The geometry of this data set under the view's parameters; raises ConvError."""
        filters, channels = self.weight_size[0], self.input_size[1]
        per_group = max(1, channels // as_int("groups", view.groups, 1))
        return Geometry(
            self.input_size,
            (filters, per_group, *as_pair("kernel", view.kernel, 1)),
            stride=view.stride,
            padding=view.padding,
            dilation=view.dilation,
            groups=view.groups,
        )

    def axes(self, view: View) -> tuple[Axis, Axis]:
        """The rows and the columns under the view's parameters, whether the kernel fits or not."""
        return axes_of(self.input_size, view.kernel, view.stride, view.padding, view.dilation)

    def work(self, view: View) -> float:
        """How many times what may be worked out for a view this one asks for, in time or memory,
        by its geometry and by what its scene works out."""
        geometry, scene = self.geometry(view), SCENES[view.scene]
        time = sum(seconds(method, geometry) for method in scene.works_out)
        time += scene.more_seconds(view, geometry)
        return max(time / MOST_SECONDS, elements(geometry) / MOST_ELEMENTS)

    def weight_fits(self, view: View) -> bool:
        """Whether the file's weight has the view's kernel size and groups."""
        return view.kernel == self.weight_size[2:] and view.groups == self.groups


def in_times(work: float) -> str:
    """How many times what may be worked out, to the next tenth: a tenth more rather than one less,
    so that it is never 1.0."""
    return f"{math.ceil(work * 10) / 10:.1f}"
