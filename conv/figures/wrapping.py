"""Text in lines, and how wide it is, as nearly as can be told without its font."""

from __future__ import annotations

import unicodedata

from .arrangement import NUMBERS

_CLOSING = "，。；：、）"  # signs that do not begin a line


def wrap(text: str, width: float, size: float) -> tuple[str, ...]:
    """`text` in lines of at most `width` pixels, broken at spaces and between Chinese signs."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and text_width(line + piece.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return (*lines, line.rstrip())


def text_width(text: str, size: float) -> float:
    """Pixels of a line of text of a size."""
    return sum(size if _is_wide(sign) else NUMBERS.sign * size for sign in text)


def _pieces(text: str) -> list[str]:
    """Runs that stay together: words with the space behind them, single Chinese signs, what
    stands in brackets, and an equals sign with what it equals."""
    pieces: list[str] = []
    run, depth = "", 0
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        if sign in _CLOSING and not run and pieces:
            pieces[-1] += sign
        elif _is_wide(sign) and depth <= 0 and sign not in _CLOSING:
            pieces += [run, sign] if run else [sign]
            run = ""
        else:
            run += sign
            if sign == " " and depth <= 0 and not run.endswith("= "):
                pieces.append(run)
                run = ""
    return [*pieces, run] if run else pieces


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
