"""The notebook on the page: its code follows the reader, and is linked with the panels."""

import re
from itertools import cycle

import pytest
from playwright.sync_api import expect

from conv.lessons import WALK, walk
from conv.results import make_bundle
from conv.sources import load
from conv.state.rooms import DATA, SECTIONS
from conv.words import LANGUAGES, words
from tests.browser import probe
from tests.dashboard.driving import answered
from tests.dashboard.on_page import panel, says, stage
from tests.dashboard.page import control, link, open_page, said
from tests.dashboard.page import stage as sent
from tests.views import legal_view

SAY = words("en")
SENTENCE = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,]+){4,}")  # of English words


@pytest.mark.parametrize(
    ("section", "lang", "data"),
    list(zip(SECTIONS, cycle(LANGUAGES), cycle(DATA), strict=False)),
)
def test_every_section_is_sent_as_it_is_run(section, lang, data):
    page = open_page(scene="notebook", section=section, lang=lang, data=data)
    assert not page.exception
    assert not page.warning
    say, listing = words(lang), sent(page)["listing"]
    assert listing["title"] == say(f"section.{section}")
    view = legal_view(data, scene="notebook", section=section, lang=lang)
    lines = walk(view, make_bundle(view, load(data))).ran.lines
    assert [tuple(line.values()) for line in listing["lines"]] == [
        (line.code, list(line.panels), line.printed) for line in lines
    ]
    assert any(WALK[section].formula in text.value for text in page.markdown)
    titles = sent(page)["playlist"]["titles"]
    assert titles == [say(f"section.{name}") for name in SECTIONS]
    assert titles[said(page)["mode"]["at"] - 1] == listing["title"]
    if section != SECTIONS.first:
        assert link(page)["section"] == section


def test_the_code_follows_the_controls():
    page = open_page(scene="notebook", section="derivation", data="paper")
    for field, choice in (("i", 2), ("j", 0), ("f", 0)):
        control(page, field).set_value(choice).run()
    view = legal_view("paper", scene="notebook", section="derivation", i=2, j=0)
    ran = walk(view, make_bundle(view, load("paper"))).ran
    assert "".join(line["printed"] for line in lines_of(page)) == ran.printed
    control(page, "data").set_value("notebook").run()
    view = legal_view("notebook", scene="notebook", section="derivation")
    ran = walk(view, make_bundle(view, load("notebook"))).ran
    assert "".join(line["printed"] for line in lines_of(page)) == ran.printed


def lines_of(page):
    """The code's lines: the scene's, but for those that are others at the place."""
    others = said(page).get("lines", {})
    return [line | others.get(str(k), {}) for k, line in enumerate(sent(page)["listing"]["lines"])]


def line_of(page, code):
    return page.locator(".lines li", has=page.locator("code", has_text=code)).first


def lit(page):
    return page.locator(".lines li.lit > code")


def test_lines_and_panels_light_up_one_another(open_in_browser):
    page = open_in_browser("scene=notebook&section=derivation&lang=en&data=notebook")
    says(page, scene="notebook", at="6,6")
    line_of(page, "product = patch * kernel").hover()
    for name in ("patch", "kernel", "product"):
        expect(panel(page, name)).to_have_class(re.compile(r"\blit\b"))
    expect(page.locator(".panel.lit")).to_have_count(3)
    panel(page, "product").locator("[data-cells]").hover(position={"x": 5, "y": 5})
    about = ["product = patch * kernel", "print(product[7])", "channels = product.sum(axis=(1, 2))"]
    expect(lit(page)).to_have_text([*about, "print(channels[7])"])
    expect(page.locator(".panel.lit")).to_have_count(0)
    page.mouse.move(2, 2)
    expect(lit(page)).to_have_count(0)
    # By keys: one line is in the tab order, and the arrows go through the lines.
    page.locator(".lines li[tabindex='0']").focus()
    expect(page.locator(".panel.lit")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".lines li:focus > code")).to_have_text("patch = x_pad[1, :, 6:9, 6:9]")
    expect(page.locator(".panel.lit")).to_have_count(2)
    says(page, at="6,6")


def test_the_code_follows_what_is_pinned_and_stepped_to(open_in_browser):
    page = open_in_browser("scene=notebook&section=derivation&lang=en&data=paper")
    says(page, at="1,1")
    cells = panel(page, "output").locator("[data-cells]")
    size = cells.bounding_box()
    cells.click(position={"x": size["width"] / 6, "y": size["height"] * 5 / 6})
    says(page, at="2,0")
    line_of(page, "patch = x_pad[0, :, 2:5, 0:3]").wait_for()
    expect(page).to_have_url(re.compile(r"i=2&j=0"))
    page.mouse.move(2, 2)
    stage(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    says(page, at="2,2")
    line_of(page, "patch = x_pad[0, :, 2:5, 2:5]").wait_for()
    expect(page.locator(".work")).not_to_have_class(re.compile(r"\bstale\b"))
    expect(page).to_have_url(re.compile(r"i=2&j=2"))
    # A click goes along, however soon the next section is asked for.
    cells.click(position={"x": size["width"] / 2, "y": size["height"] / 6})
    page.keyboard.press("n")
    expect(page.locator(".listing-title")).to_have_text(SAY("section.backward"))
    expect(page).to_have_url(re.compile(r"i=0&section=backward"))
    line_of(page, "patch = x_pad[0, 0, 0:3, 1:4]").wait_for()


def test_the_contents_lead_to_each_section(open_in_browser):
    page = open_in_browser("scene=notebook&lang=en&data=paper&i=2")
    entries = page.locator("nav a[data-name]")
    expect(entries).to_have_text([SAY(f"section.{name}") for name in SECTIONS])
    for name in ("dw_stride", "logarithm"):
        page.locator(f"nav a[data-name={name}]").click()
        expect(page.locator(".listing-title")).to_have_text(SAY(f"section.{name}"))
        expect(page.locator("nav a[aria-current=page]")).to_have_attribute("data-name", name)
    address = page.locator("nav a[data-name=claim]").get_attribute("href")
    page.go_back()
    expect(page.locator(".listing-title")).to_have_text(SAY("section.dw_stride"))
    linked = open_in_browser(address.removeprefix("?"), beside=True)
    expect(linked.locator(".listing-title")).to_have_text(SAY("section.claim"))
    assert "i=2" in address


# On a phone a third of them, where they have the least room.
@pytest.mark.parametrize(
    ("lang", "scheme", "width", "height", "count"),
    [("en", "light", 1440, 900, 2), ("zh", "dark", 390, 844, len(SECTIONS) // 3)],
)
def test_the_walk_goes_on_by_key(open_in_browser, lang, scheme, width, height, count):
    locale = "en-US" if lang == "en" else "zh-CN"
    page = open_in_browser(
        f"scene=notebook&lang={lang}", scheme=scheme, locale=locale, width=width, height=height
    )
    stage(page).focus()
    for at, name in enumerate([*SECTIONS][:count], 1):
        expect(page.locator(".listing-title")).to_have_text(words(lang)(f"section.{name}"))
        says(page, listed=str(at))
        seen = stage(page).evaluate(probe("walked"))
        assert seen["faults"] == [], name
        if lang == "zh":
            assert SENTENCE.findall(seen["text"]) == [], name
        if at < count:
            page.keyboard.press("n")
    page.keyboard.press("p")
    expect(page.locator(".listing-title")).to_have_text(
        words(lang)(f"section.{[*SECTIONS][count - 2]}")
    )
    # Answered before the window is handed on: a pick that is not would make the next scene late.
    says(page, listed=str(count - 1))
    answered(page)
