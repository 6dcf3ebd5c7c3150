"""What the page shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from conv.dashboard.worked_out import section_of, training_runs_of
from conv.layer import DataSet
from conv.results import Bundle, Results
from conv.scenes import Scene, make_scene
from conv.scenes.quiz import Question, quiz
from conv.scenes.spot import Spot
from conv.scenes.strips import Strip, make_strips
from conv.state.view import View


@dataclass(frozen=True)
class Asked:
    """What the quiz asks, if there is anything to ask, and whether it was answered."""

    question: Question | None
    answered: bool


@dataclass(frozen=True)
class Drawing:
    """A view, its data and its tensors; in the quiz, what is `asked`. Its scene and
    the strips above it are made where they are asked for, and raise ConvError where they cannot
    be."""

    view: View
    data: DataSet
    bundle: Bundle
    results: Results
    asked: Asked | None = None

    @cached_property
    def spot(self) -> Spot:
        """The view's place in its tensors."""
        trained = training_runs_of(self.view, self.data) if self.view.scene == "update" else None
        return Spot(self.view, self.bundle, self.results, trained)

    @cached_property
    def scene(self) -> Scene:
        """The view's scene."""
        if self.asked:
            return quiz(self.spot, self.asked.question, answered=self.asked.answered)
        is_section = self.view.scene == "notebook"
        section = section_of(self.view, self.data) if is_section else None
        return make_scene(self.view, self.bundle, self.results, self.spot.trained, section)

    @cached_property
    def strips(self) -> tuple[Strip, ...]:
        """The strips of thumbnails above the scene."""
        if self.view.scene == "notebook":
            return ()
        return make_strips(self.view, self.data, self.bundle, self.results)

    @property
    def tensors_name(self) -> str:
        """The name under which its tensors are downloaded."""
        return f"{self.view.file_name()}.npz"
