"""The shell's commands, run with the one Chromium of all tests."""

import pytest

from conv.cli import main
from conv.figures import chromium as drawn_by


@pytest.fixture
def draw_with(monkeypatch):
    """Has every command draw with a browser that is open already."""

    def draw_with(browser):
        class Kept:
            picture, printed, film = browser.picture, browser.printed, browser.film
            lacking = browser.lacking

            def close(self):
                pass

        monkeypatch.setattr(drawn_by, "Chromium", Kept)

    return draw_with


@pytest.fixture
def shell(drawing, draw_with, monkeypatch, tmp_path, capsys):
    """Runs a command in a folder of its own, and gives the path of the file that it has written,
    the last of its arguments."""
    draw_with(drawing)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        assert main(list(arguments)) == 0, capsys.readouterr().err
        return tmp_path / arguments[-1]

    return run
