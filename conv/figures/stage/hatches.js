// @ts-check
// The patterns of the hatches, and what they mean.

import { drawing, element } from "./dom.js";

const HATCHES = {
    padding: "M0,6L6,0",
    leftover: "M0,6L6,0M0,0L6,6",
    inserted: "M2,3h2",
    cropped: "M0,0L6,6",
    stretched: "M0,3h6",
    waiting: "M3,0v6",
};

// The patterns of the hatches, once for all panels.
/** @type {() => SVGElement} */
export function hatchPatterns() {
    const made = drawing("svg", { width: 0, height: 0, "aria-hidden": "true", class: "defs" });
    for (const [kind, d] of Object.entries(HATCHES)) {
        const size = { width: 6, height: 6, patternUnits: "userSpaceOnUse" };
        const pattern = drawing("pattern", { id: `stage-hatch-${kind}`, ...size });
        pattern.append(drawing("path", { d }));
        made.append(pattern);
    }
    return made;
}

/** @type {(entry: [kind: string, text: string]) => HTMLElement} */
export function legendEntry([kind, text]) {
    const swatch = drawing("svg", { width: 18, height: 12, "aria-hidden": "true" });
    const area = { x: 0.5, y: 0.5, width: 17, height: 11, fill: `url(#stage-hatch-${kind})` };
    swatch.append(drawing("rect", area));
    return element("span", { "data-hatch": kind }, swatch, text);
}
