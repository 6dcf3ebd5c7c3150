"""What the page shows."""

from __future__ import annotations

from dataclasses import dataclass

from conv.bundle import Bundle, DataSet, Results
from conv.scenes import Scene
from conv.scenes.strips import Strip
from conv.view import View


@dataclass(frozen=True)
class Drawing:
    """A view's scene, the strips above it, its data and its tensors."""

    view: View
    data: DataSet
    scene: Scene
    strips: tuple[Strip, ...]
    bundle: Bundle
    results: Results
