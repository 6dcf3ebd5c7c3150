"""The wrong gradients in plain loops."""

import itertools

import numpy as np

from ..pads import origin_of, pads_of
from .oracle import convolution


def full_correlation(
    case,
    w,
    g,
    *,
    zeros=True,
    leftover=True,
    border=None,
    crop=(0, 0),
    rotate=True,
    swap=True,
):
    """dx as the full convolution reads, or with something left out: grad_output with its zeros,
    the rows left over and a border (K - 1 - padding before and behind, or what is told), correlated
    with the kernels, then cropped."""
    (n_all, channels, *size), (f_all, per_group, kh, kw) = case.input_size, w.shape
    filters = f_all // case.groups
    extent = [d * (k - 1) + 1 for d, k in zip(case.dilation, (kh, kw), strict=True)]
    step = case.stride if zeros else (1, 1)
    pads = pads_of(case.padding)
    border = border or [[e - 1 - p for p in two] for e, two in zip(extent, pads, strict=True)]
    first, sides = [before for before, _ in border], []
    for a in (0, 1):
        rest = (size[a] + sum(pads[a]) - extent[a]) % case.stride[a] if leftover else 0
        length = (g.shape[2 + a] - 1) * step[a] + 1 + rest + sum(border[a])
        sides.append(max(0, length - extent[a] + 1 - 2 * crop[a]))
    w, g_list = w.tolist(), g.tolist()
    oh, ow = g.shape[2:]
    dx = np.zeros((n_all, channels, *sides))
    cells = itertools.product(range(n_all), range(channels), range(sides[0]), range(sides[1]))
    for n, channel, a, b in cells:
        group, c = divmod(channel, per_group)
        for f, m, k in itertools.product(range(filters), range(kh), range(kw)):
            row = a + crop[0] + m * case.dilation[0] - first[0]
            column = b + crop[1] + k * case.dilation[1] - first[1]
            i, j = row // step[0], column // step[1]
            is_cell = row % step[0] == 0 and column % step[1] == 0
            if is_cell and 0 <= i < oh and 0 <= j < ow:
                kernel = group * filters + f, c
                if not swap:  # kernel (c, f) in a list of C rows of F
                    place = c * filters + f
                    kernel = group * filters + place // per_group, place % per_group
                at = (kh - 1 - m, kw - 1 - k) if rotate else (m, k)
                number = g_list[n][group * filters + f][i][j]
                dx[n, channel, a, b] += w[kernel[0]][kernel[1]][at[0]][at[1]] * number
    return dx


def swapped_correlation(case, x, w, g):
    """dw by sliding pad(x) over grad_output with its zeros, r rows and K - 1 all round."""
    (n_all, _, height, width), (f_all, per_group, kh, kw) = x.shape, w.shape
    (sh, sw), (ph, pw), (dh, dw) = case.stride, origin_of(case.padding), case.dilation
    x_list, g_list = x.tolist(), g.tolist()
    oh, ow = g.shape[2:]
    gradient = np.zeros(w.shape)
    for f, c, m, k in np.ndindex(*w.shape):
        channel = f // (f_all // case.groups) * per_group + c
        for n, p, q in itertools.product(range(n_all), range(height), range(width)):
            row, column = p + ph + m * dh - dh * (kh - 1), q + pw + k * dw - dw * (kw - 1)
            i, j = row // sh, column // sw
            if row % sh == 0 and column % sw == 0 and 0 <= i < oh and 0 <= j < ow:
                gradient[f, c, m, k] += x_list[n][channel][p][q] * g_list[n][f][i][j]
    return gradient


def mistaken(name, case, x, w, b, g):
    """The mistake called `name`, cell by cell."""
    kernel = w.shape[2:]
    extent = [d * (k - 1) + 1 for d, k in zip(case.dilation, kernel, strict=True)]
    if name == "dw_swapped":
        return swapped_correlation(case, x, w, g)
    if name == "db_averaged":
        cells = g.shape[0] * g.shape[2] * g.shape[3]
        return convolution(x, w, b, g, **case.parameters)["db"] / cells
    if name == "batch_averaged":
        return convolution(x, w, b, g, **case.parameters)["dw"] / x.shape[0]
    changes = {
        "unrotated": {"rotate": False},
        "unswapped": {"swap": False},
        "zeros_forgotten": {"zeros": False},
        "leftover_forgotten": {"leftover": False},
        "crop_wrong": {
            "border": [(e - 1, e - 1) for e in extent],
            "crop": [(e - 1) // 2 for e in extent],
        },
        "dilation_ignored": {
            "border": [
                [k - 1 - p for p in two]
                for k, two in zip(kernel, pads_of(case.padding), strict=True)
            ]
        },
    }
    return full_correlation(case, w, g, **changes[name])
