"""The Export dialog: what it asks for, and the files that come of it."""

import gzip
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from io import BytesIO
from urllib.parse import parse_qsl

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from conv.dashboard.lent import lent
from conv.figures.files import Order, page_file, picture_file
from conv.figures.in_browser import picture_in_browser
from conv.figures.sheet import Sheet
from conv.sources import load
from conv.state.rooms import SCENES
from conv.words import words
from tests.dashboard.on_page import WAIT
from tests.dashboard.page import control, open_page, to_copy
from tests.views import legal_view, scene_of

SAY = words("en")
PATIENCE = 60  # seconds


# The settings, without a browser.


def opened(page, **settings):
    """Opens the dialog with these settings."""
    page.button(key="toolbar_export").click().run()
    for name, value in settings.items():
        export_control(page, name).set_value(value)
        # The dialog is drawn in the run of the click alone, which a browser runs again by itself.
        page.button(key="toolbar_export").click().run()
    assert not page.exception
    return page


def export_control(page, name):
    found = {
        widget.key: widget
        for kind in (page.selectbox, page.number_input, page.button_group, page.checkbox)
        for widget in kind
    }
    return found[f"export_{name}"]


def shown(page):
    """The picture that the browser is sent, and fetches, or None."""
    sent = [one.proto for one in page.get("bidi_component")]
    told = next((json.loads(one.json) for one in sent if one.component_name == "picture"), None)
    return told and told | json.loads(gzip.decompress(lent(told["address"]).content))


def as_json(data):
    return json.loads(json.dumps(data))


def settings_of(page):
    kinds = (page.selectbox, page.number_input, page.button_group, page.checkbox)
    keys = [widget.key for kind in kinds for widget in kind if widget.key]
    return {key.removeprefix("export_") for key in keys if key.startswith("export_")}


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_has_its_picture_and_the_command_that_makes_it(scene):
    view = legal_view("paper", scene=scene, lang="zh")
    order = Order(view, load("paper").default)
    page = opened(open_page(**view.to_query(order.default)))
    sent = shown(page)
    assert sent["file"] == f"{view.file_name()}.png"
    commands = to_copy(page)
    if scene == "quiz":
        assert commands == []
        assert "unknown" in json.dumps(sent["figure"])
        assert words("zh")("export.quiz") in [text.value for text in page.caption]
        return
    assert commands == [order.command("figure", "png")]
    expected = as_json(picture_in_browser(scene_of(view), order, "png"))
    assert {name: sent[name] for name in expected} == expected
    assert ("GIF" in export_control(page, "format").options) == (scene != "mistakes")


def test_the_settings_are_those_of_the_file():
    page = opened(
        open_page(data="paper", scene="dx"),
        format="svg",
        panel_dx="dx_scatter",
        theme="dark",
        lang="zh",
        width=900,
        height=700,
        titles=False,
        transparent=True,
    )
    view = legal_view("paper", scene="dx", lang="zh")
    sheet = Sheet("dark", 900, 700, transparent=True, titles=False, panel="dx_scatter")
    order = Order(view, load("paper").default, sheet)
    expected = as_json(picture_in_browser(scene_of(view), order, "svg"))
    assert {name: shown(page)[name] for name in expected} == expected
    assert to_copy(page) == [order.command("figure", "svg")]
    assert SAY("export.pixels", width=900, height=700) in [text.value for text in page.caption]


def test_each_format_has_the_settings_that_count_for_it():
    page = open_page(data="paper", scene="dw")
    common = {"format", "panel_dw", "lang", "width", "titles"}
    sheet = {"theme", "height", "transparent"}
    reel = {"theme", "from_dw", "to_dw", "every_dw", "fps", "scale_gif"}
    for ending, own in {
        "png": {*sheet, "scale_png"},
        "svg": sheet,
        "pdf": sheet,
        "html": {"page_theme", "transparent"},
        "gif": reel,
    }.items():
        assert settings_of(opened(page, format=ending)) == common | own
    opened(page, every_dw=4, fps=2.0, scale_gif=2.0)
    order = Order(legal_view("paper", scene="dw"), load("paper").default, scale=2)
    reel = ["--fps", "2", "--every", "4"]
    assert to_copy(page) == [order.command("animate", "gif", reel)]
    assert SAY("export.frames", count=3, seconds="1.5") in [text.value for text in page.caption]


def test_the_settings_stay_for_the_next_file_but_the_language_is_the_page_s():
    page = opened(open_page(data="paper", scene="dw"), format="gif", titles=False, lang="zh")
    page.session_state["_dialog"] = None  # as closing it does
    page.run()
    control(page, "scene").set_value("mistakes").run()
    order = order_of("data=paper&scene=mistakes", titles=False)
    # It has no steps: of what cannot be had again, the first takes the place.
    assert to_copy(opened(page)) == [order.command("figure", "png")]


def test_opening_the_page_imports_no_browser():
    code = (
        "import sys, conv.dashboard.toolbar; print(*{'kaleido', 'choreographer'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"width": 20}, "width must be from 100 to 8000 pixels, got 20"),
        ({"format": "html", "width": 9000}, "width must be from 100 to 8000 pixels, got 9000"),
        ({"format": "gif", "from_dw": 5, "to_dw": 4}, "from and to must be steps of 1 to 9"),
        ({"format": "gif", "every_dw": 0}, "every must be at least 1, got 0"),
    ],
)
def test_what_is_not_possible_is_said_and_not_made(settings, reason):
    page = opened(open_page(data="paper", scene="dw"), **settings)
    (error,) = page.error
    assert error.value.startswith(SAY("export.refused", reason=reason).removesuffix("."))
    assert shown(page) is None
    assert not to_copy(page)
    assert SAY("export.download", format="HTML") not in {
        button.label for button in page.get("download_button")
    }
    assert "export_make" not in {button.key for button in page.button}


def order_of(link, **sheet):
    asked = dict(parse_qsl(link))
    scene, data = asked.get("scene", "overview"), asked.get("data", "paper")
    view = legal_view(data, scene=scene, **{k: int(v) for k, v in asked.items() if len(k) == 1})
    return Order(view, load(data).default, Sheet(**sheet))


# In a browser.


def dialog_of(page):
    page.locator(".st-key-toolbar_export button").click()
    return page.get_by_role("dialog")


def choose(dialog, text):
    dialog.get_by_role("radio", name=text, exact=True).click()


def ready(dialog, ending):
    """The link of a picture that the browser has drawn."""
    return dialog.locator(f'[data-picture=ready] a[download$=".{ending}"]')


def saved(page, link):
    with page.expect_download(timeout=WAIT) as waiting:
        link.click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_the_reader_s_browser_draws_what_the_shell_makes(open_in_browser, drawing):
    order = order_of("data=paper&scene=dw&i=1&j=2", theme="dark")
    page = open_in_browser("data=paper&scene=dw&i=1&j=2&lang=en", scheme="dark")
    dialog, scene = dialog_of(page), scene_of(order.view)
    name, png = saved(page, ready(dialog, "png"))
    assert name == f"{order.view.file_name()}.png"
    with (
        Image.open(BytesIO(png)) as drawn,
        Image.open(BytesIO(picture_file(drawing, scene, order, "png"))) as expected,
    ):
        np.testing.assert_array_equal(np.asarray(drawn), np.asarray(expected))
        assert drawn.text == expected.text
        assert drawn.text["Comment"] == order.command("figure", "png")
    choose(dialog, "SVG")
    name, svg = saved(page, ready(dialog, "svg"))
    assert name == f"{order.view.file_name()}.svg"
    assert svg == picture_file(drawing, scene, order, "svg")
    assert ET.fromstring(svg)[0].text == order.origin(scene, "").title


def test_a_picture_too_large_for_a_browser_is_said(open_in_browser):
    page = open_in_browser("data=paper&scene=quiz&lang=en")
    dialog = dialog_of(page)
    for label, value in (("export.width", "8000"), ("export.scale", "10")):
        dialog.get_by_label(SAY(label)).fill(value)
        dialog.get_by_label(SAY(label)).press("Enter")
    expect(dialog.locator("[data-picture=failed] .fault")).to_have_text(
        SAY("export.not_drawn", reason=SAY("export.too_large")), timeout=WAIT
    )
    expect(dialog.locator("a[href]")).to_have_count(0)


def test_long_work_is_told_stopped_and_brought(open_in_browser, drawing):
    page = open_in_browser("scene=dw&lang=en")
    dialog = dialog_of(page)
    choose(dialog, "GIF")
    dialog.get_by_role("button", name=SAY("export.make", format="GIF")).click()
    dialog.get_by_role("progressbar").wait_for(timeout=WAIT)
    dialog.get_by_role("button", name=SAY("export.cancel")).click()
    dialog.get_by_text(SAY("export.stopped")).wait_for(timeout=WAIT)
    expect(dialog.get_by_role("progressbar")).to_have_count(0)
    choose(dialog, "PDF")
    expect(dialog.get_by_text(SAY("export.stopped"))).to_have_count(0)
    dialog.get_by_role("button", name=SAY("export.make", format="PDF")).click()
    button = dialog.get_by_role("button", name=SAY("export.download", format="PDF"))
    button.wait_for(timeout=2 * WAIT)
    name, pdf = saved(page, button)
    order = order_of("data=notebook&scene=dw")
    assert name == f"{order.view.file_name()}.pdf"
    (drawn,) = PdfReader(BytesIO(pdf)).pages
    (expected,) = PdfReader(
        BytesIO(picture_file(drawing, scene_of(order.view), order, "pdf"))
    ).pages
    assert drawn.mediabox == expected.mediabox
    assert drawn.extract_text() == expected.extract_text()


def test_browsers_that_export_at_once_get_each_its_own(browser, server, drawing):
    asked = {
        "data=paper&scene=forward&i=0&j=0&lang=en": "SVG",
        "data=paper&scene=forward&i=0&j=1&lang=en": "HTML",
        "data=paper&scene=mistakes&lang=en": "HTML",
    }
    # One cache for all: each has a session of its own, but would ask for the same scripts.
    with browser.new_context(viewport={"width": 700, "height": 400}) as context:
        pages = {link: context.new_page() for link in asked}
        for link, page in pages.items():
            if asked[link] == "HTML":
                # It is the server's work: it spares the machine a stage of its own.
                page.route("**/plotly/*", lambda route: route.abort())
            page.goto(f"{server}/?{link}&hide=sidebar,strips,formulas", wait_until="commit")
        buttons = [button_of(page, asked[link]) for link, page in pages.items()]
        for button in buttons:
            button.wait_for(timeout=PATIENCE * 1000)
        with ExitStack() as stack:
            coming = {
                link: stack.enter_context(page.expect_download(timeout=PATIENCE * 1000))
                for link, page in pages.items()
            }
            for button in buttons:
                button.evaluate("(node) => node.click()")
        for link, came in coming.items():
            order = order_of(link)
            scene = scene_of(order.view)
            if asked[link] == "SVG":
                expected = picture_file(drawing, scene, order, "svg")
            else:
                expected = page_file(scene, order).encode()
            assert came.value.path().read_bytes() == expected, link


def button_of(page, kind):
    """Opens the dialog of a page, and gives the button of a file of this kind."""
    dialog = page.get_by_role("dialog")
    wanted = dialog.get_by_role("radio", name=kind, exact=True)
    for button in (page.locator(".st-key-toolbar_export button"), wanted):
        # A click waits for frames, of which a page behind others has one a second.
        button.evaluate("(node) => node.click()")
    if kind == "SVG":
        return ready(dialog, "svg")
    return dialog.get_by_role("button", name=SAY("export.download", format=kind))
