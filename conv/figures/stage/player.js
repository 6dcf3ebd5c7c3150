// Play: one step after the other, at the rate that the foot says.

const LATE = 250; // milliseconds after which lost steps are not caught up on

class Player {
    constructor(stage) {
        this.stage = stage;
        this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
        this.frame = null;
    }

    get running() {
        return this.frame !== null;
    }

    toggle() {
        if (this.running) this.stop();
        else this.start();
    }

    start() {
        const { stage } = this;
        if (this.still.matches) {
            stage.foot.tell(stage.data.words.still);
            return;
        }
        stage.letGo();
        if (stage.step === stage.count - 1) stage.moveToStep(0);
        this.due = null;
        this.ask();
        stage.foot.playing(true);
    }

    tick(now) {
        const { stage } = this;
        const pause = 1000 / stage.foot.rate;
        if (this.due === null || now - this.due > LATE + pause) this.due = now + pause;
        this.due = Math.min(this.due, now + pause);
        // Half a frame early is nearer than half a frame late.
        if (now >= this.due - 8) {
            this.due += pause;
            stage.moveToStep(stage.step + 1);
        }
        if (this.still.matches || stage.step === stage.count - 1) this.stop();
        else this.ask();
    }

    ask() {
        this.frame = requestAnimationFrame(this.stage.guarded((now) => this.tick(now)));
    }

    stop() {
        if (!this.running) return;
        cancelAnimationFrame(this.frame);
        this.frame = null;
        this.stage.foot.playing(false);
    }
}
