// @ts-check
// A card: a title and lines of text, with the numbers of the place that their space is at.

import { element, setText, textElement } from "./dom.js";
import { textAt } from "./texts.js";

/** @import { Places, Table, Text, Told } from "./data.d.ts" */

export class Card {
    /** @type {Told} */
    item;
    /** @type {Table[]} */
    tables;
    /** @type {Text[]} */
    texts;
    /** @type {HTMLElement[]} */
    nodes = []; // of the texts
    make = ""; // of which texts the nodes are
    at = ""; // the place that they tell of

    /** @param {Told} item @param {Table[]} tables @param {Places} places */
    constructor(item, tables, places) {
        this.node = element("div", { class: "item card", "data-card": String(item.name) });
        this.take(item, tables, places);
    }

    /** @param {Told} item @param {Table[]} tables @param {Places} places */
    take(item, tables, places) {
        const { title, text, lines } = item;
        const make = `${lines.length} ${text !== null}`;
        if (make !== this.make) this.build(lines.length, text !== null);
        const texts = [title, ...(text ? [text] : []), ...lines.flat()];
        Object.assign(this, { item, tables, texts, make, at: "" });
        this.show(places);
    }

    /** @param {number} lines @param {boolean} sentence */
    build(lines, sentence) {
        const head = [textElement("div", "title", "")];
        if (sentence) head.push(textElement("div", "caption", ""));
        const pairs = Array.from({ length: lines }, () => [element("dt"), element("dd")]);
        const list = element("dl", {}, ...pairs.map((pair) => element("div", {}, ...pair)));
        this.nodes = [...head, ...pairs.flat()];
        this.node.replaceChildren(...head, list);
    }

    /** @param {Places} places */
    show(places) {
        const { space } = this.item;
        const at = space ? String(places[space]) : "anywhere";
        if (at === this.at) return;
        this.at = at;
        this.texts.forEach((text, k) => setText(this.nodes[k], textAt(text, places, this.tables)));
    }
}
