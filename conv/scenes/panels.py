"""What several scenes show alike: the panels of the tensors, the letters, the words."""

from __future__ import annotations

import string
from dataclasses import replace

from conv.ops.geometry import Geometry, Pair
from conv.ops.textbook import rot180
from conv.spot import Space, Spot

from .grounds import (
    Ground,
    kernel_ground,
    output_ground,
    padded_input_ground,
    patch_ground,
    rot180_ground,
)
from .hatches import input_hatches
from .panel import Panel
from .tables import Filling, Gap, Table
from .texts import Along, Message, Number, message

_LETTERS = string.ascii_letters


def letters(kernel: Pair) -> tuple[tuple[str, ...], ...]:
    """A letter for every cell of a kernel, row by row."""
    rows, columns = kernel
    return tuple(tuple(_LETTERS[r * columns + c] for c in range(columns)) for r in range(rows))


def row(space: Space, count: int) -> Along:
    """The place's row, in a text."""
    return Along(space, 0, tuple(range(count)))


def column(space: Space, count: int) -> Along:
    """The place's column, in a text."""
    return Along(space, 1, tuple(range(count)))


def at_output(geometry: Geometry) -> dict[str, Along]:
    """The output cell as `i` and `j`, in a text."""
    rows, columns = geometry.output_size[2:]
    return {"i": row("output", rows), "j": column("output", columns)}


def panel(
    name: str,
    text: Message,
    table: Table | Filling | Gap,
    ground: Ground,
    *,
    title: str = "",
    home: Space | None = None,
) -> Panel:
    """A panel of the catalogue's name for it, or for `title`."""
    return Panel(
        name,
        message(f"panel.{title or name}"),
        text,
        table,
        ground.cells,
        home,
        ground.links,
    )


def input_panel(spot: Spot, name: str, text: Message, home: Space) -> Panel:
    """The padded input x[n, c]."""
    ground = padded_input_ground(spot.geometry)
    return replace(
        panel(name, text, Table(spot.x_pad), ground, title="input_pad", home=home),
        signed=spot.input_is_signed,
        large=True,
        hatches=input_hatches(spot.geometry),
    )


def input_pad_panel(spot: Spot) -> Panel:
    """The padded input with the window."""
    text = _input_text(spot.geometry, n=spot.view.n, c=spot.view.c)
    return input_panel(spot, "input_pad", text, "output")


def _input_text(geometry: Geometry, **channel: int) -> Message:
    """Which channel of the input it is, and how many zeros are round it."""
    padding = geometry.padding
    if not any(padding):
        return message("caption.input", **channel)
    if geometry.is_uneven:
        sides = dict(zip(("top", "bottom", "left", "right"), padding, strict=True))
        return message("caption.input_pad_uneven", **channel, **sides)
    return message("caption.input_pad", **channel, ph=padding[0], pw=padding[1])


def patch_panel(spot: Spot) -> Panel:
    """The patch under the window."""
    rows, columns = (axis.windows() for axis in spot.geometry.axes)
    text = message(
        "caption.patch" if spot.kernel.size > 1 else "caption.patch_one",
        top=Along("output", 0, tuple(span.start for span in rows)),
        bottom=Along("output", 0, tuple(span.stop - 1 for span in rows)),
        left=Along("output", 1, tuple(span.start for span in columns)),
        right=Along("output", 1, tuple(span.stop - 1 for span in columns)),
    )
    table, ground = Table(spot.patches, "output"), patch_ground(spot.geometry)
    return replace(panel("patch", text, table, ground, home="output"), signed=spot.input_is_signed)


def kernel_shaped(
    geometry: Geometry,
    name: str,
    text: Message,
    values: Table | Filling | Gap,
    home: Space | None = None,
) -> Panel:
    """A panel of cells that are those of a kernel, lettered like them."""
    ground = kernel_ground(geometry, framed=home == "output")
    return replace(panel(name, text, values, ground, home=home), letters=letters(geometry.kernel))


def kernel_panel(spot: Spot) -> Panel:
    """The kernel w[f, c], its cells lettered."""
    text = message("caption.kernel", f=spot.view.f, c=spot.kernel_channel)
    return kernel_shaped(spot.geometry, "kernel", text, Table(spot.kernel), "output")


def kernel_rot180_panel(spot: Spot) -> Panel:
    """The kernel rotated by 180 degrees: the letters move with their cells."""
    text = message("caption.kernel_rot180", last=letters(spot.geometry.kernel)[-1][-1])
    ground = rot180_ground(spot.geometry, framed=True)
    return replace(
        panel(
            "kernel_rot180",
            text if spot.kernel.size > 1 else message("caption.kernel_rot180_one"),
            Table(rot180(spot.kernel)),
            ground,
            home="output",
        ),
        letters=rotated_letters(spot.geometry.kernel),
    )


def rotated_letters(kernel: Pair) -> tuple[tuple[str, ...], ...]:
    """The letters of a kernel's cells where the rotation puts them."""
    return tuple(tuple(reversed(line)) for line in reversed(letters(kernel)))


def output_panel(spot: Spot) -> Panel:
    """The output out[n, f]."""
    view, value = spot.view, Number(Table(spot.out, "output"))
    text = message("caption.output", n=view.n, f=view.f, **at_output(spot.geometry), value=value)
    ground = output_ground(spot.geometry, "output")
    return replace(panel("output", text, Table(spot.out), ground, home="output"), large=True)


def grad_output_panel(spot: Spot) -> Panel:
    """top_diff, grad_output[n, f], with the view's cell."""
    view, g = spot.view, spot.grad_output
    value = Number(Table(g, "output"))
    text = message(
        "caption.grad_output", n=view.n, f=view.f, **at_output(spot.geometry), value=value
    )
    ground = output_ground(spot.geometry, "top_diff")
    return replace(panel("grad_output", text, Table(g), ground, home="output"), large=True)


def over(key: str, count: int) -> Message | None:
    """The words below a sum's sign; none where there is one term."""
    return message(key, count=count) if count > 1 else None
