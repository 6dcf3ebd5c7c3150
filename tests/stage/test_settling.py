"""The place on the screen counts, unless the server has moved or shows something else."""

import pytest

from conv.state.view import fields_of_places
from tests.node import run

HOME, PICKED, OTHER, SHARE = [3, 4], [9, 2], [1, 1], [0, 5]
NEW = {"turn": 0, "places": {}, "awaited": None, "held": None, "pointed": None}
SETTLE = "({ settled }, [known, data, same]) => settled(known, data, same)"
PIN = {"space": "output", "place": PICKED, "cell": PICKED, "output": PICKED, "over": "output 9,2"}


def scene(place, turn=0, moves=0, **others):
    """What the server says: a scene that was made for another place, and the place."""
    return {
        "places": {"output": [0, 0], "share": SHARE},
        "sizes": {"output": [14, 14], "share": [1, 32]},
        "clocks": ["output"],
        "at": place,
        "fields": {"output": ["i", "j"]},
        "frame": "notebook 3",
        "turn": turn,
        "moves": moves,
        **others,
    }


def settle(known, data, same=True):
    return run("settling", SETTLE, [known, data, same])


@pytest.fixture(scope="module")
def home():
    """What a stage knows once its first scene has come."""
    return {**settle(NEW, scene(HOME), same=False), "turn": 0}


def picked(known, turn=1):
    """And once a cell is pinned there, of which the server was told."""
    places = {**known["places"], "output": PICKED}
    return {**known, "places": places, "held": PIN, "turn": turn}


def waiting(known, turn=1):
    """And once a scan has gone on into another part, which the server has yet to send."""
    return {**known, "awaited": {"part": 2, "place": [0, 0]}, "turn": turn}


def test_the_first_scene_is_shown_where_the_server_says(home):
    assert home["places"] == {"output": HOME, "share": SHARE}
    assert (home["late"], home["held"]) == (False, None)


@pytest.mark.parametrize(
    ("answer", "place", "held"),
    [
        pytest.param(scene(PICKED, 1), PICKED, PIN, id="its own place comes back"),
        pytest.param(scene(HOME, 0), PICKED, PIN, id="an answer to what was before"),
        pytest.param(scene(OTHER, 0, 1), PICKED, PIN, id="a control that was before it"),
        pytest.param(scene(OTHER, 1, 1), OTHER, None, id="a control that was after it"),
        pytest.param(scene(HOME, 1, 1), HOME, None, id="back in the history"),
        pytest.param(scene(OTHER, 1, frame="sobel 3"), OTHER, None, id="other data"),
        pytest.param(scene(OTHER, 0, frame="sobel 3"), OTHER, None, id="other data, late"),
        pytest.param(
            scene(PICKED, 1, sizes={"output": [7, 7]}, frame="notebook 3 2"),
            [6, 2],
            None,
            id="another geometry",
        ),
    ],
)
def test_an_answer_after_a_pick(home, answer, place, held):
    found = settle(picked(home), answer)
    assert found["places"] == {"output": place, "share": SHARE}
    assert found["held"] == held


def test_a_server_that_only_repeats_itself_moves_nothing(home):
    moved = {**home, "places": {"output": PICKED, "share": [0, 0]}}
    assert settle(moved, scene(HOME))["places"] == {"output": PICKED, "share": SHARE}
    assert settle(moved, scene(HOME, moves=1))["places"] == {"output": HOME, "share": SHARE}


def test_a_place_is_within_what_a_section_shows_of_it(home):
    """A correction's gradient may be smaller than the right one, whose cell the view names."""
    found = settle(home, scene(PICKED, sizes={"output": [5, 6]}))
    assert found["places"]["output"] == [4, 2]
    other = {"places": {"array": [0, 0], "output": [0, 0]}, "clocks": ["array"]}
    before = {**home, "places": {"array": [8, 8]}, "sizes": {"array": [9, 9]}}
    for sizes, place in (([9, 9], [8, 8]), ([2, 2], [0, 0])):
        found = settle(before, scene(HOME, sizes={"array": sizes, "output": [14, 14]}, **other))
        assert found["places"]["array"] == place


def test_a_late_answer_leaves_what_is_waited_for(home):
    before = waiting(picked(home, 2), 2)
    found = settle(before, scene(OTHER, 1, 1, parts={"at": 2}))
    assert found["late"]
    assert found["places"]["output"] == PICKED
    for name in ("awaited", "held"):
        assert found[name] == before[name], name
    assert not settle(before, scene(PICKED, 2))["late"]


@pytest.mark.parametrize(("part", "place"), [(2, [0, 0]), (1, HOME)])
def test_a_scan_goes_on_in_the_part_that_it_waited_for(home, part, place):
    found = settle(waiting(home), scene(HOME, 1, parts={"at": part}))
    assert found["places"]["output"] == place
    assert found["awaited"] is None


@pytest.mark.parametrize(
    ("clocks", "held", "kept"),
    [
        (["output"], PIN, {**PIN, "over": ""}),
        (["output"], {**PIN, "space": "dw", "output": None}, None),
        (["kernel"], PIN, None),
        ([], PIN, None),
    ],
)
def test_a_pin_stays_in_another_scene_that_has_its_output_cell(home, clocks, held, kept):
    known = {**home, "held": held, "pointed": PIN}
    found = settle(known, scene(HOME, clocks=clocks), same=False)
    assert found["held"] == kept
    assert found["pointed"] is None


def test_in_the_same_scene_what_is_pointed_at_stays(home):
    assert settle({**home, "pointed": PIN}, scene(OTHER))["pointed"] == PIN


FIELDS = "({ fieldsOf }, [places, fields]) => fieldsOf(places, fields)"


def test_places_are_fields_of_the_view():
    places = {
        "output": [1, 2],
        "kernel": [0, 1],
        "input": [5, 6],
        "training": [0, 9],
        "share": [0, 3],
    }
    fields = fields_of_places()
    assert run("settling", FIELDS, [places, fields]) == dict(
        zip("ijmkpqt", (1, 2, 0, 1, 5, 6, 9), strict=True)
    )
    places = {"number": [0, 3], "output": [1, 1]}
    assert run("settling", FIELDS, [places, fields]) == {"i": 1, "j": 1}
