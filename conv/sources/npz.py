"""Tensors in a file: those of a view as an .npz, and such a file, by whoever, as a data set.

Nothing in a file is trusted: every number is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import PurePath
from urllib.parse import parse_qsl, urlencode

import numpy as np

from conv.layer import AXES, DataSet, Note
from conv.ops import ConvError, Geometry, conv2d_bias
from conv.ops.textbook import Array
from conv.results import Bundle, Results
from conv.state.legal import from_query
from conv.state.sizes import Sizes, in_times
from conv.state.view import FIELDS, View
from conv.words import words

from .archive import unpack
from .formats import refuse_other_formats
from .names import NAMES, Named, by_what_they_are, short, wanted
from .parameters import read_geometry, says_same
from .registry import FORMATS, OWN, FileFormat
from .shapes import (
    check_axes,
    looks_transposed,
    where_grad_output_fits,
)

# The browser gets float32: with these, no gradient or sum leaves it.
_LARGEST, _LARGEST_GRADIENT = 1e6, 1e18
_LINKED = {
    name for name, field in FIELDS.items() if field.linked or field.part in {"pick", "place"}
}
_LONGEST_LINK = 4000  # bytes
_MOST_NAMES = 8  # of what a file holds, where it is told


def tensors_file(view: View, bundle: Bundle, results: Results) -> bytes:
    """The view's tensors as a compressed .npz, the same bytes every time.

    Float64: x (N, C, H, W), w (F, C/groups, KH, KW), b (F), output and grad_output (N, F, OH, OW),
    dw, dx and db as w, x and b; ints: kernel, stride, dilation and padding (rows, columns), groups,
    padding also (top, bottom, left, right); texts: the view's link, and about, which says all of
    this.
    """
    geometry = bundle.geometry
    file = BytesIO()
    # np.savez gives every array the zip format's first day for its date.
    np.savez_compressed(
        file,
        x=bundle.x,
        w=bundle.w,
        b=bundle.b,
        grad_output=bundle.grad_output,
        output=results.out,
        dw=results.dw_gemm,
        dx=results.dx_gemm,
        db=conv2d_bias(bundle.grad_output),
        **{
            name: getattr(geometry, name)
            for name, field in FIELDS.items()
            if field.part == "geometry"
        },
        link=urlencode(view.to_query()),
        about=words(view.lang)("tensors.about_file"),
    )
    return file.getvalue()


def _open(data: bytes, file: str) -> DataSet:
    """The data set in an .npz; x and w are enough.

    The names are those of `names.NAMES`. Without b it is zeros; without stride, padding, dilation
    and groups they are 1, 0, 1 and what the channels ask for. A link says the places of the
    default view. The data set's notes say what was read as what, and what was not read.

    Raises ConvError for a file that cannot be read, or whose tensors the page cannot show.
    """
    refuse_other_formats(data, file)
    named = by_what_they_are(file, *unpack(data, wanted()))
    _check_transposed(named)
    for what in ("x", "w", "grad_output"):
        if what in named.members or what != "grad_output":
            _check_numbers(named, what)
    geometry = read_geometry(named)
    has_gradient = "grad_output" in named.members
    # Before any number is looked at: as float64 they may take eight times the file's memory.
    default = _light_enough(geometry, "file" if has_gradient else "output")
    opened = DataSet(
        x=_tensor(named, "x"),
        w=_tensor(named, "w"),
        b=_bias(named, geometry.weight_size[0]),
        grad_output=_grad_output(named, geometry) if has_gradient else None,
        default=default,
        file=short(PurePath(file).name),
        notes=tuple(_notes(named, geometry)),
    )
    return replace(opened, default=_at_the_links_places(named, opened))


def _check_transposed(named: Named) -> None:
    """Raises ConvError for a file that says that its layer is a transposed convolution."""
    for what in ("transposed", "output_padding"):
        if what in named.members and named.members[what].is_set:
            raise ConvError("error.transposed", name=named.name(what))


def _check_numbers(named: Named, what: str) -> None:
    """Raises ConvError unless the tensor is there, of real numbers and of its axes."""
    name = named.name(what)
    if what in named.names and what not in named.members:
        raise ConvError("error.objects", name=name)
    if what not in named.members:
        there, read = named.results + named.unread, ", ".join(NAMES[what])
        if there:
            raise ConvError("error.missing", name=name, read=read, there=_list(there))
        raise ConvError("error.missing_none", name=name, read=read)
    member = named.members[what]
    if member.dtype == np.dtype("V2"):
        raise ConvError("error.bfloat16", name=name)
    if member.dtype.kind not in "iuf":
        raise ConvError("error.real", name=name, kind=member.kind)
    check_axes(named, what, AXES[what])


def _tensor(named: Named, what: str) -> Array:
    """The tensor's numbers, looked at one by one."""
    name, numbers = named.name(what), named.members[what].numbers()
    if not np.isfinite(numbers).all():
        raise ConvError("error.finite", name=name)
    largest = float(np.abs(numbers).max())
    most = _LARGEST_GRADIENT if what == "grad_output" else _LARGEST
    if largest > most:
        raise ConvError("error.largest", name=name, most=most, largest=largest)
    return numbers


def _bias(named: Named, filters: int) -> Array:
    if "b" not in named.members:
        return np.zeros(filters)
    _check_numbers(named, "b")
    if named.members["b"].shape != (filters,):
        shape = named.members["b"].shape
        raise ConvError("error.bias_of", name=named.name("b"), filters=filters, shape=shape)
    return _tensor(named, "b")


def _grad_output(named: Named, geometry: Geometry) -> Array:
    _check_numbers(named, "grad_output")
    name, shape = named.name("grad_output"), named.members["grad_output"].shape
    if shape != geometry.output_size:
        size, others = geometry.output_size, list(where_grad_output_fits(geometry, shape))
        if not others:
            raise ConvError("error.grad_output_shape", name=name, size=size, shape=shape)
        would = ", ".join(f"{parameter}={value}" for parameter, value in others)
        has = ", ".join(f"{name}={_as_code(getattr(geometry, name))}" for name, _ in others)
        parameter, value = others[0]
        code = named.repaired(f"{named.item(parameter)} = {value}")
        raise ConvError(
            "error.grad_output_fits",
            name=name,
            size=size,
            shape=shape,
            would=would,
            has=has,
            code=code,
        )
    return _tensor(named, "grad_output")


def _as_code(numbers: tuple[int, ...]) -> str:
    """As a call would have them: one where all are the same."""
    return str(numbers if len(set(numbers)) > 1 else numbers[0])


def _light_enough(geometry: Geometry, top_diff: str) -> View:
    """The opening view, or the forward pass where that is too much work; raises ConvError where
    both are."""
    x, w = geometry.input_size, geometry.weight_size
    parameters = geometry.parameters
    default = View(data=OWN, kernel=geometry.kernel, top_diff=top_diff, **parameters)
    sizes = Sizes(x, w, None, geometry.groups, default)
    work = {view: sizes.work(view) for view in (default, replace(default, scene="forward"))}
    for view, share in work.items():
        if share <= 1:
            return view
    raise ConvError("error.work_of_file", xs=x, ws=w, work=in_times(min(work.values())))


def _notes(named: Named, geometry: Geometry) -> list[Note]:
    """What was read as what, and what was not read."""
    notes = []
    read = {what: name for what, name in named.names.items() if what in named.members}
    renamed = [f"{what} = {name}" for what, name in read.items() if what != name]
    if renamed:
        notes.append(Note("reading.renamed", {"names": ", ".join(renamed)}))
    nones = [name for what, name in named.names.items() if what not in named.members]
    if nones:
        notes.append(Note("reading.none", {"names": _list(nones)}))
    if geometry.groups > 1 and "groups" not in named.members:
        x, w = geometry.input_size, geometry.weight_size
        key = "reading.groups_or_transposed" if looks_transposed(x, w) else "reading.groups"
        notes.append(Note(key, {"groups": geometry.groups, "xs": x, "ws": w}))
    if geometry.is_uneven or says_same(named):
        (top, bottom), (left, right) = geometry.pads
        sides = {"top": top, "bottom": bottom, "left": left, "right": right}
        said = "padding" if "padding" in named.members else "auto_pad"
        notes.append(Note("reading.padding", {"name": named.name(said), **sides}))
    if named.results:
        notes.append(Note("reading.results", {"names": _list(named.results)}))
    if named.unread:
        notes.append(Note("reading.unread", {"names": _list(named.unread)}))
    return notes


def _list(names: Sequence[str]) -> str:
    shown = [short(name) for name in names[:_MOST_NAMES]]
    more = len(names) - len(shown)
    return ", ".join([*shown, f"… (+{more})"] if more else shown)


def _at_the_links_places(named: Named, data: DataSet) -> View:
    """The default view at the places that the link names; what the link says of anything else, or
    cannot mean, counts for nothing."""
    link = named.members.get("link")
    text = link.text(_LONGEST_LINK) if link else ""
    query = {name: value for name, value in parse_qsl(text) if name in _LINKED}
    return from_query(query, lambda _: data.sizes)[0]


# Last, for it says what is wrong with a file that is none of the others.
FORMATS.add(FileFormat(name="npz", position=100, is_of=lambda *_: True, open=_open))
