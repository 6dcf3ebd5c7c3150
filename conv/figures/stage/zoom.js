// @ts-check
// How large the stage is drawn where it fills the window, and what is left out for it.

const TYPES = [1, 1.1, 1.2, 1.32, 1.45]; // times the least
const SMALLER = [0.9, 0.8, 0.7]; // where nothing fits otherwise
const LEAST_ZOOM = 0.8;
const GOOD_SCALE = 0.9;
const LEAST_SCALE = 0.5;
// What is left out, one after the other, where the panels would be smaller than such a scale with it.
/** @type {[what: string, scale: number][]} */
const LEFT_OUT = [
    ["nothing", 0.9],
    ["strips", 0.75],
    ["cards", 0.75],
    ["steps", 0.65],
    ["notes", 0.6],
    ["together", 0.5],
];

// The zoom and the scale at which the window is filled best; null where nothing fits. `scaleAt` says at
// which scale the panels fit at a zoom when these things are left out: 0 for none.
/**
 * @param {number} least
 * @param {(zoom: number, left: string[]) => number} scaleAt
 * @returns {{ zoom: number, scale: number } | null}
 */
export function roomInWindow(least, scaleAt) {
    /** @type {string[]} */
    const gone = [];
    for (const [left, enough] of LEFT_OUT) {
        gone.push(left);
        let found = null;
        for (const type of TYPES) {
            const scale = scaleAt(least * type, gone);
            if (scale < (found ? GOOD_SCALE : enough)) break;
            found = { zoom: least * type, scale };
        }
        if (found) return found;
    }
    for (const zoom of SMALLER.map((type) => least * type).filter((one) => one >= LEAST_ZOOM)) {
        const scale = scaleAt(zoom, gone);
        if (scale) return { zoom, scale };
    }
    return null;
}

// The scale, from `most` on downwards, at which nothing is cut off; 0 where there is none. `overAt` says
// how many pixels are at a scale, of panels that are so high at scale 1.
/** @type {(most: number, height: number, overAt: (scale: number) => number) => number} */
export function scaleWithin(most, height, overAt) {
    let scale = most;
    for (let tries = 0; tries < 7 && scale >= LEAST_SCALE; tries += 1) {
        const over = overAt(scale);
        if (over <= 0) return scale;
        scale -= Math.max(over / height, 0.01);
    }
    return 0;
}
