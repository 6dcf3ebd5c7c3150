// @ts-check
// Curves over the steps of a training, one for each rule: a Plotly figure, over it the axes' numbers
// and the step that is marked, below it what each curve is and its number after that step.

import arrangement from "../arrangement.json" with { type: "json" };
import { drawing, element, giveSize, setAttributes, setOnAxis, setText, textElement } from "./dom.js";
import { number } from "./numbers.js";
import { entryAt, numbersAt } from "./tables.js";
import { textAt, worded } from "./texts.js";

/** @import { Size, Values } from "./data.d.ts" */

const CURVE_SIZES = arrangement.curves;
const LOW_CURVES_HEIGHT = 100; // where the window is filled
export const CURVES_NAMES = 82; // pixels below them
const DOT = 2.4; // pixels of radius

// Draws the curves of a figure of which heights and axis alone have changed by the step of Plotly that
// draws them, as drawAgain does for heatmaps. False where this Plotly has no such part.
/** @type {(figure: any, lines: (number | null)[][], range: number[]) => boolean} */
function drawCurvesAgain(figure, lines, range) {
    const { _fullLayout: layout, _fullData: traces = [], calcdata = [] } = figure;
    const draw = layout?._basePlotModules?.[0]?.plot;
    const axis = layout?.yaxis;
    const alike = calcdata.length === lines.length && lines.every((y, k) => calcdata[k].length === y.length);
    if (!draw || !axis?.setScale || !alike || !lines.flat().every(Number.isFinite)) return false;
    figure.layout.yaxis.range = [...range];
    axis.range = [...range];
    axis.setScale();
    lines.forEach((y, k) => {
        figure.data[k].y = y;
        traces[k].y = y;
        calcdata[k].forEach((point, step) => Object.assign(point, { x: step, y: y[step] }));
    });
    draw(figure);
    return true;
}

export class Curves {
    /** @type {Size} */
    size;
    /** @type {number} the table's */
    entry;
    /** @type {Values} */
    values;

    constructor(item) {
        this.title = element("div", { class: "title" });
        this.caption = element("div", { class: "caption" });
        this.plot = element("div", { class: "plot" });
        this.svg = drawing("svg", { class: "overlay", "aria-hidden": "true" });
        this.still = drawing("g", { class: "ticks" });
        this.marks = drawing("g", { class: "step-mark" });
        this.band = drawing("rect", { y: 0, class: "band-mark" });
        this.dots = item.lines.map(({ color }) => drawing("circle", { fill: color }));
        this.marks.append(this.band, ...this.dots);
        this.svg.append(this.still, this.marks);
        this.cells = element("div", { class: "cells curves", "data-cells": "" }, this.plot, this.svg);
        this.legend = element("div", { class: "curve-names" });
        this.names = item.lines.map((line) => this.name(line));
        this.node = element(
            "div",
            { class: "item panel wide", "data-panel": item.name, role: "img" },
            element("div", { class: "head" }, this.title, this.caption),
            this.cells,
            this.legend,
        );
        this.take(item);
    }

    // A row of the legend: a piece of the line, its name and its number.
    name({ color, dash, name }) {
        const swatch = drawing("svg", { width: CURVE_SIZES.swatch, height: 8, "aria-hidden": "true" });
        const line = drawing("path", { d: `M0,4H${CURVE_SIZES.swatch}`, stroke: color });
        if (dash !== "solid") line.setAttribute("stroke-dasharray", dash);
        swatch.append(line);
        const [label, value] = [textElement("span", "curve-name", ""), textElement("span", "value", "")];
        this.legend.append(element("div", { "data-line": name }, swatch, label, value));
        return { line, label, value };
    }

    take(item) {
        this.item = item;
        this.drawn = null;
        this.at = null;
        this.title.textContent = item.title;
        item.lines.forEach(({ label, width }, k) => {
            const { line, label: name } = this.names[k];
            const chosen = k === item.chosen;
            name.textContent = label;
            name.parentNode.classList.toggle("chosen", chosen);
            line.setAttribute("stroke-width", width);
        });
    }

    measure(room, stage) {
        const height = stage.lecture.fills ? LOW_CURVES_HEIGHT : CURVE_SIZES.high;
        giveSize(this, room, { width: Math.floor(room - CURVE_SIZES.axis - CURVE_SIZES.end), height });
    }

    fit(room, look, stage) {
        this.measure(room, stage);
        this.look = look;
        const { size } = this;
        setOnAxis(this, CURVE_SIZES.axis, this.item.steps);
        const [width, { height }] = [size.width / this.item.steps, size];
        setAttributes(this.band, { width, height, fill: look.muted });
        if (this.figure) stage.Plotly.relayout(this.figure, size);
        this.drawn = null;
        this.at = null;
    }

    get scale() {
        return this.item.scales[this.item.scales.length > 1 ? this.entry : 0];
    }

    // Where a value stands on the axis; null where it has no place there.
    onAxis(value) {
        const at = this.scale.log ? Math.log10(value) : value;
        return Number.isFinite(at) ? at : null;
    }

    across(step) {
        return (this.size.width * step) / this.item.steps;
    }

    // Pixels from the top where a value stands.
    heightOf(value) {
        const [low, high] = this.scale.range;
        return (this.size.height * (high - this.onAxis(value))) / (high - low);
    }

    // The numbers of one line: before the first step and after each.
    line(k) {
        const count = this.item.steps + 1;
        return this.values.subarray(k * count, (k + 1) * count);
    }

    show(stage, places) {
        const table = stage.tables[this.item.table];
        const entry = entryAt(table, places);
        const [, step] = places[this.item.space];
        if (entry !== this.drawn) {
            this.entry = entry;
            this.values = numbersAt(table, places);
            this.draw(stage.Plotly);
            this.drawStill();
            this.drawn = entry;
            this.at = null;
        }
        if (step !== this.at) {
            this.at = step;
            this.mark(step);
        }
        const caption = textAt(this.item.caption, places, stage.tables);
        setText(this.caption, caption);
        const { words } = stage.data;
        const about = worded(words.bar, { label: this.item.title, value: caption });
        const label = `${about}; ${this.told(step, words)}`;
        setAttributes(this.node, { "aria-label": label });
    }

    draw(Plotly) {
        const { lines, steps } = this.item;
        const x = Array.from({ length: steps + 1 }, (_, k) => k);
        const y = lines.map((_, k) => Array.from(this.line(k), (value) => this.onAxis(value)));
        const widths = lines.map(({ width }) => width);
        const { range } = this.scale;
        if (this.figure) {
            const styled = String(widths);
            if (styled !== this.styled || !drawCurvesAgain(this.figure, y, range)) {
                Plotly.update(this.figure, { y, "line.width": widths }, { "yaxis.range": range });
            }
            this.styled = styled;
            return;
        }
        this.styled = String(widths);
        this.figure = this.plot;
        const axis = { visible: false, fixedrange: true };
        Plotly.newPlot(
            this.figure,
            lines.map(({ name, color, dash }, k) => ({
                type: "scatter",
                mode: "lines",
                hoverinfo: "skip",
                name,
                x,
                y: y[k],
                line: { color, dash, width: widths[k] },
            })),
            {
                ...this.size,
                margin: { l: 0, r: 0, t: 0, b: 0 },
                paper_bgcolor: "rgba(0,0,0,0)",
                plot_bgcolor: "rgba(0,0,0,0)",
                showlegend: false,
                xaxis: { ...axis, range: [0, steps] },
                yaxis: { ...axis, range },
                template: {},
            },
            { staticPlot: true, displayModeBar: false },
        );
    }

    drawStill() {
        const { width, height } = this.size;
        const { muted, rule } = this.look;
        const parts = [];
        for (const [value, label] of this.scale.ticks) {
            const y = this.heightOf(value);
            parts.push(drawing("path", { d: `M0,${y}H${width}`, stroke: rule, "stroke-width": 1 }));
            const text = drawing("text", { x: -4, y, class: "side", fill: muted });
            text.textContent = label;
            parts.push(text);
        }
        parts.push(drawing("path", { d: `M0,0V${height}H${width}`, stroke: muted, "stroke-width": 1 }));
        for (let step = 0; step <= this.item.steps; step += arrangement.ticks.steps) {
            const text = drawing("text", { x: this.across(step), y: height + 9, fill: muted });
            setText(text, this.item.points[step] ?? String(step));
            parts.push(text);
        }
        this.still.replaceChildren(...parts);
    }

    // The step, from before it to after it, and where each curve is then.
    mark(step) {
        setAttributes(this.band, { x: this.across(step) });
        this.dots.forEach((dot, k) => {
            const value = this.line(k)[step + 1];
            const seen = this.onAxis(value) !== null;
            const r = k === this.item.chosen ? 1.6 * DOT : DOT;
            setAttributes(dot, { visibility: seen ? "visible" : "hidden", r });
            if (seen) setAttributes(dot, { cx: this.across(step + 1), cy: this.heightOf(value) });
            setText(this.names[k].value, number(value, 4));
        });
    }

    // What every curve is at after a step.
    told(step, words) {
        const values = this.item.lines.map(({ label }, k) =>
            worded(words.bar, { label, value: number(this.line(k)[step + 1], 4) }),
        );
        const at = this.item.points[step + 1];
        const told = at === undefined ? words.after_step : words.at_number;
        return worded(told, { step: step + 1, at, values: values.join("; ") });
    }

    cellAt(x, y, clamped) {
        const frame = this.cells.getBoundingClientRect();
        const inside = y >= frame.top && y < frame.bottom && x >= frame.left && x < frame.right;
        if (!inside && !clamped) return null;
        const step = Math.floor(((x - frame.left) * this.item.steps) / frame.width);
        return [0, Math.min(Math.max(step, 0), this.item.steps - 1)];
    }

    placeOf(cell) {
        return { space: this.item.space, place: cell };
    }

    cellText([, step], words) {
        return this.told(step, words);
    }
}
