// Marks the stage's panels and figures, and counts from now on how many figures are made.
() => {
    const { newPlot } = window.Plotly;
    window.made = 0;
    window.Plotly.newPlot = (...values) => {
        window.made += 1;
        return newPlot(...values);
    };
    for (const node of document.querySelectorAll("[data-stage], [data-panel], [data-panel] .plot")) {
        node.kept = true;
    }
}
