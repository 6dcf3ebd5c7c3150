// Each panel's values and range, and the texts of its layers: what stands where in which ink.
() => JSON.stringify(Object.fromEntries(
    [...document.querySelectorAll("[data-panel]:has(.numbers)")].map((panel) => {
        const { z, zmin, zmax } = panel.querySelector(".plot").data[0];
        const layers = ["letters", "numbers"].map((layer) => [
            layer,
            [...panel.querySelectorAll(`.${layer} text`)].map((text) => [
                text.textContent,
                ...["x", "y"].map((at) => Number(text.getAttribute(at))),
                text.getAttribute("fill"),
            ]),
        ]);
        const cell = parseFloat(panel.querySelector("[data-cells]").style.width) / z[0].length;
        const shown = { z: z.map((row) => [...row]), zmin, zmax, cell };
        return [panel.dataset.panel, { ...shown, ...Object.fromEntries(layers) }];
    }),
))
