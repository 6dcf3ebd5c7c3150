"""What the page shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from conv.dashboard.worked_out import prepared_of
from conv.layer import DataSet
from conv.results import Bundle, Results
from conv.scenes import Scene, make_scene, scene_type
from conv.scenes.quiz import Asked
from conv.scenes.strips import Strip, make_strips
from conv.spot import Spot
from conv.state.view import View


@dataclass(frozen=True)
class Drawing:
    """A view, its data and its tensors; in a scene that asks, what is `asked`. Its scene and
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
        prepared = self.asked or prepared_of(self.view, self.data)
        return Spot(self.view, self.bundle, self.results, prepared)

    @cached_property
    def scene(self) -> Scene:
        """The view's scene."""
        return make_scene(self.view, self.bundle, self.results, self.spot.prepared)

    @cached_property
    def strips(self) -> tuple[Strip, ...]:
        """The strips of thumbnails above the scene."""
        if not scene_type(self.view.scene).has_strips:
            return ()
        return make_strips(self.view, self.data, self.bundle, self.results)

    @property
    def tensors_name(self) -> str:
        """The name under which its tensors are downloaded."""
        return f"{self.view.file_name()}.npz"
