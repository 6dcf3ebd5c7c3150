"""What only a browser shows of the Explore page."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.bundle import load
from conv.view import SCENES
from conv.words import words
from tests.browser import FITS, wait

SAY = words("en")
FIGURE = ".js-plotly-plot"
SHOWS = "(plot, text) => plot.textContent.includes(text)"
INK = "(plot, ink) => plot._fullLayout.font.color === ink"
NOTHING_CUT_OFF = """(plot) => {
    const frame = plot.getBoundingClientRect();
    const texts = [...plot.querySelectorAll(".annotation text")];
    return texts.length > 10 && texts.every((text) => {
        const box = text.getBoundingClientRect();
        return box.left > frame.left - 1 && box.right < frame.right + 1
            && box.top > frame.top - 1 && box.bottom < frame.bottom + 1;
    });
}"""


def shows(page, text):
    wait(page, SHOWS, text)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080), (390, 844)])
def test_nothing_is_cut_off(open_in_browser, scene, width, height):
    page = open_in_browser(f"scene={scene}", width=width, height=height)
    wait(page, FITS)
    wait(page, NOTHING_CUT_OFF)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("element => element.scrollWidth <= element.clientWidth + 1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figure_follows_the_look_of_the_page(open_in_browser, scheme):
    page = open_in_browser(scheme=scheme)
    wait(page, INK, {"light": "#1f2937", "dark": "#e8eaed"}[scheme])


def test_figure_follows_the_page_when_its_look_is_changed(open_in_browser):
    page = open_in_browser(scheme="light")
    page.emulate_media(color_scheme="dark")
    wait(page, INK, "#e8eaed")


def test_cells_on_the_page_are_the_numbers_of_the_layer(open_in_browser):
    page = open_in_browser("n=3&c=5&f=2")
    shows(page, "w[2, 5]")
    drawn = page.evaluate(
        """() => Object.fromEntries(document.querySelector(".js-plotly-plot").calcdata
            .filter((trace) => trace[0].trace.type === "heatmap")
            .map((trace) => [trace[0].trace.name, trace[0].z.map((row) => [...row])]))"""
    )
    data = load("notebook")
    np.testing.assert_array_equal(drawn["kernel"], data.w[2, 5])
    np.testing.assert_array_equal(drawn["kernel_rot180"], np.rot90(data.w[2, 5], 2))
    np.testing.assert_array_equal(drawn["grad_output"], data.grad_output[3, 2])


def test_picking_goes_into_the_link_and_back_brings_it_back(open_in_browser):
    page = open_in_browser()
    page.locator(".st-key-i [data-testid=stNumberInputStepUp]").click()
    shows(page, "cell (7, 6)")
    page.wait_for_url(re.compile(r"\?i=7&lang=en$"))
    page.locator(".st-key-scene").get_by_text(SAY("scene.dx"), exact=True).click()
    shows(page, SAY("panel.dx_rot180"))
    page.wait_for_url(re.compile(r"scene=dx"))
    page.go_back()
    shows(page, "cell (7, 6)")
    page.reload()
    shows(page, "cell (7, 6)")


def test_no_click_is_lost(open_in_browser):
    page = open_in_browser("c=3")
    step = page.locator(".st-key-c [data-testid=stNumberInputStepUp]")
    for _ in range(12):
        step.click()
    shows(page, "x[1, 15]")
    page.wait_for_url(re.compile(r"\?c=15&lang=en$"))
    assert page.locator(".st-key-c input").input_value() == "15"


def test_all_stays_when_the_language_is_switched(open_in_browser):
    page = open_in_browser("c=8&i=9&n=4&top_diff=ones")
    page.locator(".st-key-lang").get_by_text("中文", exact=True).click()
    shows(page, words("zh")("panel.output"))
    for field, choice in (("data", "data.notebook"), ("top_diff", "top_diff.ones")):
        expect(page.locator(f".st-key-{field} input")).to_have_value(words("zh")(choice))
    page.locator(".st-key-stride input").click()
    page.get_by_role("option", name="2", exact=True).click()
    shows(page, "x[4, 8]")
    page.wait_for_url(re.compile(r"\?n=4&c=8&stride=2&top_diff=ones&lang=zh$"))


def test_link_opens_the_same_view_elsewhere(open_in_browser):
    first = open_in_browser("scene=dw&data=paper&padding=2&stride=2x1")
    shows(first, SAY("panel.dw_patches"))
    second = open_in_browser(first.url.split("?")[1])
    shows(second, SAY("panel.dw_patches"))
    z = "[...document.querySelector('.js-plotly-plot').data.map((t) => JSON.stringify(t.z))]"
    assert first.evaluate(z) == second.evaluate(z)


def test_languages_switch(open_in_browser):
    page = open_in_browser(locale="zh-CN")
    shows(page, words("zh")("panel.output"))
    page.locator(".st-key-lang").get_by_text("English", exact=True).click()
    shows(page, SAY("panel.output"))
    page.wait_for_url(re.compile(r"\?lang=en$"))
    page.reload()
    shows(page, SAY("panel.output"))


def test_nonsense_is_answered_with_a_sentence(open_in_browser):
    page = open_in_browser("n=99&scene=%3Cscript%3Ealert(1)%3C/script%3E&stride=zzz")
    notice = page.get_by_test_id("stAlert")
    expect(notice).to_contain_text(SAY("notice.link"))
    expect(notice).to_contain_text("<script>alert(1)</scri")
    shows(page, "x[9, 7]")


def test_camera_saves_a_sharp_picture_that_is_named_for_the_view(open_in_browser, tmp_path):
    page = open_in_browser("n=2&c=5")
    shows(page, "x[2, 5]")
    page.locator(FIGURE).hover(position={"x": 5, "y": 5})
    with page.expect_download() as download:
        page.locator(".modebar-btn").click()
    name = download.value.suggested_filename
    assert name == "conv-overview-notebook-n2-c5-f10-i6-j6-k3-s1-p1-d1-g1-file-seed0-en.svg"
    download.value.save_as(tmp_path / name)
    root = ET.parse(tmp_path / name).getroot()
    texts = {"".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert SAY("panel.grad_output") in texts
    assert "x[2, 5], padding 1, 1 hatched" in texts


def test_sidebar_opens_on_a_phone(open_in_browser):
    page = open_in_browser(width=390, height=844)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_text(SAY("control.dilation"), exact=True)).to_be_visible()


def test_hovering_a_cell_tells_its_number(open_in_browser):
    page = open_in_browser("data=paper")
    shows(page, "w[0, 0]")
    wait(page, FITS)
    place = page.evaluate(
        """() => {
            const plot = document.querySelector(".js-plotly-plot");
            const frame = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            return [
                frame.left + xaxis._offset + xaxis.d2p(4),
                frame.top + yaxis._offset + yaxis.d2p(0),
            ];
        }"""
    )
    page.mouse.move(*place)
    expect(page.locator(f"{FIGURE} .hovertext")).to_contain_text("row 0, column 4: 3")
