"""The Explore page's logic: controls, links and words."""

import math
from dataclasses import replace
from itertools import cycle, product

import numpy as np
import pytest
import streamlit as st

from conv import ConvError
from conv.dashboard.data import opened
from conv.scenes import make_scene
from conv.sources import load, open_tensors
from conv.state.rooms import DATA, SCENES
from conv.state.sizes import MOST_SECONDS
from conv.state.view import FIELDS
from conv.words import LANGUAGES, words
from tests.dashboard.page import (
    control,
    items,
    link,
    open_page,
    panel,
    said,
    stage,
    tell,
    value,
)
from tests.views import packed

SAY = words("en")


def test_page_opens_without_a_word_of_complaint():
    page = open_page()
    assert not page.exception
    assert not page.warning
    assert not page.info
    assert link(page) == {}
    text = page.markdown[0].value
    for shape in ("input [10 32 14 14]", "w [16 32 3 3]", "output [10 16 14 14]"):
        assert shape in text


def test_the_sidebar_has_each_field_once_in_the_order_of_its_row():
    placed = [
        name for name, field in FIELDS.items() if field.control and field.control.row is not None
    ]
    rows = {}
    for name in placed:
        rows.setdefault(FIELDS[name].control.row, []).append(name)
    expected = [SAY(f"control.{name}") for row in sorted(rows) for name in rows[row]]
    page = open_page()
    labels = [one.label for one in page.sidebar if getattr(one, "label", None)]
    assert labels == expected


@pytest.mark.parametrize(
    ("scene", "lang", "data"),
    [(*one, data) for one, data in zip(product(SCENES, LANGUAGES), cycle(DATA), strict=False)],
)
def test_every_scene_in_both_languages_and_every_data_set(scene, lang, data):
    page = open_page(scene=scene, lang=lang, data=data)
    assert not page.exception
    assert not page.warning
    assert page.header[0].value == words(lang)("page.title")
    own = {"overview": "patch", "forward": "product", "dw": "dw_patches", "dx": "dx_rot180"}
    own |= {"update": "kernel_new", "mistakes": "wrong", "quiz": "unknown", "notebook": "patch"}
    assert own[scene] in items(page)
    assert stage(page)["scene"] == scene
    assert stage(page)["lang"] == lang


def test_link_restores_all_of_the_view():
    asked = {
        "scene": "dx",
        "data": "notebook",
        "n": "4",
        "c": "9",
        "f": "6",
        "i": "2",
        "j": "3",
        "kernel": "2x3",
        "stride": "2",
        "padding": "3",
        "dilation": "1x2",
        "groups": "4",
        "top_diff": "normal",
        "seed": "12",
        "lang": "zh",
    }
    page = open_page(**asked)
    assert not page.warning
    assert link(page) == asked
    assert value(page, "kernel") == (2, 3)
    assert value(page, "dilation") == (1, 2)
    assert value(page, "seed") == 12


def test_nonsense_in_a_link_is_named_and_harmless():
    page = open_page(n="99", scene="<b>no</b>", c="`[x](javascript:alert(1))`", stride="9")
    assert not page.exception
    told = page.warning[0].value
    assert SAY("notice.link") in told
    assert "`99`" in told
    assert "`<b>no</b>`" in told
    assert "`?[x](javascript:alert(1)…`" in told
    assert (value(page, "n"), value(page, "stride")) == (9, (4, 4))
    assert link(page) == {
        "n": "9",
        "i": "3",
        "j": "3",
        "stride": "4",
        "top_diff": "output",
        "lang": "en",
    }


def test_notice_stays_until_the_view_changes():
    page = open_page(n="99")
    assert page.run().warning
    control(page, "c").set_value(3).run()
    assert not page.warning


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("count", [1, 3, 500])
def test_unknown_parameters_are_said_once_and_together(count, lang):
    say, unknown = words(lang), [f"utm_{k}" for k in range(count)]
    page = open_page(lang=lang, c="9", padding="same", **dict.fromkeys(unknown, "1"))
    assert not page.exception
    (notice,) = page.warning
    head, *lines = notice.value.splitlines()
    assert head == say("notice.link")
    shown = ", ".join(f"`{name}`" for name in unknown[:6])
    told = f"{shown}, … (+{count - 6})" if count > 6 else shown
    assert lines == [
        "- " + say("notice.change", field=say("control.padding"), asked="`same`", given="`1`"),
        f"- {say('notice.unknown', names=told)}",
    ]
    assert link(page) == {"c": "9", "lang": lang}
    control(page, "f").set_value(3).run()
    assert not page.warning


def test_unknown_parameters_do_no_harm():
    page = open_page(**{"`<b>[x](y)`": "1", "": "2", "n" * 5000: "3"}, hide="sidebar,a,b,c")
    assert not page.exception
    (notice,) = page.warning
    assert len(notice.value) < 400
    assert "`?<b>[x](y)?`" in notice.value
    assert notice.value.count("\n") == 2


def test_a_control_that_asks_for_too_much_says_so_and_the_picture_stays(monkeypatch):
    layer = {"x": np.ones((1, 8, 20, 20)), "w": np.ones((8, 8, 3, 3)), "stride": 4}
    opened().keep("own-heavy", data := replace_name(open_tensors(packed(**layer))))
    now = data.sizes.work(replace(data.default, scene="dx"))
    monkeypatch.setattr("conv.state.sizes.MOST_SECONDS", MOST_SECONDS * now * 1.2)
    page = open_page(data="own-heavy", scene="dx", lang="zh")
    assert not page.warning
    before = stage(page)["tables"]
    control(page, "stride").set_value((1, 1)).run()
    assert not page.exception
    assert value(page, "stride") == (4, 4)
    work = data.sizes.work(replace(data.default, scene="dx", stride=(1, 1)))
    told = words("zh")(
        "notice.too_much",
        field=words("zh")("control.stride"),
        asked="`1`",
        given="`4`",
        work=f"{math.ceil(work * 10) / 10:.1f}",
    )
    assert page.info[0].value.splitlines() == [words("zh")("notice.heavy"), "", f"- {told}"][::2]
    assert f":small[:red[{told}]]" in [text.value for text in page.markdown]
    assert work > 1
    assert stage(page)["tables"] == before
    control(page, "dilation").set_value((2, 2)).run()
    assert value(page, "dilation") == (2, 2)
    assert not page.info
    assert open_page(data="own-heavy", scene="dx", stride="1", padding="8").warning


def replace_name(data):
    return replace(data, default=replace(data.default, data="own-heavy"))


def test_a_control_writes_the_link():
    page = open_page()
    control(page, "f").set_value(3).run()
    assert link(page) == {"f": "3", "lang": "en"}
    assert stage(page)["picked"] == {"n": 1, "c": 7, "f": 3}
    kernel = load("notebook").w[3, 7].astype(np.float32)
    np.testing.assert_array_equal(panel(page, "kernel"), kernel)


def test_a_choice_that_others_must_follow_is_said():
    page = open_page(i="13", j="12")
    control(page, "stride").set_value((2, 2)).run()
    assert (value(page, "i"), value(page, "j")) == (6, 6)
    said = page.info[0].value
    assert SAY("control.i") in said
    assert "`13`" in said
    assert SAY("top_diff.output") in said
    assert SAY("in_use.output") in page.markdown[0].value


def test_controls_offer_legal_values_alone():
    page = open_page(data="paper")
    assert control(page, "kernel").options[:5] == ["1", "2", "3", "4", "5"]
    assert "6" not in control(page, "kernel").options
    assert control(page, "dilation").options == ["1", "2", "1x2", "2x1"]
    assert (control(page, "i").min, control(page, "i").max) == (0, 2)
    page = open_page(groups="8", c="31", f="14")
    assert (control(page, "f").min, control(page, "f").max) == (14, 15)
    assert SAY("top_diff.file") not in control(open_page(stride="2"), "top_diff").options


def test_another_data_set_opens_as_it_should():
    page = open_page(c="9", stride="2", scene="dw")
    control(page, "data").set_value("sobel").run()
    assert not page.exception
    assert link(page) == {"data": "sobel", "scene": "dw", "lang": "en"}
    assert value(page, "stride") == (1, 1)


@pytest.mark.parametrize(
    ("scene", "field", "chosen"), [("update", "rule", "sgd"), ("mistakes", "mistake", "crop_wrong")]
)
def test_what_one_scene_alone_has_a_control_for_outlives_the_others(scene, field, chosen):
    page = open_page()
    control(page, "scene").set_value(scene).run()
    control(page, field).set_value(chosen).run()
    control(page, "scene").set_value("dx").run()
    for n in (3, 4, 5):
        control(page, "n").set_value(n).run()
        assert link(page)[field] == chosen
    control(page, "data").set_value("paper").run()
    assert link(page)[field] == chosen
    control(page, "scene").set_value(scene).run()
    assert control(page, field).value == chosen


def test_controls_start_from_the_view_where_the_first_run_was_cut_off(monkeypatch):
    """A click on the stage before the controls are there ends the run that would make them."""
    with monkeypatch.context() as patch:
        patch.setattr("conv.dashboard.pages.explore.show_controls", lambda *_: st.stop())
        page = open_page(kernel="2", c="9", scene="dx")
        assert not page.selectbox
    page.run()
    for name, shown in {"n": "1 · cat", "c": 9, "kernel": "2", "padding": "1"}.items():
        assert shown_by(control(page, name)) == shown


def test_the_sidebar_has_its_width_before_the_stage_comes(monkeypatch):
    """The browser gives an empty sidebar no room, and would fit the stage to the whole window."""
    monkeypatch.setattr("conv.dashboard.pages.explore.show_stage", lambda *_: st.stop())
    page = open_page()
    assert not page.number_input
    assert [one.value for one in page.sidebar.header] == [SAY("page.title")]


def shown_by(control):
    """What the browser is told that a control has: a value, or else what it starts from."""
    sent = control.proto
    if hasattr(sent, "options"):
        return sent.raw_value if sent.set_value else sent.options[sent.default]
    return sent.value if sent.set_value else sent.default


def test_seeded_weight_is_announced_and_its_seed_counts():
    page = open_page(kernel="5", seed="1")
    assert "The weight is a normal with seed 1: the file's is [16 32 3 3]" in page.markdown[0].value
    first = panel(page, "kernel")
    control(page, "seed").set_value(2).run()
    assert not np.array_equal(first, panel(page, "kernel"))
    assert control(open_page(), "seed").disabled
    assert not control(page, "seed").disabled


@pytest.mark.parametrize("source", ["file", "output", "ones", "normal"])
def test_page_says_where_top_diff_comes_from(source):
    page = open_page(top_diff=source)
    assert SAY(f"in_use.{source}", seed=0) in page.markdown[0].value


def test_language_of_the_browser_is_the_first():
    page = open_page(lang="zh")
    control(page, "lang").set_value("en").run()
    assert page.header[0].value == SAY("page.title")


def test_an_error_is_a_sentence_and_the_last_picture_stays(monkeypatch):
    page = open_page(seed="77")
    before, drawn = stage(page), page.session_state["_shown"].view

    def fail(view, *others):
        if view.c == 3:
            raise ConvError("error.squares")
        return make_scene(view, *others)

    monkeypatch.setattr("conv.dashboard.drawing.make_scene", fail)
    control(page, "c").set_value(3).run()
    assert not page.exception
    assert "x must be finite and small enough to square" in page.error[0].value
    assert stage(page) == before
    assert page.session_state["_shown"].view == drawn
    assert said(page)["of"] == before["id"]
    # A place is still told of, and the notice stays.
    tell(page, i=2, j=3)
    assert page.error
    control(page, "c").set_value(4).run()
    assert not page.error
    assert stage(page)["picked"]["c"] == 4


def test_forged_values_do_no_harm(monkeypatch):
    page = open_page()
    forged = {
        "c": 10**9,
        "i": -5,
        "stride": (0, 10**9),
        "data": "../x",
        "scene": "<b>",
        "seed": "1",
    }
    monkeypatch.setattr("conv.dashboard.told._said", lambda key: forged.get(key[: key.rindex("-")]))
    page.run()
    assert not page.exception
    assert value(page, "c") in range(32)
    assert value(page, "i") == 0
    assert value(page, "stride") == (1, 4)
    assert [value(page, name) for name in ("data", "scene", "seed")] == ["notebook", "overview", 0]


def test_picture_of_the_item_has_a_name():
    page = open_page(n="2")
    assert "2 · coffee" in control(page, "n").options
    assert page.get("image")[0].proto.imgs[0].url.startswith("data:image/png;base64,")
    assert not open_page(data="sobel").get("image")


def test_stage_says_what_it_shows():
    page = open_page(n="3")
    assert "item 3" in stage(page)["label"]["text"]
    assert stage(page)["picked"] == {"n": 3, "c": 7, "f": 10}
    assert said(page)["at"] == [6, 6, 1, 1, 6, 6, 0]
    drawn = page.session_state["_shown"]
    named = "conv-overview-notebook-n3-c7-f10-i6-j6-m1-k1-p6-q6-k3-s1-p1-d1-g1-file-seed0-t0-en"
    assert drawn.view.file_name() == named


def test_strips_offer_what_the_controls_offer():
    page = open_page(groups="8", c="31", f="14")
    strips = {strip["field"]: strip for strip in stage(page)["strips"]}
    assert {field: strip["choices"] for field, strip in strips.items()} == {
        "n": list(range(10)),
        "c": list(range(32)),
        "f": [14, 15],
    }
    assert [strip["chosen"] for strip in strips.values()] == [1, 31, 14]
    assert "2 · coffee" in control(page, "n").options
    assert strips["n"]["names"][2] == "coffee"
    assert [strip["field"] for strip in stage(open_page(data="paper"))["strips"]] == []
