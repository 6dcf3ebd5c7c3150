"""The shell's HTML file in a Chromium without a network: hovered, stepped and played, its values
held against conv.ops."""

import re
from urllib.parse import parse_qs

import pytest

from conv.cli import main
from conv.figures.stage.page import PLOTLY_FILE
from conv.ops import conv2d, conv2d_input
from conv.sources import load
from tests.dashboard.stage import close, number_of, outlined

ASKED = ["--data", "paper", "--stride", "2", "--padding", "2", "--i", "1", "--j", "3"]
GEOMETRY = {"stride": 2, "padding": 2}


@pytest.fixture
def open_shells(open_file, tmp_path):
    """Writes a page with the shell and opens it."""

    def open_page(*arguments):
        file = tmp_path / "a.html"
        assert main(["figure", *arguments, "-o", str(file)]) == 0
        return open_file(file), file.read_text("utf-8")

    return open_page


@pytest.fixture(scope="module")
def layer():
    data = load("paper")
    out = conv2d(data.x, data.w, data.b, **GEOMETRY, method="loops")
    # The loss whose gradient is the output itself.
    dx = conv2d_input(data.x.shape, data.w, out, **GEOMETRY, method="scatter")
    return out, dx


def test_it_is_hovered_stepped_and_played(open_shells, layer):
    out, dx = layer
    stage, html = open_shells("overview", *ASKED, "--theme", "dark")
    stage.wait(at=(1, 3), look="dark")
    close(stage.values("output"), out[0, 0])
    close(stage.values("dx"), dx[0, 0])
    stage.point("output", (2, 1))
    assert number_of(stage.read()["sum"]) == pytest.approx(out[0, 0, 2, 1], rel=1e-5)
    assert f"{out[0, 0, 2, 1]:g}".replace("-", "−") in stage.find(".tip").inner_text()
    stage.leave()
    stage.focus()
    stage.press("ArrowLeft")
    stage.wait(at=(1, 2))
    stage.find("[data-speed]").select_option("30")
    stage.find("[data-play]").click()
    stage.wait(at=(3, 3))
    assert number_of(stage.read()["sum"]) == pytest.approx(out[0, 0, 3, 3], rel=1e-5)
    about = dict(re.findall(r'<meta name="([\w.]+)" content="([^"]*)">', html))
    link = parse_qs(about["dcterms.source"].replace("&amp;", "&").removeprefix("?"))
    assert (link["j"], link["stride"], link["padding"]) == (["3"], ["2"], ["2"])
    assert about["dcterms.provenance"].startswith("python -m conv figure overview --data paper")


def test_a_panel_alone_beside_plotly_js(open_shells, tmp_path, layer):
    out, _ = layer
    stage, html = open_shells("overview", *ASKED, "--panel", "output", "--plotlyjs", "directory")
    assert f'<script src="{PLOTLY_FILE}">' in html
    assert len(html) < 200_000
    assert {path.name for path in tmp_path.iterdir()} == {"a.html", PLOTLY_FILE}
    assert list(stage.read()["panels"]) == ["output"]
    close(stage.values("output"), out[0, 0])
    stage.point("output", (0, 2))
    assert set(outlined(stage.read()["panels"]["output"])[1]) == {(0, 2)}


def test_a_panel_alone_keeps_its_outline(open_shells):
    stage, _ = open_shells("overview", *ASKED, "--panel", "input_pad")
    for step, corner in (("", (2, 6)), ("Home", (0, 0))):
        if step:
            stage.focus()
            stage.press(step)
            stage.wait(at=(0, 0))
        cells = set(outlined(stage.read()["panels"]["input_pad"])[1])
        assert cells == {(corner[0] + m, corner[1] + k) for m in range(3) for k in range(3)}


def test_two_files_of_a_view_are_the_same_byte_for_byte(tmp_path):
    files = [tmp_path / name for name in ("a.html", "b.html")]
    for file in files:
        assert main(["figure", "dw", *ASKED, "--lang", "zh", "-o", str(file)]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_from_a_network_the_script_is_checked(tmp_path):
    file = tmp_path / "a.html"
    assert main(["figure", "dw", *ASKED, "--plotlyjs", "cdn", "-o", str(file)]) == 0
    tags = re.findall(r"<script src=[^>]*>", file.read_text("utf-8"))
    assert len(tags) == 1
    assert re.search(r'https://cdn\.plot\.ly/plotly-[\d.]+\.min\.js" integrity="sha256-', tags[0])
