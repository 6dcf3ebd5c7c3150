// @ts-check
// Plotly's heatmaps without axes: a new one, and one drawn again with other numbers.

/** @import { Size } from "./data.d.ts" */

/**
 * @type {(figure: HTMLElement, trace: object, size: Size, shown: [rows: number, columns: number], Plotly: any) => void}
 */
export function newHeatmap(figure, trace, size, [rows, columns], Plotly) {
    const axis = { visible: false, fixedrange: true };
    Plotly.newPlot(
        figure,
        [{ type: "heatmap", showscale: false, hoverinfo: "skip", ...trace }],
        {
            ...size,
            margin: { l: 0, r: 0, t: 0, b: 0 },
            paper_bgcolor: "rgba(0,0,0,0)",
            plot_bgcolor: "rgba(0,0,0,0)",
            xaxis: { ...axis, range: [-0.5, columns - 0.5] },
            yaxis: { ...axis, range: [rows - 0.5, -0.5] },
            template: {},
        },
        { staticPlot: true, displayModeBar: false },
    );
}

// Gives a heatmap other numbers and the picture of them: restyle works out the whole figure first, which
// takes many times as long. False where Plotly has not made a picture with a pixel for each cell, as it
// does for browsers that would blur it, or keeps its numbers elsewhere.
/**
 * @type {(figure: any, numbers: { z: (number | undefined)[][], zmin: number, zmax: number }, url: string) => boolean}
 */
export function drawAgain(figure, numbers, url) {
    const { _fullData: [trace] = [], calcdata: [[cells] = []] = [] } = figure;
    const picture = figure.querySelector(".hm image");
    if (picture?.style.imageRendering !== "pixelated" || !trace?.z || !cells?.z) return false;
    Object.assign(figure.data[0], numbers);
    Object.assign(trace, numbers);
    cells.z = numbers.z;
    picture.href.baseVal = url;
    return true;
}
