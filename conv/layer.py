"""The tensors of one layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conv.ops.textbook import Array
from conv.state.sizes import Sizes
from conv.state.view import View
from conv.words import Words

AXES: Mapping[str, str] = {
    "x": "N, C, H, W",
    "w": "F, C/groups, KH, KW",
    "b": "F",
    "grad_output": "N, F, OH, OW",
}


@dataclass(frozen=True)
class Note:
    """A sentence of the catalogue on how data were read, and its values."""

    key: str
    values: Mapping[str, object]

    def sentence(self, say: Words) -> str:
        """In the language of these words."""
        return say(self.key, **self.values)


@dataclass(frozen=True)
class DataSet:
    """Tensors of one layer as they come from a file, float64: x (N, C, H, W), w (F, C/groups,
    KH, KW), b (F), grad_output (N, F, OH, OW) or None; pictures (N, H, W, 3) of uint8 and a
    name for each item, or none. `default` is the view that it opens with; `file` the name of the
    reader's file that they come from, and `notes` how it was read."""

    x: Array
    w: Array
    b: Array
    grad_output: Array | None
    default: View
    pictures: NDArray[np.uint8] | None = None
    labels: tuple[str, ...] = ()
    file: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def sizes(self) -> Sizes:
        """What a view may pick from."""
        return Sizes(
            _size4(self.x),
            _size4(self.w),
            None if self.grad_output is None else _size4(self.grad_output),
            self.x.shape[1] // self.w.shape[1],
            self.default,
        )


def _size4(array: Array) -> tuple[int, int, int, int]:
    n, c, h, w = array.shape
    return n, c, h, w
