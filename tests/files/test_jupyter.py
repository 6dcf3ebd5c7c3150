"""The notebook's walk as a file: it runs, and prints what the page prints."""

from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from conv.cli import main
from conv.lessons import walk
from conv.results import make_bundle
from conv.sources import read_data
from conv.state.legal import nearest
from conv.state.rooms import SECTIONS
from conv.words import words
from tests.views import packed

ROOT = Path(__file__).parents[2]
PICKED = {"i": 2, "j": 1}


def own_file(folder):
    """A layer of two groups, in a file whose name is no plain word."""
    rng = np.random.default_rng(3)
    path = folder / 'layer "1" 层.npz'
    arrays = {"x": rng.normal(size=(2, 4, 6, 7)), "w": rng.normal(size=(4, 2, 3, 3))}
    path.write_bytes(packed(**arrays, stride=(2, 1), padding=1, groups=2))
    return str(path)


def printed_of(file):
    """What each section prints, by the name that its first cell asks for."""
    told, name = {}, None
    for cell in file.cells:
        if ".tensors(" in cell.source:
            name = cell.source.split('"')[1]
            told[name] = ""
        elif cell.cell_type == "code" and name:
            streams = [one.text for one in cell.outputs if one.output_type == "stream"]
            told[name] += "".join(streams)
    return told


@pytest.mark.parametrize(("lang", "own"), [("en", False), ("zh", True)])
def test_the_file_runs_and_prints_what_the_page_does(lang, own, shell, tmp_path, monkeypatch):
    source = own_file(tmp_path) if own else "paper"
    picked = {**PICKED, "n": 1, "c": 3, "f": 2} if own else PICKED
    options = [part for name, value in picked.items() for part in (f"--{name}", str(value))]
    path = shell("notebook", "--lang", lang, "--data", source, *options, "-o", "walk.ipynb")
    file = nbformat.read(path, as_version=4)
    nbformat.validate(file)
    data = read_data(source)
    view, _ = nearest(replace(data.default, scene="notebook", **picked), data.sizes)
    bundle = make_bundle(view, data)
    expected = {name: walk(replace(view, section=name), bundle).ran.printed for name in SECTIONS}
    assert printed_of(file) == expected
    # The package is that of this clone, and the kernel is in the file's folder.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    NotebookClient(file, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert printed_of(file) == expected
    drawn = [cell for cell in file.cells if ".figure(" in cell.source]
    assert len(drawn) == len(SECTIONS)
    for cell in drawn:
        assert cell.outputs[0].data["application/vnd.plotly.v1+json"]["data"]
    say, text = words(lang), "\n".join(cell.source for cell in file.cells)
    assert f"# {say('walk.title')}" in file.cells[0].source
    assert "python -m pip install -e ." in file.cells[0].source
    for name in SECTIONS:
        assert f"## {say(f'section.{name}')}" in text


def test_a_link_says_what_the_file_is_of(shell):
    options = ("notebook", "--data", "paper", "--i", "2", "--j", "1", "--lang", "zh")
    by_options = shell(*options, "-o", "options.ipynb").read_bytes()
    link = "http://127.0.0.1:8501/?scene=dw&data=paper&i=2&j=1&lang=zh"
    assert shell("notebook", "--link", link, "-o", "link.ipynb").read_bytes() == by_options


def test_what_is_no_notebook_is_refused(tmp_path, capsys):
    assert main(["notebook", "-o", str(tmp_path / "walk.py")]) == 2
    assert "must end in one of .ipynb" in capsys.readouterr().err
    assert main(["notebook", "--n", "99", "-o", str(tmp_path / "walk.ipynb")]) == 2
    assert capsys.readouterr().err == "n cannot be 99 here; 0 to 9 would do\n"
    assert main(["notebook", "--data", "none.npz", "-o", str(tmp_path / "walk.ipynb")]) == 2
    assert "none.npz" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
