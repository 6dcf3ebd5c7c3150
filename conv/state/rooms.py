"""What a view has to know of the rooms above: which scenes, data and sections of the notebook there
are. Their files register themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv.registry import Registry

if TYPE_CHECKING:
    from conv.ops import Geometry

    from .view import View


@dataclass(frozen=True)
class Pages:
    """That a scene is read page by page, by a field of the view: the catalogue's name of what they
    are the pages of, and the pages that are marked in the table of contents."""

    field: str
    title: str
    marked: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class SceneFacts:
    """A scene: which methods it works out, sums of single cells aside, and how many seconds of one
    core it takes for more than these; which fields of the view are its own; whether it draws
    numbers with the view's seed; and its `pages`, if it is read page by page."""

    name: str
    position: float
    works_out: Sequence[str] = ("gemm",)
    fields: Sequence[str] = ()
    more_seconds: Callable[[View, Geometry], float] = lambda *_: 0.0
    draws: Callable[[View], bool] = lambda _: False
    pages: Pages | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Something that the view names, and nothing else that a view has to know of it."""

    name: str
    position: float


SCENES: Registry[SceneFacts] = Registry("conv.scenes")
DATA: Registry[Listed] = Registry("conv.sources")
SECTIONS: Registry[Listed] = Registry("conv.lessons")
