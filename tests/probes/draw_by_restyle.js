// Has every figure drawn by Plotly itself: with other numbers, or with the ones that it has, which
// a first call for others keeps.
async (others) => {
    for (const plot of document.querySelectorAll("[data-panel] .plot")) {
        const { data, layout } = plot;
        plot.own ??= data.map(({ type, z, zmin, zmax, y, marker }) =>
            (type === "heatmap" ? { z, zmin, zmax } : { y, ...(marker && { "marker.color": marker.color }) }));
        const changed = ({ z, zmax, y }) =>
            (z ? { z: z.map((row) => row.map(() => zmax)) } : { y: y.map((value) => -value) });
        const drawn = plot.own.map((one) => (others ? { ...one, ...changed(one) } : one));
        const all = Object.fromEntries(Object.keys(drawn[0]).map((key) => [key, drawn.map((one) => one[key])]));
        await Plotly.update(plot, all, { "yaxis.range": [...layout.yaxis.range] });
    }
}
