"""What the notebook explains beside the layer: rotation, NumPy's product, the logarithm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from conv.lessons import Walked
from conv.ops.axis import NOTHING, Span, Spans
from conv.ops.geometry import Pair
from conv.ops.textbook import Array
from conv.spot import Places, Space, Spot

from .curves import Curves
from .hatches import hatches
from .index_maps import cells, each
from .marks import Box, Cells, Hatch, HatchKind, Link, Role
from .panel import Panel
from .panels import at_output, column, kernel_panel, letters, patch_panel, row
from .scene import Item, Operator, Scene, Section
from .tables import Filling, Table
from .texts import Along, Live, Message, Number, message
from .weight import weight_gradient

Letters = tuple[tuple[str, ...], ...]
_UP_TO = 10  # of the numbers whose logarithms are drawn
MARKED = 2.7  # the notebook's number
_POINTS = 100


def rotation(spot: Spot, walked: Walked) -> Scene:
    """A 3x3 turned by 90 degrees and again, a cell at each step; below, the view's kernel."""
    values = walked.ran.values
    array = values["array"].astype(float)
    size: Pair = (array.shape[0], array.shape[1])
    places: Places = {**spot.places, "array": (0, 0)}
    named = letters(size)
    one = Panel(
        "array",
        message("panel.array"),
        message("caption.array"),
        Table(array),
        cells("array", *size),
        "array",
        {"array": (Link("kernel", each(size[0]), each(size[1])),)},
        letters=named,
    )
    once = _turned("array_90", "array", array, named, quarter=True)
    twice = _turned("array_180", "array", array, named, quarter=False)
    kernel = kernel_panel(spot)
    kernel = replace(kernel, home=None, links={"kernel": kernel.links["kernel"]})
    lettered = letters(spot.geometry.kernel)
    turned = (
        _turned("kernel_90", "kernel", spot.kernel, lettered, quarter=True),
        _turned("kernel_180", "kernel", spot.kernel, lettered, quarter=False),
    )
    arrow = Operator("→")
    rows = ((one, arrow, once, arrow, twice), (kernel, arrow, turned[0], arrow, turned[1]))
    up, left = tuple(range(size[0]))[::-1], tuple(range(size[1]))[::-1]
    total = message(
        "walk.sum_rotation",
        value=Number(Table(array, "array")),
        row=row("array", size[0]),
        column=column("array", size[1]),
        row_90=Along("array", 1, left),
        column_90=row("array", size[0]),
        row_180=Along("array", 0, up),
        column_180=Along("array", 1, left),
    )
    return _scene(spot, rows, total, {"array": size}, places, "waiting")


def _turned(name: str, space: Space, array: Array, named: Letters, *, quarter: bool) -> Panel:
    """An array turned by 90 degrees, or by 180; that of "array" a cell at each step."""
    height, width = array.shape
    up, left = tuple(range(height))[::-1], tuple(range(width))[::-1]
    down, across = (left, tuple(range(height))) if quarter else (up, left)
    rows, columns = (tuple(Span(k, k + 1) for k in spans) for spans in (down, across))
    size = (width, height) if quarter else (height, width)
    turned = np.rot90(array, 1 if quarter else 2)
    filling = Filling(array[..., None, None], space, rows, columns, size, transposed=quarter)
    stepped = space == "array"
    return Panel(
        name,
        message(f"panel.{name}"),
        message("caption.turned_90" if quarter else "caption.turned_180"),
        filling if stepped else Table(turned),
        Cells(space, tuple(range(height)), left, transposed=True)
        if quarter
        else Cells(space, up, left),
        space if stepped else None,
        {space: (Link("kernel", rows, columns, transposed=quarter),)},
        letters=tuple(map(tuple, np.rot90(np.array(named), 1 if quarter else 2).tolist())),
    )


def broadcasting(spot: Spot, walked: Walked) -> Scene:
    """(2, 2, 3) times (2, 1, 1), whose last two axes are stretched, a cell at each step; below, a
    patch times a number of top_diff."""
    values = walked.ran.values
    array, numbers = values["array"].astype(float), values["numbers"].astype(float)
    places: Places = {**spot.places, "array": (0, 0)}
    rows = tuple(_plane(array, numbers, k) for k in range(len(array)))
    patch, step = patch_panel(spot), _named_step(spot)
    ones = np.ones(spot.geometry.kernel)
    factor = replace(
        patch,
        name="number",
        title=message("panel.number"),
        text=message("caption.number", **_of_top_diff(spot)),
        table=Table(spot.grad_output[..., None, None] * ones, "output"),
        signed=True,
        hatches=_copies(spot.geometry.kernel),
    )
    layer = (patch, Operator("×"), factor, Operator("="), step)
    total = message(
        "walk.sum_broadcasting",
        row=row("array", 2 * len(array)),
        column=column("array", array.shape[2]),
        a=Number(Table(array.reshape(-1, array.shape[2]), "array")),
        b=Number(Table(np.repeat(numbers[:, 0, 0], 2)[:, None] * np.ones(3), "array")),
        total=Number(Table((array * numbers).reshape(-1, array.shape[2]), "array"), 6),
    )
    sizes: dict[Space, Pair] = {"array": (array.shape[0] * array.shape[1], array.shape[2])}
    return _scene(spot, (*rows, layer), total, sizes, places, "stretched", "waiting")


def _plane(array: Array, numbers: Array, k: int) -> tuple[Panel | Operator, ...]:
    """One plane of the array, the number that is stretched to its size, and their product."""
    height, width = array.shape[1:]
    first, count = k * height, len(array) * height
    own: Spans = tuple(
        Span(r - first, r - first + 1) if 0 <= r - first < height else NOTHING for r in range(count)
    )
    ground = Cells("array", tuple(range(first, first + height)), tuple(range(width)))
    product = Filling(
        (array * numbers).reshape(count, width)[..., None, None] * np.ones((1, 1)),
        "array",
        own,
        each(width),
        (height, width),
    )

    def shown(name: str, table: Table | Filling, text: Message, role: Role) -> Panel:
        return Panel(
            f"{name}_{k}",
            message(f"panel.{name}", k=k),
            text,
            table,
            ground,
            "array",
            {"array": (Link(role, own, each(width)),)},
        )

    stretched = replace(
        shown(
            "numbers",
            Table(np.broadcast_to(numbers[k], (height, width)).copy()),
            message("caption.stretched", height=height, width=width),
            "top_diff",
        ),
        hatches=_copies((height, width)),
    )
    return (
        shown("array", Table(array[k]), message("caption.plane", k=k), "window"),
        Operator("×"),
        stretched,
        Operator("="),
        shown("product", product, message("caption.plane_product", k=k), "kernel"),
    )


def _copies(size: Pair) -> tuple[Hatch, ...]:
    """All cells of a stretched number but the first, which is it."""
    return hatches("stretched", Box(0, 1, 1, size[1]), Box(1, size[0], 0, size[1]))


def _named_step(spot: Spot) -> Panel:
    items = weight_gradient(spot).items()
    return next(one for one in items if isinstance(one, Panel) and one.name == "step_patches")


def _of_top_diff(spot: Spot) -> dict[str, int | Along | Number]:
    view, value = spot.view, Number(Table(spot.grad_output, "output"))
    return {"n": view.n, "f": view.f, **at_output(spot.geometry), "value": value}


def logarithm(spot: Spot, walked: Walked) -> Scene:
    """The logarithms to e, 2 and 10 with the notebook's number marked, and the loss of a class by
    its probability."""
    x = np.arange(_POINTS + 1) * (_UP_TO / _POINTS)
    p = np.arange(_POINTS + 1) / _POINTS
    with np.errstate(divide="ignore"):
        logs = np.stack([np.log(x), np.log2(x), np.log10(x)])
        losses = -np.stack([np.log(p), np.log10(p)])
    marked, chosen = MARKED / _UP_TO, float(walked.ran.values["p"][0])
    places: Places = {
        **spot.places,
        "number": (0, round(marked * _POINTS) - 1),
        "probability": (0, round(chosen * _POINTS) - 1),
    }
    names = ("e", "two", "ten")
    told = {
        name: Number(Table(line[None, 1:], "number"), 4)
        for name, line in zip(names, logs, strict=True)
    }
    known: dict[str, Live] = {"x": Number(Table(x[None, 1:], "number")), **told}
    lost: dict[str, Live] = {
        "p": Number(Table(p[None, 1:], "probability")),
        "loss": Number(Table(losses[0][None, 1:], "probability"), 4),
    }
    curves = (
        Curves(
            "logarithms",
            message("panel.logarithms"),
            message("caption.logarithms", **known),
            names,
            tuple(message(f"walk.log_{name}") for name in names),
            0,
            Table(logs),
            "number",
            tuple(f"{value:g}" for value in x),
        ),
        Curves(
            "loss",
            message("panel.log_loss"),
            message("caption.log_loss", **lost),
            ("e", "ten"),
            (message("walk.loss_e"), message("walk.loss_ten")),
            0,
            Table(losses),
            "probability",
            tuple(f"{value:g}" for value in p),
        ),
    )
    sizes: dict[Space, Pair] = {"number": (1, _POINTS), "probability": (1, _POINTS)}
    total = message("walk.sum_logarithm", **known)
    return _scene(spot, tuple((one,) for one in curves), total, sizes, places)


def _scene(
    spot: Spot,
    rows: tuple[tuple[Item, ...], ...],
    total: Message,
    sizes: dict[Space, Pair],
    places: Places,
    *hatched: HatchKind,
) -> Scene:
    """A scene of these rows, whose steps are the places of the first of `sizes`."""
    return Scene(
        ((Section(None, rows),),),
        total,
        total,
        {**spot.sizes, **sizes},
        places,
        clocks=(next(iter(sizes)),),
        legend=tuple((kind, message(f"legend.{kind}")) for kind in hatched),
    )
