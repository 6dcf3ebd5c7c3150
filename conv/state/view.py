"""The view: everything that the user has picked. Another field is another declaration here, and its
words in the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from types import MappingProxyType
from typing import Literal

from conv.ops.geometry import Padding, Pair
from conv.ops.training import LOSSES, MOST_STEPS
from conv.ops.update import UPDATES
from conv.ops.wrong_gradients import MISTAKES
from conv.words import LANGUAGES

from .fields import Control, Field, Legal, OneOf, Pads, Sides, Value, Whole, declared, field_of
from .rooms import DATA, SCENES, SECTIONS
from .sizes import Sizes

OF_THE_PAGE = ("present", "playlist", "at", "hide")
"""The link's parameters that are no fields: how the page is shown, and where along a playlist."""
OF_STREAMLIT = ("embed", "embed_options")
"""The link's parameters that Streamlit keeps for itself."""
TOP_DIFFS = ("file", "output", "ones", "normal")
KERNELS = range(1, 8)
STRIDES = range(1, 5)
PADDINGS = range(9)
DILATIONS = range(1, 5)
STEPS = range(MOST_STEPS)
_SEEDS = range(10_000)
Count = Callable[["View", Sizes], int]


def _pair(name: str, kind: Sides, row: int) -> Field:
    """A pair of the geometry: squares first, then the pairs of unequal sides. Of the paddings that
    differ before and after, which are too many, the view's own is there."""

    def legal(view: View, sizes: Sizes) -> Sequence[Value]:
        axes = {k: sizes.axes(replace(view, **{name: (k, k)})) for k in kind.each}  # type: ignore[arg-type] # a pair's name
        rows, columns = ([k for k, both in axes.items() if both[axis].fits] for axis in (0, 1))
        pairs = sorted(product(rows, columns), key=lambda pair: pair[0] != pair[1])
        own: Value = getattr(view, name)
        return [*pairs, own] if isinstance(own, tuple) and len(own) == 4 else pairs

    hint = name if isinstance(kind, Pads) else "pair"
    control = Control("select", row, hinted=lambda _: True, hint=hint)
    return Field(kind, "geometry", legal, name[0], control=control, weighs=True)


def _pick(mark: str, count: Count, control: Control) -> Field:
    """A slice of the tensors, of so many."""
    return Field(Whole(), "pick", _up_to(count), mark, control=control)


def _place(
    mark: str, of: tuple[str, Literal[0, 1]], count: Count, control: Control | None = None
) -> Field:
    """A row or a column, of so many."""
    return Field(Whole(), "place", _up_to(count), mark, of=of, control=control)


def _up_to(count: Count) -> Legal:
    return lambda view, sizes: range(count(view, sizes))


def _output_rows(view: View, sizes: Sizes) -> int:
    return sizes.geometry(view).output_size[2]


def _output_columns(view: View, sizes: Sizes) -> int:
    return sizes.geometry(view).output_size[3]


def _groups(_: View, sizes: Sizes) -> Sequence[int]:
    channels, filters = sizes.input_size[1], sizes.weight_size[0]
    return [g for g in range(1, filters + 1) if channels % g == 0 and filters % g == 0]


def _filters(view: View, sizes: Sizes) -> Sequence[int]:
    filters = sizes.geometry(view).filters_of(view.c)
    return range(filters.start, filters.stop)


def _top_diffs(view: View, sizes: Sizes) -> Sequence[str]:
    fits = sizes.geometry(view).output_size == sizes.grad_output_size
    return TOP_DIFFS if fits else TOP_DIFFS[1:]


def _uses_seed(view: View, sizes: Sizes) -> bool:
    return (
        view.top_diff == "normal" or not sizes.weight_fits(view) or SCENES[view.scene].draws(view)
    )


@dataclass(frozen=True)
class View:
    """What is looked at. Pairs are (rows, columns); everything else counts from 0: item n, input
    channel c, filter f, output cell (i, j), kernel cell (m, k), input cell (p, q), training step t.
    `scan` says whether the methods' steps go over the one item or filter or over all of them. The
    training goes by `rule` on `loss`, its learning rate being `pace` times the loss's own.
    `mistake` is the wrong gradient that is shown, `section` the part of the notebook."""

    scene: str = declared(
        "overview",
        Field(OneOf(SCENES), "look", control=Control("segmented", 0), weighs=True, told=True),
    )
    data: str = declared(
        "notebook",
        Field(
            OneOf(DATA, open=True),
            "data",
            lambda _, sizes: list(dict.fromkeys((*DATA, sizes.default.data))),
            control=Control("data", 1),
        ),
    )
    n: int = declared(0, _pick("n", lambda _, sizes: sizes.input_size[0], Control("item", 2)))
    c: int = declared(0, _pick("c", lambda _, sizes: sizes.input_size[1], Control("number", 3)))
    f: int = declared(
        0,
        Field(
            Whole(),
            "pick",
            _filters,
            "f",
            control=Control("number", 3, hinted=lambda view: view.groups > 1),
        ),
    )
    i: int = declared(0, _place("i", ("output", 0), _output_rows, Control("number", 4)))
    j: int = declared(0, _place("j", ("output", 1), _output_columns, Control("number", 4)))
    m: int = declared(0, _place("m", ("kernel", 0), lambda view, _: view.kernel[0]))
    k: int = declared(0, _place("k", ("kernel", 1), lambda view, _: view.kernel[1]))
    p: int = declared(0, _place("p", ("input", 0), lambda _, sizes: sizes.input_size[2]))
    q: int = declared(0, _place("q", ("input", 1), lambda _, sizes: sizes.input_size[3]))
    kernel: Pair = declared((3, 3), _pair("kernel", Sides(KERNELS), row=5))
    stride: Pair = declared((1, 1), _pair("stride", Sides(STRIDES), row=5))
    padding: Padding = declared((1, 1), _pair("padding", Pads(PADDINGS), row=6))
    dilation: Pair = declared((1, 1), _pair("dilation", Sides(DILATIONS), row=6))
    groups: int = declared(
        1,
        Field(Whole(1), "geometry", _groups, "g", control=Control("select", 8), weighs=True),
    )
    top_diff: str = declared(
        "file",
        Field(
            OneOf(TOP_DIFFS),
            "data",
            _top_diffs,
            control=Control("select", 7, hinted=lambda _: True),
        ),
    )
    seed: int = declared(
        0,
        Field(
            Whole(),
            "data",
            lambda *_: _SEEDS,
            "seed",
            control=Control("number", 8, hinted=lambda _: True, used=_uses_seed),
            linked=True,
        ),
    )
    scan: str = declared("one", Field(OneOf(("one", "all")), "look", told=True))
    t: int = declared(0, _place("t", ("training", 1), lambda *_: len(STEPS)))
    rule: str = declared("notebook", Field(OneOf(UPDATES), "look", control=Control("segmented")))
    loss: str = declared(
        "sum", Field(OneOf(LOSSES), "look", control=Control("segmented"), weighs=True)
    )
    pace: str = declared(
        "1",
        Field(OneOf(("0.1", "0.3", "1", "3")), "look", mark="pace", control=Control("segmented")),
    )
    mistake: str = declared(
        "unrotated",
        Field(OneOf([one.name for one in MISTAKES]), "look", control=Control("select")),
    )
    section: str = declared("define", Field(OneOf(SECTIONS), "look", told=True))
    lang: str = declared("en", Field(OneOf(LANGUAGES), "look", control=Control("segmented", 9)))

    def only(self, *names: str) -> View:
        """The view with nothing but what its tensors hang on, and these fields; all others are at
        their first. What is worked out of them is kept by it."""
        others = {
            name: getattr(View, name)
            for name, field in FIELDS.items()
            if field.part not in {"data", "geometry"} and name not in names
        }
        return replace(self, **others)

    def of_tensors(self) -> View:
        """The view with nothing but what its tensors hang on."""
        return self.only()

    def of_scene(self) -> View:
        """The view with its places at their first: scenes have the numbers of all of them."""
        return replace(self, **{name: getattr(View, name) for name in PLACES})

    def on_other_data(self, default: View) -> View:
        """The view that other data open with, and of this one what hangs on no data."""
        return replace(default, **{name: getattr(self, name) for name in LOOKS})

    def places(self) -> dict[str, Pair]:
        """Where each space of a scene is at: the row and the column of one of its cells."""
        return {
            space: (getattr(self, row) if row else 0, getattr(self, column))
            for space, (row, column) in fields_of_places().items()
        }

    def text(self, name: str) -> str:
        """A field's value as a link has it."""
        return FIELDS[name].kind.write(getattr(self, name))

    def file_name(self) -> str:
        """A name for a picture of this view, without an ending. Of how it is looked at, it says
        what its scene hangs on."""
        own = {"scene", "lang", *SCENES[self.scene].fields}
        named = (name for name, field in FIELDS.items() if field.part != "look" or name in own)
        return "-".join(["conv", *(f"{FIELDS[name].mark}{self.text(name)}" for name in named)])

    def to_query(self, default: View | None = None, always: Sequence[str] = ()) -> dict[str, str]:
        """The link's parameters: every field that differs from `default`, the language, the data
        set where it is not the first, and those that are `always` there. Without a default, every
        field."""
        return {
            name: self.text(name)
            for name in FIELDS
            if default is None
            or getattr(self, name) != getattr(default, name)
            or name in ("lang", *always)
            or (name == "data" and self.data != DATA.first)
        }

    def to_arguments(self, default: View, data_file: str = "") -> list[str]:
        """The command line's arguments that ask for what the link asks for. Data of one's own are
        in `data_file`, or else in the file that this view's tensors are downloaded to."""
        query = self.to_query(default)
        query.pop("scene", None)
        if self.data not in DATA:
            query["data"] = data_file or f"{self.file_name()}.npz"
        if self.lang == LANGUAGES[0]:
            del query["lang"]
        given = [(flag(name), text) for name, text in query.items()]
        return [self.scene, *(part for pair in given for part in pair)]


def flag(name: str) -> str:
    """The shell's option for a field."""
    return name if name == "scene" else f"--{name.replace('_', '-')}"


FIELDS: Mapping[str, Field] = MappingProxyType({one.name: field_of(one) for one in fields(View)})
PICKS = tuple(name for name, field in FIELDS.items() if field.part == "pick")
PLACES = tuple(name for name, field in FIELDS.items() if field.part == "place")
LOOKS = tuple(name for name, field in FIELDS.items() if field.part == "look")
PAIRS = tuple(name for name, field in FIELDS.items() if isinstance(field.kind, Sides))


def fields_of_places() -> dict[str, tuple[str, str]]:
    """The fields that say where each space of a scene is at, by row and column; "" for a row that
    is always the first."""
    found = dict[str, tuple[str, str]]()
    for name, field in FIELDS.items():
        if field.of:
            space, axis = field.of
            row, column = found.get(space, ("", ""))
            found[space] = (name, column) if axis == 0 else (row, name)
    return found


def choices(name: str) -> tuple[str, ...]:
    """The names of a field that is one of a few."""
    kind = FIELDS[name].kind
    return tuple(kind.known) if isinstance(kind, OneOf) else ()
