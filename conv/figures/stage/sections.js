// @ts-check
// The sections of a stage: what they say, and the panels, signs and cards in them.

import { Bars } from "./bars.js";
import { Card } from "./card.js";
import { Curves } from "./curves.js";
import { element, textElement } from "./dom.js";
import { Panel } from "./panel.js";
import { Transport } from "./transport.js";

/** @import { Item, Section } from "./data.d.ts" */
/** @import { Clock } from "./clocks.js" */
/** @import { Stage } from "./stage.js" */

const KINDS = { panel: Panel, bars: Bars, curves: Curves };

/** @type {(item: Item) => boolean} */
export function isDrawn({ kind }) {
    return kind in KINDS;
}

// Makes a section, and tells the stage of its panels, cards and transport.
/** @type {(stage: Stage, section: Section) => HTMLElement} */
export function sectionOf(stage, { heading, note, rows, clock }) {
    const made = element("section");
    if (heading) made.append(textElement("h3", "heading", heading));
    if (note) made.append(textElement("p", "section-note", note));
    for (const row of rows) {
        made.append(element("div", { class: "row" }, ...row.map((item) => itemOf(stage, item))));
    }
    if (clock) made.append(transportOf(stage, clock));
    return made;
}

// The transport of a method's own steps.
/** @type {(stage: Stage, told: any) => HTMLElement} */
function transportOf(stage, told) {
    const clock = /** @type {Clock} */ (stage.clocks.find(({ space }) => space === told.space));
    const made = new Transport(stage, clock, told.name, { name: told.name });
    made.told = told;
    made.section = stage.data.bands.flat().findIndex((section) => section.clock === told);
    stage.transports.push(made);
    return element("div", { class: "transport own", "data-clock": told.space }, ...made.parts);
}

/** @type {(stage: Stage, item: any) => HTMLElement} */
function itemOf(stage, item) {
    if (item.kind === "sign") {
        const made = element("div", { class: item.sign ? "item sign" : "item gap" });
        made.append(textElement("span", "mark", item.sign));
        if (item.caption) made.append(textElement("span", "under", item.caption));
        return made;
    }
    if (item.kind === "card") {
        const card = new Card(item, stage.tables, stage.places);
        stage.cards.push(card);
        return card.node;
    }
    const panel = new KINDS[item.kind](item, stage.tables);
    stage.panels.push(panel);
    stage.pointing.listen(panel);
    return panel.node;
}
