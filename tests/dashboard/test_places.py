"""The place on the screen is the place that is taken away, whatever is done and whenever."""

import random

from playwright.sync_api import expect

from conv.words import words
from tests.browser import dashboard_process, free_port
from tests.dashboard.driving import answered, expect_link, opened, own, sidebar
from tests.dashboard.on_page import WAIT, control, step_up, thumbnail
from tests.dashboard.stage import Stage, Truth, close, view_of
from tests.dashboard.windows import LEAN

SAY = words("en")
PARTS = {SAY("copy.link"): "http", SAY("copy.command"): "python -m conv", "NumPy": "import numpy"}


GO_BACK = """() => new Promise((resolve) => {
    addEventListener("popstate", () => setTimeout(resolve), { once: true });
    history.back();
})"""
STEP_AND_GO = """([step, link]) => {
    history.pushState({}, "", `?${link}`);
    step.click();
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}"""
PRESS_BOTH = "(buttons) => buttons.forEach((one) => one.click())"
# Whether the address says what is on the screen; it leaves out what is as the data open.
AGREE = """() => {
    const link = new URLSearchParams(location.search);
    const { at, view } = document.querySelector("[data-stage]").dataset;
    const told = [link.get("c") ?? 7, link.get("i") ?? 6, link.get("j") ?? 6];
    return `${told}` === `${[view.split(",")[1], at]}`;
}"""


def open_dialog(page, name):
    page.locator(f".st-key-toolbar_{name} button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def sent(page, act):
    """The bytes that the browser is sent from `act` until nothing is run any more."""
    frames = []
    session = page.context.new_cdp_session(page)
    # Binary ones, which it tells of in base64.
    session.on(
        "Network.webSocketFrameReceived",
        lambda event: frames.append(len(event["response"]["payloadData"]) * 3 / 4),
    )
    session.send("Network.enable")
    act()
    answered(page)
    session.detach()
    return sum(frames)


def copied(dialog, kind):
    """The texts of a kind in the dialog that copies."""
    chosen = dialog.get_by_role("radio", name=kind, exact=True)
    if chosen.get_attribute("aria-checked") != "true":
        chosen.click()
    expect(dialog.locator("pre", has_text=PARTS[kind])).not_to_have_count(0)
    answered(dialog.page)
    return "\n".join(dialog.locator("pre").all_text_contents())


def test_what_is_copied_and_exported_is_on_the_screen(open_in_browser):
    """The notebook's methods on paper, at the last step of both."""
    page = open_in_browser("scene=dw&data=paper")
    stage = Stage(page)
    stage.focus()
    stage.press("End")
    # At once: the stage has not come to rest.
    dialog = open_dialog(page, "copy")
    last = {"i": 2, "j": 2, "m": 2, "k": 2}
    at = {name: str(value) for name, value in last.items()}
    assert stage.root.get_attribute("data-steps") == "8,8"
    expect_link(page, **last)
    link, command, code = (
        copied(dialog, tab) for tab in (SAY("copy.link"), SAY("copy.command"), "NumPy")
    )
    for name, value in at.items():
        assert f"{name}={value}" in link
        assert f"--{name} {value}" in command
    assert "i, j = 2, 2" in code
    assert "m, k = 2, 2" in code
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    # Play stops where it is, and a film begins there.
    own(stage, "output").locator("input").fill("0")
    own(stage, "output").locator("button").click()
    page.wait_for_function("Number(document.querySelector('[data-steps]').dataset.steps[0]) > 2")
    dialog = open_dialog(page, "export")
    expect(stage.find(".foot [data-play]")).to_have_attribute("data-play", "off")
    row, column = divmod(int(stage.root.get_attribute("data-steps").split(",")[0]), 3)
    expect(dialog.locator("pre")).to_contain_text(f"-i{row}-j{column}-m2-k2-")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    address = page.url
    page.reload()
    assert Stage(page).root.get_attribute("data-steps") == f"{row * 3 + column},8"
    assert page.url == address


def test_fast_clicks_are_each_an_entry_and_the_last_one_stays(open_in_browser):
    stage = opened(open_in_browser)
    page, rng = stage.page, random.Random(0)
    cells = [(rng.randrange(14), rng.randrange(14)) for _ in range(7)]
    for cell in cells:
        stage.click("output", cell)
    (i, j), before = cells[-1], cells[-2::-1]
    expect_link(page, i=i, j=j)
    expect(sidebar(page, "i")).to_have_value(str(i))
    expect(sidebar(page, "j")).to_have_value(str(j))
    answered(page)
    stage.wait(at=(i, j))
    stage.press("Escape")
    stage.leave_pointer()
    for cell in before[:3]:
        page.go_back()
        stage.wait(at=cell)
    page.go_forward()
    stage.wait(at=before[1])
    # At once on, at a click that the server has not heard of.
    stage.click("output", (2, 9))
    page.go_back()
    stage.leave_pointer()
    stage.wait(at=before[1], over="")
    expect(sidebar(page, "i")).to_have_value(str(before[1][0]))
    answered(page)
    stage.focus()
    stage.press("ArrowUp" if before[1][0] else "ArrowDown")
    row = before[1][0] + (-1 if before[1][0] else 1)
    expect(sidebar(page, "i")).to_have_value(str(row))
    expect(sidebar(page, "j")).to_have_value(str(before[1][1]))
    # And at once after a control, whose answer may have made an entry of its own.
    answered(page)
    step_up(page, "c").click()
    page.evaluate(GO_BACK)
    for _ in range(2):
        page.wait_for_function(AGREE, timeout=WAIT)
        answered(page)
    i, j = stage.root.get_attribute("data-at").split(",")
    assert (int(i), int(j)) in {before[2], (row, before[1][1])}
    for name, text in {
        "c": stage.root.get_attribute("data-view").split(",")[1],
        "i": i,
        "j": j,
    }.items():
        expect(sidebar(page, name)).to_have_value(text)


def test_the_way_back_is_heard_where_its_run_is_cut_off(open_in_browser):
    """By that of a control, which Streamlit sends a moment later."""
    stage = opened(open_in_browser)
    page = stage.page
    for row in range(6):
        step = step_up(page, "c").element_handle()
        page.evaluate(STEP_AND_GO, [step, f"i={row}&j=3&{LEAN}"])
        # The next one comes before the sidebar has, which the browser must not have forgotten.
        stage.wait(at=(row, 3))
        if row > 2:
            for _ in range(2):
                page.wait_for_function(AGREE, timeout=WAIT)
                answered(page)


def test_clicks_during_a_run_are_all_heard(open_in_browser):
    """Runs are cut off by others: of another item, channel or filter, by thumbnail or control."""
    stage = opened(open_in_browser)
    page = stage.page
    for k in range(4):
        stage.click("output", (k, 12 - k))
        thumbnail(page, "f", k + 2).click()
        step_up(page, "c").click()
        stage.focus()
        stage.press("ArrowDown", "ArrowLeft")
        thumbnail(page, "n", k + 3).click()
    stage.focus()
    stage.press("ArrowDown")
    stage.wait(view=(6, 11, 5))
    expect_link(page, n=6, c=11, f=5, i=5, j=8)
    for name, value in {"n": "6 · photographer", "c": "11", "f": "5", "i": "5", "j": "8"}.items():
        expect(sidebar(page, name)).to_have_value(value)
    answered(page)
    stage.press("Escape")
    stage.leave_pointer()
    stage.wait(view=(6, 11, 5), at=(5, 8), over="")
    close(stage.values("patch"), Truth(view_of("n=6&c=11&f=5")).patch(5, 8))


def test_of_a_control_and_a_click_at_once_the_later_one_counts(open_in_browser):
    stage = opened(open_in_browser)
    page = stage.page
    for row in range(4):
        step_up(page, "i").click()
        stage.click("output", (row, 9))
        expect_link(page, i=row, j=9)
        answered(page)
        expect(sidebar(page, "i")).to_have_value(str(row))
        stage.press("Escape")
        stage.leave_pointer()
        stage.wait(at=(row, 9), over="")


def test_a_dialog_shows_what_was_asked_for_at_once_with_it(open_in_browser):
    """Streamlit has one message for both, and takes it for the part of the page that one is in."""
    page = open_in_browser("")
    stage = Stage(page)
    for field, order in (("c", 1), ("i", -1)):
        value = int(sidebar(page, field).input_value()) + 1
        buttons = [step_up(page, field), page.locator(".st-key-toolbar_copy button")][::order]
        page.evaluate(PRESS_BOTH, [one.element_handle() for one in buttons])
        dialog = page.get_by_role("dialog")
        assert f"{field}={value}" in copied(dialog, SAY("copy.link"))
        expect_link(page, **{field: value})
        expect(sidebar(page, field)).to_have_value(str(value))
        dialog.get_by_label("Close").click()
        expect(dialog).not_to_be_visible()
        answered(page)
    stage.wait(view=(1, 8, 10), at=(7, 6))


def test_keys_without_the_focus_make_no_entry_in_the_history(open_in_browser):
    """They are no press of anything beside the stage, which all of the page would answer."""
    stage = opened(open_in_browser)
    page = stage.page
    entries = page.evaluate("history.length")
    for row in range(7, 11):
        for key, at in (
            ("ArrowRight", (row - 1, 7)),
            ("ArrowLeft", (row - 1, 6)),
            ("ArrowDown", (row, 6)),
        ):
            page.keyboard.press(key)
            stage.wait(at=at)
    expect_link(page, i=10)
    answered(page)
    assert page.evaluate("history.length") == entries


def test_two_tabs_have_each_a_place_of_its_own(open_in_browser):
    first = opened(open_in_browser, "c=3")
    second = Stage(open_in_browser("c=3", beside=True))
    for stage, keys, place in ((first, "ArrowUp", (5, 6)), (second, "ArrowDown", (7, 6))):
        stage.focus()

        def step(stage=stage, keys=keys, place=place):
            stage.press(keys)
            stage.wait(at=place)
            expect(sidebar(stage.page, "i")).to_have_value(str(place[0]))

        assert 1000 < sent(stage.page, step) < 2000
    for stage, i in ((first, 5), (second, 7)):
        expect_link(stage.page, c=3, i=i)
    # By itself: all of the page would be twice as much.
    assert 1000 < sent(second.page, lambda: open_dialog(second.page, "copy")) < 4000
    dialog = second.page.get_by_role("dialog")
    assert "c=3&i=7&lang" in copied(dialog, SAY("copy.link"))


def test_a_place_outlives_the_line_and_the_server(browser):
    port = free_port()
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        with dashboard_process(port) as (address, _):
            page.goto(f"{address}/?c=3&hide=formulas")
            stage = Stage(page)
            stage.focus()
            stage.press("ArrowDown", "ArrowRight")
            expect(sidebar(page, "j")).to_have_value("7")
            # No part of the page is run after all of it, which Streamlit would run again.
            step_up(page, "c").click()
            stage.wait(view=(1, 4, 10))
            answered(page)
            controls = control(page, "c").get_attribute("class")
        stage.press("ArrowDown")
        with dashboard_process(port):
            # The controls are those of the new server once it knows of the page.
            expect(control(page, "c")).not_to_have_class(controls, timeout=30_000)
            expect(sidebar(page, "i")).to_have_value("8")
            answered(page)
            step_up(page, "c").click()
            stage.wait(view=(1, 5, 10), at=(8, 7))
            stage.focus()
            stage.press("ArrowRight")
            expect(sidebar(page, "j")).to_have_value("8")
            dialog = open_dialog(page, "copy")
            assert "c=5&i=8&j=8" in copied(dialog, SAY("copy.link"))
            assert "c=5&i=8&j=8" in page.url
