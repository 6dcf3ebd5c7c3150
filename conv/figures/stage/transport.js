// @ts-check
// A transport: play, a slider, and how far the steps are.

import { drawing, element, setAttributes, setText } from "./dom.js";
import { worded } from "./texts.js";

/** @import { Clock, Together } from "./clocks.js" */
/** @import { Attributes, Text } from "./data.d.ts" */
/** @import { Stage } from "./stage.js" */

const PLAY_ICON = "M3,1.5v13l11,-6.5z";
const PAUSE_ICON = "M3,1.5h4v13h-4zM9.5,1.5h4v13h-4z";

export class Transport {
    /** @type {Text} what it says of a step */
    told;
    /** @type {number} where a section has it */
    section;

    // `clock` says what the steps are, `slider` what the slider is called, and `name` the button
    // where it is not the only one.
    /**
     * @param {Stage} stage
     * @param {Clock | Together} clock
     * @param {string} slider
     * @param {{ name?: string, play?: Attributes, slider?: Attributes }} marks
     */
    constructor(stage, clock, slider, { name = "", ...marks } = {}) {
        this.clock = clock;
        this.name = name;
        this.words = stage.data.words;
        this.icon = drawing("path", { d: PLAY_ICON });
        const picture = drawing("svg", { width: 16, height: 16, "aria-hidden": "true" });
        picture.append(this.icon);
        this.button = element("button", { type: "button", class: "play", ...marks.play }, picture);
        this.button.addEventListener("click", stage.guarded(() => stage.player.toggle(this)));
        this.slider = element("input", { type: "range", min: 0, step: 1, ...marks.slider });
        this.slider.setAttribute("aria-label", slider);
        this.slider.addEventListener(
            "input",
            stage.guarded(() => stage.moveToStep(clock, Number(this.slider.value))),
        );
        // A swipe that scrolls the page has moved it to where the finger came down.
        this.slider.addEventListener("pointerdown", () => (this.before = Number(this.slider.value)));
        this.slider.addEventListener(
            "pointercancel",
            stage.guarded(() => stage.moveToStep(clock, this.before)),
        );
        this.text = element("span", { class: "step" });
        this.playing(false);
    }

    get parts() {
        return [this.button, this.slider, this.text];
    }

    playing(on) {
        const label = on ? this.words.pause : this.words.play;
        this.button.setAttribute("aria-label", this.name ? `${label}. ${this.name}` : label);
        this.button.title = label;
        if ("play" in this.button.dataset) this.button.dataset.play = on ? "on" : "off";
        this.icon.setAttribute("d", on ? PAUSE_ICON : PLAY_ICON);
    }

    show(places, text) {
        const step = this.clock.stepOf(places);
        const told = text ?? worded(this.words.step, { step: step + 1, count: this.clock.count });
        setAttributes(this.slider, { max: this.clock.count - 1 });
        this.slider.value = step;
        setText(this.text, told);
    }
}
