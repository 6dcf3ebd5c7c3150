"""The arrays in an .npz archive, of which nothing is trusted: no pickle is opened, and no more is
unpacked than the archive declares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
from numpy.lib import format as npy

from conv.ops import ConvError
from conv.ops.textbook import Array

MOST_UNPACKED = 64 * 2**20  # bytes of the arrays that are read
_ARRAY = ".npy"
_FEW = 8


@dataclass(frozen=True)
class Member:
    """An array of the archive, of which nothing is known but that its sizes are what it has."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[np.generic]
    body: bytes

    @property
    def kind(self) -> str:
        """The type's name, which a file cannot choose as it can those of a record's fields."""
        return self.dtype.type.__name__

    @property
    def is_object(self) -> bool:
        """Whether it is a single Python object, as NumPy makes of b=None; it is not opened."""
        return self.dtype.hasobject and self.shape == ()

    def numbers(self) -> Array:
        """As float64; what is too large for one is infinite."""
        flat = np.frombuffer(self.body, self.dtype)
        with np.errstate(over="ignore"):
            numbers = flat.astype(np.float64)
        return numbers.reshape(self.shape, order="F" if self.fortran else "C")

    def whole_numbers(self) -> list[int] | None:
        """Its few whole numbers in their order; None where they are no such, or many."""
        if self.dtype.kind not in "iu" or math.prod(self.shape) > _FEW:
            return None
        flat = np.frombuffer(self.body, self.dtype).reshape(
            self.shape, order="F" if self.fortran else "C"
        )
        return [int(number) for number in flat.ravel()]

    @property
    def is_set(self) -> bool:
        """Whether it says yes: a number that is not 0, or a word that is no "no"."""
        if self.dtype.kind in "US":
            return self.text(_FEW * 4).lower() not in {"", "0", "false", "no", "none"}
        is_number = self.dtype.kind in "biuf" and math.prod(self.shape) <= _FEW
        return is_number and bool(self.numbers().any())

    def text(self, most: int) -> str:
        """Its text, from the first `most` bytes on; "" where it is none."""
        order = "be" if self.dtype.byteorder == ">" else "le"
        encoding = {"U": f"utf-32-{order}", "S": "utf-8"}.get(self.dtype.kind)
        if encoding is None:
            return ""
        return self.body[:most].decode(encoding, "ignore").rstrip("\0")


def unpack(data: bytes, wanted: Iterable[str]) -> tuple[list[str], Mapping[str, Member]]:
    """The names of all that is in the archive, and of those that are wanted the arrays; raises
    ConvError."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            files = list(dict.fromkeys(archive.namelist()))
            names = [name for name in wanted if f"{name}{_ARRAY}" in files]
            unpacked = sum(archive.getinfo(f"{name}{_ARRAY}").file_size for name in names)
            if unpacked > MOST_UNPACKED:
                raise ConvError("error.unpacked", most=MOST_UNPACKED >> 20)
            there = [file.removesuffix(_ARRAY) for file in files]
            return there, {name: _member(archive, name) for name in names}
    except ConvError:
        raise
    except Exception:  # noqa: BLE001 - on bytes that are made for it, zipfile and NumPy raise all
        raise ConvError("error.no_archive") from None


def _member(archive: ZipFile, name: str) -> Member:
    info = archive.getinfo(f"{name}{_ARRAY}")
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise ConvError("error.packed", name=name)
    with archive.open(info) as packed:
        # With the size that is declared: without one, it would be unpacked to whatever end.
        file = BytesIO(packed.read(info.file_size))
    version = npy.read_magic(file)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = header(file)
    body = file.read()
    member = Member(shape, fortran, dtype, body)
    if dtype.hasobject:
        if member.is_object:
            return member
        raise ConvError("error.objects", name=name)
    if min(shape, default=1) < 1 or math.prod(shape) * dtype.itemsize != len(body) or not body:
        raise ConvError("error.declared", name=name, shape=shape)
    return member
