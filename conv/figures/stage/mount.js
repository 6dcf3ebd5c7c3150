// @ts-check
// How the stage comes into a page: as a component of Streamlit, or in a page of its own.

import { element } from "./dom.js";
import { Stage } from "./stage.js";

/** @import { Words } from "./data.d.ts" */

// The stage of each element that Streamlit gives, which it gives again with every scene.
export const stages = new WeakMap();

// The plotly.js of the page, or the one that is served at `address`.
/** @type {(address: string, words: Words) => Promise<any>} */
function plotlyFrom(address, words) {
    if (window.Plotly) return Promise.resolve(window.Plotly);
    const found = document.querySelector("script[data-stage-plotly]");
    const script = found ?? element("script", { "data-stage-plotly": "", src: address });
    return new Promise((resolve, reject) => {
        const settle = () => {
            if (window.Plotly) {
                resolve(window.Plotly);
                return;
            }
            script.remove();
            reject(new Error(words.no_plotly));
        };
        script.addEventListener("load", settle);
        script.addEventListener("error", settle);
        if (!found) document.head.append(script);
    });
}

export default function stage({ data, parentElement, setTriggerValue }) {
    const host = parentElement;
    // Another with every scene: Streamlit may end a call when a later one has begun.
    const call = { data };
    const known = stages.get(host);
    const pick = setTriggerValue && ((choice) => setTriggerValue("pick", choice));
    const one = known ?? new Stage(host, { host, pick });
    one.mount.pick = pick;
    one.call = call;
    stages.set(host, one);
    one.root.lang = data.lang;
    one.root.setAttribute("aria-roledescription", data.words.role);
    one.root.setAttribute("aria-description", data.words.hint);
    one.root.dataset.stage = "";
    plotlyFrom(data.plotly, data.words)
        .then((Plotly) => {
            // Of two scenes that came while plotly.js was on its way, the later one is shown.
            if (one.call === call) one.take(data, Plotly);
        })
        .catch((error) => one.call === call && one.fail(error));
    return () => {
        if (one.call !== call) return;
        one.close();
        stages.delete(host);
    };
}
