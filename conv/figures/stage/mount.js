// @ts-check
// How the stage comes into a page: as components of Streamlit, or in a page of its own.
//
// On the page one component brings the scene, and a small one says what else there is to know of it,
// such as the place, so that a scene is sent once.

import { read } from "./bytes.js";
import { element } from "./dom.js";
import { Stage } from "./stage.js";

/** @import { Said, Words } from "./data.d.ts" */

// What the server leaves out where there is nothing to say of it.
const NOTHING = { turn: 0, moves: 0, frame: "", page: "", mode: {}, lines: {} };

// The stage of each element that Streamlit gives, which it gives again with every scene.
export const stages = new WeakMap();

/** @type {{ stage: Stage | null, said: Said | null, tell: ((place: object) => void) | null }} */
const page = { stage: null, said: null, tell: null };

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

// What Streamlit calls for both components, with the name of one.
export default function stage(call) {
    return call.name === "place" ? say(call) : show(call);
}

function show({ data: sent, parentElement: host, setStateValue }) {
    const data = read(sent);
    // Another with every scene: Streamlit may end a call when a later one has begun.
    const call = { data };
    const known = stages.get(host);
    const one = known ?? new Stage(host, { host });
    one.mount.pick = setStateValue && ((choice) => setStateValue("pick", choice));
    one.call = call;
    stages.set(host, one);
    one.root.lang = data.lang;
    one.root.setAttribute("aria-roledescription", data.words.role);
    one.root.setAttribute("aria-description", data.words.hint);
    one.root.dataset.stage = "";
    if (setStateValue) page.stage = one;
    bring(one);
    return () => {
        if (one.call !== call) return;
        if (page.stage === one) page.stage = null;
        one.close();
        stages.delete(host);
    };
}

function say({ data, setStateValue }) {
    page.said = { ...NOTHING, ...read(data) };
    page.tell = (place) => setStateValue("place", place);
    if (page.stage) bring(page.stage);
}

// Shows a scene once both of its components are there, or what is new of the one that is shown.
/** @param {Stage} one */
function bring(one) {
    const { call, mount } = one;
    const { data } = call;
    // A stage of its own has all that there is to say.
    const saidOf = () => (mount.pick ? page.said : data);
    if (mount.pick && saidOf()?.of !== data.id) return;
    plotlyFrom(data.plotly, data.words)
        .then((Plotly) => {
            const said = saidOf();
            // Of two scenes that came while plotly.js was on its way, the later one is shown.
            if (one.call !== call || (mount.pick && said?.of !== data.id)) return;
            if (mount.pick) mount.place = page.tell;
            if (one.taken === call) one.hear(said);
            else one.take(data, said, Plotly);
            one.taken = call;
        })
        .catch((error) => one.call === call && one.fail(error));
}
