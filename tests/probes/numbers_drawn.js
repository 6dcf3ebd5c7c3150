// The numbers of each heatmap by its panel. As text, which Playwright hands over in one piece.
(stage) => JSON.stringify(Object.fromEntries([...stage.querySelectorAll("[data-panel]")]
    .map((panel) => [panel.dataset.panel, panel.querySelector(".plot").data[0].z])
    .filter(([name, z]) => z)))
