"""A gallery of wrong gradients: what comes out, what should come out, and the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from conv.numbers import number
from conv.ops import conv2d_bias, difference
from conv.ops.agreement import METHOD_TOLERANCE
from conv.ops.axis import NOTHING, Span, Spans
from conv.ops.conditions import Tensors, same_size_pads
from conv.ops.geometry import Geometry, Pair
from conv.ops.textbook import Array
from conv.ops.wrong_gradients import MISTAKE, Gradient, Mistake, right
from conv.snippets import latex, with_torch
from conv.snippets.numpy_mistakes import mistake_code
from conv.spot import Places, Space, Spot
from conv.state.fields import pair_text
from conv.state.rooms import SCENES

from .grounds import Ground, input_ground, kernel_ground
from .hatches import legend
from .index_maps import cells, each
from .marks import Cells, Link
from .panel import Panel
from .panels import column, grad_output_panel, input_pad_panel, kernel_panel, row
from .registry import SceneType
from .scene import Card, Item, Operator, Scene, Section
from .tables import Table
from .texts import Live, Message, Number, message

SPACES: Mapping[Gradient, Space] = {"dx": "input", "dw": "kernel", "db": "filter"}
_WIDE_FROM = 5  # cells of db


@dataclass(frozen=True, eq=False)
class Claim:
    """An array that is taken for a gradient, `found`, and the right one, both whole; `size` is the
    sum of the magnitudes of each right cell's products."""

    tensor: Gradient
    found: Array
    right: Array
    size: Array

    @property
    def has_right_shape(self) -> bool:
        """Whether there is a right cell for each one found, and the other way round."""
        return self.found.shape == self.right.shape

    @cached_property
    def gap(self) -> Array:
        """found - right cell by cell, 0 where they differ by rounding alone. Of one shape only."""
        gap = self.found - self.right
        return np.where(np.abs(gap) <= METHOD_TOLERANCE * self.size, 0, gap)

    @property
    def agrees(self) -> bool:
        """Whether every cell is right, but for rounding."""
        return self.has_right_shape and not self.gap.any()

    @property
    def hides_in_mean(self) -> bool:
        """Whether cells are wrong and the mean is right, but for rounding."""
        if not self.has_right_shape or self.agrees:
            return False
        gap = abs(self.found.mean() - self.right.mean())
        return bool(gap <= METHOD_TOLERANCE * self.size.mean())


def mistakes(spot: Spot) -> Scene:
    """The panels of the view's mistake: the operands, then wrong, right and difference."""
    mistake = MISTAKE[spot.view.mistake]
    claim = claim_of(spot, mistake.tensor, mistake.wrong(spot.given))
    cards = (
        _agreements(mistake, spot.given, claim),
        Operator(""),
        _controls(spot.view.mistake, spot.geometry),
    )
    section = Section(
        message("mistakes.heading"),
        arranged(operands(spot, mistake.tensor), results(spot, claim, "wrong", "wrong"), cards),
        gathered(spot, mistake.tensor),
    )
    alt = message(
        "mistakes.alt",
        tensor=mistake.tensor,
        n=spot.view.n,
        c=spot.view.c,
        f=spot.view.f,
    )
    return scene_of(spot, section, mistake.tensor, cell_text(spot, claim), alt)


def scene_of(
    spot: Spot,
    section: Section,
    tensor: Gradient,
    total: Message,
    alt: Message,
) -> Scene:
    """A scene without steps."""
    bands = ((section,),)
    space = SPACES[tensor]
    sizes = spot.sizes if space != "filter" else {**spot.sizes, space: (1, len(spot.bundle.w))}
    shown = legend(bands, spot.geometry)
    return Scene(
        bands,
        total,
        alt,
        sizes,
        _places(spot, tensor),
        clocks=(),
        legend=shown,
    )


def claim_of(spot: Spot, tensor: Gradient, found: Array) -> Claim:
    """`found` beside the right gradient."""
    results = spot.results
    if tensor == "dx":
        return Claim(tensor, found, results.dx_gemm, results.dx_size)
    if tensor == "dw":
        return Claim(tensor, found, results.dw_gemm, results.dw_size)
    size = conv2d_bias(np.abs(spot.bundle.grad_output))
    return Claim(tensor, found, right(tensor, spot.given), size)


def part_of(spot: Spot, tensor: Gradient, gradient: Array) -> Array:
    """What a view shows of a gradient: dx[n, c], dw[f, c], or db in one row."""
    view = spot.view
    places = {"dx": (view.n, view.c), "dw": (view.f, spot.kernel_channel), "db": (None,)}
    part: Array = gradient[places[tensor]]
    return part


def operands(spot: Spot, tensor: Gradient) -> tuple[Item, ...]:
    """The panels of what a gradient is made of."""
    top_diff = replace(grad_output_panel(spot), large=False)
    if tensor == "db":
        return (top_diff,)
    other = kernel_panel(spot) if tensor == "dx" else input_pad_panel(spot)
    return (other, Operator(""), top_diff)


def results(spot: Spot, claim: Claim, name: str, title: str) -> tuple[tuple[Item, ...], ...]:
    """The array found, as panel `name` under `title`, the right one and, if they have one shape,
    the difference; a sentence in its place if not."""
    tensor = claim.tensor
    tables = [Table(part_of(spot, tensor, array)) for array in (claim.found, claim.right)]
    found = gradient_item(spot, name, tensor, claim.found, tuple(tables[1:]))
    own = message(f"mistakes.{title}")
    if isinstance(found, Card):
        found = replace(found, title_text=own, text=_shapes_text("mistakes.none", claim))
    else:
        found = replace(found, title=own)
    expected = gradient_item(spot, "right", tensor, claim.right, tuple(tables[:1]))
    if not claim.has_right_shape:
        told = (Operator(""), _shapes(claim)) if claim.found.size else ()
        return ((found, Operator(""), expected, *told),)
    gap = gradient_item(spot, "difference", tensor, claim.gap)
    if isinstance(found, Panel) and found.wide:
        return ((found,), (expected,), (gap,))
    return ((found, Operator("−"), expected, Operator("="), gap),)


def arranged(
    first: tuple[Item, ...], second: tuple[tuple[Item, ...], ...], cards: tuple[Item, ...]
) -> tuple[tuple[Item, ...], ...]:
    """The operands and the results in one row, the cards below; rows of wide results first."""
    gap = Operator("")
    if len(second) > 1:
        return (*second, (*first, gap, *cards))
    return ((*first, gap, *second[0]), *((cards,) if cards else ()))


def gradient_item(
    spot: Spot, name: str, tensor: Gradient, gradient: Array, compared: tuple[Table, ...] = ()
) -> Panel | Card:
    """What the view shows of a gradient, of any shape; words where it has no cell."""
    part = part_of(spot, tensor, gradient)
    rows, columns = part.shape
    title = message(f"mistakes.{name}")
    if not part.size:
        return Card(name, title, (), message("mistakes.empty", rows=rows, columns=columns))
    view = spot.view
    where = {"dx": {"n": view.n, "c": view.c}, "dw": {"f": view.f, "c": spot.kernel_channel}}
    text = message(
        f"mistakes.caption_{tensor}", rows=rows, columns=columns, **where.get(tensor, {})
    )
    ground = _ground(spot.geometry, tensor, (rows, columns))
    return Panel(
        name,
        title,
        message("mistakes.caption_difference") if name == "difference" else text,
        Table(part),
        ground.cells,
        SPACES[tensor],
        ground.links,
        large=tensor == "dx",
        compared=compared,
        wide=tensor == "db" and columns >= _WIDE_FROM,
    )


def cell_text(spot: Spot, claim: Claim) -> Message:
    """One cell in numbers: what comes out, what should, and the difference."""
    parts = {"right": claim.right}
    if claim.has_right_shape:
        parts |= {"wrong": claim.found, "gap": claim.gap}
    values = cell_numbers(spot, claim.tensor, parts)
    if claim.has_right_shape:
        return message(f"mistakes.sum_{claim.tensor}", **values)
    return message("mistakes.sum_shape", shape=shape_text(claim.found), **values)


def cell_numbers(
    spot: Spot, tensor: Gradient, gradients: Mapping[str, Array]
) -> dict[str, str | int | Live]:
    """A cell's indices, and its numbers in gradients of the right shape, for a text."""
    view, space = spot.view, SPACES[tensor]
    (rows, columns), (kh, kw) = spot.x.shape, spot.geometry.kernel
    indices: Mapping[Gradient, dict[str, str | int | Live]] = {
        "dx": {"n": view.n, "c": view.c, "p": row(space, rows), "q": column(space, columns)},
        "dw": {"f": view.f, "c": spot.kernel_channel, "m": row(space, kh), "k": column(space, kw)},
        "db": {"f": column(space, len(spot.bundle.w))},
    }
    numbers = {
        name: Number(Table(part_of(spot, tensor, gradient), space), 6)
        for name, gradient in gradients.items()
    }
    return {**indices[tensor], **numbers}


def agreement_lines(mistake: Mistake, given: Tensors) -> list[tuple[Message, str]]:
    """Every condition under which the mistake is right after all, and whether it holds."""
    return [
        (message(f"agreement.{one.name}"), _tick(one.holds(given)))
        for one in mistake.agreements
        if given.geometry.is_uneven or not one.of_uneven
    ]


def measured(claim: Claim) -> list[tuple[Message, str]]:
    """How far the array is from the right one, over all of its cells."""
    lines = [(message("mistakes.agrees"), _tick(claim.agrees))]
    if claim.has_right_shape:
        gap, wrong = difference(claim.found, claim.right), np.count_nonzero(claim.gap)
        lines += [
            (message("mistakes.cells", count=claim.right.size), str(wrong)),
            (message("line.absolute"), number(gap.absolute)),
            (message("line.relative"), number(gap.relative)),
        ]
    mean = number(float(claim.found.mean()), 6) if claim.found.size else "—"
    lines.append((message("mistakes.mean_found"), mean))
    lines.append((message("mistakes.mean_right"), number(float(claim.right.mean()), 6)))
    return lines


def hidden(claim: Claim) -> Message | None:
    """A warning where the mean is right and cells are not."""
    return message("mistakes.same_means") if claim.hides_in_mean else None


def shape_text(array: Array) -> str:
    """A shape as the page writes it: [10 32 14 14]."""
    return f"[{' '.join(map(str, array.shape))}]"


def _agreements(mistake: Mistake, given: Tensors, claim: Claim) -> Card:
    lines = (*agreement_lines(mistake, given), *measured(claim))
    title = message("mistakes.card", tensor=mistake.tensor)
    return Card("agreements", title, lines, hidden(claim))


def _controls(name: str, geometry: Geometry) -> Card:
    """Which control makes the mistake show, and which hides it."""
    (rows, _), (columns, _) = same_size_pads(geometry)
    key = f"controls.{name}"
    if geometry.is_uneven and name == "leftover_forgotten":
        key = f"{key}_uneven"
    text = message(key, half=pair_text((rows, columns)))
    return Card("controls", message("mistakes.controls"), (), text)


def _shapes(claim: Claim) -> Card:
    return Card(
        "shapes", message("mistakes.shapes_title"), (), _shapes_text("mistakes.shapes", claim)
    )


def _shapes_text(key: str, claim: Claim) -> Message:
    found, expected = shape_text(claim.found), shape_text(claim.right)
    return message(key, tensor=claim.tensor, found=found, right=expected)


def gathered(spot: Spot, tensor: Gradient) -> Message | None:
    """Of how many operands like those shown a gradient is the sum; None where of these alone."""
    filters = spot.geometry.filters_of(spot.view.c)
    count = filters.stop - filters.start if tensor == "dx" else len(spot.bundle.x)
    return message(f"mistakes.note_{tensor}", count=count) if count > 1 else None


def _places(spot: Spot, tensor: Gradient) -> Places:
    return spot.places if tensor != "db" else {**spot.places, "filter": (0, spot.view.f)}


def _ground(geometry: Geometry, tensor: Gradient, size: Pair) -> Ground:
    """The ground of a gradient's panel. In one of a wrong shape, a cell is the place of its own row
    and column, or none where the right one ends before."""
    if tensor == "db":
        links: dict[Space, tuple[Link, ...]] = {"filter": (Link("output", each(1), each(size[1])),)}
        return Ground(cells("filter", *size), links)
    if tensor == "dw":
        return kernel_ground(geometry)
    right_size = geometry.input_size[2:]
    if size == right_size:
        return input_ground(geometry)
    rows, columns = (
        tuple(k if k < places else -1 for k in range(count))
        for count, places in zip(size, right_size, strict=True)
    )
    down, across = (_within(places, count) for places, count in zip(right_size, size, strict=True))
    return Ground(Cells("input", rows, columns), {"input": (Link("output", down, across),)})


def _within(places: int, count: int) -> Spans:
    """For each place, the cell of its number, where there are so many cells."""
    return tuple(Span(k, k + 1) if k < count else NOTHING for k in range(places))


def _tick(holds: bool) -> str:
    return "✓" if holds else "✗"


SCENES.add(
    SceneType(
        name="mistakes",
        position=6,
        build=mistakes,
        fields=("mistake",),
        titled_by="mistake",
        numpy=mistake_code,
        torch=with_torch.mistakes,
        latex=latex.mistakes,
    )
)
