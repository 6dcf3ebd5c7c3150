// @ts-check
// Pictures of arrays, a pixel a cell.

import { bytesOf } from "./bytes.js";

/** @import { Look, Thumbnails } from "./data.d.ts" */

const BITMAP_HEAD = 54; // bytes
const BITMAP_INFO = 40;
const WORD = 4; // a line of a bitmap is whole words

// The address of a picture of rows x columns cells, given as red, green and blue: a bitmap, written as it
// stands in memory. A canvas takes many times as long to write one, and on a page is a layer of its own
// that every frame has to sort.
/** @type {(rows: number, columns: number, rgb: Uint8Array) => string} */
export function pictureUrl(rows, columns, rgb) {
    const line = WORD * Math.ceil((3 * columns) / WORD);
    const head = new DataView(new ArrayBuffer(BITMAP_HEAD));
    head.setUint16(0, 0x424d); // BM
    head.setUint32(2, BITMAP_HEAD + rows * line, true);
    head.setUint32(10, BITMAP_HEAD, true);
    head.setUint32(14, BITMAP_INFO, true);
    head.setInt32(18, columns, true);
    head.setInt32(22, -rows, true); // from the top
    head.setUint16(26, 1, true); // plane
    head.setUint16(28, 24, true); // bits a cell
    const signs = [String.fromCharCode(...new Uint8Array(head.buffer))];
    const bytes = new Uint8Array(line);
    for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
            const from = 3 * (row * columns + column);
            bytes[3 * column] = rgb[from + 2];
            bytes[3 * column + 1] = rgb[from + 1];
            bytes[3 * column + 2] = rgb[from];
        }
        signs.push(String.fromCharCode(...bytes));
    }
    return `data:image/bmp;base64,${btoa(signs.join(""))}`;
}

// The addresses of thumbnails: of their own, or of rows x columns cells in shades of a scale.
/** @type {(thumbnails: Thumbnails, look: Look) => string[]} */
export function thumbnailUrls({ pictures, rows, columns, data, scale }, look) {
    if (pictures) return pictures;
    const bytes = bytesOf(data);
    const shades = bytesOf(look[scale].shades);
    const size = rows * columns;
    return Array.from({ length: bytes.length / size }, (_, k) => {
        const rgb = new Uint8Array(3 * size);
        for (let cell = 0; cell < size; cell += 1) {
            const from = 3 * bytes[k * size + cell];
            rgb.set(shades.subarray(from, from + 3), 3 * cell);
        }
        return pictureUrl(rows, columns, rgb);
    });
}
