// Elements of the page and of drawings, and changes as Plotly takes them.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
}

export function drawing(tag, attributes = {}) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
}

export function textElement(tag, name, text) {
    const made = element(tag, { class: name });
    made.textContent = text;
    return made;
}

// Sets what differs from what is there: the browser works through every change, also to the same.
export function setAttributes(node, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null) node.removeAttribute(name);
        else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
    }
}

export function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
}

// Gives a drawing's layer the paths of these attributes, in the nodes that it has.
export function drawPaths(layer, paths) {
    while (layer.childElementCount > paths.length) layer.lastChild.remove();
    paths.forEach((attributes, k) => {
        setAttributes(layer.children[k] ?? layer.appendChild(drawing("path")), attributes);
    });
}

// The changes of one trace: Plotly takes a list for each property.
export function listed(changes) {
    return Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, [value]]));
}

// Gives bars or curves a size in the room that they have.
export function giveSize(drawn, room, size) {
    drawn.size = size;
    drawn.node.style.width = `${Math.floor(room)}px`;
    drawn.cells.style.width = `${size.width}px`;
    drawn.cells.style.height = `${size.height}px`;
}

// Puts them beside an axis so wide, as one row of cells.
export function setOnAxis(drawn, axis, columns) {
    drawn.cells.style.marginLeft = `${axis}px`;
    Object.assign(drawn.cells.dataset, { rows: 1, columns });
    setAttributes(drawn.svg, drawn.size);
}

// The look of the page round an element: what it says of its colour scheme.
export function lookOf(host) {
    const scheme = getComputedStyle(host).colorScheme;
    if (scheme.includes("dark") && scheme.includes("light")) {
        return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    }
    return scheme.includes("dark") ? "dark" : "light";
}
