"""Picture files, opened again by readers that know nothing of this project."""

import asyncio
import base64
import io
import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from conv.cli import main
from conv.figures import Sheet, scene_figure
from conv.figures.chromium import Chromium
from conv.figures.files import Order, picture_file, write_whole
from conv.ops import ConvError
from conv.sources import load
from conv.words import words
from tests.views import legal_view, scene_of

ROOT = Path(__file__).parents[2]
ASKED = ["--data", "paper", "--stride", "2", "--padding", "2", "--i", "2", "--j", "3"]
VIEW = legal_view("paper", stride=(2, 2), padding=(2, 2), i=2, j=3)
SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
DC = "{http://purl.org/dc/terms/}"
COMMAND = (
    "python -m conv figure overview --data paper --i 2 --j 3 --stride 2 --padding 2 "
    "--top-diff output"
)


def figure_of(**asked):
    return scene_figure(scene_of(VIEW), words("en"), Sheet(**asked))


def texts_of(figure):
    """What is written on a figure, by line, without the tags of bold words."""
    lines = "<br>".join(annotation.text for annotation in figure.layout.annotations).split("<br>")
    return {line.replace("<b>", "").replace("</b>", "") for line in lines}


def color_of(trace, value):
    """The colour of a cell, (3,), straight between the two stops around it."""
    stops = np.array([stop for stop, _ in trace.colorscale])
    colors = np.array([list(bytes.fromhex(color[1:])) for _, color in trace.colorscale])
    part = (value - trace.zmin) / (trace.zmax - trace.zmin)
    return np.array([np.interp(part, stops, channel) for channel in colors.T])


def check_cells(pixels, figure, scale):
    """Every cell that is not hatched has its number's colour in most of its pixels."""
    checked = 0
    for trace in figure.data:
        if trace.type != "heatmap":
            continue
        x, y = (figure.layout[f"{axis[0]}axis{axis[1:]}"] for axis in (trace.xaxis, trace.yaxis))
        left, right = (side * figure.layout.width * scale for side in x.domain)
        bottom, top = ((1 - side) * figure.layout.height * scale for side in y.domain)
        rows, columns = trace.z.shape
        for (row, column), value in np.ndenumerate(trace.z.astype(float)):
            across = left + (right - left) * np.array([column, column + 1]) / columns
            down = top + (bottom - top) * np.array([row, row + 1]) / rows
            (a, b), (c, d) = across.round().astype(int), down.round().astype(int)
            cell = pixels[c + 2 : d - 2, a + 2 : b - 2, :3].reshape(-1, 3).astype(int)
            colors, counts = np.unique(cell, axis=0, return_counts=True)
            if np.isnan(value) or counts.max() < 0.4 * len(cell):
                continue
            np.testing.assert_allclose(colors[counts.argmax()], color_of(trace, value), atol=1.01)
            checked += 1
    return checked


def test_png(shell):
    file = shell("figure", "overview", *ASKED, "-o", "a.png")
    with Image.open(file) as picture:
        pixels, said = np.asarray(picture.convert("RGBA")), picture.text
    figure = figure_of()
    assert pixels.shape[:2] == (2 * figure.layout.height, 2160)
    assert (pixels[..., 3] == 255).all()
    cells = sum(trace.z.size for trace in figure.data if trace.type == "heatmap")
    assert check_cells(pixels, figure, 2) > 0.7 * cells
    link = parse_qs(said["Source"].removeprefix("?"))
    assert {name: text for name, (text,) in link.items()} == {
        "data": "paper",
        "i": "2",
        "j": "3",
        "stride": "2",
        "padding": "2",
        "top_diff": "output",
        "lang": "en",
    }
    assert said["Comment"].startswith(COMMAND + " -o conv-overview-paper-")
    assert said["Title"].startswith(words("en")("scene.overview"))


def test_webp_has_the_same_pixels(shell):
    png = shell("figure", "overview", *ASKED, "--scale", "1", "-o", "a.png")
    webp = shell("figure", "overview", *ASKED, "--scale", "1", "-o", "a.webp")
    with Image.open(png) as one, Image.open(webp) as other:
        assert other.format == "WEBP"
        np.testing.assert_array_equal(np.asarray(one.convert("RGB")), np.asarray(other))
        assert COMMAND in other.info["xmp"].decode()


def test_svg(shell):
    file = shell("figure", "overview", *ASKED, "-o", "a.svg")
    root = ElementTree.fromstring(file.read_bytes())
    figure = figure_of()
    sides = [float(root.get(side)) for side in ("width", "height")]
    assert sides == [1080, figure.layout.height]
    drawn = {"".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")}
    lines = {line.strip() for text in root.iter(f"{SVG}tspan") for line in text.itertext()}
    assert {text for text in texts_of(figure) if text} <= drawn | lines
    numbers = {number for trace in figure.data for number in trace.text or ()}
    assert numbers <= drawn | {""}
    heatmaps = {trace.name: trace for trace in figure.data if trace.type == "heatmap"}
    images = list(root.iter(f"{SVG}image"))
    assert len(images) == len(heatmaps)
    for image, trace in zip(images, heatmaps.values(), strict=True):
        data = base64.b64decode(image.get(HREF).partition("base64,")[2])
        with Image.open(io.BytesIO(data)) as cells:
            middle = np.asarray(cells.convert("RGB"))[cells.height // 2, cells.width // 2]
        shown = [color_of(trace, value) for value in trace.z.astype(float).ravel()]
        assert np.abs(np.array(shown) - middle).max(-1).min() < 1.01
    assert root.findtext(f"{SVG}title").startswith(words("en")("scene.overview"))
    assert next(root.iter(f"{DC}provenance")).text.startswith(COMMAND)
    assert next(root.iter(f"{DC}source")).text.startswith("?data=paper&i=2&j=3")


def test_pdf(shell):
    file = shell("figure", "overview", *ASKED, "-o", "a.pdf")
    (page,) = PdfReader(file).pages
    figure = figure_of()
    ratio = float(page.mediabox.height) / float(page.mediabox.width)
    assert ratio == pytest.approx(figure.layout.height / 1080, rel=0.01)
    # A ligature is one sign, and both dashes have one glyph.
    said = page.extract_text().replace("ﬀ", "ff").replace("ﬁ", "fi").replace("‒", "–")
    for text in texts_of(figure):
        assert text in said


DRAW_BOTH = """
import sys
from conv.sources import load
from conv.cli import main
for name in ("there.svg", "there.png", "there.html"):
    if main([*sys.argv[1:], "-o", name]):
        sys.exit(1)
"""


def test_another_process_draws_the_same(shell, tmp_path):
    command = ["figure", "dx", *ASKED, "--theme", "dark"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-c", DRAW_BOTH, *command]
    subprocess.run(run, cwd=tmp_path, env=environment, check=True)
    for ending in ("svg", "png", "html"):
        here = shell(*command, "-o", f"here.{ending}")
        assert (tmp_path / f"there.{ending}").read_bytes() == here.read_bytes()


def test_sizes_themes_and_titles(shell):
    common = ("figure", "overview", *ASKED, "--lang", "zh", "--theme", "dark")
    sheet = ("--width", "700", "--height", "480", "--transparent", "--no-title", "--scale", "1.5")
    with Image.open(shell(*common, *sheet, "-o", "a.png")) as picture:
        assert picture.size == (1050, 720)
        pixels = np.asarray(picture)
    assert pixels[0, 0, 3] == 0
    assert (pixels[..., 3] == 255).any()
    svg = shell(*common, "--font-size", "18", "--no-title", "-o", "a.svg").read_text("utf-8")
    root = ElementTree.fromstring(svg)
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    say = words("zh")
    title = say("panel.input_pad")
    assert not any(title in text for text in texts)
    with_titles = shell(*common, "-o", "b.svg").read_text("utf-8")
    assert f">{title}<" in with_titles
    (ground,) = {
        rect.get("style")
        for rect in ElementTree.fromstring(with_titles).iter(f"{SVG}rect")
        if rect.get("width") == "1080"
    } & {"fill: rgb(14, 17, 23); fill-opacity: 1;"}
    assert ground


def test_a_panel_alone(shell):
    file = shell("figure", "overview", *ASKED, "--panel", "output", "-o", "a.png")
    figure = figure_of(panel="output")
    assert [trace.name for trace in figure.data if trace.type == "heatmap"] == ["output"]
    with Image.open(file) as picture:
        assert picture.width == 960
        scale = picture.width / figure.layout.width
        assert check_cells(np.asarray(picture), figure, scale) == 16


def test_a_link_draws_what_its_options_draw(shell):
    by_options = shell("figure", "dw", *ASKED, "-o", "a.svg")
    address = "https://somewhere.example/app?scene=dw&data=paper&i=2&j=3&stride=2&padding=2&lang=en"
    by_link = shell("figure", "--link", address, "-o", "b.svg")
    assert by_link.read_bytes() == by_options.read_bytes()


def test_a_picture_too_large_for_chromium_is_a_sentence(drawing):
    order = Order(VIEW, load("paper").default, Sheet(width=8000), 10)
    with pytest.raises(ConvError, match="draws no picture of 80000 by"):
        picture_file(drawing, scene_of(VIEW), order, "png")
    assert not drawing.broken


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_file_is_written_whole_or_not_at_all(step, tmp_path, monkeypatch):
    file = tmp_path / "a.png"
    write_whole(file, b"before")

    def fail(self, _):
        Path.write_text(self, "half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(ConvError, match=r"a\.png cannot be written: No space left"):
        write_whole(file, b"after")
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_without_a_chromium_a_sentence_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    file = tmp_path / "a.png"
    assert main(["figure", "dw", *ASKED, "-o", str(file)]) == 2
    said = capsys.readouterr().err
    assert "no Chromium was found: install" in said
    assert said.count("\n") == 1
    assert not file.exists()


def test_a_chromium_that_does_not_start_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BROWSER_PATH", sys.executable)
    file = tmp_path / "a.png"
    assert main(["figure", "dw", *ASKED, "-o", str(file)]) == 2
    assert capsys.readouterr().err.startswith("Chromium could not draw it: ")
    assert not file.exists()


def test_a_browser_that_goes_without_an_answer_is_not_waited_for(monkeypatch):
    given_up = threading.Event()

    class Gone:
        async def close(self):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                given_up.set()

    async def opened():
        return Gone(), None

    monkeypatch.setattr("conv.figures.chromium._open", opened)
    monkeypatch.setattr("conv.figures.chromium._GOODBYE", 0.1)
    closing = threading.Thread(target=Chromium().close)
    closing.start()
    assert given_up.wait(60)  # seconds, half of what a picture may take
    closing.join()
