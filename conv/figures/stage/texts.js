// @ts-check
// The scene's sentences, with the numbers of the places that its spaces are at.

import { number, productsText } from "./numbers.js";
import { sourceOf } from "./sources.js";
import { numbersAt } from "./tables.js";

/** @import { Live, Places, Table, Text } from "./data.d.ts" */

/** @type {(written: Text, places: Places, tables: Table[]) => string} */
export function textAt(written, places, tables) {
    const { live } = written;
    if (!live) return written.text;
    return filled(written.text, (name) => {
        const value = live[name];
        return value === undefined ? undefined : valueAt(value, places, tables);
    });
}

/** @type {(value: Live, places: Places, tables: Table[]) => string | number} */
function valueAt(value, places, tables) {
    if (value.along) return value.along[places[value.space][value.axis]];
    if (value.letters) return value.letters[places.kernel[0]][places.kernel[1]];
    if (value.largest) {
        // Kept, for it goes on from the step before.
        value.source ??= sourceOf(value.largest, tables);
        const { values, waiting } = value.source.at(places);
        let most = 0;
        values.forEach((one, k) => (most = waiting?.[k] ? most : Math.max(most, Math.abs(one))));
        return number(most);
    }
    if (value.products) {
        const [a, b] = value.products.map((table) => numbersAt(tables[table], places));
        return productsText(a, b);
    }
    if (value.choices) return value.choices[numbersAt(tables[value.chosen], places)[0]];
    const [row, column] = value.row ? places.kernel : [0, 0];
    const cell = row * (value.row ?? 0) + column;
    return number(numbersAt(tables[value.number], places)[cell], value.digits);
}

// `text` with every {name} replaced; what has no value stays.
/** @type {(text: string, valueOf: (name: string) => string | number | undefined) => string} */
function filled(text, valueOf) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => String(valueOf(name) ?? whole));
}

/** @type {(text: string, values: { [name: string]: string | number }) => string} */
export function worded(text, values) {
    return filled(text, (name) => values[name]);
}
