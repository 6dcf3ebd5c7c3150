// @ts-check
// Where a panel's numbers come from: a table that is looked up, cells that fill up step by step, or
// the difference of two that do. Each has `keyAt`, which tells whether anything changes from one
// place to another, and `at`, which gives {values, waiting}: the numbers, and which cells have none.

import { entryAt, numbersAt } from "./tables.js";

/** @import { Numbers, Places, Source, Table } from "./data.d.ts" */

/** @type {(numbers: Numbers, tables: Table[]) => Source} */
export function sourceOf(numbers, tables) {
    if (numbers.first) return new Gap(numbers, tables);
    return numbers.rows ? new Filling(numbers, tables) : new Looked(tables[numbers.table]);
}

class Looked {
    /** @param {Table} table */
    constructor(table) {
        this.table = table;
    }

    /** @param {Places} places */
    keyAt(places) {
        return entryAt(this.table, places);
    }

    /** @param {Places} places */
    at(places) {
        return { values: numbersAt(this.table, places), waiting: null };
    }
}

// The places of a space, row by row, each write their numbers into cells: the last one to do so
// up to a step is the one whose number is there.
class Filling {
    step = -1; // the last one that is written

    /**
     * @param {import("./data.d.ts").Filling} filling
     * @param {Table[]} tables
     */
    constructor({ table, rows, columns, size, start, transposed }, tables) {
        this.table = tables[table];
        this.spans = { rows, columns };
        this.width = size[1];
        this.transposed = transposed;
        this.start = start === null ? null : tables[start].values;
        this.values = new Float64Array(size[0] * size[1]);
        this.waiting = new Uint8Array(this.values.length);
        this.begin();
    }

    begin() {
        this.step = -1;
        for (let cell = 0; cell < this.values.length; cell += 1) {
            this.values[cell] = this.start ? this.start[cell] : NaN;
            this.waiting[cell] = Number(Number.isNaN(this.values[cell]));
        }
    }

    /** @param {Places} places */
    keyAt(places) {
        return entryAt(this.table, places);
    }

    /** @param {Places} places */
    at(places) {
        const step = entryAt(this.table, places);
        if (step < this.step) this.begin();
        while (this.step < step) this.write((this.step += 1));
        return { values: this.values, waiting: this.waiting };
    }

    /** @param {number} step */
    write(step) {
        const across = this.table.columns;
        const place = [Math.floor(step / across), step % across];
        const [row, column] = this.transposed ? place.reverse() : place;
        const [top, bottom, down] = this.spans.rows[row];
        const [left, right, aside] = this.spans.columns[column];
        let from = step * this.table.cells;
        for (let y = top; y < bottom; y += down) {
            for (let x = left; x < right; x += aside) {
                const cell = y * this.width + x;
                this.values[cell] = this.table.values[from];
                this.waiting[cell] = 0;
                from += 1;
            }
        }
    }
}

class Gap {
    /**
     * @param {import("./data.d.ts").Gap} gap
     * @param {Table[]} tables
     */
    constructor({ first, second, origin }, tables) {
        this.first = new Filling(first, tables);
        this.second = new Filling(second, tables);
        this.origin = origin;
        this.values = new Float64Array(this.second.values.length);
        this.waiting = new Uint8Array(this.values.length);
    }

    /** @param {Places} places */
    keyAt(places) {
        return `${this.first.keyAt(places)} ${this.second.keyAt(places)}`;
    }

    /** @param {Places} places */
    at(places) {
        const [one, two] = [this.first.at(places), this.second.at(places)];
        const { width } = this.second;
        for (let cell = 0; cell < this.values.length; cell += 1) {
            const row = Math.floor(cell / width) + this.origin[0];
            const other = row * this.first.width + (cell % width) + this.origin[1];
            this.waiting[cell] = one.waiting[other] | two.waiting[cell];
            this.values[cell] = one.values[other] - two.values[cell];
        }
        return this;
    }
}
