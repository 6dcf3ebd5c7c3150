// @ts-check
// The keys that the stage answers to, wherever the reader is on the page.
//
// A control that was reached by keys keeps those that it has a use for. One that was clicked has no ring,
// and the reader's eyes are on the stage: its keys are the stage's.

/** @import { Stage } from "./stage.js" */

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
// What has a use for every key: what is typed into, and what the arrows and letters go through.
const TAKES_ALL =
    "textarea, select, input:not([type=radio], [type=checkbox], [type=range]), canvas, " +
    "[contenteditable]:not([contenteditable=false]), " +
    "[role=textbox], [role=combobox], [role=listbox], [role=menu], [role=grid], [role=dialog]";
const CLICKED = "button, a[href], summary, main"; // what gives its keys away when a pointer chose it

export class Keys {
    /** @param {Stage} stage */
    constructor(stage) {
        this.stage = stage;
        /** @type {HTMLElement | null} what has got the focus by a pointer */
        this.clicked = null;
        const focused = /** @type {HTMLElement | null} */ (document.activeElement);
        if (focused && !focused.matches(":focus-visible")) this.clicked = focused;
        /** @type {Element | null} what a pointer pressed last, to which the focus may come back */
        this.pressed = null;
        this.note = (event) => this.noteFocus(event);
        this.press = (event) => this.notePress(event);
        this.answer = stage.guarded((event) => this.answerOnPage(event));
        stage.root.addEventListener("keydown", stage.guarded((event) => this.answerInStage(event)));
        document.addEventListener("focusin", this.note);
        document.addEventListener("pointerdown", this.press, true);
        // Before the control that was clicked has the key.
        document.addEventListener("keydown", this.answer, true);
    }

    close() {
        document.removeEventListener("focusin", this.note);
        document.removeEventListener("pointerdown", this.press, true);
        document.removeEventListener("keydown", this.answer, true);
    }

    // A dialog that Escape closes gives the focus back to the button that opened it, as to one that was
    // reached by keys.
    notePress({ target }) {
        if (target.closest?.("[role=dialog]")) return;
        this.pressed = target.closest?.("button") ?? null;
    }

    // Asked at once: at the next key a browser rings what was clicked too.
    noteFocus(event) {
        const [target] = event.composedPath();
        this.clicked = target.matches(":focus-visible") && target !== this.pressed ? null : target;
        const { root } = this.stage;
        root.classList.toggle("clicked", this.clicked === root);
    }

    answerInStage(event) {
        const { target, key } = event;
        if (target.closest("select") && /^\w$/.test(key)) return;
        const button = target.closest("button");
        const pressed = button && (button !== this.clicked || key === " " || key === "Enter");
        this.give(event, Boolean(pressed || target.closest("input, select")));
    }

    answerOnPage(event) {
        const { stage, clicked } = this;
        if (event.key === "Tab") this.pressed = null;
        /** @type {Element[]} */
        const path = event.composedPath().filter((node) => node instanceof Element);
        if (event.defaultPrevented || path.some((node) => node.matches(`[data-stage], ${TAKES_ALL}`))) return;
        const [target] = path;
        const free = target === document.body || target === document.documentElement;
        const dialog = document.querySelector("[role=dialog]");
        if (dialog) {
            // It has lost the focus: Streamlit takes it from a button while its file is made.
            if (free && event.key === "Escape") dialog.dispatchEvent(new KeyboardEvent(event.type, event));
            return;
        }
        const given = target === clicked && target.matches(CLICKED);
        const own = !free && !given && !(stage.lecture.fills && !target.closest("button"));
        // Without the focus, for a browser would ring it now, or press it as the key comes up.
        if (this.give(event, own) && given && !target.matches("main")) clicked.blur();
    }

    // Gives the stage a key, or what a control that has it leaves of it; true where the stage takes it.
    give(event, own) {
        const { stage } = this;
        if (!stage.panels || event.ctrlKey || event.altKey || event.metaKey) return false;
        if (!answerEverywhere(stage, event.key) && (own || !answerOnStage(stage, event))) return false;
        event.preventDefault();
        event.stopPropagation();
        return true;
    }
}

/** @type {(stage: Stage, key: string) => boolean} */
function answerEverywhere(stage, key) {
    const scene = /^[1-9]$/.test(key) ? stage.data.scenes[Number(key) - 1] : undefined;
    if (scene !== undefined) stage.telling.pick({ scene });
    else if (!stage.clocks.length && /^[-+=_−]$/.test(key)) return false;
    else if (key === "+" || key === "=") stage.foot.changeRate(1);
    else if (key === "-" || key === "_" || key === "−") stage.foot.changeRate(-1);
    else if (key === "?") stage.foot.showKeys(stage.foot.keys.hidden);
    else if (key === "Escape") return stage.lecture.escape() || stage.pointing.letGo();
    else return answerLecture(stage, key);
    return true;
}

/** @type {(stage: Stage, key: string) => boolean} */
function answerLecture(stage, key) {
    const { lecture, playlist } = stage;
    const letter = key.toLowerCase();
    const by = { PageDown: 1, PageUp: -1 }[key];
    if (letter === "f" && !lecture.embedded) lecture.toggle();
    else if (by && lecture.presents) lecture.page(by);
    else if (!playlist.told) return false;
    else if (letter === "n") playlist.go(1);
    else if (letter === "p") playlist.go(-1);
    else if (letter === "l") playlist.showList(playlist.list.hidden);
    else return false;
    return true;
}

/** @type {(stage: Stage, event: KeyboardEvent) => boolean} */
function answerOnStage(stage, { key, shiftKey }) {
    const { transport } = stage.foot;
    if (key === "Enter") stage.pointing.pinHere();
    else if (!transport) return false;
    else if (MOVES[key]) stage.moveBy(stage.clocks[shiftKey ? 1 : 0], MOVES[key]);
    else if (key === "Home") stage.moveToStep(transport.clock, 0);
    else if (key === "End") stage.moveToStep(transport.clock, transport.clock.count - 1);
    else if (key === " ") stage.player.toggle(transport);
    else return false;
    return true;
}
