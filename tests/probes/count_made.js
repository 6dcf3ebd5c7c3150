// Counts from now on how many figures are made.
() => {
    const { newPlot } = window.Plotly;
    window.made = 0;
    window.Plotly.newPlot = (...values) => {
        window.made += 1;
        return newPlot(...values);
    };
}
