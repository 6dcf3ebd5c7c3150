// @ts-check
// Bytes that travel as text, and text that travels as bytes.

// What Streamlit was given as bytes, which it hands on as they are.
export function read(sent) {
    return sent instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(sent)) : sent;
}

/** @type {(base64: string) => Uint8Array<ArrayBuffer>} */
export function bytesOf(base64) {
    const signs = atob(base64);
    const bytes = new Uint8Array(signs.length);
    for (let k = 0; k < signs.length; k += 1) bytes[k] = signs.charCodeAt(k);
    return bytes;
}
