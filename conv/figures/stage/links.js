// @ts-check
// What the panels outline together.

/** @import { Links, Mark, Place, Places, Span } from "./data.d.ts" */

// The outlines of a panel: what belongs to the place of the space that is pointed at, or of the
// panel's home where it has no link to that.
/** @type {(item: Links, pointed: string | null | undefined, places: Places) => Mark[]} */
export function marksAt(item, pointed, places) {
    const space = pointed && item.links[pointed] ? pointed : item.home;
    if (!space) return [];
    const [row, column] = places[space];
    return (item.links[space] ?? [])
        .map(([role, rows, columns, transposed]) =>
            transposed
                ? { role, rows: rows[column], columns: columns[row] }
                : { role, rows: rows[row], columns: columns[column] },
        )
        .filter(({ rows, columns }) => rows[0] < rows[1] && columns[0] < columns[1]);
}

// What of an outline is in a part of a panel of `size` cells, from `origin` on.
/** @type {(mark: Mark, origin: number[], size: number[]) => Mark} */
export function clipped({ role, ...spans }, origin, size) {
    const [rows, columns] = [spans.rows, spans.columns].map(([start, stop, step], axis) => {
        const skipped = Math.max(Math.ceil((origin[axis] - start) / step), 0);
        /** @type {Span} */
        const kept = [start + skipped * step, Math.min(stop, origin[axis] + size[axis]), step];
        return kept;
    });
    return { role, rows, columns };
}

// Where a part of `size` cells begins that shows an outline: where it is, if the outline is in it, or
// else with the outline in its middle. `whole` is the size of the panel.
/** @type {(mark: Mark, origin: number[], size: number[], whole: number[]) => number[]} */
export function originFor({ rows, columns }, origin, size, whole) {
    return [rows, columns].map(([start, stop], axis) => {
        if (start >= origin[axis] && stop <= origin[axis] + size[axis]) return origin[axis];
        const middle = Math.floor((start + stop - size[axis]) / 2);
        return Math.min(Math.max(middle, 0), whole[axis] - size[axis]);
    });
}

// The cell in the middle of an outline, of those that it does not leave out.
/** @type {(mark: Mark) => Place} */
export function middleOf({ rows, columns }) {
    const [row, column] = [rows, columns].map(([start, stop, step]) => {
        const count = Math.ceil((stop - start) / step);
        return start + step * Math.floor((count - 1) / 2);
    });
    return [row, column];
}
