"""How a snippet is written: parts of code, their comments in the reader's language, and the
tensors, which stand in the code where they are small."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from itertools import pairwise
from string import Template

import numpy as np

from conv.layer import AXES
from conv.ops.geometry import Geometry
from conv.ops.textbook import Array
from conv.results import Bundle
from conv.spot import Spot
from conv.words import texts

MOST_LITERALS = 150  # numbers that stand in the code, of all its tensors together
_WIDTH = 88
_SECTION = "snippet."
_AXES = {**AXES, "top_diff": AXES["grad_output"]}


def code(spot: Spot, *parts: str, **values: object) -> str:
    """The parts below one another. A `$name` in them is one of `values`, or else how code says the
    padding, or a comment of the catalogue's section "snippet". Raises KeyError where it is none."""
    comments = {
        key.removeprefix(_SECTION): text
        for key, text in texts(spot.view.lang).items()
        if key.startswith(_SECTION)
    }
    blocks = [part.strip("\n") for part in parts if part]
    text = blocks[0]
    for above, below in pairwise(blocks):
        around_function = above.startswith("def ") or below.startswith("def ")
        text += ("\n\n\n" if around_function else "\n\n") + below
    return Template(text).substitute({**comments, **_padding(spot.geometry), **values}) + "\n"


def _padding(geometry: Geometry) -> dict[str, object]:
    """How code says the padding: p0 rows and p1 columns of zeros, and as many behind, or else a0
    rows and a1 columns."""
    if geometry.is_uneven:
        return {
            "padding": geometry.pads,
            "padding_names": "((p0, a0), (p1, a1))",
            "padded_size": "H + p0 + a0, W + p1 + a1",
            "borders": "(p0, a0), (p1, a1)",
        }
    return {
        "padding": geometry.padding,
        "padding_names": "(p0, p1)",
        "padded_size": "H + 2 * p0, W + 2 * p1",
        "borders": "(p0, p0), (p1, p1)",
    }


def arrays(bundle: Bundle, names: Sequence[str]) -> dict[str, Array]:
    """Those of a bundle's tensors that are named: of "x", "w", "b" and "top_diff"."""
    known = {"x": bundle.x, "w": bundle.w, "b": bundle.b, "top_diff": bundle.grad_output}
    return {name: known[name] for name in names}


def are_literals(tensors: dict[str, Array]) -> bool:
    """Whether the tensors' numbers can stand in the code: they are few, and each has a literal."""
    few = sum(array.size for array in tensors.values()) <= MOST_LITERALS
    return few and all(np.isfinite(array).all() for array in tensors.values())


def tensor_lines(
    tensors: dict[str, Array], file_name: str, literal_form: str, loaded_form: str
) -> str:
    """Code that names the tensors. The forms say how a tensor is made of its numbers, and how of
    an array of the file; a {} stands for these."""
    if are_literals(tensors):
        return "\n".join(_array(name, array, literal_form) for name, array in tensors.items())
    quoted = json.dumps(file_name, ensure_ascii=False)  # a literal of Python's too
    # A dollar sign in the file's name stands for itself.
    lines = [f"with np.load({quoted}) as data:".replace("$", "$$")]
    for name in tensors:
        key = "grad_output" if name == "top_diff" else name
        made = loaded_form.format(f'data["{key}"]')
        lines.append(f"    {name} = {made}  # ({_AXES[name]})")
    return "\n".join(lines)


def _array(name: str, array: Array, form: str) -> str:
    before, after = form.split("{}")
    start = f"{name} = {before}"
    numbers = np.array2string(
        array,
        max_line_width=_WIDTH,
        separator=", ",
        prefix=start,
        threshold=sys.maxsize,
        floatmode="unique",
    )
    # NumPy leaves a line empty between the planes of an array.
    return start + "\n".join(line for line in numbers.split("\n") if line.strip()) + after


def literal(value: float) -> str:
    """A number in code, with all its digits."""
    value = float(value)
    return repr(value) if math.isfinite(value) else f'float("{value}")'


def cell_name(tensor: str, place: Sequence[int]) -> str:
    """A cell as code names it: dw[10, 7, 1, 1]."""
    return f"{tensor}[{', '.join(map(str, place))}]"
