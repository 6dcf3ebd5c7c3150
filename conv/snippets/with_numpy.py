"""What a scene shows, as plain NumPy code for a reader without this package.

A variable that has the name of a panel holds that panel's numbers when all steps are done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conv.lessons import walk
from conv.scenes.products import input_cell, weight_cell
from conv.scenes.spot import Spot

from . import numpy_parts as parts
from .numpy_mistakes import mistake_code
from .numpy_training import training_code
from .writing import arrays, cell_name, code, tensor_lines

_TENSORS = ("x", "w", "b", "top_diff")


def numpy_code(spot: Spot, file_name: str) -> str:
    """Code that computes what the view's scene shows at its place; "" for the quiz, whose answer
    it would give away.

    It reads those of x, w, b and grad_output that it needs from the .npz `file_name`, unless they
    are small: then they stand in the code. The geometry stands in the code.
    """
    write = _SCENES.get(spot.view.scene)
    return write(spot, file_name) if write else ""


def _overview(spot: Spot, file_name: str) -> str:
    first = parts.head(spot, file_name, ("x", "w", "b", "top_diff"), ("ij", "mk", "pq"))
    methods = (parts.OUT, parts.PATCHES, parts.SCATTER)
    return code(
        spot,
        *first,
        parts.WINDOW,
        *methods,
        f"{parts.X_PAD}\n{parts.CELLS}",
        parts.OVERVIEW,
        **_cells(spot),
    )


def _forward(spot: Spot, file_name: str) -> str:
    first = parts.head(spot, file_name, ("x", "w", "b"), ("ij",))
    functions = (parts.WINDOW, parts.OUT)
    return code(spot, *first, *functions, parts.X_PAD, parts.FORWARD, **_cells(spot))


def _weight(spot: Spot, file_name: str) -> str:
    first = parts.head(spot, file_name, ("x", "top_diff"), ("ij", "mk"))
    functions = (parts.WINDOW, parts.ZEROS, parts.PATCHES, parts.CORRELATE)
    scan = parts.ALL_ITEMS if spot.view.scan == "all" else parts.ONE_ITEM
    setup = f"{parts.X_PAD}\n{parts.CELLS}"
    return code(
        spot, *first, *functions, setup, parts.WEIGHT, scan, parts.WEIGHT_END, **_cells(spot)
    )


def _input(spot: Spot, file_name: str) -> str:
    first = parts.head(spot, file_name, ("w", "top_diff"), ("ij", "pq"), parts.LEFTOVER)
    functions = (
        parts.WINDOW,
        parts.SCATTER,
        parts.FULL,
        parts.ROT180,
    )
    scan = parts.ALL_FILTERS if spot.view.scan == "all" else parts.ONE_FILTER
    return code(
        spot, *first, *functions, parts.CELLS, parts.INPUT, scan, parts.INPUT_END, **_cells(spot)
    )


def _notebook(spot: Spot, file_name: str) -> str:
    """The section's own code, of the data that stand in for the view's where some do."""
    walked = spot.walked or walk(spot.view, spot.bundle)
    own = Spot(walked.view, walked.bundle, spot.results)
    tensors = tensor_lines(arrays(own, _TENSORS), file_name, "np.array({})", "{}")
    return code(spot, parts.IMPORT, tensors, "grad_output = top_diff", walked.ran.code)


def _cells(spot: Spot) -> dict[str, str]:
    """The view's cells, as code names them."""
    view = spot.view
    return {
        "out_cell": cell_name("out", (view.n, view.f, view.i, view.j)),
        "dw_cell": cell_name("dw", weight_cell(spot)),
        "dx_cell": cell_name("dx", input_cell(spot)),
    }


_SCENES: Mapping[str, Callable[[Spot, str], str]] = {
    "overview": _overview,
    "forward": _forward,
    "dw": _weight,
    "dx": _input,
    "update": training_code,
    "mistakes": mistake_code,
    "notebook": _notebook,
}
