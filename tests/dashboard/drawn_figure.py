"""What a figure says, and where, read from its traces, axes and annotations as the probe said_where
reads a page."""

import math
import re

import numpy as np

from conv.scenes.curves import Curves
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card, Operator

AXIS = {Bars: 44, Curves: 42}  # pixels left of them
MARGIN = 4
CARD = 262


def plain(text):
    return re.sub(r"</?b>", "", text.replace("<br>", " "))


class DrawnFigure:
    """A drawing of a scene. Each of its texts is taken once, by what it belongs to."""

    def __init__(self, drawing, scene):
        self.layout, self.scene = drawing["layout"], scene
        self.traces = {}
        for trace in drawing["data"]:
            self.traces.setdefault(trace["name"], []).append(trace)
        wide, high = self.layout["width"], self.layout["height"]
        self.left = [
            {**one, "x": one["x"] * wide - MARGIN, "y": (1 - one["y"]) * high}
            for one in self.layout["annotations"]
        ]

    def take(self, last=False, **wanted):
        """The first text, or the last, for which all of these hold; None where there is none."""
        found = [
            one
            for one in self.left
            if all(
                holds(one[key]) if callable(holds) else one[key] == holds
                for key, holds in wanted.items()
            )
        ]
        if not found:
            return None
        one = sorted(found, key=lambda one: (one["y"], one["x"]))[-1 if last else 0]
        self.left.remove(one)
        return one

    def said(self, **wanted):
        return said(self.take(**wanted))

    def axes(self, item):
        trace = self.trace(item)
        return [
            self.layout[f"{axis[0]}axis{axis[1:]}"] for axis in (trace["xaxis"], trace["yaxis"])
        ]

    def trace(self, item):
        first = f"{item.name} {item.lines[0]}" if isinstance(item, Curves) else item.name
        return self.traces[first][0]

    def box(self, item):
        (x0, x1), (y0, y1) = (axis["domain"] for axis in self.axes(item))
        wide, high = self.layout["width"], self.layout["height"]
        return x0 * wide - MARGIN, (1 - y1) * high, (x1 - x0) * wide, (y1 - y0) * high

    def left_of(self, item):
        ticks = 16 if isinstance(item, Panel) and item.large else 0
        return self.box(item)[0] - AXIS.get(type(item), ticks)

    def read(self):
        """The parts that the probe has, by the same names."""
        # The texts of panels first: what stands above a card could be another one's.
        items = [item for item in self.scene.items() if not isinstance(item, Operator)]
        drawn = {item.name: self.block(item) for item in items if not isinstance(item, Card)}
        head = [self.said(name="scene"), self.said(name="muted")]
        legend = self.legend()
        drawn |= {item.name: self.card() for item in items if isinstance(item, Card)}
        signs = [self.sign(drawn) for one in self.scene.items() if is_sign(one)]
        total = self.said(name="mono", last=True)
        headings = []
        while one := self.take(name=lambda name: name in {"heading", "muted"}):
            headings.append([*said(one), one["x"]])
        assert self.left == []
        parts = {"head": head, "headings": headings, "signs": signs, "legend": legend}
        return {**parts, "blocks": {item.name: drawn[item.name] for item in items}, "sum": total}

    def block(self, item):
        x, y, wide, high = self.box(item)
        left = self.left_of(item)
        above = {"x": near(left), "y": lambda at: at < y, "last": True}
        caption = self.said(name="muted", **above)
        found = {"title": self.said(name="title", **above), "caption": caption}
        below = {"x": near(x + wide), "y": lambda at: 0 < at - y - high < 30}
        kind = {Panel: "panel", Bars: "bars", Curves: "curves"}[type(item)]
        across, down = self.axes(item)
        return {
            **found,
            "left": left,
            "box": [x, y, wide, high],
            "power": self.said(name="power", xanchor="right", **below),
            "letters": self.texts(item, "letters"),
            "numbers": self.texts(item, "numbers"),
            "across": [[at, text, size(across)] for at, text in self.ticks(item, across, 0)],
            "down": [[at, text, size(down)] for at, text in self.ticks(item, down, 1)],
            "names": [self.curve(x, x + wide) for _ in getattr(item, "lines", ())],
            "kind": kind,
        }

    def texts(self, item, what):
        (trace,) = self.traces.get(f"{item.name} {what}", [{"x": [], "y": [], "text": []}])
        places = zip(trace["x"], trace["y"], trace["text"], strict=True)
        return [[math.floor(x + 0.5), math.floor(y + 0.5), text] for x, y, text in places if text]

    def ticks(self, item, axis, direction):
        """Places and texts: in cells across, downward in shares of the height."""
        low, high = axis["range"]
        if isinstance(item, Panel):
            shown = range(0, item.size[1 - direction], axis["dtick"])
            found = [(k, str(k)) for k in shown if axis["showticklabels"]]
            share = (low - high) if direction else 1
            first = min(low, high)
            return [[(k - first) / share, text] for k, text in found]
        if "dtick" in axis:
            return [[k - low, str(k)] for k in range(0, high + 1, axis["dtick"])]
        found = zip(axis["tickvals"], map(plain, axis["ticktext"]), strict=True)
        if direction:
            written = np.log10 if axis.get("type") == "log" else float
            return [[(high - written(value)) / (high - low), text.strip()] for value, text in found]
        return [[value - low, text.strip()] for value, text in found]

    def curve(self, left, right):
        label = self.take(name="curve", xanchor="left", x=lambda at: left < at < right)
        value = self.take(name="curve", xanchor="right", x=near(right), y=near(label["y"]))
        return [said(label), said(value)]

    def legend(self):
        panels = {
            trace["xaxis"] for [trace, *_] in self.traces.values() if trace["type"] != "scatter"
        }
        found = []
        for kind, traces in self.traces.items():
            for trace in traces:
                if trace.get("fill") and trace["xaxis"] not in panels:
                    axis = self.layout[f"xaxis{trace['xaxis'][1:]}"]
                    across = (max(trace["x"][:4]) - axis["range"][0]) / np.ptp(axis["range"])
                    start, end = (edge * self.layout["width"] - MARGIN for edge in axis["domain"])
                    right = start + across * (end - start)
                    found.append([kind, self.take(name="muted", x=near(right + 6.5), last=True)])
        found.sort(key=lambda one: (round(one[1]["y"]), one[1]["x"]))
        return [[kind, *said(one)] for kind, one in found]

    def card(self):
        title = self.take(name="title")
        x, y = title["x"], title["y"]
        found = {"title": said(title), "caption": None, "left": x, "lines": []}
        while True:
            label = self.take(name="muted", x=near(x), y=behind(y))
            if label is None:
                break
            row = {"y": near(label["y"]), "x": lambda at: x < at <= x + CARD + 1}
            value = self.take(name="mono", xanchor="right", **row)
            if value is None and found["lines"]:
                self.left.append(label)
                break
            if value is None:
                found["caption"] = said(label)
            else:
                found["lines"].append([said(label), said(value)])
            y = label["y"] + 15 * label["text"].count("<br>")
        return {**found, "box": [x, title["y"], CARD, y + 21 - title["y"]]}

    def sign(self, blocks):
        mark = self.take(name="sign")
        middle, level = mark["x"], mark["y"] + 16
        under = self.take(name="muted", xanchor="center", x=near(middle), y=near(level + 16))
        level_with = [
            (one["box"][0], name)
            for name, one in blocks.items()
            if one["box"][1] < level < one["box"][1] + one["box"][3]
        ]
        before = max((one for one in level_with if one[0] < middle), default=(0, None))[1]
        after = min((one for one in level_with if one[0] > middle), default=(0, None))[1]
        return {
            "mark": said(mark),
            "under": said(under),
            "middle": middle,
            "beside": [before, after],
        }


def is_sign(item):
    return isinstance(item, Operator) and item.sign


def near(place):
    return lambda at: abs(at - place) < 1


def behind(place):
    return lambda at: 0 < at - place < 60


def size(axis):
    return axis["tickfont"]["size"]


def said(annotation):
    if annotation is None or not annotation["text"]:
        return None
    return [plain(annotation["text"]), annotation["font"]["size"]]
