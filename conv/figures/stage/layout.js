// @ts-check
// How large the panels are: one scale for all, so that the widest row fills its width and, where
// that leaves them large enough, all rows the window's height, or else those of the methods.
//
// A plan is {bands, most, small}: the scene's bands, how many cells of a panel's side are shown at most,
// and the side of a small panel at scale 1.

import arrangement from "../arrangement.json" with { type: "json" };
import { CURVES_NAMES } from "./curves.js";

/** @import { Band, Plan, Item, Section } from "./data.d.ts" */

const SIDES = arrangement.sides;
const SCALES = arrangement.scales;
// With code, a method's panels share little width.
const LEAST_WITH_CODE = 0.5; // times the panels' sizes
const SIGN_WITH_CODE = 26;
const BESIDE_CODE = 100; // pixels of a panel at least, where a row does not fit
const ABOVE_CODE = 150;
const HEAD = 67; // words above a panel, and its ticks or power below
const BAND = 40; // words above a band
const TRANSPORT = 38;
const ENOUGH = 0.9; // a scale at which what comes of the methods is better seen than left below
const NEAR = 16; // pixels that panels of one row may differ by and yet have their words level
const PAGE = 96; // pixels of the page above the stage
const NARROW = 480;
const SCROLL_BAR = 20; // pixels that one is wide at most

// Whether panels that were fitted for a width are to be fitted again for the one that there is. A scroll
// bar that has gone with the larger panels would come again with them.
/** @type {(width: number, fitted: number | undefined) => boolean} */
export function isAnotherWidth(width, fitted = 0) {
    return width < fitted || width > fitted + SCROLL_BAR;
}

// Where the window is filled, height is what there is little of: small panels are as high as large ones.
// `beside` says whether the panels are beside the code of their scene or above it, if it has some.
/** @type {(data: { bands: Band[], most: number | null }, fills: boolean, beside?: boolean) => Plan} */
export function planOf({ bands, most }, fills, beside) {
    const coded = beside !== undefined;
    return {
        bands,
        most: most ?? Infinity,
        small: fills || coded ? SIDES.large - SIDES.ticks : SIDES.small,
        least: coded ? LEAST_WITH_CODE : SCALES.least,
        sign: coded ? SIGN_WITH_CODE : SIDES.sign,
        wrapped: coded ? (beside ? BESIDE_CODE : ABOVE_CODE) : 0,
    };
}

// How many sections of each band stand side by side, and how wide they are; `beside` says how many do
// however narrow they are.
/** @type {(bands: Band[], width: number, beside?: number) => { count: number, width: number }[]} */
export function columnsOf(bands, width, beside = 1) {
    const most = Math.max(beside, Math.floor(width / arrangement.sections.least));
    return bands.map(({ length }) => {
        const count = length <= most ? length : 1;
        return { count, width: (width - arrangement.sections.gap * (count - 1)) / count };
    });
}

// How many rows and columns of a panel are shown.
/** @type {(item: Item, most: number) => [rows: number, columns: number]} */
export function shownSize({ rows, columns }, most) {
    return [Math.min(rows, most), Math.min(columns, most)];
}

// The room that an item has at a scale, where the bands' sections have these widths: of bars and curves
// the width, of heatmaps that of a cell, and the panel's own width.
/**
 * @type {(plan: Plan, item: Item, widths: number[], width: number, scale: number) => { room: number, side?: number }}
 */
export function roomOf(plan, item, widths, width, scale) {
    if (item.kind === "bars") return { room: barsRoom(plan, item, widths, scale) };
    if (item.kind === "curves") return { room: curvesRoom(plan, item, widths) };
    const side = sideOf(plan, item, width, scale);
    const most = Math.max(...shownSize(item, plan.most));
    const cell = Math.max((side - (item.large ? SIDES.ticks : 0) - 1) / most, 1);
    return { room: cell > 6 ? Math.floor(cell) : Math.floor(cell * 2) / 2, side };
}

/** @type {(plan: Plan, item: Item, width: number, scale: number) => number} */
function sideOf({ small, wrapped }, item, width, scale) {
    if (item.wide) return Math.min(SIDES.wide * scale, width);
    return item.large ? SIDES.large * (width < NARROW && !wrapped ? SCALES.most : scale) : small * scale;
}

// Bars take what the rest of their row leaves, or a row of their own.
/** @type {(plan: Plan, bars: Item, widths: number[], scale: number) => number} */
function barsRoom(plan, bars, widths, scale) {
    const { row, width } = rowOf(plan, bars, widths);
    const rest = row.reduce((sum, item) => sum + natural(plan, item) * scale + fixedWidth(plan, item), 0);
    const left = width - rest;
    return left > arrangement.bars.least ? left : width;
}

// Curves share their row, or have one each.
/** @type {(plan: Plan, curves: Item, widths: number[]) => number} */
function curvesRoom(plan, curves, widths) {
    const { row, width } = rowOf(plan, curves, widths);
    const count = row.filter(({ kind }) => kind === "curves").length;
    const most = Math.max(1, Math.floor((width + SIDES.gap) / (arrangement.curves.least + SIDES.gap)));
    const beside = count <= most ? count : 1;
    return (width - SIDES.gap * (beside - 1)) / beside;
}

// The row of an item, and the width that it has.
/** @type {(plan: Plan, item: Item, widths: number[]) => { row: Item[], width: number }} */
function rowOf({ bands }, item, widths) {
    const at = bands.findIndex((band) => band.some(({ rows }) => rows.some((row) => row.includes(item))));
    const rows = bands[at].flatMap((section) => section.rows);
    return { row: rows.filter((items) => items.includes(item))[0], width: widths[at] };
}

// What is added below each panel of a row: cells of whole pixels leave panels of one size a little apart.
/** @type {(heights: number[]) => (number | null)[]} */
export function marginsOf(heights) {
    const most = Math.max(...heights);
    return heights.map((height) => (most - height < NEAR ? most - height : null));
}

// The scale at which the page's width and the window's height are filled; strips and foot, which are
// there too, are `others` pixels high.
/** @type {(plan: Plan, widths: number[], height: number, others: number) => number} */
export function scaleOnPage(plan, widths, height, others) {
    const wrapped = wrappedScale(plan, widths);
    return wrapped ?? Math.min(widthScale(plan, widths), heightScale(plan, height - PAGE - others));
}

// The scale at which the rows beside code are filled by as many panels as can be read there; null where
// a row fits as a whole.
/** @type {(plan: Plan, widths: number[]) => number | null} */
function wrappedScale(plan, widths) {
    if (!plan.wrapped || Math.min(...scalesOfRows(plan, plan.bands, widths)) >= plan.least) return null;
    const width = Math.min(...widths);
    const count = Math.max(1, Math.floor((width + plan.sign) / (plan.wrapped + plan.sign)));
    return Math.min((width - plan.sign * (count - 1) - 1) / count / SIDES.large, SCALES.most);
}

/** @type {(plan: Plan, widths: number[]) => number} */
function widthScale(plan, widths) {
    const least = Math.min(...scalesOfRows(plan, plan.bands, widths));
    if (least >= plan.least) return Math.min(least, SCALES.most);
    return Math.min(Math.max(plan.least, (Math.min(...widths) - plan.sign) / (2 * SIDES.small)), SCALES.most);
}

// The scale at which each row with panels has its width, with or without its cards.
/** @type {(plan: Plan, bands: Band[], widths: number[], cards?: boolean) => number[]} */
export function scalesOfRows(plan, bands, widths, cards = true) {
    return bands.flatMap((band, k) =>
        band.flatMap(({ rows }) =>
            rows.flatMap((row) => {
                const panels = row.reduce((sum, item) => sum + natural(plan, item), 0);
                const shown = row.filter(({ kind }) => cards || kind !== "card");
                const rest = shown.reduce((sum, item) => sum + fixedWidth(plan, item), 0);
                return panels ? [(widths[k] - rest) / panels] : [];
            }),
        ),
    );
}

// The scale at which the rows have a height; at least the smallest. Of methods, the steps must be seen
// whole, and what comes of them where there is room for it.
/** @type {(plan: Plan, height: number) => number} */
function heightScale(plan, height) {
    const { bands } = plan;
    const methods = methodsOf(bands);
    if (!methods.length) return Math.max(plan.least, scaleOfHeight(plan, bands, height));
    const firstRows = bands.map((band) => {
        const [{ rows }] = band;
        return methods.includes(band) ? band : [{ rows: [rows[0]], clock: null }];
    });
    const all = scaleOfHeight(plan, firstRows, height);
    return all >= ENOUGH ? all : Math.max(plan.least, scaleOfHeight(plan, methods, height));
}

// The bands of methods, which have steps of their own.
/** @type {(bands: Band[]) => Band[]} */
export function methodsOf(bands) {
    return bands.filter((band) => band.some(({ clock }) => clock));
}

/** @type {(plan: Plan, bands: Band[], height: number) => number} */
function scaleOfHeight(plan, bands, height) {
    const [panels, rest] = bands.reduce(
        ([sum, words], [section]) => {
            const curves = section.rows.flat().some(({ kind }) => kind === "curves");
            const still = (curves ? arrangement.curves.high + CURVES_NAMES : 0) + (section.clock ? TRANSPORT : 0);
            return [sum + panelsHeight(plan, section), words + HEAD * section.rows.length + BAND + still];
        },
        [0, 0],
    );
    return (height - rest) / panels;
}

// How high the panels of a section are at scale 1.
/** @type {(plan: Plan, section: Section) => number} */
export function panelsHeight(plan, { rows }) {
    return rows.reduce((sum, row) => sum + Math.max(...row.map((item) => naturalHeight(plan, item))), 0);
}

/** @type {(plan: Plan, item: Item) => number} */
function natural({ small }, item) {
    if (item.kind !== "panel") return 0;
    if (item.wide) return SIDES.wide;
    return item.large ? SIDES.large : small;
}

/** @type {(plan: Plan, item: Item) => number} */
function naturalHeight(plan, item) {
    return item.wide ? (SIDES.wide * item.rows) / item.columns : natural(plan, item);
}

/** @type {(plan: Plan, item: Item) => number} */
function fixedWidth(plan, item) {
    if (item.kind === "sign") return item.sign ? plan.sign : SIDES.gap;
    return item.kind === "card" ? SIDES.card : 0;
}
