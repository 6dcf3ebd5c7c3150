// @ts-check
// Elements of the page and of drawings, and changes as Plotly takes them.

/** @import { Attributes, Chart, Size } from "./data.d.ts" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
    made.append(...children);
    return made;
}

/** @type {(tag: string, attributes?: Attributes) => SVGElement} */
export function drawing(tag, attributes = {}) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
    return made;
}

/** @type {(tag: keyof HTMLElementTagNameMap, name: string, text: string) => HTMLElement} */
export function textElement(tag, name, text) {
    const made = element(tag, { class: name });
    made.textContent = text;
    return made;
}

// Sets what differs from what is there: the browser works through every change, also to the same.
/** @type {(node: Element, attributes: Attributes) => void} */
export function setAttributes(node, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null) node.removeAttribute(name);
        else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
    }
}

/** @type {(node: Node, text: string) => void} */
export function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
}

// Gives a drawing's layer the paths of these attributes, in the nodes that it has.
/** @type {(layer: SVGElement, paths: Attributes[]) => void} */
export function drawPaths(layer, paths) {
    while (layer.childElementCount > paths.length) layer.lastElementChild?.remove();
    paths.forEach((attributes, k) => {
        setAttributes(layer.children[k] ?? layer.appendChild(drawing("path")), attributes);
    });
}

// The attributes of a path of an outline.
/**
 * @param {string} d
 * @param {string} stroke
 * @param {number} width
 * @param {{ dash?: string | null, role?: string | null }} more
 * @returns {Attributes}
 */
export function outline(d, stroke, width, { dash = null, role = null } = {}) {
    return { d, stroke, "stroke-width": width, "stroke-dasharray": dash, "data-role": role };
}

// The changes of one trace: Plotly takes a list for each property.
/** @type {(changes: object) => object} */
export function listed(changes) {
    return Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, [value]]));
}

// Gives bars or curves a size in the room that they have.
/** @type {(drawn: Chart, room: number, size: Size) => void} */
export function giveSize(drawn, room, size) {
    drawn.size = size;
    drawn.node.style.width = `${Math.floor(room)}px`;
    drawn.cells.style.width = `${size.width}px`;
    drawn.cells.style.height = `${size.height}px`;
}

// Puts them beside an axis so wide, as one row of cells.
/** @type {(drawn: Chart, axis: number, columns: number) => void} */
export function setOnAxis(drawn, axis, columns) {
    drawn.cells.style.marginLeft = `${axis}px`;
    Object.assign(drawn.cells.dataset, { rows: 1, columns });
    setAttributes(drawn.svg, drawn.size);
}

// The look of the page round an element: what it says of its colour scheme.
/** @type {(host: Element) => "dark" | "light"} */
export function lookOf(host) {
    const scheme = getComputedStyle(host).colorScheme;
    if (scheme.includes("dark") && scheme.includes("light")) {
        return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    }
    return scheme.includes("dark") ? "dark" : "light";
}

// Scrolls a part of the page and all that it is in to the top: not what a frame stands in.
/** @type {(part: Element | null) => void} */
export function scrollToTop(part) {
    for (let one = part; one; one = one.parentElement) {
        if (one.scrollTop) one.scrollTo({ top: 0, behavior: "instant" });
    }
}
