// @ts-check
// The stage alone in the window: for a lecture, and in the frame of another page. All of it, its type
// and its lines too, is made larger than on the page, as far as its panels then have room.

const THICK = 1.3; // times the page's outlines

export class Lecture {
    /** @type {HTMLElement | null} what has the focus on the page */
    focused;

    constructor(stage) {
        this.stage = stage;
        this.presents = false;
        this.embedded = false;
        this.asked = 0; // the way in which the end of the steps was met by the last key
        this.refit = stage.guarded(() => this.fills && stage.fit());
        this.grown = new ResizeObserver(stage.guarded(() => this.overflow > 0 && stage.fit()));
        window.addEventListener("resize", this.refit);
    }

    get fills() {
        return this.presents || this.embedded;
    }

    // Whether there is nothing that a finger could scroll.
    get holdsStill() {
        return this.presents && !this.scrolls && window.parent === window;
    }

    get overflow() {
        const { root } = this.stage;
        return this.fills && !this.scrolls ? root.scrollHeight - root.clientHeight : 0;
    }

    close() {
        this.grown.disconnect();
        window.removeEventListener("resize", this.refit);
        document.documentElement.classList.remove("stage-fills");
    }

    // What the page says, where that is no older than the last key.
    take({ present = false, embed = false } = {}) {
        this.embedded = embed;
        this.change(present);
    }

    // Enters or leaves at once, and tells the page.
    toggle() {
        if (this.embedded) return;
        this.change(!this.presents);
        this.stage.telling.pick({ present: Number(this.presents) });
        this.stage.fit();
    }

    // The page keeps the stage's room, so that it is where it was afterwards.
    change(presents) {
        const { root, mount } = this.stage;
        const { host } = mount;
        if (presents && !this.fills) {
            host.style.minHeight = `${root.offsetHeight}px`;
            this.focused = /** @type {HTMLElement | null} */ (document.activeElement);
        }
        const before = this.presents;
        this.presents = presents;
        if (before !== presents || this.fills) this.dress();
        if (before === presents) return;
        if (presents) {
            root.focus({ preventScroll: true });
            return;
        }
        if (root.contains(this.focused)) return;
        root.blur();
        this.focused?.focus({ preventScroll: true });
    }

    dress() {
        const { root } = this.stage;
        root.classList.toggle("lecture", this.presents);
        root.classList.toggle("framed", window.parent !== window);
        root.classList.toggle("fills", this.fills);
        document.documentElement.classList.toggle("stage-fills", this.fills);
        this.placePlaylist();
        if (this.fills) return;
        this.scrolls = false;
        root.classList.remove("beside", "scrolls");
        delete root.dataset.left;
        this.zoomTo(1);
    }

    // Alone in the window the playlist's line is at its foot, on the page in the stage's, and where code
    // is below the panels, at the foot of what is seen of both.
    placePlaylist() {
        const { root, foot, listing, playlist } = this.stage;
        const place = this.fills || listing?.beside === false ? root : foot?.node;
        if (playlist.node.parentNode !== place) place?.append(playlist.node);
    }

    // The page's own room is given back once the stage has taken it again.
    settle() {
        if (!this.fills) this.stage.mount.host.style.minHeight = "";
    }

    // From far away, what is muted on the page would not be read.
    look(look) {
        return this.presents ? { ...look, muted: look.ink, rule: look.muted } : look;
    }

    zoomTo(zoom) {
        const { root } = this.stage;
        this.stage.zoom = zoom;
        this.stage.thickness = this.presents ? THICK : 1;
        const { style } = root;
        style.width = this.fills ? `${window.innerWidth / zoom}px` : "";
        style.height = this.fills ? `${window.innerHeight / zoom}px` : "";
        style.transform = zoom === 1 ? "" : `scale(${zoom})`;
    }

    // A step on or back. At the last one the first key says so, and the second opens the next view.
    page(by) {
        const { foot, playlist, data } = this.stage;
        const clock = foot.transport?.clock;
        const step = clock ? clock.stepOf(this.stage.places) + by : -1;
        if (step >= 0 && step < clock.count) {
            this.stage.player.stop();
            this.stage.moveToStep(clock, step);
        } else if (playlist.canGo(by) && (!clock || this.asked === by)) {
            playlist.go(by);
        } else {
            const { words } = data;
            const edge = by > 0 ? words.at_end : words.at_start;
            foot.tell(playlist.canGo(by) ? edge : words.no_more);
            this.asked = by;
        }
    }

    // What was said of the end is over.
    moved() {
        if (!this.asked) return;
        this.asked = 0;
        this.stage.foot.tell("");
    }

    // Escape closes what is open, and then leaves. False where the stage is in its page.
    escape() {
        const { foot, playlist } = this.stage;
        if (playlist.close()) return true;
        if (!this.presents) return false;
        if (foot.keys.hidden) this.toggle();
        else foot.showKeys(false);
        return true;
    }
}
