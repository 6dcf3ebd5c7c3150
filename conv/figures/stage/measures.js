// @ts-check
// Rules of the arrangement, as conv/figures/arrangement.py and layout.py have them.

import arrangement from "../arrangement.json" with { type: "json" };

// How many rows or columns lie between two that have their number, on a side of so many cells.
/** @type {(cells: number) => number} */
export function ticksApart(cells) {
    const { every } = arrangement.ticks;
    const [, apart] = every.find(([most]) => cells <= most) ?? every[every.length - 1];
    return apart;
}

// The size of type in which these numbers fit their cells.
/** @type {(texts: string[], cell: number) => number} */
export function numberSize(texts, cell) {
    const { most, across, sign, signs, up } = arrangement.numbers;
    const longest = texts.reduce((found, text) => Math.max(found, text.length), signs);
    return Math.min((across * cell) / (sign * longest), up * cell, most);
}
