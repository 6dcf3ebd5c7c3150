// @ts-check
// Bars of what each channel, item or filter adds: a Plotly figure, over it labels, lines and the chosen
// bar, below it small pictures of what meets in each.

import arrangement from "../arrangement.json" with { type: "json" };
import {
    drawPaths,
    drawing,
    element,
    giveSize,
    listed,
    outline,
    setAttributes,
    setOnAxis,
    setText,
} from "./dom.js";
import { number } from "./numbers.js";
import { thumbnailUrls } from "./pictures.js";
import { entryAt, numbersAt } from "./tables.js";
import { textAt, worded } from "./texts.js";

/** @import { Size, Values } from "./data.d.ts" */

const BAR_SIZES = arrangement.bars;
const LOW_BARS_HEIGHT = 96; // where there are pictures below, or the window is filled
const PICTURE_MOST = 34;

// Draws the bars of a figure whose heights and colours alone have changed by the step of Plotly that
// draws them, as drawAgain does for heatmaps. False where this Plotly has no such part.
/** @type {(figure: any, heights: number[], colors: string[]) => boolean} */
function drawBarsAgain(figure, heights, colors) {
    const { _fullLayout: layout, _fullData: [trace] = [], calcdata: [bars] = [] } = figure;
    const draw = layout?._basePlotModules?.[0]?.plot;
    const color = trace?._module?.style;
    if (!draw || !color || bars?.length !== heights.length || !("s1" in bars[0])) return false;
    if (!heights.every(Number.isFinite)) return false;
    for (const one of [figure.data[0], trace]) {
        one.y = heights;
        one.marker.color = colors;
    }
    bars.forEach((bar, k) => {
        Object.assign(bar, { s: heights[k], s1: heights[k], y: heights[k], mc: colors[k] });
    });
    draw(figure);
    color(figure);
    return true;
}

export class Bars {
    /** @type {Size} */
    size;
    /** @type {number} pixels of a bar's place */
    cell;
    /** @type {Values} */
    values;

    constructor(item) {
        this.title = element("div", { class: "title" });
        this.caption = element("div", { class: "caption" });
        this.plot = element("div", { class: "plot" });
        this.svg = drawing("svg", { class: "overlay", "aria-hidden": "true" });
        this.still = drawing("g", { class: "ticks" });
        this.marks = drawing("g", { class: "marks" });
        this.svg.append(this.still, this.marks);
        this.lines = drawing("svg", { class: "overlay under", "aria-hidden": "true" });
        const parts = [this.lines, this.plot, this.svg];
        this.cells = element("div", { class: "cells bars", "data-cells": "" }, ...parts);
        this.node = element(
            "div",
            { class: "item panel wide", "data-panel": item.name, role: "img" },
            element("div", { class: "head" }, this.title, this.caption),
            this.cells,
        );
        this.pictures = item.thumbnails.map(() => {
            const title = element("div", { class: "picture-title" });
            const row = element("div", { class: "pictures-row" });
            row.append(...Array.from({ length: this.countOf(item) }, () => element("img", { alt: "" })));
            this.node.append(title, row);
            return { title, row };
        });
        this.take(item);
    }

    take(item) {
        this.item = item;
        this.shown = null;
        this.title.textContent = item.title;
        this.pictures.forEach(({ title }, k) => (title.textContent = item.thumbnails[k].title));
    }

    get height() {
        return this.pictures.length || this.low ? LOW_BARS_HEIGHT : BAR_SIZES.high;
    }

    // One empty place stands between the bars and the totals.
    get slots() {
        return this.item.labels.length + 1;
    }

    // How many bars there are beside the totals.
    get count() {
        return this.countOf(this.item);
    }

    countOf({ labels, totals }) {
        return labels.length - totals;
    }

    slotOf(bar) {
        return bar < this.count ? bar : bar + 1;
    }

    measure(room, stage) {
        this.low = stage.lecture.fills;
        this.cell = Math.min(BAR_SIZES.most, Math.floor((room - BAR_SIZES.axis) / this.slots));
        giveSize(this, room, { width: this.cell * this.slots, height: this.height });
    }

    fit(room, look, stage) {
        this.measure(room, stage);
        this.look = look;
        setOnAxis(this, BAR_SIZES.axis, this.slots);
        const side = Math.min(this.cell - 4, PICTURE_MOST);
        for (const { row } of this.pictures) {
            row.style.marginLeft = `${BAR_SIZES.axis}px`;
            row.style.gridTemplateColumns = `repeat(${this.count}, ${this.cell}px)`;
            for (const picture of row.children) picture.style.width = `${side}px`;
        }
        if (this.figure) stage.Plotly.relayout(this.figure, this.size);
        this.drawStill();
        this.shown = null;
    }

    make(trace, Plotly) {
        const axis = { visible: false, fixedrange: true };
        this.figure = this.plot;
        Plotly.newPlot(
            this.figure,
            [{ type: "bar", hoverinfo: "skip", ...trace }],
            {
                ...this.size,
                margin: { l: 0, r: 0, t: 0, b: 0 },
                paper_bgcolor: "rgba(0,0,0,0)",
                plot_bgcolor: "rgba(0,0,0,0)",
                bargap: 0.25,
                xaxis: { ...axis, range: [-0.5, this.slots - 0.5] },
                yaxis: { ...axis, range: this.item.range },
                template: {},
            },
            { staticPlot: true, displayModeBar: false },
        );
    }

    // Pixels from the top where a value stands.
    heightOf(value) {
        const [low, high] = this.item.range;
        return (this.height * (high - value)) / (high - low || 1);
    }

    drawStill() {
        const every = Math.ceil(BAR_SIZES.label / this.cell);
        const { count } = this;
        const parts = this.item.labels
            .map((label, k) => ({ label, k }))
            .filter(({ k }) => k >= count || k % every === 0)
            .map(({ label, k }) => {
                const x = (this.slotOf(k) + 0.5) * this.cell;
                const total = k >= count;
                const text = drawing("text", {
                    x,
                    y: this.height + 9 + (total && (k - count) % 2 ? 11 : 0),
                    fill: this.look.muted,
                });
                text.textContent = label;
                return text;
            });
        const width = this.cell * this.slots;
        const lines = [];
        for (const [value, label] of this.item.ticks) {
            const y = this.heightOf(value);
            const stroke = value === 0 ? this.look.muted : this.look.rule;
            lines.push({ d: `M0,${y}H${width}`, stroke, "stroke-width": 1 });
            const text = drawing("text", { x: -4, y, class: "side", fill: this.look.muted });
            text.textContent = label;
            parts.push(text);
        }
        this.still.replaceChildren(...parts);
        setAttributes(this.lines, this.size);
        drawPaths(this.lines, lines);
    }

    show(stage, places, pointed) {
        const table = stage.tables[this.item.table];
        const entry = entryAt(table, places);
        if (entry !== this.shown) {
            this.values = numbersAt(table, places);
            this.draw(stage);
            this.shown = entry;
        }
        const chosen = pointed === "share" ? places.share[1] : this.item.chosen;
        const { color, width: usual } = stage.data.roles.window;
        const width = usual * stage.thickness;
        const x = this.slotOf(chosen) * this.cell;
        const frame = `M${x},0H${x + this.cell}V${this.height}H${x}Z`;
        drawPaths(this.marks, [outline(frame, color, width, { role: "window" })]);
        for (const { row } of this.pictures) {
            [...row.children].forEach((one, bar) => one.classList.toggle("chosen", bar === chosen));
        }
        const caption = textAt(this.item.caption, places, stage.tables);
        setText(this.caption, caption);
        const label = { label: this.item.title, value: caption };
        setAttributes(this.node, { "aria-label": worded(stage.data.words.bar, label) });
    }

    draw(stage) {
        const values = Array.from(this.values);
        const [below, above] = this.look.bars;
        const last = values.length - 1;
        const colors = values.map((value, k) => {
            if (k === last) return stage.data.roles.output.color;
            if (k >= this.count) return this.look.neutral;
            return value < 0 ? below : above;
        });
        const { Plotly } = stage;
        if (this.figure) {
            const changes = listed({ y: values, "marker.color": colors });
            const range = String(this.item.range);
            if (range !== this.ranged) {
                Plotly.update(this.figure, changes, { "yaxis.range": this.item.range }, [0]);
            } else if (!drawBarsAgain(this.figure, values, colors)) {
                Plotly.restyle(this.figure, changes, [0]);
            }
            this.ranged = range;
            return;
        }
        this.ranged = String(this.item.range);
        const x = this.item.labels.map((_, k) => this.slotOf(k));
        this.make({ x, y: values, marker: { color: colors } }, Plotly);
    }

    cellAt(x, y, clamped) {
        const frame = this.cells.getBoundingClientRect();
        const inside = y >= frame.top && y < frame.bottom && x >= frame.left && x < frame.right;
        if (!inside && !clamped) return null;
        const slot = Math.floor(((x - frame.left) * this.slots) / frame.width);
        return [0, Math.min(Math.max(slot, 0), this.slots - 1)];
    }

    placeOf([, slot]) {
        if (slot >= this.count) return null;
        const choice = Number(this.item.labels[slot]);
        return { space: "share", place: [0, slot], field: this.item.field, choice };
    }

    cellText([, slot], words) {
        const { count } = this;
        if (slot === count) return "";
        const bar = slot < count ? slot : slot - 1;
        return worded(words.bar, {
            label: this.item.labels[bar],
            value: number(this.values[bar], 6),
        });
    }

    drawPictures(lookName, look) {
        this.pictures.forEach((one, k) => {
            const thumbnails = this.item.thumbnails[k];
            const drawn = `${lookName} ${thumbnails.data}`;
            if (drawn === one.drawn) return;
            one.drawn = drawn;
            const urls = thumbnailUrls(thumbnails, look);
            [...one.row.children].forEach((picture, bar) => (picture.src = urls[bar]));
        });
    }
}
