// @ts-check
// A text to copy, with a button that is always in sight. Where the browser does not hand texts out, as over
// plain HTTP, the text is left marked for the reader's own keys.

import { read } from "../figures/stage/bytes.js";
import { element, setText } from "../figures/stage/dom.js";

const TOLD = 2000; // milliseconds for which it says that the text is copied

/** @type {(text: HTMLElement) => void} */
function mark(text) {
    getSelection()?.selectAllChildren(text);
}

// Whether the text has been copied. It is marked where it has not.
/** @type {(text: HTMLElement) => Promise<boolean>} */
async function copied(text) {
    try {
        await navigator.clipboard.writeText(text.textContent ?? "");
        return true;
    } catch {
        // There is no clipboard here, or none for this page: by what is marked it may do.
        mark(text);
        let done = false;
        try {
            done = document.execCommand("copy");
        } catch {
            done = false;
        }
        if (done) getSelection()?.removeAllRanges();
        return done;
    }
}

// The parts of a text's element, made once.
function partsOfText(host) {
    let root = host.querySelector(".to-copy");
    if (!root) {
        const button = element("button", { type: "button", "aria-live": "polite" });
        const told = element("span", { role: "status" });
        const text = element("pre", { tabindex: 0, role: "textbox", "aria-readonly": "true", "aria-multiline": "true" });
        const bar = element("div", { class: "to-copy-bar" }, told, button);
        root = element("div", { class: "to-copy" }, bar, text);
        host.append(root);
        button.addEventListener("click", () => answer(root));
    }
    const [bar, text] = root.children;
    const [told, button] = bar.children;
    return { root, text, told, button };
}

const latestWords = new WeakMap(); // of each text's element, its words and the timer of what it says

async function answer(root) {
    const { text, told, button } = partsOfText(root.parentElement);
    const known = latestWords.get(root);
    const done = await copied(text);
    const { say } = known;
    clearTimeout(known.timer);
    const key = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘C" : "Ctrl+C";
    setText(button, done ? say.copied : say.copy);
    setText(told, done ? "" : say.marked.replace("{key}", key));
    root.dataset.copied = done ? "yes" : "no";
    if (done) known.timer = setTimeout(() => rest(root), TOLD);
}

function rest(root) {
    const { told, button } = partsOfText(root.parentElement);
    const { say } = latestWords.get(root);
    setText(button, say.copy);
    setText(told, "");
    delete root.dataset.copied;
}

export default function toCopy({ data: sent, parentElement }) {
    const data = read(sent);
    const { root, text } = partsOfText(parentElement);
    const known = latestWords.get(root);
    latestWords.set(root, { ...known, say: data });
    root.classList.toggle("wraps", data.wraps);
    text.setAttribute("aria-label", data.label);
    // The same text may be marked.
    if (known && text.textContent === data.text && known.say.copy === data.copy) return;
    clearTimeout(known?.timer);
    setText(text, data.text);
    rest(root);
}
