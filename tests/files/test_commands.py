"""The commands that the page and the files give, run: each draws the numbers of its view."""

import json
import re
import shlex

import pytest

from conv.cli import main
from conv.figures.files import Order
from conv.figures.sheet import Sheet
from conv.figures.stage import stage_data
from conv.scenes.alone import panel_alone
from conv.sources import load
from tests.views import GEOMETRIES, GROUPED, UNREAD, legal_view, scene_of

SCENES = ("overview", "forward", "dw", "dx", "mistakes", "update", "quiz")
PAPER = [
    legal_view("paper", scene=SCENES[k % len(SCENES)], lang=("en", "zh")[k % 2], **geometry)
    for k, geometry in enumerate([*GEOMETRIES.values(), *UNREAD.values()])
]
NOTEBOOK = [
    legal_view("notebook", scene="overview", **GROUPED["depth of two"]),
    legal_view("notebook", scene="update", t=7, rule="momentum", loss="target", pace="0.3"),
]
ALONE = Sheet(theme="dark", width=600, panel="dx")
CASES = [
    *((view, Sheet()) for view in (*PAPER, *NOTEBOOK)),
    *((view, ALONE) for view in PAPER if view.scene == "overview"),
]


@pytest.mark.parametrize(("view", "sheet"), CASES)
def test_the_command_of_a_page_file_makes_it(view, sheet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scene = scene_of(view)
    command = Order(view, load(view.data).default, sheet).command("figure", "html")
    python, dash, conv, *arguments = shlex.split(command)
    assert (python, dash, conv) == ("python", "-m", "conv")
    assert main(arguments) == 0
    html = (tmp_path / f"{view.file_name()}.html").read_text("utf-8")
    shown = json.loads(re.search(r'id="scene">(.*?)</script>', html)[1])
    expected = stage_data(view, panel_alone(scene, sheet.panel))
    assert shown == json.loads(json.dumps(expected))
