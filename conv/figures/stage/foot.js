// @ts-check
// The foot of the stage: the sum in numbers, the transport, the pin and the list of keys.

import { Together } from "./clocks.js";
import { element, setText, textElement } from "./dom.js";
import { worded } from "./texts.js";
import { Transport } from "./transport.js";

/** @import { Words } from "./data.d.ts" */

const RATES = [0.5, 1, 2, 4, 8, 15, 30]; // steps a second
export const RATE = 4;
const KEYS = [
    "arrows", "second", "ends", "space", "speed", "scenes", "pin", "present", "page", "views", "list", "escape", "help"
];
const KEYS_OF_STEPS = ["arrows", "second", "ends", "space", "speed"];
const KEYS_OF_PLAYLISTS = ["views", "list"];

export class Foot {
    /** @type {HTMLInputElement | null} */
    scan;
    /** @type {HTMLElement} */
    scanName;

    constructor(stage, words, rate) {
        this.words = words;
        const both = stage.clocks.length > 1;
        const steps = stage.clocks.length > 0;
        const space = stage.clocks[0]?.space;
        const training = space === "training";
        const sliders = { output: words.slider, training: words.slider_training, number: words.slider_number };
        const alone = sliders[space] ?? words.slider_cells;
        const slider = both ? words.slider_together : alone;
        this.sum = element("div", { class: "sum", "data-sum": "", "aria-live": "polite" });
        this.transport = null;
        if (steps) {
            this.transport = new Transport(stage, both ? new Together(stage.clocks) : stage.clocks[0], slider, {
                play: { "data-play": "" },
                slider: { "data-step": "" },
            });
        }
        this.speed = element("select", { "data-speed": "", "aria-label": words.speed });
        for (const value of RATES) {
            const option = element("option", { value });
            option.textContent = worded(words.rate, { rate: value });
            this.speed.append(option);
        }
        this.speed.value = rate;
        this.pin = element("button", { type: "button", class: "pin", "data-pin": "" });
        this.pin.addEventListener("click", stage.guarded(() => stage.pointing.letGo()));
        this.help = element("button", { type: "button", class: "help", "aria-expanded": "false" });
        this.help.textContent = "?";
        this.help.setAttribute("aria-label", words.keys);
        this.help.addEventListener("click", () => this.showKeys(this.keys.hidden));
        this.help.title = words.hint;
        const shown = stage.mount.pick ? stage.data.scenes.length : 0;
        const playlist = stage.playlist.told !== null;
        const cell = steps && !training && space !== "output";
        this.keys = keyList(words, shown, { steps, both, training, cell, playlist });
        this.note = element("div", { class: "note", role: "status" });
        this.node = element(
            "div",
            { class: steps ? "foot" : "foot still" },
            this.sum,
            this.note,
            element(
                "div",
                { class: "transport" },
                ...(both ? [textElement("span", "which", words.together)] : []),
                ...(this.transport ? [...this.transport.parts, this.speed] : []),
                ...this.scanSwitch(stage),
                this.pin,
                this.help,
            ),
            this.keys,
        );
        this.pinned(null);
        this.tell("");
    }

    // Whether the steps go on over all items or filters, where the scene has more than one.
    scanSwitch(stage) {
        this.scan = null;
        if (!stage.mount.pick || !stage.data.switch) return [];
        this.scan = element("input", { type: "checkbox", "data-scan": "" });
        this.scanName = textElement("span", "", "");
        this.scan.addEventListener(
            "change",
            stage.guarded(() => {
                stage.player.stop();
                stage.telling.pick({ scan: this.scan?.checked ? "all" : "one" });
            }),
        );
        return [element("label", { class: "scan" }, this.scan, this.scanName)];
    }

    take(data) {
        if (!this.scan) return;
        this.scan.checked = data.parts !== null;
        this.scanName.textContent = data.switch;
    }

    showKeys(shown) {
        this.keys.hidden = !shown;
        this.help.setAttribute("aria-expanded", shown);
    }

    get rate() {
        return Number(this.speed.value);
    }

    changeRate(by) {
        const at = RATES.indexOf(this.rate) + by;
        this.speed.value = String(RATES[Math.min(Math.max(at, 0), RATES.length - 1)]);
    }

    // A voice could not keep up with play.
    playing(on) {
        this.sum.setAttribute("aria-live", on ? "off" : "polite");
    }

    // The button keeps its room where nothing is pinned: the foot must not jump.
    pinned(held) {
        this.pin.classList.toggle("off", !held);
        const [i, j] = held?.output ?? held?.cell ?? [0, 0];
        const trained = held?.space === "training";
        const what = worded(trained ? this.words.pinned_step : this.words.pinned, { i, j, step: j + 1 });
        setText(this.pin, `${what} · ${this.words.let_go}`);
    }

    tell(text) {
        this.note.textContent = text;
        this.note.hidden = !text;
    }

    // The sum and the step that it is the sum of.
    show(sum, places) {
        setText(this.sum, sum);
        this.transport?.show(places);
    }
}

/**
 * @param {Words} words
 * @param {number} scenes
 * @param {{ steps: boolean, both: boolean, training: boolean, cell: boolean, playlist: boolean }} has
 */
function keyList(words, scenes, { steps, both, training, cell, playlist }) {
    const list = element("dl");
    const ofCell = cell ? { arrows: words.move_cell, pin: words.pin_cell } : {};
    const others = training ? { arrows: words.move_step, pin: words.pin_step } : ofCell;
    for (const key of KEYS) {
        if (!steps && KEYS_OF_STEPS.includes(key)) continue;
        if (!playlist && KEYS_OF_PLAYLISTS.includes(key)) continue;
        if (!steps && !playlist && key === "page") continue;
        if ((key === "scenes" && !scenes) || (key === "second" && !both)) continue;
        const [name, does] = [element("dt"), element("dd")];
        name.textContent = worded(words[`name_${key}`], { scenes });
        does.textContent = others[key] ?? words[`key_${key}`];
        list.append(element("div", {}, name, does));
    }
    const made = element("div", { class: "keys", "data-keys": "" }, list);
    made.hidden = true;
    return made;
}
