"""One panel drawn into a figure: cells, letters, hatches and outlines, each by one function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from conv.numbers import cell_texts, number
from conv.scenes.marks import Box, Mark
from conv.scenes.panel import Panel
from conv.words import Words

from .arrangement import CELLS, HATCHES, LETTERS, NUMBERS, OUTLINES, TICKS, TYPE
from .canvas import Canvas, add_path
from .hatches import add_hatches
from .layout import Rect, cell_size, number_size
from .palette import HALO, ROLES, Scale, Theme, color_at, readable_on


def add_panel(
    canvas: Canvas, panel: Panel, rect: Rect, axis: str, theme: Theme, say: Words
) -> None:
    """Draws `panel` on the axes x`axis` and y`axis`, which stand at `rect`."""
    cell = cell_size(panel, max(rect.width, rect.height))
    _add_axes(canvas, panel, rect, axis, theme)
    _add_cells(canvas, panel, cell, axis, theme, say)
    hatched = panel.hatched
    for kind in HATCHES.patterns:
        boxes = [_edges(hatch.box) for hatch in hatched if hatch.kind == kind]
        add_hatches(canvas, kind, boxes, axis, theme)
    size = number_size(panel, cell)
    if size:
        _add_numbers(canvas, panel, size, axis, theme)
    if panel.letters and cell >= CELLS.letters:
        _add_letters(canvas, panel, cell, axis, theme)
    for mark in panel.marks:
        _add_outline(canvas, mark, rect, cell)


def color_range(panel: Panel) -> tuple[float, float]:
    """The values at the ends of the panel's scale, the same at every place: symmetric where it
    is signed."""
    tables = (panel.table, *panel.compared)
    values = np.concatenate([table.numbers.ravel() for table in tables])
    finite = values[np.isfinite(values)]
    top = float(np.abs(finite).max(initial=0.0)) or 1.0
    return (-top if panel.signed else 0.0), top


def _add_axes(canvas: Canvas, panel: Panel, rect: Rect, axis: str, theme: Theme) -> None:
    rows, columns = panel.size
    across, upward = canvas.domains(rect)
    shared = {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "mirror": True,
        "linecolor": theme.rule,
        "linewidth": 1,
        "ticks": "",
        "showticklabels": panel.large,
        "tickfont": {"size": TYPE.tick, "color": theme.muted},
        "tick0": 0,
        "dtick": TICKS.apart(max(rows, columns)),
    }
    canvas.axes[f"xaxis{axis}"] = {
        **shared,
        "domain": across,
        "range": [-0.5, columns - 0.5],
        "anchor": f"y{axis}",
    }
    canvas.axes[f"yaxis{axis}"] = {
        **shared,
        "domain": upward,
        "range": [rows - 0.5, -0.5],
        "anchor": f"x{axis}",
    }


def _add_cells(
    canvas: Canvas, panel: Panel, cell: float, axis: str, theme: Theme, say: Words
) -> None:
    low, high = color_range(panel)
    canvas.traces.append(
        {
            "type": "heatmap",
            "z": panel.values,
            "name": panel.name,
            "meta": panel.name,
            "colorscale": _scale(panel, theme),
            "zmin": low,
            "zmax": high,
            "showscale": False,
            "xgap": 1 if cell >= CELLS.gaps else 0,
            "ygap": 1 if cell >= CELLS.gaps else 0,
            "customdata": _hover_texts(panel, say),
            "hovertemplate": say("hover.cell") + ": <b>%{customdata}</b><extra></extra>",
            "xaxis": f"x{axis}",
            "yaxis": f"y{axis}",
        }
    )


def _hover_texts(panel: Panel, say: Words) -> list[list[str]]:
    waiting = say("stage.waiting")
    return [
        [waiting if waits else number(float(value), 6) for value, waits in zip(*lines, strict=True)]
        for lines in zip(panel.values, panel.waiting, strict=True)
    ]


def _add_numbers(canvas: Canvas, panel: Panel, size: float, axis: str, theme: Theme) -> None:
    """Each cell's number, in black or white; a heatmap's own text is grey or white."""
    rows = [
        ["" if waits else text for text, waits in zip(*lines, strict=True)]
        for lines in zip(cell_texts(panel.values).rows, panel.waiting, strict=True)
    ]
    shift = (0, NUMBERS.below if panel.letters else 0)
    _add_texts(canvas, panel, "numbers", rows, shift, {"size": size}, axis, theme)


def _add_letters(canvas: Canvas, panel: Panel, cell: float, axis: str, theme: Theme) -> None:
    """Each cell's letter, in its corner where the cell has a number too."""
    numbered = number_size(panel, cell) > 0
    corner = (LETTERS.across / cell - 0.5, LETTERS.down / cell - 0.5)
    shift = corner if numbered else (0, 0)
    font = {"size": min(LETTERS.most, LETTERS.share * cell), "style": "italic"}
    _add_texts(canvas, panel, "letters", panel.letters, shift, font, axis, theme)


def _add_texts(
    canvas: Canvas,
    panel: Panel,
    what: str,
    rows: Sequence[Sequence[str]],
    shift: tuple[float, float],
    font: dict[str, Any],
    axis: str,
    theme: Theme,
) -> None:
    low, high = color_range(panel)
    scale, values = _scale(panel, theme), np.nan_to_num(panel.values)
    places = list(np.ndindex(*panel.size))
    colors = [
        readable_on(color_at(scale, (float(values[at]) - low) / (high - low))) for at in places
    ]
    canvas.traces.append(
        {
            "type": "scatter",
            "x": [column + shift[0] for _, column in places],
            "y": [row + shift[1] for row, _ in places],
            "text": [rows[row][column] for row, column in places],
            "name": f"{panel.name} {what}",
            "mode": "text",
            "textfont": {**font, "color": colors},
            "hoverinfo": "skip",
            "showlegend": False,
            "xaxis": f"x{axis}",
            "yaxis": f"y{axis}",
        }
    )


def _add_outline(canvas: Canvas, mark: Mark, rect: Rect, cell: float) -> None:
    """In the figure's own coordinates: an axis would cut the outer half of an outline off."""
    outline = ROLES[mark.role]
    box = mark.box
    frame = _path(canvas, rect, cell, box.top, box.bottom, box.left, box.right)
    add_path(canvas, frame, "halo", HALO, outline.width + OUTLINES.halo, "solid")
    add_path(canvas, frame, mark.role, outline.color, outline.width, outline.dash)
    if mark.step != (1, 1):
        inset = OUTLINES.inset / cell
        cells = " ".join(
            _path(canvas, rect, cell, r + inset, r + 1 - inset, c + inset, c + 1 - inset)
            for r, c in _cells(mark)
        )
        add_path(canvas, cells, f"{mark.role} cells", outline.color, OUTLINES.single, "solid")


def _path(
    canvas: Canvas,
    rect: Rect,
    cell: float,
    top: float,
    bottom: float,
    left: float,
    right: float,
) -> str:
    """A closed rectangle round cells, as a path on the whole figure."""
    x0, x1 = (canvas.across(rect.x + edge * cell) for edge in (left, right))
    y0, y1 = (canvas.upward(rect.y + edge * cell) for edge in (top, bottom))
    return f"M{x0:.6f},{y0:.6f}L{x1:.6f},{y0:.6f}L{x1:.6f},{y1:.6f}L{x0:.6f},{y1:.6f}Z"


def _cells(mark: Mark) -> list[tuple[int, int]]:
    rows = range(mark.box.top, mark.box.bottom, mark.step[0])
    return [
        (row, column)
        for row in rows
        for column in range(mark.box.left, mark.box.right, mark.step[1])
    ]


def _edges(box: Box) -> tuple[float, float, float, float]:
    """Left, right, top and bottom in the axes' numbers, where a cell's middle is whole."""
    return box.left - 0.5, box.right - 0.5, box.top - 0.5, box.bottom - 0.5


def _scale(panel: Panel, theme: Theme) -> Scale:
    return theme.signed if panel.signed else theme.unsigned
