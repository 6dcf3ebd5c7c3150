// Small pictures of arrays: shades of a scale, or red, green and blue.

// The addresses of `count` pictures of rows x columns cells. They are pictures, not canvases: each
// canvas on a page is a layer that every frame has to sort.
function pictureUrls({ rows, columns, data, scale }, look) {
    const bytes = bytesOf(data);
    const shades = scale && bytesOf(look[scale].shades);
    const cells = rows * columns;
    const canvas = element("canvas", { width: columns, height: rows });
    const context = canvas.getContext("2d");
    const count = bytes.length / (cells * (shades ? 1 : 3));
    return Array.from({ length: count }, (_, k) => {
        const image = new ImageData(columns, rows);
        for (let cell = 0; cell < cells; cell += 1) {
            const from = k * cells + cell;
            const rgb = shades
                ? shades.subarray(3 * bytes[from], 3 * bytes[from] + 3)
                : bytes.subarray(3 * from, 3 * from + 3);
            image.data.set(rgb, 4 * cell);
            image.data[4 * cell + 3] = 255;
        }
        context.putImageData(image, 0, 0);
        return canvas.toDataURL();
    });
}
