"""What a scene shows of its places."""

from __future__ import annotations

from dataclasses import dataclass, field

from conv.spot import Places


@dataclass(frozen=True)
class Placed:
    """What hangs on where its scene is at: the scene says at which `places`."""

    places: Places = field(default_factory=dict, kw_only=True)
