// The look that the stage says that it has, and the one that its figures are drawn in.
(stage, look) => {
    const scales = new Set([...stage.querySelectorAll("[data-panel] .plot")]
        .filter((plot) => plot.data[0].type === "heatmap")
        .map((plot) => JSON.stringify(plot.data[0].colorscale)));
    const meant = look.scales.map((scale) => JSON.stringify(scale));
    return stage.dataset.look === look.name && getComputedStyle(stage).color === look.ink
        && scales.size === meant.length && meant.every((scale) => scales.has(scale));
}
