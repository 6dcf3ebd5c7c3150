"""The README shows what the code draws, and its commands are ones that there are."""

import re
import shlex
from pathlib import Path

import pytest

from conv.cli.main import parser
from conv.figures.gallery import is_current, pictures
from conv.words import words
from tests.ops.grid import GRID, UNEVEN

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", README))
COMMANDS = re.findall(r"^    python -m conv (.+)$", README, re.MULTILINE)


@pytest.mark.parametrize("path", SHOWN.values(), ids=lambda path: Path(path).name)
def test_pictures_are_of_the_gallery_and_up_to_date(path):
    known = {picture.file: picture for picture in pictures()}
    file = ROOT / path
    assert is_current(known[file.name], file.read_bytes()), (
        f"{path} is out of date: python -m conv gallery .github/pictures --scale 1.5 "
        f"--only {file.stem}"
    )


def test_a_picture_of_something_else_is_out_of_date():
    known = {picture.file: picture for picture in pictures()}
    file = (ROOT / ".github/pictures/dx-on-paper-light-en.png").read_bytes()
    others = [
        "dx-on-paper-dark-en.png",
        "dx-on-paper-light-zh.png",
        "mistakes-on-paper-light-en.png",
    ]
    assert not any(is_current(known[name], file) for name in others)


def test_the_geometries_are_counted():
    every, uneven = re.search(r"over ([\d,]+) geometries,\s+of which (\d+) have", README).groups()
    assert int(every.replace(",", "")) == len(GRID) + len(UNEVEN)
    assert int(uneven) == len(UNEVEN)


def test_every_picture_is_shown():
    kept = {path.name for path in (ROOT / ".github" / "pictures").iterdir()}
    assert kept == {Path(path).name for path in SHOWN.values()}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_understood(command):
    parser(words("en")).parse_args(shlex.split(command))
