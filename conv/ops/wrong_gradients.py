"""Nine wrong gradients, each computed as those compute it who make the mistake.

Each is one change to a right method: to the full convolution that gives dx (`input_rot180`), to
the correlation that gives dw (`weight_correlate`), or to a sum. A wrong gradient may have a wrong
shape, and no cell at all where its size would be less than one. The numbers are taken as finite:
most of the zeros that the right methods leave out are multiplied here.

Whether a mistake shows is told from the geometry, and for one of them from the kernels, without
looking at a gradient. Where no agreement holds, the arrays differ in shape or, unless the numbers
conspire (all zeros, say), in at least one cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from . import conditions as when
from .axis import Axis
from .conditions import Condition, Tensors
from .errors import ConvError
from .functional import conv2d_bias, conv2d_input, conv2d_weight
from .geometry import Geometry, Pads, Pair, listed, shown
from .textbook import Array, full_padding, insert_zeros, pad, rot180

Gradient = Literal["dw", "dx", "db"]


@dataclass(frozen=True)
class Agreement:
    """A condition under which a wrong gradient is right after all, by a stable name; `of_uneven`,
    one that says something new only where the padding differs before and after."""

    name: str
    holds: Condition
    of_uneven: bool = False


def _never(_: Tensors) -> bool:
    return False


@dataclass(frozen=True)
class Mistake:
    """A wrong gradient by a stable name, when it is right after all (the most telling condition
    first), and when it is wrong and still has the right mean and shape."""

    name: str
    tensor: Gradient
    wrong: Callable[[Tensors], Array]
    agreements: tuple[Agreement, ...]
    hides_in_mean: Condition = _never


def right(tensor: Gradient, given: Tensors) -> Array:
    """The right dw, dx or db. Raises ConvError for another name."""
    options = given.geometry.parameters
    if tensor == "dw":
        return conv2d_weight(given.x, given.w.shape, given.grad_output, **options)
    if tensor == "dx":
        return conv2d_input(given.x.shape, given.w, given.grad_output, **options)
    if tensor == "db":
        return conv2d_bias(given.grad_output)
    raise ConvError(
        "error.one_of", name="tensor", known=listed(("dw", "dx", "db")), value=shown(tensor)
    )


def agrees(mistake: Mistake, given: Tensors) -> bool:
    """Whether the wrong gradient is right here, as its agreements predict it."""
    return any(agreement.holds(given) for agreement in mistake.agreements)


def same_mean(mistake: Mistake, given: Tensors) -> bool:
    """Whether the wrong gradient has the shape and the mean of the right one here, so that a test
    that compares means lets it pass: because it is right, or though its cells differ."""
    return agrees(mistake, given) or mistake.hides_in_mean(given)


# The wrong gradients.


def unrotated(given: Tensors) -> Array:
    """dx (N, C, H, W) with the kernels not rotated in the full convolution.

    Made by those who do not see a rotation in code that scatters (caffe #5812, pytorch #61100),
    or who rotate for a function that rotates too (MATLAB's conv2, pylearn2 #1122).
    """
    # conv2d_input rotates once more, and rotating twice is nothing.
    return conv2d_input(
        given.x.shape, rot180(given.w), given.grad_output, **given.geometry.parameters
    )


def unswapped(given: Tensors) -> Array:
    """dx (N, C, H, W) with the kernels rotated but in their old order: the numbers of each group,
    (F, C, KH, KW), are read one after the other as if they were (C, F, KH, KW).

    Made by those who reshape where they must transpose, or take the rotation for the whole step
    (wuziheng/CNN-Numpy #2).
    """
    groups, (f, channels, kh, kw) = given.geometry.groups, given.w.shape
    reshaped = given.w.reshape(groups, channels, f // groups, kh, kw)
    # conv2d_input swaps the channels, so it is handed the kernels that it would swap into these.
    before_swap = reshaped.swapaxes(1, 2).reshape(given.w.shape)
    return conv2d_input(given.x.shape, before_swap, given.grad_output, **given.geometry.parameters)


def dw_swapped(given: Tensors) -> Array:
    """dw (F, C/groups, KH, KW) with the operands of the correlation swapped: pad(x) slides over
    grad_output, and each kernel arrives rotated by 180 degrees.

    grad_output has its stride's zeros, the rows and columns left over and K - 1 zeros all round,
    as for dx, so pad(x) has K places; every `dilation`-th of them is a cell of dw. Place m finds
    grad_output K - 1 - m cells into pad(x): the result is rot180(dw) for every geometry.

    Made by those who take a correlation to commute as a convolution does; a published course
    shipped it.
    """
    geometry = given.geometry
    (dh, dw), (hp, wp) = geometry.dilation, geometry.padded_size
    spread, _ = insert_zeros(given.grad_output, geometry)
    source = _by_group(full_padding(spread, geometry), geometry)
    x_pad = _by_group(pad(given.x, geometry.pads), geometry)
    gradient = np.empty(geometry.weight_size, x_pad.dtype)
    for m, n in np.ndindex(*geometry.kernel):
        view = source[..., m * dh : m * dh + hp, n * dw : n * dw + wp]
        numbers = np.einsum("igfhw,igchw->gfc", view, x_pad)
        gradient[:, :, m, n] = numbers.reshape(gradient.shape[:2])
    return gradient


def zeros_forgotten(given: Tensors) -> Array:
    """dx with no zeros between the cells of grad_output: windows that lie `stride` cells apart are
    added up one cell apart. H - (OH - 1) * (stride - 1) rows, columns likewise.

    Made by those who write the backward pass at stride 1 and add the stride to the forward pass
    alone (Kulbear #34, enggen #7, tiny-dnn #326).
    """
    geometry = given.geometry
    grad_output = _append_leftover(given.grad_output, geometry)
    return _full_convolution(grad_output, geometry.pads, given)


def leftover_forgotten(given: Tensors) -> Array:
    """dx without the rows and columns left over: H - r rows, the first of the right ones, columns
    likewise.

    With padding 0 the missing rows hold zeros, for no window reaches them. With padding some lie
    under windows: the rows left over are, first of all, rows of the padding at the bottom, and the
    crop takes that many rows off as if they were still there.

    Made by those who take the output's size to divide evenly, as a transposed convolution without
    an output padding does (torch7-distro #20, backpack #30, burn #4806, mlpack #2986).
    """
    spread, _ = insert_zeros(given.grad_output, given.geometry)
    return _full_convolution(spread, given.geometry.pads, given)


def crop_wrong(given: Tensors) -> Array:
    """dx_pad cropped by (K - 1) // 2 a side, as after a convolution that keeps the size, whatever
    the padding was: H + before + after - 2 * ((K - 1) // 2) rows, columns likewise. Where the
    padding is uneven that may be H, of rows that lie elsewhere.

    Made by those who learn the backward pass from a 3x3 kernel with padding 1 and ask later which
    padding it takes (Cross Validated).
    """
    return _full_convolution(_spread(given), when.same_size_pads(given.geometry), given)


def dilation_ignored(given: Tensors) -> Array:
    """dx with grad_output padded by kernel - 1 - padding (cropped where that is negative), though
    the dilated kernel covers K rows: H - 2 * (dilation - 1) * (kernel - 1) rows from the middle of
    the right ones, columns likewise.

    Made by those who carry the padding's formula over from a kernel without gaps (pytorch #13008).
    """
    rows, columns = given.geometry.axes
    return _full_convolution(_spread(given), (_too_much(rows), _too_much(columns)), given)


def db_averaged(given: Tensors) -> Array:
    """db (F) as the mean of grad_output over n, i and j instead of its sum.

    Made by those who average because a bias is shared, though a shared number gathers the sum of
    what each of its places sends back.
    """
    mean: Array = given.grad_output.mean(axis=(0, 2, 3))
    return mean


def batch_averaged(given: Tensors) -> Array:
    """dw (F, C/groups, KH, KW) divided by N, though the loss, and with it grad_output, was
    averaged over the batch before.

    Made by those who take over a backward pass that divides by N itself, as DeepLearnToolbox's
    cnnbp.m does, and give it a loss that has done so.
    """
    return right("dw", given) / len(given.x)


def _by_group(tensor: Array, geometry: Geometry) -> Array:
    """`tensor` (N, C, H, W) as (N, groups, C/groups, H, W)."""
    n, channels, h, w = tensor.shape
    return tensor.reshape(n, geometry.groups, channels // geometry.groups, h, w)


def _spread(given: Tensors) -> Array:
    """grad_output with its stride's zeros and the rows and columns left over, nothing forgotten."""
    spread, _ = insert_zeros(given.grad_output, given.geometry)
    return _append_leftover(spread, given.geometry)


def _append_leftover(spread: Array, geometry: Geometry) -> Array:
    """`spread` (N, F, UH, UW) with the rows and columns left over appended as zeros."""
    rows, columns = geometry.leftover
    return np.pad(spread, [(0, 0), (0, 0), (0, rows), (0, columns)])


def _too_much(axis: Axis) -> Pair:
    """kernel - 1 - padding zeros before and behind are K - 1 of which so many are cropped."""
    gaps = axis.extent - axis.kernel
    return gaps + axis.before, gaps + axis.after


def _full_convolution(spread: Array, crop: Pads, given: Tensors) -> Array:
    """`spread` (N, F, UH, UW), as it stands, with K - 1 zeros all round, correlated with the
    rotated and swapped kernels, then cropped before and behind: (N, C, UH + K - 1 - crop, ...), an
    empty array where that is less than one row or column.

    Of `_spread`, with the padding cropped, it is dx.
    """
    n, c, _, _ = given.geometry.input_size
    sides = zip(spread.shape[2:], given.geometry.extent, crop, strict=True)
    h, w = (max(0, cells + extent - 1 - sum(cropped)) for cells, extent, cropped in sides)
    if h == 0 or w == 0:
        return np.zeros((n, c, h, w), spread.dtype)
    # A convolution of stride 1 leaves nothing over and has no zeros to insert.
    return conv2d_input(
        (n, c, h, w),
        given.w,
        spread,
        padding=crop,
        dilation=given.geometry.dilation,
        groups=given.geometry.groups,
    )


def _always(_: Tensors) -> bool:
    return True


def _agreements(*conditions: Condition) -> tuple[Agreement, ...]:
    return tuple(Agreement(condition.__name__, condition) for condition in conditions)


MISTAKES = (
    Mistake(
        "unrotated",
        "dx",
        unrotated,
        _agreements(when.one_kernel_cell, when.symmetric_kernel, when.symmetric_where_met),
        when.cut_evenly,
    ),
    Mistake(
        "unswapped", "dx", unswapped, _agreements(when.one_filter, when.one_channel, when.x_not_met)
    ),
    Mistake(
        "dw_swapped",
        "dw",
        dw_swapped,
        _agreements(when.one_kernel_cell, when.middle_cell_alone),
        _always,
    ),
    Mistake(
        "zeros_forgotten", "dx", zeros_forgotten, _agreements(when.stride_1, when.no_zeros_between)
    ),
    Mistake("leftover_forgotten", "dx", leftover_forgotten, _agreements(when.no_rows_left_over)),
    Mistake(
        "crop_wrong",
        "dx",
        crop_wrong,
        (
            *_agreements(when.padding_same),
            Agreement("both_crops_unread", when.both_crops_unread, of_uneven=True),
        ),
        when.crops_read_alike,
    ),
    Mistake(
        "dilation_ignored",
        "dx",
        dilation_ignored,
        _agreements(when.dilation_1, when.one_kernel_cell, when.no_gaps),
    ),
    Mistake("db_averaged", "db", db_averaged, _agreements(when.one_cell)),
    Mistake("batch_averaged", "dw", batch_averaged, _agreements(when.one_item, when.x_not_met)),
)
MISTAKE: Mapping[str, Mistake] = {mistake.name: mistake for mistake in MISTAKES}
