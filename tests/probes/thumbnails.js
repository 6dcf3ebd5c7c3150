// The pixels of every strip's thumbnails.
async () => {
    const drawn = {};
    for (const strip of document.querySelectorAll("[data-strip]")) {
        const pictures = [...strip.querySelectorAll("img")].map(async (picture) => {
            await picture.decode();
            const [width, height] = [picture.naturalWidth, picture.naturalHeight];
            const context = new OffscreenCanvas(width, height).getContext("2d");
            context.drawImage(picture, 0, 0);
            const { data } = context.getImageData(0, 0, width, height);
            return { shape: [height, width, 4], data: Array.from(data) };
        });
        drawn[strip.dataset.strip] = await Promise.all(pictures);
    }
    return JSON.stringify(drawn);
}
