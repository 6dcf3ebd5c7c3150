"""The page for a lecture: the stage alone in the window, along a playlist, with parts hidden."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from conv.dashboard.mode import HIDEABLE, PARTS, Mode, read_mode
from conv.figures.stage import stage_data
from conv.playlist import bundled_playlist
from conv.sources import load
from conv.state.rooms import SCENES
from conv.words import words
from tests.browser import probe, wait
from tests.dashboard.driving import sidebar
from tests.dashboard.on_page import says
from tests.dashboard.page import control, link, open_page, pick, said, stage, value
from tests.views import scene_of

SAY = words("en")
LISTED = "present=1&playlist=backward&at="
TITLES = [
    entry.title
    for entry in bundled_playlist("backward", "zh", lambda name: load(name).sizes).entries
]
WALKED = 6  # of them by key; all are legal, which needs no browser


def fills(page, shown):
    """Waits for a scene, or a place of the playlist, and looks at it."""
    wait(page, probe("painted_for_the_window"), shown)
    assert page.locator("[data-stage]").evaluate(probe("fills_the_window")) == ""


def middle_of(cells, place):
    """The middle of a cell of an array of 14 x 14, in pixels of the window."""
    box = cells.bounding_box()
    row, column = place
    return {"x": (column + 0.5) * box["width"] / 14, "y": (row + 0.5) * box["height"] / 14}


def test_every_scene_fills_both_windows_without_scrolling(open_in_browser):
    page = open_in_browser("present=1&lang=en", width=1280, height=720)
    sizes = [{"width": 1280, "height": 720}, {"width": 1920, "height": 1080}]
    for key, scene in enumerate(SCENES, 1):
        page.keyboard.press(str(key))
        fills(page, scene)
        page.set_viewport_size(sizes[key % 2])
        fills(page, scene)
        if scene == "forward":
            cells = page.locator("[data-panel=output] [data-cells]")
            cells.hover(position=middle_of(cells, (3, 9)))
            says(page, over="output", at="3,9")
            page.mouse.move(1, 1)


def test_the_playlist_is_driven_by_keys(open_in_browser):
    page = open_in_browser(f"{LISTED}1&lang=zh", width=1280, height=720, scheme="dark")
    shown = page.locator(".playlist > .view")
    seen = set()
    for at, title in enumerate(TITLES[:WALKED], 1):
        expect(shown).to_have_text(title)
        expect(page.locator(".playlist .count")).to_have_text(f"{at}/10")
        if at % 2:
            fills(page, str(at))
        says(page, listed=str(at))
        seen.add(page.locator("[data-stage]").evaluate("(one) => one.innerText"))
        page.keyboard.press("n")
    assert len(seen) == WALKED
    page.keyboard.press("p")
    page.keyboard.press("l")
    expect(page.locator("[data-views] [aria-current]")).to_be_focused()
    for _ in range(WALKED - 1):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\bat=1\b"))
    says(page, scene="forward", at="1,1")
    expect(page.locator("[data-views]")).to_be_hidden()
    # Steps, and what lies behind the last one.
    page.keyboard.press("PageDown")
    says(page, at="1,2")
    page.keyboard.press("PageUp")
    says(page, at="1,1")
    page.keyboard.press("End")
    page.keyboard.press("PageDown")
    expect(page.locator(".foot .note")).to_have_text(words("zh")("stage.at_end"))
    expect(shown).to_have_text(TITLES[0])
    page.keyboard.press("PageDown")
    expect(shown).to_have_text(TITLES[1])
    says(page, scene="overview")
    # By the mouse, after which the keys are the stage's as before.
    page.locator("[data-on]").click()
    says(page, scene="dw", at="0,0")
    page.keyboard.press("ArrowRight")
    says(page, at="0,1")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "present" not in url and "playlist=backward&at=3" in url)
    page.reload()
    wait(page, "(stage) => stage.dataset.scene === 'dw' && !stage.matches('.fills')")
    expect(shown).to_have_text(TITLES[2])


def test_leaving_restores_the_page(open_in_browser):
    page = open_in_browser("scene=dx&lang=en", width=1280, height=720, fresh=True)
    expect(sidebar(page, "n")).to_be_visible()
    page.locator("[data-testid=stMain]").evaluate("(main) => { main.scrollTop = 300; }")
    page.evaluate(probe("count_made"))
    before = page.evaluate(probe("page_around"))
    assert before[0] == 300
    for leave in ("f", "Escape"):
        page.keyboard.press("F")
        fills(page, "dx")
        page.mouse.wheel(0, 500)
        page.wait_for_url(re.compile("present=1"))
        page.keyboard.press(leave)
        page.wait_for_url(re.compile(r"\?scene=dx&lang=en$"))
        wait(page, "(stage) => Number(stage.dataset.width) === stage.clientWidth")
        assert page.evaluate(probe("page_around")) == before
    assert page.evaluate("window.made") == 0
    page.locator(".st-key-toolbar_present button").click()
    fills(page, "dx")
    page.go_back()
    wait(page, "(stage) => !stage.matches('.fills')")
    # What is typed is no command.
    sidebar(page, "kernel").click()
    page.keyboard.type("f")
    expect(sidebar(page, "kernel")).to_have_value("f")
    wait(page, "(stage) => !stage.matches('.fills')")


def test_a_page_of_its_own_fills_its_window_too(open_scene):
    """It has no playlist and nobody to tell."""
    view = replace(load("paper").default, scene="dw")
    page = open_scene(stage_data(view, scene_of(view)), width=1280, height=720).page
    says(page, at="1,1")
    page.keyboard.press("f")
    fills(page, "dw")
    for key in ("n", "p", "l", "End", "PageDown", "PageDown"):
        page.keyboard.press(key)
    expect(page.locator(".foot .note")).to_have_text(SAY("stage.no_more"))
    page.keyboard.press("Escape")
    wait(page, "(stage) => !stage.matches('.fills') && stage.dataset.at === '2,2'")


def test_a_frame_has_the_stage_alone(open_in_browser):
    page = open_in_browser("embed=true&scene=dx&n=3&hide=scan&lang=en", width=800, height=600)
    wait(page, probe("painted_for_the_window"), "dx")
    full = page.locator("[data-full]")
    expect(full).to_be_visible()
    expect(full).to_have_attribute("target", "_blank")
    expect(full).to_have_attribute("href", "?scene=dx&n=3&lang=en")
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    expect(page.locator("[data-scan]")).to_have_count(0)
    assert page.locator(".stButton, .stLatex, .katex, [data-strip]").count() == 0
    stage = page.locator("[data-stage]")
    assert stage.evaluate("(one) => one.scrollHeight <= one.clientHeight")
    page.set_viewport_size({"width": 390, "height": 844})
    wait(page, "(stage) => stage.matches('.scrolls') && stage.clientWidth === innerWidth")
    assert stage.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_what_is_hidden_is_not_drawn_and_keeps_its_value():
    hidden = "stride,n,lang,toolbar,formulas,scan"
    page = open_page(hide=hidden, stride="2", n="3", scene="dw", lang="en")
    assert not page.exception
    assert not page.warning
    for name in ("stride", "n", "lang"):
        with pytest.raises(KeyError):
            control(page, name)
    assert control(page, "kernel").value == (3, 3)
    assert [button.key for button in page.button] == []
    assert len(page.get("latex")) == 0
    assert len(page.expander) == 1
    sent = stage(page)
    assert sent["switch"] is None
    assert [strip["field"] for strip in sent["strips"]] == ["c", "f"]
    assert sent["picked"]["n"] == 3
    control(page, "c").set_value(4).run()
    kept = link(page)
    assert kept["hide"] == "toolbar,formulas,n,stride,scan,lang"
    assert (kept["n"], kept["stride"], kept["c"]) == ("3", "2", "4")
    page = open_page(hide="sidebar,strips,terms", scene="dw")
    assert len(page.sidebar.children) == 0
    assert stage(page)["strips"] == []
    assert len(page.expander) == 0


def test_the_mode_stays_in_the_link_and_goes_from_it():
    page = open_page(present="1")
    assert link(page) == {"present": "1"}
    assert said(page)["mode"] == {"present": True}
    pick(page, present=0)
    assert link(page) == {}
    assert "mode" not in said(page)
    assert stage(page)["playlist"] is None


def test_a_link_to_a_place_of_a_playlist_opens_its_view():
    page = open_page(playlist="backward", at="8", lang="zh")
    assert (stage(page)["scene"], stage(page)["lang"]) == ("dx", "zh")
    assert value(page, "stride") == (2, 2)
    control(page, "c").set_value(0)
    control(page, "padding").set_value((2, 2)).run()
    kept = link(page)
    assert (kept["playlist"], kept["at"], kept["padding"]) == ("backward", "8", "2")
    assert said(open_page(**kept))["at"] == said(page)["at"]
    assert said(page)["mode"] == {"at": 8}


def test_nonsense_in_the_mode_is_named_and_harmless():
    page = open_page(present="maybe", playlist="../x", hide="stride,<b>", scene="dw")
    assert not page.exception
    told = page.warning[0].value
    for field, asked in (("present", "maybe"), ("playlist", "../x"), ("hide", "<b>")):
        assert SAY("notice.left_out", field=SAY(f"control.{field}"), asked=f"`{asked}`") in told
    assert link(page) == {"scene": "dw", "lang": "en", "hide": "stride"}
    page = open_page(playlist="backward", at="99", lang="en")
    assert SAY("notice.change", field=SAY("control.at"), asked="`99`", given="`10`") in (
        page.warning[0].value
    )
    assert stage(page)["scene"] == "update"


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        ({}, Mode()),
        ({"present": "TRUE", "hide": " n , sidebar,"}, Mode(present=True, hide=("sidebar", "n"))),
        ({"playlist": "talk", "at": "2"}, Mode(playlist="talk", at=2)),
        ({"playlist": "talk"}, Mode(playlist="talk")),
        ({"playlist": "other", "at": "2"}, Mode()),
        ({"playlist": "talk", "at": "-1"}, Mode(playlist="talk")),
        ({"playlist": "talk", "at": "9" * 999}, Mode(playlist="talk", at=3)),
        ({"hide": ",".join(HIDEABLE)}, Mode(hide=HIDEABLE)),
    ],
)
def test_a_mode_is_read_and_written(query, mode):
    def length_of(name):
        return 3 if name == "talk" else 0

    read, _ = read_mode(query, length_of, embed=False)
    assert read == mode
    assert read_mode(read.to_query(), length_of, embed=False) == (mode, [])
    framed, _ = read_mode(query, length_of, embed=True)
    assert not any(framed.shows(part) for part in PARTS)


def test_a_file_that_the_server_was_given_is_a_playlist(tmp_path, monkeypatch):
    file = tmp_path / "talk.txt"
    file.write_text("# Mine\nFirst | ?scene=dw\nSecond | ?scene=dx&c=3\n", encoding="utf-8")
    monkeypatch.setenv("CONV_PLAYLIST", str(file))
    page = open_page(playlist="talk", at="2", lang="en")
    assert not page.warning
    assert stage(page)["playlist"] == {"title": "Mine", "titles": ["First", "Second"]}
    assert said(page)["mode"]["at"] == 2
    assert stage(page)["picked"]["c"] == 3
    file.write_text("First\n", encoding="utf-8")
    page = open_page(playlist="talk", lang="en")
    assert not page.exception
    told = [one.value.replace("\\", "") for one in page.warning]
    assert SAY("notice.playlist", reason="line 1 must be 'title | link', got 'First'") in told
