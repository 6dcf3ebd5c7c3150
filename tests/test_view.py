"""Views, their links, and the nearest legal view to any wish."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conv.ops.training import LOSSES
from conv.ops.update import UPDATES
from conv.results import make_bundle
from conv.sources import load, sizes_of
from conv.state.fields import pair_text, parse_padding, parse_pair
from conv.state.legal import from_query, nearest, options
from conv.state.rooms import DATA, SCENES
from conv.state.view import LOOKS, TOP_DIFFS, View, choices
from conv.words import LANGUAGES

MISTAKES = choices("mistake")
PACES = choices("pace")
SCANS = choices("scan")

NAMES = [field.name for field in fields(View)]
numbers = st.integers(-5, 40)
pairs = st.tuples(numbers, numbers)
four_numbers = st.tuples(numbers, numbers, numbers, numbers).filter(
    lambda sides: sides[::2] != sides[1::2]
)
wishes = st.builds(
    View,
    scene=st.sampled_from(list(SCENES)),
    data=st.sampled_from(list(DATA)),
    n=numbers,
    c=numbers,
    f=numbers,
    i=numbers,
    j=numbers,
    m=numbers,
    k=numbers,
    p=numbers,
    q=numbers,
    kernel=pairs,
    stride=pairs,
    padding=pairs | four_numbers,
    dilation=pairs,
    groups=numbers,
    top_diff=st.sampled_from(TOP_DIFFS),
    seed=numbers,
    scan=st.sampled_from(SCANS),
    t=st.integers(-5, 60),
    rule=st.sampled_from(UPDATES),
    loss=st.sampled_from(LOSSES),
    pace=st.sampled_from(PACES),
    mistake=st.sampled_from(MISTAKES),
    lang=st.sampled_from(LANGUAGES),
)


@given(wishes)
def test_nearest_view_is_legal_and_stays(wish):
    sizes = sizes_of(wish.data)
    view, changes = nearest(wish, sizes)
    for name in NAMES:
        assert getattr(view, name) in options(view, sizes, name)
    assert nearest(view, sizes) == (view, [])
    assert {change.field for change in changes} == {
        name for name in NAMES if getattr(wish, name) != getattr(view, name)
    }


@given(wishes)
def test_link_restores_all_of_a_view(wish):
    view, _ = nearest(wish, sizes_of(wish.data))
    link = view.to_query(sizes_of(view.data).default)
    assert from_query(link, sizes_of) == (view, [])


@settings(max_examples=25)
@given(wishes)
def test_every_option_of_a_legal_view_is_a_legal_geometry(wish):
    sizes = sizes_of(wish.data)
    view, _ = nearest(wish, sizes)
    for name in ("kernel", "stride", "padding", "dilation", "groups"):
        for value in options(view, sizes, name):
            sizes.geometry(replace(view, **{name: value}))


@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "nothing"]),
        st.one_of(st.text(max_size=30), st.floats().map(str), st.integers().map(str)),
    )
)
def test_any_link_opens_a_legal_view(query):
    view, changes = from_query(query, sizes_of)
    assert nearest(view, sizes_of(view.data)) == (view, [])
    assert {change.field for change in changes} <= set(query)
    for change in changes:
        assert change.asked == query[change.field]


@pytest.mark.parametrize(
    ("query", "expected", "announced"),
    [
        ({"n": "99"}, {"n": 9}, {"n"}),
        ({"n": "-1"}, {"n": 0}, {"n"}),
        ({"n": "2.7"}, {"n": 3}, {"n"}),
        ({"n": "1e400"}, {"n": 1}, {"n"}),
        ({"n": "9" * 5000}, {"n": 1}, {"n"}),
        ({"n": "9" * 30}, {"n": 9}, {"n"}),
        ({"n": "03"}, {"n": 3}, set()),
        ({"padding": "2.7"}, {"padding": (3, 3)}, {"padding"}),
        ({"kernel": "2x3.2"}, {"kernel": (2, 3)}, {"kernel"}),
        ({"c": "abc"}, {"c": 7}, {"c"}),
        ({"scene": "nothing"}, {"scene": "overview"}, {"scene"}),
        ({"data": "../etc"}, {"data": "notebook"}, {"data"}),
        ({"stride": "9"}, {"stride": (4, 4), "top_diff": "output"}, {"stride"}),
        ({"kernel": "3x5x7"}, {"kernel": (3, 3)}, {"kernel"}),
        ({"data": "paper", "kernel": "7"}, {"kernel": (5, 5), "i": 0, "j": 0}, {"kernel"}),
        ({"data": "paper", "dilation": "4"}, {"dilation": (2, 2)}, {"dilation"}),
        ({"groups": "3"}, {"groups": 2}, {"groups"}),
        ({"groups": "16", "c": "31", "f": "0"}, {"c": 31, "f": 15}, {"f"}),
        ({"top_diff": "file", "stride": "2"}, {"top_diff": "output"}, {"top_diff"}),
        ({"data": "sobel", "top_diff": "file"}, {"top_diff": "output"}, {"top_diff"}),
        ({"mistake": "none"}, {"mistake": "unrotated"}, {"mistake"}),
        ({"mistake": "db_averaged"}, {"mistake": "db_averaged"}, set()),
        ({"lang": "fr"}, {"lang": "en"}, {"lang"}),
        ({"t": "50"}, {"t": 49}, {"t"}),
        ({"t": "-1"}, {"t": 0}, {"t"}),
        ({"rule": "adam"}, {"rule": "notebook"}, {"rule"}),
        ({"loss": ""}, {"loss": "sum"}, {"loss"}),
        ({"pace": "2"}, {"pace": "1"}, {"pace"}),
        (
            {"pace": "0.3", "rule": "sgd", "loss": "target", "t": "7"},
            {"pace": "0.3", "t": 7},
            set(),
        ),
    ],
)
def test_nonsense_opens_the_nearest_view_and_is_named(query, expected, announced):
    view, changes = from_query(query, sizes_of)
    assert {name: getattr(view, name) for name in expected} == expected
    assert {change.field for change in changes} == announced


def test_tensors_do_not_hang_on_the_mistake():
    view = replace(load("paper").default, scene="mistakes", mistake="crop_wrong", lang="zh")
    assert view.of_tensors() == load("paper").default.of_tensors()
    assert "crop_wrong" in view.file_name()


def test_what_the_link_did_not_ask_for_is_not_announced():
    view, changes = from_query({"data": "paper", "kernel": "5"}, sizes_of)
    assert (view.i, view.j, view.top_diff) == (0, 0, "output")
    assert changes == []


def test_an_opening_view_is_legal_and_has_the_shortest_link():
    for data in DATA:
        default = load(data).default
        assert nearest(default, sizes_of(data)) == (default, [])
        assert set(default.to_query(default)) <= {"data", "lang"}


@pytest.mark.parametrize(
    ("text", "pair"), [("3", (3, 3)), ("3x5", (3, 5)), ("3,5", (3, 5)), ("3×5", (3, 5))]
)
def test_pairs(text, pair):
    assert parse_pair(text) == pair
    assert parse_pair(pair_text(pair)) == pair


@pytest.mark.parametrize(
    ("text", "padding"),
    [("1", (1, 1)), ("0x2", (0, 2)), ("0x1x2x0", (0, 1, 2, 0)), ("1x1x2x2", (1, 2))],
)
def test_paddings(text, padding):
    """Four numbers are the top, the bottom, the left and the right."""
    assert parse_padding(text) == padding
    assert parse_padding(pair_text(padding)) == padding
    view, changes = from_query({"data": "paper", "padding": text}, sizes_of)
    assert (view.padding, changes) == (padding, [])
    geometry = sizes_of("paper").geometry(view)
    top, bottom, left, right = padding if len(padding) == 4 else np.repeat(padding, 2)
    assert geometry.padded_size == (5 + top + bottom, 5 + left + right)


@pytest.mark.parametrize("text", ["1x2x3", "1x2x3x4x5", "1x2x3x"])
def test_what_is_no_padding_is_named(text):
    view, changes = from_query({"padding": text}, sizes_of)
    assert view.padding == (1, 1)
    assert [change.field for change in changes] == ["padding"]


@pytest.mark.parametrize("text", ["", "x", "3x", "1x2x3", "a", "inf", "nan"])
def test_what_is_no_pair(text):
    with pytest.raises(ValueError, match=rf"{text}|literal|could not|cannot"):
        parse_pair(text)


def test_a_seed_makes_the_same_tensors_and_another_makes_others():
    view = replace(load("paper").default, kernel=(2, 2), top_diff="normal", seed=3)
    one, again = (make_bundle(view, load("paper")) for _ in range(2))
    other = make_bundle(replace(view, seed=4), load("paper"))
    assert one.seeded_weight
    assert (one.w == again.w).all()
    assert (one.grad_output == again.grad_output).all()
    assert not (one.w == other.w).any()
    assert not (one.grad_output == other.grad_output).any()


@given(wishes)
def test_tensors_hang_on_no_place_and_no_training(wish):
    view, _ = nearest(wish, sizes_of(wish.data))
    own = view.of_tensors()
    default = View()
    for name in (*"ncfijmkpqt", "scene", "scan", "rule", "loss", "pace", "lang"):
        assert getattr(own, name) == getattr(default, name)
    assert (own.data, own.kernel, own.seed) == (view.data, view.kernel, view.seed)
    assert view.only("loss", "pace") == replace(own, loss=view.loss, pace=view.pace)


@given(wishes, wishes)
def test_views_of_other_pictures_have_other_names(one, other):
    """Of how it is looked at, a picture hangs on the fields that are its scene's own."""
    views = [nearest(wish, sizes_of(wish.data))[0] for wish in (one, other)]
    seen = [
        replace(view, **{name: getattr(View, name) for name in LOOKS if name not in own_of(view)})
        for view in views
    ]
    assert (seen[0] == seen[1]) == (views[0].file_name() == views[1].file_name())


def own_of(view):
    return {"scene", "lang", *SCENES[view.scene].fields}


def test_loaded_tensors_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        load("notebook").x[0, 0, 0, 0] = 1
