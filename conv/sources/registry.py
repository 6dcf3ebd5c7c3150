"""The sources of tensors: data sets that are built in, and formats of files. Each is registered by
a file of this room, and nothing else names it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from conv.layer import DataSet
from conv.ops import ConvError
from conv.ops.geometry import listed, shown
from conv.registry import Registry
from conv.state.rooms import DATA, Listed
from conv.state.sizes import Sizes
from conv.words import Words

MOST_BYTES = 20 * 2**20  # of a file
OWN = "own-"


@dataclass(frozen=True, kw_only=True)
class BuiltIn(Listed):
    """A data set that the link, the shell and the page call by its name; the catalogue has it as
    `data.<name>`. `load` may raise FileNotFoundError."""

    load: Callable[[], DataSet]


@dataclass(frozen=True, kw_only=True)
class FileFormat(Listed):
    """A format of files: whether a file with these bytes and of this name is one, and the data set
    in it. `open` raises ConvError for a file that cannot be read, or that cannot be shown."""

    is_of: Callable[[bytes, str], bool]
    open: Callable[[bytes, str], DataSet]


FORMATS: Registry[FileFormat] = Registry("conv.sources")


def load(name: str) -> DataSet:
    """The built-in data set of this name. Its arrays cannot be written to.

    Raises ConvError for another name, or where its files are missing.
    """
    if name not in DATA:
        raise ConvError("error.one_of", name="data", known=listed(DATA), value=shown(name))
    try:
        return _load(name)
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise ConvError("error.data_missing", name=name, file=missing) from None


@cache
def _load(name: str) -> DataSet:
    source = DATA[name]
    assert isinstance(source, BuiltIn)  # noqa: S101 - nothing else is added
    return _locked(source.load())


def sizes_of(name: str) -> Sizes:
    """The sizes of the built-in data set of this name."""
    return load(name).sizes


def open_tensors(source: bytes | Path, file: str = "") -> DataSet:
    """The data set in a file, given as its bytes or its path. Its arrays cannot be written to. Its
    name in a view is made of all that is in it; `file` is its own.

    Raises ConvError for a file that cannot be read, or whose tensors the page cannot show.
    """
    data = source if isinstance(source, bytes) else _read(source)
    file = file if isinstance(source, bytes) else source.name
    if len(data) > MOST_BYTES:
        raise ConvError("error.file_bytes", most=MOST_BYTES >> 20)
    format_ = next(one for one in FORMATS.values() if one.is_of(data, file))
    return _named(_locked(format_.open(data, file)))


def read_data(text: str) -> DataSet:
    """The data set that a command names: a built-in one, or the path of a file; raises
    ConvError."""
    return load(text) if text in DATA else open_tensors(Path(text))


def data_label(name: str, say: Words, file: str = "") -> str:
    """A data set's name in words; `file` is that of the file it came from, where it is known."""
    if name in DATA:
        return say(f"data.{name}")
    digest = name.removeprefix(OWN)[:8]
    return say("data.file", file=file, digest=digest) if file else say("data.own", digest=digest)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConvError(
            "error.data_unreadable", known=listed(DATA), path=str(path), reason=why
        ) from None


def _named(data: DataSet) -> DataSet:
    """The data set, called by a digest of its tensors and of the view that it opens with."""
    digest = hashlib.sha256(repr(data.default).encode())
    for array in (data.x, data.w, data.b, data.grad_output):
        if array is not None:
            digest.update(repr(array.shape).encode() + array.tobytes())
    # Nobody finds other tensors of the same sixteen digits, so that a name can be relied on.
    return replace(data, default=replace(data.default, data=OWN + digest.hexdigest()[:16]))


def _locked(data: DataSet) -> DataSet:
    for array in (data.x, data.w, data.b, data.grad_output, data.pictures):
        if array is not None:
            array.setflags(write=False)
    return data
