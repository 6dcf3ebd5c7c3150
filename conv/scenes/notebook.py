"""The walk through the notebook: a section's code, and the panels that its lines are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain

import numpy as np

from conv.lessons import WALK, Walked, walk, walked_of
from conv.numbers import MINUS, number
from conv.ops.textbook import Array
from conv.results import Results
from conv.snippets import latex, with_numpy, with_torch
from conv.spot import Places, Space, Spot
from conv.state.rooms import DATA, SCENES, Pages
from conv.state.view import PICKS, PLACES, View

from .about import about
from .forward import product_panel
from .hatches import legend
from .index_maps import cells, each
from .input import input_gradient
from .marks import Link
from .notebook_asides import MARKED, broadcasting, logarithm, rotation
from .overview import dw_panel, dx_panel, output_sum
from .panel import Panel
from .panels import (
    at_output,
    column,
    grad_output_panel,
    input_pad_panel,
    kernel_panel,
    kernel_shaped,
    letters,
    output_panel,
    patch_panel,
    rotated_letters,
    row,
)
from .registry import Keep, SceneType
from .scene import Card, Item, Listing, Operator, Scene, Section
from .tables import Table
from .texts import Message, Number, message
from .weight import weight_gradient

_SPACES: Mapping[str, Space] = {"dx": "input", "dw": "kernel", "w": "kernel"}
# What stands beside one another where neither is the original's.
_TITLES = {
    "unseeded": {"wrong": "one_seed", "right": "another_seed"},
    "claim": {"wrong": "three_times", "right": "once"},
    "rotation_doubt": {"wrong": "rotated", "right": "not_rotated"},
}
# What the code draws at random.
_DRAWN = {
    **dict.fromkeys(("dw_stride", "dx_stride", "crop"), "walk.random_top_diff"),
    "dx_kernel": "walk.random_both",
}
_ROUNDING = 1e-12  # of a cell, in which the two may differ and yet be the same
Rows = tuple[tuple[Item, ...], ...]


def notebook(spot: Spot) -> Scene:
    """The section that the view names: its code with what each line prints, and its panels, of
    the worked example where that stands in for the reader's data."""
    walked = walked_of(spot)
    own = spot
    if walked.stands_in:
        own = Spot(walked.view, walked.bundle, Results(walked.bundle))
    own = replace(own, view=replace(own.view, scan="one"), prepared=walked)
    name = spot.view.section
    scene = _SECTIONS[name](own, walked) if name in _SECTIONS else _correction(own, walked)
    title = message(f"section.{name}")
    told = message(f"about_section.{name}", **_quoted(name, walked))
    listing = Listing(title, told, walked.ran.lines, _remarks(spot.view, walked))
    scene = replace(scene, listing=listing, alt_text=title, switch=None)
    return replace(scene, about=about(own.view, own.bundle))


def _quoted(name: str, walked: Walked) -> dict[str, str]:
    """The numbers in a section's text: those that the original gives, and their logarithm."""
    if name == "claim":
        values = walked.ran.values
        return {one: str(values[one]).replace("-", MINUS, 1) for one in ("claimed", "printed")}
    if name == "logarithm":
        return {"x": str(MARKED), "log": number(float(np.log(MARKED)))}
    return {}


def _remarks(view: View, walked: Walked) -> tuple[Message, ...]:
    """What else is to be known of the code: whose data it is of, and which part of them."""
    name = view.section
    drawn = (message(_DRAWN[name]),) if name in _DRAWN else ()
    if walked.stands_in:
        return (message("walk.stands_in"), *drawn)
    if name == "define" and view.data == DATA.first:
        drawn = (message("walk.trained_anew"),)
    if view.groups == 1:
        return drawn
    at, (filters, channels) = walked.followed, walked.followed.geometry.weight_size[:2]
    group = message(
        "walk.group",
        groups=view.groups,
        filters=f"{at.first_filter}–{at.first_filter + filters - 1}",
        channels=f"{at.first_channel}–{at.first_channel + channels - 1}",
    )
    return (group, *drawn)


def _scene(spot: Spot, rows: Rows, total: Message, *clocks: Space) -> Scene:
    """A scene of these rows, whose steps are the places of `clocks`."""
    bands = ((Section(None, rows),),)
    shown = legend(bands, spot.geometry)
    return Scene(bands, total, total, spot.sizes, spot.places, clocks=clocks, legend=shown)


def _define(spot: Spot, _: Walked) -> Scene:
    rows = (
        (
            input_pad_panel(spot),
            Operator("→"),
            patch_panel(spot),
            Operator("⊙"),
            kernel_panel(spot),
            Operator("Σ"),
            output_panel(spot),
        ),
        (grad_output_panel(spot), Operator("→"), dw_panel(spot), Operator(""), dx_panel(spot)),
    )
    return _scene(spot, rows, output_sum(spot), "output")


def _forward(spot: Spot, _: Walked) -> Scene:
    rows = (
        (
            input_pad_panel(spot),
            Operator("⊙"),
            kernel_panel(spot),
            Operator("Σ"),
            output_panel(spot),
        ),
    )
    return _scene(spot, rows, output_sum(spot), "output")


def _derivation(spot: Spot, _: Walked) -> Scene:
    rows = (
        (
            input_pad_panel(spot),
            Operator("→"),
            patch_panel(spot),
            Operator("⊙"),
            kernel_panel(spot),
        ),
        (product_panel(spot), Operator("Σ"), output_panel(spot)),
    )
    return _scene(spot, rows, output_sum(spot), "output")


def _backward(spot: Spot, _: Walked) -> Scene:
    by_patches, by_scatter = _named(weight_gradient(spot)), _named(input_gradient(spot))
    rows = (
        (
            input_pad_panel(spot),
            Operator("×"),
            grad_output_panel(spot),
            Operator("×"),
            kernel_panel(spot),
        ),
        (by_patches["step_patches"], Operator(""), by_scatter["step_scatter"]),
    )
    sent = Number(Table(spot.grad_output, "output"))
    total = message("walk.sum_backward", **at_output(spot.geometry), number=sent)
    return _scene(spot, rows, total, "output")


def _weight(spot: Spot, _: Walked) -> Scene:
    scene = weight_gradient(spot)
    left = ("input_pad", "×", "grad_output", "→", "step_patches", "+", "dw_patches")
    right = ("input_view", "⊙", "grad_output_all", "→", "step_correlate", "Σ", "dw_correlate")
    return _methods(scene, left, right, ("dw", "", "difference"))


def _input(spot: Spot, _: Walked) -> Scene:
    scene = input_gradient(spot)
    left = ("kernel", "×", "grad_output", "→", "step_scatter", "+", "dx_scatter")
    right = ("kernel_rot180", "⊙", "grad_output_pad", "→", "step_rot180", "Σ", "dx_rot180")
    return _methods(scene, left, right, ("dx", "", "difference"))


def _methods(scene: Scene, *rows: tuple[str, ...]) -> Scene:
    """Both methods of a gradient and what they give together, each in one row."""
    known = _named(scene)
    of_scene = chain.from_iterable(scene.bands)
    sections = [
        replace(
            section,
            rows=(tuple(known[one] if one in known else Operator(one) for one in names),),
            note=None,
        )
        for section, names in zip(of_scene, rows, strict=True)
    ]
    return replace(scene, bands=tuple((section,) for section in sections))


def _named(scene: Scene) -> dict[str, Panel]:
    return {item.name: item for item in scene.items() if isinstance(item, Panel)}


def _update(spot: Spot, walked: Walked) -> Scene:
    view = spot.view
    place = {"f": view.f, "c": spot.kernel_channel}
    known = {"dw": "dw", "step": "step", "kernel_new": "w_new"}
    tables = {name: Table(_part(walked, array)) for name, array in known.items()}
    made = {
        name: kernel_shaped(spot.geometry, name, message(f"walk.{name}", **place), table)
        for name, table in tables.items()
    }
    made["step"] = replace(made["step"], title=message("walk.step_title"))
    kernel = replace(kernel_panel(spot), home="kernel", compared=(tables["kernel_new"],))
    rows = (
        (kernel, Operator("−"), made["step"], Operator("="), made["kernel_new"]),
        (made["dw"],),
    )
    numbers = {
        name: Number(Table(table.values, "kernel"), 6)
        for name, table in {**tables, "kernel": Table(spot.kernel)}.items()
    }
    total = message(
        "walk.sum_update",
        **place,
        m=row("kernel", spot.geometry.kernel[0]),
        k=column("kernel", spot.geometry.kernel[1]),
        **numbers,
    )
    return _scene(spot, rows, total, "kernel")


def _part(walked: Walked, name: str) -> Array:
    """The followed kernel of an array of the code that has w's shape."""
    array: Array = walked.ran.values[name][walked.followed.f, walked.followed.c]
    return array


def _correction(spot: Spot, walked: Walked, above: Rows = ()) -> Scene:
    """What the original's code gives, what is right, and the difference, cell by cell."""
    tensor = walked.section.corrects
    titles = _TITLES.get(spot.view.section, {})
    space = _SPACES[tensor]
    wrong, right = walked.part("wrong"), walked.part("right")
    rows, columns = right.shape
    at = spot.places[space]
    place = (min(at[0], rows - 1), min(at[1], columns - 1))
    places: Places = {**spot.places, space: place}
    view = spot.view
    first = (view.n, view.c) if tensor == "dx" else (view.f, spot.kernel_channel)
    where: dict[str, str | int] = {"tensor": tensor, "a": first[0], "b": first[1]}
    cell = {"row": row(space, rows), "column": column(space, columns)}

    def shown(name: str, values: Array, compared: Array | None = None) -> Panel:
        text = message("walk.gap" if compared is None else "walk.part", **where)
        link = Link("output" if space == "input" else "kernel", each(rows), each(columns))
        other = () if compared is None else (Table(compared),)
        return Panel(
            name,
            message(f"walk.{titles.get(name, name)}"),
            text,
            Table(values),
            cells(space, rows, columns),
            space,
            {space: (link,)},
            large=max(rows, columns) > 7,
            compared=other,
        )

    expected = shown("right", right, wrong if wrong.shape == right.shape else right)
    if wrong.shape != right.shape:
        sizes = {"rows": wrong.shape[0], "columns": wrong.shape[1]}
        empty = Card("wrong", message("walk.wrong"), (), message("mistakes.empty", **sizes))
        shape = f"{wrong.shape[0]} × {wrong.shape[1]}"
        expected_number = Number(Table(right, space), 6)
        total = message("walk.sum_shape", **where, **cell, right=expected_number, shape=shape)
        found: Rows = ((empty, Operator(""), expected),)
    else:
        gap = np.where(np.isclose(wrong, right, rtol=_ROUNDING, atol=0), 0, wrong - right)
        values = {"wrong": wrong, "right": right, "gap": gap}
        numbers = {name: Number(Table(array, space), 6) for name, array in values.items()}
        total = message("walk.sum_correction", **where, **cell, **numbers)
        found = (
            (
                shown("wrong", wrong, right),
                Operator("−"),
                expected,
                Operator("="),
                shown("difference", gap),
            ),
        )
    bands = ((Section(None, (*above, *found)),),)
    sizes_of = {**spot.sizes, space: (rows, columns)}
    return Scene(bands, total, total, sizes_of, places, clocks=(space,))


def _rotation_doubt(spot: Spot, walked: Walked) -> Scene:
    table = Table(_part(walked, "rotated"))
    text = message("caption.kernel_rot180", last=letters(spot.geometry.kernel)[-1][-1])
    turned = replace(
        kernel_shaped(spot.geometry, "kernel_180", text, table),
        home=None,
        letters=rotated_letters(spot.geometry.kernel),
    )
    kernel = replace(kernel_panel(spot), home=None)
    return _correction(spot, walked, ((kernel, Operator("→"), turned),))


_SECTIONS: Mapping[str, Callable[[Spot, Walked], Scene]] = {
    "define": _define,
    "forward": _forward,
    "derivation": _derivation,
    "backward": _backward,
    "dw": _weight,
    "dx": _input,
    "rotation_doubt": _rotation_doubt,
    "update": _update,
    "rotation": rotation,
    "broadcasting": broadcasting,
    "logarithm": logarithm,
}


def _prepare(_: View, results: Results, keep: Keep) -> Walked:
    """The run of the section."""
    return keep((*PICKS, *PLACES, "scene", "section"), lambda own: walk(own, results.bundle))


SCENES.add(
    SceneType(
        name="notebook",
        position=8,
        build=notebook,
        prepare=_prepare,
        works_out=("gemm", "patches", "correlate", "scatter", "rot180"),
        fields=("section",),
        titled_by="section",
        headline=lambda view, geometry: WALK[view.section].formula_of(geometry),
        numpy=with_numpy.notebook,
        torch=with_torch.overview,
        latex=latex.formula,
        pages=Pages(
            "section",
            "walk.title",
            frozenset(name for name, section in WALK.items() if section.corrects),
        ),
        lines=lambda walked: walked.ran.lines if isinstance(walked, Walked) else (),
        has_strips=False,
    )
)
