"""Which views are legal for a data set. A wish that is not becomes the nearest legal view, with a
list of what was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from conv.ops import ConvError
from conv.ops.axis import Axis
from conv.ops.geometry import as_padding, pads_of

from .fields import Part, Value
from .rooms import DATA
from .sizes import Sizes, in_times
from .view import DILATIONS, FIELDS, KERNELS, PADDINGS, View

# Later fields give way to earlier ones, which their legal values hang on.
_ORDER: Sequence[Part] = ("look", "geometry", "pick", "place", "data")


@dataclass(frozen=True)
class Change:
    """A requested value that the nearest legal one has replaced: the field, what was asked for and
    what is shown instead; and how many times as much as may be worked out it asked for, where that
    was why."""

    field: str
    asked: str
    given: str
    work: float = 0.0

    @property
    def times(self) -> str:
        """`work` in words."""
        return in_times(self.work)


def options(view: View, sizes: Sizes, field: str) -> Sequence[Value]:
    """The legal values of `field` while the rest of a legal `view` stays as it is. The data may be
    the built-in ones, and those that the sizes belong to."""
    return FIELDS[field].values(view, sizes)


def nearest(wish: View, sizes: Sizes, last: View | None = None) -> tuple[View, list[Change]]:
    """The legal view nearest to `wish`, and what had to change. Later fields give way to earlier
    ones: padding, kernel, dilation, stride, groups, item, channel, filter, places, top_diff.

    A view that asks for too much work keeps the geometry and the scene of the `last` one, or else
    those that the data open with."""
    view = _legal(wish, sizes)
    work = sizes.work(view)
    kept = dict[str, Value]()
    if work > 1:
        before = last or sizes.default
        weighing = (name for name, field in FIELDS.items() if field.weighs)
        kept = {
            name: getattr(before, name)
            for name in weighing
            if getattr(before, name) != getattr(view, name)
        }
        view = _legal(with_values(wish, kept), sizes)
    changes = [
        Change(name, wish.text(name), view.text(name), work if name in kept else 0.0)
        for name in FIELDS
        if getattr(wish, name) != getattr(view, name)
    ]
    return view, changes


def from_query(
    query: Mapping[str, str], sizes_of: Callable[[str], Sizes], lang: str = "en"
) -> tuple[View, list[Change]]:
    """The legal view nearest to a link, and what the link asked for in vain. A field that the
    link does not name is as the data set opens; `lang` serves where it names no language. Where
    `sizes_of` raises ConvError, knowing no such data, the first data set opens."""
    try:
        sizes = sizes_of(query.get("data", DATA.first))
    except ConvError:
        sizes = sizes_of(DATA.first)
    asked, misread = dict[str, Value](), list[str]()
    for name, field in FIELDS.items():
        text = query.get(name)
        if text is None:
            continue
        try:
            asked[name] = field.kind.read(text)
        except ValueError:
            misread.append(name)
            continue
        if not field.kind.is_exact(text):
            misread.append(name)
    wish = with_values(replace(sizes.default, lang=lang), asked)
    view, refused = nearest(wish, sizes)
    work = dict.fromkeys(misread, 0.0) | {change.field: change.work for change in refused}
    return view, [
        Change(name, query[name], view.text(name), work[name])
        for name in FIELDS
        if name in work and name in query
    ]


def with_values(view: View, values: Mapping[str, Value]) -> View:
    """The view with these values, each of its field's type."""
    return replace(view, **values)  # type: ignore[arg-type] # a field's kind reads values of its type


def _legal(wish: View, sizes: Sizes) -> View:
    """The view nearest to `wish` whose fields are all legal, whatever work it asks for."""
    view = _fit_kernel(wish, sizes)
    for name in sorted(FIELDS, key=lambda name: _ORDER.index(FIELDS[name].part)):
        legal = options(view, sizes, name)
        value = getattr(view, name)
        if value not in legal:
            view = with_values(view, {name: FIELDS[name].kind.nearest(value, legal)})
    return view


def _fit_kernel(view: View, sizes: Sizes) -> View:
    """Padding as asked, the largest kernel up to the one asked for that fits, then dilation."""
    pads = [[_clamp(p, PADDINGS) for p in pair] for pair in pads_of(view.padding)]
    kernel, dilation = [], []
    for size, (before, after), asked_k, asked_d in zip(
        sizes.input_size[2:], pads, view.kernel, view.dilation, strict=True
    ):
        k = min(_clamp(asked_k, KERNELS), size + before + after)
        d = _clamp(asked_d, DILATIONS)
        while not Axis(size, k, 1, d, before, after).fits:
            d -= 1
        kernel.append(k)
        dilation.append(d)
    return replace(
        view,
        kernel=(kernel[0], kernel[1]),
        padding=as_padding("padding", pads),
        dilation=(dilation[0], dilation[1]),
    )


def _clamp(value: int, legal: range) -> int:
    return min(max(value, legal[0]), legal[-1])
