"""What the browser is sent is the same at every place: what each shows is looked up there."""

import json
from dataclasses import replace

from conv.figures.stage import stage_data
from conv.scenes import make_scene, scene_type
from conv.state.legal import nearest
from conv.state.rooms import SCENES, SECTIONS
from conv.state.view import choices
from tests.cases import in_turn
from tests.views import GEOMETRIES, GROUPED, UNREAD, WIDE, WINDOWED, data_of, legal_view, tensors

MISTAKES = choices("mistake")

FIRST = {"i": 0, "j": 0, "m": 0, "k": 0, "p": 0, "q": 0, "t": 0}
OTHER = {"i": 2, "j": 1, "m": 1, "k": 2, "p": 2, "q": 1, "t": 7}
WIDE_NAME = WIDE.default.data
MORE = {"mistakes": ("mistake", MISTAKES), "notebook": ("section", SECTIONS)}


def views_of(data, scenes=SCENES, **asked):
    """The data set's views of these scenes, with every mistake and every section."""
    for scene in scenes:
        field, choices = MORE.get(scene, ("scene", (scene,)))
        for choice in choices:
            yield legal_view(data, **{"scene": scene, **asked, field: choice})


def prepared_of(view, results):
    """What the view's scene has worked out first, from the fields that it says this hangs on."""
    prepare = scene_type(view.scene).prepare
    return prepare(view, results, lambda names, make: make(view.only(*names)))


def sent(view):
    """The places that the browser is sent, and the rest, but for the notebook's code."""
    bundle, results = tensors(view)
    data = stage_data(view, make_scene(view, bundle, results, prepared_of(view, results)))
    places, _ = data.pop("places"), data.pop("listing")
    return places, json.dumps(data)


@in_turn(
    "view",
    [
        legal_view("notebook", scene="update", loss="target", pace="0.3", f=5),
        *list(views_of("paper", ("notebook",), **GEOMETRIES["all at once"]))[::6],
    ],
)
def test_what_is_prepared_is_what_the_scene_would_work_out(view):
    bundle, results = tensors(view)
    scenes = [
        make_scene(view, bundle, results, prepared)
        for prepared in (None, prepared_of(view, results))
    ]
    alone, prepared = (json.dumps(stage_data(view, scene)) for scene in scenes)
    assert alone == prepared


@in_turn(
    "view",
    [
        *views_of("paper"),
        *views_of("paper", **GEOMETRIES["all at once"]),
        *views_of("paper", **GEOMETRIES["dilation"]),
        *views_of("paper", stride=(2, 2), padding=(2, 2)),
        *views_of("paper", ("dw", "dx"), **UNREAD["stride beyond the kernel"]),
        *views_of(WIDE_NAME, groups=2, c=3, f=5),
        *views_of("notebook", WINDOWED),
        *views_of("notebook", ("dw", "dx"), scan="all", **GROUPED["groups"]),
        *views_of("sobel", WINDOWED),
    ],
)
def test_all_but_the_places_is_the_same_at_two_of_them(view):
    sizes = data_of(view.data).sizes
    (here, one), (there, other) = (
        sent(nearest(replace(view, **places), sizes)[0]) for places in (FIRST, OTHER)
    )
    assert here != there
    assert one == other
