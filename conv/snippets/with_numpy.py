"""What a scene shows at its place, as plain NumPy code for a reader without this package.

It reads those of x, w, b and grad_output that it needs from an .npz, unless they are small: then
they stand in the code. The geometry stands in the code. A variable that has the name of a panel
holds that panel's numbers when all steps are done.
"""

from __future__ import annotations

from conv.lessons import walked_of
from conv.spot import Spot

from . import numpy_parts as parts
from .writing import arrays, cell_name, code, tensor_lines

_TENSORS = ("x", "w", "b", "top_diff")


def overview(spot: Spot, file_name: str) -> str:
    """Both passes of one window."""
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


def forward(spot: Spot, file_name: str) -> str:
    """The output, channel by channel."""
    first = parts.head(spot, file_name, ("x", "w", "b"), ("ij",))
    functions = (parts.WINDOW, parts.OUT)
    return code(spot, *first, *functions, parts.X_PAD, parts.FORWARD, **_cells(spot))


def weight(spot: Spot, file_name: str) -> str:
    """Dw by both methods."""
    first = parts.head(spot, file_name, ("x", "top_diff"), ("ij", "mk"))
    functions = (parts.WINDOW, parts.ZEROS, parts.PATCHES, parts.CORRELATE)
    scan = parts.ALL_ITEMS if spot.view.scan == "all" else parts.ONE_ITEM
    setup = f"{parts.X_PAD}\n{parts.CELLS}"
    return code(
        spot, *first, *functions, setup, parts.WEIGHT, scan, parts.WEIGHT_END, **_cells(spot)
    )


def input_(spot: Spot, file_name: str) -> str:
    """Dx by both methods."""
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


def notebook(spot: Spot, file_name: str) -> str:
    """The section's own code, of the data that stand in for the view's where some do."""
    shown = walked_of(spot)
    tensors = tensor_lines(arrays(shown.bundle, _TENSORS), file_name, "np.array({})", "{}")
    return code(spot, parts.IMPORT, tensors, "grad_output = top_diff", shown.ran.code)


def _cells(spot: Spot) -> dict[str, str]:
    """The view's cells, as code names them."""
    view = spot.view
    return {
        "out_cell": cell_name("out", (view.n, view.f, view.i, view.j)),
        "dw_cell": cell_name("dw", spot.weight_cell),
        "dx_cell": cell_name("dx", spot.input_cell),
    }
