"""The dialog of the tensors: what it gives, what it opens, and who sees what was opened."""

import re

import numpy as np
from playwright.sync_api import expect

from conv.dashboard.data import MOST_OPENED, Opened, opened
from conv.tensors import MOST_BYTES, data_label, open_tensors
from conv.words import words
from tests.dashboard.on_page import WAIT
from tests.dashboard.page import control, link, open_page, own_file, panel, stage, upload, value
from tests.dashboard.stage import Stage
from tests.views import packed

SAY = words("en")


def test_a_file_is_shown_at_once_and_by_its_link():
    file = own_file()
    data = open_tensors(file)
    name = data.default.data
    page = upload(open_page(scene="dw", lang="zh", c="9"), file)
    assert not page.exception
    assert not page.error
    assert link(page) == {"data": name, "scene": "dw", "lang": "zh"}
    assert (value(page, "data"), value(page, "stride"), value(page, "c")) == (name, (2, 1), 0)
    assert control(page, "data").options[3:] == [data_label(name, words("zh"))]
    other = open_page(data=name, scene="overview", f="2", c="1")
    assert not other.warning
    np.testing.assert_array_equal(panel(other, "kernel"), data.w[2, 1].astype(np.float32))
    control(other, "data").set_value("paper").run()
    assert control(other, "data").options == [
        SAY(f"data.{key}") for key in ("notebook", "paper", "sobel")
    ]
    assert link(other) == {"data": "paper", "lang": "en"}


def test_a_file_that_cannot_be_shown_leaves_the_page_as_it_is():
    page = open_page(c="9", kernel="2")
    before = stage(page)
    upload(page, packed(x=np.ones((1, 3, 5, 5), complex), w=np.ones((1, 3, 2, 2))))
    reason = "x must hold real numbers, got complex128; float64 would do"
    assert [error.value for error in page.error] == [SAY("tensors.refused", reason=reason)]
    assert not page.exception
    assert stage(page) == before
    assert link(page) == {"c": "9", "kernel": "2"}
    uploader = page.file_uploader[0].proto
    assert uploader.max_upload_size_mb == MOST_BYTES >> 20
    assert list(uploader.type) == [".npz"]


def test_a_link_to_a_file_that_is_not_here_opens_the_nearest_view():
    page = open_page(data="own-0123456789abcdef", c="9")
    assert not page.exception
    assert (value(page, "data"), value(page, "c")) == ("notebook", 9)
    assert "`own-0123456789abcdef` became The notebook's layer" in page.warning[0].value
    assert SAY("notice.link") in page.warning[0].value


def test_who_looks_at_a_file_keeps_it_when_the_server_lets_it_go():
    file = own_file()
    name = open_tensors(file).default.data
    page = upload(open_page(), file)
    for _ in range(MOST_OPENED):
        opened().keep(open_tensors(own_file()))
    control(page, "f").set_value(2).run()
    control(page, "scene").set_value("update").run()
    assert not page.exception
    assert link(page) == {"data": name, "scene": "update", "f": "2", "lang": "en"}
    assert open_page(data=name).warning
    control(page, "data").set_value("paper").run()
    page.session_state["_unseen_picks"] = {"data": (frozenset({"paper"}), name)}
    page.run()
    assert not page.exception
    assert (value(page, "data"), link(page)["data"]) == ("paper", "paper")


def test_the_server_holds_those_that_were_asked_for_last():
    first, second, third = (open_tensors(own_file()) for _ in range(3))
    shelf = Opened(2)
    shelf.keep(first)
    shelf.keep(second)
    assert shelf.find(first.default.data) is first
    shelf.keep(third)
    shelf.keep(third)
    assert shelf.find(second.default.data) is None
    assert shelf.find(first.default.data) is first
    assert shelf.find(third.default.data) is third


def test_a_download_opened_again_shows_the_same_numbers(open_in_browser, tmp_path):
    asked = "data=paper&kernel=2&stride=1x2&padding=1&top_diff=normal&seed=3&i=2&j=1"
    first = Stage(open_in_browser(asked), at=(2, 1))
    first.page.get_by_role("button", name=SAY("toolbar.tensors")).click()
    with first.page.expect_download(timeout=WAIT) as waiting:
        first.page.get_by_role("button", name=SAY("tensors.download")).click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name.startswith("conv-overview-paper-n0-c0-f0-i2-j1-")
    assert path.suffix == ".npz"
    data = open_tensors(path)
    shown = first.read()["panels"]

    second = Stage(open_in_browser(), at=(6, 6))
    second.page.get_by_role("button", name=SAY("toolbar.tensors")).click()
    second.page.locator("input[type=file]").set_input_files(path)
    expect(second.page.get_by_role("dialog")).to_be_hidden(timeout=WAIT)
    second.wait(at=(2, 1))
    expect(second.page).to_have_url(re.compile(rf"[?&]data={data.default.data}(&|$)"))
    again = second.read()["panels"]
    assert shown.keys() == again.keys()
    for name, panel_shown in shown.items():
        np.testing.assert_array_equal(panel_shown.pop("values"), again[name].pop("values"), name)
        assert panel_shown == again[name]
