// @ts-check
// The makes of scenes: one is shown in the panels of another of the same make.

/** @import { Scene } from "./data.d.ts" */

// What must be alike in two scenes for the one to be shown in the panels of the other.
/** @type {(data: Scene) => string} */
export function makeOf(data) {
    const parts = data.bands.map((band) =>
        band.map(({ heading, note, rows, clock }) => [
            heading,
            Boolean(note),
            clock?.space,
            rows.map((row) =>
                row.map(({ kind, name, rows: r, columns, large, labels, sign, caption }) =>
                    kind === "sign" ? [sign, caption] : [kind, name, r, columns, large, labels?.length],
                ),
            ),
        ]),
    );
    const strips = data.strips.map(({ field, choices }) => [field, choices]);
    const scan = [data.switch, data.parts?.choices.length];
    const listed = Boolean(data.playlist);
    return JSON.stringify([data.scene, data.lang, data.most, parts, strips, scan, listed]);
}
