"""The command line's commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from conv.ops import ConvError
from conv.words import LANGUAGES, Words, words

from .animate import add_animate
from .check import add_check
from .figure import add_figure
from .gallery import add_gallery
from .notebook import add_notebook
from .parser import Parser
from .present import add_present


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status: 0, 1 where a check fails, 2 for bad input."""
    language = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    language.add_argument("--lang", default=LANGUAGES[0])
    asked = language.parse_known_args(arguments)[0].lang
    say = words(asked if asked in LANGUAGES else LANGUAGES[0])
    options = parser(say).parse_args(arguments)
    try:
        status: int = options.run(options, say)
    except ConvError as error:
        print(error.sentence(say), *filter(None, [error.code]), sep="\n\n", file=sys.stderr)
    except KeyboardInterrupt:
        print(say("cli.stopped"), file=sys.stderr)
        return 130
    except MemoryError:
        print(say("cli.memory"), file=sys.stderr)
    else:
        return status
    return 2


def parser(say: Words) -> Parser:
    """The reader of all commands, whose `run` takes what was read and the words."""
    made = Parser(prog="python -m conv", description=say("cli.about"), epilog=say("cli.more"))
    commands = made.add_subparsers(required=True, metavar=say("cli.command"))
    for add in (add_figure, add_animate, add_gallery, add_notebook, add_check, add_present):
        add(commands, say)
    return made
