"""The stage: a scene in the browser, where everything follows the pointer at once."""

from .data import stage_data
from .page import SCRIPT, stage_page
from .style import STYLE

__all__ = ["SCRIPT", "STYLE", "stage_data", "stage_page"]
