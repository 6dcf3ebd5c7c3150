// @ts-check
// Play: one step of a transport after the other, at the rate that the foot says.

const LATE = 250; // milliseconds after which lost steps are not caught up on

export class Player {
    constructor(stage) {
        this.stage = stage;
        this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
        this.frame = null;
    }

    get running() {
        return this.frame !== null;
    }

    toggle(transport) {
        const again = this.running && this.transport === transport;
        this.stop();
        if (!again) this.start(transport);
    }

    start(transport) {
        const { stage } = this;
        if (this.still.matches) {
            stage.foot.tell(stage.data.words.still);
            return;
        }
        stage.pointing.letGo();
        this.transport = transport;
        if (this.atEnd) stage.moveToStep(transport.clock, transport.clock.ends[0]);
        this.due = null;
        this.ask();
        transport.playing(true);
        stage.foot.playing(true);
    }

    get step() {
        return this.transport.clock.stepOf(this.stage.places);
    }

    // A scan that waits for its next part is not at its end, wherever it still stands.
    get atEnd() {
        return !this.stage.awaited && this.step === this.transport.clock.ends[1];
    }

    tick(now) {
        const { stage } = this;
        const pause = 1000 / stage.foot.rate;
        if (this.due === null || now - this.due > LATE + pause) this.due = now + pause;
        this.due = Math.min(this.due, now + pause);
        // Half a frame early is nearer than half a frame late.
        if (now >= this.due - 8 && !stage.awaited) {
            this.due += pause;
            stage.moveToStep(this.transport.clock, this.step + 1);
        }
        if (this.still.matches || this.atEnd) this.stop();
        else this.ask();
    }

    ask() {
        this.frame = requestAnimationFrame(this.stage.guarded((now) => this.tick(now)));
    }

    stop() {
        if (!this.running) return;
        cancelAnimationFrame(/** @type {number} */ (this.frame));
        this.frame = null;
        this.transport.playing(false);
        this.stage.foot.playing(false);
        this.stage.telling.moved();
    }
}
