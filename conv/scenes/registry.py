"""What a scene says of itself. Its file registers it, and nothing else names it: the link, the
shell, the page, the files and what is copied read from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from conv.lessons import Line
from conv.ops import Geometry
from conv.results import Bundle, Results
from conv.spot import Spot
from conv.state.rooms import SCENES, SceneFacts
from conv.state.view import FIELDS, View

from .about import about
from .products import Listed
from .scene import Scene
from .texts import message

Made = TypeVar("Made")


class Keep(Protocol):
    """Keeps what is worked out, for whoever asks for it next."""

    def __call__(self, names: Sequence[str], make: Callable[[View], Made]) -> Made:
        """What `make` makes of the view that has nothing but what its tensors hang on, and the
        fields of these names."""


@dataclass(frozen=True, kw_only=True)
class SceneType(SceneFacts):
    """A scene. Its title is the catalogue's `scene.<name>`, or the name of the value of the field
    that it is `titled_by`.

    `build` makes it at a spot, with what `prepare` has worked out: numbers that take long and hang
    on few fields of the view. Above the stage are the controls of its own fields, below it its
    `formulas` in LaTeX, with the catalogue's sentence `note`; or above it the one formula of
    the view, its `headline`. The products of its cell of a gradient are listed where it says of
    which. `numpy` and `torch` write what it shows as code that reads its tensors from a file of
    that name, `latex` as a formula; "" for nothing. It may have `lines` of code of
    what was prepared. `has_strips` says whether thumbnails stand above it, `asks` whether it asks
    every visitor a question of their own, which neither code nor command may answer.
    """

    build: Callable[[Spot], Scene]
    prepare: Callable[[View, Results, Keep], object] = lambda *_: None
    titled_by: str = ""
    formulas: Sequence[str] = ()
    note: str = ""
    headline: Callable[[View, Geometry], str] | None = None
    products: Listed | None = None
    numpy: Callable[[Spot, str], str] = lambda *_: ""
    torch: Callable[[Spot, str], str] = lambda *_: ""
    latex: Callable[[Spot], str] = lambda _: ""
    lines: Callable[[object], Sequence[Line]] = lambda _: ()
    has_strips: bool = True
    asks: bool = False

    def controls(self) -> list[str]:
        """Its own fields that have a control, which stands above the stage."""
        return [name for name in self.fields if FIELDS[name].control]


def scene_type(name: str) -> SceneType:
    """The scene of this name; raises KeyError."""
    found = SCENES[name]
    assert isinstance(found, SceneType)  # noqa: S101 - nothing else is added
    return found


def make_scene(view: View, bundle: Bundle, results: Results, prepared: object = None) -> Scene:
    """The scene that a legal view names, at the place that it names; `prepared` spares it what it
    would work out first."""
    kind = scene_type(view.scene)
    scene = kind.build(Spot(view, bundle, results, prepared))
    titled = kind.titled_by
    title = message(f"{titled}.{getattr(view, titled)}" if titled else f"scene.{kind.name}")
    return replace(scene, name=kind.name, title=title, about=scene.about or about(view, bundle))
