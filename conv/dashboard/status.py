"""What the page says about its view: shapes, where the tensors come from, what was changed."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from conv.dashboard.page import Page
from conv.dashboard.refusals import plain
from conv.ops import Geometry
from conv.results import Bundle
from conv.scenes.registry import SceneType
from conv.sources import OWN
from conv.state.legal import Change
from conv.state.sizes import Sizes
from conv.state.view import FIELDS, View, choices
from conv.words import Words

_LONGEST_ASKED = 24
_MOST_UNKNOWN = 6  # parameters of a link that are named
Axis = Literal[0, 1]


def shapes(bundle: Bundle, say: Words) -> str:
    """The tensors' shapes in the notebook's words: input [10 32 14 14] and so on."""
    return say(
        "page.shapes",
        input=_size(bundle.x.shape),
        w=_size(bundle.w.shape),
        b=_size(bundle.b.shape),
        output=_size(bundle.geometry.output_size),
    )


def sources(view: View, bundle: Bundle, sizes: Sizes, say: Words) -> str:
    """Which weight and which top_diff are in use."""
    weight = say(
        "in_use.weight_seeded" if bundle.seeded_weight else "in_use.weight_file",
        seed=view.seed,
        size=_size(sizes.weight_size),
        groups=sizes.groups,
    )
    top_diff = say(f"in_use.{bundle.top_diff}", seed=view.seed)
    return say("in_use.both", weight=weight, top_diff=top_diff)


def show_formulas(kind: SceneType, geometry: Geometry, say: Words) -> None:
    """The scene's sums in symbols, side by side, in two lines each so that they fit a phone; then
    the output's size, with the geometry's numbers."""
    formulas = [rf"\begin{{aligned}}{one}\end{{aligned}}" for one in kind.formulas]
    # A column costs every run a block: one formula needs none.
    if len(formulas) == 1:
        st.latex(formulas[0])
    elif formulas:
        for column, formula in zip(st.columns(len(formulas)), formulas, strict=True):
            column.latex(formula)
    if kind.note:
        st.caption(say(kind.note))
    axes: tuple[Axis, ...] = (0, 1)
    for column, axis in zip(st.columns(2), axes, strict=True):
        column.latex(size_formula(geometry, axis))
        left = geometry.leftover[axis]
        if left:
            column.caption(
                say(
                    "formula.leftover_rows" if axis == 0 else "formula.leftover_columns", count=left
                )
            )


def size_formula(geometry: Geometry, axis: Axis) -> str:
    """The rows (axis 0) or columns of the output, in symbols and in the geometry's numbers."""
    side, name = ("H", "h") if axis == 0 else ("W", "w")
    one = geometry.axes[axis]
    s, d, k, extent, output = one.stride, one.dilation, one.kernel, one.extent, one.output
    inside = one.padded - extent
    padding, zeros = f"2p_{name}", rf"2 \cdot {one.before}"
    if geometry.is_uneven:
        padding, zeros = "p_t + p_b" if axis == 0 else "p_l + p_r", f"{one.before} + {one.after}"
    symbols = _floor(f"{side} + {padding} - K_{name}", f"s_{name}")
    numbers = _floor(f"{one.size} + {zeros} - {extent}", str(s))
    lines = (
        rf"K_{name} &= d_{name}(k_{name} - 1) + 1",
        rf"&= {d} \cdot ({k} - 1) + 1 = {extent}",
        rf"O{side} &= {symbols} + 1",
        rf"&= {numbers} + 1",
        rf"&= {_floor(str(inside), str(s))} + 1 = {inside // s} + 1 = {output}",
    )
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"


def _floor(above: str, below: str) -> str:
    return rf"\left\lfloor \frac{{{above}}}{{{below}}} \right\rfloor"


def show_changes(page: Page, say: Words) -> None:
    """What the page could not show as it was asked for, and what it shows instead."""
    if page.notes:
        told = [plain(note.sentence(say)) for note in page.notes]
        st.info("  \n".join(told), icon=":material/info:")
    lines = [change_text(change, say) for change in page.changes]
    if page.unknown:
        names = ", ".join(map(quoted, page.unknown[:_MOST_UNKNOWN]))
        more = len(page.unknown) - _MOST_UNKNOWN
        lines.append(say("notice.unknown", names=f"{names}, … (+{more})" if more > 0 else names))
    if not lines:
        return
    is_heavy = all(change.work for change in page.changes) and not page.unknown
    head = say("notice.heavy" if is_heavy else f"notice.{page.cause}")
    text = "\n".join([head, *(f"- {line}" for line in lines)])
    show = st.warning if page.cause == "link" else st.info
    show(text, icon=":material/info:")


def change_text(change: Change, say: Words) -> str:
    """What was asked for and what is shown instead, in a line."""
    key = "notice.change" if change.given else "notice.left_out"
    if change.work:
        key = "notice.too_much"
    elif change.field == "data" and change.asked.startswith(OWN):
        key = "notice.data_gone"
    return say(
        key,
        field=say(f"control.{change.field}"),
        asked=_value(change.field, change.asked, say),
        given=_value(change.field, change.given, say),
        work=change.times,
    )


def quoted(text: str) -> str:
    """What a user wrote as a short piece of code, in which Markdown makes no link and no HTML."""
    shown = "".join(sign if sign.isprintable() and sign != "`" else "?" for sign in text)
    if len(shown) > _LONGEST_ASKED:
        shown = shown[:_LONGEST_ASKED] + "…"
    return f"`{shown or ' '}`"


def _value(field: str, text: str, say: Words) -> str:
    """A choice by its label, anything else as it was written."""
    return say(f"{field}.{text}") if field in FIELDS and text in choices(field) else quoted(text)


def _size(size: tuple[int, ...]) -> str:
    return f"[{' '.join(str(side) for side in size)}]"
