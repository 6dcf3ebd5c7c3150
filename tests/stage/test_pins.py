"""What is pinned is pinned again where the page is loaded again, and nothing else is."""

import pytest

from tests.node import run

PINNED = """({ Pointing, pinOf, stateOf }, [state, places]) => {
    const pointing = Object.create(Pointing.prototype);
    const panel = (name, space, by) => ({
        item: { name, cells: { space }, links: {} },
        placeOf: ([row, column]) => ({ space, place: [row + by, column + by] }),
    });
    const panels = [["kernel", "kernel", 0], ["output", "output", 2], ["shares", "share", 0]].map(
        (named) => panel(...named),
    );
    const clocks = [{ space: "output" }];
    const data = { sizes: { kernel: [3, 4], output: [14, 14], share: [1, 32] }, pins: [] };
    const stage = { panels, clocks, data, places, pointing };
    pointing.stage = stage;
    const pin = pinOf(stage, state);
    return pin && { ...pin, state: stateOf(pin) };
}"""
PLACES = {"output": [5, 6]}


def pinned(state, places=PLACES):
    return run("pointing pins", PINNED, [state, places])


@pytest.mark.parametrize(
    ("pin", "space", "place", "output"),
    [
        ({"name": "kernel", "cell": [2, 3]}, "kernel", [2, 3], None),
        ({"name": "output", "cell": [3, 4]}, "output", [5, 6], [5, 6]),
        ({"space": "output"}, "output", [5, 6], [5, 6]),
    ],
    ids=["a cell that is no place", "a place", "where it rests"],
)
def test_a_pin_is_what_it_was(pin, space, place, output):
    found = pinned({"pin": pin})
    assert (found["space"], found["place"], found["output"]) == (space, place, output)
    assert found["cell"] == pin.get("cell", place)
    assert found["over"] == (
        f"{pin['name']} {pin['cell'][0]},{pin['cell'][1]}" if "name" in pin else ""
    )
    assert found["state"] == {"pin": pin}


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        "kernel",
        {"pin": 3},
        {"pin": {"name": "dw", "cell": [0, 0]}},
        {"pin": {"name": "kernel"}},
        {"pin": {"name": "kernel", "cell": "00"}},
        {"pin": {"name": "kernel", "cell": [0, 4]}},
        {"pin": {"name": "kernel", "cell": []}},
        {"pin": {"name": "kernel", "cell": ["1", "1"]}},
        {"pin": {"name": "kernel", "cell": [1, 1, 1]}},
        {"pin": {"name": "shares", "cell": [0, 1]}},
        {"pin": {"space": "kernel"}},
        # The entry's place has become another one.
        {"pin": {"name": "output", "cell": [3, 5]}},
    ],
    ids=str,
)
def test_nothing_else_is_pinned(state):
    assert pinned(state) is None


def test_a_state_of_another_s_is_none_of_a_pin_s():
    work = """({ isStateOf }) => {
        const round = {};
        round.round = round;
        return [null, {}, { pin: { space: "output" } }, { big: 1n }, round].map((state) =>
            isStateOf(state, null));
    }"""
    assert run("pins", work) == [True, True, False, False, False]
