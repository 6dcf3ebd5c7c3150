"""The two methods of a gradient on the stage: each with its own steps, and both together."""

import csv
import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.words import words
from tests.browser import probe
from tests.dashboard.driving import answered, opened, own
from tests.dashboard.on_page import WAIT
from tests.dashboard.stage import Stage, Truth, view_of

SAY = words("en")
STEP_AND_LOAD = """() => {
    const key = { key: "ArrowDown", shiftKey: true, bubbles: true, cancelable: true };
    document.querySelector("[data-stage]").dispatchEvent(new KeyboardEvent("keydown", key));
    const button = document.querySelector(".st-key-terms_download button");
    button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    button.click();
}"""
RIGHT = {"dw": ("kernel", (3, 3)), "dx": ("input", (14, 14))}


def check(stage, truth, places, names):
    """That panels show the numbers of these places of their spaces."""
    shown = stage.read(names)["panels"]
    for name in names:
        truth.check(name, shown[name]["values"], {**truth.rest(), **places})


def check_card(stage, truth, scene, cell):
    """That the card of products says where this cell of the gradient comes from."""
    card = stage.find("[data-card=terms]")
    at = ", ".join(map(str, ((10, 7) if scene == "dw" else (1, 7)) + cell))
    assert card.locator(".title").text_content() == f"Where {scene}[{at}] comes from"
    _, *numbers, _ = card.locator("dd").all_text_contents()
    sums = [float(text.replace("−", "-")) for text in numbers]
    assert sums == pytest.approx([truth.still[scene][cell]] * 3, rel=1e-8, abs=1e-20)


@pytest.mark.parametrize("scene", RIGHT)
def test_each_method_has_a_slider_of_its_own(open_in_browser, scene):
    stage, truth = opened(open_in_browser, f"scene={scene}"), Truth(view_of("", scene))
    space, (rows, columns) = RIGHT[scene]
    left, right = own(stage, "output"), own(stage, space)
    moving = {"dw": ("dw_patches", "dw_correlate"), "dx": ("dx_scatter", "dx_rot180")}[scene]
    start = stage.root.get_attribute("data-steps").split(",")
    left.locator("input").fill("20")
    stage.wait(steps=f"20,{start[1]}")
    check(stage, truth, {"output": (1, 6)}, [*moving, "difference"])
    last = rows * columns - 1
    right.locator("input").fill(str(last))
    stage.wait(steps=f"20,{last}")
    check(stage, truth, {"output": (1, 6), space: (rows - 1, columns - 1)}, [*moving, "difference"])
    right.locator("input").press("ArrowLeft")
    stage.wait(steps=f"20,{last - 1}")
    # The keys move the left one; with Shift, the right one.
    stage.focus()
    stage.press("ArrowDown", "Shift+ArrowUp")
    stage.wait(steps=f"34,{last - 1 - columns}")
    places = {"output": (2, 6), space: (rows - 2, columns - 2)}
    check(stage, truth, places, [*moving, "difference", "shares"])
    check_card(stage, truth, scene, places[space])
    # The card follows the place of the second clock, by its keys and by the pointer.
    for key, (down, right) in (("Shift+ArrowUp", (-1, 0)), ("Shift+ArrowLeft", (0, -1))):
        stage.press(key)
        row, column = places[space] = places[space][0] + down, places[space][1] + right
        stage.wait(steps=f"34,{row * columns + column}")
        check_card(stage, truth, scene, (row, column))
    stage.point(moving[1], (1, 2))
    check_card(stage, truth, scene, (1, 2))
    stage.leave()
    check_card(stage, truth, scene, places[space])
    stage.press("?")
    expect(stage.find("[data-keys]")).to_contain_text(SAY("stage.key_second"))


@pytest.mark.parametrize("scene", RIGHT)
def test_each_method_plays_alone(open_in_browser, scene):
    stage = opened(open_in_browser, f"scene={scene}&data=paper&i=0&j=0&m=0&k=0&p=0&q=0")
    space = RIGHT[scene][0]
    count = 9 if scene == "dw" else 25
    stage.find("[data-speed]").select_option("30")
    stage.page.evaluate(probe("record_both"))
    own(stage, space).locator("button").click()
    stage.wait(steps=f"0,{count - 1}")
    assert stage.page.evaluate("window.recorded") == [f"0,{k}" for k in range(1, count)]
    expect(own(stage, space).locator("button")).to_have_attribute("title", SAY("stage.play"))
    stage.page.evaluate(probe("record_both"))
    own(stage, "output").locator("button").click()
    stage.wait(steps=f"8,{count - 1}")
    assert stage.page.evaluate("window.recorded") == [f"{k},{count - 1}" for k in range(1, 9)]


def test_one_play_ends_another(open_in_browser):
    stage = opened(open_in_browser, "scene=dw")
    stage.focus()
    stage.press("Home", " ")
    together, left = stage.find("[data-play]"), own(stage, "output").locator("button")
    expect(together).to_have_attribute("data-play", "on")
    left.click()
    expect(together).to_have_attribute("data-play", "off")
    expect(left).to_have_attribute("title", SAY("stage.pause"))
    left.click()
    expect(left).to_have_attribute("title", SAY("stage.play"))


@pytest.mark.parametrize(
    ("scene", "steps"),
    [
        # Of 9 steps on both sides; of 9 on the left and 25 on the right.
        ("dw", [(k, k) for k in range(9)]),
        ("dx", [(max((k + 1) * 9 // 25, 1) - 1, k) for k in range(25)]),
    ],
)
def test_together_both_end_at_once(open_in_browser, scene, steps):
    stage = opened(open_in_browser, f"scene={scene}&data=paper")
    truth = Truth(view_of("data=paper", scene))
    stage.find("[data-speed]").select_option("30")
    stage.focus()
    stage.press("Home")
    stage.wait(steps="0,0")
    stage.page.evaluate(probe("record_both"))
    stage.press(" ")
    stage.wait(steps="{},{}".format(*steps[-1]))
    expect(stage.find("[data-play]")).to_have_attribute("data-play", "off")
    assert stage.page.evaluate("window.recorded") == ["{},{}".format(*at) for at in steps[1:]]
    space, columns = ("kernel", 3) if scene == "dw" else ("input", 5)
    places = {"output": (2, 2), space: (columns - 1, columns - 1)}
    check(stage, truth, places, ["difference"])
    assert not np.isnan(stage.values("difference")).any()
    assert not stage.values("difference").any()  # of whole numbers


def test_a_cell_that_is_not_computed_yet_says_so(open_in_browser):
    stage = opened(open_in_browser, "scene=dw&data=paper&m=0&k=1")
    stage.point("dw_correlate", (0, 0))
    stage.leave()
    stage.move("difference", (2, 2))
    # Pointing at a cell is its step; the tip is told of the step before.
    value = SAY("stage.waiting")
    expect(stage.find(".tip")).to_have_text(SAY("stage.cell", row=2, column=2, value=value))


@pytest.mark.parametrize(("scene", "field", "count"), [("dw", "n", 10), ("dx", "f", 16)])
def test_a_scan_goes_on_over_all_items_or_filters(open_in_browser, scene, field, count):
    stage = opened(open_in_browser, f"scene={scene}&{field}=0")
    switch, page = stage.find("[data-scan]"), stage.page
    expect(switch).not_to_be_checked()
    switch.check()
    page.wait_for_url(re.compile(r"[?&]scan=all"))
    # Behind the last window of one part stands the first of the next.
    slider = own(stage, "output").locator("input")
    expect(slider).to_have_attribute("max", str(196 * count - 1))
    slider.fill("195")
    stage.wait(at=(13, 13))
    stage.find("[data-speed]").select_option("8")
    own(stage, "output").locator("button").click()
    page.wait_for_function(
        "Number(document.querySelector('[data-stage]').dataset.steps.split(',')[0]) >= 197"
    )
    own(stage, "output").locator("button").click()
    # The last window of the last part, straight away: all of the gradient.
    stage.focus()
    stage.press("End")
    picked = dict(zip("ncf", (1, 7, 10), strict=True)) | {field: count - 1}
    stage.wait(view=tuple(picked.values()), at=(13, 13))
    expect(own(stage, "output").locator(".step")).to_contain_text(f"{196 * count} of {196 * count}")
    truth = Truth(view_of("&".join(f"{name}={value}" for name, value in picked.items()), scene))
    names = ("dw_patches", "dw_correlate") if scene == "dw" else ("dx_scatter", "dx_rot180")
    whole = truth.still[scene]
    for name in names:
        values = stage.values(name)
        values = values[1:-1, 1:-1] if name == "dx_scatter" else values
        np.testing.assert_allclose(values, whole, rtol=1e-9, atol=1e-12 * np.abs(whole).max())
    assert np.abs(stage.values("difference")).max() <= 1e-12 * np.abs(whole).max() * 196
    switch.uncheck()
    expect(slider).to_have_attribute("max", "195")
    expect(page).not_to_have_url(re.compile("scan="))


def test_a_click_on_a_bar_picks_its_item(open_in_browser):
    stage = opened(open_in_browser, "scene=dw")
    stage.click("shares", (0, 3))
    stage.wait(view=(3, 7, 10))
    expect(stage.page).to_have_url(re.compile(r"[?&]n=3"))
    pictures = stage.find("[data-panel=shares] .pictures-row img")
    expect(pictures).to_have_count(20)
    for picture in pictures.all():
        expect(picture).to_have_attribute("src", re.compile("^data:image/bmp"))


@pytest.mark.parametrize(
    ("scene", "panel", "cell", "link", "title"),
    [
        ("dw", "difference", (0, 2), {"m": 0, "k": 2}, "dw[10, 7, 0, 2]"),
        ("dx", "dx_scatter", (1, 14), {"p": 0, "q": 13}, "dx[1, 7, 0, 13]"),
    ],
)
def test_a_click_on_a_gradient_says_where_the_number_comes_from(
    open_in_browser, scene, panel, cell, link, title
):
    stage = Stage(open_in_browser(f"scene={scene}", height=2200))
    stage.click(panel, cell)
    expect(stage.find(".card").nth(1)).to_contain_text(title)
    for name, value in link.items():
        expect(stage.page).to_have_url(re.compile(rf"[?&]{name}={value}(&|$)"))
    # The products are in a drawer, which stays open.
    drawer = stage.page.get_by_test_id("stExpander")
    drawer.locator("summary").click()
    expect(drawer.get_by_role("heading", name=title)).to_be_visible()
    expect(drawer.get_by_role("button", name=SAY("products.download"))).to_be_visible()
    answered(stage.page)
    # What is downloaded adds up to the cell that is on the screen by then, the one below.
    with stage.page.expect_download(timeout=WAIT) as waiting:
        stage.page.evaluate(STEP_AND_LOAD)
    row, column = link.values()
    above, below = f"{row}-{column}.csv", f"{row + 1}-{column}.csv"
    name = title.translate(str.maketrans("[,", "--", "] ")) + ".csv"
    assert waiting.value.suggested_filename == name.replace(above, below)
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8"))))
    truth = Truth(view_of("", scene))
    value = truth.still[scene][row + 1, column]
    products = [float(row["product"]) for row in rows]
    size = sum(map(abs, products))
    assert len(rows) == (1960 if scene == "dw" else len(rows)) > 0
    assert abs(sum(products) - value) <= 1e-12 * size
    for end in ("sum_first", "sum_second"):
        orders = [int(row[end.replace("sum", "order")]) for row in rows]
        assert sorted(orders) == list(range(1, len(rows) + 1))
        assert abs(float(rows[orders.index(len(rows))][end]) - value) <= 1e-12 * size


def test_a_pinned_cell_is_in_the_link_and_stays(open_in_browser):
    stage = opened(open_in_browser, "scene=dx")
    own(stage, "output").locator("input").fill("150")
    stage.wait(at=(10, 10))
    stage.click("dx_rot180", (4, 2))
    expect(stage.page).to_have_url(re.compile(r"p=4&q=2"))
    stage.press("Escape")
    stage.leave_pointer()
    stage.wait(steps=f"150,{4 * 14 + 2}")
    # Where the slider was moved to first is in the link too.
    expect(stage.page).to_have_url(re.compile(r"i=10&j=10&p=4&q=2"))


def test_the_legend_says_what_is_hatched(open_in_browser):
    for link, keys in (
        ("data=paper&scene=dx&stride=2&padding=1", ("padding", "inserted", "cropped", "waiting")),
        ("data=paper&scene=dx&kernel=2&stride=2", ("leftover_dx", "padding", "inserted")),
        ("data=paper&scene=dw", ("waiting",)),
    ):
        stage = opened(open_in_browser, link)
        said = stage.read()["legend"]
        for key in keys:
            assert SAY(f"legend.{key}") in said, (link, key)


def test_the_output_size_is_worked_out_with_its_floor(open_in_browser):
    page = open_in_browser("data=paper&kernel=2&stride=2&padding=1x0")
    formulas = page.locator(".katex annotation")
    expect(formulas.nth(1)).to_be_attached()
    written = " ".join(formulas.all_text_contents())
    assert r"1 \cdot (2 - 1) + 1 = 2" in written
    assert r"\frac{5 + 2 \cdot 1 - 2}{2}" in written
    assert r"\frac{5 + 2 \cdot 0 - 2}{2}" in written
    assert r"\left\lfloor \frac{5}{2} \right\rfloor + 1 = 2 + 1 = 3" in written
    assert r"\left\lfloor \frac{3}{2} \right\rfloor + 1 = 1 + 1 = 2" in written
    expect(page.get_by_text(SAY("formula.leftover_rows", count=1))).to_be_visible()
