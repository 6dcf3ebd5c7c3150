"""A scene, a field, a source and a page are each added in one file of a copy of the house, with
their words in one file for each language. They are there wherever others of their kind are."""

import filecmp
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copytree, ignore_patterns

import numpy as np
import pytest

from conv.words import LANGUAGES

ROOT = Path(__file__).parents[1]
ADDED = Path(__file__).parent / "added"
FIELD = """\
    power: str = declared(
        "one", Field(OneOf(("one", "two", "three")), "look", control=Control("segmented"))
    )
"""
# What is added, and the one file that it takes.
FILES = {
    "scene.py": "conv/scenes/powers.py",
    "source.py": "conv/sources/ramp.py",
    "page.py": "conv/dashboard/pages/about.py",
    "en.toml": "conv/words/en/added.toml",
    "zh.toml": "conv/words/zh/added.toml",
}
VIEW = "conv/state/view.py"
LINK = {"scene": "powers", "data": "ramp", "power": "three", "i": "1"}
KERNEL = np.array([[-2.0, -1, 0], [1, 2, 3]])


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The copy with all that was added."""
    folder = tmp_path_factory.mktemp("house")
    copytree(ROOT / "conv", folder / "conv", ignore=ignore_patterns("__pycache__"))
    for name in ("app.py", "data_pic", ".streamlit"):
        (folder / name).symlink_to(ROOT / name)
    for name, file in FILES.items():
        (folder / file).write_bytes((ADDED / name).read_bytes())
    view = folder / VIEW
    before, method, after = view.read_text("utf-8").partition("\n    def only(")
    view.write_text(f"{before}{FIELD}{method}{after}", "utf-8")
    return folder


def test_one_file_each_is_touched(house):
    found = {
        str(path.relative_to(house))
        for path in (house / "conv").rglob("*")
        if path.is_file()
        and not (
            (ROOT / path.relative_to(house)).is_file()
            and filecmp.cmp(path, ROOT / path.relative_to(house), shallow=False)
        )
    }
    assert found == {*FILES.values(), VIEW}


def test_what_was_added_is_there_for_every_reader(house):
    run = subprocess.run(
        [sys.executable, ADDED / "looks.py"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    looks = json.loads(run.stdout)
    check_link_and_shell(looks)
    check_numbers(looks)
    for lang in LANGUAGES:
        check_page(looks["page"][lang], lang)
    assert looks["pages"] == ["explore", "about"]


def check_link_and_shell(looks):
    assert looks["view"] == {**LINK, "lang": "en"}
    assert looks["changes"] == []
    asked = ["powers", "--data", "ramp", "--i", "1", "--power", "three"]
    assert looks["arguments"] == asked
    assert looks["file"].startswith("conv-powers-ramp-")
    assert "-three" in looks["file"]
    text, status = looks["help"]
    assert status == 0
    assert "exponent: one, two, three" in " ".join(text.split())
    assert "overview, forward, powers, dw" in " ".join(text.split())
    assert "notebook, paper, sobel, ramp" in " ".join(text.split())
    assert looks["made"] == ["", 0]
    sentence, status = looks["refused"]
    assert "'four'" in sentence
    assert status == 2


def check_numbers(looks):
    np.testing.assert_array_equal(looks["powered"], KERNEL**3)
    numpy, torch, latex = looks["copied"]
    assert numpy == f"powered = np.array({KERNEL.tolist()})"
    assert torch == f"powered = torch.tensor({KERNEL.tolist()})"
    assert latex == "-2^3"


def check_page(page, lang):
    words = tomllib.loads((ADDED / f"{lang}.toml").read_text("utf-8"))
    assert page["errors"] == []
    assert page["controls"]["scene"][2] == words["scene"]["powers"]
    assert words["data"]["ramp"] in page["controls"]["data"]
    assert page["controls"]["power"] == list(words["power"].values())
    assert page["scenes"][2] == "powers"
    assert page["panels"]["powered"] == words["panel"]["powered"]
    assert list(page["panels"]) == ["kernel", "powered"]
    assert page["sum"] == words["sum"]["powers"]
    assert any("w^e" in formula for formula in page["formulas"])
    link, command = page["dialogs"]["copy"], page["dialogs"]["export"]
    assert all(f"{name}={value}" in link for name, value in LINK.items())
    assert "figure powers --data ramp" in command
    assert "--power three" in command
    assert ("--lang zh" in command) == (lang == "zh")
