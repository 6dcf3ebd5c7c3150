// What a panel of curves shows.
(name) => {
    const panel = document.querySelector(`[data-panel="${name}"]`);
    const { data, layout } = panel.querySelector(".plot");
    const all = (selector) => [...panel.querySelectorAll(selector)];
    const [band] = all(".band-mark");
    return {
        lines: data.map(({ name, y, line }) => ({ name, y: [...y], ...line })),
        range: layout.yaxis.range,
        caption: panel.querySelector(".caption").textContent,
        label: panel.getAttribute("aria-label"),
        names: all(".curve-name").map((one) => one.textContent),
        values: all(".value").map((one) => one.textContent),
        chosen: all(".chosen").map((one) => one.dataset.line),
        band: [Number(band.getAttribute("x")), Number(band.getAttribute("width"))],
        width: panel.querySelector("[data-cells]").getBoundingClientRect().width,
        dots: all("circle").map((dot) => ["cx", "cy"].map((at) => Number(dot.getAttribute(at)))),
        height: panel.querySelector("[data-cells]").getBoundingClientRect().height,
    };
}
