// @ts-check
// The patterns of the hatches, and what they mean.

import arrangement from "../arrangement.json" with { type: "json" };
import { drawing, element } from "./dom.js";

// The patterns of the hatches, once for all panels.
/** @type {() => SVGElement} */
export function hatchPatterns() {
    const made = drawing("svg", { width: 0, height: 0, "aria-hidden": "true", class: "defs" });
    const { size: side, patterns } = arrangement.hatches;
    for (const [kind, { path, opacity }] of Object.entries(patterns)) {
        const size = { width: side, height: side, patternUnits: "userSpaceOnUse" };
        const pattern = drawing("pattern", { id: `stage-hatch-${kind}`, ...size });
        pattern.append(drawing("path", { d: path, "stroke-opacity": opacity }));
        made.append(pattern);
    }
    return made;
}

/** @type {(entry: [kind: string, text: string]) => HTMLElement} */
export function legendEntry([kind, text]) {
    const { wide, high } = arrangement.legend;
    const swatch = drawing("svg", { width: wide, height: high, "aria-hidden": "true" });
    const inside = { x: 0.5, y: 0.5, width: wide - 1, height: high - 1 };
    const area = { ...inside, fill: `url(#stage-hatch-${kind})` };
    swatch.append(drawing("rect", area));
    return element("span", { "data-hatch": kind }, swatch, text);
}
