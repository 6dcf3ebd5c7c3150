"""The gallery of mistakes and the quiz on the page: what they send, what the browser shows."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.scenes.scene import Card
from conv.sources import load
from conv.state.rooms import DATA, SCENES
from conv.state.view import choices
from conv.words import LANGUAGES, words
from tests.browser import probe, wait
from tests.dashboard.driving import lean
from tests.dashboard.page import control, items, link, numbers_of, open_page, stage, value
from tests.dashboard.stage import Stage, close, number_of, outlined
from tests.mistake_spots import scene_at, spot_of

MISTAKES = choices("mistake")

SAY = words("en")
PRESS = "(keys) => keys.forEach((key) => document.querySelector(`${key} button`).click())"
# Wider links: each shows another kind of result.
LINKS = {
    "mistake=unrotated&data=paper": "dx",
    "mistake=unswapped": "dx",
    "mistake=dw_swapped&kernel=2x3": "dw",
    "mistake=db_averaged": "db",
    "mistake=db_averaged&data=sobel": "db",
    "mistake=batch_averaged&stride=2": "dw",
}


# The gallery, without a browser.


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_with_data_sets_and_languages_in_turn(name):
    turn = MISTAKES.index(name)
    data, lang = [*DATA][turn % len(DATA)], LANGUAGES[turn % len(LANGUAGES)]
    page = open_page(scene="mistakes", mistake=name, data=data, stride="2", lang=lang)
    assert not page.exception
    assert not page.warning
    say = words(lang)
    assert say(f"about_mistake.{name}") in [text.value for text in page.markdown]
    assert control(page, "mistake").options == [say(f"mistake.{one}") for one in MISTAKES]
    found = items(page)
    assert ("difference" in found) or say("mistakes.shapes_title") in json.dumps(
        stage(page), ensure_ascii=False
    )
    spot = spot_of(data, mistake=name, stride=(2, 2))
    shown = np.float32(scene_at(spot).panel("wrong").values)
    np.testing.assert_array_equal(sent_numbers(page, "wrong"), shown)


def sent_numbers(page, name):
    """The numbers of a panel, which are the same at every place."""
    item = items(page)[name]
    table = stage(page)["tables"][item["numbers"]["table"]]
    assert table["space"] is None
    return numbers_of(table).reshape(item["rows"], item["columns"])


def test_choosing_a_mistake_writes_the_link_and_redraws():
    page = open_page(scene="mistakes", data="paper")
    before = sent_numbers(page, "wrong")
    control(page, "mistake").set_value("unswapped").run()
    assert link(page) == {
        "scene": "mistakes",
        "data": "paper",
        "mistake": "unswapped",
        "lang": "en",
    }
    after = sent_numbers(page, "wrong")
    assert after.shape == before.shape
    assert (after != before).any()
    np.testing.assert_array_equal(after, sent_numbers(page, "right"))


def test_the_mistake_outlives_other_scenes_and_data():
    page = open_page(scene="mistakes", mistake="crop_wrong")
    control(page, "scene").set_value("overview").run()
    with pytest.raises(KeyError):
        control(page, "mistake")
    control(page, "data").set_value("sobel").run()
    control(page, "scene").set_value("mistakes").run()
    assert value(page, "mistake") == "crop_wrong"
    assert control(page, "mistake").value == "crop_wrong"
    assert link(page)["mistake"] == "crop_wrong"


def test_a_mistake_that_is_none_is_named():
    page = open_page(scene="mistakes", mistake="rotated_twice")
    assert "`rotated_twice`" in page.warning[0].value
    assert SAY("mistake.unrotated") in page.warning[0].value


def test_labels_follow_the_language():
    page = open_page(scene="mistakes", mistake="dw_swapped", data="paper")
    control(page, "lang").set_value("zh").run()
    assert value(page, "mistake") == "dw_swapped"
    assert words("zh")("about_mistake.dw_swapped") in [text.value for text in page.markdown]


# The quiz, without a browser.


def question(page):
    return page.session_state["_quiz"].question


def answer(page, name):
    page.radio[0].set_value(name).run()
    return page.button(key="quiz_check").click().run()


def wrong_answer(page):
    asked = question(page)
    return next(name for name in asked.choices if name != asked.answer)


def test_several_questions_right_and_wrong():
    page, asked, hits, seen = open_page(scene="quiz", data="paper"), 0, 0, set()
    for k in range(8):
        assert page.button(key="quiz_check").disabled
        assert "unknown" in items(page)
        assert "right" not in items(page)
        assert not page.success
        assert not page.error
        now = question(page)
        seen.add((now.tensor, now.answer))
        assert page.radio[0].options == [SAY(f"mistake.{name}") for name in now.choices]
        assert page.radio[0].value is None
        hit = k % 3 != 1
        answer(page, now.answer if hit else wrong_answer(page))
        asked, hits = asked + 1, hits + hit
        assert SAY("quiz.score", right=hits, asked=asked) in [one.value for one in page.markdown]
        (verdict,) = page.success if hit else page.error
        assert not (page.error if hit else page.success)
        assert SAY(f"mistake.{now.answer}") in verdict.value
        assert SAY(f"about_mistake.{now.answer}") in verdict.value
        assert {"unknown", "right"} <= set(items(page))
        assert question(page) == now
        assert page.button(key="quiz_check").disabled
        page.button(key="quiz_next").click().run()
        assert not page.exception
    assert len(seen) > 1
    assert link(page) == {"scene": "quiz", "data": "paper"}


def test_the_difference_is_shown_after_the_answer():
    page = open_page(scene="quiz", data="paper")
    while question(page).tensor != "dw":
        page.button(key="quiz_next").click().run()
    unknown = sent_numbers(page, "unknown")
    answer(page, question(page).answer)
    np.testing.assert_array_equal(sent_numbers(page, "unknown"), unknown)
    gap = unknown - sent_numbers(page, "right")
    np.testing.assert_array_equal(sent_numbers(page, "difference"), gap)
    assert gap.any() == (question(page).answer != "right")


def test_a_question_that_is_skipped_does_not_count():
    page = open_page(scene="quiz", data="paper")
    page.button(key="quiz_next").click().run()
    assert SAY("quiz.score", right=0, asked=0) in [one.value for one in page.markdown]
    answer(page, question(page).answer)
    assert SAY("quiz.score", right=1, asked=1) in [one.value for one in page.markdown]


def test_an_answer_is_counted_once():
    page = open_page(scene="quiz", data="paper")
    answer(page, question(page).answer)
    page.run()
    assert page.button(key="quiz_check").disabled
    assert page.radio[0].disabled
    assert SAY("quiz.score", right=1, asked=1) in [one.value for one in page.markdown]


def test_the_score_outlives_other_scenes_and_data():
    page = open_page(scene="quiz", data="paper")
    answer(page, wrong_answer(page))
    control(page, "scene").set_value("overview").run()
    assert not page.radio
    control(page, "scene").set_value("quiz").run()
    assert page.error
    assert SAY("quiz.score", right=0, asked=1) in [one.value for one in page.markdown]
    control(page, "data").set_value("sobel").run()
    assert not page.exception
    assert not page.error
    assert page.radio[0].value is None
    assert SAY("quiz.score", right=0, asked=1) in [one.value for one in page.markdown]


def test_another_place_or_language_keeps_the_question():
    page = open_page(scene="quiz")
    before, number = question(page), page.session_state["_quiz"].number
    control(page, "c").set_value(3).run()
    control(page, "lang").set_value("zh").run()
    assert (question(page), page.session_state["_quiz"].number) == (before, number)
    control(page, "padding").set_value((0, 0)).run()
    assert page.session_state["_quiz"].number == number + 1


def test_questions_differ_from_visitor_to_visitor():
    drawn = set()
    for _ in range(4):
        page, asked = open_page(scene="quiz", data="paper"), []
        for _ in range(5):
            asked.append((question(page).tensor, question(page).answer))
            page.button(key="quiz_next").click().run()
        drawn.add(tuple(asked))
    assert len(drawn) > 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_where_nothing_differs_the_page_says_so(monkeypatch, lang):
    monkeypatch.setattr(
        "conv.dashboard.quiz.candidates",
        lambda _: dict.fromkeys(("dw", "dx", "db"), ("right",)),
    )
    page = open_page(scene="quiz", data="paper", lang=lang)
    assert not page.exception
    assert not page.radio
    assert [one.value for one in page.info] == [words(lang)("quiz.nothing")]
    assert "unknown" not in items(page)


# In the browser.


def gallery(open_in_browser, link, **options):
    return Stage(open_in_browser(lean(f"scene=mistakes&{link}"), **options), scene="mistakes")


def spot_of_link(link):
    asked = dict(part.split("=") for part in link.split("&"))
    data = asked.pop("data", "notebook")
    for name in ("stride", "kernel", "padding", "dilation"):
        if name in asked:
            sides = [int(side) for side in asked[name].split("x")]
            asked[name] = (sides[0], sides[-1])
    return spot_of(data, **asked)


@pytest.mark.parametrize(("link", "tensor"), LINKS.items(), ids=list(LINKS))
def test_pointing_lights_the_same_cell_in_all_three(open_in_browser, link, tensor):
    stage = gallery(open_in_browser, link)
    scene = scene_at(spot_of_link(link))
    names = ["wrong", "right", "difference"]
    shown = stage.read(names)["panels"]
    for name in names:
        close(shown[name]["values"], scene.panel(name).values)
    rows, columns = scene.panel("right").size
    cells = [(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)]
    for name, cell in zip(names, cells, strict=True):
        stage.point(name, cell)
        read = stage.read([])
        for other in names:
            roles, lit = outlined(read["panels"][other])
            assert lit == {cell}, other
            assert len(roles) == 1
        found = [scene.panel(one).values[cell] for one in names]
        assert number_of(read["sum"]) == pytest.approx(found[2], rel=1e-5)
        assert f"db[{cell[1]}]" in read["sum"] or f"{cell[0]}, {cell[1]}]" in read["sum"]
    assert tensor in stage.read([])["sum"]


@pytest.mark.parametrize("name", ["zeros_forgotten", "leftover_forgotten"])
def test_a_cell_that_the_wrong_shape_has_lights_and_another_does_not(open_in_browser, name):
    stage = gallery(open_in_browser, f"mistake={name}&data=paper&kernel=2&stride=2&padding=0")
    spot = spot_of("paper", mistake=name, kernel=(2, 2), stride=(2, 2), padding=(0, 0))
    rows, columns = scene_at(spot).panel("wrong").size
    assert max(rows, columns) < 5
    stage.point("right", (rows - 1, columns - 1))
    assert outlined(stage.read([])["panels"]["wrong"])[1] == {(rows - 1, columns - 1)}
    stage.point("right", (4, 4))
    shown = stage.read([])["panels"]
    assert outlined(shown["wrong"])[1] == set()
    assert outlined(shown["right"])[1] == {(4, 4)}
    stage.point("wrong", (0, 0))
    assert outlined(stage.read([])["panels"]["right"])[1] == {(0, 0)}
    card = next(one for one in scene_at(spot).items() if isinstance(one, Card))
    expect(stage.root).to_contain_text(SAY(card.text.key, **card.text.values))


def test_a_wrong_shape_that_is_larger_has_cells_that_are_no_places(open_in_browser):
    stage = gallery(open_in_browser, "mistake=crop_wrong&data=paper&padding=3")
    stage.point("wrong", (8, 8))
    shown = stage.read([])["panels"]
    assert (shown["wrong"]["rows"], shown["right"]["rows"]) == (9, 5)
    stage.click("wrong", (8, 8))
    stage.point("wrong", (4, 4))
    shown = stage.read([])["panels"]
    assert outlined(shown["right"])[1] == outlined(shown["wrong"])[1] == {(4, 4)}


def test_an_array_without_cells_breaks_nothing(open_in_browser):
    stage = gallery(
        open_in_browser, "mistake=zeros_forgotten&data=paper&kernel=1&stride=4&padding=4x1"
    )
    assert "wrong" not in stage.read([])["panels"]
    expect(stage.root).to_contain_text("[1 1 0 2], an array without a cell")
    stage.point("right", (1, 1))


def test_there_is_no_transport_and_its_keys_are_not_listed(open_in_browser):
    stage = gallery(open_in_browser, "data=paper")
    for part in ("[data-play]", "[data-step]", "[data-speed]", "[data-clock]"):
        expect(stage.find(part)).to_have_count(0)
    stage.focus()
    stage.press("?")
    keys = stage.find("[data-keys]")
    expect(keys).to_be_visible()
    listed = keys.locator("dd").all_text_contents()
    there = ("scenes", "pin", "present", "escape", "help")
    assert listed == [SAY(f"stage.key_{key}") for key in there]
    stage.press("?")
    expect(keys).to_be_hidden()


def shown(stage):
    """All that a stage shows, to be compared."""
    read = stage.read()
    for panel in read["panels"].values():
        panel["values"] = panel["values"].tolist()
    return read


def test_keys_of_steps_do_nothing_and_the_others_work(open_in_browser):
    stage = gallery(open_in_browser, "data=paper")
    stage.focus()
    stage.point("grad_output", (2, 0))
    stage.press("Enter")
    stage.leave_pointer()
    expect(stage.find("[data-pin]")).to_contain_text("(2, 0)")
    stage.wait(over="grad_output", at=(2, 0))
    stage.press("Escape")
    stage.wait(over="")
    stage.press("1")
    stage.wait(scene="overview")
    expect(stage.find("[data-play]")).to_be_visible()
    stage.press(str(1 + [*SCENES].index("mistakes")))
    stage.wait(scene="mistakes")
    expect(stage.find("[data-play]")).to_have_count(0)
    # Last, for the page scrolls by them.
    before = shown(stage)
    stage.press("ArrowDown", "Shift+ArrowRight", "Home", "End", " ", "+", "-")
    assert shown(stage) == before


def test_the_page_can_be_scrolled_with_the_arrow_keys(open_in_browser):
    """Keys that the stage has no use for are the page's."""
    stage = gallery(open_in_browser, "data=paper")
    stage.focus()
    assert not stage.page.evaluate(probe("takes_key"), "ArrowDown")
    stage.press("1")
    stage.wait(scene="overview")
    assert stage.page.evaluate(probe("takes_key"), "ArrowDown")


def test_choosing_another_mistake_redraws(open_in_browser):
    stage = gallery(open_in_browser, "data=paper&padding=0")
    before = stage.values("wrong")
    choose(stage.page, "unswapped")
    expect(stage.page.get_by_text(SAY("about_mistake.unswapped"))).to_be_visible()
    expected = scene_at(spot_of("paper", padding=(0, 0), mistake="unswapped")).panel("wrong").values
    wanted = ["wrong", np.float32(expected).tolist()]
    stage.page.wait_for_function(probe("has_numbers"), arg=wanted)
    assert (before != expected).any()
    choose(stage.page, "db_averaged")
    expect(stage.find('[data-panel="kernel"]')).to_have_count(0)
    stage.page.wait_for_url("**mistake=db_averaged**")
    close(stage.values("right"), [[load("paper").grad_output.sum()]])


def choose(page, name):
    page.get_by_role("combobox", name=SAY("control.mistake"), exact=True).click()
    page.get_by_role("option", name=SAY(f"mistake.{name}"), exact=True).click()


def test_nothing_reaches_beyond_a_phone(open_in_browser):
    stage = gallery(open_in_browser, "mistake=unrotated&stride=2", width=390, height=844)
    for name in ("unrotated", "dw_swapped", "db_averaged"):
        if name != "unrotated":
            choose(stage.page, name)
        wrong = scene_at(spot_of("notebook", stride=(2, 2), mistake=name)).panel("wrong").values
        wanted = ["wrong", np.float32(wrong).tolist()]
        stage.page.wait_for_function(probe("has_numbers"), arg=wanted)
        wait(stage.page, probe("fits"))
        assert stage.page.evaluate(probe("cells_beyond")) == 0


def test_a_round_of_the_quiz(open_in_browser):
    page = open_in_browser("scene=quiz&data=paper", fresh=True)
    stage = Stage(page, scene="quiz")
    expect(stage.find("[data-play]")).to_have_count(0)
    for asked in (1, 2, 3):
        assert "right" not in stage.read([])["panels"]
        html = stage.root.inner_html()
        assert not [name for name in MISTAKES if name in html]
        assert not [name for name in MISTAKES if SAY(f"mistake.{name}") in html]
        unknown = stage.values("unknown")
        stage.point("unknown", (0, 0))
        page.get_by_test_id("stRadio").locator("label").last.click()
        check = page.get_by_role("button", name=SAY("quiz.check"))
        expect(check).to_be_enabled()
        check.dblclick()
        expect(stage.find('[data-panel="right"]')).to_be_visible()
        np.testing.assert_array_equal(stage.values("unknown"), unknown)
        expect(page.get_by_text(f"of {asked} right")).to_be_visible()
        if asked < 3:
            page.get_by_role("button", name=SAY("quiz.next")).click()
        else:
            # Streamlit takes both for the part of the page that the first is in.
            page.evaluate(PRESS, [".st-key-toolbar_tensors", ".st-key-quiz_next"])
        expect(stage.find('[data-panel="right"]')).to_have_count(0)
        stage.wait(scene="quiz")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert "quiz" in page.url
    assert not [name for name in MISTAKES if name in page.url]
