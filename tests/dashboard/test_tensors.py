"""The dialog of the tensors: what it gives, what it opens, and who sees what was opened."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError

import numpy as np
from playwright.sync_api import expect

from conv.dashboard.data import MOST_OPENED, opened
from conv.dashboard.kept import Kept, bytes_of
from conv.sources import MOST_BYTES, open_tensors
from conv.words import words
from tests.dashboard.on_page import WAIT
from tests.dashboard.page import (
    control,
    link,
    open_page,
    own_file,
    panel,
    stage,
    tell,
    to_copy,
    upload,
    value,
)
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
    assert control(page, "data").options[3:] == [f"<b>.npz · {name[4:12]}"]
    other = open_page(data=name, scene="overview", f="2", c="1")
    assert not other.warning
    np.testing.assert_array_equal(panel(other, "kernel"), data.w[2, 1].astype(np.float32))
    control(other, "data").set_value("paper").run()
    assert control(other, "data").options == [
        *(SAY(f"data.{key}") for key in ("notebook", "paper", "sobel")),
        f"<b>.npz · {name[4:12]}",
    ]
    assert link(other) == {"data": "paper", "lang": "en"}
    control(other, "data").set_value(name).run()
    assert link(other) == {"data": name, "lang": "en"}


def test_the_files_that_were_opened_last_stay_in_the_list():
    page, names = open_page(), []
    for _ in range(3):
        file = own_file()
        names = [open_tensors(file).default.data, *names]
        page = upload(page, file)
    assert [label.split(" · ")[1] for label in control(page, "data").options[3:]] == [
        name[4:12] for name in names
    ]
    control(page, "data").set_value(names[2]).run()
    assert value(page, "data") == names[2]
    assert len(control(page, "data").options) == 6
    assert len(control(open_page(), "data").options) == 3  # another visitor's are not


def test_how_a_file_was_read_is_said_until_the_view_is_another():
    page = upload(open_page(), packed(input=np.ones((1, 1, 5, 5)), W=np.ones((2, 1, 3, 3)), _a=1))
    told = page.info[0].value.replace("\\", "").split("  \n")
    assert told == [
        "Read from the file: x = input, w = W.",
        SAY("reading.unread", names="_a"),
    ]
    control(page, "f").set_value(1).run()
    assert not page.info


def test_a_file_of_another_kind_is_told_with_code_in_the_readers_language():
    page = open_page(lang="zh")
    upload(page, b"\x93NUMPY" + bytes(20), "w_1.npy")
    assert "w_1.npy 是单个数组" in page.error[0].value.replace("\\", "")
    assert "np.load('w_1.npy')" in to_copy(page)[0]


def test_a_refused_file_is_not_back_when_the_dialog_is_opened_again():
    page = upload(open_page(), b"nothing")
    assert page.error
    page.button(key="toolbar_tensors").click().run()
    assert not page.error
    assert page.file_uploader[0].value is None


def test_what_only_the_controls_do_closes_a_dialog():
    """It covers them, so that it has been closed, and the word of that was cut off."""
    page = open_page()
    page.button(key="toolbar_copy").click().run()
    tell(page, i=3)  # which comes late
    assert page.session_state["_dialog"] == "copy"
    control(page, "scene").set_value("dx").run()
    assert "_dialog" not in page.session_state


def test_a_dialog_stays_open_in_the_runs_that_follow():
    """A run cuts off or follows the one of the click where the stage tells of a pick."""
    page = open_page()
    for name in ("copy", "export", "tensors"):
        page.button(key=f"toolbar_{name}").click().run()
        page.run()
        assert page.session_state["_dialog"] == name
        assert bool(page.get("file_uploader")) == (name == "tensors")


def test_a_file_that_cannot_be_shown_leaves_the_page_as_it_is():
    page = open_page(c="9", kernel="2")
    before = stage(page)
    upload(page, packed(x=np.ones((1, 3, 5, 5), complex), w=np.ones((1, 3, 2, 2))))
    reason = "x must hold real numbers, got complex128; float64 would do"
    assert [error.value.replace("\\", "") for error in page.error] == [
        SAY("tensors.refused", reason=reason)
    ]
    assert not page.exception
    assert stage(page) == before
    assert link(page) == {"c": "9", "kernel": "2"}
    assert page.file_uploader[0].proto.max_upload_size_mb > MOST_BYTES >> 20


def test_a_link_to_a_file_that_is_not_here_opens_the_nearest_view():
    page = open_page(data="own-0123456789abcdef", c="9")
    assert not page.exception
    assert (value(page, "data"), value(page, "c")) == ("notebook", 9)
    told = SAY(
        "notice.data_gone",
        field=SAY("control.data"),
        asked="`own-0123456789abcdef`",
        given=SAY("data.notebook"),
    )
    assert f"- {told}" in page.warning[0].value.splitlines()
    assert SAY("notice.link") in page.warning[0].value


def test_who_looks_at_a_file_keeps_it_when_the_server_lets_it_go():
    file = own_file()
    name = open_tensors(file).default.data
    page = upload(open_page(), file)
    large = open_tensors(own_file())
    for k in range(3):
        opened().keep(f"own-{k}", replace(large, x=np.zeros(MOST_OPENED // 16)))
    control(page, "f").set_value(2).run()
    control(page, "scene").set_value("update").run()
    assert not page.exception
    assert link(page) == {"data": name, "scene": "update", "f": "2", "lang": "en"}
    assert open_page(data=name).warning
    control(page, "data").set_value("paper").run()
    page.session_state["_asked"] = {"data": name}
    page.run()
    assert not page.exception
    assert (value(page, "data"), link(page)["data"]) == ("paper", "paper")


def test_the_server_holds_those_that_were_asked_for_last():
    first, second, third = (np.zeros(size) for size in (10, 11, 12))
    shelf = Kept(200, bytes_of)
    shelf.keep("first", first)
    shelf.keep("second", second)
    assert shelf.find("first") is first
    shelf.keep("third", third)
    shelf.keep("third", third)
    assert shelf.find("second") is None
    assert shelf.find("first") is first
    assert shelf.find("third") is third
    shelf.keep("large", np.zeros(1000))
    assert [shelf.find(name) is None for name in ("first", "third", "large")] == [True, True, False]


def test_what_grows_while_it_is_kept_counts_as_what_it_has_become():
    shelf = Kept(300, bytes_of)
    growing = []
    assert shelf.get("growing", lambda: growing) is growing
    assert shelf.get("other", lambda: [np.zeros(20)])
    growing.append(np.zeros(40))
    assert shelf.get("other", list)[0].size == 20
    assert shelf.find("growing") is None


def test_bytes_that_arrays_share_count_once():
    whole = np.zeros((10, 10))
    assert bytes_of(whole[0], whole[1:], whole.T, None) == whole.nbytes


def test_what_many_ask_for_at_a_time_is_made_once():
    shelf, made, meeting = Kept(1000, bytes_of), [], Barrier(2)

    def make():
        # A second one would come here too.
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=0.05)
        made.append(1)
        return np.zeros(3)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: shelf.get("key", make), range(8)))
    assert len(made) == 1
    assert all(one is found[0] for one in found)


def test_a_download_opened_again_shows_the_same_numbers(open_in_browser, tmp_path):
    asked = "data=paper&kernel=2&stride=1x2&padding=1&top_diff=normal&seed=3&i=2&j=1"
    first = Stage(open_in_browser(asked), at=(2, 1))
    first.page.get_by_role("button", name=SAY("toolbar.tensors")).click()
    with first.page.expect_download(timeout=WAIT) as waiting:
        first.page.get_by_role("button", name=SAY("tensors.download")).click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    # Streamlit takes the focus from the button, and Escape closes the dialog all the same.
    first.page.evaluate("document.activeElement.blur()")
    first.press("Escape")
    expect(first.page.get_by_role("dialog")).to_be_hidden()
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
