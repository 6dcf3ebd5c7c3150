// @ts-check
// Gives the panels their sizes, on the page and where the stage fills the window.

import arrangement from "../arrangement.json" with { type: "json" };
import {
    columnsOf,
    marginsOf,
    methodsOf,
    panelsHeight,
    planOf,
    roomOf,
    scaleOnPage,
    scalesOfRows,
} from "./layout.js";
import { roomInWindow, scaleWithin } from "./zoom.js";

/** @import { Look, Plan } from "./data.d.ts" */
/** @import { Stage } from "./stage.js" */

const LEAST_TYPE = 1.15; // times the page's type, in a window of 1280 × 720 pixels
const MOST_SCALE = 2;
const BESIDE = 900; // pixels with which what comes of two methods stands beside them
const FILL_PADDING = 16;

/** @type {(stage: Stage, width: number, look: Look) => void} */
export function fitPanels(stage, width, look) {
    const room = stage.listing?.roomFor(width) ?? width;
    if (stage.listing) stage.lecture.placePlaylist();
    const widths = setColumns(stage, room);
    const others = stage.stripsNode.offsetHeight + stage.foot.node.offsetHeight;
    const scale = scaleOnPage(planFor(stage), widths, window.innerHeight, others);
    givePanels(stage, widths, room, scale, (panel, size) => panel.fit(size, look, stage));
    levelWords(stage);
}

/** @type {(stage: Stage) => Plan} */
function planFor(stage) {
    return planOf(stage.data, stage.lecture.fills, stage.listing?.beside);
}

// Gives the sections of each band their columns, and tells how wide they are.
/** @type {(stage: Stage, width: number, beside?: number) => number[]} */
function setColumns(stage, width, beside) {
    const columns = columnsOf(stage.data.bands, width, beside);
    /** @type {NodeListOf<HTMLElement>} */
    const bands = stage.root.querySelectorAll(".band");
    bands.forEach((band, k) => {
        band.style.gridTemplateColumns = `repeat(${columns[k].count}, minmax(0, 1fr))`;
    });
    return columns.map((column) => column.width);
}

// Hands `give` every panel and the room that it has at a scale.
/**
 * @param {Stage} stage
 * @param {number[]} widths
 * @param {number} width
 * @param {number} scale
 * @param {(panel: any, room: number) => void} give
 */
function givePanels(stage, widths, width, scale, give) {
    const plan = planFor(stage);
    for (const panel of stage.panels) {
        const { room, side } = roomOf(plan, panel.item, widths, width, scale);
        if (side !== undefined) {
            panel.most = plan.most;
            panel.node.style.width = `${side}px`;
        }
        give(panel, room);
    }
}

/** @type {(stage: Stage) => void} */
function levelWords(stage) {
    for (const row of stage.data.bands.flat().flatMap(({ rows }) => rows)) {
        const panels = stage.panels.filter(({ item }) => item.kind === "panel" && row.includes(item));
        marginsOf(panels.map(({ size }) => size.height)).forEach((margin, k) => {
            panels[k].node.style.marginBottom = margin === null ? "" : `${margin}px`;
        });
    }
}

// Fits the stage to the window: as much of it as has room, then as large a type.
/** @type {(stage: Stage, look: Look) => void} */
export function fillWindow(stage, look) {
    const { root, lecture } = stage;
    const unit = Math.min(window.innerWidth / 1280, window.innerHeight / 720);
    lecture.scrolls = false;
    root.classList.remove("scrolls");
    const found = roomInWindow(Math.max(1, LEAST_TYPE * unit), (zoom, left) => {
        root.dataset.left = left.join(" ");
        return scaleInWindow(stage, zoom);
    });
    if (found) {
        const { columns, width } = inWindow(stage, found.zoom);
        givePanels(stage, columns, width, found.scale, (panel, room) => panel.fit(room, look, stage));
        levelWords(stage);
        return;
    }
    // A phone: the stage as on a page, to be scrolled.
    lecture.scrolls = true;
    root.classList.add("scrolls");
    root.dataset.left = "strips";
    inWindow(stage, 1);
    fitPanels(stage, root.clientWidth - 2 * FILL_PADDING, look);
}

// Lays the stage out in the window at a zoom, and tells the columns of each band.
/** @type {(stage: Stage, zoom: number) => { columns: number[], width: number, beside: boolean }} */
function inWindow(stage, zoom) {
    const { root, lecture } = stage;
    lecture.zoomTo(zoom);
    const inside = root.clientWidth - 2 * FILL_PADDING;
    const width = stage.listing?.roomFor(inside) ?? inside;
    const after = root.querySelector(".band.after") !== null && !leavesOut(root, "together");
    const beside = after && width >= BESIDE && !lecture.scrolls;
    root.classList.toggle("beside", beside);
    if (!beside) return { columns: setColumns(stage, width), width, beside };
    const column = (width - 2 * arrangement.sections.gap) / 3;
    setColumns(stage, 2 * column + arrangement.sections.gap, 2);
    return { columns: [column, column], width, beside };
}

// The scale at which the panels fit the window at a zoom; 0 where there is none.
/** @type {(stage: Stage, zoom: number) => number} */
function scaleInWindow(stage, zoom) {
    const { columns, width, beside } = inWindow(stage, zoom);
    const plan = planFor(stage);
    const methods = methodsOf(plan.bands);
    const alone = leavesOut(stage.root, "together") && methods.length > 0;
    const shown = beside || alone ? methods : plan.bands;
    // A row that fits to the pixel may be wrapped.
    const scales = scalesOfRows(plan, shown, columns, !leavesOut(stage.root, "cards"));
    const most = Math.min(MOST_SCALE, ...scales) - 0.005;
    const heights = shown.map((band) => Math.max(...band.map((section) => panelsHeight(plan, section))));
    const height = heights.reduce((a, b) => a + b);
    return scaleWithin(most, height, (scale) => {
        givePanels(stage, columns, width, scale, (panel, room) => panel.measure(room, stage));
        return stage.lecture.overflow;
    });
}

/** @type {(root: HTMLElement, what: string) => boolean} */
function leavesOut(root, what) {
    return Boolean(root.dataset.left?.includes(what));
}
