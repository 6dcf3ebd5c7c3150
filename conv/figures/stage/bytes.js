// @ts-check
// Bytes that travel as text.

/** @type {(base64: string) => Uint8Array<ArrayBuffer>} */
export function bytesOf(base64) {
    const signs = atob(base64);
    const bytes = new Uint8Array(signs.length);
    for (let k = 0; k < signs.length; k += 1) bytes[k] = signs.charCodeAt(k);
    return bytes;
}
