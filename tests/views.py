"""Views of every data set under geometries of every kind, for the tests of scenes and figures."""

import random
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

import numpy as np
import pytest

from conv.results import Results, make_bundle
from conv.scenes import make_scene
from conv.scenes.panel import Panel
from conv.sources import load, open_tensors
from conv.state.legal import nearest
from conv.state.view import DILATIONS, KERNELS, PADDINGS, STRIDES, View
from tests.cases import each_of

WINDOWED = ("overview", "forward", "dw", "dx")  # scenes in which a step is a place of a window
GEOMETRIES = {
    "as it opens": {},
    "stride 2, rows left over": {"stride": (2, 2), "i": 1, "j": 2, "m": 0, "k": 2, "p": 3, "q": 1},
    "padding 0": {"padding": (0, 0), "i": 2, "j": 0, "m": 2, "k": 0},
    "padding beyond K - 1": {"padding": (4, 3), "i": 0, "j": 0, "p": 0, "q": 4},
    "dilation": {"dilation": (2, 1), "padding": (2, 1), "i": 3, "j": 1, "m": 2, "k": 2},
    "rectangular kernel": {
        "kernel": (2, 3),
        "stride": (1, 2),
        "padding": (1, 0),
        "i": 1,
        "j": 0,
        "m": 1,
        "k": 2,
        "p": 4,
        "q": 0,
    },
    "1x1 kernel": {"kernel": (1, 1), "padding": (0, 0), "stride": (3, 3), "i": 1, "j": 1},
    "one row of kernel": {"kernel": (1, 5), "padding": (0, 2), "i": 4, "j": 4, "k": 4},
    "all at once": {
        "kernel": (3, 2),
        "stride": (2, 3),
        "padding": (3, 5),
        "dilation": (1, 3),
        "i": 2,
        "j": 1,
        "m": 0,
        "k": 1,
        "p": 1,
        "q": 3,
        "top_diff": "normal",
        "seed": 7,
    },
}
# Rows and columns that no window reads, between the windows and inside them.
UNREAD = {
    "stride beyond the kernel": {
        "kernel": (1, 2),
        "stride": (3, 4),
        "padding": (1, 2),
        "i": 1,
        "j": 1,
        "m": 0,
        "k": 1,
        "p": 1,
        "q": 4,
    },
    "a stride and a dilation that go past rows": {
        "kernel": (2, 2),
        "stride": (2, 4),
        "padding": (0, 1),
        "dilation": (3, 2),
        "i": 0,
        "j": 1,
        "m": 1,
        "k": 0,
        "p": 4,
        "q": 2,
        "top_diff": "normal",
    },
    "rows left over in the padding alone": {"kernel": (2, 3), "stride": (2, 3), "padding": (1, 2)},
}
# Other padding before than behind: as TensorFlow's "same" has it, before alone, and beyond K - 1.
UNEVEN = {
    "same at stride 2": {
        "stride": (2, 2),
        "padding": (0, 1, 0, 1),
        "i": 1,
        "j": 1,
        "m": 2,
        "k": 0,
        "p": 4,
        "q": 1,
    },
    "before alone": {"padding": (2, 0, 3, 0), "i": 0, "j": 5, "m": 0, "k": 2, "p": 0, "q": 4},
    "all at once, beyond K - 1": {
        "kernel": (3, 2),
        "stride": (2, 3),
        "padding": (0, 5, 6, 2),
        "dilation": (2, 3),
        "i": 2,
        "j": 2,
        "m": 1,
        "k": 1,
        "p": 3,
        "q": 0,
    },
    "rows between the windows": {
        "kernel": (2, 1),
        "stride": (3, 4),
        "padding": (1, 0, 2, 2),
        "i": 1,
        "j": 0,
        "m": 0,
        "k": 0,
        "p": 2,
        "q": 3,
    },
}
GROUPED = {
    "groups": {"groups": 4, "c": 13, "f": 5},
    "depth of two": {"groups": 16, "c": 31, "f": 15, "stride": (2, 2), "m": 2, "q": 13},
}
# Scans over all items or filters, in their first part, their last and one between.
SCANNED = {
    "the first item": ("notebook", {"scene": "dw", "n": 0, **GEOMETRIES["all at once"]}),
    "an item between": ("notebook", {"scene": "dw", "n": 4}),
    "the last item": ("notebook", {"scene": "dw", "n": 9, **GROUPED["groups"], "i": 13, "j": 13}),
    "the one item": ("paper", {"scene": "dw", **GEOMETRIES["stride 2, rows left over"]}),
    "the first filter": ("notebook", {"scene": "dx", "f": 0, **UNREAD["stride beyond the kernel"]}),
    "a filter between": ("notebook", {"scene": "dx", "f": 7, **GEOMETRIES["all at once"]}),
    "the last filter": ("notebook", {"scene": "dx", "f": 15, "i": 13, "j": 13}),
    "a filter of a group": ("notebook", {"scene": "dx", **GROUPED["groups"]}),
    "the one filter of a group": ("notebook", {"scene": "dx", "groups": 16, "c": 30, "f": 15}),
    "the second of two filters": ("sobel", {"scene": "dx", "f": 1, **GEOMETRIES["dilation"]}),
    "one item and one filter": ("paper", {"scene": "dx", **GEOMETRIES["rectangular kernel"]}),
}


def packed(**arrays):
    """An .npz file of these arrays."""
    file = BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def altered(results, **others):
    """Results with others in their place."""
    made = Results(results.bundle)
    vars(made).update(others)
    return made


def wide_layer():
    """A layer with several of everything, and an input that is wider than high."""
    rng = np.random.default_rng(11)
    sizes = {"x": (3, 4, 6, 8), "w": (6, 4, 3, 3), "b": (6,)}
    arrays = {name: rng.normal(size=size) for name, size in sizes.items()}
    return open_tensors(packed(**arrays, padding=1, link="n=1&c=2&f=4&i=2&j=5&m=1&k=2&p=2&q=5"))


WIDE = wide_layer()


def data_of(name):
    """A data set by its name in a view."""
    return WIDE if name == WIDE.default.data else load(name)


def legal_view(data, **asked):
    """The data set's view with what is asked for; fails where that is not legal."""
    loaded = data_of(data)
    view, changes = nearest(replace(loaded.default, **asked), loaded.sizes)
    assert {change.field for change in changes} <= {"top_diff", *"ijmk"}
    return view


def uneven_view(data, **asked):
    """The data set's view with what is asked for, of which the padding is four numbers; fails where
    that has no such places."""
    loaded = data_of(data)
    view = replace(loaded.default, top_diff="normal", **asked)
    _, _, *output = loaded.sizes.geometry(view).output_size
    for cell, size in (((view.i, view.j), output), ((view.m, view.k), view.kernel)):
        assert all(at < count for at, count in zip(cell, size, strict=True)), (view, size)
    return view


# Every geometry on the small data sets; of the large ones, what the small ones have not.
_EVERY = (*GEOMETRIES.values(), *UNREAD.values())
GROUNDS = {
    "notebook": ({}, GEOMETRIES["all at once"], *GROUPED.values()),
    "paper": _EVERY,
    WIDE.default.data: (*_EVERY, {"groups": 2, "c": 3, "f": 5}),
    "sobel": ({},),
}
VIEWS = [
    *(
        legal_view(data, scene=scene, **geometry)
        for data, geometries in GROUNDS.items()
        for geometry in geometries
        for scene in WINDOWED
    ),
    *(legal_view(data, scan="all", **asked) for data, asked in SCANNED.values()),
    *(
        uneven_view("paper", scene=scene, **geometry)
        for geometry in UNEVEN.values()
        for scene in WINDOWED
    ),
    *(
        uneven_view(WIDE.default.data, scene=scene, scan="all", **asked)
        for scene, geometry in (("dw", "all at once, beyond K - 1"), ("dx", "before alone"))
        for asked in ({"n": 1, "groups": 2, "c": 3, "f": 5, **UNEVEN[geometry]},)
    ),
]
# The textbook methods take a second at the notebook's size: few of its geometries, all of the rest.
SMALL_VIEWS = [view for view in VIEWS if view.data == "paper"] + [
    view
    for view in VIEWS
    if view.data == "notebook"
    and (view.groups > 1 or view.stride == (1, 1) == view.padding)
    # The other items and filters take no part in what these are held to.
    and view.scan == "one"
]
_TENSORS = {}


def tensors(view):
    """The bundle and the results of a view, worked out once."""
    key = view.of_tensors()
    if key not in _TENSORS:
        bundle = make_bundle(view, data_of(view.data))
        _TENSORS[key] = bundle, Results(bundle)
    return _TENSORS[key]


@lru_cache(maxsize=32)
def scene_of(view):
    """The scene of a view, kept for the next tests of the same."""
    return make_scene(view, *tensors(view))


def name_of(view):
    return "-".join([view.file_name(), view.top_diff])


def of_scene(name, views=VIEWS):
    """Runs a test with each view of a scene."""
    return pytest.mark.parametrize("view", [v for v in views if v.scene == name], ids=name_of)


def any_views(count):
    """Views of the worked example under geometries drawn at random, in every scene."""
    rng, sizes = random.Random(0), load("paper").sizes
    ranges = {"kernel": KERNELS, "stride": STRIDES, "padding": PADDINGS, "dilation": DILATIONS}
    for _ in range(count):
        drawn = {name: (rng.choice(legal), rng.choice(legal)) for name, legal in ranges.items()}
        cell = {field: rng.randrange(9) for field in "ijmkpq"}
        for scene in WINDOWED:
            wish = View(data="paper", scene=scene, top_diff="ones", **drawn, **cell)
            yield nearest(wish, sizes)[0]


def some_at_a_time(views, size=4):
    """A fixture of a few views: all tests of these run one after the other, on the same scenes."""
    batches = [views[start : start + size] for start in range(0, len(views), size)]

    @pytest.fixture(scope="module", params=batches, ids=lambda batch: name_of(batch[0]))
    def some_views(request):
        return request.param

    return some_views


each_view = each_of("some_views", "view")


def panels_of(scene):
    """The panels of a scene by their names."""
    return {item.name: item for item in scene.items() if isinstance(item, Panel)}


def item_of(scene, name):
    """The panel, the bars, the curves or the card of a scene that has this name."""
    return next(item for item in scene.items() if getattr(item, "name", None) == name)
