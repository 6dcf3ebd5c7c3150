"""Bars drawn into a figure."""

from __future__ import annotations

from conv.numbers import number
from conv.scenes.scene import Bars
from conv.words import Words

from .canvas import Canvas
from .layout import Rect
from .palette import ROLES, Theme


def add_bars(canvas: Canvas, bars: Bars, rect: Rect, axis: str, theme: Theme, say: Words) -> None:
    """Draws a bar for each value and each total on the axes x`axis` and y`axis`."""
    totals = [say(label.key, **label.values) for label in bars.total_labels]
    labels, values = [*bars.labels, *totals], [*bars.values, *bars.totals]
    count = len(bars.labels)
    apart = max(1.0, 40 * (count + 4) / rect.width)
    places = [*range(count), *(count + (k + 0.5) * apart for k in range(len(totals)))]
    canvas.traces.append(
        {
            "type": "bar",
            "x": places,
            "y": values,
            "name": bars.name,
            "marker": {"color": _bar_colors(bars, theme), "line": _bar_lines(bars, theme)},
            "customdata": [
                [label, number(value, 6)] for label, value in zip(labels, values, strict=True)
            ],
            "hovertemplate": "%{customdata[0]}: %{customdata[1]}<extra></extra>",
            "xaxis": f"x{axis}",
            "yaxis": f"y{axis}",
        }
    )
    across, upward = canvas.domains(rect)
    every = max(1, round(len(bars.labels) / max(1, rect.width / 26)))
    shown = [*range(0, count, every), *range(count, len(labels))]
    small = {"size": 10, "color": theme.muted}
    canvas.axes[f"xaxis{axis}"] = {
        "domain": across,
        "anchor": f"y{axis}",
        "tickvals": [places[k] for k in shown],
        "ticktext": [labels[k] for k in shown],
        "tickfont": small,
        "tickangle": 0,
        "range": [-0.7, places[-1] + max(0.7, 0.5 * apart)],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }
    canvas.axes[f"yaxis{axis}"] = {
        "domain": upward,
        "anchor": f"x{axis}",
        "tickfont": small,
        "nticks": 5,
        "exponentformat": "e",
        "fixedrange": True,
        "gridcolor": theme.rule,
        "griddash": "dot",
        "zerolinecolor": theme.muted,
    }


def _bar_colors(bars: Bars, theme: Theme) -> list[str]:
    (_, low), (_, high) = theme.signed[2], theme.signed[-3]
    shares = [low if value < 0 else high for value in bars.values]
    return [*shares, *[theme.neutral_bar] * (len(bars.totals) - 1), ROLES["output"].color]


def _bar_lines(bars: Bars, theme: Theme) -> dict[str, list[str] | list[float]]:
    count = len(bars.values) + len(bars.totals)
    chosen = [k == bars.chosen for k in range(count)]
    return {
        "color": [ROLES["window"].color if on else theme.rule for on in chosen],
        "width": [3.0 if on else 0.0 for on in chosen],
    }
