// @ts-check
// Where the stage rests when the server sends a scene.

/** @import { Known, Pin, Place, Resting } from "./data.d.ts" */

// What the stage knows after a scene has come, of what it knew before. What the server says anew, or
// against the last pick, counts; what it only repeats does not, nor what it says to an earlier pick:
// then it is `late`. `same` says that the scene is of the same make as the one that is shown.
/** @type {(known: Known, data: Resting, same: boolean) => Known & { late: boolean }} */
export function settled(known, data, same) {
    const { share, ...rest } = data.places;
    const turn = data.turn ?? 0;
    const late = turn < known.turn;
    const sizes = JSON.stringify(data.sizes);
    const told = JSON.stringify(rest);
    const opened = data.mode?.playlist?.at;
    const { sent, awaited } = known;
    const granted = sent && String(rest[sent.space]) === String(sent.place);
    const said = sent ? !granted : told !== known.told;
    const moved = sizes !== known.sizes || (!late && (said || opened !== known.opened));
    const arrived = !late && awaited && awaited.part === data.parts?.at;
    const held = moved ? null : known.held;
    return {
        late,
        turn: Math.max(turn, known.turn),
        told,
        sizes,
        opened: late ? known.opened : opened,
        sent: late ? sent : null,
        awaited: late ? awaited : null,
        places: {
            ...(moved ? data.places : known.places),
            share,
            ...(arrived ? { [data.clocks[0]]: awaited.place } : {}),
        },
        held: same ? held : keptPin(held, data.clocks),
        pointed: same ? known.pointed : null,
    };
}

// What is left of a pin in a scene of another make.
/** @type {(held: Pin | null, clocks: string[]) => Pin | null} */
function keptPin(held, [clock]) {
    return clock === "output" && held?.output ? resting("output", held.output) : null;
}

// A place that is pinned where it rests, not pointed at in a panel.
/** @type {(space: string, place: Place) => Pin} */
export function resting(space, place) {
    return { over: "", space, place, cell: place, output: space === "output" ? place : null };
}
