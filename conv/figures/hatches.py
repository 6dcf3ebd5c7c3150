"""Hatches drawn into a figure: on panels, and in the legend."""

from __future__ import annotations

from collections.abc import Sequence

from conv.scenes.marks import HatchKind

from .arrangement import HATCHES
from .canvas import Canvas
from .layout import Rect, Swatch
from .palette import Theme

Edges = tuple[float, float, float, float]


def add_hatches(
    canvas: Canvas,
    kind: HatchKind,
    boxes: Sequence[Edges],
    axis: str,
    theme: Theme,
    line: float = 0.0,
) -> None:
    """Hatches boxes, each from left to right and from top to bottom in the numbers of the axes
    x`axis` and y`axis`, with a `line` so wide round each."""
    if not boxes:
        return
    x: list[float | None] = []
    y: list[float | None] = []
    for left, right, top, bottom in boxes:
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    pattern = HATCHES.patterns[kind]
    canvas.traces.append(
        {
            "type": "scatter",
            "x": x,
            "y": y,
            "name": kind,
            "mode": "lines",
            "line": {"width": line, "color": theme.rule},
            "fill": "toself",
            "fillpattern": {
                "shape": pattern.shape,
                "size": HATCHES.size,
                "solidity": pattern.filled,
                "fgcolor": theme.muted,
                "fgopacity": pattern.opacity,
                "bgcolor": "rgba(0,0,0,0)",
            },
            "hoverinfo": "skip",
            "showlegend": False,
            "xaxis": f"x{axis}",
            "yaxis": f"y{axis}",
        }
    )


def add_legend(canvas: Canvas, swatches: Sequence[Swatch], axis: str, theme: Theme) -> None:
    """Draws the legend's swatches on axes of their own, x`axis` and y`axis`, which reach no
    further: they would take the pointer from the panels."""
    rects = [swatch.rect for swatch in swatches]
    left, top = min(one.x for one in rects), min(one.y for one in rects)
    right = max(one.x + one.width for one in rects)
    bottom = max(one.y + one.height for one in rects)
    across, upward = canvas.domains(Rect(left, top, right - left, bottom - top))
    hidden = {"visible": False, "fixedrange": True}
    canvas.axes[f"xaxis{axis}"] = {**hidden, "domain": across, "range": [left, right]}
    canvas.axes[f"yaxis{axis}"] = {**hidden, "domain": upward, "range": [bottom, top]}
    for edge in ("x", "y"):
        canvas.axes[f"{edge}axis{axis}"]["anchor"] = f"{'y' if edge == 'x' else 'x'}{axis}"
    for swatch in swatches:
        rect = swatch.rect
        box = (rect.x + 0.5, rect.x + rect.width - 0.5, rect.y + 0.5, rect.y + rect.height - 0.5)
        add_hatches(canvas, swatch.kind, [box], axis, theme, line=1.0)
