// @ts-check
// The code beside the panels: what each line prints, and which panels it is about. A line that is
// pointed at or has the focus lights up its panels, and a panel that is pointed at its lines.

import { element, setText, textElement } from "./dom.js";

/** @import { Code, Said, Words } from "./data.d.ts" */
/** @import { Stage } from "./stage.js" */

const SIDE_BY_SIDE = 700; // pixels with which code and panels stand side by side
const CODE_GAP = 28;
const PANELS_SHARE = 0.55; // of the width, which the panels have beside the code
const WRAPPED = 4; // letters by which a wrapped line is set in

export class Listing {
    /** @param {Stage} stage */
    constructor(stage) {
        this.stage = stage;
        this.beside = true;
        this.title = textElement("h3", "listing-title", "");
        this.about = textElement("p", "listing-text", "");
        this.remarks = element("div", { class: "remarks" });
        this.given = textElement("p", "given", "");
        this.list = element("ol", { class: "lines", "data-lines": "" });
        this.words = element("div", { class: "words" }, this.title, this.about, this.remarks);
        this.code = element("div", { class: "code" }, this.given, this.list);
        this.told = element("div", { class: "told" }, this.words, this.code);
        this.list.addEventListener("keydown", stage.guarded((event) => this.move(event)));
        this.node = element("div", { class: "work" }, this.told);
    }

    // Puts the panels beside the code.
    /** @param {HTMLElement[]} shown */
    hold(...shown) {
        this.node.append(element("div", { class: "shown" }, ...shown));
    }

    // Shows code, with those of its lines that are others at the place that is shown.
    /** @type {(code: Code, data: { lines?: Said["lines"], words: Words }) => void} */
    take(code, { lines: others = {}, words }) {
        this.pointed = undefined;
        setText(this.title, code.title);
        setText(this.about, code.text);
        this.remarks.replaceChildren(...code.remarks.map((text) => textElement("p", "", text)));
        setText(this.given, words.given);
        this.list.setAttribute("aria-label", words.code);
        const focused = this.lines.indexOf(/** @type {HTMLElement} */ (document.activeElement));
        const lines = code.lines.map((line, k) => this.line({ ...line, ...others[k] }));
        this.list.replaceChildren(...lines);
        const first = this.lines.find((line) => line.dataset.panels);
        const now = this.lines[focused] ?? first;
        if (now) now.tabIndex = 0;
        if (focused >= 0) now?.focus({ preventScroll: true });
    }

    /** @returns {HTMLElement[]} */
    get lines() {
        return /** @type {HTMLElement[]} */ ([...this.list.children]);
    }

    line({ code, panels, printed }) {
        const made = element("li", { "data-panels": panels.join(" ") });
        const text = textElement("code", "", code || " ");
        // What is wrapped stands behind where its line begins.
        const indent = code.length - code.trimStart().length + WRAPPED;
        text.style.paddingLeft = `${indent}ch`;
        text.style.textIndent = `-${indent}ch`;
        made.append(text);
        if (printed) made.append(textElement("pre", "printed", printed));
        if (!panels.length) return made;
        made.tabIndex = -1;
        const on = (name, work) => made.addEventListener(name, this.stage.guarded(work));
        on("pointerenter", () => this.light(panels, made));
        on("pointerleave", () => this.light([], null));
        on("focus", () => this.light(panels, made));
        on("blur", () => this.light([], null));
        return made;
    }

    // Lights up panels, and the line that is about them.
    light(panels, line) {
        for (const { node, item } of this.stage.panels ?? []) {
            node.classList.toggle("lit", panels.includes(item.name));
        }
        for (const card of this.node.querySelectorAll("[data-card]")) {
            card.classList.toggle("lit", panels.includes(card.getAttribute("data-card")));
        }
        for (const one of this.lines) one.classList.toggle("lit", one === line);
        this.stage.root.dataset.lit = panels.join(" ");
    }

    // Lights up the lines that are about the panel that is pointed at; none where none is.
    /** @param {string | undefined} name */
    point(name) {
        if (name === this.pointed) return;
        this.pointed = name;
        for (const one of this.lines) {
            const about = (one.dataset.panels ?? "").split(" ");
            one.classList.toggle("lit", name !== undefined && about.includes(name));
        }
    }

    // The arrow keys go through the lines, of which one is in the tab order.
    move(event) {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        const lines = this.lines.filter((line) => line.dataset.panels);
        const at = lines.indexOf(event.target);
        if (!by || at < 0) return;
        event.preventDefault();
        event.stopPropagation();
        const next = lines[Math.min(Math.max(at + by, 0), lines.length - 1)];
        lines[at].tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
    }

    // Says whether the code is that of where the panels are.
    follow() {
        this.node.classList.toggle("stale", this.stage.telling.isUnknown);
    }

    // The width that the panels have of so many pixels.
    /** @type {(width: number) => number} */
    roomFor(width) {
        this.beside = width >= SIDE_BY_SIDE;
        this.node.classList.toggle("beside", this.beside);
        const room = this.beside ? Math.floor((width - CODE_GAP) * PANELS_SHARE) : width;
        this.node.style.setProperty("--shown", `${room}px`);
        return room;
    }
}
