// @ts-check
// What the stage tells the server: what is picked, which other scenes answer, and the place on the
// screen, as soon as a motion rests and before anything beside the stage is pressed. The address of the
// page says the place at once.
//
// Every message has a turn, by which the stage knows what the server has heard. Messages are states of
// components: the next one, whatever it is about, has them too where a run was cut off.

import { Downloads, RESTS } from "./downloads.js";
import { isStateOf, stateOf } from "./pins.js";
import { fieldsOf } from "./settling.js";

/** @import { Fields, Said } from "./data.d.ts" */
/** @import { Stage } from "./stage.js" */

const EMBED = /^embed(_options)?$/i; // Streamlit's own, in a frame
const REST = 100; // milliseconds after a motion
const WRITES = 1000; // at least between two addresses of what plays
const AGAIN = 3000; // after which it is told again: the line may have been cut
const LINE = "data-test-connection-state"; // what Streamlit says of the line to the server
const CONNECTED = "CONNECTED";
const OPENS_OVER = ".st-key-toolbar"; // whose dialogs say what is on the screen

export class Telling {
    /** @type {Said | null} what the server has said last */
    said = null;

    /** @param {Stage} stage */
    constructor(stage) {
        this.stage = stage;
        this.turn = 0;
        this.picks = {}; // what was picked and is not answered
        this.pickedAt = 0; // the turn of the last pick
        this.told = ""; // the place that the server knows of
        this.writes = 0; // when the address is to say where play is
        this.wentAt = 0; // the turn in which it was told that the history has moved
        this.rested = stage.guarded(() => stage.player.running || this.tellPlace());
        this.pressed = stage.guarded((event) => this.press(event));
        this.left = stage.guarded(() => this.tellPlace());
        this.went = stage.guarded(() => this.goBack());
        this.line = new MutationObserver(stage.guarded(() => this.followLine()));
        const app = document.querySelector(`[${LINE}]`);
        if (app) this.line.observe(app, { attributeFilter: [LINE] });
        this.downloads = new Downloads(this);
        document.addEventListener("pointerdown", this.pressed, true);
        document.addEventListener("keydown", this.pressed, true);
        window.addEventListener("blur", this.left);
        window.addEventListener("pagehide", this.left);
        window.addEventListener("popstate", this.went);
    }

    close() {
        clearTimeout(this.resting);
        clearTimeout(this.waiting);
        this.line.disconnect();
        this.downloads.close();
        document.removeEventListener("pointerdown", this.pressed, true);
        document.removeEventListener("keydown", this.pressed, true);
        window.removeEventListener("blur", this.left);
        window.removeEventListener("pagehide", this.left);
        window.removeEventListener("popstate", this.went);
    }

    // The fields of the view that say where the stage is, or goes on once the server has sent the part.
    get place() {
        const { places, awaited, data } = this.stage;
        const known = awaited ? { ...places, [data.clocks[0]]: awaited.place } : places;
        return fieldsOf(known, data.fields);
    }

    // Whether the server has yet to say that it knows the place.
    get isUnknown() {
        return this.isNews || (this.said?.turn ?? 0) < this.turn;
    }

    // Whether there is a server, and a place that it was not told of.
    get isNews() {
        const { mount, panels } = this.stage;
        return Boolean(mount.place && panels) && JSON.stringify(this.place) !== this.told;
    }

    // Hears what the server says, which may be late, have moved the place, or have opened another view.
    /** @type {(said: Said, how: { late: boolean, moved: boolean, opened: boolean }) => void} */
    hear(said, { late, moved, opened }) {
        const { turn = 0 } = said;
        this.said = said;
        // A stage that Streamlit has made anew goes on where the one before was.
        this.turn = Math.max(this.turn, turn);
        if (turn >= this.pickedAt) this.picks = {};
        if (!late) clearTimeout(this.waiting);
        if (moved) this.told = JSON.stringify(this.place);
        const arrives = this.wentAt > 0 && turn >= this.wentAt;
        if (arrives || !this.wentAt) this.correct({ arrives, moved, opened });
        if (arrives) this.wentAt = 0;
        // What is said on the way back may have more of a place than the stage.
        if (!this.wentAt) this.moved();
    }

    // Writes the address where it says another place: a control has moved it; or an answer to what was
    // before the last motion, or before the reader went back, has put the address back. What a link has
    // opened is at its address.
    correct({ arrives, moved, opened }) {
        if ((opened && !arrives) || this.isWritten) return;
        this.write(this.fields, moved && !arrives ? "pushState" : "replaceState");
    }

    // The fields of the view that the stage may change.
    get fields() {
        return { ...this.stage.data.picked, ...this.place };
    }

    // Whether the address is that of what is on the screen.
    get isWritten() {
        const { said, fields } = this;
        return !said?.link || isOf(said.link, fields, new URLSearchParams(window.location.search));
    }

    // The reader goes back in the history, or forward: what the stage has come to since is not wanted.
    // Streamlit says so too, but before what was told on the way, and in a run that may be cut off.
    goBack() {
        // An anchor of the page is no place in it.
        if (!this.stage.panels || (window.location.hash && this.isWritten)) return;
        this.stage.player.stop();
        clearTimeout(this.resting);
        this.told = JSON.stringify(this.place);
        this.picks = {};
        this.tellLink();
    }

    // The line has come back, perhaps to a new server: it would hear what was told to the one before as if
    // it were said now, has the link from before the last motion, and Streamlit need not ask it anything.
    followLine() {
        const app = document.querySelector(`[${LINE}]`);
        if (app?.getAttribute(LINE) === CONNECTED) this.tellLink();
    }

    // Tells the address, for the server to follow it, and what has come since.
    tellLink() {
        const place = this.isNews ? this.place : {};
        this.tell({ ...place, ...this.picks, back: window.location.search }, true);
        this.wentAt = this.turn;
    }

    // A motion has begun, or goes on. Of one that does not rest, as of play, the address says now and
    // then where it is.
    moved() {
        clearTimeout(this.resting);
        const { mount, player } = this.stage;
        if (!mount.place) return;
        this.resting = setTimeout(this.rested, REST);
        if (!player.running || performance.now() < this.writes) return;
        this.writes = performance.now() + WRITES;
        this.writePlace(this.place, "replaceState");
    }

    // Anything may be asked for of what is on the screen once it is pressed.
    press(event) {
        const { stage } = this;
        const { target } = event;
        if (event.defaultPrevented) return; // a key that the stage has taken
        if (stage.root.contains(target)) {
            // The browser's own keys, such as the one that loads the page again.
            if (event.key === "F5" || event.ctrlKey || event.metaKey) this.tellPlace();
            return;
        }
        if (target.closest?.(OPENS_OVER)) stage.player.stop();
        // As a pick, which all of the page answers: Streamlit has one message for what is told at once,
        // and would take the press for one that the place alone hangs on.
        if (this.isNews) this.pick({});
    }

    // Tells the place on the screen where it is news. A motion takes the place of the entry in the
    // browser's history, a click is one of its own.
    /** @param {"replaceState" | "pushState"} entry */
    tellPlace(entry = "replaceState") {
        clearTimeout(this.resting);
        if (!this.isNews) return;
        const { place } = this;
        this.told = JSON.stringify(place);
        this.writePlace(place, entry);
        this.tell(place);
    }

    // Tells of a pick. What is not answered yet is told again: of two quick picks the server may see the
    // last alone. One that `opens` a view has its place; one by which a scan `goesOn` is a motion.
    /** @type {(choice: Fields, how?: { opens?: boolean, goesOn?: boolean }) => void} */
    pick(choice, { opens = false, goesOn = false } = {}) {
        clearTimeout(this.resting);
        const { place } = this;
        if (this.stage.mount.place) {
            this.writePlace(goesOn ? { ...place, ...choice } : place, "replaceState");
        }
        this.told = JSON.stringify(place);
        this.picks = { ...(opens ? keptOf(this.picks) : this.picks), ...choice };
        this.tell(opens ? this.picks : { ...place, ...this.picks }, true);
    }

    tell(fields, picks = false) {
        const { mount } = this.stage;
        this.wentAt = 0;
        this.turn += 1;
        if (picks) this.pickedAt = this.turn;
        const { frame = "" } = this.said ?? {};
        const message = { ...fields, frame, turn: this.turn, shown: shown() };
        const { turn } = this;
        // As a pick: another server knows nothing of the part of the page that hangs on the place.
        const again = () => {
            if (this.turn !== turn || (this.said?.turn ?? 0) >= turn) return;
            // A run that takes long would be begun anew.
            if (document.querySelector(RESTS)) mount.pick?.({ ...message, ...this.picks });
            this.waiting = setTimeout(again, AGAIN);
        };
        clearTimeout(this.waiting);
        if (mount.place) this.waiting = setTimeout(again, AGAIN);
        if (picks) mount.pick?.(message);
        else mount.place?.(message);
    }

    // A link to this view, which the server has said for another place, at the place on the screen.
    /** @param {string} link */
    placed(link) {
        const query = new URLSearchParams(link);
        for (const { name, start } of partsOf(this.said?.link?.[0] ?? "")) {
            if (start === undefined) continue;
            const text = String(this.fields[name]);
            if (text === start) query.delete(name);
            else query.set(name, text);
        }
        return `?${query}`;
    }

    // Writes the address for a place. What a control has asked for may have an entry of its own already,
    // while its answer is on the way: that is the address of another view, which has no such place.
    writePlace(place, entry) {
        const link = this.said?.link;
        const query = new URLSearchParams(window.location.search);
        if (link && isOf(link, null, query)) this.write(place, entry);
    }

    // Writes the address of the page for these fields of the view.
    write(fields, entry) {
        const link = this.said?.link;
        if (!link) return;
        const query = queryOf(link, { ...this.fields, ...fields });
        const now = window.location.search.replace(/^\?/, "");
        const embed = now.split("&").filter((part) => EMBED.test(part.split("=")[0]));
        const whole = [...embed, ...(query ? [query] : [])].join("&");
        if (whole !== now) this.enter(entry, whole ? `?${whole}` : window.location.pathname);
    }

    // Keeps what is pinned with the entry in the history. One that is gone back to is none of the stage's
    // before its answer is there.
    keepPin() {
        const { mount, held } = this.stage;
        if (!mount.place || this.wentAt || isStateOf(window.history.state, held)) return;
        this.enter("replaceState", window.location.href);
    }

    enter(entry, address) {
        try {
            window.history[entry](stateOf(this.stage.held), "", address);
        } catch {
            // A browser may refuse many in a short time, and a frame all of them.
        }
    }
}

// What the page's controls of numbers show, by their keys: what the server hears of them with a message
// was set before it.
/** @type {() => Fields} */
function shown() {
    /** @type {NodeListOf<HTMLInputElement>} */
    const inputs = document.querySelectorAll("[class*=st-key-] input[type=number]");
    return Object.fromEntries(
        [...inputs].map((input) => {
            const { className } = /** @type {Element} */ (input.closest("[class*=st-key-]"));
            return [/st-key-(\S+)/.exec(className)?.[1], Number(input.value)];
        }),
    );
}

// What of earlier picks is none of the view's.
/** @type {(picks: Fields) => Fields} */
function keptOf({ present }) {
    return present === undefined ? {} : { present };
}

// The query of a link, in whose template "i{6}" stands for i, which is left out where it is 6; none
// where it is the `bare` one.
/** @type {(link: NonNullable<Said["link"]>, fields: Fields) => string} */
export function queryOf([template, bare], fields) {
    const parts = partsOf(template).flatMap(({ part, name, start }) => {
        if (start === undefined) return [part];
        return String(fields[name]) === start ? [] : [`${name}=${fields[name]}`];
    });
    const query = parts.join("&");
    return query === bare ? "" : query;
}

// Whether parameters say the same as the link, however they are written; of no fields, all but the stage's.
/** @type {(link: NonNullable<Said["link"]>, fields: Fields | null, query: URLSearchParams) => boolean} */
export function isOf([template, bare], fields, query) {
    const left = new URLSearchParams(bare);
    const parts = partsOf(template);
    const names = parts.map(({ name }) => name);
    const others = [...query.keys()].filter((name) => !names.includes(name) && !EMBED.test(name));
    return (
        !others.length &&
        parts.every(({ part, name, start }) => {
            if (start !== undefined) {
                return !fields || (query.get(name) ?? start) === String(fields[name]);
            }
            return (query.get(name) ?? left.get(name)) === new URLSearchParams(part).get(name);
        })
    );
}

function partsOf(template) {
    return template.split("&").map((part) => {
        const [, name, start] = /^(\w+)\{(.*)\}$/.exec(part) ?? [];
        return { part, name: name ?? part.split("=")[0], start };
    });
}
