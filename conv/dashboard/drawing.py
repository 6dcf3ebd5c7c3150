"""What the page shows."""

from __future__ import annotations

from dataclasses import dataclass

from conv.bundle import Bundle, DataSet, Lesson, Results
from conv.scenes import Scene, Spot
from conv.scenes.strips import Strip
from conv.view import View


@dataclass(frozen=True)
class Drawing:
    """A view's scene, the strips above it, its data and its tensors, and its training, where the
    scene shows it."""

    view: View
    data: DataSet
    scene: Scene
    strips: tuple[Strip, ...]
    bundle: Bundle
    results: Results
    lesson: Lesson | None = None

    @property
    def spot(self) -> Spot:
        """The view's place in its tensors."""
        return Spot(self.view, self.bundle, self.results, self.lesson)

    @property
    def tensors_name(self) -> str:
        """The name under which its tensors are downloaded."""
        return f"{self.view.file_name()}.npz"
