// What the stage shows, with the numbers of the panels of these names alone (null: of all). As one
// text: Playwright looks at every number that it hands over, which takes longer than to read.
(names) => {
    const told = (_, value) => (value === Infinity || value === -Infinity ? `${value}` : value);
    const root = document.querySelector("[data-stage]");
    const texts = (panel, layer) =>
        [...panel.querySelectorAll(`.${layer} text`)].map((text) => text.textContent);
    const panels = [...root.querySelectorAll("[data-panel]")].map((panel) => {
        const name = panel.dataset.panel;
        const cells = panel.querySelector("[data-cells]");
        const trace = panel.querySelector(".plot").data[0];
        const whole = names === null || names.includes(name);
        const paths = [...panel.querySelectorAll(".marks path")];
        return [name, {
            rows: Number(cells.dataset.rows),
            columns: Number(cells.dataset.columns),
            width: parseFloat(cells.style.width),
            height: parseFloat(cells.style.height),
            values: whole ? (trace.z ?? [trace.y]).map((row) => [...row]) : null,
            waiting: panel.querySelector(".waiting path")?.getAttribute("d") ?? "",
            numbers: whole ? texts(panel, "numbers") : null,
            letters: whole ? texts(panel, "letters") : null,
            power: panel.querySelector(".power")?.textContent ?? "",
            caption: panel.querySelector(".caption").textContent,
            label: panel.getAttribute("aria-label"),
            role: panel.getAttribute("role"),
            marks: paths.map((path) => [path.dataset.role ?? null, path.getAttribute("d")]),
        }];
    });
    return JSON.stringify({
        ...root.dataset,
        label: root.getAttribute("aria-label"),
        sum: root.querySelector("[data-sum]").textContent,
        clocks: Object.fromEntries([...root.querySelectorAll("[data-clock]")].map((clock) => [
            clock.dataset.clock, clock.querySelector(".step").textContent,
        ])),
        legend: [...root.querySelectorAll("[data-hatch]")].map(({ textContent }) => textContent),
        panels: Object.fromEntries(panels),
    }, told);
}
