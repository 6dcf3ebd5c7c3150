"""python -m conv check: how far the methods are apart."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from conv.layer import DataSet
from conv.numbers import number
from conv.ops import ConvError
from conv.ops.agreement import Comparison, compare_methods
from conv.ops.work import elements
from conv.results import Bundle, make_bundle
from conv.sources import data_label
from conv.state.rooms import DATA
from conv.state.sizes import MOST_ELEMENTS, Sizes
from conv.state.view import FIELDS, View
from conv.words import LANGUAGES, Words

from .options import add_field
from .parser import Commands, Parser
from .reading import read_and_tell, whole

_GEOMETRY = tuple(name for name, field in FIELDS.items() if field.part == "geometry")
_ASKED = tuple(name for name, field in FIELDS.items() if field.part in {"data", "geometry"})


def add_check(commands: Commands[Parser], say: Words) -> None:
    """Adds the command."""
    check = commands.add_parser("check", help=say("cli.check"), description=say("cli.check_long"))
    for name in _ASKED:
        add_field(check, name, say)
    cells = whole(say, 1)
    check.add_argument("--cells", type=cells, default=12, metavar="K", help=say("cli.cells"))
    check.add_argument(
        "--lang", choices=LANGUAGES, default=LANGUAGES[0], help=say("cli.lang_table")
    )
    check.set_defaults(run=_check, data=DATA.first)


def _check(options: argparse.Namespace, say: Words) -> int:
    """Prints how far the methods are apart; 1 where they disagree."""
    data = read_and_tell(options.data, say)
    view = _view(options, data.sizes)
    bundle = make_bundle(view, data)
    tensors = (bundle.x, bundle.w, bundle.b, bundle.grad_output, bundle.geometry)
    rows = compare_methods(*tensors, options.cells, view.seed)
    print(_heading(view, data, bundle, say))
    print()
    for line in _table(rows, say):
        print(line)
    print()
    agree = all(row.agree for row in rows)
    print(say("cli.agree" if agree else "cli.disagree"))
    return 0 if agree else 1


def _view(options: argparse.Namespace, sizes: Sizes) -> View:
    """The view that the options name; raises ConvError for a geometry that is not legal."""
    asked = {name: getattr(options, name) for name in _ASKED if name != "data"}
    given = {name: value for name, value in asked.items() if value is not None}
    view = replace(sizes.default, **given)
    geometry = sizes.geometry(view)
    if elements(geometry) > MOST_ELEMENTS:
        raise ConvError("error.elements", count=elements(geometry), most=MOST_ELEMENTS)
    output_size = geometry.output_size
    if view.top_diff != "file" or output_size == sizes.grad_output_size:
        return view
    if "top_diff" in given:
        has = sizes.grad_output_size
        if has is None:
            raise ConvError("error.top_diff_none", size=output_size)
        raise ConvError("error.top_diff_shape", size=output_size, has=has)
    return replace(view, top_diff="output")


def _heading(view: View, data: DataSet, bundle: Bundle, say: Words) -> str:
    values = {name: getattr(bundle.geometry, name) for name in _GEOMETRY}
    return say(
        "cli.heading",
        data=data_label(view.data, say, data.file),
        top_diff=say(f"top_diff.{view.top_diff}"),
        **{name: _short(value) for name, value in values.items()},
    )


def _short(value: int | tuple[int, ...]) -> str:
    return str(value) if isinstance(value, int) else "x".join(map(str, value))


def _table(rows: Sequence[Comparison], say: Words) -> list[str]:
    titles = [say(f"cli.column_{name}") for name in ("what", "cells", "absolute", "relative", "ok")]
    cells = [
        [
            say("cli.row", tensor=row.tensor, first=row.first, second=_method(row.second, say)),
            str(row.cells),
            number(row.difference.absolute),
            number(row.difference.relative),
            say("cli.yes" if row.agree else "cli.no"),
        ]
        for row in rows
    ]
    widths = [max(_width(line[k]) for line in [titles, *cells]) for k in range(len(titles))]
    rule = ["-" * width for width in widths]
    return ["  ".join(_padded(line, widths)) for line in [titles, rule, *cells]]


def _method(name: str, say: Words) -> str:
    return say("cli.central") if name == "central" else name


def _padded(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The first column to the left, the numbers to the right."""
    spaces = [" " * (width - _width(text)) for text, width in zip(line, widths, strict=True)]
    return [line[0] + spaces[0], *(s + text for s, text in zip(spaces[1:], line[1:], strict=True))]


def _width(text: str) -> int:
    """Columns that a terminal gives the text: two for a Chinese sign."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
