"""The gallery's folder."""

import re
from itertools import product

import numpy as np
from PIL import Image

from conv.figures import gallery
from conv.figures.palette import THEMES
from conv.state.rooms import SCENES
from conv.words import LANGUAGES


def test_a_picture_of_it_says_what_it_shows(shell):
    asked = ("gallery", "--only", "dx-on-paper-dark-zh", "--scale", "0.5", "--lang", "en", "out")
    folder = shell(*asked)
    assert [path.name for path in folder.iterdir()] == ["dx-on-paper-dark-zh.png"]
    file = folder / "dx-on-paper-dark-zh.png"
    known = {picture.name: picture for picture in gallery.pictures()}
    assert gallery.is_current(known[file.stem], file.read_bytes())
    with Image.open(file) as picture:
        assert picture.width == 540
        assert np.asarray(picture)[0, 0].tolist() == [14, 17, 23]
        assert picture.text["Source"] == "?scene=dx&data=paper&lang=zh"
        assert picture.text["Comment"].startswith("python -m conv figure dx --data paper --lang zh")


def test_its_page_shows_every_scene_in_every_look(shell, monkeypatch):
    monkeypatch.setattr(gallery, "draw", lambda _, picture: picture.command.encode())
    folder = shell("gallery", "--lang", "en", "new/folder")
    index = (folder / gallery.INDEX).read_text("utf-8")
    shown = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', index)
    files = {path.name for path in folder.iterdir()} - {gallery.INDEX}
    assert [file for file, _ in shown] == re.findall(r'<a href="([^"]+)">', index)
    assert {file for file, _ in shown} == files
    looks = product(SCENES, THEMES, LANGUAGES)
    assert {f"{scene}-{theme}-{lang}.png" for scene, theme, lang in looks} <= files
    commands = {(folder / file).read_text() for file in files}
    assert set(re.findall(r"<code>([^<]+)</code>", index)) == commands
    again = shell("gallery", "--lang", "en", "another")
    assert (again / gallery.INDEX).read_bytes() == (folder / gallery.INDEX).read_bytes()
