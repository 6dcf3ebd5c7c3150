// Counts how often Plotly draws the curves from now on.
() => {
    window.drawn = 0;
    for (const plot of document.querySelectorAll(".curves .plot")) {
        plot.on("plotly_afterplot", () => (window.drawn += 1));
    }
}
