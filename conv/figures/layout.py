"""Where everything of a scene stands, in pixels, for a figure of a given width."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

from conv.numbers import cell_texts, power_text
from conv.scenes.alone import is_alone
from conv.scenes.curves import Curves
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card, Item, Operator, Scene, Section
from conv.scenes.texts import Message
from conv.words import Words

WIDE, LARGE, SMALL, CARD, SIGN, GAP = 500.0, 208.0, 138.0, 262.0, 58.0, 24.0
SCALE = (0.8, 1.3)
BAND_GAP, ROW_GAP, SECTION_GAP = 26.0, 16.0, 36.0
SECTION_MIN = 400.0
TITLE, CAPTION, HEADING, SUM = 14, 11.5, 12, 12.5
LINE = 1.32
TICKS = 15.0
MARGIN = 4.0
NUMBERS_FROM = 8.5
LETTERED_FROM = 33  # pixels of a cell that holds a letter and a number
_CLOSING = "，。；：、）"  # signs that do not begin a line
CARD_LINE = 21.0
CURVES, CURVES_LEAST, CURVES_AXIS, CURVES_END = 150.0, 250.0, 42.0, 8.0
CURVE_LINE = 16.0


@dataclass(frozen=True)
class Rect:
    """A rectangle in pixels from the figure's top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """Lines of text with their top left at (x, y)."""

    x: float
    y: float
    text: str
    size: float
    style: str
    anchor: str = "left"


@dataclass(frozen=True)
class Placed:
    """An item and the rectangle of its cells, bars or lines."""

    item: Panel | Bars | Curves | Card
    rect: Rect


@dataclass(frozen=True)
class Arrangement:
    """A scene laid out: what is drawn where. A panel alone has no sum below it."""

    width: float
    height: float
    placed: tuple[Placed, ...]
    texts: tuple[Text, ...]
    sum_box: Rect | None


@dataclass(frozen=True)
class _Block:
    """An item with its size and the words above it."""

    item: Item
    width: float
    height: float
    title: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()

    @property
    def head(self) -> float:
        """Pixels of the words above the item; 0 for an operator."""
        if isinstance(self.item, Operator):
            return 0.0
        return (len(self.title) * TITLE + len(self.caption) * CAPTION) * LINE + 4


def cell_size(panel: Panel, side: float) -> float:
    """Pixels a cell of a panel whose longer side has `side` pixels."""
    rows, columns = panel.size
    return side / float(max(rows, columns))


def number_size(panel: Panel, cell: float) -> float:
    """The font size that lets the panel's numbers fit their cells, 0 where none does."""
    if cell < (LETTERED_FROM if panel.letters else 20):
        return 0.0
    longest = max(len(text) for row in cell_texts(panel.values).rows for text in row)
    size = min(0.88 * cell / (0.56 * max(longest, 3)), 0.42 * cell, 14.0)
    return size if size >= NUMBERS_FROM else 0.0


def wrap(text: str, width: float, size: float) -> tuple[str, ...]:
    """`text` in lines of at most `width` pixels, broken at spaces and between Chinese signs."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and _width(line + piece.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return (*lines, line.rstrip())


def arrange(scene: Scene, width: float, say: Words, *, titles: bool = True) -> Arrangement:
    """`scene` for a figure of `width` pixels: sections side by side where they fit. Without titles,
    the captions are left: they name the cells that are shown, and their power of ten."""

    def read(text: Message) -> str:
        return say(text.key, **text.values)

    placed: list[Placed] = []
    texts: list[Text] = []
    inner, y = width - 2 * MARGIN, MARGIN
    columns = [len(band) if inner >= len(band) * SECTION_MIN else 1 for band in scene.bands]
    widths = [(inner - SECTION_GAP * (count - 1)) / count for count in columns]
    scale = _scale(scene, widths)
    for band, count, column in zip(scene.bands, columns, widths, strict=True):
        for start in range(0, len(band), count):
            bottoms = [
                _section(
                    section,
                    MARGIN + k * (column + SECTION_GAP),
                    y,
                    column,
                    scale,
                    read,
                    placed,
                    texts,
                    titles=titles,
                )
                for k, section in enumerate(band[start : start + count])
            ]
            y = max(bottoms) + BAND_GAP
    if is_alone(scene):
        return Arrangement(width, y - BAND_GAP + MARGIN, tuple(placed), tuple(texts), None)
    lines = wrap(read(scene.total), width - 32, SUM * 1.1)
    box = Rect(0, y, width, len(lines) * SUM * LINE + 24)
    texts.append(Text(16, y + 12, "<br>".join(lines), SUM, "mono"))
    return Arrangement(width, y + box.height + 2, tuple(placed), tuple(texts), box)


def _section(
    section: Section,
    x: float,
    y: float,
    width: float,
    scale: float,
    read: Callable[[Message], str],
    placed: list[Placed],
    texts: list[Text],
    *,
    titles: bool,
) -> float:
    """Lays the section out from (x, y) on and returns its lower edge."""
    if section.heading and titles:
        texts.append(Text(x, y, read(section.heading), HEADING, "heading"))
        y += HEADING * LINE + 4
    if section.note and titles:
        lines = wrap(read(section.note), width, CAPTION)
        texts.append(Text(x, y, "<br>".join(lines), CAPTION, "muted"))
        y += len(lines) * CAPTION * LINE + 6
    for row in section.rows:
        beside = sum(isinstance(item, Curves) for item in row)
        blocks = [
            _block(item, behind, width, scale, read, beside, titles=titles)
            for item, behind in zip_longest(row, row[1:])
        ]
        for line in _lines(blocks, width):
            y = _row(line, x, y, width, read, placed, texts) + ROW_GAP
    return y - ROW_GAP


def _row(
    blocks: list[_Block],
    x: float,
    y: float,
    width: float,
    read: Callable[[Message], str],
    placed: list[Placed],
    texts: list[Text],
) -> float:
    """Lays one line of blocks out with their middles level and returns its lower edge."""
    things = [block for block in blocks if not isinstance(block.item, Operator)]
    height = max(block.height for block in things)
    top = y + max(block.head - (height - block.height) / 2 for block in things)
    spare = width - sum(block.width for block in blocks)
    for block in blocks:
        item, wide = block.item, block.width
        middle = top + height / 2
        if isinstance(item, Operator):
            texts.append(Text(x + wide / 2, middle - 16, item.sign, 24, "sign", "center"))
            if item.caption:
                lines = wrap(read(item.caption), wide, CAPTION - 1)
                texts.append(
                    Text(
                        x + wide / 2,
                        middle + 16,
                        "<br>".join(lines),
                        CAPTION - 1,
                        "muted",
                        "center",
                    )
                )
        else:
            if isinstance(item, Bars):
                wide += max(spare, 0)
            upper = middle - block.height / 2
            head = upper - block.head
            texts.append(Text(x, head, "<br>".join(block.title), TITLE, "title"))
            head += len(block.title) * TITLE * LINE
            texts.append(Text(x, head, "<br>".join(block.caption), CAPTION, "muted"))
            placed.append(Placed(item, _inner(item, Rect(x, upper, wide, block.height))))
        x += wide
    return top + height + (TICKS if any(_has_ticks(block.item) for block in things) else 0)


def _inner(item: Panel | Bars | Curves | Card, rect: Rect) -> Rect:
    """The rectangle of a panel's cells, which are square; row numbers stand to its left."""
    if isinstance(item, Bars):
        return Rect(rect.x + 40, rect.y, rect.width - 40, rect.height)
    if isinstance(item, Curves):
        wide = rect.width - CURVES_AXIS - CURVES_END
        return Rect(rect.x + CURVES_AXIS, rect.y, wide, CURVES)
    if isinstance(item, Card):
        return rect
    left = TICKS if item.large else 0.0
    cell = cell_size(item, rect.width - left)
    rows, columns = item.size
    return Rect(rect.x + left, rect.y, columns * cell, rows * cell)


def _has_ticks(item: Item) -> bool:
    return isinstance(item, Bars | Curves) or (isinstance(item, Panel) and item.large)


def _block(
    item: Item,
    behind: Item | None,
    width: float,
    scale: float,
    read: Callable[[Message], str],
    beside: int,
    *,
    titles: bool,
) -> _Block:
    """The item's size and its words, which may reach halfway under the sign behind it; `beside` is
    the number of curves in its row."""
    if isinstance(item, Operator):
        return _Block(item, _fixed(item), 0)

    def title_in(room: float) -> tuple[str, ...]:
        return wrap(read(item.title), room, TITLE) if titles else ()

    if isinstance(item, Card):
        wide = min(CARD, width)
        text = wrap(read(item.text), wide, CAPTION) if item.text else ()
        height = len(item.lines) * CARD_LINE + 6
        return _Block(item, wide, height, wrap(read(item.title), wide, TITLE), text)
    if isinstance(item, Bars):
        wide = min(2.4 * LARGE, width)
        below = wrap(read(item.caption), wide, CAPTION)
        return _Block(item, wide, 0.9 * LARGE * scale, title_in(wide), below)
    if isinstance(item, Curves):
        wide = (width - GAP * (beside - 1)) / beside
        wide = wide if wide >= CURVES_LEAST else width
        below = wrap(read(item.caption), wide, CAPTION)
        height = CURVES + CURVE_LINE * len(item.lines)
        return _Block(item, wide, height, title_in(wide), below)
    side = min(_natural(item) * scale, width)
    ticks = TICKS if item.large else 0.0
    cell = cell_size(item, side - ticks)
    room = side + (SIGN / 2 if isinstance(behind, Operator) and behind.sign else 0)
    caption = read(item.caption)
    power = cell_texts(item.values).power if number_size(item, cell) else 0
    if power:
        caption = read(Message("caption.power", {"caption": caption, "power": power_text(power)}))
    return _Block(item, side, item.size[0] * cell, title_in(room), wrap(caption, room, CAPTION))


def _lines(blocks: list[_Block], width: float) -> list[list[_Block]]:
    """The blocks in lines that are no wider than `width`; a gap is no line's beginning."""
    lines: list[list[_Block]] = [[]]
    for block in blocks:
        used = sum(other.width for other in lines[-1])
        if lines[-1] and used + block.width > width + 0.5:
            if isinstance(block.item, Operator) and not block.item.sign:
                continue
            lines.append([])
        lines[-1].append(block)
    return [line for line in lines if any(block.head for block in line)]


def _scale(scene: Scene, widths: list[float]) -> float:
    """One scale for all panels, so that the widest row fills its width; where rows must break,
    about 1, with room for two small panels and the sign between them. A panel alone has it all."""
    fits = [
        (width - sum(_fixed(item) for item in row)) / panels
        for band, width in zip(scene.bands, widths, strict=True)
        for section in band
        for row in section.rows
        if (panels := sum(_natural(item) for item in row if isinstance(item, Panel)))
    ]
    low, high = SCALE
    if is_alone(scene):
        return min(fits, default=1.0)
    least = min(fits, default=high)
    if least >= low:
        return min(least, high)
    return max(low, min(1.0, (min(widths) - SIGN) / (2 * SMALL)))


def _natural(panel: Panel) -> float:
    if panel.wide:
        return WIDE
    return LARGE if panel.large else SMALL


def _fixed(item: Item) -> float:
    """The width of an item that is not scaled; bars take what is left."""
    if isinstance(item, Operator):
        return SIGN if item.sign else GAP
    return CARD if isinstance(item, Card) else 0.0


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


def _width(text: str, size: float) -> float:
    return sum(size if _is_wide(sign) else 0.56 * size for sign in text)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
