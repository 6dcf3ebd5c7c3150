"""Where a sign has no font on the machine that draws, no picture has a box in its place."""

import re
from concurrent.futures import wait
from functools import partial

import pytest
from PIL import ImageFont

from conv.cli import main
from conv.dashboard.export_settings import Wish
from conv.dashboard.exporting import _file
from conv.dashboard.jobs import Workshop
from conv.figures.chromium import Chromium
from conv.figures.files import Order
from conv.figures.film import Reel
from conv.sources import load
from conv.words import LANGUAGES, texts, words
from tests.browser import chromium
from tests.views import legal_view, scene_of

LATIN = ImageFont.load_default(20)  # of Pillow's own: it has no minus and no Chinese
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
DX = ["dx", "--data", "paper"]
SAID = {
    "zh": "本机没有字体含有“.+…”，.*：请安装字体（Debian 上：apt install {}）；html 不需要\n",
    "en": "no font of this machine has “.+”: .* apt install {}\\); html needs none\n",
}
BOTH = "fonts-noto-cjk fonts-dejavu"


@pytest.fixture(scope="module")
def latin(tmp_path_factory):
    """A Chromium of a machine with one font."""
    folder = tmp_path_factory.mktemp("machine")
    fonts, cache = folder / "fonts", folder / "cache"
    fonts.mkdir()
    (fonts / "latin.ttf").write_bytes(LATIN.font_bytes)
    config = folder / "fonts.conf"
    config.write_text(FONTS.format(fonts=fonts, cache=cache), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(config))
        patch.setenv("BROWSER_PATH", chromium())
        browser = Chromium()
        browser._opened.result(60)
    yield browser
    browser.close()


def ink(sign):
    mask = LATIN.getmask(sign)
    return mask.size, bytes(mask)


def test_a_browser_knows_which_signs_have_no_font(latin, drawing):
    signs = {sign for lang in LANGUAGES for text in texts(lang).values() for sign in text}
    signs = "".join(sorted(sign for sign in signs if sign.isprintable() and not sign.isspace()))
    without = "".join(sign for sign in signs if ink(sign) == ink("\U0010ffff"))
    assert {*"卷积×−⁻"} < {*without} < {*signs}
    assert latin.lacking(signs) == without
    assert drawing.lacking(signs) == ""


@pytest.mark.parametrize(
    ("command", "packages"),
    [
        (["figure", *DX, "--lang", "zh", "-o", "a.png"], BOTH),
        (["figure", *DX, "--lang", "zh", "-o", "a.svg"], BOTH),
        (["figure", *DX, "--lang", "zh", "-o", "a.pdf"], BOTH),
        (["animate", *DX, "--lang", "zh", "--to", "2", "-o", "a.gif"], BOTH),
        (["gallery", "out", "--lang", "zh"], "fonts-noto-cjk"),
        (["gallery", "out", "--only", "dx-light-zh"], "fonts-noto-cjk"),
        (["figure", *DX, "-o", "a.png"], "fonts-dejavu"),
        (["animate", *DX, "--to", "2", "-o", "a.gif"], "fonts-dejavu"),
    ],
)
def test_a_sign_without_a_font_is_a_sentence_and_nothing_is_written(
    latin, draw_with, monkeypatch, tmp_path, capsys, command, packages
):
    draw_with(latin)
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    said = SAID["zh" if "--lang zh" in " ".join(command) else "en"]
    assert re.search(said.format(packages), capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []
    assert not latin.broken


def test_what_has_its_fonts_or_needs_none_is_written(latin, draw_with, monkeypatch, tmp_path):
    draw_with(latin)
    monkeypatch.chdir(tmp_path)
    assert main(["figure", *DX, "--lang", "zh", "-o", "a.html"]) == 0
    alone = ["overview", "--data", "paper", "--panel", "input_pad"]
    assert main(["figure", *alone, "-o", "a.png"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"a.html", "a.png"}


@pytest.mark.parametrize("ending", ["pdf", "gif"])
def test_the_dialog_is_told_the_same(latin, ending):
    view = legal_view("paper", scene="dx", lang="zh")
    wish = Wish(ending, Order(view, load("paper").default), Reel(last=2))
    job = Workshop(lambda: latin).start(partial(_file, scene_of(view), wish))
    wait([job.work], 60)
    assert job.state == "failed"
    assert re.search(SAID["zh"].format(BOTH), f"{job.fault.sentence(words('zh'))}\n")
