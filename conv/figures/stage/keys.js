// @ts-check
// The keys that the stage answers to while it has the focus.

/** @import { Stage } from "./stage.js" */

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// Does what `event`'s key asks for; true where it asks for something.
/** @type {(stage: Stage, event: KeyboardEvent) => boolean} */
export function answerKey(stage, event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const target = /** @type {Element} */ (event.target);
    if (target.closest("select") && /^\w$/.test(event.key)) return false;
    const own = target.closest("button, input, select") !== null;
    return answerEverywhere(stage, event.key) || (!own && answerOnStage(stage, event));
}

/** @type {(stage: Stage, key: string) => boolean} */
function answerEverywhere(stage, key) {
    const scene = /^[1-9]$/.test(key) ? stage.data.scenes[Number(key) - 1] : undefined;
    if (scene !== undefined) stage.pick({ scene });
    else if (!stage.clocks.length && /^[-+=_−]$/.test(key)) return false;
    else if (key === "+" || key === "=") stage.foot.changeRate(1);
    else if (key === "-" || key === "_" || key === "−") stage.foot.changeRate(-1);
    else if (key === "?") stage.foot.showKeys(stage.foot.keys.hidden);
    else if (key === "Escape") {
        if (!stage.lecture.escape()) stage.letGo();
    } else return answerLecture(stage, key);
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
    if (key === "Enter") stage.pinHere();
    else if (!transport) return false;
    else if (MOVES[key]) stage.moveBy(stage.clocks[shiftKey ? 1 : 0], MOVES[key]);
    else if (key === "Home") stage.moveToStep(transport.clock, 0);
    else if (key === "End") stage.moveToStep(transport.clock, transport.clock.count - 1);
    else if (key === " ") stage.player.toggle(transport);
    else return false;
    return true;
}
