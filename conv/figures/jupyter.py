"""The walk through the notebook as a file for Jupyter, and what its cells take from here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import plotly.graph_objects as go

from conv.layer import DataSet
from conv.lessons import WALK, Walked, walk
from conv.ops.textbook import Array
from conv.results import Results, make_bundle
from conv.scenes import Scene, make_scene
from conv.sources import data_label, read_data
from conv.state.legal import from_query
from conv.state.rooms import SECTIONS
from conv.state.view import View
from conv.words import words

from .figure import scene_figure
from .sheet import Sheet

Json = dict[str, Any]
_WIDTH = 900  # pixels of a figure
_INSTALL = "python -m pip install -e . jupyterlab"


class Notebook:
    """The walk through a layer for the cells of a notebook: what each section's code is given, and
    its figure.

    `link` has the fields of the view, as in the page's address, and `data` the name of the data
    set or the path of an .npz with x and w. Raises ConvError for data that cannot be read.

    >>> notebook = Notebook("n=0&i=1&j=2&lang=en", "paper")
    >>> x, w, b, grad_output = notebook.tensors("dw")
    >>> figure = notebook.figure("dw")
    """

    def __init__(self, link: str, data: str) -> None:
        self.data = read_data(data)
        query = {**dict(parse_qsl(link)), "data": self.data.default.data}
        self.view, _ = from_query(query, lambda _: self.data.sizes)
        self._bundle = make_bundle(self.view, self.data)
        self._results = Results(self._bundle)

    def tensors(self, section: str) -> tuple[Array, Array, Array, Array]:
        """x, w, b and grad_output, copied for a section: of the worked example where it stands in
        for the data."""
        bundle = self.walked(section).bundle
        x, w, b, grad_output = map(np.array, (bundle.x, bundle.w, bundle.b, bundle.grad_output))
        return x, w, b, grad_output

    def figure(self, section: str) -> go.Figure:
        """The panels of a section."""
        return scene_figure(self.scene(section), words(self.view.lang), Sheet(width=_WIDTH))

    def scene(self, section: str) -> Scene:
        """The scene of a section."""
        scene = make_scene(self._at(section), self._bundle, self._results)
        # A cell above it says what it is.
        return replace(scene, title=None)

    def formula(self, section: str) -> str:
        """The formula of a section, in LaTeX."""
        return WALK[section].formula_of(self._bundle.geometry)

    def walked(self, section: str) -> Walked:
        """A section that has been run."""
        return walk(self._at(section), self._bundle)

    def _at(self, section: str) -> View:
        link = {**self.view.to_query(), "scene": "notebook", "section": section}
        return from_query(link, lambda _: self.data.sizes)[0]


def notebook_file(view: View, data: DataSet, source: str) -> str:
    """The walk of a view as a Jupyter notebook (nbformat 4.5), its text in the view's language,
    with what every cell prints and draws. `source` is the name of the data set, or the path of
    the .npz that it is from.

    Source: https://nbformat.readthedocs.io/en/latest/format_description.html
    """
    query = view.to_query(data.default)
    for name in ("scene", "section", "data"):
        query.pop(name, None)
    link = urlencode(query)
    made = Notebook(link, source)
    cells = chain(_first(made, link, source), *(_section(made, name) for name in SECTIONS))
    written = [{**cell, "id": f"cell-{k}"} for k, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    file = {"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(file, ensure_ascii=False, indent=1) + "\n"


def _first(made: Notebook, link: str, source: str) -> Iterator[Json]:
    """What the notebook is, how it is installed, and the code that its sections build on."""
    say, view = words(made.view.lang), made.view
    about = say(
        "walk.about_file",
        data=data_label(view.data, say, made.data.file),
        install=_INSTALL,
        **{name: getattr(view, name) for name in "ncfij"},
    )
    yield _markdown(f"# {say('walk.title')}\n\n{about}")
    yield _code(
        "import numpy as np\n\nfrom conv.figures.jupyter import Notebook\n\n"
        f"notebook = Notebook({json.dumps(link)}, {json.dumps(source, ensure_ascii=False)})"
    )


def _section(made: Notebook, name: str) -> Iterator[Json]:
    """A section: its text and formula, its code up to each line that prints, and its figure."""
    say, scene = words(made.view.lang), made.scene(name)
    assert scene.listing is not None  # noqa: S101 - a section of the walk has one
    remarks = [f"> {say(remark.key, **remark.values)}" for remark in scene.listing.remarks]
    about = scene.listing.text
    told = [say(about.key, **about.values), *remarks, f"$${made.formula(name)}$$"]
    level = "###" if WALK[name].corrects else "##"
    yield _markdown("\n\n".join([f"{level} {say(f'section.{name}')}", *told]))
    yield _code(f'x, w, b, grad_output = notebook.tensors("{name}")')
    lines = list[str]()
    for line in scene.listing.lines:
        lines.append(line.code)
        if line.printed:
            yield _code("\n".join(lines).strip("\n"), _stream(line.printed))
            lines = []
    figure = json.loads(scene_figure(scene, say, Sheet(width=_WIDTH)).to_json())
    drawn = {"application/vnd.plotly.v1+json": figure, "text/plain": say(f"section.{name}")}
    yield _code(
        f'notebook.figure("{name}")',
        {"output_type": "execute_result", "data": drawn, "metadata": {}, "execution_count": None},
    )


def _markdown(text: str) -> Json:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text: str, *outputs: Json) -> Json:
    own = {"execution_count": None, "outputs": list(outputs)}
    return {"cell_type": "code", "metadata": {}, "source": text, **own}


def _stream(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text}
