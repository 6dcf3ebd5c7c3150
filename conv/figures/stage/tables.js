// @ts-check
// The scene's numbers, looked up by the places that its spaces are at.

import { bytesOf } from "./bytes.js";

/** @import { Entry, Places, Table } from "./data.d.ts" */

const ARRAYS = { f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };

/** @type {(entry: Entry) => Table} */
export function decoded(entry) {
    return { ...entry, values: new ARRAYS[entry.type](bytesOf(entry.data).buffer) };
}

// Which of a table's entries stands at `places`.
/** @type {(table: Entry, places: Places) => number} */
export function entryAt(table, places) {
    if (table.space === null) return 0;
    const [row, column] = places[table.space];
    return row * table.columns + column;
}

/** @type {(table: Table, places: Places) => Table["values"]} */
export function numbersAt(table, places) {
    const start = entryAt(table, places) * table.cells;
    return table.values.subarray(start, start + table.cells);
}
