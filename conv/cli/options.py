"""The options of a figure and of an animation: which view, of which data, on which sheet."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from conv.layer import DataSet
from conv.ops import ConvError
from conv.results import Results, make_bundle
from conv.scenes import Scene, make_scene
from conv.sources import load
from conv.state.fields import OneOf, Pads, Sides, Value, Whole, pair_text
from conv.state.legal import Change, from_query, nearest, with_values
from conv.state.legal import options as legal_values
from conv.state.rooms import DATA, SCENES
from conv.state.view import FIELDS, OF_STREAMLIT, OF_THE_PAGE, View, choices, flag
from conv.words import LANGUAGES, Words, texts

from .parser import Commands, Parser
from .reading import decimal, padding, pair, read_and_tell, whole

if TYPE_CHECKING:
    from conv.figures.files import Order
    from conv.figures.sheet import Sheet

_THEMES = ("light", "dark")
_MOST_FIELDS, _MOST_NAMED = 2000, 6  # of a link
_FOUR = (0, 1, 0, 1)  # a padding, for example
_LONGEST_ASKED = 40  # signs of what is not possible


@dataclass(frozen=True)
class Asked:
    """What a command asks for: a legal view, and the data that it is of."""

    view: View
    data: DataSet

    def scene(self) -> Scene:
        """The view's scene."""
        bundle = make_bundle(self.view, self.data)
        return make_scene(self.view, bundle, Results(bundle))


def add_scene_command(
    commands: Commands[Parser], name: str, say: Words, *, still: bool
) -> tuple[Parser, argparse._ArgumentGroup]:
    """Adds a command that makes a file of a scene, and the group of what says how. A still picture
    has more choices than a moving one."""
    command = commands.add_parser(
        name,
        help=say(f"cli.{name}"),
        description=say(f"cli.{name}_long"),
        usage=say("cli.usage", command=name),
        allow_abbrev=False,
    )
    about = _about("scene", say)
    command.add_argument("scene", nargs="?", choices=SCENES, metavar="SCENE", help=about)
    add_view_options(command, say)
    return command, _add_sheet_options(command, say, still=still)


def add_view_options(
    parser: argparse.ArgumentParser, say: Words, without: Sequence[str] = ("scene",)
) -> None:
    """An option for every field of a view, but those `without`; what is not given is as the data
    open. Or a link that says it all."""
    group = parser.add_argument_group(say("cli.group_view"))
    for name in FIELDS:
        if name not in without:
            add_field(group, name, say)
    group.add_argument("--link", metavar="URL", help=say("cli.link"))


def add_field(group: argparse._ActionsContainer, name: str, say: Words) -> None:
    """The option of a field, which reads whole values alone."""
    kind, about = FIELDS[name].kind, _about(name, say)
    if isinstance(kind, Whole):
        group.add_argument(flag(name), type=whole(say, kind.least), metavar="K", help=about)
    elif isinstance(kind, Sides):
        read_sides = padding(say) if isinstance(kind, Pads) else pair(say)
        group.add_argument(flag(name), type=read_sides, metavar="K", help=about)
    elif kind.open:
        group.add_argument(flag(name), metavar=name.upper(), help=about)
    else:
        known = choices(name)
        text = f"{about}: {', '.join(known)}"
        group.add_argument(flag(name), choices=known, metavar="NAME", help=text)


def _about(name: str, say: Words) -> str:
    """What the option of a field is, in the shell's own words or those of the page."""
    own, kind = f"cli.{name}", FIELDS[name].kind
    if own not in texts(LANGUAGES[0]):
        return say(f"control.{name}").lower()
    known = tuple(kind.known) if isinstance(kind, OneOf) else ()
    return say(own, names=", ".join(known), first=known[0] if known else "")


def _add_sheet_options(
    parser: argparse.ArgumentParser, say: Words, *, still: bool
) -> argparse._ArgumentGroup:
    """How the scene is drawn, and the file."""
    group = parser.add_argument_group(say("cli.group_file"))
    add_output(group, say)
    group.add_argument("--panel", metavar="NAME", help=say("cli.panel"))
    group.add_argument("--theme", choices=_THEMES, metavar="NAME", help=say("cli.theme"))
    group.add_argument("--width", type=whole(say, 1), metavar="PX", help=say("cli.width"))
    if still:
        group.add_argument("--height", type=whole(say, 1), metavar="PX", help=say("cli.height"))
        group.add_argument("--font-size", type=decimal(say), metavar="PX", help=say("cli.font"))
    group.add_argument("--scale", type=decimal(say), metavar="X", help=say("cli.scale"))
    if still:
        group.add_argument("--transparent", action="store_true", help=say("cli.transparent"))
    group.add_argument("--no-title", action="store_true", help=say("cli.no_title"))
    return group


def add_output(group: argparse._ActionsContainer, say: Words) -> None:
    """The file that is written."""
    group.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=say("cli.output")
    )


def read_asked(options: argparse.Namespace, say: Words) -> Asked:
    """The view that the options or their link name; raises ConvError where it is not legal, or
    where the data cannot be read."""
    if options.link is None:
        return _by_options(options, say)
    given = [flag(name) for name in _given(options) if name not in {"data", "lang"}]
    if given:
        raise ConvError("error.link_says_all", given=", ".join(given))
    return _by_link(options, say)


def read_order(options: argparse.Namespace, asked: Asked) -> Order:
    """The file that the options ask for."""
    from conv.figures.files import Order  # noqa: PLC0415 - Plotly takes a while

    file = "" if asked.view.data in DATA else Path(options.data).name
    return Order(asked.view, asked.data.default, read_sheet(options), options.scale, file)


def read_sheet(options: argparse.Namespace) -> Sheet:
    """The sheet that the options ask for."""
    from conv.figures.sheet import Sheet  # noqa: PLC0415 - Plotly takes a while

    still = vars(options)
    return Sheet(
        theme=options.theme,
        width=options.width,
        height=still.get("height"),
        font_size=still.get("font_size"),
        transparent=still.get("transparent", False),
        titles=not options.no_title,
        panel=options.panel,
    )


def ending_of(path: Path, known: Sequence[str]) -> str:
    """The file's ending without its dot; raises ConvError for one that is not known, or where the
    file's folder is not there."""
    ending = path.suffix[1:].lower()
    if ending not in known:
        endings = ", ".join(f".{one}" for one in known)
        raise ConvError("error.ending", endings=endings, path=str(path))
    if not path.parent.is_dir():
        raise ConvError("error.no_folder", path=path, folder=path.parent)
    if path.is_dir():
        raise ConvError("error.is_folder", path=path)
    return ending


def _by_options(options: argparse.Namespace, say: Words) -> Asked:
    if options.scene is None:
        raise ConvError("error.which_scene", scenes=", ".join(SCENES))
    data = read_and_tell(options.data or DATA.first, say)
    asked = {name: value for name, value in _given(options).items() if name != "data"}
    wish = with_values(data.default, asked)
    view, changes = nearest(wish, data.sizes)
    for change in changes:
        if change.field in asked:
            raise _refusal(change, view, data)
    return Asked(view, data)


def _by_link(options: argparse.Namespace, say: Words) -> Asked:
    query = _query_of(options.link, say)
    if options.lang:
        query["lang"] = options.lang
    if options.data:
        data = read_and_tell(options.data, say)
        query["data"] = data.default.data
    elif query.get("data", DATA.first) in DATA:
        data = load(query.get("data", DATA.first))
    else:
        raise ConvError("error.link_data")
    view, changes = from_query(query, lambda _: data.sizes)
    for change in changes:
        raise _refusal(change, view, data)
    return Asked(view, data)


def _query_of(link: str, say: Words) -> dict[str, str]:
    """The fields that a link names; what it names besides is said on stderr. The page's own address
    is enough for the rest of it."""
    try:
        text = urlsplit(link.strip()).query or link.strip().partition("?")[2]
        pairs = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise ConvError("error.link_unreadable", reason=error) from None
    if not text and "://" not in link:
        raise ConvError("error.link_address", link=link)
    unknown = [name for name in pairs if name not in {*FIELDS, *OF_THE_PAGE, *OF_STREAMLIT}]
    if unknown:
        names = ", ".join(repr(name[:24]) for name in unknown[:_MOST_NAMED])
        more = len(unknown) - _MOST_NAMED
        told = f"{names}, … (+{more})" if more > 0 else names
        print(say("notice.unknown", names=told), file=sys.stderr)
    return {name: pairs[name] for name in FIELDS if name in pairs}


def _given(options: argparse.Namespace) -> Mapping[str, Value]:
    """The view's fields that the command line names."""
    values = {name: getattr(options, name, None) for name in FIELDS}
    return {name: value for name, value in values.items() if value is not None}


def _refusal(change: Change, view: View, data: DataSet) -> ConvError:
    field, asked = change.field.replace("_", "-"), change.asked[:_LONGEST_ASKED]
    if change.work and field == "scene":
        return ConvError("error.work_scene", scene=asked, work=change.times, given=change.given)
    if change.work:
        return ConvError("error.work", field=field, asked=asked, work=change.times)
    values, kind = legal_values(view, data.sizes, change.field), FIELDS[change.field].kind
    in_words = partial(_sides_in_words, kind) if isinstance(kind, Sides) else _in_words
    return ConvError("error.not_here", field=field, asked=asked, legal=partial(in_words, values))


def _sides_in_words(kind: Sides, values: Sequence[Value], say: Words) -> str:
    """A pair's values, or a padding's: 0 to 8, or two of them such as 0x1."""
    pairs = [value for value in values if isinstance(value, tuple) and len(value) == 2]
    one = _in_words([rows for rows, columns in pairs if rows == columns], say)
    others = [pair_text(pair) for pair in pairs if pair[0] != pair[1]]
    if not others:
        return one
    key = "word.or_four" if isinstance(kind, Pads) else "word.or_two"
    return say(key, one=one, pair=others[0], four=pair_text(_FOUR))


def _in_words(values: Sequence[Value], say: Words) -> str:
    """A choice's values: 0 to 31; 1, 2 or 4."""
    texts = [str(value) for value in values]
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return say("word.from_to", first=texts[0], last=texts[-1])
    if len(texts) == 1:
        return texts[0]
    return say("word.or_last", first=", ".join(texts[:-1]), last=texts[-1])
