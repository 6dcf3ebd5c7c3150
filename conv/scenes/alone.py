"""One panel of a scene by itself."""

from __future__ import annotations

from dataclasses import replace

from conv.ops import ConvError

from .curves import Curves
from .panel import Panel
from .scene import Bars, Scene, Section


def panel_names(scene: Scene) -> list[str]:
    """The names of what can be shown alone, in reading order."""
    return [item.name for item in scene.items() if isinstance(item, Panel | Bars | Curves)]


def panel_alone(scene: Scene, name: str | None) -> Scene:
    """`scene` with nothing but its panel, bars or curves called `name`, or all of it for none;
    raises ConvError."""
    if not name:
        return scene
    for item in scene.items():
        if isinstance(item, Panel | Bars | Curves) and item.name == name:
            hatches = {one.kind for one in item.hatched} if isinstance(item, Panel) else set()
            legend = tuple((kind, text) for kind, text in scene.legend if kind in hatches)
            bands = ((Section(None, ((item,),)),),)
            return replace(scene, bands=bands, legend=legend, title=None, about=())
    known = ", ".join(panel_names(scene))
    raise ConvError("error.panel", known=known, scene=scene.name, name=name)


def is_alone(scene: Scene) -> bool:
    """Whether the scene is one of its panels."""
    return len(list(scene.items())) == 1
