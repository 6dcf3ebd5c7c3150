"""One Chromium for all files, and the shell's commands run with it."""

import os

import pytest

from conv.cli import main
from conv.figures import chromium as drawn_by
from tests.browser import chromium


@pytest.fixture(scope="session")
def drawing():
    os.environ.setdefault("BROWSER_PATH", chromium())
    browser = drawn_by.Chromium()
    yield browser
    browser.close()


@pytest.fixture
def shell(drawing, monkeypatch, tmp_path, capsys):
    """Runs a command in a folder of its own, and gives the path of the file that it has written,
    the last of its arguments."""

    class Kept:
        picture, printed, film = drawing.picture, drawing.printed, drawing.film

        def close(self):
            pass

    monkeypatch.setattr(drawn_by, "Chromium", Kept)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        assert main(list(arguments)) == 0, capsys.readouterr().err
        return tmp_path / arguments[-1]

    return run
