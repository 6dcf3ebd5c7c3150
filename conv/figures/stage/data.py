"""What the browser is sent: a scene with the numbers of every step, as JSON.

Numbers travel as float32 in base64; those that a text gives to more than three digits, as float64;
which of a few texts a place has, as whole numbers. All words are the catalogue's, with names in
braces where the step's own numbers go.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from conv.figures.bars import bar_scale
from conv.figures.curves import curve_outline
from conv.figures.palette import HALO, ROLES, THEMES, Outline, Scale, Theme, color_at, readable_on
from conv.figures.panel import color_range
from conv.ops.textbook import Array
from conv.scenes.curves import Curves
from conv.scenes.marks import Box, Link
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card, Clock, Item, Listing, Operator, Scene, Section
from conv.scenes.strips import Strip
from conv.scenes.tables import Filling, Gap, Table
from conv.scenes.texts import Along, CellNumber, Largest, Letter, Live, Message, Number, OneOf
from conv.spot import Space
from conv.state.rooms import SCENES
from conv.state.view import PICKS, View, fields_of_places
from conv.words import Words, texts, words

SHADES = 256
WHOLE_UP_TO = 64  # cells of an input's side; a longer one is shown in part
Json = dict[str, Any]


@dataclass
class _Tables:
    """The tables of a scene, each once."""

    found: dict[tuple[Any, ...], int] = field(default_factory=dict)
    entries: list[Json] = field(default_factory=list)

    def add(self, table: Table, dtype: str = "<f4") -> int:
        """The number of the table in `entries`."""
        with np.errstate(over="ignore"):
            values = np.ascontiguousarray(table.values, dtype)
        key = (table.space, values.shape, dtype, values.tobytes())
        if key not in self.found:
            self.found[key] = len(self.entries)
            self.entries.append(
                {
                    "space": table.space,
                    "cells": int(np.prod(values.shape[2:] if table.space else values.shape)),
                    "columns": values.shape[1] if table.space else 0,
                    "type": dtype[1:],
                    "data": _base64(values),
                }
            )
        return self.found[key]


@dataclass(frozen=True)
class _Writer:
    """Turns the parts of a scene into JSON, in one language."""

    say: Words
    tables: _Tables
    spaces: frozenset[Space]

    def text(self, text: Message | OneOf[Message]) -> Json:
        """A text with its live values left open."""
        if isinstance(text, OneOf):
            return self.value(OneOf(tuple(self.say(one.key) for one in text.choices), text.table))
        fixed, live = {}, {}
        for name, value in text.values.items():
            if isinstance(value, str | int):
                fixed[name] = value
            else:
                fixed[name] = f"{{{name}}}"
                live[name] = self.live(value)
        return {"text": self.say(text.key, **fixed), **({"live": live} if live else {})}

    def value(self, value: str | Live) -> Json:
        """A value as a text of its own."""
        if isinstance(value, str):
            return {"text": value}
        return {"text": "{value}", "live": {"value": self.live(value)}}

    def live(self, value: Live) -> Json:
        """A value of a text: where the browser looks it up."""
        if isinstance(value, Along):
            return {"along": list(value.numbers), "space": value.space, "axis": value.axis}
        if isinstance(value, Number | CellNumber):
            # From a thousand on, more than three digits stand before the point.
            exact = value.digits > 3 or bool((np.abs(value.table.values) >= 1000).any())
            index = self.tables.add(value.table, "<f8" if exact else "<f4")
            row = {"row": value.table.size[1]} if isinstance(value, CellNumber) else {}
            return {"number": index, "digits": value.digits, **row}
        if isinstance(value, OneOf):
            dtype = np.min_scalar_type(len(value.choices) - 1)
            return {"choices": value.choices, "chosen": self.tables.add(value.table, dtype.str)}
        if isinstance(value, Letter):
            return {"letters": value.letters}
        if isinstance(value, Largest):
            return {"largest": self.numbers(value.gap)}
        return {"products": [self.tables.add(value.a), self.tables.add(value.b)]}

    def numbers(self, table: Table | Filling | Gap) -> Json:
        """Where a panel's numbers come from."""
        if isinstance(table, Table):
            return {"table": self.tables.add(table)}
        if isinstance(table, Filling):
            start = table.start
            return {
                # The difference of two sums is to be that of the numbers that the methods gave.
                "table": self.tables.add(Table(table.values, table.space), "<f8"),
                "rows": table.rows,
                "columns": table.columns,
                "size": table.size,
                "transposed": table.transposed,
                "start": None if start is None else self.tables.add(Table(start), "<f8"),
            }
        return {
            "first": self.numbers(table.first),
            "second": self.numbers(table.second),
            "origin": table.origin,
        }

    def clock(self, clock: Clock) -> Json:
        """A method's steps."""
        name = self.text(clock.name)["text"]
        return {"space": clock.space, "name": name, **self.text(clock.text)}

    def section(self, section: Section) -> Json:
        """A section with its rows of items."""
        clock = section.clock
        return {
            "clock": clock and self.clock(clock),
            "heading": section.heading and self.text(section.heading)["text"],
            "note": section.note and self.text(section.note)["text"],
            "rows": [[self.item(item) for item in row] for row in section.rows],
        }

    def item(self, item: Item) -> Json:
        """A panel, bars, curves, a sign or a card."""
        if isinstance(item, Panel):
            return self.panel(item)
        if isinstance(item, Bars):
            return self.bars(item)
        if isinstance(item, Curves):
            return self.curves(item)
        if isinstance(item, Operator):
            caption = item.caption and self.text(item.caption)["text"]
            return {"kind": "sign", "sign": item.sign, "caption": caption}
        assert isinstance(item, Card)  # noqa: S101
        return {
            "kind": "card",
            "name": item.name,
            "space": item.space,
            "title": self.text(item.title_text),
            "text": item.text and self.text(item.text),
            "lines": [[self.text(label), self.value(value)] for label, value in item.line_texts],
        }

    def listing(self, listing: Listing) -> Json:
        """The code beside the panels."""
        return {
            "title": self.text(listing.title)["text"],
            "text": self.text(listing.text)["text"],
            "remarks": [self.text(remark)["text"] for remark in listing.remarks],
            "lines": [
                {"code": line.code, "panels": line.panels, "printed": line.printed}
                for line in listing.lines
            ],
        }

    def panel(self, panel: Panel) -> Json:
        """A heatmap: its table, its outlines and its words."""
        (rows, columns), (low, high) = panel.size, color_range(panel)
        unmarked = panel.text_unmarked
        return {
            "kind": "panel",
            "name": panel.name,
            "title": self.text(panel.title)["text"],
            "caption": self.text(panel.text),
            "unmarked": unmarked and self.text(unmarked),
            "rows": rows,
            "columns": columns,
            "numbers": self.numbers(panel.table),
            "range": [low, high],
            "signed": panel.signed,
            "large": panel.large,
            "wide": panel.wide,
            "cells": {
                "space": panel.cells.space,
                "rows": panel.cells.rows,
                "columns": panel.cells.columns,
                "transposed": panel.cells.transposed,
            },
            "home": panel.home,
            "links": {
                space: [_link(one) for one in linked]
                for space, linked in panel.links.items()
                if space in self.spaces
            },
            "hatches": [[hatch.kind, _box(hatch.box)] for hatch in panel.hatches],
            "letters": [letter for row in panel.letters for letter in row],
        }

    def bars(self, bars: Bars) -> Json:
        """Bars: their tables and labels."""
        values = np.concatenate([bars.table.values, bars.totals_table.values], axis=-1)
        scale = bar_scale(bars)
        totals = [self.text(label)["text"] for label in bars.total_labels]
        return {
            "kind": "bars",
            "name": bars.name,
            "title": self.text(bars.title)["text"],
            "caption": self.text(bars.text),
            "labels": [*bars.labels, *totals],
            "totals": len(totals),
            "table": self.tables.add(Table(values, bars.table.space)),
            "range": [scale.low, scale.high],
            "ticks": scale.ticks,
            "chosen": bars.chosen,
            "field": bars.field,
            "thumbnails": [
                {
                    "title": self.text(row.title)["text"],
                    **_thumbnails(row.values, signed=row.signed),
                }
                for row in bars.thumbnails
            ],
        }

    def curves(self, curves: Curves) -> Json:
        """Curves: their table, with an axis for each place of it, and what each line is."""
        return {
            "kind": "curves",
            "name": curves.name,
            "title": self.text(curves.title)["text"],
            "caption": self.text(curves.text),
            "lines": [
                {
                    "name": name,
                    "label": self.text(label)["text"],
                    **_outline(curve_outline(curves, k)),
                }
                for k, (name, label) in enumerate(zip(curves.lines, curves.labels, strict=True))
            ],
            "chosen": curves.chosen,
            "space": curves.space,
            "points": curves.points,
            "steps": curves.table.values.shape[-1] - 1,
            "table": self.tables.add(curves.table, "<f8"),
            "scales": [
                {"log": scale.log, "range": [scale.low, scale.high], "ticks": scale.ticks}
                for scale in curves.scales
            ],
        }


def stage_data(view: View, scene: Scene, strips: Sequence[Strip] = ()) -> Json:
    """The scene of a view as the stage's script reads it, to be written as JSON, in the view's
    language. The numbers are the scene's, rounded to float32."""
    say = words(view.lang)
    panels = [item for item in scene.items() if isinstance(item, Panel)]
    # The spaces in which a place can be pointed at, stepped to or rested at.
    pointed = {panel.cells.space for panel in panels}
    rested = {panel.home for panel in panels if panel.home}
    writer = _Writer(say, _Tables(), frozenset({*pointed, *rested, *scene.clocks}))
    bands = [[writer.section(section) for section in band] for band in scene.bands]
    parts = scene.parts
    total, label = writer.text(scene.total_text), writer.text(scene.alt_text)
    return {
        "scene": scene.name,
        "scenes": list(SCENES),
        "picked": {name: getattr(view, name) for name in PICKS},
        "lang": view.lang,
        "label": label,
        "bands": bands,
        "total": total,
        "sizes": {space: list(size) for space, size in scene.sizes.items()},
        "places": {space: list(place) for space, place in scene.places.items()},
        "fields": fields_of_places(),
        "clocks": scene.clocks,
        "pins": scene.pins,
        "parts": parts and {"field": parts.field, "choices": parts.choices, "at": parts.at},
        "switch": scene.switch and writer.text(scene.switch)["text"],
        "legend": [[kind, writer.text(text)["text"]] for kind, text in scene.legend],
        "tables": writer.tables.entries,
        "most": WHOLE_UP_TO if max(scene.sizes["input"]) > WHOLE_UP_TO else None,
        "strips": [_strip(strip, say) for strip in strips],
        "listing": scene.listing and writer.listing(scene.listing),
        "words": _words(view.lang),
        "roles": {role: _outline(outline) for role, outline in ROLES.items()},
        "halo": HALO,
        "themes": _themes(),
    }


def _outline(outline: Outline) -> Json:
    return {"color": outline.color, "dash": outline.dash, "width": outline.width}


def _link(one: Link) -> list[Any]:
    rows, columns = ([list(span) for span in spans] for spans in (one.rows, one.columns))
    return [one.role, rows, columns, *([True] if one.transposed else [])]


def _box(box: Box) -> list[int]:
    return [box.top, box.bottom, box.left, box.right]


@cache
def _themes() -> Json:
    """Both looks by name."""
    return {name: _theme(theme) for name, theme in THEMES.items()}


def _theme(theme: Theme) -> Json:
    """A look's colours."""
    return {
        "ground": theme.ground,
        "ink": theme.ink,
        "muted": theme.muted,
        "rule": theme.rule,
        "box": theme.box,
        "neutral": theme.neutral_bar,
        "bars": theme.bars,
        "signed": _scale(theme.signed),
        "unsigned": _scale(theme.unsigned),
    }


def _scale(scale: Scale) -> Json:
    """A scale for Plotly, its shades from the lower end to the upper as bytes, and for each b
    where black is read on it and w where white is."""
    shades = [color_at(scale, k / (SHADES - 1)) for k in range(SHADES)]
    return {
        "scale": scale,
        "shades": _base64(np.round(shades).astype(np.uint8)),
        "ink": "".join("b" if readable_on(shade) == "#000000" else "w" for shade in shades),
    }


def _strip(strip: Strip, say: Words) -> Json:
    """A strip with its thumbnails: pictures where it has them, or else its numbers."""
    names = [say(name.key, **name.values) for name in strip.names]
    if strip.pictures is None:
        thumbnails = _thumbnails(strip.values, signed=strip.signed)
    else:
        size = strip.pictures.shape[1:3]
        thumbnails = {"pictures": [_picture(one.tobytes(), size) for one in strip.pictures]}
    return {
        "field": strip.field,
        "title": say(strip.title.key, **strip.title.values),
        "choices": strip.choices,
        "chosen": strip.chosen,
        "names": names,
        **thumbnails,
    }


@cache
def _picture(rgb: bytes, size: tuple[int, int]) -> str:
    """The address that holds a picture of (rows, columns) itself, in half of the bytes."""
    file = BytesIO()
    Image.frombytes("RGB", size[::-1], rgb).save(file, "WEBP", lossless=True)
    return "data:image/webp;base64," + b64encode(file.getvalue()).decode("ascii")


def _thumbnails(values: Array, *, signed: bool) -> Json:
    """Thumbnails (count, rows, columns) as bytes: shades 0..255, each of its own range. Of a large
    input they have some cells alone: in twenty pixels no more would be seen."""
    every = -(-max(values.shape[1:]) // WHOLE_UP_TO)
    values = values[:, ::every, ::every]
    tops = np.abs(values).max(axis=(1, 2), keepdims=True)
    share = values / np.where(tops > 0, tops, 1)
    share = (share + 1) / 2 if signed else np.clip(share, 0, 1)
    return {
        "rows": values.shape[1],
        "columns": values.shape[2],
        "scale": "signed" if signed else "unsigned",
        "data": _base64(np.round(share * (SHADES - 1)).astype(np.uint8)),
    }


def _words(lang: str) -> dict[str, str]:
    """The words of the stage itself."""
    section = "stage."
    return {
        key.removeprefix(section): text
        for key, text in texts(lang).items()
        if key.startswith(section)
    }


def _base64(values: NDArray[Any]) -> str:
    return b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
