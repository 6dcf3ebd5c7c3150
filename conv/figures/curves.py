"""Curves drawn into a figure: lines, the step that is marked, and what each line is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from conv.numbers import number
from conv.scenes.curves import Curves
from conv.words import Words

from .arrangement import CURVES as SIZES
from .arrangement import TICKS, TYPE
from .canvas import Canvas, add_path
from .layout import Rect
from .palette import CHOSEN, CURVES, Outline, Theme


def curve_outline(curves: Curves, k: int) -> Outline:
    """How one of the curves is drawn: the chosen one is wider."""
    outline = CURVES[curves.lines[k]]
    wide = outline.width * (CHOSEN if k == curves.chosen else 1)
    return replace(outline, width=wide)


def add_curves(
    canvas: Canvas, curves: Curves, rect: Rect, axis: str, theme: Theme, say: Words
) -> None:
    """Draws the curves on the axes x`axis` and y`axis` with the step that is marked, and below
    them what each is and its number after that step."""
    scale, values, step = curves.scale, curves.values, curves.step
    steps = values.shape[1] - 1
    labels = [say(label.key, **label.values) for label in curves.labels]
    for k, (name, label) in enumerate(zip(curves.lines, labels, strict=True)):
        outline = curve_outline(curves, k)
        canvas.traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(range(steps + 1)),
                # What is not finite, or not positive on a logarithmic axis, is left out.
                "y": [float(v) if np.isfinite(v) else None for v in values[k]],
                "name": f"{curves.name} {name}",
                "line": {
                    "color": outline.color,
                    "dash": outline.dash,
                    "width": outline.width,
                },
                "customdata": [number(float(value), 6) for value in values[k]],
                "hovertemplate": f"{label}: %{{customdata}}<extra></extra>",
                "xaxis": f"x{axis}",
                "yaxis": f"y{axis}",
            }
        )
        _add_curve_name(canvas, curves, k, label, float(values[k, step + 1]), rect, theme)
    across, upward = canvas.domains(rect)
    shared = {
        "fixedrange": True,
        "zeroline": False,
        "showline": True,
        "linecolor": theme.muted,
        "tickfont": {"size": TYPE.axis, "color": theme.muted},
    }
    canvas.axes[f"xaxis{axis}"] = {
        **shared,
        "domain": across,
        "anchor": f"y{axis}",
        "range": [0, steps],
        **_ticks_across(curves),
        "showgrid": False,
    }
    canvas.axes[f"yaxis{axis}"] = {
        **shared,
        "domain": upward,
        "anchor": f"x{axis}",
        "type": "log" if scale.log else "linear",
        "range": [scale.low, scale.high],
        "tickvals": [value for value, _ in scale.ticks],
        "ticktext": [text for _, text in scale.ticks],
        "gridcolor": theme.rule,
    }
    wide = rect.width / steps
    mark = Rect(rect.x + step * wide, rect.y, wide, rect.height)
    canvas.shapes.append(
        {
            "type": "rect",
            "name": "step",
            "xref": "paper",
            "yref": "paper",
            "x0": canvas.across(mark.x),
            "x1": canvas.across(mark.x + mark.width),
            "y0": canvas.upward(mark.y + mark.height),
            "y1": canvas.upward(mark.y),
            "fillcolor": theme.muted,
            "opacity": SIZES.band,
            "line": {"width": 0},
        }
    )


def _ticks_across(curves: Curves) -> dict[str, Any]:
    if not curves.points:
        return {"tick0": 0, "dtick": TICKS.steps}
    ticked = range(0, len(curves.points), TICKS.steps)
    return {"tickvals": list(ticked), "ticktext": [curves.points[k] for k in ticked]}


def _add_curve_name(
    canvas: Canvas, curves: Curves, k: int, label: str, value: float, rect: Rect, theme: Theme
) -> None:
    outline, chosen = curve_outline(curves, k), k == curves.chosen
    y = rect.y + rect.height + 26 + k * SIZES.line
    x0, x1 = canvas.across(rect.x), canvas.across(rect.x + SIZES.swatch)
    height = canvas.upward(y)
    path = f"M{x0:.6f},{height:.6f}L{x1:.6f},{height:.6f}"
    add_path(canvas, path, "curve", outline.color, outline.width, outline.dash)
    for text, edge, anchor, family in (
        (label, rect.x + SIZES.swatch + 8, "left", TYPE.sans),
        (number(value, 4), rect.x + rect.width, "right", TYPE.mono),
    ):
        canvas.annotations.append(
            {
                "text": f"<b>{text}</b>" if chosen else text,
                "name": "curve",
                "xref": "paper",
                "yref": "paper",
                "x": canvas.across(edge),
                "y": height,
                "xanchor": anchor,
                "yanchor": "middle",
                "showarrow": False,
                "borderpad": 0,
                "font": {
                    "size": TYPE.caption,
                    "family": family,
                    "color": theme.ink if chosen else theme.muted,
                },
            }
        )
