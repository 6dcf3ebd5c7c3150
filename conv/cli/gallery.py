"""python -m conv gallery: every scene as a picture, and a page that shows them."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from conv.ops import ConvError
from conv.words import LANGUAGES, Words, words

from .parser import Commands, Parser
from .reading import decimal


def add_gallery(commands: Commands[Parser], say: Words) -> None:
    """Adds the command."""
    gallery = commands.add_parser(
        "gallery",
        help=say("cli.gallery"),
        description=say("cli.gallery_long"),
        allow_abbrev=False,
    )
    gallery.add_argument("folder", type=Path, metavar="DIR", help=say("cli.folder"))
    gallery.add_argument("--only", nargs="+", metavar="NAME", help=say("cli.only"))
    gallery.add_argument("--scale", type=decimal(say), metavar="X", help=say("cli.scale"))
    gallery.add_argument(
        "--lang", choices=LANGUAGES, metavar="LANG", default="en", help=say("cli.lang_texts")
    )
    gallery.set_defaults(run=_gallery)


def _gallery(options: argparse.Namespace, say: Words) -> int:
    # Plotly and the browser take a while, which no other command should wait for.
    from conv.figures.chromium import Chromium  # noqa: PLC0415
    from conv.figures.files import write_whole  # noqa: PLC0415
    from conv.figures.gallery import INDEX, draw, index_page, pictures  # noqa: PLC0415
    from conv.figures.signs import check_signs  # noqa: PLC0415

    known = {picture.name: picture for picture in pictures(options.scale)}
    names = options.only or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConvError("error.gallery", name=unknown[0], known=", ".join(known))
    titles = {words(known[name].order.view.lang)("page.title") for name in names}
    with closing(Chromium()) as chromium:
        check_signs(chromium, "".join(titles))
        _make(options.folder)
        for name in tqdm(names, unit=say("cli.picture"), leave=False):
            write_whole(options.folder / known[name].file, draw(chromium, known[name]))
    if not options.only:
        page = index_page(list(known.values()))
        write_whole(options.folder / INDEX, page.encode())
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConvError("error.folder", path=folder, reason=error.strerror or error) from None
