// @ts-check
/** Those of the signs that are drawn like one that no font has.
 * @type {(signs: string) => string} */
(signs) => {
    const side = 32;
    const canvas = new OffscreenCanvas(side, side);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
        canvas.getContext("2d", { willReadFrequently: true })
    );
    context.font = `${side / 2}px sans-serif`;
    /** @type {(sign: string) => string} */
    const drawn = (sign) => {
        context.clearRect(0, 0, side, side);
        context.fillText(sign, side / 4, (3 * side) / 4);
        return context.getImageData(0, 0, side, side).data.join();
    };
    const missing = drawn("\u{10FFFF}");
    return [...signs].filter((sign) => drawn(sign) === missing).join("");
}
