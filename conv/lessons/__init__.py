"""The walk through the notebook that the project grew from, line by line."""

from .indices import Followed
from .running import Line, Ran
from .walk import WALK, Section, Walked, walk, walked_of

__all__ = ["WALK", "Followed", "Line", "Ran", "Section", "Walked", "walk", "walked_of"]
