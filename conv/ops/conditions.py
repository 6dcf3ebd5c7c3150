"""When a wrong gradient is right after all, and when its mean alone is: told from the geometry, and
for one condition from the kernels, without looking at a gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .axis import Axis, Span
from .errors import ConvError
from .functional import check_grad_output
from .geometry import Geometry, Pads, Pair
from .textbook import Array, rot180

Inside = tuple[NDArray[np.bool_], NDArray[np.bool_]]


@dataclass(frozen=True, eq=False)
class Tensors:
    """What a backward pass is given: x (N, C, H, W), w (F, C/groups, KH, KW) and grad_output
    (N, F, OH, OW), of one dtype and of the sizes of `geometry`. Raises ConvError for others."""

    x: Array
    w: Array
    grad_output: Array
    geometry: Geometry

    def __post_init__(self) -> None:
        """Checks the sizes."""
        sizes = {"x": self.geometry.input_size, "w": self.geometry.weight_size}
        for name, size in sizes.items():
            shape = getattr(self, name).shape
            if shape != size:
                raise ConvError("error.geometry_shape", name=name, size=size, shape=shape)
        check_grad_output(self.grad_output, self.geometry)


Condition = Callable[[Tensors], bool]


# When they are right after all.


def one_kernel_cell(given: Tensors) -> bool:
    """A 1x1 kernel."""
    return given.geometry.kernel == (1, 1)


def symmetric_kernel(given: Tensors) -> bool:
    """Each kernel is its own rotation."""
    return np.array_equal(given.w, rot180(given.w))


def symmetric_where_met(given: Tensors) -> bool:
    """Each kernel is its own rotation in the cells that meet x; the others meet padding alone."""
    met = cells_met(given.geometry)
    return np.array_equal(given.w[..., met], rot180(given.w)[..., met])


def one_filter(given: Tensors) -> bool:
    """One filter in each group."""
    return given.geometry.weight_size[0] == given.geometry.groups


def one_channel(given: Tensors) -> bool:
    """One channel in each group."""
    return given.geometry.weight_size[1] == 1


def x_not_met(given: Tensors) -> bool:
    """No window reaches a cell of x, only padding: dw and dx are zero."""
    return not cells_met(given.geometry).any()


def middle_cell_alone(given: Tensors) -> bool:
    """Of each kernel, the middle cell alone meets x: the others of dw are zero."""
    met = cells_met(given.geometry)
    return bool((2 * np.flatnonzero(met) == met.size - 1).all())


def stride_1(given: Tensors) -> bool:
    """Stride 1."""
    return given.geometry.stride == (1, 1)


def no_zeros_between(given: Tensors) -> bool:
    """One output cell wherever the stride is more than 1: there is nothing between cells."""
    return given.geometry.upsampled_size == given.geometry.output_size[2:]


def no_rows_left_over(given: Tensors) -> bool:
    """Neither rows nor columns left over."""
    return given.geometry.leftover == (0, 0)


def padding_same(given: Tensors) -> bool:
    """The padding is (K - 1) // 2 on every side."""
    return given.geometry.pads == same_size_pads(given.geometry)


def both_crops_unread(given: Tensors) -> bool:
    """As many cells as dx has are left of the wrong crop, and no window reads any of either."""
    own, other = _crops(given.geometry)
    return _has_right_size(given.geometry) and not (_read(own) or _read(other))


def dilation_1(given: Tensors) -> bool:
    """Dilation 1."""
    return given.geometry.dilation == (1, 1)


def no_gaps(given: Tensors) -> bool:
    """One kernel cell wherever the dilation is more than 1: the kernel has no gaps."""
    return given.geometry.extent == given.geometry.kernel


def one_cell(given: Tensors) -> bool:
    """grad_output has one cell for each filter."""
    n, _, oh, ow = given.geometry.output_size
    return n * oh * ow == 1


def one_item(given: Tensors) -> bool:
    """A batch of one item."""
    return given.geometry.input_size[0] == 1


# When the mean does not show them.


def cut_evenly(given: Tensors) -> bool:
    """Each window that reaches x meets it with the same kernel cells before and after a rotation,
    as all do with padding 0: dx then sums to grad_output times the kernels' sums either way."""
    rows, columns = windows_inside(given.geometry)
    return all(np.array_equal(inside, inside[:, ::-1]) for inside in (rows, columns))


def crops_read_alike(given: Tensors) -> bool:
    """As many cells as dx has are left of the wrong crop, which the windows read by the same kernel
    cells: it then sums to the same numbers, though they may stand elsewhere."""
    own, other = _crops(given.geometry)
    is_one = all(map(np.array_equal, own, other)) or not (_read(own) or _read(other))
    return _has_right_size(given.geometry) and is_one


def windows_inside(geometry: Geometry) -> Inside:
    """Which kernel rows of each window lie in x, not in its padding, (OH, KH), and which columns,
    (OW, KW)."""
    return _windows_in(geometry, geometry.pads)


def cells_met(geometry: Geometry) -> NDArray[np.bool_]:
    """The kernel cells (KH, KW) that meet a cell of x in some window."""
    rows, columns = windows_inside(geometry)
    met: NDArray[np.bool_] = np.logical_and.outer(rows.any(axis=0), columns.any(axis=0))
    return met


def _windows_in(geometry: Geometry, crop: Pads) -> Inside:
    """Which kernel rows and columns of each window lie in the padded input without this crop."""

    def inside(axis: Axis, cut: Pair) -> NDArray[np.bool_]:
        cells = axis.met(np.arange(axis.output)[:, None], np.arange(axis.kernel))
        return Span(cut[0], axis.padded - cut[1]).holds(cells)

    rows, columns = map(inside, geometry.axes, crop)
    return rows, columns


def _crops(geometry: Geometry) -> tuple[Inside, Inside]:
    """Which kernel cells of each window lie in dx, and which in what the wrong crop leaves."""
    return windows_inside(geometry), _windows_in(geometry, same_size_pads(geometry))


def _read(inside: Inside) -> bool:
    """Whether any cell is read."""
    return all(part.any() for part in inside)


def _has_right_size(geometry: Geometry) -> bool:
    """Whether the wrong crop takes as much off as there is padding."""
    return [sum(cut) for cut in same_size_pads(geometry)] == [sum(cut) for cut in geometry.pads]


def same_size_pads(geometry: Geometry) -> Pads:
    """(K - 1) // 2 on every side, the padding that keeps the size at stride 1 where K is odd."""
    rows, columns = ((extent - 1) // 2 for extent in geometry.extent)
    return (rows, rows), (columns, columns)
