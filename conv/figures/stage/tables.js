// The scene's numbers and texts, looked up by the places that its spaces are at.

const ARRAYS = { f4: Float32Array, f8: Float64Array };

function bytesOf(base64) {
    const signs = atob(base64);
    const bytes = new Uint8Array(signs.length);
    for (let k = 0; k < signs.length; k += 1) bytes[k] = signs.charCodeAt(k);
    return bytes;
}

function decoded(entry) {
    return { ...entry, values: new ARRAYS[entry.type](bytesOf(entry.data).buffer) };
}

// Which of a table's entries stands at `places`.
function entryAt(table, places) {
    if (table.space === null) return 0;
    const [row, column] = places[table.space];
    return row * table.columns + column;
}

function numbersAt(table, places) {
    const start = entryAt(table, places) * table.cells;
    return table.values.subarray(start, start + table.cells);
}

function textAt(written, places, tables) {
    if (!written.live) return written.text;
    return filled(written.text, (name) => {
        const value = written.live[name];
        return value === undefined ? undefined : valueAt(value, places, tables);
    });
}

function valueAt(value, places, tables) {
    if (value.along) return value.along[places[value.space][value.axis]];
    if (value.letters) return value.letters[places.kernel[0]][places.kernel[1]];
    if (value.largest) {
        // Kept, for it goes on from the step before.
        value.source ??= sourceOf(value.largest, tables);
        const { values, waiting } = value.source.at(places);
        return number(values.reduce((most, one, k) => (waiting[k] ? most : Math.max(most, Math.abs(one))), 0));
    }
    if (value.products) {
        const [a, b] = value.products.map((table) => numbersAt(tables[table], places));
        return productsText(a, b);
    }
    const [row, column] = value.row ? places.kernel : [0, 0];
    const cell = row * (value.row ?? 0) + column;
    return number(numbersAt(tables[value.number], places)[cell], value.digits);
}

// `text` with every {name} replaced; what has no value stays.
function filled(text, valueOf) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => valueOf(name) ?? whole);
}

function worded(text, values) {
    return filled(text, (name) => values[name]);
}

// The outlines of a panel: what belongs to the place of the space that is pointed at, or of the
// panel's home where it has no link to that.
function marksAt(item, pointed, places) {
    const space = pointed && item.links[pointed] ? pointed : item.home;
    if (!space) return [];
    const [row, column] = places[space];
    return (item.links[space] ?? [])
        .map(([role, rows, columns]) => ({ role, rows: rows[row], columns: columns[column] }))
        .filter(({ rows, columns }) => rows[0] < rows[1] && columns[0] < columns[1]);
}
