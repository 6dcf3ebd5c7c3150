"""The view: everything that the user has picked, and which picks are legal for a data set.

A view turns into a query string and back; a wish that is not legal becomes the nearest legal
view, with a list of what was changed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from conv.ops import ConvError
from conv.ops.geometry import Geometry, Pair, Size4, as_int, as_pair
from conv.ops.training import LOSSES, MOST_STEPS
from conv.ops.update import UPDATES
from conv.ops.work import elements, seconds
from conv.ops.wrong_gradients import MISTAKES as _MISTAKES

Value = int | str | Pair
SCENES = ("overview", "forward", "dw", "dx", "update", "mistakes", "quiz", "notebook")
DATA = ("notebook", "paper", "sobel")
TOP_DIFFS = ("file", "output", "ones", "normal")
SCANS = ("one", "all")
PACES = ("0.1", "0.3", "1", "3")
MISTAKES = tuple(mistake.name for mistake in _MISTAKES)
SECTIONS = (
    *("define", "forward", "unseeded", "derivation", "backward"),
    *("dw", "claim", "dw_stride"),
    *("dx", "rotation_doubt", "crop", "dx_stride", "dx_kernel"),
    *("update", "fresh", "alias", "momentum"),
    *("rotation", "broadcasting", "logarithm"),
)
LANGUAGES = ("en", "zh")
CHOICES: Mapping[str, Sequence[str]] = {
    "scene": SCENES,
    "data": DATA,
    "top_diff": TOP_DIFFS,
    "scan": SCANS,
    "rule": UPDATES,
    "loss": LOSSES,
    "pace": PACES,
    "mistake": MISTAKES,
    "section": SECTIONS,
    "lang": LANGUAGES,
}
KERNELS = range(1, 8)
STRIDES = range(1, 5)
PADDINGS = range(9)
DILATIONS = range(1, 5)
SEEDS = range(10_000)
STEPS = range(MOST_STEPS)
PLACES = tuple("ijmkpqt")
_CELLS = (*"ncf", *PLACES)
# What a scene works out, besides sums of single cells, by each method.
_GRADIENTS = ("patches", "correlate", "scatter", "rot180")
_WORKED_OUT: Mapping[str, Sequence[str]] = {
    "overview": ("gemm", *_GRADIENTS),
    "forward": ("gemm",),
    "dw": ("gemm", "patches", "correlate"),
    "dx": ("gemm", "scatter", "rot180"),
    "update": ("gemm",),
    "mistakes": ("gemm",),
    "quiz": ("gemm",),
    "notebook": ("gemm", *_GRADIENTS),
}
_WEIGHING = ("scene", "kernel", "stride", "padding", "dilation", "groups", "loss")
MOST_SECONDS = 4.0  # on one core, before a view is seen
MOST_ELEMENTS = 2**23  # of its padded input, output and weight
_SHOWN = ("scene", "scan", "rule", "loss", "pace", "mistake", "section", "lang")


@dataclass(frozen=True)
class View:
    """What is looked at. Pairs are (rows, columns); everything else counts from 0: item n, input
    channel c, filter f, output cell (i, j), kernel cell (m, k), input cell (p, q), training step t.
    `scan` says whether the methods' steps go over the one item or filter or over all of them. The
    training goes by `rule` on `loss`, its learning rate being `pace` times the loss's own.
    `mistake` is the wrong gradient that is shown, `section` the part of the notebook."""

    scene: str = "overview"
    data: str = "notebook"
    n: int = 0
    c: int = 0
    f: int = 0
    i: int = 0
    j: int = 0
    m: int = 0
    k: int = 0
    p: int = 0
    q: int = 0
    kernel: Pair = (3, 3)
    stride: Pair = (1, 1)
    padding: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1
    top_diff: str = "file"
    seed: int = 0
    scan: str = "one"
    t: int = 0
    rule: str = "notebook"
    loss: str = "sum"
    pace: str = "1"
    mistake: str = "unrotated"
    section: str = "define"
    lang: str = "en"

    def of_tensors(self) -> View:
        """The view with nothing but what its tensors hang on: places, words, the training and the
        mistake at their first."""
        first = {name: getattr(View, name) for name in (*_CELLS, *_SHOWN)}
        return replace(self, **first)

    def of_scene(self) -> View:
        """The view with its places at their first: scenes have the numbers of all of them."""
        first: dict[str, Any] = dict.fromkeys(PLACES, 0)
        return replace(self, **first)

    def of_training(self) -> View:
        """The view with nothing but what its training hangs on."""
        return replace(self.of_tensors(), loss=self.loss, pace=self.pace)

    def of_training_runs(self) -> View:
        """The view with nothing but what its training and its kernel's path in it hang on."""
        return replace(self.of_training(), c=self.c, f=self.f)

    def of_section(self) -> View:
        """The view with nothing but what its section of the notebook hangs on."""
        kept = {name: getattr(self, name) for name in (*"ncfijmkpq", "scene", "section")}
        return replace(self.of_tensors(), **kept)

    def on_other_data(self, default: View) -> View:
        """The view that other data open with, and of this one what hangs on no data."""
        return replace(default, **{name: getattr(self, name) for name in _SHOWN})

    def file_name(self) -> str:
        """A name for a picture of this view, without an ending."""
        place = f"n{self.n}-c{self.c}-f{self.f}-i{self.i}-j{self.j}"
        cells = f"m{self.m}-k{self.k}-p{self.p}-q{self.q}-{self.scan}"
        pairs = (self.kernel, self.stride, self.padding, self.dilation)
        geometry = "-".join(
            f"{letter}{pair_text(pair)}" for letter, pair in zip("kspd", pairs, strict=True)
        )
        tensors = f"g{self.groups}-{self.top_diff}-seed{self.seed}"
        training = f"t{self.t}-{self.rule}-{self.loss}-pace{self.pace}"
        shown = {"mistakes": f"-{self.mistake}", "notebook": f"-{self.section}"}
        scene = self.scene + shown.get(self.scene, "")
        parts = (place, cells, geometry, tensors, training, self.lang)
        return "-".join(["conv", scene, self.data, *parts])

    def to_query(self, default: View | None = None, always: tuple[str, ...] = ()) -> dict[str, str]:
        """The link's parameters: every field that differs from `default`, the language, the data
        set where it is not the first, and those that are `always` there. Without a default, every
        field."""
        return {
            field.name: _to_text(getattr(self, field.name))
            for field in fields(self)
            if default is None
            or getattr(self, field.name) != getattr(default, field.name)
            or field.name in ("lang", *always)
            or (field.name == "data" and self.data != DATA[0])
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
        given = [(f"--{name.replace('_', '-')}", text) for name, text in query.items()]
        return [self.scene, *(part for pair in given for part in pair)]


@dataclass(frozen=True)
class Sizes:
    """What a data set has to offer: its tensors' sizes and the view that it opens with."""

    input_size: Size4
    weight_size: Size4
    grad_output_size: Size4 | None
    groups: int
    default: View

    def geometry(self, view: View) -> Geometry:
        """The geometry of this data set under the view's parameters; raises ConvError."""
        filters, channels = self.weight_size[0], self.input_size[1]
        per_group = max(1, channels // as_int("groups", view.groups, 1))
        return Geometry(
            self.input_size,
            (filters, per_group, *as_pair("kernel", view.kernel, 1)),
            stride=view.stride,
            padding=view.padding,
            dilation=view.dilation,
            groups=view.groups,
        )

    def work(self, view: View) -> float:
        """How many times what may be worked out for a view this one asks for, in time or memory,
        by its geometry and by what its scene works out."""
        geometry = self.geometry(view)
        time = sum(seconds(method, geometry) for method in _WORKED_OUT[view.scene])
        if view.scene == "update" and view.loss == "target":
            time += len(UPDATES) * MOST_STEPS * 2 * seconds("gemm", geometry)
        return max(time / MOST_SECONDS, elements(geometry) / MOST_ELEMENTS)

    def weight_fits(self, view: View) -> bool:
        """Whether the file's weight has the view's kernel size and groups."""
        return view.kernel == self.weight_size[2:] and view.groups == self.groups


@dataclass(frozen=True)
class Change:
    """A wish that was not granted: the field, what was asked for and what is shown instead; and
    how many times as much as may be worked out it asked for, where that was why."""

    field: str
    asked: str
    given: str
    work: float = 0.0

    @property
    def times(self) -> str:
        """`work` in words: a tenth more rather than one less, so that it is never 1.0."""
        return in_times(self.work)


def in_times(work: float) -> str:
    """How many times what may be worked out, to the next tenth."""
    return f"{math.ceil(work * 10) / 10:.1f}"


def options(view: View, sizes: Sizes, field: str) -> Sequence[Value]:
    """The legal values of `field` while the rest of a legal `view` stays as it is. The data may be
    the built-in ones, and those that the sizes belong to."""
    if field in _PAIRS:
        return _pair_options(view, sizes, field)
    if field in _DEPENDENT:
        return _DEPENDENT[field](view, sizes)
    return CHOICES[field]


def nearest(wish: View, sizes: Sizes, last: View | None = None) -> tuple[View, list[Change]]:
    """The legal view nearest to `wish`, and what had to change. Later fields give way to earlier
    ones: padding, kernel, dilation, stride, groups, channel, filter, item, places, top_diff.

    A view that asks for too much work keeps the geometry and the scene of the `last` one, or else
    those that the data open with."""
    view = _legal(wish, sizes)
    work = sizes.work(view)
    kept = dict[str, Value]()
    if work > 1:
        before = last or sizes.default
        kept = {
            name: getattr(before, name)
            for name in _WEIGHING
            if getattr(before, name) != getattr(view, name)
        }
        view = _legal(replace(wish, **kept), sizes)  # type: ignore[arg-type] # fields of a view
    changes = [
        Change(field.name, _to_text(asked), _to_text(given), work if field.name in kept else 0.0)
        for field in fields(View)
        if (asked := getattr(wish, field.name)) != (given := getattr(view, field.name))
    ]
    return view, changes


def _legal(wish: View, sizes: Sizes) -> View:
    """The view nearest to `wish` whose fields are all legal, whatever work it asks for."""
    view = wish
    for field in ("scene", "data", "scan", "rule", "loss", "pace", "mistake", "section", "lang"):
        view = _settle(view, field, options(view, sizes, field))
    view = _fit_kernel(view, sizes)
    for field in ("stride", "groups", *"cfnijmkpqt", "top_diff", "seed"):
        view = _settle(view, field, options(view, sizes, field))
    return view


def from_query(
    query: Mapping[str, str], sizes_of: Callable[[str], Sizes], lang: str = "en"
) -> tuple[View, list[Change]]:
    """The legal view nearest to a link, and what the link asked for in vain. A field that the
    link does not name is as the data set opens; `lang` serves where it names no language. Where
    `sizes_of` raises ConvError, knowing no such data, the first data set opens."""
    try:
        sizes = sizes_of(query.get("data", DATA[0]))
    except ConvError:
        sizes = sizes_of(DATA[0])
    wish, misread = replace(sizes.default, lang=lang), list[str]()
    for field in fields(View):
        text = query.get(field.name)
        if text is None:
            continue
        try:
            value = _PARSERS[field.name](text)
        except ValueError:
            misread.append(field.name)
            continue
        wish = _with(wish, field.name, value)
        if not isinstance(value, str) and not _is_whole(text):
            misread.append(field.name)
    view, refused = nearest(wish, sizes)
    work = dict.fromkeys(misread, 0.0) | {change.field: change.work for change in refused}
    return view, [
        Change(field.name, query[field.name], _to_text(getattr(view, field.name)), work[field.name])
        for field in fields(View)
        if field.name in work and field.name in query
    ]


def pair_text(pair: Pair) -> str:
    """(3, 3) as "3", (3, 5) as "3x5"."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"


def _to_text(value: Value) -> str:
    return pair_text(value) if isinstance(value, tuple) else str(value)


_WHOLE = re.compile(r"\s*[+-]?\d+\s*")
_SEPARATOR = re.compile(r"[x×,*]")


def _parse_number(text: str) -> int:
    """The whole number that a text means, or the nearest to it."""
    try:
        return int(text) if _WHOLE.fullmatch(text) else round(float(text))
    except OverflowError as error:
        raise ValueError(text) from error


def _is_whole(text: str) -> bool:
    """Whether a number or a pair was written in whole numbers, so that none was rounded."""
    return all(_WHOLE.fullmatch(part) for part in _SEPARATOR.split(text))


def parse_pair(text: str, number: Callable[[str], int] = _parse_number) -> Pair:
    """The pair that a text means: 3 is (3, 3); 3x5, 3,5 and 3×5 are (3, 5); raises ValueError."""
    parts = [number(part) for part in _SEPARATOR.split(text)]
    if len(parts) > 2:
        raise ValueError(text)
    return parts[0], parts[-1]


def _parse_choice(known: Sequence[str], text: str) -> str:
    if text not in known:
        raise ValueError(text)
    return text


_PAIRS: Mapping[str, range] = {
    "kernel": KERNELS,
    "stride": STRIDES,
    "padding": PADDINGS,
    "dilation": DILATIONS,
}
_PARSERS: Mapping[str, Callable[[str], Value]] = {
    **{name: partial(_parse_choice, known) for name, known in CHOICES.items()},
    "data": str,
    **dict.fromkeys(_PAIRS, parse_pair),
    **dict.fromkeys((*_CELLS, "groups", "seed"), _parse_number),
}


def _settle(view: View, field: str, legal: Sequence[Value]) -> View:
    """`view` with `field` at the legal value nearest to what it has."""
    value = getattr(view, field)
    if value in legal:
        return view
    if isinstance(value, str):
        return _with(view, field, legal[0])
    return _with(view, field, min(legal, key=lambda other: _distance(value, other)))


def _with(view: View, field: str, value: Value) -> View:
    return replace(view, **{field: value})  # type: ignore[arg-type] # each field's parser and options agree


def _distance(a: Value, b: Value) -> int:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return abs(a[0] - b[0]) + abs(a[1] - b[1])
    return abs(int(a) - int(b))  # type: ignore[arg-type]


def _clamp(value: int, legal: range) -> int:
    return min(max(value, legal[0]), legal[-1])


def _fit_kernel(view: View, sizes: Sizes) -> View:
    """Padding as asked, the largest kernel up to the one asked for that fits, then dilation."""
    kernel, padding, dilation = [], [], []
    for axis in (0, 1):
        p = _clamp(view.padding[axis], PADDINGS)
        room = sizes.input_size[2 + axis] + 2 * p
        k = min(_clamp(view.kernel[axis], KERNELS), room)
        d = _clamp(view.dilation[axis], DILATIONS)
        while not _fits(room, k, d):
            d -= 1
        kernel.append(k)
        padding.append(p)
        dilation.append(d)
    return replace(
        view,
        kernel=(kernel[0], kernel[1]),
        padding=(padding[0], padding[1]),
        dilation=(dilation[0], dilation[1]),
    )


def _fits(room: int, kernel: int, dilation: int) -> bool:
    return dilation * (kernel - 1) + 1 <= room


def _pair_options(view: View, sizes: Sizes, field: str) -> list[Pair]:
    """Squares first, then the pairs of unequal sides."""
    legal = []
    for axis in (0, 1):
        side = sizes.input_size[2 + axis]
        now = {name: getattr(view, name)[axis] for name in _PAIRS}
        legal.append(
            [
                value
                for value in _PAIRS[field]
                if _fits(
                    side + 2 * {**now, field: value}["padding"],
                    {**now, field: value}["kernel"],
                    {**now, field: value}["dilation"],
                )
            ]
        )
    pairs = [(rows, columns) for rows in legal[0] for columns in legal[1]]
    return sorted(pairs, key=lambda pair: pair[0] != pair[1])


def _groups(view: View, sizes: Sizes) -> Sequence[int]:  # noqa: ARG001 - one signature for all
    channels, filters = sizes.input_size[1], sizes.weight_size[0]
    return [g for g in range(1, filters + 1) if channels % g == 0 and filters % g == 0]


def _filters(view: View, sizes: Sizes) -> Sequence[int]:
    filters = sizes.geometry(view).filters_of(view.c)
    return range(filters.start, filters.stop)


def _top_diffs(view: View, sizes: Sizes) -> Sequence[str]:
    fits = sizes.geometry(view).output_size == sizes.grad_output_size
    return TOP_DIFFS if fits else TOP_DIFFS[1:]


_DEPENDENT: Mapping[str, Callable[[View, Sizes], Sequence[Value]]] = {
    "data": lambda _, sizes: list(dict.fromkeys((*DATA, sizes.default.data))),
    "n": lambda _, sizes: range(sizes.input_size[0]),
    "c": lambda _, sizes: range(sizes.input_size[1]),
    "f": _filters,
    "i": lambda view, sizes: range(sizes.geometry(view).output_size[2]),
    "j": lambda view, sizes: range(sizes.geometry(view).output_size[3]),
    "m": lambda view, _: range(view.kernel[0]),
    "k": lambda view, _: range(view.kernel[1]),
    "p": lambda _, sizes: range(sizes.input_size[2]),
    "q": lambda _, sizes: range(sizes.input_size[3]),
    "t": lambda *_: STEPS,
    "groups": _groups,
    "top_diff": _top_diffs,
    "seed": lambda *_: SEEDS,
}
