"""python -m conv figure: a view as a picture, or as a live page."""

from __future__ import annotations

import argparse
from contextlib import closing

from conv.ops import ConvError
from conv.words import Words

from .options import Asked, add_scene_command, ending_of, read_asked, read_order
from .parser import Commands, Parser

_PLOTLY = ("inline", "cdn", "directory")
# What a file of an ending has no use for.
_IDLE = {
    "png": ("plotlyjs",),
    "webp": ("plotlyjs",),
    "svg": ("scale", "plotlyjs"),
    "pdf": ("scale", "plotlyjs"),
    "html": ("scale", "height", "font_size"),
}


def add_figure(commands: Commands[Parser], say: Words) -> None:
    """Adds the command."""
    figure, group = add_scene_command(commands, "figure", say, still=True)
    group.add_argument("--plotlyjs", choices=_PLOTLY, metavar="NAME", help=say("cli.plotlyjs"))
    figure.set_defaults(run=_figure)


def _figure(options: argparse.Namespace, say: Words) -> int:
    ending = ending_of(options.output, tuple(_IDLE))
    for name in _IDLE[ending]:
        if getattr(options, name) is not None:
            raise ConvError("error.idle", flag=name.replace("_", "-"), ending=ending)
    asked = read_asked(options, say)
    if ending == "html":
        _write_page(options, asked)
    else:
        _write_picture(options, asked, ending)
    return 0


# Plotly and what drives a browser take a while, which no other command should wait for.


def _write_page(options: argparse.Namespace, asked: Asked) -> None:
    from conv.figures.files import page_file, write_plotly, write_whole  # noqa: PLC0415

    plotlyjs = options.plotlyjs or _PLOTLY[0]
    order = read_order(options, asked)
    page = page_file(asked.scene(), order, plotlyjs)
    if plotlyjs == "directory":
        write_plotly(options.output.parent)
    write_whole(options.output, page.encode())


def _write_picture(options: argparse.Namespace, asked: Asked, ending: str) -> None:
    from conv.figures.chromium import Chromium  # noqa: PLC0415
    from conv.figures.files import picture_file, write_whole  # noqa: PLC0415

    order = read_order(options, asked)
    with closing(Chromium()) as chromium:
        write_whole(options.output, picture_file(chromium, asked.scene(), order, ending))
