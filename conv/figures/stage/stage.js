// @ts-check
// The stage: a scene whose panels follow the pointer, the keys, the slider and play together.
//
// `places` says where each space of the scene rests; what is pointed at or pinned goes before it.

import { Clock } from "./clocks.js";
import { element, lookOf, scrollToTop, setAttributes, setText } from "./dom.js";
import { fillWindow, fitPanels } from "./fitting.js";
import { Foot, RATE } from "./foot.js";
import { hatchPatterns, legendEntry } from "./hatches.js";
import { Keys } from "./keys.js";
import { isAnotherWidth } from "./layout.js";
import { Lecture } from "./lecture.js";
import { Listing } from "./listing.js";
import { makeOf } from "./makes.js";
import { pinOf } from "./pins.js";
import { Player } from "./player.js";
import { Playlist } from "./playlist.js";
import { Pointing } from "./pointing.js";
import { isDrawn, sectionOf } from "./sections.js";
import { settled } from "./settling.js";
import { Strip } from "./strips.js";
import { decoded } from "./tables.js";
import { Telling } from "./telling.js";
import { textAt, worded } from "./texts.js";

/** @import { Places, Said, Scene, Table, Told } from "./data.d.ts" */
/** @import { Card } from "./card.js" */
/** @import { Transport } from "./transport.js" */

export class Stage {
    /** @type {any} the panels, bars and curves of a scene; null while none is drawn */
    panels;
    /** @type {Card[]} */
    cards;
    /** @type {Transport[]} of the methods' own steps */
    transports;
    /** @type {Clock[]} */
    clocks;
    /** @type {Strip[]} */
    strips;
    /** @type {HTMLElement} */
    stripsNode;
    /** @type {HTMLElement} */
    bands;
    /** @type {HTMLElement} */
    legend;
    /** @type {Listing | null} the code beside the panels, where the scene has some */
    listing = null;
    /** @type {Scene} */
    data;
    /** @type {Places} */
    places;
    /** @type {Table[]} */
    tables;
    /** @type {object | undefined} the call whose scene is shown */
    taken;
    /** @type {string} what the places are places of */
    frame;
    /** @type {number} how often the server has moved */
    moves;
    /** @type {import("./data.d.ts").Sizes} */
    sizes;
    at = { at: "", over: "" }; // what has been drawn

    constructor(host, mount) {
        this.root = element("div", { class: "conv-stage", tabindex: 0, role: "application" });
        host.append(this.root);
        this.mount = mount;
        this.player = new Player(this);
        this.lecture = new Lecture(this);
        this.playlist = new Playlist(this);
        this.zoom = 1; // pixels of the window for one of the stage's
        this.thickness = 1; // times the outlines' widths
        this.held = null;
        this.pointed = null;
        this.awaited = null; // the part that the scan goes on in, and its place there
        // In the next frame: to be given another size while it is told of one is an error of the page.
        const resized = this.guarded(() => isAnotherWidth(this.root.clientWidth, this.width) && this.fit());
        this.observer = new ResizeObserver(() => requestAnimationFrame(resized));
        this.scheme = window.matchMedia("(prefers-color-scheme: dark)");
        this.refit = this.guarded(() => this.fit());
        this.scheme.addEventListener("change", this.refit);
        // The page's table of products asks for its place at every move anywhere, which is dear while the
        // stage is being drawn.
        this.root.addEventListener("pointermove", (event) => event.stopPropagation());
        this.painted = new MessageChannel();
        this.painted.port1.onmessage = () => this.tellPainted();
        this.keys = new Keys(this);
        this.telling = new Telling(this);
        this.pointing = new Pointing(this);
    }

    // A function that shows a sentence in the stage where `work` fails.
    guarded(work) {
        return (...values) => {
            try {
                return work(...values);
            } catch (error) {
                this.fail(error);
                return undefined;
            }
        };
    }

    fail(error) {
        this.player.stop();
        this.lecture.change(false);
        this.lecture.settle();
        this.pointing.stop();
        const reason = error?.message ?? String(error);
        const { words } = this.call.data;
        const sentence = element("div", { class: "failed", role: "alert", "data-failed": "" });
        sentence.textContent = worded(words.failed, { reason });
        this.clear();
        this.root.replaceChildren(sentence);
    }

    // The figures are not purged: without their elements they are garbage, and Plotly, which works on
    // after a call has returned, would fail with those that are.
    clear() {
        this.panels = null;
        this.make = null;
    }

    close() {
        this.call = null;
        this.player.stop();
        this.pointing.stop();
        this.observer.disconnect();
        this.scheme.removeEventListener("change", this.refit);
        this.painted.port1.close();
        this.clear();
        this.keys.close();
        this.telling.close();
        this.lecture.close();
        this.root.remove();
    }

    // Shows another scene, in the same panels where they are of the same make.
    /** @type {(scene: Scene, said: Said, Plotly: any) => void} */
    take(scene, said, Plotly) {
        const make = makeOf(scene);
        const same = make === this.make;
        const first = !this.data;
        this.Plotly = Plotly;
        this.tables = scene.tables.map(decoded);
        const dressed = this.lecture.fills;
        const turned = this.settle(scene, said, same);
        const { data } = this;
        if (same) this.clocks.forEach((clock, k) => (clock.parts = k ? null : data.parts));
        if (same) this.update();
        else this.build();
        if (first && this.mount.place) this.held ??= pinOf(this, window.history.state);
        this.make = make;
        const asBefore = same && dressed === this.lecture.fills;
        this.listing?.follow();
        if (asBefore && lookOf(this.mount.host) === this.root.dataset.look) this.show();
        else this.fit();
        if (turned) scrollToTop(this.listing?.told ?? this.root);
        this.telling.keepPin();
    }

    // Hears what there is to know of the scene that is shown.
    /** @param {Said} said */
    hear(said) {
        if (!this.panels) return;
        const dressed = this.lecture.fills;
        const lines = JSON.stringify(this.data.lines);
        const turned = this.settle(this.data, said, true);
        const { data } = this;
        if (data.listing && JSON.stringify(data.lines) !== lines) this.listing?.take(data.listing, data);
        this.listing?.follow();
        if (dressed === this.lecture.fills) this.show();
        else this.fit();
        if (turned) scrollToTop(this.listing?.told ?? this.root);
        this.telling.keepPin();
    }

    // Takes over where the stage rests, and how it is shown; true where a reader begins at its top.
    settle(scene, said, same) {
        const data = { ...scene, ...said };
        const turned = this.data !== undefined && this.data.page !== data.page;
        const { places, sizes, frame, moves, held, pointed, awaited, telling } = this;
        const known = { places, sizes, frame, moves, held, pointed, awaited, turn: telling.turn };
        // Where the history has gone, the answer has the place.
        const before = telling.wentAt ? { ...known, moves: -1 } : known;
        const { late, moved, opened, ...now } = settled(before, data, same);
        if (!same) this.player.stop();
        this.data = data;
        Object.assign(this, now);
        this.telling.hear(said, { late, moved, opened });
        if (!late) {
            this.lecture.take(data.mode);
            this.playlist.take(data.mode, data.playlist, data.words);
        }
        return turned;
    }

    items() {
        return this.data.bands.flat().flatMap((section) => section.rows.flat());
    }

    build() {
        const { data } = this;
        const active = /** @type {HTMLElement | null} */ (document.activeElement);
        const focused = this.root.contains(active) ? active : null;
        this.clear();
        this.panels = [];
        this.cards = [];
        this.transports = [];
        this.clocks = data.clocks.map(
            (space, k) => new Clock(space, data.sizes[space], k ? null : data.parts, !this.mount.pick),
        );
        // A page of its own has nobody to tell of a pick.
        this.strips = (this.mount.pick ? data.strips : []).map(
            (strip) => new Strip(strip, (field, choice) => this.telling.pick({ [field]: choice })),
        );
        this.foot = new Foot(this, data.words, this.foot?.rate ?? RATE);
        this.pointing.hideTip();
        const methods = data.bands.some((band) => band.some(({ clock }) => clock));
        const bands = data.bands.map((band) => {
            const after = methods && !band.some(({ clock }) => clock);
            const sections = band.map((section) => sectionOf(this, section));
            return element("div", { class: after ? "band after" : "band" }, ...sections);
        });
        const strips = this.strips.map(({ node }) => node);
        this.stripsNode = element("div", { class: "strips" }, ...strips);
        this.legend = element("div", { class: "legend" });
        this.fillNotes();
        this.bands = element("div", { class: "bands" }, ...bands);
        this.root.replaceChildren(
            hatchPatterns(),
            this.stripsNode,
            ...this.placed(),
            this.foot.node,
            this.pointing.tip,
        );
        this.lecture.placePlaylist();
        // The playlist's list may be open: it stays.
        const kept = focused?.isConnected ? focused : this.root;
        if (focused) kept.focus({ preventScroll: true });
        this.observer.observe(this.root);
        this.lecture.grown.disconnect();
        this.lecture.grown.observe(this.bands);
        this.lecture.grown.observe(this.foot.node);
    }

    update() {
        const items = this.items().filter(isDrawn);
        this.panels.forEach((panel, k) => {
            panel.take(items[k], this.tables);
            if (this.width) panel.drawStill();
        });
        this.strips.forEach((strip, k) => strip.take(this.data.strips[k]));
        const cards = /** @type {Told[]} */ (this.items().filter(({ kind }) => kind === "card"));
        this.cards.forEach((card, k) => card.take(cards[k], this.tables, this.places));
        const sections = this.data.bands.flat();
        const notes = sections.filter(({ note }) => note);
        this.root.querySelectorAll(".section-note").forEach((one, k) => {
            setText(one, notes[k].note ?? "");
        });
        this.transports.forEach((one) => (one.told = sections[one.section].clock ?? one.told));
        if (this.data.listing) this.listing?.take(this.data.listing, this.data);
        this.fillNotes();
    }

    // The panels and what their hatches mean, beside the code where there is some.
    placed() {
        this.listing = null;
        if (!this.data.listing) return [this.bands, this.legend];
        this.listing = new Listing(this);
        this.listing.take(this.data.listing, this.data);
        this.listing.hold(this.bands, this.legend);
        return [this.listing.node];
    }

    // What stands beside the panels: what the hatches mean, and the scan's name.
    fillNotes() {
        this.foot.take(this.data);
        this.legend.replaceChildren(...this.data.legend.map(legendEntry));
    }

    // Fits every panel to the width that the stage has, or to the window where it fills that.
    fit() {
        const { clientWidth } = this.root;
        if (!this.panels || !clientWidth) return;
        const lookName = lookOf(this.mount.host);
        const look = this.lecture.look(this.data.themes[lookName]);
        this.root.dataset.look = lookName;
        const { ink, muted, rule, box, ground } = look;
        for (const [name, color] of Object.entries({ ink, muted, rule, box, ground })) {
            this.root.style.setProperty(`--stage-${name}`, color);
        }
        this.strips.forEach((strip, k) => strip.take(this.data.strips[k]));
        if (this.lecture.fills) {
            this.tell(this.places);
            fillWindow(this, look);
        } else {
            fitPanels(this, clientWidth, look);
        }
        this.lecture.settle();
        // The panels may have brought a scroll bar: then they were fitted for more than there is now.
        this.width = this.lecture.fills ? this.root.clientWidth : clientWidth;
        this.show();
    }

    // The space whose place says where the scene is at.
    get main() {
        return this.data.clocks[0] ?? "output";
    }

    // Moves what a clock counts to a step of it; into another part only the server can.
    moveToStep(clock, step) {
        const [first, last] = clock.ends;
        const found = clock.placesAt(Math.min(Math.max(step, first), last));
        const { parts, clocks } = this.data;
        const scanned = parts && found[clocks[0]];
        if (scanned && scanned.part !== parts.at) {
            delete found[clocks[0]];
            this.awaited = scanned;
            this.telling.pick({ [parts.field]: parts.choices[scanned.part] }, { goesOn: true });
        }
        const places = Object.entries(found).map(([space, { place }]) => [space, place]);
        this.rest(Object.fromEntries(places));
    }

    // Moves a clock's place by rows and columns.
    moveBy(clock, by) {
        if (clock) this.rest({ [clock.space]: clock.by(this.places, by) });
    }

    // Moves spaces to places, where they stay.
    rest(places) {
        const { held } = this;
        this.places = { ...this.places, ...places };
        this.held = null;
        this.pointed = null;
        this.pointing.hideTip();
        this.lecture.moved();
        if (held) this.telling.keepPin();
        this.telling.moved();
        this.listing?.follow();
        this.show();
    }

    // Draws everything for what is held, or pointed at, or where the scene rests.
    show() {
        const at = this.held ?? this.pointed;
        const places = at?.space ? { ...this.places, [at.space]: at.place } : this.places;
        for (const panel of this.panels) panel.show(this, places, at?.space);
        for (const card of this.cards) card.show(places);
        this.strips.forEach((one) => one.point(one.strip.field === at?.field ? at.choice : undefined));
        this.listing?.point(this.pointed?.name);
        this.tell(places);
        setAttributes(this.root, { "aria-label": textAt(this.data.label, places, this.tables) });
        this.foot.pinned(this.held);
        this.steps = this.clocks.map((clock) => clock.stepOf(places)).join();
        this.at = { at: String(at?.cell ?? places[this.main]), over: at?.name ?? "" };
        if (!this.asked) {
            this.asked = true;
            requestAnimationFrame(() => this.painted.port2.postMessage(null));
        }
    }

    // Writes the sum and the steps of places.
    tell(places) {
        this.foot.show(textAt(this.data.total, places, this.tables), places);
        for (const one of this.transports) one.show(places, textAt(one.told, places, this.tables));
    }

    // After the browser has painted: the frame's own callback runs before, the message behind it.
    tellPainted() {
        this.asked = false;
        if (!this.panels) return;
        // For tests and benchmarks, which wait for what has been painted.
        const { picked, scene } = this.data;
        this.root.dataset.scene = scene;
        this.root.dataset.view = Object.values(picked).join(",");
        this.root.dataset.listed = String(this.data.mode?.at ?? "");
        this.root.dataset.width = String(this.width);
        this.root.dataset.steps = this.steps;
        this.root.dataset.over = this.at.over;
        this.root.dataset.at = this.at.at;
        // Thumbnails can wait: they take as long as the panels.
        const look = this.root.dataset.look ?? "light";
        this.strips.forEach((strip) => strip.draw(look, this.data.themes[look]));
        this.panels.forEach((panel) => panel.drawPictures?.(look, this.data.themes[look]));
    }
}
