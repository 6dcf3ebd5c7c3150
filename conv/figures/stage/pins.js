// @ts-check
// What is pinned, as the page's entry in the browser's history keeps it: no place is told by it, but a
// page that is loaded again has it again.

import { resting } from "./settling.js";

/** @import { Pin, Place } from "./data.d.ts" */
/** @import { Stage } from "./stage.js" */

/** @type {(held: Pin | null) => { pin?: { name?: string, cell?: Place, space?: string } }} */
export function stateOf(held) {
    if (!held) return {};
    const { name, cell, space } = held;
    return { pin: name ? { name, cell } : { space } };
}

// Whether an entry's state is a pin's. What else has written it may be no JSON.
export function isStateOf(state, held) {
    try {
        return JSON.stringify(state ?? {}) === JSON.stringify(stateOf(held));
    } catch {
        return false;
    }
}

// The pin that an entry's state says, or null: whatever has written it, it must be one of the stage's
// scene, at the place where that rests.
/** @type {(stage: Stage, state: any) => Pin | null} */
export function pinOf(stage, state) {
    const { name, cell, space } = state?.pin ?? {};
    const pin = name ? pinIn(stage, name, cell) : pinAtRest(stage, space);
    if (!pin) return null;
    const [at, place] = stage.pointing.restOf(pin);
    return place && String(place) !== String(stage.places[at]) ? null : pin;
}

function pinIn(stage, name, cell) {
    const isCell = Array.isArray(cell) && cell.length === 2 && cell.every(Number.isInteger);
    const panel = stage.panels.find(({ item }) => item.name === name);
    const target = isCell && panel?.placeOf(cell);
    const size = stage.data.sizes[target?.space];
    // A bar's cell is picked, and never held.
    if (target?.space === "share" || !size?.every((count, axis) => target.place[axis] < count)) return null;
    return { over: `${name} ${cell}`, name, cell, ...target, output: stage.pointing.outputOf(target) };
}

function pinAtRest(stage, space) {
    return stage.clocks.some((clock) => clock.space === space) ? resting(space, stage.places[space]) : null;
}
