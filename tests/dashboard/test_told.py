"""What the stage tells the page: heard once, of what the page shows, and nothing of it trusted."""

from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest

from conv.dashboard import link as links
from conv.dashboard.mode import Mode
from conv.dashboard.told import Told, read_told
from conv.sources import load
from conv.state.legal import nearest
from conv.state.view import PLACES
from tests.dashboard.page import control, link, open_page, pick, said, stage, tell, value
from tests.node import run

NOTHING = Told(0, "", {})
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
    {"t": "7", "turn": "8"},
    {"turn": 10**400},
    {"t": 7.5, "turn": True},
    {"rule": "sgd", "loss": "target", "pace": "3"},
    {"scene": ["dw"]},
    {"scene": {"dw": 1}},
    {"scene": "<script>"},
    {"back": 1},
    {"back": ["?c=3"]},
]


@pytest.mark.parametrize("told", NONSENSE)
def test_nonsense_tells_nothing(told):
    assert replace(read_told(told), frame="") == NOTHING
    page = open_page()
    page.session_state["place"] = {"place": told}
    page.session_state["stage"] = {"pick": told}
    page.run()
    assert not page.exception
    assert link(page) == {}


def test_fields_are_told_and_nothing_beside_them():
    fields = {"n": 3, "c": 31, "f": 0, "i": -4, "j": 10**30, "scene": "dx", "t": 49}
    told = read_told({**fields, "seed": 4, "i2": 1, "turn": 5, "frame": "notebook"})
    assert told == Told(5, "notebook", fields)


def test_a_place_that_there_is_not_is_the_nearest_and_the_stage_follows():
    page = open_page()
    moves = said(page).get("moves", 0)
    tell(page, i=-4, j=10**30)
    assert (value(page, "i"), value(page, "j")) == (0, 13)
    assert said(page)["moves"] == moves + 1
    tell(page, i=5, j=12)
    assert said(page)["at"][:2] == [5, 12]
    assert said(page)["moves"] == moves + 1


def test_what_was_heard_is_not_heard_again():
    page = open_page()
    tell(page, i=3, j=4)
    assert page.session_state["_page"].link == {"i": "3", "j": "4", "lang": "en"}
    # The stage has written the place itself, and may be further on.
    assert link(page) == {}
    control(page, "i").set_value(9).run()
    assert [value(page, name) for name in "ij"] == [9, 4]
    assert said(page)["moves"] == 1
    control(page, "c").set_value(2).run()
    assert link(page) == {"c": "2", "i": "9", "j": "4", "lang": "en"}


def test_the_runs_that_were_cut_off_are_caught_up_with_in_their_order():
    page = open_page(scene="dx")
    frame = page.session_state["_page"].frame
    page.session_state["stage"] = {"pick": {"turn": 1, "frame": frame, "n": 4, "i": 2, "j": 2}}
    page.session_state["place"] = {"place": {"turn": 2, "frame": frame, "i": 5, "p": 3}}
    page.run()
    assert [value(page, name) for name in "nijp"] == [4, 5, 2, 3]
    assert said(page)["turn"] == 2
    assert control(page, "n").value == 4


def test_a_control_that_has_not_heard_of_a_place_says_nothing_against_it():
    """A run is cut off before it, or the browser is late: it still says what it said before."""
    page = open_page()
    before = control(page, "i").key
    tell(page, i=3)
    assert control(page, "i").key != before
    page.session_state[before] = 6
    page.run()
    assert value(page, "i") == 3
    # One that the reader has set stays what it is: it may be set again at once.
    key = control(page, "j").key
    for j in (9, 10, 11):
        control(page, "j").set_value(j).run()
        assert (value(page, "j"), control(page, "j").key) == (j, key)


def test_a_step_of_a_control_goes_on_from_what_is_on_the_screen(monkeypatch):
    """It still has the place of the last rest, as during play."""
    page = open_page()
    for control_says, told, place in ((7, 11, 12), (5, 11, 10), (3, 11, 3), (7, 13, 13)):
        page = open_page()
        key = page.session_state["_page"].controls["i"].key("i")
        frame = page.session_state["_page"].frame
        page.session_state["place"] = {"place": {"turn": 1, "frame": frame, "i": told, "j": 2}}
        said_now = {key: control_says}
        with monkeypatch.context() as patch:
            patch.setattr("conv.dashboard.told._said", said_now.get)
            page.run()
        assert [value(page, name) for name in "ij"] == [place, 2]


def test_of_a_control_and_the_stage_the_one_counts_that_was_set_last(monkeypatch):
    """Where both are heard in one run, the stage says what the control showed."""
    for name, tells in (("i", tell), ("c", pick)):
        for shown, right in ((8, 3), (6, 8)):
            page = open_page(**{name: "6"})
            key = control(page, name).key
            said_now = {key: 8}
            with monkeypatch.context() as patch:
                patch.setattr("conv.dashboard.told._said", said_now.get)
                tells(page, **{name: 3}, shown={key: shown})
            assert value(page, name) == right


def test_a_press_is_heard_of_a_control_whose_place_another_has_taken(monkeypatch):
    """The browser has the other one a moment later."""
    for name, told, pressed, right in (("i", 3, 7, 4), ("i", 9, 5, 8), ("j", 3, 9, 9)):
        page = open_page(i="6", j="6")
        said_now = {control(page, name).key: pressed}
        tell(page, **{name: told})
        assert control(page, name).key not in said_now
        with monkeypatch.context() as patch:
            patch.setattr("conv.dashboard.told._said", said_now.get)
            page.run()
        assert value(page, name) == right
        # Once.
        tell(page, **{name: 1})
        page.run()
        assert value(page, name) == 1


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"data": "paper"}, [load("paper").default.i, load("paper").default.j]),
        ({"stride": (2, 2)}, [6, 6]),
        ({"padding": (0, 0)}, [6, 6]),
    ],
)
def test_a_place_of_what_is_shown_no_more_is_none(change, place):
    page = open_page()
    frame = page.session_state["_page"].frame
    for field, choice in change.items():
        control(page, field).set_value(choice).run()
    tell(page, frame=frame, i=0, j=0)
    assert [value(page, name) for name in "ij"] == place
    tell(page, i=0, j=0)
    assert [value(page, name) for name in "ij"] == [0, 0]


def test_a_view_of_a_playlist_has_its_own_place():
    page = open_page(playlist="backward", at="1")
    frame = page.session_state["_page"].frame
    own = said(open_page(playlist="backward", at="2"))["at"]
    tell(page, i=0, j=1)
    pick(page, at=2)
    assert said(page)["at"] == own
    tell(page, frame=frame, i=0, j=1)
    assert said(page)["at"] == own


def test_going_back_counts_for_more_than_what_was_told_before(monkeypatch):
    """The server may hear of it late, with what was told on the way, or see Streamlit's own word of
    it first."""
    page = open_page()
    tell(page, i=9, j=9)
    frame = page.session_state["_page"].frame
    page.session_state["place"] = {"place": {"turn": 2, "frame": frame, "i": 4, "j": 4}}
    pick(page, turn=3, back="?i=2&embed=true&f=3")
    assert [value(page, name) for name in "ijf"] == [2, 6, 3]
    assert said(page)["moves"] == 1
    page.run()
    assert [value(page, name) for name in "ijf"] == [2, 6, 3]
    # What is told afterwards counts.
    page.session_state["place"] = {"place": {"turn": 4, "frame": frame, "i": 5, "j": 4}}
    page.run()
    assert [value(page, name) for name in "ijf"] == [5, 4, 3]
    with monkeypatch.context() as patch:
        patch.setattr("conv.dashboard.page.is_history_navigation", lambda: True)
        page.query_params.clear()
        page.query_params["i"] = "1"
        page.run()
    assert [value(page, name) for name in "ijf"] == [1, 6, 10]
    pick(page, turn=5, back="i=1")
    assert [value(page, name) for name in "ijf"] == [1, 6, 10]
    # Streamlit has made one run of both, and of a click after them.
    with monkeypatch.context() as patch:
        patch.setattr("conv.dashboard.page.is_history_navigation", lambda: True)
        page.session_state["place"] = {"place": {"turn": 7, "frame": frame, "i": 8, "j": 7}}
        pick(page, turn=6, back="f=2")
    assert [value(page, name) for name in "ijf"] == [8, 7, 2]


def test_a_link_that_was_gone_back_to_is_read_as_any_other():
    page = open_page()
    query = "data=paper&scene=dx&i=99&nonsense=1&lang=zh"
    pick(page, back=f"?{query}")
    other = open_page(**dict(one.split("=") for one in query.split("&")))
    assert page.session_state["_page"].link == link(other)
    assert [text.value for text in page.warning] == [text.value for text in other.warning]
    assert page.warning
    assert said(page)["at"] == said(other)["at"]


def test_a_scene_is_sent_once_wherever_the_reader_goes_in_it():
    for scene in ("overview", "dw", "dx", "update"):
        page = open_page(scene=scene, i="3")
        before = stage(page)
        tell(page, i=0, j=9, m=2, k=0, p=5, q=6, t=7)
        assert stage(page) == before
        assert said(page)["of"] == before["id"]
        assert said(page)["at"] == [0, 9, 2, 0, 5, 6, 7]
        control(page, "c").set_value(2).run()
        assert said(page)["of"] == stage(page)["id"] != before["id"]
        assert said(page)["at"] == [0, 9, 2, 0, 5, 6, 7]


HEARS = """({ Telling }, turns) => {
    const data = { clocks: [], fields: {}, picked: {} };
    const stage = { places: {}, data, mount: {}, player: {} };
    const telling = Object.create(Telling.prototype);
    Object.assign(telling, { stage, turn: 0, pickedAt: 0, wentAt: 0 });
    return turns.map((turn) => {
        telling.hear({ turn }, { late: false, moved: false, opened: false });
        return telling.turn;
    });
}"""


def test_a_stage_that_is_made_anew_goes_on_counting():
    """What it told in turns that were heard already would be heard no more."""
    assert run("telling", HEARS, [0, 12, 7, 13]) == [0, 12, 12, 13]


FOLLOWS = """({ Telling }, states) => {
    const telling = Object.create(Telling.prototype);
    let links = 0;
    telling.tellLink = () => (links += 1);
    return states.map((state) => {
        globalThis.document = { querySelector: () => ({ getAttribute: () => state }) };
        telling.followLine();
        return links;
    });
}"""


def test_the_address_is_told_as_soon_as_the_line_is_back():
    """Streamlit asks a new server nothing where the page rests: the first press would be lost."""
    states = ["PINGING_SERVER", "CONNECTING", "CONNECTED"]
    assert run("telling", FOLLOWS, states) == [0, 0, 1]


QUERIES = "({ queryOf }, asked) => asked.map(([link, fields]) => queryOf(link, fields))"
IS_OF = """({ isOf }, given) =>
    given.map(([link, fields, query]) => isOf(link, fields, new URLSearchParams(query)))"""


def test_the_stage_writes_the_link_that_the_page_has(monkeypatch):
    monkeypatch.setattr(links, "browser_language", lambda: "en")
    rng, asked, right = np.random.default_rng(0), [], []
    modes = [Mode(), Mode(present=True, hide=("strips", "i")), Mode(playlist="backward", at=3)]
    for data in (load("notebook"), load("sobel"), load("paper")):
        for k in range(30):
            wish = replace(
                data.default,
                **{name: int(rng.integers(60)) for name in "ncfijmkpqt"},
                scene=("overview", "dw", "update")[k % 3],
                stride=(1 + k % 2, 1),
                top_diff=("file", "normal")[k % 2],
                lang=("en", "zh")[k % 2],
            )
            view, _ = nearest(wish, data.sizes)
            start, _ = nearest(replace(view, **dict.fromkeys("ncfijmkpqt", 0)), data.sizes)
            view = view if k % 4 else replace(view, **{p: getattr(data.default, p) for p in PLACES})
            view = view if k % 5 else data.default
            mode = modes[k % 3]
            same = {name: getattr(view, name) for name in ("scene", "stride", "top_diff", "lang")}
            template = links.template_of(replace(start, **same), data, mode)
            asked.append([template, {name: getattr(view, name) for name in "ncfijmkpqt"}])
            right.append(urlencode(links.link_of(view, data, mode)))
    assert run("telling", QUERIES, asked) == right
    assert "" in right
    # An address is told from others, however it is written.
    template, fields = asked[0]
    same = [right[0], right[0].replace("%2C", ","), f"embed=true&{right[0]}"]
    others = [f"{right[0]}&scan=all", f"{right[0]}&n=3", "n=3"]
    given = [[template, fields, query] for query in same + others]
    assert run("telling", IS_OF, given) == [True] * 3 + [False] * 3
    # Wherever it is in the view.
    given = [
        [template, None, query] for query in [*same, "n=3", f"{right[0]}&scan=all", "stride=4"]
    ]
    assert run("telling", IS_OF, given) == [True] * 4 + [False] * 2


WRITES = """({ Telling }, queries) => queries.map((search) => {
    const written = [];
    const [pushState, replaceState] = ["push", "replace"].map(
        (how) => (_state, _title, address) => written.push([how, address]),
    );
    globalThis.document = { querySelectorAll: () => [] };
    globalThis.window = { location: { search }, history: { pushState, replaceState } };
    const stage = {
        data: { clocks: [], fields: { output: ["i", "j"] }, picked: { f: 2 } },
        mount: { place() {}, pick() {} },
        panels: [],
        places: { output: [3, 4] },
        player: { running: true },
    };
    const telling = Object.create(Telling.prototype);
    const said = { link: ["scene=dw&f{2}&i{0}&j{0}&lang=en", "lang=en"] };
    Object.assign(telling, { stage, said, picks: {}, told: "", turn: 0, writes: 0, rested() {} });
    telling.moved();
    telling.tellPlace("pushState");
    telling.pick({ f: 3 });
    [telling.resting, telling.waiting].forEach(clearTimeout);
    return written;
})"""


def test_a_place_is_not_written_over_the_address_of_another_view():
    """A control's answer is on its way, and its address is there already: it has other data."""
    address = "?scene=dw&i=3&j=4&lang=en"
    own = [["replace", address], ["push", address], ["replace", address]]
    queries = ["?scene=dw&lang=en", "?scene=dw&i=9&f=7", "?scene=dw&data=sobel", "?stride=2", ""]
    assert run("telling", WRITES, queries) == [own, own, [], [], []]
