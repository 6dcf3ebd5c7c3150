"""Scenes: which panels are shown, which numbers, which cells are outlined."""

from .registry import make_scene, scene_type
from .scene import Scene

__all__ = ["Scene", "make_scene", "scene_type"]
