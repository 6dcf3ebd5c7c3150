"""Where the picked cell of a gradient comes from: its products, both sums, a third witness."""

from __future__ import annotations

import numpy as np

from conv.ops import Terms, Witness, input_terms, input_witness, weight_terms, weight_witness

from .numbers import number
from .parts import Spot
from .scene import Card, Message, message


def terms_of(spot: Spot) -> Terms:
    """The products of the view's cell of dw or dx, whichever its scene is of."""
    bundle, geometry = spot.bundle, spot.geometry
    if spot.view.scene == "dw":
        return weight_terms(bundle.x, bundle.grad_output, geometry, weight_cell(spot))
    return input_terms(bundle.w, bundle.grad_output, geometry, input_cell(spot))


def weight_cell(spot: Spot) -> tuple[int, int, int, int]:
    """The view's cell of dw."""
    view = spot.view
    return view.f, spot.kernel_channel, view.m, view.k


def input_cell(spot: Spot) -> tuple[int, int, int, int]:
    """The view's cell of dx."""
    view = spot.view
    return view.n, view.c, view.p, view.q


def weight_terms_card(spot: Spot) -> Card:
    """The view's cell of dw by both methods and by a central difference."""
    bundle, (f, c, m, k) = spot.bundle, weight_cell(spot)
    tensors = bundle.x, bundle.w, bundle.b, bundle.grad_output, spot.geometry
    sums = (
        (message("line.by_patches"), spot.results.dw_patches[f, c, m, k]),
        (message("line.by_correlate"), spot.results.dw_correlate[f, c, m, k]),
    )
    title = message("card.dw_terms", f=f, c=c, m=m, k=k)
    return Card("terms", title, _lines(spot, sums, weight_witness(*tensors, (f, c, m, k))))


def input_terms_card(spot: Spot) -> Card:
    """The view's cell of dx by both methods and by a central difference."""
    bundle, (n, c, p, q) = spot.bundle, input_cell(spot)
    tensors = bundle.x, bundle.w, bundle.b, bundle.grad_output, spot.geometry
    sums = (
        (message("line.by_scatter"), spot.results.dx_scatter[n, c, p, q]),
        (message("line.by_rot180"), spot.results.dx_rot180[n, c, p, q]),
    )
    title = message("card.dx_terms", n=n, c=c, p=p, q=q)
    return Card("terms", title, _lines(spot, sums, input_witness(*tensors, (n, c, p, q))))


def _lines(
    spot: Spot, sums: tuple[tuple[Message, float], ...], witness: Witness
) -> tuple[tuple[Message, str], ...]:
    products = terms_of(spot).products
    trusted = (
        (message("line.digits"), str(witness.digits))
        if witness.value
        else (message("line.within"), number(witness.error))
    )
    return (
        (message("line.products"), f"{products.size}, {np.count_nonzero(products)}"),
        *((label, number(value, 9)) for label, value in sums),
        (message("line.witness", step=number(witness.step)), number(witness.value, 9)),
        trusted,
    )
