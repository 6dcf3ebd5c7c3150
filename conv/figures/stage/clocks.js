// @ts-check
// The steps of a scene. A clock's steps are the places of a space, row by row; where the scan goes on
// over parts (all items, all filters), those of every part in turn.

export class Clock {
    // `alone` says that there is no server, which could send other parts.
    constructor(space, [rows, columns], parts, alone) {
        this.space = space;
        this.parts = parts;
        this.alone = alone;
        this.size = [rows, columns];
        this.own = rows * columns;
        this.count = this.own * (parts ? parts.choices.length : 1);
    }

    // The first and the last step that there are numbers of: those of one part without a server.
    get ends() {
        if (!this.alone || !this.parts) return [0, this.count - 1];
        const first = this.parts.at * this.own;
        return [first, first + this.own - 1];
    }

    stepOf(places) {
        const [row, column] = places[this.space];
        return row * this.size[1] + column + (this.parts ? this.parts.at * this.own : 0);
    }

    // Where a step is: its place, and which part it is in.
    placeAt(step) {
        const at = Math.min(Math.max(step, 0), this.count - 1);
        const within = at % this.own;
        const place = [Math.floor(within / this.size[1]), within % this.size[1]];
        return { place, part: Math.floor(at / this.own) };
    }

    placesAt(step) {
        return { [this.space]: this.placeAt(step) };
    }

    by(places, [down, right]) {
        const [row, column] = places[this.space];
        const within = (at, count) => Math.min(Math.max(at, 0), count - 1);
        return [within(row + down, this.size[0]), within(column + right, this.size[1])];
    }
}

// All clocks at once, each at its own pace, so that they end together.
export class Together {
    constructor(clocks) {
        this.clocks = clocks;
        this.longest = clocks.reduce((a, b) => (b.count > a.count ? b : a));
        this.count = this.longest.count;
    }

    // The steps at which the scan is at one of its own ends, or between; see placesAt.
    get ends() {
        const [scan] = this.clocks;
        const [first, last] = scan.ends;
        const until = Math.ceil(((last + 2) * this.count) / scan.count) - 2;
        return [
            first && Math.ceil(((first + 1) * this.count) / scan.count) - 1,
            Math.min(until, this.count - 1),
        ];
    }

    stepOf(places) {
        return this.longest.stepOf(places);
    }

    placesAt(step) {
        const at = Math.min(Math.max(step, 0), this.count - 1);
        return Object.fromEntries(
            this.clocks.map((clock) => {
                const done = Math.floor(((at + 1) * clock.count) / this.count);
                return [clock.space, clock.placeAt(Math.max(done, 1) - 1)];
            }),
        );
    }
}
