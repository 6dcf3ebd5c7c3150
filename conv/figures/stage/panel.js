// @ts-check
// One panel: a Plotly figure without axes, and over it a drawing of its numbers, letters, hatches
// and outlines, which is quicker to change than the figure's own.

import arrangement from "../arrangement.json" with { type: "json" };
import { bytesOf } from "./bytes.js";
import { drawPaths, drawing, element, listed, outline, setAttributes, setText } from "./dom.js";
import { drawAgain, newHeatmap } from "./heatmaps.js";
import { shownSize } from "./layout.js";
import { clipped, marksAt, originFor } from "./links.js";
import { numberSize, ticksApart } from "./measures.js";
import { cellTexts, number, powerText } from "./numbers.js";
import { pictureUrl } from "./pictures.js";
import { sourceOf } from "./sources.js";
import { textAt, worded } from "./texts.js";

/** @import { Size, Source, Values } from "./data.d.ts" */

const CELLS = arrangement.cells;
const OUTLINES = arrangement.outlines;

export class Panel {
    /** @type {Size} */
    size;
    /** @type {Source} */
    source;
    /** @type {Values} */
    values;
    /** @type {Uint8Array | null} */
    waiting;
    /** @type {SVGElement[]} */
    numbers;
    /** @type {SVGElement[]} */
    letters;
    /** @type {Uint8Array} */
    shades;
    /** @type {number[]} */
    ground;

    constructor(item, tables) {
        this.title = element("div", { class: "title" });
        this.caption = element("div", { class: "caption" });
        this.plot = element("div", { class: "plot" });
        this.svg = drawing("svg", { class: "overlay", "aria-hidden": "true" });
        this.layers = Object.fromEntries(
            ["gaps", "hatches", "waiting", "letters", "numbers", "ticks", "marks"].map((name) => {
                const layer = drawing("g", { class: name });
                this.svg.append(layer);
                return [name, layer];
            }),
        );
        this.power = element("div", { class: "power" });
        this.cells = element("div", { class: "cells", "data-cells": "" }, this.plot, this.svg);
        this.node = element(
            "div",
            { class: "item panel", "data-panel": item.name, role: "img" },
            element("div", { class: "head" }, this.title, this.caption),
            this.cells,
            this.power,
        );
        this.node.classList.toggle("large", Boolean(item.large));
        this.origin = [0, 0];
        this.most = Infinity; // rows or columns that are shown
        this.take(item, tables);
    }

    // Takes the item of another scene of the same make, to be drawn by the next `show`.
    take(item, tables) {
        this.item = item;
        this.source = sourceOf(item.numbers, tables);
        this.shown = null;
        this.marked = null;
        this.title.textContent = item.title;
    }

    get drawn() {
        return shownSize(this.item, this.most);
    }

    // Takes the room of cells of so many pixels.
    measure(cell) {
        const [rows, columns] = this.drawn;
        this.size = { width: columns * cell, height: rows * cell };
        this.cells.style.width = `${this.size.width}px`;
        this.cells.style.height = `${this.size.height}px`;
        this.power.style.width = `${this.size.width}px`; // words above may be wider
    }

    // Sets how many pixels a cell has and which look is drawn, for the next `show`.
    fit(cell, look, stage) {
        this.measure(cell);
        const [rows, columns] = this.drawn;
        const resized = cell !== this.cell;
        this.cell = cell;
        this.zoom = stage.zoom;
        this.look = look;
        this.scale = look[this.item.signed ? "signed" : "unsigned"];
        this.ground = [1, 3, 5].map((from) => parseInt(look.ground.slice(from, from + 2), 16));
        this.shades = bytesOf(this.scale.shades);
        setAttributes(this.cells, { "data-rows": rows, "data-columns": columns });
        setAttributes(this.svg, this.size);
        if (this.figure && resized) stage.Plotly.relayout(this.figure, this.size);
        this.drawStill();
        this.shown = null;
        this.marked = null;
    }

    // What is the same at every place: the hatches, the letters' and numbers' text elements.
    drawStill() {
        const { rows, columns, letters } = this.item;
        const count = this.drawn[0] * this.drawn[1];
        const whole = this.drawn[0] === rows && this.drawn[1] === columns;
        const seen = this.cell * this.zoom;
        const numbered = whole && seen >= (letters.length ? CELLS.both : CELLS.numbers);
        // Below the middle where a letter stands above.
        const middle = [0.5, 0.5 + (letters.length ? arrangement.numbers.below : 0)];
        this.numbers = this.texts("numbers", numbered ? count : 0, middle);
        const lettered = letters.length && this.cell >= CELLS.letters;
        const small = Math.min(1, this.cell / CELLS.both);
        const { across, down, most, share } = arrangement.letters;
        const corner = numbered ? [across, down].map((at) => (at * small) / this.cell) : [0.5, 0.5];
        this.letters = this.texts("letters", lettered ? count : 0, corner);
        this.letters.forEach((text, k) => (text.textContent = letters[k]));
        const type = Math.min(most * (numbered ? small : 1), share * this.cell);
        setAttributes(this.layers.letters, { "font-size": type });
        this.drawGaps();
        this.drawHatches();
        this.drawTicks();
    }

    // Lines between the cells.
    drawGaps() {
        const { width, height } = this.size;
        const lines = (count, line) => Array.from({ length: count - 1 }, (_, k) => line((k + 1) * this.cell));
        const [rows, columns] = this.drawn;
        const d = [...lines(rows, (y) => `M0,${y}H${width}`), ...lines(columns, (x) => `M${x},0V${height}`)];
        const drawn = this.cell >= CELLS.gaps && d.length;
        drawPaths(this.layers.gaps, drawn ? [{ d: d.join("") }] : []);
    }

    /** @type {(layer: string, count: number, at: number[]) => SVGElement[]} */
    texts(layer, count, [x, y]) {
        const columns = this.drawn[1];
        const texts = Array.from({ length: count }, (_, k) =>
            drawing("text", {
                x: ((k % columns) + x) * this.cell,
                y: (Math.floor(k / columns) + y) * this.cell,
            }),
        );
        this.layers[layer].replaceChildren(...texts);
        return texts;
    }

    drawHatches() {
        const [top, left] = this.origin;
        const [rows, columns] = this.drawn;
        const parts = [];
        for (const [kind, box] of this.item.hatches) {
            const [r0, r1, c0, c1] = [
                Math.max(box[0] - top, 0),
                Math.min(box[1] - top, rows),
                Math.max(box[2] - left, 0),
                Math.min(box[3] - left, columns),
            ];
            if (r0 >= r1 || c0 >= c1) continue;
            const area = drawing("rect", {
                x: c0 * this.cell,
                y: r0 * this.cell,
                width: (c1 - c0) * this.cell,
                height: (r1 - r0) * this.cell,
                fill: `url(#stage-hatch-${kind})`,
            });
            parts.push(area);
        }
        this.layers.hatches.replaceChildren(...parts);
    }

    drawTicks() {
        const [rows, columns] = this.drawn;
        const most = Math.max(rows, columns);
        if (!this.item.large) return;
        const every = ticksApart(most);
        const [top, left] = this.origin;
        const tick = (place, at) => {
            const text = drawing("text", place);
            setText(text, String(at));
            return text;
        };
        const ticks = [];
        for (let k = 0; k < most; k += 1) {
            const middle = (k + 0.5) * this.cell;
            if (k < rows && (k + top) % every === 0) {
                ticks.push(tick({ x: -3, y: middle, class: "side" }, k + top));
            }
            if (k < columns && (k + left) % every === 0) {
                ticks.push(tick({ x: middle, y: rows * this.cell + 8 }, k + left));
            }
        }
        this.layers.ticks.replaceChildren(...ticks);
        this.layers.ticks.setAttribute("fill", this.look.muted);
    }

    // Shows what belongs to `places`, with the outlines of the space that is `pointed` at.
    show(stage, places, pointed) {
        const marks = marksAt(this.item, pointed, places);
        const moved = this.follow(marks);
        const key = this.source.keyAt(places);
        if (moved || key !== this.shown) {
            ({ values: this.values, waiting: this.waiting } = this.source.at(places));
            this.draw(stage.Plotly);
            this.shown = key;
        }
        this.drawMarks(marks, stage);
        this.say(stage, places, marks);
    }

    // Moves the part that is shown to where the outlines are; true where it had to.
    follow(marks) {
        const [mark] = marks;
        if (!mark) return false;
        const { rows, columns } = this.item;
        const origin = originFor(mark, this.origin, this.drawn, [rows, columns]);
        if (origin[0] === this.origin[0] && origin[1] === this.origin[1]) return false;
        this.origin = origin;
        this.drawHatches();
        this.drawTicks();
        return true;
    }

    draw(Plotly) {
        const { columns } = this.item;
        const [rows, room] = this.drawn;
        const [top, left] = this.origin;
        const z = Array.from({ length: rows }, (_, row) => {
            const start = (top + row) * columns + left;
            const line = Array.from(this.values.subarray(start, start + room));
            return line.map((value, k) => (this.waiting?.[start + k] ? undefined : value));
        });
        const [zmin, zmax] = this.item.range;
        const numbers = { z, zmin, zmax };
        const colored = { ...numbers, colorscale: this.scale.scale };
        if (!this.figure) {
            this.figure = this.plot;
            newHeatmap(this.figure, colored, this.size, this.drawn, Plotly);
        } else if (this.scale !== this.colored || !drawAgain(this.figure, numbers, this.picture(z))) {
            Plotly.restyle(this.figure, listed(colored), [0]);
        }
        this.colored = this.scale;
        this.drawNumbers();
        this.drawWaiting();
    }

    // The cells that are not computed yet, hatched.
    drawWaiting() {
        const [rows, room] = this.drawn;
        const [top, left] = this.origin;
        const boxes = [];
        for (let row = 0; this.waiting && row < rows; row += 1) {
            const start = (top + row) * this.item.columns + left;
            let from = 0;
            for (let column = 0; column <= room; column += 1) {
                if (column < room && this.waiting[start + column]) continue;
                if (column > from) boxes.push(this.box(top + row, top + row + 1, left + from, left + column, 0));
                from = column + 1;
            }
        }
        const style = "fill: url(#stage-hatch-waiting)";
        drawPaths(this.layers.waiting, boxes.length ? [{ d: boxes.join(""), style }] : []);
    }

    drawNumbers() {
        const inks = this.letters.length || this.numbers.length ? this.inks() : [];
        this.letters.forEach((text, k) => setAttributes(text, { fill: inks[k] }));
        if (!this.numbers.length) {
            setText(this.power, "");
            return;
        }
        const { texts, power } = cellTexts(this.values);
        const size = numberSize(texts, this.cell);
        const shown = size * this.zoom >= arrangement.numbers.least;
        setAttributes(this.layers.numbers, { "font-size": size });
        this.numbers.forEach((text, k) => {
            setText(text, shown && !this.waiting?.[k] ? texts[k] : "");
            setAttributes(text, { fill: inks[k] });
        });
        setText(this.power, shown && power ? powerText(power) : "");
    }

    // Black or white for every cell, by its shade; without a number, as on the page's ground.
    inks() {
        const { ink } = this.scale;
        return Array.from(this.values, (value, k) => {
            if (this.waiting?.[k]) return this.look.muted;
            if (!Number.isFinite(value)) return this.look.ink;
            return ink[this.shadeOf(value)] === "b" ? "#000000" : "#ffffff";
        });
    }

    // The picture of the part that is shown: cells without a number have the page's ground.
    picture(z) {
        const [rows, columns] = this.drawn;
        const rgb = new Uint8Array(3 * rows * columns);
        z.flat().forEach((value, k) => {
            const from = 3 * this.shadeOf(value);
            rgb.set(Number.isFinite(value) ? this.shades.subarray(from, from + 3) : this.ground, 3 * k);
        });
        return pictureUrl(rows, columns, rgb);
    }

    shadeOf(value) {
        const [low, high] = this.item.range;
        const share = (value - low) / (high - low) || 0;
        return Math.min(Math.max(Math.round(share * 255), 0), 255);
    }

    drawMarks(marks, stage) {
        const key = JSON.stringify([marks, this.origin]);
        if (key === this.marked) return;
        this.marked = key;
        const paths = marks.map((mark) => clipped(mark, this.origin, this.drawn)).flatMap(({ role, rows, columns }) => {
            if (rows[0] >= rows[1] || columns[0] >= columns[1]) return [];
            const { color, dash, width: usual } = stage.data.roles[role];
            const width = usual * stage.thickness;
            const d = this.box(rows[0], rows[1], columns[0], columns[1], 0);
            const parts = [
                outline(d, stage.data.halo, width + OUTLINES.halo),
                outline(d, color, width, { dash: dash === "solid" ? null : dash, role }),
            ];
            if (rows[2] > 1 || columns[2] > 1) parts.push(outline(this.single(rows, columns), color, OUTLINES.single * stage.thickness));
            return parts;
        });
        drawPaths(this.layers.marks, paths);
    }

    // The cells of an outline one by one, where it leaves some out.
    single(rows, columns) {
        const boxes = [];
        for (let row = rows[0]; row < rows[1]; row += rows[2]) {
            for (let column = columns[0]; column < columns[1]; column += columns[2]) {
                boxes.push(this.box(row, row + 1, column, column + 1, OUTLINES.inset));
            }
        }
        return boxes.join("");
    }

    box(top, bottom, left, right, inset) {
        const [r, c] = this.origin;
        const [x0, x1] = [(left - c) * this.cell + inset, (right - c) * this.cell - inset];
        const [y0, y1] = [(top - r) * this.cell + inset, (bottom - r) * this.cell - inset];
        return `M${x0},${y0}H${x1}V${y1}H${x0}Z`;
    }

    say(stage, places, marks) {
        const written = !marks.length && this.item.unmarked ? this.item.unmarked : this.item.caption;
        let caption = textAt(written, places, stage.tables);
        const [rows, columns] = this.drawn;
        if (rows < this.item.rows || columns < this.item.columns) {
            const [top, left] = this.origin;
            caption = worded(stage.data.words.crop, {
                caption,
                top,
                left,
                bottom: top + rows - 1,
                right: left + columns - 1,
                rows: this.item.rows,
                columns: this.item.columns,
            });
        }
        setText(this.caption, caption);
        const label = { label: this.item.title, value: caption };
        setAttributes(this.node, { "aria-label": worded(stage.data.words.bar, label) });
    }

    // The cell at a point of the window, or null; `clamped` takes the nearest one outside.
    cellAt(x, y, clamped) {
        const frame = this.cells.getBoundingClientRect();
        const [rows, columns] = this.drawn;
        const nearest = (at, count) => Math.min(Math.max(at, 0), count - 1);
        const row = Math.floor(((y - frame.top) * rows) / frame.height);
        const column = Math.floor(((x - frame.left) * columns) / frame.width);
        const inside = row >= 0 && column >= 0 && row < rows && column < columns;
        if (!inside && !clamped) return null;
        return [nearest(row, rows) + this.origin[0], nearest(column, columns) + this.origin[1]];
    }

    // The place that a cell is, or null where it is none.
    placeOf([row, column]) {
        const { space, rows, columns, transposed } = this.item.cells;
        const place = transposed ? [rows[column], columns[row]] : [rows[row], columns[column]];
        return place[0] < 0 || place[1] < 0 ? null : { space, place };
    }

    // What a cell says of itself.
    cellText([row, column], words) {
        const at = row * this.item.columns + column;
        const value = this.waiting?.[at] ? words.waiting : number(this.values[at], 6);
        return worded(words.cell, { row, column, value });
    }
}
