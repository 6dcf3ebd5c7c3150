// @ts-check
// Strips of thumbnails: what else could be looked at. A click, or an arrow key, picks.

import { element, setAttributes } from "./dom.js";
import { thumbnailUrls } from "./pictures.js";

export class Strip {
    constructor(strip, pick) {
        this.pick = pick;
        this.title = element("span", { class: "strip-title" });
        this.buttons = strip.choices.map((choice) => this.button(choice));
        const list = element("div", { class: "thumbnails", role: "radiogroup" }, ...this.buttons);
        this.list = list;
        this.node = element("div", { class: "strip", "data-strip": strip.field }, this.title, list);
        this.node.addEventListener("keydown", (event) => this.key(event));
    }

    button(choice) {
        const picture = element("img", { alt: "" });
        const label = element("span");
        label.textContent = choice;
        const button = element(
            "button",
            { type: "button", role: "radio", "data-pick": choice },
            picture,
            label,
        );
        button.addEventListener("click", () => this.pick(this.strip.field, choice));
        return button;
    }

    take(strip) {
        this.title.textContent = strip.title;
        this.list.setAttribute("aria-label", strip.title);
        this.node.classList.toggle("pictures", Boolean(strip.pictures));
        this.strip = strip;
        this.buttons.forEach((button, k) => {
            const chosen = strip.choices[k] === strip.chosen;
            const name = strip.names[k];
            const label = name ? `${strip.choices[k]} · ${name}` : `${strip.choices[k]}`;
            const [checked, tabindex] = chosen ? [true, 0] : [false, -1];
            setAttributes(button, { "aria-label": label, title: label, "aria-checked": checked, tabindex });
        });
    }

    point(choice) {
        for (const button of this.buttons) {
            button.classList.toggle("pointed", button.dataset.pick === String(choice));
        }
    }

    // Draws the thumbnails in a look, where they are not drawn yet.
    draw(lookName, look) {
        this.scrollToChosen();
        const drawn = `${lookName} ${this.strip.data ?? this.strip.pictures}`;
        if (drawn === this.drawn) return;
        this.drawn = drawn;
        const urls = thumbnailUrls(this.strip, look);
        this.buttons.forEach((button, k) => (button.firstChild.src = urls[k]));
    }

    scrollToChosen() {
        const button = this.buttons[this.strip.choices.indexOf(this.strip.chosen)];
        if (button === this.scrolled) return;
        this.scrolled = button;
        const middle = button.offsetLeft + button.offsetWidth / 2 - this.list.offsetLeft;
        this.list.scrollLeft = middle - this.list.clientWidth / 2;
    }

    key(event) {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        const at = this.buttons.indexOf(event.target);
        if (!step || at < 0) return;
        event.preventDefault();
        event.stopPropagation();
        const next = this.buttons[(at + step + this.buttons.length) % this.buttons.length];
        next.focus();
        next.click();
    }
}
