"""Spots to write snippets of, and a reader who runs what is written."""

import itertools
from dataclasses import replace

import numpy as np

from conv import conv2d_input, conv2d_weight
from conv.ops.geometry import Geometry
from conv.results import Bundle, Results, make_bundle
from conv.sources import load
from conv.spot import Spot
from conv.state.view import View, choices

from ..ops.grid import case, tensors
from ..views import (
    GEOMETRIES,
    GROUPED,
    SCANNED,
    UNEVEN,
    UNREAD,
    VIEWS,
    altered,
    legal_view,
    uneven_view,
)

MISTAKES = choices("mistake")

# Two groups of two channels and three filters; two items.
GROUPS = case((6, 3, 2, 1, 1), (7, 2, 1, 0, 2), (2, 4, 6, 2))
UNEVEN_GROUPS = case((6, 3, 2, (0, 2), 1), (7, 2, 1, (3, 1), 2), (2, 4, 6, 2))


def results(bundle):
    """A bundle's results, all by the fast engine: the textbook methods take their time."""
    x, w, g, geometry = bundle.x, bundle.w, bundle.grad_output, bundle.geometry
    dw = conv2d_weight(x, w.shape, g, **geometry.parameters)
    dx = conv2d_input(x.shape, w, g, **geometry.parameters)
    all_dw = dict.fromkeys(("dw_patches", "dw_correlate", "dw_gemm"), dw)
    all_dx = dict.fromkeys(("dx_scatter", "dx_rot180", "dx_gemm"), dx)
    return altered(Results(bundle), **all_dw, **all_dx)


def spot_of(view):
    bundle = make_bundle(view, load(view.data))
    return Spot(view, bundle, results(bundle))


def bundle_of(drawn, seed):
    """A bundle of a case of the grid."""
    geometry = Geometry(drawn.input_size, drawn.weight_size, **drawn.parameters)
    return Bundle(*tensors(drawn, seed), geometry, "normal", seeded_weight=True)


def grouped(drawn=GROUPS, **asked):
    """A spot in the second group of GROUPS, or of another case of these sizes."""
    last = View(n=1, c=2, f=4, i=1, j=2, m=2, k=0, p=3, q=5, **asked)
    bundle = bundle_of(drawn, 5)
    return Spot(last, bundle, results(bundle))


def last_of(bundle, **asked):
    """A spot of the last cells of everything in a bundle."""
    (n, c, h, w), (f, _, kh, kw) = bundle.geometry.input_size, bundle.geometry.weight_size
    _, _, oh, ow = bundle.geometry.output_size
    sizes = dict(zip("ncfijmkpq", (n, c, f, oh, ow, kh, kw, h, w), strict=True))
    return Spot(View(**{name: size - 1 for name, size in sizes.items()}, **asked), bundle, None)


def write_file(bundle, folder):
    """The file of a bundle's tensors that the code reads."""
    path = folder / "layer $x.npz"
    np.savez(path, x=bundle.x, w=bundle.w, b=bundle.b, grad_output=bundle.grad_output)
    return str(path)


def run_code(code):
    """What code leaves behind, by name."""
    found = {}
    exec(compile(code, "snippet", "exec"), found)
    return found


WINDOWED = [
    *(view for view in VIEWS if view.data == "paper"),
    *(legal_view("notebook", scene=scene) for scene in ("overview", "forward", "dw", "dx")),
    *(
        legal_view("notebook", scene=scene, **GROUPED["groups"])
        for scene in ("overview", "forward", "dw", "dx")
    ),
    *(
        legal_view(data, scan="all", **asked)
        for name, (data, asked) in SCANNED.items()
        if name in {"an item between", "a filter of a group", "the second of two filters"}
    ),
]
WRONG = [
    legal_view(data, scene="mistakes", mistake=mistake, **geometry)
    for mistake, (data, geometry) in itertools.product(
        MISTAKES,
        (
            ("paper", {}),
            ("paper", GEOMETRIES["all at once"]),
            ("paper", UNREAD["a stride and a dilation that go past rows"]),
            ("paper", GEOMETRIES["dilation"]),
            ("notebook", {**GROUPED["groups"], "stride": (2, 2)}),
        ),
    )
]
WRONG += [
    uneven_view("paper", scene="mistakes", mistake=mistake, **geometry)
    for mistake, geometry in itertools.product(MISTAKES, UNEVEN.values())
]
WRONG = [replace(view, i=0, j=0) for view in WRONG]
