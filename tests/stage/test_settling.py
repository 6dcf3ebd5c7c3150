"""What the server says of a place counts for the stage, unless the stage knows better."""

import pytest

from tests.node import run

HOME, PICKED, OTHER, SHARE = [3, 4], [9, 2], [1, 1], [0, 5]
NEW = {"turn": 0, "sent": None, "awaited": None, "held": None, "pointed": None}
SETTLE = "({ settled }, [known, data, same]) => settled(known, data, same)"
PIN = {"space": "output", "place": PICKED, "cell": PICKED, "output": PICKED, "over": "output 9,2"}


def scene(place, turn=0, **others):
    return {
        "places": {"output": place, "share": SHARE},
        "sizes": {"output": [14, 14]},
        "clocks": ["output"],
        "turn": turn,
        **others,
    }


def settle(known, data, same=True):
    return run("settling", SETTLE, [known, data, same])


@pytest.fixture(scope="module")
def home():
    """What a stage knows once its first scene has come."""
    return settle(NEW, scene(HOME), same=False)


def picked(known, turn=1):
    """And once a cell is pinned there, of which the server was told."""
    places = {**known["places"], "output": PICKED}
    sent = {"space": "output", "place": PICKED}
    return {**known, "places": places, "sent": sent, "held": PIN, "turn": turn}


def waiting(known, turn=1):
    """And once a scan has gone on into another part, which the server has yet to send."""
    return {**known, "awaited": {"part": 2, "place": [0, 0]}, "turn": turn}


def test_the_first_scene_is_shown_where_the_server_says(home):
    assert home["places"] == {"output": HOME, "share": SHARE}
    assert (home["late"], home["held"], home["turn"]) == (False, None, 0)


@pytest.mark.parametrize(
    ("answer", "place", "held"),
    [
        pytest.param(scene(PICKED, 1), PICKED, PIN, id="its own pick comes back"),
        pytest.param(scene(OTHER, 0), PICKED, PIN, id="an answer to what was before the pick"),
        pytest.param(scene(OTHER, 1), OTHER, None, id="another place than the pick"),
        pytest.param(scene(HOME, 1), HOME, None, id="back to before, with no other answer between"),
        pytest.param(
            scene(PICKED, 1, sizes={"output": [7, 7]}), PICKED, None, id="another geometry"
        ),
        pytest.param(
            scene(OTHER, 0, sizes={"output": [7, 7]}), OTHER, None, id="another geometry, late"
        ),
        pytest.param(
            scene(PICKED, 1, mode={"playlist": {"at": 3}}), PICKED, None, id="another view opened"
        ),
    ],
)
def test_an_answer_after_a_pick(home, answer, place, held):
    found = settle(picked(home), answer)
    assert found["places"] == {"output": place, "share": SHARE}
    assert found["held"] == held


@pytest.mark.parametrize(("place", "now"), [(OTHER, OTHER), (HOME, PICKED)])
def test_without_a_pick_only_another_place_than_before_counts(home, place, now):
    moved = {**home, "places": {"output": PICKED, "share": [0, 0]}}
    assert settle(moved, scene(place))["places"] == {"output": now, "share": SHARE}


def test_a_late_answer_leaves_what_is_waited_for(home):
    before = waiting(picked(home, 2), 2)
    found = settle(before, scene(OTHER, 1, mode={"playlist": {"at": 3}}, parts={"at": 2}))
    assert found["late"]
    assert found["places"]["output"] == PICKED
    for name in ("sent", "awaited", "turn", "held"):
        assert found[name] == before[name], name
    assert found.get("opened") is None
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
