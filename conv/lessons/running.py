"""Code that is run statement by statement, with what each of them prints."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import Any

import numpy as np

_ABOUT = re.compile(r" *#: ([\w ]+)$")


@dataclass(frozen=True)
class Line:
    """A line of code, the panels that it is about, and what was printed when the statement was
    done that ends with it."""

    code: str
    panels: tuple[str, ...] = ()
    printed: str = ""


@dataclass(frozen=True, eq=False)
class Ran:
    """Code that has been run: its lines, and every name's value after the last of them."""

    lines: tuple[Line, ...]
    values: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The code as text."""
        return "".join(f"{line.code}\n" for line in self.lines)

    @property
    def printed(self) -> str:
        """All that was printed."""
        return "".join(line.printed for line in self.lines)


def run_code(text: str, given: Mapping[str, Any]) -> Ran:
    r"""Runs code of this package, in which `np` and the names of `given` are known; its lines may
    end in `#:` and the names of panels. Raises what the code raises.

    >>> ran = run_code("a = x + 1  #: left\nprint(a)", {"x": 1})
    >>> ran.lines[0].panels, ran.lines[1].printed, ran.values["a"]
    (('left',), '2\n', 2)
    """
    lines = [_line(line) for line in text.strip("\n").split("\n")]
    names: dict[str, Any] = {"np": np, **given}
    printed = dict[int, str]()
    for statement in ast.parse("\n".join(line.code for line in lines)).body:
        out = StringIO()
        # A print of its own: the process's output belongs to all visitors of the page.
        names["print"] = partial(print, file=out)
        piece = compile(ast.Module([statement], []), "<notebook>", "exec")
        with np.errstate(all="ignore"):
            # The code is this package's; of a reader it has whole numbers alone.
            exec(piece, names)  # noqa: S102
        printed[statement.end_lineno or statement.lineno] = out.getvalue()
    told = (
        Line(line.code, line.panels, printed.get(k, "")) for k, line in enumerate(lines, start=1)
    )
    return Ran(tuple(told), names)


def _line(text: str) -> Line:
    found = _ABOUT.search(text)
    if not found:
        return Line(text)
    return Line(text[: found.start()], tuple(found[1].split()))
