"""Scenes: which panels are shown, which numbers, which cells are outlined."""

from collections.abc import Callable, Mapping

from conv.bundle import Bundle, Results
from conv.view import View

from .forward import forward
from .input import input_gradient
from .overview import overview
from .parts import Spot
from .scene import Scene
from .weight import weight_gradient

_SCENES: Mapping[str, Callable[[Spot], Scene]] = {
    "overview": overview,
    "forward": forward,
    "dw": weight_gradient,
    "dx": input_gradient,
}


def make_scene(view: View, bundle: Bundle, results: Results) -> Scene:
    """The scene that a legal view names, at the place that it names."""
    return _SCENES[view.scene](Spot(view, bundle, results))


__all__ = ["Scene", "Spot", "make_scene"]
