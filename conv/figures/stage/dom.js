// Elements of the page and of drawings, and changes as Plotly takes them.

const SVG = "http://www.w3.org/2000/svg";

function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
}

function drawing(tag, attributes = {}) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
}

function textElement(tag, name, text) {
    const made = element(tag, { class: name });
    made.textContent = text;
    return made;
}

// The changes of one trace: Plotly takes a list for each property.
function listed(changes) {
    return Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, [value]]));
}
