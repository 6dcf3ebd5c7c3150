// @ts-check
// For a camera: what a page that is filmed can do. In a film no text moves because a number before it
// has another length: each number has the room that the widest in its place needs.

import { textElement } from "./dom.js";
import { stages } from "./mount.js";

const TEXTS = ".sum, .caption, .step, .card .title, .card dt, .card dd";
const NUMBERS = /([+−-]?\d[\d.]*(?:e[+−-]?\d+)?)/;
const rooms = new Map(); // a text's node to the widths of its numbers, in pixels
const filmed = stages.get(/** @type {HTMLElement} */ (document.querySelector("main")));

window.film = {
    // Tries the steps, and gives the page's height, which all of them have.
    async begin(steps) {
        while (!filmed.panels) await new Promise(requestAnimationFrame);
        const nodes = texts();
        const said = steps.map((step) => {
            moveTo(step);
            nodes.forEach(spread);
            nodes.forEach(measure);
            return nodes.map((node) => node.textContent);
        });
        const heights = said.map((sentences) => {
            nodes.forEach((node, k) => {
                if (node.textContent !== sentences[k]) node.textContent = sentences[k];
                spread(node);
            });
            return document.documentElement.offsetHeight;
        });
        return Math.max(...heights);
    },

    // Shows a step, which is painted when this ends.
    async show(step) {
        moveTo(step);
        texts().forEach(spread);
        await new Promise(requestAnimationFrame);
    },
};

/** @type {(step: number) => void} */
function moveTo(step) {
    filmed.moveToStep(filmed.foot.transport.clock, step);
}

/** @type {() => HTMLElement[]} */
function texts() {
    return [...filmed.root.querySelectorAll(TEXTS)];
}

// Keeps the widths of a text's numbers where they are the widest so far.
/** @type {(node: HTMLElement) => void} */
function measure(node) {
    const widths = rooms.get(node) ?? [];
    node.querySelectorAll("span").forEach((number, k) => {
        widths[k] = Math.max(widths[k] ?? 0, number.offsetWidth);
    });
    rooms.set(node, widths);
}

// Puts each number of a text into a box of its own.
/** @type {(node: HTMLElement) => void} */
function spread(node) {
    const parts = node.textContent.split(NUMBERS);
    node.replaceChildren(
        ...parts.map((part, k) => {
            if (k % 2 === 0) return part;
            const number = textElement("span", "number", part);
            number.style.minWidth = `${rooms.get(node)?.[(k - 1) / 2] ?? 0}px`;
            return number;
        }),
    );
}
