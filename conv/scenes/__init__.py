"""Scenes: which panels are shown, which numbers, which cells are outlined."""

from collections.abc import Callable, Mapping

from conv.lessons import Walked
from conv.results import Bundle, Results
from conv.state.view import View
from conv.training_runs import TrainingRuns

from .forward import forward
from .input import input_gradient
from .mistakes import mistakes
from .notebook import notebook
from .overview import overview
from .quiz import first_question
from .scene import Scene
from .spot import Spot
from .update import update
from .weight import weight_gradient

_SCENES: Mapping[str, Callable[[Spot], Scene]] = {
    "overview": overview,
    "forward": forward,
    "dw": weight_gradient,
    "dx": input_gradient,
    "update": update,
    "mistakes": mistakes,
    "quiz": first_question,
    "notebook": notebook,
}


def make_scene(
    view: View,
    bundle: Bundle,
    results: Results,
    trained: TrainingRuns | None = None,
    walked: Walked | None = None,
) -> Scene:
    """The scene that a legal view names, at the place that it names; `trained` spares the scene
    "update" the view's training, and `walked` the scene "notebook" the run of its section."""
    return _SCENES[view.scene](Spot(view, bundle, results, trained, walked))


__all__ = ["Scene", "Spot", "make_scene"]
