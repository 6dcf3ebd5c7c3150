"""python -m conv notebook: the walk through the notebook as a file for Jupyter."""

from __future__ import annotations

import argparse
from os.path import relpath

from conv.state.rooms import DATA
from conv.state.view import LOOKS
from conv.words import Words

from .options import add_output, add_view_options, ending_of, read_asked
from .parser import Commands, Parser


def add_notebook(commands: Commands[Parser], say: Words) -> None:
    """Adds the command."""
    notebook = commands.add_parser(
        "notebook",
        help=say("cli.notebook"),
        description=say("cli.notebook_long"),
        allow_abbrev=False,
    )
    add_view_options(notebook, say, without=[name for name in LOOKS if name != "lang"])
    add_output(notebook, say)
    notebook.set_defaults(run=_notebook)


def _notebook(options: argparse.Namespace, say: Words) -> int:
    from conv.figures.files import write_whole  # noqa: PLC0415 - Plotly takes a while
    from conv.figures.jupyter import notebook_file  # noqa: PLC0415

    ending_of(options.output, ("ipynb",))
    if options.link is None:
        options.scene = "notebook"
    asked = read_asked(options, say)
    # Jupyter opens a notebook in the folder of its file.
    built_in = asked.view.data in DATA
    source = asked.view.data if built_in else relpath(options.data, options.output.parent)
    write_whole(options.output, notebook_file(asked.view, asked.data, source).encode())
    return 0
