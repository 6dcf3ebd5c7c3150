"""Tensors in a file: those of a view as an .npz, and such a file, by whoever, as a data set.

Nothing in a file is trusted: no pickle is opened, no more is unpacked than the archive declares and
the page can show, and every number is looked at.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
from numpy.lib import format as npy

from .bundle import Bundle, DataSet, Results, load
from .ops import ConvError, Geometry, conv2d_bias
from .ops.geometry import Pair
from .ops.textbook import Array
from .view import DATA, DILATIONS, KERNELS, PADDINGS, STRIDES, View, from_query
from .words import Words, words

MOST_BYTES = 20 * 2**20  # of a file
_MOST_UNPACKED = 64 * 2**20  # bytes of the arrays that are read
_MOST_ITEMS = 128  # items, channels, filters, rows or columns
# The cells of im2col and the products, at the largest kernel and padding that a view may ask for:
# some twice what the notebook's layer has there.
_MOST_COLUMNS, _MOST_PRODUCTS = 20_000_000, 300_000_000
# The browser gets float32: with these, no gradient or sum leaves it.
_LARGEST, _LARGEST_GRADIENT = 1e6, 1e18
_OWN = "own-"
_GEOMETRY = ("kernel", "stride", "padding", "dilation", "groups")
_READ = ("x", "w", "b", "grad_output", *_GEOMETRY, "link")
_PLACES = (*"ncfijmkpqt", "seed")
_LONGEST_LINK = 4000  # bytes


def tensors_file(view: View, bundle: Bundle, results: Results) -> bytes:
    """The view's tensors as a compressed .npz, the same bytes every time.

    Float64: x (N, C, H, W), w (F, C/groups, KH, KW), b (F), output and grad_output (N, F, OH, OW),
    dw, dx and db as w, x and b; ints: kernel, stride, padding and dilation (rows, columns), groups;
    texts: the view's link, and about, which says all of this.
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
        kernel=geometry.kernel,
        stride=geometry.stride,
        padding=geometry.padding,
        dilation=geometry.dilation,
        groups=geometry.groups,
        link=urlencode(view.to_query()),
        about=words(view.lang)("tensors.about_file"),
    )
    return file.getvalue()


def open_tensors(source: bytes | Path) -> DataSet:
    """The data set in an .npz file, given as its bytes or its path; x and w are enough. Its arrays
    cannot be written to. Its name, which its default view has, is made of all that is in it.

    Without b it is zeros; without stride, padding, dilation and groups they are 1, 0, 1 and what
    the channels ask for. A link says the places of the default view.

    Raises ConvError for a file that cannot be read, or whose tensors the page cannot show.
    """
    members = _members(source if isinstance(source, bytes) else _read(source))
    x = _tensor(members, "x", "N, C, H, W")
    w = _tensor(members, "w", "F, C/groups, KH, KW")
    geometry = _geometry(members, x, w)
    _check_work(geometry)
    filters, output_size = w.shape[:1], geometry.output_size
    has_gradient = "grad_output" in members
    data = DataSet(
        x=x,
        w=w,
        b=_fitting(members, "b", filters) if "b" in members else _locked(np.zeros(filters)),
        grad_output=_fitting(members, "grad_output", output_size) if has_gradient else None,
        default=View(
            data=_OWN,
            kernel=geometry.kernel,
            top_diff="file" if has_gradient else "output",
            **geometry.parameters,
        ),
    )
    return _named(replace(data, default=_at_the_links_places(members, data)))


def read_data(text: str) -> DataSet:
    """The data set that a command names: a built-in one, or the path of an .npz; raises
    ConvError."""
    return load(text) if text in DATA else open_tensors(Path(text))


def data_label(name: str, say: Words) -> str:
    """A data set's name in words."""
    if name in DATA:
        return say(f"data.{name}")
    return say("data.own", digest=name.removeprefix(_OWN)[:8])


@dataclass(frozen=True)
class _Member:
    """An array of the archive, of which nothing is known but that its sizes are what it has."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[np.generic]
    body: bytes

    @property
    def kind(self) -> str:
        """The type's name, which a file cannot choose as it can those of a record's fields."""
        return self.dtype.type.__name__

    def numbers(self) -> Array:
        """As float64; what is too large for one is infinite."""
        flat = np.frombuffer(self.body, self.dtype)
        with np.errstate(over="ignore"):
            numbers = flat.astype(np.float64)
        return numbers.reshape(self.shape, order="F" if self.fortran else "C")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        known = ", ".join(map(repr, DATA))
        why = getattr(error, "strerror", None) or error
        raise ConvError(
            f"data must be one of {known} or the path of an .npz file; "
            f"{str(path)!r} cannot be read: {why}"
        ) from None


def _members(data: bytes) -> Mapping[str, _Member]:
    """The archive's arrays that are of use, by name."""
    if len(data) > MOST_BYTES:
        raise ConvError(f"the file must have at most {MOST_BYTES >> 20} MB; x and w alone would do")
    try:
        with ZipFile(BytesIO(data)) as archive:
            there = set(archive.namelist())
            names = [name for name in _READ if f"{name}.npy" in there]
            unpacked = sum(archive.getinfo(f"{name}.npy").file_size for name in names)
            if unpacked > _MOST_UNPACKED:
                raise ConvError(
                    f"the file's arrays must have at most {_MOST_UNPACKED >> 20} MB unpacked; "
                    "fewer items, channels or filters would do"
                )
            return {name: _member(archive, name) for name in names}
    except ConvError:
        raise
    except Exception:  # noqa: BLE001 - on bytes that are made for it, zipfile and NumPy raise all
        raise ConvError(
            "the file must be an .npz archive, as np.savez writes it; it is another or damaged"
        ) from None


def _member(archive: ZipFile, name: str) -> _Member:
    info = archive.getinfo(f"{name}.npy")
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise ConvError(f"{name} is packed in an unusual way; np.savez_compressed would do")
    with archive.open(info) as packed:
        # With the size that is declared: without one, it would be unpacked to whatever end.
        file = BytesIO(packed.read(info.file_size))
    version = npy.read_magic(file)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = header(file)
    body = file.read()
    if dtype.hasobject:
        raise ConvError(f"{name} must hold numbers, got Python objects; astype(float) would do")
    if min(shape, default=1) < 1 or math.prod(shape) * dtype.itemsize != len(body) or not body:
        raise ConvError(f"{name} must hold the {shape} numbers that it declares, and at least one")
    return _Member(shape, fortran, dtype, body)


def _tensor(members: Mapping[str, _Member], name: str, axes: str) -> Array:
    """The tensor of these axes, looked at number by number."""
    if name not in members:
        raise ConvError(f"{name} is missing from the file; np.savez(file, x=x, w=w) would do")
    member, rank = members[name], axes.count(",") + 1
    if member.dtype.kind not in "iuf":
        raise ConvError(f"{name} must hold real numbers, got {member.kind}; float64 would do")
    if len(member.shape) != rank:
        raise ConvError(f"{name} must have the axes ({axes}), got {len(member.shape)} axes")
    if max(member.shape) > _MOST_ITEMS:
        raise ConvError(
            f"{name} ({axes}) must have at most {_MOST_ITEMS} along each axis, got {member.shape}"
        )
    numbers = member.numbers()
    if not np.isfinite(numbers).all():
        raise ConvError(f"{name} must hold finite numbers, got infinity or NaN")
    largest = np.abs(numbers).max()
    most = _LARGEST_GRADIENT if name == "grad_output" else _LARGEST
    if largest > most:
        raise ConvError(
            f"{name} must hold numbers of at most {most:.0e}, got {largest:.2e}; "
            "a smaller unit would do"
        )
    return _locked(numbers)


def _fitting(members: Mapping[str, _Member], name: str, size: tuple[int, ...]) -> Array:
    """The tensor that must have this size."""
    tensor = _tensor(members, name, "F" if len(size) == 1 else "N, F, OH, OW")
    if tensor.shape != size:
        raise ConvError(
            f"{name} must have the shape {size}, which follows from x, w and the geometry, "
            f"got {tensor.shape}"
        )
    return tensor


def _geometry(members: Mapping[str, _Member], x: Array, w: Array) -> Geometry:
    kernel, most = (w.shape[2], w.shape[3]), KERNELS[-1]
    if max(kernel) > most:
        raise ConvError(f"w must have a kernel of at most {most} rows and columns, got {kernel}")
    said = _pair(members, "kernel", KERNELS, kernel)
    if said != kernel:
        raise ConvError(f"kernel must be that of w, {kernel}, got {said}")
    groups = max(1, x.shape[1] // w.shape[1])
    group_counts = _pair(members, "groups", range(1, _MOST_ITEMS + 1), (groups, groups))
    if group_counts[0] != group_counts[1]:
        raise ConvError(f"groups must be one whole number, got {group_counts}")
    return Geometry(
        x.shape,
        w.shape,
        stride=_pair(members, "stride", STRIDES, (1, 1)),
        padding=_pair(members, "padding", PADDINGS, (0, 0)),
        dilation=_pair(members, "dilation", DILATIONS, (1, 1)),
        groups=group_counts[0],
    )


def _pair(members: Mapping[str, _Member], name: str, legal: range, default: Pair) -> Pair:
    """One whole number or two, each of them legal, as (rows, columns)."""
    if name not in members:
        return default
    member = members[name]
    if member.dtype.kind not in "iu" or math.prod(member.shape) > 2:
        raise ConvError(f"{name} must be one whole number or two, (rows, columns)")
    numbers = np.frombuffer(member.body, member.dtype).tolist()
    if min(numbers) < legal[0] or max(numbers) > legal[-1]:
        raise ConvError(
            f"{name} must be from {legal[0]} to {legal[-1]}, got {', '.join(map(str, numbers))}"
        )
    return numbers[0], numbers[-1]


def _check_work(geometry: Geometry) -> None:
    """Refuses tensors that would hold the page up, in the worst of the views that it offers."""
    (n, c, h, w), filters = geometry.input_size, geometry.weight_size[0]
    room = 2 * PADDINGS[-1] - (KERNELS[-1] - 1)
    cells = n * (h + room) * (w + room) * KERNELS[-1] ** 2
    for count, most in (
        (cells * max(c, filters), _MOST_COLUMNS),
        (cells * c * filters, _MOST_PRODUCTS),
    ):
        if count > most:
            raise ConvError(
                f"x {geometry.input_size} and w {geometry.weight_size} are {count / most:.1f} "
                "times what the page can work out; fewer items, channels, filters or rows would do"
            )


def _at_the_links_places(members: Mapping[str, _Member], data: DataSet) -> View:
    """The default view at the places that the link names; what the link says of anything else, or
    cannot mean, counts for nothing."""
    body = members["link"].body if "link" in members else b""
    text = body[:_LONGEST_LINK].decode("utf-32-le", "ignore").rstrip("\0")
    query = {name: value for name, value in parse_qsl(text) if name in _PLACES}
    return from_query(query, lambda _: data.sizes)[0]


def _named(data: DataSet) -> DataSet:
    """The data set, called by a digest of its tensors and of the view that it opens with."""
    digest = hashlib.sha256(repr(data.default).encode())
    for array in (data.x, data.w, data.b, data.grad_output):
        if array is not None:
            digest.update(repr(array.shape).encode() + array.tobytes())
    # Nobody finds other tensors of the same sixteen digits, so that a name can be relied on.
    return replace(data, default=replace(data.default, data=_OWN + digest.hexdigest()[:16]))


def _locked(array: Array) -> Array:
    array.setflags(write=False)
    return array
