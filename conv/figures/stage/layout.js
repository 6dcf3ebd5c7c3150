// How large the panels are: one scale for all, so that the widest row fills its width and, where
// that leaves them large enough, all rows the window's height, or else those of the methods.

import { CURVES_HEIGHT, CURVES_NAMES } from "./curves.js";

const WIDE = 500; // pixels at scale 1
const LARGE = 208;
const SMALL = 138;
const SIGN = 48;
const GAP = 24;
const CARD = 262;
const TICKS = 16;
const SCALES = [0.8, 1.3];
const HEAD = 67; // words above a panel, and its ticks or power below
const BAND = 40; // words above a band
const TRANSPORT = 38;
const ENOUGH = 0.9; // a scale at which what comes of the methods is better seen than left below
const NEAR = 16; // pixels that panels of one row may differ by and yet have their words level
const PAGE = 96; // pixels of the page above the stage
const NARROW = 480;
const SECTION_MIN = 400;
export const SECTION_GAP = 36;
const CURVES_LEAST = 250; // pixels with which curves stand side by side

export function fitPanels(stage, width, look) {
    const columns = columnsOf(stage, width);
    const scale = Math.min(scaleOf(stage, columns), heightScale(stage));
    givePanels(stage, columns, width, scale, (panel, room) => panel.fit(room, look, stage));
    levelWords(stage);
}

// Gives the sections of each band their columns, and tells how wide they are; `beside` says how many
// stand side by side however narrow they are.
export function columnsOf(stage, width, beside = 1) {
    const { bands } = stage.data;
    return [...stage.root.querySelectorAll(".band")].map((band, k) => {
        const most = Math.max(beside, Math.floor(width / SECTION_MIN));
        const count = bands[k].length <= most ? bands[k].length : 1;
        band.style.gridTemplateColumns = `repeat(${count}, minmax(0, 1fr))`;
        return (width - SECTION_GAP * (count - 1)) / count;
    });
}

// Hands `give` every panel and the room that it has at a scale: of bars and curves the width, of
// heatmaps that of a cell.
export function givePanels(stage, widths, width, scale, give) {
    const small = smallSide(stage);
    const sides = { large: LARGE * (width < NARROW ? SCALES[1] : scale), small: small * scale };
    stage.panels.forEach((panel) => {
        const { item } = panel;
        if (item.kind === "bars") {
            give(panel, barsRoom(stage, item, widths, scale));
            return;
        }
        if (item.kind === "curves") {
            const { row, width: room } = rowOf(stage, item, widths);
            const count = row.filter(({ kind }) => kind === "curves").length;
            give(panel, curvesRoom(room, count));
            return;
        }
        panel.most = stage.data.most ?? undefined;
        const most = Math.max(...panel.drawn);
        const wide = Math.min(WIDE * scale, width);
        const side = item.wide ? wide : item.large ? sides.large : sides.small;
        const cell = Math.max((side - (item.large ? TICKS : 0) - 1) / most, 1);
        panel.node.style.width = `${side}px`;
        give(panel, cell > 6 ? Math.floor(cell) : Math.floor(cell * 2) / 2);
    });
}

// Where the window is filled, height is what there is little of: small panels are as high as large ones.
function smallSide(stage) {
    return stage.lecture.fills ? LARGE - TICKS : SMALL;
}

// Cells of whole pixels leave panels of one size a little apart.
export function levelWords(stage) {
    for (const row of stage.data.bands.flat().flatMap(({ rows }) => rows)) {
        const panels = stage.panels.filter(({ item }) => item.kind === "panel" && row.includes(item));
        const most = Math.max(...panels.map(({ size }) => size.height));
        for (const { node, size } of panels) {
            const less = most - size.height;
            node.style.marginBottom = less < NEAR ? `${less}px` : "";
        }
    }
}

function scaleOf(stage, widths) {
    const [low, high] = SCALES;
    const least = Math.min(...scalesOfRows(stage, stage.data.bands, widths));
    if (least >= low) return Math.min(least, high);
    return Math.min(Math.max(low, (Math.min(...widths) - SIGN) / (2 * SMALL)), high);
}

// The scale at which each row with panels has its width, with or without its cards.
export function scalesOfRows(stage, bands, widths, cards = true) {
    return bands.flatMap((band, k) =>
        band.flatMap(({ rows }) =>
            rows.flatMap((row) => {
                const panels = row.reduce((sum, item) => sum + natural(stage, item), 0);
                const shown = row.filter(({ kind }) => cards || kind !== "card");
                const rest = shown.reduce((sum, item) => sum + fixedWidth(item), 0);
                return panels ? [(widths[k] - rest) / panels] : [];
            }),
        ),
    );
}

// The scale at which strips, rows and foot are as high as the window; at least the smallest. Of
// methods, the steps must be seen whole, and what comes of them where there is room for it.
function heightScale(stage) {
    const { bands } = stage.data;
    const methods = bands.filter((band) => band.some(({ clock }) => clock));
    if (!methods.length) return Math.max(SCALES[0], scaleOfHeight(stage, bands));
    const firstRows = bands.map((band) => (methods.includes(band) ? band : [{ rows: [band[0].rows[0]] }]));
    const all = scaleOfHeight(stage, firstRows);
    return all >= ENOUGH ? all : Math.max(SCALES[0], scaleOfHeight(stage, methods));
}

function scaleOfHeight(stage, bands) {
    const [panels, rest] = bands.reduce(
        ([sum, words], [section]) => {
            const rows = section.rows.map((row) => Math.max(...row.map((item) => naturalHeight(stage, item))));
            const curves = section.rows.flat().some(({ kind }) => kind === "curves");
            const still = (curves ? CURVES_HEIGHT + CURVES_NAMES : 0) + (section.clock ? TRANSPORT : 0);
            return [sum + rows.reduce((a, b) => a + b), words + HEAD * rows.length + BAND + still];
        },
        [0, PAGE + stage.stripsNode.offsetHeight + stage.foot.node.offsetHeight],
    );
    return (window.innerHeight - rest) / panels;
}

function natural(stage, item) {
    if (item.kind !== "panel") return 0;
    if (item.wide) return WIDE;
    return item.large ? LARGE : smallSide(stage);
}

export function naturalHeight(stage, item) {
    return item.wide ? (WIDE * item.rows) / item.columns : natural(stage, item);
}

function fixedWidth(item) {
    if (item.kind === "sign") return item.sign ? SIGN : GAP;
    return item.kind === "card" ? CARD : 0;
}

// Bars take what the rest of their row leaves, or a row of their own.
function barsRoom(stage, bars, widths, scale) {
    const { row, width } = rowOf(stage, bars, widths);
    const rest = row.reduce((sum, item) => sum + natural(stage, item) * scale + fixedWidth(item), 0);
    const left = width - rest;
    return left > 300 ? left : width;
}

// How wide each of the curves in a row of such a width is.
function curvesRoom(width, count) {
    const most = Math.max(1, Math.floor((width + GAP) / (CURVES_LEAST + GAP)));
    const beside = count <= most ? count : 1;
    return (width - GAP * (beside - 1)) / beside;
}

// The row of an item, and the width that it has.
function rowOf(stage, item, widths) {
    const at = stage.data.bands.findIndex((band) =>
        band.some(({ rows }) => rows.some((row) => row.includes(item))),
    );
    const rows = stage.data.bands[at].flatMap((section) => section.rows);
    return { row: rows.find((items) => items.includes(item)), width: widths[at] };
}
