"""Chromium's driver where Chromium is faster than it."""

import asyncio
import os
from contextlib import suppress

import pytest
from choreographer.protocol.devtools_async import Session

from conv.figures.chromium import Chromium
from conv.ops import ConvError
from tests.browser import chromium

NEVER = {"expression": "new Promise(() => {})", "awaitPromise": True}


@pytest.fixture(autouse=True)
def path(monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", chromium())


def test_a_browser_whose_last_words_come_together_is_closed_without_a_word(monkeypatch, caplog):
    read, ending = os.read, []

    def read_late(file, most):
        said = read(file, most)
        if ending and file == channel._read_from_browser:
            opened.subprocess.wait(60)
            os.set_blocking(file, False)
            with suppress(BlockingIOError):
                said += read(file, most)
            os.set_blocking(file, True)
        return said

    monkeypatch.setattr(os, "read", read_late)
    browser = Chromium()
    opened, _ = browser._opened.result(60)
    channel = opened._channel
    write = channel.write_json

    def write_json(message):
        if message["method"] == "Browser.close":
            ending.append(message)
        return write(message)

    monkeypatch.setattr(channel, "write_json", write_json)
    browser.close()
    assert ending
    assert caplog.records == []


def test_a_browser_that_ends_by_itself_is_broken_and_its_work_fails():
    browser = Chromium()
    try:
        opened, tab = browser._opened.result(60)
        asked = browser._submit(tab.send_command("Runtime.evaluate", NEVER))
        opened.subprocess.kill()
        with pytest.raises(ConvError, match="could not draw"):
            browser._wait(asked)
        assert browser.broken
    finally:
        browser.close()


def test_a_page_that_has_loaded_before_it_is_asked_for_its_events_is_drawn_on(monkeypatch):
    send, loaded = Session.send_command, []

    async def send_late(self, command, params=None, **more):
        while command == "Page.enable" and loaded == ["on its way"]:
            asked = {"expression": "document.readyState + location.protocol"}
            answer = await send(self, "Runtime.evaluate", asked)
            if answer["result"]["result"]["value"] == "completefile:":
                loaded.append("there")
            await asyncio.sleep(0)
        answer = await send(self, command, params, **more)
        if command == "Page.navigate":
            loaded.append("on its way")
        return answer

    monkeypatch.setattr(Session, "send_command", send_late)
    monkeypatch.setattr("conv.figures.chromium._PATIENCE", 20)
    browser = Chromium()
    try:
        assert browser.lacking("a") == ""
    finally:
        browser.close()
    assert "on its way" in loaded
