"""What a figure is made of, collected first and given to Plotly at once.

Plotly checks a figure anew for every trace, shape or axis that is added to it; made in one go it
takes a quarter of the time. What goes to a browser is not checked at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .layout import Rect

Drawing = dict[str, Any]
"""A figure as Plotly's JSON schema has it: its "data" and its "layout"."""


@dataclass
class Canvas:
    """The parts of a figure of `width` by `height` pixels, which stand `left` and `top` pixels
    inside of it."""

    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    traces: list[dict[str, Any]] = field(default_factory=list)
    axes: dict[str, dict[str, Any]] = field(default_factory=dict)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)

    def across(self, x: float) -> float:
        """Pixels from the left as a share of the width."""
        return (x + self.left) / self.width

    def upward(self, y: float) -> float:
        """Pixels from the top as a share of the height, counted from below."""
        return 1 - (y + self.top) / self.height

    def domains(self, rect: Rect) -> tuple[list[float], list[float]]:
        """Where the axes of a subplot at `rect` run."""
        x = [self.across(rect.x), self.across(rect.x + rect.width)]
        y = [self.upward(rect.y + rect.height), self.upward(rect.y)]
        return x, [max(0.0, edge) for edge in y]

    def drawing(self, layout: dict[str, Any]) -> Drawing:
        """All of it, with `layout` for what is not one of the parts. Its traces have ids of their
        own: Plotly would draw random ones, which stand in an SVG file."""
        for k, trace in enumerate(self.traces):
            trace["uid"] = f"t{k}"
        parts = {"shapes": self.shapes, "annotations": self.annotations}
        size = {"width": self.width, "height": self.height}
        return {"data": self.traces, "layout": {**layout, **size, **self.axes, **parts}}


def add_path(canvas: Canvas, path: str, name: str, color: str, width: float, dash: str) -> None:
    """Adds a line along an SVG path on the whole figure."""
    canvas.shapes.append(
        {
            "type": "path",
            "path": path,
            "name": name,
            "xref": "paper",
            "yref": "paper",
            "fillcolor": "rgba(0,0,0,0)",
            "line": {"color": color, "width": width, "dash": dash},
        }
    )


def plain(value: Any) -> Any:  # noqa: ANN401
    """A drawing as JSON has it: lists for arrays, None for NaN."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
