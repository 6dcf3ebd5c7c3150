"""Where each cell of a gradient comes from: its products, both sums, a third witness."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from conv.numbers import number
from conv.ops import (
    CellProducts,
    Witnesses,
    input_counts,
    input_products,
    input_witnesses,
    weight_counts,
    weight_products,
    weight_witnesses,
)
from conv.ops.textbook import Array
from conv.spot import Space, Spot

from .panels import column, row
from .scene import Card
from .tables import Table
from .texts import Live, Message, Number, OneOf, message

Listed = Literal["dw", "dx"]
Line = tuple[Message | OneOf[Message], str | Live]
Counts = tuple[NDArray[np.intp], NDArray[np.intp]]


def products_of(spot: Spot, gradient: Listed) -> CellProducts:
    """The products of the view's cell of dw or dx."""
    bundle, geometry = spot.bundle, spot.geometry
    if gradient == "dw":
        return weight_products(bundle.x, bundle.grad_output, geometry, spot.weight_cell)
    return input_products(bundle.w, bundle.grad_output, geometry, spot.input_cell)


def weight_products_card(spot: Spot) -> Card:
    """Every cell of the view's dw[f, c] by both methods and by a central difference."""
    bundle, geometry, results = spot.bundle, spot.geometry, spot.results
    f, c, (rows, columns) = spot.view.f, spot.kernel_channel, geometry.kernel
    return _card(
        "kernel",
        message("card.dw_terms", f=f, c=c, m=row("kernel", rows), k=column("kernel", columns)),
        weight_counts(bundle.x, bundle.grad_output, geometry, f, c),
        (
            (message("line.by_patches"), results.dw_patches[f, c]),
            (message("line.by_correlate"), results.dw_correlate[f, c]),
        ),
        weight_witnesses(bundle.x, bundle.w, bundle.b, bundle.grad_output, geometry, f, c),
    )


def input_products_card(spot: Spot) -> Card:
    """Every cell of the view's dx[n, c] by both methods and by a central difference."""
    bundle, geometry, results = spot.bundle, spot.geometry, spot.results
    n, c, (rows, columns) = spot.view.n, spot.view.c, spot.x.shape
    return _card(
        "input",
        message("card.dx_terms", n=n, c=c, p=row("input", rows), q=column("input", columns)),
        input_counts(bundle.w, bundle.grad_output, geometry, n, c),
        (
            (message("line.by_scatter"), results.dx_scatter[n, c]),
            (message("line.by_rot180"), results.dx_rot180[n, c]),
        ),
        input_witnesses(bundle.x, bundle.w, bundle.b, bundle.grad_output, geometry, n, c),
    )


def _card(
    space: Space,
    title: Message,
    counts: Counts,
    sums: tuple[tuple[Message, Array], ...],
    found: Witnesses,
) -> Card:
    witness = message("line.witness", step=number(found.step))
    lines: tuple[Line, ...] = (
        (message("line.products"), _products(counts, space)),
        *((label, Number(Table(values, space), 9)) for label, values in sums),
        (witness, Number(Table(found.value, space), 9)),
        _trusted(found, space),
    )
    return Card("terms", title, lines, space=space)


def _products(counts: Counts, space: Space) -> OneOf[str]:
    """How many products a cell has and how many are not 0: there are few such pairs."""
    products, nonzero = counts
    base = nonzero.max() + 1
    pairs, which = np.unique(products * base + nonzero, return_inverse=True)
    texts = tuple(f"{pair // base}, {pair % base}" for pair in pairs)
    return OneOf(texts, Table(which.reshape(products.shape).astype(float), space))


def _trusted(found: Witnesses, space: Space) -> tuple[OneOf[Message], OneOf[str]]:
    """The digits of a cell's witness that can be trusted, or its error where it is 0."""
    is_zero = found.value == 0
    # Digits are told from errors by their sign.
    told, which = np.unique(np.where(is_zero, found.error, -1 - found.digits), return_inverse=True)
    texts = tuple(number(one) if one >= 0 else str(int(-1 - one)) for one in told)
    labels = message("line.digits"), message("line.within")
    return (
        OneOf(labels, Table(is_zero.astype(float), space)),
        OneOf(texts, Table(which.reshape(is_zero.shape).astype(float), space)),
    )
