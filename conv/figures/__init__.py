"""Figures: scenes drawn with Plotly."""

from .figure import scene_figure
from .palette import ThemeName

__all__ = ["ThemeName", "scene_figure"]
