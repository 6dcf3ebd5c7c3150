"""A scene's sum at its places as LaTeX, for KaTeX and for a paper, with its numbers, without
delimiters.

Where all products are written, what they come to is the sum to its last written digit. Of many, the
first and the last are written, and how many there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from conv.lessons import WALK
from conv.numbers import MINUS, number
from conv.ops import input_products, weight_products
from conv.ops.textbook import Array, pad
from conv.ops.wrong_gradients import MISTAKE
from conv.ops.wrong_gradients import right as right_of
from conv.spot import Spot
from conv.training_runs import training_runs_of
from conv.words import words

MOST_PRODUCTS = 12  # that are written one by one
_FIRST = 3  # of those that are not
_TOTAL, _OF_STEP = 3, 6  # significant digits of a sum and of a trained weight
_MOST_DIGITS = 17  # of a float64

# A formula with so many significant digits, and what it comes to as it is written.
Written = Callable[[int], tuple[str, Fraction]]


def output(spot: Spot) -> str:
    """The view's cell of the output, of all channels."""
    view, geometry, (i, j) = spot.view, spot.geometry, spot.places["output"]
    x_pad = pad(spot.bundle.x[view.n, geometry.channels_of(view.f)], geometry.pads)
    patch, kernel = x_pad[:, *geometry.window(i, j)], spot.bundle.w[view.f]
    total, bias = spot.out[i, j], spot.bundle.b[view.f]
    name = _cell(r"\text{out}", (view.n, view.f, i, j))
    return _sum(spot.view.lang, name, patch.ravel(), kernel.ravel(), total, bias)


def weight(spot: Spot) -> str:
    """The view's cell of dw."""
    cell = spot.weight_cell
    terms = weight_products(spot.bundle.x, spot.bundle.grad_output, spot.geometry, cell)
    name, total = _cell(r"\text{dw}", cell), spot.results.dw_gemm[cell]
    return _sum(spot.view.lang, name, terms.left, terms.grad_output, total)


def input_(spot: Spot) -> str:
    """The view's cell of dx."""
    cell = spot.input_cell
    terms = input_products(spot.bundle.w, spot.bundle.grad_output, spot.geometry, cell)
    name, total = _cell(r"\text{dx}", cell), spot.results.dx_gemm[cell]
    return _sum(spot.view.lang, name, terms.left, terms.grad_output, total)


def update(spot: Spot) -> str:
    """One weight's step under the view's rule: w - lr * (dw + what the rule adds to it)."""
    made = training_runs_of(spot)
    rule, settings, (_, t) = spot.view.rule, made.training.settings, spot.places["training"]
    path, (m, k) = made.paths[rule], spot.places["kernel"]
    w, dw, new = float(path.w[t, m, k]), path.dw[: t + 1, m, k], path.w[t + 1, m, k]
    added = {
        "notebook": (settings.reg, w if made.training.runs[rule].aliased[t] else 0.0),
        "momentum": (settings.momentum, _velocity(dw[:-1], settings.momentum)),
        "weight_decay": (settings.reg, w),
    }.get(rule)

    def written(digits: int) -> tuple[str, Fraction]:
        (w_text, w_value), (lr_text, lr_value), (dw_text, dw_value) = (
            _rounded(value, digits) for value in (w, settings.lr, float(dw[-1]))
        )
        if added is None:
            return f"{w_text} - {lr_text} \\cdot {dw_text}", w_value - lr_value * dw_value
        (share_text, share), (found_text, found) = (_rounded(value, digits) for value in added)
        text = f"{w_text} - {lr_text} \\cdot ({dw_text} + {share_text} \\cdot {found_text})"
        return text, w_value - lr_value * (dw_value + share * found)

    exact = all(map(math.isfinite, (w, *dw, new)))
    text, total = _settled(written, float(new), _OF_STEP, exact=exact)
    cell = (spot.view.f, spot.kernel_channel, m, k)
    return f"{_cell(f'w^{{({t + 1})}}', cell)} = {text} = {total}"


def mistakes(spot: Spot) -> str:
    """The picked cell as it comes out and as it should; a shape where it comes out as another."""
    mistake = MISTAKE[spot.view.mistake]
    found, right = mistake.wrong(spot.given), right_of(mistake.tensor, spot.given)
    cells: Mapping[str, tuple[int, ...]] = {
        "dw": spot.weight_cell,
        "dx": spot.input_cell,
        "db": (spot.view.f,),
    }
    cell, tensor = cells[mistake.tensor], rf"\text{{{mistake.tensor}}}"
    wrong = rf"{tensor}^{{\text{{{words(spot.view.lang)('snippet.wrong')}}}}}"
    if found.shape == right.shape:
        told = f"{_cell(wrong, cell)} = {_number(found[cell], _OF_STEP)}"
    else:
        shape = r" \times ".join(map(str, found.shape))
        told = rf"{wrong} \in \mathbb{{R}}^{{{shape}}}"
    return rf"{told}, \qquad {_cell(tensor, cell)} = {_number(right[cell], _OF_STEP)}"


def _sum(lang: str, name: str, a: Array, b: Array, total: float, bias: float | None = None) -> str:
    """name = the sum of a * b (products,) and the bias = total."""
    if not a.size:
        return f"{name} = {_number(total, _TOTAL)}"
    pairs = [(float(left), float(right)) for left, right in zip(a, b, strict=True)]
    shown = pairs if len(pairs) <= MOST_PRODUCTS else [pair for pair in pairs if 0 not in pair]
    whole = len(shown) <= MOST_PRODUCTS

    def written(digits: int) -> tuple[str, Fraction]:
        terms = [_product(pair, digits) for pair in shown]
        text = _joined([one for one, _ in terms])
        if len(pairs) > MOST_PRODUCTS:
            text = _braced(lang, text, len(pairs), len(shown))
        value = sum((one for _, one in terms), Fraction())
        if bias is None:
            return text, value
        last, more = _rounded(float(bias), digits)
        return f"{text} + {last}", value + more

    exact = whole and bool(np.isfinite([*a, *b, total, 0.0 if bias is None else bias]).all())
    text, last = _settled(written, float(total), _TOTAL, exact=exact)
    return f"{name} = {text} = {last}"


def _joined(products: list[str]) -> str:
    """The sum of the products, of many the first and the last."""
    if len(products) > MOST_PRODUCTS:
        products = [*products[:_FIRST], r"\cdots", products[-1]]
    return " + ".join(products) if products else "0"


def _braced(lang: str, text: str, count: int, shown: int) -> str:
    """A sum with a brace below that says how many products it has, and how many of them not 0."""
    key = "snippet.products" if shown == count else "snippet.products_not_0"
    told = words(lang)(key, count=count, shown=shown)
    return rf"\underbrace{{{text}}}_{{\text{{{told}}}}}"


def _settled(written: Written, total: float, digits: int, *, exact: bool) -> tuple[str, str]:
    """The formula and its total as they are written: with as few digits as make the one come to
    the other, where it is to be `exact`."""
    if not exact:
        return written(digits)[0], _number(total, digits)
    for more in range(digits, _MOST_DIGITS + 1):
        text, value = written(more)
        if number(float(value), digits) == number(total, digits):
            break
    # All digits come to the total but for its own rounding.
    return text, _number(float(value), digits)


def _product(pair: tuple[float, float], digits: int) -> tuple[str, Fraction]:
    (left, a), (right, b) = (_rounded(value, digits) for value in pair)
    return f"{left} \\cdot {right}", a * b


def _rounded(value: float, digits: int) -> tuple[str, Fraction]:
    """A number in a formula, in brackets if negative, and its value as it is written."""
    text = _number(value, digits)
    exact = Fraction(_plain(value, digits)) if math.isfinite(value) else Fraction()
    return f"({text})" if text.startswith("-") else text, exact


def _number(value: float, digits: int) -> str:
    r"""A number to so many significant digits: -265, 1.64 \times 10^{-9}."""
    value = float(value)
    if math.isnan(value):
        return r"\text{NaN}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    mantissa, _, power = _plain(value, digits).partition("e")
    # Zeros behind a number that ends before them say nothing.
    if "." in mantissa and Fraction(_plain(value, digits)) == Fraction(repr(value)):
        mantissa = mantissa.rstrip("0").rstrip(".")
    return rf"{mantissa} \times 10^{{{int(power)}}}" if power else mantissa


def _plain(value: float, digits: int) -> str:
    return number(value, digits).replace(MINUS, "-")


def _cell(tensor: str, place: Sequence[int]) -> str:
    return f"{tensor}_{{{','.join(map(str, place))}}}"


def _velocity(gradients: Array, momentum: float) -> float:
    """What a step of momentum finds, after the steps with these gradients (steps,)."""
    velocity = 0.0
    for gradient in gradients:
        velocity = momentum * velocity + float(gradient)
    return velocity


def formula(spot: Spot) -> str:
    """The formula of the notebook's section."""
    return WALK[spot.view.section].formula_of(spot.geometry)
