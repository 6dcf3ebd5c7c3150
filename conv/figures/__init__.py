"""Figures: scenes drawn with Plotly."""

from .figure import scene_figure
from .palette import ThemeName
from .sheet import Sheet

__all__ = ["Sheet", "ThemeName", "scene_figure"]
