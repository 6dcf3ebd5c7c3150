"""What the browser may tell the page: nothing of it is trusted."""

import pytest

from conv.dashboard.stage import readable_pick

NONSENSE = [
    None,
    7,
    "n=1",
    [1, 2],
    {},
    {"n": "1"},
    {"n": 1.0},
    {"n": True},
    {"n": None, "c": [3], "f": {"f": 1}},
    {"kernel": 3, "lang": "zh", "_page": 1, "stage": 2},
    {"scene": "update"},
    {"scene": ["dw"]},
    {"scene": {"dw": 1}},
    {"scene": "<script>"},
]


@pytest.mark.parametrize("told", NONSENSE)
def test_nonsense_picks_nothing(told):
    assert readable_pick(told) == {}


def test_fields_are_picked_and_nothing_beside_them():
    told = {"n": 3, "c": 31, "f": 0, "i": -4, "j": 10**30, "scene": "dx", "seed": 4, "i2": 1}
    assert readable_pick(told) == {"n": 3, "c": 31, "f": 0, "i": -4, "j": 10**30, "scene": "dx"}
