// Where the cells of every panel are on the page, by its name.
() => Object.fromEntries([...document.querySelectorAll("[data-panel]")].map((panel) => {
    const { left, top, right, bottom } = panel.querySelector("[data-cells]").getBoundingClientRect();
    return [panel.dataset.panel, [left, top, right, bottom].map(Math.round)];
}))
