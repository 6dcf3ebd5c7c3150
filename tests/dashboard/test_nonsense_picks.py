"""What the browser may tell the page: nothing of it is trusted."""

import time

import pytest

from conv.dashboard.stage import readable_pick
from tests.dashboard.page import open_page

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
    {"scene": "training"},
    {"t": "7"},
    {"t": 7.5},
    {"rule": "sgd", "loss": "target", "pace": "3"},
    {"scene": ["dw"]},
    {"scene": {"dw": 1}},
    {"scene": "<script>"},
]


@pytest.mark.parametrize("told", NONSENSE)
def test_nonsense_picks_nothing(told):
    assert readable_pick(told) == {}


def test_fields_are_picked_and_nothing_beside_them():
    told = {"n": 3, "c": 31, "f": 0, "i": -4, "j": 10**30, "scene": "dx", "t": 49, "seed": 4}
    del told["seed"]
    assert readable_pick({**told, "seed": 4, "i2": 1}) == told
    assert readable_pick({"scene": "update"}) == {"scene": "update"}


@pytest.mark.parametrize(
    ("until", "control", "others", "shown"),
    [
        (None, 7, {}, 20),  # the run of the pick was cut off: the control still has its old value
        (None, 9, {}, 9),  # or the user has set it to another meanwhile
        (60, 7, {}, 20),  # its answer is on its way
        (-60, 7, {}, 7),  # its answer has come, and the user has set it back
        (-60, 7, {"f": 2}, 20),  # it has not come after all, for the user has set another control
        (-60, 7, {"scene": "dx"}, 20),
        (-60, 9, {"f": 2}, 9),
    ],
)
def test_a_pick_is_kept_until_the_controls_are_told(until, control, others, shown):
    page = open_page()
    page.session_state["_unseen_picks"] = {"c": (frozenset({7}), 20)}
    page.session_state["_picks_seen_at"] = None if until is None else time.monotonic() + until
    for name, value in {"c": control, **others}.items():
        page.session_state[name] = value
    page.run()
    assert page.session_state["c"] == page.session_state["_drawn"].view.c == shown
    assert page.session_state["_picks_seen_at"] is not None


def test_a_pick_that_the_browser_has_told_of_is_no_more_kept():
    page = open_page()
    page.session_state["_unseen_picks"] = {"c": (frozenset({7}), 20)}
    page.session_state["_picks_seen_at"] = time.monotonic() - 60
    for c, f, shown in ((20, 2, 20), (7, 3, 7)):
        page.session_state["c"], page.session_state["f"] = c, f
        page.run()
        assert page.session_state["_drawn"].view.c == shown


def test_a_pick_is_forgotten_where_the_user_goes_back(monkeypatch):
    page = open_page()
    page.session_state["_unseen_picks"] = {"c": (frozenset({7}), 20)}
    page.session_state["_picks_seen_at"] = time.monotonic() + 60
    with monkeypatch.context() as patch:
        for module in ("link", "stage"):
            patch.setattr(f"conv.dashboard.{module}.is_history_navigation", lambda: True)
        page.query_params["c"] = "7"
        page.run()
    page.run()
    assert page.session_state["_drawn"].view.c == 7
