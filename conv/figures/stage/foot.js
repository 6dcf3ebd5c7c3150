// The foot of the stage: the sum in numbers, the transport, the pin and the list of keys.

const RATES = [0.5, 1, 2, 4, 8, 15, 30]; // steps a second
const RATE = 4;
const KEYS = ["arrows", "ends", "space", "speed", "scenes", "pin", "escape", "help"];
const PLAY_ICON = "M3,1.5v13l11,-6.5z";
const PAUSE_ICON = "M3,1.5h4v13h-4zM9.5,1.5h4v13h-4z";

class Foot {
    constructor(stage, words, rate) {
        this.words = words;
        this.sum = element("div", { class: "sum", "data-sum": "", "aria-live": "polite" });
        this.icon = drawing("path", { d: PLAY_ICON });
        const picture = drawing("svg", { width: 16, height: 16, "aria-hidden": "true" });
        picture.append(this.icon);
        this.play = element("button", { type: "button", class: "play", "data-play": "" }, picture);
        this.play.addEventListener("click", stage.guarded(() => stage.player.toggle()));
        this.slider = element("input", { type: "range", min: 0, step: 1, "data-step": "" });
        this.slider.setAttribute("aria-label", words.slider);
        this.slider.addEventListener(
            "input",
            stage.guarded(() => stage.moveToStep(Number(this.slider.value))),
        );
        this.step = element("span", { class: "step" });
        this.speed = element("select", { "data-speed": "", "aria-label": words.speed });
        for (const value of RATES) {
            const option = element("option", { value });
            option.textContent = worded(words.rate, { rate: value });
            this.speed.append(option);
        }
        this.speed.value = rate;
        this.pin = element("button", { type: "button", class: "pin", "data-pin": "" });
        this.pin.addEventListener("click", stage.guarded(() => stage.letGo()));
        this.help = element("button", { type: "button", class: "help", "aria-expanded": "false" });
        this.help.textContent = "?";
        this.help.setAttribute("aria-label", words.keys);
        this.help.addEventListener("click", () => this.showKeys(this.keys.hidden));
        this.help.title = words.hint;
        this.keys = keyList(words, stage.mount.pick ? stage.data.scenes.length : 0);
        this.note = element("div", { class: "note", role: "status" });
        this.node = element(
            "div",
            { class: "foot" },
            this.sum,
            this.note,
            element(
                "div",
                { class: "transport" },
                this.play,
                this.slider,
                this.step,
                this.speed,
                this.pin,
                this.help,
            ),
            this.keys,
        );
        this.playing(false);
        this.pinned(null, false);
        this.tell("");
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
        this.speed.value = RATES[Math.min(Math.max(at, 0), RATES.length - 1)];
    }

    playing(on) {
        const label = on ? this.words.pause : this.words.play;
        this.play.setAttribute("aria-label", label);
        this.play.title = label;
        // A voice could not keep up with play.
        this.sum.setAttribute("aria-live", on ? "off" : "polite");
        this.play.dataset.play = on ? "on" : "off";
        this.icon.setAttribute("d", on ? PAUSE_ICON : PLAY_ICON);
    }

    // The button keeps its room where nothing is pinned: the foot must not jump.
    pinned(place, on) {
        this.pin.classList.toggle("off", !on);
        const [i, j] = place ?? [0, 0];
        this.pin.textContent = `${worded(this.words.pinned, { i, j })} · ${this.words.let_go}`;
    }

    tell(text) {
        this.note.textContent = text;
        this.note.hidden = !text;
    }

    // The sum and the step of `count` that it is the sum of.
    show(sum, step, count) {
        if (this.sum.textContent !== sum) this.sum.textContent = sum;
        this.slider.max = count - 1;
        this.slider.value = step;
        this.step.textContent = worded(this.words.step, { step: step + 1, count });
    }
}

function keyList(words, scenes) {
    const list = element("dl");
    for (const key of KEYS) {
        if (key === "scenes" && !scenes) continue;
        const [name, does] = [element("dt"), element("dd")];
        name.textContent = worded(words[`name_${key}`], { scenes });
        does.textContent = words[`key_${key}`];
        list.append(element("div", {}, name, does));
    }
    const made = element("div", { class: "keys", "data-keys": "" }, list);
    made.hidden = true;
    return made;
}
