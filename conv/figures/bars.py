"""Bars drawn into a figure."""

from __future__ import annotations

import math

import numpy as np

from conv.numbers import number
from conv.scenes.curves import Scale, even_ticks
from conv.scenes.scene import Bars
from conv.words import Words

from .arrangement import BARS, TYPE
from .canvas import Canvas, add_path
from .layout import Rect, bar_slots
from .palette import ROLES, Theme


def bar_scale(bars: Bars) -> Scale:
    """The upward axis of bars, the same at every place."""
    values = np.concatenate([bars.table.values, bars.totals_table.values], axis=-1)
    finite = values[np.isfinite(values)]
    low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
    ticks = even_ticks(low, high, high - low) if high > low else ((0.0, number(0.0)),)
    return Scale(log=False, low=low, high=high, ticks=ticks)


def add_bars(canvas: Canvas, bars: Bars, rect: Rect, axis: str, theme: Theme, say: Words) -> None:
    """Draws a bar for each value and each total on the axes x`axis` and y`axis`."""
    totals = [say(label.key, **label.values) for label in bars.total_labels]
    labels, values = [*bars.labels, *totals], [*bars.values, *bars.totals]
    count, slots, scale = len(bars.labels), bar_slots(bars), bar_scale(bars)
    # One empty place stands between the bars and the totals.
    places = [k if k < count else k + 1 for k in range(len(labels))]
    canvas.traces.append(
        {
            "type": "bar",
            "x": places,
            "y": values,
            "name": bars.name,
            "marker": {"color": _bar_colors(bars, theme)},
            "customdata": [
                [label, number(value, 6)] for label, value in zip(labels, values, strict=True)
            ],
            "hovertemplate": "%{customdata[0]}: %{customdata[1]}<extra></extra>",
            "xaxis": f"x{axis}",
            "yaxis": f"y{axis}",
        }
    )
    across, upward = canvas.domains(rect)
    cell = rect.width / slots
    every = math.ceil(BARS.label / cell)
    shown = [*range(0, count, every), *range(count, len(labels))]
    small = {"size": TYPE.axis, "color": theme.muted}
    canvas.axes[f"xaxis{axis}"] = {
        "domain": across,
        "anchor": f"y{axis}",
        "tickvals": [places[k] for k in shown],
        # Totals have longer names: every other one is a line lower.
        "ticktext": [
            f"<br>{labels[k]}" if (k - count) % 2 > 0 and k >= count else labels[k] for k in shown
        ],
        "tickfont": small,
        "tickangle": 0,
        "range": [-0.5, slots - 0.5],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }
    canvas.axes[f"yaxis{axis}"] = {
        "domain": upward,
        "anchor": f"x{axis}",
        "range": [scale.low, scale.high] if scale.high > scale.low else [0, 1],
        "tickvals": [value for value, _ in scale.ticks],
        "ticktext": [text for _, text in scale.ticks],
        "tickfont": small,
        "fixedrange": True,
        "gridcolor": theme.rule,
        "zeroline": True,
        "zerolinecolor": theme.muted,
    }
    outline, left = ROLES["window"], rect.x + places[bars.chosen] * cell
    x0, x1 = canvas.across(left), canvas.across(left + cell)
    y0, y1 = canvas.upward(rect.y + rect.height), canvas.upward(rect.y)
    frame = f"M{x0:.6f},{y0:.6f}L{x1:.6f},{y0:.6f}L{x1:.6f},{y1:.6f}L{x0:.6f},{y1:.6f}Z"
    add_path(canvas, frame, "chosen bar", outline.color, outline.width, outline.dash)


def _bar_colors(bars: Bars, theme: Theme) -> list[str]:
    low, high = theme.bars
    shares = [low if value < 0 else high for value in bars.values]
    return [*shares, *[theme.neutral_bar] * (len(bars.totals) - 1), ROLES["output"].color]
