"""Figures: scenes drawn with Plotly."""

from plotly.graph_objects import Figure

from .figure import scene_figure
from .palette import ThemeName

__all__ = ["Figure", "ThemeName", "scene_figure"]
