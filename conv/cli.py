"""The command line: python -m conv."""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from .bundle import Bundle, make_bundle
from .ops import ConvError
from .ops.agreement import Comparison, compare_methods
from .ops.geometry import Pair
from .scenes.numbers import number
from .tensors import data_label, read_data
from .view import DATA, LANGUAGES, TOP_DIFFS, Sizes, View, parse_pair
from .words import Words, words

_MOST_ROWS = 4096
_GEOMETRY = ("kernel", "stride", "padding", "dilation", "groups")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status: 0, 1 where a check fails, 2 for bad input."""
    language = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    language.add_argument("--lang", default=LANGUAGES[0])
    asked = language.parse_known_args(arguments)[0].lang
    say = words(asked if asked in LANGUAGES else LANGUAGES[0])
    options = _parser(say).parse_args(arguments)
    try:
        return _check(options, say)
    except ConvError as error:
        print(error, file=sys.stderr)
    except MemoryError:
        print(say("cli.memory"), file=sys.stderr)
    return 2


def _parser(say: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conv", description=say("cli.about"))
    commands = parser.add_subparsers(required=True, metavar=say("cli.command"))
    check = commands.add_parser("check", help=say("cli.check"), description=say("cli.check_long"))
    check.add_argument("--data", default=DATA[0], metavar="DATA", help=say("cli.data"))
    for name in _GEOMETRY[:-1]:
        check.add_argument(f"--{name}", type=_pair(say), metavar="K", help=say(f"cli.{name}"))
    check.add_argument("--groups", type=int, metavar="G", help=say("cli.groups"))
    check.add_argument("--top-diff", choices=TOP_DIFFS, help=say("cli.top_diff"))
    seed, cells = _whole(say, 0), _whole(say, 1)
    check.add_argument("--seed", type=seed, default=0, metavar="S", help=say("cli.seed"))
    check.add_argument("--cells", type=cells, default=12, metavar="K", help=say("cli.cells"))
    check.add_argument("--lang", choices=LANGUAGES, default="en", help=say("cli.lang"))
    return parser


def _pair(say: Words) -> Callable[[str], Pair]:
    """A reader of pairs of whole numbers."""

    def read(text: str) -> Pair:
        try:
            return parse_pair(text, int)
        except ValueError:
            raise argparse.ArgumentTypeError(say("cli.not_a_pair", text=text)) from None

    return read


def _whole(say: Words, least: int, most: int = 999_999_999) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text[:20]) <= most:
            return int(text)
        sentence = say("cli.not_a_count", text=text, least=least, most=most)
        raise argparse.ArgumentTypeError(sentence)

    return read


def _check(options: argparse.Namespace, say: Words) -> int:
    """Prints how far the methods are apart; 1 where they disagree."""
    data = read_data(options.data)
    view = _view(options, data.sizes)
    bundle = make_bundle(view, data)
    tensors = (bundle.x, bundle.w, bundle.b, bundle.grad_output, bundle.geometry)
    rows = compare_methods(*tensors, options.cells, view.seed)
    print(_heading(view, bundle, say))
    print()
    for line in _table(rows, say):
        print(line)
    print()
    agree = all(row.agree for row in rows)
    print(say("cli.agree" if agree else "cli.disagree"))
    return 0 if agree else 1


def _view(options: argparse.Namespace, sizes: Sizes) -> View:
    """The view that the options name; raises ConvError for a geometry that is not legal."""
    asked = {name: getattr(options, name) for name in _GEOMETRY}
    given = {name: value for name, value in asked.items() if value is not None}
    view = replace(sizes.default, seed=options.seed, **given)
    geometry = sizes.geometry(view)
    if max(geometry.padded_size) > _MOST_ROWS:
        raise ConvError(
            f"padding must leave at most {_MOST_ROWS} rows and columns, got {geometry.padded_size}"
        )
    output_size = geometry.output_size
    top_diff = options.top_diff or view.top_diff
    if top_diff == "file" and output_size != sizes.grad_output_size:
        if options.top_diff:
            has = sizes.grad_output_size or "none for this data"
            raise ConvError(
                f"top-diff must have the output's shape {output_size}, the file has {has}; "
                "output, ones or normal would do"
            )
        top_diff = "output"
    return replace(view, top_diff=top_diff)


def _heading(view: View, bundle: Bundle, say: Words) -> str:
    geometry = bundle.geometry
    values = {name: "x".join(map(str, getattr(geometry, name))) for name in _GEOMETRY[:-1]}
    return say(
        "cli.heading",
        data=data_label(view.data, say),
        top_diff=say(f"top_diff.{view.top_diff}"),
        groups=geometry.groups,
        **values,
    )


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
