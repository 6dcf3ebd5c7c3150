// @ts-check
// The playlist: which of its views is shown, the way to the next one, and a list to jump.

import { element, setAttributes, setText } from "./dom.js";

/** @import { Mode, Words } from "./data.d.ts" */

export class Playlist {
    /** @type {import("./data.d.ts").Playlist | null} */
    told;

    constructor(stage) {
        this.stage = stage;
        this.told = null;
        this.back = this.button("back", () => this.go(-1));
        this.count = this.button("count", () => this.showList(this.list.hidden));
        this.on = this.button("on", () => this.go(1));
        this.back.textContent = "‹";
        this.on.textContent = "›";
        this.view = element("span", { class: "view", "aria-live": "polite" });
        this.name = element("span", { class: "name" });
        this.list = element("ol", { class: "views", "data-views": "" });
        this.list.hidden = true;
        this.list.addEventListener("keydown", (event) => this.move(event));
        this.full = element("a", { class: "full", target: "_blank", rel: "noopener", "data-full": "" });
        for (const event of ["pointerover", "pointerdown", "focus", "keydown"]) {
            this.full.addEventListener(event, () => (this.full.href = this.stage.telling.placed(this.link)));
        }
        const buttons = [this.back, this.count, this.on];
        this.node = element("div", { class: "playlist" }, ...buttons, this.view, this.name, this.full, this.list);
    }

    // A pointer's click leaves the keys to the stage.
    button(name, work) {
        const made = element("button", { type: "button", class: name, [`data-${name}`]: "" });
        made.addEventListener(
            "click",
            this.stage.guarded((event) => {
                work();
                if (event.detail && this.list.hidden) this.stage.root.focus({ preventScroll: true });
            }),
        );
        return made;
    }

    // The playlist of the page, or none; and where all of the page is to be had.
    /** @type {(mode?: Mode, playlist?: import("./data.d.ts").Playlist | null, words?: Words) => void} */
    take({ at = 0, full = null } = {}, playlist = null, words = {}) {
        this.told = playlist;
        this.at = at;
        this.node.hidden = !playlist && !full;
        for (const part of [this.back, this.count, this.on, this.view, this.name]) part.hidden = !playlist;
        this.full.hidden = !full;
        if (full) {
            this.link = full;
            this.full.href = full;
            this.full.textContent = words.full;
        }
        if (!playlist) {
            this.close();
            return;
        }
        this.back.setAttribute("aria-label", words.previous_view);
        this.on.setAttribute("aria-label", words.next_view);
        this.back.title = words.previous_view;
        this.on.title = words.next_view;
        this.count.title = words.views;
        this.list.setAttribute("aria-label", words.views);
        const titles = JSON.stringify(playlist.titles);
        if (titles !== this.listed) this.fill(playlist.titles);
        this.listed = titles;
        this.tell();
    }

    fill(titles) {
        const buttons = titles.map((title, k) => {
            const made = this.button("entry", () => this.open(k + 1));
            made.textContent = title;
            return made;
        });
        this.list.replaceChildren(...buttons.map((button) => element("li", {}, button)));
    }

    tell() {
        if (!this.told) return;
        const { titles, title } = this.told;
        setText(this.count, `${this.at}/${titles.length}`);
        const label = `${this.count.title}: ${this.at}/${titles.length}`;
        setAttributes(this.count, { "aria-label": label, "aria-expanded": !this.list.hidden });
        setText(this.view, titles[this.at - 1]);
        setText(this.name, title);
        this.back.disabled = !this.canGo(-1);
        this.on.disabled = !this.canGo(1);
        this.entries.forEach((entry, k) => {
            setAttributes(entry, { "aria-current": k + 1 === this.at ? "true" : null });
        });
    }

    get entries() {
        return [...this.list.querySelectorAll("button")];
    }

    canGo(by) {
        return this.told !== null && this.at + by >= 1 && this.at + by <= this.told.titles.length;
    }

    go(by) {
        if (this.canGo(by)) this.open(this.at + by);
    }

    // What was picked in the view before is no wish for this one, but where the views are of one field.
    open(at) {
        const { stage } = this;
        this.close();
        stage.player.stop();
        stage.held = null;
        this.at = at;
        this.tell();
        stage.lecture.moved();
        const { field, choices } = this.told ?? {};
        if (field && choices) stage.telling.pick({ [field]: choices[at - 1] });
        else stage.telling.pick({ at }, { opens: true });
    }

    showList(shown) {
        if (!this.told) return;
        this.list.hidden = !shown;
        this.tell();
        if (shown) this.entries[this.at - 1].focus({ preventScroll: true });
        else this.stage.root.focus({ preventScroll: true });
    }

    // Closes the list; false where it is closed.
    close() {
        if (this.list.hidden) return false;
        this.showList(false);
        this.list.hidden = true;
        return true;
    }

    // The arrow keys go through the list.
    move(event) {
        const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 1, PageUp: -1 }[event.key];
        const buttons = this.entries;
        const at = buttons.indexOf(event.target);
        if (!by || at < 0) return;
        event.preventDefault();
        event.stopPropagation();
        buttons[Math.min(Math.max(at + by, 0), buttons.length - 1)].focus();
    }
}
