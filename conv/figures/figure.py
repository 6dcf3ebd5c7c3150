"""A whole scene as one Plotly figure, composed of its panels."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from conv.scenes import Scene
from conv.scenes.alone import panel_alone
from conv.scenes.curves import Curves
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card
from conv.words import Words

from .arrangement import CARDS, TYPE
from .bars import add_bars
from .canvas import Canvas, Drawing
from .curves import add_curves
from .hatches import add_legend
from .layout import Placed, Rect, Text
from .palette import THEMES, Theme
from .panel import add_panel
from .sheet import PLAIN, Sheet, fit


def scene_figure(scene: Scene, say: Words, sheet: Sheet = PLAIN) -> go.Figure:
    """`scene` as a figure in one language; see `scene_drawing`."""
    return go.Figure(scene_drawing(scene, say, sheet))


def scene_drawing(scene: Scene, say: Words, sheet: Sheet = PLAIN) -> Drawing:
    """What a figure of `scene` in one language is made of. Its pixels are those of the layout: the
    sheet's are `sheet.wide` / `drawing["layout"]["width"]` times as many.

    Every panel is a heatmap whose name and meta are the panel's name. Raises ConvError for a
    sheet that is not possible.
    """
    shown = panel_alone(scene, sheet.panel)
    colors = THEMES[sheet.theme or "light"]
    fitted = fit(shown, sheet, say)
    arrangement = fitted.arrangement
    width, height = fitted.width / fitted.zoom, fitted.height / fitted.zoom
    left, top = (width - arrangement.width) / 2, (height - arrangement.height) // 2
    canvas = Canvas(width, height, left, top)
    for k, placed in enumerate(arrangement.placed, start=1):
        _add_item(canvas, placed, "" if k == 1 else str(k), colors, say)
    if arrangement.swatches:
        add_legend(canvas, arrangement.swatches, str(len(arrangement.placed) + 1), colors)
    if arrangement.sum_box:
        _add_box(canvas, arrangement.sum_box, colors)
    for text in arrangement.texts:
        _add_text(canvas, text, colors)
    return canvas.drawing(_layout(colors, transparent=sheet.transparent))


def _layout(theme: Theme, *, transparent: bool) -> dict[str, Any]:
    return {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": "rgba(0,0,0,0)" if transparent else theme.ground,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": TYPE.sans, "color": theme.ink, "size": 12},
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {"font": {"family": TYPE.sans, "size": 13}},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": theme.muted, "activecolor": theme.ink},
        "bargap": 0.25,
        "template": "none",
    }


def _add_item(canvas: Canvas, placed: Placed, axis: str, theme: Theme, say: Words) -> None:
    item = placed.item
    if isinstance(item, Panel):
        add_panel(canvas, item, placed.rect, axis, theme, say)
    elif isinstance(item, Bars):
        add_bars(canvas, item, placed.rect, axis, theme, say)
    elif isinstance(item, Curves):
        add_curves(canvas, item, placed.rect, axis, theme, say)
    else:
        _add_card(canvas, item, placed.rect, theme, say)


def _add_card(canvas: Canvas, card: Card, rect: Rect, theme: Theme, say: Words) -> None:
    for k, (label, value) in enumerate(card.lines):
        y, size = rect.y + k * CARDS.line + 6, TYPE.caption
        _add_text(canvas, Text(rect.x, y, say(label.key, **label.values), size, "muted"), theme)
        _add_text(canvas, Text(rect.x + rect.width, y, value, size, "mono", "right"), theme)


def _add_box(canvas: Canvas, rect: Rect, theme: Theme) -> None:
    canvas.shapes.append(
        {
            "type": "rect",
            "name": "sum box",
            "xref": "paper",
            "yref": "paper",
            "x0": canvas.across(rect.x),
            "x1": canvas.across(rect.x + rect.width),
            "y0": canvas.upward(rect.y + rect.height),
            "y1": canvas.upward(rect.y),
            "fillcolor": theme.box,
            "line": {"width": 0},
            "layer": "below",
        }
    )


def _add_text(canvas: Canvas, text: Text, theme: Theme) -> None:
    bold = text.style in {"scene", "title", "heading"}
    canvas.annotations.append(
        {
            "text": f"<b>{text.text}</b>" if bold else text.text,
            "name": text.style,
            "xref": "paper",
            "yref": "paper",
            "x": canvas.across(text.x),
            "y": canvas.upward(text.y),
            "xanchor": text.anchor,
            "yanchor": "top",
            "align": text.anchor,
            "showarrow": False,
            "borderpad": 0,
            "font": {
                "size": text.size,
                "family": TYPE.mono if text.style == "mono" else TYPE.sans,
                "color": theme.muted
                if text.style in {"muted", "heading", "sign", "power"}
                else theme.ink,
            },
        }
    )
