"""The page's link and its controls, in the browser."""

import re

from playwright.sync_api import expect

from conv.words import words
from tests.dashboard.driving import sidebar
from tests.dashboard.on_page import control, drawn_on, says, shows, stage, step_up

SAY = words("en")


def test_picking_goes_into_the_link_and_back_brings_it_back(open_in_browser):
    page = open_in_browser()
    step_up(page, "i").click()
    shows(page, "cell (7, 6)")
    says(page, at="7,6")
    page.wait_for_url(re.compile(r"\?i=7&lang=en$"))
    control(page, "scene").get_by_text(SAY("scene.dx"), exact=True).click()
    shows(page, SAY("panel.dx_rot180"))
    expect(stage(page)).to_have_attribute("data-scene", "dx")
    page.wait_for_url(re.compile(r"scene=dx"))
    page.go_back()
    shows(page, "cell (7, 6)")
    page.reload()
    shows(page, "cell (7, 6)")
    says(page, at="7,6")


def test_no_click_is_lost(open_in_browser):
    page = open_in_browser("c=3")
    step = step_up(page, "c")
    for _ in range(12):
        step.click()
    shows(page, "x[1, 15]")
    says(page, view="1,15,10")
    page.wait_for_url(re.compile(r"\?c=15&lang=en$"))
    expect(sidebar(page, "c")).to_have_value("15")


def test_all_stays_when_the_language_is_switched(open_in_browser):
    page = open_in_browser("c=8&i=9&n=4&top_diff=ones")
    control(page, "lang").get_by_text("中文", exact=True).click()
    shows(page, words("zh")("panel.output"))
    for field, choice in (("data", "data.notebook"), ("top_diff", "top_diff.ones")):
        expect(sidebar(page, field)).to_have_value(words("zh")(choice))
    sidebar(page, "stride").click()
    page.get_by_role("option", name="2", exact=True).click()
    shows(page, "x[4, 8]")
    page.wait_for_url(re.compile(r"\?n=4&c=8&stride=2&top_diff=ones&lang=zh$"))


def test_link_opens_the_same_view_elsewhere(open_in_browser):
    first = open_in_browser("scene=dw&data=paper&padding=2&stride=2x1")
    shows(first, SAY("panel.dw_patches"))
    second = open_in_browser(first.url.split("?")[1], beside=True)
    shows(second, SAY("panel.dw_patches"))
    drawn = drawn_on(first)
    assert "dw_patches" in drawn
    assert drawn == drawn_on(second)


def test_languages_switch(open_in_browser):
    page = open_in_browser(locale="zh-CN")
    shows(page, words("zh")("panel.output"))
    control(page, "lang").get_by_text("English", exact=True).click()
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
