// @ts-check
// The buttons of files that the server makes of what is on the screen. Streamlit gives such a file
// another name with every answer: a button that is pressed before the answer to what was told is whole
// would bring the file of what was there before, or none.

/** @import { Telling } from "./telling.js" */

const BUTTON = "[data-testid=stDownloadButton] button";
export const RESTS = "[data-test-script-state=notRunning]"; // what Streamlit says where nothing is run

export class Downloads {
    /** @param {Telling} telling */
    constructor(telling) {
        this.telling = telling;
        this.waiting = 0;
        this.pressed = (event) => this.press(event);
        document.addEventListener("click", this.pressed, true);
    }

    close() {
        cancelAnimationFrame(this.waiting);
        document.removeEventListener("click", this.pressed, true);
    }

    // Keeps a press back until all of what was told by then is answered. The answer may have another button.
    press(event) {
        const button = event.target.closest?.(BUTTON);
        if (!button) return;
        cancelAnimationFrame(this.waiting);
        const { turn } = this.telling;
        if (this.isAnswered(turn)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        const [key] = /st-key-\S+/.exec(button.closest("[class*=st-key-]").className) ?? [];
        this.wait(turn, `.${key} button`);
    }

    /** @type {(turn: number, button: string) => void} */
    wait(turn, button) {
        this.waiting = requestAnimationFrame(() => {
            if (!this.isAnswered(turn)) this.wait(turn, button);
            else /** @type {HTMLElement | null} */ (document.querySelector(button))?.click();
        });
    }

    isAnswered(turn) {
        return (this.telling.said?.turn ?? 0) >= turn && Boolean(document.querySelector(RESTS));
    }
}
