// @ts-check
// The pointer and the finger on the cells of a stage, what a click pins, and the tip beside the pointer.

import { element, setText } from "./dom.js";
import { marksAt, middleOf } from "./links.js";
import { resting } from "./settling.js";

/** @import { Stage } from "./stage.js" */

export class Pointing {
    /** @param {Stage} stage */
    constructor(stage) {
        this.stage = stage;
        this.finger = null; // where it came down, and what was shown then
        this.tip = element("div", { class: "tip", "aria-hidden": "true" });
        this.tip.hidden = true;
    }

    stop() {
        clearTimeout(this.leaving);
    }

    listen(panel) {
        const on = (name, work) => panel.cells.addEventListener(name, this.stage.guarded(work));
        on("pointermove", (event) => this.isScan(event) && this.point(panel, event));
        on("pointerdown", (event) => this.touch(panel, event));
        on("pointerup", () => this.lift());
        on("pointerleave", () => this.leave());
        on("pointercancel", () => this.giveBack());
        on("click", (event) => this.pinAt(panel, event));
    }

    // A finger comes down: to tap, to scroll the page, or to go over the cells.
    touch(panel, event) {
        if (event.pointerType === "mouse") return;
        const scans = this.stage.lecture.holdsStill;
        this.finger = { x: event.clientX, y: event.clientY, places: this.stage.places, scans };
        if (scans) this.point(panel, event);
    }

    // Whether a motion goes over the cells: a finger's does once it goes sideways, for up and down the
    // browser scrolls.
    isScan({ clientX, clientY }) {
        const { finger } = this;
        if (!finger || finger.scans) return true;
        finger.scans = Math.abs(clientX - finger.x) > Math.abs(clientY - finger.y);
        return finger.scans;
    }

    lift() {
        this.finger = null;
        this.stage.telling.moved();
    }

    // The browser scrolls after all: no cell was meant.
    giveBack() {
        if (this.finger) this.stage.places = this.finger.places;
        this.lift();
        this.leave();
    }

    point(panel, event) {
        const { stage } = this;
        if (stage.player.running) return;
        clearTimeout(this.leaving);
        const touched = event.pointerType !== "mouse";
        const cell = panel.cellAt(event.clientX, event.clientY, touched);
        if (!cell) {
            this.leave();
            return;
        }
        this.tellCell(panel, cell, event);
        const over = `${panel.item.name} ${cell}`;
        if (over === stage.pointed?.over) return;
        const target = panel.placeOf(cell);
        stage.pointed = { over, name: panel.item.name, cell, ...target };
        if (stage.held) return;
        // A finger that is lifted has no place to go back to.
        if (touched && stage.clocks.some(({ space }) => space === target?.space)) {
            stage.places = { ...stage.places, [target.space]: target.place };
        }
        stage.show();
    }

    // Comes back to rest, unless the pointer is on another panel at once: that draws everything too.
    leave() {
        clearTimeout(this.leaving);
        this.leaving = setTimeout(this.stage.guarded(() => this.left()));
    }

    left() {
        const { stage } = this;
        this.hideTip();
        if (!stage.pointed) return;
        stage.pointed = null;
        if (!stage.held) stage.show();
    }

    // Pins what a click is on, or lets go of it where it is pinned already.
    pinAt(panel, event) {
        this.stage.player.stop();
        const cell = panel.cellAt(event.clientX, event.clientY, false);
        const target = cell && panel.placeOf(cell);
        if (!target) return;
        const over = `${panel.item.name} ${cell}`;
        if (over === this.stage.held?.over) {
            this.letGo();
            return;
        }
        this.hold({ over, name: panel.item.name, cell, ...target });
    }

    pinHere() {
        const { stage } = this;
        const at = stage.pointed?.space ? stage.pointed : null;
        this.hold(at ?? resting(stage.main, stage.places[stage.main]));
    }

    // Holds a place still, and tells the server the step that it is, or that it stands for.
    hold(target) {
        const { stage } = this;
        if (target.space === "share") {
            stage.telling.pick({ [target.field]: target.choice });
            return;
        }
        stage.player.stop();
        stage.telling.tellPlace();
        stage.held = { ...target, output: this.outputOf(target) };
        const [space, place] = this.restOf(stage.held);
        if (place) {
            stage.places = { ...stage.places, [space]: place };
            stage.telling.tellPlace("pushState");
            stage.listing?.follow();
        }
        stage.telling.keepPin();
        stage.show();
    }

    // Where a pin rests: at a place of its own, or at the output cell that it stands for, if it is one.
    restOf({ space, place, output }) {
        const { data, clocks } = this.stage;
        const own = data.pins.includes(space) || clocks.some((clock) => clock.space === space);
        return own ? [space, place] : ["output", output];
    }

    // The output cell itself, or the middle one of those that an input cell feeds.
    outputOf({ space, place }) {
        if (space === "output") return place;
        if (space !== "input_pad") return null;
        const panel = this.stage.panels.find(
            ({ item }) => item.cells?.space === "output" && item.links[space],
        );
        const [mark] = panel ? marksAt(panel.item, space, { [space]: place }) : [];
        return mark ? middleOf(mark) : null;
    }

    // False where there is nothing to let go of.
    letGo() {
        const { stage } = this;
        const { keys, note } = stage.foot;
        if (keys.hidden && note.hidden && !stage.held) return false;
        stage.foot.showKeys(false);
        stage.foot.tell("");
        if (!stage.held) return true;
        stage.held = null;
        stage.telling.keepPin();
        stage.show();
        return true;
    }

    tellCell(panel, cell, event) {
        const { stage } = this;
        const frame = stage.root.getBoundingClientRect();
        const [x, y] = [event.clientX - frame.left, event.clientY - frame.top].map((at) => at / stage.zoom);
        const aside = x > stage.root.clientWidth / 2 ? "calc(-100% - 12px)" : "16px";
        this.tip.style.transform = `translate(${x}px, ${y}px) translate(${aside}, 14px)`;
        const told = panel.cellText(cell, stage.data.words);
        setText(this.tip, told);
        this.tip.hidden = !told;
    }

    hideTip() {
        this.tip.hidden = true;
    }
}
