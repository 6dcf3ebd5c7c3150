"""Where everything of a scene stands, in pixels, for a figure of a given width."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest

from conv.numbers import cell_texts, power_text
from conv.scenes.alone import is_alone
from conv.scenes.curves import Curves
from conv.scenes.marks import HatchKind
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card, Item, Operator, Scene, Section
from conv.scenes.texts import Message
from conv.words import Words

from .arrangement import (
    BARS,
    CARDS,
    CELLS,
    CURVES,
    LEGEND,
    NUMBERS,
    REACH,
    SCALES,
    SECTIONS,
    SIDES,
    TYPE,
)
from .wrapping import text_width, wrap

BAND_GAP, ROW_GAP = 26.0, 16.0
LINE = 1.32
MARGIN = 4.0


@dataclass(frozen=True)
class Rect:
    """A rectangle in pixels from the figure's top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """Lines of text with their top left at (x, y), or their top right or middle."""

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
class Swatch:
    """A piece of a hatch, which the legend has beside what it means."""

    kind: HatchKind
    rect: Rect


@dataclass(frozen=True)
class Arrangement:
    """A scene laid out: what is drawn where. A panel alone has no sum below it."""

    width: float
    height: float
    placed: tuple[Placed, ...]
    texts: tuple[Text, ...]
    swatches: tuple[Swatch, ...]
    sum_box: Rect | None


@dataclass(frozen=True)
class _Block:
    """An item with its size and the words above it, and the power of ten of its numbers."""

    item: Item
    width: float
    height: float
    title: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    power: str = ""

    @property
    def head(self) -> float:
        """Pixels of the words above the item; 0 for an operator."""
        if isinstance(self.item, Operator):
            return 0.0
        return (len(self.title) * TYPE.title + len(self.caption) * TYPE.caption) * LINE + 4

    @property
    def foot(self) -> float:
        """Pixels of the numbers below the item."""
        ticks = SIDES.ticks if _has_ticks(self.item) else 0.0
        if not self.power:
            return ticks
        return ticks + TYPE.power if ticks else SIDES.ticks


def cell_size(panel: Panel, side: float) -> float:
    """Pixels a cell of a panel whose longer side has `side` pixels."""
    rows, columns = panel.size
    return side / float(max(rows, columns))


def number_size(panel: Panel, cell: float) -> float:
    """The font size that lets the panel's numbers fit their cells, 0 where none does."""
    if cell < (CELLS.both if panel.letters else CELLS.numbers):
        return 0.0
    texts = [text for row in cell_texts(panel.values).rows for text in row]
    size = fitting_size(texts, cell)
    return size if size >= NUMBERS.least else 0.0


def fitting_size(texts: list[str], cell: float) -> float:
    """The size of type in which these numbers fit their cells."""
    longest = max(NUMBERS.signs, *map(len, texts))
    return min(NUMBERS.across * cell / (NUMBERS.sign * longest), NUMBERS.up * cell, NUMBERS.most)


def heading_of(scene: Scene, say: Words) -> tuple[str, str] | None:
    """The scene's title and what it is of, where it is said what it is."""
    if scene.title is None:
        return None
    title, *about = (say(text.key, **text.values) for text in (scene.title, *scene.about))
    return title, " · ".join(about)


def arrange(scene: Scene, width: float, say: Words, *, titles: bool = True) -> Arrangement:
    """`scene` for a figure of `width` pixels: sections side by side where they fit. Without titles,
    the captions are left: they name the cells that are shown."""
    inner = width - 2 * MARGIN
    columns = [len(band) if inner >= len(band) * SECTIONS.least else 1 for band in scene.bands]
    widths = [(inner - SECTIONS.gap * (count - 1)) / count for count in columns]
    setting = _Setting(say, _scale(scene, widths), titles)
    y = setting.heading(scene, MARGIN, inner)
    for band, count, column in zip(scene.bands, columns, widths, strict=True):
        for start in range(0, len(band), count):
            bottoms = [
                setting.section(section, MARGIN + k * (column + SECTIONS.gap), y, column)
                for k, section in enumerate(band[start : start + count])
            ]
            y = max(bottoms) + BAND_GAP
    y = setting.legend(scene, y, inner)
    if is_alone(scene):
        return setting.arranged(width, y - BAND_GAP + MARGIN, None)
    lines = wrap(setting.read(scene.total), width - 32, TYPE.sum * 1.1)
    box = Rect(0, y, width, len(lines) * TYPE.sum * LINE + 24)
    setting.write(16, y + 12, lines, TYPE.sum, "mono")
    return setting.arranged(width, y + box.height + 2, box)


@dataclass
class _Setting:
    """Sets what is in a scene, from top to bottom: what has been set is in the lists. Each method
    takes where its part begins and tells where the part's lower edge is."""

    say: Words
    scale: float
    titles: bool
    placed: list[Placed] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    swatches: list[Swatch] = field(default_factory=list)

    def read(self, text: Message) -> str:
        """A text in the figure's language."""
        return self.say(text.key, **text.values)

    def arranged(self, width: float, height: float, sum_box: Rect | None) -> Arrangement:
        """All that has been set."""
        parts = tuple(self.placed), tuple(self.texts), tuple(self.swatches)
        return Arrangement(width, height, *parts, sum_box)

    def write(
        self,
        x: float,
        y: float,
        lines: tuple[str, ...],
        size: float,
        style: str,
        anchor: str = "left",
    ) -> float:
        """Lines of text."""
        if lines:
            self.texts.append(Text(x, y, "<br>".join(lines), size, style, anchor))
        return y + len(lines) * size * LINE

    def heading(self, scene: Scene, y: float, width: float) -> float:
        """The scene's title and what it is of."""
        heading = heading_of(scene, self.say) if self.titles else None
        if heading is None:
            return y
        title, about = heading
        y = self.write(MARGIN, y, wrap(title, width, TYPE.scene), TYPE.scene, "scene")
        lines = wrap(about, width, TYPE.caption)
        return self.write(MARGIN, y + 2, lines, TYPE.caption, "muted") + ROW_GAP

    def legend(self, scene: Scene, y: float, width: float) -> float:
        """What the hatches mean, if there are some."""
        if not scene.legend:
            return y
        x, line = MARGIN, TYPE.caption * LINE + 4
        for kind, text in scene.legend:
            said = self.read(text)
            before = LEGEND.wide + LEGEND.before
            wide = before + text_width(said, TYPE.caption)
            if x > MARGIN and x + wide > MARGIN + width:
                x, y = MARGIN, y + line
            top = y + (TYPE.caption * LINE - LEGEND.high) / 2 + 2
            self.swatches.append(Swatch(kind, Rect(x, top, LEGEND.wide, LEGEND.high)))
            lines = wrap(said, width - before, TYPE.caption)
            y = self.write(x + before, y, lines, TYPE.caption, "muted") - TYPE.caption * LINE
            x += wide + LEGEND.gap
        return y + line + BAND_GAP / 2

    def section(self, section: Section, x: float, y: float, width: float) -> float:
        """A section with its rows."""
        if section.heading and self.titles:
            y = self.write(x, y, (self.read(section.heading),), TYPE.heading, "heading") + 4
        if section.note and self.titles:
            lines = wrap(self.read(section.note), width, TYPE.caption)
            y = self.write(x, y, lines, TYPE.caption, "muted") + 6
        for row in section.rows:
            for line in _lines(self.blocks(row, width), width):
                y = self.row(line, x, y) + ROW_GAP
        return y - ROW_GAP

    def row(self, blocks: list[_Block], x: float, y: float) -> float:
        """One line of blocks with their middles level; of cards alone, their titles."""
        things = [block for block in blocks if not isinstance(block.item, Operator)]
        height = max(block.height for block in things)
        middle = y + max(block.head + block.height / 2 for block in things)
        level = all(isinstance(block.item, Card) for block in things)
        bottoms = list[float]()
        for block in blocks:
            if isinstance(block.item, Operator):
                self.sign(block.item, x + block.width / 2, middle, block.width)
            else:
                upper = y + block.head if level else middle - block.height / 2
                bottoms.append(self.thing(block, x, upper))
            x += block.width
        return max(middle + height / 2, *bottoms) if not level else max(bottoms)

    def sign(self, sign: Operator, middle: float, y: float, width: float) -> None:
        """A sign round its middle, with its words below."""
        if sign.sign:
            self.write(middle, y - 16, (sign.sign,), TYPE.mark, "sign", "center")
        if sign.caption:
            # A little more than it has: words are narrower than they are taken for.
            lines = wrap(self.read(sign.caption), width + 4, TYPE.under)
            self.write(middle, y + 16, lines, TYPE.under, "muted", "center")

    def thing(self, block: _Block, x: float, y: float) -> float:
        """A panel, bars, curves or a card, from the upper edge of its cells or lines on, with the
        words above it and the numbers below."""
        item = block.item
        assert not isinstance(item, Operator)  # noqa: S101
        below = self.write(x, y - block.head, block.title, TYPE.title, "title")
        self.write(x, below, block.caption, TYPE.caption, "muted")
        rect = _inner(item, Rect(x, y, block.width, block.height))
        self.placed.append(Placed(item, rect))
        if block.power:
            top = y + block.height + block.foot - TYPE.power
            self.write(rect.x + rect.width, top, (block.power,), TYPE.power, "power", "right")
        return y + block.height + block.foot

    def blocks(self, row: tuple[Item, ...], width: float) -> list[_Block]:
        """The items of a row with their sizes and words."""
        return [self.block(item, behind, row, width) for item, behind in zip_longest(row, row[1:])]

    def block(self, item: Item, behind: Item | None, row: tuple[Item, ...], width: float) -> _Block:
        """An item's size and its words, which may reach over the sign or the gap behind it."""
        if isinstance(item, Operator):
            return _Block(item, _fixed(item), 0)
        if isinstance(item, Card):
            wide = min(SIDES.card, width)
            text = wrap(self.read(item.text), wide, TYPE.caption) if item.text else ()
            height = len(item.lines) * CARDS.line + 6
            return _Block(item, wide, height, wrap(self.read(item.title), wide, TYPE.title), text)
        if isinstance(item, Panel):
            return self.panel(item, behind, width)
        if isinstance(item, Bars):
            wide, height = self.bars_width(row, width), BARS.high
        else:
            wide = _curves_width(row, width)
            height = CURVES.high + CURVES.line * len(item.lines)
        return self.worded(_Block(item, wide, height), item, wide)

    def panel(self, panel: Panel, behind: Item | None, width: float) -> _Block:
        """A panel's size and words."""
        side = min(_natural(panel) * self.scale, width)
        cell = cell_size(panel, side - (SIDES.ticks if panel.large else 0.0))
        reach = 0.0
        if isinstance(behind, Operator):
            reach = REACH.sign if behind.sign else REACH.gap
        power = cell_texts(panel.values).power if number_size(panel, cell) else 0
        block = _Block(panel, side, panel.size[0] * cell, power=power_text(power) if power else "")
        return self.worded(block, panel, side + reach)

    def worded(self, block: _Block, item: Panel | Bars | Curves, room: float) -> _Block:
        """A block with the words of its item in lines that have this room."""
        title = wrap(self.read(item.title), room, TYPE.title) if self.titles else ()
        caption = wrap(self.read(item.caption), room, TYPE.caption)
        return replace(block, title=title, caption=caption)

    def bars_width(self, row: tuple[Item, ...], width: float) -> float:
        """Bars take what the rest of their row leaves, or a row of their own."""
        panels = sum(_natural(item) for item in row if isinstance(item, Panel))
        left = width - panels * self.scale - sum(_fixed(item) for item in row)
        return left if left > BARS.least else width


def _curves_width(row: tuple[Item, ...], width: float) -> float:
    """Curves share their row, or have one each."""
    beside = sum(isinstance(item, Curves) for item in row)
    wide = (width - SIDES.gap * (beside - 1)) / beside
    return wide if wide >= CURVES.least else width


def _inner(item: Panel | Bars | Curves | Card, rect: Rect) -> Rect:
    """The rectangle of a panel's cells, which are square; row numbers stand to its left."""
    if isinstance(item, Bars):
        slots = bar_slots(item)
        wide = min(BARS.most, (rect.width - BARS.axis) / slots)
        return Rect(rect.x + BARS.axis, rect.y, slots * wide, rect.height)
    if isinstance(item, Curves):
        wide = rect.width - CURVES.axis - CURVES.end
        return Rect(rect.x + CURVES.axis, rect.y, wide, CURVES.high)
    if isinstance(item, Card):
        return rect
    left = SIDES.ticks if item.large else 0.0
    cell = cell_size(item, rect.width - left)
    rows, columns = item.size
    return Rect(rect.x + left, rect.y, columns * cell, rows * cell)


def bar_slots(bars: Bars) -> int:
    """How many places bars have: one for each, and an empty one before the totals."""
    return len(bars.labels) + 1 + len(bars.total_labels)


def _has_ticks(item: Item) -> bool:
    return isinstance(item, Bars | Curves) or (isinstance(item, Panel) and item.large)


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
    room for two small panels and the sign between them. A panel alone has it all."""
    fits = [
        (width - sum(_fixed(item) for item in row)) / panels
        for band, width in zip(scene.bands, widths, strict=True)
        for section in band
        for row in section.rows
        if (panels := sum(_natural(item) for item in row if isinstance(item, Panel)))
    ]
    if is_alone(scene):
        return min(fits, default=1.0)
    least = min(fits, default=SCALES.most)
    if least < SCALES.least:
        least = max(SCALES.least, (min(widths) - SIDES.sign) / (2 * SIDES.small))
    return min(least, SCALES.most)


def _natural(panel: Panel) -> float:
    if panel.wide:
        return SIDES.wide
    return SIDES.large if panel.large else SIDES.small


def _fixed(item: Item) -> float:
    """The width of an item that is not scaled; bars take what is left."""
    if isinstance(item, Operator):
        return SIDES.sign if item.sign else SIDES.gap
    return SIDES.card if isinstance(item, Card) else 0.0
