"""Views of mistakes, and their spots."""

from dataclasses import replace

from conv.ops.wrong_gradients import MISTAKES
from conv.spot import Spot
from conv.state.legal import nearest
from tests.views import WIDE, data_of, scene_of, tensors, uneven_view

MISTAKE = {mistake.name: mistake for mistake in MISTAKES}


GEOMETRIES = {
    "as it opens": {},
    "stride 2": {"stride": (2, 2)},
    "padding 0": {"padding": (0, 0)},
    "padding beyond K - 1": {"padding": (4, 3), "stride": (3, 1)},
    "dilation": {"dilation": (2, 1), "padding": (2, 1)},
    "all at once": {
        "kernel": (3, 2),
        "stride": (2, 3),
        "padding": (3, 1),
        "dilation": (1, 2),
        "top_diff": "normal",
    },
    "1x1 kernel": {"kernel": (1, 1), "padding": (0, 0)},
    "as much padding as is cropped, on other sides": {"padding": (2, 0, 0, 2)},
    "uneven padding at a stride and a dilation": {
        "kernel": (2, 3),
        "stride": (2, 3),
        "padding": (0, 3, 4, 1),
        "dilation": (2, 1),
        **dict.fromkeys("ijmk", 0),
    },
    "an array without rows": {"kernel": (1, 1), "stride": (4, 4), "padding": (4, 1)},
}


def view_near(data, **asked):
    """The view of a data set that is nearest to what is asked for."""
    if len(asked.get("padding", ())) == 4:
        return uneven_view(data, scene="mistakes", **asked)
    loaded = data_of(data)
    return nearest(replace(loaded.default, scene="mistakes", **asked), loaded.sizes)[0]


def spot_of(data, **asked):
    return spot_at(view_near(data, **asked))


def spot_at(view):
    return Spot(view, *tensors(view))


def scene_at(spot):
    return scene_of(spot.view)


SMALL = ("paper", WIDE.default.data)


def shown_part(spot, tensor, gradient):
    view = spot.view
    if tensor == "db":
        return gradient.reshape(1, -1)
    if tensor == "dx":
        return gradient[view.n, view.c]
    return gradient[view.f, view.c % spot.bundle.w.shape[1]]
