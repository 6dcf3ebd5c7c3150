"""What a scene is of: its geometry, its data, and the slice of them that is shown."""

from __future__ import annotations

from conv.results import Bundle
from conv.sources import OWN
from conv.state.fields import pair_text
from conv.state.rooms import DATA
from conv.state.view import View

from .texts import Message, message


def about(view: View, bundle: Bundle) -> tuple[Message, ...]:
    """The geometry of a view, its data, and which item, channel and filter are shown."""
    geometry = bundle.geometry
    rows, columns = geometry.kernel
    pairs = {name: pair_text(getattr(geometry, name)) for name in ("stride", "padding", "dilation")}
    data = f"data.{view.data}" if view.data in DATA else "data.own"
    digest = {} if view.data in DATA else {"digest": view.data.removeprefix(OWN)[:8]}
    return (
        message("about.geometry", kernel=f"{rows} × {columns}", groups=geometry.groups, **pairs),
        message(data, **digest),
        message("about.place", n=view.n, c=view.c, f=view.f),
    )
